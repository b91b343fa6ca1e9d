//! Blocks of a made-up city: ragged borders that neighbours share, with as many vertices as asked.

use wangge_plane::{Point, Polygon, Ring, Shape};

/// The width of a block in lattice units, about 330 m.
const BLOCK: i32 = 30_000;

/// The south-west corner of the city, in lattice units.
const ORIGIN: (i32, i32) = (1_208_000_000, 407_000_000);

/// `count` blocks (or a few less) of 85 vertices on average.
pub(crate) fn draw(count: usize) -> Vec<Shape> {
    let across = (count as f64).sqrt() as i32;
    (0..across * across)
        .map(|i| block(i % across, i / across))
        .collect()
}

fn block(x: i32, y: i32) -> Shape {
    let mut points = Vec::with_capacity(96);
    points.extend(side(x, y, false));
    points.extend(side(x + 1, y, true));
    // the other two run against their direction: without their first corner, with their last
    let back = |x, y, north| {
        let mut all: Vec<Point> = side(x, y, north).collect();
        all.remove(0);
        all.into_iter().rev()
    };
    points.push(corner(x + 1, y + 1));
    points.extend(back(x, y + 1, false));
    points.push(corner(x, y + 1));
    points.extend(back(x, y, true));
    Shape::new(vec![Polygon::new(Ring::new(points).unwrap(), vec![])]).unwrap()
}

/// The border from a corner to the next one east or north, without its end.
fn side(x: i32, y: i32, north: bool) -> impl Iterator<Item = Point> {
    let (from, to) = if north {
        (corner(x, y), corner(x, y + 1))
    } else {
        (corner(x, y), corner(x + 1, y))
    };
    let seed = hash(x, y, if north { 7 } else { 3 });
    let count = 16 + (seed % 11) as i32;
    let (dx, dy) = (f64::from(to.x() - from.x()), f64::from(to.y() - from.y()));
    (0..count).map(move |i| {
        let t = f64::from(i) / f64::from(count);
        // waves of falling height, none at the ends
        let mut off = 0.0;
        for octave in 1..=4u32 {
            let phase = f64::from(hash(seed as i32, octave as i32, 1) % 1000) / 160.0;
            let wave = (t * std::f64::consts::PI * 2.0 * f64::from(1 << octave) + phase).sin();
            off += wave * 0.06 / f64::from(octave * octave);
        }
        off += (f64::from(hash(seed as i32, i, 2) % 1000) / 1000.0 - 0.5) * 0.02;
        off *= 4.0 * t * (1.0 - t);
        let along = f64::from(from.x()) + t * dx - off * dy;
        let up = f64::from(from.y()) + t * dy + off * dx;
        Point::new(along as i32, up as i32).unwrap()
    })
}

fn corner(x: i32, y: i32) -> Point {
    let h = hash(x, y, 5);
    let part = |bits: u32| (bits % 6001) as i32 - 3000;
    Point::new(
        ORIGIN.0 + x * BLOCK + part(h),
        ORIGIN.1 + y * BLOCK + part(h >> 13),
    )
    .unwrap()
}

fn hash(x: i32, y: i32, salt: u32) -> u32 {
    let mut h = (x as u32)
        .wrapping_mul(0x9e37_79b1)
        .wrapping_add((y as u32).wrapping_mul(0x85eb_ca6b))
        .wrapping_add(salt.wrapping_mul(0xc2b2_ae35));
    h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
    h = (h ^ (h >> 12)).wrapping_mul(0x297a_2d39);
    h ^ (h >> 15)
}
