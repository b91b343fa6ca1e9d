//! Lists of departments, and the tree they make.

use proptest::prelude::*;
use rstest::rstest;
use wangge_model::{Department, Departments, ListFault, ListRow};

use super::{code, departments, rows, told};

#[test]
fn departments_are_read_in_any_order() {
    let all = Departments::read(&rows(
        Departments::COLUMNS,
        "S1 | 街道办事处 | D | street office | 0429-1
         D | 区城管局 | | |
         C1 | 社区 | S1 | |",
    ))
    .unwrap();
    let codes: Vec<_> = all.all().iter().map(|d| d.code.as_str()).collect();
    assert_eq!(codes, ["C1", "D", "S1"]);
    assert_eq!(
        all.get("S1"),
        Some(&Department {
            code: code("S1"),
            name: "街道办事处".to_owned(),
            parent: Some(code("D")),
            kind: Some("street office".to_owned()),
            phone: Some("0429-1".to_owned()),
        })
    );
    assert_eq!((all.place("D"), all.place("S")), (Some(1), None));
    assert_eq!(all.get("D").unwrap().parent, None);
}

#[rstest]
#[case::no_code(
    " | 城管局 |",
    &["row 1, column \"code\": the cell is empty: fill it in"]
)]
#[case::no_name(
    "A | |",
    &["row 1, column \"name\": the cell is empty: fill it in"]
)]
#[case::malformed_code(
    "A\u{202e}B | 城管局 |",
    &["row 1, column \"code\": the code \"A\\u{202e}B\" has an invisible or control character at \
       position 2: remove it"]
)]
#[case::malformed_parent(
    "A | 城管局 | B\u{0}",
    &["row 1, column \"parent\": the code \"B\\u{0}\" has an invisible or control character at \
       position 2: remove it"]
)]
#[case::three_with_one_code(
    "A | 城管局 |
     A | 环卫处 |
     A | 园林处 |",
    &["row 2, column \"code\": the code A is in row 1 too: give each its own",
      "row 3, column \"code\": the code A is in row 1 too: give each its own"]
)]
#[case::missing_parent(
    "A | 城管局 | Z",
    &["row 1, column \"parent\": the department Z is not in the list: add its row, or correct \
       the code"]
)]
#[case::circle_of_one(
    "A | 城管局 | A",
    &["row 1, column \"parent\": the department is above itself, A < A: correct one of these \
       parents, or leave it empty"]
)]
#[case::circle_of_two(
    "A | 城管局 | B
     B | 环卫处 | A",
    &["row 1, column \"parent\": the department is above itself, A < B < A: correct one of \
       these parents, or leave it empty",
      "row 2, column \"parent\": the department is above itself, B < A < B: correct one of \
       these parents, or leave it empty"]
)]
#[case::circle_of_three_and_two_below_it(
    "E | 五 | D
     D | 四 | B
     A | 一 | C
     B | 二 | A
     C | 三 | B",
    &["row 3, column \"parent\": the department is above itself, A < C < B < A: correct one of \
       these parents, or leave it empty",
      "row 4, column \"parent\": the department is above itself, B < A < C < B: correct one of \
       these parents, or leave it empty",
      "row 5, column \"parent\": the department is above itself, C < B < A < C: correct one of \
       these parents, or leave it empty"]
)]
#[case::two_circles(
    "A | 一 | A
     B | 二 | C
     C | 三 | B
     D | 四 | A",
    &["row 1, column \"parent\": the department is above itself, A < A: correct one of these \
       parents, or leave it empty",
      "row 2, column \"parent\": the department is above itself, B < C < B: correct one of \
       these parents, or leave it empty",
      "row 3, column \"parent\": the department is above itself, C < B < C: correct one of \
       these parents, or leave it empty"]
)]
#[case::below_a_nameless_one(
    "A | 城管局 | B
     B | |",
    &["row 2, column \"name\": the cell is empty: fill it in"]
)]
#[case::of_two_with_one_code_the_first_counts(
    "A | 城管局 |
     B | 环卫处 | A
     A | 园林处 | B",
    &["row 3, column \"code\": the code A is in row 1 too: give each its own",
      "row 3, column \"parent\": the department is above itself, A < B < A: correct one of \
       these parents, or leave it empty"]
)]
#[case::all_of_them(
    "A | | B\u{200b}
     B | 环卫处 | Z
     | 园林处 | A
     B | |",
    &["row 1, column \"name\": the cell is empty: fill it in",
      "row 1, column \"parent\": the code \"B\\u{200b}\" has an invisible or control character \
       at position 2: remove it",
      "row 2, column \"parent\": the department Z is not in the list: add its row, or correct \
       the code",
      "row 3, column \"code\": the cell is empty: fill it in",
      "row 4, column \"name\": the cell is empty: fill it in",
      "row 4, column \"code\": the code B is in row 2 too: give each its own"]
)]
fn faults_of_departments_are_told_in_the_order_of_rows(
    #[case] text: &str,
    #[case] expected: &[&str],
) {
    assert_eq!(told(departments(text)), expected);
}

#[test]
fn of_a_long_circle_the_beginning_is_told() {
    let text = "1|一|2\n2|二|3\n3|三|4\n4|四|5\n5|五|6\n6|六|7\n7|七|1";
    assert_eq!(
        told(departments(text))[6],
        "row 7, column \"parent\": the department is above itself, 7 < 1 < 2 < 3 < 4 < 5 < … < 7: \
         correct one of these parents, or leave it empty"
    );
}

proptest! {
    /// Every department names one as its parent, or none: on a circle is who meets itself within
    /// as many steps as there are departments.
    #[test]
    fn exactly_the_departments_on_circles_are_named(
        parents in proptest::collection::vec(proptest::option::of(0_usize..12), 12)
    ) {
        let name = |at: usize| format!("D{at}");
        let list: Vec<ListRow> = (0..).zip(&parents).map(|(number, parent)| {
            let at = usize::try_from(number).unwrap();
            let parent = parent.map(name).unwrap_or_default();
            ListRow::new(number, [("code", name(at)), ("name", name(at)), ("parent", parent)])
        }).collect();
        let on_circle = |start: usize| {
            let way = std::iter::successors(parents[start], |&at| parents[at]);
            way.take(12).any(|at| at == start)
        };
        let expected: Vec<usize> = (0..12).filter(|&at| on_circle(at)).collect();
        let faults = Departments::read(&list).err().unwrap_or_default();
        let named: Vec<usize> = faults.iter().map(|fault| {
            assert!(matches!(fault.fault, ListFault::Circle(_)));
            usize::try_from(fault.row).unwrap()
        }).collect();
        prop_assert_eq!(named, expected);
    }
}
