//! Evaluates filters: the confirmed operators and nothing else, so that reliance on guesses shows.

use serde_json::Value;

/// A condition that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    Equal(String, String),
    StartsWith(String, String),
    Both(Box<Condition>, Box<Condition>),
}

impl Condition {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser {
            rest: text,
            depth: 0,
        };
        let condition = parser.conjunction()?;
        parser.skip_blanks();
        if parser.rest.is_empty() {
            Ok(condition)
        } else {
            Err(format!("not understood from {:?}", parser.rest))
        }
    }

    pub(super) fn holds(&self, object: &Value) -> bool {
        match self {
            Self::Equal(attribute, value) => {
                text_at(object, attribute).is_some_and(|text| text == *value)
            }
            Self::StartsWith(attribute, value) => {
                text_at(object, attribute).is_some_and(|text| text.starts_with(value.as_str()))
            }
            Self::Both(left, right) => left.holds(object) && right.holds(object),
        }
    }
}

fn text_at(object: &Value, attribute: &str) -> Option<String> {
    let found = attribute
        .split('.')
        .try_fold(object, |value, part| value.get(part))?;
    match found {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(found.to_string()),
        _ => None,
    }
}

struct Parser<'a> {
    rest: &'a str,
    /// How many brackets are open.
    depth: usize,
}

impl Parser<'_> {
    /// Most brackets in each other: each costs stack.
    const DEEPEST: usize = 50;

    fn conjunction(&mut self) -> Result<Condition, String> {
        let mut left = self.single()?;
        while self.word("and") {
            let right = self.single()?;
            left = Condition::Both(Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn single(&mut self) -> Result<Condition, String> {
        self.skip_blanks();
        if let Some(rest) = self.rest.strip_prefix('(') {
            self.rest = rest;
            self.depth += 1;
            if self.depth > Self::DEEPEST {
                return Err("too many brackets".to_owned());
            }
            let inner = self.conjunction()?;
            self.depth -= 1;
            self.skip_blanks();
            self.rest = self
                .rest
                .strip_prefix(')')
                .ok_or("a bracket is not closed")?;
            return Ok(inner);
        }
        let end = self
            .rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c)));
        let (attribute, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        if attribute.is_empty() {
            return Err(format!("no attribute at {:?}", self.rest));
        }
        self.rest = rest;
        if self.word("eq") {
            Ok(Condition::Equal(attribute.to_owned(), self.value()?))
        } else if self.word("sw") {
            Ok(Condition::StartsWith(attribute.to_owned(), self.value()?))
        } else {
            Err(format!("unknown operator at {:?}", self.rest))
        }
    }

    fn word(&mut self, word: &str) -> bool {
        let trimmed = self.rest.trim_start_matches(' ');
        match trimmed.strip_prefix(word) {
            Some(rest) if trimmed.len() < self.rest.len() && rest.starts_with([' ', '(']) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn value(&mut self) -> Result<String, String> {
        self.skip_blanks();
        let inner = self
            .rest
            .strip_prefix('"')
            .ok_or("a value is not in quotes")?;
        let mut value = String::new();
        let mut chars = inner.char_indices();
        while let Some((index, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = inner.get(index + 1..).unwrap_or_default();
                    return Ok(value);
                }
                '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
                c => value.push(c),
            }
        }
        Err("a value is not closed".to_owned())
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches(' ');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::Filter;

    #[test]
    fn the_confirmed_operators_work() {
        let object = json!({ "alias": "send", "connection": { "alias": "ACME" }, "enabled": true });
        for (filter, holds) in [
            (r#"alias eq "send""#, true),
            (r#"alias eq "sen""#, false),
            (r#"alias sw "sen" and connection.alias eq "ACME""#, true),
            (
                r#"(alias eq "send") and (enabled eq "true" and alias sw "s")"#,
                true,
            ),
            (r#"missing eq "x""#, false),
        ] {
            assert_eq!(
                Condition::parse(filter).unwrap().holds(&object),
                holds,
                "{filter}"
            );
        }
        for unknown in [
            r#"a eq "b" or c eq "d""#,
            r#"a co "b""#,
            "a eq b",
            r#"a eq "b"#,
            "",
            r#"(a eq "b""#,
            &"(".repeat(1_000_000),
        ] {
            assert!(Condition::parse(unknown).is_err(), "{unknown}");
        }
    }

    proptest! {
        #[test]
        fn what_the_client_writes_is_read_back(
            first in "[^\\x00-\\x1f\\x7f-\\x9f]{0,20}",
            second in "[^\\x00-\\x1f\\x7f-\\x9f]{0,20}",
        ) {
            let filter = Filter::eq("alias", &first).unwrap()
                .and(Filter::starts_with("connection.alias", &second).unwrap().in_brackets());
            let read = Condition::parse(filter.as_str()).unwrap();
            let expected = Condition::Both(
                Box::new(Condition::Equal("alias".into(), first)),
                Box::new(Condition::StartsWith("connection.alias".into(), second)),
            );
            prop_assert_eq!(read, expected);
        }
    }
}
