//! Any few small polygons: nothing panics, and the verdict is that of the slow exact way.
#![no_main]

#[path = "../../tests/slabs/mod.rs"]
mod slabs;

use arbitrary::Arbitrary;
use libfuzzer_sys::{Corpus, fuzz_target};
use slabs::judge::{crosses_itself_harmlessly, judge};
use wangge_plane::{Point, Polygon, Ring, Shape};

/// Corners lie on a board of so many units each way: the smaller, the more things meet.
const BOARD: u8 = 16;
/// The slow way takes seconds for more than this.
const MOST_SHAPES: usize = 5;
const MOST_CORNERS: usize = 40;

/// What the bytes are read as.
#[derive(Arbitrary, Debug)]
struct Drawing {
    outline: Option<Parts>,
    shapes: Vec<Parts>,
}

/// Parts, their rings, and their corners: the two halves of a byte are east and north.
type Parts = Vec<Vec<Vec<u8>>>;

fuzz_target!(|drawing: Drawing| -> Corpus {
    let outline = drawing.outline.as_ref().map(shape);
    let shapes: Option<Vec<Shape>> = drawing.shapes.iter().map(shape).collect();
    let (Some(shapes), false) = (shapes, matches!(outline, Some(None))) else {
        return Corpus::Reject;
    };
    let outline = outline.flatten();
    let corners: usize = shapes
        .iter()
        .chain(&outline)
        .map(|s| s.segments().count())
        .sum();
    let fits = (1..=MOST_SHAPES).contains(&shapes.len()) && corners <= MOST_CORNERS;
    if !fits || shapes.iter().chain(&outline).any(crosses_itself_harmlessly) {
        return Corpus::Reject;
    }
    if let Err(difference) = judge(&shapes, outline.as_ref()) {
        panic!("{difference}");
    }
    Corpus::Keep
});

/// A shape of these parts, if each has a shell and all rings three corners.
fn shape(parts: &Parts) -> Option<Shape> {
    let parts: Option<Vec<Polygon>> = parts
        .iter()
        .map(|rings| {
            let rings: Option<Vec<Ring>> = rings.iter().map(|corners| ring(corners)).collect();
            let mut rings = rings?;
            (!rings.is_empty()).then(|| Polygon::new(rings.remove(0), rings))
        })
        .collect();
    Shape::new(parts?)
}

fn ring(corners: &[u8]) -> Option<Ring> {
    let points: Result<Vec<Point>, _> = corners
        .iter()
        .map(|corner| Point::new(i32::from(corner / BOARD), i32::from(corner % BOARD)))
        .collect();
    Ring::new(points.ok()?).ok()
}
