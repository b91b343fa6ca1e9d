//! Every format: written here, read back by the locked process.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy's leave for tests does not reach the helpers of a test file"
)]

mod support;

use std::io::Write as _;
use std::path::PathBuf;

use encoding_rs::GBK;
use gdal::vector::LayerAccess;
use geo_types::{Coord, MultiPolygon, polygon};
use rstest::rstest;
use support::made::{by_gdal, by_gdal_named, silent_shapefile};
use support::{Files, read, reader, refusal};
use wangge_crs::Crs;
use wangge_exchange::{
    DeclaredCrs, ExchangeError, Format, Note, OutputLayer, OutputRow, Progress, ReadRequest,
    Refusal, RowGeometry, Value, write,
};
use zip::write::SimpleFileOptions;

/// Two parts, one with a hole, at numbers that need all digits of an f64.
fn ground() -> RowGeometry {
    RowGeometry::Polygons(MultiPolygon(vec![
        polygon![
            exterior: [(x: 110.1, y: 30.000_000_1), (x: 110.3, y: 30.0), (x: 110.3, y: 30.3), (x: 110.1, y: 30.3)],
            interiors: [[(x: 110.15, y: 30.1), (x: 110.15, y: 30.2), (x: 110.2, y: 30.2)]],
        ],
        polygon![(x: 111.0, y: 30.0), (x: 111.0 + 1.0 / 3.0, y: 30.0), (x: 111.2, y: 30.7)],
    ]))
}

fn layer(crs: Crs) -> OutputLayer {
    OutputLayer {
        name: "grids".to_owned(),
        crs,
        columns: ["code", "name", "households", "share", "note"]
            .map(str::to_owned)
            .to_vec(),
        rows: vec![
            OutputRow {
                geometry: ground(),
                values: vec![
                    Value::Text("001".into()),
                    Value::Text("龙港区一格".into()),
                    Value::Integer(312),
                    Value::Real(0.25),
                    Value::Null,
                ],
            },
            OutputRow {
                geometry: RowGeometry::Polygons(MultiPolygon(vec![polygon![
                    (x: 112.0, y: 30.0), (x: 112.1, y: 30.0), (x: 112.1, y: 30.1)
                ]])),
                values: vec![
                    Value::Text("002".into()),
                    Value::Text("二 \"格\", 三".into()),
                    Value::Null,
                    Value::Real(-1.5),
                    Value::Text("x".into()),
                ],
            },
        ],
    }
}

/// Rings as sets of edges: formats turn rings and begin them elsewhere.
fn edges(geometry: &RowGeometry) -> Vec<[u64; 4]> {
    let RowGeometry::Polygons(polygons) = geometry else {
        panic!("no polygons: {geometry:?}");
    };
    let mut edges: Vec<[u64; 4]> = polygons
        .iter()
        .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
        .flat_map(|ring| ring.0.windows(2))
        .map(|pair| {
            let mut ends = [pair[0], pair[1]].map(|c| [c.x.to_bits(), c.y.to_bits()]);
            ends.sort_unstable();
            [ends[0][0], ends[0][1], ends[1][0], ends[1][1]]
        })
        .collect();
    edges.sort_unstable();
    edges
}

#[rstest]
#[case(Format::GeoJson, DeclaredCrs::GeoJsonDefault)]
#[case(Format::GeoJsonSeq, DeclaredCrs::GeoJsonDefault)]
#[case(Format::GeoPackage, DeclaredCrs::Epsg(4490))]
#[case(Format::Shapefile, DeclaredCrs::Epsg(4490))]
#[case(Format::FlatGeobuf, DeclaredCrs::Epsg(4490))]
#[case(Format::Csv, DeclaredCrs::None)]
fn what_is_written_reads_back_to_the_last_digit(
    #[case] format: Format,
    #[case] declared: DeclaredCrs,
) {
    let files = Files::new();
    let path = files.path(&format!("网格.{}", format.extension()));
    let layer = layer(Crs::Lattice);
    write(&path, format, &layer).unwrap();
    let table = read(&path).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(table.format, format);
    assert_eq!(table.declared_crs, declared);
    assert_eq!(table.rows.len(), 2);
    // FlatGeobuf keeps rows in the order of its index
    for row in &layer.rows {
        let code = table.column("code").unwrap();
        let back = table
            .rows
            .iter()
            .find(|back| back.values[code].to_code_text() == row.values[0].to_code_text())
            .unwrap();
        assert_eq!(edges(&back.geometry), edges(&row.geometry));
        for (column, value) in layer.columns.iter().zip(&row.values) {
            let place = table.column(column).unwrap();
            assert_eq!(
                back.values[place].to_code_text(),
                value.to_code_text(),
                "{column}"
            );
        }
    }
    let left: Vec<_> = std::fs::read_dir(files.path("")).unwrap().collect();
    let expected = if format == Format::Shapefile { 5 } else { 1 };
    assert_eq!(left.len(), expected, "{left:?}");
}

#[test]
fn a_shapefile_says_its_encoding_and_system() {
    let files = Files::new();
    let path = files.path("grids.shp");
    // an index of what stood there before must not survive
    let stale = files.write("grids.qix", "old");
    write(&path, Format::Shapefile, &layer(Crs::Lattice)).unwrap();
    let code_page = std::fs::read_to_string(files.path("grids.cpg")).unwrap();
    assert_eq!(code_page.trim(), "UTF-8");
    let system = std::fs::read_to_string(files.path("grids.prj")).unwrap();
    assert!(system.contains("2000"), "{system}");
    assert!(!stale.exists());
}

#[test]
fn a_geopackage_opens_in_gdal_as_it_is() {
    let files = Files::new();
    let path = files.path("grids.gpkg");
    write(&path, Format::GeoPackage, &layer(Crs::Lattice)).unwrap();
    let dataset = gdal::Dataset::open(&path).unwrap();
    let mut found = dataset.layer_by_name("grids").unwrap();
    assert_eq!(found.feature_count(), 2);
    assert_eq!(found.spatial_ref().unwrap().auth_code().unwrap(), 4490);
    let extent = found.get_extent().unwrap();
    assert_eq!((extent.MinX, extent.MaxX), (110.1, 112.1));
    let names: Vec<Option<String>> = found
        .features()
        .map(|feature| feature.field_as_string(1).unwrap())
        .collect();
    assert_eq!(names[0].as_deref(), Some("龙港区一格"));
}

#[test]
fn other_systems_are_stated_where_the_format_can() {
    let files = Files::new();
    let projected = layer(Crs::Lattice)
        .in_crs(
            &"EPSG:4525".parse().unwrap(),
            &wangge_crs::Policy::default(),
        )
        .unwrap();
    for format in [Format::GeoJson, Format::GeoPackage, Format::Shapefile] {
        let path = files.path(&format!("a.{}", format.extension()));
        write(&path, format, &projected).unwrap();
        assert_eq!(read(&path).unwrap().declared_crs, DeclaredCrs::Epsg(4525));
    }
    // GCJ-02 has no code: nothing may be claimed for it
    let shifted = layer(Crs::Lattice)
        .in_crs(&Crs::Gcj02, &wangge_crs::Policy::default())
        .unwrap();
    for format in [Format::GeoJson, Format::GeoPackage, Format::Shapefile] {
        let path = files.path(&format!("b.{}", format.extension()));
        write(&path, format, &shifted).unwrap();
        assert_eq!(read(&path).unwrap().declared_crs, DeclaredCrs::None);
    }
    let path = files.path("b.geojsonl");
    assert!(write(&path, Format::GeoJsonSeq, &shifted).is_err());
    assert!(!path.exists());
}

#[test]
fn a_shapefile_that_would_lose_something_is_not_written() {
    let files = Files::new();
    let path = files.path("a.shp");
    let mut long_name = layer(Crs::Lattice);
    long_name.columns[4] = "a_long_column".to_owned();
    assert!(matches!(
        write(&path, Format::Shapefile, &long_name),
        Err(ExchangeError::Unwritable { .. })
    ));
    let mut long_text = layer(Crs::Lattice);
    long_text.rows[0].values[4] = Value::Text("长".repeat(100));
    assert!(matches!(
        write(&path, Format::Shapefile, &long_text),
        Err(ExchangeError::Unwritable { .. })
    ));
    assert!(!path.exists());
}

#[test]
fn a_format_that_is_only_read_is_not_written() {
    let files = Files::new();
    assert!(matches!(
        write(&files.path("a.kml"), Format::Kml, &layer(Crs::Lattice)),
        Err(ExchangeError::NotWritten {
            format: Format::Kml
        })
    ));
}

#[rstest]
#[case("a.kml", "LIBKML", DeclaredCrs::Epsg(4326))]
#[case("a.kml", "KML", DeclaredCrs::Epsg(4326))]
#[case("a.gdb", "OpenFileGDB", DeclaredCrs::Epsg(4490))]
#[case("a.fgb", "FlatGeobuf", DeclaredCrs::Epsg(4490))]
fn a_format_of_gdal_gives_name_and_square(
    #[case] file: &str,
    #[case] driver: &str,
    #[case] declared: DeclaredCrs,
) {
    let files = Files::new();
    let path = files.path(file);
    by_gdal(&path, driver, &[], Some(4490));
    let table = read(&path).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(table.rows.len(), 1);
    assert_eq!(table.declared_crs, declared);
    let name = table.column("Name").unwrap();
    assert_eq!(table.rows[0].values[name], Value::Text("龙港".into()));
    assert_eq!(edges(&table.rows[0].geometry).len(), 4);
    assert!(table.sandbox.is_whole(), "{:?}", table.sandbox);
}

#[rstest]
#[case("a.tab")]
#[case("a.mif")]
fn a_mapinfo_file_gives_its_square(#[case] file: &str) {
    let files = Files::new();
    let path = files.path(file);
    by_gdal_named(
        &path,
        "MapInfo File",
        &["BOUNDS=-180,-90,180,90"],
        Some(4326),
        "Longgang",
    );
    let table = read(&path).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(table.rows.len(), 1);
    let name = table.column("Name").unwrap();
    assert_eq!(table.rows[0].values[name], Value::Text("Longgang".into()));
}

#[test]
fn a_gpx_file_asks_for_the_layer_when_it_has_several() {
    let files = Files::new();
    let path = files.write(
        "a.gpx",
        r#"<?xml version="1.0"?><gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1">
        <wpt lat="40" lon="120"><name>一</name></wpt>
        <trk><name>t</name><trkseg><trkpt lat="40" lon="120"/><trkpt lat="41" lon="121"/></trkseg></trk></gpx>"#,
    );
    assert!(matches!(
        refusal(read(&path)),
        Refusal::SeveralLayers { layers } if layers.contains(&"waypoints".to_owned())
    ));
    let table = reader()
        .read(&ReadRequest {
            layer: Some("waypoints".into()),
            ..ReadRequest::of(&path)
        })
        .unwrap();
    assert_eq!(
        table.rows[0].geometry,
        RowGeometry::Point(Coord { x: 120.0, y: 40.0 })
    );
}

#[test]
fn a_dxf_file_gives_its_entities() {
    let files = Files::new();
    let path = files.write(
        "a.dxf",
        "0\nSECTION\n2\nENTITIES\n0\nLINE\n8\n0\n10\n0.0\n20\n0.0\n11\n5.0\n21\n5.0\n0\nENDSEC\n0\nEOF\n",
    );
    let table = read(&path).unwrap();
    assert_eq!(table.declared_crs, DeclaredCrs::None);
    assert!(matches!(table.rows[0].geometry, RowGeometry::Lines(_)));
}

/// A zip of these files under these raw names.
fn zipped(files: &Files, name: &str, entries: &[(&[u8], Vec<u8>)]) -> PathBuf {
    let path = files.path(name);
    let mut archive = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    // placeholders of the same length: the crate writes text only
    let placeholder = |index: usize| format!("{index:x>width$}", width = entries[index].0.len());
    for (index, (_, content)) in entries.iter().enumerate() {
        archive
            .start_file(placeholder(index), SimpleFileOptions::default())
            .unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    for (index, (entry, _)) in entries.iter().enumerate() {
        // in front of the content, and in the directory at the end
        for _ in 0..2 {
            let at = bytes
                .windows(entry.len())
                .position(|window| window == placeholder(index).as_bytes())
                .unwrap();
            bytes[at..at + entry.len()].copy_from_slice(entry);
        }
    }
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_zipped_shapefile_with_gbk_file_names_reads_as_the_plain_one() {
    let files = Files::new();
    silent_shapefile(&files, GBK, "龙港");
    let entries: Vec<(Vec<u8>, Vec<u8>)> = ["shp", "shx", "dbf"]
        .iter()
        .map(|extension| {
            let name = GBK
                .encode(&format!("数据/区县界.{extension}"))
                .0
                .into_owned();
            let content = std::fs::read(files.path(&format!("区县.{extension}"))).unwrap();
            (name, content)
        })
        .collect();
    let borrowed: Vec<(&[u8], Vec<u8>)> = entries
        .iter()
        .map(|(name, content)| (name.as_slice(), content.clone()))
        .collect();
    let path = zipped(&files, "a.zip", &borrowed);
    let table = read(&path).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(table.format, Format::Shapefile);
    let name = table.column("Name").unwrap();
    assert_eq!(table.rows[0].values[name], Value::Text("龙港".into()));
    assert!(table.notes.contains(&Note::ArchiveMember {
        member: "数据/区县界.shp".to_owned()
    }));
    assert!(table.sandbox.is_whole());
}

#[test]
fn a_zipped_file_geodatabase_reads_as_its_folder() {
    let files = Files::new();
    let folder = files.path("a.gdb");
    by_gdal(&folder, "OpenFileGDB", &[], Some(4490));
    let path = files.path("a.gdb.zip");
    let mut archive = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    for entry in std::fs::read_dir(&folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("城市/a.gdb/{}", entry.file_name().to_str().unwrap());
        archive
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        archive
            .write_all(&std::fs::read(entry.path()).unwrap())
            .unwrap();
    }
    archive.finish().unwrap();
    let table = read(&path).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(table.format, Format::FileGdb);
    assert_eq!(table.declared_crs, DeclaredCrs::Epsg(4490));
    assert_eq!(table.rows.len(), 1);
    assert!(table.sandbox.is_whole());
}

#[test]
fn an_archive_with_several_files_asks_which() {
    let files = Files::new();
    let json = support::squares_json(&["1", "2"]).into_bytes();
    let path = zipped(
        &files,
        "a.zip",
        &[
            (b"one.geojson", json.clone()),
            (b"two.geojson", json),
            (b"readme.txt", Vec::new()),
        ],
    );
    assert!(matches!(
        refusal(read(&path)),
        Refusal::SeveralLayers { layers } if layers.len() == 2
    ));
    let table = reader()
        .read(&ReadRequest {
            layer: Some("two".into()),
            ..ReadRequest::of(&path)
        })
        .unwrap();
    assert_eq!(table.rows.len(), 2);
}

#[test]
fn kmz_is_a_zip_with_kml_in_it() {
    let files = Files::new();
    let plain = files.path("doc.kml");
    by_gdal(&plain, "LIBKML", &[], Some(4326));
    let path = zipped(
        &files,
        "a.kmz",
        &[(b"doc.kml", std::fs::read(&plain).unwrap())],
    );
    assert_eq!(read(&path).unwrap().format, Format::Kml);
}

#[test]
fn geojson_lines_and_text_sequences_read_alike() {
    let files = Files::new();
    let feature = |code: u32| {
        format!(
            r#"{{"type":"Feature","id":{code},"properties":{{}},"geometry":{}}}"#,
            support::square_json(110.0, 30.0)
        )
    };
    let lines = files.write("a.geojsonl", format!("{}\n{}\n", feature(1), feature(2)));
    let sequence = files.write(
        "b.geojsons",
        format!("\u{1e}{}\n\u{1e}{}\n", feature(1), feature(2)),
    );
    for path in [lines, sequence] {
        let table = read(&path).unwrap();
        assert_eq!(table.rows.len(), 2);
        assert_eq!(table.columns, ["id"]);
        assert_eq!(table.rows[1].values, [Value::Integer(2)]);
    }
}

#[test]
fn topojson_is_recognised_under_the_name_of_geojson() {
    let files = Files::new();
    // one arc each way, and quantized: two squares that share a side
    let text = r#"{"type":"Topology","transform":{"scale":[0.5,0.5],"translate":[110,30]},
        "objects":{"grids":{"type":"GeometryCollection","geometries":[
            {"type":"Polygon","arcs":[[0,1]],"properties":{"code":"w"}},
            {"type":"Polygon","arcs":[[~0~,2]],"id":7,"properties":{"code":"e"}}]}},
        "arcs":[[[2,0],[0,2]],[[2,2],[-2,0],[0,-2],[2,0]],[[2,0],[2,0],[0,2],[-2,0]]]}"#
        .replace("~0~", "-1");
    let table = read(&files.write("a.json", &text)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(table.format, Format::TopoJson);
    assert_eq!(table.declared_crs, DeclaredCrs::GeoJsonDefault);
    assert_eq!(table.columns, ["code", "id"]);
    // worked out by hand: 110 + 2 * 0.5, 30 + 0 * 0.5, and so on
    let RowGeometry::Polygons(west) = &table.rows[0].geometry else {
        panic!("{:?}", table.rows[0].geometry);
    };
    let corners: Vec<(f64, f64)> = west.0[0].exterior().0.iter().map(|c| (c.x, c.y)).collect();
    let expected = [
        (111.0, 30.0),
        (111.0, 31.0),
        (110.0, 31.0),
        (110.0, 30.0),
        (111.0, 30.0),
    ];
    assert_eq!(corners, expected);
    // said outright to be GeoJSON, it is an error
    let request = ReadRequest {
        format: Some(Format::GeoJson),
        ..ReadRequest::of(files.write("b.json", &text))
    };
    assert_eq!(refusal(reader().read(&request)), Refusal::IsTopoJson);
}

#[test]
fn a_crs_name_of_geojson_is_looked_up() {
    for (name, declared) in [
        (
            "urn:ogc:def:crs:OGC:1.3:CRS84",
            DeclaredCrs::Named("OGC:CRS84".into()),
        ),
        ("urn:ogc:def:crs:EPSG::4549", DeclaredCrs::Epsg(4549)),
        ("EPSG:4490", DeclaredCrs::Epsg(4490)),
    ] {
        let text = support::squares_json(&["1"]).replacen(
            '{',
            &format!(r#"{{"crs":{{"type":"name","properties":{{"name":"{name}"}}}},"#),
            1,
        );
        assert_eq!(support::read_geojson(&text).unwrap().declared_crs, declared);
    }
}

#[rstest]
#[case(b"\xef\xbb\xbfcode,WKT\n1,\"POLYGON ((0 0, 1 0, 1 1, 0 0))\"\n".as_slice())]
#[case(b"code;wkt\n1;POLYGON ((0 0, 1 0, 1 1, 0 0))\n".as_slice())]
#[case(b"\"code\",\"geometry\"\r\n\"1\",\"SRID=4490;POLYGON ((0 0, 1 0, 1 1, 0 0))\"\r\n".as_slice())]
fn csv_with_a_wkt_column_reads(#[case] content: &[u8]) {
    let files = Files::new();
    let table = read(&files.write("a.csv", content)).unwrap();
    assert_eq!(table.columns, ["code"]);
    assert_eq!(edges(&table.rows[0].geometry).len(), 3);
}

#[test]
fn csv_with_longitude_and_latitude_gives_points() {
    let files = Files::new();
    let (text, _, _) = GBK.encode("编号,经度,纬度\n一,120.5,40.25\n二,,\n三,abc,1\n");
    let table = read(&files.write("a.csv", text)).unwrap();
    assert_eq!(table.columns, ["编号", "经度", "纬度"]);
    assert_eq!(
        table.rows[0].geometry,
        RowGeometry::Point(Coord { x: 120.5, y: 40.25 })
    );
    assert_eq!(table.rows[1].geometry, RowGeometry::Missing);
    assert!(matches!(table.rows[2].geometry, RowGeometry::Refused(_)));
}

#[test]
fn heights_are_dropped_and_counted() {
    let text = support::squares_json(&["1"]).replace("[110,30]", "[110,30,5]");
    let table = support::read_geojson(&text).unwrap();
    assert!(table.notes.contains(&Note::HeightsDropped {
        with_z: 1,
        with_m: 0
    }));
}

#[test]
fn progress_is_told_with_bytes_for_geojson() {
    let files = Files::new();
    let codes: Vec<String> = (0..50).map(|code| code.to_string()).collect();
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    let text = support::squares_json(&codes);
    let length = text.len() as u64;
    let path = files.write("a.geojson", text);
    let mut told: Vec<Progress> = Vec::new();
    reader()
        .read_with(&ReadRequest::of(path), &mut |progress| told.push(progress))
        .unwrap();
    let first = told.first().unwrap();
    assert_eq!(first.total, Some(length));
    assert!(first.bytes.unwrap() <= length);
}

#[test]
fn a_file_without_a_known_name_asks_for_the_format() {
    let files = Files::new();
    let path = files.write("boundaries.dat", support::squares_json(&["1"]));
    assert!(matches!(
        read(&path),
        Err(ExchangeError::UnknownFormat { .. })
    ));
    let request = ReadRequest {
        format: Some(Format::GeoJson),
        ..ReadRequest::of(&path)
    };
    assert_eq!(reader().read(&request).unwrap().rows.len(), 1);
}
