//! `wangge validate`: the proof, or where it fails.

use std::io::Write;
use std::path::{Path, PathBuf};

use wangge_city::work::{self, Examined, GridFiles, Measure, Stage};
use wangge_coverage::{Certificate, Defect, Group, Level, Weight};
use wangge_exchange::{Field, Reader};
use wangge_report::{Language, MapGrid, MapSource};
use wangge_store::Store;

use crate::args::{HeldAgainst, ReportFormat, Validate};
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
    let mut measure = measure(&args.against, &reader, &files, &mut tell)?;
    measure.objects = work::read_objects(&reader, &files, &args.objects, &mut tell)?;
    let examined = match &args.store {
        Some(path) => {
            let store = Store::open_read_only(path)?;
            let what = match language {
                Language::Zh => "正在证明",
                Language::En => "proving",
            };
            waiting(what, || {
                work::examine_store(&store, args.plan.as_deref(), &measure)
            })?
        }
        None => work::examine_files(&reader, &files, &measure, &mut tell)?,
    };
    bar.finish();
    report(args, &examined, &measure, language)
}

/// What a person wants grids to be held against, read from files.
pub(crate) fn measure(
    against: &HeldAgainst,
    reader: &Reader,
    files: &GridFiles,
    tell: &mut dyn FnMut(Stage),
) -> Result<Measure, Failure> {
    let mut polygons = |path: &Option<PathBuf>| {
        path.as_ref()
            .map(|path| work::read_outline(reader, files, path, tell))
            .transpose()
    };
    Ok(Measure {
        outline: polygons(&against.within)?,
        allowed_ground: polygons(&against.allowed)?,
        allowed_ids: against.allow.clone(),
        sliver_width_m: against.sliver_width,
        inlet_width_m: against.inlet_width,
        tiny_area_m2: against.tiny_area,
        thin_width_m: against.thin_width,
        objects: Vec::new(),
    })
}

fn report(
    args: &Validate,
    examined: &Examined,
    measure: &Measure,
    language: Language,
) -> Result<Outcome, Failure> {
    let mut validation = examined.validation();
    if args.format == ReportFormat::Json {
        validation = validation.with_certificate(certificate(examined, measure));
    }
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
        ReportFormat::Html => {
            let grids: Vec<MapGrid<'_>> = examined
                .grids
                .iter()
                .map(|grid| MapGrid {
                    code: &grid.code,
                    name: grid.name.as_deref(),
                    shape: &grid.shape,
                })
                .collect();
            validation.html(
                language,
                &MapSource {
                    subject: &subject(args),
                    grids: &grids,
                    outline: measure.outline.as_ref(),
                },
            )
        }
    };
    match &args.output {
        Some(path) => {
            let against = &args.against;
            let read: Vec<&Path> = args
                .files
                .iter()
                .chain(&args.store)
                .chain(&against.within)
                .chain(&against.allowed)
                .chain(&args.objects)
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

/// What was validated: the files' names, or the store's and the plan's.
fn subject(args: &Validate) -> String {
    let name = |path: &Path| {
        path.file_name()
            .map(|name| name.to_string_lossy().into_owned())
    };
    let mut names: Vec<String> = args
        .files
        .iter()
        .chain(&args.store)
        .filter_map(|path| name(path))
        .collect();
    names.extend(args.plan.clone());
    names.join(", ")
}

/// None where something is wrong, which the second proof would take its time to find as well.
fn certificate(examined: &Examined, measure: &Measure) -> Option<Certificate> {
    let breaks = |defect: &Defect| defect.weight == Weight::Breaks;
    if examined.survey.defects.iter().any(breaks) {
        return None;
    }
    let levels: Vec<Level<'_>> = examined
        .levels
        .iter()
        .map(|level| Level {
            id: &level.id,
            groups: level
                .units
                .iter()
                .map(|(code, members)| Group {
                    code,
                    members: members.clone(),
                })
                .collect(),
        })
        .collect();
    Certificate::of(&examined.members(), measure.outline.as_ref(), &levels)
}
