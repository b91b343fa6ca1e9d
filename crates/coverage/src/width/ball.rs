//! Balls that rest on a boundary: where they rest, and what stops them from growing.

use std::f64::consts::{PI, TAU};

/// A position or vector in the plane, in lattice units from the middle of the ground, or in metres.
pub(super) type Xy = (f64, f64);

/// An edge from one position to another, in lattice units.
pub(super) type Edge = (Xy, Xy);

/// What a ball rests on: an edge, or a vertex where the ground has more than half of the turn.
#[derive(Clone, Copy)]
pub(super) enum Seat {
    /// From its start to its end.
    Edge {
        /// The edge.
        edge: u32,
        /// Its length, metres.
        length_m: f64,
    },
    /// The start of an edge.
    Vertex {
        /// The edge that ends there.
        before: u32,
        /// The edge that starts there.
        after: u32,
        /// The first direction to the middle of a ball, radians from east.
        from: f64,
        /// How far to turn from there, clockwise, radians.
        sweep: f64,
    },
}

/// A place on a seat, as the axes of the ball that rests there: the place is the origin, up is
/// towards the middle of the ball, in metres.
#[derive(Clone, Copy)]
pub(super) struct Place {
    origin: Xy,
    /// A vector of the lattice plane times the scale gives up as a cross product with this one, so
    /// that whatever is collinear with an edge is at height 0 exactly.
    level: Xy,
    height_scale: f64,
    /// A vector of the lattice plane gives right as a dot product with this one.
    right: Xy,
    /// How far the place is to the right of `origin`, metres.
    along_m: f64,
    /// The edges that the ball rests on.
    own: [u32; 2],
}

/// How an edge limits a ball.
#[derive(Clone, Copy)]
pub(super) struct Contact {
    /// The radius at which the growing ball meets the edge, metres; infinite when it never does.
    pub(super) radius_m: f64,
    /// Where on the edge, from 0 to 1.
    pub(super) at: f64,
}

impl Contact {
    const NEVER: Self = Self {
        radius_m: f64::INFINITY,
        at: 0.0,
    };
}

impl Seat {
    /// The parts of a vertex's turn, from direction `from` clockwise to direction `to`, in which a
    /// ball lies above the vertex or level with it.
    pub(super) fn above(before: u32, after: u32, from: f64, to: f64) -> impl Iterator<Item = Self> {
        // what the directions are off by, rounded, is nothing against this
        const SLACK: f64 = 1e-9;
        // at most half of the turn, and none where rounding takes the little there is
        let turn = (from - to).rem_euclid(TAU);
        let sweep = if turn > 1.5 * PI { 0.0 } else { turn.min(PI) };
        [0.0, TAU].into_iter().filter_map(move |lap| {
            let first = (from + lap).min(PI + SLACK);
            let last = (from - sweep + lap).max(-SLACK);
            (last <= first).then_some(Self::Vertex {
                before,
                after,
                from: first,
                sweep: first - last,
            })
        })
    }

    /// The edge, or the one that starts at the vertex.
    pub(super) const fn edge(self) -> u32 {
        match self {
            Self::Edge { edge, .. } => edge,
            Self::Vertex { after, .. } => after,
        }
    }

    /// The place at `t`, from 0 at the start to 1 at the end.
    pub(super) fn place(self, edges: &[Edge], scale: Xy, t: f64) -> Place {
        match self {
            Self::Edge { edge, length_m } => {
                let (a, b) = edges[edge as usize];
                let level = (b.0 - a.0, b.1 - a.1);
                Place {
                    origin: a,
                    level,
                    height_scale: scale.0 * scale.1 / length_m,
                    right: (
                        level.0 * scale.0 / length_m * scale.0,
                        level.1 * scale.1 / length_m * scale.1,
                    ),
                    along_m: t * length_m,
                    own: [edge, edge],
                }
            }
            Self::Vertex {
                before,
                after,
                from,
                sweep,
            } => {
                let (sin, cos) = (from - t * sweep).sin_cos();
                Place {
                    origin: edges[after as usize].0,
                    level: (sin * scale.1, -cos * scale.0),
                    height_scale: 1.0,
                    right: (sin * scale.0, -cos * scale.1),
                    along_m: 0.0,
                    own: [before, after],
                }
            }
        }
    }
}

impl Place {
    /// Whether the ball rests on this edge.
    pub(super) fn owns(&self, edge: u32) -> bool {
        self.own.contains(&edge)
    }

    /// Whether some point of the edge, which limits this ball at the contact, is above both places.
    ///
    /// On the way around a vertex an edge limits the ball in one stretch of directions only where
    /// this is so: seen from the two ends alone, it may stand behind the vertex between them.
    pub(super) fn both_below(&self, other: &Self, edge: Edge, contact: Contact) -> bool {
        let (p, q) = edge;
        let touched = (
            p.0 + contact.at * (q.0 - p.0),
            p.1 + contact.at * (q.1 - p.1),
        );
        [p, q, touched]
            .into_iter()
            .any(|point| self.see(point).1 > 0.0 && other.see(point).1 > 0.0)
    }

    /// The place itself, in lattice units.
    pub(super) fn position(&self, scale: Xy) -> Xy {
        self.middle(0.0, scale)
    }

    /// A position in the axes of the ball.
    #[inline]
    fn see(&self, p: Xy) -> Xy {
        let (dx, dy) = (p.0 - self.origin.0, p.1 - self.origin.1);
        (
            self.right.0 * dx + self.right.1 * dy - self.along_m,
            self.height_scale * (self.level.0 * dy - self.level.1 * dx),
        )
    }

    /// Where the middle of a ball of this radius is, in lattice units.
    pub(super) fn middle(&self, radius_m: f64, scale: Xy) -> Xy {
        let (cos, sin) = (self.right.0 / scale.0, self.right.1 / scale.1);
        (
            self.origin.0 + (cos * self.along_m - sin * radius_m) / scale.0,
            self.origin.1 + (sin * self.along_m + cos * radius_m) / scale.1,
        )
    }

    /// How an edge limits the ball.
    ///
    /// A ball on the origin that touches a point (x, y) has the radius (x2 + y2) / 2y. One that
    /// touches the line through an edge at distance s from the origin, with c the cosine between
    /// up and the line's normal on the side of the origin, has s / (1 - c). The edge is touched
    /// where its line is, or at the end nearer to there.
    #[inline]
    pub(super) fn contact(&self, edge: Edge) -> Contact {
        let (x1, y1) = self.see(edge.0);
        let (x2, y2) = self.see(edge.1);
        if y1 <= 0.0 && y2 <= 0.0 {
            return Contact::NEVER;
        }
        let (dx, dy) = (x2 - x1, y2 - y1);
        let square = dx * dx + dy * dy;
        let length = square.sqrt();
        let turn = x1 * dy - y1 * dx;
        let side = if turn >= 0.0 { 1.0 } else { -1.0 };
        let distance = turn.abs() / length;
        let cos = side * dx / length;
        // the same number either way, without the loss of digits where the cosine is near 1
        let gap = if cos > 0.0 {
            dy * dy / (square * (1.0 + cos))
        } else {
            1.0 - cos
        };
        let radius_m = distance / gap;
        let x = side * radius_m * dy / length;
        let at = ((x - x1) * dx + (distance - y1) * dy) / square;
        if (0.0..=1.0).contains(&at) {
            return Contact { radius_m, at };
        }
        let (x, y, at) = if at > 1.0 {
            (x2, y2, 1.0)
        } else {
            (x1, y1, 0.0)
        };
        if y > 0.0 {
            Contact {
                radius_m: (x * x + y * y) / (2.0 * y),
                at,
            }
        } else {
            Contact::NEVER
        }
    }
}
