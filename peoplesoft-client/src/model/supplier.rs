//! Suppliers: who is paid, where they are, how orders reach them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    CustomerId, EffectiveRow, Flag, IdNumberKind, PsDate, PsDateTime, Sensitive, SetId,
    SupplierAddress, SupplierAddressRow, SupplierContact, SupplierIdNumber, SupplierLocation,
    SupplierLocationRow, VendorClass, VendorKey, VendorLocation, VendorPersistence, VendorStatus,
};

/// A supplier (`VENDOR`) with addresses, locations, id numbers and contacts.
///
/// The tax number and the bank accounts are [`Sensitive`]: they are compared, but never shown and never
/// serialised. A supplier that was read from JSON has none.
///
/// ```
/// use peoplesoft_client::model::*;
///
/// let key = VendorKey::new("SHARE", "0000000042")?;
/// let mut supplier = Supplier::new(key, "Northwind Gloves", "2026-04-01T09:00:00".parse()?);
/// supplier.tax_id = Sensitive::new("12-3456789");
/// supplier.id_numbers.push(SupplierIdNumber::new(IdNumberKind::Duns, "004321519"));
/// assert_eq!(supplier.duns(), Some("004321519"));
/// assert!(!format!("{supplier:?}").contains("3456789"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Supplier {
    /// SetID and number.
    pub key: VendorKey,
    /// Name (`NAME1`), up to 40 characters.
    pub name: String,
    /// Rest of the name (`NAME2`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name2: Option<String>,
    /// Short name by which people look for it (`VENDOR_NAME_SHORT`), up to 14 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_name: Option<String>,
    /// Whether it may be used (`VENDOR_STATUS`).
    pub status: VendorStatus,
    /// What kind of party it is (`VENDOR_CLASS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<VendorClass>,
    /// How long it is meant to last (`VENDOR_PERSISTENCE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persistence: Option<VendorPersistence>,
    /// Whether orders may be placed with it (`VNDR_STATUS_PO`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_for_ordering: Option<Flag>,
    /// Whether tax is withheld (`WTHD_SW`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withholding: Option<Flag>,
    /// The address that orders go to (`ADDR_SEQ_NUM_ORDR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_address: Option<u32>,
    /// The address that invoices come from (`PRIM_ADDR_SEQ_NUM`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_address: Option<u32>,
    /// The address that payments go to (`REMIT_ADDR_SEQ_NUM`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remit_address: Option<u32>,
    /// The supplier who is paid in its place (`REMIT_SETID`, `REMIT_VENDOR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remit_vendor: Option<VendorKey>,
    /// The supplier that it belongs to (`CORPORATE_SETID`, `CORPORATE_VENDOR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corporate_vendor: Option<VendorKey>,
    /// The location that orders use unless they name one (`DEFAULT_LOC`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_location: Option<VendorLocation>,
    /// The location that payments use (`REMIT_LOC`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remit_location: Option<VendorLocation>,
    /// The SetID of the customer that it also is (`CUST_SETID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_setid: Option<SetId>,
    /// The customer that it also is (`CUST_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// Our number with the supplier (`AR_NUM`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub our_account: Option<String>,
    /// Its number in the system before (`OLD_VENDOR_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_id: Option<String>,
    /// Tax number (`VNDR_TIN`): never shown, never serialised.
    #[serde(skip)]
    pub tax_id: Option<Sensitive>,
    /// Last day of business with it (`LAST_ACTIVITY_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_activity: Option<PsDate>,
    /// When it was entered, in the profile's zone (`CREATED_DTTM`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<PsDateTime>,
    /// Last change, in the profile's zone (`LAST_MODIFIED_DATE`); midnight where the site keeps the day only.
    pub last_updated: PsDateTime,
    /// Addresses by number.
    #[serde(default)]
    pub addresses: Vec<SupplierAddress>,
    /// Locations by code.
    #[serde(default)]
    pub locations: Vec<SupplierLocation>,
    /// Additional id numbers, such as DUNS.
    #[serde(default)]
    pub id_numbers: Vec<SupplierIdNumber>,
    /// Contacts by number.
    #[serde(default)]
    pub contacts: Vec<SupplierContact>,
    /// Columns that the profile does not map, by the name in the answer.
    ///
    /// Columns known to hold bank, tax or national numbers are left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl Supplier {
    /// An unapproved supplier with a name and nothing else.
    #[must_use]
    pub fn new(key: VendorKey, name: impl Into<String>, last_updated: PsDateTime) -> Self {
        Self {
            key,
            name: name.into(),
            name2: None,
            short_name: None,
            status: VendorStatus::Unapproved,
            class: None,
            persistence: None,
            open_for_ordering: None,
            withholding: None,
            order_address: None,
            invoice_address: None,
            remit_address: None,
            remit_vendor: None,
            corporate_vendor: None,
            default_location: None,
            remit_location: None,
            customer_setid: None,
            customer: None,
            our_account: None,
            old_id: None,
            tax_id: None,
            last_activity: None,
            created: None,
            last_updated,
            addresses: Vec::new(),
            locations: Vec::new(),
            id_numbers: Vec::new(),
            contacts: Vec::new(),
            extra: BTreeMap::new(),
        }
    }

    /// The DUNS number, if one is kept.
    #[must_use]
    pub fn duns(&self) -> Option<&str> {
        self.id_number(&IdNumberKind::Duns)
    }

    /// The first id number of a kind.
    #[must_use]
    pub fn id_number(&self, kind: &IdNumberKind) -> Option<&str> {
        self.id_numbers
            .iter()
            .find(|number| number.kind == *kind)
            .map(|number| number.number.as_str())
    }

    /// What holds of an address on `day`.
    #[must_use]
    pub fn address_as_of(&self, number: u32, day: PsDate) -> Option<&SupplierAddressRow> {
        self.addresses
            .iter()
            .find(|address| address.number == number)?
            .rows
            .as_of(day)
    }

    /// What holds of a location on `day`.
    #[must_use]
    pub fn location_as_of(
        &self,
        location: &VendorLocation,
        day: PsDate,
    ) -> Option<&SupplierLocationRow> {
        self.locations
            .iter()
            .find(|known| known.location == *location)?
            .rows
            .as_of(day)
    }

    /// What holds of the default location on `day`: the one that is named, or the only one there is.
    #[must_use]
    pub fn default_location_as_of(&self, day: PsDate) -> Option<&SupplierLocationRow> {
        match (&self.default_location, self.locations.as_slice()) {
            (Some(location), _) => self.location_as_of(location, day),
            (None, [only]) => only.rows.as_of(day),
            (None, _) => None,
        }
    }

    /// The days after `day` on which anything about the supplier changes by itself.
    #[must_use]
    pub fn next_change(&self, day: PsDate) -> Option<PsDate> {
        fn next<T: EffectiveRow>(
            rows: &super::EffectiveDated<T>,
            day: PsDate,
        ) -> impl Iterator<Item = PsDate> {
            rows.next_change(day).into_iter()
        }
        let addresses = self.addresses.iter().flat_map(|a| next(&a.rows, day));
        let locations = self.locations.iter().flat_map(|l| next(&l.rows, day));
        let contacts = self.contacts.iter().flat_map(|c| next(&c.rows, day));
        addresses.chain(locations).chain(contacts).min()
    }
}
