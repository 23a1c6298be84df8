use peoplesoft_client::testing::Trouble;
use peoplesoft_client::{CiBuffer, CiDoor, ErrorKind};

use crate::support::{acme, address, gateway, output, prefixed, profile, suppliers};

#[tokio::test]
async fn addresses_and_nesting_are_those_of_the_profile() {
    let nested = profile(|access| {
        prefixed(access);
        access.door = CiDoor::Rest;
        access.rest.alias = "X_SUPPLIER".to_owned();
        access.rest.version = "v2".to_owned();
        access.rest.get = "one/{SETID}/{VENDOR_ID}".to_owned();
        access.rest.find = "all?{*}".to_owned();
        access.rest.create = String::new();
        access.rest.request_envelope = vec!["request".to_owned(), "{name}".to_owned()];
        access.rest.answer_envelope = vec!["response".to_owned()];
        access.rest.row = "row".to_owned();
    });
    let (fake, client, _) = gateway(nested).await;
    fake.put_component(suppliers());
    let ci = client.component_interface("suppliers");
    let globex = CiBuffer::new()
        .with("SETID", "SHARE")
        .with("VENDOR_ID", "A/1 +")
        .with("NAME1", "Globex")
        .with_row("VENDOR_ADDR", address("1", "Oslo"));
    ci.create(&globex).await.unwrap();
    let got = ci.look_up(&globex).await.unwrap().unwrap();
    assert_eq!(
        got.rows("VENDOR_ADDR").next().unwrap().get("CITY"),
        Some("Oslo")
    );
    assert_eq!(ci.find([("SETID", "SHARE")]).await.unwrap().len(), 2);
    let requests: Vec<_> = fake.requests();
    let places: Vec<_> = requests
        .iter()
        .map(|sent| format!("{} {} {}", sent.method, sent.path, sent.query))
        .collect();
    insta::assert_snapshot!(places.join("\n"), @r"
    POST /PSIGW/RESTListeningConnector/PSFT_EP/X_SUPPLIER.v2 
    GET /PSIGW/RESTListeningConnector/PSFT_EP/X_SUPPLIER.v2/one/SHARE/A%2F1%20+ 
    GET /PSIGW/RESTListeningConnector/PSFT_EP/X_SUPPLIER.v2/all KEYPROP_SETID=SHARE
    ");
    insta::assert_snapshot!(
        "rest_create_nested",
        String::from_utf8_lossy(&fake.received()[0].body)
    );
}

#[tokio::test]
async fn the_messages_have_the_shape_of_generated_services() {
    let (fake, client, _) = gateway(profile(|access| access.door = CiDoor::Rest)).await;
    fake.put_component(suppliers());
    let ci = client.component_interface("suppliers");
    let globex = CiBuffer::new()
        .with("SETID", "SHARE")
        .with("VENDOR_ID", "NEXT")
        .with("NAME1", "Globex");
    ci.create(&globex).await.unwrap();
    insta::assert_snapshot!(
        "rest_create",
        String::from_utf8_lossy(&fake.received()[0].body)
    );
    let answer = |place: &str| client.rest("CIRT_VNDR_ID.v1").segment(place);
    let got = answer("get")
        .query("SETID", "SHARE")
        .query("VENDOR_ID", "0000000042")
        .send();
    insta::assert_snapshot!("rest_get_answer", got.await.unwrap().text().unwrap());
    let found = answer("find").query("SETID", "SHARE").send();
    insta::assert_snapshot!("rest_find_answer", found.await.unwrap().text().unwrap());
    let body = r#"{"SETID":"SHARE","VENDOR_ID":"9","NAME1":"x","OLD_VENDOR_ID":"1"}"#;
    let created = answer("create").body("application/json", body).send();
    insta::assert_snapshot!("rest_create_answer", created.await.unwrap().text().unwrap());
    let refused = answer("create").body("application/json", body).send();
    insta::assert_snapshot!(
        "rest_refused_answer",
        refused.await.unwrap().text().unwrap()
    );
}

#[tokio::test]
async fn a_refusal_may_have_any_status() {
    let (fake, client, _) = gateway(profile(|access| access.door = CiDoor::Rest)).await;
    fake.put_component(suppliers());
    let ci = client.component_interface("suppliers");
    for status in [200, 400, 422, 500] {
        fake.set_output(output(|output| output.component_rest_status = status));
        let refused = ci.create(&acme()).await.unwrap_err();
        assert_eq!(
            (refused.kind(), refused.is_in_doubt()),
            (ErrorKind::Business, false)
        );
        assert_eq!(refused.messages()[0].set(), Some(18));
        let nobody = [("SETID", "X"), ("VENDOR_ID", "1")];
        assert_eq!(ci.get(nobody).await.unwrap(), None);
    }
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_not_believed() {
    let (fake, client, _) = gateway(profile(|access| {
        access.door = CiDoor::Rest;
        access.rest.answer_envelope = vec!["data".to_owned()];
    }))
    .await;
    fake.put_component(suppliers());
    let ci = client.component_interface("suppliers");
    for (body, text) in [
        ("[1]", "no JSON object"),
        ("{\"x\":1}", "no object data"),
        ("{", "no JSON object"),
    ] {
        fake.trouble_next(Trouble::Body {
            status: 200,
            content_type: "application/json".to_owned(),
            body: body.to_owned(),
        });
        let error = ci.create(&acme()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.is_in_doubt()),
            (ErrorKind::Decode, true)
        );
        assert!(error.to_string().contains(text), "{error}");
    }
}
