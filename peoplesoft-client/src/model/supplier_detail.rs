//! What a supplier has several of: addresses, locations, id numbers, contacts, bank accounts.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{
    BuyerId, ChartFields, CurrencyCode, DispatchMethod, EffStatus, EffectiveDated, EffectiveRow,
    Flag, FreightTermsCode, IdNumberKind, MatchRuleId, PaymentMethod, PaymentTermsCode,
    PostalAddress, PsDate, Sensitive, ShipTypeId, VendorLocation, serde_decimal_option,
};

/// One address of a supplier (`VENDOR_ADDR`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SupplierAddress {
    /// Number of the address (`ADDRESS_SEQ_NUM`), from 1.
    pub number: u32,
    /// What it is for, in words (`VNDR_ADDR_SCROL.DESCR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The rows of all days, those of the future too.
    pub rows: EffectiveDated<SupplierAddressRow>,
}

impl SupplierAddress {
    /// An address without rows.
    #[must_use]
    pub fn new(number: u32) -> Self {
        Self {
            number,
            description: None,
            rows: EffectiveDated::default(),
        }
    }
}

/// What holds of an address from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SupplierAddressRow {
    /// The day from which the row holds (`EFFDT`).
    pub effective_date: PsDate,
    /// Whether the address is in use from that day on (`EFF_STATUS`).
    pub status: EffStatus,
    /// Name and address (`NAME1`, `ADDRESS1`, `ADDRESS2`, `CITY`, `STATE`, `POSTAL`, `COUNTRY`).
    #[serde(default, skip_serializing_if = "PostalAddress::is_empty")]
    pub address: PostalAddress,
    /// Third address line (`ADDRESS3`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address3: Option<String>,
    /// Fourth address line (`ADDRESS4`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address4: Option<String>,
    /// County (`COUNTY`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub county: Option<String>,
    /// Mail address (`EMAILID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Columns that the profile does not map, by the name in the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl SupplierAddressRow {
    /// A row of which nothing but its day and status is known.
    #[must_use]
    pub fn new(effective_date: PsDate, status: EffStatus) -> Self {
        Self {
            effective_date,
            status,
            address: PostalAddress::default(),
            address3: None,
            address4: None,
            county: None,
            email: None,
            extra: BTreeMap::new(),
        }
    }
}

/// One location of a supplier (`VENDOR_LOC`): the defaults of orders and payments, not an address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SupplierLocation {
    /// The location (`VNDR_LOC`).
    pub location: VendorLocation,
    /// What it is for, in words (`VNDR_LOC_SCROL.DESCR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The rows of all days, those of the future too.
    pub rows: EffectiveDated<SupplierLocationRow>,
}

impl SupplierLocation {
    /// A location without rows.
    #[must_use]
    pub fn new(location: VendorLocation) -> Self {
        Self {
            location,
            description: None,
            rows: EffectiveDated::default(),
        }
    }
}

/// What holds of a location from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SupplierLocationRow {
    /// The day from which the row holds (`EFFDT`).
    pub effective_date: PsDate,
    /// Whether the location is in use from that day on (`EFF_STATUS`).
    pub status: EffStatus,
    /// Payment terms (`PYMNT_TERMS_CD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_terms: Option<PaymentTermsCode>,
    /// Way of paying (`VENDOR_PAY.PYMNT_METHOD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_method: Option<PaymentMethod>,
    /// Currency of orders (`CURRENCY_CD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<CurrencyCode>,
    /// How orders reach the supplier (`DISP_METHOD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch_method: Option<DispatchMethod>,
    /// Freight terms (`FREIGHT_TERMS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freight_terms: Option<FreightTermsCode>,
    /// Way of shipping (`SHIP_TYPE_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_via: Option<ShipTypeId>,
    /// Buyer (`BUYER_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer: Option<BuyerId>,
    /// Match rule (`MATCH_CNTRL_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub match_rule: Option<MatchRuleId>,
    /// What is asked of acknowledgements, and what may differ in them.
    #[serde(default, skip_serializing_if = "AcknowledgementRules::is_empty")]
    pub acknowledgement: AcknowledgementRules,
    /// The ChartFields that orders are charged to unless they say otherwise.
    #[serde(default, skip_serializing_if = "ChartFields::is_empty")]
    pub chart_fields: ChartFields,
    /// Bank accounts (`VNDR_BANK_ACCT`): never serialised.
    #[serde(skip)]
    pub bank_accounts: Vec<SupplierBankAccount>,
    /// Columns that the profile does not map, by the name in the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl SupplierLocationRow {
    /// A row of which nothing but its day and status is known.
    #[must_use]
    pub fn new(effective_date: PsDate, status: EffStatus) -> Self {
        Self {
            effective_date,
            status,
            payment_terms: None,
            payment_method: None,
            currency: None,
            dispatch_method: None,
            freight_terms: None,
            ship_via: None,
            buyer: None,
            match_rule: None,
            acknowledgement: AcknowledgementRules::default(),
            chart_fields: ChartFields::default(),
            bank_accounts: Vec::new(),
            extra: BTreeMap::new(),
        }
    }
}

/// What a location asks of order acknowledgements (`POA_*`), each part absent without a column for it.
///
/// PeopleSoft keeps no absent numbers: a tolerance of 0 may mean that none was entered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AcknowledgementRules {
    /// Whether orders have to be acknowledged (`POA_REQUIRED`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<Flag>,
    /// Whether change orders have to be acknowledged (`POA_CO_REQUIRED`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_for_changes: Option<Flag>,
    /// Whether the tolerances below are applied (`POA_TOL_FLAG`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerances: Option<Flag>,
    /// How many days earlier the supplier may promise (`POA_SCHED_EARLY`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_early: Option<u32>,
    /// How many days later the supplier may promise (`POA_SCHED_LATE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_late: Option<u32>,
    /// How much more the supplier may promise (`POA_QTY_OVER`), as the site enters it, normally in percent.
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub quantity_over: Option<Decimal>,
    /// How much less the supplier may promise (`POA_QTY_UNDER`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub quantity_under: Option<Decimal>,
    /// How much dearer it may be (`POA_PRICE_OVER`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub price_over: Option<Decimal>,
    /// How much cheaper it may be (`POA_PRICE_UNDER`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub price_under: Option<Decimal>,
}

impl AcknowledgementRules {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One bank account of a location; its numbers are never shown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SupplierBankAccount {
    /// Number of the account within the location (`BANK_ACCT_SEQ_NBR`), from 1.
    pub number: u32,
    /// Whether it is the one to be used (`DEFAULT_IND`).
    pub is_default: Option<Flag>,
    /// Name of the bank (`BENEFICIARY_BANK`).
    pub bank_name: Option<String>,
    /// Country of the bank (`COUNTRY`).
    pub country: Option<String>,
    /// Kind of account (`BANK_ACCT_TYPE`).
    pub account_type: Option<String>,
    /// The bank's number, such as a routing number (`BNK_ID_NBR`).
    pub bank_id: Option<Sensitive>,
    /// The branch (`BRANCH_ID`).
    pub branch: Option<Sensitive>,
    /// The account (`BANK_ACCOUNT_NUM`).
    pub account: Option<Sensitive>,
    /// The IBAN (`IBAN_ID`).
    pub iban: Option<Sensitive>,
    /// The bank's number between banks, such as a BIC (`DFI_ID_NUM`).
    pub dfi_id: Option<Sensitive>,
}

impl SupplierBankAccount {
    /// An account of which nothing but its number in the list is known.
    #[must_use]
    pub fn new(number: u32) -> Self {
        Self {
            number,
            is_default: None,
            bank_name: None,
            country: None,
            account_type: None,
            bank_id: None,
            branch: None,
            account: None,
            iban: None,
            dfi_id: None,
        }
    }
}

/// An additional id number of a supplier (`VENDOR_ID_NBRS`).
///
/// Some sites keep tax numbers here, so `Debug` shows the number of no kind but DUNS.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SupplierIdNumber {
    /// What the number is (`STD_ID_NUM_QUAL`).
    pub kind: IdNumberKind,
    /// The number (`STD_ID_NUM`), up to 35 characters; leading zeros count.
    pub number: String,
}

impl SupplierIdNumber {
    /// A number of a kind.
    pub fn new(kind: IdNumberKind, number: impl Into<String>) -> Self {
        Self {
            kind,
            number: number.into(),
        }
    }
}

impl fmt::Debug for SupplierIdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = match self.kind {
            IdNumberKind::Duns => &self.number,
            _ => super::HIDDEN,
        };
        f.debug_struct("SupplierIdNumber")
            .field("kind", &self.kind)
            .field("number", &shown)
            .finish()
    }
}

/// A person at the supplier (`VENDOR_CNTCT`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SupplierContact {
    /// Number of the contact (`CNTCT_SEQ_NUM`), from 1.
    pub number: u32,
    /// The rows of all days, those of the future too.
    pub rows: EffectiveDated<SupplierContactRow>,
}

impl SupplierContact {
    /// A contact without rows.
    #[must_use]
    pub fn new(number: u32) -> Self {
        Self {
            number,
            rows: EffectiveDated::default(),
        }
    }
}

/// What holds of a contact from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SupplierContactRow {
    /// The day from which the row holds (`EFFDT`).
    pub effective_date: PsDate,
    /// Whether the contact is in use from that day on (`EFF_STATUS`).
    pub status: EffStatus,
    /// Name (`CONTACT_NAME`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Title (`CONTACT_TITLE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What the contact is for, as the site codes it (`CONTACT_TYPE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The address of the contact (`ADDRESS_SEQ_NUM`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<u32>,
    /// Mail address (`EMAILID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone, where the query joins it (`VNDR_CNTCT_PHN.PHONE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Columns that the profile does not map, by the name in the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl SupplierContactRow {
    /// A row of which nothing but its day and status is known.
    #[must_use]
    pub fn new(effective_date: PsDate, status: EffStatus) -> Self {
        Self {
            effective_date,
            status,
            name: None,
            title: None,
            purpose: None,
            address: None,
            email: None,
            phone: None,
            extra: BTreeMap::new(),
        }
    }
}

macro_rules! effective {
    ($($name:ident)+) => {$(
        impl EffectiveRow for $name {
            fn effective_date(&self) -> PsDate {
                self.effective_date
            }

            fn effective_status(&self) -> Option<&EffStatus> {
                Some(&self.status)
            }
        }
    )+};
}

effective!(SupplierAddressRow SupplierLocationRow SupplierContactRow);
