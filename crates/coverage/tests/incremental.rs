//! A survey that is kept up to date against the survey of the same grids made anew.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    clippy::print_stdout,
    reason = "a test that panics has failed, and its numbers are small"
)]

mod drawing;
mod spoilt;

use std::collections::BTreeMap;

use drawing::{codes, members, picture};
use proptest::prelude::*;
use proptest::sample::Index;
use spoilt::arbitrary_shapes;
use wangge_coverage::{Coverage, Defect, Edit, Member, Outline, Resurvey, Terms, survey};
use wangge_plane::{Point, Polygon, Ring, Shape};

/// What a person may do to grids.
#[derive(Debug, Clone)]
enum Act {
    /// Moves a vertex.
    Move(Index, Index, (i32, i32)),
    /// Leaves a vertex out.
    Drop(Index, Index),
    /// Puts a vertex into an edge, near its middle.
    Insert(Index, Index, (i32, i32)),
    /// Draws a spike.
    Spike(Index, Index, (i32, i32)),
    /// Moves a grid.
    Shift(Index, (i32, i32)),
    /// Draws a grid a second time.
    Double(Index),
    /// Gives a grid a new code.
    Rename(Index),
    /// Gives two grids each other's ground.
    Swap(Index, Index),
    Remove(Index),
    /// Gives a grid the ground back that it had in the beginning.
    Restore(Index),
    /// Gives all grids that ground back but this one.
    RestoreAllBut(Index),
    /// Draws another grid somewhere.
    Add(Shape, (i32, i32)),
    /// Draws a rectangle between two corners, over much of the city at once.
    Cover((i32, i32), (i32, i32)),
    /// Draws a grid all around the city, without touching it.
    Surround,
    /// Takes what was drawn over the city or around it away again.
    Uncover,
}

fn acts() -> impl Strategy<Value = Vec<Vec<Act>>> {
    let by = || (-3i32..4, -3i32..4);
    let at = any::<Index>;
    let act = prop_oneof![
        4 => (at(), at(), by()).prop_map(|(g, v, by)| Act::Move(g, v, by)),
        3 => (at(), at()).prop_map(|(g, v)| Act::Drop(g, v)),
        3 => (at(), at(), (-1i32..2, -1i32..2)).prop_map(|(g, v, by)| Act::Insert(g, v, by)),
        1 => (at(), at(), by()).prop_map(|(g, v, by)| Act::Spike(g, v, by)),
        1 => (at(), by()).prop_map(|(g, by)| Act::Shift(g, by)),
        1 => at().prop_map(Act::Double),
        1 => at().prop_map(Act::Rename),
        1 => (at(), at()).prop_map(|(g, h)| Act::Swap(g, h)),
        2 => at().prop_map(Act::Remove),
        5 => at().prop_map(Act::Restore),
        1 => at().prop_map(Act::RestoreAllBut),
        1 => (arbitrary_shapes(1, 1), (-10i32..130, -10i32..130))
            .prop_map(|(shapes, by)| Act::Add(shapes[0].clone(), by)),
        1 => ((-10i32..130, -10i32..130), (-10i32..130, -10i32..130))
            .prop_map(|(from, to)| Act::Cover(from, to)),
        1 => Just(Act::Surround),
        2 => Just(Act::Uncover),
    ];
    proptest::collection::vec(proptest::collection::vec(act, 1..3), 10..30)
}

/// In the codes of what is drawn over the city or around it.
const COVER: &str = "over-";

/// Grids by their codes, those of the beginning too, and the edits that were asked for last.
struct Script {
    unit: i32,
    first: BTreeMap<String, Shape>,
    now: BTreeMap<String, Shape>,
    made: usize,
    edits: Vec<Edit>,
}

impl Script {
    fn put(&mut self, code: String, shape: Shape) {
        self.now.insert(code.clone(), shape.clone());
        self.edits.push(Edit::Put { code, shape });
    }

    fn remove(&mut self, code: String) {
        self.now.remove(&code);
        self.edits.push(Edit::Remove { code });
    }

    /// A code that is nobody's, somewhere among the others.
    fn fresh(&mut self) -> String {
        self.made += 1;
        format!("{:03}-{}", self.made * 37 % 50, self.made)
    }

    fn act(&mut self, act: &Act) {
        let codes: Vec<String> = self.now.keys().cloned().collect();
        let by = |(x, y): (i32, i32)| (x * self.unit, y * self.unit);
        match act {
            Act::Add(added, at) => {
                let unit = self.unit;
                let shape = mapped(added, |p| {
                    let (dx, dy) = by(*at);
                    (p.x() * unit + dx, p.y() * unit + dy)
                });
                let code = self.fresh();
                self.put(code, shape);
            }
            Act::Cover(from, to) => self.cover(by(*from), by(*to)),
            Act::Surround => self.surround(),
            Act::Uncover => {
                for code in codes.into_iter().filter(|code| code.contains(COVER)) {
                    self.remove(code);
                }
            }
            Act::Restore(grid) => {
                let (code, shape) = self.first.iter().nth(grid.index(self.first.len())).unwrap();
                self.put(code.clone(), shape.clone());
            }
            Act::RestoreAllBut(grid) => {
                let but = grid.index(self.first.len());
                for (at, (code, shape)) in self.first.clone().into_iter().enumerate() {
                    if at != but {
                        self.put(code, shape);
                    }
                }
                for code in codes {
                    if !self.first.contains_key(&code) {
                        self.remove(code);
                    }
                }
            }
            _ if codes.is_empty() => {}
            Act::Move(grid, vertex, way) => {
                let (dx, dy) = by(*way);
                self.redraw(*grid, *vertex, |points, at| {
                    points[at] = moved(points[at], dx, dy);
                });
            }
            Act::Drop(grid, vertex) => self.redraw(*grid, *vertex, |points, at| {
                points.remove(at);
            }),
            Act::Insert(grid, vertex, way) => {
                let (dx, dy) = by(*way);
                self.redraw(*grid, *vertex, |points, at| {
                    let (a, b) = (points[at], points[(at + 1) % points.len()]);
                    let middle = Point::new(a.x().midpoint(b.x()), a.y().midpoint(b.y())).unwrap();
                    points.insert(at + 1, moved(middle, dx, dy));
                });
            }
            Act::Spike(grid, vertex, way) => {
                let (dx, dy) = by(*way);
                self.redraw(*grid, *vertex, |points, at| {
                    let back = points[at];
                    points.splice(at..at, [back, moved(back, dx, dy)]);
                });
            }
            Act::Shift(grid, way) => {
                let (dx, dy) = by(*way);
                let code = codes[grid.index(codes.len())].clone();
                let shape = mapped(&self.now[&code], |p| (p.x() + dx, p.y() + dy));
                self.put(code, shape);
            }
            Act::Double(grid) => {
                let shape = self.now[&codes[grid.index(codes.len())]].clone();
                let code = self.fresh();
                self.put(code, shape);
            }
            Act::Rename(grid) => {
                let old = codes[grid.index(codes.len())].clone();
                let shape = self.now[&old].clone();
                self.remove(old);
                let code = self.fresh();
                self.put(code, shape);
            }
            Act::Swap(grid, other) => {
                let (a, b) = (
                    &codes[grid.index(codes.len())],
                    &codes[other.index(codes.len())],
                );
                let (of_a, of_b) = (self.now[a].clone(), self.now[b].clone());
                self.put(a.clone(), of_b);
                self.put(b.clone(), of_a);
            }
            Act::Remove(grid) => self.remove(codes[grid.index(codes.len())].clone()),
        }
    }

    /// Draws a rectangle between two corners.
    fn cover(&mut self, (x0, y0): (i32, i32), (x1, y1): (i32, i32)) {
        if x0 != x1 && y0 != y1 {
            let shell = loop_of([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]);
            let code = format!("{COVER}{}", self.fresh());
            self.put(code, Shape::new(vec![Polygon::new(shell, vec![])]).unwrap());
        }
    }

    /// Draws a grid all around the city, without touching it.
    fn surround(&mut self) {
        let unit = self.unit;
        let square = |low: i32, high: i32| {
            let (low, high) = (low * unit, high * unit);
            loop_of([(low, low), (high, low), (high, high), (low, high)])
        };
        let around = Polygon::new(square(-300, 600), vec![square(-200, 500)]);
        let code = format!("{COVER}{}", self.fresh());
        self.put(code, Shape::new(vec![around]).unwrap());
    }

    fn redraw(&mut self, grid: Index, vertex: Index, draw: impl Fn(&mut Vec<Point>, usize)) {
        let codes: Vec<String> = self.now.keys().cloned().collect();
        let code = codes[grid.index(codes.len())].clone();
        let mut parts = self.now[&code].parts().to_vec();
        let part = vertex.index(parts.len());
        let mut points = parts[part].shell().points().to_vec();
        let at = vertex.index(points.len());
        draw(&mut points, at);
        if let Ok(ring) = Ring::new(points) {
            parts[part] = Polygon::new(ring, parts[part].holes().to_vec());
            self.put(code, Shape::new(parts).unwrap());
        }
    }
}

fn loop_of(corners: [(i32, i32); 4]) -> Ring {
    let points = corners.map(|(x, y)| Point::new(x, y).unwrap());
    Ring::new(points.to_vec()).unwrap()
}

fn moved(p: Point, dx: i32, dy: i32) -> Point {
    Point::new(p.x() + dx, p.y() + dy).unwrap()
}

fn mapped(shape: &Shape, to: impl Fn(Point) -> (i32, i32)) -> Shape {
    let ring = |ring: &Ring| {
        let points = ring.points().iter().map(|&p| to(p));
        Ring::new(points.map(|(x, y)| Point::new(x, y).unwrap()).collect()).unwrap()
    };
    let part =
        |part: &Polygon| Polygon::new(ring(part.shell()), part.holes().iter().map(ring).collect());
    Shape::new(shape.parts().iter().map(part).collect()).unwrap()
}

/// A picture of a few grids of several cells, some of them in several parts.
fn patchworks() -> impl Strategy<Value = Vec<String>> {
    let letters = proptest::sample::select(vec!['a', 'b', 'c', 'd', 'e', 'f', '.']);
    (2usize..8, 2usize..8).prop_flat_map(move |(w, h)| {
        let row = proptest::collection::vec(letters.clone(), w)
            .prop_map(|row| row.into_iter().collect::<String>());
        proptest::collection::vec(row, h)
    })
}

/// A picture of many small grids, with gaps, lakes with an island, and rivers that part it.
fn blocks() -> impl Strategy<Value = Vec<String>> {
    let places = |most: usize| proptest::collection::vec((any::<Index>(), any::<Index>()), 0..most);
    let rivers = proptest::collection::vec((any::<Index>(), any::<bool>()), 0..2);
    (4usize..17, 4usize..17, places(4), places(3), rivers).prop_map(
        |(w, h, gaps, lakes, rivers)| {
            let mut cells: Vec<Vec<char>> = (0..h)
                .map(|y| {
                    let letters = (0..w).map(|x| char::from_u32((0x4e00 + y * w + x) as u32));
                    letters.map(Option::unwrap).collect()
                })
                .collect();
            for (x, y) in gaps {
                cells[y.index(h)][x.index(w)] = '.';
            }
            for (x, y) in lakes {
                if w > 4 && h > 4 {
                    let (x, y) = (1 + x.index(w - 4), 1 + y.index(h - 4));
                    let island = cells[y + 1][x + 1];
                    for row in &mut cells[y..y + 3] {
                        row[x..x + 3].fill('.');
                    }
                    cells[y + 1][x + 1] = island;
                }
            }
            for (at, is_level) in rivers {
                if is_level {
                    cells[at.index(h)].fill('.');
                } else {
                    for row in &mut cells {
                        row[at.index(w)] = '.';
                    }
                }
            }
            cells
                .into_iter()
                .map(|row| row.into_iter().collect())
                .collect()
        },
    )
}

fn pictures() -> impl Strategy<Value = (Vec<String>, u64)> {
    (prop_oneof![1 => patchworks(), 3 => blocks()], any::<u64>())
}

/// A wobble that depends on the corner and the seed alone; none for an even seed.
fn wobble(seed: u64, unit: i32) -> impl Fn(i32, i32) -> (i32, i32) {
    move |x, y| {
        let mut z = seed
            ^ (((x as u64) << 32) | (y as u64 & 0xffff_ffff)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z ^= z >> 31;
        let part = |bits: u64| ((bits % 5) as i32 - 2) * unit * (seed % 2) as i32;
        (part(z), part(z >> 8))
    }
}

fn drawn(rows: &[String], seed: u64, unit: i32) -> Vec<Shape> {
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    if rows.iter().all(|row| row.chars().all(|c| c == '.')) {
        return Vec::new();
    }
    picture(&rows, 8 * unit, wobble(seed, unit)).1
}

/// The common ground of a seamless picture.
fn common(shapes: &[Shape]) -> Option<Shape> {
    let codes = codes(shapes.len());
    let coverage = Coverage::build(&members(&codes, shapes)).ok()?;
    coverage.dissolve(&vec![0; shapes.len()], 1).remove(0)
}

fn sorted(mut defects: Vec<Defect>) -> Vec<Defect> {
    defects.sort_by_cached_key(|defect| format!("{defect:?}"));
    defects
}

/// The kept survey is that of the same grids made anew, after each step.
fn follow(
    shapes: &[Shape],
    steps: &[Vec<Act>],
    unit: i32,
    terms: &Terms<'_>,
) -> Result<(), TestCaseError> {
    let first: BTreeMap<String, Shape> = codes(shapes.len())
        .into_iter()
        .zip(shapes.iter().cloned())
        .collect();
    let mut script = Script {
        unit,
        now: first.clone(),
        first,
        made: 0,
        edits: Vec::new(),
    };
    let mut kept = Resurvey::new(script.now.clone(), terms);
    for step in std::iter::once(&Vec::new()).chain(steps) {
        for act in step {
            if !(script.first.is_empty() && matches!(act, Act::Restore(_) | Act::RestoreAllBut(_)))
            {
                script.act(act);
            }
        }
        kept.edit(std::mem::take(&mut script.edits));
        let members: Vec<Member<'_>> = script
            .now
            .iter()
            .map(|(code, shape)| Member { code, shape })
            .collect();
        let anew = survey(&members, terms);
        let updated = kept.survey();
        prop_assert_eq!(updated.verdict, anew.verdict, "after {:?}", step);
        let (updated, anew) = (sorted(updated.defects), sorted(anew.defects));
        for (a, b) in updated.iter().zip(&anew) {
            prop_assert_eq!(a, b, "after {:?}", step);
        }
        prop_assert_eq!(updated.len(), anew.len(), "after {:?}", step);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn after_any_edits_the_kept_survey_is_the_one_made_anew(
        (rows, seed) in pictures(),
        steps in acts(),
        unit in proptest::sample::select(vec![1, 1_000]),
        tiny_area_m2 in proptest::sample::select(vec![0.0, 100.0]),
    ) {
        let shapes = drawn(&rows, seed, unit);
        let terms = Terms { tiny_area_m2, thin_width_m: tiny_area_m2 / 20.0, ..Terms::default() };
        follow(&shapes, &steps, unit, &terms)?;
    }

    #[test]
    fn within_an_outline_too(
        (rows, seed) in pictures(),
        steps in acts(),
        unit in proptest::sample::select(vec![1, 1_000]),
        lake in arbitrary_shapes(1, 3),
    ) {
        let shapes = drawn(&rows, seed, unit);
        let lake = mapped(&lake[0], |p| (p.x() * unit, p.y() * unit));
        // the outline of the picture, or any ground where the picture has a gap
        let outline = common(&shapes).unwrap_or_else(|| lake.clone());
        let terms = Terms {
            outline: Outline::Shape(&outline),
            allowed_ground: Some(&lake),
            ..Terms::default()
        };
        follow(&shapes, &steps, unit, &terms)?;
    }

    #[test]
    fn of_arbitrary_polygons_too(
        shapes in arbitrary_shapes(4, 1),
        outline in proptest::option::of(arbitrary_shapes(1, 1)),
        steps in acts(),
    ) {
        let terms = Terms {
            outline: outline.as_ref().map_or(Outline::OwnRim, |o| Outline::Shape(&o[0])),
            ..Terms::default()
        };
        follow(&shapes, &steps, 1, &terms)?;
    }
}
