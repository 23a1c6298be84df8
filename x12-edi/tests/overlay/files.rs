//! Overlays and differences in TOML and JSON.

use proptest::prelude::*;
use x12_edi::schema::overlay::{Change, Overlay};
use x12_edi::schema::{Difference, ElementType, MaxUse, Release, Standard};

use super::{note, order, standard};

fn read(changes: &str) -> Result<Overlay, String> {
    let text = format!("release = '004010'\nset = '850'\n{changes}");
    toml::from_str(&text).map_err(|error: toml::de::Error| error.to_string())
}

#[test]
fn every_change_is_read_and_written() {
    let all = order([
        Change::require("CUR"),
        Change::allow("BEG").element(1),
        Change::forbid("REF").element(4).component(3),
        Change::repeat("REF", MaxUse::Times(3)),
        Change::repeat("N9", MaxUse::Unlimited),
        Change::length("BEG", 3, Some(2), None),
        Change::length("BEG", 3, None, Some(9)),
        Change::of_type("BEG", 3, ElementType::N(2)),
        Change::add_codes("N1", 3, ["01"]),
        Change::only_codes("N1", 1, ["ST", "BT"]),
        Change::remove_codes("BEG", 1, ["00"]),
        Change::add_note("BEG", note("P0406")),
        Change::remove_note("REF", note("R0203")),
        Change::add("N1", "ZA1"),
        Change::add_elements("CUR", "127"),
    ])
    .with_segment("ZA1", "Z1")
    .with_element("Z1", "AN 1 9");
    let json = serde_json::to_string(&all).unwrap();
    assert_eq!(serde_json::from_str::<Overlay>(&json).unwrap(), all);
    let text = toml::to_string(&all).unwrap();
    assert_eq!(toml::from_str::<Overlay>(&text).unwrap(), all);
    assert!(
        text.contains("[[changes]]\nat = \"REF\"\nchange = \"repeat\"\ntimes = 3\n"),
        "{text}"
    );
}

#[test]
fn what_is_written_wrong_is_refused() {
    let cases = [
        (
            "[[changes]]\nat = 'CUR'\nchange = 'repeat'",
            "change `repeat` at `CUR` needs `times`",
        ),
        (
            "[[changes]]\nat = 'CUR'\nchange = 'length'",
            "needs `min` or `max`",
        ),
        (
            "[[changes]]\nat = 'CUR'\nchange = 'require'\ntimes = 1",
            "change `require` at `CUR` does not take `times`",
        ),
        (
            "[[changes]]\nat = 'CUR'\nchange = 'repeat'\ntimes = 0",
            "a number from 1 on, or `unlimited`",
        ),
        (
            "[[changes]]\nat = 'CUR'\nchange = 'repeat'\ntimes = -1",
            "a number from 1 on, or `unlimited`",
        ),
        (
            "[[changes]]\nat = 'CUR'\nchange = 'repeat'\ntimes = 'many'",
            "a number from 1 on, or `unlimited`",
        ),
        (
            "[[changes]]\nat = 'CUR'\nchange = 'demand'",
            "unknown variant `demand`",
        ),
        (
            "[[changes]]\nat = 'CUR'\nchange = 'add-note'\nnote = 'P01'",
            "a syntax note such as P0304",
        ),
        (
            "[[changes]]\nat = 'CUR'\nchange = 'type'\ntype = 'XX'",
            "AN, B, DT, ID",
        ),
        (
            "[[changes]]\nat = 'CUR'\nchange = 'require'\nelemnt = 1",
            "unknown field `elemnt`",
        ),
        ("colour = 'red'", "unknown field `colour`"),
    ];
    for (text, expected) in cases {
        let error = read(text).unwrap_err();
        assert!(error.contains(expected), "{text}\n{error}");
    }
    let other: Result<Overlay, _> = toml::from_str("release = '006010'\nset = '850'");
    assert!(
        other
            .unwrap_err()
            .to_string()
            .contains("003040, 004010 or 005010")
    );
}

#[test]
fn differences_are_data_too() {
    let overlay = order([
        Change::require("PO1/PO1").element(6),
        Change::add_codes("N1", 3, ["01"]),
        Change::repeat("REF", MaxUse::Times(3)),
    ]);
    let found = overlay.diff(standard("850")).unwrap();
    let json = serde_json::to_value(&found).unwrap();
    let expected = serde_json::json!([
        {"path": "REF", "what": "repeat", "from": "unlimited", "to": 3},
        {"path": "N1/N1", "element": 3, "what": "codes", "added": ["01"], "removed": []},
        {"path": "PO1/PO1", "element": 6, "what": "requirement", "from": "conditional", "to": "mandatory"},
    ]);
    assert_eq!(json, expected);
    assert_eq!(
        serde_json::from_value::<Vec<Difference>>(json).unwrap(),
        found
    );
    let all = Standard::of(Release::V003040)
        .set("850")
        .unwrap()
        .diff(standard("850"));
    let json = serde_json::to_string(&all).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Difference>>(&json).unwrap(), all);
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(
        lines in proptest::collection::vec(
            prop_oneof![
                Just("[[changes]]".to_owned()),
                "at = '(PO1|REF|\\*/N1|N1/N3|.{0,5})'",
                "change = '(require|allow|forbid|repeat|length|type|(add|only|remove)-codes|add-note|remove-note|add|add-elements)'",
                "(element|component|min|max|times) = [0-9]{1,10}",
                "codes = \\['01', '[A-Z]{0,3}'\\]",
                "note = '[PRECL]0[1-9]0[1-9]'",
                "places = '[()REFN1!* ]{0,12}'",
                ".{0,12}",
            ],
            0..14,
        ),
    ) {
        if let Ok(overlay) = read(&lines.join("\n")) {
            let _ = overlay.apply(standard("850"));
        }
    }
}
