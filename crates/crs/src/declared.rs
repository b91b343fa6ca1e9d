//! What PROJ says about a declared system, and the way it knows from there to the lattice.

use std::rc::Rc;

use crate::error::DatumChangeReason;
use crate::proj::{Candidate, Context, Ellipsoid, Kind, Object};
use crate::{Area, Crs, CrsError, EqualDatum, Note, Policy};

/// A published change of datum is used when it is at least this good, metres: beyond it, a
/// position no longer says which side of a street it is on.
const WORST_ACCURACY_M: f64 = 3.0;

/// A system of two coordinates on the ground, taken apart.
#[derive(Debug)]
pub(crate) struct Declared {
    /// The system in messages: its code and name, never a person's text.
    pub(crate) label: String,
    /// The system without parameters that tie its datum to another one.
    pub(crate) base: Object,
    pub(crate) projected: bool,
    pub(crate) area: Option<Area>,
    /// The system with those parameters, where it has any.
    tied: Option<Object>,
    geodetic: Object,
    datum: Object,
    equal: Option<&'static EqualDatum>,
    has_height: bool,
    /// Whether names of its parts may be shown.
    public: bool,
}

/// An operation from a system to longitude and latitude, and what it gives away.
#[derive(Debug)]
pub(crate) struct Way {
    pub(crate) operation: Object,
    /// The system it leads to.
    pub(crate) target: Object,
    /// Where the operation holds, when the system does not say where it is used.
    pub(crate) area: Option<Area>,
    pub(crate) notes: Vec<Note>,
}

impl Declared {
    pub(crate) fn read(context: &Rc<Context>, crs: &Crs) -> Result<Self, CrsError> {
        let (object, public) = if let Crs::Local(definition) = crs {
            let unreadable = || CrsError::Unreadable {
                system: crs.to_string(),
            };
            let object = context.create(&definition.for_proj());
            (object.ok_or_else(unreadable)?, false)
        } else {
            let code = crs.epsg().ok_or_else(|| CrsError::NotASystem {
                given: crs.to_string(),
            })?;
            let object = context.create(&format!("EPSG:{code}"));
            (object.ok_or(CrsError::UnknownCode { code })?, true)
        };
        let label = if public {
            format!("{crs} ({})", object.name())
        } else {
            crs.to_string()
        };
        Self::take_apart(object, label, public)
    }

    fn take_apart(object: Object, label: String, public: bool) -> Result<Self, CrsError> {
        let unsupported = |kind: &'static str| CrsError::Unsupported {
            system: label.clone(),
            kind,
        };
        let broken = || unsupported("not complete");

        // a person's name of an area stays theirs
        let shown = |area: Area| {
            if public {
                return area;
            }
            let [west, south, east, north] = area.sides();
            Area::new(west, south, east, north, "")
        };
        let area = object.area();
        let mut has_height = false;
        let mut object = object;
        let mut tied = None;
        let projected = loop {
            object = match object.kind() {
                Kind::Compound => {
                    has_height = true;
                    object.horizontal().ok_or_else(broken)?
                }
                Kind::Bound => {
                    let source = object.source().ok_or_else(broken)?;
                    tied = Some(object);
                    source
                }
                Kind::Geographic3d => {
                    has_height = true;
                    object.without_height().ok_or_else(broken)?
                }
                Kind::Geographic2d if object.is_derived() => {
                    return Err(unsupported("derived from another one (a rotated pole)"));
                }
                Kind::Geographic2d => break false,
                Kind::Projected => break true,
                Kind::Geocentric => return Err(unsupported("geocentric (X, Y, Z)")),
                Kind::Vertical => return Err(unsupported("a system of heights")),
                Kind::Engineering => {
                    return Err(unsupported(
                        "a local system without a position on the Earth",
                    ));
                }
                Kind::Operation => {
                    return Err(unsupported("an operation between systems"));
                }
                Kind::Other => return Err(unsupported("of a kind that is not read here")),
            };
        };
        let geodetic = object.geodetic().ok_or_else(broken)?;
        let datum = geodetic.datum().ok_or_else(broken)?;
        let fits = geodetic.ellipsoid().is_some_and(is_of_the_lattice) && geodetic.is_greenwich();
        let equal = EqualDatum::find(datum.epsg(), &datum.name()).filter(|_| fits);
        // zeros between datums that are taken as equal say nothing new
        let tied = tied.filter(|tied| equal.is_none() || !tied.tie_is_zero());
        Ok(Self {
            area: area.or_else(|| object.area()).map(shown),
            label,
            base: object,
            projected,
            tied,
            geodetic,
            datum,
            equal,
            has_height,
            public,
        })
    }

    /// Whether both are on one datum, so that nothing but the projection lies between them.
    pub(crate) fn shares_datum(&self, other: &Self) -> bool {
        self.tied.is_none()
            && other.tied.is_none()
            && match (self.datum.epsg(), other.datum.epsg()) {
                (Some(a), Some(b)) => a == b,
                _ => self.public && other.public && self.geodetic.is_equivalent(&other.geodetic),
            }
    }

    /// To longitude and latitude in degrees on the system's own datum.
    pub(crate) fn to_own_degrees(&self) -> Result<Way, CrsError> {
        let no_way = || CrsError::Unsupported {
            system: self.label.clone(),
            kind: "projected in a way that PROJ cannot compute",
        };
        let target = self.datum.degrees_on().ok_or_else(no_way)?;
        let operation = self
            .base
            .operations_to(&target)
            .into_iter()
            .find(|candidate| !candidate.ballpark)
            .ok_or_else(no_way)?
            .operation;
        Ok(Way {
            operation,
            target,
            area: None,
            notes: self.height_note(),
        })
    }

    /// To the lattice's degrees.
    pub(crate) fn to_lattice(
        &self,
        context: &Rc<Context>,
        policy: &Policy,
    ) -> Result<Way, CrsError> {
        if let Some(tied) = &self.tied {
            return self.by_given_parameters(tied, context, policy);
        }
        let Some(equal) = self.equal else {
            return self.by_published_transformation(context, policy);
        };
        let mut way = self.to_own_degrees()?;
        if !equal.is_lattice() {
            way.notes.push(Note::DatumTakenAsEqual {
                system: self.label.clone(),
                datum: equal.name(),
                error_m: equal.error_m(),
                source: equal.source(),
            });
        }
        Ok(way)
    }

    fn by_given_parameters(
        &self,
        tied: &Object,
        context: &Rc<Context>,
        policy: &Policy,
    ) -> Result<Way, CrsError> {
        let zeros = tied.tie_is_zero() && !self.geodetic.ellipsoid().is_some_and(is_of_the_lattice);
        if zeros && !policy.allow_ballpark {
            return Err(self.refused(DatumChangeReason::TiedByZeros));
        }
        let target = tied
            .target()
            .filter(|hub| {
                hub.datum()
                    .is_some_and(|datum| EqualDatum::find(datum.epsg(), &datum.name()).is_some())
            })
            .or_else(|| {
                policy
                    .allow_ballpark
                    .then(|| context.create("EPSG:4326"))
                    .flatten()
            })
            .ok_or_else(|| self.refused(DatumChangeReason::TiedElsewhere))?;
        let candidate = tied
            .operations_to(&target)
            .into_iter()
            .find(|candidate| policy.allow_ballpark || !candidate.ballpark)
            .ok_or_else(|| self.refused(DatumChangeReason::TiedElsewhere))?;
        let system = self.label.clone();
        let mut notes = self.height_note();
        notes.push(if zeros || candidate.ballpark {
            Note::Ballpark {
                system,
                accuracy_m: None,
            }
        } else {
            Note::GivenParameters { system }
        });
        Ok(Way {
            operation: candidate.operation,
            target,
            area: None,
            notes,
        })
    }

    fn by_published_transformation(
        &self,
        context: &Rc<Context>,
        policy: &Policy,
    ) -> Result<Way, CrsError> {
        // most published transformations lead to WGS 84, which is taken as equal to the lattice's
        let target = context.create("EPSG:4326").ok_or(CrsError::Proj {
            problem: "its database proj.db has no EPSG:4326",
        })?;
        let candidates = self.base.operations_to(&target);
        let whole = |candidate: &Candidate| match (&candidate.area, &self.area) {
            (Some(holds), Some(used)) => holds.covers(used),
            (Some(_), None) => true,
            (None, _) => false,
        };
        let best = candidates
            .iter()
            .position(|c| !c.ballpark && whole(c) && c.accuracy_m.is_some())
            .map(|at| (at, candidates[at].accuracy_m.unwrap_or(f64::INFINITY)));

        let (chosen, note) = match best {
            Some((at, accuracy_m)) if accuracy_m <= WORST_ACCURACY_M => {
                let operation = if self.public {
                    candidates[at].name.clone()
                } else {
                    "a published transformation".to_owned()
                };
                let note = Note::DatumTransformed {
                    system: self.label.clone(),
                    operation,
                    accuracy_m,
                };
                (at, note)
            }
            _ if policy.allow_ballpark => {
                let at = best
                    .map(|(at, _)| at)
                    .or_else(|| candidates.iter().position(|candidate| candidate.ballpark));
                let at = at.ok_or_else(|| self.refused(DatumChangeReason::Nothing))?;
                let note = Note::Ballpark {
                    system: self.label.clone(),
                    accuracy_m: best.map(|(_, accuracy_m)| accuracy_m),
                };
                (at, note)
            }
            Some((at, accuracy_m)) => {
                return Err(self.refused(DatumChangeReason::Inexact {
                    operation: candidates[at].name.clone(),
                    accuracy_m,
                }));
            }
            None if candidates.iter().any(|candidate| !candidate.ballpark) => {
                return Err(self.refused(DatumChangeReason::PartsOnly));
            }
            None => return Err(self.refused(DatumChangeReason::Nothing)),
        };
        let mut notes = self.height_note();
        notes.push(note);
        let chosen = candidates
            .into_iter()
            .nth(chosen)
            .ok_or_else(|| self.refused(DatumChangeReason::Nothing))?;
        Ok(Way {
            operation: chosen.operation,
            target,
            area: if chosen.ballpark { None } else { chosen.area },
            notes,
        })
    }

    fn refused(&self, reason: DatumChangeReason) -> CrsError {
        let datum = if self.public {
            self.datum.name()
        } else {
            "of its own".to_owned()
        };
        let reason = match reason {
            DatumChangeReason::Inexact { accuracy_m, .. } if !self.public => {
                DatumChangeReason::Inexact {
                    operation: "a published one".to_owned(),
                    accuracy_m,
                }
            }
            other => other,
        };
        CrsError::DatumChange {
            system: self.label.clone(),
            datum,
            reason,
        }
    }

    fn height_note(&self) -> Vec<Note> {
        let note = self.has_height.then(|| Note::HeightDropped {
            system: self.label.clone(),
        });
        note.into_iter().collect()
    }
}

/// Whether an ellipsoid is that of CGCS2000, or one that differs from it by less than a
/// millimetre (GRS 1980, WGS 84).
fn is_of_the_lattice(ellipsoid: Ellipsoid) -> bool {
    (ellipsoid.semi_major_m - 6_378_137.0).abs() < 1e-3
        && (ellipsoid.inverse_flattening - 298.257_222_101).abs() < 1e-5
}
