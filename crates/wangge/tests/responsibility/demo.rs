//! `wangge demo`: a demonstration city is made, served and asked as it says, and all of them are
//! served at once.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use wangge_model::Scheme;

use crate::json;
use crate::support::drawing::{CELL, Grid, geojson, rectangle};
use crate::support::{Desk, publish};

const CITIES: [&str; 5] = ["longgang", "songzi", "laiyang", "erdao", "zhanggong"];

/// A demonstration that is ended whatever becomes of the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    /// Starts the demonstration on free ports, and what it prints until it serves.
    fn start(city: &str, folder: &Path) -> (Self, Vec<String>) {
        let demo = Command::new(env!("CARGO_BIN_EXE_wangge"))
            .args(["demo", "--city", city, "--listen", "127.0.0.1:0", "--dir"])
            .arg(folder)
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut demo = Self(demo.unwrap());
        let lines = BufReader::new(demo.0.stdout.take().unwrap()).lines();
        let printed = lines
            .map_while(Result::ok)
            .take_while(|line| !line.starts_with("Ctrl-C"));
        let printed = printed.collect();
        (demo, printed)
    }
}

/// The address and the path of the first line that has this in it.
fn address_of<'a>(printed: &'a [String], part: &str) -> (&'a str, &'a str) {
    let line = printed.iter().find(|line| line.contains(part));
    let line = line.unwrap_or_else(|| panic!("no {part} in {printed:#?}"));
    let (_, url) = line.split_once("http://").unwrap();
    url.trim_end_matches('\'').split_once('/').unwrap()
}

/// The city is made, published and served; the question that it prints has the answer that the
/// crew of the street empties the bin.
#[test]
fn a_demonstration_answers_what_it_asks() {
    let desk = Desk::new();
    let (_demo, printed) = Running::start("erdao", &desk.path("demo"));
    let (address, target) = address_of(&printed, "component=0305");
    let answer = asked(address, target);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    for code in ["SQ220105", "HW220105", "220105-HW"] {
        let department = format!("\"department\":{{\"code\":\"{code}");
        assert!(answer.contains(&department), "{code}: {answer}");
    }
}

/// Stores that are there are served as they are: here each of one grid.
#[test]
fn all_five_cities_are_served_each_at_an_address_of_its_own() {
    let desk = Desk::new();
    let schemes = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/schemes");
    for city in CITIES {
        let scheme = std::fs::read_to_string(format!("{schemes}/{city}.toml")).unwrap();
        let code = Scheme::from_toml(&scheme).unwrap().code().unwrap().clone();
        let grid = Grid::new(&format!("{code}001001001"), rectangle(0, 0, CELL, CELL))
            .with("parent", format!("{code}001001"));
        let file = desk.write("grids.geojson", &geojson(&[grid]));
        let store = desk.store(&format!("{city}.gpkg"), &scheme);
        publish(&store, &file, &[]);
    }
    let folder = desk.path("longgang.gpkg").with_file_name("");
    let (_demo, printed) = Running::start("all", &folder);
    let levels = printed.iter().filter(|line| line.contains("its levels"));
    let mut addresses = BTreeSet::new();
    let mut cities = Vec::new();
    for line in levels {
        let (address, target) = address_of(std::slice::from_ref(line), "its levels");
        let answer = asked(address, target);
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        cities.push(json(body)["city"].as_str().unwrap().to_owned());
        addresses.insert(address);
    }
    assert_eq!(cities, CITIES);
    assert_eq!(addresses.len(), CITIES.len());
}

fn asked(address: &str, target: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let request = format!("GET /{target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
