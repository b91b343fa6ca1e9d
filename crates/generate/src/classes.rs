//! The class table that every city has, and what a city adds to it.

use std::fmt::Write as _;

use serde::Deserialize;

use crate::functional::Handled;

/// Components and events of CJ/T 214-2007, as the list `classes.csv`.
const CLASSES: &str = include_str!("../../../data/classes/cjt214-2007.csv");

/// The classes of a city: those of the standard, and extensions (扩展) of its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Classes(Vec<OwnClass>);

/// A class that a city adds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnClass {
    /// `event:2101`.
    class: Handled,
    name: String,
    name_en: String,
}

impl Classes {
    pub(crate) const fn new(own: Vec<OwnClass>) -> Self {
        Self(own)
    }

    /// A class that the city adds although the standard, or the city itself, has its code.
    pub(crate) fn twice(&self) -> Option<&Handled> {
        let own = self.0.iter().enumerate();
        own.map(|(place, own)| (place, &own.class))
            .find(|&(place, class)| {
                standard().any(|row| row.is(class))
                    || self.0[..place].iter().any(|own| own.class == *class)
            })
            .map(|(_, class)| class)
    }

    /// Whether any class has this code, or one that begins with it.
    pub(crate) fn has_prefix(&self, wanted: &Handled) -> bool {
        let begins = |code: &str| code.starts_with(wanted.class.as_str());
        standard().any(|row| row.object == wanted.object.as_str() && begins(row.code))
            || self
                .0
                .iter()
                .any(|own| own.class.object == wanted.object && begins(own.class.class.as_str()))
    }

    /// The Chinese name of the class with this code; nothing for the beginning of codes.
    pub(crate) fn name(&self, wanted: &Handled) -> &str {
        let own = || self.0.iter().find(|own| own.class == *wanted);
        standard()
            .find(|row| row.is(wanted))
            .map(|row| row.name)
            .or_else(|| own().map(|own| own.name.as_str()))
            .unwrap_or_default()
    }

    /// The list `classes.csv`: of each kind the standard's, then the city's.
    pub(crate) fn csv(&self) -> String {
        let mut own = self.0.iter().collect::<Vec<_>>();
        own.sort_by(|a, b| (a.class.object, &a.class.class).cmp(&(b.class.object, &b.class.class)));
        let mut csv = String::new();
        let mut lines = CLASSES.lines().peekable();
        while let Some(line) = lines.next() {
            csv.push_str(line);
            csv.push('\n');
            let object = |line: &str| line.split(',').next().unwrap_or_default().to_owned();
            let here = object(line);
            if lines.peek().is_none_or(|next| object(next) != here) {
                for own in own.iter().filter(|own| own.class.object.as_str() == here) {
                    let OwnClass {
                        class,
                        name,
                        name_en,
                    } = own;
                    // writing to a string does not fail
                    let _ = writeln!(csv, "{here},{},{name},{name_en},,", class.class);
                }
            }
        }
        csv
    }
}

struct Row {
    object: &'static str,
    code: &'static str,
    name: &'static str,
}

impl Row {
    fn is(&self, class: &Handled) -> bool {
        self.object == class.object.as_str() && self.code == class.class.as_str()
    }
}

/// The rows of the standard's table. It quotes no cell.
fn standard() -> impl Iterator<Item = Row> {
    CLASSES.lines().skip(1).filter_map(|line| {
        let mut cells = line.split(',');
        Some(Row {
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

    fn class(text: &str) -> Handled {
        Handled::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn one_code_names_a_component_and_an_event() {
        let classes = Classes::default();
        assert_eq!(classes.name(&class("component:0101")), "上水井盖");
        assert_eq!(classes.name(&class("event:0101")), "私搭乱建");
        assert_eq!(classes.name(&class("event:010")), "");
        assert!(classes.has_prefix(&class("component:06")));
        assert!(!classes.has_prefix(&class("event:06")));
        assert_eq!(classes.csv(), CLASSES);
    }

    fn own(class_text: &str) -> OwnClass {
        OwnClass {
            class: class(class_text),
            name: "党员服务".to_owned(),
            name_en: "service to party members".to_owned(),
        }
    }

    #[test]
    fn a_class_of_the_city_follows_those_of_the_standard() {
        let classes = Classes::new(vec![
            own("event:2102"),
            own("component:2199"),
            own("event:2101"),
        ]);
        assert_eq!(classes.twice(), None);
        assert!(classes.has_prefix(&class("event:2101")));
        assert_eq!(classes.name(&class("event:2101")), "党员服务");
        let csv = classes.csv();
        assert_eq!(csv.lines().count(), CLASSES.lines().count() + 3);
        let last: Vec<&str> = csv.lines().rev().take(3).collect();
        assert_eq!(
            last,
            [
                "event,2102,党员服务,service to party members,,",
                "event,2101,党员服务,service to party members,,",
                "event,21,扩展事件,extension events,,",
            ]
        );
        assert!(csv.contains("\ncomponent,2137,线状花架花钵,row of flower stands or planters,line,B\ncomponent,2199,党员服务,"));
    }

    #[test]
    fn a_class_that_the_standard_or_the_city_has_is_found() {
        let twice = |own| Classes::new(own).twice().cloned();
        assert_eq!(twice(vec![own("event:0402")]), Some(class("event:0402")));
        assert_eq!(
            twice(vec![own("event:2101"), own("event:2101")]),
            Some(class("event:2101"))
        );
        assert_eq!(twice(vec![own("event:2101"), own("component:2199")]), None);
    }
}
