//! What an attempt's end means: its kind, what is known about what was sent, and whether it may go out again.

use http::StatusCode;

use crate::{
    error::{Error, ErrorKind, Result, Sent},
    response::Response,
    retry::Repeat,
    send::{Body, Call},
};

/// Most characters of a server's message that an error shows.
const LONGEST_MESSAGE: usize = 500;

/// The `message` of Cleo's error body.
pub(crate) fn server_message(body: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Body {
        message: String,
    }
    let Body { message } = serde_json::from_slice(body).ok()?;
    let clean = message
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c });
    Some(clean.take(LONGEST_MESSAGE).collect())
}

/// The class of a status that is not success.
pub(crate) fn kind_of(status: StatusCode) -> ErrorKind {
    match status {
        StatusCode::UNAUTHORIZED => ErrorKind::Unauthorized,
        StatusCode::FORBIDDEN => ErrorKind::Forbidden,
        StatusCode::NOT_FOUND | StatusCode::GONE => ErrorKind::NotFound,
        StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => ErrorKind::Conflict,
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => ErrorKind::Validation,
        StatusCode::REQUEST_TIMEOUT => ErrorKind::Timeout,
        StatusCode::TOO_MANY_REQUESTS => ErrorKind::RateLimited,
        status if status.is_server_error() => ErrorKind::Server,
        _ => ErrorKind::Status,
    }
}

/// What a status that is not success proves.
pub(crate) fn sent_of(status: StatusCode, asked_to_wait: bool) -> Sent {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS => Sent::No,
        StatusCode::SERVICE_UNAVAILABLE if asked_to_wait => Sent::No,
        StatusCode::REQUEST_TIMEOUT => Sent::Maybe,
        status if status.is_server_error() => Sent::Maybe,
        _ => Sent::Yes,
    }
}

/// Judges one attempt by itself.
pub(crate) fn may_repeat(repeat: Repeat, error: &Error) -> bool {
    let passing = match error.kind() {
        ErrorKind::Transport | ErrorKind::Timeout | ErrorKind::RateLimited => true,
        ErrorKind::Server => matches!(
            error.status(),
            Some(
                StatusCode::BAD_GATEWAY
                    | StatusCode::SERVICE_UNAVAILABLE
                    | StatusCode::GATEWAY_TIMEOUT
            )
        ),
        _ => false,
    };
    passing && (repeat == Repeat::Safe || error.was_sent() == Sent::No)
}

/// A repeated removal that finds nothing has done its work the first time.
pub(crate) fn gone(result: Result<Response>) -> Result<()> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound && error.was_sent() == Sent::Maybe => {
            Ok(())
        }
        other => other.map(drop),
    }
}

/// An attempt that ended without a whole answer.
pub(crate) fn transport_error(call: &Call, error: reqwest::Error) -> Error {
    let own = matches!(&call.body, Some(Body::Streamed(body)) if body.has_failed());
    let (kind, sent) = if own {
        (ErrorKind::Callback, Sent::Maybe)
    } else if error.is_builder() {
        (ErrorKind::InvalidRequest, Sent::No)
    } else if let Some(told) = refused_certificate(&error) {
        return Error::new(ErrorKind::Certificate, call.operation.as_str())
            .with_message(told)
            .with_request(&call.method, call.url.path())
            .with_source(error.without_url());
    } else if error.is_connect() {
        let kind = if error.is_timeout() {
            ErrorKind::Timeout
        } else {
            ErrorKind::Transport
        };
        (kind, Sent::No)
    } else if error.is_timeout() {
        (ErrorKind::Timeout, Sent::Maybe)
    } else {
        (ErrorKind::Transport, Sent::Maybe)
    };
    // The URL would bring its query into the text.
    Error::new(kind, call.operation.as_str())
        .with_request(&call.method, call.url.path())
        .with_sent(sent)
        .with_source(error.without_url())
}

/// What is wrong with a certificate, where that is why there is no connection. Nothing of the request was acted on then:
/// a server looks at it only once it has accepted the client.
fn refused_certificate(error: &reqwest::Error) -> Option<String> {
    // The alerts of TLS by which a server says that it does not accept the client.
    const ALERTS: [&str; 6] = [
        "BadCertificate",
        "CertificateExpired",
        "CertificateRequired",
        "CertificateRevoked",
        "CertificateUnknown",
        "UnknownCA",
    ];
    // Which library speaks TLS is the caller's choice, so there is only its text to go by.
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let text = inner.to_string();
        if text.contains("fatal alert") && ALERTS.iter().any(|alert| text.contains(alert)) {
            return Some(format!(
                "the server does not accept the client without a certificate that it trusts ({text})"
            ));
        }
        let text = text.to_ascii_lowercase();
        if text.contains("invalid peer certificate") || text.contains("certificate verify failed") {
            return Some(format!("the server's certificate is not trusted ({inner})"));
        }
        cause = inner.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_proof_counts_as_unsent() {
        for (status, asked, sent) in [
            (401, false, Sent::No),
            (429, false, Sent::No),
            (429, true, Sent::No),
            (503, true, Sent::No),
            (503, false, Sent::Maybe),
            (500, false, Sent::Maybe),
            (502, true, Sent::Maybe),
            (504, false, Sent::Maybe),
            (408, false, Sent::Maybe),
            (400, false, Sent::Yes),
            (409, false, Sent::Yes),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(sent_of(status, asked), sent, "{status} {asked}");
        }
    }

    #[test]
    fn a_post_is_repeated_only_when_nothing_was_acted_on() {
        let error = |status: u16, asked| {
            let status = StatusCode::from_u16(status).unwrap();
            Error::new(kind_of(status), "x")
                .with_status(status)
                .with_sent(sent_of(status, asked))
        };
        for (status, asked, safe, unsent) in [
            (429, false, true, true),
            (503, true, true, true),
            (503, false, true, false),
            (502, false, true, false),
            (504, false, true, false),
            (500, false, false, false),
            (400, false, false, false),
            (401, false, false, false),
        ] {
            assert_eq!(
                may_repeat(Repeat::Safe, &error(status, asked)),
                safe,
                "{status}"
            );
            assert_eq!(
                may_repeat(Repeat::OnlyIfUnsent, &error(status, asked)),
                unsent,
                "{status}"
            );
        }
    }
}
