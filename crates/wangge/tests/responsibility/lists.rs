//! Lists that are taken: in the place of the one before, in other encodings and columns, and with
//! what they need of each other.

use std::path::Path;

use crate::city::{
    DEPARTMENTS, GRIDS, LISTS, POSTS, RULES, SCHEME, bare, grids, put, refused, whole, without_row,
};
use crate::support::drawing::{geojson, without};
use crate::support::service::Service;
use crate::support::{Desk, run, run_in};
use crate::{json, text};

/// The rows of a list as the service shows them.
fn shown(store: &Path, list: &str) -> Vec<serde_json::Value> {
    let service = Service::start(store, &["--show-contacts"]);
    let answer = json(&service.get(&format!("/v1/{list}")).body);
    service.stop();
    answer[list].as_array().unwrap().clone()
}

fn names(store: &Path) -> Vec<(String, String)> {
    let text = |row: &serde_json::Value, of: &str| row[of].as_str().unwrap().to_owned();
    let rows = shown(store, "departments");
    rows.iter()
        .map(|row| (text(row, "code"), text(row, "name")))
        .collect()
}

#[test]
fn a_list_takes_the_place_of_the_one_before() {
    let desk = Desk::new();
    let store = whole(&desk);
    assert_eq!(shown(&store, "rules").len(), 17);
    let fewer = without_row(RULES, 16);
    let file = desk.write("fewer.csv", &fewer);
    let import = ["import", "rules", text(&file), "--store", text(&store)];
    let told = json(&run(&[&import[..], &["--json"]].concat()).expect_code(0).out);
    assert_eq!(
        (&told["list"], &told["rows"], &told["before"]),
        (&"rules".into(), &16.into(), &17.into())
    );
    let rules = shown(&store, "rules");
    assert_eq!(rules.len(), 16);
    assert!(!rules.iter().any(|row| row["department"] == "PARK"));
    let english = run(&import).expect_code(0).out;
    assert!(english.starts_with("rules: 16 rows, in the place of 16; the version in force is "));
    let chinese = run_in("zh_CN.UTF-8", &import).expect_code(0).out;
    assert!(
        chinese.starts_with("责任规则：16 行，取代原来的 16 行；现行版本 "),
        "{chinese}"
    );
}

#[test]
fn two_files_are_one_list_and_a_mistake_is_told_with_its_own_file_and_row() {
    let desk = Desk::new();
    let store = bare(&desk);
    let rows: Vec<&str> = DEPARTMENTS.lines().collect();
    let half = |name: &str, rows: &[&str]| {
        let text = format!("code,name,parent,kind,phone\n{}\n", rows.join("\n"));
        desk.write(name, &text)
    };
    let first = half("first.csv", &rows[1..9]);
    // S1 of the first file stands above C1 of the second
    let second = half("second.csv", &rows[9..]);
    let import = ["import", "departments", text(&first), text(&second)];
    run(&[&import[..], &["--store", text(&store)]].concat()).expect_code(0);
    assert_eq!(names(&store).len(), 15);

    let bad = half(
        "bad.csv",
        &["X1,甲,,,", "X2,,,,", "X1,乙,,,", "SAN,丙,,,", "X3,丁,X9,,"],
    );
    let [english, chinese] = refused(&store, "departments", &[&first, &bad], &[]);
    for said in [
        "bad.csv, row 2, column \"name\": the cell is empty",
        "bad.csv, row 3, column \"code\": the code X1 is in row 1 too",
        "bad.csv, row 4, column \"code\": the code SAN is in row 2 of first.csv too",
        "bad.csv, row 5, column \"parent\": the department X9 is not in the list",
    ] {
        assert!(english.message().contains(said), "{said}\n{}", english.err);
    }
    for said in [
        "bad.csv 第 2 行“name”列：单元格为空",
        "bad.csv 第 3 行“code”列：编码 X1 在第 1 行已经出现",
        "bad.csv 第 4 行“code”列：编码 SAN 在 first.csv 第 2 行已经出现",
        "bad.csv 第 5 行“parent”列：名单中没有部门 X9",
    ] {
        assert!(chinese.message().contains(said), "{said}\n{}", chinese.err);
    }
}

#[test]
fn a_list_in_gbk_is_read_as_it_was_written() {
    let desk = Desk::new();
    let store = bare(&desk);
    // 甲社区 and 环卫处
    let bytes = b"code,name\r\nC1,\xbc\xd7\xc9\xe7\xc7\xf8\r\nSAN,\xbb\xb7\xce\xc0\xb4\xa6\r\n";
    let file = desk.path("gbk.csv");
    std::fs::write(&file, bytes).unwrap();
    let import = [
        "import",
        "departments",
        text(&file),
        "--store",
        text(&store),
    ];
    let wanted = [("C1", "甲社区"), ("SAN", "环卫处")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    for options in [&[][..], &["--encoding", "GBK"]] {
        run(&[&import[..], options].concat()).expect_code(0);
        assert_eq!(names(&store), wanted, "{options:?}");
    }
    // what a person says of the encoding is believed, and held against the bytes
    let [english, chinese] = refused(&store, "departments", &[&file], &["--encoding", "UTF-8"]);
    assert!(english.message().contains("UTF-8"), "{}", english.err);
    assert!(chinese.message().contains("UTF-8"), "{}", chinese.err);
}

#[test]
fn columns_of_another_name_are_chosen() {
    let desk = Desk::new();
    let store = bare(&desk);
    // a byte-order mark, as spreadsheets write it; a column that no list has
    let file = desk.write(
        "columns.csv",
        "\u{feff}序号,部门名称,部门代码,电话\n1,区环卫处,0101,0429-1\n2,区水务局,0102,\n",
    );
    let map = ["--map", "code=部门代码,name=部门名称,phone=电话"];
    let import = [
        "import",
        "departments",
        text(&file),
        "--store",
        text(&store),
    ];
    run(&[&import[..], &map].concat()).expect_code(0);
    let departments = shown(&store, "departments");
    assert_eq!(departments.len(), 2);
    assert_eq!(
        departments[0].to_string(),
        r#"{"code":"0101","name":"区环卫处","phone":"0429-1"}"#
    );
    for (options, said, zh) in [
        // what the file has is named, so that one can be chosen
        (
            &[][..],
            ["\"code\"", "部门代码", "--map"],
            ["“code”", "部门代码", "--map"],
        ),
        (
            &["--map", "code=代码,name=部门名称"],
            ["代码", "部门代码", "columns.csv"],
            ["代码", "部门代码", "columns.csv"],
        ),
        (
            &["--map", "title=部门名称"],
            ["title", "departments", "phone"],
            ["title", "部门名单", "phone"],
        ),
    ] {
        let [english, chinese] = refused(&store, "departments", &[&file], options);
        for (message, words) in [(english.message(), said), (chinese.message(), zh)] {
            for word in words {
                assert!(message.contains(word), "{word} of {options:?}\n{message}");
            }
        }
    }
}

#[test]
fn a_list_that_others_lean_on_keeps_what_they_name() {
    let desk = Desk::new();
    let store = whole(&desk);
    // row 4 is DRAIN, which rows 8 and 10 of the rules name
    let file = desk.write("short.csv", &without_row(DEPARTMENTS, 4));
    let [english, chinese] = refused(&store, "departments", &[&file], &[]);
    for row in [8, 10] {
        let said = format!(
            "the store's rules, row {row}, column \"department\": the department DRAIN is not in the list"
        );
        assert!(english.message().contains(&said), "{}", english.err);
        let said = format!("数据库中的责任规则第 {row} 行“department”列：名单中没有部门 DRAIN");
        assert!(chinese.message().contains(&said), "{}", chinese.err);
    }
    // a class that rules name
    let classes = without_row(crate::city::CLASSES, 8);
    let file = desk.write("short.csv", &classes);
    let [english, chinese] = refused(&store, "classes", &[&file], &[]);
    for row in [11, 13, 14] {
        let said =
            format!("the store's rules, row {row}, column \"class\": no event has the class 0102");
        assert!(english.message().contains(&said), "{}", english.err);
        let said = format!("数据库中的责任规则第 {row} 行“class”列：事件类别表中没有 0102");
        assert!(chinese.message().contains(&said), "{}", chinese.err);
    }
}

#[test]
fn rules_wait_for_what_they_name() {
    let desk = Desk::new();
    let store = desk.store("city.gpkg", SCHEME);
    let rules = |name: &str, row: &str| {
        let text = format!("tier,object,class,area,department\n{row}\n");
        desk.write(name, &text)
    };
    let of_area = rules("area.csv", "1,,,211403001001,CC");
    let of_class = rules("class.csv", "3,component,0101,,CC");
    let of_city = rules("city.csv", "3,,,,CC");
    for (file, said, zh) in [
        (
            &of_area,
            ["no unit 211403001001", "import the unit"],
            ["没有单元 211403001001", "先导入该单元"],
        ),
        (
            &of_class,
            ["no component has the class 0101", "import the class"],
            ["部件类别表中没有 0101", "先导入该类别"],
        ),
        (
            &of_city,
            ["the department CC is not in the list", "add its row"],
            ["名单中没有部门 CC", "请补上该部门"],
        ),
    ] {
        let [english, chinese] = refused(&store, "rules", &[file], &[]);
        for (message, words) in [(english.message(), said), (chinese.message(), zh)] {
            for word in words {
                assert!(message.contains(word), "{word}\n{message}");
            }
        }
    }
    put(&desk, &store, "departments", DEPARTMENTS);
    let taken = run(&["import", "rules", text(&of_city), "--store", text(&store)]).expect_code(0);
    assert_eq!(taken.out, "rules: 1 row; no plan is in force yet\n");
}

/// Lists are of the city: what they say of a unit sleeps in a plan that has it not.
#[test]
fn a_plan_may_lack_a_unit_that_lists_name_when_another_plan_has_it() {
    let desk = Desk::new();
    let store = whole(&desk);
    let left_out = "211403002001002";
    assert!(RULES.contains(left_out) && POSTS.contains(left_out));
    let file = desk.write("fewer.geojson", &geojson(&without(grids(), left_out)));
    let import = ["import", "grids", text(&file), "--store", text(&store)];
    run(&[&import[..], &["--plan", "fewer"]].concat()).expect_code(0);
    let before = std::fs::read(&store).unwrap();
    let publish = ["publish", "--store", text(&store), "--plan", "fewer"];
    // that nobody looks after its ground any more is told
    let refused = run(&publish).expect_code(2).message();
    assert!(refused.contains("1 thing speaks against it"), "{refused}");
    assert!(refused.contains("is not covered"), "{refused}");
    assert!(std::fs::read(&store).unwrap() == before);
    let accept = ["--accept", "parent-uncovered=划归邻区"];
    run(&[&publish[..], &accept].concat()).expect_code(0);
    let answer = run(&[
        "rules",
        "check",
        "--store",
        text(&store),
        "--plan",
        "fewer",
        "--json",
    ]);
    assert_eq!(json(&answer.expect_code(0).out)["covered"], true);
}

#[test]
fn every_list_of_the_small_city_is_imported_from_its_file() {
    let desk = Desk::new();
    let store = bare(&desk);
    for (list, rows) in LISTS {
        let count = rows.lines().count() - 1;
        let told = put(&desk, &store, list, rows).out;
        assert!(
            told.starts_with(&format!("{list}: {count} rows; ")),
            "{told}"
        );
    }
    assert_eq!(GRIDS.len(), 8);
}
