//! The system's PROJ, behind types that own what PROJ allocates. The only unsafe code of the crate.
//!
//! Every call runs in a context of our own that logs nothing (PROJ writes to standard error
//! otherwise) and has no network. No text that PROJ composes is handed on: it may repeat a
//! person's parameters.
#![expect(
    unsafe_code,
    reason = "PROJ is a C library; each call states what makes it sound"
)]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::{self, NonNull};
use std::rc::Rc;

use proj_sys as ffi;

use crate::Area;

/// A PROJ context. Not for more than one thread: `Rc` and the pointer keep it from being sent.
#[derive(Debug)]
pub(crate) struct Context {
    raw: NonNull<ffi::PJ_CONTEXT>,
}

/// A system, datum, ellipsoid or operation of PROJ.
#[derive(Debug)]
pub(crate) struct Object {
    raw: NonNull<ffi::PJ>,
    context: Rc<Context>,
}

/// What a PROJ object is, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Geographic2d,
    Geographic3d,
    Projected,
    Compound,
    Bound,
    Geocentric,
    Vertical,
    Engineering,
    Operation,
    Other,
}

/// The shape of an ellipsoid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ellipsoid {
    pub(crate) semi_major_m: f64,
    pub(crate) inverse_flattening: f64,
}

/// One way that PROJ knows between two systems.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) operation: Object,
    pub(crate) name: String,
    /// `None` when PROJ does not know it.
    pub(crate) accuracy_m: Option<f64>,
    /// PROJ assumes two datums to be the same, because it knows nothing better.
    pub(crate) ballpark: bool,
    pub(crate) area: Option<Area>,
}

impl Context {
    /// A silent context without network; `None` when PROJ cannot make one.
    pub(crate) fn new() -> Option<Rc<Self>> {
        unsafe extern "C" fn silent(_: *mut c_void, _: c_int, _: *const c_char) {}

        // SAFETY: takes no arguments; the result is owned by the new `Context`.
        let raw = NonNull::new(unsafe { ffi::proj_context_create() })?;
        // SAFETY: `raw` is a live context; the function has the signature PROJ asks for, touches
        // nothing, and is valid for the whole program.
        unsafe {
            ffi::proj_log_func(raw.as_ptr(), ptr::null_mut(), Some(silent));
            ffi::proj_log_level(raw.as_ptr(), ffi::PJ_LOG_LEVEL_PJ_LOG_NONE);
            ffi::proj_context_set_enable_network(raw.as_ptr(), 0);
        }
        Some(Rc::new(Self { raw }))
    }

    /// Whether PROJ finds its database of systems, proj.db.
    pub(crate) fn has_database(&self) -> bool {
        // SAFETY: a live context; the result is only compared with null.
        !unsafe { ffi::proj_context_get_database_path(self.raw.as_ptr()) }.is_null()
    }

    /// Whether PROJ may fetch grids over the network.
    #[cfg(test)]
    pub(crate) fn network_enabled(&self) -> bool {
        // SAFETY: a live context.
        unsafe { ffi::proj_context_is_network_enabled(self.raw.as_ptr()) != 0 }
    }

    /// What the text defines: `EPSG:n`, a PROJ string or WKT.
    pub(crate) fn create(self: &Rc<Self>, text: &str) -> Option<Object> {
        let text = CString::new(text).ok()?;
        // SAFETY: a live context and a terminated string that outlives the call.
        self.own(unsafe { ffi::proj_create(self.raw.as_ptr(), text.as_ptr()) })
    }

    fn own(self: &Rc<Self>, raw: *mut ffi::PJ) -> Option<Object> {
        NonNull::new(raw).map(|raw| Object {
            raw,
            context: Rc::clone(self),
        })
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: created by `proj_context_create`, destroyed once; every `Object` holds an `Rc`
        // to its context, so none is left.
        unsafe {
            ffi::proj_context_destroy(self.raw.as_ptr());
        }
    }
}

impl Object {
    pub(crate) fn kind(&self) -> Kind {
        // SAFETY: a live object.
        match unsafe { ffi::proj_get_type(self.raw.as_ptr()) } {
            ffi::PJ_TYPE_PJ_TYPE_GEOGRAPHIC_2D_CRS => Kind::Geographic2d,
            ffi::PJ_TYPE_PJ_TYPE_GEOGRAPHIC_3D_CRS => Kind::Geographic3d,
            ffi::PJ_TYPE_PJ_TYPE_PROJECTED_CRS => Kind::Projected,
            ffi::PJ_TYPE_PJ_TYPE_COMPOUND_CRS => Kind::Compound,
            ffi::PJ_TYPE_PJ_TYPE_BOUND_CRS => Kind::Bound,
            ffi::PJ_TYPE_PJ_TYPE_GEOCENTRIC_CRS | ffi::PJ_TYPE_PJ_TYPE_GEODETIC_CRS => {
                Kind::Geocentric
            }
            ffi::PJ_TYPE_PJ_TYPE_VERTICAL_CRS => Kind::Vertical,
            ffi::PJ_TYPE_PJ_TYPE_ENGINEERING_CRS => Kind::Engineering,
            ffi::PJ_TYPE_PJ_TYPE_CONVERSION
            | ffi::PJ_TYPE_PJ_TYPE_TRANSFORMATION
            | ffi::PJ_TYPE_PJ_TYPE_CONCATENATED_OPERATION
            | ffi::PJ_TYPE_PJ_TYPE_OTHER_COORDINATE_OPERATION => Kind::Operation,
            _ => Kind::Other,
        }
    }

    pub(crate) fn name(&self) -> String {
        // SAFETY: a live object; the string belongs to it and is copied at once.
        unsafe { copied(ffi::proj_get_name(self.raw.as_ptr())) }.unwrap_or_default()
    }

    /// The object's EPSG code, if it says so itself.
    pub(crate) fn epsg(&self) -> Option<u32> {
        // SAFETY: a live object; the strings belong to it and are copied at once.
        let (authority, code) = unsafe {
            (
                copied(ffi::proj_get_id_auth_name(self.raw.as_ptr(), 0))?,
                copied(ffi::proj_get_id_code(self.raw.as_ptr(), 0))?,
            )
        };
        (authority == "EPSG").then(|| code.parse().ok()).flatten()
    }

    /// Whether two systems are the same but for their names.
    pub(crate) fn is_equivalent(&self, other: &Self) -> bool {
        // SAFETY: two live objects and the context of the first.
        unsafe {
            ffi::proj_is_equivalent_to_with_ctx(
                self.context.raw.as_ptr(),
                self.raw.as_ptr(),
                other.raw.as_ptr(),
                ffi::PJ_COMPARISON_CRITERION_PJ_COMP_EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS,
            ) != 0
        }
    }

    /// Area of use, when there is one.
    pub(crate) fn area(&self) -> Option<Area> {
        let (mut west, mut south, mut east, mut north) = (0.0, 0.0, 0.0, 0.0);
        let mut place = ptr::null();
        // SAFETY: a live object in its own context; the pointers are to locals, and the name
        // belongs to the object and is copied at once.
        let place = unsafe {
            let found = ffi::proj_get_area_of_use(
                self.context.raw.as_ptr(),
                self.raw.as_ptr(),
                &raw mut west,
                &raw mut south,
                &raw mut east,
                &raw mut north,
                &raw mut place,
            );
            if found == 0 {
                return None;
            }
            copied(place)
        };
        // PROJ says -1000 for what it does not know
        [west, south, east, north]
            .iter()
            .all(|v| *v > -999.0)
            .then(|| Area::new(west, south, east, north, place.unwrap_or_default()))
    }

    /// Whether a geographic system is derived from another one (a rotated pole).
    pub(crate) fn is_derived(&self) -> bool {
        // SAFETY: a live object in its own context.
        unsafe { ffi::proj_crs_is_derived(self.context.raw.as_ptr(), self.raw.as_ptr()) != 0 }
    }

    /// The part of a compound system that says where on the ground.
    pub(crate) fn horizontal(&self) -> Option<Self> {
        // SAFETY: a live object in its own context; the result is new.
        self.sibling(unsafe {
            ffi::proj_crs_get_sub_crs(self.context.raw.as_ptr(), self.raw.as_ptr(), 0)
        })
    }

    /// The same geographic system without its height.
    pub(crate) fn without_height(&self) -> Option<Self> {
        // SAFETY: a live object in its own context; null keeps the name; the result is new.
        self.sibling(unsafe {
            ffi::proj_crs_demote_to_2D(self.context.raw.as_ptr(), ptr::null(), self.raw.as_ptr())
        })
    }

    /// The system that a bound system is made of.
    pub(crate) fn source(&self) -> Option<Self> {
        // SAFETY: a live object in its own context; the result is new.
        self.sibling(unsafe {
            ffi::proj_get_source_crs(self.context.raw.as_ptr(), self.raw.as_ptr())
        })
    }

    /// The system that a bound system is tied to.
    pub(crate) fn target(&self) -> Option<Self> {
        // SAFETY: a live object in its own context; the result is new.
        self.sibling(unsafe {
            ffi::proj_get_target_crs(self.context.raw.as_ptr(), self.raw.as_ptr())
        })
    }

    /// Whether a bound system is tied by three or seven parameters that are all zero.
    pub(crate) fn tie_is_zero(&self) -> bool {
        let mut values = [0.0f64; 7];
        // SAFETY: a live object in its own context; the operation is new and destroyed by its
        // `Object`; seven values are written at most, and it says whether it did.
        let written = unsafe {
            let raw =
                ffi::proj_crs_get_coordoperation(self.context.raw.as_ptr(), self.raw.as_ptr());
            self.sibling(raw).is_some_and(|operation| {
                ffi::proj_coordoperation_get_towgs84_values(
                    self.context.raw.as_ptr(),
                    operation.raw.as_ptr(),
                    values.as_mut_ptr(),
                    7,
                    0,
                ) != 0
            })
        };
        written && values.iter().all(|v| *v == 0.0)
    }

    /// The geographic system under a projected one (a geographic one is its own).
    pub(crate) fn geodetic(&self) -> Option<Self> {
        // SAFETY: a live object in its own context; the result is new.
        self.sibling(unsafe {
            ffi::proj_crs_get_geodetic_crs(self.context.raw.as_ptr(), self.raw.as_ptr())
        })
    }

    /// The datum of a geographic system, or the ensemble of datums.
    pub(crate) fn datum(&self) -> Option<Self> {
        // SAFETY: a live object in its own context; the results are new.
        unsafe {
            self.sibling(ffi::proj_crs_get_datum(
                self.context.raw.as_ptr(),
                self.raw.as_ptr(),
            ))
            .or_else(|| {
                self.sibling(ffi::proj_crs_get_datum_ensemble(
                    self.context.raw.as_ptr(),
                    self.raw.as_ptr(),
                ))
            })
        }
    }

    pub(crate) fn ellipsoid(&self) -> Option<Ellipsoid> {
        let context = self.context.raw.as_ptr();
        // SAFETY: a live object in its own context; the result is new.
        let ellipsoid =
            self.sibling(unsafe { ffi::proj_get_ellipsoid(context, self.raw.as_ptr()) })?;
        let (mut semi_major_m, mut inverse_flattening) = (0.0, 0.0);
        // SAFETY: a live ellipsoid; the pointers are to locals, null where nothing is wanted.
        let found = unsafe {
            ffi::proj_ellipsoid_get_parameters(
                context,
                ellipsoid.raw.as_ptr(),
                &raw mut semi_major_m,
                ptr::null_mut(),
                ptr::null_mut(),
                &raw mut inverse_flattening,
            )
        };
        (found != 0).then_some(Ellipsoid {
            semi_major_m,
            inverse_flattening,
        })
    }

    /// Whether longitudes count from Greenwich.
    pub(crate) fn is_greenwich(&self) -> bool {
        let context = self.context.raw.as_ptr();
        // SAFETY: a live object in its own context; the result is new.
        let Some(meridian) =
            self.sibling(unsafe { ffi::proj_get_prime_meridian(context, self.raw.as_ptr()) })
        else {
            return false;
        };
        let mut longitude = f64::NAN;
        // SAFETY: a live prime meridian; one pointer to a local, null where nothing is wanted.
        let found = unsafe {
            ffi::proj_prime_meridian_get_parameters(
                context,
                meridian.raw.as_ptr(),
                &raw mut longitude,
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        found != 0 && longitude == 0.0
    }

    /// Longitude and latitude in degrees on a datum.
    pub(crate) fn degrees_on(&self) -> Option<Self> {
        let context = self.context.raw.as_ptr();
        // SAFETY: a live context; null and 0 mean degrees; the result is new.
        let axes = self.sibling(unsafe {
            ffi::proj_create_ellipsoidal_2D_cs(
                context,
                ffi::PJ_ELLIPSOIDAL_CS_2D_TYPE_PJ_ELLPS2D_LONGITUDE_LATITUDE,
                ptr::null(),
                0.0,
            )
        })?;
        // SAFETY: a live datum and coordinate system of the same context; the name is a terminated
        // constant; the result is new.
        self.sibling(unsafe {
            ffi::proj_create_geographic_crs_from_datum(
                context,
                c"degrees".as_ptr(),
                self.raw.as_ptr(),
                axes.raw.as_ptr(),
            )
        })
    }

    /// The directions of the first two axes of a system, in PROJ's words ("north", "east", …).
    pub(crate) fn axis_directions(&self) -> Option<[String; 2]> {
        let context = self.context.raw.as_ptr();
        // SAFETY: a live object in its own context; the result is new.
        let axes = self
            .sibling(unsafe { ffi::proj_crs_get_coordinate_system(context, self.raw.as_ptr()) })?;
        let direction = |index: c_int| {
            let mut direction = ptr::null();
            // SAFETY: a live coordinate system; one pointer to a local, null where nothing is
            // wanted; the string belongs to the coordinate system and is copied at once.
            unsafe {
                let found = ffi::proj_cs_get_axis_info(
                    context,
                    axes.raw.as_ptr(),
                    index,
                    ptr::null_mut(),
                    ptr::null_mut(),
                    &raw mut direction,
                    ptr::null_mut(),
                    ptr::null_mut(),
                    ptr::null_mut(),
                    ptr::null_mut(),
                );
                if found == 0 { None } else { copied(direction) }
            }
        };
        Some([direction(0)?, direction(1)?])
    }

    /// The ways from this system to another that need no missing grid, PROJ's best first.
    pub(crate) fn operations_to(&self, target: &Self) -> Vec<Candidate> {
        let context = self.context.raw.as_ptr();
        // SAFETY: live objects of one context; null means every authority; the factory context and
        // the list are new and destroyed below, once, after their last use.
        unsafe {
            let factory = ffi::proj_create_operation_factory_context(context, ptr::null());
            if factory.is_null() {
                return Vec::new();
            }
            ffi::proj_operation_factory_context_set_spatial_criterion(
                context,
                factory,
                ffi::PROJ_SPATIAL_CRITERION_PROJ_SPATIAL_CRITERION_PARTIAL_INTERSECTION,
            );
            ffi::proj_operation_factory_context_set_grid_availability_use(
                context,
                factory,
                ffi::PROJ_GRID_AVAILABILITY_USE_PROJ_GRID_AVAILABILITY_DISCARD_OPERATION_IF_MISSING_GRID,
            );
            let list = ffi::proj_create_operations(
                context,
                self.raw.as_ptr(),
                target.raw.as_ptr(),
                factory,
            );
            ffi::proj_operation_factory_context_destroy(factory);
            if list.is_null() {
                return Vec::new();
            }
            let count = ffi::proj_list_get_count(list);
            let candidates = (0..count)
                .filter_map(|index| self.sibling(ffi::proj_list_get(context, list, index)))
                .filter_map(Candidate::of)
                .collect();
            ffi::proj_list_destroy(list);
            candidates
        }
    }

    /// Whether an operation takes angles in radians when it runs forward.
    pub(crate) fn takes_radians(&self) -> bool {
        // SAFETY: a live operation.
        unsafe { ffi::proj_angular_input(self.raw.as_ptr(), ffi::PJ_DIRECTION_PJ_FWD) != 0 }
    }

    /// Runs an operation forward, in the axis order and units of its systems. `None` when PROJ
    /// cannot convert the pair.
    pub(crate) fn forward(&self, first: f64, second: f64) -> Option<(f64, f64)> {
        self.run(ffi::PJ_DIRECTION_PJ_FWD, first, second)
    }

    /// Runs an operation backward.
    pub(crate) fn backward(&self, first: f64, second: f64) -> Option<(f64, f64)> {
        self.run(ffi::PJ_DIRECTION_PJ_INV, first, second)
    }

    fn run(&self, direction: ffi::PJ_DIRECTION, first: f64, second: f64) -> Option<(f64, f64)> {
        // SAFETY: a live operation, used by one thread (it is not `Sync`); all four members of the
        // result's union are plain numbers, whichever is read.
        let (first, second) = unsafe {
            ffi::proj_errno_reset(self.raw.as_ptr());
            let point = ffi::proj_coord(first, second, 0.0, f64::INFINITY);
            let there = ffi::proj_trans(self.raw.as_ptr(), direction, point);
            (there.v[0], there.v[1])
        };
        (first.is_finite() && second.is_finite()).then_some((first, second))
    }

    fn sibling(&self, raw: *mut ffi::PJ) -> Option<Self> {
        self.context.own(raw)
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        // SAFETY: created by PROJ for us, destroyed once, before its context.
        unsafe {
            ffi::proj_destroy(self.raw.as_ptr());
        }
    }
}

impl Candidate {
    fn of(operation: Object) -> Option<Self> {
        let context = operation.context.raw.as_ptr();
        // SAFETY: a live operation in its own context.
        let (instantiable, accuracy_m, ballpark) = unsafe {
            (
                ffi::proj_coordoperation_is_instantiable(context, operation.raw.as_ptr()) != 0,
                ffi::proj_coordoperation_get_accuracy(context, operation.raw.as_ptr()),
                ffi::proj_coordoperation_has_ballpark_transformation(
                    context,
                    operation.raw.as_ptr(),
                ) != 0,
            )
        };
        instantiable.then(|| Self {
            name: operation.name(),
            accuracy_m: (accuracy_m >= 0.0).then_some(accuracy_m),
            ballpark,
            area: operation.area(),
            operation,
        })
    }
}

/// A copy of a C string of PROJ.
///
/// # Safety
/// `text` is null or points to a terminated string that lives during the call.
unsafe fn copied(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: not null, and terminated by the caller's promise.
    let text = unsafe { CStr::from_ptr(text) };
    Some(text.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::Context;

    #[test]
    fn proj_has_no_network() {
        let context = Context::new().expect("a context");
        assert!(!context.network_enabled());
    }
}
