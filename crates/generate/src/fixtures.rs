//! What stands along which way, and how far apart: the usual distances of a town.

use crate::terrain::LineClass;

/// Points of one class along ways.
pub(crate) struct Fixture {
    pub(crate) class: &'static str,
    /// Metres between two of them on trunk roads, main roads, streets and lanes; none there at 0.
    spacing_m: [f64; 4],
    /// Where they stand across the way.
    pub(crate) stands: Stands,
}

/// Where something stands across a way.
#[derive(Clone, Copy)]
pub(crate) enum Stands {
    /// On the carriageway, as a share of the way from its middle to the kerb.
    On(f64),
    /// So many metres behind the kerb.
    Behind(f64),
}

/// The fixtures of a town. Codes are those of CJ/T 214-2007.
pub(crate) const TOWN: [Fixture; 30] = [
    fixture("0101", [120.0, 90.0, 90.0, 110.0], Stands::On(0.5)),
    fixture("0102", [90.0, 70.0, 70.0, 80.0], Stands::On(0.2)),
    fixture("0103", [80.0, 70.0, 80.0, 110.0], Stands::On(0.7)),
    fixture("0104", [60.0, 50.0, 60.0, 120.0], Stands::On(0.95)),
    fixture("0105", [200.0, 160.0, 200.0, 0.0], Stands::Behind(2.0)),
    fixture("0106", [180.0, 180.0, 250.0, 0.0], Stands::Behind(1.2)),
    fixture("0107", [160.0, 140.0, 160.0, 260.0], Stands::Behind(2.5)),
    fixture("0108", [0.0, 400.0, 500.0, 700.0], Stands::Behind(2.8)),
    fixture("0110", [0.0, 260.0, 260.0, 400.0], Stands::On(0.6)),
    fixture("0111", [0.0, 200.0, 180.0, 240.0], Stands::On(0.8)),
    fixture("0113", [240.0, 120.0, 160.0, 400.0], Stands::Behind(1.0)),
    fixture("0115", [0.0, 600.0, 600.0, 900.0], Stands::Behind(3.0)),
    fixture("0117", [0.0, 0.0, 250.0, 90.0], Stands::Behind(0.8)),
    fixture("0118", [35.0, 40.0, 50.0, 90.0], Stands::Behind(0.7)),
    fixture("0120", [300.0, 400.0, 0.0, 0.0], Stands::Behind(3.5)),
    fixture("0123", [0.0, 2500.0, 2500.0, 0.0], Stands::Behind(1.5)),
    fixture("0126", [0.0, 0.0, 2000.0, 1500.0], Stands::Behind(5.0)),
    fixture("0134", [0.0, 1500.0, 900.0, 700.0], Stands::Behind(4.0)),
    fixture("0136", [350.0, 300.0, 400.0, 700.0], Stands::Behind(0.9)),
    fixture("0203", [600.0, 500.0, 0.0, 0.0], Stands::Behind(1.5)),
    fixture("0209", [180.0, 160.0, 260.0, 0.0], Stands::Behind(0.6)),
    fixture("0212", [0.0, 400.0, 500.0, 0.0], Stands::Behind(2.2)),
    fixture("0301", [0.0, 2500.0, 2500.0, 4000.0], Stands::Behind(6.0)),
    fixture("0304", [0.0, 0.0, 3000.0, 1800.0], Stands::Behind(5.0)),
    fixture("0305", [110.0, 90.0, 110.0, 220.0], Stands::Behind(1.1)),
    fixture("0307", [700.0, 500.0, 700.0, 0.0], Stands::Behind(4.0)),
    fixture("0401", [0.0, 8000.0, 8000.0, 9000.0], Stands::Behind(4.5)),
    fixture("0402", [24.0, 26.0, 40.0, 0.0], Stands::Behind(1.4)),
    fixture("0407", [0.0, 400.0, 450.0, 0.0], Stands::Behind(2.0)),
    fixture("0501", [0.0, 0.0, 900.0, 600.0], Stands::Behind(2.6)),
];

/// The fixtures of the country, where ways of any kind are alike.
pub(crate) const COUNTRY: [Fixture; 7] = [
    fixture("0117", [400.0; 4], Stands::Behind(1.5)),
    fixture("0131", [9000.0; 4], Stands::Behind(9.0)),
    fixture("0134", [4000.0; 4], Stands::Behind(4.0)),
    fixture("0209", [1500.0, 1500.0, 0.0, 6000.0], Stands::Behind(0.8)),
    fixture("0305", [5000.0; 4], Stands::Behind(1.5)),
    fixture("0402", [120.0, 160.0, 0.0, 0.0], Stands::Behind(2.0)),
    fixture("2121", [9000.0; 4], Stands::Behind(3.0)),
];

/// A square kilometre of urban grids has so many fixtures.
pub(crate) const PER_TOWN_KM2: f64 = 185.0;

/// And so many of rural ones.
pub(crate) const PER_COUNTRY_KM2: f64 = 8.0;

const fn fixture(class: &'static str, spacing_m: [f64; 4], stands: Stands) -> Fixture {
    Fixture {
        class,
        spacing_m,
        stands,
    }
}

impl Fixture {
    /// Metres between two along such a way; `None` where there are none.
    pub(crate) fn spacing_m(&self, class: LineClass) -> Option<f64> {
        let spacing_m = match class {
            LineClass::Rim | LineClass::Coast | LineClass::River | LineClass::Railway => 0.0,
            LineClass::Trunk => self.spacing_m[0],
            LineClass::Main => self.spacing_m[1],
            LineClass::Street => self.spacing_m[2],
            LineClass::Lane | LineClass::Track => self.spacing_m[3],
        };
        (spacing_m > 0.0).then_some(spacing_m)
    }
}

impl Stands {
    /// Metres from the middle of a way whose kerb is so far from it.
    pub(crate) fn metres_from_middle(self, half_width_m: f64) -> f64 {
        match self {
            Self::On(share) => half_width_m * share,
            Self::Behind(metres) => half_width_m + metres,
        }
    }
}
