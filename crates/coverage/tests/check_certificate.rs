//! The certificate, checked again by `tests/check_certificate.py`, which knows nothing of this code.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::print_stdout,
    reason = "a test that panics has failed, and its numbers are small"
)]

mod drawing;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use drawing::{box_ring, codes, members, picture, ring, shape, square};
use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;
use wangge_coverage::{Certificate, Coverage, Group, Level, Member};
use wangge_plane::{Point, Polygon, Ring, Shape, Side, Turn, turn};

/// What the other program says beside its counts.
const ONE_GRID: &str = "no two edges cross, and off them each point lies in one grid or in none";
const EULER: &str = "V - E + F = 1 + C";
const RIM: &str = "the rim is the outline, or has no hole";

/// A board of cells with random letters, far enough from zero that degrees need all their digits.
///
/// On an even seed corners wobble. On an odd one they do not, and some grids leave out vertices
/// that lie straight between others, so that borders have vertices on one side only.
fn board(seed: u64) -> (Vec<char>, Vec<Shape>) {
    let mut dice = seed;
    let mut roll = |sides: u64| {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    let rows: Vec<String> = (0..7)
        .map(|_| (0..8).map(|_| char::from(b'a' + roll(9) as u8)).collect())
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let wobble: Vec<(i32, i32)> = (0..72)
        .map(|_| ((roll(41) as i32) - 20, (roll(41) as i32) - 20))
        .collect();
    let (letters, shapes) = picture(&rows, 100, |x, y| match seed % 2 {
        0 => wobble[(8 * x + y) as usize],
        _ => (0, 0),
    });
    let placed = |ring: &Ring, sparse: bool| {
        let n = ring.points().len();
        let points = (0..n).filter_map(|i| {
            let [before, p, after] = [i + n - 1, i, i + 1].map(|i| ring.points()[i % n]);
            let straight = turn(before, p, after) == Turn::Straight;
            (!sparse || !straight)
                .then(|| Point::new(p.x() + 1_208_371_123, p.y() + 407_112_001).unwrap())
        });
        Ring::new(points.collect()).unwrap()
    };
    let shapes = shapes.iter().enumerate().map(|(i, shape)| {
        let placed = |ring: &Ring| placed(ring, i % 2 == 0);
        let parts = shape.parts().iter().map(|part| {
            let holes = part.holes().iter().map(placed).collect();
            Polygon::new(placed(part.shell()), holes)
        });
        Shape::new(parts.collect()).unwrap()
    });
    (letters, shapes.collect())
}

/// The same board with the grids of the first two letters left out, and an outline without them.
fn board_with_lakes(seed: u64) -> (Vec<Shape>, Shape) {
    let (letters, shapes) = board(seed);
    let codes: Vec<String> = letters.iter().map(char::to_string).collect();
    let coverage = Coverage::build(&members(&codes, &shapes)).unwrap();
    let group_of: Vec<u32> = (0..letters.len()).map(|i| u32::from(i < 2)).collect();
    let outline = coverage.dissolve(&group_of, 2).swap_remove(0).unwrap();
    (shapes[2..].to_vec(), outline)
}

/// GeoJSON of these shapes as a careless hand writes it: off the lattice by up to 0.4 units, and
/// every second ring the wrong way round.
fn geojson(shapes: &[Shape]) -> Value {
    let mut rings = 0;
    let mut written = |ring: &Ring| {
        rings += 1;
        let mut points: Vec<[f64; 2]> = ring
            .points()
            .iter()
            .map(|p| [p.lon() + 4e-8, p.lat() - 4e-8])
            .collect();
        points.push(points[0]);
        if rings % 2 == 0 {
            points.reverse();
        }
        points
    };
    let features = codes(shapes.len())
        .into_iter()
        .zip(shapes)
        .map(|(code, shape)| {
            let parts = shape
                .parts()
                .iter()
                .map(|part| part.rings().map(&mut written).collect::<Vec<_>>())
                .collect::<Vec<_>>();
            let geometry = match parts.as_slice() {
                [part] => json!({"type": "Polygon", "coordinates": part}),
                _ => json!({"type": "MultiPolygon", "coordinates": parts}),
            };
            json!({"type": "Feature", "properties": {"code": code}, "geometry": geometry})
        });
    json!({"type": "FeatureCollection", "features": features.collect::<Vec<_>>()})
}

fn certificate(shapes: &[Shape], outline: Option<&Shape>) -> Value {
    let codes = codes(shapes.len());
    let levels = [Level {
        id: "district",
        groups: vec![
            Group {
                code: "even",
                members: (0..shapes.len()).step_by(2).collect(),
            },
            Group {
                code: "odd",
                members: (1..shapes.len()).step_by(2).collect(),
            },
        ],
    }];
    let found = Certificate::of(&members(&codes, shapes), outline, &levels);
    serde_json::to_value(found.unwrap()).unwrap()
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/check_certificate.py")
}

/// Whether Python is there, new enough for the other program.
fn has_python() -> bool {
    let version = "import sys; sys.exit(sys.version_info < (3, 10))";
    let found = Command::new("python3").args(["-c", version]).status();
    let found = found.is_ok_and(|status| status.success());
    if !found {
        println!("skipped: no python3 from 3.10 on");
    }
    found
}

/// The lines in which the other program finds the certificate wrong.
fn wrong(grids: &[Shape], outline: Option<&Shape>, certificate: &Value) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    let put = |name: &str, value: &Value| {
        let path = folder.path().join(name);
        std::fs::write(&path, value.to_string()).unwrap();
        path
    };
    let mut command = Command::new("python3");
    command
        .arg(script())
        .arg(put("grids.geojson", &geojson(grids)))
        .arg(put("report.json", &json!({"certificate": certificate})));
    if let Some(outline) = outline {
        let outline = geojson(std::slice::from_ref(outline));
        command
            .arg("--outline")
            .arg(put("outline.geojson", &outline));
    }
    lines_of(command)
}

fn lines_of(mut command: Command) -> Vec<String> {
    let output = command.output().unwrap();
    assert!(output.stderr.is_empty(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.lines().count() >= 20, "{said}");
    let wrong: Vec<String> = said
        .lines()
        .filter_map(|line| line.strip_prefix("WRONG "))
        .map(str::to_owned)
        .collect();
    assert_eq!(output.status.code(), Some(i32::from(!wrong.is_empty())));
    wrong
}

/// The certificate with every number that can be counted made to fit, as a forger would.
fn forged(certificate: &Value, wrong: &[String]) -> Value {
    let mut certificate = certificate.clone();
    for line in wrong {
        let Some((name, found)) = line
            .split_once(", certified ")
            .and_then(|(counted, _)| counted.split_once(' '))
        else {
            continue;
        };
        certificate[name] = match &certificate[name] {
            Value::String(_) => json!(found),
            _ => serde_json::from_str(found).unwrap_or_else(|_| json!(found)),
        };
    }
    certificate["levels"] = json!([]);
    certificate
}

#[test]
fn another_program_confirms_the_certificate() {
    if !has_python() {
        return;
    }
    for seed in 0..6 {
        let (_, shapes) = board(seed);
        let found = certificate(&shapes, None);
        assert_eq!(wrong(&shapes, None, &found), [""; 0], "seed {seed}");
        let (shapes, outline) = board_with_lakes(seed);
        let found = certificate(&shapes, Some(&outline));
        assert!(found["rim_holes"].as_u64() > Some(0), "seed {seed}");
        assert_eq!(
            wrong(&shapes, Some(&outline), &found),
            [""; 0],
            "seed {seed}"
        );
    }
    // a ring that touches itself, and one with a spike
    let around = [
        (0, 0),
        (40, 0),
        (40, 40),
        (20, 40),
        (30, 20),
        (10, 20),
        (20, 40),
        (0, 40),
    ];
    let inside = [(10, 20), (30, 20), (25, 30), (20, 28), (25, 30), (20, 40)];
    let shapes = [around.as_slice(), &inside].map(|corners| shape(ring(corners), vec![]));
    let found = certificate(&shapes, None);
    assert_eq!(found["simple_rings"], 0);
    assert_eq!(wrong(&shapes, None, &found), [""; 0]);
}

#[test]
fn another_program_finds_each_number_that_was_changed() {
    if !has_python() {
        return;
    }
    let (shapes, outline) = board_with_lakes(1);
    let good = certificate(&shapes, Some(&outline));
    let fields: Vec<&String> = good.as_object().unwrap().keys().collect();
    assert_eq!(fields.len(), 18);
    for field in fields {
        let mut bad = good.clone();
        bad[field] = match &good[field] {
            Value::Number(number) if number.is_u64() => json!(number.as_u64().unwrap() + 1),
            Value::Number(_) => json!(1e-6),
            Value::String(text) if field == "residual_equals" => json!(text.replace("line", "")),
            Value::String(text) => json!(text.replace(&text[..1], "e")),
            _ => {
                let mut levels = good["levels"].clone();
                levels[0]["units"][0]["doubled_area"] = json!("1");
                levels
            }
        };
        let lines = wrong(&shapes, Some(&outline), &bad);
        assert_eq!(lines.len(), 1, "{field}: {lines:?}");
        assert!(
            lines[0].contains(field.trim_end_matches('s')),
            "{field}: {lines:?}"
        );
    }
}

#[test]
fn another_program_finds_grids_in_the_wrong_unit() {
    if !has_python() {
        return;
    }
    let (_, shapes) = board(0);
    let good = certificate(&shapes, None);
    let listed = |certificate: &mut Value, unit: usize, change: fn(&mut Vec<Value>)| {
        change(
            certificate["levels"][0]["units"][unit]["grids"]
                .as_array_mut()
                .unwrap(),
        );
    };
    let mut moved = good.clone();
    listed(&mut moved, 0, |grids| grids.retain(|code| code != "002"));
    listed(&mut moved, 1, |grids| grids.push(json!("002")));
    assert_eq!(
        wrong(&shapes, None, &moved),
        ["level district: doubled areas"]
    );
    let mut twice = good;
    listed(&mut twice, 1, |grids| grids.push(json!("002")));
    assert_eq!(
        wrong(&shapes, None, &twice),
        [
            "level district shares out the grids",
            "level district: doubled areas"
        ]
    );
}

/// A vertex of a border one lattice unit to the east or to the west.
fn move_a_vertex(shapes: &mut [Shape], dx: i32) {
    let part = &shapes[3].parts()[0];
    let mut points = part.shell().points().to_vec();
    points[1] = Point::new(points[1].x() + dx, points[1].y()).unwrap();
    let polygon = Polygon::new(Ring::new(points).unwrap(), part.holes().to_vec());
    let parts = [vec![polygon], shapes[3].parts()[1..].to_vec()].concat();
    shapes[3] = Shape::new(parts).unwrap();
}

/// A square around the first vertex of a grid; its sides cross borders, or run along them.
fn cover_a_corner(shapes: &mut Vec<Shape>) {
    let corner = shapes[3].segments().next().unwrap().start();
    let (x, y) = (corner.x(), corner.y());
    shapes.push(square((x - 9, x + 9), (y - 9, y + 9)));
}

/// A square in the middle of a cell.
fn cover_some_inside(shapes: &mut Vec<Shape>) {
    let (x, y) = (0..56)
        .map(|i| (1_208_371_173 + 100 * (i % 8), 407_112_051 + 100 * (i / 8)))
        .find(|&(x, y)| shapes[3].side(Point::new(x, y).unwrap()) == Side::Inside)
        .unwrap();
    shapes.push(square((x - 5, x + 5), (y - 5, y + 5)));
}

/// Boundaries are changed. The digest shows it; and when all numbers are made to fit, the proof does.
#[rstest]
#[case::a_grid_dropped(&[RIM], |shapes: &mut Vec<Shape>| drop(shapes.remove(3)))]
#[case::a_grid_twice(&[ONE_GRID, RIM], |shapes: &mut Vec<Shape>| shapes.push(shapes[3].clone()))]
#[case::a_grid_in_another(&[ONE_GRID, RIM], cover_some_inside)]
#[case::a_grid_over_others(&[ONE_GRID, RIM], cover_a_corner)]
#[case::an_island_too_many(
    &[RIM],
    |shapes: &mut Vec<Shape>| shapes.push(square((0, 10), (0, 10)))
)]
fn another_program_finds_boundaries_that_were_changed(
    #[case] expected: &[&str],
    #[case] change: fn(&mut Vec<Shape>),
    #[values(0, 1)] seed: u64,
) {
    if !has_python() {
        return;
    }
    let (mut shapes, outline) = board_with_lakes(seed);
    let good = certificate(&shapes, Some(&outline));
    change(&mut shapes);
    assert_eq!(wrong_when_forged(&shapes, &outline, &good), expected);
}

/// One way there is a gap, and the other way an overlap.
#[rstest]
fn another_program_finds_a_vertex_moved_by_one_unit(#[values(0, 1)] seed: u64) {
    if !has_python() {
        return;
    }
    let (shapes, outline) = board_with_lakes(seed);
    let good = certificate(&shapes, Some(&outline));
    let mut found = [-1, 1].map(|dx| {
        let mut shapes = shapes.clone();
        move_a_vertex(&mut shapes, dx);
        wrong_when_forged(&shapes, &outline, &good)
    });
    found.sort_by_key(Vec::len);
    assert_eq!(found, [vec![RIM], vec![ONE_GRID, RIM]]);
}

/// What is wrong with the boundaries once all numbers were made to fit.
fn wrong_when_forged(shapes: &[Shape], outline: &Shape, good: &Value) -> Vec<String> {
    let lines = wrong(shapes, Some(outline), good);
    assert!(
        lines.iter().any(|l| l.starts_with("canonical_sha256")),
        "{lines:?}"
    );
    let mut lines = wrong(shapes, Some(outline), &forged(good, &lines));
    lines.retain(|line| line != EULER);
    lines
}

#[test]
fn another_program_finds_a_gap_without_an_outline() {
    if !has_python() {
        return;
    }
    let hole = box_ring((10, 20), (10, 20));
    let shapes = [
        shape(box_ring((0, 30), (0, 30)), vec![hole.clone()]),
        shape(hole, vec![]),
    ];
    let good = certificate(&shapes, None);
    let lines = wrong(&shapes[..1], None, &good);
    let lines = wrong(&shapes[..1], None, &forged(&good, &lines));
    assert_eq!(lines, [RIM]);
}

/// Two holes of one grid, the one in the other, each filled by a grid: all boundaries cancel.
#[test]
fn another_program_finds_overlaps_that_leave_no_residual() {
    if !has_python() {
        return;
    }
    let (outer, inner) = (box_ring((10, 60), (10, 60)), box_ring((20, 40), (20, 40)));
    let shapes = [
        shape(
            box_ring((0, 100), (0, 70)),
            vec![outer.clone(), inner.clone()],
        ),
        shape(outer, vec![]),
        shape(inner, vec![]),
    ];
    let rim = square((0, 100), (0, 70));
    let good = certificate(std::slice::from_ref(&rim), Some(&rim));
    let lines = wrong(&shapes, Some(&rim), &good);
    let lines = wrong(&shapes, Some(&rim), &forged(&good, &lines));
    assert_eq!(lines, [ONE_GRID]);
}

#[test]
fn another_program_finds_that_the_outline_is_another() {
    if !has_python() {
        return;
    }
    let (shapes, outline) = board_with_lakes(0);
    let good = certificate(&shapes, Some(&outline));
    let (_, other) = board_with_lakes(2);
    let lines = wrong(&shapes, Some(&other), &good);
    assert!(lines.iter().any(|l| l.starts_with("outline_sha256")));
    let rim = Shape::new(vec![Polygon::new(
        outline.parts()[0].shell().clone(),
        vec![],
    )])
    .unwrap();
    let lines = wrong(&shapes, Some(&rim), &good);
    assert!(lines.iter().any(|l| l.starts_with("outline_sha256")));
    let lines = wrong(&shapes, Some(&rim), &forged(&good, &lines));
    assert_eq!(lines, [RIM]);
    let lines = wrong(&shapes, None, &good);
    assert!(lines.iter().any(|l| l.starts_with("residual_equals")));
}

/// The digest is of the lattice: halves go to the even neighbour, in both programs.
#[test]
fn another_program_rounds_halves_to_even() {
    if !has_python() {
        return;
    }
    // 1.5, 2.5 and 0.5 units: 2, 2 and 0
    let (low, high, zero) = (1.5e-7, 2.5e-7, 0.5e-7);
    let corners = [
        [zero, zero],
        [high, zero],
        [high, low],
        [zero, high],
        [zero, zero],
    ];
    let line: geo_types::LineString<f64> = corners.map(|[x, y]| (x, y)).to_vec().into();
    let polygon = geo_types::Polygon::new(line, vec![]);
    let landed = Shape::land(&geo_types::MultiPolygon(vec![polygon])).unwrap();
    let shape = landed.shape.unwrap();
    assert_eq!(shape, square((0, 2), (0, 2)));
    let folder = TempDir::new().unwrap();
    let put = |name: &str, value: Value| {
        let path = folder.path().join(name);
        std::fs::write(&path, value.to_string()).unwrap();
        path
    };
    let file = put(
        "grids.geojson",
        json!({"type": "FeatureCollection", "features": [{
            "type": "Feature",
            "properties": {"id": 7},
            "geometry": {"type": "Polygon", "coordinates": [corners]},
        }]}),
    );
    let members = [Member {
        code: "7",
        shape: &shape,
    }];
    let found = Certificate::of(&members, None, &[]).unwrap();
    let report = put("report.json", json!({"certificate": found}));
    let mut command = Command::new("python3");
    command
        .arg(script())
        .args([file, report])
        .args(["--code", "id"]);
    assert_eq!(lines_of(command), [""; 0]);
}

/// Real boundaries, read by either program for itself.
#[rstest]
#[case::districts("dc-grids/single-member-district-2013.geojson", "SMD_ID")]
#[case::precincts("dc-grids/voting-precinct-2008.geojson", "NAME")]
#[case::calgary("calgary-wards/wards-2017.geojson", "ward_num")]
fn another_program_confirms_real_certificates(#[case] file: &str, #[case] column: &str) {
    let folder = std::env::var_os("WANGGE_REAL_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if !folder.is_dir() {
        println!("skipped: no real data");
        return;
    }
    if !has_python() {
        return;
    }
    let path = folder.join(file);
    let grids = read(&path, column);
    let members: Vec<Member<'_>> = grids
        .iter()
        .map(|(code, shape)| Member { code, shape })
        .collect();
    let start = Instant::now();
    let found = Certificate::of(&members, None, &[]).unwrap();
    let ours = start.elapsed();
    let temporary = TempDir::new().unwrap();
    let report = temporary.path().join("report.json");
    std::fs::write(&report, json!({"certificate": found}).to_string()).unwrap();
    let start = Instant::now();
    let mut command = Command::new("python3");
    command
        .arg(script())
        .args([&path, &report])
        .args(["--code", column]);
    assert_eq!(lines_of(command), [""; 0]);
    println!(
        "{file}: {} directed edges, V {} E {} F {} C {}, made in {:.2} s, checked in {:.1} s",
        found.directed_edges,
        found.vertices,
        found.edges,
        found.faces,
        found.components,
        ours.as_secs_f64(),
        start.elapsed().as_secs_f64()
    );
}

fn read(path: &Path, key: &str) -> Vec<(String, Shape)> {
    let text = std::fs::read_to_string(path).unwrap();
    let geojson::GeoJson::FeatureCollection(collection) = text.parse().unwrap() else {
        panic!("{} is no feature collection", path.display())
    };
    collection
        .features
        .into_iter()
        .map(|feature| {
            let code = feature.property(key).unwrap().to_string();
            let geometry = geo_types::Geometry::try_from(feature.geometry.unwrap()).unwrap();
            let polygons: geo_types::MultiPolygon<f64> = match geometry {
                geo_types::Geometry::Polygon(polygon) => polygon.into(),
                geo_types::Geometry::MultiPolygon(polygons) => polygons,
                other => panic!("{other:?} is no polygon"),
            };
            let shape = Shape::land(&polygons).unwrap().shape.unwrap();
            (code.trim_matches('"').to_owned(), shape)
        })
        .collect()
}
