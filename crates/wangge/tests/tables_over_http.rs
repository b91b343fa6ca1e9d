//! Parquet files over HTTP: read by a locked process, answered as the command line answers them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that panics has failed"
)]

mod support;

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow_array::builder::StringViewBuilder;
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::file::properties::WriterProperties;
use rustix::process::Signal;
use serde_json::Value;
use support::service::Service;
use support::{Desk, ONE_LEVEL, publish, run};

const PARQUET: &str = "application/vnd.apache.parquet";

/// Two grids beside each other, A and B.
const GRIDS: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"A","name":"甲"},"geometry":{"type":"Polygon","coordinates":[[[120.8,40.7],[120.81,40.7],[120.81,40.71],[120.8,40.71],[120.8,40.7]]]}},
{"type":"Feature","properties":{"code":"B","name":"乙"},"geometry":{"type":"Polygon","coordinates":[[[120.81,40.7],[120.82,40.7],[120.82,40.71],[120.81,40.71],[120.81,40.7]]]}}]}"#;

fn served(desk: &Desk, options: &[&str]) -> (PathBuf, Service) {
    let store = desk.store("city.gpkg", ONE_LEVEL);
    let file = desk.write("grids.geojson", GRIDS);
    publish(&store, &file, &["--plan", "first"]);
    let service = Service::start(&store, options);
    (store, service)
}

/// Positions from west to east across both grids and beyond, in two systems by turns; every thousandth is none.
fn points(count: i64) -> RecordBatch {
    let part = |n: i64| f64::from(i32::try_from(n * 7 % 3000).unwrap()) / 100_000.0;
    let lon = (0..count).map(|n| (n % 1000 != 999).then(|| 120.795 + part(n)));
    let columns: [(&str, ArrayRef); 4] = [
        ("n", Arc::new(Int64Array::from_iter_values(0..count))),
        ("lon", Arc::new(lon.collect::<Float64Array>())),
        (
            "lat",
            Arc::new(Float64Array::from_iter_values((0..count).map(|_| 40.705))),
        ),
        (
            "system",
            Arc::new(
                (0..count)
                    .map(|n| (n % 2 == 1).then_some("gcj02"))
                    .collect::<StringArray>(),
            ),
        ),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn parquet_of(rows: &RecordBatch, options: ArrowWriterOptions) -> Vec<u8> {
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), rows.schema(), options).unwrap();
    writer.write(rows).unwrap();
    writer.into_inner().unwrap()
}

/// All rows of a file, in batches of the same size whatever its groups are.
fn rows_of(path: &Path) -> Vec<RecordBatch> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    builder.build().unwrap().map(Result::unwrap).collect()
}

fn written(desk: &Desk, name: &str, content: &[u8]) -> PathBuf {
    let path = desk.path(name);
    std::fs::write(&path, content).unwrap();
    path
}

#[test]
fn a_parquet_file_is_answered_as_the_command_line_answers_it() {
    let desk = Desk::new();
    let (store, service) = served(&desk, &[]);
    let body = parquet_of(&points(150_000), ArrowWriterOptions::new());
    let file = written(&desk, "points.parquet", &body);
    for (parameters, options) in [
        ("", &[][..]),
        (
            "?crs_column=system&columns=n,grid,status,problem",
            &[
                "--crs-column",
                "system",
                "--columns",
                "n,grid,status,problem",
            ][..],
        ),
    ] {
        let answer = service.send_file(&format!("/v1/locate{parameters}"), PARQUET, &body);
        assert_eq!(
            answer.status,
            200,
            "{}",
            String::from_utf8_lossy(&answer.body)
        );
        assert_eq!(answer.header("content-type"), PARQUET);
        let over_http = written(&desk, "over_http.parquet", &answer.body);
        let by_command = desk.path("by_command.parquet");
        let mut arguments = vec!["locate", "--store", store.to_str().unwrap(), "--points"];
        arguments.extend([file.to_str().unwrap(), "-o", by_command.to_str().unwrap()]);
        arguments.extend(options);
        run(&arguments).expect_code(0);
        let (over_http, by_command) = (rows_of(&over_http), rows_of(&by_command));
        assert_eq!(
            over_http.iter().map(RecordBatch::num_rows).sum::<usize>(),
            150_000
        );
        assert_eq!(over_http, by_command);
        std::fs::remove_file(desk.path("by_command.parquet")).unwrap();
    }
    let (status, log) = service.stop();
    assert!(status.success());
    assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
}

#[test]
fn what_is_no_sound_parquet_is_told_and_nothing_stays() {
    let desk = Desk::new();
    let (_, service) = served(&desk, &[]);
    let sound = parquet_of(&points(1_000), ArrowWriterOptions::new());
    let other = RecordBatch::try_from_iter([(
        "place",
        Arc::new(StringArray::from(vec!["市政府"])) as ArrayRef,
    )])
    .unwrap();
    // texts of 3 MB that take 3 GB unpacked
    let mut texts = StringViewBuilder::new().with_deduplicate_strings();
    let long = "长".repeat(1 << 20);
    for _ in 0..1_100 {
        texts.append_value(&long);
    }
    let degrees = |value: f64| Arc::new(Float64Array::from(vec![value; 1_100])) as ArrayRef;
    let long = RecordBatch::try_from_iter([
        ("lon", degrees(120.805)),
        ("lat", degrees(40.705)),
        ("text", Arc::new(texts.finish()) as ArrayRef),
    ])
    .unwrap();
    // so that the file holds the text once
    let properties = WriterProperties::builder()
        .set_dictionary_page_size_limit(64 << 20)
        .build();
    let once = ArrowWriterOptions::new().with_properties(properties);
    let plain = once.clone().with_skip_arrow_metadata(true);
    for (body, word) in [
        (sound[..sound.len() / 2].to_vec(), "Parquet"),
        (Vec::new(), "Parquet"),
        (b"id,lon,lat\n1,2,3\n".to_vec(), "Parquet"),
        (parquet_of(&other, ArrowWriterOptions::new()), "with lon."),
        (parquet_of(&long, plain), "memory"),
        (parquet_of(&long, once), "memory"),
    ] {
        let answer = service.send_file("/v1/locate", PARQUET, &body);
        let told: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(answer.status, 400, "{told}");
        assert_eq!(told["type"], "urn:wangge:problem:unreadable-table");
        assert!(told["detail"].as_str().unwrap().contains(word), "{told}");
    }
    assert!(
        service.most_memory_kb() < 1_000_000,
        "{}",
        service.most_memory_kb()
    );
    // no process goes on reading, and the service answers
    let begun = Instant::now();
    while service.children() > 0 {
        assert!(begun.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(service.get("/v1/locate?lon=120.805&lat=40.705").status, 200);
}

/// A service that is stopped while it answers leaves no positions behind: neither as it is told to stop, nor as it is killed.
#[test]
fn no_file_stays_of_a_table_that_is_being_answered() {
    let body = parquet_of(&points(2_000_000), ArrowWriterOptions::new());
    for signal in [Signal::TERM, Signal::KILL] {
        let desk = Desk::new();
        let store = desk.store("city.gpkg", ONE_LEVEL);
        let file = desk.write("grids.geojson", GRIDS);
        publish(&store, &file, &["--plan", "first"]);
        let config = desk.write("wangge.toml", "[limits]\nshutdown_grace_s = 1\n");
        let folder = desk.path("temporary");
        std::fs::create_dir(&folder).unwrap();
        let files = || {
            let entries = std::fs::read_dir(&folder).unwrap();
            entries
                .map(|entry| entry.unwrap().file_name())
                .collect::<Vec<_>>()
        };
        let options = [
            "--store",
            store.to_str().unwrap(),
            "--config",
            config.to_str().unwrap(),
        ];
        let service = Service::with_temporary(&folder, &options);
        let mut socket = TcpStream::connect(service.address()).unwrap();
        let head = format!(
            "POST /v1/locate HTTP/1.1\r\nHost: localhost\r\nContent-Type: {PARQUET}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        socket.write_all(head.as_bytes()).unwrap();
        socket.write_all(&body).unwrap();
        // the answer has begun, and is not taken
        socket.read_exact(&mut [0; 12]).unwrap();
        assert!(service.children() > 0, "nothing is read any more");
        if signal == Signal::KILL {
            assert!(files().is_empty(), "{:?}", files());
        }
        service.end_by(signal);
        assert!(files().is_empty(), "{:?}", files());
    }
}

#[test]
fn a_file_beyond_the_limit_is_refused() {
    let desk = Desk::new();
    let config = desk.write("wangge.toml", "[limits]\nupload_bytes = 1000\n");
    let (_, service) = served(&desk, &["--config", config.to_str().unwrap()]);
    let body = parquet_of(&points(1_000), ArrowWriterOptions::new());
    let answer = service.send_file("/v1/locate", PARQUET, &body);
    let told: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(answer.status, 413, "{told}");
    assert_eq!(told["type"], "urn:wangge:problem:body-too-large");
}
