//! A tree of boxes over edges, to look near a place without looking everywhere.

use std::ops::ControlFlow;

use wangge_plane::{Extent, Segment};

/// What a search through the tree looks for.
pub(crate) trait Visit {
    /// How far away a box is, in any measure: the nearer of two is searched first. `None` when
    /// nothing in it matters. Asked again after the nearer one was searched.
    fn enter(&self, extent: Extent) -> Option<f64>;

    /// Looks at an edge, by its place in the list that the tree was built from.
    fn edge(&mut self, edge: u32) -> ControlFlow<()>;
}

/// Edges in boxes in boxes, halved by their middles so that the depth is the logarithm of their
/// number whatever they look like.
pub(crate) struct EdgeTree {
    /// The root first; a node's lower half follows it at once.
    nodes: Vec<Node>,
    /// The edges, those of one leaf together.
    ids: Vec<u32>,
}

struct Node {
    extent: Extent,
    kind: Kind,
}

enum Kind {
    /// Places in `ids`, from and to.
    Leaf(u32, u32),
    /// The node of the upper half.
    Halves(u32),
}

/// Edges in one leaf at most: looking at these costs about as much as two boxes more.
const LEAF: usize = 6;

impl EdgeTree {
    /// A tree over these edges.
    pub(crate) fn new(edges: &[Segment]) -> Self {
        let mut tree = Self {
            nodes: Vec::with_capacity(2 * edges.len() / LEAF + 2),
            ids: (0u32..).take(edges.len()).collect(),
        };
        let mut ids = std::mem::take(&mut tree.ids);
        tree.grow(edges, &mut ids, 0);
        tree.ids = ids;
        tree
    }

    /// Shows the visitor every edge that matters to it, until it has enough.
    pub(crate) fn search(&self, visitor: &mut impl Visit) -> ControlFlow<()> {
        match self.nodes.first() {
            Some(root) if visitor.enter(root.extent).is_some() => self.descend(0, visitor),
            _ => ControlFlow::Continue(()),
        }
    }

    fn descend(&self, at: u32, visitor: &mut impl Visit) -> ControlFlow<()> {
        match self.nodes[at as usize].kind {
            Kind::Leaf(from, to) => {
                for &id in &self.ids[from as usize..to as usize] {
                    visitor.edge(id)?;
                }
            }
            Kind::Halves(upper) => {
                let lower = at + 1;
                let enter =
                    |at: u32, visitor: &_| Visit::enter(visitor, self.nodes[at as usize].extent);
                match (enter(lower, &*visitor), enter(upper, &*visitor)) {
                    (Some(a), Some(b)) => {
                        let (first, second) = if a <= b {
                            (lower, upper)
                        } else {
                            (upper, lower)
                        };
                        self.descend(first, visitor)?;
                        if enter(second, &*visitor).is_some() {
                            self.descend(second, visitor)?;
                        }
                    }
                    (Some(_), None) => self.descend(lower, visitor)?,
                    (None, Some(_)) => self.descend(upper, visitor)?,
                    (None, None) => {}
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// Adds the node over `ids`, which stand at `from` among all.
    fn grow(&mut self, edges: &[Segment], ids: &mut [u32], from: usize) {
        let boxes = ids.iter().map(|&id| edges[id as usize].extent());
        let Some(extent) = boxes.reduce(Extent::union) else {
            return;
        };
        let at = self.nodes.len();
        if ids.len() <= LEAF {
            let kind = Kind::Leaf(by_index(from), by_index(from + ids.len()));
            self.nodes.push(Node { extent, kind });
            return;
        }
        let size = extent.max().from_origin(extent.min());
        let middle = ids.len() / 2;
        ids.select_nth_unstable_by_key(middle, |&id| {
            let (a, b) = (edges[id as usize].start(), edges[id as usize].end());
            if size.dx >= size.dy {
                i64::from(a.x()) + i64::from(b.x())
            } else {
                i64::from(a.y()) + i64::from(b.y())
            }
        });
        let (lower, upper) = ids.split_at_mut(middle);
        let kind = Kind::Halves(0);
        self.nodes.push(Node { extent, kind });
        self.grow(edges, lower, from);
        self.nodes[at].kind = Kind::Halves(by_index(self.nodes.len()));
        self.grow(edges, upper, from + middle);
    }
}

fn by_index(i: usize) -> u32 {
    u32::try_from(i).unwrap_or_else(|_| unreachable!("2^32 edges are 64 GB of them"))
}
