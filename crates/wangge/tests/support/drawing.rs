//! Small coverages to draw and to spoil, in whole lattice units, written as exact decimals.

use serde_json::{Map, Value, json};

/// Where drawings have their origin, in lattice units of 1e-7 degree: 120.8 E, 40.7 N.
const ORIGIN: (i64, i64) = (1_208_000_000, 407_000_000);

/// The side of a cell of a board: 0.001 degree. At the origin that is 84.515 m by 111.048 m.
pub(crate) const CELL: i64 = 10_000;

/// A closed ring, in lattice units from the origin.
pub(crate) type Ring = Vec<(i64, i64)>;

/// A grid to be written: its columns, and its parts with their rings.
#[derive(Debug, Clone)]
pub(crate) struct Grid {
    pub(crate) columns: Map<String, Value>,
    pub(crate) parts: Vec<Vec<Ring>>,
}

impl Grid {
    pub(crate) fn new(code: &str, ring: Ring) -> Self {
        Self::of_rings(code, vec![ring])
    }

    /// One part: a shell, and holes.
    pub(crate) fn of_rings(code: &str, rings: Vec<Ring>) -> Self {
        Self::of_parts(code, vec![rings])
    }

    pub(crate) fn of_parts(code: &str, parts: Vec<Vec<Ring>>) -> Self {
        let mut columns = Map::new();
        columns.insert("code".to_owned(), code.into());
        Self { columns, parts }
    }

    pub(crate) fn code(&self) -> &str {
        self.columns["code"].as_str().unwrap()
    }

    pub(crate) fn with(mut self, column: &str, value: impl Into<Value>) -> Self {
        self.columns.insert(column.to_owned(), value.into());
        self
    }

    /// The feature, as GeoJSON.
    pub(crate) fn feature(&self) -> String {
        let ring = |ring: &Ring| {
            let positions: Vec<String> = ring.iter().map(|&p| position(p)).collect();
            format!("[{}]", positions.join(","))
        };
        let parts: Vec<String> = self
            .parts
            .iter()
            .map(|rings| {
                let rings: Vec<String> = rings.iter().map(ring).collect();
                format!("[{}]", rings.join(","))
            })
            .collect();
        format!(
            r#"{{"type":"Feature","properties":{},"geometry":{{"type":"MultiPolygon","coordinates":[{}]}}}}"#,
            json!(self.columns),
            parts.join(",")
        )
    }
}

/// A corner as GeoJSON has it.
fn position((x, y): (i64, i64)) -> String {
    let degrees = |units: i64| format!("{}.{:07}", units / 10_000_000, units % 10_000_000);
    format!("[{},{}]", degrees(ORIGIN.0 + x), degrees(ORIGIN.1 + y))
}

/// The ring of a rectangle, from its south-west corner counter-clockwise.
pub(crate) fn rectangle(west: i64, south: i64, width: i64, height: i64) -> Ring {
    let (east, north) = (west + width, south + height);
    vec![
        (west, south),
        (east, south),
        (east, north),
        (west, north),
        (west, south),
    ]
}

/// Cells in columns and rows, from the south-west row by row. The cell in column 2 of row 1 has
/// the code `c2r1`; its column `street` says `s2`.
pub(crate) fn board(columns: i64, rows: i64) -> Vec<Grid> {
    let cells = (0..rows).flat_map(|y| (0..columns).map(move |x| (x, y)));
    cells
        .map(|(x, y)| {
            Grid::new(
                &format!("c{x}r{y}"),
                rectangle(x * CELL, y * CELL, CELL, CELL),
            )
            .with("street", format!("s{x}"))
        })
        .collect()
}

/// The grid of a code, to be spoilt.
pub(crate) fn at<'a>(grids: &'a mut [Grid], code: &str) -> &'a mut Grid {
    grids.iter_mut().find(|grid| grid.code() == code).unwrap()
}

/// The same without the grid of a code.
pub(crate) fn without(mut grids: Vec<Grid>, code: &str) -> Vec<Grid> {
    grids.retain(|grid| grid.code() != code);
    grids
}

/// A board of which `c0r1` ends so many units west of `c1r1`: a gap between the two, one cell
/// high. It touches `c0r0` in the south and `c0r2` in the north.
pub(crate) fn board_with_strip(units: i64) -> Vec<Grid> {
    let mut grids = board(4, 3);
    at(&mut grids, "c0r1").parts = vec![vec![rectangle(0, CELL, CELL - units, CELL)]];
    grids
}

pub(crate) fn collection(features: &[String]) -> String {
    format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",\n")
    )
}

pub(crate) fn geojson(grids: &[Grid]) -> String {
    let features: Vec<String> = grids.iter().map(Grid::feature).collect();
    collection(&features)
}

/// A feature of any geometry.
pub(crate) fn feature(columns: &Value, geometry: &str) -> String {
    format!(r#"{{"type":"Feature","properties":{columns},"geometry":{geometry}}}"#)
}
