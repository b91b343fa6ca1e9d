//! The parent's side of reading: starts the locked process, and believes nothing it says.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::child::{CHILD_ARGUMENT, Switches};
use crate::format::Container;
use crate::heard::Heard;
use crate::staging::{Staged, file_name};
use crate::wire::Request;
use crate::{ChildEnd, ExchangeError, Format, Limits, Progress, Refusal, Table};

/// Reads files, each in a locked process of its own.
#[derive(Debug, Clone)]
pub struct Reader {
    program: ChildProgram,
    limits: Limits,
    switches: Option<Switches>,
}

/// The program that runs as reading process when its first argument is
/// [`CHILD_ARGUMENT`](crate::CHILD_ARGUMENT).
#[derive(Debug, Clone)]
pub struct ChildProgram {
    path: PathBuf,
}

/// What to read.
#[derive(Debug, Clone, Default)]
pub struct ReadRequest {
    /// The file; for a file geodatabase the `.gdb` folder.
    pub path: PathBuf,
    /// The layer, where the file has several: a layer's name, or the name of a file in an archive.
    pub layer: Option<String>,
    /// The encoding of its text, where the file does not say it or says it wrongly.
    pub encoding: Option<String>,
    /// The format, where the name does not say it.
    pub format: Option<Format>,
    /// A list without geometry: a column of text is one whatever its name, `geometry` too.
    pub plain: bool,
}

impl ChildProgram {
    /// The running program itself: its `main` calls [`child_main`](crate::child_main) when the
    /// first argument is [`CHILD_ARGUMENT`](crate::CHILD_ARGUMENT).
    ///
    /// It is found as the system holds it open, so that a newer program at the same path (an
    /// upgrade while a server runs) is not started in its place.
    ///
    /// # Errors
    /// The system's, where `/proc` is not there to tell.
    pub fn this_program() -> io::Result<Self> {
        const ITSELF: &str = "/proc/self/exe";
        std::fs::metadata(ITSELF)?;
        Ok(Self::at(ITSELF))
    }

    /// A program at this path.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

impl ReadRequest {
    /// Reads this file, and lets its name say the format.
    pub fn of(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            ..Self::default()
        }
    }
}

impl Reader {
    /// A reader that starts this program, within these limits.
    pub fn new(program: ChildProgram, limits: Limits) -> Self {
        Self {
            program,
            limits,
            switches: None,
        }
    }

    /// Leaves locks open, for tests with the crate's own test program.
    #[doc(hidden)]
    pub fn with_switches(mut self, switches: Switches) -> Self {
        self.switches = Some(switches);
        self
    }

    /// Reads one layer.
    ///
    /// # Errors
    /// One error that names the file and what was wrong: with it, with a limit, or with how the
    /// reading process ended. No part of a table comes back.
    pub fn read(&self, request: &ReadRequest) -> Result<Table, ExchangeError> {
        self.read_with(request, &mut |_| {})
    }

    /// Reads one layer and tells how far it is, a few times a second.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_with(
        &self,
        request: &ReadRequest,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Table, ExchangeError> {
        let format = request.format.or_else(|| Format::of_path(&request.path));
        match self.read_as(request, format, progress) {
            // `.json` is the usual name of both
            Err(ExchangeError::Refused {
                refusal: Refusal::IsTopoJson,
                ..
            }) if request.format.is_none() => {
                self.read_as(request, Some(Format::TopoJson), progress)
            }
            outcome => outcome,
        }
    }

    fn read_as(
        &self,
        request: &ReadRequest,
        format: Option<Format>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Table, ExchangeError> {
        let file = file_name(&request.path);
        if format.is_none() && Container::of_path(&request.path) == Container::Plain {
            return Err(ExchangeError::UnknownFormat { name: file });
        }
        let staged = Staged::new(&request.path, format, &self.limits)?;
        let data_folders = data_folders();
        let asked = Request {
            name: staged.name.clone(),
            zipped: staged.zipped,
            format,
            layer: request.layer.clone(),
            encoding: request.encoding.clone(),
            plain: request.plain,
            limits: self.limits.clone(),
            data_folders: data_folders
                .iter()
                .map(|(_, folder)| folder.clone())
                .collect(),
            switches: self.switches.clone(),
        };
        let child =
            start(&self.program.path, staged.folder(), &data_folders).map_err(|source| {
                ExchangeError::Start {
                    file: file.clone(),
                    doing: "start the reading process",
                    source,
                }
            })?;
        Conversation {
            file,
            limits: &self.limits,
        }
        .hold(child, &asked, progress)
    }
}

/// Starts the child with three pipes, in its private directory, with an environment of its own.
fn start(
    program: &Path,
    folder: &Path,
    data_folders: &[(&'static str, String)],
) -> io::Result<Child> {
    let mut command = Command::new(program);
    command
        .arg(CHILD_ARGUMENT)
        .current_dir(folder)
        .env_clear()
        .env("LANG", "C.UTF-8")
        .env("TZ", "UTC")
        .env("PROJ_NETWORK", "OFF")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for (variable, folder) in data_folders {
        command.env(variable, folder);
    }
    // where shared libraries lie is the operator's setting, not the file's
    if let Some(folders) = std::env::var_os("LD_LIBRARY_PATH") {
        command.env("LD_LIBRARY_PATH", folders);
    }
    command.spawn()
}

fn data_folders() -> Vec<(&'static str, String)> {
    ["PROJ_DATA", "PROJ_LIB", "GDAL_DATA"]
        .into_iter()
        .filter_map(|name| {
            let value: OsString = std::env::var_os(name)?;
            Some((name, value.into_string().ok()?))
        })
        .collect()
}

/// One exchange with one reading process.
struct Conversation<'a> {
    file: String,
    limits: &'a Limits,
}

const LAST_WORDS_BYTES: u64 = 16 << 10;

impl Conversation<'_> {
    fn hold(
        &self,
        mut child: Child,
        asked: &Request,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Table, ExchangeError> {
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            unreachable!("all three were asked to be pipes")
        };
        let child = Mutex::new(child);
        let (done, waits) = mpsc::channel::<()>();
        let limit = Duration::from_secs(self.limits.wall_s);
        let (heard, timed_out, last_words) = thread::scope(|scope| {
            let guarded = &child;
            let watchdog = scope.spawn(move || match waits.recv_timeout(limit) {
                Err(RecvTimeoutError::Timeout) => {
                    // it may have just ended by itself
                    let _ = lock(guarded).kill();
                    true
                }
                _ => false,
            });
            let listener = scope.spawn(|| last_words(stderr));
            let heard = ask(stdin, asked)
                .and_then(|()| Heard::all(&mut io::BufReader::new(stdout), self.limits, progress));
            if heard.is_err() {
                let _ = lock(&child).kill();
            }
            drop(done);
            (
                heard,
                watchdog.join().unwrap_or(false),
                listener.join().unwrap_or_default(),
            )
        });
        let status = lock(&child).wait();
        self.conclude(heard, timed_out, status, &last_words)
    }

    fn conclude(
        &self,
        heard: Result<Heard, String>,
        timed_out: bool,
        status: io::Result<ExitStatus>,
        last_words: &str,
    ) -> Result<Table, ExchangeError> {
        if timed_out {
            return Err(self.ended(ChildEnd::WallClock {
                limit_s: self.limits.wall_s,
            }));
        }
        let status = status.map_err(|source| ExchangeError::Start {
            file: self.file.clone(),
            doing: "wait for the reading process",
            source,
        })?;
        let heard = match heard {
            Ok(heard) => heard,
            // a crash leaves half a frame: the crash is the news then, not the frame
            Err(_) if died(status) => return Err(self.ended(self.end_of(status, last_words))),
            Err(what) => {
                return Err(ExchangeError::Answer {
                    file: self.file.clone(),
                    what,
                });
            }
        };
        if let Some(refusal) = heard.refusal {
            return Err(ExchangeError::Refused {
                file: self.file.clone(),
                refusal,
            });
        }
        if !heard.ended || !status.success() {
            return Err(self.ended(self.end_of(status, last_words)));
        }
        heard.table(&self.file)
    }

    fn ended(&self, how: ChildEnd) -> ExchangeError {
        ExchangeError::Ended {
            file: self.file.clone(),
            how,
        }
    }

    fn end_of(&self, status: ExitStatus, last_words: &str) -> ChildEnd {
        let out_of_memory = [
            "memory allocation",
            "bad_alloc",
            "Out of memory",
            "out of memory",
        ]
        .iter()
        .any(|words| last_words.contains(words));
        match status.signal() {
            Some(libc::SIGXCPU) => ChildEnd::CpuTime {
                limit_s: self.limits.cpu_s,
            },
            Some(libc::SIGXFSZ) => ChildEnd::FileSize,
            _ if out_of_memory => ChildEnd::Memory {
                limit_bytes: self.limits.memory_bytes,
            },
            Some(signal) => ChildEnd::Signal {
                signal,
                last_words: last_words.to_owned(),
            },
            None => ChildEnd::Exit {
                code: status.code().unwrap_or(0),
                last_words: last_words.to_owned(),
            },
        }
    }
}

fn ask(mut stdin: impl Write, asked: &Request) -> Result<(), String> {
    let text = serde_json::to_vec(asked).map_err(|error| error.to_string())?;
    match stdin.write_all(&text) {
        // it has ended already: how it ended says more
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome.map_err(|error| error.to_string()),
    }
}

/// The end of what a process wrote to standard error; all of it is drained.
fn last_words(mut stderr: ChildStderr) -> String {
    let mut bytes = Vec::new();
    // the pipe breaks when the process is killed; what came before is still worth having
    let _ = (&mut stderr).take(LAST_WORDS_BYTES).read_to_end(&mut bytes);
    let _ = io::copy(&mut stderr, &mut io::sink());
    let text = String::from_utf8_lossy(&bytes);
    let clean: String = text
        .trim()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let skip = clean.chars().count().saturating_sub(400);
    clean.chars().skip(skip).collect()
}

fn died(status: ExitStatus) -> bool {
    // SIGKILL is ours: it follows a bad frame
    status
        .signal()
        .is_some_and(|signal| signal != libc::SIGKILL)
}

fn lock(child: &Mutex<Child>) -> std::sync::MutexGuard<'_, Child> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}
