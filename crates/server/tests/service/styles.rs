//! What maps are drawn by: styles, the sprite, positions in other systems, the page.

use crate::house::House;
use rstest::rstest;
use serde_json::{Value, json};
use wangge_server::ServerConfig;

fn style(target: &str) -> Value {
    let answer = House::of_town().get(target);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn layers(style: &Value) -> Vec<&Value> {
    style["layers"].as_array().unwrap().iter().collect()
}

/// The places of the layers of a part and, where there are levels, of a level.
fn places(style: &Value, part: &str, level: Option<&str>) -> Vec<usize> {
    let all = layers(style);
    let is_it = |layer: &Value| {
        let meta = &layer["metadata"];
        meta["wangge:part"] == part && level.is_none_or(|level| meta["wangge:level"] == level)
    };
    (0..all.len()).filter(|&at| is_it(all[at])).collect()
}

#[test]
fn a_style_names_the_service_by_the_address_that_it_was_asked_at() {
    let style = style("/styles/day.json");
    assert_eq!(style["version"], 8);
    assert_eq!(
        style["sources"]["city"],
        json!({"type": "vector", "url": "http://test/tiles/city"})
    );
    assert_eq!(style["sprite"], "http://test/styles/sprite");
    assert!(
        style.get("glyphs").is_none(),
        "letters are the client's own"
    );
}

#[test]
fn a_style_hands_on_what_it_was_asked_for() {
    let shifted = style("/styles/plain.json?crs=gcj02");
    assert_eq!(
        shifted["sources"]["city"]["url"],
        "http://test/tiles/city?crs=gcj02"
    );
    assert_eq!(shifted["metadata"]["wangge:crs"], "gcj02");
    // a town without a store has no other plans
    let answer = House::of_town().get("/styles/day.json?plan=2027");
    assert_eq!(
        (answer.status, answer.json()["parameter"].as_str()),
        (400, Some("plan"))
    );
}

#[test]
fn a_configured_address_is_the_one_in_styles() {
    let config = ServerConfig {
        public_url: Some("https://grid.example.cn/wangge".parse().unwrap()),
        ..ServerConfig::default()
    };
    let style = House::with(config).get("/styles/day.json").json();
    assert_eq!(
        style["sources"]["city"]["url"],
        "https://grid.example.cn/wangge/tiles/city"
    );
    assert_eq!(
        style["sprite"],
        "https://grid.example.cn/wangge/styles/sprite"
    );
}

#[rstest]
#[case("day")]
#[case("plain")]
fn every_level_has_its_border_and_upper_ones_lie_above_and_are_heavier(#[case] name: &str) {
    let style = style(&format!("/styles/{name}.json"));
    let all = layers(&style);
    let mut last: Option<(usize, f64)> = None;
    // the town's levels from the lowest
    for (rank, level) in [(2, "grid"), (1, "street"), (0, "district")] {
        let found = places(&style, "border", Some(level));
        assert_eq!(found.len(), 1, "{level}");
        let layer = all[found[0]];
        assert_eq!(layer["source-layer"], "border");
        assert_eq!(layer["filter"], json!(["==", ["get", "rank"], rank]));
        let width = layer["paint"]["line-width"].as_array().unwrap();
        let width = width.last().unwrap().as_f64().unwrap();
        if let Some((below, thinner)) = last {
            assert!(found[0] > below && width > thinner, "{level}");
        }
        last = Some((found[0], width));
    }
    // no other layer draws lines from units: a border is drawn once
    for layer in &all {
        if layer["type"] == "line" {
            assert!(
                !layer["source-layer"].as_str().unwrap().starts_with("grid_"),
                "{layer}"
            );
        }
        if layer["type"] == "fill" {
            let outline = &layer["paint"]["fill-outline-color"];
            let of_units = layer["metadata"]["wangge:part"] == "fill";
            assert!(!of_units || outline.is_null(), "{layer}");
        }
    }
    let lowest = &all[places(&style, "border", Some("grid"))[0]]["paint"]["line-color"];
    assert_eq!(lowest, "#e0007f", "品红");
}

#[test]
fn parts_lie_in_the_order_of_a_map() {
    let style = style("/styles/day.json");
    let order: Vec<usize> = ["fill", "border", "label"]
        .iter()
        .flat_map(|part| {
            let found = places(&style, part, None);
            [found[0], *found.last().unwrap()]
        })
        .collect();
    assert!(order.is_sorted(), "{order:?}");
    let names: Vec<&str> = layers(&style)
        .iter()
        .map(|layer| layer["id"].as_str().unwrap())
        .collect();
    let mut once = names.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), names.len(), "ids are unique: {names:?}");
}

#[test]
fn no_word_of_a_template_is_left() {
    for name in ["day", "plain"] {
        let text = style(&format!("/styles/{name}.json")).to_string();
        assert!(!text.contains("\"$"), "{text}");
        assert!(!text.contains("{id}"), "{text}");
        assert!(!text.contains("\"each\""), "{text}");
    }
}

#[test]
fn labels_are_in_the_language_with_the_other_one_after_it() {
    let field = |target: &str| {
        let style = style(target);
        let at = places(&style, "label", Some("grid"))[0];
        style["layers"][at]["layout"]["text-field"].clone()
    };
    let zh = json!([
        "coalesce",
        ["get", "name"],
        ["get", "name_en"],
        ["get", "code"],
        ""
    ]);
    let en = json!([
        "coalesce",
        ["get", "name_en"],
        ["get", "name"],
        ["get", "code"],
        ""
    ]);
    assert_eq!(field("/styles/day.json"), zh);
    assert_eq!(field("/styles/day.json?lang=zh"), zh);
    assert_eq!(field("/styles/day.json?lang=en"), en);
}

#[test]
fn layers_are_of_what_the_tiles_have() {
    let house = House::of_town();
    let tiles = house.get("/tiles/city").json();
    let known: Vec<&str> = tiles["vector_layers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|layer| layer["id"].as_str().unwrap())
        .collect();
    let style = house.get("/styles/day.json").json();
    for layer in layers(&style) {
        let Some(name) = layer["source-layer"].as_str() else {
            continue;
        };
        assert!(known.contains(&name), "{name} of {known:?}");
    }
}

#[test]
fn a_raster_map_lies_below_styles_of_its_own_system() {
    let config = ServerConfig::default()
        .with_toml(
            r#"
            [[base_map]]
            tiles = ["https://t.example.cn/{z}/{x}/{y}.png"]
            crs = "gcj02"
            attribution = "© 某图"
            "#,
        )
        .unwrap();
    let house = House::with(config);
    let plain = house.get("/styles/day.json").json();
    assert!(plain["sources"].get("base-map").is_none());
    let shifted = house.get("/styles/day.json?crs=gcj02").json();
    assert_eq!(
        shifted["sources"]["base-map"],
        json!({
            "type": "raster", "tiles": ["https://t.example.cn/{z}/{x}/{y}.png"], "tileSize": 256,
            "minzoom": 0, "maxzoom": 18, "attribution": "© 某图",
        })
    );
    assert_eq!(shifted["layers"][1]["source"], "base-map");
    let policy = &house.get("/").headers["content-security-policy"];
    assert!(
        policy.contains("connect-src 'self' http://test https://t.example.cn;"),
        "{policy}"
    );
}

#[rstest]
#[case("/styles/night.json", 404)]
#[case("/styles/day", 404)]
#[case("/styles/day.json?lang=fr", 400)]
#[case("/styles/day.json?crs=bd09", 400)]
#[case("/styles/day.json?color=red", 400)]
#[case("/styles/sprite.png?lang=zh", 400)]
#[case("/viewer/../index.html", 404)]
#[case("/viewer/nothing.js", 404)]
#[case("/v1/crs?lon=1&lat=2", 400)]
#[case("/v1/crs?lon=1&lat=2&to=", 400)]
#[case("/v1/crs?lon=1&lat=2&to=mars", 400)]
#[case("/v1/crs?lon=200&lat=2&to=gcj02", 400)]
#[case("/v1/crs?lon=1&lat=2&to=a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a", 400)]
#[case("/v1/grids?q=", 400)]
#[case("/v1/grids?q=%20", 400)]
#[case("/v1/grids?geometry=some", 400)]
fn what_there_is_not_is_a_problem(#[case] target: &str, #[case] status: u16) {
    let answer = House::of_town().get(target);
    assert_eq!(answer.status, status, "{}", answer.text());
    answer.problem();
}

#[test]
fn styles_and_sprites_are_told_by_their_content() {
    let house = House::of_town();
    for target in [
        "/styles/day.json",
        "/styles/sprite.json",
        "/styles/sprite@2x.png",
    ] {
        let answer = house.get(target);
        assert_eq!(answer.status, 200);
        let etag = &answer.headers["etag"];
        let mut again = house.connect();
        again.say(format!(
            "GET {target} HTTP/1.1\r\nHost: test\r\nIf-None-Match: {etag}\r\n\r\n"
        ));
        assert_eq!(again.answer().status, 304, "{target}");
    }
    let other = house.get("/styles/day.json?lang=en");
    assert_ne!(
        other.headers["etag"],
        house.get("/styles/day.json").headers["etag"]
    );
}

#[test]
fn the_sprite_is_a_picture_with_a_place_for_every_symbol_of_the_styles() {
    let house = House::of_town();
    let once = house.get("/styles/sprite.json").json();
    let twice = house.get("/styles/sprite@2x.json").json();
    for name in ["component", "component-01", "component-21", "hatch"] {
        assert_eq!(once[name]["pixelRatio"], 1, "{name}");
        assert_eq!(twice[name]["pixelRatio"], 2, "{name}");
        assert_eq!(
            twice[name]["width"].as_u64().unwrap(),
            2 * once[name]["width"].as_u64().unwrap()
        );
    }
    let png = house.get("/styles/sprite.png");
    assert_eq!(png.headers["content-type"], "image/png");
    assert_eq!(&png.body[..8], b"\x89PNG\r\n\x1a\n");
}

// the position of facts that PROJ 9.1.1 and 9.6.2 agree on: (117, 40) is 500000.0, 4429529.0302 in EPSG:4548
#[test]
fn a_position_is_written_in_other_systems() {
    let answer = House::of_town().get("/v1/crs?lon=117&lat=40&to=EPSG:4548,wgs84");
    let told = answer.json();
    assert_eq!(
        told["from"],
        json!({"crs": "EPSG:4490", "lon": 117.0, "lat": 40.0})
    );
    let projected = &told["to"][0];
    assert_eq!(projected["crs"], "EPSG:4548");
    assert!((projected["lon"].as_f64().unwrap() - 500_000.0).abs() < 1e-3);
    assert!((projected["lat"].as_f64().unwrap() - 4_429_529.030_2).abs() < 1e-3);
    assert_eq!(
        told["to"][1],
        json!({"crs": "EPSG:4326", "lon": 117.0, "lat": 40.0})
    );
    // and back
    let back = House::of_town()
        .get("/v1/crs?lon=500000&lat=4429529.0302&from=EPSG:4548&to=cgcs2000")
        .json();
    assert!((back["to"][0]["lon"].as_f64().unwrap() - 117.0).abs() < 1e-8);
    assert!((back["to"][0]["lat"].as_f64().unwrap() - 40.0).abs() < 1e-8);
}

#[test]
fn a_system_that_does_not_exist_is_a_problem_in_its_place() {
    let told = House::of_town()
        .get("/v1/crs?lon=117&lat=40&to=EPSG:1,wgs84")
        .json();
    assert_eq!(
        told["to"][0]["problem"]["type"],
        "urn:wangge:problem:unknown-crs"
    );
    assert_eq!(told["to"][1]["lon"], 117.0);
}

#[test]
fn units_of_every_level_are_found_by_code_and_by_name() {
    let house = House::of_town();
    let found = |query: &str| -> Vec<String> {
        let answer = house.get(&format!("/v1/grids?{query}"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let features = answer.json()["features"].as_array().unwrap().clone();
        let codes = features
            .iter()
            .map(|one| one["properties"]["code"].as_str().unwrap().to_owned());
        codes.collect()
    };
    // 龙港区 is the district; 西街道 has the code 211403001; grids are named 网格 and a number
    assert_eq!(found("q=%E9%BE%99%E6%B8%AF"), ["211403"]);
    assert_eq!(found("q=%E8%A5%BF%E8%A1%97%E9%81%93"), ["211403001"]);
    assert_eq!(found("q=1003"), ["211403001003"]);
    assert_eq!(found("q=211403001&level=street"), ["211403001"]);
    assert!(found("q=nothing").is_empty());
    // upper levels first, then by code
    let all = found("q=211403");
    assert_eq!(&all[..2], ["211403", "211403001"]);
    assert!(all.contains(&"211403001003".to_owned()));
    let bare = house.get("/v1/grids?q=211403001003&geometry=none").json();
    assert!(bare["features"][0]["geometry"].is_null());
    assert!(
        bare["features"][0]["properties"]["area_m2"]
            .as_f64()
            .unwrap()
            > 0.0
    );
}

#[test]
fn what_was_found_on_all_levels_comes_page_by_page() {
    let house = House::of_town();
    let whole = house.get("/v1/grids?q=2114&geometry=none").json();
    let codes = |page: &Value| -> Vec<String> {
        let features = page["features"].as_array().unwrap();
        let codes = features
            .iter()
            .map(|one| one["properties"]["code"].as_str().unwrap().to_owned());
        codes.collect()
    };
    let mut target = "/v1/grids?q=2114&geometry=none&limit=1".to_owned();
    let mut found = Vec::new();
    loop {
        let page = house.get(&target).json();
        found.extend(codes(&page));
        let Some(next) = page["links"][0]["href"].as_str() else {
            break;
        };
        target = next.strip_prefix("http://test").unwrap().to_owned();
        assert!(found.len() < 100);
    }
    assert_eq!(found, codes(&whole));
}

#[test]
fn the_page_lets_in_nothing_from_elsewhere() {
    let answer = House::of_town().get("/");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(answer.headers["cache-control"], "no-cache");
    let policy = &answer.headers["content-security-policy"];
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self';"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
    assert!(!answer.text().contains("https://"), "{}", answer.text());
}
