//! Names of people and phone numbers leave the program only where it was told to show them.

use std::fmt::Write as _;

use crate::city::{GRIDS, SECRETS, whole};
use crate::support::service::Service;
use crate::support::{Desk, run};
use crate::{json, middle, text};

/// Every answer that could hold a contact, as bytes: of the command line and of the service.
fn everything(store: &std::path::Path, shown: bool, service: &Service) -> String {
    let shown: &[&str] = if shown { &["--show-contacts"] } else { &[] };
    let mut all = String::new();
    let mut rows = String::new();
    for (column, row, ..) in GRIDS {
        let (lon, lat) = middle(column, row);
        writeln!(rows, "{{\"lon\":{lon},\"lat\":{lat}}}").unwrap();
        for subject in [
            "--event 0101",
            "--event 0102",
            "--event 0201",
            "--component 0101",
            "--component 0102",
            "--component 0201",
        ] {
            let target = subject.replace("--", "&").replace(' ', "=");
            let target = format!("/v1/locate?lon={lon}&lat={lat}{target}");
            let answer = service.get(&target);
            all.push_str(&answer.head);
            all.push_str(&answer.body);
        }
        for form in [&[][..], &["--json"]] {
            let asked = ["locate", "--store", text(store), &lon, &lat];
            let ran = run(&[&asked[..], &["--event", "0102"], form, shown].concat());
            let ran = ran.expect_code(0);
            all.push_str(&ran.out);
            all.push_str(&ran.err);
        }
    }
    let array = format!("[{}]", rows.trim_end().replace('\n', ","));
    for subject in [
        "event=0101",
        "event=0102",
        "event=0201",
        "component=0101",
        "component=0102",
    ] {
        let target = format!("/v1/locate?{subject}");
        for (kind, body) in [
            ("application/x-ndjson", &rows),
            ("application/json", &array),
        ] {
            let answer = service.post(&target, kind, body);
            assert_eq!(answer.status, 200, "{}", answer.body);
            all.push_str(&answer.body);
        }
    }
    for target in ["/v1/departments", "/v1/rules", "/v1/classes", "/v1/scheme"] {
        all.push_str(&service.get(target).body);
    }
    for (.., code, _) in GRIDS {
        all.push_str(&service.get(&format!("/v1/grids/{code}")).body);
    }
    all.push_str(&service.get("/v1/grids?level=grid").body);
    all
}

#[test]
fn no_contact_leaves_the_program_unless_it_is_told_to_show_them() {
    let desk = Desk::new();
    let store = whole(&desk);
    let service = Service::start(&store, &[]);
    let all = everything(&store, false, &service);
    let (_, log) = service.stop();
    assert!(all.contains("区排水所") && all.contains("vacant"));
    let told: Vec<&str> = SECRETS
        .into_iter()
        .filter(|secret| all.contains(secret) || log.contains(secret))
        .collect();
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn every_contact_is_told_where_they_are_shown() {
    let desk = Desk::new();
    let store = whole(&desk);
    let service = Service::start(&store, &["--show-contacts"]);
    let all = everything(&store, true, &service);
    let (_, log) = service.stop();
    let missing: Vec<&str> = SECRETS
        .into_iter()
        .filter(|secret| !all.contains(secret))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    let logged: Vec<&str> = SECRETS
        .into_iter()
        .filter(|secret| log.contains(secret))
        .collect();
    assert!(logged.is_empty(), "in the log: {logged:?}");
}

#[test]
fn a_configuration_file_shows_contacts_as_the_option_does() {
    let desk = Desk::new();
    let store = whole(&desk);
    for (says, shown) in [("true", true), ("false", false)] {
        let file = desk.write("wangge.toml", &format!("show_contacts = {says}\n"));
        let service = Service::start(&store, &["--config", text(&file)]);
        let departments = service.get("/v1/departments").body;
        assert_eq!(departments.contains("0429-3000004"), shown, "{says}");
        service.stop();
    }
}

#[test]
fn posts_come_with_their_vacancies_and_names_only_where_they_are_shown() {
    let desk = Desk::new();
    let store = whole(&desk);
    let posts = |column, row, shown: &[&str]| {
        let (lon, lat) = middle(column, row);
        let asked = ["locate", "--store", text(&store), &lon, &lat, "--json"];
        let ran = run(&[&asked[..], &["--event", "0101"], shown].concat());
        json(&ran.expect_code(0).out)["posts"].to_string()
    };
    let shown = ["--show-contacts"];
    assert_eq!(
        posts(0, 0, &[]),
        r#"[{"post":"head"},{"post":"police","vacant":true}]"#
    );
    assert_eq!(
        posts(0, 0, &shown),
        r#"[{"name":"赵某甲","phone":"13900000001","post":"head"},{"post":"police","vacant":true}]"#
    );
    // two of one name, of which one has no phone
    assert_eq!(posts(1, 0, &[]), r#"[{"post":"police"},{"post":"police"}]"#);
    assert_eq!(
        posts(1, 0, &shown),
        r#"[{"name":"钱某乙","phone":"13900000002","post":"police"},{"name":"孙某丙","post":"police"}]"#
    );
    assert_eq!(posts(3, 1, &shown), "[]");
}
