//! Payment terms: PeopleSoft PYMNT_TERMS_CD (5 characters) to the parts of an X12 ITD segment.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::config::optional_decimal_as_text;

/// The parts of an ITD segment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Terms {
    /// ITD01, two characters, for example `01` basic or `08` basic discount offered.
    #[serde(rename = "type")]
    pub terms_type: String,
    /// ITD02, what the days count from, for example `3` the invoice date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
    /// ITD03 in percent.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "optional_decimal_as_text"
    )]
    pub discount_percent: Option<Decimal>,
    /// ITD05, at most 999.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount_days: Option<u32>,
    /// ITD07, at most 999.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub net_days: Option<u32>,
    /// ITD13, 1 to 31.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_of_month: Option<u32>,
    /// ITD12, at most 80 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Terms {
    /// Basic terms, due some days after the date of the invoice.
    pub fn net(days: u32) -> Self {
        Self {
            terms_type: "01".to_owned(),
            basis: Some("3".to_owned()),
            net_days: Some(days),
            ..Self::default()
        }
    }
}

/// Codes that spell out what they mean: `NET30` and `N30` are 30 days net. The rest is data of the
/// site.
pub(super) fn starter(code: &str) -> Option<Terms> {
    let days = code
        .strip_prefix("NET")
        .or_else(|| code.strip_prefix('N'))?;
    let plain = (1..=3).contains(&days.len()) && days.bytes().all(|b| b.is_ascii_digit());
    let days: u32 = days.parse().ok().filter(|days| plain && *days > 0)?;
    Some(Terms::net(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_that_spell_their_days_are_known() {
        assert_eq!(starter("NET30"), Some(Terms::net(30)));
        assert_eq!(starter("N45"), Some(Terms::net(45)));
        for code in [
            "NET", "N", "NET0", "N+30", "N 30", "30", "00", "NETEOM", "N1000", "net30",
        ] {
            assert_eq!(starter(code), None, "{code}");
        }
    }
}
