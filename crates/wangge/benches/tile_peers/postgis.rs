//! A `PostgreSQL` cluster of its own in a temporary folder, reached by a socket there alone, with the
//! grids in a table.

use std::fmt::Write as _;
use std::fs::File;
use std::net::SocketAddr;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, geteuid, kill_process};
use tempfile::TempDir;

use crate::Outcome;

/// The account that Debian's package makes. `PostgreSQL` does not run as root.
const ACCOUNT: &str = "postgres";

const START: Duration = Duration::from_mins(1);

/// Memory for the whole table, and no compiling of queries, which takes longer than the queries.
const SETTINGS: [&str; 5] = [
    "listen_addresses=",
    "shared_buffers=512MB",
    "work_mem=64MB",
    "jit=off",
    "fsync=off",
];

/// One feature a line comes in; the table has what Martin draws fastest from: Web Mercator, in the
/// order of its index.
const TABLE: &str = r"
create table grids as
    select row_number() over ()::int as id, p->>'code' as code, p->>'parent' as parent, p->>'kind' as kind,
        st_multi(st_transform(st_setsrid(st_geomfromgeojson(g), 4326), 3857))::geometry(multipolygon, 3857) as geom
    from (select line::json->'properties' as p, line::json->>'geometry' as g from lines) as features;
alter table grids add primary key (id);
create index grids_geom on grids using gist (geom);
cluster grids using grids_geom;
drop table lines;
vacuum analyze grids;
";

pub(crate) struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    server: Child,
}

impl Cluster {
    /// Starts one, with the programs of a folder.
    pub(crate) fn start(programs: &Path) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let account = account()?;
        if let Some((user, group)) = account {
            chown(folder.path(), Some(user), Some(group))?;
        }
        let run = |program: &str| {
            let mut command = Command::new(programs.join(program));
            if let Some((user, group)) = account {
                command.uid(user).gid(group);
            }
            command.current_dir(folder.path()).env("LC_ALL", "C.UTF-8");
            command
        };
        let data = folder.path().join("data");
        succeeds(
            run("initdb")
                .args(["-U", "bench", "-A", "trust", "-E", "UTF8", "-D"])
                .arg(&data),
        )?;
        let mut postgres = run("postgres");
        postgres.arg("-D").arg(&data).arg("-k").arg(folder.path());
        for setting in SETTINGS {
            postgres.args(["-c", setting]);
        }
        let log = File::create(folder.path().join("log"))?;
        let server = postgres
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let cluster = Self {
            programs: programs.to_owned(),
            server,
            folder,
        };
        let began = Instant::now();
        while let Err(error) = cluster.sql("select 1") {
            if began.elapsed() > START {
                return Err(error);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        cluster.sql("create extension postgis")?;
        Ok(cluster)
    }

    /// The process that all others of the cluster are children of.
    pub(crate) fn process(&self) -> u32 {
        self.server.id()
    }

    /// Fills the table from features, one a line, in WGS 84.
    pub(crate) fn load(&self, features: &Path) -> Outcome<()> {
        self.sql("create table lines (line text)")?;
        // separators and quotes that no line has
        let copy = r"copy lines from stdin with (format csv, delimiter E'\x01', quote E'\x02')";
        succeeds(self.psql(copy).stdin(File::open(features)?))?;
        for statement in TABLE.split(';').filter(|text| !text.trim().is_empty()) {
            self.sql(statement)?;
        }
        Ok(())
    }

    /// What a statement answers, as text.
    pub(crate) fn sql(&self, statement: &str) -> Outcome<String> {
        succeeds(self.psql(statement).stdin(Stdio::null()))
    }

    /// Writes the configuration with which Martin serves the table, and keeps no tile.
    pub(crate) fn martin_config(&self, listen: SocketAddr, clients: usize) -> Outcome<PathBuf> {
        let mut socket = String::new();
        for byte in self.folder.path().display().to_string().bytes() {
            let _ = write!(socket, "%{byte:02X}");
        }
        let config = format!(
            "listen_addresses: '{listen}'
cache: disable
on_invalid: abort
postgres:
  connection_string: 'postgres://bench@{socket}/postgres'
  pool_size: {clients}
  auto_bounds: skip
  tables:
    grids:
      schema: public
      table: grids
      srid: 3857
      geometry_column: geom
      geometry_type: MULTIPOLYGON
      id_column: id
      extent: 4096
      buffer: 64
      properties: {{code: text, parent: text, kind: text}}
"
        );
        let path = self.folder.path().join("martin.yaml");
        std::fs::write(&path, config)?;
        Ok(path)
    }

    fn psql(&self, statement: &str) -> Command {
        let mut command = Command::new(self.programs.join("psql"));
        command
            .args([
                "-X",
                "-q",
                "-A",
                "-t",
                "-v",
                "ON_ERROR_STOP=1",
                "-U",
                "bench",
            ])
            .args(["-d", "postgres", "-c", statement, "-h"])
            .arg(self.folder.path());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // the quick way to stop: clients are cut off, and what is written is whole
        let process = i32::try_from(self.server.id()).ok().and_then(Pid::from_raw);
        if let Some(process) = process {
            let _ = kill_process(process, Signal::INT);
        }
        let _ = self.server.wait();
    }
}

/// The user and the group to run as, where this program runs as root.
fn account() -> Outcome<Option<(u32, u32)>> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    let accounts = std::fs::read_to_string("/etc/passwd")?;
    let line = accounts
        .lines()
        .find(|line| line.split(':').next() == Some(ACCOUNT))
        .ok_or("there is no account postgres to run the database as")?;
    let mut ids = line.split(':').skip(2);
    let mut id = || -> Outcome<u32> { Ok(ids.next().ok_or("a short account")?.parse()?) };
    Ok(Some((id()?, id()?)))
}

/// What a program prints, which must succeed.
pub(crate) fn succeeds(command: &mut Command) -> Outcome<String> {
    let output = command
        .output()
        .map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout)?.trim().to_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{}: {said}", command.get_program().display()).into())
}
