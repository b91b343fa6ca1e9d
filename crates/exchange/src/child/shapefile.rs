//! Shapefiles: sizes and text encoding are judged here, geometry is GDAL's.

use std::fs;
use std::path::Path;

use encoding_rs::Encoding;

use super::dbf::Dbf;
use super::encoding;
use super::ogr::{self, Opening, Text};
use super::sink::Sink;
use crate::wire::Request;
use crate::{EncodingBy, Format, Note, Refusal};

const HEAD_BYTES: u64 = 100;

pub(super) fn read(path: &Path, request: &Request, sink: &mut Sink) -> Result<(), Refusal> {
    let shapes = index_entries(path)?;
    let dbf_path = path.with_extension("dbf");
    let table = dbf_path
        .is_file()
        .then(|| Dbf::open(&dbf_path))
        .transpose()?;
    let mut skipped = 0;
    let text = match &table {
        Some(table) => {
            if table.records != shapes {
                return Err(Refusal::Malformed {
                    format: Format::Shapefile.name().to_owned(),
                    why: format!(
                        "the .shx lists {shapes} shapes and the .dbf {} records: they are not of one file",
                        table.records
                    ),
                });
            }
            skipped = table.deleted;
            let (encoding, by) = encoding_of(path, table, request)?;
            sink.note(&Note::Encoding {
                encoding: encoding.name().to_owned(),
                by,
            })?;
            Text::Bytes(encoding)
        }
        None => Text::Utf8,
    };
    ogr::read_opened(
        path,
        &Opening {
            format: Format::Shapefile,
            // every byte becomes the character of its number, so that the bytes can be had back
            options: &["ENCODING=ISO-8859-1"],
            text,
            rows: Some(shapes - skipped),
        },
        request,
        sink,
    )
}

/// What the `.shx` lists, once both files are found to be as long as their headers say.
fn index_entries(path: &Path) -> Result<u64, Refusal> {
    check_length(path, "the .shp")?;
    let bytes = check_length(&path.with_extension("shx"), "the .shx")?;
    Ok((bytes - HEAD_BYTES) / 8)
}

fn check_length(path: &Path, what: &str) -> Result<u64, Refusal> {
    let actual = fs::metadata(path)
        .map_err(|error| Refusal::system(&format!("opening {what}"), error))?
        .len();
    let mut head = [0; 28];
    fs::File::open(path)
        .and_then(|mut file| std::io::Read::read_exact(&mut file, &mut head))
        .map_err(|_| Refusal::Truncated {
            what: format!("{what} has {actual} bytes, its header alone takes {HEAD_BYTES}"),
        })?;
    if head[..4] != [0, 0, 0x27, 0x0A] {
        return Err(Refusal::Malformed {
            format: Format::Shapefile.name().to_owned(),
            why: format!("{what} does not begin with the file code 9994"),
        });
    }
    // counted in 16-bit words
    let stated = 2 * u64::from(u32::from_be_bytes([head[24], head[25], head[26], head[27]]));
    if stated < HEAD_BYTES || actual < stated {
        return Err(Refusal::Truncated {
            what: format!("{what} has {actual} bytes, its header says {stated}"),
        });
    }
    Ok(stated)
}

/// The person's word first, then the `.cpg`, then the language byte, then the bytes themselves.
fn encoding_of(
    path: &Path,
    table: &Dbf,
    request: &Request,
) -> Result<(&'static Encoding, EncodingBy), Refusal> {
    if let Some(label) = &request.encoding {
        return Ok((encoding::of_label(label)?, EncodingBy::Person));
    }
    if let Ok(label) = fs::read(path.with_extension("cpg"))
        && let Ok(found) = encoding::of_label(&String::from_utf8_lossy(&label))
    {
        return Ok((found, EncodingBy::CodePageFile));
    }
    if let Some(found) = encoding::of_language_byte(table.language_byte) {
        return Ok((found, EncodingBy::LanguageByte));
    }
    encoding::detect(&table.text())
        .map(|found| (found, EncodingBy::Content))
        .ok_or_else(|| Refusal::Encoding {
            place: "the .dbf".to_owned(),
            encoding: "UTF-8, GB18030, Big5 or Shift_JIS".to_owned(),
        })
}
