//! A town drawn by hand, for tests that need a city.
//!
//! ```text
//!  40.72 +--------+--------+
//!        |        |  +-+   |     002001, 002002 with the enclave 001003 in a hole
//!        | 002001 |  +-+   |
//!  40.71 +--------+--------+
//!        | 001001 | 001002 |     street 211403001 also owns the enclave
//!  40.70 +--------+--------+
//!     120.80   120.81   120.82
//! ```

#![allow(dead_code, reason = "each test program uses its part of the drawing")]
#![allow(
    clippy::unwrap_used,
    reason = "benchmarks draw it too, and it is drawn right"
)]

use std::collections::HashMap;

use wangge_city::{City, CityParts};
use wangge_model::{Code, Grid, GridKind, LevelIndex, Scheme, Unit, Version};
use wangge_plane::{Point, Polygon, Ring, Shape};

pub(crate) const SCHEME: &str = r#"
city = "longgang"
name = "葫芦岛市龙港区"
code = "211403"

[[level]]
id = "district"
name = "区"
code = '^\d{6}$'

[[level]]
id = "street"
name = "街道"
code = '^\d{9}$'
parent = { prefix = 6 }

[[level]]
id = "grid"
name = "网格"
code = '^\d{12}$'
parent = { prefix = 9 }
limits = { households = [300, 500] }
posts = ["head"]

[tiers]
1 = "street"
2 = "district"
"#;

pub(crate) fn scheme() -> Scheme {
    Scheme::from_toml(SCHEME).unwrap()
}

/// A box in hundredths of a degree from 120.80 E 40.70 N.
pub(crate) fn square(west: f64, south: f64, east: f64, north: f64) -> Ring {
    let corner = |x: f64, y: f64| Point::from_degrees(120.8 + x / 100.0, 40.7 + y / 100.0).unwrap();
    Ring::new(vec![
        corner(west, south),
        corner(east, south),
        corner(east, north),
        corner(west, north),
    ])
    .unwrap()
}

pub(crate) fn shape(shell: Ring, holes: Vec<Ring>) -> Shape {
    Shape::new(vec![Polygon::new(shell, holes)]).unwrap()
}

pub(crate) fn grid(code: &str, shape: Shape) -> Grid {
    let mut unit = Unit::new(code.parse().unwrap(), LevelIndex(2));
    unit.name = Some(format!("网格{}", &code[code.len() - 3..]));
    unit.kind = Some(GridKind::Urban);
    Grid { unit, shape }
}

pub(crate) fn town_grids() -> Vec<Grid> {
    let hole = square(1.4, 1.4, 1.6, 1.6);
    vec![
        grid("211403001001", shape(square(0.0, 0.0, 1.0, 1.0), vec![])),
        grid("211403001002", shape(square(1.0, 0.0, 2.0, 1.0), vec![])),
        grid("211403001003", shape(hole.clone(), vec![])),
        grid("211403002001", shape(square(0.0, 1.0, 1.0, 2.0), vec![])),
        grid(
            "211403002002",
            shape(square(1.0, 1.0, 2.0, 2.0), vec![hole]),
        ),
    ]
}

pub(crate) fn upper() -> Vec<Unit> {
    let named = |code: &str, level, name: &str| {
        let mut unit = Unit::new(code.parse().unwrap(), LevelIndex(level));
        unit.name = Some(name.to_owned());
        unit
    };
    vec![
        named("211403", 0, "龙港区"),
        named("211403001", 1, "西街道"),
    ]
}

pub(crate) fn parts(version: Version, grids: Vec<Grid>) -> CityParts {
    let feature_ids: HashMap<Code, u64> = (1..)
        .zip(&grids)
        .map(|(id, grid)| (grid.unit.code.clone(), id))
        .collect();
    CityParts {
        version,
        scheme: scheme(),
        grids,
        upper: upper(),
        feature_ids,
        responsibility: wangge_city::Responsibility::default(),
        components: Vec::new(),
        elsewhere: wangge_city::Elsewhere::default(),
        review: wangge_city::Review::None,
        day: None,
    }
}

pub(crate) const V1: Version = Version {
    plan: 1,
    revision: 1,
};

pub(crate) fn town() -> City {
    City::of_parts(parts(V1, town_grids())).unwrap()
}

/// A city of `side` by `side` squares of a hundredth of a degree, in streets of one row each,
/// whose grids are all named after the version: an answer shows which version each part is from.
pub(crate) fn marked_city(version: Version, side: u32) -> City {
    let mut grids = Vec::new();
    for row in 0..side {
        for column in 0..side {
            let (x, y) = (f64::from(column), f64::from(row));
            let code = format!("211403{:03}{:03}", row + 1, column + 1);
            let mut grid = grid(&code, shape(square(x, y, x + 1.0, y + 1.0), vec![]));
            grid.unit.name = Some(version.to_string());
            grids.push(grid);
        }
    }
    City::of_parts(parts(version, grids)).unwrap()
}
