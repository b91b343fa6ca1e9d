//! From the numbers of a row to a place on the lattice.

use std::collections::HashMap;

use wangge_crs::{Crs, CrsError, Policy, Transform};
use wangge_plane::Point;

use crate::answer::Asked;
use crate::problem::{RowProblem, shown};

/// Bounds of an accuracy, metres.
const ACCURACY_M: std::ops::RangeInclusive<f64> = 0.01..=5000.0;

/// Systems that a file's rows may name, kept per thread.
const MOST_SYSTEMS: usize = 32;

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
        if self.named.len() >= MOST_SYSTEMS && !self.named.contains_key(name) {
            self.named.clear();
        }
        let systems = self.systems;
        let kept = self
            .named
            .entry(name.into())
            .or_insert_with(|| system(name, systems));
        kept.as_ref().map_err(Clone::clone)
    }
}

/// A system by its name: no definitions, which may name files.
fn system(name: &str, systems: &Systems) -> Result<Transform, RowProblem> {
    let unknown = |why: Option<CrsError>| RowProblem::System {
        name: shown(name),
        why: why.map(Box::new),
    };
    let crs = match name.parse::<Crs>() {
        Ok(Crs::Local(_)) | Err(_) => return Err(unknown(None)),
        Ok(crs) => crs,
    };
    Transform::new(&crs, &Crs::Lattice, &systems.policy).map_err(|error| unknown(Some(error)))
}
