//! A drawing of each of the worst defects at its own scale, with the borders around it.

use std::fmt::Write as _;

use wangge_plane::{Extent, Point, ellipsoid};

use super::MapSource;
use super::listing::{Group, Row};
use super::mark::symbol_id;
use super::place::{Form, Place};
use super::table::measures;
use super::view::{svg, view_id};
use crate::Language;
use crate::html::close_up::{HEIGHT, WIDTH};
use crate::html::frame::{Frame, Pixel, metres_per_unit, middle};
use crate::html::markup::{Escaped, Trimmed, told};
use crate::html::roomiest::roomiest;

/// How many defects are drawn, how many of one kind and severity at first, and in how many bytes.
const MOST: usize = 50;
const MOST_OF_ERRORS: usize = 12;
const MOST_OF_OTHERS: usize = 3;
const BUDGET: usize = 600_000;

/// Ground that is narrower than this in the whole drawing is looked at closely beside it.
const NARROW: f64 = 10.0;

/// The drawings of one defect.
pub(super) struct Inset {
    /// The number of its row.
    pub(super) number: usize,
    /// The whole of it, then its roomiest spot where that is too narrow to be seen.
    views: Vec<View>,
}

struct View {
    frame: Frame,
    svg: String,
}

/// Drawings of the worst of each kind.
pub(super) fn drawn(
    source: &MapSource<'_>,
    groups: &[Group<'_>],
    language: Language,
) -> Vec<Inset> {
    let extents: Vec<Extent> = source
        .grids
        .iter()
        .map(|grid| grid.shape.extent())
        .collect();
    let at_first = |group: &Group<'_>| match group.severity {
        "error" => MOST_OF_ERRORS,
        _ => MOST_OF_OTHERS,
    };
    let placed = |group: &Group<'_>| group.rows.iter().filter(|row| row.place.is_some()).count();
    let mut shares: Vec<usize> = groups.iter().map(|g| placed(g).min(at_first(g))).collect();
    let mut left = MOST.saturating_sub(shares.iter().sum());
    for (share, group) in shares.iter_mut().zip(groups) {
        if group.severity == "error" {
            let more = (placed(group) - *share).min(left);
            *share += more;
            left -= more;
        }
    }
    let mut insets: Vec<Inset> = Vec::new();
    let mut bytes = 0;
    for (share, group) in shares.into_iter().zip(groups) {
        let rows = group.rows.iter().filter(|row| row.place.is_some());
        for row in rows.take(share) {
            if insets.len() >= MOST || bytes >= BUDGET {
                return insets;
            }
            let inset = Inset::of(source, &extents, row, language);
            bytes += inset.views.iter().map(|view| view.svg.len()).sum::<usize>();
            insets.push(inset);
        }
    }
    insets
}

impl Inset {
    fn of(source: &MapSource<'_>, extents: &[Extent], row: &Row<'_>, language: Language) -> Self {
        let mut frames = Vec::new();
        if let Some(place) = &row.place {
            let whole = whole(place);
            frames.push(whole);
            frames.extend(close(place, row, source, &whole));
        }
        let around = around(extents, row, frames.first());
        let views = frames
            .iter()
            .enumerate()
            .map(|(i, frame)| {
                let within = frames.get(i + 1);
                View {
                    frame: *frame,
                    svg: svg(source, &around, row, (i, frame, within), language),
                }
            })
            .collect();
        Self {
            number: row.number,
            views,
        }
    }

    /// Where the drawings lie on the map: `id x y width height` each, for magnifying.
    pub(super) fn on_map(&self, map: &Frame) -> String {
        let mut text = String::new();
        for (i, View { frame, .. }) in self.views.iter().enumerate() {
            let ratio = map.scale / frame.scale;
            let (width, height) = (frame.width * ratio, frame.height * ratio);
            let (x, y) = map.at(frame.ground((0.0, 0.0)));
            if i > 0 {
                text.push(';');
            }
            let _ = write!(
                text,
                "{} {} {} {} {}",
                view_id(self.number, i),
                Trimmed(x, 7),
                Trimmed(y, 7),
                Trimmed(width, 9),
                Trimmed(height, 9)
            );
        }
        text
    }

    /// The drawings with what they show.
    pub(super) fn write(&self, out: &mut String, row: &Row<'_>, language: Language) {
        let number = self.number;
        let defect = row.defect;
        let words = crate::validation_text::kind_words(defect.kind);
        let _ = write!(
            out,
            r##"<figure id="f{number}" class="views{}"><figcaption><svg class="key" viewBox="-11 -11 22 22"><use xlink:href="#{}"/></svg><a href="#r{number}">{number}</a> <b>{}</b> {}<br/>"##,
            self.views.len(),
            symbol_id(defect.kind, defect.severity),
            told(language, words.0, words.1),
            measures(defect, language),
        );
        for (i, code) in defect.grids.iter().take(3).enumerate() {
            let comma = if i > 0 {
                told(language, "、", ", ")
            } else {
                ""
            };
            let _ = write!(out, "{comma}<span>{}</span>", Escaped(code));
        }
        if defect.grids.len() > 3 {
            out.push('…');
        }
        out.push_str("</figcaption>");
        for view in &self.views {
            out.push_str(&view.svg);
        }
        out.push_str("</figure>");
    }
}

/// The grids to be seen, with their extents: those concerned first, so that their tints differ.
fn around(extents: &[Extent], row: &Row<'_>, frame: Option<&Frame>) -> Vec<(usize, Extent)> {
    let Some(frame) = frame else {
        return Vec::new();
    };
    let seen = (0..extents.len()).filter(|&grid| frame.shows(extents[grid]));
    let (mut around, others): (Vec<usize>, Vec<usize>) =
        seen.partition(|grid| row.grids.contains(grid));
    around.extend(others);
    around
        .into_iter()
        .map(|grid| (grid, extents[grid]))
        .collect()
}

/// The frame of all of a place, with some ground around it.
fn whole(place: &Place) -> Frame {
    /// A point says nothing of how much around it matters.
    const AROUND_POINT_M: f64 = 24.0;
    const LEAST_M: f64 = 0.3;
    let span = Frame::holding(place.extent, WIDTH, [HEIGHT, HEIGHT], 0.0);
    let width_m = if place.extent.min() == place.extent.max() {
        AROUND_POINT_M
    } else {
        (WIDTH / span.scale * 1.4).max(LEAST_M)
    };
    Frame::around(middle(place.extent), width_m, WIDTH, HEIGHT)
}

/// A closer look at where the place is widest, if it is too narrow in the whole drawing.
fn close(place: &Place, row: &Row<'_>, source: &MapSource<'_>, whole: &Frame) -> Option<Frame> {
    let (at, width_m) = match place.form {
        Form::Ground => {
            let rings: Vec<Vec<Pixel>> = place
                .lines
                .iter()
                .map(|ring| ring.iter().map(|&p| whole.place(p)).collect())
                .collect();
            let spot = roomiest(&rings, 48)?;
            (spot.at, 2.0 * spot.radius / whole.scale)
        }
        Form::Lines => {
            let width_m = row.defect.max_width_m?.max(0.01);
            (whole.place(openest(place, row, source, width_m)?), width_m)
        }
        Form::Points => return None,
    };
    let is_narrow = width_m * whole.scale < NARROW;
    // a fifth of the drawing's height
    let width_of_view_m = width_m * 5.0 * WIDTH / HEIGHT;
    is_narrow.then(|| Frame::around(whole.ground(at), width_of_view_m.max(0.1), WIDTH, HEIGHT))
}

/// The point along a hairline that is furthest from one of its grids, of those that are no
/// further from it than the hairline is wide.
fn openest(place: &Place, row: &Row<'_>, source: &MapSource<'_>, width_m: f64) -> Option<Point> {
    /// Edges looked at: around a rural remainder lie millions.
    const MOST_LOOKS: usize = 20_000_000;
    let edges = |grid: usize| source.grids[grid].shape.segments();
    let looks: usize = row.grids.iter().map(|&grid| edges(grid).count()).sum();
    let tried = (MOST_LOOKS / 2 / looks.max(1)).clamp(1, 100);
    let every = place.lines.len().div_ceil(tried);
    let ends = place.lines.iter().step_by(every).flat_map(|line| {
        let edges = line.windows(2);
        edges.filter_map(|ends| Some([ends[0], half_way(ends[0], ends[1])?]))
    });
    let reach_m = 1.5 * width_m;
    let openness = |p: Point| {
        let (east, north) = metres_per_unit(f64::from(p.y()));
        let is_near = |a: i32, b: i32, p: i32, unit_m: f64| {
            let reach = reach_m / unit_m;
            f64::from(a.min(b)) <= f64::from(p) + reach
                && f64::from(a.max(b)) >= f64::from(p) - reach
        };
        row.grids
            .iter()
            .map(|&grid| {
                edges(grid)
                    .filter(|e| is_near(e.start().x(), e.end().x(), p.x(), east))
                    .filter(|e| is_near(e.start().y(), e.end().y(), p.y(), north))
                    .map(|edge| ellipsoid::distance_to_segment_m(p, edge))
                    .fold(f64::INFINITY, f64::min)
            })
            .filter(|&away_m| away_m <= reach_m)
            .fold(0.0, f64::max)
    };
    ends.flatten()
        .map(|p| (p, openness(p)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(p, _)| p)
}

fn half_way(a: Point, b: Point) -> Option<Point> {
    Point::from_degrees(a.lon().midpoint(b.lon()), a.lat().midpoint(b.lat())).ok()
}
