//! The defects one by one, worst first.

use std::collections::HashMap;
use std::fmt::Write as _;

use wangge_plane::Point;

use super::MapSource;
use super::inset::Inset;
use super::listing::{Group, NAMED, Row};
use super::mark::symbol_id;
use crate::html::frame::Frame;
use crate::html::markup::{Escaped, Trimmed, told};
use crate::validation_text::kind_words;
use crate::{Defect, Language, counted, grouped, length_m};

/// Grids that a row names. Around a rural remainder there may be thousands.
const NAMED_GRIDS: usize = 6;

/// The table as an HTML element.
pub(super) fn write(
    out: &mut String,
    source: &MapSource<'_>,
    groups: &[Group<'_>],
    (frame, insets): (Option<&Frame>, &[Inset]),
    language: Language,
) {
    let heads = [
        ("序号", "No."),
        ("种类", "Kind"),
        ("涉及网格", "Grids"),
        ("面积 (m²)", "Area (m²)"),
        ("宽 (m)", "Width (m)"),
        ("长 (m)", "Length (m)"),
        ("位置（经度，纬度）", "Position (lon, lat)"),
        ("说明", "Detail"),
    ];
    out.push_str(r#"<table id="defects"><thead><tr>"#);
    for (zh, en) in heads {
        let _ = write!(out, r#"<th scope="col">{}</th>"#, told(language, zh, en));
    }
    out.push_str("</tr></thead>");
    let names: HashMap<&str, &str> = source
        .grids
        .iter()
        .filter_map(|grid| Some((grid.code, grid.name?)))
        .collect();
    let drawn: HashMap<usize, &Inset> = insets.iter().map(|i| (i.number, i)).collect();
    for group in groups {
        let _ = write!(
            out,
            r#"<tbody data-k="{}" data-s="{}"><tr class="group"><th colspan="8" scope="rowgroup">{}</th></tr>"#,
            group.kind,
            group.severity,
            heading(group, language)
        );
        for row in &group.rows {
            let inset = drawn.get(&row.number).copied();
            let of_row = OfRow {
                names: &names,
                frame,
                inset,
                language,
            };
            of_row.write(out, row);
        }
        out.push_str("</tbody>");
    }
    out.push_str("</table>");
}

/// What severities are called.
pub(super) const fn severity_words(
    severity: &str,
    is_allowed: bool,
) -> (&'static str, &'static str) {
    match (severity.as_bytes(), is_allowed) {
        (_, true) => ("已允许", "allowed"),
        (b"error", _) => ("错误", "error"),
        (b"warning", _) => ("提示", "to look at"),
        _ => ("无妨", "no harm"),
    }
}

/// How large a defect is, in a few words, as text of a page.
pub(super) fn measures(defect: &Defect, language: Language) -> String {
    let mut told_all = Vec::new();
    if let Some(area_m2) = defect.area_m2 {
        told_all.push(ground(area_m2));
    }
    if let Some(width) = defect.width_m.or(defect.max_width_m) {
        let width = length_m(width).replace('<', "&lt;");
        told_all.push(match language {
            Language::Zh => format!("宽 {width}"),
            Language::En => format!("{width} wide"),
        });
    }
    if let Some(length) = defect.length_m {
        let length = length_m(length).replace('<', "&lt;");
        told_all.push(match language {
            Language::Zh => format!("长 {length}"),
            Language::En => format!("{length} long"),
        });
    }
    // a measure stays in one line
    let kept = told_all.iter().map(|text| text.replace(' ', "\u{a0}"));
    kept.collect::<Vec<_>>().join(told(language, "，", ", "))
}

/// An area with its unit, as text of a page.
pub(super) fn ground(area_m2: f64) -> String {
    if area_m2.abs() < 1e6 {
        format!("{}\u{a0}m²", number_or_dash(Some(area_m2), 2))
    } else {
        format!("{}\u{a0}km²", number_or_dash(Some(area_m2 / 1e6), 3))
    }
}

fn heading(group: &Group<'_>, language: Language) -> String {
    let (zh, en) = kind_words(group.kind);
    let (zh_weight, en_weight) = severity_words(group.severity, group.is_allowed);
    let count = grouped(group.count());
    let mut text = format!(
        r##"<svg class="key" viewBox="-11 -11 22 22"><use xlink:href="#{}"/></svg>"##,
        symbol_id(group.kind, group.severity)
    );
    let _ = match language {
        Language::Zh => write!(text, "{zh} <i>{zh_weight}</i> 共 {count} 处"),
        Language::En => write!(text, "{en} <i>{en_weight}</i> {count}"),
    };
    if !group.rest.is_empty() {
        let _ = match language {
            Language::Zh => write!(
                text,
                r#"<span class="more">下面列出前 {NAMED} 处，其余 {} 处在图上以小点表示；全部清单请用 <code>--format json</code></span>"#,
                grouped(group.rest.len())
            ),
            Language::En => write!(
                text,
                r#"<span class="more">The first {NAMED} are listed, the other {} are small dots on the map; <code>--format json</code> lists all</span>"#,
                grouped(group.rest.len())
            ),
        };
    }
    text
}

/// What the rows of a table have in common.
struct OfRow<'a> {
    names: &'a HashMap<&'a str, &'a str>,
    frame: Option<&'a Frame>,
    inset: Option<&'a Inset>,
    language: Language,
}

impl OfRow<'_> {
    fn write(&self, out: &mut String, row: &Row<'_>) {
        let Row { number, defect, .. } = row;
        let language = self.language;
        let _ = write!(out, r#"<tr id="r{number}""#);
        self.targets(out, row);
        let to = if row.place.is_some() && self.frame.is_some() {
            "m"
        } else {
            "r"
        };
        let kind = kind_words(defect.kind);
        // the heading over the rows explains the kind
        let short = |words: &'static str| words.split(['（', '(']).next().unwrap_or(words);
        let weight = severity_words(defect.severity, defect.allowed == Some(true));
        let _ = write!(
            out,
            r##"><td class="n"><a href="#{to}{number}">{number}</a></td><td class="kind"><svg class="key" viewBox="-11 -11 22 22"><use xlink:href="#{}"/></svg>{}<br/><i>{}</i></td><td>"##,
            symbol_id(defect.kind, defect.severity),
            told(language, short(kind.0), short(kind.1)).trim_end(),
            told(language, weight.0, weight.1),
        );
        self.grids(out, defect);
        let width = defect.width_m.or(defect.max_width_m);
        let _ = write!(
            out,
            r#"</td><td class="n">{}</td><td class="n">{}</td><td class="n">{}</td><td class="at">{}</td><td>"#,
            number_or_dash(defect.area_m2, 2),
            number_or_dash(width, 3),
            number_or_dash(defect.length_m, 1),
            defect.at.map_or_else(|| "–".to_owned(), position),
        );
        self.detail(out, defect);
        out.push_str("</td></tr>");
    }

    /// What the script goes to: a box of the map, the grids to make stand out, the insets.
    fn targets(&self, out: &mut String, row: &Row<'_>) {
        let Some(frame) = self.frame else { return };
        if let Some(place) = &row.place {
            let (left, bottom) = frame.place(place.extent.min());
            let (right, top) = frame.place(place.extent.max());
            let _ = write!(
                out,
                r#" data-b="{} {} {} {}""#,
                Trimmed(left, 7),
                Trimmed(top, 7),
                Trimmed(right - left, 9),
                Trimmed(bottom - top, 9)
            );
        }
        if !row.grids.is_empty() {
            let grids: Vec<String> = row.grids.iter().map(ToString::to_string).collect();
            let _ = write!(out, r#" data-g="{}""#, grids.join(" "));
        }
        if let Some(inset) = self.inset {
            let _ = write!(out, r#" data-i="{}""#, inset.on_map(frame));
        }
    }

    fn grids(&self, out: &mut String, defect: &Defect) {
        let language = self.language;
        for code in defect.grids.iter().take(NAMED_GRIDS) {
            let _ = write!(out, "<div><bdi>{}</bdi>", Escaped(code));
            if let Some(name) = self.names.get(code.as_str()) {
                let _ = write!(out, " <small>{}</small>", Escaped(name));
            }
            out.push_str("</div>");
        }
        if defect.grids.len() > NAMED_GRIDS {
            let all = grouped(defect.grids.len());
            let _ = match language {
                Language::Zh => write!(out, "<div>等 {all} 个</div>"),
                Language::En => write!(out, "<div>and others, {all} in all</div>"),
            };
        }
        if defect.grids.is_empty() {
            let is_outlines = defect.geometry.is_some();
            out.push_str(if is_outlines {
                told(language, "外廓", "the outline")
            } else {
                "–"
            });
        }
    }

    fn detail(&self, out: &mut String, defect: &Defect) {
        let language = self.language;
        let detail = match language {
            Language::Zh => defect.detail_zh.as_ref().or(defect.detail.as_ref()),
            Language::En => defect.detail.as_ref(),
        };
        if let Some(detail) = detail {
            let _ = write!(out, "<div>{}</div>", Escaped(detail));
        }
        if defect.sliver == Some(true) && defect.kind != "hairline" {
            let _ = write!(out, "<div>{}</div>", told(language, "狭长", "a sliver"));
        }
        if let Some(count) = defect.count {
            let (zh, one, many) = match defect.kind {
                "multi-part" => ("个部分", "part", "parts"),
                "duplicate-grid" => ("份", "copy", "copies"),
                "duplicate-vertex" => ("次", "time", "times"),
                _ => ("处", "place", "places"),
            };
            let _ = match language {
                Language::Zh => write!(out, "<div>{} {zh}</div>", grouped(count)),
                Language::En => write!(out, "<div>{}</div>", counted(count, one, many)),
            };
        }
        if let Some(inset) = self.inset {
            let text = told(language, "放大图", "close-up");
            let _ = write!(out, r##"<a href="#f{}">{text}</a> "##, inset.number);
        }
        let _ = write!(out, r#"<code class="id">{}</code>"#, Escaped(&defect.id));
    }
}

fn position(p: Point) -> String {
    format!("{:.7}, <br/>{:.7}", p.lon(), p.lat())
}

/// A measure; what is there never reads as nothing.
fn number_or_dash(value: Option<f64>, decimals: usize) -> String {
    let Some(value) = value else {
        return "–".to_owned();
    };
    let text = format!("{value:.decimals$}");
    let reads_as_nothing = text.chars().all(|c| matches!(c, '0' | '.' | '-'));
    if reads_as_nothing && value != 0.0 {
        return format!("&lt;{}1", &text[..text.len() - 1]);
    }
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
    format!("{whole}.{part}")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing_known(None, 2, "–")]
    #[case::nothing(Some(0.0), 2, "0.00")]
    #[case::less_than_is_shown(Some(0.0003), 2, "&lt;0.01")]
    #[case::less_than_a_millimetre(Some(0.0003), 3, "&lt;0.001")]
    #[case::less_than_is_shown_of_a_length(Some(0.03), 1, "&lt;0.1")]
    #[case::much(Some(2_518_034.256), 2, "2,518,034.26")]
    fn a_measure_of(#[case] value: Option<f64>, #[case] decimals: usize, #[case] text: &str) {
        assert_eq!(number_or_dash(value, decimals), text);
    }
}
