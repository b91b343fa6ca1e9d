//! The class table that every city has.

use wangge_model::ObjectKind;

/// Components and events of CJ/T 214-2007, as the list `classes.csv`.
pub(crate) const CLASSES: &str = include_str!("../../../data/classes/cjt214-2007.csv");

/// Whether any class has this code, or one that begins with it.
pub(crate) fn has_prefix(object: ObjectKind, prefix: &str) -> bool {
    classes().any(|class| class.object == object.as_str() && class.code.starts_with(prefix))
}

/// The Chinese name of the class with this code.
pub(crate) fn name(object: ObjectKind, code: &str) -> Option<&'static str> {
    classes()
        .find(|class| class.object == object.as_str() && class.code == code)
        .map(|class| class.name)
}

struct Class {
    object: &'static str,
    code: &'static str,
    name: &'static str,
}

/// The rows of the table. It quotes no cell.
fn classes() -> impl Iterator<Item = Class> {
    CLASSES.lines().skip(1).filter_map(|line| {
        let mut cells = line.split(',');
        Some(Class {
            object: cells.next()?,
            code: cells.next()?,
            name: cells.next()?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_quotes_no_cell_and_has_six_in_each_row() {
        assert!(!CLASSES.contains('"'));
        assert!(CLASSES.lines().all(|line| line.split(',').count() == 6));
    }

    #[test]
    fn one_code_names_a_component_and_an_event() {
        assert_eq!(name(ObjectKind::Component, "0101"), Some("上水井盖"));
        assert_eq!(name(ObjectKind::Event, "0101"), Some("私搭乱建"));
        assert_eq!(name(ObjectKind::Event, "010"), None);
        assert!(has_prefix(ObjectKind::Component, "06"));
        assert!(!has_prefix(ObjectKind::Event, "06"));
    }
}
