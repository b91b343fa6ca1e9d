//! HTTP over a published city: routes, errors, limits.
//!
//! ```no_run
//! use std::sync::Arc;
//! use std::time::Duration;
//! use wangge_city::Published;
//! use wangge_server::{ServerConfig, listen, serve, stop_signal};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let published = Arc::new(Published::empty());
//! let _watch = published.follow("longgang.gpkg".as_ref(), Duration::from_millis(500))?;
//! let listener = listen("127.0.0.1:8080".parse()?)?;
//! serve(listener, published, None, ServerConfig::default(), stop_signal()?).await?;
//! # Ok(())
//! # }
//! ```

mod accept;
mod address;
mod app;
mod archives;
mod chunks;
mod config;
mod config_file;
mod cors;
mod error;
mod extract;
mod front;
mod head;
mod lane;
mod language;
mod ledger;
mod loops;
mod problem;
mod query;
mod routes;
mod style;
mod tiles;
mod upload;
mod vector_layer;
mod whole;
mod wire;
mod workers;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::timeout;
use wangge_city::{Planning, Published};

pub use address::{AddressError, Network, PublicUrl, TrustedPeers};
pub use archives::Archives;
pub use config::{BaseMap, Limits, ServerConfig, TileConfig};
pub use config_file::ConfigError;
pub use cors::{BadOrigin, Origins};
pub use error::ServerError;
pub use language::{Language, UnknownLanguage};
pub use problem::{MalformedRequest, ObjectionTold, Obstacle, Problem, Wanted};
pub use routes::Routes;

/// Connections that wait in the system's queue until they are accepted, as far as the system allows so many
/// (`net.core.somaxconn`). One that finds it full tries again after a second.
const WAITING: u32 = 4096;

/// Time for threads to end whose answers nobody takes any more.
const LAST_STEPS: Duration = Duration::from_secs(5);

/// Listens on an address, for [`serve`]; in a runtime of tokio.
///
/// # Errors
/// Those of the system: the address is not one of this machine, or in use, or not allowed.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // a service that is started again need not wait for connections of the one before
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}

/// Serves a published city, and the plans of its store where these are given, until `shutdown` completes: then no connection is accepted any more,
/// what is being answered ends within [`Limits::shutdown_grace`], and the function returns.
///
/// Who may reach it is decided by what the listener is bound to; nothing that a request says
/// changes data unless [`ServerConfig::allow_writes`] is set.
///
/// # Errors
/// [`ServerError::Thread`]. Trouble with single connections, and a system that has no room for
/// more of them, are logged and outlived.
pub async fn serve(
    listener: TcpListener,
    published: Arc<Published>,
    planning: Option<Planning>,
    config: ServerConfig,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServerError> {
    let config = Arc::new(config);
    let routes = routes(published, planning, Arc::clone(&config))?;
    serve_routes(listener, routes, config, shutdown).await
}

/// The service's routes, to be served alone or together with others by [`serve_routes`].
///
/// # Errors
/// [`ServerError::Thread`].
pub fn routes(
    published: Arc<Published>,
    planning: Option<Planning>,
    config: Arc<ServerConfig>,
) -> Result<Routes, ServerError> {
    Ok(Routes::of(app::App::new(published, planning, config)?))
}

/// Serves the routes, and others with them, behind the same accept loop, limits, problems and log as [`serve`].
///
/// # Errors
/// [`ServerError::Thread`].
pub async fn serve_routes(
    listener: TcpListener,
    routes: Routes,
    config: Arc<ServerConfig>,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServerError> {
    let app = routes.app().clone();
    let loops = accept::accept(listener, routes, config, shutdown).await?;
    // threads whose clients have gone by now see that soon, and remove the files that they read
    let _ = timeout(LAST_STEPS, app.has_no_streams()).await;
    drop(loops);
    Ok(())
}

/// Completes with SIGTERM or SIGINT. From the call on, these signals no longer end the process by
/// themselves.
///
/// # Errors
/// [`ServerError::Signal`]. Must be called within a tokio runtime.
pub fn stop_signal() -> Result<impl Future<Output = ()> + Send, ServerError> {
    let listen = |kind| signal(kind).map_err(|source| ServerError::Signal { source });
    let mut terminate = listen(SignalKind::terminate())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
