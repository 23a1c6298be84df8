//! Connections: accepted, answered, delayed, cut.

use std::convert::Infallible;
use std::fmt;
use std::io;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use http::{HeaderMap, Method, Request, Response, Uri, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::answer::{self, Reply};
use super::gate;
use super::gzip;
use super::router;
use super::state::Shared;
use super::switch::{Recorded, Trouble};

type Body = UnsyncBoxBody<Bytes, io::Error>;

/// Larger than any request that a client of PeopleSoft sends here.
const MAX_REQUEST: usize = 64 << 20;

/// Closes the connection without an answer.
#[derive(Debug)]
struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is cut")
    }
}

impl std::error::Error for Cut {}

pub(super) async fn serve(listener: TcpListener, shared: Shared) {
    // Dropping the set with this future closes every connection.
    let mut connections = JoinSet::new();
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            connections.spawn(connection(stream, shared.clone()));
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(stream: TcpStream, shared: Shared) {
    // Small answers must not wait for more.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| handle(shared.clone(), request));
    // A cut shows here as an error, which is meant.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn handle(shared: Shared, request: Request<Incoming>) -> Result<Response<Body>, Cut> {
    let (parts, body) = request.into_parts();
    let is_token = parts.uri.path() == "/oauth2/token";
    let (trouble, slot) = arrive(&shared, &parts.method, &parts.uri, is_token);
    let (cut_body, replaced) = match trouble {
        Some(Trouble::Cut) => return Err(Cut),
        Some(Trouble::Silent) => return Ok(std::future::pending::<Response<Body>>().await),
        Some(Trouble::Slow(delay)) => {
            wait(delay).await;
            (false, None)
        }
        Some(Trouble::CutBody) => (true, None),
        Some(other) => (false, answer::of_trouble(other)),
        None => (false, None),
    };
    let reply = match replaced {
        Some(reply) => reply,
        None => {
            let body = Limited::new(body, MAX_REQUEST)
                .collect()
                .await
                .map_err(|_| Cut)?
                .to_bytes();
            if is_token {
                gate::token(&shared, &parts.headers, &body)
            } else {
                let mut state = shared.lock();
                router::route(&mut state, &parts.method, &parts.uri, &parts.headers, body)
            }
        }
    };
    if let Some(slot) = slot
        && let Some(recorded) = shared.lock().requests.get_mut(slot)
    {
        recorded.status = Some(reply.status.as_u16());
    }
    let gzip = accepts_gzip(&parts.headers) && shared.lock().output.gzip;
    respond(&shared, reply, cut_body, gzip)
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING);
    accepted
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("gzip"))
}

/// Notes a request, and draws the trouble it meets.
fn arrive(
    shared: &Shared,
    method: &Method,
    uri: &Uri,
    is_token: bool,
) -> (Option<Trouble>, Option<usize>) {
    let mut state = shared.lock();
    if is_token {
        state.token_requests += 1;
        return (state.token_troubles.pop_front(), None);
    }
    let slot = state.requests.len();
    state.requests.push(Recorded {
        method: method.to_string(),
        path: uri.path().to_owned(),
        query: without_password(uri.query().unwrap_or_default()),
        status: None,
    });
    (state.next_trouble(), Some(slot))
}

/// A query string as it was sent, but for what no record may show.
fn without_password(query: &str) -> String {
    let shown = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if name.eq_ignore_ascii_case("password") => format!("{name}=[REDACTED]"),
        _ => pair.to_owned(),
    };
    let pairs: Vec<String> = query.split('&').map(shown).collect();
    pairs.join("&")
}

#[expect(
    clippy::disallowed_methods,
    reason = "a slow server is slow in real time"
)]
async fn wait(delay: std::time::Duration) {
    tokio::time::sleep(delay).await;
}

fn respond(
    shared: &Shared,
    reply: Reply,
    cut_body: bool,
    gzip: bool,
) -> Result<Response<Body>, Cut> {
    let date = httpdate::fmt_http_date(shared.lock().now());
    let mut response = Response::builder()
        .status(reply.status)
        .header(header::DATE, date);
    if let Some(kind) = reply.content_type {
        response = response.header(header::CONTENT_TYPE, kind);
    }
    if let Some(delay) = reply.retry_after {
        response = response.header(header::RETRY_AFTER, delay);
    }
    let mut bytes = reply.body.into_bytes();
    if gzip {
        bytes = gzip::stored(&bytes);
        response = response.header(header::CONTENT_ENCODING, "gzip");
    }
    let body = if cut_body { half(&bytes) } else { whole(bytes) };
    response.body(body).map_err(|_| Cut)
}

fn whole(bytes: Bytes) -> Body {
    Full::new(bytes)
        .map_err(|never: Infallible| match never {})
        .boxed_unsync()
}

fn half(bytes: &Bytes) -> Body {
    let start = Frame::data(bytes.slice(..bytes.len() / 2));
    let rest = stream::once(async {
        // What came first must have left before the connection is closed.
        tokio::task::yield_now().await;
        Err(io::Error::other("the answer is cut"))
    });
    let parts = stream::once(std::future::ready(Ok(start))).chain(rest);
    BodyExt::boxed_unsync(StreamBody::new(parts))
}
