//! What the fuzz targets call: readers of bytes from outside, with what must hold of any bytes.

use std::collections::BTreeMap;

use crate::model::{BillingInvoice, Payment, PurchaseOrder, ReceiptLine, Voucher, Zone};
use crate::operation::page_of_rows;
use crate::profile::Profile;
use crate::query::{FieldMap, QueryFormat};
use crate::rowset;

/// Reads bytes as the answer of several queries, with a row limit that short answers reach: as XMLP where
/// they begin like XML, else as JSON.
pub fn query_answer(bytes: &[u8]) {
    const MAX_ROWS: u32 = 4;
    let format = match bytes.trim_ascii_start().first() {
        Some(b'<') => QueryFormat::Xmlp,
        _ => QueryFormat::Json,
    };
    let whole = crate::query::parse(format, bytes, MAX_ROWS);
    // Pieces of a few bytes each, and of a size that the answer itself draws.
    let size = bytes
        .iter()
        .fold(1_usize, |size, byte| size.wrapping_add(usize::from(*byte)))
        % 61;
    let pieces = crate::query::parse_in_pieces(format, bytes, MAX_ROWS, &[3, size + 1, 1]);
    match (&whole, &pieces) {
        (Ok(whole), Ok(pieces)) => assert_eq!(whole, pieces),
        (Err(whole), Err(pieces)) => assert_eq!(whole.kind(), pieces.kind()),
        _ => assert_eq!(whole.is_ok(), pieces.is_ok()),
    }
    let Ok(rows) = whole else {
        return;
    };
    for row in rows.rows() {
        let _ = row.decode::<BTreeMap<&str, &str>>(&FieldMap::new());
    }
    let profile = Profile::default();
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
    if let Ok(page) = page_of_rows::<Voucher>(&rows, &profile.vouchers, &zone) {
        assert_eq!(page.next.is_some(), rows.truncated());
        for voucher in page.items.iter().flatten() {
            let json = serde_json::to_vec(voucher).unwrap_or_default();
            assert_eq!(
                serde_json::from_slice::<Voucher>(&json).ok().as_ref(),
                Some(voucher)
            );
        }
    }
    if let Ok(page) = page_of_rows::<Payment>(&rows, &profile.payments, &zone) {
        assert_eq!(page.next.is_some(), rows.truncated());
    }
    if let Ok(page) = page_of_rows::<ReceiptLine>(&rows, &profile.receipts, &zone) {
        assert_eq!(page.next.is_some(), rows.truncated());
    }
}

/// Reads bytes as an answer of a component interface, XML or JSON: what is read can be written and read
/// again.
pub fn component_answer(bytes: &[u8]) {
    use crate::component_interface::{
        Names, read_json, read_xml, verdict_of, write_json, write_xml,
    };
    if let Ok(Some((_, buffer))) = read_xml(bytes) {
        verdict_of(&buffer);
        if let Ok(xml) = write_xml("Get", "urn:m", &buffer, &Names::default()) {
            let again = read_xml(&xml).ok().flatten().map(|(_, again)| again);
            // A text beside elements is nobody's; the rest has to come back as it was.
            assert_eq!(again.as_ref(), Some(&buffer));
        }
    }
    if let Ok(buffer) = read_json(bytes, "row") {
        verdict_of(&buffer);
        let json = write_json(&buffer, &Names::default(), &[], "");
        assert!(read_json(json.as_bytes(), "").is_ok());
    }
    let _ = crate::component_interface::Contract::read(bytes);
}

/// Reads bytes as an error document of Integration Broker, in XML and in JSON.
pub fn ib_response(bytes: &[u8]) {
    let in_xml = crate::ib_response::parse(bytes);
    // One document is an error or a success, never both.
    assert!(in_xml.is_none() || crate::ib_response::transaction_id(bytes).is_none());
    for fault in in_xml
        .into_iter()
        .chain(crate::ib_response::parse_json(bytes))
    {
        is_presentable(&fault);
    }
}

/// Reads bytes as a SOAP answer, and puts what it holds into an envelope again.
pub fn soap_envelope(bytes: &[u8]) {
    if let Some(fault) = crate::soap::fault(bytes) {
        is_presentable(&fault.into_fault());
    }
    let Ok(envelope) = crate::soap::unwrap(bytes) else {
        return;
    };
    let content = bytes.get(envelope.content).unwrap_or_default();
    let again = crate::soap::wrap(envelope.version, None, content);
    let found = crate::soap::unwrap(&again).map(|found| (found.version, again.get(found.content)));
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    assert_eq!(found, Ok((envelope.version, Some(content))));
}

fn is_presentable(fault: &crate::error::Fault) {
    for text in std::iter::once(fault.text()).chain(fault.details().iter().map(String::as_str)) {
        assert!(text.chars().count() <= 500);
        assert!(!text.contains(char::is_control));
    }
    assert!(!fault.to_string().contains(char::is_control));
}

/// Reads bytes as a rowset message, in one piece and in pieces of three, and writes what was read.
pub fn rowset(bytes: &[u8]) {
    let whole = read_all(rowset::Reader::from_slice(bytes, rowset_options()));
    let pieces = read_all(rowset::Reader::new(Pieces(bytes), rowset_options()));
    assert_eq!(whole, pieces);
    let Ok(transactions) = whole else {
        return;
    };
    let mut message = rowset::Message::new("M");
    for rows in &transactions {
        message = message.transaction(rows.clone(), rowset::Pscama::default());
    }
    // Names that a message may have and a PeopleSoft record may not, and the like, are not written.
    let Ok(xml) = message.to_xml(&rowset::WriteOptions::default()) else {
        return;
    };
    let again = rowset::Reader::from_slice(xml.as_bytes(), rowset_options());
    assert_eq!(read_all(again), Ok(transactions));
}

fn rowset_options() -> rowset::ReadOptions {
    rowset::ReadOptions::default()
        .any_case(true)
        .parts(true)
        .keep_blanks(true)
}

fn read_all<S: rowset::Source>(
    mut reader: rowset::Reader<S>,
) -> Result<Vec<Vec<rowset::NewRow>>, crate::ErrorKind> {
    let mut all = Vec::new();
    while let Some(transaction) = reader.next_transaction().map_err(|error| error.kind())? {
        let rows = transaction
            .rows()
            .map(|row| rowset::NewRow::from(row).action(None));
        all.push(rows.collect());
    }
    Ok(all)
}

/// Gives three bytes at a time.
struct Pieces<'a>(&'a [u8]);

impl std::io::Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let (now, later) = self.0.split_at(self.0.len().min(3));
        self.0 = later;
        if let Some(out) = out.get_mut(..now.len()) {
            out.copy_from_slice(now);
        }
        Ok(now.len())
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
    const VOUCHERS: &str = r#"{"status":"success","data":{"query":{"numrows":1,"queryname=":"X","rows":[
        {"attr:rownumber":1,"A.BUSINESS_UNIT":"US001","A.VOUCHER_ID":"1","A.INVOICE_ID":"I-1","A.INVOICE_DT":"2026-04-01",
         "A.VENDOR_SETID":"SHARE","A.VENDOR_ID":"42","A.ENTRY_STATUS":"P","A.GROSS_AMT":3.5,"A.TXN_CURRENCY_CD":"USD",
         "A.LAST_UPDATE_DT":"2026-04-01","B.VOUCHER_LINE_NUM":1,"B.MERCHANDISE_AMT":3.5,"B.PO_ID":"7",
         "B.BUSINESS_UNIT_PO":"US001","C.DISTRIB_LINE_NUM":1,"C.MERCHANDISE_AMT":3.5,"C.ACCOUNT":"640000"}]}}}"#;
    const XMLP: &str = "<?xml version=\"1.0\"?><query numrows=\"2\" queryname=\"X\"><row rownumber=\"1\">\
        <A.PO_ID><![CDATA[1]]></A.PO_ID><N>1.50</N><E/></row><row><A.PO_ID>&lt;&#65;</A.PO_ID></row></query>";
    const COMPONENT: &str = "<m:Create__CompIntfc__XResponse xmlns:m='urn:m'><m:notification>0</m:notification>\
        <m:detail><m:X><m:KEYPROP_A>1 &amp; 2</m:KEYPROP_A></m:X><m:messages><m:type>Error</m:type>\
        <m:messagetext>No.</m:messagetext></m:messages></m:detail></m:Create__CompIntfc__XResponse>";
    const CIRT: &str =
        r#"{"notification":"1","detail":{"X":[{"A":1.50,"B":{"row":[{"C":null}]}}]}}"#;
    const FAULT: &str = "<IBResponse type=\"error\"><MessageID>536</MessageID>\
                         <DefaultMessage>A &amp; B &#x41; <![CDATA[c]]> (158,536)</DefaultMessage></IBResponse>";

    const ROWSET: &str = "<?xml version='1.0'?><M><FieldTypes><R class='R'><F type='CHAR'/><N type='NUMBER'/></R></FieldTypes>\
        <MsgData><Transaction><R class='R'><F>a &amp; b</F><N>1.5</N><S class='R'><G>&#65;<![CDATA[<]]></G></S>\
        <PSCAMA class='R'><AUDIT_ACTN>C</AUDIT_ACTN></PSCAMA></R><PSCAMA class='R'><AUDIT_ACTN>A</AUDIT_ACTN></PSCAMA>\
        </Transaction><Transaction><R class='R'><F>c</F><N>2</N></R></Transaction></MsgData></M>";

    const ENVELOPE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\">\
                            <e:Header><x a=\"1\"/></e:Header><e:Body> <m:R xmlns:m=\"u\">a &amp; b<![CDATA[<c>]]></m:R>\
                            <!-- d --></e:Body></e:Envelope>";
    const SOAP_FAULT: &str = "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><e:Fault>\
                              <faultcode>e:Server</faultcode><faultstring>null (158,1)</faultstring><detail>\
                              <IBResponse type=\"error\"><MessageID>9</MessageID></IBResponse></detail></e:Fault></e:Body></e:Envelope>";

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
        fn damaged_answers_of_vouchers_are_read_or_refused(bytes in damaged(VOUCHERS)) {
            super::query_answer(&bytes);
        }

        #[test]
        fn damaged_messages_are_read_or_refused(bytes in damaged(ROWSET)) {
            super::rowset(&bytes);
        }

        #[test]
        fn damaged_answers_in_xml_are_read_or_refused(bytes in damaged(XMLP)) {
            super::query_answer(&bytes);
        }

        #[test]
        fn damaged_components_are_read_or_refused(xml in damaged(COMPONENT), json in damaged(CIRT)) {
            super::component_answer(&xml);
            super::component_answer(&json);
        }

        #[test]
        fn damaged_envelopes_are_read_or_refused(bytes in damaged(ENVELOPE)) {
            super::soap_envelope(&bytes);
        }

        #[test]
        fn damaged_soap_faults_are_read_or_refused(bytes in damaged(SOAP_FAULT)) {
            super::soap_envelope(&bytes);
            super::ib_response(&bytes);
        }

        #[test]
        fn damaged_error_documents_are_read_or_refused(bytes in damaged(FAULT)) {
            super::ib_response(&bytes);
        }
    }
}
