//! What must fit together across the configuration and all partners.

use std::collections::HashMap;

use super::duration::render;
use super::read::Parts;
use super::settings::{Environment, OurIdentity};
use super::source::Source;
use crate::partner::{Format, InterchangeId, PartnerId, PartnerProfile, SupplierKey, Transfer};

/// A partner with the place that it was read from.
#[derive(Debug)]
pub(super) struct Placed<'s> {
    pub(super) profile: PartnerProfile,
    pub(super) source: &'s Source<'s>,
    /// What its keys begin with in that source: empty in a file of its own.
    pub(super) base: String,
}

impl Placed<'_> {
    fn wrong(&self, key: &str, found: String, expected: &str, remedy: &str) {
        self.source.mistake(
            &format!("{}{key}", self.base),
            found,
            expected.to_owned(),
            remedy.to_owned(),
        );
    }
}

pub(super) fn check(parts: &Parts, partners: &[Placed<'_>]) {
    distinct_ids(partners);
    distinct_suppliers(partners);
    distinct_customers(partners);
    distinct_addresses(partners);
    let our = parts.our.as_ref().and_then(Option::as_ref);
    for partner in partners {
        if let Some(environment) = parts.environment {
            same_environment(environment, partner);
        }
        if let Some(our) = our {
            not_ourselves(our, partner);
        }
        for (index, route) in partner.profile.routes.iter().enumerate() {
            if route.format == Format::X12 && parts.our.is_none() {
                partner.wrong(
                    &format!("routes[{index}].format"),
                    "\"x12\" without a table [our] in the configuration".to_owned(),
                    "our own X12 identity",
                    "add `[our]` with `isa` and `gs` to the configuration",
                );
            }
            let no_server = parts
                .cleo
                .as_ref()
                .is_some_and(|cleo| cleo.http_server.is_none());
            if route.transfer == Transfer::HttpServer && no_server {
                partner.wrong(
                    &format!("routes[{index}].transfer"),
                    "\"http_server\" without [cleo.http_server] in the configuration".to_owned(),
                    "the path of Cleo's HTTP server",
                    "add `[cleo.http_server]` with `path`, or choose transfer \"rest\"",
                );
            }
        }
    }
}

/// Complains about the second of two partners with the same id.
fn distinct_ids(partners: &[Placed<'_>]) {
    let mut seen: HashMap<&PartnerId, ()> = HashMap::new();
    for partner in partners {
        let id = &partner.profile.id;
        if seen.insert(id, ()).is_some() {
            partner.wrong(
                "id",
                format!("{:?} a second time", id.as_str()),
                "a different id for every partner",
                "rename one of them, or delete a file that is there twice",
            );
        }
    }
}

fn distinct_suppliers(partners: &[Placed<'_>]) {
    let mut seen: HashMap<(&str, &str), Vec<(usize, &SupplierKey)>> = HashMap::new();
    for (number, partner) in partners.iter().enumerate() {
        for (index, key) in partner.profile.suppliers.iter().enumerate() {
            let earlier = seen.entry((&key.setid, &key.vendor_id)).or_default();
            let clash = earlier.iter().find(|(other, known)| {
                *other != number
                    && (known.locations.is_empty()
                        || key.locations.is_empty()
                        || key.locations.iter().any(|location| known.covers(location)))
            });
            if let Some((other, _)) = clash {
                partner.wrong(
                    &format!("suppliers[{index}]"),
                    format!(
                        "supplier {}/{}, which partner {} has too",
                        key.setid,
                        key.vendor_id,
                        id_of(partners, *other)
                    ),
                    "each supplier location with one partner",
                    "narrow `locations` of both, or delete one",
                );
            }
            earlier.push((number, key));
        }
    }
}

fn distinct_customers(partners: &[Placed<'_>]) {
    let mut seen: HashMap<&str, Vec<(usize, Option<&str>)>> = HashMap::new();
    for (number, partner) in partners.iter().enumerate() {
        for (index, key) in partner.profile.customers.iter().enumerate() {
            let earlier = seen.entry(&key.customer_id).or_default();
            let setid = key.setid.as_deref();
            let clash = earlier
                .iter()
                .find(|(_, other)| other.is_none() || setid.is_none() || *other == setid);
            if let Some((other, _)) = clash {
                partner.wrong(
                    &format!("customers[{index}]"),
                    format!(
                        "customer {}, which partner {} has already",
                        key.customer_id,
                        id_of(partners, *other)
                    ),
                    "each customer once",
                    "add `setid` to both, or delete one",
                );
            }
            earlier.push((number, setid));
        }
    }
}

/// Two partners behind one interchange address would share a series of control numbers.
fn distinct_addresses(partners: &[Placed<'_>]) {
    let mut seen: HashMap<&InterchangeId, usize> = HashMap::new();
    for (number, partner) in partners.iter().enumerate() {
        let Some(x12) = &partner.profile.x12 else {
            continue;
        };
        if let Some(other) = seen.insert(&x12.receiver, number) {
            partner.wrong(
                "x12.receiver",
                format!(
                    "{}, which partner {} has too",
                    x12.receiver,
                    id_of(partners, other)
                ),
                "a different interchange address (ISA07, ISA08) for every partner",
                "correct the id, or make one partner of the two",
            );
        }
    }
}

fn id_of<'p>(partners: &'p [Placed<'_>], number: usize) -> &'p str {
    partners
        .get(number)
        .map_or("", |partner| partner.profile.id.as_str())
}

fn same_environment(environment: Environment, partner: &Placed<'_>) {
    let Some(x12) = &partner.profile.x12 else {
        return;
    };
    if x12.usage != environment.usage() {
        partner.wrong(
            "x12.usage",
            format!(
                "{:?} in a {} configuration",
                x12.usage.as_str(),
                environment.as_str()
            ),
            &format!("{:?}", environment.usage().as_str()),
            "correct `usage`, or keep the partner in the configuration of the other environment",
        );
    }
}

fn not_ourselves(our: &OurIdentity, partner: &Placed<'_>) {
    let Some(x12) = &partner.profile.x12 else {
        return;
    };
    let overrides = our
        .business_units
        .values()
        .filter_map(|own| own.isa.as_ref());
    let mut addresses = std::iter::once(&our.isa).chain(overrides);
    if addresses.clone().any(|own| *own == x12.receiver) {
        partner.wrong(
            "x12.receiver",
            format!("{}, which is our own address", x12.receiver),
            "the partner's address",
            "correct it; sender and receiver may have been swapped",
        );
    }
    let groups = our
        .business_units
        .values()
        .filter_map(|own| own.gs.as_ref());
    let held = addresses
        .find(|own| holds(x12, &own.id) || holds(x12, &own.qualifier))
        .map(|own| own.to_string())
        .or_else(|| {
            std::iter::once(&our.gs)
                .chain(groups)
                .find(|gs| holds(x12, gs))
                .cloned()
        });
    if let Some(held) = held {
        partner.wrong(
            "x12.delimiters",
            format!("a delimiter that our own id {held:?} holds"),
            "delimiters that occur in no id",
            "agree on other delimiters with the partner",
        );
    }
}

fn holds(x12: &crate::partner::X12Settings, text: &str) -> bool {
    text.chars().any(|c| x12.delimiters.contains(c))
}

/// For complaints about a whole configuration.
pub(super) fn timeouts(parts: &Parts, source: &Source<'_>) {
    let Some(cleo) = &parts.cleo else { return };
    if cleo.timeout > parts.delivery.request_timeout {
        source.mistake(
            "cleo.timeout",
            format!("{:?}", render(cleo.timeout)),
            format!(
                "at most `request_timeout` of [delivery] ({})",
                render(parts.delivery.request_timeout)
            ),
            "lower it: no request may outlive the delivery that it belongs to".to_owned(),
        );
    }
}
