//! What is asked about a row, what is answered, and how answers are named.

use wangge_plane::Point;

use crate::PointsError;

/// A position that is understood.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asked {
    /// Where.
    pub point: Point,
    /// How well it is known, metres, where the row says so.
    pub accuracy_m: Option<f64>,
    /// The numbers of the row.
    pub given: (f64, f64),
}

/// What a position is answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Inside, near, or outside.
    pub status: Status,
    /// The number of the grid in the [`Catalogue`]; [`Catalogue::OUTSIDE`] outside.
    pub grid: u32,
    /// What few answers have.
    pub more: Option<Box<More>>,
}

/// What few answers have beside the grid.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct More {
    /// Metres to the grid, where the position is near it.
    pub distance_m: Option<f64>,
    /// What a position of some accuracy may be in.
    pub circle: Option<Circle>,
    /// The components nearest to it, nearest first, where they are asked for.
    pub components: Vec<NearComponent>,
}

impl Answer {
    /// An answer without more.
    pub const fn new(status: Status, grid: u32) -> Self {
        Self {
            status,
            grid,
            more: None,
        }
    }

    /// What few answers have, to be filled in.
    pub fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }

    pub(crate) fn distance_m(&self) -> Option<f64> {
        self.more.as_ref()?.distance_m
    }

    pub(crate) fn circle(&self) -> Option<&Circle> {
        self.more.as_ref()?.circle.as_ref()
    }

    pub(crate) fn components(&self) -> &[NearComponent] {
        self.more.as_ref().map_or(&[], |more| &more.components)
    }
}

/// A component near a position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NearComponent {
    /// Its number, by which [`Resolver::component`] tells more.
    pub number: u32,
    /// How far it is, metres.
    pub distance_m: f64,
}

/// What is told of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ComponentTexts<'a> {
    /// Its code.
    pub code: &'a str,
    /// The code of its class.
    pub class: &'a str,
    /// The word for its state, where that is known.
    pub state: Option<&'a str>,
}

/// The grids that a position of some accuracy may be in.
#[derive(Debug, Clone, PartialEq)]
pub struct Circle {
    /// Whether one of them is certain.
    pub certain: bool,
    /// Their codes and shares: `211403001002=0.8200 outside=0.1800`.
    pub candidates: String,
}

/// How a position lies to the grids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// In a grid.
    Inside,
    /// Outside of all, but near one.
    Near,
    /// Outside of all.
    Outside,
}

impl Status {
    /// The word in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inside => "inside",
            Self::Near => "near",
            Self::Outside => "outside",
        }
    }
}

/// What answers.
pub trait Resolver: Sync {
    /// The names of what is answered.
    fn catalogue(&self) -> &Catalogue;

    /// Whether positions are asked about with an accuracy.
    fn has_circles(&self) -> bool;

    /// How many components are told of each position, at most.
    fn most_components(&self) -> usize;

    /// What is told of a component that an answer names.
    fn component(&self, number: u32) -> Option<ComponentTexts<'_>>;

    /// Appends an answer for each position, in order.
    fn resolve(&self, asked: &[Asked], answers: &mut Vec<Answer>);

    /// Whether somebody still waits for the answers. It is asked now and then, on every thread.
    fn goes_on(&self) -> bool {
        true
    }
}

/// Positions that are answered before it is asked again whether somebody waits.
const AT_ONCE: usize = 1024;

/// The same where each may take as long as thousands.
const FEW_AT_ONCE: usize = 32;

/// An answer for each position, in order.
///
/// # Errors
/// [`PointsError::Stopped`] once nobody waits any more.
pub(crate) fn resolved(
    resolver: &impl Resolver,
    asked: &[Asked],
) -> Result<Vec<Answer>, PointsError> {
    let at_once = if resolver.has_circles() {
        FEW_AT_ONCE
    } else {
        AT_ONCE
    };
    let mut answers = Vec::with_capacity(asked.len());
    for some in asked.chunks(at_once) {
        if !resolver.goes_on() {
            return Err(PointsError::Stopped);
        }
        resolver.resolve(some, &mut answers);
    }
    Ok(answers)
}

/// What is told of each grid: a text in each of some columns. Grids are numbered from 0.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    columns: Vec<String>,
    /// Grid by grid, column by column.
    texts: Vec<Box<str>>,
    csv: Fragments,
    json: Fragments,
}

/// What all columns of each grid come to in a format, one after the other.
#[derive(Debug, Clone, Default)]
struct Fragments {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Catalogue {
    /// The number of no grid.
    pub const OUTSIDE: u32 = u32::MAX;

    /// A catalogue of these columns; each grid has a text for each of them.
    pub fn new<'a>(columns: Vec<String>, grids: impl Iterator<Item = Vec<&'a str>>) -> Self {
        let mut catalogue = Self {
            columns,
            ..Self::default()
        };
        for texts in grids {
            let mut texts = texts.into_iter();
            for column in &catalogue.columns {
                let text = texts.next().unwrap_or_default();
                catalogue.csv.bytes.push(b',');
                push_csv(&mut catalogue.csv.bytes, text);
                push_member(&mut catalogue.json.bytes, column, text);
                catalogue.texts.push(text.into());
            }
            catalogue.csv.ends.push(catalogue.csv.bytes.len());
            catalogue.json.ends.push(catalogue.json.bytes.len());
        }
        catalogue
    }

    /// The columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The text of a grid in a column; `None` without a grid.
    pub(crate) fn text(&self, grid: u32, column: usize) -> Option<&str> {
        let at = usize::try_from(grid)
            .ok()?
            .checked_mul(self.columns.len())?
            + column;
        self.texts.get(at).map(|text| &**text)
    }

    /// How many grids there are.
    pub(crate) fn grids(&self) -> usize {
        self.csv.ends.len()
    }

    /// All columns of a grid as CSV fields, each with a comma before it.
    pub(crate) fn csv(&self, grid: u32) -> Option<&[u8]> {
        self.csv.of(grid)
    }

    /// All columns of a grid as members of a JSON object, each with a comma before it; empty texts are left out.
    pub(crate) fn json(&self, grid: u32) -> Option<&[u8]> {
        self.json.of(grid)
    }
}

impl Fragments {
    fn of(&self, grid: u32) -> Option<&[u8]> {
        let at = usize::try_from(grid).ok()?;
        let end = *self.ends.get(at)?;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.bytes[start..end])
    }
}

/// Appends a CSV field, in quotes where it needs them.
pub(crate) fn push_csv(bytes: &mut Vec<u8>, text: &str) {
    let needs_quotes = text
        .bytes()
        .any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'));
    if !needs_quotes {
        bytes.extend_from_slice(text.as_bytes());
        return;
    }
    bytes.push(b'"');
    for byte in text.bytes() {
        if byte == b'"' {
            bytes.push(b'"');
        }
        bytes.push(byte);
    }
    bytes.push(b'"');
}

/// Appends a member of a JSON object with a comma before it, unless its text is empty.
pub(crate) fn push_member(bytes: &mut Vec<u8>, name: &str, text: &str) {
    if text.is_empty() {
        return;
    }
    bytes.push(b',');
    push_json(bytes, name);
    bytes.push(b':');
    push_json(bytes, text);
}

/// Appends a text as JSON.
pub(crate) fn push_json(bytes: &mut Vec<u8>, text: &str) {
    // a text is always JSON, and a vector always takes it
    let _ = serde_json::to_writer(bytes, text);
}
