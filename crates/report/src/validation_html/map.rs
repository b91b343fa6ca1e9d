//! The map of the whole coverage with every defect on it.

use std::collections::HashSet;
use std::fmt::Write as _;

use wangge_plane::Extent;

use super::MapSource;
use super::listing::{Group, Row};
use super::mark::{Mark, symbol_id};
use super::place::{Form, Place};
use crate::html::frame::{Frame, Pixel};
use crate::html::furniture::furniture;
use crate::html::grids::{RASTERS, grids, labels};
use crate::html::markup::{Trimmed, told};
use crate::html::path::{Path, step};
use crate::html::roomiest::roomiest;
use crate::{Defect, Language};

const WIDTH: f64 = 1000.0;
const HEIGHTS: [f64; 2] = [420.0, 1000.0];
const MARGIN: f64 = 24.0;

/// Signs nearer to each other than this, to the side and up or down, would hide each other or
/// their numbers: all but the worst are small.
const APART: [f64; 2] = [36.0, 18.0];

/// The frame of a map of all there is to draw; `None` where there is nothing.
pub(super) fn frame(source: &MapSource<'_>) -> Option<Frame> {
    let shapes = source.grids.iter().map(|grid| grid.shape);
    let ground = shapes
        .chain(source.outline)
        .map(wangge_plane::Shape::extent)
        .reduce(Extent::union)?;
    Some(Frame::holding(ground, WIDTH, HEIGHTS, MARGIN))
}

/// The map as an SVG element.
pub(super) fn write(
    out: &mut String,
    frame: &Frame,
    source: &MapSource<'_>,
    groups: &[Group<'_>],
    language: Language,
) {
    let (width, height) = (frame.width, frame.height);
    let about = told(
        language,
        "全部网格与缺陷的地图，上北下南",
        "Map of all grids and defects, north up",
    );
    let _ = write!(
        out,
        r#"<div id="map"><svg id="view" viewBox="0 0 {width} {height}" data-m="{}" role="img" aria-label="{about}">"#,
        Trimmed(1.0 / frame.scale, 9),
    );
    let budget = (400_000 + 400 * source.grids.len()).min(8_000_000);
    grids(out, frame, source.grids, "grids", budget);
    if let Some(outline) = source.outline {
        let mut path = Path::default();
        for ring in outline.rings() {
            path.ring(ring.points().iter().map(|&p| step(frame.place(p), 16.0)));
        }
        let _ = write!(
            out,
            r#"<path class="outline" transform="scale(.0625)" d="{}"/>"#,
            path.d
        );
    }
    out.push_str(r#"<g id="patches"></g>"#);
    let rows = || groups.iter().flat_map(|group| &group.rows);
    out.push_str(r#"<g id="ground">"#);
    grounds(out, frame, &rows().collect::<Vec<_>>());
    out.push_str("</g>");
    for group in groups {
        dots(out, frame, group);
    }
    labels(out, frame, source.grids, "labels", f64::INFINITY);
    signs(out, frame, &rows().collect::<Vec<_>>(), language);
    out.push_str("</svg>");
    furniture(out, frame, "scale", language);
    out.push_str("</div>");
}

/// The places of defects, the worst on top.
fn grounds(out: &mut String, frame: &Frame, rows: &[&Row<'_>]) {
    const EXACT_BYTES: usize = 1_000_000;
    let mut written = 0;
    let mut drawn = Vec::new();
    for row in rows {
        let mut path = String::new();
        written += ground(&mut path, frame, row, written < EXACT_BYTES);
        drawn.push(path);
    }
    drawn.iter().rev().for_each(|path| out.push_str(path));
}

/// The place of a defect in lattice units around its first point, so that it is exact however
/// close one looks; on a raster where there is too much of it. Returns how many bytes it takes.
fn ground(out: &mut String, frame: &Frame, row: &Row<'_>, is_exact: bool) -> usize {
    let Some(place) = &row.place else { return 0 };
    if place.form == Form::Points {
        return 0;
    }
    let origin = place.lines[0][0];
    let (x, y) = frame.place(origin);
    let (d, scale) = if is_exact {
        let d = place.path(|p| {
            let way = p.from_origin(origin);
            (way.dx, -way.dy)
        });
        (d, frame.per_unit)
    } else {
        let d = place.path(|p| {
            let (to_x, to_y) = frame.place(p);
            step((to_x - x, to_y - y), RASTERS[0])
        });
        (d, (1.0 / RASTERS[0], 1.0 / RASTERS[0]))
    };
    let _ = write!(
        out,
        r#"<path class="{} {}" data-n="{}" stroke="{colour}" fill="{colour}" transform="translate({} {}) scale({} {})" d="{d}"/>"#,
        if place.form == Form::Ground {
            "area"
        } else {
            "line"
        },
        row.defect.severity,
        row.number,
        Trimmed(x, 7),
        Trimmed(y, 7),
        Trimmed(scale.0, 12),
        Trimmed(scale.1, 12),
        colour = Mark::of(row.defect.kind).colour,
    );
    d.len()
}

/// What is only counted, as dots. Those that would lie on each other are one.
fn dots(out: &mut String, frame: &Frame, group: &Group<'_>) {
    const PER_PIXEL: f64 = 0.5;
    let placed = group.rest.iter().filter_map(|defect| defect.at);
    let mut seen = HashSet::new();
    let mut path = Path::default();
    for at in placed {
        let at = step(frame.place(at), PER_PIXEL);
        if seen.insert(at) {
            path.line([at]);
        }
    }
    if !path.d.is_empty() {
        let _ = write!(
            out,
            r#"<path class="dots" data-k="{}" data-s="{}" stroke="{}" transform="scale(2)" d="{}"/>"#,
            group.kind,
            group.severity,
            Mark::of(group.kind).colour,
            path.d
        );
    }
}

/// A sign for every defect that is named and has a place, the worst on top. Where they crowd,
/// the worst are whole and the rest are small.
fn signs(out: &mut String, frame: &Frame, rows: &[&Row<'_>], language: Language) {
    let mut whole: Vec<Pixel> = Vec::new();
    let mut placed = Vec::new();
    for row in rows {
        let Some(place) = &row.place else { continue };
        let at = sign_at(frame, row.defect, place);
        let is_small = whole
            .iter()
            .any(|other| (other.0 - at.0).abs() < APART[0] && (other.1 - at.1).abs() < APART[1]);
        if !is_small {
            whole.push(at);
        }
        placed.push((*row, at, is_small));
    }
    out.push_str(r#"<g id="signs">"#);
    for (row, (x, y), is_small) in placed.into_iter().rev() {
        let (small, scale) = if is_small {
            (" small", ".35")
        } else {
            ("", "1")
        };
        let number = row.number;
        let words = crate::validation_text::kind_words(row.defect.kind);
        let _ = write!(
            out,
            r##"<a id="m{number}" class="sign{small}" xlink:href="#r{number}" tabindex="-1" transform="translate({} {}) scale({scale})"><title>{number} {}</title><use xlink:href="#{}"/><text x="11" y="-5">{number}</text></a>"##,
            Trimmed(x, 3),
            Trimmed(y, 3),
            told(language, words.0, words.1),
            symbol_id(row.defect.kind, row.defect.severity),
        );
    }
    out.push_str("</g>");
}

/// Large ground has its sign inside, where it is roomiest; small places at their first point.
fn sign_at(frame: &Frame, defect: &Defect, place: &Place) -> Pixel {
    let (left, bottom) = frame.place(place.extent.min());
    let (right, top) = frame.place(place.extent.max());
    let first = frame.place(defect.at.unwrap_or(place.lines[0][0]));
    if place.form != Form::Ground || (right - left).max(bottom - top) < 6.0 {
        return first;
    }
    let rings: Vec<Vec<Pixel>> = place
        .lines
        .iter()
        .map(|ring| ring.iter().map(|&p| frame.place(p)).collect())
        .collect();
    roomiest(&rings, 24).map_or(first, |spot| spot.at)
}
