//! Reads the drawings. `README.md` beside this file tells the format.

use wangge_plane::{Point, Polygon, Ring, Shape};

pub(crate) const KINDS: [&str; 13] = [
    "gap",
    "overlap",
    "duplicate-grid",
    "hairline",
    "inlet",
    "parent-uncovered",
    "outside-parent",
    "self-intersection",
    "empty",
    "spike",
    "unmatched-vertex",
    "duplicate-vertex",
    "multi-part",
];
const UNIT: i32 = 1000;

/// One drawing: grids on the lattice, and what is wrong with them.
#[derive(Debug, Clone)]
pub(crate) struct Drawing {
    pub(crate) name: String,
    pub(crate) grids: Vec<Grid>,
    pub(crate) outline: Option<Ground>,
    pub(crate) seamless: bool,
    pub(crate) expected: Vec<Expected>,
    /// What may be reported or not.
    pub(crate) tolerated: Vec<Expected>,
}

/// A grid of a drawing.
#[derive(Debug, Clone)]
pub(crate) struct Grid {
    pub(crate) code: String,
    pub(crate) ground: Ground,
}

/// Parts of rings of vertices as the file has them, repeated ones too, the closing one left off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ground(pub(crate) Vec<Vec<Vec<Point>>>);

/// A defect that a drawing has.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Expected {
    /// What the file says, for people.
    pub(crate) text: String,
    pub(crate) kind: String,
    /// The codes of the grids concerned, in order.
    pub(crate) grids: Vec<String>,
    pub(crate) area: Area,
    pub(crate) at: Option<Point>,
}

/// Twice an area in square lattice units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Area {
    NotAsked,
    Exactly(i128),
    About(f64),
}

impl Ground {
    /// The shape on the lattice.
    pub(crate) fn shape(&self) -> Shape {
        let polygon = |part: &Vec<Vec<Point>>| {
            let mut rings = part.iter().map(|ring| Ring::new(ring.clone()).unwrap());
            Polygon::new(rings.next().unwrap(), rings.collect())
        };
        Shape::new(self.0.iter().map(polygon).collect()).unwrap()
    }

    /// The same with every vertex moved.
    pub(crate) fn moved(&self, to: impl Fn(Point) -> Point) -> Self {
        let ring = |ring: &Vec<Point>| ring.iter().map(|&p| to(p)).collect();
        let part = |part: &Vec<Vec<Point>>| part.iter().map(ring).collect();
        Self(self.0.iter().map(part).collect())
    }
}

impl Drawing {
    /// Reads the text of a file; an error says which line it does not understand.
    pub(crate) fn read(name: &str, text: &str) -> Result<Self, String> {
        let mut reader = Reader {
            unit: UNIT,
            grids: Vec::new(),
            outline: None,
            seamless: None,
            expected: Vec::new(),
            tolerated: Vec::new(),
        };
        for line in text.lines().map(str::trim) {
            if !line.is_empty() && !line.starts_with('#') {
                reader
                    .take(line)
                    .map_err(|problem| format!("{name}: {line}: {problem}"))?;
            }
        }
        Ok(Self {
            name: name.to_owned(),
            grids: reader.grids,
            outline: reader.outline,
            seamless: reader
                .seamless
                .ok_or_else(|| format!("{name}: no verdict"))?,
            expected: reader.expected,
            tolerated: reader.tolerated,
        })
    }
}

/// What is read so far.
struct Reader {
    unit: i32,
    grids: Vec<Grid>,
    outline: Option<Ground>,
    seamless: Option<bool>,
    expected: Vec<Expected>,
    tolerated: Vec<Expected>,
}

impl Reader {
    fn take(&mut self, line: &str) -> Result<(), String> {
        let (word, rest) = line.split_once(' ').ok_or("one word alone")?;
        match (word, rest) {
            ("unit", _) if self.grids.is_empty() && self.outline.is_none() => {
                self.unit = number(rest)?;
            }
            ("unit", _) => return Err("the unit comes before coordinates".into()),
            ("outline", _) => self.outline = Some(self.ground(rest)?),
            ("cells", _) => self.cells(rest)?,
            ("expect", "seamless true") => self.seamless = Some(true),
            ("expect", "seamless false") => self.seamless = Some(false),
            ("expect", _) => self.expected.push(self.defect(rest)?),
            ("may", _) => self.tolerated.push(self.defect(rest)?),
            (code, _) => self.grids.push(Grid {
                code: code.to_owned(),
                ground: self.ground(rest)?,
            }),
        }
        Ok(())
    }

    fn point(&self, x: i32, y: i32) -> Result<Point, String> {
        let units = |n: i32| n.checked_mul(self.unit).ok_or("beyond the lattice");
        Point::new(units(x)?, units(y)?).map_err(|problem| problem.to_string())
    }

    fn ground(&self, wkt: &str) -> Result<Ground, String> {
        let ring = |text: &&str| self.ring(text);
        let part = |text: &str| items(text)?.iter().map(ring).collect::<Result<_, _>>();
        if let Some(parts) = wkt.strip_prefix("MULTIPOLYGON ") {
            Ok(Ground(
                items(parts)?
                    .into_iter()
                    .map(part)
                    .collect::<Result<_, _>>()?,
            ))
        } else if let Some(rings) = wkt.strip_prefix("POLYGON ") {
            Ok(Ground(vec![part(rings)?]))
        } else {
            Err("neither POLYGON nor MULTIPOLYGON".into())
        }
    }

    fn ring(&self, text: &str) -> Result<Vec<Point>, String> {
        let mut points = Vec::new();
        for vertex in items(text)? {
            let (x, y) = vertex.split_once(' ').ok_or("a vertex has x and y")?;
            points.push(self.point(number(x)?, number(y)?)?);
        }
        if points.len() < 4 || points.first() != points.last() {
            return Err(format!("{text} is no closed ring"));
        }
        points.pop();
        Ok(points)
    }

    fn cells(&mut self, text: &str) -> Result<(), String> {
        let words: Vec<&str> = text.split(' ').collect();
        let [
            prefix,
            columns,
            "by",
            rows,
            "from",
            x,
            y,
            "size",
            size,
            "without",
            left_out,
        ] = words.as_slice()
        else {
            return Err("not as in `F 40 by 25 from 0 0 size 10 without F0000`".into());
        };
        let (x, y, size): (i32, i32, i32) = (number(x)?, number(y)?, number(size)?);
        for column in 0..number(columns)? {
            for row in 0..number(rows)? {
                let code = format!("{prefix}{column:02}{row:02}");
                if code == *left_out {
                    continue;
                }
                let (west, south) = (x + column * size, y + row * size);
                let corners = [(0, 0), (size, 0), (size, size), (0, size)];
                let ring = corners
                    .iter()
                    .map(|(dx, dy)| self.point(west + dx, south + dy))
                    .collect::<Result<_, _>>()?;
                self.grids.push(Grid {
                    code,
                    ground: Ground(vec![vec![ring]]),
                });
            }
        }
        Ok(())
    }

    fn defect(&self, text: &str) -> Result<Expected, String> {
        let mut words: Vec<&str> = text.split(' ').collect();
        let (mut at, mut area) = (None, Area::NotAsked);
        let square = i128::from(self.unit) * i128::from(self.unit);
        if let [.., "at", x, y] = words.as_slice() {
            at = Some(self.point(number(x)?, number(y)?)?);
            words.truncate(words.len() - 3);
        } else if let [.., "~", doubled] = words.as_slice() {
            let unit = f64::from(self.unit);
            let doubled: f64 = doubled.parse().map_err(|_| "no area")?;
            area = Area::About(doubled * unit * unit);
            words.truncate(words.len() - 2);
        } else if let [.., last] = words.as_slice()
            && let Ok(doubled) = last.parse::<i128>()
        {
            area = Area::Exactly(doubled * square);
            words.pop();
        }
        let [kind, codes @ ..] = words.as_slice() else {
            return Err("no kind".into());
        };
        if !KINDS.contains(kind) {
            return Err(format!("{kind} is no kind of defect"));
        }
        if let Some(unknown) = codes
            .iter()
            .find(|code| self.grids.iter().all(|grid| grid.code != **code))
        {
            return Err(format!("{unknown} is no grid"));
        }
        let mut grids: Vec<String> = codes.iter().map(|&code| code.to_owned()).collect();
        grids.sort_unstable();
        Ok(Expected {
            text: text.to_owned(),
            kind: (*kind).to_owned(),
            grids,
            area,
            at,
        })
    }
}

fn number(text: &str) -> Result<i32, String> {
    text.parse()
        .map_err(|_| format!("{text} is no whole number"))
}

/// What stands between parentheses, split at the commas that are in no inner ones.
fn items(text: &str) -> Result<Vec<&str>, String> {
    let inner = text
        .trim()
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .ok_or_else(|| format!("no parentheses around {text}"))?;
    let mut depth = 0i32;
    let outside = |c: char| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        c == ',' && depth == 0
    };
    Ok(inner.split(outside).map(str::trim).collect())
}
