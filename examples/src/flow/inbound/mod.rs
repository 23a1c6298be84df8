//! What partners send: from the files in Cleo's folders to vouchers, answers and reconciled acknowledgments.
//!
//! ```text
//!  Cleo folders ──► inbound ──► vouchers                     810 ──► PeopleSoft's voucher build
//!   (files)         (ledger)──► order-acknowledgments        855 ──► PeopleSoft's acknowledgment load
//!                           ├─► notices                      997, 999, TA1, 824, 856 ──► what was sent, the trail
//!                           └─► functional-acknowledgments   997 ──► Cleo, to the partner
//! ```
//!
//! Each is a flow with a ledger stream of its own. `inbound` takes whole interchanges over, archived and unread; the
//! others read from its trail, so that a PeopleSoft which is down keeps no file waiting, and a bad set none of its
//! neighbours. What a flow looks up in PeopleSoft is kept with the document: matching is a pure function of it, and a
//! document that is held is looked up afresh with every run.

mod archive;
mod arrival;
mod confirm;
mod dossier;
mod folders;
pub mod functional_acknowledgments;
mod intake;
pub mod notices;
pub mod order_acknowledgments;
mod orders;
mod received;
mod sent;
mod sets;
mod text;
pub mod vouchers;

pub use archive::Archive;
pub use arrival::{Arrival, ArrivedFile, Interchange};
pub use confirm::Confirming;
pub use dossier::{Accepted, Dossier, Origin, Rival};
pub use folders::Folders;
pub use intake::{Admission, Intake};
pub use orders::{OrderBook, OrderFact};
pub use received::{Kind, Received};
pub use sent::SentFact;
use sync_core::{Refusal, Stop};

use super::Trade;
use crate::hold::HoldCode;
use crate::partner::PartnerProfile;

/// The name of the flow that takes files over, in streams and commands.
pub const NAME: &str = "inbound";

/// Whether a flow is there for sets of a code.
pub(crate) type Wants = fn(&str) -> bool;

/// The flows that read the trail of this one, and the codes of the sets (ST01) that each is there for.
pub(crate) const READERS: [(&str, Wants); 4] = [
    (vouchers::NAME, |code| code == "810"),
    (order_acknowledgments::NAME, |code| code == "855"),
    (notices::NAME, |code| !matches!(code, "810" | "855")),
    (functional_acknowledgments::NAME, |code| {
        !matches!(code, "997" | "999" | "TA1")
    }),
];

/// What the trail calls an interchange that may be worked on.
pub(crate) const RECEIVED: &str = "received";

/// The partner that sends under this interchange id.
pub(crate) fn sender<'a>(trade: &'a Trade, id: &str) -> Option<&'a PartnerProfile> {
    trade.router.partners().iter().find(|partner| {
        let x12 = partner.x12.as_ref();
        x12.is_some_and(|x12| x12.receiver.to_string() == id)
    })
}

/// Refuses a set that our acknowledgment rejects: the partner has to send it again.
fn rejected(problems: &[String]) -> Result<(), Refusal> {
    let Some(first) = problems.first() else {
        return Ok(());
    };
    let code = HoldCode::InvalidDocument;
    let text = format!(
        "{code}: {first}; our functional acknowledgment rejects the set: the partner has to send it again"
    );
    Err(Refusal::Reject(Stop::new(code.as_str(), text)))
}

/// The command for a hold that a person may overrule.
pub(crate) fn accept_or_abandon(flow: &str, key: &str) -> String {
    format!("peoplesoft-cleo release {flow} '{key}' --as accept|abandon --by NAME --why TEXT")
}

/// The command for a hold that cannot be overruled.
pub(crate) fn abandon(flow: &str, key: &str) -> String {
    format!("peoplesoft-cleo release {flow} '{key}' --as abandon --by NAME --why TEXT")
}
