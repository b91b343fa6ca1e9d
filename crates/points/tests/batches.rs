//! Files of points in every format, good and bad ones: answered in order, each row in its place.
#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a test that panics has failed"
)]

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Cursor, Read};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type};
use arrow_array::{Array, ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_ipc::writer::{FileWriter, StreamWriter};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rstest::rstest;
use wangge_crs::{Crs, Policy};
use wangge_points::{
    Answer, Asked, Batch, Catalogue, Circle, Done, PointsError, PointsFormat, Resolver, Status,
    Suspicion, Systems, answer_file, answer_stream,
};
use wangge_report::{Language, Told};

/// Ten grids of a degree each between 120 and 130 east and 40 and 41 north; a degree beside is near.
struct Degrees {
    catalogue: Catalogue,
    circles: bool,
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

    fn resolve(&self, asked: &[Asked], answers: &mut Vec<Answer>) {
        answers.extend(asked.iter().map(|asked| {
            let (status, grid, distance_m) = truth(asked.point.lon(), asked.point.lat());
            Answer {
                status,
                grid,
                distance_m,
                circle: asked.accuracy_m.map(|metres| {
                    Box::new(Circle {
                        certain: metres < 10.0,
                        candidates: format!("a=0.9000 outside={metres}"),
                    })
                }),
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
        crs_column: None,
        columns: Vec::new(),
        encoding: None,
        strict: false,
        is_foreign: false,
        systems: Systems {
            crs: Crs::Lattice,
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

/// A number that looks random.
fn dice(state: &mut u64) -> u64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

/// Rows with quotes, line ends within quotes, empty lines and other ends of lines, in several pieces.
#[test]
fn rows_of_a_long_csv_are_answered_in_order_whatever_is_in_them() {
    let mut state = 1;
    let mut text = "id,note,lon,lat\r\n".to_owned();
    let mut written = Vec::new();
    while text.len() < 5_000_000 {
        let (lon, lat) = (
            119.0 + (dice(&mut state) % 1_200_000) as f64 / 100_000.0,
            39.0 + (dice(&mut state) % 400_000) as f64 / 100_000.0,
        );
        let note = match dice(&mut state) % 40 {
            0 => "two\nlines, and \"quotes\"",
            1 => "网格员上报，井盖破损",
            2 => "5\" pipe",
            3 => "\"",
            4 => "",
            _ => "plain",
        };
        let quoted = match note {
            // within a field that does not begin with one, a quote is a letter
            "5\" pipe" | "plain" | "" | "网格员上报，井盖破损" => note.to_owned(),
            _ => format!("\"{}\"", note.replace('"', "\"\"")),
        };
        let end = ["\n", "\r\n", "\n\n"][usize::try_from(dice(&mut state) % 3).unwrap()];
        write!(text, "{},{quoted},{lon:.5},{lat:.5}{end}", written.len()).unwrap();
        written.push((note, lon, lat));
    }
    let (answers, done) = csv(&text);
    assert_eq!(done.rows, written.len() as u64);
    assert_eq!(done.rows, done.inside + done.near + done.outside);
    let mut rows = csv::Reader::from_reader(answers.as_bytes());
    let header: Vec<_> = rows.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(
        header,
        [
            "id",
            "note",
            "lon",
            "lat",
            "status",
            "street",
            "grid",
            "name",
            "distance_m",
            "problem"
        ]
    );
    let mut count = 0;
    for (row, (number, (note, lon, lat))) in rows.records().zip(written.iter().enumerate()) {
        let row = row.unwrap();
        let (status, grid, distance_m) = truth(*lon, *lat);
        assert_eq!((&row[0], &row[1]), (number.to_string().as_str(), *note));
        assert_eq!(&row[4], status.as_str());
        let expected = if status == Status::Outside {
            String::new()
        } else {
            code(grid)
        };
        assert_eq!(&row[6], expected);
        let expected = distance_m.map_or_else(String::new, |metres| format!("{metres:.2}"));
        assert_eq!(&row[8], expected);
        count += 1;
    }
    assert_eq!(count, written.len());
}

#[test]
fn a_bad_row_is_answered_as_such_in_its_place() {
    let text = "id,lon,lat\n\
        1,120.5,40.5\n\
        2,NaN,40.5\n\
        3,inf,40.5\n\
        4,east,40.5\n\
        5,,40.5\n\
        6,120.5\n\
        7,120.5,40.5,extra\n\
        8,120.5,140.5\n\
        \"9\n9\",121.5,40.5";
    let (answers, done) = csv(text);
    assert_eq!((done.rows, done.inside, done.invalid), (9, 2, 7));
    assert_eq!(done.first_invalid.as_ref().unwrap().0, 2);
    let mut rows = csv::Reader::from_reader(answers.as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    let told: Vec<_> = rows.iter().map(|row| (&row[0], &row[3], &row[8])).collect();
    for (at, id, word) in [
        (1, "2", "NaN"),
        (2, "3", "inf"),
        (3, "4", "\"east\""),
        (4, "5", "\"\""),
        (5, "6", "2 fields"),
        (6, "7", "4 fields"),
        (7, "8", "90"),
    ] {
        assert_eq!((told[at].0, told[at].1), (id, "invalid"));
        assert!(told[at].2.contains(word), "{:?}", told[at]);
    }
    assert_eq!((told[8].0, told[8].1), ("9\n9", "inside"));

    let strict = Batch {
        strict: true,
        ..batch(PointsFormat::Csv)
    };
    let refused = answered(text, &strict).unwrap_err();
    assert!(refused.in_english().contains("row 2"), "{refused}");
    assert!(refused.in_chinese().contains("第 2 行"));
}

#[rstest]
#[case::utf8_mark("\u{feff}id,lon,lat,名\n1,120.5,40.5,井盖\n".as_bytes().to_vec(), None)]
#[case::gbk(encoding_rs::GBK.encode("id,lon,lat,名\n1,120.5,40.5,井盖\n").0.to_vec(), Some("gb18030"))]
#[case::utf16(
    [0xff, 0xfe]
        .into_iter()
        .chain("id,lon,lat,名\n1,120.5,40.5,井盖\n".encode_utf16().flat_map(u16::to_le_bytes))
        .collect(),
    Some("UTF-16LE"),
)]
fn texts_of_other_encodings_come_out_as_utf8(
    #[case] text: Vec<u8>,
    #[case] encoding: Option<&str>,
) {
    let (answers, done) = csv(&text);
    assert_eq!(done.encoding, encoding);
    let mut rows = csv::Reader::from_reader(answers.as_bytes());
    assert_eq!(&rows.headers().unwrap()[3], "名");
    let row = rows.records().next().unwrap().unwrap();
    assert_eq!((&row[0], &row[3], &row[4]), ("1", "井盖", "inside"));
}

#[test]
fn an_encoding_that_is_said_is_taken_and_an_unknown_one_refused() {
    let big5 = encoding_rs::BIG5
        .encode("id,lon,lat,名\n1,120.5,40.5,孔蓋\n")
        .0
        .to_vec();
    let said = |name: &str| Batch {
        encoding: Some(name.to_owned()),
        ..batch(PointsFormat::Csv)
    };
    let (answers, done) = answered(&big5, &said("big5")).unwrap();
    assert!(answers.contains("孔蓋"), "{answers}");
    assert_eq!(done.encoding, Some("Big5"));
    let refused = answered(&big5, &said("klingon")).unwrap_err();
    assert!(matches!(refused, PointsError::UnknownEncoding { .. }));
    // neither UTF-8 nor GBK
    let refused = answered(b"id,lon,lat\n\xff\xff\xff,1,2\n", &batch(PointsFormat::Csv));
    assert!(matches!(refused, Err(PointsError::NotUtf8)), "{refused:?}");
    // a row that is not UTF-8 far behind
    let mut text = b"id,lon,lat\n".to_vec();
    for _ in 0..200_000 {
        text.extend_from_slice(b"1,120.5,40.5\n");
    }
    text.extend_from_slice(b"\xb3\xe5,120.5,40.5\n2,120.5,40.5\n");
    let (_, done) = csv(&text);
    assert_eq!((done.rows, done.invalid), (200_002, 1));
    assert_eq!(done.first_invalid.unwrap().0, 200_001);
}

#[rstest]
#[case::empty("", "header")]
#[case::no_longitude("id,x,lat\n1,2,3\n", "\"lon\"; there are: id, x, lat")]
#[case::open_quote_at_the_end("id,lon,lat\n1,120.5,40.5\n\"2,120.5,40.5\n3,120.5,40.5\n", "line 3")]
#[case::open_quote_in_the_header("id,\"lon,lat\n1,120.5,40.5\n", "line 1")]
#[case::carriage_returns("id,lon,lat\r1,120.5,40.5\r2,120.5,40.5\r", "CR")]
#[case::too_many_columns(&format!("lon,lat{}\n", ",x".repeat(5_000)), "4096 columns")]
#[case::endless_quote(&format!("id,lon,lat\n1,120.5,40.5\n\"2{}", ",120.5,40.5\n".repeat(200_000)), "line 3")]
fn a_csv_that_cannot_be_read_is_refused(#[case] text: &str, #[case] word: &str) {
    let refused = answered(text, &batch(PointsFormat::Csv)).unwrap_err();
    assert!(
        refused.in_english().contains(word),
        "{}",
        refused.in_english()
    );
    assert!(!refused.in_chinese().is_empty());
}

/// Bytes without an end of line, as many as wanted, between two rows.
struct OneLongLine {
    left: u64,
    stage: u8,
}

impl Read for OneLongLine {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let text: &[u8] = match self.stage {
            0 => b"id,lon,lat\n1,120.5,40.5\n",
            1 if self.left > 0 => {
                let count = to.len().min(usize::try_from(self.left).unwrap_or(to.len()));
                to[..count].fill(b'9');
                self.left -= count as u64;
                return Ok(count);
            }
            1 => b"\n3,121.5,40.5\n",
            _ => return Ok(0),
        };
        self.stage += 1;
        to[..text.len()].copy_from_slice(text);
        Ok(text.len())
    }
}

#[test]
fn a_line_of_a_gigabyte_is_one_bad_row_and_is_never_held() {
    let before = most_resident_kilobytes();
    let input = OneLongLine {
        left: 1 << 30,
        stage: 0,
    };
    let (answers, done) = answered_from(input, &batch(PointsFormat::Csv), &resolver()).unwrap();
    assert_eq!((done.rows, done.inside, done.invalid), (3, 2, 1));
    let lines: Vec<&str> = answers.lines().collect();
    assert!(
        lines[2].contains("longer than 1048576 bytes"),
        "{}",
        lines[2]
    );
    assert!(
        lines[3].starts_with("3,121.5,40.5,inside,s0,g1,"),
        "{}",
        lines[3]
    );
    let grown = most_resident_kilobytes().saturating_sub(before);
    assert!(grown < 100_000, "{grown} kB");
}

/// The most memory that this process has had, where the system says it.
fn most_resident_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[test]
fn columns_are_chosen_of_the_file_and_of_the_answers() {
    let chosen = |format, columns: &[&str]| Batch {
        columns: columns.iter().map(|&column| column.to_owned()).collect(),
        ..batch(format)
    };
    let text = "id,lon,lat\n\"1,\",127.5,40.5\n2,x,40.5\n";
    let (answers, _) =
        answered(text, &chosen(PointsFormat::Csv, &["grid", "id", "status"])).unwrap();
    assert_eq!(
        answers,
        "grid,id,status\n\"g,\"\"7\"\"\",\"1,\",inside\n,2,invalid\n"
    );
    let refused = answered(text, &chosen(PointsFormat::Csv, &["colour"])).unwrap_err();
    assert!(
        refused.in_english().contains("--columns"),
        "{}",
        refused.in_english()
    );
    let text = "{\"id\":7,\"lon\":127.5,\"lat\":40.5}\n{\"id\":8,\"lat\":1}\n";
    let (answers, _) = answered(
        text,
        &chosen(PointsFormat::NdJson, &["grid", "id", "status"]),
    )
    .unwrap();
    assert_eq!(
        answers,
        "{\"grid\":\"g,\\\"7\\\"\",\"id\":7,\"status\":\"inside\"}\n{\"id\":8,\"status\":\"invalid\"}\n"
    );
}

#[test]
fn rows_say_their_accuracy_and_their_system() {
    let told = Batch {
        accuracy: Some("accuracy".to_owned()),
        crs_column: Some("crs".to_owned()),
        ..batch(PointsFormat::Csv)
    };
    let resolver = Degrees {
        circles: true,
        ..resolver()
    };
    let text = "lon,lat,accuracy,crs\n\
        120.5,40.5,5,\n\
        120.5,40.5,,wgs84\n\
        120.5,40.5,6000,\n\
        120.5,40.5,near,\n\
        120.5,40.5,50,EPSG:1\n\
        120.0001,40.5,50,gcj02\n\
        500000,4429529.03,50,EPSG:4549\n";
    let (answers, done) = answered_from(text.as_bytes(), &told, &resolver).unwrap();
    let mut rows = csv::Reader::from_reader(answers.as_bytes());
    let header = rows.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    let (status, certain, problem) = (at("status"), at("certain"), at("problem"));
    assert_eq!((&rows[0][status], &rows[0][certain]), ("inside", "true"));
    assert_eq!((&rows[1][status], &rows[1][certain]), ("inside", ""));
    assert!(rows[2][problem].contains("5000"), "{:?}", rows[2]);
    assert!(rows[3][problem].contains("near"), "{:?}", rows[3]);
    assert!(rows[4][problem].contains("EPSG:1"), "{:?}", rows[4]);
    // half a kilometre west of where it says, which is outside
    assert_eq!(&rows[5][status], "outside");
    // on the central meridian of 120 degrees
    assert!(
        ["inside", "outside"].contains(&&rows[6][status]),
        "{:?}",
        rows[6]
    );
    assert_eq!(done.invalid, 3);
}

#[test]
fn json_lines_keep_their_members_and_features_their_parts() {
    let text = "{\"lon\": 121.5, \"lat\": 40.5, \"note\": \"a\\\"}\"}\n\
        \n\
        {\"lon\":\"122.5\",\"lat\":\"40.5\"}  \r\n\
        {}\n\
        [1,2]\n\
        not json\n\
        {\"lon\":121.5}\n\
        {\"type\":\"Feature\",\"id\":5,\"geometry\":{\"type\":\"Point\",\"coordinates\":[123.5,41.5]},\"bbox\":[1,2],\"properties\":{\"a\":1}}\n\
        {\"type\":\"Feature\",\"geometry\":null,\"properties\":null}";
    let (answers, done) = answered(text, &batch(PointsFormat::NdJson)).unwrap();
    let rows: Vec<serde_json::Value> = answers
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!((rows.len(), done.rows, done.invalid), (8, 8, 5));
    assert_eq!(
        (&rows[0]["note"], &rows[0]["grid"]),
        (&"a\"}".into(), &"g1".into())
    );
    assert_eq!(rows[1]["grid"], "g2");
    assert_eq!(rows[2]["status"], "invalid");
    assert_eq!(
        (&rows[3]["text"], &rows[4]["text"]),
        (&"[1,2]".into(), &"not json".into())
    );
    assert!(rows[5]["problem"].as_str().unwrap().contains("latitude"));
    assert_eq!(
        (&rows[6]["id"], &rows[6]["properties"]["a"]),
        (&5.into(), &1.into())
    );
    assert_eq!(rows[6]["bbox"][1], 2);
    assert_eq!(rows[6]["properties"]["status"], "near");
    assert_eq!(rows[6]["properties"]["distance_m"], 0.5);
    assert_eq!(rows[7]["properties"]["status"], "invalid");
}

/// A collection of features whose texts are full of brackets, in several pieces.
fn collection(count: usize) -> String {
    let mut text = "{ \"type\": \"FeatureCollection\", \"name\": \"features\", \"crs\": {\"features\": [1]},\n \"features\" : [".to_owned();
    for number in 0..count {
        let comma = if number == 0 { "" } else { ",\n" };
        let lon = 120.5 + f64::from(u32::try_from(number % 9).unwrap());
        write!(
            text,
            "{comma}{{\"type\":\"Feature\",\"properties\":{{\"n\":{number},\"t\":\"}}]\\\"{{[\\\\\"}},\n\"geometry\":{{\"type\":\"Point\",\"coordinates\":[{lon},40.5,7]}}}}"
        )
        .unwrap();
    }
    text + "], \"more\": [{}] }\n"
}

#[test]
fn features_are_answered_in_order() {
    let (answers, done) = answered(collection(30_000), &batch(PointsFormat::GeoJson)).unwrap();
    assert_eq!((done.rows, done.inside), (30_000, 30_000));
    let whole: serde_json::Value = serde_json::from_str(&answers).unwrap();
    let features = whole["features"].as_array().unwrap();
    assert_eq!(features.len(), 30_000);
    for (number, feature) in features.iter().enumerate() {
        assert_eq!(feature["properties"]["n"], number);
        assert_eq!(feature["properties"]["t"], "}]\"{[\\");
        let column = u32::try_from(number % 9).unwrap();
        assert_eq!(feature["properties"]["grid"], code(column));
        assert_eq!(feature["geometry"]["coordinates"][2], 7);
    }
    let (answers, done) = answered("{\"features\":[]}", &batch(PointsFormat::GeoJson)).unwrap();
    assert_eq!(done.rows, 0);
    let whole: serde_json::Value = serde_json::from_str(&answers).unwrap();
    assert_eq!(whole["features"].as_array().unwrap().len(), 0);
}

#[rstest]
#[case::empty("", "no array")]
#[case::no_features("{\"type\":\"Point\"}", "no array")]
#[case::a_list("[1,2]", "no array")]
#[case::no_json("lon,lat\n1,2\n", "bracket")]
#[case::cut(&collection(10)[..500], "breaks off")]
#[case::two("{\"features\":[]}\n{\"features\":[]}", "follows its end")]
#[case::null_among_them("{\"features\":[null]}", "no object")]
#[case::cut_behind("{\"features\":[]", "breaks off")]
fn a_text_that_is_no_collection_is_refused(#[case] text: &str, #[case] word: &str) {
    let refused = answered(text, &batch(PointsFormat::GeoJson)).unwrap_err();
    assert!(
        refused.in_english().contains(word),
        "{}",
        refused.in_english()
    );
}

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
