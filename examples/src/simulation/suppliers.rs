//! Suppliers that answer the orders which Cleo has received: 997, 855 and 810, some of them with a fault.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fastrand::Rng;
use serde::{Deserialize, Serialize};
use x12_edi::TransactionSet;
use x12_edi::acknowledge::{AcknowledgmentSet, GroupReport, SetErrorCode, SetReport, SetStatus};
use x12_edi::acknowledge::{GroupStatus, SegmentError, SegmentErrorCode};
use x12_edi::document::invoice::Invoice;
use x12_edi::document::purchase_order::PurchaseOrder;
use x12_edi::document::purchase_order_acknowledgment::PurchaseOrderAcknowledgment;
use x12_edi::document::segments::{LineAcknowledgment, Reference};
use x12_edi::schema::Release;
use x12_edi::value::Decimal;

use super::doubles::{Doubles, INBOX, StartError};
use super::papers::{Papers, Set, invoice_of};
use super::world::WorldError;
use crate::partner::PartnerProfile;

/// What the suppliers of a simulation have answered so far; kept in its directory.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Desk {
    /// Names of the order files that were answered.
    answered: BTreeSet<String>,
    /// The last number that each supplier has given to an interchange.
    numbers: BTreeMap<String, u32>,
    /// Invoices written so far, over all suppliers: the first ones have a fault each.
    invoices: usize,
    /// Answers written so far.
    answers: usize,
    /// Acknowledgments written so far.
    acknowledgments: usize,
}

/// What suppliers put into Cleo's folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Mail {
    /// Files.
    pub files: usize,
    /// Functional acknowledgments.
    pub acknowledgments: usize,
    /// Answers to orders.
    pub answers: usize,
    /// Invoices.
    pub invoices: usize,
}

/// The papers of one supplier that go out together.
#[derive(Default)]
struct Outbox {
    /// By the business unit whose id the group was sent under; empty for the common one.
    reports: BTreeMap<String, Vec<GroupReport>>,
    answers: Vec<PurchaseOrderAcknowledgment>,
    invoices: Vec<Invoice>,
    /// Invoices that go in a file of their own, behind the others.
    late: Vec<Invoice>,
}

/// A document that a supplier has received.
struct Letter {
    /// What it is about, in an order that does not depend on who came first.
    about: String,
    unit: String,
    report: GroupReport,
    order: Option<PurchaseOrder>,
}

/// Of so many orders one is answered or billed: more at the beginning, so that a small world shows every fault.
fn one_of(so_far: usize) -> u8 {
    if so_far < 12 { 3 } else { 16 }
}

impl Doubles {
    /// Has the suppliers answer every order in Cleo's folders that they have not answered yet.
    ///
    /// The same seed and the same orders give the same files. `dir` is that of the simulation.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn suppliers_answer(&self, dir: &Path, seed: u64) -> Result<Mail, StartError> {
        let path = dir.join("suppliers.json");
        let mut desk: Desk = std::fs::read_to_string(&path)
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        let mut mail = Mail::default();
        for partner in &self.config().partners {
            let outbox = self.answers_of(partner, seed, &mut desk)?;
            self.send(partner, outbox, &mut desk, &mut mail)?;
        }
        let text = serde_json::to_string(&desk).unwrap_or_default();
        std::fs::write(&path, text).map_err(|error| StartError::Io {
            what: path.display().to_string().into(),
            error,
        })?;
        Ok(mail)
    }

    fn answers_of(
        &self,
        partner: &PartnerProfile,
        seed: u64,
        desk: &mut Desk,
    ) -> Result<Outbox, StartError> {
        let mut outbox = Outbox::default();
        let mut letters = self.letters(partner, desk)?;
        // In the order of what they are about: which file had which number is chance.
        letters.sort_by(|a, b| a.about.cmp(&b.about));
        for letter in letters {
            let mut report = letter.report;
            desk.acknowledgments += 1;
            if desk.acknowledgments == 7 {
                reject(&mut report);
            }
            outbox.reports.entry(letter.unit).or_default().push(report);
            let Some(order) = letter.order else { continue };
            let about = letter.about.bytes();
            let hash = about.fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
            });
            let mut rng = Rng::with_seed(hash);
            if rng.u8(0..one_of(desk.answers)) == 0 {
                desk.answers += 1;
                outbox.answers.push(answer(&order, desk.answers));
            }
            if rng.u8(0..one_of(desk.invoices)) == 0 {
                desk.invoices += 1;
                bill(&order, desk.invoices, &mut outbox).map_err(refused)?;
            }
        }
        Ok(outbox)
    }

    /// What a partner has received and not answered yet.
    fn letters(
        &self,
        partner: &PartnerProfile,
        desk: &mut Desk,
    ) -> Result<Vec<Letter>, StartError> {
        let mut letters = Vec::new();
        for route in &partner.routes {
            for name in self.cleo.files(&route.directory) {
                let file = format!("{}/{name}", route.directory);
                if !name.ends_with(".edi") || !desk.answered.insert(file.clone()) {
                    continue;
                }
                let content = self.cleo.content(&route.directory, &name);
                let bytes = content.map_err(|error| StartError::Io {
                    what: file.as_str().into(),
                    error,
                })?;
                let sets = x12_edi::parse(&bytes.unwrap_or_default()).sets;
                letters.extend(sets.iter().filter_map(|set| self.letter(set)));
            }
        }
        Ok(letters)
    }

    fn letter(&self, set: &TransactionSet) -> Option<Letter> {
        let group = set.group()?;
        let number = group.control_number.map(|number| number.to_string())?;
        let mut report = GroupReport::new(group.functional_id.as_str(), number.as_str());
        (report.included, report.received, report.accepted) = (1, 1, 1);
        let own = SetReport::new(set.code(), set.control_number(), SetStatus::Accepted);
        report.sets.push(own);
        let units = self.config().our.iter().flat_map(|our| &our.business_units);
        let sender = Some(group.sender.trim());
        let unit = units.clone().find(|(_, own)| own.gs.as_deref() == sender);
        let unit = unit.map_or_else(String::new, |(unit, _)| unit.clone());
        let order = (set.code() == "850").then(|| PurchaseOrder::parse(set).document);
        let about = match &order {
            Some(order) => format!(
                "850 {} {} {}",
                order.reference("19").unwrap_or_default(),
                order.number(),
                order.beginning.purpose
            ),
            None => format!("{} {unit} {number:>9}", set.code()),
        };
        Some(Letter {
            about,
            unit,
            report,
            // A replacement is acknowledged and not answered once more.
            order: order.filter(|order| order.beginning.purpose == "00"),
        })
    }

    fn send(
        &self,
        partner: &PartnerProfile,
        outbox: Outbox,
        desk: &mut Desk,
        mail: &mut Mail,
    ) -> Result<(), StartError> {
        let Some(our) = &self.config().our else {
            return Ok(());
        };
        let papers = Papers::new(partner, our);
        let mut put =
            |unit: &str, kind: &str, group: &str, sets: Vec<Set<'_>>| -> Result<(), StartError> {
                if sets.is_empty() {
                    return Ok(());
                }
                let number = desk.numbers.entry(partner.id.to_string()).or_default();
                *number += 1;
                let bytes = papers
                    .to_unit(unit)
                    .interchange(group, *number, &sets)
                    .map_err(refused)?;
                let name = format!("{}_{kind}_{number:09}.edi", partner.id);
                mail.files += 1;
                self.cleo
                    .place(INBOX, &name, bytes)
                    .map_err(|error| StartError::Io {
                        what: name.as_str().into(),
                        error,
                    })
            };
        let release = Release::default();
        for (unit, reports) in &outbox.reports {
            let reports = reports.iter().map(|report| -> Set<'_> {
                Box::new(move |writer, number| {
                    report.write(AcknowledgmentSet::Functional, release, writer, number)
                })
            });
            put(unit, "997", "FA", reports.collect())?;
        }
        let answers = outbox.answers.iter().map(|answer| -> Set<'_> {
            Box::new(move |writer, number| answer.write(writer, number))
        });
        put("", "855", "PR", answers.collect())?;
        for invoices in [&outbox.invoices, &outbox.late] {
            let invoices = invoices.iter().map(|invoice| -> Set<'_> {
                Box::new(move |writer, number| invoice.write(writer, number))
            });
            put("", "810", "IN", invoices.collect())?;
        }
        mail.acknowledgments += outbox.reports.values().map(Vec::len).sum::<usize>();
        mail.answers += outbox.answers.len();
        mail.invoices += outbox.invoices.len() + outbox.late.len();
        Ok(())
    }

    /// The folder in which what suppliers send is put.
    #[must_use]
    pub fn inbox(&self, dir: &Path) -> PathBuf {
        dir.join("cleo").join("files").join(INBOX)
    }
}

fn refused(error: x12_edi::Error) -> StartError {
    StartError::World(WorldError::Value(error.to_string().into()))
}

fn reject(report: &mut GroupReport) {
    report.status = GroupStatus::Rejected;
    report.accepted = 0;
    for set in &mut report.sets {
        set.status = SetStatus::Rejected;
        set.errors = vec![SetErrorCode::new("5")];
        set.segments = vec![SegmentError::new("PO1", 9, SegmentErrorCode::new("8"))];
    }
}

/// An answer; some say that something is different.
fn answer(order: &PurchaseOrder, place: usize) -> PurchaseOrderAcknowledgment {
    let mut answer = PurchaseOrderAcknowledgment::to_order("AD", order);
    if let Some(unit) = order.reference("19") {
        answer.references.push(Reference::new("19", unit));
    }
    answer.beginning.date = order.beginning.date;
    answer.beginning.seller_order_number = Some(format!("SO-{place:06}").into());
    for line in &mut answer.lines {
        line.accept();
    }
    let first = answer.lines.first_mut();
    match (place, first) {
        (2, _) => answer.beginning.order_number = "9999999999".into(),
        (3, Some(line)) => {
            let mut other = LineAcknowledgment::default();
            other.status = "IS".into();
            line.statuses = vec![other.into()];
            answer.beginning.acknowledgment_type = "AC".into();
        }
        (_, Some(line)) if place.is_multiple_of(5) => {
            line.item.unit_price = line.item.unit_price.map(|price| price + Decimal::ONE);
            answer.beginning.acknowledgment_type = "AC".into();
        }
        _ => {}
    }
    answer
}

/// An invoice over an order; the first ones have each a fault of their own.
fn bill(order: &PurchaseOrder, place: usize, outbox: &mut Outbox) -> Result<(), x12_edi::Error> {
    let mut invoice = invoice_of(order, &format!("INV-{place:06}"))?;
    let item = invoice.lines.first_mut().map(|line| &mut line.item);
    match (place, item) {
        (2, Some(item)) => {
            item.unit_price = item.unit_price.map(|price| price * Decimal::TWO);
            add_up(&mut invoice);
        }
        (3, Some(item)) => item.unit = Some("ZZ".into()),
        (4, _) => invoice.beginning.order_number = Some("9999999999".into()),
        (5, _) => invoice.total.total = invoice.total.total.map(|total| total + Decimal::TEN),
        (6, Some(item)) => {
            item.quantity = item.quantity.map(|quantity| quantity * Decimal::TEN);
            add_up(&mut invoice);
        }
        (7, _) => {
            // The same number once more, in another file, over another amount.
            let mut other = invoice.clone();
            other.total.total = other.total.total.map(|total| total - Decimal::ONE);
            outbox.late.push(other);
        }
        // The same invoice once more, in another file.
        (8, _) => outbox.late.push(invoice.clone()),
        (9, Some(item)) => {
            item.line_number = Some("99".into());
            item.product_ids.clear();
            item.unit_price = item.unit_price.map(|price| price + Decimal::ONE);
            add_up(&mut invoice);
        }
        (10, _) => {
            if let Some(currency) = &mut invoice.currency {
                currency.code = "CAD".into();
            }
        }
        (11, _) => invoice.beginning.order_number = None,
        _ => {}
    }
    outbox.invoices.push(invoice);
    Ok(())
}

/// The total is the sum of the lines.
fn add_up(invoice: &mut Invoice) {
    let total = invoice.lines.iter().map(|line| {
        let item = &line.item;
        let (quantity, price) = (item.quantity, item.unit_price);
        crate::matching::cents(quantity.unwrap_or_default() * price.unwrap_or_default())
    });
    invoice.total.total = Some(total.sum());
}
