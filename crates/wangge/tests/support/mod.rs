//! The real program, run as its users run it.
#![allow(dead_code, reason = "each test file uses its own part of these tools")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that panics has failed"
)]

pub(crate) mod drawing;
pub(crate) mod service;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A scheme of one level that takes any code.
pub(crate) const ONE_LEVEL: &str = r#"
city = "test"
name = "测试"
[[level]]
id = "grid"
name = "网格"
name_en = "grid"
code = '^.+$'
"#;

/// A folder with stores in it, gone at the end of the test.
pub(crate) struct Desk {
    folder: TempDir,
}

/// What the program printed, and its exit code.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// An empty store for a scheme.
    pub(crate) fn store(&self, name: &str, scheme: &str) -> PathBuf {
        let scheme = self.write(&format!("{name}.toml"), scheme);
        let store = self.path(name);
        run(&[
            OsStr::new("init"),
            store.as_os_str(),
            OsStr::new("--scheme"),
            scheme.as_os_str(),
        ])
        .expect_code(0);
        store
    }
}

/// Runs the program in English.
pub(crate) fn run<S: AsRef<OsStr>>(arguments: &[S]) -> Ran {
    run_in("C.UTF-8", arguments)
}

/// Runs the program under a locale.
pub(crate) fn run_in<S: AsRef<OsStr>>(locale: &str, arguments: &[S]) -> Ran {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_wangge"))
        .args(arguments)
        .env("LC_ALL", locale)
        .output()
        .unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ran {
    #[track_caller]
    pub(crate) fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }

    /// Standard error as one line: messages are wrapped to the width of a terminal.
    pub(crate) fn message(&self) -> String {
        self.err
            .split(|c: char| c.is_whitespace() || c == '│' || c == '×')
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// Real boundaries, where this machine has them.
pub(crate) fn real_data() -> Option<PathBuf> {
    let folder = std::env::var_os("WANGGE_REAL_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if folder.is_dir() {
        Some(folder)
    } else {
        println!("skipped: no real data");
        None
    }
}

/// Imports a file, and publishes it.
pub(crate) fn publish(store: &Path, file: &Path, options: &[&str]) {
    let mut arguments = vec![
        OsStr::new("import"),
        OsStr::new("grids"),
        file.as_os_str(),
        OsStr::new("--store"),
        store.as_os_str(),
    ];
    arguments.extend(options.iter().map(OsStr::new));
    run(&arguments).expect_code(0);
    run(&[
        OsStr::new("publish"),
        OsStr::new("--store"),
        store.as_os_str(),
    ])
    .expect_code(0);
}
