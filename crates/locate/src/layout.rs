//! How finely the index cuts the ground.

/// How the cells of a [`FaceIndex`](crate::FaceIndex) are cut. It decides about speed and memory only: the answers are
/// the same for every layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Side of a top cell as a power of two, in lattice units (13 is 8192 units, about 91 m). `None`
    /// takes the smallest side within `cells_per_edge`. A side that would need more than 64 cells
    /// per edge (and 65,536 over) is doubled until it does not.
    pub cell_bits: Option<u8>,
    /// Top cells per border edge, at most, where `cell_bits` does not say; four times as many as long as all are
    /// fewer than 300,000. One page of 32 by 32 cells there is in any case.
    pub cells_per_edge: u32,
    /// A cell that more edges than this run through is cut again.
    pub leaf_edges: u32,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            cell_bits: None,
            cells_per_edge: 8,
            leaf_edges: 6,
        }
    }
}
