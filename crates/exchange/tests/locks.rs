//! Every lock around the reading process: it stops an attempt, and the same attempt succeeds when
//! that lock alone is left open. And the attacks measured on GDAL, through GDAL as any program
//! would use it.
#![expect(
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "clippy's leave for tests does not reach the helpers of a test file"
)]

mod support;

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use support::{Files, reader_with, refusal, squares_json};
use wangge_exchange::{
    ChildEnd, ChildProgram, ExchangeError, Format, Limits, Lock, Note, Policy, Probe, ReadRequest,
    Reader, Refusal, Switches, Table, Value,
};

/// What came of an attempt in the locked process with these locks open.
fn attempt(probe: Probe, without: &[Lock], limits: Limits) -> Result<String, ExchangeError> {
    let files = Files::new();
    let path = files.write("a.geojson", squares_json(&["1"]));
    let switches = Switches {
        without: without.to_vec(),
        probe: Some(probe),
        ..Switches::default()
    };
    match reader_with(limits, switches).read(&ReadRequest::of(path)) {
        Err(ExchangeError::Refused {
            refusal: Refusal::System { doing, why },
            ..
        }) if doing == "probe" => Ok(why),
        Err(other) => Err(other),
        Ok(_) => panic!("the probe was not run"),
    }
}

fn outcome(probe: Probe, without: &[Lock]) -> String {
    attempt(probe, without, Limits::default()).unwrap()
}

fn ended(outcome: Result<String, ExchangeError>) -> ChildEnd {
    match outcome {
        Err(ExchangeError::Ended { how, .. }) => how,
        other => panic!("it did not end early: {other:?}"),
    }
}

/// The system cannot enforce Landlock: then its tests have nothing to show.
fn landlock_missing() -> bool {
    let files = Files::new();
    let path = files.write("a.geojson", squares_json(&["1"]));
    let table = support::read(&path).unwrap();
    let missing = !table.sandbox.enforced.contains(&Lock::Landlock);
    if missing {
        println!("skipped: this kernel has no Landlock");
    }
    missing
}

/// A listener on the loopback that counts who comes and answers nothing useful.
struct Listener {
    address: SocketAddr,
    visits: Arc<AtomicUsize>,
}

impl Listener {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let visits = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&visits);
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                counter.fetch_add(1, Ordering::SeqCst);
                let _ = stream.read(&mut [0; 1024]);
                let _ = stream.write_all(b"HTTP/1.0 404 Not Found\r\n\r\n");
            }
        });
        Self { address, visits }
    }

    fn visits(&self) -> usize {
        // a refused connection is known at once, an accepted one after its thread ran
        thread::sleep(Duration::from_millis(50));
        self.visits.load(Ordering::SeqCst)
    }
}

#[test]
fn all_locks_hold_on_this_system_and_the_report_says_so() {
    let files = Files::new();
    let path = files.write("a.geojson", squares_json(&["1"]));
    let table = support::read(&path).unwrap();
    if landlock_missing() {
        return;
    }
    assert_eq!(table.sandbox.missing, Vec::<String>::new());
    assert_eq!(table.sandbox.enforced.len(), 8);
}

#[test]
fn files_outside_cannot_be_read_because_of_landlock() {
    if landlock_missing() {
        return;
    }
    let files = Files::new();
    let secret = files.write("secret.txt", "the secret");
    let read = || Probe::Read {
        path: secret.clone(),
    };
    assert!(outcome(read(), &[]).contains("Permission denied"));
    assert_eq!(outcome(read(), &[Lock::Landlock]), "read 10 bytes");
}

#[test]
fn connections_need_both_walls_open() {
    let listener = Listener::start();
    let connect = || Probe::Connect {
        address: listener.address,
    };
    assert!(outcome(connect(), &[]).starts_with("failed"));
    assert!(outcome(connect(), &[Lock::Landlock]).starts_with("failed"));
    if !landlock_missing() {
        assert!(outcome(connect(), &[Lock::Seccomp]).starts_with("failed"));
    }
    assert_eq!(listener.visits(), 0);
    let open = [Lock::Landlock, Lock::Seccomp];
    assert_eq!(outcome(connect(), &open), "connected");
}

#[test]
fn sockets_cannot_be_made_because_of_seccomp() {
    assert!(outcome(Probe::LocalSocket, &[]).contains("not permitted"));
    assert_eq!(
        outcome(Probe::LocalSocket, &[Lock::Seccomp]),
        "made a socket"
    );
}

#[test]
fn rights_of_files_cannot_be_changed_because_of_seccomp() {
    let files = Files::new();
    let other = files.write("other.txt", "another's");
    let change = || Probe::ChangeMode {
        path: other.clone(),
    };
    // Landlock does not know this right in any version
    assert!(outcome(change(), &[Lock::Landlock]).contains("not permitted"));
    assert_eq!(outcome(change(), &[Lock::Seccomp]), "changed");
}

#[test]
fn programs_cannot_be_started() {
    let execute = || Probe::Execute {
        program: PathBuf::from("/bin/true"),
    };
    assert!(outcome(execute(), &[]).starts_with("failed"));
    assert!(outcome(execute(), &[Lock::Landlock]).contains("not permitted"));
    if !landlock_missing() {
        assert!(outcome(execute(), &[Lock::Seccomp, Lock::Processes]).contains("denied"));
    }
    let open = [Lock::Landlock, Lock::Seccomp, Lock::Processes];
    assert!(outcome(execute(), &open).starts_with("executed"));
}

#[test]
fn threads_cannot_be_started_because_of_seccomp() {
    assert!(outcome(Probe::Thread, &[]).starts_with("failed"));
    let open = [Lock::Seccomp, Lock::Processes];
    assert_eq!(outcome(Probe::Thread, &open), "started a thread");
}

#[test]
fn rights_cannot_be_gained_and_processes_are_none() {
    let told = outcome(Probe::Inspect, &[]);
    assert_eq!(told, "no_new_privs=true processes=Some(0)");
    // Landlock and seccomp set it too: they need it
    let open = [
        Lock::NoNewPrivs,
        Lock::Landlock,
        Lock::Seccomp,
        Lock::Processes,
    ];
    let told = outcome(Probe::Inspect, &open);
    assert!(told.starts_with("no_new_privs=false"), "{told}");
    assert!(!told.ends_with("Some(0)"), "{told}");
}

#[test]
fn memory_beyond_the_limit_ends_the_process_with_that_reason() {
    let limits = || Limits {
        memory_bytes: 300 << 20,
        ..Limits::default()
    };
    let allocate = || Probe::Allocate { bytes: 400 << 20 };
    assert_eq!(
        ended(attempt(allocate(), &[], limits())),
        ChildEnd::Memory {
            limit_bytes: 300 << 20
        }
    );
    let told = attempt(allocate(), &[Lock::Memory], limits()).unwrap();
    assert_eq!(told, "allocated 102400 pages");
}

#[test]
fn processor_time_beyond_the_limit_ends_the_process_with_that_reason() {
    let limits = |wall_s| Limits {
        cpu_s: 1,
        wall_s,
        ..Limits::default()
    };
    let how = ended(attempt(Probe::Spin, &[], limits(60)));
    assert_eq!(how, ChildEnd::CpuTime { limit_s: 1 });
    // without that lock the clock on the wall is what is left
    let how = ended(attempt(Probe::Spin, &[Lock::Cpu], limits(2)));
    assert_eq!(how, ChildEnd::WallClock { limit_s: 2 });
}

#[test]
fn a_process_that_only_waits_is_ended_by_the_clock_on_the_wall() {
    let limits = Limits {
        wall_s: 1,
        ..Limits::default()
    };
    let start = Instant::now();
    let how = ended(attempt(Probe::Sleep { seconds: 60 }, &[], limits));
    assert_eq!(how, ChildEnd::WallClock { limit_s: 1 });
    assert!(start.elapsed() < Duration::from_secs(20));
    let told = outcome(Probe::Sleep { seconds: 1 }, &[]);
    assert_eq!(told, "slept");
}

#[test]
fn nothing_can_be_written() {
    let write = || Probe::Write {
        path: PathBuf::from("new.txt"),
        bytes: 10,
    };
    // the private directory is read-only, and no file may have any size
    assert_eq!(
        ended(attempt(write(), &[Lock::Landlock], Limits::default())),
        ChildEnd::FileSize
    );
    if !landlock_missing() {
        assert!(outcome(write(), &[]).contains("Permission denied"));
        assert!(outcome(write(), &[Lock::FileSize]).contains("Permission denied"));
    }
    let open = [Lock::Landlock, Lock::FileSize];
    assert_eq!(outcome(write(), &open), "written");
}

#[test]
fn once_an_archive_is_unpacked_nothing_can_be_written_any_more() {
    let attempt = |without: &[Lock]| {
        let files = Files::new();
        let path = files.path("a.zip");
        let mut archive = zip::ZipWriter::new(fs::File::create(&path).unwrap());
        archive
            .start_file("a.geojson", zip::write::SimpleFileOptions::default())
            .unwrap();
        archive.write_all(squares_json(&["1"]).as_bytes()).unwrap();
        archive.finish().unwrap();
        let switches = Switches {
            without: without.to_vec(),
            probe: Some(Probe::Write {
                path: PathBuf::from("new.txt"),
                bytes: 10,
            }),
            ..Switches::default()
        };
        reader_with(Limits::default(), switches).read(&ReadRequest::of(path))
    };
    let told = |outcome: Result<Table, ExchangeError>| outcome.unwrap_err().to_string();
    if !landlock_missing() {
        let refused = told(attempt(&[Lock::FileSize]));
        assert!(refused.contains("Permission denied"), "{refused}");
    }
    let ended = told(attempt(&[Lock::Landlock]));
    assert!(ended.contains("tried to write a file"), "{ended}");
    let open = told(attempt(&[Lock::Landlock, Lock::FileSize]));
    assert!(open.contains("written"), "{open}");
}

#[test]
fn open_files_are_limited() {
    let open = || Probe::Open { count: 100 };
    assert!(outcome(open(), &[]).contains("Too many open files"));
    assert_eq!(outcome(open(), &[Lock::OpenFiles]), "opened 100");
}

#[test]
fn a_crash_is_one_error_that_names_the_signal() {
    let how = ended(attempt(Probe::Crash, &[], Limits::default()));
    assert!(matches!(how, ChildEnd::Signal { signal: 6, .. }), "{how:?}");
}

#[test]
fn where_a_lock_is_missing_a_person_gets_a_note_and_an_upload_is_refused() {
    let files = Files::new();
    let path = files.write("a.geojson", squares_json(&["1"]));
    let read = |policy| {
        let switches = Switches {
            without: vec![Lock::Landlock],
            ..Switches::default()
        };
        let limits = Limits {
            policy,
            ..Limits::default()
        };
        reader_with(limits, switches).read(&ReadRequest::of(&path))
    };
    let table = read(Policy::GoOnWithNote).unwrap();
    assert!(!table.sandbox.is_whole());
    assert!(
        table
            .notes
            .iter()
            .any(|note| matches!(note, Note::LockMissing { .. }))
    );
    assert!(matches!(
        refusal(read(Policy::Require)),
        Refusal::NotLocked { .. }
    ));
}

#[test]
fn the_child_has_an_environment_and_a_directory_of_its_own() {
    // what the kernel shows of it while it waits
    let files = Files::new();
    let path = files.write("a.geojson", squares_json(&["1"]));
    let switches = Switches {
        probe: Some(Probe::Sleep { seconds: 2 }),
        without: vec![Lock::Landlock],
        ..Switches::default()
    };
    let reading = thread::spawn(move || {
        let _ = reader_with(Limits::default(), switches).read(&ReadRequest::of(path));
    });
    let deadline = Instant::now() + Duration::from_secs(10);
    let mut seen = None;
    while seen.is_none() && Instant::now() < deadline {
        seen = fs::read_dir("/proc").unwrap().flatten().find_map(|entry| {
            let status = fs::read_to_string(entry.path().join("status")).ok()?;
            let parent = format!("PPid:\t{}\n", std::process::id());
            let locked = status.contains("Seccomp_filters:\t1");
            (status.contains(&parent) && locked).then(|| entry.path())
        });
        thread::sleep(Duration::from_millis(5));
    }
    let process = seen.expect("the reading process was not seen");
    let folder = fs::read_link(process.join("cwd")).unwrap();
    let names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names, ["input.geojson"]);
    let environment = fs::read(process.join("environ")).unwrap();
    let names: Vec<String> = environment
        .split(|&b| b == 0)
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            String::from_utf8_lossy(pair.split(|&b| b == b'=').next().unwrap()).into_owned()
        })
        .collect();
    for name in &names {
        assert!(
            [
                "LANG",
                "TZ",
                "PROJ_NETWORK",
                "LD_LIBRARY_PATH",
                "PROJ_DATA",
                "PROJ_LIB",
                "GDAL_DATA"
            ]
            .contains(&name.as_str()),
            "{name} was handed down"
        );
    }
    reading.join().unwrap();
    assert!(!folder.exists(), "the private directory is left behind");
}

#[test]
fn a_product_process_refuses_a_request_for_open_locks() {
    let request = r#"{"name":"a","zipped":false,"format":"GeoJson","layer":null,"encoding":null,
        "limits":LIMITS,"data_folders":[],"switches":{"without":[],"gdal_drivers":null,"probe":null}}"#;
    let limits = serde_json::to_string(&Limits::default()).unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "product_child", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(request.replace("LIMITS", &limits).as_bytes())
        .unwrap();
    let out = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&out.stdout);
    assert!(told.contains("only a test program gives"), "{told}");
}

/// The product's reading process, for the test above.
#[test]
#[ignore = "runs as a child of another test"]
fn product_child() {
    let _ = wangge_exchange::child_main();
}

/// A program in the place of the reading process, taken over, that says whatever it likes.
fn impostor(files: &Files, script: &str) -> Result<Table, ExchangeError> {
    use std::os::unix::fs::PermissionsExt;
    let program = files.write("impostor", format!("#!/bin/sh\n{script}\n"));
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
    let path = files.write("a.geojson", squares_json(&["1"]));
    let limits = Limits {
        wall_s: 3,
        ..Limits::default()
    };
    Reader::new(ChildProgram::at(program), limits).read(&ReadRequest::of(path))
}

/// Octal for `printf`: a frame of this kind with this payload.
fn frame(kind: u8, payload: &str) -> String {
    let length = u32::try_from(payload.len() + 1).unwrap();
    let head: Vec<String> = length
        .to_le_bytes()
        .iter()
        .chain([&kind])
        .map(|byte| format!("\\{byte:03o}"))
        .collect();
    let head = head.concat();
    let payload = payload.replace('"', "\\042");
    format!("printf '{head}{payload}'; ")
}

const SANDBOX: &str = r#"{"enforced":[],"missing":[]}"#;
const OPENED: &str = r#"{"format":"GeoJson","layer":null,"declared_crs":"None"}"#;

#[test]
fn what_a_hostile_process_says_is_one_error() {
    let files = Files::new();
    let locked = frame(1, SANDBOX);
    for (script, why) in [
        ("echo hello, this is no frame".to_owned(), "frame"),
        (
            "printf '\\377\\377\\377\\377\\004'".to_owned(),
            "a frame of 4294967295 bytes",
        ),
        (
            "printf '\\001\\000\\000\\000\\143'".to_owned(),
            "unknown kind 99",
        ),
        (
            "printf '\\100\\000\\000\\000\\001short'".to_owned(),
            "ended 5 bytes into a frame",
        ),
        (frame(2, OPENED), "before it is locked"),
        (format!("{locked}{locked}"), "locks itself twice"),
        (format!("{locked}{}", frame(4, "short")), "ends early"),
        (
            format!("{locked}{}", frame(8, "7")),
            "sent 0 rows and counts 7",
        ),
        (
            format!("{locked}{}{}", frame(8, "0"), frame(5, "1")),
            "goes on after its end",
        ),
        (
            format!("{locked}{}", frame(8, "0")),
            "does not say what it opened",
        ),
        (format!("{locked}{}", frame(3, "no JSON")), "expected"),
    ] {
        match impostor(&files, &script) {
            Err(ExchangeError::Answer { what, .. }) => assert!(what.contains(why), "{what}"),
            other => panic!("{why}: {other:?}"),
        }
    }
}

#[test]
fn a_process_that_ends_early_or_talks_without_end_is_one_error() {
    let files = Files::new();
    let how = |script: &str| match impostor(&files, script) {
        Err(ExchangeError::Ended { how, .. }) => how,
        other => panic!("{script}: {other:?}"),
    };
    assert_eq!(
        how("echo some last words >&2; exit 3"),
        ChildEnd::Exit {
            code: 3,
            last_words: "some last words".to_owned()
        }
    );
    assert!(matches!(how("exit 0"), ChildEnd::Exit { code: 0, .. }));
    assert_eq!(
        how("while :; do echo noise >&2; done"),
        ChildEnd::WallClock { limit_s: 3 }
    );
    // a sound start and then silence
    let table = impostor(
        &files,
        &format!("{}{}{}", frame(1, SANDBOX), frame(2, OPENED), frame(8, "0")),
    );
    assert_eq!(table.unwrap().rows.len(), 0);
}

// The attacks of facts measured on GDAL 3.6: through GDAL, with the drivers a program would allow.

fn through_gdal(
    path: &PathBuf,
    format: Format,
    drivers: &[&str],
    without: &[Lock],
) -> Result<Table, ExchangeError> {
    let switches = Switches {
        without: without.to_vec(),
        gdal_drivers: Some(drivers.iter().map(ToString::to_string).collect()),
        probe: None,
    };
    let request = ReadRequest {
        format: Some(format),
        ..ReadRequest::of(path)
    };
    reader_with(Limits::default(), switches).read(&request)
}

fn holds(outcome: &Result<Table, ExchangeError>, secret: &str) -> bool {
    outcome.as_ref().is_ok_and(|table| {
        table
            .rows
            .iter()
            .flat_map(|row| &row.values)
            .any(|value| matches!(value, Value::Text(text) if text.contains(secret)))
    })
}

/// A GeoPackage whose schema declares a table over another file.
fn virtual_text(files: &Files, secret: &std::path::Path) -> PathBuf {
    let path = files.path("virtual.gpkg");
    let file = Connection::open(&path).unwrap();
    file.execute_batch(&format!(
        r"PRAGMA application_id = 1196444487; PRAGMA user_version = 10200;
        CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY,
            organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL,
            definition TEXT NOT NULL, description TEXT);
        CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT NOT NULL,
            identifier TEXT, description TEXT DEFAULT '', last_change DATETIME,
            min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER);
        CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
            geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT, m TINYINT);
        INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('stolen', 'attributes', 'stolen');
        PRAGMA writable_schema = ON;
        INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES ('table', 'stolen', 'stolen', 0,
            'CREATE VIRTUAL TABLE stolen USING VirtualText(''{}'', ''UTF-8'', 0, POINT, NONE, ''|'')');",
        secret.display()
    ))
    .unwrap();
    path
}

#[test]
fn a_virtual_text_geopackage_gives_a_secret_away_only_without_landlock() {
    let files = Files::new();
    let secret = files.write("secret.txt", "root|the-secret|x\nsecond|line|y\n");
    let path = virtual_text(&files, &secret);
    let open = through_gdal(&path, Format::GeoPackage, &["GPKG"], &[Lock::Landlock]);
    assert!(
        holds(&open, "the-secret"),
        "GDAL did not fall for it, the test shows nothing: {open:?}"
    );
    if landlock_missing() {
        return;
    }
    let locked = through_gdal(&path, Format::GeoPackage, &["GPKG"], &[]);
    assert!(!holds(&locked, "the-secret"), "{locked:?}");
}

#[test]
fn a_crs_link_is_fetched_by_gdal_only_without_both_walls() {
    let listener = Listener::start();
    let files = Files::new();
    let path = files.write(
        "link.geojson",
        format!(
            r#"{{"type":"FeatureCollection","crs":{{"type":"link","properties":{{"href":"http://{}/crs","type":"ogcwkt"}}}},
            "features":[{{"type":"Feature","properties":{{"code":"1"}},"geometry":{}}}]}}"#,
            listener.address,
            support::square_json(110.0, 30.0)
        ),
    );
    let _ = through_gdal(&path, Format::GeoJson, &["GeoJSON"], &[]);
    let _ = through_gdal(&path, Format::GeoJson, &["GeoJSON"], &[Lock::Landlock]);
    assert_eq!(listener.visits(), 0);
    let open = [
        Lock::Landlock,
        Lock::Seccomp,
        Lock::OpenFiles,
        Lock::Processes,
    ];
    let _ = through_gdal(&path, Format::GeoJson, &["GeoJSON"], &open);
    assert!(
        listener.visits() > 0,
        "GDAL did not fetch it, the test shows nothing"
    );
    // and our own reader does not even try, and says so
    let before = listener.visits();
    let table = support::read(&path).unwrap();
    assert_eq!(listener.visits(), before);
    assert!(
        table
            .notes
            .iter()
            .any(|note| matches!(note, Note::CrsLinkIgnored { .. }))
    );
}

#[test]
fn a_vrt_in_disguise_opens_another_file_only_with_all_drivers_and_without_landlock() {
    let files = Files::new();
    let secret = files.write("secret.csv", "name,other\nthe-secret,1\n");
    files.write("a.shx", "an index that nobody looks at");
    for name in ["a.csv", "a.geojson", "a.kml", "a.shp"] {
        let path = files.write(
            name,
            format!(
                r#"<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"#,
                secret.display()
            ),
        );
        let format = Format::of_path(&path).unwrap();
        let open = through_gdal(&path, format, &[], &[Lock::Landlock]);
        assert!(
            holds(&open, "the-secret"),
            "GDAL did not open it, the test shows nothing: {open:?}"
        );
        // one driver per format is the first wall, Landlock the second, each enough by itself
        let request = ReadRequest::of(&path);
        let one_driver = reader_with(
            Limits::default(),
            Switches {
                without: vec![Lock::Landlock],
                ..Switches::default()
            },
        )
        .read(&request);
        assert!(!holds(&one_driver, "the-secret"), "{one_driver:?}");
        if !landlock_missing() {
            let locked = through_gdal(&path, format, &[], &[]);
            assert!(!holds(&locked, "the-secret"), "{locked:?}");
        }
        assert!(!holds(&support::read(&path), "the-secret"));
    }
}
