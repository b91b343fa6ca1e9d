//! What the routes of tiles answer.

use std::collections::BTreeSet;
use std::io::Read;

use crate::house::{Answer, House, drawing};
use fast_mvt::MvtReaderRef;
use rstest::rstest;
use serde_json::json;
use wangge_city::Published;
use wangge_server::{ServerConfig, TileConfig};
use wangge_tiles::{Format, Shift, Source, TileAddress};

// where the town is, by the formulas of Web Mercator in Python:
// at zoom 12 column 3422.44 to 3422.66, row 1539.91 to 1540.21
const SOUTH: &str = "12/3422/1540";
const NORTH: &str = "12/3422/1539";

fn south_of_town(source: Source, shift: Shift, format: Format) -> Vec<u8> {
    let address = TileAddress::new(12, 3422, 1540).unwrap();
    let town = drawing::town();
    town.tiles(shift).tile(source, address, format).unwrap()
}

fn unpacked(answer: &Answer) -> Vec<u8> {
    let mut bytes = Vec::new();
    let body = answer.body.as_slice();
    match answer.headers.get("content-encoding").map(String::as_str) {
        None => bytes.extend(body),
        Some("gzip") => {
            flate2::read::GzDecoder::new(body)
                .read_to_end(&mut bytes)
                .unwrap();
        }
        Some("br") => brotli::BrotliDecompress(&mut { body }, &mut bytes).unwrap(),
        Some("zstd") => bytes = zstd::stream::decode_all(body).unwrap(),
        Some(other) => panic!("{other}"),
    }
    bytes
}

/// The codes of a layer's features, with their ids.
fn features(tile: &[u8], layer: &str) -> BTreeSet<(String, u64)> {
    let reader = MvtReaderRef::new(tile).unwrap();
    let layers = reader.layers().filter(|found| found.name() == layer);
    let mut found = BTreeSet::new();
    for feature in layers.flat_map(|layer| layer.features().collect::<Vec<_>>()) {
        let properties = feature.properties_vec().unwrap();
        let code = properties.iter().find(|(name, _)| *name == "code").unwrap();
        let fast_mvt::MvtValue::String(code) = code.1.into_owned() else {
            panic!("a code is a text");
        };
        found.insert((code, feature.id().unwrap()));
    }
    found
}

#[test]
fn a_source_describes_itself_by_tilejson_3() {
    let house = House::with(ServerConfig {
        tiles: TileConfig {
            attribution: Some("© 龙港区".to_owned()),
            ..TileConfig::default()
        },
        ..ServerConfig::default()
    });
    let answer = house.get("/tiles/grids");
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["wangge-version"], "1.1");
    let mut body = answer.json();
    let layers = body
        .as_object_mut()
        .unwrap()
        .remove("vector_layers")
        .unwrap();
    let minzoom = body.as_object_mut().unwrap().remove("minzoom").unwrap();
    assert_eq!(
        body,
        json!({
            "tilejson": "3.0.0",
            "name": "葫芦岛市龙港区",
            "attribution": "© 龙港区",
            "version": "1.1.0",
            "scheme": "xyz",
            "tiles": ["http://test/tiles/grids/1.1/{z}/{x}/{y}"],
            "maxzoom": 16,
            "bounds": [120.8, 40.7, 120.82, 40.72],
            // 0.0264 degrees of longitude's length: two tiles of zoom 14 are 0.0439 wide
            "center": [120.81, 40.71, 14],
        })
    );
    let layers = layers.as_array().unwrap();
    let first = layers
        .iter()
        .map(|layer| layer["minzoom"].as_u64().unwrap())
        .min();
    assert_eq!(minzoom.as_u64(), first, "where the first of them begins");
    let ids: Vec<&str> = layers
        .iter()
        .map(|layer| layer["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "grid_district",
            "grid_street",
            "grid_grid",
            "border",
            "label"
        ]
    );
    for layer in layers {
        assert!(
            layer["description"].is_string() && layer["maxzoom"] == 16,
            "{layer}"
        );
    }
    assert_eq!(
        layers[2]["fields"],
        json!({"code": "String", "parent": "String", "kind": "String"})
    );
    assert_eq!(layers[3]["fields"]["rank"], "Number");

    let tag = &answer.headers["etag"];
    let again = house.get_with("/tiles/grids", &[("If-None-Match", tag)]);
    assert_eq!((again.status, &again.headers["etag"]), (304, tag));
    let other = house.get_with("/tiles/city", &[("If-None-Match", tag)]);
    assert_eq!(other.status, 200, "another source, another tag");
}

#[test]
fn a_source_without_contents_is_as_wide_as_the_city_and_empty() {
    let house = House::of_town();
    let components = house.get("/tiles/components").json();
    assert_eq!(components["bounds"], json!([120.8, 40.7, 120.82, 40.72]));
    assert_eq!(components["vector_layers"], json!([]));
    let empty = house.get(&format!("/tiles/components/{SOUTH}"));
    assert_eq!((empty.status, empty.body.len()), (204, 0));
    assert_eq!(empty.headers["cache-control"], "public, no-cache");
    assert_eq!(empty.headers["wangge-version"], "1.1");
    assert!(!empty.headers.contains_key("content-type"));
    let kept = house.get(&format!("/tiles/components/1.1/{SOUTH}"));
    assert_eq!(kept.status, 204);
    assert!(kept.headers["cache-control"].contains("immutable"));
}

#[test]
fn addresses_in_tilejson_are_those_that_clients_use_and_lead_to_the_same() {
    let house = House::with(ServerConfig {
        public_url: Some("https://grid.cn/w".parse().unwrap()),
        ..ServerConfig::default()
    });
    let json = house.get("/tiles/city?crs=gcj02").json();
    let url = json["tiles"][0].as_str().unwrap();
    assert_eq!(
        url,
        "https://grid.cn/w/tiles/city/1.1/{z}/{x}/{y}?crs=gcj02"
    );
    let said = [
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "map.cn"),
    ];
    let json = House::of_town().get_with("/tiles/city", &said).json();
    assert_eq!(
        json["tiles"][0],
        "https://map.cn/tiles/city/1.1/{z}/{x}/{y}"
    );

    let target = url
        .strip_prefix("https://grid.cn/w")
        .unwrap()
        .replace("{z}/{x}/{y}", SOUTH);
    let answer = house.get(&target);
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.body,
        south_of_town(Source::City, Shift::Gcj02, Format::Mvt)
    );
    assert_ne!(
        answer.body,
        south_of_town(Source::City, Shift::None, Format::Mvt)
    );
}

#[test]
fn a_tile_is_what_the_city_draws_under_the_ids_that_lookups_answer() {
    let house = House::of_town();
    let answer = house.get(&format!("/tiles/grids/{SOUTH}"));
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.headers["content-type"],
        "application/vnd.mapbox-vector-tile"
    );
    assert_eq!(answer.headers["cache-control"], "public, no-cache");
    assert_eq!(answer.headers["vary"], "accept, accept-encoding");
    assert_eq!(answer.headers["wangge-version"], "1.1");
    assert!(!answer.headers.contains_key("content-encoding"));
    assert!(
        !answer.headers.contains_key("last-modified"),
        "nobody knows since when"
    );
    assert_eq!(
        answer.body,
        south_of_town(Source::Grids, Shift::None, Format::Mvt)
    );

    // the numbers are those of the drawing
    let grids = features(&answer.body, "grid_grid");
    assert!(grids.contains(&("211403001001".to_owned(), 1)), "{grids:?}");
    let lookup = house.get("/v1/locate?lon=120.805&lat=40.705").json();
    let units = lookup["chain"].as_array().unwrap();
    for (unit, layer) in units
        .iter()
        .zip(["grid_district", "grid_street", "grid_grid"])
    {
        let shown = (
            unit["code"].as_str().unwrap().to_owned(),
            unit["id"].as_u64().unwrap(),
        );
        assert!(
            features(&answer.body, layer).contains(&shown),
            "{unit} in {layer}"
        );
    }
}

#[test]
fn the_form_of_a_tile_goes_by_accept_or_by_its_ending() {
    let house = House::of_town();
    let mlt = south_of_town(Source::Grids, Shift::None, Format::Mlt);
    let mvt = south_of_town(Source::Grids, Shift::None, Format::Mvt);
    let accept =
        |accept: &str| house.get_with(&format!("/tiles/grids/{SOUTH}"), &[("Accept", accept)]);
    let asked = accept("application/vnd.maplibre-tile");
    assert_eq!(
        asked.headers["content-type"],
        "application/vnd.maplibre-tile"
    );
    assert_eq!(asked.body, mlt);
    assert_eq!(accept("*/*").body, mvt);
    let by_name = |ending: &str| {
        let target = format!("/tiles/grids/1.1/{SOUTH}{ending}");
        house.get_with(&target, &[("Accept", "application/vnd.maplibre-tile")])
    };
    assert_eq!(by_name("").body, mlt);
    assert_eq!(by_name(".mlt").body, mlt);
    assert_eq!(by_name(".mvt").body, mvt);
    let pbf = by_name(".pbf");
    assert_eq!(
        pbf.headers["content-type"],
        "application/vnd.mapbox-vector-tile"
    );
    assert_eq!(pbf.body, mvt);
    assert_ne!(asked.headers["etag"], pbf.headers["etag"]);
}

#[test]
fn each_coding_has_a_tag_of_its_own_and_the_same_contents() {
    let house = House::of_town();
    let plain = south_of_town(Source::Grids, Shift::None, Format::Mvt);
    let target = format!("/tiles/grids/{SOUTH}");
    let mut tags = BTreeSet::new();
    for (accepted, coding) in [
        ("", None),
        ("gzip", Some("gzip")),
        ("br;q=1.0, gzip;q=0.9", Some("br")),
        ("zstd, gzip;q=0.5, br;q=0", Some("zstd")),
    ] {
        let asked = [("Accept-Encoding", accepted)];
        let answer = house.get_with(&target, &asked);
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.headers.get("content-encoding").map(String::as_str),
            coding
        );
        assert_eq!(unpacked(&answer), plain, "{accepted}");
        let tag = answer.headers["etag"].clone();
        assert!(tag.starts_with('"'), "a strong tag: {tag}");
        let again = house.get_with(&target, &asked);
        assert_eq!((&again.body, &again.headers["etag"]), (&answer.body, &tag));
        let kept = house.get_with(&format!("/tiles/grids/1.1/{SOUTH}"), &asked);
        assert_eq!((&kept.body, &kept.headers["etag"]), (&answer.body, &tag));
        assert_eq!(
            kept.headers["cache-control"],
            "public, max-age=31536000, immutable"
        );

        let list = format!("\"other\", W/{tag}");
        for target in [&target, &format!("/tiles/grids/1.1/{SOUTH}")] {
            let known = house.get_with(target, &[asked[0], ("If-None-Match", &list)]);
            assert_eq!((known.status, known.body.len()), (304, 0));
            assert_eq!(known.headers["etag"], tag);
            assert_eq!(known.headers["vary"], "accept, accept-encoding");
            assert_eq!(known.headers["wangge-version"], "1.1");
            assert!(!known.headers.contains_key("content-encoding"));
        }
        let unknown = house.get_with(&target, &[asked[0], ("If-None-Match", "\"other\"")]);
        assert_eq!(unknown.status, 200);
        assert!(tags.insert(tag));
    }
}

#[test]
fn head_tells_what_get_would() {
    let house = House::of_town();
    let mut connection = house.connect();
    for target in [format!("/tiles/grids/{SOUTH}"), "/tiles/grids".to_owned()] {
        let get = connection.get(&target);
        connection.say(format!("HEAD {target} HTTP/1.1\r\nHost: test\r\n\r\n"));
        let head = connection.answer_to(true);
        assert_eq!(head.status, 200);
        for name in ["etag", "content-type", "content-length", "cache-control"] {
            assert_eq!(head.headers[name], get.headers[name], "{name} of {target}");
        }
    }
    connection.say(format!(
        "POST /tiles/grids/{SOUTH} HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n"
    ));
    let post = connection.answer();
    assert_eq!(
        (post.status, post.headers["allow"].as_str()),
        (405, "GET,HEAD")
    );
}

#[rstest]
#[case::no_such_source("/tiles/roads", 404, "unknown-source")]
#[case::no_such_source_of_tiles("/tiles/roads/12/3422/1540", 404, "unknown-source")]
#[case::far_away("/tiles/grids/12/0/0", 404, "tile-outside")]
#[case::next_door("/tiles/grids/12/3424/1540", 404, "tile-outside")]
#[case::too_near("/tiles/grids/17/109522/49279", 404, "tile-outside")]
#[case::nearest_of_all("/tiles/grids/30/1073741823/1073741823", 404, "tile-outside")]
#[case::no_zoom("/tiles/grids/31/0/0", 400, "bad-tile-address")]
#[case::no_such_zoom("/tiles/grids/300/0/0", 400, "bad-tile-address")]
#[case::column_too_far("/tiles/grids/12/4096/0", 400, "bad-tile-address")]
#[case::row_too_far("/tiles/grids/0/0/1", 400, "bad-tile-address")]
#[case::huge("/tiles/grids/12/99999999999999999999/0", 400, "bad-tile-address")]
#[case::negative("/tiles/grids/12/-1/0", 400, "bad-tile-address")]
#[case::signed("/tiles/grids/12/+1/0", 400, "bad-tile-address")]
#[case::text("/tiles/grids/a/b/c", 400, "bad-tile-address")]
#[case::template("/tiles/grids/{z}/{x}/{y}", 400, "bad-tile-address")]
#[case::fraction("/tiles/grids/12/3422/1540.5", 400, "bad-tile-address")]
#[case::other_form("/tiles/grids/12/3422/1540.png", 400, "bad-tile-address")]
#[case::no_row("/tiles/grids/12/3422/", 404, "unknown-route")]
#[case::broken_escape("/tiles/grids/12/3422/%ff", 404, "unknown-route")]
#[case::versioned("/tiles/grids/1.1/31/0/0", 400, "bad-tile-address")]
#[case::other_version("/tiles/grids/1.2/12/3422/1540", 404, "unknown-version")]
#[case::no_version("/tiles/grids/latest/12/3422/1540", 404, "unknown-version")]
#[case::other_system("/tiles/grids/12/3422/1540?crs=bd09", 400, "bad-parameter")]
#[case::own_system("/tiles/grids?crs=wgs84", 400, "bad-parameter")]
#[case::both("/tiles/grids?plan=1&at=2026-12-01T00:00:00Z", 400, "bad-parameter")]
#[case::no_time("/tiles/grids?at=today", 400, "bad-parameter")]
#[case::misspelt("/tiles/grids?crss=gcj02", 400, "unknown-parameter")]
#[case::no_store("/tiles/grids?plan=1", 400, "parameter-not-offered")]
#[case::no_store_of_then("/tiles/grids?at=2026-12-01T00:00:00Z", 404, "not-in-force")]
fn what_is_no_tile_is_a_problem(#[case] target: &str, #[case] status: u16, #[case] problem: &str) {
    let house = House::of_town();
    for language in ["en", "zh"] {
        let answer = house.get_with(target, &[("Accept-Language", language)]);
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (status, problem)
        );
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
}

#[test]
fn without_a_publication_there_are_no_tiles_yet() {
    let house = House::serving(Published::empty(), ServerConfig::default());
    for target in [
        "/tiles/grids",
        "/tiles/grids/12/3422/1540",
        "/tiles/grids/1.1/12/3422/1540",
    ] {
        let answer = house.get(target);
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (503, "not-published")
        );
    }
    house.published.publish(drawing::town());
    assert_eq!(house.get("/tiles/grids/1.1/12/3422/1540").status, 200);
}

#[test]
fn pages_of_other_origins_may_read_tiles_and_their_version() {
    let house = House::with(ServerConfig {
        cors: "https://map.cn".parse().unwrap(),
        ..ServerConfig::default()
    });
    let answer = house.get_with(
        &format!("/tiles/grids/{NORTH}"),
        &[("Origin", "https://map.cn")],
    );
    assert_eq!(
        answer.headers["access-control-allow-origin"],
        "https://map.cn"
    );
    let exposed = &answer.headers["access-control-expose-headers"];
    assert!(
        exposed.contains("etag") && exposed.contains("wangge-version"),
        "{exposed}"
    );
}

#[test]
fn a_server_that_keeps_no_bytes_answers_the_same() {
    let house = House::with(ServerConfig {
        tiles: TileConfig {
            cache_bytes: 0,
            ..TileConfig::default()
        },
        ..ServerConfig::default()
    });
    for _ in 0..3 {
        let answer = house.get_with(
            &format!("/tiles/grids/{SOUTH}"),
            &[("Accept-Encoding", "gzip")],
        );
        assert_eq!(
            unpacked(&answer),
            south_of_town(Source::Grids, Shift::None, Format::Mvt)
        );
    }
}
