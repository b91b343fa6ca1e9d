//! What all routes share.

use std::sync::Arc;

use tokio::sync::Semaphore;
use wangge_city::{City, Published, Shown};

use crate::config::ServerConfig;
use crate::error::ServerError;
use crate::language::Language;
use crate::problem::Problem;
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
    streams: Arc<Semaphore>,
}

impl App {
    pub(crate) fn new(
        published: Arc<Published>,
        config: Arc<ServerConfig>,
    ) -> Result<Self, ServerError> {
        Ok(Self {
            inner: Arc::new(Inner {
                published,
                workers: Workers::start()?,
                streams: Arc::new(Semaphore::new(config.limits.streams)),
                config,
            }),
        })
    }

    /// The city that this request is answered from, to its end.
    pub(crate) fn city(&self) -> Result<Arc<City>, Problem> {
        self.inner.published.load().ok_or(Problem::NotPublished)
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

    /// A place for one streamed batch.
    pub(crate) fn stream(&self) -> Result<tokio::sync::OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.inner.streams)
            .try_acquire_owned()
            .map_err(|_| Problem::Overloaded)
    }
}
