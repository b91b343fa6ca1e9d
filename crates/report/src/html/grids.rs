//! Grids on a map: their borders and names.

use std::fmt::Write as _;

use super::MapGrid;
use super::frame::{Frame, Pixel};
use super::markup::{Escaped, Trimmed};
use super::path::{Path, step};
use super::roomiest::roomiest;

/// Steps of the raster of borders to a pixel, the finest that stays within its budget is taken.
pub(crate) const RASTERS: [f64; 5] = [16.0, 8.0, 4.0, 2.0, 1.0];

/// Beyond this many grids names and labels would be most of the page.
const MOST_NAMED_GRIDS: usize = 20_000;
const MOST_LABELLED_GRIDS: usize = 2_000;

/// The grids' borders, on a raster as fine as stays within so many bytes.
pub(crate) fn grids(
    out: &mut String,
    frame: &Frame,
    grids: &[MapGrid<'_>],
    id: &str,
    budget: usize,
) {
    let mut drawn = Vec::new();
    let mut raster = RASTERS[0];
    for per_pixel in RASTERS {
        raster = per_pixel;
        drawn.clear();
        drawn.extend(grids.iter().map(|grid| {
            let mut path = Path::default();
            for ring in grid.shape.rings() {
                path.ring(
                    ring.points()
                        .iter()
                        .map(|&p| step(frame.place(p), per_pixel)),
                );
            }
            path.d
        }));
        if drawn.iter().map(|d| d.len() + 40).sum::<usize>() <= budget {
            break;
        }
    }
    let _ = write!(
        out,
        r#"<g id="{id}" class="grids" transform="scale({})" data-q="{}">"#,
        Trimmed(1.0 / raster, 4),
        Trimmed(1.0 / raster, 4)
    );
    for (grid, d) in grids.iter().zip(&drawn) {
        if grids.len() > MOST_NAMED_GRIDS {
            let _ = write!(out, r#"<path d="{d}"/>"#);
            continue;
        }
        let _ = write!(out, r#"<path d="{d}"><title>{}"#, Escaped(grid.code));
        if let Some(name) = grid.name {
            let _ = write!(out, " {}", Escaped(name));
        }
        out.push_str("</title></path>");
    }
    out.push_str("</g>");
}

/// Names of grids where they fit at some magnification up to this; `data-z` says at which they do.
pub(crate) fn labels(
    out: &mut String,
    frame: &Frame,
    grids: &[MapGrid<'_>],
    id: &str,
    most_zoom: f64,
) {
    if grids.len() > MOST_LABELLED_GRIDS {
        return;
    }
    let _ = write!(out, r#"<g id="{id}" class="labels">"#);
    for grid in grids {
        let text = grid.name.unwrap_or(grid.code);
        let rings: Vec<Vec<Pixel>> = grid
            .shape
            .rings()
            .map(|ring| ring.points().iter().map(|&p| frame.place(p)).collect())
            .collect();
        let Some(spot) = roomiest(&rings, 12) else {
            continue;
        };
        let zoom = text_radius(text, 11.0) / (1.1 * spot.radius);
        if zoom > most_zoom {
            continue;
        }
        let hidden = if zoom > 1.0 { r#" class="off""# } else { "" };
        let _ = write!(
            out,
            r#"<text{hidden} transform="translate({} {})" data-z="{}">{}</text>"#,
            Trimmed(spot.at.0, 2),
            Trimmed(spot.at.1, 2),
            Trimmed(zoom, 2),
            Escaped(text)
        );
    }
    out.push_str("</g>");
}

/// The radius of the circle that holds a text of this size.
pub(crate) fn text_radius(text: &str, size: f64) -> f64 {
    let wide = |c: char| if c.is_ascii() { 0.58 } else { 1.0 };
    let width: f64 = text.chars().map(wide).sum::<f64>() * size;
    (width / 2.0).hypot(size / 2.0)
}
