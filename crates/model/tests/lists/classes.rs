//! Lists of classes, and the table made of them.

use proptest::prelude::*;
use rstest::rstest;
use wangge_model::{AccuracyClass, Class, ClassGeometry, ClassTable, ObjectKind};

use ObjectKind::{Component, Event};

use super::{classes, code, told};

#[test]
fn classes_are_read_in_any_order() {
    let table = classes(
        "Event | 0101 | 私搭乱建 | | |
         部件 | 0405 | 绿地 | green space | 面 | b
         COMPONENT | 01 | 公用设施 | | |
         事件 | 01 | 市容环境 | | |
         部件 | 0211 | 交通护栏 | | 线 | C
         component | 0101 | 上水井盖 | water supply manhole | 点 | A
         component | 0A01 | 充电桩 | | Point |",
    );
    let class = |object, text: &str, name: &str| Class {
        object,
        code: code(text),
        name: name.to_owned(),
        name_en: None,
        geometry: None,
        accuracy: None,
    };
    let expected = [
        class(Component, "01", "公用设施"),
        Class {
            name_en: Some("water supply manhole".to_owned()),
            geometry: Some(ClassGeometry::Point),
            accuracy: Some(AccuracyClass::A),
            ..class(Component, "0101", "上水井盖")
        },
        Class {
            geometry: Some(ClassGeometry::Line),
            accuracy: Some(AccuracyClass::C),
            ..class(Component, "0211", "交通护栏")
        },
        Class {
            name_en: Some("green space".to_owned()),
            geometry: Some(ClassGeometry::Area),
            accuracy: Some(AccuracyClass::B),
            ..class(Component, "0405", "绿地")
        },
        Class {
            geometry: Some(ClassGeometry::Point),
            ..class(Component, "0A01", "充电桩")
        },
        class(Event, "01", "市容环境"),
        class(Event, "0101", "私搭乱建"),
    ];
    assert_eq!(table.unwrap().classes(), expected);
}

#[test]
fn words_are_written_as_they_are_read() {
    for kind in [Component, Event] {
        assert_eq!(kind.as_str().parse(), Ok(kind));
        assert_eq!(kind.to_string(), kind.as_str());
    }
    for geometry in [
        ClassGeometry::Point,
        ClassGeometry::Line,
        ClassGeometry::Area,
    ] {
        assert_eq!(geometry.as_str().parse(), Ok(geometry));
    }
    for accuracy in [AccuracyClass::A, AccuracyClass::B, AccuracyClass::C] {
        assert_eq!(accuracy.as_str().parse(), Ok(accuracy));
    }
}

#[rstest]
#[case::no_object(
    "| 01 | 公用设施 | | |",
    "row 1, column \"object\": the cell is empty: fill it in"
)]
#[case::no_code(
    "event | | 公用设施 | | |",
    "row 1, column \"code\": the cell is empty: fill it in"
)]
#[case::no_name(
    "event | 01 | | | |",
    "row 1, column \"name\": the cell is empty: fill it in"
)]
#[case::code_with_a_zero_width_space(
    "event | 01\u{200b} | 市容环境 | | |",
    "row 1, column \"code\": the code \"01\\u{200b}\" has an invisible or control character at \
     position 3: remove it"
)]
#[case::unknown_object(
    "零件 | 01 | 公用设施 | | |",
    "row 1, column \"object\": \"零件\" is none of component, event"
)]
#[case::unknown_geometry(
    "component | 0101 | 上水井盖 | | polygon |",
    "row 1, column \"geometry\": \"polygon\" is none of point, line, area"
)]
#[case::unknown_accuracy(
    "component | 0101 | 上水井盖 | | | D",
    "row 1, column \"accuracy\": \"D\" is none of A, B, C"
)]
#[case::twice(
    "event | 01 | 市容环境 | | |
     component | 01 | 公用设施 | | |
     component | 01 | 道路交通 | | |",
    "row 3, column \"code\": the code 01 is in row 2 too: give each its own"
)]
fn a_fault_of_a_class_is_told_with_row_and_column(#[case] text: &str, #[case] message: &str) {
    assert_eq!(told(classes(text)), [message]);
}

#[test]
fn all_faults_of_classes_are_told_in_the_order_of_rows() {
    let faults = classes(
        "component | 01 | | | |
         thing | | | | round | D
         component | 0101 | 上水井盖 | | |
         component | 01 | 公用设施 | | oval |
         component | 01 | 公用设施 | | |",
    );
    assert_eq!(
        told(faults),
        [
            "row 1, column \"name\": the cell is empty: fill it in",
            "row 2, column \"object\": \"thing\" is none of component, event",
            "row 2, column \"code\": the cell is empty: fill it in",
            "row 2, column \"name\": the cell is empty: fill it in",
            "row 2, column \"geometry\": \"round\" is none of point, line, area",
            "row 2, column \"accuracy\": \"D\" is none of A, B, C",
            "row 4, column \"geometry\": \"oval\" is none of point, line, area",
            "row 4, column \"code\": the code 01 is in row 1 too: give each its own",
            "row 5, column \"code\": the code 01 is in row 1 too: give each its own",
        ]
    );
}

fn class(object: ObjectKind, text: &str) -> Class {
    Class {
        object,
        code: code(text),
        name: "类".to_owned(),
        name_en: None,
        geometry: None,
        accuracy: None,
    }
}

#[test]
fn a_table_knows_its_codes_their_beginnings_and_its_minors() {
    let table = ClassTable::new(vec![
        class(Event, "0101"),
        class(Event, "01"),
        class(Event, "21"), // a major without minors
        class(Component, "0102"),
        class(Component, "01"),
        class(Component, "0101"),
        class(Component, "1"), // of a city that writes no zero in front: 10 is below it
        class(Component, "10"),
        class(Component, "2"),
    ])
    .unwrap();
    assert_eq!(
        table.get(Event, "0101").map(|class| class.object),
        Some(Event)
    );
    assert_eq!(table.get(Event, "0102"), None);
    assert_eq!(table.get(Component, "010"), None);
    for (object, prefix, known) in [
        (Component, "", true),
        (Component, "0", true),
        (Component, "010", true),
        (Component, "0102", true),
        (Component, "01020", false),
        (Component, "03", false),
        (Component, "21", false),
        (Event, "21", true),
        (Event, "0102", false),
        (Event, "3", false),
    ] {
        assert_eq!(table.has_prefix(object, prefix), known, "{object} {prefix}");
    }
    let minors: Vec<_> = table
        .minors()
        .map(|c| (c.object, c.code.as_str()))
        .collect();
    assert_eq!(
        minors,
        [
            (Component, "0101"),
            (Component, "0102"),
            (Component, "10"),
            (Component, "2"),
            (Event, "0101"),
            (Event, "21"),
        ]
    );
}

#[test]
fn no_class_is_below_one_of_the_other_kind() {
    let table = ClassTable::new(vec![class(Component, "01"), class(Event, "0101")]).unwrap();
    assert_eq!(table.minors().count(), 2);
}

#[test]
fn a_table_with_a_code_twice_is_refused() {
    let twice = ClassTable::new(vec![
        class(Event, "02"),
        class(Component, "02"),
        class(Event, "01"),
        class(Event, "02"),
    ]);
    assert_eq!(twice, Err((Event, code("02"))));
}

proptest! {
    #[test]
    fn a_table_agrees_with_a_slow_look_at_every_class(
        codes in proptest::collection::btree_set((any::<bool>(), "[01A井]{1,4}"), 0..30),
        asked in "[01A井]{0,5}",
    ) {
        let kind = |event: bool| if event { Event } else { Component };
        let all: Vec<Class> = codes.iter().map(|(event, text)| class(kind(*event), text)).collect();
        let table = ClassTable::new(all.clone()).unwrap();
        for object in [Component, Event] {
            let mut of_kind = all.iter().filter(|class| class.object == object);
            prop_assert_eq!(
                table.has_prefix(object, &asked),
                of_kind.clone().any(|class| class.code.as_str().starts_with(&asked))
            );
            prop_assert_eq!(
                table.get(object, &asked),
                of_kind.find(|class| class.code.as_str() == asked)
            );
        }
        let is_major = |class: &Class| all.iter().any(|other| {
            other.object == class.object
                && other.code != class.code
                && other.code.as_str().starts_with(class.code.as_str())
        });
        let mut minors: Vec<&Class> = all.iter().filter(|class| !is_major(class)).collect();
        minors.sort_by_key(|class| (class.object, class.code.as_str()));
        prop_assert_eq!(table.minors().collect::<Vec<_>>(), minors);
    }
}
