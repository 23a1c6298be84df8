//! Right answers with some of their bytes changed, as the fuzz targets begin.

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
const CIRT: &str = r#"{"notification":"1","detail":{"X":[{"A":1.50,"B":{"row":[{"C":null}]}}]}}"#;
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
    fn damaged_messages_of_suppliers_are_read_or_refused(bytes in damaged(include_str!("../../tests/corpus/message/vendor_sync.xml"))) {
        super::message(&bytes);
    }

    #[test]
    fn damaged_messages_of_vouchers_are_read_or_refused(bytes in damaged(include_str!("../../tests/corpus/message/voucher_build.xml"))) {
        super::message(&bytes);
    }

    #[test]
    fn damaged_acknowledgements_are_read_or_refused(bytes in damaged(include_str!("../../tests/corpus/message/po_acknowledgement.xml"))) {
        super::message(&bytes);
    }

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
