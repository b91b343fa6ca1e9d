//! Points and lines as GeoPackage geometries; an area is a shape's.

use wangge_plane::{Figure, Line, Point};

use super::{Bytes, FLAGS, GeometryFault, HEADER_BYTES, SRS_ID, begin, count, decode, encode};

/// Standard GeoPackage geometry, no envelope, not empty, little-endian.
const FLAGS_OF_POINT: u8 = 0b0000_0001;
const POINT: u32 = 1;
const LINE_STRING: u32 = 2;
const MULTI_LINE_STRING: u32 = 5;

/// The figure as a GeoPackage geometry in EPSG:4490: a Point, a `MultiLineString` or a
/// `MultiPolygon`. The same figure gives the same bytes.
pub fn encode_figure(figure: &Figure) -> Vec<u8> {
    match figure {
        Figure::Point(point) => {
            let mut bytes = Vec::with_capacity(29);
            bytes.extend_from_slice(b"GP\0");
            bytes.push(FLAGS_OF_POINT);
            bytes.extend_from_slice(&SRS_ID.to_le_bytes());
            bytes.push(super::LITTLE_ENDIAN);
            bytes.extend_from_slice(&POINT.to_le_bytes());
            put_point(&mut bytes, *point);
            bytes
        }
        Figure::Line(line) => encode_line(line),
        Figure::Area(shape) => encode(shape),
    }
}

fn encode_line(line: &Line) -> Vec<u8> {
    let vertices: usize = line.parts().map(<[Point]>::len).sum();
    let mut bytes = Vec::with_capacity(HEADER_BYTES + 9 + 9 * line.parts().len() + 16 * vertices);
    super::header(&mut bytes, line.extent());
    begin(&mut bytes, MULTI_LINE_STRING, line.parts().len());
    for part in line.parts() {
        bytes.push(super::LITTLE_ENDIAN);
        bytes.extend_from_slice(&LINE_STRING.to_le_bytes());
        count(&mut bytes, part.len());
        for &point in part {
            put_point(&mut bytes, point);
        }
    }
    bytes
}

fn put_point(bytes: &mut Vec<u8>, point: Point) {
    bytes.extend_from_slice(&point.lon().to_le_bytes());
    bytes.extend_from_slice(&point.lat().to_le_bytes());
}

/// The figure of a geometry that [`encode_figure`] wrote.
///
/// # Errors
/// [`GeometryFault`] for any other bytes.
pub fn decode_figure(bytes: &[u8]) -> Result<Figure, GeometryFault> {
    let kind = bytes.get(HEADER_BYTES + 1).copied().map(u32::from);
    let figure = match (bytes.get(3), kind) {
        (Some(&FLAGS_OF_POINT), _) => Figure::Point(decode_point(bytes)?),
        (Some(&FLAGS), Some(MULTI_LINE_STRING)) => Figure::Line(decode_line(bytes)?),
        _ => return decode(bytes).map(Figure::Area),
    };
    // the envelope, repeated points, what stands behind the end
    let written = encode_figure(&figure);
    match written.iter().zip(bytes).position(|(a, b)| a != b) {
        None if written.len() == bytes.len() => Ok(figure),
        None => Err(GeometryFault::Long {
            length: bytes.len(),
            extra: bytes.len().saturating_sub(written.len()),
        }),
        Some(at) => Err(GeometryFault::Form {
            at,
            what: "the envelope of its vertices, none of them twice in a row",
        }),
    }
}

fn decode_point(bytes: &[u8]) -> Result<Point, GeometryFault> {
    let mut reader = Bytes { bytes, at: 0 };
    reader.expect(b"GP\0", "GP and version 0")?;
    reader.take::<1>()?;
    reader.expect(&SRS_ID.to_le_bytes(), "the system EPSG:4490")?;
    reader.expect(&[super::LITTLE_ENDIAN], "a Point, little-endian")?;
    reader.expect(&POINT.to_le_bytes(), "a Point, little-endian")?;
    reader.point(1)
}

fn decode_line(bytes: &[u8]) -> Result<Line, GeometryFault> {
    let mut reader = Bytes { bytes, at: 0 };
    reader.head()?;
    let parts = reader.begin(MULTI_LINE_STRING, "a MultiLineString, little-endian")?;
    let mut lines = Vec::new();
    for part in 1..=parts as usize {
        let vertices = reader.begin(LINE_STRING, "a LineString, little-endian")?;
        lines.push(reader.points(vertices, part)?);
    }
    Line::new(lines).ok_or(GeometryFault::Form {
        at: HEADER_BYTES,
        what: "a line has a part of two points",
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn points() -> impl Strategy<Value = Point> {
        (-1_800_000_000..=1_800_000_000, -900_000_000..=900_000_000)
            .prop_map(|(x, y)| Point::new(x, y).unwrap())
    }

    fn figures() -> impl Strategy<Value = Figure> {
        let line = proptest::collection::vec(proptest::collection::vec(points(), 2..9), 1..4);
        prop_oneof![
            points().prop_map(Figure::Point),
            line.prop_filter_map("two points", |parts| Line::new(parts).map(Figure::Line)),
        ]
    }

    /// Written out by hand from the standard: OGC 12-128r18, 2.1.3.1, and OGC 06-103r4, 8.2.
    #[test]
    fn a_point_and_a_line_are_the_bytes_of_the_standard() {
        let bytes = |text: &str| -> Vec<u8> {
            (0..text.len() / 2)
                .map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap())
                .collect()
        };
        let (zero, one, two) = ("0000000000000000", "000000000000f03f", "0000000000000040");
        let (start, end) = (
            Point::new(10_000_000, 0).unwrap(),
            Point::new(0, 20_000_000).unwrap(),
        );
        let point = ["4750", "00", "01", "8a110000", "01", "01000000", one, zero].concat();
        assert_eq!(encode_figure(&Figure::Point(start)), bytes(&point));
        let line = [
            "4750", "00", "03", "8a110000", zero, one, zero, two, // GP, 4490, envelope
            "01", "05000000", "01000000", // MultiLineString of one
            "01", "02000000", "02000000", // LineString of two
            one, zero, zero, two,
        ]
        .concat();
        let figure = Figure::Line(Line::new([vec![start, end]]).unwrap());
        assert_eq!(encode_figure(&figure), bytes(&line));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn every_figure_survives(figure in figures()) {
            prop_assert_eq!(decode_figure(&encode_figure(&figure)), Ok(figure));
        }

        #[test]
        fn no_bytes_make_it_panic(
            figure in figures(),
            changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..4),
            end in any::<usize>(),
        ) {
            let mut bytes = encode_figure(&figure);
            let length = bytes.len();
            prop_assert!(decode_figure(&bytes[..end % length]).is_err());
            for (at, byte) in changes {
                bytes[at % length] = byte;
            }
            if let Ok(read) = decode_figure(&bytes) {
                prop_assert_eq!(encode_figure(&read), bytes);
            }
        }
    }
}
