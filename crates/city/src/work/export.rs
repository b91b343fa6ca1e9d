//! Exporting a plan's grids, of any level, in any system.

use std::path::Path;

use wangge_crs::{Crs, Policy};
use wangge_exchange::{ExchangeError, Format, OutputLayer, OutputRow, RowGeometry, Value, write};
use wangge_model::Unit;
use wangge_plane::Shape;
use wangge_store::Store;

use super::{WorkError, plan_to_export};
use crate::City;

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
    let contents = store.contents(&plan)?;
    let scheme = contents.scheme.clone();
    let lowest = scheme.lowest();
    let index = match level {
        None => lowest,
        Some(id) => scheme.level(id).ok_or_else(|| WorkError::UnknownLevel {
            level: id.to_owned(),
            known: scheme.levels().iter().map(|l| l.id().to_owned()).collect(),
        })?,
    };
    let rows: Vec<OutputRow> = if index == lowest {
        contents
            .grids
            .iter()
            .map(|grid| row(&grid.unit, &grid.shape))
            .collect()
    } else {
        let city = City::compile(contents)?;
        city.units_of(index)
            .filter_map(|(unit, shape)| Some(row(unit, shape?)))
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
