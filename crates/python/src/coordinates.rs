//! Longitudes, latitudes and systems as Python has them.

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, Float64Array};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;
use numpy::ndarray::{ArrayView1, s};
use numpy::{PyArray1, PyArrayMethods, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::types::PyString;
use pyo3_arrow::input::AnyArray;
use wangge_crs::Crs;

use crate::failure::{kind, refused, value};

/// Numbers of Python, held so that nobody frees them.
pub(crate) enum Coordinates<'py> {
    /// An array of numpy, with whatever steps between its numbers.
    Array(PyReadonlyArray1<'py, f64>),
    /// An Arrow array in one piece or several.
    Chunks(Vec<Float64Array>),
}

/// Numbers in a row, where they lie.
#[derive(Clone)]
pub(crate) struct Run<'a> {
    numbers: Numbers<'a>,
    /// Which of them there are; all where there is nothing.
    pub(crate) nulls: Option<NullBuffer>,
}

#[derive(Clone, Copy)]
enum Numbers<'a> {
    Slice(&'a [f64]),
    Strided(ArrayView1<'a, f64>),
}

impl<'py> Coordinates<'py> {
    /// The numbers of anything that is an array; `name` is told where it is none.
    ///
    /// Doubles of numpy and of Arrow stay where they are. Other numbers are converted.
    pub(crate) fn of(given: &Bound<'py, PyAny>, name: &str) -> PyResult<Self> {
        let numpy = given.py().import("numpy")?;
        let given = &unmasked(given, &numpy)?;
        if let Ok(array) = given.cast::<PyArray1<f64>>() {
            return Self::of_numpy(array);
        }
        if is_arrow(given)? {
            let arrays = given.extract::<AnyArray>()?.into_chunked_array()?;
            let (chunks, _) = arrays.into_inner();
            let doubles = chunks.iter().map(|chunk| doubles(chunk, name));
            return Ok(Self::Chunks(doubles.collect::<PyResult<_>>()?));
        }
        let array = numpy.call_method1("asarray", (given, "float64"));
        let array = array.map_err(|error| {
            kind(
                format!("{name} 不是数字数组：{error}"),
                format!("{name} is no array of numbers: {error}"),
            )
        })?;
        let array = numpy.call_method1("atleast_1d", (array,))?;
        match array.cast::<PyArray1<f64>>() {
            Ok(array) => Self::of_numpy(array),
            Err(_) => Err(value(
                format!("{name} 应为一维数组"),
                format!("{name} must have one dimension"),
            )),
        }
    }

    fn of_numpy(array: &Bound<'py, PyArray1<f64>>) -> PyResult<Self> {
        let is_aligned = array.getattr("flags")?.getattr("aligned")?.is_truthy()?;
        let array = if is_aligned {
            array.clone()
        } else {
            array.call_method0("copy")?.cast_into()?
        };
        Ok(Self::Array(array.try_readonly()?))
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Array(array) => array.as_array().len(),
            Self::Chunks(chunks) => chunks.iter().map(Array::len).sum(),
        }
    }

    /// The numbers, run by run.
    pub(crate) fn runs(&self) -> Vec<Run<'_>> {
        match self {
            Self::Array(array) => vec![Run {
                numbers: match array.as_slice() {
                    Ok(slice) => Numbers::Slice(slice),
                    Err(_) => Numbers::Strided(array.as_array()),
                },
                nulls: None,
            }],
            Self::Chunks(chunks) => chunks
                .iter()
                .map(|chunk| Run {
                    numbers: Numbers::Slice(chunk.values()),
                    nulls: chunk.nulls().cloned(),
                })
                .collect(),
        }
    }
}

impl<'a> Run<'a> {
    pub(crate) fn len(&self) -> usize {
        match self.numbers {
            Numbers::Slice(slice) => slice.len(),
            Numbers::Strided(view) => view.len(),
        }
    }

    /// Some of them.
    pub(crate) fn part(&self, start: usize, count: usize) -> Self {
        Self {
            numbers: match self.numbers {
                Numbers::Slice(slice) => Numbers::Slice(&slice[start..start + count]),
                Numbers::Strided(view) => {
                    Numbers::Strided(view.slice_move(s![start..start + count]))
                }
            },
            nulls: self.nulls.as_ref().map(|nulls| nulls.slice(start, count)),
        }
    }

    /// The numbers side by side: where they lie if they do, else in `room`.
    pub(crate) fn side_by_side<'r>(&self, room: &'r mut Vec<f64>) -> &'r [f64]
    where
        'a: 'r,
    {
        match self.numbers {
            Numbers::Slice(slice) => slice,
            Numbers::Strided(view) => {
                room.clear();
                room.extend(view.iter());
                room
            }
        }
    }
}

/// A masked array as numbers of which those that are masked are none; anything else as it is.
fn unmasked<'py>(
    given: &Bound<'py, PyAny>,
    numpy: &Bound<'py, PyModule>,
) -> PyResult<Bound<'py, PyAny>> {
    let masked = numpy.getattr("ma")?.getattr("MaskedArray")?;
    if !given.is_instance(&masked)? {
        return Ok(given.clone());
    }
    let numbers = given.call_method1("astype", ("float64",))?;
    numbers.call_method1("filled", (f64::NAN,))
}

/// Whether it gives its data as Arrow does; what has a type of numpy gives it as numpy does.
fn is_arrow(given: &Bound<'_, PyAny>) -> PyResult<bool> {
    if given.hasattr("__arrow_c_array__")? {
        return Ok(true);
    }
    if !given.hasattr("__arrow_c_stream__")? {
        return Ok(false);
    }
    let numpy_type = given.py().import("numpy")?.getattr("dtype")?;
    match given.getattr_opt("dtype")? {
        Some(of_given) => Ok(!of_given.is_instance(&numpy_type)?),
        None => Ok(true),
    }
}

fn doubles(chunk: &dyn Array, name: &str) -> PyResult<Float64Array> {
    let cast = arrow_cast::cast(chunk, &DataType::Float64);
    let of_values = match chunk.data_type() {
        DataType::Dictionary(_, values) => values,
        kind => kind,
    };
    // texts are read as numbers, as numpy reads a list of them; without any value there is no type
    let texts = [
        DataType::Utf8,
        DataType::LargeUtf8,
        DataType::Utf8View,
        DataType::Null,
    ];
    let is_number = of_values.is_numeric() || texts.contains(of_values);
    let cast = cast.ok().filter(|_| is_number);
    let numbers = cast.map(|cast| cast.as_primitive::<Float64Type>().clone());
    numbers.ok_or_else(|| {
        let found = chunk.data_type();
        kind(
            format!("{name} 是 {found} 类型的数组，应为数字"),
            format!("{name} is an array of {found}: numbers are needed"),
        )
    })
}

/// A coordinate system by its name or EPSG number, or as `pyproj` has it.
pub(crate) fn system(given: Option<&Bound<'_, PyAny>>) -> PyResult<Crs> {
    let Some(given) = given.filter(|given| !given.is_none()) else {
        return Ok(Crs::Lattice);
    };
    if let Ok(name) = given.cast::<PyString>() {
        return name.to_str()?.parse::<Crs>().map_err(refused);
    }
    if let Ok(code) = given.extract::<u32>() {
        return Ok(Crs::from_epsg(code));
    }
    if given.hasattr("to_epsg")? {
        if let Some(code) = given.call_method0("to_epsg")?.extract::<Option<u32>>()? {
            return Ok(Crs::from_epsg(code));
        }
        let wkt = given.call_method0("to_wkt")?.extract::<String>()?;
        return Crs::from_wkt(&wkt).map_err(refused);
    }
    Err(kind(
        "crs 应为名称（如 \"EPSG:4490\"）、EPSG 编号或 pyproj 的坐标系",
        "crs must be a name such as \"EPSG:4490\", an EPSG number, or a system of pyproj",
    ))
}
