//! From the text of a failed handshake to what is wrong, and who has to mend it.

use std::error::Error as _;

/// What a handshake failed by.
///
/// The libraries below keep their error types to themselves, so their texts decide: those of rustls and
/// of the platforms' own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TlsTrouble {
    Untrusted,
    Expired,
    NotYetValid,
    WrongName,
    Revoked,
    NotTls,
    /// The server wants a certificate of its caller, and was shown none.
    Demanded,
    /// The server does not accept the certificate that it was shown.
    NotAccepted,
    Refused,
    Unfinished,
}

/// In this order: the first that is spoken of decides.
const WORDS: [(TlsTrouble, &[&str]); 9] = [
    // What the server says of its caller's certificate, before the words that speak of its own.
    (
        TlsTrouble::Demanded,
        &["alert: certificaterequired", "alert certificate required"],
    ),
    (
        TlsTrouble::NotAccepted,
        &[
            "alert: unknownca",
            "alert: badcertificate",
            "alert: certificateunknown",
            "alert: certificateexpired",
            "alert: certificaterevoked",
            "alert: unsupportedcertificate",
            "alert: accessdenied",
            "alert: decrypterror",
            "alert unknown ca",
            "alert bad certificate",
            "alert certificate unknown",
            "alert certificate expired",
            "alert certificate revoked",
            "alert unsupported certificate",
            "alert access denied",
            "alert decrypt error",
        ],
    ),
    (
        TlsTrouble::NotYetValid,
        &["not valid yet", "notvalidyet", "not yet valid"],
    ),
    (TlsTrouble::Expired, &["expired"]),
    (
        TlsTrouble::WrongName,
        &[
            "not valid for name",
            "notvalidforname",
            "hostname mismatch",
            "address mismatch",
            "host name",
        ],
    ),
    (TlsTrouble::Revoked, &["revoked"]),
    (
        TlsTrouble::Refused,
        &[
            "fatal alert",
            "alert handshake",
            "alert certificate",
            "peer is incompatible",
        ],
    ),
    (
        TlsTrouble::NotTls,
        &[
            "corrupt message",
            "wrong version number",
            "packet length too long",
            "record overflow",
        ],
    ),
    (
        TlsTrouble::Untrusted,
        &[
            "unknownissuer",
            "unknown issuer",
            "self-signed",
            "self signed",
            "certificate",
        ],
    ),
];

/// What the failure of a request says about TLS, if anything.
pub(crate) fn of(failure: &reqwest::Error) -> Option<TlsTrouble> {
    let mut cause = failure.source();
    let mut text = String::new();
    while let Some(error) = cause {
        text.push_str(&error.to_string().to_ascii_lowercase());
        text.push('\n');
        cause = error.source();
    }
    of_text(&text)
}

/// What a failed call says about TLS, and the host that it was made to.
///
/// A handshake that the client has finished may still be refused by the server, whose word comes where
/// an answer is waited for (TLS 1.3); only its own words count then.
pub(crate) fn of_call(failure: &reqwest::Error) -> Option<(TlsTrouble, String)> {
    let url = failure.url().filter(|url| url.scheme() == "https")?;
    let host = url.host_str()?.to_owned();
    let trouble = of(failure)?;
    let is_theirs = matches!(
        trouble,
        TlsTrouble::Demanded | TlsTrouble::NotAccepted | TlsTrouble::Refused
    );
    (failure.is_connect() || is_theirs).then_some((trouble, host))
}

fn of_text(text: &str) -> Option<TlsTrouble> {
    WORDS
        .iter()
        .find(|(_, words)| words.iter().any(|word| text.contains(word)))
        .map(|(trouble, _)| *trouble)
}

impl TlsTrouble {
    pub(crate) fn seen(self, host: &str) -> String {
        match self {
            Self::Untrusted => "no trusted authority has signed the certificate".to_owned(),
            Self::Expired => "the certificate has expired".to_owned(),
            Self::NotYetValid => "the certificate is not valid yet".to_owned(),
            Self::WrongName => format!("the certificate is not for {host}"),
            Self::Revoked => "the certificate has been revoked".to_owned(),
            Self::NotTls => "what answers does not speak TLS".to_owned(),
            Self::Demanded => format!("{host} asks for a certificate of its callers"),
            Self::NotAccepted => format!("{host} does not accept the client's certificate"),
            Self::Refused => "the server breaks off the handshake".to_owned(),
            Self::Unfinished => "the handshake was not finished".to_owned(),
        }
    }

    pub(crate) fn fix(self, host: &str) -> String {
        match self {
            Self::Untrusted => format!(
                "Give the client the authority that signed the certificate of {host} (as a root \
                 certificate), and have {host} send the whole chain."
            ),
            Self::Expired => format!("Have the certificate of {host} renewed."),
            Self::NotYetValid => format!(
                "Check this machine's clock, and from when on the certificate of {host} is valid."
            ),
            Self::WrongName => format!(
                "Address {host} by a name that its certificate holds, or have a certificate made \
                 for {host}."
            ),
            Self::Revoked => format!("Have a new certificate made for {host}."),
            Self::NotTls => format!(
                "Correct the port of the gateway address, or use http if {host} is reached by plain \
                 http on purpose."
            ),
            Self::Demanded => {
                format!("Give the client the certificate and key that {host} asks of its callers.")
            }
            Self::NotAccepted => format!(
                "Have the authority that signed the client's certificate trusted by {host}, see that \
                 the certificate has not ended, or give the client the one that was made for it."
            ),
            Self::Refused => format!(
                "Give the client the certificate that {host} asks of its callers, or have TLS 1.2 or \
                 1.3 switched on there."
            ),
            Self::Unfinished => format!(
                "Check that a TLS server listens on this port of {host}, and that no firewall cuts the \
                 handshake."
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_both_libraries() {
        for (text, trouble) in [
            (
                "invalid peer certificate: UnknownIssuer",
                TlsTrouble::Untrusted,
            ),
            (
                "invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))",
                TlsTrouble::Untrusted,
            ),
            (
                "invalid peer certificate: certificate expired: verification time 1",
                TlsTrouble::Expired,
            ),
            (
                "invalid peer certificate: certificate not valid for name \"a\"",
                TlsTrouble::WrongName,
            ),
            (
                "invalid peer certificate: certificate not valid yet: verification",
                TlsTrouble::NotYetValid,
            ),
            (
                "received fatal alert: CertificateRequired",
                TlsTrouble::Demanded,
            ),
            ("received fatal alert: UnknownCA", TlsTrouble::NotAccepted),
            (
                "received fatal alert: CertificateExpired",
                TlsTrouble::NotAccepted,
            ),
            ("sslv3 alert bad certificate", TlsTrouble::NotAccepted),
            (
                "received fatal alert: HandshakeFailure",
                TlsTrouble::Refused,
            ),
            (
                "received corrupt message of type InvalidContentType",
                TlsTrouble::NotTls,
            ),
            (
                "certificate verify failed: self-signed certificate",
                TlsTrouble::Untrusted,
            ),
            (
                "certificate verify failed: certificate has expired",
                TlsTrouble::Expired,
            ),
            ("ssl routines: wrong version number", TlsTrouble::NotTls),
        ] {
            assert_eq!(of_text(&text.to_ascii_lowercase()), Some(trouble), "{text}");
        }
        assert_eq!(of_text("connection refused"), None);
    }
}
