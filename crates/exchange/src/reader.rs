//! The parent's side of reading: starts the locked process, and believes nothing it says.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use crate::child::Switches;
use crate::columns::ColumnStream;
use crate::format::Container;
use crate::heard::Heard;
use crate::process::{Process, Said, Started, ask};
use crate::staging::{Staged, file_name};
use crate::wire::Request;
use crate::{ExchangeError, Format, Limits, Progress, Refusal, Table};

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

    /// Opens a Parquet file: its columns come as an Arrow stream while they are read.
    ///
    /// # Errors
    /// One that names the file, as those that reading on holds.
    pub fn columns(&self, path: &Path) -> Result<ColumnStream, ExchangeError> {
        let file = file_name(path);
        let staged = Staged::parquet(path, &self.limits)?;
        let data_folders = data_folders();
        let asked = Request {
            columns: true,
            ..self.request(&staged, &data_folders)
        };
        let started = self.start(&staged, &data_folders, &file)?;
        ColumnStream::start(file, self.limits.clone(), staged, &asked, started)
    }

    /// A request for the file, of which nothing more is said.
    fn request(&self, staged: &Staged, data_folders: &[(&'static str, String)]) -> Request {
        Request {
            name: staged.name.clone(),
            zipped: staged.zipped,
            format: None,
            layer: None,
            encoding: None,
            plain: false,
            columns: false,
            limits: self.limits.clone(),
            data_folders: data_folders
                .iter()
                .map(|(_, folder)| folder.clone())
                .collect(),
            switches: self.switches.clone(),
        }
    }

    fn start(
        &self,
        staged: &Staged,
        data_folders: &[(&'static str, String)],
        file: &str,
    ) -> Result<Started, ExchangeError> {
        Process::start(
            &self.program.path,
            staged.folder(),
            data_folders,
            &self.limits,
        )
        .map_err(|source| ExchangeError::Start {
            file: file.to_owned(),
            doing: "start the reading process",
            source,
        })
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
            format,
            layer: request.layer.clone(),
            encoding: request.encoding.clone(),
            plain: request.plain,
            ..self.request(&staged, &data_folders)
        };
        let started = self.start(&staged, &data_folders, &file)?;
        Conversation {
            file,
            limits: &self.limits,
        }
        .hold(started, &asked, progress)
    }
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

impl Conversation<'_> {
    fn hold(
        &self,
        (mut process, stdin, stdout): Started,
        asked: &Request,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Table, ExchangeError> {
        let heard = ask(stdin, asked)
            .and_then(|()| Heard::all(&mut io::BufReader::new(stdout), self.limits, progress));
        if heard.is_err() {
            process.stop();
        }
        let told = heard.map(|mut heard| {
            let said = Said {
                refusal: heard.refusal.take(),
                is_whole: heard.ended,
            };
            (heard, said)
        });
        let heard = process.end().conclude(told, &self.file, self.limits)?;
        heard.table(&self.file)
    }
}
