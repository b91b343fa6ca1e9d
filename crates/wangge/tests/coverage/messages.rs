//! What the commands on a coverage say of wrong arguments and wrong input, in both languages.

use std::fmt::Write as _;

use rayon::prelude::*;

use crate::support::drawing::{Grid, board, board_with_strip, collection, feature, geojson};
use crate::support::{Desk, run, run_in};
use crate::text;

/// Wrong arguments, and what both messages must say.
struct Case {
    arguments: Vec<String>,
    said: Vec<&'static str>,
}

/// A table: a line for each mistake, words in braces are files of the desk.
#[expect(clippy::too_many_lines, reason = "a table: one line for each mistake")]
fn cases(desk: &Desk) -> Vec<Case> {
    desk.write("good.geojson", &geojson(&board(4, 3)));
    desk.write("strip.geojson", &geojson(&board_with_strip(50)));
    let tree = feature(
        &serde_json::json!({"code": "t"}),
        r#"{"type":"Point","coordinates":[120.8,40.7]}"#,
    );
    desk.write("trees.geojson", &collection(&[tree]));
    desk.write("empty.geojson", &collection(&[]));
    let half: Vec<String> = board(4, 3).iter().map(Grid::feature).collect();
    let half = collection(&half);
    desk.write("half.geojson", &half[..half.len() / 2]);
    let unclosed = geojson(&board(1, 1)).replace(",[120.8000000,40.7000000]]", "]");
    desk.write("unclosed.geojson", &unclosed);
    let table: &[(&str, &[&str])] = &[
        ("validate", &["--store"]),
        ("validate {none}", &["none.geojson"]),
        ("validate {empty}", &["empty.geojson"]),
        (
            "validate {trees}",
            &["trees.geojson", "1", "--skip-invalid"],
        ),
        ("validate {half}", &["half.geojson", "GeoJSON"]),
        (
            "validate {unclosed}",
            &["unclosed.geojson", "1", "120.8 40.7", "--skip-invalid"],
        ),
        (
            "validate {good} {good}",
            &["good.geojson", "c0r0", "--merge-parts"],
        ),
        (
            "validate {good} --code WARD",
            &["good.geojson", "WARD", "street"],
        ),
        ("validate {good} --within {none}", &["none.geojson"]),
        ("validate {good} --within {trees}", &["trees.geojson"]),
        ("validate {good} --allowed {trees}", &["trees.geojson"]),
        ("validate {good} --objects {none}", &["none.geojson"]),
        ("validate {good} --objects {empty}", &["empty.geojson"]),
        (
            "validate {good} --format pdf",
            &["--format", "pdf", "text", "json", "geojson", "html"],
        ),
        (
            "validate {good} --sliver-width -0.5",
            &["--sliver-width", "-0.5", "0"],
        ),
        (
            "validate {good} --inlet-width wide",
            &["--inlet-width", "wide", "0"],
        ),
        (
            "validate {good} --tiny-area NaN",
            &["--tiny-area", "NaN", "0"],
        ),
        (
            "validate {good} --thin-width=-1",
            &["--thin-width", "-1", "0"],
        ),
        ("validate {good} --plan 2026", &["--plan"]),
        ("validate --plan 2026", &["--store"]),
        ("validate {good} --store city.gpkg", &["FILE", "--store"]),
        ("validate {good} -o {good}", &["good.geojson", "-o"]),
        (
            "validate {good} -o {nowhere/report}",
            &["nowhere/report.geojson"],
        ),
        ("repair {strip}", &["--output"]),
        ("repair -o {out}", &["FILE"]),
        ("repair {strip} -o {strip}", &["strip.geojson", "-o"]),
        (
            "repair {strip} -o {out} --report {strip}",
            &["strip.geojson", "--report"],
        ),
        (
            "repair {strip} -o {out} --report {out}",
            &["out.geojson", "--report"],
        ),
        ("repair {strip} -o out.docx", &["out.docx", "GeoPackage"]),
        ("repair {strip} -o {nowhere/out}", &["nowhere/out.geojson"]),
        ("repair {strip} -o {out} --snap -1", &["--snap", "-1", "0"]),
        (
            "repair {strip} -o {out} --max-gap-width inf",
            &["--max-gap-width", "inf", "0"],
        ),
        (
            "repair {strip} -o {out} --lock c0r0,c9r9,c8r8",
            &["c9r9", "c8r8"],
        ),
        (
            "repair {strip} -o {out} --priority RANK",
            &["RANK", "code", "street"],
        ),
        (
            "repair {strip} -o {out} --priority street",
            &["street", "c0r0", "s0"],
        ),
        ("repair {none} -o {out}", &["none.geojson"]),
        ("simplify {good} -o {out}", &["--tolerance"]),
        ("simplify {good} --tolerance 5", &["--output"]),
        (
            "simplify {good} --tolerance -5 -o {out}",
            &["--tolerance", "-5", "0"],
        ),
        (
            "simplify {good} --tolerance much -o {out}",
            &["--tolerance", "much", "0"],
        ),
        (
            "simplify {good} --tolerance 5 -o {good}",
            &["good.geojson", "-o"],
        ),
        (
            "simplify {strip} --tolerance 5 -o {out}",
            &["12", "wangge validate", "wangge repair"],
        ),
        ("dissolve {good} -o {out}", &["--by"]),
        (
            "dissolve {good} --by WARD -o {out}",
            &["WARD", "code", "street"],
        ),
        (
            "dissolve {good} --by street -o {good}",
            &["good.geojson", "-o"],
        ),
        (
            "dissolve {strip} --by street -o {out}",
            &["12", "wangge validate", "wangge repair"],
        ),
    ];
    let argument = |word: &str| match word.strip_prefix('{').and_then(|w| w.strip_suffix('}')) {
        Some(name) => text(&desk.path(&format!("{name}.geojson"))).to_owned(),
        None => word.to_owned(),
    };
    table
        .iter()
        .map(|(line, said)| Case {
            arguments: line.split(' ').map(argument).collect(),
            said: said.to_vec(),
        })
        .collect()
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Three English words in a row that are not a command to type.
fn english_in(chinese: &str) -> Option<String> {
    chinese
        .split(|c: char| !c.is_ascii_alphabetic() && c != ' ')
        .map(|run| {
            run.split(' ')
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>()
        })
        .find(|words| words.len() >= 3)
        .map(|words| words.join(" "))
}

#[test]
fn every_mistake_is_told_in_either_language_and_in_no_other() {
    let desk = Desk::new();
    let faults: String = cases(&desk).par_iter().map(faults).collect();
    assert!(faults.is_empty(), "{faults}");
    assert!(!desk.path("out.geojson").exists());
}

/// What is wrong with the messages of a case.
fn faults(case: &Case) -> String {
    let mut faults = String::new();
    let zh = run_in("zh_CN.UTF-8", &case.arguments);
    let asked = [
        case.arguments.clone(),
        vec!["--lang".to_owned(), "en".to_owned()],
    ]
    .concat();
    let en = run_in("zh_CN.UTF-8", &asked);
    let mut fault = |what: &str, said: &str| {
        writeln!(faults, "{}: {what}\n  {said}", case.arguments.join(" ")).unwrap();
    };
    for ran in [&zh, &en] {
        let message = ran.message();
        if ran.code != 2 {
            fault(&format!("exit code {}", ran.code), &ran.err);
        }
        if !ran.out.is_empty() {
            fault("something on standard output", &ran.out);
        }
        for value in case.said.iter().filter(|value| !message.contains(**value)) {
            fault(&format!("{value} is not in it"), &ran.err);
        }
    }
    let message = zh.message();
    if !message.contains("无法完成：") || message.chars().filter(|&c| is_han(c)).count() < 8 {
        fault("hardly any Chinese", &zh.err);
    }
    if let Some(words) = english_in(&message) {
        fault(&format!("English left over: {words}"), &zh.err);
    }
    if en.err.chars().any(is_han) {
        fault("Chinese left over", &en.err);
    }
    faults
}

/// What a person reads of work that was done, too.
#[test]
fn what_was_done_is_told_in_one_language() {
    let desk = Desk::new();
    let good = desk.write("good.geojson", &geojson(&board(4, 3)));
    let strip = desk.write("strip.geojson", &geojson(&board_with_strip(50)));
    let (good, strip, out) = (text(&good), text(&strip), desk.path("out.geojson"));
    let out = text(&out);
    for (arguments, said) in [
        (vec!["validate", good], ["无缝无叠", "Seamless"]),
        (
            vec!["repair", strip, "-o", out],
            ["划归相邻网格的空隙", "Gaps given to a neighbour"],
        ),
        (
            vec!["repair", strip, "-o", out, "--max-gap-width", "0"],
            ["仍存在 空隙", "Left: Gaps"],
        ),
        (
            vec!["simplify", good, "--tolerance", "1", "-o", out],
            ["已证明无缝", "proved seamless"],
        ),
        (
            vec!["dissolve", good, "--by", "street", "-o", out],
            ["合并为 4 个单元", "to 4 units"],
        ),
    ] {
        let told = ["zh_CN.UTF-8", "C.UTF-8"].map(|locale| run_in(locale, &arguments));
        for (ran, said) in told.iter().zip(said) {
            assert!(ran.code < 2, "{}", ran.err);
            assert!(ran.out.contains(said), "{said} is not in {}", ran.out);
            assert_eq!(ran.err, "");
        }
        assert_eq!(english_in(&told[0].out), None, "{}", told[0].out);
        assert!(told[1].out.is_ascii(), "{}", told[1].out);
    }
    let help = run(&["repair", "--help"]).expect_code(0);
    assert!(help.out.contains("Example: wangge repair"), "{}", help.out);
}
