//! Real redesigns: what an independent engine found in them is what the diff says.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a test that panics has failed, and its numbers are small"
)]

use std::path::{Path, PathBuf};

use rstest::rstest;
use wangge_coverage::Member;
use wangge_plane::Shape;
use wangge_replan::{ChangeKind, Diff, DiffTerms, diff};

/// The folder of real boundaries; without it the test passes and says so.
fn real_data() -> Option<PathBuf> {
    let folder = std::env::var_os("WANGGE_REAL_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if folder.is_dir() {
        Some(folder)
    } else {
        println!("skipped: no real data");
        None
    }
}

type Grids = Vec<(String, Shape)>;

fn read(path: &Path, key: &str) -> Grids {
    let text = std::fs::read_to_string(path).unwrap();
    let geojson::GeoJson::FeatureCollection(collection) = text.parse().unwrap() else {
        panic!("{} is no feature collection", path.display())
    };
    let grid = |(at, feature): (usize, geojson::Feature)| {
        let code = match feature.property(key) {
            Some(value) => value.to_string(),
            None => format!("{at:05}"),
        };
        let polygons: geo_types::MultiPolygon<f64> =
            match geo_types::Geometry::try_from(feature.geometry?).unwrap() {
                geo_types::Geometry::Polygon(polygon) => polygon.into(),
                geo_types::Geometry::MultiPolygon(polygons) => polygons,
                other => panic!("{other:?} is no polygon"),
            };
        let shape = Shape::land(&polygons).unwrap().shape?;
        Some((code.trim_matches('"').to_owned(), shape))
    };
    let features = collection.features.into_iter().enumerate();
    features.filter_map(grid).collect()
}

fn members(grids: &Grids) -> Vec<Member<'_>> {
    let member = |(code, shape)| Member { code, shape };
    grids
        .iter()
        .map(|(code, shape)| member((code, shape)))
        .collect()
}

struct Redesign {
    old: Grids,
    new: Grids,
    diff: Diff,
}

impl Redesign {
    fn of(old: (&str, &str), new: (&str, &str)) -> Option<Self> {
        let folder = real_data()?;
        let read = |(file, key)| read(&folder.join(file), key);
        let (old, new) = (read(old), read(new));
        let diff = diff(&members(&old), &members(&new), &DiffTerms::default());
        Some(Self { old, new, diff })
    }

    /// The changes of a kind by the codes of their grids.
    fn codes(&self, kind: ChangeKind) -> Vec<(Vec<&str>, Vec<&str>)> {
        let changes = self
            .diff
            .changes
            .iter()
            .filter(|change| change.kind == kind);
        changes
            .map(|change| {
                let old = change
                    .old
                    .iter()
                    .map(|&at| self.old[at as usize].0.as_str());
                let new = change
                    .new
                    .iter()
                    .map(|&at| self.new[at as usize].0.as_str());
                (old.collect(), new.collect())
            })
            .collect()
    }
}

const TRACTS_1990: &str = "dc-grids/census-tracts-1990.geojson";
const TRACTS_2000: &str = "dc-grids/census-tracts-2000.geojson";
const PRECINCTS_2008: (&str, &str) = ("dc-grids/voting-precinct-2008.geojson", "NAME");
const PRECINCTS_2012: (&str, &str) = ("dc-grids/voting-precinct-2012.geojson", "NAME");
const WARDS_2013: (&str, &str) = ("calgary-wards/wards-2013.geojson", "ward_num");
const WARDS_2017: (&str, &str) = ("calgary-wards/wards-2017.geojson", "ward_num");

/// Every grid is unchanged or in one change between grids, or else its code is in a change of what was
/// gained and given up.
fn assert_nobody_is_lost(redesign: &Redesign) {
    let Redesign { old, new, diff } = redesign;
    let (mut olds, mut news) = (vec![0; old.len()], vec![0; new.len()]);
    let mut beside: Vec<&str> = Vec::new();
    let mut count = |old: u32, new: u32| {
        olds[old as usize] += 1;
        news[new as usize] += 1;
    };
    diff.unchanged
        .iter()
        .for_each(|&(old, new)| count(old, new));
    for change in &diff.changes {
        if matches!(change.kind, ChangeKind::New | ChangeKind::Gone) {
            beside.extend(change.old.iter().map(|&at| old[at as usize].0.as_str()));
            beside.extend(change.new.iter().map(|&at| new[at as usize].0.as_str()));
        } else {
            change.old.iter().for_each(|&at| olds[at as usize] += 1);
            change.new.iter().for_each(|&at| news[at as usize] += 1);
        }
    }
    for (places, plan) in [(olds, old), (news, new)] {
        for (place, (code, _)) in places.into_iter().zip(plan) {
            let is_beside = beside.contains(&code.as_str());
            assert!(place == 1 || (place == 0 && is_beside), "{code}: {place}");
        }
    }
}

/// The file of 2000 names for each tract the one of 1990 that it comes from, and says of four
/// "Tracts Combined"; GEOS finds no other piece wider than a metre.
#[test]
fn four_pairs_of_census_tracts_were_merged_and_nothing_else_moved() {
    let Some(redesign) = Redesign::of((TRACTS_1990, "TRACTNO"), (TRACTS_2000, "TRACT90")) else {
        return;
    };
    assert_eq!(
        redesign.codes(ChangeKind::Merge),
        [
            (vec!["44", "45"], vec!["44"]),
            (vec!["55.1", "55.2"], vec!["55.1"]),
            (vec!["90.2", "91.1"], vec!["90.2"]),
            (vec!["98.5", "98.6"], vec!["98.5"]),
        ]
    );
    let redrawn = redesign.codes(ChangeKind::Redigitised).len();
    assert_eq!(redesign.diff.changes.len(), 4 + redrawn);
    assert_eq!(redesign.diff.unchanged.len() + redrawn, 192 - 2 * 4);
    assert!(redesign.diff.changed_area_m2 == 0.0);
    assert!(redesign.diff.changes.iter().all(|c| c.max_shift_m < 1.0));
    assert_nobody_is_lost(&redesign);
}

/// Under the numbers of 2000, ten tracts have others than before: the file says "Number Change" of
/// nine, and the tenth went from 84.1 to 84.01.
#[test]
fn a_tract_with_another_number_is_renamed() {
    let Some(redesign) = Redesign::of((TRACTS_1990, "TRACTNO"), (TRACTS_2000, "TRACTNO")) else {
        return;
    };
    let renamed = redesign.codes(ChangeKind::Renamed);
    let numbers: Vec<(&str, &str)> = renamed.iter().map(|(o, n)| (o[0], n[0])).collect();
    assert_eq!(
        numbers,
        [
            ("3.1", "3"),
            ("64.1", "64"),
            ("65.1", "65"),
            ("67.1", "67"),
            ("70.1", "70"),
            ("81.1", "81"),
            ("84.1", "84.01"),
            ("85.1", "85"),
            ("90.1", "90"),
            ("94.1", "94"),
        ]
    );
    assert_eq!(redesign.codes(ChangeKind::Merge).len(), 4);
    assert_nobody_is_lost(&redesign);
}

/// GEOS: the precincts that differ nowhere by a circle of a metre are 125, and their borders moved by
/// 0.179 m at most; none is the same to the lattice. Two more moved by 1.8 m.
#[test]
fn of_the_voting_precincts_125_did_not_change() {
    let Some(redesign) = Redesign::of(PRECINCTS_2008, PRECINCTS_2012) else {
        return;
    };
    let diff = &redesign.diff;
    let redrawn: Vec<&wangge_replan::Change> = diff
        .changes
        .iter()
        .filter(|change| change.kind == ChangeKind::Redigitised)
        .collect();
    assert_eq!(diff.unchanged.len() + redrawn.len(), 125);
    let furthest = redrawn.iter().map(|c| c.max_shift_m).fold(0.0, f64::max);
    assert!((furthest - 0.179).abs() < 0.001, "{furthest}");
    let share = 100.0 * diff.changed_share;
    assert!((share - 1.63).abs() < 0.02, "{share} %");

    let sorted = |mut changes: Vec<(Vec<String>, Vec<String>)>| {
        changes.sort();
        changes
    };
    let numbers = |kind| {
        let short = |codes: Vec<&str>| -> Vec<String> {
            codes
                .iter()
                .map(|code| code.replace("Precinct ", ""))
                .collect()
        };
        let changes = redesign.codes(kind).into_iter();
        sorted(changes.map(|(o, n)| (short(o), short(n))).collect())
    };
    let same = |codes: &[&str]| -> (Vec<String>, Vec<String>) {
        let codes: Vec<String> = codes.iter().map(|&code| code.to_owned()).collect();
        (codes.clone(), codes)
    };
    assert_eq!(
        numbers(ChangeKind::Transfer),
        [
            same(&["1", "143"]),
            same(&["111", "133", "140"]),
            same(&["40", "47"]),
            same(&["80", "86", "87"]),
        ]
    );
    assert_eq!(
        numbers(ChangeKind::Recut),
        [
            same(&["128", "129", "142", "18"]),
            same(&["137", "16", "21", "37"]),
        ]
    );
    assert_nobody_is_lost(&redesign);
}

/// The overlaps and gaps of 2012 are what precincts gained and gave up: GEOS measures 1,389 and
/// 371 m2 of 80 that 79 and 132 keep, and 362 and 265 m2 that 80 and 87 had and nobody has.
#[test]
fn what_a_plan_covers_twice_or_not_at_all_is_gained_or_given_up() {
    let Some(redesign) = Redesign::of(PRECINCTS_2008, PRECINCTS_2012) else {
        return;
    };
    let areas = |kind| -> Vec<(String, f64)> {
        let changes = redesign.diff.changes.iter().filter(|c| c.kind == kind);
        changes
            .map(|change| {
                let old = change.old.iter().map(|&at| &redesign.old[at as usize].0);
                let new = change.new.iter().map(|&at| &redesign.new[at as usize].0);
                (old.chain(new).cloned().collect(), change.area_m2)
            })
            .collect()
    };
    let near = |found: Vec<(String, f64)>, expected: &[(&str, f64)]| {
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for ((code, area), (expected_code, expected)) in found.iter().zip(expected) {
            assert_eq!(code, expected_code);
            assert!(
                (area - expected).abs() < 2.0,
                "{code}: {area} and {expected}"
            );
        }
    };
    near(areas(ChangeKind::New), &[("Precinct 80", 1389.0 + 371.0)]);
    near(
        areas(ChangeKind::Gone),
        &[("Precinct 80", 362.0), ("Precinct 87", 265.0)],
    );
}

/// GEOS: 29.46 % of the ground has another number, 20.93 % is not where most of its ward is.
#[test]
fn all_wards_of_calgary_were_cut_anew() {
    let Some(redesign) = Redesign::of(WARDS_2013, WARDS_2017) else {
        return;
    };
    let recut = redesign.codes(ChangeKind::Recut);
    let [(old, new)] = recut.as_slice() else {
        panic!("one change, not {}", recut.len())
    };
    assert_eq!((old.len(), new.len()), (14, 14));
    assert!(redesign.diff.unchanged.is_empty());
    let share = 100.0 * redesign.diff.changed_share;
    assert!((share - 20.93).abs() < 0.02, "{share} %");
    assert_nobody_is_lost(&redesign);
}

/// Every eighth of the 84 pairs that share ground, by size, with the areas in square lattice units that
/// GEOS has on the same lattice, without rounding crossings.
#[test]
fn pieces_are_as_large_as_another_engine_has_them() {
    const AREAS: [(&str, &str, f64); 11] = [
        ("12", "12", 1_457_595_777_605.431_6),
        ("10", "9", 550_078_008_979.991_8),
        ("9", "12", 164_128_298_694.416_93),
        ("1", "7", 82_359_594_306.064_94),
        ("2", "3", 2_970_510_679.021_788),
        ("", "5", 538_098_477.291_907_4),
        ("7", "11", 155_733_305.838_722_1),
        ("2", "4", 16_174_259.100_017_564),
        ("", "13", 2_704_475.438_604_229_6),
        ("4", "7", 43_268.892_573_618_68),
        ("6", "", 4_363.776_861_752_794_5),
    ];
    let Some(redesign) = Redesign::of(WARDS_2013, WARDS_2017) else {
        return;
    };
    let Redesign { old, new, diff } = &redesign;
    assert_eq!(diff.pieces.len(), 84);
    for (from, to, expected) in AREAS {
        let is_of = |at: Option<u32>, grids: &Grids, code: &str| {
            at.map_or("", |at| grids[at as usize].0.as_str()) == code
        };
        let mut pieces = diff.pieces.iter();
        let piece = pieces.find(|p| is_of(p.old, old, from) && is_of(p.new, new, to));
        let piece = piece.unwrap();
        let ground = Shape::new(piece.ground.clone()).unwrap();
        let area = piece.doubled_area as f64 / 2.0;
        assert!(
            (area - expected).abs() < length(&ground),
            "{from} {to}: {area}"
        );
    }
}

/// Of seamless plans every row and column of the crosswalk adds up, but for less than a lattice unit
/// along the border.
#[test]
fn rounding_is_less_than_a_unit_along_the_border() {
    for (old, new) in [
        (WARDS_2013, WARDS_2017),
        ((TRACTS_1990, "TRACTNO"), (TRACTS_2000, "TRACTNO")),
    ] {
        let Some(redesign) = Redesign::of(old, new) else {
            return;
        };
        assert!(!redesign.diff.rounding.is_empty());
        for rounding in &redesign.diff.rounding {
            let (_, shape) = match (rounding.old, rounding.new) {
                (Some(at), _) => &redesign.old[at as usize],
                (_, at) => &redesign.new[at.unwrap() as usize],
            };
            assert!((rounding.doubled_area.abs() as f64) < 2.0 * length(shape));
        }
    }
}

/// The length of a shape's border in lattice units.
fn length(shape: &Shape) -> f64 {
    let length = |edge: wangge_plane::Segment| {
        let way = edge.end().from_origin(edge.start());
        (way.dx as f64).hypot(way.dy as f64)
    };
    shape.segments().map(length).sum()
}

/// Files with hundreds of overlaps and gaps, with rings that cross themselves, of which some have
/// nothing to do with each other.
#[rstest]
#[case::precincts(("dc-grids/voting-precinct-2002.geojson", "NAME"), PRECINCTS_2008)]
#[case::badly_drawn(("dc-grids/snow-removal-areas.geojson", ""), ("dc-grids/ward-2012.geojson", ""))]
#[case::invalid(
    ("india-wards/Bangalore_BBMP_oldWards.geojson", ""),
    ("india-wards/Bangalore_BBMP.geojson", "")
)]
#[case::very_defective(
    ("india-wards/Bhopal_Bhopal_wards.geojson", ""),
    ("india-wards/Bangalore_BBMP_oldWards.geojson", "")
)]
fn no_file_is_too_bad_to_be_compared(#[case] old: (&str, &str), #[case] new: (&str, &str)) {
    let Some(redesign) = Redesign::of(old, new) else {
        return;
    };
    assert_nobody_is_lost(&redesign);
    let Some(itself) = Redesign::of(old, old) else {
        return;
    };
    assert_eq!(itself.diff.unchanged.len(), itself.old.len());
    assert!(itself.diff.changes.is_empty());
}
