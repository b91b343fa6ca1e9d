//! Snapshots of other times than now, and of plans that are not in force: compiled when somebody
//! asks, the last few kept.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use jiff::civil::Date;
use wangge_model::Version;
use wangge_store::{Store, StoreError};

use crate::background::Pace;
use crate::management::{day_of, today};
use crate::planning::found;
use crate::reading::{CityRead, of_plan, of_time};
use crate::work::WorkError;
use crate::{City, CityError};

/// How many snapshots are kept.
const KEPT: usize = 4;

/// The snapshots of one store.
#[derive(Debug, Default)]
pub(crate) struct History {
    path: Option<PathBuf>,
    /// One at a time looks into the store or compiles: who asks for the same meanwhile gets the
    /// same.
    kept: Mutex<Kept>,
    /// What is kept, for those who do not wait for that one.
    cities: ArcSwap<Vec<Arc<City>>>,
}

#[derive(Debug, Default)]
struct Kept {
    store: Option<Store>,
    snapshots: Snapshots,
    refusals: Refusals,
}

/// Plans that did not compile, the last one first: a map asks for many tiles of one.
#[derive(Debug, Default)]
struct Refusals(Vec<Refusal>);

#[derive(Debug)]
struct Refusal {
    version: Version,
    commits: i64,
    day: Date,
    error: Arc<CityError>,
}

/// The one asked for last comes first.
#[derive(Debug, Default)]
struct Snapshots(Vec<Snapshot>);

#[derive(Debug)]
struct Snapshot {
    version: Version,
    day: Date,
    /// The store's count of changes, for a time to come and for a plan that is not in force: what
    /// holds then may still change.
    commits: Option<i64>,
    city: Arc<City>,
}

impl History {
    pub(crate) fn of(path: &Path) -> Self {
        Self {
            path: Some(path.to_owned()),
            ..Self::default()
        }
    }

    pub(crate) const fn has_store(&self) -> bool {
        self.path.is_some()
    }

    /// The snapshot whose edition has this address, if it is kept.
    pub(crate) fn kept(&self, address: &str) -> Option<Arc<City>> {
        let cities = self.cities.load();
        let mut cities = cities.iter();
        cities
            .find(|city| city.edition().address() == address)
            .cloned()
    }

    /// The snapshot of a plan.
    pub(crate) fn plan(
        &self,
        id: &str,
        now: Option<Arc<City>>,
    ) -> Result<Option<Arc<City>>, WorkError> {
        self.look(|kept, path| kept.plan(path, id, now).map(Some))
    }

    pub(crate) fn at(
        &self,
        at: Timestamp,
        now: Option<Arc<City>>,
    ) -> Result<Option<Arc<City>>, CityError> {
        self.look(|kept, path| kept.find(path, at, now))
    }

    fn look<E>(
        &self,
        find: impl FnOnce(&mut Kept, &Path) -> Result<Option<Arc<City>>, E>,
    ) -> Result<Option<Arc<City>>, E> {
        let Some(path) = &self.path else {
            return Ok(None);
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = find(&mut kept, path);
        if found.is_err() {
            // the file may be another one next time
            kept.store = None;
        }
        let cities = kept.snapshots.0.iter().map(|kept| Arc::clone(&kept.city));
        self.cities.store(Arc::new(cities.collect()));
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
        let store = opened(&mut self.store, path)?;
        let Some(plan) = store.in_force_at(at)? else {
            return Ok(None);
        };
        let (version, day) = (plan.version(), day_of(at));
        let is_to_come = at > Timestamp::now();
        // who runs a unit may change within a version, by the day
        let same_day = |city: &City| !city.minds_the_day() || city.day() == day;
        if let Some(now) = &now
            && !is_to_come
            && now.version() == version
            && same_day(now)
        {
            return Ok(Some(Arc::clone(now)));
        }
        let at_hand = self.snapshots.with(now);
        if !is_to_come {
            if let Some(city) = self.snapshots.again(version, None, day) {
                return Ok(Some(city));
            }
            let Some(read) = of_time(store, at, &at_hand, Pace::Quiet)? else {
                return Ok(None);
            };
            return Ok(Some(self.snapshots.compile(read, None, day)?));
        }
        let commits = store.change_counter()?.commits;
        if let Some(city) = self.snapshots.again(version, Some(commits), day) {
            return Ok(Some(city));
        }
        let Some(read) = of_time(store, at, &at_hand, Pace::Quiet)? else {
            return Ok(None);
        };
        let commits = read.commits();
        Ok(Some(self.snapshots.compile(read, Some(commits), day)?))
    }

    fn plan(
        &mut self,
        path: &Path,
        id: &str,
        now: Option<Arc<City>>,
    ) -> Result<Arc<City>, WorkError> {
        let store = opened(&mut self.store, path)?;
        let plan = found(store, id)?;
        if let Some(now) = now.as_ref().filter(|now| now.version() == plan.version()) {
            return Ok(Arc::clone(now));
        }
        let (commits, day) = (store.change_counter()?.commits, today());
        if let Some(city) = self.snapshots.again(plan.version(), Some(commits), day) {
            return Ok(city);
        }
        if let Some(error) = self.refusals.again(plan.version(), commits, day) {
            return Err(WorkError::Uncompiled(error));
        }
        let at_hand = self.snapshots.with(now);
        let read = of_plan(store, &plan.name, &at_hand, Pace::Quiet)?;
        let commits = read.commits();
        let compiled = self.snapshots.compile(read, Some(commits), day);
        compiled.map_err(|error| {
            let error = Arc::new(error);
            self.refusals.note(Refusal {
                version: plan.version(),
                commits,
                day,
                error: Arc::clone(&error),
            });
            WorkError::Uncompiled(error)
        })
    }
}

impl Refusals {
    fn again(&self, version: Version, commits: i64, day: Date) -> Option<Arc<CityError>> {
        let mut all = self.0.iter();
        let known = all.find(|refusal| {
            (refusal.version, refusal.commits, refusal.day) == (version, commits, day)
        })?;
        Some(Arc::clone(&known.error))
    }

    fn note(&mut self, refusal: Refusal) {
        self.0.truncate(KEPT - 1);
        self.0.insert(0, refusal);
    }
}

impl Snapshots {
    /// Those that are kept, and the one that answers now.
    fn with(&self, now: Option<Arc<City>>) -> Vec<Arc<City>> {
        let kept = self.0.iter().map(|kept| Arc::clone(&kept.city));
        now.into_iter().chain(kept).collect()
    }

    /// A snapshot that is kept.
    fn again(&mut self, version: Version, commits: Option<i64>, day: Date) -> Option<Arc<City>> {
        let place = self.0.iter().position(|kept| {
            kept.version == version
                && kept.commits == commits
                && (kept.day == day || !kept.city.minds_the_day())
        })?;
        let snapshot = self.0.remove(place);
        let city = Arc::clone(&snapshot.city);
        self.0.insert(0, snapshot);
        Some(city)
    }

    fn compile(
        &mut self,
        read: CityRead,
        commits: Option<i64>,
        day: Date,
    ) -> Result<Arc<City>, CityError> {
        let mut city = read.compile(Some(day), Pace::Quiet)?;
        if let Some(commits) = commits {
            city.edition = city.edition.after_commits(commits);
        }
        let city = Arc::new(city);
        self.0.truncate(KEPT - 1);
        self.0.insert(
            0,
            Snapshot {
                version: city.version(),
                day,
                commits,
                city: Arc::clone(&city),
            },
        );
        Ok(city)
    }
}

fn opened<'a>(store: &'a mut Option<Store>, path: &Path) -> Result<&'a Store, StoreError> {
    Ok(match store.take() {
        Some(open) => store.insert(open),
        None => store.insert(Store::open_read_only(path)?),
    })
}
