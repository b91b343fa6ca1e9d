//! The arguments of `wangge diff`.

use std::path::PathBuf;

use clap::Args;

use super::{Reading, ReportFormat, not_negative};

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The plan as it was: a file, or STORE#plan (STORE alone: the plan in force)
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// The plan as it is to be: a file, or STORE#plan
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
    /// The column with the codes
    #[arg(long, value_name = "COLUMN")]
    pub(crate) code: Option<String>,
    /// The level whose units are compared, of plans of stores (default: the lowest)
    #[arg(long, value_name = "ID", conflicts_with = "work_lists")]
    pub(crate) level: Option<String>,
    /// Ground nowhere this many metres wide is the same border drawn anew
    #[arg(long, value_name = "M", default_value_t = 1.0, value_parser = not_negative)]
    pub(crate) survey_tolerance: f64,
    #[command(flatten)]
    pub(crate) beside: Beside,
    #[command(flatten)]
    pub(crate) to_do: WhatToDo,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// The form of the report
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(crate) format: ReportFormat,
    /// Write the report to a file instead of standard output
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: Option<PathBuf>,
    /// End with 1 when anything changes
    #[arg(long)]
    pub(crate) fail_on_change: bool,
}

/// What is known beside the grids. Of a plan of a store, what the store has is taken where no file
/// is given.
#[derive(Debug, Args)]
pub(crate) struct Beside {
    /// Components: a file with code and, where known, class and name, and places
    #[arg(long, value_name = "FILE")]
    pub(crate) components: Option<PathBuf>,
    /// Which of its columns hold what, where they have other names
    #[arg(long, value_name = "FIELD=COLUMN,…", requires = "components")]
    pub(crate) components_map: Option<String>,
    /// Households: a file with households and population, where known, and places
    #[arg(long, value_name = "FILE")]
    pub(crate) households: Option<PathBuf>,
    /// The coordinate system of these files and of the cases, where they do not say it (default:
    /// WGS 84 / CGCS2000)
    #[arg(long, value_name = "CRS")]
    pub(crate) points_crs: Option<String>,
}

/// What is to be done.
#[derive(Debug, Args)]
pub(crate) struct WhatToDo {
    /// Write lists of what is to be done to this folder, as CSV and as .xlsx
    #[arg(long, value_name = "DIR")]
    pub(crate) work_lists: Option<PathBuf>,
    /// Open cases: a file with id, lon, lat and, where known, class and opened
    #[arg(long, value_name = "FILE", requires = "work_lists")]
    pub(crate) cases: Option<PathBuf>,
    /// Which of its columns hold what, where they have other names
    #[arg(long, value_name = "FIELD=COLUMN,…", requires = "cases")]
    pub(crate) cases_map: Option<String>,
    /// A case within this many metres of a new border is left to a person
    #[arg(long, value_name = "M", default_value_t = 5.0, value_parser = not_negative)]
    pub(crate) unclear_within: f64,
    /// Show names and phone numbers of people on post
    #[arg(long)]
    pub(crate) show_contacts: bool,
    /// From when on the new codes hold, for the list of codes (default: when the new plan takes
    /// effect, where a store says it)
    #[arg(long, value_name = "DATE")]
    pub(crate) date: Option<String>,
}
