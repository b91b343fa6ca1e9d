//! What every request passes on its way to a route and back: admission, the time it may take, its
//! language, CORS, its id and its line in the log.

use std::convert::Infallible;
use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::Body;
use axum::extract::MatchedPath;
use axum::response::Response;
use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::Service as _;

use crate::config::ServerConfig;
use crate::cors::Origins;
use crate::language::Language;
use crate::ledger::Ledger;
use crate::problem::{MalformedRequest, Problem};
use crate::routes::{Routes, brings_file};
use crate::whole::Whole;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Where the routes are whose work takes long.
const OF_PLANS: &str = "/v1/plans";

/// Answered even when the server is full, as what watches it must not take load for death.
const ALWAYS_ADMITTED: [&str; 2] = ["/healthz", "/readyz"];

/// The way to the routes and back, shared by all connections.
pub(crate) struct Front {
    routes: Routes,
    config: Arc<ServerConfig>,
    admission: Arc<Semaphore>,
    process: u64,
    requests: AtomicU64,
}

/// What is known of a request besides what it says itself. Routes find it in the extensions.
#[derive(Debug)]
pub(crate) struct RequestNote {
    /// The other end of the connection.
    pub(crate) peer: SocketAddr,
    /// The route that took it, as the router writes it: `/v1/grids/{code}`.
    pub(crate) route: OnceLock<MatchedPath>,
}

impl Front {
    pub(crate) fn new(routes: Routes, config: Arc<ServerConfig>) -> Self {
        Self {
            routes,
            admission: Arc::new(Semaphore::new(config.limits.requests)),
            config,
            process: RandomState::new().hash_one(std::process::id()) >> 32,
            requests: AtomicU64::new(0),
        }
    }

    /// One connection's way in.
    pub(crate) fn seat(self: &Arc<Self>, ledger: Arc<Ledger>, peer: SocketAddr) -> Seat {
        Seat {
            front: Arc::clone(self),
            ledger,
            peer,
        }
    }

    async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        refused: Option<Problem>,
        mut record: Record,
    ) -> Result<Response<Recorded>, Infallible> {
        let config = &self.config;
        let headers = request.headers();
        let asked_language = headers.get(header::ACCEPT_LANGUAGE).cloned();
        let origin = headers.get(header::ORIGIN).cloned();
        let preflight = Origins::is_preflight(request.method(), headers);

        let mut response = match refused {
            Some(problem) => problem.answer(config.language),
            None if preflight => {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::NO_CONTENT;
                response
            }
            None => match self.at_once(&request, &mut record) {
                Some(response) => response,
                // boxed: what waits is large, and few requests do
                None => Box::pin(self.route(request, &mut record)).await,
            },
        };

        if response.status().is_client_error() || response.status().is_server_error() {
            let language = Language::accepted(asked_language.as_ref(), config.language);
            response = told(response, language);
        }
        record.status = response.status().as_u16();
        let headers = response.headers_mut();
        self.mark(origin.as_ref(), preflight, &record, |name, value| {
            headers.append(name, value);
        });
        Ok(response.map(|body| Recorded { body, record }))
    }

    /// What needs no route: that there is no room, and what is at hand.
    fn at_once(&self, request: &Request<Incoming>, record: &mut Record) -> Option<Response> {
        if !ALWAYS_ADMITTED.contains(&request.uri().path()) {
            match Arc::clone(&self.admission).try_acquire_owned() {
                Ok(permit) => record.permit = Some(permit),
                Err(_) => return Some(Problem::Overloaded.answer(self.config.language)),
            }
        }
        if *request.method() != Method::GET {
            return None;
        }
        let looking = AssertUnwindSafe(|| self.routes.at_hand(request.uri(), request.headers()));
        let (route, answer) = match catch_unwind(looking) {
            Ok(found) => found?,
            Err(_panic) => return Some(self.panicked(record)),
        };
        record.taken_by = Some(route);
        Some(answer.into())
    }

    /// The answer to a `GET` without a body, as it leaves, if it is at hand. `None` says nothing of
    /// the request, and leaves no trace of it: then it comes here as others do.
    pub(crate) fn at_hand(
        &self,
        uri: &Uri,
        headers: &HeaderMap,
        peer: SocketAddr,
    ) -> Option<(Whole, Record)> {
        let start = Instant::now();
        // for as long as it is looked for: who takes an answer slowly keeps nobody else out
        let _permit = self.admission.try_acquire().ok()?;
        let looking = AssertUnwindSafe(|| self.routes.at_hand(uri, headers));
        let (route, mut answer) = catch_unwind(looking).ok()??;
        let mut record = self.record(start, None, peer, Method::GET);
        record.taken_by = Some(route);
        record.status = answer.status.as_u16();
        let origin = headers.get(header::ORIGIN);
        self.mark(origin, false, &record, |name, value| {
            answer.say(name, value);
        });
        Some((answer, record))
    }

    /// What all answers say.
    fn mark(
        &self,
        origin: Option<&HeaderValue>,
        preflight: bool,
        record: &Record,
        mut say: impl FnMut(HeaderName, HeaderValue),
    ) {
        self.config.cors.mark(origin, preflight, &mut say);
        say(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        if let Ok(id) = HeaderValue::try_from(record.id()) {
            say(X_REQUEST_ID, id);
        }
    }

    fn record(
        &self,
        start: Instant,
        ledger: Option<Arc<Ledger>>,
        peer: SocketAddr,
        method: Method,
    ) -> Record {
        Record {
            ledger,
            peer,
            note: None,
            taken_by: None,
            method,
            refused: false,
            process: self.process,
            number: self.requests.fetch_add(1, Ordering::Relaxed),
            start,
            status: 0,
            bytes: 0,
            whole: false,
            permit: None,
        }
    }

    /// Through the router, within the time there is.
    async fn route(&self, request: Request<Incoming>, record: &mut Record) -> Response {
        let limits = &self.config.limits;
        let of_plans = request.uri().path().starts_with(OF_PLANS);
        let (mut patience, for_body) = if of_plans || brings_file(&request) {
            (limits.work_timeout, limits.work_timeout)
        } else {
            (limits.answer_timeout, limits.body_timeout)
        };
        if !request.body().is_end_stream() {
            patience += for_body;
        }
        let mut request = request.map(Body::new);
        let note = Arc::new(RequestNote {
            peer: record.peer,
            route: OnceLock::new(),
        });
        record.note = Some(Arc::clone(&note));
        request.extensions_mut().insert(note);
        let answer = AssertUnwindSafe(self.routes.router().call(request)).catch_unwind();
        match tokio::time::timeout(patience, answer).await {
            Ok(Ok(Ok(response))) => response,
            Ok(Ok(Err(never))) => match never {},
            Ok(Err(_panic)) => self.panicked(record),
            Err(_elapsed) => Problem::AnswerTimeout.answer(self.config.language),
        }
    }

    fn panicked(&self, record: &Record) -> Response {
        tracing::error!(id = record.id(), "a request made the server panic");
        Problem::Internal.answer(self.config.language)
    }
}

/// The answer with its problem told in the client's language. What failed below our routes, in
/// the router itself, becomes a problem here.
fn told(response: Response, language: Language) -> Response {
    let (parts, body) = response.into_parts();
    let problem = match parts.extensions.get::<Problem>() {
        Some(problem) => problem.clone(),
        None if parts.headers.contains_key(header::CONTENT_TYPE)
            && parts.headers[header::CONTENT_TYPE] == "application/problem+json" =>
        {
            return Response::from_parts(parts, body);
        }
        None => match parts.status {
            StatusCode::NOT_FOUND => Problem::UnknownRoute,
            StatusCode::METHOD_NOT_ALLOWED => Problem::MethodNotAllowed,
            _ => Problem::Internal,
        },
    };
    let mut told = problem.answer(language);
    if let Some(allow) = parts.headers.get(header::ALLOW) {
        told.headers_mut().insert(header::ALLOW, allow.clone());
    }
    told
}

/// The service of one connection.
pub(crate) struct Seat {
    front: Arc<Front>,
    ledger: Arc<Ledger>,
    peer: SocketAddr,
}

impl hyper::service::Service<Request<Incoming>> for Seat {
    type Response = Response<Recorded>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Recorded>, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let refused = self.ledger.call().map(|refusal| Problem::Malformed {
            refusal: MalformedRequest(refusal),
        });
        let mut record = self.front.record(
            Instant::now(),
            Some(Arc::clone(&self.ledger)),
            self.peer,
            request.method().clone(),
        );
        record.refused = refused.is_some();
        Box::pin(Arc::clone(&self.front).answer(request, refused, record))
    }
}

/// One request's line in the log, written when its answer has left or been given up.
///
/// It holds no query, no code and no address: positions and who asks for them are personal data.
pub(crate) struct Record {
    /// Of a connection that waits for this answer to be given.
    ledger: Option<Arc<Ledger>>,
    peer: SocketAddr,
    /// Of a request that went to the router.
    note: Option<Arc<RequestNote>>,
    /// The route whose answer was at hand.
    taken_by: Option<&'static str>,
    method: Method,
    refused: bool,
    process: u64,
    number: u64,
    start: Instant,
    /// 0 until there is an answer.
    status: u16,
    bytes: u64,
    /// Whether the body of the answer came to its end.
    whole: bool,
    permit: Option<OwnedSemaphorePermit>,
}

impl Record {
    /// Counts bytes of the body that have left, and says whether they were the last.
    pub(crate) fn left(&mut self, bytes: usize, whole: bool) {
        self.bytes += bytes as u64;
        self.whole = whole;
    }

    /// Eight digits of the process and those of the number, in hexadecimal.
    fn id(&self) -> String {
        let count = self.number.checked_ilog(16).unwrap_or(0) + 1;
        let mut id = String::with_capacity(9 + count as usize);
        write_digits(self.process, 8, &mut id);
        id.push('-');
        write_digits(self.number, count, &mut id);
        id
    }
}

/// The last digits of a number, in hexadecimal.
fn write_digits(number: u64, count: u32, text: &mut String) {
    for place in (0..count).rev() {
        let digit = (number >> (4 * place)) & 15;
        text.push(char::from(b"0123456789abcdef"[digit as usize]));
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        drop(self.permit.take());
        if let Some(ledger) = &self.ledger {
            ledger.finish();
        }
        if !tracing::enabled!(target: "wangge::request", tracing::Level::INFO) {
            return;
        }
        let noted = self.note.as_ref().and_then(|note| note.route.get());
        let route = match (noted, self.taken_by) {
            (Some(route), _) => route.as_str(),
            (None, Some(route)) => route,
            (None, None) if self.refused => "(refused)",
            (None, None) => "(none)",
        };
        tracing::info!(
            target: "wangge::request",
            method = if self.refused { "-" } else { self.method.as_str() },
            route,
            status = self.status,
            ms = (self.start.elapsed().as_secs_f64() * 1e6).round() / 1e3,
            bytes = self.bytes,
            id = self.id(),
            whole = self.whole,
        );
    }
}

/// The body of an answer, counted on its way out.
pub(crate) struct Recorded {
    body: Body,
    record: Record,
}

impl http_body::Body for Recorded {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                let whole = self.body.is_end_stream();
                self.record.left(bytes, whole);
            }
            Poll::Ready(None) => self.record.whole = true,
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
