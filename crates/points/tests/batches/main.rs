//! Files of points in every format, good and bad ones: answered in order, each row in its place.
#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a test that panics has failed"
)]

mod columns;
mod csv_rows;
mod foreign;
mod objects;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Cursor, Read};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type};
use arrow_array::{
    Array, ArrayRef, BinaryArray, BinaryViewArray, FixedSizeListArray, Float64Array, Int64Array,
    LargeBinaryArray, RecordBatch, RecordBatchIterator, StringArray, StructArray,
};
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_ipc::writer::{FileWriter, StreamWriter};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::KeyValue;
use rstest::rstest;
use wangge_crs::{Crs, Policy};
use wangge_points::{
    Answer, Asked, Batch, Catalogue, Circle, ComponentTexts, Done, More, NearComponent, Options,
    PointsError, PointsFormat, Resolver, Size, Status, Suspicion, Systems, answer_file,
    answer_rows, answer_stream,
};
use wangge_report::{Language, Told};

/// Ten grids of a degree each between 120 and 130 east and 40 and 41 north; a degree beside is near.
struct Degrees {
    catalogue: Catalogue,
    circles: bool,
    /// Components that are told; component `n` lies `n` metres away, and there are two.
    components: usize,
}

/// The code of a grid: one of them needs quotes.
fn code(grid: u32) -> String {
    if grid == 7 {
        "g,\"7\"".to_owned()
    } else {
        format!("g{grid}")
    }
}

fn resolver() -> Degrees {
    let texts: Vec<[String; 3]> = (0..10)
        .map(|grid| [format!("s{}", grid / 5), code(grid), format!("网格{grid}")])
        .collect();
    Degrees {
        catalogue: Catalogue::new(
            ["street", "grid", "name"].map(str::to_owned).to_vec(),
            texts
                .iter()
                .map(|texts| texts.iter().map(String::as_str).collect()),
        ),
        circles: false,
        components: 0,
    }
}

/// Which grid a position is in, and how far it is from one that it is near.
fn truth(lon: f64, lat: f64) -> (Status, u32, Option<f64>) {
    let column = lon.floor() - 120.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 9"
    )]
    let grid = column.clamp(0.0, 9.0) as u32;
    if !(0.0..10.0).contains(&column) {
        (Status::Outside, Catalogue::OUTSIDE, None)
    } else if (40.0..41.0).contains(&lat) {
        (Status::Inside, grid, None)
    } else if (41.0..42.0).contains(&lat) {
        (Status::Near, grid, Some(lat - 41.0))
    } else {
        (Status::Outside, Catalogue::OUTSIDE, None)
    }
}

impl Resolver for Degrees {
    fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    fn has_circles(&self) -> bool {
        self.circles
    }

    fn most_components(&self) -> usize {
        self.components
    }

    fn component(&self, number: u32) -> Option<ComponentTexts<'_>> {
        let code = ["C,0", "C1"].get(number as usize)?;
        Some(ComponentTexts {
            code,
            class: "0101",
            state: (number == 0).then_some("lost"),
        })
    }

    fn resolve(&self, asked: &[Asked], answers: &mut Vec<Answer>) {
        answers.extend(asked.iter().map(|asked| {
            let (status, grid, distance_m) = truth(asked.point.lon(), asked.point.lat());
            let more = More {
                distance_m,
                circle: asked.accuracy_m.map(|metres| Circle {
                    certain: metres < 10.0,
                    candidates: format!("a=0.9000 outside={metres}"),
                }),
                components: (0..2)
                    .take(self.components)
                    .map(|number| NearComponent {
                        number,
                        distance_m: f64::from(number),
                    })
                    .collect(),
            };
            let has_more = more != More::default();
            Answer {
                status,
                grid,
                more: has_more.then(|| Box::new(more)),
            }
        }));
    }
}

fn batch(format: PointsFormat) -> Batch {
    Batch {
        format,
        lon: "lon".to_owned(),
        lat: "lat".to_owned(),
        accuracy: None,
        geometry: None,
        crs_column: None,
        columns: Vec::new(),
        encoding: None,
        strict: false,
        is_foreign: false,
        options: Options::Command,
        systems: Systems {
            crs: Crs::Lattice,
            is_said: false,
            policy: Policy::default(),
        },
        language: Language::En,
        threads: 2,
    }
}

fn answered(input: impl AsRef<[u8]>, batch: &Batch) -> Result<(String, Done), PointsError> {
    let input = Cursor::new(input.as_ref().to_vec());
    answered_from(input, batch, &resolver())
}

fn answered_from(
    input: impl Read + Send,
    batch: &Batch,
    resolver: &Degrees,
) -> Result<(String, Done), PointsError> {
    let mut output = Vec::new();
    let done = answer_stream(input, &mut output, batch, resolver, &|_| {})?;
    Ok((String::from_utf8(output).unwrap(), done))
}

fn csv(input: impl AsRef<[u8]>) -> (String, Done) {
    answered(input, &batch(PointsFormat::Csv)).unwrap()
}

#[test]
fn it_is_said_when_a_whole_file_looks_exchanged_or_shifted() {
    let mut exchanged = "lat,lon\n".to_owned();
    let mut shifted = "lon,lat\n".to_owned();
    let mut right = "lon,lat\n".to_owned();
    for n in 0..300 {
        let (lon, lat) = (
            120.0005 + f64::from(n) / 31.0,
            40.001 + f64::from(n) / 301.0,
        );
        writeln!(exchanged, "{lon},{lat}").unwrap();
        writeln!(right, "{lon},{lat}").unwrap();
        // along the western rim, told as maps in GCJ-02 tell it, are some on its wrong side
        let system = "gcj02".parse::<Crs>().unwrap();
        let to = wangge_crs::Transform::new(&Crs::Lattice, &system, &Policy::default()).unwrap();
        let lon = 120.0 + f64::from(n) * 0.03;
        let (lon, lat) = to
            .convert(lon, if n % 3 == 0 { 40.9995 } else { 40.0005 })
            .unwrap();
        writeln!(shifted, "{lon},{lat}").unwrap();
    }
    assert_eq!(csv(&right).1.suspicion, None);
    assert_eq!(csv(&exchanged).1.suspicion, Some(Suspicion::Exchanged));
    assert_eq!(csv(&shifted).1.suspicion, Some(Suspicion::Gcj02));
}

/// What rows say beside their position is never passed over without a word.
#[test]
fn nothing_of_a_row_is_lost_or_guessed() {
    // a field too many, a CR in a quoted row, columns named as answers are
    let text = "id,lon,lat,status\n1,120.5,40.5,a,b\n\"2\",120.5,40.5,x\ry\n";
    let (answers, _) = csv(text);
    let lines: Vec<&str> = answers.split('\n').collect();
    assert!(
        lines[0].starts_with("id,lon,lat,status,grid_status,street,grid,"),
        "{}",
        lines[0]
    );
    assert!(
        lines[1].starts_with("1,120.5,40.5,\"a,b\",invalid,"),
        "{}",
        lines[1]
    );
    assert!(
        lines[2].starts_with("\"2\",120.5,40.5,x\ry,inside,"),
        "{}",
        lines[2]
    );
    // a long row with a line end in quotes is one row
    let long = format!(
        "id,lon,lat\n{},\"\n\",1\n2,120.5,40.5\n",
        "9".repeat(3_000_000)
    );
    let (_, done) = csv(long);
    assert_eq!((done.rows, done.inside, done.invalid), (2, 1, 1));
    // a system that is no text
    let told = Batch {
        accuracy: Some("accuracy".to_owned()),
        crs_column: Some("crs".to_owned()),
        ..batch(PointsFormat::NdJson)
    };
    let text = "{\"lon\":120.5,\"lat\":40.5,\"crs\":4490}\n{\"lon\":120.5,\"lat\":40.5,\"crs\":\"\",\"accuracy\":\"\"}\n";
    let (answers, done) = answered(text, &told).unwrap();
    assert_eq!((done.inside, done.invalid), (1, 1), "{answers}");
    // texts in columns that are no numbers
    let columns: [(&str, ArrayRef); 3] = [
        (
            "lon",
            Arc::new(StringArray::from(vec![
                Some("120.5"),
                Some("east"),
                Some(" "),
                None,
            ])),
        ),
        ("lat", Arc::new(Float64Array::from(vec![40.5; 4]))),
        (
            "accuracy",
            Arc::new(StringArray::from(vec![Some("vague"), None, None, None])),
        ),
    ];
    let rows = RecordBatch::try_from_iter(columns).unwrap();
    let mut stream = StreamWriter::try_new(Vec::new(), &rows.schema()).unwrap();
    stream.write(&rows).unwrap();
    stream.finish().unwrap();
    let told = Batch {
        accuracy: Some("accuracy".to_owned()),
        ..batch(PointsFormat::Arrow)
    };
    let mut answers = Vec::new();
    let stream = stream.into_inner().unwrap();
    answer_stream(
        Cursor::new(stream),
        &mut answers,
        &told,
        &resolver(),
        &|_| {},
    )
    .unwrap();
    let rows = StreamReader::try_new(Cursor::new(answers), None)
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let problems = rows.column_by_name("problem").unwrap().as_string::<i32>();
    for (row, word) in [
        (0, "\"vague\""),
        (1, "\"east\""),
        (2, "no longitude"),
        (3, "no longitude"),
    ] {
        assert!(
            problems.value(row).contains(word),
            "{}",
            problems.value(row)
        );
    }
}
