//! A route with a sender is a lane of the ledger: what may share a shipment.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use sync_core::Series;

use crate::config::OurIdentity;
use crate::partner::{
    Document, Format, PartnerProfile, PayloadSettings, Repeat, RouteProfile, Transfer,
};

/// One way to one partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// Its name in the ledger: the same as long as partner, document, connection, folder and sender are.
    pub name: Box<str>,
    /// The partner's id.
    pub partner: String,
    /// What.
    pub document: Document,
    /// In which form.
    pub format: Format,
    /// Alias of the connection in Cleo.
    pub connection: String,
    /// Alias of the action that is run once a document has arrived.
    pub action: Option<String>,
    /// Whether it may be run again for a file that is still there.
    pub action_again: bool,
    /// By which door of Cleo.
    pub transfer: Transfer,
    /// Where documents are posted, if they are.
    pub payload: Option<PayloadSettings>,
    /// The folder.
    pub directory: String,
    /// What a second delivery would do.
    pub repeat: Repeat,
    /// Whether a file that is not in the folder never arrived.
    pub absence_is_proof: bool,
    /// How many documents one file may carry.
    pub batch: NonZeroU32,
    /// How soon the partner acknowledges what goes this way; `None` where nothing is waited for.
    pub acknowledged_within: Option<Duration>,
    /// The counters that one number is taken from each.
    pub series: Vec<Series>,
}

/// All lanes of a configuration.
#[derive(Debug, Clone, Default)]
pub struct Lanes {
    by_name: BTreeMap<Box<str>, Lane>,
}

impl Lanes {
    /// Every route of every partner, once for each sender that it may have.
    #[must_use]
    pub fn new(partners: &[PartnerProfile], our: Option<&OurIdentity>) -> Self {
        let mut by_name = BTreeMap::new();
        for partner in partners {
            let acknowledgments = partner.acknowledgment_route();
            let routes = partner.routes.iter();
            let routes =
                routes.filter(|route| route.document != Document::FunctionalAcknowledgment);
            for route in routes.chain(&acknowledgments) {
                let units = our.into_iter().flat_map(|our| our.business_units.keys());
                for unit in units.map(String::as_str).chain([""]) {
                    let lane = lane(partner, route, our, unit);
                    by_name.insert(lane.name.clone(), lane);
                }
            }
        }
        Self { by_name }
    }

    /// The lane of that name; `None` where the configuration has changed since.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Lane> {
        self.by_name.get(name)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Lane> {
        self.by_name.values()
    }
}

/// The name of the lane of a document of this business unit.
pub(super) fn name(
    partner: &PartnerProfile,
    route: &RouteProfile,
    our: Option<&OurIdentity>,
    business_unit: &str,
) -> Box<str> {
    let RouteProfile {
        document,
        connection,
        directory,
        ..
    } = route;
    let sender = our.map(|our| our.of(business_unit));
    let sender = sender
        .map(|(isa, gs)| format!("{isa}+{gs}"))
        .unwrap_or_default();
    format!(
        "{}:{document}:{connection}:{directory}:{sender}",
        partner.id
    )
    .into()
}

fn lane(
    partner: &PartnerProfile,
    route: &RouteProfile,
    our: Option<&OurIdentity>,
    business_unit: &str,
) -> Lane {
    Lane {
        name: name(partner, route, our, business_unit),
        partner: partner.id.to_string(),
        document: route.document,
        format: route.format,
        connection: route.connection.clone(),
        action: route.action.clone(),
        action_again: route.action_again,
        transfer: route.transfer,
        payload: route.payload.clone(),
        directory: route.directory.clone(),
        repeat: route.repeat,
        absence_is_proof: route.absence_is_proof,
        batch: route.batch,
        acknowledged_within: acknowledged_within(partner, route),
        series: series(partner, route, our, business_unit),
    }
}

/// Only X12 is acknowledged, and acknowledgments are not.
fn acknowledged_within(partner: &PartnerProfile, route: &RouteProfile) -> Option<Duration> {
    let is_acknowledged =
        route.format == Format::X12 && route.document != Document::FunctionalAcknowledgment;
    let own = route.acknowledged_within;
    let deadline = own.unwrap_or(partner.inbound.acknowledged_within);
    deadline.within().filter(|_| is_acknowledged)
}

/// X12 asks for unique ISA13 between two interchange ids and for unique GS06 within GS01 to GS03.
fn series(
    partner: &PartnerProfile,
    route: &RouteProfile,
    our: Option<&OurIdentity>,
    business_unit: &str,
) -> Vec<Series> {
    match (route.format, &partner.x12, our) {
        (Format::X12, Some(x12), Some(our)) => {
            let (isa, gs) = our.of(business_unit);
            let group = match route.document {
                Document::PurchaseOrder => "PO",
                Document::BillingInvoice => "IN",
                Document::FunctionalAcknowledgment => "FA",
            };
            vec![
                Series::new(format!("ISA13 {isa} to {}", x12.receiver)),
                Series::new(format!("GS06 {group} {gs} to {}", x12.group_receiver)),
            ]
        }
        // A JSON file has no control number of its own: this one makes its name unique.
        _ => vec![Series::new(format!(
            "file {} {}",
            partner.id, route.document
        ))],
    }
}
