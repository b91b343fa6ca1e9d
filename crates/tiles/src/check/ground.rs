//! What the polygons of one layer cover of a tile: how often, by whom, and what they leave open.

use rustc_hash::FxHashMap;
use wangge_arrange::{Arrangement, Face, Met, Use};
use wangge_plane::{Point, Segment};

use super::rings::{RingFault, UnitRings, crosses_within};
use super::side::{Side, SideCover};
use super::tile::{DrawnUnit, EXTENT, GridLayer};

/// The lattice that a tile is cut on is so much finer than its own: where edges meet its sides
/// or cross each other between lattice points, they are drawn to within this part of a unit.
pub(super) const SCALE: i32 = 16_384;

/// The side of a tile on that lattice.
pub(super) const SPAN: i32 = EXTENT * SCALE;

/// What one layer of one tile shows.
#[derive(Debug)]
pub(super) struct LayerGround {
    pub(super) name: String,
    pub(super) units: Vec<UnitGround>,
    /// Ground within the tile that several units cover.
    pub(super) overlaps: Vec<Overlap>,
    /// Ground within the tile that no unit covers.
    pub(super) open: Vec<OpenFace>,
    /// The sides, in the order of [`Side::ALL`].
    pub(super) sides: [SideCover; 4],
}

/// What a tile shows of one unit.
#[derive(Debug)]
pub(super) struct UnitGround {
    pub(super) code: String,
    pub(super) id: Option<u64>,
    /// Twice the area within the tile, square units of the fine lattice.
    pub(super) doubled_area: i128,
    pub(super) faults: Vec<RingFault>,
}

/// Ground that several units cover.
#[derive(Debug)]
pub(super) struct Overlap {
    pub(super) units: Vec<u32>,
    pub(super) doubled_area: i128,
}

/// A face that nobody covers.
#[derive(Debug)]
pub(super) struct OpenFace {
    pub(super) doubled_area: i128,
    /// Its boundary but for the sides of the tile, on the fine lattice of the tile.
    pub(super) rim: Vec<[[i32; 2]; 2]>,
    /// West, north, east, south on the fine lattice of the tile.
    pub(super) extent: [i32; 4],
    /// Where it reaches a side, from one position to another along it.
    pub(super) reaches: Vec<(Side, i32, i32)>,
}

impl LayerGround {
    pub(super) fn of(layer: &GridLayer) -> Self {
        let rings: Vec<UnitRings> = layer.units.iter().map(UnitRings::of).collect();
        let covers = |unit: u32, winding: i32| {
            winding > 0 || (winding < 0 && rings[unit as usize].is_tangled())
        };
        let edges: Vec<(Segment, u32)> = (0u32..)
            .zip(&rings)
            .flat_map(|(unit, rings)| rings.edges.iter().map(move |&edge| (edge, unit)))
            .collect();
        let sides = Side::ALL.map(|side| SideCover::of(&edges, side, covers));
        let mut ground = Self {
            name: layer.name.clone(),
            units: layer
                .units
                .iter()
                .zip(&rings)
                .map(UnitGround::new)
                .collect(),
            overlaps: Vec::new(),
            open: Vec::new(),
            sides,
        };
        ground.lay(&edges, covers);
        if ground.overlaps.is_empty() {
            ground.overlaps.extend(crossed(&edges, &rings));
        }
        ground
    }

    /// Lays the polygons and the tile over each other.
    fn lay(&mut self, edges: &[(Segment, u32)], covers: impl Fn(u32, i32) -> bool) {
        let tile = u32::try_from(self.units.len()).unwrap_or(u32::MAX);
        let mut uses: Vec<Use> = edges
            .iter()
            .filter_map(|&(edge, unit)| Some(Use::of(scaled(edge)?, unit)))
            .collect();
        uses.extend(frame().into_iter().map(|edge| Use::of(edge, tile)));
        let arrangement = Arrangement::of(uses);
        let faces = FaceMeasures::of(&arrangement);
        let mut places: FxHashMap<Face, usize> = FxHashMap::default();
        for face in arrangement.faces() {
            let owners = arrangement.owners(face);
            if !owners.iter().any(|share| share.owner == tile) {
                continue;
            }
            let measure = &faces.0[face.0 as usize];
            let mut units = Vec::new();
            for share in owners.iter().filter(|share| share.owner != tile) {
                let unit = &mut self.units[share.owner as usize];
                if covers(share.owner, share.multiplicity) {
                    unit.doubled_area += measure.doubled_area;
                    units.push(share.owner);
                    if share.multiplicity > 1 {
                        unit.note(RingFault::PartsOverlap);
                    }
                } else if share.multiplicity < 0 {
                    unit.note(RingFault::HoleOutside);
                }
            }
            if units.is_empty() {
                places.insert(face, self.open.len());
                self.open.push(OpenFace {
                    doubled_area: measure.doubled_area,
                    rim: Vec::new(),
                    extent: measure.extent,
                    reaches: measure.reaches.clone(),
                });
            } else if units.len() > 1 {
                self.overlaps.push(Overlap {
                    units,
                    doubled_area: measure.doubled_area,
                });
            }
        }
        for (place, edge) in arrangement.chains().segments().iter().enumerate() {
            let ends = [edge.start(), edge.end()].map(|p| [p.x(), p.y()]);
            if side_of(ends).is_some() {
                continue;
            }
            for face in [arrangement.left(place), arrangement.right(place)] {
                if let Some(&open) = places.get(&face) {
                    self.open[open].rim.push(ends);
                }
            }
        }
    }
}

impl UnitGround {
    fn new((unit, rings): (&DrawnUnit, &UnitRings)) -> Self {
        Self {
            code: unit.code.clone(),
            id: unit.id,
            doubled_area: 0,
            faults: rings.faults.clone(),
        }
    }

    /// A ring that crosses itself explains what else seems wrong with the unit's.
    fn note(&mut self, fault: RingFault) {
        if !self.faults.contains(&fault) && !self.faults.contains(&RingFault::CrossesItself) {
            self.faults.push(fault);
        }
    }
}

/// Borders of different units that cross within the tile: there is ground between them that
/// several units cover, however little.
fn crossed(edges: &[(Segment, u32)], rings: &[UnitRings]) -> Option<Overlap> {
    let mut different: Vec<Segment> = edges
        .iter()
        .filter(|&&(_, unit)| !rings[unit as usize].is_tangled())
        .map(|(edge, _)| edge.canonical().0)
        .collect();
    different.sort_unstable();
    different.dedup();
    let crossing = Met::of(&different)
        .crossings
        .into_iter()
        .find(|&[a, b]| crosses_within(a, b))?;
    let mut units: Vec<u32> = edges
        .iter()
        .filter(|(edge, _)| crossing.contains(&edge.canonical().0))
        .map(|&(_, unit)| unit)
        .collect();
    units.sort_unstable();
    units.dedup();
    (units.len() > 1).then_some(Overlap {
        units,
        doubled_area: 0,
    })
}

fn scaled(edge: Segment) -> Option<Segment> {
    let fine = |p: Point| Point::new(p.x() * SCALE, p.y() * SCALE).ok();
    Segment::new(fine(edge.start())?, fine(edge.end())?)
}

/// The tile itself, its ground to the left.
fn frame() -> Vec<Segment> {
    let corners = [(0, 0), (SPAN, 0), (SPAN, SPAN), (0, SPAN), (0, 0)];
    let points: Vec<Point> = corners
        .iter()
        .filter_map(|&(x, y)| Point::new(x, y).ok())
        .collect();
    points
        .windows(2)
        .filter_map(|pair| Segment::new(pair[0], pair[1]))
        .collect()
}

/// Areas, extents and sides of all faces.
struct FaceMeasures(Vec<FaceMeasure>);

#[derive(Clone)]
struct FaceMeasure {
    doubled_area: i128,
    extent: [i32; 4],
    reaches: Vec<(Side, i32, i32)>,
}

impl FaceMeasures {
    fn of(arrangement: &Arrangement) -> Self {
        let empty = FaceMeasure {
            doubled_area: 0,
            extent: [i32::MAX, i32::MAX, i32::MIN, i32::MIN],
            reaches: Vec::new(),
        };
        let mut measures = Self(vec![empty; arrangement.face_count()]);
        for (place, &edge) in arrangement.chains().segments().iter().enumerate() {
            let (left, right) = (arrangement.left(place), arrangement.right(place));
            measures.add(left, edge, 1);
            measures.add(right, edge, -1);
        }
        measures
    }

    fn add(&mut self, face: Face, edge: Segment, sign: i128) {
        let measure = &mut self.0[face.0 as usize];
        let (a, b) = (edge.start(), edge.end());
        let product = |x: i32, y: i32| i128::from(x) * i128::from(y);
        measure.doubled_area += sign * (product(a.x(), b.y()) - product(a.y(), b.x()));
        for p in [a, b] {
            let [west, north, east, south] = measure.extent;
            measure.extent = [
                west.min(p.x()),
                north.min(p.y()),
                east.max(p.x()),
                south.max(p.y()),
            ];
        }
        let ends = [a, b].map(|p| [p.x(), p.y()]);
        let reach = side_of(ends).map(|side| {
            let [from, to] = ends.map(|end| end[usize::from(side.is_upright())]);
            (side, (from.min(to), from.max(to)))
        });
        if let Some((side, (from, to))) = reach {
            let (from, to) = (from.max(0), to.min(SPAN));
            if from < to {
                measure.reaches.push((side, from, to));
            }
        }
    }
}

/// The side of the tile that an edge lies on.
fn side_of(ends: [[i32; 2]; 2]) -> Option<Side> {
    let [[ax, ay], [bx, by]] = ends;
    match (ax, ay, bx, by) {
        (0, _, 0, _) => Some(Side::West),
        (SPAN, _, SPAN, _) => Some(Side::East),
        (_, 0, _, 0) => Some(Side::North),
        (_, SPAN, _, SPAN) => Some(Side::South),
        _ => None,
    }
}
