//! Rows of components that are wrong in every way: each named with file, row, column and remedy,
//! and nothing half-loaded; or put aside.

use crate::city::{refused, whole};
use crate::components::at;
use crate::support::{Desk, run, run_in};
use crate::text;

/// What is wrong, the rows of it, and the words in English and in Chinese.
const BAD: [(u64, &str, &str, &str); 14] = [
    (2, "code", "the cell is empty", "单元格为空"),
    (
        3,
        "class",
        "no component has the class 0999",
        "部件类别表中没有 0999",
    ),
    (4, "class", "01 is a major class", "01 是大类"),
    (
        5,
        "state",
        "\"坏了\" is none of intact",
        "“坏了”不是以下任何一个",
    ),
    (
        6,
        "dept_owner",
        "the department NOBODY is not in the list",
        "名单中没有部门 NOBODY",
    ),
    (7, "surveyed", "\"去年\" is no date", "“去年”不是日期"),
    (
        8,
        "accuracy_m",
        "\"好\" is no number of metres",
        "“好”不是米数",
    ),
    (
        9,
        "geometry",
        "it lies outside all grids, ",
        "位于所有网格之外，距 ",
    ),
    (
        10,
        "geometry",
        "it has no place that can be used",
        "没有可用的位置",
    ),
    (
        11,
        "geometry",
        "its place is given to 3 decimals",
        "坐标只有 3 位小数",
    ),
    (
        12,
        "code",
        "the code A1 is in row 1 too",
        "编码 A1 在第 1 行已经出现",
    ),
    (
        13,
        "state",
        "\"?\" is none of intact",
        "“?”不是以下任何一个",
    ),
    (
        13,
        "changed",
        "\"2024-02-30\" is no date",
        "“2024-02-30”不是日期",
    ),
    (
        14,
        "code",
        "the code \"X\\u{200b}Y\" has an invisible",
        "不可见",
    ),
];

fn file() -> String {
    let here = at(0.5, 0.5);
    let row = |start: &str, place: &str| format!("{start},{place}\n");
    [
        "code,class,state,dept_owner,surveyed,changed,accuracy_m,lon,lat\n".to_owned(),
        row("A1,0101,,,,,", &here),
        row(",0101,,,,,", &here),
        row("A3,0999,,,,,", &here),
        row("A4,01,,,,,", &here),
        row("A5,0101,坏了,,,,", &here),
        row("A6,0101,,NOBODY,,,", &here),
        row("A7,0101,,,去年,,", &here),
        row("A8,0101,,,,,好", &here),
        row("A9,0101,,,,,", "120.9,40.7512345"),
        row("A10,0101,,,,,", "东经,北纬"),
        row("A11,0101,,,,,", "120.801,40.701"),
        row("A1,0101,,,,,", &here),
        row("A13,0101,?,,,2024-02-30,", &here),
        row("X\u{200b}Y,0101,,,,,", &here),
    ]
    .concat()
}

#[test]
fn every_bad_row_is_named_and_nothing_is_loaded() {
    let desk = Desk::new();
    let store = whole(&desk);
    let path = desk.write("bad.csv", &file());
    let [english, chinese] = refused(&store, "components", &[&path], &["--crs", "EPSG:4490"]);
    let count = |message: &str, word: &str| message.matches(word).count();
    assert_eq!(
        count(&english.message(), "bad.csv, row "),
        BAD.len(),
        "{}",
        english.err
    );
    assert_eq!(
        count(&chinese.message(), "bad.csv 第 "),
        BAD.len(),
        "{}",
        chinese.err
    );
    for (row, column, en, zh) in BAD {
        let said = format!("bad.csv, row {row}, column \"{column}\": {en}");
        assert!(english.message().contains(&said), "{said}\n{}", english.err);
        let said = format!("bad.csv 第 {row} 行“{column}”列：");
        let line = chinese
            .err
            .lines()
            .find(|line| line.contains(&said) && line.contains(zh));
        assert!(line.is_some(), "{said}{zh}\n{}", chinese.err);
    }
    assert!(
        english
            .message()
            .contains("13 rows of components are wrong; nothing was changed")
    );
}

#[test]
fn bad_rows_are_put_aside_as_they_stand_and_come_in_when_they_are_mended() {
    let desk = Desk::new();
    let store = whole(&desk);
    let path = desk.write("bad.csv", &file());
    let aside = desk.path("aside.csv");
    let import = ["import", "components", text(&path), "--store", text(&store)];
    let options = ["--crs", "EPSG:4490", "--quarantine", text(&aside)];
    let ran = run(&[&import[..], &options].concat()).expect_code(0);
    assert!(
        ran.out.contains("13 wrong rows were put aside in "),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("1 added"), "{}", ran.out);
    let written = std::fs::read_to_string(&aside).unwrap();
    let mut rows = csv::Reader::from_reader(written.trim_start_matches('\u{feff}').as_bytes());
    let header = rows.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|known| known == name).unwrap();
    let [row_at, fault_at, code_at] = ["wangge_row", "wangge_fault", "code"].map(column);
    let records: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    let numbers: Vec<&str> = records.iter().map(|record| &record[row_at]).collect();
    let expected: Vec<String> = (2..=14).map(|row: u64| row.to_string()).collect();
    assert_eq!(numbers, expected);
    assert_eq!(&records[1][code_at], "A3");
    assert!(records[1][fault_at].contains("no component has the class 0999"));
    // mended in the file itself, with what the program wrote into it
    let mended = written.replace("0999", "0102");
    std::fs::write(&aside, mended).unwrap();
    let rest = desk.path("rest.csv");
    let import = [
        "import",
        "components",
        text(&aside),
        "--store",
        text(&store),
    ];
    let options = ["--crs", "EPSG:4490", "--quarantine", text(&rest)];
    let ran = run(&[&import[..], &options].concat()).expect_code(0);
    // A3 is mended; the second A1 now comes by itself, and says what the store has
    assert!(
        ran.out.contains("11 wrong rows were put aside"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("1 added, 0 changed, 1 unchanged"),
        "{}",
        ran.out
    );
}

#[test]
fn a_quarantine_must_be_a_csv_file_of_its_own() {
    let desk = Desk::new();
    let store = whole(&desk);
    let path = desk.write("bad.csv", &file());
    let import = ["import", "components", text(&path), "--store", text(&store)];
    for aside in [text(&path), text(&store), "aside.gpkg"] {
        run(&[&import[..], &["--quarantine", aside]].concat()).expect_code(2);
    }
}

#[test]
fn a_file_without_codes_or_a_system_is_refused() {
    let desk = Desk::new();
    let store = whole(&desk);
    let rows = format!("id,class,lon,lat\n1,0101,{}\n", at(0.5, 0.5));
    let path = desk.write("plain.csv", &rows);
    let [english, _] = refused(&store, "components", &[&path], &["--crs", "EPSG:4490"]);
    assert!(
        english.message().contains("needs a column \"code\""),
        "{}",
        english.err
    );
    let [english, _] = refused(&store, "components", &[&path], &["--map", "code=id"]);
    assert!(
        english
            .message()
            .contains("does not state its coordinate system"),
        "{}",
        english.err
    );
    let [english, _] = refused(&store, "components", &[&path], &["--map", "colour=id"]);
    assert!(english.message().contains("\"colour\""), "{}", english.err);
    let taken = ["import", "components", text(&path), "--store", text(&store)];
    run(&[&taken[..], &["--map", "code=id", "--crs", "EPSG:4490"]].concat()).expect_code(0);
}

#[test]
fn components_are_not_taken_before_there_are_grids() {
    let desk = Desk::new();
    let store = desk.store("empty.gpkg", crate::city::SCHEME);
    let path = desk.write("bad.csv", &file());
    let ran = run_in(
        "zh_CN.UTF-8",
        &[
            "import",
            "components",
            text(&path),
            "--store",
            text(&store),
            "--crs",
            "EPSG:4490",
        ],
    )
    .expect_code(2);
    assert!(ran.message().contains("请先导入网格"), "{}", ran.err);
}
