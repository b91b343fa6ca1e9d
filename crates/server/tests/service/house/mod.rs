//! A server on a free port of the loopback interface, and a client that says exactly the bytes it
//! is told to say.

#![allow(dead_code, reason = "each test program uses its part of the house")]

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::oneshot;
use wangge_city::Published;
use wangge_server::{Limits, ServerConfig, serve};

#[path = "../../../../city/tests/drawing/mod.rs"]
pub(crate) mod drawing;

/// No wait of a test is longer.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct House {
    pub(crate) address: SocketAddr,
    pub(crate) published: Arc<Published>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl House {
    pub(crate) fn of_town() -> Self {
        Self::with(ServerConfig::default())
    }

    pub(crate) fn with(config: ServerConfig) -> Self {
        Self::serving(Published::of(drawing::town()), config)
    }

    pub(crate) fn limited(limits: Limits) -> Self {
        Self::with(ServerConfig {
            limits,
            ..ServerConfig::default()
        })
    }

    pub(crate) fn serving(published: Published, config: ServerConfig) -> Self {
        let published = Arc::new(published);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime
            .block_on(async { wangge_server::listen("127.0.0.1:0".parse().unwrap()) })
            .unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let served = Arc::clone(&published);
        let thread = std::thread::spawn(move || {
            runtime
                .block_on(serve(listener, served, None, config, async {
                    let _ = stopped.await;
                }))
                .unwrap();
        });
        Self {
            address,
            published,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub(crate) fn connect(&self) -> Connection {
        Connection::to(self.address)
    }

    /// One `GET` on a connection of its own.
    pub(crate) fn get(&self, target: &str) -> Answer {
        self.connect().get(target)
    }

    /// One `GET` with these header lines.
    pub(crate) fn get_with(&self, target: &str, headers: &[(&str, &str)]) -> Answer {
        self.connect().get_with(target, headers)
    }

    /// Tells the server to stop, without waiting.
    pub(crate) fn stop(&mut self) {
        drop(self.stop.take());
    }

    /// Waits until the server has stopped.
    pub(crate) fn wait(&mut self) {
        self.thread.take().unwrap().join().unwrap();
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop();
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking());
        }
    }
}

pub(crate) struct Connection {
    pub(crate) reader: BufReader<TcpStream>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Connection {
    pub(crate) fn to(address: SocketAddr) -> Self {
        let socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.set_write_timeout(Some(PATIENCE)).unwrap();
        socket.set_nodelay(true).unwrap();
        Self {
            reader: BufReader::new(socket),
        }
    }

    pub(crate) fn say(&mut self, bytes: impl AsRef<[u8]>) {
        self.reader.get_mut().write_all(bytes.as_ref()).unwrap();
    }

    /// Says bytes that the server may refuse to take.
    pub(crate) fn try_to_say(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.reader.get_mut().write_all(bytes.as_ref()).is_ok()
    }

    pub(crate) fn get(&mut self, target: &str) -> Answer {
        self.say(format!("GET {target} HTTP/1.1\r\nHost: test\r\n\r\n"));
        self.answer()
    }

    pub(crate) fn get_with(&mut self, target: &str, headers: &[(&str, &str)]) -> Answer {
        let lines: Vec<String> = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let lines = lines.concat();
        self.say(format!(
            "GET {target} HTTP/1.1\r\nHost: test\r\n{lines}\r\n"
        ));
        self.answer()
    }

    pub(crate) fn post(&mut self, target: &str, content_type: &str, body: &str) -> Answer {
        self.say(format!(
            "POST {target} HTTP/1.1\r\nHost: test\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ));
        self.answer()
    }

    pub(crate) fn answer(&mut self) -> Answer {
        self.answer_to(false)
    }

    /// Reads one answer; one to HEAD has no body whatever its headers say.
    pub(crate) fn answer_to(&mut self, head: bool) -> Answer {
        let mut line = String::new();
        self.reader.read_line(&mut line).unwrap();
        let status: u16 = line
            .strip_prefix("HTTP/1.1 ")
            .and_then(|rest| rest.get(..3)?.parse().ok())
            .unwrap_or_else(|| panic!("not a status line: {line:?}"));
        let mut headers = HashMap::new();
        loop {
            let mut line = String::new();
            self.reader.read_line(&mut line).unwrap();
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').unwrap();
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        let mut body = Vec::new();
        if head || status == 204 || status == 304 || status == 100 {
            // no body
        } else if headers.get("transfer-encoding").map(String::as_str) == Some("chunked") {
            loop {
                let mut size = String::new();
                self.reader.read_line(&mut size).unwrap();
                let size = usize::from_str_radix(size.trim(), 16).unwrap();
                let mut chunk = vec![0; size + 2];
                self.reader.read_exact(&mut chunk).unwrap();
                if size == 0 {
                    break;
                }
                body.extend_from_slice(&chunk[..size]);
            }
        } else {
            let length = headers["content-length"].parse().unwrap();
            body.resize(length, 0);
            self.reader.read_exact(&mut body).unwrap();
        }
        Answer {
            status,
            headers,
            body,
        }
    }

    /// Whether the server has closed, with nothing more said.
    pub(crate) fn is_closed(&mut self) -> bool {
        let mut rest = Vec::new();
        match self.reader.read_to_end(&mut rest) {
            Ok(_) => rest.is_empty(),
            Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
        }
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The problem's type without its common start, after checking that it is a whole problem.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.headers["content-type"], "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        assert!(!problem["title"].as_str().unwrap().is_empty());
        assert!(!problem["detail"].as_str().unwrap().is_empty());
        problem["type"]
            .as_str()
            .unwrap()
            .strip_prefix("urn:wangge:problem:")
            .unwrap()
            .to_owned()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}
