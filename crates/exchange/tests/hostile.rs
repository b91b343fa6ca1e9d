//! Files made to do harm, through the reading process as the product runs it: one clear error, or
//! the sound rows and nothing else.
#![expect(
    clippy::unwrap_used,
    reason = "clippy's leave for tests does not reach the helpers of a test file"
)]

mod support;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use geo_types::{MultiPolygon, polygon};
use rstest::rstest;
use rusqlite::Connection;
use support::{Files, read, reader_within, refusal, squares_json};
use wangge_crs::Crs;
use wangge_exchange::{
    ExchangeError, Format, Limits, OutputLayer, OutputRow, Quantity, ReadRequest, Refusal,
    RowGeometry, Table, Value, write,
};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

fn layer(rows: u32) -> OutputLayer {
    OutputLayer {
        name: "grids".to_owned(),
        crs: Crs::Lattice,
        columns: vec!["code".to_owned()],
        rows: (0..rows)
            .map(|row| {
                let west = 110.0 + f64::from(row) / 100.0;
                OutputRow {
                    geometry: RowGeometry::Polygons(MultiPolygon(vec![polygon![
                        (x: west, y: 30.0), (x: west + 0.01, y: 30.0), (x: west, y: 30.01)
                    ]])),
                    values: vec![Value::Text(row.to_string())],
                }
            })
            .collect(),
    }
}

fn written(files: &Files, format: Format) -> PathBuf {
    let path = files.path(&format!("a.{}", format.extension()));
    write(&path, format, &layer(20)).unwrap();
    path
}

fn within(limits: Limits, path: &Path) -> Result<Table, ExchangeError> {
    reader_within(limits).read(&ReadRequest::of(path))
}

// GeoPackage

fn with_sql(files: &Files, sql: &str) -> PathBuf {
    let path = written(files, Format::GeoPackage);
    let file = Connection::open(&path).unwrap();
    file.execute_batch(sql).unwrap();
    path
}

#[rstest]
#[case::virtual_text(
    "ALTER TABLE grids RENAME TO old; PRAGMA writable_schema = ON;
     INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES ('table', 'grids', 'grids', 0,
     'CREATE VIRTUAL TABLE grids USING VirtualText(''/etc/passwd'', ''UTF-8'', 0, POINT, NONE, '':'')');"
)]
#[case::virtual_text_behind_a_comment(
    "ALTER TABLE grids RENAME TO old; PRAGMA writable_schema = ON;
     INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES ('table', 'grids', 'grids', 0,
     'CREATE/**/VIRTUAL TABLE grids USING VirtualText(''/etc/passwd'', ''UTF-8'', 0, POINT, NONE, '':'')');"
)]
#[case::endless_view(
    "ALTER TABLE grids RENAME TO old; CREATE VIEW grids AS
     WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS fid, NULL AS geom, x AS code FROM n;"
)]
#[case::view_in_place_of_the_contents(
    "ALTER TABLE gpkg_contents RENAME TO c; CREATE VIEW gpkg_contents AS
     WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT 'grids' AS table_name, 'features' AS data_type FROM n;"
)]
#[case::series("DELETE FROM gpkg_contents; INSERT INTO gpkg_contents (table_name, data_type) VALUES ('sqlite_master', 'features');
    UPDATE gpkg_geometry_columns SET table_name = 'sqlite_master';")]
fn a_geopackage_that_is_more_than_tables_is_refused(#[case] sql: &str) {
    let files = Files::new();
    // SQLite checks foreign keys and references of views while it renames
    let path = with_sql(
        &files,
        &format!("PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON; {sql}"),
    );
    let refusal = refusal(read(&path));
    assert!(
        matches!(
            refusal,
            Refusal::Forbidden { .. } | Refusal::Malformed { .. }
        ),
        "{refusal}"
    );
}

#[test]
fn an_index_that_lies_changes_nothing() {
    let files = Files::new();
    // an R-tree that lists none of the rows, and an index whose content was never filled
    let path = with_sql(
        &files,
        "CREATE VIRTUAL TABLE rtree_grids_geom USING rtree(id, minx, maxx, miny, maxy);
         INSERT INTO rtree_grids_geom VALUES (999, 0, 1, 0, 1);
         CREATE INDEX lying ON grids (code, geom);
         PRAGMA writable_schema = ON;
         UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'gpkg_contents') WHERE name = 'lying';",
    );
    assert_eq!(read(&path).unwrap().rows.len(), 20);
}

#[test]
fn a_generated_column_that_never_ends_is_not_computed() {
    let files = Files::new();
    let path = with_sql(
        &files,
        "ALTER TABLE grids ADD COLUMN bomb AS (zeroblob(900000000));",
    );
    let table = read(&path).unwrap();
    assert_eq!(table.rows.len(), 20);
    assert_eq!(table.column("bomb"), None);
}

#[test]
fn geometries_that_are_none_are_refused_row_by_row() {
    let files = Files::new();
    let path = with_sql(
        &files,
        "UPDATE grids SET geom = x'4750' WHERE fid = 1; UPDATE grids SET geom = x'4750000F00000000' WHERE fid = 2;
         UPDATE grids SET geom = 'text' WHERE fid = 3; UPDATE grids SET geom = zeroblob(100) WHERE fid = 4;
         UPDATE grids SET geom = x'4750002100000000' WHERE fid = 5; UPDATE grids SET geom = NULL WHERE fid = 6;",
    );
    let table = read(&path).unwrap();
    for row in &table.rows[..5] {
        assert!(
            matches!(row.geometry, RowGeometry::Refused(_)),
            "{:?}",
            row.geometry
        );
    }
    assert_eq!(table.rows[5].geometry, RowGeometry::Missing);
    assert!(matches!(table.rows[6].geometry, RowGeometry::Polygons(_)));
}

// Archives

fn archive(files: &Files, name: &str, entries: &[(&str, &[u8])]) -> PathBuf {
    let path = files.path(name);
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (entry, content) in entries {
        zip.start_file(*entry, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap();
    path
}

#[rstest]
#[case("../../outside.geojson")]
#[case("/etc/cron.d/outside.geojson")]
#[case("a/../../outside.geojson")]
#[case("C:\\outside.geojson")]
#[case("..\\outside.geojson")]
fn an_archive_that_leads_out_of_its_folder_is_refused(#[case] name: &str) {
    let files = Files::new();
    let content = squares_json(&["1"]);
    let path = archive(
        &files,
        "a.zip",
        &[
            ("good.geojson", content.as_bytes()),
            (name, content.as_bytes()),
        ],
    );
    assert!(matches!(refusal(read(&path)), Refusal::Forbidden { .. }));
}

#[test]
fn an_archive_with_a_link_is_refused() {
    let files = Files::new();
    let path = files.path("a.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    zip.add_symlink("a.geojson", "/etc/passwd", SimpleFileOptions::default())
        .unwrap();
    zip.finish().unwrap();
    assert!(matches!(refusal(read(&path)), Refusal::Forbidden { .. }));
}

#[test]
fn an_archive_of_65000_entries_is_refused_before_they_are_looked_at() {
    let files = Files::new();
    let path = files.path("a.zip");
    let file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    let mut zip = zip::ZipWriter::new(file);
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for entry in 0..65_000 {
        zip.start_file(format!("{entry}"), options).unwrap();
    }
    zip.finish().unwrap();
    assert_eq!(
        refusal(read(&path)),
        Refusal::Limit {
            what: Quantity::ArchiveEntries,
            found: 65_000,
            limit: 10_000
        }
    );
}

#[test]
fn an_archive_that_swells_is_stopped_by_its_ratio() {
    let files = Files::new();
    let zeros = vec![b' '; 30 << 20];
    let path = archive(&files, "a.zip", &[("a.geojson", &zeros)]);
    assert!(matches!(
        refusal(read(&path)),
        Refusal::Limit {
            what: Quantity::UnpackedRatio,
            ..
        }
    ));
}

#[test]
fn an_archive_that_unpacks_to_too_much_is_stopped() {
    let files = Files::new();
    let text = squares_json(&["1", "2", "3"]);
    let path = archive(&files, "a.zip", &[("a.geojson", text.as_bytes())]);
    let limits = Limits {
        unpacked_bytes: 100,
        ..Limits::default()
    };
    assert!(matches!(
        refusal(within(limits, &path)),
        Refusal::Limit {
            what: Quantity::UnpackedBytes,
            ..
        }
    ));
}

#[test]
fn archives_in_archives_are_not_opened() {
    let files = Files::new();
    let mut inner = std::fs::read(archive(&files, "0.zip", &[("a", b"x")])).unwrap();
    for depth in 1..5 {
        let entries: Vec<(String, Vec<u8>)> = (0..10)
            .map(|entry| (format!("{entry}.zip"), inner.clone()))
            .collect();
        let borrowed: Vec<(&str, &[u8])> = entries
            .iter()
            .map(|(name, content)| (name.as_str(), content.as_slice()))
            .collect();
        inner = std::fs::read(archive(&files, &format!("{depth}.zip"), &borrowed)).unwrap();
    }
    let path = files.write("42.zip", inner);
    assert!(matches!(refusal(read(&path)), Refusal::Empty { .. }));
}

#[test]
fn a_workbook_that_swells_is_stopped_by_its_ratio_and_by_its_entries() {
    let files = Files::new();
    let zeros = vec![b' '; 30 << 20];
    let path = archive(&files, "a.xlsx", &[("xl/worksheets/sheet1.xml", &zeros)]);
    assert!(matches!(
        refusal(read(&path)),
        Refusal::Limit {
            what: Quantity::UnpackedRatio,
            ..
        }
    ));
    let limits = Limits {
        archive_entries: 1,
        ..Limits::default()
    };
    let path = archive(&files, "b.xlsx", &[("a", b"x"), ("b", b"x")]);
    assert!(matches!(
        refusal(within(limits, &path)),
        Refusal::Limit {
            what: Quantity::ArchiveEntries,
            found: 2,
            limit: 1
        }
    ));
    let path = files.write("c.xlsx", "code,name");
    assert!(matches!(
        refusal(read(&path)),
        Refusal::Malformed { format, .. } if format == "XLSX"
    ));
}

// XML

#[rstest]
#[case("a.kml", r#"<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>&e9;</name><Point><coordinates>1,2</coordinates></Point></Placemark></Document></kml>"#)]
#[case("a.gpx", r#"<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="1" lon="2"><name>&e9;</name></wpt></gpx>"#)]
fn entities_that_multiply_end_in_an_error(#[case] name: &str, #[case] body: &str) {
    let mut entities = String::from(r#"<!ENTITY e0 "ha">"#);
    for level in 1..10 {
        let inner = format!("&e{};", level - 1).repeat(10);
        entities = format!(r#"{entities}<!ENTITY e{level} "{inner}">"#);
    }
    let files = Files::new();
    let path = files.write(
        name,
        format!(r#"<?xml version="1.0"?><!DOCTYPE x [{entities}]>{body}"#),
    );
    let limits = Limits {
        cpu_s: 10,
        wall_s: 20,
        memory_bytes: 1 << 30,
        ..Limits::default()
    };
    match within(limits, &path) {
        Err(ExchangeError::Refused { .. } | ExchangeError::Ended { .. }) => {}
        Err(other) => panic!("{other}"),
        Ok(table) => {
            let longest = format!("{table:?}").len();
            assert!(longest < 10_000, "the entities were expanded");
        }
    }
}

#[rstest]
#[case("a.kml", r#"<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>&s;</name><Point><coordinates>1,2</coordinates></Point></Placemark></Document></kml>"#)]
#[case("a.gpx", r#"<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="1" lon="2"><name>&s;</name></wpt></gpx>"#)]
fn an_external_entity_gives_nothing_away(#[case] name: &str, #[case] body: &str) {
    let files = Files::new();
    let secret = files.write("secret.txt", "the-secret");
    let path = files.write(
        name,
        format!(
            r#"<?xml version="1.0"?><!DOCTYPE x [<!ENTITY s SYSTEM "file://{}">]>{body}"#,
            secret.display()
        ),
    );
    if let Ok(table) = read(&path) {
        assert!(!format!("{table:?}").contains("the-secret"));
    }
}

// GeoJSON

#[test]
fn geojson_nested_a_million_deep_is_refused() {
    let deep = "[".repeat(1_000_000) + &"]".repeat(1_000_000);
    let as_geometry = format!(
        r#"{{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":{deep}}}}}"#
    );
    let table = support::read_geojson(&as_geometry).unwrap();
    assert!(matches!(
        &table.rows[0].geometry,
        RowGeometry::Refused(why) if why.contains("recursion")
    ));
    let as_property =
        format!(r#"{{"type":"Feature","geometry":null,"properties":{{"a":{deep}}}}}"#);
    assert!(matches!(
        refusal(support::read_geojson(&as_property)),
        Refusal::Malformed { .. }
    ));
    let as_document = "{\"a\":".repeat(1_000_000);
    assert!(matches!(
        refusal(support::read_geojson(&as_document)),
        Refusal::Malformed { .. }
    ));
}

#[rstest]
#[case::beyond_f64("[[[0,0],[1e400,0],[1,1],[0,0]]]", "number out of range")]
#[case::nan("[[[0,0],[NaN,0],[1,1],[0,0]]]", "expected value")]
fn numbers_that_are_none_stop_the_file(#[case] coordinates: &str, #[case] why: &str) {
    let text = format!(
        r#"{{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":{coordinates}}}}}"#
    );
    let told = match support::read_geojson(&text) {
        Err(error) => error.to_string(),
        Ok(table) => format!("{:?}", table.rows[0].geometry),
    };
    assert!(told.contains(why), "{told}");
}

#[rstest]
#[case::one_repeated_point("[[[1,1],[1,1],[1,1],[1,1]]]", "1 different vertices")]
#[case::open_ring("[[[0,0],[1,0],[1,1]]]", "is not closed")]
#[case::one_number("[[[0],[1,0],[1,1],[0]]]", "a position of 1 numbers")]
#[case::text("[[[\"0\",0],[1,0],[1,1],[0,0]]]", "unsound")]
#[case::no_ring("[]", "Missing")]
#[case::empty_ring("[[]]", "is empty")]
fn a_polygon_that_is_none_is_refused_with_its_reason(#[case] coordinates: &str, #[case] why: &str) {
    let text = format!(
        r#"{{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":{coordinates}}}}}"#
    );
    let table = support::read_geojson(&text).unwrap();
    let told = format!("{:?}", table.rows[0].geometry);
    assert!(told.contains(why), "{told}");
}

#[test]
fn ten_million_vertices_are_refused_before_they_are_built() {
    let files = Files::new();
    let mut text = String::from(
        r#"{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[["#,
    );
    text.push_str(&"[1,2],".repeat(10_000_000));
    text.push_str("[1,2]]]}}");
    let path = files.write("a.geojson", text);
    let limits = Limits {
        vertices: 1_000_000,
        memory_bytes: 600 << 20,
        ..Limits::default()
    };
    assert!(matches!(
        refusal(within(limits, &path)),
        Refusal::Limit {
            what: Quantity::Vertices,
            limit: 1_000_000,
            ..
        }
    ));
}

#[test]
fn each_limit_is_named_with_what_was_found() {
    let text = squares_json(&["1", "2", "3"]);
    let files = Files::new();
    let path = files.write("a.geojson", &text);
    let limit = |limits: Limits| match within(limits, &path) {
        Err(
            ExchangeError::Refused {
                refusal: Refusal::Limit { what, limit, .. },
                ..
            }
            | ExchangeError::TooLarge { what, limit, .. },
        ) => (what, limit),
        other => panic!("{other:?}"),
    };
    let default = Limits::default;
    assert_eq!(
        limit(Limits {
            rows: 2,
            ..default()
        }),
        (Quantity::Rows, 2)
    );
    assert_eq!(
        limit(Limits {
            vertices: 7,
            ..default()
        }),
        (Quantity::Vertices, 7)
    );
    assert_eq!(
        limit(Limits {
            columns: 1,
            ..default()
        }),
        (Quantity::Columns, 1)
    );
    assert_eq!(
        limit(Limits {
            text_bytes: 3,
            ..default()
        }),
        (Quantity::TextBytes, 3)
    );
    assert_eq!(
        limit(Limits {
            input_bytes: 99,
            ..default()
        }),
        (Quantity::InputBytes, 99)
    );
}

#[test]
fn a_member_that_stands_twice_is_refused() {
    let text = squares_json(&["1"]).replace("\"name\"", "\"code\"");
    let told = refusal(support::read_geojson(&text)).to_string();
    assert!(told.contains("\"code\" twice"), "{told}");
}

// Shapefile

fn patched(path: &Path, extension: &str, at: usize, bytes: &[u8]) {
    let path = path.with_extension(extension);
    let mut content = std::fs::read(&path).unwrap();
    content[at..at + bytes.len()].copy_from_slice(bytes);
    std::fs::write(path, content).unwrap();
}

#[rstest]
#[case::more_records_than_bytes("dbf", 4, 2_000_000_000_u32.to_le_bytes())]
#[case::fewer_records_than_shapes("dbf", 4, 3_u32.to_le_bytes())]
#[case::a_longer_index("shx", 24, 1_000_000_u32.to_be_bytes())]
#[case::a_longer_file("shp", 24, 0x7FFF_FFFF_u32.to_be_bytes())]
#[case::another_code("shp", 0, [0; 4])]
fn a_shapefile_that_lies_about_its_size_is_refused(
    #[case] extension: &str,
    #[case] at: usize,
    #[case] bytes: [u8; 4],
) {
    let files = Files::new();
    let path = written(&files, Format::Shapefile);
    patched(&path, extension, at, &bytes);
    let refusal = refusal(read(&path));
    assert!(
        matches!(
            refusal,
            Refusal::Truncated { .. } | Refusal::Malformed { .. }
        ),
        "{refusal}"
    );
}

#[test]
fn a_shapefile_whose_index_points_nowhere_gives_an_error() {
    let files = Files::new();
    let path = written(&files, Format::Shapefile);
    // the offset of the first shape, in 16-bit words
    patched(&path, "shx", 100, &0x3FFF_FFFF_u32.to_be_bytes());
    match read(&path) {
        Err(_) => {}
        Ok(table) => assert!(
            !matches!(table.rows[0].geometry, RowGeometry::Polygons(_)),
            "a shape from nowhere"
        ),
    }
}

#[test]
fn a_shape_with_more_points_than_bytes_gives_an_error() {
    let files = Files::new();
    let path = written(&files, Format::Shapefile);
    // header 100, record header 8, type 4, box 32, parts 4: the number of points
    patched(&path, "shp", 148, &0x7FFF_FFFF_u32.to_le_bytes());
    match read(&path) {
        Err(_) => {}
        Ok(table) => assert!(
            !matches!(table.rows[0].geometry, RowGeometry::Polygons(_)),
            "points from nowhere"
        ),
    }
}

#[test]
fn a_shapefile_without_its_index_says_so() {
    let files = Files::new();
    let path = written(&files, Format::Shapefile);
    std::fs::remove_file(path.with_extension("shx")).unwrap();
    assert!(matches!(
        read(&path),
        Err(ExchangeError::MissingCompanion { missing, .. }) if missing == "a.shx"
    ));
}

// FlatGeobuf

#[test]
fn a_flatgeobuf_with_offsets_that_lead_anywhere_ends_in_an_error_or_its_rows() {
    let files = Files::new();
    let path = written(&files, Format::FlatGeobuf);
    let sound = std::fs::read(&path).unwrap();
    let limits = Limits {
        cpu_s: 5,
        wall_s: 10,
        memory_bytes: 1 << 30,
        ..Limits::default()
    };
    // four bytes at a time through header, index and features: backwards, self and far away
    for at in (8..sound.len() - 4).step_by(sound.len() / 9) {
        for value in [4_u32, 0xFFFF_FFFC, 0x7FFF_FFFF] {
            let mut bytes = sound.clone();
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
            let path = files.write("b.fgb", bytes);
            match within(limits.clone(), &path) {
                Ok(table) => assert!(table.rows.len() <= 20),
                Err(ExchangeError::Refused { .. } | ExchangeError::Ended { .. }) => {}
                Err(other) => panic!("byte {at}, {value:#x}: {other}"),
            }
        }
    }
}

// Truncation

#[rstest]
#[case(Format::GeoJson, "geojson")]
#[case(Format::GeoJsonSeq, "geojsonl")]
#[case(Format::GeoPackage, "gpkg")]
#[case(Format::Shapefile, "shp")]
#[case(Format::Shapefile, "shx")]
#[case(Format::Shapefile, "dbf")]
#[case(Format::FlatGeobuf, "fgb")]
#[case(Format::Csv, "csv")]
fn no_truncated_file_passes_for_a_whole_one(#[case] format: Format, #[case] extension: &str) {
    let files = Files::new();
    let path = written(&files, format);
    let victim = path.with_extension(extension);
    let whole = std::fs::read(&victim).unwrap();
    for share in [0.0, 0.02, 0.5, 0.995] {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a share of a small file"
        )]
        let length = (whole.len() as f64 * share) as usize;
        std::fs::write(&victim, &whole[..length]).unwrap();
        match read(&path) {
            Err(
                ExchangeError::Refused { .. }
                | ExchangeError::Ended { .. }
                | ExchangeError::MissingCompanion { .. },
            ) => {}
            Err(other) => panic!("{share}: {other}"),
            // rows of text cut between two of them cannot be told from a shorter file
            Ok(table) if format == Format::Csv => assert!(table.rows.len() < 20),
            // the mark after the last record of a .dbf belongs to none
            Ok(_) if extension == "dbf" && length + 1 == whole.len() => {}
            Ok(table) => panic!("{share} of it gave {} rows", table.rows.len()),
        }
    }
}

#[rstest]
#[case("a.geojson", r#"{"type":"FeatureCollection","features":[]}"#)]
#[case("a.geojsonl", "")]
#[case("a.csv", "code,WKT\n")]
#[case("a.topojson", r#"{"type":"Topology","arcs":[],"objects":{}}"#)]
fn a_file_without_rows_says_so(#[case] name: &str, #[case] content: &str) {
    let files = Files::new();
    let path = files.write(name, content);
    assert!(matches!(refusal(read(&path)), Refusal::Empty { .. }));
}

#[test]
fn topojson_that_uses_one_arc_too_often_is_refused() {
    let files = Files::new();
    let arc: Vec<String> = (0..1000).map(|n| format!("[{n},{}]", n % 7)).collect();
    let text = format!(
        r#"{{"type":"Topology","arcs":[[{}]],"objects":{{"a":{{"type":"Polygon","arcs":[[{}0]]}}}}}}"#,
        arc.join(","),
        "0,".repeat(100_000)
    );
    let path = files.write("a.topojson", text);
    let limits = Limits {
        vertices: 1_000_000,
        ..Limits::default()
    };
    let table = within(limits, &path).unwrap();
    assert!(matches!(
        &table.rows[0].geometry,
        RowGeometry::Refused(why) if why.contains("1000000 vertices")
    ));
}
