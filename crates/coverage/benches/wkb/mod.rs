//! A coverage as one geometry collection in well-known binary (OGC 06-103r4), little-endian.

use wangge_plane::{Point, Polygon, Ring, Shape};

const POLYGON: u32 = 3;
const MULTI_POLYGON: u32 = 6;
const COLLECTION: u32 = 7;

/// Every shape as a multipolygon, in degrees.
pub(crate) fn written(shapes: &[Shape]) -> Vec<u8> {
    let mut out = Vec::new();
    head(&mut out, COLLECTION, shapes.len());
    for shape in shapes {
        head(&mut out, MULTI_POLYGON, shape.parts().len());
        for part in shape.parts() {
            head(&mut out, POLYGON, part.rings().count());
            for ring in part.rings() {
                let points = ring.points();
                out.extend((points.len() as u32 + 1).to_le_bytes());
                for point in points.iter().chain(&points[..1]) {
                    out.extend(point.lon().to_le_bytes());
                    out.extend(point.lat().to_le_bytes());
                }
            }
        }
    }
    out
}

fn head(out: &mut Vec<u8>, kind: u32, count: usize) {
    out.push(1);
    out.extend(kind.to_le_bytes());
    out.extend((count as u32).to_le_bytes());
}

/// The shapes of a collection of polygons and multipolygons, rounded onto the lattice.
pub(crate) fn read(bytes: &[u8]) -> Vec<Shape> {
    let mut from = Reader { rest: bytes };
    let (kind, count) = from.head();
    assert_eq!(kind, COLLECTION, "a geometry collection");
    (0..count)
        .map(|_| match from.head() {
            (POLYGON, rings) => vec![from.polygon(rings)],
            (MULTI_POLYGON, parts) => (0..parts)
                .map(|_| {
                    let (_, rings) = from.head();
                    from.polygon(rings)
                })
                .collect(),
            (kind, _) => panic!("a polygon or a multipolygon, not kind {kind}"),
        })
        .map(|parts| Shape::new(parts).unwrap())
        .collect()
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (taken, rest) = self.rest.split_first_chunk::<N>().unwrap();
        self.rest = rest;
        *taken
    }

    fn number(&mut self) -> u32 {
        u32::from_le_bytes(self.take())
    }

    fn head(&mut self) -> (u32, u32) {
        assert_eq!(self.take::<1>(), [1], "little-endian");
        (self.number(), self.number())
    }

    fn polygon(&mut self, rings: u32) -> Polygon {
        let mut rings = (0..rings).map(|_| {
            let points = (0..self.number())
                .map(|_| {
                    let lon = f64::from_le_bytes(self.take());
                    let lat = f64::from_le_bytes(self.take());
                    Point::from_degrees(lon, lat).unwrap()
                })
                .collect();
            Ring::new(points).unwrap()
        });
        let shell = rings.next().unwrap();
        Polygon::new(shell, rings.collect())
    }
}
