//! Files from people who do not mean well, or do not know what they send.

mod archives;
mod bodies;
mod databases;
mod geodata;
mod markup;
mod text;
mod workbooks;

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::drawing::geojson;
use crate::support::service::{Answer, Service};
use crate::support::{Desk, run};
use crate::{city, json, plan, six};

const ZIP: &str = "application/zip";
const GEOJSON: &str = "application/geo+json";
const GEOPACKAGE: &str = "application/geopackage+sqlite3";
const KML: &str = "application/vnd.google-earth.kml+xml";
const GPX: &str = "application/gpx+xml";

/// A city with a draft, the plan 2, and the service that takes files into it.
struct Door {
    store: PathBuf,
    before: Vec<u8>,
    service: Service,
    _desk: Desk,
}

impl Door {
    fn open() -> Self {
        Self::open_within("")
    }

    /// With a configuration file of this text.
    fn open_within(config: &str) -> Self {
        let desk = Desk::new();
        let store = city(&desk);
        plan(&store, &["new", "2027"]).expect_code(0);
        let config = desk.write("config.toml", config);
        let service = Service::start(
            &store,
            &["--allow-writes", "--config", config.to_str().unwrap()],
        );
        Self {
            before: bytes_of(&store),
            store,
            service,
            _desk: desk,
        }
    }

    /// Sends a file through both routes, with more of the query; both refuse it in these words.
    #[track_caller]
    fn refuses(&self, query: &str, kind: &str, bytes: &[u8], wanted: (u16, &str, &str)) {
        let (status, problem, words) = wanted;
        for answer in self.answers(query, kind, bytes) {
            assert_eq!(answer.status, status, "{}", answer.body);
            assert_eq!(answer.header("content-type"), "application/problem+json");
            let told = json(&answer.body);
            let kind = format!("urn:wangge:problem:{problem}");
            assert_eq!(told["type"], kind, "{told}");
            assert!(answer.body.contains(words), "{told}");
            self.gives_nothing_away(&answer);
        }
        self.is_unchanged();
    }

    /// Sends a file of the six grids through both routes, with more of the query; both take its
    /// rows, and nothing else.
    #[track_caller]
    fn takes(&self, query: &str, kind: &str, bytes: &[u8]) -> Value {
        let [made, changed] = self.answers(query, kind, bytes);
        assert_eq!(made.status, 201, "{}", made.body);
        assert_eq!(changed.status, 200, "{}", changed.body);
        for answer in [&made, &changed] {
            let told = json(&answer.body);
            assert_eq!(told["units"], 6, "{told}");
            assert_eq!(told["plan"]["grids"], 6, "{told}");
            self.gives_nothing_away(answer);
        }
        for plan in ["2", "3"] {
            let diff = self
                .service
                .get(&format!("/v1/plans/{plan}/diff?against=1"));
            let told = json(&diff.body);
            assert_eq!(told["summary"]["unchanged"], 6, "{told}");
        }
        json(&made.body)
    }

    fn answers(&self, query: &str, kind: &str, bytes: &[u8]) -> [Answer; 2] {
        ["/v1/plans?name=x", "/v1/plans/2/grids?existing=update"].map(|route| {
            let target = format!("{route}{query}");
            self.service.request("POST", &target, kind, bytes)
        })
    }

    #[track_caller]
    fn gives_nothing_away(&self, answer: &Answer) {
        let folders = [
            std::env::temp_dir(),
            self.store.parent().unwrap().to_owned(),
        ];
        let folders = folders.iter().map(|folder| folder.to_str().unwrap());
        for secret in folders.chain(["root:", "/proc/", "wangge-read-", "wangge-upload-"]) {
            assert!(!answer.body.contains(secret), "{secret}: {}", answer.body);
        }
    }

    #[track_caller]
    fn is_unchanged(&self) {
        assert!(bytes_of(&self.store) == self.before, "the store changed");
    }

    /// Ends the service, which is well and has nothing to complain of.
    #[track_caller]
    fn close(self) {
        assert_eq!(self.service.get("/readyz").status, 200);
        let (_, log) = self.service.stop();
        assert!(!log.contains("ERROR"), "{log}");
    }
}

/// A file that is refused through both routes, by its kind of problem and words of it.
#[track_caller]
fn refused(kind: &str, bytes: &[u8], wanted: (u16, &str, &str)) {
    let door = Door::open();
    door.refuses("", kind, bytes, wanted);
    door.close();
}

fn bytes_of(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        archive
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// The six grids as a file of this extension, with those that belong to it, by extension.
fn exported(extension: &str) -> Vec<(String, Vec<u8>)> {
    let desk = Desk::new();
    let store = city(&desk);
    let path = desk.path(&format!("out/six.{extension}"));
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    let export = ["export", "grids", "--store"].map(std::ffi::OsStr::new);
    let files = [store.as_os_str(), "-o".as_ref(), path.as_os_str()];
    run(&[&export[..], &files[..]].concat()).expect_code(0);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path.parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        let extension = path.extension().unwrap().to_str().unwrap();
        files.push((extension.to_owned(), bytes_of(&path)));
    }
    files
}

/// The six grids as GeoJSON.
fn grids() -> Vec<u8> {
    geojson(&six()).into_bytes()
}
