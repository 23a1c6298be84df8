//! What arrived at Cleo, read back with the codec.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use peoplesoft_cleo::simulation::INBOX;
use serde_json::Value;
use x12_edi::document::invoice::Invoice;
use x12_edi::document::purchase_order::PurchaseOrder;

use crate::{Result, Routes};

/// What the files of Cleo say, whatever their names are.
#[derive(Debug, Default)]
pub(crate) struct Received {
    /// How often each document is there.
    pub(crate) documents: BTreeMap<String, usize>,
    /// ISA05 to ISA08 and ISA13.
    pub(crate) interchanges: BTreeMap<String, usize>,
    /// GS01 to GS03 and GS06.
    pub(crate) groups: BTreeMap<String, usize>,
}

pub(crate) fn received(files: &Path) -> Result<Received> {
    let mut received = Received::default();
    let mut folders = vec![files.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                // What suppliers have put there is not of our sending.
                if !path.ends_with(INBOX) {
                    folders.push(path);
                }
            } else {
                received
                    .read(&path)
                    .map_err(|error| format!("{}: {error}", path.display()))?;
            }
        }
    }
    Ok(received)
}

impl Received {
    fn read(&mut self, path: &Path) -> Result<()> {
        let bytes = fs::read(path)?;
        if bytes.starts_with(b"{") {
            let invoice: Value = serde_json::from_slice(&bytes)?;
            let text = |name: &str| {
                invoice
                    .get(name)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            };
            let key = format!("invoices {}/{}", text("business_unit"), text("invoice"));
            *self.documents.entry(key).or_default() += 1;
            return Ok(());
        }
        let read = x12_edi::parse(&bytes);
        if let Some(finding) = read.all_findings().next() {
            return Err(finding.to_string().into());
        }
        let mut interchanges = BTreeSet::new();
        let mut groups = BTreeSet::new();
        for set in &read.sets {
            let (Some(isa), Some(gs)) = (set.interchange(), set.group()) else {
                return Err("a set outside of its envelope".into());
            };
            let number = isa.control_number.map(|number| number.to_padded());
            interchanges.insert(format!("{} {} {number:?}", isa.sender, isa.receiver));
            let number = gs.control_number.map(|number| number.to_padded());
            groups.insert(format!(
                "{} {} {} {number:?}",
                gs.functional_id, gs.sender, gs.receiver
            ));
            let key = match set.code() {
                "850" => {
                    let order = PurchaseOrder::parse(set).document;
                    format!(
                        "purchase-orders {}/{}",
                        order.reference("19").unwrap_or("?"),
                        order.number()
                    )
                }
                "810" => {
                    let invoice = Invoice::parse(set).document;
                    format!(
                        "invoices {}/{}",
                        invoice.reference("19").unwrap_or("?"),
                        invoice.number()
                    )
                }
                other => return Err(format!("a set {other} that nobody sent").into()),
            };
            *self.documents.entry(key).or_default() += 1;
        }
        for number in interchanges {
            *self.interchanges.entry(number).or_default() += 1;
        }
        for number in groups {
            *self.groups.entry(number).or_default() += 1;
        }
        Ok(())
    }
}

/// Everything that does not hold, by name.
pub(crate) fn judge(
    routes: Routes,
    expected: &BTreeSet<String>,
    received: &Received,
    review: &BTreeSet<String>,
) -> Result<()> {
    let twice = |counts: &BTreeMap<String, usize>| {
        counts
            .iter()
            .filter(|(_, count)| **count > 1)
            .map(|(key, _)| key.clone())
            .collect::<Vec<_>>()
    };
    let problems = [
        ("at Cleo more than once", twice(&received.documents)),
        (
            "interchange numbers used twice",
            twice(&received.interchanges),
        ),
        ("group numbers used twice", twice(&received.groups)),
        (
            "at Cleo and never ordered",
            received
                .documents
                .keys()
                .filter(|key| !expected.contains(*key))
                .cloned()
                .collect(),
        ),
        (
            "neither at Cleo nor in review",
            expected
                .iter()
                .filter(|key| !received.documents.contains_key(*key) && !review.contains(*key))
                .cloned()
                .collect(),
        ),
        (
            "in review although the route can be asked",
            review
                .iter()
                .filter(|_| routes == Routes::Probed)
                .cloned()
                .collect(),
        ),
    ];
    let mut found = String::new();
    for (what, keys) in problems {
        if !keys.is_empty() {
            let shown: Vec<_> = keys.iter().take(5).map(String::as_str).collect();
            found.push_str(&format!("{} {what}: {}; ", keys.len(), shown.join(", ")));
        }
    }
    if found.is_empty() {
        Ok(())
    } else {
        Err(found.into())
    }
}
