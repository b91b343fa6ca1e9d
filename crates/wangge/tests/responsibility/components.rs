//! Components the whole way: files in, checked, kept with their history, found again by command
//! line and over HTTP.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::city::{SECRETS, put, whole};
use crate::support::service::Service;
use crate::support::{Desk, Ran, run, run_in};
use crate::{json, text};

/// Where things stand, in thousandths of a degree from the city's corner: a cell is one wide. A
/// unit further east and north, so that the numbers have as many decimals as a survey gives.
pub(crate) fn at(x: f64, y: f64) -> String {
    format!(
        "{:.7},{:.7}",
        120.800_000_1 + x / 1000.0,
        40.700_000_1 + y / 1000.0
    )
}

const HEADER: &str = "code,class,name,state,dept_in_charge,dept_owner,dept_maintainer,grid,\
                      surveyed,changed,accuracy_m,source,note,lon,lat\n";

/// Two covers in 甲社区, one in 乙社区 with departments of its own.
fn three() -> String {
    [
        HEADER.to_owned(),
        format!(
            "A1,0101,,完好,,,,211403001001001,2024-05-06,,0.5,实测,,{}\n",
            at(0.5, 0.5)
        ),
        format!("A2,0102,污水井,破损,,,,,,,,,,{}\n", at(0.6, 0.5)),
        format!("A3,0101,,,S1UTIL,ROAD,,,,,,,井圈下沉,{}\n", at(1.5, 0.5)),
    ]
    .concat()
}

#[track_caller]
fn take(store: &Path, file: &Path, options: &[&str]) -> Ran {
    let arguments = ["import", "components", text(file), "--store", text(store)];
    run(&[&arguments[..], &["--crs", "EPSG:4490"], options].concat()).expect_code(0)
}

fn taken(desk: &Desk) -> PathBuf {
    let store = whole(desk);
    let file = desk.write("components.csv", &three());
    take(&store, &file, &[]);
    store
}

fn features(body: &str) -> Vec<Value> {
    json(body)["features"].as_array().unwrap().clone()
}

fn codes(body: &str) -> Vec<String> {
    let all = features(body);
    let codes = all
        .iter()
        .map(|one| one["properties"]["code"].as_str().unwrap());
    codes.map(str::to_owned).collect()
}

#[test]
fn components_are_taken_in_and_found_again() {
    let desk = Desk::new();
    let store = whole(&desk);
    let file = desk.write("components.csv", &three());
    let ran = take(&store, &file, &[]);
    assert!(
        ran.out
            .contains("components: 3 added, 0 changed, 0 unchanged, 0 ended"),
        "{}",
        ran.out
    );
    let service = Service::start(&store, &[]);
    let listed = |query: &str| codes(&service.get(&format!("/v1/components{query}")).body);
    assert_eq!(listed(""), ["A1", "A2", "A3"]);
    assert_eq!(listed("?class=0101"), ["A1", "A3"]);
    assert_eq!(listed("?grid=211403001001001"), ["A1", "A2"]);
    assert_eq!(listed("?grid=211403001"), ["A1", "A2", "A3"]);
    assert_eq!(listed("?department=ROAD"), ["A3"]);
    assert_eq!(
        listed(&format!("?near={}", at(0.58, 0.5))),
        ["A2", "A1", "A3"]
    );
    assert_eq!(listed(&format!("?near={}&radius=5", at(0.58, 0.5))), ["A2"]);
    assert_eq!(listed("?bbox=120.8,40.7,120.80055,40.701"), ["A1"]);
    let first = service.get("/v1/components?limit=2");
    assert_eq!(codes(&first.body), ["A1", "A2"]);
    let next = json(&first.body)["links"][0]["href"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(first.header("link").contains(&next));
    let (_, target) = next.split_once("/v1/").unwrap();
    let second = service.get(&format!("/v1/{target}"));
    assert_eq!(codes(&second.body), ["A3"]);
    assert_eq!(json(&second.body).get("links"), None);

    let one = json(&service.get("/v1/components/A3").body);
    let of = &one["properties"];
    assert_eq!(of["grid"], "211403001002001");
    assert_eq!(of["departments"]["in_charge"]["code"], "S1UTIL");
    let handlers: Vec<&str> = of["handlers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["department"]["code"].as_str().unwrap())
        .collect();
    // tier 2 by rule 10 for 0101 in 西街道, tier 3 its own in the place of DRAIN by rule 8
    assert_eq!(handlers, ["C2", "DRAIN", "S1UTIL"]);
    let here = at(1.5, 0.5).replace(',', "&lat=");
    let lookup = json(
        &service
            .get(&format!("/v1/locate?lon={here}&component=A3"))
            .body,
    );
    assert_eq!(lookup["handlers"], of["handlers"]);
    let near = json(
        &service
            .get(&format!("/v1/locate?lon={here}&component=0101&near=150"))
            .body,
    );
    let nearest: Vec<(&str, f64)> = near["components"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["code"].as_str().unwrap(),
                one["distance_m"].as_f64().unwrap(),
            )
        })
        .collect();
    // 0.001 degree of longitude at 40.7005 N: a cos(lat) / sqrt(1 - e2 sin2(lat)) is 84.515 m
    assert_eq!(nearest, [("A3", 0.0), ("A1", 84.51)]);
    let grid = json(&service.get("/v1/grids/211403001001001").body);
    let counts = &grid["properties"]["components"];
    assert_eq!(counts[0]["class"], "0101");
    assert_eq!(
        (counts[0]["count"].clone(), counts[1]["count"].clone()),
        (1.into(), 1.into())
    );
}

#[test]
fn what_components_are_asked_wrongly_is_said() {
    let desk = Desk::new();
    let service = Service::start(&taken(&desk), &[]);
    for (target, status, kind) in [
        ("/v1/components/X", 404, "unknown-component"),
        ("/v1/components?grid=9", 404, "unknown-code"),
        ("/v1/components?department=X", 400, "bad-parameter"),
        ("/v1/components?near=1", 400, "bad-parameter"),
        ("/v1/components?near=200,1", 400, "out-of-range"),
        ("/v1/components?radius=5", 400, "missing-parameter"),
        ("/v1/components?near=1,1&radius=-1", 400, "bad-parameter"),
        ("/v1/components?cursor=x", 400, "bad-parameter"),
        ("/v1/components?cursor=9.9~1", 410, "cursor-expired"),
        ("/v1/components?colour=red", 400, "unknown-parameter"),
        ("/v1/components?at=2026-01-01", 400, "bad-parameter"),
        (
            "/v1/components?at=2000-01-01T00:00:00Z",
            404,
            "not-in-force",
        ),
    ] {
        let answer = service.get(target);
        assert_eq!(answer.status, status, "{target}: {}", answer.body);
        let found = json(&answer.body)["type"].as_str().unwrap().to_owned();
        assert!(found.ends_with(kind), "{target}: {found}");
    }
}

#[test]
fn an_update_by_code_is_a_revision_that_a_running_server_picks_up() {
    let desk = Desk::new();
    let store = taken(&desk);
    let service = Service::start(&store, &[]);
    let place = |body: &str| json(body)["geometry"]["coordinates"].clone();
    let before = service.get("/v1/components/A1");
    let moved = format!("{HEADER}A1,0101,,丢失,,,,,,,,,,{}\n", at(2.5, 0.5));
    let ran = take(&store, &desk.write("moved.csv", &moved), &[]);
    assert!(
        ran.out.contains("0 added, 1 changed, 0 unchanged, 0 ended"),
        "{}",
        ran.out
    );
    let after = service.await_answer("/v1/components/A1", Duration::from_secs(10), |answer| {
        json(&answer.body)["properties"]["state"] == "lost"
    });
    assert_ne!(place(&before.body), place(&after.body));
    assert_eq!(json(&after.body)["properties"]["grid"], "211403002001001");
    let shown = run(&["component", "A1", "--store", text(&store), "--json"]).expect_code(0);
    let history = json(&shown.out)["history"].as_array().unwrap().clone();
    assert_eq!(history.len(), 2);
    assert_eq!(history[0]["values"]["state"], "intact");
    assert_eq!(history[0]["until"], history[1]["since"]);
    // a complete survey ends what is not in it, and its history stays
    let ran = take(&store, &desk.write("all.csv", &moved), &["--complete"]);
    assert!(
        ran.out.contains("0 added, 0 changed, 1 unchanged, 2 ended"),
        "{}",
        ran.out
    );
    let gone = run_in("zh_CN.UTF-8", &["component", "A2", "--store", text(&store)]).expect_code(0);
    assert!(
        gone.out.starts_with("历史\t") && gone.out.contains("破损"),
        "{}",
        gone.out
    );
    run(&["component", "A9", "--store", text(&store)]).expect_code(2);
}

#[test]
fn an_update_leaves_what_its_columns_do_not_say_and_clears_what_they_leave_empty() {
    let desk = Desk::new();
    let store = taken(&desk);
    let own = |column: &str| {
        let shown = run(&["component", "A3", "--store", text(&store), "--json"]).expect_code(0);
        let history = json(&shown.out)["history"].as_array().unwrap().clone();
        history.last().unwrap()["values"][column].clone()
    };
    let moved = format!("code,state,lon,lat\nA3,lost,{}\n", at(1.2, 0.5));
    take(&store, &desk.write("moved.csv", &moved), &[]);
    for (column, value) in [
        ("state", "lost"),
        ("class", "0101"),
        ("dept_in_charge", "S1UTIL"),
        ("dept_owner", "ROAD"),
        ("note", "井圈下沉"),
    ] {
        assert_eq!(own(column), value, "{column}");
    }
    let cleared = format!("code,dept_owner,note,lon,lat\nA3,,,{}\n", at(1.2, 0.5));
    take(&store, &desk.write("cleared.csv", &cleared), &[]);
    assert_eq!((own("dept_owner"), own("note")), (Value::Null, Value::Null));
    assert_eq!(own("dept_in_charge"), "S1UTIL");
}

#[test]
fn a_code_of_another_class_is_not_overwritten_by_accident() {
    let desk = Desk::new();
    let store = taken(&desk);
    let file = desk.write(
        "lamps.csv",
        &format!("{HEADER}A1,0201,,,,,,,,,,,,{}\n", at(2.5, 0.5)),
    );
    let options = ["--crs", "EPSG:4490"];
    let [english, chinese] = crate::city::refused(&store, "components", &[&file], &options);
    let said = "row 1, column \"code\": the store has A1 as a component of class 0101";
    assert!(english.message().contains(said), "{}", english.err);
    assert!(
        chinese.message().contains("库中 A1 是类别 0101 的部件"),
        "{}",
        chinese.err
    );
    let ran = take(&store, &file, &["--reclassify"]);
    assert!(ran.out.contains("0 added, 1 changed"), "{}", ran.out);
}

#[test]
fn what_disagrees_is_told_and_written_but_keeps_nothing_out() {
    let desk = Desk::new();
    let store = taken(&desk);
    let rows = [
        HEADER.to_owned(),
        // in 001001001, and says it is next door; of a class that is 0.5 m exact
        format!("B1,0101,,,,,,211403001002001,,,2,,,{}\n", at(0.2, 0.2)),
        // at the place of A1 of the store, and of B2
        format!("B2,0101,,,,,,,,,,,,{}\n", at(0.5, 0.5)),
        // an area, of which there is a point; the unit above it is right
        format!("B3,0201,,,,,,211403001,,,,,,{}\n", at(0.7, 0.7)),
    ]
    .concat();
    let file = desk.write("more.csv", &rows);
    let report = desk.path("findings.csv");
    let ran = take(&store, &file, &["--report", text(&report)]);
    assert!(ran.out.contains("3 added"), "{}", ran.out);
    let written = std::fs::read_to_string(&report).unwrap();
    let lines: Vec<&str> = written.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(
        lines,
        [
            "file,row,code,kind,detail",
            "more.csv,1,B1,other-grid,\"the file says 211403001002001, it lies in 211403001001001\"",
            "more.csv,1,B1,inaccurate,\"accurate to 2 m, its class asks for 0.5 m\"",
            "more.csv,2,B2,same-place,at the place of A1",
            "more.csv,3,B3,other-geometry,\"drawn as point, its class as area\"",
        ]
    );
    let again = run_in(
        "zh_CN.UTF-8",
        &[
            "import",
            "components",
            text(&file),
            "--store",
            text(&store),
            "--crs",
            "EPSG:4490",
        ],
    )
    .expect_code(0);
    assert!(
        again
            .out
            .contains("文件所写网格与位置不符（other-grid）：1"),
        "{}",
        again.out
    );
    assert!(again.out.contains("未变 3"), "{}", again.out);
}

#[test]
fn what_leaves_as_a_file_comes_back_as_it_was() {
    let desk = Desk::new();
    let store = taken(&desk);
    let area = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"code":"P1","class":"0201","name":"停车场"},
         "geometry":{"type":"Polygon","coordinates":[[[120.8002,40.7002],[120.8012,40.7002],
           [120.8012,40.7008],[120.8002,40.7008],[120.8002,40.7002]]]}},
        {"type":"Feature","properties":{"code":"P2","class":"0201"},
         "geometry":{"type":"LineString","coordinates":[[120.8031,40.7002],[120.8039,40.7002]]}}]}"#;
    let shapes = desk.write("shapes.geojson", area);
    run(&[
        "import",
        "components",
        text(&shapes),
        "--store",
        text(&store),
    ])
    .expect_code(0);
    for (name, crs) in [
        ("out.geojson", "EPSG:4490"),
        ("out.gpkg", "EPSG:4549"),
        ("out.csv", "EPSG:4490"),
    ] {
        let out = desk.path(name);
        let export = [
            "export",
            "components",
            "--store",
            text(&store),
            "-o",
            text(&out),
        ];
        run(&[&export[..], &["--crs", crs]].concat()).expect_code(0);
        let import = ["import", "components", text(&out), "--store", text(&store)];
        let ran = run(&[&import[..], &["--complete", "--crs", crs]].concat()).expect_code(0);
        assert!(
            ran.out.contains("0 added, 0 changed, 5 unchanged, 0 ended"),
            "{name}: {}",
            ran.out
        );
    }
    let shown = run(&["component", "P1", "--store", text(&store)]).expect_code(0);
    assert!(
        shown.out.contains("grid\t211403001001001\t80.0 %"),
        "{}",
        shown.out
    );
    assert!(
        shown.out.contains("grid\t211403001002001\t20.0 %"),
        "{}",
        shown.out
    );
}

#[test]
fn no_answer_about_components_tells_a_contact() {
    let desk = Desk::new();
    let store = taken(&desk);
    let told = |body: &str| {
        SECRETS
            .iter()
            .filter(|secret| body.contains(**secret))
            .count()
    };
    let targets = [
        "/v1/components".to_owned(),
        "/v1/components/A3".to_owned(),
        "/v1/grids/211403001001001".to_owned(),
        format!("/v1/components?near={}", at(0.5, 0.5)),
    ];
    let service = Service::start(&store, &[]);
    for target in &targets {
        let answer = service.get(target);
        assert_eq!((answer.status, told(&answer.body)), (200, 0), "{target}");
    }
    let shown = run(&["component", "A3", "--store", text(&store)]).expect_code(0);
    assert_eq!(told(&shown.out), 0);
    service.stop();
    let service = Service::start(&store, &["--show-contacts"]);
    assert!(
        targets
            .iter()
            .take(3)
            .all(|target| told(&service.get(target).body) > 0)
    );
}

#[test]
fn a_list_that_takes_away_what_components_name_is_refused() {
    let desk = Desk::new();
    let store = taken(&desk);
    let without = |list: &str, word: &str| {
        let lines = list.lines().filter(|line| !line.contains(word));
        lines.collect::<Vec<_>>().join("\n") + "\n"
    };
    // without the rules nothing else names S1UTIL
    put(&desk, &store, "rules", "tier,department\n1,CC\n");
    let departments = without(crate::city::DEPARTMENTS, "S1UTIL");
    let file = desk.write("departments.csv", &departments);
    let [english, chinese] = crate::city::refused(&store, "departments", &[&file], &[]);
    assert!(
        english.message().contains("the first of them A3: S1UTIL"),
        "{}",
        english.err
    );
    assert!(
        chinese.message().contains("第一个是 A3：缺少 S1UTIL"),
        "{}",
        chinese.err
    );
    let classes = without(crate::city::CLASSES, "0102");
    let file = desk.write("classes.csv", &classes);
    let [english, _] = crate::city::refused(&store, "classes", &[&file], &[]);
    assert!(
        english.message().contains("the first of them A2: 0102"),
        "{}",
        english.err
    );
}
