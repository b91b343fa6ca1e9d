//! `wangge dissolve`: upper levels from lower ones.

use std::path::Path;

use serde_json::json;
use wangge_city::work::{CoverageFile, Stage, write_dissolved};
use wangge_crs::Crs;
use wangge_report::{Language, counted, grouped};

use crate::args::Dissolve;
use crate::command::import::{reader, rows};
use crate::command::repair::{coverage_files, tell_left_out};
use crate::destination;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::{Progress, waiting};

pub(crate) fn run(args: &Dissolve, language: Language) -> Result<Outcome, Failure> {
    let inputs: Vec<&Path> = args.files.iter().map(std::path::PathBuf::as_path).collect();
    destination::check(&args.output, &inputs)?;
    let files = coverage_files(&args.reading, &args.files, args.code.as_deref())?;
    let bar = Progress::new(rows(language), None);
    let coverage = CoverageFile::read(&reader()?, &files, &mut |stage: Stage| {
        if let Stage::Reading(rows) = stage {
            bar.reached(rows);
        }
    })?;
    bar.finish();
    tell_left_out(&coverage, language);
    let what = match language {
        Language::Zh => "正在合并",
        Language::En => "dissolving",
    };
    let groups = waiting(what, || coverage.dissolve(&args.by))?;
    write_dissolved(&args.by, &groups, &Crs::Lattice, &args.output)?;
    let grids: usize = groups.iter().map(|(_, count, _)| count).sum();
    let path = args.output.display();
    output::print(&if args.json {
        json!({"grids": grids, "units": groups.len(), "by": args.by}).to_string() + "\n"
    } else {
        match language {
            Language::Zh => format!(
                "已将 {} 个网格按 {} 合并为 {} 个单元，写入 {path}\n",
                grouped(grids),
                args.by,
                grouped(groups.len())
            ),
            Language::En => format!(
                "dissolved {} by {} to {}, in {path}\n",
                counted(grids, "grid", "grids"),
                args.by,
                counted(groups.len(), "unit", "units")
            ),
        }
    })?;
    Ok(Outcome::Sound)
}
