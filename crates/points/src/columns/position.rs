//! Where the position of a row stands in columns: two numbers, or a geometry as `GeoParquet` and `GeoArrow` write points.

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, ArrayRef, Float64Array};
use arrow_schema::{DataType, Field, Schema};
use serde_json::Value;
use wangge_crs::Crs;

use super::{malformed, text_at};
use crate::PointsError;
use crate::problem::{RowProblem, What, shown};

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
    /// The column of geometry of a table that describes one.
    ///
    /// # Errors
    /// [`PointsError::OtherSystem`] where the column says another system than positions are taken for.
    pub(super) fn of_geometry(table: &Schema, crs: &Crs) -> Result<Option<Self>, PointsError> {
        let Some((column, form, system)) = described(table) else {
            return Ok(None);
        };
        // who names a system knows better
        if *crs == Crs::Lattice
            && let Some(declared) = system.and_then(|system| other_than_degrees(&system))
        {
            return Err(PointsError::OtherSystem {
                column: table.field(column).name().clone(),
                declared,
            });
        }
        Ok(Some(Self::Geometry { column, form }))
    }

    pub(super) fn columns(self) -> [usize; 2] {
        match self {
            Self::Numbers { lon, lat } => [lon, lat],
            Self::Geometry { column, .. } => [column; 2],
        }
    }
}

/// The column of geometry that a table describes, its form, and what it says of its system.
fn described(table: &Schema) -> Option<(usize, Form, Option<Value>)> {
    let geo: Option<Value> = table
        .metadata()
        .get(GEO_METADATA)
        .and_then(|text| serde_json::from_str(text).ok());
    if let Some(geo) = geo {
        let name = geo.get("primary_column")?.as_str()?;
        let column = table.index_of(name).ok()?;
        let of_column = geo.get("columns")?.get(name)?;
        let form = form_of(table.field(column))?;
        return Some((column, form, of_column.get("crs").cloned()));
    }
    let extension = |field: &Field| {
        let name = field.metadata().get("ARROW:extension:name")?;
        matches!(name.as_str(), "geoarrow.wkb" | "geoarrow.point" | "ogc.wkb").then_some(())
    };
    let mut fields = table.fields().iter().zip(0..);
    let (field, column) = fields.find(|(field, _)| extension(field).is_some())?;
    let metadata = field.metadata().get("ARROW:extension:metadata");
    let metadata: Option<Value> = metadata.and_then(|text| serde_json::from_str(text).ok());
    let system = metadata.and_then(|metadata| metadata.get("crs").cloned());
    Some((column, form_of(field)?, system))
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

/// The system that a column declares, unless that has degrees as the lattice has them or is not told by a code.
fn other_than_degrees(system: &Value) -> Option<String> {
    let name = match system {
        Value::String(name) => name.clone(),
        system => {
            let id = system.get("id")?;
            let code = id.get("code")?;
            let code = code
                .as_str()
                .map_or_else(|| code.to_string(), str::to_owned);
            format!("{}:{code}", id.get("authority")?.as_str()?)
        }
    };
    let has_degrees = [
        "EPSG:4326",
        "EPSG:4490",
        "EPSG:4979",
        "OGC:CRS84",
        "OGC:CRS84H",
    ];
    let is_code = name.len() <= 20 && name.contains(':') && !name.contains(' ');
    (is_code
        && !has_degrees
            .iter()
            .any(|known| known.eq_ignore_ascii_case(&name)))
    .then_some(name)
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

/// The numbers of a column.
pub(super) fn numbers(column: &ArrayRef) -> Result<Float64Array, PointsError> {
    let numbers = arrow_cast::cast(column, &DataType::Float64).map_err(malformed)?;
    Ok(numbers.as_primitive::<Float64Type>().clone())
}

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
        Some(text) if !text.trim().is_empty() => Err(RowProblem::NotANumber {
            what,
            text: shown(&text),
        }),
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
