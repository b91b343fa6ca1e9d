//! One planted defect, as the truth has it.

use serde::Serialize;
use wangge_model::Code;
use wangge_plane::{Point, Ring};

use super::bend::Misfit;
use super::width::Width;
use super::{PlantedKind, ReportKind};

/// A vertex that lies exactly on a border, of which one side lacks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LackedVertex {
    /// Where it is.
    pub point: Point,
    /// The grid that has no vertex there.
    pub lacks: Code,
}

/// A defect that was planted, and what a report must say of it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlantedDefect {
    /// From 1 on, in the order of [`PlantedKind::ALL`].
    pub number: usize,
    /// What was done.
    pub kind: PlantedKind,
    /// The grid that it was done to; of a duplicate, the one that was added.
    pub grid: Code,
    /// The grids that a report of an expected kind names, by code.
    pub grids: Vec<Code>,
    /// Further grids whose ground or border it touches, by code: reports of the kinds in `also`
    /// may name them.
    pub beside: Vec<Code>,
    /// How large it is, metres: how far the dropped or extra vertex lies off the border (0 on it),
    /// how far the vertex moved, how far the vertex of a strip that moved most, the length of a
    /// spike, the distance of the swapped vertices. `None` for a duplicate.
    pub size_m: Option<f64>,
    /// A vertex of the defect: what moved, came or went, the tip of a spike.
    pub place: Point,
    /// Twice the area of ground that is now missing, in square lattice units, exact.
    pub doubled_missing: i128,
    /// Twice the area of ground that two grids now have, in square lattice units, exact.
    pub doubled_twice: i128,
    /// Twice the area of the loop of a bow-tie, in square lattice units, exact: ground that the
    /// ring goes around twice, or backwards. Whether it is missing or covered twice is for the
    /// rule of filling to say.
    pub doubled_loop: i128,
    /// The diameter of the largest circle in the misfit, metres, to a hundredth of
    /// itself or a millimetre.
    pub width_m: Option<f64>,
    /// Around the ground that is missing or covered twice, counter-clockwise. `None` where there is
    /// none, for duplicates, and for bow-ties, whose crossing is no point of the lattice.
    pub misfit: Option<Ring>,
    /// Vertices on a border of which one side lacks them.
    pub unmatched: Vec<LackedVertex>,
    /// A vertex on a straight edge that both grids were given first, so that one of them could drop
    /// or move it: cities hardly ever have vertices exactly between their neighbours.
    pub prepared: Option<Point>,
    /// A report has one of these kinds here.
    pub expect: Vec<ReportKind>,
    /// A report may have these kinds here too.
    pub also: Vec<ReportKind>,
}

impl PlantedDefect {
    /// A defect of which nothing is known but what was done, to which grid, and where.
    pub(super) const fn new(kind: PlantedKind, grid: Code, place: Point) -> Self {
        Self {
            number: 0,
            kind,
            grid,
            grids: Vec::new(),
            beside: Vec::new(),
            size_m: None,
            place,
            doubled_missing: 0,
            doubled_twice: 0,
            doubled_loop: 0,
            width_m: None,
            misfit: None,
            unmatched: Vec::new(),
            prepared: None,
            expect: Vec::new(),
            also: Vec::new(),
        }
    }

    /// Enters ground that is missing or covered twice, and what a report calls it.
    pub(super) fn set_misfit(&mut self, misfit: Misfit) {
        let width = Width::of(&misfit.ring);
        let (area, wide) = if misfit.missing {
            (&mut self.doubled_missing, ReportKind::Gap)
        } else {
            (&mut self.doubled_twice, ReportKind::Overlap)
        };
        *area = misfit.ring.doubled_area();
        if !width.must_be_hairline() {
            self.expect.push(wide);
        }
        if width.may_be_hairline() {
            self.expect.push(ReportKind::Hairline);
        }
        self.width_m = Some(width.ground_m());
        self.misfit = Some(misfit.ring);
    }

    /// As a line of a truth file: codes, degrees, exact areas as strings.
    pub(super) fn as_row(&self) -> impl Serialize + '_ {
        Row {
            number: self.number,
            kind: self.kind,
            grid: self.grid.as_str(),
            grids: self.grids.iter().map(Code::as_str).collect(),
            beside: self.beside.iter().map(Code::as_str).collect(),
            size_m: self.size_m,
            lon: self.place.lon(),
            lat: self.place.lat(),
            doubled_missing: self.doubled_missing.to_string(),
            doubled_twice: self.doubled_twice.to_string(),
            doubled_loop: self.doubled_loop.to_string(),
            width_m: self.width_m,
            misfit: self.misfit.as_ref().map(|ring| {
                let points = ring.points();
                points
                    .iter()
                    .chain(&points[..1])
                    .copied()
                    .map(degrees)
                    .collect()
            }),
            unmatched: self
                .unmatched
                .iter()
                .map(|vertex| LackedRow {
                    lon: vertex.point.lon(),
                    lat: vertex.point.lat(),
                    lacks: vertex.lacks.as_str(),
                })
                .collect(),
            prepared: self.prepared.map(degrees),
            expect: &self.expect,
            also: &self.also,
        }
    }
}

#[derive(Serialize)]
struct Row<'a> {
    number: usize,
    kind: PlantedKind,
    grid: &'a str,
    grids: Vec<&'a str>,
    beside: Vec<&'a str>,
    size_m: Option<f64>,
    lon: f64,
    lat: f64,
    doubled_missing: String,
    doubled_twice: String,
    doubled_loop: String,
    width_m: Option<f64>,
    misfit: Option<Vec<[f64; 2]>>,
    unmatched: Vec<LackedRow<'a>>,
    prepared: Option<[f64; 2]>,
    expect: &'a [ReportKind],
    also: &'a [ReportKind],
}

#[derive(Serialize)]
struct LackedRow<'a> {
    lon: f64,
    lat: f64,
    lacks: &'a str,
}

fn degrees(point: Point) -> [f64; 2] {
    [point.lon(), point.lat()]
}
