//! One drawing of a defect: the grids around it, cut to the drawing, the defect, a scale bar.

use std::fmt::Write as _;

use wangge_plane::Extent;

use super::MapSource;
use super::listing::Row;
use super::mark::Mark;
use super::place::{Form, Place};
use crate::Language;
use crate::html::clip::clipped;
use crate::html::close_up::{BEYOND, HEIGHT, Names, PER_PIXEL, WIDTH, cut, neighbour, scale_bar};
use crate::html::frame::{Frame, Pixel};
use crate::html::markup::{Trimmed, told};
use crate::html::path::{Path, step};

/// A drawing as an SVG element: the first of a defect, or the second and closer one. What the
/// closer one shows is boxed in the first.
pub(super) fn svg(
    source: &MapSource<'_>,
    around: &[(usize, Extent)],
    row: &Row<'_>,
    (view, frame, closer): (usize, &Frame, Option<&Frame>),
    language: Language,
) -> String {
    let mut out = String::new();
    let steps = Trimmed(1.0 / PER_PIXEL, 5);
    let about = match view {
        0 => told(
            language,
            "整个缺陷及其周围的边界",
            "The whole defect and the borders around it",
        ),
        _ => told(
            language,
            "最宽处的放大图",
            "A closer look at where it is widest",
        ),
    };
    let _ = write!(
        out,
        r#"<svg class="inset" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="{about}"><svg id="{}" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"><rect class="nobody" width="{WIDTH}" height="{HEIGHT}"/><g class="ground" transform="scale({steps})">"#,
        view_id(row.number, view),
    );
    let mut names = Names::default();
    for (tint, &(grid, extent)) in around.iter().enumerate() {
        if frame.shows(extent) {
            neighbour(&mut out, &mut names, frame, &source.grids[grid], tint);
        }
    }
    if let Some(outline) = source.outline {
        let _ = write!(
            out,
            r#"<path class="outline" d="{}"/>"#,
            cut(frame, outline).0
        );
    }
    let _ = write!(out, r#"</g></svg><g transform="scale({steps})">"#);
    if let Some(place) = &row.place {
        defect(&mut out, frame, row, place, view > 0);
    }
    out.push_str("</g>");
    if let Some(closer) = closer {
        // where the closer look is taken
        let ratio = frame.scale / closer.scale;
        let (x, y) = frame.at(closer.ground((closer.width / 2.0, closer.height / 2.0)));
        let (width, height) = (
            (closer.width * ratio).max(9.0),
            (closer.height * ratio).max(7.0),
        );
        let _ = write!(
            out,
            r#"<rect class="closer" x="{}" y="{}" width="{}" height="{}"/>"#,
            Trimmed(x - width / 2.0, 1),
            Trimmed(y - height / 2.0, 1),
            Trimmed(width, 1),
            Trimmed(height, 1)
        );
    }
    out.push_str(&names.svg);
    scale_bar(&mut out, frame);
    out.push_str("</svg>");
    out
}

fn defect(out: &mut String, frame: &Frame, row: &Row<'_>, place: &Place, is_closer: bool) {
    let colour = Mark::of(row.defect.kind).colour;
    let (low, high) = ((-BEYOND, -BEYOND), (WIDTH + BEYOND, HEIGHT + BEYOND));
    let mut path = Path::default();
    for line in &place.lines {
        let placed: Vec<Pixel> = line.iter().map(|&p| frame.place(p)).collect();
        match place.form {
            Form::Ground => {
                let cut = clipped(placed, low, high);
                path.ring(cut.iter().map(|&at| step(at, PER_PIXEL)));
            }
            Form::Lines => {
                for ends in placed.windows(2) {
                    if let Some(ends) = seen(ends[0], ends[1]) {
                        path.line(ends.map(|at| step(at, PER_PIXEL)));
                    }
                }
            }
            Form::Points => {
                for at in placed {
                    path.line([step(at, PER_PIXEL)]);
                }
            }
        }
    }
    let class = match place.form {
        Form::Ground => "area",
        // beside a thick line nobody would see how far the borders are apart
        Form::Lines if is_closer => "line thin",
        Form::Lines => "line",
        Form::Points => "spots",
    };
    if place.form == Form::Points {
        let _ = write!(out, r#"<path class="spots halo" d="{}"/>"#, path.d);
    }
    let _ = write!(
        out,
        r#"<path class="{class}" stroke="{colour}" fill="{colour}" d="{}"/>"#,
        path.d
    );
}

/// The part of an edge that may be seen (Liang and Barsky, 1984).
fn seen(a: Pixel, b: Pixel) -> Option<[Pixel; 2]> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (mut from, mut to) = (0.0f64, 1.0f64);
    for (way, room) in [
        (-dx, a.0 + BEYOND),
        (dx, WIDTH + BEYOND - a.0),
        (-dy, a.1 + BEYOND),
        (dy, HEIGHT + BEYOND - a.1),
    ] {
        if way == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if way < 0.0 {
            from = from.max(room / way);
        } else {
            to = to.min(room / way);
        }
    }
    let at = |along: f64| (a.0 + dx * along, a.1 + dy * along);
    (from <= to).then(|| [at(from), at(to)])
}

/// The id of a drawing's ground, for use on the map.
pub(super) fn view_id(number: usize, view: usize) -> String {
    format!("i{number}{}", if view == 0 { "a" } else { "b" })
}
