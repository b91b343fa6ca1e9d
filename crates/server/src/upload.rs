//! Bodies that are read whole: small ones into memory, files into a folder of their own.

use std::path::{Path, PathBuf};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header};
use http_body_util::BodyExt;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;
use wangge_exchange::Format;

use crate::app::App;
use crate::problem::Problem;

/// The types of files that are taken, with the formats that they are read as; a zip archive's
/// content decides.
const TYPES: [(&str, Option<Format>, &str); 12] = [
    ("application/geo+json", Some(Format::GeoJson), "geojson"),
    (
        "application/geo+json-seq",
        Some(Format::GeoJsonSeq),
        "geojsonl",
    ),
    ("application/x-ndjson", Some(Format::GeoJsonSeq), "geojsonl"),
    (
        "application/geopackage+sqlite3",
        Some(Format::GeoPackage),
        "gpkg",
    ),
    ("application/zip", None, "zip"),
    ("application/x-zip-compressed", None, "zip"),
    ("text/csv", Some(Format::Csv), "csv"),
    (
        "application/vnd.flatgeobuf",
        Some(Format::FlatGeobuf),
        "fgb",
    ),
    (
        "application/vnd.google-earth.kml+xml",
        Some(Format::Kml),
        "kml",
    ),
    ("application/topo+json", Some(Format::TopoJson), "topojson"),
    ("application/gpx+xml", Some(Format::Gpx), "gpx"),
    ("image/vnd.dxf", Some(Format::Dxf), "dxf"),
];

/// The names of these types, for who sends another.
const KNOWN_TYPES: &[&str] = &[
    "application/json",
    "application/geo+json",
    "application/geo+json-seq",
    "application/geopackage+sqlite3",
    "application/zip",
    "text/csv",
    "application/vnd.flatgeobuf",
    "application/vnd.google-earth.kml+xml",
    "application/topo+json",
    "application/gpx+xml",
    "image/vnd.dxf",
];

/// A file that somebody sent, in a folder of its own; it goes away with this.
#[derive(Debug)]
pub(crate) struct Spooled {
    path: PathBuf,
    _folder: TempDir,
    permit: OwnedSemaphorePermit,
}

impl Spooled {
    /// Where it is, under a name of ours.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The place alone: whoever reads the file has it by another name.
    pub(crate) fn into_place(self) -> OwnedSemaphorePermit {
        self.permit
    }
}

/// A file of boundaries that somebody sent.
#[derive(Debug)]
pub(crate) struct Upload {
    file: Spooled,
    format: Option<Format>,
}

impl Upload {
    /// Where it is, under a name of ours.
    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// What it says that it is; of a zip archive its content says it.
    pub(crate) const fn format(&self) -> Option<Format> {
        self.format
    }
}

/// Takes a file from a body, within the limits of size and time.
pub(crate) async fn received(
    app: &App,
    headers: &HeaderMap,
    body: Body,
    said: Option<Format>,
) -> Result<Upload, Problem> {
    let (format, ending) = format_of(headers, said)?;
    let name = format!("upload.{ending}");
    let file = spooled(app, headers, body, &name, app.upload()?).await?;
    Ok(Upload { file, format })
}

/// Takes a body into a file of this name, within the limits of its size and time. The place is kept as long as the file.
pub(crate) async fn spooled(
    app: &App,
    headers: &HeaderMap,
    body: Body,
    name: &str,
    permit: OwnedSemaphorePermit,
) -> Result<Spooled, Problem> {
    let limits = &app.config().limits;
    let too_large = Problem::BodyTooLarge {
        limit: limits.upload_bytes,
    };
    if announced(headers).is_some_and(|length| length > limits.upload_bytes) {
        return Err(too_large);
    }
    let folder = TempDir::with_prefix("wangge-upload-").map_err(|error| failed(&error))?;
    let path = folder.path().join(name);
    let reading = async {
        let mut file = tokio::fs::File::create_new(&path)
            .await
            .map_err(|error| failed(&error))?;
        let mut body = body;
        let mut length = 0u64;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| broken(&error))?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            length += data.len() as u64;
            if length > limits.upload_bytes {
                return Err(too_large.clone());
            }
            file.write_all(&data)
                .await
                .map_err(|error| failed(&error))?;
        }
        file.flush().await.map_err(|error| failed(&error))
    };
    timeout(limits.work_timeout, reading)
        .await
        .unwrap_or(Err(Problem::BodyTimeout))?;
    Ok(Spooled {
        path,
        _folder: folder,
        permit,
    })
}

fn format_of(
    headers: &HeaderMap,
    said: Option<Format>,
) -> Result<(Option<Format>, &'static str), Problem> {
    if let Some(said) = said {
        let of_format = TYPES.iter().find(|(_, format, _)| *format == Some(said));
        return match of_format {
            Some((_, format, ending)) => Ok((*format, ending)),
            // what needs several files comes zipped
            None => Ok((Some(said), "zip")),
        };
    }
    let media_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(|name| name.trim().to_ascii_lowercase());
    let found = TYPES
        .iter()
        .find(|(name, ..)| media_type.as_deref() == Some(*name));
    let (_, format, ending) = found.ok_or(Problem::UnsupportedType { known: KNOWN_TYPES })?;
    Ok((*format, ending))
}

/// The whole body, within the limits of size and time.
pub(crate) async fn whole(
    app: &App,
    headers: &HeaderMap,
    mut body: Body,
) -> Result<Bytes, Problem> {
    let limits = &app.config().limits;
    let too_large = Problem::BodyTooLarge {
        limit: limits.body_bytes as u64,
    };
    let expected = announced(headers).unwrap_or(0);
    if expected > limits.body_bytes as u64 {
        return Err(too_large);
    }
    let reading = async {
        // what is announced is not believed before it comes
        let mut whole = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| broken(&error))?;
            if let Ok(data) = frame.into_data() {
                if whole.len() + data.len() > limits.body_bytes {
                    return Err(too_large.clone());
                }
                whole.extend_from_slice(&data);
            }
        }
        Ok(whole.freeze())
    };
    timeout(limits.body_timeout, reading)
        .await
        .unwrap_or(Err(Problem::BodyTimeout))
}

/// The length that the head of a request announces.
pub(crate) fn announced(headers: &HeaderMap) -> Option<u64> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

/// Why a body ended early: its client was too slow, or something else.
pub(crate) fn broken(error: &(dyn std::error::Error + 'static)) -> Problem {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::TimedOut)
        {
            return Problem::BodyTimeout;
        }
        cause = error.source();
    }
    Problem::BodyBroken
}

fn failed(error: &std::io::Error) -> Problem {
    tracing::error!(%error, "a file that was sent could not be kept");
    if error.kind() == std::io::ErrorKind::StorageFull {
        Problem::StorageFull
    } else {
        Problem::Internal
    }
}
