//! Lines as SVG paths in whole steps of a raster.

use std::fmt::Write as _;

use super::frame::Pixel;

/// A place on a raster.
pub(crate) type Step = (i64, i64);

/// The step nearest to a place, on a raster with so many steps to a pixel.
///
/// It depends on the place alone, so that what two grids share stays shared.
pub(crate) fn step((x, y): Pixel, per_pixel: f64) -> Step {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast of floats saturates, and no drawing is that large"
    )]
    let nearest = |v: f64| (v * per_pixel).round() as i64;
    (nearest(x), nearest(y))
}

/// The `d` of a path, made line by line.
#[derive(Default)]
pub(crate) struct Path {
    pub(crate) d: String,
    /// Where the last line began, or ended if it was open: the next begins relative to it.
    at: Step,
}

impl Path {
    /// Adds a ring. What shrinks to a line or a point on the raster is drawn as that.
    pub(crate) fn ring(&mut self, steps: impl IntoIterator<Item = Step>) {
        let mut kept = kept(steps);
        while kept.len() > 1 && kept.first() == kept.last() {
            kept.pop();
        }
        if kept.len() > 3 && is_between(kept[kept.len() - 2], kept[kept.len() - 1], kept[0]) {
            kept.pop();
        }
        if kept.len() > 3 && is_between(kept[kept.len() - 1], kept[0], kept[1]) {
            kept.remove(0);
        }
        self.write(&kept);
        if let (Some(&first), true) = (kept.first(), kept.len() > 1) {
            self.d.push('z');
            self.at = first;
        }
    }

    /// Adds a line that stays open.
    pub(crate) fn line(&mut self, steps: impl IntoIterator<Item = Step>) {
        let kept = kept(steps);
        self.write(&kept);
    }

    fn write(&mut self, steps: &[Step]) {
        let Some(&first) = steps.first() else {
            return;
        };
        self.d.push('m');
        let mut at = self.at;
        for (i, &(x, y)) in steps.iter().enumerate() {
            let (dx, dy) = (x - at.0, y - at.1);
            // a minus sign keeps numbers apart, too
            let before = if i > 0 && dx >= 0 { " " } else { "" };
            let between = if dy >= 0 { " " } else { "" };
            let _ = write!(self.d, "{before}{dx}{between}{dy}");
            at = (x, y);
        }
        if steps.len() == 1 {
            // a line of no length is a dot where its caps are round
            self.d.push_str("h0");
            at = first;
        }
        self.at = at;
    }
}

/// The steps without repetitions, and without those that lie between their neighbours: what is
/// drawn stays the same, whatever line left them out.
fn kept(steps: impl IntoIterator<Item = Step>) -> Vec<Step> {
    let mut kept: Vec<Step> = Vec::new();
    for next in steps {
        if kept.last() == Some(&next) {
            continue;
        }
        while let [.., a, b] = kept.as_slice() {
            if !is_between(*a, *b, next) {
                break;
            }
            kept.pop();
        }
        kept.push(next);
    }
    kept
}

fn is_between(a: Step, b: Step, c: Step) -> bool {
    let (ux, uy) = (b.0 - a.0, b.1 - a.1);
    let (vx, vy) = (c.0 - b.0, c.1 - b.1);
    ux * vy == uy * vx && ux * vx + uy * vy > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(steps: &[Step]) -> String {
        let mut path = Path::default();
        path.ring(steps.iter().copied());
        path.d
    }

    #[test]
    fn a_square_is_four_numbers_pairs_long_wherever_it_starts() {
        assert_eq!(
            ring(&[(0, 0), (9, 0), (9, 9), (0, 9), (0, 0)]),
            "m0 0 9 0 0 9-9 0z"
        );
        let with_middles = [
            (4, 0),
            (9, 0),
            (9, 4),
            (9, 9),
            (9, 9),
            (3, 9),
            (0, 9),
            (0, 0),
        ];
        assert_eq!(ring(&with_middles), "m9 0 0 9-9 0 0-9z");
    }

    #[test]
    fn a_spike_is_kept() {
        assert_eq!(
            ring(&[(0, 0), (9, 0), (12, 0), (9, 0), (9, 9)]),
            "m0 0 12 0-3 0 0 9z"
        );
    }

    #[test]
    fn the_next_ring_begins_where_the_last_one_did() {
        let mut path = Path::default();
        path.ring([(10, 10), (20, 10), (20, 20)]);
        path.line([(11, 12), (13, 9)]);
        path.ring([(13, 10)]);
        assert_eq!(path.d, "m10 10 10 0 0 10zm1 2 2-3m0 1h0");
    }

    #[test]
    fn what_two_grids_share_is_drawn_at_the_same_steps() {
        // one side of the border has a vertex that the other lacks, exactly between
        let (mut west, mut east) = (Path::default(), Path::default());
        west.line([(0, 0), (5, 5), (10, 10), (10, 20)]);
        east.line([(0, 0), (10, 10), (10, 20)]);
        assert_eq!(west.d, east.d);
    }
}
