//! `wangge store check`.

use rusqlite::Connection;
use serde_json::Value;

use crate::city::City;
use crate::support::{Ran, run, run_in};
use crate::told::{refused, speaking};

fn check(city: &City, more: &[&str]) -> Ran {
    let mut arguments = vec!["store", "check", "--store", city.store.to_str().unwrap()];
    arguments.extend(more);
    run(&arguments)
}

/// Changes a store behind its guard.
fn change(city: &City, guard: &str, statement: &str) {
    let file = Connection::open(&city.store).unwrap();
    let sql: String = file
        .query_row(
            "SELECT sql FROM sqlite_schema WHERE name = ?1",
            [guard],
            |row| row.get(0),
        )
        .unwrap();
    file.execute_batch(&format!("DROP TRIGGER {guard}; {statement}; {sql}"))
        .unwrap();
}

#[test]
fn a_whole_store_is_told_so() {
    let city = City::with_draft();
    let bytes = std::fs::read(&city.store).unwrap();
    let en = check(&city, &[]).expect_code(0);
    assert!(en.out.ends_with("city.gpkg is whole: 2 plans\n"), "{en:?}");
    let store = city.store.to_str().unwrap();
    let zh = run_in("zh_CN.UTF-8", &["store", "check", "--store", store]).expect_code(0);
    assert!(zh.out.ends_with("city.gpkg 完好：2 个方案\n"), "{zh:?}");
    let json: Value = serde_json::from_str(&check(&city, &["--json"]).expect_code(0).out).unwrap();
    assert_eq!(json["whole"], true);
    assert_eq!(json["faults"], Value::Array(vec![]));
    assert!(std::fs::read(&city.store).unwrap() == bytes);
}

#[test]
fn every_fault_is_told_with_its_place_and_what_to_do() {
    let city = City::new();
    change(
        &city,
        "published_units_update",
        "UPDATE units SET name = 'x' WHERE code = 'c3r3'",
    );
    Connection::open(&city.store)
        .unwrap()
        .execute_batch("DROP TRIGGER codes_stay")
        .unwrap();
    let en = check(&city, &[]).expect_code(1);
    for words in [
        "2 faults in",
        "\"codes_stay\" is missing",
        "plan \"old\" was changed after it was checked: its digest should be",
        "to do: restore a backup; without one, import the plan's files into a new plan",
    ] {
        assert!(en.out.contains(words), "{words} is not in {}", en.out);
    }
    let zh = check(&city, &["--lang", "zh"]).expect_code(1);
    for words in [
        "有 2 处问题：",
        "缺少“codes_stay”",
        "方案“old”在检查之后被改动：摘要应为",
        "建议：请恢复备份；没有备份时，用原始文件导入一个新方案并发布",
    ] {
        assert!(zh.out.contains(words), "{words} is not in {}", zh.out);
    }
    let json: Value = serde_json::from_str(&check(&city, &["--json"]).expect_code(1).out).unwrap();
    assert_eq!(json["whole"], false);
    let faults: Vec<_> = json["faults"].as_array().unwrap().iter().collect();
    let places: Vec<_> = faults
        .iter()
        .map(|fault| [&fault["kind"], &fault["where"]])
        .collect();
    assert_eq!(places, [["schema", "codes_stay"], ["plan", "plans/old"]]);
}

/// All pages but the first, one at a time. A page may be free, or its first bytes unused.
#[test]
fn a_damaged_page_is_a_fault() {
    let city = City::with_draft();
    let whole = std::fs::read(&city.store).unwrap();
    let (mut found, mut pages) = (0, 0);
    for page in (1..whole.len() / 4096).step_by(4) {
        let mut bytes = whole.clone();
        for byte in &mut bytes[page * 4096..][..64] {
            *byte ^= 0xff;
        }
        std::fs::write(&city.store, &bytes).unwrap();
        let checked = check(&city, &[]);
        assert!(checked.code < 2, "page {page}: {checked:?}");
        assert_eq!(
            checked.code == 1,
            checked.out.contains("in "),
            "{checked:?}"
        );
        if checked.code == 1 {
            assert!(checked.out.contains("restore a backup"), "{checked:?}");
        }
        found += checked.code;
        pages += 1;
    }
    println!("{found} of {pages} damaged pages were found");
    assert!(found * 10 > pages * 8, "{found} of {pages}");
}

#[test]
fn what_is_no_store_cannot_be_checked() {
    let city = City::new();
    let notes = city.desk.write("notes.gpkg", "这不是数据库");
    let arguments = [
        "store".as_ref(),
        "check".as_ref(),
        "--store".as_ref(),
        notes.as_os_str(),
    ];
    refused(
        |language| speaking(language, &arguments).output().unwrap(),
        &["notes.gpkg", "wangge init"],
        "is not a wangge store, not even a database",
        "不是 wangge 数据库",
    );
}
