//! The city that answers now, and those that answered before: atomic pointers to snapshots.

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use jiff::Timestamp;

use crate::follow::{Watch, follow};
use crate::history::History;
use crate::tiles::draw_ahead;
use crate::work::WorkError;
use crate::{City, CityError};

/// How many of the snapshots that answered before are kept for those who know their addresses.
const FORMER: usize = 2;

/// The snapshot that answers now, shared by all threads.
///
/// A request takes one snapshot with [`Published::load`] and answers wholly from it, so no answer
/// is mixed of two versions, and none waits for a publication.
#[derive(Debug, Default)]
pub struct Published {
    city: ArcSwapOption<City>,
    /// Those that answered before, the last one first.
    former: ArcSwap<Vec<Arc<City>>>,
    unreachable: AtomicBool,
    history: ArcSwap<History>,
    when_drawn: OnceLock<WhenDrawn>,
}

/// What follows the drawing of a zoom of the snapshot that answers.
struct WhenDrawn(Box<OfZoom>);

type OfZoom = dyn Fn(&Arc<City>, u8) + Send + Sync;

impl fmt::Debug for WhenDrawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WhenDrawn")
    }
}

impl Published {
    /// Nothing published yet.
    pub fn empty() -> Self {
        Self::default()
    }

    /// This city.
    pub fn of(city: City) -> Self {
        let published = Self::default();
        published.publish(city);
        published
    }

    /// The snapshot that answers now; `None` before the first publication.
    pub fn load(&self) -> Option<Arc<City>> {
        self.city.load_full()
    }

    /// The snapshot of a time: the plan in force then, with the lists and components of then; for
    /// a time to come the plan that is published for it. `None` where no plan was in force, or
    /// without a store.
    ///
    /// Of the snapshots of other times than now the last few are kept; another one takes as long
    /// as a publication, and is compiled by one thread at a low priority.
    ///
    /// # Errors
    /// [`CityError::Store`] when the store cannot be read, and what [`City::compile`] says.
    pub fn at(&self, at: Timestamp) -> Result<Option<Arc<City>>, CityError> {
        self.history.load_full().at(at, self.load())
    }

    /// The snapshot of a plan of the store by its number or name, drafts too, with the lists and
    /// components of now; `None` without a store.
    ///
    /// It is kept, and compiled, as [`Published::at`] says.
    ///
    /// # Errors
    /// [`WorkError::Store`] where there is no such plan, [`WorkError::Uncompiled`] where it cannot be
    /// compiled: a draft may have gaps.
    pub fn plan(&self, id: &str) -> Result<Option<Arc<City>>, WorkError> {
        self.history.load_full().plan(id, self.load())
    }

    /// The snapshot whose [`Edition`](crate::Edition) has this address, if it answers now or is kept. It never
    /// waits for the store.
    pub fn edition(&self, address: &str) -> Option<Arc<City>> {
        let is_it = |city: &Arc<City>| city.edition().address() == address;
        if let Some(now) = self.load().filter(is_it) {
            return Some(now);
        }
        let former = self.former.load();
        let former = former.iter().find(|city| is_it(city)).cloned();
        former.or_else(|| self.history.load().kept(address))
    }

    /// Lets another snapshot answer from now on. Requests that have begun keep theirs, and the last
    /// few can still be asked for by [`Published::edition`].
    pub fn publish(&self, city: City) {
        let last = self.load();
        if let Some(last) = &last {
            city.take_over_tiles(last);
        }
        let city = Arc::new(city);
        if let Some(last) = last {
            // before the new one answers: nobody must find the last one nowhere
            self.former.rcu(|former| {
                let before = former.iter().take(FORMER - 1).cloned();
                std::iter::once(Arc::clone(&last))
                    .chain(before)
                    .collect::<Vec<_>>()
            });
        }
        self.city.store(Some(city));
    }

    /// Whether a store is followed.
    pub fn has_store(&self) -> bool {
        self.history.load().has_store()
    }

    /// Whether the store could be read when it was last looked at. True without a store.
    pub fn store_is_reachable(&self) -> bool {
        !self.unreachable.load(Ordering::Acquire)
    }

    /// Loads what a store has published, and follows it from then on: every `every` it looks
    /// whether any process committed something, compiles the new city off to the side, by one
    /// thread at a low priority, and lets it answer. A plan whose time comes is compiled before,
    /// and answers on time. A city that does not compile is logged, and the one before goes on
    /// answering.
    ///
    /// # Errors
    /// [`CityError::Store`] when the store cannot be opened, [`CityError::Watch`], and what
    /// [`City::compile`] says about what is published now.
    pub fn follow(self: &Arc<Self>, store: &Path, every: Duration) -> Result<Watch, CityError> {
        self.history.store(Arc::new(History::of(store)));
        follow(self, store, every)
    }

    /// Has something done with each zoom of the tiles of the snapshot that answers, and of those that
    /// will, once it is drawn ahead of need: zoom by zoom, by a thread at a low priority. It may be told
    /// of the same zoom again. Only where a store is followed anything is drawn ahead; what is to be
    /// done is said once.
    pub fn when_drawn(self: &Arc<Self>, then: impl Fn(&Arc<City>, u8) + Send + Sync + 'static) {
        if self.when_drawn.set(WhenDrawn(Box::new(then))).is_err() {
            return;
        }
        if let Some(city) = self.load().filter(|_| self.has_store()) {
            draw_ahead(self, &city);
        }
    }

    /// Whether this is the snapshot that answers now.
    pub fn answers_with(&self, city: &City) -> bool {
        let now = self.city.load();
        now.as_ref()
            .is_some_and(|now| now.edition().number() == city.edition().number())
    }

    pub(crate) fn zoom_is_drawn(&self, city: &Arc<City>, zoom: u8) {
        if let Some(WhenDrawn(then)) = self.when_drawn.get() {
            then(city, zoom);
        }
    }

    /// Notes whether the store could be read, and tells whether it could before.
    pub(crate) fn note_reachable(&self, reachable: bool) -> bool {
        !self.unreachable.swap(!reachable, Ordering::AcqRel)
    }
}
