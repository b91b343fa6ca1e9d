//! `wangge validate`: the proof, or where it fails.

use std::io::Write;
use std::path::{Path, PathBuf};

use wangge_city::work::{self, Examined, Stage};
use wangge_exchange::{Field, ImportReport};
use wangge_report::{Language, LatticeMoves, Validation};
use wangge_store::Store;

use crate::args::{ReportFormat, Validate};
use crate::command::import::{grid_files, reader, rows};
use crate::command::import_text::evidence_lines;
use crate::destination;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::{Progress, waiting};

pub(crate) fn run(args: &Validate, language: Language) -> Result<Outcome, Failure> {
    if args.files.is_empty() && args.store.is_none() {
        return Err(
            Failure::new("没有说明要检查什么", "nothing to validate was named").with_help(
                "请给出文件，或用 --store 指明数据库",
                "name files, or a store with --store",
            ),
        );
    }
    let mut files = grid_files(&args.reading, args.files.clone())?;
    if let Some(column) = &args.code {
        files.mapping = files.mapping.with(Field::Code, column);
    }
    let reader = reader()?;
    let bar = Progress::new(rows(language), None);
    let mut tell = |stage: Stage| {
        if let Stage::Reading(rows) = stage {
            bar.reached(rows);
        }
    };
    let outline = args
        .within
        .as_ref()
        .map(|path| work::read_outline(&reader, &files, path, &mut tell))
        .transpose()?;
    let examined = match &args.store {
        Some(path) => {
            let store = Store::open_read_only(path)?;
            let what = match language {
                Language::Zh => "正在证明",
                Language::En => "proving",
            };
            waiting(what, || {
                work::examine_store(&store, args.plan.as_deref(), outline.as_ref())
            })?
        }
        None => work::examine_files(&reader, &files, outline.as_ref(), &mut tell)?,
    };
    bar.finish();
    report(args, examined, language)
}

fn report(args: &Validate, examined: Examined, language: Language) -> Result<Outcome, Failure> {
    let codes: Vec<&str> = examined.codes.iter().map(String::as_str).collect();
    let validation = Validation::new(
        &examined.verdict,
        &codes,
        examined.unit_defects,
        moves(&examined.reports),
    );
    let text = match args.format {
        ReportFormat::Text => {
            let mut text = validation.text(language);
            for line in evidence_lines(&examined.evidence, language) {
                text.push_str(&line);
                text.push('\n');
            }
            text
        }
        ReportFormat::Json => serde_json::to_string_pretty(&validation)? + "\n",
        ReportFormat::Geojson => serde_json::to_string(&validation.geojson())? + "\n",
    };
    match &args.output {
        Some(path) => {
            let read: Vec<&Path> = args
                .files
                .iter()
                .chain(&args.store)
                .chain(&args.within)
                .map(PathBuf::as_path)
                .collect();
            destination::write(path, &read, |mut file| {
                file.write_all(text.as_bytes())
                    .map_err(|e| Failure::io("写入", "write", path, &e))
            })?;
        }
        None => output::print(&text)?,
    }
    Ok(if validation.sound {
        Outcome::Sound
    } else {
        Outcome::NotSound
    })
}

fn moves(reports: &[ImportReport]) -> LatticeMoves {
    LatticeMoves {
        moved: reports.iter().map(|report| report.moved).sum(),
        max_move_m: reports
            .iter()
            .map(|report| report.max_move_m)
            .fold(0.0, f64::max),
    }
}
