//! Rows of CSV.

use super::*;

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
fn the_components_near_a_row_have_columns_of_their_own() {
    let three = Degrees {
        components: 3,
        ..resolver()
    };
    let input = "lon,lat,component_2\n120.5,40.5,mine\n,40.5,\n";
    let (out, _) = answered_from(
        Cursor::new(input.as_bytes().to_vec()),
        &batch(PointsFormat::Csv),
        &three,
    )
    .unwrap();
    assert_eq!(
        out,
        "lon,lat,component_2,status,street,grid,name,distance_m,component_1,component_1_class,component_1_state,component_1_m,\
         grid_component_2,component_2_class,component_2_state,component_2_m,component_3,component_3_class,component_3_state,component_3_m,problem\n\
         120.5,40.5,mine,inside,s0,g0,网格0,,\"C,0\",0101,lost,0.00,C1,0101,,1.00,,,,,\n\
         ,40.5,,invalid,,,,,,,,,,,,,,,,,\"the longitude \"\"\"\" is not a number\"\n"
    );
    let few = Batch {
        columns: ["component_1_m", "component_1", "component_2_class"]
            .map(str::to_owned)
            .to_vec(),
        ..batch(PointsFormat::NdJson)
    };
    let input = "{\"lon\":120.5,\"lat\":40.5}\n";
    let (out, _) = answered_from(Cursor::new(input.as_bytes().to_vec()), &few, &three).unwrap();
    assert_eq!(
        out,
        "{\"component_1_m\":0.0,\"component_1\":\"C,0\",\"component_2_class\":\"0101\"}\n"
    );
    let (out, _) = answered_from(
        Cursor::new(input.as_bytes().to_vec()),
        &batch(PointsFormat::NdJson),
        &three,
    )
    .unwrap();
    let row: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(row["component_1"], "C,0");
    assert_eq!(row["component_2_m"], 1.0);
    assert_eq!(row["component_2_class"], "0101");
    assert!(row.get("component_3").is_none());
}
