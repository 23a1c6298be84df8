//! The flows: each a source, a transform and a sink of `sync-core`.
//!
//! | flow | reads | sends |
//! |---|---|---|
//! | [`purchase_orders`] | dispatched orders of PeopleSoft | X12 850, or JSON where the route says so |
//! | [`inbound`] | files of partners in Cleo | vouchers, answers to orders, acknowledgments |
//! | [`invoices`] | invoices of PeopleSoft Billing | X12 810, or JSON where the route says so |

mod cleo;
mod envelope;
mod files;
pub mod inbound;
pub mod invoices;
mod lane;
pub(crate) mod peoplesoft;
pub mod purchase_orders;

use std::sync::Arc;
use std::time::SystemTime;

pub(crate) use cleo::hindrance;
pub use cleo::{CleoSink, Doors};
pub use lane::{Lane, Lanes};
use sync_core::store::ShipId;
use sync_core::{Refusal, Series, Stamp, Stop};

use crate::code_table::CodeTables;
use crate::config::{Environment, OurIdentity};
use crate::hold::{Hold, HoldCode};
use crate::partner::{Format, PartnerProfile};
use crate::route::{Route, Router};

/// What every flow knows of us and of our partners.
#[derive(Debug)]
pub struct Trade {
    /// Who goes where.
    pub router: Router,
    /// The routes as lanes of the ledger.
    pub lanes: Arc<Lanes>,
    /// The codes of this site.
    pub codes: CodeTables,
    /// Our ids in X12 envelopes, where any route speaks X12.
    pub our: Option<OurIdentity>,
    /// Whether this is test or production: partners of the other are refused.
    pub environment: Environment,
}

impl Trade {
    /// The partner of that id, which a document in the ledger names.
    fn partner(&self, id: &str) -> Result<&PartnerProfile, Box<Hold>> {
        let mut partners = self.router.partners().iter();
        partners
            .find(|partner| partner.id.as_str() == id)
            .ok_or_else(|| {
                Box::new(
                    Hold::new(HoldCode::UnknownSender, "partner of the document")
                        .found(format_args!("{id:?}"))
                        .expected("a partner of the configuration"),
                )
            })
    }

    fn series(&self, lane: &str) -> Vec<Series> {
        self.lanes
            .get(lane)
            .map(|lane| lane.series.clone())
            .unwrap_or_default()
    }

    /// How many documents a file of this lane may carry: JSON files carry one.
    fn batch(&self, lane: &str) -> usize {
        match self.lanes.get(lane) {
            Some(lane) if lane.format == Format::X12 => lane.batch.get() as usize,
            _ => 1,
        }
    }

    /// The lane of a document that a trial has shown to be fit, or why it is not.
    fn lane_of(
        &self,
        route: &Route<'_>,
        business_unit: &str,
        trial: Result<Vec<u8>, Vec<(usize, Refusal)>>,
    ) -> Result<Box<str>, Refusal> {
        match trial {
            Ok(_) => Ok(lane::name(
                route.partner,
                route.route,
                self.our.as_ref(),
                business_unit,
            )),
            Err(bad) => Err(bad
                .into_iter()
                .next()
                .map_or_else(empty, |(_, refusal)| refusal)),
        }
    }
}

/// A hold as the ledger keeps it: the code for programs, the whole sentence for people.
fn held(hold: &Hold) -> Refusal {
    Refusal::Hold(Stop::new(hold.code.as_str(), hold.to_string()))
}

/// Several holds of one document: the first gives the code, all are told.
fn held_all(holds: &[Hold]) -> Refusal {
    let Some(first) = holds.first() else {
        return empty();
    };
    let told: Vec<_> = holds.iter().map(ToString::to_string).collect();
    Refusal::Hold(Stop::new(first.code.as_str(), told.join(" | ")))
}

/// A refusal without a reason is a mistake of ours: the document waits for a person all the same.
fn empty() -> Refusal {
    Refusal::Hold(Stop::new(
        HoldCode::Unsupported.as_str(),
        "the document was refused without a reason",
    ))
}

/// The same refusal for each of so many documents.
fn of_all(count: usize, refusal: &Refusal) -> Vec<(usize, Refusal)> {
    (0..count).map(|place| (place, refusal.clone())).collect()
}

/// The stamp of a document that is only tried: numbers that every envelope can hold.
fn trial() -> Stamp {
    Stamp {
        ship: ShipId(0),
        numbers: vec![1, 1],
        at: SystemTime::UNIX_EPOCH,
    }
}

/// A name that no other file has: what it holds, and the number that was given once.
fn file_name<'a>(
    kind: &str,
    mut keys: impl ExactSizeIterator<Item = &'a str>,
    stamp: &Stamp,
    extension: &str,
) -> Box<str> {
    let number = stamp.numbers.first().copied().unwrap_or(0);
    let what = match (keys.len(), keys.next()) {
        (1, Some(key)) => key
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect(),
        (count, _) => format!("{count}-documents"),
    };
    format!("{kind}_{what}_{number:09}.{extension}").into()
}
