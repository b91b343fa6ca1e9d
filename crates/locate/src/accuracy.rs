//! A position that is known to some metres only: in which grids it may be, and how probably.
//!
//! # How the shares come about
//!
//! The position is spread around its place `c` by a density that depends on the distance alone and
//! ends at `R`. Let `M(r)` be what of it lies within `r`, so that `M(R) = 1`, and let `D(r) = (M(r) - 1) / 2 pi`
//! up to `R` and 0 beyond. For a face whose border runs around it, in polar coordinates around `c`,
//! Green's theorem says
//!
//! > share(face) = \[c is in the face\] + sum over its border, the face on the left, of the integral of D(r(t)) dt
//!
//! as the whole circle has the share 1, and a border that leads once around `c` gives `2 pi D(r) + 1 = M(r)`.
//! So each edge is looked at once: what it gives to the face on its left it takes from the one on its
//! right, and the sum of all shares is 1, whatever edges there are. Edges that stay farther away than `R`
//! give nothing.
//!
//! An edge is a straight line at a distance `h` from `c`; with `t` the angle from the foot of the
//! perpendicular, `r(t) = h / cos t`. For the even spread the integral is
//! `h^2 tan t / R^2 - t`, over `2 pi`; for the normal one, `exp(-(h / cos t)^2 / 2 s^2)` is integrated by
//! Simpson's rule, halved until it settles (it is Owen's T function of 1956, which has no closed form).
//!
//! **On borders.** `c` stands for the nudged point of the module `path`, a step to the east and a far
//! smaller one to the north. On which side of an edge it is, is decided by that rule in whole numbers, also
//! where `c` lies on the edge or is its end; only angles and distances are rounded.

use std::f64::consts::PI;

use wangge_coverage::Owner;
use wangge_plane::Point;

use crate::cells::Cells;
use crate::metric::{AROUND, Ruler, Scale};
use crate::node::{Cell, Node};
use crate::path::{self, Edge, Place};
use crate::square::{Square, units};

/// How many standard deviations in each direction the radius is that 68 of 100 positions lie in:
/// `1 - exp(-1.515^2 / 2) = 0.683`.
const SIGMAS: f64 = 1.515;

/// The normal spread ends at so many radii: there 4.5 standard deviations, beyond which 4 of 100,000 would lie.
const RADII: f64 = 3.0;

/// What an integral may be off, radians; the shares of a circle of a thousand edges by less than 0.0001.
const TOLERANCE: f64 = 1e-7;

/// Halvings of an interval, at most.
const MOST_HALVINGS: u32 = 24;

/// A smaller share is left out, and the others are raised together to make up for it.
const LEAST_SHARE: f64 = 1e-6;

/// How positions are spread around the place that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Spread {
    /// Evenly over a disc.
    Uniform,
    /// Normally, the same in all directions, out to three radii.
    #[default]
    Gaussian,
}

/// How well a position is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Accuracy {
    radius_m: f64,
    spread: Spread,
}

/// The probability that a position is in a grid, or outside of all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// The grid; `None` outside of all.
    pub owner: Option<Owner>,
    /// Above 0, at most 1.
    pub share: f64,
}

impl Accuracy {
    /// The smallest radius, metres: that of the lattice, on which positions lie.
    pub const LEAST_M: f64 = 0.01;

    /// The largest radius, metres: what is known no better names no grid.
    pub const MOST_M: f64 = 5000.0;

    /// Within so many metres: all positions with [`Spread::Uniform`], 68 of 100 with [`Spread::Gaussian`].
    /// `None` below [`Accuracy::LEAST_M`] and above [`Accuracy::MOST_M`].
    pub fn new(radius_m: f64, spread: Spread) -> Option<Self> {
        (Self::LEAST_M..=Self::MOST_M)
            .contains(&radius_m)
            .then_some(Self { radius_m, spread })
    }

    /// No position is farther from the place that is told, metres.
    pub fn reach_m(self) -> f64 {
        match self.spread {
            Spread::Uniform => self.radius_m,
            Spread::Gaussian => RADII * self.radius_m,
        }
    }
}

/// What lies within reach of a place.
struct Circle<'a> {
    cells: &'a Cells,
    accuracy: Accuracy,
    place: Point,
    /// The place's longitude, or the same once around the earth.
    x: i64,
    scale: Scale,
    /// What a unit is worth at least.
    floor: Scale,
    edges: Vec<Edge>,
    /// What faces have been given and taken.
    given: Vec<(u32, f64)>,
}

/// The shares of all faces in a position, the largest first; they add up to 1.
pub(crate) fn shares(cells: &Cells, place: Point, accuracy: Accuracy) -> Vec<Share> {
    let ruler = Ruler::at(f64::from(place.y()));
    let x = i64::from(place.x());
    let mut circle = Circle {
        cells,
        accuracy,
        place,
        x,
        scale: ruler.scale(0.0),
        floor: ruler.floor(accuracy.reach_m()),
        edges: Vec::new(),
        given: vec![(cells.nudged_face_at(as_the_east_has_it(place)), 1.0)],
    };
    for copy in [x, x - AROUND, x + AROUND] {
        circle.x = copy;
        circle.gather();
        circle.give();
    }
    added_up(circle.given)
}

/// The place; one at 180 degrees east is told as 180 degrees west, where a step to the east from it leads.
fn as_the_east_has_it(place: Point) -> Point {
    const EAST_END: i64 = AROUND / 2;
    if i64::from(place.x()) != EAST_END {
        return place;
    }
    Point::new(-place.x(), place.y()).unwrap_or(place)
}

/// The sums of what faces were given.
fn added_up(mut given: Vec<(u32, f64)>) -> Vec<Share> {
    given.sort_unstable_by_key(|&(face, _)| face);
    let mut shares: Vec<Share> = given
        .chunk_by(|one, other| one.0 == other.0)
        .map(|of_face| Share {
            owner: path::owner(of_face[0].0),
            share: of_face.iter().map(|(_, part)| part).sum(),
        })
        .inspect(|share| debug_assert!(share.share > -0.01, "{share:?}"))
        .filter(|share| share.share >= LEAST_SHARE)
        .collect();
    let whole: f64 = shares.iter().map(|share| share.share).sum();
    for share in &mut shares {
        share.share /= whole;
    }
    // stable: of equal shares outside comes first, then the lowest grid
    shares.sort_by(|one, other| other.share.total_cmp(&one.share));
    shares
}

impl Circle<'_> {
    /// Finds the edges that come within reach, each once.
    fn gather(&mut self) {
        self.edges.clear();
        let frame = self.cells.frame();
        let (reach_x, reach_y) = self.reach_units();
        let span = |at: i64, reach: i64, origin: i32, count: u32| {
            let low = ((at - reach - i64::from(origin)) >> frame.bits).max(0);
            let high = ((at + reach - i64::from(origin)) >> frame.bits).min(i64::from(count) - 1);
            (low, high)
        };
        let (west, east) = span(self.x, reach_x, frame.origin.x, frame.columns);
        let y = i64::from(self.place.y());
        let (south, north) = span(y, reach_y, frame.origin.y, frame.rows);
        for row in south..=north {
            for column in west..=east {
                let (Ok(at), Ok(up)) = (u32::try_from(column), u32::try_from(row)) else {
                    continue;
                };
                let square = Square {
                    x: i64::from(frame.origin.x) + (column << frame.bits),
                    y: i64::from(frame.origin.y) + (row << frame.bits),
                    side: 1 << frame.bits,
                };
                self.cell(self.cells.top(at, up), square);
            }
        }
        let ends = |edge: &Edge| (edge.a.x, edge.a.y, edge.b.x, edge.b.y);
        self.edges.sort_unstable_by_key(ends);
        self.edges.dedup();
    }

    /// Lattice units east and north that nothing within reach is beyond.
    #[expect(clippy::cast_possible_truncation, reason = "clamped")]
    fn reach_units(&self) -> (i64, i64) {
        let most = units(AROUND);
        let reach_m = self.accuracy.reach_m();
        let count = |scale: f64| (reach_m / scale).min(most) as i64 + 1;
        (count(self.floor.east), count(self.floor.north))
    }

    fn cell(&mut self, cell: Cell, square: Square) {
        let Cell::Node(at) = cell else { return };
        if self.is_beyond(square) {
            return;
        }
        match self.cells.arena().node(at) {
            Node::Leaf(leaf) => self.edges.extend(leaf.edges(square.corner())),
            // nothing that was built is cut below one unit
            Node::Grid(grid) if square.side >> grid.bits() == 0 => {}
            Node::Grid(grid) => {
                let cut = 1u32 << grid.bits();
                for row in 0..cut {
                    for column in 0..cut {
                        let part = square.part(grid.bits(), column, row);
                        self.cell(grid.cell(column, row), part);
                    }
                }
            }
        }
    }

    fn is_beyond(&self, square: Square) -> bool {
        let (dx, dy) = square.gap(self.x, i64::from(self.place.y()));
        self.floor.squared(dx, dy) > self.accuracy.reach_m().powi(2)
    }

    /// Lets each edge give to its left and take from its right.
    fn give(&mut self) {
        for edge in std::mem::take(&mut self.edges) {
            let part = self.part(&edge);
            if part != 0.0 {
                self.given.extend([(edge.left, part), (edge.right, -part)]);
            }
        }
    }

    /// What an edge gives to the face on its left.
    fn part(&self, edge: &Edge) -> f64 {
        let (a, b) = (self.metres(edge.a), self.metres(edge.b));
        let along = (b.0 - a.0, b.1 - a.1);
        let length = along.0.hypot(along.1);
        if length == 0.0 {
            // at a pole
            return 0.0;
        }
        let way = (along.0 / length, along.1 / length);
        let height = (a.0 * way.1 - a.1 * way.0).abs();
        let reach = self.accuracy.reach_m();
        if height >= reach {
            return 0.0;
        }
        let angle = |end: (f64, f64)| {
            if end == (0.0, 0.0) {
                // the nudged point is a step to the east of it
                (-way.0).atan2(way.1.abs())
            } else {
                (end.0 * way.0 + end.1 * way.1).atan2(height)
            }
        };
        let most = (height / reach).acos();
        let (from, to) = (angle(a).max(-most), angle(b).min(most));
        if from >= to {
            return 0.0;
        }
        let part = self.accuracy.between(height, from, to);
        if self.is_on_left(edge) { part } else { -part }
    }

    /// Whether the nudged point is on the left of an edge: then the edge leads around it from east by
    /// north to west.
    fn is_on_left(&self, edge: &Edge) -> bool {
        let from = |end: Place| {
            let dx = i128::from(i64::from(end.x) - self.x);
            let dy = i128::from(end.y) - i128::from(self.place.y());
            (dx, dy)
        };
        let (a, b) = (from(edge.a), from(edge.b));
        let cross = a.0 * b.1 - a.1 * b.0;
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        (cross, -dy, dx) > (0, 0, 0)
    }

    /// Metres east and north of the place. By one scale for all, so that an edge stays straight and on its
    /// side of the place. A kilometre off, lengths to the east are off by the tangent of the latitude times
    /// 0.00016; what a share is off by that is less, as it is off to the north and to the south by opposite amounts.
    fn metres(&self, end: Place) -> (f64, f64) {
        let dx = units(i64::from(end.x) - self.x);
        let dy = units(i64::from(end.y) - i64::from(self.place.y()));
        (dx * self.scale.east, dy * self.scale.north)
    }
}

impl Accuracy {
    /// The integral of `D` over a line at this distance, between two angles from its foot that are within
    /// reach.
    fn between(self, height: f64, from: f64, to: f64) -> f64 {
        let reach = self.reach_m();
        let integral = match self.spread {
            Spread::Uniform => {
                let squared = (height / reach).powi(2);
                // a line through the place: its tangents have no end, and count nothing
                let tangents = if height > 0.0 {
                    squared * (to.tan() - from.tan())
                } else {
                    0.0
                };
                tangents - (to - from)
            }
            Spread::Gaussian => {
                let deviation = self.radius_m / SIGMAS;
                let left_beyond = |distance: f64| (-0.5 * (distance / deviation).powi(2)).exp();
                let beyond = left_beyond(reach);
                let values = |angle: f64| match angle.cos() {
                    cos if cos > 0.0 && height > 0.0 => left_beyond(height / cos),
                    // through the place, or so near to it that rounding leaves no angle
                    _ if height > 0.0 => 0.0,
                    _ => 1.0,
                };
                let inner = integrated(&values, from, to);
                (beyond * (to - from) - inner) / (1.0 - beyond)
            }
        };
        integral / (2.0 * PI)
    }
}

/// The integral of a smooth function, by Simpson's rule on halves of halves until they agree.
fn integrated(f: &impl Fn(f64) -> f64, from: f64, to: f64) -> f64 {
    fn refined(
        f: &impl Fn(f64) -> f64,
        (from, to): (f64, f64),
        (low, middle, high): (f64, f64, f64),
        whole: f64,
        halvings: u32,
    ) -> f64 {
        let centre = 0.5 * (from + to);
        let (left, right) = (f(0.5 * (from + centre)), f(0.5 * (centre + to)));
        let sixth = (to - from) / 12.0;
        let lower = sixth * (low + 4.0 * left + middle);
        let upper = sixth * (middle + 4.0 * right + high);
        let off = lower + upper - whole;
        // Lyness, Notes on the adaptive Simpson quadrature routine, 1969
        if halvings == 0 || off.abs() <= 15.0 * TOLERANCE {
            return lower + upper + off / 15.0;
        }
        refined(f, (from, centre), (low, left, middle), lower, halvings - 1)
            + refined(f, (centre, to), (middle, right, high), upper, halvings - 1)
    }
    let whole = |from: f64, to: f64| {
        let (low, middle, high) = (f(from), f(0.5 * (from + to)), f(to));
        let coarse = (to - from) / 6.0 * (low + 4.0 * middle + high);
        refined(f, (from, to), (low, middle, high), coarse, MOST_HALVINGS)
    };
    // the foot, where the function is highest, is an end
    if from < 0.0 && to > 0.0 {
        whole(from, 0.0) + whole(0.0, to)
    } else {
        whole(from, to)
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::FRAC_PI_2;

    use super::*;

    fn close(value: f64, expected: f64) -> bool {
        (value - expected).abs() < 1e-6
    }

    #[test]
    fn a_line_through_the_place_gives_its_half_away() {
        for spread in [Spread::Uniform, Spread::Gaussian] {
            let accuracy = Accuracy::new(10.0, spread).unwrap();
            let half = accuracy.between(0.0, -FRAC_PI_2, FRAC_PI_2);
            assert!(close(half, -0.5), "{spread:?}: {half}");
            let near = accuracy.between(1e-9, -FRAC_PI_2 + 1e-10, FRAC_PI_2 - 1e-10);
            assert!(close(near, -0.5), "{spread:?}: {near}");
        }
    }

    #[test]
    fn a_chord_of_a_disc_cuts_off_its_segment() {
        // the area of a circular segment: acos(h) - h sqrt(1 - h^2), of a circle of radius 1
        for h in [0.1, 0.5, 0.9, 0.999] {
            let accuracy = Accuracy::new(200.0, Spread::Uniform).unwrap();
            let most = f64::acos(h);
            let cut = -accuracy.between(200.0 * h, -most, most);
            let expected = (f64::acos(h) - h * (1.0 - h * h).sqrt()) / PI;
            assert!(close(cut, expected), "{h}: {cut} {expected}");
        }
    }

    #[test]
    fn a_line_cuts_off_the_tail_of_the_normal_curve() {
        // 1 - Phi(z) of the standard normal distribution, as tables of it say; what is beyond 3 radii
        // is missing on both sides
        for (z, tail) in [(0.5, 0.308_538), (1.0, 0.158_655), (2.0, 0.022_750)] {
            let accuracy = Accuracy::new(30.0, Spread::Gaussian).unwrap();
            let height = z * 30.0 / SIGMAS;
            let most = f64::acos(height / 90.0);
            let cut = -accuracy.between(height, -most, most);
            assert!((cut - tail).abs() < 3e-5, "{z}: {cut} {tail}");
        }
    }

    #[test]
    fn a_radius_has_bounds() {
        for radius in [0.0, 0.009, -1.0, f64::NAN, f64::INFINITY, 5000.1] {
            assert_eq!(Accuracy::new(radius, Spread::Uniform), None);
        }
        assert!(Accuracy::new(5000.0, Spread::Uniform).is_some());
        assert!(Accuracy::new(0.01, Spread::Gaussian).is_some());
    }
}
