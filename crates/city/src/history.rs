//! Snapshots of other times than now: compiled when somebody asks, the last few kept.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use wangge_model::Version;
use wangge_store::Store;

use crate::background::quietly;
use crate::management::day_of;
use crate::{City, CityError, Review};

/// How many snapshots are kept.
const KEPT: usize = 4;

/// The snapshots of one store.
#[derive(Debug, Default)]
pub(crate) struct History {
    path: Option<PathBuf>,
    /// One at a time looks into the store or compiles: who asks for the same meanwhile gets the
    /// same.
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    store: Option<Store>,
    /// The one asked for last comes first.
    snapshots: Vec<Snapshot>,
}

#[derive(Debug)]
struct Snapshot {
    version: Version,
    day: Date,
    /// The store's count of changes, for a time to come: what holds then may still change.
    commits: Option<i64>,
    city: Arc<City>,
}

impl History {
    pub(crate) fn of(path: &Path) -> Self {
        Self {
            path: Some(path.to_owned()),
            kept: Mutex::default(),
        }
    }

    pub(crate) fn at(
        &self,
        at: Timestamp,
        now: Option<Arc<City>>,
    ) -> Result<Option<Arc<City>>, CityError> {
        let Some(path) = &self.path else {
            return Ok(None);
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.find(path, at, now);
        if found.is_err() {
            // the file may be another one next time
            kept.store = None;
        }
        found
    }
}

impl Kept {
    fn find(
        &mut self,
        path: &Path,
        at: Timestamp,
        now: Option<Arc<City>>,
    ) -> Result<Option<Arc<City>>, CityError> {
        let store = match self.store.take() {
            Some(store) => self.store.insert(store),
            None => self.store.insert(Store::open_read_only(path)?),
        };
        let Some(plan) = store.in_force_at(at)? else {
            return Ok(None);
        };
        let (version, day) = (plan.version(), day_of(at));
        let is_to_come = at > Timestamp::now();
        let commits = is_to_come
            .then(|| store.change_counter().map(|counter| counter.commits))
            .transpose()?;
        // who runs a unit may change within a version, by the day
        let same_day = |city: &City| !city.minds_the_day() || city.day() == day;
        if let Some(now) = now
            && !is_to_come
            && now.version() == version
            && same_day(&now)
        {
            return Ok(Some(now));
        }
        let place = self.snapshots.iter().position(|kept| {
            kept.version == version
                && kept.commits == commits
                && (kept.day == day || !kept.city.minds_the_day())
        });
        if let Some(place) = place {
            let snapshot = self.snapshots.remove(place);
            let city = Arc::clone(&snapshot.city);
            self.snapshots.insert(0, snapshot);
            return Ok(Some(city));
        }
        let Some(contents) = store.contents_at(at)? else {
            return Ok(None);
        };
        let review = Review::of(&contents);
        let city = Arc::new(quietly(|| City::compile_as(contents, review, Some(day)))?);
        self.snapshots.truncate(KEPT - 1);
        self.snapshots.insert(
            0,
            Snapshot {
                version,
                day,
                commits,
                city: Arc::clone(&city),
            },
        );
        Ok(Some(city))
    }
}
