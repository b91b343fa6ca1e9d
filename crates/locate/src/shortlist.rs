//! The search for the nearest components: bounds leave out all but a few, geodesics decide among these.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use wangge_plane::{Point, ellipsoid};

use crate::bracket::{Bracket, to_segment_m2};
use crate::components::{ComponentIndex, ComponentNear, FigureTree, Nearby, Order, Passing};
use crate::figures::FigureRef;
use crate::foot::{SLACK_M, Standpoint};
use crate::metric::{AROUND, Scale};
use crate::packed::{Box4, FAN, Node};
use crate::square::units;

/// Distances that are as close to one another are measured again: twice what a short measure may be off, and room
/// for the geodesic's own error.
const ALIKE_M: f64 = 2.0 * ellipsoid::NEAR_ERROR_M;

/// Memory of searches for components, used again by each of them, and what the last one found.
#[derive(Debug, Default)]
pub struct Shortlist {
    candidates: Vec<Candidate>,
    /// The lowest of the squared upper bounds, as many as are asked for, the highest on top; as bits, which
    /// order as the numbers do.
    most: BinaryHeap<u64>,
    found: Vec<ComponentNear>,
}

impl Shortlist {
    /// What the last search found.
    pub fn found(&self) -> &[ComponentNear] {
        &self.found
    }
}

/// A component that may be among the nearest.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    /// While the search runs the square of its lower bound, then its distance, metres.
    measure: f64,
    /// Its place in the order of its tree.
    at: u32,
    is_figure: bool,
}

/// One search.
pub(crate) struct Search<'a> {
    index: &'a ComponentIndex,
    shortlist: &'a mut Shortlist,
    place: Point,
    passes: Passing<'a>,
    radius_m: f64,
    limit: usize,
    /// What is further than this is not among the nearest, a slack for rounding included.
    limit_m2: f64,
    /// The reach that the bracket was made for.
    reach_m: f64,
    bracket: Bracket,
    /// How much longer a unit is to the north than to the east, to guess which is the nearer.
    shape: Scale,
    /// The place's longitude, and where the antimeridian is within reach, the same once around the earth.
    copies: [i64; 3],
    copied: usize,
}

impl<'a> Search<'a> {
    pub(crate) fn new(
        index: &'a ComponentIndex,
        place: Point,
        nearby: Nearby<'a>,
        shortlist: &'a mut Shortlist,
    ) -> Self {
        shortlist.candidates.clear();
        shortlist.most.clear();
        shortlist.found.clear();
        let x = i64::from(place.x());
        let degree = ellipsoid::metres_per_degree(place.lat());
        let reach_m = nearby.radius_m + SLACK_M;
        let mut search = Self {
            index,
            shortlist,
            place,
            passes: index.passing(nearby.groups),
            radius_m: nearby.radius_m,
            limit: nearby.limit,
            limit_m2: reach_m * reach_m,
            reach_m,
            bracket: Bracket::around(f64::from(place.y()), reach_m),
            shape: Scale {
                east: degree.east,
                north: degree.north,
            },
            copies: [x, x - AROUND, x + AROUND],
            copied: 1,
        };
        search.copied = search.copies_within_reach();
        search
    }

    pub(crate) fn run(mut self) {
        if self.radius_m.is_nan() || self.radius_m < 0.0 || self.limit == 0 {
            return;
        }
        let index = self.index;
        self.tree(&index.spots.order, Self::spot);
        self.tree(&index.figures.order, Self::figure);
        self.settle();
    }

    fn tree(&mut self, order: &Order, mut look: impl FnMut(&mut Self, usize)) {
        if let Some(root) = order.tree.root() {
            self.node(order, root, &mut look);
        }
    }

    /// Goes down a tree, to the nearest first: it leaves most others too far.
    fn node(&mut self, order: &Order, node: Node, look: &mut impl FnMut(&mut Self, usize)) {
        if node.level == 0 {
            for at in order.tree.entries(node) {
                look(self, at);
            }
            return;
        }
        let (boxes, first) = order.tree.below(node);
        let mut within = [(0.0, 0.0, 0); FAN];
        let mut count = 0;
        for (around, at) in boxes.iter().zip(first..) {
            let gap = self.gap(around);
            let least_m2 = self.bracket.floor.squared(gap.0, gap.1);
            let level = node.level - 1;
            if least_m2 <= self.limit_m2 && self.passes.node(&order.tree, Node { level, at }) {
                within[count] = (self.shape.squared(gap.0, gap.1), least_m2, at);
                count += 1;
            }
        }
        let within = &mut within[..count];
        within.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
        for &mut (_, least_m2, at) in within {
            // the nearest may be nearer by now
            if least_m2 <= self.limit_m2 {
                let level = node.level - 1;
                self.node(order, Node { level, at }, look);
            }
        }
    }

    fn spot(&mut self, at: usize) {
        let spots = &self.index.spots;
        let p = spots.places[at];
        let dx = self.shortest(|x| units(i64::from(p.x()) - x).abs());
        let dy = units(i64::from(p.y()) - i64::from(self.place.y()));
        let least_m2 = self.bracket.floor.squared(dx, dy);
        if least_m2 <= self.limit_m2 && self.passes.entry(&spots.order, at) {
            let most_m2 = self.bracket.ceiling.squared(dx, dy);
            self.offer(least_m2, most_m2, at, false);
        }
    }

    fn figure(&mut self, at: usize) {
        let figures: &FigureTree = &self.index.figures;
        let gap = self.gap(&figures.boxes[at]);
        if self.bracket.floor.squared(gap.0, gap.1) <= self.limit_m2
            && self.passes.entry(&figures.order, at)
        {
            let (least_m2, most_m2) = self.figure_bounds(figures.get(at));
            if least_m2 <= self.limit_m2 {
                self.offer(least_m2, most_m2, at, true);
            }
        }
    }

    fn offer(&mut self, least_m2: f64, most_m2: f64, at: usize, is_figure: bool) {
        self.shortlist.candidates.push(Candidate {
            measure: least_m2,
            #[expect(
                clippy::cast_possible_truncation,
                reason = "components are counted in u32"
            )]
            at: at as u32,
            is_figure,
        });
        let most = &mut self.shortlist.most;
        if most.len() < self.limit {
            most.push(most_m2.to_bits());
        } else if let Some(mut highest) = most.peek_mut()
            && most_m2.to_bits() < *highest
        {
            *highest = most_m2.to_bits();
        } else {
            return;
        }
        if most.len() == self.limit
            && let Some(&highest) = most.peek()
        {
            self.reach(f64::from_bits(highest).sqrt().min(self.radius_m));
        }
    }

    /// From here on nothing further than this can be among the nearest.
    fn reach(&mut self, metres: f64) {
        let with_slack = metres + SLACK_M;
        self.limit_m2 = with_slack * with_slack;
        // a new bracket costs more than a close one that is a little too wide
        let close = self.bracket.floor.east > 0.999 * self.bracket.ceiling.east;
        if close || with_slack > 0.7 * self.reach_m {
            return;
        }
        self.reach_m = with_slack;
        self.bracket = Bracket::around(f64::from(self.place.y()), with_slack);
        self.copied = self.copies_within_reach();
    }

    /// One, or all three where the antimeridian is within reach.
    fn copies_within_reach(&self) -> usize {
        let to_antimeridian = units(AROUND / 2) - f64::from(self.place.x()).abs();
        let crosses = self.reach_m / self.bracket.floor.east >= to_antimeridian;
        if crosses { 3 } else { 1 }
    }

    /// Measures what is left, and puts it in order.
    fn settle(&mut self) {
        let mut candidates = std::mem::take(&mut self.shortlist.candidates);
        candidates.retain(|candidate| candidate.measure <= self.limit_m2);
        let mut measured: &mut [Candidate] = &mut candidates;
        for candidate in measured.iter_mut() {
            candidate.measure = self.distance_m(*candidate);
        }
        measured.sort_unstable_by(|one, other| self.nearer(one, other));
        // where a short measure could be wrong about the order, the long one decides
        while !measured.is_empty() {
            let pairs = measured.windows(2);
            let alike = pairs.take_while(|pair| pair[1].measure - pair[0].measure <= ALIKE_M);
            let run_length = 1 + alike.count();
            let (run, rest) = measured.split_at_mut(run_length);
            if run.len() > 1 || (run[0].measure - self.radius_m).abs() <= ALIKE_M {
                self.measure_again(run);
                run.sort_unstable_by(|one, other| self.nearer(one, other));
            }
            measured = rest;
        }
        let mut found = std::mem::take(&mut self.shortlist.found);
        let within = candidates
            .iter()
            .filter(|candidate| candidate.measure <= self.radius_m);
        found.extend(within.take(self.limit).map(|candidate| ComponentNear {
            component: self.number(candidate),
            distance_m: candidate.measure,
        }));
        self.shortlist.found = found;
        self.shortlist.candidates = candidates;
    }

    /// Geodesics to the points among these. Often many of them share a place.
    fn measure_again(&self, candidates: &mut [Candidate]) {
        let mut last: Option<(Point, f64)> = None;
        for candidate in candidates.iter_mut().filter(|one| !one.is_figure) {
            let p = self.index.spots.places[candidate.at as usize];
            candidate.measure = match last {
                Some((place, metres)) if place == p => metres,
                _ => ellipsoid::geodesic_m(self.place, p),
            };
            last = Some((p, candidate.measure));
        }
    }

    /// Metres, of points to a small part of [`ALIKE_M`].
    fn distance_m(&self, candidate: Candidate) -> f64 {
        let at = candidate.at as usize;
        if candidate.is_figure {
            return self.geodesic_to_figure_m(self.index.figures.get(at));
        }
        let p = self.index.spots.places[at];
        ellipsoid::geodesic_near_m(self.place, p)
            .unwrap_or_else(|| ellipsoid::geodesic_m(self.place, p))
    }

    /// By distance, then by number.
    fn nearer(&self, one: &Candidate, other: &Candidate) -> Ordering {
        let nearer = one.measure.total_cmp(&other.measure);
        nearer.then_with(|| self.number(one).cmp(&self.number(other)))
    }

    fn number(&self, candidate: &Candidate) -> u32 {
        let order = if candidate.is_figure {
            &self.index.figures.order
        } else {
            &self.index.spots.order
        };
        order.numbers[candidate.at as usize]
    }

    /// The squared bounds of the distance to a figure.
    fn figure_bounds(&self, figure: FigureRef<'_>) -> (f64, f64) {
        if self.is_in(figure) {
            return (0.0, 0.0);
        }
        let Bracket { floor, ceiling } = self.bracket;
        let (mut least_m2, mut most_m2) = (f64::INFINITY, f64::INFINITY);
        for (around, edges) in figure.runs() {
            let gap = self.gap(&around);
            if floor.squared(gap.0, gap.1) > most_m2 {
                continue;
            }
            for edge in edges {
                for standpoint in self.standpoints() {
                    let (a, b) = standpoint.ends(edge);
                    least_m2 = least_m2.min(to_segment_m2(floor, a, b));
                    most_m2 = most_m2.min(to_segment_m2(ceiling, a, b));
                }
            }
        }
        (least_m2, most_m2)
    }

    fn geodesic_to_figure_m(&self, figure: FigureRef<'_>) -> f64 {
        let (_, most_m2) = self.figure_bounds(figure);
        if most_m2 <= 0.0 {
            return 0.0;
        }
        let mut best_m = most_m2.sqrt() + SLACK_M;
        let floor = Bracket::around(f64::from(self.place.y()), best_m + SLACK_M).floor;
        let too_far = |least_m2: f64, best_m: f64| {
            let limit_m = best_m + SLACK_M;
            least_m2 > limit_m * limit_m
        };
        let mut lowest_m = f64::INFINITY;
        for (around, edges) in figure.runs() {
            let gap = self.gap(&around);
            if too_far(floor.squared(gap.0, gap.1), best_m) {
                continue;
            }
            for edge in edges {
                for standpoint in self.standpoints() {
                    let (a, b) = standpoint.ends(edge);
                    if !too_far(to_segment_m2(floor, a, b), best_m) {
                        lowest_m = lowest_m.min(standpoint.geodesic_to_edge_m(edge, best_m));
                        best_m = best_m.min(lowest_m);
                    }
                }
            }
        }
        lowest_m
    }

    /// Whether the figure is an area that holds the place.
    fn is_in(&self, figure: FigureRef<'_>) -> bool {
        let mut places = self.standpoints().filter_map(Standpoint::place);
        places.any(|place| figure.holds(place))
    }

    /// The place, and where the antimeridian is within reach, the same once around the earth.
    fn standpoints(&self) -> impl Iterator<Item = Standpoint> + use<> {
        let copies = self.copies.into_iter().take(self.copied);
        let place = self.place;
        copies.map(move |x| Standpoint::new(place, x))
    }

    /// Lattice units east or west and north or south to a box.
    #[inline]
    fn gap(&self, around: &Box4) -> (f64, f64) {
        let (west, east) = (i64::from(around.west), i64::from(around.east));
        let dx = self.shortest(|x| units((west - x).max(x - east).max(0)));
        let y = i64::from(self.place.y());
        let (south, north) = (i64::from(around.south), i64::from(around.north));
        (dx, units((south - y).max(y - north).max(0)))
    }

    /// The least over the copies of the place.
    #[inline]
    fn shortest(&self, way: impl Fn(i64) -> f64) -> f64 {
        let own = way(self.copies[0]);
        if self.copied == 1 {
            own
        } else {
            own.min(way(self.copies[1])).min(way(self.copies[2]))
        }
    }
}
