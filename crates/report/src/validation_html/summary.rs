//! The verdict, the numbers behind it, and how many defects of each kind there are.

use std::fmt::Write as _;

use super::listing::Group;
use super::mark::symbol_id;
use super::table::{ground, severity_words};
use crate::html::markup::told;
use crate::validation_text::kind_words;
use crate::{Language, Validation, counted, grouped, length_m};

/// The verdict in a banner.
pub(super) fn banner(out: &mut String, validation: &Validation, language: Language) {
    let (class, sign) = match (validation.seamless, validation.sound) {
        (true, true) => ("sound", "M7 17.5 13.5 24 26 9.5"),
        (true, false) => ("unsound", "M16.5 7v12M16.5 24.5v1"),
        (false, _) => ("broken", "M9 9 24 24M24 9 9 24"),
    };
    let (zh_within, en_within) = match validation.against {
        "own-rim" => ("以自身外缘为界", "within its own rim"),
        "parent" => ("以上级边界为界", "within the level above"),
        _ => ("以给定外廓为界", "within the outline"),
    };
    let (zh, en) = match (validation.seamless, validation.sound) {
        (true, true) => ("无缝无叠", "Seamless"),
        (true, false) => ("无缝无叠，但有其他错误", "Seamless, but with other errors"),
        (false, _) => ("不是无缝覆盖", "Not seamless"),
    };
    let errors = |severity: &str| {
        validation
            .defects
            .iter()
            .filter(|d| d.severity == severity)
            .count()
    };
    let [wrong, look, known] = ["error", "warning", "info"].map(|s| grouped(errors(s)));
    let _ = match language {
        Language::Zh => write!(
            out,
            r#"<div id="verdict" class="{class}"><svg viewBox="0 0 33 33" aria-hidden="true"><path d="{sign}"/></svg><div><strong>{zh}</strong><span>{zh_within}</span></div><p>错误 {wrong} 处，提示 {look} 处，无妨 {known} 处</p></div>"#
        ),
        Language::En => write!(
            out,
            r#"<div id="verdict" class="{class}"><svg viewBox="0 0 33 33" aria-hidden="true"><path d="{sign}"/></svg><div><strong>{en}</strong><span>{en_within}</span></div><p>{}, {look} to look at, {known} that do no harm</p></div>"#,
            counted(errors("error"), "error", "errors")
        ),
    };
}

/// The numbers of the proof.
pub(super) fn numbers(out: &mut String, validation: &Validation, language: Language) {
    let moves = validation.lattice_moves();
    let moved = if moves.moved == 0 {
        told(language, "均已在格点上", "all on it already").to_owned()
    } else {
        let (moved, most) = (grouped(moves.moved), length_m(moves.max_move_m));
        let most = most.replace('<', "&lt;");
        match language {
            Language::Zh => format!("{moved} 处取整，最多移动 {most}"),
            Language::En => format!("{moved} rounded, by {most} at most"),
        }
    };
    let mut tiles = vec![
        (("网格", "Grids"), grouped(validation.grids)),
        (
            ("网格面积合计", "Area of all grids"),
            ground(validation.area_m2),
        ),
    ];
    if let Some(area_m2) = validation.outline_area_m2 {
        tiles.push((("外廓面积", "Area of the outline"), ground(area_m2)));
    }
    tiles.extend([
        (
            ("自身边界合格的网格", "Grids with a sound boundary"),
            grouped(validation.simple()),
        ),
        (("边", "Edges"), grouped(validation.edges)),
        (
            ("两侧相抵的边", "Edges that cancel"),
            grouped(validation.cancelled_edges()),
        ),
        (
            ("外缘或未配对的边", "Edges that remain"),
            grouped(validation.residual_edges()),
        ),
        (("顶点", "Vertices"), grouped(validation.vertices)),
        (
            (
                "格点（1e-7 度，约 1.1 cm）",
                "Lattice (1e-7 degree, about 1.1 cm)",
            ),
            moved,
        ),
    ]);
    out.push_str(r#"<dl id="numbers">"#);
    for ((zh, en), value) in tiles {
        let _ = write!(
            out,
            "<div><dt>{}</dt><dd>{value}</dd></div>",
            told(language, zh, en)
        );
    }
    out.push_str("</dl>");
}

/// Counts by kind, which are the legend of the map and choose what is shown.
pub(super) fn kinds(out: &mut String, groups: &[Group<'_>], language: Language) {
    if groups.is_empty() {
        return;
    }
    let heads = [
        ("种类", "Kind"),
        ("处数", "Count"),
        ("面积合计", "Area together"),
    ];
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
    for group in groups {
        let words = kind_words(group.kind);
        let weight = severity_words(group.severity, group.is_allowed);
        // a small grid's ground is not ground that something is wrong with
        let together = group
            .area_m2()
            .filter(|_| !matches!(group.kind, "tiny" | "thin" | "multi-part"))
            .map_or_else(|| "–".to_owned(), ground);
        let _ = write!(
            out,
            r##"<tr class="{severity}"><td><label><input type="checkbox" checked="checked" data-k="{}" data-s="{severity}"/><svg class="key" viewBox="-11 -11 22 22"><use xlink:href="#{}"/></svg><span>{}<br/><i>{}</i></span></label></td><td class="n">{}</td><td class="n">{together}</td></tr>"##,
            group.kind,
            symbol_id(group.kind, group.severity),
            told(language, words.0, words.1),
            told(language, weight.0, weight.1),
            grouped(group.count()),
            severity = group.severity,
        );
    }
    out.push_str("</tbody></table>");
}
