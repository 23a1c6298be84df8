//! Requests as they leave, door by door and spelling by spelling.

use bytes::Bytes;
use secrecy::SecretString;

use super::http::{HttpCall, NodeAccount};
use super::rest::RestCall;
use super::soap::SoapCall;
use super::{Repeat, Request};
use crate::error::ErrorKind;
use crate::profile::{Doors, HttpParameters, SoapForm};
use crate::soap::SoapVersion;

fn gateway() -> url::Url {
    "https://psft.example.com/PSIGW".parse().unwrap()
}

/// A request as a person reads it.
fn shown(request: &Request) -> String {
    let mut lines = vec![format!("{} {}", request.method, request.url)];
    for (name, value) in &request.headers {
        lines.push(format!("{name}: {value:?}"));
    }
    lines.push(String::from_utf8_lossy(&request.body).into_owned());
    lines.join("\n").trim_end().to_owned()
}

fn soap(doors: &Doors, version: SoapVersion) -> String {
    let call = SoapCall {
        node: "PSFT_EP",
        action: "CI_X_G.V1",
        service: "CI_X.1",
        version,
        body: b"<m/>",
        repeat: Repeat::IfUnsent,
    };
    shown(&super::soap::request(&gateway(), doors, &call, None, None).unwrap())
}

#[test]
fn a_soap_call_in_its_spellings() {
    let mut doors = Doors::default();
    insta::assert_snapshot!(soap(&doors, SoapVersion::V1_1), @r#"
POST https://psft.example.com/PSIGW/PeopleSoftServiceListeningConnector/PSFT_EP
content-type: "text/xml; charset=UTF-8"
soapaction: "\"CI_X_G.V1\""
<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header></soapenv:Header><soapenv:Body><m/></soapenv:Body></soapenv:Envelope>
"#);
    insta::assert_snapshot!(soap(&doors, SoapVersion::V1_2), @r#"
POST https://psft.example.com/PSIGW/PeopleSoftServiceListeningConnector/PSFT_EP
content-type: "application/soap+xml; charset=UTF-8; action=\"CI_X_G.V1\""
<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope"><soapenv:Header></soapenv:Header><soapenv:Body><m/></soapenv:Body></soapenv:Envelope>
"#);
    doors.soap.form = SoapForm::Path;
    doors.soap.quoted_action = false;
    insta::assert_snapshot!(soap(&doors, SoapVersion::V1_1), @r#"
POST https://psft.example.com/PSIGW/PeopleSoftServiceListeningConnector/PSFT_EP/CI_X.1.wsdl
content-type: "text/xml; charset=UTF-8"
soapaction: "CI_X_G.V1"
<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header></soapenv:Header><soapenv:Body><m/></soapenv:Body></soapenv:Envelope>
"#);
    doors.soap.form = SoapForm::Action;
    doors.soap.node_in_path = false;
    insta::assert_snapshot!(soap(&doors, SoapVersion::V1_1), @r#"
POST https://psft.example.com/PSIGW/PeopleSoftServiceListeningConnector
content-type: "text/xml; charset=UTF-8"
soapaction: "CI_X_G.V1"
<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header></soapenv:Header><soapenv:Body><m/></soapenv:Body></soapenv:Envelope>
"#);
}

fn message(doors: &Doors, account: Option<NodeAccount<'_>>) -> String {
    let call = HttpCall {
        operation: "X_INVOICE.VERSION_1",
        operation_type: Some("async"),
        to: "PSFT_EP",
        user: Some("EDI_USER"),
        content_type: "text/xml",
        body: b"<X>a ]]> b</X>",
        repeat: Repeat::IfUnsent,
    };
    shown(&super::http::request(&gateway(), &doors.http, &call, account).unwrap())
}

#[test]
fn a_message_in_its_spellings() {
    let password = SecretString::from("node & password");
    let account = NodeAccount {
        node: "EDI_NODE",
        password: &password,
    };
    let mut doors = Doors::default();
    doors.http.requesting_node = "OTHER".to_owned();
    insta::assert_snapshot!(message(&doors, None), @r#"
POST https://psft.example.com/PSIGW/HttpListeningConnector
content-type: "text/xml"
operationname: "X_INVOICE.VERSION_1"
from: "OTHER"
username: "EDI_USER"
to: "PSFT_EP"
<X>a ]]> b</X>
"#);
    insta::assert_snapshot!(message(&doors, Some(account)), @r#"
POST https://psft.example.com/PSIGW/HttpListeningConnector
content-type: "text/xml"
operationname: "X_INVOICE.VERSION_1"
from: "EDI_NODE"
password: Sensitive
username: "EDI_USER"
to: "PSFT_EP"
<X>a ]]> b</X>
"#);
    doors.http.names.operation_type = "OperationType".to_owned();
    doors.http.name_destination = false;
    doors.http.cdata = true;
    insta::assert_snapshot!(message(&doors, Some(account)), @r#"
POST https://psft.example.com/PSIGW/HttpListeningConnector
content-type: "text/xml"
operationname: "X_INVOICE.VERSION_1"
operationtype: "async"
from: "EDI_NODE"
password: Sensitive
username: "EDI_USER"
<?xml version="1.0"?><![CDATA[<X>a ]]]]><![CDATA[> b</X>]]>
"#);
    doors.http.parameters = HttpParameters::Query;
    doors.http.cdata = false;
    insta::assert_snapshot!(message(&doors, Some(account)), @r#"
POST https://psft.example.com/PSIGW/HttpListeningConnector?Operation=X_INVOICE.VERSION_1&OperationType=async&From=EDI_NODE&Password=node%20%26%20password&UserName=EDI_USER
content-type: "text/xml"
<X>a ]]> b</X>
"#);
    doors.http.parameters = HttpParameters::Document;
    doors.http.name_destination = true;
    insta::assert_snapshot!(message(&doors, Some(account)), @r#"
POST https://psft.example.com/PSIGW/HttpListeningConnector
content-type: "text/xml; charset=UTF-8"
<?xml version="1.0" encoding="UTF-8"?><IBRequest><ExternalOperationName>X_INVOICE.VERSION_1</ExternalOperationName><OperationType>async</OperationType><From><RequestingNode>EDI_NODE</RequestingNode><Password>node &amp; password</Password><OrigUser>EDI_USER</OrigUser></From><To><DestinationNode>PSFT_EP</DestinationNode></To><ContentSections><ContentSection><Data><![CDATA[<X>a ]]]]><![CDATA[> b</X>]]></Data></ContentSection></ContentSections></IBRequest>
"#);
}

#[test]
fn descriptions_are_asked_for_by_name() {
    let mut doors = Doors::default();
    let wsdl = |doors: &Doors| {
        shown(&super::soap::wsdl(&gateway(), &doors.soap, "PSFT_EP", "CI_X", "1").unwrap())
    };
    insta::assert_snapshot!(wsdl(&doors), @"GET https://psft.example.com/PSIGW/PeopleSoftServiceListeningConnector/PSFT_EP/CI_X.1.wsdl");
    doors.soap.node_in_wsdl = false;
    insta::assert_snapshot!(wsdl(&doors), @"GET https://psft.example.com/PSIGW/PeopleSoftServiceListeningConnector/CI_X.1.wsdl");
    let api = super::rest::openapi(&gateway(), "PSFT_EP", "eprogetrequesterlist", "1").unwrap();
    insta::assert_snapshot!(shown(&api), @"GET https://psft.example.com/PSIGW/RESTListeningConnector/PSFT_EP/eprogetrequesterlist.1.api");
}

fn rest(segments: &[&str]) -> Result<Request, crate::error::Error> {
    let segments: Vec<String> = segments.iter().map(|text| (*text).to_owned()).collect();
    let parameters = [("a b".to_owned(), "c,d&é".to_owned())];
    let call = RestCall {
        node: "PSFT_EP",
        alias: "X_PO",
        version: "v1",
        segments: &segments,
        parameters: &parameters,
        trailing_slash: true,
    };
    super::rest::request(&gateway(), &call, "*/*")
}

#[test]
fn a_rest_address_keeps_its_segments_apart() {
    let request = rest(&["US/001", "50% ?#ä"]).unwrap();
    insta::assert_snapshot!(shown(&request), @"GET https://psft.example.com/PSIGW/RESTListeningConnector/PSFT_EP/X_PO.v1/US%2F001/50%25%20%3F%23%C3%A4/?a%20b=c%2Cd%26%C3%A9");
    for segments in [&[""][..], &["."], &[".."], &["a", "..", "b"]] {
        let error = rest(segments).map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{segments:?}");
    }
}

#[test]
fn what_no_header_carries_is_named() {
    let url = gateway();
    let mut request = Request::post(super::Door::Rest, url, "text/xml", Bytes::new()).unwrap();
    for (name, value) in [("X Y", "z"), ("X", "a\nb"), ("", "z")] {
        let error = request.set(name, value).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(!error.to_string().contains('\n'));
    }
}
