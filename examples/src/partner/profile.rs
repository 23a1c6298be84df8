//! What is known about one trading partner.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;

use serde::Serialize;

use super::inbound::{Deadline, InboundProfile};
use super::payload::PayloadSettings;
use super::x12::X12Settings;
use crate::code_table::{Freight, Terms, Unit};

/// Our own name of a partner: 1 to 40 letters, digits, `-` and `_`.
///
/// It names the partner in commands, file names and the audit trail, and must not change later.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PartnerId(String);

impl PartnerId {
    /// Longest id, in characters.
    pub const MAX: usize = 40;

    /// The id, or nothing if `text` breaks the rule.
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        ((1..=Self::MAX).contains(&text.len()) && text.chars().all(allowed)).then_some(Self(text))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PartnerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A trading partner, as data.
///
/// ```
/// use peoplesoft_cleo::partner::PartnerProfile;
///
/// let profile = PartnerProfile::from_toml(
///     "bolts.toml",
///     r#"
///     id = "bolts"
///     name = "Bolts & Nuts"
///     suppliers = [{ setid = "SHARE", vendor_id = "0000000123" }]
///
///     [x12]
///     receiver = { qualifier = "01", id = "123456789" }
///     usage = "P"
///
///     [[routes]]
///     document = "purchase_order"
///     format = "x12"
///     connection = "bolts-as2"
///     "#,
/// )?;
/// assert_eq!(profile.id.as_str(), "bolts");
/// assert!(profile.lint().is_empty());
/// # Ok::<(), peoplesoft_cleo::config::ConfigErrors>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PartnerProfile {
    /// Our name for the partner.
    pub id: PartnerId,
    /// The partner's name for people.
    pub name: String,
    /// Whether anything is sent. An inactive partner's documents are held.
    pub active: bool,
    /// The PeopleSoft suppliers that this partner is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suppliers: Vec<SupplierKey>,
    /// The PeopleSoft customers that this partner is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub customers: Vec<CustomerKey>,
    /// What X12 documents look like; needed by routes of format X12.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x12: Option<X12Settings>,
    /// What is sent to where.
    pub routes: Vec<RouteProfile>,
    /// How its documents are read and answered.
    pub inbound: InboundProfile,
    /// How doubtful data is treated.
    pub policy: Policy,
    /// Units of this partner, before those of the configuration.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub units: BTreeMap<String, Unit>,
    /// Payment terms of this partner, before those of the configuration.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub terms: BTreeMap<String, Terms>,
    /// Freight terms of this partner, before those of the configuration.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub freight: BTreeMap<String, Freight>,
}

/// A supplier in PeopleSoft: VENDOR_SETID, VENDOR_ID and perhaps some of its locations.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SupplierKey {
    /// VENDOR_SETID, at most 5 characters.
    pub setid: String,
    /// VENDOR_ID, at most 10 characters; leading zeros count.
    pub vendor_id: String,
    /// VNDR_LOC, each at most 10 characters; empty means every location.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub locations: Vec<String>,
}

impl SupplierKey {
    /// Whether this key stands for orders to `location`.
    pub fn covers(&self, location: &str) -> bool {
        self.locations.is_empty() || self.locations.iter().any(|own| own == location)
    }
}

/// A customer in PeopleSoft Billing: CUST_ID, within a SETID if several share the id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct CustomerKey {
    /// SETID, at most 5 characters; absent means any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setid: Option<String>,
    /// CUST_ID, at most 15 characters; leading zeros count.
    pub customer_id: String,
}

/// A kind of document that goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Document {
    /// A purchase order: X12 850.
    PurchaseOrder,
    /// An invoice of PeopleSoft Billing to a customer: X12 810.
    BillingInvoice,
    /// What became of a group that the partner sent: X12 997.
    FunctionalAcknowledgment,
}

impl Document {
    /// The name used in profiles, for example `purchase_order`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PurchaseOrder => "purchase_order",
            Self::BillingInvoice => "billing_invoice",
            Self::FunctionalAcknowledgment => "functional_acknowledgment",
        }
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Format {
    /// An X12 interchange.
    X12,
    /// A JSON object.
    Json,
}

/// By which door of Cleo a document goes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Transfer {
    /// The file operations of the REST interface.
    Rest,
    /// The HTTP server commands of Harmony and VLTrader.
    HttpServer,
    /// None: it is posted as the route's `payload` says.
    Payload,
}

/// What the receiving end does with a second delivery of the same document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Repeat {
    /// It would act on it, but can be asked what has arrived.
    Probe,
    /// It would act on it and cannot be asked: what is in doubt waits for a person.
    Blind,
    /// It recognises and ignores it.
    Deduplicated,
}

/// What happens when a document that was sent has changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OnChange {
    /// It is held until a person decides.
    Hold,
    /// The whole document is sent again, marked as a replacement.
    Replace,
}

/// What is sent, in which form, to which place in Cleo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RouteProfile {
    /// What.
    pub document: Document,
    /// In which form.
    pub format: Format,
    /// BUSINESS_UNIT of the documents, each at most 5 characters; empty means all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub business_units: Vec<String>,
    /// Alias of the connection in Cleo.
    pub connection: String,
    /// Alias of the action that is run after the document has arrived; absent runs none. The delivery has succeeded once
    /// the action has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Whether the action may be run again for a file that is still in its folder, because it takes away what it has
    /// sent. If not, a person decides about a run that did not succeed.
    pub action_again: bool,
    /// By which door.
    pub transfer: Transfer,
    /// The folder that files are put in, for example `outbox/850`.
    pub directory: String,
    /// What a second delivery would do.
    pub repeat: Repeat,
    /// Whether a file that is not in its folder never arrived. If not, because Cleo may have picked it up, a person decides
    /// about a delivery in doubt that is not found.
    pub absence_is_proof: bool,
    /// Whether anything is sent. An inactive route's documents are held.
    pub active: bool,
    /// What a change after sending leads to.
    pub on_change: OnChange,
    /// Most transaction sets in one interchange.
    pub batch: NonZeroU32,
    /// How soon the partner acknowledges these documents; absent is as the inbound settings of the partner say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledged_within: Option<Deadline>,
    /// Where documents are posted; for the transfer `payload`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<PayloadSettings>,
}

impl RouteProfile {
    /// Whether the route takes documents of that business unit.
    pub fn covers(&self, business_unit: &str) -> bool {
        self.business_units.is_empty() || self.business_units.iter().any(|own| own == business_unit)
    }
}

/// How doubtful data is treated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Policy {
    /// A delimiter of the partner in a text.
    #[serde(flatten)]
    pub delimiter_in_data: DelimiterInData,
    /// A unit of measure that no table has.
    pub unknown_unit: UnknownUnit,
    /// Most decimals of a unit price. More are held, never rounded.
    pub price_decimals: u32,
    /// How the order number is written.
    pub order_number: OrderNumber,
    /// X12 qualifiers (element 235) of the item numbers to send, the wanted ones first.
    pub item_ids: Vec<String>,
}

impl Policy {
    /// Decimals of PRICE_PO in PeopleSoft, and so the most that can be there.
    pub const PRICE_DECIMALS: u32 = 5;

    /// Vendor's, buyer's and manufacturer's item number.
    pub const ITEM_IDS: [&str; 3] = ["VN", "BP", "MG"];
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            delimiter_in_data: DelimiterInData::Refuse,
            unknown_unit: UnknownUnit::Hold,
            price_decimals: Self::PRICE_DECIMALS,
            order_number: OrderNumber::PoId,
            item_ids: Self::ITEM_IDS.map(str::to_owned).to_vec(),
        }
    }
}

/// What is done about a delimiter of the partner in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "delimiter_in_data", rename_all = "snake_case")]
#[non_exhaustive]
pub enum DelimiterInData {
    /// The document is held.
    Refuse,
    /// The delimiter is replaced, and the replacement is reported.
    Replace {
        /// By this character.
        replacement: char,
    },
}

/// What is done about a unit of measure that no table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UnknownUnit {
    /// The document is held.
    Hold,
    /// It is sent as it is, if it has two characters and is not known to mean something else.
    Pass,
}

/// How the order number is written for the partner (BEG03).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OrderNumber {
    /// PO_ID alone. It is unique only within a business unit.
    PoId,
    /// BUSINESS_UNIT, a hyphen, PO_ID.
    BuPoId,
}
