//! Lists of what lies on the map beside the grids, of devices and of parents.

use jiff::civil::date;
use rstest::rstest;
use wangge_model::{
    BaseFeature, ClassGeometry, Device, Dwelling, ListKind, ListRow, Overlay, ParentLink, Relation,
    Street,
};
use wangge_plane::{Figure, Line, Point, Polygon, Ring, Shape};

use super::{code, departments, level_of, messages, rows};

fn point(x: i32, y: i32) -> Point {
    Point::new(x, y).unwrap()
}

fn area() -> Figure {
    let ring = Ring::new(vec![point(0, 0), point(9, 0), point(9, 9)]).unwrap();
    Figure::Area(Shape::new(vec![Polygon::new(ring, vec![])]).unwrap())
}

fn line() -> Figure {
    Figure::Line(Line::new([vec![point(0, 0), point(9, 9)]]).unwrap())
}

fn at(rows: Vec<ListRow>, figure: &Figure) -> Vec<ListRow> {
    let rows = rows.into_iter();
    rows.map(|row| row.at(Some(figure.clone()))).collect()
}

#[test]
fn a_list_of_every_kind_has_the_columns_that_it_needs() {
    for kind in ListKind::ALL {
        for column in kind.required() {
            assert!(kind.columns().contains(column), "{kind}: {column}");
        }
    }
}

#[test]
fn specialised_grids_are_areas_with_codes_of_their_own() {
    let mut rows = at(
        rows(
            Overlay::COLUMNS,
            "M1 | 集贸市场 | Market | 市场 |
             M1 | 又一个 | | |
             M2 | | | |
             | 无编码 | | |
             S1 | 像街道 | | |",
        ),
        &area(),
    );
    rows[2].place = Some(line());
    let (overlays, faults) = Overlay::read_sound(&rows);
    assert_eq!(
        messages(&faults),
        [
            "row 3, column \"geometry\": it is drawn as line, and must be area",
            "row 4, column \"code\": the cell is empty: fill it in",
            "row 2, column \"code\": the code M1 is in row 1 too: give each its own",
        ]
    );
    assert_eq!(overlays[0].name.as_deref(), Some("集贸市场"));
    assert_eq!(overlays[0].kind.as_deref(), Some("市场"));
    let wrong: Vec<_> = overlays.iter().filter_map(|o| o.check(level_of)).collect();
    assert_eq!(
        messages(&wrong),
        [
            "row 5, column \"code\": the code S1 is a grid's or another unit's already: give this one \
          a code of its own"
        ]
    );
}

#[test]
fn streets_may_be_without_a_name() {
    let rows = at(
        rows(
            Street::COLUMNS,
            "五指峰路 | Wuzhifeng Road | 主干道\n | | 巷",
        ),
        &line(),
    );
    let (streets, faults) = Street::read_sound(&rows);
    assert_eq!(faults, []);
    let names: Vec<_> = streets
        .iter()
        .map(|street| street.name.as_deref())
        .collect();
    assert_eq!(names, [Some("五指峰路"), None]);
    let (_, faults) = Street::read_sound(&at(rows, &area()));
    assert_eq!(faults.len(), 2);
}

#[test]
fn the_base_map_is_of_lines_and_areas_of_a_kind() {
    let mut rows = at(
        rows(
            BaseFeature::COLUMNS,
            "Water | 湖 | 月牙湖 | Crescent Lake
             水系 | river | |
             绿地 | | |
             农田 | | |
             | 湖 | 无类型 |
             water | 井 | |",
        ),
        &area(),
    );
    rows[1].place = Some(line());
    rows[5].place = Some(Figure::Point(point(1, 2)));
    let (features, faults) = BaseFeature::read_sound(&rows);
    let kinds: Vec<&str> = features.iter().map(|one| one.kind.as_str()).collect();
    assert_eq!(kinds, ["water", "water", "green", "农田"]);
    assert_eq!(features[0].class.as_deref(), Some("湖"));
    assert_eq!(features[0].name.as_deref(), Some("月牙湖"));
    assert_eq!(features[0].name_en.as_deref(), Some("Crescent Lake"));
    assert_eq!(features[1].figure, line());
    assert_eq!(
        messages(&faults),
        [
            "row 5, column \"kind\": the cell is empty: fill it in",
            "row 6, column \"geometry\": it is drawn as point, and must be area or line",
        ]
    );
}

#[test]
fn households_have_whole_counts() {
    let rows = at(
        rows(
            Dwelling::COLUMNS,
            "A | 3 | 8.0\n | |\nB | 两户 |\nC | 2.5 | -1",
        ),
        &Figure::Point(point(1, 2)),
    );
    let (dwellings, faults) = Dwelling::read_sound(&rows, &[ClassGeometry::Point]);
    let counts: Vec<_> = dwellings
        .iter()
        .map(|d| (d.households, d.population))
        .collect();
    assert_eq!(counts, [(Some(3), Some(8)), (None, None)]);
    assert_eq!(
        messages(&faults),
        ["两户", "2.5", "-1"].map(|text| {
            let (row, column) = match text {
                "两户" => (3, "households"),
                "2.5" => (4, "households"),
                _ => (4, "population"),
            };
            format!(
                "row {row}, column \"{column}\": \"{text}\" is no count: write a whole number, or \
                 leave it empty"
            )
        })
    );
}

#[test]
fn a_device_names_what_is_there() {
    let rows = rows(
        Device::COLUMNS,
        "D1 | fill | S1G1 | BIN-1 | 环卫
         D1 | fill | | |
         D2 | tracker | S9 | BIN-9 | 没有",
    );
    let (devices, faults) = Device::read_sound(&rows);
    assert_eq!(
        messages(&faults),
        ["row 2, column \"id\": the code D1 is in row 1 too: give each its own"]
    );
    let known = departments("环卫 | 环卫所 |").unwrap();
    let check = |device: &Device| device.check(level_of, &known, |c| *c == code("BIN-1"));
    assert_eq!(check(&devices[0]), []);
    assert_eq!(
        messages(&check(&devices[1])),
        [
            "row 3, column \"grid\": the plan has no unit S9: correct the code, or import the unit",
            "row 3, column \"component\": there is no component BIN-9: correct the code, or import \
             the component",
            "row 3, column \"department\": the department 没有 is not in the list: add its row, or \
             correct the code",
        ]
    );
}

#[test]
fn a_parent_holds_from_its_first_day_to_the_day_before_its_last() {
    let (links, faults) = ParentLink::read_sound(&rows(
        ParentLink::COLUMNS,
        "S1 | 代管 | 360702400 | 赣州经开区 | 2016-01-01 | 2017-10-01 |
         S1 | managing | 360700 | 蓉江新区 | 2017-10-01 | |
         S1 | 隶属 | 360702 | 章贡区 | | |",
    ));
    assert_eq!(faults, []);
    let managed_on = |day| {
        let mut found = links
            .iter()
            .filter(|link| link.relation == Relation::Managing);
        found
            .find(|link| link.holds_on(day))
            .and_then(|link| link.name.as_deref())
    };
    assert_eq!(managed_on(date(2015, 12, 31)), None);
    assert_eq!(managed_on(date(2016, 1, 1)), Some("赣州经开区"));
    assert_eq!(managed_on(date(2017, 9, 30)), Some("赣州经开区"));
    assert_eq!(managed_on(date(2017, 10, 1)), Some("蓉江新区"));
}

#[rstest]
#[case::both_without_an_end("S1 | 代管 | A | 甲 | | |\nS1 | 代管 | B | 乙 | | |", true)]
#[case::one_day_too_long(
    "S1 | 代管 | A | 甲 | | 2020-01-02 |\nS1 | 代管 | B | 乙 | 2020-01-01 | |",
    true
)]
#[case::the_later_first(
    "S1 | 代管 | B | 乙 | 2020-01-01 | |\nS1 | 代管 | A | 甲 | | 2020-01-01 |",
    false
)]
#[case::another_kind("S1 | 代管 | A | 甲 | | |\nS1 | 隶属 | B | 乙 | | |", false)]
fn a_unit_has_one_parent_of_a_kind_at_a_time(#[case] text: &str, #[case] refused: bool) {
    let (_, faults) = ParentLink::read_sound(&rows(ParentLink::COLUMNS, text));
    let expected = "row 2, column \"from\": row 1 gives it a parent of this kind for some of the \
                    same time: let one end before the other begins";
    assert_eq!(
        messages(&faults),
        if refused { vec![expected] } else { vec![] }
    );
}

#[test]
fn what_is_wrong_with_a_parent_is_told() {
    let (links, faults) = ParentLink::read_sound(&rows(
        ParentLink::COLUMNS,
        "S1 | 托管 | A | 甲 | | |
         S1 | 代管 | A | 甲 | 2020-01-01 | 2020-01-01 |
         S9 | 代管 | 360702400 | | | |",
    ));
    assert_eq!(
        messages(&faults),
        [
            "row 1, column \"relation\": \"托管\" is none of administrative, managing",
            "row 2, column \"until\": it ends on 2020-01-01, before it begins on 2020-01-01: \
             correct one of them",
        ]
    );
    let none = departments("").unwrap();
    assert_eq!(
        messages(&links[0].check(level_of, &none)),
        [
            "row 3, column \"unit\": the plan has no unit S9: correct the code, or import the unit",
            "row 3, column \"parent\": 360702400 is no unit of the plan and no department: correct \
             the code, or write its name in the column \"name\"",
        ]
    );
}
