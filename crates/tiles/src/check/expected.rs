//! What the tiles should show, as far as it is known from elsewhere.

use std::collections::BTreeMap;

/// What the tiles should show.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// The codes of each layer's units. Of a layer that is not named, the finest zoom says.
    pub codes: BTreeMap<String, Vec<String>>,
    /// The holes of the coverage, the same for all layers. Where it is not known, what is open at
    /// the finest zoom is taken for the coverage's own.
    pub holes: Option<Vec<WorldBox>>,
}

/// What the tiles should show, by what is known from elsewhere and by their finest zoom.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) codes: BTreeMap<String, Vec<String>>,
    holes: Option<Vec<WorldBox>>,
    /// The holes of each layer at the finest zoom that has it.
    seen: BTreeMap<String, Vec<WorldBox>>,
}

/// A box of the Web Mercator world: west, north, east and south, each from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WorldBox(pub [f64; 4]);

/// How far a hole may be from where it should be, tile units: as much as drawing on the zoom's
/// lattice and leaving out vertices may move its rim.
const SLACK_UNITS: f64 = 4.0;

impl WorldBox {
    /// The box of degrees: west, south, east, north.
    pub fn of_degrees([west, south, east, north]: [f64; 4]) -> Self {
        let x = |lon: f64| (lon + 180.0) / 360.0;
        let y = |lat: f64| 0.5 - lat.to_radians().sin().atanh() / std::f64::consts::TAU;
        Self([x(west), y(north), x(east), y(south)])
    }

    fn holds(self, other: Self, slack: f64) -> bool {
        let ([w, n, e, s], [w2, n2, e2, s2]) = (self.0, other.0);
        w - slack <= w2 && n - slack <= n2 && e2 <= e + slack && s2 <= s + slack
    }
}

impl Known {
    pub(super) fn new(expected: Expected) -> Self {
        Self {
            codes: expected.codes,
            holes: expected.holes,
            seen: BTreeMap::new(),
        }
    }

    /// Whether ground that nobody covers is a hole of the coverage.
    pub(super) fn is_hole(&self, layer: &str, place: WorldBox, zoom: u8) -> bool {
        let slack = SLACK_UNITS / 4096.0 / f64::from(1u32 << zoom);
        match (&self.holes, self.seen.get(layer)) {
            (Some(holes), _) | (None, Some(holes)) => {
                holes.iter().any(|hole| hole.holds(place, slack))
            }
            // the finest zoom that has the layer
            (None, None) => true,
        }
    }

    /// Learns from the finest zoom that has a layer.
    pub(super) fn learn(&mut self, layer: &str, codes: Vec<String>, holes: Vec<WorldBox>) {
        self.codes.entry(layer.to_owned()).or_insert(codes);
        self.seen.entry(layer.to_owned()).or_insert(holes);
    }
}
