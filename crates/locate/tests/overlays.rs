//! Overlapping shapes.

mod patchwork;

use patchwork::{Dice, lattice_points_on};
use wangge_locate::OverlayIndex;
use wangge_plane::{Point, Polygon, Ring, Shape, Side};

fn point(x: i64, y: i64) -> Point {
    let narrow = |value| i32::try_from(value).expect("a coordinate");
    Point::new(narrow(x), narrow(y)).expect("in range")
}

fn square(x: i64, y: i64, side: i64) -> Ring {
    Ring::new(vec![
        point(x, y),
        point(x + side, y),
        point(x + side, y + side),
        point(x, y + side),
    ])
    .expect("a square")
}

fn shape(shell: Ring, holes: Vec<Ring>) -> Shape {
    Shape::new(vec![Polygon::new(shell, holes)]).expect("one part")
}

#[test]
fn every_overlay_that_holds_the_point_is_found_in_order() {
    let index = OverlayIndex::build(vec![
        shape(square(0, 0, 100), vec![square(20, 20, 20)]),
        shape(square(50, 50, 100), vec![]),
        shape(square(0, 0, 1000), vec![]),
    ]);
    assert_eq!(index.holding(point(60, 60)), [0, 1, 2]);
    assert_eq!(index.holding(point(30, 30)), [2], "in the hole");
    assert_eq!(
        index.holding(point(20, 30)),
        [0, 2],
        "on the rim of the hole"
    );
    assert_eq!(index.holding(point(100, 50)), [0, 1, 2], "on two rims");
    assert_eq!(index.holding(point(150, 150)), [1, 2], "on a corner");
    assert_eq!(index.holding(point(1001, 0)), [] as [usize; 0]);
    assert_eq!(index.shapes().len(), 3);
}

#[test]
fn where_parts_of_one_overlay_overlap_it_holds_the_point() {
    let parts = vec![
        Polygon::new(square(0, 0, 100), vec![]),
        Polygon::new(square(50, 0, 100), vec![]),
    ];
    let index = OverlayIndex::build(vec![Shape::new(parts).expect("two parts")]);
    assert_eq!(index.holding(point(75, 50)), [0]);
}

#[test]
fn overlays_agree_with_a_look_at_every_shape() {
    let mut dice = Dice(1);
    let shapes: Vec<Shape> = (0..60)
        .map(|_| {
            let triangle: Vec<Point> = (0..3)
                .map(|_| point(dice.within(-200, 200), dice.within(-200, 200)))
                .collect();
            Ring::new(triangle)
        })
        .filter_map(Result::ok)
        .map(|ring| shape(ring, vec![]))
        .collect();
    let index = OverlayIndex::build(shapes.clone());
    let mut points: Vec<Point> = shapes
        .iter()
        .flat_map(Shape::segments)
        .flat_map(lattice_points_on)
        .collect();
    points.extend((0..2000).map(|_| point(dice.within(-210, 210), dice.within(-210, 210))));
    for p in points {
        let expected: Vec<usize> = (0..shapes.len())
            .filter(|&i| shapes[i].side(p) != Side::Outside)
            .collect();
        assert_eq!(index.holding(p), expected, "at {p:?}");
    }
}
