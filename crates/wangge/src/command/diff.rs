//! `wangge diff`: what a redesign changes.

use std::io::Write;
use std::path::Path;

use wangge_city::work::{self, Comparison, PlanSource, Stage};
use wangge_exchange::Field;
use wangge_replan::DiffTerms;
use wangge_report::{DiffEvidence, Language};

use crate::args::{Diff, ReportFormat};
use crate::command::import::{grid_files, reader, rows};
use crate::destination;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::{Progress, waiting};

pub(crate) fn run(args: &Diff, language: Language) -> Result<Outcome, Failure> {
    let mut files = grid_files(&args.reading, Vec::new())?;
    if let Some(column) = &args.code {
        files.mapping = files.mapping.with(Field::Code, column);
    }
    let old = PlanSource::named(&args.old, &files);
    let new = PlanSource::named(&args.new, &files);
    let read: Vec<&Path> = [old.paths(), new.paths()].concat();
    if let Some(path) = &args.output {
        destination::check(path, &read)?;
    }
    let reader = reader()?;
    let bar = Progress::new(rows(language), None);
    let mut tell = |stage: Stage| {
        if let Stage::Reading(rows) = stage {
            bar.reached(rows);
        }
    };
    let old = work::read_plan(&reader, &old, &mut tell)?;
    let new = work::read_plan(&reader, &new, &mut tell)?;
    bar.finish();
    let terms = DiffTerms {
        survey_tolerance_m: args.survey_tolerance,
    };
    let what = match language {
        Language::Zh => "正在对比",
        Language::En => "comparing",
    };
    let comparison = waiting(what, || Comparison::of(old, new, terms));
    report(args, &comparison, &read, language)
}

fn report(
    args: &Diff,
    comparison: &Comparison,
    read: &[&Path],
    language: Language,
) -> Result<Outcome, Failure> {
    let evidence = DiffEvidence::default();
    let report = comparison.report(&evidence);
    let text = match args.format {
        ReportFormat::Text => report.text(language),
        ReportFormat::Json => serde_json::to_string_pretty(&report)? + "\n",
        ReportFormat::Geojson => serde_json::to_string(&report.geojson())? + "\n",
        ReportFormat::Html => comparison.html(&report, language),
    };
    match &args.output {
        Some(path) => destination::write(path, read, |mut file| {
            file.write_all(text.as_bytes())
                .map_err(|e| Failure::io("写入", "write", path, &e))
        })?,
        None => output::print(&text)?,
    }
    Ok(if args.fail_on_change && !report.is_same() {
        Outcome::NotSound
    } else {
        Outcome::Sound
    })
}
