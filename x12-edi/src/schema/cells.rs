//! A table of ours: entries found by their first word and parsed when first asked for.

use std::sync::OnceLock;

/// Lines that start with `#` are comments, lines that start with a blank go on with the entry above.
pub(super) struct Cells<T> {
    /// Sorted by key.
    rows: Vec<Row<T>>,
}

struct Row<T> {
    key: &'static str,
    /// What follows the key, line breaks included.
    text: &'static str,
    value: OnceLock<Option<T>>,
}

impl<T> Cells<T> {
    pub(super) fn new(texts: &[&'static str]) -> Self {
        let mut rows: Vec<Row<T>> = texts.iter().flat_map(|text| entries(text)).collect();
        // The files are sorted; two of them are merged here.
        rows.sort_by_key(|row| row.key);
        Self { rows }
    }

    /// `None` for an unknown key, and for an entry that `parse` does not understand.
    pub(super) fn get(
        &self,
        key: &str,
        parse: impl FnOnce(&'static str, &'static str) -> Option<T>,
    ) -> Option<&T> {
        let place = self.rows.binary_search_by(|row| row.key.cmp(key)).ok()?;
        let row = self.rows.get(place)?;
        row.value.get_or_init(|| parse(row.key, row.text)).as_ref()
    }

    /// The unparsed entry.
    pub(super) fn text(&self, key: &str) -> Option<&'static str> {
        let place = self.rows.binary_search_by(|row| row.key.cmp(key)).ok()?;
        self.rows.get(place).map(|row| row.text)
    }

    /// Keys and unparsed entries, sorted by key.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (&'static str, &'static str)> {
        self.rows.iter().map(|row| (row.key, row.text))
    }
}

fn entries<T>(text: &'static str) -> impl Iterator<Item = Row<T>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let (entry, after) = cut(rest)?;
            rest = after;
            if entry.starts_with('#') {
                continue;
            }
            let (key, text) = entry
                .find([' ', '\n'])
                .and_then(|end| entry.split_at_checked(end))
                .unwrap_or((entry, ""));
            let value = OnceLock::new();
            return Some(Row { key, text, value });
        }
    })
}

/// The first entry, and what follows it.
fn cut(text: &'static str) -> Option<(&'static str, &'static str)> {
    if text.is_empty() {
        return None;
    }
    let mut end = 0;
    loop {
        let after = text.get(end..)?;
        end += after.find('\n').map_or(after.len(), |line| line + 1);
        match text.as_bytes().get(end) {
            Some(b' ') => {}
            _ => return text.split_at_checked(end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_span_indented_lines_and_skip_comments() {
        let cells: Cells<usize> = Cells::new(&["# c\nB 1\n  2\nC\n", "A x"]);
        let found: Vec<_> = cells.iter().collect();
        assert_eq!(found, [("A", " x"), ("B", " 1\n  2\n"), ("C", "\n")]);
        let length = |_: &str, text: &str| Some(text.split_whitespace().count());
        assert_eq!(cells.get("B", length), Some(&2));
        assert_eq!(cells.get("D", length), None);
        // The second call does not parse again.
        assert_eq!(cells.get("B", |_, _| None), Some(&2));
    }
}
