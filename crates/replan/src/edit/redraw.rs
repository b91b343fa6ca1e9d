//! Borders drawn anew between ground that was given other owners.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use wangge_arrange::{Arrangement, Face, Met, Use};
use wangge_coverage::{Coverage, Owner};
use wangge_plane::{Point, Polygon, Segment, Shape, ellipsoid};

use super::EditNote;
use super::overlay::{Overlay, inner_points};

/// Whose ground a face is from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Label {
    /// A grid that there was.
    Grid(Owner),
    /// Ground that has no code yet.
    Part(u32),
}

/// The ground of every label, and what became of the borders.
pub(crate) struct Redraw {
    /// The ground of each label; one that has none is left out.
    pub(crate) shapes: BTreeMap<Label, Shape>,
    /// Borders that got vertices: places in the overlay's edges, with the vertices.
    pub(crate) put_in: Vec<(usize, Vec<Point>)>,
}

/// Consecutive pieces of one edge that are drawn as one, straight from their start to their end.
struct Run {
    edge: usize,
    /// The first of its pieces, among those of the edge.
    from: usize,
    pieces: usize,
    sides: Sides,
    /// Whether it is drawn so; else its pieces are.
    straight: bool,
}

/// The labels to the left and right.
type Sides = [Option<Label>; 2];

impl Overlay {
    /// Draws the ground of each label.
    ///
    /// Only what is needed is cut and moved. A border between grids that each go on as one is drawn as
    /// it was before anything was laid over it, and of any other edge, what has the same labels all
    /// along is straight. Should an edge so drawn meet another, it is drawn as the overlay has it,
    /// where nothing crosses.
    pub(crate) fn redraw(&self, label: impl Fn(Face) -> Option<Label>) -> Redraw {
        let labels: Vec<Option<Label>> = self.faces().map(label).collect();
        let mut numbers: Vec<Label> = labels.iter().copied().flatten().collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut runs = self.runs(&labels);
        self.keep_apart(&labels, &mut runs);
        self.settle(&labels, &numbers, &mut runs);
        let drawn = shapes_of(self.uses(&labels, &numbers, &runs), &numbers);
        let all_have_ground = |shapes: &BTreeMap<Label, Shape>| shapes.len() == numbers.len();
        let shapes = drawn.filter(all_have_ground).or_else(|| {
            for run in &mut runs {
                run.straight = false;
            }
            shapes_of(self.uses(&labels, &numbers, &runs), &numbers)
        });
        Redraw {
            put_in: self.put_in(&runs),
            shapes: shapes.unwrap_or_default(),
        }
    }

    /// The runs of all edges that separate labels.
    fn runs(&self, labels: &[Option<Label>]) -> Vec<Run> {
        let kept = self.kept(labels);
        let mut runs = Vec::new();
        let mut borders: FxHashMap<Segment, u32> = FxHashMap::default();
        let mut lines: FxHashMap<Segment, u32> = FxHashMap::default();
        for (edge, laid) in self.edges.iter().enumerate() {
            let uses = if laid.border.is_some() {
                &mut borders
            } else {
                &mut lines
            };
            for piece in self.pieces(edge) {
                *uses.entry(piece.canonical().0).or_insert(0) += 1;
            }
        }
        let label_of_kept = |side: Option<Owner>| match side {
            Some(owner) if self.owners.contains(&owner) => kept.get(&owner).copied(),
            _ => Some(None),
        };
        for (edge, laid) in self.edges.iter().enumerate() {
            let whole = laid.border.map(|sides| sides.map(label_of_kept));
            match whole {
                Some([Some(left), Some(right)]) if left != right => runs.push(Run {
                    edge,
                    from: 0,
                    pieces: self.pieces(edge).len(),
                    sides: [left, right],
                    straight: true,
                }),
                Some([Some(_), Some(_)]) => {}
                Some(_) => {
                    self.runs_along(edge, labels, |piece| Some(borders[&piece] == 1), &mut runs);
                }
                // where a line came to lie on a border, the border is what separates
                None => self.runs_along(
                    edge,
                    labels,
                    |piece| (!borders.contains_key(&piece)).then(|| lines[&piece] == 1),
                    &mut runs,
                ),
            }
        }
        runs
    }

    /// The labels of those grids that go on as one.
    fn kept(&self, labels: &[Option<Label>]) -> FxHashMap<Owner, Option<Label>> {
        let mut kept: FxHashMap<Owner, Option<Label>> = FxHashMap::default();
        let mut cut: FxHashSet<Owner> = FxHashSet::default();
        for face in self.faces() {
            if let Some(owner) = self.owner(face) {
                let label = labels[face.0 as usize];
                if *kept.entry(owner).or_insert(label) != label {
                    cut.insert(owner);
                }
            }
        }
        kept.retain(|owner, _| !cut.contains(owner));
        kept
    }

    /// The runs of one edge: pieces with the same labels beside them. `is_alone` says of a piece in
    /// canonical direction whether no other edge lies on it, and nothing where it is no part of a run.
    fn runs_along(
        &self,
        edge: usize,
        labels: &[Option<Label>],
        is_alone: impl Fn(Segment) -> Option<bool>,
        runs: &mut Vec<Run>,
    ) {
        let first = runs.len();
        for (at, &piece) in self.pieces(edge).iter().enumerate() {
            let Some(beside) = self.beside(piece) else {
                continue;
            };
            let sides = [beside.left, beside.right].map(|face| labels[face.0 as usize]);
            let Some(is_alone) = is_alone(piece.canonical().0).filter(|_| sides[0] != sides[1])
            else {
                continue;
            };
            match runs[first..].last_mut() {
                Some(run) if run.sides == sides && run.from + run.pieces == at => {
                    run.pieces += 1;
                    // what lies together with another edge is not drawn apart from it again
                    run.straight &= is_alone;
                }
                _ => runs.push(Run {
                    edge,
                    from: at,
                    pieces: 1,
                    sides,
                    straight: is_alone,
                }),
            }
        }
    }

    /// Gives up drawing straight what would then lie on something else that separates: the ground
    /// between them would be lost.
    fn keep_apart(&self, labels: &[Option<Label>], runs: &mut [Run]) {
        let mut drawn: FxHashMap<Segment, u32> = FxHashMap::default();
        for (segment, beside, _) in self.walls() {
            if labels[beside.left.0 as usize] != labels[beside.right.0 as usize] {
                drawn.insert(segment, 1);
            }
        }
        let chord = |run: &Run| {
            let is_drawn_anew = run.straight && run.pieces > 1;
            straight(self.of_run(run)).filter(|_| is_drawn_anew)
        };
        let chords: Vec<Option<Segment>> = runs.iter().map(chord).collect();
        for chord in chords.iter().flatten() {
            *drawn.entry(chord.canonical().0).or_insert(0) += 1;
        }
        for (run, chord) in runs.iter_mut().zip(chords) {
            run.straight &= chord.is_none_or(|chord| drawn[&chord.canonical().0] == 1);
        }
    }

    /// Gives up drawing straight what would meet something.
    fn settle(&self, labels: &[Option<Label>], numbers: &[Label], runs: &mut [Run]) {
        loop {
            let mut uses = self.uses(labels, numbers, runs);
            uses.sort_unstable();
            let mut edges: Vec<Segment> = uses
                .chunk_by(|a, b| (a.segment(), a.owner()) == (b.segment(), b.owner()))
                .filter(|same| same.iter().map(Use::multiplicity).sum::<i32>() != 0)
                .map(|same| same[0].segment())
                .collect();
            edges.dedup();
            let met = Met::of(&edges);
            let mut in_the_way: FxHashSet<Segment> = FxHashSet::default();
            in_the_way.extend(met.crossings.iter().flatten());
            let vertices: FxHashSet<Point> = met.inner_vertices.iter().map(|i| i.vertex).collect();
            in_the_way.extend(met.inner_vertices.iter().map(|inner| inner.edge));
            // one that ends at the vertex may have come there
            let ends_there =
                |s: &&Segment| vertices.contains(&s.start()) || vertices.contains(&s.end());
            in_the_way.extend(edges.iter().filter(ends_there));
            let mut given_up = false;
            for run in runs.iter_mut().filter(|run| run.straight && run.pieces > 1) {
                let drawn = straight(self.of_run(run));
                if drawn.is_none_or(|drawn| in_the_way.contains(&drawn.canonical().0)) {
                    run.straight = false;
                    given_up = true;
                }
            }
            if !given_up {
                return;
            }
        }
    }

    /// The boundary of every label, by the label's number: what the overlay has, and for each straight
    /// run the way there along it and back along its pieces, which closes whatever its labels are.
    fn uses(&self, labels: &[Option<Label>], numbers: &[Label], runs: &[Run]) -> Vec<Use> {
        let mut uses = Vec::new();
        let mut put = |directed: Segment, sides: Sides, times: i32| {
            for (side, times) in sides.into_iter().zip([times, -times]) {
                let number = side.and_then(|label| numbers.binary_search(&label).ok());
                let number = number.and_then(|number| u32::try_from(number).ok());
                uses.extend(number.map(|number| Use::times(directed, number, times)));
            }
        };
        for (segment, beside, _) in self.walls() {
            let sides = [beside.left, beside.right].map(|face| labels[face.0 as usize]);
            if sides[0] != sides[1] {
                put(segment, sides, 1);
            }
        }
        for run in runs.iter().filter(|run| run.straight && run.pieces > 1) {
            let pieces = self.of_run(run);
            if let Some(whole) = straight(pieces) {
                put(whole, run.sides, 1);
                for &piece in pieces {
                    put(piece, run.sides, -1);
                }
            }
        }
        uses
    }

    /// The vertices that borders got.
    fn put_in(&self, runs: &[Run]) -> Vec<(usize, Vec<Point>)> {
        let is_border = |run: &&[Run]| self.edges[run[0].edge].border.is_some();
        runs.chunk_by(|a, b| a.edge == b.edge)
            .filter(is_border)
            .filter_map(|of_edge| {
                let edge = of_edge[0].edge;
                let whole = self.edges[edge].segment;
                let mut vertices = Vec::new();
                for run in of_edge {
                    let pieces = self.of_run(run);
                    vertices.extend(pieces.first().map(|piece| piece.start()));
                    if !run.straight {
                        vertices.extend(inner_points(pieces));
                    }
                    vertices.extend(pieces.last().map(|piece| piece.end()));
                }
                vertices.dedup();
                vertices.retain(|&p| p != whole.start() && p != whole.end());
                (!vertices.is_empty()).then_some((edge, vertices))
            })
            .collect()
    }

    fn of_run(&self, run: &Run) -> &[Segment] {
        &self.pieces(run.edge)[run.from..run.from + run.pieces]
    }

    /// What a person should know of vertices put into borders, in order.
    pub(crate) fn notes(&self, coverage: &Coverage, redraw: &Redraw) -> Vec<EditNote> {
        let code = |side: Option<Owner>| side.map(|owner| coverage.code(owner).into());
        let mut notes = Vec::new();
        for (edge, vertices) in &redraw.put_in {
            let laid = self.edges[*edge];
            for &at in vertices {
                notes.push(EditNote::VertexPutIn {
                    at,
                    between: laid.border.unwrap_or_default().map(code),
                    off_m: if laid.segment.holds(at) {
                        0.0
                    } else {
                        ellipsoid::distance_to_segment_m(at, laid.segment)
                    },
                });
            }
        }
        notes
    }
}

/// The way from where pieces start to where they end, straight.
fn straight(pieces: &[Segment]) -> Option<Segment> {
    Segment::new(pieces.first()?.start(), pieces.last()?.end())
}

/// The ground of each label, by their numbers, within their boundaries; `None` where some of it would
/// be several labels', or none's as often as not.
fn shapes_of(uses: Vec<Use>, numbers: &[Label]) -> Option<BTreeMap<Label, Shape>> {
    let arrangement = Arrangement::of(uses);
    let is_clean = arrangement.met().crossings.is_empty()
        && arrangement
            .faces()
            .all(|face| match arrangement.owners(face) {
                [] => true,
                [one] => one.multiplicity == 1,
                _ => false,
            });
    if !is_clean {
        return None;
    }
    let regions = arrangement.regions(|face| arrangement.owners(face).first().map(|s| s.owner));
    let mut parts: BTreeMap<Label, Vec<Polygon>> = BTreeMap::new();
    for region in regions {
        let label = numbers[region.label as usize];
        parts.entry(label).or_default().push(region.polygon);
    }
    Some(
        parts
            .into_iter()
            .filter_map(|(label, polygons)| Some((label, Shape::new(polygons)?)))
            .collect(),
    )
}
