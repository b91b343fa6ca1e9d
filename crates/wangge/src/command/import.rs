//! `wangge import grids`: files in, whole or not at all.

use serde_json::json;
use wangge_city::work::{self, GridFiles, Stage};
use wangge_exchange::{ChildProgram, Limits, Mapping, Reader};
use wangge_report::{Language, Told};
use wangge_store::Existing;

use crate::account::opened;
use crate::args::{ImportGrids, Reading};
use crate::command::import_text::text;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::Progress;
use crate::systems::{policy, system};

pub(crate) fn run(args: &ImportGrids, language: Language) -> Result<Outcome, Failure> {
    let files = grid_files(&args.reading, args.files.clone())?;
    let mut store = opened(&args.store)?;
    let bar = Progress::new(rows(language), None);
    let imported = work::import_grids(
        &mut store,
        &reader()?,
        &files,
        args.plan.as_deref(),
        args.level.as_deref(),
        match (args.update, args.replace) {
            (true, _) => Existing::Update,
            (_, true) => Existing::ReplaceLevel,
            _ => Existing::Refuse,
        },
        &mut |stage| match stage {
            Stage::Reading(rows) => bar.reached(rows),
            Stage::Storing => bar.working(match language {
                Language::Zh => "正在写入",
                Language::En => "writing",
            }),
        },
    );
    bar.finish();
    let imported = imported?;
    let text = if args.json {
        let report = json!({
            "plan": imported.stored.plan.name,
            "version": imported.stored.version().to_string(),
            "level": imported.level,
            "units": imported.stored.units,
            "removed": imported.stored.removed,
            "files": imported.reports,
            "evidence": imported.evidence,
        });
        report.to_string() + "\n"
    } else {
        text(&imported, language)
    };
    output::print(&text)?;
    Ok(Outcome::Sound)
}

/// Reads files in processes of this program.
pub(crate) fn reader() -> Result<Reader, Failure> {
    reader_within(Limits::default())
}

/// The same, within other limits.
pub(crate) fn reader_within(limits: Limits) -> Result<Reader, Failure> {
    let program = ChildProgram::this_program().map_err(|error| {
        Failure::new(
            format!("找不到本程序自己的文件：{}", error.in_chinese()),
            format!("cannot find this program's own file: {error}"),
        )
    })?;
    Ok(Reader::new(program, limits))
}

/// The files of a command with what the person said about reading them.
pub(crate) fn grid_files(
    reading: &Reading,
    paths: Vec<std::path::PathBuf>,
) -> Result<GridFiles, Failure> {
    Ok(GridFiles {
        paths,
        crs: reading.placing.crs.as_deref().map(system).transpose()?,
        policy: policy(reading.placing.conversion),
        encoding: reading.placing.encoding.clone(),
        layer: reading.placing.layer.clone(),
        format: None,
        mapping: match &reading.placing.map {
            Some(text) => text.parse::<Mapping>()?,
            None => Mapping::default(),
        },
        skip_invalid: reading.skip_invalid,
        merge_parts: reading.merge_parts,
    })
}

/// What the progress bar of reading counts.
pub(crate) const fn rows(language: Language) -> &'static str {
    match language {
        Language::Zh => "行",
        Language::En => "rows",
    }
}
