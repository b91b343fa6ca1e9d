//! Close-ups of the changes: the same ground before and after.

use std::fmt::Write as _;

use wangge_plane::{Extent, Shape};

use super::hatch::{self, PER_PIXEL};
use super::{DiffSource, Named};
use crate::diff_text::kind_words;
use crate::html::close_up::{HEIGHT, Names, WIDTH, cut, neighbour, scale_bar};
use crate::html::frame::{Frame, middle};
use crate::html::markup::{Escaped, Trimmed, told};
use crate::{DiffReport, Language, MapGrid};

/// How many changes are drawn, and in how many bytes.
const MOST: usize = 60;
const BUDGET: usize = 1_200_000;

/// The close-ups of the first changes. What is only drawn anew would not be seen.
pub(super) fn write(
    out: &mut String,
    report: &DiffReport,
    source: &DiffSource<'_>,
    named: &[Named<'_>],
    language: Language,
) {
    let worth_drawing = |named: &&Named<'_>| !named.is_redrawn();
    let drawn: Vec<&Named<'_>> = named.iter().filter(worth_drawing).take(MOST).collect();
    if drawn.is_empty() {
        return;
    }
    let title = told(
        language,
        "各处变化的前后对照",
        "Every change before and after",
    );
    let note = told(
        language,
        "左为调整前，右为调整后；比例尺各自不同，上北下南，边界未简化。",
        "Before to the left, after to the right, each at its own scale with exact borders, north up.",
    );
    let _ = write!(
        out,
        r#"<h2>{title}</h2><p class="hint">{note}</p><div id="closeups">"#
    );
    let old_extents: Vec<Extent> = extents(source.old.grids);
    let new_extents: Vec<Extent> = extents(source.new.grids);
    let begin = out.len();
    for named in drawn {
        if out.len() - begin > BUDGET {
            break;
        }
        let Some(shape) = &named.ground else { continue };
        let frame = around(shape);
        caption(out, report, named, language);
        let old: Vec<usize> = named.change.old.iter().map(|&at| at as usize).collect();
        let new: Vec<usize> = named.change.new.iter().map(|&at| at as usize).collect();
        let sides = [
            (
                told(language, "调整前", "Before"),
                source.old.grids,
                &old_extents,
                old,
            ),
            (
                told(language, "调整后", "After"),
                source.new.grids,
                &new_extents,
                new,
            ),
        ];
        for (when, grids, extents, concerned) in sides {
            drawing(out, &frame, (grids, extents), &concerned, named, when);
        }
        out.push_str("</figure>");
    }
    out.push_str("</div>");
}

fn extents(grids: &[MapGrid<'_>]) -> Vec<Extent> {
    grids.iter().map(|grid| grid.shape.extent()).collect()
}

/// The frame of a change with some ground around it.
fn around(shape: &Shape) -> Frame {
    const LEAST_M: f64 = 4.0;
    let extent = shape.extent();
    let span = Frame::holding(extent, WIDTH, [HEIGHT, HEIGHT], 0.0);
    let width_m = (WIDTH / span.scale * 1.35).max(LEAST_M);
    Frame::around(middle(extent), width_m, WIDTH, HEIGHT)
}

fn caption(out: &mut String, report: &DiffReport, named: &Named<'_>, language: Language) {
    let number = named.number;
    let (zh, en) = kind_words(named.row.kind);
    let _ = write!(
        out,
        r##"<figure id="f{number}" class="views2"><figcaption><a href="#r{number}">{number}</a> <b>{}</b><br/><span>{}</span></figcaption>"##,
        told(language, zh, en),
        Escaped(&report.entry(named.row, language))
    );
}

/// One drawing: the grids of one plan, those concerned first, and the ground that changes.
fn drawing(
    out: &mut String,
    frame: &Frame,
    (grids, extents): (&[MapGrid<'_>], &[Extent]),
    concerned: &[usize],
    named: &Named<'_>,
    when: &str,
) {
    let per_pixel = PER_PIXEL[1];
    let steps = Trimmed(1.0 / f64::from(per_pixel), 5);
    let _ = write!(
        out,
        r#"<svg class="inset" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="{when}"><rect class="nobody" width="{WIDTH}" height="{HEIGHT}"/><g transform="scale({steps})">"#
    );
    let seen = (0..grids.len()).filter(|&at| frame.shows(extents[at]));
    let (mut order, others): (Vec<usize>, Vec<usize>) = seen.partition(|at| concerned.contains(at));
    order.extend(others);
    let mut names = Names::default();
    for (tint, at) in order.into_iter().enumerate() {
        neighbour(out, &mut names, frame, &grids[at], tint);
    }
    if let Some(shape) = &named.ground {
        let kind = named.row.kind;
        let _ = write!(
            out,
            r#"<path class="changed {kind}" fill="{}" stroke="{}" d="{}"/>"#,
            hatch::fill(kind, per_pixel),
            hatch::colour(kind),
            cut(frame, shape).0
        );
    }
    out.push_str("</g>");
    out.push_str(&names.svg);
    let _ = write!(out, r#"<text class="when" x="8" y="16">{when}</text>"#);
    scale_bar(out, frame);
    out.push_str("</svg>");
}
