//! Borders with lines laid over them: the faces between, and what each edge became.

use rustc_hash::{FxHashMap, FxHashSet};
use wangge_arrange::{Arrangement, Face, Faces, Met, Noding, Use};
use wangge_coverage::{Coverage, Owner};
use wangge_plane::{Extent, Point, Segment, Shape, cross};

/// The owner that stands for lines.
const LINE: u32 = u32::MAX;

/// The owner that stands for an area laid over the grids.
const AREA: u32 = u32::MAX - 1;

/// The borders of some grids, with lines or an area laid over them, drawn to the lattice together.
///
/// All borders and lines are snap-rounded at once, so that nothing crosses and nothing changes sides;
/// how much of that is kept is for [`Overlay::redraw`](super::redraw) to say.
pub(crate) struct Overlay {
    /// The grids looked at; all others count as outside.
    pub(crate) owners: FxHashSet<Owner>,
    /// Different edges as they were, in canonical direction, in order.
    pub(crate) edges: Vec<Laid>,
    /// What they became: the pieces of edge `i` are those from `start[i]` to `start[i + 1]`, in its
    /// direction.
    pieces: Vec<Segment>,
    start: Vec<usize>,
    arrangement: Arrangement,
    owner_of_face: Vec<Option<Owner>>,
    doubled_area_of_face: Vec<i128>,
}

/// An edge before it was drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Laid {
    pub(crate) segment: Segment,
    /// The grids on both sides, where it is a border: also those not looked at.
    pub(crate) border: Option<[Option<Owner>; 2]>,
    /// Whether a line or the rim of an area runs along it.
    pub(crate) is_line: bool,
}

/// The two faces beside a piece, seen in its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Beside {
    pub(crate) left: Face,
    pub(crate) right: Face,
}

impl Overlay {
    /// Lays lines, and an area if there is one, over the borders of these grids.
    pub(crate) fn of(
        coverage: &Coverage,
        owners: FxHashSet<Owner>,
        lines: &[Segment],
        area: Option<&Shape>,
    ) -> Self {
        let edges = laid(coverage, &owners, lines, area);
        let segments: Vec<Segment> = edges.iter().map(|edge| edge.segment).collect();
        let (pieces, start) = drawn(&segments);
        let mut uses = Vec::new();
        for (at, edge) in edges.iter().enumerate() {
            for &piece in &pieces[start[at]..start[at + 1]] {
                if let Some([left, right]) = edge.border {
                    let looked_at = |side: &Owner| owners.contains(side);
                    uses.extend(left.filter(looked_at).map(|Owner(o)| Use::of(piece, o)));
                    let back = piece.reversed();
                    uses.extend(right.filter(looked_at).map(|Owner(o)| Use::of(back, o)));
                }
                if edge.is_line {
                    // both ways of one line must not cancel
                    uses.push(Use::of(piece.canonical().0, LINE));
                }
            }
        }
        if let Some(area) = area {
            let rim: FxHashMap<Segment, i32> = multiplicities(area);
            for (at, edge) in edges.iter().enumerate() {
                if let Some(&times) = rim.get(&edge.segment) {
                    let pieces = pieces[start[at]..start[at + 1]].iter();
                    uses.extend(pieces.map(|&piece| Use::times(piece, AREA, times)));
                }
            }
        }
        let arrangement = Arrangement::of(uses);
        let owner_of_face = arrangement
            .faces()
            .map(|face| {
                let grids = arrangement.owners(face).iter();
                grids
                    .filter(|share| share.owner < AREA)
                    .max_by_key(|share| share.multiplicity)
                    .map(|share| Owner(share.owner))
            })
            .collect();
        let doubled_area_of_face = doubled_areas(&arrangement);
        Self {
            owners,
            edges,
            pieces,
            start,
            arrangement,
            owner_of_face,
            doubled_area_of_face,
        }
    }

    /// Every face, the unbounded one first.
    pub(crate) fn faces(&self) -> impl Iterator<Item = Face> {
        self.arrangement.faces()
    }

    /// How many faces there are.
    pub(crate) const fn face_count(&self) -> usize {
        self.arrangement.face_count()
    }

    /// The grid that has a face; `None` outside the grids looked at.
    pub(crate) fn owner(&self, face: Face) -> Option<Owner> {
        self.owner_of_face[face.0 as usize]
    }

    /// Whether a face lies in the area.
    pub(crate) fn in_area(&self, face: Face) -> bool {
        self.arrangement.winding(face, AREA) > 0
    }

    /// Twice a bounded face's area in square lattice units. Exact, as it is drawn.
    pub(crate) fn doubled_area(&self, face: Face) -> i128 {
        self.doubled_area_of_face[face.0 as usize]
    }

    /// The pieces of an edge, in its direction.
    pub(crate) fn pieces(&self, edge: usize) -> &[Segment] {
        &self.pieces[self.start[edge]..self.start[edge + 1]]
    }

    /// What lies beside a piece; `None` where nothing is left of it.
    pub(crate) fn beside(&self, piece: Segment) -> Option<Beside> {
        let (canonical, forward) = piece.canonical();
        let edge = self.place(canonical)?;
        let (left, right) = (self.arrangement.left(edge), self.arrangement.right(edge));
        Some(if forward {
            Beside { left, right }
        } else {
            Beside {
                left: right,
                right: left,
            }
        })
    }

    /// Every edge between faces: the segment in canonical direction, what lies beside it, and whether
    /// a line runs along it.
    pub(crate) fn walls(&self) -> impl Iterator<Item = (Segment, Beside, bool)> + '_ {
        let chains = self.arrangement.chains();
        chains
            .segments()
            .iter()
            .enumerate()
            .map(move |(at, &segment)| {
                let beside = Beside {
                    left: self.arrangement.left(at),
                    right: self.arrangement.right(at),
                };
                let is_line = chains.share_of(at, LINE) != 0 || chains.share_of(at, AREA) != 0;
                (segment, beside, is_line)
            })
    }

    fn place(&self, canonical: Segment) -> Option<usize> {
        let segments = self.arrangement.chains().segments();
        segments.binary_search(&canonical).ok()
    }
}

/// The box around each grid.
pub(crate) struct Extents(Vec<Option<Extent>>);

impl Extents {
    /// The boxes of all grids of a coverage.
    pub(crate) fn of(coverage: &Coverage) -> Self {
        let mut around: Vec<Option<Extent>> = vec![None; coverage.owners()];
        for arc in coverage.arcs() {
            let Some(of_arc) = Extent::of(arc.points().iter().copied()) else {
                continue;
            };
            for Owner(owner) in [arc.left(), arc.right()].into_iter().flatten() {
                let of_owner = &mut around[owner as usize];
                *of_owner = Some(of_owner.map_or(of_arc, |known| known.union(of_arc)));
            }
        }
        Self(around)
    }

    /// The grids that come within two lattice units of a box.
    pub(crate) fn near(&self, extent: Extent) -> FxHashSet<Owner> {
        let extent = extent.widened(2, 2);
        let is_near = |of_owner: &Option<Extent>| of_owner.is_some_and(|it| it.meets(extent));
        (0u32..)
            .map(Owner)
            .zip(&self.0)
            .filter(|(_, of_owner)| is_near(of_owner))
            .map(|(owner, _)| owner)
            .collect()
    }
}

/// The different edges of borders, lines and the area's rim, in order.
fn laid(
    coverage: &Coverage,
    owners: &FxHashSet<Owner>,
    lines: &[Segment],
    area: Option<&Shape>,
) -> Vec<Laid> {
    let looked_at = |side: Option<Owner>| side.is_some_and(|side| owners.contains(&side));
    let borders = coverage
        .arcs()
        .iter()
        .filter(|arc| looked_at(arc.left()) || looked_at(arc.right()))
        .flat_map(|arc| {
            arc.segments().map(|directed| {
                let (segment, forward) = directed.canonical();
                let sides = if forward {
                    [arc.left(), arc.right()]
                } else {
                    [arc.right(), arc.left()]
                };
                Laid {
                    segment,
                    border: Some(sides),
                    is_line: false,
                }
            })
        });
    let rim = area.into_iter().flat_map(Shape::segments);
    let lines = lines.iter().copied().chain(rim).map(|line| Laid {
        segment: line.canonical().0,
        border: None,
        is_line: true,
    });
    let mut edges: Vec<Laid> = borders.chain(lines).collect();
    edges.sort_unstable_by_key(|edge| (edge.segment, edge.border.is_none()));
    edges.dedup_by(|next, kept| {
        let same = next.segment == kept.segment;
        if same {
            kept.is_line |= next.is_line;
        }
        same
    });
    edges
}

/// The pieces of all edges once they meet at common ends only, and where those of each edge begin.
fn drawn(edges: &[Segment]) -> (Vec<Segment>, Vec<usize>) {
    let met = Met::of(edges);
    let cut = Noding::at_vertices(&met);
    let mut once: Vec<Segment> = edges
        .iter()
        .flat_map(|&edge| cut.pieces(edge))
        .map(|piece| piece.canonical().0)
        .collect();
    once.sort_unstable();
    once.dedup();
    let crossings = if met.crossings.is_empty() {
        Vec::new()
    } else {
        Met::of(&once).crossings
    };
    let rounded = Noding::drawn(&once, &crossings);
    let mut pieces = Vec::with_capacity(once.len());
    let mut start = Vec::with_capacity(edges.len() + 1);
    for &edge in edges {
        start.push(pieces.len());
        for piece in cut.pieces(edge) {
            let (canonical, forward) = piece.canonical();
            let from = pieces.len();
            pieces.extend(rounded.pieces(canonical));
            if !forward {
                pieces[from..].reverse();
                for piece in &mut pieces[from..] {
                    *piece = piece.reversed();
                }
            }
        }
    }
    start.push(pieces.len());
    (pieces, start)
}

/// How often an area's boundary runs along each edge's canonical direction.
fn multiplicities(area: &Shape) -> FxHashMap<Segment, i32> {
    let mut times = FxHashMap::default();
    for edge in area.segments() {
        let (canonical, forward) = edge.canonical();
        *times.entry(canonical).or_insert(0) += if forward { 1 } else { -1 };
    }
    times
}

/// Twice the areas of all faces; the number of the unbounded one means nothing.
fn doubled_areas(arrangement: &Arrangement) -> Vec<i128> {
    let mut areas = vec![0; arrangement.face_count()];
    let segments = arrangement.chains().segments();
    let Some(origin) = segments.first().map(|first| first.start()) else {
        return areas;
    };
    for (edge, segment) in segments.iter().enumerate() {
        let under = i128::from(cross(origin, segment.start(), segment.end()));
        areas[arrangement.left(edge).0 as usize] += under;
        areas[arrangement.right(edge).0 as usize] -= under;
    }
    areas[Faces::OUTER.0 as usize] = 0;
    areas
}

/// Disjoint sets of faces, or of anything else that is counted.
pub(crate) struct Joined {
    parent: Vec<u32>,
}

impl Joined {
    /// So many, each by itself.
    pub(crate) fn new(count: usize) -> Self {
        Self {
            parent: (0u32..).take(count).collect(),
        }
    }

    /// The least of those that one was joined with.
    pub(crate) fn root(&mut self, mut at: u32) -> u32 {
        while self.parent[at as usize] != at {
            let up = self.parent[at as usize];
            self.parent[at as usize] = self.parent[up as usize];
            at = up;
        }
        at
    }

    /// Joins two sets.
    pub(crate) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b) as usize] = a.min(b);
    }
}

/// The vertices between pieces in a row: their ends without the first and the last.
pub(crate) fn inner_points(pieces: &[Segment]) -> impl Iterator<Item = Point> + '_ {
    pieces.windows(2).map(|pair| pair[0].end())
}
