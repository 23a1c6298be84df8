//! What a site calls the records of a supplier, in messages and in its component interface.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::mistake::Found;
use super::schema::section;

section! {
/// What a site calls the records of a supplier, in messages and in its component interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct VendorRecords {
    /// Name of the message of changes (`VENDOR_SYNC` by default).
    pub sync: String,
    /// Name of the message of all suppliers (`VENDOR_FULLSYNC` by default).
    pub full_sync: String,
    /// Name of the component interface (`VNDR_ID` by default).
    pub component: String,
    /// Delivered name of a record or field → the site's own.
    ///
    /// `VENDOR_ADDR` names a record or a collection, `CITY` a field wherever it is, `VENDOR_ADDR.CITY` a
    /// field of one record.
    pub names: BTreeMap<String, String>,
}
}

impl Default for VendorRecords {
    fn default() -> Self {
        Self {
            sync: "VENDOR_SYNC".to_owned(),
            full_sync: "VENDOR_FULLSYNC".to_owned(),
            component: "VNDR_ID".to_owned(),
            names: BTreeMap::new(),
        }
    }
}

impl VendorRecords {
    /// Notes what cannot work.
    pub(super) fn find_mistakes(&self, found: &mut Found) {
        let own = self.names.iter();
        let own = own.map(|(name, own)| (format!("names.{name}"), own));
        let fixed = [
            ("sync", &self.sync),
            ("full_sync", &self.full_sync),
            ("component", &self.component),
        ];
        let fixed = fixed.map(|(name, text)| (name.to_owned(), text));
        for (name, text) in fixed.into_iter().chain(own) {
            let fits = !text.is_empty()
                && !text.starts_with(|first: char| first.is_ascii_digit())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            if !fits {
                let place = format!("vendor_records.{name}");
                found.add(place, text, "letters, digits and `_`");
            }
        }
    }
}
