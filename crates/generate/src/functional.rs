//! The functional departments (职能部门) that a city's description names, and what they handle.

use rustc_hash::FxHashMap;
use serde::Deserialize;
use wangge_model::{Code, ObjectKind};

use crate::GenerateError;
use crate::classes::Classes;
use crate::spec::CitySpec;

/// A department of the district that handles classes of components and events everywhere in it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Functional {
    pub(crate) code: Code,
    pub(crate) name: String,
    pub(crate) name_en: String,
    #[serde(default = "Functional::usual_kind")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) handles: Vec<Handled>,
    /// Its branch in each street or town.
    pub(crate) branch: Option<Branch>,
}

/// What a department has in each street or town: a crew, a contact. It handles its classes there,
/// at the tier of the streets.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Branch {
    /// What its code begins with, before the street's.
    pub(crate) prefix: String,
    /// What follows the street's name.
    pub(crate) name: String,
    pub(crate) kind: String,
    /// The same classes as the department's, unless it says others.
    handles: Option<Vec<Handled>>,
}

/// A field of duty (职责领域) in the grids of one kind, with the department that handles it there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) name_en: String,
    /// `urban`, `rural`, `special`.
    pub(crate) grid_kind: String,
    pub(crate) department: Code,
    pub(crate) handles: Vec<Handled>,
}

/// A class, or the first characters of some: `component:0101`, `event:03`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Handled {
    pub(crate) object: ObjectKind,
    pub(crate) class: Code,
}

impl Functional {
    fn usual_kind() -> String {
        "functional".to_owned()
    }

    /// Its branches, with what they handle.
    pub(crate) fn branch(&self) -> Option<(&Branch, &[Handled])> {
        let branch = self.branch.as_ref()?;
        Some((branch, branch.handles.as_deref().unwrap_or(&self.handles)))
    }

    /// Whether every class is in the class table, and has one department: everywhere, in the
    /// streets, in the grids of each kind, and in each specialised grid.
    pub(crate) fn check(spec: &CitySpec) -> Result<(), GenerateError> {
        let (all, fields, classes) = (&spec.departments, &spec.fields, &spec.classes);
        let is_there = |named: &str, department: &Code| {
            if all.iter().any(|one| one.code == *department) {
                return Ok(());
            }
            Err(GenerateError::NoDepartment {
                named: named.to_owned(),
                department: department.clone(),
            })
        };
        let everywhere = all.iter().map(|one| (&one.code, one.handles.as_slice()));
        check(everywhere, classes)?;
        let in_streets = all
            .iter()
            .filter_map(|one| Some((&one.code, one.branch()?.1)));
        check(in_streets, classes)?;
        for field in fields {
            is_there(&field.name, &field.department)?;
            let of_kind = fields
                .iter()
                .filter(|other| other.grid_kind == field.grid_kind);
            check(
                of_kind.map(|one| (&one.department, one.handles.as_slice())),
                classes,
            )?;
        }
        for grid in &spec.specialised {
            if let Some((department, handles)) = grid.handled() {
                is_there(&grid.name, department)?;
                check(std::iter::once((department, handles)), classes)?;
            }
        }
        Ok(())
    }
}

/// Whether the table has every class, and no two departments have one.
fn check<'a>(
    all: impl Iterator<Item = (&'a Code, &'a [Handled])>,
    classes: &Classes,
) -> Result<(), GenerateError> {
    let mut handler_of: FxHashMap<&Handled, &Code> = FxHashMap::default();
    for (department, handles) in all {
        for handled in handles {
            if !classes.has_prefix(handled) {
                return Err(GenerateError::NoClass {
                    department: department.clone(),
                    handled: handled.to_string(),
                });
            }
            if let Some(other) = handler_of.insert(handled, department) {
                return Err(GenerateError::HandledTwice {
                    handled: handled.to_string(),
                    first: other.clone(),
                    second: department.clone(),
                });
            }
        }
    }
    Ok(())
}

impl std::fmt::Display for Handled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.object, self.class)
    }
}

impl TryFrom<String> for Handled {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" is no class: write component:0101 or event:03");
        let (object, class) = text.split_once(':').ok_or_else(wrong)?;
        Ok(Self {
            object: object.parse().map_err(|_| wrong())?,
            class: class.parse().map_err(|_| wrong())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use wangge_model::Scheme;

    use crate::CitySpec;

    fn refusal(handles: &str) -> String {
        refused(&format!("handles = [\"{handles}\"]\n"))
    }

    /// What is said of a second department that has this in its description, or after it.
    fn refused(second: &str) -> String {
        let spec = include_str!("../../../data/cities/longgang.toml");
        let (ground, _) = spec.split_once("[[department]]").unwrap();
        let text = format!(
            "{ground}[[department]]\ncode = \"A\"\nname = \"甲\"\nname_en = \"A\"\n\
             handles = [\"event:03\"]\n\
             [[department]]\ncode = \"B\"\nname = \"乙\"\nname_en = \"B\"\n{second}"
        );
        let scheme = include_str!("../../../data/schemes/longgang.toml");
        let scheme = Scheme::from_toml(scheme).unwrap();
        CitySpec::from_toml(scheme, &text).unwrap_err().to_string()
    }

    #[rstest]
    #[case::a_class_that_is_not_in_the_table("component:0199", "B handles component:0199, which")]
    #[case::an_event_of_a_major_of_components("event:06", "B handles event:06, which")]
    #[case::a_class_of_another_department("event:03", "both A and B handle event:03")]
    #[case::no_object("0301", "\"0301\" is no class")]
    #[case::another_object("tree:0301", "\"tree:0301\" is no class")]
    #[case::no_class("event: ", "\"event: \" is no class")]
    fn what_a_department_cannot_handle_is_refused(#[case] handles: &str, #[case] says: &str) {
        let refusal = refusal(handles);
        assert!(refusal.contains(says), "{refusal}");
    }

    #[rstest]
    #[case::in_two_branches(
        "handles = [\"event:01\", \"event:0402\"]\nbranch = { prefix = \"B\", name = \"队\", kind = \"crew\" }\n\
         [[department]]\ncode = \"C\"\nname = \"丙\"\nname_en = \"C\"\n\
         branch = { prefix = \"C\", name = \"站\", kind = \"crew\", handles = [\"event:0402\"] }\n",
        "both B and C handle event:0402"
    )]
    #[case::in_two_fields_of_a_kind(
        "[[field]]\nname = \"一\"\nname_en = \"one\"\ngrid_kind = \"rural\"\ndepartment = \"A\"\n\
         handles = [\"event:0402\"]\n\
         [[field]]\nname = \"二\"\nname_en = \"two\"\ngrid_kind = \"rural\"\ndepartment = \"B\"\n\
         handles = [\"event:0402\"]\n",
        "both A and B handle event:0402"
    )]
    #[case::a_field_of_nobody(
        "[[field]]\nname = \"饮水\"\nname_en = \"water\"\ngrid_kind = \"rural\"\ndepartment = \"X\"\n\
         handles = [\"event:0402\"]\n",
        "饮水 is for the department X"
    )]
    #[case::a_specialised_grid_of_nobody(
        "[[specialised]]\ncode = \"S\"\nname = \"市场\"\nname_en = \"market\"\nat = [0.0, 1.0]\n\
         area_km2 = 0.1\ndepartment = \"X\"\n",
        "市场 is for the department X"
    )]
    #[case::a_specialised_grid_for_no_class(
        "[[specialised]]\ncode = \"S\"\nname = \"市场\"\nname_en = \"market\"\nat = [0.0, 1.0]\n\
         area_km2 = 0.1\ndepartment = \"B\"\nhandles = [\"event:06\"]\n",
        "B handles event:06, which"
    )]
    fn what_branches_fields_and_specialised_grids_cannot_have_is_refused(
        #[case] second: &str,
        #[case] says: &str,
    ) {
        let refusal = refused(second);
        assert!(refusal.contains(says), "{refusal}");
    }
}
