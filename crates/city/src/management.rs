//! Who runs a unit (代管) beside the one that it belongs to (隶属), on a day.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use serde::Serialize;
use wangge_coverage::Owner;
use wangge_model::{Code, ParentLink, Relation};

use crate::units::{Place, Units};
use crate::{City, CityError};

/// The zone whose days the dates of lists are: the standard time of China, without summer time.
const ZONE: Offset = Offset::constant(8);

/// The links of units to their parents.
#[derive(Debug, Default)]
pub(crate) struct Management {
    /// Places in the list of parents, by unit.
    of_unit: BTreeMap<Place, Vec<usize>>,
    /// The areas that are no units of the plan, and run some.
    outsiders: Vec<Code>,
}

/// A parent of a unit as answers name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParentRef<'a> {
    /// `administrative` or `managing`.
    pub relation: &'static str,
    /// The parent's code.
    pub code: &'a str,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// The first day; ever since where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The first day on which it no longer holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// Who runs a unit of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ManagedBy<'a> {
    /// The code of the unit.
    pub unit: &'a str,
    /// The code of who runs it.
    pub code: &'a str,
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

impl Management {
    pub(crate) fn of(links: &[ParentLink], units: &Units) -> Self {
        let mut of_unit: BTreeMap<Place, Vec<usize>> = BTreeMap::new();
        let mut outsiders = Vec::new();
        for (at, link) in links.iter().enumerate() {
            if let Some(place) = units.by_code(link.unit.as_str()) {
                of_unit.entry(place).or_default().push(at);
            }
            if units.by_code(link.parent.as_str()).is_none() && !outsiders.contains(&link.parent) {
                outsiders.push(link.parent.clone());
            }
        }
        Self { of_unit, outsiders }
    }

    /// The place of an area that is no unit among all of these.
    pub(crate) fn outsider(&self, code: &str) -> Option<usize> {
        self.outsiders
            .iter()
            .position(|known| known.as_str() == code)
    }

    /// How many units that are not of this city run some of it.
    pub(crate) const fn outsiders(&self) -> usize {
        self.outsiders.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.of_unit.is_empty()
    }

    /// The link by which a unit is run by another on a day.
    pub(crate) fn managing<'a>(
        &self,
        links: &'a [ParentLink],
        unit: Place,
        day: Date,
    ) -> Option<&'a ParentLink> {
        let mut of_unit = self.of_unit.get(&unit)?.iter().map(|&at| &links[at]);
        of_unit.find(|link| link.relation == Relation::Managing && link.holds_on(day))
    }
}

/// The day that it is now where the dates of lists are from.
pub(crate) fn today() -> Date {
    day_of(Timestamp::now())
}

/// The day of a time in China.
pub(crate) fn day_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::fixed(ZONE)).date()
}

impl City {
    /// Whether the day makes a difference: some unit is or was run by another for a time.
    pub(crate) fn minds_the_day(&self) -> bool {
        !self.management.is_empty()
    }

    /// The day that its answers are of.
    pub(crate) fn day(&self) -> Date {
        self.day.unwrap_or_else(today)
    }

    /// The parents that a unit has and had besides the one of the levels, in the order of their
    /// list.
    ///
    /// # Errors
    /// [`CityError::UnknownCode`].
    pub fn parents_of(&self, code: &str) -> Result<Vec<ParentRef<'_>>, CityError> {
        let place = self.place_of(code)?;
        let links = &self.responsibility().parents;
        let of_unit = self.management.of_unit.get(&place);
        let of_unit = of_unit.map(Vec::as_slice).unwrap_or_default().iter();
        Ok(of_unit
            .map(|&at| {
                let link = &links[at];
                ParentRef {
                    relation: link.relation.as_str(),
                    code: link.parent.as_str(),
                    name: self.parent_name(link),
                    from: link.from.map(|day| day.to_string()),
                    until: link.until.map(|day| day.to_string()),
                }
            })
            .collect())
    }

    /// Who runs units of a grid's chain on a day, the highest unit first.
    pub(crate) fn managed_by(&self, owner: Owner, day: Date) -> Vec<ManagedBy<'_>> {
        let links = &self.responsibility().parents;
        let managed = self.ground.units.chain(owner).filter_map(|place| {
            let link = self.management.managing(links, place, day)?;
            Some(ManagedBy {
                unit: self.ground.units.entry(place).unit.code.as_str(),
                code: link.parent.as_str(),
                name: self.parent_name(link),
                from: link.from.map(|day| day.to_string()),
            })
        });
        managed.collect()
    }

    /// The name that a link gives, or that the unit or department has.
    fn parent_name<'a>(&'a self, link: &'a ParentLink) -> Option<&'a str> {
        let code = link.parent.as_str();
        let unit = || self.unit(code).and_then(|unit| unit.name.as_deref());
        let department = || {
            let departments = &self.responsibility().departments;
            departments
                .get(code)
                .map(|department| department.name.as_str())
        };
        link.name.as_deref().or_else(unit).or_else(department)
    }
}
