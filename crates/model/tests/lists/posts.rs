//! Lists of posts, and the levels they belong to.

use rstest::rstest;
use wangge_model::{Departments, Post, Scheme};

use super::{SCHEME, code, level_of, posts, rows, told};

#[test]
fn posts_are_read_with_and_without_a_person() {
    let all = Post::read(&rows(
        Post::COLUMNS,
        "S1G1 | 网格长 | 王一 | 1380 |
         S1G1 | 网格员 | | |
         S1G1 | 网格员 | | | 税务局",
    ));
    let post = |row, post: &str, name: Option<&str>, phone: Option<&str>| Post {
        row,
        unit: code("S1G1"),
        post: post.to_owned(),
        name: name.map(str::to_owned),
        phone: phone.map(str::to_owned),
        department: None,
    };
    assert_eq!(
        all.unwrap(),
        [
            post(1, "网格长", Some("王一"), Some("1380")),
            post(2, "网格员", None, None),
            Post {
                department: Some(code("税务局")),
                ..post(3, "网格员", None, None)
            },
        ]
    );
}

#[test]
fn all_faults_of_posts_are_told_in_the_order_of_rows() {
    let faults = posts(
        "|
         S1G1 | 网格长
         S\u{200b} |
         S1G1 |",
    );
    assert_eq!(
        told(faults),
        [
            "row 1, column \"grid\": the cell is empty: fill it in",
            "row 1, column \"post\": the cell is empty: fill it in",
            "row 3, column \"grid\": the code \"S\\u{200b}\" has an invisible or control \
             character at position 2: remove it",
            "row 3, column \"post\": the cell is empty: fill it in",
            "row 4, column \"post\": the cell is empty: fill it in",
        ]
    );
}

#[rstest]
#[case::head("S1G1 | 网格长", None)]
#[case::several_of_one_name("S1G1 | 网格员", None)]
#[case::unit_that_is_not_there(
    "S9G9 | 网格员",
    Some(
        "row 1, column \"grid\": the plan has no unit S9G9: correct the code, or import the unit"
    )
)]
#[case::unit_of_no_level(
    "S1G1X | 网格员",
    Some(
        "row 1, column \"grid\": the plan has no unit S1G1X: correct the code, or import the unit"
    )
)]
#[case::post_that_the_level_does_not_have(
    "S1G1 | 警员",
    Some(
        "row 1, column \"post\": level \"grid\" has no post \"警员\", it has 网格长, 网格员: \
         choose one, or add it to the scheme"
    )
)]
#[case::level_without_posts(
    "S1 | 网格长",
    Some(
        "row 1, column \"post\": level \"street\" has no post \"网格长\", it has none: choose \
         one, or add it to the scheme"
    )
)]
fn a_post_is_one_of_its_units_level(#[case] text: &str, #[case] message: Option<&str>) {
    let scheme = Scheme::from_toml(SCHEME).unwrap();
    let all = posts(text).unwrap();
    let fault = all[0].check(&scheme, level_of, &Departments::default());
    assert_eq!(fault.map(|fault| fault.to_string()).as_deref(), message);
}
