//! The search for the largest ball on all seats.

use std::ops::ControlFlow;

use wangge_plane::Extent;

use super::ball::{Place, Seat, Xy};
use super::ground::Ground;
use crate::edge_tree::{EdgeTree, Visit};

/// A ball is not looked for if it is larger than the largest one by less than this share of its
/// radius, with [`LEAST_M`] added.
const SHARE: f64 = 0.002;

/// Metres of radius that make no difference.
const LEAST_M: f64 = 0.000_1;

/// A ball that grows is not stopped by edges that reach into it by less than this share of its
/// radius, or every edge of a round ground would be looked at for every ball in it.
const BLUR: f64 = 0.001;

/// Stretches looked at per edge, at most: many times what polygons need.
const PATIENCE: usize = 200;

/// The largest ball met so far, and what is needed to look for a larger one.
pub(super) struct Search<'a> {
    ground: &'a Ground,
    tree: EdgeTree,
    best_m: f64,
    /// Where the middle of the largest ball is, in lattice units.
    middle: Option<Xy>,
    /// The edge that was last enough to rule out a stretch.
    witness: u32,
    /// Stretches still to be looked at, until rings that cross have used up all patience.
    patience: usize,
}

/// An end of a stretch of a seat.
#[derive(Clone, Copy)]
struct End {
    t: f64,
    place: Place,
    /// An edge that limits the ball here to no more than the largest one.
    limit: u32,
}

impl<'a> Search<'a> {
    /// A search that has met no ball yet.
    pub(super) fn new(ground: &'a Ground) -> Self {
        Self {
            ground,
            tree: EdgeTree::new(ground.segments()),
            best_m: 0.0,
            middle: None,
            witness: 0,
            patience: 1000 + PATIENCE * ground.edges().len(),
        }
    }

    /// The radius of the largest ball, metres.
    pub(super) fn largest_m(self) -> f64 {
        self.largest().map_or(0.0, |(_, radius_m)| radius_m)
    }

    /// The middle of the largest ball, and its radius in metres; `None` if there is none.
    pub(super) fn largest(mut self) -> Option<(Xy, f64)> {
        let _ = self.look(false);
        // the edges that reach into the ball a little have their say
        let middle = self.middle?;
        Some((middle, self.ground.clearance_m(middle)))
    }

    /// Whether some ball is larger than this radius, metres.
    pub(super) fn exceeds(mut self, radius_m: f64) -> bool {
        self.best_m = radius_m;
        self.look(true).is_break()
    }

    /// Looks at every seat; breaks off with the first ball found if that is enough.
    fn look(&mut self, first_is_enough: bool) -> ControlFlow<()> {
        // a few from everywhere first: a large ball makes short work of the rest
        const FEW: usize = 32;
        let seats = self.ground.seats();
        let stride = (seats.len() / FEW).max(1);
        for &seat in seats.iter().step_by(stride).chain(&seats) {
            self.roll(seat);
            if first_is_enough && self.middle.is_some() {
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }

    /// Rolls a ball along the seat, until nowhere on it a larger one can rest.
    fn roll(&mut self, seat: Seat) {
        // of an edge of 10 km, less than a micrometre
        const NOTHING: f64 = 1e-11;
        let [start, end] = [0.0, 1.0].map(|t| self.place(seat, t));
        if self.ruled_out(&start, &end) {
            return;
        }
        let own = seat.edge();
        let last = self.ground.segments().len() - 1;
        let neighbours = [
            own.saturating_sub(1),
            if own as usize == last { own } else { own + 1 },
        ];
        let ends = [(0.0, start), (1.0, end)].map(|(t, place)| {
            let limit = self.grow(&place, neighbours);
            limit.map(|limit| End { t, place, limit })
        });
        let [Some(start), Some(end)] = ends else {
            return;
        };
        let mut stretches = vec![(start, end)];
        while let Some((from, to)) = stretches.pop() {
            // as far as what limits the ball at one end keeps it small, from either end
            let from = self.advance(seat, from, to);
            let to = self.advance(seat, to, from);
            if to.t - from.t < NOTHING || self.patience == 0 {
                continue;
            }
            self.patience -= 1;
            let t = self.cut(&from, &to);
            let place = self.place(seat, t);
            if let Some(limit) = self.grow(&place, [from.limit, to.limit]) {
                let between = End { t, place, limit };
                stretches.push((between, to));
                stretches.push((from, between));
            }
        }
    }

    /// Whether one edge keeps the ball small from one end of a seat to the other.
    fn ruled_out(&mut self, start: &Place, end: &Place) -> bool {
        let cap_m = self.cap_m();
        let mut witness = Witness {
            ground: self.ground,
            ends: [start, end],
            middles: [start, end].map(|place| place.middle(cap_m, self.ground.scale())),
            cap_m,
            found: None,
        };
        // a seat much longer than the ball has no such edge near, as a rule
        let searched = witness.edge(self.witness).is_break()
            || (witness.middles_within(cap_m) && self.tree.search(&mut witness).is_break());
        if let Some(edge) = witness.found {
            self.witness = edge;
        }
        searched
    }

    /// Lets a ball grow, and returns the edge that stops it. One that need not be the first, if
    /// the ball is no larger then than the largest one; `None` if nothing stops it, which happens
    /// only where rings cross.
    fn grow(&mut self, place: &Place, try_first: [u32; 2]) -> Option<u32> {
        let mut growth = Growth {
            ground: self.ground,
            place,
            position: place.position(self.ground.scale()),
            enough_m: self.best_m,
            radius_m: f64::INFINITY,
            blurred_m: 0.0,
            middle: (0.0, 0.0),
            limit: None,
        };
        growth.shrink(self.ground.most_m());
        let stopped = try_first
            .into_iter()
            .chain([self.witness])
            .any(|edge| growth.edge(edge).is_break());
        if !stopped {
            let _ = self.tree.search(&mut growth);
        }
        if growth.limit.is_some() && growth.radius_m > self.best_m {
            self.best_m = growth.radius_m;
            self.middle = Some(place.middle(growth.radius_m, self.ground.scale()));
        }
        growth.limit
    }

    /// The end of the stretch, moved towards `to` as far as is quickly seen that its limit keeps
    /// the ball small.
    fn advance(&self, seat: Seat, from: End, to: End) -> End {
        const STEPS: usize = 6;
        let cap_m = self.cap_m();
        let aim_m = self.best_m.midpoint(cap_m);
        let edge = self.ground.edges()[from.limit as usize];
        // the radius, or one too large where the edge says nothing about the way to there
        let radius_m = |place: &Place| {
            let contact = place.contact(edge);
            if contact.radius_m > cap_m || from.place.both_below(place, edge, contact) {
                contact.radius_m
            } else {
                f64::INFINITY
            }
        };
        let (mut near, mut far) = (from, to);
        let mut near_m = near.place.contact(edge).radius_m;
        let mut far_m = radius_m(&far.place);
        if far_m <= cap_m {
            return to;
        }
        for _ in 0..STEPS {
            let rise = if far_m.is_finite() {
                ((aim_m - near_m) / (far_m - near_m)).clamp(0.02, 0.98)
            } else {
                0.5
            };
            let t = near.t + (far.t - near.t) * rise;
            let place = self.place(seat, t);
            let there_m = radius_m(&place);
            if there_m <= cap_m {
                near = End { t, place, ..near };
                near_m = there_m;
                if near_m > self.best_m {
                    break;
                }
            } else {
                far = End { t, place, ..far };
                far_m = there_m;
            }
        }
        near
    }

    /// Where to cut a stretch: where the limit of one end takes over from the other's, as far as
    /// straight lines tell.
    fn cut(&self, from: &End, to: &End) -> f64 {
        let radii_m = |limit: u32| {
            let edge = self.ground.edges()[limit as usize];
            [from, to].map(|end| end.place.contact(edge).radius_m)
        };
        let [rising, top] = radii_m(from.limit);
        let [high, falling] = radii_m(to.limit);
        let share = (high - rising) / ((top - rising) + (high - falling));
        let share = if share.is_finite() {
            share.clamp(0.1, 0.9)
        } else {
            0.5
        };
        from.t + (to.t - from.t) * share
    }

    fn place(&self, seat: Seat, t: f64) -> Place {
        seat.place(self.ground.edges(), self.ground.scale(), t)
    }

    /// The radius up to which balls are not looked for.
    fn cap_m(&self) -> f64 {
        self.best_m * (1.0 + SHARE) + LEAST_M
    }
}

/// Looks for an edge that keeps the ball small at both ends of a seat.
struct Witness<'a> {
    ground: &'a Ground,
    ends: [&'a Place; 2],
    /// The middles of the balls of radius `cap_m` at either end.
    middles: [Xy; 2],
    cap_m: f64,
    found: Option<u32>,
}

impl Witness<'_> {
    fn middles_within(&self, distance_m: f64) -> bool {
        let [(ax, ay), (bx, by)] = self.middles;
        let scale = self.ground.scale();
        ((bx - ax) * scale.0).hypot((by - ay) * scale.1) <= distance_m
    }
}

impl Visit for Witness<'_> {
    fn enter(&self, extent: Extent) -> Option<f64> {
        let [a, b] = self
            .middles
            .map(|middle| self.ground.square_distance(middle, extent));
        (a.max(b) <= self.cap_m * self.cap_m).then_some(a + b)
    }

    fn edge(&mut self, edge: u32) -> ControlFlow<()> {
        let [start, end] = self.ends;
        if start.owns(edge) {
            return ControlFlow::Continue(());
        }
        let limiting = self.ground.edges()[edge as usize];
        let contact = start.contact(limiting);
        if contact.radius_m <= self.cap_m
            && end.contact(limiting).radius_m <= self.cap_m
            && start.both_below(end, limiting, contact)
        {
            self.found = Some(edge);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }
}

/// Looks for the edge that stops a growing ball.
struct Growth<'a> {
    ground: &'a Ground,
    place: &'a Place,
    position: Xy,
    /// A ball no larger than this is of no interest.
    enough_m: f64,
    radius_m: f64,
    /// The radius less what edges may reach into the ball, and the middle of that smaller ball.
    blurred_m: f64,
    middle: Xy,
    limit: Option<u32>,
}

impl Growth<'_> {
    fn shrink(&mut self, radius_m: f64) {
        self.radius_m = radius_m;
        self.blurred_m = radius_m / (1.0 + BLUR);
        self.middle = self.place.middle(self.blurred_m, self.ground.scale());
    }
}

impl Visit for Growth<'_> {
    fn enter(&self, extent: Extent) -> Option<f64> {
        let inside =
            self.ground.square_distance(self.middle, extent) < self.blurred_m * self.blurred_m;
        inside.then(|| self.ground.square_distance(self.position, extent))
    }

    fn edge(&mut self, edge: u32) -> ControlFlow<()> {
        if self.place.owns(edge) {
            return ControlFlow::Continue(());
        }
        let contact = self.place.contact(self.ground.edges()[edge as usize]);
        if contact.radius_m < self.radius_m {
            self.shrink(contact.radius_m);
            self.limit = Some(edge);
            if contact.radius_m <= self.enough_m {
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }
}
