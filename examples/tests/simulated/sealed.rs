//! Payloads at rest: nothing of them is in the ledger's files, keys rotate, and a missing one is told.

use std::fs;

use peoplesoft_cleo::config::{EncryptionSettings, KeySource, SecretRef};
use peoplesoft_cleo::integration::{Access, Integration, OpenError};
use peoplesoft_cleo::simulation::Faults;

use sync_core::delivery::Phase;

use crate::simulated::Simulated;

/// Whether any file of the ledger holds this text.
fn ledger_holds(simulated: &Simulated, text: &str) -> bool {
    let folder = &simulated.config.state.directory;
    let mut files = 0;
    let mut found = false;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() && path.to_str().unwrap().contains("ledger.db") {
            files += 1;
            let bytes = fs::read(path).unwrap();
            found |= bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes());
        }
    }
    assert!(files > 0, "there is a ledger");
    found
}

fn vault(name: &str) -> KeySource {
    KeySource::Vault(SecretRef::new(name))
}

/// What stands in an order and nowhere but in its payload.
fn planted(simulated: &Simulated) -> String {
    let order = &simulated.world.orders().unwrap()[0];
    let line = &order.lines[0];
    line.vendor_item.as_ref().unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_an_order_is_in_the_files_and_the_key_rotates() {
    let mut simulated = Simulated::start(10, false, Faults::None).await;
    let planted = planted(&simulated);
    assert!(planted.len() > 5, "{planted:?}");
    let new_key = ["ledger", "new-key"];
    let said = simulated.say(&new_key).await.is(2);
    assert!(said.error.contains("[state.encryption]"), "{}", said.error);

    simulated.config.state.encryption = Some(EncryptionSettings::new(vault("ledger-key")));
    // Without the key nothing is opened, and nothing written.
    let said = simulated.say(&["sync"]).await.is(2);
    assert!(
        said.error.contains("the secret ledger-key of the vault"),
        "{}",
        said.error
    );
    let said = simulated.say(&new_key).await.is(0);
    assert!(said.out.contains("keep a copy"), "{}", said.out);
    let said = simulated.say(&new_key).await.is(2);
    assert!(said.error.contains("not overwritten"), "{}", said.error);
    assert_eq!(simulated.run().await.orders().sent, 10);
    assert!(!ledger_holds(&simulated, &planted));
    simulated.say(&["audit", "verify"]).await.is(0);

    // Who has the key reads the orders as they came.
    let key = simulated.world.orders().unwrap()[0].key.to_string();
    let read = simulated
        .documents("purchase-orders", Phase::Confirmed)
        .await;
    let of_key = read.iter().find(|doc| *doc.key == *key).unwrap();
    assert!(String::from_utf8_lossy(&of_key.payload).contains(&planted));

    // Rotation: new documents under a key in a file, the old ones still read.
    let file = simulated.dir.path().join("ledger.key");
    let mut settings = EncryptionSettings::new(KeySource::File { file: file.clone() });
    settings.older_keys = vec![vault("ledger-key")];
    settings.refuse_plain = true;
    simulated.config.state.encryption = Some(settings);
    simulated.say(&new_key).await.is(0);
    let order = simulated.world.orders().unwrap().remove(0);
    let partner = simulated.partner(&order);
    simulated.place(partner, "a.edi", 1, &[simulated.invoice(&order, "INV-1")]);
    simulated.sync().await.is_complete();
    let keys = simulated
        .say(&["ledger", "keys", "--json"])
        .await
        .is(0)
        .json();
    let keys = keys["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2, "{keys:?}");
    assert_eq!(
        (&keys[0]["standing"], &keys[0]["documents"]),
        (&"current".into(), &4.into())
    );
    assert_eq!(
        (&keys[1]["standing"], &keys[1]["documents"]),
        (&"older".into(), &12.into())
    );
    assert!(!ledger_holds(&simulated, &planted));

    // Others may not read the key's file.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let said = simulated.say(&["status"]).await.is(2);
        assert!(said.error.contains("chmod 600"), "{}", said.error);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    }

    // The old key is forgotten too early.
    let sealed = simulated.config.state.encryption.as_mut().unwrap();
    sealed.older_keys.clear();
    let error = Integration::open(simulated.config.clone(), Access::Run)
        .await
        .unwrap_err();
    assert!(matches!(error, OpenError::Sealed { .. }), "{error}");
    let said = simulated.say(&["ledger", "keys"]).await.is(1);
    assert!(said.out.contains("MISSING"), "{}", said.out);

    // Or sealing is switched off: nothing goes into the ledger in the clear.
    simulated.config.state.encryption = None;
    let said = simulated.say(&["sync"]).await;
    assert_ne!(said.code, 0, "{}", said.out);
    assert!(
        said.error.contains("`state.encryption` does not name"),
        "{}",
        said.error
    );
    assert!(!ledger_holds(&simulated, &planted));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_from_before_is_read_as_it_is() {
    let mut simulated = Simulated::start(5, false, Faults::None).await;
    simulated.run().await;
    assert!(ledger_holds(&simulated, &planted(&simulated)));
    let mut settings = EncryptionSettings::new(vault("ledger-key"));
    simulated.config.state.encryption = Some(settings.clone());
    simulated.say(&["ledger", "new-key"]).await.is(0);
    assert_eq!(simulated.run().await.orders().sent, 0);
    let said = simulated.say(&["ledger", "keys"]).await.is(0);
    assert!(said.out.contains("not sealed"), "{}", said.out);
    // Unless it was sealed from its beginning, as somebody says.
    settings.refuse_plain = true;
    simulated.config.state.encryption = Some(settings);
    let said = simulated.say(&["sync"]).await.is(1);
    assert!(said.error.contains("is not sealed"), "{}", said.error);
}
