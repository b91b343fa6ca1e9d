//! Servers in processes of their own, and the processor time that they and those who work for
//! them took. Linux only: it reads `/proc`.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::load::{answer, request};

/// How long a server may take until it answers.
const START: Duration = Duration::from_mins(5);

/// For how long a server that is at rest takes no processor time to speak of.
const QUIET: Duration = Duration::from_secs(2);

/// The ticks that `/proc` counts processor time in, a second.
const TICKS: u64 = 100;

/// A server that answers.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// The process whose children work for the server.
    database: Option<u32>,
    /// From its start until it answered.
    pub(crate) started_in: Duration,
}

impl Server {
    /// `wangge serve` with a configuration; without any it keeps 256 MiB of tiles, and packs those of the source
    /// `city` ahead of need, to zoom 14.
    pub(crate) fn wangge(store: &Path, configuration: &str) -> Outcome<Self> {
        let address = free_address()?;
        let config = store.with_extension("toml");
        std::fs::write(&config, configuration)?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_wangge"));
        command.args(["serve", "--lang", "en", "--listen", &address.to_string()]);
        command
            .arg("--store")
            .arg(store)
            .arg("--config")
            .arg(&config);
        Self::start(command, address, "/readyz", &store.with_extension("log"))
    }

    /// Martin over archives, by its defaults: it keeps 256 MiB of tiles.
    pub(crate) fn martin_of_archives(program: &Path, archives: [&Path; 2]) -> Outcome<Self> {
        let address = free_address()?;
        let mut command = Command::new(program);
        command.args(["--listen-addresses", &address.to_string()]);
        command.args(archives);
        Self::start(
            command,
            address,
            "/health",
            &archives[0].with_extension("log"),
        )
    }

    /// Martin as a file configures it; the database's processes work for it.
    pub(crate) fn martin_of_tables(
        program: &Path,
        config: impl FnOnce(SocketAddr) -> Outcome<PathBuf>,
        database: u32,
    ) -> Outcome<Self> {
        let address = free_address()?;
        let config = config(address)?;
        let mut command = Command::new(program);
        command.arg("--config").arg(&config);
        let mut server = Self::start(command, address, "/health", &config.with_extension("log"))?;
        server.database = Some(database);
        Ok(server)
    }

    fn start(mut command: Command, address: SocketAddr, health: &str, log: &Path) -> Outcome<Self> {
        let began = Instant::now();
        let child = command
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(log)?)
            .spawn()
            .map_err(|error| format!("{}: {error}", command.get_program().display()))?;
        let mut server = Self {
            child,
            address,
            database: None,
            started_in: Duration::ZERO,
        };
        let health = request(health);
        loop {
            if answer(address, &health).is_ok_and(|answer| answer.status == 200) {
                server.started_in = began.elapsed();
                return Ok(server);
            }
            if server.child.try_wait()?.is_some() || began.elapsed() > START {
                let said = std::fs::read_to_string(log)?;
                return Err(format!("{command:?} does not answer: {said}").into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the server has nothing to do any more, and says when that was so from now.
    pub(crate) fn settle(&self) -> Outcome<Duration> {
        let began = Instant::now();
        let (mut known, mut since) = (self.cpu()?, began);
        while since.elapsed() < QUIET {
            std::thread::sleep(Duration::from_millis(200));
            let now = self.cpu()?;
            // a look at the store twice a second takes less than a tick
            if now > known + Duration::from_millis(10) {
                (known, since) = (now, Instant::now());
            }
            if began.elapsed() > START {
                return Err("the server does not come to rest".into());
            }
        }
        Ok(since - began)
    }

    /// Processor time, user and system, of the server and of the database that works for it.
    pub(crate) fn cpu(&self) -> Outcome<Duration> {
        let [user, system, ..] = ticks(&stat(self.child.id())?)?;
        let mut sum = user + system;
        if let Some(database) = self.database {
            sum += family_ticks(database)?;
        }
        Ok(Duration::from_millis(sum * 1000 / TICKS))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // it may have ended by itself
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What nobody listens on now.
fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Ticks of a process, of its children that are there, and of those that it has seen end.
fn family_ticks(parent: u32) -> Outcome<u64> {
    let mut sum = ticks(&stat(parent)?)?.iter().sum();
    for entry in std::fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(process) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // one that has ended since is counted with its parent the next time
        let Ok(stat) = stat(process) else { continue };
        if field(&stat, 1)? == u64::from(parent) {
            let [user, system, ..] = ticks(&stat)?;
            sum += user + system;
        }
    }
    Ok(sum)
}

/// What `/proc` says of a process, from its state on.
fn stat(process: u32) -> Outcome<String> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // the name before it may hold anything, brackets too
    let (_, rest) = stat.rsplit_once(") ").ok_or("an empty stat")?;
    Ok(rest.to_owned())
}

fn field(stat: &str, number: usize) -> Outcome<u64> {
    let field = stat.split(' ').nth(number).ok_or("a short stat")?;
    Ok(field.parse()?)
}

/// User and system time, of the process and of its children that have ended.
fn ticks(stat: &str) -> Outcome<[u64; 4]> {
    Ok([
        field(stat, 11)?,
        field(stat, 12)?,
        field(stat, 13)?,
        field(stat, 14)?,
    ])
}
