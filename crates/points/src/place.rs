//! From the numbers of a row to a place on the lattice.

use std::collections::HashMap;

use wangge_crs::{Crs, CrsError, Policy, Transform};
use wangge_plane::Point;

use crate::answer::Asked;
use crate::problem::{RowProblem, shown};

/// Bounds of an accuracy, metres.
const ACCURACY_M: std::ops::RangeInclusive<f64> = 0.01..=5000.0;

/// Systems that the rows of a table may name, for each thread: one takes a tenth of a second to make.
const MOST_SYSTEMS: usize = 64;

/// Bytes of a system's name.
const MOST_NAME_BYTES: usize = 256;

/// The system of positions, and what conversions are allowed.
#[derive(Debug, Clone)]
pub struct Systems {
    /// Of rows that name none.
    pub crs: Crs,
    /// Whether somebody said so: otherwise what a file declares is looked at.
    pub is_said: bool,
    /// What is allowed.
    pub policy: Policy,
}

/// Converts positions on one thread.
pub(crate) struct Placer<'a> {
    systems: &'a Systems,
    /// `None` for the lattice's own system: nothing is to be done.
    transform: Option<Transform>,
    named: HashMap<Box<str>, Result<Transform, RowProblem>>,
    /// Numbers that were no position, some of them.
    refused: Vec<(f64, f64)>,
}

/// Numbers that are kept of those that are no position.
const MOST_REFUSED: usize = 100;

impl<'a> Placer<'a> {
    pub(crate) fn new(systems: &'a Systems) -> Result<Self, CrsError> {
        let transform = match systems.crs {
            Crs::Lattice => None,
            _ => Some(Transform::new(
                &systems.crs,
                &Crs::Lattice,
                &systems.policy,
            )?),
        };
        Ok(Self {
            systems,
            transform,
            named: HashMap::new(),
            refused: Vec::new(),
        })
    }

    /// The place of a row, in the system that it names, or in that of the file.
    pub(crate) fn place(
        &mut self,
        given: (f64, f64),
        accuracy_m: Option<f64>,
        crs: Option<&str>,
    ) -> Result<Asked, RowProblem> {
        let placed = self.placed(given, accuracy_m, crs);
        if placed.is_err() && self.refused.len() < MOST_REFUSED {
            self.refused.push(given);
        }
        placed
    }

    /// Numbers that were no position since this was asked last.
    pub(crate) const fn refused(&mut self) -> &mut Vec<(f64, f64)> {
        &mut self.refused
    }

    fn placed(
        &mut self,
        given: (f64, f64),
        accuracy_m: Option<f64>,
        crs: Option<&str>,
    ) -> Result<Asked, RowProblem> {
        if let Some(metres) = accuracy_m
            && !ACCURACY_M.contains(&metres)
        {
            return Err(RowProblem::Accuracy { metres });
        }
        // whatever stands there: one long text may stand for millions of rows, and not even its blanks are
        // looked through for each
        if let Some(name) = crs.filter(|name| name.len() > MOST_NAME_BYTES) {
            return Err(unknown(name, None));
        }
        let crs = crs.map(str::trim).filter(|name| !name.is_empty());
        let transform = match crs {
            Some(name) => Some(self.named(name)?),
            None => self.transform.as_ref(),
        };
        let (lon, lat) = match transform {
            None => given,
            Some(transform) => transform
                .convert(given.0, given.1)
                .map_err(|error| RowProblem::Crs(Box::new(error)))?,
        };
        Ok(Asked {
            point: Point::from_degrees(lon, lat)?,
            accuracy_m,
            given,
        })
    }

    fn named(&mut self, name: &str) -> Result<&Transform, RowProblem> {
        if !self.named.contains_key(name) {
            // what is no name at all costs little each time, and is not kept
            let crs = crs_of(name).ok_or_else(|| unknown(name, None))?;
            if self.named.len() >= MOST_SYSTEMS {
                return Err(RowProblem::ManySystems { most: MOST_SYSTEMS });
            }
            let made = Transform::new(&crs, &Crs::Lattice, &self.systems.policy)
                .map_err(|error| unknown(name, Some(error)));
            self.named.insert(name.into(), made);
        }
        match self.named.get(name) {
            Some(kept) => kept.as_ref().map_err(Clone::clone),
            None => Err(unknown(name, None)),
        }
    }
}

/// A system by its name: no definitions, which may name files.
fn crs_of(name: &str) -> Option<Crs> {
    if name.len() > MOST_NAME_BYTES {
        return None;
    }
    match name.parse::<Crs>() {
        Ok(Crs::Local(_)) | Err(_) => None,
        Ok(crs) => Some(crs),
    }
}

fn unknown(name: &str, why: Option<CrsError>) -> RowProblem {
    RowProblem::System {
        name: shown(name),
        why: why.map(Box::new),
    }
}
