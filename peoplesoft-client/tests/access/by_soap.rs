use peoplesoft_client::testing::{ComponentFailure, FakePeopleSoft, Trouble};
use peoplesoft_client::{CiBuffer, ErrorKind, SoapVersion};

use crate::support::{acme, address, gateway, output, prefixed, profile, suppliers};

/// The bodies of the calls of an operation.
fn bodies(fake: &FakePeopleSoft, suffix: &str) -> Vec<String> {
    let received = fake.received().into_iter();
    received
        .filter(|call| call.operation == format!("CI_VNDR_ID_{suffix}.V1"))
        .map(|call| String::from_utf8(call.body.to_vec()).unwrap())
        .collect()
}

#[tokio::test]
async fn namespaces_are_read_from_the_wsdl_once_and_again_when_they_change() {
    let (fake, client, _) = gateway(profile(|_| {})).await;
    fake.put_component(suppliers());
    let ci = client.component_interface("suppliers");
    let wsdls = || {
        let requests = fake.requests().into_iter();
        requests
            .filter(|sent| sent.path.ends_with("/CI_VNDR_ID.1.wsdl"))
            .count()
    };
    for _ in 0..3 {
        ci.look_up(&acme()).await.unwrap();
    }
    assert_eq!(wsdls(), 1);
    let mut namespaces: Vec<String> = Vec::new();
    for seed in 0..3 {
        fake.set_output(output(|output| output.component_seed = seed));
        // A service that was generated anew refuses the old names once.
        if seed > 0 {
            let stale = ci.look_up(&acme()).await.unwrap_err();
            assert_eq!(stale.kind(), ErrorKind::Fault);
        }
        ci.look_up(&acme()).await.unwrap();
        let body = bodies(&fake, "G").pop().unwrap();
        namespaces.push(body.split('"').nth(1).unwrap().to_owned());
    }
    assert_eq!(wsdls(), 3);
    namespaces.dedup();
    assert_eq!(namespaces.len(), 3);
}

#[tokio::test]
async fn a_profile_that_knows_everything_reads_no_wsdl() {
    let known = profile(|access| {
        prefixed(access);
        access.soap.service = "X_SUPPLIER".to_owned();
        access.soap.namespace =
            "http://xmlns.oracle.com/Enterprise/Tools/schemas/X_SUPPLIER.V1".to_owned();
        access.soap.create.soap_action = "Create.V1".to_owned();
    });
    let (fake, client, _) = gateway(known).await;
    fake.put_component(suppliers());
    let ci = client.component_interface("suppliers");
    let globex = CiBuffer::new()
        .with("SETID", "SHARE")
        .with("VENDOR_ID", "1")
        .with("NAME1", "Globex");
    ci.create(&globex).await.unwrap();
    assert!(ci.look_up(&globex).await.unwrap().is_some());
    let received: Vec<_> = fake
        .received()
        .into_iter()
        .map(|call| call.operation)
        .collect();
    assert_eq!(received, ["Create.V1", "X_SUPPLIER_G.V1"]);
}

#[tokio::test]
async fn the_messages_have_the_shape_of_generated_services() {
    let (fake, client, _) = gateway(profile(prefixed)).await;
    fake.put_component(suppliers());
    let ci = client.component_interface("suppliers");
    ci.look_up(&acme()).await.unwrap();
    ci.find([("SETID", "SHARE")]).await.unwrap();
    let new = CiBuffer::new()
        .with("SETID", "SHARE")
        .with("VENDOR_ID", "NEXT")
        .with("NAME1", "A < B & C")
        .with_row("VENDOR_ADDR", address("1", "Oslo"));
    ci.create(&new).await.unwrap();
    ci.update(&acme().with("OLD_VENDOR_ID", "1")).await.unwrap();
    for (name, suffix) in [
        ("soap_get", "G"),
        ("soap_find", "F"),
        ("soap_create", "C"),
        ("soap_update", "UP"),
    ] {
        insta::assert_snapshot!(name, bodies(&fake, suffix).pop().unwrap());
    }
    // The same calls again, for their answers.
    for (name, suffix) in [
        ("soap_get_answer", "G"),
        ("soap_find_answer", "F"),
        ("soap_create_answer", "C"),
        ("soap_update_answer", "UP"),
    ] {
        let action = format!("CI_VNDR_ID_{suffix}.V1");
        let body = bodies(&fake, suffix).pop().unwrap();
        let answer = client.soap(&action).body(body).send().await.unwrap();
        insta::assert_snapshot!(name, String::from_utf8_lossy(answer.body()));
    }
    let wsdl = client.wsdl("CI_VNDR_ID", "1").await.unwrap();
    insta::assert_snapshot!("soap_wsdl", wsdl.text().unwrap().replace("><", ">\n<"));
}

#[tokio::test]
async fn a_refusal_is_one_however_the_site_words_it() {
    let mut texts = Vec::new();
    for failure in [
        ComponentFailure::Notification,
        ComponentFailure::FaultTexts,
        ComponentFailure::FaultResponse,
    ] {
        for version in [SoapVersion::V1_1, SoapVersion::V1_2] {
            let mut profile = profile(|_| {});
            profile.doors.soap.version = version;
            let (fake, client, _) = gateway(profile).await;
            fake.put_component(suppliers());
            fake.set_output(output(|output| output.component_failure = failure));
            let ci = client.component_interface("suppliers");
            let incomplete = CiBuffer::new()
                .with("SETID", "SHARE")
                .with("VENDOR_ID", "1");
            let refused = ci.create(&incomplete).await.unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::Business, "{failure:?}");
            assert_eq!(
                refused.messages()[0].to_string(),
                "Required field NAME1 is blank. (15,30)"
            );
            texts.push(refused.to_string());
            // Absence is told by its words, in each of them.
            assert_eq!(ci.look_up(&incomplete).await.unwrap(), None);
        }
    }
    texts.dedup();
    insta::assert_snapshot!(texts.join("\n"));
}

#[tokio::test]
async fn an_action_that_the_service_does_not_have_is_named() {
    let (fake, client, _) = gateway(profile(|_| {})).await;
    fake.put_component(suppliers());
    let wsdl = client.wsdl("CI_VNDR_ID", "1").await.unwrap();
    let body = wsdl
        .text()
        .unwrap()
        .replace("Find__CompIntfc", "Other__CompIntfc");
    fake.trouble_next(Trouble::Body {
        status: 200,
        content_type: "text/xml".to_owned(),
        body,
    });
    let ci = client.component_interface("suppliers");
    let error = ci.find([("SETID", "SHARE")]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    insta::assert_snapshot!(error, @"PSFT_EP (CI_VNDR_ID_F): the WSDL of CI_VNDR_ID has no operation for Find");
    fake.trouble_next(Trouble::Body {
        status: 200,
        content_type: "text/xml".to_owned(),
        body: "<a>".to_owned(),
    });
    let other = client.component_interface("X_OTHER");
    assert_eq!(
        other.find([("A", "1")]).await.unwrap_err().kind(),
        ErrorKind::Decode
    );
}

#[tokio::test]
async fn an_answer_that_is_no_envelope_is_not_believed() {
    let (fake, client, _) = gateway(profile(|_| {})).await;
    fake.put_component(suppliers());
    let ci = client.component_interface("suppliers");
    ci.look_up(&acme()).await.unwrap();
    for body in [
        "",
        "{}",
        "<a/>",
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>",
    ] {
        fake.trouble_next(Trouble::Body {
            status: 200,
            content_type: "text/xml".to_owned(),
            body: body.to_owned(),
        });
        let error = ci.create(&acme()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.is_in_doubt()),
            (ErrorKind::Decode, true),
            "{body}"
        );
    }
}
