//! A purchase order as PeopleSoft keeps it: header, lines, schedules.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::id::key_from_text;
use super::key::key_parts;
use super::{
    BusinessUnit, BuyerId, CancelStatus, CategoryId, ContractId, CurrencyCode, DispatchMethod,
    FreightTermsCode, InvalidId, ItemId, LocationCode, ManufacturerId, ManufacturerItemId,
    PaymentTermsCode, PoId, PoStatus, PoType, PostalAddress, PsDate, PsDateTime, SetId, ShipToId,
    ShipTypeId, UnitOfMeasure, VendorId, VendorItemId, VendorLocation, serde_decimal,
};

/// What names one purchase order: its business unit and its number, never one without the other.
///
/// Ordered as the query must order its rows: by business unit, then by number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PurchaseOrderKey {
    /// The owner of the order.
    pub business_unit: BusinessUnit,
    /// The number within the business unit.
    pub po_id: PoId,
}

impl PurchaseOrderKey {
    /// Checks both halves.
    ///
    /// # Errors
    ///
    /// [`InvalidId`] naming the half that is blank or too long.
    pub fn new(business_unit: impl AsRef<str>, po_id: impl AsRef<str>) -> Result<Self, InvalidId> {
        Ok(Self {
            business_unit: BusinessUnit::new(business_unit)?,
            po_id: PoId::new(po_id)?,
        })
    }
}

key_from_text!(PurchaseOrderKey);
key_parts!(PurchaseOrderKey {
    business_unit,
    po_id
});

impl std::fmt::Display for PurchaseOrderKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.business_unit, self.po_id)
    }
}

/// What names one supplier: the SetID that shares it and its number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct VendorKey {
    /// The SetID that owns the supplier (`VENDOR_SETID`).
    pub setid: SetId,
    /// The supplier (`VENDOR_ID`).
    pub vendor_id: VendorId,
}

impl VendorKey {
    /// Checks both halves.
    ///
    /// # Errors
    ///
    /// [`InvalidId`] naming the half that is blank or too long.
    pub fn new(setid: impl AsRef<str>, vendor_id: impl AsRef<str>) -> Result<Self, InvalidId> {
        Ok(Self {
            setid: SetId::new(setid)?,
            vendor_id: VendorId::new(vendor_id)?,
        })
    }
}

key_from_text!(VendorKey);
key_parts!(VendorKey { setid, vendor_id });

impl std::fmt::Display for VendorKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.setid, self.vendor_id)
    }
}

/// The person who placed the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Buyer {
    /// The operator id (`BUYER_ID`).
    pub id: BuyerId,
    /// Full name, where the query joins it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Telephone, where the query joins it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Mail address, where the query joins it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl Buyer {
    /// A buyer of whom nothing but the id is known.
    #[must_use]
    pub fn new(id: BuyerId) -> Self {
        Self {
            id,
            name: None,
            phone: None,
            email: None,
        }
    }
}

/// A purchase order: header, lines in line order, schedules in schedule order.
///
/// PeopleSoft keeps no total: the amount is the sum of the live schedules, see
/// [`merchandise_total`](Self::merchandise_total).
///
/// ```
/// use peoplesoft_client::model::*;
///
/// let mut order = PurchaseOrder::new(
///     PurchaseOrderKey::new("US001", "0000000123")?,
///     VendorKey::new("SHARE", "0000000042")?,
///     "2026-03-31".parse::<PsDate>()?,
///     CurrencyCode::new("USD")?,
/// );
/// order.status = PoStatus::Dispatched;
/// let mut line = PurchaseOrderLine::new(1, UnitOfMeasure::new("EA")?);
/// line.description = Some("Safety gloves".to_owned());
/// line.schedules.push(PurchaseOrderSchedule::new(
///     1,
///     "2026-04-15".parse::<PsDate>()?,
///     parse_decimal("12")?,
///     parse_decimal("3.25000")?,
/// ));
/// order.lines.push(line);
/// assert_eq!(order.merchandise_total(), parse_decimal("39")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PurchaseOrder {
    /// Business unit and number.
    pub key: PurchaseOrderKey,
    /// Date of the order (`PO_DT`).
    pub po_date: PsDate,
    /// Where the order stands (`PO_STATUS`).
    pub status: PoStatus,
    /// Kind of order (`PO_TYPE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub po_type: Option<PoType>,
    /// Number of the change order batch (`CHNG_ORD_BATCH`); 0 is the original order.
    #[serde(default)]
    pub change_order_batch: u32,
    /// How the order reaches the supplier (`DISP_METHOD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch_method: Option<DispatchMethod>,
    /// The supplier.
    pub vendor: VendorKey,
    /// The supplier's location (`VNDR_LOC`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_location: Option<VendorLocation>,
    /// The supplier's name and address, where the query joins them.
    #[serde(default, skip_serializing_if = "PostalAddress::is_empty")]
    pub vendor_address: PostalAddress,
    /// Who placed the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer: Option<Buyer>,
    /// Currency of the order (`CURRENCY_CD`).
    pub currency: CurrencyCode,
    /// Payment terms (`PYMNT_TERMS_CD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_terms: Option<PaymentTermsCode>,
    /// Freight terms (`FREIGHT_TERMS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freight_terms: Option<FreightTermsCode>,
    /// Way of shipping (`SHIP_TYPE_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_via: Option<ShipTypeId>,
    /// The buyer's free reference (`PO_REF`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub po_ref: Option<String>,
    /// Contract that the order draws on (`CNTRCT_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<ContractId>,
    /// Location that the invoice goes to (`BILL_LOCATION`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_to: Option<LocationCode>,
    /// Name and address of that location, where the query joins them.
    #[serde(default, skip_serializing_if = "PostalAddress::is_empty")]
    pub bill_to_address: PostalAddress,
    /// Last change, in the profile's zone (`LAST_DTTM_UPDATE`).
    pub last_updated: PsDateTime,
    /// Lines in line order.
    pub lines: Vec<PurchaseOrderLine>,
    /// Header columns that the profile does not map, by the name in the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl PurchaseOrder {
    /// An order without lines, in status [`PoStatus::Initial`], last changed at the start of its date.
    #[must_use]
    pub fn new(
        key: PurchaseOrderKey,
        vendor: VendorKey,
        po_date: PsDate,
        currency: CurrencyCode,
    ) -> Self {
        Self {
            key,
            po_date,
            status: PoStatus::Initial,
            po_type: None,
            change_order_batch: 0,
            dispatch_method: None,
            vendor,
            vendor_location: None,
            vendor_address: PostalAddress::default(),
            buyer: None,
            currency,
            payment_terms: None,
            freight_terms: None,
            ship_via: None,
            po_ref: None,
            contract: None,
            bill_to: None,
            bill_to_address: PostalAddress::default(),
            last_updated: po_date.at_midnight(),
            lines: Vec::new(),
            extra: BTreeMap::new(),
        }
    }

    /// Sum of the merchandise amounts of schedules that are not canceled or denied, on such lines.
    ///
    /// Tax, freight and site rules are not in it.
    #[must_use]
    pub fn merchandise_total(&self) -> Decimal {
        self.lines
            .iter()
            .filter(|line| alive(line.cancel_status.as_ref()))
            .flat_map(|line| &line.schedules)
            .filter(|schedule| alive(schedule.cancel_status.as_ref()))
            .fold(Decimal::ZERO, |sum, schedule| {
                sum.saturating_add(schedule.merchandise_amount)
            })
    }
}

fn alive(status: Option<&CancelStatus>) -> bool {
    !matches!(status, Some(CancelStatus::Canceled | CancelStatus::Denied))
}

/// One line of a purchase order: what is bought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PurchaseOrderLine {
    /// Number of the line (`LINE_NBR`), up to five digits.
    pub line_nbr: u32,
    /// The supplier's item (`ITM_ID_VNDR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_item: Option<VendorItemId>,
    /// The buyer's own item (`INV_ITEM_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemId>,
    /// The manufacturer (`MFG_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manufacturer: Option<ManufacturerId>,
    /// The manufacturer's item (`MFG_ITM_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manufacturer_item: Option<ManufacturerItemId>,
    /// What is bought, in words, up to 254 characters (`DESCR254_MIXED`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Unit of every quantity of the line (`UNIT_OF_MEASURE`).
    pub unit_of_measure: UnitOfMeasure,
    /// Purchasing category (`CATEGORY_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// Whether the line is alive (`CANCEL_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_status: Option<CancelStatus>,
    /// Schedules in schedule order.
    pub schedules: Vec<PurchaseOrderSchedule>,
    /// Line columns that the profile does not map, by the name in the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl PurchaseOrderLine {
    /// A line without schedules.
    #[must_use]
    pub fn new(line_nbr: u32, unit_of_measure: UnitOfMeasure) -> Self {
        Self {
            line_nbr,
            vendor_item: None,
            item: None,
            manufacturer: None,
            manufacturer_item: None,
            description: None,
            unit_of_measure,
            category: None,
            cancel_status: None,
            schedules: Vec::new(),
            extra: BTreeMap::new(),
        }
    }
}

/// One schedule of a line: how much, where to, by when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PurchaseOrderSchedule {
    /// Number of the schedule (`SCHED_NBR`), up to three digits.
    pub sched_nbr: u32,
    /// Day that the goods are due (`DUE_DT`).
    pub due_date: PsDate,
    /// Where the goods go (`SHIPTO_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_to: Option<ShipToId>,
    /// Name and address of that place, where the query joins them.
    #[serde(default, skip_serializing_if = "PostalAddress::is_empty")]
    pub ship_to_address: PostalAddress,
    /// Quantity in the line's unit, at most four decimals (`QTY_PO`).
    #[serde(with = "serde_decimal")]
    pub quantity: Decimal,
    /// Price of one unit, at most five decimals (`PRICE_PO`).
    #[serde(with = "serde_decimal")]
    pub price: Decimal,
    /// Quantity times price as PeopleSoft rounded it, at most three decimals (`MERCHANDISE_AMT`).
    #[serde(with = "serde_decimal")]
    pub merchandise_amount: Decimal,
    /// Currency of the schedule, where it has its own column (`CURRENCY_CD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<CurrencyCode>,
    /// Whether the schedule is alive (`CANCEL_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_status: Option<CancelStatus>,
    /// Schedule columns that the profile does not map, by the name in the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl PurchaseOrderSchedule {
    /// A schedule whose amount is quantity times price, halves rounded away from zero to three decimals.
    #[must_use]
    pub fn new(sched_nbr: u32, due_date: PsDate, quantity: Decimal, price: Decimal) -> Self {
        let merchandise_amount = quantity
            .saturating_mul(price)
            .round_dp_with_strategy(3, RoundingStrategy::MidpointAwayFromZero);
        Self {
            sched_nbr,
            due_date,
            ship_to: None,
            ship_to_address: PostalAddress::default(),
            quantity,
            price,
            merchandise_amount,
            currency: None,
            cancel_status: None,
            extra: BTreeMap::new(),
        }
    }
}
