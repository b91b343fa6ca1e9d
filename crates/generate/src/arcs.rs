//! What runs between two nodes: the vertices of each edge, made once and shared by both sides.

use wangge_plane::{Point, Ring};

use crate::GenerateError;
use crate::board::{Earth, Spot, area_and_centroid, count, index, real};
use crate::dice::Landscape;
use crate::mesh::{Half, Mesh, OUTSIDE};
use crate::terrain::{LineClass, Terrain};

/// The edges of the map on the lattice.
pub(crate) struct Arcs {
    nodes: Vec<Point>,
    inner: Vec<Point>,
    /// By edge: where its inner vertices start; one more at the end.
    first: Vec<u32>,
    /// By face: whether all of its sides are seen from its centroid.
    open: Vec<bool>,
}

/// How a kind of line wanders between two nodes.
struct Habit {
    /// Metres between vertices.
    step_m: f64,
    /// How far it strays, metres.
    reach_m: f64,
    /// Where in [`Wanderings`] it takes its turns from.
    waves: (usize, usize),
}

impl Habit {
    const fn of(class: LineClass) -> Self {
        let (step_m, reach_m, waves) = match class {
            LineClass::River => (21.0, 170.0, (0, 1)),
            LineClass::Coast => (15.0, 130.0, (0, 2)),
            LineClass::Rim => (34.0, 110.0, (0, 1)),
            LineClass::Railway => (48.0, 5.0, (0, 1)),
            LineClass::Trunk => (30.0, 5.0, (1, 2)),
            LineClass::Main => (21.0, 5.0, (1, 2)),
            LineClass::Street => (15.0, 4.0, (1, 3)),
            LineClass::Lane => (12.0, 4.0, (2, 3)),
            LineClass::Track => (26.0, 55.0, (1, 2)),
        };
        Self {
            step_m,
            reach_m,
            waves,
        }
    }
}

/// Landscapes of different wavelengths that lines wander by.
struct Wanderings([Landscape; 4]);

impl Wanderings {
    fn new(seed: u64) -> Self {
        Self(
            [(61, 420.0), (62, 170.0), (63, 70.0), (64, 24.0)]
                .map(|(salt, wavelength)| Landscape::new(seed, salt, wavelength)),
        )
    }

    fn at(&self, habit: &Habit, spot: Spot) -> f64 {
        let (long, short) = habit.waves;
        habit.reach_m
            * (self.0[long].at(spot.x, spot.y) * 1.3 + self.0[short].at(spot.x, spot.y) * 0.45)
    }
}

impl Arcs {
    /// Draws every edge of the terrain.
    ///
    /// An edge strays at most into the triangle between itself and the middle of the face on
    /// that side. These triangles share nothing but their corners, so that no two edges meet.
    pub(crate) fn new(terrain: &Terrain, earth: &Earth, seed: u64) -> Result<Self, GenerateError> {
        let mesh = &terrain.mesh;
        let middles: Vec<Option<Spot>> = (0..index(mesh.faces()))
            .map(|face| (face != OUTSIDE).then(|| middle(mesh, face)).flatten())
            .collect();
        let wanderings = Wanderings::new(seed);
        let nodes = (0..index(mesh.nodes()))
            .map(|node| earth.point(mesh.spot(node)))
            .collect::<Result<Vec<_>, _>>()?;
        let mut arcs = Self {
            nodes,
            inner: Vec::new(),
            first: vec![0],
            open: middles.iter().map(Option::is_some).collect(),
        };
        for edge in 0..index(mesh.edges()) {
            let half = 2 * edge;
            let (from, to) = mesh.ends(half);
            let habit = Habit::of(terrain.classes[mesh.line(half) as usize]);
            let length = (to - from).length();
            let pieces = count(length / habit.step_m);
            let direction = (to - from).direction();
            let room = |share: f64, side: Half, left: Spot| {
                let near = share.min(1.0 - share) * length;
                match (mesh.face(side), middles[mesh.face(side) as usize]) {
                    (OUTSIDE, _) => near * 0.55,
                    (_, None) => 0.0,
                    (_, Some(middle)) => {
                        let foot = (middle - from).dot(direction) / length;
                        let height = (middle - from).dot(left);
                        let rise = if foot > 0.0 { share / foot } else { 1.0 };
                        let fall = if foot < 1.0 {
                            (1.0 - share) / (1.0 - foot)
                        } else {
                            1.0
                        };
                        (height * rise.min(fall).min(1.0)).min(near) * 0.8
                    }
                }
            };
            for piece in 1..pieces {
                // vertices of a survey do not stand at equal distances
                let uneven = wanderings.0[3].at(from.y + 31.0 * real(piece), from.x) * 0.3;
                let share = (real(piece) + uneven) / real(pieces);
                let on = from + (to - from) * share;
                let stray = wanderings.at(&habit, on);
                let room = if stray > 0.0 {
                    room(share, half, direction.left())
                } else {
                    room(share, half ^ 1, direction.left() * -1.0)
                };
                let held = if room > 0.0 {
                    stray * room / (room + stray.abs())
                } else {
                    0.0
                };
                let point = earth.point(on + direction.left() * held)?;
                let last = arcs.inner.len();
                if last == arcs.first[edge as usize] as usize || arcs.inner[last - 1] != point {
                    arcs.inner.push(point);
                }
            }
            arcs.first.push(index(arcs.inner.len()));
        }
        Ok(arcs)
    }

    /// The lattice point of a node.
    pub(crate) fn node(&self, node: u32) -> Point {
        self.nodes[node as usize]
    }

    /// Looks at every block once more, exactly: its ring is simple and counter-clockwise. Where
    /// that holds of all faces of a planar map, no two of its edges meet.
    pub(crate) fn prove(&self, mesh: &Mesh) -> Result<(), GenerateError> {
        for face in OUTSIDE + 1..index(mesh.faces()) {
            let ring = self.ring(mesh, face)?;
            if ring.doubled_area() <= 0 || !ring.defects().is_empty() {
                return Err(GenerateError::Unsound {
                    place: ring.points()[0],
                });
            }
        }
        Ok(())
    }

    /// Whether all sides of a face are seen from its centroid.
    pub(crate) fn is_open(&self, face: u32) -> bool {
        self.open[face as usize]
    }

    /// Adds the vertices along a half-edge, its start first, its end left out.
    pub(crate) fn walk(&self, mesh: &Mesh, half: Half, onto: &mut Vec<Point>) {
        let edge = (half >> 1) as usize;
        let inner = &self.inner[self.first[edge] as usize..self.first[edge + 1] as usize];
        onto.push(self.node(mesh.from(half)));
        if half & 1 == 0 {
            onto.extend_from_slice(inner);
        } else {
            onto.extend(inner.iter().rev());
        }
    }

    /// The ring of a face drawn in around its middle, each vertex to its share of the way.
    pub(crate) fn shrunk(
        &self,
        mesh: &Mesh,
        face: u32,
        middle: Point,
        share_of: impl Fn(Point) -> f64,
    ) -> Result<Ring, GenerateError> {
        let shrink = |&p: &Point| {
            let way = p.from_origin(middle);
            let share = i64::try_from(count(1024.0 * share_of(p))).unwrap_or(0);
            let part = |way: i64| i32::try_from(way * share / 1024).unwrap_or(0);
            Point::new(middle.x() + part(way.dx), middle.y() + part(way.dy))
        };
        let ring = self.ring(mesh, face)?;
        let points = ring.points().iter().map(shrink);
        Ok(Ring::new(points.collect::<Result<Vec<_>, _>>()?)?)
    }

    /// The ring of a face.
    pub(crate) fn ring(&self, mesh: &Mesh, face: u32) -> Result<Ring, GenerateError> {
        let mut points = Vec::new();
        for half in mesh.ring(face) {
            self.walk(mesh, half, &mut points);
        }
        Ok(Ring::new(points)?)
    }
}

/// A spot from which all sides of a face are seen, its centroid; `None` where that sees not all.
fn middle(mesh: &Mesh, face: u32) -> Option<Spot> {
    let corners = mesh.corners(face);
    let (_, centroid) = area_and_centroid(&corners);
    let sees = mesh.ring(face).all(|half| {
        let (from, to) = mesh.ends(half);
        (to - from).direction().cross(centroid - from) > 1.0
    });
    sees.then_some(centroid)
}
