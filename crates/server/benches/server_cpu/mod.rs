//! A server in a process of its own, clients that load it, and what its processor time was. Linux
//! only: it reads `/proc`.
#![allow(dead_code, reason = "each benchmark uses its own part")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use wangge_server::{Routes, ServerConfig, serve_routes};

/// The argument with which a program runs as the server.
const AS_SERVER: &str = "--as-server";

const RUNS: usize = 5;
const CLIENTS: usize = 4;
const TURNS: usize = 10;
const REQUESTS_PER_CLIENT: usize = 2_500;

/// Connections that ask at a steady rate, and for how long.
const STEADY_CLIENTS: u32 = 16;
const STEADY: Duration = Duration::from_secs(4);

pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Starts this program once more as the server of `routes`, and measures it from here.
pub(crate) fn beside(
    routes: impl FnOnce(&Arc<ServerConfig>) -> Outcome<Routes>,
    measure: impl FnOnce(&Server) -> Outcome<()>,
) -> Outcome<()> {
    if std::env::args().any(|argument| argument == AS_SERVER) {
        let config = Arc::new(ServerConfig::default());
        return serve(routes(&config)?, config);
    }
    let mut child = Command::new(std::env::current_exe()?)
        .arg(AS_SERVER)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let measured = Server::of(&mut child).and_then(|server| measure(&server));
    drop(child.stdin.take());
    child.wait()?;
    measured
}

/// Serves until its standard input ends.
fn serve(routes: Routes, config: Arc<ServerConfig>) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = wangge_server::listen("127.0.0.1:0".parse()?)?;
        println!("{}", listener.local_addr()?);
        let stopped = tokio::task::spawn_blocking(|| {
            let mut rest = Vec::new();
            std::io::stdin().read_to_end(&mut rest)
        });
        serve_routes(listener, routes, config, async {
            let _ = stopped.await;
        })
        .await?;
        Ok(())
    })
}

/// The server that is measured.
pub(crate) struct Server {
    process: u32,
    address: SocketAddr,
}

impl Server {
    fn of(child: &mut Child) -> Outcome<Self> {
        let output = child.stdout.take().ok_or("the server has no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        Ok(Self {
            process: child.id(),
            address: line.trim().parse()?,
        })
    }

    /// Lets the two kinds of requests take turns in each of five runs, so that what else the
    /// machine does falls on both alike, and prints the median of the ratios of processor time.
    pub(crate) fn compare(
        &self,
        (base_name, base): (&str, &[String]),
        (name, requests): (&str, &[String]),
        wanted: f64,
    ) -> Outcome<()> {
        self.turn(base)?;
        self.turn(requests)?;
        println!(
            "{base_name}: {} bytes with its head; {name}: {}",
            self.answer(&base[0])?.len(),
            self.answer(&requests[0])?.len()
        );
        println!("run {base_name:>22} {name:>22}   ratio   (server CPU, microseconds per request)");
        let mut ratios = Vec::new();
        for number in 1..=RUNS {
            let (mut of_base, mut own) = (0.0, 0.0);
            for _ in 0..TURNS {
                of_base += self.turn(base)? / TURNS as f64;
                own += self.turn(requests)? / TURNS as f64;
            }
            ratios.push(own / of_base);
            println!(
                "{number:>3} {of_base:>22.2} {own:>22.2} {:>7.3}",
                own / of_base
            );
        }
        ratios.sort_by(f64::total_cmp);
        let median = ratios[RUNS / 2];
        println!("median ratio {median:.3}, at most {wanted} wanted");
        Ok(())
    }

    /// The server's CPU for one request, in microseconds.
    fn turn(&self, requests: &[String]) -> Outcome<f64> {
        let before = cpu_ns(self.process)?;
        let started = Instant::now();
        std::thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|client| scope.spawn(move || ask(self.address, requests, client)))
                .collect();
            clients
                .into_iter()
                .try_for_each(|client| client.join().map_err(|_| "a client panicked")?)
        })?;
        let used = cpu_ns(self.process)? - before;
        if started.elapsed().as_secs() > 300 {
            return Err("the machine is too busy to measure on".into());
        }
        Ok(used as f64 / 1e3 / (CLIENTS * REQUESTS_PER_CLIENT) as f64)
    }

    /// Prints how long answers take at steady rates, the two kinds in turn: the median, the 99th and the 99.9th
    /// percentile of three goes together. A time counts from when a request was due, so that one that had to wait for
    /// others before it counts its waiting; the client's own waking up is in it too.
    pub(crate) fn latencies(
        &self,
        (base_name, base): (&str, &[String]),
        (name, requests): (&str, &[String]),
        rates: &[u32],
    ) -> Outcome<()> {
        println!(
            "milliseconds from when a request is due to its answer, {STEADY_CLIENTS} connections"
        );
        println!("{:>22} {:>12}   p50    p99  p99.9    max", "", "requests/s");
        for &rate in rates {
            let mut of_base = Vec::new();
            let mut own = Vec::new();
            for _ in 0..3 {
                of_base.append(&mut self.steady(base, rate)?);
                own.append(&mut self.steady(requests, rate)?);
            }
            for (name, mut times) in [(base_name, of_base), (name, own)] {
                times.sort_unstable();
                let at = |share: f64| {
                    let place = (share * (times.len() - 1) as f64).round();
                    let place = times
                        .iter()
                        .zip(0u32..)
                        .find(|(_, at)| f64::from(*at) >= place);
                    place.map_or(0.0, |(time, _)| time.as_secs_f64() * 1e3)
                };
                println!(
                    "{name:>22} {rate:>12} {:>6.2} {:>6.2} {:>6.2} {:>6.1}",
                    at(0.5),
                    at(0.99),
                    at(0.999),
                    at(1.0)
                );
            }
        }
        Ok(())
    }

    /// How long each answer takes at a steady rate.
    fn steady(&self, requests: &[String], rate: u32) -> Outcome<Vec<Duration>> {
        let every = Duration::from_secs(1) * STEADY_CLIENTS / rate;
        let start = Instant::now() + Duration::from_millis(50);
        std::thread::scope(|scope| {
            let clients: Vec<_> = (0..STEADY_CLIENTS)
                .map(|client| {
                    let first = start + every * client / STEADY_CLIENTS;
                    scope.spawn(move || ask_every(self.address, requests, first, every))
                })
                .collect();
            let mut all = Vec::new();
            for client in clients {
                all.append(&mut client.join().map_err(|_| "a client panicked")??);
            }
            Ok(all)
        })
    }

    /// The whole answer to one request.
    pub(crate) fn answer(&self, request: &str) -> Outcome<Vec<u8>> {
        let mut socket = TcpStream::connect(self.address)?;
        let mut buffer = vec![0; 1 << 20];
        let length = exchange(&mut socket, request, &mut buffer)?;
        buffer.truncate(length);
        Ok(buffer)
    }
}

/// A request for a target, with more header lines where these are given.
pub(crate) fn request(target: &str, headers: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: bench\r\n{headers}\r\n")
}

/// One connection, one request after another.
fn ask(address: SocketAddr, requests: &[String], client: usize) -> Outcome<()> {
    let mut socket = TcpStream::connect(address)?;
    socket.set_nodelay(true)?;
    let mut buffer = vec![0; 1 << 20];
    for number in 0..REQUESTS_PER_CLIENT {
        let request = &requests[(client + number * CLIENTS) % requests.len()];
        let length = exchange(&mut socket, request, &mut buffer)?;
        let answer = &buffer[..length];
        if !answer.starts_with(b"HTTP/1.1 200 ") && !answer.starts_with(b"HTTP/1.1 304 ") {
            return Err(String::from_utf8_lossy(answer).into_owned().into());
        }
    }
    Ok(())
}

/// One connection that asks at its times, or as soon as it can after them.
fn ask_every(
    address: SocketAddr,
    requests: &[String],
    first: Instant,
    every: Duration,
) -> Outcome<Vec<Duration>> {
    let mut socket = TcpStream::connect(address)?;
    socket.set_nodelay(true)?;
    let mut buffer = vec![0; 1 << 20];
    let mut times = Vec::new();
    let mut due = first;
    let mut requests = requests.iter().cycle();
    while due < first + STEADY {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let request = requests.next().ok_or("no requests")?;
        exchange(&mut socket, request, &mut buffer)?;
        times.push(due.elapsed());
        due += every;
    }
    Ok(times)
}

fn exchange(socket: &mut TcpStream, request: &str, buffer: &mut [u8]) -> Outcome<usize> {
    socket.write_all(request.as_bytes())?;
    let mut read = 0;
    loop {
        let bytes = socket.read(&mut buffer[read..])?;
        read += bytes;
        if bytes == 0 || is_whole(&buffer[..read])? {
            return Ok(read);
        }
    }
}

/// Whether the head and as many bytes as it announces are there.
fn is_whole(answer: &[u8]) -> Outcome<bool> {
    let Some(head) = answer.windows(4).position(|end| end == b"\r\n\r\n") else {
        return Ok(false);
    };
    if answer.starts_with(b"HTTP/1.1 304 ") {
        return Ok(true);
    }
    let length: usize = std::str::from_utf8(&answer[..head])?
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .ok_or("no length")?
        .parse()?;
    Ok(answer.len() >= head + 4 + length)
}

/// CPU time of all threads of a process, nanoseconds.
fn cpu_ns(process: u32) -> Outcome<u64> {
    let mut sum = 0;
    for task in std::fs::read_dir(format!("/proc/{process}/task"))? {
        let stat = std::fs::read_to_string(task?.path().join("schedstat"))?;
        sum += stat
            .split(' ')
            .next()
            .ok_or("an empty schedstat")?
            .parse::<u64>()?;
    }
    Ok(sum)
}
