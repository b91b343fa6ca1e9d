//! `wangge diff`: what a redesign changes.

use std::io::Write;
use std::path::{Path, PathBuf};

use wangge_city::work::{
    self, Beside, BesideFiles, Comparison, GridFiles, PlanSide, PlanSource, Stage, WorkListTerms,
    WorkLists,
};
use wangge_exchange::{Field, ListColumns};
use wangge_replan::DiffTerms;
use wangge_report::{DiffEvidence, Language, counted, grouped};

use crate::args::{Diff, ReportFormat};
use crate::command::import::{grid_files, reader, rows};
use crate::destination;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::{Progress, waiting};
use crate::systems::{policy, system};

pub(crate) fn run(args: &Diff, language: Language) -> Result<Outcome, Failure> {
    let mut files = grid_files(&args.reading, Vec::new())?;
    if let Some(column) = &args.code {
        files.mapping = files.mapping.with(Field::Code, column);
    }
    let old = source(&args.old, args.level.as_deref(), &files)?;
    let new = source(&args.new, args.level.as_deref(), &files)?;
    let beside = &args.beside;
    let more = [&beside.components, &beside.households, &args.to_do.cases];
    let more = more.into_iter().flatten().map(PathBuf::as_path);
    let read: Vec<PathBuf> = [old.paths(), new.paths(), more.collect()]
        .concat()
        .into_iter()
        .map(Path::to_owned)
        .collect();
    let read: Vec<&Path> = read.iter().map(PathBuf::as_path).collect();
    if let Some(path) = &args.output {
        destination::check(path, &read)?;
    }
    let beside = beside_files(args)?;
    let reader = reader()?;
    let bar = Progress::new(rows(language), None);
    let mut tell = |stage: Stage| {
        if let Stage::Reading(rows) = stage {
            bar.reached(rows);
        }
    };
    let old = work::read_plan(&reader, &old, &mut tell)?;
    let new = work::read_plan(&reader, &new, &mut tell)?;
    let terms = DiffTerms {
        survey_tolerance_m: args.survey_tolerance,
    };
    let what = match language {
        Language::Zh => "正在对比",
        Language::En => "comparing",
    };
    tell_left_out(&old, language);
    tell_left_out(&new, language);
    let comparison = waiting(what, || Comparison::of(old, new, terms));
    let known = Beside::gather(&comparison, &reader, &beside, &mut tell)?;
    bar.finish();
    for (file, rows) in &known.left_out {
        output::tell(&match language {
            Language::Zh => format!("{file} 中有 {rows} 行没有编号或位置，未计入"),
            Language::En => format!(
                "{file}: {} left out",
                counted(
                    *rows,
                    "row without a code or a place was",
                    "rows without a code or a place were"
                )
            ),
        });
    }
    let evidence = waiting(what, || comparison.evidence(&known));
    if let Some(folder) = &args.to_do.work_lists {
        let lists = waiting(what, || comparison.work_lists(&known, &list_terms(args)))?;
        write_lists(folder, &lists, language)?;
    }
    report(args, &comparison, &evidence, &read, language)
}

/// What a person named, at the level asked for.
fn source(named: &Path, level: Option<&str>, files: &GridFiles) -> Result<PlanSource, Failure> {
    let source = PlanSource::named(named, files);
    let Some(level) = level else {
        return Ok(source);
    };
    source.at_level(level).ok_or_else(|| {
        let file = named.display();
        Failure::new(
            format!("{file} 是文件，其中没有层级：--level 只用于数据库中的方案"),
            format!("{file} is a file, which has no levels: --level is for plans of stores"),
        )
    })
}

fn beside_files(args: &Diff) -> Result<BesideFiles, Failure> {
    let columns = |text: &Option<String>| -> Result<ListColumns, Failure> {
        let text = text.as_deref();
        Ok(text.map(str::parse).transpose()?.unwrap_or_default())
    };
    let beside = &args.beside;
    Ok(BesideFiles {
        components: beside.components.clone(),
        component_columns: columns(&beside.components_map)?,
        households: beside.households.clone(),
        cases: args.to_do.cases.clone(),
        case_columns: columns(&args.to_do.cases_map)?,
        crs: beside.points_crs.as_deref().map(system).transpose()?,
        policy: policy(args.reading.placing.conversion),
    })
}

fn list_terms(args: &Diff) -> WorkListTerms {
    WorkListTerms {
        unclear_within_m: args.to_do.unclear_within,
        show_contacts: args.to_do.show_contacts,
        date: args.to_do.date.clone(),
    }
}

/// Rows that were left out with `--skip-invalid`: their ground is in neither plan.
fn tell_left_out(side: &PlanSide, language: Language) {
    let rows = side.left_out.len();
    if rows > 0 {
        let name = &side.name;
        output::tell(&match language {
            Language::Zh => format!("{name}：略过 {rows} 行不能成为网格的要素"),
            Language::En => format!(
                "{name}: {} left out",
                counted(
                    rows,
                    "row that cannot become a grid was",
                    "rows that cannot become grids were"
                )
            ),
        });
    }
}

/// Each list twice: as CSV and as a workbook.
fn write_lists(folder: &Path, lists: &WorkLists, language: Language) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|error| Failure::io("建立", "make", folder, &error))?;
    for (name, sheet) in lists.all() {
        for extension in ["csv", "xlsx"] {
            sheet.write(&folder.join(name).with_extension(extension))?;
        }
    }
    let counts = lists.all().map(|(name, sheet)| {
        let rows = grouped(sheet.rows.len());
        match language {
            Language::Zh => format!("{name} {rows} 行"),
            Language::En => format!("{name} {rows}"),
        }
    });
    let folder = folder.display();
    output::tell(&match language {
        Language::Zh => format!("工作清单已写入 {folder}：{}", counts.join("，")),
        Language::En => format!("work lists in {folder}: {}", counts.join(", ")),
    });
    if lists.without_departments {
        output::tell(match language {
            Language::Zh => {
                "有一个方案不是无缝覆盖，清单中没有责任部门；`wangge validate` 会指出问题所在"
            }
            Language::En => {
                "one of the plans is not seamless, so the lists say nothing of departments; `wangge validate` says where"
            }
        });
    }
    Ok(())
}

fn report(
    args: &Diff,
    comparison: &Comparison,
    evidence: &DiffEvidence,
    read: &[&Path],
    language: Language,
) -> Result<Outcome, Failure> {
    let report = comparison.report(evidence);
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
