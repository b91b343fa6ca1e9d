//! A town on a board of wobbly squares whose neighbours share every vertex.

use wangge_coverage::{Member, Outline, Terms, survey};
use wangge_plane::{Point, Polygon, Ring, Shape};
use wangge_report::{Language, LatticeMoves, MapGrid, MapSource, Validation};

/// The south-west corner, lattice units.
const CORNER: (i32, i32) = (1_208_000_000, 406_000_000);

pub(crate) struct Town {
    pub(crate) grids: Vec<(String, Shape)>,
}

impl Town {
    /// So many columns and rows of squares of 100 m or so, each side drawn with `pieces` edges.
    pub(crate) fn new(columns: i32, rows: i32, pieces: i32) -> Self {
        let mut grids = Vec::new();
        for row in 0..rows {
            for column in 0..columns {
                let corners = [(0, 0), (1, 0), (1, 1), (0, 1)];
                let mut points = Vec::new();
                for (i, from) in corners.iter().enumerate() {
                    let to = corners[(i + 1) % 4];
                    for piece in 0..pieces {
                        let along = |a: i32, b: i32| a * pieces + (b - a) * piece;
                        points.push(vertex(
                            column * pieces + along(from.0, to.0),
                            row * pieces + along(from.1, to.1),
                            pieces,
                        ));
                    }
                }
                let code = format!("3304{:03}{:03}", row + 1, column + 1);
                grids.push((code, shape(points)));
            }
        }
        Self { grids }
    }

    /// The same with one vertex of one grid moved, lattice units.
    pub(crate) fn with_moved(mut self, grid: usize, vertex: usize, by: (i32, i32)) -> Self {
        let mut points = self.grids[grid].1.parts()[0].shell().points().to_vec();
        let p = points[vertex];
        points[vertex] = Point::new(p.x() + by.0, p.y() + by.1).unwrap();
        self.grids[grid].1 = shape(points);
        self
    }

    /// The same without a grid.
    pub(crate) fn without(mut self, grid: usize) -> Self {
        self.grids.remove(grid);
        self
    }

    /// The same with another code for a grid.
    pub(crate) fn with_code(mut self, grid: usize, code: &str) -> Self {
        code.clone_into(&mut self.grids[grid].0);
        self
    }

    pub(crate) fn vertices(&self) -> usize {
        let rings = self.grids.iter().flat_map(|(_, shape)| shape.rings());
        rings.map(|ring| ring.points().len()).sum()
    }

    pub(crate) fn validation(&self) -> Validation {
        let members: Vec<Member<'_>> = self
            .grids
            .iter()
            .map(|(code, shape)| Member { code, shape })
            .collect();
        let terms = Terms {
            outline: Outline::OwnRim,
            ..Terms::default()
        };
        let codes: Vec<&str> = self.grids.iter().map(|(code, _)| code.as_str()).collect();
        Validation::new(&survey(&members, &terms), &codes, LatticeMoves::default())
    }

    /// The page of its validation.
    pub(crate) fn page(&self, language: Language) -> String {
        self.page_of(&self.validation(), language, "town.geojson")
    }

    pub(crate) fn page_of(
        &self,
        validation: &Validation,
        language: Language,
        subject: &str,
    ) -> String {
        let grids: Vec<MapGrid<'_>> = self
            .grids
            .iter()
            .map(|(code, shape)| MapGrid {
                code,
                name: Some(code),
                shape,
            })
            .collect();
        let source = MapSource {
            subject,
            grids: &grids,
            outline: None,
        };
        validation.html(language, &source)
    }
}

fn shape(points: Vec<Point>) -> Shape {
    let ring = Ring::new(points).unwrap();
    Shape::new(vec![Polygon::new(ring, vec![])]).unwrap()
}

/// The vertex at a place of the board, counted in pieces of sides; moved a little off the straight
/// line, by its place alone.
fn vertex(x: i32, y: i32, pieces: i32) -> Point {
    const SIDE: i32 = 10_000;
    let mut mixed = x.wrapping_mul(0x2c1b_3c6d) ^ y.wrapping_mul(0x297a_2d39);
    mixed ^= mixed >> 15;
    mixed = mixed.wrapping_mul(0x2c1b_3c6d);
    let room = SIDE / pieces / 3;
    let wobble = |bits: i32| (bits & 0x3ff) * room / 0x3ff - room / 2;
    let at = |n: i32, bits: i32| n * (SIDE / pieces) + wobble(bits);
    Point::new(CORNER.0 + at(x, mixed), CORNER.1 + at(y, mixed >> 10)).unwrap()
}
