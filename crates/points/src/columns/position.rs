//! Where the position of a row stands in columns: two numbers, or a geometry as `GeoParquet` and `GeoArrow` write points.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, ArrayRef, Float64Array, StringArray};
use arrow_schema::{DataType, Field, Schema};
use arrow_select::take::take;
use serde_json::Value;

use super::{malformed, text_at};
use crate::place::Systems;
use crate::problem::{RowProblem, What, shown};
use crate::{PointsError, declared};

/// The metadata of a file in which `GeoParquet` describes its columns of geometry.
pub(super) const GEO_METADATA: &str = "geo";

/// The columns that hold positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A number each.
    Numbers {
        /// The longitude, or what is east.
        lon: usize,
        /// The latitude, or what is north.
        lat: usize,
    },
    /// Points.
    Geometry {
        /// Their column.
        column: usize,
        /// How they are written.
        form: Form,
    },
}

/// How a column writes points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As well-known binary (OGC 06-103r4, 8.2).
    Wkb,
    /// As members `x` and `y` of a structure.
    Members,
    /// As two numbers or more in a list of fixed size.
    List,
}

impl Place {
    /// The column of geometry of this name, or that a table describes as its own.
    ///
    /// # Errors
    /// [`PointsError::OtherSystem`] where the column says another system than positions are taken for,
    /// [`PointsError::SeveralGeometries`] where it is not clear which column is meant.
    pub(super) fn of_geometry(
        table: &Schema,
        named: Option<usize>,
        systems: &Systems,
    ) -> Result<Option<Self>, PointsError> {
        let Some(column) = named.map_or_else(|| described(table), |column| Ok(Some(column)))?
        else {
            return Ok(None);
        };
        let field = table.field(column);
        let Some(form) = form_of(field) else {
            return Err(PointsError::ColumnType {
                column: field.name().clone(),
                found: field.data_type().to_string(),
            });
        };
        let system = declared_system(table, field);
        declared::check(system.as_ref(), systems, field.name())?;
        Ok(Some(Self::Geometry { column, form }))
    }

    pub(super) fn columns(self) -> [usize; 2] {
        match self {
            Self::Numbers { lon, lat } => [lon, lat],
            Self::Geometry { column, .. } => [column; 2],
        }
    }
}

/// What `GeoParquet` says of the columns of a table.
fn geo_metadata(table: &Schema) -> Option<Value> {
    serde_json::from_str(table.metadata().get(GEO_METADATA)?).ok()
}

/// What `GeoParquet` says of columns, without those that are not written; nothing without the primary one.
pub(super) fn kept(text: &str, is_written: impl Fn(&str) -> bool) -> Option<String> {
    let as_it_is: Value = serde_json::from_str(text).ok()?;
    let mut geo = as_it_is.clone();
    if !is_written(geo.get("primary_column")?.as_str()?) {
        return None;
    }
    let columns = geo.get_mut("columns")?.as_object_mut()?;
    columns.retain(|name, _| is_written(name));
    for column in columns.values_mut() {
        // boxes of a column, which stand in others
        let has_covering = column.get("covering").is_some();
        let paths = column.pointer("/covering/bbox").and_then(Value::as_object);
        let is_there = |path: &Value| path.get(0).and_then(Value::as_str).is_some_and(&is_written);
        let are_there = paths.is_some_and(|paths| paths.values().all(is_there));
        if has_covering && !are_there {
            column.as_object_mut()?.remove("covering");
        }
    }
    // its members stay in their order
    Some(if geo == as_it_is {
        text.to_owned()
    } else {
        geo.to_string()
    })
}

/// The column of geometry that a table describes as its own.
fn described(table: &Schema) -> Result<Option<usize>, PointsError> {
    let primary = geo_metadata(table).and_then(|geo| {
        let name = geo.get("primary_column")?.as_str()?;
        table.index_of(name).ok()
    });
    if primary.is_some() {
        return Ok(primary);
    }
    let is_extension = |field: &Field| {
        let name = field.metadata().get("ARROW:extension:name");
        let points = ["geoarrow.wkb", "geoarrow.point", "ogc.wkb"];
        name.is_some_and(|name| points.contains(&name.as_str())) && form_of(field).is_some()
    };
    let fields = table.fields().iter().zip(0usize..);
    let extensions: Vec<usize> = fields
        .filter_map(|(field, place)| is_extension(field).then_some(place))
        .collect();
    match extensions.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        several => Err(PointsError::SeveralGeometries {
            columns: several
                .iter()
                .map(|&place| table.field(place).name().clone())
                .collect(),
        }),
    }
}

/// What is said of the system of a column.
fn declared_system(table: &Schema, field: &Field) -> Option<Value> {
    if let Some(of_column) = geo_metadata(table)
        .as_ref()
        .and_then(|geo| geo.get("columns")?.get(field.name()))
    {
        return of_column.get("crs").cloned();
    }
    let metadata = field.metadata().get("ARROW:extension:metadata")?;
    let metadata: Value = serde_json::from_str(metadata).ok()?;
    metadata.get("crs").cloned()
}

fn form_of(field: &Field) -> Option<Form> {
    match field.data_type() {
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => Some(Form::Wkb),
        DataType::Struct(members) => {
            let has = |name| members.iter().any(|member| member.name() == name);
            (has("x") && has("y")).then_some(Form::Members)
        }
        DataType::FixedSizeList(of, size) if *size >= 2 => {
            (*of.data_type() == DataType::Float64).then_some(Form::List)
        }
        _ => None,
    }
}

/// The positions of rows.
pub(super) enum Positions<'r> {
    Numbers {
        lon: (Float64Array, &'r ArrayRef),
        lat: (Float64Array, &'r ArrayRef),
    },
    Wkb(&'r ArrayRef),
    /// Numbers of each row in turn, so many.
    Pairs {
        x: Float64Array,
        y: Float64Array,
        every: usize,
        of: &'r ArrayRef,
    },
}

impl<'r> Positions<'r> {
    pub(super) fn of(
        place: Place,
        column: &impl Fn(usize) -> &'r ArrayRef,
    ) -> Result<Self, PointsError> {
        Ok(match place {
            Place::Numbers { lon, lat } => Self::Numbers {
                lon: (numbers(column(lon))?, column(lon)),
                lat: (numbers(column(lat))?, column(lat)),
            },
            Place::Geometry { column: at, form } => {
                let of = column(at);
                match form {
                    Form::Wkb => Self::Wkb(of),
                    Form::Members => {
                        let members = of.as_struct();
                        let member = |name| match members.column_by_name(name) {
                            Some(member) => numbers(member),
                            None => Ok(Float64Array::new_null(of.len())),
                        };
                        Self::Pairs {
                            x: member("x")?,
                            y: member("y")?,
                            every: 1,
                            of,
                        }
                    }
                    Form::List => {
                        let lists = of.as_fixed_size_list();
                        let every = usize::try_from(lists.value_length()).unwrap_or(2);
                        let all = numbers(lists.values())?;
                        let from = all.len().min(1);
                        Self::Pairs {
                            y: all.slice(from, all.len() - from),
                            x: all,
                            every,
                            of,
                        }
                    }
                }
            }
        })
    }

    /// The position of a row, in the system of the column.
    pub(super) fn at(&self, row: usize) -> Result<(f64, f64), RowProblem> {
        match self {
            Self::Numbers { lon, lat } => Ok((
                needed(&lon.0, lon.1, row, What::Longitude)?,
                needed(&lat.0, lat.1, row, What::Latitude)?,
            )),
            Self::Wkb(of) => point_of_wkb(bytes_at(of, row).ok_or(RowProblem::NotAPoint)?),
            Self::Pairs { x, y, every, of } => {
                let at = row * every;
                let both = x.is_valid(at) && y.is_valid(at);
                if of.is_null(row) || !both {
                    return Err(RowProblem::NotAPoint);
                }
                Ok((x.value(at), y.value(at)))
            }
        }
    }
}

/// Longest text that is read as a number where one text may stand for many rows, bytes.
const MOST_NUMBER: usize = 256;

/// The numbers of a column.
pub(super) fn numbers(column: &ArrayRef) -> Result<Float64Array, PointsError> {
    if let Some(views) = column.as_string_view_opt() {
        let short = |text: &&str| text.len() <= MOST_NUMBER;
        let texts = views.iter().map(|text| text.filter(short));
        let texts: ArrayRef = Arc::new(texts.collect::<StringArray>());
        return numbers(&texts);
    }
    if let Some(dictionary) = column.as_any_dictionary_opt()
        && *dictionary.values().data_type() == DataType::Utf8View
    {
        let values = numbers(dictionary.values())?;
        let taken = take(&values, dictionary.keys(), None).map_err(malformed)?;
        return Ok(taken.as_primitive::<Float64Type>().clone());
    }
    let numbers = arrow_cast::cast(column, &DataType::Float64).map_err(malformed)?;
    Ok(numbers.as_primitive::<Float64Type>().clone())
}

/// Longest text of blanks that is taken for no number, bytes.
const MOST_BLANK: usize = 256;

/// The number of a row; nothing where there is none.
pub(super) fn number(
    numbers: &Float64Array,
    column: &ArrayRef,
    row: usize,
    what: What,
) -> Result<Option<f64>, RowProblem> {
    if numbers.is_valid(row) {
        return Ok(Some(numbers.value(row)));
    }
    // a text that is none becomes nothing, too
    match text_at(column, row) {
        // nor is a longer blank: one text may stand for many rows
        Some(text) if text.len() > MOST_BLANK || !text.trim().is_empty() => {
            Err(RowProblem::NotANumber {
                what,
                text: shown(text),
            })
        }
        _ => Ok(None),
    }
}

fn needed(
    numbers: &Float64Array,
    column: &ArrayRef,
    row: usize,
    what: What,
) -> Result<f64, RowProblem> {
    number(numbers, column, row, what)?.ok_or(RowProblem::Missing { what })
}

fn bytes_at(column: &ArrayRef, row: usize) -> Option<&[u8]> {
    if column.is_null(row) {
        return None;
    }
    match column.data_type() {
        DataType::Binary => Some(column.as_binary::<i32>().value(row)),
        DataType::LargeBinary => Some(column.as_binary::<i64>().value(row)),
        DataType::BinaryView => Some(column.as_binary_view().value(row)),
        _ => None,
    }
}

/// The position of a point in well-known binary, of ISO or of `PostGIS`, with whatever dimensions.
fn point_of_wkb(bytes: &[u8]) -> Result<(f64, f64), RowProblem> {
    /// Marks of `PostGIS`: height, measure, the number of a system that follows.
    const MARKS: u32 = 0xE000_0000;
    const HAS_SYSTEM: u32 = 0x2000_0000;
    const POINT: u32 = 1;

    let (order, rest) = bytes.split_first().ok_or(RowProblem::NotAPoint)?;
    let (kind, rest) = rest.split_first_chunk().ok_or(RowProblem::NotAPoint)?;
    let kind = match order {
        0 => u32::from_be_bytes(*kind),
        1 => u32::from_le_bytes(*kind),
        _ => return Err(RowProblem::NotAPoint),
    };
    // ISO counts dimensions in thousands
    if (kind & !MARKS) % 1000 != POINT {
        return Err(RowProblem::NotAPoint);
    }
    let rest = if kind & HAS_SYSTEM == 0 {
        Some(rest)
    } else {
        rest.get(4..)
    };
    let mut numbers = rest.unwrap_or_default().chunks_exact(8).map(|bytes| {
        let bytes = <[u8; 8]>::try_from(bytes).unwrap_or_default();
        if *order == 0 {
            f64::from_be_bytes(bytes)
        } else {
            f64::from_le_bytes(bytes)
        }
    });
    match (numbers.next(), numbers.next()) {
        (Some(x), Some(y)) => Ok((x, y)),
        _ => Err(RowProblem::NotAPoint),
    }
}
