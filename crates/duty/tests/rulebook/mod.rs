//! Rules as short lines: `tier object class area kind`, `*` for what is open.
#![allow(dead_code, reason = "each test file uses a part of it")]

use wangge_duty::{Duty, DutyError};
use wangge_model::{Code, Departments, ListRow, Rules};

/// The rules of these lines; row `n` names the department `D<n>`.
pub(crate) fn rules<S: AsRef<str>>(lines: &[S]) -> Rules {
    let columns = ["tier", "object", "class", "area", "grid_kind"];
    let rows: Vec<ListRow> = lines
        .iter()
        .zip(1u64..)
        .map(|(line, row)| {
            let words = line.as_ref().split_whitespace();
            let cells = columns.into_iter().zip(words.map(str::to_owned));
            let named = cells.filter(|(_, word)| word != "*");
            ListRow::new(row, named.chain([("department", format!("D{row}"))]))
        })
        .collect();
    Rules::read(&rows).expect("the lines are right")
}

/// `D1` to `D<count>`.
pub(crate) fn departments(count: usize) -> Departments {
    let rows: Vec<ListRow> = (1..=count)
        .zip(1u64..)
        .map(|(number, row)| {
            let code = format!("D{number}");
            ListRow::new(row, [("code", code.clone()), ("name", code)])
        })
        .collect();
    Departments::read(&rows).expect("the lines are right")
}

/// Compiled for the tiers 1 to 3; the unit `u<n>` has the number n.
pub(crate) fn compiled(rules: &Rules) -> Result<Duty, DutyError> {
    let departments = departments(rules.all().len());
    Duty::compile(rules, &departments, [1, 2, 3], unit_of)
}

/// The number of the unit `u<n>`.
pub(crate) fn unit_of(code: &Code) -> Option<u32> {
    code.as_str().strip_prefix('u')?.parse().ok()
}
