//! What stands, stays and moves in a city, as files that import reads.

use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;
use wangge_model::{Code, Component, ComponentState, Device, Dwelling};
use wangge_plane::{Figure, Point};

use crate::lists::{list, row};
use crate::write::{collection, feature, polygon, position, put};
use crate::{City, GenerateError};

impl City {
    /// Writes `components.csv`, `component-shapes.geojson`, `households.csv`, `devices.csv`, `readings.csv`
    /// and `tracks.csv`.
    pub(crate) fn write_objects(&self, folder: &Path) -> Result<(), GenerateError> {
        let components = self.components()?;
        let columns = [Component::COLUMNS, &["lon", "lat"]].concat();
        let points = components.iter().filter_map(component_row);
        put(folder, "components.csv", list(&columns, points))?;
        let shapes = components.iter().filter_map(component_feature);
        put(folder, "component-shapes.geojson", collection(shapes))?;

        let dwellings = self.dwellings()?;
        let columns = ["code", "lon", "lat", "households", "population"];
        let rows = dwellings.iter().filter_map(dwelling_row);
        put(folder, "households.csv", list(&columns, rows))?;

        let devices = self.devices(&components)?;
        let rows = devices.iter().map(device_row);
        put(folder, "devices.csv", list(Device::COLUMNS, rows))?;
        let readings = self.readings(&devices);
        let rows = readings.iter().map(|reading| {
            let time = Self::day(reading.second);
            format!("{},{time},{}\n", reading.device, reading.value)
        });
        put(
            folder,
            "readings.csv",
            list(&["device", "time", "value"], rows),
        )?;
        let tracks = self.tracks(&devices);
        let rows = tracks.iter().map(|fix| {
            let (time, lon, lat) = (Self::day(fix.second), fix.point.lon(), fix.point.lat());
            format!("{},{time},{lon},{lat},{}\n", fix.device, fix.accuracy_m)
        });
        let columns = ["device", "time", "lon", "lat", "accuracy"];
        put(folder, "tracks.csv", list(&columns, rows))
    }
}

/// The row of a component that is a point.
fn component_row(component: &Component) -> Option<String> {
    let Figure::Point(p) = component.figure else {
        return None;
    };
    let cells = Component::COLUMNS
        .iter()
        .map(|column| component.cell(column).unwrap_or_default());
    let cells: Vec<String> = cells
        .chain([p.lon().to_string(), p.lat().to_string()])
        .collect();
    Some(row(&cells.iter().map(String::as_str).collect::<Vec<_>>()))
}

#[derive(Serialize)]
struct ComponentProperties<'a> {
    code: &'a str,
    class: &'a str,
    name: Option<&'a str>,
    state: Option<&'a str>,
    dept_in_charge: Option<&'a str>,
    dept_owner: Option<&'a str>,
    dept_maintainer: Option<&'a str>,
    grid: Option<&'a str>,
    surveyed: Option<String>,
    changed: Option<String>,
    accuracy_m: Option<f64>,
    source: Option<&'a str>,
    note: Option<&'a str>,
    synthetic: bool,
}

/// The feature of a component that is a line or an area.
fn component_feature(component: &Component) -> Option<String> {
    let departments = &component.departments;
    let properties = ComponentProperties {
        code: component.code.as_str(),
        class: component.class.as_str(),
        name: component.name.as_deref(),
        state: component.state.map(ComponentState::as_str),
        dept_in_charge: departments.in_charge.as_ref().map(Code::as_str),
        dept_owner: departments.owner.as_ref().map(Code::as_str),
        dept_maintainer: departments.maintainer.as_ref().map(Code::as_str),
        grid: component.grid.as_ref().map(Code::as_str),
        surveyed: component.surveyed.map(|day| day.to_string()),
        changed: component.changed.map(|day| day.to_string()),
        accuracy_m: component.accuracy_m,
        source: component.source.as_deref(),
        note: component.note.as_deref(),
        synthetic: true,
    };
    match &component.figure {
        Figure::Point(_) => None,
        Figure::Line(line) => {
            let path = |part: &[Point]| part.iter().copied().map(position).collect::<Vec<_>>();
            let parts: Vec<_> = line.parts().map(path).collect();
            Some(match parts.as_slice() {
                [one] => feature(properties, "LineString", one),
                all => feature(properties, "MultiLineString", all),
            })
        }
        Figure::Area(shape) => {
            let parts: Vec<_> = shape.parts().iter().map(polygon).collect();
            Some(match parts.as_slice() {
                [one] => feature(properties, "Polygon", one),
                all => feature(properties, "MultiPolygon", all),
            })
        }
    }
}

fn dwelling_row(dwelling: &Dwelling) -> Option<String> {
    let Figure::Point(p) = dwelling.figure else {
        return None;
    };
    let mut row = String::new();
    let code = dwelling.code.as_ref().map_or("", Code::as_str);
    let (households, persons) = (dwelling.households?, dwelling.population?);
    // writing to a string does not fail
    let _ = writeln!(row, "{code},{},{},{households},{persons}", p.lon(), p.lat());
    Some(row)
}

fn device_row(device: &Device) -> String {
    let code = |code: &Option<Code>| code.as_ref().map_or_else(String::new, ToString::to_string);
    row(&[
        device.id.as_str(),
        device.kind.as_deref().unwrap_or_default(),
        &code(&device.unit),
        &code(&device.component),
        &code(&device.department),
    ])
}
