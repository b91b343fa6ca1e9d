//! The components nearest to a position, as a request asks for them.

use wangge_city::NearestComponents;

use super::{MOST_NEAR_M, asked_m, count};
use crate::problem::Problem;
use crate::query::Query;

/// Components that are named around a position, by `nearest` or `near`.
#[derive(Debug, Clone)]
pub(crate) struct NearestParam {
    most: usize,
    within_m: f64,
    class: Option<String>,
    /// Whether the request says `nearest`; tables have columns for them then.
    is_counted: bool,
}

impl NearestParam {
    pub(super) fn of(query: &Query<'_>) -> Result<Option<Self>, Problem> {
        let within_m = asked_m(query, "nearest_within")?;
        let class = query.get("nearest_class").map(str::to_owned);
        if let Some(text) = query.get("nearest") {
            return Ok(Some(Self {
                most: count("nearest", text, NearestComponents::MOST)?,
                within_m: within_m.unwrap_or(f64::from(MOST_NEAR_M)),
                class,
                is_counted: true,
            }));
        }
        if within_m.is_some() || class.is_some() {
            return Err(Problem::MissingParameter { name: "nearest" });
        }
        let near_m = asked_m(query, "near")?;
        Ok(near_m.map(|within_m| Self {
            most: NearestComponents::USUAL,
            within_m,
            class: None,
            is_counted: false,
        }))
    }

    pub(crate) fn as_nearest(&self) -> NearestComponents<'_> {
        NearestComponents {
            most: self.most,
            within_m: self.within_m,
            class: self.class.as_deref(),
        }
    }

    /// Those that a table has columns for.
    pub(crate) fn as_columns(&self) -> Option<NearestComponents<'_>> {
        self.is_counted.then(|| self.as_nearest())
    }
}
