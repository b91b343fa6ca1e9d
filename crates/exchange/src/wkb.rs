//! Well-known binary: ISO and EWKB in, two-dimensional little-endian out.
//!
//! Decoding trusts nothing: every count is checked against the bytes that are left before
//! anything is allocated, and nesting is bounded.

use geo_types::{Coord, LineString};

use crate::RowGeometry;

/// What a well-known binary geometry holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Decoded {
    pub(crate) geometry: RowGeometry,
    pub(crate) had_z: bool,
    pub(crate) had_m: bool,
}

/// Why bytes are not a geometry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WkbError {
    #[error("the geometry ends at byte {at}, inside {what}")]
    Truncated { at: usize, what: &'static str },
    #[error("the geometry has the byte order {0}, which is neither 0 nor 1")]
    ByteOrder(u8),
    #[error("the geometry has the unknown type {0}")]
    UnknownType(u32),
    #[error("the geometry holds {0} where it must not")]
    Misplaced(&'static str),
    #[error("the geometry has {0} bytes after its end")]
    Trailing(usize),
    #[error("the geometry is nested too deeply")]
    Nested,
}

const DEPTH_LIMIT: usize = 8;

/// Decodes one geometry that fills the bytes.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, WkbError> {
    let mut cursor = Cursor {
        bytes,
        at: 0,
        had_z: false,
        had_m: false,
    };
    let raw = cursor.geometry(0)?;
    if cursor.at != bytes.len() {
        return Err(WkbError::Trailing(bytes.len() - cursor.at));
    }
    Ok(Decoded {
        geometry: row_geometry(raw),
        had_z: cursor.had_z,
        had_m: cursor.had_m,
    })
}

/// Encodes a geometry; `None` for [`RowGeometry::Missing`] and [`RowGeometry::Refused`].
pub(crate) fn encode(geometry: &RowGeometry) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    match geometry {
        RowGeometry::Point(coord) => {
            head(&mut out, 1);
            put_coord(&mut out, *coord);
        }
        RowGeometry::Lines(lines) => {
            head(&mut out, 5);
            put_count(&mut out, lines.0.len());
            for line in lines {
                head(&mut out, 2);
                put_line(&mut out, line);
            }
        }
        RowGeometry::Polygons(polygons) => {
            head(&mut out, 6);
            put_count(&mut out, polygons.0.len());
            for polygon in polygons {
                head(&mut out, 3);
                put_count(&mut out, 1 + polygon.interiors().len());
                put_line(&mut out, polygon.exterior());
                for hole in polygon.interiors() {
                    put_line(&mut out, hole);
                }
            }
        }
        RowGeometry::Missing | RowGeometry::Refused(_) => return None,
    }
    Some(out)
}

/// How many vertices a geometry has, closing ones counted.
pub(crate) fn vertices(geometry: &RowGeometry) -> u64 {
    let count: usize = match geometry {
        RowGeometry::Polygons(polygons) => polygons
            .iter()
            .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
            .map(|ring| ring.0.len())
            .sum(),
        RowGeometry::Lines(lines) => lines.iter().map(|line| line.0.len()).sum(),
        RowGeometry::Point(_) => 1,
        RowGeometry::Missing | RowGeometry::Refused(_) => 0,
    };
    count as u64
}

/// A geometry as well-known formats tell it, before it is judged.
pub(crate) enum Raw {
    Point(Option<Coord<f64>>),
    Line(Vec<Coord<f64>>),
    Polygon(Vec<Vec<Coord<f64>>>),
    Many(Vec<Raw>),
    Unusable(String),
}

/// Judges a geometry: polygons, a point, lines, nothing, or refused with the reason.
pub(crate) fn row_geometry(raw: Raw) -> RowGeometry {
    let mut flat = Flat::default();
    flat.take(raw);
    match flat {
        Flat {
            unusable: Some(why),
            ..
        } => RowGeometry::Refused(why),
        Flat {
            parts,
            lines,
            points,
            ..
        } => match (parts.is_empty(), lines.is_empty(), points.as_slice()) {
            (true, true, []) => RowGeometry::Missing,
            (false, true, []) => RowGeometry::of_parts(parts),
            (true, false, []) => RowGeometry::of_lines(lines),
            (true, true, [only]) => RowGeometry::of_point(*only),
            (true, true, many) => RowGeometry::Refused(format!("it is {} points", many.len())),
            _ => RowGeometry::Refused(
                "it mixes polygons, lines or points in one geometry".to_owned(),
            ),
        },
    }
}

#[derive(Default)]
struct Flat {
    parts: Vec<Vec<Vec<Coord<f64>>>>,
    lines: Vec<Vec<Coord<f64>>>,
    points: Vec<Coord<f64>>,
    unusable: Option<String>,
}

impl Flat {
    fn take(&mut self, raw: Raw) {
        match raw {
            Raw::Point(point) => self.points.extend(point),
            Raw::Line(line) if line.is_empty() => {}
            Raw::Line(line) => self.lines.push(line),
            Raw::Polygon(rings) if rings.is_empty() => {}
            Raw::Polygon(rings) => self.parts.push(rings),
            Raw::Many(members) => members.into_iter().for_each(|member| self.take(member)),
            Raw::Unusable(why) => self.unusable = Some(why),
        }
    }
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    had_z: bool,
    had_m: bool,
}

/// Byte order and dimensions of one geometry.
#[derive(Clone, Copy)]
struct Layout {
    little: bool,
    ordinates: usize,
}

impl Cursor<'_> {
    fn geometry(&mut self, depth: usize) -> Result<Raw, WkbError> {
        if depth > DEPTH_LIMIT {
            return Err(WkbError::Nested);
        }
        let (kind, layout) = self.head()?;
        Ok(match kind {
            1 => {
                let coord = self.coord(layout)?;
                // an empty point is written as NaN NaN
                Raw::Point((!(coord.x.is_nan() && coord.y.is_nan())).then_some(coord))
            }
            2 => Raw::Line(self.line(layout)?),
            3 | 17 => Raw::Polygon(self.polygon(layout)?),
            4 => Raw::Many(self.members(layout, depth, &[1])?),
            5 | 11 => Raw::Many(self.members(layout, depth, &[2, 8, 9])?),
            6 | 12 | 15 | 16 => Raw::Many(self.members(layout, depth, &[3, 10, 17])?),
            7 => Raw::Many(self.members(layout, depth, &[])?),
            8 => {
                self.line(layout)?;
                unusable_curve()
            }
            9 | 10 => {
                self.members(layout, depth, &[2, 8, 9])?;
                unusable_curve()
            }
            other => return Err(WkbError::UnknownType(other)),
        })
    }

    fn head(&mut self) -> Result<(u32, Layout), WkbError> {
        let little = match self.take::<1>("a byte order")? {
            [1] => true,
            [0] => false,
            [other] => return Err(WkbError::ByteOrder(other)),
        };
        let code = self.u32(little, "a type")?;
        // EWKB keeps dimensions and a reference system in the high bits, ISO in the thousands
        let base = code & 0x0FFF_FFFF;
        let (iso, kind) = (base / 1000, base % 1000);
        if iso > 3 {
            return Err(WkbError::UnknownType(code));
        }
        let z = code & 0x8000_0000 != 0 || iso == 1 || iso == 3;
        let m = code & 0x4000_0000 != 0 || iso == 2 || iso == 3;
        if code & 0x2000_0000 != 0 {
            self.take::<4>("a reference system")?;
        }
        self.had_z |= z;
        self.had_m |= m;
        let ordinates = 2 + usize::from(z) + usize::from(m);
        Ok((kind, Layout { little, ordinates }))
    }

    fn members(
        &mut self,
        layout: Layout,
        depth: usize,
        allowed: &[u32],
    ) -> Result<Vec<Raw>, WkbError> {
        let count = self.count(layout.little, 5, "a member count")?;
        let mut members = Vec::with_capacity(count);
        for _ in 0..count {
            if !allowed.is_empty() {
                let kind = self.peek_kind()?;
                if !allowed.contains(&kind) {
                    return Err(WkbError::Misplaced("a member of another kind"));
                }
            }
            members.push(self.geometry(depth + 1)?);
        }
        Ok(members)
    }

    fn peek_kind(&mut self) -> Result<u32, WkbError> {
        let (at, z, m) = (self.at, self.had_z, self.had_m);
        let (kind, _) = self.head()?;
        (self.at, self.had_z, self.had_m) = (at, z, m);
        Ok(kind)
    }

    fn polygon(&mut self, layout: Layout) -> Result<Vec<Vec<Coord<f64>>>, WkbError> {
        let count = self.count(layout.little, 4, "a ring count")?;
        let mut rings = Vec::with_capacity(count);
        for _ in 0..count {
            rings.push(self.line(layout)?);
        }
        Ok(rings)
    }

    fn line(&mut self, layout: Layout) -> Result<Vec<Coord<f64>>, WkbError> {
        let count = self.count(layout.little, layout.ordinates * 8, "a vertex count")?;
        let mut line = Vec::with_capacity(count);
        for _ in 0..count {
            line.push(self.coord(layout)?);
        }
        Ok(line)
    }

    fn coord(&mut self, layout: Layout) -> Result<Coord<f64>, WkbError> {
        let x = self.f64(layout.little)?;
        let y = self.f64(layout.little)?;
        for _ in 2..layout.ordinates {
            self.f64(layout.little)?;
        }
        Ok(Coord { x, y })
    }

    /// A count of things that take at least `each` bytes, which the rest must have room for.
    fn count(&mut self, little: bool, each: usize, what: &'static str) -> Result<usize, WkbError> {
        let count = self.u32(little, what)? as usize;
        let room = (self.bytes.len() - self.at) / each;
        if count > room {
            return Err(WkbError::Truncated {
                at: self.bytes.len(),
                what: "its members or vertices",
            });
        }
        Ok(count)
    }

    fn u32(&mut self, little: bool, what: &'static str) -> Result<u32, WkbError> {
        let bytes = self.take::<4>(what)?;
        Ok(if little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        })
    }

    fn f64(&mut self, little: bool) -> Result<f64, WkbError> {
        let bytes = self.take::<8>("a coordinate")?;
        Ok(if little {
            f64::from_le_bytes(bytes)
        } else {
            f64::from_be_bytes(bytes)
        })
    }

    fn take<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], WkbError> {
        let taken = self
            .bytes
            .get(self.at..)
            .and_then(|rest| rest.first_chunk::<N>())
            .ok_or(WkbError::Truncated {
                at: self.bytes.len(),
                what,
            })?;
        self.at += N;
        Ok(*taken)
    }
}

fn unusable_curve() -> Raw {
    Raw::Unusable(
        "it has curved edges: replace the curves by line segments first (QGIS: Segmentize)"
            .to_owned(),
    )
}

fn head(out: &mut Vec<u8>, kind: u32) {
    out.push(1);
    out.extend_from_slice(&kind.to_le_bytes());
}

fn put_count(out: &mut Vec<u8>, count: usize) {
    // more than 2^32 members would not have fitted the memory of the reader
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    out.extend_from_slice(&count.to_le_bytes());
}

fn put_coord(out: &mut Vec<u8>, coord: Coord<f64>) {
    out.extend_from_slice(&coord.x.to_le_bytes());
    out.extend_from_slice(&coord.y.to_le_bytes());
}

fn put_line(out: &mut Vec<u8>, line: &LineString<f64>) {
    put_count(out, line.0.len());
    for &coord in &line.0 {
        put_coord(out, coord);
    }
}

#[cfg(test)]
mod tests {
    use geo_types::{MultiPolygon, polygon};
    use proptest::prelude::*;

    use super::*;

    /// A square with a hole, as the OGC examples write one.
    fn square() -> RowGeometry {
        RowGeometry::Polygons(MultiPolygon(vec![polygon![
            exterior: [(x: 0.0, y: 0.0), (x: 10.0, y: 0.0), (x: 10.0, y: 10.0), (x: 0.0, y: 10.0)],
            interiors: [[(x: 2.0, y: 2.0), (x: 2.0, y: 4.0), (x: 4.0, y: 4.0)]],
        ]]))
    }

    #[test]
    fn what_is_encoded_decodes_to_the_same() {
        for geometry in [square(), RowGeometry::Point(Coord { x: 1.5, y: -2.0 })] {
            let bytes = encode(&geometry).unwrap();
            assert_eq!(decode(&bytes).unwrap().geometry, geometry);
        }
    }

    #[test]
    fn a_published_big_endian_point_with_height_decodes() {
        // ISO 13249-3 type 1001 (Point Z), big-endian, 1 2 3
        let mut bytes = vec![0, 0, 0, 0x03, 0xE9];
        for value in [1.0_f64, 2.0, 3.0] {
            bytes.extend_from_slice(&value.to_be_bytes());
        }
        let decoded = decode(&bytes).unwrap();
        assert_eq!(
            decoded.geometry,
            RowGeometry::Point(Coord { x: 1.0, y: 2.0 })
        );
        assert!(decoded.had_z && !decoded.had_m);
    }

    #[test]
    fn an_ewkb_point_with_reference_system_decodes() {
        let mut bytes = vec![1];
        bytes.extend_from_slice(&0x2000_0001_u32.to_le_bytes());
        bytes.extend_from_slice(&4490_u32.to_le_bytes());
        bytes.extend_from_slice(&120.0_f64.to_le_bytes());
        bytes.extend_from_slice(&30.0_f64.to_le_bytes());
        assert_eq!(
            decode(&bytes).unwrap().geometry,
            RowGeometry::Point(Coord { x: 120.0, y: 30.0 })
        );
    }

    #[test]
    fn curves_are_refused_with_what_to_do() {
        // CurvePolygon of no ring
        let mut bytes = vec![1];
        bytes.extend_from_slice(&10_u32.to_le_bytes());
        bytes.extend_from_slice(&0_u32.to_le_bytes());
        assert!(matches!(
            decode(&bytes).unwrap().geometry,
            RowGeometry::Refused(why) if why.contains("Segmentize")
        ));
    }

    #[test]
    fn a_count_beyond_the_bytes_allocates_nothing() {
        let mut bytes = vec![1];
        bytes.extend_from_slice(&2_u32.to_le_bytes());
        bytes.extend_from_slice(&u32::MAX.to_le_bytes());
        assert!(matches!(decode(&bytes), Err(WkbError::Truncated { .. })));
    }

    #[test]
    fn collections_in_collections_end_at_the_bound() {
        let mut bytes = Vec::new();
        for _ in 0..1000 {
            bytes.push(1);
            bytes.extend_from_slice(&7_u32.to_le_bytes());
            bytes.extend_from_slice(&1_u32.to_le_bytes());
        }
        assert_eq!(decode(&bytes), Err(WkbError::Nested));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }

        #[test]
        fn no_truncation_of_a_geometry_passes(cut in 0_usize..100) {
            let bytes = encode(&square()).unwrap();
            prop_assume!(cut < bytes.len());
            prop_assert!(decode(&bytes[..cut]).is_err());
        }
    }
}
