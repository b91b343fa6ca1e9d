//! A city as files that import reads: GeoJSON, CSV, the scheme, and a page that says what it is.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;

use serde::Serialize;
use wangge_model::{Code, GridKind, Overlay, Unit};
use wangge_plane::{Point, Polygon, Ring, Shape};

use crate::{City, GenerateError, Green, StreetLine, Water, WaterClass, WaterForm};

impl City {
    /// Writes the city into a folder, which is made if it is not there: `grids.geojson`,
    /// `communities.geojson`, `streets.geojson`, `district.geojson` (named by the scheme's levels
    /// in the plural, [`City::level_files`]), `overlays.geojson` where there are specialised grids,
    /// `streets-network.geojson`, `water.geojson`, `green.geojson`, `points.csv`, `truth.csv`,
    /// `classes.csv`, `departments.csv`, `rules.csv`, `posts.csv`, `components.csv`,
    /// `component-shapes.geojson`, `households.csv`, `devices.csv`, `readings.csv`, `tracks.csv`,
    /// `scheme.toml`, `README.md`.
    /// Files of these names that are there are replaced.
    ///
    /// # Errors
    /// [`GenerateError::Write`].
    pub fn write(&self, folder: &Path) -> Result<(), GenerateError> {
        folder_at(folder)?;
        for (number, (name, _)) in self.level_files().into_iter().enumerate() {
            let upper = self.upper.iter().filter(|(unit, _)| unit.level.0 == number);
            let lowest = self
                .grids
                .iter()
                .filter(|_| number == self.scheme.lowest().0);
            let features = upper
                .map(|(unit, shape)| unit_feature(unit, shape))
                .chain(lowest.map(|grid| unit_feature(&grid.unit, &grid.shape)));
            put(folder, &name, collection(features))?;
        }
        if !self.overlays.is_empty() {
            let overlays = self.overlays.iter().map(overlay_feature);
            put(folder, "overlays.geojson", collection(overlays))?;
        }
        let streets = self.streets.iter().map(street_feature);
        put(folder, "streets-network.geojson", collection(streets))?;
        let water = self.water.iter().map(water_feature);
        put(folder, "water.geojson", collection(water))?;
        let greens = self.greens()?;
        let greens = greens.iter().map(green_feature);
        put(folder, "green.geojson", collection(greens))?;
        let (points, truth) = self.tables();
        put(folder, "points.csv", [points])?;
        put(folder, "truth.csv", [truth])?;
        self.write_lists(folder)?;
        self.write_objects(folder)?;
        put(folder, "scheme.toml", [self.scheme.source().to_owned()])?;
        put(folder, "README.md", [self.readme()])
    }

    /// The files that the levels are written to, top to bottom, each with the level's id.
    pub fn level_files(&self) -> Vec<(String, &str)> {
        let levels = self.scheme.levels().iter().enumerate();
        levels
            .map(|(number, level)| {
                let stem = file_stem(level.id(), number == 0);
                (format!("{stem}.geojson"), level.id())
            })
            .collect()
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
struct MapProperties<'a, C> {
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    name: Option<&'a str>,
    name_en: Option<&'a str>,
    class: C,
    synthetic: bool,
}

pub(crate) type Position = [f64; 2];

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
    ground(properties, shape)
}

fn overlay_feature(overlay: &Overlay) -> String {
    let properties = UnitProperties {
        code: overlay.code.as_str(),
        name: overlay.name.as_deref(),
        name_en: overlay.name_en.as_deref(),
        parent: None,
        kind: overlay.kind.as_deref(),
        households: None,
        population: None,
        area_m2: Some(crate::board::count(overlay.shape.area_m2())),
        note: overlay.note.as_deref(),
        synthetic: true,
    };
    ground(properties, &overlay.shape)
}

fn ground(properties: impl Serialize, shape: &Shape) -> String {
    match shape.parts() {
        [one] => feature(properties, "Polygon", polygon(one)),
        parts => {
            let parts: Vec<_> = parts.iter().map(polygon).collect();
            feature(properties, "MultiPolygon", parts)
        }
    }
}

fn street_feature(street: &StreetLine) -> String {
    let properties = MapProperties {
        kind: None,
        name: street.name.as_deref(),
        name_en: street.name_en.as_deref(),
        class: street.class,
        synthetic: true,
    };
    lines_feature(properties, &street.paths)
}

fn water_feature(water: &Water) -> String {
    let kind = match water.class {
        WaterClass::River | WaterClass::Lake | WaterClass::Sea => "water",
        // no water of its own: it ends the sea
        WaterClass::Coast => "coast",
    };
    let properties = MapProperties {
        kind: Some(kind),
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

fn green_feature(green: &Green) -> String {
    let properties = MapProperties {
        kind: Some("green"),
        name: green.name.as_deref(),
        name_en: green.name_en.as_deref(),
        class: green.class,
        synthetic: true,
    };
    ground(properties, &green.ground)
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

pub(crate) fn feature(
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

pub(crate) fn polygon(polygon: &Polygon) -> Vec<Vec<Position>> {
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
pub(crate) fn position(point: Point) -> Position {
    [point.lon(), point.lat()]
}
