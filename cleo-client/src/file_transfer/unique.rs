//! Names that are the same for the same document and different for all others.

use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};

/// Most bytes of a name before its hash, so that the whole fits every file system that Cleo runs on.
const READABLE: usize = 80;

/// A name for a file made of what identifies its document: the same parts always give the same name, and other parts
/// another one, whatever is done to make them readable.
///
/// Letters, digits, `.`, `_` and `-` stay; everything else becomes `_`; what is too long is cut. The twelve hexadecimal
/// digits at the end are of the SHA-256 over the parts as they were given.
///
/// ```
/// use cleo_client::file_transfer::unique_name;
///
/// let name = unique_name(&["PO", "US001", "0000012345", "0"], "edi")?;
/// assert_eq!(name, "PO-US001-0000012345-0-f3c0dc79e2cf.edi");
/// assert_ne!(unique_name(&["PO", "US/001"], "edi")?, unique_name(&["PO", "US?001"], "edi")?);
/// # Ok::<(), cleo_client::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if there are no parts, one of them is empty, or the
/// extension is not made of 1 to 16 letters and digits.
pub fn unique_name(parts: &[&str], extension: &str) -> Result<String> {
    let wrong = |message: &str| Err(Error::invalid("name file", message));
    if parts.is_empty() || parts.iter().any(|part| part.is_empty()) {
        return wrong("expected parts that identify the document, found none or an empty one");
    }
    let letters = extension.chars().all(|c| c.is_ascii_alphanumeric());
    if !letters || !(1..=16).contains(&extension.len()) {
        return wrong("expected an extension of 1 to 16 letters and digits, without a dot");
    }
    let mut hasher = Sha256::new();
    for part in parts {
        // With its length, so that no two lists of parts are the same text.
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        hasher.update(length.to_be_bytes());
        hasher.update(part);
    }
    let hash: String = hasher
        .finalize()
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let readable: String = parts
        .join("-")
        .chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' | '-' => c,
            _ => '_',
        })
        .take(READABLE)
        .collect();
    // A leading dot would hide the file.
    let readable = readable.trim_start_matches('.');
    Ok(format!("{readable}-{hash}.{extension}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_name_a_file_is_refused() {
        for (parts, extension) in [
            (&[][..], "edi"),
            (&["a", ""], "edi"),
            (&["a"], ""),
            (&["a"], "e.di"),
            (&["a"], "../x"),
        ] {
            assert!(
                unique_name(parts, extension).is_err(),
                "{parts:?} {extension}"
            );
        }
        let name = unique_name(&["..", "../x"], "edi").unwrap();
        assert!(name.starts_with("-.._x-"), "{name}");
    }

    proptest! {
        #[test]
        fn names_are_safe_and_tell_documents_apart(
            first in proptest::collection::vec("\\PC{1,60}", 1..4),
            second in proptest::collection::vec("\\PC{1,60}", 1..4),
        ) {
            let parts = |list: &[String]| {
                let parts: Vec<&str> = list.iter().map(String::as_str).collect();
                unique_name(&parts, "edi").unwrap()
            };
            let name = parts(&first);
            prop_assert!(name.len() <= 255 && super::super::name::check_name("x", &name).is_ok());
            prop_assert_eq!(name == parts(&second), first == second);
        }
    }
}
