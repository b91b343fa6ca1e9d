//! The thread that follows a store and lets what is published there answer.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use wangge_model::Version;
use wangge_store::{ChangeCounter, Digest, Store, StoreError};

use crate::background::{Pace, later};
use crate::ground::{Ground, beside};
use crate::published::Published;
use crate::reading::of_plan;
use crate::tiles::draw_ahead;
use crate::{City, CityError};

/// How long before its time a plan is compiled.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// Following a store ends when this is dropped.
#[derive(Debug)]
pub struct Watch {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
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

/// Loads what a store has published, and follows it: see [`Published::follow`].
pub(crate) fn follow(
    published: &Arc<Published>,
    store: &Path,
    every: Duration,
) -> Result<Watch, CityError> {
    let mut follower = Follower {
        published: Arc::clone(published),
        path: store.to_owned(),
        store: Some(Store::open_read_only(store)?),
        seen: None,
        tried: None,
        ahead: None,
    };
    // nobody is answered yet: with all cores
    follower.look(Pace::AllCores)?;
    let (stop, stopped) = channel();
    let thread = std::thread::Builder::new()
        .name("wangge-store".to_owned())
        .spawn(move || {
            while stopped.recv_timeout(follower.until_the_next_look(every))
                == Err(RecvTimeoutError::Timeout)
            {
                follower.look_again();
            }
        })
        .map_err(|source| CityError::Watch { source })?;
    Ok(Watch {
        stop: Some(stop),
        thread: Some(thread),
    })
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
    /// The city of the plan that takes effect next, compiled ahead of its time.
    ahead: Option<Ahead>,
}

/// A plan that is about to take effect.
struct Ahead {
    plan: (Version, Option<Digest>),
    effective: Timestamp,
    /// The store's count of changes when it was compiled: what was imported since is not in it.
    commits: i64,
    /// `None` where it did not compile.
    city: Option<City>,
}

impl Follower {
    /// Looks at the store; trouble is logged once when it begins.
    fn look_again(&mut self) {
        let looked = self.look(Pace::Quiet).and_then(|()| self.look_ahead());
        let unreachable = matches!(looked, Err(CityError::Store { .. }));
        let was = !self.published.note_reachable(!unreachable);
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

    /// How long to wait: not beyond the time at which a plan takes effect.
    fn until_the_next_look(&self, every: Duration) -> Duration {
        let next = self.ahead.as_ref().map(|ahead| ahead.effective);
        let until = next.map(|next| Timestamp::now().duration_until(next));
        match until.map(Duration::try_from) {
            Some(Ok(until)) => every.min(until),
            _ => every,
        }
    }

    fn look(&mut self, pace: Pace) -> Result<(), CityError> {
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
        let commits = counter.commits;
        let store = self.store.insert(store);
        // which plan is in force changes without a commit when its time comes
        let Some(current) = store.current()? else {
            return Ok(());
        };
        if self.tried == Some((current.version(), current.content_hash)) {
            return Ok(());
        }
        let this = (current.version(), current.content_hash);
        let ready = self
            .ahead
            .take_if(|ahead| ahead.plan == this && ahead.commits == commits);
        if let Some(city) = ready.and_then(|ahead| ahead.city) {
            tracing::info!(
                version = city.version_text(),
                grids = city.grid_count(),
                "a city answers, as it was published to"
            );
            self.tried = Some(this);
            self.answer_with(city);
            return Ok(());
        }
        let started = std::time::Instant::now();
        let at_hand: Vec<Arc<City>> = self.published.load().into_iter().collect();
        let read = match of_plan(store, &current.name, &at_hand, pace) {
            Ok(read) => read,
            // removed or renamed between the two reads: the next look sees what is there then
            Err(StoreError::NoPlan { .. }) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        self.tried = Some((read.plan().version(), read.plan().content_hash));
        let is_new_ground = read.is_new_ground();
        let city = read.compile(None, pace)?;
        tracing::info!(
            version = city.version_text(),
            grids = city.grid_count(),
            ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            compiled = is_new_ground,
            "a city answers"
        );
        if is_new_ground && beside::is_worth_a_file(&city.ground) {
            self.keep(Arc::clone(&city.ground));
        }
        self.answer_with(city);
        Ok(())
    }

    /// Writes a ground beside the store, for the next start.
    fn keep(&self, ground: Arc<Ground>) {
        let path = self.path.clone();
        later(move || {
            let kept = Store::open_read_only(path).map(|store| beside::keep(&store, &ground));
            if let Ok(Err(error)) = kept {
                tracing::info!(
                    error = &error as &dyn std::error::Error,
                    "the next start takes as long as this one"
                );
            }
        });
    }

    /// Lets a city answer, and has its tiles drawn.
    fn answer_with(&self, city: City) {
        self.published.publish(city);
        if let Some(city) = self.published.load() {
            draw_ahead(&self.published, &city);
        }
    }

    /// Compiles the plan that takes effect next, when that is soon.
    fn look_ahead(&mut self) -> Result<(), CityError> {
        let (Some(store), Some(seen)) = (&self.store, self.seen) else {
            return Ok(());
        };
        let now = Timestamp::now();
        let Some(next) = store.upcoming(now)? else {
            self.ahead = None;
            return Ok(());
        };
        let Some(effective) = next.effective else {
            return Ok(());
        };
        let plan = (next.version(), next.content_hash);
        let is_soon = now.duration_until(effective) <= AHEAD;
        let is_known = |ahead: &Ahead| ahead.plan == plan && ahead.commits == seen.commits;
        if !is_soon || self.ahead.as_ref().is_some_and(is_known) {
            return Ok(());
        }
        let at_hand: Vec<Arc<City>> = self.published.load().into_iter().collect();
        let read = of_plan(store, &next.name, &at_hand, Pace::Quiet)?;
        let city = read.compile(None, Pace::Quiet);
        if let Err(error) = &city {
            tracing::error!(
                error = error as &dyn std::error::Error,
                version = next.version().to_string(),
                "the plan that takes effect next cannot be served"
            );
        }
        self.ahead = Some(Ahead {
            plan,
            effective,
            commits: seen.commits,
            city: city.ok(),
        });
        Ok(())
    }
}
