//! GCJ-02 and BD-09, the shifted degrees of public maps in China, both ways by the published
//! formulas. Neither is a datum, neither has an EPSG code.
//!
//! The inverse is that of the published formula, iterated until it holds. The state's own
//! algorithm is not public; map services differ from the formula by about 0.7 m.

use std::f64::consts::PI;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::CrsError;

/// Semi-major axis that the published formulas use (Krassowsky), metres.
const A: f64 = 6_378_245.0;

/// Squared eccentricity that the published formulas use.
const EE: f64 = 0.006_693_421_622_965_943;

/// Where the inverses stop, degrees: a hundredth of the 1e-9 degree that is promised (0.1 mm).
const CONVERGED_DEG: f64 = 1e-11;

/// Far more steps than the at most 5 that the inverse takes within China.
const MOST_STEPS: u32 = 50;

/// Which positions GCJ-02 shifts: the "outside China" rule of the public libraries, which leave
/// everything outside a box as it is. A box is not the border: Hong Kong, Macao, Taiwan, Korea
/// and the north of Vietnam are inside and shifted.
///
/// The rule looks at the WGS 84 position. Back from GCJ-02, the position that the box holds and
/// that is shifted to the one given is the answer; where there is none, a position outside the box
/// stays as it is. BD-09's own shift on top of GCJ-02 is made everywhere, as in the libraries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ChinaBounds {
    /// Longitude 72.004 to 137.8347 and latitude 0.8293 to 55.8271, sides included: the box of
    /// eviltransform and gcoord.
    #[default]
    Box,
    /// Longitude 73.66 to 135.05 and latitude 3.86 to 53.55, sides left out: the box of
    /// coordtransform.
    NarrowBox,
    /// No box: every position is shifted. For data that is known to be GCJ-02 up to its edges.
    Everywhere,
}

impl ChinaBounds {
    /// Whether a WGS 84 position (degrees) is shifted.
    pub fn contains(self, lon: f64, lat: f64) -> bool {
        match self {
            Self::Box => (72.004..=137.8347).contains(&lon) && (0.8293..=55.8271).contains(&lat),
            Self::NarrowBox => lon > 73.66 && lon < 135.05 && lat > 3.86 && lat < 53.55,
            Self::Everywhere => true,
        }
    }
}

impl fmt::Display for ChinaBounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Box => "box",
            Self::NarrowBox => "narrow-box",
            Self::Everywhere => "everywhere",
        })
    }
}

/// "box", "narrow-box" or "everywhere".
impl FromStr for ChinaBounds {
    type Err = CrsError;

    fn from_str(text: &str) -> Result<Self, CrsError> {
        [Self::Box, Self::NarrowBox, Self::Everywhere]
            .into_iter()
            .find(|bounds| bounds.to_string() == text)
            .ok_or_else(|| CrsError::NotChinaBounds {
                given: text.to_owned(),
            })
    }
}

/// WGS 84 to GCJ-02, degrees.
pub fn wgs84_to_gcj02(lon: f64, lat: f64, bounds: ChinaBounds) -> (f64, f64) {
    if bounds.contains(lon, lat) {
        shifted(lon, lat)
    } else {
        (lon, lat)
    }
}

/// GCJ-02 to WGS 84, degrees. `None` where the formula cannot be turned round (near a pole).
pub fn gcj02_to_wgs84(lon: f64, lat: f64, bounds: ChinaBounds) -> Option<(f64, f64)> {
    let back = inverted(shifted, lon, lat);
    match back {
        Some((lon, lat)) if bounds.contains(lon, lat) => back,
        // a position that was never shifted
        _ if !bounds.contains(lon, lat) => Some((lon, lat)),
        // inside the box, from a position less than a kilometre outside: no position is shifted
        // here, and the formula continued across the side is nearest
        _ => back,
    }
}

/// GCJ-02 to BD-09, degrees.
pub fn gcj02_to_bd09(lon: f64, lat: f64) -> (f64, f64) {
    const K: f64 = PI * 3000.0 / 180.0;
    let radius = lon.hypot(lat) + 0.000_02 * (lat * K).sin();
    let angle = lat.atan2(lon) + 0.000_003 * (lon * K).cos();
    (radius * angle.cos() + 0.0065, radius * angle.sin() + 0.006)
}

/// BD-09 to GCJ-02, degrees. `None` where the formula cannot be turned round.
pub fn bd09_to_gcj02(lon: f64, lat: f64) -> Option<(f64, f64)> {
    inverted(gcj02_to_bd09, lon, lat)
}

/// The shift of GCJ-02 without asking where, as the public libraries agree on it: polynomials and
/// sines around (105, 35) in metres, made degrees by the radii of the ellipsoid.
fn shifted(lon: f64, lat: f64) -> (f64, f64) {
    let (x, y) = (lon - 105.0, lat - 35.0);
    let wave = |t: f64, longest: f64, shorter: f64, amplitude: [f64; 2]| {
        (amplitude[0] * (t * longest * PI).sin() + amplitude[1] * (t * shorter * PI).sin()) * 2.0
            / 3.0
    };
    let ripple = (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;

    let north_m = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + ripple
        + wave(y, 1.0, 1.0 / 3.0, [20.0, 40.0])
        + wave(y, 1.0 / 12.0, 1.0 / 30.0, [160.0, 320.0]);
    let east_m = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + ripple
        + wave(x, 1.0, 1.0 / 3.0, [20.0, 40.0])
        + wave(x, 1.0 / 12.0, 1.0 / 30.0, [150.0, 300.0]);

    let (sin, cos) = lat.to_radians().sin_cos();
    let w2 = 1.0 - EE * sin * sin;
    let w = w2.sqrt();
    let metres_per_degree_north = A * (1.0 - EE) / (w2 * w) * PI / 180.0;
    let metres_per_degree_east = A / w * cos * PI / 180.0;
    (
        lon + east_m / metres_per_degree_east,
        lat + north_m / metres_per_degree_north,
    )
}

/// The position that `shift` moves to the one given, by fixed-point iteration: the shift changes
/// slowly from place to place.
fn inverted(shift: impl Fn(f64, f64) -> (f64, f64), lon: f64, lat: f64) -> Option<(f64, f64)> {
    let (mut x, mut y) = (lon, lat);
    for _ in 0..MOST_STEPS {
        let (there_x, there_y) = shift(x, y);
        let (dx, dy) = (lon - there_x, lat - there_y);
        x += dx;
        y += dy;
        if dx.abs() <= CONVERGED_DEG && dy.abs() <= CONVERGED_DEG {
            return Some((x, y));
        }
    }
    None
}
