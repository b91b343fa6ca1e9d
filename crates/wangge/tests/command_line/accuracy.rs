//! Positions that are known to some metres only.

use crate::support::{Desk, ONE_LEVEL, publish, run};
use crate::{squares, text};

#[test]
fn a_position_of_some_accuracy_names_the_grids_that_it_may_be_in() {
    let desk = Desk::new();
    let store = desk.store("city.gpkg", ONE_LEVEL);
    let file = desk.write(
        "grids.geojson",
        &squares(4, 2, |i| format!(r#""code":"{i:05}""#)),
    );
    publish(&store, &file, &[]);
    let store = text(&store);
    // where the four meet
    let corner = ["locate", "--store", store, "120.801", "40.701"];
    let ask = |more: &[&str]| run(&[&corner[..], more].concat());
    let told = ask(&["--accuracy", "5", "--lang", "en"]).expect_code(0).out;
    assert!(told.contains("within the accuracy it may be:"), "{told}");
    assert_eq!(told.matches("\t25.00 %\t0000").count(), 4, "{told}");
    let told = ask(&["--accuracy", "5", "--lang", "zh"]).expect_code(0).out;
    assert!(told.contains("位置误差内可能是："), "{told}");
    let model = ["--accuracy", "5", "--accuracy-model", "uniform", "--json"];
    let json = ask(&model).expect_code(0).out;
    assert!(
        json.contains(r#""certain":false,"candidates":[{"#),
        "{json}"
    );
    for wrong in ["0", "0.009", "-3", "5000.5", "nan"] {
        let refused = ask(&[&format!("--accuracy={wrong}"), "--lang", "en"]).expect_code(2);
        assert!(refused.err.contains("--accuracy is"), "{}", refused.err);
    }

    let points = desk.write(
        "points.csv",
        "lon,lat\n120.801,40.701\n120.8005,40.7005\n120.79,40.7005\n1,x\n",
    );
    let file = ["locate", "--store", store, "--points", text(&points)];
    let out = run(&[&file[..], &["--accuracy", "5"]].concat())
        .expect_code(0)
        .out;
    let mut rows = csv::Reader::from_reader(out.as_bytes());
    let header = rows.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    let fields = |row: usize| (&rows[row][at("certain")], &rows[row][at("candidates")]);
    assert_eq!(fields(0).0, "false");
    assert_eq!(fields(0).1.matches("=0.2500").count(), 4);
    assert_eq!(fields(1).0, "true");
    assert!(fields(1).1.ends_with("=1.0000"), "{}", fields(1).1);
    assert_eq!(fields(2), ("false", "outside=1.0000"));
    assert_eq!(fields(3), ("", ""));
    assert!(!rows[3][at("problem")].is_empty());
    let plain = run(&file).expect_code(0).out;
    assert!(!plain.contains("certain"), "{plain}");
}
