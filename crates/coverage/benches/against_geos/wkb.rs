//! A coverage as one geometry collection in well-known binary (OGC 06-103r4), little-endian.

use wangge_plane::Shape;

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
