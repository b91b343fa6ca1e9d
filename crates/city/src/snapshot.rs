//! A published city, compiled: immutable, and everything a lookup needs at hand.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use jiff::civil::Date;
use wangge_coverage::{Coverage, Owner};
use wangge_locate::FaceIndex;
use wangge_model::{
    Code, Component, Grid, LevelIndex, ObjectKind, PlanState, Scheme, Unit, Version,
};
use wangge_plane::{Extent, Point, Shape};
use wangge_points::Catalogue;
use wangge_store::{Digest, PlanContents, Surroundings};

use crate::CityError;
use crate::areas::Areas;
use crate::components::Components;
use crate::dwellings::Dwellings;
use crate::edition::Edition;
use crate::ground::{Ground, GroundParts};
use crate::handling::Handling;
use crate::management::Management;
use crate::overlays::Overlays;
use crate::responsibility::{Elsewhere, Responsibility};
use crate::streets::Streets;
use crate::tiles::Tiles;
use crate::units::Entry;
use crate::unsettled::Unsettled;

/// What a city is compiled from.
#[derive(Debug, Clone)]
pub struct CityParts {
    /// What its answers are marked with.
    pub version: Version,
    /// The levels.
    pub scheme: Scheme,
    /// The units of the lowest level with their ground, in any order.
    pub grids: Vec<Grid>,
    /// The units of upper levels that are known by more than their code. Those that only the
    /// grids' parents name need not be here.
    pub upper: Vec<Unit>,
    /// The numbers that the store keeps for codes, below 2^52. A code without one has that of
    /// [`feature_id`](crate::feature_id).
    pub feature_ids: HashMap<Code, u64>,
    /// Who is responsible for what.
    pub responsibility: Responsibility,
    /// The components, in any order.
    pub components: Vec<Component>,
    /// What lists may name beside the units.
    pub elsewhere: Elsewhere,
    /// What a person has looked through and let stand.
    pub review: Review,
    /// The day of which it is asked who runs a unit; today unless given.
    pub day: Option<Date>,
}

/// What of a plan a person has looked through and let stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Review {
    /// Nothing: the grids must be seamless within their own rim.
    #[default]
    None,
    /// Ground that the grids enclose and do not cover, which is outside.
    Gaps,
    /// Ground that several cover, too: the lowest code answers there.
    Overlaps,
}

impl Review {
    /// What was let stand when the plan of these contents was published.
    pub fn of(contents: &PlanContents) -> Self {
        Self::of_plan(contents.plan.state, &contents.accepted)
    }

    /// What was let stand when a plan in this state was published, where defects were accepted.
    pub(crate) const fn of_plan(state: PlanState, accepted: &[String]) -> Self {
        match state {
            PlanState::Draft | PlanState::Checked => Self::None,
            _ if accepted.is_empty() => Self::Gaps,
            _ => Self::Overlaps,
        }
    }
}

/// An immutable snapshot of a published city.
///
/// Invariant: its grids cover their ground exactly once, but for what a person accepted; every unit but those of the top level has
/// its parent, codes and feature ids are unique.
#[derive(Debug)]
pub struct City {
    version: Version,
    version_text: Box<str>,
    pub(crate) edition: Edition,
    scheme: Scheme,
    pub(crate) ground: Arc<Ground>,
    pub(crate) handling: Handling,
    pub(crate) unsettled: Unsettled,
    pub(crate) overlays: Overlays,
    pub(crate) management: Management,
    pub(crate) streets: Streets,
    pub(crate) dwellings: Dwellings,
    pub(crate) components: Components,
    pub(crate) elsewhere: Elsewhere,
    pub(crate) day: Option<Date>,
    pub(crate) tiles: Tiles,
    /// What batches tell of each grid, made when the first is asked.
    pub(crate) catalogue: OnceLock<Catalogue>,
}

/// What stands on the ground of a city.
struct Around {
    version: Version,
    scheme: Scheme,
    responsibility: Responsibility,
    components: Vec<Component>,
    elsewhere: Elsewhere,
    day: Option<Date>,
}

impl City {
    /// Compiles what the store holds of a plan.
    ///
    /// # Errors
    /// [`CityError::NotSeamless`], [`CityError::NoGrids`], [`CityError::CodeTwice`],
    /// [`CityError::FeatureIdTwice`], [`CityError::Model`] where a unit has no parent,
    /// [`CityError::Lists`] where the lists are wrong or name what is not there,
    /// [`CityError::Components`] where components do.
    pub fn compile(contents: PlanContents) -> Result<Self, CityError> {
        let review = Review::of(&contents);
        Self::compile_as(contents, review, None)
    }

    /// The same with more or less let stand than the plan's state says, or of another day than
    /// today.
    ///
    /// # Errors
    /// As [`City::compile`].
    pub fn compile_as(
        contents: PlanContents,
        review: Review,
        day: Option<Date>,
    ) -> Result<Self, CityError> {
        let (units, around) = contents.split();
        let content_hash = units.content_hash;
        let responsibility = Responsibility::read(&around.lists)
            .map_err(|mistakes| CityError::Lists { mistakes })?;
        let ground = Ground::build(around.plan.version(), &around.scheme, units.into(), review)?;
        Self::over(Arc::new(ground), responsibility, around, &content_hash, day)
    }

    /// Compiles what the store holds around the ground of a plan whose contents have this digest, with
    /// what its lists say.
    ///
    /// # Errors
    /// As [`City::compile`], but for what is wrong with units or within a list.
    pub(crate) fn over(
        ground: Arc<Ground>,
        responsibility: Responsibility,
        around: Surroundings,
        content_hash: &Digest,
        day: Option<Date>,
    ) -> Result<Self, CityError> {
        let of_city = Around {
            version: around.plan.version(),
            elsewhere: Elsewhere::among(&around.scheme, &around.elsewhere),
            scheme: around.scheme,
            responsibility,
            components: around.components,
            day,
        };
        let mut city = Self::on(ground, of_city)?;
        let edition = Edition::of_version(city.version, around.since);
        city.edition = edition.of_store(content_hash.as_bytes());
        Ok(city)
    }

    /// Compiles a city from its parts: proves them seamless, dissolves the upper levels, builds
    /// the index.
    ///
    /// # Errors
    /// As [`City::compile`].
    pub fn of_parts(parts: CityParts) -> Result<Self, CityError> {
        let CityParts {
            version,
            scheme,
            grids,
            upper,
            feature_ids,
            responsibility,
            components,
            elsewhere,
            review,
            day,
        } = parts;
        let of_ground = GroundParts {
            grids,
            upper,
            feature_ids,
        };
        let ground = Ground::build(version, &scheme, of_ground, review)?;
        let around = Around {
            version,
            scheme,
            responsibility,
            components,
            elsewhere,
            day,
        };
        Self::on(Arc::new(ground), around)
    }

    fn on(ground: Arc<Ground>, around: Around) -> Result<Self, CityError> {
        let Around {
            version,
            scheme,
            responsibility,
            components,
            elsewhere,
            day,
        } = around;
        check_components(&components, &responsibility)?;
        let (units, coverage) = (&ground.units, &*ground.coverage);
        let overlays = Overlays::of(responsibility.overlays.clone());
        let management = Management::of(&responsibility.parents, units);
        let streets = Streets::of(&responsibility.streets);
        let grid_at = |point: Point| ground.index.locate(point);
        let (homes, buildings) = (&responsibility.households, &responsibility.buildings);
        let dwellings = Dwellings::count(homes, buildings, coverage.owners(), grid_at);
        let components =
            Components::compile(components, coverage, &responsibility.devices, grid_at);
        let areas = Areas {
            units,
            overlays: &overlays,
            management: &management,
            components: &components,
            elsewhere: &elsewhere,
            day,
        };
        let handling = Handling::compile(responsibility, &scheme, &areas)?;
        let unsettled = Unsettled::along(&handling.responsibility.borders, coverage);
        Ok(Self {
            version,
            version_text: version.to_string().into(),
            edition: Edition::of_version(version, None),
            scheme,
            ground,
            handling,
            unsettled,
            overlays,
            management,
            catalogue: OnceLock::new(),
            streets,
            dwellings,
            components,
            elsewhere,
            day,
            tiles: Tiles::default(),
        })
    }

    /// The version that every answer of this snapshot names.
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The version as answers write it: `3.17`.
    pub fn version_text(&self) -> &str {
        &self.version_text
    }

    /// What tells this snapshot from every other.
    pub const fn edition(&self) -> &Edition {
        &self.edition
    }

    /// The levels.
    pub const fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// How many grids there are.
    pub fn grid_count(&self) -> usize {
        self.ground.coverage.owners()
    }

    /// How many units of this level there are; 0 for a level that the scheme does not have.
    pub fn unit_count(&self, level: LevelIndex) -> usize {
        if level <= self.scheme.lowest() {
            self.ground.units.level(level).len()
        } else {
            0
        }
    }

    /// The grid that a lattice point belongs to; `None` outside. Exact, without allocation.
    pub fn locate_point(&self, point: Point) -> Option<Owner> {
        self.ground.index.locate(point)
    }

    /// The code of a grid that [`City::locate_point`] answered.
    pub fn grid_code(&self, owner: Owner) -> &str {
        self.ground.coverage.code(owner)
    }

    /// The code of a grid by its place in order of codes.
    ///
    /// # Panics
    /// With a place beyond [`City::grid_count`].
    pub fn code_at(&self, place: usize) -> &str {
        let owner = u32::try_from(place).map_or(Owner(u32::MAX), Owner);
        self.ground.coverage.code(owner)
    }

    /// The unit with this code, on whatever level.
    pub fn unit(&self, code: &str) -> Option<&Unit> {
        let place = self.ground.units.by_code(code)?;
        Some(&self.ground.units.entry(place).unit)
    }

    /// The units above a grid, top to bottom.
    pub fn units_above(&self, owner: Owner) -> impl Iterator<Item = &Unit> {
        self.ground
            .units
            .above(owner)
            .iter()
            .map(|&place| &self.ground.units.entry(place).unit)
    }

    /// The units of one level by code, with their ground; an upper unit without a grid has none.
    pub fn units_of(&self, level: LevelIndex) -> impl Iterator<Item = (&Unit, Option<Shape>)> {
        let range = if level <= self.scheme.lowest() {
            self.ground.units.level(level)
        } else {
            0..0
        };
        range.map(|place| {
            let entry = self.ground.units.entry(place);
            (&entry.unit, self.ground.units.shape(place))
        })
    }

    /// The box around all grids.
    pub fn extent(&self) -> Option<Extent> {
        self.ground.units.extent()
    }

    /// The proven coverage that this snapshot was compiled from.
    pub fn coverage(&self) -> &Coverage {
        &self.ground.coverage
    }

    pub(crate) fn index(&self) -> &FaceIndex {
        &self.ground.index
    }

    pub(crate) fn grid_entry(&self, owner: Owner) -> &Entry {
        self.ground.units.entry(self.ground.units.grid(owner))
    }

    pub(crate) fn level_id(&self, level: LevelIndex) -> &str {
        self.scheme.levels()[level.0].id()
    }
}

/// Refuses components of classes and departments that there are not.
pub(crate) fn check_components(
    components: &[Component],
    of: &Responsibility,
) -> Result<(), CityError> {
    let missing = |component: &Component| -> Option<Code> {
        let class = component.class.as_str();
        if !of.classes.is_minor(ObjectKind::Component, class) {
            return Some(component.class.clone());
        }
        let mut departments = component.departments.all().map(|(_, code)| code);
        let missing = departments.find(|code| of.departments.get(code.as_str()).is_none());
        missing.cloned()
    };
    let mut wrong = components
        .iter()
        .filter_map(|component| Some((component, missing(component)?)));
    match wrong.next() {
        None => Ok(()),
        Some((component, missing)) => Err(CityError::Components {
            count: 1 + wrong.count(),
            component: component.code.clone(),
            missing,
        }),
    }
}
