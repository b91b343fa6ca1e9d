//! Lists of classes, departments, rules and posts as people write them, right and wrong.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod borders;
mod classes;
mod components;
mod departments;
mod places;
mod posts;
mod rules;

use wangge_model::{ClassTable, Code, Departments, LevelIndex, ListRow, Post, RowFault, Rules};

fn code(text: &str) -> Code {
    Code::new(text).unwrap()
}

/// Rows of these columns, one a line, cells apart at `|`, numbered from 1.
fn rows(columns: &[&str], text: &str) -> Vec<ListRow> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let rows = (1..).zip(lines).map(|(number, line)| {
        let cells: Vec<&str> = line.split('|').collect();
        assert_eq!(cells.len(), columns.len(), "{line}");
        ListRow::new(number, columns.iter().copied().zip(cells))
    });
    rows.collect()
}

fn classes(text: &str) -> Result<ClassTable, Vec<RowFault>> {
    ClassTable::read(&rows(ClassTable::COLUMNS, text))
}

/// Departments of code, name and parent.
fn departments(text: &str) -> Result<Departments, Vec<RowFault>> {
    Departments::read(&rows(&["code", "name", "parent"], text))
}

/// Rules without a note.
fn rules(text: &str) -> Result<Rules, Vec<RowFault>> {
    Rules::read(&rows(&Rules::COLUMNS[..6], text))
}

/// Posts of grid and post.
fn posts(text: &str) -> Result<Vec<Post>, Vec<RowFault>> {
    Post::read(&rows(&Post::COLUMNS[..2], text))
}

fn told<T: std::fmt::Debug>(read: Result<T, Vec<RowFault>>) -> Vec<String> {
    messages(&read.unwrap_err())
}

fn messages(faults: &[RowFault]) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

/// Tiers 1 and 2; posts in grids only.
const SCHEME: &str = r#"
city = "c"
name = "城"

[[level]]
id = "street"
name = "街道"
code = '^S\d$'

[[level]]
id = "grid"
name = "网格"
code = '^S\dG\d$'
parent = { prefix = 2 }
posts = ["网格长", "网格员"]

[tiers]
1 = "grid"
2 = "street"
"#;

fn level_of(unit: &Code) -> Option<LevelIndex> {
    match unit.as_str() {
        "S1" => Some(LevelIndex(0)),
        "S1G1" => Some(LevelIndex(1)),
        "S1G1X" => Some(LevelIndex(2)), // of a level that the scheme does not have
        _ => None,
    }
}

#[test]
fn a_row_keeps_its_filled_cells_without_the_space_around_them() {
    let row = ListRow::new(
        7,
        [("code", "\u{3000}0101 "), ("name", " \t"), ("note", "")],
    );
    assert_eq!((row.get("code"), row.get("name")), (Some("0101"), None));
    assert_eq!((row.number, row.is_empty()), (7, false));
    assert_eq!(row.to_string(), "row 7");
    assert!(ListRow::new(8, [("name", " ")]).is_empty());
}

/// Every reader takes an empty list: a city may have no rules yet.
#[test]
fn empty_lists_are_read() {
    assert_eq!(classes("").unwrap().classes(), []);
    assert_eq!(departments("").unwrap().all(), []);
    assert_eq!(rules("").unwrap().all(), []);
    assert_eq!(posts("").unwrap(), []);
}
