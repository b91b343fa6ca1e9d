//! From tables to grids: coordinate systems, densification, codes, skips.
#![expect(
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "clippy's leave for tests does not reach the helpers of a test file"
)]

mod support;

use std::path::PathBuf;
use std::sync::LazyLock;

use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use proptest::prelude::*;
use rstest::rstest;
use support::{Files, read, read_geojson, squares_json};
use wangge_crs::{Crs, CrsError, Policy, Transform};
use wangge_exchange::{
    CrsBy, DeclaredCrs, ExchangeError, Field, Format, GridDraft, GridRequest, Mapping, Row,
    RowGeometry, Table, Value, grids, outline,
};
use wangge_plane::Point;

/// A table of polygons with codes 0, 1, 2, …, whose sandbox and notes come from a real reading.
fn table(declared_crs: DeclaredCrs, rings: &[Vec<(f64, f64)>]) -> Table {
    static READ: LazyLock<Table> = LazyLock::new(|| read_geojson(&squares_json(&["0"])).unwrap());
    let mut table = READ.clone();
    table.declared_crs = declared_crs;
    table.columns = vec!["code".to_owned()];
    table.rows = rings
        .iter()
        .zip(1_u64..)
        .map(|(ring, number)| Row {
            number,
            geometry: polygon(ring),
            values: vec![Value::Text((number - 1).to_string())],
        })
        .collect();
    table
}

fn polygon(ring: &[(f64, f64)]) -> RowGeometry {
    let line: LineString<f64> = ring.iter().map(|&(x, y)| Coord { x, y }).collect();
    // closes the ring
    RowGeometry::Polygons(MultiPolygon(vec![Polygon::new(line, Vec::new())]))
}

fn drafted(table: &Table, request: &GridRequest) -> GridDraft {
    grids(table, request).unwrap_or_else(|error| panic!("{error}"))
}

fn crs(text: &str) -> Crs {
    text.parse().unwrap()
}

const SQUARE: [(f64, f64); 4] = [(120.0, 40.0), (120.1, 40.0), (120.1, 40.1), (120.0, 40.1)];

#[test]
fn a_missing_coordinate_system_is_asked_for_and_never_guessed() {
    let table = table(DeclaredCrs::None, &[SQUARE.to_vec()]);
    let error = grids(&table, &GridRequest::default()).unwrap_err();
    assert!(matches!(error, ExchangeError::MissingCrs { .. }));
    assert!(error.to_string().contains("--crs"));
}

#[test]
fn a_crs_link_is_named_when_the_coordinate_system_is_asked_for() {
    let link = r#"{"crs":{"type":"link","properties":{"href":"http://example.org/crs"}},"#;
    let table = read_geojson(&squares_json(&["1"]).replacen('{', link, 1)).unwrap();
    let error = grids(&table, &GridRequest::default())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("refers to http://example.org/crs") && error.contains("--crs"),
        "{error}"
    );
}

#[test]
fn the_report_says_who_said_the_coordinate_system() {
    let used = |declared, given| {
        let table = table(declared, &[SQUARE.to_vec()]);
        let request = GridRequest {
            crs: given,
            ..GridRequest::default()
        };
        drafted(&table, &request).report.crs
    };
    assert_eq!(used(DeclaredCrs::GeoJsonDefault, None).by, CrsBy::GeoJson);
    assert_eq!(used(DeclaredCrs::Epsg(4490), None).by, CrsBy::File);
    let said = used(DeclaredCrs::Epsg(4490), Some(crs("gcj02")));
    assert_eq!(said.by, CrsBy::Person);
    assert_eq!(said.system, "gcj02");
    assert_eq!(said.file_says.as_deref(), Some("EPSG:4490"));
}

#[test]
fn a_datum_taken_as_equal_stands_in_the_report() {
    let table = table(
        DeclaredCrs::Epsg(4612),
        &[vec![(134.0, 35.3), (134.1, 35.3), (134.1, 35.4)]],
    );
    let report = drafted(&table, &GridRequest::default()).report;
    assert!(
        report
            .crs_notes
            .iter()
            .any(|note| matches!(note, wangge_crs::Note::DatumTakenAsEqual { .. }))
    );
}

#[test]
fn another_datum_is_refused() {
    let table = table(DeclaredCrs::Epsg(4610), &[SQUARE.to_vec()]);
    assert!(matches!(
        grids(&table, &GridRequest::default()),
        Err(ExchangeError::Crs {
            source: CrsError::DatumChange { .. },
            ..
        })
    ));
}

#[test]
fn degrees_declared_as_metres_are_called_implausible() {
    let table = table(DeclaredCrs::Epsg(4549), &[SQUARE.to_vec()]);
    let error = grids(&table, &GridRequest::default()).unwrap_err();
    assert!(error.to_string().contains("look like degrees"), "{error}");
    // where the numbers pass, the note is all there is to warn: latitude first, off Svalbard
    let swapped = self::table(
        DeclaredCrs::Epsg(4490),
        &[vec![(40.0, 85.0), (40.1, 85.0), (40.1, 85.1)]],
    );
    assert!(
        drafted(&swapped, &GridRequest::default())
            .report
            .plausibility
            .is_some()
    );
}

#[test]
fn a_projected_corner_lands_where_the_published_vector_says() {
    // facts of the domain: EPSG:4490 120.85 40.72 is EPSG:4549 571817.089 4509826.491 (to 1 mm)
    let (e, n) = (571_817.089, 4_509_826.491);
    let table = table(
        DeclaredCrs::Epsg(4549),
        &[vec![(e, n), (e + 100.0, n), (e + 100.0, n + 100.0)]],
    );
    let draft = drafted(&table, &GridRequest::default());
    let corner = Point::from_degrees(120.85, 40.72).unwrap();
    let points: Vec<Point> = draft.rows[0]
        .shape
        .rings()
        .flat_map(|r| r.points().to_vec())
        .collect();
    assert!(points.contains(&corner), "{points:?}");
}

#[rstest]
#[case::counted_on(&[(179.0, 50.0), (181.0, 50.0), (181.0, 51.0)])]
#[case::on_both_sides(&[(179.9, 50.0), (-179.9, 50.0), (-179.9, 51.0)])]
fn a_coverage_across_the_antimeridian_is_refused(#[case] ring: &[(f64, f64)]) {
    let table = table(DeclaredCrs::Epsg(4326), &[ring.to_vec()]);
    assert!(matches!(
        grids(&table, &GridRequest::default()),
        Err(ExchangeError::Antimeridian { .. })
    ));
}

#[test]
fn projected_areas_on_both_sides_of_the_antimeridian_are_refused() {
    // EPSG:3832, Pacific Mercator: 180 degrees of longitude lie at 3,339,584.7 m east
    let table = table(
        DeclaredCrs::Epsg(3832),
        &[vec![
            (3_330_000.0, 1_000_000.0),
            (3_350_000.0, 1_000_000.0),
            (3_350_000.0, 1_010_000.0),
        ]],
    );
    let outcome = grids(&table, &GridRequest::default());
    assert!(
        matches!(outcome, Err(ExchangeError::Antimeridian { .. })),
        "{outcome:?}"
    );
}

fn mixed_rows() -> Table {
    let mut table = table(DeclaredCrs::Epsg(4490), &vec![SQUARE.to_vec(); 8]);
    table.columns.push("households".to_owned());
    for row in &mut table.rows {
        row.values.push(Value::Integer(300));
    }
    table.rows[1].geometry = RowGeometry::Missing;
    table.rows[2].geometry = RowGeometry::Point(Coord { x: 1.0, y: 2.0 });
    table.rows[3].geometry = RowGeometry::Refused("it has curved edges".to_owned());
    table.rows[4].values[0] = Value::Text("  ".to_owned());
    table.rows[5].values[1] = Value::Text("many".to_owned());
    table.rows[6].geometry = polygon(&[
        (120.0, 40.0),
        (120.000_000_001, 40.0),
        (120.0, 40.000_000_001),
    ]);
    table.rows[7].geometry = polygon(&[(120.0, 40.0), (120.0, 95.0), (121.0, 40.0)]);
    table
}

#[test]
fn rows_that_cannot_become_grids_are_listed_and_the_file_refused() {
    let error = grids(&mixed_rows(), &GridRequest::default()).unwrap_err();
    let ExchangeError::BadRows { count, rows, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(*count, 7);
    let numbers: Vec<u64> = rows.iter().map(|skip| skip.row).collect();
    assert_eq!(numbers, [2, 3, 4, 5, 6, 7, 8]);
    let text = error.to_string();
    for why in [
        "row 2: it has no geometry",
        "row 3: it is a point, not a polygon",
        "row 4: it has curved edges",
        "row 5: it has no code",
        "row 6: its households \"many\"",
        "row 7: it is smaller than the lattice",
        "row 8:",
        "--skip-invalid",
    ] {
        assert!(text.contains(why), "{why} is not in: {text}");
    }
}

#[test]
fn rows_that_cannot_become_grids_are_skipped_and_counted_when_asked() {
    let request = GridRequest {
        skip_invalid: true,
        ..GridRequest::default()
    };
    let draft = drafted(&mixed_rows(), &request);
    assert_eq!(draft.rows.len(), 1);
    assert_eq!(draft.rows[0].households, Some(300));
    assert_eq!(draft.report.skipped.len(), 7);
    assert_eq!((draft.report.rows, draft.report.grids), (8, 1));
}

#[test]
fn a_file_of_nothing_but_bad_rows_gives_no_grids() {
    let mut table = mixed_rows();
    table.rows.remove(0);
    let request = GridRequest {
        skip_invalid: true,
        ..GridRequest::default()
    };
    assert!(matches!(
        grids(&table, &request),
        Err(ExchangeError::NoGrids { rows: 7, .. })
    ));
}

#[test]
fn rows_of_one_code_are_refused_or_become_parts() {
    let text = squares_json(&["1", "2", "1", "2", "3"]);
    let table = read_geojson(&text).unwrap();
    let error = grids(&table, &GridRequest::default()).unwrap_err();
    let ExchangeError::RepeatedCodes { repeats, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(repeats.len(), 2);
    assert_eq!(
        (repeats[0].code.as_str(), repeats[0].rows.as_slice()),
        ("1", [1, 3].as_slice())
    );
    assert!(error.to_string().contains("--merge-parts"));
    let request = GridRequest {
        merge_parts: true,
        ..GridRequest::default()
    };
    let draft = drafted(&table, &request);
    let codes: Vec<&str> = draft.rows.iter().map(|row| row.code.as_str()).collect();
    assert_eq!(codes, ["1", "2", "3"]);
    assert_eq!(draft.rows[0].shape.parts().len(), 2);
    assert_eq!(draft.rows[0].source_rows, [1, 3]);
    assert_eq!(draft.report.merged.len(), 2);
}

#[test]
fn parts_with_two_parents_are_a_contradiction() {
    let text =
        squares_json(&["1", "1"]).replacen("\"code\":\"1\"", "\"code\":\"1\",\"parent\":\"A\"", 1);
    let table = read_geojson(&text).unwrap();
    let request = GridRequest {
        merge_parts: true,
        ..GridRequest::default()
    };
    assert!(matches!(
        grids(&table, &request),
        Err(ExchangeError::Contradiction {
            field: "parent",
            ..
        })
    ));
}

#[test]
fn columns_are_chosen_by_the_mapping_and_known_by_the_standards_names() {
    let text = squares_json(&["1"])
        .replace("\"code\"", "\"WARD_ID\"")
        .replace("\"name\"", "\"ObjName\"");
    let table = read_geojson(&text).unwrap();
    assert!(matches!(
        grids(&table, &GridRequest::default()),
        Err(ExchangeError::NoCodeColumn { columns, .. }) if columns == ["WARD_ID", "ObjName"]
    ));
    let request = GridRequest {
        mapping: Mapping::default().with(Field::Code, "ward_id"),
        ..GridRequest::default()
    };
    let draft = drafted(&table, &request);
    assert_eq!(draft.rows[0].name.as_deref(), Some("格1"));
    assert_eq!(
        draft.column_text(&draft.rows[0], "WARD_ID").as_deref(),
        Some("1")
    );
    let request = GridRequest {
        mapping: Mapping::default().with(Field::Code, "WARD"),
        ..GridRequest::default()
    };
    assert!(matches!(
        grids(&table, &request),
        Err(ExchangeError::NoColumn { .. })
    ));
}

#[test]
fn a_column_that_is_there_twice_cannot_be_chosen() {
    let files = Files::new();
    let path = files.write(
        "a.csv",
        "code,code,WKT\n1,2,\"POLYGON ((0 0, 1 0, 1 1, 0 0))\"\n",
    );
    let table = read(&path).unwrap();
    let request = GridRequest {
        mapping: Mapping::default().with(Field::Code, "code"),
        crs: Some(crs("wgs84")),
        ..GridRequest::default()
    };
    assert!(matches!(
        grids(&table, &request),
        Err(ExchangeError::NoColumn { .. })
    ));
}

#[test]
fn an_outline_is_all_polygons_of_a_file_on_the_same_lattice_as_its_grids() {
    let mut table = table(
        DeclaredCrs::Epsg(4549),
        &[
            vec![
                (500_000.0, 4_500_000.0),
                (590_000.0, 4_501_000.0),
                (520_000.0, 4_580_000.0),
            ],
            vec![
                (510_000.0, 4_400_000.0),
                (520_000.0, 4_400_000.0),
                (520_000.0, 4_410_000.0),
            ],
        ],
    );
    let drawn = outline(&table, &GridRequest::default()).unwrap().unwrap();
    let grids = drafted(&table, &GridRequest::default());
    assert_eq!(drawn.parts().len(), 2);
    assert_eq!(drawn.parts()[0], grids.rows[0].shape.parts()[0]);
    table.rows.truncate(1);
    table.rows[0].geometry = RowGeometry::Point(Coord { x: 5e5, y: 4.5e6 });
    assert_eq!(outline(&table, &GridRequest::default()).unwrap(), None);
}

// Densification. Distances are worked out here by the textbook radii of the ellipsoid (Snyder,
// equations 4-18 and 4-20), not by the code under test.

fn metres(lat: f64) -> (f64, f64) {
    let (a, f) = (6_378_137.0_f64, 1.0 / 298.257_222_101);
    let e2 = f * (2.0 - f);
    let s2 = lat.to_radians().sin().powi(2);
    let meridian = a * (1.0 - e2) / (1.0 - e2 * s2).powf(1.5);
    let vertical = a / (1.0 - e2 * s2).sqrt();
    let degree = 1_f64.to_radians();
    (
        vertical * lat.to_radians().cos() * degree,
        meridian * degree,
    )
}

fn distance_to_ring(lon: f64, lat: f64, ring: &[Point]) -> f64 {
    let (east, north) = metres(lat);
    let at = |p: Point| ((p.lon() - lon) * east, (p.lat() - lat) * north);
    (0..ring.len())
        .map(|i| {
            let (a, b) = (at(ring[i]), at(ring[(i + 1) % ring.len()]));
            let (dx, dy) = (b.0 - a.0, b.1 - a.1);
            let square = dx * dx + dy * dy;
            let t = if square > 0.0 {
                (-(a.0 * dx + a.1 * dy) / square).clamp(0.0, 1.0)
            } else {
                0.0
            };
            (a.0 + t * dx).hypot(a.1 + t * dy)
        })
        .fold(f64::INFINITY, f64::min)
}

/// How far the drawn ring lies at most from where the file's edges were straight, looked at in
/// 257 places of each edge.
fn worst_sag(system: &Crs, ring: &[(f64, f64)], drawn: &[Point]) -> f64 {
    let transform = Transform::new(system, &Crs::Lattice, &Policy::default()).unwrap();
    let mut worst = 0.0_f64;
    for (i, a) in ring.iter().enumerate() {
        let b = ring[(i + 1) % ring.len()];
        for step in 0..=256 {
            let t = f64::from(step) / 256.0;
            let (lon, lat) = transform
                .convert(a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1))
                .unwrap();
            worst = worst.max(distance_to_ring(lon, lat, drawn));
        }
    }
    worst
}

fn ring_of(draft: &GridDraft, row: usize) -> Vec<Point> {
    draft.rows[row]
        .shape
        .rings()
        .next()
        .unwrap()
        .points()
        .to_vec()
}

#[rstest]
#[case::gauss_kruger("EPSG:4549", &[(500_000.0, 4_500_000.0), (590_000.0, 4_501_000.0), (520_000.0, 4_580_000.0)])]
#[case::web_mercator("EPSG:3857", &[(13_450_000.0, 4_970_000.0), (13_500_000.0, 4_975_000.0), (13_455_000.0, 5_030_000.0)])]
#[case::gcj02("gcj02", &[(120.2, 40.2), (121.1, 40.3), (120.4, 41.0)])]
fn edges_stay_within_a_centimetre_of_where_they_were_straight(
    #[case] system: &str,
    #[case] ring: &[(f64, f64)],
) {
    let system: Crs = system.parse().unwrap();
    let table = table(DeclaredCrs::None, &[ring.to_vec()]);
    let request = GridRequest {
        crs: Some(system.clone()),
        ..GridRequest::default()
    };
    let draft = drafted(&table, &request);
    let drawn = ring_of(&draft, 0);
    assert!(draft.report.densified_vertices > 10);
    assert_eq!(drawn.len(), 3 + draft.report.densified_vertices);
    let worst = worst_sag(&system, ring, &drawn);
    assert!(worst <= 0.01, "{worst} m");
    // and without the added vertices it would be far more
    let corners: Vec<Point> = {
        let transform = Transform::new(&system, &Crs::Lattice, &Policy::default()).unwrap();
        ring.iter()
            .map(|&(x, y)| {
                let (lon, lat) = transform.convert(x, y).unwrap();
                Point::from_degrees(lon, lat).unwrap()
            })
            .collect()
    };
    assert!(worst_sag(&system, ring, &corners) > 1.0);
}

#[test]
fn degrees_of_the_lattice_get_no_vertices() {
    let table = table(
        DeclaredCrs::Epsg(4326),
        &[vec![(100.0, 20.0), (130.0, 21.0), (101.0, 50.0)]],
    );
    assert_eq!(
        drafted(&table, &GridRequest::default())
            .report
            .densified_vertices,
        0
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_shared_edge_gets_the_same_vertices_from_both_sides(
        ax in 450_000.0..550_000.0_f64, ay in 3_000_000.0..5_000_000.0_f64,
        dx in -40_000.0..40_000.0_f64, dy in -40_000.0..40_000.0_f64,
    ) {
        prop_assume!(dx.hypot(dy) > 1.0);
        let (bx, by) = (ax + dx, ay + dy);
        // to the left and to the right of a-b, which the two run along in opposite directions
        let left = vec![(ax, ay), (bx, by), (ax - dy / 2.0, ay + dx / 2.0)];
        let right = vec![(bx, by), (ax, ay), (ax + dy / 2.0, ay - dx / 2.0)];
        let table = table(DeclaredCrs::Epsg(4549), &[left.clone(), right]);
        let draft = drafted(&table, &GridRequest::default());
        let chains: Vec<_> = (0..2)
            .map(|row| draft.rows[row].shape.segments().map(|s| (s.start(), s.end())).collect::<Vec<_>>())
            .collect();
        let shared = chains[0].iter().filter(|&&(a, b)| chains[1].contains(&(b, a))).count();
        let system: Crs = "EPSG:4549".parse().unwrap();
        let transform = Transform::new(&system, &Crs::Lattice, &Policy::default()).unwrap();
        let land = |(x, y)| {
            let (lon, lat) = transform.convert(x, y).unwrap();
            Point::from_degrees(lon, lat).unwrap()
        };
        // walk from a to b along the left one: every step must be shared
        let (mut at, end) = (land((ax, ay)), land((bx, by)));
        let mut steps = 0;
        while at != end {
            let next = chains[0].iter().find(|&&(a, _)| a == at).map(|&(_, b)| b);
            prop_assert!(next.is_some_and(|next| chains[1].contains(&(next, at))));
            at = next.unwrap();
            steps += 1;
        }
        prop_assert_eq!(steps, shared);
        let worst = worst_sag(&system, &left, &ring_of(&draft, 0));
        prop_assert!(worst <= 0.01, "{} m", worst);
    }
}

// Real files

fn real_data() -> Option<PathBuf> {
    let folder = std::env::var_os("WANGGE_REAL_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no real data");
    None
}

#[test]
fn the_14_repeated_codes_of_tottori_are_refused_or_merged() {
    let Some(data) = real_data() else { return };
    let table = read(&data.join("tottori-chome/31-tottori-all.shp")).unwrap();
    let mut request = GridRequest {
        mapping: "code=KEY_CODE,name=MOJI".parse().unwrap(),
        ..GridRequest::default()
    };
    match grids(&table, &request) {
        Err(ExchangeError::RepeatedCodes { repeats, .. }) => assert_eq!(repeats.len(), 14),
        other => panic!("{other:?}"),
    }
    request.merge_parts = true;
    let draft = drafted(&table, &request);
    assert_eq!(draft.report.merged.len(), 14);
    let merged: usize = draft.report.merged.iter().map(|m| m.rows.len()).sum();
    assert_eq!(draft.rows.len(), 2504 - merged + 14);
}

#[test]
fn the_counties_of_huludao_move_by_the_published_shift() {
    let Some(data) = real_data() else { return };
    let table = read(&data.join("cn-counties/211400_counties.geojson")).unwrap();
    assert_eq!(table.format, Format::GeoJson);
    let code = ["adcode", "code", "id"]
        .into_iter()
        .find(|name| table.column(name).is_some())
        .unwrap();
    let with = |system: &str| {
        let request = GridRequest {
            mapping: Mapping::default().with(Field::Code, code),
            crs: Some(crs(system)),
            ..GridRequest::default()
        };
        drafted(&table, &request)
    };
    let (shifted, as_it_is) = (with("gcj02"), with("wgs84"));
    assert_eq!(shifted.rows.len(), 6);
    let corner = |draft: &GridDraft| draft.rows[0].shape.extent().min();
    let moved = wangge_plane::ellipsoid::distance_m(corner(&shifted), corner(&as_it_is));
    // 463 m in 龙港区 by the facts of the domain, 300 to 700 m around it
    assert!((300.0..700.0).contains(&moved), "{moved} m");
}

#[test]
fn the_villages_of_taiwan_without_geometry_are_counted_skips() {
    let Some(data) = real_data() else { return };
    let table = read(&data.join("tw-villages/twVillage1982.topo.json")).unwrap();
    let request = GridRequest {
        mapping: Mapping::default().with(Field::Code, "VILLAGESN"),
        skip_invalid: true,
        merge_parts: true,
        ..GridRequest::default()
    };
    let draft = drafted(&table, &request);
    let missing = draft
        .report
        .skipped
        .iter()
        .filter(|skip| skip.why == "it has no geometry")
        .count();
    assert_eq!(missing, 468);
}
