//! Lines, distributions and payments of a voucher to be built.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::{
    BusinessUnit, ChartFields, ItemId, OrderSchedule, PaymentMethod, PsDate, ReceiptLineKey, SetId,
    ShipToId, UnitOfMeasure, VendorKey, serde_decimal, serde_decimal_option,
};

/// A line of a voucher to be built.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NewVoucherLine {
    /// Number of the line from 1 (`VOUCHER_LINE_NUM`).
    pub line_nbr: u32,
    /// What it comes to without charges (`MERCHANDISE_AMT`), at most three decimals.
    #[serde(with = "serde_decimal")]
    pub amount: Decimal,
    /// What was bought (`DESCR`, 30 characters).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The schedule of the order that it bills.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderSchedule>,
    /// The receipt that it bills.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<ReceiptLineKey>,
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
    /// SetID of the item (`ITM_SETID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_setid: Option<SetId>,
    /// The item (`INV_ITEM_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemId>,
    /// Where it was shipped to (`SHIPTO_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_to: Option<ShipToId>,
    /// A template of distributions at the site (`SPEEDCHART_KEY`, 10 characters).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_chart: Option<String>,
    /// What it is charged to; a line of an order takes the order's distributions unless it has its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub distributions: Vec<NewVoucherDistribution>,
    /// Further fields of the line, by their PeopleSoft names, as texts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl NewVoucherLine {
    /// A line of an amount.
    #[must_use]
    pub fn new(line_nbr: u32, amount: Decimal) -> Self {
        Self {
            line_nbr,
            amount,
            description: None,
            order: None,
            receipt: None,
            quantity: None,
            unit_of_measure: None,
            unit_price: None,
            item_setid: None,
            item: None,
            ship_to: None,
            speed_chart: None,
            distributions: Vec::new(),
            extra: BTreeMap::new(),
        }
    }
}

/// What a part of a line is charged to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NewVoucherDistribution {
    /// Number within the line from 1 (`DISTRIB_LINE_NUM`).
    pub number: u32,
    /// What of the line's amount is charged (`MERCHANDISE_AMT`), at most three decimals.
    #[serde(with = "serde_decimal")]
    pub amount: Decimal,
    /// What of the line's quantity is charged (`QTY_VCHR`), at most four decimals.
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub quantity: Option<Decimal>,
    /// The ledger's business unit (`BUSINESS_UNIT_GL`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gl_unit: Option<BusinessUnit>,
    /// The ChartFields.
    #[serde(default, skip_serializing_if = "ChartFields::is_empty")]
    pub chart_fields: ChartFields,
    /// What it is for (`DESCR`, 30 characters).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Further fields of the distribution, by their PeopleSoft names, as texts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl NewVoucherDistribution {
    /// A distribution of an amount to ChartFields.
    #[must_use]
    pub fn new(number: u32, amount: Decimal, chart_fields: ChartFields) -> Self {
        Self {
            number,
            amount,
            quantity: None,
            gl_unit: None,
            chart_fields,
            description: None,
            extra: BTreeMap::new(),
        }
    }
}

/// A scheduled payment of a voucher to be built.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NewVoucherPayment {
    /// Number of the payment from 1 (`PYMNT_CNT`).
    pub number: u32,
    /// What is to be paid (`PYMNT_GROSS_AMT`), at most three decimals.
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub gross_amount: Option<Decimal>,
    /// Day of the payment (`SCHEDULED_PAY_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_date: Option<PsDate>,
    /// How it is paid (`PYMNT_METHOD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<PaymentMethod>,
    /// Who is paid, where it is not the supplier itself (`REMIT_SETID`, `REMIT_VENDOR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remit_to: Option<VendorKey>,
    /// What the payee is told (`PYMNT_MESSAGE`, 70 characters).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// How it is handled (`PYMNT_HANDLING_CD`, 2 characters).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handling: Option<String>,
    /// Further fields of the payment, by their PeopleSoft names, as texts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl NewVoucherPayment {
    /// A payment that is left to the voucher's terms.
    #[must_use]
    pub fn new(number: u32) -> Self {
        Self {
            number,
            gross_amount: None,
            scheduled_date: None,
            method: None,
            remit_to: None,
            message: None,
            handling: None,
            extra: BTreeMap::new(),
        }
    }
}
