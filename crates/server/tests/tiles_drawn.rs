//! Tiles are drawn once, and not at all for who has them: the log says when one is drawn.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what helps tests may panic as tests do"
)]

#[path = "service/house/mod.rs"]
mod house;

use std::io::Write;
use std::sync::{Arc, Barrier, Mutex};

use house::House;
use tracing_subscriber::fmt::MakeWriter;

const TILE: &str = "/tiles/grids/12/3422/1540";

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Kept {
    /// How many tiles were drawn since this was asked last.
    fn drawn(&self) -> usize {
        let log = std::mem::take(&mut *self.0.lock().unwrap());
        let log = String::from_utf8(log).unwrap();
        assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
        log.lines()
            .filter(|line| line.contains("a tile was drawn"))
            .count()
    }
}

#[test]
fn a_tile_is_drawn_once_for_all_who_ask_and_never_for_who_has_it() {
    let log = Kept::default();
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(log.clone())
        .init();
    let house = House::of_town();
    let together = Arc::new(Barrier::new(24));
    let clients: Vec<_> = (0..24)
        .map(|_| {
            let (together, address) = (Arc::clone(&together), house.address);
            std::thread::spawn(move || {
                let mut connection = house::Connection::to(address);
                together.wait();
                connection.get_with(TILE, &[("Accept-Encoding", "gzip")])
            })
        })
        .collect();
    let answers: Vec<_> = clients
        .into_iter()
        .map(|client| client.join().unwrap())
        .collect();
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == 200 && answer.body == answers[0].body)
    );
    assert_eq!(log.drawn(), 1, "24 asked for it at the same time");

    let gzip = &answers[0].headers["etag"];
    let asked = [
        ("Accept-Encoding", "gzip"),
        ("If-None-Match", gzip.as_str()),
    ];
    assert_eq!(house.get_with(TILE, &asked).status, 304);
    assert_eq!(log.drawn(), 0);

    // what a tile holds is known: a coding that nobody asked for need not be made to say so
    let zstd = gzip.replace("-gzip", "-zstd");
    let asked = [
        ("Accept-Encoding", "zstd"),
        ("If-None-Match", zstd.as_str()),
    ];
    assert_eq!(house.get_with(TILE, &asked).status, 304);
    assert_eq!(log.drawn(), 0);
    for _ in 0..3 {
        let packed = house.get_with(TILE, &[("Accept-Encoding", "zstd")]);
        assert_eq!((packed.status, &packed.headers["etag"]), (200, &zstd));
    }
    assert_eq!(log.drawn(), 1, "another coding is made once");

    // a tile that a publication leaves as it was is looked at once, and what was packed is kept
    house.published.publish(house::drawing::town());
    for _ in 0..3 {
        let asked = [
            ("Accept-Encoding", "zstd"),
            ("If-None-Match", zstd.as_str()),
        ];
        assert_eq!(house.get_with(TILE, &asked).status, 304);
    }
    assert_eq!(log.drawn(), 1);
    assert_eq!(
        house.get_with(TILE, &[("Accept-Encoding", "gzip")]).headers["etag"],
        *gzip
    );
    assert_eq!(log.drawn(), 0);
}
