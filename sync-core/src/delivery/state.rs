//! Where a shipment stands.

use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

/// Where a document or a shipment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// A document that is known and not yet in a shipment.
    Intent,
    /// A document that waits for a person or for another configuration; it has a [`Stop`](crate::Stop).
    Held,
    /// In a shipment with its numbers; nothing of it has left.
    Prepared,
    /// Durably marked before its first byte left; found after a restart, it is in doubt.
    Sent,
    /// It may or may not have arrived.
    InDoubt,
    /// A person must decide.
    Review,
    /// It arrived.
    Confirmed,
    /// The other side said what became of it (997, 999, TA1, a voucher).
    Acknowledged,
    /// Given up: a dead letter, with its reason.
    Dead,
    /// A newer version of the same key took its place before anything of it had left, or a replay that of a dead letter.
    Superseded,
    /// A shipment that was taken apart before anything of it had left; its numbers are burnt.
    Void,
}

impl Phase {
    /// Every phase, in the order of a life.
    pub const ALL: [Self; 11] = [
        Self::Intent,
        Self::Held,
        Self::Prepared,
        Self::Sent,
        Self::InDoubt,
        Self::Review,
        Self::Confirmed,
        Self::Acknowledged,
        Self::Dead,
        Self::Superseded,
        Self::Void,
    ];

    /// Its name in the ledger, in kebab case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Intent => "intent",
            Self::Held => "held",
            Self::Prepared => "prepared",
            Self::Sent => "sent",
            Self::InDoubt => "in-doubt",
            Self::Review => "review",
            Self::Confirmed => "confirmed",
            Self::Acknowledged => "acknowledged",
            Self::Dead => "dead",
            Self::Superseded => "superseded",
            Self::Void => "void",
        }
    }

    /// Whether something of it may be on its way or arrived unseen: a later version of the key must wait.
    #[must_use]
    pub fn is_unsettled(self) -> bool {
        matches!(
            self,
            Self::Prepared | Self::Sent | Self::InDoubt | Self::Review
        )
    }

    /// Whether nothing will happen to it any more by itself.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::Confirmed | Self::Acknowledged | Self::Dead | Self::Superseded | Self::Void
        )
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Phase {
    type Err = UnknownPhase;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|phase| phase.name() == text)
            .ok_or_else(|| UnknownPhase(text.into()))
    }
}

/// A text that names no [`Phase`].
#[derive(Debug, Clone, thiserror::Error)]
#[error("`{0}` is no phase of a delivery")]
pub struct UnknownPhase(Box<str>);

/// The durable state of a shipment's delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Where it stands.
    pub phase: Phase,
    /// How often it was sent; with the phase, what a writer must have read before it may write.
    pub attempt: u32,
    /// How often the sink was asked for it in vain.
    pub probes: u32,
    /// When it was first marked as sent.
    pub first_sent: Option<SystemTime>,
    /// When it was last marked as sent.
    pub sent: Option<SystemTime>,
    /// Nothing is to be done before this.
    pub not_before: Option<SystemTime>,
}

impl Delivery {
    /// A shipment that has its numbers and has not left.
    #[must_use]
    pub fn prepared() -> Self {
        Self {
            phase: Phase::Prepared,
            attempt: 0,
            probes: 0,
            first_sent: None,
            sent: None,
            not_before: None,
        }
    }

    /// Whether its time has come.
    #[must_use]
    pub fn is_due(&self, now: SystemTime) -> bool {
        self.not_before.is_none_or(|at| at <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for phase in Phase::ALL {
            assert_eq!(phase.name().parse::<Phase>().unwrap(), phase);
            assert_eq!(
                serde_json::to_string(&phase).unwrap(),
                format!("\"{phase}\"")
            );
        }
        assert!("gone".parse::<Phase>().is_err());
    }
}
