//! Devices that report: sensors, trackers, terminals.

use std::collections::HashMap;

use crate::list::{ListFault, ListRow, RowFault};
use crate::{Code, Departments, LevelIndex};

/// A device (物联感知设备): a fill sensor in a bin, a tracker on a sweeper, a worker's terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its row in the list: 1 is the first below the header.
    pub row: u64,
    /// Its number, unique in the city.
    pub id: Code,
    /// What it is: a word of the city's own.
    pub kind: Option<String>,
    /// The unit that it belongs to, for one that moves.
    pub unit: Option<Code>,
    /// The component that it sits in.
    pub component: Option<Code>,
    /// The department whose it is.
    pub department: Option<Code>,
}

impl Device {
    /// The columns of a list of devices.
    pub const COLUMNS: &'static [&'static str] = &["id", "kind", "grid", "component", "department"];

    /// The devices of those rows in which nothing is wrong, and all that is wrong with the others.
    pub fn read_sound(rows: &[ListRow]) -> (Vec<Self>, Vec<RowFault>) {
        let mut faults = Vec::new();
        let mut devices: Vec<Self> = Vec::with_capacity(rows.len());
        let mut seen: HashMap<Code, u64> = HashMap::new();
        for row in rows {
            let id: Option<Code> = row.required("id", &mut faults);
            let unit = row.optional("grid", &mut faults);
            let component = row.optional("component", &mut faults);
            let department = row.optional("department", &mut faults);
            let Some(id) = id else { continue };
            if let Some(&first) = seen.get(&id) {
                let first = first.into();
                faults.push(row.fault("id", ListFault::Twice { code: id, first }));
                continue;
            }
            seen.insert(id.clone(), row.number);
            devices.push(Self {
                row: row.number,
                id,
                kind: row.get("kind").map(str::to_owned),
                unit,
                component,
                department,
            });
        }
        (devices, faults)
    }

    /// What it names that is not there.
    pub fn check(
        &self,
        level_of: impl Fn(&Code) -> Option<LevelIndex>,
        departments: &Departments,
        has_component: impl Fn(&Code) -> bool,
    ) -> Vec<RowFault> {
        let mut faults = Vec::new();
        let mut fault = |column: &str, fault| {
            faults.push(RowFault {
                row: self.row,
                column: column.to_owned(),
                fault,
            });
        };
        if let Some(unit) = self.unit.as_ref().filter(|unit| level_of(unit).is_none()) {
            fault("grid", ListFault::NoUnit(unit.clone()));
        }
        if let Some(component) = self.component.as_ref().filter(|code| !has_component(code)) {
            fault("component", ListFault::NoComponent(component.clone()));
        }
        if let Some(department) = &self.department
            && departments.get(department.as_str()).is_none()
        {
            fault("department", ListFault::NoDepartment(department.clone()));
        }
        faults
    }
}
