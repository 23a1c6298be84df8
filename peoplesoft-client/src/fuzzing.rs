//! What the fuzz targets call: readers of bytes from outside, with what must hold of any bytes.

use crate::model::{BillingInvoice, PurchaseOrder, Zone};
use crate::operation::page_of_rows;
use crate::profile::Profile;

/// Reads bytes as the answer of both queries, with a row limit that short answers reach.
pub fn query_answer(bytes: &[u8]) {
    const MAX_ROWS: u32 = 4;
    let profile = Profile::default();
    let Ok(rows) = crate::query::parse_answer(bytes, MAX_ROWS) else {
        return;
    };
    let zone = Zone::utc();
    if let Ok(page) = page_of_rows::<PurchaseOrder>(&rows, &profile.purchase_orders, &zone) {
        assert_eq!(page.next.is_some(), rows.truncated());
        assert!(page.items.len() <= rows.rows().len());
        for order in page.items.iter().flatten() {
            let json = serde_json::to_vec(order).unwrap_or_default();
            assert_eq!(
                serde_json::from_slice::<PurchaseOrder>(&json).ok().as_ref(),
                Some(order)
            );
        }
    }
    if let Ok(page) = page_of_rows::<BillingInvoice>(&rows, &profile.billing_invoices, &zone) {
        assert_eq!(page.next.is_some(), rows.truncated());
    }
}

/// Reads bytes as an error document of Integration Broker.
pub fn ib_response(bytes: &[u8]) {
    if let Some(fault) = crate::ib_response::parse(bytes) {
        assert!(fault.text().chars().count() <= 500);
        assert!(!fault.to_string().contains(char::is_control));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    const ANSWER: &str = r#"{"status":"success","data":{"query":{"numrows":1,"queryname=":"X","rows":[
        {"attr:rownumber":1,"A.BUSINESS_UNIT":"US001","A.PO_ID":"1","A.PO_DT":"2026-04-01","A.PO_STATUS":"D",
         "A.VENDOR_SETID":"SHARE","A.VENDOR_ID":"42","A.CURRENCY_CD":"USD","A.LAST_DTTM_UPDATE":"2026-04-01T09:00:00",
         "B.LINE_NBR":1,"B.UNIT_OF_MEASURE":"EA","C.SCHED_NBR":1,"C.DUE_DT":"2026-04-15","C.QTY_PO":1.5,
         "C.PRICE_PO":2,"C.MERCHANDISE_AMT":3}]}}}"#;
    const FAULT: &str = "<IBResponse type=\"error\"><MessageID>536</MessageID>\
                         <DefaultMessage>A &amp; B &#x41; <![CDATA[c]]> (158,536)</DefaultMessage></IBResponse>";

    /// A right answer with some of its bytes taken out and others put in.
    fn damaged(text: &'static str) -> impl Strategy<Value = Vec<u8>> {
        let edit = (
            0..text.len(),
            0..6_usize,
            proptest::collection::vec(any::<u8>(), 0..4),
        );
        proptest::collection::vec(edit, 0..4).prop_map(move |edits| {
            let mut bytes = text.as_bytes().to_vec();
            for (at, length, with) in edits {
                let start = at.min(bytes.len());
                let end = (start + length).min(bytes.len());
                bytes.splice(start..end, with);
            }
            bytes
        })
    }

    proptest! {
        #[test]
        fn damaged_answers_are_read_or_refused(bytes in damaged(ANSWER)) {
            super::query_answer(&bytes);
        }

        #[test]
        fn damaged_error_documents_are_read_or_refused(bytes in damaged(FAULT)) {
            super::ib_response(&bytes);
        }
    }
}
