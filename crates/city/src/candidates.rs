//! The grids that a position may be in which is known to some metres only.

use serde::Serialize;
use wangge_locate::Accuracy;
use wangge_plane::Point;

use crate::City;

/// A grid is certain when it holds more than this share.
const CERTAIN: f64 = 0.99;

/// Shares are told in so many parts of the whole.
const PARTS: u32 = 10_000;

/// A grid that a position may be in, or the ground outside of all.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Candidate<'a> {
    /// Its code; `None` outside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'a str>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// Its English name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_en: Option<&'a str>,
    /// Whether it is the ground outside of all grids.
    #[serde(skip_serializing_if = "is_not")]
    pub outside: bool,
    /// How probable it is: in ten-thousandths, and 1 over all candidates.
    pub share: f64,
}

impl City {
    /// The grids that a position may be in, the most probable first, as far as they have a
    /// ten-thousandth, and whether one of them is certain: more than 99 of 100.
    pub fn candidates(&self, point: Point, accuracy: Accuracy) -> (Vec<Candidate<'_>>, bool) {
        let shares = self.index().shares(point, accuracy);
        let certain = shares
            .first()
            .is_some_and(|first| first.owner.is_some() && first.share > CERTAIN);
        let parts = whole_parts(shares.iter().map(|share| share.share));
        let told = shares.iter().zip(parts).filter(|(_, parts)| *parts > 0);
        let candidates = told.map(|(share, parts)| {
            let unit = share.owner.map(|owner| &self.grid_entry(owner).unit);
            Candidate {
                code: unit.map(|unit| unit.code.as_str()),
                name: unit.and_then(|unit| unit.name.as_deref()),
                name_en: unit.and_then(|unit| unit.name_en.as_deref()),
                outside: unit.is_none(),
                share: f64::from(parts) / f64::from(PARTS),
            }
        });
        (candidates.collect(), certain)
    }
}

/// Shares of 1 in whole parts that add up to all of them: each rounded down, and what is missing given to
/// those that lost most by that, the first of equals first.
fn whole_parts(shares: impl Iterator<Item = f64>) -> Vec<u32> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "shares are from 0 to 1"
    )]
    let (mut parts, lost): (Vec<u32>, Vec<f64>) = shares
        .map(|share| share * f64::from(PARTS))
        .map(|exact| (exact.floor() as u32, exact - exact.floor()))
        .unzip();
    let mut losers: Vec<usize> = (0..parts.len()).collect();
    losers.sort_by(|&one, &other| lost[other].total_cmp(&lost[one]));
    let missing = PARTS.saturating_sub(parts.iter().sum());
    for at in losers.into_iter().take(missing as usize) {
        parts[at] += 1;
    }
    parts
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it so")]
const fn is_not(value: &bool) -> bool {
    !*value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up() {
        let third = 1.0 / 3.0;
        assert_eq!(whole_parts([third; 3].into_iter()), [3334, 3333, 3333]);
        assert_eq!(whole_parts([0.99996, 0.00004].into_iter()), [10_000, 0]);
        assert_eq!(whole_parts([1.0].into_iter()), [10_000]);
        let many = vec![1.0 / 30_000.0; 30_000];
        assert_eq!(whole_parts(many.into_iter()).iter().sum::<u32>(), PARTS);
    }
}
