//! Labels, borders and ids.

use wangge_tiles::check::FaultKind;

use crate::scene::{Drawing, Tiles, address};
use crate::{kinds, the_fault};

#[test]
fn labels_are_counted_over_all_tiles() {
    let mut drawing = Drawing::sound();
    drawing.labels.push(("grid", "c", 3, (5500, 7000)));
    drawing.labels.push(("grid", "a", 1, (2000, 6000)));
    let report = Tiles::of(&drawing).check();
    assert_eq!(kinds(&report), [FaultKind::LabelRepeated]);
    let codes: Vec<_> = report.faults.iter().map(|f| f.codes[0].as_str()).collect();
    assert_eq!(codes, ["a", "c"]);
    let mut drawing = Drawing::sound();
    drawing.labels.remove(1);
    let report = Tiles::of(&drawing).check();
    let fault = the_fault(&report);
    assert_eq!(
        (fault.kind, fault.codes[0].as_str()),
        (FaultKind::LabelMissing, "b")
    );
}

#[test]
fn a_label_beside_its_unit_is_astray() {
    let mut drawing = Drawing::sound();
    drawing.labels[1].3 = (2000, 2000);
    let report = Tiles::of(&drawing).check();
    let fault = the_fault(&report);
    assert_eq!(
        (fault.kind, fault.codes[0].as_str()),
        (FaultKind::LabelAstray, "b")
    );
}

#[test]
fn a_border_drawn_twice_is_found_in_either_direction() {
    let mut drawing = Drawing::sound();
    drawing.borders.push(vec![(700, 500), (600, 500)]);
    let report = Tiles::of(&drawing).check();
    let fault = the_fault(&report);
    assert_eq!(
        (fault.kind, fault.amount),
        (FaultKind::BorderRepeated, Some(100.0))
    );
    assert_eq!(fault.tile, Some(address(10, 0, 0)));
}

#[test]
fn ids_are_the_same_everywhere() {
    let mut other = Drawing::sound();
    other.unit("b").id = 77;
    let report = Tiles::of(&Drawing::sound())
        .with_tile(10, 1, 1, &other)
        .check();
    let fault = the_fault(&report);
    assert_eq!(
        (fault.kind, fault.codes[0].as_str()),
        (FaultKind::IdDiffers, "b")
    );
}
