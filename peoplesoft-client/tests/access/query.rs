use std::time::Duration;

use peoplesoft_client::model::{
    CurrencyCode, PsDate, PsDateTime, PurchaseOrder, PurchaseOrderKey, VendorKey,
};
use peoplesoft_client::testing::{FakePeopleSoft, FakeQuery};
use peoplesoft_client::{ErrorKind, FieldMap, Owner, PollStatus, Profile, QueryFormat};
use serde::Deserialize;

use crate::support::{gateway, open_orders, output, profile, suppliers};

#[derive(Debug, PartialEq, Deserialize)]
struct Line {
    po_id: String,
    line_nbr: u32,
    status: String,
    dated: Option<PsDate>,
    #[serde(with = "peoplesoft_client::model::serde_decimal")]
    amount: peoplesoft_client::Decimal,
}

fn map() -> FieldMap {
    FieldMap::new()
        .column("status", "PO_STATUS")
        .code("status", "Dispatched", "D")
        .column("dated", "A.PO_DT")
        .column("amount", "MERCHANDISE_AMT")
}

#[tokio::test]
async fn every_way_of_writing_gives_the_same_rows() {
    let (fake, client, _) = gateway(Profile::default()).await;
    fake.put_query(open_orders());
    for format in [QueryFormat::Json, QueryFormat::Xmlp] {
        for number in 0..32_u32 {
            fake.set_output(output(|output| {
                output.queryname_equals = number & 1 == 0;
                output.padded = number & 2 == 0;
                output.numbers_as_text = number & 4 == 0;
                output.dotted = number & 8 == 0;
                output.long_status = number & 16 == 0;
            }));
            let request = client.query(Owner::Public, "X_OPEN_POS").format(format);
            let rows = request
                .prompt("BU", "")
                .prompt("STATUS", "D")
                .prompt("AFTER_BU", "")
                .prompt("AFTER_ID", "")
                .run()
                .await
                .unwrap();
            assert_eq!(rows.query(), Some("X_OPEN_POS"));
            let map = map();
            let lines: Vec<Line> = rows.decode(&map).unwrap().map(Result::unwrap).collect();
            assert_eq!(lines.len(), 3);
            assert_eq!((&*lines[0].po_id, &*lines[0].status), ("0000000123", "D"));
            assert_eq!(lines[1].amount.to_string(), "0.001");
            assert_eq!((lines[2].line_nbr, lines[2].dated), (1, None));
        }
    }
}

#[tokio::test]
async fn the_address_holds_prompts_filter_and_format() {
    let mut profile = Profile::default();
    profile.query_access.format = QueryFormat::Xmlp;
    profile.query_access.filter_parameter = "FilterFields".to_owned();
    let (fake, client, _) = gateway(profile).await;
    fake.put_query(open_orders().private());
    let rows = client
        .query(Owner::Private, "X_OPEN_POS")
        .prompt("BU", " US001 ")
        .prompt("STATUS", "")
        .prompt("AFTER_BU", "")
        .prompt("AFTER_ID", "")
        .filter_fields(["A.PO_ID", "B.LINE_NBR"])
        .max_rows(2)
        .run()
        .await
        .unwrap();
    assert_eq!(
        rows.columns().collect::<Vec<_>>(),
        ["A.PO_ID", "B.LINE_NBR"]
    );
    assert!(rows.truncated());
    insta::assert_snapshot!(
        fake.requests()[0].path,
        @"/PSIGW/RESTListeningConnector/PSFT_EP/ExecuteQuery.v1/PRIVATE/X_OPEN_POS/XMLP/NONFILE"
    );
    insta::assert_snapshot!(
        fake.requests()[0].query,
        @"isconnectedquery=N&maxrows=2&prompt_uniquepromptname=BU,STATUS,AFTER_BU,AFTER_ID&prompt_fieldvalue=US001,,,&FilterFields=A.PO_ID,B.LINE_NBR"
    );
}

#[tokio::test]
async fn what_cannot_be_asked_is_said() {
    let (fake, client, _) = gateway(Profile::default()).await;
    fake.put_query(open_orders());
    let request = |name: &str| client.query(Owner::Public, name).prompt("BU", "US001");
    let comma = request("X_OPEN_POS")
        .prompt("STATUS", "D,PA")
        .run()
        .await
        .unwrap_err();
    assert_eq!(
        (comma.kind(), comma.attempts()),
        (ErrorKind::InvalidRequest, 0)
    );
    insta::assert_snapshot!(comma, @"PUBLIC/X_OPEN_POS on PSFT_EP (QAS_EXECUTEQRY_REST_GET): prompt STATUS of query X_OPEN_POS: `D,PA` holds a comma, which PeopleSoft would take for the end of the value");
    let comma = request("X_OPEN_POS")
        .filter_fields(["A,B"])
        .run()
        .await
        .unwrap_err();
    assert_eq!(comma.kind(), ErrorKind::InvalidRequest);
    assert!(fake.requests().is_empty());
    let missing = request("X_OPEN_POS").run().await.unwrap_err();
    insta::assert_snapshot!(missing, @"PUBLIC/X_OPEN_POS on PSFT_EP (QAS_EXECUTEQRY_REST_GET): Integration Broker answered with an error: Prompt STATUS has no value. (HTTP 500)");
    let unknown = request("X_NOWHERE").run().await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
    fake.set_permitted("X_OPEN_POS", false);
    let refused = request("X_OPEN_POS").run().await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::OperationRefused);
}

#[tokio::test]
async fn a_field_that_could_be_read_from_two_columns_is_not_guessed() {
    let (fake, client, _) = gateway(Profile::default()).await;
    let query = FakeQuery::new("X_TWO", ["C.MERCHANDISE_AMT", "D.MERCHANDISE_AMT"]).row(["1", "2"]);
    fake.put_query(query);
    #[derive(Debug, Deserialize)]
    struct Amount {
        merchandise_amt: String,
    }
    let rows = client.query(Owner::Public, "X_TWO").run().await.unwrap();
    let row = rows.rows().next().unwrap();
    insta::assert_snapshot!(
        row.decode::<Amount>(&FieldMap::new()).unwrap_err(),
        @r#"row 1: the field merchandise_amt could be read from C.MERCHANDISE_AMT, D.MERCHANDISE_AMT; map it to one of them, or to """#
    );
    let map = FieldMap::new().column("merchandise_amt", "D.MERCHANDISE_AMT");
    assert_eq!(row.decode::<Amount>(&map).unwrap().merchandise_amt, "2");
}

#[tokio::test]
async fn the_answers_have_the_shape_that_sites_are_known_to_have() {
    let (fake, client, _) = gateway(Profile::default()).await;
    fake.put_query(open_orders());
    for (format, name) in [("JSON", "query_answer_json"), ("XMLP", "query_answer_xmlp")] {
        let answer = client
            .rest("ExecuteQuery.v1")
            .segment("PUBLIC")
            .segment("X_OPEN_POS")
            .segment(format)
            .segment("NONFILE")
            .query("maxrows", "2")
            .query("prompt_uniquepromptname", "BU,STATUS,AFTER_BU,AFTER_ID")
            .query("prompt_fieldvalue", ",,,")
            .send()
            .await
            .unwrap();
        insta::assert_snapshot!(name, answer.text().unwrap());
    }
}

#[tokio::test]
async fn a_site_without_json_is_read_through_xmlp() {
    let mut profile = Profile::default();
    profile.query_access.format = QueryFormat::Xmlp;
    let day: PsDateTime = "2026-04-01T00:00:00".parse().unwrap();
    let mut order = PurchaseOrder::new(
        PurchaseOrderKey::new("US001", "0000000123").unwrap(),
        VendorKey::new("SHARE", "0000000042").unwrap(),
        day.date(),
        CurrencyCode::new("USD").unwrap(),
    );
    order.po_ref = Some("<Ref> & \"more\"".to_owned());
    order.last_updated = day;
    let (fake, client, _) = gateway(profile).await;
    fake.put_order(order.clone());
    let window = client
        .purchase_orders()
        .changed_between(day, day.plus(Duration::from_secs(1)));
    assert_eq!(window.page().await.unwrap().items, [Ok(order)]);
    assert!(
        fake.requests()[0]
            .path
            .ends_with("/EDI_PO_CHANGED/XMLP/NONFILE")
    );
}

#[tokio::test]
async fn a_token_gets_in_as_a_password_does() {
    let fake = FakePeopleSoft::builder()
        .profile(profile(|_| {}))
        .oauth2("client-id", "client-secret")
        .start()
        .await
        .unwrap();
    fake.put_query(open_orders());
    fake.put_component(suppliers());
    let client = fake.client_builder().build().unwrap();
    let all = client
        .query(Owner::Public, "X_OPEN_POS")
        .prompt("BU", "")
        .prompt("STATUS", "")
        .prompt("AFTER_BU", "")
        .prompt("AFTER_ID", "");
    let mut rows = all.clone().stream().await.unwrap();
    assert!(rows.next_row().await.unwrap().is_some());
    drop(rows);
    // A token that was withdrawn is renewed once, also for a stream and for a run in the background.
    fake.expire_tokens();
    assert!(all.clone().stream().await.is_ok());
    fake.expire_tokens();
    let polled = all.poll().await.unwrap();
    assert_eq!(
        polled.status().await.unwrap(),
        PollStatus::Running("running".to_owned())
    );
    assert_eq!(fake.token_requests(), 3);
}
