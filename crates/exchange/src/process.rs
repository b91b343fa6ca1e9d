//! One reading process: started, watched, and asked how it ended.

use std::io::{self, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::child::CHILD_ARGUMENT;
use crate::wire::Request;
use crate::{ChildEnd, ExchangeError, Limits, Refusal};

/// Bytes of standard error that are kept.
const LAST_WORDS_BYTES: u64 = 16 << 10;

/// Time to end, for a process that has told everything.
const LAST_STEPS: Duration = Duration::from_secs(10);

/// Time in which a process whose frames broke off is seen to have ended by itself.
const LAST_BREATH: Duration = Duration::from_millis(500);

/// A process that reads, with a watchdog that ends it after its time. Dropped, it is ended.
pub(crate) struct Process {
    child: Arc<Mutex<Child>>,
    watched: Option<Watched>,
    /// Whether it was killed for what it said, and not by somebody else.
    is_killed: bool,
}

struct Watched {
    /// Dropped when the process need not be watched any more.
    done: Sender<()>,
    watchdog: JoinHandle<bool>,
    listener: JoinHandle<String>,
}

/// A process that was started, and the pipes to it and from it.
pub(crate) type Started = (Process, ChildStdin, ChildStdout);

/// What a process said about its own end.
pub(crate) struct Said {
    /// Why it read nothing, or not on.
    pub(crate) refusal: Option<Refusal>,
    /// Whether it said that it told everything.
    pub(crate) is_whole: bool,
}

/// How a process ended.
pub(crate) struct Ended {
    timed_out: bool,
    is_killed: bool,
    status: io::Result<ExitStatus>,
    last_words: String,
}

impl Process {
    /// Starts a child with three pipes, in its private directory, with an environment of its own.
    pub(crate) fn start(
        program: &Path,
        folder: &Path,
        data_folders: &[(&'static str, String)],
        limits: &Limits,
    ) -> io::Result<Started> {
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
        let mut child = command.spawn()?;
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            unreachable!("all three were asked to be pipes")
        };
        let mut process = Self {
            child: Arc::new(Mutex::new(child)),
            watched: None,
            is_killed: false,
        };
        let (done, waits) = mpsc::channel::<()>();
        let limit = Duration::from_secs(limits.wall_s);
        let guarded = Arc::clone(&process.child);
        let watchdog = thread::Builder::new().spawn(move || match waits.recv_timeout(limit) {
            Err(RecvTimeoutError::Timeout) => {
                // it may have just ended by itself
                let _ = lock(&guarded).kill();
                true
            }
            _ => false,
        })?;
        let listener = thread::Builder::new().spawn(|| last_words(stderr))?;
        process.watched = Some(Watched {
            done,
            watchdog,
            listener,
        });
        Ok((process, stdin, stdout))
    }

    /// Ends it, because what it says is of no use; unless that is so because it has just ended.
    pub(crate) fn stop(&mut self) {
        if self.ended_by(Instant::now() + LAST_BREATH).is_none() {
            self.is_killed = true;
            self.kill();
        }
    }

    fn kill(&self) {
        let _ = lock(&self.child).kill();
    }

    /// Waits for its end, which is near once it has told everything; one that goes on all the same is killed.
    pub(crate) fn end(mut self) -> Ended {
        let status = self.ended_by(Instant::now() + LAST_STEPS);
        let status = status.unwrap_or_else(|| {
            self.kill();
            lock(&self.child).wait()
        });
        // dead, it holds no pipe open any more
        let (timed_out, last_words) = match self.watched.take() {
            None => (false, String::new()),
            Some(Watched {
                done,
                watchdog,
                listener,
            }) => {
                drop(done);
                let last_words = listener.join().unwrap_or_default();
                (watchdog.join().unwrap_or(false), last_words)
            }
        };
        Ended {
            timed_out,
            is_killed: self.is_killed,
            status,
            last_words,
        }
    }

    /// How it ended, if it does before then.
    fn ended_by(&self, then: Instant) -> Option<io::Result<ExitStatus>> {
        let mut pause = Duration::from_millis(1);
        loop {
            // the lock is held for a moment only, so that the watchdog can kill meanwhile
            match lock(&self.child).try_wait() {
                Ok(Some(status)) => return Some(Ok(status)),
                Err(error) => return Some(Err(error)),
                Ok(None) => {}
            }
            if Instant::now() >= then {
                return None;
            }
            thread::sleep(pause);
            pause = (2 * pause).min(Duration::from_millis(50));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // where its end was waited for, there is nothing to kill
        self.kill();
        let _ = lock(&self.child).wait();
    }
}

impl Ended {
    /// What it told, if its end was as it should be.
    pub(crate) fn conclude<T>(
        self,
        told: Result<(T, Said), String>,
        file: &str,
        limits: &Limits,
    ) -> Result<T, ExchangeError> {
        let ended = |how| ExchangeError::Ended {
            file: file.to_owned(),
            how,
        };
        if self.timed_out {
            return Err(ended(ChildEnd::WallClock {
                limit_s: limits.wall_s,
            }));
        }
        let status = self.status.map_err(|source| ExchangeError::Start {
            file: file.to_owned(),
            doing: "wait for the reading process",
            source,
        })?;
        let (told, said) = match told {
            Ok(told) => told,
            // a crash leaves half a frame: the crash is the news then, not the frame
            Err(_) if status.signal().is_some() && !self.is_killed => {
                return Err(ended(end_of(status, &self.last_words, limits)));
            }
            Err(what) => {
                return Err(ExchangeError::Answer {
                    file: file.to_owned(),
                    what,
                });
            }
        };
        if let Some(refusal) = said.refusal {
            return Err(ExchangeError::Refused {
                file: file.to_owned(),
                refusal,
            });
        }
        if !said.is_whole || !status.success() {
            return Err(ended(end_of(status, &self.last_words, limits)));
        }
        Ok(told)
    }
}

/// Tells a process what it is to read.
pub(crate) fn ask(mut stdin: impl Write, asked: &Request) -> Result<(), String> {
    let text = serde_json::to_vec(asked).map_err(|error| error.to_string())?;
    match stdin.write_all(&text) {
        // it has ended already: how it ended says more
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome.map_err(|error| error.to_string()),
    }
}

fn end_of(status: ExitStatus, last_words: &str, limits: &Limits) -> ChildEnd {
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
            limit_s: limits.cpu_s,
        },
        Some(libc::SIGXFSZ) => ChildEnd::FileSize,
        _ if out_of_memory => ChildEnd::Memory {
            limit_bytes: limits.memory_bytes,
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

fn lock(child: &Mutex<Child>) -> MutexGuard<'_, Child> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}
