//! Sections drafted from what a gateway publishes.

use peoplesoft_client::Profile;
use peoplesoft_client::draft::{self, Kind, Property};
use proptest::prelude::*;

const WSDL: &str = include_str!("draft/component.wsdl");
const GET_REQUEST: &str = include_str!("draft/get_request.xsd");
const GET_RESPONSE: &str = include_str!("draft/get_response.xsd");
const COMPONENT: &str = include_str!("draft/component.api.json");
const INQUIRY: &str = include_str!("draft/inquiry.api.json");

fn schemas() -> [&'static [u8]; 2] {
    [GET_REQUEST.as_bytes(), GET_RESPONSE.as_bytes()]
}

/// Names, kinds, lengths and marks, indented by collection.
fn outline(properties: &[Property]) -> String {
    fn level(properties: &[Property], depth: usize, text: &mut String) {
        for property in properties {
            let length = property
                .length
                .map(|length| format!(" {length}"))
                .unwrap_or_default();
            let required = if property.required { " required" } else { "" };
            let repeated = if property.repeated { " repeated" } else { "" };
            text.push_str(&format!(
                "{}{} {:?}{length}{required}{repeated}\n",
                "  ".repeat(depth),
                property.name,
                property.kind
            ));
            if depth < 3 {
                level(&property.properties, depth + 1, text);
            }
        }
    }
    let mut text = String::new();
    level(properties, 0, &mut text);
    text
}

#[test]
fn a_component_interface_from_its_wsdl() {
    let draft = draft::wsdl(WSDL.as_bytes(), &schemas()).unwrap();
    assert_eq!(draft.service, "CI_X_SUPPLIER.1");
    assert_eq!(draft.component_interface.as_deref(), Some("X_SUPPLIER"));
    assert_eq!(draft.schema_locations.len(), 4);
    assert_eq!(draft.prefixes.key, "KEYPROP_");
    assert_eq!(draft.prefixes.property, "PROP_");
    assert_eq!(draft.prefixes.collection, "COLL_");
    let lines: Vec<String> = draft
        .operations
        .iter()
        .map(|operation| {
            format!(
                "{} {} {} {{{}}}{} -> {{{}}}{}",
                operation.name,
                operation.action,
                operation.verb.as_deref().unwrap_or("-"),
                operation.namespace,
                operation.request,
                operation.response_namespace,
                operation.response
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
CI_X_SUPPLIER_G CI_X_SUPPLIER_G.V1 Get {http://xmlns.oracle.com/Enterprise/Tools/schemas/M100001.V1}Get__CompIntfc__X_SUPPLIER -> {http://xmlns.oracle.com/Enterprise/Tools/schemas/M100002.V1}Get__CompIntfc__X_SUPPLIERResponse
CI_X_SUPPLIER_UP CI_X_SUPPLIER_UP.V1 Update {http://xmlns.oracle.com/Enterprise/Tools/schemas/M100003.V1}Update__CompIntfc__X_SUPPLIER -> {http://xmlns.oracle.com/Enterprise/Tools/schemas/M100004.V1}Update__CompIntfc__X_SUPPLIERResponse
");
    let get = draft.operations.first().unwrap();
    insta::assert_snapshot!(outline(&get.properties), @r"
KEYPROP_SETID Text 5 required
KEYPROP_VENDOR_ID Text 10
");
    insta::assert_snapshot!(outline(&get.answers), @r"
KEYPROP_SETID Text 5 required
KEYPROP_VENDOR_ID Text required
PROP_NAME1 Text 40
PROP_CREATED_DTTM DateTime
COLL_VENDOR_ADDR Collection repeated
  PROP_ROW_ACTIVE Flag
  KEYPROP_ADDRESS_SEQ_NUM Number required
  COLL_VENDOR_ADDR_EFF Collection repeated
    KEYPROP_EFFDT Date required
    PROP_CITY Text
    COLL_AGAIN Collection
");
    // The documents of the update were not given.
    assert!(draft.operations.last().unwrap().properties.is_empty());
}

#[test]
fn what_is_drafted_from_a_wsdl_is_a_profile() {
    let draft = draft::wsdl(WSDL.as_bytes(), &schemas()).unwrap();
    insta::assert_snapshot!(draft.to_toml(), @r#"
[component_interfaces.X_SUPPLIER]
keys = ["SETID", "VENDOR_ID"]

[component_interfaces.X_SUPPLIER.names]
key_prefix = "KEYPROP_"
property_prefix = "PROP_"
collection_prefix = "COLL_"

[component_interfaces.X_SUPPLIER.soap]
service = "CI_X_SUPPLIER"
service_version = "1"

[component_interfaces.X_SUPPLIER.soap.get]
namespace = "http://xmlns.oracle.com/Enterprise/Tools/schemas/M100001.V1"
soap_action = "CI_X_SUPPLIER_G.V1"
element = "Get__CompIntfc__X_SUPPLIER"

[component_interfaces.X_SUPPLIER.soap.update]
namespace = "http://xmlns.oracle.com/Enterprise/Tools/schemas/M100003.V1"
soap_action = "CI_X_SUPPLIER_UP.V1"
element = "Update__CompIntfc__X_SUPPLIER"
"#);
    let profile = Profile::from_toml(&draft.to_toml()).unwrap();
    let access = profile.component_interfaces.get("X_SUPPLIER").unwrap();
    assert_eq!(access.keys, ["SETID", "VENDOR_ID"]);
    assert_eq!(access.names.collection_prefix, "COLL_");
    assert_eq!(access.soap.get.soap_action, "CI_X_SUPPLIER_G.V1");
    assert!(access.soap.create.element.is_empty());
}

#[test]
fn an_ordinary_service_from_its_wsdl() {
    let wsdl = WSDL.replace("__CompIntfc__", "_").replace("CI_X_", "X_");
    let draft = draft::wsdl(wsdl.as_bytes(), &[]).unwrap();
    assert_eq!(draft.component_interface, None);
    insta::assert_snapshot!(draft.to_toml(), @r#"
# Get_X_SUPPLIER in http://xmlns.oracle.com/Enterprise/Tools/schemas/M100001.V1
[doors.operations.X_SUPPLIER_G]
alias = "X_SUPPLIER_G"
version = "V1"
service = "X_SUPPLIER.1"

# Update_X_SUPPLIER in http://xmlns.oracle.com/Enterprise/Tools/schemas/M100003.V1
[doors.operations.X_SUPPLIER_UP]
alias = "X_SUPPLIER_UP"
version = "V1"
service = "X_SUPPLIER.1"
"#);
    let profile = Profile::from_toml(&draft.to_toml()).unwrap();
    let address = profile.doors.operations.get("X_SUPPLIER_G").unwrap();
    assert_eq!(address.alias, "X_SUPPLIER_G");
    assert_eq!(address.version, "V1");
}

#[test]
fn a_rest_component_interface_from_its_document() {
    let draft = draft::openapi(COMPONENT.as_bytes()).unwrap();
    assert_eq!(
        draft.base,
        "https://psft.example.com/PSIGW/RESTListeningConnector/PSFT_EP"
    );
    let create = draft.operations.first().unwrap();
    let get = draft.operations.last().unwrap();
    assert_eq!(
        (create.method.as_str(), create.name.as_str()),
        ("POST", "CIRT_X_SUPPLIER_C_POST")
    );
    assert_eq!(
        (get.method.as_str(), get.name.as_str()),
        ("GET", "CIRT_X_SUPPLIER_G_GET")
    );
    assert_eq!(get.path_parameters, ["SETID", "VENDOR_ID"]);
    assert_eq!(get.query_parameters, ["history"]);
    assert_eq!(
        get.response_nesting,
        [
            "CIRT_X_SUPPLIER_G_RES",
            "Get__CompIntfc__X_SUPPLIERResponse"
        ]
    );
    assert!(create.request_nesting.is_empty());
    insta::assert_snapshot!(outline(&get.response), @r"
CREATED_DTTM DateTime
NAME1 Text 40
SETID Text 5 required
VENDOR_ADDR Collection repeated
  ADDRESS_SEQ_NUM Number
  AGAIN Collection repeated
  EFFDT Date
");
    insta::assert_snapshot!(draft.to_toml(), @r#"
# POST /CIRT_X_SUPPLIER_C.v1/
[doors.operations.CIRT_X_SUPPLIER_C_POST]
alias = "CIRT_X_SUPPLIER_C"
version = "v1"
operation = "CIRT_X_SUPPLIER_C_POST"
trailing_slash = true

# GET /CIRT_X_SUPPLIER_G.v1/{SETID}/{VENDOR_ID}
# answer within CIRT_X_SUPPLIER_G_RES / Get__CompIntfc__X_SUPPLIERResponse
[doors.operations.CIRT_X_SUPPLIER_G_GET]
alias = "CIRT_X_SUPPLIER_G"
version = "v1"
operation = "CIRT_X_SUPPLIER_G_GET"
"#);
    let profile = Profile::from_toml(&draft.to_toml()).unwrap();
    assert_eq!(profile.doors.operations.len(), 2);
}

#[test]
fn a_rest_component_interface_of_one_alias_is_a_section() {
    let one = COMPONENT
        .replace("CIRT_X_SUPPLIER_G.v1", "CIRT_X_SUPPLIER.v1/get")
        .replace("CIRT_X_SUPPLIER_C.v1/", "CIRT_X_SUPPLIER.v1/create");
    let draft = draft::openapi(one.as_bytes()).unwrap();
    assert_eq!(draft.component_interface(), Some("X_SUPPLIER"));
    insta::assert_snapshot!(draft.to_toml(), @r#"
[component_interfaces.X_SUPPLIER]
door = "rest"
keys = ["SETID", "VENDOR_ID"]

[component_interfaces.X_SUPPLIER.rest]
alias = "CIRT_X_SUPPLIER"
version = "v1"
get = "get/{SETID}/{VENDOR_ID}"
create = "create"
answer_envelope = ["CIRT_X_SUPPLIER_G_RES", "Get__CompIntfc__X_SUPPLIERResponse"]
"#);
    let profile = Profile::from_toml(&draft.to_toml()).unwrap();
    let access = profile.component_interfaces.get("X_SUPPLIER").unwrap();
    assert_eq!(access.rest.answer_envelope.len(), 2);
}

#[test]
fn an_inquiry_from_a_document_of_the_second_version() {
    let draft = draft::openapi(INQUIRY.as_bytes()).unwrap();
    assert_eq!(
        draft.base,
        "https://psft.example.com/PSIGW/RESTListeningConnector/PSFT_EP"
    );
    let operation = draft.operations.first().unwrap();
    assert_eq!(operation.alias, "eprogetrequisitionstatusexternal");
    assert_eq!(
        operation.path_parameters,
        ["inBU", "inLINE", "inLineStatus", "inReqID"]
    );
    assert_eq!(operation.request.first().unwrap().name, "inNote");
    let numbers = operation
        .response
        .iter()
        .filter(|property| property.kind == Kind::Number);
    assert_eq!(numbers.count(), 1);
    insta::assert_snapshot!(draft.to_toml(), @r#"
# POST /eprogetrequisitionstatusexternal/{inBU}/{inLINE}/{inLineStatus}/{inReqID}
[doors.operations.eprogetrequisitionstatusexternal]
alias = "eprogetrequisitionstatusexternal"
"#);
    assert!(Profile::from_toml(&draft.to_toml()).is_ok());
}

#[test]
fn documents_from_which_nothing_can_be_drafted() {
    let wsdl = |text: &str| draft::wsdl(text.as_bytes(), &[]).unwrap_err().to_string();
    insta::assert_snapshot!(wsdl("<html><body>Sign in</body></html>"), @"the WSDL document begins with element html, expected definitions");
    insta::assert_snapshot!(wsdl("<definitions/>"), @"the WSDL document has no operation with a SOAP action, expected binding/operation/soap:operation");
    insta::assert_snapshot!(wsdl("not xml"), @"the WSDL document cannot be read: found text outside the root element (at byte 7)");
    insta::assert_snapshot!(wsdl("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>"), @"the WSDL document cannot be read: found a document type (DTD), which is never accepted (at byte 54)");
    let schema = draft::wsdl(WSDL.as_bytes(), &[b"<definitions/>"])
        .unwrap_err()
        .to_string();
    insta::assert_snapshot!(schema, @"the schema document begins with element definitions, expected schema");
    let openapi = |text: &str| draft::openapi(text.as_bytes()).unwrap_err().to_string();
    insta::assert_snapshot!(openapi("<html>"), @"the OpenAPI document is no JSON: expected value at line 1 column 1");
    insta::assert_snapshot!(openapi("{}"), @"the OpenAPI document has no `paths`, expected an object");
    insta::assert_snapshot!(openapi(r#"{"paths": {"/a": {"head": {}}}}"#), @"the OpenAPI document has no operation, expected paths with get, post, put, patch or delete");
}

#[test]
fn types_that_name_each_other_come_to_an_end() {
    // Sixteen elements of the same type in itself: followed without a bound, there would be 16^12.
    let elements: String = (0..16)
        .map(|number| format!("<element name='E{number}' type='T' maxOccurs='2'/>"))
        .collect();
    let schema = format!(
        "<schema xmlns='http://www.w3.org/2001/XMLSchema'><element name='R' type='T'/>\
         <complexType name='T'><sequence>{elements}</sequence></complexType></schema>"
    );
    let wsdl = "<definitions xmlns:soap='s'><message name='M'><part element='R'/></message>\
        <portType name='P'><operation name='O'><input message='M'/></operation></portType>\
        <binding type='P'><operation name='O'><soap:operation soapAction='O.V1'/></operation></binding></definitions>";
    let schema = schema.replace("xmlns='http://www.w3.org/2001/XMLSchema'", "");
    let draft = draft::wsdl(wsdl.as_bytes(), &[schema.as_bytes()]).unwrap();
    assert_eq!(draft.operations.first().unwrap().properties.len(), 16);

    let properties: String = (0..16)
        .map(|number| format!("\"E{number}\": {{\"$ref\": \"#/t\"}},"))
        .collect();
    let openapi = format!(
        r##"{{"t": {{"properties": {{{properties} "last": {{"$ref": "#/u"}}}}}}, "u": {{"$ref": "#/u"}},
        "paths": {{"/a": {{"get": {{"responses": {{"200": {{"schema": {{"$ref": "#/t"}}}}}}}}}}}}}}"##
    );
    let draft = draft::openapi(openapi.as_bytes()).unwrap();
    assert_eq!(draft.operations.first().unwrap().response.len(), 17);
}

/// One of the documents with a few bytes changed.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let whole = prop::sample::select(vec![WSDL, GET_REQUEST, GET_RESPONSE, COMPONENT, INQUIRY]);
    (
        whole,
        proptest::collection::vec((any::<usize>(), any::<u8>()), 0..6),
        any::<usize>(),
    )
        .prop_map(|(whole, changes, cut)| {
            let mut bytes = whole.as_bytes().to_vec();
            for (at, byte) in changes {
                let at = at % bytes.len();
                if let Some(place) = bytes.get_mut(at) {
                    *place = byte;
                }
            }
            if cut % 3 == 0 {
                bytes.truncate(cut / 3 % whole.len());
            }
            bytes
        })
}

proptest! {
    #[test]
    fn no_bytes_make_a_draft_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = draft::wsdl(&bytes, &[]);
        let _ = draft::openapi(&bytes);
    }

    #[test]
    fn no_damage_makes_a_draft_panic(bytes in damaged()) {
        if let Ok(draft) = draft::wsdl(&bytes, &schemas()) {
            let _ = draft.to_toml();
        }
        let _ = draft::wsdl(WSDL.as_bytes(), &[bytes.as_slice(), GET_RESPONSE.as_bytes()]);
        if let Ok(draft) = draft::openapi(&bytes) {
            let _ = draft.to_toml();
        }
    }

    #[test]
    fn names_of_any_letters_are_quoted(name in "[^<&\"'\\x00-\\x1f]{1,12}") {
        let document = serde_json::json!({"paths": {format!("/{name}"): {"get": {"operationId": name}}}});
        let draft = draft::openapi(document.to_string().as_bytes()).unwrap();
        prop_assert!(draft.to_toml().parse::<toml::Table>().is_ok(), "{}", draft.to_toml());
    }
}
