//! Why a piece of work was not done.

use std::sync::Arc;

use wangge_crs::CrsError;
use wangge_exchange::ExchangeError;
use wangge_model::{IssueError, ModelError, RowFault, UnitDefect};
use wangge_plane::PlaneError;
use wangge_replan::EditError;
use wangge_report::Told;
use wangge_store::StoreError;

use super::{NoBalance, Objection};
use crate::CityError;
use crate::responsibility::ListMistake;

/// How many defects a message lists before it counts the rest.
const LISTED: usize = 10;

/// How many rows at fault: who mends a list would see them all.
const LISTED_ROWS: usize = 50;

/// Why importing, examining, publishing or exporting could not be done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkError {
    /// A file was not read or written.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A code or a level is not one of the scheme.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A coordinate system cannot be used.
    #[error(transparent)]
    Crs(#[from] CrsError),
    /// A shape is not on the lattice.
    #[error(transparent)]
    Plane(#[from] PlaneError),
    /// The plan cannot be served.
    #[error(transparent)]
    City(#[from] CityError),
    /// The plan cannot be shown as it is; the same holds until something is changed.
    #[error(transparent)]
    Uncompiled(Arc<CityError>),
    /// A row's code or parent is not one of the scheme.
    #[error("{file}, row {row}: {source}")]
    Row {
        /// The file's name.
        file: String,
        /// The row's place in the file, from 1.
        row: u64,
        /// What is wrong.
        source: ModelError,
    },
    /// Units break rules of the scheme.
    #[error(
        "{} of the scheme; nothing was changed:{}",
        if defects.len() == 1 { "1 unit breaks a rule".to_owned() } else { format!("{} units break the rules", defects.len()) },
        listed(defects)
    )]
    Rules {
        /// Which, and how.
        defects: Vec<UnitDefect>,
    },
    /// Rows of lists are wrong, or name what is not there.
    #[error(
        "{} in lists; nothing was changed:{}",
        if mistakes.len() == 1 { "1 mistake".to_owned() } else { format!("{} mistakes", mistakes.len()) },
        listed_rows(mistakes)
    )]
    List {
        /// Each with its file, whose rows it counts; without one it is in a list of the store.
        mistakes: Vec<(Option<String>, ListMistake)>,
    },
    /// Rows of files are wrong.
    #[error(
        "{}; nothing was changed (correct them, or put them aside with --quarantine FILE):{}",
        if *count == 1 {
            format!("1 row of {list} is wrong")
        } else {
            format!("{count} rows of {list} are wrong")
        },
        lines(
            mistakes.iter().map(|(file, fault)| format!("{file}, {fault}")),
            mistakes.len(),
            LISTED_ROWS
        )
    )]
    Rows {
        /// How many rows.
        count: usize,
        /// What they are rows of.
        list: &'static str,
        /// Everything that is wrong with them, each with its file.
        mistakes: Vec<(String, RowFault)>,
    },
    /// Something speaks against publishing a plan.
    #[error(
        "plan \"{plan}\" cannot be published, {} against it; nothing was changed (`wangge validate` \
         draws a map of it, `wangge plan check` says what can be accepted):{}",
        if objections.len() == 1 { "1 thing speaks".to_owned() } else { format!("{} things speak", objections.len()) },
        lines(objections.iter().map(objection), objections.len(), LISTED_ROWS)
    )]
    Refused {
        /// The plan.
        plan: String,
        /// Everything that does.
        objections: Vec<Objection>,
    },
    /// Reasons that were given for what there is not.
    #[error(
        "nothing of this plan goes by {}: look at what speaks against it with `wangge plan check`, and \
         accept it by the id or the kind that stands there",
        ids.join(", ")
    )]
    NothingToAccept {
        /// As given.
        ids: Vec<String>,
    },
    /// There is no plan whose grids say where components are.
    #[error(
        "the store has no grids yet, and components are told by them where they are: import grids \
         first (`wangge import grids FILE --store STORE`)"
    )]
    NoPlanToPlaceOn,
    /// Codes that a person named and no grid has.
    #[error("no grid has the code {}: look the codes up in the file, they are compared letter by letter", codes.join(", "))]
    UnknownCodes {
        /// The codes.
        codes: Vec<String>,
    },
    /// A column that a person named and no file has.
    #[error("there is no column \"{column}\"; the columns are {}", columns.join(", "))]
    NoSuchColumn {
        /// The name.
        column: String,
        /// The columns that there are.
        columns: Vec<String>,
    },
    /// A value of a column of numbers that is none.
    #[error("the grid {code} has \"{value}\" in the column \"{column}\", which is no number")]
    NotANumber {
        /// The column.
        column: String,
        /// The grid.
        code: String,
        /// The value.
        value: String,
    },
    /// Files of one import give a code twice.
    #[error(
        "the code {code} stands in {first} and in {second}: give each grid once, or make them parts of one grid with --merge-parts"
    )]
    CodeInTwoFiles {
        /// The code.
        code: String,
        /// The one file.
        first: String,
        /// The other.
        second: String,
    },
    /// A line must be at least one.
    #[error("{file} holds no line: draw one across the grid")]
    NoLine {
        /// The file's name.
        file: String,
    },
    /// Grids cannot be balanced.
    #[error("{}", no_balance(*why))]
    Balance {
        /// Why.
        why: NoBalance,
    },
    /// An edit cannot be made.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// No code can be issued.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// More codes are given than there are new grids.
    #[error("{given} codes are given, and {wanted} grids are new: give no more than that")]
    TooManyCodes {
        /// How many are given.
        given: usize,
        /// How many can be used.
        wanted: usize,
    },
    /// An outline must be at least one polygon.
    #[error("{file} holds no polygon, so it is no outline")]
    NoOutline {
        /// The file's name.
        file: String,
    },
    /// The scheme has no such level.
    #[error("the scheme has no level \"{level}\"; it has: {}", known.join(", "))]
    UnknownLevel {
        /// As asked.
        level: String,
        /// The ids of its levels, top to bottom.
        known: Vec<String>,
    },
    /// There are several drafts and none was named.
    #[error("the store has several drafts: say which with --plan: {}", names.join(", "))]
    SeveralDrafts {
        /// Their names.
        names: Vec<String>,
    },
    /// There is no draft.
    #[error(
        "the store has no draft: import grids first (`wangge import grids FILE --store STORE`), or name a plan with --plan"
    )]
    NothingToPublish,
    /// There is no draft to change.
    #[error("the store has no draft: begin one with `wangge plan new`, or name a plan with --plan")]
    NoDraft,
    /// There is no plan in force.
    #[error(
        "no plan of the store is in force: publish one (`wangge publish --store STORE`), or name one with --plan"
    )]
    NoPlans,
    /// No plan was in force at a time.
    #[error("no plan was in force at {at}: `wangge plan list` says from when each is")]
    NotInForce {
        /// The time.
        at: jiff::Timestamp,
    },
    /// A time cannot be understood.
    #[error("\"{text}\" is not a time: write it as 2026-12-01T00:00:00+08:00")]
    Time {
        /// As given.
        text: String,
    },
}

fn no_balance(why: NoBalance) -> String {
    match why {
        NoBalance::Range { low, high } => {
            format!("{low}..{high} is no range of households: write it as 300..500")
        }
        NoBalance::Streets => {
            "the store has no streets to cut blocks along: bring them with `wangge import streets`"
                .to_owned()
        }
        NoBalance::Households => {
            "the store knows of no households: bring them with `wangge import households` or \
             `wangge import buildings`"
                .to_owned()
        }
    }
}

fn objection(objection: &Objection) -> String {
    match objection.id().filter(|_| objection.may_be_accepted()) {
        Some(id) => format!("{id}: {}", objection.in_english()),
        None => objection.in_english(),
    }
}

fn listed(defects: &[UnitDefect]) -> String {
    lines(
        defects.iter().map(ToString::to_string),
        defects.len(),
        LISTED,
    )
}

fn listed_rows(mistakes: &[(Option<String>, ListMistake)]) -> String {
    let told = mistakes.iter().map(|(file, mistake)| match file {
        Some(file) => format!("{file}, {}", mistake.fault),
        None => format!("the store's {mistake}"),
    });
    lines(told, mistakes.len(), LISTED_ROWS)
}

/// One line each for the first, and how many more there are.
fn lines(all: impl Iterator<Item = String>, count: usize, listed: usize) -> String {
    let mut text = String::new();
    for line in all.take(listed) {
        text.push_str("\n  ");
        text.push_str(&line);
    }
    if count > listed {
        text.push_str("\n  and ");
        text.push_str(&(count - listed).to_string());
        text.push_str(" more");
    }
    text
}
