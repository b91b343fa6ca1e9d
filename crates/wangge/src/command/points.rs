//! CSV files of points, as `wangge locate` and `wangge aggregate` read them.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

use csv::{ByteRecord, StringRecord};
use wangge_crs::{Crs, Policy, Transform};
use wangge_plane::Point;
use wangge_points::{Decoded, MOST_ROW_BYTES, PointsError};
use wangge_report::{Language, Told};

use crate::failure::{Failure, Words};
use crate::output;

/// A file of points that is open, and how its rows are read.
pub(crate) struct Points {
    name: String,
    rows: csv::Reader<Bounded>,
    /// Up to which byte the text may be read before the next row has ended.
    allowed: Rc<Cell<u64>>,
    header: StringRecord,
    size: Option<u64>,
    /// Where longitude and latitude stand in a row.
    columns: (usize, usize),
    transform: Transform,
    language: Language,
}

/// A text of which no row may be longer than [`MOST_ROW_BYTES`]: it is read no further than it is allowed.
struct Bounded {
    text: Decoded<File>,
    given: u64,
    allowed: Rc<Cell<u64>>,
}

impl Read for Bounded {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.given > self.allowed.get() {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        let count = self.text.read(to)?;
        self.given += count as u64;
        Ok(count)
    }
}

impl Points {
    /// Opens a file whose positions are in these columns and in this system.
    pub(crate) fn open(
        path: &Path,
        (lon, lat): (&str, &str),
        crs: &Crs,
        policy: &Policy,
        language: Language,
    ) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let csv_name = path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("csv"));
        if !csv_name {
            return Err(Failure::new(
                format!("{name} 不是 CSV 文件"),
                format!("{name} is no CSV file"),
            )
            .with_help(
                "点位从带表头的 CSV 文件读取：id,lon,lat",
                "points are read from CSV with a header row: id,lon,lat",
            ));
        }
        let opened = File::open(path).map_err(|error| Failure::io("打开", "open", path, &error))?;
        let size = opened.metadata().ok().map(|metadata| metadata.len());
        let (text, encoding) =
            Decoded::new(opened, None).map_err(|error| Failure::of(&error).at(&name, &name))?;
        if let Some(encoding) = encoding {
            output::tell(&read_as(encoding, language));
        }
        // a row of another length is answered as such, in its place
        let allowed = Rc::new(Cell::new(MOST_ROW_BYTES as u64));
        let text = Bounded {
            text,
            given: 0,
            allowed: Rc::clone(&allowed),
        };
        let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(text);
        let bad = |error: csv::Error| unread(error, 1).at(&name, &name);
        let header = rows.headers().map_err(bad)?.clone();
        let mut points = Self {
            columns: (0, 0),
            transform: Transform::new(crs, &Crs::Lattice, policy)?,
            name,
            rows,
            allowed,
            header,
            size,
            language,
        };
        points.columns = (points.column(lon, "--lon")?, points.column(lat, "--lat")?);
        Ok(points)
    }

    /// Where a column stands that an option names.
    pub(crate) fn column(&self, wanted: &str, option: &str) -> Result<usize, Failure> {
        let place = self
            .header
            .iter()
            .position(|column| column.trim() == wanted);
        place.ok_or_else(|| {
            let (name, columns) = (&self.name, self.header.iter().collect::<Vec<_>>());
            Failure::new(
                format!("{name} 没有列“{wanted}”；已有：{}", columns.join("、")),
                format!(
                    "{name} has no column \"{wanted}\"; it has: {}",
                    columns.join(", ")
                ),
            )
            .with_help(
                format!("请用 {option} 指明是哪一列"),
                format!("say which column it is with {option}"),
            )
        })
    }

    pub(crate) const fn header(&self) -> &StringRecord {
        &self.header
    }

    /// Bytes of the file, where they are known.
    pub(crate) const fn size(&self) -> Option<u64> {
        self.size
    }

    /// Bytes read so far.
    pub(crate) fn read_bytes(&self) -> u64 {
        self.rows.position().byte()
    }

    /// Reads the next row; `false` at the end.
    pub(crate) fn next(&mut self, row: &mut ByteRecord) -> Result<bool, Failure> {
        let (read, line) = (self.read_bytes(), self.rows.position().line());
        self.allowed.set(read + MOST_ROW_BYTES as u64);
        let next = self.rows.read_byte_record(row);
        next.map_err(|error| unread(error, line).at(&self.name, &self.name))
    }

    /// The position of a row, or why it is none, in the language of the reader.
    pub(crate) fn position(&self, row: &ByteRecord) -> Result<Point, String> {
        if row.len() != self.header.len() {
            let (has, wants) = (row.len(), self.header.len());
            let words = Words::new(
                format!("该行有 {has} 个字段，表头有 {wants} 个"),
                format!("the row has {has} fields, the header {wants}"),
            );
            return Err(words.told(self.language).to_owned());
        }
        let number = |column: usize, zh: &str, en: &str| {
            let text = String::from_utf8_lossy(row.get(column).unwrap_or_default());
            let text = text.trim();
            text.parse::<f64>().map_err(|_| match self.language {
                Language::Zh => format!("{zh}“{text}”不是数字"),
                Language::En => format!("the {en} \"{text}\" is not a number"),
            })
        };
        let (lon, lat) = (
            number(self.columns.0, "经度", "longitude")?,
            number(self.columns.1, "纬度", "latitude")?,
        );
        let (lon, lat) = self
            .transform
            .convert(lon, lat)
            .map_err(|error| error.told(self.language))?;
        Point::from_degrees(lon, lat).map_err(|error| error.told(self.language))
    }
}

/// Why the row that begins in this line was not read.
fn unread(error: csv::Error, line: u64) -> Failure {
    match error.kind() {
        csv::ErrorKind::Io(io) if io.kind() == io::ErrorKind::FileTooLarge => {
            Failure::of(&PointsError::Endless { line })
        }
        _ => Failure::from(error),
    }
}

/// In which encoding a text was read that is not UTF-8.
pub(crate) fn read_as(encoding: &str, language: Language) -> String {
    match language {
        Language::Zh => format!("文字按 {encoding} 读取"),
        Language::En => format!("the text was read as {encoding}"),
    }
}
