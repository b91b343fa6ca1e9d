//! What all routes share.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use wangge_city::{City, Planning, Published, Shown};

use crate::config::ServerConfig;
use crate::error::ServerError;
use crate::extract::Which;
use crate::language::Language;
use crate::problem::{Problem, echo};
use crate::tiles::TileDesk;
use crate::workers::Workers;

/// The city that answers, and by which rules. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App {
    inner: Arc<Inner>,
}

struct Inner {
    published: Arc<Published>,
    config: Arc<ServerConfig>,
    workers: Workers,
    /// For what takes as long as compiling a city, so that nothing else waits for it.
    past: Workers,
    streams: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
    /// As many again, for tables that are answered from files.
    table_files: Arc<Semaphore>,
    planning: Option<Arc<Planning>>,
    /// For what is done with plans.
    planners: Workers,
    tiles: TileDesk,
}

impl App {
    pub(crate) fn new(
        published: Arc<Published>,
        planning: Option<Planning>,
        config: Arc<ServerConfig>,
    ) -> Result<Self, ServerError> {
        let app = Self {
            inner: Arc::new(Inner {
                published,
                workers: Workers::start("work", 2)?,
                past: Workers::start("past", 1)?,
                planners: Workers::start("plan", 2)?,
                tiles: TileDesk::new(config.tiles.cache_bytes, config.limits.requests)?,
                planning: planning.map(Arc::new),
                uploads: Arc::new(Semaphore::new(config.limits.uploads)),
                table_files: Arc::new(Semaphore::new(config.limits.uploads)),
                streams: Arc::new(Semaphore::new(config.limits.streams)),
                config,
            }),
        };
        app.pack_ahead();
        Ok(app)
    }

    /// Has the tiles packed that the configuration says, zoom by zoom, as they are drawn ahead.
    fn pack_ahead(&self) {
        let inner = &self.inner;
        if inner.config.tiles.ahead.is_empty() {
            return;
        }
        let weak = Arc::downgrade(inner);
        inner.published.when_drawn(move |city, zoom| {
            let Some(inner) = weak.upgrade() else { return };
            let tiles = &inner.config.tiles;
            if zoom > tiles.ahead_zoom {
                return;
            }
            for &source in &tiles.ahead {
                let goes_on = || inner.published.answers_with(city);
                inner.tiles.pack_ahead(city, source, zoom, goes_on);
            }
        });
    }

    /// The city that this request is answered from, to its end.
    pub(crate) fn city(&self) -> Result<Arc<City>, Problem> {
        self.inner.published.load().ok_or_else(|| {
            if self.has_city() {
                Problem::NotPublished
            } else {
                Problem::WithoutStore
            }
        })
    }

    /// The city of a time, or of now.
    pub(crate) async fn city_at(&self, at: Option<Timestamp>) -> Result<Arc<City>, Problem> {
        let Some(at) = at else {
            return self.city();
        };
        let published = Arc::clone(&self.inner.published);
        let found = self.inner.past.run(move || published.at(at)).await??;
        found.ok_or(Problem::NotInForce)
    }

    /// The snapshot that tiles are asked of.
    pub(crate) async fn snapshot(&self, which: &Which) -> Result<Arc<City>, Problem> {
        let id = match which {
            Which::Now => return self.city(),
            Which::At(at) => return self.city_at(Some(*at)).await,
            Which::Plan(id) => id.clone(),
        };
        let published = Arc::clone(&self.inner.published);
        let found = self.inner.past.run(move || published.plan(&id)).await?;
        found
            .map_err(Problem::of_undrawable)?
            .ok_or(Problem::ParameterNotOffered { name: "plan" })
    }

    /// The snapshot that tiles are asked of, and of this edition where one is named. What is kept is
    /// there at once.
    pub(crate) async fn tiles_of(
        &self,
        edition: Option<&str>,
        which: &Which,
    ) -> Result<Arc<City>, Problem> {
        match (self.tiles_at_hand(edition, which)?, edition) {
            (Some(kept), _) => Ok(kept),
            // boxed: what waits is large, and few requests do
            (None, None) => Box::pin(self.snapshot(which)).await,
            (None, Some(text)) => Box::pin(self.edition(text, which)).await,
        }
    }

    /// The same, if nothing must be waited for.
    pub(crate) fn tiles_at_hand(
        &self,
        edition: Option<&str>,
        which: &Which,
    ) -> Result<Option<Arc<City>>, Problem> {
        match (edition, which) {
            (None, Which::Now) => self.city().map(Some),
            (None, _) => Ok(None),
            (Some(text), _) => Ok(self.inner.published.edition(text)),
        }
    }

    /// The one that is asked for, if it is still of this edition.
    async fn edition(&self, text: &str, which: &Which) -> Result<Arc<City>, Problem> {
        let city = self.snapshot(which).await?;
        if city.edition().address() == text {
            Ok(city)
        } else {
            Err(Problem::UnknownVersion {
                version: echo(text),
            })
        }
    }

    pub(crate) fn tiles(&self) -> &TileDesk {
        &self.inner.tiles
    }

    /// Whether a city is served, or will be once something is published: else there are archives only.
    pub(crate) fn has_city(&self) -> bool {
        let published = &self.inner.published;
        self.inner.config.archives.is_empty() || published.has_store() || published.load().is_some()
    }

    pub(crate) fn store_is_reachable(&self) -> bool {
        self.inner.published.store_is_reachable()
    }

    pub(crate) fn config(&self) -> &ServerConfig {
        &self.inner.config
    }

    /// What answers in a language may show.
    pub(crate) fn shown(&self, language: Language) -> Shown {
        Shown {
            contacts: self.inner.config.show_contacts,
            language: language.into(),
        }
    }

    pub(crate) fn workers(&self) -> &Workers {
        &self.inner.workers
    }

    /// The plans of the store.
    pub(crate) fn planning(&self) -> Result<Arc<Planning>, Problem> {
        self.inner.planning.clone().ok_or(Problem::RouteNotOffered)
    }

    /// The threads for what is done with plans.
    pub(crate) fn planners(&self) -> &Workers {
        &self.inner.planners
    }

    /// A place for one file that is sent.
    pub(crate) fn upload(&self) -> Result<tokio::sync::OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.inner.uploads)
            .try_acquire_owned()
            .map_err(|_| Problem::Overloaded)
    }

    /// A place for one table that is sent as a file.
    pub(crate) fn table_file(&self) -> Result<tokio::sync::OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.inner.table_files)
            .try_acquire_owned()
            .map_err(|_| Problem::Overloaded)
    }

    /// Completes when no batch is answered any more.
    pub(crate) async fn has_no_streams(&self) {
        let all = u32::try_from(self.inner.config.limits.streams).unwrap_or(u32::MAX);
        // it is never closed
        let _ = self.inner.streams.acquire_many(all).await;
    }

    /// A place for one streamed batch, or for tracks.
    pub(crate) fn stream(&self) -> Result<tokio::sync::OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.inner.streams)
            .try_acquire_owned()
            .map_err(|_| Problem::Overloaded)
    }
}
