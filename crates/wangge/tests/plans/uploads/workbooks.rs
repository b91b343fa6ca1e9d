//! Workbooks, which are archives of XML that their library unpacks by itself.

use rstest::rstest;

use super::{ZIP, zipped};

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// A workbook in an archive, as one comes: of one sheet with these rows, under this declaration.
fn workbook(declaration: &str, rows: &str) -> Vec<u8> {
    let parts = [
        (
            "[Content_Types].xml",
            format!(
                r#"<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/></Types>"#
            ),
        ),
        (
            "_rels/.rels",
            format!(
                r#"<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                r#"<?xml version="1.0"?>{declaration}<worksheet xmlns="{MAIN}"><sheetData><row r="1">{}</row>{rows}</sheetData></worksheet>"#,
                cell("A1", "code")
            ),
        ),
    ];
    let parts: Vec<(&str, &[u8])> = parts
        .iter()
        .map(|(name, content)| (*name, content.as_bytes()))
        .collect();
    zipped(&[("grids.xlsx", &zipped(&parts))])
}

fn cell(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

fn row(number: u32, place: &str, text: &str) -> String {
    format!(r#"<row r="{number}">{}</row>"#, cell(place, text))
}

/// Entities, each ten times the one before.
fn laughter() -> String {
    let mut entities = String::from(r#"<!ENTITY e0 "ha">"#);
    for level in 1..10 {
        let inner = format!("&e{};", level - 1).repeat(10);
        entities = format!(r#"{entities}<!ENTITY e{level} "{inner}">"#);
    }
    format!("<!DOCTYPE x [{entities}]>")
}

#[rstest]
#[case::entities_that_multiply(
    workbook(&laughter(), &row(2, "A2", "&e9;")),
    422,
    "unreadable-file",
    "million laugh"
)]
#[case::external_entity(
    workbook(r#"<!DOCTYPE x [<!ENTITY s SYSTEM "file:///etc/passwd">]>"#, &row(2, "A2", "&s;")),
    422,
    "unreadable-file",
    "is a workbook, which holds lists and no boundaries"
)]
#[case::cell_far_below(
    workbook("", &row(1_048_576, "A1048576", "001001")),
    422,
    "unreadable-file",
    "Too big gap"
)]
#[case::cell_far_to_the_right(
    workbook("", &row(2, "XFD2", "001001")),
    413,
    "file-too-large",
    "501 columns, the limit is 500"
)]
#[case::cell_off_the_sheet(
    workbook("", &row(2_000_000_000, "ZZZZZZ2000000000", "001001")),
    413,
    "file-too-large",
    "501 columns, the limit is 500"
)]
#[case::blanks_without_end(
    workbook("", &" ".repeat(300 << 20)),
    413,
    "file-too-large",
    "times its packed size"
)]
#[case::no_workbook(
    zipped(&[("grids.xlsx", b"code,name")]),
    422,
    "unreadable-file",
    "not a sound XLSX file"
)]
fn a_hostile_workbook_is_one_clear_problem_and_changes_nothing(
    #[case] bytes: Vec<u8>,
    #[case] status: u16,
    #[case] problem: &str,
    #[case] words: &str,
) {
    let door = super::Door::open();
    door.refuses("&crs=EPSG:4490", ZIP, &bytes, (status, problem, words));
    door.close();
}

#[test]
fn grids_do_not_come_from_a_workbook() {
    let bytes = workbook("", &row(2, "A2", "001001"));
    let door = super::Door::open();
    for query in ["", "&crs=EPSG:4490"] {
        let words = "is a workbook, which holds lists and no boundaries";
        door.refuses(query, ZIP, &bytes, (422, "unreadable-file", words));
    }
    // whoever says so is told before the file is read
    let words = "format with boundaries, which a workbook has not";
    door.refuses("&format=xlsx", ZIP, &bytes, (400, "bad-parameter", words));
    door.close();
}
