//! What rules may be for: units, specialised grids, and who runs a unit, as numbers.

use jiff::civil::Date;
use wangge_coverage::Owner;
use wangge_model::{Code, GridKind, LevelIndex, ParentLink};
use wangge_plane::Point;

use crate::components::Components;
use crate::management::{Management, today};
use crate::overlays::Overlays;
use crate::responsibility::{Elsewhere, Known, Responsibility, distinct};
use crate::units::Units;

/// The areas that rules may be for, as numbers: first the units by their places, then the
/// specialised grids, then those outside the city that run units of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Areas<'a> {
    pub(crate) units: &'a Units,
    pub(crate) overlays: &'a Overlays,
    pub(crate) management: &'a Management,
    pub(crate) components: &'a Components,
    pub(crate) elsewhere: &'a Elsewhere,
    /// The day of which it is asked who runs a unit; today unless given.
    pub(crate) day: Option<Date>,
}

impl Areas<'_> {
    /// The number of the area with this code.
    pub(crate) fn by_code(&self, code: &str) -> Option<u32> {
        let overlay = || {
            self.overlays
                .by_code(code)
                .map(|place| self.of_overlay(place))
        };
        let unit = self.units.by_code(code);
        unit.or_else(overlay).or_else(|| self.of_outsider(code))
    }

    /// A number for a unit of another plan, which no chain of this one has.
    pub(crate) fn of_elsewhere(&self, place: u32) -> u32 {
        let outsiders = self.management.outsiders();
        number(self.units.len() + self.overlays.len() + outsiders) + place
    }

    fn of_overlay(&self, place: usize) -> u32 {
        number(self.units.len() + place)
    }

    fn of_outsider(&self, code: &str) -> Option<u32> {
        let place = self.management.outsider(code)?;
        Some(number(self.units.len() + self.overlays.len() + place))
    }

    /// The areas that a point of a grid lies in, from the top to the smallest specialised grid: of
    /// two the later one's rules come first. Who runs a unit stands right above it.
    pub(crate) fn chain(&self, owner: Owner, at: Option<Point>, links: &[ParentLink]) -> Vec<u32> {
        let mut chain = Vec::with_capacity(8);
        let day = (!self.management.is_empty()).then(|| self.day.unwrap_or_else(today));
        for place in self.units.chain(owner) {
            let link = day.and_then(|day| self.management.managing(links, place, day));
            let manager = link.and_then(|link| self.by_code(link.parent.as_str()));
            chain.extend(manager);
            chain.push(place);
        }
        if let Some(at) = at {
            let overlays = self.overlays.holding(at).into_iter();
            chain.extend(overlays.map(|place| self.of_overlay(place)));
        }
        if day.is_some() {
            // a manager that is itself above the unit counts where it stands lower
            let mut seen = Vec::with_capacity(chain.len());
            for area in chain.into_iter().rev() {
                if !seen.contains(&area) {
                    seen.push(area);
                }
            }
            seen.reverse();
            chain = seen;
        }
        chain
    }
}

fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or_else(|_| unreachable!("units are counted in 32 bits"))
}

impl Known for Areas<'_> {
    fn level_of(&self, code: &Code) -> Option<LevelIndex> {
        match self.units.by_code(code.as_str()) {
            Some(place) => Some(self.units.entry(place).unit.level),
            None => self.elsewhere.level_of(code),
        }
    }

    fn kinds(&self) -> Vec<GridKind> {
        let own = self.units.kinds();
        distinct(own.iter().chain(self.elsewhere.kinds()))
    }

    fn has_component(&self, code: &Code) -> bool {
        self.components.by_code(code.as_str()).is_some()
    }
}

/// The name of an area, and its name in Latin letters.
pub(crate) fn area_names<'a>(
    code: &Code,
    of: &'a Responsibility,
    areas: &Areas<'a>,
) -> Option<(Option<&'a str>, Option<&'a str>)> {
    if let Some(place) = areas.units.by_code(code.as_str()) {
        let unit = &areas.units.entry(place).unit;
        return Some((unit.name.as_deref(), unit.name_en.as_deref()));
    }
    if let Some(place) = areas.overlays.by_code(code.as_str()) {
        let overlay = areas.overlays.get(place);
        return Some((overlay.name.as_deref(), overlay.name_en.as_deref()));
    }
    let link = of.parents.iter().find(|link| link.parent == *code)?;
    Some((link.name.as_deref(), None))
}
