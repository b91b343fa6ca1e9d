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
