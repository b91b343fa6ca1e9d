//! What a person should know about how a file was read, short of an error.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something about a file that did not stop it from being read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Note {
    /// Attribute text was decoded with this encoding.
    Encoding {
        /// The encoding's name, as in the WHATWG standard.
        encoding: String,
        /// Who said so.
        by: EncodingBy,
    },
    /// Text values ended inside a character, at the width of their column.
    CutText {
        /// How many values lost their last, incomplete character.
        values: u64,
    },
    /// A `crs` member of type `link` was not followed.
    CrsLinkIgnored {
        /// The address that it names.
        href: String,
    },
    /// Third or fourth coordinates were dropped.
    HeightsDropped {
        /// Rows with height values (Z).
        with_z: u64,
        /// Rows with measure values (M).
        with_m: u64,
    },
    /// Several columns have this name; none of them can be chosen by it.
    RepeatedColumn {
        /// The name.
        column: String,
    },
    /// Which member of an archive was read.
    ArchiveMember {
        /// Its name in the archive.
        member: String,
    },
    /// The file has layers beside the one that was read.
    OtherLayers {
        /// Their names.
        layers: Vec<String>,
    },
    /// The format library reported something while reading.
    Library {
        /// Its message.
        message: String,
    },
    /// A part of the lock around the reading process is missing on this system.
    LockMissing {
        /// What is missing, and what that means.
        what: String,
    },
    /// The Shapefile has no `.prj`, or the layer states no coordinate system.
    NoDeclaredCrs,
}

/// Who said which encoding a file's text has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EncodingBy {
    /// The person, with `--encoding`.
    Person,
    /// A `.cpg` file beside it.
    CodePageFile,
    /// The language byte of the `.dbf`.
    LanguageByte,
    /// Nobody: it was chosen because every value decodes and the characters are common ones.
    Content,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encoding { encoding, by } => match by {
                EncodingBy::Person => write!(f, "text was read as {encoding}, as you said"),
                EncodingBy::CodePageFile => {
                    write!(f, "text was read as {encoding}, as the .cpg file says")
                }
                EncodingBy::LanguageByte => write!(
                    f,
                    "text was read as {encoding}, as the language byte of the .dbf says"
                ),
                EncodingBy::Content => write!(
                    f,
                    "nothing says which encoding the text has; it was read as {encoding}, in which every value is valid and made of common characters; say --encoding if that is wrong"
                ),
            },
            Self::CutText { values } => write!(
                f,
                "{values} text values end inside a character, at the width of their column; the incomplete character was dropped"
            ),
            Self::CrsLinkIgnored { href } => write!(
                f,
                "the file refers to {href} for its coordinate system; addresses are never fetched, say --crs"
            ),
            Self::HeightsDropped { with_z, with_m } => write!(
                f,
                "heights (Z) of {with_z} rows and measures (M) of {with_m} rows were dropped"
            ),
            Self::RepeatedColumn { column } => write!(
                f,
                "several columns are named \"{column}\"; none of them can be chosen by that name"
            ),
            Self::ArchiveMember { member } => write!(f, "read \"{member}\" from the archive"),
            Self::OtherLayers { layers } => {
                write!(f, "not read: {}", layers.join(", "))
            }
            Self::Library { message } => write!(f, "the format library says: {message}"),
            Self::LockMissing { what } => {
                write!(f, "the reading process is not fully locked: {what}")
            }
            Self::NoDeclaredCrs => f.write_str("the file does not state its coordinate system"),
        }
    }
}
