//! Rows of anybody, made to take memory or time.

use std::sync::atomic::{AtomicUsize, Ordering};

use arrow_array::{NullArray, StringViewArray};

use parquet::file::metadata::RowGroupMetaData;

use super::*;

fn stream_of(batches: &[RecordBatch]) -> Vec<u8> {
    let mut stream = StreamWriter::try_new(Vec::new(), &batches[0].schema()).unwrap();
    for batch in batches {
        stream.write(batch).unwrap();
    }
    stream.into_inner().unwrap()
}

fn foreign(format: PointsFormat) -> Batch {
    Batch {
        is_foreign: true,
        options: Options::Parameters,
        ..batch(format)
    }
}

/// So many rows at one place, and whatever other column.
fn rows_with(count: usize, name: &str, column: ArrayRef) -> RecordBatch {
    let degrees = |value: f64| Arc::new(Float64Array::from(vec![value; count])) as ArrayRef;
    let columns = [
        ("lon", degrees(123.5)),
        ("lat", degrees(40.5)),
        (name, column),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

/// Each group of a Parquet file takes memory until its end: they are as few as the rows allow, however these came, and however
/// much is told of each.
#[test]
fn many_small_batches_become_few_groups() {
    let batches: Vec<RecordBatch> = (0..1000)
        .map(|batch| {
            let numbers = (batch * 100..).take(100);
            rows_with(100, "n", Arc::new(Int64Array::from_iter_values(numbers)))
        })
        .collect();
    let resolver = Degrees {
        components: 2,
        ..resolver()
    };
    let mut answers = Vec::new();
    let done = answer_stream(
        Cursor::new(stream_of(&batches)),
        &mut answers,
        &foreign(PointsFormat::Parquet),
        &resolver,
        &|_| {},
    )
    .unwrap();
    assert_eq!((done.rows, done.inside), (100_000, 100_000));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("answers.parquet");
    std::fs::write(&path, answers).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap();
    let groups = builder.metadata().row_groups().iter();
    let rows: Vec<i64> = groups.map(RowGroupMetaData::num_rows).collect();
    assert_eq!(rows, [65_536, 100_000 - 65_536]);
    let mut next = 0;
    for rows in builder.build().unwrap() {
        let rows = rows.unwrap();
        let column = |name: &str| rows.column_by_name(name).unwrap();
        let numbers = column("n").as_primitive::<arrow_array::types::Int64Type>();
        let second = column("component_2").as_string::<i32>();
        for row in 0..rows.num_rows() {
            assert_eq!(numbers.value(row), next);
            assert_eq!(second.value(row), "C1");
            next += 1;
        }
    }
    assert_eq!(next, 100_000);
}

/// Numbers of eight bits count the categories of each part, and not those of both.
#[test]
fn categories_of_ones_own_parts_stay_apart() {
    let part = |first: i32| {
        let names = (first..first + 100).map(|n| format!("name {n}"));
        let names: Vec<String> = names.collect();
        let names: arrow_array::DictionaryArray<arrow_array::types::Int8Type> =
            names.iter().map(String::as_str).collect();
        rows_with(100, "name", Arc::new(names))
    };
    let mut answers = Vec::new();
    let done = answer_stream(
        Cursor::new(stream_of(&[part(0), part(100)])),
        &mut answers,
        &batch(PointsFormat::Parquet),
        &resolver(),
        &|_| {},
    );
    assert_eq!(done.unwrap().inside, 200);
}

/// A list of nothing takes no bytes, and a place for each of its items where it is written.
#[test]
fn lists_of_nothing_are_refused() {
    let item = Arc::new(Field::new("item", DataType::Null, true));
    let nothing = Arc::new(NullArray::new(100 << 20));
    let lists = FixedSizeListArray::try_new(item, 1 << 20, nothing, None).unwrap();
    let rows = rows_with(100, "list", Arc::new(lists));
    let refused = answer_stream(
        Cursor::new(stream_of(&[rows])),
        Vec::new(),
        &foreign(PointsFormat::Parquet),
        &resolver(),
        &|_| {},
    )
    .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the file is no Parquet: it has too much in one part"
    );
}

/// Numbers that are views of texts, and categories of such; texts that cannot be numbers are not read to their ends for each row.
#[test]
fn numbers_may_be_shared_texts() {
    // a number, but for its length
    let long = "0".repeat(10 << 20) + "40.5";
    let texts = StringViewArray::from(vec![Some("40.5"), None, Some(&long), Some("x")]);
    let keys = arrow_array::Int8Array::from(vec![Some(0), Some(1), Some(2), Some(3), None]);
    let categories = arrow_array::DictionaryArray::new(keys, Arc::new(texts.clone()));
    let columns = [Arc::new(texts) as ArrayRef, Arc::new(categories)];
    for lat in columns {
        let degrees = Float64Array::from(vec![123.5; lat.len()]);
        let columns = [("lon", Arc::new(degrees) as ArrayRef), ("lat", lat)];
        let rows = RecordBatch::try_from_iter_with_nullable(
            columns.map(|(name, column)| (name, column, true)),
        );
        let rows = rows.unwrap();
        let reader = RecordBatchIterator::new(vec![Ok(rows.clone())], rows.schema());
        let batch = foreign(PointsFormat::Arrow);
        let (_, answers, done) = answer_rows(reader, &batch, &resolver(), || true).unwrap();
        assert_eq!((done.inside, done.invalid), (1, done.rows - 1));
        let problem = answers[0].column_by_name("problem").unwrap();
        let problem = problem.as_string::<i32>();
        assert!(problem.is_null(0));
        assert_eq!(problem.value(1), "there is no latitude");
        assert!(problem.value(2).ends_with("\" is not a number") && problem.value(2).len() < 200);
        assert_eq!(problem.value(3), "the latitude \"x\" is not a number");
    }
}

/// Answers that nobody waits for after so many looks.
struct Awaited {
    degrees: Degrees,
    looks: AtomicUsize,
    most: usize,
    answered: AtomicUsize,
}

impl Resolver for Awaited {
    fn catalogue(&self) -> &Catalogue {
        self.degrees.catalogue()
    }

    fn has_circles(&self) -> bool {
        self.degrees.has_circles()
    }

    fn most_components(&self) -> usize {
        0
    }

    fn component(&self, _: u32) -> Option<ComponentTexts<'_>> {
        None
    }

    fn resolve(&self, asked: &[Asked], answers: &mut Vec<Answer>) {
        self.answered.fetch_add(asked.len(), Ordering::Relaxed);
        self.degrees.resolve(asked, answers);
    }

    fn goes_on(&self) -> bool {
        self.looks.fetch_add(1, Ordering::Relaxed) < self.most
    }
}

/// A piece of rows may take minutes: its threads look up now and then.
#[rstest]
#[case::columns(PointsFormat::Arrow, false, 10 * 1024)]
#[case::parquet(PointsFormat::Parquet, false, 10 * 1024)]
#[case::columns_of_circles(PointsFormat::Arrow, true, 10 * 32)]
#[case::text(PointsFormat::Csv, false, 10 * 1024)]
fn work_that_nobody_waits_for_ends_within_a_piece(
    #[case] format: PointsFormat,
    #[case] circles: bool,
    #[case] most: usize,
) {
    let input = if format == PointsFormat::Csv {
        format!("lon,lat\n{}", "123.5,40.5\n".repeat(60_000)).into_bytes()
    } else {
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![0; 60_000]));
        stream_of(&[rows_with(60_000, "n", numbers)])
    };
    let awaited = Awaited {
        degrees: Degrees {
            circles,
            ..resolver()
        },
        looks: AtomicUsize::new(0),
        most: 10,
        answered: AtomicUsize::new(0),
    };
    let stopped = answer_stream(
        Cursor::new(input),
        Vec::new(),
        &foreign(format),
        &awaited,
        &|_| {},
    );
    assert!(matches!(stopped, Err(PointsError::Stopped)), "{stopped:?}");
    let answered = awaited.answered.into_inner();
    assert!((1..=most).contains(&answered), "{answered}");
}
