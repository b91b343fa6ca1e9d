//! Streets cut the land into blocks: each face is halved across its longer side until it has the
//! size that the density of the place asks for.

use crate::board::{Spot, area_and_centroid, index};
use crate::dice::{Dice, Subject};
use crate::mesh::{Half, Mesh, distance};
use crate::terrain::{LineClass, Terrain};

/// A settlement in the fields: its own block, and the blocks of fields all around it.
pub(crate) struct Core {
    pub(crate) face: u32,
    pub(crate) ring: Vec<u32>,
}

/// Cuts the land of a terrain into blocks and returns the settlements in the fields, at most as
/// many as asked for.
pub(crate) fn cut(terrain: &mut Terrain, cores: usize, seed: u64) -> Vec<Core> {
    let mut dice = Dice::new(seed, Subject::Blocks);
    let mut faces: Vec<u32> = (1..index(terrain.mesh.faces()))
        .filter(|face| !terrain.islands.contains(face))
        .collect();
    while let Some(face) = faces.pop() {
        if let Some(new) = halve(terrain, face, &mut dice) {
            faces.push(face);
            faces.push(new);
        }
    }
    settlements(terrain, cores, seed)
}

fn halve(terrain: &mut Terrain, face: u32, dice: &mut Dice) -> Option<u32> {
    let halves: Vec<Half> = terrain.mesh.ring(face).collect();
    let corners = terrain.mesh.corners(face);
    let (area, centroid) = area_and_centroid(&corners);
    let wanted = terrain.density.block_area_m2(centroid);
    let bend = sharpest_bend(&corners);
    let enough = wanted * dice.between(1.15, 2.3);
    if area < enough && (bend.is_none() || area < 0.6 * wanted) {
        return None;
    }
    let country = terrain.density.is_country(centroid);
    let class = class_of(area / wanted, country);
    let sides = Sides {
        mesh: &terrain.mesh,
        halves: &halves,
        corners: &corners,
        area,
        snap: wanted.sqrt() * 0.2,
    };
    let cut = bend
        .and_then(|corner| sides.cut_from(corner, dice))
        .or_else(|| (0..4).find_map(|_| sides.cut_across(centroid, country, dice)))?;
    let line = index(terrain.classes.len());
    terrain.classes.push(class);
    let (a, b) = (cut.0.half(&mut terrain.mesh), cut.1.half(&mut terrain.mesh));
    Some(terrain.mesh.split_face(a, b, &[], line))
}

fn class_of(times: f64, country: bool) -> LineClass {
    match (country, times) {
        (true, 60.0..) | (false, 250.0..) => LineClass::Trunk,
        (true, 9.0..) | (false, 36.0..) => LineClass::Main,
        (true, _) => LineClass::Track,
        (false, 7.0..) => LineClass::Street,
        (false, _) => LineClass::Lane,
    }
}

/// The corner where the face bends inward most, when that is more than a few degrees.
fn sharpest_bend(corners: &[Spot]) -> Option<usize> {
    const SINE: f64 = -0.3;
    let n = corners.len();
    (0..n)
        .map(|i| {
            let (before, at, after) = (corners[(i + n - 1) % n], corners[i], corners[(i + 1) % n]);
            let (one, other) = ((at - before).direction(), (after - at).direction());
            let sine = one.cross(other);
            (
                if one.dot(other) < 0.0 && sine < 0.0 {
                    -2.0 - sine
                } else {
                    sine
                },
                i,
            )
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|&(sine, _)| sine < SINE)
        .map(|(_, i)| i)
}

/// An end of a cut: at a node, or on an edge.
#[derive(Clone, Copy)]
enum End {
    Node(Half),
    Edge(Half, Spot),
}

impl End {
    /// The half that starts there, once there is a node.
    fn half(self, mesh: &mut Mesh) -> Half {
        match self {
            Self::Node(half) => half,
            Self::Edge(half, spot) => mesh.split_edge(half, spot),
        }
    }
}

/// The sides of a face that is being cut.
struct Sides<'a> {
    mesh: &'a Mesh,
    halves: &'a [Half],
    corners: &'a [Spot],
    area: f64,
    snap: f64,
}

impl Sides<'_> {
    /// A cut from an inward corner, straight across.
    fn cut_from(&self, corner: usize, dice: &mut Dice) -> Option<(End, End)> {
        let n = self.corners.len();
        let at = self.corners[corner];
        let one = (at - self.corners[(corner + n - 1) % n]).direction();
        let other = (self.corners[(corner + 1) % n] - at).direction();
        let middle = (one - other).direction();
        [0.0, 0.35, -0.35, 0.7, -0.7].into_iter().find_map(|turn| {
            let way = middle + middle.left() * (turn + dice.between(-0.12, 0.12));
            let hit = self
                .hits(at, way)
                .into_iter()
                .filter(|&(share, side)| share > 0.0 && side != corner && (side + 1) % n != corner)
                .min_by(|a, b| a.0.total_cmp(&b.0))?;
            self.checked((corner, None), (hit.1, Some(at + way * hit.0)))
        })
    }

    /// A cut across the longer side of the box around the face.
    fn cut_across(&self, centroid: Spot, country: bool, dice: &mut Dice) -> Option<(End, End)> {
        let axis = self.long_axis();
        let (low, high) = self
            .corners
            .iter()
            .map(|&corner| (corner - centroid).dot(axis))
            .fold((f64::MAX, f64::MIN), |(low, high), v| {
                (low.min(v), high.max(v))
            });
        let (uneven, skew) = if country { (0.14, 0.3) } else { (0.08, 0.07) };
        let share = 0.5 + dice.between(-uneven, uneven);
        let start = centroid + axis * (low + (high - low) * share);
        let way = axis.left() + axis * dice.between(-skew, skew);
        let mut hits = self.hits(start, way);
        hits.sort_by(|a, b| a.0.total_cmp(&b.0));
        let pair = hits
            .chunks_exact(2)
            .max_by(|a, b| (a[1].0 - a[0].0).total_cmp(&(b[1].0 - b[0].0)))?;
        let spot = |(share, side): (f64, usize)| (side, Some(start + way * share));
        self.checked(spot(pair[0]), spot(pair[1]))
    }

    /// The ends of a cut between two sides, moved to a node that is near, provided that both
    /// parts come out large enough.
    fn checked(
        &self,
        one: (usize, Option<Spot>),
        other: (usize, Option<Spot>),
    ) -> Option<(End, End)> {
        let near = |end| self.end(end, self.snap);
        let exact = |end| self.end(end, 1.0);
        [
            (near(one), near(other)),
            (exact(one), near(other)),
            (near(one), exact(other)),
            (exact(one), exact(other)),
        ]
        .into_iter()
        .find(|&(a, b)| {
            let part = self.part(a, b);
            part > 0.22 * self.area && part < 0.78 * self.area && self.is_clear(a, b)
        })
        .map(|(a, b)| (self.landed(a), self.landed(b)))
    }

    /// Which corner, or which spot of which side, a cut ends at.
    fn end(&self, (side, spot): (usize, Option<Spot>), snap: f64) -> (usize, Option<Spot>) {
        let n = self.corners.len();
        let Some(spot) = spot else {
            return (side, None);
        };
        let (to_start, to_end) = (
            (spot - self.corners[side]).length(),
            (spot - self.corners[(side + 1) % n]).length(),
        );
        if to_start.min(to_end) > snap {
            (side, Some(spot))
        } else if to_start <= to_end {
            (side, None)
        } else {
            ((side + 1) % n, None)
        }
    }

    /// Whether a cut comes close to no corner but its ends: borders that close could meet once
    /// they are bent.
    fn is_clear(&self, a: (usize, Option<Spot>), b: (usize, Option<Spot>)) -> bool {
        let ends = [a, b].map(|(side, spot)| spot.unwrap_or(self.corners[side]));
        self.corners
            .iter()
            .filter(|corner| !ends.contains(corner))
            .all(|&corner| distance(corner, ends[0], ends[1]) > 0.3 * self.snap)
    }

    fn landed(&self, (side, spot): (usize, Option<Spot>)) -> End {
        match spot {
            None => End::Node(self.halves[side]),
            Some(spot) => End::Edge(self.halves[side], spot),
        }
    }

    /// Area of the part to the right of the cut from `a` to `b`.
    fn part(&self, a: (usize, Option<Spot>), b: (usize, Option<Spot>)) -> f64 {
        let n = self.corners.len();
        let spot = |(side, spot): (usize, Option<Spot>)| spot.unwrap_or(self.corners[side]);
        if a.0 == b.0 {
            return 0.0;
        }
        let mut ring = vec![spot(a)];
        let mut side = a.0;
        while side != b.0 {
            side = (side + 1) % n;
            ring.push(self.corners[side]);
        }
        ring.push(spot(b));
        area_and_centroid(&ring).0
    }

    /// Where a line crosses the sides: how far along `way` from `start`, and which side. An end
    /// of a side counts as above the line, so that hits come in pairs.
    fn hits(&self, start: Spot, way: Spot) -> Vec<(f64, usize)> {
        let mut hits = Vec::new();
        for (side, &half) in self.halves.iter().enumerate() {
            let (from, to) = self.mesh.ends(half);
            let (a, b) = (way.cross(from - start), way.cross(to - start));
            if (a >= 0.0) != (b >= 0.0) {
                let at = from + (to - from) * (a / (a - b));
                hits.push(((at - start).dot(way) / way.dot(way), side));
            }
        }
        hits
    }

    /// Direction of the longer side of the smallest box around the face.
    fn long_axis(&self) -> Spot {
        let mut best = (f64::MAX, Spot::new(1.0, 0.0));
        for &half in self.halves {
            let (from, to) = self.mesh.ends(half);
            let axis = (to - from).direction();
            let extent = |axis: Spot| {
                let (low, high) = self
                    .corners
                    .iter()
                    .map(|&corner| (corner - from).dot(axis))
                    .fold((f64::MAX, f64::MIN), |(low, high), v| {
                        (low.min(v), high.max(v))
                    });
                high - low
            };
            let (along, across) = (extent(axis), extent(axis.left()));
            if along * across < best.0 {
                best = (
                    along * across,
                    if along >= across { axis } else { axis.left() },
                );
            }
        }
        best.1
    }
}

/// Puts a settlement into the middle of some large blocks of the countryside.
fn settlements(terrain: &mut Terrain, wanted: usize, seed: u64) -> Vec<Core> {
    let mut dice = Dice::new(seed, Subject::Cores);
    let mut cores: Vec<Core> = Vec::new();
    let mut middles: Vec<Spot> = Vec::new();
    let apart = 1800.0;
    let faces = index(terrain.mesh.faces());
    let mut tries = 60 * wanted;
    while cores.len() < wanted && tries > 0 {
        tries -= 1;
        let face = 1 + index(dice.below(faces as usize - 1));
        let corners = terrain.mesh.corners(face);
        let (area, centroid) = area_and_centroid(&corners);
        let fits = terrain.density.is_country(centroid)
            && area > 0.5 * terrain.density.block_area_m2(centroid)
            && !terrain.islands.contains(&face)
            && inland(&terrain.mesh, face)
            && middles
                .iter()
                .all(|&other| (other - centroid).length() > apart);
        if fits && let Some(core) = enclose(terrain, face, centroid, dice.between(0.36, 0.5)) {
            cores.push(core);
            middles.push(centroid);
        }
    }
    cores
}

/// Whether a face is nowhere at the rim.
fn inland(mesh: &Mesh, face: u32) -> bool {
    mesh.ring(face)
        .all(|half| mesh.face(half ^ 1) != crate::mesh::OUTSIDE)
}

/// Cuts a smaller copy out of the middle of a convex face and joins the corners of both.
fn enclose(terrain: &mut Terrain, face: u32, middle: Spot, share: f64) -> Option<Core> {
    let mesh = &terrain.mesh;
    let halves: Vec<Half> = mesh.ring(face).collect();
    let n = halves.len();
    let strong: Vec<Half> = (0..n)
        .filter(|&i| {
            let (a, b) = mesh.ends(halves[(i + n - 1) % n]);
            let c = mesh.ends(halves[i]).1;
            (b - a).direction().cross((c - b).direction()) > 0.3
        })
        .map(|i| halves[i])
        .collect();
    let convex = sharpest_bend(&mesh.corners(face)).is_none();
    let sees = halves.iter().all(|&half| {
        let (a, b) = mesh.ends(half);
        (b - a).direction().cross(middle - a) > 60.0
    });
    if !(4..=6).contains(&strong.len()) || !convex || !sees {
        return None;
    }
    let inner: Vec<Spot> = strong
        .iter()
        .map(|&half| {
            let corner = mesh.ends(half).0;
            middle + (corner - middle) * share
        })
        .collect();
    let line = index(terrain.classes.len());
    terrain.classes.extend([LineClass::Track, LineClass::Lane]);
    let mesh = &mut terrain.mesh;
    let corners = strong.len();
    // `split_face` makes the part with its first half the new face: the field on that side
    // `split_face` makes the part with its first half the new face: a field, each time
    let mut ring = vec![mesh.split_face(strong[0], strong[1], &inner[..2], line)];
    for i in 2..corners {
        let start = half_at(mesh, face, inner[i - 1])?;
        ring.push(mesh.split_face(start, strong[i], &inner[i..=i], line));
    }
    let (start, end) = (
        half_at(mesh, face, inner[corners - 1])?,
        half_at(mesh, face, inner[0])?,
    );
    ring.push(mesh.split_face(start, end, &[], line));
    let village_edge: Vec<Half> = mesh.ring(face).collect();
    for half in village_edge {
        mesh.set_line(half, line + 1);
    }
    Some(Core { face, ring })
}

/// The half of a face that starts at a spot.
fn half_at(mesh: &Mesh, face: u32, spot: Spot) -> Option<Half> {
    mesh.ring(face)
        .find(|&half| mesh.spot(mesh.from(half)) == spot)
}
