use std::error::Error as _;
use std::fs;

use proptest::prelude::*;
use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;

use super::*;

const PLANTED: &str = "pLanted-s3cret-value";

fn given(byte: u8) -> GivenKey {
    GivenKey::new(Key::from_bytes([byte; KEY_LENGTH]))
}

fn vault() -> (TempDir, Vault) {
    let directory = tempfile::tempdir().unwrap();
    let vault = Vault::open(directory.path().join("vault.json"), given(1)).unwrap();
    (directory, vault)
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

#[test]
fn what_is_put_is_got_by_this_and_the_next_process() {
    let (_directory, vault) = vault();
    assert_eq!(vault.names("acme").unwrap(), Vec::<String>::new());
    vault.put("acme", "oprid", &secret("VP1")).unwrap();
    vault.put("acme", "password", &secret("one")).unwrap();
    vault.put("globex", "password", &secret("other")).unwrap();
    vault.put("acme", "password", &secret("two")).unwrap();

    let again = Vault::open(vault.path(), given(1)).unwrap();
    assert_eq!(
        again.get("acme", "password").unwrap().expose_secret(),
        "two"
    );
    assert_eq!(
        again.get("globex", "password").unwrap().expose_secret(),
        "other"
    );
    assert_eq!(again.names("acme").unwrap(), ["oprid", "password"]);

    again.remove("acme", "password").unwrap();
    let error = vault.get("acme", "password").unwrap_err();
    assert_eq!(error.kind(), VaultErrorKind::NotFound);
    assert!(error.to_string().contains("it has oprid"), "{error}");
    assert_eq!(
        vault.remove("acme", "password").unwrap_err().kind(),
        VaultErrorKind::NotFound
    );
}

#[test]
fn every_changed_byte_of_the_file_is_noticed() {
    let (_directory, vault) = vault();
    vault.put("acme", "a", &secret("first")).unwrap();
    vault.put("acme", "b", &secret("second")).unwrap();
    let intact = fs::read(vault.path()).unwrap();
    for mask in [0x01, 0x20, 0x80] {
        for at in 0..intact.len() {
            let mut changed = intact.clone();
            changed[at] ^= mask;
            fs::write(vault.path(), &changed).unwrap();
            let Err(error) = vault.get("acme", "a") else {
                panic!("byte {at} of the vault was changed by {mask:#x} without notice");
            };
            assert!(
                matches!(
                    error.kind(),
                    VaultErrorKind::Corrupt | VaultErrorKind::WrongKey
                ),
                "{error}"
            );
        }
    }
    for length in 0..intact.len() - 1 {
        fs::write(vault.path(), &intact[..length]).unwrap();
        assert_eq!(
            vault.get("acme", "a").unwrap_err().kind(),
            VaultErrorKind::Corrupt
        );
    }
}

#[test]
fn entries_cannot_be_swapped_dropped_or_brought_back() {
    let (_directory, vault) = vault();
    vault.put("acme", "a", &secret("old")).unwrap();
    let old: serde_json::Value = serde_json::from_slice(&fs::read(vault.path()).unwrap()).unwrap();
    vault.put("acme", "a", &secret("new")).unwrap();
    vault.put("globex", "a", &secret("other")).unwrap();
    let new: serde_json::Value = serde_json::from_slice(&fs::read(vault.path()).unwrap()).unwrap();

    let mut swapped = new.clone();
    swapped["entries"][0]["tenant"] = "globex".into();
    swapped["entries"][1]["tenant"] = "acme".into();
    let mut dropped = new.clone();
    dropped["entries"].as_array_mut().unwrap().remove(0);
    let mut brought_back = new.clone();
    brought_back["entries"][0] = old["entries"][0].clone();
    let mut doubled = new.clone();
    doubled["entries"]
        .as_array_mut()
        .unwrap()
        .push(old["entries"][0].clone());

    for changed in [swapped, dropped, brought_back, doubled] {
        fs::write(vault.path(), changed.to_string()).unwrap();
        assert_eq!(
            vault.get("globex", "a").unwrap_err().kind(),
            VaultErrorKind::Corrupt
        );
    }
    fs::write(vault.path(), new.to_string()).unwrap();
    assert_eq!(vault.get("acme", "a").unwrap().expose_secret(), "new");
}

#[test]
fn an_envelope_opens_only_in_its_own_place() {
    let key = Key::from_bytes([9; KEY_LENGTH]);
    let place = Place {
        tenant: "ab",
        name: "c",
        revision: 1,
    };
    let closed = envelope::close(&key, place, b"value").unwrap();
    assert_eq!(
        envelope::open(&key, place, &closed).unwrap().to_vec(),
        b"value"
    );
    for other in [
        Place {
            tenant: "a",
            name: "bc",
            revision: 1,
        },
        Place {
            tenant: "ab",
            name: "d",
            revision: 1,
        },
        Place {
            tenant: "ab",
            name: "c",
            revision: 2,
        },
    ] {
        assert!(envelope::open(&key, other, &closed).is_err(), "{other:?}");
        assert!(
            envelope::rewrap(&key, &key, other, &closed).is_err(),
            "{other:?}"
        );
    }
}

#[test]
fn another_key_is_named_and_refused() {
    let (_directory, vault) = vault();
    vault.put("acme", "a", &secret(PLANTED)).unwrap();
    let error = Vault::open(vault.path(), given(2)).unwrap_err();
    assert_eq!(error.kind(), VaultErrorKind::WrongKey);
    assert!(error.to_string().contains(given(1).id()), "{error}");
    assert!(error.to_string().contains(given(2).id()), "{error}");

    #[derive(Debug)]
    struct Liar(GivenKey);
    impl KeyProvider for Liar {
        fn id(&self) -> &str {
            self.0.id()
        }
        fn key(&self) -> Result<Key, VaultError> {
            Ok(Key::from_bytes([2; KEY_LENGTH]))
        }
    }
    let error = Vault::open(vault.path(), Liar(given(1))).unwrap_err();
    assert_eq!(error.kind(), VaultErrorKind::Corrupt);
}

#[test]
fn a_rotated_vault_opens_with_the_new_key_only() {
    let (directory, mut vault) = vault();
    vault.put("acme", "a", &secret("one")).unwrap();
    vault.put("acme", "b", &secret("two")).unwrap();
    let new = FileKey::create(directory.path().join("new.key")).unwrap();
    vault.rotate(new.clone()).unwrap();

    assert_eq!(vault.get("acme", "a").unwrap().expose_secret(), "one");
    vault.put("acme", "a", &secret("three")).unwrap();
    assert_eq!(
        Vault::open(vault.path(), given(1)).unwrap_err().kind(),
        VaultErrorKind::WrongKey
    );
    let again = Vault::open(vault.path(), FileKey::open(new.path()).unwrap()).unwrap();
    assert_eq!(again.get("acme", "a").unwrap().expose_secret(), "three");
    assert_eq!(again.get("acme", "b").unwrap().expose_secret(), "two");
}

#[test]
fn a_rotation_whose_key_is_missing_changes_nothing() {
    #[derive(Debug)]
    struct Absent;
    impl KeyProvider for Absent {
        fn id(&self) -> &str {
            "absent"
        }
        fn key(&self) -> Result<Key, VaultError> {
            Err(VaultError::key_unavailable(
                "the key service is down; try again",
                None,
            ))
        }
    }
    let (_directory, mut vault) = vault();
    vault.put("acme", "a", &secret("one")).unwrap();
    assert_eq!(
        vault.rotate(Absent).unwrap_err().kind(),
        VaultErrorKind::KeyUnavailable
    );
    assert_eq!(vault.get("acme", "a").unwrap().expose_secret(), "one");
}

#[test]
fn the_plaintext_is_nowhere_to_be_seen() {
    let (directory, vault) = vault();
    vault.put("acme", "a", &secret(PLANTED)).unwrap();
    let spelled = hex::encode(PLANTED.as_bytes());
    for file in fs::read_dir(directory.path()).unwrap() {
        let text = String::from_utf8(fs::read(file.unwrap().path()).unwrap()).unwrap();
        assert!(!text.contains(PLANTED) && !text.contains(&spelled));
    }

    let planted_key = "ab".repeat(KEY_LENGTH);
    let given = GivenKey::from_hex(&secret(&planted_key)).unwrap();
    let key = given.key().unwrap();
    let wrong = Key::from_hex(&secret(PLANTED)).unwrap_err();
    let too_long = secret(&PLANTED.repeat(MAX_SECRET));
    let refused = vault.put("acme", "a", &too_long).unwrap_err();
    for shown in [
        format!("{vault:?} {vault:#?}"),
        format!("{given:?} {given:#?} {key:?} {key:#?}"),
        format!("{wrong} {wrong:?} {refused} {refused:?}"),
    ] {
        assert!(
            !shown.contains(PLANTED) && !shown.contains(&planted_key),
            "{shown}"
        );
        assert!(!shown.contains("171, 171"), "bytes of the key: {shown}");
    }
}

#[test]
fn names_and_secrets_that_break_the_rules_are_refused() {
    let (_directory, vault) = vault();
    let long = "n".repeat(MAX_NAME + 1);
    for name in ["", "a b", "a\n", "é", &long] {
        for error in [
            vault.put("acme", name, &secret("x")).unwrap_err(),
            vault.put(name, "a", &secret("x")).unwrap_err(),
        ] {
            assert_eq!(error.kind(), VaultErrorKind::Invalid, "{error}");
        }
    }
    let error = vault.put("acme", "a", &secret("")).unwrap_err();
    assert_eq!(error.kind(), VaultErrorKind::Invalid);
    assert!(!vault.path().exists(), "nothing was written");
}

#[test]
fn a_missing_directory_is_named_with_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let vault = Vault::open(directory.path().join("no/such/vault.json"), given(1)).unwrap();
    let error = vault.put("acme", "a", &secret("x")).unwrap_err();
    assert_eq!(error.kind(), VaultErrorKind::Io);
    assert!(
        error.to_string().contains("its directory must exist"),
        "{error}"
    );
    assert!(error.source().is_some());
}

#[test]
fn writers_at_the_same_time_lose_nothing() {
    let (_directory, vault) = vault();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let path = vault.path().to_owned();
            scope.spawn(move || {
                let vault = Vault::open(path, given(1)).unwrap();
                for number in 0..5 {
                    vault
                        .put("acme", &format!("{thread}-{number}"), &secret("x"))
                        .unwrap();
                }
            });
        }
    });
    assert_eq!(vault.names("acme").unwrap().len(), 20);
}

#[test]
fn a_key_file_is_made_once_and_read_back() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("vault.key");
    assert_eq!(
        FileKey::open(&path).unwrap_err().kind(),
        VaultErrorKind::KeyUnavailable
    );
    let made = FileKey::create(&path).unwrap();
    assert_eq!(FileKey::open(&path).unwrap().id(), made.id());
    let error = FileKey::create(&path).unwrap_err();
    assert!(error.to_string().contains("not overwritten"), "{error}");
    assert_eq!(FileKey::open(&path).unwrap().id(), made.id());

    let text = fs::read_to_string(&path).unwrap();
    for wrong in [
        String::new(),
        text.to_uppercase() + "G",
        text.repeat(9),
        "z".repeat(64),
    ] {
        fs::write(&path, wrong).unwrap();
        assert_eq!(
            FileKey::open(&path).unwrap_err().kind(),
            VaultErrorKind::Invalid
        );
    }
}

#[cfg(unix)]
#[test]
fn files_are_private_and_a_shared_key_file_is_refused() {
    use std::os::unix::fs::PermissionsExt;

    let directory = tempfile::tempdir().unwrap();
    let key_path = directory.path().join("vault.key");
    let vault = Vault::open(
        directory.path().join("vault.json"),
        FileKey::create(&key_path).unwrap(),
    )
    .unwrap();
    vault.put("acme", "a", &secret("x")).unwrap();
    for file in fs::read_dir(directory.path()).unwrap() {
        let metadata = file.unwrap().metadata().unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    }
    for mode in [0o640, 0o604, 0o620] {
        fs::set_permissions(&key_path, fs::Permissions::from_mode(mode)).unwrap();
        let error = FileKey::open(&key_path).unwrap_err();
        assert_eq!(error.kind(), VaultErrorKind::Permissions);
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }
    fs::set_permissions(&key_path, fs::Permissions::from_mode(0o400)).unwrap();
    FileKey::open(&key_path).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_secret_comes_back_as_it_was(text in "\\PC{1,200}") {
        let (_directory, vault) = vault();
        vault.put("acme", "a", &secret(&text)).unwrap();
        let back = vault.get("acme", "a").unwrap();
        prop_assert_eq!(back.expose_secret(), &text);
    }
}
