//! Small cities of squares for the tests.

use std::path::Path;

use wangge_model::{Code, GridKind, LevelIndex, Scheme, Unit};
use wangge_plane::{Point, Polygon, Ring, Shape};
use wangge_store::{Digest, Existing, ImportUnits, SourceFile, Store};

pub(crate) const SCHEME: &str = r#"
city = "test"
name = "试验市"

[[level]]
id = "street"
name = "街道"
code = '^\d{9}$'

[[level]]
id = "grid"
name = "网格"
code = '^\d{15}$'
parent = { prefix = 9 }
"#;

pub(crate) const STREET: LevelIndex = LevelIndex(0);
pub(crate) const GRID: LevelIndex = LevelIndex(1);

pub(crate) fn scheme() -> Scheme {
    Scheme::from_toml(SCHEME).unwrap()
}

pub(crate) fn code(text: &str) -> Code {
    Code::new(text).unwrap()
}

/// A ring around a cell, with `vertices` extra vertices along its south side.
fn cell(column: i32, row: i32, vertices: i32) -> Ring {
    const SIDE: i32 = 10_000;
    let (x, y) = (1_208_300_000 + column * SIDE, 407_000_000 + row * SIDE);
    let south = (0..=vertices).map(|i| (x + i * (SIDE / (vertices + 1)), y));
    let rest = [(x + SIDE, y), (x + SIDE, y + SIDE), (x, y + SIDE)];
    let points = south
        .chain(rest)
        .map(|(x, y)| Point::new(x, y).unwrap())
        .collect();
    Ring::new(points).unwrap()
}

pub(crate) fn shape(column: i32, row: i32, vertices: i32) -> Shape {
    Shape::new(vec![Polygon::new(cell(column, row, vertices), vec![])]).unwrap()
}

/// `count` grids in rows of 100, each with `vertices` more vertices than a square.
pub(crate) fn grids(count: i32, vertices: i32) -> Vec<(Unit, Option<Shape>)> {
    (0..count)
        .map(|i| {
            let mut unit = Unit::new(code(&format!("2114030010{i:05}")), GRID);
            unit.name = Some(format!("第{i}网格"));
            unit.name_en = Some(format!("Grid {i}"));
            unit.parent = Some(code("211403001"));
            unit.kind = Some(GridKind::Urban);
            unit.households = Some(300 + u32::try_from(i % 200).unwrap());
            unit.area_m2 = Some(9_400.25);
            (unit, Some(shape(i % 100, i / 100, vertices)))
        })
        .collect()
}

pub(crate) fn import(
    plan: &str,
    level: LevelIndex,
    units: Vec<(Unit, Option<Shape>)>,
) -> ImportUnits<'_> {
    ImportUnits {
        plan,
        level,
        units,
        existing: Existing::Refuse,
        sources: vec![SourceFile::new(
            Path::new("/somewhere/grids.geojson"),
            Digest::of(b"the file"),
        )],
        report_json: r#"{"vertices": 4}"#,
    }
}

/// A store with plan "first" of `count` grids, not published.
pub(crate) fn store_with_grids(path: &Path, count: i32) -> Store {
    let mut store = Store::create(path, &scheme()).unwrap();
    store
        .import_units(import("first", GRID, grids(count, 3)))
        .unwrap();
    store
}

/// Publishes a plan with its present contents.
pub(crate) fn publish(store: &mut Store, plan: &str) {
    let hash = store.contents(plan).unwrap().content_hash;
    store.publish(plan, &hash, None).unwrap();
}
