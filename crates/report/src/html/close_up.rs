//! What every close-up draws: the grids in it with their codes, and a scale bar.

use std::fmt::Write as _;

use super::MapGrid;
use super::clip::clipped;
use super::frame::{Frame, Pixel, round_length};
use super::grids::text_radius;
use super::markup::{Escaped, Trimmed};
use super::path::{Path, step};
use super::roomiest::roomiest;

pub(crate) const WIDTH: f64 = 260.0;
pub(crate) const HEIGHT: f64 = 190.0;

/// What lies this far beyond a drawing is cut off, so that the cut is not seen.
pub(crate) const BEYOND: f64 = 6.0;

/// Steps of the raster to a pixel: as fine as one may magnify on the map.
pub(crate) const PER_PIXEL: f64 = 32.0;

/// The codes in a drawing, and where they are.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) svg: String,
    at: Vec<Pixel>,
}

/// A grid's ground in a drawing, and its code where it fits.
pub(crate) fn neighbour(
    out: &mut String,
    names: &mut Names,
    frame: &Frame,
    grid: &MapGrid<'_>,
    tint: usize,
) {
    let (d, rings) = cut(frame, grid.shape);
    if d.is_empty() {
        return;
    }
    let _ = write!(
        out,
        r#"<path class="t{}" d="{d}"><title>{}"#,
        tint % 5,
        Escaped(grid.code)
    );
    if let Some(name) = grid.name {
        let _ = write!(out, " {}", Escaped(name));
    }
    out.push_str("</title></path>");
    let Some(spot) = roomiest(&rings, 16) else {
        return;
    };
    // the end of a code tells neighbours apart
    let characters: Vec<char> = grid.code.chars().collect();
    let short: String = characters[characters.len().saturating_sub(6)..]
        .iter()
        .collect();
    let short = if characters.len() > 6 {
        format!("…{short}")
    } else {
        short
    };
    let fits = |text: &str| text_radius(text, 9.0) < spot.radius * 1.15;
    // one of two grids on the same ground is named in its title alone
    let is_taken = |&(x, y): &Pixel| (x - spot.at.0).abs() < 40.0 && (y - spot.at.1).abs() < 10.0;
    if names.at.iter().any(is_taken) {
        return;
    }
    if let Some(text) = [grid.code, &short].into_iter().find(|text| fits(text)) {
        names.at.push(spot.at);
        let _ = write!(
            names.svg,
            r#"<text class="name" x="{}" y="{}">{}</text>"#,
            Trimmed(spot.at.0, 1),
            Trimmed(spot.at.1 + 3.0, 1),
            Escaped(text)
        );
    }
}

/// A shape cut to the drawing: as a path, and as rings in pixels.
pub(crate) fn cut(frame: &Frame, shape: &wangge_plane::Shape) -> (String, Vec<Vec<Pixel>>) {
    let (low, high) = ((-BEYOND, -BEYOND), (WIDTH + BEYOND, HEIGHT + BEYOND));
    let rings: Vec<Vec<Pixel>> = shape
        .rings()
        .filter(|ring| frame.shows(ring.extent()))
        .map(|ring| {
            let placed = ring.points().iter().map(|&p| frame.place(p)).collect();
            clipped(placed, low, high)
        })
        .filter(|ring| ring.len() > 2)
        .collect();
    let mut path = Path::default();
    for ring in &rings {
        path.ring(ring.iter().map(|&at| step(at, PER_PIXEL)));
    }
    (path.d, rings)
}

/// A scale bar at the lower left.
pub(crate) fn scale_bar(out: &mut String, frame: &Frame) {
    let (length_m, text) = round_length(84.0 / frame.scale);
    let long = Trimmed(length_m * frame.scale, 1);
    let _ = write!(
        out,
        r#"<path class="halo" d="M8 {y}h{long}"/><path class="bar" d="M8 {}v5h{long}v-5"/><text x="8" y="{}">{text}</text>"#,
        HEIGHT - 12.0,
        HEIGHT - 15.0,
        y = HEIGHT - 7.0,
    );
}
