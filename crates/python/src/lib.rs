//! The module `wangge` for Python: a city of a store, asked with whole arrays and tables.
//!
//! Arrays of numpy and Arrow are read where they lie; other threads of Python run meanwhile. What is
//! answered, and why it is exact, is told in `docs/python.md` and `docs/lookup.md`.

mod batch;
mod city;
mod coordinates;
mod failure;
mod located;
mod table;

use pyo3::pymodule;

#[pymodule]
mod _wangge {
    #[pymodule_export]
    use super::city::City;
    #[pymodule_export]
    use super::failure::WanggeError;
    #[pymodule_export]
    use super::located::{Column, Located};
    #[pymodule_export]
    use super::table::Table;
}
