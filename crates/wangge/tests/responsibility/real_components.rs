//! Real components: the litter cans and traffic signal cabinets of a city, and the nearest of them.

use std::collections::HashMap;
use std::fmt::Write as _;

use geo::{Distance, Geodesic, Haversine, Point};
use serde_json::Value;
use wangge_city::{City, LocateRequest, NearestComponents, Shown, Subject};
use wangge_crs::Crs;
use wangge_model::ObjectKind;
use wangge_store::Store;

use crate::demonstration::Dice;
use crate::support::{Desk, ONE_LEVEL, publish, real_data, run};
use crate::text;

/// Positions of a layer by the code that a column holds.
fn positions(path: &std::path::Path, column: &str) -> Vec<(String, Point)> {
    let layer: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let features = layer["features"].as_array().unwrap().iter();
    features
        .map(|feature| {
            let place = feature["geometry"]["coordinates"].as_array().unwrap();
            let of = |at: usize| place[at].as_f64().unwrap();
            let code = match &feature["properties"][column] {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            (code, Point::new(of(0), of(1)))
        })
        .collect()
}

#[test]
fn litter_cans_and_signal_cabinets_come_in_with_their_duplicates_reported() {
    let Some(data) = real_data() else { return };
    let desk = Desk::new();
    let store = desk.store("wards.gpkg", ONE_LEVEL);
    let folder = data.join("dc-grids");
    let wards = folder.join("ward-2012.geojson");
    publish(&store, &wards, &["--map", "code=WARD_ID,name=NAME"]);
    let classes = desk.write(
        "classes.csv",
        "object,code,name,geometry,accuracy\ncomponent,0305,垃圾箱,point,A\n\
         component,0214,交通信号设施,point,A\n",
    );
    run(&["import", "classes", text(&classes), "--store", text(&store)]).expect_code(0);
    let mut taken: Vec<(String, String, Point)> = Vec::new();
    let cabinets = folder.join("traffic-signal-cabinets.geojson");
    let apart = desk.write("cabinets.geojson", &with_codes_of_their_own(&cabinets));
    for (path, column, class, count) in [
        (folder.join("litter-cans.geojson"), "LITTERID", "0305", 5265),
        (apart, "FACILITYID", "0214", 1412),
    ] {
        let file = path.file_name().unwrap().to_string_lossy();
        let all = positions(&path, column);
        assert_eq!(all.len(), count);
        let report = desk.path("findings.json");
        let aside = desk.path(&format!("{class}.csv"));
        let map = format!("code={column}");
        let ran = run(&[
            "import",
            "components",
            text(&path),
            "--store",
            text(&store),
            "--class",
            class,
            "--map",
            &map,
            "--quarantine",
            text(&aside),
            "--report",
            text(&report),
            "--json",
        ])
        .expect_code(0);
        let done: Value = serde_json::from_str(&ran.out).unwrap();
        let added = usize::try_from(done["added"].as_u64().unwrap()).unwrap();
        let left_out = usize::try_from(done["aside"].as_u64().unwrap()).unwrap();
        println!("{file}: {added} taken, {left_out} put aside");
        assert_eq!(added + left_out, count);
        // those left out lie beyond the wards, a few at most
        assert!(left_out < 20, "{left_out} of {file}");
        let outside = aside_codes(&aside, column);
        // of those that share a position to the lattice all but the first are reported
        let mut at: HashMap<(i64, i64), usize> = HashMap::new();
        let mut twins = 0;
        for (code, place) in &all {
            if outside.contains(code) {
                continue;
            }
            #[expect(clippy::cast_possible_truncation, reason = "lattice units")]
            let units = |degrees: f64| (degrees * 1e7).round_ties_even() as i64;
            let here = at.entry((units(place.x()), units(place.y()))).or_default();
            twins += usize::from(*here > 0);
            *here += 1;
            taken.push((code.clone(), class.to_owned(), *place));
        }
        let findings: Value =
            serde_json::from_str(&std::fs::read_to_string(&report).unwrap()).unwrap();
        let of_kind = |kind: &str| {
            let all = findings.as_array().unwrap().iter();
            all.filter(|one| one["kind"] == kind).count()
        };
        println!("{file}: {twins} at the place of another");
        assert_eq!(of_kind("same-place"), twins);
    }
    // both number from 1: without codes of their own the cabinets would take the cans' places
    let map = ["--map", "code=FACILITYID", "--class", "0214"];
    let import = [
        "import",
        "components",
        text(&cabinets),
        "--store",
        text(&store),
    ];
    let ran = run(&[&import[..], &map].concat()).expect_code(2);
    let said = "as a component of class 0305";
    assert!(ran.message().contains(said), "{}", ran.err);
    nearest_are_those_of_a_search_through_all(&store, &taken);
    a_file_names_the_nearest_of_a_class(&desk, &store, &taken);
}

/// 500 places in a file: the three nearest of a class for each, and geodesics to all.
fn a_file_names_the_nearest_of_a_class(
    desk: &Desk,
    store: &std::path::Path,
    taken: &[(String, String, Point)],
) {
    let mut dice = Dice::new(20_261_127);
    let places: Vec<Point> = (0..500)
        .map(|_| {
            let (lon, lat) = (-77.12 + 0.21 * dice.share(), 38.8 + 0.19 * dice.share());
            Point::new((lon * 1e7).round() / 1e7, (lat * 1e7).round() / 1e7)
        })
        .collect();
    let mut file = "lon,lat\n".to_owned();
    for place in &places {
        writeln!(file, "{},{}", place.x(), place.y()).unwrap();
    }
    let points = desk.write("places.csv", &file);
    let ask = |more: &[&str]| {
        let file = ["locate", "--store", text(store), "--points", text(&points)];
        run(&[&file[..], more].concat())
    };
    let three = [
        "--nearest",
        "3",
        "--nearest-class",
        "03",
        "--nearest-within",
    ];
    let out = ask(&[&three[..], &["2500"]].concat()).expect_code(0).out;
    let mut rows = csv::Reader::from_reader(out.as_bytes());
    let header = rows.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let mut told = 0;
    for (row, here) in rows.records().map(Result::unwrap).zip(&places) {
        let mut all: Vec<(f64, &str)> = taken
            .iter()
            .filter(|(_, class, _)| class == "0305")
            .map(|(code, _, place)| (Geodesic.distance(*here, *place), code.as_str()))
            .collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (rank, &(metres, code)) in (1..=3).zip(&all) {
            let field = |end: &str| &row[at(&format!("component_{rank}{end}"))];
            // positions of the file are rounded to the lattice: a centimetre decides nothing
            if (metres - 2500.0).abs() < 0.02 {
                continue;
            }
            if metres > 2500.0 {
                assert_eq!((field(""), field("_class"), field("_m")), ("", "", ""));
                continue;
            }
            told += 1;
            assert_eq!(field("_class"), "0305");
            let said: f64 = field("_m").parse().unwrap();
            assert!(
                (said - metres).abs() < 0.02,
                "{here:?}: {said}, not {metres}"
            );
            let is_alone = all
                .iter()
                .filter(|(m, _)| (m - metres).abs() < 0.05)
                .count()
                == 1;
            assert!(
                !is_alone || field("") == code,
                "{here:?}: {}, not {code}",
                field("")
            );
        }
    }
    assert!((500..1500).contains(&told), "{told}");
    for (wrong, word) in [
        (["--nearest=0", "--nearest=0"], "--nearest is 0"),
        (["--nearest=21", "--nearest=21"], "--nearest is 21"),
        (
            ["--nearest=2", "--nearest-within=-1"],
            "--nearest-within is -1",
        ),
        (
            ["--nearest=2", "--nearest-within=nan"],
            "--nearest-within is NaN",
        ),
        (
            ["--nearest=2", "--nearest-class=99"],
            "no class of components",
        ),
        (["--nearest-class=03", "--lang=en"], "--nearest <N>"),
    ] {
        let wrong = if wrong[0] == wrong[1] {
            &wrong[..1]
        } else {
            &wrong[..]
        };
        let refused = ask(&[
            wrong,
            &["--lang=en"][..usize::from(!wrong.contains(&"--lang=en"))],
        ]
        .concat())
        .expect_code(2);
        assert!(refused.err.contains(word), "{}", refused.err);
    }
}

/// The layer with a word put before each code.
fn with_codes_of_their_own(path: &std::path::Path) -> String {
    let mut layer: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for feature in layer["features"].as_array_mut().unwrap() {
        let code = &mut feature["properties"]["FACILITYID"];
        *code = format!("TS-{}", code.as_str().unwrap()).into();
    }
    layer.to_string()
}

/// The codes in a file of rows that were put aside.
fn aside_codes(path: &std::path::Path, column: &str) -> Vec<String> {
    let Ok(written) = std::fs::read_to_string(path) else {
        return Vec::new();
    };
    let mut rows = csv::Reader::from_reader(written.trim_start_matches('\u{feff}').as_bytes());
    let header = rows.headers().unwrap().clone();
    let at = header.iter().position(|name| name == column).unwrap();
    rows.records()
        .map(|row| row.unwrap()[at].to_owned())
        .collect()
}

/// 10,000 places: the nearest component of each class by this program, and by geodesics to all.
fn nearest_are_those_of_a_search_through_all(
    store: &std::path::Path,
    taken: &[(String, String, Point)],
) {
    let store = Store::open_read_only(store).unwrap();
    let plan = store.current().unwrap().unwrap();
    let city = City::compile(store.contents(&plan.name).unwrap()).unwrap();
    let mut dice = Dice::new(20_261_126);
    let mut wrong = String::new();
    for _ in 0..5_000 {
        let (lon, lat) = (-77.12 + 0.21 * dice.share(), 38.8 + 0.19 * dice.share());
        // answers are about places of the lattice
        let (lon, lat) = ((lon * 1e7).round() / 1e7, (lat * 1e7).round() / 1e7);
        for class in ["0305", "0214"] {
            let answer = nearest(&city, lon, lat, class);
            let here = Point::new(lon, lat);
            let of_class = taken.iter().filter(|(_, of, _)| of == class);
            let on_sphere: Vec<(f64, Point)> = of_class
                .map(|(_, _, place)| (Haversine.distance(here, *place), *place))
                .collect();
            let least = on_sphere
                .iter()
                .map(|(metres, _)| *metres)
                .fold(f64::INFINITY, f64::min);
            // a sphere is off by 0.56 % at most
            let best = on_sphere
                .into_iter()
                .filter(|(metres, _)| *metres <= 1.012 * least)
                .map(|(_, place)| Geodesic.distance(here, place))
                .fold(f64::INFINITY, f64::min);
            let agrees = match answer {
                Some(metres) => (metres - best).abs() < 0.02,
                None => best > 9_999.9,
            };
            if !agrees {
                writeln!(wrong, "{lon} {lat} {class}: {answer:?}, not {best}").unwrap();
            }
        }
    }
    assert_eq!(wrong, "");
}

/// Metres to the nearest component of a class, within 10 km.
fn nearest(city: &City, lon: f64, lat: f64, class: &str) -> Option<f64> {
    let answer = city
        .locate(&LocateRequest {
            lon,
            lat,
            crs: &Crs::Lattice,
            near_m: None,
            subject: Some(Subject {
                object: ObjectKind::Component,
                class,
            }),
            accuracy: None,
            components: Some(NearestComponents::within(10_000.0)),
            shown: Shown::default(),
        })
        .unwrap();
    answer.components?.first().map(|nearest| nearest.distance_m)
}
