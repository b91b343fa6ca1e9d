//! How a line or an area is divided among the grids.

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use rustc_hash::FxHashMap;
use wangge_arrange::pixel_of_crossing;
use wangge_coverage::{BorderEdge, Coverage, Owner};
use wangge_plane::ellipsoid::{area_under_m2, distance_m};
use wangge_plane::{Extent, Figure, Meeting, Point, Segment, Shape, Side};

/// A part of something smaller than this is a matter of rounding, and is not listed.
const LEAST: f64 = 1e-6;

/// A grid, or the outside, and what part of a component lies in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Share {
    /// `None` outside all grids.
    pub(crate) owner: Option<Owner>,
    /// Of the length of a line, of the area of an area.
    pub(crate) share: f64,
}

/// The edges of all borders, by where they are.
pub(crate) struct BorderTree {
    tree: RTree<GeomWithData<Rectangle<[i32; 2]>, u32>>,
    edges: Vec<BorderEdge>,
}

impl BorderTree {
    pub(crate) fn of(coverage: &Coverage) -> Self {
        let edges: Vec<BorderEdge> = coverage.edges().collect();
        let boxes = (0..).zip(&edges).map(|(place, edge)| {
            let around = edge.segment.extent();
            GeomWithData::new(rectangle(around), place)
        });
        Self {
            tree: RTree::bulk_load(boxes.collect()),
            edges,
        }
    }

    fn near(&self, extent: Extent) -> impl Iterator<Item = &BorderEdge> {
        let corner = |p: Point| [p.x(), p.y()];
        let around = AABB::from_corners(corner(extent.min()), corner(extent.max()));
        let found = self.tree.locate_in_envelope_intersecting(around);
        found.map(|entry| &self.edges[entry.data as usize])
    }

    /// The grids that a figure lies in with its part of each, the largest first and by code where
    /// parts are equal. They add up to 1. `grid_at` says which grid holds a point.
    ///
    /// Borders are cut where they are crossed, at the nearest point of the lattice; so each part is
    /// right to about a centimetre of length, or that times the length of the cut.
    pub(crate) fn shares(
        &self,
        figure: &Figure,
        grid_at: impl Fn(Point) -> Option<Owner>,
    ) -> Vec<Share> {
        let whole = |owner| vec![Share { owner, share: 1.0 }];
        let borders: Vec<&BorderEdge> = match figure {
            Figure::Point(point) => return whole(grid_at(*point)),
            _ => self.near(figure.extent()).collect(),
        };
        let (Some(first), false) = (figure.segments().next(), borders.is_empty()) else {
            return whole(grid_at(figure.middle()));
        };
        let mut amounts: FxHashMap<Option<Owner>, f64> = FxHashMap::default();
        match figure {
            Figure::Area(shape) => area_by_owner(shape, &borders, &grid_at, &mut amounts),
            _ => {
                for piece in figure.segments().flat_map(|edge| pieces(edge, &borders)) {
                    let owner = grid_at(middle(piece));
                    *amounts.entry(owner).or_default() += distance_m(piece.start(), piece.end());
                }
            }
        }
        let all: f64 = amounts.values().filter(|amount| **amount > 0.0).sum();
        let mut shares: Vec<Share> = amounts
            .into_iter()
            .map(|(owner, amount)| Share {
                owner,
                share: amount / all,
            })
            .filter(|share| share.share > LEAST)
            .collect();
        if shares.is_empty() {
            return whole(grid_at(first.start()));
        }
        let listed: f64 = shares.iter().map(|share| share.share).sum();
        for share in &mut shares {
            share.share /= listed;
        }
        shares.sort_by(|a, b| {
            let code = |share: &Share| share.owner.map_or(u32::MAX, |owner| owner.0);
            b.share.total_cmp(&a.share).then(code(a).cmp(&code(b)))
        });
        shares
    }
}

/// Adds up the area under the boundary of each common part (Green): of the edges of the shape for
/// the grid at their inner side, of the borders in the shape for the grids at both sides.
fn area_by_owner(
    shape: &Shape,
    borders: &[&BorderEdge],
    grid_at: impl Fn(Point) -> Option<Owner>,
    amounts: &mut FxHashMap<Option<Owner>, f64>,
) {
    let own: Vec<Segment> = shape.segments().collect();
    for &edge in &own {
        for piece in pieces(edge, borders) {
            // the ground of a shape lies to the left of its edges
            let along = borders
                .iter()
                .find(|border| lies_along(piece, border.segment));
            let owner = match along {
                Some(border) if same_way(piece, border.segment) => border.left,
                Some(border) => border.right,
                None => grid_at(middle(piece)),
            };
            *amounts.entry(owner).or_default() += area_under_m2(piece);
        }
    }
    let own: Vec<BorderEdge> = own
        .into_iter()
        .map(|segment| BorderEdge {
            segment,
            left: None,
            right: None,
        })
        .collect();
    let own: Vec<&BorderEdge> = own.iter().collect();
    for border in borders {
        for piece in pieces(border.segment, &own) {
            let is_rim = own.iter().any(|edge| lies_along(piece, edge.segment));
            if is_rim || shape.side(middle(piece)) != Side::Inside {
                continue;
            }
            let under = area_under_m2(piece);
            *amounts.entry(border.left).or_default() += under;
            *amounts.entry(border.right).or_default() -= under;
        }
    }
}

/// An edge cut where others meet it, from its start to its end.
fn pieces(edge: Segment, others: &[&BorderEdge]) -> Vec<Segment> {
    let mut cuts = vec![edge.start(), edge.end()];
    let around = edge.extent();
    for other in others {
        let other = other.segment;
        if !around.meets(other.extent()) {
            continue;
        }
        match edge.meeting(other) {
            Meeting::Apart | Meeting::AtEnds => {}
            Meeting::Crossing => {
                cuts.push(pixel_of_crossing(edge.canonical().0, other.canonical().0));
            }
            Meeting::EndOnInterior | Meeting::Overlapping => {
                let ends = [other.start(), other.end()];
                cuts.extend(ends.into_iter().filter(|&end| edge.holds(end)));
            }
        }
    }
    let way = edge.end().from_origin(edge.start());
    let along = |p: &Point| {
        let v = p.from_origin(edge.start());
        i128::from(v.dx) * i128::from(way.dx) + i128::from(v.dy) * i128::from(way.dy)
    };
    cuts.sort_by_key(along);
    cuts.windows(2)
        .filter_map(|ends| Segment::new(ends[0], ends[1]))
        .collect()
}

/// Whether a piece of an edge lies on another one.
fn lies_along(piece: Segment, other: Segment) -> bool {
    other.holds(piece.start()) && other.holds(piece.end())
}

fn same_way(a: Segment, b: Segment) -> bool {
    let (u, v) = (
        a.end().from_origin(a.start()),
        b.end().from_origin(b.start()),
    );
    i128::from(u.dx) * i128::from(v.dx) + i128::from(u.dy) * i128::from(v.dy) > 0
}

fn middle(piece: Segment) -> Point {
    let (a, b) = (piece.start(), piece.end());
    Point::new(a.x().midpoint(b.x()), a.y().midpoint(b.y()))
        .unwrap_or_else(|_| unreachable!("between points of the lattice"))
}

fn rectangle(extent: Extent) -> Rectangle<[i32; 2]> {
    let corner = |p: Point| [p.x(), p.y()];
    Rectangle::from_corners(corner(extent.min()), corner(extent.max()))
}
