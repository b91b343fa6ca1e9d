//! The demonstration city of 龙港区, from its files: three tiers answer every report, and five
//! posts stand in every grid.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use wangge_city::{City, LocateAnswer, LocateRequest, Shown, Subject};
use wangge_crs::Crs;
use wangge_model::ObjectKind;
use wangge_store::Store;

use crate::support::{Desk, run};
use crate::text;

/// A position with the grid that the generator's truth says.
struct Report {
    lon: f64,
    lat: f64,
    grid: String,
}

/// Generates the city's files, and takes them into a store by the commands that people use.
fn imported(desk: &Desk) -> (PathBuf, PathBuf) {
    let (files, store) = (desk.path("city"), desk.path("city.gpkg"));
    let scheme = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../data/schemes/longgang.toml"
    );
    run(&[
        "generate",
        "city",
        "--scheme",
        scheme,
        "--seed",
        "1",
        "-o",
        text(&files),
    ])
    .expect_code(0);
    run(&["init", text(&store), "--scheme", scheme]).expect_code(0);
    let take = |list: &str, name: &str, options: &[&str]| {
        let file = files.join(name);
        let mut arguments = vec!["import", list, text(&file), "--store", text(&store)];
        arguments.extend(options);
        run(&arguments).expect_code(0);
    };
    for (name, level) in [
        ("district.geojson", "district"),
        ("streets.geojson", "street"),
        ("communities.geojson", "community"),
        ("grids.geojson", "grid"),
    ] {
        take("grids", name, &["--level", level, "--plan", "2026"]);
    }
    for list in ["classes", "departments", "rules", "posts"] {
        take(list, &format!("{list}.csv"), &[]);
    }
    run(&["publish", "--store", text(&store)]).expect_code(0);
    (files, store)
}

/// The points of the truth that lie inside a grid.
fn reports(files: &Path) -> Vec<Report> {
    let table = |name: &str| {
        let text = std::fs::read_to_string(files.join(name)).unwrap();
        let rows = text
            .lines()
            .skip(1)
            .map(|line| line.split(',').map(str::to_owned).collect());
        rows.collect::<Vec<Vec<String>>>()
    };
    let truth: HashMap<String, String> = table("truth.csv")
        .into_iter()
        .filter(|row| row[2] == "inside")
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect();
    table("points.csv")
        .into_iter()
        .filter_map(|row| {
            Some(Report {
                grid: truth.get(&row[0])?.clone(),
                lon: row[1].parse().unwrap(),
                lat: row[2].parse().unwrap(),
            })
        })
        .collect()
}

fn answer<'a>(city: &'a City, report: &Report, subject: Subject<'a>) -> LocateAnswer<'a> {
    city.locate(&LocateRequest {
        lon: report.lon,
        lat: report.lat,
        crs: &Crs::Lattice,
        near_m: None,
        subject: Some(subject),
        components_m: None,
        shown: Shown::default(),
    })
    .unwrap()
}

/// What the city's own list of departments says they handle, and what falls to the command centre.
const CASES: [(ObjectKind, &str, &str); 20] = [
    (ObjectKind::Component, "0101", "211403-GPS"),
    (ObjectKind::Component, "0103", "211403-GPS"),
    (ObjectKind::Component, "0105", "211403-GD"),
    (ObjectKind::Component, "0110", "211403-SZ"),
    (ObjectKind::Component, "0111", "211403-RQ"),
    (ObjectKind::Component, "0118", "211403-SZ"),
    (ObjectKind::Component, "0136", "211403-GA"),
    (ObjectKind::Component, "0210", "211403-JJ"),
    (ObjectKind::Component, "0305", "211403-HW"),
    (ObjectKind::Component, "0402", "211403-YL"),
    (ObjectKind::Component, "2133", "211403-SJ"),
    (ObjectKind::Component, "2105", "ZH211403"),
    (ObjectKind::Event, "0101", "211403-CG"),
    (ObjectKind::Event, "0102", "211403-HW"),
    (ObjectKind::Event, "0302", "211403-HB"),
    (ObjectKind::Event, "0402", "211403-GPS"),
    (ObjectKind::Event, "0403", "211403-RQ"),
    (ObjectKind::Event, "0409", "211403-GA"),
    (ObjectKind::Event, "0499", "211403-YJ"),
    (ObjectKind::Event, "0505", "211403-JJ"),
];

#[test]
fn every_report_has_one_department_at_each_of_three_tiers() {
    let desk = Desk::new();
    let (files, store) = imported(&desk);
    run(&["rules", "check", "--store", text(&store)]).expect_code(0);
    let store = Store::open_read_only(&store).unwrap();
    let city = City::compile(store.contents("2026").unwrap()).unwrap();
    let reports = reports(&files);
    assert!(reports.len() > 1_000, "{}", reports.len());
    let classes: Vec<_> = city.responsibility().classes.minors().collect();
    // numbers that share no factor with either count meet every pair alike
    for i in 0..10_000 {
        let report = &reports[i * 7919 % reports.len()];
        let class = classes[i * 104_729 % classes.len()];
        let subject = Subject {
            object: class.object,
            class: class.code.as_str(),
        };
        let answer = answer(&city, report, subject);
        assert_eq!(answer.grid.unwrap().code, report.grid);
        let handlers = answer.handlers.unwrap();
        let tiers: Vec<u32> = handlers.iter().map(|handler| handler.tier).collect();
        assert_eq!(tiers, [1, 2, 3], "{subject:?} in {}", report.grid);
        // the community's station, then the centre of the street
        let community = format!("SQ{}", &report.grid[..12]);
        let street = format!("JD{}", &report.grid[..9]);
        assert_eq!(handlers[0].department.code, community);
        assert_eq!(handlers[1].department.code, street);
        let posts: Vec<&str> = answer
            .posts
            .iter()
            .flatten()
            .map(|post| post.post)
            .collect();
        assert_eq!(
            posts,
            ["head", "information", "police", "safety", "supervisor"]
        );
    }
    for (at, (object, class, department)) in CASES.into_iter().enumerate() {
        let report = &reports[at * 53 % reports.len()];
        let handlers = answer(&city, report, Subject { object, class }).handlers;
        assert_eq!(
            handlers.unwrap()[2].department.code,
            department,
            "{object} {class}"
        );
    }
}

#[test]
fn the_demonstration_answers_who_handles_a_burst_main() {
    let desk = Desk::new();
    let mut demo = Command::new(env!("CARGO_BIN_EXE_wangge"))
        .args([
            "demo",
            "--listen",
            "127.0.0.1:0",
            "--dir",
            text(&desk.path("demo")),
        ])
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(demo.stdout.take().unwrap()).lines();
    // the address that it prints for a curl
    let printed = lines.map_while(Result::ok).find_map(|line| {
        Some(line.split_once("http://")?.1.to_owned()).filter(|_| line.contains("event=0402"))
    });
    let answer = printed.map(|url| {
        let url = url.trim_end_matches(['\'', '"', ' ']);
        let (address, target) = url.split_once('/').unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let request =
            format!("GET /{target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    demo.kill().unwrap();
    demo.wait().unwrap();
    let answer = answer.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    for code in ["SQ211403", "JD211403", "211403-GPS"] {
        assert!(answer.contains(code), "{answer}");
    }
}
