//! Specialised grids, streets, households, devices and parents: in from files, out in answers.

use crate::city::{RULES, put, refused, whole};
use crate::components::at;
use crate::support::service::Service;
use crate::support::{Desk, run, run_in};
use crate::{json, text};

fn polygon(west: f64, south: f64, east: f64, north: f64) -> String {
    let corners = [
        (west, south),
        (east, south),
        (east, north),
        (west, north),
        (west, south),
    ];
    let corners = corners.map(|(x, y)| format!("[{}]", at(x, y)));
    format!(
        r#"{{"type":"Polygon","coordinates":[[{}]]}}"#,
        corners.join(",")
    )
}

fn collection(features: &[(&str, String)]) -> String {
    let features: Vec<String> = features
        .iter()
        .map(|(properties, geometry)| {
            format!(r#"{{"type":"Feature","properties":{properties},"geometry":{geometry}}}"#)
        })
        .collect();
    format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",")
    )
}

#[test]
fn a_market_is_an_area_that_rules_are_for() {
    let desk = Desk::new();
    let store = whole(&desk);
    // across 甲社区 and 乙社区
    let market = (
        r#"{"code":"M1","name":"西市场","kind":"market"}"#,
        polygon(0.5, 0.2, 1.5, 0.8),
    );
    let file = desk.write("overlays.geojson", &collection(&[market]));
    run(&["import", "overlays", text(&file), "--store", text(&store)]).expect_code(0);
    put(
        &desk,
        &store,
        "rules",
        &format!("{RULES}2,event,,M1,,SAN,市场\n"),
    );
    let service = Service::start(&store, &[]);
    let asked = |x: f64, class: &str| {
        let place = at(x, 0.5).replace(',', "&lat=");
        json(
            &service
                .get(&format!("/v1/locate?lon={place}&event={class}"))
                .body,
        )
    };
    let tier_2 = |answer: &serde_json::Value| answer["handlers"][1]["department"]["code"].clone();
    let inside = asked(0.7, "0201");
    assert_eq!(inside["overlays"][0]["code"], "M1");
    assert_eq!(inside["overlays"][0]["name"], "西市场");
    // its rule has no class: that of class 0201 is longer
    assert_eq!(tier_2(&inside), "ROAD");
    assert_eq!(tier_2(&asked(0.7, "0101")), "SAN");
    assert_eq!(tier_2(&asked(1.2, "0101")), "SAN");
    assert_eq!(tier_2(&asked(0.2, "0101")), "S1");
    assert_eq!(asked(0.2, "0101")["overlays"], serde_json::json!([]));
    // a rule for a market that is not there any more
    let other = (r#"{"code":"M2"}"#, polygon(0.5, 0.2, 1.5, 0.8));
    let file = desk.write("other.geojson", &collection(&[other]));
    let [english, _] = refused(&store, "overlays", &[&file], &[]);
    assert!(english.message().contains("no unit M1"), "{}", english.err);
    // a code that a unit has, and what is no area
    let wrong = [
        (r#"{"code":"211403001"}"#, polygon(0.5, 0.2, 1.5, 0.8)),
        (
            r#"{"code":"M1"}"#,
            format!(r#"{{"type":"Point","coordinates":[{}]}}"#, at(0.5, 0.5)),
        ),
        (r#"{"code":"M3"}"#, "null".to_owned()),
    ];
    let file = desk.write("wrong.geojson", &collection(&wrong));
    let [english, chinese] = refused(&store, "overlays", &[&file], &[]);
    for said in [
        "wrong.geojson, row 1, column \"code\": the code 211403001 is a grid's",
        "wrong.geojson, row 2, column \"geometry\": it is drawn as point, and must be area",
        "wrong.geojson, row 3, column \"geometry\": it has no place that can be used",
    ] {
        assert!(english.message().contains(said), "{said}\n{}", english.err);
    }
    assert!(
        chinese.message().contains("画的是点，应为面"),
        "{}",
        chinese.err
    );
}

#[test]
fn the_four_sides_have_the_names_of_streets() {
    let desk = Desk::new();
    let store = whole(&desk);
    let street = |name: &str, from: (f64, f64), to: (f64, f64)| {
        let (from, to) = (at(from.0, from.1), at(to.0, to.1));
        let line = format!(r#"{{"type":"LineString","coordinates":[[{from}],[{to}]]}}"#);
        (format!(r#"{{"name":"{name}"}}"#), line)
    };
    let streets = [
        street("中山路", (1.0, -1.0), (1.0, 3.0)),
        street("人民街", (-1.0, 1.02), (5.0, 1.02)),
    ];
    let streets: Vec<(&str, String)> = streets
        .iter()
        .map(|(properties, line)| (properties.as_str(), line.clone()))
        .collect();
    let file = desk.write("streets.geojson", &collection(&streets));
    run(&["import", "streets", text(&file), "--store", text(&store)]).expect_code(0);
    let service = Service::start(&store, &[]);
    let grid = json(&service.get("/v1/grids/211403001001001").body);
    let sides = &grid["properties"]["neighbours"];
    assert_eq!(sides["east"][0]["street"], "中山路");
    assert_eq!(sides["north"][0]["street"], "人民街");
    assert_eq!(sides["south"][0].get("street"), None);
    let share = |side: &str| sides[side][0]["share"].as_f64().unwrap();
    // 111.048 m to the east and to the west, 84.515 m to the north and to the south
    assert!((share("east") - 0.2839).abs() < 2e-4, "{}", share("east"));
    assert!((share("south") - 0.2161).abs() < 2e-4, "{}", share("south"));
    // the posts stand there too
    assert_eq!(grid["properties"]["posts"].as_array().unwrap().len(), 2);
    assert_eq!(grid["properties"]["posts"][1]["vacant"], true);
}

#[test]
fn households_are_counted_where_they_are() {
    let desk = Desk::new();
    let store = whole(&desk);
    let rows = format!(
        "code,households,population,lon,lat\nH1,3,8,{}\nH2,,2,{}\nH3,5,9,{}\n",
        at(0.2, 0.2),
        at(0.3, 0.2),
        at(1.3, 0.2)
    );
    let file = desk.write("households.csv", &rows);
    let crs = ["--crs", "EPSG:4490"];
    let import = ["import", "households", text(&file), "--store", text(&store)];
    run(&[&import[..], &crs].concat()).expect_code(0);
    let building = (
        r#"{"code":"B1","households":"12"}"#,
        polygon(0.1, 0.1, 0.2, 0.3),
    );
    let file = desk.write("buildings.geojson", &collection(&[building]));
    run(&["import", "buildings", text(&file), "--store", text(&store)]).expect_code(0);
    let service = Service::start(&store, &[]);
    let of =
        |code: &str| json(&service.get(&format!("/v1/grids/{code}")).body)["properties"].clone();
    let grid = of("211403001001001");
    let counted = serde_json::json!({"count": 2, "households": 4, "population": 10});
    assert_eq!(grid["households_counted"], counted);
    assert_eq!(grid["buildings_counted"]["households"], 12);
    assert_eq!(of("211403001")["households_counted"]["households"], 9);
    let wrong = desk.write(
        "wrong.csv",
        &format!("households,lon,lat\n两户,{}\n", at(0.2, 0.2)),
    );
    let [english, _] = refused(&store, "households", &[&wrong], &crs);
    assert!(
        english
            .message()
            .contains("wrong.csv, row 1, column \"households\"")
    );
}

/// Two files are one list, and the next import takes its place. What is drawn is tried where tiles
/// are.
#[test]
fn water_and_green_are_one_list_for_the_map() {
    let desk = Desk::new();
    let store = whole(&desk);
    let river = format!(
        r#"{{"type":"LineString","coordinates":[[{}],[{}]]}}"#,
        at(0.0, 0.5),
        at(2.0, 0.5)
    );
    let water = [
        (r#"{"kind":"water","class":"river","name":"连山河"}"#, river),
        (
            r#"{"kind":"水系","class":"lake"}"#,
            polygon(0.1, 0.1, 0.3, 0.3),
        ),
    ];
    let green = [(r#"{"类型":"绿地"}"#, polygon(0.6, 0.6, 0.9, 0.9))];
    let water = desk.write("water.geojson", &collection(&water));
    let green = desk.write("green.geojson", &collection(&green));
    let import = ["import", "base", text(&water), "--store", text(&store)];
    let told = run(&import).expect_code(0);
    assert!(told.out.starts_with("base: 2 rows;"), "{}", told.out);
    let mapped = [
        &import[..2],
        &[text(&green)],
        &import[3..],
        &["--map", "kind=类型"],
    ]
    .concat();
    let told = run_in("zh_CN.UTF-8", &mapped).expect_code(0);
    assert!(
        told.out.starts_with("底图：1 行，取代原来的 2 行；"),
        "{}",
        told.out
    );
    let green = desk.write(
        "green.geojson",
        &collection(&[(r#"{"kind":"绿地"}"#, polygon(0.6, 0.6, 0.9, 0.9))]),
    );
    let both = [&import[..3], &[text(&green)], &import[3..]].concat();
    let told = run(&both).expect_code(0);
    assert!(
        told.out.starts_with("base: 3 rows, in the place of 1;"),
        "{}",
        told.out
    );
    let wrong = [
        (r#"{"class":"lake"}"#, polygon(0.1, 0.1, 0.3, 0.3)),
        (
            r#"{"kind":"water"}"#,
            format!(r#"{{"type":"Point","coordinates":[{}]}}"#, at(0.5, 0.5)),
        ),
        (r#"{"kind":"water"}"#, "null".to_owned()),
        (
            r#"{"kind":"green"}"#,
            r#"{"type":"Polygon","coordinates":[[[120.8,40.7],[120.9,99.0],[120.8,40.7]]]}"#
                .to_owned(),
        ),
    ];
    let file = desk.write("wrong.geojson", &collection(&wrong));
    let [english, chinese] = refused(&store, "base", &[&water, &file], &[]);
    for said in [
        "wrong.geojson, row 1, column \"kind\": the cell is empty: fill it in",
        "wrong.geojson, row 2, column \"geometry\": it is drawn as point, and must be area or line",
        "wrong.geojson, row 3, column \"geometry\": it has no place that can be used",
        "wrong.geojson, row 4, column \"geometry\": it has no place that can be used",
    ] {
        assert!(english.message().contains(said), "{said}\n{}", english.err);
    }
    for said in ["第 1 行“kind”列：单元格为空", "画的是点，应为面或线"] {
        assert!(chinese.message().contains(said), "{said}\n{}", chinese.err);
    }
    let without = [(r#"{"class":"lake"}"#, polygon(0.1, 0.1, 0.3, 0.3))];
    let file = desk.write("without.geojson", &collection(&without));
    let [english, chinese] = refused(&store, "base", &[&file], &[]);
    assert!(english.message().contains("kind"), "{}", english.err);
    assert!(chinese.message().contains("底图"), "{}", chinese.err);
}

#[test]
fn a_device_leads_by_its_component_to_who_is_responsible() {
    let desk = Desk::new();
    let store = whole(&desk);
    let rows = format!(
        "code,class,dept_maintainer,lon,lat\nBIN-7,0101,SAN,{}\n",
        at(0.5, 0.5)
    );
    let file = desk.write("bins.csv", &rows);
    let import = ["import", "components", text(&file), "--store", text(&store)];
    run(&[&import[..], &["--crs", "EPSG:4490"]].concat()).expect_code(0);
    let wrong = desk.write("wrong.csv", "id,component,grid,department\nT1,BIN-9,9,X\n");
    let [english, _] = refused(&store, "devices", &[&wrong], &[]);
    for said in [
        "there is no component BIN-9",
        "the plan has no unit 9",
        "the department X",
    ] {
        assert!(english.message().contains(said), "{said}\n{}", english.err);
    }
    put(
        &desk,
        &store,
        "devices",
        "id,kind,component,department\nT1,fill,BIN-7,SAN\n",
    );
    let service = Service::start(&store, &[]);
    let bin = json(&service.get("/v1/components/BIN-7").body)["properties"].clone();
    assert_eq!(
        bin["devices"],
        serde_json::json!([{"id": "T1", "kind": "fill"}])
    );
    assert_eq!(bin["grid"], "211403001001001");
    assert_eq!(bin["handlers"][2]["department"]["code"], "SAN");
    assert_eq!(bin["handlers"][2]["rule"], "component BIN-7 maintainer");
}

#[test]
fn a_street_run_by_a_zone_says_so_and_the_zone_is_an_area_for_rules() {
    let desk = Desk::new();
    let store = whole(&desk);
    put(
        &desk,
        &store,
        "parents",
        "unit,relation,parent,name,from,until\n\
         211403002,代管,211402401,经济区,2016-01-01,2020-01-01\n\
         211403002,代管,211402402,开发区,2020-01-01,\n",
    );
    put(
        &desk,
        &store,
        "rules",
        &format!("{RULES}3,,,211402402,,S2,开发区代管\n"),
    );
    let service = Service::start(&store, &[]);
    let asked = |x: f64| {
        let place = at(x, 0.5).replace(',', "&lat=");
        json(
            &service
                .get(&format!("/v1/locate?lon={place}&event=0201"))
                .body,
        )
    };
    let east = asked(2.5);
    assert_eq!(
        east["managed_by"],
        serde_json::json!([
            {"unit": "211403002", "code": "211402402", "name": "开发区", "from": "2020-01-01"}
        ])
    );
    assert_eq!(east["handlers"][2]["department"]["code"], "S2");
    assert_eq!(asked(0.5)["handlers"][2]["department"]["code"], "CC");
    let street = json(&service.get("/v1/grids/211403002").body);
    let links = street["properties"]["parent_links"].as_array().unwrap();
    assert_eq!(links.len(), 2);
    assert_eq!(links[0]["until"], "2020-01-01");
    let place = at(2.5, 0.5).replace(',', " ");
    let (lon, lat) = place.split_once(' ').unwrap();
    let told = run_in(
        "zh_CN.UTF-8",
        &["locate", "--store", text(&store), lon, lat],
    )
    .expect_code(0);
    assert!(
        told.out
            .contains("211403002 自 2020-01-01 起由 211402402 开发区 代管"),
        "{}",
        told.out
    );
    let wrong = desk.write(
        "wrong.csv",
        "unit,relation,parent,from,until\n9,代管,211403,,\n211403001,代管,777,2020-01-01,2019-01-01\n",
    );
    let [english, _] = refused(&store, "parents", &[&wrong], &[]);
    assert!(
        english.message().contains("it ends on 2019-01-01"),
        "{}",
        english.err
    );
}
