//! The head of a dBASE table and the bytes of its text: what is checked before GDAL opens it.

use std::fs;
use std::path::Path;

use crate::Refusal;

/// A `.dbf` whose sizes agree with its header.
pub(super) struct Dbf {
    bytes: Vec<u8>,
    fields: Vec<Field>,
    header_bytes: usize,
    record_bytes: usize,
    pub(super) records: u64,
    pub(super) deleted: u64,
    pub(super) language_byte: u8,
}

struct Field {
    name: Vec<u8>,
    is_text: bool,
    start: usize,
    end: usize,
}

const HEAD_BYTES: usize = 32;

impl Dbf {
    pub(super) fn open(path: &Path) -> Result<Self, Refusal> {
        let bytes = fs::read(path).map_err(|error| Refusal::system("reading the .dbf", error))?;
        let short = || Refusal::Truncated {
            what: format!("the .dbf has {} bytes and no whole header", bytes.len()),
        };
        let head: &[u8; HEAD_BYTES] = bytes.first_chunk().ok_or_else(short)?;
        let records = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
        let header_bytes = usize::from(u16::from_le_bytes([head[8], head[9]]));
        let record_bytes = usize::from(u16::from_le_bytes([head[10], head[11]]));
        let language_byte = head[29];
        let table = bytes.get(HEAD_BYTES..header_bytes).ok_or_else(short)?;
        let mut fields = Vec::new();
        let mut at = 1;
        for definition in table.chunks_exact(HEAD_BYTES) {
            if definition[0] == 0x0D {
                break;
            }
            let width = match definition[11] {
                // long text keeps the high byte of its width where numbers keep their decimals
                b'C' => usize::from(definition[16]) + 256 * usize::from(definition[17]),
                _ => usize::from(definition[16]),
            };
            let name = &definition[..11];
            let name_end = name.iter().position(|&b| b == 0).unwrap_or(name.len());
            fields.push(Field {
                name: name[..name_end].to_vec(),
                is_text: definition[11] == b'C',
                start: at,
                end: at + width,
            });
            at += width;
        }
        if at > record_bytes {
            return Err(malformed(format!(
                "the .dbf has records of {record_bytes} bytes and fields of {at}"
            )));
        }
        let needed = header_bytes as u64 + records * record_bytes as u64;
        if (bytes.len() as u64) < needed {
            return Err(Refusal::Truncated {
                what: format!(
                    "the .dbf has {} bytes, its header says {records} records, which take {needed}",
                    bytes.len()
                ),
            });
        }
        let mut dbf = Self {
            bytes,
            fields,
            header_bytes,
            record_bytes,
            records,
            deleted: 0,
            language_byte,
        };
        dbf.deleted = dbf
            .rows()
            .filter(|record| record.first() == Some(&b'*'))
            .count() as u64;
        Ok(dbf)
    }

    /// The bytes of column names and text values that are not plain ASCII.
    pub(super) fn text(&self) -> impl Iterator<Item = &[u8]> + Clone {
        let names = self.fields.iter().map(|field| field.name.as_slice());
        let values = self.rows().flat_map(|record| {
            self.fields
                .iter()
                .filter(|field| field.is_text)
                .filter_map(|field| record.get(field.start..field.end))
        });
        names
            .chain(values)
            .map(trimmed)
            .filter(|bytes| !bytes.is_ascii())
    }

    fn rows(&self) -> impl Iterator<Item = &[u8]> + Clone {
        let records = usize::try_from(self.records).unwrap_or(usize::MAX);
        self.bytes[self.header_bytes..]
            .chunks_exact(self.record_bytes.max(1))
            .take(records)
    }
}

fn trimmed(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len());
    bytes[..end].trim_ascii()
}

fn malformed(why: String) -> Refusal {
    Refusal::Malformed {
        format: "Shapefile".to_owned(),
        why,
    }
}
