//! The text of Shapefiles: encodings that are stated, silent or wrong, and systems that are not there.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy's leave for tests does not reach the helpers of a test file"
)]

mod support;

use std::path::Path;

use encoding_rs::{BIG5, Encoding, GBK, SHIFT_JIS};
use rstest::rstest;
use support::made::silent_shapefile;
use support::{Files, read, reader, refusal};
use wangge_exchange::{DeclaredCrs, EncodingBy, Note, ReadRequest, Refusal, Value};

fn name_and_encoding(path: &Path, encoding: Option<&str>) -> (Value, String, EncodingBy) {
    let request = ReadRequest {
        encoding: encoding.map(str::to_owned),
        ..ReadRequest::of(path)
    };
    let table = reader()
        .read(&request)
        .unwrap_or_else(|error| panic!("{error}"));
    let (encoding, by) = table
        .notes
        .iter()
        .find_map(|note| match note {
            Note::Encoding { encoding, by } => Some((encoding.clone(), *by)),
            _ => None,
        })
        .unwrap();
    let name = table.column("Name").unwrap();
    (table.rows[0].values[name].clone(), encoding, by)
}

#[rstest]
#[case(GBK, "葫芦岛市龙港区", "gb18030")]
#[case(BIG5, "雲林縣二崙鄉三和村", "Big5")]
#[case(SHIFT_JIS, "鳥取県鳥取市湖山町", "Shift_JIS")]
fn text_of_a_shapefile_is_recognised_when_nothing_states_its_encoding(
    #[case] encoding: &'static Encoding,
    #[case] name: &str,
    #[case] found: &str,
) {
    let files = Files::new();
    let path = silent_shapefile(&files, encoding, name);
    assert_eq!(
        name_and_encoding(&path, None),
        (
            Value::Text(name.into()),
            found.to_owned(),
            EncodingBy::Content
        )
    );
}

#[test]
fn the_persons_word_outweighs_the_cpg_and_the_cpg_outweighs_the_language_byte() {
    let files = Files::new();
    let path = silent_shapefile(&files, BIG5, "三和村");
    let table = files.path("区县.dbf");
    let mut content = std::fs::read(&table).unwrap();
    content[29] = 0x4F;
    std::fs::write(&table, content).unwrap();
    assert_eq!(name_and_encoding(&path, None).2, EncodingBy::LanguageByte);
    files.write("区县.cpg", "BIG5");
    assert_eq!(name_and_encoding(&path, None).2, EncodingBy::CodePageFile);
    assert_eq!(
        name_and_encoding(&path, None).0,
        Value::Text("三和村".into())
    );
    files.write("区县.cpg", "ISO-8859-1");
    let (name, _, by) = name_and_encoding(&path, Some("big5"));
    assert_eq!(
        (name, by),
        (Value::Text("三和村".into()), EncodingBy::Person)
    );
}

#[test]
fn a_wrong_encoding_is_an_error_that_names_the_place() {
    let files = Files::new();
    let path = silent_shapefile(&files, GBK, "葫芦岛市龙港区");
    files.write("区县.cpg", "UTF-8");
    let Refusal::Encoding { place, encoding } = refusal(read(&path)) else {
        panic!("not about the encoding");
    };
    assert_eq!(
        (place.as_str(), encoding.as_str()),
        ("row 1, column Name", "UTF-8")
    );
}

#[test]
fn a_shapefile_without_prj_declares_nothing() {
    let files = Files::new();
    let path = silent_shapefile(&files, GBK, "龙港");
    let table = read(&path).unwrap();
    assert_eq!(table.declared_crs, DeclaredCrs::None);
    assert!(table.notes.contains(&Note::NoDeclaredCrs));
}
