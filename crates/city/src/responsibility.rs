//! Who is responsible: the lists of a city, read together and against its units.

use std::collections::HashMap;
use std::fmt;

use wangge_model::{
    Border, ClassTable, Code, Departments, GridKind, LevelIndex, ListKind, Post, RowFault, Rules,
    Scheme, Unit,
};
use wangge_store::{Lists, PlanContents};

/// The classes, departments, rules, posts and unsure borders of a city.
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
        let mut responsibility = Self::default();
        let mut mistakes = responsibility.read_named(lists);
        take(
            &mut responsibility.rules,
            ListKind::Rules,
            Rules::read(lists.rows(ListKind::Rules)),
            &mut mistakes,
        );
        take(
            &mut responsibility.posts,
            ListKind::Posts,
            Post::read(lists.rows(ListKind::Posts)),
            &mut mistakes,
        );
        take(
            &mut responsibility.borders,
            ListKind::Borders,
            Border::read(lists.rows(ListKind::Borders)),
            &mut mistakes,
        );
        if mistakes.is_empty() {
            Ok(responsibility)
        } else {
            Err(mistakes)
        }
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
        let (rules, of_rules) = Rules::read_sound(lists.rows(ListKind::Rules));
        let (posts, of_posts) = Post::read_sound(lists.rows(ListKind::Posts));
        let (borders, of_borders) = Border::read_sound(lists.rows(ListKind::Borders));
        let mut read = Self {
            rules,
            posts,
            borders,
            ..Self::default()
        };
        let mut mistakes = read.read_named(lists);
        if mistakes.is_empty() {
            mistakes = nameable.check(&read, scheme);
        }
        mistakes.extend(of(ListKind::Rules, of_rules));
        mistakes.extend(of(ListKind::Posts, of_posts));
        mistakes.extend(of(ListKind::Borders, of_borders));
        if mistakes.is_empty() {
            return Ok(read);
        }
        mistakes.sort_by_key(|mistake| (mistake.list, mistake.fault.row));
        Err(mistakes)
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

    /// What rules and posts name that is not there: departments, tiers, classes, units, kinds of
    /// grids, posts.
    pub fn check(
        &self,
        scheme: &Scheme,
        level_of: impl Fn(&Code) -> Option<LevelIndex>,
        kinds: &[GridKind],
    ) -> Vec<ListMistake> {
        let is_unit = |code: &Code| level_of(code).is_some();
        let mut rules = self
            .rules
            .check(scheme, &self.departments, &self.classes, is_unit);
        rules.extend(self.rules.check_kinds(kinds));
        rules.sort_by_key(|fault| fault.row);
        let posts = self
            .posts
            .iter()
            .filter_map(|post| post.check(scheme, &level_of, &self.departments));
        let borders = self.borders.iter();
        let borders = borders.flat_map(|border| border.check(scheme, &level_of));
        of(ListKind::Rules, rules)
            .chain(of(ListKind::Posts, posts))
            .chain(of(ListKind::Borders, borders))
            .collect()
    }
}

/// What a plan has that lists may name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Nameable {
    levels: HashMap<Code, LevelIndex>,
    kinds: Vec<GridKind>,
}

impl Nameable {
    /// Of a plan's contents.
    pub fn of(contents: &PlanContents) -> Self {
        Self {
            levels: unit_levels(contents),
            kinds: kinds_of(contents.grids.iter().map(|grid| &grid.unit)),
        }
    }

    /// What lists name that the plan does not have, see [`Responsibility::check`].
    pub fn check(&self, responsibility: &Responsibility, scheme: &Scheme) -> Vec<ListMistake> {
        responsibility.check(scheme, |code| self.levels.get(code).copied(), &self.kinds)
    }
}

/// The kinds that some of these grids are of.
pub(crate) fn kinds_of<'a>(grids: impl Iterator<Item = &'a Unit>) -> Vec<GridKind> {
    let mut kinds: Vec<GridKind> = Vec::new();
    for kind in grids.filter_map(|grid| grid.kind.as_ref()) {
        if !kinds.contains(kind) {
            kinds.push(kind.clone());
        }
    }
    kinds
}

/// Every unit of a plan with its level, those too that only their children name.
fn unit_levels(contents: &PlanContents) -> HashMap<Code, LevelIndex> {
    let grids = contents.grids.iter().map(|grid| &grid.unit);
    let units = grids.chain(contents.upper.iter().map(|(unit, _)| unit));
    let mut levels = HashMap::new();
    for unit in units {
        levels.insert(unit.code.clone(), unit.level);
        let mut level = unit.level;
        let mut above = unit.parent.clone();
        while let Some(code) = above {
            let Some(next) = level.0.checked_sub(1).map(LevelIndex) else {
                break;
            };
            if levels.contains_key(&code) {
                break;
            }
            let parent = Unit::new(code.clone(), next);
            above = contents.scheme.parent_of(&parent, None).ok().flatten();
            levels.insert(code, next);
            level = next;
        }
    }
    levels
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
