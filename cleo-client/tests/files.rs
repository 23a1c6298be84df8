//! Files both ways, and what the double keeps of them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::HashSet, path::Path};

use cleo_client::{
    Client, Credentials, Deployment, ErrorKind, Sent,
    file_transfer::{
        BodyTemplate, FileTransfer, HttpServerTransfer, ListFormat, RestTemplates, RestTransfer,
        Upload,
    },
    testing::{FakeCleo, FakeCleoBuilder, Fault, Operation, RequestRecord, SameName},
};
use sha2::{Digest, Sha256};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

fn cleo() -> FakeCleoBuilder {
    FakeCleo::builder().user("edi", "pw")
}

fn both(cleo: &FakeCleo) -> [Box<dyn FileTransfer>; 2] {
    let client = cleo.client("edi", "pw").build().unwrap();
    [
        Box::new(RestTransfer::new(&client).unwrap()),
        Box::new(HttpServerTransfer::builder(&client).build().unwrap()),
    ]
}

fn lines(directory: &Path) -> Vec<RequestRecord> {
    let text = std::fs::read_to_string(directory.join("requests.ndjson")).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn a_file_goes_there_and_back_both_ways() {
    for way in 0..2 {
        let cleo = cleo()
            .page_cap(2)
            .numbers_as_strings(true)
            .start()
            .await
            .unwrap();
        let files = &both(&cleo)[way];
        for directory in ["", "outbox", "out box/ac&me/ä", "a/files/files"] {
            for name in ["po 1.edi", "ü?#%2F&=+.edi", "a\"b'c.edi", "files"] {
                assert!(!files.exists(directory, name).await.unwrap());
                let upload = Upload::new(directory, name, "ISA*00\r\n\0\u{ff}");
                let receipt = files.upload(&upload).await.unwrap();
                assert_eq!((receipt.status.is_success(), receipt.attempts), (true, 1));
                assert!(
                    files.exists(directory, name).await.unwrap(),
                    "{directory} {name}"
                );
                assert_eq!(
                    Some(&files.download(directory, name).await.unwrap()),
                    upload.content.as_bytes()
                );
                assert_eq!(
                    cleo.content(directory, name).unwrap(),
                    upload.content.as_bytes().cloned()
                );
            }
            let list = files.list(directory).await.unwrap();
            assert_eq!(list.len(), 4);
            assert!(list.iter().all(|file| file.size == Some(11)), "{list:?}");
            files.delete(directory, "files").await.unwrap();
            assert!(!files.exists(directory, "files").await.unwrap());
            let error = files.delete(directory, "files").await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound);
            let error = files.download(directory, "files").await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound);
        }
        assert_eq!(
            files.list("nowhere").await.unwrap_err().kind(),
            ErrorKind::NotFound
        );
        assert!(!files.exists("nowhere", "x").await.unwrap());
    }
}

#[tokio::test]
async fn names_that_lead_elsewhere_never_leave() {
    let cleo = cleo().start().await.unwrap();
    for files in &both(&cleo) {
        for (directory, name) in [
            ("..", "x"),
            ("a/../..", "x"),
            ("a", ".."),
            ("a", "b/c"),
            ("a", ""),
            ("a", "b\0"),
        ] {
            let error = files
                .upload(&Upload::new(directory, name, "x"))
                .await
                .unwrap_err();
            assert_eq!(
                (error.kind(), error.was_sent()),
                (ErrorKind::InvalidRequest, Sent::No)
            );
            assert!(files.exists(directory, name).await.is_err());
            assert!(files.download(directory, name).await.is_err());
            assert!(files.delete(directory, name).await.is_err());
        }
        assert!(files.list("../etc").await.is_err());
        let odd = Upload::new("a", "b", "x").with_content_type("text\n");
        assert_eq!(
            files.upload(&odd).await.unwrap_err().kind(),
            ErrorKind::InvalidRequest
        );
    }
    assert_eq!(cleo.counters().requests, 0);
}

#[tokio::test]
async fn a_name_that_is_taken_meets_the_switch() {
    for (rule, names) in [
        (SameName::Suffix, vec!["po.edi", "po.edi.1"]),
        (SameName::Overwrite, vec!["po.edi"]),
        (SameName::Refuse, vec!["po.edi"]),
    ] {
        let cleo = cleo().same_name(rule).start().await.unwrap();
        let [rest, _] = both(&cleo);
        rest.upload(&Upload::new("out", "po.edi", "first"))
            .await
            .unwrap();
        let second = rest.upload(&Upload::new("out", "po.edi", "second")).await;
        assert_eq!(cleo.files("out"), names);
        let content = cleo.content("out", "po.edi").unwrap().unwrap();
        match rule {
            SameName::Refuse => {
                let error = second.unwrap_err();
                assert_eq!(
                    (error.kind(), error.was_sent()),
                    (ErrorKind::Conflict, Sent::Yes)
                );
                assert_eq!((&content[..], cleo.received().len()), (&b"first"[..], 1));
            }
            SameName::Overwrite => assert_eq!(&content[..], b"second"),
            SameName::Suffix => assert_eq!(&content[..], b"first"),
        }
    }
}

#[tokio::test]
async fn files_and_requests_are_on_disk_and_outlive_the_server() {
    let directory = tempfile::tempdir().unwrap();
    let cleo_at = |port| {
        cleo()
            .directory(directory.path())
            .port(port)
            .fsync(true)
            .start()
    };
    let first = cleo_at(0).await.unwrap();
    let port = first.address().port();
    let [rest, server] = both(&first);
    rest.upload(&Upload::new("out/acme", "1.edi", "one"))
        .await
        .unwrap();
    server
        .upload(&Upload::new("out/acme", "1.edi", "two"))
        .await
        .unwrap();
    first.place("in", "810.edi", "ISA").unwrap();
    let on_disk = directory.path().join("files/out/acme");
    assert_eq!(std::fs::read(on_disk.join("1.edi")).unwrap(), b"one");
    assert_eq!(std::fs::read(on_disk.join("1.edi.1")).unwrap(), b"two");
    let received = first.received();
    first.stop().await;

    // The same port, the same directory, a new server; the last line of the log broke off.
    let log = directory.path().join("requests.ndjson");
    let whole = std::fs::read_to_string(&log).unwrap();
    std::fs::write(&log, format!("{whole}{{\"n\":99,\"oper")).unwrap();
    let second = cleo_at(port).await.unwrap();
    assert_eq!(second.received(), received);
    assert_eq!(second.files("in"), ["810.edi"]);
    // The token is gone with the old server; the client notices and logs in.
    rest.upload(&Upload::new("out/acme", "1.edi", "three"))
        .await
        .unwrap();
    let received = second.received();
    assert_eq!(received.len(), 3);
    assert_eq!(
        (received[2].name.as_str(), received[2].directory.as_str()),
        ("1.edi.2", "out/acme")
    );
    assert_eq!(received[2].sha256, format!("{:x}", Sha256::digest("three")));
    let numbers: Vec<u64> = second.requests().iter().map(|record| record.n).collect();
    assert_eq!(numbers.iter().collect::<HashSet<_>>().len(), numbers.len());
}

#[tokio::test]
async fn a_file_that_was_written_down_is_kept_even_if_the_process_died() {
    let directory = tempfile::tempdir().unwrap();
    let first = cleo().directory(directory.path()).start().await.unwrap();
    let [rest, _] = both(&first);
    rest.upload(&Upload::new("out", "1.edi", "one"))
        .await
        .unwrap();
    let n = first.received()[0].n;
    first.stop().await;
    // Died after the line and before the file had its name; and before the line of another.
    let partial = directory.path().join("partial");
    std::fs::rename(
        directory.path().join("files/out/1.edi"),
        partial.join(n.to_string()),
    )
    .unwrap();
    std::fs::write(partial.join("4711"), "never promised").unwrap();
    let second = cleo().directory(directory.path()).start().await.unwrap();
    assert_eq!(second.files("out"), ["1.edi"]);
    assert_eq!(
        &second.content("out", "1.edi").unwrap().unwrap()[..],
        b"one"
    );
    assert_eq!(std::fs::read_dir(&partial).unwrap().count(), 0);
}

#[tokio::test]
async fn every_request_becomes_a_line() {
    let directory = tempfile::tempdir().unwrap();
    let cleo = cleo().directory(directory.path()).start().await.unwrap();
    let [rest, _] = both(&cleo);
    rest.upload(&Upload::new("out", "1.edi", "one"))
        .await
        .unwrap();
    cleo.inject_on(Operation::Upload, Fault::CutAfter);
    rest.upload(&Upload::new("out", "2.edi", "two"))
        .await
        .unwrap_err();
    cleo.inject_on(Operation::Upload, Fault::CutBefore);
    rest.upload(&Upload::new("out", "3.edi", "three"))
        .await
        .unwrap_err();
    let lines = lines(directory.path());
    assert_eq!(lines, cleo.requests());
    let uploads: Vec<_> = lines
        .iter()
        .filter(|line| line.operation == Operation::Upload)
        .map(|line| {
            (
                line.status,
                line.acted,
                line.file.as_deref(),
                line.bytes,
                line.fault.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        uploads,
        [
            (Some(201), true, Some("out/1.edi"), Some(3), None),
            (None, true, Some("out/2.edi"), Some(3), Some("cut-after")),
            (None, false, None, None, Some("cut-before")),
        ]
    );
    assert_eq!(lines[0].operation, Operation::Login);
    assert_eq!(cleo.files("out"), ["1.edi", "2.edi"]);
}

#[tokio::test]
async fn a_removal_whose_answer_was_lost_succeeds() {
    let cleo = cleo().start().await.unwrap();
    for files in &both(&cleo) {
        files
            .upload(&Upload::new("out", "1.edi", "one"))
            .await
            .unwrap();
        cleo.inject_on(Operation::Delete, Fault::CutAfter);
        files.delete("out", "1.edi").await.unwrap();
        assert!(cleo.files("out").is_empty());
    }
}

#[tokio::test]
async fn the_http_server_is_logged_in_to_first_and_once() {
    let cleo = cleo().service_path("/doors/server").start().await.unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let files = HttpServerTransfer::builder(&client)
        .service_path("/doors/server/")
        .build()
        .unwrap();
    let tasks: Vec<_> = (0..20)
        .map(|n| {
            let files = files.clone();
            tokio::spawn(
                async move { files.upload(&Upload::new("out", format!("{n}"), "x")).await },
            )
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let counters = cleo.counters();
    assert_eq!(
        (
            counters.of(Operation::Connect),
            counters.of(Operation::Upload)
        ),
        (1, 20)
    );
    assert_eq!(cleo.requests()[0].operation, Operation::Connect);
    // The REST API was not needed.
    assert_eq!(counters.logins, 0);
    assert!(
        cleo.requests()
            .iter()
            .all(|request| request.method == "POST")
    );
}

#[tokio::test]
async fn a_refused_log_in_to_the_http_server_is_final() {
    let cleo = cleo().start().await.unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let files = HttpServerTransfer::builder(&client)
        .credentials("edi", "wrong")
        .build()
        .unwrap();
    for _ in 0..5 {
        let error = files
            .upload(&Upload::new("out", "1", "x"))
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.was_sent()),
            (ErrorKind::LoginRefused, Sent::No)
        );
    }
    assert_eq!(cleo.counters().requests, 1);
    files.reset_login().await;
    files.list("out").await.unwrap_err();
    assert_eq!(cleo.counters().requests, 2);
}

#[tokio::test]
async fn lists_come_in_the_format_that_is_set() {
    for (separator, format) in [
        (Some('\t'), ListFormat::default()),
        (Some('|'), ListFormat::Lines { separator: '|' }),
        (None, ListFormat::Names),
        (None, ListFormat::default()),
    ] {
        let cleo = cleo().list_separator(separator).start().await.unwrap();
        cleo.place("in", "a b.edi", "12345").unwrap();
        let client = cleo.client("edi", "pw").build().unwrap();
        let files = HttpServerTransfer::builder(&client)
            .list_format(format)
            .build()
            .unwrap();
        let list = files.list("in").await.unwrap();
        assert_eq!((list[0].name.as_str(), list.len()), ("a b.edi", 1));
        assert_eq!(list[0].size, separator.map(|_| 5));
        assert!(files.exists("in", "a b.edi").await.unwrap());
    }
}

#[tokio::test]
async fn templates_come_from_data() {
    let cleo = cleo().start().await.unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let templates: RestTemplates = serde_json::from_str(
        r#"{
            "upload": { "method": "PUT", "path": "/folders/{directory}/files/{name}",
                        "query": { "name": "{name}" }, "body": { "multipart": { "field": "file" } } },
            "list": { "filter_attribute": "", "paged": false }
        }"#,
    )
    .unwrap();
    assert_eq!(
        templates.upload.body,
        BodyTemplate::Multipart {
            field: "file".to_owned()
        }
    );
    let files = RestTransfer::with_templates(&client, templates).unwrap();
    files
        .upload(&Upload::new("out/acme", "1.edi", "--x\r\n\r\ny"))
        .await
        .unwrap();
    assert_eq!(
        &cleo.content("out/acme", "1.edi").unwrap().unwrap()[..],
        b"--x\r\n\r\ny"
    );
    assert!(files.exists("out/acme", "1.edi").await.unwrap());
    let upload = &cleo.requests()[1];
    assert_eq!(
        (upload.method.as_str(), upload.query["name"].as_str()),
        ("PUT", "1.edi")
    );
    assert!(!cleo.requests()[2].query.contains_key("filter"));
    assert!(serde_json::from_str::<RestTemplates>(r#"{ "uplaod": {} }"#).is_err());
}

#[tokio::test]
async fn one_of_many_files_is_found_with_one_request() {
    let cleo = cleo().start().await.unwrap();
    for n in 0..500 {
        cleo.place("in", &format!("{n}.edi"), "x").unwrap();
    }
    let [rest, _] = both(&cleo);
    assert!(rest.exists("in", "499.edi").await.unwrap());
    assert!(!rest.exists("in", "49.ed").await.unwrap());
    assert_eq!(cleo.counters().of(Operation::List), 2);
    assert_eq!(rest.list("in").await.unwrap().len(), 500);
}

#[tokio::test]
async fn a_server_that_cannot_filter_files_is_asked_for_all() {
    let cleo = cleo()
        .file_filter(false)
        .page_cap(10)
        .start()
        .await
        .unwrap();
    for n in 0..35 {
        cleo.place("in", &format!("{n:02}.edi"), "x").unwrap();
    }
    let [rest, _] = both(&cleo);
    assert!(rest.exists("in", "34.edi").await.unwrap());
    assert!(!rest.exists("in", "35.edi").await.unwrap());
    assert_eq!(cleo.counters().of(Operation::List), 2 * (1 + 4));
}

#[tokio::test]
async fn what_has_no_name_is_not_a_file() {
    for (resources, names) in [
        (
            r#"[{"folder":"old"},{"name":"1.edi","size":"7","by":"x"},"2.edi"]"#,
            Some(2),
        ),
        (r#"[]"#, Some(0)),
        (r#"[{"fileName":"1.edi"}]"#, None),
    ] {
        let server = MockServer::start().await;
        let body = format!(r#"{{"totalResults":3,"resources":{resources}}}"#);
        Mock::given(method("GET"))
            .respond_with(ResponseTemplate::new(200).set_body_raw(body, "application/json"))
            .mount(&server)
            .await;
        let client = Client::builder(server.uri().parse().unwrap())
            .build()
            .unwrap();
        let mut templates = RestTemplates::default();
        templates.list.paged = false;
        let files = RestTransfer::with_templates(&client, templates).unwrap();
        match (files.list("in").await, names) {
            (Ok(list), Some(count)) => assert_eq!(list.len(), count),
            (Err(error), None) => assert!(error.message().unwrap().contains("\"name\"")),
            (result, _) => panic!("{resources}: {result:?}"),
        }
    }
}

#[test]
fn the_cloud_has_no_http_server() {
    let builder = |deployment| {
        Client::builder("https://acme.cleointegration.com".parse().unwrap())
            .deployment(deployment)
            .credentials(Credentials::bearer("token"))
            .build()
            .unwrap()
    };
    let error = HttpServerTransfer::builder(&builder(Deployment::Cic))
        .build()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    let error = HttpServerTransfer::builder(&builder(Deployment::VlTrader))
        .build()
        .unwrap_err();
    assert!(error.message().unwrap().contains("credentials"));
}
