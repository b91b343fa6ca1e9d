//! Ground of a zoom that nobody covers, put together over the sides of tiles: what does not reach
//! the outside is a hole.

use super::ground::{LayerGround, OpenFace, SPAN};
use super::side::Side;

/// A place along a row of tiles or a column, on the fine lattice, over all tiles.
type Along = i64;

/// Open faces of one layer and zoom, gathered row by row from the north.
#[derive(Debug)]
pub(super) struct Openings {
    /// What is joined: the outside first.
    parent: Vec<u32>,
    ground: Vec<Hole>,
    /// The row that was gathered last, and where it is open to the south.
    row: Option<u32>,
    south: Vec<Stretch>,
}

/// Where a face is open, along a row.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    from: Along,
    to: Along,
    face: u32,
}

/// Ground that nobody covers and that does not reach the outside.
#[derive(Debug, Clone)]
pub(super) struct Hole {
    /// Twice the area, on the fine lattice.
    pub(super) doubled_area: i128,
    /// West, north, east, south on the fine lattice of the zoom's whole world.
    pub(super) extent: [i64; 4],
    /// Its boundary within tiles, on that lattice.
    pub(super) rim: Vec<[[i64; 2]; 2]>,
}

/// The outside: all around the tiles that have the layer.
const OUTSIDE: u32 = 0;

const OUTSIDE_WEST: Along = Along::MIN;
const OUTSIDE_EAST: Along = Along::MAX;

impl Openings {
    pub(super) fn new() -> Self {
        let mut openings = Self {
            parent: Vec::new(),
            ground: Vec::new(),
            row: None,
            south: Vec::new(),
        };
        openings.add(Hole {
            doubled_area: 0,
            extent: [i64::MAX, i64::MAX, i64::MIN, i64::MIN],
            rim: Vec::new(),
        });
        openings
    }

    /// Takes the tiles of the next row that have the layer, from the west; rows come from the north.
    pub(super) fn take(&mut self, row: u32, tiles: &[(u32, &LayerGround)]) {
        if self.row.is_none_or(|last| last + 1 != row) {
            self.leave_row();
        }
        let mut north = Vec::new();
        let mut south = Vec::new();
        // what is open to the east of the last tile
        let mut east: Vec<Stretch> = vec![Stretch {
            from: 0,
            to: i64::from(SPAN),
            face: OUTSIDE,
        }];
        let mut next = None;
        for &(column, layer) in tiles {
            if next != Some(column) {
                let lost = next.map_or(OUTSIDE, |from| self.add_lost(row, from, column));
                let from = next.map_or(OUTSIDE_WEST, start_of);
                let whole = Stretch {
                    from,
                    to: start_of(column),
                    face: lost,
                };
                north.push(whole);
                south.push(whole);
                let side = Stretch {
                    from: 0,
                    to: i64::from(SPAN),
                    face: lost,
                };
                self.join(&east, &[side]);
                east = vec![side];
            }
            let faces: Vec<u32> = layer
                .open
                .iter()
                .map(|face| self.add(placed(face, column, row)))
                .collect();
            let open = |side: Side, start: Along| {
                let mut stretches: Vec<Stretch> = layer
                    .open
                    .iter()
                    .zip(&faces)
                    .flat_map(|(open, &face)| {
                        let reaches = open.reaches.iter().filter(move |(at, ..)| *at == side);
                        reaches.map(move |&(_, from, to)| Stretch {
                            from: start + i64::from(from),
                            to: start + i64::from(to),
                            face,
                        })
                    })
                    .collect();
                stretches.sort_unstable_by_key(|stretch| stretch.from);
                stretches
            };
            self.join(&east, &open(Side::West, 0));
            east = open(Side::East, 0);
            north.extend(open(Side::North, start_of(column)));
            south.extend(open(Side::South, start_of(column)));
            next = Some(column + 1);
        }
        self.join(
            &east,
            &[Stretch {
                from: 0,
                to: i64::from(SPAN),
                face: OUTSIDE,
            }],
        );
        let rest = Stretch {
            from: next.map_or(OUTSIDE_WEST, start_of),
            to: OUTSIDE_EAST,
            face: OUTSIDE,
        };
        north.push(rest);
        south.push(rest);
        let above = std::mem::take(&mut self.south);
        self.join(&above, &north);
        self.south = south;
        self.row = Some(row);
    }

    /// Once all rows are taken: the rim of the covered ground, and the holes in it.
    pub(super) fn finish(mut self) -> (Vec<[[i64; 2]; 2]>, Vec<Hole>) {
        self.leave_row();
        let ground = std::mem::take(&mut self.ground);
        let rim = ground.iter().flat_map(|face| &face.rim).copied().collect();
        let mut holes: Vec<Option<Hole>> = vec![None; ground.len()];
        let outside = self.root(OUTSIDE);
        for (face, ground) in (0u32..).zip(ground) {
            let root = self.root(face);
            if root == outside {
                continue;
            }
            match &mut holes[root as usize] {
                Some(hole) => hole.add(ground),
                empty => *empty = Some(ground),
            }
        }
        (rim, holes.into_iter().flatten().collect())
    }

    /// Below the last row there is nothing.
    fn leave_row(&mut self) {
        let above = std::mem::take(&mut self.south);
        let outside = Stretch {
            from: OUTSIDE_WEST,
            to: OUTSIDE_EAST,
            face: OUTSIDE,
        };
        self.join(&above, &[outside]);
        self.south = vec![outside];
    }

    /// Tiles between others of their row that do not have the layer.
    fn add_lost(&mut self, row: u32, from: u32, to: u32) -> u32 {
        let span = i128::from(SPAN);
        self.add(Hole {
            doubled_area: 2 * span * span * i128::from(to - from),
            extent: [
                start_of(from),
                start_of(row),
                start_of(to),
                start_of(row + 1),
            ],
            rim: Vec::new(),
        })
    }

    fn add(&mut self, ground: Hole) -> u32 {
        let face = u32::try_from(self.parent.len()).unwrap_or(u32::MAX);
        self.parent.push(face);
        self.ground.push(ground);
        face
    }

    /// Joins faces that are open on both sides of a line. Both lists are in order, and no two
    /// stretches of one list overlap.
    fn join(&mut self, one: &[Stretch], other: &[Stretch]) {
        let (mut i, mut j) = (0, 0);
        while let (Some(a), Some(b)) = (one.get(i), other.get(j)) {
            if a.from.max(b.from) < a.to.min(b.to) {
                let (a, b) = (self.root(a.face), self.root(b.face));
                self.parent[a.max(b) as usize] = a.min(b);
            }
            if a.to <= b.to {
                i += 1;
            } else {
                j += 1;
            }
        }
    }

    fn root(&mut self, mut at: u32) -> u32 {
        while self.parent[at as usize] != at {
            let up = self.parent[at as usize];
            self.parent[at as usize] = self.parent[up as usize];
            at = up;
        }
        at
    }
}

impl Hole {
    fn add(&mut self, other: Self) {
        let ([w, n, e, s], [w2, n2, e2, s2]) = (self.extent, other.extent);
        self.doubled_area += other.doubled_area;
        self.extent = [w.min(w2), n.min(n2), e.max(e2), s.max(s2)];
        self.rim.extend(other.rim);
    }
}

fn placed(face: &OpenFace, column: u32, row: u32) -> Hole {
    let [west, north, east, south] = face.extent.map(i64::from);
    let (x, y) = (start_of(column), start_of(row));
    let rim = face
        .rim
        .iter()
        .map(|ends| ends.map(|[at_x, at_y]| [x + i64::from(at_x), y + i64::from(at_y)]));
    Hole {
        doubled_area: face.doubled_area,
        extent: [x + west, y + north, x + east, y + south],
        rim: rim.collect(),
    }
}

/// Where a column or a row begins.
fn start_of(place: u32) -> Along {
    i64::from(place) * i64::from(SPAN)
}
