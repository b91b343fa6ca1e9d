//! A person's parameters are never shown, and PROJ says nothing on its own.

use std::process::Command;

use wangge_crs::{Crs, CrsError, Policy, Transform};

/// Definitions that hold a secret number, each good or bad in its own way.
const SECRET: &str = "4711";
const DEFINITIONS: [&str; 11] = [
    "+proj=pipeline +step +proj=tmerc +lon_0=117 +x_0=4711 +ellps=GRS80",
    r#"GEOGCRS["city 4711",DATUM["China 2000",ELLIPSOID["e 4711",6378137,298.257222101]],CS[ellipsoidal,2],AXIS["lat 4711",north],AXIS["lon",east],ANGLEUNIT["degree",0.0174532925199433],USAGE[SCOPE["4711"],AREA["district 4711"],BBOX[40,120,41,121]]]"#,
    "+proj=tmerc +lon_0=117 +x_0=4711 +ellps=GRS80 +towgs84=0,0,0",
    "+proj=tmerc +lon_0=117 +x_0=4711 +ellps=krass",
    "+proj=nonsense +x_0=4711",
    "+proj=tmerc +lon_0=4711x +ellps=4711",
    "+proj=tmerc +nadgrids=/secret/4711.gsb",
    "+proj=tmerc +lon_0=117 +nadgrids=4711.gsb +ellps=krass",
    "+x_0=4711",
    r#"PROJCS["city 4711",GEOGCS["g 4711",DATUM["datum 4711",SPHEROID["s",6378245,298.3]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["false_easting",4711],UNIT["metre",1]]"#,
    r#"PROJCS["broken 4711",GEOGCS["#,
];

#[test]
fn a_persons_parameters_are_in_no_message_note_or_debug_output() {
    let ballpark = Policy {
        allow_ballpark: true,
        ..Policy::default()
    };
    let mut shown = Vec::new();
    for text in DEFINITIONS {
        let crs: Crs = match text.parse() {
            Ok(crs) => crs,
            Err(error) => {
                shown.push(format!("{error} {error:?}"));
                continue;
            }
        };
        shown.push(format!("{crs} {crs:?}"));
        for policy in [Policy::default(), ballpark] {
            match Transform::new(&crs, &Crs::Lattice, &policy) {
                Ok(transform) => {
                    shown.push(format!("{transform:?} {:?}", transform.notes()));
                    for note in transform.notes() {
                        shown.push(format!("{note}"));
                    }
                    if let Some(note) = transform.plausibility([1e9, 1e9, 2e9, 2e9]) {
                        shown.push(format!("{note} {note:?}"));
                    }
                    for (east, north) in [(1e9, 1e9), (f64::NAN, 0.0)] {
                        if let Err(error) = transform.convert(east, north) {
                            shown.push(format!("{error} {error:?}"));
                        }
                    }
                }
                Err(error) => shown.push(format!("{error} {error:?}")),
            }
        }
    }
    // what a person types wrong on the way to a definition
    for text in ["proj=tmerc +x_0=4711", "(4711)", "GEOGCS 4711 [", "x=4711"] {
        let error = text.parse::<Crs>().unwrap_err();
        shown.push(format!("{error} {error:?}"));
    }
    let shown = shown.join("\n");
    assert!(!shown.contains(SECRET), "{shown}");
    assert!(shown.contains("the PROJ string given") && shown.contains("the WKT given"));
}

const ASKED: &str = "WANGGE_CRS_TEST_MAKE_PROJ_FAIL";

/// Makes PROJ fail in the ways that it writes to standard error by default.
#[test]
fn proj_fails_in_many_ways() {
    if std::env::var_os(ASKED).is_none() {
        return;
    }
    for text in DEFINITIONS {
        if let Ok(crs) = text.parse::<Crs>() {
            let _ = Transform::new(&crs, &Crs::Lattice, &Policy::default());
        }
    }
    assert_eq!(
        Transform::new(&Crs::Epsg(1), &Crs::Lattice, &Policy::default()).err(),
        Some(CrsError::UnknownCode { code: 1 })
    );
    let local: Crs = "+proj=tmerc +lon_0=117 +ellps=GRS80 +towgs84=0,0,0"
        .parse()
        .unwrap();
    let transform = Transform::new(&local, &Crs::Lattice, &Policy::default()).unwrap();
    for (east, north) in [(1e9, 1e9), (f64::MAX, f64::MAX), (1e300, -1e300)] {
        assert!(transform.convert(east, north).is_err());
    }
}

#[test]
fn proj_writes_nothing_to_standard_error() {
    let output = Command::new(std::env::current_exe().expect("this test's program"))
        .args(["--exact", "proj_fails_in_many_ways", "--nocapture"])
        .env(ASKED, "1")
        .env("PROJ_DEBUG", "2")
        .env("PROJ_NETWORK", "ON")
        .output()
        .expect("this test's program runs");
    assert!(output.status.success(), "{output:?}");
    let written = String::from_utf8_lossy(&output.stderr);
    assert!(written.is_empty(), "{written}");
}
