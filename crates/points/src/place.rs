//! From the numbers of a row to a place on the lattice.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use wangge_crs::{Crs, CrsError, Formula, Policy, Transform};
use wangge_plane::Point;

use crate::answer::Asked;
use crate::problem::{RowProblem, shown};

/// Bounds of an accuracy, metres.
const ACCURACY_M: std::ops::RangeInclusive<f64> = 0.01..=5000.0;

/// Systems that the rows of a table may name, of those that take long to make: a tenth of a second each, on each thread.
const MOST_SYSTEMS: usize = 64;

/// Names of systems that a thread keeps: one system has many.
const MOST_NAMES: usize = 256;

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

/// The systems that the rows of one table have named so far, of those that take long to make; of all its threads.
#[derive(Debug, Default)]
pub(crate) struct NamedSystems(Mutex<Vec<Crs>>);

impl NamedSystems {
    /// Whether it may be made: it was before, or there is room for one more.
    fn admit(&self, crs: &Crs, policy: &Policy) -> bool {
        if Formula::new(crs, &Crs::Lattice, policy).is_some() {
            return true;
        }
        let mut named = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !named.contains(crs) {
            if named.len() >= MOST_SYSTEMS {
                return false;
            }
            named.push(crs.clone());
        }
        true
    }
}

/// Converts positions on one thread.
pub(crate) struct Placer<'a> {
    systems: &'a Systems,
    of_table: &'a NamedSystems,
    /// `None` for the lattice's own system: nothing is to be done.
    transform: Option<Transform>,
    /// Those that rows name, or why they are none.
    made: Vec<(Crs, Result<Transform, CrsError>)>,
    /// Where they are, by the names that rows have for them.
    names: HashMap<Box<str>, usize>,
    /// Numbers that were no position, some of them.
    refused: Vec<(f64, f64)>,
}

/// Numbers that are kept of those that are no position.
const MOST_REFUSED: usize = 100;

impl<'a> Placer<'a> {
    pub(crate) fn new(systems: &'a Systems, of_table: &'a NamedSystems) -> Result<Self, CrsError> {
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
            of_table,
            transform,
            made: Vec::new(),
            names: HashMap::new(),
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
        let at = match self.names.get(name) {
            Some(at) => *at,
            None => self.first_named(name)?,
        };
        let (_, made) = &self.made[at];
        made.as_ref()
            .map_err(|error| unknown(name, Some(error.clone())))
    }

    /// Where the system is that a row names; made, if it was not yet.
    fn first_named(&mut self, name: &str) -> Result<usize, RowProblem> {
        // what is no name at all costs little each time, and is not kept
        let crs = crs_of(name).ok_or_else(|| unknown(name, None))?;
        let kept = self.made.iter().position(|(made, _)| *made == crs);
        let at = if let Some(at) = kept {
            at
        } else {
            let policy = &self.systems.policy;
            if !self.of_table.admit(&crs, policy) {
                return Err(RowProblem::ManySystems { most: MOST_SYSTEMS });
            }
            let made = Transform::new(&crs, &Crs::Lattice, policy);
            self.made.push((crs, made));
            self.made.len() - 1
        };
        if self.names.len() >= MOST_NAMES {
            self.names.clear();
        }
        self.names.insert(name.into(), at);
        Ok(at)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn systems() -> Systems {
        Systems {
            crs: Crs::Lattice,
            is_said: true,
            policy: Policy::default(),
        }
    }

    #[test]
    fn threads_of_a_table_share_the_number_of_its_systems() {
        let systems = systems();
        let of_table = NamedSystems::default();
        let mut placers = [(); 2].map(|()| Placer::new(&systems, &of_table).unwrap());
        let mut refused = Vec::new();
        // zones of three degrees of CGCS2000 and Beijing 1954, some of them
        let codes = (4534..=4554).chain(4513..=4533).chain(2401..=2442);
        for (number, code) in codes.enumerate() {
            let name = format!("EPSG:{code}");
            let placed = placers[number % 2].place((0.0, 0.0), None, Some(&name));
            if let Err(RowProblem::ManySystems { most }) = placed {
                assert_eq!(most, MOST_SYSTEMS);
                refused.push(number);
            }
        }
        assert!(refused.into_iter().eq(MOST_SYSTEMS..84));
        for placer in &mut placers {
            let mut place = |name: &str| placer.place((120.5, 40.5), None, Some(name));
            // made by the other thread, by another of its names
            let known = place(" epsg:4534");
            assert!(
                !matches!(known, Err(RowProblem::ManySystems { .. })),
                "{known:?}"
            );
            let known = place("epsg:4535 ");
            assert!(
                !matches!(known, Err(RowProblem::ManySystems { .. })),
                "{known:?}"
            );
            // and what takes no time at all
            place("GCJ-02").unwrap();
            place("EPSG:4490").unwrap();
        }
    }

    #[test]
    fn names_that_are_kept_are_few() {
        let systems = systems();
        let of_table = NamedSystems::default();
        let mut placer = Placer::new(&systems, &of_table).unwrap();
        for zeros in 0..200 {
            for prefix in ["EPSG", "epsg", "Epsg", "ePSG"] {
                let name = format!("{prefix}:{}4490", "0".repeat(zeros));
                placer.place((120.5, 40.5), None, Some(&name)).unwrap();
                assert!(placer.names.len() <= MOST_NAMES);
            }
        }
        assert_eq!(placer.made.len(), 1);
    }
}
