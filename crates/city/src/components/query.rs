//! Lists of components, page by page: around a place, in a box, in a unit, by class and department.

use std::fmt;
use std::str::FromStr;

use wangge_coverage::Owner;
use wangge_locate::{Groups, Nearby, Shortlist};
use wangge_model::{Component, ObjectKind};
use wangge_plane::{Extent, Point};

use super::Number;
use crate::units::Place;
use crate::{City, CityError};

/// A place, and how far around it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Around {
    /// The place.
    pub point: Point,
    /// Metres, this distance included.
    pub radius_m: f64,
}

/// The components nearest to a position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NearestComponents<'a> {
    /// No more than so many.
    pub most: usize,
    /// No further than so many metres, this distance included.
    pub within_m: f64,
    /// What the code of their class begins with; of any class unless given.
    pub class: Option<&'a str>,
}

impl NearestComponents<'_> {
    /// The most that may be asked for.
    pub const MOST: usize = 20;

    /// How many are named where nobody says.
    pub const USUAL: usize = 10;

    /// Those of any class within so many metres.
    pub const fn within(within_m: f64) -> Self {
        Self {
            most: Self::USUAL,
            within_m,
            class: None,
        }
    }
}

/// Which components are wanted; what is not said does not matter.
#[derive(Debug, Clone, Default)]
pub struct ComponentQuery {
    /// No further than so many metres from a place; they come nearest first then.
    pub around: Option<Around>,
    /// A box that they share a point with.
    pub bbox: Option<Extent>,
    /// The code of a unit that they lie in, also in part.
    pub unit: Option<String>,
    /// What the code of their class begins with.
    pub class: Option<String>,
    /// The code of a department of theirs, whatever it is to them.
    pub department: Option<String>,
    /// How many at most, at least 1.
    pub limit: usize,
    /// Where an earlier page ended.
    pub cursor: Option<ComponentCursor>,
}

/// Where a page ended: the version, and how many components came before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentCursor {
    version: String,
    passed: usize,
}

/// A page of components of one [`City`]: nearest first around a place, else by code.
#[derive(Debug)]
pub struct ComponentPage {
    pub(crate) found: Vec<(Number, Option<f64>)>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<ComponentCursor>,
}

impl City {
    /// The components that a query asks for.
    ///
    /// # Errors
    /// [`CityError::UnknownCode`] for the unit, [`CityError::UnknownDepartment`],
    /// [`CityError::CursorExpired`].
    pub fn components(&self, query: &ComponentQuery) -> Result<ComponentPage, CityError> {
        let unit = query.unit.as_deref().map(|code| self.place_of(code));
        let unit = unit.transpose()?;
        if let Some(code) = &query.department
            && self.responsibility().departments.get(code).is_none()
        {
            return Err(CityError::UnknownDepartment { code: code.clone() });
        }
        let passed = match &query.cursor {
            None => 0,
            Some(cursor) if cursor.version == self.version_text() => cursor.passed,
            Some(cursor) => {
                return Err(CityError::CursorExpired {
                    issued: cursor.version.clone(),
                    current: self.version_text().to_owned(),
                });
            }
        };
        let groups = self.components.groups(query.class.as_deref());
        let wanted =
            |number: Number| {
                query.department.as_deref().is_none_or(|department| {
                    has_department(self.components.get(number), department)
                }) && unit.is_none_or(|unit| self.lies_in(number, unit))
            };
        let limit = query.limit.max(1);
        let mut found: Vec<(Number, Option<f64>)> = Vec::new();
        if let Some(around) = query.around {
            let enough = passed + limit + 1;
            let near = self.found_around(around, &groups, query.bbox, enough, wanted);
            found.extend(near.into_iter().skip(passed));
        } else {
            let numbers = self.found_by_code(query, unit, &groups).into_iter();
            // one more tells whether there is a next page
            let page = numbers
                .filter(|number| wanted(*number))
                .skip(passed)
                .take(limit + 1);
            found.extend(page.map(|number| (number, None)));
        }
        let next = (found.len() > limit).then(|| ComponentCursor {
            version: self.version_text().to_owned(),
            passed: passed + limit,
        });
        found.truncate(limit);
        Ok(ComponentPage { found, next })
    }

    /// Whether there is a class of those that are asked for.
    ///
    /// # Errors
    /// [`CityError::NoClassesBegin`] where there is not.
    pub fn has_classes(&self, nearest: &NearestComponents<'_>) -> Result<(), CityError> {
        if let Some(class) = nearest.class
            && !self
                .responsibility()
                .classes
                .has_prefix(ObjectKind::Component, class)
        {
            return Err(CityError::NoClassesBegin {
                class: class.to_owned(),
            });
        }
        Ok(())
    }

    /// The groups of the index that are asked for.
    pub(crate) fn groups_of(&self, nearest: &NearestComponents<'_>) -> Result<Groups, CityError> {
        self.has_classes(nearest)?;
        Ok(self.components.groups(nearest.class))
    }

    /// The components nearest to a point, nearest first.
    pub(crate) fn components_near(
        &self,
        point: Point,
        nearest: &NearestComponents<'_>,
    ) -> Result<Vec<(Number, f64)>, CityError> {
        let groups = self.groups_of(nearest)?;
        let mut shortlist = Shortlist::default();
        let nearby = Nearby {
            radius_m: nearest.within_m,
            limit: nearest.most,
            groups: &groups,
        };
        let near = self.components.index().near(point, nearby, &mut shortlist);
        Ok(near
            .iter()
            .map(|near| (near.component, near.distance_m))
            .collect())
    }

    /// As many as are enough of the wanted components around a place, nearest first; fewer when
    /// there are no more.
    fn found_around(
        &self,
        around: Around,
        groups: &Groups,
        bbox: Option<Extent>,
        enough: usize,
        wanted: impl Fn(Number) -> bool,
    ) -> Vec<(Number, Option<f64>)> {
        let in_box = bbox.map(|bbox| {
            let mut numbers = Vec::new();
            self.components.index().in_box(bbox, groups, &mut numbers);
            numbers
        });
        let is_in_box = |number: Number| {
            let numbers = in_box.as_ref();
            numbers.is_none_or(|numbers| numbers.binary_search(&number).is_ok())
        };
        let mut shortlist = Shortlist::default();
        let mut limit = enough;
        loop {
            let nearby = Nearby {
                radius_m: around.radius_m,
                limit,
                groups,
            };
            let index = self.components.index();
            let near = index.near(around.point, nearby, &mut shortlist);
            let are_all = near.len() < limit;
            let found: Vec<(Number, Option<f64>)> = near
                .iter()
                .filter(|near| is_in_box(near.component) && wanted(near.component))
                .map(|near| (near.component, Some(near.distance_m)))
                .take(enough)
                .collect();
            if are_all || found.len() == enough {
                return found;
            }
            // the others are further away
            limit = limit.saturating_mul(4);
        }
    }

    /// The components of the groups in a query's box or unit, by number; those of both may be more.
    fn found_by_code(
        &self,
        query: &ComponentQuery,
        unit: Option<Place>,
        groups: &Groups,
    ) -> Vec<Number> {
        let components = &self.components;
        let mut numbers = Vec::new();
        if let Some(bbox) = query.bbox {
            components.index().in_box(bbox, groups, &mut numbers);
            return numbers;
        }
        let of_class = |number: &Number| {
            let class = components.get(*number).class.as_str();
            query
                .class
                .as_deref()
                .is_none_or(|prefix| class.starts_with(prefix))
        };
        if let Some(unit) = unit {
            for owner in self.owners_in(unit) {
                numbers.extend(components.of_grid(owner).iter().filter(|n| of_class(n)));
            }
            numbers.sort_unstable();
            // one that lies in two grids of the unit
            numbers.dedup();
        } else {
            let all = (0..).take(components.len());
            numbers.extend(all.filter(of_class));
        }
        numbers
    }

    /// Whether a component lies in a unit, also in part.
    fn lies_in(&self, number: Number, unit: Place) -> bool {
        let level = self.ground.units.entry(unit).unit.level;
        self.components.shares(number).iter().any(|share| {
            share.owner.is_some_and(|owner| {
                self.ground
                    .units
                    .ancestor(self.ground.units.grid(owner), level)
                    == Some(unit)
            })
        })
    }

    /// The grids of a unit.
    pub(crate) fn owners_in(&self, unit: Place) -> Vec<Owner> {
        let level = self.ground.units.entry(unit).unit.level;
        let all = (0..).take(self.grid_count()).map(Owner);
        all.filter(|owner| {
            self.ground
                .units
                .ancestor(self.ground.units.grid(*owner), level)
                == Some(unit)
        })
        .collect()
    }
}

fn has_department(component: &Component, department: &str) -> bool {
    let mut all = component.departments.all();
    all.any(|(_, code)| code.as_str() == department)
}

impl ComponentPage {
    /// How many components are on the page.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

/// `3.17~200`
impl fmt::Display for ComponentCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.version, self.passed)
    }
}

impl FromStr for ComponentCursor {
    type Err = CityError;

    fn from_str(text: &str) -> Result<Self, CityError> {
        let (version, passed) = text.split_once('~').ok_or(CityError::BadCursor)?;
        version
            .parse::<wangge_model::Version>()
            .map_err(|_| CityError::BadCursor)?;
        Ok(Self {
            version: version.to_owned(),
            passed: passed.parse().map_err(|_| CityError::BadCursor)?,
        })
    }
}
