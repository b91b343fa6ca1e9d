//! Real boundaries: which of them are seamless, as an independent check says they are.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::print_stdout,
    reason = "a test that panics has failed, and its numbers are small"
)]

mod real;

use real::{read, real_data};
use rstest::rstest;
use wangge_coverage::{Coverage, DefectKind, Member, Outline, Terms, compare, prove, survey};
use wangge_plane::Shape;

fn members(grids: &[(String, Shape)]) -> Vec<Member<'_>> {
    grids
        .iter()
        .map(|(code, shape)| Member { code, shape })
        .collect()
}

/// The states are those of an independent check with GEOS 3.13 on the unrounded files.
#[rstest]
#[case::wards("dc-grids/ward-2012.geojson", 8, true)]
#[case::commissions("dc-grids/advisory-neighborhood-commission-2013.geojson", 40, true)]
#[case::districts("dc-grids/single-member-district-2013.geojson", 296, true)]
#[case::precincts_2008("dc-grids/voting-precinct-2008.geojson", 143, true)]
#[case::precincts_2012("dc-grids/voting-precinct-2012.geojson", 143, false)]
#[case::precincts_2002("dc-grids/voting-precinct-2002.geojson", 142, false)]
#[case::tracts_2000("dc-grids/census-tracts-2000.geojson", 188, false)]
#[case::snow_areas("dc-grids/snow-removal-areas.geojson", 82, false)]
#[case::huludao("cn-counties/211400_counties.geojson", 6, true)]
#[case::ganzhou("cn-counties/360700_counties.geojson", 17, true)]
#[case::calgary_2013("calgary-wards/wards-2013.geojson", 14, true)]
#[case::calgary_2017("calgary-wards/wards-2017.geojson", 14, true)]
#[case::bangalore_2012("india-wards/Bangalore_BBMP_oldWards.geojson", 198, false)]
#[case::bhopal("india-wards/Bhopal_Bhopal_wards.geojson", 86, false)]
fn a_real_coverage_is_judged_as_an_independent_engine_judges_it(
    #[case] file: &str,
    #[case] count: usize,
    #[case] seamless: bool,
) {
    let Some(folder) = real_data() else { return };
    let grids = read(&folder.join(file), "");
    assert_eq!(grids.len(), count);
    let verdict = prove(&members(&grids), Outline::OwnRim);
    assert_eq!(verdict.seamless, seamless, "{verdict:#?}");
    let survey = survey(&members(&grids), &Terms::default());
    assert_eq!(survey.verdict.seamless, seamless);
}

#[test]
fn four_counties_that_are_missing_are_four_gaps() {
    let Some(folder) = real_data() else { return };
    let grids = read(&folder.join("chongqing-gbk/adcode-gcj02.geojson"), "adcode");
    let survey = survey(&members(&grids), &Terms::default());
    let kinds: Vec<DefectKind> = survey
        .defects
        .iter()
        .filter(|defect| defect.breaks())
        .map(|defect| defect.kind)
        .collect();
    assert_eq!(kinds, [DefectKind::Gap; 4]);
}

#[test]
fn districts_dissolve_to_the_commissions_that_the_city_publishes() {
    let Some(folder) = real_data() else { return };
    let districts = read(
        &folder.join("dc-grids/single-member-district-2013.geojson"),
        "SMD_ID",
    );
    let commissions = read(
        &folder.join("dc-grids/advisory-neighborhood-commission-2013.geojson"),
        "ANC_ID",
    );
    let coverage = Coverage::build(&members(&districts)).unwrap();
    let group_of: Vec<u32> = (0..coverage.owners() as u32)
        .map(|owner| {
            let code = coverage.code(wangge_coverage::Owner(owner));
            let place = commissions.iter().position(|(c, _)| code.starts_with(c));
            place.unwrap() as u32
        })
        .collect();
    let dissolved = coverage.dissolve(&group_of, commissions.len());
    for (place, (commission, given)) in commissions.iter().enumerate() {
        let children: Vec<Member<'_>> = districts
            .iter()
            .filter(|(code, _)| code.starts_with(commission))
            .map(|(code, shape)| Member { code, shape })
            .collect();
        let evidence = compare(&children, given);
        // the two files differ by centimetres along the river and the state's border
        assert!(
            evidence.straddlers.iter().all(|s| s.depth_m < 1.0),
            "{commission}: {evidence:?}"
        );
        let dissolved = dissolved[place].as_ref().unwrap();
        assert_eq!(
            dissolved.doubled_area(),
            children
                .iter()
                .map(|m| m.shape.doubled_area())
                .sum::<i128>()
        );
        assert!((dissolved.area_m2() / given.area_m2() - 1.0).abs() < 1e-5);
    }
}

#[test]
fn two_commissions_straddle_wards_and_others_by_slivers_only() {
    let Some(folder) = real_data() else { return };
    let commissions = read(
        &folder.join("dc-grids/advisory-neighborhood-commission-2013.geojson"),
        "ANC_ID",
    );
    let wards = read(&folder.join("dc-grids/ward-2012.geojson"), "WARD");
    let mut deep = Vec::new();
    for (ward, given) in &wards {
        let children: Vec<&(String, Shape)> = commissions
            .iter()
            .filter(|(code, _)| code.starts_with(ward.as_str()))
            .collect();
        let members: Vec<Member<'_>> = children
            .iter()
            .map(|(code, shape)| Member { code, shape })
            .collect();
        for straddler in compare(&members, given).straddlers {
            if straddler.depth_m > 30.0 {
                deep.push(children[straddler.member].0.as_str());
            }
        }
    }
    // an independent overlay: 33 of 40 nest, 5 leave slivers of metres, 2 straddle two wards
    deep.sort_unstable();
    assert_eq!(deep, ["3G", "6D"]);
}
