//! The gateway's doors: how a request for each is written. Pure, no I/O.

mod door;
pub(crate) mod http;
mod request;
pub(crate) mod rest;
pub(crate) mod soap;

pub use door::Door;
pub(crate) use request::{Repeat, Request};

use url::Url;

use crate::error::{Error, ErrorKind};

/// The gateway's address with segments after its path; nothing is added for an empty segment.
pub(crate) fn below(gateway: &Url, segments: &[&str], trailing_slash: bool) -> Result<Url, Error> {
    let mut url = gateway.clone();
    {
        let mut path = url.path_segments_mut().map_err(|()| {
            Error::new(
                ErrorKind::Configuration,
                "the gateway address cannot hold a path",
            )
        })?;
        path.pop_if_empty();
        for segment in segments.iter().filter(|segment| !segment.is_empty()) {
            // The parser of addresses would go up, or stay, instead of taking these as names.
            if matches!(*segment, "." | "..") {
                return Err(Error::new(
                    ErrorKind::InvalidRequest,
                    format!("`{segment}` cannot be a segment of an address"),
                ));
            }
            path.push(segment);
        }
        if trailing_slash {
            path.push("");
        }
    }
    Ok(url)
}

/// A name and a version as they stand in addresses and headers: `NAME.v1`, or `NAME` without one.
pub(crate) fn versioned(name: &str, version: &str) -> String {
    if version.is_empty() {
        name.to_owned()
    } else {
        format!("{name}.{version}")
    }
}

/// Percent-encodes all but what RFC 3986 leaves unreserved; a blank becomes `%20`, never `+`.
pub(crate) fn encode(query: &mut String, value: &str) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            query.push(char::from(byte));
        } else {
            query.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// Adds a parameter to a query string.
pub(crate) fn add_parameter(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    encode(query, name);
    query.push('=');
    encode(query, value);
}

#[cfg(test)]
mod tests;
