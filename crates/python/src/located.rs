//! The grids of an array of positions.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, DictionaryArray, Int32Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, FieldRef, Schema};
use numpy::{PyArray1, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};
use pyo3_arrow::ffi::{to_array_pycapsules, to_schema_pycapsule};

use crate::batch::NO_POSITION;
use crate::city::Inner;
use crate::failure::{WanggeError, refused, value};
use crate::table::{Table, stream};

/// The words of a status, in the order of their keys.
const STATUSES: [&str; 3] = ["inside", "outside", "invalid"];

/// The grids of an array of positions, in order.
///
/// `numbers` has them as numbers; `codes`, `categorical` and any library that reads Arrow as codes.
#[pyclass(frozen, module = "wangge")]
pub(crate) struct Located {
    city: Arc<Inner>,
    /// Read-only.
    numbers: Py<PyArray1<i32>>,
}

/// A column of texts, for any library that reads Arrow.
#[pyclass(frozen, module = "wangge")]
pub(crate) struct Column {
    field: FieldRef,
    array: ArrayRef,
}

impl Located {
    pub(crate) fn new(py: Python<'_>, city: Arc<Inner>, numbers: Vec<i32>) -> PyResult<Self> {
        let numbers = PyArray1::from_vec(py, numbers);
        numbers.call_method1("setflags", (false,))?;
        Ok(Self {
            city,
            numbers: numbers.unbind(),
        })
    }

    fn texts(&self, py: Python<'_>, column: usize) -> PyResult<DictionaryArray<Int32Type>> {
        let numbers = self.numbers.bind(py).try_readonly()?;
        let numbers = numbers.as_slice()?;
        let of_column = &self.city.columns()[column];
        py.detach(|| {
            // what is no grid is beyond all of them
            of_column.of(bytemuck::cast_slice(numbers))
        })
        .map_err(|error| WanggeError::new_err(error.to_string()))
    }

    /// All of it as a table.
    fn table(&self, py: Python<'_>) -> PyResult<Table> {
        let numbers = self.numbers.bind(py).try_readonly()?;
        let keys = numbers.as_slice()?.iter().map(|&number| match number {
            0.. => 0,
            NO_POSITION => 2,
            _ => 1,
        });
        let statuses = StringArray::from(STATUSES.to_vec());
        let keys = Int32Array::from_iter_values(keys);
        let status = DictionaryArray::try_new(keys, Arc::new(statuses));
        let status = status.map_err(|error| WanggeError::new_err(error.to_string()))?;
        let mut columns: Vec<ArrayRef> = vec![Arc::new(status)];
        let mut fields = vec![field("status")];
        for (place, name) in self.city.column_names().iter().enumerate() {
            columns.push(Arc::new(self.texts(py, place)?));
            fields.push(field(name));
        }
        let schema = Arc::new(Schema::new(fields));
        let rows = RecordBatch::try_new(Arc::clone(&schema), columns);
        let rows = rows.map_err(|error| WanggeError::new_err(error.to_string()))?;
        Ok(Table::new(schema, vec![rows]))
    }
}

fn field(name: &str) -> Field {
    let texts = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    Field::new(name, texts, true)
}

#[pymethods]
impl Located {
    /// The place of each grid in `City.codes()`: -1 outside of all, -2 where there is no position.
    ///
    /// A read-only numpy array of int32.
    #[getter]
    fn numbers(&self, py: Python<'_>) -> Py<PyArray1<i32>> {
        self.numbers.clone_ref(py)
    }

    /// The codes of the grids, or of their units of a level, or their names (`"name"`), as a column of Arrow
    /// in which each text stands once: `pyarrow.array(located.codes())`.
    #[pyo3(signature = (level=None))]
    fn codes(&self, py: Python<'_>, level: Option<&str>) -> PyResult<Column> {
        let (place, name) = self.city.column(level).map_err(refused)?;
        Ok(Column {
            field: Arc::new(field(name)),
            array: Arc::new(self.texts(py, place)?),
        })
    }

    /// The same as a `pandas.Categorical`, for a column of a data frame; needs pandas.
    #[pyo3(signature = (level=None))]
    fn categorical<'py>(
        &self,
        py: Python<'py>,
        level: Option<&str>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (place, _) = self.city.column(level).map_err(refused)?;
        let of_column = &self.city.columns()[place];
        let numbers = self.numbers.bind(py).try_readonly()?;
        let numbers = numbers.as_slice()?;
        let keys: Vec<i32> = py.detach(|| {
            let grids: &[u32] = bytemuck::cast_slice(numbers);
            grids.iter().map(|&grid| of_column.key(grid)).collect()
        });
        let texts: Vec<&str> = of_column.texts().iter().flatten().collect();
        let categorical = py.import("pandas")?.getattr("Categorical")?;
        categorical.call_method1("from_codes", (PyArray1::from_vec(py, keys), texts))
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.numbers.bind(py).len()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let numbers = self.numbers.bind(py).try_readonly()?;
        let numbers = numbers.as_slice()?;
        let inside = numbers.iter().filter(|&&number| number >= 0).count();
        let invalid = numbers
            .iter()
            .filter(|&&number| number == NO_POSITION)
            .count();
        let (all, outside) = (numbers.len(), numbers.len() - inside - invalid);
        Ok(format!(
            "<wangge.Located: {all} positions, {inside} inside, {outside} outside, {invalid} invalid>"
        ))
    }

    #[pyo3(signature = (dtype=None, copy=None))]
    fn __array__<'py>(
        &self,
        py: Python<'py>,
        dtype: Option<Bound<'py, PyAny>>,
        copy: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let numbers = self.numbers.bind(py);
        let numpy = py.import("numpy")?;
        let as_asked = numpy.call_method1("asarray", (numbers, dtype))?;
        let is_same = as_asked.is(numbers);
        match copy {
            Some(true) if is_same => numbers.call_method0("copy"),
            Some(false) if !is_same => Err(value(
                "不复制就不能转换类型",
                "another type cannot be had without a copy",
            )),
            _ => Ok(as_asked),
        }
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let table = self.table(py)?;
        stream(py, &table, requested_schema)
    }
}

#[pymethods]
impl Column {
    fn __len__(&self) -> usize {
        self.array.len()
    }

    fn __repr__(&self) -> String {
        format!(
            "<wangge.Column {}: {} texts>",
            self.field.name(),
            self.array.len()
        )
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(to_schema_pycapsule(py, self.field.as_ref())?)
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let field = Arc::clone(&self.field);
        Ok(to_array_pycapsules(
            py,
            field,
            &self.array,
            requested_schema,
        )?)
    }
}
