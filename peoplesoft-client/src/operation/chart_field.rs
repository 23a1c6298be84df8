//! Rows become values of ChartFields.

use super::assemble::{FromRows, Sealed};
use super::bad_record::BadRecord;
use super::reader::{Problem, Reader};
use super::{Page, Record, effective, grouping, lookup};
use crate::client::Client;
use crate::error::Result;
use crate::model::{ChartField, ChartFieldKey, ChartFieldRow, EffStatus, Flag};
use crate::profile::{ChangeQuery, ChartFieldField as F, Profile};
use crate::query::RowSet;
use crate::service::Service;

impl Sealed for ChartField {}

impl Record for ChartField {
    type Key = ChartFieldKey;

    const SERVICE: Service = Service::ChartFields;

    fn key(&self) -> &ChartFieldKey {
        &self.key
    }

    fn page_of(
        client: &Client,
        rows: &RowSet,
        after: Option<&ChartFieldKey>,
    ) -> Result<Page<Self>> {
        let profile = client.profile();
        let query = profile.query_of(Self::SERVICE);
        let mut page = grouping::page::<Self>(rows, query, client.zone(), after)?;
        for item in &mut page.items {
            if let Ok(value) = item
                && let Some(bad) = too_long(profile, value)
            {
                *item = Err(bad);
            }
        }
        Ok(page)
    }

    fn prompts_of(query: &ChangeQuery, lookup: &str, values: &[String]) -> Vec<String> {
        lookup::prompts::<F>(query, lookup, values)
    }
}

/// A value longer than the site configured its ChartField to be.
fn too_long(profile: &Profile, value: &ChartField) -> Option<BadRecord<ChartFieldKey>> {
    let key = &value.key;
    let most = profile.chart_field_length(&key.kind);
    let length = key.value.as_str().chars().count();
    if length <= usize::try_from(most).unwrap_or(usize::MAX) {
        return None;
    }
    Some(BadRecord {
        key: Some(key.clone()),
        row: None,
        column: "value".to_owned(),
        found: key.value.to_string(),
        expected: format!("1 to {most} characters for {}", key.kind),
        remedy: format!(
            "Set chart_field_lengths.{} of the profile to the length that the site configured.",
            key.kind
        ),
        raw: serde_json::to_string(value).unwrap_or_default(),
    })
}

impl FromRows for ChartField {
    type Field = F;

    fn from_rows(
        key: ChartFieldKey,
        first: Reader<'_>,
        rows: &[Reader<'_>],
    ) -> std::result::Result<Self, Problem> {
        let mut value = Self::new(key, effective::last_updated(&first, rows, F::LastUpdated)?);
        for row in rows {
            let status = EffStatus::from_text(row.required_code(F::Status)?);
            let mut read = ChartFieldRow::new(row.date(F::EffectiveDate)?, status);
            read.description = row.owned(F::Description);
            read.short_description = row.owned(F::ShortDescription);
            read.account_type = row.owned(F::AccountType);
            read.manager = row.owned(F::Manager);
            read.budgetary_only = row.code(F::BudgetaryOnly).map(Flag::from_text);
            read.extra = effective::unmapped(row);
            effective::add(&mut value.rows, read, row, F::EffectiveDate)?;
        }
        Ok(value)
    }
}
