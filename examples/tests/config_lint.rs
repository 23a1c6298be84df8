//! What a profile may do but somebody should know, and what its parts need of each other.

use peoplesoft_cleo::partner::{Finding, PartnerProfile, Severity};

const HEAD: &str = "id = \"bolts\"\nname = \"Bolts\"\n\
    suppliers = [{ setid = \"SHARE\", vendor_id = \"0000000123\" }]\n";
const X12: &str = "[x12]\nreceiver = { qualifier = \"ZZ\", id = \"BOLTS\" }\nusage = \"T\"\n";
const ROUTE: &str =
    "[[routes]]\ndocument = \"purchase_order\"\nformat = \"x12\"\nconnection = \"c\"\n";

#[expect(clippy::panic, reason = "a test fails by panicking")]
fn warnings(text: &str) -> Vec<Finding> {
    PartnerProfile::from_toml("bolts.toml", text)
        .unwrap_or_else(|e| panic!("{e}"))
        .lint()
}

fn refusal(text: &str) -> String {
    PartnerProfile::from_toml("bolts.toml", text).map_or_else(|e| e.to_string(), |_| String::new())
}

#[test]
fn surprises_are_warnings_with_their_key() {
    assert_eq!(warnings(&format!("{HEAD}{X12}{ROUTE}")), []);
    for (text, key) in [
        (format!("{HEAD}{X12}"), "routes"),
        (
            format!("{HEAD}{X12}{ROUTE}repeat = \"blind\"\n"),
            "routes[0].repeat",
        ),
        (
            format!("{HEAD}{X12}[x12.delimiters]\ncomponent = \"/\"\n{ROUTE}"),
            "x12.delimiters.component",
        ),
        (
            format!("{HEAD}{X12}{ROUTE}[policy]\nprice_decimals = 0\n"),
            "policy.price_decimals",
        ),
    ] {
        let found = warnings(&text);
        let keys: Vec<_> = found.iter().map(|f| (f.severity, f.key.as_str())).collect();
        assert_eq!(keys, [(Severity::Warning, key)], "{text}");
        assert!(
            found[0].to_string().starts_with("warning: bolts: "),
            "{}",
            found[0]
        );
    }
}

#[test]
fn parts_that_do_not_fit_are_refused() {
    for (text, part) in [
        (format!("{HEAD}{ROUTE}"), "\"x12\" without a table [x12]"),
        (
            format!("{HEAD}{}batch = 2\n", ROUTE.replace("x12", "json")),
            "a JSON file holds one document",
        ),
        (
            "id = \"bolts\"\nname = \"Bolts\"\n".to_owned(),
            "neither suppliers nor customers",
        ),
        (
            format!("{HEAD}{X12}line_ending = \"lf\"\n[x12.delimiters]\nsegment = \"\\n\"\n"),
            "\"none\"",
        ),
        (
            format!("{HEAD}{X12}[x12.delimiters]\nelement = \".\"\n"),
            "occurs in codes, numbers",
        ),
        (
            format!("{HEAD}{X12}[x12.delimiters]\nelement = \"**\"\n"),
            "one ASCII character",
        ),
        (format!("{HEAD}{X12}version = \"4010\"\n"), "six digits"),
        (
            format!("{HEAD}{X12}group_receiver = \"B~\"\n"),
            "holds a delimiter",
        ),
        (
            format!("{HEAD}[policy]\nreplacement = \"-\"\n"),
            "delimiter_in_data = \"replace\"",
        ),
        (
            format!("{HEAD}[policy]\nitem_ids = [\"XX\"]\n"),
            "one of VN, VP",
        ),
        (
            format!("{HEAD}[terms]\nNET30 = {{ type = \"1\" }}\n"),
            "element 336",
        ),
        (
            format!("{HEAD}[freight]\nDDP = {{ incoterm = \"DDP\" }}\n"),
            "payment = \"PP\"",
        ),
        (
            format!(
                "{}, {{ setid = \"SHARE\", vendor_id = \"0000000123\" }}]\n",
                HEAD.trim_end().trim_end_matches(']')
            ),
            "put all its locations in one entry",
        ),
    ] {
        let refused = refusal(&text);
        assert!(
            refused.contains(part),
            "{part:?} is not in {refused:?} for\n{text}"
        );
    }
}

#[test]
fn a_short_receiver_id_needs_a_group_id_of_its_own() {
    let short = X12.replace("BOLTS", "B");
    assert!(refusal(&format!("{HEAD}{short}")).contains("x12.group_receiver"));
    assert_eq!(
        refusal(&format!("{HEAD}{short}group_receiver = \"BB\"\n")),
        ""
    );
}
