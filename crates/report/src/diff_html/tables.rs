//! The changes, the crosswalk and the measures as tables.

use std::fmt::Write as _;

use super::{NAMED, NAMED_REDRAWN, Named};
use crate::diff_text::{becomes, kind_words};
use crate::html::markup::{Escaped, told};
use crate::{CountedBy, CrosswalkRow, DiffReport, GridMeasure, Language, grouped};

/// Rows of the crosswalk and grids with measures on the page.
const MOST_ROWS: usize = 1_000;

type Head = (&'static str, &'static str, bool);

/// Every change in a row.
pub(super) fn changes(
    out: &mut String,
    report: &DiffReport,
    named: &[Named<'_>],
    language: Language,
) {
    if named.is_empty() {
        return;
    }
    title(out, language, "变化清单", "The changes");
    let heads: [Head; 5] = [
        ("序号", "No.", true),
        ("种类", "Kind", false),
        ("网格", "Grids", false),
        ("面积 (m²)", "Area (m²)", true),
        ("边界移动 (m)", "Border moved (m)", true),
    ];
    begin(out, "changes", &heads, language);
    let (redrawn, others): (Vec<&Named<'_>>, Vec<&Named<'_>>) =
        named.iter().partition(|named| named.is_redrawn());
    let shown: Vec<&Named<'_>> = others
        .into_iter()
        .take(NAMED)
        .chain(redrawn.into_iter().take(NAMED_REDRAWN))
        .collect();
    for named in &shown {
        let (zh, en) = kind_words(named.row.kind);
        let number = named.number;
        let shift = named.row.max_shift_m;
        let _ = write!(
            out,
            r#"<tr id="r{number}"><td class="n">{number}</td><td>{}</td><td>{}</td><td class="n">{}</td><td class="n">{}</td></tr>"#,
            told(language, zh, en),
            Escaped(&becomes(named.row, language)),
            number_or_dash(Some(named.row.area_m2).filter(|m2| *m2 > 0.0), 1),
            number_or_dash(Some(shift).filter(|m| *m > 0.0), 3),
        );
    }
    end(out, report.changes.len(), shown.len(), language);
}

/// Old grid by new grid.
pub(super) fn crosswalk(out: &mut String, report: &DiffReport, language: Language) {
    let rows = &report.crosswalk;
    if rows.is_empty() {
        return;
    }
    title(out, language, "新旧网格对照表", "Old grid by new grid");
    let any = |is: &dyn Fn(&CrosswalkRow) -> bool| rows.iter().any(is);
    let with_households = any(&|row| row.households.is_some());
    let with_population = any(&|row| row.population.is_some());
    let with_components = any(&|row| row.components.is_some());
    let mut heads: Vec<Head> = vec![
        ("原网格", "Old", false),
        ("新网格", "New", false),
        ("面积 (m²)", "Area (m²)", true),
    ];
    if with_households {
        heads.push(("户数", "Households", true));
    }
    if with_population {
        heads.push(("人口", "People", true));
    }
    if with_components {
        heads.push(("部件", "Components", true));
    }
    begin(out, "crosswalk", &heads, language);
    for row in rows.iter().take(MOST_ROWS) {
        let nobody = told(language, "（无）", "(none)");
        let (old, new) = (
            row.old.as_deref().unwrap_or(nobody),
            row.new.as_deref().unwrap_or(nobody),
        );
        let class = if row.old == row.new {
            ""
        } else {
            r#" class="moved""#
        };
        let _ = write!(
            out,
            r#"<tr{class}><td>{}</td><td>{}</td><td class="n">{:.1}</td>"#,
            Escaped(old),
            Escaped(new),
            row.area_m2
        );
        if with_households {
            count_cell(out, row.households, row.households_by);
        }
        if with_population {
            count_cell(out, row.population, row.population_by);
        }
        if with_components {
            let count = row.components.map_or_else(|| "–".to_owned(), grouped);
            let _ = write!(out, r#"<td class="n">{count}</td>"#);
        }
        out.push_str("</tr>");
    }
    end(out, rows.len(), MOST_ROWS, language);
    if with_households || with_population {
        let text = told(
            language,
            "带“≈”的数按面积比例估算，其余按点位计。",
            "Numbers with ≈ are by share of area, the others counted by points.",
        );
        let _ = write!(out, r#"<p class="hint">{text}</p>"#);
    }
}

/// What the grids that change measure, before and after.
pub(super) fn measures(out: &mut String, report: &DiffReport, language: Language) {
    if report.measures.is_empty() {
        return;
    }
    title(
        out,
        language,
        "各网格调整前后的指标",
        "Each grid before and after",
    );
    let heads: [Head; 8] = [
        ("网格", "Grid", false),
        ("", "", false),
        ("面积 (m²)", "Area (m²)", true),
        ("户数", "Households", true),
        ("人口", "People", true),
        ("部件", "Components", true),
        ("紧凑度", "Compactness", true),
        ("沿街边界 (m)", "Border on streets (m)", true),
    ];
    begin(out, "measures", &heads, language);
    for grid in report.measures.iter().take(MOST_ROWS) {
        let sides = [
            (told(language, "前", "before"), &grid.old),
            (told(language, "后", "after"), &grid.new),
        ];
        for (i, (when, measure)) in sides.into_iter().enumerate() {
            let code = if i == 0 {
                Escaped(&grid.code).to_string()
            } else {
                String::new()
            };
            let class = if i == 0 { "before" } else { "after" };
            let _ = write!(out, r#"<tr class="{class}"><td>{code}</td><td>{when}</td>"#);
            match measure {
                Some(measure) => measure_cells(out, measure),
                None => out.push_str(&r#"<td class="n">–</td>"#.repeat(6)),
            }
            out.push_str("</tr>");
        }
    }
    end(out, report.measures.len(), MOST_ROWS, language);
    let text = told(
        language,
        "带“!”的数超出规模限制。",
        "Numbers with ! are outside the limits of size.",
    );
    let is_outside = |measure: &GridMeasure| !measure.outside_limits.is_empty();
    let any_outside = report
        .measures
        .iter()
        .flat_map(|grid| [&grid.old, &grid.new])
        .flatten()
        .any(is_outside);
    if any_outside {
        let _ = write!(out, r#"<p class="hint">{text}</p>"#);
    }
}

fn measure_cells(out: &mut String, measure: &GridMeasure) {
    let marked = |value: Option<f64>, quantity: &str| {
        let mark = if measure.outside_limits.contains(&quantity) {
            "!"
        } else {
            ""
        };
        number_or_dash(value, 0) + mark
    };
    let components = measure.components.map_or_else(|| "–".to_owned(), grouped);
    for cell in [
        number_or_dash(Some(measure.area_m2), 1),
        marked(measure.households, "households"),
        marked(measure.population, "population"),
        components,
        number_or_dash(Some(measure.compactness), 3),
        number_or_dash(measure.street_border_m, 0),
    ] {
        let _ = write!(out, r#"<td class="n">{cell}</td>"#);
    }
}

fn count_cell(out: &mut String, count: Option<f64>, by: Option<CountedBy>) {
    let about = if by == Some(CountedBy::Area) {
        "≈"
    } else {
        ""
    };
    let count = number_or_dash(count, 0);
    let about = if count == "–" { "" } else { about };
    let _ = write!(out, r#"<td class="n">{about}{count}</td>"#);
}

fn number_or_dash(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.decimals$}"))
}

fn title(out: &mut String, language: Language, zh: &str, en: &str) {
    let _ = write!(out, "<h2>{}</h2>", told(language, zh, en));
}

fn begin(out: &mut String, id: &str, heads: &[Head], language: Language) {
    let _ = write!(out, r#"<table id="{id}"><thead><tr>"#);
    for (zh, en, is_number) in heads {
        let class = if *is_number { r#" class="n""# } else { "" };
        let _ = write!(
            out,
            r#"<th scope="col"{class}>{}</th>"#,
            told(language, zh, en)
        );
    }
    out.push_str("</tr></thead><tbody>");
}

fn end(out: &mut String, there_are: usize, shown: usize, language: Language) {
    out.push_str("</tbody></table>");
    if there_are > shown {
        let more = grouped(there_are - shown);
        let _ = match language {
            Language::Zh => write!(
                out,
                r#"<p class="hint">另有 {more} 行，见 --format json。</p>"#
            ),
            Language::En => write!(
                out,
                r#"<p class="hint">The other {more} are in --format json.</p>"#
            ),
        };
    }
}
