//! The borders of one zoom, drawn on its lattice together and found by tile.

use std::cmp::Ordering;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use wangge_arrange::{Arrangement, Chains, Face, Faces, Use, rounded};
use wangge_plane::{Point, Segment};

use crate::TileAddress;
use crate::lines::{SidedEdge, in_lines};
use crate::mercator::{Window, World};
use crate::vanished::Vanished;

/// So few borders one thread draws by itself.
const FEW: usize = 64;

/// A path between the ground of two.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Border<'a> {
    pub(crate) points: &'a [Point],
    pub(crate) left: Option<u32>,
    pub(crate) right: Option<u32>,
}

/// Ground of many, without a gap or an overlap, on the lattice of one zoom's map.
///
/// Invariant: edges meet at common ends only; no edge crosses the side of a window between its
/// ends; walking around any point, what lies between the edges agrees.
#[derive(Debug)]
pub(crate) struct Drawing {
    world: World,
    /// Along lines, see [`in_lines`].
    edges: Vec<SidedEdge>,
    /// The places of edges that a tile shows, by column and row, in order.
    by_tile: FxHashMap<(u32, u32), Vec<u32>>,
    /// For each southern side of a row of windows, the edges that rise from it, from west to east.
    rising: FxHashMap<i32, Vec<Rising>>,
    /// Those whose ground came to nothing and was given one triangle, in order.
    triangles: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Rising {
    from: Point,
    to: Point,
    right: Option<u32>,
}

/// What one tile shows of a drawing.
#[derive(Debug)]
pub(crate) struct Shown<'a> {
    pub(crate) window: Window,
    /// Edges within the window, those along its sides left out, in order of lines.
    pub(crate) edges: Vec<&'a SidedEdge>,
    /// Whose ground the window's south-western corner is.
    pub(crate) corner: Option<u32>,
}

impl Drawing {
    /// Draws borders; `count` is how many there are who have ground.
    ///
    /// Each face belongs to one: to him whose border winds around it, to the first where rounding
    /// made several do so. Who is left without any is given one triangle of the lattice.
    pub(crate) fn of(world: World, borders: &[Border<'_>], count: usize) -> Self {
        let paths: Vec<_> = borders
            .par_iter()
            .with_min_len(FEW)
            .map(|border| world.path(border.points))
            .collect();
        let drawn = rounded(&paths);
        drop(paths);
        let uses = borders
            .iter()
            .zip(&drawn)
            .flat_map(|(border, path)| {
                let edges = path
                    .windows(2)
                    .filter_map(|ends| Segment::new(ends[0], ends[1]));
                edges.flat_map(|edge| {
                    let left = border.left.map(|owner| Use::of(edge, owner));
                    let right = border.right.map(|owner| Use::of(edge.reversed(), owner));
                    left.into_iter().chain(right)
                })
            })
            .collect();
        let (chains, met) = Chains::of(uses);
        let arrangement = Arrangement::over(chains, met);
        let owner = |face: Face| -> Option<u32> {
            if face == Faces::OUTER {
                return None;
            }
            let around = arrangement.owners(face).iter();
            around
                .filter(|share| share.multiplicity > 0)
                .map(|share| share.owner)
                .next()
        };
        let mut edges = Vec::with_capacity(arrangement.chains().len());
        for (at, segment) in arrangement.chains().segments().iter().enumerate() {
            let (left, right) = (owner(arrangement.left(at)), owner(arrangement.right(at)));
            if left != right {
                edges.push(SidedEdge {
                    from: segment.start(),
                    to: segment.end(),
                    left,
                    right,
                });
            }
        }
        drop(arrangement);
        let triangles = Vanished::among(&edges, count).settle(&mut edges, |owner| {
            let mut at: Vec<Point> = borders
                .iter()
                .zip(&drawn)
                .filter(|(border, _)| border.left == Some(owner) || border.right == Some(owner))
                .flat_map(|(_, path)| path.iter().copied())
                .collect();
            at.sort_unstable();
            at.dedup();
            at
        });
        Self::arranged(world, in_lines(&edges), triangles)
    }

    fn arranged(world: World, edges: Vec<SidedEdge>, triangles: Vec<u32>) -> Self {
        let mut by_tile: FxHashMap<(u32, u32), Vec<u32>> = FxHashMap::default();
        let mut rising: FxHashMap<i32, Vec<Rising>> = FxHashMap::default();
        for (at, edge) in (0u32..).zip(&edges) {
            let (low, high) = corners(edge);
            for tile in world.tiles_around(low, high) {
                by_tile.entry(tile).or_default().push(at);
            }
            let up = if edge.from.y() < edge.to.y() {
                *edge
            } else {
                edge.reversed()
            };
            if up.from.y() < up.to.y() && world.is_southern_side(up.from.y()) {
                rising.entry(up.from.y()).or_default().push(Rising {
                    from: up.from,
                    to: up.to,
                    right: up.right,
                });
            }
        }
        for row in rising.values_mut() {
            row.sort_unstable_by(Rising::from_west);
        }
        Self {
            world,
            edges,
            by_tile,
            rising,
            triangles,
        }
    }

    /// All edges, along lines.
    pub(crate) fn edges(&self) -> &[SidedEdge] {
        &self.edges
    }

    /// Those whose ground came to nothing and was given one triangle, in order.
    pub(crate) fn triangles(&self) -> &[u32] {
        &self.triangles
    }

    /// The most edges that a tile shows.
    pub(crate) fn most_edges(&self) -> usize {
        self.by_tile.values().map(Vec::len).max().unwrap_or(0)
    }

    /// What a tile of the zoom shows.
    pub(crate) fn shown(&self, tile: TileAddress) -> Shown<'_> {
        let window = self.world.window(tile);
        let places = self.by_tile.get(&(tile.x(), tile.y()));
        let edges = places
            .into_iter()
            .flatten()
            .map(|&at| &self.edges[at as usize])
            .filter(|edge| !window.has_along_side(edge.from, edge.to))
            .collect();
        Shown {
            window,
            edges,
            corner: self.corner(window),
        }
    }

    /// Whose ground lies just north-east of a window's south-western corner.
    fn corner(&self, window: Window) -> Option<u32> {
        let row = self.rising.get(&window.south)?;
        let west = row.partition_point(|edge| edge.from.x() <= window.west);
        row[..west].last()?.right
    }
}

impl Rising {
    /// Of edges that rise from one point, the flatter is farther east.
    fn from_west(a: &Self, b: &Self) -> Ordering {
        a.from.x().cmp(&b.from.x()).then_with(|| {
            let (u, v) = (a.to.from_origin(a.from), b.to.from_origin(b.from));
            (u.dx * v.dy).cmp(&(v.dx * u.dy))
        })
    }
}

fn corners(edge: &SidedEdge) -> (Point, Point) {
    let extent = Segment::new(edge.from, edge.to).map(Segment::extent);
    extent.map_or((edge.from, edge.to), |extent| (extent.min(), extent.max()))
}
