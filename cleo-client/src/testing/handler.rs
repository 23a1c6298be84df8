//! From a request to an answer, with a fault on the way if there is one.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::{Value, json};

use super::{
    answer::{Answer, Body, Cut, Tail},
    condition::Condition,
    fault::{Fault, RetryAfter},
    files::file,
    form,
    intake::{self, NoContent, Received},
    objects::{self, Kind},
    record::{Operation, ReceivedPayload, RequestRecord, public_query},
    target::Target,
    world::World,
};
use crate::clock::{Clock as _, SystemClock};

/// A request, read whole.
pub(super) struct Asked {
    pub(super) n: u64,
    pub(super) method: Method,
    path: String,
    pub(super) query: BTreeMap<String, String>,
    pub(super) headers: HeaderMap,
    /// Empty for an upload.
    pub(super) body: Bytes,
    /// What an upload brought, until it is kept.
    upload: Mutex<Option<Result<Received, NoContent>>>,
    target: Target,
    pub(super) operation: Operation,
}

pub(super) async fn handle(
    world: Arc<World>,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Body>, Cut> {
    let n = world.next_number();
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    let query = form::pairs(head.uri.query().unwrap_or_default().as_bytes());
    let target = Target::of(&world.switches, &head.method, &path, &query);
    // A client that leaves in the middle of its request has asked for nothing.
    let (body, upload) = if target.is_upload() {
        let upload = intake::receive(&world, n, &head.headers, body).await?;
        (Bytes::new(), Some(upload))
    } else {
        (body.collect().await.map_err(|_| Cut)?.to_bytes(), None)
    };
    let operation = target.operation(&body);
    let (method, headers) = (head.method, head.headers);
    let asked = Asked {
        n,
        method,
        path,
        query,
        headers,
        body,
        upload: Mutex::new(upload),
        target,
        operation,
    };
    let fault = world.next_fault(operation);
    match fault {
        None => finish(&world, act(&world, &asked, None)?).await,
        Some(Fault::ExpireTokens) => {
            world.state().logins.forget_tokens();
            finish(&world, act(&world, &asked, fault)?).await
        }
        Some(Fault::SlowAnswer(time)) => {
            let mut answer = act(&world, &asked, fault)?;
            answer.after += time;
            finish(&world, answer).await
        }
        Some(Fault::SlowBody(time)) => {
            let mut answer = act(&world, &asked, fault)?;
            answer.tail = Tail::After(time);
            finish(&world, answer).await
        }
        Some(Fault::CutBody) => {
            let mut answer = act(&world, &asked, fault)?;
            answer.tail = Tail::Never;
            finish(&world, answer).await
        }
        Some(Fault::CutAfter) => {
            act(&world, &asked, fault)?;
            Err(Cut)
        }
        Some(Fault::InternalErrorAfter) => {
            act(&world, &asked, fault)?;
            Ok(refusal(&world, Fault::InternalErrorAfter).into_response(&world.switches))
        }
        Some(Fault::DelayThenAct(time)) => {
            let (tell, told) = tokio::sync::oneshot::channel();
            let inner = Arc::clone(&world);
            world.go_on(async move {
                SystemClock.sleep(time).await;
                // The client may have left: that is the point.
                let _ = tell.send(act(&inner, &asked, fault));
            });
            finish(&world, told.await.map_err(|_| Cut)??).await
        }
        Some(Fault::CutBefore) => {
            write_down(&world, &asked, &Answer::new(StatusCode::OK), fault)?;
            Err(Cut)
        }
        Some(
            fault @ (Fault::TooManyRequests(_)
            | Fault::Unavailable(_)
            | Fault::InternalError
            | Fault::NotJson),
        ) => {
            let answer = refusal(&world, fault);
            write_down(&world, &asked, &answer, Some(fault))?;
            Ok(answer.into_response(&world.switches))
        }
    }
}

async fn finish(world: &World, answer: Answer) -> Result<hyper::Response<Body>, Cut> {
    if !answer.after.is_zero() {
        SystemClock.sleep(answer.after).await;
    }
    Ok(answer.into_response(&world.switches))
}

fn refusal(world: &World, fault: Fault) -> Answer {
    let (status, wait) = match fault {
        Fault::TooManyRequests(wait) => (StatusCode::TOO_MANY_REQUESTS, wait),
        Fault::Unavailable(wait) => (StatusCode::SERVICE_UNAVAILABLE, wait),
        Fault::NotJson => return Answer::html(StatusCode::BAD_GATEWAY),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, None),
    };
    let answer = Answer::error(status, "a fault on purpose");
    match wait {
        None => answer,
        Some(RetryAfter::Seconds(seconds)) => {
            answer.with_header(header::RETRY_AFTER, &seconds.to_string())
        }
        Some(RetryAfter::DateIn(seconds)) => {
            let date = world.clock.now() + std::time::Duration::from_secs(seconds);
            answer.with_header(header::RETRY_AFTER, &httpdate::fmt_http_date(date))
        }
    }
}

/// Does what is asked and writes it down, without a pause in between.
fn act(world: &World, asked: &Asked, fault: Option<Fault>) -> Result<Answer, Cut> {
    let answer = answer(world, asked, fault).unwrap_or_else(|error| {
        Answer::error(
            StatusCode::INTERNAL_SERVER_ERROR,
            &format!("the double's disk: {error}"),
        )
    });
    if !answer.recorded {
        write_down(world, asked, &answer, fault)?;
    }
    Ok(answer)
}

impl Asked {
    /// What an upload brought; once.
    pub(super) fn take_upload(&self) -> Option<Result<Received, NoContent>> {
        self.upload
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// The line in the log for this request.
    pub(super) fn record(&self, answer: &Answer, fault: Option<Fault>) -> RequestRecord {
        let status = match fault {
            Some(Fault::CutBefore | Fault::CutAfter) => None,
            Some(Fault::InternalErrorAfter) => Some(StatusCode::INTERNAL_SERVER_ERROR),
            _ => Some(answer.status),
        };
        RequestRecord {
            n: self.n,
            operation: self.operation,
            method: self.method.to_string(),
            path: self.path.clone(),
            query: public_query(&self.query),
            status: status.map(|status| status.as_u16()),
            acted: answer.acted,
            file: answer.file.clone(),
            bytes: answer.bytes,
            sha256: answer.sha256.clone(),
            fault: fault.map(|fault| fault.name().to_owned()),
        }
    }
}

fn write_down(
    world: &World,
    asked: &Asked,
    answer: &Answer,
    fault: Option<Fault>,
) -> Result<(), Cut> {
    // What cannot be written down must not look as if it had been.
    world
        .state()
        .record(asked.record(answer, fault))
        .map_err(|_| Cut)
}

fn answer(world: &World, asked: &Asked, fault: Option<Fault>) -> io::Result<Answer> {
    let switches = &world.switches;
    let takes_body = matches!(asked.method, Method::POST | Method::PUT);
    if switches.demand_content_type
        && takes_body
        && !asked.headers.contains_key(header::CONTENT_TYPE)
    {
        return Ok(Answer::error(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "a content type is missing",
        ));
    }
    if let Some(serial) = &switches.serial
        && asked.query.get("serial") != Some(serial)
    {
        return Ok(Answer::error(
            StatusCode::FORBIDDEN,
            "the proxy knows no installation of this serial number",
        ));
    }
    let now = world.clock.now();
    if asked.target == Target::LogIn {
        return Ok(world
            .state()
            .logins
            .log_in(&form::pairs(&asked.body), now, switches));
    }
    let server = matches!(asked.target, Target::Command(_));
    let (basic, bearer) = (server || switches.basic, !server);
    if !world
        .state()
        .logins
        .admits(&asked.headers, now, basic, bearer, switches)
    {
        let scheme = if server {
            "Basic realm=\"Cleo Harmony\""
        } else {
            "Bearer"
        };
        let basic = asked
            .headers
            .get(header::AUTHORIZATION)
            .is_some_and(|value| value.as_bytes().starts_with(b"Basic "));
        let status = match basic && !switches.basic && !server {
            true => switches.basic_refusal,
            false => StatusCode::UNAUTHORIZED,
        };
        return Ok(
            Answer::error(status, "log in first").with_header(header::WWW_AUTHENTICATE, scheme)
        );
    }
    match &asked.target {
        Target::LogIn | Target::Unknown => Ok(not_found("there is nothing here")),
        Target::Objects { kind, group, id } => Ok(objects::answer(
            world,
            asked,
            *kind,
            group.as_deref(),
            id.as_deref(),
        )),
        Target::Endpoint(path) => Ok(match keep_payload(world, asked, path) {
            true => {
                Answer::json(StatusCode::ACCEPTED, json!({ "accepted": true }), switches).acted()
            }
            false => Answer::error(StatusCode::BAD_REQUEST, "the document is not JSON"),
        }),
        Target::Initialize(serial) => Ok(initialize(world, serial)),
        Target::Run(id) => run(world, asked, id),
        Target::Folder(_) if !switches.file_filter && asked.query.contains_key("filter") => Ok(
            Answer::error(StatusCode::BAD_REQUEST, "filter: not on files"),
        ),
        Target::Folder(directory) => {
            let directory = directory.trim_matches('/');
            let Some(files) = world.state().storage.list(directory) else {
                return Ok(not_found("there is no such folder"));
            };
            let files = files
                .into_iter()
                .map(|(name, size)| json!({ "name": name, "size": size }));
            Ok(list(world, asked, files.collect()))
        }
        Target::File(_, directory, name) => {
            file(world, asked, fault, directory.trim_matches('/'), name)
        }
        Target::Command(Operation::Connect) => Ok(Answer::new(StatusCode::OK).acted()),
        Target::Command(_) => {
            let field = |name: &str| {
                asked
                    .query
                    .get(name)
                    .map(String::as_str)
                    .unwrap_or_default()
            };
            file(
                world,
                asked,
                fault,
                field("directory").trim_matches('/'),
                field("filename"),
            )
        }
    }
}

pub(super) fn not_found(message: &str) -> Answer {
    Answer::error(StatusCode::NOT_FOUND, message)
}

pub(super) fn list(world: &World, asked: &Asked, all: Vec<Value>) -> Answer {
    let switches = &world.switches;
    let number = |name: &str| asked.query.get(name).map(|text| text.parse::<usize>());
    let (start, count) = match (
        number("startIndex").transpose(),
        number("count").transpose(),
    ) {
        (Ok(start), Ok(count)) => (start.unwrap_or(0), count.unwrap_or(100)),
        _ => {
            return Answer::error(
                StatusCode::BAD_REQUEST,
                "startIndex and count must be numbers",
            );
        }
    };
    let all = match asked.query.get("filter").map(|text| Condition::parse(text)) {
        None => all,
        Some(Ok(condition)) => all
            .into_iter()
            .filter(|value| condition.holds(value))
            .collect(),
        Some(Err(message)) => {
            return Answer::error(StatusCode::BAD_REQUEST, &format!("filter: {message}"));
        }
    };
    let total = all.len();
    let start = if switches.deaf_to_start { 0 } else { start };
    let most = count.min(switches.page_cap.unwrap_or(usize::MAX));
    let page: Vec<Value> = all.into_iter().skip(start).take(most).collect();
    let body = if switches.omit_total {
        json!({ "resources": page })
    } else if switches.omit_count {
        json!({ "totalResults": total, "resources": page })
    } else {
        let count = page.len();
        json!({ "totalResults": total, "startIndex": start, "count": count, "resources": page })
    };
    Answer::json(StatusCode::OK, body, switches).acted()
}

/// Keeps a document; `false` if it is none.
fn keep_payload(world: &World, asked: &Asked, target: &str) -> bool {
    let Ok(document) = serde_json::from_slice(&asked.body) else {
        return false;
    };
    let headers = asked
        .headers
        .iter()
        .filter(|(name, _)| *name != header::AUTHORIZATION)
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
    world.state().payloads.push(ReceivedPayload {
        target: target.to_owned(),
        document,
        headers: headers.collect(),
    });
    true
}

fn initialize(world: &World, serial: &str) -> Answer {
    match world.state().objects.find_mut(Kind::Nodes, serial) {
        Some(node) => {
            node.fields.insert("initialized".to_owned(), json!(true));
            Answer::new(StatusCode::OK).acted()
        }
        None => not_found("there is no such node"),
    }
}

fn run(world: &World, asked: &Asked, id: &str) -> io::Result<Answer> {
    let script = {
        let state = world.state();
        if state.objects.find(Kind::Actions, id).is_none() {
            return Ok(not_found("there is no such action"));
        }
        state.objects.script(id)
    };
    let succeeds = script.result.as_deref() == Some("success");
    if let Some(directory) = script.empties.as_deref().filter(|_| succeeds) {
        let mut state = world.state();
        for (name, _) in state.storage.list(directory).unwrap_or_default() {
            state.storage.remove(directory, &name)?;
        }
    }
    if !asked.body.is_empty() {
        keep_payload(world, asked, &format!("actions/{id}/run"));
    }
    let most = asked
        .query
        .get("messagesCount")
        .and_then(|text| text.parse::<usize>().ok());
    let messages: Vec<&String> = script
        .messages
        .iter()
        .take(most.unwrap_or(usize::MAX))
        .collect();
    let body = match &script.result {
        None => json!({ "status": script.status, "messages": messages }),
        Some(result) => {
            json!({ "status": script.status, "result": result, "messages": messages })
        }
    };
    let mut answer = Answer::json(StatusCode::OK, body, &world.switches).acted();
    answer.after = script.takes;
    Ok(answer)
}
