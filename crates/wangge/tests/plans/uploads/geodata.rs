//! Shapefiles and FlatGeobuf files that lie about themselves.

use rstest::rstest;

use super::{Door, ZIP, exported, refused, zipped};

const FLATGEOBUF: &str = "application/vnd.flatgeobuf";

/// The six grids as a Shapefile in an archive, with bytes of one of its files changed.
fn shapefile(extension: &str, at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut files = exported("shp");
    let found = files.iter_mut().find(|(of, _)| of == extension);
    let (_, content) = found.unwrap();
    content[at..at + bytes.len()].copy_from_slice(bytes);
    let names: Vec<String> = files.iter().map(|(of, _)| format!("six.{of}")).collect();
    let entries: Vec<(&str, &[u8])> = names
        .iter()
        .zip(&files)
        .map(|(name, (_, content))| (name.as_str(), content.as_slice()))
        .collect();
    zipped(&entries)
}

#[test]
fn a_sound_shapefile_comes_in() {
    let door = Door::open();
    door.takes("", ZIP, &shapefile("dbf", 0, &[]));
    door.close();
}

#[rstest]
#[case::more_records_than_bytes("dbf", 4, 2_000_000_000_u32.to_le_bytes(), "records, which take")]
#[case::fewer_records_than_shapes("dbf", 4, 3_u32.to_le_bytes(), "they are not of one file")]
#[case::records_shorter_than_their_fields("dbf", 10, [1, 0, 0, 0], "fields of")]
#[case::a_longer_index("shx", 24, 1_000_000_u32.to_be_bytes(), "the .shx has")]
#[case::an_index_of_nothing("shx", 24, 0_u32.to_be_bytes(), "the .shx has")]
#[case::a_longer_file("shp", 24, 0x7FFF_FFFF_u32.to_be_bytes(), "the .shp has")]
#[case::another_code("shp", 0, [0; 4], "the file code 9994")]
#[case::an_index_that_points_nowhere("shx", 100, 0x3FFF_FFFF_u32.to_be_bytes(), "upload.zip")]
#[case::more_points_than_bytes("shp", 148, 0x7FFF_FFFF_u32.to_le_bytes(), "upload.zip")]
fn a_shapefile_that_lies_is_one_clear_problem_and_changes_nothing(
    #[case] extension: &str,
    #[case] at: usize,
    #[case] bytes: [u8; 4],
    #[case] words: &str,
) {
    let wanted = (422, "unreadable-file", words);
    refused(ZIP, &shapefile(extension, at, &bytes), wanted);
}

#[test]
fn a_flatgeobuf_whose_offsets_lead_anywhere_is_a_problem_or_its_rows() {
    let (_, sound) = exported("fgb").pop().unwrap();
    let door = Door::open();
    let mut refused = 0;
    // through header, index and features: backwards, to itself, far away
    for at in (8..sound.len() - 4).step_by(sound.len() / 12) {
        for value in [4_u32, 0xFFFF_FFFC, 0x7FFF_FFFF] {
            let mut bytes = sound.clone();
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
            let target = "/v1/plans/2/grids?existing=update";
            let answer = door.service.request("POST", target, FLATGEOBUF, &bytes);
            door.gives_nothing_away(&answer);
            match answer.status {
                200 => {}
                413 | 422 => refused += 1,
                _ => panic!("byte {at}, {value:#x}: {}", answer.body),
            }
        }
    }
    assert!(refused > 0);
    door.close();
}

#[rstest]
#[case::root_of_the_header(12, "upload.fgb")]
#[case::length_of_the_header(8, "upload.fgb")]
fn a_flatgeobuf_that_lies_at_its_head_is_one_clear_problem(#[case] at: usize, #[case] words: &str) {
    let (_, mut bytes) = exported("fgb").pop().unwrap();
    bytes[at..at + 4].copy_from_slice(&0x7FFF_FFFF_u32.to_le_bytes());
    refused(FLATGEOBUF, &bytes, (422, "unreadable-file", words));
}
