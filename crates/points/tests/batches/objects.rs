//! Rows that are JSON objects, and GeoJSON.

use super::*;

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
#[case::two_arrays("{\"features\":[],\"features\":[{}]}", "two arrays")]
fn a_text_that_is_no_collection_is_refused(#[case] text: &str, #[case] word: &str) {
    let refused = answered(text, &batch(PointsFormat::GeoJson)).unwrap_err();
    assert!(
        refused.in_english().contains(word),
        "{}",
        refused.in_english()
    );
}

#[rstest]
#[case::none("", false)]
#[case::degrees(
    r#""crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"#,
    false
)]
#[case::wgs84(r#""crs":{"type":"name","properties":{"name":"EPSG:4326"}},"#, false)]
#[case::null(r#""crs":null,"#, false)]
#[case::link(r#""crs":{"type":"link","properties":{"href":"file.prj"}},"#, false)]
#[case::urn(
    r#""crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4549"}},"#,
    true
)]
#[case::name(r#""crs":{"type":"name","properties":{"name":"EPSG:4549"}},"#, true)]
fn a_collection_that_declares_another_system_is_asked_about(
    #[case] crs: &str,
    #[case] is_other: bool,
) {
    let before = format!(r#"{{"type":"FeatureCollection",{crs}"features":[ ]}}"#);
    let behind = format!(r#"{{"features": [],{crs}"type":"FeatureCollection"}} "#);
    for text in [before, behind] {
        let taken = answered(&text, &batch(PointsFormat::GeoJson));
        assert_eq!(taken.is_err(), is_other, "{text}");
        if let Err(error) = taken {
            let told = error.told(Language::En);
            assert!(told.contains("in EPSG:4549: name it"), "{told}");
        }
        let mut said = batch(PointsFormat::GeoJson);
        said.systems.crs = "EPSG:4549".parse().unwrap();
        said.systems.is_said = true;
        assert!(answered(&text, &said).is_ok());
    }
}

#[test]
fn a_row_keeps_its_members_that_are_named_as_answers_are() {
    let text = "{\"lon\":121.5,\"lat\":40.5,\"status\":\"open\",\"name\":null}\n\
        {\"lon\":\"x\",\"lat\":40.5,\"status\":1,\"grid_status\":2}\n\
        {\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[123.5,40.5]},\"properties\":{\"grid\":\"A\"}}\n\
        {\"lon\":10,\"lat\":40.5,\"problem\":\"leak\"}\n";
    let (answers, _) = answered(text, &batch(PointsFormat::NdJson)).unwrap();
    let lines: Vec<&str> = answers.lines().collect();
    // by hand: what is the row's stays, and no name stands twice
    assert_eq!(
        lines[0],
        "{\"lon\":121.5,\"lat\":40.5,\"status\":\"open\",\"name\":null,\"grid_status\":\"inside\",\"street\":\"s0\",\"grid\":\"g1\",\"grid_name\":\"网格1\"}"
    );
    assert_eq!(
        lines[1],
        "{\"lon\":\"x\",\"lat\":40.5,\"status\":1,\"grid_status\":2,\"grid_grid_status\":\"invalid\",\"problem\":\"the longitude \\\"x\\\" is not a number\"}"
    );
    assert_eq!(
        lines[2],
        "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[123.5,40.5]},\"properties\":{\"grid\":\"A\",\"status\":\"inside\",\"street\":\"s0\",\"grid_grid\":\"g3\",\"name\":\"网格3\"}}"
    );
    assert_eq!(
        lines[3],
        "{\"lon\":10,\"lat\":40.5,\"problem\":\"leak\",\"status\":\"outside\"}"
    );
}
