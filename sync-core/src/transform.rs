//! How records become what a sink carries.

use std::fmt;
use std::time::SystemTime;

use crate::series::Series;
use crate::source::Stop;
use crate::store::ShipId;

/// Turns documents into the bytes of a shipment: pure, with no clock, randomness or I/O.
///
/// Given the same items and the same stamp it must give the same bytes, in every process: a resend is
/// rebuilt from the ledger and its hash is compared with what left first.
pub trait Transform: fmt::Debug + Send + Sync + 'static {
    /// The record.
    type In: Send + Sync + 'static;

    /// Where a document goes, and whether it may go at all; the lane groups what can share a shipment
    /// (a trading partner and its route, for example).
    ///
    /// # Errors
    /// [`Refusal::Hold`] for what a change of configuration or a person can mend, [`Refusal::Reject`] for what
    /// only a new version of the record can.
    fn lane(&self, item: &Item<Self::In>) -> Result<Box<str>, Refusal>;

    /// The control-number series that a shipment of this lane takes one number from each.
    fn series(&self, lane: &str) -> Vec<Series>;

    /// How many documents a shipment of this lane may carry, at least 1.
    fn batch(&self, lane: &str) -> usize {
        let _ = lane;
        1
    }

    /// Renders a shipment.
    ///
    /// Also asked, with every poll, for each document that is held, alone and with a stamp of shipment 0, the first
    /// number of each series and the beginning of 1970: whether it would go now. Nothing of that answer leaves.
    ///
    /// # Errors
    /// The documents (by their place in `items`) that cannot be rendered, each with its reason; the others go on.
    fn ship(
        &self,
        lane: &str,
        items: &[Item<Self::In>],
        stamp: &Stamp,
    ) -> Result<Parcel, Vec<(usize, Refusal)>>;
}

/// A record with its place in the history of its key.
#[derive(Debug, Clone)]
pub struct Item<R> {
    /// The record.
    pub record: R,
    /// The business key.
    pub key: Box<str>,
    /// Which version of the key this is, from 1.
    pub n: u32,
    /// How many earlier versions were delivered: 0 makes this the original.
    pub delivered_before: u32,
}

/// What a shipment was given when it was prepared; the same on every resend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The shipment.
    pub ship: ShipId,
    /// One control number for each of [`Transform::series`], in that order.
    pub numbers: Vec<u64>,
    /// The date and time of the envelope.
    pub at: SystemTime,
}

/// What one request carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// A name that no other parcel has, a file name for example; what a probe asks for.
    pub name: Box<str>,
    /// The bytes that leave.
    pub bytes: bytes::Bytes,
}

/// Why a document is not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It waits: looked at again with every poll, and goes on by itself once the reason is gone.
    Hold(Stop),
    /// It can never be sent as it is: a dead letter until the source has a new version.
    Reject(Stop),
}

impl Refusal {
    /// The reason.
    #[must_use]
    pub fn stop(&self) -> &Stop {
        match self {
            Self::Hold(stop) | Self::Reject(stop) => stop,
        }
    }
}
