//! A query that reads what changed in a window of time, ordered by key.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use super::schema::{choices, section};

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

section! {
/// A query that returns every record changed in `[from, to)` whose key is greater than a given one,
/// ordered by key, one row for each lowest detail (an order: each schedule).
///
/// The query is the site's own. It must select rows with `LAST_CHANGE >= :from`, `LAST_CHANGE < :to`
/// and, when the two key prompts are not blank, `BUSINESS_UNIT > :bu OR (BUSINESS_UNIT = :bu AND
/// ID > :id)`, and order them by business unit, id, line and schedule.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ChangeQuery {
    /// Whose query it is (public by default).
    pub owner: Owner,
    /// Its name, exactly.
    pub query: String,
    /// Most rows in one answer (5,000 by default); more are read page by page.
    pub max_rows: u32,
    /// The names of its prompts, case-sensitive.
    pub prompts: Prompts,
    /// Prompts with the same value in every call.
    pub fixed_prompts: Vec<Prompt>,
    /// Format of the two time prompts, in the letters of `strftime`.
    pub prompt_time_format: String,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Prompts {
    /// Start of the window, included (`FROM_DTTM`).
    pub from: String,
    /// End of the window, excluded (`TO_DTTM`).
    pub to: String,
    /// Business unit of the last key already read, blank at first (`AFTER_BU`).
    pub after_business_unit: String,
    /// Id of the last key already read, blank at first (`AFTER_ID`).
    pub after_id: String,
}
}

impl Default for Prompts {
    fn default() -> Self {
        Self {
            from: "FROM_DTTM".to_owned(),
            to: "TO_DTTM".to_owned(),
            after_business_unit: "AFTER_BU".to_owned(),
            after_id: "AFTER_ID".to_owned(),
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

    fn named(query: &str) -> Self {
        Self {
            owner: Owner::Public,
            query: query.to_owned(),
            max_rows: Self::MAX_ROWS,
            prompts: Prompts::default(),
            fixed_prompts: Vec::new(),
            prompt_time_format: "%Y-%m-%dT%H:%M:%S%.f".to_owned(),
            columns: BTreeMap::new(),
            date_formats: BTreeMap::new(),
            status_texts: BTreeMap::new(),
        }
    }

    pub(super) fn default_purchase_orders() -> Self {
        Self::named("EDI_PO_CHANGED")
    }

    pub(super) fn default_billing_invoices() -> Self {
        Self::named("EDI_BI_CHANGED")
    }

    pub(crate) fn label(&self) -> String {
        format!("{}/{}", self.owner.as_str(), self.query)
    }
}

/// What a file gives of a query; the rest comes from the defaults of that very query.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    owner: Option<Owner>,
    query: Option<String>,
    max_rows: Option<u32>,
    prompts: Option<Prompts>,
    fixed_prompts: Option<Vec<Prompt>>,
    prompt_time_format: Option<String>,
    columns: Option<BTreeMap<String, String>>,
    date_formats: Option<BTreeMap<String, String>>,
    status_texts: Option<BTreeMap<String, BTreeMap<String, String>>>,
}

impl Given {
    fn over(self, base: ChangeQuery) -> ChangeQuery {
        ChangeQuery {
            owner: self.owner.unwrap_or(base.owner),
            query: self.query.unwrap_or(base.query),
            max_rows: self.max_rows.unwrap_or(base.max_rows),
            prompts: self.prompts.unwrap_or(base.prompts),
            fixed_prompts: self.fixed_prompts.unwrap_or(base.fixed_prompts),
            prompt_time_format: self.prompt_time_format.unwrap_or(base.prompt_time_format),
            columns: self.columns.unwrap_or(base.columns),
            date_formats: self.date_formats.unwrap_or(base.date_formats),
            status_texts: self.status_texts.unwrap_or(base.status_texts),
        }
    }
}

pub(super) fn purchase_orders<'de, D: Deserializer<'de>>(d: D) -> Result<ChangeQuery, D::Error> {
    Ok(Given::deserialize(d)?.over(ChangeQuery::default_purchase_orders()))
}

pub(super) fn billing_invoices<'de, D: Deserializer<'de>>(d: D) -> Result<ChangeQuery, D::Error> {
    Ok(Given::deserialize(d)?.over(ChangeQuery::default_billing_invoices()))
}
