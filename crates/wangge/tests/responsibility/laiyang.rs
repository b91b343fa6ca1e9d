//! 莱阳市: nine networks over one base of grids.

use crate::demonstration::{COMPONENT, Case, Demonstration, EVENT, case};

/// From the counts and departments of `data/cities/laiyang.toml`: the village itself, then
/// the contact of the network in the town and its office in the city; what is of no network goes to
/// the centre of the town and a department.
#[rustfmt::skip]
const CASES: [Case; 20] = [
    case("party: a member asks for help in Chengxiang", "370682001001", EVENT, "2101", ["SQ370682001001", "DJ370682001", "370682-DJ"]),
    case("public safety: a hazard in a village of Tuanwang", "370682102210", EVENT, "2102", ["SQ370682102210", "ZZ370682102", "370682-ZZ"]),
    case("public safety: a camera in Guliu", "370682002002", COMPONENT, "0136", ["SQ370682002002", "ZZ370682002", "370682-ZZ"]),
    case("public safety: a crowd in Longwangzhuang", "370682003001", EVENT, "0409", ["SQ370682003001", "ZZ370682003", "370682-ZZ"]),
    case("emergency: a burst gas pipe in Chengxiang", "370682001010", EVENT, "0403", ["SQ370682001010", "YJ370682001", "370682-YJ"]),
    case("emergency: a hydrant in a village of Heluo", "370682110205", COMPONENT, "0113", ["SQ370682110205", "YJ370682110", "370682-YJ"]),
    case("traffic: a traffic light in Chengxiang", "370682001005", COMPONENT, "0210", ["SQ370682001005", "JT370682001", "370682-JT"]),
    case("traffic: an illegal taxi in a village of Wandi", "370682106220", EVENT, "0509", ["SQ370682106220", "JT370682106", "370682-JT"]),
    case("market: a vendor in Fenggezhuang", "370682004002", EVENT, "0501", ["SQ370682004002", "SJ370682004", "370682-SJ"]),
    case("market: a lift in Bolinzhuang", "370682005001", COMPONENT, "2133", ["SQ370682005001", "SJ370682005", "370682-SJ"]),
    case("petitions: somebody comes in a village of Xuefang", "370682103202", EVENT, "2103", ["SQ370682103202", "XF370682103", "370682-XF"]),
    case("family: a visit by the health service in a village of Dakuang", "370682113203", EVENT, "2104", ["SQ370682113203", "JS370682113", "370682-JS"]),
    case("civil affairs: somebody begs in Guliu", "370682002005", EVENT, "0502", ["SQ370682002005", "MZ370682002", "370682-MZ"]),
    case("civil affairs: somebody needs help in a village of Yangjun", "370682104204", EVENT, "2105", ["SQ370682104204", "MZ370682104", "370682-MZ"]),
    case("justice: neighbours quarrel in a village of Tangezhuang", "370682108206", EVENT, "2106", ["SQ370682108206", "SF370682108", "370682-SF"]),
    case("justice: legal aid in a village of Gaogezhuang", "370682112201", EVENT, "2107", ["SQ370682112201", "SF370682112", "370682-SF"]),
    case("no network: a burst water main in Chengxiang", "370682001003", EVENT, "0402", ["SQ370682001003", "JD370682001", "370682-SW"]),
    case("no network: rubbish in a village of Muyudian", "370682101207", EVENT, "0102", ["SQ370682101207", "JD370682101", "370682-CG"]),
    case("no network: a broken dyke in a village of Jiangtuan", "370682105208", EVENT, "0111", ["SQ370682105208", "JD370682105", "370682-SL"]),
    case("no network and no department: a cash machine in Shanqiandian", "370682114001", COMPONENT, "2106", ["SQ370682114001", "JD370682114", "ZH370682"]),
];

/// In the market, the park and the section of a river others handle what the law enforcement
/// bureau handles elsewhere; a longer class is ruled as elsewhere.
const ACROSS: [(&str, wangge_model::ObjectKind, &str, &str); 6] = [
    ("370682001001901", EVENT, "0503", "370682-SJ"),
    ("370682001001901", EVENT, "0505", "370682-JT"),
    ("370682001001902", COMPONENT, "0402", "370682-YL"),
    ("370682001001902", EVENT, "0503", "370682-CG"),
    ("370682001001903", EVENT, "0102", "370682-SL"),
    ("370682001001903", EVENT, "0116", "370682-HB"),
];

#[test]
fn laiyang_has_nine_networks_over_one_base() {
    let city = Demonstration::new(
        "laiyang",
        [
            ("city.geojson", "city"),
            ("towns.geojson", "town"),
            ("villages.geojson", "village"),
            ("grids.geojson", "grid"),
        ],
    );
    assert_eq!(city.units(), [1, 18, 799, 996]);
    assert_eq!(city.departments("network"), 9 + 9 * 18);
    let posts = city.posts();
    assert_eq!(posts["worker"].0, 996);
    let networks: Vec<&str> = posts
        .keys()
        .copied()
        .filter(|&post| post != "worker")
        .collect();
    assert_eq!(
        networks,
        [
            "civil-affairs",
            "emergency",
            "family",
            "justice",
            "market",
            "party",
            "petitions",
            "public-safety",
            "traffic",
        ]
    );
    // one in the city and one in each of 18 towns
    assert!(networks.iter().all(|&network| posts[network].0 == 1 + 18));
    every_grid_has_four_sides(&city);
    city.assert_one_handler_per_tier();
    city.assert_cases(&CASES);
    for (overlay, object, class, department) in ACROSS {
        let report = city.report_across(overlay);
        let handlers = city.answer(report, object, class).handlers.unwrap();
        assert_eq!(handlers[2].department.code, department, "{overlay}");
    }
}

/// Each grid has a clear description of its four sides: all of its border has a neighbour, and
/// streets that it runs along are named.
fn every_grid_has_four_sides(city: &Demonstration) {
    let (mut all_around, mut named) = (0, 0);
    for grid in &city.contents.grids {
        let sides = city.city.sides(grid.unit.code.as_str()).unwrap();
        let four = [&sides.east, &sides.south, &sides.west, &sides.north];
        all_around += usize::from(four.iter().all(|side| !side.is_empty()));
        let bordering = || four.into_iter().chain([&sides.inside]).flatten();
        let sum: f64 = bordering().map(|one| one.share).sum();
        assert!((sum - 1.0).abs() < 0.01, "{}: {sum}", grid.unit.code);
        assert!(bordering().all(|one| one.outside || one.unit.is_some()));
        named += usize::from(bordering().any(|one| one.street.is_some()));
    }
    // a triangle has three sides
    assert!(
        all_around > 980,
        "{all_around} of 996 grids have four sides"
    );
    assert!(named > 900, "{named} of 996 grids lie at a street");
}

/// The provincial rule: twelve digits and three, of which 900 to 999 are left to specialised grids.
#[test]
fn laiyang_takes_no_code_of_a_specialised_grid_for_a_base_grid() {
    let scheme = include_str!("../../../../data/schemes/laiyang.toml");
    let scheme = wangge_model::Scheme::from_toml(scheme).unwrap();
    let is_base = |code: &str| {
        let lowest = scheme.lowest();
        let pattern = scheme.level_at(lowest).unwrap().pattern();
        pattern.matches(&code.parse().unwrap())
    };
    assert!(is_base("370682101201001") && is_base("370682101201899"));
    assert!(!is_base("370682101201901") && !is_base("37068210120101"));
}
