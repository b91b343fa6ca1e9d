//! The service as a process of its own, and a client that speaks to it over a socket.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// A running `wangge serve`, ended when dropped.
pub(crate) struct Service {
    child: Child,
    address: SocketAddr,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

/// What came back from a request.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// The same with a body that need not be text.
#[derive(Debug)]
pub(crate) struct Fetched {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Fetched {
    fn of(answer: &[u8]) -> Self {
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let (head, body) = answer.split_at(end.unwrap());
        let head = String::from_utf8(head.to_vec()).unwrap();
        Self {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head,
            body: body[4..].to_vec(),
        }
    }

    /// A line of the head by its name in small letters; empty when it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        header_of(&self.head, name)
    }
}

/// A body without the lengths before its chunks; it must have its end.
fn unchunked(mut chunked: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = chunked.windows(2).position(|two| two == b"\r\n").unwrap();
        let length = std::str::from_utf8(&chunked[..end]).unwrap();
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            return body;
        }
        body.extend_from_slice(&chunked[end + 2..end + 2 + length]);
        chunked = &chunked[end + 2 + length + 2..];
    }
}

fn header_of<'a>(head: &'a str, name: &str) -> &'a str {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let mut named = lines.filter(|(of, _)| of.eq_ignore_ascii_case(name));
    named.next().map_or("", |(_, value)| value.trim())
}

impl Answer {
    fn of(answer: &str) -> Self {
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        Self {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    /// A line of the head by its name in small letters; empty when it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        header_of(&self.head, name)
    }
}

impl Service {
    /// Starts the service over a store, on a free port.
    pub(crate) fn start(store: &Path, options: &[&str]) -> Self {
        let mut all = vec![OsStr::new("--store"), store.as_os_str()];
        all.extend(options.iter().map(OsStr::new));
        Self::with(&all)
    }

    /// Starts the service with these options, on a free port.
    pub(crate) fn with<S: AsRef<OsStr>>(options: &[S]) -> Self {
        Self::with_temporary(&std::env::temp_dir(), options)
    }

    /// The same with a folder for its temporary files.
    pub(crate) fn with_temporary<S: AsRef<OsStr>>(folder: &Path, options: &[S]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_wangge"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(options)
            .env("LC_ALL", "C.UTF-8")
            .env("TMPDIR", folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut first = String::new();
        let address = loop {
            let line = lines
                .next()
                .unwrap_or_else(|| panic!("the service ended: {first}"))
                .unwrap();
            if let Some(rest) = line.strip_prefix("serving on http://") {
                break rest.split_whitespace().next().unwrap().parse().unwrap();
            }
            first.push_str(&line);
            first.push('\n');
        };
        let log = Arc::new(Mutex::new(first));
        let kept = Arc::clone(&log);
        let reader = std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let mut log = kept.lock().unwrap();
                log.push_str(&line);
                log.push('\n');
            }
        });
        Self {
            child,
            address,
            log,
            reader: Some(reader),
        }
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn get(&self, target: &str) -> Answer {
        self.get_with(target, "")
    }

    /// With more lines of the head, each ended by `\r\n`.
    pub(crate) fn get_with(&self, target: &str, head: &str) -> Answer {
        self.send(&format!(
            "GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{head}\r\n"
        ))
    }

    pub(crate) fn post(&self, target: &str, kind: &str, body: &str) -> Answer {
        self.send(&format!(
            "POST {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    pub(crate) fn delete(&self, target: &str) -> Answer {
        self.request("DELETE", target, "application/json", b"")
    }

    /// Any method, with a body that need not be text.
    pub(crate) fn request(&self, method: &str, target: &str, kind: &str, body: &[u8]) -> Answer {
        let answer = self.sent(method, target, kind, body);
        Answer::of(&String::from_utf8(answer).unwrap())
    }

    fn sent(&self, method: &str, target: &str, kind: &str, body: &[u8]) -> Vec<u8> {
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_mins(1)))
            .unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        // a body that is refused by its head is not read to its end
        let _ = stream.write_all(body);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        answer
    }

    /// A file that is sent, whatever the answer is.
    pub(crate) fn send_file(&self, target: &str, kind: &str, body: &[u8]) -> Fetched {
        let mut fetched = Fetched::of(&self.sent("POST", target, kind, body));
        if fetched.header("transfer-encoding") == "chunked" {
            fetched.body = unchunked(&fetched.body);
        }
        fetched
    }

    /// Kilobytes of memory that the service has had at most.
    pub(crate) fn most_memory_kb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.unwrap().trim().split(' ').next().unwrap();
        number.parse().unwrap()
    }

    /// How many processes it has started that have not ended.
    pub(crate) fn children(&self) -> usize {
        let id = self.child.id();
        let tasks = std::fs::read_dir(format!("/proc/{id}/task")).unwrap();
        let children = tasks
            .flatten()
            .map(|task| std::fs::read_to_string(task.path().join("children")).unwrap_or_default());
        children
            .map(|of_task| of_task.split_whitespace().count())
            .sum()
    }

    /// One `GET` with more lines of the head, each ended by `\r\n`, whatever the body is.
    pub(crate) fn fetch(&self, target: &str, head: &str) -> Fetched {
        Fetched::of(&self.exchange(&format!(
            "GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{head}\r\n"
        )))
    }

    fn send(&self, request: &str) -> Answer {
        Answer::of(&String::from_utf8(self.exchange(request)).unwrap())
    }

    fn exchange(&self, request: &str) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    }

    /// Asks until `wanted` is true of the answer, for `patience` at most.
    pub(crate) fn await_answer(
        &self,
        target: &str,
        patience: Duration,
        wanted: impl Fn(&Answer) -> bool,
    ) -> Answer {
        let begin = Instant::now();
        loop {
            let answer = self.get(target);
            if wanted(&answer) {
                return answer;
            }
            assert!(begin.elapsed() < patience, "{answer:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Ends the service as an operator does, and gives its exit status and log.
    pub(crate) fn stop(self) -> (ExitStatus, String) {
        self.end_by(Signal::TERM)
    }

    /// The same by any signal that ends it.
    pub(crate) fn end_by(mut self, signal: Signal) -> (ExitStatus, String) {
        let id = Pid::from_child(&self.child);
        kill_process(id, signal).unwrap();
        let begin = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(
                begin.elapsed() < Duration::from_secs(20),
                "it does not stop"
            );
            std::thread::sleep(Duration::from_millis(20));
        };
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        (status, self.log.lock().unwrap().clone())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // it may have been stopped already
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
