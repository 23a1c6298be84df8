//! The sample configuration is complete and right, and what is written is read back.

use std::path::{Path, PathBuf};
use std::time::Duration;

use peoplesoft_cleo::config::{
    CleoAuth, Config, Deployment, Environment, OnStatus, PeopleSoftAuth, SecretRef,
};
use peoplesoft_cleo::partner::{
    DelimiterInData, Document, LineEnding, OrderNumber, PartnerProfile, Severity,
};
use peoplesoft_cleo::route::Router;

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/config.toml")
}

#[test]
fn the_sample_says_what_its_comments_say() {
    let config = Config::load(sample()).unwrap();
    assert_eq!(config.tenant, "acme");
    assert_eq!(config.environment, Environment::Production);
    assert!(
        config
            .vault
            .key_file
            .ends_with("profiles/secrets/vault.key")
    );
    assert_eq!(
        config.peoplesoft.auth,
        PeopleSoftAuth::Basic {
            user: SecretRef::new("peoplesoft-user"),
            password: SecretRef::new("peoplesoft-password"),
        }
    );
    assert_eq!(config.cleo.deployment, Deployment::Harmony);
    assert!(matches!(config.cleo.auth, CleoAuth::Password { .. }));
    let orders = config.flows.purchase_orders.as_ref().unwrap();
    assert_eq!(orders.on_status, OnStatus::Dispatched);
    assert_eq!(
        orders.poll.sweep.as_ref().unwrap().reach,
        Duration::from_secs(86_400)
    );
    let our = config.our.as_ref().unwrap();
    assert_eq!(our.of("US001").0.id, "ACME");
    assert_eq!(our.of("US002").1, "ACMEUS002");

    let ids: Vec<_> = config
        .partners
        .iter()
        .map(|partner| partner.id.as_str())
        .collect();
    assert_eq!(ids, ["gasket-works", "bolts"]);
    let bolts = &config.partners[1];
    let x12 = bolts.x12.as_ref().unwrap();
    assert_eq!(
        (x12.line_ending, x12.delimiters.repetition),
        (LineEnding::Lf, Some('^'))
    );
    assert_eq!(
        bolts.policy.delimiter_in_data,
        DelimiterInData::Replace { replacement: ' ' }
    );
    assert_eq!(bolts.policy.order_number, OrderNumber::BuPoId);
    assert!(
        config
            .warnings()
            .iter()
            .all(|finding| finding.severity == Severity::Warning)
    );

    let codes = config.code_tables();
    assert_eq!(
        codes.for_partner(bolts).unit("ROL", "f").unwrap().code,
        "RO"
    );
    assert_eq!(
        codes.unit("CS6", "f").unwrap().factor.unwrap().to_string(),
        "6"
    );

    let router = Router::new(config.partners.clone());
    let found = router
        .resolve(
            "US002",
            "SHARE",
            "0000000124",
            "WEST",
            Document::PurchaseOrder,
        )
        .unwrap();
    assert_eq!(found.route.directory, "outbox/850");
}

#[test]
fn a_configuration_that_is_written_is_read_back_the_same() {
    let config = Config::load(sample()).unwrap();
    let text = config.to_toml();
    let again = Config::from_toml("written.toml", &text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    assert_eq!(again, config);
    for partner in &config.partners {
        let text = partner.to_toml();
        let again = PartnerProfile::from_toml("written.toml", &text)
            .unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(&again, partner);
    }
}

#[test]
fn both_ways_to_authorise_are_written_and_read() {
    let text = std::fs::read_to_string(sample()).unwrap();
    let (before, rest) = text.split_once("kind = \"basic\"\nuser").unwrap();
    let (_, after) = rest.split_once("[cleo]").unwrap();
    let text = format!(
        "{before}kind = \"oauth2\"\ntoken_url = \"https://login.example/token\"\n\
         client_id = \"connector\"\nclient_secret = {{ vault = \"s\" }}\nscope = \"a b\"\n[cleo]{after}"
    );
    let file = sample();
    let config = Config::from_toml(
        &file,
        &text.replace(
            "[cleo.http_server]",
            "[cleo.rest_transfer]\nlist = { method = \"GET\", depth = 2 }\n[cleo.http_server]",
        ),
    )
    .unwrap();
    assert!(
        matches!(&config.peoplesoft.auth, PeopleSoftAuth::Oauth2 { scope: Some(s), .. } if s == "a b")
    );
    assert_eq!(
        config.cleo.rest_transfer.as_ref().unwrap()["list"]["depth"].as_integer(),
        Some(2)
    );
    assert_eq!(
        Config::from_toml("written.toml", &config.to_toml()).unwrap(),
        config
    );
}
