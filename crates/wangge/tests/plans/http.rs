//! The routes of plans, and what each refuses.

use rstest::rstest;
use serde_json::json;

use crate::support::Desk;
use crate::support::drawing::{CELL, Grid, geojson, rectangle};
use crate::support::service::{Answer, Service};
use crate::{city, json as parsed, merged};

const GEOJSON: &str = "application/geo+json";
const JSON: &str = "application/json";

fn problem(answer: &Answer) -> String {
    let problem = parsed(&answer.body);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let kind = problem["type"].as_str().unwrap();
    kind.strip_prefix("urn:wangge:problem:").unwrap().to_owned()
}

#[test]
fn a_redesign_goes_its_way_over_http() {
    let desk = Desk::new();
    let store = city(&desk);
    let service = Service::start(&store, &["--allow-writes"]);
    let list = parsed(&service.get("/v1/plans").body);
    assert_eq!(list["current"], 1);
    assert_eq!(list["plans"][0]["plan"], "2026");

    let draft = json!({ "name": "2027", "from": "2026", "note": "合并" }).to_string();
    let begun = service.post("/v1/plans", JSON, &draft);
    assert_eq!(
        (begun.status, begun.header("location")),
        (201, "/v1/plans/2"),
        "{}",
        begun.body
    );
    assert_eq!(parsed(&begun.body)["from"], "2026");
    let taken = service.post(
        "/v1/plans/2/grids?existing=update",
        GEOJSON,
        &geojson(&[merged()]),
    );
    assert_eq!(taken.status, 200, "{}", taken.body);
    let taken = parsed(&taken.body);
    assert_eq!((&taken["units"], &taken["removed"]), (&1.into(), &1.into()));

    let validation = parsed(&service.get("/v1/plans/2/validation").body);
    assert_eq!(
        (&validation["seamless"], &validation["plan"]),
        (&false.into(), &"2027".into())
    );
    assert_eq!(validation["defects"][0]["kind"], "overlap");
    let refused = service.post("/v1/plans/2/publish", JSON, "");
    assert_eq!(
        (refused.status, problem(&refused).as_str()),
        (422, "not-publishable")
    );
    assert_eq!(parsed(&refused.body)["objections"][0]["kind"], "overlap");

    let removed = service.delete("/v1/plans/2/grids?codes=001002");
    assert_eq!(removed.status, 200, "{}", removed.body);
    assert_eq!(parsed(&removed.body)["grids"], 5);
    assert_eq!(
        parsed(&service.get("/v1/plans/2/readiness").body)["ready"],
        true
    );
    let checked = service.post("/v1/plans/2/check", JSON, "");
    assert_eq!(parsed(&checked.body)["state"], "checked");
    assert_eq!(
        parsed(&service.get("/v1/plans/2027").body)["state"],
        "checked"
    );
    let published = service.post("/v1/plans/2/publish", JSON, "{}");
    assert_eq!(published.status, 200, "{}", published.body);
    assert_eq!(parsed(&published.body)["state"], "published");
    service.await_answer("/readyz", std::time::Duration::from_secs(20), |answer| {
        parsed(&answer.body)["grids"] == 5
    });
    // back to what was
    let back = service.post("/v1/plans/1/publish", JSON, "");
    assert_eq!(parsed(&back.body)["plan"], "2026 (2)");
    assert_eq!(parsed(&back.body)["again"], "2026");
    let (status, log) = service.stop();
    assert!(status.success(), "{log}");
}

#[test]
fn a_file_begins_a_plan_of_its_own() {
    let desk = Desk::new();
    let store = city(&desk);
    let service = Service::start(&store, &["--allow-writes"]);
    let file = geojson(&crate::six());
    let made = service.post("/v1/plans?name=%E6%96%B9%E6%A1%88", GEOJSON, &file);
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(parsed(&made.body)["plan"]["plan"], "方案");
    let again = service.post("/v1/plans?name=%E6%96%B9%E6%A1%88", GEOJSON, &file);
    assert_eq!((again.status, problem(&again).as_str()), (409, "conflict"));
    let nameless = service.post("/v1/plans", GEOJSON, &file);
    assert_eq!(
        (nameless.status, problem(&nameless).as_str()),
        (400, "missing-parameter")
    );
    assert_eq!(service.delete("/v1/plans/2").status, 204);
    assert_eq!(service.get("/v1/plans/2").status, 404);
}

#[rstest]
#[case::unknown("GET", "/v1/plans/99", "", 404, "unknown-plan")]
#[case::unknown_validation("GET", "/v1/plans/nowhere/validation", "", 404, "unknown-plan")]
#[case::unknown_readiness("GET", "/v1/plans/99/readiness", "", 404, "unknown-plan")]
#[case::unknown_publish("POST", "/v1/plans/99/publish", "", 404, "unknown-plan")]
#[case::unknown_check("POST", "/v1/plans/99/check", "", 404, "unknown-plan")]
#[case::unknown_removed("DELETE", "/v1/plans/99", "", 404, "unknown-plan")]
#[case::no_text("GET", "/v1/plans/%FF", "", 404, "unknown-plan")]
#[case::published_removed("DELETE", "/v1/plans/1", "", 409, "wrong-state")]
#[case::published_again("POST", "/v1/plans/1/publish", "", 409, "wrong-state")]
#[case::grids_of_published("DELETE", "/v1/plans/1/grids?codes=001001", "", 409, "wrong-state")]
#[case::no_such_grid("DELETE", "/v1/plans/2/grids?codes=009009", "", 400, "bad-order")]
#[case::no_codes("DELETE", "/v1/plans/2/grids", "", 400, "missing-parameter")]
#[case::not_json("POST", "/v1/plans/2/publish", "{", 400, "malformed-body")]
#[case::unknown_member(
    "POST",
    "/v1/plans/2/publish",
    r#"{"when":"now"}"#,
    400,
    "malformed-body"
)]
#[case::no_time(
    "POST",
    "/v1/plans/2/publish",
    r#"{"effective":"soon"}"#,
    400,
    "bad-order"
)]
#[case::too_early(
    "POST",
    "/v1/plans/2/publish",
    r#"{"effective":"2001-01-01T00:00:00Z"}"#,
    409,
    "conflict"
)]
#[case::nothing_to_accept(
    "POST",
    "/v1/plans/2/publish",
    r#"{"accept":{"g-0":"x"}}"#,
    400,
    "bad-order"
)]
#[case::no_name("POST", "/v1/plans", r#"{"name":" "}"#, 400, "bad-order")]
#[case::same_name("POST", "/v1/plans", r#"{"name":"2026"}"#, 409, "conflict")]
#[case::from_nothing("POST", "/v1/plans", r#"{"name":"x","from":"y"}"#, 404, "unknown-plan")]
#[case::unknown_parameter("GET", "/v1/plans?state=draft", "", 400, "unknown-parameter")]
#[case::wrong_method("PUT", "/v1/plans/2", "", 405, "method-not-allowed")]
fn what_cannot_be_done_has_its_status_and_type(
    #[case] method: &str,
    #[case] target: &str,
    #[case] body: &str,
    #[case] status: u16,
    #[case] kind: &str,
) {
    let desk = Desk::new();
    let store = city(&desk);
    crate::plan(&store, &["new", "2027"]).expect_code(0);
    let before = std::fs::read(&store).unwrap();
    let service = Service::start(&store, &["--allow-writes"]);
    let answer = service.request(method, target, JSON, body.as_bytes());
    assert_eq!(
        (answer.status, problem(&answer).as_str()),
        (status, kind),
        "{}",
        answer.body
    );
    // and in Chinese
    assert_eq!(std::fs::read(&store).unwrap(), before);
    let (_, log) = service.stop();
    assert!(!log.contains("ERROR"), "{log}");
}

#[test]
fn a_server_that_takes_no_changes_refuses_them_before_it_reads_anything() {
    let desk = Desk::new();
    let store = city(&desk);
    let service = Service::start(&store, &[]);
    let file = geojson(&[Grid::new("001004", rectangle(3 * CELL, 0, CELL, CELL))]);
    for (method, target) in [
        ("POST", "/v1/plans?name=x"),
        ("POST", "/v1/plans/1/grids"),
        ("POST", "/v1/plans/1/publish"),
        ("POST", "/v1/plans/1/check"),
        ("DELETE", "/v1/plans/1"),
        ("DELETE", "/v1/plans/1/grids?codes=001001"),
    ] {
        let answer = service.request(method, target, GEOJSON, file.as_bytes());
        assert_eq!(
            (answer.status, problem(&answer).as_str()),
            (403, "writes-not-allowed"),
            "{target}"
        );
    }
    assert_eq!(service.get("/v1/plans").status, 200);
    assert_eq!(service.get("/v1/plans/1/validation").status, 200);
}

#[test]
fn what_a_redesign_changes_is_told_in_every_form() {
    let desk = Desk::new();
    let store = city(&desk);
    crate::plan(
        &store,
        &[
            "merge", "001001", "001002", "--into", "001001", "--plan", "2027",
        ],
    )
    .expect_code(0);
    let service = Service::start(&store, &[]);
    let diff = parsed(&service.get("/v1/plans/2/diff").body);
    assert_eq!(
        (&diff["summary"]["merge"], &diff["summary"]["unchanged"]),
        (&1.into(), &4.into())
    );
    assert_eq!(diff["changes"][0]["old"], json!(["001001", "001002"]));
    assert_eq!(diff["changes"][0]["new"], json!(["001001"]));
    // from the plan that it was begun from, unless told
    let back = parsed(&service.get("/v1/plans/2026/diff?against=2027").body);
    assert_eq!(back["summary"]["split"], 1);
    let streets = parsed(&service.get("/v1/plans/2/diff?level=street").body);
    assert_eq!(
        (&streets["summary"]["unchanged"], &streets["changes"]),
        (&2.into(), &json!([]))
    );
    for (accept, kind, holds) in [
        (
            "application/geo+json",
            "application/geo+json",
            "FeatureCollection",
        ),
        ("text/html", "text/html; charset=utf-8", "<!DOCTYPE html>"),
        ("text/plain", "text/plain; charset=utf-8", "001002"),
    ] {
        let answer = service.get_with("/v1/plans/2/diff", &format!("Accept: {accept}\r\n"));
        assert_eq!((answer.status, answer.header("content-type")), (200, kind));
        assert!(
            answer.body.to_lowercase().contains(&holds.to_lowercase()),
            "{accept}: {}",
            answer.body.chars().take(300).collect::<String>()
        );
    }
    let page = service.get_with("/v1/plans/2/diff", "Accept: text/html\r\n");
    assert!(
        page.header("content-security-policy")
            .starts_with("default-src 'none'")
    );
    let codes = service.get("/v1/plans/2/diff/codes.csv");
    assert_eq!(codes.header("content-type"), "text/csv; charset=utf-8");
    assert!(codes.body.starts_with('\u{feff}') || codes.body.contains('\u{feff}'));
    assert!(codes.body.contains("001002"), "{}", codes.body);
    let cases = "id,lon,lat,class,opened\nA1,120.8015,40.7005,,2026-11-01\nA2,120.8025,40.7005,,\n";
    let cases = service.post("/v1/plans/2/diff/cases.csv", "text/csv", cases);
    assert_eq!(cases.status, 200, "{}", cases.body);
    assert!(
        cases.body.contains("A1") && !cases.body.contains("A2"),
        "{}",
        cases.body
    );
    for (target, status, kind) in [
        ("/v1/plans/99/diff", 404, "unknown-plan"),
        ("/v1/plans/2/diff?against=nothing", 404, "unknown-plan"),
        ("/v1/plans/2/diff?level=town", 400, "bad-order"),
        ("/v1/plans/2/diff?survey_tolerance=-1", 400, "bad-parameter"),
        ("/v1/plans/2/diff/people.csv", 404, "unknown-route"),
    ] {
        let answer = service.get(target);
        assert_eq!(
            (answer.status, problem(&answer).as_str()),
            (status, kind),
            "{target}"
        );
    }
    let wrong = service.get_with("/v1/plans/2/diff", "Accept: image/png\r\n");
    assert_eq!(
        (wrong.status, problem(&wrong).as_str()),
        (406, "not-acceptable")
    );
    let wrong = service.post("/v1/plans/2/diff/codes.csv", "text/csv", "id,lon,lat\n");
    assert_eq!(
        (wrong.status, problem(&wrong).as_str()),
        (405, "method-not-allowed")
    );
}
