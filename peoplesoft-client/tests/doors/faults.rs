//! Each mistake that a site can make, provoked at each door where it can be made, and what it says.

use peoplesoft_client::testing::{FakePeopleSoft, Operation, Output, Trouble};
use peoplesoft_client::{Credentials, Door, ErrorKind, SoapVersion};

use crate::site::{PASSWORD, USER, call, client, known, said, shown, started};

async fn site() -> FakePeopleSoft {
    started(known()).await
}

fn output(change: impl FnOnce(&mut Output)) -> Output {
    let mut output = Output::default();
    change(&mut output);
    output
}

#[tokio::test]
async fn a_wrong_password() {
    let fake = site().await;
    let wrong = Credentials::basic(USER, "wrong".into());
    let client = client(fake.client_builder().credentials(wrong));
    insta::assert_snapshot!(said(&client).await, @r"
REST: Unauthorized, sent Yes, retry false: PSFT_EP (X_PO.v1): credentials not accepted (HTTP 401)
  Check the user's OPRID and password (or the token's mapping to an OPRID), that the account is not locked, and that its permission list holds X_PO.v1.
SOAP: Unauthorized, sent Yes, retry false: PSFT_EP (X_PO.v1): credentials not accepted: User password failed. (158,535) (HTTP 500)
  Check the user's OPRID and password (or the token's mapping to an OPRID), that the account is not locked, and that its permission list holds X_PO.v1.
HTTP: Unauthorized, sent Yes, retry false: PSFT_EP (X_PO.v1): credentials not accepted: User password failed. (158,535)
  Check the user's OPRID and password (or the token's mapping to an OPRID), that the account is not locked, and that its permission list holds X_PO.v1.
");
    fake.set_output(output(|output| output.denial_document = true));
    insta::assert_snapshot!(said(&client).await, @r"
REST: Unauthorized, sent Yes, retry false: PSFT_EP (X_PO.v1): credentials not accepted: User password failed. (158,535) (HTTP 401)
  Check the user's OPRID and password (or the token's mapping to an OPRID), that the account is not locked, and that its permission list holds X_PO.v1.
SOAP: Unauthorized, sent Yes, retry false: PSFT_EP (X_PO.v1): credentials not accepted: User password failed. (158,535) (HTTP 500)
  Check the user's OPRID and password (or the token's mapping to an OPRID), that the account is not locked, and that its permission list holds X_PO.v1.
HTTP: Unauthorized, sent Yes, retry false: PSFT_EP (X_PO.v1): credentials not accepted: User password failed. (158,535)
  Check the user's OPRID and password (or the token's mapping to an OPRID), that the account is not locked, and that its permission list holds X_PO.v1.
");
}

#[tokio::test]
async fn an_unknown_user() {
    let fake = site().await;
    let wrong = Credentials::basic("NOBODY", PASSWORD.into());
    let client = client(fake.client_builder().credentials(wrong));
    fake.set_output(output(|output| output.denial_document = true));
    insta::assert_snapshot!(said(&client).await, @r"
REST: Unauthorized, sent Yes, retry false: PSFT_EP (X_PO.v1): credentials not accepted: UserName not defined in database. (158,55) (HTTP 401)
  Define the user on node PSFT_EP; where the call names none, set the default user of the node that calls (ANONYMOUS for strangers) to one whose permission list holds X_PO.v1.
SOAP: Unauthorized, sent Yes, retry false: PSFT_EP (X_PO.v1): credentials not accepted: UserName not defined in database. (158,55) (HTTP 500)
  Define the user on node PSFT_EP; where the call names none, set the default user of the node that calls (ANONYMOUS for strangers) to one whose permission list holds X_PO.v1.
HTTP: Unauthorized, sent Yes, retry false: PSFT_EP (X_PO.v1): credentials not accepted: UserName not defined in database. (158,55)
  Define the user on node PSFT_EP; where the call names none, set the default user of the node that calls (ANONYMOUS for strangers) to one whose permission list holds X_PO.v1.
");
}

#[tokio::test]
async fn no_permission() {
    let fake = site().await;
    fake.set_permitted("X_PO", false);
    let client = client(fake.client_builder());
    insta::assert_snapshot!(said(&client).await, @r"
REST: OperationRefused, sent Yes, retry false: PSFT_EP (X_PO.v1): service operation refused: User EDI_USER not authorized to invoke Service Operation X_PO.v1. (158,536) (HTTP 401)
  Add X_PO.v1 with full access to a permission list of the user on node PSFT_EP.
SOAP: OperationRefused, sent Yes, retry false: PSFT_EP (X_PO.v1): service operation refused: User EDI_USER not authorized to invoke Service Operation X_PO.v1. (158,536) (HTTP 500)
  Add X_PO.v1 with full access to a permission list of the user on node PSFT_EP.
HTTP: OperationRefused, sent Yes, retry false: PSFT_EP (X_PO.v1): service operation refused: User EDI_USER not authorized to invoke Service Operation X_PO.v1. (158,536)
  Add X_PO.v1 with full access to a permission list of the user on node PSFT_EP.
");
}

#[tokio::test]
async fn an_inactive_operation() {
    let fake = site().await;
    fake.set_active("X_PO", false);
    let client = client(fake.client_builder());
    insta::assert_snapshot!(said(&client).await, @r"
REST: OperationInactive, sent Yes, retry false: PSFT_EP (X_PO.v1): service operation not active: Service Operation X_PO.v1 is inactive. (HTTP 500)
  Activate X_PO.v1 with its any-to-local routing on node PSFT_EP, and see that a permission list of the user holds it.
SOAP: OperationInactive, sent Yes, retry false: PSFT_EP (X_PO.v1): service operation not active: Service Operation X_PO.v1 is inactive. (HTTP 500)
  Activate X_PO.v1 with its any-to-local routing on node PSFT_EP, and see that a permission list of the user holds it.
HTTP: OperationInactive, sent Yes, retry false: PSFT_EP (X_PO.v1): service operation not active: Service Operation X_PO.v1 is inactive.
  Activate X_PO.v1 with its any-to-local routing on node PSFT_EP, and see that a permission list of the user holds it.
");
}

#[tokio::test]
async fn no_routing() {
    let fake = site().await;
    fake.set_routed("X_PO", false);
    let client = client(fake.client_builder());
    insta::assert_snapshot!(said(&client).await, @r"
REST: NoRouting, sent Yes, retry false: PSFT_EP (X_PO.v1): no routing for the service operation: No active routing found for Service Operation X_PO.v1. (HTTP 500)
  Add or activate a routing of X_PO.v1 on node PSFT_EP (any-to-local, or from the requesting node), with the external alias and version that the profile names.
SOAP: NoRouting, sent Yes, retry false: PSFT_EP (X_PO.v1): no routing for the service operation: No active routing found for Service Operation X_PO.v1. (HTTP 500)
  Add or activate a routing of X_PO.v1 on node PSFT_EP (any-to-local, or from the requesting node), with the external alias and version that the profile names.
HTTP: NoRouting, sent Yes, retry false: PSFT_EP (X_PO.v1): no routing for the service operation: No active routing found for Service Operation X_PO.v1.
  Add or activate a routing of X_PO.v1 on node PSFT_EP (any-to-local, or from the requesting node), with the external alias and version that the profile names.
");
}

#[tokio::test]
async fn a_wrong_node() {
    let fake = site().await;
    let client = client(fake.client_builder().node("PSFT_XX"));
    insta::assert_snapshot!(said(&client).await, @r"
REST: NotFound, sent Yes, retry false: PSFT_XX (X_PO.v1): no such node, service alias or query (HTTP 404)
  Check that node PSFT_XX is the gateway's name of the database, that alias, version and trailing slash of X_PO.v1 are those of its routing, and that its URI template fits.
SOAP: WrongNode, sent Yes, retry false: PSFT_XX (X_PO.v1): node not known: Destination node PSFT_XX is not valid. (HTTP 500)
  Check that node PSFT_XX is the local default node that the gateway's integrationGateway.properties name for the database, and that the requesting node is defined and active there.
HTTP: WrongNode, sent Yes, retry false: PSFT_XX (X_PO.v1): node not known: Destination node PSFT_XX is not valid.
  Check that node PSFT_XX is the local default node that the gateway's integrationGateway.properties name for the database, and that the requesting node is defined and active there.
");
}

#[tokio::test]
async fn an_operation_that_nobody_knows() {
    let fake = FakePeopleSoft::builder().start().await.unwrap();
    let client = client(fake.client_builder());
    insta::assert_snapshot!(said(&client).await, @r"
REST: NotFound, sent Yes, retry false: PSFT_EP (X_PO.v1): no such node, service alias or query (HTTP 404)
  Check that node PSFT_EP is the gateway's name of the database, that alias, version and trailing slash of X_PO.v1 are those of its routing, and that its URI template fits.
SOAP: NoRouting, sent Yes, retry false: PSFT_EP (X_PO.v1): no routing for the service operation: No active routing found for X_PO.v1. (HTTP 500)
  Add or activate a routing of X_PO.v1 on node PSFT_EP (any-to-local, or from the requesting node), with the external alias and version that the profile names.
HTTP: NoRouting, sent Yes, retry false: PSFT_EP (X_PO.v1): no routing for the service operation: No active routing found for X_PO.v1.
  Add or activate a routing of X_PO.v1 on node PSFT_EP (any-to-local, or from the requesting node), with the external alias and version that the profile names.
");
}

#[tokio::test]
async fn a_query_that_nobody_knows() {
    let fake = site().await;
    let client = client(fake.client_builder());
    fake.set_trouble(Some(Trouble::IbError {
        status: 500,
        set: 139,
        number: 248,
        text: "Query X_NONE does not exist, or you are not allowed to use it.".to_owned(),
    }));
    let query = client.query(peoplesoft_client::Owner::Public, "X_NONE");
    let error = query.run().await.unwrap_err();
    insta::assert_snapshot!(shown(&error), @r"
REST: UnknownQuery, sent Yes, retry false: PUBLIC/X_NONE on PSFT_EP (QAS_EXECUTEQRY_REST_GET): query not known: Query X_NONE does not exist, or you are not allowed to use it. (139,248) (HTTP 500)
  Create query PUBLIC/X_NONE in Query Manager of node PSFT_EP, or correct its name and owner in the profile, and let the user's access groups see its records.
");
    fake.set_trouble(None);
    let query = client.query(peoplesoft_client::Owner::Public, "X_NONE");
    let error = query.run().await.unwrap_err();
    insta::assert_snapshot!(shown(&error), @r"
REST: NotFound, sent Yes, retry false: PUBLIC/X_NONE on PSFT_EP (QAS_EXECUTEQRY_REST_GET): no such node, service alias or query (HTTP 404)
  Check that node PSFT_EP is the gateway's name of the database, that the REST alias of QAS_EXECUTEQRY_REST_GET is the profile's, and that query PUBLIC/X_NONE exists with that owner.
");
}

#[tokio::test]
async fn a_sign_on_page() {
    let fake = site().await;
    fake.set_trouble(Some(Trouble::SignOnPage));
    let client = client(fake.client_builder());
    insta::assert_snapshot!(said(&client).await, @r"
REST: SignOnPage, sent Yes, retry false: PSFT_EP (X_PO.v1): a web page came instead of data
  Let X_PO.v1 be called without the sign-on page: take the gateway path out of single sign-on, or correct the gateway address, which must end in /PSIGW.
SOAP: SignOnPage, sent Yes, retry false: PSFT_EP (X_PO.v1): a web page came instead of data
  Let X_PO.v1 be called without the sign-on page: take the gateway path out of single sign-on, or correct the gateway address, which must end in /PSIGW.
HTTP: SignOnPage, sent Yes, retry false: PSFT_EP (X_PO.v1): a web page came instead of data
  Let X_PO.v1 be called without the sign-on page: take the gateway path out of single sign-on, or correct the gateway address, which must end in /PSIGW.
");
    fake.set_trouble(Some(Trouble::EmptyStatus(302)));
    for door in Door::ALL {
        let error = call(&client, door).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SignOnPage);
    }
}

#[tokio::test]
async fn an_application_server_that_is_down() {
    let fake = site().await;
    let client = client(fake.client_builder());
    fake.set_trouble(Some(Trouble::IbError {
        status: 200,
        set: 158,
        number: 10_721,
        text: "Integration Gateway - External System Contact Error".to_owned(),
    }));
    insta::assert_snapshot!(said(&client).await, @r"
REST: Unavailable, sent Yes, retry true: PSFT_EP (X_PO.v1): the gateway cannot reach its application server: Integration Gateway - External System Contact Error (158,10721) after 4 attempts
  Check that the application server domain of node PSFT_EP is up and that the gateway's integrationGateway.properties point to it, then call X_PO.v1 again.
SOAP: Unavailable, sent Yes, retry true: PSFT_EP (X_PO.v1): the gateway cannot reach its application server: Integration Gateway - External System Contact Error (158,10721)
  Check that the application server domain of node PSFT_EP is up and that the gateway's integrationGateway.properties point to it, then call X_PO.v1 again.
HTTP: Unavailable, sent Yes, retry true: PSFT_EP (X_PO.v1): the gateway cannot reach its application server: Integration Gateway - External System Contact Error (158,10721)
  Check that the application server domain of node PSFT_EP is up and that the gateway's integrationGateway.properties point to it, then call X_PO.v1 again.
");
    fake.set_trouble(Some(Trouble::EmptyStatus(503)));
    insta::assert_snapshot!(said(&client).await, @r"
REST: Unavailable, sent Yes, retry true: PSFT_EP (X_PO.v1): the gateway cannot reach its application server (HTTP 503) after 4 attempts
  Check that the application server domain of node PSFT_EP is up and that the gateway's integrationGateway.properties point to it, then call X_PO.v1 again.
SOAP: Unavailable, sent Yes, retry true: PSFT_EP (X_PO.v1): the gateway cannot reach its application server (HTTP 503)
  Check that the application server domain of node PSFT_EP is up and that the gateway's integrationGateway.properties point to it, then call X_PO.v1 again.
HTTP: Unavailable, sent Yes, retry true: PSFT_EP (X_PO.v1): the gateway cannot reach its application server (HTTP 503)
  Check that the application server domain of node PSFT_EP is up and that the gateway's integrationGateway.properties point to it, then call X_PO.v1 again.
");
    fake.set_trouble(Some(Trouble::Body {
        status: 502,
        content_type: "text/html".to_owned(),
        body: "<html><body>Bad Gateway</body></html>".to_owned(),
    }));
    for door in Door::ALL {
        let error = call(&client, door).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
    }
}

#[tokio::test]
async fn statuses_without_a_body() {
    let fake = site().await;
    let client = client(fake.client_builder());
    for (status, kind) in [
        (400, ErrorKind::Status),
        (401, ErrorKind::Unauthorized),
        (403, ErrorKind::Forbidden),
        (404, ErrorKind::NotFound),
        (405, ErrorKind::Status),
        (408, ErrorKind::Timeout),
        (429, ErrorKind::RateLimited),
        (500, ErrorKind::Status),
        (502, ErrorKind::Unavailable),
        (504, ErrorKind::Unavailable),
    ] {
        fake.set_trouble(Some(Trouble::EmptyStatus(status)));
        for door in Door::ALL {
            let error = call(&client, door).await.unwrap_err();
            assert_eq!(error.kind(), kind, "{status} at {door}");
            assert_eq!(error.status().unwrap().as_u16(), status);
        }
    }
}

#[tokio::test]
async fn a_fault_of_the_operation_itself() {
    let fake = site().await;
    let client = client(fake.client_builder());
    let fault = |body: &str| {
        fake.set_trouble(Some(Trouble::Body {
            status: 500,
            content_type: "text/xml".to_owned(),
            body: body.to_owned(),
        }));
    };
    fault(
        "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><e:Fault>\
         <faultcode>e:Client</faultcode><faultstring>Invalid value. (15,30)</faultstring>\
         <detail><m:Errors xmlns:m='urn:x'><m:Text>Vendor is &lt;inactive for payment&gt;.</m:Text>\
         <m:Text>Location is missing.</m:Text></m:Errors></detail></e:Fault></e:Body></e:Envelope>",
    );
    let error = call(&client, Door::Soap).await.unwrap_err();
    let details = error.fault().unwrap().details();
    assert_eq!(
        details,
        ["Vendor is <inactive for payment>.", "Location is missing."]
    );
    insta::assert_snapshot!(shown(&error), @r"
SOAP: Fault, sent Yes, retry false: PSFT_EP (X_PO.v1): the operation answered with a SOAP fault: Invalid value. (15,30); Vendor is <inactive for payment>.; Location is missing. (HTTP 500)
  Look the message up in the message catalog of node PSFT_EP and in the Service Operations Monitor (synchronous details of X_PO.v1), where the error's handler shows.
");
    fault(
        "<?xml version=\"1.0\"?><e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope'><e:Header>\
         <x>y</x></e:Header><e:Body><e:Fault><e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value>x:1\
         </e:Value></e:Subcode></e:Code><e:Reason><e:Text xml:lang='en'>No such key.</e:Text>\
         <e:Text xml:lang='de'>Kein Satz.</e:Text></e:Reason></e:Fault></e:Body></e:Envelope>",
    );
    let error = call(&client, Door::Soap).await.unwrap_err();
    assert_eq!(error.fault().unwrap().code(), Some("e:Sender"));
    insta::assert_snapshot!(shown(&error), @r"
SOAP: Fault, sent Yes, retry false: PSFT_EP (X_PO.v1): the operation answered with a SOAP fault: No such key. (HTTP 500)
  Look the message up in the message catalog of node PSFT_EP and in the Service Operations Monitor (synchronous details of X_PO.v1), where the error's handler shows.
");
}

#[tokio::test]
async fn the_same_refusal_in_every_dress() {
    let fake = site().await;
    fake.set_permitted("X_PO", false);
    let client = client(fake.client_builder());
    for output in [
        output(|_| {}),
        output(|output| output.soap_faults = false),
        output(|output| output.json_errors = true),
        output(|output| output.http_error_status = 500),
        output(|output| output.refusal_status = 403),
        output(|output| output.gzip = true),
    ] {
        fake.set_output(output);
        for door in Door::ALL {
            let error = call(&client, door).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::OperationRefused, "{door}");
            let fault = error.fault().unwrap();
            assert_eq!((fault.set(), fault.number()), (Some(158), Some(536)));
            assert!(fault.text().starts_with("User EDI_USER not authorized"));
            assert!(!error.is_retryable());
        }
        let soap = client.soap("X_PO.v1").version(SoapVersion::V1_2);
        let error = soap.send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OperationRefused);
    }
}

#[tokio::test]
async fn an_answer_that_is_no_envelope() {
    let fake = site().await;
    let client = client(fake.client_builder());
    for (body, text) in [
        (
            "<X_PO/>",
            "found root element X_PO in namespace ``, expected a SOAP envelope",
        ),
        ("{}", "found text outside the root element (at byte 2)"),
        ("", "the document has no element"),
        (
            "<Envelope xmlns='urn:other'><Body/></Envelope>",
            "found root element Envelope in namespace `urn:other`, expected a SOAP envelope",
        ),
        (
            "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Header/></Envelope>",
            "the SOAP envelope has no body",
        ),
    ] {
        fake.set_trouble(Some(Trouble::Body {
            status: 200,
            content_type: "text/xml".to_owned(),
            body: body.to_owned(),
        }));
        let error = call(&client, Door::Soap).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().contains(text), "{error}");
    }
}

#[tokio::test]
async fn an_operation_may_answer_nothing() {
    let fake = site().await;
    fake.put_operation(Operation::new(Door::Rest, "X_NOTHING.v1").status(204));
    let client = client(fake.client_builder());
    let answer = client.rest("X_NOTHING.v1").send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.bytes().len()), (204, 0));
}
