//! Names of files and directories that cannot lead anywhere else.

use crate::error::{Error, Result};

/// Refuses a file name that is more than a name.
pub(super) fn check_name(operation: &str, name: &str) -> Result<()> {
    part("file name", name).map_err(|message| Error::invalid(operation, message))
}

/// Checks a directory and gives it without slashes at its ends.
pub(super) fn check_directory<'a>(operation: &str, directory: &'a str) -> Result<&'a str> {
    let trimmed = directory.trim_matches('/');
    if trimmed.is_empty() {
        return Ok(trimmed);
    }
    for segment in trimmed.split('/') {
        part("directory", segment).map_err(|message| Error::invalid(operation, message))?;
    }
    Ok(trimmed)
}

fn part(what: &str, text: &str) -> Result<(), String> {
    let found = if text.is_empty() {
        "an empty part".to_owned()
    } else if text.len() > 255 {
        format!("{} bytes", text.len())
    } else if text == "." || text == ".." {
        format!("{text:?}")
    } else if let Some(c) = text
        .chars()
        .find(|c| c.is_control() || matches!(c, '/' | '\\'))
    {
        format!("{c:?}")
    } else {
        return Ok(());
    };
    Err(format!(
        "{what}: expected 1 to 255 bytes without slash, backslash, control characters, `.` or `..`; found {found}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_where_they_belong() {
        assert!(check_name("x", "PO 0001 é.edi").is_ok());
        assert!(check_name("x", "...").is_ok());
        for bad in ["", ".", "..", "a/b", "a\\b", "a\nb", &"x".repeat(256)] {
            assert!(check_name("x", bad).is_err(), "{bad:?}");
        }
        assert_eq!(
            check_directory("x", "/outbox/acme/").unwrap(),
            "outbox/acme"
        );
        assert_eq!(check_directory("x", "").unwrap(), "");
        for bad in ["../x", "a/../b", "a//b", "a/./b"] {
            assert!(check_directory("x", bad).is_err(), "{bad:?}");
        }
    }
}
