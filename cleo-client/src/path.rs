//! Paths and origins: what may be appended to the server's address.

use url::Url;

/// Percent-encodes one path segment: everything but unreserved characters.
pub(crate) fn encode_segment(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Joins a prefix and a path, both starting at the root, on `origin`; refuses whatever would leave the prefix.
pub(crate) fn join(origin: &Url, prefix: &str, path: &str) -> Result<Url, String> {
    let path = path.trim_start_matches('/');
    check(path)?;
    let mut url = origin.clone();
    url.set_path(&format!("{prefix}/{path}"));
    Ok(url)
}

/// Normalises a prefix: empty, or a leading slash and no trailing one.
pub(crate) fn prefix(text: &str) -> Result<String, String> {
    let trimmed = text.trim_matches('/');
    if trimmed.is_empty() {
        return Ok(String::new());
    }
    check(trimmed)?;
    Ok(format!("/{trimmed}"))
}

fn check(path: &str) -> Result<(), String> {
    if let Some(found) = path
        .chars()
        .find(|c| c.is_control() || matches!(c, '\\' | '?' | '#'))
    {
        return Err(format!(
            "the path contains {found:?}; encode it as a segment, or pass it as a query parameter"
        ));
    }
    if path.split('/').any(is_dot_segment) {
        return Err(
            "the path contains a `.` or `..` segment, which would leave the API".to_owned(),
        );
    }
    Ok(())
}

fn is_dot_segment(segment: &str) -> bool {
    let plain = segment.to_ascii_lowercase().replace("%2e", ".");
    plain == "." || plain == ".."
}

/// Resolves a link of the server against `origin` and refuses another origin, which would be given the token.
pub(crate) fn resolve(origin: &Url, href: &str) -> Result<Url, String> {
    let url = origin
        .join(href)
        .map_err(|error| format!("the link is not a URL: {error}"))?;
    if url.origin() != origin.origin() {
        let host = url.host_str().unwrap_or("an address without a host");
        return Err(format!(
            "the link leads to {}://{host}, not to the server it came from; following it would hand over the token",
            url.scheme()
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the link contains credentials".to_owned());
    }
    let mut url = url;
    url.set_fragment(None);
    Ok(url)
}

/// Whether a URL's host is this machine, where clear http leaks nothing.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn origin() -> Url {
        Url::parse("https://cleo.example:6443").unwrap()
    }

    #[test]
    fn prefixes_are_normalised() {
        assert_eq!(prefix("/api").unwrap(), "/api");
        assert_eq!(prefix("api/").unwrap(), "/api");
        assert_eq!(prefix("/a/b/").unwrap(), "/a/b");
        assert_eq!(prefix("").unwrap(), "");
        assert_eq!(prefix("/").unwrap(), "");
        assert!(prefix("/api/../x").is_err());
        assert!(prefix("/api?x").is_err());
    }

    #[test]
    fn paths_cannot_leave_the_prefix() {
        let url = join(&origin(), "/api", "connections/a%2Fb").unwrap();
        assert_eq!(
            url.as_str(),
            "https://cleo.example:6443/api/connections/a%2Fb"
        );
        for bad in [
            "../x",
            "a/../../x",
            "a/%2e%2E/x",
            "a\\b",
            "a?b",
            "a#b",
            "a\nb",
        ] {
            assert!(join(&origin(), "/api", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn links_stay_on_the_origin() {
        let good = resolve(&origin(), "/api/connections/x").unwrap();
        assert_eq!(good.path(), "/api/connections/x");
        assert!(resolve(&origin(), "https://cleo.example:6443/api/x").is_ok());
        for bad in [
            "https://evil.example/api/x",
            "//evil.example/api/x",
            "\\\\evil.example/api/x",
            "http://cleo.example:6443/api/x",
            "https://cleo.example/api/x",
            "https://user:pass@cleo.example:6443/api/x",
            "javascript:alert(1)",
        ] {
            assert!(resolve(&origin(), bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_segment_survives_encoding(text in "[^\\x00-\\x1f\\x7f]{1,40}") {
            prop_assume!(text != "." && text != "..");
            let encoded = encode_segment(&text);
            let url = join(&origin(), "/api", &format!("connections/{encoded}")).unwrap();
            let last = url.path().rsplit('/').next().unwrap();
            prop_assert_eq!(last, encoded.as_str());
            prop_assert_eq!(url.path_segments().unwrap().count(), 3);
        }

        #[test]
        fn any_link_that_resolves_is_on_the_origin(href in ".{0,60}") {
            if let Ok(url) = resolve(&origin(), &href) {
                prop_assert_eq!(url.origin(), origin().origin());
                prop_assert!(url.username().is_empty());
            }
        }
    }
}
