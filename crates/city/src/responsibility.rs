//! Who is responsible: the lists of a city, read together and against its units.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use rustc_hash::FxHashMap;
use wangge_model::{
    BaseFeature, Border, ClassTable, Code, Departments, Device, Dwelling, GridKind, LevelIndex,
    ListKind, ListRow, Overlay, ParentLink, Post, RowFault, Rules, Scheme, Street, Unit,
};
use wangge_store::{Lists, PlanContents};

use crate::units::Units;

/// The lists of a city: classes, departments, rules and posts, and what lies on the map beside the
/// grids.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Responsibility {
    /// What reports and components are of.
    pub classes: ClassTable,
    /// Who handles them.
    pub departments: Departments,
    /// Which of them handles what, where, and when.
    pub rules: Rules,
    /// Who stands where, in the order of their list.
    pub posts: Vec<Post>,
    /// Borders that are not sure, in the order of their list.
    pub borders: Vec<Border>,
    /// Parents of units and departments, in the order of their list.
    pub parents: Vec<ParentLink>,
    /// Specialised grids, in the order of their list.
    pub overlays: Vec<Overlay>,
    /// Streets.
    pub streets: Vec<Street>,
    /// Addresses with their households.
    pub households: Vec<Dwelling>,
    /// Buildings.
    pub buildings: Vec<Dwelling>,
    /// What a map shows beneath the grids, in the order of its list.
    pub base: Vec<BaseFeature>,
    /// Devices, in the order of their list.
    pub devices: Vec<Device>,
}

/// Something wrong with one row of one list.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub struct ListMistake {
    /// The list.
    pub list: ListKind,
    /// Its row, and what is wrong with it.
    pub fault: RowFault,
}

impl fmt::Display for ListMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.list, self.fault)
    }
}

impl Responsibility {
    /// Reads the lists of a store.
    ///
    /// # Errors
    /// Everything that is wrong with rows of theirs.
    pub fn read(lists: &Lists) -> Result<Self, Vec<ListMistake>> {
        let (mut read, mut mistakes) = Self::read_sound(lists);
        mistakes.extend(read.read_named(lists));
        sorted(read, mistakes)
    }

    /// Reads the lists of a store and holds them against each other and against the units.
    ///
    /// # Errors
    /// Everything that is wrong, row by row. While classes or departments are at fault, nothing is
    /// said of what names them.
    pub fn read_checked(
        lists: &Lists,
        scheme: &Scheme,
        nameable: &Nameable,
    ) -> Result<Self, Vec<ListMistake>> {
        let (mut read, mut mistakes) = Self::read_sound(lists);
        let of_named = read.read_named(lists);
        if of_named.is_empty() {
            mistakes.extend(nameable.check(&read, scheme));
        }
        mistakes.extend(of_named);
        sorted(read, mistakes)
    }

    /// The sound rows of all lists but those that others name things of, and what is wrong with
    /// the rest.
    fn read_sound(lists: &Lists) -> (Self, Vec<ListMistake>) {
        let mut mistakes = Vec::new();
        let drawn = |kind: ListKind| kind.drawn().unwrap_or_default();
        let mut read = Self::default();
        let mut sound = Sound {
            lists,
            mistakes: &mut mistakes,
        };
        read.rules = sound.of(ListKind::Rules, Rules::read_sound);
        read.posts = sound.of(ListKind::Posts, Post::read_sound);
        read.borders = sound.of(ListKind::Borders, Border::read_sound);
        read.parents = sound.of(ListKind::Parents, ParentLink::read_sound);
        read.overlays = sound.of(ListKind::Overlays, Overlay::read_sound);
        read.streets = sound.of(ListKind::Streets, Street::read_sound);
        for (kind, place) in [
            (ListKind::Households, &mut read.households),
            (ListKind::Buildings, &mut read.buildings),
        ] {
            *place = sound.of(kind, |rows| Dwelling::read_sound(rows, drawn(kind)));
        }
        read.base = sound.of(ListKind::Base, BaseFeature::read_sound);
        read.devices = sound.of(ListKind::Devices, Device::read_sound);
        (read, mistakes)
    }

    /// Reads the lists that others name things of, and gives what is wrong with them.
    fn read_named(&mut self, lists: &Lists) -> Vec<ListMistake> {
        let mut mistakes = Vec::new();
        take(
            &mut self.classes,
            ListKind::Classes,
            ClassTable::read(lists.rows(ListKind::Classes)),
            &mut mistakes,
        );
        take(
            &mut self.departments,
            ListKind::Departments,
            Departments::read(lists.rows(ListKind::Departments)),
            &mut mistakes,
        );
        mistakes
    }

    /// What lists name that is not there: departments, tiers, classes, units, kinds of grids,
    /// posts, components.
    pub fn check(&self, scheme: &Scheme, known: &impl Known) -> Vec<ListMistake> {
        let level_of = |code: &Code| known.level_of(code);
        let mut rules = self
            .rules
            .check(scheme, &self.departments, &self.classes, |code| {
                self.is_area(code, known)
            });
        if self.rules.name_kinds() {
            rules.extend(self.rules.check_kinds(&known.kinds()));
        }
        rules.sort_by_key(|fault| fault.row);
        let departments = &self.departments;
        let posts = self.posts.iter();
        let posts = posts.filter_map(|post| post.check(scheme, level_of, departments));
        let borders = self.borders.iter();
        let borders = borders.flat_map(|border| border.check(scheme, level_of));
        let parents = self.parents.iter();
        let parents = parents.flat_map(|link| link.check(level_of, departments));
        let overlays = self.overlays.iter();
        let overlays = overlays.filter_map(|overlay| overlay.check(level_of));
        let devices = self.devices.iter();
        let has_component = |code: &Code| known.has_component(code);
        let devices = devices.flat_map(|one| one.check(level_of, departments, has_component));
        of(ListKind::Rules, rules)
            .chain(of(ListKind::Posts, posts))
            .chain(of(ListKind::Borders, borders))
            .chain(of(ListKind::Parents, parents))
            .chain(of(ListKind::Overlays, overlays))
            .chain(of(ListKind::Devices, devices))
            .collect()
    }

    /// Whether the lists name nothing that could be a unit, or a kind of grids, and is not among
    /// these: then nothing that other plans have matters.
    pub(crate) fn names_only(&self, units: &Units) -> bool {
        let rules = self.rules.all().iter();
        let areas = rules.filter_map(|rule| rule.area.as_ref());
        let posts = self.posts.iter().map(|post| &post.unit);
        let borders = self.borders.iter().flat_map(|border| &border.between);
        let links = self
            .parents
            .iter()
            .flat_map(|link| [&link.unit, &link.parent]);
        let overlays = self.overlays.iter().map(|overlay| &overlay.code);
        let devices = self
            .devices
            .iter()
            .filter_map(|device| device.unit.as_ref());
        let mut named = areas
            .chain(posts)
            .chain(borders)
            .chain(links)
            .chain(overlays)
            .chain(devices);
        let is_unit = |code: &Code| units.by_code(code.as_str()).is_some();
        named.all(is_unit) && (!self.rules.name_kinds() || self.names_only_kinds_of(units))
    }

    fn names_only_kinds_of(&self, units: &Units) -> bool {
        let kinds = units.kinds();
        let rules = self.rules.all().iter();
        let mut named = rules.filter_map(|rule| rule.grid_kind.as_ref());
        named.all(|kind| kinds.contains(kind))
    }

    /// Whether rules may be for this area: a unit, a specialised grid, or what runs a unit.
    fn is_area(&self, code: &Code, known: &impl Known) -> bool {
        known.level_of(code).is_some()
            || self.overlays.iter().any(|overlay| overlay.code == *code)
            || self.parents.iter().any(|link| link.parent == *code)
    }
}

/// What there is in a city that lists may name.
pub trait Known {
    /// The level of the unit with this code.
    fn level_of(&self, code: &Code) -> Option<LevelIndex>;
    /// The kinds that grids are of.
    fn kinds(&self) -> Vec<GridKind>;
    /// Whether there is a component with this code.
    fn has_component(&self, code: &Code) -> bool;
}

/// Lists in the reading, and what was found wrong so far.
struct Sound<'a> {
    lists: &'a Lists,
    mistakes: &'a mut Vec<ListMistake>,
}

impl Sound<'_> {
    fn of<T>(&mut self, list: ListKind, read: impl Fn(&[ListRow]) -> (T, Vec<RowFault>)) -> T {
        let (sound, faults) = read(self.lists.rows(list));
        self.mistakes.extend(of(list, faults));
        sound
    }
}

/// What was read, unless something is wrong with it.
fn sorted(
    read: Responsibility,
    mut mistakes: Vec<ListMistake>,
) -> Result<Responsibility, Vec<ListMistake>> {
    if mistakes.is_empty() {
        return Ok(read);
    }
    mistakes.sort_by_key(|mistake| (mistake.list, mistake.fault.row));
    Err(mistakes)
}

/// What a plan has that lists may name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Nameable {
    levels: HashMap<Code, LevelIndex>,
    kinds: Vec<GridKind>,
    components: HashSet<Code>,
}

impl Nameable {
    /// Of a plan's contents.
    pub fn of(contents: &PlanContents) -> Self {
        let components = contents.components.iter();
        let mut levels = with_levels(contents);
        for (code, level) in Elsewhere::of(contents).levels {
            levels.entry(code).or_insert(level);
        }
        let own = contents.grids.iter().map(|grid| grid.unit.kind.as_ref());
        let others = contents.elsewhere.iter().map(|unit| unit.kind.as_ref());
        Self {
            levels,
            kinds: distinct(own.chain(others).flatten()),
            components: components.map(|component| component.code.clone()).collect(),
        }
    }

    /// What lists name that the plan does not have, see [`Responsibility::check`].
    pub fn check(&self, responsibility: &Responsibility, scheme: &Scheme) -> Vec<ListMistake> {
        responsibility.check(scheme, self)
    }
}

impl Known for Nameable {
    fn level_of(&self, code: &Code) -> Option<LevelIndex> {
        self.levels.get(code).copied()
    }

    fn kinds(&self) -> Vec<GridKind> {
        self.kinds.clone()
    }

    fn has_component(&self, code: &Code) -> bool {
        self.components.contains(code)
    }
}

/// The kinds, each once, in the order in which they first come.
pub(crate) fn distinct<'a>(all: impl Iterator<Item = &'a GridKind>) -> Vec<GridKind> {
    let mut kinds: Vec<GridKind> = Vec::new();
    for kind in all {
        if !kinds.contains(kind) {
            kinds.push(kind.clone());
        }
    }
    kinds
}

/// What lists may name beside the units of the plan: units and kinds of other plans of the store.
/// Lists are of the city, whatever the plan: what they say of a unit holds in the plans that have
/// it, and so can be there before a plan takes effect and after.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Elsewhere {
    levels: BTreeMap<Code, LevelIndex>,
    kinds: Vec<GridKind>,
}

impl Elsewhere {
    /// What other plans have beside the plan of these contents.
    pub fn of(contents: &PlanContents) -> Self {
        Self::among(&contents.scheme, &contents.elsewhere)
    }

    /// What these units of other plans are.
    pub(crate) fn among(scheme: &Scheme, units: &[wangge_store::Elsewhere]) -> Self {
        Self {
            levels: levels_of(scheme, units).into_iter().collect(),
            kinds: distinct(units.iter().filter_map(|unit| unit.kind.as_ref())),
        }
    }

    pub(crate) fn level_of(&self, code: &Code) -> Option<LevelIndex> {
        self.levels.get(code).copied()
    }

    pub(crate) fn kinds(&self) -> &[GridKind] {
        &self.kinds
    }

    /// The codes with a number each, from 0.
    pub(crate) fn numbers(&self) -> FxHashMap<Code, u32> {
        self.levels.keys().cloned().zip(0u32..).collect()
    }
}

/// Every unit of a plan with its level, those too that only their children name.
pub(crate) fn with_levels(contents: &PlanContents) -> HashMap<Code, LevelIndex> {
    let grids = contents.grids.iter().map(|grid| &grid.unit);
    let units = grids.chain(contents.upper.iter().map(|(unit, _)| unit));
    let mut levels = HashMap::new();
    for unit in units {
        let named = (&unit.code, unit.level, unit.parent.as_ref());
        climb(&mut levels, &contents.scheme, named);
    }
    levels
}

/// The level of each of these units, and of the units above them that only codes tell.
pub(crate) fn levels_of(
    scheme: &Scheme,
    units: &[wangge_store::Elsewhere],
) -> HashMap<Code, LevelIndex> {
    let mut levels = HashMap::new();
    for unit in units {
        climb(
            &mut levels,
            scheme,
            (&unit.code, unit.level, unit.parent.as_ref()),
        );
    }
    levels
}

/// Writes down the level of a unit, and those of the units above it that only codes tell.
fn climb(
    levels: &mut HashMap<Code, LevelIndex>,
    scheme: &Scheme,
    (code, mut level, parent): (&Code, LevelIndex, Option<&Code>),
) {
    levels.insert(code.clone(), level);
    let mut above = parent.cloned();
    while let Some(code) = above {
        let Some(next) = level.0.checked_sub(1).map(LevelIndex) else {
            break;
        };
        if levels.contains_key(&code) {
            break;
        }
        let parent = Unit::new(code.clone(), next);
        above = scheme.parent_of(&parent, None).ok().flatten();
        levels.insert(code, next);
        level = next;
    }
}

fn take<T>(
    place: &mut T,
    list: ListKind,
    read: Result<T, Vec<RowFault>>,
    mistakes: &mut Vec<ListMistake>,
) {
    match read {
        Ok(read) => *place = read,
        Err(faults) => mistakes.extend(of(list, faults)),
    }
}

/// Faults with their list.
fn of(
    list: ListKind,
    faults: impl IntoIterator<Item = RowFault>,
) -> impl Iterator<Item = ListMistake> {
    let faults = faults.into_iter();
    faults.map(move |fault| ListMistake { list, fault })
}
