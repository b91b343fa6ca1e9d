//! The check of tiles finds each fault, and nothing else. The amounts were worked out by hand.
#![expect(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test that panics has failed, and amounts that can be had exactly are"
)]

mod attributes;
mod scene;

use scene::{Drawing, MIDDLE, SOUTH, Tiles, address};
use wangge_tiles::check::{
    Expected, FaultKind, RingFault, TileFault, TilesReport, WorldBox, check_tiles,
};

fn kinds(report: &TilesReport) -> Vec<FaultKind> {
    let mut kinds: Vec<FaultKind> = report.faults.iter().map(|fault| fault.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// The only fault.
fn the_fault(report: &TilesReport) -> &TileFault {
    assert_eq!(report.fault_count, 1, "{:#?}", report.faults);
    &report.faults[0]
}

fn amounts(report: &TilesReport) -> f64 {
    report.faults.iter().filter_map(|fault| fault.amount).sum()
}

#[test]
fn sound_tiles_have_no_fault() {
    let report = Tiles::of(&Drawing::sound()).check();
    assert!(report.sound, "{:#?}", report.faults);
    assert_eq!(report.faults, []);
    let zoom = &report.zooms[0];
    assert_eq!((zoom.zoom, zoom.tiles, zoom.labels), (10, 4, 4));
    let layers: Vec<_> = zoom
        .layers
        .iter()
        .map(|l| (l.layer.as_str(), l.grids))
        .collect();
    assert_eq!(layers, [("grid_district", 1), ("grid_grid", 3)]);
    assert!(zoom.largest.unwrap().bytes * 4 >= zoom.bytes);
    // in each tile: the polygons, the borders; the labels once
    assert_eq!(zoom.vertices, 4 * (5 + 4 + 4 + 7 + 3 + 2 + 8) + 4);
}

#[test]
fn a_gap_of_one_unit_in_one_tile_is_found() {
    let mut drawing = Drawing::sound();
    let hole = vec![(1000, 1000), (1000, 1001), (1001, 1001), (1001, 1000)];
    drawing.unit("a").rings.push(hole);
    let report = Tiles::of(&drawing).check();
    let fault = the_fault(&report);
    assert_eq!(fault.kind, FaultKind::Gap);
    assert_eq!(fault.amount, Some(1.0));
    assert_eq!(fault.layer, "grid_grid");
    assert_eq!(fault.tile, Some(address(10, 0, 0)));
    assert_eq!(report.zooms[0].layers[1].gap_area, 1.0);
}

#[test]
fn a_gap_over_the_side_of_two_tiles_is_one() {
    let mut drawing = Drawing::sound();
    let hole = vec![(1000, 4090), (1000, 4100), (1010, 4100), (1010, 4090)];
    drawing.unit("a").rings.push(hole);
    let report = Tiles::of(&drawing).check();
    let fault = the_fault(&report);
    assert_eq!((fault.kind, fault.amount), (FaultKind::Gap, Some(100.0)));
}

/// The border of the western grid is one unit off at its middle, so that a gap with two thin ends
/// runs through three tiles: two triangles, (3500 + 3700) / 2. Where its sides meet those of tiles
/// they are drawn to a finer lattice, so that the area is not to the last digit.
#[test]
fn a_gap_along_a_border_is_measured_whole() {
    let drawing = Drawing::sound().moved(&["b", "c"], MIDDLE, (MIDDLE.0 + 1, MIDDLE.1));
    let report = Tiles::of(&drawing).check();
    assert_eq!(kinds(&report), [FaultKind::Gap]);
    assert!(
        (amounts(&report) - 3600.0).abs() < 0.2,
        "{}",
        amounts(&report)
    );
}

#[test]
fn an_overlap_along_a_border_is_measured_whole() {
    let drawing = Drawing::sound().moved(&["b", "c"], MIDDLE, (MIDDLE.0 - 1, MIDDLE.1));
    let report = Tiles::of(&drawing).check();
    assert_eq!(kinds(&report), [FaultKind::Overlap]);
    assert!(
        (amounts(&report) - 3600.0).abs() < 0.2,
        "{}",
        amounts(&report)
    );
    assert_eq!(report.zooms[0].layers[1].overlap_area, amounts(&report));
    assert!(report.faults.iter().all(|fault| fault.codes.len() == 2));
}

/// Two copies of one border that cross: the eastern side is drawn from a vertex that is beyond the
/// border on one end and short of it on the other.
#[test]
fn borders_that_cross_overlap_and_leave_a_gap() {
    let mut drawing = Drawing::sound();
    drawing.unit("a").rings[0] = vec![(500, 500), (3000, 500), (5001, 7700), (500, 7700)];
    let eastern = vec![
        (3000, 500),
        (7700, 500),
        (7700, 7700),
        (5001, 7700),
        (4400, 6000),
        (3600, 2000),
    ];
    drawing.units.retain(|unit| unit.code != "c");
    drawing.unit("b").rings[0] = eastern;
    drawing.borders.clear();
    drawing.labels.retain(|(_, code, ..)| *code != "c");
    let report = Tiles::of(&drawing).check();
    assert_eq!(kinds(&report), [FaultKind::Gap, FaultKind::Overlap]);
    // twice the areas by the shoelace formula, less where the lines cross:
    // the lines meet where 2001 (y - 500) = 7200 (x - 3000) and x - 3600 = (y - 2000) / 5
    let y = (2001.0 * 500.0 + 7200.0 * (3600.0 - 400.0 - 3000.0)) / (2001.0 - 1440.0);
    let x = 3600.0 + (y - 2000.0) / 5.0;
    let triangle = |a: (f64, f64), b: (f64, f64), c: (f64, f64)| {
        ((b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)).abs() / 2.0
    };
    let north = triangle((3000.0, 500.0), (3600.0, 2000.0), (x, y));
    let south = triangle((5001.0, 7700.0), (4400.0, 6000.0), (x, y));
    let layer = &report.zooms[0].layers[1];
    assert!(
        (layer.gap_area - north).abs() < 1.0,
        "{} {north}",
        layer.gap_area
    );
    assert!(
        (layer.overlap_area - south).abs() < 1.0,
        "{} {south}",
        layer.overlap_area
    );
}

#[test]
fn a_hole_of_the_coverage_is_no_gap() {
    let mut drawing = Drawing::sound();
    let hole = vec![(1000, 4090), (1000, 4100), (1010, 4100), (1010, 4090)];
    drawing.unit("a").rings.push(hole.clone());
    drawing.unit("d").rings.push(hole);
    let tiles = Tiles::of(&drawing);
    let world =
        |at: i32, origin: u32| (f64::from(origin) * 4096.0 + f64::from(at)) / 4096.0 / 1024.0;
    let (x, y) = scene::ORIGIN;
    let lake = WorldBox([
        world(1001, x),
        world(4091, y),
        world(1009, x),
        world(4099, y),
    ]);
    let expected = Expected {
        holes: Some(vec![lake]),
        ..Expected::default()
    };
    let report = check_tiles(&tiles, expected, &|_| {}).unwrap();
    assert!(report.sound, "{:#?}", report.faults);
    assert_eq!(report.zooms[0].layers[1].holes, 1);
    // the rim of the coverage says so too, and that of the city's outside alone does not
    let corners = [
        (1000, 4090),
        (1010, 4090),
        (1010, 4100),
        (1000, 4100),
        (1000, 4090),
    ];
    let rim: Vec<[[f64; 2]; 2]> = corners
        .windows(2)
        .map(|edge| [edge[0], edge[1]].map(|(at_x, at_y)| [world(at_x, x), world(at_y, y)]))
        .collect();
    let along = |rim: Vec<[[f64; 2]; 2]>| Expected {
        rim: Some(rim),
        ..Expected::default()
    };
    let report = check_tiles(&tiles, along(rim.clone()), &|_| {}).unwrap();
    assert!(report.sound, "{:#?}", report.faults);
    let report = check_tiles(&tiles, along(rim[..2].to_vec()), &|_| {}).unwrap();
    assert_eq!(kinds(&report), [FaultKind::Gap]);
    // nothing is known of the coverage: what is open at the finest zoom is taken for its own
    let report = check_tiles(&tiles, Expected::default(), &|_| {}).unwrap();
    assert!(report.sound, "{:#?}", report.faults);
    // and what opens at a coarser zoom is not
    let coarse = tiles_of_two_zooms(&drawing, &Drawing::sound());
    let report = check_tiles(&coarse, Expected::default(), &|_| {}).unwrap();
    assert_eq!(kinds(&report), [FaultKind::Gap]);
    assert!(report.faults.iter().all(|fault| fault.zoom == 9));
}

fn tiles_of_two_zooms(coarse: &Drawing, fine: &Drawing) -> Tiles {
    Tiles::of(fine).with_zoom(9, coarse)
}

/// A figure of eight in two holes that fit it.
#[test]
fn a_ring_that_crosses_itself_is_found() {
    let mut drawing = Drawing::sound();
    drawing.unit("a").rings.extend(
        [
            vec![(1100, 1100), (1200, 1200), (1200, 1000)],
            vec![(1000, 1000), (1000, 1200), (1100, 1100)],
        ]
        .map(|ring| oriented(ring, false)),
    );
    let mut eight = drawing.unit("a").clone();
    eight.code = "e";
    eight.id = 5;
    eight.rings = vec![vec![(1000, 1000), (1200, 1200), (1200, 1000), (1000, 1200)]];
    drawing.units.push(eight);
    drawing.labels.push(("grid", "e", 5, (1100, 1100)));
    let report = Tiles::of(&drawing).check();
    let fault = the_fault(&report);
    assert_eq!(fault.kind, FaultKind::InvalidRing);
    assert_eq!(fault.ring, Some(RingFault::CrossesItself));
    assert_eq!(fault.codes, ["e"]);
}

/// As a shell or as a hole.
fn oriented(mut ring: Vec<(i32, i32)>, shell: bool) -> Vec<(i32, i32)> {
    let next = ring.iter().cycle().skip(1);
    let doubled: i64 = ring
        .iter()
        .zip(next)
        .map(|(a, b)| i64::from(a.0) * i64::from(b.1) - i64::from(a.1) * i64::from(b.0))
        .sum();
    if (doubled > 0) != shell {
        ring.reverse();
    }
    ring
}

#[test]
fn a_hole_outside_its_shell_is_found() {
    let mut drawing = Drawing::sound();
    drawing.unit("a").rings.push(oriented(
        vec![(6000, 1000), (6100, 1000), (6100, 1100)],
        false,
    ));
    let report = Tiles::of(&drawing).check();
    let fault = the_fault(&report);
    assert_eq!(fault.ring, Some(RingFault::HoleOutside));
    assert_eq!(fault.tile, Some(address(10, 1, 0)));
}

#[test]
fn a_unit_without_ground_is_missing_where_a_finer_zoom_has_it() {
    let mut coarse = Drawing::sound();
    coarse.units.retain(|unit| unit.code != "c");
    coarse.labels.retain(|(_, code, ..)| *code != "c");
    let b = coarse.unit("b");
    b.rings[0] = vec![
        scene::NORTH,
        (7700, 500),
        scene::EAST,
        (7700, 7700),
        SOUTH,
        MIDDLE,
    ];
    let report = tiles_of_two_zooms(&coarse, &Drawing::sound()).check();
    let fault = the_fault(&report);
    assert_eq!((fault.kind, fault.zoom), (FaultKind::MissingGrid, 9));
    assert_eq!(fault.codes, ["c"]);
    assert_eq!(report.zooms[0].layers[1].missing_grids, 1);
}

#[test]
fn a_unit_that_the_city_has_is_missing() {
    let mut expected = Expected {
        holes: Some(Vec::new()),
        ..Expected::default()
    };
    let codes = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
    expected
        .codes
        .insert("grid_grid".to_owned(), codes(&["a", "b", "c", "z"]));
    expected
        .codes
        .insert("grid_street".to_owned(), codes(&["s"]));
    let report = check_tiles(&Tiles::of(&Drawing::sound()), expected, &|_| {}).unwrap();
    assert_eq!(kinds(&report), [FaultKind::MissingGrid]);
    let mut missing: Vec<_> = report.faults.iter().map(|f| f.codes[0].as_str()).collect();
    missing.sort_unstable();
    assert_eq!(missing, ["s", "z"]);
}

#[test]
fn a_zoom_between_others_that_is_lost_is_missing() {
    let tiles = Tiles::of(&Drawing::sound()).with_zoom(8, &Drawing::sound());
    let report = tiles.check();
    assert_eq!(kinds(&report), [FaultKind::MissingGrid]);
    assert!(report.faults.iter().all(|fault| fault.zoom == 9));
    assert_eq!(report.fault_count, 4);
}

#[test]
fn a_layer_that_a_zoom_between_others_lacks_is_missing() {
    let mut without = Drawing::sound();
    without.units.retain(|unit| unit.layer != "grid_district");
    without.labels.retain(|(level, ..)| *level != "district");
    let tiles = tiles_of_two_zooms(&without, &Drawing::sound()).with_zoom(8, &Drawing::sound());
    let report = tiles.check();
    let fault = the_fault(&report);
    assert_eq!((fault.kind, fault.zoom), (FaultKind::MissingGrid, 9));
    assert_eq!(fault.layer, "grid_district");
}

/// One tile draws the end of a border one unit off, inside itself without a fault: at its northern
/// side that comes to 96/3700 of a unit.
#[test]
fn neighbours_that_disagree_about_their_side_are_found() {
    let off = Drawing::sound().moved(&["a", "c", "d"], SOUTH, (SOUTH.0 + 1, SOUTH.1));
    let report = Tiles::of(&Drawing::sound())
        .with_tile(10, 1, 1, &off)
        .check();
    let fault = the_fault(&report);
    assert_eq!(fault.kind, FaultKind::EdgeDisagreement);
    assert_eq!(fault.tile, Some(address(10, 1, 1)));
    let by = fault.amount.unwrap();
    assert!((by - 96.0 / 3700.0).abs() < 1e-9, "{by}");
}

#[test]
fn a_border_along_the_side_of_tiles_is_no_disagreement() {
    let mut drawing = Drawing::sound();
    drawing
        .units
        .retain(|unit| !["b", "c"].contains(&unit.code));
    drawing.unit("a").rings[0] = vec![(500, 500), (4096, 500), (4096, 7700), (500, 7700)];
    drawing.unit("d").rings[0] = vec![(500, 500), (4096, 500), (4096, 7700), (500, 7700)];
    drawing.borders.clear();
    drawing.labels.retain(|(_, code, ..)| *code == "a");
    drawing.labels.push(("district", "d", 4, (2000, 4000)));
    let report = Tiles::of(&drawing).check();
    assert!(report.sound, "{:#?}", report.faults);
}

#[test]
fn a_lost_tile_is_found() {
    let mut tiles = Tiles::of(&Drawing::sound());
    tiles.0.remove(&address(10, 1, 0));
    let report = tiles.check();
    let disagreements: Vec<_> = report
        .faults
        .iter()
        .filter(|fault| fault.kind == FaultKind::EdgeDisagreement)
        .collect();
    // two sides of two layers
    assert_eq!(disagreements.len(), 4, "{:#?}", report.faults);
    // from the north of the city to the south of the tile, and from its west to the east of the city
    let length: f64 = disagreements.iter().filter_map(|fault| fault.amount).sum();
    assert_eq!(length, 2.0 * ((4096.0 - 500.0) + (7700.0 - 4096.0)));
}

#[test]
fn bytes_that_are_no_tile_are_a_fault_and_no_end() {
    let mut tiles = Tiles::of(&Drawing::sound());
    let broken = address(10, 5, 5);
    tiles.0.insert(broken, vec![0x1a, 0xff, 0xff, 0x03]);
    let report = tiles.check();
    let fault = the_fault(&report);
    assert_eq!(
        (fault.kind, fault.tile),
        (FaultKind::Unreadable, Some(broken))
    );
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["sound"], false);
    assert_eq!(json["faults"][0]["kind"], "unreadable");
    assert_eq!(json["faults"][0]["tile"], broken.to_string());
}
