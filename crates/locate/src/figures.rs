//! Lines and areas as a search reads them: their vertices in short runs, each with its box.

use wangge_plane::{Extent, Figure, Point, Ring, Segment, winding_nudged};

use crate::packed::Box4;

/// Edges in one run, at most.
const RUN: usize = 16;

/// Lines and areas one after the other, in the order of their tree.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    spans: Vec<Span>,
    runs: Vec<Run>,
    points: Vec<Point>,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    /// The first of its runs; they end where the next figure's begin.
    first_run: u32,
    is_area: bool,
}

/// Neighbouring edges of one path or ring.
#[derive(Debug, Clone, Copy)]
struct Run {
    around: Box4,
    first_point: u32,
    edges: u32,
}

/// One line or area, borrowed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FigureRef<'a> {
    runs: &'a [Run],
    points: &'a [Point],
    is_area: bool,
}

impl Figures {
    /// Appends a line or an area; a point is none.
    pub(crate) fn push(&mut self, figure: &Figure) {
        self.spans.push(Span {
            first_run: counted(self.runs.len()),
            is_area: matches!(figure, Figure::Area(_)),
        });
        match figure {
            Figure::Point(_) => {}
            Figure::Line(line) => {
                for part in line.parts() {
                    self.runs_over(part.iter().copied());
                }
            }
            Figure::Area(shape) => shape.rings().for_each(|ring| self.ring(ring)),
        }
    }

    fn ring(&mut self, ring: &Ring) {
        let points = ring.points();
        self.runs_over(points.iter().chain(points.first()).copied());
    }

    fn runs_over(&mut self, points: impl Iterator<Item = Point>) {
        let first = self.points.len();
        self.points.extend(points);
        let last = self.points.len() - 1;
        for start in (first..last).step_by(RUN) {
            let end = last.min(start + RUN);
            let points = &self.points[start..=end];
            let boxes = points.iter().map(|&p| Box4::at(p));
            let around = boxes.reduce(Box4::union);
            self.runs.extend(around.map(|around| Run {
                around,
                first_point: counted(start),
                edges: counted(end - start),
            }));
        }
    }

    pub(crate) fn get(&self, at: usize) -> FigureRef<'_> {
        let span = self.spans[at];
        let end = self
            .spans
            .get(at + 1)
            .map_or(self.runs.len(), |next| next.first_run as usize);
        FigureRef {
            runs: &self.runs[span.first_run as usize..end],
            points: &self.points,
            is_area: span.is_area,
        }
    }

    /// Gives back the memory that nothing more will need.
    pub(crate) fn shrink(&mut self) {
        self.spans.shrink_to_fit();
        self.runs.shrink_to_fit();
        self.points.shrink_to_fit();
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.spans.capacity() * size_of::<Span>()
            + self.runs.capacity() * size_of::<Run>()
            + self.points.capacity() * size_of::<Point>()
    }
}

impl<'a> FigureRef<'a> {
    /// Its runs of edges, each with the box around it.
    pub(crate) fn runs(self) -> impl Iterator<Item = (Box4, impl Iterator<Item = Segment> + 'a)> {
        self.runs.iter().map(move |run| {
            let first = run.first_point as usize;
            let points = &self.points[first..=first + run.edges as usize];
            let edges = points.windows(2);
            let edges = edges.filter_map(|ends| Segment::new(ends[0], ends[1]));
            (run.around, edges)
        })
    }

    /// Whether it is an area that holds the point, on its border or off it. Exact.
    pub(crate) fn holds(self, p: Point) -> bool {
        // an edge counts in the winding only if the point's parallel meets it, and not to the east of the point
        let counts =
            |around: &Box4| around.west <= p.x() && around.south <= p.y() && p.y() <= around.north;
        self.is_area
            && (winding_nudged(self.edges_where(counts), p) != 0
                || self.edges_where(counts).any(|edge| edge.holds(p)))
    }

    /// Whether it shares a point with the closed box. Exact.
    pub(crate) fn meets(self, extent: Extent) -> bool {
        let within = Box4::of(extent);
        self.edges_where(|around| around.meets(&within)).any(|edge| edge.meets(extent))
            // no border in the box: it is inside all over, or nowhere
            || self.holds(extent.min())
    }

    fn edges_where(self, passes: impl Fn(&Box4) -> bool) -> impl Iterator<Item = Segment> {
        let runs = self.runs().filter(move |(around, _)| passes(around));
        runs.flat_map(|(_, edges)| edges)
    }
}

fn counted(count: usize) -> u32 {
    u32::try_from(count).unwrap_or_else(|_| unreachable!("2^32 vertices are 32 GB of them"))
}
