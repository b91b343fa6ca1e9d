//! What is told of archives: `TileJSON`, styles, the page, names.

use rstest::rstest;
use serde_json::json;
use wangge_server::ServerError;
use wangge_tiles::{Shift, Source};

use super::shelf::{Shelf, alone, beside, opened, outcome, version_of};
use crate::house::{House, drawing};

#[rstest]
#[case::pmtiles("a.pmtiles")]
#[case::mbtiles("a.mbtiles")]
fn an_archive_describes_itself_by_tilejson_3(#[case] name: &str) {
    let shelf = Shelf::new();
    let path = shelf.town(name);
    let version = version_of(&path);
    let house = beside(&path);
    let answer = house.get("/tiles/old");
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["wangge-version"], version);
    let mut body = answer.json();
    let mut take = |key: &str| body.as_object_mut().unwrap().remove(key).unwrap();
    let layers = take("vector_layers");
    let city = house.get("/tiles/city").json();
    assert_eq!(take("minzoom"), city["minzoom"]);
    assert_eq!(
        body,
        json!({
            "tilejson": "3.0.0",
            "name": "小城 <b>",
            "version": "3.17.0",
            "scheme": "xyz",
            "tiles": [format!("http://test/tiles/old/{version}/{{z}}/{{x}}/{{y}}")],
            "maxzoom": 13,
            "bounds": [120.8, 40.7, 120.82, 40.72],
            "center": [120.81, 40.71, 13],
        })
    );
    let ids = |layers: &serde_json::Value| {
        let layers = layers.as_array().unwrap().iter();
        layers
            .map(|layer| (layer["id"].clone(), layer["fields"].clone()))
            .collect::<Vec<_>>()
    };
    assert!(ids(&layers).len() > 3);
    assert_eq!(ids(&layers), ids(&city["vector_layers"]));
    let tag = &answer.headers["etag"];
    let again = house.get_with("/tiles/old", &[("If-None-Match", tag)]);
    assert_eq!(again.status, 304);
}

#[test]
fn who_asks_for_an_unknown_source_is_told_of_those_there_are() {
    let shelf = Shelf::new();
    let path = shelf.town("a.pmtiles");
    let detail = |house: &House| {
        let answer = house.get("/tiles/roads").json();
        answer["detail"].as_str().unwrap().to_owned()
    };
    assert!(
        detail(&beside(&path))
            .ends_with("there are: city, grids, components, overlays, base, old.")
    );
    assert!(detail(&alone(&path)).ends_with("there are: old."));
}

#[test]
fn a_service_of_archives_alone_is_ready_and_says_what_it_has_not() {
    let shelf = Shelf::new();
    let house = alone(&shelf.town("a.pmtiles"));
    assert_eq!(house.get("/healthz").status, 200);
    let ready = house.get("/readyz");
    assert_eq!(ready.status, 200);
    assert_eq!(ready.json(), json!({"status": "ready", "archives": 1}));
    for target in [
        "/v1/locate?lon=120.81&lat=40.71",
        "/v1/scheme",
        "/tiles/city",
        "/styles/day.json",
    ] {
        let answer = house.get(target);
        assert_eq!(
            outcome(&answer),
            (404, "without-store".to_owned()),
            "{target}"
        );
        assert!(answer.text().contains("without a store"));
    }
    let plans = house.get("/v1/plans");
    assert_eq!(outcome(&plans), (404, "route-not-offered".to_owned()));

    let page = house.get("/");
    assert_eq!(page.status, 200);
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    let text = page.text();
    for wanted in [
        "href=\"tiles/old\"",
        "href=\"styles/day.json?source=old\"",
        "href=\"styles/plain.json?source=old\"",
        "小城 &lt;b&gt; (",
        "–13)",
        "瓦片归档",
        "archives of tiles",
    ] {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
    assert!(!text.contains("<b>") && !text.contains("<script"), "{text}");
}

#[test]
fn a_service_with_a_city_is_ready_when_the_city_is() {
    let shelf = Shelf::new();
    let house = beside(&shelf.town("a.pmtiles"));
    assert_eq!(house.get("/readyz").json()["version"], "1.1");
    assert!(!house.get("/").text().contains("tiles/old"));
}

#[rstest]
#[case::day("day")]
#[case::plain("plain")]
fn the_style_of_an_archive_is_that_of_the_city_it_was_made_from(#[case] theme: &str) {
    let shelf = Shelf::new();
    let house = beside(&shelf.town("a.mbtiles"));
    let mut of_city = house.get(&format!("/styles/{theme}.json")).json();
    let answer = house.get(&format!("/styles/{theme}.json?source=old&lang=zh"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let mut of_archive = answer.json();
    assert_eq!(
        of_archive["sources"]["city"]["url"],
        "http://test/tiles/old"
    );
    assert!(
        of_archive["name"]
            .as_str()
            .unwrap()
            .starts_with("小城 <b> (")
    );
    assert!(of_archive["layers"].as_array().unwrap().len() > 5);
    for style in [&mut of_city, &mut of_archive] {
        let style = style.as_object_mut().unwrap();
        style.remove("name");
        style.remove("sources");
    }
    assert_eq!(of_city, of_archive);
}

#[test]
fn a_style_may_be_of_one_source_of_the_city() {
    let house = House::of_town();
    let style = house.get("/styles/day.json?source=components").json();
    assert_eq!(
        style["sources"]["city"]["url"],
        "http://test/tiles/components"
    );
    // the town has none
    let layers = style["layers"].as_array().unwrap();
    assert!(layers.iter().all(|layer| layer["type"] == "background"));
    let grids = house
        .get("/styles/day.json?source=grids&crs=gcj02&lang=en")
        .json();
    assert_eq!(
        grids["sources"]["city"]["url"],
        "http://test/tiles/grids?crs=gcj02"
    );
}

#[test]
fn an_archive_in_gcj_02_is_drawn_on_maps_of_that_system() {
    let shelf = Shelf::new();
    let path = shelf.archive("a.mbtiles", &drawing::town(), Source::Grids, Shift::Gcj02);
    let style = alone(&path).get("/styles/day.json?source=old").json();
    assert_eq!(style["metadata"]["wangge:crs"], "gcj02");
    let path = shelf.archive("b.pmtiles", &drawing::town(), Source::Grids, Shift::None);
    let style = alone(&path).get("/styles/day.json?source=old").json();
    assert_eq!(style["metadata"]["wangge:crs"], "EPSG:4490");
}

#[test]
fn names_are_words_that_stand_in_addresses_once() {
    let shelf = Shelf::new();
    let good = shelf.town("grids-2026_1.pmtiles");
    let archives = opened(&[(None, &good), (Some("Old"), &good)]).unwrap();
    assert_eq!(
        archives.names().collect::<Vec<_>>(),
        ["Old", "grids-2026_1"]
    );
    for name in [
        "",
        "a b",
        "小城",
        "a/b",
        "a.b",
        "..",
        "%41",
        &"a".repeat(65),
    ] {
        let refused = opened(&[(Some(name), &good)]);
        assert!(
            matches!(refused, Err(ServerError::ArchiveName { .. })),
            "{name}: {refused:?}"
        );
    }
    opened(&[(Some("a".repeat(64).as_str()), &good)]).unwrap();
    for name in ["city", "grids", "components", "overlays", "base"] {
        let refused = opened(&[(Some(name), &good)]);
        assert!(
            matches!(refused, Err(ServerError::ArchiveNameOfOurs { .. })),
            "{name}: {refused:?}"
        );
    }
    let refused = opened(&[(None, &good), (Some("grids-2026_1"), &good)]);
    assert!(
        matches!(refused, Err(ServerError::ArchiveNameTwice { .. })),
        "{refused:?}"
    );
}
