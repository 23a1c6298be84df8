//! What every deployment has to do, asked of a double of each: the cloud, Harmony, VLTrader behind a VLProxy.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use cleo_client::{
    Client, ClientBuilder, Credentials, Deployment, ErrorKind, Filter, Support,
    file_transfer::{FileTransfer, HttpServerTransfer, RestTransfer, Upload},
    resource::{
        ActionDraft, AuthenticatorDraft, AuthenticatorType, ConnectionDraft, ConnectionType,
        NodeDraft, UserDraft,
    },
    testing::{FakeCleo, FakeCleoBuilder, TokenAnswer},
};
use futures_util::TryStreamExt as _;
use http::Method;

/// A double with all that one deployment is known or said to be like.
fn double(deployment: Deployment) -> FakeCleoBuilder {
    let cleo = FakeCleo::builder().user("edi", "pw").product(deployment);
    match deployment {
        // No Basic, short tokens that can be renewed, pages smaller than asked for.
        Deployment::Cic => cleo
            .basic(false)
            .refresh_tokens(true)
            .token_answer(TokenAnswer::Number)
            .page_cap(2),
        Deployment::VlTrader => cleo.prefix("/rest/api").vlproxy_serial("VP1234-AB5678"),
        _ => cleo.absolute_links(true).booleans_as_strings(true),
    }
}

fn builder(cleo: &FakeCleo) -> ClientBuilder {
    cleo.client("edi", "pw").extra_header("x-tenant", "acme")
}

async fn contract(deployment: Deployment) {
    let cleo = double(deployment).start().await.unwrap();
    let client = builder(&cleo).build().unwrap();
    assert_eq!(client.deployment(), deployment);
    client.log_in().await.unwrap();
    Box::pin(objects(&client)).await;
    runs(&client).await;
    files(&client, &RestTransfer::new(&client).unwrap()).await;

    // What only some have.
    let commands = HttpServerTransfer::builder(&client).build();
    assert_eq!(commands.is_ok(), deployment != Deployment::Cic);
    if let Ok(commands) = commands {
        files(&client, &commands).await;
    }
    let node = NodeDraft::new("LX0001-AA0001".parse().unwrap(), "https://10.0.0.2:5443");
    client.nodes().add(&node).await.unwrap();
    let alone = ActionDraft::with_commands("tidy", ["SET x"]);
    let alone = client.actions().create_stand_alone(&alone).await;
    assert_eq!(alone.is_ok(), deployment == Deployment::Harmony);

    // Another prefix is not the API, and without the serial number nobody gets through a proxy.
    let elsewhere = builder(&cleo).prefix("/other").build().unwrap();
    let error = elsewhere.log_in().await.unwrap_err();
    assert!(error.status().unwrap().is_client_error(), "{error}");
    assert_eq!(cleo.counters().refused_logins, 0);
}

async fn objects(client: &Client) {
    let connections = client.connections();
    for alias in ["ACME", "BETA", "GAMMA"] {
        let draft = ConnectionDraft::new(ConnectionType::As2, alias).enabled("true");
        connections.create(&draft).await.unwrap();
    }
    let list = connections.list().page_size(2);
    let all: Vec<_> = list.items().try_collect().await.unwrap();
    assert_eq!(all.len(), 3);
    let filter = Filter::starts_with("alias", "B").unwrap();
    let filter = filter.and(Filter::eq("type", "as2").unwrap()).in_brackets();
    let some: Vec<_> = connections
        .list()
        .filter(filter)
        .items()
        .try_collect()
        .await
        .unwrap();
    let beta = some.first().unwrap();
    let beta = connections
        .replace(beta, &beta.draft().enabled(false))
        .await
        .unwrap();
    assert_eq!(beta.enabled.as_ref().unwrap().as_bool(), Some(false));
    connections.delete(&beta).await.unwrap();
    assert!(connections.find_by_alias("BETA").await.unwrap().is_none());

    let groups = client.authenticators();
    let draft = AuthenticatorDraft::new(AuthenticatorType::NativeUser, "Partners");
    let group = groups.create(&draft).await.unwrap();
    let users = groups.users(&group).unwrap();
    let bob = users
        .create(&UserDraft::new("bob", "s3cret"))
        .await
        .unwrap();
    assert_eq!(users.get(&bob).await.unwrap(), bob);
    groups.delete(&group).await.unwrap();
}

async fn runs(client: &Client) {
    let partner = client
        .connections()
        .find_by_alias("ACME")
        .await
        .unwrap()
        .unwrap();
    let send = client
        .actions()
        .find_in_connection("ACME", "send")
        .await
        .unwrap()
        .unwrap();
    let linked = client.actions().linked(&partner.links).await.unwrap();
    assert!(linked.iter().any(|action| action.id == send.id));
    let outcome = client
        .actions()
        .run(&send)
        .messages_count(2)
        .send()
        .await
        .unwrap();
    assert!(outcome.is_success());
    assert_eq!(outcome.report().messages.len(), 2);
}

async fn files(client: &Client, files: &dyn FileTransfer) {
    let name = "PO-0000012345-0.edi";
    let order = Upload::new("outbox/acme", name, "ISA*00*");
    files.upload(&order).await.unwrap();
    assert!(files.exists("outbox/acme", name).await.unwrap());
    let listed = files.list("outbox/acme").await.unwrap();
    assert_eq!(listed.first().unwrap().size, Some(7));
    assert_eq!(
        files.download("outbox/acme", name).await.unwrap(),
        "ISA*00*"
    );
    files.delete("outbox/acme", name).await.unwrap();
    assert!(!files.exists("outbox/acme", name).await.unwrap());
    let raw = client
        .request(Method::GET, "connections")
        .query("count", "1");
    assert!(!raw.send().await.unwrap().body().is_empty());
}

#[tokio::test]
async fn the_cloud_keeps_the_contract() {
    Box::pin(contract(Deployment::Cic)).await;
}

#[tokio::test]
async fn harmony_keeps_the_contract() {
    Box::pin(contract(Deployment::Harmony)).await;
}

#[tokio::test]
async fn vltrader_behind_a_proxy_keeps_the_contract() {
    Box::pin(contract(Deployment::VlTrader)).await;
}

#[tokio::test]
async fn what_the_server_calls_itself_is_told_and_nothing_depends_on_it() {
    for (deployment, name) in [
        (Deployment::Cic, None),
        (Deployment::Harmony, Some("Cleo Harmony/5.8.1.0 (Linux)")),
        (Deployment::VlTrader, Some("Cleo VLTrader/5.8.1.0 (Linux)")),
    ] {
        let cleo = double(deployment).start().await.unwrap();
        let client = builder(&cleo).build().unwrap();
        let response = client.request(Method::GET, "actions").send().await.unwrap();
        assert_eq!(response.server(), name);
        let error = client
            .request(Method::GET, "nothing")
            .send()
            .await
            .unwrap_err();
        assert_eq!(error.server(), name);
    }
}

#[tokio::test]
async fn without_its_serial_number_nobody_gets_through_the_proxy() {
    let cleo = double(Deployment::VlTrader).start().await.unwrap();
    let client = Client::builder(cleo.origin())
        .prefix("/rest/api")
        .credentials(Credentials::basic("edi", "pw"))
        .build()
        .unwrap();
    let error = client
        .request(Method::GET, "actions")
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert!(error.message().unwrap().contains("serial number"));
}

#[tokio::test]
async fn what_a_deployment_is_declared_not_to_have_is_refused_before_anything_leaves() {
    let mut declared = Deployment::Harmony.capabilities();
    declared.basic = Support::No;
    declared.http_server_commands = Support::No;
    let origin: url::Url = "https://cleo.example:6443".parse().unwrap();
    let builder = || Client::builder(origin.clone()).capabilities(declared);
    let error = builder()
        .credentials(Credentials::basic("edi", "pw"))
        .build()
        .unwrap_err();
    assert!(error.message().unwrap().contains("Basic"), "{error}");
    let client = builder()
        .credentials(Credentials::password("edi", "pw"))
        .build()
        .unwrap();
    assert_eq!(client.capabilities(), declared);
    let error = HttpServerTransfer::builder(&client).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
}
