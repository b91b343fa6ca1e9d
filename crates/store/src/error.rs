//! Why a store could not be opened, read or changed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::ErrorCode;
use rusqlite::ffi;
use wangge_model::{ModelError, PlanState};

/// Why a store could not be opened, read or changed. Whatever it was, the store is as it was
/// before. Messages name files, plans and codes, never names or notes of units.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no such file.
    #[error("there is no store at {path}: make one with `wangge init`", path = path.display())]
    Missing {
        /// Where a store should be.
        path: PathBuf,
    },
    /// A store is never made over a file.
    #[error("{path} is already there: choose another name for the new store", path = path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else.
    #[error(
        "{path} is not a wangge store, {found}: make a store with `wangge init` and load the \
         file with `wangge import`",
        path = path.display()
    )]
    NotAStore {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        found: &'static str,
    },
    /// A later version of wangge wrote it.
    #[error(
        "{path} is a store of form {found}, and this version of wangge knows forms up to \
         {supported}: use the newer version that wrote it",
        path = path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its form.
        found: i64,
        /// The latest form known.
        supported: i64,
    },
    /// The file or its folder cannot be written.
    #[error(
        "{path} cannot be written: check the rights on the file and on its folder",
        path = path.display()
    )]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The store was opened for reading.
    #[error("{path} was opened for reading only, and cannot be changed", path = path.display())]
    OpenedReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The file or its folder cannot be read.
    #[error("{path} cannot be opened: {detail}", path = path.display())]
    CannotOpen {
        /// The file.
        path: PathBuf,
        /// Why, in the system's words.
        detail: String,
    },
    /// A program died while it wrote, and this process may not put things right.
    #[error(
        "{path} holds the rest of a write that was interrupted, and putting it right needs \
         write access: open it once with an account that may write",
        path = path.display()
    )]
    Interrupted {
        /// The file.
        path: PathBuf,
    },
    /// Somebody else is writing.
    #[error(
        "another program is writing to {path}, and was not done after {waited:?}: try again \
         when it is (an editing session in QGIS counts)",
        path = path.display()
    )]
    Locked {
        /// The file.
        path: PathBuf,
        /// How long this process waited.
        waited: Duration,
    },
    /// No space is left.
    #[error("the disk that holds {path} is full; nothing was changed", path = path.display())]
    DiskFull {
        /// The file.
        path: PathBuf,
    },
    /// SQLite finds the file damaged.
    #[error("{path} is damaged ({detail}): restore a backup", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        detail: String,
    },
    /// A stored row cannot be understood.
    #[error("row {row} of table {table} in {path}: {what}", path = path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// The table.
        table: &'static str,
        /// The row's number.
        row: i64,
        /// What is wrong with it.
        what: String,
    },
    /// The stored scheme cannot be read.
    #[error("the scheme in {path} cannot be read: {source}", path = path.display())]
    Scheme {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ModelError,
    },
    /// No plan of this name.
    #[error("there is no plan \"{plan}\" in the store; it has {known}")]
    NoPlan {
        /// The name asked for.
        plan: String,
        /// Those that there are.
        known: String,
    },
    /// A plan of this name is there.
    #[error("there is a plan \"{plan}\" already: choose another name")]
    PlanExists {
        /// The name.
        plan: String,
    },
    /// Not a name for a plan.
    #[error(
        "\"{plan}\" cannot name a plan: a name has 1 to 100 characters that can be seen, without \
         space at its ends"
    )]
    PlanName {
        /// The name, escaped.
        plan: String,
    },
    /// The plan is past changing.
    #[error(
        "plan \"{plan}\" is {state} and cannot be changed: make a new plan from it and change \
         that"
    )]
    PlanGuarded {
        /// The plan.
        plan: String,
        /// Its state.
        state: PlanState,
    },
    /// The plan's contents are not those that were checked.
    #[error(
        "plan \"{plan}\" was changed after it was checked (it was {expected}, it is {found}): \
         check it again"
    )]
    PlanChanged {
        /// The plan.
        plan: String,
        /// The digest of what was checked.
        expected: crate::Digest,
        /// The digest of what is there.
        found: crate::Digest,
    },
    /// The plan has nothing to publish.
    #[error("plan \"{plan}\" has no grids: import some first")]
    PlanEmpty {
        /// The plan.
        plan: String,
    },
    /// The plan would take effect before the one that it replaces.
    #[error(
        "plan \"{plan}\" cannot take effect at {effective}: plan \"{other}\" takes effect at \
         {other_effective}, and plans follow each other in time"
    )]
    EffectiveTooEarly {
        /// The plan.
        plan: String,
        /// When it should take effect.
        effective: jiff::Timestamp,
        /// The plan published last.
        other: String,
        /// When that one takes effect.
        other_effective: jiff::Timestamp,
    },
    /// A time that no plan takes effect at.
    #[error(
        "plan \"{plan}\" cannot take effect at {effective}: give a time in the years 1900 to 9998"
    )]
    EffectiveOutOfRange {
        /// The plan.
        plan: String,
        /// When it should take effect.
        effective: jiff::Timestamp,
    },
    /// A unit is of another level than the import says.
    #[error("unit {code} is of level \"{level}\", and the import is of level \"{expected}\"")]
    WrongLevel {
        /// The unit.
        code: String,
        /// Its level.
        level: String,
        /// The level of the import.
        expected: String,
    },
    /// A grid without ground.
    #[error("grid {code} has no shape: a unit of the lowest level, \"{level}\", needs one")]
    NoShape {
        /// The grid.
        code: String,
        /// The lowest level's id.
        level: String,
    },
    /// A number that is not one.
    #[error("the area of unit {code} is {value}: it must be a finite number of square metres")]
    NotFinite {
        /// The unit.
        code: String,
        /// Its declared area.
        value: f64,
    },
    /// Codes that stand twice in one import.
    #[error(
        "{} more than once among the units to import: {codes}",
        if *count == 1 { "1 code stands".to_owned() } else { format!("{count} codes stand") }
    )]
    CodesRepeated {
        /// How many.
        count: usize,
        /// The first of them.
        codes: String,
    },
    /// Codes that the plan has already.
    #[error(
        "{count} of the codes {} in plan \"{plan}\" already: {codes}. Update or replace its \
         units, or import into a new plan",
        if *count == 1 { "is" } else { "are" }
    )]
    CodesTaken {
        /// The plan.
        plan: String,
        /// How many.
        count: usize,
        /// The first of them.
        codes: String,
    },
    /// Codes that the plan does not have.
    #[error(
        "{} in plan \"{plan}\": {codes}. Look the codes up with `wangge plan show`",
        if *count == 1 { "1 of the codes is not".to_owned() } else { format!("{count} of the codes are not") }
    )]
    NoSuchUnits {
        /// The plan.
        plan: String,
        /// How many.
        count: usize,
        /// The first of them.
        codes: String,
    },
    /// Not 64 hexadecimal digits.
    #[error("\"{value}\" is no SHA-256 digest: it is written as 64 hexadecimal digits")]
    NotADigest {
        /// The text as given, shortened.
        value: String,
    },
    /// A file operation outside SQLite failed.
    #[error("{doing} {path} failed: {source}", path = path.display())]
    File {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// SQLite failed in a way that has no name here.
    #[error("{doing} in {path} failed: {detail}", path = path.display())]
    Database {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What SQLite says, without the statement.
        detail: String,
    },
}

impl StoreError {
    /// What an error of SQLite means for the store at `path`.
    pub(crate) fn of_sqlite(
        error: &rusqlite::Error,
        path: &Path,
        doing: &'static str,
        waited: Duration,
    ) -> Self {
        let path = path.to_owned();
        let rusqlite::Error::SqliteFailure(failure, _) = error else {
            return Self::Database {
                doing,
                path,
                detail: without_statement(error),
            };
        };
        // the words of the code, not the message: a message may quote values
        let detail = failure.to_string();
        match (failure.code, failure.extended_code) {
            (_, ffi::SQLITE_READONLY_ROLLBACK | ffi::SQLITE_READONLY_RECOVERY) => {
                Self::Interrupted { path }
            }
            (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => {
                Self::Locked { path, waited }
            }
            (ErrorCode::DiskFull, _) => Self::DiskFull { path },
            (ErrorCode::ReadOnly, _) => Self::ReadOnly { path },
            (ErrorCode::NotADatabase, _) => Self::NotAStore {
                path,
                found: "not even a database",
            },
            (ErrorCode::DatabaseCorrupt, _) => Self::Damaged { path, detail },
            (ErrorCode::CannotOpen | ErrorCode::PermissionDenied, _) => {
                Self::CannotOpen { path, detail }
            }
            _ => Self::Database {
                doing,
                path,
                detail,
            },
        }
    }
}

fn without_statement(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::InvalidColumnType(_, column, kind) => {
            format!("column {column} holds {kind}")
        }
        rusqlite::Error::FromSqlConversionFailure(column, kind, _) => {
            format!("column {column} holds {kind} that cannot be read")
        }
        rusqlite::Error::QueryReturnedNoRows => "a row is missing".to_owned(),
        _ => "the answer of SQLite cannot be understood".to_owned(),
    }
}
