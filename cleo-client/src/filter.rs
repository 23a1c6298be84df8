//! Filters of lists, in the SCIM-like language that Cleo uses.

use std::fmt;

use crate::error::{Error, Result};

/// A condition on the objects of a list: `alias eq "ACME" and connection.alias sw "A"`.
///
/// The operators are those that Cleo's own client uses: `eq`, `sw`, `and`, brackets. Anything else goes through
/// [`Filter::raw`]. That `"` and `\` in a value are escaped with a backslash is SCIM's rule; Cleo has not
/// confirmed it.
///
/// ```
/// use cleo_client::Filter;
///
/// let filter = Filter::eq("alias", "send")?.and(Filter::eq("connection.alias", "ACME \"East\"")?);
/// assert_eq!(filter.as_str(), r#"alias eq "send" and connection.alias eq "ACME \"East\"""#);
/// # Ok::<(), cleo_client::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Filter {
    text: String,
    /// The text is raw and may hold an operator that binds less than `and`.
    loose: bool,
}

impl Filter {
    /// The attribute has exactly this value.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if `attribute` is not a dotted name or `value`
    /// holds a control character.
    pub fn eq(attribute: &str, value: &str) -> Result<Self> {
        Self::compare(attribute, "eq", value)
    }

    /// The attribute starts with this value.
    ///
    /// # Errors
    ///
    /// As [`eq`](Self::eq).
    pub fn starts_with(attribute: &str, value: &str) -> Result<Self> {
        Self::compare(attribute, "sw", value)
    }

    /// A condition in the server's own words.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if it is blank or holds a control character.
    pub fn raw(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        if text.trim().is_empty() {
            return Err(wrong("the filter is blank; leave it out to get everything"));
        }
        refuse_control(&text)?;
        Ok(Self { text, loose: true })
    }

    /// Both conditions.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let (left, right) = (self.tight(), other.tight());
        Self {
            text: format!("{left} and {right}"),
            loose: false,
        }
    }

    /// The same condition in brackets.
    #[must_use]
    pub fn in_brackets(self) -> Self {
        Self {
            text: format!("({})", self.text),
            loose: false,
        }
    }

    /// The filter as it is sent, before URL encoding.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn compare(attribute: &str, operator: &str, value: &str) -> Result<Self> {
        check_attribute(attribute)?;
        Ok(Self {
            text: format!("{attribute} {operator} {}", quote(value)?),
            loose: false,
        })
    }

    fn tight(self) -> String {
        if self.loose {
            self.in_brackets().text
        } else {
            self.text
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A value in quotes, with `"` and `\` escaped.
pub(crate) fn quote(value: &str) -> Result<String> {
    refuse_control(value)?;
    Ok(format!(
        "\"{}\"",
        value.replace('\\', "\\\\").replace('"', "\\\"")
    ))
}

fn check_attribute(attribute: &str) -> Result<()> {
    let name = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic())
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
    };
    if attribute.split('.').all(name) {
        return Ok(());
    }
    Err(wrong(format!(
        "{attribute:?} is not an attribute; expected names of letters, digits, - and _ joined by dots"
    )))
}

fn refuse_control(text: &str) -> Result<()> {
    match text.chars().position(char::is_control) {
        None => Ok(()),
        Some(position) => Err(wrong(format!(
            "there is a control character at position {}",
            position + 1
        ))),
    }
}

fn wrong(message: impl Into<String>) -> Error {
    Error::invalid("build filter", message)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn conditions_read_as_the_server_expects() {
        let alias = Filter::eq("alias", "ACME").unwrap();
        let kind = Filter::starts_with("type", "as").unwrap();
        assert_eq!(
            alias.clone().in_brackets().and(kind).as_str(),
            r#"(alias eq "ACME") and type sw "as""#
        );
        let raw = Filter::raw("a eq 1 or b eq 2").unwrap();
        assert_eq!(
            raw.clone().and(alias).as_str(),
            r#"(a eq 1 or b eq 2) and alias eq "ACME""#
        );
        assert_eq!(raw.as_str(), "a eq 1 or b eq 2");
    }

    #[test]
    fn junk_is_refused() {
        for attribute in ["", "a b", "a..b", ".a", "1a", "a\"", "a eq"] {
            let error = Filter::eq(attribute, "x").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{attribute}");
        }
        assert!(Filter::eq("alias", "a\nb").is_err());
        assert!(Filter::raw("  ").is_err());
    }

    /// The reader that any server must have: a quoted string with backslash escapes.
    fn unquote(text: &str) -> Option<(String, &str)> {
        let mut chars = text.strip_prefix('"')?.char_indices();
        let mut value = String::new();
        while let Some((index, c)) = chars.next() {
            match c {
                '"' => return Some((value, &text[index + 2..])),
                '\\' => value.push(chars.next()?.1),
                c => value.push(c),
            }
        }
        None
    }

    proptest! {
        #[test]
        fn any_value_stays_one_quoted_string(value in "[^\\x00-\\x1f\\x7f-\\x9f]{0,40}") {
            let filter = Filter::eq("alias", &value).unwrap();
            let quoted = filter.as_str().strip_prefix("alias eq ").unwrap();
            let (read, rest) = unquote(quoted).unwrap();
            prop_assert_eq!(read, value);
            prop_assert_eq!(rest, "");
        }
    }
}
