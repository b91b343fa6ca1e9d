//! Laws of arrangements over arbitrary closed paths, against counting crossings of a ray.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_sign_loss,
    reason = "a test that panics has failed, and its numbers are small"
)]

use proptest::prelude::*;
use wangge_arrange::{Arrangement, Face, Faces, Use};
use wangge_plane::{Point, Polygon, Ring, Segment, Shape, cross, meetings, winding_nudged};

/// Closed paths on a board of `board` by `board` units, of up to four owners.
fn paths(board: i32) -> impl Strategy<Value = Vec<Ring>> {
    let ring = proptest::collection::vec((0..=board, 0..=board), 3..8).prop_filter_map(
        "three vertices",
        |corners| {
            let points = corners
                .iter()
                .map(|&(x, y)| Point::new(x, y).unwrap())
                .collect();
            Ring::new(points).ok()
        },
    );
    proptest::collection::vec(ring, 1..5)
}

/// Paths with walls among them: out along a closed line, and back a unit beside it at most.
fn walled_paths(board: i32) -> impl Strategy<Value = Vec<Ring>> {
    let corner = (0..=board, 0..=board, 0..=1, 0..=1);
    let wall = proptest::collection::vec(corner, 3..6).prop_filter_map("three vertices", |line| {
        let out = line.iter().chain([&line[0]]).map(|&(x, y, ..)| (x, y));
        let back = [&line[0]].into_iter().chain(line.iter().rev());
        let back = back.map(|&(x, y, east, north)| (x + east, y + north));
        let points = out.chain(back).map(|(x, y)| Point::new(x, y).unwrap());
        Ring::new(points.collect()).ok()
    });
    (proptest::collection::vec(wall, 1..4), paths(board)).prop_map(|(walls, paths)| {
        let mut all = walls;
        all.extend(paths);
        all
    })
}

fn uses(paths: &[Ring]) -> Vec<Use> {
    (0u32..)
        .zip(paths)
        .flat_map(|(owner, path)| path.segments().map(move |s| Use::of(s, owner)))
        .collect()
}

/// The noded edges of one owner, directed, as often as they count.
fn chain_of(laid: &Arrangement, owner: u32) -> Vec<Segment> {
    let chains = laid.chains();
    (0..chains.len())
        .flat_map(|edge| {
            let times = chains.share_of(edge, owner);
            let segment = chains.segments()[edge];
            let directed = if times > 0 {
                segment
            } else {
                segment.reversed()
            };
            std::iter::repeat_n(directed, times.unsigned_abs() as usize)
        })
        .collect()
}

fn check(paths: &[Ring], board: i32) -> Result<(), TestCaseError> {
    let laid = Arrangement::of(uses(paths));
    let segments = laid.chains().segments();
    prop_assert!(segments.windows(2).all(|w| w[0] < w[1]));
    prop_assert!(segments.iter().all(|s| s.start() < s.end()));
    prop_assert!(
        meetings(segments).is_empty(),
        "edges meet other than at ends"
    );
    // every path is closed still
    for owner in (0u32..).take(paths.len()) {
        let mut balance = std::collections::BTreeMap::new();
        for edge in chain_of(&laid, owner) {
            *balance.entry(edge.start()).or_insert(0) += 1;
            *balance.entry(edge.end()).or_insert(0) -= 1;
        }
        prop_assert!(balance.values().all(|&n| n == 0));
    }
    // each face as a region of its own holds the points that its owners wind around as it says
    let regions = laid.regions(Some);
    prop_assert_eq!(regions.len() + 1, laid.face_count());
    let grounds: Vec<Shape> = regions
        .iter()
        .map(|region| Shape::new(vec![region.polygon.clone()]).unwrap())
        .collect();
    for x in -1..=board + 1 {
        for y in -1..=board + 1 {
            let p = Point::new(x, y).unwrap();
            let holding: Vec<usize> = (0..grounds.len())
                .filter(|&i| grounds[i].winding_nudged(p) != 0)
                .collect();
            prop_assert!(holding.len() <= 1, "faces overlap at {:?}", p);
            let face = holding.first().map_or(Faces::OUTER, |&i| regions[i].label);
            for (owner, path) in (0u32..).zip(paths) {
                let noded = winding_nudged(chain_of(&laid, owner), p);
                prop_assert_eq!(laid.winding(face, owner), noded);
                if !comes_near(path, p) {
                    prop_assert_eq!(noded, path.winding_nudged(p), "drawn too far at {:?}", p);
                }
            }
        }
    }
    Ok(())
}

/// The faces in which these points lie.
fn faces_of(laid: &Arrangement, points: &[Point]) -> Vec<Face> {
    let faces: Vec<(Face, Shape)> = laid
        .regions(Some)
        .into_iter()
        .map(|region| (region.label, Shape::new(vec![region.polygon]).unwrap()))
        .collect();
    let face_of = |p: &Point| {
        let holding = faces
            .iter()
            .find(|(_, ground)| ground.winding_nudged(*p) != 0);
        holding.map_or(Faces::OUTER, |&(face, _)| face)
    };
    points.iter().map(face_of).collect()
}

/// What edges keep apart, they keep apart when they are drawn to the lattice. The truth is the same
/// drawing in a lattice so fine that nothing of it is narrower than a unit.
fn check_apart(paths: &[Ring], board: i32) -> Result<(), TestCaseError> {
    const FINE: i32 = 1 << 23;
    let fine = |p: Point| Point::new(FINE * p.x(), FINE * p.y()).unwrap();
    let drawn_finely: Vec<Ring> = paths
        .iter()
        .map(|path| Ring::new(path.points().iter().copied().map(fine).collect()).unwrap())
        .collect();
    let points: Vec<Point> = (0..=board)
        .flat_map(|x| (0..=board).map(move |y| Point::new(x, y).unwrap()))
        .filter(|&p| paths.iter().all(|path| !comes_near(path, p)))
        .collect();
    let finely: Vec<Point> = points.iter().copied().map(fine).collect();
    let true_faces = faces_of(&Arrangement::of(uses(&drawn_finely)), &finely);
    let faces = faces_of(&Arrangement::of(uses(paths)), &points);
    for i in 0..points.len() {
        for j in 0..i {
            prop_assert!(
                true_faces[i] == true_faces[j] || faces[i] != faces[j],
                "{:?} and {:?} have come together",
                points[i],
                points[j]
            );
        }
        prop_assert!(true_faces[i] == Faces::OUTER || faces[i] != Faces::OUTER);
    }
    Ok(())
}

/// Whether a path comes within a unit and a half of a point.
fn comes_near(path: &Ring, p: Point) -> bool {
    path.segments().any(|s| {
        let v = s.end().from_origin(s.start());
        let length =
            f64::from(i32::try_from(v.dx).unwrap()).hypot(f64::from(i32::try_from(v.dy).unwrap()));
        #[expect(clippy::cast_precision_loss, reason = "numbers of a small board")]
        let apart = cross(s.start(), s.end(), p).abs() as f64;
        apart <= 1.5 * length
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn crowded_paths_are_laid_over_each_other(paths in paths(9)) {
        check(&paths, 9)?;
    }

    #[test]
    fn what_is_apart_stays_apart(paths in walled_paths(40)) {
        check_apart(&paths, 40)?;
    }

    #[test]
    fn paths_with_room_keep_their_windings_away_from_edges(paths in paths(60)) {
        check(&paths, 60)?;
    }
}

fn ring(corners: &[(i32, i32)]) -> Ring {
    let points = corners.iter().map(|&(x, y)| Point::new(x, y).unwrap());
    Ring::new(points.collect()).unwrap()
}

/// A long edge passes half a unit beside a vertex and crosses nothing: it stays where it is.
#[test]
fn an_edge_that_crosses_nothing_does_not_move() {
    let long = ring(&[(0, 0), (1000, 1), (1000, -100), (0, -100)]);
    let beside = ring(&[(500, 1), (600, 50), (400, 50)]);
    let laid = Arrangement::of(uses(&[long.clone(), beside]));
    let edge = Segment::new(Point::new(0, 0).unwrap(), Point::new(1000, 1).unwrap()).unwrap();
    assert!(laid.chains().segments().contains(&edge));
    assert_eq!(laid.face_count(), 3);
}

/// Two squares that overlap by a strip: four faces, and each has its owners.
#[test]
fn an_overlap_is_a_face_with_two_owners() {
    let paths = [
        ring(&[(0, 0), (20, 0), (20, 20), (0, 20)]),
        ring(&[(15, 0), (40, 0), (40, 20), (15, 20)]),
    ];
    let laid = Arrangement::of(uses(&paths));
    let areas: Vec<(usize, i128)> = laid
        .regions(|face| Some(laid.owners(face).len()))
        .iter()
        .map(|region| {
            (
                region.label,
                region.polygon.rings().map(Ring::doubled_area).sum(),
            )
        })
        .collect();
    assert_eq!(areas, [(1, 600), (2, 200), (1, 800)]);
}

/// A path that runs out over another and back crosses nothing and is gone.
#[test]
fn what_runs_out_and_back_is_no_boundary() {
    let paths = [
        ring(&[
            (0, 0),
            (20, 0),
            (20, 10),
            (35, 10),
            (20, 10),
            (20, 20),
            (0, 20),
        ]),
        ring(&[(30, 0), (40, 0), (40, 20), (30, 20)]),
    ];
    let laid = Arrangement::of(uses(&paths));
    assert!(laid.met().crossings.is_empty());
    assert_eq!(laid.face_count(), 3);
}

/// Regions of one label grow together over edges, and a hole in them is a hole.
#[test]
fn a_region_of_many_faces_is_one_polygon_with_its_hole() {
    let mut paths = Vec::new();
    for x in 0..3 {
        for y in 0..3 {
            let (x, y) = (x * 10, y * 10);
            paths.push(ring(&[(x, y), (x + 10, y), (x + 10, y + 10), (x, y + 10)]));
        }
    }
    let laid = Arrangement::of(uses(&paths));
    let around = laid.regions(|face| (laid.winding(face, 4) == 0).then_some(()));
    let [region] = around.as_slice() else {
        panic!("one region, not {}", around.len())
    };
    let polygon: &Polygon = &region.polygon;
    assert_eq!((polygon.holes().len(), region.faces.len()), (1, 8));
    assert!(polygon.rings().all(|ring| ring.defects().is_empty()));
    assert_eq!(polygon.rings().map(Ring::doubled_area).sum::<i128>(), 1600);
}
