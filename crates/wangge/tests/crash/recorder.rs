//! The program under the recorder (`recorder.c`, `faulty.c`), and what the recorder noted.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use crate::disk::{Disk, Fate, Files};

/// One step of a program in the folder that is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Note {
    Open {
        name: String,
        created: bool,
        emptied: bool,
    },
    Write {
        name: String,
        offset: usize,
        bytes: Vec<u8>,
    },
    Truncate {
        name: String,
        length: usize,
    },
    Sync {
        name: String,
    },
    SyncFolder,
    Rename {
        from: String,
        to: String,
    },
    Link {
        from: String,
        to: String,
    },
    Unlink {
        name: String,
    },
    /// Something was written to standard output: the program says that it is done.
    Say,
    /// `PRAGMA synchronous` was given another value than the program's own.
    Setting,
    /// A change that the model of a disk cannot follow.
    Strange {
        call: String,
        name: String,
    },
}

impl Note {
    /// Whether it is about the index of a write-ahead log, which a crash leaves nothing of.
    fn is_of_index(&self) -> bool {
        match self {
            Self::Open { name, .. }
            | Self::Write { name, .. }
            | Self::Truncate { name, .. }
            | Self::Sync { name }
            | Self::Unlink { name } => is_index(name),
            _ => false,
        }
    }
}

fn is_index(name: &str) -> bool {
    name.ends_with("-shm")
}

/// A program's run: the folder before, every step, the folder after.
#[derive(Clone)]
pub(crate) struct Recording {
    pub(crate) before: Files,
    pub(crate) notes: Vec<Note>,
    pub(crate) after: Files,
}

impl Recording {
    /// Runs the program while its steps in a folder are noted. `synchronous` is put in the place
    /// of its own setting.
    pub(crate) fn of<S: AsRef<OsStr>>(
        folder: &Path,
        arguments: &[S],
        synchronous: Option<&str>,
    ) -> Self {
        let desk = tempfile::tempdir().unwrap();
        let log = desk.path().join("notes");
        let before = files(folder);
        let mut command = under_recorder(folder, &log, arguments);
        if let Some(value) = synchronous {
            command.env("WANGGE_RECORD_SYNCHRONOUS", value);
        }
        let ran = command.output().unwrap();
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{}: {said}", ran.status);
        let recording = Self {
            before,
            notes: parse(&fs::read(&log).unwrap())
                .into_iter()
                .filter(|note| !note.is_of_index())
                .collect(),
            after: files(folder),
        };
        recording.is_complete();
        let set = recording.notes.contains(&Note::Setting);
        assert_eq!(set, synchronous.is_some(), "the setting was not replaced");
        recording
    }

    /// The notes lead from the folder before to the folder after: no step was missed.
    fn is_complete(&self) {
        let mut disk = Disk::new(&self.before);
        for note in &self.notes {
            disk.follow(note).unwrap();
        }
        let replayed = disk.image(&vec![Fate::Kept; disk.unsure()]);
        let after = &self.after;
        assert!(replayed.keys().eq(after.keys()), "{:?}", replayed.keys());
        for (name, bytes) in after {
            assert!(replayed[name] == *bytes, "{name} is not as it was noted");
        }
    }
}

/// Runs the program on a disk on which the files of a folder may grow by so many bytes, and no more.
pub(crate) fn on_a_small_disk<S: AsRef<OsStr>>(
    folder: &Path,
    room: u64,
    arguments: &[S],
) -> Output {
    let desk = tempfile::tempdir().unwrap();
    under_recorder(folder, &desk.path().join("notes"), arguments)
        .env("WANGGE_RECORD_ROOM", room.to_string())
        .output()
        .unwrap()
}

fn under_recorder<S: AsRef<OsStr>>(folder: &Path, log: &Path, arguments: &[S]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wangge"));
    command
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .env("LD_PRELOAD", library())
        .env("WANGGE_RECORD_FOLDER", folder.canonicalize().unwrap())
        .env("WANGGE_RECORD_LOG", log);
    command
}

/// The files of a folder, but for the index of a write-ahead log.
pub(crate) fn files(folder: &Path) -> Files {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let of_files = entries.filter(|entry| entry.file_type().unwrap().is_file());
    of_files
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read(entry.path()).unwrap())
        })
        .filter(|(name, _)| !is_index(name))
        .collect()
}

/// The recorder, compiled once in a process.
fn library() -> &'static Path {
    static BUILT: LazyLock<PathBuf> = LazyLock::new(|| {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crash");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let library = folder.join("recorder.so");
        // tests of other processes may be using it
        let new = folder.join(format!("recorder-{}.so", std::process::id()));
        let built = Command::new("cc")
            .args(["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror"])
            .args(["-shared", "-fPIC"])
            .args(["recorder.c", "faulty.c"].map(|source| sources.join(source)))
            .arg("-o")
            .arg(&new)
            .args(["-ldl", "-lpthread"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&built.stderr);
        assert!(built.status.success(), "{said}");
        fs::rename(&new, &library).unwrap();
        library
    });
    &BUILT
}

fn parse(mut log: &[u8]) -> Vec<Note> {
    let mut notes = Vec::new();
    while !log.is_empty() {
        let end = log.iter().position(|byte| *byte == b'\n').unwrap();
        let line = std::str::from_utf8(&log[..end]).unwrap();
        log = &log[end + 1..];
        let words: Vec<&str> = line.split(' ').collect();
        let name = |at: usize| words[at].to_owned();
        let number = |at: usize| words[at].parse::<usize>().unwrap();
        notes.push(match words[0] {
            "open" => Note::Open {
                name: name(1),
                created: words[2] == "1",
                emptied: words[3] == "1",
            },
            "write" => {
                let (bytes, rest) = log.split_at(number(3));
                log = rest;
                Note::Write {
                    name: name(1),
                    offset: number(2),
                    bytes: bytes.to_vec(),
                }
            }
            "truncate" => Note::Truncate {
                name: name(1),
                length: number(2),
            },
            "sync" => Note::Sync { name: name(1) },
            "syncfolder" => Note::SyncFolder,
            "rename" => Note::Rename {
                from: name(1),
                to: name(2),
            },
            "link" => Note::Link {
                from: name(1),
                to: name(2),
            },
            "unlink" => Note::Unlink { name: name(1) },
            "say" => Note::Say,
            "setting" => Note::Setting,
            "strange" => Note::Strange {
                call: name(1),
                name: name(2),
            },
            other => panic!("{other}"),
        });
    }
    notes
}
