//! Borders drawn anew between ground that was given other owners.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use wangge_arrange::{Arrangement, Met, Use};
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

/// Consecutive pieces of one edge with the same labels on both sides.
struct Run {
    edge: usize,
    /// The first of its pieces, among those of the edge.
    from: usize,
    pieces: usize,
    sides: Sides,
    /// Whether it is drawn straight from its start to its end: as it was, where it is the whole edge.
    straight: bool,
}

type Sides = (Option<Label>, Option<Label>);

/// An edge between two labels, in canonical direction.
type Border = (Segment, Sides);

impl Overlay {
    /// Draws the ground of each label.
    ///
    /// Only what is needed is cut and moved: where an edge has the same labels all along, it is drawn
    /// as it was before anything was laid over it, and where a part of it has, that part is straight.
    /// Should an edge so drawn meet another, it is drawn as the overlay has it, where nothing crosses.
    pub(crate) fn redraw(&self, label: impl Fn(wangge_arrange::Face) -> Option<Label>) -> Redraw {
        let labels: Vec<Option<Label>> = self.faces().map(label).collect();
        let mut runs = self.runs(&labels);
        let borders = self.settled(&mut runs);
        let shapes = shapes_of(&borders).or_else(|| {
            for run in &mut runs {
                run.straight = false;
            }
            shapes_of(&self.borders(&runs))
        });
        let shapes = shapes.unwrap_or_default();
        Redraw {
            put_in: self.put_in(&runs),
            shapes,
        }
    }

    /// The runs of all edges that separate labels.
    fn runs(&self, labels: &[Option<Label>]) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        let mut uses: FxHashMap<Segment, u32> = FxHashMap::default();
        for edge in 0..self.edges.len() {
            let first = runs.len();
            for (at, &piece) in self.pieces(edge).iter().enumerate() {
                let Some(beside) = self.beside(piece) else {
                    continue;
                };
                let sides = (
                    labels[beside.left.0 as usize],
                    labels[beside.right.0 as usize],
                );
                if sides.0 == sides.1 {
                    continue;
                }
                *uses.entry(piece.canonical().0).or_insert(0) += 1;
                match runs[first..].last_mut() {
                    Some(run) if run.sides == sides && run.from + run.pieces == at => {
                        run.pieces += 1;
                    }
                    _ => runs.push(Run {
                        edge,
                        from: at,
                        pieces: 1,
                        sides,
                        straight: true,
                    }),
                }
            }
        }
        // what lies together with another edge is not drawn apart from it again
        for run in &mut runs {
            let is_shared = |piece: &Segment| uses[&piece.canonical().0] > 1;
            run.straight = !self.of_run(run).iter().any(is_shared);
        }
        runs
    }

    /// The borders, with as many runs straight as meet nothing.
    fn settled(&self, runs: &mut [Run]) -> Vec<Border> {
        loop {
            let borders = self.borders(runs);
            let segments: Vec<Segment> = borders.iter().map(|border| border.0).collect();
            let mut in_the_way: FxHashSet<Segment> = FxHashSet::default();
            in_the_way.extend(segments.windows(2).filter(|w| w[0] == w[1]).map(|w| w[0]));
            let mut different = segments;
            different.dedup();
            let met = Met::of(&different);
            in_the_way.extend(met.crossings.iter().flatten());
            for inner in &met.inner_vertices {
                in_the_way.insert(inner.edge);
                // the one that brought the vertex there may have moved
                let from = different
                    .iter()
                    .filter(|s| s.start() == inner.vertex || s.end() == inner.vertex);
                in_the_way.extend(from);
            }
            let mut given_up = false;
            for run in runs.iter_mut().filter(|run| run.straight && run.pieces > 1) {
                let drawn = straight(self.of_run(run));
                if drawn.is_none_or(|drawn| in_the_way.contains(&drawn.canonical().0)) {
                    run.straight = false;
                    given_up = true;
                }
            }
            if !given_up {
                return borders;
            }
        }
    }

    /// The borders that these runs draw, in order.
    fn borders(&self, runs: &[Run]) -> Vec<Border> {
        let mut borders: Vec<Border> = Vec::with_capacity(runs.len());
        let mut put = |directed: Segment, (left, right): Sides| {
            let (segment, forward) = directed.canonical();
            borders.push((
                segment,
                if forward {
                    (left, right)
                } else {
                    (right, left)
                },
            ));
        };
        for run in runs {
            match straight(self.of_run(run)).filter(|_| run.straight) {
                Some(whole) => put(whole, run.sides),
                None => self
                    .of_run(run)
                    .iter()
                    .for_each(|&piece| put(piece, run.sides)),
            }
        }
        borders.sort_unstable();
        borders.dedup();
        borders
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

/// The ground between borders; `None` where some of it would be nobody's or several labels'.
fn shapes_of(borders: &[Border]) -> Option<BTreeMap<Label, Shape>> {
    let mut labels: Vec<Label> = borders
        .iter()
        .flat_map(|(_, (left, right))| [*left, *right])
        .flatten()
        .collect();
    labels.sort_unstable();
    labels.dedup();
    let number = |label: Label| {
        let place = labels.binary_search(&label).unwrap_or_default();
        u32::try_from(place).unwrap_or(u32::MAX)
    };
    let uses = borders.iter().flat_map(|&(segment, (left, right))| {
        let left = left.map(|label| Use::of(segment, number(label)));
        let right = right.map(|label| Use::of(segment.reversed(), number(label)));
        left.into_iter().chain(right)
    });
    let arrangement = Arrangement::of(uses.collect());
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
        let label = labels[region.label as usize];
        parts.entry(label).or_default().push(region.polygon);
    }
    Some(
        parts
            .into_iter()
            .filter_map(|(label, polygons)| Some((label, Shape::new(polygons)?)))
            .collect(),
    )
}
