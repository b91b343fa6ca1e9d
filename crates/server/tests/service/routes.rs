//! What the routes answer.

use crate::house::House;
use rstest::rstest;
use serde_json::json;
use wangge_city::Published;
use wangge_server::{Language, ServerConfig};

#[test]
fn a_lookup_answers_what_the_interface_says() {
    let answer = House::of_town().get("/v1/locate?lon=120.815&lat=40.715");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["etag"], "\"1.1\"");
    assert_eq!(answer.headers["cache-control"], "private, no-cache");
    let mut body = answer.json();
    // 0.001 degree to the east or north border of the enclave; 84 m and 111 m, by hand
    let distance = body
        .as_object_mut()
        .unwrap()
        .remove("border_distance_m")
        .unwrap();
    assert!(
        (84.0..85.0).contains(&distance.as_f64().unwrap()),
        "{distance}"
    );
    assert_eq!(
        body,
        json!({
            "version": "1.1",
            "status": "inside",
            "point": {"lon": 120.815, "lat": 40.715, "crs": "EPSG:4490"},
            "grid": {"id": 3, "code": "211403001003", "name": "网格003", "level": "grid", "kind": "urban"},
            // streets and districts: 2^52 and the first 52 bits of their codes' SHA-256, by Python's hashlib
            "chain": [
                {"id": 7_014_052_848_819_803_u64, "level": "district", "code": "211403", "name": "龙港区"},
                {"id": 5_144_784_973_647_783_u64, "level": "street", "code": "211403001", "name": "西街道"},
                {"id": 3, "level": "grid", "code": "211403001003", "name": "网格003"},
            ],
        })
    );
}

#[rstest]
#[case::missing("/v1/locate?lon=120.8", 400, "missing-parameter", "lat")]
#[case::nothing("/v1/locate", 400, "missing-parameter", "lon")]
#[case::empty("/v1/locate?lon=&lat=40", 400, "bad-parameter", "lon")]
#[case::text("/v1/locate?lon=abc&lat=40", 400, "bad-parameter", "lon")]
#[case::nan("/v1/locate?lon=NaN&lat=40", 400, "bad-parameter", "lon")]
#[case::infinity("/v1/locate?lon=120&lat=inf", 400, "bad-parameter", "lat")]
#[case::overflow("/v1/locate?lon=1e400&lat=40", 400, "bad-parameter", "lon")]
#[case::exchanged("/v1/locate?lon=40.7&lat=120.8", 400, "out-of-range", "lat")]
#[case::beyond_the_antimeridian("/v1/locate?lon=180.1&lat=40", 400, "out-of-range", "lon")]
#[case::unknown_system("/v1/locate?lon=120&lat=40&crs=mars", 400, "unknown-crs", "crs")]
#[case::no_such_code("/v1/locate?lon=120&lat=40&crs=EPSG:1", 400, "unknown-crs", "crs")]
#[case::proj_string(
    "/v1/locate?lon=120&lat=40&crs=%2Bproj%3Dmerc",
    400,
    "unknown-crs",
    "crs"
)]
#[case::wkt(
    "/v1/locate?lon=120&lat=40&crs=GEOGCS%5B%22a%22%5D",
    400,
    "unknown-crs",
    "crs"
)]
#[case::misspelt("/v1/locate?lng=120&lat=40", 400, "unknown-parameter", "lng")]
#[case::twice("/v1/locate?lon=120&lat=40&lat=41", 400, "repeated-parameter", "lat")]
#[case::no_accuracy(
    "/v1/locate?lon=120&lat=40&accuracy=0",
    400,
    "bad-parameter",
    "accuracy"
)]
#[case::far_accuracy(
    "/v1/locate?lon=120&lat=40&accuracy=5001",
    400,
    "bad-parameter",
    "accuracy"
)]
#[case::endless_accuracy(
    "/v1/locate?lon=120&lat=40&accuracy=inf",
    400,
    "bad-parameter",
    "accuracy"
)]
#[case::model_of_nothing(
    "/v1/locate?lon=120&lat=40&accuracy_model=uniform",
    400,
    "missing-parameter",
    "accuracy"
)]
#[case::no_model(
    "/v1/locate?lon=120&lat=40&accuracy=5&accuracy_model=normal",
    400,
    "bad-parameter",
    "accuracy_model"
)]
#[case::negative_near("/v1/locate?lon=120&lat=40&near=-1", 400, "bad-parameter", "near")]
#[case::far_near("/v1/locate?lon=120&lat=40&near=1e9", 400, "bad-parameter", "near")]
#[case::broken_escape("/v1/locate?lon=%zz&lat=40", 400, "bad-parameter", "lon")]
#[case::level("/v1/grids?level=village", 400, "bad-parameter", "level")]
#[case::parent_below(
    "/v1/grids?level=street&parent=211403001",
    400,
    "bad-parameter",
    "parent"
)]
#[case::box_of_three("/v1/grids?bbox=1,2,3", 400, "bad-parameter", "bbox")]
#[case::box_turned("/v1/grids?bbox=121,40,120,41", 400, "bad-parameter", "bbox")]
#[case::limit_zero("/v1/grids?limit=0", 400, "bad-parameter", "limit")]
#[case::limit_over("/v1/grids?limit=1001", 400, "bad-parameter", "limit")]
#[case::cursor("/v1/grids?cursor=x", 400, "bad-parameter", "cursor")]
#[case::health("/healthz?verbose=1", 400, "unknown-parameter", "verbose")]
fn a_bad_parameter_is_a_problem_that_names_it(
    #[case] target: &str,
    #[case] status: u16,
    #[case] problem: &str,
    #[case] parameter: &str,
) {
    let answer = House::of_town().get(target);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (status, problem)
    );
    assert_eq!(answer.json()["parameter"], parameter);
}

#[rstest]
#[case("GET", "/v2/locate", 404, "unknown-route")]
#[case("GET", "/v1/locate/", 404, "unknown-route")]
#[case("GET", "/v1/grids/999", 404, "unknown-code")]
#[case("GET", "/v1/grids/%ff", 404, "unknown-code")]
#[case("GET", "/v1/plans", 404, "route-not-offered")]
#[case("POST", "/v1/plans", 403, "writes-not-allowed")]
#[case("DELETE", "/v1/plans/7", 403, "writes-not-allowed")]
#[case("POST", "/v1/plans/7/publish", 403, "writes-not-allowed")]
#[case("DELETE", "/v1/scheme", 405, "method-not-allowed")]
#[case("PUT", "/v1/locate", 405, "method-not-allowed")]
fn a_wrong_path_or_method_is_a_problem(
    #[case] method: &str,
    #[case] path: &str,
    #[case] status: u16,
    #[case] problem: &str,
) {
    let house = House::of_town();
    let mut connection = house.connect();
    connection.say(format!("{method} {path} HTTP/1.1\r\nHost: test\r\n\r\n"));
    let answer = connection.answer();
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (status, problem)
    );
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    let house = House::of_town();
    let mut connection = house.connect();
    connection.say("PUT /v1/locate HTTP/1.1\r\nHost: test\r\n\r\n");
    assert_eq!(connection.answer().headers["allow"], "GET,HEAD,POST");
    connection.say("OPTIONS /v1/grids HTTP/1.1\r\nHost: test\r\n\r\n");
    let answer = connection.answer();
    assert_eq!(
        (answer.status, answer.headers["allow"].as_str()),
        (204, "GET,HEAD")
    );
}

#[test]
fn head_answers_as_get_without_a_body() {
    let house = House::of_town();
    let whole = house.get("/v1/scheme");
    let mut connection = house.connect();
    connection.say("HEAD /v1/scheme HTTP/1.1\r\nHost: test\r\n\r\n");
    let head = connection.answer_to(true);
    assert_eq!(head.status, 200);
    assert_eq!(head.headers["content-length"], whole.body.len().to_string());
    assert_eq!(head.headers["etag"], whole.headers["etag"]);
    assert_eq!(
        connection.get("/healthz").status,
        200,
        "and the connection goes on"
    );
}

#[test]
fn a_problem_speaks_the_language_asked_for() {
    let config = ServerConfig {
        language: Language::Zh,
        ..ServerConfig::default()
    };
    let house = House::with(config);
    let target = "/v1/locate?lon=120.8";
    let own = house.get(target);
    assert_eq!(own.headers["content-language"], "zh");
    assert_eq!(own.json()["detail"], "缺少必需的参数“lat”。");
    let mut connection = house.connect();
    connection.say(format!(
        "GET {target} HTTP/1.1\r\nHost: test\r\nAccept-Language: en-GB\r\n\r\n"
    ));
    let english = connection.answer();
    assert_eq!(english.json()["detail"], "The parameter \"lat\" is needed.");
    assert_eq!(
        own.json()["type"],
        english.json()["type"],
        "the type does not change"
    );
}

#[test]
fn a_clients_own_value_comes_back_short_and_harmless() {
    let house = House::of_town();
    let answer = house.get(&format!("/v1/locate?lon={}&lat=1", "x".repeat(3000)));
    assert!(answer.body.len() < 500, "{}", answer.text());
    let answer = house.get("/v1/locate?lon=%1b%5b31m%e2%80%ae&lat=1");
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("\\u{1b}[31m\\u{202e}"), "{detail}");
}

#[test]
fn a_version_that_the_client_has_is_not_sent_again() {
    let house = House::of_town();
    for (target, tag) in [
        ("/v1/locate?lon=120.815&lat=40.715", "\"1.1\""),
        ("/v1/scheme", "\"1.1\""),
        ("/v1/grids", "\"1.1\""),
        // names of classes are in a language
        ("/v1/grids/211403", "\"1.1-zh\""),
        ("/v1/components", "\"1.1-zh\""),
    ] {
        let mut connection = house.connect();
        connection.say(format!(
            "GET {target} HTTP/1.1\r\nHost: test\r\nAccept-Language: zh\r\n\
             If-None-Match: W/{tag}\r\n\r\n"
        ));
        let answer = connection.answer();
        assert_eq!(
            (answer.status, answer.headers["etag"].as_str()),
            (304, tag),
            "{target}"
        );
        connection.say(format!(
            "GET {target} HTTP/1.1\r\nHost: test\r\nIf-None-Match: \"1.0\"\r\n\r\n"
        ));
        assert_eq!(connection.answer().status, 200, "{target}");
    }
}

#[test]
fn the_scheme_is_told_with_its_counts() {
    let scheme = House::of_town().get("/v1/scheme").json();
    assert_eq!(scheme["version"], "1.1");
    assert_eq!(scheme["city"], "longgang");
    assert_eq!(scheme["levels"][1]["id"], "street");
    assert_eq!(scheme["levels"][1]["units"], 2);
    assert_eq!(scheme["levels"][2]["parent"], json!({"prefix": 9}));
    assert_eq!(
        scheme["levels"][2]["limits"],
        json!({"households": [300, 500]})
    );
    assert_eq!(scheme["tiers"], json!({"1": "street", "2": "district"}));
    assert_eq!(scheme["bbox"], json!([120.8, 40.7, 120.82, 40.72]));
}

#[test]
fn grids_are_a_feature_collection_whose_links_lead_to_the_end() {
    let house = House::of_town();
    let mut connection = house.connect();
    let mut target = "/v1/grids?limit=2&parent=211403".to_owned();
    let mut codes = Vec::new();
    loop {
        let answer = connection.get(&target);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.headers["content-type"], "application/geo+json");
        let page = answer.json();
        assert_eq!(page["type"], "FeatureCollection");
        assert_eq!(page["version"], "1.1");
        let features = page["features"].as_array().unwrap();
        assert_eq!(page["numberReturned"], features.len());
        codes.extend(features.iter().map(|feature| {
            assert_eq!(feature["type"], "Feature");
            feature["properties"]["code"].as_str().unwrap().to_owned()
        }));
        let Some(next) = page["links"][0]["href"].as_str() else {
            break;
        };
        assert_eq!(answer.headers["link"], format!("<{next}>; rel=\"next\""));
        target = next.strip_prefix("http://test").unwrap().to_owned();
        assert!(target.contains("parent=211403"), "{target}");
    }
    assert_eq!(
        codes,
        [
            "211403001001",
            "211403001002",
            "211403001003",
            "211403002001",
            "211403002002"
        ]
    );
    assert_eq!(
        connection.get("/v1/grids?bbox=1,2,3,4").json()["features"],
        json!([])
    );
}

#[test]
fn a_cursor_of_an_older_version_is_gone() {
    let house = House::of_town();
    let first = house.get("/v1/grids?limit=2").json();
    let next = first["links"][0]["href"]
        .as_str()
        .unwrap()
        .strip_prefix("http://test")
        .unwrap();
    house.published.publish(crate::house::drawing::marked_city(
        "1.2".parse().unwrap(),
        2,
    ));
    let answer = house.get(next);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (410, "cursor-expired")
    );
}

#[test]
fn one_grid_comes_with_its_surroundings() {
    let grid = House::of_town().get("/v1/grids/211403002002").json();
    assert_eq!(grid["type"], "Feature");
    assert_eq!(grid["version"], "1.1");
    assert_eq!(grid["id"], 5);
    assert_eq!(grid["geometry"]["coordinates"].as_array().unwrap().len(), 2);
    let properties = &grid["properties"];
    assert_eq!(properties["parents"][1]["code"], "211403002");
    assert_eq!(
        properties["neighbours"]["inside"][0]["code"],
        "211403001003"
    );
    assert_eq!(properties["neighbours"]["east"][0]["outside"], true);
    assert_eq!(properties["neighbours"]["west"][0]["code"], "211403002001");
}

#[test]
fn ground_comes_in_the_system_asked_for() {
    let house = House::of_town();
    let own = house.get("/v1/grids/211403001001").json();
    let shifted = house.get("/v1/grids/211403001001?crs=gcj02").json();
    let corner = |grid: &serde_json::Value| {
        let corner = &grid["geometry"]["coordinates"][0][0];
        (corner[0].as_f64().unwrap(), corner[1].as_f64().unwrap())
    };
    let ((lon, lat), (gcj_lon, gcj_lat)) = (corner(&own), corner(&shifted));
    // in northern China GCJ-02 lies some 500 m to the east and 200 m to the north
    assert!((0.004..0.008).contains(&(gcj_lon - lon)), "{gcj_lon}");
    assert!((0.001..0.004).contains(&(gcj_lat - lat)), "{gcj_lat}");
    let target = format!(
        "/v1/locate?lon={}&lat={}&crs=gcj02",
        gcj_lon + 1e-4,
        gcj_lat + 1e-4
    );
    let answer = house.get(&target).json();
    assert_eq!(answer["grid"]["code"], "211403001001");
    assert_eq!(answer["point"]["crs"], "gcj02");

    let projected = house.get("/v1/grids?crs=EPSG:4528&limit=1").json();
    let easting = projected["features"][0]["geometry"]["coordinates"][0][0][0]
        .as_f64()
        .unwrap();
    // zone 40: false easting 40,500,000 m; 0.8 degree east of 120 at 40.7 N is 67.6 km
    assert!((40_567_000.0..40_568_500.0).contains(&easting), "{easting}");
    let boxed = house.get("/v1/grids?crs=EPSG:4528&bbox=40567000,4507000,40568000,4508000");
    assert_eq!(boxed.status, 200, "{}", boxed.text());
}

#[test]
fn without_a_publication_the_service_is_alive_but_not_ready() {
    let house = House::serving(Published::empty(), ServerConfig::default());
    assert_eq!(house.get("/healthz").json(), json!({"status": "ok"}));
    for target in ["/readyz", "/v1/scheme", "/v1/locate?lon=1&lat=2"] {
        let answer = house.get(target);
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (503, "not-published")
        );
        assert!(answer.headers.contains_key("retry-after"));
    }
    house.published.publish(crate::house::drawing::town());
    assert_eq!(
        house.get("/readyz").json(),
        json!({"status": "ready", "version": "1.1", "grids": 5})
    );
}

#[test]
fn links_are_written_with_the_address_clients_use() {
    let said =
        "X-Forwarded-Proto: https\r\nX-Forwarded-Host: grid.cn\r\nX-Forwarded-Prefix: /w\r\n";
    let link = |house: &House| {
        let mut connection = house.connect();
        connection.say(format!(
            "GET /v1/grids?limit=1 HTTP/1.1\r\nHost: inner\r\n{said}\r\n"
        ));
        connection.answer().json()["links"][0]["href"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let house = House::of_town();
    assert!(link(&house).starts_with("https://grid.cn/w/v1/grids?"));
    let house = House::with(ServerConfig {
        trusted_peers: wangge_server::TrustedPeers::new(vec![]),
        ..ServerConfig::default()
    });
    assert!(
        link(&house).starts_with("http://inner/v1/grids?"),
        "nobody is believed"
    );
    let house = House::with(ServerConfig {
        public_url: Some("https://public.cn/x".parse().unwrap()),
        ..ServerConfig::default()
    });
    assert!(link(&house).starts_with("https://public.cn/x/v1/grids?"));
}

#[test]
fn pages_of_listed_origins_may_read_answers_and_problems() {
    let config = ServerConfig {
        cors: "https://map.cn".parse().unwrap(),
        ..ServerConfig::default()
    };
    let house = House::with(config);
    let mut connection = house.connect();
    for target in ["/v1/scheme", "/v1/locate"] {
        connection.say(format!(
            "GET {target} HTTP/1.1\r\nHost: test\r\nOrigin: https://map.cn\r\n\r\n"
        ));
        let answer = connection.answer();
        assert_eq!(
            answer.headers["access-control-allow-origin"],
            "https://map.cn"
        );
        assert!(answer.headers["access-control-expose-headers"].contains("etag"));
    }
    connection.say(
        "OPTIONS /v1/locate HTTP/1.1\r\nHost: test\r\nOrigin: https://map.cn\r\n\
         Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n\r\n",
    );
    let preflight = connection.answer();
    assert_eq!(preflight.status, 204);
    assert!(preflight.headers["access-control-allow-methods"].contains("POST"));
    assert!(preflight.headers["access-control-allow-headers"].contains("content-type"));
    connection.say("GET /v1/scheme HTTP/1.1\r\nHost: test\r\nOrigin: https://evil.cn\r\n\r\n");
    assert!(
        !connection
            .answer()
            .headers
            .contains_key("access-control-allow-origin")
    );
}

#[test]
fn a_position_of_some_accuracy_has_candidates() {
    let house = House::of_town();
    // the corner of four grids at 120.81 E, 40.71 N
    for model in ["gaussian", "uniform"] {
        let answer = house.get(&format!(
            "/v1/locate?lon=120.81&lat=40.71&accuracy=15&accuracy_model={model}"
        ));
        let json = answer.json();
        assert_eq!(json["certain"], false);
        let candidates = json["candidates"].as_array().unwrap();
        assert_eq!(candidates.len(), 4, "{json}");
        for candidate in candidates {
            assert_eq!(candidate["share"], 0.25);
        }
    }
    // on the rim half of it is outside, also where the circle is worked out beside
    for radius in [10, 150] {
        let json = house
            .get(&format!(
                "/v1/locate?lon=120.8&lat=40.705&accuracy={radius}"
            ))
            .json();
        assert_eq!(json["status"], "inside");
        let outside = serde_json::json!({"outside": true, "share": 0.5});
        let candidates = json["candidates"].as_array().unwrap();
        assert!(candidates.contains(&outside), "{json}");
        assert_eq!(candidates.len(), 2, "{json}");
    }
    let json = house
        .get("/v1/locate?lon=120.805&lat=40.705&accuracy=20")
        .json();
    assert_eq!(json["certain"], true);
    let only = serde_json::json!([{"code": "211403001001", "name": "网格001", "share": 1.0}]);
    assert_eq!(json["candidates"], only);
    let json = house
        .get("/v1/locate?lon=121&lat=40.705&accuracy=20")
        .json();
    assert_eq!(json["certain"], false);
    let outside = serde_json::json!([{"outside": true, "share": 1.0}]);
    assert_eq!(json["candidates"], outside);
}
