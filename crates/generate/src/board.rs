//! The drawing board: a plane in metres, its bending, and the one step from it onto the lattice.
//!
//! Only additions, products, quotients and square roots of doubles are used, which IEEE 754
//! rounds the same way everywhere: the same seed gives the same city on every machine.

use std::ops::{Add, Mul, Sub};

use wangge_plane::{PlaneError, Point, UNITS_PER_DEGREE};

use crate::dice::Landscape;

/// A position on the board or the way between two: metres east and north.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spot {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

impl Spot {
    pub(crate) const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    pub(crate) fn dot(self, other: Self) -> f64 {
        self.x * other.x + self.y * other.y
    }

    pub(crate) fn cross(self, other: Self) -> f64 {
        self.x * other.y - self.y * other.x
    }

    pub(crate) fn length(self) -> f64 {
        self.dot(self).sqrt()
    }

    /// The way of length 1 in the same direction; of no length when this has none.
    pub(crate) fn direction(self) -> Self {
        let length = self.length();
        if length > 0.0 {
            self * (1.0 / length)
        } else {
            self
        }
    }

    /// Turned a quarter to the left.
    pub(crate) const fn left(self) -> Self {
        Self {
            x: -self.y,
            y: self.x,
        }
    }
}

impl Add for Spot {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(self.x + other.x, self.y + other.y)
    }
}

impl Sub for Spot {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::new(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f64> for Spot {
    type Output = Self;
    fn mul(self, factor: f64) -> Self {
        Self::new(self.x * factor, self.y * factor)
    }
}

/// Signed area and centroid of a ring of spots, counter-clockwise positive.
pub(crate) fn area_and_centroid(ring: &[Spot]) -> (f64, Spot) {
    let origin = ring[0];
    let (mut doubled, mut moment) = (0.0, Spot::new(0.0, 0.0));
    for pair in ring[1..].windows(2) {
        let (a, b) = (pair[0] - origin, pair[1] - origin);
        let cross = a.cross(b);
        doubled += cross;
        moment = moment + (a + b) * cross;
    }
    if doubled == 0.0 {
        return (0.0, origin);
    }
    (doubled / 2.0, origin + moment * (1.0 / (3.0 * doubled)))
}

/// From the board onto the lattice: first bent, so that no street is quite straight, then put at
/// its place on the earth and rounded, once.
pub(crate) struct Earth {
    centre: Point,
    units_per_metre: Spot,
    bends: [(Landscape, f64); 4],
}

impl Earth {
    /// A board whose origin lies at `centre`.
    pub(crate) fn new(centre: Point, seed: u64) -> Self {
        let metres = metres_per_degree(centre.lat());
        let units = f64::from(UNITS_PER_DEGREE);
        // the slopes of the bends add up to less than a half: the bent board does not fold
        Self {
            centre,
            units_per_metre: Spot::new(units / metres.x, units / metres.y),
            bends: [
                (Landscape::new(seed, 11, 3100.0), 230.0),
                (Landscape::new(seed, 12, 3100.0), 230.0),
                (Landscape::new(seed, 13, 900.0), 28.0),
                (Landscape::new(seed, 14, 900.0), 28.0),
            ],
        }
    }

    /// Where a spot of the board lies on the lattice.
    pub(crate) fn point(&self, spot: Spot) -> Result<Point, PlaneError> {
        let push = |(landscape, reach): (Landscape, f64)| landscape.at(spot.x, spot.y) * reach;
        let east = spot.x + push(self.bends[0]) + push(self.bends[2]);
        let north = spot.y + push(self.bends[1]) + push(self.bends[3]);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "saturates for a city larger than the earth, which the lattice then refuses"
        )]
        let whole = |value: f64| value.round_ties_even() as i32;
        Point::new(
            self.centre
                .x()
                .saturating_add(whole(east * self.units_per_metre.x)),
            self.centre
                .y()
                .saturating_add(whole(north * self.units_per_metre.y)),
        )
    }
}

/// Metres in a degree along the parallel (x) and the meridian (y), by the usual series in
/// multiples of the latitude (Snyder 1987, p. 25), good to a metre: a synthetic city needs its
/// proportions right, not its geodesy.
pub(crate) fn metres_per_degree(lat_deg: f64) -> Spot {
    let c = cosine(lat_deg * (std::f64::consts::PI / 180.0));
    let c2 = 2.0 * c * c - 1.0;
    let c4 = 2.0 * c2 * c2 - 1.0;
    let c3 = c * (4.0 * c * c - 3.0);
    Spot::new(
        111_412.84 * c - 93.5 * c3,
        111_132.92 - 559.82 * c2 + 1.175 * c4,
    )
}

/// The cosine by its Taylor series: the library's may differ in the last bit between machines.
fn cosine(angle: f64) -> f64 {
    let (mut sum, mut term, mut n) = (1.0, 1.0, 1.0);
    while n < 30.0 {
        term = -term * angle * angle / (n * (n + 1.0));
        sum += term;
        n += 2.0;
    }
    sum
}

/// A count as a double.
pub(crate) fn real(count: usize) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of a city stay far below 2^53"
    )]
    let value = count as f64;
    value
}

/// A double of at least 0 as a count, rounded to the nearest.
pub(crate) fn count(value: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates, and negative numbers become 0"
    )]
    let whole = value.round_ties_even() as usize;
    whole
}

/// An index as the 32 bits it is stored in.
pub(crate) fn index(place: usize) -> u32 {
    u32::try_from(place).unwrap_or_else(|_| unreachable!("2^32 streets do not fit the memory"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_degree_is_as_long_as_on_the_ellipsoid() {
        for lat in [-60.0, 0.0, 25.86, 40.7, 66.0] {
            let ours = metres_per_degree(lat);
            let theirs = wangge_plane::ellipsoid::metres_per_degree(lat);
            assert!((ours.x - theirs.east).abs() < 2.0, "{lat}: {ours:?}");
            assert!((ours.y - theirs.north).abs() < 2.0, "{lat}: {ours:?}");
        }
    }

    #[test]
    fn the_centroid_of_a_rectangle_is_its_middle() {
        let ring = [(1.0, 1.0), (5.0, 1.0), (5.0, 3.0), (1.0, 3.0)].map(|(x, y)| Spot::new(x, y));
        assert_eq!(area_and_centroid(&ring), (8.0, Spot::new(3.0, 2.0)));
    }
}
