//! Rows in columns: Parquet and Arrow.

use super::*;

/// Rows in columns: longitudes, latitudes, some of them absent, numbers and texts.
fn table(first: i64, count: usize) -> RecordBatch {
    let numbers = || (first..).take(count);
    let as_f64 = |n: i64| f64::from(i32::try_from(n % 1000).unwrap());
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("n", Arc::new(Int64Array::from_iter_values(numbers()))),
        (
            "lon",
            Arc::new(
                numbers()
                    .map(|n| (n % 50 != 7).then(|| 119.5 + as_f64(n) / 80.0))
                    .collect::<Float64Array>(),
            ),
        ),
        (
            "lat",
            Arc::new(
                numbers()
                    .map(|n| Some(format!("{}", 39.5 + as_f64(n * 7) / 400.0)))
                    .collect::<StringArray>(),
            ),
        ),
        (
            "status",
            Arc::new(
                numbers()
                    .map(|n| Some(format!("open {n}")))
                    .collect::<StringArray>(),
            ),
        ),
    ];
    RecordBatch::try_from_iter_with_nullable(
        columns
            .into_iter()
            .map(|(name, column)| (name, column, true)),
    )
    .unwrap()
}

fn check_table(rows: &RecordBatch, first: &mut i64, statuses: [&str; 2]) {
    let text = |name: &str, row: usize| {
        let column = rows.column_by_name(name).unwrap();
        let column = column.as_dictionary::<Int32Type>();
        column.is_valid(row).then(|| {
            let key = usize::try_from(column.keys().value(row)).unwrap();
            column.values().as_string::<i32>().value(key).to_owned()
        })
    };
    let lon = rows
        .column_by_name("lon")
        .unwrap()
        .as_primitive::<Float64Type>();
    for row in 0..rows.num_rows() {
        let n = rows
            .column_by_name("n")
            .unwrap()
            .as_primitive::<arrow_array::types::Int64Type>();
        assert_eq!(n.value(row), *first);
        let own = rows.column_by_name(statuses[0]).unwrap().as_string::<i32>();
        assert_eq!(own.value(row), format!("open {first}"));
        let lat = 39.5 + f64::from(i32::try_from(*first * 7 % 1000).unwrap()) / 400.0;
        if lon.is_null(row) {
            assert_eq!(text(statuses[1], row).as_deref(), Some("invalid"));
            assert_eq!(text("grid", row), None);
            let problem = rows.column_by_name("problem").unwrap().as_string::<i32>();
            assert_eq!(problem.value(row), "there is no longitude");
        } else {
            let (status, grid, _) = truth(lon.value(row), lat);
            assert_eq!(text(statuses[1], row).as_deref(), Some(status.as_str()));
            let expected = (status != Status::Outside).then(|| code(grid));
            assert_eq!(text("grid", row), expected);
        }
        *first += 1;
    }
}

#[test]
fn parquet_is_answered_in_columns() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("points.parquet");
    let mut writer =
        ArrowWriter::try_new(File::create(&path).unwrap(), table(0, 1).schema(), None).unwrap();
    for piece in 0..4 {
        writer.write(&table(piece * 50_000, 50_000)).unwrap();
    }
    writer.close().unwrap();
    let answers = folder.path().join("answers.parquet");
    let done = answer_file(
        File::open(&path).unwrap(),
        File::create(&answers).unwrap(),
        &batch(PointsFormat::Parquet),
        &resolver(),
        &|_| {},
    )
    .unwrap();
    assert_eq!((done.rows, done.invalid), (200_000, 4_000));
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&answers).unwrap()).unwrap();
    let mut first = 0;
    for rows in reader.build().unwrap() {
        check_table(&rows.unwrap(), &mut first, ["status", "grid_status"]);
    }
    assert_eq!(first, 200_000);

    // chosen columns only
    let chosen = Batch {
        columns: vec!["n".to_owned(), "grid".to_owned()],
        ..batch(PointsFormat::Parquet)
    };
    answer_file(
        File::open(&path).unwrap(),
        File::create(&answers).unwrap(),
        &chosen,
        &resolver(),
        &|_| {},
    )
    .unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&answers).unwrap()).unwrap();
    let names: Vec<_> = reader
        .schema()
        .fields()
        .iter()
        .map(|f| f.name().clone())
        .collect();
    assert_eq!(names, ["n", "grid"]);

    // broken files
    let whole = std::fs::read(&path).unwrap();
    for (bytes, what) in [
        (&whole[..whole.len() - 100], "cut at the end"),
        (&whole[..1000], "cut at the start"),
        (&b"lon,lat\n1,2\n"[..], "another file"),
        (&[][..], "empty"),
    ] {
        let broken = folder.path().join("broken.parquet");
        std::fs::write(&broken, bytes).unwrap();
        let refused = answer_file(
            File::open(&broken).unwrap(),
            Vec::new(),
            &batch(PointsFormat::Parquet),
            &resolver(),
            &|_| {},
        );
        assert!(
            matches!(refused, Err(PointsError::Malformed { .. })),
            "{what}: {refused:?}"
        );
    }
    // pages that were overwritten
    let mut spoiled = whole.clone();
    for byte in &mut spoiled[10..4000] {
        *byte ^= 0x5a;
    }
    let path = folder.path().join("spoiled.parquet");
    std::fs::write(&path, spoiled).unwrap();
    let refused = answer_file(
        File::open(&path).unwrap(),
        Vec::new(),
        &batch(PointsFormat::Parquet),
        &resolver(),
        &|_| {},
    );
    assert!(
        matches!(refused, Err(PointsError::Malformed { .. })),
        "{refused:?}"
    );
}

#[test]
fn arrow_streams_and_files_are_answered_in_columns() {
    let schema = table(0, 1).schema();
    let mut stream = StreamWriter::try_new(Vec::new(), &schema).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("points.arrow");
    let mut file = FileWriter::try_new(File::create(&path).unwrap(), &schema).unwrap();
    for piece in 0..5 {
        stream.write(&table(piece * 3_000, 3_000)).unwrap();
        file.write(&table(piece * 3_000, 3_000)).unwrap();
    }
    stream.finish().unwrap();
    file.finish().unwrap();
    let stream = stream.into_inner().unwrap();

    let mut answers = Vec::new();
    let arrow = batch(PointsFormat::Arrow);
    let done = answer_stream(
        Cursor::new(&stream),
        &mut answers,
        &arrow,
        &resolver(),
        &|_| {},
    )
    .unwrap();
    assert_eq!(done.rows, 15_000);
    let mut first = 0;
    for rows in StreamReader::try_new(Cursor::new(answers), None).unwrap() {
        check_table(&rows.unwrap(), &mut first, ["status", "grid_status"]);
    }
    assert_eq!(first, 15_000);

    let answers = folder.path().join("answers.arrow");
    answer_file(
        File::open(&path).unwrap(),
        File::create(&answers).unwrap(),
        &arrow,
        &resolver(),
        &|_| {},
    )
    .unwrap();
    let mut first = 0;
    for rows in FileReader::try_new(File::open(&answers).unwrap(), None).unwrap() {
        check_table(&rows.unwrap(), &mut first, ["status", "grid_status"]);
    }
    assert_eq!(first, 15_000);

    for length in [0, 3, 100, stream.len() / 2] {
        let refused = answer_stream(
            Cursor::new(&stream[..length]),
            Vec::new(),
            &arrow,
            &resolver(),
            &|_| {},
        );
        assert!(
            matches!(refused, Err(PointsError::Malformed { .. })),
            "{length}: {refused:?}"
        );
    }
}

#[test]
fn columns_that_are_not_there_or_no_numbers_are_refused() {
    let schema = Schema::new(vec![
        Field::new("lon", DataType::Boolean, true),
        Field::new("lat", DataType::Float64, true),
    ]);
    let stream = StreamWriter::try_new(Vec::new(), &schema)
        .unwrap()
        .into_inner()
        .unwrap();
    let arrow = batch(PointsFormat::Arrow);
    let refused = answer_stream(
        Cursor::new(&stream),
        Vec::new(),
        &arrow,
        &resolver(),
        &|_| {},
    );
    assert!(
        matches!(refused, Err(PointsError::ColumnType { .. })),
        "{refused:?}"
    );
    let other = Batch {
        lon: "x".to_owned(),
        ..arrow
    };
    let refused = answer_stream(
        Cursor::new(&stream),
        Vec::new(),
        &other,
        &resolver(),
        &|_| {},
    );
    assert!(
        matches!(refused, Err(PointsError::NoColumn { .. })),
        "{refused:?}"
    );
}

/// Streams whose lengths would take all memory, or whose parts contradict one another.
#[test]
fn an_arrow_stream_of_anybody_cannot_ask_for_much() {
    let schema = table(0, 1).schema();
    let mut stream = StreamWriter::try_new(Vec::new(), &schema).unwrap();
    stream.write(&table(0, 500)).unwrap();
    stream.finish().unwrap();
    let sound = stream.into_inner().unwrap();
    let foreign = Batch {
        is_foreign: true,
        ..batch(PointsFormat::Arrow)
    };
    let told = |bytes: Vec<u8>| {
        answer_stream(
            Cursor::new(bytes),
            Vec::new(),
            &foreign,
            &resolver(),
            &|_| {},
        )
    };
    assert_eq!(told(sound.clone()).unwrap().rows, 500);
    // each byte of the lengths and descriptions, turned
    let mut refused = 0;
    for at in 0..sound.len().min(2_500) {
        for flip in [0x01, 0x40, 0x80, 0xff] {
            let mut spoiled = sound.clone();
            spoiled[at] ^= flip;
            refused += usize::from(told(spoiled).is_err());
        }
    }
    assert!(refused > 100, "{refused}");
    // compressed bodies may become far larger
    let options = arrow_ipc::writer::IpcWriteOptions::default()
        .try_with_compression(Some(arrow_ipc::CompressionType::ZSTD))
        .unwrap();
    let mut stream = StreamWriter::try_new_with_options(Vec::new(), &schema, options).unwrap();
    stream.write(&table(0, 500)).unwrap();
    stream.finish().unwrap();
    let stream = stream.into_inner().unwrap();
    let refused = told(stream.clone()).unwrap_err();
    assert!(refused.in_english().contains("compressed"), "{refused:?}");
    let own = batch(PointsFormat::Arrow);
    let done = answer_stream(Cursor::new(stream), Vec::new(), &own, &resolver(), &|_| {}).unwrap();
    assert_eq!(done.rows, 500);
}

/// A point as well-known binary, little-endian unless told.
fn wkb(kind: u32, numbers: &[f64], is_big: bool) -> Vec<u8> {
    let mut bytes = vec![u8::from(!is_big)];
    if is_big {
        bytes.extend(kind.to_be_bytes());
        bytes.extend(numbers.iter().flat_map(|n| n.to_be_bytes()));
    } else {
        bytes.extend(kind.to_le_bytes());
        if kind & 0x2000_0000 != 0 {
            bytes.extend(4490u32.to_le_bytes());
        }
        bytes.extend(numbers.iter().flat_map(|n| n.to_le_bytes()));
    }
    bytes
}

/// Points in grids 0, 1, 2, 3 and outside, and what is none, in each way of writing them.
fn geometries() -> Vec<(&'static str, ArrayRef)> {
    let lons = [
        Some(120.5),
        Some(121.5),
        Some(122.5),
        Some(123.5),
        Some(10.5),
        None,
    ];
    let lists = lons.map(|lon| lon.map(|lon| [Some(lon), Some(40.5), Some(7.0)]));
    let binary: Vec<Option<Vec<u8>>> = vec![
        Some(wkb(1, &[120.5, 40.5], false)),
        Some(wkb(1, &[121.5, 40.5], true)),
        // with height and measure, by ISO and by PostGIS with its system
        Some(wkb(3001, &[122.5, 40.5, 1.0, 2.0], false)),
        Some(wkb(0xA000_0001, &[123.5, 40.5, 1.0], false)),
        Some(wkb(1, &[10.5, 40.5], false)),
        None,
    ];
    let texts = || binary.iter().map(Option::as_deref);
    let x: ArrayRef = Arc::new(lons.into_iter().collect::<Float64Array>());
    let y: ArrayRef = Arc::new(
        lons.iter()
            .map(|lon| lon.map(|_| 40.5))
            .collect::<Float64Array>(),
    );
    let members = StructArray::from(vec![
        (Arc::new(Field::new("x", DataType::Float64, true)), x),
        (Arc::new(Field::new("y", DataType::Float64, true)), y),
    ]);
    vec![
        ("binary", Arc::new(texts().collect::<BinaryArray>())),
        (
            "large binary",
            Arc::new(texts().collect::<LargeBinaryArray>()),
        ),
        (
            "binary view",
            Arc::new(texts().collect::<BinaryViewArray>()),
        ),
        ("members", Arc::new(members)),
        (
            "list",
            Arc::new(FixedSizeListArray::from_iter_primitive::<Float64Type, _, _>(lists, 3)),
        ),
    ]
}

/// A table of points, described as `GeoParquet` or as `GeoArrow` does.
fn of_geometry(column: &ArrayRef, crs: &str, is_geoparquet: bool) -> RecordBatch {
    let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values((0i64..).take(column.len())));
    let mut field = Field::new("shape", column.data_type().clone(), true);
    let mut of_table = HashMap::new();
    if is_geoparquet {
        let geo = format!(
            r#"{{"version":"1.1.0","primary_column":"shape","columns":{{"shape":{{"encoding":"WKB","geometry_types":[]{crs}}}}}}}"#
        );
        of_table.insert("geo".to_owned(), geo);
    } else {
        let metadata = [
            ("ARROW:extension:name".to_owned(), "geoarrow.wkb".to_owned()),
            (
                "ARROW:extension:metadata".to_owned(),
                format!("{{\"edges\":\"planar\"{crs}}}"),
            ),
        ];
        field = field.with_metadata(HashMap::from(metadata));
    }
    let fields = vec![Field::new("n", DataType::Int64, false), field];
    let schema = Arc::new(Schema::new_with_metadata(fields, of_table));
    RecordBatch::try_new(schema, vec![numbers, Arc::clone(column)]).unwrap()
}

fn rows_of(table: &RecordBatch, batch: &Batch) -> Result<RecordBatch, PointsError> {
    let reader = RecordBatchIterator::new(vec![Ok(table.clone())], table.schema());
    answer_rows(reader, batch, &resolver(), || true).map(|(_, mut rows, _)| rows.remove(0))
}

#[test]
fn points_in_a_column_of_geometry_are_positions() {
    for (name, column) in geometries() {
        for is_geoparquet in [true, false] {
            let table = of_geometry(&column, "", is_geoparquet);
            let rows = rows_of(&table, &batch(PointsFormat::Arrow)).unwrap();
            assert_eq!(rows.column(1), &column, "{name}");
            let text = |name: &str| -> Vec<Option<String>> {
                let column = rows.column_by_name(name).unwrap();
                let column = arrow_cast::cast(column, &DataType::Utf8).unwrap();
                let column = column.as_string::<i32>();
                column.iter().map(|text| text.map(str::to_owned)).collect()
            };
            let grids: Vec<Option<String>> = ["g0", "g1", "g2", "g3"]
                .map(|code| Some(code.to_owned()))
                .to_vec();
            assert_eq!(text("grid")[..4], grids, "{name}");
            assert_eq!(
                text("status")[4..],
                ["outside", "invalid"].map(|s| Some(s.to_owned()))
            );
            assert_eq!(
                text("problem")[5].as_deref(),
                Some("its geometry is no point")
            );
        }
    }
    // bytes that are no point, or not all of one
    let polygon = wkb(3, &[120.5, 40.5], false);
    let point = wkb(1, &[120.5, 40.5], false);
    let cut = &point[..20];
    let bytes: Vec<&[u8]> = vec![&polygon, cut, b"", b"\x07", &[1, 1, 0, 0], &point];
    let column: ArrayRef = Arc::new(BinaryArray::from(bytes));
    let rows = rows_of(&of_geometry(&column, "", true), &batch(PointsFormat::Arrow)).unwrap();
    let problems = rows.column_by_name("problem").unwrap().as_string::<i32>();
    assert_eq!(problems.null_count(), 1);
    assert!(problems.is_null(5));
}

#[rstest]
#[case::absent("", None)]
#[case::unknown(r#","crs":null"#, None)]
#[case::degrees(r#","crs":{"id":{"authority":"OGC","code":"CRS84"}}"#, None)]
#[case::a_name(r#","crs":"EPSG:4490""#, None)]
#[case::projected(r#","crs":{"id":{"authority":"EPSG","code":4549}}"#, Some("EPSG:4549"))]
#[case::projected_name(r#","crs":"EPSG:4549""#, Some("EPSG:4549"))]
#[case::urn(r#","crs":"urn:ogc:def:crs:EPSG::4549""#, Some("EPSG:4549"))]
#[case::old_datum(r#","crs":"EPSG:4214""#, Some("EPSG:4214"))]
#[case::without_id(
    r#","crs":{"type":"ProjectedCRS","name":"our own"}"#,
    Some("a system that has no code")
)]
#[case::text(r#","crs":"PROJCRS[\"our own\"]""#, Some("a system that has no code"))]
#[case::number(r#","crs":"4549""#, Some("a system that has no code"))]
fn a_column_of_another_system_is_asked_about(#[case] crs: &str, #[case] other: Option<&str>) {
    let (_, column) = geometries().swap_remove(0);
    for is_geoparquet in [true, false] {
        let table = of_geometry(&column, crs, is_geoparquet);
        let taken = rows_of(&table, &batch(PointsFormat::Arrow));
        match other {
            None => assert!(taken.is_ok()),
            Some(other) => {
                let told = taken.unwrap_err().told(Language::En);
                assert!(told.contains(&format!("in {other}: name it")), "{told}");
                assert!(!told.contains("our own"), "{told}");
            }
        }
        // who says the system is believed
        for named in ["EPSG:4549", "EPSG:4490"] {
            let mut said = batch(PointsFormat::Arrow);
            said.systems.crs = named.parse().unwrap();
            said.systems.is_said = true;
            assert!(rows_of(&table, &said).is_ok());
        }
    }
}

#[test]
fn numbers_by_their_names_come_before_geometry() {
    let (_, column) = geometries().swap_remove(0);
    let table = of_geometry(&column, "", true);
    // who names columns wants these
    let mut named = batch(PointsFormat::Arrow);
    named.lon = "x".to_owned();
    assert!(
        matches!(rows_of(&table, &named), Err(PointsError::NoColumn { wanted, .. }) if wanted == "x")
    );
    // a table that has one of the usual two lacks the other
    let renamed =
        RecordBatch::try_from_iter([("lon", table.column(0).clone()), ("shape", column)]).unwrap();
    let wanted = rows_of(&renamed, &batch(PointsFormat::Arrow));
    assert!(matches!(wanted, Err(PointsError::NoColumn { wanted, .. }) if wanted == "lat"));
}

#[test]
fn what_describes_the_geometry_of_a_parquet_file_is_kept_with_it() {
    let (_, column) = geometries().swap_remove(0);
    let table = of_geometry(&column, "", true);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("points.parquet");
    let mut writer =
        ArrowWriter::try_new(File::create(&path).unwrap(), table.schema(), None).unwrap();
    let geo = table.schema().metadata()["geo"].clone();
    writer.append_key_value_metadata(KeyValue::new("geo".to_owned(), geo.clone()));
    writer.write(&table).unwrap();
    writer.close().unwrap();
    for (columns, is_kept) in [
        (vec![], true),
        (vec!["grid", "shape"], true),
        (vec!["n", "grid"], false),
    ] {
        let answers = folder.path().join("answers.parquet");
        let chosen = Batch {
            columns: columns.into_iter().map(str::to_owned).collect(),
            ..batch(PointsFormat::Parquet)
        };
        let output = File::create(&answers).unwrap();
        answer_file(
            File::open(&path).unwrap(),
            output,
            &chosen,
            &resolver(),
            &|_| {},
        )
        .unwrap();
        let reader =
            ParquetRecordBatchReaderBuilder::try_new(File::open(&answers).unwrap()).unwrap();
        let metadata = reader.metadata().file_metadata().key_value_metadata();
        let kept = metadata.and_then(|all| all.iter().find(|one| one.key == "geo"));
        assert_eq!(
            kept.and_then(|one| one.value.clone()),
            is_kept.then(|| geo.clone())
        );
        let rows = reader.build().unwrap().next().unwrap().unwrap();
        assert_eq!(rows.num_rows(), 6);
        assert!(rows.column_by_name("grid").is_some());
    }
}

#[test]
fn of_several_columns_of_points_one_is_named() {
    let (_, column) = geometries().swap_remove(0);
    let field = of_geometry(&column, "", false).schema().field(1).clone();
    let fields = vec![field.clone().with_name("from"), field.with_name("to")];
    let table =
        RecordBatch::try_new(Arc::new(Schema::new(fields)), vec![column.clone(), column]).unwrap();
    let refused = rows_of(&table, &batch(PointsFormat::Arrow))
        .unwrap_err()
        .told(Language::En);
    assert!(
        refused.contains("several columns hold points: from, to"),
        "{refused}"
    );
    let mut named = batch(PointsFormat::Arrow);
    named.geometry = Some("to".to_owned());
    assert!(rows_of(&table, &named).is_ok());
    named.geometry = Some("by".to_owned());
    assert!(matches!(
        rows_of(&table, &named),
        Err(PointsError::NoColumn { .. })
    ));
}

#[test]
fn what_describes_geometry_is_cut_to_the_columns_that_are_written() {
    let (_, column) = geometries().swap_remove(0);
    let geo = r#"{"version":"1.1.0","primary_column":"shape","columns":{"shape":{"encoding":"WKB","covering":{"bbox":{"xmin":["box","xmin"]}}},"other":{"encoding":"WKB"}}}"#;
    let table = of_geometry(&column, "", true);
    let schema = Schema::new_with_metadata(
        table.schema().fields().clone(),
        HashMap::from([("geo".to_owned(), geo.to_owned())]),
    );
    let table = RecordBatch::try_new(Arc::new(schema), table.columns().to_vec()).unwrap();
    let rows = rows_of(&table, &batch(PointsFormat::Arrow)).unwrap();
    // by hand: neither the other column nor the boxes are there
    let kept: serde_json::Value = serde_json::from_str(&rows.schema().metadata()["geo"]).unwrap();
    let wanted = serde_json::json!({"version": "1.1.0", "primary_column": "shape", "columns": {"shape": {"encoding": "WKB"}}});
    assert_eq!(kept, wanted);
    let mut few = batch(PointsFormat::Arrow);
    few.columns = vec!["grid".to_owned()];
    assert!(
        !rows_of(&table, &few)
            .unwrap()
            .schema()
            .metadata()
            .contains_key("geo")
    );
}

#[test]
fn progress_comes_to_the_size_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let rows = table(0, 5000);
    let write = |name: &str| -> std::path::PathBuf { folder.path().join(name) };
    let mut parquet = ArrowWriter::try_new(
        File::create(write("a.parquet")).unwrap(),
        rows.schema(),
        None,
    )
    .unwrap();
    parquet.write(&rows).unwrap();
    parquet.close().unwrap();
    let mut stream =
        StreamWriter::try_new(File::create(write("a.arrows")).unwrap(), &rows.schema()).unwrap();
    stream.write(&rows).unwrap();
    stream.finish().unwrap();
    let mut file =
        FileWriter::try_new(File::create(write("a.arrow")).unwrap(), &rows.schema()).unwrap();
    file.write(&rows).unwrap();
    file.finish().unwrap();
    let lines: String = (0..5000)
        .map(|_| "{\"lon\":120.5,\"lat\":40.5}\n")
        .collect();
    std::fs::write(write("a.ndjson"), &lines).unwrap();
    std::fs::write(
        write("a.csv"),
        "lon,lat\n".to_owned() + &"120.5,40.5\n".repeat(5000),
    )
    .unwrap();
    for (name, format) in [
        ("a.parquet", PointsFormat::Parquet),
        ("a.arrows", PointsFormat::Arrow),
        ("a.arrow", PointsFormat::Arrow),
        ("a.ndjson", PointsFormat::NdJson),
        ("a.csv", PointsFormat::Csv),
    ] {
        let input = File::open(write(name)).unwrap();
        let bytes = input.metadata().unwrap().len();
        let size = Size::of(&input, format).unwrap();
        let last = std::sync::atomic::AtomicU64::new(0);
        let output = File::create(write("answers")).unwrap();
        answer_file(input, output, &batch(format), &resolver(), &|done| {
            last.store(done, std::sync::atomic::Ordering::Relaxed);
        })
        .unwrap();
        let last = last.into_inner();
        match size {
            Size::Rows(all) => assert_eq!((all, last), (5000, 5000), "{name}"),
            // the header of a CSV is no row; the end of an Arrow file is read first
            Size::Bytes(all) => {
                assert_eq!(all, bytes, "{name}");
                assert!(
                    last >= bytes * 9 / 10 && last <= bytes * 11 / 10,
                    "{name}: {last} of {bytes}"
                );
            }
        }
    }
    let damaged = write("damaged.parquet");
    std::fs::write(&damaged, b"PAR1 and no more").unwrap();
    assert_eq!(
        Size::of(&File::open(&damaged).unwrap(), PointsFormat::Parquet),
        None
    );
}

#[test]
fn an_arrow_stream_of_a_parquet_files_columns_is_answered_with_parquet() {
    let schema = table(0, 1).schema();
    let mut stream = StreamWriter::try_new(Vec::new(), &schema).unwrap();
    for piece in 0..5 {
        stream.write(&table(piece * 3_000, 3_000)).unwrap();
    }
    stream.finish().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("answers.parquet");
    let done = answer_stream(
        Cursor::new(stream.into_inner().unwrap()),
        File::create(&path).unwrap(),
        &batch(PointsFormat::Parquet),
        &resolver(),
        &|_| {},
    )
    .unwrap();
    assert_eq!(done.rows, 15_000);
    let file = File::open(&path).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let mut first = 0;
    for rows in builder.build().unwrap() {
        check_table(&rows.unwrap(), &mut first, ["status", "grid_status"]);
    }
    assert_eq!(first, 15_000);
}

/// A text that a dictionary holds once would take memory for each row where it is written out.
#[test]
fn parquet_is_not_made_of_what_stands_for_more_than_it_holds() {
    let names: arrow_array::DictionaryArray<Int32Type> = ["a", "b"].into_iter().collect();
    let degrees = |value: f64| Arc::new(Float64Array::from(vec![value; 2])) as ArrayRef;
    let rows = RecordBatch::try_from_iter([
        ("lon", degrees(120.5)),
        ("lat", degrees(40.5)),
        ("name", Arc::new(names) as ArrayRef),
    ])
    .unwrap();
    let mut stream = StreamWriter::try_new(Vec::new(), &rows.schema()).unwrap();
    stream.write(&rows).unwrap();
    let stream = stream.into_inner().unwrap();
    let answered = |is_foreign, format| {
        let batch = Batch {
            is_foreign,
            ..batch(format)
        };
        answer_stream(
            Cursor::new(&stream),
            Vec::new(),
            &batch,
            &resolver(),
            &|_| {},
        )
    };
    let refused = answered(true, PointsFormat::Parquet);
    assert!(
        matches!(refused, Err(PointsError::Malformed { .. })),
        "{refused:?}"
    );
    assert_eq!(answered(false, PointsFormat::Parquet).unwrap().rows, 2);
    assert_eq!(answered(true, PointsFormat::Arrow).unwrap().rows, 2);
}

/// Names of systems in dictionaries of all keys and in views, far too long ones among them.
#[test]
fn systems_are_named_by_any_column_of_texts() {
    let long = "x".repeat(1 << 20);
    let names = [Some("EPSG:4490"), None, Some(long.as_str()), Some("mars")];
    let dictionary = |kind: DataType| {
        let texts = StringArray::from(names.to_vec());
        let kind = DataType::Dictionary(Box::new(kind), Box::new(DataType::Utf8));
        arrow_cast::cast(&texts, &kind).unwrap()
    };
    let columns = [
        Arc::new(StringArray::from(names.to_vec())) as ArrayRef,
        Arc::new(arrow_array::StringViewArray::from(names.to_vec())),
        dictionary(DataType::Int8),
        dictionary(DataType::UInt16),
        dictionary(DataType::Int64),
    ];
    for column in columns {
        let kind = column.data_type().clone();
        let degrees = |value: f64| Arc::new(Float64Array::from(vec![value; 4])) as ArrayRef;
        let rows = RecordBatch::try_from_iter([
            ("lon", degrees(120.5)),
            ("lat", degrees(40.5)),
            ("system", column),
        ])
        .unwrap();
        let named = Batch {
            crs_column: Some("system".to_owned()),
            ..batch(PointsFormat::Arrow)
        };
        let answered = rows_of(&rows, &named).unwrap();
        let problem = answered.column_by_name("problem").unwrap();
        assert_eq!(problem.null_count(), 2, "{kind}");
        let problem = problem.as_string::<i32>();
        assert!(problem.value(2).len() < 200 && problem.value(3).contains("mars"));
    }
    let of_dates = RecordBatch::try_from_iter([
        ("lon", Arc::new(Float64Array::from(vec![120.5])) as ArrayRef),
        ("lat", Arc::new(Float64Array::from(vec![40.5]))),
        ("system", Arc::new(arrow_array::Date32Array::from(vec![1]))),
    ])
    .unwrap();
    let named = Batch {
        crs_column: Some("system".to_owned()),
        ..batch(PointsFormat::Arrow)
    };
    let refused = rows_of(&of_dates, &named);
    assert!(matches!(refused, Err(PointsError::NoTexts { .. })));
}

/// A system takes a tenth of a second to make: rows that name one after the other would take hours.
#[test]
fn rows_name_only_so_many_systems() {
    let names = (4401..=4554).map(|code| format!("EPSG:{code}"));
    let names: Vec<String> = names.chain(["EPSG:4401".to_owned()]).collect();
    let degrees = |value: f64| Arc::new(Float64Array::from(vec![value; names.len()])) as ArrayRef;
    let rows = RecordBatch::try_from_iter([
        ("lon", degrees(120.5)),
        ("lat", degrees(40.5)),
        ("system", Arc::new(StringArray::from(names.clone()))),
    ])
    .unwrap();
    let named = Batch {
        crs_column: Some("system".to_owned()),
        threads: 1,
        ..batch(PointsFormat::Arrow)
    };
    let answered = rows_of(&rows, &named).unwrap();
    let problem = answered.column_by_name("problem").unwrap();
    let problem = problem.as_string::<i32>();
    let told_many = |row: usize| problem.value(row).contains("no more are taken");
    // 4490 takes no time to make
    assert_eq!(
        (0..names.len()).filter(|&row| told_many(row)).count(),
        154 - 64 - 1
    );
    assert!(!told_many(63) && told_many(64));
    // one that is known is taken still
    assert!(!told_many(names.len() - 1));
}
