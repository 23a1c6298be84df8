//! Envelopes on and off.

use proptest::prelude::*;

use super::{SoapVersion, fault, unwrap, wrap};

fn content(answer: &[u8]) -> String {
    let range = unwrap(answer).unwrap().content;
    String::from_utf8_lossy(&answer[range]).into_owned()
}

#[test]
fn an_envelope_reads_as_it_is_written() {
    let bytes = wrap(
        SoapVersion::V1_1,
        Some(b"<h/>"),
        b"<?xml version='1.0'?>\n<m:X xmlns:m='u'/>",
    );
    insta::assert_snapshot!(String::from_utf8_lossy(&bytes), @r#"
<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header><h/></soapenv:Header><soapenv:Body>
<m:X xmlns:m='u'/></soapenv:Body></soapenv:Envelope>
"#);
    assert_eq!(content(&bytes), "\n<m:X xmlns:m='u'/>");
    let bytes = wrap(SoapVersion::V1_2, None, b"");
    assert_eq!(unwrap(&bytes).unwrap().version, SoapVersion::V1_2);
    assert_eq!(content(&bytes), "");
}

#[test]
fn any_prefix_and_none_will_do() {
    for answer in [
        "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body><R/></Body></Envelope>",
        "<x:Envelope xmlns:x='http://www.w3.org/2003/05/soap-envelope'><x:Header><Body>no</Body></x:Header>\
         <x:Body><R/></x:Body></x:Envelope>",
        "\u{feff}<?xml version='1.0'?><!-- c --><E:Envelope xmlns:E='http://schemas.xmlsoap.org/soap/envelope/'>\
         \n <E:Body><R/></E:Body>\n</E:Envelope>\n",
    ] {
        assert_eq!(content(answer.as_bytes()), "<R/>", "{answer}");
    }
    let empty = "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body/></Envelope>";
    assert_eq!(content(empty.as_bytes()), "");
}

#[test]
fn a_fault_elsewhere_is_no_fault() {
    for answer in [
        "<Envelope><Header><Fault/></Header><Body><R><Fault/></R></Body></Envelope>",
        "<Fault><faultstring>x</faultstring></Fault>",
        "<Envelope><Body/></Envelope>",
        "<R><Body><Fault/></Body></R>",
        "no XML",
    ] {
        assert_eq!(fault(answer.as_bytes()), None, "{answer}");
    }
}

#[test]
fn a_fault_that_breaks_off_is_one() {
    let answer = "<Envelope><Body><Fault><faultcode>a:B</faultcode><faultstring>C</faultstr";
    let fault = fault(answer.as_bytes()).unwrap();
    assert_eq!((fault.code.as_str(), fault.text.as_str()), ("a:B", ""));
}

proptest! {
    #[test]
    fn what_is_put_in_comes_out(text in "[^\\p{C}<&>]{0,40}", version in prop::sample::select(vec![SoapVersion::V1_1, SoapVersion::V1_2])) {
        let body = format!("<a>{text}</a><!-- {} -->", text.replace('-', "+"));
        let bytes = wrap(version, None, body.as_bytes());
        prop_assert_eq!(unwrap(&bytes).unwrap().version, version);
        let found = content(&bytes);
        prop_assert!(body.starts_with(&found) && found.ends_with("</a>"));
    }
}
