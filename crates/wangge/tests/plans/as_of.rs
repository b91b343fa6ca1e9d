//! What was true when: on the command line, and from a service that runs while plans take effect.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::support::Desk;
use crate::support::drawing::geojson;
use crate::support::service::Service;
use crate::{city, grid_at, import_into, json, merged, middle, plan, run, text};

/// The merge as the draft 2027.
fn with_draft(desk: &Desk) -> std::path::PathBuf {
    let store = city(desk);
    plan(&store, &["new", "2027"]).expect_code(0);
    let file = desk.write("merged.geojson", &geojson(&[merged()]));
    import_into(&store, "2027", &file, &["--update"]).expect_code(0);
    plan(&store, &["remove-grids", "001002"]).expect_code(0);
    store
}

fn code_of(service: &Service, at: &str) -> String {
    let (lon, lat) = middle(1, 0);
    let answer = service.get(&format!("/v1/locate?lon={lon}&lat={lat}{at}"));
    assert_eq!(answer.status, 200, "{}", answer.body);
    let answer = json(&answer.body);
    answer["grid"]["code"].as_str().unwrap().to_owned()
}

#[test]
fn a_time_is_answered_by_the_plan_in_force_then() {
    let desk = Desk::new();
    let store = with_draft(&desk);
    let before = Timestamp::now().to_string();
    run(&["publish", "--store", text(&store)]).expect_code(0);
    assert_eq!(grid_at(&store, 1, 0, &[]), "001001");
    assert_eq!(grid_at(&store, 1, 0, &["--at", &before]), "001002");
    let long_ago = [
        "locate",
        "--store",
        text(&store),
        "120.8",
        "40.7",
        "--at",
        "2000-01-01T00:00:00Z",
    ];
    let refused = run(&long_ago).expect_code(2);
    assert!(
        refused.message().contains("no plan was in force"),
        "{}",
        refused.err
    );

    let service = Service::start(&store, &[]);
    assert_eq!(code_of(&service, ""), "001001");
    assert_eq!(code_of(&service, &format!("&at={before}")), "001002");
    let then = service.get(&format!("/v1/grids/001002?at={before}"));
    assert_eq!(then.status, 200, "{}", then.body);
    assert_eq!(service.get("/v1/grids/001002").status, 404);
    let all = json(&service.get(&format!("/v1/grids?at={before}")).body);
    assert_eq!(all["numberReturned"], 6);
    // the version of then is in the body and the tag
    assert_eq!(all["version"], "1.2");
    assert_eq!(then.header("etag"), "\"1.2-en\"");
    let batch = format!("/v1/locate?at={before}");
    let batch = service.post(
        &batch,
        "application/json",
        r#"[{"lon":120.8015,"lat":40.7005}]"#,
    );
    assert!(batch.body.contains(r#""code":"001002""#), "{}", batch.body);
    for list in ["classes", "departments", "rules", "scheme"] {
        let answer = service.get(&format!("/v1/{list}?at={before}"));
        assert_eq!(
            (answer.status, answer.header("etag")),
            (200, "\"1.2\""),
            "{list}"
        );
    }
    let never = service.get("/v1/locate?lon=120.8&lat=40.7&at=2000-01-01T00:00:00Z");
    assert_eq!(never.status, 404);
    assert_eq!(json(&never.body)["type"], "urn:wangge:problem:not-in-force");
    let wrong = service.get("/v1/locate?lon=120.8&lat=40.7&at=yesterday");
    assert_eq!(wrong.status, 400);
    assert_eq!(json(&wrong.body)["parameter"], "at");
    // a plus that nobody escaped is a plus
    let offset = service.get("/v1/grids?at=2100-01-01T00:00:00+08:00");
    assert_eq!(json(&offset.body)["numberReturned"], 5);
    let (status, log) = service.stop();
    assert!(status.success(), "{log}");
}

#[test]
fn a_plan_takes_effect_on_time_while_the_service_runs() {
    let desk = Desk::new();
    let store = with_draft(&desk);
    let service = Service::start(&store, &[]);
    let effective = Timestamp::now() + SignedDuration::from_secs(4);
    let time = effective.to_string();
    run(&["publish", "--store", text(&store), "--effective", &time]).expect_code(0);
    // it is asked about before it holds
    assert_eq!(code_of(&service, &format!("&at={time}")), "001001");
    assert_eq!(code_of(&service, ""), "001002");
    assert!(
        Timestamp::now() < effective,
        "this machine is too slow for the test"
    );
    let (lon, lat) = middle(1, 0);
    let target = format!("/v1/locate?lon={lon}&lat={lat}");
    service.await_answer(&target, Duration::from_secs(30), |answer| {
        let is_new = json(&answer.body)["grid"]["code"] == "001001";
        // never before its time
        assert!(!is_new || Timestamp::now() >= effective);
        is_new
    });
    let (status, log) = service.stop();
    assert!(status.success(), "{log}");
    assert!(log.contains("as it was published to"), "{log}");
}

#[test]
fn a_plan_whose_time_comes_while_nobody_serves_is_there_after_the_start() {
    let desk = Desk::new();
    let store = with_draft(&desk);
    let effective = Timestamp::now() + SignedDuration::from_secs(2);
    let time = effective.to_string();
    run(&["publish", "--store", text(&store), "--effective", &time]).expect_code(0);
    let wait = Timestamp::now().duration_until(effective);
    std::thread::sleep(Duration::try_from(wait).unwrap_or_default() + Duration::from_millis(50));
    let service = Service::start(&store, &[]);
    assert_eq!(code_of(&service, ""), "001001");
}
