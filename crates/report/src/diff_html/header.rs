//! What the page is about: both plans, the day, the numbers; and the legend of the maps.

use std::fmt::Write as _;

use super::{DiffSource, hatch};
use crate::diff_text::{KINDS, kind_words, percent};
use crate::html::markup::{Escaped, told};
use crate::{DiffReport, Language, area, grouped, length_m};

/// Both plans and the numbers.
pub(super) fn write(
    out: &mut String,
    report: &DiffReport,
    source: &DiffSource<'_>,
    language: Language,
) {
    let summary = &report.summary;
    let mut tiles: Vec<((&str, &str), String)> = vec![
        (
            ("原方案", "Before"),
            named_side(&report.old, source.old.grids.len(), language),
        ),
        (
            ("新方案", "After"),
            named_side(&report.new, source.new.grids.len(), language),
        ),
    ];
    if !source.date.is_empty() {
        tiles.push((("日期", "Date"), Escaped(source.date).to_string()));
    }
    tiles.extend([
        (
            ("变化", "Changes"),
            grouped(report.changes.len() - summary.redigitised),
        ),
        (
            ("只重新描绘", "Only drawn anew"),
            grouped(summary.redigitised),
        ),
        (
            ("不变的网格", "Grids as they were"),
            grouped(summary.unchanged),
        ),
        (
            ("易手面积", "Changes hands"),
            format!(
                "{} ({})",
                area(summary.changed_area_m2),
                percent(summary.changed_share)
            ),
        ),
        (
            ("测量容差", "Survey's tolerance"),
            length_m(report.survey_tolerance_m),
        ),
    ]);
    out.push_str(r#"<header><dl id="numbers">"#);
    for ((zh, en), value) in tiles {
        let _ = write!(
            out,
            "<div><dt>{}</dt><dd>{value}</dd></div>",
            told(language, zh, en)
        );
    }
    out.push_str("</dl></header>");
}

fn named_side(name: &str, grids: usize, language: Language) -> String {
    let (name, count) = (Escaped(name), grouped(grids));
    match language {
        Language::Zh => format!("{name}<br/><i>{count} 个网格</i>"),
        Language::En => format!("{name}<br/><i>{count} grids</i>"),
    }
}

/// The kinds that there are, with their hatching, how many there are and how much ground they take.
pub(super) fn legend(out: &mut String, report: &DiffReport, language: Language) {
    if report.changes.is_empty() {
        return;
    }
    let heads = [("图例", "Legend"), ("处数", "Count"), ("面积", "Area")];
    out.push_str(r#"<table id="kinds"><thead><tr>"#);
    for (i, (zh, en)) in heads.into_iter().enumerate() {
        let class = if i < 1 { "" } else { r#" class="n""# };
        let _ = write!(
            out,
            r#"<th scope="col"{class}>{}</th>"#,
            told(language, zh, en)
        );
    }
    out.push_str("</tr></thead><tbody>");
    for kind in KINDS {
        let of_kind = || report.changes.iter().filter(|change| change.kind == kind);
        let count = of_kind().count();
        if count == 0 {
            continue;
        }
        let ground: f64 = of_kind().map(|change| change.area_m2).sum();
        let (zh, en) = kind_words(kind);
        out.push_str("<tr><td>");
        hatch::patch(out, kind);
        let ground = if ground > 0.0 {
            area(ground)
        } else {
            "–".to_owned()
        };
        let _ = write!(
            out,
            r#"{}</td><td class="n">{}</td><td class="n">{ground}</td></tr>"#,
            told(language, zh, en),
            grouped(count)
        );
    }
    out.push_str("</tbody></table>");
}
