//! The certificate of a seamless coverage: what a third party needs to check it again.

use std::fmt::Write as _;

use rayon::prelude::*;
use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use wangge_arrange::{Chains, Face, Faces, Met, Share, Use};
use wangge_plane::{LATTICE_UNIT_DEG, Point, Ring, Segment, Shape};

use crate::proof::{Against, Member};

/// An upper level: its units are made of the grids.
#[derive(Debug, Clone)]
pub struct Level<'a> {
    /// The level's name.
    pub id: &'a str,
    /// Its units. Together they take every grid once.
    pub groups: Vec<Group<'a>>,
}

/// A unit of an upper level.
#[derive(Debug, Clone)]
pub struct Group<'a> {
    /// The unit's code.
    pub code: &'a str,
    /// Its grids: places in the list of members.
    pub members: Vec<usize>,
}

/// What can be counted again to see that a coverage is seamless.
///
/// The counts are those of the arrangement of all boundaries, the outline's too: every edge is cut
/// at each vertex that lies on it, and edges in the same place are one. An edge that one grid runs
/// along both ways is none, whether it is so as drawn (then it cuts nothing) or once it is cut.
/// No two edges cross, each has one grid to a side or none, and all edges of a face have the same.
///
/// Areas serialise as text, since they are larger than the whole numbers that JSON readers keep.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Certificate {
    /// The size of a lattice unit, in degrees. Degrees are multiplied by 1e7 as `f64` and rounded
    /// to the nearest whole number, halves to the even one.
    pub lattice_unit_deg: f64,
    /// SHA-256 of the canonical input, 64 hexadecimal digits: see [`Certificate::of`].
    pub canonical_sha256: String,
    /// SHA-256 of the outline, in the same form; `None` without one.
    pub outline_sha256: Option<String>,
    /// Grids.
    pub grids: usize,
    /// Rings of all grids, shells and holes.
    pub rings: usize,
    /// Rings that meet themselves nowhere: no vertex comes twice or lies inside another edge of
    /// its ring, and no two edges cross. A ring that touches itself does no harm.
    pub simple_rings: usize,
    /// Directed edges of all grids, as drawn: the lines with four numbers of the canonical input.
    pub directed_edges: usize,
    /// V: ends of edges of the arrangement.
    pub vertices: usize,
    /// E: edges of the arrangement.
    pub edges: usize,
    /// F: faces of the arrangement, the unbounded one counted.
    pub faces: usize,
    /// C: connected pieces of the arrangement. Euler's relation is V - E + F = 1 + C.
    pub components: usize,
    /// Edges with a grid on either side: both boundaries together come to nothing there.
    pub cancelled_edges: usize,
    /// Edges with a grid on one side: what the sum of all boundaries leaves, the rim.
    pub residual_edges: usize,
    /// What the residual is: the outline's boundary, edge for edge, or, without an outline
    /// (`own-rim`), a rim without a hole.
    #[serde(serialize_with = "by_name")]
    pub residual_equals: Against,
    /// Connected pieces of the rim.
    pub rim_components: usize,
    /// Bounded faces without a grid: none, unless the outline leaves them out.
    pub rim_holes: usize,
    /// Twice the area of all grids, in square lattice units.
    #[serde(serialize_with = "as_text")]
    pub doubled_area: i128,
    /// The upper levels, in the order given.
    pub levels: Vec<LevelAreas>,
}

/// The exact areas of a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelAreas {
    /// The level's name.
    pub level: String,
    /// Twice the area of its units, in square lattice units: that of all grids.
    #[serde(serialize_with = "as_text")]
    pub doubled_area: i128,
    /// Its units, in the order given.
    pub units: Vec<UnitArea>,
}

/// The exact area of a unit of an upper level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnitArea {
    /// The unit's code.
    pub code: String,
    /// Twice the sum of its grids' areas, in square lattice units.
    #[serde(serialize_with = "as_text")]
    pub doubled_area: i128,
    /// The codes of its grids, in the order given.
    pub grids: Vec<String>,
}

impl Certificate {
    /// The certificate of grids that cover the outline, or their own rim, exactly once.
    ///
    /// `None` when they do not, and also when there is nothing to certify by name: no grid at all,
    /// a code that comes twice or holds a line feed, or a level that does not take every grid once.
    /// A boundary that runs out and back across another does no harm, and yet has none: edges of a
    /// certified coverage do not cross.
    ///
    /// This is a second proof, apart from [`prove`](crate::prove): it cuts and sums nothing in
    /// advance, lays all boundaries over each other and looks at every face. Exact; n log n in the
    /// edges of all grids, on one core for the most part, and up to ten times slower than the first.
    ///
    /// The canonical input has, for each grid in bytewise order of codes, the line `grid CODE` and
    /// then a line `x1 y1 x2 y2` for each directed edge of its boundary, in order of these four
    /// numbers, lattice units. Shells run counter-clockwise and holes clockwise; equal
    /// neighbouring vertices are taken once; a ring with fewer than three is left out, a shell with
    /// its holes. Each line ends with a line feed, and the text is UTF-8. The outline's first line
    /// is `outline`.
    pub fn of(
        members: &[Member<'_>],
        outline: Option<&Shape>,
        levels: &[Level<'_>],
    ) -> Option<Self> {
        let by_code = in_order_of_codes(members)?;
        let (chains, met) = Chains::of(uses_of(members, outline));
        // a boundary out and back that is drawn in two ways comes to nothing once it is cut
        let cut = !met.inner_vertices.is_empty();
        if !met.crossings.is_empty() || cut && cross_as_drawn(uses_of(members, outline)) {
            return None;
        }
        let arrangement = Counted::of(&chains, outline.is_some())?;
        let areas: Vec<i128> = members.par_iter().map(|m| m.shape.doubled_area()).collect();
        if areas.iter().any(|&area| area <= 0) {
            return None;
        }
        let rings: Vec<&Ring> = members.iter().flat_map(|m| m.shape.rings()).collect();
        let levels = levels.iter().map(|l| level_areas(l, members, &areas));
        Some(Self {
            lattice_unit_deg: LATTICE_UNIT_DEG,
            canonical_sha256: sha256(
                by_code
                    .iter()
                    .map(|m| (format!("grid {}", m.code), m.shape)),
            ),
            outline_sha256: outline.map(|o| sha256([("outline".to_owned(), o)])),
            grids: members.len(),
            rings: rings.len(),
            simple_rings: rings.par_iter().filter(|ring| is_simple(ring)).count(),
            directed_edges: rings.iter().map(|ring| ring.points().len()).sum(),
            vertices: arrangement.vertices,
            edges: chains.len(),
            faces: arrangement.faces,
            components: arrangement.components,
            cancelled_edges: chains.len() - arrangement.rim_edges,
            residual_edges: arrangement.rim_edges,
            residual_equals: if outline.is_some() {
                Against::Outline
            } else {
                Against::OwnRim
            },
            rim_components: arrangement.rim_components,
            rim_holes: arrangement.rim_holes,
            doubled_area: areas.iter().sum(),
            levels: levels.collect::<Option<_>>()?,
        })
    }
}

/// The owner that stands for the outline: the last in order.
const OUTLINE: u32 = u32::MAX;

/// The boundaries of all members, whose places are the owners, and of the outline.
fn uses_of(members: &[Member<'_>], outline: Option<&Shape>) -> Vec<Use> {
    (0u32..)
        .zip(members)
        .flat_map(|(owner, member)| Use::of_shape(member.shape, owner))
        .chain(outline.into_iter().flat_map(|o| Use::of_shape(o, OUTLINE)))
        .collect()
}

/// Whether any edges cross, before they are cut. Those that one owner draws both ways are none;
/// those that come to nothing only once they are cut count, though no harm is done.
fn cross_as_drawn(mut uses: Vec<Use>) -> bool {
    uses.par_sort_unstable();
    let mut edges: Vec<Segment> = uses
        .chunk_by(|a, b| (a.segment(), a.owner()) == (b.segment(), b.owner()))
        .filter(|uses| uses.iter().map(Use::multiplicity).sum::<i32>() != 0)
        .map(|uses| uses[0].segment())
        .collect();
    edges.dedup();
    !Met::of(&edges).crossings.is_empty()
}

/// The numbers of an arrangement that is a seamless coverage's.
struct Counted {
    vertices: usize,
    faces: usize,
    components: usize,
    rim_edges: usize,
    rim_components: usize,
    rim_holes: usize,
}

impl Counted {
    /// `None` where a face has not one grid or none, or where the rim is not what it should be.
    fn of(chains: &Chains, within_outline: bool) -> Option<Self> {
        let faces = Faces::of(chains.segments());
        let mut grid_of_face: Vec<(Face, Option<u32>)> = vec![(Faces::OUTER, None)];
        let mut rim = Vec::new();
        for (edge, &segment) in chains.segments().iter().enumerate() {
            let sides = Sides::of(chains.shares(edge))?;
            if within_outline && !sides.are_the_outlines {
                return None;
            }
            if sides.left.is_none() || sides.right.is_none() {
                rim.push(segment);
            }
            grid_of_face.push((faces.left(edge), sides.left));
            grid_of_face.push((faces.right(edge), sides.right));
        }
        grid_of_face.par_sort_unstable();
        grid_of_face.dedup();
        if grid_of_face.windows(2).any(|two| two[0].0 == two[1].0) {
            return None;
        }
        let rim_holes = grid_of_face
            .iter()
            .filter(|(face, grid)| *face != Faces::OUTER && grid.is_none())
            .count();
        let (vertices, components) = connected(chains.segments());
        let counted = Self {
            vertices,
            faces: faces.count(),
            components,
            rim_edges: rim.len(),
            rim_components: connected(&rim).1,
            rim_holes,
        };
        let euler = vertices + counted.faces == 1 + components + chains.len();
        (euler && (within_outline || rim_holes == 0)).then_some(counted)
    }
}

/// The grids beside an edge.
struct Sides {
    left: Option<u32>,
    right: Option<u32>,
    /// Whether the outline has as much on either side as the grids.
    are_the_outlines: bool,
}

impl Sides {
    /// From what each owner adds to the edge; `None` with more than one grid to a side.
    fn of(shares: &[Share]) -> Option<Self> {
        let (grids, outline) = match shares.split_last() {
            Some((last, grids)) if last.owner == OUTLINE => (grids, last.multiplicity),
            _ => (shares, 0),
        };
        let with = |multiplicity: i32| {
            let mut found = grids.iter().filter(|s| s.multiplicity == multiplicity);
            (found.next().map(|s| s.owner), found.next().is_none())
        };
        let ((left, one_left), (right, one_right)) = (with(1), with(-1));
        let all = usize::from(left.is_some()) + usize::from(right.is_some());
        (one_left && one_right && all == grids.len()).then_some(Self {
            left,
            right,
            are_the_outlines: outline == grids.iter().map(|s| s.multiplicity).sum(),
        })
    }
}

/// How many different ends edges have, and how many pieces they hang together in.
fn connected(edges: &[Segment]) -> (usize, usize) {
    let mut vertices: Vec<Point> = edges.iter().flat_map(|e| [e.start(), e.end()]).collect();
    vertices.par_sort_unstable();
    vertices.dedup();
    let place = |p: Point| vertices.partition_point(|&v| v < p);
    let mut above: Vec<usize> = (0..vertices.len()).collect();
    let mut components = vertices.len();
    for edge in edges {
        let [a, b] = [edge.start(), edge.end()].map(|p| root(&mut above, place(p)));
        if a != b {
            above[a.max(b)] = a.min(b);
            components -= 1;
        }
    }
    (vertices.len(), components)
}

/// The least place of the set that a place belongs to, as far as sets are joined yet.
fn root(above: &mut [usize], mut at: usize) -> usize {
    while above[at] != at {
        above[at] = above[above[at]];
        at = above[at];
    }
    at
}

/// Whether a ring meets itself nowhere.
fn is_simple(ring: &Ring) -> bool {
    let mut points = ring.points().to_vec();
    points.sort_unstable();
    points.windows(2).all(|two| two[0] != two[1]) && ring.defects().is_empty()
}

/// The members in bytewise order of codes; `None` without any, or when a code does not name one.
fn in_order_of_codes<'a>(members: &[Member<'a>]) -> Option<Vec<Member<'a>>> {
    let mut members = members.to_vec();
    members.sort_unstable_by_key(|member| member.code);
    let named = !members.is_empty()
        && members.windows(2).all(|two| two[0].code != two[1].code)
        && members.iter().all(|member| !member.code.contains('\n'));
    named.then_some(members)
}

/// The areas of a level's units; `None` when they do not take every member once.
fn level_areas(level: &Level<'_>, members: &[Member<'_>], areas: &[i128]) -> Option<LevelAreas> {
    let mut taken: Vec<usize> = level
        .groups
        .iter()
        .flat_map(|group| group.members.iter().copied())
        .collect();
    taken.sort_unstable();
    if !taken.iter().copied().eq(0..members.len()) {
        return None;
    }
    let units = level.groups.iter().map(|group| UnitArea {
        code: group.code.to_owned(),
        doubled_area: group.members.iter().map(|&m| areas[m]).sum(),
        grids: group
            .members
            .iter()
            .map(|&m| members[m].code.to_owned())
            .collect(),
    });
    Some(LevelAreas {
        level: level.id.to_owned(),
        doubled_area: areas.iter().sum(),
        units: units.collect(),
    })
}

/// SHA-256 of boundaries, each behind a line with its name.
fn sha256<'a>(boundaries: impl IntoIterator<Item = (String, &'a Shape)>) -> String {
    let mut hash = Sha256::new();
    for (mut text, shape) in boundaries {
        text.push('\n');
        let mut edges: Vec<Segment> = shape.segments().collect();
        edges.sort_unstable();
        for edge in edges {
            let (a, b) = (edge.start(), edge.end());
            // writing to a string cannot fail
            let _ = writeln!(text, "{} {} {} {}", a.x(), a.y(), b.x(), b.y());
        }
        hash.update(text);
    }
    let digest: [u8; 32] = hash.finalize().into();
    digest.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn as_text<S: Serializer>(number: &i128, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands fields over by reference"
)]
fn by_name<S: Serializer>(against: &Against, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match against {
        Against::OwnRim => "own-rim",
        Against::Outline => "outline",
    })
}
