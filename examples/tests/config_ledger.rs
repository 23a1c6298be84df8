//! How the ledger is kept: TLS, sealed payloads, retention, and how soon partners acknowledge.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::time::Duration;

use peoplesoft_cleo::config::{Config, KeySource, RetentionSettings, SecretRef};
use peoplesoft_cleo::partner::Deadline;

const PLANTED: &str = "pLanted-s3cret";

const DAY: Duration = Duration::from_secs(86_400);

fn base() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/config.toml"))
        .unwrap()
}

/// The sample with what stands between two of its headers replaced.
fn with(from: &str, to: &str, text: &str) -> Result<Config, String> {
    let base = base();
    let (before, rest) = base.split_once(from).unwrap();
    let (_, after) = rest.split_once(to).unwrap();
    let text = format!("{before}{text}\n{to}{after}");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/changed.toml");
    Config::from_toml(file, &text).map_err(|errors| errors.to_string())
}

fn state(text: &str) -> Result<Config, String> {
    with("[state.postgres]  ", "[vault]", text)
}

#[test]
fn the_sample_says_how_the_ledger_is_kept() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/config.toml");
    let config = Config::load(file).unwrap();
    let postgres = config.state.postgres.as_ref().unwrap();
    assert!(!postgres.allow_clear);
    let tls = postgres.tls.as_ref().unwrap();
    let authority = tls.authority.as_ref().unwrap();
    assert!(authority.ends_with("profiles/database-ca.pem"));
    let client = tls.client.as_ref().unwrap();
    assert_eq!(client.key, SecretRef::new("ledger-client-key"));
    let sealed = config.state.encryption.as_ref().unwrap();
    assert_eq!(sealed.key, KeySource::Vault(SecretRef::new("ledger-key")));
    let older = &sealed.older_keys[0];
    assert!(
        matches!(older, KeySource::File { file } if file.ends_with("profiles/secrets/ledger-2025.key"))
    );
    assert_eq!(config.retention.documents, Some(400 * DAY));
    assert_eq!(config.retention.trail, Some(2557 * DAY));
    assert_eq!(
        config.retention.told(),
        "retention: documents 400d, trail 2557d"
    );
    let bolts = config
        .partners
        .iter()
        .find(|one| one.id.as_str() == "bolts");
    let bolts = bolts.unwrap();
    assert_eq!(bolts.inbound.acknowledged_within, Deadline::Within(DAY));
    let hours = Deadline::Within(4 * DAY / 24);
    assert_eq!(bolts.routes[0].acknowledged_within, Some(hours));
}

#[test]
fn what_is_left_out_is_as_it_was() {
    let config = state("").unwrap();
    assert_eq!(config.state.postgres, None);
    assert_eq!(config.state.encryption, None);
    let config = with("[retention]", "[vault]", "").unwrap();
    assert!(config.retention.keeps_all());
    assert_eq!(
        config.retention.schedule(&config.schedule).unwrap(),
        RetentionSettings::default()
            .schedule(&config.schedule)
            .unwrap()
    );
    let text = "[state.postgres]\nurl = { vault = \"u\" }\n[state.postgres.tls]\n[retention]\nschedule = { at = [\"02:30\"] }\ntrail = \"30d\"";
    let config = state(text).unwrap();
    let tls = config.state.postgres.as_ref().unwrap().tls.as_ref();
    assert_eq!(tls.unwrap().authority, None);
    let again = Config::from_toml("written.toml", &config.to_toml()).unwrap();
    assert_eq!(again, config);
}

#[test]
fn every_mistake_is_named_with_its_place_and_the_way_out() {
    for (text, place, told) in [
        (
            "[state.postgres]\nurl = { vault = \"u\" }\n[state.postgres.tls]\ncertificate = \"c.pem\"",
            "state.postgres.tls.certificate",
            "`certificate` without `key`",
        ),
        (
            "[state.postgres]\nurl = { vault = \"u\" }\n[state.postgres.tls]\nkey = { vault = \"k\" }",
            "state.postgres.tls.key",
            "`key` without `certificate`",
        ),
        (
            "[state.postgres]\nurl = { vault = \"u\" }\nallow_clear = true\n[state.postgres.tls]",
            "state.postgres.allow_clear",
            "delete `allow_clear`",
        ),
        (
            "[state.postgres]\nurl = { vault = \"u\" }\ntls = { mode = \"off\" }",
            "state.postgres.tls.mode",
            "one of authority, certificate, key",
        ),
        (
            "[state.encryption]\nkey = \"pLanted-s3cret\"",
            "state.encryption.key",
            "a plain value (not shown)",
        ),
        (
            "[state.encryption]\nkey = { vault = \"a\", file = \"b\" }",
            "state.encryption.key.file",
            "`file` beside `vault`",
        ),
        (
            "[state.encryption]\nkey = {}",
            "state.encryption.key",
            "neither `vault` nor `file`",
        ),
        (
            "[state.encryption]\nolder_keys = []",
            "state.encryption.key",
            "add for example `key = { vault = \"ledger-key\" }`",
        ),
        (
            "[state.encryption]\nkey = { vault = \"a\" }\nolder_keys = [{ vault = \"a\" }]",
            "state.encryption.older_keys[0]",
            "each key once",
        ),
        (
            "[retention]\ndocuments = \"29d\"",
            "retention.documents",
            "at least 30d",
        ),
        (
            "[retention]\ntrail = \"7 years\"",
            "retention.trail",
            "a duration such as",
        ),
        (
            "[retention]\ndocument = \"40d\"",
            "retention.document",
            "did you mean `documents`?",
        ),
        (
            "[retention]\nevery = \"1d\"\nschedule = { at = [\"02:30\"] }",
            "retention.schedule",
            "`every` and `at`",
        ),
    ] {
        let errors = state(text).unwrap_err();
        assert!(errors.contains(place), "{place}: {errors}");
        assert!(errors.contains(told), "{told}: {errors}");
        assert!(!errors.contains(PLANTED), "{errors}");
    }
}

#[test]
fn a_deadline_is_a_time_or_never() {
    use peoplesoft_cleo::partner::PartnerProfile;
    let profile = |inbound: &str, route: &str, format: &str| {
        let text = format!(
            "id = \"a\"\nname = \"A\"\nsuppliers = [{{ setid = \"S\", vendor_id = \"1\" }}]\n\
             [x12]\nreceiver = {{ qualifier = \"ZZ\", id = \"AAA\" }}\nusage = \"T\"\n\
             [inbound]\n{inbound}\n[[routes]]\ndocument = \"purchase_order\"\nformat = \"{format}\"\n\
             connection = \"a\"\n{route}\n"
        );
        PartnerProfile::from_toml("a.toml", &text).map_err(|errors| errors.to_string())
    };
    let usual = profile("", "", "x12").unwrap();
    assert_eq!(usual.inbound.acknowledged_within, Deadline::USUAL);
    let never = profile("acknowledged_within = \"never\"", "", "x12").unwrap();
    assert_eq!(never.inbound.acknowledged_within, Deadline::Never);
    assert!(never.to_toml().contains("acknowledged_within = \"never\""));
    let own = profile("", "acknowledged_within = \"90m\"", "x12").unwrap();
    let again = PartnerProfile::from_toml("again.toml", &own.to_toml()).unwrap();
    assert_eq!(again, own);
    assert_eq!(
        own.routes[0].acknowledged_within.and_then(Deadline::within),
        Some(Duration::from_secs(5400))
    );
    for (inbound, route, format, told) in [
        (
            "acknowledged_within = \"30d\"",
            "",
            "x12",
            "1m to 29d, or \"never\"",
        ),
        ("acknowledged_within = 24", "", "x12", "a duration such as"),
        ("", "acknowledged_within = \"5s\"", "x12", "1m to 29d"),
        (
            "",
            "acknowledged_within = \"1d\"",
            "json",
            "a 997 acknowledges nothing else",
        ),
    ] {
        let errors = profile(inbound, route, format).unwrap_err();
        assert!(errors.contains("acknowledged_within"), "{errors}");
        assert!(errors.contains(told), "{told}: {errors}");
    }
}
