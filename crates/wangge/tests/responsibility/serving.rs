//! Responsibility over HTTP: new rules without a restart, versions, languages, refusals.

use std::time::{Duration, Instant};

use crate::city::{RULES, put, whole};
use crate::json;
use crate::support::Desk;
use crate::support::service::Service;

/// An urban grid, and rubbish in it: rule 11 at tier 2.
const RUBBISH: &str = "/v1/locate?lon=120.8005&lat=40.7005&event=0102";

#[test]
fn new_rules_answer_soon_without_a_restart() {
    let desk = Desk::new();
    let store = whole(&desk);
    let service = Service::start(&store, &[]);
    let before = service.get(RUBBISH);
    let at_tier_2 = |body: &str| json(body)["handlers"][1]["department"]["code"].clone();
    assert_eq!(at_tier_2(&before.body), "SAN");
    let known = format!("If-None-Match: {}\r\n", before.header("etag"));
    assert_eq!(service.get_with(RUBBISH, &known).status, 304);
    let rules = RULES.replace("2,event,0102,,urban,SAN", "2,event,0102,,urban,S1CLEAN");
    assert_ne!(rules, RULES);
    put(&desk, &store, "rules", &rules);
    let imported_at = Instant::now();
    // two seconds are promised; a machine that is busy with other things may take longer
    let after = service.await_answer(RUBBISH, Duration::from_secs(10), |answer| {
        at_tier_2(&answer.body) == "S1CLEAN"
    });
    println!("the service switched after {:?}", imported_at.elapsed());
    let version = |body: &str| {
        let version = json(body)["version"].as_str().unwrap().to_owned();
        let (plan, revision) = version.split_once('.').unwrap();
        (plan.parse().unwrap(), revision.parse().unwrap())
    };
    let (plan, revision): (u64, u64) = version(&before.body);
    assert_eq!(version(&after.body), (plan, revision + 1));
    assert_ne!(before.header("etag"), after.header("etag"));
    assert_eq!(service.get_with(RUBBISH, &known).status, 200);
    let (status, log) = service.stop();
    assert!(status.success());
    assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
}

#[test]
fn answers_with_reasons_are_told_apart_by_language() {
    let desk = Desk::new();
    let store = whole(&desk);
    let service = Service::start(&store, &[]);
    let in_language = |target: &str, language: &str| {
        service.get_with(target, &format!("Accept-Language: {language}\r\n"))
    };
    let english = in_language(RUBBISH, "en");
    let chinese = in_language(RUBBISH, "zh-CN,zh;q=0.9,en;q=0.8");
    assert_eq!(english.header("content-language"), "en");
    assert_eq!(chinese.header("content-language"), "zh");
    assert_ne!(english.header("etag"), chinese.header("etag"));
    for answer in [&english, &chinese] {
        let vary = answer.header("vary").to_lowercase();
        assert!(vary.contains("accept-language"), "{}", answer.head);
    }
    // the tag of one language does not stand for the other
    let asked = format!(
        "Accept-Language: zh\r\nIf-None-Match: {}\r\n",
        english.header("etag")
    );
    assert_eq!(service.get_with(RUBBISH, &asked).status, 200);
    // without a subject there is nothing to translate
    let plain = "/v1/locate?lon=120.8005&lat=40.7005";
    let tags = ["en", "zh"].map(|language| in_language(plain, language));
    assert_eq!(tags[0].header("etag"), tags[1].header("etag"));
    assert_eq!(tags[0].header("content-language"), "");
    assert!(json(&tags[0].body).get("handlers").is_none());
    service.stop();
}

#[test]
fn wrong_subjects_are_problems_that_name_the_parameter() {
    let desk = Desk::new();
    let store = whole(&desk);
    let service = Service::start(&store, &[]);
    let both = "lon=120.8005&lat=40.7005&event=0102&component=0101";
    let unknown_event = "lon=120.8005&lat=40.7005&event=0909";
    // 0102 with a longer code is a class of no table
    let unknown_component = "lon=120.8005&lat=40.7005&component=010205";
    let outside = "lon=121.5&lat=41.5&event=0909";
    for (query, english, chinese) in [
        (
            both,
            ["component", "event", "not"],
            ["component", "event", "两者只能取一"],
        ),
        (
            unknown_event,
            ["event", "0909", "/v1/classes"],
            ["event", "0909", "类别表"],
        ),
        (
            unknown_component,
            ["component", "010205", "/v1/classes"],
            ["component", "010205", "类别表"],
        ),
        (
            outside,
            ["event", "0909", "/v1/classes"],
            ["event", "0909", "类别表"],
        ),
    ] {
        for (language, said) in [("en", english), ("zh", chinese)] {
            let header = format!("Accept-Language: {language}\r\n");
            let answer = service.get_with(&format!("/v1/locate?{query}"), &header);
            assert_eq!(answer.status, 400, "{query}: {}", answer.body);
            assert_eq!(answer.header("content-type"), "application/problem+json");
            assert_eq!(answer.header("content-language"), language);
            let detail = json(&answer.body)["detail"].as_str().unwrap().to_owned();
            for word in said {
                assert!(detail.contains(word), "{word}: {detail}");
            }
        }
    }
    // a batch is refused as a whole, before its first row
    for (query, said) in [
        ("event=0909", "0909"),
        ("event=0102&component=0101", "component"),
    ] {
        let target = format!("/v1/locate?{query}");
        let answer = service.post(&target, "application/json", "[]");
        assert_eq!(answer.status, 400, "{}", answer.body);
        assert!(answer.body.contains(said), "{}", answer.body);
    }
    service.stop();
}

#[test]
fn what_answers_are_made_of_can_be_read() {
    let desk = Desk::new();
    let store = whole(&desk);
    let service = Service::start(&store, &[]);
    let version = json(&service.get(RUBBISH).body)["version"].clone();
    for (list, count) in [("classes", 10), ("departments", 15), ("rules", 17)] {
        let answer = service.get(&format!("/v1/{list}"));
        assert_eq!(answer.status, 200);
        let body = json(&answer.body);
        assert_eq!(body["version"], version);
        assert_eq!(body[list].as_array().unwrap().len(), count, "{list}");
        let known = format!("If-None-Match: {}\r\n", answer.header("etag"));
        let again = service.get_with(&format!("/v1/{list}"), &known);
        assert_eq!(again.status, 304, "{list}");
    }
    // the column "geometry" of a list is a word, not a shape
    let classes = json(&service.get("/v1/classes").body);
    assert_eq!(
        classes["classes"][1].to_string(),
        r#"{"accuracy":"A","code":"0101","geometry":"point","name":"上水井盖","name_en":"water manhole","object":"component"}"#
    );
    let rules = json(&service.get("/v1/rules").body);
    assert_eq!(
        rules["rules"][10].to_string(),
        r#"{"class":"0102","department":"SAN","grid_kind":"urban","object":"event","rule":"2:event:0102:*:urban","tier":2}"#
    );
    let departments = json(&service.get("/v1/departments").body);
    let park = departments["departments"].as_array().unwrap();
    let park = park.iter().find(|row| row["code"] == "PARK").unwrap();
    assert_eq!(
        park.to_string(),
        r#"{"code":"PARK","kind":"district","name":"区停车办","parent":"CC"}"#
    );
    service.stop();
}
