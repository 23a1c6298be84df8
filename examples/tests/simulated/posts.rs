//! Routes whose documents are posted instead of being put into a folder.

use std::collections::BTreeSet;

use cleo_client::testing::{Fault, Operation, RunScript};
use peoplesoft_cleo::partner::{Document, Format, PartnerProfile, Repeat, Transfer};
use peoplesoft_cleo::simulation::Faults;

use crate::simulated::Simulated;

/// All invoices go as JSON by this `payload`.
async fn posting(invoices: usize, payload: &str, repeat: &str, action: bool) -> Simulated {
    let switches = ["endpoint=/api/invoices/in"];
    let mut simulated = Simulated::start_with(invoices * 5, false, Faults::None, &switches).await;
    let action = if action { "action = \"send\"\n" } else { "" };
    let text = format!(
        "id = \"x\"\nname = \"X\"\ncustomers = [\"1\"]\n[[routes]]\ndocument = \"billing_invoice\"\n\
         format = \"json\"\nconnection = \"c\"\ntransfer = \"payload\"\nrepeat = \"{repeat}\"\n{action}payload = {payload}\n"
    );
    let written = PartnerProfile::from_toml("x.toml", &text).unwrap();
    let posted = &written.routes[0];
    for route in simulated
        .routes()
        .filter(|route| route.document == Document::BillingInvoice)
    {
        route.format = Format::Json;
        route.transfer = Transfer::Payload;
        route.repeat = posted.repeat;
        route.action.clone_from(&posted.action);
        route.payload.clone_from(&posted.payload);
    }
    simulated
}

#[tokio::test(flavor = "multi_thread")]
async fn invoices_are_posted_once_with_their_id() {
    let payload = "{ endpoint = \"invoices/in\", headers = { x-flow = \"810\" }, document_id_header = \"x-document-id\" }";
    let simulated = posting(4, payload, "deduplicated", false).await;
    // A second delivery has the id of the first.
    simulated
        .doubles
        .cleo
        .inject_on(Operation::Payload, Fault::CutAfter);
    let ran = simulated.run().await;
    assert_eq!(ran.invoices().sent, 4);
    let received = simulated.doubles.cleo.payloads();
    assert_eq!(received.len(), 5);
    let ids: BTreeSet<_> = received
        .iter()
        .map(|post| &post.headers["x-document-id"])
        .collect();
    assert_eq!(ids.len(), 4);
    for post in &received {
        assert_eq!(post.headers["x-flow"], "810");
        assert_eq!(post.document["schema"], "peoplesoft-cleo/invoice");
        assert!(post.document["total"].is_string());
    }
    assert!(
        simulated
            .doubles
            .cleo
            .received()
            .iter()
            .all(|file| file.directory.contains("orders"))
    );
    let again = simulated.run().await;
    assert_eq!(again.invoices().sent, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_whose_answer_is_lost_waits_for_a_person_where_repeats_count() {
    let simulated = posting(3, "{ endpoint = \"invoices/in\" }", "blind", false).await;
    simulated
        .doubles
        .cleo
        .inject_on(Operation::Payload, Fault::CutAfter);
    let ran = simulated.run().await;
    assert_eq!((ran.invoices().sent, ran.invoices().review), (2, 1));
    assert_eq!(simulated.doubles.cleo.payloads().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_that_takes_documents_is_judged_by_its_body() {
    let simulated = posting(4, "{ action = true }", "blind", true).await;
    let ran = simulated.run().await;
    assert_eq!(ran.invoices().sent, 4);
    let cleo = &simulated.doubles.cleo;
    assert!(
        cleo.payloads()
            .iter()
            .all(|post| post.target.ends_with("/run"))
    );
    // Once for each order, and once for each invoice: not a second time because the route names it.
    assert_eq!(cleo.counters().runs, 24);

    let failing = posting(4, "{ action = true }", "blind", true).await;
    for partner in &failing.config.partners {
        let script = RunScript::failure("error");
        assert!(
            failing
                .doubles
                .cleo
                .set_run(partner.id.as_str(), "send", script)
        );
    }
    let ran = failing.run_for(std::time::Duration::ZERO).await;
    assert_eq!((ran.invoices().sent, ran.invoices().review), (0, 4));
}

#[test]
fn a_route_that_posts_says_where_to_and_no_more() {
    let head = "id = \"x\"\nname = \"X\"\ncustomers = [\"1\"]\n[[routes]]\ndocument = \"billing_invoice\"\n\
                format = \"json\"\nconnection = \"c\"\n";
    let read = |rest: &str| PartnerProfile::from_toml("x.toml", &format!("{head}{rest}"));
    let post = "transfer = \"payload\"\npayload = ";
    let right = read(&format!("{post}{{ root = \"/hooks/810\" }}")).unwrap();
    assert_eq!(right.routes[0].repeat, Repeat::Blind);
    for (text, told) in [
        ("transfer = \"payload\"".to_owned(), "without `payload`"),
        (
            "payload = { endpoint = \"x\" }".to_owned(),
            "another transfer",
        ),
        (
            format!("{post}{{ method = \"PUT\" }}"),
            "no place to post to",
        ),
        (
            format!("{post}{{ endpoint = \"x\", root = \"/y\" }}"),
            "several places",
        ),
        (
            format!("{post}{{ endpoint = \"a/../b\" }}"),
            "none of them `..`",
        ),
        (format!("{post}{{ endpoint = \"a?b\" }}"), "without `?`"),
        (format!("{post}{{ action = true }}"), "without an `action`"),
        (
            format!("{post}{{ action = false }}"),
            "write `action = true`",
        ),
        (
            format!("{post}{{ endpoint = \"x\", method = \"GET\" }}"),
            "POST",
        ),
        (
            format!("{post}{{ endpoint = \"x\", headers = {{ Authorization = \"x\" }} }}"),
            "the name",
        ),
        (
            format!("{post}{{ endpoint = \"x\", headers = {{ x-a = \"Größe\" }} }}"),
            "printable ASCII",
        ),
        (
            format!("{post}{{ endpoint = \"x\", document_id_header = \"x y\" }}"),
            "name of a header",
        ),
        (
            format!("{post}{{ endpoint = \"x\", heders = {{}} }}"),
            "did you mean `headers`?",
        ),
        (
            format!("repeat = \"probe\"\n{post}{{ endpoint = \"x\" }}"),
            "cannot be looked for",
        ),
    ] {
        let error = read(&text).unwrap_err().to_string();
        assert!(error.contains(told), "{text}: {error}");
    }
    let x12 = "id = \"x\"\nname = \"X\"\ncustomers = [\"1\"]\n[x12]\nreceiver = { qualifier = \"ZZ\", id = \"XX\" }\nusage = \"T\"\n\
               [[routes]]\ndocument = \"billing_invoice\"\nformat = \"x12\"\nconnection = \"c\"\n";
    let error = PartnerProfile::from_toml("x.toml", &format!("{x12}{post}{{ endpoint = \"x\" }}"))
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("\"x12\" for documents that are posted"),
        "{error}"
    );
    for (text, key) in [
        (
            format!("repeat = \"deduplicated\"\n{post}{{ endpoint = \"x\" }}"),
            "routes[0].payload.document_id_header",
        ),
        ("action_again = true".to_owned(), "routes[0].action_again"),
        (
            format!("absence_is_proof = true\n{post}{{ endpoint = \"x\" }}"),
            "routes[0].absence_is_proof",
        ),
    ] {
        let findings = read(&text).unwrap().lint();
        assert!(
            findings.iter().any(|finding| finding.key == key),
            "{text}: {findings:?}"
        );
    }
    // What is read is written, and read again.
    let full = format!(
        "action = \"a\"\n{post}{{ action = true, method = \"PUT\", query = {{ unit = \"1\" }}, headers = {{ x-flow = \"810\" }}, document_id_header = \"x-id\" }}"
    );
    let profile = read(&full).unwrap();
    assert_eq!(
        PartnerProfile::from_toml("y.toml", &profile.to_toml()).unwrap(),
        profile
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_has_one_key_in_both_formats() {
    let mut simulated = Simulated::start(10, false, Faults::None).await;
    simulated.config.flows.invoices = None;
    let half: Vec<String> = (0..3)
        .map(|n| format!("outbox/sup-000{}/orders", n * 2 + 1))
        .collect();
    for route in simulated.routes() {
        if half.contains(&route.directory) {
            route.format = Format::Json;
        }
    }
    let ran = simulated.run().await;
    assert_eq!((ran.orders().sent, ran.orders().held), (10, 0));
    let expected: BTreeSet<_> = simulated
        .world
        .orders()
        .unwrap()
        .into_iter()
        .map(|order| {
            (
                order.key.business_unit.to_string(),
                order.key.po_id.to_string(),
            )
        })
        .collect();
    let mut got: BTreeSet<_> = simulated
        .orders_at_cleo()
        .into_iter()
        .map(|(unit, number, _)| (unit, number))
        .collect();
    assert!(!got.is_empty() && got.len() < 10);
    for directory in &half {
        for name in simulated.doubles.cleo.files(directory) {
            let content = simulated
                .doubles
                .cleo
                .content(directory, &name)
                .unwrap()
                .unwrap();
            let order: serde_json::Value = serde_json::from_slice(&content).unwrap();
            assert_eq!(
                (&order["schema"], &order["purpose"]),
                (&"peoplesoft-cleo/purchase-order".into(), &"original".into())
            );
            let schedule = &order["lines"][0]["schedules"][0];
            assert!(schedule["quantity"].is_string() && schedule["unit_price"].is_string());
            let key = |field: &str| order[field].as_str().unwrap().to_owned();
            assert!(got.insert((key("business_unit"), key("purchase_order"))));
        }
    }
    assert_eq!(got, expected);
}
