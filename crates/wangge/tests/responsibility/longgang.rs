//! 龙港区: three tiers answer every report, and five posts stand in every grid.

use std::collections::BTreeSet;
use std::f64::consts::PI;

use fast_mvt::{MvtReaderRef, MvtValue};
use wangge_tiles::{Format, Shift, Source, TileAddress};

use crate::demonstration::{COMPONENT, Case, Demonstration, EVENT, case};
use crate::json;

/// What the city's own list of departments says they handle, and what falls to the command centre.
#[rustfmt::skip]
const CASES: [Case; 20] = [
    case("a water manhole", "211403001001", COMPONENT, "0101", ["SQ211403001001", "JD211403001", "211403-GPS"]),
    case("a storm drain manhole", "211403003002", COMPONENT, "0103", ["SQ211403003002", "JD211403003", "211403-GPS"]),
    case("a power cable manhole", "211403005003", COMPONENT, "0105", ["SQ211403005003", "JD211403005", "211403-GD"]),
    case("a heating manhole", "211403006004", COMPONENT, "0110", ["SQ211403006004", "JD211403006", "211403-SZ"]),
    case("a gas manhole", "211403007005", COMPONENT, "0111", ["SQ211403007005", "JD211403007", "211403-RQ"]),
    case("a street lamp in a village", "211403008200", COMPONENT, "0118", ["SQ211403008200", "JD211403008", "211403-SZ"]),
    case("a camera", "211403009001", COMPONENT, "0136", ["SQ211403009001", "JD211403009", "211403-GA"]),
    case("a traffic light", "211403010002", COMPONENT, "0210", ["SQ211403010002", "JD211403010", "211403-JJ"]),
    case("a litter bin in a village", "211403201203", COMPONENT, "0305", ["SQ211403201203", "JD211403201", "211403-HW"]),
    case("a street tree", "211403400003", COMPONENT, "0402", ["SQ211403400003", "JD211403400", "211403-YL"]),
    case("a lift", "211403401004", COMPONENT, "2133", ["SQ211403401004", "JD211403401", "211403-SJ"]),
    case("an amusement park, which is no department's", "211403001007", COMPONENT, "2105", ["SQ211403001007", "JD211403001", "ZH211403"]),
    case("an unauthorised structure", "211403003009", EVENT, "0101", ["SQ211403003009", "JD211403003", "211403-CG"]),
    case("rubbish", "211403005008", EVENT, "0102", ["SQ211403005008", "JD211403005", "211403-HW"]),
    case("dust of a building site", "211403006006", EVENT, "0302", ["SQ211403006006", "JD211403006", "211403-HB"]),
    case("a burst water main in a village", "211403007200", EVENT, "0402", ["SQ211403007200", "JD211403007", "211403-GPS"]),
    case("a burst gas pipe", "211403008001", EVENT, "0403", ["SQ211403008001", "JD211403008", "211403-RQ"]),
    case("a crowd", "211403009201", EVENT, "0409", ["SQ211403009201", "JD211403009", "211403-GA"]),
    case("an emergency of another kind", "211403201001", EVENT, "0499", ["SQ211403201001", "JD211403201", "211403-YJ"]),
    case("a badly parked car", "211403400202", EVENT, "0505", ["SQ211403400202", "JD211403400", "211403-JJ"]),
];

#[test]
fn longgang_has_one_department_at_each_of_three_tiers() {
    let city = Demonstration::new(
        "longgang",
        [
            ("district.geojson", "district"),
            ("streets.geojson", "street"),
            ("communities.geojson", "community"),
            ("grids.geojson", "grid"),
        ],
    );
    assert_eq!(city.units(), [1, 11, 62 + 19, 448]);
    let posts = city.posts();
    assert_eq!(posts.values().map(|&(all, _)| all).sum::<usize>(), 2_240);
    assert_the_map_has_a_base(&city);
    city.assert_one_handler_per_tier();
    city.assert_cases(&CASES);
    for case in &CASES {
        let report = city.report_in(case.place);
        let answer = city.answer(report, case.object, case.class);
        let posts = answer.posts.unwrap();
        let posts: Vec<&str> = posts.iter().map(|post| post.post).collect();
        assert_eq!(
            posts,
            ["head", "information", "police", "safety", "supervisor"]
        );
    }
}

/// The tiles that cover the grids at zoom 14 show streets, water, the coast and green; every park and
/// every river of the files is on one.
fn assert_the_map_has_a_base(city: &Demonstration) {
    let (kinds, names) = on_tiles(city, 14);
    for kind in ["street", "water", "coast", "green"] {
        assert!(kinds.contains(kind), "{kind} is not in {kinds:?}");
    }
    let mut expected = 0;
    for file in ["green.geojson", "water.geojson"] {
        let collection = json(&city.text(file));
        for feature in collection["features"].as_array().unwrap() {
            let properties = &feature["properties"];
            if ["park", "river"]
                .iter()
                .any(|class| properties["class"] == *class)
            {
                let name = properties["name"].as_str().unwrap();
                assert!(names.contains(name), "{name} is on no tile");
                expected += 1;
            }
        }
    }
    assert!(expected > 10, "{expected}");
}

/// The kinds and names in the base map of all tiles that the grids lie in, by the Mercator formulas.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "columns and rows are below 2^14"
)]
fn on_tiles(city: &Demonstration, zoom: u8) -> (BTreeSet<String>, BTreeSet<String>) {
    let set = city.city.tiles(Shift::None);
    let [west, south, east, north] = set.bounds(Source::Grids).unwrap();
    let side = f64::from(1u32 << zoom);
    let column = |lon: f64| ((lon + 180.0) / 360.0 * side) as u32;
    let row = |lat: f64| ((1.0 - lat.to_radians().tan().asinh() / PI) / 2.0 * side) as u32;
    let mut found: [BTreeSet<String>; 2] = Default::default();
    for x in column(west)..=column(east) {
        for y in row(north)..=row(south) {
            let tile = TileAddress::new(zoom, x, y).unwrap();
            let Some(bytes) = set.tile(Source::Base, tile, Format::Mvt) else {
                continue;
            };
            let decoded = MvtReaderRef::new(&bytes).unwrap().to_tile().unwrap();
            let features = decoded.layers.iter().flat_map(|layer| &layer.features);
            for (key, value) in features.flat_map(|feature| &feature.properties) {
                let place = ["kind", "name"].iter().position(|one| one == key);
                if let (Some(place), MvtValue::String(text)) = (place, value) {
                    found[place].insert(text.clone());
                }
            }
        }
    }
    let [kinds, names] = found;
    (kinds, names)
}
