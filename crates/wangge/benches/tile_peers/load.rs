//! The client: a few connections that are kept, one request after another on each.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::Outcome;

pub(crate) const CLIENTS: usize = 4;

/// The largest answer that is taken.
const ANSWER_BYTES: usize = 16 << 20;

/// What a server answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// A request for a tile as a map client sends it.
pub(crate) fn request(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip\r\n\r\n")
}

/// Asks so often over all connections, the requests in their order and again from the first, and
/// says how long that took.
pub(crate) fn ask(address: SocketAddr, requests: &[String], count: usize) -> Outcome<Duration> {
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| scope.spawn(|| ask_on_one(address, requests, &next, count)))
            .collect();
        clients
            .into_iter()
            .try_for_each(|client| client.join().map_err(|_| "a client panicked")?)
    })?;
    Ok(started.elapsed())
}

fn ask_on_one(
    address: SocketAddr,
    requests: &[String],
    next: &AtomicUsize,
    count: usize,
) -> Outcome<()> {
    let mut connection = Connection::to(address)?;
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= count {
            return Ok(());
        }
        connection.exchange(&requests[number % requests.len()])?;
    }
}

/// The answer to one request, on a connection of its own.
pub(crate) fn answer(address: SocketAddr, request: &str) -> Outcome<Answer> {
    let mut connection = Connection::to(address)?;
    let head = connection.exchange(request)?;
    Ok(Answer {
        status: head.status,
        body: connection.buffer[head.length..head.length + head.body].to_vec(),
    })
}

struct Connection {
    socket: TcpStream,
    buffer: Vec<u8>,
}

/// What the head of an answer says.
struct Head {
    length: usize,
    status: u16,
    body: usize,
}

impl Connection {
    fn to(address: SocketAddr) -> Outcome<Self> {
        let socket = TcpStream::connect(address)?;
        socket.set_nodelay(true)?;
        Ok(Self {
            socket,
            buffer: vec![0; ANSWER_BYTES],
        })
    }

    /// Leaves the answer in the buffer.
    fn exchange(&mut self, request: &str) -> Outcome<Head> {
        self.socket.write_all(request.as_bytes())?;
        let (mut read, mut known) = (0, None);
        loop {
            let bytes = self.socket.read(&mut self.buffer[read..])?;
            if bytes == 0 {
                return Err(format!("no whole answer to {}", first_line(request)).into());
            }
            read += bytes;
            if known.is_none() {
                known = Head::read(&self.buffer[..read])?;
            }
            let Some(head) = &known else { continue };
            if !matches!(head.status, 200 | 204) {
                let said = String::from_utf8_lossy(&self.buffer[..read]);
                return Err(format!("{}: {said}", first_line(request)).into());
            }
            if read >= head.length + head.body {
                return known.ok_or_else(|| "no head".into());
            }
        }
    }
}

impl Head {
    /// `None` until it is there.
    fn read(answer: &[u8]) -> Outcome<Option<Self>> {
        let Some(end) = answer.windows(4).position(|end| end == b"\r\n\r\n") else {
            return Ok(None);
        };
        let text = std::str::from_utf8(&answer[..end])?;
        let status = text.get(9..12).ok_or("no status")?.parse()?;
        let body = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let body = match body {
            Some(length) => length.parse()?,
            None if status == 200 => return Err(format!("no length: {text}").into()),
            None => 0,
        };
        Ok(Some(Self {
            length: end + 4,
            status,
            body,
        }))
    }
}

fn first_line(request: &str) -> &str {
    request.lines().next().unwrap_or_default()
}
