//! The reading process: locks itself, reads one file, sends its rows.
//!
//! Everything here runs in a child of the program that asked, so a format library that crashes,
//! loops or is taken over by a file can reach nothing but the pipe to its parent.

mod archive;
mod csv;
mod dbf;
mod encoding;
mod feature;
mod geojson;
mod gpkg;
mod lock;
mod ogr;
mod parquet;
mod probe;
mod shapefile;
mod sink;
mod text;
mod topojson;
mod wkt;

use std::io::{self, Read};
use std::path::Path;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use crate::wire::{Kind, Request};
use crate::{Format, Refusal};

pub use lock::{Lock, Sandbox};
pub use probe::Probe;
use sink::Sink;

/// The hidden first argument that makes a program run as reading process.
pub const CHILD_ARGUMENT: &str = "__read";

const REQUEST_LIMIT_BYTES: u64 = 1 << 20;

/// What tests switch off or ask for, to show that each lock holds something. The product's
/// reading process refuses a request that carries any of it.
#[doc(hidden)]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Switches {
    /// Locks that are left open.
    pub without: Vec<Lock>,
    /// Read through GDAL with these drivers, all of them when empty, whatever the format.
    pub gdal_drivers: Option<Vec<String>>,
    /// Do this instead of reading, once locked.
    pub probe: Option<Probe>,
}

/// Runs the reading process: what a binary does whose first argument is [`CHILD_ARGUMENT`].
///
/// Reads one request from standard input and answers on standard output; meant to be started by
/// [`Reader`](crate::Reader) alone.
pub fn child_main() -> ExitCode {
    run(false)
}

/// [`child_main`] for the crate's own test program, which honours [`Switches`].
#[doc(hidden)]
pub fn child_main_with_switches() -> ExitCode {
    run(true)
}

fn run(honour_switches: bool) -> ExitCode {
    let Ok(mut sink) = Sink::on_standard_output() else {
        return ExitCode::FAILURE;
    };
    let outcome = request(honour_switches).and_then(|request| {
        sink.limit(&request.limits);
        read(&request, &mut sink)
    });
    let told = match outcome {
        Ok(()) => sink.end(),
        Err(refusal) => sink
            .frame_json(Kind::Refusal, &refusal)
            .and_then(|()| sink.flush()),
    };
    match told {
        Ok(()) => ExitCode::SUCCESS,
        // the parent has gone or stopped listening: there is nobody to tell
        Err(_) => ExitCode::FAILURE,
    }
}

fn request(honour_switches: bool) -> Result<Request, Refusal> {
    let mut text = String::new();
    io::stdin()
        .take(REQUEST_LIMIT_BYTES)
        .read_to_string(&mut text)
        .map_err(|error| Refusal::system("reading the request", error))?;
    let request: Request = serde_json::from_str(&text)
        .map_err(|error| Refusal::system("understanding the request", error))?;
    if request.switches.is_some() && !honour_switches {
        return Err(Refusal::Forbidden {
            what: "the request asks for open locks, which only a test program gives".to_owned(),
        });
    }
    Ok(request)
}

fn read(request: &Request, sink: &mut Sink) -> Result<(), Refusal> {
    let switches = request.switches.clone().unwrap_or_default();
    let wants_gdal = request.zipped
        || switches.gdal_drivers.is_some()
        || request
            .format
            .is_some_and(|format| !format.drivers().is_empty());
    if wants_gdal {
        ogr::load()?;
    }
    let sandbox = lock::lock(request, &switches.without)?;
    sink.frame_json(Kind::Sandbox, &sandbox)?;
    sandbox.satisfies(request.limits.policy)?;
    if request.columns {
        return parquet::tell(Path::new(&request.name), request, sink);
    }
    let (format, name) = if request.zipped {
        let member = archive::unpack(request, sink)?;
        lock::nothing_more_to_write(request, &switches.without)?;
        member
    } else {
        let format = request.format.ok_or_else(|| Refusal::Forbidden {
            what: "the request names no format".to_owned(),
        })?;
        (format, request.name.clone())
    };
    if let Some(probe) = &switches.probe {
        return Err(probe.run());
    }
    let path = Path::new(&name);
    if let Some(drivers) = &switches.gdal_drivers {
        return ogr::read_unrestricted(path, drivers, request, sink);
    }
    match format {
        Format::GeoJson => geojson::read_document(path, request, sink),
        Format::GeoJsonSeq => geojson::read_sequence(path, request, sink),
        Format::GeoPackage => gpkg::read(path, request, sink),
        Format::Csv => csv::read(path, request, sink),
        Format::Shapefile => shapefile::read(path, request, sink),
        Format::TopoJson => topojson::read(path, request, sink),
        _ => ogr::read(path, format, request, sink),
    }
}
