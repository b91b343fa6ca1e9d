//! `wangge import components`: files in by code, whole or not at all, and a report of what
//! disagrees.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;
use wangge_city::work::{
    self, BadRow, ComponentFiles, ComponentFinding, ComponentImport, Finding, Stage, WorkError,
};
use wangge_crs::Crs;
use wangge_exchange::{Format, OutputLayer, OutputRow, PlacedReport, Table, Value};
use wangge_report::{Language, Told, brief, counted, grouped, phrase};

use crate::account::opened;
use crate::args::ImportComponents;
use crate::command::import::{reader, rows};
use crate::command::import_list::columns;
use crate::command::import_text::said_by;
use crate::destination;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::Progress;
use crate::systems::{policy, system};

/// How many findings of a kind a person is shown.
const SHOWN: usize = 5;

pub(crate) fn run(args: &ImportComponents, language: Language) -> Result<Outcome, Failure> {
    let mut inputs: Vec<&Path> = args.files.iter().map(AsRef::as_ref).collect();
    inputs.push(&args.store);
    if let Some(quarantine) = &args.quarantine {
        destination::check_named("--quarantine", quarantine, &inputs)?;
        if Format::of_path(quarantine) != Some(Format::Csv) {
            let name = quarantine.display();
            return Err(Failure::new(
                format!("{name} 不是 .csv 文件：另存的行写成 CSV，便于改正"),
                format!("{name} is no .csv file: rows are put aside as CSV, to be corrected"),
            ));
        }
    }
    if let Some(report) = &args.report {
        destination::check_named("--report", report, &inputs)?;
    }
    let files = ComponentFiles {
        paths: args.files.clone(),
        crs: args.placing.crs.as_deref().map(system).transpose()?,
        policy: policy(args.placing.conversion),
        encoding: args.placing.encoding.clone(),
        layer: args.placing.layer.clone(),
        columns: columns(args.placing.map.as_deref())?,
        class: args.class.clone(),
        reclassify: args.reclassify,
        complete: args.complete,
        put_aside: args.quarantine.is_some(),
    };
    let mut store = opened(&args.store)?;
    let bar = Progress::new(rows(language), None);
    let quarantine = args.quarantine.clone();
    let mut aside = |tables: &[Table], bad: &[BadRow]| match &quarantine {
        Some(path) => put_aside(path, tables, bad, language),
        None => Ok(()),
    };
    let imported = work::import_components(
        &mut store,
        &reader()?,
        &files,
        &mut aside,
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
    if let Some(report) = &args.report {
        write_report(report, &inputs, &imported.findings, language)?;
    }
    let version = store.current()?.map(|plan| plan.version().to_string());
    let text = if args.json {
        let stored = imported.stored;
        let report = json!({
            "added": stored.added,
            "changed": stored.changed,
            "unchanged": stored.unchanged,
            "ended": stored.ended,
            "aside": imported.aside.len(),
            "files": imported.files,
            "findings": imported.findings,
            "version": version,
        });
        report.to_string() + "\n"
    } else {
        text(&imported, args, version.as_deref(), language)
    };
    output::print(&text)?;
    Ok(Outcome::Sound)
}

/// Writes rows as they stand in their files, each with its file, its number and what is wrong.
fn put_aside(
    path: &Path,
    tables: &[Table],
    bad: &[BadRow],
    language: Language,
) -> Result<(), WorkError> {
    let mut columns: Vec<String> = Vec::new();
    for column in tables.iter().flat_map(|table| &table.columns) {
        if !columns.contains(column) {
            columns.push(column.clone());
        }
    }
    let own = columns.len();
    columns.extend(["file", "row", "fault"].map(|name| format!("wangge_{name}")));
    let rows = bad.iter().filter_map(|bad| {
        let table = &tables[bad.file];
        let row = table.rows.iter().find(|row| row.number == bad.row)?;
        let mut values = vec![Value::Null; own];
        for (column, value) in table.columns.iter().zip(&row.values) {
            if let Some(place) = columns.iter().position(|known| known == column) {
                values[place] = value.clone();
            }
        }
        let faults: Vec<String> = bad
            .faults
            .iter()
            .map(|fault| fault.told(language))
            .collect();
        values.push(Value::Text(table.source.clone()));
        values.push(Value::Integer(i64::try_from(bad.row).unwrap_or(i64::MAX)));
        values.push(Value::Text(faults.join("; ")));
        Some(OutputRow {
            geometry: row.geometry.clone(),
            values,
        })
    });
    let layer = OutputLayer {
        name: "quarantine".to_owned(),
        // CSV does not say its system: the numbers are those of the files
        crs: Crs::Lattice,
        rows: rows.collect(),
        columns: columns.clone(),
    };
    wangge_exchange::write(path, Format::Csv, &layer).map_err(WorkError::from)
}

fn write_report(
    path: &Path,
    inputs: &[&Path],
    findings: &[ComponentFinding],
    language: Language,
) -> Result<(), Failure> {
    let is_json = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    destination::write(path, inputs, |file| {
        let mut out = std::io::BufWriter::new(file);
        if is_json {
            serde_json::to_writer_pretty(&mut out, findings)?;
            return Ok(());
        }
        std::io::Write::write_all(&mut out, "\u{feff}".as_bytes())
            .map_err(|error| Failure::io("写入", "write", path, &error))?;
        let mut rows = csv::Writer::from_writer(out);
        rows.write_record(["file", "row", "code", "kind", "detail"])?;
        for finding in findings {
            let row = finding.row.to_string();
            let detail = told(&finding.what, language);
            let (code, kind) = (finding.code.as_str(), finding.what.name());
            rows.write_record([&finding.file, &row, code, kind, &detail])?;
        }
        rows.flush()
            .map_err(|error| Failure::io("写入", "write", path, &error))
    })
}

fn text(
    imported: &ComponentImport,
    args: &ImportComponents,
    version: Option<&str>,
    language: Language,
) -> String {
    let mut lines: Vec<String> = Vec::new();
    for file in &imported.files {
        lines.extend(file_lines(file, language));
    }
    lines.extend(finding_lines(
        &imported.findings,
        args.report.is_some(),
        language,
    ));
    if let Some(quarantine) = args
        .quarantine
        .as_ref()
        .filter(|_| !imported.aside.is_empty())
    {
        let (rows, path) = (imported.aside.len(), quarantine.display());
        lines.push(match language {
            Language::Zh => format!("{} 行有误，已另存到 {path}", grouped(rows)),
            Language::En => format!(
                "{} put aside in {path}",
                counted(rows, "wrong row was", "wrong rows were")
            ),
        });
    }
    let stored = imported.stored;
    let (added, changed) = (grouped(stored.added), grouped(stored.changed));
    let (unchanged, ended) = (grouped(stored.unchanged), grouped(stored.ended));
    lines.push(match (language, version) {
        (Language::Zh, version) => format!(
            "部件：新增 {added}，变更 {changed}，未变 {unchanged}，终止 {ended}{}",
            version.map_or("；尚无生效的方案".to_owned(), |v| format!(
                "；现行版本 {v}"
            ))
        ),
        (Language::En, version) => format!(
            "components: {added} added, {changed} changed, {unchanged} unchanged, {ended} ended{}",
            version.map_or("; no plan is in force yet".to_owned(), |v| {
                format!("; the version in force is {v}")
            })
        ),
    });
    lines.join("\n") + "\n"
}

fn file_lines(file: &PlacedReport, language: Language) -> Vec<String> {
    let by = said_by(file.crs.by, language);
    let (source, system) = (&file.source, &file.crs.system);
    let mut lines = vec![match language {
        Language::Zh => format!(
            "{source}：{} 行；坐标系 {}（{by}）",
            grouped(file.rows),
            phrase(system)
        ),
        Language::En => format!(
            "{source}: {}; coordinate system {system} ({by})",
            counted(file.rows, "row", "rows")
        ),
    }];
    let plausibility = file.plausibility.iter();
    let notes = plausibility
        .map(|note| format!("  ! {}", note.told(language)))
        .chain(
            file.crs_notes
                .iter()
                .map(|note| format!("  {}", brief(note, language))),
        )
        .chain(
            file.notes
                .iter()
                .map(|note| format!("  {}", note.told(language))),
        );
    lines.extend(notes);
    lines
}

/// How many findings there are of each kind, with the first of them.
fn finding_lines(
    findings: &[ComponentFinding],
    all_are_written: bool,
    language: Language,
) -> Vec<String> {
    let mut by_kind: BTreeMap<&str, Vec<&ComponentFinding>> = BTreeMap::new();
    for finding in findings {
        by_kind
            .entry(finding.what.name())
            .or_default()
            .push(finding);
    }
    let mut lines = Vec::new();
    for (kind, of_kind) in by_kind {
        let count = grouped(of_kind.len());
        lines.push(match language {
            Language::Zh => format!("{}（{kind}）：{count}", heading(kind, language)),
            Language::En => format!("{} ({kind}): {count}", heading(kind, language)),
        });
        for finding in of_kind.iter().take(SHOWN) {
            let (file, row, code) = (&finding.file, finding.row, &finding.code);
            let detail = told(&finding.what, language);
            lines.push(match language {
                Language::Zh => format!("  {file} 第 {row} 行 {code}：{detail}"),
                Language::En => format!("  {file}, row {row}, {code}: {detail}"),
            });
        }
        if of_kind.len() > SHOWN && !all_are_written {
            let more = grouped(of_kind.len() - SHOWN);
            lines.push(match language {
                Language::Zh => format!("  另有 {more} 项（--report 文件 列出全部）"),
                Language::En => format!("  and {more} more (--report FILE lists all)"),
            });
        }
    }
    lines
}

fn heading(kind: &str, language: Language) -> &'static str {
    match (language, kind) {
        (Language::Zh, "other-grid") => "文件所写网格与位置不符",
        (Language::Zh, "same-place") => "与同类部件位置重合",
        (Language::Zh, "other-geometry") => "图形与类别不符",
        (Language::Zh, "coarse") => "坐标位数不足",
        (Language::Zh, "inaccurate") => "精度低于类别要求",
        (Language::Zh, _) => "编码属于其他县区",
        (Language::En, "other-grid") => "the file names another grid",
        (Language::En, "same-place") => "at the place of another one of their class",
        (Language::En, "other-geometry") => "drawn otherwise than their class",
        (Language::En, "coarse") => "with too few decimals",
        (Language::En, "inaccurate") => "less accurate than their class asks for",
        (Language::En, _) => "with a code of another county",
    }
}

/// What a finding says, for a person.
fn told(what: &Finding, language: Language) -> String {
    let zh = language == Language::Zh;
    match what {
        Finding::OtherGrid { claimed, found } if found.is_empty() => {
            if zh {
                format!("文件写 {claimed}，实际不在任何网格内")
            } else {
                format!("the file says {claimed}, it lies outside all grids")
            }
        }
        Finding::OtherGrid { claimed, found } => {
            if zh {
                format!("文件写 {claimed}，实际位于 {found}")
            } else {
                format!("the file says {claimed}, it lies in {found}")
            }
        }
        Finding::SamePlace { other } => {
            if zh {
                format!("与 {other} 位置相同")
            } else {
                format!("at the place of {other}")
            }
        }
        Finding::OtherGeometry { given, wanted } => {
            let name = |word: &str| match word {
                "point" => "点",
                "line" => "线",
                _ => "面",
            };
            if zh {
                format!("画的是{}，该类别应为{}", name(given), name(wanted))
            } else {
                format!("drawn as {given}, its class as {wanted}")
            }
        }
        Finding::Coarse { decimals, about_m } => {
            if zh {
                format!("坐标只有 {decimals} 位小数，末位约合 {about_m:.1} 米")
            } else {
                format!("{decimals} decimals, of which the last is worth {about_m:.1} m")
            }
        }
        Finding::Inaccurate {
            accuracy_m,
            allowed_m,
        } => {
            if zh {
                format!("精度 {accuracy_m} 米，类别要求 {allowed_m} 米")
            } else {
                format!("accurate to {accuracy_m} m, its class asks for {allowed_m} m")
            }
        }
        Finding::OtherCounty { given, city } => {
            if zh {
                format!("编码以 {given} 开头，本城市为 {city}")
            } else {
                format!("its code begins with {given}, the city is {city}")
            }
        }
    }
}
