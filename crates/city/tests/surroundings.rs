//! What lies on the map beside the grids: components, specialised grids, streets, households; and
//! who runs a unit.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod drawing;

use drawing::{V1, parts, shape, square, town_grids};
use rstest::rstest;
use serde_json::{Value, json};
use wangge_city::{
    Around, City, CityError, ComponentQuery, LocateRequest, NearestComponents, Responsibility,
    Shown, Subject,
};
use wangge_crs::Crs;
use wangge_model::{
    ClassTable, Code, Component, Departments, Device, Dwelling, ListRow, ObjectKind, Overlay,
    OwnDepartments, ParentLink, Rules, Street,
};
use wangge_plane::{Extent, Figure, Line, Point, Shape};

/// A place in hundredths of a degree from 120.80 E 40.70 N.
fn at(x: f64, y: f64) -> Point {
    Point::from_degrees(120.8 + x / 100.0, 40.7 + y / 100.0).unwrap()
}

fn line(path: &[(f64, f64)]) -> Line {
    Line::new([path.iter().map(|&(x, y)| at(x, y)).collect()]).unwrap()
}

fn ground(west: f64, south: f64, east: f64, north: f64) -> Shape {
    shape(square(west, south, east, north), vec![])
}

fn code(text: &str) -> Code {
    text.parse().unwrap()
}

fn component(name: &str, class: &str, figure: Figure) -> Component {
    Component {
        code: code(name),
        class: code(class),
        name: None,
        state: None,
        departments: OwnDepartments::default(),
        grid: None,
        surveyed: None,
        changed: None,
        accuracy_m: None,
        source: None,
        note: None,
        figure,
    }
}

fn rows(columns: &[&str], text: &str) -> Vec<ListRow> {
    let lines = text.lines().zip(1..);
    let rows = lines
        .map(|(line, number)| ListRow::new(number, columns.iter().copied().zip(line.split('|'))));
    rows.collect()
}

const CLASSES: &str = "component|01|公用设施\ncomponent|0101|上水井盖|Water cover\n\
    component|0118|路灯\ncomponent|04|园林绿化\ncomponent|0405|绿地\nevent|0102|暴露垃圾";
const DEPARTMENTS: &str = "D|区中心\nS1|西街道\nS2|东街道\nW|供水\nG|园林\nM|市场所";
const RULES: &str = "1|||211403001||S1\n1|||211403002||S2\n2|||||D\n2|component|01|||W";

fn lists(rules: &str) -> Responsibility {
    Responsibility {
        classes: ClassTable::read(&rows(ClassTable::COLUMNS, CLASSES)).unwrap(),
        departments: Departments::read(&rows(Departments::COLUMNS, DEPARTMENTS)).unwrap(),
        rules: Rules::read(&rows(Rules::COLUMNS, rules)).unwrap(),
        ..Responsibility::default()
    }
}

fn city(lists: Responsibility, components: Vec<Component>) -> City {
    let mut parts = parts(V1, town_grids());
    parts.responsibility = lists;
    parts.components = components;
    City::of_parts(parts).unwrap()
}

fn located(city: &City, (x, y): (f64, f64), subject: Option<Subject<'_>>) -> Value {
    let point = at(x, y);
    let answer = city
        .locate(&LocateRequest {
            lon: point.lon(),
            lat: point.lat(),
            crs: &Crs::Lattice,
            near_m: None,
            subject,
            accuracy: None,
            components: Some(NearestComponents::within(300.0)),
            shown: Shown::default(),
        })
        .unwrap();
    // both ways of writing it say the same
    let mut written = Vec::new();
    answer.write_json(&mut written);
    let value = serde_json::to_value(&answer).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&written).unwrap(), value);
    value
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "what lookups take, as None is another of them"
)]
fn of_component(class: &str) -> Option<Subject<'_>> {
    Some(Subject {
        object: ObjectKind::Component,
        class,
    })
}

/// Tier and department of each handler.
fn handlers(answer: &Value) -> Vec<(u64, String)> {
    let handlers = answer["handlers"].as_array().unwrap().iter();
    handlers
        .map(|one| {
            let department = one["department"]["code"].as_str().unwrap();
            (one["tier"].as_u64().unwrap(), department.to_owned())
        })
        .collect()
}

fn detail(city: &City, code: &str) -> Value {
    let detail = city
        .component(code, &Crs::Lattice, Shown::default())
        .unwrap();
    serde_json::to_value(detail).unwrap()
}

#[test]
fn a_line_across_grids_lists_them_with_their_shares() {
    // from 001001 through 001002 into nothing: 0.4, 1.0 and 0.6 of a length of 2.0
    let rail = component("R", "0101", Figure::Line(line(&[(0.6, 0.5), (2.6, 0.5)])));
    let city = city(lists(RULES), vec![rail]);
    let properties = &detail(&city, "R")["properties"];
    assert_eq!(
        properties["grids"],
        json!([
            {"code": "211403001002", "share": 0.5},
            {"outside": true, "share": 0.3},
            {"code": "211403001001", "share": 0.2},
        ])
    );
    // its middle lies at 1.6
    assert_eq!(properties["grid"], "211403001002");
}

#[test]
fn an_area_across_grids_lists_them_with_their_shares() {
    // around the corner of four grids, three quarters of it to the west
    let lawn = component("L", "0405", Figure::Area(ground(0.7, 0.8, 1.1, 1.2)));
    // the hole of 002002 with the enclave in it, and a rim of 0.1 around: 0.04 of 0.16
    let park = component("P", "0405", Figure::Area(ground(1.3, 1.3, 1.7, 1.7)));
    let whole = component("W", "0405", Figure::Area(ground(0.2, 0.2, 0.4, 0.4)));
    // along the borders of its grid all around
    let grid = component("Z", "0405", Figure::Area(ground(1.0, 0.0, 2.0, 1.0)));
    let city = city(lists(RULES), vec![lawn, park, whole, grid]);
    let shares = |code: &str| detail(&city, code)["properties"]["grids"].clone();
    let close = |shares: &Value, expected: &[(&str, f64)]| {
        let found: Vec<(&str, f64)> = shares
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                (
                    one["code"].as_str().unwrap(),
                    one["share"].as_f64().unwrap(),
                )
            })
            .collect();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        // ground further north is a little smaller
        for (code, share) in expected {
            let (_, of) = found.iter().find(|(known, _)| known == code).unwrap();
            assert!((of - share).abs() < 1e-4, "{code}: {of}, not {share}");
        }
    };
    close(
        &shares("L"),
        &[
            ("211403001001", 0.375),
            ("211403002001", 0.375),
            ("211403001002", 0.125),
            ("211403002002", 0.125),
        ],
    );
    close(
        &shares("P"),
        &[("211403002002", 0.75), ("211403001003", 0.25)],
    );
    close(&shares("W"), &[("211403001001", 1.0)]);
    close(&shares("Z"), &[("211403001002", 1.0)]);
}

#[test]
fn the_own_department_of_a_component_comes_before_the_rules_for_its_class() {
    let own = |name: &str, departments: OwnDepartments| Component {
        departments,
        ..component(name, "0101", Figure::Point(at(0.5, 0.5)))
    };
    let (garden, market) = (Some(code("G")), Some(code("M")));
    let city = city(
        lists(RULES),
        vec![
            own(
                "A",
                OwnDepartments {
                    in_charge: garden.clone(),
                    owner: market.clone(),
                    maintainer: None,
                },
            ),
            own(
                "B",
                OwnDepartments {
                    maintainer: market,
                    ..OwnDepartments::default()
                },
            ),
            own("C", OwnDepartments::default()),
        ],
    );
    let pair = |tier, code: &str| (tier, code.to_owned());
    let of = |code: &str| handlers(&detail(&city, code)["properties"]);
    assert_eq!(of("A"), [pair(1, "S1"), pair(2, "G")]);
    assert_eq!(of("B"), [pair(1, "S1"), pair(2, "M")]);
    assert_eq!(of("C"), [pair(1, "S1"), pair(2, "W")]);
    // a lookup that names the component says the same, one that names its class does not know it
    assert_eq!(
        handlers(&located(&city, (0.5, 0.5), of_component("A"))),
        of("A")
    );
    assert_eq!(
        handlers(&located(&city, (0.5, 0.5), of_component("0101"))),
        of("C")
    );
    let handler = &detail(&city, "B")["properties"]["handlers"][1];
    assert_eq!(handler["rule"], "component B maintainer");
    assert_eq!(handler["reason"], "the component itself: its maintainer");
}

#[test]
fn a_lookup_names_the_nearest_components_of_the_class_asked_for() {
    let point = |name: &str, class: &str, x: f64| component(name, class, Figure::Point(at(x, 0.5)));
    let city = city(
        lists(RULES),
        vec![
            point("NEAR", "0118", 0.51),
            point("COVER", "0101", 0.6),
            point("FAR", "0101", 0.9),
        ],
    );
    let names = |answer: &Value| -> Vec<String> {
        let components = answer["components"].as_array().unwrap().iter();
        components
            .map(|one| one["code"].as_str().unwrap().to_owned())
            .collect()
    };
    let asked = |subject| names(&located(&city, (0.5, 0.5), subject));
    // FAR is 338 m away, beyond the 300 m asked for
    assert_eq!(asked(of_component("0101")), ["COVER"]);
    assert_eq!(asked(of_component("01")), ["NEAR", "COVER"]);
    assert_eq!(asked(of_component("FAR")), ["COVER"]);
    let event = Subject {
        object: ObjectKind::Event,
        class: "0102",
    };
    assert_eq!(asked(Some(event)), ["NEAR", "COVER"]);
    let nearest = &located(&city, (0.5, 0.5), None)["components"][1];
    assert_eq!(nearest["name"], "Water cover");
    assert_eq!(nearest["grid"], "211403001001");
    // 0.001 degree of longitude at 40.705 N: a cos(lat) / sqrt(1 - e2 sin2(lat)) is 84.509 m
    assert_eq!(nearest["distance_m"], json!(84.51));
}

#[rstest]
#[case::all(ComponentQuery::default(), &["A", "B", "C", "D"])]
#[case::by_class(ComponentQuery { class: Some("0101".into()), ..ComponentQuery::default() }, &["A", "D"])]
#[case::by_major(ComponentQuery { class: Some("01".into()), ..ComponentQuery::default() }, &["A", "B", "D"])]
#[case::by_grid(ComponentQuery { unit: Some("211403001001".into()), ..ComponentQuery::default() }, &["A", "B", "C"])]
#[case::by_street(ComponentQuery { unit: Some("211403002".into()), ..ComponentQuery::default() }, &["D"])]
#[case::by_street_once(ComponentQuery { unit: Some("211403001".into()), ..ComponentQuery::default() }, &["A", "B", "C"])]
#[case::by_department(ComponentQuery { department: Some("G".into()), ..ComponentQuery::default() }, &["C"])]
#[case::in_a_box(ComponentQuery { bbox: Extent::of([at(0.4, 0.4), at(0.6, 0.6)]), ..ComponentQuery::default() }, &["A", "B"])]
#[case::around(ComponentQuery { around: Some(Around { point: at(0.6, 0.5), radius_m: 1_000.0 }), ..ComponentQuery::default() }, &["B", "A", "C"])]
#[case::around_of_class(ComponentQuery { around: Some(Around { point: at(0.6, 0.5), radius_m: 1_000.0 }), class: Some("0101".into()), ..ComponentQuery::default() }, &["A"])]
#[case::around_in_a_grid(ComponentQuery { around: Some(Around { point: at(0.6, 0.5), radius_m: 1_000.0 }), unit: Some("211403001002".into()), ..ComponentQuery::default() }, &["C"])]
fn components_are_listed_by_what_is_asked(
    #[case] query: ComponentQuery,
    #[case] expected: &[&str],
) {
    let city = listed_city();
    let whole = ComponentQuery {
        limit: 100,
        ..query.clone()
    };
    let page = city.components(&whole).unwrap();
    assert_eq!(codes(&city, &page), expected);
    assert_eq!(page.next, None);
    // one by one comes to the same
    let mut found = Vec::new();
    let mut cursor = None;
    loop {
        let page = city
            .components(&ComponentQuery {
                limit: 1,
                cursor,
                ..query.clone()
            })
            .unwrap();
        found.extend(codes(&city, &page));
        let Some(next) = page.next else { break };
        cursor = Some(next.to_string().parse().unwrap());
    }
    assert_eq!(found, expected);
}

fn codes(city: &City, page: &wangge_city::ComponentPage) -> Vec<String> {
    let features = (0..page.len()).map(|at| {
        city.component_feature(page, at, &Crs::Lattice, Shown::default())
            .unwrap()
    });
    features.map(|one| one.properties.code.to_owned()).collect()
}

fn listed_city() -> City {
    let mut lawn = component("C", "0405", Figure::Line(line(&[(0.9, 0.5), (1.2, 0.5)])));
    lawn.departments.owner = Some(code("G"));
    city(
        lists(RULES),
        vec![
            component("D", "0101", Figure::Point(at(1.9, 1.9))),
            component("B", "0118", Figure::Point(at(0.55, 0.5))),
            lawn,
            component("A", "0101", Figure::Point(at(0.5, 0.5))),
        ],
    )
}

#[test]
fn what_components_cannot_be_asked_by_is_said() {
    let city = listed_city();
    let asked = |query: ComponentQuery| city.components(&query).unwrap_err();
    let of_unit = ComponentQuery {
        unit: Some("9".into()),
        ..ComponentQuery::default()
    };
    assert!(matches!(asked(of_unit), CityError::UnknownCode { .. }));
    let of_department = ComponentQuery {
        department: Some("X".into()),
        ..ComponentQuery::default()
    };
    assert!(matches!(
        asked(of_department),
        CityError::UnknownDepartment { .. }
    ));
    let expired = ComponentQuery {
        cursor: Some("9.9~1".parse().unwrap()),
        ..ComponentQuery::default()
    };
    assert!(matches!(asked(expired), CityError::CursorExpired { .. }));
    let missing = city.component("X", &Crs::Lattice, Shown::default());
    assert!(matches!(missing, Err(CityError::UnknownComponent { .. })));
}

#[test]
fn components_of_a_class_or_department_that_there_is_not_are_refused() {
    let compile = |component| {
        let mut parts = parts(V1, town_grids());
        parts.responsibility = lists(RULES);
        parts.components = vec![component];
        City::of_parts(parts).unwrap_err().to_string()
    };
    let place = Figure::Point(at(0.5, 0.5));
    assert!(compile(component("A", "0999", place.clone())).contains("the first of them A: 0999"));
    let mut owned = component("B", "0101", place);
    owned.departments.owner = Some(code("NOBODY"));
    assert!(compile(owned).contains("the first of them B: NOBODY"));
}

#[test]
fn a_unit_tells_its_components_households_and_devices() {
    let mut lists = lists(RULES);
    let dwelling = |x: f64, y: f64, households, population| Dwelling {
        code: None,
        households,
        population,
        figure: Figure::Point(at(x, y)),
    };
    lists.households = vec![
        dwelling(0.5, 0.5, Some(3), Some(7)),
        dwelling(0.6, 0.5, None, None),
        dwelling(1.5, 0.5, Some(2), Some(5)),
        // on nobody's ground
        dwelling(9.0, 9.0, Some(100), Some(100)),
    ];
    lists.devices = vec![Device {
        row: 1,
        id: code("T-7"),
        kind: Some("fill".into()),
        unit: None,
        component: Some(code("A")),
        department: None,
    }];
    let city = city(
        lists,
        vec![
            component("A", "0101", Figure::Point(at(0.5, 0.5))),
            component("B", "0101", Figure::Point(at(0.6, 0.5))),
            component("C", "0118", Figure::Point(at(1.5, 0.5))),
        ],
    );
    let unit = |code: &str| {
        let detail = city.grid(code, &Crs::Lattice, Shown::default()).unwrap();
        serde_json::to_value(detail).unwrap()["properties"].clone()
    };
    let west = unit("211403001001");
    let counted = json!({"count": 2, "households": 4, "population": 7});
    assert_eq!(west["households_counted"], counted);
    assert_eq!(
        west["components"],
        json!([{"class": "0101", "name": "Water cover", "count": 2}])
    );
    let street = unit("211403001");
    let counted = json!({"count": 3, "households": 6, "population": 12});
    assert_eq!(street["households_counted"], counted);
    assert_eq!(
        street["components"][1],
        json!({"class": "0118", "name": "路灯", "count": 1})
    );
    assert_eq!(street.get("buildings_counted"), None);
    assert_eq!(
        detail(&city, "A")["properties"]["devices"],
        json!([{"id": "T-7", "kind": "fill"}])
    );
}

#[test]
fn a_specialised_grid_is_named_and_its_rules_come_before_the_grids() {
    let rules = format!("{RULES}\n2|component|01|M1||M\n2|event||BIG||G");
    let mut lists = lists(&rules);
    let overlay = |code: &str, ground: Shape| Overlay {
        row: 1,
        code: code.parse().unwrap(),
        name: Some(format!("{code}市场")),
        name_en: None,
        kind: Some("market".into()),
        note: None,
        shape: ground,
    };
    // BIG lies across grids and holds M1
    lists.overlays = vec![
        overlay("M1", ground(0.4, 0.4, 0.6, 0.6)),
        overlay("BIG", ground(0.3, 0.3, 1.5, 0.8)),
    ];
    let city = city(lists, vec![]);
    let names = |answer: &Value| -> Vec<String> {
        let overlays = answer["overlays"].as_array().unwrap().iter();
        overlays
            .map(|one| one["code"].as_str().unwrap().to_owned())
            .collect()
    };
    let both = located(&city, (0.5, 0.5), of_component("0101"));
    assert_eq!(names(&both), ["M1", "BIG"]);
    assert_eq!(both["overlays"][0]["name"], "M1市场");
    let pair = |tier, code: &str| (tier, code.to_owned());
    assert_eq!(handlers(&both), [pair(1, "S1"), pair(2, "M")]);
    assert_eq!(
        both["handlers"][1]["reason"],
        "component class 01 公用设施, in M1 M1市场"
    );
    let event = Some(Subject {
        object: ObjectKind::Event,
        class: "0102",
    });
    assert_eq!(
        handlers(&located(&city, (0.5, 0.5), event)),
        [pair(1, "S1"), pair(2, "G")]
    );
    assert_eq!(
        handlers(&located(&city, (1.4, 0.5), event)),
        [pair(1, "S1"), pair(2, "G")]
    );
    let neither = located(&city, (1.8, 0.5), event);
    assert_eq!(names(&neither), [""; 0]);
    assert_eq!(handlers(&neither), [pair(1, "S1"), pair(2, "D")]);
}

#[test]
fn who_runs_a_unit_is_named_and_its_rules_stand_above_the_units() {
    let rules = format!("{RULES}\n2|||ZONE||M\n1|event||ZONE||G");
    let mut lists = lists(&rules);
    let columns = ParentLink::COLUMNS;
    let (links, faults) = ParentLink::read_sound(&rows(
        columns,
        "211403002|managing|OLD|旧区||2020-01-01|\n211403002|managing|ZONE|经开区|2020-01-01||\n\
         211403002|administrative|211403|||",
    ));
    assert_eq!(faults, []);
    lists.parents = links;
    let city = city(lists, vec![]);
    let event = Some(Subject {
        object: ObjectKind::Event,
        class: "0102",
    });
    let east = located(&city, (0.5, 1.5), event);
    assert_eq!(
        east["managed_by"],
        json!([{"unit": "211403002", "code": "ZONE", "name": "经开区", "from": "2020-01-01"}])
    );
    let pair = |tier, code: &str| (tier, code.to_owned());
    // the street's own rule is for a lower area than the zone that runs it
    assert_eq!(handlers(&east), [pair(1, "S2"), pair(2, "M")]);
    let west = located(&city, (0.5, 0.5), event);
    assert_eq!(west.get("managed_by"), None);
    assert_eq!(handlers(&west), [pair(1, "S1"), pair(2, "D")]);
    let parents = city.parents_of("211403002").unwrap();
    let told: Vec<_> = parents
        .iter()
        .map(|one| (one.relation, one.code, one.name))
        .collect();
    assert_eq!(
        told,
        [
            ("managing", "OLD", Some("旧区")),
            ("managing", "ZONE", Some("经开区")),
            ("administrative", "211403", Some("龙港区")),
        ]
    );
}

#[test]
fn a_side_that_runs_along_a_street_has_its_name_and_each_side_its_share() {
    let mut lists = lists(RULES);
    let street = |name: Option<&str>, path: &[(f64, f64)]| Street {
        name: name.map(str::to_owned),
        name_en: None,
        class: None,
        line: line(path),
    };
    lists.streets = vec![
        // 11 m beside the border between 001001 and 001002, in two parts
        street(Some("中街"), &[(1.013, 0.0), (1.013, 0.5)]),
        street(Some("中街"), &[(1.013, 0.5), (1.013, 1.0)]),
        // along a fifth of the northern side
        street(Some("短巷"), &[(0.0, 1.0), (0.2, 1.0)]),
        street(None, &[(0.0, 0.0), (0.0, 1.0)]),
        // crosses the eastern side
        street(Some("横路"), &[(0.5, 0.5), (1.5, 0.5)]),
    ];
    let city = city(lists, vec![]);
    let sides = serde_json::to_value(city.sides("211403001001").unwrap()).unwrap();
    assert_eq!(sides["east"][0]["street"], "中街");
    assert_eq!(sides["east"][0]["code"], "211403001002");
    for side in ["north", "south", "west"] {
        assert_eq!(sides[side][0].get("street"), None, "{side}");
    }
    let shares: Vec<f64> = ["east", "south", "west", "north"]
        .iter()
        .map(|side| sides[side][0]["share"].as_f64().unwrap())
        .collect();
    assert!(
        (shares.iter().sum::<f64>() - 1.0).abs() < 3e-4,
        "{shares:?}"
    );
}
