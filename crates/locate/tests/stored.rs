//! An index that was written is opened as it was, or not at all.

mod patchwork;

use std::fs;

use patchwork::{Dice, Patchwork, Recipe};
use wangge_locate::{Accuracy, FaceIndex, Layout, Spread, StoredIndexError};
use wangge_plane::Point;

fn town() -> FaceIndex {
    let patchwork = Patchwork::sew(Recipe {
        columns: 12,
        rows: 9,
        step: (3_000, 2_000),
        spread: 20.0,
        pieces: 5,
        scale: 1,
        origin: (1_208_000_000, 406_000_000),
        seed: 3,
        owners: None,
    });
    FaceIndex::build(&patchwork.edges(), Layout::default())
}

fn bytes_of(index: &FaceIndex) -> Vec<u8> {
    let mut bytes = Vec::new();
    index.write_to(&mut bytes).expect("written to memory");
    bytes
}

#[test]
fn an_index_that_is_opened_again_answers_everything_alike() {
    let built = town();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("town.index");
    fs::write(&path, bytes_of(&built)).expect("written");
    let opened = FaceIndex::open(&path).expect("as written");
    assert_eq!(bytes_of(&opened), bytes_of(&built));
    let mut dice = Dice(4);
    let accuracy = Accuracy::new(30.0, Spread::Gaussian).expect("a radius");
    let mut at =
        |low: i64, wide: i64| i32::try_from(dice.within(low, low + wide)).expect("on earth");
    for _ in 0..3_000 {
        let p = Point::new(at(1_207_900_000, 500_000), at(405_900_000, 400_000)).expect("on earth");
        assert_eq!(opened.locate(p), built.locate(p), "{p:?}");
        assert_eq!(
            opened.border_distance_m(p),
            built.border_distance_m(p),
            "{p:?}"
        );
        assert_eq!(opened.nearest(p, 50.0), built.nearest(p, 50.0), "{p:?}");
        assert_eq!(
            opened.shares(p, accuracy),
            built.shares(p, accuracy),
            "{p:?}"
        );
    }
}

#[test]
fn several_indexes_follow_one_another_in_a_stream() {
    let nothing = FaceIndex::build(&[], Layout::default());
    let town = town();
    let bytes = [bytes_of(&nothing), bytes_of(&town), bytes_of(&nothing)].concat();
    let mut rest = bytes.as_slice();
    for index in [&nothing, &town, &nothing] {
        let read = FaceIndex::read_from(&mut rest).expect("as written");
        assert_eq!(bytes_of(&read), bytes_of(index));
    }
    assert!(rest.is_empty());
}

#[test]
fn every_flipped_bit_is_found() {
    let good = bytes_of(&town());
    let mut dice = Dice(5);
    let places = (0..72)
        .chain((72..good.len()).step_by(97))
        .chain(good.len() - 4..good.len());
    for at in places {
        let mut bytes = good.clone();
        bytes[at] ^= 1 << (dice.next() % 8);
        assert!(
            FaceIndex::read_from(&mut bytes.as_slice()).is_err(),
            "byte {at}"
        );
    }
}

#[test]
fn what_is_cut_or_goes_on_or_has_another_form_is_refused_with_the_reason() {
    let good = bytes_of(&town());
    let said = |bytes: &[u8]| {
        let refused = FaceIndex::read_from(&mut &*bytes).expect_err("refused");
        refused.to_string()
    };
    for length in (0..72).chain((72..good.len()).step_by(1_013)) {
        let refused = FaceIndex::read_from(&mut &good[..length]).expect_err("refused");
        assert!(
            matches!(refused, StoredIndexError::WrongLength { .. }),
            "{length}: {refused}"
        );
    }
    let changed = |at: usize, to: u8| {
        let mut bytes = good.clone();
        bytes[at] = to;
        bytes
    };
    assert_eq!(
        said(b"not an index, but a text that is longer than a header, so that all of it is read"),
        "this is no index of grids: it begins with other bytes"
    );
    assert_eq!(
        said(&changed(8, 9)),
        "the index has the form 9, this program reads 3 only: build it anew"
    );
    assert_eq!(
        said(&changed(20, !good[20])),
        "the header of the index is damaged: build it anew"
    );
    assert_eq!(
        said(&changed(100, !good[100])),
        "the body of the index is damaged: build it anew"
    );

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("longer.index");
    fs::write(&path, [good.as_slice(), b"x"].concat()).expect("written");
    let refused = FaceIndex::open(&path).expect_err("one byte too many");
    assert_eq!(
        refused.to_string(),
        format!("the index should have {} bytes and does not", good.len())
    );
    let refused = FaceIndex::open(&folder.path().join("absent")).expect_err("no such file");
    assert!(
        matches!(refused, StoredIndexError::Read { .. }),
        "{refused}"
    );
}
