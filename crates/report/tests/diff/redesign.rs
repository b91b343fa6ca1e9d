//! A redesign made by hand: what it changes is written down here and worked out nowhere.

use wangge_plane::{Point, Polygon, Ring, Shape};
use wangge_replan::{Change, ChangeKind, Diff, DiffTerms, Piece, Rounding};
use wangge_report::{
    CountedBy, DiffEvidence, DiffReport, DiffSide, DiffSource, GridMeasure, Language, MapGrid,
    MeasuredGrid, PieceEvidence,
};

/// The south-west corner, lattice units.
const CORNER: (i32, i32) = (1_208_000_000, 406_000_000);

/// A rectangle of the drawing, in steps of 1000 units (8.5 m to the east, 11.1 m to the north).
pub(crate) fn block(west: i32, south: i32, east: i32, north: i32) -> Shape {
    let corners = [(west, south), (east, south), (east, north), (west, north)];
    let points = corners
        .map(|(x, y)| Point::new(CORNER.0 + x * 1000, CORNER.1 + y * 1000).unwrap())
        .to_vec();
    Shape::new(vec![Polygon::new(Ring::new(points).unwrap(), vec![])]).unwrap()
}

/// Two plans and what changes between them.
pub(crate) struct Redesign {
    pub(crate) old: Vec<(String, Shape)>,
    pub(crate) new: Vec<(String, Shape)>,
    pub(crate) diff: Diff,
    pub(crate) evidence: DiffEvidence,
}

impl Redesign {
    /// Of every kind of change one.
    ///
    /// ```text
    /// before                        after
    /// +---+---+---+---+---+---+     +---+-----+-+---+---+---+
    /// | A | B | C | D | E | F |     | A |  B  |C| D | G | F'|   B takes the west of C
    /// +---+---+---+---+---+---+     |   +---+-+-+---+---+---+
    /// |   H   | I | J | K | L |     |   | M | N | J+K   | L |   H gives its west to A, I and the rest
    /// +-------+---+---+---+---+     +---+---+---+-------+---+   are cut anew, K goes into J
    /// ```
    pub(crate) fn of_every_kind(code: impl Fn(&str) -> String) -> Self {
        let named = |grids: &[(&str, Shape)]| -> Vec<(String, Shape)> {
            let grids = grids.iter();
            grids.map(|(c, shape)| (code(c), shape.clone())).collect()
        };
        let old = named(&[
            ("A", block(0, 20, 20, 40)),
            ("B", block(20, 20, 40, 40)),
            ("C", block(40, 20, 60, 40)),
            ("E", block(60, 20, 80, 40)),
            ("F", block(80, 20, 100, 40)),
            ("H", block(0, 0, 40, 20)),
            ("J", block(40, 0, 60, 20)),
            ("K", block(60, 0, 80, 20)),
            ("L", block(80, 0, 100, 20)),
        ]);
        let new = named(&[
            ("A", block(0, 20, 20, 40)),
            ("B", block(20, 20, 50, 40)),
            ("C", block(50, 20, 60, 40)),
            ("F", block(80, 20, 100, 40)),
            ("G", block(60, 20, 80, 40)),
            ("H", block(0, 0, 25, 20)),
            ("J", block(40, 0, 80, 20)),
            ("M", block(25, 0, 40, 20)),
            ("N", block(100, 0, 120, 20)),
        ]);
        let piece = |old: Option<u32>, new: Option<u32>, shape: Shape| Piece {
            old,
            new,
            doubled_area: shape.doubled_area(),
            area_m2: shape.area_m2(),
            wider_than_tolerance: true,
            ground: shape.parts().to_vec(),
        };
        let pieces = vec![
            piece(Some(1), Some(1), block(20, 20, 40, 40)),
            piece(Some(2), Some(1), block(40, 20, 50, 40)),
            piece(Some(2), Some(2), block(50, 20, 60, 40)),
            piece(Some(3), Some(4), block(60, 20, 80, 40)),
            piece(Some(5), Some(5), block(0, 0, 25, 20)),
            piece(Some(5), Some(7), block(25, 0, 40, 20)),
            piece(Some(6), Some(6), block(40, 0, 60, 20)),
            piece(Some(7), Some(6), block(60, 0, 80, 20)),
            piece(Some(8), None, block(80, 0, 100, 20)),
            piece(None, Some(8), block(100, 0, 120, 20)),
        ];
        let change = |kind, old: &[u32], new: &[u32], of: &[u32], moved: &[usize]| Change {
            kind,
            old: old.to_vec(),
            new: new.to_vec(),
            pieces: of.to_vec(),
            area_m2: moved.iter().map(|&at| pieces[at].area_m2).sum(),
            max_shift_m: 0.0,
        };
        let changes = vec![
            change(ChangeKind::Renamed, &[3], &[4], &[3], &[]),
            change(ChangeKind::Transfer, &[1, 2], &[1, 2], &[0, 1, 2], &[1]),
            change(ChangeKind::Split, &[5], &[5, 7], &[4, 5], &[5]),
            change(ChangeKind::Merge, &[6, 7], &[6], &[6, 7], &[7]),
            change(ChangeKind::New, &[], &[8], &[9], &[9]),
            change(ChangeKind::Gone, &[8], &[], &[8], &[8]),
        ];
        let changed_area_m2 = [1, 5, 7].iter().map(|&at: &usize| pieces[at].area_m2).sum();
        Self {
            old,
            new,
            diff: Diff {
                unchanged: vec![(0, 0), (4, 3)],
                changes,
                pieces,
                rounding: vec![Rounding {
                    old: Some(2),
                    new: None,
                    doubled_area: -3,
                }],
                changed_area_m2,
                changed_share: 0.1625,
            },
            evidence: DiffEvidence::default(),
        }
    }

    /// The same with what is known of who lives there.
    pub(crate) fn with_evidence(mut self) -> Self {
        let known = |households: f64, by, components: &[&str]| PieceEvidence {
            households: Some((households, by)),
            population: None,
            components: Some(components.iter().map(ToString::to_string).collect()),
            ..PieceEvidence::default()
        };
        self.evidence.pieces = (0u32..)
            .take(self.diff.pieces.len())
            .map(|at| match at {
                1 => known(312.0, CountedBy::Points, &["c-1", "c-2"]),
                2 => known(15.25, CountedBy::Area, &["c-3"]),
                _ => PieceEvidence::default(),
            })
            .collect();
        let measure = |households: f64, outside: Vec<&'static str>| GridMeasure {
            area_m2: 1234.5,
            compactness: 0.785,
            households: Some(households),
            population: None,
            outside_limits: outside,
            components: Some(3),
            street_border_m: Some(12.5),
        };
        self.evidence.grids = vec![MeasuredGrid {
            code: self.old[1].0.clone(),
            old: Some(measure(400.0, vec![])),
            new: Some(measure(712.0, vec!["households"])),
        }];
        self
    }

    /// The same in a city of so many blocks to the north, of which the last has another code.
    pub(crate) fn in_a_city(mut self, columns: i32, rows: i32) -> Self {
        let blocks = (0..rows).flat_map(|y| (0..columns).map(move |x| (x, y)));
        for (x, y) in blocks {
            let shape = block(x * 20, 40 + y * 20, x * 20 + 20, 60 + y * 20);
            let code = format!("3304{:04}{:04}", y + 1, x + 1);
            let place = |grids: &[(String, Shape)]| u32::try_from(grids.len()).unwrap();
            let (old, new) = (place(&self.old), place(&self.new));
            self.old.push((code.clone(), shape.clone()));
            if (x + 1, y + 1) != (columns, rows) {
                self.diff.unchanged.push((old, new));
                self.new.push((code, shape));
                continue;
            }
            self.new.push((format!("{code}-new"), shape));
            self.diff.changes.push(Change {
                kind: ChangeKind::Renamed,
                old: vec![old],
                new: vec![new],
                pieces: vec![],
                area_m2: 0.0,
                max_shift_m: 0.0,
            });
        }
        self
    }

    /// The same with nothing that changes.
    pub(crate) fn of_nothing() -> Self {
        let mut same = Self::of_every_kind(ToString::to_string);
        same.new = same.old.clone();
        same.diff = Diff {
            unchanged: (0..9).map(|at| (at, at)).collect(),
            changes: vec![],
            pieces: vec![],
            rounding: vec![],
            changed_area_m2: 0.0,
            changed_share: 0.0,
        };
        same
    }

    pub(crate) fn with_sides<T>(&self, work: impl FnOnce(DiffSide<'_>, DiffSide<'_>) -> T) -> T {
        let (old, new) = (map_grids(&self.old), map_grids(&self.new));
        work(
            DiffSide {
                name: "old.geojson",
                grids: &old,
            },
            DiffSide {
                name: "new.geojson",
                grids: &new,
            },
        )
    }

    /// The page of the report, with a day that never changes.
    pub(crate) fn page(&self, language: Language) -> String {
        let report = self.report();
        self.with_sides(|old, new| {
            let source = DiffSource {
                diff: &self.diff,
                old,
                new,
                date: "2026-12-01",
            };
            report.html(language, &source)
        })
    }

    pub(crate) fn report(&self) -> DiffReport {
        self.with_sides(|old, new| {
            let terms = DiffTerms::default();
            DiffReport::new(&self.diff, old, new, &terms, &self.evidence)
        })
    }
}

fn map_grids(grids: &[(String, Shape)]) -> Vec<MapGrid<'_>> {
    grids
        .iter()
        .map(|(code, shape)| MapGrid {
            code,
            name: None,
            shape,
        })
        .collect()
}
