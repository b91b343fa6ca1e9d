//! The wire between a socket and hyper: heads are judged before hyper reads them, what is at hand is
//! answered without it, and every wait for the client has an end.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use hyper::rt::ReadBufCursor;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::io::poll_read_buf;

use crate::chunks::Chunks;
use crate::config::Limits;
use crate::head::{Framing, Judgement, Refusal, judge};
use crate::lane::{Lane, Outgoing};
use crate::ledger::Ledger;

/// What hyper is given in place of a refused head. Its answer is the refusal, see [`Ledger`].
const STAND_IN: &[u8] = b"GET / HTTP/1.1\r\nHost: refused\r\nConnection: close\r\n\r\n";

/// What a connection's buffer grows by.
const READ_BYTES: usize = 4 << 10;

/// The same within a body, which may be long.
const BODY_READ_BYTES: usize = 64 << 10;

/// Bytes that are read and thrown away after the last answer, at most.
const LINGER_BYTES: usize = 64 << 10;

/// What the bytes at the front of the inbox are.
#[derive(Debug, Clone, Copy)]
enum Stage {
    /// A head, of which this much has been looked through.
    Head { scanned: usize },
    /// A body of this many more bytes.
    Body { left: u64 },
    /// A chunked body.
    Chunked(Chunks),
    /// Nothing more is handed over: the request was refused.
    Refused,
}

/// A socket as hyper sees it.
///
/// Bytes are handed to hyper only when they belong to a head that has been judged whole, or to
/// its body. In place of a refused head hyper gets a plain request, whose call the service
/// answers with the refusal: so a refusal is answered in its turn, behind pipelined requests.
///
/// A request whose answer is at hand is answered here, and hyper does not hear of it; but only while
/// hyper has nothing to answer and nothing to write, so that answers stay in the order of requests.
pub(crate) struct Wire {
    socket: TcpStream,
    limits: Arc<Limits>,
    ledger: Arc<Ledger>,
    lane: Option<Lane>,
    /// An answer of the lane that is not all written. Nothing is read meanwhile.
    outgoing: Option<Outgoing>,
    /// Answers that hyper had been given when it last wrote out all that it had.
    flushed: u64,
    inbox: BytesMut,
    /// How many bytes at the front of the inbox are for hyper.
    cleared: usize,
    stage: Stage,
    /// Whether a request has come on this connection.
    greeted: bool,
    read_wait: Wait,
    write_wait: Wait,
    last_write: Instant,
}

impl Wire {
    pub(crate) fn new(
        socket: TcpStream,
        limits: Arc<Limits>,
        ledger: Arc<Ledger>,
        lane: Option<Lane>,
    ) -> Self {
        Self {
            socket,
            limits,
            ledger,
            lane,
            outgoing: None,
            flushed: 0,
            inbox: BytesMut::new(),
            cleared: 0,
            stage: Stage::Head { scanned: 0 },
            greeted: false,
            read_wait: Wait::default(),
            write_wait: Wait::default(),
            last_write: Instant::now(),
        }
    }

    /// Closes so that the client gets to see what was written: the socket is shut for writing,
    /// then read for a bounded while, as unread bytes would make the system send a reset.
    pub(crate) async fn close(mut self) {
        if std::future::poll_fn(|cx| self.poll_send(cx)).await.is_err() {
            return;
        }
        if self.socket.shutdown().await.is_err() {
            return;
        }
        let mut left = LINGER_BYTES;
        let drain = async {
            while left > 0 {
                self.inbox.clear();
                self.inbox.reserve(READ_BYTES);
                let read = std::future::poll_fn(|cx| {
                    poll_read_buf(Pin::new(&mut self.socket), cx, &mut self.inbox)
                });
                match read.await {
                    Ok(0) | Err(_) => break,
                    Ok(bytes) => left = left.saturating_sub(bytes),
                }
            }
        };
        // the end of the time is as good an end as the client's
        let _ = tokio::time::timeout(self.limits.linger, drain).await;
    }

    /// Clears what can be cleared of the inbox; false when more bytes are needed first.
    fn clear(&mut self) -> io::Result<bool> {
        if self.inbox.is_empty() {
            return Ok(false);
        }
        match self.stage {
            Stage::Head { mut scanned } => {
                if scanned == 0 {
                    while self.inbox.starts_with(b"\r\n") {
                        self.inbox.advance(2);
                    }
                    if self.inbox.is_empty() || *self.inbox == *b"\r" {
                        return Ok(false);
                    }
                }
                match judge(&self.inbox, &mut scanned, &self.limits) {
                    Judgement::Incomplete => {
                        self.stage = Stage::Head { scanned };
                        return Ok(false);
                    }
                    Judgement::Sound { length, framing } => {
                        self.greeted = true;
                        if framing == Framing::Length(0) && self.takes_lane(length) {
                            self.stage = Stage::Head { scanned: 0 };
                            return Ok(true);
                        }
                        self.cleared = length;
                        self.stage = match framing {
                            Framing::Length(0) => Stage::Head { scanned: 0 },
                            Framing::Length(left) => Stage::Body { left },
                            Framing::Chunked => Stage::Chunked(Chunks::START),
                        };
                        self.ledger.hand_over();
                    }
                    Judgement::Refused(refusal) => self.refuse(refusal),
                }
            }
            Stage::Body { left } => {
                self.cleared = usize::try_from(left)
                    .unwrap_or(usize::MAX)
                    .min(self.inbox.len());
                self.stage = match left - self.cleared as u64 {
                    0 => Stage::Head { scanned: 0 },
                    left => Stage::Body { left },
                };
            }
            Stage::Chunked(mut chunks) => {
                self.cleared = chunks.follow(&self.inbox).map_err(|_| {
                    io::Error::new(
                        io::ErrorKind::InvalidData,
                        "the chunks of the body are broken",
                    )
                })?;
                self.stage = match chunks {
                    Chunks::Done => Stage::Head { scanned: 0 },
                    chunks => Stage::Chunked(chunks),
                };
            }
            Stage::Refused => return Ok(false),
        }
        Ok(true)
    }

    /// Answers the request whose head has this length, if that can be done here and now.
    fn takes_lane(&mut self, length: usize) -> bool {
        let Some(lane) = &self.lane else { return false };
        if self.flushed != self.ledger.handed() {
            return false;
        }
        self.outgoing = lane.answer(&self.inbox[..length]);
        if self.outgoing.is_some() {
            self.inbox.advance(length);
        }
        self.outgoing.is_some()
    }

    /// Writes the answer of the lane, if there is one.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(outgoing) = &mut self.outgoing {
            let socket = Pin::new(&mut self.socket);
            let written = socket.poll_write_vectored(cx, &outgoing.left());
            let bytes = ready!(self.poll_written(cx, written))?;
            if bytes == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.outgoing = self
                .outgoing
                .take()
                .and_then(|outgoing| outgoing.after(bytes));
        }
        Poll::Ready(Ok(()))
    }

    fn refuse(&mut self, refusal: Refusal) {
        self.ledger.refuse(refusal);
        self.inbox.clear();
        self.inbox.extend_from_slice(STAND_IN);
        self.cleared = STAND_IN.len();
        self.stage = Stage::Refused;
    }

    /// How long the client may take for what comes next.
    fn patience(&self) -> Duration {
        match self.stage {
            Stage::Head { .. } if self.inbox.is_empty() && self.greeted => self.limits.idle_timeout,
            Stage::Head { .. } => self.limits.head_timeout,
            _ => self.limits.stall_timeout,
        }
    }

    /// The client's time may be up: what follows from that.
    fn poll_patience(&mut self, cx: &mut Context<'_>) -> Poll<TimeIsUp> {
        loop {
            let waiting_for_head = matches!(self.stage, Stage::Head { .. });
            let idle = waiting_for_head && self.inbox.is_empty();
            if idle {
                // the wait for the next request starts with the end of the last answer
                self.read_wait.not_before(self.last_write);
            }
            ready!(self.read_wait.poll(self.patience(), cx));
            if idle && !self.ledger.is_idle() {
                self.read_wait.restart();
                continue;
            }
            return Poll::Ready(match (waiting_for_head, idle) {
                (_, true) => TimeIsUp::Idle,
                (true, false) => TimeIsUp::Head,
                (false, false) => TimeIsUp::Body,
            });
        }
    }
}

/// What a client was too slow with.
enum TimeIsUp {
    Idle,
    Head,
    Body,
}

impl hyper::rt::Read for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let wire = &mut *self;
        loop {
            ready!(wire.poll_send(cx))?;
            if wire.cleared > 0 {
                let bytes = wire.cleared.min(buf.remaining());
                buf.put_slice(&wire.inbox[..bytes]);
                wire.inbox.advance(bytes);
                wire.cleared -= bytes;
                return Poll::Ready(Ok(()));
            }
            if wire.clear()? {
                continue;
            }
            if matches!(wire.stage, Stage::Refused) {
                // an end of file would make hyper give up the answer that is on its way
                return Poll::Pending;
            }
            let idle = wire.inbox.is_empty() && wire.socket.poll_read_ready(cx)?.is_pending();
            let read = if idle {
                // an idle connection holds no buffer
                wire.inbox = BytesMut::new();
                Poll::Pending
            } else {
                wire.inbox.reserve(match wire.stage {
                    Stage::Body { left } if left > READ_BYTES as u64 => BODY_READ_BYTES,
                    Stage::Chunked(_) => BODY_READ_BYTES,
                    _ => READ_BYTES,
                });
                poll_read_buf(Pin::new(&mut wire.socket), cx, &mut wire.inbox)?
            };
            match read {
                Poll::Ready(0) => return Poll::Ready(Ok(())),
                Poll::Ready(_) => {
                    if !matches!(wire.stage, Stage::Head { scanned: 1.. }) {
                        wire.read_wait.end();
                    }
                }
                Poll::Pending => match ready!(wire.poll_patience(cx)) {
                    TimeIsUp::Idle => return Poll::Ready(Ok(())),
                    TimeIsUp::Head => wire.refuse(Refusal::HeadTimeout),
                    TimeIsUp::Body => {
                        return Poll::Ready(Err(io::Error::new(
                            io::ErrorKind::TimedOut,
                            "no byte of the body came in time",
                        )));
                    }
                },
            }
        }
    }
}

impl hyper::rt::Write for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(cx, buf);
        self.poll_written(cx, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // hyper calls this when it has written all that it had
        self.flushed = self.ledger.finished();
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write_vectored(cx, bufs);
        self.poll_written(cx, written)
    }
}

impl Wire {
    /// A client that takes nothing of its answer is waited for no longer than the stall timeout.
    fn poll_written(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.write_wait.end();
            self.last_write = Instant::now();
            return written;
        }
        ready!(self.write_wait.poll(self.limits.stall_timeout, cx));
        Poll::Ready(Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "the client took nothing of its answer in time",
        )))
    }
}

/// One wait for a client: from when, and the alarm that ends it. The alarm is kept and moved, as
/// most waits end long before it.
#[derive(Default)]
struct Wait {
    since: Option<Instant>,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Wait {
    fn end(&mut self) {
        self.since = None;
    }

    fn restart(&mut self) {
        self.since = Some(Instant::now());
    }

    fn not_before(&mut self, start: Instant) {
        if let Some(since) = &mut self.since {
            *since = (*since).max(start);
        }
    }

    /// Ready once `patience` has passed since the wait began, which it does with the first poll.
    fn poll(&mut self, patience: Duration, cx: &mut Context<'_>) -> Poll<()> {
        let since = *self.since.get_or_insert_with(Instant::now);
        let deadline = since + patience;
        let alarm = self
            .alarm
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        // an alarm that is set too early costs one needless wake-up, a later one is moved
        if alarm.deadline() > deadline {
            alarm.as_mut().reset(deadline);
        }
        loop {
            ready!(alarm.as_mut().poll(cx));
            if Instant::now() >= deadline {
                return Poll::Ready(());
            }
            alarm.as_mut().reset(deadline);
        }
    }
}
