//! Cutting the ground into cells: bands of rows on all cores, crowded cells again and again.

use std::ops::Range;

use rayon::prelude::*;
use wangge_coverage::BorderEdge;
use wangge_plane::Extent;

use crate::Layout;
use crate::cells::Cells;
use crate::leaf::{SLACK, leaf_words};
use crate::node::{self, Arena, Cell, MOST_CUT_BITS, MOST_WORDS};
use crate::pages::{PAGE_BITS, PAGE_CELLS, Words, cells_of_page, slots};
use crate::path::{Edge, OUTSIDE, Place};
use crate::sweep::{Frame, Known, MOST_BITS};

/// Bands of rows that are worked on apart.
const BANDS: u32 = 256;

/// A cell is not cut when its parts would take more than this many times its memory.
const MOST_GROWTH: usize = 5;

/// Up to this many edges that a cut hardly spread are left together: they meet in one vertex.
const MANY_AT_ONE_VERTEX: usize = 64;

/// Up to so many top cells, there may be four times as many per edge as the layout says: they take 1.2 MB, which stay in
/// a cache, and most lookups then end at the first word.
const CELLS_FOR_LITTLE: u64 = 300_000;

/// More top cells than this are never made.
const MOST_TOP_CELLS: u64 = 1 << 31;

/// The cells over all edges; `None` without any.
pub(crate) fn cells(edges: &[BorderEdge], layout: Layout) -> Option<Cells> {
    let measured = Measured::of(edges)?;
    let mut bits = measured.cell_bits(layout);
    loop {
        let frame = measured.frame(bits);
        let cells = Builder { edges, layout }.build(&measured, frame);
        if let Some(cells) = cells {
            return Some(cells);
        }
        if bits == MOST_BITS {
            unreachable!(
                "nodes of one cell are at most {MOST_WORDS} words, enough for fifty million edges"
            );
        }
        bits += 1;
    }
}

/// Bytes that an index of these edges can be expected to take.
pub(crate) fn expected_bytes(edges: &[BorderEdge], layout: Layout) -> u64 {
    let Some(measured) = Measured::of(edges) else {
        return 0;
    };
    let frame = measured.frame(measured.cell_bits(layout));
    let records = measured.count + (measured.length >> frame.bits);
    node::expected_bytes(
        slots(frame).into(),
        records,
        measured.length / measured.count,
    )
}

/// What decides how large a cell is.
struct Measured {
    extent: Extent,
    count: u64,
    /// Width and height of all edges together, lattice units.
    length: u64,
}

impl Measured {
    fn of(edges: &[BorderEdge]) -> Option<Self> {
        let (extent, length) = edges
            .par_iter()
            .map(|edge| {
                let extent = edge.segment.extent();
                let (width, height) = sides(extent);
                (extent, width + height)
            })
            .reduce_with(|(e, l), (f, m)| (e.union(f), l + m))?;
        Some(Self {
            extent,
            count: edges.len() as u64,
            length,
        })
    }

    fn cell_bits(&self, layout: Layout) -> u32 {
        let (mut bits, most) = if let Some(bits) = layout.cell_bits {
            (u32::from(bits).min(MOST_BITS), 64 * self.count + 65_536)
        } else {
            let most = u64::from(layout.cells_per_edge) * self.count + 64;
            (0, most.max((4 * most).min(CELLS_FOR_LITTLE)))
        };
        let most = most.min(MOST_TOP_CELLS);
        let (width, height) = sides(self.extent);
        let fits = |bits: u32| {
            let padded = |side: u64| ((side >> bits) + 1).next_multiple_of(1 << PAGE_BITS);
            let cells = padded(width).checked_mul(padded(height));
            // one page there is in any case
            cells.is_some_and(|cells| cells <= most.max(PAGE_CELLS as u64))
                && self.length >> bits <= most / 2
        };
        while bits < MOST_BITS && !fits(bits) {
            bits += 1;
        }
        bits
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "the sides of an extent are below 2^32"
    )]
    fn frame(&self, bits: u32) -> Frame {
        let (width, height) = sides(self.extent);
        Frame {
            origin: self.extent.min().into(),
            bits,
            columns: (width >> bits) as u32 + 1,
            rows: (height >> bits) as u32 + 1,
        }
    }
}

struct Builder<'a> {
    edges: &'a [BorderEdge],
    layout: Layout,
}

/// The cells of some rows, their nodes in an arena of their own.
struct Band {
    cells: Vec<u32>,
    arena: Arena,
}

impl Builder<'_> {
    /// `None` when the nodes are more than a cell's word can count.
    fn build(&self, measured: &Measured, frame: Frame) -> Option<Cells> {
        let rows_per_band = frame.rows.div_ceil(BANDS).next_multiple_of(1 << PAGE_BITS);
        let bands = frame.rows.div_ceil(rows_per_band);
        let band_rows =
            |band: u32| band * rows_per_band..((band + 1) * rows_per_band).min(frame.rows);
        let queues = self.edges_by_band(frame, rows_per_band, bands);
        let built: Vec<Band> = (0..bands)
            .into_par_iter()
            .map(|band| self.band(frame, band_rows(band), queues.band(band)))
            .collect();
        drop(queues);

        let words = built.iter().map(|band| band.arena.len()).sum();
        if words > MOST_WORDS - SLACK {
            return None;
        }
        let mut cells = Words::with_capacity(slots(frame) as usize + 1);
        let mut arena = Arena::with_capacity(words);
        for band in built {
            let start = arena.append(&band.arena);
            cells.extend(band.cells.into_iter().map(|word| match Cell::of(word) {
                Cell::Node(at) => Cell::Node(start + at).word(),
                Cell::Face(_) => word,
            }));
        }
        Some(Cells::new(measured.extent, frame, cells, arena))
    }

    fn edges_by_band(&self, frame: Frame, rows_per_band: u32, bands: u32) -> Queues {
        let touched = |border: &BorderEdge| {
            let rows = frame.rows_of(&Edge::of(border), &(0..frame.rows));
            rows.start / rows_per_band..rows.end.div_ceil(rows_per_band)
        };
        Queues::sorted(bands as usize, self.edges.len(), |sink| {
            for (id, border) in (0u32..).zip(self.edges) {
                for band in touched(border) {
                    sink(band, id);
                }
            }
        })
    }

    fn band(&self, frame: Frame, rows: Range<u32>, ids: &[u32]) -> Band {
        let edges = || ids.iter().map(|&id| self.edge(id));
        let faces = frame.corner_faces(edges(), &rows, Known::FarWest);
        let queues = self.edges_by_cell(frame, &rows, ids);
        let mut arena = Arena::default();
        let order: Vec<(u32, u32)> = cells_of_page().collect();
        let mut cells = Vec::with_capacity(slots(Frame {
            rows: rows.end - rows.start,
            ..frame
        }) as usize);
        let starts = |cells: Range<u32>| cells.step_by(1 << PAGE_BITS);
        for (west, south) in starts(rows.clone())
            .flat_map(|south| starts(0..frame.columns).map(move |west| (west, south)))
        {
            cells.extend(order.iter().map(|&(east, north)| {
                let (column, row) = (west + east, south + north);
                if column >= frame.columns || row >= rows.end {
                    return OUTSIDE;
                }
                let at = (row - rows.start) * frame.columns + column;
                let cell = Square {
                    corner: frame.corner(column, row),
                    bits: frame.bits,
                    face: faces[at as usize],
                };
                self.fill(&mut arena, cell, queues.band(at), usize::MAX)
                    .word()
            }));
        }
        Band { cells, arena }
    }

    fn edges_by_cell(&self, frame: Frame, rows: &Range<u32>, ids: &[u32]) -> Queues {
        let mut pairs = Vec::with_capacity(ids.len() * 2);
        for &id in ids {
            frame.cells_of(&self.edge(id), rows, |row, first, last| {
                let start = (row - rows.start) * frame.columns;
                pairs.extend((first..=last).map(|column| (start + column, id)));
            });
        }
        let cells = frame.columns as usize * rows.len();
        Queues::sorted(cells, pairs.len(), |sink| {
            for &(cell, id) in &pairs {
                sink(cell, id);
            }
        })
    }

    /// Fills a cell that these edges run through, out of a parent with so many.
    fn fill(&self, arena: &mut Arena, square: Square, ids: &[u32], of_parent: usize) -> Cell {
        if ids.is_empty() {
            return Cell::Face(square.face);
        }
        let crowded = ids.len() > self.layout.leaf_edges.max(1) as usize;
        let hardly_spread = ids.len() <= MANY_AT_ONE_VERTEX && 2 * ids.len() > of_parent;
        if crowded && square.bits > 0 && !hardly_spread {
            let at = self.cut(arena, square, ids);
            if arena.len() - at <= MOST_GROWTH * leaf_words(ids.len()) {
                return Cell::Node(at);
            }
            arena.truncate(at);
        }
        let edges = ids.iter().map(|&id| self.edge(id));
        Cell::Node(arena.push_leaf(square.corner, square.bits, square.face, edges))
    }

    fn cut(&self, arena: &mut Arena, square: Square, ids: &[u32]) -> usize {
        let cut_bits = self.cut_bits(square, ids);
        let frame = Frame {
            origin: square.corner,
            bits: square.bits - cut_bits,
            columns: 1 << cut_bits,
            rows: 1 << cut_bits,
        };
        let rows = 0..frame.rows;
        let edges = ids.iter().map(|&id| self.edge(id));
        let faces = frame.corner_faces(edges, &rows, Known::Corner(square.face));
        let queues = self.edges_by_cell(frame, &rows, ids);
        let at = arena.push_grid(cut_bits);
        for (i, &face) in (0u32..).zip(&faces) {
            let part = Square {
                corner: frame.corner(i % frame.columns, i / frame.columns),
                bits: frame.bits,
                face,
            };
            let filled = self.fill(arena, part, queues.band(i), ids.len());
            arena.set(at, i as usize, filled);
        }
        at
    }

    /// The finest cut with at most four cells per edge that can be expected to keep within the growth
    /// allowed.
    fn cut_bits(&self, square: Square, ids: &[u32]) -> u32 {
        let side = 1u64 << square.bits;
        let length: u64 = ids
            .iter()
            .map(|&id| {
                let (width, height) = sides(self.edges[id as usize].segment.extent());
                width.min(side) + height.min(side)
            })
            .sum();
        let edges = ids.len() as u64;
        let most_words = (MOST_GROWTH * leaf_words(ids.len())) as u64;
        let mut bits = 1;
        while bits < MOST_CUT_BITS.min(square.bits) {
            let finer = bits + 1;
            let cells = 1u64 << (2 * finer);
            // edges met again in each column and row that they reach into, and a head for each
            let records = edges + (length << finer >> square.bits);
            if cells > 4 * edges || cells + 8 * records > most_words {
                break;
            }
            bits = finer;
        }
        bits
    }

    fn edge(&self, id: u32) -> Edge {
        Edge::of(&self.edges[id as usize])
    }
}

/// A cell and the face at its nudged south-western corner.
#[derive(Clone, Copy)]
struct Square {
    corner: Place,
    bits: u32,
    face: u32,
}

/// Edge numbers in queues, one queue after the other.
struct Queues {
    starts: Vec<u32>,
    ids: Vec<u32>,
}

impl Queues {
    /// Sorts by counting: `feed` hands (queue, id) pairs to the sink, twice the same.
    fn sorted(queues: usize, about: usize, feed: impl Fn(&mut dyn FnMut(u32, u32))) -> Self {
        let mut starts = vec![0u32; queues + 2];
        feed(&mut |queue, _| starts[queue as usize + 2] += 1);
        for i in 2..starts.len() {
            starts[i] += starts[i - 1];
        }
        let total = starts.last().map_or(about, |&total| total as usize);
        let mut ids = vec![0u32; total];
        feed(&mut |queue, id| {
            let next = &mut starts[queue as usize + 1];
            ids[*next as usize] = id;
            *next += 1;
        });
        Self { starts, ids }
    }

    fn band(&self, queue: u32) -> &[u32] {
        let queue = queue as usize;
        &self.ids[self.starts[queue] as usize..self.starts[queue + 1] as usize]
    }
}

fn sides(extent: Extent) -> (u64, u64) {
    let across = extent.max().from_origin(extent.min());
    (across.dx.unsigned_abs(), across.dy.unsigned_abs())
}
