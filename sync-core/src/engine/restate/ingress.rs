//! Requests to the Restate server.

use std::fmt;
use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};

use super::key::ObjectKey;
use super::turn::Ask;
use crate::stream::StreamKey;

/// The Restate server, as one that asks it for runs sees it.
///
/// Cloning is cheap; clones share their connections.
#[derive(Debug, Clone)]
pub struct Ingress {
    client: Client,
    url: Url,
    token: Option<SecretString>,
}

/// Why the Restate server did not do what it was asked for.
#[derive(Debug)]
pub struct IngressError {
    what: Box<str>,
    /// Scheme, host and port of the server that was asked.
    server: Box<str>,
    cause: Cause,
}

#[derive(Debug)]
enum Cause {
    Url(Box<str>),
    Http(reqwest::Error),
    Refused(StatusCode, Box<str>),
}

impl fmt::Display for IngressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.what)?;
        let server = &self.server;
        match &self.cause {
            Cause::Url(text) => f.write_str(text),
            Cause::Http(error) if error.is_connect() => write!(
                f,
                "the Restate server at {server} cannot be reached ({}); is it running, and is the address right?",
                innermost(error)
            ),
            Cause::Http(error) => {
                write!(f, "the Restate server at {server}: {}", innermost(error))
            }
            Cause::Refused(status, body) => {
                write!(
                    f,
                    "the Restate server at {server} answered {status}: {body}"
                )
            }
        }
    }
}

/// What the system said, without what was made of it on the way.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

impl std::error::Error for IngressError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::Http(error) => Some(error),
            Cause::Url(_) | Cause::Refused(..) => None,
        }
    }
}

impl IngressError {
    fn new(what: &str, cause: Cause) -> Self {
        Self {
            what: what.into(),
            server: "".into(),
            cause,
        }
    }

    fn at(what: &str, url: &Url, cause: Cause) -> Self {
        Self {
            server: url.origin().ascii_serialization().into(),
            ..Self::new(what, cause)
        }
    }

    /// The server's answer, where it gave one that was no success.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match &self.cause {
            Cause::Refused(status, _) => Some(status.as_u16()),
            Cause::Http(error) => error.status().map(|status| status.as_u16()),
            Cause::Url(_) => None,
        }
    }
}

/// The object of all streams, by the name of its type.
const OBJECT: &str = "SyncTurn";

/// So much of an answer is shown in an error.
const SHOWN: usize = 500;

impl Ingress {
    /// How long a request may take.
    pub const TIMEOUT: Duration = Duration::from_secs(10);

    /// The ingress of a server, port 8080 unless it was set otherwise.
    ///
    /// # Errors
    /// Where this is no address, or the system has no source of certificates for an `https` one.
    pub fn new(url: &str) -> Result<Self, IngressError> {
        let client = Client::builder()
            .timeout(Self::TIMEOUT)
            .no_proxy()
            .build()
            .map_err(|error| IngressError::new("an HTTP client", Cause::Http(error)))?;
        Self::with_client(url, client)
    }

    /// The same with a client of the caller's, for its certificates, proxy or time-outs.
    ///
    /// # Errors
    /// Where this is no address.
    pub fn with_client(url: &str, client: Client) -> Result<Self, IngressError> {
        Ok(Self {
            client,
            url: address(url)?,
            token: None,
        })
    }

    /// Sends this with every request, as `Authorization: Bearer …`, for a server or a proxy before it that asks for it.
    #[must_use]
    pub fn token(mut self, token: SecretString) -> Self {
        self.token = Some(token);
        self
    }

    /// Makes the server at `admin` (port 9070) know that [`Restate::serve`](super::Restate::serve) answers at
    /// `service`; once for each address, and again when the names of handlers change with a new version of this crate.
    ///
    /// # Errors
    /// Where the server cannot be reached, or cannot reach the service.
    pub async fn register(&self, admin: &str, service: &str) -> Result<(), IngressError> {
        let mut url = address(admin)?;
        push(&mut url, &["deployments"]);
        let body = serde_json::json!({ "uri": service, "force": true });
        self.post("registering the turns", url, body.to_string(), None)
            .await
    }

    /// Whether the server at `admin` knows the turns of anybody: not after it was replaced by an empty one.
    ///
    /// # Errors
    /// Where the server cannot be reached.
    pub async fn knows_turns(&self, admin: &str) -> Result<bool, IngressError> {
        const WHAT: &str = "asking for the turns that are registered";
        let mut url = address(admin)?;
        push(&mut url, &["services", OBJECT]);
        let answer = self
            .send(WHAT, &url, self.request(Method::GET, &url))
            .await?;
        match answer.status() {
            StatusCode::NOT_FOUND => Ok(false),
            _ => accepted(WHAT, &url, answer).await.map(|()| true),
        }
    }

    /// Whether the ingress is well; it may not know the turns yet.
    ///
    /// # Errors
    /// Where the server cannot be reached, or says that it is not.
    pub async fn is_well(&self) -> Result<(), IngressError> {
        const WHAT: &str = "asking how the ingress is";
        let mut url = self.url.clone();
        push(&mut url, &["restate", "health"]);
        let answer = self
            .send(WHAT, &url, self.request(Method::GET, &url))
            .await?;
        accepted(WHAT, &url, answer).await
    }

    /// Asks for a run now, whatever the stream's schedule says. The answer says that the server has taken it.
    ///
    /// # Errors
    /// Where the server cannot be reached or does not know the turns.
    pub async fn run_now(&self, stream: &StreamKey) -> Result<(), IngressError> {
        let ask = Ask {
            run_now: true,
            ..Ask::default()
        };
        self.turn(stream, 0, &ask).await
    }

    pub(super) async fn turn(
        &self,
        stream: &StreamKey,
        generation: u32,
        ask: &Ask,
    ) -> Result<(), IngressError> {
        let body = serde_json::json!(ask);
        let url = self.object(stream, generation, "turn");
        self.post("asking for a turn", url, body.to_string(), None)
            .await
    }

    pub(super) async fn retire(
        &self,
        stream: &StreamKey,
        generation: u32,
    ) -> Result<(), IngressError> {
        let url = self.object(stream, generation, "retire");
        let once = format!("retire {stream}#{generation}");
        self.post("ending a generation", url, String::new(), Some(&once))
            .await
    }

    fn object(&self, stream: &StreamKey, generation: u32, handler: &str) -> Url {
        let key = ObjectKey {
            stream: stream.clone(),
            generation,
        };
        let mut url = self.url.clone();
        push(&mut url, &[OBJECT, &key.to_string(), handler, "send"]);
        url
    }

    async fn post(
        &self,
        what: &str,
        url: Url,
        body: String,
        once: Option<&str>,
    ) -> Result<(), IngressError> {
        let mut request = self.request(Method::POST, &url);
        if !body.is_empty() {
            request = request
                .header("content-type", "application/json")
                .body(body);
        }
        if let Some(once) = once {
            request = request.header("idempotency-key", once);
        }
        let answer = self.send(what, &url, request).await?;
        accepted(what, &url, answer).await
    }

    fn request(&self, method: Method, url: &Url) -> RequestBuilder {
        let request = self.client.request(method, url.clone());
        match &self.token {
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        }
    }

    async fn send(
        &self,
        what: &str,
        url: &Url,
        request: RequestBuilder,
    ) -> Result<Response, IngressError> {
        request
            .send()
            .await
            .map_err(|error| IngressError::at(what, url, Cause::Http(error.without_url())))
    }
}

/// Nothing where it was a success, else what the server said.
async fn accepted(what: &str, url: &Url, answer: Response) -> Result<(), IngressError> {
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let text = answer
        .text()
        .await
        .map_err(|error| IngressError::at(what, url, Cause::Http(error.without_url())))?;
    let shown: String = text.chars().take(SHOWN).collect();
    Err(IngressError::at(
        what,
        url,
        Cause::Refused(status, shown.into()),
    ))
}

fn address(text: &str) -> Result<Url, IngressError> {
    let wrong = |why: &str| {
        let text = format!("{text:?} {why}; http://127.0.0.1:8080 would be one");
        IngressError::new("the address of the Restate server", Cause::Url(text.into()))
    };
    let url = Url::parse(text).map_err(|error| wrong(&format!("is no address ({error})")))?;
    if url.cannot_be_a_base() || !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("is no http or https address"));
    }
    Ok(url)
}

fn push(url: &mut Url, parts: &[&str]) {
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(parts);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_of_any_name_is_one_segment_of_the_path() {
        let ingress = Ingress::new("http://127.0.0.1:8080/restate/").unwrap();
        let stream = StreamKey::new("acme corp", "orders/850", "US#1");
        assert_eq!(
            ingress.object(&stream, 2, "turn").as_str(),
            "http://127.0.0.1:8080/restate/SyncTurn/acme%20corp%2Forders%252F850%2FUS%25231%232/turn/send"
        );
    }

    #[test]
    fn what_is_no_address_is_said_so() {
        for text in ["", "127.0.0.1:8080", "mailto:a@b", "ftp://host"] {
            let error = Ingress::new(text).unwrap_err().to_string();
            assert!(error.contains("would be one"), "{error}");
        }
    }
}
