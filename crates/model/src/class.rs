//! What a report or a component is of: the class tables (部件和事件分类) of a city.

use std::fmt;
use std::str::FromStr;

use wangge_plane::Figure;

use crate::Code;
use crate::list::{ListFault, ListRow, RowFault, codes_differ};

/// What a class is of. The codes of both overlap: 0101 is a manhole cover, and an illegal
/// building.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// A city component (部件), GB/T 30428.2: a thing that stands in the city.
    Component,
    /// An event (事件): something that happens in it.
    Event,
}

/// How the components of a class are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClassGeometry {
    /// A place.
    Point,
    /// A line: a guard rail.
    Line,
    /// Ground: a lawn.
    Area,
}

/// How well the place of a component is known (精度等级).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccuracyClass {
    /// Clear place or edge.
    A,
    /// Fairly clear edge.
    B,
    /// No more than a sketch.
    C,
}

/// A class: a major one (大类), or a minor one (小类), whose code begins with its major's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// What it is a class of.
    pub object: ObjectKind,
    /// Its code, unique among those of its kind: `01`, `0101`.
    pub code: Code,
    /// Its name: 上水井盖.
    pub name: String,
    /// Its name in Latin letters.
    pub name_en: Option<String>,
    /// How its components are drawn; an event has none.
    pub geometry: Option<ClassGeometry>,
    /// How well their places should be known.
    pub accuracy: Option<AccuracyClass>,
}

/// The classes of one city and version, majors before their minors.
///
/// Invariant: codes differ within a kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClassTable {
    classes: Vec<Class>,
}

impl ClassTable {
    /// The columns of a list of classes.
    pub const COLUMNS: &'static [&'static str] =
        &["object", "code", "name", "name_en", "geometry", "accuracy"];

    /// The table of these classes, in any order.
    ///
    /// # Errors
    /// The code that comes twice, with its kind.
    pub fn new(mut classes: Vec<Class>) -> Result<Self, (ObjectKind, Code)> {
        classes.sort_by(|a, b| (a.object, &a.code).cmp(&(b.object, &b.code)));
        let twice = classes
            .windows(2)
            .find(|pair| (pair[0].object, &pair[0].code) == (pair[1].object, &pair[1].code));
        match twice {
            Some(pair) => Err((pair[0].object, pair[0].code.clone())),
            None => Ok(Self { classes }),
        }
    }

    /// Reads a list of classes.
    ///
    /// # Errors
    /// Everything that is wrong with its rows.
    pub fn read(rows: &[ListRow]) -> Result<Self, Vec<RowFault>> {
        let mut faults = Vec::new();
        let mut classes = Vec::new();
        for row in rows {
            if let Some(class) = class_of(row, &mut faults) {
                classes.push((row.number, class));
            }
        }
        for object in [ObjectKind::Component, ObjectKind::Event] {
            let of_kind = classes.iter().filter(|(_, class)| class.object == object);
            let codes = of_kind.map(|(number, class)| (*number, &class.code));
            faults.extend(codes_differ(codes));
        }
        let classes = classes.into_iter().map(|(_, class)| class).collect();
        match Self::new(classes) {
            Ok(table) if faults.is_empty() => Ok(table),
            _ => {
                faults.sort_by_key(|fault| fault.row);
                Err(faults)
            }
        }
    }

    /// All classes: components, then events, by code.
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// The class with this code.
    pub fn get(&self, object: ObjectKind, code: &str) -> Option<&Class> {
        self.classes
            .binary_search_by(|class| (class.object, class.code.as_str()).cmp(&(object, code)))
            .ok()
            .map(|at| &self.classes[at])
    }

    /// Whether any class has this code, or one that begins with it.
    pub fn has_prefix(&self, object: ObjectKind, prefix: &str) -> bool {
        let from = self
            .classes
            .partition_point(|class| (class.object, class.code.as_str()) < (object, prefix));
        self.classes
            .get(from)
            .is_some_and(|class| class.object == object && class.code.as_str().starts_with(prefix))
    }

    /// Whether there is a class with this code that no other one is a part of.
    pub fn is_minor(&self, object: ObjectKind, code: &str) -> bool {
        let at = self
            .classes
            .binary_search_by(|class| (class.object, class.code.as_str()).cmp(&(object, code)));
        at.is_ok_and(|at| !self.is_major(at))
    }

    /// Whether the class at this place has others that are a part of it.
    fn is_major(&self, at: usize) -> bool {
        let class = &self.classes[at];
        // its minors follow a major at once
        self.classes.get(at + 1).is_some_and(|next| {
            next.object == class.object && next.code.as_str().starts_with(class.code.as_str())
        })
    }

    /// The classes that no other one is a part of: what reports are of.
    pub fn minors(&self) -> impl Iterator<Item = &Class> {
        let all = self.classes.iter().enumerate();
        all.filter_map(|(at, class)| (!self.is_major(at)).then_some(class))
    }
}

/// The class of a row that tells its kind and code, whatever else is wrong with it: another row
/// may have the same code.
fn class_of(row: &ListRow, faults: &mut Vec<RowFault>) -> Option<Class> {
    let object = row.required("object", faults);
    let code = row.required("code", faults);
    let name = row.text("name", faults).unwrap_or_default().to_owned();
    let geometry = row.optional("geometry", faults);
    let accuracy = row.optional("accuracy", faults);
    Some(Class {
        object: object?,
        code: code?,
        name,
        name_en: row.get("name_en").map(str::to_owned),
        geometry,
        accuracy,
    })
}

impl ObjectKind {
    /// The word that files and answers carry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::Event => "event",
        }
    }
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// `component` and `event` in any case, and 部件 and 事件.
impl FromStr for ObjectKind {
    type Err = ListFault;

    fn from_str(text: &str) -> Result<Self, ListFault> {
        match text.to_ascii_lowercase().as_str() {
            "component" | "部件" => Ok(Self::Component),
            "event" | "事件" => Ok(Self::Event),
            _ => Err(ListFault::NotOneOf {
                given: text.to_owned(),
                known: "component, event",
            }),
        }
    }
}

impl ClassGeometry {
    /// Every way of drawing.
    pub const ALL: [Self; 3] = [Self::Point, Self::Line, Self::Area];

    /// How a figure is drawn.
    pub const fn of(figure: &Figure) -> Self {
        match figure {
            Figure::Point(_) => Self::Point,
            Figure::Line(_) => Self::Line,
            Figure::Area(_) => Self::Area,
        }
    }

    /// The word that files and answers carry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Line => "line",
            Self::Area => "area",
        }
    }
}

/// `point`, `line` and `area` in any case, and 点, 线 and 面.
impl FromStr for ClassGeometry {
    type Err = ListFault;

    fn from_str(text: &str) -> Result<Self, ListFault> {
        match text.to_ascii_lowercase().as_str() {
            "point" | "点" => Ok(Self::Point),
            "line" | "线" => Ok(Self::Line),
            "area" | "面" => Ok(Self::Area),
            _ => Err(ListFault::NotOneOf {
                given: text.to_owned(),
                known: "point, line, area",
            }),
        }
    }
}

impl AccuracyClass {
    /// The letter that files and answers carry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
        }
    }
}

impl FromStr for AccuracyClass {
    type Err = ListFault;

    fn from_str(text: &str) -> Result<Self, ListFault> {
        match text.to_ascii_uppercase().as_str() {
            "A" => Ok(Self::A),
            "B" => Ok(Self::B),
            "C" => Ok(Self::C),
            _ => Err(ListFault::NotOneOf {
                given: text.to_owned(),
                known: "A, B, C",
            }),
        }
    }
}
