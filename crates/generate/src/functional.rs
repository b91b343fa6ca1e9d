//! The functional departments (职能部门) that a city's description names, and what they handle.

use rustc_hash::FxHashMap;
use serde::Deserialize;
use wangge_model::{Code, ObjectKind};

use crate::{GenerateError, classes};

/// A department of the district that handles classes of components and events everywhere in it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Functional {
    pub(crate) code: Code,
    pub(crate) name: String,
    pub(crate) name_en: String,
    #[serde(default)]
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
    /// Whether every class is in the class table, and has one department.
    pub(crate) fn check(all: &[Self]) -> Result<(), GenerateError> {
        let mut handler_of: FxHashMap<&Handled, &Code> = FxHashMap::default();
        for department in all {
            for handled in &department.handles {
                if !classes::has_prefix(handled.object, handled.class.as_str()) {
                    return Err(GenerateError::NoClass {
                        department: department.code.clone(),
                        handled: handled.to_string(),
                    });
                }
                if let Some(other) = handler_of.insert(handled, &department.code) {
                    return Err(GenerateError::HandledTwice {
                        handled: handled.to_string(),
                        first: other.clone(),
                        second: department.code.clone(),
                    });
                }
            }
        }
        Ok(())
    }
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
        let spec = include_str!("../../../data/cities/longgang.toml");
        let (ground, _) = spec.split_once("[[department]]").unwrap();
        let text = format!(
            "{ground}[[department]]\ncode = \"A\"\nname = \"甲\"\nname_en = \"A\"\n\
             handles = [\"event:03\"]\n\
             [[department]]\ncode = \"B\"\nname = \"乙\"\nname_en = \"B\"\nhandles = [\"{handles}\"]\n"
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
}
