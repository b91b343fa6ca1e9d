//! Exporting a plan's grids, of any level, and the components, in any system.

use std::path::Path;

use geo_types::{Coord, LineString, MultiLineString};
use wangge_crs::{Crs, Policy};
use wangge_exchange::{ExchangeError, Format, OutputLayer, OutputRow, RowGeometry, Value, write};
use wangge_model::{Component, Unit};
use wangge_plane::{Figure, Point, Shape};
use wangge_store::Store;

use super::{WorkError, city_of, plan_to_export};

/// The columns of an export: those that an import finds without a mapping.
const COLUMNS: [&str; 9] = [
    "code",
    "name",
    "name_en",
    "parent",
    "kind",
    "households",
    "population",
    "area_m2",
    "note",
];

/// Writes the units of one level (the lowest unless told) of a plan (the current one unless told).
/// Returns how many there are.
///
/// Upper levels are dissolved from the lowest, so only a seamless plan has them.
///
/// # Errors
/// [`WorkError`]; nothing is left half-written.
pub fn export_grids(
    store: &Store,
    plan: Option<&str>,
    level: Option<&str>,
    crs: &Crs,
    path: &Path,
) -> Result<usize, WorkError> {
    let plan = plan_to_export(store, plan)?;
    let scheme = store.scheme().clone();
    let lowest = scheme.lowest();
    let index = match level {
        None => lowest,
        Some(id) => scheme.level(id).ok_or_else(|| WorkError::UnknownLevel {
            level: id.to_owned(),
            known: scheme.levels().iter().map(|l| l.id().to_owned()).collect(),
        })?,
    };
    let rows: Vec<OutputRow> = if index == lowest {
        let grids = store.grids(&plan)?;
        grids
            .iter()
            .map(|grid| row(&grid.unit, &grid.shape))
            .collect()
    } else {
        let city = city_of(store, &plan)?;
        city.units_of(index)
            .filter_map(|(unit, shape)| Some(row(unit, &shape?)))
            .collect()
    };
    let count = rows.len();
    let layer = OutputLayer {
        name: scheme.level_at(index)?.id().to_owned(),
        crs: Crs::Lattice,
        columns: COLUMNS.map(str::to_owned).to_vec(),
        rows,
    };
    let format = Format::of_path(path).ok_or_else(|| ExchangeError::UnknownFormat {
        name: path.display().to_string(),
    })?;
    write(path, format, &layer.in_crs(crs, &Policy::default())?)?;
    Ok(count)
}

/// One unit; the area is that of its ground, not what a file declared.
fn row(unit: &Unit, shape: &Shape) -> OutputRow {
    let text = |text: Option<&str>| text.map_or(Value::Null, |text| Value::Text(text.to_owned()));
    let count = |count: Option<u32>| count.map_or(Value::Null, |n| Value::Integer(n.into()));
    OutputRow {
        values: vec![
            text(Some(unit.code.as_str())),
            text(unit.name.as_deref()),
            text(unit.name_en.as_deref()),
            text(unit.parent.as_ref().map(wangge_model::Code::as_str)),
            text(unit.kind.as_ref().map(wangge_model::GridKind::as_str)),
            count(unit.households),
            count(unit.population),
            Value::Real((shape.area_m2() * 100.0).round() / 100.0),
            text(unit.note.as_deref()),
        ],
        geometry: RowGeometry::Polygons(shape.to_degrees()),
    }
}

/// Writes the components of a store, those whose class begins so where that is said. Returns how
/// many there are.
///
/// # Errors
/// [`WorkError`]; nothing is left half-written.
pub fn export_components(
    store: &Store,
    class: Option<&str>,
    crs: &Crs,
    path: &Path,
) -> Result<usize, WorkError> {
    let components = store.components()?;
    let of_class = |component: &&Component| {
        class.is_none_or(|prefix| component.class.as_str().starts_with(prefix))
    };
    let rows: Vec<OutputRow> = components.iter().filter(of_class).map(component).collect();
    let count = rows.len();
    let layer = OutputLayer {
        name: "components".to_owned(),
        crs: Crs::Lattice,
        columns: Component::COLUMNS
            .iter()
            .map(|&column| column.to_owned())
            .collect(),
        rows,
    };
    let format = Format::of_path(path).ok_or_else(|| ExchangeError::UnknownFormat {
        name: path.display().to_string(),
    })?;
    write(path, format, &layer.in_crs(crs, &Policy::default())?)?;
    Ok(count)
}

fn component(component: &Component) -> OutputRow {
    let at = |p: Point| Coord {
        x: p.lon(),
        y: p.lat(),
    };
    let values = Component::COLUMNS.iter().map(|column| match *column {
        "accuracy_m" => component.accuracy_m.map_or(Value::Null, Value::Real),
        column => component.cell(column).map_or(Value::Null, Value::Text),
    });
    OutputRow {
        values: values.collect(),
        geometry: match &component.figure {
            Figure::Point(point) => RowGeometry::Point(at(*point)),
            Figure::Line(line) => {
                let parts = line.parts();
                let parts = parts.map(|part| LineString(part.iter().map(|&p| at(p)).collect()));
                RowGeometry::Lines(MultiLineString(parts.collect()))
            }
            Figure::Area(shape) => RowGeometry::Polygons(shape.to_degrees()),
        },
    }
}
