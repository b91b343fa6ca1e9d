//! `wangge repair`: a proposal with the defects closed, and what each change was.

use std::io::Write;
use std::path::{Path, PathBuf};

use wangge_city::work::{CoverageFile, GridFiles, RepairOrder, Stage};
use wangge_crs::Crs;
use wangge_exchange::Field;
use wangge_report::{Language, RepairReport};

use crate::args::{Reading, Repair};
use crate::command::import::{grid_files, reader, rows};
use crate::command::validate::measure;
use crate::destination;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::{Progress, waiting};

pub(crate) fn run(args: &Repair, language: Language) -> Result<Outcome, Failure> {
    let inputs: Vec<&Path> = args
        .files
        .iter()
        .chain(&args.against.within)
        .chain(&args.against.allowed)
        .map(PathBuf::as_path)
        .collect();
    destination::check(&args.output, &inputs)?;
    if let Some(report) = &args.report {
        destination::check_named("--report", report, &inputs)?;
        two_outputs(report, &args.output)?;
    }
    let files = coverage_files(&args.reading, &args.files, args.code.as_deref())?;
    let reader = reader()?;
    let bar = Progress::new(rows(language), None);
    let mut tell = |stage: Stage| {
        if let Stage::Reading(rows) = stage {
            bar.reached(rows);
        }
    };
    let measure = measure(&args.against, &reader, &files, &mut tell)?;
    let coverage = CoverageFile::read(&reader, &files, &mut tell)?;
    bar.finish();
    tell_left_out(&coverage, language);
    let order = RepairOrder {
        snap_m: args.snap,
        max_gap_width_m: args.max_gap_width,
        priority: args.priority.clone(),
        locked: args.lock.clone(),
        move_rim: args.move_rim,
    };
    let what = match language {
        Language::Zh => "正在修复",
        Language::En => "mending",
    };
    let repaired = waiting(what, || coverage.repair(&order, &measure))?;
    let report = RepairReport::new(&coverage.members(), &repaired);
    if let Some(path) = &args.report {
        let read: Vec<&Path> = inputs
            .iter()
            .copied()
            .chain([args.output.as_path()])
            .collect();
        let text = match path.extension().and_then(|e| e.to_str()) {
            Some("json") => serde_json::to_string_pretty(&report)? + "\n",
            Some("geojson") => serde_json::to_string(&report.geojson())? + "\n",
            _ => report.text(language),
        };
        destination::write(path, &read, |mut file| {
            file.write_all(text.as_bytes())
                .map_err(|e| Failure::io("写入", "write", path, &e))
        })?;
    }
    coverage.write(&repaired.shapes, &Crs::Lattice, &args.output)?;
    output::print(&if args.json {
        serde_json::to_string_pretty(&report)? + "\n"
    } else {
        report.text(language)
    })?;
    Ok(if report.is_seamless() {
        Outcome::Sound
    } else {
        Outcome::NotSound
    })
}

/// Refuses a report that the proposal would be written over, whether it is there yet or not.
fn two_outputs(report: &Path, output: &Path) -> Result<(), Failure> {
    let place = |path: &Path| {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
        Some((folder, path.file_name()?.to_owned()))
    };
    let same = report == output || place(report).is_some_and(|at| Some(at) == place(output));
    if !same && destination::check(report, &[output]).is_ok() {
        return Ok(());
    }
    let name = report.display();
    Err(Failure::new(
        format!("{name} 不能既是修复结果又是修改报告"),
        format!("{name} cannot be both the proposal and its report"),
    )
    .with_help(
        "请用 --report 指定另一个文件",
        "name another file with --report",
    ))
}

/// The files of a coverage, and where their codes are.
pub(crate) fn coverage_files(
    reading: &Reading,
    paths: &[PathBuf],
    code: Option<&str>,
) -> Result<GridFiles, Failure> {
    let mut files = grid_files(reading, paths.to_vec())?;
    if let Some(column) = code {
        files.mapping = files.mapping.with(Field::Code, column);
    }
    Ok(files)
}

/// Says which rows are not in what is written.
pub(crate) fn tell_left_out(coverage: &CoverageFile, language: Language) {
    for (file, skip) in coverage.left_out() {
        let (row, why) = (skip.row, &skip.why);
        output::tell(&match language {
            Language::Zh => format!("{file} 第 {row} 行被略去：{}", wangge_report::phrase(why)),
            Language::En => format!("{file}, row {row} is left out: {why}"),
        });
    }
}
