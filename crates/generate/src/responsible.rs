//! Who is responsible in a city: its departments, and the rules of what they handle.

use rustc_hash::FxHashSet;
use wangge_model::{Code, Department, LevelIndex, ObjectKind, Rule, Unit};
use wangge_plane::Shape;

use crate::functional::{Functional, Handled};
use crate::spec::CitySpec;
use crate::{GenerateError, classes};

/// What stands in the note of a rule for all that a community, a street or the district is told.
const FALLBACKS: [&str; 3] = [
    "兜底：由指挥中心协调处置 fallback: the command centre sees to it",
    "属地兜底：街道（乡镇） fallback of the territory: the street or town",
    "属地兜底：社区（村） fallback of the territory: the community or village",
];

/// The departments of a city: the command centre, the functional ones of its description, an
/// office and a centre for each street, a station for each community. Parents come first.
pub(crate) fn departments(
    spec: &CitySpec,
    upper: &[(Unit, Shape)],
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
        add(code, name, Some(&command), "functional");
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
    }
    for unit in of_level(upper, LevelIndex(2)) {
        let centre = unit.parent.as_ref().map(street_centre).transpose()?;
        let name = unit.name.as_deref().unwrap_or(unit.code.as_str());
        let name = format!("{name}网格工作站");
        add(station(unit)?, name, centre.as_ref(), "community");
    }
    let mut seen = FxHashSet::default();
    match all.iter().find(|department| !seen.insert(&department.code)) {
        Some(twice) => Err(GenerateError::DepartmentTwice {
            code: twice.code.clone(),
        }),
        None => Ok(all),
    }
}

/// The rules of a city, for the tiers of its scheme: at the tiers of communities and streets each
/// is responsible for its ground, at the tier of the district a department for its classes.
pub(crate) fn rules(spec: &CitySpec, upper: &[(Unit, Shape)]) -> Result<Vec<Rule>, GenerateError> {
    let mut all = Vec::new();
    for tier in spec.scheme.tiers() {
        // a grid has no department of its own: its community's acts
        let level = tier.level.min(LevelIndex(2));
        let mut add = |of: Option<(ObjectKind, &Code)>, area, department, note: &str| {
            all.push(Rule {
                row: all.len() as u64 + 1,
                tier: tier.number,
                object: of.map(|(object, _)| object),
                class: of.map(|(_, class)| class.clone()),
                area,
                grid_kind: None,
                department,
                note: Some(note.to_owned()),
            });
        };
        if level == LevelIndex(0) {
            for (functional, handled) in handled(&spec.departments) {
                let class = &handled.class;
                let name = classes::name(handled.object, class.as_str()).unwrap_or_default();
                let code = functional.code.clone();
                add(Some((handled.object, class)), None, code, name);
            }
            add(None, None, command_centre(spec)?, FALLBACKS[0]);
            continue;
        }
        for unit in of_level(upper, level) {
            let department = if level == LevelIndex(1) {
                street_centre(&unit.code)?
            } else {
                station(unit)?
            };
            let area = Some(unit.code.clone());
            add(None, area, department, FALLBACKS[level.0]);
        }
    }
    Ok(all)
}

fn of_level(upper: &[(Unit, Shape)], level: LevelIndex) -> impl Iterator<Item = &Unit> {
    let units = upper.iter().map(|(unit, _)| unit);
    units.filter(move |unit| unit.level == level)
}

/// Every department with each of its classes, in order of kinds and codes.
fn handled(departments: &[Functional]) -> impl Iterator<Item = (&Functional, &Handled)> {
    let mut all: Vec<_> = departments
        .iter()
        .flat_map(|department| department.handles.iter().map(move |one| (department, one)))
        .collect();
    all.sort_by(|(_, a), (_, b)| (a.object, &a.class).cmp(&(b.object, &b.class)));
    all.into_iter()
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

fn command_centre(spec: &CitySpec) -> Result<Code, GenerateError> {
    prefixed("ZH", &spec.code)
}

fn street_office(street: &Unit) -> Result<Code, GenerateError> {
    prefixed("BS", street.code.as_str())
}

fn street_centre(street: &Code) -> Result<Code, GenerateError> {
    prefixed("JD", street.as_str())
}

fn station(community: &Unit) -> Result<Code, GenerateError> {
    prefixed("SQ", community.code.as_str())
}

fn prefixed(prefix: &str, code: &str) -> Result<Code, GenerateError> {
    Ok(Code::new(&format!("{prefix}{code}"))?)
}
