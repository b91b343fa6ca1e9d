//! The systems that files say their positions are in.

use serde_json::Value;
use wangge_crs::Crs;

use crate::PointsError;
use crate::place::Systems;

/// Refuses a file that declares another system than positions are taken for, unless somebody said which they are in: who says
/// so knows better.
///
/// A system is declared by a name (`EPSG:4549`, `urn:ogc:def:crs:EPSG::4549`), as WKT, or as PROJJSON with an `id`. Nothing, and null, declare
/// none.
///
/// # Errors
/// [`PointsError::OtherSystem`], with `place` as what declares it.
pub(crate) fn check(
    declared: Option<&Value>,
    systems: &Systems,
    place: &str,
) -> Result<(), PointsError> {
    let Some(declared) = declared.filter(|declared| !declared.is_null() && !systems.is_said) else {
        return Ok(());
    };
    let crs = match declared {
        Value::String(name) => name.parse::<Crs>().ok(),
        declared => name_of(declared).and_then(|name| name.parse().ok()),
    };
    // definitions are not told: they may be those of a city's own system
    let declared = match crs {
        Some(Crs::Lattice | Crs::Equal(_)) => return Ok(()),
        Some(crs) if crs == systems.crs => return Ok(()),
        None | Some(Crs::Local(_)) => None,
        Some(crs) => Some(crs.to_string()),
    };
    Err(PointsError::OtherSystem {
        place: place.to_owned(),
        declared,
    })
}

/// The authority and number of a system in PROJJSON.
fn name_of(declared: &Value) -> Option<String> {
    let id = declared.get("id")?;
    let code = id.get("code")?;
    let code = code
        .as_str()
        .map_or_else(|| code.to_string(), str::to_owned);
    Some(format!("{}:{code}", id.get("authority")?.as_str()?))
}
