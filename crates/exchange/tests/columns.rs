//! The columns of Parquet files, through the locked reading process.
#![expect(
    clippy::unwrap_used,
    reason = "clippy's leave for tests does not reach the helpers of a test file"
)]

mod support;

use std::fs::{File, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow_array::builder::{BooleanBuilder, ListBuilder, StringViewBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, DictionaryArray, Int32Array, Int64Array, RecordBatch, StringArray,
    StringViewArray, StructArray,
};
use arrow_ipc::reader::StreamReader;
use arrow_schema::{DataType, Field, FieldRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use rstest::rstest;
use support::{Files, reader, reader_within};
use wangge_exchange::{ChildEnd, ChildProgram, ExchangeError, Limits, Quantity, Reader, Refusal};

/// Rows of a number, a text and the same text as a view.
fn rows(count: usize, text: &dyn Fn(usize) -> String) -> RecordBatch {
    let texts: Vec<String> = (0..count).map(text).collect();
    let columns: [(&str, ArrayRef); 3] = [
        (
            "n",
            Arc::new(Int64Array::from_iter_values(
                0..i64::try_from(count).unwrap(),
            )),
        ),
        ("text", Arc::new(StringArray::from_iter_values(&texts))),
        ("view", Arc::new(StringViewArray::from_iter_values(&texts))),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn parquet(files: &Files, rows: &RecordBatch) -> PathBuf {
    let path = files.path("points.parquet");
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .build();
    let file = File::create(&path).unwrap();
    let mut writer = ArrowWriter::try_new(file, rows.schema(), Some(properties)).unwrap();
    writer.write(rows).unwrap();
    writer.close().unwrap();
    path
}

/// What reading to the end came to.
fn error_of(stream: impl Read) -> ExchangeError {
    let read = io::copy(&mut { stream }, &mut io::sink());
    let error = read.unwrap_err().into_inner().unwrap();
    *error.downcast::<ExchangeError>().unwrap()
}

fn refused(limits: Limits, path: &Path) -> ExchangeError {
    error_of(reader_within(limits).columns(path).unwrap())
}

#[test]
fn columns_come_as_they_are_in_the_file() {
    let files = Files::new();
    let text = |row: usize| format!("部件 {row}, long enough to lie outside of a view");
    let path = parquet(&files, &rows(200_000, &text));
    let stream = StreamReader::try_new(reader().columns(&path).unwrap(), None).unwrap();
    let mut next = 0;
    for rows in stream {
        let rows = rows.unwrap();
        assert!(rows.get_array_memory_size() < 64 << 20);
        let numbers = rows.column(0).as_primitive::<Int64Type>();
        let (texts, views) = (
            rows.column(1).as_string::<i32>(),
            rows.column(2).as_string::<i32>(),
        );
        for row in 0..rows.num_rows() {
            assert_eq!(numbers.value(row), i64::try_from(next).unwrap());
            assert_eq!(texts.value(row), text(next));
            assert_eq!(views.value(row), text(next));
            next += 1;
        }
    }
    assert_eq!(next, 200_000);
}

#[rstest]
#[case::empty(0)]
#[case::cut_in_the_middle(2)]
#[case::without_its_end(10)]
fn a_file_that_is_cut_is_refused(#[case] tenths: usize) {
    let files = Files::new();
    let path = parquet(&files, &rows(1_000, &|row| row.to_string()));
    let whole = std::fs::read(&path).unwrap();
    let length = (whole.len() * tenths / 10).min(whole.len() - 1);
    let cut = files.write("cut.parquet", &whole[..length]);
    let error = refused(Limits::default(), &cut);
    assert!(
        matches!(
            &error,
            ExchangeError::Refused {
                refusal: Refusal::Malformed { .. },
                file
            } if file == "cut.parquet"
        ),
        "{error}"
    );
}

/// Any byte of the file may be wrong: that ends in rows or in an error, in time, whatever the library makes of it.
#[test]
fn files_with_wrong_bytes_end_in_rows_or_an_error() {
    let files = Files::new();
    let path = parquet(&files, &rows(200, &|row| row.to_string()));
    let whole = std::fs::read(&path).unwrap();
    let mut errors = 0;
    for at in (4..whole.len()).step_by(whole.len() / 40) {
        let mut wrong = whole.clone();
        wrong[at] ^= 0x5a;
        let path = files.write("wrong.parquet", wrong);
        match io::copy(&mut reader().columns(&path).unwrap(), &mut io::sink()) {
            Ok(_) => {}
            Err(error) => {
                let error = error.into_inner().unwrap();
                assert!(error.is::<ExchangeError>());
                errors += 1;
            }
        }
    }
    assert!(errors > 5, "{errors}");
}

/// A file of some kilobytes with texts of gigabytes.
#[test]
fn texts_that_become_far_more_than_their_file_are_refused() {
    let files = Files::new();
    let mut texts = StringViewBuilder::new().with_deduplicate_strings();
    let long = "长".repeat(1 << 18);
    for _ in 0..20_000 {
        texts.append_value(&long);
    }
    let rows =
        RecordBatch::try_from_iter([("text", Arc::new(texts.finish()) as ArrayRef)]).unwrap();
    let path = files.path("points.parquet");
    // as plain texts, so that each is unpacked
    let plain = ArrowWriterOptions::new().with_skip_arrow_metadata(true);
    let file = File::create(&path).unwrap();
    let mut writer = ArrowWriter::try_new_with_options(file, rows.schema(), plain).unwrap();
    writer.write(&rows).unwrap();
    writer.close().unwrap();
    assert!(std::fs::metadata(&path).unwrap().len() < 2_000_000);
    let limits = Limits {
        memory_bytes: 2 << 30,
        unpacked_bytes: 500 << 20,
        ..Limits::default()
    };
    let error = refused(limits, &path);
    assert!(
        matches!(
            error,
            ExchangeError::Refused {
                refusal: Refusal::Limit {
                    what: Quantity::UnpackedBytes,
                    found: 500_000_000..600_000_000,
                    limit: 524_288_000,
                },
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn rows_and_columns_beyond_the_limits_are_refused() {
    let files = Files::new();
    let path = parquet(&files, &rows(10, &|row| row.to_string()));
    let limits = Limits {
        columns: 2,
        ..Limits::default()
    };
    let refusal = |error| match error {
        ExchangeError::Refused { refusal, .. } => refusal,
        other => unreachable!("{other}"),
    };
    assert_eq!(
        refusal(refused(limits.clone(), &path)),
        Refusal::Limit {
            what: Quantity::Columns,
            found: 3,
            limit: 2
        }
    );
    // a structure of fields is as many columns as it has fields
    let fields: Vec<(FieldRef, ArrayRef)> = (0..3)
        .map(|at| {
            let field = Field::new(format!("f{at}"), DataType::Int64, true);
            let numbers: ArrayRef = Arc::new(Int64Array::from(vec![at; 5]));
            (Arc::new(field), numbers)
        })
        .collect();
    let structure: ArrayRef = Arc::new(StructArray::from(fields));
    let path = parquet(
        &files,
        &RecordBatch::try_from_iter([("s", structure)]).unwrap(),
    );
    assert!(matches!(
        refusal(refused(limits, &path)),
        Refusal::Limit {
            what: Quantity::Columns,
            found: 3,
            limit: 2
        }
    ));
    let long = "长".repeat(20 << 20);
    let path = parquet(&files, &rows(1, &|_| long.clone()));
    assert!(matches!(
        refusal(refused(Limits::default(), &path)),
        Refusal::Limit {
            what: Quantity::RowBytes,
            ..
        }
    ));
    let small = Limits {
        input_bytes: 100,
        ..Limits::default()
    };
    assert!(matches!(
        reader_within(small).columns(&path),
        Err(ExchangeError::TooLarge { .. })
    ));
}

/// A reader that is slow, or goes away, leaves no process behind.
#[test]
fn a_stream_that_is_not_read_ends_with_its_time_or_its_reader() {
    let files = Files::new();
    let path = parquet(&files, &rows(300_000, &|row| format!("{row:040}")));
    let limits = Limits {
        wall_s: 1,
        ..Limits::default()
    };
    let mut stream = reader_within(limits).columns(&path).unwrap();
    let mut first = [0; 100];
    stream.read_exact(&mut first).unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    let error = error_of(stream);
    assert!(
        matches!(
            error,
            ExchangeError::Ended {
                how: ChildEnd::WallClock { limit_s: 1 },
                ..
            }
        ),
        "{error}"
    );
    let mut stream = reader().columns(&path).unwrap();
    stream.read_exact(&mut first).unwrap();
    assert_eq!(children(), 1);
    drop(stream);
    assert_eq!(children(), 0);
}

/// Processes that this thread has started, as no other test does, and that have not been waited for.
fn children() -> usize {
    let children = std::fs::read_to_string("/proc/thread-self/children").unwrap();
    children.split_whitespace().count()
}

/// What a taken-over process may do: tell its end, close what it is heard by, and stay.
#[test]
fn a_process_that_stays_after_its_end_is_killed() {
    let files = Files::new();
    let path = parquet(&files, &rows(1, &|_| String::new()));
    let refusal = r#"{"Empty":{"why":"nothing"}}"#;
    let script = format!(
        "#!/bin/sh\nprintf '\\{:o}\\000\\000\\000\\007%s' '{refusal}'\nexec 2>&-\nexec sleep 300\n",
        refusal.len() + 1
    );
    let program = files.write("stays.sh", script);
    std::fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    let reader = Reader::new(ChildProgram::at(program), Limits::default());
    let begun = Instant::now();
    let error = error_of(reader.columns(&path).unwrap());
    assert!(begun.elapsed() < Duration::from_mins(1));
    assert!(
        matches!(
            error,
            ExchangeError::Refused {
                refusal: Refusal::Empty { .. },
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(children(), 0);
}

/// Texts that stand once for many rows come as plain ones: whoever writes them out would take memory for each.
#[test]
fn columns_of_dictionaries_and_views_come_plain() {
    let files = Files::new();
    let texts: DictionaryArray<Int32Type> = ["甲", "乙", "甲"].into_iter().collect();
    let list = {
        let mut list = ListBuilder::new(StringViewBuilder::new());
        list.append_value([Some("丙"), None]);
        list.append_null();
        list.append_value([Some("丁")]);
        list.finish()
    };
    let columns: [(&str, ArrayRef); 2] = [("text", Arc::new(texts)), ("list", Arc::new(list))];
    let path = parquet(&files, &RecordBatch::try_from_iter(columns).unwrap());
    let mut stream = StreamReader::try_new(reader().columns(&path).unwrap(), None).unwrap();
    let rows = stream.next().unwrap().unwrap();
    let told: Vec<_> = rows.column(0).as_string::<i32>().iter().flatten().collect();
    assert_eq!(told, ["甲", "乙", "甲"]);
    let lists = rows.column(1).as_list::<i32>();
    assert_eq!(lists.values().as_string::<i32>().value(0), "丙");
    assert!(lists.is_null(1));
}

/// The case of `texts_that_become…` under a type that keeps the text once in the process that reads.
#[test]
fn a_dictionary_of_one_long_text_does_not_leave_the_process() {
    let files = Files::new();
    let long = "长".repeat(400_000);
    let texts = DictionaryArray::<Int32Type>::new(
        Int32Array::from(vec![0; 60_000]),
        Arc::new(StringArray::from(vec![long])),
    );
    let rows = RecordBatch::try_from_iter([("text", Arc::new(texts) as ArrayRef)]).unwrap();
    let path = files.path("points.parquet");
    // no one writes such a file out as plain pages: it must stay a dictionary
    let properties = WriterProperties::builder()
        .set_dictionary_page_size_limit(64 << 20)
        .build();
    let file = File::create(&path).unwrap();
    let mut writer = ArrowWriter::try_new(file, rows.schema(), Some(properties)).unwrap();
    writer.write(&rows).unwrap();
    writer.close().unwrap();
    assert!(std::fs::metadata(&path).unwrap().len() < 5_000_000);
    let limits = Limits {
        memory_bytes: 1 << 30,
        ..Limits::default()
    };
    let error = refused(limits, &path);
    assert!(
        matches!(
            error,
            ExchangeError::Ended {
                how: ChildEnd::Memory { .. },
                ..
            }
        ),
        "{error}"
    );
}

/// What the system does when it has no memory left, whatever half of a frame was told by then.
#[rstest]
#[case::before_a_word("")]
#[case::within_a_frame("printf '\\000\\000'; ")]
fn a_process_that_somebody_kills_is_told_as_such(#[case] said: &str) {
    let files = Files::new();
    let path = parquet(&files, &rows(1, &|_| String::new()));
    let program = files.write("killed.sh", format!("#!/bin/sh\n{said}kill -9 $$\n"));
    std::fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    let reader = Reader::new(ChildProgram::at(program), Limits::default());
    let error = error_of(reader.columns(&path).unwrap());
    let ExchangeError::Ended { how, .. } = &error else {
        unreachable!("{error}")
    };
    assert!(how.is_killed(), "{error}");
}

/// What a taken-over process may do: say what is no frame, and go on.
#[test]
fn a_process_that_is_killed_for_what_it_says_is_told_as_such() {
    let files = Files::new();
    let path = parquet(&files, &rows(1, &|_| String::new()));
    let script = "#!/bin/sh\nprintf 'no frame at all, but many letters'\nexec sleep 300\n";
    let program = files.write("letters.sh", script);
    std::fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    let reader = Reader::new(ChildProgram::at(program), Limits::default());
    let error = error_of(reader.columns(&path).unwrap());
    assert!(matches!(error, ExchangeError::Answer { .. }), "{error}");
}

/// Once the process has the file open, nothing of it has a name.
#[test]
fn a_file_has_no_name_while_it_is_told() {
    let files = Files::new();
    let path = parquet(&files, &rows(300_000, &|row| row.to_string()));
    let mut stream = reader().columns(&path).unwrap();
    let links = || std::fs::metadata(&path).unwrap().nlink();
    stream.read_exact(&mut [0; 1000]).unwrap();
    assert_eq!(links(), 1);
    // and it is read on
    let told = io::copy(&mut stream, &mut io::sink()).unwrap();
    assert!(told > 300_000 * 16);
}

/// Rows that are far longer than the average of their file.
#[test]
fn long_rows_together_are_told_in_parts() {
    let files = Files::new();
    let long = "长".repeat(1 << 18);
    let text = |row: usize| match row {
        5_000..5_120 => long.clone(),
        _ => String::new(),
    };
    let path = parquet(&files, &rows(20_000, &text));
    let stream = StreamReader::try_new(reader().columns(&path).unwrap(), None).unwrap();
    let mut next = 0;
    for rows in stream {
        let rows = rows.unwrap();
        let texts = rows.column(1).as_string::<i32>();
        let bytes: usize = texts.iter().flatten().map(str::len).sum();
        // and the same in the other column
        assert!(2 * bytes <= 16 << 20, "{bytes}");
        for row in 0..rows.num_rows() {
            assert_eq!(texts.value(row).len(), text(next).len());
            next += 1;
        }
    }
    assert_eq!(next, 20_000);
}

/// One column of lists of numbers, `items` in each row.
fn lists(rows: usize, items: usize) -> RecordBatch {
    let mut lists = ListBuilder::new(BooleanBuilder::new());
    for _ in 0..rows {
        lists.values().append_n(items, true);
        lists.append(true);
    }
    RecordBatch::try_from_iter([("list", Arc::new(lists.finish()) as ArrayRef)]).unwrap()
}

#[test]
fn items_of_lists_count_however_small_they_are() {
    let files = Files::new();
    // a bit each: 10 MB in all, which are 160 million places for whoever writes them
    let path = parquet(&files, &lists(80, 1_000_000));
    let stream = reader().columns(&path).unwrap();
    let parts: Vec<usize> = StreamReader::try_new(stream, None)
        .unwrap()
        .map(|part| part.unwrap().num_rows())
        .collect();
    assert_eq!(parts.iter().sum::<usize>(), 80);
    assert!(parts.iter().all(|rows| *rows == 1), "{parts:?}");
    let path = parquet(&files, &lists(1, 3_000_000));
    let error = error_of(reader().columns(&path).unwrap());
    assert!(
        matches!(error, ExchangeError::Refused { .. }),
        "48 MB in a row: {error:?}"
    );
}
