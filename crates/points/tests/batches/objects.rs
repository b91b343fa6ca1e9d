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
fn a_text_that_is_no_collection_is_refused(#[case] text: &str, #[case] word: &str) {
    let refused = answered(text, &batch(PointsFormat::GeoJson)).unwrap_err();
    assert!(
        refused.in_english().contains(word),
        "{}",
        refused.in_english()
    );
}
