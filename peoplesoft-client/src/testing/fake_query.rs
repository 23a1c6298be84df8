//! Queries that a test puts in: their columns, rows and prompts.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::fake::FakePeopleSoft;
use super::switch::Output;
use crate::profile::Owner;
use crate::query::QueryFormat;
use crate::xml::Writer;

/// A query of the double, in rows of text.
///
/// ```
/// use peoplesoft_client::testing::FakeQuery;
///
/// let query = FakeQuery::new("X_OPEN_POS", ["A.BUSINESS_UNIT", "A.PO_ID", "A.AMOUNT"])
///     .numeric("A.AMOUNT")
///     .prompt("BU", "A.BUSINESS_UNIT")
///     .after([("AFTER_ID", "A.PO_ID")])
///     .row(["US001", "0000000123", "10.50"])
///     .row(["US001", "0000000124", "7"]);
/// ```
#[derive(Clone, Debug)]
pub struct FakeQuery {
    pub(super) owner: Owner,
    pub(super) name: String,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    numeric: Vec<String>,
    equal: Vec<(String, String)>,
    after: Vec<(String, String)>,
    texts: BTreeMap<String, BTreeMap<String, String>>,
}

/// What a request asks a query for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) prompts: Vec<(String, String)>,
    pub(super) filter: Vec<String>,
    pub(super) max_rows: usize,
}

/// Rows that were chosen, with the names of their columns.
#[derive(Clone, Debug)]
pub(super) struct ChosenRows {
    name: String,
    columns: Vec<String>,
    numeric: Vec<bool>,
    pub(super) rows: Vec<Vec<String>>,
}

impl FakeQuery {
    /// A public query with these unique field names.
    pub fn new<N: Into<String>>(
        name: impl Into<String>,
        columns: impl IntoIterator<Item = N>,
    ) -> Self {
        Self {
            owner: Owner::Public,
            name: name.into(),
            columns: columns.into_iter().map(Into::into).collect(),
            rows: Vec::new(),
            numeric: Vec::new(),
            equal: Vec::new(),
            after: Vec::new(),
            texts: BTreeMap::new(),
        }
    }

    /// Makes it the private query of the user.
    #[must_use]
    pub fn private(mut self) -> Self {
        self.owner = Owner::Private;
        self
    }

    /// Adds a row, a text for each column.
    #[must_use]
    pub fn row<V: Into<String>>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        self.rows.push(values.into_iter().map(Into::into).collect());
        self
    }

    /// Writes the texts of a column as numbers.
    #[must_use]
    pub fn numeric(mut self, column: impl Into<String>) -> Self {
        self.numeric.push(column.into());
        self
    }

    /// A prompt that a column has to be equal to; an empty slot asks for any value.
    #[must_use]
    pub fn prompt(mut self, prompt: impl Into<String>, column: impl Into<String>) -> Self {
        self.equal.push((prompt.into(), column.into()));
        self
    }

    /// Prompts that take a key, part by part: rows up to it are left out, and none when all are empty.
    #[must_use]
    pub fn after<P: Into<String>, C: Into<String>>(
        mut self,
        key: impl IntoIterator<Item = (P, C)>,
    ) -> Self {
        let parts = key.into_iter();
        self.after = parts
            .map(|(prompt, column)| (prompt.into(), column.into()))
            .collect();
        self
    }

    /// The long text of a code in a column, shown where the site shows long texts.
    #[must_use]
    pub fn translate(
        mut self,
        column: impl Into<String>,
        code: impl Into<String>,
        text: impl Into<String>,
    ) -> Self {
        let texts = self.texts.entry(column.into()).or_default();
        texts.insert(code.into(), text.into());
        self
    }

    fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known == column)
    }

    /// The rows that a request asks for, cut at its limit.
    pub(super) fn choose(&self, asked: &Asked, output: &Output) -> Result<ChosenRows, String> {
        let known = |name: &str| {
            let mut prompts = self.equal.iter().chain(&self.after);
            prompts.any(|(prompt, _)| prompt == name)
        };
        if let Some((name, _)) = asked.prompts.iter().find(|(name, _)| !known(name)) {
            return Err(format!("Query {} has no prompt {name}.", self.name));
        }
        let value = |prompt: &str| {
            let given = asked.prompts.iter().find(|(name, _)| name == prompt);
            given.map(|(_, value)| value.as_str())
        };
        for (prompt, _) in self.equal.iter().chain(&self.after) {
            if value(prompt).is_none() {
                return Err(format!("Prompt {prompt} has no value."));
            }
        }
        let shown: Vec<usize> = if asked.filter.is_empty() {
            (0..self.columns.len()).collect()
        } else {
            let found = asked.filter.iter().map(|name| {
                let position = self.position(name);
                position.ok_or_else(|| format!("Query {} has no field {name}.", self.name))
            });
            found.collect::<Result<_, _>>()?
        };
        let rows = self
            .rows
            .iter()
            .filter(|row| {
                self.fits(row, &value) && (output.ignores_after || self.comes_after(row, &value))
            })
            .take(asked.max_rows)
            .map(|row| shown.iter().map(|at| self.text(row, *at, output)).collect());
        let names = |at: &usize| self.columns.get(*at).cloned().unwrap_or_default();
        let columns: Vec<String> = shown.iter().map(names).collect();
        Ok(ChosenRows {
            name: self.name.clone(),
            numeric: columns
                .iter()
                .map(|name| self.numeric.contains(name))
                .collect(),
            columns: columns
                .iter()
                .map(|name| spelled(name, &columns, output))
                .collect(),
            rows: rows.collect(),
        })
    }

    fn cell<'r>(&self, row: &'r [String], column: &str) -> &'r str {
        let at = self.position(column);
        at.and_then(|at| row.get(at)).map_or("", String::as_str)
    }

    fn fits<'v>(&self, row: &[String], value: &impl Fn(&str) -> Option<&'v str>) -> bool {
        self.equal.iter().all(|(prompt, column)| {
            let wanted = value(prompt).unwrap_or_default();
            wanted.is_empty() || self.cell(row, column) == wanted
        })
    }

    fn comes_after<'v>(&self, row: &[String], value: &impl Fn(&str) -> Option<&'v str>) -> bool {
        let wanted: Vec<&str> = self
            .after
            .iter()
            .map(|(prompt, _)| value(prompt).unwrap_or_default())
            .collect();
        let parts = self.after.iter().map(|(_, column)| self.cell(row, column));
        wanted.iter().all(|part| part.is_empty()) || parts.collect::<Vec<_>>() > wanted
    }

    fn text(&self, row: &[String], at: usize, output: &Output) -> String {
        let text = row.get(at).map_or("", String::as_str);
        let texts = self.columns.get(at).and_then(|name| self.texts.get(name));
        let long = texts.and_then(|texts| texts.get(text));
        match long {
            Some(long) if output.long_status => long.clone(),
            _ => text.to_owned(),
        }
    }
}

/// A name without its alias where the site shows none, unless another column would have the same.
fn spelled(name: &str, names: &[String], output: &Output) -> String {
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let alike = names
        .iter()
        .filter(|other| last(other) == last(name))
        .count();
    let shown = if output.dotted || alike > 1 {
        name.to_owned()
    } else {
        last(name)
    };
    output.cased(&shown).into_owned()
}

impl ChosenRows {
    /// The rows from one on, as many as a block may have.
    pub(super) fn block(&self, start: usize, length: usize) -> Self {
        let rows = self.rows.iter().skip(start).take(length);
        Self {
            rows: rows.cloned().collect(),
            ..self.clone()
        }
    }

    /// The answer in a format.
    pub(super) fn write(&self, format: QueryFormat, output: &Output) -> String {
        match format {
            QueryFormat::Json => self.json(output),
            QueryFormat::Xmlp => self.xmlp(output),
        }
    }

    fn json(&self, output: &Output) -> String {
        let name = if output.queryname_equals {
            "queryname="
        } else {
            "queryname"
        };
        let text = |text: &str| serde_json::Value::from(text).to_string();
        let mut rows = String::new();
        for (at, row) in self.rows.iter().enumerate() {
            if at > 0 {
                rows.push(',');
            }
            // Writing to a String cannot fail.
            let _ = write!(rows, "{{\"attr:rownumber\":{}", at + 1);
            for ((column, value), numeric) in self.columns.iter().zip(row).zip(&self.numeric) {
                let _ = write!(rows, ",{}:", text(column));
                if *numeric && !value.is_empty() && !output.numbers_as_text {
                    rows.push_str(value);
                } else if output.padded {
                    rows.push_str(&text(&format!("{value} ")));
                } else {
                    rows.push_str(&text(value));
                }
            }
            rows.push('}');
        }
        format!(
            "{{\"status\":\"success\",\"data\":{{\"query\":{{\"numrows\":{},\"{name}\":{},\"rows\":[{rows}]}}}}}}",
            self.rows.len(),
            text(&self.name)
        )
    }

    fn xmlp(&self, output: &Output) -> String {
        let mut writer = Writer::document();
        let count = self.rows.len().to_string();
        writer.open_with("query", &[("numrows", &count), ("queryname", &self.name)]);
        for (at, row) in self.rows.iter().enumerate() {
            writer.open_with("row", &[("rownumber", &(at + 1).to_string())]);
            for ((column, value), numeric) in self.columns.iter().zip(row).zip(&self.numeric) {
                if *numeric || (value.is_empty() && !output.padded) {
                    writer.element(column, value);
                } else {
                    let padding = if output.padded { " " } else { "" };
                    writer
                        .open(column)
                        .cdata(&format!("{value}{padding}"))
                        .close();
                }
            }
            writer.close();
        }
        written(writer)
    }
}

/// What a test put in is written as it can be: a name that XML does not know fails the answer.
fn written(writer: Writer) -> String {
    match writer.finish() {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => super::answer::ib_document(None, &error.to_string()),
    }
}

/// The JSON of a change query as XMLP, member by member.
pub(super) fn xmlp_of_json(json: &str, output: &Output) -> String {
    let Ok(tree) = crate::component_interface::read_json(json.as_bytes(), "") else {
        return super::answer::ib_document(None, "The answer cannot be written.");
    };
    let query = tree
        .rows("data")
        .next()
        .and_then(|data| data.rows("query").next());
    let Some(query) = query else {
        return super::answer::ib_document(None, "The answer cannot be written.");
    };
    let mut writer = Writer::document();
    let name = query
        .get("queryname=")
        .or(query.get("queryname"))
        .unwrap_or_default();
    let count = query.get("numrows").unwrap_or_default();
    writer.open_with("query", &[("numrows", count), ("queryname", name)]);
    for row in query.rows("rows") {
        let number = row.get("attr:rownumber").unwrap_or_default();
        writer.open_with("row", &[("rownumber", number)]);
        for (name, text) in row
            .properties()
            .filter(|(name, _)| *name != "attr:rownumber")
        {
            let is_number = crate::model::parse_decimal(text).is_ok();
            if text.is_empty() || (is_number && !output.numbers_as_text) {
                writer.element(name, text);
            } else {
                writer.open(name).cdata(text).close();
            }
        }
        writer.close();
    }
    written(writer)
}

impl FakePeopleSoft {
    /// Adds a query, or puts it in place of the one with its owner and name.
    pub fn put_query(&self, query: FakeQuery) {
        let mut state = self.shared.lock();
        let key = (query.owner.as_str().to_owned(), query.name.clone());
        state.queries.insert(key, query);
    }
}
