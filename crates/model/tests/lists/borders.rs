//! Lists of borders that are not sure.

use wangge_model::{Border, BorderStatus, Scheme};

use super::{SCHEME, code, level_of, messages, rows};

#[test]
fn borders_are_read_in_their_order() {
    let borders = Border::read(&rows(
        Border::COLUMNS,
        "S1G1 | S1G2 | 争议 | 河心
         S1G2 | S2G1 | Unsurveyed |
         S1G1 | S2G1 | 已确认 |",
    ))
    .unwrap();
    let statuses: Vec<BorderStatus> = borders.iter().map(|border| border.status).collect();
    assert_eq!(
        statuses,
        [
            BorderStatus::Disputed,
            BorderStatus::Unsurveyed,
            BorderStatus::Confirmed
        ]
    );
    assert_eq!(borders[0].between, [code("S1G1"), code("S1G2")]);
    assert_eq!(borders[0].note.as_deref(), Some("河心"));
    assert_eq!((borders[2].row, &borders[2].note), (3, &None));
}

#[test]
fn everything_that_is_wrong_is_told_in_order_of_rows() {
    let faults = Border::read(&rows(
        Border::COLUMNS,
        "S1G1 | S1G2 | disputed |
         S1G2 | S1G1 | disputed |
         S1G1 | S1G1 | disputed |
         | S1G1 | maybe |",
    ))
    .unwrap_err();
    assert_eq!(
        messages(&faults),
        [
            "row 2, column \"other\": row 1 has the border of these two grids already: keep one",
            "row 3, column \"other\": a border lies between two grids, and S1G1 is on both sides: \
             correct one of them",
            "row 4, column \"grid\": the cell is empty: fill it in",
            "row 4, column \"status\": \"maybe\" is none of confirmed, disputed, unsurveyed",
        ]
    );
}

#[test]
fn a_border_is_of_grids_that_are_there() {
    let borders = Border::read(&rows(Border::COLUMNS, "S1G1 | S1 | disputed |")).unwrap();
    let scheme = Scheme::from_toml(SCHEME).unwrap();
    assert_eq!(
        messages(&borders[0].check(&scheme, level_of)),
        ["row 1, column \"other\": the plan has no grid S1: correct the code, or import the grid"]
    );
}
