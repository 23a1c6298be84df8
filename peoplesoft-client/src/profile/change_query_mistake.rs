//! What can be wrong with the query of a service: prompts, look-ups, columns, formats.

use super::mistake::Found;
use super::{BY_KEY, ChangeQuery, Field, FieldTable, Granularity, Shape};
use crate::model::{PsDate, PsDateTime, Zone};
use crate::service::Service;

impl Found {
    /// The mistakes in how a service reads what changed.
    pub(super) fn query<F: FieldTable>(&mut self, service: Service, query: &ChangeQuery) {
        if query.is_used() {
            self.segment(&format!("{service}.query"), &query.query);
        }
        if query.max_rows == 0 {
            self.add(format!("{service}.max_rows"), "0", "1 or more");
        }
        self.prompts::<F>(service, query);
        self.lookups::<F>(service, query);
        self.columns::<F>(service, query);
        self.formats::<F>(service, query);
        for field in query.status_texts.keys() {
            match lookup::<F>(field) {
                Some(known) if known.shape == Shape::Code => {}
                _ => self.add(
                    format!("{service}.status_texts.{field}"),
                    field,
                    one_of::<F>(|known| known.shape == Shape::Code),
                ),
            }
        }
    }

    fn prompts<F: FieldTable>(&mut self, service: Service, query: &ChangeQuery) {
        let after = query
            .prompts
            .after
            .iter()
            .enumerate()
            .map(|(at, name)| (format!("prompts.after.{at}"), name));
        let given = [("from", &query.prompts.from), ("to", &query.prompts.to)]
            .map(|(place, name)| (format!("prompts.{place}"), name));
        let parts: Vec<F> = F::key().collect();
        for (place, found) in [
            ("after", query.prompts.after.len()),
            ("first", query.prompts.first.len()),
        ] {
            if found > parts.len() || (place == "after" && found < parts.len()) {
                self.add(
                    format!("{service}.prompts.{place}"),
                    &format!("{found} of them"),
                    one_for_each(&parts),
                );
            }
        }
        let fixed = query
            .fixed_prompts
            .iter()
            .map(|prompt| ("fixed_prompts".to_owned(), &prompt.name));
        self.names(service, given.into_iter().chain(after).chain(fixed));
        for (at, value) in query.prompts.first.iter().enumerate() {
            if value.contains(',') {
                self.add(
                    format!("{service}.prompts.first.{at}"),
                    value,
                    "a value without a comma, which has no escape",
                );
            }
        }
        for prompt in query
            .fixed_prompts
            .iter()
            .filter(|prompt| prompt.value.contains(','))
        {
            let place = format!("{service}.fixed_prompts.{}", prompt.name);
            self.add(
                place,
                &prompt.value,
                "a value without a comma, which has no escape",
            );
        }
        let whole = "a strftime format of a whole date and time, such as %Y-%m-%dT%H:%M:%S";
        let shown = sample().format(&query.prompt_time_format);
        let read = PsDateTime::parse(&shown, &query.prompt_time_format, &Zone::utc());
        let place = format!("{service}.prompt_time_format");
        if shown.contains(',') {
            self.add(place, &query.prompt_time_format, "a format without a comma");
        } else if query.granularity == Granularity::Time && read != Ok(sample()) {
            self.add(place, &query.prompt_time_format, whole);
        }
        let day = sample().date();
        let shown = day.format(&query.prompt_date_format);
        let place = format!("{service}.prompt_date_format");
        if shown.contains(',') {
            self.add(place, &query.prompt_date_format, "a format without a comma");
        } else if PsDate::parse(&shown, &query.prompt_date_format) != Ok(day) {
            let expected = "a strftime format of a whole date, such as %Y-%m-%d";
            self.add(place, &query.prompt_date_format, expected);
        }
    }

    /// Names of prompts that are asked for together.
    fn names<'n>(&mut self, service: Service, names: impl Iterator<Item = (String, &'n String)>) {
        let mut seen: Vec<&str> = Vec::new();
        for (place, name) in names {
            if name.trim().is_empty() || name.contains(',') {
                self.add(
                    format!("{service}.{place}"),
                    name,
                    "a prompt name without a comma",
                );
            } else if seen.contains(&name.as_str()) {
                self.add(
                    format!("{service}.{place}"),
                    name,
                    "a name that no other prompt has",
                );
            }
            seen.push(name);
        }
    }

    fn lookups<F: FieldTable>(&mut self, service: Service, query: &ChangeQuery) {
        for (name, lookup) in &query.lookups {
            let place = format!("{service}.lookups.{name}");
            let Some(asked) = F::lookup(name) else {
                let others = F::LOOKUPS.iter().map(|(name, _)| *name);
                let known: Vec<&str> = std::iter::once(BY_KEY).chain(others).collect();
                self.add(place, name, format!("one of {}", known.join(", ")));
                continue;
            };
            if lookup.query.trim().is_empty() {
                continue;
            }
            self.segment(&format!("{place}.query"), &lookup.query);
            if lookup.prompts.len() != asked.len() {
                let found = format!("{} of them", lookup.prompts.len());
                self.add(format!("{place}.prompts"), &found, one_for_each(&asked));
            }
            let own = lookup
                .prompts
                .iter()
                .map(|prompt| (format!("lookups.{name}.prompts"), prompt));
            let fixed = query
                .fixed_prompts
                .iter()
                .map(|prompt| ("fixed_prompts".to_owned(), &prompt.name));
            self.names(service, own.chain(fixed));
        }
    }

    fn columns<F: FieldTable>(&mut self, service: Service, query: &ChangeQuery) {
        for (field, column) in &query.columns {
            let place = format!("{service}.columns.{field}");
            match lookup::<F>(field) {
                None => self.add(place, field, one_of::<F>(|_| true)),
                Some(known) if known.required && column.trim().is_empty() => {
                    self.add(
                        place,
                        column,
                        "the name of a column, because the field is required",
                    );
                }
                Some(_) => {}
            }
        }
    }

    fn formats<F: FieldTable>(&mut self, service: Service, query: &ChangeQuery) {
        for (field, format) in &query.date_formats {
            let place = format!("{service}.date_formats.{field}");
            let sample = sample();
            let fits = match lookup::<F>(field).map(|known| known.shape) {
                Some(Shape::Date) => {
                    PsDate::parse(&sample.date().format(format), format) == Ok(sample.date())
                }
                // An offset can be read but not written for a time without a zone.
                Some(Shape::DateTime) if format.contains("%z") || format.contains("%:z") => true,
                Some(Shape::DateTime) => {
                    let read = PsDateTime::parse(&sample.format(format), format, &Zone::utc());
                    match query.granularity {
                        Granularity::Time => read == Ok(sample),
                        Granularity::Day => read.is_ok_and(|read| read.date() == sample.date()),
                    }
                }
                _ => {
                    let dates =
                        one_of::<F>(|known| matches!(known.shape, Shape::Date | Shape::DateTime));
                    self.add(place, field, dates);
                    continue;
                }
            };
            if !fits {
                self.add(
                    place,
                    format,
                    "a strftime format of a whole date, such as %d-%b-%Y",
                );
            }
        }
    }
}

/// A time whose every part differs, in a century that two digits of a year can mean.
fn sample() -> PsDateTime {
    PsDateTime::from_instant(
        std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(981_173_106),
        &Zone::utc(),
    )
}

fn lookup<F: FieldTable>(name: &str) -> Option<&'static Field> {
    F::FIELDS.iter().find(|field| field.name == name)
}

fn one_for_each<F: FieldTable>(fields: &[F]) -> String {
    let names: Vec<&str> = fields
        .iter()
        .filter_map(|field| Some(field.definition()?.name))
        .collect();
    format!("one for each of {}", names.join(", "))
}

fn one_of<F: FieldTable>(wanted: impl Fn(&Field) -> bool) -> String {
    let names: Vec<&str> = F::FIELDS
        .iter()
        .filter(|field| wanted(field))
        .map(|field| field.name)
        .collect();
    format!("one of {}", names.join(", "))
}
