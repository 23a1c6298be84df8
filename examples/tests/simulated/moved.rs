//! A ledger moves from a file to a database and back, and the flows go on where they were.

use std::fs;

use peoplesoft_cleo::config::{PostgresSettings, SecretRef};
use peoplesoft_cleo::simulation::Faults;

use crate::postgres_server::Server;
use crate::simulated::Simulated;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_goes_to_postgresql_and_back_and_nothing_is_sent_again() {
    let server = Server::start();
    let mut simulated = Simulated::start(20, true, Faults::None).await;
    simulated.keep("ledger-url", &server.url());
    let file = simulated.dir.path().join("ledger.jsonl");
    let (file, text) = (file.to_str().unwrap().to_owned(), "ledger");
    let export = [text, "export", &file, "--json"];
    let said = simulated.say(&export).await.is(2);
    assert!(
        said.error.contains("there is no ledger in"),
        "{}",
        said.error
    );
    simulated.run().await;
    let sent = simulated.orders_at_cleo();
    let before = simulated.documents_in_all().await;

    // Somebody else has the file.
    let open = simulated.open().await;
    let said = simulated.say(&export).await.is(1);
    assert!(
        said.error.contains("in use by another process"),
        "{}",
        said.error
    );
    drop(open);
    let written = simulated.say(&export).await.is(0).json();
    assert_eq!(written["exported"], true);
    let said = simulated.say(&export).await.is(2);
    assert!(said.error.contains("not overwritten"), "{}", said.error);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    // Into the ledger that is there: refused.
    let import = ["ledger", "import", &file, "--json"];
    let said = simulated.say(&import).await.is(2);
    assert!(
        said.error.contains("expected an empty ledger"),
        "{}",
        said.error
    );

    let postgres = PostgresSettings::new(SecretRef::new("ledger-url"));
    simulated.config.state.postgres = Some(postgres.clone());
    let read = simulated.say(&import).await.is(0).json();
    for what in ["rows", "flows", "sha256"] {
        assert_eq!(read[what], written[what], "{what}");
    }
    let said = simulated.say(&import).await.is(2);
    assert!(said.error.contains("another `schema`"), "{}", said.error);
    simulated.say(&["audit", "verify"]).await.is(0);
    assert_eq!(simulated.documents_in_all().await, before);
    let ran = simulated.run().await;
    assert_eq!((ran.orders().sent, ran.invoices().sent), (0, 0));
    assert_eq!(simulated.orders_at_cleo(), sent);

    // And back, into a directory of its own.
    let back = simulated.dir.path().join("back.jsonl");
    let back = back.to_str().unwrap();
    simulated.say(&["ledger", "export", back]).await.is(0);
    simulated.config.state.postgres = None;
    simulated.config.state.directory = simulated.dir.path().join("other");
    simulated.say(&["ledger", "import", back]).await.is(0);
    simulated.say(&["audit", "verify"]).await.is(0);
    let ran = simulated.run().await;
    assert_eq!((ran.orders().sent, ran.invoices().sent), (0, 0));

    // Under another name of the tenant it would all be sent again.
    simulated.config.tenant = "other".to_owned();
    simulated.config.state.directory = simulated.dir.path().join("third");
    let said = simulated.say(&["ledger", "import", back]).await.is(0);
    assert!(said.error.contains("correct `tenant`"), "{}", said.error);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_changed_or_cut_off_leaves_nothing_behind() {
    let mut simulated = Simulated::start(5, false, Faults::None).await;
    simulated.run().await;
    let file = simulated.dir.path().join("ledger.jsonl");
    let name = file.to_str().unwrap().to_owned();
    simulated.say(&["ledger", "export", &name]).await.is(0);
    let whole = fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    simulated.config.state.directory = simulated.dir.path().join("other");
    let key = simulated.world.orders().unwrap()[0].key.to_string();
    for (text, told) in [
        (
            lines[..lines.len() / 2].join("\n") + "\n",
            "before its last line",
        ),
        (whole.replacen(&key, "US009/1", 1), "expected a whole file"),
        (whole.clone() + "{}\n", "nothing may follow"),
        ("Dear Sir or Madam\n".to_owned(), "line 1"),
        (String::new(), "the file is empty"),
    ] {
        fs::write(&file, text).unwrap();
        let said = simulated.say(&["ledger", "import", &name]).await.is(1);
        assert!(said.error.contains(told), "{told}: {}", said.error);
        assert!(!simulated.config.state.directory.join("ledger.db").exists());
    }
    fs::write(&file, whole).unwrap();
    simulated.say(&["ledger", "import", &name]).await.is(0);
    let said = simulated
        .say(&["ledger", "import", "nowhere.jsonl"])
        .await
        .is(2);
    assert!(said.error.contains("nowhere.jsonl"), "{}", said.error);
    assert_eq!(simulated.run().await.orders().sent, 0);
}
