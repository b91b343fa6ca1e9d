//! Errors as Python raises them.

use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyTypeError, PyValueError};
use pyo3::prelude::*;
use wangge_report::{Language, Told};

create_exception!(
    wangge,
    WanggeError,
    PyException,
    "What a city, its store or a table could not do, and what would be right."
);

/// What the service itself refuses, in the language of the locale.
#[expect(clippy::needless_pass_by_value, reason = "handed to map_err")]
pub(crate) fn refused(error: impl Told) -> PyErr {
    WanggeError::new_err(error.told(Language::of_environment()))
}

/// An argument whose value is wrong.
pub(crate) fn value(zh: impl Into<String>, en: impl Into<String>) -> PyErr {
    PyValueError::new_err(match Language::of_environment() {
        Language::Zh => zh.into(),
        Language::En => en.into(),
    })
}

/// An argument of a wrong kind.
pub(crate) fn kind(zh: impl Into<String>, en: impl Into<String>) -> PyErr {
    PyTypeError::new_err(match Language::of_environment() {
        Language::Zh => zh.into(),
        Language::En => en.into(),
    })
}
