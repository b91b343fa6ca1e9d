//! All borders thinned, until no vertex can go.

use rayon::prelude::*;
use wangge_plane::{Point, cross};

use crate::simplify::border::{Desk, Thinned};
use crate::simplify::row::Row;

/// The work on all borders.
pub(super) struct Thinning<'a> {
    row: &'a mut Row,
    /// The largest triangle that goes, square metres.
    area_m2: f64,
    /// How many vertices each border keeps at least, ends included.
    least: Vec<usize>,
    /// Borders that join the same two nodes.
    parallel: Vec<Vec<usize>>,
    /// For each border, the places of the vertices that hold others of it back.
    blockers: Vec<Vec<u32>>,
    /// How many vertices within the tolerance each border has.
    held_back: Vec<usize>,
}

impl<'a> Thinning<'a> {
    pub(super) fn of(row: &'a mut Row, area_m2: f64) -> Self {
        let borders = row.borders();
        let mut ends: Vec<((Point, Point), usize)> = (0..borders)
            .map(|arc| {
                let points = row.points(arc);
                let (a, b) = (points[0], points[points.len() - 1]);
                ((a.min(b), a.max(b)), arc)
            })
            .collect();
        ends.par_sort_unstable();
        let mut least = vec![2; borders];
        let mut parallel = Vec::new();
        for same in ends.chunk_by(|a, b| a.0 == b.0) {
            let (a, b) = same[0].0;
            let arcs: Vec<usize> = same.iter().map(|&(_, arc)| arc).collect();
            // a closed one keeps a triangle
            let keeps = match arcs.len() {
                _ if a == b => 4,
                1 => 2,
                _ => 3,
            };
            for &arc in &arcs {
                least[arc] = keeps;
            }
            if keeps == 3 {
                parallel.push(arcs);
            }
        }
        Self {
            row,
            area_m2,
            least,
            parallel,
            blockers: vec![Vec::new(); borders],
            held_back: vec![0; borders],
        }
    }

    /// Takes vertices out until none can go, and says how many are held back.
    ///
    /// Borders are thinned each by itself, with the others as they stood before. A border of which
    /// a vertex was held back by one that has gone since is thinned again. When there is none, one
    /// of the borders between two nodes may become straight.
    pub(super) fn finish(mut self) -> usize {
        let mut to_thin: Vec<usize> = (0..self.least.len()).collect();
        loop {
            while !to_thin.is_empty() {
                self.thin(&to_thin);
                to_thin = self.freed();
            }
            if !self.straighten() {
                return self.held_back.iter().sum();
            }
            to_thin = self.freed();
        }
    }

    fn thin(&mut self, borders: &[usize]) {
        let (row, area_m2) = (&*self.row, self.area_m2);
        let thinned: Vec<Thinned> = borders
            .par_iter()
            .map_init(Desk::default, |desk, &arc| {
                desk.thin(row, arc, self.least[arc], area_m2)
            })
            .collect();
        for (&arc, thinned) in borders.iter().zip(thinned) {
            self.take(arc, thinned);
        }
    }

    fn take(&mut self, arc: usize, thinned: Thinned) {
        for at in thinned.gone {
            self.row.leave_out(at);
        }
        self.blockers[arc] = thinned.blockers;
        self.held_back[arc] = thinned.held_back;
    }

    /// The borders with a vertex that was held back by one that no longer stands.
    fn freed(&self) -> Vec<usize> {
        let gone = |&at: &u32| !self.row.stands(at);
        (0..self.blockers.len())
            .filter(|&arc| self.blockers[arc].iter().any(gone))
            .collect()
    }

    /// Where borders join the same two nodes and none is straight, takes the last bend out of the
    /// flattest that can spare it. Two straight ones would be the same edge.
    fn straighten(&mut self) -> bool {
        let mut any = false;
        let mut desk = Desk::default();
        for arcs in std::mem::take(&mut self.parallel) {
            let mut bent: Vec<(u64, usize)> = Vec::new();
            let mut straight = false;
            for &arc in &arcs {
                match *self.row.path(arc) {
                    [_, _] => straight = true,
                    [a, v, b] => bent.push((cross(a, v, b).unsigned_abs(), arc)),
                    _ => {}
                }
            }
            bent.sort_unstable();
            for (_, arc) in bent {
                if straight {
                    break;
                }
                let thinned = desk.thin(self.row, arc, 2, self.area_m2);
                straight = !thinned.gone.is_empty();
                any |= straight;
                self.take(arc, thinned);
            }
            if !straight {
                self.parallel.push(arcs);
            }
        }
        any
    }
}
