//! What a redesign changes: grids whose ground stays are only looked at, the rest is overlaid.

mod classify;
mod cluster;
mod component;
mod joined;
mod overlay;
mod piece;
mod same;
mod shift;

use rayon::prelude::*;
use wangge_coverage::Member;

use crate::{Diff, DiffTerms};
use classify::Classified;
use cluster::clusters;
use overlay::lay;
use piece::Laid;
use same::{Matched, matched};

/// The two plans.
#[derive(Clone, Copy)]
struct Plans<'a> {
    old: &'a [Member<'a>],
    new: &'a [Member<'a>],
}

/// What changes from the old plan to the new one.
///
/// Grids whose ground is the same, however their rings are written down and noded, are found by
/// their edges; no more is done for them. The others are laid over each other exactly, see
/// [`Piece`](crate::Piece), in clusters whose boxes do not meet. Which grids have a part in which
/// change says [`Change`](crate::Change).
///
/// Neither plan needs to be seamless. Ground under several grids of one plan counts for each of
/// them, and what it is to them says [`ChangeKind::New`](crate::ChangeKind::New).
///
/// ```
/// use wangge_coverage::Member;
/// use wangge_plane::{Point, Polygon, Ring, Shape};
/// use wangge_replan::{ChangeKind, DiffTerms, diff};
///
/// // on the equator, 1000 units are 11 m
/// let block = |west: i32, east: i32| -> Result<Shape, wangge_plane::PlaneError> {
///     let corners = [(west, 0), (east, 0), (east, 2000), (west, 2000)];
///     let points = corners.iter().map(|&(x, y)| Point::new(x, y)).collect::<Result<_, _>>()?;
///     Ok(Shape::new(vec![Polygon::new(Ring::new(points)?, vec![])]).expect("one part"))
/// };
/// let (a, b, whole) = (block(0, 1000)?, block(1000, 3000)?, block(0, 3000)?);
/// let old = [Member { code: "A", shape: &a }, Member { code: "B", shape: &b }];
/// let new = [Member { code: "A", shape: &whole }];
///
/// let redesign = diff(&old, &new, &DiffTerms::default());
/// let [merge] = redesign.changes.as_slice() else { panic!("one change") };
/// assert_eq!((merge.kind, merge.old.as_slice()), (ChangeKind::Merge, &[0, 1][..]));
/// let doubled: Vec<i128> = redesign.pieces.iter().map(|piece| piece.doubled_area).collect();
/// assert_eq!(doubled, [2 * 1000 * 2000, 2 * 2000 * 2000]);
/// # Ok::<(), wangge_plane::PlaneError>(())
/// ```
pub fn diff(old: &[Member<'_>], new: &[Member<'_>], terms: &DiffTerms) -> Diff {
    diff_known(old, new, terms, &[])
}

/// The same, for who knows of some grids that their ground is the same, by digests of their shapes:
/// places in the old list and in the new. What is said there is believed and not looked at again;
/// pairs of which a grid is not in the lists, or was in a pair before, say nothing.
pub fn diff_known(
    old: &[Member<'_>],
    new: &[Member<'_>],
    terms: &DiffTerms,
    same: &[(u32, u32)],
) -> Diff {
    let plans = Plans { old, new };
    let (matched, old_area_m2) = rayon::join(|| matched(plans, same), || area_m2(old));
    let Matched {
        same,
        old: changed_old,
        new: changed_new,
    } = matched;
    let (unchanged, renamed): (Vec<_>, Vec<_>) = same
        .into_iter()
        .partition(|&(o, n)| plans.old_code(o) == plans.new_code(n));
    let pieces: Vec<Laid> = clusters(plans, &changed_old, &changed_new)
        .par_iter()
        .flat_map_iter(|cluster| lay(plans, cluster, terms.survey_tolerance_m))
        .collect();
    Classified::of(plans, &changed_old, &changed_new, pieces).into_diff(
        plans,
        unchanged,
        &renamed,
        old_area_m2,
    )
}

impl<'a> Plans<'a> {
    fn old_code(self, at: u32) -> &'a str {
        self.old[at as usize].code
    }

    fn new_code(self, at: u32) -> &'a str {
        self.new[at as usize].code
    }

    fn is_one_code(self, old: u32, new: u32) -> bool {
        self.old_code(old) == self.new_code(new)
    }
}

/// The area of all grids on the ellipsoid, square metres.
fn area_m2(members: &[Member<'_>]) -> f64 {
    let areas: Vec<f64> = members.par_iter().map(|m| m.shape.area_m2()).collect();
    // in order, so that the sum is the same in every run
    areas.iter().sum()
}
