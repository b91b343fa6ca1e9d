//! The files of a synthetic city: the same bytes again, and what is in them.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot make its city has failed"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest, Sha256};
use wangge_generate::{City, CitySpec, city};
use wangge_model::Scheme;

/// The lists of who is responsible, in the order in which they are imported.
const LISTS: [&str; 4] = ["classes.csv", "departments.csv", "rules.csv", "posts.csv"];

fn files(city: &City) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    city.write(folder.path()).unwrap();
    std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read(&path).unwrap())
        })
        .collect()
}

fn digest(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut hash = Sha256::new();
    for (name, bytes) in files {
        hash.update(name);
        hash.update([0]);
        hash.update(bytes);
    }
    hash.finalize()
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// What stands, stays and moves in the city.
const OBJECTS: [&str; 6] = [
    "component-shapes.geojson",
    "components.csv",
    "devices.csv",
    "households.csv",
    "readings.csv",
    "tracks.csv",
];

/// What a map shows beneath the grids.
const BASE: [&str; 2] = ["green.geojson", "water.geojson"];

/// The files of the ground, the lists of who is responsible, those of objects, and the base
/// map; the page that tells of all, and the scheme that was given, are in none of them.
fn ground_lists_objects_and_base(
    mut files: BTreeMap<String, Vec<u8>>,
) -> [BTreeMap<String, Vec<u8>>; 4] {
    files.remove("README.md");
    files.remove("scheme.toml");
    let mut parts: [BTreeMap<String, Vec<u8>>; 4] = Default::default();
    for (name, bytes) in files {
        let is_one_of = |names: &[&str]| names.contains(&name.as_str());
        let part = match () {
            () if is_one_of(&LISTS) => 1,
            () if is_one_of(&OBJECTS) => 2,
            () if is_one_of(&BASE) => 3,
            () => 0,
        };
        parts[part].insert(name, bytes);
    }
    parts
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let spec = CitySpec::longgang().unwrap();
    let first = files(&city(&spec, 11).unwrap());
    assert_eq!(first, files(&city(&spec, 11).unwrap()));
    assert_ne!(digest(&first), digest(&files(&city(&spec, 12).unwrap())));
}

/// Recorded on x86-64 Linux. A change here means that every city made before looks different
/// from now on: do so on purpose only, and say it in the change log.
#[test]
fn a_small_city_has_the_bytes_it_always_had() {
    let small = city(&CitySpec::sized(60).unwrap(), 7).unwrap();
    let [ground, lists, objects, base] = ground_lists_objects_and_base(files(&small));
    assert_eq!(
        digest(&ground),
        "90ba560906c89a1bf4a076914ffd4e44f5cd905cce21dadbbcc39d3e796b3fcf"
    );
    assert_eq!(
        digest(&lists),
        "68dd7960545e9cd2ff78bbe7fd46782faee3988d7228be9145c355a322969ebc"
    );
    assert_eq!(
        digest(&objects),
        "cd35ac227c6a97b42de201bea6b64450acb9f81c270d92e1007b21ce73d94ff5"
    );
    assert_eq!(
        digest(&base),
        "fa95b4c78abdc9d9be4084ea7e6f3b6dd200aed645697200271385f2a8da9b41"
    );
}

#[test]
fn the_folder_holds_what_its_page_says_and_says_synthetic_everywhere() {
    let city = city(&CitySpec::longgang().unwrap(), 1).unwrap();
    let files = files(&city);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "README.md",
            "classes.csv",
            "communities.geojson",
            "component-shapes.geojson",
            "components.csv",
            "departments.csv",
            "devices.csv",
            "district.geojson",
            "green.geojson",
            "grids.geojson",
            "households.csv",
            "points.csv",
            "posts.csv",
            "readings.csv",
            "rules.csv",
            "scheme.toml",
            "streets-network.geojson",
            "streets.geojson",
            "tracks.csv",
            "truth.csv",
            "water.geojson",
        ]
    );
    let page = String::from_utf8(files["README.md"].clone()).unwrap();
    assert!(page.contains("合成数据") && page.contains("synthetic"));
    let tables: String = page.lines().filter(|line| line.starts_with("| ")).collect();
    for name in names.iter().filter(|&&name| name != "README.md") {
        assert!(tables.contains(name), "{name}");
    }
    for (name, bytes) in files.iter().filter(|(name, _)| name.ends_with(".geojson")) {
        let collection: Value = serde_json::from_slice(bytes).unwrap();
        assert_eq!(collection["synthetic"], true, "{name}");
        for feature in collection["features"].as_array().unwrap() {
            assert_eq!(feature["properties"]["synthetic"], true, "{name}");
        }
    }
    let scheme = std::str::from_utf8(&files["scheme.toml"]).unwrap();
    assert_eq!(Scheme::from_toml(scheme).unwrap(), city.scheme);
}

#[test]
fn grids_carry_the_columns_that_import_knows_and_degrees_of_the_lattice() {
    let city = city(&CitySpec::longgang().unwrap(), 1).unwrap();
    let files = files(&city);
    let text = std::str::from_utf8(&files["grids.geojson"]).unwrap();
    let collection: Value = serde_json::from_str(text).unwrap();
    let features = collection["features"].as_array().unwrap();
    assert_eq!(features.len(), city.grids.len());
    for (feature, grid) in features.iter().zip(&city.grids) {
        let properties = &feature["properties"];
        assert_eq!(properties["code"], grid.unit.code.as_str());
        assert_eq!(properties["name"], grid.unit.name.as_deref().unwrap());
        assert_eq!(
            properties["parent"],
            grid.unit.parent.as_ref().unwrap().as_str()
        );
        assert_eq!(
            properties["kind"],
            grid.unit.kind.as_ref().unwrap().as_str()
        );
        assert_eq!(properties["households"], grid.unit.households.unwrap());
        assert_eq!(properties["population"], grid.unit.population.unwrap());
        // the column is whole square metres
        let area = properties["area_m2"].as_f64().unwrap();
        assert!((area - grid.shape.area_m2()).abs() <= 0.5 + 1e-6);
        let coordinates = &feature["geometry"]["coordinates"];
        let ring = match feature["geometry"]["type"].as_str().unwrap() {
            "Polygon" => &coordinates[0],
            _ => &coordinates[0][0],
        };
        let ring = ring.as_array().unwrap();
        let shell = grid.shape.parts()[0].shell().points();
        assert_eq!(ring.len(), shell.len() + 1);
        assert_eq!(ring.first(), ring.last());
        for (position, point) in ring.iter().zip(shell) {
            assert_eq!(position[0].as_f64(), Some(point.lon()));
            assert_eq!(position[1].as_f64(), Some(point.lat()));
        }
    }
    // no number of a position has more than seven decimals
    let longest = text
        .split(['[', ']', ','])
        .filter(|number| number.starts_with("12") && number.contains('.'))
        .map(|number| number.split_once('.').unwrap().1.len())
        .max();
    assert_eq!(longest, Some(7));
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error_that_names_it() {
    let city = city(&CitySpec::sized(3).unwrap(), 1).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    let inside: &Path = &file.path().join("city");
    let error = city.write(inside).unwrap_err();
    assert!(
        error.to_string().contains(inside.to_str().unwrap()),
        "{error}"
    );
}

#[test]
fn a_scheme_of_three_levels_is_refused_with_what_would_be_right() {
    let three = r#"
        city = "small"
        name = "小城"
        code = "211403"
        [[level]]
        id = "street"
        name = "街道"
        code = '^\d{9}$'
        [[level]]
        id = "community"
        name = "社区"
        code = '^\d{12}$'
        parent = { prefix = 9 }
        [[level]]
        id = "grid"
        name = "网格"
        code = '^\d{15}$'
        parent = { prefix = 12 }
    "#;
    let error = CitySpec::for_scheme(Scheme::from_toml(three).unwrap()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the scheme \"small\" has 3 levels; cities are made for four, as in district, street, \
         community, grid"
    );
}

#[test]
fn a_district_without_a_description_gets_a_city_under_its_own_code() {
    let text = include_str!("../../../data/schemes/longgang.toml").replace("211403", "370202");
    let spec = CitySpec::for_scheme(Scheme::from_toml(&text).unwrap()).unwrap();
    let city = city(&spec, 1).unwrap();
    assert_eq!(city.grids.len(), 448);
    assert!(
        city.units()
            .all(|unit| unit.code.as_str().starts_with("370202"))
    );
}
