//! What the tiles should show, as far as it is known from elsewhere.

use std::collections::BTreeMap;

use super::tile::EXTENT;

/// What the tiles should show.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// The codes of each layer's units. Of a layer that is not named, the finest zoom says.
    pub codes: BTreeMap<String, Vec<String>>,
    /// The rim of the coverage, outside and around its holes, in any order. Where it is not known,
    /// that of the finest zoom is taken for it.
    pub rim: Option<Vec<WorldEdge>>,
    /// Where the rim is not known: the boxes around the holes of the coverage. Where neither is,
    /// what is open at the finest zoom is taken for a hole.
    pub holes: Option<Vec<WorldBox>>,
}

/// An edge on the Web Mercator world: from the west and from the north, each from 0 to 1.
pub type WorldEdge = [[f64; 2]; 2];

/// What the tiles should show, by what is known from elsewhere and by their finest zoom.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) codes: BTreeMap<String, Vec<String>>,
    rim: Option<Vec<WorldEdge>>,
    holes: Option<Vec<WorldBox>>,
    /// The rim of each layer at the finest zoom that has it.
    seen: BTreeMap<String, Vec<WorldEdge>>,
}

/// A box of the Web Mercator world: west, north, east and south, each from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WorldBox(pub [f64; 4]);

/// How far the rim of a hole may be from where it should be, tile units: as much as drawing on the
/// zoom's lattice and leaving out vertices may move it.
const SLACK_UNITS: f64 = 4.0;

impl WorldBox {
    /// The box of degrees: west, south, east, north.
    pub fn of_degrees([west, south, east, north]: [f64; 4]) -> Self {
        let ([west, south], [east, north]) = (world(west, south), world(east, north));
        Self([west, north, east, south])
    }

    fn holds(self, other: Self, slack: f64) -> bool {
        let ([w, n, e, s], [w2, n2, e2, s2]) = (self.0, other.0);
        w - slack <= w2 && n - slack <= n2 && e2 <= e + slack && s2 <= s + slack
    }
}

/// A place of the Web Mercator world by its longitude and latitude.
pub fn world(lon: f64, lat: f64) -> [f64; 2] {
    [
        (lon + 180.0) / 360.0,
        0.5 - lat.to_radians().sin().atanh() / std::f64::consts::TAU,
    ]
}

impl Known {
    pub(super) fn new(expected: Expected) -> Self {
        Self {
            codes: expected.codes,
            rim: expected.rim,
            holes: expected.holes,
            seen: BTreeMap::new(),
        }
    }

    /// Whether ground that nobody covers may be: a hole of the coverage, or a part of the outside
    /// that rounding closed off. All of its rim runs along the coverage's then; that of a gap
    /// between units does not.
    pub(super) fn may_be_open(
        &self,
        layer: &str,
        zoom: u8,
        place: WorldBox,
        rim: &[WorldEdge],
    ) -> bool {
        let slack = SLACK_UNITS / f64::from(EXTENT) / f64::from(1u32 << zoom);
        match (&self.rim, self.seen.get(layer), &self.holes) {
            (Some(known), ..) | (None, Some(known), _) => {
                let around: Vec<&WorldEdge> = known
                    .iter()
                    .filter(|edge| is_near(edge, place, slack))
                    .collect();
                // a hole without a rim of its own is a tile that is lost
                !rim.is_empty()
                    && rim
                        .iter()
                        .flatten()
                        .all(|&vertex| around.iter().any(|edge| distance(vertex, edge) <= slack))
            }
            (None, None, Some(holes)) => holes.iter().any(|hole| hole.holds(place, slack)),
            // the finest zoom that has the layer
            (None, None, None) => true,
        }
    }

    /// Learns from the finest zoom that has a layer.
    pub(super) fn learn(&mut self, layer: &str, codes: Vec<String>, rim: Vec<WorldEdge>) {
        self.codes.entry(layer.to_owned()).or_insert(codes);
        self.seen.entry(layer.to_owned()).or_insert(rim);
    }
}

fn is_near([a, b]: &WorldEdge, WorldBox([w, n, e, s]): WorldBox, slack: f64) -> bool {
    a[0].min(b[0]) <= e + slack
        && a[0].max(b[0]) >= w - slack
        && a[1].min(b[1]) <= s + slack
        && a[1].max(b[1]) >= n - slack
}

/// From a point to the nearest point of an edge.
fn distance([x, y]: [f64; 2], [a, b]: &WorldEdge) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length = dx * dx + dy * dy;
    let part = if length > 0.0 {
        (((x - a[0]) * dx + (y - a[1]) * dy) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (x - a[0] - part * dx).hypot(y - a[1] - part * dy)
}
