//! What can be wrong with a coverage, each thing by its name.

use sha2::{Digest, Sha256};
use wangge_plane::{Point, Polygon, Segment};

/// The kinds of defects that boundaries have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DefectKind {
    /// A grid's boundary winds around some ground other than 0 or 1 times: it crosses itself, or
    /// its rings overlap or lie wrongly in each other.
    SelfIntersection,
    /// A grid without area.
    Empty,
    /// Grids with exactly the same ground.
    DuplicateGrid,
    /// Ground of a grid that lies outside the outline.
    OutsideParent,
    /// Ground of the outline that no grid covers, and of whose border half or more is the
    /// outline's.
    ParentUncovered,
    /// Ground that several grids cover.
    Overlap,
    /// Ground that no grid covers, enclosed by grids.
    Gap,
    /// Ground that no grid covers, open to the rim.
    Inlet,
    /// All misfits of one border that are at most two lattice units wide.
    Hairline,
    /// An edge that one grid runs along both ways.
    Spike,
    /// A vertex of one side of a border that lies exactly on an edge of the other side.
    UnmatchedVertex,
    /// A ring that has one vertex several times in a row.
    DuplicateVertex,
    /// A grid cut off from the rest of its parent's ground.
    Detached,
    /// A grid of very little ground.
    Tiny,
    /// A grid that is very narrow everywhere.
    Thin,
    /// A boundary that cuts an object in two.
    CutObject,
    /// A grid of several parts.
    MultiPart,
}

impl DefectKind {
    /// The name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SelfIntersection => "self-intersection",
            Self::Empty => "empty",
            Self::DuplicateGrid => "duplicate-grid",
            Self::OutsideParent => "outside-parent",
            Self::ParentUncovered => "parent-uncovered",
            Self::Overlap => "overlap",
            Self::Gap => "gap",
            Self::Inlet => "inlet",
            Self::Hairline => "hairline",
            Self::Spike => "spike",
            Self::UnmatchedVertex => "unmatched-vertex",
            Self::DuplicateVertex => "duplicate-vertex",
            Self::Detached => "detached",
            Self::Tiny => "tiny",
            Self::Thin => "thin",
            Self::CutObject => "cut-object",
            Self::MultiPart => "multi-part",
        }
    }
}

/// How much a defect matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Some ground is covered other than once.
    Breaks,
    /// Worth a person's look; the coverage may be seamless all the same.
    Suspect,
    /// Good to know.
    Information,
}

/// Where a defect is.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// Ground.
    Ground(Vec<Polygon>),
    /// Along edges.
    Edges(Vec<Segment>),
    /// At points.
    Points(Vec<Point>),
    /// Nowhere in particular: a grid without area has no place.
    Nowhere,
}

/// One defect.
#[derive(Debug, Clone, PartialEq)]
pub struct Defect {
    /// Stays the same under edits elsewhere: it depends on the kind, the grids' codes and the
    /// place alone. The first letter of the kind, and 48 bits of a hash.
    pub id: String,
    /// What it is.
    pub kind: DefectKind,
    /// How much it matters.
    pub weight: Weight,
    /// The grids concerned, as places in the list of members, in order. For an unmatched vertex,
    /// the grid that lacks it; none where only the outline is concerned.
    pub members: Vec<usize>,
    /// Where it is.
    pub place: Place,
    /// Area on the ellipsoid, square metres, of what has ground.
    pub area_m2: Option<f64>,
    /// Twice the area in square lattice units.
    pub doubled_area: Option<i128>,
    /// Diameter of the largest inscribed circle, metres; for a hairline the largest of all.
    pub width_m: Option<f64>,
    /// Half the perimeter of its ground, or the length of its edges, metres.
    pub length_m: Option<f64>,
    /// The object that a boundary cuts.
    pub object: Option<String>,
    /// How many misfits a hairline gathers, how many times a vertex is repeated, how many parts.
    pub count: Option<usize>,
    /// Whether it is narrower than a sliver.
    pub sliver: bool,
    /// Whether a person has said that it may be.
    pub allowed: bool,
}

impl Defect {
    /// A defect without measures.
    pub(crate) fn new(
        kind: DefectKind,
        weight: Weight,
        mut members: Vec<usize>,
        place: Place,
        code_of: impl Fn(usize) -> String,
    ) -> Self {
        members.sort_unstable();
        members.dedup();
        let codes: Vec<String> = members.iter().map(|&member| code_of(member)).collect();
        Self {
            id: defect_id(kind.name(), &codes, &place_bytes(kind, &place)),
            kind,
            weight,
            members,
            place,
            area_m2: None,
            doubled_area: None,
            width_m: None,
            length_m: None,
            object: None,
            count: None,
            sliver: false,
            allowed: false,
        }
    }

    /// The same for one object that so many edges cut. Another that the same edges cut has another
    /// id.
    pub(crate) fn of_object(
        mut self,
        name: &str,
        edges: usize,
        code_of: impl Fn(usize) -> String,
    ) -> Self {
        let codes: Vec<String> = self.members.iter().map(|&member| code_of(member)).collect();
        let mut place = place_bytes(self.kind, &self.place);
        place.extend(name.as_bytes());
        self.id = defect_id(self.kind.name(), &codes, &place);
        self.object = Some(name.to_owned());
        self.count = Some(edges);
        self
    }

    /// Whether it keeps the coverage from being seamless.
    pub fn breaks(&self) -> bool {
        self.weight == Weight::Breaks && !self.allowed
    }

    /// A point of it, for finding it on a map.
    pub fn point(&self) -> Option<Point> {
        match &self.place {
            Place::Ground(parts) => parts.first().map(|part| part.shell().points()[0]),
            Place::Edges(edges) => edges.first().map(|edge| edge.start()),
            Place::Points(points) => points.first().copied(),
            Place::Nowhere => None,
        }
    }
}

/// The name of a defect that stays the same under edits elsewhere: the first letter of its kind,
/// and 48 bits of a hash over kind, codes and place.
pub fn defect_id(kind: &str, codes: &[String], place: &[u8]) -> String {
    let mut codes: Vec<&String> = codes.iter().collect();
    codes.sort_unstable();
    let mut hash = Sha256::new();
    hash.update(kind);
    for code in codes {
        hash.update([0]);
        hash.update(code);
    }
    hash.update([0, 0]);
    hash.update(place);
    let digest = hash.finalize();
    let bits = digest[..6]
        .iter()
        .fold(0u64, |bits, &byte| bits << 8 | u64::from(byte));
    format!("{}-{bits:012x}", kind.chars().next().unwrap_or('d'))
}

/// The bytes of a place. A hairline is all of one border's, wherever it is.
fn place_bytes(kind: DefectKind, place: &Place) -> Vec<u8> {
    if kind == DefectKind::Hairline {
        return Vec::new();
    }
    let mut points: Vec<Point> = match place {
        Place::Ground(parts) => parts
            .iter()
            .flat_map(Polygon::rings)
            .flat_map(|ring| ring.points().iter().copied())
            .collect(),
        Place::Edges(edges) => edges.iter().flat_map(|e| [e.start(), e.end()]).collect(),
        Place::Points(points) => points.clone(),
        Place::Nowhere => Vec::new(),
    };
    points.sort_unstable();
    points
        .iter()
        .flat_map(|p| [p.x().to_be_bytes(), p.y().to_be_bytes()])
        .flatten()
        .collect()
}
