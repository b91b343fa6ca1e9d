//! What goes through the pipes between parent and reading process.
//!
//! The request is JSON on standard input, up to its end. The answer is a run of frames on
//! standard output: a length of 4 bytes (little-endian, the kind byte included), a kind, a
//! payload. Small things are JSON, rows are binary.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

use crate::child::Switches;
use crate::{DeclaredCrs, Format, Limits, Row, RowGeometry, Value, wkb};

/// What the parent asks for.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    /// The main file's name in the private directory, chosen by the parent.
    pub(crate) name: String,
    /// Whether it is an archive.
    pub(crate) zipped: bool,
    /// The format, unless an archive's content decides.
    pub(crate) format: Option<Format>,
    pub(crate) layer: Option<String>,
    pub(crate) encoding: Option<String>,
    /// Whether no column of text is geometry.
    #[serde(default)]
    pub(crate) plain: bool,
    /// Whether a Parquet file's columns are wanted, as an Arrow stream.
    #[serde(default)]
    pub(crate) columns: bool,
    pub(crate) limits: Limits,
    /// Folders of PROJ's and GDAL's data that the operator configured.
    pub(crate) data_folders: Vec<String>,
    /// Honoured by the test program only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) switches: Option<Switches>,
}

/// The head of the answer: what was opened.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Opened {
    pub(crate) format: Format,
    pub(crate) layer: Option<String>,
    pub(crate) declared_crs: DeclaredCrs,
}

/// How far reading has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Rows read so far.
    pub rows: u64,
    /// Bytes of the file consumed so far, where the reader knows.
    pub bytes: Option<u64>,
    /// What `rows` (or `bytes`, where given) will be at the end, where the file says.
    pub total: Option<u64>,
}

/// Bytes of columns that one frame holds, at most.
pub(crate) const PIECE_BYTES: usize = 512 << 10;

/// The kinds of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sandbox = 1,
    Opened = 2,
    Column = 3,
    Row = 4,
    Note = 5,
    Progress = 6,
    Refusal = 7,
    End = 8,
    /// Of an Arrow stream.
    Piece = 9,
}

impl Kind {
    fn of(byte: u8) -> Option<Self> {
        [
            Self::Sandbox,
            Self::Opened,
            Self::Column,
            Self::Row,
            Self::Note,
            Self::Progress,
            Self::Refusal,
            Self::End,
            Self::Piece,
        ]
        .into_iter()
        .find(|kind| *kind as u8 == byte)
    }
}

/// Writes one frame.
pub(crate) fn put_frame(out: &mut impl Write, kind: Kind, payload: &[u8]) -> io::Result<()> {
    let length = u32::try_from(payload.len() + 1)
        .map_err(|_| io::Error::other("a row is larger than 4 GiB"))?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(&[kind as u8])?;
    out.write_all(payload)
}

/// Reads one frame; `None` where the pipe ends between frames.
///
/// # Errors
/// What is wrong with the bytes, in words: the caller adds whose they were.
pub(crate) fn take_frame(
    pipe: &mut impl Read,
    limit: u64,
) -> Result<Option<(Kind, Vec<u8>)>, String> {
    let mut head = [0; 5];
    let mut have = 0;
    while have < head.len() {
        match pipe.read(&mut head[have..]) {
            Ok(0) if have == 0 => return Ok(None),
            Ok(0) => return Err("it ended inside the head of a frame".to_owned()),
            Ok(count) => have += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    let [length @ .., kind] = head;
    let length = u64::from(u32::from_le_bytes(length));
    if length == 0 || length > limit {
        return Err(format!("a frame of {length} bytes, the limit is {limit}"));
    }
    let kind = Kind::of(kind).ok_or_else(|| format!("a frame of the unknown kind {kind}"))?;
    // grows with what really arrives: a length alone reserves nothing
    let mut payload = Vec::new();
    let got = pipe
        .take(length - 1)
        .read_to_end(&mut payload)
        .map_err(|error| error.to_string())?;
    if got as u64 != length - 1 {
        return Err(format!("it ended {got} bytes into a frame of {length}"));
    }
    Ok(Some((kind, payload)))
}

/// A row as a frame's payload.
pub(crate) fn row_bytes(row: &Row) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend_from_slice(&row.number.to_le_bytes());
    match &row.geometry {
        RowGeometry::Missing => out.push(0),
        RowGeometry::Refused(why) => {
            out.push(2);
            put_bytes(&mut out, why.as_bytes());
        }
        usable => {
            out.push(1);
            put_bytes(&mut out, &wkb::encode(usable).unwrap_or_default());
        }
    }
    put_length(&mut out, row.values.len());
    for value in &row.values {
        match value {
            Value::Null => out.push(0),
            Value::Text(text) => {
                out.push(1);
                put_bytes(&mut out, text.as_bytes());
            }
            Value::Integer(number) => {
                out.push(2);
                out.extend_from_slice(&number.to_le_bytes());
            }
            Value::Real(number) => {
                out.push(3);
                out.extend_from_slice(&number.to_le_bytes());
            }
            Value::Bool(truth) => out.extend_from_slice(&[4, u8::from(*truth)]),
        }
    }
    out
}

/// The row of a frame's payload, which may hold anything.
pub(crate) fn row_of(payload: &[u8], columns: usize, limits: &Limits) -> Result<Row, String> {
    let mut rest = payload;
    let number = u64::from_le_bytes(take(&mut rest)?);
    let geometry = match take::<1>(&mut rest)? {
        [0] => RowGeometry::Missing,
        [1] => {
            let bytes = take_bytes(&mut rest)?;
            wkb::decode(bytes)
                .map_err(|error| format!("row {number}: {error}"))?
                .geometry
        }
        [2] => RowGeometry::Refused(take_text(&mut rest, limits.text_bytes)?),
        [other] => return Err(format!("row {number}: a geometry of kind {other}")),
    };
    let count = u32::from_le_bytes(take(&mut rest)?) as usize;
    if count > columns {
        return Err(format!(
            "row {number}: {count} values for {columns} columns"
        ));
    }
    let mut values = Vec::with_capacity(count);
    for _ in 0..count {
        values.push(match take::<1>(&mut rest)? {
            [0] => Value::Null,
            [1] => Value::Text(take_text(&mut rest, limits.text_bytes)?),
            [2] => Value::Integer(i64::from_le_bytes(take(&mut rest)?)),
            [3] => Value::Real(f64::from_le_bytes(take(&mut rest)?)),
            [4] => Value::Bool(take::<1>(&mut rest)? == [1]),
            [other] => return Err(format!("row {number}: a value of kind {other}")),
        });
    }
    if !rest.is_empty() {
        return Err(format!("row {number}: {} bytes too many", rest.len()));
    }
    Ok(Row {
        number,
        geometry,
        values,
    })
}

fn put_length(out: &mut Vec<u8>, length: usize) {
    // the frame that holds it is refused above 4 GiB
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_le_bytes());
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_length(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], String> {
    let (taken, left) = rest
        .split_first_chunk::<N>()
        .ok_or_else(|| "a row that ends early".to_owned())?;
    *rest = left;
    Ok(*taken)
}

fn take_bytes<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], String> {
    let length = u32::from_le_bytes(take(rest)?) as usize;
    let (taken, left) = rest
        .split_at_checked(length)
        .ok_or_else(|| format!("a row that ends inside {length} bytes"))?;
    *rest = left;
    Ok(taken)
}

fn take_text(rest: &mut &[u8], limit: usize) -> Result<String, String> {
    let bytes = take_bytes(rest)?;
    if bytes.len() > limit {
        return Err(format!(
            "text of {} bytes, the limit is {limit}",
            bytes.len()
        ));
    }
    String::from_utf8(bytes.to_vec()).map_err(|_| "text that is not UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use geo_types::Coord;
    use proptest::prelude::*;

    use super::*;

    fn row() -> Row {
        Row {
            number: 7,
            geometry: RowGeometry::Point(Coord { x: 1.0, y: 2.0 }),
            values: vec![
                Value::Null,
                Value::Text("龙港".into()),
                Value::Integer(-3),
                Value::Real(0.1),
                Value::Bool(true),
            ],
        }
    }

    #[test]
    fn a_row_comes_through_as_it_was() {
        let bytes = row_bytes(&row());
        assert_eq!(row_of(&bytes, 5, &Limits::default()).unwrap(), row());
    }

    #[test]
    fn a_row_with_more_values_than_columns_is_an_error() {
        assert!(row_of(&row_bytes(&row()), 4, &Limits::default()).is_err());
    }

    #[test]
    fn a_frame_beyond_the_limit_reserves_nothing() {
        let mut bytes = u32::MAX.to_le_bytes().to_vec();
        bytes.push(4);
        assert!(take_frame(&mut bytes.as_slice(), 1000).is_err());
        // within the limit, but the bytes never come
        let error = take_frame(&mut bytes.as_slice(), u64::MAX).unwrap_err();
        assert!(error.contains("ended 0 bytes into"), "{error}");
    }

    proptest! {
        #[test]
        fn no_payload_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = row_of(&bytes, 3, &Limits::default());
            let _ = take_frame(&mut bytes.as_slice(), 1000);
        }

        #[test]
        fn no_truncated_row_passes(cut in 0_usize..80) {
            let bytes = row_bytes(&row());
            prop_assume!(cut < bytes.len());
            prop_assert!(row_of(&bytes[..cut], 5, &Limits::default()).is_err());
        }
    }
}
