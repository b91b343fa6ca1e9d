//! The report as a page: it loads nothing, and what a file says in it stays text.

use std::path::Path;
use std::process::Command;

use rstest::rstest;
use serde_json::Value;

use crate::support::drawing::{CELL, at, board, board_with_strip, geojson, rectangle};
use crate::support::{Desk, run};
use crate::{text, validated};

/// Every element of a page as `[name, {attribute: value}]`, and its text as `["#text", "…"]`, by
/// the parser of the Python that reads it from standard input.
const ELEMENTS: &str = "
import html.parser, json, sys
class Page(html.parser.HTMLParser):
    def handle_starttag(self, tag, attributes): print(json.dumps([tag, dict(attributes)]))
    def handle_data(self, data): print(json.dumps(['#text', data]))
Page().feed(open(sys.argv[1], encoding='utf-8').read())
";

struct Page {
    source: String,
    elements: Vec<(String, Value)>,
}

impl Page {
    fn of(desk: &Desk, file: &Path, options: &[&str], expected: i32) -> Self {
        let out = desk.path("report.html");
        let mut arguments = vec!["validate", text(file), "--format", "html", "-o", text(&out)];
        arguments.extend(options);
        run(&arguments).expect_code(expected);
        let parsed = Command::new("python3")
            .args(["-c", ELEMENTS, text(&out)])
            .output()
            .unwrap();
        assert!(parsed.status.success());
        let elements = String::from_utf8(parsed.stdout).unwrap();
        let elements = elements
            .lines()
            .map(|line| serde_json::from_str(line).unwrap());
        Self {
            source: std::fs::read_to_string(&out).unwrap(),
            elements: elements.collect(),
        }
    }

    fn count(&self, name: &str) -> usize {
        self.elements
            .iter()
            .filter(|(element, _)| element == name)
            .count()
    }

    /// All text outside of markup, without styles and scripts.
    fn words(&self) -> String {
        let text = self
            .elements
            .iter()
            .filter(|(element, _)| element == "#text");
        text.map(|(_, text)| text.as_str().unwrap()).collect()
    }

    /// What would make a browser fetch something, or run what a file said.
    fn loads(&self) -> Vec<String> {
        let mut loads = Vec::new();
        for (name, attributes) in &self.elements {
            if [
                "link", "img", "image", "iframe", "object", "embed", "base", "audio", "video",
                "form",
            ]
            .contains(&name.as_str())
            {
                loads.push(format!("<{name}>"));
            }
            for (attribute, value) in attributes.as_object().into_iter().flatten() {
                let value = value.as_str().unwrap_or_default();
                let leads_out = [
                    "src",
                    "srcset",
                    "href",
                    "xlink:href",
                    "data",
                    "action",
                    "poster",
                ]
                .contains(&attribute.as_str())
                    && !value.starts_with('#');
                if leads_out || attribute.starts_with("on") || value.contains("url(h") {
                    loads.push(format!("{name} {attribute}={value}"));
                }
            }
        }
        let addresses = self.source.replace("http://www.w3.org/", "");
        for word in [
            "http:",
            "https:",
            "@import",
            "url(\"",
            "url('",
            "fetch(",
            "XMLHttpRequest",
            "import(",
        ] {
            if addresses.contains(word) {
                loads.push(word.to_owned());
            }
        }
        loads
    }
}

#[rstest]
#[case("zh", "缺陷清单")]
#[case("en", "Defects, worst first")]
fn the_page_stands_alone_with_a_map_and_a_table(#[case] language: &str, #[case] heading: &str) {
    let desk = Desk::new();
    let mut grids = board_with_strip(50);
    at(&mut grids, "c3r2").parts = vec![vec![rectangle(3 * CELL - 70, 2 * CELL, CELL + 70, CELL)]];
    let file = desk.write("grids.geojson", &geojson(&grids));
    let (report, _) = validated(&file, &[]);
    let page = Page::of(&desk, &file, &["--lang", language], 1);
    assert_eq!(page.loads(), Vec::<String>::new());
    assert!(page.source.contains("default-src 'none'"));
    assert!(page.words().contains(heading));
    // the map draws ground, and each defect that has a place has its row
    assert!(
        page.count("svg") >= 1 && page.count("path") >= 12,
        "{}",
        page.count("path")
    );
    assert!(page.count("table") >= 1);
    for defect in report["defects"].as_array().unwrap() {
        let id = defect["id"].as_str().unwrap();
        assert!(page.words().contains(id), "{id} is not on the page");
    }
    for code in ["c0r1", "c1r1", "c2r2", "c3r2"] {
        assert!(page.words().contains(code), "{code} is not on the page");
    }
}

#[test]
fn the_page_of_a_sound_coverage_has_its_map_too() {
    let desk = Desk::new();
    let file = desk.write("grids.geojson", &geojson(&board(4, 3)));
    let page = Page::of(&desk, &file, &[], 0);
    assert_eq!(page.loads(), Vec::<String>::new());
    assert!(page.words().contains("No defects were found."));
    assert!(page.count("svg") >= 1 && page.count("path") >= 1);
}

/// Codes, names and the name of the file itself, made to leave the place where they are written.
#[rstest]
#[case("</script><script>alert(1)</script>")]
#[case("\"><img src=x onerror=alert(1)>")]
#[case("' onmouseover='alert(1)")]
#[case("</title></svg></td></table><iframe src=//evil.example>")]
#[case("<!--")]
#[case("]]></style><style>@import 'https://evil.example/x.css';</style>")]
#[case("&lt;b&gt;&#60;i&#62;")]
fn what_a_file_says_stays_text(#[case] hostile: &str) {
    let desk = Desk::new();
    let mut grids = board_with_strip(50);
    let spoilt = at(&mut grids, "c1r1");
    spoilt.columns["code"] = format!("x{hostile}").into();
    spoilt
        .columns
        .insert("name".to_owned(), format!("n{hostile}").into());
    // a file's name holds no slash
    let name = format!("{}.geojson", hostile.replace('/', "∕"));
    let file = desk.write(&name, &geojson(&grids));
    let page = Page::of(&desk, &file, &[], 1);
    let plain = desk.write("plain.geojson", &geojson(&board_with_strip(50)));
    let plain = Page::of(&desk, &plain, &[], 1);
    for element in [
        "script", "style", "svg", "table", "tr", "title", "img", "iframe", "b", "i",
    ] {
        assert_eq!(page.count(element), plain.count(element), "{element}");
    }
    let elements = page.elements.iter();
    let on: Vec<_> = elements
        .filter_map(|(_, attributes)| attributes.as_object())
        .flat_map(|attributes| attributes.keys())
        .filter(|attribute| attribute.starts_with("on"))
        .collect();
    assert!(on.is_empty(), "{on:?}");
    // it is there for a person to read, as it is
    assert!(
        page.words().contains(&format!("x{hostile}")),
        "{}",
        page.words()
    );
}
