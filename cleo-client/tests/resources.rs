//! Objects over real HTTP: created, replaced without losing anybody's work, removed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use base64::{Engine as _, engine::general_purpose::STANDARD};
use cleo_client::{
    Client, Deployment, ErrorKind, FlexBool, Link, NodeSerial, Sent, Support,
    experimental::{Events, Folders},
    resource::{
        ActionDraft, ActionType, AuthenticatorDraft, AuthenticatorType, CertificateRole,
        ConnectSettings, ConnectionDraft, ConnectionType, FolderUsage, Imported, LogEvent,
        NodeDraft, Reference, RunOutcome, User, UserDraft,
    },
    testing::{FakeCleo, FakeCleoBuilder, Fault, Operation},
};
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};

/// Two certificates with the serial number 0abc12.
const ACME: &str = "\
     MIIBbDCCARKgAwIBAgIDCrwSMAoGCCqGSM49BAMCMBMxETAPBgNVBAMMCEFDTUUgQVMyMCAXDTI2MTEyMzE1MDAyOVoYDzIxMjYx\
     MDMwMTUwMDI5WjATMREwDwYDVQQDDAhBQ01FIEFTMjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAwA4zawMegtYHEnLBT7Xae/\
     gizUlSx3GoaPtS5xZ/6Bz3FmFVL32lP7wqZCU41GVpV0Bqa1yvw4bldmvQPv3e+jUzBRMB0GA1UdDgQWBBSq/WOMlCsUuECxq8B7\
     b7UpxuPJozAfBgNVHSMEGDAWgBSq/WOMlCsUuECxq8B7b7UpxuPJozAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUC\
     IQDlObDotwOdd+6YZUTGxT1ND9R28pw3WBFQEHPOlpZe1gIgefsRUqnO+90SsmAxxu+P2Sa2P0/F0ohMvQe8gCQHz/w=";
const OTHER: &str = "\
     MIIBbzCCARSgAwIBAgIDCrwSMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCU9USEVSIEFTMjAgFw0yNjExMjMxNTAwMjlaGA8yMTI2\
     MTAzMDE1MDAyOVowFDESMBAGA1UEAwwJT1RIRVIgQVMyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEclmoqetY81YPB5pn6RSR\
     sOTgv8cb0HgvQB5AsWFvGVChjnkoi+ju8+jz4XQg5n8Ek+ohNspH5a0+uf5/eF3QT6NTMFEwHQYDVR0OBBYEFNxg6C2WoKubWRTo\
     tE0zW+3NnlCwMB8GA1UdIwQYMBaAFNxg6C2WoKubWRTotE0zW+3NnlCwMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAw\
     RgIhAJAPPVHpyiCQ0NRv6wzKBhh/b5cO41vHIktWdA3LgfbPAiEAzOL4X5dApCoBNOUidBwkHNRIr9xkKmBDoDf99h4PyXk=";

fn der(text: &str) -> Vec<u8> {
    STANDARD.decode(text).unwrap()
}

fn cleo() -> FakeCleoBuilder {
    FakeCleo::builder().user("edi", "pw")
}

fn client(cleo: &FakeCleo) -> Client {
    cleo.client("edi", "pw").build().unwrap()
}

fn acme() -> ConnectionDraft {
    ConnectionDraft::new(ConnectionType::Sftp, "ACME")
        .enabled(true)
        .connect(
            ConnectSettings::default()
                .host("sftp.acme.example")
                .port(22)
                .username("us"),
        )
        .password("s3cret")
        .field("notNamedHere", json!({ "kept": true }))
}

#[tokio::test]
async fn a_connection_is_created_read_replaced_and_removed() {
    let cleo = cleo().start().await.unwrap();
    let client = client(&cleo);
    let connections = client.connections();
    let made = connections.create(&acme()).await.unwrap();
    assert_eq!(made.alias.as_deref(), Some("ACME"));
    assert_eq!(made.extra["notNamedHere"], json!({ "kept": true }));
    // The password arrived and does not come back.
    assert_eq!(
        cleo.written("connections")[0]["connect"]["password"],
        "s3cret"
    );
    assert!(!format!("{made:?}").contains("s3cret"));
    // Its default actions came with it.
    let actions = client.actions().linked(&made.links).await.unwrap();
    let aliases: Vec<_> = actions.iter().filter_map(|a| a.alias.as_deref()).collect();
    assert_eq!(aliases, ["send", "receive"]);

    let read = connections.get(made.id.as_ref().unwrap()).await.unwrap();
    assert_eq!(read, made);
    let changed = connections
        .replace(&read, &read.draft().enabled("inherit").alias("ACME 2"))
        .await
        .unwrap();
    assert_eq!(changed.alias.as_deref(), Some("ACME 2"));
    assert_eq!(changed.enabled, Some(FlexBool::Text("inherit".to_owned())));
    assert_eq!(changed.extra["notNamedHere"], json!({ "kept": true }));
    assert_eq!(changed.id, made.id);

    connections.delete(&changed).await.unwrap();
    let error = connections.get(&changed).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(
        client
            .actions()
            .list()
            .items()
            .try_next()
            .await
            .unwrap()
            .is_none()
    );
    let error = connections.delete(&changed).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn somebody_elses_change_is_not_written_over() {
    for etags in [false, true] {
        let cleo = cleo().etags(etags).start().await.unwrap();
        let client = client(&cleo);
        let connections = client.connections();
        let before = connections.create(&acme()).await.unwrap();
        let id = before.id.as_ref().unwrap().as_str().to_owned();
        assert!(cleo.edit("connections", &id, "localName", "US-2"));
        let draft = before.draft().partner_name("ACME-2");
        let error = connections.replace(&before, &draft).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
        assert_eq!(error.was_sent(), Sent::No);
        assert!(error.message().unwrap().contains("localName"), "{error}");
        assert!(!error.to_string().contains("US-2"));
        assert_eq!(cleo.written("connections")[0].get("partnerName"), None);
        // Whoever insists may overwrite.
        let after = connections.overwrite(&before, &draft).await.unwrap();
        assert_eq!(
            (after.partner_name.as_deref(), after.local_name),
            (Some("ACME-2"), None)
        );
    }
}

#[tokio::test]
async fn a_tag_guards_the_moment_between_look_and_write() {
    let cleo = cleo().etags(true).start().await.unwrap();
    let client = client(&cleo);
    let before = client.connections().create(&acme()).await.unwrap();
    let id = before.id.as_ref().unwrap().as_str().to_owned();
    let error = client
        .connections()
        .update(&before, |draft| {
            // Between reading and writing.
            cleo.edit("connections", &id, "localName", "US-2");
            draft.partner_name = Some("ACME-2".to_owned());
        })
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.status().unwrap().as_u16()),
        (ErrorKind::Conflict, 412)
    );
    assert_eq!(cleo.written("connections")[0]["localName"], "US-2");
}

#[tokio::test]
async fn what_changes_nothing_is_not_written_unless_it_brings_a_secret() {
    let cleo = cleo().start().await.unwrap();
    let client = client(&cleo);
    let before = client.connections().create(&acme()).await.unwrap();
    let puts = || cleo.requests().iter().filter(|r| r.method == "PUT").count();
    let same = client
        .connections()
        .replace(&before, &before.draft())
        .await
        .unwrap();
    assert_eq!((same, puts()), (before.clone(), 0));
    client.connections().update(&before, |_| ()).await.unwrap();
    assert_eq!(puts(), 0);
    let draft = before.draft().password("n3w");
    client.connections().replace(&before, &draft).await.unwrap();
    assert_eq!(puts(), 1);
    assert_eq!(cleo.written("connections")[0]["connect"]["password"], "n3w");
}

#[tokio::test]
async fn an_object_that_was_read_with_its_defaults_can_be_replaced() {
    let cleo = cleo().start().await.unwrap();
    let client = client(&cleo);
    client.connections().create(&acme()).await.unwrap();
    let mut all = Box::pin(client.connections().list_with_defaults().items());
    let full = all.try_next().await.unwrap().unwrap();
    assert_eq!(full.test, Some(FlexBool::Bool(false)));
    let plain = client.connections().get(&full).await.unwrap();
    assert_eq!(plain.test, None);
    let after = client
        .connections()
        .replace(&full, &full.draft().partner_name("ACME"))
        .await
        .unwrap();
    assert_eq!(after.partner_name.as_deref(), Some("ACME"));
}

#[tokio::test]
async fn writes_that_are_answered_without_a_body_are_read_back() {
    let cleo = cleo().silent_writes(true).start().await.unwrap();
    let client = client(&cleo);
    let made = client.connections().create(&acme()).await.unwrap();
    let changed = client
        .connections()
        .overwrite(&made, &made.draft().alias("B"))
        .await
        .unwrap();
    assert_eq!((changed.alias.as_deref(), changed.id), (Some("B"), made.id));
}

#[tokio::test]
async fn a_name_that_is_taken_is_a_conflict_or_not() {
    let cleo1 = cleo().start().await.unwrap();
    let client1 = client(&cleo1);
    client1.connections().create(&acme()).await.unwrap();
    let error = client1.connections().create(&acme()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::Conflict, Sent::Yes)
    );
    assert!(error.message().unwrap().contains("ACME"));

    let cleo2 = cleo().unique_aliases(false).start().await.unwrap();
    let client2 = client(&cleo2);
    for _ in 0..2 {
        client2.connections().create(&acme()).await.unwrap();
    }
    let error = client2
        .connections()
        .find_by_alias("ACME")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ambiguous);
}

#[tokio::test]
async fn a_creation_whose_answer_was_lost_is_not_repeated() {
    let cleo = cleo().start().await.unwrap();
    let client = client(&cleo);
    cleo.inject_on(Operation::Connections, Fault::CutAfter);
    let error = client.connections().create(&acme()).await.unwrap_err();
    assert_eq!((error.was_sent(), error.attempts()), (Sent::Maybe, 1));
    // The caller looks, and finds it.
    assert!(
        client
            .connections()
            .find_by_alias("ACME")
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(cleo.written("connections").len(), 1);
}

#[tokio::test]
async fn a_replacement_and_a_removal_whose_answers_were_lost_succeed() {
    let cleo = cleo().start().await.unwrap();
    let client = client(&cleo);
    let made = client.connections().create(&acme()).await.unwrap();
    cleo.inject_on(Operation::Connections, Fault::CutAfter);
    let changed = client
        .connections()
        .overwrite(&made, &made.draft().alias("B"))
        .await
        .unwrap();
    assert_eq!(changed.alias.as_deref(), Some("B"));
    cleo.inject_on(Operation::Connections, Fault::CutAfter);
    client.connections().delete(&made).await.unwrap();
    assert!(cleo.written("connections").is_empty());
}

#[tokio::test]
async fn fields_from_the_future_survive_a_replacement() {
    let cleo = cleo().unknown_fields(true).start().await.unwrap();
    let client = client(&cleo);
    let made = client.connections().create(&acme()).await.unwrap();
    let after = client
        .connections()
        .replace(&made, &made.draft().alias("B"))
        .await
        .unwrap();
    let future = json!({ "kept": [1, "2", null] });
    assert_eq!(after.extra["fromTheFuture"], future);
    assert_eq!(cleo.written("connections")[0]["fromTheFuture"], future);
}

#[tokio::test]
async fn groups_and_users_are_kept_apart_and_names_are_unique() {
    let cleo = cleo()
        .authenticator("Old", Value::Null)
        .group_user("Old", "ann")
        .start()
        .await
        .unwrap();
    let client = client(&cleo);
    let groups = client.authenticators();
    let draft = AuthenticatorDraft::new(AuthenticatorType::NativeUser, "Partners");
    let group = groups.create(&draft).await.unwrap();
    // Groups come with their defaults.
    let accept = group.accept.as_ref().unwrap();
    let rules = accept
        .security
        .as_ref()
        .unwrap()
        .password_rules
        .as_ref()
        .unwrap();
    let lockout = rules.lockout.as_ref().unwrap();
    assert_eq!(
        lockout.after_failed_attempts.as_ref().unwrap().as_u64(),
        Some(5)
    );
    let home = group.home.as_ref().unwrap();
    let folders = home.subfolders.as_ref().unwrap().default.as_ref().unwrap();
    assert_eq!(folders[0].usage, Some(FolderUsage::Download));

    let users = groups.users(&group).unwrap();
    let bob = users
        .create(
            &UserDraft::new("bob", "s3cret")
                .email("bob@example.com")
                .enabled(true),
        )
        .await
        .unwrap();
    assert!(bob.accept.as_ref().unwrap().last_password_reset.is_some());
    assert!(!serde_json::to_string(&bob).unwrap().contains("s3cret"));
    assert_eq!(
        bob.group().unwrap().href,
        group.links.first("self").unwrap().href
    );
    let error = users
        .create(&UserDraft::new("ann", "pw"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);

    // By link and by path it is the same user.
    let by_id = groups.users_of(group.id.as_ref().unwrap());
    let read = by_id.get(bob.id.as_ref().unwrap()).await.unwrap();
    assert_eq!(read, bob);
    let changed = users
        .replace(&bob, &bob.draft().notes("knows EDI"))
        .await
        .unwrap();
    assert_eq!(changed.notes.as_deref(), Some("knows EDI"));
    assert_eq!(
        users.find_by_username("bob").await.unwrap().unwrap().notes,
        changed.notes
    );
    assert!(users.find_by_username("ann").await.unwrap().is_none());
    let (found_in, ann) = groups.find_user("ann").await.unwrap().unwrap();
    assert_eq!(
        (found_in.alias.as_deref(), ann.username.as_deref()),
        (Some("Old"), Some("ann"))
    );
    assert!(groups.find_user("eve").await.unwrap().is_none());
    assert_eq!(
        groups.find_by_alias("Old").await.unwrap().unwrap().id,
        found_in.id
    );

    groups.delete(&group).await.unwrap();
    assert_eq!(
        users.get(&changed).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[tokio::test]
async fn a_user_without_a_password_is_refused() {
    let cleo = cleo()
        .authenticator("G", Value::Null)
        .start()
        .await
        .unwrap();
    let client = client(&cleo);
    let group = client
        .authenticators()
        .find_by_alias("G")
        .await
        .unwrap()
        .unwrap();
    let users = client.authenticators().users(&group).unwrap();
    let error = users
        .create(&User::default().draft().username("bob"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Validation);
    assert_eq!(error.message(), Some("a password is required"));
}

#[tokio::test]
async fn actions_belong_to_connections_groups_and_users() {
    let cleo = cleo()
        .connection("ACME", "as2")
        .authenticator("G", Value::Null)
        .group_user("G", "bob")
        .start()
        .await
        .unwrap();
    let client = client(&cleo);
    let actions = client.actions();
    let connection = client
        .connections()
        .find_by_alias("ACME")
        .await
        .unwrap()
        .unwrap();
    let (group, user) = client
        .authenticators()
        .find_user("bob")
        .await
        .unwrap()
        .unwrap();
    let links = [&connection.links, &group.links, &user.links];
    let [connection, group, user] = links.map(|links| links.first("self").unwrap());
    let send = ActionDraft::with_commands("send", ["PUT -DEL *"]);
    for draft in [
        send.clone().of_connection(connection),
        send.clone().of_group(group),
        send.clone().of_user(group, user),
    ] {
        let made = actions.create(&draft).await.unwrap();
        assert_eq!(made.kind, Some(ActionType::Commands));
        // The same name again, of the same parent.
        let error = actions.create(&draft).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        let scheduled = actions
            .replace(&made, &made.draft().schedule("on file continuously"))
            .await
            .unwrap();
        assert_eq!(scheduled.schedule.as_deref(), Some("on file continuously"));
        assert!(actions.run(&scheduled).send().await.unwrap().is_success());
    }
    let found = [
        actions
            .find_in_connection("ACME", "send")
            .await
            .unwrap()
            .unwrap(),
        actions.find_in_group("G", "send").await.unwrap().unwrap(),
        actions.find_of_user("bob", "send").await.unwrap().unwrap(),
    ];
    assert!(found[0].connection.is_some() && found[1].authenticator.is_some());
    let user = found[2]
        .authenticator
        .as_ref()
        .unwrap()
        .user
        .as_ref()
        .unwrap();
    assert_eq!(user.username.as_deref(), Some("bob"));
    actions.delete(&found[2]).await.unwrap();
    assert!(actions.find_of_user("bob", "send").await.unwrap().is_none());
}

#[tokio::test]
async fn actions_without_a_parent_stand_alone_in_harmony_only() {
    let draft = ActionDraft::with_commands("tidy", ["SET x"]);
    let cleo = cleo().connection("ACME", "as2").start().await.unwrap();
    let client = client(&cleo);
    let made = client.actions().create_stand_alone(&draft).await.unwrap();
    assert!(made.connection.is_none() && made.authenticator.is_none());

    let trader = cleo
        .client("edi", "pw")
        .deployment(Deployment::VlTrader)
        .build()
        .unwrap();
    let before = cleo.counters().requests;
    let error = trader
        .actions()
        .create_stand_alone(&draft)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::InvalidRequest, Sent::No)
    );
    assert_eq!(cleo.counters().requests, before);
    let with_parent = draft.of_connection(&Link::new("/api/connections/x"));
    let error = client
        .actions()
        .create_stand_alone(&with_parent)
        .await
        .unwrap_err();
    assert!(error.message().unwrap().contains("parent"));
}

#[tokio::test]
async fn a_runs_log_is_taken_apart() {
    let cleo = cleo()
        .connection("ACME", "as2")
        .action(
            "ACME",
            "send",
            cleo_client::testing::RunScript::failure("error"),
        )
        .start()
        .await
        .unwrap();
    let client = client(&cleo);
    let id = cleo.action_id("ACME", "send").unwrap();
    let outcome = client.actions().run(id).send().await.unwrap();
    assert!(matches!(outcome, RunOutcome::Failed(_)));
    let lines: Vec<_> = outcome.report().lines().collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[1].event, LogEvent::Result);
    assert_eq!(lines[1].attributes(), [(String::new(), "error".to_owned())]);
}

#[tokio::test]
async fn a_certificate_is_imported_once() {
    // Another certificate with the same serial number, and our own with its key, stand in the way.
    let cleo = cleo()
        .certificate(&der(OTHER), false)
        .certificate(&der(ACME), true)
        .start()
        .await
        .unwrap();
    let client = client(&cleo);
    let certificates = client.certificates();
    let Imported::New(first) = certificates.import(&der(ACME)).await.unwrap() else {
        panic!("it was not there");
    };
    assert_eq!(first.serial_number.as_deref(), Some("0abc12"));
    assert_eq!(first.id.as_ref().unwrap().as_str().len(), 40);
    assert_eq!(first.der().unwrap(), der(ACME));
    let again = certificates.import(&der(ACME)).await.unwrap();
    assert_eq!(again, Imported::Known(first.clone()));
    assert_eq!(again.certificate().id, first.id);
    assert_eq!(certificates.get(&first).await.unwrap(), first);
    let all: Vec<_> = certificates.list().items().try_collect().await.unwrap();
    assert_eq!(all.len(), 3);

    // A connection refers to it.
    let link = first.links.first("self").unwrap().clone();
    let draft = acme().partner_signing_cert(link.clone());
    let made = client.connections().create(&draft).await.unwrap();
    assert_eq!(
        made.certificate(CertificateRole::PartnerSigning),
        Some(&link)
    );
    let read = certificates.get(&link).await.unwrap();
    assert_eq!(read.id, first.id);
}

#[tokio::test]
async fn what_is_no_certificate_never_leaves() {
    let cleo = cleo().start().await.unwrap();
    let client = client(&cleo);
    let pem = format!("-----BEGIN CERTIFICATE-----\n{ACME}\n-----END CERTIFICATE-----");
    let error = client
        .certificates()
        .import(pem.as_bytes())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.message().unwrap().contains("PEM"), "{error}");
    assert_eq!(cleo.counters().requests, 0);
}

#[tokio::test]
async fn nodes_are_added_and_initialised() {
    let cleo = cleo().start().await.unwrap();
    let client = client(&cleo);
    let serial: NodeSerial = "LX1234-AB5678".parse().unwrap();
    let draft = NodeDraft::new(serial.clone(), "https://10.0.0.2:5443")
        .enabled(true)
        .backup(false);
    let node = client.nodes().add(&draft).await.unwrap().unwrap();
    assert_eq!(node.serial, Some(serial.clone()));
    client.nodes().initialize(&serial).await.unwrap();
    assert_eq!(cleo.written("nodes")[0]["initialized"], true);
    let all: Vec<_> = client.nodes().list().items().try_collect().await.unwrap();
    assert_eq!(all.len(), 1);
    let unknown = "LX0000-000000".parse().unwrap();
    let error = client.nodes().initialize(&unknown).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);

    let mut declared = Deployment::Cic.capabilities();
    declared.nodes = Support::No;
    let cloud = cleo
        .client("edi", "pw")
        .capabilities(declared)
        .build()
        .unwrap();
    assert_eq!(
        cloud.nodes().add(&draft).await.unwrap_err().kind(),
        ErrorKind::InvalidRequest
    );
}

#[tokio::test]
async fn events_are_read_where_they_are() {
    let cleo = cleo()
        .events_path("log")
        .event("1", json!({ "message": "Run", "level": 3, "none": null }))
        .start()
        .await
        .unwrap();
    let client = client(&cleo);
    let events: Vec<_> = Events::at(&client, "log")
        .list()
        .items()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(events[0].text("message").as_deref(), Some("Run"));
    assert_eq!(events[0].text("level").as_deref(), Some("3"));
    assert_eq!(
        (events[0].text("none"), events[0].text("other")),
        (None, None)
    );
    let mut elsewhere = Box::pin(Events::at(&client, "events").list().items());
    let error = elsewhere.try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn folders_lead_to_what_is_in_them() {
    let cleo = cleo().folder("outbox/acme").start().await.unwrap();
    cleo.place("outbox/acme", "a.edi", "ISA").unwrap();
    let client = client(&cleo);
    let folders = Folders::new(&client);
    let all: Vec<_> = folders.list().items().try_collect().await.unwrap();
    assert_eq!(all[0].usage, Some(FolderUsage::Neither));
    let own = all[0].links.first("self").unwrap();
    assert_eq!(folders.get(own).await.unwrap(), all[0]);
    let files = folders.linked(&all[0], "files").unwrap();
    let files: Vec<_> = files.items().try_collect().await.unwrap();
    assert_eq!(files[0].name.as_deref(), Some("a.edi"));
    let error = folders.linked(&all[0], "parents").unwrap_err();
    assert!(error.message().unwrap().contains("\"files\""), "{error}");
}

#[tokio::test]
async fn an_object_without_link_and_id_is_nobody() {
    let cleo = cleo().start().await.unwrap();
    let client = client(&cleo);
    let nobody = cleo_client::resource::Connection::default();
    let error = client.connections().get(&nobody).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    let elsewhere = Link::new("https://evil.example/api/connections/x");
    let error = client
        .connections()
        .delete(Reference::from(&elsewhere))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(cleo.counters().requests, 0);
}

#[tokio::test]
async fn what_comes_with_a_connection_is_the_servers_choice() {
    for wanted in [&[][..], &["poll"], &["send", "receive", "tidy"]] {
        let cleo = cleo()
            .default_actions(wanted.iter().copied())
            .demand_content_type(false)
            .start()
            .await
            .unwrap();
        let client = client(&cleo);
        let made = client.connections().create(&acme()).await.unwrap();
        let found = client.actions().linked(&made.links).await.unwrap();
        let aliases: Vec<_> = found.iter().filter_map(|a| a.alias.as_deref()).collect();
        assert_eq!(aliases, wanted);
        for action in &found {
            let outcome = client.actions().run(action).send().await.unwrap();
            assert!(outcome.is_success());
        }
    }
}
