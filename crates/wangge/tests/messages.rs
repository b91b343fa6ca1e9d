//! What the program says of wrong input, in Chinese and in English: what, which value, and the
//! option that mends it; never half in one language and half in the other.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use support::{Desk, ONE_LEVEL, publish, run, run_in};

/// Wrong input, and what both messages must say.
struct Case {
    name: &'static str,
    arguments: Vec<String>,
    said: &'static [&'static str],
}

const TWO_LEVELS: &str = r#"
city = "test"
name = "测试"
[[level]]
id = "street"
name = "街道"
code = '^\d{3}$'
[[level]]
id = "grid"
name = "网格"
code = '^\d{6}$'
parent = { prefix = 3 }
"#;

/// One square grid for each code, side by side.
fn squares(codes: &[&str], key: &str) -> String {
    let features: Vec<String> = (0u32..)
        .zip(codes)
        .map(|(i, code)| {
            let west = 120.8 + f64::from(i) / 1000.0;
            let east = west + 0.001;
            format!(
                r#"{{"type":"Feature","properties":{{"{key}":"{code}"}},"geometry":{{"type":"Polygon","coordinates":[[[{west:.3},40.7],[{east:.3},40.7],[{east:.3},40.701],[{west:.3},40.701],[{west:.3},40.7]]]}}}}"#
            )
        })
        .collect();
    format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",")
    )
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// A desk with what the cases need, and the cases.
#[expect(clippy::too_many_lines, reason = "a table: one entry for each mistake")]
fn cases(desk: &Desk) -> Vec<Case> {
    let empty = text(&desk.store("empty.gpkg", TWO_LEVELS));
    let store = desk.store("city.gpkg", ONE_LEVEL);
    let good = desk.write("good.geojson", &squares(&["1", "2"], "code"));
    publish(&store, &good, &[]);
    let (store, good) = (text(&store), text(&good));
    let file = |name: &str, content: &str| text(&desk.write(name, content));
    let twice = squares(&["1"], "code").replace("[{", "[{0},{").replace(
        "{0}",
        r#"{"type":"Feature","properties":{"code":"2"},"geometry":{"type":"Polygon","coordinates":[[[120.8005,40.7],[120.802,40.7],[120.802,40.701],[120.8005,40.701],[120.8005,40.7]]]}}"#,
    );
    let overlapping = text(&desk.store("overlapping.gpkg", ONE_LEVEL));
    run(&[
        "import",
        "grids",
        &file("twice.geojson", &twice),
        "--store",
        &overlapping,
    ])
    .expect_code(0);
    let uncoded = file("uncoded.geojson", &squares(&["1"], "BM"));
    let malformed = file("malformed.geojson", &squares(&["001001", "00100X"], "code"));
    let repeated = file("repeated.geojson", &squares(&["001001", "001001"], "code"));
    let xian = file(
        "xian.csv",
        "code,wkt\n001001,\"POLYGON((120.8 40.7,120.9 40.7,120.9 40.8,120.8 40.7))\"\n",
    );
    let points = file("points.csv", "id,x,lat\n1,120.8,40.7\n");
    let scheme = file("scheme.toml", "city = \"test\"\nnmae = \"测试\"\n");
    let no_store = file("notes.gpkg", "这不是数据库");
    let place = |wanted: &str| text(&desk.path(wanted));
    let import = |path: &str, more: &[&str]| {
        let mut arguments = vec!["import", "grids", path, "--store", &empty];
        arguments.extend(more);
        arguments.into_iter().map(str::to_owned).collect()
    };
    let words = |list: &[&str]| list.iter().map(ToString::to_string).collect();
    vec![
        Case {
            name: "a file that is not there",
            arguments: import(&place("missing.geojson"), &[]),
            said: &["missing.geojson"],
        },
        Case {
            name: "an unknown system",
            arguments: import(&good, &["--crs", "EPSG:999999"]),
            said: &["EPSG:999999"],
        },
        Case {
            name: "no system",
            arguments: words(&["crs", "1", "2", "--from", "beijing", "--to", "wgs84"]),
            said: &["beijing", "EPSG:n", "gcj02"],
        },
        Case {
            name: "Xi'an 1980",
            arguments: import(&xian, &["--crs", "EPSG:4610"]),
            said: &["xian.csv", "EPSG:4610", "--allow-ballpark"],
        },
        Case {
            name: "a file without a system",
            arguments: import(&xian, &[]),
            said: &["xian.csv", "--crs", "EPSG:4549"],
        },
        Case {
            name: "no column with codes",
            arguments: import(&uncoded, &[]),
            said: &["uncoded.geojson", "--map code=", "BM"],
        },
        Case {
            name: "a mapping to no column",
            arguments: import(&good, &["--map", "code=WARD"]),
            said: &["good.geojson", "WARD", "code"],
        },
        Case {
            name: "a mapping that is none",
            arguments: import(&good, &["--map", "color=RED"]),
            said: &["color=RED", "households"],
        },
        Case {
            name: "a code that the scheme does not have",
            arguments: import(&malformed, &[]),
            said: &["00100X", "grid", "^\\d{6}$"],
        },
        Case {
            name: "a code on two rows",
            arguments: import(&repeated, &[]),
            said: &["repeated.geojson", "001001", "--merge-parts"],
        },
        Case {
            name: "a scheme with a wrong key",
            arguments: words(&["init", &place("new.gpkg"), "--scheme", &scheme]),
            said: &["scheme.toml", "2", "nmae", "name"],
        },
        Case {
            name: "a scheme that is not there",
            arguments: words(&["init", &place("new.gpkg"), "--scheme", &place("none.toml")]),
            said: &["none.toml"],
        },
        Case {
            name: "no store",
            arguments: words(&["publish", "--store", &no_store]),
            said: &["notes.gpkg", "wangge init"],
        },
        Case {
            name: "a store that is not there",
            arguments: words(&["locate", "--store", &place("none.gpkg"), "120", "40"]),
            said: &["none.gpkg", "wangge init"],
        },
        Case {
            name: "an unknown plan",
            arguments: words(&["publish", "--store", &store, "--plan", "2099"]),
            said: &["2099"],
        },
        Case {
            name: "nothing to publish",
            arguments: words(&["publish", "--store", &empty]),
            said: &["wangge import grids", "--plan"],
        },
        Case {
            name: "grids that overlap",
            arguments: words(&["publish", "--store", &overlapping]),
            said: &["2", "wangge validate"],
        },
        Case {
            name: "an unknown level",
            arguments: import(&good, &["--level", "village"]),
            said: &["village", "street", "grid"],
        },
        Case {
            name: "a point beyond the poles",
            arguments: words(&["locate", "--store", &store, "40.7", "120.8"]),
            said: &["120.8", "90"],
        },
        Case {
            name: "a point outside its system",
            arguments: words(&["crs", "1", "2", "--from", "EPSG:4549", "--to", "wgs84"]),
            said: &["EPSG:4549", "wgs84"],
        },
        Case {
            name: "a position that is no number",
            arguments: words(&["locate", "--store", &store, "east", "40.7"]),
            said: &["LON", "east"],
        },
        Case {
            name: "a number that is none in an option",
            arguments: words(&["locate", "--store", &store, "120", "40", "--near", "far"]),
            said: &["--near", "far"],
        },
        Case {
            name: "an unknown option",
            arguments: words(&["publish", "--stor", &store]),
            said: &["--stor", "--store"],
        },
        Case {
            name: "an option that is missing",
            arguments: words(&["publish"]),
            said: &["--store"],
        },
        Case {
            name: "points without the column",
            arguments: words(&["locate", "--store", &store, "--points", &points]),
            said: &["points.csv", "lon", "--lon"],
        },
        Case {
            name: "points in a format that their name does not say",
            arguments: words(&["locate", "--store", &store, "--points", &scheme]),
            said: &[".toml", "--format", "parquet"],
        },
        Case {
            name: "a time that is none",
            arguments: words(&["publish", "--store", &store, "--effective", "明天"]),
            said: &["明天", "2026-12-01T00:00:00+08:00"],
        },
        Case {
            name: "a file that cannot be written as that",
            arguments: words(&["export", "grids", "--store", &store, "-o", "a.docx"]),
            said: &["a.docx", "GeoPackage"],
        },
        Case {
            name: "nothing to validate",
            arguments: words(&["validate"]),
            said: &["--store"],
        },
    ]
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Three English words in a row.
fn english_in(chinese: &str) -> Option<String> {
    let mut row: Vec<&str> = Vec::new();
    for run in chinese.split(|c: char| !c.is_ascii_alphabetic() && c != ' ') {
        row.clear();
        for word in run.split(' ').filter(|word| !word.is_empty()) {
            row.push(word);
            let names = row.iter().any(|word| word.chars().any(char::is_uppercase));
            if row.len() >= 3 && !names && row != ["wangge", "import", "grids"] {
                return Some(row.join(" "));
            }
        }
    }
    None
}

/// Faults of a message in Chinese.
fn faults_in_chinese(case: &Case, ran: &support::Ran) -> Vec<String> {
    let message = ran.message();
    let mut faults = Vec::new();
    if ran.code != 2 {
        faults.push(format!("exit code {}", ran.code));
    }
    if !message.contains("无法完成：") {
        faults.push("无法完成 is not in it".to_owned());
    }
    if message.chars().filter(|&c| is_han(c)).count() < 8 {
        faults.push("hardly any Chinese".to_owned());
    }
    let values = case.said.iter().filter(|value| !message.contains(**value));
    faults.extend(values.map(|value| format!("{value} is not in it")));
    faults.extend(english_in(&message).map(|words| format!("English left over: {words}")));
    faults
}

#[test]
fn wrong_input_is_told_in_chinese_when_it_is_asked_for_or_the_locale_is() {
    let desk = Desk::new();
    let mut all = String::new();
    for case in cases(&desk) {
        let mut asked = case.arguments.clone();
        asked.extend(["--lang".to_owned(), "zh".to_owned()]);
        for ran in [run(&asked), run_in("zh_CN.UTF-8", &case.arguments)] {
            for fault in faults_in_chinese(&case, &ran) {
                writeln!(all, "{}: {fault}\n  {}", case.name, ran.err).unwrap();
            }
        }
    }
    assert!(all.is_empty(), "{all}");
}

#[test]
fn wrong_input_is_told_in_english_otherwise() {
    let desk = Desk::new();
    for case in cases(&desk) {
        let mut asked = case.arguments.clone();
        asked.extend(["--lang".to_owned(), "en".to_owned()]);
        for ran in [run(&case.arguments), run_in("zh_CN.UTF-8", &asked)] {
            assert_eq!(ran.code, 2, "{}: {}", case.name, ran.err);
            let message = ran.message();
            for value in case.said {
                assert!(
                    message.contains(value),
                    "{}: {value} is not in {message}",
                    case.name
                );
            }
            let given: String = case.arguments.concat();
            assert!(
                message.chars().all(|c| !is_han(c) || given.contains(c)),
                "{}: Chinese in {message}",
                case.name
            );
        }
    }
}

#[test]
fn the_text_of_an_import_is_of_one_language_and_says_equal_notes_once() {
    let desk = Desk::new();
    let file = |name: &str, code: &str, west: f64| {
        let east = west + 0.001;
        text(&desk.write(
            name,
            &format!(
                "code,wkt\n{code},\"POLYGON(({west} 40.7,{east} 40.7,{east} 40.701,{west} 40.701,{west} 40.7))\"\n"
            ),
        ))
    };
    let (a, b) = (file("a.csv", "1", 120.8), file("b.csv", "2", 120.801));
    let imported = |language: &str, store: &str| {
        let store = text(&desk.store(store, ONE_LEVEL));
        run(&[
            "import", "grids", &a, &b, "--store", &store, "--crs", "wgs84", "--lang", language,
        ])
        .expect_code(0)
        .out
    };
    let zh = imported("zh", "zh.gpkg");
    assert_eq!(zh.matches("误差可达 2 米").count(), 1, "{zh}");
    assert_eq!(english_in(&zh), None, "{zh}");
    assert!(zh.contains("a.csv：1 行，1 个单元"), "{zh}");
    let en = imported("en", "en.gpkg");
    assert_eq!(en.matches("off by 2 m at most").count(), 1, "{en}");
    assert!(!en.contains("ensemble"), "{en}");
    assert!(en.contains("a.csv: 1 row, 1 unit, 4 vertices"), "{en}");
    // a program is told everything
    let store = text(&desk.store("json.gpkg", ONE_LEVEL));
    let json = run(&[
        "import", "grids", &a, &b, "--store", &store, "--crs", "wgs84", "--json",
    ])
    .expect_code(0)
    .out;
    assert_eq!(
        json.matches("accuracy of the ensemble").count(),
        2,
        "{json}"
    );
}

#[test]
fn a_row_that_is_no_position_is_told_in_the_language() {
    let desk = Desk::new();
    let store = desk.store("city.gpkg", ONE_LEVEL);
    publish(
        &store,
        &desk.write("good.geojson", &squares(&["1"], "code")),
        &[],
    );
    let points = desk.write("points.csv", "id,lon,lat\n1,east,40.7\n2,40.7,120.8\n");
    let ran = run(&[
        "locate",
        "--store",
        &text(&store),
        "--points",
        &text(&points),
        "--lang",
        "zh",
    ])
    .expect_code(0);
    assert!(ran.out.contains("经度“east”不是数字"), "{}", ran.out);
    assert!(ran.out.contains("纬度 120.8"), "{}", ran.out);
    assert!(
        ran.out.contains("id,lon,lat,status,grid,name"),
        "{}",
        ran.out
    );
}

/// As in `wangge locate --points … | head -1`.
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let desk = Desk::new();
    let store = desk.store("city.gpkg", ONE_LEVEL);
    publish(
        &store,
        &desk.write("good.geojson", &squares(&["1"], "code")),
        &[],
    );
    let mut lines = "id,lon,lat\n".to_owned();
    for i in 0..200_000 {
        writeln!(lines, "{i},120.8005,40.7005").unwrap();
    }
    let points = desk.write("points.csv", &lines);
    let positions = desk.write("positions.txt", &"120.8 40.7\n".repeat(100_000));
    let arguments: [(&[&str], Stdio); 2] = [
        (
            &[
                "locate",
                "--store",
                &text(&store),
                "--points",
                &text(&points),
            ],
            Stdio::null(),
        ),
        (
            &["crs", "--from", "gcj02", "--to", "cgcs2000"],
            std::fs::File::open(positions).unwrap().into(),
        ),
    ];
    for (arguments, input) in arguments {
        let mut child = Command::new(env!("CARGO_BIN_EXE_wangge"))
            .args(arguments)
            .env("LC_ALL", "C.UTF-8")
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut first)
            .unwrap();
        assert!(!first.is_empty());
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(0), "{said}");
        assert!(
            !said.contains("panicked") && !said.contains("could not"),
            "{said}"
        );
    }
}
