//! The city that answers now: one atomic pointer, and the thread that follows the store.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use wangge_model::Version;
use wangge_store::{ChangeCounter, Digest, Store, StoreError};

use crate::{City, CityError};

/// The snapshot that answers now, shared by all threads.
///
/// A request takes one snapshot with [`Published::load`] and answers wholly from it, so no answer
/// is mixed of two versions, and none waits for a publication.
#[derive(Debug, Default)]
pub struct Published {
    city: ArcSwapOption<City>,
    unreachable: AtomicBool,
}

/// Following a store ends when this is dropped.
#[derive(Debug)]
pub struct Watch {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
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

    /// Lets another snapshot answer from now on. Requests that have begun keep theirs.
    pub fn publish(&self, city: City) {
        self.city.store(Some(Arc::new(city)));
    }

    /// Whether the store could be read when it was last looked at. True without a store.
    pub fn store_is_reachable(&self) -> bool {
        !self.unreachable.load(Ordering::Acquire)
    }

    /// Loads what a store has published, and follows it from then on: every `every` it looks
    /// whether any process committed something or a plan has come into force, compiles the new
    /// city off to the side and lets it answer. A city that does not compile is logged, and the
    /// one before goes on answering.
    ///
    /// # Errors
    /// [`CityError::Store`] when the store cannot be opened, [`CityError::Watch`], and what
    /// [`City::compile`] says about what is published now.
    pub fn follow(self: &Arc<Self>, store: &Path, every: Duration) -> Result<Watch, CityError> {
        let mut follower = Follower {
            published: Arc::clone(self),
            path: store.to_owned(),
            store: Some(Store::open_read_only(store)?),
            seen: None,
            tried: None,
        };
        follower.look()?;
        let (stop, stopped) = channel();
        let thread = std::thread::Builder::new()
            .name("wangge-store".to_owned())
            .spawn(move || {
                while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                    follower.look_again();
                }
            })
            .map_err(|source| CityError::Watch { source })?;
        Ok(Watch {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that followed the store had panicked");
        }
    }
}

/// What the following thread remembers.
struct Follower {
    published: Arc<Published>,
    path: PathBuf,
    /// `None` after it could not be read, until it can be opened again.
    store: Option<Store>,
    seen: Option<ChangeCounter>,
    /// What was compiled last, whether or not it could be: the version, and the digest of its
    /// contents, as another file may hold something else under the same version.
    tried: Option<(Version, Option<Digest>)>,
}

impl Follower {
    /// Looks at the store; trouble is logged once when it begins.
    fn look_again(&mut self) {
        let looked = self.look();
        let unreachable = matches!(looked, Err(CityError::Store { .. }));
        let was = self
            .published
            .unreachable
            .swap(unreachable, Ordering::AcqRel);
        match looked {
            Ok(()) if was => tracing::info!("the store can be read again"),
            Ok(()) => {}
            Err(error) if unreachable => {
                // the file may have been replaced, or the disk may be back next time
                self.store = None;
                self.seen = None;
                if !was {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "the store cannot be read; the last city goes on answering"
                    );
                }
            }
            Err(error) => tracing::error!(
                error = &error as &dyn std::error::Error,
                version = self.tried.map(|(version, _)| version.to_string()),
                "what was published cannot be served; the last city goes on answering"
            ),
        }
    }

    fn look(&mut self) -> Result<(), CityError> {
        let mut store = match self.store.take() {
            Some(store) => store,
            None => Store::open_read_only(&self.path)?,
        };
        let mut counter = store.change_counter()?;
        if self.seen.is_some_and(|seen| seen != counter) {
            // another file may have taken its place, which an open store does not see
            store = Store::open_read_only(&self.path)?;
            counter = store.change_counter()?;
        }
        self.seen = Some(counter);
        let store = self.store.insert(store);
        // which plan is in force changes without a commit when its time comes
        let Some(current) = store.current()? else {
            return Ok(());
        };
        if self.tried == Some((current.version(), current.content_hash)) {
            return Ok(());
        }
        let contents = match store.contents(&current.name) {
            Ok(contents) => contents,
            // removed or renamed between the two reads: the next look sees what is there then
            Err(StoreError::NoPlan { .. }) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        self.tried = Some((contents.plan.version(), contents.plan.content_hash));
        let started = std::time::Instant::now();
        let city = City::compile(contents)?;
        tracing::info!(
            version = city.version_text(),
            grids = city.grid_count(),
            ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            "a city answers"
        );
        self.published.publish(city);
        Ok(())
    }
}
