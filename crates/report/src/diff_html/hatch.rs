//! How kinds of changes are told apart: a hatching that survives a print without colours, and a
//! colour.

use std::fmt::Write as _;

use crate::diff_text::KINDS;

/// Steps of the rasters on which hatched ground is drawn: a hatching is made for each, so that its
/// lines are as far apart on the page whatever the raster.
pub(super) const PER_PIXEL: [u32; 2] = [16, 32];

/// The hatching of a kind: its lines in a square of so many pixels, and its colour. The colours are
/// those that Okabe and Ito chose to be told apart by people who see fewer of them.
struct Hatch {
    colour: &'static str,
    size: u32,
    lines: &'static str,
}

impl Hatch {
    fn of(kind: &str) -> Self {
        let (colour, size, lines) = match kind {
            "transfer" => ("#c44d00", 7, "M-1 8 8-1M-2 2 2-2M5 9 9 5"),
            "split" => ("#0064a8", 7, "M-1-1 8 8M-2 5 2 9M5-2 9 2"),
            "merge" => ("#00714f", 6, "M0 3H6"),
            "recut" => ("#9b3a78", 8, "M-1 9 9-1M-1-1 9 9"),
            "new" => ("#00714f", 8, "M4 0V8M0 4H8"),
            "gone" => ("#a01818", 5, "M0 0 5 5M5 0 0 5"),
            "renamed" => ("#4d4d4d", 9, "M3 4.5h3"),
            _ => ("#8a6100", 6, "M3 0V6"),
        };
        Self {
            colour,
            size,
            lines,
        }
    }
}

/// The colour of a kind.
pub(super) fn colour(kind: &str) -> &'static str {
    Hatch::of(kind).colour
}

/// What fills the ground of a kind on a raster.
pub(super) fn fill(kind: &str, per_pixel: u32) -> String {
    format!("url(#h-{kind}-{per_pixel})")
}

/// All hatchings, for use all over the page.
pub(super) fn patterns(out: &mut String) {
    out.push_str(r#"<svg id="symbols" width="0" height="0" aria-hidden="true"><defs>"#);
    for kind in KINDS {
        let Hatch {
            colour,
            size,
            lines,
        } = Hatch::of(kind);
        for per_pixel in PER_PIXEL {
            let _ = write!(
                out,
                r#"<pattern id="h-{kind}-{per_pixel}" width="{size}" height="{size}" patternUnits="userSpaceOnUse" patternTransform="scale({per_pixel})"><rect width="{size}" height="{size}" fill="{colour}" fill-opacity=".16"/><path class="hatch" d="{lines}" stroke="{colour}"/></pattern>"#
            );
        }
    }
    out.push_str("</defs></svg>");
}

/// A patch of a kind's hatching, for the legend.
pub(super) fn patch(out: &mut String, kind: &str) {
    let per_pixel = PER_PIXEL[0];
    let (width, height) = (34 * per_pixel, 20 * per_pixel);
    let _ = write!(
        out,
        r#"<svg class="patch" viewBox="0 0 {width} {height}" aria-hidden="true"><rect width="{width}" height="{height}" fill="{}" stroke="{}" stroke-width="{}"/></svg>"#,
        fill(kind, per_pixel),
        colour(kind),
        2 * per_pixel
    );
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_kinds_look_alike_without_their_colours() {
        let looks: HashSet<&str> = KINDS.iter().map(|kind| Hatch::of(kind).lines).collect();
        assert_eq!(looks.len(), KINDS.len());
    }
}
