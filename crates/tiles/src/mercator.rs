//! From the lattice of degrees to the lattice of a zoom's map, and the lines that it is cut along.

use std::f64::consts::PI;

use wangge_arrange::FinePoint;
use wangge_plane::{Point, Segment};

use crate::{Shift, TileAddress};

/// Units along the side of a tile.
pub(crate) const EXTENT: i32 = 4096;

/// Units that a tile shows beyond its sides.
pub(crate) const BUFFER: i32 = 64;

/// The circumference of the sphere of Web Mercator (EPSG:3857), metres.
const EQUATOR_M: f64 = 2.0 * PI * 6_378_137.0;

/// Beyond this latitude the square map of Web Mercator ends.
const MAX_LATITUDE: f64 = 85.051_128_779_806_6;

/// How far an edge that is straight in degrees may stray from the straight edge on the map, units.
const STRAY: f64 = 0.5;

/// Degrees of an edge over which the shift of GCJ-02 is straight to a hand's breadth.
const GCJ_STRAIGHT_DEG: f64 = 0.005;

/// The map of one zoom: Web Mercator in tile units, from the middle of the map, east and north.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct World {
    zoom: u8,
    shift: Shift,
}

/// What a tile shows of the map: its sides and the buffer around them. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) west: i32,
    pub(crate) south: i32,
    pub(crate) east: i32,
    pub(crate) north: i32,
}

impl World {
    /// The map of a zoom, at most [`crate::MAX_ZOOM`].
    pub(crate) const fn of(zoom: u8, shift: Shift) -> Self {
        Self { zoom, shift }
    }

    pub(crate) const fn zoom(self) -> u8 {
        self.zoom
    }

    /// Half of the map's side, units: at most 2^27.
    const fn half(self) -> i32 {
        (EXTENT / 2) << self.zoom
    }

    /// How many metres a unit is at a latitude in degrees.
    pub(crate) fn unit_m(self, lat: f64) -> f64 {
        EQUATOR_M * lat.to_radians().cos() / (2.0 * f64::from(self.half()))
    }

    /// A place in degrees, in units from the middle of the map.
    pub(crate) fn place(self, lon: f64, lat: f64) -> [f64; 2] {
        let (lon, lat) = self.shift.place(lon, lat);
        let half = f64::from(self.half());
        let lat = lat.clamp(-MAX_LATITUDE, MAX_LATITUDE).to_radians();
        [lon / 180.0 * half, lat.tan().asinh() / PI * half]
    }

    fn fine(self, lon: f64, lat: f64) -> FinePoint {
        let [x, y] = self.place(lon, lat).map(|v| {
            #[expect(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                reason = "at most 2^35 parts of a unit"
            )]
            let parts = (v * FinePoint::PER_UNIT as f64).round_ties_even() as i64;
            parts
        });
        FinePoint { x, y }
    }

    /// The point of the map that is nearest to a point of the lattice.
    pub(crate) fn point(self, at: Point) -> Option<Point> {
        self.fine(at.lon(), at.lat()).pixel()
    }

    /// A path, with vertices put in where it would stray from where it is straight in degrees, and
    /// where it crosses the sides of windows: so no edge of it crosses one between vertices.
    pub(crate) fn path(self, points: &[Point]) -> Vec<FinePoint> {
        let mut path = Vec::with_capacity(points.len());
        path.extend(points.first().map(|at| self.fine(at.lon(), at.lat())));
        for ends in points.windows(2) {
            let Some(edge) = Segment::new(ends[0], ends[1]) else {
                continue;
            };
            // one edge has one course, from whichever end it is drawn
            let (canonical, forward) = edge.canonical();
            let mut course = self.course(canonical);
            if !forward {
                course.reverse();
            }
            path.extend(course.into_iter().skip(1));
        }
        path.dedup();
        path
    }

    fn course(self, edge: Segment) -> Vec<FinePoint> {
        let (a, b) = (edge.start(), edge.end());
        let pieces = self.pieces(edge);
        let mut course = vec![self.fine(a.lon(), a.lat())];
        for piece in 1..=pieces {
            let share = f64::from(piece) / f64::from(pieces);
            let to = if piece == pieces {
                self.fine(b.lon(), b.lat())
            } else {
                self.fine(
                    a.lon() + share * (b.lon() - a.lon()),
                    a.lat() + share * (b.lat() - a.lat()),
                )
            };
            let from = course[course.len() - 1];
            cross_windows(from, to, i64::from(self.half()), &mut course);
            course.push(to);
        }
        course
    }

    /// Into how many pieces an edge falls, none of which strays.
    fn pieces(self, edge: Segment) -> u32 {
        let (a, b) = (edge.start(), edge.end());
        // y'' of the projection is sec(lat) tan(lat) of the radius
        let steepest = a.lat().abs().max(b.lat().abs()).min(MAX_LATITUDE);
        let steepest = steepest.to_radians();
        let rise = (b.lat() - a.lat()).to_radians();
        let bend = steepest.tan() / steepest.cos() * f64::from(self.half()) / PI;
        let stray = bend * rise * rise / 8.0;
        let of_projection = (stray / STRAY).sqrt().ceil();
        let of_shift = match self.shift {
            Shift::None => 1.0,
            Shift::Gcj02 => {
                let longest = (b.lon() - a.lon()).abs().max((b.lat() - a.lat()).abs());
                (longest / GCJ_STRAIGHT_DEG).ceil()
            }
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped"
        )]
        let pieces = of_projection.max(of_shift).clamp(1.0, 65_536.0) as u32;
        pieces
    }

    /// What a tile of this zoom shows.
    pub(crate) fn window(self, tile: TileAddress) -> Window {
        let side = |at: u32| i32::try_from(at).unwrap_or(i32::MAX).saturating_mul(EXTENT);
        let (west, north) = (side(tile.x()) - self.half(), self.half() - side(tile.y()));
        Window {
            west: west - BUFFER,
            south: north - EXTENT - BUFFER,
            east: west + EXTENT + BUFFER,
            north: north + BUFFER,
        }
    }

    /// The columns and rows of the tiles whose windows hold the whole box from a south-western to a north-eastern corner.
    pub(crate) fn tiles_around(self, low: Point, high: Point) -> impl Iterator<Item = (u32, u32)> {
        let columns = self.bands(low.x(), high.x());
        let rows = self.bands(-high.y(), -low.y());
        columns
            .into_iter()
            .flatten()
            .flat_map(move |x| rows.into_iter().flatten().map(move |y| (x, y)))
    }

    /// The columns whose windows hold all from a western to an eastern place: two at most.
    fn bands(self, low: i32, high: i32) -> [Option<u32>; 2] {
        let from_west = low + self.half();
        let last = (from_west + BUFFER).div_euclid(EXTENT);
        [last - 1, last].map(|band| {
            let holds = from_west >= band * EXTENT - BUFFER
                && high + self.half() <= (band + 1) * EXTENT + BUFFER;
            let exists = (0..1 << self.zoom).contains(&band);
            (holds && exists).then(|| u32::try_from(band).unwrap_or_default())
        })
    }

    /// The columns and rows of all tiles whose windows meet a box.
    pub(crate) fn tiles_meeting(self, low: Point, high: Point) -> impl Iterator<Item = (u32, u32)> {
        let range = |low: i32, high: i32| {
            // the last window that ends before it is left out: rounded up
            let first = (low + self.half() - BUFFER - 1).div_euclid(EXTENT);
            let end = (high + self.half() + BUFFER).div_euclid(EXTENT);
            let last = (1 << self.zoom) - 1;
            let clamp = |band: i32| u32::try_from(band.clamp(0, last)).unwrap_or_default();
            clamp(first)..=clamp(end)
        };
        let (columns, rows) = (range(low.x(), high.x()), range(-high.y(), -low.y()));
        columns.flat_map(move |x| rows.clone().map(move |y| (x, y)))
    }

    /// The tile, without its buffer, that a point of the map is in; sides belong to the tile to their east and south.
    pub(crate) fn tile_of(self, at: Point) -> Option<TileAddress> {
        let band = |v: i32| u32::try_from((v + self.half()).div_euclid(EXTENT)).ok();
        TileAddress::new(self.zoom, band(at.x())?, band(-at.y())?)
    }

    /// Whether a place north or south is the southern side of a row's windows.
    pub(crate) fn is_southern_side(self, y: i32) -> bool {
        (y + self.half() + BUFFER).rem_euclid(EXTENT) == 0
    }
}

impl Window {
    /// Whether a point lies in the window, its sides counted.
    pub(crate) const fn holds(self, p: Point) -> bool {
        self.west <= p.x() && p.x() <= self.east && self.south <= p.y() && p.y() <= self.north
    }

    /// Whether it meets a box.
    pub(crate) const fn meets(self, low: Point, high: Point) -> bool {
        self.west <= high.x()
            && low.x() <= self.east
            && self.south <= high.y()
            && low.y() <= self.north
    }

    /// Whether an edge runs along one of the window's sides.
    pub(crate) const fn has_along_side(self, a: Point, b: Point) -> bool {
        (a.x() == b.x() && (a.x() == self.west || a.x() == self.east))
            || (a.y() == b.y() && (a.y() == self.south || a.y() == self.north))
    }

    /// A point of the map as the tile has it: east and south from its north-western corner.
    pub(crate) const fn local(self, p: Point) -> [i32; 2] {
        [p.x() - self.west - BUFFER, self.north - BUFFER - p.y()]
    }
}

/// Where an edge crosses the sides of windows, in its order.
fn cross_windows(a: FinePoint, b: FinePoint, half: i64, into: &mut Vec<FinePoint>) {
    let mut crossings = Vec::new();
    for x in sides_between(a.x, b.x, half) {
        let y = a.y + part(b.y - a.y, x - a.x, b.x - a.x);
        crossings.push(FinePoint { x, y });
    }
    for y in sides_between(a.y, b.y, half) {
        let x = a.x + part(b.x - a.x, y - a.y, b.y - a.y);
        crossings.push(FinePoint { x, y });
    }
    let (east, north) = ((b.x - a.x).signum(), (b.y - a.y).signum());
    crossings.sort_unstable_by_key(|p| (p.x * east, p.y * north));
    into.extend(crossings);
}

/// `all * numerator / denominator`, to the nearest whole.
fn part(all: i64, numerator: i64, denominator: i64) -> i64 {
    let (mut doubled, mut denominator) = (
        2 * i128::from(all) * i128::from(numerator),
        i128::from(denominator),
    );
    if denominator < 0 {
        (doubled, denominator) = (-doubled, -denominator);
    }
    let nearest = (doubled + denominator).div_euclid(2 * denominator);
    i64::try_from(nearest).unwrap_or_else(|_| unreachable!("a part of the whole"))
}

/// The sides of windows strictly between two places along one axis.
fn sides_between(a: i64, b: i64, half: i64) -> impl Iterator<Item = i64> {
    let unit = FinePoint::PER_UNIT;
    let (tile, buffer) = (i64::from(EXTENT) * unit, i64::from(BUFFER) * unit);
    let (low, high) = (a.min(b) + half * unit, a.max(b) + half * unit);
    let first = (low - buffer).div_euclid(tile);
    let last = (high + buffer).div_euclid(tile);
    (first..=last)
        .flat_map(move |at| [at * tile - buffer, at * tile + buffer])
        .filter(move |&side| low < side && side < high)
        .map(move |side| side - half * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_in_the_tiles_whose_windows_hold_it_and_no_others() {
        let world = World::of(2, Shift::None);
        // around a corner of tiles, within the buffer and just beyond it
        for x in [-65, -64, -63, 0, 63, 64, 65, EXTENT / 2] {
            for y in [-65, -64, 0, 64, 65, EXTENT / 2] {
                let place = Point::new(x, y).unwrap();
                let mut found: Vec<(u32, u32)> = world.tiles_meeting(place, place).collect();
                found.sort_unstable();
                let all = (0..4).flat_map(|x| (0..4).map(move |y| (x, y)));
                let held = all.filter(|&(x, y)| {
                    let tile = TileAddress::new(2, x, y).unwrap();
                    world.window(tile).holds(place)
                });
                assert_eq!(found, held.collect::<Vec<_>>(), "{x} {y}");
            }
        }
    }
}
