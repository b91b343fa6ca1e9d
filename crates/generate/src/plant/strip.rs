//! Strips: a stretch of a border drawn back from the neighbour, or pushed over it.

use wangge_plane::Point;

use super::bend::Bend;
use super::draft::{Draft, Site, Target, Wish, distance_m};
use super::frame::{Frame, stepped};

/// At least and at most so many vertices in a row are moved.
const VERTICES: (usize, usize) = (3, 6);

/// A gap or an overlap along several vertices of a border.
pub(super) fn strip(site: &Site<'_>, wish: &Wish) -> Option<Draft> {
    let (least, most) = VERTICES;
    let open = crate::board::real(most - least);
    let moved = least + crate::board::count(open * wish.chance);
    let stretch = site.stretch(moved + 4)?;
    let frame = Frame::at(stretch.points[0]);
    // one step for all, so that a strip of one unit is one unit wide all along
    let step = wish.across(frame.way(stretch.points[1], stretch.points[moved + 2]));
    let drawn: Vec<Point> = stretch.points[1..moved + 3]
        .windows(3)
        .map(|three| {
            let (before, vertex, after) = (three[0], three[1], three[2]);
            match wish.target {
                Target::Metres { wanted, .. } => {
                    let way = wish.across(frame.way(before, after)) * wanted;
                    let fits = |to| wish.target.takes(frame.distance(vertex, to));
                    frame.end(vertex, way, fits)
                }
                Target::Unit => stepped(vertex, step),
            }
        })
        .collect::<Option<_>>()?;
    let size_m = stretch.points[2..]
        .iter()
        .zip(&drawn)
        .map(|(&from, &to)| distance_m(from, to))
        .fold(0.0, f64::max);
    let place = drawn[moved / 2];
    let bend = Bend::new(&stretch, 1, moved + 2, &drawn);
    site.misfit(wish, &stretch, &bend, place, size_m)
}
