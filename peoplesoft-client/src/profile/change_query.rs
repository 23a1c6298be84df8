//! A query that reads what changed in a window of time, ordered by key.

use std::collections::BTreeMap;
use std::mem;

use serde::{Deserialize, Deserializer, Serialize};

use super::BY_KEY;
use super::schema::{choices, section};
use crate::model::PsDateTime;
use crate::service::Service;

choices! {
/// Who owns a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Owner {
    /// Anybody with the right access group may run it.
    Public,
    /// Only the user who wrote it may run it.
    Private,
}
}

impl Owner {
    /// The word in the address: `PUBLIC` or `PRIVATE`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "PUBLIC",
            Self::Private => "PRIVATE",
        }
    }
}

choices! {
/// How finely the source keeps when a record last changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Granularity {
    /// A date and a time of day; a window is asked for as it is.
    Time,
    /// A date alone, which cannot tell what changed before noon from what changed after it.
    ///
    /// A window is widened to whole days: from the start of the day that `from` falls on to the end of
    /// the day that holds the last instant before `to`. What changed on those days may come again with
    /// the next window, and nothing is missed.
    Day,
}
}

section! {
/// A query that returns every record changed in `[from, to)` whose key is greater than a given one,
/// ordered by key, one row for each lowest detail (an order: each schedule).
///
/// The query is the site's own. It must select rows with `LAST_CHANGE >= :from`, `LAST_CHANGE < :to`
/// and, when the key prompts are not blank, a key greater than theirs, such as `BUSINESS_UNIT > :bu OR
/// (BUSINESS_UNIT = :bu AND ID > :id)`, and order them by the parts of the key, then by line, schedule
/// and so on.
///
/// A query without a name is one that the site does not have: its service is not checked, and reading
/// from it is refused.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ChangeQuery {
    /// Whose query it is (public by default); so are the look-ups.
    pub owner: Owner,
    /// Its name, exactly; blank where the site has none.
    pub query: String,
    /// Most rows in one answer (5,000 by default); more are read page by page.
    pub max_rows: u32,
    /// How finely the source keeps the last change.
    pub granularity: Granularity,
    /// The names of its prompts, case-sensitive.
    pub prompts: Prompts,
    /// Prompts with the same value in every call, look-ups included.
    pub fixed_prompts: Vec<Prompt>,
    /// Format of the two time prompts, in the letters of `strftime`, where the granularity is a time.
    pub prompt_time_format: String,
    /// Format of every prompt that is a date: the two of the window where the granularity is a day, parts
    /// of keys, what look-ups ask for.
    pub prompt_date_format: String,
    /// Queries with the same columns that find records by other values than their last change.
    pub lookups: BTreeMap<String, Lookup>,
    /// Field of this crate → unique field name of the query.
    ///
    /// Overrides the defaults, field by field; an empty name means that the query has no such column.
    pub columns: BTreeMap<String, String>,
    /// Field of this crate → format of its column, in the letters of `strftime`.
    ///
    /// Dates are read as `2026-03-31` and date-times in ISO 8601 unless a format is given.
    pub date_formats: BTreeMap<String, String>,
    /// Field of this crate → translate text → code, where a query shows texts that are not English.
    pub status_texts: BTreeMap<String, BTreeMap<String, String>>,
}
}

section! {
/// The names of the prompts of a [`ChangeQuery`].
///
/// A file may name the key prompts of a key of two parts as `after_business_unit` and `after_id` too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Prompts {
    /// Start of the window, included (`FROM_DTTM`).
    pub from: String,
    /// End of the window, excluded (`TO_DTTM`).
    pub to: String,
    /// The parts of the last key already read, in the order of the key (`AFTER_BU`, `AFTER_ID` for a
    /// business unit and an id).
    pub after: Vec<String>,
    /// What the key prompts hold for the first page, in the same order; blank where nothing is given.
    ///
    /// A site whose prompts for numbers or dates refuse a blank puts the least value here.
    pub first: Vec<String>,
}
}

section! {
/// A query that finds records by some of their values, such as the key.
///
/// It selects the same columns as the [`ChangeQuery`] that it belongs to, in the same order of rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Lookup {
    /// Its name, exactly; blank where the site has none.
    pub query: String,
    /// The names of its prompts in the order of the values asked for, case-sensitive.
    pub prompts: Vec<String>,
}
}

impl Lookup {
    /// The look-up by a query with these prompts.
    #[must_use]
    pub fn new(query: impl Into<String>, prompts: &[&str]) -> Self {
        Self {
            query: query.into(),
            prompts: prompts.iter().map(|name| (*name).to_owned()).collect(),
        }
    }
}

section! {
/// A prompt of a query and its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prompt {
    /// Unique prompt name, case-sensitive.
    pub name: String,
    /// Value, without a comma; blank leaves the slot empty.
    pub value: String,
}
}

impl ChangeQuery {
    /// Five thousand rows of some forty columns are a few megabytes: one answer within the timeout.
    const MAX_ROWS: u32 = 5_000;

    /// The query of this name, with key prompts and, by the key, a look-up of this name.
    fn named(query: &str, after: &[&str], by_key: &str) -> Self {
        let prompts: Vec<&str> = after
            .iter()
            .map(|name| name.strip_prefix("AFTER_").unwrap_or(name))
            .collect();
        Self {
            owner: Owner::Public,
            query: query.to_owned(),
            max_rows: Self::MAX_ROWS,
            granularity: Granularity::Time,
            prompts: Prompts {
                from: "FROM_DTTM".to_owned(),
                to: "TO_DTTM".to_owned(),
                after: after.iter().map(|name| (*name).to_owned()).collect(),
                first: Vec::new(),
            },
            fixed_prompts: Vec::new(),
            prompt_time_format: "%Y-%m-%dT%H:%M:%S%.f".to_owned(),
            prompt_date_format: "%Y-%m-%d".to_owned(),
            lookups: BTreeMap::from([(BY_KEY.to_owned(), Lookup::new(by_key, &prompts))]),
            columns: BTreeMap::new(),
            date_formats: BTreeMap::new(),
            status_texts: BTreeMap::new(),
        }
    }

    /// What reads a record that keeps the day of its last change alone, or several days for it.
    fn keeps_days(&mut self) {
        self.granularity = Granularity::Day;
        self.prompts.from = "FROM_DT".to_owned();
        self.prompts.to = "TO_DT".to_owned();
    }

    fn add_lookup(&mut self, name: &str, query: &str, prompts: &[&str]) {
        let lookup = Lookup::new(query, prompts);
        self.lookups.insert(name.to_owned(), lookup);
    }

    /// Whether the site has this query at all.
    #[must_use]
    pub fn is_used(&self) -> bool {
        !self.query.trim().is_empty()
    }

    pub(crate) fn label(&self) -> String {
        self.label_of(&self.query)
    }

    pub(crate) fn label_of(&self, query: &str) -> String {
        format!("{}/{query}", self.owner.as_str())
    }

    /// A time of the window as its prompt wants it.
    pub(crate) fn window_text(&self, time: PsDateTime) -> String {
        match self.granularity {
            Granularity::Time => time.format(&self.prompt_time_format),
            Granularity::Day => time.date().format(&self.prompt_date_format),
        }
    }
}

/// What a file gives of a query; the rest comes from the defaults of that very query.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    owner: Option<Owner>,
    query: Option<String>,
    max_rows: Option<u32>,
    granularity: Option<Granularity>,
    prompts: Option<GivenPrompts>,
    fixed_prompts: Option<Vec<Prompt>>,
    prompt_time_format: Option<String>,
    prompt_date_format: Option<String>,
    lookups: Option<BTreeMap<String, GivenLookup>>,
    columns: Option<BTreeMap<String, String>>,
    date_formats: Option<BTreeMap<String, String>>,
    status_texts: Option<BTreeMap<String, BTreeMap<String, String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenPrompts {
    from: Option<String>,
    to: Option<String>,
    after: Option<Vec<String>>,
    first: Option<Vec<String>>,
    after_business_unit: Option<String>,
    after_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenLookup {
    query: Option<String>,
    prompts: Option<Vec<String>>,
}

impl Given {
    fn over(self, base: ChangeQuery) -> ChangeQuery {
        let mut lookups = base.lookups;
        for (name, given) in self.lookups.unwrap_or_default() {
            // A look-up that no service has is kept, for the check of the profile to name it.
            let lookup = lookups.entry(name).or_insert_with(|| Lookup::new("", &[]));
            lookup.query = given.query.unwrap_or_else(|| mem::take(&mut lookup.query));
            lookup.prompts = given
                .prompts
                .unwrap_or_else(|| mem::take(&mut lookup.prompts));
        }
        ChangeQuery {
            owner: self.owner.unwrap_or(base.owner),
            query: self.query.unwrap_or(base.query),
            max_rows: self.max_rows.unwrap_or(base.max_rows),
            granularity: self.granularity.unwrap_or(base.granularity),
            prompts: match self.prompts {
                Some(given) => given.over(base.prompts),
                None => base.prompts,
            },
            fixed_prompts: self.fixed_prompts.unwrap_or(base.fixed_prompts),
            prompt_time_format: self.prompt_time_format.unwrap_or(base.prompt_time_format),
            prompt_date_format: self.prompt_date_format.unwrap_or(base.prompt_date_format),
            lookups,
            columns: self.columns.unwrap_or(base.columns),
            date_formats: self.date_formats.unwrap_or(base.date_formats),
            status_texts: self.status_texts.unwrap_or(base.status_texts),
        }
    }
}

impl GivenPrompts {
    fn over(self, base: Prompts) -> Prompts {
        let mut after = self.after.unwrap_or(base.after);
        for (at, name) in [self.after_business_unit, self.after_id]
            .into_iter()
            .enumerate()
        {
            let Some(name) = name else { continue };
            match after.get_mut(at) {
                Some(slot) => *slot = name,
                None => after.push(name),
            }
        }
        Prompts {
            from: self.from.unwrap_or(base.from),
            to: self.to.unwrap_or(base.to),
            after,
            first: self.first.unwrap_or(base.first),
        }
    }
}

/// Gives the key prompts of a file that names them as the two halves of a key their names of today.
pub(super) fn rename_old_prompts(profile: &mut serde_json::Value) {
    for service in Service::ALL {
        let section = profile.get_mut(service.name());
        let prompts = section.and_then(|section| section.get_mut("prompts"));
        let Some(serde_json::Value::Object(prompts)) = prompts else {
            continue;
        };
        let halves = ["after_business_unit", "after_id"];
        if prompts.contains_key("after") || !halves.iter().any(|half| prompts.contains_key(*half)) {
            continue;
        }
        // What only one of the two is given for keeps the default of the other.
        let default = ["AFTER_BU", "AFTER_ID"].into_iter();
        let after = halves
            .iter()
            .zip(default)
            .map(|(half, default)| prompts.remove(*half).unwrap_or_else(|| default.into()))
            .collect();
        prompts.insert("after".to_owned(), after);
    }
}

/// The section of a profile for each service: its defaults, and how a file is laid over them.
macro_rules! sections {
    ($($name:ident = $query:literal, [$($after:literal),+], $by_key:literal $(, $change:expr)?;)+) => {$(
        pub(super) mod $name {
            use super::*;

            pub(in crate::profile) fn default() -> ChangeQuery {
                let query = ChangeQuery::named($query, &[$($after),+], $by_key);
                $(let query = { let mut query = query; let change: fn(&mut ChangeQuery) = $change; change(&mut query); query };)?
                query
            }

            pub(in crate::profile) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<ChangeQuery, D::Error> {
                Ok(Given::deserialize(d)?.over(default()))
            }
        }
    )+};
}

sections! {
    purchase_orders = "EDI_PO_CHANGED", ["AFTER_BU", "AFTER_ID"], "EDI_PO_BY_KEY";
    purchase_order_distributions = "", ["AFTER_BU", "AFTER_ID"], "";
    billing_invoices = "EDI_BI_CHANGED", ["AFTER_BU", "AFTER_ID"], "EDI_BI_BY_KEY";
    vouchers = "EDI_VCHR_CHANGED", ["AFTER_BU", "AFTER_ID"], "EDI_VCHR_BY_KEY", |query| {
        query.keeps_days();
        let prompts = ["VENDOR_SETID", "VENDOR_ID", "INVOICE_ID", "INVOICE_DT"];
        query.add_lookup("by_invoice", "EDI_VCHR_BY_INVOICE", &prompts);
        let prompts = ["VENDOR_SETID", "VENDOR_ID", "INVOICE_ID"];
        query.add_lookup("by_invoice_number", "EDI_VCHR_BY_INV_NBR", &prompts);
        query.add_lookup("by_order", "EDI_VCHR_BY_PO", &["BU_PO", "PO_ID"]);
    };
    payments = "EDI_PAYMENT_CHANGED", ["AFTER_BANK_SETID", "AFTER_BANK", "AFTER_ACCOUNT", "AFTER_ID"], "EDI_PAYMENT_BY_KEY", ChangeQuery::keeps_days;
    scheduled_payments = "EDI_PAY_SCHED_CHANGED", ["AFTER_BU", "AFTER_ID", "AFTER_COUNT"], "EDI_PAY_SCHED_BY_KEY", |query| {
        query.keeps_days();
        query.add_lookup("by_voucher", "EDI_PAY_SCHED_BY_VCHR", &["BU", "ID"]);
    };
    receipts = "EDI_RECV_CHANGED", ["AFTER_BU", "AFTER_ID", "AFTER_LINE", "AFTER_SHIPMENT"], "EDI_RECV_BY_KEY", |query| {
        query.add_lookup("by_order", "EDI_RECV_BY_PO", &["BU_PO", "PO_ID"]);
    };
    suppliers = "EDI_VENDOR_CHANGED", ["AFTER_SETID", "AFTER_ID"], "EDI_VENDOR_BY_KEY",
        |query| query.granularity = Granularity::Day;
    chart_fields = "EDI_CF_CHANGED", ["AFTER_SETID", "AFTER_FIELD", "AFTER_VALUE"], "EDI_CF_BY_KEY";
    departments = "EDI_DEPT_CHANGED", ["AFTER_SETID", "AFTER_ID"], "EDI_DEPT_BY_KEY";
    employees = "EDI_EMPL_CHANGED", ["AFTER_ID"], "EDI_EMPL_BY_KEY";
    jobs = "EDI_JOB_CHANGED", ["AFTER_ID", "AFTER_RCD"], "EDI_JOB_BY_KEY", |query| {
        let lookup = Lookup::new("EDI_JOB_BY_EMPL", &["ID"]);
        query.lookups.insert("by_employee".to_owned(), lookup);
    };
}
