//! The lines of a purchase order and their schedules.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::PurchaseOrderDistribution;
use crate::model::{
    BalanceStatus, BusinessUnit, CancelStatus, CarrierId, CategoryId, ChangeStatus, ContractId,
    CurrencyCode, DistributionMethod, Flag, FreightTermsCode, ItemId, ManufacturerId,
    ManufacturerItemId, PostalAddress, PriceDateType, PsDate, QuantityType, SetId, ShipToId,
    ShipTypeId, UnitOfMeasure, VendorItemId, serde_decimal, serde_decimal_option,
};

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
    /// Whether a change order touched the line (`CHANGE_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_status: Option<ChangeStatus>,
    /// Number of its last change (`CHNG_ORD_SEQ`).
    #[serde(default)]
    pub change_order_seq: u32,
    /// The SetID of the item (`ITM_SETID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_setid: Option<SetId>,
    /// The supplier's catalog (`VNDR_CATALOG_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_catalog: Option<String>,
    /// Contract that the line draws on (`CNTRCT_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<ContractId>,
    /// Line of that contract (`CNTRCT_LINE_NBR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_line: Option<u32>,
    /// Release of that contract (`RELEASE_NBR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_release: Option<u32>,
    /// What the quantity of price breaks is counted over (`QTY_TYPE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity_type: Option<QuantityType>,
    /// Which day the price is taken from (`PRICE_DT_TYPE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_date_type: Option<PriceDateType>,
    /// Whether an amount is ordered and no quantity (`AMT_ONLY_FLG`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_only: Option<Flag>,
    /// Whether what comes is inspected (`INSPECT_CD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspection: Option<Flag>,
    /// Whether what comes has to be received (`RECV_REQ`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiving: Option<String>,
    /// Goods or services (`PHYSICAL_NATURE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub physical_nature: Option<String>,
    /// Configuration of the item (`CONFIG_CODE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration: Option<String>,
    /// Universal product number (`UPN_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_number: Option<String>,
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
            change_status: None,
            change_order_seq: 0,
            item_setid: None,
            vendor_catalog: None,
            contract: None,
            contract_line: None,
            contract_release: None,
            quantity_type: None,
            price_date_type: None,
            amount_only: None,
            inspection: None,
            receiving: None,
            physical_nature: None,
            configuration: None,
            product_number: None,
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
    /// Whether a change order touched the schedule (`CHANGE_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_status: Option<ChangeStatus>,
    /// Time of day that the goods are due, as the query shows it (`DUE_TIME`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_time: Option<String>,
    /// Day that the supplier promised at first (`ORIG_PROM_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise_date: Option<PsDate>,
    /// Day that the goods leave (`SHIP_DATE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_date: Option<PsDate>,
    /// The SetID of the ship-to location (`SHIPTO_SETID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_to_setid: Option<SetId>,
    /// Freight terms (`FREIGHT_TERMS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freight_terms: Option<FreightTermsCode>,
    /// Way of shipping (`SHIP_TYPE_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_via: Option<ShipTypeId>,
    /// The carrier (`CARRIER_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<CarrierId>,
    /// Price in the base currency, at most five decimals (`PRICE_PO_BSE`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub base_price: Option<Decimal>,
    /// Amount in the base currency, at most three decimals (`MERCH_AMT_BSE`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub base_amount: Option<Decimal>,
    /// From the unit of the line to that of the item, at most eight decimals (`CONVERSION_RATE`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub conversion_rate: Option<Decimal>,
    /// Whether the price was set by hand (`CUSTOM_PRICE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_price: Option<Flag>,
    /// Whether a price of nothing is meant (`ZERO_PRICE_IND`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zero_price: Option<Flag>,
    /// Whether the distributions add up to it (`BAL_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance_status: Option<BalanceStatus>,
    /// What it is shared out by (`DISTRIB_MTHD_FLG`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribution_method: Option<DistributionMethod>,
    /// How far it is matched (`MATCH_STATUS_LN_PO`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub match_status: Option<String>,
    /// Business unit of inventory that the goods go to (`BUSINESS_UNIT_IN`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inventory_business_unit: Option<BusinessUnit>,
    /// Revision of the item (`REVISION`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// Distributions in the order of their numbers: which cost objects the amount is charged to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub distributions: Vec<PurchaseOrderDistribution>,
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
            change_status: None,
            due_time: None,
            promise_date: None,
            ship_date: None,
            ship_to_setid: None,
            freight_terms: None,
            ship_via: None,
            carrier: None,
            base_price: None,
            base_amount: None,
            conversion_rate: None,
            custom_price: None,
            zero_price: None,
            balance_status: None,
            distribution_method: None,
            match_status: None,
            inventory_business_unit: None,
            revision: None,
            distributions: Vec::new(),
            extra: BTreeMap::new(),
        }
    }
}
