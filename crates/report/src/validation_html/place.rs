//! Where a defect is, read back from its GeoJSON onto the lattice.

use serde_json::Value;
use wangge_plane::{Extent, Point};

use crate::html::path::{Path, Step};

/// What a place is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Rings around ground, each with its first point again at its end.
    Ground,
    /// Lines.
    Lines,
    /// Points, all in one list.
    Points,
}

/// Where a defect is.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) form: Form,
    pub(super) lines: Vec<Vec<Point>>,
    pub(super) extent: Extent,
}

impl Place {
    /// The place that a geometry describes; `None` for one that holds no position.
    pub(super) fn of(geometry: &Value) -> Option<Self> {
        let form = match geometry.get("type")?.as_str()? {
            "Polygon" | "MultiPolygon" => Form::Ground,
            "LineString" | "MultiLineString" => Form::Lines,
            _ => Form::Points,
        };
        let coordinates = geometry.get("coordinates")?;
        let mut lines = Vec::new();
        match position(coordinates) {
            Some(point) => lines.push(vec![point]),
            None => gather(coordinates, &mut lines),
        }
        let extent = Extent::of(lines.iter().flatten().copied())?;
        Some(Self {
            form,
            lines,
            extent,
        })
    }

    /// All of it as a path, by the step of each point.
    pub(super) fn path(&self, step: impl Fn(Point) -> Step) -> String {
        let mut path = Path::default();
        for line in &self.lines {
            let steps = line.iter().map(|&p| step(p));
            match self.form {
                Form::Ground => path.ring(steps),
                Form::Lines => path.line(steps),
                Form::Points => steps.for_each(|one| path.line([one])),
            }
        }
        path.d
    }
}

fn position(value: &Value) -> Option<Point> {
    let [lon, lat, ..] = value.as_array()?.as_slice() else {
        return None;
    };
    Point::from_degrees(lon.as_f64()?, lat.as_f64()?).ok()
}

fn gather(value: &Value, lines: &mut Vec<Vec<Point>>) {
    let Some(items) = value.as_array() else {
        return;
    };
    let line: Vec<Point> = items.iter().filter_map(position).collect();
    if line.is_empty() {
        for item in items {
            gather(item, lines);
        }
    } else {
        lines.push(line);
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case::point(json!({"type": "Point", "coordinates": [1e-7, 2e-7]}), Form::Points, &[1])]
    #[case::points(json!({"type": "MultiPoint", "coordinates": [[0, 0], [1, 1]]}), Form::Points, &[2])]
    #[case::edges(json!({"type": "MultiLineString", "coordinates": [[[0, 0], [1, 1]], [[2, 2], [3, 3]]]}), Form::Lines, &[2, 2])]
    #[case::ground(json!({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}), Form::Ground, &[4])]
    #[case::parts(json!({"type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 0], [1, 1], [0, 0]]], [[[5, 5], [6, 5], [6, 6], [5, 5]]]]}), Form::Ground, &[4, 4])]
    fn a_place_has_the_lines_of_its_geometry(
        #[case] geometry: Value,
        #[case] form: Form,
        #[case] lengths: &[usize],
    ) {
        let place = Place::of(&geometry).unwrap();
        assert_eq!(place.form, form);
        let found: Vec<usize> = place.lines.iter().map(Vec::len).collect();
        assert_eq!(found, lengths);
    }

    #[test]
    fn positions_are_the_lattice_points_that_they_were() {
        let geometry = json!({"type": "Point", "coordinates": [120.890_543_2, 40.687_572_4]});
        let place = Place::of(&geometry).unwrap();
        let p = place.lines[0][0];
        assert_eq!((p.x(), p.y()), (1_208_905_432, 406_875_724));
    }

    #[test]
    fn a_geometry_without_a_position_is_no_place() {
        assert!(Place::of(&json!({"type": "Polygon", "coordinates": []})).is_none());
    }
}
