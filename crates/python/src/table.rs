//! Tables that are handed to whatever library of Python reads Arrow.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StructArray};
use arrow_schema::{Field, SchemaRef};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use pyo3_arrow::ffi::{ArrayIterator, to_schema_pycapsule, to_stream_pycapsule};

/// A table, for any library that reads Arrow: `pyarrow.table(table)`, `geopandas.GeoDataFrame.from_arrow(table)`,
/// `polars.from_arrow(table)`.
#[pyclass(frozen, module = "wangge")]
pub(crate) struct Table {
    schema: SchemaRef,
    rows: Vec<RecordBatch>,
}

impl Table {
    pub(crate) fn new(schema: SchemaRef, rows: Vec<RecordBatch>) -> Self {
        Self { schema, rows }
    }
}

#[pymethods]
impl Table {
    /// The names of its columns.
    #[getter]
    fn column_names(&self) -> Vec<&str> {
        let fields = self.schema.fields().iter();
        fields.map(|field| field.name().as_str()).collect()
    }

    fn __len__(&self) -> usize {
        self.rows.iter().map(RecordBatch::num_rows).sum()
    }

    fn __repr__(&self) -> String {
        let names = self.column_names().join(", ");
        format!("<wangge.Table: {} rows of {names}>", self.__len__())
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(to_schema_pycapsule(py, self.schema.as_ref())?)
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        stream(py, self, requested_schema)
    }
}

/// A table as a stream of its rows.
pub(crate) fn stream<'py>(
    py: Python<'py>,
    table: &Table,
    requested_schema: Option<Bound<'py, PyCapsule>>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let schema = &table.schema;
    let field = Field::new_struct("", schema.fields().clone(), false)
        .with_metadata(schema.metadata().clone());
    let rows = table.rows.clone().into_iter();
    let rows = rows.map(|rows| Ok(Arc::new(StructArray::from(rows)) as ArrayRef));
    let reader = Box::new(ArrayIterator::new(rows, Arc::new(field)));
    Ok(to_stream_pycapsule(py, reader, requested_schema)?)
}
