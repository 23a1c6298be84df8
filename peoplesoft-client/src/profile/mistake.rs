//! Everything that is wrong with a profile, found in one go.

use std::fmt;

use super::{
    BY_KEY, ChangeQuery, ChartFieldField, DepartmentField, EmployeeField, Field, FieldTable,
    Granularity, InvoiceField, JobField, OrderDistributionField, OrderField, PaymentField, Profile,
    ReceiptField, ScheduledPaymentField, Shape, SupplierField, VoucherField,
};
use crate::model::{PsDate, PsDateTime, Zone};
use crate::service::Service;

/// One mistake in a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProfileMistake {
    /// Where it is, such as `purchase_orders.columns.po_idd`.
    pub place: String,
    /// What was found there.
    pub found: String,
    /// What is expected instead.
    pub expected: String,
}

impl fmt::Display for ProfileMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: found `{}`, expected {}",
            self.place, self.found, self.expected
        )
    }
}

/// All mistakes in a profile; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileMistakes(Vec<ProfileMistake>);

impl ProfileMistakes {
    pub(super) fn one(
        place: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self(vec![ProfileMistake {
            place: place.into(),
            found: found.into(),
            expected: expected.into(),
        }])
    }

    /// The mistakes: those of a file's structure first, then those of its values, in order.
    pub fn iter(&self) -> impl Iterator<Item = &ProfileMistake> {
        self.0.iter()
    }
}

impl fmt::Display for ProfileMistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, mistake) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("; ")?;
            }
            mistake.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ProfileMistakes {}

impl Profile {
    /// Notes every mistake; each section notes its own.
    pub(super) fn find_mistakes(&self, found: &mut Found) {
        found.segment("node", &self.node);
        if let Err(error) = Zone::new(&self.zone) {
            found.add("zone", &self.zone, error.expected());
        }
        self.doors.find_mistakes(found);
        found.segment("query_access.alias", &self.query_access.alias);
        found.segment("query_access.version", &self.query_access.version);
        if self.query_access.operation.trim().is_empty() {
            found.add(
                "query_access.operation",
                "",
                "the name of the service operation",
            );
        }
        let poll = &self.query_access.poll;
        for (place, text) in [
            (
                "query_access.filter_parameter",
                &self.query_access.filter_parameter,
            ),
            ("query_access.poll.execute_alias", &poll.execute_alias),
            ("query_access.poll.status_alias", &poll.status_alias),
            ("query_access.poll.results_alias", &poll.results_alias),
            (
                "query_access.poll.instance_parameter",
                &poll.instance_parameter,
            ),
            ("query_access.poll.block_parameter", &poll.block_parameter),
        ] {
            found.segment(place, text);
        }
        for (name, access) in &self.component_interfaces {
            access.find_mistakes(&format!("component_interfaces.{name}"), found);
        }
        found.query::<OrderField>(Service::PurchaseOrders, &self.purchase_orders);
        found.query::<OrderDistributionField>(
            Service::PurchaseOrderDistributions,
            &self.purchase_order_distributions,
        );
        found.query::<InvoiceField>(Service::BillingInvoices, &self.billing_invoices);
        found.query::<VoucherField>(Service::Vouchers, &self.vouchers);
        found.query::<PaymentField>(Service::Payments, &self.payments);
        found.query::<ScheduledPaymentField>(Service::ScheduledPayments, &self.scheduled_payments);
        found.query::<ReceiptField>(Service::Receipts, &self.receipts);
        found.query::<SupplierField>(Service::Suppliers, &self.suppliers);
        found.query::<ChartFieldField>(Service::ChartFields, &self.chart_fields);
        for (kind, length) in &self.chart_field_lengths {
            if !(1..=30).contains(length) {
                let place = format!("chart_field_lengths.{kind}");
                found.add(place, &length.to_string(), "1 to 30 characters");
            }
        }
        self.vendor_records.find_mistakes(found);
        found.query::<DepartmentField>(Service::Departments, &self.departments);
        found.query::<EmployeeField>(Service::Employees, &self.employees);
        found.query::<JobField>(Service::Jobs, &self.jobs);
        self.voucher_build.find_mistakes("voucher_build", found);
        self.vendor_sync.find_mistakes("vendor_sync", found);
        self.po_acknowledgement
            .find_mistakes("po_acknowledgement", found);
    }
}

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(crate) struct Found(Vec<ProfileMistake>);

impl Found {
    /// Nothing, or all that was found.
    pub(super) fn verdict(self) -> Result<(), ProfileMistakes> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(ProfileMistakes(self.0))
        }
    }

    /// Whether a mistake is known at exactly this place.
    pub(crate) fn has(&self, place: &str) -> bool {
        self.0.iter().any(|mistake| mistake.place == place)
    }

    /// Notes a mistake: where, what was found, and what is expected instead.
    pub(crate) fn add(
        &mut self,
        place: impl Into<String>,
        found: &str,
        expected: impl Into<String>,
    ) {
        self.0.push(ProfileMistake {
            place: place.into(),
            found: found.to_owned(),
            expected: expected.into(),
        });
    }

    /// A name that stands as one segment in an address.
    pub(crate) fn segment(&mut self, place: &str, text: &str) {
        let fits = !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '$'))
            && text != "."
            && text != "..";
        if !fits {
            self.add(place, text, "letters, digits, `_`, `-`, `$` and points");
        }
    }

    fn query<F: FieldTable>(&mut self, service: Service, query: &ChangeQuery) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_right() {
        Profile::default().validate().unwrap();
    }

    #[test]
    fn every_mistake_is_listed() {
        let mut profile = Profile {
            node: "A/B".to_owned(),
            ..Profile::default()
        };
        profile.zone = "Moon".to_owned();
        profile.purchase_orders.max_rows = 0;
        profile.purchase_orders.prompts.to = "FROM_DTTM".to_owned();
        profile.purchase_orders.prompt_time_format = "%d, %b".to_owned();
        profile
            .purchase_orders
            .columns
            .insert("po_id".to_owned(), String::new());
        profile
            .purchase_orders
            .date_formats
            .insert("quantity".to_owned(), "%Y".to_owned());
        profile
            .billing_invoices
            .date_formats
            .insert("due_date".to_owned(), "%Y".to_owned());
        profile
            .billing_invoices
            .status_texts
            .insert("total".to_owned(), Default::default());
        let mistakes = profile.validate().unwrap_err();
        let places: Vec<_> = mistakes
            .iter()
            .map(|mistake| mistake.place.as_str())
            .collect();
        assert_eq!(
            places,
            [
                "node",
                "zone",
                "purchase_orders.max_rows",
                "purchase_orders.prompts.to",
                "purchase_orders.prompt_time_format",
                "purchase_orders.columns.po_id",
                "purchase_orders.date_formats.quantity",
                "billing_invoices.date_formats.due_date",
                "billing_invoices.status_texts.total",
            ]
        );
    }

    #[test]
    fn an_unknown_field_is_answered_with_the_known_ones() {
        let mut profile = Profile::default();
        profile
            .purchase_orders
            .columns
            .insert("po_idd".to_owned(), "A.PO_ID".to_owned());
        let text = profile.validate().unwrap_err().to_string();
        assert!(
            text.starts_with(
                "purchase_orders.columns.po_idd: found `po_idd`, expected one of business_unit, po_id,"
            ),
            "{text}"
        );
    }

    #[test]
    fn a_profile_survives_json() {
        let profile = Profile::default();
        let json = serde_json::to_string(&profile).unwrap();
        assert_eq!(serde_json::from_str::<Profile>(&json).unwrap(), profile);
        assert!(serde_json::from_str::<Profile>(r#"{"nodes":"X"}"#).is_err());
    }

    #[test]
    fn a_service_keeps_its_own_defaults() {
        let profile: Profile =
            serde_json::from_str(r#"{"billing_invoices":{"max_rows":7}}"#).unwrap();
        assert_eq!(profile.billing_invoices.max_rows, 7);
        assert_eq!(profile.billing_invoices.query, "EDI_BI_CHANGED");
    }
}
