//! The land before anybody settled it: rim, coast, rivers, railways, trunk roads, and where the
//! dense places are.

use crate::board::{Spot, area_and_centroid, count, real};
use crate::dice::{Dice, Landscape, Subject};
use crate::mesh::Mesh;
use crate::spec::CitySpec;
use crate::spec_file::Place;

/// What a line of the map is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum LineClass {
    Rim,
    Coast,
    River,
    Railway,
    Trunk,
    Main,
    Street,
    Lane,
    Track,
}

impl LineClass {
    /// How willingly a border of grids runs along it: metres of lane that cost as much as one
    /// metre of this.
    pub(crate) const fn border_cost(self) -> f64 {
        match self {
            Self::Rim | Self::Coast | Self::River => 0.1,
            Self::Railway => 0.2,
            Self::Trunk => 0.25,
            Self::Main => 0.4,
            Self::Street => 0.7,
            Self::Lane | Self::Track => 1.0,
        }
    }
}

/// The settled density of the land.
pub(crate) struct Density {
    centres: Vec<(Spot, f64, f64)>,
    land: Landscape,
    block_area_m2: f64,
}

/// Area of a block in the middle of a town, before it is fitted to the number of grids.
const TOWN_BLOCK_M2: f64 = 13_000.0;

/// How much larger a block of the countryside is.
const COUNTRY_FACTOR: f64 = 55.0;

/// Blocks per grid that the fit aims at.
const BLOCKS_PER_GRID: f64 = 4.6;

impl Density {
    /// The area that a block has around here, m2.
    pub(crate) fn block_area_m2(&self, spot: Spot) -> f64 {
        self.block_area_m2 / self.relative(spot)
    }

    /// Whether this is countryside.
    pub(crate) fn is_country(&self, spot: Spot) -> bool {
        self.relative(spot) < 4.5 / COUNTRY_FACTOR
    }

    /// 1 in the middle of the town, down to one part in [`COUNTRY_FACTOR`].
    fn relative(&self, spot: Spot) -> f64 {
        let mut sum = 0.0;
        for &(centre, radius, strength) in &self.centres {
            let way = spot - centre;
            // at the radius a quarter is left
            let fall = 1.0 + 0.587 * way.dot(way) / (radius * radius);
            sum += strength / (fall * fall * fall);
        }
        let uneven = 1.0 + 0.35 * self.land.at(spot.x, spot.y);
        (1.0 / COUNTRY_FACTOR + sum * uneven).min(1.0)
    }
}

/// The land with its first lines drawn into it.
pub(crate) struct Terrain {
    pub(crate) mesh: Mesh,
    /// By line.
    pub(crate) classes: Vec<LineClass>,
    pub(crate) density: Density,
    /// Faces of islands.
    pub(crate) islands: Vec<u32>,
    frame: Frame,
}

/// The two axes of the land: along the coast to the north-east, and inland to the north-west.
#[derive(Clone, Copy)]
struct Frame {
    half_width: f64,
    depth: f64,
}

const DIAGONAL: f64 = std::f64::consts::FRAC_1_SQRT_2;

impl Frame {
    /// 1 for a city of the usual size or larger, less for a small one, whose lines sway less.
    fn smallness(self) -> f64 {
        (self.half_width / 11_000.0).min(1.0)
    }

    fn spot(self, along: f64, inland: f64) -> Spot {
        let v = inland - self.depth / 2.0;
        Spot::new((along - v) * DIAGONAL, (along + v) * DIAGONAL)
    }
}

impl Terrain {
    pub(crate) fn new(spec: &CitySpec, seed: u64) -> Self {
        let mut dice = Dice::new(seed, Subject::Outline);
        let scale = (spec.area_km2 / 180.0).sqrt();
        let mut frame = Frame {
            half_width: 11_000.0 * scale,
            depth: 9_300.0 * scale,
        };
        let coast = Coast::new(seed, frame);
        let mut rim = outline(frame, &coast, &mut dice);
        // fit the area, which is asked for
        let spots: Vec<Spot> = rim.iter().map(|&(spot, _)| spot).collect();
        let fit = (spec.area_km2 * 1e6 / area_and_centroid(&spots).0).sqrt();
        for (spot, _) in &mut rim {
            *spot = *spot * fit;
        }
        let coast = coast.fitted(fit);
        frame.half_width *= fit;
        frame.depth *= fit;

        let shore = if spec.coast {
            LineClass::Coast
        } else {
            LineClass::Rim
        };
        let mut classes = vec![LineClass::Rim, shore];
        let mut mesh = Mesh::new();
        mesh.add_land(&rim);
        let mut islands = Vec::new();
        for number in 0..spec.islands {
            let share = (real(number) + 0.5) / real(spec.islands);
            let along = frame.half_width * (0.1 + 0.75 * share);
            islands.push(mesh.add_land(&island(frame, &coast, along, &mut dice)));
        }
        for (class, course) in courses(frame, &coast, seed, &mut Dice::new(seed, Subject::Lines)) {
            let line = crate::board::index(classes.len());
            classes.push(class);
            mesh.draw(&course, line);
        }
        let density = settle(spec, frame, seed);
        Self {
            mesh,
            classes,
            density,
            islands,
            frame,
        }
    }

    /// The spot of a place that is given along the coast and inland.
    pub(crate) fn place(&self, place: Place) -> Spot {
        self.frame
            .spot(place.along_km * 1000.0, place.inland_km * 1000.0)
    }

    /// How far the sea reaches in drawings: spots well off the coast, from its north-eastern to
    /// its south-western end.
    pub(crate) fn offshore(&self) -> [Spot; 2] {
        let reach = self.frame.half_width * 1.3;
        [
            self.frame.spot(reach, -self.frame.depth * 0.8),
            self.frame.spot(-reach, -self.frame.depth * 0.8),
        ]
    }
}

/// The coast line, as a way inland over the way along.
#[derive(Clone, Copy)]
struct Coast {
    bays: Landscape,
    inlets: Landscape,
    headland: f64,
    size: f64,
    fit: f64,
}

impl Coast {
    fn new(seed: u64, frame: Frame) -> Self {
        Self {
            bays: Landscape::new(seed, 21, 4200.0 * frame.smallness()),
            inlets: Landscape::new(seed, 22, 1700.0 * frame.smallness()),
            headland: -0.28 * frame.half_width,
            size: frame.smallness(),
            fit: 1.0,
        }
    }

    const fn fitted(self, fit: f64) -> Self {
        Self { fit, ..self }
    }

    fn inland(&self, along: f64) -> f64 {
        let u = along / self.fit;
        let to_head = (u - self.headland) / (1900.0 * self.size);
        let head = 1.0 + to_head * to_head;
        let reach = self.bays.at(u, 0.0) * 900.0 + self.inlets.at(u, 500.0) * 380.0
            - 2600.0 / (head * head);
        reach * self.size * self.fit
    }
}

/// The rim, counter-clockwise from the south-western end of the coast.
fn outline(frame: Frame, coast: &Coast, dice: &mut Dice) -> Vec<(Spot, u32)> {
    const RIM: u32 = 0;
    const COAST: u32 = 1;
    // corners of the landward side, in half widths and depths, from the coast's north-eastern end
    const LANDWARD: [(f64, f64); 12] = [
        (1.04, 0.25),
        (1.02, 0.50),
        (0.88, 0.76),
        (0.66, 0.92),
        (0.40, 0.90),
        (0.16, 1.04),
        (-0.12, 1.06),
        (-0.34, 0.93),
        (-0.60, 0.97),
        (-0.84, 0.82),
        (-1.05, 0.56),
        (-0.97, 0.28),
    ];
    let mut rim = Vec::new();
    let steps = count(frame.half_width * 2.0 / 480.0).max(8);
    for step in 0..=steps {
        let share = real(step) / real(steps);
        let along = frame.half_width * (share * 2.0 - 1.0);
        let line = if step == steps { RIM } else { COAST };
        rim.push((frame.spot(along, coast.inland(along)), line));
    }
    let shaky = |(u, v): (f64, f64), dice: &mut Dice| {
        frame.spot(
            (u + dice.between(-0.03, 0.03)) * frame.half_width,
            (v + dice.between(-0.04, 0.04)) * frame.depth,
        )
    };
    let corners: Vec<Spot> = LANDWARD.iter().map(|&at| shaky(at, dice)).collect();
    let ends = (rim[steps].0, rim[0].0);
    let mut from = ends.0;
    for (i, &to) in corners.iter().chain([&ends.1]).enumerate() {
        // a bend on the way, so that the rim is no polygon of a dozen sides
        let side = (to - from).left();
        rim.push((
            from + (to - from) * dice.between(0.3, 0.42) + side * dice.between(-0.1, 0.1),
            RIM,
        ));
        rim.push((
            from + (to - from) * dice.between(0.6, 0.72) + side * dice.between(-0.1, 0.1),
            RIM,
        ));
        if i < corners.len() {
            rim.push((to, RIM));
        }
        from = to;
    }
    rim
}

/// A small island off the coast.
fn island(frame: Frame, coast: &Coast, along: f64, dice: &mut Dice) -> Vec<(Spot, u32)> {
    // the corners of a nonagon, to 4 decimals
    const ROUND: [(f64, f64); 9] = [
        (1.0, 0.0),
        (0.766, 0.6428),
        (0.1736, 0.9848),
        (-0.5, 0.866),
        (-0.9397, 0.342),
        (-0.9397, -0.342),
        (-0.5, -0.866),
        (0.1736, -0.9848),
        (0.766, -0.6428),
    ];
    let mut shore = f64::MAX;
    for step in -8..=8_i32 {
        shore = shore.min(coast.inland(along + f64::from(step) * 300.0));
    }
    let middle = frame.spot(along, shore - 1300.0);
    ROUND
        .iter()
        .map(|&(x, y)| {
            let radius = dice.between(210.0, 340.0);
            (middle + Spot::new(x * 1.5, y) * radius, 1)
        })
        .collect()
}

/// Rivers to the sea, railways and trunk roads along the coast: one of each for a city of the
/// usual size, more for a larger one.
fn courses(frame: Frame, coast: &Coast, seed: u64, dice: &mut Dice) -> Vec<(LineClass, Vec<Spot>)> {
    let mut all = Vec::new();
    let rivers = count(frame.half_width / 11_000.0).max(1);
    for number in 0..rivers {
        let mouth = frame.half_width * (2.0 * (real(number) + 0.5) / real(rivers) - 1.0)
            + frame.half_width / real(rivers) * (0.16 + dice.between(-0.06, 0.06));
        let meander = Landscape::new(seed, 100 + number as u64, 2600.0);
        let (mut inland, end) = (frame.depth * 1.3, coast.inland(mouth) - 4000.0);
        let mut course = Vec::new();
        while inland > end {
            let drift = (inland - frame.depth * 0.3) * 0.22;
            let along = mouth + drift + meander.at(inland, 0.0) * 1100.0 * frame.smallness();
            course.push(frame.spot(along, inland));
            inland -= 430.0 * frame.smallness();
        }
        all.push((LineClass::River, course));
    }
    let bands = count(frame.depth / 9_300.0).max(1);
    for number in 0..bands {
        let base = frame.depth * real(number) / real(bands);
        let band = frame.depth / real(bands);
        for (class, share, sway, salt) in [
            (LineClass::Railway, 0.40, 700.0, 31),
            (LineClass::Trunk, 0.22, 420.0, 32),
            (LineClass::Trunk, 0.68, 900.0, 33),
        ] {
            let bend = Landscape::new(seed, salt + 10 * number as u64, 5200.0);
            let end = frame.half_width * 1.3;
            let mut along = -end;
            let mut course = Vec::new();
            while along < end {
                let inland = base + band * share + bend.at(along, 0.0) * sway * frame.smallness();
                course.push(frame.spot(along, inland));
                along += 900.0 * frame.smallness();
            }
            all.push((class, course));
        }
    }
    all
}

/// Where people live: the centres of the spec or, without any, some by chance; the size of blocks
/// is fitted so that about as many come out as the grids need.
fn settle(spec: &CitySpec, frame: Frame, seed: u64) -> Density {
    const SIDE: i32 = 240;
    let mut centres: Vec<(Spot, f64, f64)> = spec
        .towns
        .iter()
        .map(|town| {
            let at = frame.spot(town.at.along_km * 1000.0, town.at.inland_km * 1000.0);
            (at, town.radius_km * 1000.0, town.strength)
        })
        .collect();
    if centres.is_empty() {
        let mut dice = Dice::new(seed, Subject::Loads);
        let towns = count(spec.area_km2 / 45.0).max(1);
        for number in 0..towns {
            let main = number % 4 == 0;
            let at = frame.spot(
                frame.half_width * dice.between(-0.85, 0.85),
                frame.depth * dice.between(0.12, 0.85),
            );
            let radius = if main {
                dice.between(1500.0, 2300.0)
            } else {
                dice.between(600.0, 1100.0)
            };
            centres.push((at, radius, if main { 1.0 } else { dice.between(0.4, 0.8) }));
        }
    }
    let mut density = Density {
        centres,
        land: Landscape::new(seed, 41, 700.0),
        block_area_m2: TOWN_BLOCK_M2,
    };
    // blocks on a coarse sample of the land, as the rim lies roughly
    let (mut blocks, mut samples) = (0.0, 0.0);
    for row in 0..SIDE {
        for column in 0..SIDE {
            let along = frame.half_width * (f64::from(column) + 0.5) / f64::from(SIDE) * 2.0
                - frame.half_width;
            let inland = frame.depth * (f64::from(row) + 0.5) / f64::from(SIDE) * 0.95;
            blocks += 1.0 / density.block_area_m2(frame.spot(along, inland));
            samples += 1.0;
        }
    }
    let expected = blocks / samples * spec.area_km2 * 1e6;
    density.block_area_m2 = TOWN_BLOCK_M2 * expected / (BLOCKS_PER_GRID * real(spec.grids()));
    density
}
