//! 龙港区: three tiers answer every report, and five posts stand in every grid.

use crate::demonstration::{COMPONENT, Case, Demonstration, EVENT, case};

/// What the city's own list of departments says they handle, and what falls to the command centre.
#[rustfmt::skip]
const CASES: [Case; 20] = [
    case("a water manhole", "211403001001", COMPONENT, "0101", ["SQ211403001001", "JD211403001", "211403-GPS"]),
    case("a storm drain manhole", "211403003002", COMPONENT, "0103", ["SQ211403003002", "JD211403003", "211403-GPS"]),
    case("a power cable manhole", "211403005003", COMPONENT, "0105", ["SQ211403005003", "JD211403005", "211403-GD"]),
    case("a heating manhole", "211403006004", COMPONENT, "0110", ["SQ211403006004", "JD211403006", "211403-SZ"]),
    case("a gas manhole", "211403007005", COMPONENT, "0111", ["SQ211403007005", "JD211403007", "211403-RQ"]),
    case("a street lamp in a village", "211403008200", COMPONENT, "0118", ["SQ211403008200", "JD211403008", "211403-SZ"]),
    case("a camera", "211403009001", COMPONENT, "0136", ["SQ211403009001", "JD211403009", "211403-GA"]),
    case("a traffic light", "211403010002", COMPONENT, "0210", ["SQ211403010002", "JD211403010", "211403-JJ"]),
    case("a litter bin in a village", "211403201203", COMPONENT, "0305", ["SQ211403201203", "JD211403201", "211403-HW"]),
    case("a street tree", "211403400003", COMPONENT, "0402", ["SQ211403400003", "JD211403400", "211403-YL"]),
    case("a lift", "211403401004", COMPONENT, "2133", ["SQ211403401004", "JD211403401", "211403-SJ"]),
    case("an amusement park, which is no department's", "211403001007", COMPONENT, "2105", ["SQ211403001007", "JD211403001", "ZH211403"]),
    case("an unauthorised structure", "211403003009", EVENT, "0101", ["SQ211403003009", "JD211403003", "211403-CG"]),
    case("rubbish", "211403005008", EVENT, "0102", ["SQ211403005008", "JD211403005", "211403-HW"]),
    case("dust of a building site", "211403006006", EVENT, "0302", ["SQ211403006006", "JD211403006", "211403-HB"]),
    case("a burst water main in a village", "211403007200", EVENT, "0402", ["SQ211403007200", "JD211403007", "211403-GPS"]),
    case("a burst gas pipe", "211403008001", EVENT, "0403", ["SQ211403008001", "JD211403008", "211403-RQ"]),
    case("a crowd", "211403009201", EVENT, "0409", ["SQ211403009201", "JD211403009", "211403-GA"]),
    case("an emergency of another kind", "211403201001", EVENT, "0499", ["SQ211403201001", "JD211403201", "211403-YJ"]),
    case("a badly parked car", "211403400202", EVENT, "0505", ["SQ211403400202", "JD211403400", "211403-JJ"]),
];

#[test]
fn longgang_has_one_department_at_each_of_three_tiers() {
    let city = Demonstration::new(
        "longgang",
        [
            ("district.geojson", "district"),
            ("streets.geojson", "street"),
            ("communities.geojson", "community"),
            ("grids.geojson", "grid"),
        ],
    );
    assert_eq!(city.units(), [1, 11, 62 + 19, 448]);
    let posts = city.posts();
    assert_eq!(posts.values().map(|&(all, _)| all).sum::<usize>(), 2_240);
    city.assert_one_handler_per_tier();
    city.assert_cases(&CASES);
    for case in &CASES {
        let report = city.report_in(case.place);
        let answer = city.answer(report, case.object, case.class);
        let posts = answer.posts.unwrap();
        let posts: Vec<&str> = posts.iter().map(|post| post.post).collect();
        assert_eq!(
            posts,
            ["head", "information", "police", "safety", "supervisor"]
        );
    }
}
