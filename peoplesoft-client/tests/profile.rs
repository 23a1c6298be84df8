//! The profile as a file: read, checked, written, described.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use peoplesoft_client::{Owner, Profile, ProfileMistakes, Prompt};
use proptest::prelude::*;
use serde_json::{Value, json};

fn lines(mistakes: &ProfileMistakes) -> String {
    // Every part of the client adds a section, every query fields; how they are listed is seen by the
    // first of them.
    let sections = |line: String| {
        let starts = ["node, zone, ", "business_unit, po_id, po_date"];
        let cut = starts
            .iter()
            .find_map(|start| Some(line.find(start)? + start.len()));
        match cut {
            Some(at) => format!("{}…", &line[..at]),
            None => line,
        }
    };
    let lines: Vec<String> = mistakes
        .iter()
        .map(|mistake| sections(mistake.to_string()))
        .collect();
    lines.join("\n")
}

#[test]
fn the_default_survives_both_forms() {
    let profile = Profile::default();
    assert_eq!(Profile::from_toml(&profile.to_toml()).unwrap(), profile);
    assert_eq!(Profile::from_json(&profile.to_json()).unwrap(), profile);
    assert_eq!(Profile::from_toml("").unwrap(), profile);
    assert_eq!(Profile::from_json("{}").unwrap(), profile);
}

#[test]
fn every_mistake_is_listed_with_its_place() {
    let mistakes = Profile::from_toml(
        r#"
        nodes = "PSFT_EP"
        node = "A/B"
        zone = 5
        faults = [
            { set = 158, number = 1, meaning = "unavailable" },
            { set = -1, number = 2, meaning = "tired" },
            { set = 3 },
            7,
        ]

        [query_access]
        trailing_slash = "no"
        version = 2026-01-01

        [purchase_orders]
        max_rows = 0
        owner = "EVERYBODY"
        columns = { po_idd = "A.PO_ID", po_id = "", contract = 3 }
        fixed_prompts = [{ name = "X", valu = "1" }]

        [billing_invoices]
        columns = ["A"]
        date_formats = { due_date = "%Y" }
        "odd key" = 1.5
        "#,
    )
    .unwrap_err();
    insta::assert_snapshot!(lines(&mistakes), @r#"
billing_invoices.columns: found `[…]`, expected a table, each value a text in quotes
billing_invoices."odd key": found `odd key`, expected one of owner, query, max_rows, granularity, prompts, fixed_prompts, prompt_time_format, prompt_date_format, lookups, columns, date_formats, status_texts
faults[1].meaning: found `tired`, expected one of operation_refused, operation_inactive, no_routing, wrong_node, unknown_query, unauthorized, not_found, unavailable
faults[1].set: found `-1`, expected a whole number from 0 to 4294967295
faults[2].number: found `nothing`, expected a whole number from 0 to 4294967295
faults[2].meaning: found `nothing`, expected one of operation_refused, operation_inactive, no_routing, wrong_node, unknown_query, unauthorized, not_found, unavailable
faults[3]: found `7`, expected a table with any of set, number, meaning
nodes: found `nodes`, expected one of node, zone, …
purchase_orders.columns.contract: found `3`, expected a text in quotes
purchase_orders.fixed_prompts[0].valu: found `valu`, expected one of name, value
purchase_orders.fixed_prompts[0].value: found `nothing`, expected a text in quotes
purchase_orders.owner: found `EVERYBODY`, expected one of PUBLIC, PRIVATE
query_access.trailing_slash: found `no`, expected true or false
zone: found `5`, expected a text in quotes
node: found `A/B`, expected letters, digits, `_`, `-`, `$` and points
purchase_orders.max_rows: found `0`, expected 1 or more
purchase_orders.columns.po_id: found ``, expected the name of a column, because the field is required
purchase_orders.columns.po_idd: found `po_idd`, expected one of business_unit, po_id, po_date…
billing_invoices.date_formats.due_date: found `%Y`, expected a strftime format of a whole date, such as %d-%b-%Y
"#);
}

#[test]
fn a_file_that_cannot_be_read_says_where() {
    insta::assert_snapshot!(lines(&Profile::from_toml("node = \"A\"\nzone = ").unwrap_err()), @"line 2, column 8: found `string values must be quoted, expected literal string`, expected TOML");
    insta::assert_snapshot!(lines(&Profile::from_toml("node = \"A\"\nnode = \"B\"").unwrap_err()), @"line 2, column 1: found `duplicate key`, expected TOML");
    insta::assert_snapshot!(lines(&Profile::from_json("{\n  \"node\": }").unwrap_err()), @"line 2, column 11: found `expected value`, expected JSON");
    insta::assert_snapshot!(lines(&Profile::from_json("[]").unwrap_err()), @"profile: found `[]`, expected a table with any of node, zone, …");
    insta::assert_snapshot!(lines(&Profile::from_json("").unwrap_err()), @"line 1, column 0: found `EOF while parsing a value`, expected JSON");
}

/// What an editor would say of `value`, by the part of JSON Schema that is used.
fn fits(schema: &Value, value: &Value) -> bool {
    let kind = match schema["type"].as_str().unwrap() {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.as_i64().is_some_and(|number| {
            number >= schema["minimum"].as_i64().unwrap()
                && number <= schema["maximum"].as_i64().unwrap()
        }),
        "array" => value
            .as_array()
            .is_some_and(|items| items.iter().all(|item| fits(&schema["items"], item))),
        "object" => value.as_object().is_some_and(|map| {
            let required = schema["required"].as_array().into_iter().flatten();
            required
                .map(|name| name.as_str().unwrap())
                .all(|name| map.contains_key(name))
                && map.iter().all(|(key, value)| {
                    match (&schema["properties"][key], &schema["additionalProperties"]) {
                        (Value::Null, Value::Bool(false) | Value::Null) => false,
                        (Value::Null, other) => fits(other, value),
                        (known, _) => fits(known, value),
                    }
                })
        }),
        other => unreachable!("{other}"),
    };
    let word = schema["enum"]
        .as_array()
        .is_none_or(|words| words.contains(value));
    kind && word
}

#[test]
fn the_schema_takes_what_the_client_takes() {
    let schema: Value = serde_json::from_str(&Profile::json_schema()).unwrap();
    let default: Value = serde_json::from_str(&Profile::default().to_json()).unwrap();
    assert!(fits(&schema, &default));
    assert!(fits(&schema, &json!({})));
    for wrong in [
        json!([]),
        json!({ "nodes": "A" }),
        json!({ "zone": 1 }),
        json!({ "purchase_orders": { "owner": "EVERYBODY" } }),
        json!({ "purchase_orders": { "max_rows": -1 } }),
        json!({ "purchase_orders": { "columns": { "po_idd": "A.PO_ID" } } }),
        json!({ "faults": [{ "set": 1 }] }),
    ] {
        assert!(!fits(&schema, &wrong), "{wrong}");
        assert!(Profile::from_json(&wrong.to_string()).is_err(), "{wrong}");
    }
}

fn name() -> impl Strategy<Value = String> {
    "[A-Z][A-Z0-9_]{0,12}"
}

fn profile() -> impl Strategy<Value = Profile> {
    (
        name(),
        name(),
        any::<bool>(),
        1_u32..,
        proptest::collection::btree_map("[^,]{0,9}", "[^,]{0,9}", 0..3),
        proptest::collection::btree_map(any::<String>(), any::<String>(), 0..3),
    )
        .prop_map(|(node, query, private, max_rows, prompts, texts)| {
            let mut profile = Profile::default();
            profile.node = node;
            profile.query_access.trailing_slash = private;
            profile.purchase_orders.query = query;
            profile.purchase_orders.max_rows = max_rows;
            profile.purchase_orders.owner = if private {
                Owner::Private
            } else {
                Owner::Public
            };
            let prompts = prompts.into_iter().map(|(name, value)| Prompt {
                name: format!("X{name}"),
                value,
            });
            profile.billing_invoices.fixed_prompts = prompts.collect();
            profile
                .billing_invoices
                .columns
                .insert("total".to_owned(), "A.\"T\"\n\\\u{7f}".to_owned());
            profile
                .purchase_orders
                .status_texts
                .insert("status".to_owned(), texts);
            profile
        })
}

fn anything() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "node",
        "zone",
        "query_access",
        "alias",
        "purchase_orders",
        "columns",
        "po_id",
        "fixed_prompts",
        "name",
        "faults",
        "set",
        "PUBLIC",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        words.clone().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(words.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn a_profile_survives_both_forms(profile in profile()) {
        prop_assert_eq!(&Profile::from_toml(&profile.to_toml()).unwrap(), &profile);
        prop_assert_eq!(&Profile::from_json(&profile.to_json()).unwrap(), &profile);
    }

    #[test]
    fn what_is_taken_fits_the_schema(value in anything()) {
        let schema: Value = serde_json::from_str(&Profile::json_schema()).unwrap();
        if Profile::from_json(&value.to_string()).is_ok() {
            prop_assert!(fits(&schema, &value), "{}", value);
        }
    }

    #[test]
    fn no_text_makes_reading_panic(text in any::<String>()) {
        let _ = Profile::from_toml(&text);
        let _ = Profile::from_json(&text);
    }
}

/// The two files of the sources that show the default profile and its schema.
///
/// After a change of the profile, `cargo run -p peoplesoft-client --example profile_files` writes them anew.
#[test]
fn the_files_of_the_sources_are_up_to_date() {
    let default = include_str!("../profile.default.toml");
    assert_eq!(default, Profile::default().to_toml());
    assert_eq!(Profile::from_toml(default).unwrap(), Profile::default());
    let schema: Value = serde_json::from_str(include_str!("../profile.schema.json")).unwrap();
    let made: Value = serde_json::from_str(&Profile::json_schema()).unwrap();
    assert_eq!(schema, made);
}
