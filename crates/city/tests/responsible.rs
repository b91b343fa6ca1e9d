//! Who handles what in a town, and borders that are not sure.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod drawing;

use drawing::{V1, parts, town_grids};
use rstest::rstest;
use wangge_city::{City, CityError, LocateRequest, Responsibility, Shown, Subject};
use wangge_crs::Crs;
use wangge_model::{Border, ClassTable, Departments, ListRow, ObjectKind, Post, Rules};
use wangge_report::Language;

fn rows(columns: &[&str], text: &str) -> Vec<ListRow> {
    (1..)
        .zip(text.lines())
        .map(|(number, line)| ListRow::new(number, columns.iter().copied().zip(line.split('|'))))
        .collect()
}

fn responsibility(rules: &str, borders: &str) -> Responsibility {
    let classes =
        "component|01|公用设施\ncomponent|0101|上水井盖\nevent|01|市容环境\nevent|0102|暴露垃圾";
    let departments = "D|区中心||district|800\nS1|西街道|D|street|801\nS2|东街道|D|street|802\nW|供水|D|functional|803";
    let posts = "211403001001|head|张三|139\n211403001001|head||\n211403002001|head|李四|138";
    Responsibility {
        classes: ClassTable::read(&rows(ClassTable::COLUMNS, classes)).unwrap(),
        departments: Departments::read(&rows(Departments::COLUMNS, departments)).unwrap(),
        rules: Rules::read(&rows(Rules::COLUMNS, rules)).unwrap(),
        posts: Post::read(&rows(Post::COLUMNS, posts)).unwrap(),
        borders: Border::read(&rows(Border::COLUMNS, borders)).unwrap(),
        ..Responsibility::default()
    }
}

const RULES: &str = "1|||211403001||S1\n1|||211403002||S2\n2|||||D\n2|component|01|||W";

fn town(rules: &str, borders: &str) -> Result<City, CityError> {
    let mut parts = parts(V1, town_grids());
    parts.responsibility = responsibility(rules, borders);
    City::of_parts(parts)
}

fn request(lon: f64, lat: f64, subject: Option<Subject<'_>>) -> LocateRequest<'_> {
    LocateRequest {
        lon,
        lat,
        crs: &Crs::Lattice,
        near_m: None,
        subject,
        accuracy: None,
        components: None,
        shown: Shown::default(),
    }
}

const fn subject(object: ObjectKind, class: &str) -> Subject<'_> {
    Subject { object, class }
}

#[rstest]
#[case(120.805, 40.705, subject(ObjectKind::Component, "0101"), &[(1, "S1", "1:*:*:211403001:*"), (2, "W", "2:component:01:*:*")])]
#[case(120.805, 40.705, subject(ObjectKind::Event, "0102"), &[(1, "S1", "1:*:*:211403001:*"), (2, "D", "2:*:*:*:*")])]
#[case(120.805, 40.715, subject(ObjectKind::Component, "01"), &[(1, "S2", "1:*:*:211403002:*"), (2, "W", "2:component:01:*:*")])]
// the enclave in the other street's ground is its own street's
#[case(120.815, 40.715, subject(ObjectKind::Event, "0102"), &[(1, "S1", "1:*:*:211403001:*"), (2, "D", "2:*:*:*:*")])]
fn each_tier_has_its_department(
    #[case] lon: f64,
    #[case] lat: f64,
    #[case] subject: Subject<'static>,
    #[case] expected: &[(u32, &str, &str)],
) {
    let city = town(RULES, "").unwrap();
    let answer = city.locate(&request(lon, lat, Some(subject))).unwrap();
    let handlers = answer.handlers.unwrap();
    let found: Vec<(u32, &str, &str)> = handlers
        .iter()
        .map(|handler| (handler.tier, handler.department.code, handler.rule.as_ref()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn reasons_are_told_in_the_language_asked_for_and_contacts_to_those_who_may() {
    let city = town(RULES, "").unwrap();
    let mut asked = request(
        120.805,
        40.705,
        Some(subject(ObjectKind::Component, "0101")),
    );
    let answer = city.locate(&asked).unwrap();
    let mut json = Vec::new();
    answer.write_json(&mut json);
    let json = String::from_utf8(json).unwrap();
    assert_eq!(json, serde_json::to_string(&answer).unwrap());
    assert!(json.contains("component class 01 公用设施\""), "{json}");
    // ids have many digits, which mean nothing
    let told: String = json
        .split("\"id\":")
        .map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()))
        .collect();
    for secret in ["张三", "139", "800", "803"] {
        assert!(!told.contains(secret), "{told}");
    }
    assert!(
        json.ends_with(r#""posts":[{"post":"head"},{"post":"head","vacant":true}]}"#),
        "{json}"
    );
    asked.shown = Shown {
        contacts: true,
        language: Language::Zh,
    };
    let answer = city.locate(&asked).unwrap();
    let [_, water] = answer.handlers.as_deref().unwrap() else {
        unreachable!("two tiers")
    };
    assert_eq!(water.department.phone, Some("803"));
    assert_eq!(water.reason, "部件类别 01 公用设施");
    let posts = answer.posts.unwrap();
    assert_eq!((posts[0].name, posts[0].phone), (Some("张三"), Some("139")));
}

#[test]
fn a_class_that_the_city_does_not_have_is_refused_outside_it_too() {
    let city = town(RULES, "").unwrap();
    for lon in [120.805, 100.0] {
        let asked = request(lon, 40.705, Some(subject(ObjectKind::Event, "0101")));
        let refused = city.locate(&asked).unwrap_err();
        assert!(
            matches!(refused, CityError::UnknownClass { .. }),
            "{refused}"
        );
    }
    let outside = request(100.0, 40.705, Some(subject(ObjectKind::Event, "0102")));
    let answer = city.locate(&outside).unwrap();
    assert!(answer.handlers.is_none() && answer.posts.is_none());
}

#[test]
fn what_nobody_handles_is_named_with_its_grids() {
    let city = town("1|||211403001||S1\n1||0102|||S2\n2|||||D", "").unwrap();
    let holes = city.holes_of_duty();
    let [hole] = holes.as_slice() else {
        unreachable!("{holes:?}")
    };
    assert_eq!(
        (hole.tier, hole.object, hole.class.as_str()),
        (1, ObjectKind::Component, "0101")
    );
    let codes: Vec<&str> = hole
        .first
        .iter()
        .map(|&place| city.code_at(place))
        .collect();
    assert_eq!(codes, ["211403002001", "211403002002"]);
    assert_eq!(hole.grids, 2);
}

/// A ten-thousandth of a degree of longitude is 8.4 m there, of latitude 11.1 m.
#[rstest]
#[case::in_the_west(120.8099, 40.705, Some(("disputed", "211403001002")))]
#[case::in_the_east(120.8101, 40.705, Some(("disputed", "211403001001")))]
#[case::too_far(120.8097, 40.705, None)]
#[case::a_border_that_is_confirmed(120.805, 40.7099, None)]
#[case::a_border_to_be_surveyed(120.815, 40.7099, Some(("unsurveyed", "211403002002")))]
#[case::of_two_the_nearer(120.8101, 40.70995, Some(("unsurveyed", "211403002002")))]
#[case::outside(120.81, 40.699, None)]
fn a_lookup_near_a_border_that_is_not_sure_says_so(
    #[case] lon: f64,
    #[case] lat: f64,
    #[case] expected: Option<(&str, &str)>,
) {
    let borders = "211403001001|211403001002|争议\n211403002002|211403001002|unsurveyed\n\
                   211403001001|211403002001|confirmed";
    let city = town(RULES, borders).unwrap();
    let answer = city.locate(&request(lon, lat, None)).unwrap();
    let found = answer.unsettled_border;
    assert_eq!(
        found.map(|border| (border.status, border.other.code)),
        expected
    );
    if let Some(border) = found {
        assert!(
            (5.0..9.0).contains(&border.distance_m) || (11.0..11.2).contains(&border.distance_m)
        );
    }
}

#[test]
fn grids_that_touch_at_a_corner_have_no_border() {
    // in a plan: in another, which the list may be for, they may have one
    let city = town(RULES, "211403001001|211403002002|disputed").unwrap();
    let mistakes = city.borders_that_are_none();
    assert_eq!(
        mistakes[0].to_string(),
        "borders, row 1, column \"other\": 211403001001 and 211403002002 have no border in common: \
         correct one of them"
    );
    // along the hole the enclave has one with the grid around it
    town(RULES, "211403002002|211403001003|disputed").unwrap();
}
