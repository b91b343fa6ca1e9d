//! The accept loop: connections in, bounded in number; and out, with what is being answered, when
//! the server is told to stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{Limits, ServerConfig};
use crate::error::ServerError;
use crate::front::Front;
use crate::lane::Lane;
use crate::ledger::Ledger;
use crate::loops::Loops;
use crate::problem::Problem;
use crate::routes::Routes;
use crate::wire::Wire;

/// Connections over the limit that are told so at a time; further ones are just closed.
const TOLD_OVER_LIMIT: usize = 64;

/// Between two tries to accept when the system has no room: from this up to the other.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Serves until `shutdown` completes, then lets what is being answered end within the grace. The
/// threads of the connections are still there: what clients have left behind ends on them.
pub(crate) async fn accept(
    listener: TcpListener,
    routes: Routes,
    config: Arc<ServerConfig>,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<Loops, ServerError> {
    let loops = Loops::start()?;
    let loop_ = Arc::new(Loop {
        limits: Arc::new(config.limits.clone()),
        full: full(&config).into(),
        front: Arc::new(Front::new(routes, config)),
        stop: CancellationToken::new(),
        kill: CancellationToken::new(),
        tasks: TaskTracker::new(),
    });
    let room = Arc::new(Semaphore::new(loop_.limits.connections));
    let room_to_tell = Arc::new(Semaphore::new(TOLD_OVER_LIMIT));
    let mut pause = FIRST_PAUSE;
    let mut shed = Shed::default();

    tokio::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((socket, peer)) => {
                pause = FIRST_PAUSE;
                if let Ok(permit) = Arc::clone(&room).try_acquire_owned() {
                    let Ok(socket) = socket.into_std() else {
                        continue;
                    };
                    let (runtime, place) = loops.next();
                    let own = Arc::clone(&loop_);
                    let living = async move {
                        // a socket that cannot be waited for is closed
                        if let Ok(socket) = TcpStream::from_std(socket) {
                            own.connection(socket, peer).await;
                        }
                        drop((place, permit));
                    };
                    loop_.tasks.spawn_on(living, runtime);
                    continue;
                }
                shed.note(loop_.limits.connections);
                if let Ok(permit) = Arc::clone(&room_to_tell).try_acquire_owned() {
                    let own = Arc::clone(&loop_);
                    loop_.tasks.spawn(async move {
                        own.turn_away(socket).await;
                        drop(permit);
                    });
                }
            }
            Err(error) if concerns_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(%error, pause_ms = pause.as_millis(), "no connection can be accepted, waiting");
                tokio::select! {
                    () = &mut shutdown => break,
                    () = sleep(pause) => {}
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
    drop(listener);
    loop_.end().await;
    Ok(loops)
}

/// What the connections share.
struct Loop {
    limits: Arc<Limits>,
    /// What a connection over the limit is told, as bytes.
    full: Box<[u8]>,
    front: Arc<Front>,
    /// No next request, please.
    stop: CancellationToken,
    /// The grace is over.
    kill: CancellationToken,
    tasks: TaskTracker,
}

impl Loop {
    async fn connection(&self, socket: TcpStream, peer: SocketAddr) {
        // without it small answers wait for acknowledgements; a socket that refuses it is slower
        let _ = socket.set_nodelay(true);
        let ledger = Arc::new(Ledger::default());
        let lane = Lane::of(Arc::clone(&self.front), peer);
        let limits = Arc::clone(&self.limits);
        let wire = Wire::new(socket, limits, Arc::clone(&ledger), Some(lane));
        let seat = self.front.seat(ledger, peer);
        let mut connection = http1::Builder::new()
            .header_read_timeout(None)
            .serve_connection(wire, seat);
        let served = async {
            let mut stopping = false;
            loop {
                tokio::select! {
                    biased;
                    served = std::future::poll_fn(|cx| connection.poll_without_shutdown(cx)) => {
                        return served;
                    }
                    () = self.stop.cancelled(), if !stopping => {
                        stopping = true;
                        Pin::new(&mut connection).graceful_shutdown();
                    }
                }
            }
        };
        let served = tokio::select! {
            served = served => served,
            () = self.kill.cancelled() => return,
        };
        match served {
            Ok(()) => {
                let closed = connection.into_parts().io.close();
                tokio::select! {
                    () = closed => {}
                    () = self.kill.cancelled() => {}
                }
            }
            Err(error) => {
                // the message names no byte of the request
                tracing::debug!(%error, "a connection broke");
            }
        }
    }

    /// Tells a connection over the limit that there is no room, and closes it.
    async fn turn_away(&self, mut socket: TcpStream) {
        let told = timeout(self.limits.linger, socket.write_all(&self.full)).await;
        if matches!(told, Ok(Ok(()))) {
            Wire::new(socket, Arc::clone(&self.limits), Arc::default(), None)
                .close()
                .await;
        }
    }

    async fn end(&self) {
        tracing::info!(connections = self.tasks.len(), "stopping");
        self.stop.cancel();
        self.tasks.close();
        if timeout(self.limits.shutdown_grace, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!(connections = self.tasks.len(), "the grace is over, closing");
            self.kill.cancel();
            self.tasks.wait().await;
        }
    }
}

/// The whole answer to a connection over the limit. Its request is not read, so the language is
/// the server's.
fn full(config: &ServerConfig) -> Vec<u8> {
    let problem = Problem::Overloaded;
    let body = serde_json::to_vec(&problem.told(config.language)).unwrap_or_default();
    let mut answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\n\
         content-length: {}\r\nretry-after: 1\r\nconnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    answer.extend(body);
    answer
}

/// Whether the next connection may fare better at once (see accept(2): errors already pending on
/// the new socket).
fn concerns_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}

/// Connections turned away, told in the log once a second.
#[derive(Default)]
struct Shed {
    count: u64,
    told: Option<Instant>,
}

impl Shed {
    fn note(&mut self, limit: usize) {
        self.count += 1;
        if self
            .told
            .is_none_or(|told| told.elapsed() >= Duration::from_secs(1))
        {
            tracing::warn!(turned_away = self.count, limit, "too many connections");
            self.count = 0;
            self.told = Some(Instant::now());
        }
    }
}
