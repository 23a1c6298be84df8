//! One file, where things stand in it, and what is wrong with it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::DeTable;

use super::mistake::Mistake;

/// One file, its text, and what was found wrong in it.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    file: &'a Path,
    text: &'a str,
    mistakes: RefCell<Vec<Mistake>>,
    /// Where each key that was asked for stands, so that later checks can point at it.
    spans: RefCell<HashMap<String, Range<usize>>>,
}

impl<'a> Source<'a> {
    pub(crate) fn new(file: &'a Path, text: &'a str) -> Self {
        Self {
            file,
            text,
            mistakes: RefCell::default(),
            spans: RefCell::default(),
        }
    }

    /// Parses the text as far as it can be and records what cannot.
    pub(crate) fn parse(&self) -> Spanned<DeTable<'a>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        let mut line = 0;
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            // One slip often leads to several complaints on its line: the first says it best.
            let (this_line, _) = self.place(at);
            if std::mem::replace(&mut line, this_line) == this_line {
                continue;
            }
            self.record(
                at,
                "",
                format!("TOML that cannot be read ({})", error.message()),
                "valid TOML".to_owned(),
                "correct the syntax here; text values need quotation marks".to_owned(),
            );
        }
        table
    }

    pub(crate) fn into_mistakes(self) -> Vec<Mistake> {
        self.mistakes.into_inner()
    }

    /// Remembers where a key stands.
    pub(super) fn found(&self, key: &str, span: Range<usize>) {
        self.spans.borrow_mut().insert(key.to_owned(), span);
    }

    /// Records a mistake at `key`, or at the nearest table around it whose place is known.
    pub(crate) fn mistake(&self, key: &str, found: String, expected: String, remedy: String) {
        let mut around = key;
        let at = loop {
            if let Some(span) = self.spans.borrow().get(around) {
                break span.start;
            }
            match around.rfind(['.', '[']) {
                Some(end) => around = around.get(..end).unwrap_or_default(),
                None => break 0,
            }
        };
        self.record(at, key, found, expected, remedy);
    }

    /// Records a mistake at that byte.
    pub(super) fn record(
        &self,
        at: usize,
        key: &str,
        found: String,
        expected: String,
        remedy: String,
    ) {
        let (line, column) = self.place(at);
        self.mistakes.borrow_mut().push(Mistake {
            file: self.file.to_path_buf(),
            line,
            column,
            key: key.to_owned(),
            found,
            expected,
            remedy,
        });
    }

    /// Line and column of a byte, both from 1.
    fn place(&self, at: usize) -> (usize, usize) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let last = before.rsplit('\n').next().unwrap_or_default();
        (before.matches('\n').count() + 1, last.chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::table::Table;
    use super::*;

    #[test]
    fn columns_count_characters_and_syntax_errors_do_not_hide_the_rest() {
        let text = "a = \"é\"\nb = = 1\nc = 3\n";
        let path = PathBuf::from("x.toml");
        let source = Source::new(&path, text);
        let table = source.parse();
        let root = Table::root(&source, &table);
        assert_eq!(root.get("c").unwrap().integer(0..=9), Some(3));
        root.get("a");
        root.get("b");
        root.finish();
        let mistakes = source.into_mistakes();
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        assert_eq!(mistakes[0].line, 2);
    }
}
