//! Rows of components: what their code, class, departments, state and dates must be.

use jiff::civil::date;
use rstest::rstest;
use wangge_model::{
    ClassTable, Code, CodeSplit, Component, ComponentRules, ComponentState, DepartmentRole,
    Departments, ListRow, RowFault,
};
use wangge_plane::{Figure, Point};

use super::{classes, code, departments, messages};

const CLASSES: &str = "component | 01 | 公用设施 | | |
    component | 0101 | 上水井盖 | | 点 | A
    component | 0102 | 污水井盖 | | 点 | A
    event | 0103 | 积存垃圾渣土 | | |";

struct Lists {
    classes: ClassTable,
    departments: Departments,
}

impl Lists {
    fn new() -> Self {
        Self {
            classes: classes(CLASSES).unwrap(),
            departments: departments("水务 | 水务局 |\n城管 | 城管局 |").unwrap(),
        }
    }

    fn read(
        &self,
        split: Option<[usize; 4]>,
        class: Option<&Code>,
        cells: &[(&str, &str)],
    ) -> (Option<Component>, Vec<RowFault>) {
        let rules = ComponentRules {
            split: split.map(|parts| CodeSplit::new(parts).unwrap()),
            class,
            classes: Some(&self.classes),
            departments: Some(&self.departments),
        };
        let row = ListRow::new(7, cells.iter().copied()).at(Some(here()));
        let mut faults = Vec::new();
        let read = Component::read(&row, &rules, &mut faults);
        (read, faults)
    }
}

fn here() -> Figure {
    Figure::Point(Point::new(1_208_500_000, 407_200_000).unwrap())
}

const SHORT: Option<[usize; 4]> = Some([6, 2, 2, 6]);

#[test]
fn a_row_with_everything_is_read_and_gives_its_cells_back() {
    let cells = [
        ("code", "2114030101000001"),
        ("class", "0101"),
        ("name", "上水井盖"),
        ("state", "破损"),
        ("dept_in_charge", "水务"),
        ("dept_owner", "城管"),
        ("grid", "211403001001001"),
        ("surveyed", "2024/5/6"),
        ("changed", "20250102"),
        ("accuracy_m", "0.5"),
        ("source", "实测"),
        ("note", "井圈下沉"),
    ];
    let (component, faults) = Lists::new().read(SHORT, None, &cells);
    assert_eq!(faults, []);
    let component = component.unwrap();
    assert_eq!(component.state, Some(ComponentState::Damaged));
    assert_eq!(component.surveyed, Some(date(2024, 5, 6)));
    assert_eq!(component.figure, here());
    let (water, urban) = (code("水务"), code("城管"));
    let departments: Vec<(DepartmentRole, &Code)> = component.departments.all().collect();
    assert_eq!(
        departments,
        [
            (DepartmentRole::InCharge, &water),
            (DepartmentRole::Owner, &urban)
        ]
    );
    let written: Vec<(&str, Option<String>)> = Component::COLUMNS
        .iter()
        .map(|column| (*column, component.cell(column)))
        .collect();
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        written,
        [
            ("code", text("2114030101000001")),
            ("class", text("0101")),
            ("name", text("上水井盖")),
            ("state", text("damaged")),
            ("dept_in_charge", text("水务")),
            ("dept_owner", text("城管")),
            ("dept_maintainer", None),
            ("grid", text("211403001001001")),
            ("surveyed", text("2024-05-06")),
            ("changed", text("2025-01-02")),
            ("accuracy_m", text("0.5")),
            ("source", text("实测")),
            ("note", text("井圈下沉")),
        ]
    );
}

#[rstest]
#[case::by_its_code(SHORT, None, "2114030102000001", "", "0102")]
#[case::by_the_column(None, None, "WELL-7", "0102", "0102")]
#[case::by_what_was_said(None, Some("0101"), "WELL-7", "", "0101")]
#[case::the_column_comes_first(None, Some("0101"), "WELL-7", "0102", "0102")]
fn the_class_is_told_by_column_code_or_person(
    #[case] split: Option<[usize; 4]>,
    #[case] said: Option<&str>,
    #[case] of: &str,
    #[case] column: &str,
    #[case] expected: &str,
) {
    let said = said.map(code);
    let cells = [("code", of), ("class", column)];
    let (component, faults) = Lists::new().read(split, said.as_ref(), &cells);
    assert_eq!(faults, []);
    assert_eq!(component.unwrap().class, code(expected));
}

#[rstest]
#[case::no_code(SHORT, &[("class", "0101")], &["row 7, column \"code\": the cell is empty: fill it in"])]
#[case::too_short(SHORT, &[("code", "211403010100001")], &["row 7, column \"code\": the code \
    211403010100001 is not of the 16 digits (6+2+2+6: county, major class, minor class, number) \
    that the scheme asks for: correct it"])]
#[case::the_other_split(Some([6, 2, 3, 5]), &[("code", "2114030101000001")], &["row 7, column \
    \"class\": no component has the class 01010, nor one that begins with it: correct the code, or \
    import the class"])]
#[case::contradiction(SHORT, &[("code", "2114030101000001"), ("class", "0102")], &["row 7, column \
    \"class\": the column says class 0102, the code says 0101: correct one of them"])]
#[case::a_major(None, &[("code", "A"), ("class", "01")], &["row 7, column \"class\": 01 is a major \
    class: write the minor class that the component is of"])]
#[case::an_event(None, &[("code", "A"), ("class", "0103")], &["row 7, column \"class\": no \
    component has the class 0103, nor one that begins with it: correct the code, or import the class"])]
#[case::no_class(None, &[("code", "A")], &["row 7, column \"class\": the cell is empty: fill it in"])]
#[case::everything_else(SHORT, &[("code", "2114030101000001"), ("state", "坏"),
    ("dept_owner", "路灯所"), ("surveyed", "去年"), ("changed", "2025-13-01"), ("accuracy_m", "-1")], &[
    "row 7, column \"dept_owner\": the department 路灯所 is not in the list: add its row, or correct the code",
    "row 7, column \"state\": \"坏\" is none of intact, damaged, lost, occupied, removed, abandoned",
    "row 7, column \"surveyed\": \"去年\" is no date: write 2026-11-26",
    "row 7, column \"changed\": \"2025-13-01\" is no date: write 2026-11-26",
    "row 7, column \"accuracy_m\": \"-1\" is no number of metres: write 0.5, or leave it empty"])]
fn every_fault_of_a_row_is_told(
    #[case] split: Option<[usize; 4]>,
    #[case] cells: &[(&str, &str)],
    #[case] expected: &[&str],
) {
    let (_, faults) = Lists::new().read(split, None, cells);
    assert_eq!(messages(&faults), expected);
}

#[test]
fn an_update_keeps_what_its_file_has_no_column_for() {
    let whole = [
        ("code", "A"),
        ("class", "0101"),
        ("name", "井"),
        ("state", "damaged"),
        ("dept_in_charge", "水务"),
        ("dept_owner", "城管"),
        ("dept_maintainer", "城管"),
        ("grid", "G"),
        ("surveyed", "2024-05-06"),
        ("changed", "2025-01-02"),
        ("accuracy_m", "0.5"),
        ("source", "实测"),
        ("note", "备注"),
    ];
    let lists = Lists::new();
    let before = lists.read(None, None, &whole).0.unwrap();
    let bare = [("code", "A"), ("class", "0101")];
    let update = lists.read(None, None, &bare).0.unwrap();
    assert_eq!(update.clone().keeping(&before, &["code", "class"]), before);
    // every column by itself is taken where the file has it
    for column in &Component::COLUMNS[2..] {
        let kept = update.clone().keeping(&before, &["code", column]);
        for other in &Component::COLUMNS[2..] {
            let expected = if other == column {
                None
            } else {
                before.cell(other)
            };
            assert_eq!(kept.cell(other), expected, "{column}: {other}");
        }
    }
}
