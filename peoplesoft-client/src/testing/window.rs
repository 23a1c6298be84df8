//! What a query asks for: a window after a key, or what some values name, up to a number of rows.

use std::collections::HashMap;

use url::form_urlencoded;

use super::state::State;
use super::switch::Output;
use super::table::Rows;
use crate::model::{PsDate, PsDateTime};
use crate::profile::{ChangeQuery, FieldTable, Granularity, Lookup, Shape};
use crate::service::Service;

/// What a request asks for.
pub(super) enum Wanted<'a> {
    Changed(Window<'a>),
    Named(Named<'a>),
}

/// What changed in a window, after a key.
pub(super) struct Window<'a> {
    query: &'a ChangeQuery,
    from: PsDateTime,
    to: PsDateTime,
    after: Vec<&'a str>,
    pub(super) max_rows: usize,
    /// Whether rows that take effect in the window count as changes.
    pub(super) by_effective_date: bool,
}

/// What some values name.
pub(super) struct Named<'a> {
    pub(super) query: &'a ChangeQuery,
    pub(super) lookup: &'a str,
    pub(super) max_rows: usize,
    prompts: &'a [String],
    given: &'a Prompts<'a>,
}

/// Records to be written, no more of them than rows may be.
pub(super) struct Chosen {
    pub(super) query: ChangeQuery,
    pub(super) output: Output,
    pub(super) max_rows: usize,
    records: Box<dyn Rows>,
}

impl Chosen {
    /// The answer of the Query Access Service, cut at the row limit wherever that falls.
    pub(super) fn write(&self) -> String {
        self.records.write(self)
    }
}

impl Window<'_> {
    /// Whether a record that changed at `changed` lies in it, as far as the source can tell.
    pub(super) fn holds(&self, changed: PsDateTime) -> bool {
        let changed = match self.query.granularity {
            Granularity::Time => changed,
            Granularity::Day => changed.date().at_midnight(),
        };
        self.from <= changed && changed < self.to
    }

    /// The texts of the key that it begins after; nothing at first.
    pub(super) fn after<F: FieldTable>(&self, parts: &[F]) -> Result<Option<Vec<String>>, String> {
        let first = &self.query.prompts.first;
        let mut at_first = self.after.iter().enumerate().map(|(at, value)| {
            value.is_empty() || first.get(at).is_some_and(|first| first.trim() == *value)
        });
        if at_first.all(|first| first) {
            return Ok(None);
        }
        let part = |(value, part): (&&str, &F)| {
            let date = part
                .definition()
                .is_some_and(|known| known.shape == Shape::Date);
            if date {
                PsDate::parse(value, &self.query.prompt_date_format)
                    .map(|date| date.to_string())
                    .map_err(|_| "A key prompt is not a date.".to_owned())
            } else {
                Ok((*value).to_owned())
            }
        };
        let texts: Result<Vec<String>, String> = self.after.iter().zip(parts).map(part).collect();
        texts.map(Some)
    }
}

impl Named<'_> {
    /// The values of the look-up, in the order of its fields.
    pub(super) fn values(&self) -> Result<Vec<&str>, String> {
        self.prompts
            .iter()
            .map(|name| self.given.value(name))
            .collect()
    }
}

/// The prompts of a request, by their names.
struct Prompts<'a>(HashMap<&'a str, &'a str>);

impl Prompts<'_> {
    fn value(&self, name: &str) -> Result<&str, String> {
        let value = self.0.get(name).copied();
        value.ok_or_else(|| format!("Prompt {name} has no value."))
    }
}

/// Chooses the records that a request asks for, by the change query or by a look-up.
pub(super) fn choose(
    state: &State,
    service: Service,
    lookup: Option<(&str, &Lookup)>,
    query: &str,
) -> Result<Chosen, String> {
    let spec = state.profile.query_of(service);
    let parameters: HashMap<String, String> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let parameter = |name: &str| parameters.get(name).map_or("", String::as_str);
    let max_rows: usize = parameter("maxrows")
        .parse()
        .map_err(|_| "maxrows is missing.".to_owned())?;
    let given: Prompts<'_> = Prompts(
        parameter("prompt_uniquepromptname")
            .split(',')
            .zip(parameter("prompt_fieldvalue").split(','))
            .collect(),
    );
    let mut shown = spec.clone();
    let wanted = match lookup {
        Some((name, lookup)) => {
            shown.query.clone_from(&lookup.query);
            Wanted::Named(Named {
                query: spec,
                lookup: name,
                max_rows,
                prompts: &lookup.prompts,
                given: &given,
            })
        }
        None => Wanted::Changed(window(state, spec, &given, max_rows)?),
    };
    let Some(table) = state.tables.serving(service) else {
        return Err(format!("There is no table for {service}."));
    };
    Ok(Chosen {
        records: table.choose(&wanted)?,
        query: shown,
        output: state.output.clone(),
        max_rows,
    })
}

fn window<'a>(
    state: &State,
    spec: &'a ChangeQuery,
    given: &'a Prompts<'a>,
    max_rows: usize,
) -> Result<Window<'a>, String> {
    let time = |name: &str| {
        let text = given.value(name)?;
        match spec.granularity {
            Granularity::Time => PsDateTime::parse(text, &spec.prompt_time_format, &state.zone)
                .map_err(|_| format!("Prompt {name} is not a date and time.")),
            Granularity::Day => PsDate::parse(text, &spec.prompt_date_format)
                .map(PsDate::at_midnight)
                .map_err(|_| format!("Prompt {name} is not a date.")),
        }
    };
    let mut after = Vec::with_capacity(spec.prompts.after.len());
    for name in &spec.prompts.after {
        let value = given.value(name)?;
        after.push(if state.output.ignores_after {
            ""
        } else {
            value
        });
    }
    Ok(Window {
        query: spec,
        by_effective_date: !state.output.ignores_effective_dates,
        from: time(&spec.prompts.from)?,
        to: time(&spec.prompts.to)?,
        after,
        max_rows,
    })
}
