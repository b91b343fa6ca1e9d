//! Coordinate systems as people name them on the command line.

use std::path::Path;

use wangge_crs::{Crs, Policy};

use crate::args::Conversion;
use crate::failure::Failure;

/// The system that a person named: `EPSG:n`, a name, a PROJ string, or a WKT file.
pub(crate) fn system(text: &str) -> Result<Crs, Failure> {
    let path = Path::new(text);
    // "+proj=…" and WKT are no file names, and a file of that name would be a surprise
    if !text.starts_with('+') && path.is_file() {
        let wkt = std::fs::read_to_string(path)
            .map_err(|error| Failure::io("读取 WKT 文件", "read the WKT file", path, &error))?;
        return Ok(Crs::from_wkt(&wkt)?);
    }
    Ok(text.parse::<Crs>()?)
}

/// What the person allows of conversions.
pub(crate) fn policy(conversion: Conversion) -> Policy {
    Policy {
        allow_ballpark: conversion.allow_ballpark,
        china: conversion.china,
        area_margin_deg: conversion.area_margin,
    }
}
