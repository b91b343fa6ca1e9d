//! What a redesign changes as a page to print and file: maps of before and after, every change with
//! its close-ups, the crosswalk, what the grids measure. It needs no network and no script.

mod close;
mod hatch;
mod header;
mod pair;
mod tables;

use std::cmp::Ordering;
use std::fmt::Write as _;

use wangge_plane::Shape;
use wangge_replan::{Change, Diff};

use crate::diff::Sides;
use crate::diff_ground::Grounds;
use crate::diff_text::KINDS;
use crate::html::markup::told;
use crate::html::{PAGE_STYLE, Page};
use crate::{ChangeRow, DiffReport, DiffSide, Language};

const STYLE: &str = include_str!("diff_html/page.css");

/// How many changes a page names one by one, and how many redrawn borders.
const NAMED: usize = 400;
const NAMED_REDRAWN: usize = 20;

/// What a page draws.
#[derive(Debug, Clone, Copy)]
pub struct DiffSource<'a> {
    /// The diff that the report is of.
    pub diff: &'a Diff,
    /// The plan as it was.
    pub old: DiffSide<'a>,
    /// The plan as it is to be.
    pub new: DiffSide<'a>,
    /// The day of the report, as it is printed; may be empty.
    pub date: &'a str,
}

/// A change that is named, in the order in which a person should look.
struct Named<'a> {
    /// Counted from 1.
    number: usize,
    row: &'a ChangeRow,
    change: &'a Change,
    /// The ground that it is about.
    ground: Option<Shape>,
}

impl<'a> DiffSource<'a> {
    fn sides(&self) -> Sides<'a> {
        Sides {
            old: self.old,
            new: self.new,
        }
    }
}

impl DiffReport {
    /// The report as one HTML page, for the screen and for A4.
    ///
    /// It loads nothing, runs nothing, and its content policy forbids both. Kinds of changes are told
    /// apart by their hatching, so that a print without colours can be read. The first changes are
    /// named and the rest are counted; borders are drawn as finely as keeps the page within some
    /// megabytes.
    pub fn html(&self, language: Language, source: &DiffSource<'_>) -> String {
        let named = self.named(source);
        let subject = match language {
            Language::Zh => format!("{} → {}", self.old, self.new),
            Language::En => format!("{} to {}", self.old, self.new),
        };
        let style = [PAGE_STYLE, STYLE].concat();
        let page = Page {
            title: told(language, "网格调整对照报告", "Redesign of grids"),
            subject: &subject,
            style: &style,
            script: "",
        };
        let mut out = String::new();
        page.begin(&mut out, language);
        hatch::patterns(&mut out);
        header::write(&mut out, self, source, language);
        if self.changes.is_empty() {
            let text = told(
                language,
                "两个方案的网格编码和范围全部相同。",
                "All grids have the same code and ground in both plans.",
            );
            let _ = write!(out, "<p>{text}</p>");
        }
        pair::write(&mut out, source, &named, language);
        header::legend(&mut out, self, language);
        tables::changes(&mut out, self, &named, language);
        close::write(&mut out, self, source, &named, language);
        tables::crosswalk(&mut out, self, language);
        tables::measures(&mut out, self, language);
        foot(&mut out, self, language);
        page.end(&mut out);
        out
    }

    fn named<'a>(&'a self, source: &DiffSource<'a>) -> Vec<Named<'a>> {
        let rank = |row: &ChangeRow| KINDS.iter().position(|&kind| kind == row.kind);
        let mut all: Vec<(&ChangeRow, &Change)> =
            self.changes.iter().zip(&source.diff.changes).collect();
        all.sort_by(|(a, _), (b, _)| {
            let by_shift = || match a.kind {
                "redigitised" => b.max_shift_m.total_cmp(&a.max_shift_m),
                _ => Ordering::Equal,
            };
            rank(a).cmp(&rank(b)).then_with(by_shift)
        });
        let grounds = Grounds::of_diff(source.diff, source.sides());
        all.into_iter()
            .zip(1..)
            .map(|((row, change), number)| Named {
                number,
                row,
                ground: Shape::new(grounds.drawn(change).into_iter().cloned().collect()),
                change,
            })
            .collect()
    }
}

impl Named<'_> {
    /// Whether a border was drawn anew and no more: named by few, and numbered on no map.
    fn is_redrawn(&self) -> bool {
        self.row.kind == "redigitised"
    }
}

fn foot(out: &mut String, report: &DiffReport, language: Language) {
    let tolerance = crate::length_m(report.survey_tolerance_m);
    let _ = match language {
        Language::Zh => writeln!(
            out,
            "<footer>面积和长度按 CGCS2000 椭球计算。宽度处处小于 {tolerance} 的范围差异视为同一边界的重新描绘，不计入易手面积。对照表中各行与“取整”之和等于网格的精确面积。紧凑度为 4π·面积/周长²，圆为 1。</footer>"
        ),
        Language::En => writeln!(
            out,
            "<footer>Areas and lengths are those on the ellipsoid of CGCS2000. Ground nowhere as wide as {tolerance} is the same border drawn anew and does not change hands. The rows of the crosswalk and their rounding make up each grid's area exactly. Compactness is 4 pi times the area over the perimeter squared: 1 of a circle.</footer>"
        ),
    };
}
