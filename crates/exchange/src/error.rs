//! Everything that can go wrong between a file and its rows, and back.

use std::io;
use std::path::PathBuf;

use crate::{Format, Quantity, Refusal};

/// Why a file was not read, not understood or not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExchangeError {
    /// The file is not there, or may not be opened.
    #[error("cannot open {}: {source}", path.display())]
    Open {
        /// The path as given.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The path names something that is not a file (or, for a file geodatabase, a folder).
    #[error("{} is not {wanted}", path.display())]
    NotAFile {
        /// The path as given.
        path: PathBuf,
        /// What would be right.
        wanted: &'static str,
    },
    /// No format has this name or extension.
    #[error(
        "\"{name}\" is not a known format: use GeoJSON, GeoJSONSeq, GeoPackage, Shapefile, FlatGeobuf, CSV, KML, TopoJSON, FileGDB, GPX, DXF or MapInfo, for lists CSV or XLSX"
    )]
    UnknownFormat {
        /// The name or file name as given.
        name: String,
    },
    /// The input is larger than the limit, before anything was opened.
    #[error("{file} has {found} {what}, the limit is {limit}")]
    TooLarge {
        /// The file's name.
        file: String,
        /// What is too large.
        what: Quantity,
        /// How large it is.
        found: u64,
        /// The limit.
        limit: u64,
    },
    /// A file that belongs to it is missing.
    #[error("{file} needs {missing} beside it: it cannot be read without")]
    MissingCompanion {
        /// The main file's name.
        file: String,
        /// The name of the missing one.
        missing: String,
    },
    /// A database is in use by another program.
    #[error(
        "{file} has a file {journal} with changes that are not in it yet: close the program that has it open (QGIS keeps it until it ends), then try again"
    )]
    UnfinishedDatabase {
        /// The database's name.
        file: String,
        /// The journal's name.
        journal: String,
    },
    /// The reading process could not be prepared or started.
    #[error("cannot {doing} to read {file}: {source}")]
    Start {
        /// The file's name.
        file: String,
        /// What was being done.
        doing: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// The reading process refused the file.
    #[error("{file}: {refusal}")]
    Refused {
        /// The file's name.
        file: String,
        /// Why.
        refusal: Refusal,
    },
    /// The reading process ended before the last row: a crash or a limit of the system.
    #[error("{file} was not read: the reading process {how}")]
    Ended {
        /// The file's name.
        file: String,
        /// How it ended.
        how: ChildEnd,
    },
    /// The reading process sent something that is not an answer.
    #[error("{file} was not read: the reading process answered with something unexpected ({what})")]
    Answer {
        /// The file's name.
        file: String,
        /// What was wrong with it.
        what: String,
    },
    /// A `--map` argument that cannot be understood.
    #[error("cannot understand the mapping \"{text}\": {why}")]
    Mapping {
        /// The argument.
        text: String,
        /// What would be right.
        why: String,
    },
    /// `--map` chooses a column for something that the list does not have.
    #[error("--map names \"{field}\", which is not a column of {list}: use {}", known.join(", "))]
    NoListField {
        /// As given.
        field: String,
        /// The list: `rules`.
        list: &'static str,
        /// The columns that it has.
        known: &'static [&'static str],
    },
    /// A column that was asked for is not there, or is there twice.
    #[error("{file} has no single column \"{column}\" for {field}: it has {}", columns.join(", "))]
    NoColumn {
        /// The file's name.
        file: String,
        /// What the column is for.
        field: &'static str,
        /// The name asked for.
        column: String,
        /// The columns there are.
        columns: Vec<String>,
    },
    /// The column with the codes is not known.
    #[error("{file}: which column holds the grid codes? Say --map code=COLUMN with one of {}", columns.join(", "))]
    NoCodeColumn {
        /// The file's name.
        file: String,
        /// The columns there are.
        columns: Vec<String>,
    },
    /// A column that a list needs is not there.
    #[error(
        "{file}: a list of {list} needs a column \"{column}\"; say which it is with --map {column}=COLUMN, one of {}",
        columns.join(", ")
    )]
    NoListColumn {
        /// The file's name.
        file: String,
        /// What it is a list of.
        list: &'static str,
        /// The column's name.
        column: &'static str,
        /// The columns there are.
        columns: Vec<String>,
    },
    /// The file states no coordinate system and none was given.
    #[error(
        "{file} does not state its coordinate system{}: say it with --crs (such as EPSG:4490, EPSG:4549, wgs84, gcj02 or bd09)",
        referred(link.as_deref())
    )]
    MissingCrs {
        /// The file's name.
        file: String,
        /// The address that it refers to instead, which is never fetched.
        link: Option<String>,
    },
    /// A workbook where boundaries are wanted.
    #[error(
        "{file} is a workbook, which holds lists and no boundaries: give these as GeoPackage, \
         Shapefile or GeoJSON"
    )]
    Workbook {
        /// The file's name.
        file: String,
    },
    /// The coordinate system cannot be used.
    #[error("{file}: {source}")]
    Crs {
        /// The file's name.
        file: String,
        /// Why not.
        #[source]
        source: wangge_crs::CrsError,
    },
    /// Rows that cannot become grids, and nobody asked to skip them.
    #[error(
        "{file}: {} (correct them, or skip them with --skip-invalid):{}",
        counted(*count, "row cannot become a grid", "rows cannot become grids"),
        listed(rows)
    )]
    BadRows {
        /// The file's name.
        file: String,
        /// How many there are.
        count: usize,
        /// The first of them, with the reason.
        rows: Vec<crate::Skip>,
    },
    /// Several rows have the same code, and nobody asked to make them parts of one grid.
    #[error("{file}: {} on several rows (correct them, or make the rows parts of one grid with --merge-parts):{}", counted(repeats.len(), "code stands", "codes stand"), repeated(repeats))]
    RepeatedCodes {
        /// The file's name.
        file: String,
        /// Every such code, with its rows.
        repeats: Vec<crate::RepeatedCode>,
    },
    /// Rows of one code that are to become one grid contradict each other.
    #[error(
        "{file}: the rows {} of code {code} cannot become one grid: they differ in {field}",
        numbers(rows)
    )]
    Contradiction {
        /// The file's name.
        file: String,
        /// The code.
        code: String,
        /// The field they differ in.
        field: &'static str,
        /// The rows.
        rows: Vec<u64>,
    },
    /// The coverage reaches across the 180th meridian.
    #[error(
        "{file}: the areas reach across the 180th meridian ({west}° to {east}°), which is not supported: split them at the meridian and import the sides as cities of their own"
    )]
    Antimeridian {
        /// The file's name.
        file: String,
        /// The westernmost longitude, degrees.
        west: f64,
        /// The easternmost longitude, degrees.
        east: f64,
    },
    /// No row became a grid.
    #[error("{file}: none of its {rows} rows became a grid{}", listed(skipped))]
    NoGrids {
        /// The file's name.
        file: String,
        /// How many rows it has.
        rows: usize,
        /// What was skipped.
        skipped: Vec<crate::Skip>,
    },
    /// The format is read but not written.
    #[error(
        "{format} is not written: write GeoJSON, GeoJSONSeq, GeoPackage, Shapefile, FlatGeobuf or CSV"
    )]
    NotWritten {
        /// The format.
        format: Format,
    },
    /// A layer cannot be written in this format without losing something.
    #[error("cannot write {} as {format}: {why}", path.display())]
    Unwritable {
        /// The path to write.
        path: PathBuf,
        /// The format.
        format: Format,
        /// What does not fit.
        why: String,
    },
    /// Writing failed.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The path to write.
        path: PathBuf,
        /// The reason.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// How a reading process ended without an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChildEnd {
    /// It was still running at the end of its wall clock time.
    WallClock {
        /// The limit in seconds.
        limit_s: u64,
    },
    /// It used up its processor time.
    CpuTime {
        /// The limit in seconds.
        limit_s: u64,
    },
    /// It asked for more memory than it may have.
    Memory {
        /// The limit in bytes.
        limit_bytes: u64,
    },
    /// It tried to write a file, or one larger than it may.
    FileSize,
    /// It was ended by a signal.
    Signal {
        /// The signal's number.
        signal: i32,
        /// The end of what it wrote to standard error.
        last_words: String,
    },
    /// It ended by itself.
    Exit {
        /// Its exit code.
        code: i32,
        /// The end of what it wrote to standard error.
        last_words: String,
    },
}

impl ChildEnd {
    /// Whether somebody else killed it, as the system does with processes when it has no memory left: no fault of the file's.
    pub const fn is_killed(&self) -> bool {
        matches!(self, Self::Signal { signal: KILL, .. })
    }
}

/// SIGKILL, as the standard numbers it.
const KILL: i32 = 9;

impl std::fmt::Display for ChildEnd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::WallClock { limit_s } => {
                write!(
                    f,
                    "was stopped: it took longer than the limit of {limit_s} s"
                )
            }
            Self::CpuTime { limit_s } => write!(
                f,
                "was stopped: it used more processor time than the limit of {limit_s} s"
            ),
            Self::Memory { limit_bytes } => write!(
                f,
                "was stopped: it needed more memory than the limit of {} MiB",
                limit_bytes >> 20
            ),
            Self::FileSize => {
                f.write_str("was stopped: it tried to write a file, or too large a one")
            }
            Self::Signal { signal: KILL, .. } => f.write_str(
                "was killed by the system, as happens when the machine runs out of memory",
            ),
            Self::Signal { signal, last_words } => {
                write!(f, "crashed with signal {signal}{}", quoted(last_words))
            }
            Self::Exit { code, last_words } => {
                write!(
                    f,
                    "ended with code {code} before the last row{}",
                    quoted(last_words)
                )
            }
        }
    }
}

fn referred(link: Option<&str>) -> String {
    link.map_or_else(String::new, |link| {
        format!(" but refers to {link}, and addresses are never fetched")
    })
}

fn quoted(last_words: &str) -> String {
    if last_words.is_empty() {
        String::new()
    } else {
        format!("; it said: {last_words}")
    }
}

const LISTED: usize = 20;

fn listed(rows: &[crate::Skip]) -> String {
    let mut lines: Vec<String> = rows
        .iter()
        .take(LISTED)
        .map(|skip| format!("\n  row {}: {}", skip.row, skip.why))
        .collect();
    if rows.len() > LISTED {
        lines.push(format!("\n  … and {} more", rows.len() - LISTED));
    }
    lines.concat()
}

fn repeated(repeats: &[crate::RepeatedCode]) -> String {
    let lines: Vec<String> = repeats
        .iter()
        .map(|r| format!("\n  {} on rows {}", r.code, numbers(&r.rows)))
        .collect();
    lines.concat()
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn numbers(rows: &[u64]) -> String {
    rows.iter()
        .map(u64::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
