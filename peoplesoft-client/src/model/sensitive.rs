//! Bank and tax numbers: kept, compared, handed out on request, never shown.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// A number that must not be shown: a tax id, a bank account, an IBAN.
///
/// It never appears in `Debug`, in errors or in spans, and the records that hold it leave it out when
/// they are serialised. Its memory is wiped when it is dropped.
///
/// ```
/// use peoplesoft_client::model::Sensitive;
///
/// let tax_id = Sensitive::new(" 12-3456789 ").unwrap();
/// assert_eq!(tax_id.expose(), "12-3456789");
/// assert_eq!(format!("{tax_id:?}"), "Sensitive([hidden])");
/// ```
#[derive(Clone)]
pub struct Sensitive(SecretString);

impl Sensitive {
    /// Keeps a text without the blanks around it; nothing of a blank.
    #[must_use]
    pub fn new(text: impl AsRef<str>) -> Option<Self> {
        let text = text.as_ref().trim();
        (!text.is_empty()).then(|| Self(SecretString::from(text)))
    }

    /// The text itself; whoever asks for it answers for where it goes.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Sensitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sensitive([hidden])")
    }
}

impl PartialEq for Sensitive {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Sensitive {}

/// The fields of PeopleSoft that hold bank, tax and national numbers, whatever record they are in.
const FIELDS: [&str; 23] = [
    "VNDR_TIN",
    "TIN",
    "TAX_ID",
    "TAXPAYER_ID",
    "EIN_FEDERAL",
    "SSN",
    "NATIONAL_ID",
    "STD_ID_NUM",
    "VAT_RGSTRN_ID",
    "TAX_EXEMPT_ID",
    "BANK_ACCOUNT_NUM",
    "BANK_ACCT_KEY",
    "BANK_ACCT_NBR",
    "ACCOUNT_EC_ID",
    "ACCOUNT_NUM",
    "BNK_ID_NBR",
    "BRANCH_ID",
    "DFI_ID_NUM",
    "CHECK_DIGIT",
    "IBAN_ID",
    "IBAN_CHECK_DIGIT",
    "INTL_BANK_ACCT_NBR",
    "BIRTHDATE",
];

/// Whether a column holds such a number, by its name without alias and prefix.
pub(crate) fn is_sensitive(column: &str) -> bool {
    let name = column.rsplit('.').next().unwrap_or(column).trim();
    let name = ["KEYPROP_", "PROP_"]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix))
        .unwrap_or(name);
    FIELDS.iter().any(|field| field.eq_ignore_ascii_case(name))
}

/// What stands in the place of a text that must not be shown.
pub(crate) const HIDDEN: &str = "[hidden]";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_nothing() {
        assert_eq!(Sensitive::new("  "), None);
    }

    #[test]
    fn names_are_known_with_alias_prefix_and_in_any_case() {
        for name in [
            "VNDR_TIN",
            "A.VNDR_TIN",
            "PROP_BANK_ACCOUNT_NUM",
            "z.iban_id",
        ] {
            assert!(is_sensitive(name), "{name}");
        }
        for name in ["VENDOR_ID", "BANK_NAME", "VNDR_TIN_TYPE", ""] {
            assert!(!is_sensitive(name), "{name}");
        }
    }
}
