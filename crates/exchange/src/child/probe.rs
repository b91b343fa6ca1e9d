//! What the test program does in the place of a file that has taken over a format library.

use std::fs::{self, File};
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Refusal;

/// An attempt that a lock must stop. Only the crate's test program makes it.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Probe {
    /// Fill this much memory.
    Allocate { bytes: usize },
    /// Compute for ever.
    Spin,
    /// Sleep.
    Sleep { seconds: u64 },
    /// Write a file.
    Write { path: PathBuf, bytes: usize },
    /// Read a file.
    Read { path: PathBuf },
    /// Let everybody write to a file.
    ChangeMode { path: PathBuf },
    /// Open this many files.
    Open { count: usize },
    /// Connect.
    Connect { address: SocketAddr },
    /// Make a socket between processes.
    LocalSocket,
    /// Start a program.
    Execute { program: PathBuf },
    /// Start a thread.
    Thread,
    /// Tell whether new rights are excluded, and how many processes there may be.
    Inspect,
    /// Crash.
    Crash,
}

impl Probe {
    /// Makes the attempt; the refusal tells what came of it.
    pub(super) fn run(&self) -> Refusal {
        let outcome = self
            .attempt()
            .unwrap_or_else(|error| format!("failed: {error}"));
        Refusal::System {
            doing: "probe".to_owned(),
            why: outcome,
        }
    }

    fn attempt(&self) -> Result<String, std::io::Error> {
        match self {
            Self::Allocate { bytes } => {
                let filled = vec![1_u8; *bytes];
                let sum: u64 = filled.iter().step_by(4096).map(|&b| u64::from(b)).sum();
                Ok(format!("allocated {sum} pages"))
            }
            Self::Spin => {
                let mut turns = 0_u64;
                loop {
                    turns = std::hint::black_box(turns.wrapping_add(1));
                }
            }
            Self::Sleep { seconds } => {
                std::thread::sleep(Duration::from_secs(*seconds));
                Ok("slept".to_owned())
            }
            Self::Write { path, bytes } => {
                File::create(path)?.write_all(&vec![0; *bytes])?;
                Ok("written".to_owned())
            }
            Self::Read { path } => {
                let content = fs::read(path)?;
                Ok(format!("read {} bytes", content.len()))
            }
            Self::ChangeMode { path } => {
                fs::set_permissions(path, fs::Permissions::from_mode(0o777))?;
                Ok("changed".to_owned())
            }
            Self::Open { count } => {
                let mut files = Vec::new();
                for _ in 0..*count {
                    files.push(File::open(".")?);
                }
                Ok(format!("opened {}", files.len()))
            }
            Self::Connect { address } => {
                TcpStream::connect(address)?;
                Ok("connected".to_owned())
            }
            Self::LocalSocket => {
                std::os::unix::net::UnixStream::pair()?;
                Ok("made a socket".to_owned())
            }
            Self::Execute { program } => {
                let ended = Command::new(program).status()?;
                Ok(format!("executed: {ended}"))
            }
            Self::Thread => {
                std::thread::Builder::new()
                    .spawn(|| {})?
                    .join()
                    .map_err(|_| std::io::Error::other("the thread failed"))?;
                Ok("started a thread".to_owned())
            }
            Self::Inspect => {
                let rights = rustix::thread::no_new_privs()?;
                let processes = rustix::process::getrlimit(rustix::process::Resource::Nproc);
                Ok(format!(
                    "no_new_privs={rights} processes={:?}",
                    processes.current
                ))
            }
            Self::Crash => std::process::abort(),
        }
    }
}
