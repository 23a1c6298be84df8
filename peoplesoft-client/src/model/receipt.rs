//! What was received of a purchase order, shipment line by shipment line.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::key::key_with_slashes;
use super::{
    BusinessUnit, CurrencyCode, InvalidId, InvoiceId, OrderSchedule, PsDate, PsDateTime,
    ReceiptStatus, ReceiverId, ShipToId, UnitOfMeasure, VendorKey, serde_decimal_option,
};

/// What names one shipment line of a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReceiptLineKey {
    /// The owner of the receipt.
    pub business_unit: BusinessUnit,
    /// The number of the receipt within the business unit.
    pub receiver_id: ReceiverId,
    /// The line (`RECV_LN_NBR`).
    pub line_nbr: u32,
    /// The shipment within the line (`RECV_SHIP_SEQ_NBR`).
    pub shipment_nbr: u32,
}

impl ReceiptLineKey {
    /// Checks the two texts.
    ///
    /// # Errors
    ///
    /// [`InvalidId`] naming the part that is blank or too long.
    pub fn new(
        business_unit: impl AsRef<str>,
        receiver_id: impl AsRef<str>,
        line_nbr: u32,
        shipment_nbr: u32,
    ) -> Result<Self, InvalidId> {
        Ok(Self {
            business_unit: BusinessUnit::new(business_unit)?,
            receiver_id: ReceiverId::new(receiver_id)?,
            line_nbr,
            shipment_nbr,
        })
    }
}

key_with_slashes!(ReceiptLineKey {
    business_unit,
    receiver_id,
    line_nbr,
    shipment_nbr
});

/// One shipment line of a receipt (`RECV_LN_SHIP`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReceiptLine {
    /// The receipt, the line and the shipment.
    pub key: ReceiptLineKey,
    /// How far the shipment has come (`RECV_SHIP_STATUS`).
    pub status: ReceiptStatus,
    /// The schedule of an order that it fills (`BUSINESS_UNIT_PO`, `PO_ID`, `LINE_NBR`, `SCHED_NBR`);
    /// nothing for a receipt without an order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderSchedule>,
    /// The supplier, where the query joins the header of the receipt (`VENDOR_SETID`, `VENDOR_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<VendorKey>,
    /// What came, at most four decimals (`QTY_SH_RECVD`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub received_quantity: Option<Decimal>,
    /// What of it was accepted (`QTY_SH_ACCPT`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub accepted_quantity: Option<Decimal>,
    /// What of it was rejected (`QTY_SH_REJCT`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub rejected_quantity: Option<Decimal>,
    /// What of it was returned (`QTY_SH_RTN`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub returned_quantity: Option<Decimal>,
    /// What of it was inspected (`QTY_SH_INSPD`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub inspected_quantity: Option<Decimal>,
    /// What remains, in the supplier's unit (`QTY_SH_NETRCV_VUOM`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub net_quantity: Option<Decimal>,
    /// Unit of the other quantities (`RECEIVE_UOM`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_of_measure: Option<UnitOfMeasure>,
    /// When it came, in the profile's zone (`RECEIPT_DTTM`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<PsDateTime>,
    /// Day that it was due (`DUE_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_date: Option<PsDate>,
    /// Price of the order, at most five decimals (`PRICE_PO`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub order_price: Option<Decimal>,
    /// Price of the receipt, at most five decimals (`PRICE_RECV`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub receipt_price: Option<Decimal>,
    /// What it comes to, at most three decimals (`MERCHANDISE_AMT`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub amount: Option<Decimal>,
    /// The same in the currency of the order (`MERCHANDISE_AMT_PO`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub order_amount: Option<Decimal>,
    /// Currency of the amount (`CURRENCY_CD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<CurrencyCode>,
    /// Whether it is matched (`MATCH_LINE_FLG`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub match_flag: Option<String>,
    /// How far its inspection has come (`INSPECT_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspection_status: Option<String>,
    /// Why some of it was rejected (`REJECT_REASON`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reject_reason: Option<String>,
    /// What allows its return (`RMA_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_authorization: Option<String>,
    /// Packing slip (`PACKSLIP_NO`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packing_slip: Option<String>,
    /// Bill of lading (`BILL_OF_LADING`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_of_lading: Option<String>,
    /// The invoice that came with it (`INVOICE_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_id: Option<InvoiceId>,
    /// Where it went (`SHIPTO_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_to: Option<ShipToId>,
    /// Whether inventory has it (`MOVE_STAT_INV`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inventory_status: Option<String>,
    /// Whether asset management has it (`MOVE_STAT_AM`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset_status: Option<String>,
    /// Whether manufacturing has it (`MOVE_STAT_MFG`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manufacturing_status: Option<String>,
    /// How far evaluated receipt settlement has come (`ERS_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ers_status: Option<String>,
    /// What links it to the message that loaded it (`EIP_CTL_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eip_control_id: Option<String>,
    /// Last change, in the profile's zone, where the query joins the header of the receipt
    /// (`LAST_DTTM_UPDATE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_updated: Option<PsDateTime>,
    /// Columns that the profile does not map, by the name in the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl ReceiptLine {
    /// A shipment that has been received, of which nothing more is known.
    #[must_use]
    pub fn new(key: ReceiptLineKey) -> Self {
        Self {
            key,
            status: ReceiptStatus::Received,
            order: None,
            vendor: None,
            received_quantity: None,
            accepted_quantity: None,
            rejected_quantity: None,
            returned_quantity: None,
            inspected_quantity: None,
            net_quantity: None,
            unit_of_measure: None,
            received_at: None,
            due_date: None,
            order_price: None,
            receipt_price: None,
            amount: None,
            order_amount: None,
            currency: None,
            match_flag: None,
            inspection_status: None,
            reject_reason: None,
            return_authorization: None,
            packing_slip: None,
            bill_of_lading: None,
            invoice_id: None,
            ship_to: None,
            inventory_status: None,
            asset_status: None,
            manufacturing_status: None,
            ers_status: None,
            eip_control_id: None,
            last_updated: None,
            extra: BTreeMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{InvalidKey, RecordKey};

    #[test]
    fn a_key_is_read_as_it_is_shown() {
        let key = ReceiptLineKey::new("US001", "0000000009", 2, 1).unwrap();
        assert_eq!(key.to_string(), "US001/0000000009/2/1");
        assert_eq!(key.to_string().parse(), Ok(key.clone()));
        assert_eq!(key.texts(), ["US001", "0000000009", "2", "1"]);
        let wrong = |text: &str| {
            text.parse::<ReceiptLineKey>()
                .map_err(|e: InvalidKey| e.to_string())
        };
        insta::assert_snapshot!(wrong("US001/9/x/1").unwrap_err(), @"part 3 of the key: found `x`, expected a whole number from 0");
        insta::assert_snapshot!(wrong("US001/9/1").unwrap_err(), @"part 4 of the key: found ``, expected a whole number from 0");
        let long = ReceiptLineKey::from_texts(&["US001", "9", "1", "1", "x"]).unwrap_err();
        insta::assert_snapshot!(long, @"part 5 of the key: found `x`, expected no further part");
    }

    #[test]
    fn numbers_are_ordered_as_numbers() {
        let key = |line| ReceiptLineKey::new("US001", "9", line, 1).unwrap();
        assert!(key(2) < key(10));
    }
}
