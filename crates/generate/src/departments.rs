//! The departments of a city.

use rustc_hash::FxHashSet;
use wangge_model::{Code, Department, LevelIndex, Unit};
use wangge_plane::Shape;

use crate::GenerateError;
use crate::functional::Branch;
use crate::institutions::Institution;
use crate::spec::CitySpec;

/// The departments of a city: the command centre, the functional ones of its description, an
/// office and a centre for each street, the branches of functional ones there, a station for each
/// community, institutions. Parents come first.
pub(crate) fn departments(
    spec: &CitySpec,
    upper: &[(Unit, Shape)],
    institutions: &[Institution],
) -> Result<Vec<Department>, GenerateError> {
    let command = command_centre(spec)?;
    let mut all = Vec::new();
    let mut add = |code: Code, name: String, parent: Option<&Code>, kind: &str| {
        let phone = format!("{}-{:07}", spec.dialling, all.len() + 1);
        all.push(Department {
            code,
            name,
            parent: parent.cloned(),
            kind: Some(kind.to_owned()),
            phone: Some(phone),
        });
    };
    let name = format!("{}网格化指挥中心", spec.scheme.name());
    add(command.clone(), name, None, "district");
    for functional in &spec.departments {
        let (code, name) = (functional.code.clone(), functional.name.clone());
        add(code, name, Some(&command), &functional.kind);
    }
    for unit in of_level(upper, LevelIndex(1)) {
        let (office, centre) = (street_office(unit)?, street_centre(&unit.code)?);
        let name = unit.name.as_deref().unwrap_or(unit.code.as_str());
        add(office.clone(), office_name(name), Some(&command), "street");
        add(
            centre,
            format!("{name}网格化服务中心"),
            Some(&office),
            "street",
        );
        for functional in &spec.departments {
            if let Some(branch) = &functional.branch {
                let (code, name) = (branch.code(unit)?, format!("{name}{}", branch.name));
                add(code, name, Some(&functional.code), &branch.kind);
            }
        }
    }
    for unit in of_level(upper, LevelIndex(2)) {
        let centre = unit.parent.as_ref().map(street_centre).transpose()?;
        let name = unit.name.as_deref().unwrap_or(unit.code.as_str());
        let name = format!("{name}网格工作站");
        add(station(unit)?, name, centre.as_ref(), "community");
    }
    for institution in institutions {
        let (code, name) = (institution.code.clone(), institution.name.clone());
        add(code, name, Some(&command), "institution");
    }
    let mut seen = FxHashSet::default();
    match all.iter().find(|department| !seen.insert(&department.code)) {
        Some(twice) => Err(GenerateError::DepartmentTwice {
            code: twice.code.clone(),
        }),
        None => Ok(all),
    }
}

pub(crate) fn of_level(upper: &[(Unit, Shape)], level: LevelIndex) -> impl Iterator<Item = &Unit> {
    let units = upper.iter().map(|(unit, _)| unit);
    units.filter(move |unit| unit.level == level)
}

/// What the office of a street is called: a street has an office, a town a government, a zone a
/// committee.
fn office_name(street: &str) -> String {
    let office = match street.chars().last() {
        Some('乡' | '镇') => "人民政府",
        Some('区') => "管理委员会",
        _ => "办事处",
    };
    format!("{street}{office}")
}

pub(crate) fn command_centre(spec: &CitySpec) -> Result<Code, GenerateError> {
    prefixed("ZH", &spec.code)
}

fn street_office(street: &Unit) -> Result<Code, GenerateError> {
    prefixed("BS", street.code.as_str())
}

pub(crate) fn street_centre(street: &Code) -> Result<Code, GenerateError> {
    prefixed("JD", street.as_str())
}

pub(crate) fn station(community: &Unit) -> Result<Code, GenerateError> {
    prefixed("SQ", community.code.as_str())
}

impl Branch {
    /// The code of the branch in a street.
    pub(crate) fn code(&self, street: &Unit) -> Result<Code, GenerateError> {
        prefixed(&self.prefix, street.code.as_str())
    }
}

fn prefixed(prefix: &str, code: &str) -> Result<Code, GenerateError> {
    Ok(Code::new(&format!("{prefix}{code}"))?)
}
