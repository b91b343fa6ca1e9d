//! The class tables of data/classes, held against figures counted by hand in the standard's list.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rstest::rstest;
use wangge_model::{AccuracyClass, ClassGeometry, ClassTable, ListRow, ObjectKind};

use AccuracyClass::{A, B, C};
use ClassGeometry::{Area, Line, Point};
use ObjectKind::{Component, Event};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/classes")
}

/// The rows of a file without quotes, its cells apart at commas.
fn rows(text: &str) -> Vec<ListRow> {
    assert!(!text.contains(['"', '\r', '\u{feff}']));
    assert!(text.ends_with('\n'));
    let mut lines = text.lines().map(|line| line.split(',').collect());
    let header: Vec<&str> = lines.next().unwrap();
    assert_eq!(header, ClassTable::COLUMNS);
    let rows = (1..).zip(lines).map(|(number, cells): (_, Vec<&str>)| {
        assert_eq!(cells.len(), header.len(), "row {number}");
        ListRow::new(number, header.iter().copied().zip(cells))
    });
    rows.collect()
}

fn read(path: &Path) -> ClassTable {
    ClassTable::read(&rows(&std::fs::read_to_string(path).unwrap())).unwrap()
}

fn files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|end| end == "csv"))
        .collect()
}

#[test]
fn every_table_is_whole() {
    assert!(!files().is_empty());
    for path in files() {
        let text = std::fs::read_to_string(&path).unwrap();
        let table = read(&path);
        let order: Vec<_> = rows(&text)
            .iter()
            .map(|row| {
                (
                    row.get("object").unwrap().to_owned(),
                    row.get("code").unwrap().to_owned(),
                )
            })
            .collect();
        assert!(order.is_sorted(), "{} is not sorted", path.display());
        for class in table.classes() {
            let code = class.code.as_str();
            assert!(code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
            assert!(class.name_en.as_deref().is_some_and(str::is_ascii));
            let minor = match code.len() {
                2 => false,
                4 => true,
                _ => panic!("{code} is neither a major nor a minor"),
            };
            if minor {
                table.get(class.object, &code[..2]).unwrap();
            }
            let drawn = minor && class.object == Component;
            assert_eq!(class.geometry.is_some(), drawn, "{} {code}", class.object);
            assert_eq!(class.accuracy.is_some(), drawn, "{} {code}", class.object);
        }
    }
}

/// Minor classes of each major one, counted by hand.
#[test]
fn the_table_of_2007_has_as_many_classes_as_the_list_it_follows() {
    let table = read(&folder().join("cjt214-2007.csv"));
    let mut minors: BTreeMap<(ObjectKind, &str), usize> = BTreeMap::new();
    for class in table.classes() {
        let code = class.code.as_str();
        *minors.entry((class.object, &code[..2])).or_default() += usize::from(code.len() == 4);
    }
    let counted: Vec<_> = minors.into_iter().collect();
    assert_eq!(
        counted,
        [
            ((Component, "01"), 38),
            ((Component, "02"), 17),
            ((Component, "03"), 11),
            ((Component, "04"), 10),
            ((Component, "05"), 3),
            ((Component, "06"), 6),
            ((Component, "21"), 27),
            ((Event, "01"), 19),
            ((Event, "02"), 5),
            ((Event, "03"), 6),
            ((Event, "04"), 10),
            ((Event, "05"), 14),
            ((Event, "21"), 0),
        ]
    );
}

#[rstest]
#[case("0101", "上水井盖", Some((Point, A)))]
#[case("0118", "路灯", Some((Point, A)))]
#[case("0129", "输油(气)井盖", Some((Point, A)))]
#[case("0138", "治安岗亭", Some((Point, B)))]
#[case("02", "道路交通", None)]
#[case("0201", "停车场", Some((Area, C)))]
#[case("0208", "跨河桥", Some((Area, C)))]
#[case("0210", "交通信号灯", Some((Point, A)))]
#[case("0211", "交通护栏", Some((Line, B)))]
#[case("0216", "道路隔音屏", Some((Line, B)))]
#[case("0305", "垃圾箱", Some((Point, B)))]
#[case("0405", "绿地", Some((Area, B)))]
#[case("0503", "公房地下室", Some((Area, C)))]
#[case("0601", "重大危险源", Some((Area, C)))]
#[case("0602", "工地", Some((Area, C)))]
#[case("0606", "防汛墙/防洪墙", Some((Line, B)))]
#[case("21", "扩展部件", None)]
#[case("2108", "主干道", Some((Line, C)))]
#[case("2137", "线状花架花钵", Some((Line, B)))]
fn the_table_of_2007_names_components(
    #[case] code: &str,
    #[case] name: &str,
    #[case] drawn: Option<(ClassGeometry, AccuracyClass)>,
) {
    let table = read(&folder().join("cjt214-2007.csv"));
    let class = table.get(Component, code).unwrap();
    assert_eq!(class.name, name);
    assert_eq!(class.geometry.zip(class.accuracy), drawn);
}

#[rstest]
#[case("01", "市容环境")]
#[case("0101", "私搭乱建")]
#[case("0102", "暴露垃圾")]
#[case("0118", "擅自饲养家禽家畜")]
#[case("0199", "其他")]
#[case("0205", "广告招牌破损")]
#[case("0305", "无证掘路")]
#[case("0402", "自来水管破裂")]
#[case("0409", "群发性事件")]
#[case("0505", "机动车乱停放")]
#[case("0599", "其他")]
#[case("21", "扩展事件")]
fn the_table_of_2007_names_events(#[case] code: &str, #[case] name: &str) {
    let table = read(&folder().join("cjt214-2007.csv"));
    assert_eq!(table.get(Event, code).unwrap().name, name);
}

#[rstest]
#[case::no_such_manhole(Component, "0139")]
#[case::a_gap_of_the_extensions(Component, "2107")]
#[case::no_other_in_advertising(Event, "0299")]
#[case::extensions_are_the_citys(Event, "2101")]
fn the_table_of_2007_leaves_out_what_the_list_leaves_out(
    #[case] object: ObjectKind,
    #[case] code: &str,
) {
    let table = read(&folder().join("cjt214-2007.csv"));
    assert_eq!(table.get(object, code), None);
}
