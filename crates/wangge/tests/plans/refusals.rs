//! What keeps a plan from being published, and how a person accepts it.

use crate::support::drawing::{CELL, Grid, geojson, rectangle};
use crate::support::{Desk, run_in};
use crate::{cell, city, grid_at, import_into, json, plan, run, text};

/// A draft of which 001002 ends a tenth of a cell too far west: a gap to 001003.
fn with_gap(desk: &Desk) -> std::path::PathBuf {
    let store = city(desk);
    plan(&store, &["new", "2027"]).expect_code(0);
    let narrow = Grid::new("001002", rectangle(CELL, 0, CELL * 9 / 10, CELL));
    let file = desk.write("narrow.geojson", &geojson(&[narrow]));
    import_into(&store, "2027", &file, &["--update"]).expect_code(0);
    store
}

/// One of which 001002 reaches a tenth of a cell into 001003.
fn with_overlap(desk: &Desk) -> std::path::PathBuf {
    let store = city(desk);
    plan(&store, &["new", "2027"]).expect_code(0);
    let wide = Grid::new("001002", rectangle(CELL, 0, CELL * 11 / 10, CELL));
    let file = desk.write("wide.geojson", &geojson(&[wide]));
    import_into(&store, "2027", &file, &["--update"]).expect_code(0);
    store
}

/// In the strip between column 1 and column 2.
fn in_the_strip(store: &std::path::Path, east: bool) -> serde_json::Value {
    let lon = if east { "120.80205" } else { "120.80195" };
    let all = ["locate", "--store", text(store), lon, "40.7005", "--json"];
    json(&run(&all).expect_code(0).out)
}

#[test]
fn a_gap_is_refused_and_outside_once_a_person_accepts_it() {
    let desk = Desk::new();
    let store = with_gap(&desk);
    let before = std::fs::read(&store).unwrap();
    let refused = run(&["publish", "--store", text(&store)]).expect_code(2);
    assert!(
        refused.message().contains("1 thing speaks against it"),
        "{}",
        refused.err
    );
    assert_eq!(std::fs::read(&store).unwrap(), before);
    let zh = run_in("zh_CN.UTF-8", &["publish", "--store", text(&store)]).expect_code(2);
    assert!(zh.message().contains("有 1 处问题"), "{}", zh.err);

    let check = json(&plan(&store, &["check", "--json"]).expect_code(1).out);
    let objection = &check["objections"][0];
    assert_eq!(objection["may_be_accepted"], true);
    let id = objection["id"].as_str().unwrap();
    let wrong = run(&[
        "publish",
        "--store",
        text(&store),
        "--accept",
        "g-000000000000=x",
    ]);
    assert!(
        wrong.expect_code(2).message().contains("g-000000000000"),
        "an id that there is not must be told"
    );
    let accept = format!("{id}=河道，由水务部门管理");
    let published = run(&["publish", "--store", text(&store), "--accept", &accept]);
    assert!(published.expect_code(0).out.contains("accepted"));
    assert_eq!(in_the_strip(&store, false)["status"], "outside");
    assert_eq!(in_the_strip(&store, true)["grid"]["code"], "001003");
    let shown = json(&plan(&store, &["show", "2027", "--json"]).expect_code(0).out);
    assert_eq!(shown["accepted"][0]["id"], id);
    assert_eq!(shown["accepted"][0]["reason"], "河道，由水务部门管理");
}

#[test]
fn in_an_overlap_that_a_person_accepts_the_lowest_code_answers_and_names_the_others() {
    let desk = Desk::new();
    let store = with_overlap(&desk);
    run(&["publish", "--store", text(&store)]).expect_code(2);
    let publish = [
        "publish",
        "--store",
        text(&store),
        "--accept",
        "overlap=共管",
    ];
    run(&publish).expect_code(0);
    let inside = in_the_strip(&store, true);
    assert_eq!(inside["grid"]["code"], "001002");
    assert_eq!(inside["also"], serde_json::json!(["001003"]));
    let beside = in_the_strip(&store, false);
    assert_eq!(beside["grid"]["code"], "001002");
    assert_eq!(beside["also"], serde_json::Value::Null);
    assert_eq!(grid_at(&store, 2, 0, &[]), "001003");
    // what is begun from it has the overlap still, and is asked about again
    plan(&store, &["new", "2028"]).expect_code(0);
    plan(&store, &["check", "2028"]).expect_code(1);
}

#[test]
fn ground_that_the_plan_in_force_has_is_not_lost_unawares() {
    let desk = Desk::new();
    let store = city(&desk);
    plan(&store, &["new", "2027"]).expect_code(0);
    plan(&store, &["remove-grids", "002003"]).expect_code(0);
    let check = json(&plan(&store, &["check", "--json"]).expect_code(1).out);
    let kinds: Vec<_> = check["objections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect();
    // it lies at a corner: half of its border is the outline's
    assert_eq!(kinds, ["inlet"]);
    // a city that grows is asked as well
    plan(&store, &["new", "2028", "--from", "2026"]).expect_code(0);
    let more = desk.write("more.geojson", &geojson(&[cell("001004", 3, 0)]));
    import_into(&store, "2028", &more, &[]).expect_code(0);
    let check = json(
        &plan(&store, &["check", "2028", "--json"])
            .expect_code(1)
            .out,
    );
    assert_eq!(check["objections"][0]["kind"], "outside-parent");
    // unless a person says what is to be covered
    let outline = Grid::new("x", rectangle(0, 0, 4 * CELL, CELL));
    let upper = Grid::new("y", rectangle(0, CELL, 3 * CELL, CELL));
    let outline = desk.write("outline.geojson", &geojson(&[outline, upper]));
    let within = ["check", "2028", "--within", text(&outline)];
    plan(&store, &within).expect_code(0);
}

#[test]
fn a_plan_with_wrong_units_says_everything_at_once() {
    let desk = Desk::new();
    let store = desk.store("city.gpkg", crate::SCHEME);
    let mut grids = crate::six();
    grids.remove(5);
    let file = desk.write("grids.geojson", &geojson(&grids));
    import_into(&store, "2026", &file, &[]).expect_code(0);
    // another program writes a code that the scheme does not have
    let other = rusqlite::Connection::open(&store).unwrap();
    other
        .execute(
            "UPDATE units SET code = \'00A001\' WHERE code = \'001001\'",
            [],
        )
        .unwrap();
    drop(other);
    let outline = desk.write(
        "outline.geojson",
        &geojson(&[Grid::new("x", rectangle(0, 0, 3 * CELL, 2 * CELL))]),
    );
    let check = plan(&store, &["check", "--within", text(&outline), "--json"]).expect_code(1);
    let check = json(&check.out);
    let mut kinds: Vec<_> = check["objections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["kind"].as_str().unwrap(),
                one["may_be_accepted"] == true,
            )
        })
        .collect();
    kinds.sort_unstable();
    assert!(kinds.contains(&("code-malformed", false)), "{kinds:?}");
    assert!(kinds.contains(&("inlet", true)), "{kinds:?}");
}

#[test]
fn a_class_that_nobody_handles_somewhere_is_told_and_can_be_accepted() {
    let desk = Desk::new();
    let scheme = format!("{}\n[tiers]\n1 = \"street\"\n", crate::SCHEME);
    let store = desk.store("city.gpkg", &scheme);
    let grids = desk.write("grids.geojson", &geojson(&crate::six()));
    import_into(&store, "2026", &grids, &[]).expect_code(0);
    let lists = [
        (
            "classes",
            "object,code,name\nevent,01,市容\nevent,0101,乱建\nevent,0102,垃圾\n",
        ),
        ("departments", "code,name,kind\nD1,街道办,street\n"),
        (
            "rules",
            "tier,object,class,area,department\n1,event,0101,,D1\n1,event,0102,001,D1\n",
        ),
    ];
    for (list, rows) in lists {
        let file = desk.write(&format!("{list}.csv"), rows);
        run(&["import", list, text(&file), "--store", text(&store)]).expect_code(0);
    }
    let check = json(&plan(&store, &["check", "--json"]).expect_code(1).out);
    assert_eq!(check["objections"].as_array().unwrap().len(), 1, "{check}");
    let hole = &check["objections"][0];
    assert_eq!(hole["kind"], "duty-hole");
    // the three grids of the other street
    assert!(
        hole["detail"]
            .as_str()
            .unwrap()
            .contains("nobody handles event 0102 in 3 grids, such as 002001"),
        "{hole}"
    );
    run(&["publish", "--store", text(&store)]).expect_code(2);
    let accept = format!("{}=由公司负责", hole["id"].as_str().unwrap());
    run(&["publish", "--store", text(&store), "--accept", &accept]).expect_code(0);
}

/// Lists are ready before the units are there, and stay when they are gone.
#[test]
fn a_rule_may_name_a_unit_of_another_plan_and_sleeps_until_it_is_there() {
    let desk = Desk::new();
    let scheme = format!("{}\n[tiers]\n1 = \"street\"\n", crate::SCHEME);
    let store = desk.store("city.gpkg", &scheme);
    let grids = desk.write("grids.geojson", &geojson(&crate::six()));
    import_into(&store, "2026", &grids, &[]).expect_code(0);
    run(&["publish", "--store", text(&store)]).expect_code(0);
    plan(&store, &["new", "2027"]).expect_code(0);
    plan(&store, &["remove-grids", "002003"]).expect_code(0);
    let new = desk.write("new.geojson", &geojson(&[cell("003001", 2, 1)]));
    import_into(&store, "2027", &new, &[]).expect_code(0);
    let lists = [
        (
            "classes",
            "object,code,name\nevent,01,市容\nevent,0101,乱建\n",
        ),
        (
            "departments",
            "code,name,kind\nD1,一街道,street\nD2,二街道,street\nD3,三街道,street\n",
        ),
        (
            "rules",
            "tier,object,class,area,department\n1,event,,001,D1\n1,event,,002,D2\n1,event,,003,D3\n",
        ),
    ];
    for (list, rows) in lists {
        let file = desk.write(&format!("{list}.csv"), rows);
        run(&["import", list, text(&file), "--store", text(&store)]).expect_code(0);
    }
    let handler = |options: &[&str]| {
        let (lon, lat) = crate::middle(2, 1);
        let all = [
            &[
                "locate",
                "--store",
                text(&store),
                &lon,
                &lat,
                "--event",
                "0101",
                "--json",
            ][..],
            options,
        ]
        .concat();
        let answer = json(&run(&all).expect_code(0).out);
        answer["handlers"][0]["department"]["code"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(handler(&[]), "D2");
    let then = jiff::Timestamp::now().to_string();
    run(&["publish", "--store", text(&store)]).expect_code(0);
    assert_eq!(handler(&[]), "D3");
    assert_eq!(handler(&["--at", &then]), "D2");
    // a unit that no plan has is a mistake still
    let wrong = desk.write(
        "wrong.csv",
        "tier,object,class,area,department\n1,event,,009,D1\n",
    );
    let refused = run(&["import", "rules", text(&wrong), "--store", text(&store)]).expect_code(2);
    assert!(refused.message().contains("009"), "{}", refused.err);
}
