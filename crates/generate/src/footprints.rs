//! Components that are lines and areas: railings, walls, greens, car parks.

use wangge_plane::{Figure, Line, Meeting, Point, Polygon, Ring, Segment, Shape, Side};

use crate::along::{Course, Ground};
use crate::board::Spot;
use crate::dice::Dice;
use crate::terrain::LineClass;
use crate::ways::Stretch;

/// Components of one class that run along some stretches of ways and waters.
struct Running {
    class: &'static str,
    along: &'static [LineClass],
    /// Of so many stretches, one has it.
    chance: f64,
    /// Metres from the middle: beyond the kerb where there is one.
    beyond_m: f64,
    /// Whether it stands in the middle of the way instead.
    median: bool,
}

const RUNNING: [Running; 5] = [
    Running {
        class: "0211",
        along: &[LineClass::Trunk, LineClass::Main],
        chance: 0.22,
        beyond_m: 0.8,
        median: true,
    },
    Running {
        class: "0216",
        along: &[LineClass::Trunk, LineClass::Railway],
        chance: 0.12,
        beyond_m: 7.0,
        median: false,
    },
    Running {
        class: "0408",
        along: &[LineClass::Street],
        chance: 0.04,
        beyond_m: 3.2,
        median: false,
    },
    Running {
        class: "0604",
        along: &[LineClass::River, LineClass::Coast],
        chance: 0.5,
        beyond_m: 6.0,
        median: false,
    },
    Running {
        class: "0606",
        along: &[LineClass::River, LineClass::Coast],
        chance: 0.2,
        beyond_m: 9.0,
        median: false,
    },
];

/// Components of one class that lie beside some stretches.
struct Lying {
    class: &'static str,
    along: &'static [LineClass],
    chance: f64,
    width_m: [f64; 2],
    depth_m: [f64; 2],
}

const LYING: [Lying; 3] = [
    Lying {
        class: "0201",
        along: &[LineClass::Main, LineClass::Street],
        chance: 0.06,
        width_m: [25.0, 55.0],
        depth_m: [16.0, 34.0],
    },
    Lying {
        class: "0405",
        along: &[LineClass::Main, LineClass::Street, LineClass::Lane],
        chance: 0.07,
        width_m: [18.0, 60.0],
        depth_m: [10.0, 26.0],
    },
    Lying {
        class: "0602",
        along: &[LineClass::Street, LineClass::Lane],
        chance: 0.008,
        width_m: [35.0, 70.0],
        depth_m: [25.0, 50.0],
    },
];

/// What a stretch of town has of lines and areas, each with the side of the way that it is on.
pub(crate) fn beside(
    stretch: &Stretch<'_>,
    course: &Course,
    ground: &Ground,
    dice: &mut Dice,
) -> Vec<(&'static str, Figure, usize)> {
    const FROM_JUNCTION_M: f64 = 10.0;
    let mut found = Vec::new();
    let room = course.length() - 2.0 * FROM_JUNCTION_M;
    let kerb = stretch.class.half_width_m().unwrap_or(0.0);
    for running in &RUNNING {
        if room < 20.0 || !running.along.contains(&stretch.class) || !dice.chance(running.chance) {
            continue;
        }
        let side = dice.below(2);
        let beyond = if running.median {
            running.beyond_m
        } else {
            kerb + running.beyond_m
        };
        let end = FROM_JUNCTION_M + room * dice.between(0.5, 1.0);
        let spots = course.between(FROM_JUNCTION_M, end, to_left(side, beyond));
        let points: Option<Vec<Point>> = spots.into_iter().map(|spot| ground.point(spot)).collect();
        if let Some(line) = points.and_then(|points| Line::new([points])) {
            found.push((running.class, Figure::Line(line), side));
        }
    }
    for lying in &LYING {
        if !lying.along.contains(&stretch.class) || !dice.chance(lying.chance) {
            continue;
        }
        let side = dice.below(2);
        let width = dice.between(lying.width_m[0], lying.width_m[1]);
        let depth = dice.between(lying.depth_m[0], lying.depth_m[1]);
        let start = FROM_JUNCTION_M + dice.unit() * (room - width);
        if room > width {
            let corners = [
                course.at(start, to_left(side, kerb + 4.0)),
                course.at(start + width, to_left(side, kerb + 4.0)),
                course.at(start + width, to_left(side, kerb + 4.0 + depth)),
                course.at(start, to_left(side, kerb + 4.0 + depth)),
            ];
            let area = area(corners, ground);
            found.extend(area.map(|area| (lying.class, Figure::Area(area), side)));
        }
    }
    found
}

/// Metres to the left of a way: side 0 is on its left, side 1 on its right.
pub(crate) fn to_left(side: usize, metres: f64) -> f64 {
    if side == 0 { metres } else { -metres }
}

/// Whether all of a figure is in the interior of some ground. Exact.
pub(crate) fn is_inside(figure: &Figure, shape: &Shape) -> bool {
    if let Figure::Point(p) = figure {
        return shape.side(*p) == Side::Inside;
    }
    let mut edges = figure.segments();
    let Some(first) = edges.next() else {
        return false;
    };
    let around = figure.extent();
    let near: Vec<Segment> = shape
        .segments()
        .filter(|border| border.extent().meets(around))
        .collect();
    let apart = |edge: Segment| {
        let meets = |border: &Segment| edge.meeting(*border) != Meeting::Apart;
        !near.iter().any(meets)
    };
    shape.side(first.start()) == Side::Inside && apart(first) && edges.all(apart)
}

/// The quadrilateral of these corners; `None` where a bend of the way makes its sides cross.
fn area(corners: [Spot; 4], ground: &Ground) -> Option<Shape> {
    let points: Option<Vec<Point>> = corners.into_iter().map(|spot| ground.point(spot)).collect();
    let ring = Ring::new(points?).ok()?;
    let simple = ring.points().len() == 4 && ring.defects().is_empty();
    simple.then(|| Shape::new(vec![Polygon::new(ring, Vec::new())]))?
}
