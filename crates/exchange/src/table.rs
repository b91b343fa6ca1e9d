//! A layer as it stands in its file: columns, rows and geometry, nothing decided yet.

use geo_types::{Coord, LineString, MultiLineString, MultiPolygon, Polygon};
use serde::{Deserialize, Serialize};

use crate::{Format, Note, Sandbox};

/// One layer of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The name of the file, without its folder.
    pub source: String,
    /// What it was read as.
    pub format: Format,
    /// The layer's name, where the format has layers.
    pub layer: Option<String>,
    /// The coordinate system that the file itself states.
    pub declared_crs: DeclaredCrs,
    /// Column names, in the order of the file.
    pub columns: Vec<String>,
    /// Rows in the order of the file.
    pub rows: Vec<Row>,
    /// What a person should know about how it was read.
    pub notes: Vec<Note>,
    /// What held the reading process.
    pub sandbox: Sandbox,
}

/// What a file states about its coordinate system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeclaredCrs {
    /// An EPSG code.
    Epsg(u32),
    /// A name that is not an EPSG code, such as `OGC:CRS84`.
    Named(String),
    /// Well-known text of a coordinate system.
    Wkt(String),
    /// A PROJ string.
    Proj(String),
    /// Nothing is written, and the format (RFC 7946) then means WGS 84 longitude and latitude.
    GeoJsonDefault,
    /// Nothing.
    None,
}

/// How the reason ends for a coordinate that is NaN or infinite.
const NOT_FINITE: &str = ", which are not finite numbers";

/// One row of a layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its place in the file, from 1.
    pub number: u64,
    /// Its geometry.
    pub geometry: RowGeometry,
    /// One value per column of the table.
    pub values: Vec<Value>,
}

/// The geometry of a row, in the coordinates of the file, two-dimensional.
#[derive(Debug, Clone, PartialEq)]
pub enum RowGeometry {
    /// Polygons whose rings are closed, finite and have three different vertices each.
    Polygons(MultiPolygon<f64>),
    /// A point.
    Point(Coord<f64>),
    /// Lines.
    Lines(MultiLineString<f64>),
    /// No geometry, or an empty one.
    Missing,
    /// A geometry that is none of these, with the reason.
    Refused(String),
}

/// A value of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Real(f64),
    /// True or false.
    Bool(bool),
}

impl Table {
    /// The place of a column with this name: exactly, else in any case of ASCII letters.
    ///
    /// `None` when there is none, or when several differ only in case and none matches exactly.
    pub fn column(&self, name: &str) -> Option<usize> {
        let mut exact = positions(&self.columns, |column| column == name);
        match (exact.next(), exact.next()) {
            (Some(only), None) => return Some(only),
            (Some(_), Some(_)) => return None,
            _ => {}
        }
        let mut alike = positions(&self.columns, |column| column.eq_ignore_ascii_case(name));
        match (alike.next(), alike.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }
}

impl Value {
    /// The value as a code: trimmed text, a number without a needless fraction (`8.0` is `8`:
    /// Shapefiles and spreadsheets keep codes as numbers). `None` for null and blank text.
    ///
    /// ```
    /// use wangge_exchange::Value;
    /// assert_eq!(Value::Real(211_403.0).to_code_text().as_deref(), Some("211403"));
    /// assert_eq!(Value::Text(" 0801 ".into()).to_code_text().as_deref(), Some("0801"));
    /// assert_eq!(Value::Text("  ".into()).to_code_text(), None);
    /// ```
    pub fn to_code_text(&self) -> Option<String> {
        let text = match self {
            Self::Null => return None,
            Self::Text(text) => text.trim().to_owned(),
            Self::Integer(number) => number.to_string(),
            // `{}` prints a whole f64 without a fraction and without an exponent
            Self::Real(number) => format!("{number}"),
            Self::Bool(truth) => truth.to_string(),
        };
        (!text.is_empty()).then_some(text)
    }

    /// The value as a number, also from text such as `312`.
    pub fn to_number(&self) -> Option<f64> {
        match self {
            #[expect(
                clippy::cast_precision_loss,
                reason = "counts and areas, far below 2^53"
            )]
            Self::Integer(number) => Some(*number as f64),
            Self::Real(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Null | Self::Bool(_) => None,
        }
    }
}

impl RowGeometry {
    /// Polygons from the rings of each part; a ring that is not one makes it [`Refused`].
    ///
    /// [`Refused`]: RowGeometry::Refused
    pub(crate) fn of_parts(parts: Vec<Vec<Vec<Coord<f64>>>>) -> Self {
        let mut polygons = Vec::with_capacity(parts.len());
        for (part, rings) in parts.into_iter().enumerate() {
            let mut lines = Vec::with_capacity(rings.len());
            for (ring, coords) in rings.into_iter().enumerate() {
                if let Some(defect) = ring_defect(&coords) {
                    return Self::Refused(format!(
                        "ring {} of part {} {defect}",
                        ring + 1,
                        part + 1
                    ));
                }
                lines.push(LineString(coords));
            }
            let mut lines = lines.into_iter();
            if let Some(shell) = lines.next() {
                polygons.push(Polygon::new(shell, lines.collect()));
            }
        }
        if polygons.is_empty() {
            Self::Missing
        } else {
            Self::Polygons(MultiPolygon(polygons))
        }
    }

    /// A point; a coordinate that is no number makes it [`Refused`](RowGeometry::Refused).
    pub(crate) fn of_point(coord: Coord<f64>) -> Self {
        match coord_defect(coord) {
            Some(defect) => Self::Refused(format!("the point {defect}")),
            None => Self::Point(coord),
        }
    }

    /// Lines; a coordinate that is no number makes them [`Refused`](RowGeometry::Refused).
    pub(crate) fn of_lines(lines: Vec<Vec<Coord<f64>>>) -> Self {
        if let Some(defect) = lines.iter().flatten().find_map(|&c| coord_defect(c)) {
            return Self::Refused(format!("the line {defect}"));
        }
        if lines.iter().all(Vec::is_empty) {
            return Self::Missing;
        }
        Self::Lines(MultiLineString(lines.into_iter().map(LineString).collect()))
    }

    /// Whether it was refused for a coordinate that is NaN or infinite. The reason alone comes
    /// from the reading process.
    pub(crate) fn is_not_finite(&self) -> bool {
        matches!(self, Self::Refused(why) if why.ends_with(NOT_FINITE))
    }

    /// What kind it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Polygons(_) => "polygon",
            Self::Point(_) => "point",
            Self::Lines(_) => "line",
            Self::Missing => "no geometry",
            Self::Refused(_) => "a geometry that cannot be used",
        }
    }
}

fn positions<'a>(
    columns: &'a [String],
    test: impl Fn(&str) -> bool + 'a,
) -> impl Iterator<Item = usize> + 'a {
    columns
        .iter()
        .enumerate()
        .filter_map(move |(index, column)| test(column).then_some(index))
}

fn ring_defect(coords: &[Coord<f64>]) -> Option<String> {
    if let Some(defect) = coords.iter().find_map(|&c| coord_defect(c)) {
        return Some(defect);
    }
    let (Some(first), Some(last)) = (coords.first(), coords.last()) else {
        return Some("is empty".to_owned());
    };
    if first != last {
        return Some(format!(
            "is not closed: it starts at {} {} and ends at {} {}",
            first.x, first.y, last.x, last.y
        ));
    }
    let mut distinct: Vec<Coord<f64>> = Vec::with_capacity(3);
    for &coord in coords {
        if !distinct.contains(&coord) {
            distinct.push(coord);
        }
        if distinct.len() == 3 {
            return None;
        }
    }
    Some(format!(
        "has {} different vertices, a ring needs 3",
        distinct.len()
    ))
}

fn coord_defect(coord: Coord<f64>) -> Option<String> {
    (!coord.x.is_finite() || !coord.y.is_finite())
        .then(|| format!("has the coordinates {} {}{NOT_FINITE}", coord.x, coord.y))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(coords: &[(f64, f64)]) -> Vec<Coord<f64>> {
        coords.iter().map(|&(x, y)| Coord { x, y }).collect()
    }

    #[test]
    fn an_open_ring_is_refused_with_its_place() {
        let closed = ring(&[(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 0.0)]);
        let open = ring(&[(1.0, 1.0), (2.0, 1.0), (2.0, 2.0)]);
        let RowGeometry::Refused(why) = RowGeometry::of_parts(vec![vec![closed, open]]) else {
            panic!("an open ring passed");
        };
        assert_eq!(
            why,
            "ring 2 of part 1 is not closed: it starts at 1 1 and ends at 2 2"
        );
    }

    #[test]
    fn a_ring_of_one_repeated_point_is_refused() {
        let same = ring(&[(1.0, 1.0); 5]);
        let RowGeometry::Refused(why) = RowGeometry::of_parts(vec![vec![same]]) else {
            panic!("a ring of one point passed");
        };
        assert!(why.contains("has 1 different vertices"), "{why}");
    }

    #[test]
    fn a_coordinate_that_is_no_number_is_refused() {
        let bad = ring(&[(0.0, 0.0), (f64::NAN, 0.0), (9.0, 9.0), (0.0, 0.0)]);
        assert!(matches!(
            RowGeometry::of_parts(vec![vec![bad]]),
            RowGeometry::Refused(_)
        ));
        assert!(matches!(
            RowGeometry::of_point(Coord {
                x: f64::INFINITY,
                y: 0.0
            }),
            RowGeometry::Refused(_)
        ));
    }

    #[test]
    fn a_whole_number_is_a_code_without_fraction_or_exponent() {
        assert_eq!(
            Value::Real(211_403_001_002_014.0).to_code_text().as_deref(),
            Some("211403001002014")
        );
        assert_eq!(Value::Real(8.5).to_code_text().as_deref(), Some("8.5"));
    }
}
