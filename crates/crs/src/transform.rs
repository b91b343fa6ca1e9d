//! Conversions between any two systems.

use std::cell::RefCell;
use std::rc::Rc;

use crate::declared::Declared;
use crate::formula::Degrees;
use crate::leg::Leg;
use crate::proj::Context;
use crate::{ChinaBounds, Crs, CrsError, Hint, Note, Policy};

/// How many conversions a thread keeps, those included that could not be made.
const KEPT: usize = 16;

type Made = Result<Rc<Transform>, CrsError>;

thread_local! {
    static KEPT_TRANSFORMS: RefCell<Vec<(Key, Made)>> = const { RefCell::new(Vec::new()) };
}

/// A conversion from one system to another, by way of the lattice's degrees.
///
/// It belongs to the thread that made it (PROJ's objects may not be shared), and making one asks
/// PROJ's database: keep it, or let [`Transform::of_this_thread`] keep it. Conversions that need
/// no PROJ are [`Formula`](crate::Formula)s, which any thread may share.
///
/// ```
/// use wangge_crs::{Crs, Policy, Transform};
/// let zone: Crs = "EPSG:4527".parse()?;
/// let transform = Transform::new(&Crs::Lattice, &zone, &Policy::default())?;
/// let (east, north) = transform.convert(117.0, 40.0)?;
/// assert!((east - 39_500_000.0).abs() < 1e-6 && (north - 4_429_529.030_237).abs() < 1e-6);
/// # Ok::<(), wangge_crs::CrsError>(())
/// ```
#[derive(Debug)]
pub struct Transform {
    from: Side,
    to: Side,
    margin_deg: f64,
    notes: Vec<Note>,
}

#[derive(Debug)]
enum Side {
    Degrees(Crs, Degrees),
    Proj(Box<Leg>),
}

type Key = (Crs, Crs, Policy);

impl Transform {
    /// The conversion from one system to another.
    ///
    /// # Errors
    /// Every variant of [`CrsError`] that is about a system; above all
    /// [`CrsError::DatumChange`] where positions would silently be off.
    pub fn new(from: &Crs, to: &Crs, policy: &Policy) -> Result<Self, CrsError> {
        let mut notes = Vec::new();
        let (from, to) = match (Degrees::of(from, policy), Degrees::of(to, policy)) {
            (Some(there), Some(here)) => (
                Side::by_formula(from, there, &mut notes),
                Side::by_formula(to, here, &mut notes),
            ),
            (there, here) => {
                let context = context()?;
                let read = |crs: &Crs, degrees: Option<Degrees>| match (degrees, crs) {
                    (Some(_), _) => Ok(None),
                    (None, Crs::Local(definition)) if definition.is_pipeline() => Ok(None),
                    (None, _) => Declared::read(&context, crs).map(Some),
                };
                let (a, b) = (read(from, there)?, read(to, here)?);
                let own = matches!((&a, &b), (Some(a), Some(b)) if a.shares_datum(b));
                let mut side = |crs: &Crs, degrees: Option<Degrees>, declared: Option<Declared>| {
                    if let Some(degrees) = degrees {
                        return Ok(Side::by_formula(crs, degrees, &mut notes));
                    }
                    let leg = match (&declared, crs) {
                        (Some(declared), _) => {
                            let mut way = if own {
                                declared.to_own_degrees()?
                            } else {
                                declared.to_lattice(&context, policy)?
                            };
                            notes.append(&mut way.notes);
                            Leg::new(declared, way, crs.gauss_kruger(), policy.area_margin_deg)?
                        }
                        (None, Crs::Local(definition)) => {
                            notes.push(Note::GivenParameters {
                                system: crs.to_string(),
                            });
                            Leg::by_pipeline(&context, definition)?
                        }
                        (None, _) => {
                            unreachable!("only formulas and pipelines are not read by PROJ above")
                        }
                    };
                    Ok(Side::Proj(Box::new(leg)))
                };
                (side(from, there, a)?, side(to, here, b)?)
            }
        };
        notes.dedup();
        Ok(Self {
            from,
            to,
            margin_deg: policy.area_margin_deg,
            notes,
        })
    }

    /// The conversion, made at most once by this thread while it stays among the 16 used last.
    ///
    /// # Errors
    /// As [`Transform::new`]. A refusal is kept as well: it takes as long to find out.
    pub fn of_this_thread(from: &Crs, to: &Crs, policy: &Policy) -> Result<Rc<Self>, CrsError> {
        let kept = KEPT_TRANSFORMS.with_borrow_mut(|kept| {
            let at = kept
                .iter()
                .position(|((f, t, p), _)| f == from && t == to && p == policy)?;
            kept[..=at].rotate_right(1);
            Some(kept[0].1.clone())
        });
        if let Some(made) = kept {
            return made;
        }
        let made = Self::new(from, to, policy).map(Rc::new);
        KEPT_TRANSFORMS.with_borrow_mut(|kept| {
            kept.truncate(KEPT - 1);
            kept.insert(0, ((from.clone(), to.clone(), *policy), made.clone()));
        });
        made
    }

    /// Converts a point: east and north (or longitude and latitude) in the units of the first
    /// system, to those of the second.
    ///
    /// # Errors
    /// [`CrsError::NotFinite`], [`CrsError::NotDegrees`], [`CrsError::OutsideArea`] outside the
    /// area of use of either system, [`CrsError::NoPosition`].
    pub fn convert(&self, east: f64, north: f64) -> Result<(f64, f64), CrsError> {
        let (lon, lat) = self.from.to_degrees(east, north, self.margin_deg)?;
        match &self.to {
            Side::Degrees(_, degrees) => degrees.out_of_lattice(lon, lat, self.margin_deg),
            Side::Proj(leg) => leg.out_of_degrees(lon, lat),
        }
    }

    /// What the conversion gives away, for an import's report.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Whether the first system is projected: straight edges in it are not straight in degrees.
    pub fn is_projected(&self) -> bool {
        match &self.from {
            Side::Degrees(..) => false,
            Side::Proj(leg) => leg.is_projected(),
        }
    }

    /// Whether the numbers of a file look like numbers of the first system; a note if not.
    ///
    /// `extent` is west, south, east and north of the numbers as they stand in the file. It is
    /// looked at as a whole: data may hold single points that are wrong.
    pub fn plausibility(&self, extent: [f64; 4]) -> Option<Note> {
        let [west, south, east, north] = extent;
        let implausible = |why: String| {
            let system = match &self.from {
                Side::Degrees(crs, _) => crs.to_string(),
                Side::Proj(leg) => leg.label().to_owned(),
            };
            Some(Note::Implausible { system, why })
        };
        let largest = |a: f64, b: f64| a.abs().max(b.abs());
        if self.is_projected() && largest(west, east) <= 180.0 && largest(south, north) <= 90.0 {
            return implausible(Hint::Degrees.to_string());
        }
        let corners = [
            (west.midpoint(east), south.midpoint(north)),
            (west, south),
            (east, south),
            (east, north),
            (west, north),
        ];
        for (x, y) in corners {
            if let Err(error) = self.from.to_degrees(x, y, self.margin_deg) {
                return implausible(error.to_string());
            }
        }
        match &self.from {
            Side::Degrees(_, Degrees::Gcj02(bounds) | Degrees::Bd09(bounds))
                if corners.iter().all(|(x, y)| !bounds.contains(*x, *y)) =>
            {
                implausible("nothing of it lies where these degrees are used".to_owned())
            }
            Side::Degrees(..)
                if corners.iter().all(|(x, y)| {
                    ChinaBounds::NarrowBox.contains(*y, *x)
                        && !ChinaBounds::Box.contains(*x, *y)
                        // beyond Cape Chelyuskin there is land, but no city
                        && *y > 72.0
                }) =>
            {
                implausible(Hint::LatitudeFirst.to_string())
            }
            _ => None,
        }
    }
}

impl Side {
    fn by_formula(crs: &Crs, degrees: Degrees, notes: &mut Vec<Note>) -> Self {
        match degrees {
            Degrees::Equal(system) => {
                let datum = system.datum();
                notes.push(Note::DatumTakenAsEqual {
                    system: crs.to_string(),
                    datum: datum.name(),
                    error_m: datum.error_m(),
                    source: datum.source(),
                });
            }
            Degrees::Gcj02(_) | Degrees::Bd09(_) => notes.push(Note::ShiftedDegrees {
                system: crs.to_string(),
            }),
            Degrees::Lattice => {}
        }
        Self::Degrees(crs.clone(), degrees)
    }

    fn to_degrees(&self, east: f64, north: f64, margin_deg: f64) -> Result<(f64, f64), CrsError> {
        match self {
            Self::Degrees(_, degrees) => degrees.to_lattice(east, north, margin_deg),
            Self::Proj(leg) => leg.to_degrees(east, north),
        }
    }
}

fn context() -> Result<Rc<Context>, CrsError> {
    let context = Context::new().ok_or(CrsError::Proj {
        problem: "it has no memory for a context",
    })?;
    if context.has_database() {
        Ok(context)
    } else {
        Err(CrsError::Proj {
            problem: "its database proj.db is not found (package proj-data, or set PROJ_DATA)",
        })
    }
}
