//! Blocks: the pieces of grids between streets.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;
use wangge_arrange::{Face, polygon_of};
use wangge_coverage::{Coverage, Owner};
use wangge_plane::{Line, Point, Polygon, Segment, ellipsoid, winding_nudged};

use super::{Adjacent, Target};
use crate::edit::ground::edited;
use crate::edit::overlay::Overlay;
use crate::edit::redraw::Label;
use crate::edit::{EditError, Edited};

/// The pieces that streets cut the grids of a coverage into.
///
/// A street that ends inside a grid cuts nothing off; where streets and borders go around ground, the
/// ground is a block.
pub struct Blocks {
    overlay: Overlay,
    /// The blocks, each a face in a grid.
    faces: Vec<Face>,
    block_of_face: Vec<Option<u32>>,
}

impl Blocks {
    /// Cuts a coverage along streets.
    pub fn of(coverage: &Coverage, streets: &[Line]) -> Self {
        let all: FxHashSet<Owner> = (0u32..).take(coverage.owners()).map(Owner).collect();
        let lines: Vec<Segment> = streets.iter().flat_map(Line::segments).collect();
        let overlay = Overlay::of(coverage, all, &lines, None);
        let mut faces: Vec<Face> = overlay.faces().collect();
        faces.retain(|&face| overlay.owner(face).is_some());
        let mut block_of_face = vec![None; overlay.face_count()];
        for (block, face) in (0u32..).zip(&faces) {
            block_of_face[face.0 as usize] = Some(block);
        }
        Self {
            overlay,
            faces,
            block_of_face,
        }
    }

    /// How many blocks there are.
    pub fn len(&self) -> usize {
        self.faces.len()
    }

    /// Whether there is no block: a coverage without grids.
    pub fn is_empty(&self) -> bool {
        self.faces.is_empty()
    }

    /// The grid that each block lies in.
    pub fn grids(&self) -> Vec<Owner> {
        let owner = |face: &Face| self.overlay.owner(*face);
        self.faces.iter().filter_map(owner).collect()
    }

    /// The ground of each block.
    pub fn ground(&self) -> Vec<Option<Polygon>> {
        let mut boundaries: Vec<Vec<Segment>> = vec![Vec::new(); self.faces.len()];
        for (segment, beside, _) in self.overlay.walls() {
            if beside.left == beside.right {
                continue;
            }
            for (face, directed) in [(beside.left, segment), (beside.right, segment.reversed())] {
                if let Some(block) = self.block_of_face[face.0 as usize] {
                    boundaries[block as usize].push(directed);
                }
            }
        }
        boundaries.iter().map(|edges| polygon_of(edges)).collect()
    }

    /// Which blocks share borders, each pair once.
    pub fn adjacent(&self) -> Vec<Adjacent> {
        let borders = self.overlay.walls().filter_map(|(segment, beside, _)| {
            let block = |face: Face| self.block_of_face[face.0 as usize];
            Some((segment, block(beside.left)?, block(beside.right)?))
        });
        summed(borders)
    }

    /// The weight of each block, from places with weights: households, buildings. A place on a border
    /// counts on the side that the half-open rule of a lookup gives it; also told is the weight that
    /// lies in no block.
    pub fn weights(&self, places: &[(Point, u32)]) -> (Vec<u64>, u64) {
        let rows = Rows::of(self);
        let mut weights = vec![0; self.faces.len()];
        let mut outside = 0;
        for &(at, weight) in places {
            match rows.block(at) {
                Some(block) => weights[block as usize] += u64::from(weight),
                None => outside += u64::from(weight),
            }
        }
        (weights, outside)
    }

    /// The coverage with each block in the grid that it goes to: what changes. New grids are the parts,
    /// by their numbers; borders run along streets only where they must.
    ///
    /// # Errors
    /// [`EditError::NoGroundLeft`] for a grid that is so narrow that nothing of it is left on the
    /// lattice.
    ///
    /// # Panics
    /// With fewer targets than blocks.
    pub fn redraw(&self, coverage: &Coverage, targets: &[Target]) -> Result<Edited, EditError> {
        let label = |face: Face| {
            let block = self.block_of_face[face.0 as usize]?;
            Some(match targets[block as usize] {
                Target::Grid(grid) => Label::Grid(Owner(grid)),
                Target::New(part) => Label::Part(part),
            })
        };
        let kept: FxHashSet<u32> = targets
            .iter()
            .filter_map(|target| match target {
                Target::Grid(grid) => Some(*grid),
                Target::New(_) => None,
            })
            .collect();
        let owners = (0u32..).take(coverage.owners());
        let removed: Vec<Owner> = owners.filter(|o| !kept.contains(o)).map(Owner).collect();
        let redraw = self.overlay.redraw(label);
        let news = targets.iter().filter_map(|target| match target {
            Target::New(part) => Some(*part),
            Target::Grid(_) => None,
        });
        let without_ground = news
            .filter(|&part| !redraw.shapes.contains_key(&Label::Part(part)))
            .min();
        if let Some(part) = without_ground {
            return Err(EditError::NoGroundLeft {
                code: format!("new grid {}", part + 1),
            });
        }
        edited(coverage, &self.overlay, redraw, &removed, Vec::new())
    }
}

/// Which units of a coverage share borders, each pair once, for units that are moved as a whole.
pub fn adjacent_units(coverage: &Coverage) -> Vec<Adjacent> {
    summed(coverage.edges().filter_map(|edge| {
        let (Owner(left), Owner(right)) = (edge.left?, edge.right?);
        Some((edge.segment, left, right))
    }))
}

/// The lengths of borders by what lies on both sides.
fn summed(borders: impl Iterator<Item = (Segment, u32, u32)>) -> Vec<Adjacent> {
    let mut lengths: BTreeMap<[u32; 2], f64> = BTreeMap::new();
    for (segment, a, b) in borders.filter(|(_, a, b)| a != b) {
        let length_m = ellipsoid::distance_m(segment.start(), segment.end());
        *lengths.entry([a.min(b), a.max(b)]).or_insert(0.0) += length_m;
    }
    lengths
        .into_iter()
        .map(|(atoms, length_m)| Adjacent { atoms, length_m })
        .collect()
}

/// The edges between blocks by rows from south to north, to find the block of a point.
struct Rows {
    south: i64,
    height: i64,
    edges: Vec<Vec<Sided>>,
}

/// An edge with the blocks to its left and right.
type Sided = (Segment, Option<u32>, Option<u32>);

impl Rows {
    /// About so many edges a row.
    const EDGES: usize = 64;

    fn of(blocks: &Blocks) -> Self {
        let block = |face: Face| blocks.block_of_face[face.0 as usize];
        let edges: Vec<Sided> = blocks
            .overlay
            .walls()
            .filter(|(_, beside, _)| beside.left != beside.right)
            .map(|(segment, beside, _)| (segment, block(beside.left), block(beside.right)))
            .collect();
        let ys = || {
            edges
                .iter()
                .flat_map(|(s, ..)| [s.start().y(), s.end().y()])
        };
        let south = i64::from(ys().min().unwrap_or(0));
        let north = i64::from(ys().max().unwrap_or(0));
        let count = i64::try_from(edges.len() / Self::EDGES + 1)
            .unwrap_or(1)
            .min(1 << 16);
        let height = (north - south) / count + 1;
        let mut this = Self {
            south,
            height,
            edges: vec![Vec::new(); usize::try_from(count).unwrap_or(1)],
        };
        for edge in edges {
            let (a, b) = (edge.0.start().y(), edge.0.end().y());
            let (Some(first), Some(last)) = (this.row(a.min(b)), this.row(a.max(b))) else {
                continue;
            };
            for row in &mut this.edges[first..=last] {
                row.push(edge);
            }
        }
        this
    }

    fn row(&self, y: i32) -> Option<usize> {
        let row = (i64::from(y) - self.south).div_euclid(self.height);
        usize::try_from(row)
            .ok()
            .filter(|&row| row < self.edges.len())
    }

    /// The block whose boundary winds around a point, nudged.
    fn block(&self, at: Point) -> Option<u32> {
        let mut windings: BTreeMap<u32, i32> = BTreeMap::new();
        for &(segment, left, right) in &self.edges[self.row(at.y())?] {
            let winding = winding_nudged([segment], at);
            if winding == 0 {
                continue;
            }
            if let Some(left) = left {
                *windings.entry(left).or_insert(0) += winding;
            }
            if let Some(right) = right {
                *windings.entry(right).or_insert(0) -= winding;
            }
        }
        windings
            .into_iter()
            .find(|(_, winding)| *winding > 0)
            .map(|(block, _)| block)
    }
}
