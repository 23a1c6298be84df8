//! From the address to the gateway: name, port, TLS, the first answer, its clock.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use http::{StatusCode, header};
use tokio::net::TcpStream;
use url::{Host, Url};

use super::certificate;
use super::report::{Check, Step};
use crate::client::Shared;
use crate::error::ErrorKind;
use crate::redact;
use crate::tls_trouble::{self, TlsTrouble};

/// Longest that a name or a port is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// Addresses of a host that are tried.
const ADDRESSES: usize = 4;
/// As much of the gateway's page as is looked at.
const PAGE: usize = 16 << 10;
/// Clocks further apart make tokens and windows go wrong.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(60);
/// A certificate that ends sooner is worth a word.
const RENEWAL: Duration = Duration::from_secs(30 * 86_400);
/// Where the gateway says that it is up.
const LIVENESS: &str = "PeopleSoftListeningConnector";

/// Looks at everything up to the first answer; returns whether calls have a chance.
pub(super) async fn examine(shared: &Shared, steps: &mut Vec<Step>) -> bool {
    let url = &shared.gateway;
    steps.push(address(url));
    let (dns, addresses) = resolve(shared, url).await;
    let tcp = connect(shared, url, &addresses).await;
    let before = shared.clock.now();
    let answer = knock(shared).await;
    let reached = answer.is_ok();
    // A proxy may resolve and connect for us: what counts is that the client gets through.
    for step in [dns, tcp] {
        steps.push(if reached { through_a_proxy(step) } else { step });
    }
    let connected = steps.iter().all(|step| step.error.is_none());
    let place = redact::place(url);
    match answer {
        Ok(answer) => {
            steps.push(tls(shared, url, &answer));
            let gateway = gateway(&place, &answer);
            let usable = gateway.error.is_none();
            steps.push(gateway);
            steps.push(clock(&place, answer.date, before, shared.clock.now()));
            usable
        }
        Err(failure) => {
            steps.extend(no_answer(url, &place, &failure, connected));
            steps.push(Step::skipped(
                Check::Clock,
                place,
                "no answer to read it from",
            ));
            false
        }
    }
}

fn address(url: &Url) -> Step {
    let place = redact::place(url);
    let ends_right = url.path().trim_end_matches('/').ends_with("/PSIGW");
    if !ends_right {
        let seen = format!("the path is {}, not the usual /PSIGW", url.path());
        return Step::warn(Check::Address, place, seen).fix(
            "Check the gateway address: it is that of the Integration Gateway, https://HOST:PORT/PSIGW, \
             not that of the sign-on page.",
        );
    }
    if url.scheme() == "http" && !redact::is_loopback(url) {
        return Step::warn(
            Check::Address,
            place,
            "plain http: everything can be read on the way",
        )
        .fix("Have the gateway reached by https, and correct the address.");
    }
    Step::ok(Check::Address, place, "well formed")
}

fn patience(shared: &Shared) -> Duration {
    PATIENCE.min(shared.limits.attempt_timeout)
}

async fn resolve(shared: &Shared, url: &Url) -> (Step, Vec<SocketAddr>) {
    let port = url.port_or_known_default().unwrap_or(443);
    let name = match url.host() {
        Some(Host::Ipv4(ip)) => return literal(SocketAddr::from((ip, port))),
        Some(Host::Ipv6(ip)) => return literal(SocketAddr::from((ip, port))),
        Some(Host::Domain(name)) => name,
        None => "",
    };
    let fix = format!(
        "Correct the host in the gateway address, or have {name} entered in the name service that this \
         machine asks."
    );
    let failed = |seen: String| {
        Step::fail(Check::Dns, name, seen)
            .kind(ErrorKind::Transport)
            .fix(fix.clone())
    };
    let found = tokio::time::timeout(patience(shared), tokio::net::lookup_host((name, port))).await;
    let step = match found {
        Ok(Ok(addresses)) => {
            let addresses: Vec<SocketAddr> = addresses.take(ADDRESSES).collect();
            if !addresses.is_empty() {
                let shown: Vec<String> = addresses
                    .iter()
                    .map(|address| address.ip().to_string())
                    .collect();
                let step = Step::ok(Check::Dns, name, shown.join(", "));
                return (step, addresses);
            }
            failed("the name has no address".to_owned())
        }
        Ok(Err(error)) => failed(format!("the name does not resolve: {error}")),
        Err(_) => {
            failed("the name service did not answer in time".to_owned()).kind(ErrorKind::Timeout)
        }
    };
    (step, Vec::new())
}

fn literal(address: SocketAddr) -> (Step, Vec<SocketAddr>) {
    let step = Step::ok(
        Check::Dns,
        address.ip().to_string(),
        "an address, nothing to resolve",
    );
    (step, vec![address])
}

async fn connect(shared: &Shared, url: &Url, addresses: &[SocketAddr]) -> Step {
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or(443);
    let subject = format!("port {port}");
    let mut last = Step::skipped(Check::Tcp, subject.clone(), "no address to connect to");
    for address in addresses {
        match tokio::time::timeout(patience(shared), TcpStream::connect(address)).await {
            Ok(Ok(_)) => return Step::ok(Check::Tcp, subject, format!("open at {}", address.ip())),
            Ok(Err(error)) => {
                let seen = match error.kind() {
                    std::io::ErrorKind::ConnectionRefused => {
                        format!("{} refuses the connection", address.ip())
                    }
                    _ => format!("no connection to {}: {error}", address.ip()),
                };
                last = Step::fail(Check::Tcp, subject.clone(), seen)
                    .kind(ErrorKind::Transport)
                    .fix(format!(
                        "Check the port of the gateway address, and that the web server of the \
                         gateway is up on {host}."
                    ));
            }
            Err(_) => {
                let seen = format!("{} does not answer", address.ip());
                last = Step::fail(Check::Tcp, subject.clone(), seen)
                    .kind(ErrorKind::Timeout)
                    .fix(format!(
                        "Have the firewalls opened from this machine to port {port} of {host}."
                    ));
            }
        }
    }
    last
}

fn through_a_proxy(step: Step) -> Step {
    if step.error.is_none() {
        return step;
    }
    let seen = format!(
        "{}; the client gets through all the same, so by a proxy",
        step.seen
    );
    Step::skipped(step.check, step.subject, seen)
}

/// What the first request brought back.
struct Answer {
    status: StatusCode,
    date: Option<SystemTime>,
    leads_to: Option<String>,
    page: String,
    /// The end of the certificate, where the connector shows the certificate.
    certificate_end: Option<SystemTime>,
}

/// One request for the gateway's own page, through the client's connector, without credentials and
/// without a retry.
async fn knock(shared: &Shared) -> Result<Answer, reqwest::Error> {
    let mut url = shared.gateway.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push(LIVENESS);
    }
    let request = shared
        .http
        .get(url.clone())
        .timeout(shared.limits.attempt_timeout)
        .header(header::USER_AGENT, shared.user_agent.clone());
    let mut response = request.send().await.map_err(reqwest::Error::without_url)?;
    let text = |name| {
        let value: &http::HeaderValue = response.headers().get(name)?;
        value.to_str().ok()
    };
    let date = text(header::DATE).and_then(|text| httpdate::parse_http_date(text).ok());
    let leads_to = text(header::LOCATION)
        .and_then(|location| url.join(location).ok())
        .map(|location| redact::place(&location));
    let certificate_end = certificate_end(&response);
    let status = response.status();
    let mut page = Vec::new();
    // The page only adds words; a page that breaks off has said enough.
    while let Ok(Some(chunk)) = response.chunk().await {
        page.extend_from_slice(&chunk);
        if page.len() > PAGE {
            break;
        }
    }
    Ok(Answer {
        status,
        date,
        leads_to,
        page: String::from_utf8_lossy(&page).to_ascii_lowercase(),
        certificate_end,
    })
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn certificate_end(response: &reqwest::Response) -> Option<SystemTime> {
    let info = response.extensions().get::<reqwest::tls::TlsInfo>()?;
    certificate::not_after(info.peer_certificate()?)
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
fn certificate_end(_response: &reqwest::Response) -> Option<SystemTime> {
    certificate::not_after(&[])
}

fn tls(shared: &Shared, url: &Url, answer: &Answer) -> Step {
    let host = url.host_str().unwrap_or_default();
    if url.scheme() != "https" {
        return Step::skipped(Check::Tls, host, "plain http");
    }
    let Some(end) = answer.certificate_end else {
        return Step::ok(
            Check::Tls,
            host,
            "trusted; the connector does not show the certificate",
        );
    };
    let until = httpdate::fmt_http_date(end);
    let left = end.duration_since(shared.clock.now()).unwrap_or_default();
    if left < RENEWAL {
        let days = left.as_secs() / 86_400;
        let seen = format!("trusted, and ends in {days} days: {until}");
        return Step::warn(Check::Tls, host, seen).fix(format!(
            "Have the certificate of {host} renewed before it ends."
        ));
    }
    Step::ok(Check::Tls, host, format!("trusted until {until}"))
}

fn gateway(place: &str, answer: &Answer) -> Step {
    let status = answer.status.as_u16();
    let seen = format!("HTTP {status}");
    match status {
        200..=299 if answer.page.contains("active") => {
            Step::ok(Check::Gateway, place, "says that it is active")
        }
        200..=299 => Step::ok(Check::Gateway, place, format!("answers with {seen}")),
        300..=399 => {
            let to = answer.leads_to.as_deref().unwrap_or("an unnamed place");
            Step::warn(Check::Gateway, place, format!("{seen}, leads to {to}")).fix(
                "Take the gateway path out of single sign-on, or correct the gateway address, which \
                 must end in /PSIGW.",
            )
        }
        404 => Step::warn(Check::Gateway, place, format!("{seen}: no listening connector there")).fix(
            "Check that the address ends in /PSIGW and that the gateway application is deployed on \
             this web server; a proxy that hides this one page does no harm.",
        ),
        429 | 502..=504 => Step::fail(Check::Gateway, place, seen)
            .kind(if status == 429 {
                ErrorKind::RateLimited
            } else {
                ErrorKind::Unavailable
            })
            .fix("Check that the gateway's web server is up behind the proxy that answered."),
        _ => Step::warn(Check::Gateway, place, seen).fix(
            "Nothing, if the operations below answer; else look into the access log of the web server \
             that answered.",
        ),
    }
}

fn clock(place: &str, date: Option<SystemTime>, before: SystemTime, after: SystemTime) -> Step {
    let Some(date) = date else {
        return Step::warn(Check::Clock, place, "the answer has no readable Date").fix(
            "Have the Date header let through: without it, changes cannot be read by the gateway's clock.",
        );
    };
    // The header has whole seconds.
    let ahead = date.duration_since(after).unwrap_or_default();
    let behind = before.duration_since(date).unwrap_or_default();
    let (skew, word) = if ahead > behind {
        (ahead, "ahead of")
    } else {
        (behind, "behind")
    };
    if skew > CLOCK_TOLERANCE {
        let seen = format!("{} s {word} this machine's", skew.as_secs());
        return Step::warn(Check::Clock, place, seen).fix(
            "Have both machines follow a time server: tokens and windows of change depend on their clocks.",
        );
    }
    Step::ok(Check::Clock, place, "within a minute of this machine's")
}

/// The steps of a request that brought nothing back.
fn no_answer(url: &Url, place: &str, failure: &reqwest::Error, connected: bool) -> Vec<Step> {
    let host = url.host_str().unwrap_or_default();
    let not_reached = |check, subject: &str| Step::skipped(check, subject, "not reached");
    if !connected {
        return vec![
            not_reached(Check::Tls, host),
            not_reached(Check::Gateway, place),
        ];
    }
    let secure = url.scheme() == "https";
    let trouble = tls_trouble::of(failure).filter(|_| secure);
    if let Some(trouble) = trouble {
        let step = Step::fail(Check::Tls, host, trouble.seen(host))
            .kind(ErrorKind::Transport)
            .fix(trouble.fix(host));
        return vec![step, not_reached(Check::Gateway, place)];
    }
    if secure && failure.is_connect() {
        let trouble = TlsTrouble::Unfinished;
        let kind = if failure.is_timeout() {
            ErrorKind::Timeout
        } else {
            ErrorKind::Transport
        };
        let step = Step::fail(Check::Tls, host, trouble.seen(host))
            .kind(kind)
            .fix(trouble.fix(host));
        return vec![step, not_reached(Check::Gateway, place)];
    }
    let tls = if secure && failure.is_timeout() {
        Step::skipped(Check::Tls, host, "begun; whether it ended is not known")
    } else if secure {
        Step::ok(Check::Tls, host, "trusted")
    } else {
        Step::skipped(Check::Tls, host, "plain http")
    };
    let (kind, seen) = if failure.is_timeout() {
        (ErrorKind::Timeout, "connected, and no answer in time")
    } else {
        (
            ErrorKind::Transport,
            "connected, and the connection broke before an answer",
        )
    };
    let gateway = Step::fail(Check::Gateway, place, seen).kind(kind).fix(
        "Check that what listens there is the gateway's web server, and that it is not overloaded.",
    );
    vec![tls, gateway]
}
