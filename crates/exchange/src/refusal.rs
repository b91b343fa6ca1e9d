//! Why the reading process does not give a file's rows: what it tells its parent.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a file was not read, in the words of the process that tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A limit of [`Limits`](crate::Limits).
    #[error("it has {found} {what}, the limit is {limit}")]
    Limit {
        /// Of what there is too much.
        what: Quantity,
        /// How much was found, at least.
        found: u64,
        /// The limit.
        limit: u64,
    },
    /// It is not what its format asks for.
    #[error("it is not a sound {format} file: {why}")]
    Malformed {
        /// The format it was read as.
        format: String,
        /// What is wrong, and where.
        why: String,
    },
    /// It is TopoJSON under a name that says GeoJSON.
    #[error("it is TopoJSON: name it .topojson")]
    IsTopoJson,
    /// It ends before its own headers say it should.
    #[error("it is truncated: {what}")]
    Truncated {
        /// Which part is short, with the sizes.
        what: String,
    },
    /// It holds something that is never read.
    #[error("{what}")]
    Forbidden {
        /// What, and what to do instead.
        what: String,
    },
    /// It holds no layer that could be read.
    #[error("it holds nothing to read: {why}")]
    Empty {
        /// What was looked for.
        why: String,
    },
    /// There are several layers and none was chosen.
    #[error("it has {} layers ({}): choose one with --layer", layers.len(), layers.join(", "))]
    SeveralLayers {
        /// Their names.
        layers: Vec<String>,
    },
    /// There is no layer of the name that was asked for.
    #[error("it has no layer \"{layer}\": it has {}", layers.join(", "))]
    NoSuchLayer {
        /// The name asked for.
        layer: String,
        /// The names there are.
        layers: Vec<String>,
    },
    /// Text does not fit the encoding.
    #[error(
        "text in {place} is not valid {encoding}: say the right encoding with --encoding (such as GBK, Big5, Shift_JIS or UTF-8), where the format leaves it open"
    )]
    Encoding {
        /// Where.
        place: String,
        /// The encoding that was asked for or declared.
        encoding: String,
    },
    /// The name of an encoding is not known.
    #[error(
        "\"{label}\" is not the name of an encoding: try GBK, GB18030, Big5, Shift_JIS, EUC-KR or UTF-8"
    )]
    UnknownEncoding {
        /// The name.
        label: String,
    },
    /// The operating system refused something while reading.
    #[error("{doing}: {why}")]
    System {
        /// What was being done.
        doing: String,
        /// The system's message.
        why: String,
    },
    /// The installed GDAL has no driver for the format.
    #[error("the installed GDAL cannot read {format}: it has none of the drivers {}", drivers.join(", "))]
    NoDriver {
        /// The format.
        format: String,
        /// The drivers that were looked for.
        drivers: Vec<String>,
    },
    /// A lock is missing on this system and the policy asks for it.
    #[error(
        "this system cannot lock the reading process ({missing}), and files from others are not read without it"
    )]
    NotLocked {
        /// What is missing.
        missing: String,
    },
}

/// Something that is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Quantity {
    /// Bytes of the input.
    InputBytes,
    /// Entries of an archive.
    ArchiveEntries,
    /// Bytes unpacked from an archive.
    UnpackedBytes,
    /// Times the packed size.
    UnpackedRatio,
    /// Rows.
    Rows,
    /// Vertices.
    Vertices,
    /// Columns.
    Columns,
    /// Bytes of one text value.
    TextBytes,
    /// Bytes of one row.
    RowBytes,
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InputBytes => "bytes",
            Self::ArchiveEntries => "archive entries",
            Self::UnpackedBytes => "unpacked bytes",
            Self::UnpackedRatio => "times its packed size in one archive entry",
            Self::Rows => "rows",
            Self::Vertices => "vertices",
            Self::Columns => "columns",
            Self::TextBytes => "bytes in one text value",
            Self::RowBytes => "bytes in one row",
        })
    }
}

impl Refusal {
    pub(crate) fn system(doing: &str, why: impl fmt::Display) -> Self {
        Self::System {
            doing: doing.to_owned(),
            why: why.to_string(),
        }
    }

    /// An error when `found` is over `limit`.
    pub(crate) fn above(what: Quantity, found: u64, limit: u64) -> Result<(), Self> {
        if found > limit {
            Err(Self::Limit { what, found, limit })
        } else {
            Ok(())
        }
    }
}
