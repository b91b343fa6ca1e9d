//! The rules of what the departments of a city handle.

use wangge_model::{Code, LevelIndex, Rule, Unit};
use wangge_plane::Shape;

use crate::GenerateError;
use crate::departments::{command_centre, of_level, station, street_centre};
use crate::functional::Handled;
use crate::spec::CitySpec;

/// What stands in the note of a rule for all that a community, a street or the district is told.
const FALLBACKS: [&str; 3] = [
    "兜底：由指挥中心协调处置 fallback: the command centre sees to it",
    "属地兜底：街道（乡镇） fallback of the territory: the street or town",
    "属地兜底：社区（村） fallback of the territory: the community or village",
];

/// The rules of a city, for the tiers of its scheme: at the tiers of communities and streets each
/// is responsible for its ground, in streets but for what branches of functional departments
/// handle; at the tier of the district a department for its classes, for those of its fields in the
/// grids of one kind, and for those of a specialised grid.
pub(crate) fn rules(spec: &CitySpec, upper: &[(Unit, Shape)]) -> Result<Vec<Rule>, GenerateError> {
    let mut list = List(Vec::new());
    for tier in spec.scheme.tiers() {
        // a grid has no department of its own: its community's acts
        match tier.level.min(LevelIndex(2)) {
            LevelIndex(0) => list.of_district(spec, tier.number)?,
            LevelIndex(1) => list.of_streets(spec, upper, tier.number)?,
            level => {
                for unit in of_level(upper, level) {
                    let rule = list.next(tier.number, station(unit)?);
                    rule.area = Some(unit.code.clone());
                    rule.note = Some(FALLBACKS[2].to_owned());
                }
            }
        }
    }
    Ok(list.0)
}

struct List(Vec<Rule>);

impl List {
    /// A rule for anything anywhere.
    fn next(&mut self, tier: u32, department: Code) -> &mut Rule {
        let place = self.0.len();
        self.0.push(Rule {
            row: place as u64 + 1,
            tier,
            object: None,
            class: None,
            area: None,
            grid_kind: None,
            department,
            note: None,
        });
        &mut self.0[place]
    }

    /// A rule for a class.
    fn of_class(
        &mut self,
        tier: u32,
        department: &Code,
        handled: &Handled,
        note: String,
    ) -> &mut Rule {
        let rule = self.next(tier, department.clone());
        rule.object = Some(handled.object);
        rule.class = Some(handled.class.clone());
        rule.note = Some(note);
        rule
    }

    fn of_district(&mut self, spec: &CitySpec, tier: u32) -> Result<(), GenerateError> {
        let departments = spec.departments.iter();
        let handled = departments.map(|department| (department, department.handles.as_slice()));
        for (department, class) in by_class(handled) {
            let note = spec.classes.name(class).to_owned();
            self.of_class(tier, &department.code, class, note);
        }
        let fields = spec.fields.iter();
        for (field, class) in by_class(fields.map(|field| (field, field.handles.as_slice()))) {
            let note = match spec.classes.name(class) {
                "" => field.name.clone(),
                class => format!("{}：{class}", field.name),
            };
            let rule = self.of_class(tier, &field.department, class, note);
            rule.grid_kind = field.grid_kind.parse().ok();
        }
        for grid in &spec.specialised {
            for (department, class) in by_class(grid.handled().into_iter()) {
                let rule = self.of_class(tier, department, class, grid.name.clone());
                rule.area = Some(grid.code().clone());
            }
        }
        self.next(tier, command_centre(spec)?).note = Some(FALLBACKS[0].to_owned());
        Ok(())
    }

    fn of_streets(
        &mut self,
        spec: &CitySpec,
        upper: &[(Unit, Shape)],
        tier: u32,
    ) -> Result<(), GenerateError> {
        for unit in of_level(upper, LevelIndex(1)) {
            let branches = spec.departments.iter().filter_map(|one| one.branch());
            for (branch, class) in by_class(branches) {
                let note = spec.classes.name(class).to_owned();
                let rule = self.of_class(tier, &branch.code(unit)?, class, note);
                rule.area = Some(unit.code.clone());
            }
            let rule = self.next(tier, street_centre(&unit.code)?);
            rule.area = Some(unit.code.clone());
            rule.note = Some(FALLBACKS[1].to_owned());
        }
        Ok(())
    }
}

/// Each of those who handle something with each of its classes, in order of kinds and codes.
fn by_class<'a, T: 'a>(
    all: impl Iterator<Item = (&'a T, &'a [Handled])>,
) -> impl Iterator<Item = (&'a T, &'a Handled)> {
    let mut all: Vec<_> = all
        .flat_map(|(one, handles)| handles.iter().map(move |class| (one, class)))
        .collect();
    all.sort_by(|(_, a), (_, b)| (a.object, &a.class).cmp(&(b.object, &b.class)));
    all.into_iter()
}
