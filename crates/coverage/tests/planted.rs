//! Defects planted in synthetic cities, with their truth: every one is found, by its kind and
//! its grids, and nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that panics has failed, and what it prints is the measurement"
)]

use rstest::rstest;
use wangge_coverage::{Defect, DefectKind, Member, Terms, survey};
use wangge_generate::{CitySpec, PlantSpec, Planted, PlantedDefect, city, mosaic::mosaic, plant};
use wangge_model::Grid;

fn members(grids: &[Grid]) -> Vec<Member<'_>> {
    grids
        .iter()
        .map(|grid| Member {
            code: grid.unit.code.as_str(),
            shape: &grid.shape,
        })
        .collect()
}

/// What is said of a city beside its form: enclaves are no defect.
fn reported(grids: &[Grid]) -> Vec<Defect> {
    let terms = Terms {
        // a synthetic coast has its own narrow places
        inlet_width_m: 0.0,
        ..Terms::default()
    };
    let mut defects = survey(&members(grids), &terms).defects;
    defects.retain(|defect| defect.kind != DefectKind::MultiPart);
    defects
}

fn codes<'a>(defect: &Defect, grids: &'a [Grid]) -> Vec<&'a str> {
    let of = |&member: &usize| grids[member].unit.code.as_str();
    let mut codes: Vec<&str> = defect.members.iter().map(of).collect();
    codes.sort_unstable();
    codes
}

/// Whether a report answers a planted defect: an expected kind, of the right grids, with the true
/// area where the kind has one.
fn answers(defect: &Defect, planted: &PlantedDefect, grids: &[Grid]) -> bool {
    let is_expected = planted
        .expect
        .iter()
        .any(|kind| kind.as_str() == defect.kind.name());
    let truth: Vec<&str> = planted.grids.iter().map(AsRef::as_ref).collect();
    let area_fits = match defect.kind {
        DefectKind::Gap => defect.doubled_area == Some(planted.doubled_missing),
        DefectKind::Overlap | DefectKind::DuplicateGrid => {
            defect.doubled_area == Some(planted.doubled_twice)
        }
        _ => true,
    };
    let of_grids = if defect.kind == DefectKind::UnmatchedVertex {
        // named is the grid that lacks the vertex
        codes(defect, grids).iter().all(|code| truth.contains(code))
            && planted
                .unmatched
                .iter()
                .any(|lacked| Some(lacked.point) == defect.point())
    } else {
        codes(defect, grids) == truth
    };
    is_expected && area_fits && of_grids
}

fn accompanies(defect: &Defect, planted: &PlantedDefect, grids: &[Grid]) -> bool {
    let near: Vec<&str> = planted
        .grids
        .iter()
        .chain(&planted.beside)
        .map(AsRef::as_ref)
        .collect();
    planted
        .also
        .iter()
        .any(|kind| kind.as_str() == defect.kind.name())
        && codes(defect, grids).iter().all(|code| near.contains(code))
}

fn all_are_found(planted: &Planted) {
    let found = reported(&planted.grids);
    let missed: Vec<&PlantedDefect> = planted
        .truth
        .iter()
        .filter(|truth| !found.iter().any(|d| answers(d, truth, &planted.grids)))
        .collect();
    println!(
        "{} grids: {} of {} planted defects found",
        planted.grids.len(),
        planted.truth.len() - missed.len(),
        planted.truth.len()
    );
    assert!(missed.is_empty(), "missed: {missed:#?}");
    let strangers: Vec<&Defect> = found
        .iter()
        .filter(|d| {
            !planted
                .truth
                .iter()
                .any(|t| answers(d, t, &planted.grids) || accompanies(d, t, &planted.grids))
        })
        .collect();
    assert!(strangers.is_empty(), "never planted: {strangers:#?}");
}

#[rstest]
#[case::a_thousand(1_000, 3)]
#[case::ten_thousand(10_000, 4)]
fn every_planted_defect_is_found_and_nothing_else(#[case] grids: usize, #[case] seed: u64) {
    let clean = city(&CitySpec::sized(grids).unwrap(), seed).unwrap().grids;
    assert_eq!(reported(&clean), []);
    let spec = PlantSpec::default();
    assert_eq!(spec.total(), 80);
    all_are_found(&plant(&clean, &spec, seed).unwrap());
}

#[test]
fn every_planted_defect_of_one_lattice_unit_is_found_and_nothing_else() {
    let clean = city(&CitySpec::sized(1_000).unwrap(), 5).unwrap().grids;
    let spec = PlantSpec::default().of_one_lattice_unit();
    all_are_found(&plant(&clean, &spec, 5).unwrap());
}

#[test]
fn nothing_is_found_in_a_clean_mosaic_of_a_hundred_thousand_grids() {
    let grids = mosaic(400, 250, 20, 6).unwrap();
    let members: Vec<Member<'_>> = grids
        .iter()
        .map(|(code, shape)| Member { code, shape })
        .collect();
    let survey = survey(&members, &Terms::default());
    assert!(survey.verdict.seamless && survey.verdict.noded);
    assert_eq!(survey.defects, []);
}
