//! `wangge demo`: every demonstration city is made, served and asked as it says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::Desk;
use crate::text;

/// What each city prints a question of, and who answers: at the tier of the community, of the
/// street or town, of the district or city.
const QUESTIONS: [(&str, [&str; 3]); 5] = [
    ("event=0402", ["SQ211403", "JD211403", "211403-GPS"]),
    ("event=0115", ["SQ421087", "JD421087", "421087-"]),
    ("event=2106", ["SQ370682", "SF370682", "370682-SF"]),
    ("component=0305", ["SQ220105", "HW220105", "220105-HW"]),
    ("event=0401", ["SQ360702", "JD360702", "360702-SZ"]),
];

/// A demonstration that is ended whatever becomes of the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn all_five_cities_are_served_and_answer_what_they_ask() {
    let desk = Desk::new();
    let demo = Command::new(env!("CARGO_BIN_EXE_wangge"))
        .args(["demo", "--city", "all", "--listen", "127.0.0.1:0", "--dir"])
        .arg(text(&desk.path("demo")))
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut demo = Running(demo.unwrap());
    let lines = BufReader::new(demo.0.stdout.take().unwrap()).lines();
    let printed: Vec<String> = lines
        .map_while(Result::ok)
        .take_while(|line| !line.starts_with("Ctrl-C"))
        .filter(|line| line.contains("event=") || line.contains("component="))
        .collect();
    assert_eq!(printed.len(), QUESTIONS.len(), "{printed:#?}");
    let mut addresses = std::collections::BTreeSet::new();
    for (line, (subject, codes)) in printed.iter().zip(QUESTIONS) {
        assert!(line.contains(subject), "{line}");
        let url = line.split_once("http://").unwrap().1;
        let (address, target) = url.trim_end_matches('\'').split_once('/').unwrap();
        addresses.insert(address.to_owned());
        let answer = asked(address, target);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        for code in codes {
            let department = format!("\"department\":{{\"code\":\"{code}");
            assert!(answer.contains(&department), "{code}: {answer}");
        }
    }
    assert_eq!(addresses.len(), QUESTIONS.len());
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
