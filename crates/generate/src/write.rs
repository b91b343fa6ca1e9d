//! A city as files that import reads: GeoJSON, CSV, the scheme, and a page that says what it is.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;

use serde::Serialize;
use wangge_model::{Code, GridKind, Unit};
use wangge_plane::{Point, Polygon, Ring, Shape};

use crate::{City, GenerateError, StreetLine, Water, WaterForm};

impl City {
    /// Writes the city into a folder, which is made if it is not there: `grids.geojson`,
    /// `communities.geojson`, `streets.geojson`, `district.geojson` (named by the scheme's levels
    /// in the plural), `streets-network.geojson`, `water.geojson`, `points.csv`, `truth.csv`,
    /// `classes.csv`, `departments.csv`, `rules.csv`, `posts.csv`, `scheme.toml`, `README.md`.
    /// Files of these names that are there are replaced.
    ///
    /// # Errors
    /// [`GenerateError::Write`].
    pub fn write(&self, folder: &Path) -> Result<(), GenerateError> {
        folder_at(folder)?;
        for (number, level) in self.scheme.levels().iter().enumerate() {
            let upper = self.upper.iter().filter(|(unit, _)| unit.level.0 == number);
            let lowest = self
                .grids
                .iter()
                .filter(|_| number == self.scheme.lowest().0);
            let features = upper
                .map(|(unit, shape)| unit_feature(unit, shape))
                .chain(lowest.map(|grid| unit_feature(&grid.unit, &grid.shape)));
            let name = format!("{}.geojson", file_stem(level.id(), number == 0));
            put(folder, &name, collection(features))?;
        }
        let streets = self.streets.iter().map(street_feature);
        put(folder, "streets-network.geojson", collection(streets))?;
        let water = self.water.iter().map(water_feature);
        put(folder, "water.geojson", collection(water))?;
        let (points, truth) = self.tables();
        put(folder, "points.csv", [points])?;
        put(folder, "truth.csv", [truth])?;
        self.write_lists(folder)?;
        put(folder, "scheme.toml", [self.scheme.source().to_owned()])?;
        put(folder, "README.md", [self.readme()])
    }

    fn tables(&self) -> (String, String) {
        let mut points = "id,lon,lat\n".to_owned();
        let mut truth = "id,code,place\n".to_owned();
        for (probe, id) in self.probes.iter().zip(1..) {
            let (lon, lat) = (probe.point.lon(), probe.point.lat());
            let code = probe.grid.as_ref().map_or("", |code| code.as_str());
            let place = probe.place.as_str();
            // writing to a string does not fail
            let _ = writeln!(points, "p{id},{lon},{lat}");
            let _ = writeln!(truth, "p{id},{code},{place}");
        }
        (points, truth)
    }

    fn readme(&self) -> String {
        let name = self.scheme.name();
        let seed = self.seed;
        let grids = self.grids.len();
        let above = self.scheme.levels();
        let counts: Vec<String> = above
            .iter()
            .enumerate()
            .map(|(number, level)| {
                let count = self.units().filter(|unit| unit.level.0 == number).count();
                format!("- {} ({}): {count}", level.name(), level.id())
            })
            .collect();
        let files: Vec<String> = above
            .iter()
            .enumerate()
            .map(|(number, level)| {
                let stem = file_stem(level.id(), number == 0);
                format!(
                    "| {stem}.geojson | {}: code, name, parent, kind, households, population, \
                     area_m2, as far as the level has them |",
                    level.name()
                )
            })
            .collect();
        format!(
            "# {name}：合成数据 / synthetic data\n\n\
             本文件夹的全部内容均为程序按随机种子 {seed} 生成的合成数据：边界、社区与村名、道路、\
             水系、户数与人口都是虚构的，部门职责、人员姓名和电话号码也是虚构的，不反映任何真实行政区划、\
             网格、机构或个人，不得当作真实地图使用。\n\n\
             Everything in this folder is synthetic, made by a program from the seed {seed}: \
             boundaries, names of communities and villages, streets, water, households and \
             population are invented, and so are what departments handle, the names of people and \
             all telephone numbers, which are counted up and nobody's. It shows no real district, \
             grid, institution or person and is no map of any place. The same seed gives the same \
             files.\n\n\
             {}\n\n\
             Positions are EPSG:4490 (CGCS2000) longitude and latitude on a lattice of 1e-7 \
             degree. The {grids} grids cover the district without a gap or an overlap; the levels \
             above are unions of them.\n\n\
             | file | what |\n|---|---|\n{}\n\
             | streets-network.geojson | centre lines of streets, roads and railways |\n\
             | water.geojson | rivers by their middle, the coast line, reservoirs, the sea |\n\
             | points.csv, truth.csv | points, and the grid that each belongs to: inside, on borders, on the rim, outside |\n\
             | classes.csv | classes of components and events, as CJ/T 214-2007 numbers them |\n\
             | departments.csv | {}: code, name, parent, kind, phone |\n\
             | rules.csv | {}: which department handles what, where, at which tier |\n\
             | posts.csv | the people in the posts of every grid, one post in fifty vacant |\n\
             | scheme.toml | the levels and their codes |\n{}",
            counts.join("\n"),
            files.join("\n"),
            counted(self.departments.len(), "department", "departments"),
            counted(self.rules.len(), "rule", "rules"),
            self.functional_table(),
        )
    }

    /// The functional departments with what they handle; nothing where there are none.
    fn functional_table(&self) -> String {
        if self.functional.is_empty() {
            return String::new();
        }
        let rows = self.functional.iter().map(|department| {
            let handles: Vec<String> = department.handles.iter().map(ToString::to_string).collect();
            format!(
                "| {} | {} | {} | {} |\n",
                department.code,
                department.name,
                department.name_en,
                handles.join(", ")
            )
        });
        let head = "\n| department | 名称 | name | handles classes that begin with |\n\
                    |---|---|---|---|\n";
        std::iter::once(head.to_owned()).chain(rows).collect()
    }
}

/// `1 rule`, `235 rules`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// `district`, `streets`, `communities`, `grids`.
fn file_stem(level: &str, single: bool) -> String {
    match level.strip_suffix('y') {
        _ if single => level.to_owned(),
        Some(stem) => format!("{stem}ies"),
        None => format!("{level}s"),
    }
}

#[derive(Serialize)]
struct Feature<P, G> {
    r#type: &'static str,
    properties: P,
    geometry: G,
}

#[derive(Serialize)]
struct Geometry<C> {
    r#type: &'static str,
    coordinates: C,
}

#[derive(Serialize)]
struct UnitProperties<'a> {
    code: &'a str,
    name: Option<&'a str>,
    name_en: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    households: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    population: Option<u32>,
    area_m2: Option<usize>,
    note: Option<&'a str>,
    synthetic: bool,
}

#[derive(Serialize)]
struct LineProperties<'a, C> {
    name: Option<&'a str>,
    name_en: Option<&'a str>,
    class: C,
    synthetic: bool,
}

type Position = [f64; 2];

pub(crate) fn unit_feature(unit: &Unit, shape: &Shape) -> String {
    let properties = UnitProperties {
        code: unit.code.as_str(),
        name: unit.name.as_deref(),
        name_en: unit.name_en.as_deref(),
        parent: unit.parent.as_ref().map(Code::as_str),
        kind: unit.kind.as_ref().map(GridKind::as_str),
        households: unit.households,
        population: unit.population,
        area_m2: unit.area_m2.map(crate::board::count),
        note: unit.note.as_deref(),
        synthetic: true,
    };
    match shape.parts() {
        [one] => feature(properties, "Polygon", polygon(one)),
        parts => {
            let parts: Vec<_> = parts.iter().map(polygon).collect();
            feature(properties, "MultiPolygon", parts)
        }
    }
}

fn street_feature(street: &StreetLine) -> String {
    let properties = LineProperties {
        name: street.name.as_deref(),
        name_en: street.name_en.as_deref(),
        class: street.class,
        synthetic: true,
    };
    lines_feature(properties, &street.paths)
}

fn water_feature(water: &Water) -> String {
    let properties = LineProperties {
        name: Some(&water.name),
        name_en: Some(&water.name_en),
        class: water.class,
        synthetic: true,
    };
    match &water.form {
        WaterForm::Lines(paths) => lines_feature(properties, paths),
        WaterForm::Area(area) => feature(properties, "Polygon", polygon(area)),
    }
}

fn lines_feature(properties: impl Serialize, paths: &[Vec<Point>]) -> String {
    let line = |path: &Vec<Point>| path.iter().copied().map(position).collect::<Vec<_>>();
    match paths {
        [one] => feature(properties, "LineString", line(one)),
        all => {
            let lines: Vec<_> = all.iter().map(line).collect();
            feature(properties, "MultiLineString", lines)
        }
    }
}

fn feature(
    properties: impl Serialize,
    r#type: &'static str,
    coordinates: impl Serialize,
) -> String {
    let feature = Feature {
        r#type: "Feature",
        properties,
        geometry: Geometry {
            r#type,
            coordinates,
        },
    };
    json(&feature)
}

/// Anything of numbers and strings as JSON.
pub(crate) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value)
        .unwrap_or_else(|_| unreachable!("numbers and strings are always JSON"))
}

/// A collection with one feature on each line, piece by piece.
pub(crate) fn collection(features: impl Iterator<Item = String>) -> impl Iterator<Item = String> {
    let head = "{\"type\":\"FeatureCollection\",\"synthetic\":true,\"features\":[\n".to_owned();
    let features = features.enumerate().map(|(place, feature)| {
        if place == 0 {
            feature
        } else {
            format!(",\n{feature}")
        }
    });
    std::iter::once(head)
        .chain(features)
        .chain(["\n]}\n".to_owned()])
}

/// Makes the folder if it is not there.
pub(crate) fn folder_at(folder: &Path) -> Result<(), GenerateError> {
    fs::create_dir_all(folder).map_err(|source| GenerateError::Write {
        path: folder.to_owned(),
        source,
    })
}

/// Writes the pieces of a text into a file of the folder.
pub(crate) fn put(
    folder: &Path,
    name: &str,
    pieces: impl IntoIterator<Item = String>,
) -> Result<(), GenerateError> {
    let path = folder.join(name);
    let write = || {
        let mut file = BufWriter::new(File::create(&path)?);
        for piece in pieces {
            file.write_all(piece.as_bytes())?;
        }
        file.flush()
    };
    write().map_err(|source| GenerateError::Write {
        path: path.clone(),
        source,
    })
}

fn polygon(polygon: &Polygon) -> Vec<Vec<Position>> {
    polygon.rings().map(closed).collect()
}

fn closed(ring: &Ring) -> Vec<Position> {
    let points = ring.points();
    points
        .iter()
        .chain(&points[..1])
        .copied()
        .map(position)
        .collect()
}

/// Degrees, which print with seven decimals at most: the shortest that lead back to the lattice.
fn position(point: Point) -> Position {
    [point.lon(), point.lat()]
}
