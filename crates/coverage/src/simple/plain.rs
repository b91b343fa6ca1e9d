//! The quick look at a boundary: whether its rings are simple, apart, and lie as their roles say.

#[cfg(test)]
mod laws;

use wangge_plane::{Meeting, Point, Ring, Segment, Shape, winding_nudged};

/// The most edges of a chain: its box stays small beside the ring's.
const CHAIN: usize = 32;

/// Below this many chains all are in one row.
const FEW_CHAINS: usize = 64;

/// How many pairs of chains and edges are looked at for each edge before the look is given up as
/// not quick. Boundaries of grids take some five.
const PATIENCE: usize = 256;

/// Whether all rings are simple, apart from each other, and lie as their roles say. A shape for
/// which this is not quickly seen is not plain.
pub(super) fn is_plain(shape: &Shape) -> bool {
    if !shape
        .parts()
        .iter()
        .all(|part| part.shell().doubled_area() > 0)
    {
        return false;
    }
    let rings: Vec<&Ring> = shape.rings().collect();
    let Some(layout) = Layout::of_rings_apart(rings) else {
        return false;
    };
    if layout.rings.len() == 1 {
        return true;
    }
    let roles = shape.parts().iter().flat_map(|part| {
        let holes = part.holes().iter().map(|_| 1);
        std::iter::once(0).chain(holes)
    });
    (0u32..)
        .zip(roles)
        .all(|(ring, around)| layout.winding_of_others(ring) == around)
}

/// A run of edges of one ring that goes always east or west, or always north or south: no two of
/// its edges meet but where one ends and the next begins.
#[derive(Debug, Clone, Copy)]
struct Chain {
    within: Box2,
    ring: u32,
    /// Its first edge, by the vertex where that begins.
    first: u32,
    count: u32,
}

/// A box, in lattice units.
#[derive(Debug, Clone, Copy)]
struct Box2 {
    west: i32,
    east: i32,
    south: i32,
    north: i32,
}

/// The chains of all rings, in rows by latitude, each row from west to east.
struct Layout<'a> {
    rings: Vec<&'a Ring>,
    chains: Vec<Chain>,
    /// A chain is in every row that its box meets.
    rows: Vec<Vec<u32>>,
    south: i64,
    /// Lattice units from south to north.
    height: i64,
}

impl<'a> Layout<'a> {
    /// The chains, if edges meet only where one ends and the next of the same ring begins.
    fn of_rings_apart(rings: Vec<&'a Ring>) -> Option<Self> {
        let edges: usize = rings.iter().map(|ring| ring.points().len()).sum();
        let mut patience = PATIENCE.saturating_mul(edges);
        let mut chains = Vec::with_capacity(edges / 4 + 8);
        for (number, ring) in (0u32..).zip(&rings) {
            cut_to_chains(number, ring.points(), &mut chains);
        }
        let layout = Self::of(rings, chains, &mut patience)?;
        for (number, row) in (0i64..).zip(&layout.rows) {
            // a pair is looked at in the first row that both are in
            let from = layout.south + number * layout.height;
            for (at, &first) in row.iter().enumerate() {
                let a = &layout.chains[first as usize];
                for &second in &row[at + 1..] {
                    let b = &layout.chains[second as usize];
                    if b.within.west > a.within.east {
                        break;
                    }
                    patience = patience.checked_sub(1)?;
                    let is_first_row = i64::from(a.within.south.max(b.within.south)) >= from;
                    if is_first_row
                        && a.within.meets(&b.within)
                        && !layout.are_apart(a, b, &mut patience)?
                    {
                        return None;
                    }
                }
            }
        }
        Some(layout)
    }

    fn of(rings: Vec<&'a Ring>, mut chains: Vec<Chain>, patience: &mut usize) -> Option<Self> {
        chains.sort_unstable_by_key(|chain| chain.within.west);
        let south = chains.iter().map(|c| i64::from(c.within.south)).min()?;
        let north = chains.iter().map(|c| i64::from(c.within.north)).max()?;
        let count = if chains.len() < FEW_CHAINS {
            1
        } else {
            chains.len().isqrt()
        };
        let height = (north - south) / i64::try_from(count).ok()? + 1;
        let mut rows = vec![Vec::new(); count];
        if count == 1 {
            rows[0].extend((0u32..).take(chains.len()));
        } else {
            let row = |y: i32| usize::try_from((i64::from(y) - south) / height).unwrap_or_default();
            for (number, chain) in (0u32..).zip(&chains) {
                for row in &mut rows[row(chain.within.south)..=row(chain.within.north)] {
                    *patience = patience.checked_sub(1)?;
                    row.push(number);
                }
            }
        }
        Some(Self {
            rings,
            chains,
            rows,
            south,
            height,
        })
    }

    /// Whether edges of two chains meet only where one ends and the next of the same ring begins;
    /// `None` where the patience is at an end.
    fn are_apart(&self, a: &Chain, b: &Chain, patience: &mut usize) -> Option<bool> {
        for (from, to, edge) in self.edges(a) {
            let within = Box2::of(edge.start(), edge.end());
            if !within.meets(&b.within) {
                continue;
            }
            *patience = patience.checked_sub(b.count as usize)?;
            for (other_from, other_to, other) in self.edges(b) {
                if !Box2::of(other.start(), other.end()).meets(&within) {
                    continue;
                }
                let joined = a.ring == b.ring && (to == other_from || other_to == from);
                let allowed = if joined {
                    Meeting::AtEnds
                } else {
                    Meeting::Apart
                };
                if edge.meeting(other) != allowed {
                    return Some(false);
                }
            }
        }
        Some(true)
    }

    /// The edges of a chain, each with the vertices of its ring where it begins and ends.
    fn edges(&self, chain: &Chain) -> impl Iterator<Item = (u32, u32, Segment)> {
        let points = self.rings[chain.ring as usize].points();
        (chain.first..chain.first + chain.count).map(move |from| {
            let to = from as usize + 1;
            let to = if to == points.len() { 0 } else { to };
            let edge = Segment::new(points[from as usize], points[to])
                .unwrap_or_else(|| unreachable!("neighbouring vertices of a ring differ"));
            (from, u32::try_from(to).unwrap_or(u32::MAX), edge)
        })
    }

    /// How often the other rings wind around the first vertex of a ring.
    fn winding_of_others(&self, ring: u32) -> i32 {
        let first = self.rings[ring as usize].points()[0];
        let row = (i64::from(first.y()) - self.south) / self.height;
        let row = &self.rows[usize::try_from(row).unwrap_or_default()];
        // only edges that come to the latitude, and from the west, can add to it
        row.iter()
            .map(|&number| &self.chains[number as usize])
            .take_while(|chain| chain.within.west <= first.x())
            .filter(|chain| chain.ring != ring)
            .filter(|chain| (chain.within.south..=chain.within.north).contains(&first.y()))
            .map(|chain| winding_nudged(self.edges(chain).map(|(_, _, edge)| edge), first))
            .sum()
    }
}

impl Box2 {
    fn of(a: Point, b: Point) -> Self {
        Self {
            west: a.x().min(b.x()),
            east: a.x().max(b.x()),
            south: a.y().min(b.y()),
            north: a.y().max(b.y()),
        }
    }

    fn with(self, p: Point) -> Self {
        Self {
            west: self.west.min(p.x()),
            east: self.east.max(p.x()),
            south: self.south.min(p.y()),
            north: self.north.max(p.y()),
        }
    }

    #[expect(
        clippy::needless_bitwise_bool,
        reason = "which of the four fails is not to be foreseen: to ask all is faster than to guess"
    )]
    const fn meets(&self, other: &Self) -> bool {
        (self.west <= other.east)
            & (other.west <= self.east)
            & (self.south <= other.north)
            & (other.south <= self.north)
    }
}

/// Cuts a ring to chains, beginning at its first vertex.
fn cut_to_chains(ring: u32, points: &[Point], chains: &mut Vec<Chain>) {
    let next = |at: usize| points[if at + 1 == points.len() { 0 } else { at + 1 }];
    let way = |at: usize| {
        let (from, to) = (points[at], next(at));
        (
            (to.x() > from.x(), to.x() != from.x()),
            (to.y() > from.y(), to.y() != from.y()),
        )
    };
    let mut at = 0;
    while at < points.len() {
        let ((east, mut along_x), (north, mut along_y)) = way(at);
        let first = at;
        let mut within = Box2::of(points[at], next(at));
        at += 1;
        while at < points.len() && at - first < CHAIN {
            let (x, y) = way(at);
            let (still_x, still_y) = (along_x && x == (east, true), along_y && y == (north, true));
            if !still_x && !still_y {
                break;
            }
            (along_x, along_y) = (still_x, still_y);
            within = within.with(next(at));
            at += 1;
        }
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        chains.push(Chain {
            within,
            ring,
            first: place(first),
            count: place(at - first),
        });
    }
}
