//! Lists, objects and links, in all the forms that servers send them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use cleo_client::{
    Client, ConnectionId, ErrorKind, Filter, FlexBool, RetrySettings,
    resource::{ConnectionType, RunOutcome},
    testing::{FakeCleo, FakeCleoBuilder, Fault, Operation, RunScript},
};
use futures_util::{StreamExt as _, TryStreamExt as _};
use http::Method;
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::query_param};

fn many(count: usize) -> FakeCleoBuilder {
    (0..count).fold(FakeCleo::builder().user("edi", "pw"), |builder, n| {
        builder.connection(&format!("C{n:03}"), "as2")
    })
}

async fn aliases(client: &Client, page_size: u32) -> cleo_client::Result<Vec<String>> {
    let list = client.connections().list().page_size(page_size);
    list.items()
        .map_ok(|connection| connection.alias.unwrap())
        .try_collect()
        .await
}

#[tokio::test]
async fn every_object_comes_once_however_the_server_pages() {
    let expected: Vec<String> = (0..23).map(|n| format!("C{n:03}")).collect();
    type Change = fn(FakeCleoBuilder) -> FakeCleoBuilder;
    let changes: [(&str, Change, u64); 7] = [
        ("plain", |b| b, 3),
        ("capped", |b| b.page_cap(4), 6),
        ("no total", |b| b.omit_total(true), 4),
        ("capped, no total", |b| b.page_cap(1).omit_total(true), 24),
        (
            "text for numbers",
            |b| b.numbers_as_strings(true).booleans_as_strings(true),
            3,
        ),
        ("absolute links", |b| b.absolute_links(true), 3),
        ("no start, no count", |b| b.omit_count(true), 3),
    ];
    for (name, change, requests) in changes {
        let cleo = change(many(23)).start().await.unwrap();
        let client = cleo.client("edi", "pw").build().unwrap();
        assert_eq!(aliases(&client, 10).await.unwrap(), expected, "{name}");
        assert_eq!(
            cleo.counters().of(Operation::Connections),
            requests,
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_page_that_repeats_is_an_error_and_not_a_loop() {
    let cleo = many(23).deaf_to_start(true).start().await.unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let error = aliases(&client, 10).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.message().unwrap().contains("startIndex"), "{error}");
    assert_eq!(cleo.counters().of(Operation::Connections), 2);
}

#[tokio::test]
async fn pages_say_where_they_are_and_may_start_anywhere() {
    let cleo = many(7).start().await.unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let pages: Vec<_> = client
        .connections()
        .list()
        .page_size(3)
        .start_at(2)
        .pages()
        .map_ok(|page| (page.start, page.items.len(), page.total))
        .try_collect()
        .await
        .unwrap();
    assert_eq!(pages, [(2, 3, Some(7)), (5, 2, Some(7))]);
    let none: Vec<_> = client
        .connections()
        .list()
        .filter(Filter::eq("alias", "nobody").unwrap())
        .items()
        .try_collect()
        .await
        .unwrap();
    assert!(none.is_empty());
}

#[tokio::test]
async fn the_next_page_is_asked_for_when_it_is_needed() {
    let cleo = many(9).start().await.unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let mut items = Box::pin(client.connections().list().page_size(3).items());
    for _ in 0..3 {
        items.try_next().await.unwrap().unwrap();
    }
    assert_eq!(cleo.counters().of(Operation::Connections), 1);
    items.try_next().await.unwrap().unwrap();
    assert_eq!(cleo.counters().of(Operation::Connections), 2);
}

#[tokio::test]
async fn a_walk_that_broke_off_goes_on_where_it_was() {
    let cleo = many(10).page_cap(4).start().await.unwrap();
    let retry = RetrySettings::none();
    let client = cleo.client("edi", "pw").retry(retry).build().unwrap();
    let mut done = 0;
    let mut seen = Vec::new();
    let mut failures = 0;
    while seen.len() < 10 {
        // Every second page is missing.
        let list = client.connections().list().start_at(done);
        let mut items = Box::pin(list.positions());
        let failed = loop {
            match items.next().await {
                Some(Ok(found)) => {
                    seen.push(found.item.alias.unwrap());
                    done = found.position + 1;
                    if seen.len() == 4 || seen.len() == 8 {
                        cleo.inject_on(Operation::Connections, Fault::CutAfter);
                    }
                }
                Some(Err(error)) => break Some(error),
                None => break None,
            }
        };
        failures += usize::from(failed.is_some());
    }
    assert_eq!(
        seen,
        (0..10).map(|n| format!("C{n:03}")).collect::<Vec<_>>()
    );
    assert_eq!(failures, 2);
    let pages: Vec<_> = client
        .connections()
        .list()
        .pages()
        .try_collect()
        .await
        .unwrap();
    let starts: Vec<_> = pages.iter().map(cleo_client::Page::next_start).collect();
    assert_eq!(starts, [4, 8, 10]);
}

#[tokio::test]
async fn ten_thousand_connections_pass_through_one_page_at_a_time() {
    let cleo = many(10_000).start().await.unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let mut items = Box::pin(client.connections().list().page_size(500).items());
    let mut count = 0_u64;
    while let Some(connection) = items.try_next().await.unwrap() {
        assert_eq!(connection.alias, Some(format!("C{count:03}")));
        count += 1;
        // No page is fetched before the one before it is used up.
        let pages = cleo.counters().of(Operation::Connections);
        assert_eq!(pages, count.div_ceil(500));
    }
    assert_eq!(count, 10_000);
}

#[tokio::test]
async fn aliases_with_quotes_are_found() {
    let alias = r#"ACME "East" \ (2)"#;
    let cleo = many(3).connection(alias, "sftp").start().await.unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let found = client
        .connections()
        .find_by_alias(alias)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.kind, Some(ConnectionType::Sftp));
    assert_eq!(found.id, cleo.connection_id(alias));
    assert!(
        client
            .connections()
            .find_by_alias("ACME")
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn two_of_one_alias_are_not_guessed_between() {
    let cleo = FakeCleo::builder()
        .user("edi", "pw")
        .connection_with("ACME", "as2", json!({ "id": "one" }))
        .connection_with("ACME", "as2", json!({ "id": "two" }))
        .start()
        .await
        .unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let error = client
        .connections()
        .find_by_alias("ACME")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ambiguous);
}

#[tokio::test]
async fn unknown_fields_and_forms_are_kept() {
    let fields = json!({
        "enabled": "inherit", "type": "AS2", "cemCapable": "false", "port": 22,
        "connect": { "url": "https://partner.example/as2" }, "localName": "US",
    });
    let cleo = FakeCleo::builder()
        .user("edi", "pw")
        .connection_with("ACME", "", fields)
        .start()
        .await
        .unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let id = cleo.connection_id("ACME").unwrap();
    let found = client.connections().get(&id).await.unwrap();
    assert_eq!(found.enabled, Some(FlexBool::Text("inherit".to_owned())));
    assert_eq!(found.kind, Some(ConnectionType::As2));
    assert_eq!(found.local_name.as_deref(), Some("US"));
    let connect = found.connect.unwrap();
    assert_eq!(connect.url.as_deref(), Some("https://partner.example/as2"));
    assert_eq!(found.extra["port"], 22);
    assert_eq!(
        found.meta.unwrap().resource_type.as_deref(),
        Some("connection")
    );
    let missing = ConnectionId::try_from("a/b?c").unwrap();
    let error = client.connections().get(&missing).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.path(), Some("/api/connections/a%2Fb%3Fc"));
}

#[tokio::test]
async fn an_object_that_cannot_be_read_does_not_cost_the_others() {
    let cleo = FakeCleo::builder()
        .user("edi", "pw")
        .connection("A", "as2")
        .connection_with("B", "as2", json!({ "id": "" }))
        .connection("C", "as2")
        .start()
        .await
        .unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let all: Vec<_> = client
        .connections()
        .list()
        .page_size(2)
        .items()
        .collect()
        .await;
    let aliases: Vec<_> = all
        .iter()
        .map(|item| item.as_ref().ok().and_then(|c| c.alias.as_deref()))
        .collect();
    assert_eq!(aliases, [Some("A"), None, Some("C")]);
    let error = all[1].as_ref().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(
        error
            .message()
            .unwrap()
            .starts_with("resources[1].id: ConnectionId must"),
        "{error}"
    );
    let pages: Vec<_> = client
        .connections()
        .list()
        .page_size(2)
        .pages()
        .collect()
        .await;
    assert_eq!(pages.len(), 1);
    assert!(pages[0].is_err());
}

#[tokio::test]
async fn an_object_that_moved_between_pages_comes_once() {
    let server = MockServer::start().await;
    for (start, aliases) in [("0", ["A", "B"]), ("2", ["B", "C"]), ("4", ["D", "D2"])] {
        let resources: Vec<_> = aliases
            .iter()
            .map(|a| json!({ "id": &a[..1], "alias": a }))
            .collect();
        Mock::given(query_param("startIndex", start))
            .respond_with(
                ResponseTemplate::new(200)
                    .set_body_json(json!({ "totalResults": "6", "resources": resources })),
            )
            .mount(&server)
            .await;
    }
    let client = Client::builder(server.uri().parse().unwrap())
        .build()
        .unwrap();
    assert_eq!(aliases(&client, 2).await.unwrap(), ["A", "B", "C", "D"]);
}

#[tokio::test]
async fn links_are_followed_on_the_same_origin_only() {
    for absolute in [false, true] {
        let cleo = FakeCleo::builder()
            .user("edi", "pw")
            .prefix("/deep/api")
            .absolute_links(absolute)
            .connection("ACME", "as2")
            .action("ACME", "send", RunScript::success())
            .action("ACME", "receive", RunScript::success())
            .start()
            .await
            .unwrap();
        let client = cleo.client("edi", "pw").build().unwrap();
        let found = client
            .connections()
            .find_by_alias("ACME")
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.links.all("actions").len(), 2);
        let own = found.links.first("self").unwrap();
        let again: serde_json::Value = client
            .follow(Method::GET, own)
            .send()
            .await
            .unwrap()
            .json()
            .unwrap();
        assert_eq!(again["alias"], "ACME");
    }
    let links = json!({ "_links": { "self": { "href": "http://127.0.0.1:1/api/connections/x" } } });
    let cleo = FakeCleo::builder()
        .user("edi", "pw")
        .connection_with("ACME", "as2", links)
        .start()
        .await
        .unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let found = client
        .connections()
        .find_by_alias("ACME")
        .await
        .unwrap()
        .unwrap();
    let foreign = found.links.first("self").unwrap();
    let error = client
        .follow(Method::GET, foreign)
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.message().unwrap().contains("token"));
}

#[tokio::test]
async fn an_action_is_found_within_its_connection_and_judged_by_its_body() {
    let cleo = FakeCleo::builder()
        .user("edi", "pw")
        .connection("A", "as2")
        .connection("B", "as2")
        .action("A", "send", RunScript::success())
        .action("B", "send", RunScript::failure("error"))
        .action("B", "poll", RunScript::unfinished())
        .action("B", "odd", RunScript::new("exploded", Some("success")))
        .start()
        .await
        .unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let actions = client.actions();
    for (connection, alias) in [("A", "send"), ("B", "send"), ("B", "poll"), ("B", "odd")] {
        let action = actions
            .find_in_connection(connection, alias)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(action.id, cleo.action_id(connection, alias));
        let outcome = actions.run(&action).send().await.unwrap();
        let fits = match (connection, alias) {
            ("A", _) => matches!(outcome, RunOutcome::Succeeded(_)),
            (_, "send") => matches!(outcome, RunOutcome::Failed(_)),
            (_, "poll") => matches!(outcome, RunOutcome::NotFinished(_)),
            _ => matches!(outcome, RunOutcome::Unclear(_)),
        };
        assert!(fits, "{connection} {alias}: {outcome:?}");
    }
    assert!(
        actions
            .find_in_connection("A", "poll")
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(
        actions
            .list()
            .items()
            .try_collect::<Vec<_>>()
            .await
            .unwrap()
            .len(),
        4
    );
    let id = cleo.action_id("B", "poll").unwrap();
    assert_eq!(
        actions.get(&id).await.unwrap().alias.as_deref(),
        Some("poll")
    );
    assert_eq!(cleo.counters().runs, 4);
}

#[tokio::test]
async fn a_filter_that_nobody_confirmed_is_refused_by_the_double() {
    let cleo = many(1).start().await.unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let filter = Filter::raw(r#"alias eq "a" or alias eq "b""#).unwrap();
    let error = client
        .connections()
        .list()
        .filter(filter)
        .items()
        .try_collect::<Vec<_>>()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Validation);
    assert!(error.message().unwrap().starts_with("filter: "));
}
