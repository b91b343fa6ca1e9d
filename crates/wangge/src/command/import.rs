//! `wangge import grids`: files in, whole or not at all.

use serde_json::json;
use wangge_city::work::{self, GridFiles, ImportedGrids, Stage, UnitEvidence};
use wangge_exchange::{ChildProgram, CrsBy, ImportReport, Limits, Mapping, Reader};
use wangge_report::{Language, area, grouped, length_m};
use wangge_store::Store;

use crate::args::{ImportGrids, Reading};
use crate::failure::{Failure, Outcome};
use crate::progress::Progress;
use crate::systems::{policy, system};

/// How many entries of a list a person is shown.
const SHOWN: usize = 10;

/// A border that strays by less than this was drawn by another survey, not elsewhere, metres.
const SLIGHT_M: f64 = 1.0;

pub(crate) fn run(args: &ImportGrids, language: Language) -> Result<Outcome, Failure> {
    let mut files = grid_files(&args.reading, args.files.clone())?;
    files.skip_invalid = args.skip_invalid;
    files.merge_parts = args.merge_parts;
    let mut store = Store::open(&args.store)?;
    let bar = Progress::new("rows", None);
    let imported = work::import_grids(
        &mut store,
        &reader()?,
        &files,
        args.plan.as_deref(),
        args.level.as_deref(),
        &mut |stage| {
            if let Stage::Reading(rows) = stage {
                bar.reached(rows);
            }
        },
    );
    bar.finish();
    let imported = imported?;
    if args.json {
        println!(
            "{}",
            json!({
                "plan": imported.stored.plan.name,
                "version": imported.stored.version().to_string(),
                "level": imported.level,
                "units": imported.stored.units,
                "files": imported.reports,
                "evidence": imported.evidence,
            })
        );
    } else {
        print!("{}", text(&imported, language));
    }
    Ok(Outcome::Sound)
}

/// Reads files in processes of this program.
pub(crate) fn reader() -> Result<Reader, Failure> {
    let program = ChildProgram::this_program()
        .map_err(|error| Failure::new(format!("cannot find this program's own file: {error}")))?;
    Ok(Reader::new(program, Limits::default()))
}

/// The files of a command with what the person said about reading them.
pub(crate) fn grid_files(
    reading: &Reading,
    paths: Vec<std::path::PathBuf>,
) -> Result<GridFiles, Failure> {
    Ok(GridFiles {
        paths,
        crs: reading.crs.as_deref().map(system).transpose()?,
        policy: policy(reading.conversion),
        encoding: reading.encoding.clone(),
        layer: reading.layer.clone(),
        mapping: match &reading.map {
            Some(text) => text.parse::<Mapping>()?,
            None => Mapping::default(),
        },
        skip_invalid: false,
        merge_parts: false,
    })
}

fn text(imported: &ImportedGrids, language: Language) -> String {
    let mut lines: Vec<String> = imported
        .reports
        .iter()
        .flat_map(|report| report_lines(report, language))
        .collect();
    let (plan, units, level) = (
        &imported.stored.plan.name,
        grouped(imported.stored.units),
        &imported.level,
    );
    lines.push(match language {
        Language::Zh => format!("已导入 {units} 个单元（层级 {level}）到方案 {plan}"),
        Language::En => format!("imported {units} units of level {level} into plan {plan}"),
    });
    lines.extend(evidence_lines(&imported.evidence, language));
    lines.join("\n") + "\n"
}

/// What came of a file's rows, as a person reads it.
fn report_lines(report: &ImportReport, language: Language) -> Vec<String> {
    let zh = language == Language::Zh;
    let mut lines = Vec::new();
    let (rows, grids, vertices) = (
        grouped(report.rows),
        grouped(report.grids),
        grouped(report.vertices),
    );
    let (system, by) = (&report.crs.system, said_by(report.crs.by, language));
    lines.push(if zh {
        format!("{}：{rows} 行，{grids} 个单元，{vertices} 个顶点；坐标系 {system}（{by}）", report.source)
    } else {
        format!(
            "{}: {rows} rows, {grids} units, {vertices} vertices; coordinate system {system} ({by})",
            report.source
        )
    });
    if let Some(other) = &report.crs.file_says {
        lines.push(if zh {
            format!("  文件自述的坐标系是 {other}")
        } else {
            format!("  the file itself says {other}")
        });
    }
    if report.moved > 0 {
        let (moved, furthest) = (grouped(report.moved), length_m(report.max_move_m));
        lines.push(if zh {
            format!("  {moved} 个顶点取整到 1e-7 度，最大移动 {furthest}")
        } else {
            format!("  {moved} vertices were rounded to 1e-7 degree, by {furthest} at most")
        });
    }
    if report.densified_vertices > 0 {
        let added = grouped(report.densified_vertices);
        lines.push(if zh {
            format!("  为使边线偏差不超过 1 厘米，增加了 {added} 个顶点")
        } else {
            format!("  {added} vertices were added so that no edge strays by more than 1 cm")
        });
    }
    if report.collapsed_rings > 0 {
        let rings = grouped(report.collapsed_rings);
        lines.push(if zh {
            format!("  {rings} 个小于格点的环被略去")
        } else {
            format!("  {rings} rings smaller than the lattice were left out")
        });
    }
    lines.extend(report.plausibility.iter().map(|note| format!("  ! {note}")));
    lines.extend(report.crs_notes.iter().map(|note| format!("  {note}")));
    lines.extend(report.notes.iter().map(|note| format!("  {note}")));
    list(
        &mut lines,
        if zh { "跳过的行" } else { "rows skipped" },
        &report.skipped,
        language,
        |skip| format!("{}: {}", skip.row, skip.why),
    );
    list(
        &mut lines,
        if zh {
            "合并为一个单元的行"
        } else {
            "units made of several rows"
        },
        &report.merged,
        language,
        |merged| {
            let rows: Vec<String> = merged.rows.iter().map(ToString::to_string).collect();
            let differ = match merged.differ_in.as_slice() {
                [] => String::new(),
                fields if zh => format!("（{} 不一致，取第一行）", fields.join("、")),
                fields => format!(
                    " (they differ in {}; the first row's was taken)",
                    fields.join(", ")
                ),
            };
            format!("{}: {}{differ}", merged.code, rows.join(", "))
        },
    );
    lines
}

fn list<T>(
    lines: &mut Vec<String>,
    heading: &str,
    entries: &[T],
    language: Language,
    line: impl Fn(&T) -> String,
) {
    if entries.is_empty() {
        return;
    }
    lines.push(format!("  {heading}: {}", grouped(entries.len())));
    lines.extend(
        entries
            .iter()
            .take(SHOWN)
            .map(|entry| format!("    {}", line(entry))),
    );
    if entries.len() > SHOWN {
        let more = grouped(entries.len() - SHOWN);
        lines.push(match language {
            Language::Zh => format!("    另有 {more} 项（--json 列出全部）"),
            Language::En => format!("    and {more} more (--json lists all)"),
        });
    }
}

fn said_by(by: CrsBy, language: Language) -> &'static str {
    match (language, by) {
        (Language::Zh, CrsBy::Person) => "由 --crs 指定",
        (Language::Zh, CrsBy::File) => "由文件声明",
        (Language::Zh, CrsBy::GeoJson) => "GeoJSON 未声明，按 RFC 7946 为 WGS 84",
        (Language::En, CrsBy::Person) => "as --crs says",
        (Language::En, CrsBy::File) => "as the file says",
        (Language::En, CrsBy::GeoJson) => "GeoJSON without a word is WGS 84, RFC 7946",
    }
}

/// Boundaries given for upper levels that do not agree with their units.
pub(crate) fn evidence_lines(evidence: &[UnitEvidence], language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    if evidence.is_empty() {
        return lines;
    }
    // borders that two surveys drew a little differently are counted, not listed
    let (mut listed, slight): (Vec<&UnitEvidence>, Vec<&UnitEvidence>) =
        evidence.iter().partition(|unit| unit.depth_m() >= SLIGHT_M);
    listed.sort_by(|a, b| b.depth_m().total_cmp(&a.depth_m()));
    let count = grouped(evidence.len());
    lines.push(match language {
        Language::Zh => format!("{count} 个上级单元的给定边界与其下级不完全一致："),
        Language::En => {
            format!(
                "{count} boundaries given for upper levels are not exactly those of their units:"
            )
        }
    });
    for unit in listed.iter().take(SHOWN) {
        let (code, level, child) = (&unit.code, &unit.level, &unit.child_level);
        let (given, made) = (area(unit.given_area_m2), area(unit.children_area_m2));
        let crossing: Vec<String> = unit
            .straddlers
            .iter()
            .filter(|misfit| misfit.depth_m >= SLIGHT_M)
            .take(SHOWN)
            .map(|misfit| match language {
                Language::Zh => format!("{}（{}）", misfit.code, length_m(misfit.depth_m)),
                Language::En => format!("{} ({})", misfit.code, length_m(misfit.depth_m)),
            })
            .collect();
        let mut what = Vec::new();
        if !crossing.is_empty() {
            what.push(match language {
                Language::Zh => format!("越界的 {child}（最远距离）：{}", crossing.join("、")),
                Language::En => format!("crossed by {child} {}", crossing.join(", ")),
            });
        }
        if unit.uncovered_depth_m >= SLIGHT_M {
            let depth = length_m(unit.uncovered_depth_m);
            what.push(match language {
                Language::Zh => format!("超出其下级 {depth}"),
                Language::En => format!("reaches {depth} beyond its units"),
            });
        }
        lines.push(match language {
            Language::Zh => format!(
                "  {level} {code}：给定 {given}，下级合计 {made}；{}",
                what.join("；")
            ),
            Language::En => format!(
                "  {level} {code}: given {given}, its units {made}; {}",
                what.join("; ")
            ),
        });
    }
    if listed.len() > SHOWN {
        let more = grouped(listed.len() - SHOWN);
        lines.push(match language {
            Language::Zh => format!("  另有 {more} 个"),
            Language::En => format!("  and {more} more"),
        });
    }
    if !slight.is_empty() {
        let count = grouped(slight.len());
        lines.push(match language {
            Language::Zh => format!("  {count} 个仅沿边界相差不到 {SLIGHT_M} 米"),
            Language::En => {
                format!("  {count} differ by less than {SLIGHT_M} m along their borders")
            }
        });
    }
    lines
}
