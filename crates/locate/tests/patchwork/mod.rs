//! Random coverages on the lattice: a net of wobbly quadrilaterals, gathered into grids at random, so that
//! enclaves, holes, parts that touch at one vertex and ragged rims arise. And the slow exact way to
//! answer for a point, which knows nothing of the index.

#![allow(dead_code, reason = "tests and benches each take what they need")]

use wangge_coverage::{BorderEdge, Owner};
use wangge_plane::{Point, Polygon, Ring, Segment, Shape};

/// A generator of numbers that is the same everywhere (Steele, Lea and Flood 2014, `SplitMix64`).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A whole number from `low` to `high`, both included.
    pub(crate) fn within(&mut self, low: i64, high: i64) -> i64 {
        let count = u64::try_from(high - low + 1).expect("low is not above high");
        low + i64::try_from(self.next() % count).expect("less than the count")
    }

    /// From 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// What a patchwork is made of.
#[derive(Debug, Clone)]
pub(crate) struct Recipe {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    /// Width and height of a patch before scaling.
    pub(crate) step: (i64, i64),
    /// How many times wider than in the middle patches are at the rim, about.
    pub(crate) spread: f64,
    /// Edges per side of a patch.
    pub(crate) pieces: usize,
    /// All coordinates are multiples of this, from the origin: edges then hold lattice points.
    pub(crate) scale: i64,
    pub(crate) origin: (i64, i64),
    pub(crate) seed: u64,
    /// The grid of each patch, row by row; `None` is a hole. In order, one each, where absent.
    pub(crate) owners: Option<Vec<Option<u32>>>,
}

/// A coverage as edges, and as shapes.
pub(crate) struct Patchwork {
    pub(crate) recipe: Recipe,
    owners: Vec<Option<u32>>,
    level_sides: Vec<Vec<Point>>,
    upright_sides: Vec<Vec<Point>>,
}

impl Patchwork {
    pub(crate) fn sew(recipe: Recipe) -> Self {
        let mut dice = Dice(recipe.seed);
        let (columns, rows) = (recipe.columns, recipe.rows);
        // sides stay within 45 degrees of their axis, so that none crosses another
        let (jitter, wobble) = if recipe.pieces > 1 {
            (0.12, 0.2)
        } else {
            (0.2, 0.0)
        };
        let mut nodes = Vec::new();
        for j in 0..=rows {
            for i in 0..=columns {
                let at = |step: i64, k: usize, dice: &mut Dice| {
                    (whole(step) * jitter * (2.0 * dice.share() - 1.0)).trunc()
                        + whole(step) * count(k)
                };
                nodes.push((
                    at(recipe.step.0, i, &mut dice),
                    at(recipe.step.1, j, &mut dice),
                ));
            }
        }
        let node = |i: usize, j: usize| nodes[j * (columns + 1) + i];
        let mut side = |from: (f64, f64), to: (f64, f64), level: bool| {
            let mut points = Vec::new();
            for k in 0..=recipe.pieces {
                let t = count(k) / count(recipe.pieces);
                let reach = wobble * t.min(1.0 - t) * (2.0 * dice.share() - 1.0);
                let mut x = from.0 + (to.0 - from.0) * t;
                let mut y = from.1 + (to.1 - from.1) * t;
                if level {
                    y += reach * whole(recipe.step.1);
                } else {
                    x += reach * whole(recipe.step.0);
                }
                points.push(place(&recipe, x, y));
            }
            points.dedup();
            points
        };
        let mut level_sides = Vec::new();
        for j in 0..=rows {
            for i in 0..columns {
                level_sides.push(side(node(i, j), node(i + 1, j), true));
            }
        }
        let mut upright_sides = Vec::new();
        for j in 0..rows {
            for i in 0..=columns {
                upright_sides.push(side(node(i, j), node(i, j + 1), false));
            }
        }
        let owners = recipe.owners.clone().unwrap_or_else(|| {
            let patches = u32::try_from(columns * rows).expect("few patches");
            (0..patches).map(Some).collect()
        });
        Self {
            recipe,
            owners,
            level_sides,
            upright_sides,
        }
    }

    /// The grid of a patch; `None` beyond the patchwork.
    fn owner(&self, i: Option<usize>, j: Option<usize>) -> Option<Owner> {
        let (i, j) = (i?, j?);
        let inside = i < self.recipe.columns && j < self.recipe.rows;
        inside
            .then(|| self.owners[j * self.recipe.columns + i])?
            .map(Owner)
    }

    /// What the index is built of.
    pub(crate) fn edges(&self) -> Vec<BorderEdge> {
        let (columns, rows) = (self.recipe.columns, self.recipe.rows);
        let mut edges = Vec::new();
        for j in 0..=rows {
            for i in 0..columns {
                let north = self.owner(Some(i), Some(j));
                let south = self.owner(Some(i), j.checked_sub(1));
                border(&mut edges, &self.level_sides[j * columns + i], north, south);
            }
        }
        for j in 0..rows {
            for i in 0..=columns {
                let west = self.owner(i.checked_sub(1), Some(j));
                let east = self.owner(Some(i), Some(j));
                border(
                    &mut edges,
                    &self.upright_sides[j * (columns + 1) + i],
                    west,
                    east,
                );
            }
        }
        edges
    }

    /// The ring of one patch.
    fn patch(&self, i: usize, j: usize) -> Ring {
        let columns = self.recipe.columns;
        let mut points = self.level_sides[j * columns + i].clone();
        points.extend(&self.upright_sides[j * (columns + 1) + i + 1]);
        points.extend(self.level_sides[(j + 1) * columns + i].iter().rev());
        points.extend(self.upright_sides[j * (columns + 1) + i].iter().rev());
        Ring::new(points).expect("a patch has area")
    }

    /// Each grid as the patches it is sewn of: no ring is traced, so nothing is shared with a builder of coverages.
    pub(crate) fn shapes(&self) -> Vec<(Owner, Shape)> {
        let mut numbers: Vec<u32> = self.owners.iter().flatten().copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut parts: Vec<Vec<Polygon>> = vec![Vec::new(); numbers.len()];
        for j in 0..self.recipe.rows {
            for i in 0..self.recipe.columns {
                if let Some(Owner(number)) = self.owner(Some(i), Some(j)) {
                    let at = numbers.binary_search(&number).expect("listed above");
                    parts[at].push(Polygon::new(self.patch(i, j), Vec::new()));
                }
            }
        }
        numbers
            .into_iter()
            .zip(parts)
            .map(|(number, parts)| (Owner(number), Shape::new(parts).expect("it has a patch")))
            .collect()
    }
}

/// The slow exact way: the grid that winds around the nudged point, or else the lowest that has the
/// point on its border.
pub(crate) fn slowly(shapes: &[(Owner, Shape)], p: Point) -> Option<Owner> {
    let mut holders = shapes
        .iter()
        .filter(|(_, shape)| shape.winding_nudged(p) != 0);
    if let Some((owner, shape)) = holders.next() {
        assert_eq!(
            shape.winding_nudged(p),
            1,
            "{owner:?} winds once around {p:?}"
        );
        assert!(holders.next().is_none(), "one grid holds {p:?}");
        return Some(*owner);
    }
    shapes
        .iter()
        .filter(|(_, shape)| shape.segments().any(|segment| segment.holds(p)))
        .map(|(owner, _)| *owner)
        .min()
}

/// Every lattice point of a segment.
pub(crate) fn lattice_points_on(segment: Segment) -> impl Iterator<Item = Point> {
    let way = segment.end().from_origin(segment.start());
    let (mut steps, mut rest) = (way.dx.abs(), way.dy.abs());
    while rest != 0 {
        (steps, rest) = (rest, steps % rest);
    }
    (0..=steps).map(move |k| {
        let at = |start: i32, along: i64| {
            i32::try_from(i64::from(start) + along / steps * k).expect("between two points")
        };
        Point::new(
            at(segment.start().x(), way.dx),
            at(segment.start().y(), way.dy),
        )
        .expect("between two points")
    })
}

fn border(edges: &mut Vec<BorderEdge>, side: &[Point], left: Option<Owner>, right: Option<Owner>) {
    if left == right {
        return;
    }
    for pair in side.windows(2) {
        let segment = Segment::new(pair[0], pair[1]).expect("neighbours differ");
        let (segment, forward) = segment.canonical();
        let (left, right) = if forward {
            (left, right)
        } else {
            (right, left)
        };
        edges.push(BorderEdge {
            segment,
            left,
            right,
        });
    }
}

/// A point of the net on the lattice; what would lie beyond the ends of the world lies on them.
#[expect(clippy::cast_possible_truncation, reason = "clamped to the lattice")]
fn place(recipe: &Recipe, x: f64, y: f64) -> Point {
    // the further from the middle, the further apart: by the integral of 1 + 3 (spread - 1) u^2
    let stretch = |value: f64, step: i64, patches: usize| {
        let half = whole(step) * count(patches) / 2.0;
        let u = value / half - 1.0;
        (u + (recipe.spread - 1.0) * u * u * u + recipe.spread) * half
    };
    let x = stretch(x, recipe.step.0, recipe.columns);
    let y = stretch(y, recipe.step.1, recipe.rows);
    let at = |origin: i64, value: f64, limit: i64| {
        (origin + recipe.scale * value.round() as i64).clamp(-limit, limit) as i32
    };
    Point::new(
        at(recipe.origin.0, x, 1_800_000_000),
        at(recipe.origin.1, y, 900_000_000),
    )
    .expect("clamped")
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn whole(value: i64) -> f64 {
    value as f64
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn count(value: usize) -> f64 {
    value as f64
}
