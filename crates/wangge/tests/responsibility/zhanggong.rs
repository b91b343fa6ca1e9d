//! 章贡区: first and second-level grids, and three whistles.

use crate::demonstration::{COMPONENT, Case, Demonstration, EVENT, case};

/// From the counts and departments of `data/cities/zhanggong.toml`,
/// and the way that a whistle takes: the first-level grid (the community or village), the street or
/// town, the department of the district.
#[rustfmt::skip]
const CASES: [Case; 20] = [
    case("a burst water main in a community of Jiefang", "360702001001", EVENT, "0402", ["SQ360702001001", "JD360702001", "360702-GPS"]),
    case("a burst water main in a village of Shashi", "360702100200", EVENT, "0402", ["SQ360702100200", "JD360702100", "360702-GPS"]),
    case("a gas leak in a community of Ganjiang", "360702002003", EVENT, "0403", ["SQ360702002003", "JD360702002", "360702-RQ"]),
    case("a sunken road in a community of Nanwai", "360702003005", EVENT, "0401", ["SQ360702003005", "JD360702003", "360702-SZ"]),
    case("rubbish in a community of Dongwai", "360702004002", EVENT, "0102", ["SQ360702004002", "JD360702004", "360702-HW"]),
    case("an unauthorised structure in a village of Shuixi", "360702105205", EVENT, "0101", ["SQ360702105205", "JD360702105", "360702-CG"]),
    case("straw burnt in a village of Shuidong", "360702101203", EVENT, "0115", ["SQ360702101203", "JD360702101", "360702-HB"]),
    case("dust of a building site in a community of Shuinan", "360702005004", EVENT, "0302", ["SQ360702005004", "JD360702005", "360702-HB"]),
    case("noise of a building site in a community of Shuinan", "360702005004", EVENT, "0301", ["SQ360702005004", "JD360702005", "360702-ZJ"]),
    case("a crowd in a community of Jiefang", "360702001010", EVENT, "0409", ["SQ360702001010", "JD360702001", "360702-GA"]),
    case("an emergency of another kind in a village of Shahe", "360702104201", EVENT, "0499", ["SQ360702104201", "JD360702104", "360702-YJ"]),
    case("a car in the way in a community of Nanwai", "360702003001", EVENT, "0505", ["SQ360702003001", "JD360702003", "360702-JJ"]),
    case("a street vendor in a community of Ganjiang", "360702002001", EVENT, "0501", ["SQ360702002001", "JD360702002", "360702-SJ"]),
    case("a beggar in a community of Dongwai", "360702004006", EVENT, "0502", ["SQ360702004006", "JD360702004", "360702-MZ"]),
    case("a broken dyke in a village of Shuinan", "360702005201", EVENT, "0111", ["SQ360702005201", "JD360702005", "360702-SL"]),
    case("a power cable manhole in a community of Shuidong", "360702101001", COMPONENT, "0105", ["SQ360702101001", "JD360702101", "360702-GD"]),
    case("a street lamp in a community of Jiefang", "360702001014", COMPONENT, "0118", ["SQ360702001014", "JD360702001", "360702-SZ"]),
    case("a litter bin in a village of Shashi", "360702100210", COMPONENT, "0305", ["SQ360702100210", "JD360702100", "360702-HW"]),
    case("a street tree in a community of Nanwai", "360702003013", COMPONENT, "0402", ["SQ360702003013", "JD360702003", "360702-YL"]),
    case("a cash machine, which is no department's, in a community of Shahe", "360702104001", COMPONENT, "2106", ["SQ360702104001", "JD360702104", "ZH360702"]),
];

#[test]
fn zhanggong_answers_three_whistles() {
    let city = Demonstration::new(
        "zhanggong",
        [
            ("district.geojson", "district"),
            ("streets.geojson", "street"),
            ("first-grids.geojson", "first-grid"),
            ("second-grids.geojson", "second-grid"),
        ],
    );
    assert_eq!(city.units(), [1, 9, 143, 727]);
    for grid in &city.contents.grids {
        assert!(grid.unit.population.unwrap() <= 1000, "{}", grid.unit.code);
    }
    let posts = city.posts();
    let count = |post| posts[post].0;
    assert_eq!((count("head"), count("worker")), (143 + 727, 727));
    city.assert_one_handler_per_tier();
    city.assert_cases(&CASES);
    // whoever whistles at a tier is answered by the next one
    for case in &CASES {
        let report = city.report_in(case.place);
        let answer = city.answer(report, case.object, case.class);
        let handlers = answer.handlers.unwrap();
        let answers = |raised_at: u32| {
            let mut above = handlers.iter().filter(|handler| handler.tier > raised_at);
            above.next().map(|handler| handler.department.code)
        };
        let [grid, street, department] = case.answer;
        assert_eq!(answers(0), Some(grid), "{}", case.what);
        assert_eq!(answers(1), Some(street), "{}", case.what);
        assert_eq!(answers(2), Some(department), "{}", case.what);
        assert_eq!(answers(3), None);
    }
}
