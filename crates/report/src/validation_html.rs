//! A validation report as a page: the verdict, a map, close-ups and a table in one file that
//! needs no network and no script to be read.

mod inset;
mod listing;
mod map;
mod mark;
mod place;
mod summary;
mod table;
mod view;

use std::fmt::Write as _;

use wangge_plane::Shape;

use self::inset::Inset;
use self::listing::{Group, Row};
use self::mark::{Mark, symbol_id};
use crate::html::markup::told;
use crate::html::{MapGrid, PAGE_STYLE, Page};
use crate::{Language, Validation};

const STYLE: &str = include_str!("validation_html/page.css");
const SCRIPT: &str = include_str!("validation_html/page.js");

/// What a page is about, and what its map draws beside the defects.
#[derive(Debug, Clone, Copy, Default)]
pub struct MapSource<'a> {
    /// What was validated, for the title: files, or a store and its plan. May be empty.
    pub subject: &'a str,
    /// All grids.
    pub grids: &'a [MapGrid<'a>],
    /// The outline that was the measure, if there was one.
    pub outline: Option<&'a Shape>,
}

impl Validation {
    /// The report as one HTML page.
    ///
    /// It loads nothing, and its content policy forbids it to; with scripts off everything can be
    /// read, with them the map moves and what is listed can be chosen. Of each kind the first 200
    /// are listed and the rest are counted. Borders are drawn as finely as keeps the page within
    /// some megabytes, defects exactly.
    pub fn html(&self, language: Language, source: &MapSource<'_>) -> String {
        let groups = Group::all(self, source);
        let frame = map::frame(source);
        let insets = inset::drawn(source, &groups, language);
        let mut out = String::new();
        let style = [PAGE_STYLE, STYLE].concat();
        let page = Page {
            title: told(language, "网格无缝性检查报告", "Validation of grids"),
            subject: source.subject,
            style: &style,
            script: SCRIPT,
        };
        page.begin(&mut out, language);
        symbols(&mut out, &groups, language);
        out.push_str("<header>");
        summary::banner(&mut out, self, language);
        summary::numbers(&mut out, self, language);
        out.push_str("</header>");
        out.push_str(r#"<section id="overview">"#);
        if let Some(frame) = &frame {
            map::write(&mut out, frame, source, &groups, language);
            hint(&mut out, source, language);
        }
        summary::kinds(&mut out, &groups, language);
        out.push_str("</section>");
        close_ups(&mut out, &groups, &insets, language);
        if groups.is_empty() {
            let text = told(language, "没有发现任何缺陷。", "No defects were found.");
            let _ = write!(out, "<p>{text}</p>");
        } else {
            let text = told(language, "缺陷清单（最严重的在前）", "Defects, worst first");
            let _ = write!(out, "<h2>{text}</h2>");
            table::write(
                &mut out,
                source,
                &groups,
                (frame.as_ref(), &insets),
                language,
            );
        }
        foot(&mut out, language);
        page.end(&mut out);
        out
    }
}

/// The signs of the kinds there are, for use all over the page.
fn symbols(out: &mut String, groups: &[Group<'_>], language: Language) {
    out.push_str(r#"<svg id="symbols" width="0" height="0" aria-hidden="true"><defs>"#);
    let mut written: Vec<String> = Vec::new();
    for group in groups {
        let id = symbol_id(group.kind, group.severity);
        if !written.contains(&id) {
            let _ = write!(out, r#"<g id="{id}" class="symbol">"#);
            Mark::of(group.kind).write(out, group.severity, language);
            out.push_str("</g>");
            written.push(id);
        }
    }
    out.push_str("</defs></svg>");
}

/// How to read and move the map.
fn hint(out: &mut String, source: &MapSource<'_>, language: Language) {
    let outline = match (language, source.outline.is_some()) {
        (_, false) => "",
        (Language::Zh, true) => {
            r#"<span><svg class="line" viewBox="0 0 30 8"><path class="outline" d="M0 4h30"/></svg>给定外廓</span>"#
        }
        (Language::En, true) => {
            r#"<span><svg class="line" viewBox="0 0 30 8"><path class="outline" d="M0 4h30"/></svg>the outline</span>"#
        }
    };
    let (border, signs, moving) = match language {
        Language::Zh => (
            "网格边界（为绘图略有简化）",
            "图上编号即清单中的序号；实心为错误，空心为提示或无妨；挤在一起时只有较严重的画成大符号",
            "拖动可移动；点一下地图后滚轮可缩放；点清单中的一行可放大到该处，点图上符号可找到清单中的行",
        ),
        Language::En => (
            "borders of grids (drawn a little simplified)",
            "Numbers are those of the list; full signs are errors, hollow ones are not; where signs crowd only the worse ones are large",
            "Drag to move; click the map, then the wheel magnifies; click a row of the list to look closely, a sign to find its row",
        ),
    };
    let _ = write!(
        out,
        r#"<p class="hint"><span><svg class="line" viewBox="0 0 30 8"><path class="border" d="M0 4h30"/></svg>{border}</span>{outline}<span>{signs}</span><span class="scripted">{moving}</span></p>"#
    );
}

/// The drawings of the worst defects.
fn close_ups(out: &mut String, groups: &[Group<'_>], insets: &[Inset], language: Language) {
    if insets.is_empty() {
        return;
    }
    let (title, note) = match language {
        Language::Zh => (
            "放大图",
            "按各缺陷自身的比例尺绘制，边界未简化，上北下南。狭窄处另有一幅最宽处的放大图，其位置以小框标出。",
        ),
        Language::En => (
            "Close-ups",
            "Each at its own scale with exact borders, north up. What is narrow has a second drawing of where it is widest; the small box says where that is.",
        ),
    };
    let _ = write!(
        out,
        r#"<h2>{title}</h2><p class="hint">{note}</p><div id="closeups">"#
    );
    let rows = || groups.iter().flat_map(|group| &group.rows);
    for inset in insets {
        let row: Option<&Row<'_>> = rows().find(|row| row.number == inset.number);
        if let Some(row) = row {
            inset.write(out, row, language);
        }
    }
    out.push_str("</div>");
}

fn foot(out: &mut String, language: Language) {
    let text = match language {
        Language::Zh => {
            "面积、宽度和长度按 CGCS2000 椭球计算；宽度为可放入的最大圆的直径。判定以 1e-7 度格点上的坐标为准。缺陷编号（如 g-5f3a…）在别处修改后保持不变。"
        }
        Language::En => {
            "Areas, widths and lengths are those on the ellipsoid of CGCS2000; a width is the diameter of the largest circle that fits. The verdict is about coordinates on the lattice of 1e-7 degree. The id of a defect (such as g-5f3a…) stays the same under edits elsewhere."
        }
    };
    let _ = writeln!(out, "<footer>{text}</footer>");
}
