//! Who borders on whom, on which side (四至).

use rustc_hash::FxHashMap;
use serde::Serialize;
use wangge_coverage::{Arc, Coverage, Owner};
use wangge_plane::ellipsoid::{MetresPerDegree, distance_m, metres_per_degree};
use wangge_plane::{Point, Ring};

use crate::answer::UnitRef;
use crate::units::{Place, Units};
use crate::{City, CityError};

/// Bends of a border that stay within this part of the square root of the unit's area do not
/// change which way the border faces.
const STRAIGHTENED: f64 = 0.05;

/// A side that holds less than this part of what two units share is not listed by itself, unless
/// nobody borders there for longer.
const LISTED: f64 = 0.1;

/// What lies on each side of a unit (四至): neighbours on each side by the length shared, longest
/// first.
///
/// A border faces the side that its outward normal is nearest to, after bends of up to 5 % of the
/// square root of the unit's area are straightened. A neighbour may stand on several sides; where
/// less than a tenth of what it shares lies on one, that part counts on its longest side, unless
/// nobody borders there for longer. Units that meet at points only are no neighbours.
#[derive(Debug, Default, Serialize)]
pub struct Sides<'a> {
    /// 东至
    pub east: Vec<Bordering<'a>>,
    /// 南至
    pub south: Vec<Bordering<'a>>,
    /// 西至
    pub west: Vec<Bordering<'a>>,
    /// 北至
    pub north: Vec<Bordering<'a>>,
    /// In holes of the unit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inside: Vec<Bordering<'a>>,
}

/// What a unit borders on, and along how many metres.
#[derive(Debug, Serialize)]
pub struct Bordering<'a> {
    /// The neighbour, of the same level; absent where the coverage ends.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitRef<'a>>,
    /// `true` where the coverage ends.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub outside: bool,
    /// Length of the shared border, metres, to the centimetre.
    pub length_m: f64,
    /// What part of the unit's whole border that is, to four decimals.
    pub share: f64,
    /// The street that most of it runs along, where streets were imported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<&'a str>,
}

/// What two units share on one side.
#[derive(Debug, Default)]
struct Stretch {
    length_m: f64,
    /// Metres along each street, by its number.
    streets: FxHashMap<u32, f64>,
}

/// The arcs that bound each unit of the upper levels; those of grids are the coverage's.
#[derive(Debug)]
pub(crate) struct Borders {
    /// By place; places of arcs in the coverage.
    upper: Vec<Vec<u32>>,
}

impl Borders {
    pub(crate) fn between(coverage: &Coverage, units: &Units) -> Self {
        let mut upper = vec![Vec::new(); units.lowest().start as usize];
        for (place, arc) in (0..).zip(coverage.arcs()) {
            let above = |side: Option<Owner>| side.map(|owner| units.above(owner));
            let (left, right) = (above(arc.left()), above(arc.right()));
            for level in 0..units.levels() - 1 {
                let unit = |above: Option<&[Place]>| above.map(|above| above[level]);
                let (left, right) = (unit(left), unit(right));
                if left != right {
                    for unit in left.into_iter().chain(right) {
                        upper[unit as usize].push(place);
                    }
                }
            }
        }
        Self { upper }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Facing {
    East,
    South,
    West,
    North,
    Inside,
}

impl City {
    /// The neighbours of a unit on its own level, by side.
    ///
    /// # Errors
    /// [`CityError::UnknownCode`].
    pub fn sides(&self, code: &str) -> Result<Sides<'_>, CityError> {
        let place = self.place_of(code)?;
        let entry = self.ground.units.entry(place);
        let level = entry.unit.level;
        let ground = self.ground.units.shape(place);
        let holes: Vec<&Ring> = ground
            .iter()
            .flat_map(wangge_plane::Shape::parts)
            .flat_map(wangge_plane::Polygon::holes)
            .collect();
        let tolerance_m = STRAIGHTENED * entry.area_m2.sqrt();
        let mut shared: FxHashMap<Option<Place>, FxHashMap<Facing, Stretch>> = FxHashMap::default();
        let mut pieces: Vec<(Option<Place>, Piece<'_>)> = Vec::new();
        for arc in self.arcs_around(place) {
            let unit = |side: Option<Owner>| {
                side.and_then(|owner| {
                    self.ground
                        .units
                        .ancestor(self.ground.units.grid(owner), level)
                })
            };
            let (left, right) = (unit(arc.left()), unit(arc.right()));
            let on_left = left == Some(place);
            if holes.iter().any(|hole| runs_along(hole, arc)) {
                let neighbour = if on_left { right } else { left };
                let stretches = shared.entry(neighbour).or_default();
                let stretch = stretches.entry(Facing::Inside).or_default();
                self.lengthen(stretch, arc.points());
                continue;
            }
            let neighbour = if on_left { right } else { left };
            let of_arc = facings(arc.points(), on_left, tolerance_m);
            pieces.extend(of_arc.into_iter().map(|piece| (neighbour, piece)));
        }
        fill_empty_sides(&mut pieces);
        for (neighbour, piece) in pieces {
            let stretches = shared.entry(neighbour).or_default();
            let stretch = stretches.entry(piece.facing).or_default();
            self.lengthen(stretch, piece.path);
        }
        let stretches = shared.values().flat_map(FxHashMap::values);
        let all_m: f64 = stretches.map(|stretch| stretch.length_m).sum();

        let mut sides = Sides::default();
        let longest = longest_on_each_side(&shared);
        for (neighbour, stretches) in shared {
            let keeps = |facing| {
                longest
                    .get(&facing)
                    .is_some_and(|(_, who)| *who == neighbour)
            };
            for (facing, stretch) in listed(stretches, keeps) {
                let side = match facing {
                    Facing::East => &mut sides.east,
                    Facing::South => &mut sides.south,
                    Facing::West => &mut sides.west,
                    Facing::North => &mut sides.north,
                    Facing::Inside => &mut sides.inside,
                };
                side.push(Bordering {
                    unit: neighbour.map(|place| self.unit_ref(self.ground.units.entry(place))),
                    outside: neighbour.is_none(),
                    length_m: (stretch.length_m * 100.0).round() / 100.0,
                    share: (stretch.length_m / all_m * 1e4).round() / 1e4,
                    street: self.street_along(&stretch),
                });
            }
        }
        for side in [
            &mut sides.east,
            &mut sides.south,
            &mut sides.west,
            &mut sides.north,
            &mut sides.inside,
        ] {
            side.sort_by(|a, b| {
                let code = |bordering: &Bordering<'_>| {
                    bordering.unit.map_or("", |unit| unit.code).to_owned()
                };
                b.length_m
                    .total_cmp(&a.length_m)
                    .then_with(|| code(a).cmp(&code(b)))
            });
        }
        Ok(sides)
    }

    /// Adds a path to what two units share.
    fn lengthen(&self, stretch: &mut Stretch, path: &[Point]) {
        stretch.length_m += length_m(path);
        if !self.streets.is_empty() {
            self.streets.along(path, &mut stretch.streets);
        }
    }

    /// The name of the street that most of a stretch runs along.
    fn street_along(&self, stretch: &Stretch) -> Option<&str> {
        let streets = &self.responsibility().streets;
        // several parts of one street have one name
        let mut by_name: FxHashMap<&str, f64> = FxHashMap::default();
        for (&number, &length_m) in &stretch.streets {
            if let Some(name) = streets[number as usize].name.as_deref() {
                *by_name.entry(name).or_default() += length_m;
            }
        }
        let longest = by_name
            .into_iter()
            .max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| b.0.cmp(a.0)))?;
        (longest.1 >= 0.5 * stretch.length_m).then_some(longest.0)
    }

    fn arcs_around(&self, place: Place) -> Vec<&Arc> {
        if let Some(arcs) = self.ground.borders().upper.get(place as usize) {
            let all = self.ground.coverage.arcs();
            arcs.iter().map(|&arc| &all[arc as usize]).collect()
        } else {
            let first = self.ground.units.level(self.scheme().lowest()).start;
            self.ground.coverage.arcs_of(Owner(place - first)).collect()
        }
    }
}

/// A piece of a border, straightened.
struct Piece<'a> {
    facing: Facing,
    /// Its outward normal, east and north, of length 1.
    normal: (f64, f64),
    path: &'a [Point],
}

/// Gives a side that no border faces the one that does so most nearly, within 60 degrees, where
/// that leaves another on the side it came from: of a grid that lies aslant two borders may face
/// the east, and none the north.
fn fill_empty_sides(pieces: &mut [(Option<Place>, Piece<'_>)]) {
    const LEAST: f64 = 0.5;
    for (side, (east, north)) in [
        (Facing::East, (1.0, 0.0)),
        (Facing::South, (0.0, -1.0)),
        (Facing::West, (-1.0, 0.0)),
        (Facing::North, (0.0, 1.0)),
    ] {
        let on = |wanted: Facing| pieces.iter().filter(|(_, p)| p.facing == wanted).count();
        if on(side) > 0 {
            continue;
        }
        let towards = |piece: &Piece<'_>| piece.normal.0 * east + piece.normal.1 * north;
        let candidates = pieces.iter().enumerate();
        let nearest = candidates
            .filter(|(_, (_, piece))| towards(piece) >= LEAST && on(piece.facing) > 1)
            .max_by(|a, b| towards(&a.1.1).total_cmp(&towards(&b.1.1)))
            .map(|(at, _)| at);
        if let Some(at) = nearest {
            pieces[at].1.facing = side;
        }
    }
}

/// Who borders on each side for longest, and along how many metres: without them nobody might be
/// left there.
fn longest_on_each_side(
    shared: &FxHashMap<Option<Place>, FxHashMap<Facing, Stretch>>,
) -> FxHashMap<Facing, (f64, Option<Place>)> {
    let mut longest: FxHashMap<Facing, (f64, Option<Place>)> = FxHashMap::default();
    for (&neighbour, stretches) in shared {
        for (&facing, stretch) in stretches {
            let here = (stretch.length_m, neighbour);
            let best = longest.entry(facing).or_insert(here);
            let longer = here.0.total_cmp(&best.0).then(best.1.cmp(&here.1));
            if longer.is_gt() {
                *best = here;
            }
        }
    }
    longest
}

/// The sides that a neighbour is listed on, with what is too short for a side of its own, and not
/// kept, added to the longest.
fn listed(
    stretches: FxHashMap<Facing, Stretch>,
    keeps: impl Fn(Facing) -> bool,
) -> Vec<(Facing, Stretch)> {
    let mut stretches: Vec<(Facing, Stretch)> = stretches.into_iter().collect();
    stretches.sort_by(|a, b| b.1.length_m.total_cmp(&a.1.length_m).then(a.0.cmp(&b.0)));
    let total: f64 = stretches.iter().map(|(_, stretch)| stretch.length_m).sum();
    let (mut listed, short): (Vec<_>, Vec<_>) = stretches
        .into_iter()
        .partition(|(facing, stretch)| stretch.length_m >= LISTED * total || keeps(*facing));
    if let Some((_, longest)) = listed.first_mut() {
        for (_, stretch) in short {
            longest.length_m += stretch.length_m;
            for (street, length_m) in stretch.streets {
                *longest.streets.entry(street).or_default() += length_m;
            }
        }
    }
    listed
}

/// Whether the arc is part of this ring.
fn runs_along(ring: &Ring, arc: &Arc) -> bool {
    let on = |p: Point| ring.segments().any(|segment| segment.holds(p));
    arc.points().iter().take(2).all(|&p| on(p))
}

fn length_m(path: &[Point]) -> f64 {
    path.windows(2)
        .map(|pair| distance_m(pair[0], pair[1]))
        .sum()
}

/// The sides that a border faces, seen from the unit on its left (or right), and the parts of it
/// that do.
fn facings(path: &[Point], unit_on_left: bool, tolerance_m: f64) -> Vec<Piece<'_>> {
    let Some((&first, &last)) = path.first().zip(path.last()) else {
        return Vec::new();
    };
    let scale = metres_per_degree(first.lat().midpoint(last.lat()));
    let mut kept = vec![0, path.len() - 1];
    if first == last {
        // a closed path has no chord: it is halved at the vertex farthest from its start
        let far = (1..path.len() - 1)
            .max_by(|&a, &b| distance_m(first, path[a]).total_cmp(&distance_m(first, path[b])));
        kept.extend(far);
        kept.sort_unstable();
    }
    let ends = kept.clone();
    for pair in ends.windows(2) {
        straighten(path, pair[0], pair[1], scale, tolerance_m, &mut kept);
    }
    kept.sort_unstable();
    kept.windows(2)
        .map(|pair| {
            let (east, north) = way(path[pair[0]], path[pair[1]], scale);
            // the outward normal lies to the right of the way when the unit is on the left
            let (east, north) = if unit_on_left {
                (north, -east)
            } else {
                (-north, east)
            };
            let facing = match (east.abs() >= north.abs(), east > 0.0, north > 0.0) {
                (true, true, _) => Facing::East,
                (true, false, _) => Facing::West,
                (false, _, true) => Facing::North,
                (false, _, false) => Facing::South,
            };
            let length = east.hypot(north);
            Piece {
                facing,
                normal: (east / length, north / length),
                path: &path[pair[0]..=pair[1]],
            }
        })
        .collect()
}

/// Keeps the vertices between two that lie farther than the tolerance from the chord (Douglas and
/// Peucker 1973).
fn straighten(
    path: &[Point],
    start: usize,
    end: usize,
    scale: MetresPerDegree,
    tolerance_m: f64,
    kept: &mut Vec<usize>,
) {
    let mut open = vec![(start, end)];
    while let Some((start, end)) = open.pop() {
        let (chord_east, chord_north) = way(path[start], path[end], scale);
        let length = chord_east.hypot(chord_north);
        let from_chord = |at: usize| {
            let (east, north) = way(path[start], path[at], scale);
            if length > 0.0 {
                (east * chord_north - north * chord_east).abs() / length
            } else {
                east.hypot(north)
            }
        };
        let far = (start + 1..end)
            .map(|at| (at, from_chord(at)))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((at, distance)) = far
            && distance > tolerance_m
        {
            kept.push(at);
            open.push((start, at));
            open.push((at, end));
        }
    }
}

/// From one point to another in metres, east and north.
fn way(from: Point, to: Point, scale: MetresPerDegree) -> (f64, f64) {
    (
        (to.lon() - from.lon()) * scale.east,
        (to.lat() - from.lat()) * scale.north,
    )
}
