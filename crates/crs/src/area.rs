//! Areas of use: where on the ground a coordinate system is meant to be used.

use std::fmt;

/// A box in degrees with the name of the place. It may cross the antimeridian, then `west` is
/// greater than `east`.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
    place: String,
}

impl Area {
    /// An area with its sides in degrees.
    pub fn new(west: f64, south: f64, east: f64, north: f64, place: impl Into<String>) -> Self {
        Self {
            west,
            south,
            east,
            north,
            place: place.into(),
        }
    }

    /// West, south, east and north sides, degrees.
    pub const fn sides(&self) -> [f64; 4] {
        [self.west, self.south, self.east, self.north]
    }

    /// What the area is called: a country, a zone.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Whether a position (degrees) is in the area or at most `margin_deg` beside it. A position
    /// on a side stays in the area when a projection has rounded it.
    pub fn contains(&self, lon: f64, lat: f64, margin_deg: f64) -> bool {
        const ROUNDED_DEG: f64 = 1e-7;
        let margin_deg = margin_deg + ROUNDED_DEG;
        let (west, east) = (self.west - margin_deg, self.east + margin_deg);
        let between = if self.west <= self.east {
            west <= lon && lon <= east
        } else {
            west <= lon || lon <= east
        };
        between && self.south - margin_deg <= lat && lat <= self.north + margin_deg
    }

    /// Whether all of another area is in this one.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        let spans = match (self.west <= self.east, other.west <= other.east) {
            (true, true) | (false, false) => self.west <= other.west && other.east <= self.east,
            (false, true) => self.west <= other.west || other.east <= self.east,
            (true, false) => self.west <= -180.0 && self.east >= 180.0,
        };
        spans && self.south <= other.south && other.north <= self.north
    }
}

/// "China - onshore (73.62 to 134.77 east, 18.11 to 53.56 north)".
impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // names of the EPSG dataset end in a full stop and may list fifty states
        const LONG: usize = 90;
        let place = self.place.trim_end_matches('.');
        if place.is_empty() {
            f.write_str("its area")?;
        } else if let Some((cut, _)) = place.char_indices().nth(LONG) {
            write!(f, "{}…", &place[..cut])?;
        } else {
            f.write_str(place)?;
        }
        write!(
            f,
            " ({} to {} east, {} to {} north)",
            self.west, self.east, self.south, self.north
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Area;

    #[test]
    fn an_area_across_the_antimeridian_holds_both_its_sides() {
        // EPSG:4269, North America, as the EPSG dataset has it
        let area = Area::new(167.65, 14.92, -40.73, 86.45, "North America");
        assert!(area.contains(-77.0, 38.9, 0.0));
        assert!(area.contains(175.0, 52.0, 0.0));
        assert!(!area.contains(117.0, 40.0, 0.0));
        assert!(area.covers(&Area::new(-141.0, 38.2, -52.0, 86.0, "Canada")));
        assert!(!Area::new(-141.0, 38.2, -52.0, 86.0, "Canada").covers(&area));
        assert!(Area::new(-180.0, -90.0, 180.0, 90.0, "World").covers(&area));
    }

    #[test]
    fn a_margin_widens_every_side() {
        let area = Area::new(118.5, 24.43, 121.5, 53.33, "a zone");
        assert!(!area.contains(121.51, 40.0, 0.0));
        assert!(area.contains(121.51, 40.0, 0.02));
        assert!(area.contains(118.49, 53.34, 0.02));
    }
}
