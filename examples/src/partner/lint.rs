//! What is wrong or surprising in a profile, beyond the form of its single values.

use std::fmt;

use super::payload::PayloadTarget;
use super::profile::{
    DelimiterInData, Document, Format, PartnerId, PartnerProfile, Policy, Repeat, RouteProfile,
    SupplierKey, Transfer,
};
use super::x12::{InterchangeId, LineEnding, X12Settings, has_repetition};

/// Something that a profile should not have, or should not have unnoticed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Whose profile.
    pub partner: PartnerId,
    /// Whether it may be used like this.
    pub severity: Severity,
    /// The key in the profile, for example `x12.receiver.id` or `routes[0].format`.
    pub key: String,
    /// What is there.
    pub found: String,
    /// What would have been right.
    pub expected: String,
    /// How to mend it.
    pub remedy: String,
}

/// Whether a profile may be used in spite of a [`Finding`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// It may; somebody should know.
    Warning,
    /// It may not; a configuration with it is refused.
    Error,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            partner,
            severity,
            key,
            found,
            expected,
            remedy,
        } = self;
        let severity = match severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        write!(
            f,
            "{severity}: {partner}: {key}: found {found}, expected {expected}; {remedy}"
        )
    }
}

/// A finding before it is known whose it is.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) severity: Severity,
    pub(super) key: String,
    pub(super) found: String,
    pub(super) expected: String,
    pub(super) remedy: String,
}

fn error(key: &str, found: impl fmt::Display, expected: &str, remedy: &str) -> Raw {
    Raw {
        severity: Severity::Error,
        key: key.to_owned(),
        found: found.to_string(),
        expected: expected.to_owned(),
        remedy: remedy.to_owned(),
    }
}

fn warning(key: &str, found: impl fmt::Display, expected: &str, remedy: &str) -> Raw {
    Raw {
        severity: Severity::Warning,
        ..error(key, found, expected, remedy)
    }
}

impl PartnerProfile {
    /// What is wrong or surprising, in the order of the profile.
    ///
    /// A profile read from TOML has no finding of severity [`Severity::Error`]: reading refuses it.
    pub fn lint(&self) -> Vec<Finding> {
        let mut raw = lint_parties(&self.suppliers);
        if let Some(x12) = &self.x12 {
            raw.extend(lint_x12(x12));
        }
        raw.extend(lint_policy(&self.policy, self.x12.as_ref()));
        raw.extend(lint_routes(&self.routes));
        raw.extend(self.lint_reach());
        raw.into_iter()
            .map(
                |Raw {
                     severity,
                     key,
                     found,
                     expected,
                     remedy,
                 }| Finding {
                    partner: self.id.clone(),
                    severity,
                    key,
                    found,
                    expected,
                    remedy,
                },
            )
            .collect()
    }

    /// Whether each route has what it needs elsewhere in the profile.
    pub(super) fn lint_reach(&self) -> Vec<Raw> {
        let mut raw = Vec::new();
        if self.suppliers.is_empty() && self.customers.is_empty() {
            raw.push(error(
                "suppliers",
                "neither suppliers nor customers",
                "at least one PeopleSoft supplier or customer",
                "add for example `suppliers = [{ setid = \"SHARE\", vendor_id = \"0000000123\" }]`",
            ));
        }
        for (index, route) in self.routes.iter().enumerate() {
            let (party, present) = match route.document {
                Document::PurchaseOrder => ("suppliers", !self.suppliers.is_empty()),
                Document::BillingInvoice => ("customers", !self.customers.is_empty()),
                Document::FunctionalAcknowledgment => ("suppliers", true),
            };
            if !present {
                raw.push(error(
                    &format!("routes[{index}].document"),
                    format_args!("{:?} without `{party}`", route.document.as_str()),
                    &format!("`{party}`, because no document could ever take this route"),
                    &format!("add `{party}`, or delete the route"),
                ));
            }
            if route.format == Format::X12 && self.x12.is_none() {
                raw.push(error(
                    &format!("routes[{index}].format"),
                    "\"x12\" without a table [x12]",
                    "the partner's X12 settings",
                    "add [x12] with `receiver` and `usage`, or choose another format",
                ));
            }
        }
        raw
    }
}

pub(super) fn lint_parties(suppliers: &[SupplierKey]) -> Vec<Raw> {
    let mut raw = Vec::new();
    for (index, key) in suppliers.iter().enumerate() {
        let earlier = suppliers.iter().take(index);
        for other in earlier {
            if other.setid == key.setid && other.vendor_id == key.vendor_id {
                raw.push(error(
                    &format!("suppliers[{index}]"),
                    format_args!("supplier {}/{} a second time", key.setid, key.vendor_id),
                    "each supplier once",
                    "put all its locations in one entry",
                ));
            }
        }
    }
    raw
}

pub(super) fn lint_x12(x12: &X12Settings) -> Vec<Raw> {
    let mut raw = lint_interchange_id("x12.receiver", &x12.receiver);
    let delimiters = &x12.delimiters;
    for (key, text) in [
        ("x12.receiver.id", &x12.receiver.id),
        ("x12.receiver.qualifier", &x12.receiver.qualifier),
        ("x12.group_receiver", &x12.group_receiver),
    ] {
        // The group's id is the receiver's unless the profile names one: one complaint is enough.
        let repeated = key == "x12.group_receiver" && *text == x12.receiver.id;
        if !repeated && text.chars().any(|c| delimiters.contains(c)) {
            raw.push(error(
                key,
                format_args!("{text:?}, which holds a delimiter"),
                "an id without any of the partner's delimiters",
                "correct the id, or agree on other delimiters",
            ));
        }
    }
    let mut named = vec![
        ("element", delimiters.element),
        ("component", delimiters.component),
        ("segment", delimiters.segment),
    ];
    named.extend(delimiters.repetition.map(|c| ("repetition", c)));
    for (index, (name, c)) in named.iter().enumerate() {
        let key = format!("x12.delimiters.{name}");
        if let Some((other, _)) = named.iter().take(index).find(|(_, other)| other == c) {
            raw.push(error(
                &key,
                format_args!("{c:?}, which is the {other} delimiter too"),
                "four different characters",
                "choose another one",
            ));
        }
        if c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | '-' | '+') || !c.is_ascii() {
            raw.push(error(
                &key,
                format_args!("{c:?}, which occurs in codes, numbers or padding"),
                "a character that no code or number holds, for example one of * ~ > ^ | : !",
                "choose another one",
            ));
        } else if matches!(c, '/' | ',' | '\'' | '&' | '(' | ')' | '#' | '"') {
            raw.push(warning(
                &key,
                format_args!("{c:?}, which is common in names and descriptions"),
                "a rare character",
                "choose another one if the partner agrees, or set `delimiter_in_data = \"replace\"`",
            ));
        }
    }
    if let Some(c) = delimiters.repetition
        && !has_repetition(x12.release())
    {
        raw.push(error(
            "x12.delimiters.repetition",
            format_args!("{c:?} for version {:?}", x12.version),
            "none: before 004020 ISA11 is a standards id",
            "delete `repetition`, or correct `version`",
        ));
    }
    if x12.line_ending != LineEnding::None && matches!(delimiters.segment, '\n' | '\r') {
        raw.push(error(
            "x12.line_ending",
            "a line end after a segment terminator that is one already",
            "\"none\"",
            "delete `line_ending`",
        ));
    }
    raw
}

/// The shape of an id that its qualifier demands.
pub(super) fn lint_interchange_id(key: &str, id: &InterchangeId) -> Vec<Raw> {
    let digits = id.id.bytes().all(|b| b.is_ascii_digit());
    if id.qualifier == "01" && !(digits && id.id.len() == 9) {
        return vec![error(
            &format!("{key}.id"),
            format_args!("{:?} with qualifier 01", id.id),
            "a D-U-N-S number of exactly nine digits",
            "correct the number, or the qualifier (ZZ for a mutually agreed id)",
        )];
    }
    Vec::new()
}

pub(super) fn lint_policy(policy: &Policy, x12: Option<&X12Settings>) -> Vec<Raw> {
    let mut raw = Vec::new();
    if let (DelimiterInData::Replace { replacement }, Some(x12)) = (policy.delimiter_in_data, x12)
        && x12.delimiters.contains(replacement)
    {
        raw.push(error(
            "policy.replacement",
            format_args!("{replacement:?}, which is a delimiter itself"),
            "a character that is no delimiter of the partner",
            "choose another one, for example a space",
        ));
    }
    if policy.price_decimals < 2 {
        raw.push(warning(
            "policy.price_decimals",
            policy.price_decimals,
            "at least 2 in most currencies",
            "check with the partner: prices with more decimals are held",
        ));
    }
    raw
}

pub(super) fn lint_routes(routes: &[RouteProfile]) -> Vec<Raw> {
    let mut raw = Vec::new();
    if routes.is_empty() {
        raw.push(warning(
            "routes",
            "no route",
            "at least one",
            "add [[routes]]; until then every document of the partner is held",
        ));
    }
    for (index, route) in routes.iter().enumerate() {
        raw.extend(overlap(routes, index, route));
        raw.extend(lint_way(index, route));
        if route.repeat == Repeat::Blind {
            raw.push(warning(
                &format!("routes[{index}].repeat"),
                "\"blind\"",
                "a receiver that can be asked what arrived",
                "expect that a person must release every delivery that was interrupted",
            ));
        }
        if route.format == Format::Json && route.batch.get() > 1 {
            raw.push(error(
                &format!("routes[{index}].batch"),
                route.batch,
                "1, because a JSON file holds one document",
                "delete `batch`, or choose format \"x12\"",
            ));
        }
    }
    raw
}

/// Whether the way of a route and what is known of it fit each other.
fn lint_way(index: usize, route: &RouteProfile) -> Vec<Raw> {
    let key = |name: &str| format!("routes[{index}].{name}");
    let mut raw = Vec::new();
    match (&route.payload, route.transfer) {
        (None, Transfer::Payload) => raw.push(error(
            &key("transfer"),
            "\"payload\" without `payload`",
            "where documents are posted",
            "add for example `payload = { endpoint = \"invoices/in\" }`",
        )),
        (Some(_), Transfer::Rest | Transfer::HttpServer) => raw.push(error(
            &key("payload"),
            "a place to post to, and another transfer",
            "`transfer = \"payload\"` beside it",
            "add that, or delete `payload`",
        )),
        (Some(payload), Transfer::Payload) => {
            if route.format != Format::Json {
                raw.push(error(
                    &key("format"),
                    "\"x12\" for documents that are posted",
                    "\"json\"",
                    "correct it, or put files into a folder with another `transfer`",
                ));
            }
            if route.repeat == Repeat::Probe {
                raw.push(error(
                    &key("repeat"),
                    "\"probe\" for documents that are posted",
                    "\"blind\", or \"deduplicated\" where the receiver recognises a document that comes again",
                    "correct it: what was posted cannot be looked for",
                ));
            }
            if route.repeat == Repeat::Deduplicated && payload.document_id_header.is_none() {
                raw.push(warning(
                    &key("payload.document_id_header"),
                    "nothing, and `repeat = \"deduplicated\"`",
                    "the header by which the receiver tells repeats",
                    "make sure that the receiver tells them by the document itself",
                ));
            }
            if payload.target == PayloadTarget::Action && route.action.is_none() {
                raw.push(error(
                    &key("payload.action"),
                    "true without an `action` of the route",
                    "the alias of the action that documents are posted to",
                    "add `action`, or name an endpoint",
                ));
            }
        }
        (None, Transfer::Rest | Transfer::HttpServer) => {}
    }
    if route.action_again && route.action.is_none() {
        raw.push(warning(
            &key("action_again"),
            "true without an `action`",
            "an action",
            "delete it: it has no effect",
        ));
    }
    if route.absence_is_proof && route.repeat != Repeat::Probe {
        raw.push(warning(
            &key("absence_is_proof"),
            "true, and nothing is looked for",
            "`repeat = \"probe\"`",
            "delete it: it has no effect",
        ));
    }
    raw
}

/// Whether an earlier active route takes some of the same documents.
fn overlap(routes: &[RouteProfile], index: usize, route: &RouteProfile) -> Option<Raw> {
    let (earlier, other) = routes.iter().take(index).enumerate().find(|(_, other)| {
        let same_units = route.business_units.is_empty()
            || other.business_units.is_empty()
            || route.business_units.iter().any(|unit| other.covers(unit));
        route.active && other.active && route.document == other.document && same_units
    })?;
    let shared: Vec<&str> = route
        .business_units
        .iter()
        .filter(|unit| other.covers(unit))
        .map(String::as_str)
        .collect();
    let shared = match (shared.is_empty(), other.business_units.is_empty()) {
        (false, _) => shared.join(", "),
        (true, false) => other.business_units.join(", "),
        (true, true) => "all".to_owned(),
    };
    Some(error(
        &format!("routes[{index}]"),
        format_args!(
            "a second active route for {:?} of business units {shared} (the first is \
             routes[{earlier}])",
            route.document.as_str()
        ),
        "one active route for each document and business unit",
        "narrow `business_units` of one, or set `active = false`",
    ))
}
