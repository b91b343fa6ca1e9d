//! The files of planted grids: what is read back is what was planted.

use serde_json::Value;
use wangge_generate::{PlantSpec, PlantedDefect, PlantedKind, plant};
use wangge_plane::Point;

use crate::grids;

fn point(position: &Value) -> Point {
    let degree = |axis: usize| position[axis].as_f64().unwrap();
    Point::from_degrees(degree(0), degree(1)).unwrap()
}

fn points(ring: &Value) -> Vec<Point> {
    ring.as_array().unwrap().iter().map(point).collect()
}

fn words(list: &Value) -> Vec<&str> {
    let words = list.as_array().unwrap().iter();
    words.map(|word| word.as_str().unwrap()).collect()
}

#[test]
fn files_hold_the_grids_and_the_truth_and_say_that_they_are_synthetic() {
    let planted = plant(&grids(300, 2), &PlantSpec::each(2), 4).unwrap();
    let folder = tempfile::tempdir().unwrap();
    // a folder that is not there yet
    let folder = folder.path().join("planted");
    planted.write(&folder).unwrap();
    let read = |name: &str| -> Value {
        serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap()
    };

    let collection = read("grids.geojson");
    assert_eq!(collection["synthetic"], true);
    let features = collection["features"].as_array().unwrap();
    assert_eq!(features.len(), 302);
    for (feature, grid) in features.iter().zip(&planted.grids) {
        assert_eq!(feature["properties"]["code"], grid.unit.code.as_str());
        assert_eq!(feature["properties"]["synthetic"], true);
        let coordinates = &feature["geometry"]["coordinates"];
        let parts = match feature["geometry"]["type"].as_str().unwrap() {
            "Polygon" => std::slice::from_ref(coordinates),
            _ => coordinates.as_array().unwrap(),
        };
        let rings = parts.iter().flat_map(|part| part.as_array().unwrap());
        let mut count = 0;
        for (written, ring) in rings.zip(grid.shape.rings()) {
            // the way back of a spike is no repetition that could be left out
            let written = points(written);
            assert_eq!(written[..written.len() - 1], *ring.points());
            count += 1;
        }
        assert_eq!(count, grid.shape.rings().count());
    }

    let truth = read("truth.json");
    assert_eq!(truth["synthetic"], true);
    assert!(truth["note"].as_str().unwrap().contains("synthetic"));
    assert_eq!(truth["seed"], 4);
    assert_eq!(truth["sizes"]["min_m"], 0.03);
    assert_eq!(truth["sizes"]["max_m"], 3.0);
    let rules = truth["rules"].as_object().unwrap();
    assert_eq!(rules.len(), PlantedKind::ALL.len());
    let rows = truth["defects"].as_array().unwrap();
    assert_eq!(rows.len(), planted.truth.len());
    for (row, defect) in rows.iter().zip(&planted.truth) {
        assert_row(row, defect);
        let rule = rules[row["kind"].as_str().unwrap()].as_str().unwrap();
        for kind in words(&row["expect"]) {
            assert!(rule.contains(kind), "{rule} has no {kind}");
        }
        // every field is explained
        for field in row.as_object().unwrap().keys() {
            let fields = truth["fields"].as_object().unwrap();
            let explained = fields
                .keys()
                .any(|name| name.split(", ").any(|n| n == field));
            assert!(explained, "{field}");
        }
    }
}

fn assert_row(row: &Value, defect: &PlantedDefect) {
    assert_eq!(row["number"], defect.number);
    assert_eq!(row["kind"], defect.kind.as_str());
    assert_eq!(row["grid"], defect.grid.as_str());
    let grids: Vec<&str> = defect.grids.iter().map(AsRef::as_ref).collect();
    assert_eq!(words(&row["grids"]), grids);
    let beside: Vec<&str> = defect.beside.iter().map(AsRef::as_ref).collect();
    assert_eq!(words(&row["beside"]), beside);
    assert_eq!(row["size_m"].as_f64(), defect.size_m);
    assert_eq!(row["width_m"].as_f64(), defect.width_m);
    let place = Value::from(vec![row["lon"].clone(), row["lat"].clone()]);
    assert_eq!(point(&place), defect.place);
    for (field, area) in [
        ("doubled_missing", defect.doubled_missing),
        ("doubled_twice", defect.doubled_twice),
        ("doubled_loop", defect.doubled_loop),
    ] {
        let written: i128 = row[field].as_str().unwrap().parse().unwrap();
        assert_eq!(written, area);
    }
    match &defect.misfit {
        Some(ring) => {
            let written = points(&row["misfit"]);
            assert_eq!(written[..written.len() - 1], *ring.points());
            assert_eq!(written.first(), written.last());
        }
        None => assert!(row["misfit"].is_null()),
    }
    match defect.prepared {
        Some(vertex) => assert_eq!(point(&row["prepared"]), vertex),
        None => assert!(row["prepared"].is_null()),
    }
    let unmatched = row["unmatched"].as_array().unwrap();
    assert_eq!(unmatched.len(), defect.unmatched.len());
    for (written, vertex) in unmatched.iter().zip(&defect.unmatched) {
        let place = Value::from(vec![written["lon"].clone(), written["lat"].clone()]);
        assert_eq!(point(&place), vertex.point);
        assert_eq!(written["lacks"], vertex.lacks.as_str());
    }
    let kinds = |kinds: &[wangge_generate::ReportKind]| -> Vec<&str> {
        kinds.iter().map(|kind| kind.as_str()).collect()
    };
    assert_eq!(words(&row["expect"]), kinds(&defect.expect));
    assert_eq!(words(&row["also"]), kinds(&defect.also));
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error_that_names_it() {
    let planted = plant(&grids(3, 1), &PlantSpec::each(0), 1).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    let inside = file.path().join("planted");
    let error = planted.write(&inside).unwrap_err();
    assert!(error.to_string().contains(inside.to_str().unwrap()));
}
