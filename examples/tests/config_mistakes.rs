//! Every mistake in a configuration is found at once, with its place and how to mend it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use peoplesoft_cleo::config::{Config, ConfigErrors, Mistake};
use peoplesoft_cleo::partner::PartnerProfile;

const PLANTED: &str = "pLanted-s3cret";

/// A right configuration, one key a line, so that a test can change one of them.
const RIGHT: &str = r#"tenant = "acme"
environment = "test"
[state]
directory = "state"
[vault]
file = "vault.json"
key_file = "vault.key"
[peoplesoft]
gateway = "https://ps.example"
node = "PSFT_EP"
timeout = "60s"
[peoplesoft.auth]
kind = "basic"
user = { vault = "ps-user" }
password = { vault = "ps-password" }
[cleo]
origin = "https://cleo.example"
deployment = "harmony"
timeout = "30s"
[cleo.auth]
kind = "password"
username = { vault = "cleo-user" }
password = { vault = "cleo-password" }
[flows.purchase_orders]
max_lateness = "15m"
lookback = "20m"
[delivery]
request_timeout = "60s"
settle = "4m"
[our]
isa = { qualifier = "ZZ", id = "ACME" }
gs = "ACME"
[[partners]]
id = "bolts"
name = "Bolts"
suppliers = [{ setid = "SHARE", vendor_id = "0000000123" }]
customers = ["1000"]
[partners.x12]
receiver = { qualifier = "ZZ", id = "BOLTS" }
usage = "T"
[[partners.routes]]
document = "purchase_order"
format = "x12"
connection = "bolts"
[[partners]]
id = "nuts"
name = "Nuts"
suppliers = [{ setid = "SHARE", vendor_id = "0000000456" }]
[partners.x12]
receiver = { qualifier = "ZZ", id = "NUTS" }
usage = "T"
[[partners.routes]]
document = "purchase_order"
format = "x12"
connection = "nuts"
"#;

fn mistakes(text: &str) -> Vec<Mistake> {
    match Config::from_toml("c.toml", text) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.mistakes().to_vec(),
    }
}

/// The one mistake after `from` is replaced by `to`.
fn one(from: &str, to: &str) -> Mistake {
    assert_eq!(RIGHT.matches(from).count(), 1, "{from} must be there once");
    let mut found = mistakes(&RIGHT.replace(from, to));
    assert_eq!(found.len(), 1, "{from} -> {to}: {found:#?}");
    found.remove(0)
}

fn line_of(text: &str) -> usize {
    RIGHT.lines().position(|line| line.contains(text)).unwrap() + 1
}

#[test]
fn the_right_one_is_right() {
    assert_eq!(mistakes(RIGHT), []);
}

#[test]
fn each_mistake_is_named_with_its_key() {
    // What is replaced, by what, the key complained about, and a part of the complaint.
    let cases: &[(&str, &str, &str, &str)] = &[
        (
            "tenant = \"acme\"",
            "tennant = \"acme\"\ntenant = \"acme\"",
            "tennant",
            "did you mean `tenant`?",
        ),
        (
            "tenant = \"acme\"",
            "tenant = 7",
            "tenant",
            "found the number 7, expected a text",
        ),
        (
            "tenant = \"acme\"",
            "tenant = \"a b\"",
            "tenant",
            "letters, digits",
        ),
        (
            "environment = \"test\"",
            "environment = \"tests\"",
            "environment",
            "did you mean \"test\"?",
        ),
        (
            "[state]\ndirectory = \"state\"\n",
            "",
            "state",
            "expected the key `state`",
        ),
        (
            "directory = \"state\"",
            "",
            "state.directory",
            "directory = \"state\"",
        ),
        (
            "https://ps.example",
            "ps.example",
            "peoplesoft.gateway",
            "address",
        ),
        (
            "https://ps.example",
            "http://ps.example",
            "peoplesoft.gateway",
            "allow_http = true",
        ),
        (
            "https://ps.example",
            "ftp://ps.example",
            "peoplesoft.gateway",
            "use https",
        ),
        (
            "https://ps.example",
            "https://ps.example?a=b",
            "peoplesoft.gateway",
            "query",
        ),
        (
            "https://cleo.example",
            "https://cleo.example/api",
            "cleo.origin",
            "move the path to `prefix`",
        ),
        (
            "timeout = \"60s\"\n[peo",
            "timeout = \"60\"\n[peo",
            "peoplesoft.timeout",
            "each with its unit",
        ),
        (
            "timeout = \"60s\"\n[peo",
            "timeout = 60\n[peo",
            "peoplesoft.timeout",
            "found the number 60",
        ),
        (
            "timeout = \"60s\"\n[peo",
            "timeout = \"0\"\n[peo",
            "peoplesoft.timeout",
            "above zero",
        ),
        (
            "timeout = \"30s\"",
            "timeout = \"2m\"",
            "cleo.timeout",
            "request_timeout",
        ),
        (
            "deployment = \"harmony\"",
            "deployment = \"harmonie\"",
            "cleo.deployment",
            "did you mean \"harmony\"?",
        ),
        (
            "kind = \"basic\"",
            "",
            "peoplesoft.auth.kind",
            "kind = \"basic\"",
        ),
        (
            "lookback = \"20m\"",
            "lookback = \"1m\"",
            "flows.purchase_orders.lookback",
            "late rows are lost",
        ),
        (
            "lookback = \"20m\"",
            "sweep = { reach = \"10m\", every = 4 }",
            "flows.purchase_orders.sweep",
            "raise `reach`",
        ),
        (
            "lookback = \"20m\"",
            "page_rows = 0",
            "flows.purchase_orders.page_rows",
            "from 1 to",
        ),
        (
            "lookback = \"20m\"",
            "dispatch_methods = [\"edx\"]",
            "flows.purchase_orders.dispatch_methods[0]",
            "capital",
        ),
        (
            "settle = \"4m\"",
            "settle = \"60s\"",
            "delivery.settle",
            "more than `request_timeout`",
        ),
        (
            "{ qualifier = \"ZZ\", id = \"ACME\" }",
            "{ qualifier = \"01\", id = \"ACME\" }",
            "our.isa.id",
            "nine digits",
        ),
        ("gs = \"ACME\"", "gs = \"A\"", "our.gs", "2 to 15"),
        (
            "id = \"nuts\"",
            "id = \"bolts\"",
            "partners[1].id",
            "a second time",
        ),
        (
            "0000000456",
            "0000000123",
            "partners[1].suppliers[0]",
            "which partner bolts has too",
        ),
        (
            "0000000456",
            "00000004567",
            "partners[1].suppliers[0].vendor_id",
            "1 to 10 characters",
        ),
        (
            "id = \"NUTS\"",
            "id = \"BOLTS\"",
            "partners[1].x12.receiver",
            "which partner bolts has too",
        ),
        (
            "id = \"NUTS\"",
            "id = \"ACME\"",
            "partners[1].x12.receiver",
            "our own address",
        ),
        (
            "id = \"NUTS\"",
            "id = \"N*TS\"",
            "partners[1].x12.receiver.id",
            "holds a delimiter",
        ),
        (
            "qualifier = \"ZZ\", id = \"NUTS\"",
            "qualifier = \"01\", id = \"12345678\"",
            "partners[1].x12.receiver.id",
            "nine digits",
        ),
        (
            "id = \"NUTS\" }\nusage = \"T\"",
            "id = \"NUTS\" }\nusage = \"P\"",
            "partners[1].x12.usage",
            "in a test configuration",
        ),
        (
            "connection = \"nuts\"",
            "",
            "partners[1].routes[0].connection",
            "add for example",
        ),
        (
            "connection = \"nuts\"",
            "connection = \"nuts\"\ntransfer = \"http_server\"",
            "partners[1].routes[0].transfer",
            "[cleo.http_server]",
        ),
        (
            "connection = \"nuts\"",
            "connection = \"nuts\"\ndirectory = \"../x\"",
            "partners[1].routes[0].directory",
            "..",
        ),
        (
            "connection = \"nuts\"",
            "connection = \"nuts\"\n[[partners.routes]]\ndocument = \"purchase_order\"\nformat = \"json\"\nconnection = \"n\"",
            "partners[1].routes[1]",
            "one active route",
        ),
        (
            "connection = \"nuts\"",
            "connection = \"nuts\"\n[[partners.routes]]\ndocument = \"billing_invoice\"\nformat = \"json\"\nconnection = \"n\"",
            "partners[1].routes[1].document",
            "add `customers`",
        ),
        (
            "connection = \"nuts\"",
            "connection = \"nuts\"\n[partners.x12.delimiters]\nelement = \"~\"",
            "partners[1].x12.delimiters.segment",
            "which is the element delimiter too",
        ),
        (
            "connection = \"nuts\"",
            "connection = \"nuts\"\n[partners.x12.delimiters]\nrepetition = \"^\"",
            "partners[1].x12.delimiters.repetition",
            "before 004020",
        ),
        (
            "connection = \"nuts\"",
            "connection = \"nuts\"\n[partners.policy]\ndelimiter_in_data = \"replace\"\nreplacement = \"*\"",
            "partners[1].policy.replacement",
            "delimiter itself",
        ),
        (
            "connection = \"nuts\"",
            "connection = \"nuts\"\n[partners.units]\nCS = \"CASE\"",
            "partners[1].units.CS",
            "two upper-case",
        ),
        (
            "connection = \"nuts\"",
            "connection = \"nuts\"\n[partners.units]\nCS = { code = \"EA\", factor = 0.5 }",
            "partners[1].units.CS.factor",
            "quotation marks",
        ),
    ];
    for (from, to, key, part) in cases {
        let mistake = one(from, to);
        let text = mistake.to_string();
        assert_eq!(mistake.key, *key, "{text}");
        assert!(text.contains(part), "{part} is not in: {text}");
        assert!(text.starts_with("c.toml:"), "{text}");
    }
}

#[test]
fn the_place_is_that_of_the_value() {
    let mistake = one("node = \"PSFT_EP\"", "node = \"PSFT EP\"");
    assert_eq!(
        (mistake.line, mistake.column),
        (line_of("node ="), 8),
        "{mistake}"
    );
    let mistake = one("id = \"NUTS\"", "id = \"NUTS \"");
    assert_eq!(mistake.line, line_of("id = \"NUTS\""), "{mistake}");
    let mistake = one(
        "setid = \"SHARE\", vendor_id = \"0000000456\"",
        "vendor_id = \"0000000456\"",
    );
    assert_eq!(mistake.line, line_of("0000000456"), "{mistake}");
    let mistake = one("tenant = \"acme\"", "");
    assert_eq!((mistake.line, mistake.column), (1, 1), "{mistake}");
}

#[test]
fn all_mistakes_are_listed_at_once_in_order() {
    let text = RIGHT
        .replace("tenant = \"acme\"", "")
        .replace("https://ps.example", "http://ps.example")
        .replace("deployment = \"harmony\"", "deployment = \"cloud\"")
        .replace("settle = \"4m\"", "settle = \"1s\"")
        .replace("id = \"nuts\"", "id = \"n u t s\"")
        .replace("id = \"BOLTS\"", "id = \"B~LTS\"")
        .replace("connection = \"nuts\"", "conection = \"nuts\"");
    let errors = Config::from_toml("c.toml", &text).unwrap_err();
    let keys: Vec<_> = errors
        .mistakes()
        .iter()
        .map(|mistake| mistake.key.as_str())
        .collect();
    assert_eq!(
        keys,
        [
            "tenant",
            "peoplesoft.gateway",
            "cleo.deployment",
            "delivery.settle",
            "partners[0].x12.receiver.id",
            "partners[1].id",
            "partners[1].routes[0].connection",
            "partners[1].routes[0].conection",
        ]
    );
    let shown = errors.to_string();
    assert!(
        shown.starts_with("the configuration has 8 mistakes:\n  c.toml:"),
        "{shown}"
    );
    assert_eq!(shown.lines().count(), 9);
}

#[test]
fn a_secret_in_the_file_is_a_mistake_that_does_not_repeat_it() {
    for (from, to) in [
        ("{ vault = \"ps-password\" }", format!("\"{PLANTED}\"")),
        (
            "{ vault = \"ps-password\" }",
            format!("{{ vault = \"{PLANTED} with a space\" }}"),
        ),
        (
            "{ vault = \"ps-password\" }",
            format!("{{ value = \"{PLANTED}\" }}"),
        ),
        ("{ vault = \"ps-password\" }", format!("[\"{PLANTED}\"]")),
        ("{ vault = \"ps-password\" }", PLANTED.to_owned()),
        ("{ vault = \"ps-password\" }", format!("\"{PLANTED}")),
        (
            "https://ps.example",
            format!("https://user:{PLANTED}@ps.example"),
        ),
        (
            "https://ps.example",
            format!("https://user:{PLANTED}@ps.example:port"),
        ),
        (
            "https://ps.example",
            format!("https://ps.example/?password={PLANTED}"),
        ),
        (
            "kind = \"basic\"",
            format!("kind = \"basic\"\npasswort = \"{PLANTED}\""),
        ),
    ] {
        let errors = Config::from_toml("c.toml", &RIGHT.replace(from, &to)).unwrap_err();
        let shown = format!("{errors} {errors:?}");
        assert!(!shown.contains(PLANTED), "{shown}");
    }
    let mistake = one("{ vault = \"ps-password\" }", &format!("\"{PLANTED}\""));
    assert!(
        mistake.to_string().contains("`peoplesoft-cleo vault set`"),
        "{mistake}"
    );
}

#[test]
fn broken_toml_does_not_hide_the_other_mistakes() {
    let text = RIGHT
        .replace("node = \"PSFT_EP\"", "node = = \"PSFT_EP\"")
        .replace("settle = \"4m\"", "settle = \"1s\"");
    let found = mistakes(&text);
    assert!(
        found
            .iter()
            .any(|m| m.line == line_of("node =") && m.found.contains("TOML")),
        "{found:#?}"
    );
    assert!(
        found.iter().any(|m| m.key == "delivery.settle"),
        "{found:#?}"
    );
}

#[test]
fn mistakes_in_partner_files_name_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let partners = directory.path().join("partners");
    fs::create_dir(&partners).unwrap();
    let profile = PartnerProfile::from_toml(
        "x.toml",
        "id = \"screws\"\nname = \"S\"\nsuppliers = [{ setid = \"SHARE\", vendor_id = \"9\" }]\n\
         [x12]\nreceiver = { qualifier = \"ZZ\", id = \"SCREWS\" }\nusage = \"T\"\n",
    )
    .unwrap();
    fs::write(partners.join("a.toml"), profile.to_toml()).unwrap();
    fs::write(
        partners.join("b.toml"),
        profile.to_toml().replace("name = \"S\"", "nam = \"S\""),
    )
    .unwrap();
    fs::write(partners.join("c.toml"), profile.to_toml()).unwrap();
    fs::write(partners.join("ignored.txt"), "not TOML").unwrap();
    let file = directory.path().join("config.toml");
    fs::write(
        &file,
        format!("partner_files = [\"partners/*.toml\", \"gone\", \"partners/*.tml\"]\n{RIGHT}"),
    )
    .unwrap();

    let errors: ConfigErrors = Config::load(&file).unwrap_err();
    let shown = errors.to_string();
    let count = |part: &str| shown.matches(part).count();
    assert_eq!(count("which names no file"), 1, "{shown}");
    assert_eq!(
        count("gone:1:1: found a file that cannot be read"),
        1,
        "{shown}"
    );
    assert_eq!(
        count("b.toml:") - count("a.toml:"),
        2,
        "name is missing, nam is unknown: {shown}"
    );
    // The third repeats the first: its id, its supplier and its address.
    assert_eq!(count("c.toml:"), 3, "{shown}");

    fs::remove_file(partners.join("b.toml")).unwrap();
    fs::remove_file(partners.join("c.toml")).unwrap();
    fs::write(&file, format!("partner_files = [\"partners\"]\n{RIGHT}")).unwrap();
    let config = Config::load(&file).unwrap();
    assert_eq!(config.partners.len(), 3);
    assert_eq!(config.state.directory, directory.path().join("state"));

    let missing = Config::load(directory.path().join("none.toml")).unwrap_err();
    assert_eq!(missing.mistakes().len(), 1, "{missing}");
}

proptest::proptest! {
    /// Whatever is in the file, reading ends, and with a complaint unless all is right.
    #[test]
    fn no_text_makes_it_panic(at in 0..RIGHT.len(), cut in 0..40usize, insert in "\\PC{0,12}") {
        if RIGHT.is_char_boundary(at) {
            let end = (at + cut).min(RIGHT.len());
            let text = format!("{}{insert}{}", &RIGHT[..at], &RIGHT[end..]);
            if let Err(errors) = Config::from_toml("c.toml", &text) {
                proptest::prop_assert!(!errors.mistakes().is_empty(), "no reason given for {text}");
            }
        }
    }
}
