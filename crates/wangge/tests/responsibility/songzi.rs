//! 松滋市: other duties in urban grids than in villages, and institutions in the urban ones.

use crate::demonstration::{COMPONENT, Case, Demonstration, EVENT, case};

/// From the counts and departments of `data/cities/songzi.toml`: the village or community
/// itself, its town, then the department whose field it is in such a grid.
#[rustfmt::skip]
const CASES: [Case; 20] = [
    case("a burst pipe in a village of Jieheshi: drinking water", "421087110200", EVENT, "0402", ["SQ421087110200", "JD421087110", "421087-SL"]),
    case("a burst pipe in a community of Xinjiangkou: municipal utilities", "421087001001", EVENT, "0402", ["SQ421087001001", "JD421087001", "421087-ZJ"]),
    case("straw burnt in a village of Xiejiaping: forest fires", "421087201203", EVENT, "0115", ["SQ421087201203", "JD421087201", "421087-LY"]),
    case("leaves burnt in a community of Liujiachang: sanitation", "421087112002", EVENT, "0115", ["SQ421087112002", "JD421087112", "421087-CG"]),
    case("a damaged road in a village of Babao: country roads", "421087102210", EVENT, "0110", ["SQ421087102210", "JD421087102", "421087-JT"]),
    case("a damaged road in a community of Yuanshi: municipal utilities", "421087103001", EVENT, "0110", ["SQ421087103001", "JD421087103", "421087-ZJ"]),
    case("poultry in the way in a village of Nanhai: farming", "421087101205", EVENT, "0118", ["SQ421087101205", "JD421087101", "421087-NY"]),
    case("poultry in the way in a community of Xinjiangkou: sanitation", "421087001004", EVENT, "0118", ["SQ421087001004", "JD421087001", "421087-CG"]),
    case("rubbish in a village of Weishui: village environment", "421087111201", EVENT, "0102", ["SQ421087111201", "JD421087111", "421087-ZX"]),
    case("rubbish in a community of Weishui: sanitation", "421087111001", EVENT, "0102", ["SQ421087111001", "JD421087111", "421087-CG"]),
    case("a litter bin in a village of Laocheng: village environment", "421087104202", COMPONENT, "0305", ["SQ421087104202", "JD421087104", "421087-ZX"]),
    case("a crowd in a village of Wanjia: public security", "421087200206", EVENT, "0409", ["SQ421087200206", "JD421087200", "421087-GA"]),
    case("a crowd in a community of Xinjiangkou: public security", "421087001008", EVENT, "0409", ["SQ421087001008", "JD421087001", "421087-GA"]),
    case("a hydrant in a community of Xinjiangkou: fire safety", "421087001002", COMPONENT, "0113", ["SQ421087001002", "JD421087001", "421087-YJ"]),
    case("a vendor in a community of Shadaoguan: trade", "421087113001", EVENT, "0501", ["SQ421087113001", "JD421087113", "421087-SJ"]),
    case("laundry along the street in a community of Liujiachang: service to residents", "421087112001", EVENT, "0511", ["SQ421087112001", "JD421087112", "421087-MZ"]),
    case("a fitness device in a village of Chendian: service to residents", "421087105213", COMPONENT, "0126", ["SQ421087105213", "JD421087105", "421087-MZ"]),
    case("a burst gas pipe in a community of Xinjiangkou, the gas company's everywhere", "421087001003", EVENT, "0403", ["SQ421087001003", "JD421087001", "421087-RQ"]),
    case("a burst gas pipe in a village of Sijiachang, the gas company's everywhere", "421087107209", EVENT, "0403", ["SQ421087107209", "JD421087107", "421087-RQ"]),
    case("a cash machine in a village of Yanglinshi, which is in no field", "421087108200", COMPONENT, "2106", ["SQ421087108200", "JD421087108", "ZH421087"]),
];

#[test]
fn songzi_has_other_duties_in_town_than_in_its_villages() {
    let city = Demonstration::new(
        "songzi",
        [
            ("city.geojson", "city"),
            ("towns.geojson", "town"),
            ("communities.geojson", "community"),
            ("grids.geojson", "grid"),
        ],
    );
    assert_eq!(city.units(), [1, 16, 13 + 260, 360]);
    assert_eq!(
        city.kinds(),
        [("rural".to_owned(), 260), ("urban".to_owned(), 100)].into()
    );
    let mut of_community = std::collections::BTreeMap::new();
    for grid in &city.contents.grids {
        *of_community
            .entry(grid.unit.parent.clone().unwrap())
            .or_insert(0) += 1;
        if grid.unit.kind == Some(wangge_model::GridKind::Urban) {
            assert!((300..=500).contains(&grid.unit.households.unwrap()));
        }
    }
    // villages are numbered from 200
    let is_village = |code: &wangge_model::Code| &code.as_str()[9..] >= "200";
    let urban = of_community.iter().filter(|(code, _)| !is_village(code));
    assert_eq!(urban.clone().count(), 13);
    assert_eq!(urban.map(|(_, grids)| grids).sum::<usize>(), 100);
    assert!(
        of_community
            .iter()
            .all(|(code, &grids)| !is_village(code) || grids == 1)
    );

    assert_eq!(city.departments("institution"), 157);
    let posts = [("worker", (360, 0)), ("institution", (157, 0))];
    assert_eq!(city.posts(), posts.into());
    city.assert_one_handler_per_tier();
    city.assert_cases(&CASES);
    for case in &CASES {
        let report = city.report_in(case.place);
        let posts = city.answer(report, case.object, case.class).posts.unwrap();
        assert_eq!(posts[0].post, "worker");
        let institutions = posts.iter().filter_map(|post| post.department.as_ref());
        let institutions: Vec<&str> = institutions.map(|department| department.code).collect();
        assert!(institutions.iter().all(|code| code.starts_with("JG421087")));
        let village = is_village(&report.grid.parse().unwrap());
        assert_eq!(institutions.is_empty(), village, "{}", case.what);
    }
}

/// Six fields of duty in urban grids, seven in rural ones.
#[test]
fn songzi_has_six_fields_in_urban_grids_and_seven_in_rural_ones() {
    let description = include_str!("../../../../data/cities/songzi.toml");
    let of_kind = |kind| {
        description
            .matches(&format!("grid_kind = \"{kind}\"\ndepartment"))
            .count()
    };
    assert_eq!((of_kind("urban"), of_kind("rural")), (6, 7));
}
