//! Shapes as GeoPackage geometries: a header with the envelope, then a WKB `MultiPolygon`.

mod figure;

use wangge_plane::{Extent, Point, Polygon, Ring, Shape};

use crate::schema::SRS_ID;
pub use figure::{decode_figure, encode_figure};

const HEADER_BYTES: usize = 8 + 4 * 8;
/// Standard GeoPackage geometry, envelope of x and y, not empty, little-endian.
const FLAGS: u8 = 0b0000_0011;
const LITTLE_ENDIAN: u8 = 1;
const POLYGON: u32 = 3;
const MULTI_POLYGON: u32 = 6;

/// Why bytes are not a shape that this store wrote.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GeometryFault {
    /// The bytes end too early.
    #[error("the geometry has {length} bytes and ends too early, at byte {at}")]
    Short {
        /// How many there are.
        length: usize,
        /// Where the next value should begin.
        at: usize,
    },
    /// Something stands behind the last ring.
    #[error("the geometry has {length} bytes, {extra} of them behind its end")]
    Long {
        /// How many there are.
        length: usize,
        /// How many too many.
        extra: usize,
    },
    /// Another form than the store writes.
    #[error("byte {at} of the geometry is not as the store writes it: {what}")]
    Form {
        /// Where.
        at: usize,
        /// What should stand there.
        what: &'static str,
    },
    /// A coordinate that is not on the lattice or a ring without three vertices.
    #[error("ring {ring} of the geometry: {source}")]
    Plane {
        /// The ring, from 1, over all polygons; the part of a line.
        ring: usize,
        /// What is wrong with it.
        source: wangge_plane::PlaneError,
    },
    /// A coordinate between the points of the lattice.
    #[error("ring {ring} of the geometry has a vertex at {lon} {lat}, off the lattice")]
    OffLattice {
        /// The ring, from 1, over all polygons; the part of a line.
        ring: usize,
        /// Degrees.
        lon: f64,
        /// Degrees.
        lat: f64,
    },
}

/// The shape as a GeoPackage geometry (OGC 12-128r18, 2.1.3) in EPSG:4490: degrees, longitude
/// first, shells counter-clockwise. The same shape gives the same bytes.
pub fn encode(shape: &Shape) -> Vec<u8> {
    let vertices: usize = shape.rings().map(|ring| ring.points().len() + 1).sum();
    let rings = shape.rings().count();
    let mut bytes =
        Vec::with_capacity(HEADER_BYTES + 9 + 9 * shape.parts().len() + 4 * rings + 16 * vertices);
    header(&mut bytes, shape.extent());
    begin(&mut bytes, MULTI_POLYGON, shape.parts().len());
    for part in shape.parts() {
        begin(&mut bytes, POLYGON, 1 + part.holes().len());
        for ring in part.rings() {
            let points = ring.points();
            count(&mut bytes, points.len() + 1);
            for p in points.iter().chain(points.first()) {
                bytes.extend_from_slice(&p.lon().to_le_bytes());
                bytes.extend_from_slice(&p.lat().to_le_bytes());
            }
        }
    }
    bytes
}

/// The shape of a geometry that [`encode`] wrote.
///
/// # Errors
/// [`GeometryFault`] for any other bytes.
pub fn decode(bytes: &[u8]) -> Result<Shape, GeometryFault> {
    let mut reader = Bytes { bytes, at: 0 };
    reader.head()?;
    let parts = reader.begin(MULTI_POLYGON, "a MultiPolygon, little-endian")?;
    let mut polygons = Vec::new();
    let mut ring_number = 0;
    for _ in 0..parts {
        let rings = reader.begin(POLYGON, "a Polygon, little-endian")?;
        let mut shell = None;
        let mut holes = Vec::new();
        for _ in 0..rings {
            ring_number += 1;
            let ring = reader.ring(ring_number)?;
            if shell.is_none() {
                shell = Some(ring);
            } else {
                holes.push(ring);
            }
        }
        let shell = shell.ok_or(GeometryFault::Form {
            at: reader.at,
            what: "a polygon has a ring",
        })?;
        polygons.push(Polygon::new(shell, holes));
    }
    if reader.at < bytes.len() {
        return Err(GeometryFault::Long {
            length: bytes.len(),
            extra: bytes.len() - reader.at,
        });
    }
    let shape = Shape::new(polygons).ok_or(GeometryFault::Form {
        at: HEADER_BYTES,
        what: "a geometry has a polygon",
    })?;
    // the envelope, closed rings, their directions: all that the steps above do not look at
    let written = encode(&shape);
    match written.iter().zip(bytes).position(|(a, b)| a != b) {
        None if written.len() == bytes.len() => Ok(shape),
        differs => Err(GeometryFault::Form {
            at: differs.unwrap_or(bytes.len().min(written.len())),
            what: "the envelope of its vertices, and closed rings turned by their role",
        }),
    }
}

/// What stands before the WKB of a geometry with an envelope.
fn header(bytes: &mut Vec<u8>, extent: Extent) {
    bytes.extend_from_slice(b"GP\0");
    bytes.push(FLAGS);
    bytes.extend_from_slice(&SRS_ID.to_le_bytes());
    let (min, max) = (extent.min(), extent.max());
    for bound in [min.lon(), max.lon(), min.lat(), max.lat()] {
        bytes.extend_from_slice(&bound.to_le_bytes());
    }
}

fn begin(bytes: &mut Vec<u8>, kind: u32, parts: usize) {
    bytes.push(LITTLE_ENDIAN);
    bytes.extend_from_slice(&kind.to_le_bytes());
    count(bytes, parts);
}

fn count(bytes: &mut Vec<u8>, n: usize) {
    let n = u32::try_from(n).unwrap_or_else(|_| unreachable!("2^32 vertices are 64 GB of them"));
    bytes.extend_from_slice(&n.to_le_bytes());
}

/// Bytes that are read from the front.
struct Bytes<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], GeometryFault> {
        let short = GeometryFault::Short {
            length: self.bytes.len(),
            at: self.at,
        };
        let rest = &self.bytes[self.at..];
        let taken = rest.first_chunk::<N>().ok_or(short)?;
        self.at += N;
        Ok(*taken)
    }

    fn expect<const N: usize>(
        &mut self,
        expected: &[u8; N],
        what: &'static str,
    ) -> Result<(), GeometryFault> {
        let at = self.at;
        if self.take::<N>()? == *expected {
            Ok(())
        } else {
            Err(GeometryFault::Form { at, what })
        }
    }

    fn begin(&mut self, kind: u32, what: &'static str) -> Result<u32, GeometryFault> {
        self.expect(&[LITTLE_ENDIAN], what)?;
        self.expect(&kind.to_le_bytes(), what)?;
        Ok(u32::from_le_bytes(self.take()?))
    }

    /// What [`header`] wrote, the envelope unread.
    fn head(&mut self) -> Result<(), GeometryFault> {
        self.expect(b"GP\0", "GP and version 0")?;
        self.expect(
            &[FLAGS],
            "the flags of an envelope of x and y, little-endian",
        )?;
        self.expect(&SRS_ID.to_le_bytes(), "the system EPSG:4490")?;
        self.take::<32>()?;
        Ok(())
    }

    fn ring(&mut self, ring: usize) -> Result<Ring, GeometryFault> {
        let vertices = u32::from_le_bytes(self.take()?);
        let points = self.points(vertices, ring)?;
        Ring::new(points).map_err(|source| GeometryFault::Plane { ring, source })
    }

    fn points(&mut self, vertices: u32, ring: usize) -> Result<Vec<Point>, GeometryFault> {
        let vertices = vertices as usize;
        // a count that lies must not reserve memory
        let mut points = Vec::with_capacity(vertices.min((self.bytes.len() - self.at) / 16));
        for _ in 0..vertices {
            points.push(self.point(ring)?);
        }
        Ok(points)
    }

    fn point(&mut self, ring: usize) -> Result<Point, GeometryFault> {
        let lon = f64::from_le_bytes(self.take()?);
        let lat = f64::from_le_bytes(self.take()?);
        let point = Point::from_degrees(lon, lat)
            .map_err(|source| GeometryFault::Plane { ring, source })?;
        #[expect(
            clippy::float_cmp,
            reason = "a vertex is exactly on the lattice or off it"
        )]
        if point.lon() != lon || point.lat() != lat {
            return Err(GeometryFault::OffLattice { ring, lon, lat });
        }
        Ok(point)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn point(x: i32, y: i32) -> Point {
        Point::new(x, y).unwrap()
    }

    fn square(x: i32, y: i32, side: i32) -> Ring {
        Ring::new(vec![
            point(x, y),
            point(x + side, y),
            point(x + side, y + side),
            point(x, y + side),
        ])
        .unwrap()
    }

    /// Written out by hand from the standard: OGC 12-128r18, 2.1.3.1, and OGC 06-103r4, 8.2.
    #[test]
    fn a_triangle_is_the_bytes_of_the_standard() {
        let ring = Ring::new(vec![
            point(0, 0),
            point(10_000_000, 0),
            point(0, 20_000_000),
        ])
        .unwrap();
        let shape = Shape::new(vec![Polygon::new(ring, vec![])]).unwrap();
        let (zero, one, two) = ("0000000000000000", "000000000000f03f", "0000000000000040");
        let expected = [
            "4750", "00", "03", "8a110000", // GP, version 0, flags, 4490
            zero, one, zero, two, // west, east, south, north
            "01", "06000000", "01000000", // MultiPolygon of one
            "01", "03000000", "01000000", // Polygon of one ring
            "04000000", // the first vertex again at the end
            zero, zero, one, zero, zero, two, zero, zero,
        ]
        .concat();
        let expected: Vec<u8> = (0..expected.len() / 2)
            .map(|i| u8::from_str_radix(&expected[2 * i..2 * i + 2], 16).unwrap())
            .collect();
        assert_eq!(encode(&shape), expected);
    }

    #[rstest]
    #[case::magic(0, 0x48)]
    #[case::version(2, 1)]
    #[case::big_endian_header(3, 0b0000_0010)]
    #[case::empty(3, 0b0001_0011)]
    #[case::system(4, 0xe6)]
    #[case::big_endian_body(40, 0)]
    #[case::not_a_multi_polygon(41, 3)]
    #[case::not_a_polygon(50, 2)]
    #[case::more_parts_than_bytes(45, 200)]
    #[case::more_vertices_than_bytes(58, 200)]
    #[case::no_parts(45, 0)]
    #[case::off_the_lattice(63, 1)]
    #[case::another_envelope(15, 0x41)]
    #[case::minus_zero(69, 0x80)]
    fn another_byte_is_refused(#[case] at: usize, #[case] byte: u8) {
        let shape = Shape::new(vec![Polygon::new(square(0, 0, 9), vec![])]).unwrap();
        let mut bytes = encode(&shape);
        assert_ne!(bytes[at], byte);
        bytes[at] = byte;
        decode(&bytes).unwrap_err();
    }

    #[test]
    fn a_count_that_lies_reserves_no_memory() {
        let shape = Shape::new(vec![Polygon::new(square(0, 0, 9), vec![])]).unwrap();
        let mut bytes = encode(&shape);
        bytes[58..62].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(matches!(decode(&bytes), Err(GeometryFault::Short { .. })));
    }

    fn points() -> impl Strategy<Value = Point> {
        (-1_800_000_000..=1_800_000_000, -900_000_000..=900_000_000).prop_map(|(x, y)| point(x, y))
    }

    fn rings() -> impl Strategy<Value = Ring> {
        proptest::collection::vec(points(), 3..20)
            .prop_filter_map("three different vertices", |points| Ring::new(points).ok())
    }

    fn shapes() -> impl Strategy<Value = Shape> {
        let polygons = (rings(), proptest::collection::vec(rings(), 0..3))
            .prop_map(|(shell, holes)| Polygon::new(shell, holes));
        proptest::collection::vec(polygons, 1..4).prop_filter_map("a part", Shape::new)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn every_lattice_point_survives(shape in shapes()) {
            prop_assert_eq!(decode(&encode(&shape)), Ok(shape));
        }

        #[test]
        fn no_bytes_make_it_panic(
            shape in shapes(),
            changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..4),
            end in any::<usize>(),
        ) {
            let mut bytes = encode(&shape);
            let length = bytes.len();
            for (at, byte) in changes {
                bytes[at % length] = byte;
            }
            // right or refused, but never past the end
            if let Ok(read) = decode(&bytes) {
                prop_assert_eq!(encode(&read), bytes);
            }
            let cut = end % length;
            prop_assert!(decode(&encode(&shape)[..cut]).is_err());
        }
    }
}
