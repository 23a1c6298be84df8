//! Configurations and profiles as TOML text.

use std::time::Duration;

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use url::Url;

use super::duration;
use super::settings::Config;
use crate::partner::PartnerProfile;

impl Config {
    /// The configuration as TOML that [`Config::from_toml`] reads back to an equal one.
    ///
    /// Partners are written inline and paths as they were resolved. Comments are not kept.
    pub fn to_toml(&self) -> String {
        render(self)
    }
}

impl PartnerProfile {
    /// The profile as TOML that [`PartnerProfile::from_toml`] reads back to an equal one.
    pub fn to_toml(&self) -> String {
        render(self)
    }
}

#[expect(
    clippy::expect_used,
    reason = "every type here is a table of texts, numbers and tables"
)]
fn render(value: &impl Serialize) -> String {
    toml::to_string_pretty(value).expect("settings have a TOML form")
}

pub(super) fn duration_as_text<S: Serializer>(value: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&duration::render(*value))
}

pub(super) fn optional_duration_as_text<S: Serializer>(
    value: &Option<Duration>,
    to: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => duration_as_text(value, to),
        None => to.serialize_none(),
    }
}

pub(super) fn url_as_text<S: Serializer>(value: &Url, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(value.as_str())
}

pub(crate) fn optional_decimal_as_text<S: Serializer>(
    value: &Option<Decimal>,
    to: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => to.serialize_str(&value.to_string()),
        None => to.serialize_none(),
    }
}
