//! Small cities with ragged borders, many of them close together.

use proptest::prelude::*;
use wangge_coverage::Coverage;
use wangge_plane::{Point, Polygon, Ring, Shape};

use crate::drawing::picture;
use crate::kept::built;

/// What a city is drawn from.
#[derive(Debug, Clone)]
pub(crate) struct Ragged {
    /// One letter for each cell, of 40 m by 50 m or so.
    pub(crate) rows: Vec<String>,
    pub(crate) seed: u64,
    /// How far, in eighths of a cell, corners are moved.
    pub(crate) wobble: i32,
    /// How far, in hundredths of its length, vertices are moved that halve an edge; none without.
    pub(crate) bends: i32,
    /// How often edges are halved.
    pub(crate) halvings: u32,
}

/// Cities of random letters: few for long borders, many for short ones.
pub(crate) fn cities() -> impl Strategy<Value = Ragged> {
    let letters = prop_oneof![
        Just(vec!['a', 'b']),
        Just(vec!['a', 'a', 'a', 'b']),
        Just(vec!['a', 'b', 'c', 'd', 'e', 'f']),
    ];
    let rows = (letters, 1usize..9, 1usize..9).prop_flat_map(|(letters, w, h)| {
        let row = proptest::collection::vec(proptest::sample::select(letters), w);
        proptest::collection::vec(row.prop_map(|row| row.into_iter().collect()), h)
    });
    (rows, any::<u64>(), 0..3, 0..40, 0u32..4).prop_map(|(rows, seed, wobble, bends, halvings)| {
        Ragged {
            rows,
            seed,
            wobble,
            bends,
            halvings,
        }
    })
}

impl Ragged {
    /// The coverage: every letter is a grid. Where bends make borders cross, they are made flatter.
    pub(crate) fn coverage(&self) -> Coverage {
        let flatter = [self.bends, self.bends / 2, self.bends / 4, 0].map(|bends| Self {
            bends,
            ..self.clone()
        });
        let straight = Self {
            halvings: 0,
            ..self.clone()
        };
        let mut tries = flatter.iter().chain([&straight]);
        tries.find_map(|ragged| built(&ragged.shapes())).unwrap()
    }

    fn shapes(&self) -> Vec<Shape> {
        let rows: Vec<&str> = self.rows.iter().map(String::as_str).collect();
        let moved = |bits: u64| (bits % (2 * self.wobble as u64 + 1)) as i32 - self.wobble;
        let (_, shapes) = picture(&rows, 8, |x, y| {
            let bits = dice(self.seed, x, y);
            (moved(bits), moved(bits >> 20))
        });
        let ring = |ring: &Ring| self.halved(ring);
        shapes
            .iter()
            .map(|shape| {
                let parts = shape.parts().iter().map(|part| {
                    Polygon::new(ring(part.shell()), part.holes().iter().map(ring).collect())
                });
                Shape::new(parts.collect()).unwrap()
            })
            .collect()
    }

    fn halved(&self, ring: &Ring) -> Ring {
        let place =
            |p: &Point| Point::new(1_208_000_000 + 600 * p.x(), 407_000_000 + 600 * p.y()).unwrap();
        let mut points: Vec<Point> = ring.points().iter().map(place).collect();
        for _ in 0..self.halvings {
            let next = points[1..].iter().chain(&points[..1]);
            points = points
                .iter()
                .zip(next)
                .flat_map(|(&a, &b)| [a, self.between(a, b)])
                .collect();
        }
        Ring::new(points).unwrap()
    }

    /// A vertex between two, beside their middle, the same whichever comes first.
    fn between(&self, a: Point, b: Point) -> Point {
        let (a, b) = (a.min(b), a.max(b));
        let bits = dice(self.seed, a.x() ^ b.y(), a.y() ^ b.x());
        let aside = (bits % (2 * self.bends as u64 + 1)) as i32 - self.bends;
        let (dx, dy) = (b.x() - a.x(), b.y() - a.y());
        Point::new(
            a.x() + dx / 2 - dy * aside / 100,
            a.y() + dy / 2 + dx * aside / 100,
        )
        .unwrap()
    }
}

/// A number that depends on a seed and two others alone.
fn dice(seed: u64, a: i32, b: i32) -> u64 {
    let mut z = seed ^ (((a as u64) << 32) | (b as u64 & 0xffff_ffff)).wrapping_mul(0x9e37_79b9);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
