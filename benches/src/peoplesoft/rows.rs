//! An answer of the Query Access Service: order lines and schedules, 23 columns.

use std::fmt::Write as _;

/// An answer of at least so many bytes, and how many rows it has.
#[must_use]
pub fn query_answer(bytes: usize, seed: u64) -> (String, u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut rows = String::with_capacity(bytes + 2_000);
    let mut count = 0_u64;
    while rows.len() < bytes {
        if count > 0 {
            rows.push(',');
        }
        let (order, line) = (1_000 + count / 3, count % 3 + 1);
        count += 1;
        let (quantity, cents) = (random.u32(1..900), random.u32(100..99_999));
        // Writing to a text does not fail.
        let _ = write!(
            rows,
            r#"{{"attr:rownumber":{count},"A.BUSINESS_UNIT":"US001","A.PO_ID":"{order:010}","A.PO_DT":"2026-03-{:02}","A.PO_STATUS":"D","A.PO_TYPE":"GEN","A.DISP_METHOD":"EDX","A.VENDOR_SETID":"SHARE","A.VENDOR_ID":"{:010}","A.VNDR_LOC":"MAIN","A.CURRENCY_CD":"USD","A.PYMNT_TERMS_CD":"NET30","A.BUYER_ID":"VP1","A.LAST_DTTM_UPDATE":"2026-04-01T09:{:02}:{:02}","B.LINE_NBR":{line},"B.INV_ITEM_ID":"BOLT-{:05}","B.DESCR254_MIXED":"Hex bolt, zinc plated, \"metric\"","B.UNIT_OF_MEASURE":"EA","B.CANCEL_STATUS":"A","C.SCHED_NBR":1,"C.DUE_DT":"2026-05-01","C.QTY_PO":{quantity}.5,"C.PRICE_PO":{}.{:02},"C.MERCHANDISE_AMT":{}}}"#,
            count % 28 + 1,
            random.u32(1..40_000),
            count / 60 % 60,
            count % 60,
            random.u32(0..99_999),
            cents / 100,
            cents % 100,
            quantity * cents,
        );
    }
    let answer = format!(
        r#"{{"status":"success","data":{{"query":{{"numrows":{count},"queryname=":"EDI_PO_CHANGED","rows":[{rows}]}}}}}}"#
    );
    (answer, count)
}
