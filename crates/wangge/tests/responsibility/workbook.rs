//! Lists kept as workbooks: what a cell shows is what the list says.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use zip::write::SimpleFileOptions;

use crate::city::{bare, put, refused};
use crate::support::service::Service;
use crate::support::{Desk, run};
use crate::{json, text};

/// A cell as a spreadsheet stores it.
#[derive(Clone, Copy)]
enum Cell {
    Empty,
    Text(&'static str),
    /// A number, as it is written in the sheet.
    Number(&'static str),
}

use Cell::{Empty, Number, Text};

/// The smallest workbook that holds these sheets.
fn workbook(desk: &Desk, name: &str, sheets: &[(&str, &[&[Cell]])]) -> PathBuf {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let mut types = format!(
        r#"<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="{KIND}.sharedStrings+xml"/>"#
    );
    let mut book = String::new();
    let mut links = format!(
        r#"<Relationship Id="rId99" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>"#
    );
    let mut strings: Vec<&str> = Vec::new();
    let mut parts: Vec<(String, String)> = Vec::new();
    for (number, (title, rows)) in (1..).zip(sheets) {
        write!(
            types,
            r#"<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{KIND}.worksheet+xml"/>"#
        )
        .unwrap();
        write!(
            book,
            r#"<sheet name="{title}" sheetId="{number}" r:id="rId{number}"/>"#
        )
        .unwrap();
        write!(
            links,
            r#"<Relationship Id="rId{number}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>"#
        )
        .unwrap();
        let sheet = sheet(rows, &mut strings);
        parts.push((
            format!("xl/worksheets/sheet{number}.xml"),
            format!(r#"<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>"#),
        ));
    }
    let shared = strings.join("</t></si><si><t>");
    let relations = format!("{PACKAGE}/relationships");
    parts.extend([
        ("[Content_Types].xml".to_owned(), types + "</Types>"),
        (
            "_rels/.rels".to_owned(),
            format!(
                r#"<Relationships xmlns="{relations}"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml".to_owned(),
            format!(
                r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{book}</sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!(r#"<Relationships xmlns="{relations}">{links}</Relationships>"#),
        ),
        (
            "xl/sharedStrings.xml".to_owned(),
            format!(r#"<sst xmlns="{MAIN}"><si><t>{shared}</t></si></sst>"#),
        ),
    ]);
    let path = desk.path(name);
    let mut archive = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    for (part, content) in parts {
        archive
            .start_file(part, SimpleFileOptions::default())
            .unwrap();
        let head = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
        write!(archive, "{head}\n{content}").unwrap();
    }
    archive.finish().unwrap();
    path
}

/// The rows of a sheet; texts are numbered in the order in which they come.
fn sheet(rows: &[&[Cell]], strings: &mut Vec<&'static str>) -> String {
    let mut xml = String::new();
    for (row, cells) in (1..).zip(rows) {
        if cells.is_empty() {
            // a blank row is not stored at all
            continue;
        }
        write!(xml, r#"<row r="{row}">"#).unwrap();
        for (column, cell) in ('A'..).zip(*cells) {
            match cell {
                Empty => Ok(()),
                Text(text) => {
                    strings.push(text);
                    let at = strings.len() - 1;
                    write!(xml, r#"<c r="{column}{row}" t="s"><v>{at}</v></c>"#)
                }
                Number(number) => write!(xml, r#"<c r="{column}{row}"><v>{number}</v></c>"#),
            }
            .unwrap();
        }
        xml.push_str("</row>");
    }
    xml
}

const DEPARTMENTS: &[&[Cell]] = &[
    &[
        Text("code"),
        Text("name"),
        Text("parent"),
        Text("kind"),
        Text("phone"),
    ],
    &[
        Text("0101"),
        Text("区指挥中心"),
        Empty,
        Text("district"),
        Text("0429-3000001"),
    ],
    // a code and a parent typed as numbers
    &[
        Number("211403001"),
        Text("西街道办"),
        Text("0101"),
        Empty,
        Number("13900000001"),
    ],
    &[
        Number("211403001001"),
        Text("甲社区居委会"),
        Number("211403001"),
        Empty,
        Empty,
    ],
    &[
        Number("211403001001001"),
        Text("一组"),
        Number("211403001001"),
        Empty,
        Empty,
    ],
];

/// The same as `DEPARTMENTS`, as a text file has them.
const AS_CSV: &str = "\
code,name,parent,kind,phone
0101,区指挥中心,,district,0429-3000001
211403001,西街道办,0101,,13900000001
211403001001,甲社区居委会,211403001,,
211403001001001,一组,211403001001,,
";

fn departments(store: &std::path::Path) -> serde_json::Value {
    let service = Service::start(store, &["--show-contacts"]);
    let answer = json(&service.get("/v1/departments").body);
    service.stop();
    answer["departments"].clone()
}

#[test]
fn a_workbook_is_the_list_that_a_text_file_is() {
    let desk = Desk::new();
    let store = bare(&desk);
    put(&desk, &store, "departments", AS_CSV);
    let of_csv = departments(&store);
    assert_eq!(of_csv[0]["code"], "0101");
    put(&desk, &store, "departments", "code,name\nX,无\n");
    let file = workbook(&desk, "departments.xlsx", &[("部门", DEPARTMENTS)]);
    let import = [
        "import",
        "departments",
        text(&file),
        "--store",
        text(&store),
    ];
    let told = run(&import).expect_code(0);
    assert!(
        told.out
            .starts_with("departments: 4 rows, in the place of 1")
    );
    assert_eq!(departments(&store), of_csv);
}

#[test]
fn numbers_of_a_sheet_are_codes_and_tiers() {
    let desk = Desk::new();
    let store = bare(&desk);
    put(&desk, &store, "classes", crate::city::CLASSES);
    put(&desk, &store, "departments", "code,name\n7,甲\n0101,乙\n");
    let rules: &[&[Cell]] = &[
        &[
            Text("tier"),
            Text("object"),
            Text("class"),
            Text("area"),
            Text("department"),
        ],
        &[
            Number("1"),
            Text("部件"),
            Text("0101"),
            Number("211403001"),
            Number("7"),
        ],
        &[
            Number("2"),
            Text("event"),
            Text("01"),
            Number("211403001001001"),
            Text("0101"),
        ],
        &[
            Number("3"),
            Empty,
            Empty,
            Number("211403001001001"),
            Number("7"),
        ],
        &[
            Number("2"),
            Empty,
            Empty,
            Number("211403001001002"),
            Number("7"),
        ],
    ];
    let file = workbook(&desk, "rules.xlsx", &[("规则", rules)]);
    run(&["import", "rules", text(&file), "--store", text(&store)]).expect_code(0);
    let service = Service::start(&store, &[]);
    let answer = json(&service.get("/v1/rules").body);
    service.stop();
    let rules = answer["rules"].as_array().unwrap();
    let keys: Vec<(&str, &str)> = rules
        .iter()
        .map(|rule| {
            let word = |of: &str| rule[of].as_str().unwrap();
            (word("rule"), word("department"))
        })
        .collect();
    assert_eq!(
        keys,
        [
            ("1:component:0101:211403001:*", "7"),
            ("2:event:01:211403001001001:*", "0101"),
            ("3:*:*:211403001001001:*", "7"),
            ("2:*:*:211403001001002:*", "7"),
        ]
    );
}

#[test]
fn of_several_sheets_one_is_chosen() {
    let desk = Desk::new();
    let store = bare(&desk);
    let other: &[&[Cell]] = &[&[Text("说明")], &[Text("请勿改动")]];
    let sheets = [("说明", other), ("部门", DEPARTMENTS)];
    let file = workbook(&desk, "several.xlsx", &sheets);
    let [english, chinese] = refused(&store, "departments", &[&file], &[]);
    for message in [english.message(), chinese.message()] {
        for word in ["several.xlsx", "说明", "部门", "--layer"] {
            assert!(message.contains(word), "{word}\n{message}");
        }
    }
    let import = [
        "import",
        "departments",
        text(&file),
        "--store",
        text(&store),
    ];
    run(&[&import[..], &["--layer", "部门"]].concat()).expect_code(0);
    assert_eq!(departments(&store).as_array().unwrap().len(), 4);
}

#[test]
fn a_mistake_in_a_sheet_is_told_with_its_row_and_blank_rows_count() {
    let desk = Desk::new();
    let store = bare(&desk);
    let rows: &[&[Cell]] = &[
        &[Text("code"), Text("name")],
        &[Text("A"), Text("甲")],
        &[],
        &[Text("B"), Text("乙")],
        &[Number("12"), Empty],
    ];
    let file = workbook(&desk, "bad.xlsx", &[("部门", rows)]);
    let [english, chinese] = refused(&store, "departments", &[&file], &[]);
    let said = "bad.xlsx, row 4, column \"name\": the cell is empty";
    assert!(english.message().contains(said), "{}", english.err);
    let said = "bad.xlsx 第 4 行“name”列：单元格为空";
    assert!(chinese.message().contains(said), "{}", chinese.err);
}
