//! A purchase order as PeopleSoft keeps it: header, lines, schedules, distributions.

mod change;
mod distribution;
mod line;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::id::key_from_text;
use super::key::key_parts;
use super::{
    AcknowledgmentStatus, BudgetStatus, BusinessUnit, BuyerId, CancelStatus, ChangeStatus,
    ContractId, CurrencyCode, DispatchMethod, Flag, FreightTermsCode, InvalidId, LocationCode,
    MatchRuleId, OperatorId, OriginCode, PaymentTermsCode, PoId, PoStatus, PoType, PostalAddress,
    PsDate, PsDateTime, RateType, ReceiptStatus, SetId, ShipTypeId, VendorId, VendorLocation,
    serde_decimal_option,
};

pub use change::{OrderChange, OrderPlace};
pub use distribution::{PlacedDistribution, PurchaseOrderDistribution, PurchaseOrderDistributions};
pub use line::{PurchaseOrderLine, PurchaseOrderSchedule};

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

/// A purchase order: header, lines in line order, schedules in schedule order, and of each schedule the
/// distributions, where the query joins them or a second query reads them.
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
    /// Number of the last change within the batch (`CHNG_ORD_SEQ`).
    #[serde(default)]
    pub change_order_seq: u32,
    /// Whether a change order touched the header (`CHANGE_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_status: Option<ChangeStatus>,
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
    /// Whether the order is held (`HOLD_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_hold: Option<Flag>,
    /// How far the order has been received (`RECV_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt_status: Option<ReceiptStatus>,
    /// How far the supplier's acknowledgment has come (`POA_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledgment_status: Option<AcknowledgmentStatus>,
    /// What dispatching it next would do (`DISP_ACTION`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch_action: Option<String>,
    /// Whether its vouchers are matched (`MATCH_ACTION`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub match_action: Option<String>,
    /// The rules that they are matched by (`MATCH_CNTRL_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub match_rule: Option<MatchRuleId>,
    /// How far the order is matched (`MATCH_STATUS_PO`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub match_status: Option<String>,
    /// What the budget check said (`BUDGET_HDR_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget_status: Option<BudgetStatus>,
    /// Whether its commitment is posted (`PO_POST_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_status: Option<String>,
    /// Where the order came from (`ORIGIN`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<OriginCode>,
    /// Business unit of the general ledger (`BUSINESS_UNIT_GL`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gl_business_unit: Option<BusinessUnit>,
    /// Day that it counts for in the ledger (`ACCOUNTING_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounting_date: Option<PsDate>,
    /// Day that it was entered (`ENTERED_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entered_date: Option<PsDate>,
    /// Who entered it (`OPRID_ENTERED_BY`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entered_by: Option<OperatorId>,
    /// Day that it was approved (`APPROVAL_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_date: Option<PsDate>,
    /// Who approved it (`OPRID_APPROVED_BY`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<OperatorId>,
    /// Who changed it last (`OPRID_MODIFIED_BY`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_by: Option<OperatorId>,
    /// Number of the supplier's address (`ADDRESS_SEQ_NUM`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_address_seq: Option<u32>,
    /// Number of the supplier's contact (`CNTCT_SEQ_NUM`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_contact_seq: Option<u32>,
    /// Who to ask about the order (`CONTACT_NAME`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_name: Option<String>,
    /// Their telephone (`CONTACT_PHONE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_phone: Option<String>,
    /// Whether no sales tax is due (`TAX_EXEMPT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_exempt: Option<Flag>,
    /// Whether it is paid before delivery (`PREPAID_PO_FLG`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prepaid: Option<Flag>,
    /// What is paid before delivery (`PREPAID_AMT`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub prepaid_amount: Option<Decimal>,
    /// Currency of the base amounts (`CURRENCY_CD_BASE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_currency: Option<CurrencyCode>,
    /// Type of the exchange rate to it (`RT_TYPE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_type: Option<RateType>,
    /// Day of that rate (`RATE_DATE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_date: Option<PsDate>,
    /// What amounts are multiplied by to get there, at most eight decimals (`RATE_MULT`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub rate_multiplier: Option<Decimal>,
    /// What they are divided by, at most eight decimals (`RATE_DIV`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub rate_divisor: Option<Decimal>,
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
            change_order_seq: 0,
            change_status: None,
            on_hold: None,
            receipt_status: None,
            acknowledgment_status: None,
            dispatch_action: None,
            match_action: None,
            match_rule: None,
            match_status: None,
            budget_status: None,
            post_status: None,
            origin: None,
            gl_business_unit: None,
            accounting_date: None,
            entered_date: None,
            entered_by: None,
            approval_date: None,
            approved_by: None,
            modified_by: None,
            vendor_address_seq: None,
            vendor_contact_seq: None,
            contact_name: None,
            contact_phone: None,
            tax_exempt: None,
            prepaid: None,
            prepaid_amount: None,
            base_currency: None,
            rate_type: None,
            rate_date: None,
            rate_multiplier: None,
            rate_divisor: None,
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
