//! The records and fields of a supplier, by their delivered names.

use std::collections::BTreeMap;

/// Supplier.
pub(super) const VENDOR: &str = "VENDOR";
/// Index of addresses.
pub(super) const ADDRESS: &str = "VNDR_ADDR_SCROL";
/// What holds of an address from a day on.
pub(super) const ADDRESS_ROW: &str = "VENDOR_ADDR";
/// Index of locations.
pub(super) const LOCATION: &str = "VNDR_LOC_SCROL";
/// What holds of a location from a day on.
pub(super) const LOCATION_ROW: &str = "VENDOR_LOC";
/// How a location is paid.
pub(super) const PAY: &str = "VENDOR_PAY";
/// Bank accounts of a location.
pub(super) const BANK: &str = "VNDR_BANK_ACCT";
/// Index of contacts.
pub(super) const CONTACT: &str = "VNDR_CNTCT_SCR";
/// What holds of a contact from a day on.
pub(super) const CONTACT_ROW: &str = "VENDOR_CNTCT";
/// Telephones of a contact.
pub(super) const PHONE: &str = "VNDR_CNTCT_PHN";
/// Additional id numbers.
pub(super) const ID_NUMBER: &str = "VENDOR_ID_NBRS";

/// What every record of a supplier repeats of its key.
pub(super) const KEY: [&str; 2] = ["SETID", "VENDOR_ID"];

/// The delivered names, and what a site calls them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(BTreeMap<String, String>);

impl Names {
    pub(crate) fn new(renamed: &BTreeMap<String, String>) -> Self {
        Self(renamed.clone())
    }

    /// The site's name of a field of a record: `RECORD.FIELD` is looked for first, then `FIELD` alone.
    pub(super) fn field<'n>(&'n self, record: &str, field: &'n str) -> &'n str {
        let own = self.0.get(&format!("{record}.{field}"));
        own.or_else(|| self.0.get(field))
            .map_or(field, String::as_str)
    }

    /// The site's name of a record.
    pub(super) fn record<'n>(&'n self, record: &'n str) -> &'n str {
        self.0.get(record).map_or(record, String::as_str)
    }
}
