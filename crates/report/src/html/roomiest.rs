//! The roomiest spot of some ground: where a name fits, and where a sliver is looked at closely.

use super::frame::Pixel;

/// A spot inside, and its distance to the border.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spot {
    pub(crate) at: Pixel,
    pub(crate) radius: f64,
}

/// Of spots half way along `lines` rows and `lines` columns through the rings (even-odd), the one
/// furthest from the border. Good enough for drawing; `None` for rings that hold nothing.
pub(crate) fn roomiest(rings: &[Vec<Pixel>], lines: u32) -> Option<Spot> {
    let mut candidates = Vec::new();
    crossed(rings, lines, |at| at, &mut candidates);
    crossed(rings, lines, |(x, y)| (y, x), &mut candidates);
    // half a chord bounds the radius: with the longest first, most need no measuring
    candidates.sort_by(|a, b| b.radius.total_cmp(&a.radius));
    let mut best: Option<Spot> = None;
    for candidate in candidates {
        let beaten = best.map_or(0.0, |spot| spot.radius);
        if candidate.radius <= beaten {
            break;
        }
        let radius = room(rings, candidate.at, beaten);
        if radius > beaten {
            best = Some(Spot {
                at: candidate.at,
                radius,
            });
        }
    }
    best
}

/// The middles of the chords that rows cut, with half their lengths; columns are rows of the
/// turned picture.
fn crossed(rings: &[Vec<Pixel>], lines: u32, turned: impl Fn(Pixel) -> Pixel, out: &mut Vec<Spot>) {
    let heights = || rings.iter().flatten().map(|&at| turned(at).1);
    let low = heights().fold(f64::INFINITY, f64::min);
    let high = heights().fold(f64::NEG_INFINITY, f64::max);
    let mut cuts: Vec<(u32, f64)> = Vec::new();
    let step = (high - low) / f64::from(lines);
    if !(step.is_finite() && step > 0.0) {
        return;
    }
    // a little off the middle, where vertices of regular ground do not lie
    let row_at = |row: u32| low + (f64::from(row) + 0.493) * step;
    for ring in rings {
        for (i, &from) in ring.iter().enumerate() {
            let (a, b) = (turned(from), turned(ring[(i + 1) % ring.len()]));
            let (bottom, top) = (a.1.min(b.1), a.1.max(b.1));
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a cast of floats saturates, and the row is checked below"
            )]
            let first = ((bottom - low) / step - 1.0).max(0.0) as u32;
            for row in first..lines {
                let y = row_at(row);
                if y >= top {
                    break;
                }
                if y >= bottom {
                    cuts.push((row, a.0 + (b.0 - a.0) * (y - a.1) / (b.1 - a.1)));
                }
            }
        }
    }
    cuts.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    for row in cuts.chunk_by(|a, b| a.0 == b.0) {
        for chord in row.chunks_exact(2) {
            out.push(Spot {
                at: turned((chord[0].1.midpoint(chord[1].1), row_at(chord[0].0))),
                radius: (chord[1].1 - chord[0].1) / 2.0,
            });
        }
    }
}

/// The distance from a spot to the border, or anything less than `enough` once it is less.
fn room(rings: &[Vec<Pixel>], (x, y): Pixel, enough: f64) -> f64 {
    let mut nearest = f64::INFINITY;
    for ring in rings {
        for (i, &(ax, ay)) in ring.iter().enumerate() {
            let (bx, by) = ring[(i + 1) % ring.len()];
            let (dx, dy) = (bx - ax, by - ay);
            let length_squared = dx * dx + dy * dy;
            let along = if length_squared > 0.0 {
                (((x - ax) * dx + (y - ay) * dy) / length_squared).clamp(0.0, 1.0)
            } else {
                0.0
            };
            nearest = nearest.min((ax + along * dx - x).hypot(ay + along * dy - y));
            if nearest < enough {
                return nearest;
            }
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roomiest_spot_of_an_l_is_in_its_thick_leg() {
        let l = vec![
            (0.0, 0.0),
            (100.0, 0.0),
            (100.0, 10.0),
            (40.0, 10.0),
            (40.0, 100.0),
            (0.0, 100.0),
        ];
        let spot = roomiest(&[l], 24).unwrap();
        assert!(
            spot.at.0 < 40.0 && spot.radius > 19.0 && spot.radius <= 20.5,
            "{spot:?}"
        );
    }

    #[test]
    fn a_hole_takes_the_room() {
        let square = |from: f64, to: f64| vec![(from, from), (to, from), (to, to), (from, to)];
        let spot = roomiest(&[square(0.0, 30.0), square(5.0, 25.0)], 24).unwrap();
        let (x, y) = spot.at;
        let in_hole = (5.0..25.0).contains(&x) && (5.0..25.0).contains(&y);
        assert!(!in_hole && spot.radius <= 2.6, "{spot:?}");
    }

    #[test]
    fn a_slanting_sliver_is_met_although_it_is_thin() {
        let sliver = vec![(0.0, 0.0), (1000.0, 1000.0), (1000.0, 1000.04), (0.0, 0.04)];
        let spot = roomiest(&[sliver], 24).unwrap();
        // 0.04 straight up is 0.04 / sqrt 2 across, half of it to either side
        assert!((spot.radius - 0.01414).abs() < 0.001, "{spot:?}");
    }

    #[test]
    fn ground_without_height_has_no_spot() {
        assert!(roomiest(&[vec![(0.0, 0.0), (9.0, 0.0), (3.0, 0.0)]], 8).is_none());
        assert!(roomiest(&[], 8).is_none());
    }
}
