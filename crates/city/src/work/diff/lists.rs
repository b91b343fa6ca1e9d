//! What is to be done when a redesign takes effect, as lists: components, cases, posts, codes.

use std::collections::{BTreeSet, HashSet};

use rayon::prelude::*;
use wangge_exchange::{Sheet, Value};
use wangge_model::Post;
use wangge_plane::Point;
use wangge_replan::{Change, ChangeKind};

use super::evidence::Both;
use super::handling::{Departments, Handling, is_not_seamless};
use super::new_border::NewBorders;
use super::{Beside, Comparison};
use crate::work::WorkError;

/// How the lists are to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkListTerms {
    /// A case this near to a new border, metres, is left to a person.
    pub unclear_within_m: f64,
    /// Show names and phone numbers of people.
    pub show_contacts: bool,
    /// From when on the new codes hold; when the new plan takes effect, where a store says it.
    pub date: Option<String>,
}

/// The lists.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkLists {
    /// Components that come under another grid or another department.
    pub components: Sheet,
    /// Open cases that go to somebody else, or may.
    pub cases: Sheet,
    /// People on post in grids that change.
    pub posts: Sheet,
    /// Codes that change.
    pub codes: Sheet,
    /// A plan is not seamless, so that nobody's departments could be told.
    pub without_departments: bool,
}

impl WorkLists {
    /// All lists by the names of their files.
    pub fn all(&self) -> [(&'static str, &Sheet); 4] {
        [
            ("components", &self.components),
            ("cases", &self.cases),
            ("posts", &self.posts),
            ("codes", &self.codes),
        ]
    }
}

/// A place in both plans, and who handles there what is there.
struct Placed {
    old_grid: Option<String>,
    new_grid: Option<String>,
    old: Departments,
    new: Departments,
}

impl Placed {
    fn moves(&self) -> bool {
        self.old_grid != self.new_grid || self.old != self.new
    }

    /// Who has it: the first department there is, else the grid.
    fn handler(grid: Option<&String>, departments: &Departments) -> Value {
        let first = departments.iter().flatten().next();
        text(first.or(grid).map(String::as_str))
    }
}

impl Comparison {
    /// What is to be done when the new plan takes effect.
    ///
    /// # Errors
    /// [`WorkError`] where a grid's code or parent is none of the store's scheme.
    pub fn work_lists(
        &self,
        beside: &Beside,
        terms: &WorkListTerms,
    ) -> Result<WorkLists, WorkError> {
        let (handling, without_departments) = match Handling::of(self) {
            Ok(handling) => (handling, false),
            Err(error) if is_not_seamless(&error) => (None, true),
            Err(error) => return Err(error),
        };
        let both = Both::of(self);
        let placing = Placing {
            comparison: self,
            both: &both,
            handling: handling.as_ref(),
        };
        Ok(WorkLists {
            components: placing.components(beside),
            cases: placing.cases(beside, terms.unclear_within_m),
            posts: self.posts(terms.show_contacts),
            codes: self.codes(terms.date.as_deref()),
            without_departments,
        })
    }

    /// Who stands in grids of which ground or code changes.
    fn posts(&self, show_contacts: bool) -> Sheet {
        let mut columns = vec!["grid", "post", "vacant", "change", "new_grids"];
        if show_contacts {
            columns.extend(["name", "phone"]);
        }
        let stores = [&self.old, &self.new];
        let store = stores.into_iter().find_map(|side| side.store.as_ref());
        let rows = store.map_or(&[][..], |store| {
            store.contents.lists.rows(wangge_model::ListKind::Posts)
        });
        let (posts, _) = Post::read_sound(rows);
        let mut sheet = Sheet::new("posts", &columns);
        for post in &posts {
            let changes = self.changes_of(post.unit.as_str());
            if changes.is_empty() {
                continue;
            }
            let kinds: Vec<&str> = changes.iter().map(|change| change.kind.name()).collect();
            let new_grids = self.heirs_of(post.unit.as_str());
            let mut row = vec![
                text(Some(post.unit.as_str())),
                text(Some(&post.post)),
                Value::Bool(post.name.is_none() && post.department.is_none()),
                text(Some(&kinds.join(" "))),
                text(Some(&new_grids.join(" "))),
            ];
            if show_contacts {
                row.extend([text(post.name.as_deref()), text(post.phone.as_deref())]);
            }
            sheet.rows.push(row);
        }
        sheet
    }

    /// The changes that a grid of the old plan has a part in, but for borders drawn anew.
    fn changes_of(&self, code: &str) -> Vec<&Change> {
        let is_it = |&at: &u32| self.old.grids[at as usize].code == code;
        let changes = self.diff.changes.iter();
        changes
            .filter(|change| change.kind != ChangeKind::Redigitised)
            .filter(|change| change.old.iter().any(is_it))
            .collect()
    }

    /// The codes that a grid's ground has afterwards.
    fn heirs_of(&self, code: &str) -> Vec<&str> {
        let pieces = self.diff.pieces.iter().filter(|piece| {
            let old = piece
                .old
                .map(|at| self.old.grids[at as usize].code.as_str());
            piece.wider_than_tolerance && old == Some(code)
        });
        let new =
            pieces.filter_map(|piece| Some(self.new.grids[piece.new? as usize].code.as_str()));
        new.collect::<BTreeSet<&str>>().into_iter().collect()
    }

    /// Which codes become which, for other registers.
    fn codes(&self, date: Option<&str>) -> Sheet {
        let mut sheet = Sheet::new("codes", &["old", "new", "relation", "date"]);
        let effective = self
            .new
            .store
            .as_ref()
            .and_then(|store| store.plan.effective);
        let date = date
            .map(str::to_owned)
            .or_else(|| effective.map(|time| time.to_string()));
        let (old, new) = (&self.old.grids, &self.new.grids);
        let old_codes: HashSet<&str> = old.iter().map(|grid| grid.code.as_str()).collect();
        let new_codes: HashSet<&str> = new.iter().map(|grid| grid.code.as_str()).collect();
        let mut told: BTreeSet<(Option<&str>, Option<&str>)> = BTreeSet::new();
        for change in &self.diff.changes {
            for &at in &change.pieces {
                let piece = &self.diff.pieces[at as usize];
                let from = piece.old.map(|at| old[at as usize].code.as_str());
                let to = piece.new.map(|at| new[at as usize].code.as_str());
                let goes = from.is_some_and(|code| !new_codes.contains(code));
                let comes = to.is_some_and(|code| !old_codes.contains(code));
                // ground between grids that go on is no change of codes
                if piece.wider_than_tolerance && (goes || comes) && told.insert((from, to)) {
                    sheet.rows.push(vec![
                        text(from),
                        text(to),
                        text(Some(change.kind.name())),
                        text(date.as_deref()),
                    ]);
                }
            }
        }
        sheet
    }
}

/// What says where a point is in both plans, and who handles what is there.
struct Placing<'a> {
    comparison: &'a Comparison,
    both: &'a Both<'a>,
    handling: Option<&'a Handling>,
}

impl Placing<'_> {
    fn placed(&self, at: Point, code: Option<&str>, class: Option<&str>) -> Placed {
        let (old, new) = self.both.at(at);
        let (was, is) = match self.handling {
            Some(handling) => handling.at(at, code, class),
            None => (Vec::new(), Vec::new()),
        };
        Placed {
            old_grid: old.map(|at| self.comparison.old.grids[at as usize].code.clone()),
            new_grid: new.map(|at| self.comparison.new.grids[at as usize].code.clone()),
            old: was,
            new: is,
        }
    }

    /// The columns of departments, tier by tier.
    fn tier_columns(&self) -> Vec<String> {
        let tiers = self.handling.map_or(&[][..], |it| it.tiers.as_slice());
        tiers
            .iter()
            .flat_map(|tier| {
                [
                    format!("old_department_{tier}"),
                    format!("new_department_{tier}"),
                ]
            })
            .collect()
    }

    fn components(&self, beside: &Beside) -> Sheet {
        let own = [
            "code", "class", "name", "lon", "lat", "old_grid", "new_grid",
        ];
        let mut sheet = Sheet::new("components", &own);
        sheet.columns.extend(self.tier_columns());
        let all = beside.components.as_deref().unwrap_or_default();
        let placed: Vec<Placed> = all
            .par_iter()
            .map(|it| self.placed(it.at, Some(&it.code), it.class.as_deref()))
            .collect();
        for (component, placed) in all.iter().zip(placed).filter(|(_, placed)| placed.moves()) {
            let mut row = vec![
                text(Some(&component.code)),
                text(component.class.as_deref()),
                text(component.name.as_deref()),
            ];
            row.extend(position(component.at));
            row.extend(where_and_who(&placed));
            sheet.rows.push(row);
        }
        sheet
    }

    fn cases(&self, beside: &Beside, unclear_within_m: f64) -> Sheet {
        let own = [
            "id", "class", "opened", "lon", "lat", "old_grid", "new_grid",
        ];
        let mut sheet = Sheet::new("cases", &own);
        sheet.columns.extend(self.tier_columns());
        let decided = ["old_handler", "new_handler", "new_border_m"];
        sheet.columns.extend(decided.map(str::to_owned));
        let borders = NewBorders::of(self.comparison);
        let found: Vec<(Placed, Option<f64>)> = beside
            .cases
            .par_iter()
            .map(|case| {
                let placed = self.placed(case.at, None, case.class.as_deref());
                (placed, borders.within_m(case.at, unclear_within_m))
            })
            .collect();
        for (case, (placed, away_m)) in beside.cases.iter().zip(found) {
            if !placed.moves() && away_m.is_none() {
                continue;
            }
            let mut row = vec![
                text(Some(&case.id)),
                text(case.class.as_deref()),
                text(case.opened.as_deref()),
            ];
            row.extend(position(case.at));
            row.extend(where_and_who(&placed));
            row.push(Placed::handler(placed.old_grid.as_ref(), &placed.old));
            row.push(match away_m {
                Some(_) => text(Some("unclear")),
                None => Placed::handler(placed.new_grid.as_ref(), &placed.new),
            });
            row.push(away_m.map_or(Value::Null, |m| Value::Real((m * 100.0).round() / 100.0)));
            sheet.rows.push(row);
        }
        sheet
    }
}

fn where_and_who(placed: &Placed) -> Vec<Value> {
    let mut cells = vec![
        text(placed.old_grid.as_deref()),
        text(placed.new_grid.as_deref()),
    ];
    for (old, new) in placed.old.iter().zip(&placed.new) {
        cells.extend([text(old.as_deref()), text(new.as_deref())]);
    }
    cells
}

fn position(at: Point) -> [Value; 2] {
    [Value::Real(at.lon()), Value::Real(at.lat())]
}

fn text(value: Option<&str>) -> Value {
    value.map_or(Value::Null, |value| Value::Text(value.to_owned()))
}
