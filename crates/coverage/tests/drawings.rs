//! Well-known small drawings of coverages, each with the defects that it has.
//!
//! `drawings/README.md` tells the format, and `drawings/verify.py` checks the drawings against
//! GEOS.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that panics has failed"
)]

#[path = "drawings/read.rs"]
mod read;

use std::fs;
use std::path::Path;

use read::{Area, Drawing, Expected, Ground};
use rstest::rstest;
use wangge_coverage::{Defect, Member, Outline, Place, Terms, prove, survey};
use wangge_plane::{Point, Shape};

/// A defect that was reported.
#[derive(Debug, Clone, PartialEq)]
struct Found {
    kind: String,
    /// The codes of the grids concerned, in order.
    grids: Vec<String>,
    /// Twice the area in square lattice units, of what has ground.
    doubled_area: Option<i128>,
    /// Where it is, of what is at a vertex.
    at: Option<Point>,
}

/// Every defect that is reported for a drawing.
fn found(drawing: &Drawing) -> Vec<Found> {
    asked(drawing, |members, outline| {
        let terms = Terms {
            outline,
            ..Terms::default()
        };
        let defects = survey(members, &terms).defects;
        let as_found = |defect: &Defect| {
            let code = |&member: &usize| members[member].code.to_owned();
            let mut grids: Vec<String> = defect.members.iter().map(code).collect();
            grids.sort_unstable();
            Found {
                kind: defect.kind.name().to_owned(),
                grids,
                doubled_area: defect.doubled_area,
                at: match &defect.place {
                    Place::Points(points) => points.first().copied(),
                    _ => None,
                },
            }
        };
        defects.iter().map(as_found).collect()
    })
}

/// Where a drawing lies; none of its defects depends on that.
#[derive(Debug, Clone, Copy)]
enum Placement {
    /// Where the file puts it, at the equator.
    AsDrawn,
    /// In the middle latitudes, where a unit to the east is shorter than one to the north.
    Inland,
    /// East and north exchanged, so that every ring runs the other way.
    Mirrored,
}

#[rstest]
fn the_proof_says_of_every_drawing_what_the_drawing_says(
    #[values(Placement::AsDrawn, Placement::Inland, Placement::Mirrored)] placement: Placement,
) {
    let wrong: Vec<String> = drawings()
        .iter()
        .map(|drawing| drawing.placed(placement))
        .filter(|drawing| proved_seamless(drawing) != drawing.seamless)
        .map(|drawing| drawing.name)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[rstest]
fn every_drawing_has_the_defects_that_it_names(
    #[values(Placement::AsDrawn, Placement::Inland, Placement::Mirrored)] placement: Placement,
) {
    let mut wrong = Vec::new();
    for drawing in drawings() {
        let drawing = drawing.placed(placement);
        for difference in differences(&drawing, &found(&drawing)) {
            wrong.push(format!("{}: {difference}", drawing.name));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_drawings_are_many_and_have_defects_of_every_kind() {
    // a ring on the lattice has no vertex twice in a row: that is seen when a file is read
    let unseen = "duplicate-vertex";
    let drawings = drawings();
    assert!(drawings.len() >= 80, "{}", drawings.len());
    let drawn = |kind: &str| {
        drawings
            .iter()
            .any(|drawing| drawing.expected.iter().any(|defect| defect.kind == kind))
    };
    let missing: Vec<&str> = read::KINDS
        .into_iter()
        .filter(|kind| *kind != unseen && !drawn(kind))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

const SQUARE: &str = "A POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))";

#[rstest]
#[case::ring_left_open("B POLYGON ((0 0, 1 0, 1 1, 0 1))", "no closed ring")]
#[case::two_vertices("B POLYGON ((0 0, 1 0, 0 0))", "no closed ring")]
#[case::no_polygon("B LINESTRING (0 0, 1 0)", "neither POLYGON nor MULTIPOLYGON")]
#[case::parenthesis_forgotten("B POLYGON (0 0, 1 0, 1 1, 0 0)", "no parentheses")]
#[case::a_fraction("B POLYGON ((0 0, 1.5 0, 1 1, 0 0))", "1.5 is no whole number")]
#[case::off_the_lattice("B POLYGON ((0 0, 2000000 0, 1 1, 0 0))", "longitude")]
#[case::unit_too_late("unit 1", "the unit comes before coordinates")]
#[case::unknown_kind("expect hole A", "hole is no kind")]
#[case::unknown_grid("expect gap A Z 5", "Z is no grid")]
#[case::doubtful_verdict("expect seamless perhaps", "seamless is no kind")]
#[case::cells_otherwise("cells F 2 by 2", "not as in")]
fn a_line_that_says_nothing_known_is_refused(#[case] line: &str, #[case] problem: &str) {
    let text = format!("{SQUARE}\n{line}\nexpect seamless true");
    let refusal = Drawing::read("test", &text).unwrap_err();
    assert!(
        refusal.contains(line) && refusal.contains(problem),
        "{refusal}"
    );
}

#[test]
fn a_drawing_without_a_verdict_is_refused() {
    assert!(
        Drawing::read("test", SQUARE)
            .unwrap_err()
            .contains("no verdict")
    );
}

#[test]
fn a_drawing_is_read_with_parts_holes_cells_and_units() {
    let text = "# two parts, one with a hole\n\
        unit 10\n\
        A MULTIPOLYGON (((0 0, 9 0, 9 9, 0 0), (4 2, 5 3, 5 2, 4 2)), ((20 0, 21 0, 21 1, 20 0)))\n\
        cells F 2 by 2 from 30 40 size 5 without F0001\n\
        expect seamless false\n\
        expect gap F0100 A 7\n\
        expect overlap A ~ 2.5\n\
        expect spike A\n\
        may duplicate-vertex A at 9 0";
    let drawing = Drawing::read("test", text).unwrap();
    let at = |x: i32, y: i32| Point::new(x, y).unwrap();
    assert_eq!(
        drawing.grids[0].ground,
        Ground(vec![
            vec![
                vec![at(0, 0), at(90, 0), at(90, 90)],
                vec![at(40, 20), at(50, 30), at(50, 20)],
            ],
            vec![vec![at(200, 0), at(210, 0), at(210, 10)]],
        ])
    );
    let codes: Vec<&str> = drawing
        .grids
        .iter()
        .map(|grid| grid.code.as_str())
        .collect();
    assert_eq!(codes, ["A", "F0000", "F0100", "F0101"]);
    assert_eq!(
        drawing.grids[3].ground,
        Ground(vec![vec![vec![
            at(350, 450),
            at(400, 450),
            at(400, 500),
            at(350, 500)
        ]]])
    );
    assert_eq!(drawing.expected[0].grids, ["A", "F0100"]);
    let areas: Vec<Area> = drawing.expected.iter().map(|defect| defect.area).collect();
    assert_eq!(
        areas,
        [Area::Exactly(700), Area::About(250.0), Area::NotAsked]
    );
    assert_eq!(drawing.tolerated[0].at, Some(at(90, 0)));
}

#[test]
fn what_is_missing_and_what_is_too_much_is_told() {
    let text = format!(
        "unit 10\n{SQUARE}\nexpect seamless false\n\
         expect gap A 5\nexpect gap A 5\nexpect overlap A ~ 100\nexpect spike A at 1 0\nmay empty A"
    );
    let drawing = Drawing::read("test", &text).unwrap();
    let report = |kind: &str, doubled_area: Option<i128>, at: Option<(i32, i32)>| Found {
        kind: kind.to_owned(),
        grids: vec!["A".to_owned()],
        doubled_area,
        at: at.map(|(x, y)| Point::new(x, y).unwrap()),
    };
    let right = [
        report("spike", None, Some((10, 0))),
        report("gap", Some(500), None),
        report("overlap", Some(10_040), None),
        report("gap", Some(500), None),
    ];
    assert!(differences(&drawing, &right).is_empty());
    let tolerated = [&right[..], &[report("empty", None, None)]].concat();
    assert!(differences(&drawing, &tolerated).is_empty());

    let wrong = [
        report("spike", None, Some((10, 10))),
        report("gap", Some(500), None),
        report("overlap", Some(10_060), None),
    ];
    let told = differences(&drawing, &wrong);
    assert_eq!(told.len(), 5, "{told:?}");
    for line in [
        "not found: gap A 5",
        "not found: overlap A ~ 100",
        "not found: spike A at 1 0",
    ] {
        assert!(told.iter().any(|difference| difference == line), "{told:?}");
    }
    assert_eq!(
        told.iter()
            .filter(|line| line.starts_with("not expected"))
            .count(),
        2
    );
}

/// Every drawing of the folder, in order of names.
fn drawings() -> Vec<Drawing> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/drawings");
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    paths.sort_unstable();
    paths
        .iter()
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap();
            let text = fs::read_to_string(path).unwrap();
            Drawing::read(name, &text).unwrap_or_else(|problem| panic!("{problem}"))
        })
        .collect()
}

impl Drawing {
    fn placed(&self, placement: Placement) -> Self {
        let to = |p: Point| {
            let (x, y) = match placement {
                Placement::AsDrawn => (p.x(), p.y()),
                Placement::Inland => (p.x() + 1_208_000_000, p.y() + 407_000_000),
                Placement::Mirrored => (p.y(), p.x()),
            };
            Point::new(x, y).unwrap()
        };
        let mut placed = self.clone();
        for ground in placed
            .grids
            .iter_mut()
            .map(|grid| &mut grid.ground)
            .chain(&mut placed.outline)
        {
            *ground = ground.moved(to);
        }
        for defect in placed.expected.iter_mut().chain(&mut placed.tolerated) {
            defect.at = defect.at.map(to);
        }
        placed
    }
}

fn proved_seamless(drawing: &Drawing) -> bool {
    asked(drawing, |members, outline| prove(members, outline).seamless)
}

/// Asks the library about a drawing.
fn asked<T>(drawing: &Drawing, ask: impl FnOnce(&[Member<'_>], Outline<'_>) -> T) -> T {
    let shapes: Vec<Shape> = drawing
        .grids
        .iter()
        .map(|grid| grid.ground.shape())
        .collect();
    let members: Vec<Member<'_>> = drawing
        .grids
        .iter()
        .zip(&shapes)
        .map(|(grid, shape)| Member {
            code: &grid.code,
            shape,
        })
        .collect();
    let outline = drawing.outline.as_ref().map(Ground::shape);
    ask(
        &members,
        outline.as_ref().map_or(Outline::OwnRim, Outline::Shape),
    )
}

/// What was not found, and what was found and not expected.
fn differences(drawing: &Drawing, found: &[Found]) -> Vec<String> {
    let mut left: Vec<&Found> = found.iter().collect();
    let mut told = Vec::new();
    for expected in &drawing.expected {
        match left.iter().position(|found| expected.is(found)) {
            Some(place) => {
                left.remove(place);
            }
            None => told.push(format!("not found: {}", expected.text)),
        }
    }
    left.retain(|found| !drawing.tolerated.iter().any(|expected| expected.is(found)));
    told.extend(left.iter().map(|found| format!("not expected: {found:?}")));
    told
}

impl Expected {
    /// Whether this is what was found.
    fn is(&self, found: &Found) -> bool {
        let area = match (self.area, found.doubled_area) {
            (Area::NotAsked, _) => true,
            (Area::Exactly(expected), found) => found == Some(expected),
            #[expect(clippy::cast_precision_loss, reason = "half a percent is asked")]
            (Area::About(expected), Some(found)) => {
                (found as f64 - expected).abs() <= 0.005 * expected
            }
            (Area::About(_), None) => false,
        };
        self.kind == found.kind
            && self.grids == found.grids
            && area
            && self.at.is_none_or(|_| self.at == found.at)
    }
}
