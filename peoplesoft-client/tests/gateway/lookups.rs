//! Records by their key, windows of whole days, keys in other prompts.

use peoplesoft_client::model::PurchaseOrderKey;
use peoplesoft_client::testing::FakePeopleSoft;
use peoplesoft_client::{ErrorKind, Granularity, Lookup, Profile};

use crate::support::{gateway, invoice, order, time};

#[tokio::test]
async fn a_record_is_found_by_its_key() {
    let (fake, client, _clock) = gateway().await;
    let wanted = order(2, 2, 2);
    let orders = client.purchase_orders();
    assert_eq!(orders.by_key(&wanted.key).await.unwrap(), Some(wanted));
    let request = &fake.requests()[0];
    assert!(
        request.path.contains("/PUBLIC/EDI_PO_BY_KEY/"),
        "{}",
        request.path
    );
    let prompts = "prompt_uniquepromptname=BU,ID&prompt_fieldvalue=US001,0000000002&";
    assert!(request.query.contains(prompts), "{}", request.query);
    let absent = PurchaseOrderKey::new("US001", "9").unwrap();
    assert_eq!(orders.by_key(&absent).await.unwrap(), None);
    fake.put(invoice(1, 2, 1));
    let invoice = invoice(1, 2, 1);
    let found = client.billing_invoices().by_key(&invoice.key).await;
    assert_eq!(found.unwrap(), Some(invoice));
}

#[tokio::test]
async fn a_record_larger_than_an_answer_is_not_cut_short() {
    let (fake, _, _clock) = gateway().await;
    let mut profile = Profile::default();
    profile.purchase_orders.max_rows = 2;
    let client = fake.client_builder().profile(profile).build().unwrap();
    let key = order(2, 2, 2).key;
    let error = client.purchase_orders().by_key(&key).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
    insta::assert_snapshot!(error, @"PUBLIC/EDI_PO_BY_KEY on PSFT_EP (QAS_EXECUTEQRY_REST_GET): the answer was cut at its row limit, and a look-up has no next page");
}

#[tokio::test]
async fn a_look_up_that_ignores_its_prompts_is_found_out() {
    let (fake, _, _clock) = gateway().await;
    let mut profile = Profile::default();
    // As a query would whose prompts were left out: it answers with some other order.
    let lookup = Lookup::new("EDI_PO_BY_KEY", &["ID", "BU"]);
    profile
        .purchase_orders
        .lookups
        .insert("by_key".to_owned(), lookup);
    let client = fake.client_builder().profile(profile).build().unwrap();
    let crossed = PurchaseOrderKey::new("0001", "US001").unwrap();
    let mut other = order(1, 1, 1);
    other.key = PurchaseOrderKey::new("US001", "0001").unwrap();
    fake.put(other);
    let error = client.purchase_orders().by_key(&crossed).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    insta::assert_snapshot!(error, @"PUBLIC/EDI_PO_BY_KEY on PSFT_EP (QAS_EXECUTEQRY_REST_GET): asked for 0001/US001, the query answered with US001/0001: it ignores its prompts");
}

#[tokio::test]
async fn a_service_without_a_query_is_neither_read_nor_checked() {
    let (fake, _, _clock) = gateway().await;
    let mut profile = Profile::default();
    profile.purchase_orders.query = String::new();
    profile.purchase_orders.lookups.clear();
    let client = fake.client_builder().profile(profile).build().unwrap();
    let orders = client.purchase_orders();
    let from = time("2026-04-01T00:00:00");
    let read = orders
        .changed_between(from, time("2026-04-02T00:00:00"))
        .page();
    let error = read.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    insta::assert_snapshot!(error, @"the profile names no query at purchase_orders.query");
    let error = orders.by_key(&order(1, 1, 1).key).await.unwrap_err();
    insta::assert_snapshot!(error, @"the profile names no query at purchase_orders.lookups.by_key.query");
    let checked: Vec<_> = client.check_operations().await;
    assert!(
        checked
            .iter()
            .all(|check| check.service.name() != "purchase_orders")
    );
    assert!(!checked.is_empty());
}

#[tokio::test]
async fn a_source_that_keeps_days_is_asked_for_whole_days() {
    let mut profile = Profile::default();
    let query = &mut profile.purchase_orders;
    query.granularity = Granularity::Day;
    query.prompt_date_format = "%d/%m/%Y".to_owned();
    query
        .date_formats
        .insert("last_updated".to_owned(), "%Y-%m-%d".to_owned());
    let fake = FakePeopleSoft::builder()
        .profile(profile)
        .orders((1..=3).map(|number| {
            let mut order = order(number, 1, 0);
            order.last_updated = time(&format!("2026-04-0{number}T15:00:00"));
            order
        }))
        .start()
        .await
        .unwrap();
    let client = fake.client_builder().build().unwrap();
    let read = async |from: &str, to: &str| {
        let changed = client
            .purchase_orders()
            .changed_between(time(from), time(to));
        let window = changed.window();
        let page = changed.page().await.unwrap();
        let keys = page.items.iter().flatten().map(|order| {
            let changed = order.last_updated.to_string();
            format!(
                "{} {changed}",
                order.key.po_id.as_str().trim_start_matches('0')
            )
        });
        (
            keys.collect::<Vec<_>>(),
            window.0.to_string(),
            window.1.to_string(),
        )
    };
    // What changed later on the first day is not missed by a window that ended at noon.
    let (keys, from, to) = read("2026-04-01T11:00:00", "2026-04-01T12:00:00").await;
    assert_eq!(keys, ["1 2026-04-01T00:00:00"]);
    assert_eq!(
        (&*from, &*to),
        ("2026-04-01T00:00:00", "2026-04-02T00:00:00")
    );
    let query = &fake.requests()[0].query;
    let days = "prompt_fieldvalue=01%2F04%2F2026,02%2F04%2F2026,,&";
    assert!(query.contains(days), "{query}");
    let (keys, ..) = read("2026-04-01T12:00:00", "2026-04-03T00:00:00").await;
    assert_eq!(keys.len(), 2);
    let (keys, ..) = read("2026-04-01T12:00:00", "2026-04-03T00:00:01").await;
    assert_eq!(keys.len(), 3);
    let (keys, ..) = read("2026-04-01T12:00:00", "2026-04-01T12:00:00").await;
    assert!(keys.is_empty());
}

#[tokio::test]
async fn key_prompts_have_the_names_and_first_values_of_the_site() {
    let (fake, _, _clock) = gateway().await;
    let mut profile = Profile::default();
    profile.purchase_orders.prompts.after = vec!["KEY1".to_owned(), "KEY2".to_owned()];
    profile.purchase_orders.prompts.first = vec!["!".to_owned()];
    let other = FakePeopleSoft::builder()
        .profile(profile)
        .orders((1..=3).filter_map(|number| fake.order(&order(number, 1, 1).key)))
        .start()
        .await
        .unwrap();
    let client = other.client_builder().build().unwrap();
    let from = time("2026-04-01T00:00:00");
    let changed = client
        .purchase_orders()
        .changed_between(from, time("2026-04-02T00:00:00"));
    let page = changed.clone().max_rows(3).page().await.unwrap();
    assert_eq!(page.items.len(), 1);
    let rest = changed.after(page.next).page().await.unwrap();
    assert_eq!(rest.items.len(), 2);
    let queries: Vec<_> = other.requests().into_iter().map(|one| one.query).collect();
    assert!(
        queries[0].contains("KEY1,KEY2&") && queries[0].contains(",%21,&"),
        "{}",
        queries[0]
    );
    assert!(queries[1].contains(",US001,0000000001&"), "{}", queries[1]);
}

#[test]
fn the_names_of_key_prompts_that_a_file_gave_as_halves_still_count() {
    let text = r#"{"purchase_orders": {"prompts": {"from": "F", "after_id": "X"}}}"#;
    let profile = Profile::from_json(text).unwrap();
    assert_eq!(profile.purchase_orders.prompts.after, ["AFTER_BU", "X"]);
    assert_eq!(profile.purchase_orders.prompts.from, "F");
    assert_eq!(profile.purchase_orders.prompts.to, "TO_DTTM");
    assert_eq!(serde_json::from_str::<Profile>(text).unwrap(), profile);
    let both = r#"{"lookups": {"by_key": {"query": "Q"}}}"#;
    let profile = Profile::from_json(&format!("{{\"billing_invoices\": {both}}}")).unwrap();
    assert_eq!(
        profile.billing_invoices.lookups["by_key"],
        Lookup::new("Q", &["BU", "ID"])
    );
}

#[test]
fn mistakes_in_keys_and_look_ups_are_listed() {
    let text = r#"{"purchase_orders": {
        "granularity": "day",
        "prompt_date_format": "%b",
        "prompts": {"after": ["A"], "first": ["1", "2,3", "4"]},
        "lookups": {
            "by_key": {"prompts": ["BU", "BU", "X"]},
            "by_name": {"query": "Q"}
        }
    }}"#;
    let mistakes = Profile::from_json(text).unwrap_err();
    let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
purchase_orders.prompts.after: found `1 of them`, expected one for each of business_unit, po_id
purchase_orders.prompts.first: found `3 of them`, expected one for each of business_unit, po_id
purchase_orders.prompts.first.1: found `2,3`, expected a value without a comma, which has no escape
purchase_orders.prompt_date_format: found `%b`, expected a strftime format of a whole date, such as %Y-%m-%d
purchase_orders.lookups.by_key.prompts: found `3 of them`, expected one for each of business_unit, po_id
purchase_orders.lookups.by_key.prompts: found `BU`, expected a name that no other prompt has
purchase_orders.lookups.by_name: found `by_name`, expected one of by_key
");
}
