//! Departments: who handles what is reported.

use std::collections::HashMap;

use crate::Code;
use crate::list::{ListFault, ListRow, RowFault, codes_differ};

/// A department (部门): of the district, a street office, a community, an institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Department {
    /// Its code, unique in the city.
    pub code: Code,
    /// Its name.
    pub name: String,
    /// The department above it.
    pub parent: Option<Code>,
    /// What it is: a word of the city's own.
    pub kind: Option<String>,
    /// How to reach it. Leaves the service only for those who may see contacts.
    pub phone: Option<String>,
}

/// The departments of a city, by code.
///
/// Invariant: codes differ, parents are there, and nobody is above themselves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Departments {
    all: Vec<Department>,
}

impl Departments {
    /// The columns of a list of departments.
    pub const COLUMNS: &'static [&'static str] = &["code", "name", "parent", "kind", "phone"];

    /// Reads a list of departments, in any order.
    ///
    /// # Errors
    /// Everything that is wrong with its rows.
    pub fn read(rows: &[ListRow]) -> Result<Self, Vec<RowFault>> {
        let mut faults = Vec::new();
        let mut read: Vec<(u64, Department)> = Vec::new();
        for row in rows {
            if let Some(department) = department_of(row, &mut faults) {
                read.push((row.number, department));
            }
        }
        faults.extend(codes_differ(read.iter().map(|(row, d)| (*row, &d.code))));
        let mut parent_of: HashMap<&Code, Option<&Code>> = HashMap::new();
        for (_, department) in &read {
            // of two rows with one code the second is the one at fault
            let parent = parent_of.entry(&department.code);
            parent.or_insert(department.parent.as_ref());
        }
        for (row, department) in &read {
            let wrong = department
                .parent
                .as_ref()
                .and_then(|parent| wrong_parent(&department.code, parent, &parent_of));
            faults.extend(wrong.map(|fault| RowFault {
                row: *row,
                column: "parent".to_owned(),
                fault,
            }));
        }
        if !faults.is_empty() {
            faults.sort_by_key(|fault| fault.row);
            return Err(faults);
        }
        let mut all: Vec<Department> = read.into_iter().map(|(_, department)| department).collect();
        all.sort_by(|a, b| a.code.cmp(&b.code));
        Ok(Self { all })
    }

    /// All departments, by code.
    pub fn all(&self) -> &[Department] {
        &self.all
    }

    /// The place of the department with this code among all.
    pub fn place(&self, code: &str) -> Option<usize> {
        self.all
            .binary_search_by(|department| department.code.as_str().cmp(code))
            .ok()
    }

    /// The department with this code.
    pub fn get(&self, code: &str) -> Option<&Department> {
        self.place(code).map(|place| &self.all[place])
    }
}

/// The department of a row that tells its code, whatever else is wrong with it: others may be
/// below it.
fn department_of(row: &ListRow, faults: &mut Vec<RowFault>) -> Option<Department> {
    let code = row.required("code", faults);
    let name = row.text("name", faults).unwrap_or_default().to_owned();
    let parent = row.optional("parent", faults);
    Some(Department {
        code: code?,
        name,
        parent,
        kind: row.get("kind").map(str::to_owned),
        phone: row.get("phone").map(str::to_owned),
    })
}

/// A parent that is missing, or below its own child.
fn wrong_parent(
    code: &Code,
    parent: &Code,
    parent_of: &HashMap<&Code, Option<&Code>>,
) -> Option<ListFault> {
    if !parent_of.contains_key(parent) {
        return Some(ListFault::NoDepartment(parent.clone()));
    }
    let mut way = vec![code.as_str()];
    let mut at = Some(parent);
    while let Some(above) = at {
        way.push(above.as_str());
        if above == code {
            return Some(ListFault::Circle(circle(&way)));
        }
        if way.len() > parent_of.len() + 1 {
            // a circle further up, which its own rows name
            return None;
        }
        at = parent_of.get(above).copied().flatten();
    }
    None
}

/// The way round; of a long one its beginning.
fn circle(way: &[&str]) -> String {
    const SHOWN: usize = 6;
    match way {
        [first @ .., last] if first.len() > SHOWN => {
            format!("{} < … < {last}", first[..SHOWN].join(" < "))
        }
        _ => way.join(" < "),
    }
}
