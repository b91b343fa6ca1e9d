//! The maps of before and after, side by side in one frame.

use std::fmt::Write as _;

use wangge_plane::{Extent, Shape};

use super::hatch::{self, PER_PIXEL};
use super::{DiffSource, NAMED, Named};
use crate::diff_text::kind_words;
use crate::html::frame::{Frame, Pixel};
use crate::html::furniture::furniture;
use crate::html::grids::{grids, labels};
use crate::html::markup::{Escaped, Trimmed, told};
use crate::html::path::{Path, step};
use crate::html::roomiest::roomiest;
use crate::{Language, MapGrid};

const WIDTH: f64 = 680.0;
const HEIGHTS: [f64; 2] = [360.0, 860.0];
const MARGIN: f64 = 18.0;

/// Where the changes take less than this share of the city's length and breadth, the maps are of the
/// changes and not of the city.
const SMALL: f64 = 0.6;

/// Signs nearer to each other than this would hide each other: all but the first are left out.
const APART: f64 = 17.0;

/// Both maps.
pub(super) fn write(
    out: &mut String,
    source: &DiffSource<'_>,
    named: &[Named<'_>],
    language: Language,
) {
    let Some((frame, is_part)) = frame(source, named) else {
        return;
    };
    let shown = |grids: &[MapGrid<'_>]| -> Vec<bool> {
        let seen = grids.iter().map(|grid| frame.shows(grid.shape.extent()));
        seen.collect()
    };
    let (old_shown, new_shown) = (shown(source.old.grids), shown(source.new.grids));
    let mut old_same = vec![false; source.old.grids.len()];
    let mut new_same = vec![false; source.new.grids.len()];
    for &(old, new) in &source.diff.unchanged {
        old_same[old as usize] = true;
        new_same[new as usize] = true;
    }
    let pick = |all: &[MapGrid<'_>], is: &dyn Fn(usize) -> bool| -> Vec<usize> {
        (0..all.len()).filter(|&at| is(at)).collect()
    };
    let same = pick(source.old.grids, &|at| old_shown[at] && old_same[at]);
    let before = pick(source.old.grids, &|at| old_shown[at] && !old_same[at]);
    let after = pick(source.new.grids, &|at| new_shown[at] && !new_same[at]);
    let (width, height) = (frame.width, frame.height);
    let numbered = numbers(&frame, named);
    let titles = [
        (told(language, "调整前", "Before"), source.old.name),
        (told(language, "调整后", "After"), source.new.name),
    ];
    out.push_str(r#"<section id="pair">"#);
    for (side, (when, name)) in titles.into_iter().enumerate() {
        let about = told(language, "地图，上北下南", "map, north up");
        let _ = write!(
            out,
            r#"<figure class="plan"><figcaption><b>{when}</b> {}</figcaption><div class="map"><svg viewBox="0 0 {width} {height}" role="img" aria-label="{when}: {about}">"#,
            Escaped(name)
        );
        if side == 0 {
            let drawn: Vec<MapGrid<'_>> = same.iter().map(|&at| source.old.grids[at]).collect();
            let budget = (200_000 + 200 * drawn.len()).min(2_500_000);
            grids(out, &frame, &drawn, "same", budget);
        } else {
            out.push_str(r##"<use xlink:href="#same"/>"##);
        }
        let (id, drawn): (&str, Vec<MapGrid<'_>>) = if side == 0 {
            (
                "before",
                before.iter().map(|&at| source.old.grids[at]).collect(),
            )
        } else {
            (
                "after",
                after.iter().map(|&at| source.new.grids[at]).collect(),
            )
        };
        let budget = (200_000 + 200 * drawn.len()).min(1_200_000);
        grids(out, &frame, &drawn, id, budget);
        if side == 0 {
            out.push_str(r#"<g id="ground">"#);
            ground(out, &frame, named, language);
            out.push_str("</g>");
        } else {
            out.push_str(r##"<use xlink:href="#ground"/>"##);
        }
        labels(
            out,
            &frame,
            &drawn,
            if side == 0 {
                "names-before"
            } else {
                "names-after"
            },
            1.0,
        );
        signs(out, &numbered);
        out.push_str("</svg>");
        furniture(
            out,
            &frame,
            if side == 0 {
                "scale-before"
            } else {
                "scale-after"
            },
            language,
        );
        out.push_str("</div></figure>");
    }
    out.push_str("</section>");
    if is_part {
        let text = told(
            language,
            "地图只画出发生变化的部分，两图范围相同。",
            "The maps show the part of the city that changes, both the same.",
        );
        let _ = write!(out, r#"<p class="hint">{text}</p>"#);
    }
}

/// The frame of both maps, and whether it shows a part of the city only.
fn frame(source: &DiffSource<'_>, named: &[Named<'_>]) -> Option<(Frame, bool)> {
    let of = |grids: &[MapGrid<'_>]| {
        let extents = grids.iter().map(|grid| grid.shape.extent());
        extents.reduce(Extent::union)
    };
    let city = [of(source.old.grids), of(source.new.grids)]
        .into_iter()
        .flatten()
        .reduce(Extent::union)?;
    let changed = named
        .iter()
        .filter_map(|named| named.ground.as_ref())
        .map(Shape::extent)
        .reduce(Extent::union);
    let whole = Frame::holding(city, WIDTH, HEIGHTS, MARGIN);
    let Some(changed) = changed else {
        return Some((whole, false));
    };
    let span = |low: i32, high: i32| (f64::from(high) - f64::from(low)).max(1.0);
    let share = |of: Extent, all: Extent| {
        let wide = span(of.min().x(), of.max().x()) / span(all.min().x(), all.max().x());
        let high = span(of.min().y(), of.max().y()) / span(all.min().y(), all.max().y());
        wide.max(high)
    };
    if share(changed, city) >= SMALL {
        return Some((whole, false));
    }
    let part = Frame::holding(changed, WIDTH, HEIGHTS, WIDTH * 0.14);
    Some((part, true))
}

/// The ground of every change in its hatching, the first on top.
fn ground(out: &mut String, frame: &Frame, named: &[Named<'_>], language: Language) {
    let per_pixel = PER_PIXEL[0];
    let _ = write!(
        out,
        r#"<g transform="scale({})">"#,
        Trimmed(1.0 / f64::from(per_pixel), 5)
    );
    for named in named.iter().rev() {
        let Some(shape) = &named.ground else { continue };
        let mut path = Path::default();
        for ring in shape.rings() {
            let placed = ring.points().iter().map(|&p| frame.place(p));
            path.ring(placed.map(|at| step(at, f64::from(per_pixel))));
        }
        let kind = named.row.kind;
        let (zh, en) = kind_words(kind);
        let _ = write!(
            out,
            r#"<path class="changed {kind}" fill="{}" stroke="{}" d="{}"><title>{} {}</title></path>"#,
            hatch::fill(kind, per_pixel),
            hatch::colour(kind),
            path.d,
            named.number,
            told(language, zh, en)
        );
    }
    out.push_str("</g>");
}

/// Where the number of each change stands; not of those that would hide an earlier one's.
fn numbers(frame: &Frame, named: &[Named<'_>]) -> Vec<(usize, Pixel)> {
    let mut placed: Vec<(usize, Pixel)> = Vec::new();
    let signed = named.iter().filter(|named| !named.is_redrawn());
    for named in signed.take(NAMED) {
        let Some(shape) = &named.ground else { continue };
        let rings: Vec<Vec<Pixel>> = shape
            .rings()
            .map(|ring| ring.points().iter().map(|&p| frame.place(p)).collect())
            .collect();
        let first = shape.parts()[0].shell().points()[0];
        let at = roomiest(&rings, 16).map_or_else(|| frame.place(first), |spot| spot.at);
        let is_hidden = placed
            .iter()
            .any(|(_, other)| (other.0 - at.0).hypot(other.1 - at.1) < APART);
        if !is_hidden {
            placed.push((named.number, at));
        }
    }
    placed
}

fn signs(out: &mut String, numbered: &[(usize, Pixel)]) {
    out.push_str(r#"<g class="signs">"#);
    for (number, (x, y)) in numbered.iter().rev() {
        let _ = write!(
            out,
            r##"<a xlink:href="#r{number}" transform="translate({} {})"><circle r="8"/><text y="3.5">{number}</text></a>"##,
            Trimmed(*x, 1),
            Trimmed(*y, 1)
        );
    }
    out.push_str("</g>");
}
