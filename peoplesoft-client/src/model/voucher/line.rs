//! The lines of a voucher and what they are charged to.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::{
    AssetId, BusinessUnit, ChartFields, DistributionMethod, Flag, ItemId, OperatorId, PsDate,
    PurchaseOrderKey, ReceiptLineKey, ShipToId, UnitOfMeasure, serde_decimal, serde_decimal_option,
};

/// A schedule of an order, as vouchers and receipts refer to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OrderSchedule {
    /// The order.
    pub order: PurchaseOrderKey,
    /// The line (`LINE_NBR`); 0 where none is given.
    #[serde(default)]
    pub line_nbr: u32,
    /// The schedule (`SCHED_NBR`); 0 where none is given.
    #[serde(default)]
    pub sched_nbr: u32,
}

/// One line of a voucher.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VoucherLine {
    /// Number of the line (`VOUCHER_LINE_NUM`), up to five digits.
    pub line_nbr: u32,
    /// What the line comes to, at most three decimals (`MERCHANDISE_AMT`).
    #[serde(with = "serde_decimal")]
    pub amount: Decimal,
    /// The schedule of an order that it bills (`BUSINESS_UNIT_PO`, `PO_ID`, `LINE_NBR`, `SCHED_NBR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderSchedule>,
    /// The shipment that it bills (`BUSINESS_UNIT_RECV`, `RECEIVER_ID`, `RECV_LN_NBR`, `RECV_SHIP_SEQ_NBR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<ReceiptLineKey>,
    /// What is charged, in words (`DESCR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Quantity, at most four decimals (`QTY_VCHR`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub quantity: Option<Decimal>,
    /// Unit of the quantity (`UNIT_OF_MEASURE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_of_measure: Option<UnitOfMeasure>,
    /// Price of one unit, at most five decimals (`UNIT_PRICE`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub unit_price: Option<Decimal>,
    /// The item (`INV_ITEM_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemId>,
    /// How the line is matched (`MATCH_LINE_OPT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub match_option: Option<String>,
    /// Where the goods went (`SHIPTO_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_to: Option<ShipToId>,
    /// Who asked for them (`REQUESTOR_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requestor: Option<OperatorId>,
    /// What the line is shared out by (`DISTRIB_MTHD_FLG`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribution_method: Option<DistributionMethod>,
    /// The template of its distributions (`SPEEDCHART_KEY`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speedchart: Option<String>,
    /// Distributions in the order of their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub distributions: Vec<VoucherDistribution>,
    /// Line columns that the profile does not map, by the name in the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl VoucherLine {
    /// A line of an amount.
    #[must_use]
    pub fn new(line_nbr: u32, amount: Decimal) -> Self {
        Self {
            line_nbr,
            amount,
            order: None,
            receipt: None,
            description: None,
            quantity: None,
            unit_of_measure: None,
            unit_price: None,
            item: None,
            match_option: None,
            ship_to: None,
            requestor: None,
            distribution_method: None,
            speedchart: None,
            distributions: Vec::new(),
            extra: BTreeMap::new(),
        }
    }
}

/// One distribution of a line: a part of its amount and the ChartFields that it is charged to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VoucherDistribution {
    /// Number of the distribution (`DISTRIB_LINE_NUM`), up to five digits.
    pub distribution_nbr: u32,
    /// Its part of the amount, at most three decimals (`MERCHANDISE_AMT`).
    #[serde(with = "serde_decimal")]
    pub amount: Decimal,
    /// The cost objects.
    #[serde(default, skip_serializing_if = "ChartFields::is_empty")]
    pub chart_fields: ChartFields,
    /// Its part of the quantity, at most four decimals (`QTY_VCHR`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub quantity: Option<Decimal>,
    /// What is charged, in words (`DESCR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Business unit of the general ledger (`BUSINESS_UNIT_GL`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gl_business_unit: Option<BusinessUnit>,
    /// The distribution of the order that it draws on (`PO_DIST_LINE_NUM`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_distribution: Option<u32>,
    /// The distribution of the receipt that it draws on (`RECV_DIST_LINE_NUM`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt_distribution: Option<u32>,
    /// Day that the budget is checked for (`BUDGET_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget_date: Option<PsDate>,
    /// Entry event (`ENTRY_EVENT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry_event: Option<String>,
    /// Open item (`OPEN_ITEM_KEY`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_item: Option<String>,
    /// Whether an asset is made of it (`ASSET_FLG`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_assets: Option<Flag>,
    /// Business unit of that asset (`BUSINESS_UNIT_AM`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset_business_unit: Option<BusinessUnit>,
    /// That asset (`ASSET_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<AssetId>,
    /// Its profile (`PROFILE_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset_profile: Option<String>,
    /// Its type of cost (`COST_TYPE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_type: Option<String>,
    /// Distribution columns that the profile does not map, such as ChartFields of the site's own, by the
    /// name in the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl VoucherDistribution {
    /// A distribution of an amount to cost objects.
    #[must_use]
    pub fn new(distribution_nbr: u32, amount: Decimal, chart_fields: ChartFields) -> Self {
        Self {
            distribution_nbr,
            amount,
            chart_fields,
            quantity: None,
            description: None,
            gl_business_unit: None,
            order_distribution: None,
            receipt_distribution: None,
            budget_date: None,
            entry_event: None,
            open_item: None,
            to_assets: None,
            asset_business_unit: None,
            asset: None,
            asset_profile: None,
            cost_type: None,
            extra: BTreeMap::new(),
        }
    }
}
