//! Profiles from TOML.

use std::num::NonZeroU32;
use std::path::PathBuf;

use super::inbound::{Deadline, InboundProfile, Validation, read_deadline};
use super::lint::{
    Raw, Severity, lint_interchange_id, lint_parties, lint_policy, lint_routes, lint_x12,
};
use super::payload::read_payload;
use super::profile::{
    CustomerKey, DelimiterInData, Document, Format, OnChange, OrderNumber, PartnerId,
    PartnerProfile, Policy, Repeat, RouteProfile, SupplierKey, Transfer, UnknownUnit,
};
use super::x12::{Delimiters, InterchangeId, LineEnding, Usage, X12Settings};
use crate::code_table::{is_x12_shape, read_freight, read_terms, read_units};
use crate::config::{ConfigErrors, Field, Source, Table};

/// Most transaction sets that a batch may hold; an interchange of more is unwieldy for everyone.
const MAX_BATCH: u32 = 1000;

/// X12 qualifiers of item numbers (element 235) that there is a PeopleSoft field for.
const ITEM_QUALIFIERS: &[&str] = &[
    "VN", "VP", "BP", "IN", "PI", "MG", "MF", "UP", "UK", "EN", "VC",
];

impl PartnerProfile {
    /// Reads a profile from the text of a partner file. `file` is its name in complaints.
    ///
    /// # Errors
    /// Every mistake in the text, see [`ConfigErrors`].
    pub fn from_toml(file: impl Into<PathBuf>, text: &str) -> Result<Self, ConfigErrors> {
        let file = file.into();
        let source = Source::new(&file, text);
        let table = source.parse();
        let profile = read_profile(Table::root(&source, &table));
        ConfigErrors::or(source.into_mistakes(), profile)
    }
}

/// Reads and checks a profile. Nothing when something that it cannot do without is wrong.
pub(crate) fn read_profile(table: Table<'_>) -> Option<PartnerProfile> {
    let source = table.source();
    let base = table.path_of("");
    let complain = |raw: Vec<Raw>| {
        for finding in raw
            .into_iter()
            .filter(|raw| raw.severity == Severity::Error)
        {
            let Raw {
                key,
                found,
                expected,
                remedy,
                ..
            } = finding;
            source.mistake(&format!("{base}{key}"), found, expected, remedy);
        }
    };
    let id = table.need("id", "\"bolts\"").and_then(|field| {
        let text = field.text()?;
        let id = PartnerId::new(text.as_str());
        if id.is_none() {
            field.wrong(
                format!("{text:?}"),
                format!("1 to {} letters, digits, `-` or `_`", PartnerId::MAX),
                "choose a short name; it cannot be changed later",
            );
        }
        id
    });
    let name = table
        .need("name", "\"Bolts & Nuts\"")
        .and_then(|field| field.text());
    let active = flag(&table, "active", true);
    let suppliers = table
        .get("suppliers")
        .map_or(Some(Vec::new()), |field| each(&field, supplier));
    let customers = table
        .get("customers")
        .map_or(Some(Vec::new()), |field| each(&field, customer));
    let x12 = table
        .get("x12")
        .map(|field| field.table().and_then(read_x12));
    let policy = table.get("policy").map_or_else(
        || Some(Policy::default()),
        |field| field.table().map(read_policy),
    );
    let routes = table
        .get("routes")
        .map_or(Some(Vec::new()), |field| each(&field, read_route));
    let inbound = table.get("inbound").map_or_else(
        || Some(InboundProfile::default()),
        |field| field.table().map(read_inbound),
    );
    let units = table
        .get("units")
        .map(|field| read_units(&field))
        .unwrap_or_default();
    let terms = table
        .get("terms")
        .map(|field| read_terms(&field))
        .unwrap_or_default();
    let freight = table
        .get("freight")
        .map(|field| read_freight(&field))
        .unwrap_or_default();
    table.finish();

    // Parts are checked as far as they could be read, whatever became of the others.
    if let Some(suppliers) = &suppliers {
        complain(lint_parties(suppliers));
    }
    if let Some(Some(x12)) = &x12 {
        complain(lint_x12(x12));
    }
    if let Some(policy) = &policy {
        complain(lint_policy(policy, x12.as_ref().and_then(Option::as_ref)));
    }
    if let Some(routes) = &routes {
        complain(lint_routes(routes));
    }
    let profile = PartnerProfile {
        id: id?,
        name: name?,
        active,
        suppliers: suppliers?,
        customers: customers?,
        x12: match x12 {
            Some(read) => Some(read?),
            None => None,
        },
        routes: routes?,
        inbound: inbound?,
        policy: policy?,
        units,
        terms,
        freight,
    };
    complain(profile.lint_reach());
    Some(profile)
}

/// Every item of a list of tables. Nothing if one of them cannot be read.
fn each<T>(list: &Field<'_>, read: impl Fn(&Field<'_>) -> Option<T>) -> Option<Vec<T>> {
    let items: Vec<Option<T>> = list.list()?.iter().map(read).collect();
    items.into_iter().collect()
}

fn flag(table: &Table<'_>, key: &'static str, default: bool) -> bool {
    table
        .get(key)
        .and_then(|field| field.boolean())
        .unwrap_or(default)
}

fn choose<T: Copy>(table: &Table<'_>, key: &'static str, choices: &[(&str, T)], default: T) -> T {
    table
        .get(key)
        .and_then(|field| field.choice(choices))
        .unwrap_or(default)
}

/// A key of a PeopleSoft record: a CHAR field of that length.
fn ps_key(field: &Field<'_>, length: usize) -> Option<String> {
    field.text_where(
        &format!("1 to {length} characters without spaces around them"),
        "write it as PeopleSoft shows it, with leading zeros",
        |text| text.chars().count() <= length && text.trim() == text,
    )
}

fn ps_keys(field: &Field<'_>, length: usize) -> Option<Vec<String>> {
    field.texts(
        &format!("1 to {length} characters without spaces around them"),
        |text| text.chars().count() <= length && text.trim() == text,
    )
}

fn supplier(field: &Field<'_>) -> Option<SupplierKey> {
    let table = field.table()?;
    let setid = table
        .need("setid", "\"SHARE\"")
        .and_then(|field| ps_key(&field, 5));
    let vendor_id = table
        .need("vendor_id", "\"0000000123\"")
        .and_then(|field| ps_key(&field, 10));
    let locations = table.get("locations").and_then(|field| ps_keys(&field, 10));
    table.finish();
    Some(SupplierKey {
        setid: setid?,
        vendor_id: vendor_id?,
        locations: locations.unwrap_or_default(),
    })
}

fn customer(field: &Field<'_>) -> Option<CustomerKey> {
    if field.is_text() {
        return Some(CustomerKey {
            setid: None,
            customer_id: ps_key(field, 15)?,
        });
    }
    let table = field.table()?;
    let setid = table.get("setid").map(|field| ps_key(&field, 5));
    let customer_id = table
        .need("customer_id", "\"1000\"")
        .and_then(|field| ps_key(&field, 15));
    table.finish();
    let setid = match setid {
        Some(read) => Some(read?),
        None => None,
    };
    Some(CustomerKey {
        setid,
        customer_id: customer_id?,
    })
}

/// An interchange address, without the checks that depend on what it is used for.
pub(crate) fn read_interchange_id(field: &Field<'_>) -> Option<InterchangeId> {
    let table = field.table()?;
    let qualifier = table.need("qualifier", "\"ZZ\"").and_then(|field| {
        field.text_where(
            "two letters or digits",
            "correct the qualifier",
            is_x12_shape,
        )
    });
    let id = table
        .need("id", "\"BOLTS\"")
        .and_then(|field| x12_id(&field, 1));
    table.finish();
    Some(InterchangeId {
        qualifier: qualifier?,
        id: id?,
    })
}

/// An id of at least that length and at most 15 printable characters.
pub(crate) fn x12_id(field: &Field<'_>, least: usize) -> Option<String> {
    field.text_where(
        &format!("{least} to 15 printable ASCII characters without spaces around them"),
        "write the id as agreed with the partner, without padding",
        |text| {
            (least..=15).contains(&text.len())
                && text.trim() == text
                && text.bytes().all(|b| b == b' ' || b.is_ascii_graphic())
        },
    )
}

fn read_x12(table: Table<'_>) -> Option<X12Settings> {
    let receiver = table
        .need("receiver", "{ qualifier = \"ZZ\", id = \"BOLTS\" }")
        .and_then(|field| read_interchange_id(&field));
    let group_receiver = match (table.get("group_receiver"), &receiver) {
        (Some(field), _) => x12_id(&field, 2),
        (None, Some(receiver)) if receiver.id.len() >= 2 => Some(receiver.id.clone()),
        (None, Some(_)) => {
            table.need("group_receiver", "\"BOLTS\"");
            None
        }
        (None, None) => None,
    };
    let version = table.get("version").map_or_else(
        || Some(X12Settings::DEFAULT_VERSION.to_owned()),
        |field| {
            let rule = "six digits of a release and at most six more letters or digits";
            field.text_where(rule, "write for example \"004010\" or \"005010\"", |text| {
                (6..=12).contains(&text.len())
                    && text.bytes().all(|b| b.is_ascii_alphanumeric())
                    && text
                        .get(..6)
                        .is_some_and(|r| r.bytes().all(|b| b.is_ascii_digit()))
            })
        },
    );
    let usage = table
        .need("usage", "\"T\"")
        .and_then(|field| field.choice(&[("P", Usage::Production), ("T", Usage::Test)]));
    let release = version.as_deref().and_then(|version| version.get(..6));
    let usual = Delimiters::usual(release.unwrap_or(X12Settings::DEFAULT_VERSION));
    let delimiters = table
        .get("delimiters")
        .and_then(|field| field.table())
        .map_or(usual, |table| read_delimiters(table, usual));
    let endings = [
        ("none", LineEnding::None),
        ("lf", LineEnding::Lf),
        ("crlf", LineEnding::Crlf),
    ];
    let line_ending = choose(&table, "line_ending", &endings, LineEnding::None);
    let ack_requested = flag(&table, "ack_requested", false);
    table.finish();
    Some(X12Settings {
        receiver: receiver?,
        group_receiver: group_receiver?,
        version: version?,
        usage: usage?,
        delimiters,
        line_ending,
        ack_requested,
    })
}

fn read_delimiters(table: Table<'_>, usual: Delimiters) -> Delimiters {
    let one = |key| {
        table
            .get(key)
            .and_then(|field: Field<'_>| field.character())
    };
    let delimiters = Delimiters {
        element: one("element").unwrap_or(usual.element),
        component: one("component").unwrap_or(usual.component),
        segment: one("segment").unwrap_or(usual.segment),
        repetition: one("repetition").or(usual.repetition),
    };
    table.finish();
    delimiters
}

fn read_policy(table: Table<'_>) -> Policy {
    let usual = Policy::default();
    let replace = choose(
        &table,
        "delimiter_in_data",
        &[("refuse", false), ("replace", true)],
        false,
    );
    let replacement = table.get("replacement");
    let delimiter_in_data = match (replace, replacement) {
        (false, None) => DelimiterInData::Refuse,
        (false, Some(field)) => {
            field.wrong(
                "a replacement although delimiters in data are refused",
                "`delimiter_in_data = \"replace\"` beside it",
                "add that, or delete `replacement`",
            );
            DelimiterInData::Refuse
        }
        (true, replacement) => DelimiterInData::Replace {
            replacement: replacement
                .and_then(|field| field.character())
                .unwrap_or(' '),
        },
    };
    let units = [("hold", UnknownUnit::Hold), ("pass", UnknownUnit::Pass)];
    let numbers = [
        ("po_id", OrderNumber::PoId),
        ("bu_po_id", OrderNumber::BuPoId),
    ];
    let policy = Policy {
        delimiter_in_data,
        unknown_unit: choose(&table, "unknown_unit", &units, usual.unknown_unit),
        price_decimals: table
            .get("price_decimals")
            .and_then(|field| field.integer(0..=Policy::PRICE_DECIMALS))
            .unwrap_or(usual.price_decimals),
        order_number: choose(&table, "order_number", &numbers, usual.order_number),
        item_ids: table
            .get("item_ids")
            .and_then(|field| {
                let rule = format!("one of {}", ITEM_QUALIFIERS.join(", "));
                field.texts(&rule, |text| ITEM_QUALIFIERS.contains(&text))
            })
            .unwrap_or(usual.item_ids),
    };
    table.finish();
    policy
}

fn read_inbound(table: Table<'_>) -> InboundProfile {
    let usual = InboundProfile::default();
    let levels = [
        ("strict", Validation::Strict),
        ("standard", Validation::Standard),
        ("lenient", Validation::Lenient),
    ];
    let inbound = InboundProfile {
        acknowledge: flag(&table, "acknowledge", usual.acknowledge),
        acknowledgments: table
            .get("acknowledgments")
            .and_then(|field| folder(&field)),
        validation: choose(&table, "validation", &levels, usual.validation),
        acknowledged_within: table
            .get("acknowledged_within")
            .and_then(|field| read_deadline(&field))
            .unwrap_or(usual.acknowledged_within),
    };
    table.finish();
    inbound
}

/// A folder in Cleo.
fn folder(field: &Field<'_>) -> Option<String> {
    let rule = "a folder such as \"outbox/850\": parts separated by `/`, none of them `..`";
    field.text_where(rule, "correct the folder", |text| {
        let text = text.strip_prefix('/').unwrap_or(text);
        text.split('/').all(|part| !matches!(part, "" | "." | ".."))
            && !text.chars().any(|c| c == '\\' || c.is_control())
    })
}

fn read_route(field: &Field<'_>) -> Option<RouteProfile> {
    let table = field.table()?;
    let documents = [
        Document::PurchaseOrder,
        Document::BillingInvoice,
        Document::FunctionalAcknowledgment,
    ]
    .map(|d| (d.as_str(), d));
    let document = table
        .need("document", "\"purchase_order\"")
        .and_then(|field| field.choice(&documents));
    let format = table
        .need("format", "\"x12\"")
        .and_then(|field| field.choice(&[("x12", Format::X12), ("json", Format::Json)]));
    let business_units = table
        .get("business_units")
        .and_then(|field| ps_keys(&field, 5));
    let connection = table
        .need("connection", "\"bolts-as2\"")
        .and_then(|field| field.text());
    let action = table.get("action").and_then(|field| field.text());
    let action_again = flag(&table, "action_again", false);
    let transfers = [
        ("rest", Transfer::Rest),
        ("http_server", Transfer::HttpServer),
        ("payload", Transfer::Payload),
    ];
    let transfer = choose(&table, "transfer", &transfers, Transfer::Rest);
    let directory = table
        .get("directory")
        .map_or_else(|| Some("outbox".to_owned()), |field| folder(&field));
    let repeats = [
        ("probe", Repeat::Probe),
        ("blind", Repeat::Blind),
        ("deduplicated", Repeat::Deduplicated),
    ];
    // What was posted cannot be looked for.
    let usual = match transfer {
        Transfer::Payload => Repeat::Blind,
        _ => Repeat::Probe,
    };
    let repeat = choose(&table, "repeat", &repeats, usual);
    let absence_is_proof = flag(&table, "absence_is_proof", false);
    let active = flag(&table, "active", true);
    let changes = [("hold", OnChange::Hold), ("replace", OnChange::Replace)];
    let on_change = choose(&table, "on_change", &changes, OnChange::Hold);
    let batch = table
        .get("batch")
        .and_then(|field| field.integer(1..=MAX_BATCH));
    let payload = table.get("payload").map(|field| read_payload(&field));
    let acknowledged_within = table.get("acknowledged_within").and_then(|field| {
        let deadline = read_deadline(&field)?;
        if format == Some(Format::Json) && deadline != Deadline::Never {
            field.wrong(
                "`acknowledged_within` for JSON",
                "a route of format \"x12\": a 997 acknowledges nothing else",
                "delete the line",
            );
        }
        Some(deadline)
    });
    table.finish();
    Some(RouteProfile {
        document: document?,
        format: format?,
        business_units: business_units.unwrap_or_default(),
        connection: connection?,
        action,
        action_again,
        transfer,
        directory: directory?,
        repeat,
        absence_is_proof,
        active,
        on_change,
        batch: batch.and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN),
        acknowledged_within,
        payload: match payload {
            Some(read) => Some(read?),
            None => None,
        },
    })
}

/// An address that stands in the configuration, with the checks of its qualifier.
pub(crate) fn read_own_interchange_id(
    source: &Source<'_>,
    key: &str,
    field: &Field<'_>,
) -> Option<InterchangeId> {
    let id = read_interchange_id(field)?;
    for Raw {
        key,
        found,
        expected,
        remedy,
        ..
    } in lint_interchange_id(key, &id)
    {
        source.mistake(&key, found, expected, remedy);
    }
    Some(id)
}
