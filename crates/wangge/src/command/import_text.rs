//! What an import did, as a person reads it.

use wangge_city::work::{ImportedGrids, UnitEvidence};
use wangge_exchange::{CrsBy, ImportReport, MergedRows};
use wangge_report::{Language, Told, area, brief, counted, field_name, grouped, length_m, phrase};

/// How many entries of a list a person is shown.
const SHOWN: usize = 10;

/// A border that strays by less than this was drawn by another survey, not elsewhere, metres.
const SLIGHT_M: f64 = 1.0;

/// The whole report, lines ended.
pub(crate) fn text(imported: &ImportedGrids, language: Language) -> String {
    let mut lines = Vec::new();
    let notes: Vec<Vec<String>> = imported
        .reports
        .iter()
        .map(|report| notes(report, language))
        .collect();
    for (report, own) in imported.reports.iter().zip(&notes) {
        lines.extend(report_lines(report, language));
        let alone = own.iter().filter(|note| files_with(&notes, note) == 1);
        lines.extend(alone.map(|note| format!("  {note}")));
        lines.extend(row_lines(report, language));
    }
    lines.extend(shared(&notes, language));
    let (plan, units, level) = (
        &imported.stored.plan.name,
        imported.stored.units,
        &imported.level,
    );
    lines.push(match language {
        Language::Zh => format!(
            "已导入 {} 个单元（层级 {level}）到方案 {plan}",
            grouped(units)
        ),
        Language::En => format!(
            "imported {} of level {level} into plan {plan}",
            counted(units, "unit", "units")
        ),
    });
    lines.extend(evidence_lines(&imported.evidence, language));
    lines.join("\n") + "\n"
}

/// What came of a file's rows, in numbers.
fn report_lines(report: &ImportReport, language: Language) -> Vec<String> {
    let (system, by) = (&report.crs.system, said_by(report.crs.by, language));
    let furthest = length_m(report.max_move_m);
    match language {
        Language::Zh => {
            let mut lines = vec![format!(
                "{}：{} 行，{} 个单元，{} 个顶点；坐标系 {}（{by}）",
                report.source,
                grouped(report.rows),
                grouped(report.grids),
                grouped(report.vertices),
                phrase(system)
            )];
            if let Some(other) = &report.crs.file_says {
                lines.push(format!("  文件自述的坐标系是 {}", phrase(other)));
            }
            if report.moved > 0 {
                let moved = grouped(report.moved);
                lines.push(format!(
                    "  {moved} 个顶点取整到 1e-7 度，最大移动 {furthest}"
                ));
            }
            if report.densified_vertices > 0 {
                let added = grouped(report.densified_vertices);
                lines.push(format!(
                    "  为使边线偏差不超过 1 厘米，增加了 {added} 个顶点"
                ));
            }
            if report.collapsed_rings > 0 {
                let rings = grouped(report.collapsed_rings);
                lines.push(format!("  {rings} 个小于格点的环被略去"));
            }
            lines
        }
        Language::En => {
            let mut lines = vec![format!(
                "{}: {}, {}, {}; coordinate system {system} ({by})",
                report.source,
                counted(report.rows, "row", "rows"),
                counted(report.grids, "unit", "units"),
                counted(report.vertices, "vertex", "vertices"),
            )];
            if let Some(other) = &report.crs.file_says {
                lines.push(format!("  the file itself says {other}"));
            }
            if report.moved > 0 {
                let moved = counted(report.moved, "vertex was", "vertices were");
                lines.push(format!(
                    "  {moved} rounded to 1e-7 degree, by {furthest} at most"
                ));
            }
            if report.densified_vertices > 0 {
                let added = counted(report.densified_vertices, "vertex was", "vertices were");
                lines.push(format!(
                    "  {added} added so that no edge strays by more than 1 cm"
                ));
            }
            if report.collapsed_rings > 0 {
                let rings = counted(
                    report.collapsed_rings,
                    "ring smaller than the lattice was",
                    "rings smaller than the lattice were",
                );
                lines.push(format!("  {rings} left out"));
            }
            lines
        }
    }
}

/// What a person should know about a file and its coordinate system; each note once.
fn notes(report: &ImportReport, language: Language) -> Vec<String> {
    let plausibility = report.plausibility.iter();
    let mut notes: Vec<String> = plausibility
        .map(|note| format!("! {}", note.told(language)))
        .chain(report.crs_notes.iter().map(|note| brief(note, language)))
        .chain(report.notes.iter().map(|note| note.told(language)))
        .collect();
    let all = notes.clone();
    let mut place = 0;
    notes.retain(|note| {
        place += 1;
        !all[..place - 1].contains(note)
    });
    notes
}

fn files_with(notes: &[Vec<String>], note: &String) -> usize {
    notes.iter().filter(|own| own.contains(note)).count()
}

/// The notes that several files have, once.
fn shared(notes: &[Vec<String>], language: Language) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for note in notes.iter().flatten() {
        let files = files_with(notes, note);
        let line = match language {
            Language::Zh => format!("{files} 个文件：{note}"),
            Language::En => format!("{files} files: {note}"),
        };
        if files > 1 && !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// Rows that were skipped, and rows that became one unit.
fn row_lines(report: &ImportReport, language: Language) -> Vec<String> {
    let (skipped, merged) = match language {
        Language::Zh => ("跳过的行", "合并为一个单元的行"),
        Language::En => ("rows skipped", "units made of several rows"),
    };
    let mut lines = Vec::new();
    list(&mut lines, skipped, &report.skipped, language, |skip| {
        skip.told(language)
    });
    list(&mut lines, merged, &report.merged, language, |merged| {
        merged_line(merged, language)
    });
    lines
}

fn merged_line(merged: &MergedRows, language: Language) -> String {
    let rows: Vec<String> = merged.rows.iter().map(ToString::to_string).collect();
    match (language, merged.differ_in.as_slice()) {
        (Language::Zh, []) => format!("{}：第 {} 行", merged.code, rows.join("、")),
        (Language::Zh, fields) => {
            let fields: Vec<String> = fields.iter().map(|field| field_name(field)).collect();
            format!(
                "{}：第 {} 行（{}不一致，取第一行的值）",
                merged.code,
                rows.join("、"),
                fields.join("、")
            )
        }
        (Language::En, []) => format!("{}: {}", merged.code, rows.join(", ")),
        (Language::En, fields) => format!(
            "{}: {} (they differ in {}; the first row's was taken)",
            merged.code,
            rows.join(", "),
            fields.join(", ")
        ),
    }
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
    let count = grouped(entries.len());
    lines.push(match language {
        Language::Zh => format!("  {heading}：{count}"),
        Language::En => format!("  {heading}: {count}"),
    });
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

pub(crate) const fn said_by(by: CrsBy, language: Language) -> &'static str {
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
        Language::En if evidence.len() == 1 => {
            "1 boundary given for an upper level is not exactly that of its units:".to_owned()
        }
        Language::En => format!(
            "{count} boundaries given for upper levels are not exactly those of their units:"
        ),
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
        lines.push(match language {
            Language::Zh => format!(
                "  {} 个仅沿边界相差不到 {SLIGHT_M} 米",
                grouped(slight.len())
            ),
            Language::En => format!(
                "  {} by less than {SLIGHT_M} m along the border",
                counted(slight.len(), "differs", "differ")
            ),
        });
    }
    lines
}
