//! Cells, rows and the JSON around them, as the site writes them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rust_decimal::Decimal;

use super::switch::Output;
use crate::model::{ChartFieldKind, ChartFields, PsDate, PsDateTime, Translate};
use crate::profile::{ChangeQuery, FieldTable, Granularity};

/// The value of a column.
pub(super) enum Cell<'a> {
    Text(&'a str),
    /// A translate value: code and English text.
    Code(&'a str, &'a str),
    Date(PsDate),
    DateTime(PsDateTime),
    /// When the record last changed; a day alone where that is all the source keeps.
    Changed(PsDateTime),
    Number(Decimal),
    Whole(u32),
    Blank,
}

impl<'a> Cell<'a> {
    pub(super) fn text<T: AsRef<str>>(value: Option<&'a T>) -> Self {
        value.map_or(Self::Blank, |value| Self::Text(value.as_ref()))
    }

    pub(super) fn number(value: Option<Decimal>) -> Self {
        value.map_or(Self::Blank, Self::Number)
    }

    pub(super) fn date(value: Option<PsDate>) -> Self {
        value.map_or(Self::Blank, Self::Date)
    }

    pub(super) fn time(value: Option<PsDateTime>) -> Self {
        value.map_or(Self::Blank, Self::DateTime)
    }

    pub(super) fn whole(value: Option<u32>) -> Self {
        value.map_or(Self::Blank, Self::Whole)
    }

    pub(super) fn translate<T: Translate>(value: Option<&'a T>) -> Self {
        match value.map(Translate::shown) {
            Some((code, text)) => Self::Code(code, text),
            None => Self::Blank,
        }
    }

    /// The value of a ChartField whose fields follow one another from `first` on; a field that is none
    /// of them has none.
    pub(super) fn chart_field<F: FieldTable>(charged: &'a ChartFields, field: F, first: F) -> Self {
        let at = field.position().checked_sub(first.position());
        let kind = at.and_then(|at| ChartFieldKind::DELIVERED.into_iter().nth(at));
        Self::text(kind.and_then(|kind| charged.get(&kind)))
    }

    /// The value of a prompt that asks for this.
    pub(super) fn asked(&self, query: &ChangeQuery) -> String {
        match self {
            Self::Text(text) | Self::Code(text, _) => (*text).to_owned(),
            Self::Date(date) => date.format(&query.prompt_date_format),
            Self::DateTime(time) => time.format(&query.prompt_time_format),
            Self::Changed(time) => query.window_text(*time),
            Self::Number(number) => number.to_string(),
            Self::Whole(number) => number.to_string(),
            Self::Blank => String::new(),
        }
    }
}

/// A column of the query: its key as JSON, its field, its date format.
struct Column<F> {
    key: String,
    field: F,
    format: Option<String>,
}

/// Writes rows until there are as many as the query may answer with.
pub(super) struct Writer<'q, F> {
    query: &'q ChangeQuery,
    output: &'q Output,
    columns: Vec<Column<F>>,
    rows: String,
    count: usize,
    max_rows: usize,
}

impl<'q, F: FieldTable> Writer<'q, F> {
    pub(super) fn new(
        query: &'q ChangeQuery,
        output: &'q Output,
        fields: &[F],
        max_rows: usize,
    ) -> Self {
        let name = |field: &F| -> &str {
            let known = field.definition();
            let own = known.and_then(|known| query.columns.get(known.name));
            own.map_or_else(|| known.map_or("", |known| known.column), String::as_str)
        };
        // A level whose number has no column is not in the query; columns of one name are one column.
        let has_column = |position: usize| {
            let field = F::ALL.get(position);
            field.is_some_and(|field| !name(field).trim().is_empty())
        };
        let mut chosen: Vec<(F, &str)> = Vec::new();
        for field in fields {
            let shown = name(field);
            let gate = field.definition().and_then(|known| known.gate);
            let wanted = has_column(field.position()) && gate.is_none_or(has_column);
            if wanted && chosen.iter().all(|(_, other)| *other != shown) {
                chosen.push((*field, shown));
            }
        }
        let names: Vec<&str> = chosen.iter().map(|(_, name)| *name).collect();
        let columns = chosen
            .iter()
            .map(|(field, name)| {
                let known = field.definition();
                let format = known.and_then(|known| query.date_formats.get(known.name));
                let shown = if output.dotted {
                    name
                } else {
                    bare(name, &names)
                };
                Column {
                    key: format!(",{}:", json(&output.cased(shown))),
                    field: *field,
                    format: format.cloned(),
                }
            })
            .collect();
        Self {
            query,
            output,
            columns,
            rows: String::new(),
            count: 0,
            max_rows,
        }
    }

    /// Whether no further row would be written.
    pub(super) fn is_full(&self) -> bool {
        self.count >= self.max_rows
    }

    /// Whether the query has a column for a field.
    pub(super) fn has(&self, field: F) -> bool {
        let at = field.position();
        self.columns
            .iter()
            .any(|column| column.field.position() == at)
    }

    /// Writes one row from what each field holds, and from columns that this crate does not know.
    pub(super) fn row<'v>(
        &mut self,
        cell: impl Fn(F) -> Cell<'v>,
        extra: &[&BTreeMap<String, String>],
    ) {
        if self.is_full() {
            return;
        }
        self.count += 1;
        if self.count > 1 {
            self.rows.push(',');
        }
        // Writing to a String cannot fail.
        let _ = write!(self.rows, "{{\"attr:rownumber\":{}", self.count);
        for column in &self.columns {
            self.rows.push_str(&column.key);
            write_cell(
                &mut self.rows,
                self.output,
                cell(column.field),
                column.format.as_deref(),
                self.query.granularity == Granularity::Day,
            );
        }
        for (name, text) in extra.iter().flat_map(|columns| columns.iter()) {
            let _ = write!(self.rows, ",{}:", json(&self.output.cased(name)));
            write_text(&mut self.rows, self.output, text);
        }
        self.rows.push('}');
    }

    /// The whole answer.
    pub(super) fn finish(self) -> String {
        let name = if self.output.queryname_equals {
            "queryname="
        } else {
            "queryname"
        };
        format!(
            "{{\"status\":\"success\",\"data\":{{\"query\":{{\"numrows\":{},\"{name}\":{},\"rows\":[{}]}}}}}}",
            self.count,
            json(&self.query.query),
            self.rows
        )
    }
}

/// The name without its alias, unless another column would then have the same name.
fn bare<'a>(name: &'a str, names: &[&str]) -> &'a str {
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let own = last(name);
    let alike = names.iter().filter(|other| last(other) == own).count();
    match name.rsplit_once('.') {
        Some((_, bare)) if alike == 1 => bare,
        _ => name,
    }
}

fn write_cell(rows: &mut String, output: &Output, cell: Cell<'_>, format: Option<&str>, day: bool) {
    match cell {
        Cell::Text(text) => write_text(rows, output, text),
        Cell::Code(code, text) => {
            write_text(rows, output, if output.long_status { text } else { code });
        }
        Cell::Date(date) => {
            let text = format.map_or_else(|| date.to_string(), |format| date.format(format));
            write_text(rows, output, &text);
        }
        Cell::Changed(time) if day => {
            let text = format.map_or_else(
                || time.date().to_string(),
                |format| time.date().format(format),
            );
            write_text(rows, output, &text);
        }
        Cell::Changed(time) | Cell::DateTime(time) => {
            let text = format.map_or_else(|| time.to_string(), |format| time.format(format));
            write_text(rows, output, &text);
        }
        Cell::Number(number) => write_number(rows, output, number),
        Cell::Whole(number) => write_number(rows, output, number),
        Cell::Blank => write_text(rows, output, ""),
    }
}

fn write_number(rows: &mut String, output: &Output, number: impl std::fmt::Display) {
    let _ = if output.numbers_as_text {
        write!(rows, "\"{number}\"")
    } else {
        write!(rows, "{number}")
    };
}

fn write_text(rows: &mut String, output: &Output, text: &str) {
    if output.padded {
        rows.push_str(&json(&format!("{text} ")));
    } else {
        rows.push_str(&json(text));
    }
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
