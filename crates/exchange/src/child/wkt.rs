//! Well-known text, as CSV columns hold it: `POLYGON ((…))`, also with a leading `SRID=4490;`.

use geo_types::Coord;
use wkt::Wkt;
use wkt::types::Dimension;

use crate::RowGeometry;
use crate::wkb::{Raw, row_geometry};

/// What a cell holds.
pub(super) struct Cell {
    pub(super) geometry: RowGeometry,
    pub(super) srid: Option<u32>,
    pub(super) had_z: bool,
    pub(super) had_m: bool,
}

/// Parentheses deeper than this are not a geometry; the parser would recurse into them.
const DEPTH_LIMIT: usize = 16;

pub(super) fn parse(text: &str) -> Cell {
    let (srid, body) = split_srid(text.trim());
    let mut cell = Cell {
        geometry: RowGeometry::Missing,
        srid,
        had_z: false,
        had_m: false,
    };
    if body.is_empty() {
        return cell;
    }
    if depth(body) > DEPTH_LIMIT {
        cell.geometry = RowGeometry::Refused("its WKT is nested too deeply".to_owned());
        return cell;
    }
    cell.geometry = match body.parse::<Wkt<f64>>() {
        Ok(wkt) => {
            let raw = raw_geometry(wkt, &mut cell.had_z, &mut cell.had_m);
            row_geometry(raw)
        }
        Err(error) => {
            let start: String = body.chars().take(40).collect();
            RowGeometry::Refused(format!("\"{start}…\" is not WKT: {error}"))
        }
    };
    cell
}

fn split_srid(text: &str) -> (Option<u32>, &str) {
    text.split_once(';')
        .and_then(|(head, body)| {
            let (key, number) = head.split_once('=')?;
            key.trim()
                .eq_ignore_ascii_case("srid")
                .then(|| number.trim().parse().ok())?
                .map(|srid| (Some(srid), body.trim()))
        })
        .unwrap_or((None, text))
}

fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn raw_geometry(wkt: Wkt<f64>, had_z: &mut bool, had_m: &mut bool) -> Raw {
    let mut dimension = |dimension: Dimension| {
        *had_z |= matches!(dimension, Dimension::XYZ | Dimension::XYZM);
        *had_m |= matches!(dimension, Dimension::XYM | Dimension::XYZM);
    };
    let coords = |coords: &[wkt::types::Coord<f64>]| -> Vec<Coord<f64>> {
        coords.iter().map(|c| Coord { x: c.x, y: c.y }).collect()
    };
    let rings = |polygon: &wkt::types::Polygon<f64>| {
        Raw::Polygon(polygon.rings().iter().map(|r| coords(r.coords())).collect())
    };
    match wkt {
        Wkt::Point(point) => {
            dimension(point.dimension());
            Raw::Point(point.coord().map(|c| Coord { x: c.x, y: c.y }))
        }
        Wkt::LineString(line) => {
            dimension(line.dimension());
            Raw::Line(coords(line.coords()))
        }
        Wkt::Polygon(polygon) => {
            dimension(polygon.dimension());
            rings(&polygon)
        }
        Wkt::MultiPoint(points) => {
            dimension(points.dimension());
            Raw::Many(
                points
                    .points()
                    .iter()
                    .map(|p| Raw::Point(p.coord().map(|c| Coord { x: c.x, y: c.y })))
                    .collect(),
            )
        }
        Wkt::MultiLineString(lines) => {
            dimension(lines.dimension());
            Raw::Many(
                lines
                    .line_strings()
                    .iter()
                    .map(|line| Raw::Line(coords(line.coords())))
                    .collect(),
            )
        }
        Wkt::MultiPolygon(polygons) => {
            dimension(polygons.dimension());
            Raw::Many(polygons.polygons().iter().map(rings).collect())
        }
        Wkt::GeometryCollection(collection) => {
            let (members, _) = collection.into_inner();
            Raw::Many(
                members
                    .into_iter()
                    .map(|member| raw_geometry(member, had_z, had_m))
                    .collect(),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_with_srid_and_heights_gives_both() {
        let cell = parse("SRID=4490;POLYGON Z ((0 0 5, 9 0 5, 9 9 5, 0 0 5))");
        assert_eq!(cell.srid, Some(4490));
        assert!(cell.had_z && !cell.had_m);
        assert!(matches!(cell.geometry, RowGeometry::Polygons(_)));
    }

    #[test]
    fn numbers_beyond_f64_are_refused() {
        let cell = parse("POINT (1e400 2)");
        assert!(matches!(cell.geometry, RowGeometry::Refused(_)));
    }

    #[test]
    fn deep_nesting_is_refused_before_it_is_parsed() {
        let text = format!("{}POINT (1 2)", "GEOMETRYCOLLECTION (".repeat(1_000_000));
        assert!(matches!(parse(&text).geometry, RowGeometry::Refused(_)));
    }
}
