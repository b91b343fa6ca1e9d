//! Real, badly drawn coverages: mended, and validated again through the program. Skipped where
//! the boundaries are not there.

use rstest::rstest;
use serde_json::Value;

use crate::support::{Desk, real_data, run};
use crate::{all_defects, of_kind, parsed, text, validated};

/// Each with its column of codes and its number of grids.
#[rstest]
#[case::precincts_2002("dc-grids/voting-precinct-2002.geojson", "NAME", 142)]
#[case::precincts_2012("dc-grids/voting-precinct-2012.geojson", "NAME", 143)]
#[case::tracts_2000("dc-grids/census-tracts-2000.geojson", "GIS_ID", 188)]
#[case::snow_areas("dc-grids/snow-removal-areas.geojson", "OBJECTID", 82)]
#[case::bangalore_2012("india-wards/Bangalore_BBMP_oldWards.geojson", "WARD_NO", 198)]
#[case::bhopal("india-wards/Bhopal_Bhopal_wards.geojson", "Ward_Number", 84)]
fn a_badly_drawn_city_is_mended_but_for_what_is_listed(
    #[case] file: &str,
    #[case] code: &str,
    #[case] grids: usize,
) {
    let Some(data) = real_data() else { return };
    let desk = Desk::new();
    let file = data.join(file);
    let reading = ["--code", code, "--merge-parts", "--skip-invalid"];
    let (before, _) = validated(&file, &reading);
    assert_eq!(before["seamless"], false);

    let out = desk.path("mended.gpkg");
    let mut arguments = vec!["repair", text(&file), "-o", text(&out), "--json"];
    arguments.extend(reading);
    arguments.extend(["--max-gap-width", "10", "--snap", "0.05"]);
    let ran = run(&arguments);
    let report = parsed(&ran);
    assert_eq!(report["grids"], grids);
    assert!(!report["changes"].as_array().unwrap().is_empty());

    let (after, code) = validated(&out, &["--code", code]);
    assert_eq!((&after["grids"], code), (&Value::from(grids), ran.code));
    let (found, left) = (all_defects(&after), report["left"].as_array().unwrap());
    assert_eq!(found, left.iter().collect::<Vec<&Value>>());
    let errors = |report: &Value, defects: &str| -> usize {
        let defects = report[defects].as_array().unwrap().iter();
        defects
            .filter(|defect| defect["severity"] == "error")
            .count()
    };
    assert!(errors(&after, "defects") < errors(&before, "defects"));
}

/// The four holes are 129 to 539 m wide: no neighbour gets them unless asked.
#[test]
fn a_hole_wider_than_asked_is_left_to_a_person() {
    let Some(data) = real_data() else { return };
    let desk = Desk::new();
    let file = data.join("chongqing-gbk/adcode-gcj02.geojson");
    let before = std::fs::read(&file).unwrap();
    let out = desk.path("mended.geojson");
    let mut arguments = vec!["repair", text(&file), "-o", text(&out), "--json"];
    arguments.extend(["--code", "adcode", "--max-gap-width", "100"]);
    let ran = run(&arguments).expect_code(1);
    let report = parsed(&ran);
    assert_eq!(
        (&report["changes"], &report["changed_grids"]),
        (&Value::from(vec![0; 0]), &Value::from(vec![0; 0]))
    );
    let (after, code) = validated(&out, &["--code", "adcode"]);
    assert_eq!((code, of_kind(&after, "gap").len()), (1, 4));
    assert_eq!(
        all_defects(&after),
        report["left"]
            .as_array()
            .unwrap()
            .iter()
            .collect::<Vec<&Value>>()
    );
    assert_eq!(std::fs::read(&file).unwrap(), before);
}
