//! What a commit is made of.

use std::time::SystemTime;

use bytes::Bytes;

use super::{DocId, Revision, ShipId};
use crate::audit::Head;
use crate::cursor::Cursor;
use crate::delivery::{Delivery, Phase, Why};
use crate::record::{RecordId, Version};
use crate::series::Series;
use crate::source::Stop;

/// One part of a commit.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// Moves the cursor; refused where `expect` is not the stream's revision before this commit, or where the
    /// fingerprint or the layout differs.
    ///
    /// The watermark may change only in the commit that closes a window (the ledger's cursor has one, `to` has none),
    /// then only forward and never beyond that window's end. Everywhere else it must be as it is; only a stream's
    /// first cursor begins where it likes.
    Cursor {
        /// The revision that the writer has read.
        expect: Revision,
        /// The new cursor.
        to: Cursor,
    },
    /// Replaces the cursor whatever it was; refused only where `to` has the layout of a newer version.
    Reset {
        /// The new cursor.
        to: Cursor,
        /// Who asked for it.
        by: Box<str>,
        /// Why.
        why: Box<str>,
    },
    /// Remembers the last version of keys; until then, and when it is forgotten, it is that of the newest document.
    Seen(Vec<Seen>),
    /// Forgets versions older than this, the source's clock: what any window can still reach must be kept.
    Forget {
        /// The first time that is kept.
        before: i64,
    },
    /// Takes documents in, as [`Phase::Intent`] or as dead letters. Documents of the same key of which nothing has
    /// left ([`Phase::Intent`], [`Phase::Held`]) become [`Phase::Superseded`].
    Intend(Vec<NewDocument>),
    /// Holds documents or gives them up before they are in a shipment.
    Refuse(Vec<Refused>),
    /// Lets held or dead documents be looked at again.
    Retry {
        /// The documents, [`Phase::Held`] or [`Phase::Dead`] without a shipment.
        docs: Vec<DocId>,
        /// Who or what asked for it.
        by: Box<str>,
    },
    /// Puts documents into shipments, freezes the members, takes the numbers.
    Prepare(Vec<NewShipment>),
    /// Takes a prepared shipment apart of which nothing has left: its numbers are burnt, the documents named in
    /// `refused` are held or given up, the others go back to [`Phase::Intent`].
    Dissolve {
        /// The shipment, [`Phase::Prepared`] with no attempt made.
        ship: ShipId,
        /// What was wrong with whom.
        refused: Vec<Refused>,
    },
    /// Moves a shipment and its documents; refused where phase and attempt are not as the writer read them, or
    /// where the hash is not the one that the shipment first left with.
    Move {
        /// The shipment.
        ship: ShipId,
        /// The phase and the attempt that the writer has read.
        from: (Phase, u32),
        /// The new state.
        to: Delivery,
        /// Why.
        why: Why,
        /// What the other side or a person said, without secrets.
        note: Box<str>,
        /// Name and SHA-256 of the bytes, with the first [`Phase::Sent`] and each later one.
        parcel: Option<(Box<str>, [u8; 32])>,
    },
    /// Sends a shipment again that has ended: the same members, numbers and bytes.
    ///
    /// Refused unless it is [`Phase::Dead`], [`Phase::Confirmed`] or [`Phase::Acknowledged`] after it has left, while
    /// another document of one of its keys is on its way, and, without `duplicate`, where it was delivered or where a
    /// key of it has a newer document.
    Resend {
        /// The shipment.
        ship: ShipId,
        /// Who asked for it.
        by: Box<str>,
        /// Why.
        why: Box<str>,
        /// Whether a second delivery, or one out of order, is what is wanted.
        duplicate: bool,
    },
    /// Takes ended documents in once more, to be made anew with new numbers; each new document names the one that it
    /// replays, a dead one becomes [`Phase::Superseded`].
    ///
    /// Refused unless each is [`Phase::Dead`], [`Phase::Confirmed`] or [`Phase::Acknowledged`] and the newest of its
    /// key, and, without `duplicate`, where one was delivered.
    Transform {
        /// The documents.
        docs: Vec<DocId>,
        /// Who asked for it.
        by: Box<str>,
        /// Why.
        why: Box<str>,
        /// Whether a second delivery is what is wanted.
        duplicate: bool,
    },
    /// Removes documents that have ended, and shipments with their last member. Of each key the last version and how
    /// many were delivered are kept for ever, so that nothing is sent again because it was forgotten.
    ///
    /// Refused for a document that may still move, for one with an older document of its key beside it, and for a
    /// part of a shipment.
    Prune {
        /// The documents, the oldest of a key first.
        docs: Vec<DocId>,
        /// Who asked for it, a policy for example.
        by: Box<str>,
        /// Why.
        why: Box<str>,
    },
    /// Removes the oldest entries of the stream's audit chain: what is left verifies from `through`.
    Cut {
        /// The last entry that is removed; refused unless the chain has it with this hash.
        through: Head,
        /// Where every document stood then ([`Projection::standing`](crate::audit::Projection::standing)); the event
        /// that this leaves holds its SHA-256.
        standing: Bytes,
        /// Who signs it off.
        by: Box<str>,
        /// Why.
        why: Box<str>,
    },
    /// Writes an event of its own into the audit chain.
    ///
    /// Where `body` is an object with a string `key`, or with an array `keys` of strings, the entry is found by
    /// [`audit_of`](super::StateStore::audit_of) under each of them; what is no string in there names nothing.
    Audit {
        /// What kind of event, in kebab case: `poll`, `connectivity`. The kinds that the ledger writes for its other
        /// operations (`moved`, `intended`, …) are refused: a replay would take such an event for what happened.
        kind: Box<str>,
        /// What happened, without secrets.
        body: serde_json::Value,
    },
    /// Says when the next turn should begin, `None` for never by itself.
    Schedule {
        /// When.
        due: Option<SystemTime>,
    },
}

/// The last version of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The record.
    pub id: RecordId,
    /// The number of this version.
    pub n: u32,
}

/// A document to be taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDocument {
    /// The business key.
    pub key: Box<str>,
    /// Its time in the source's clock, where known.
    pub at: Option<i64>,
    /// The number of this version of the key, from 1.
    pub n: u32,
    /// Its content.
    pub version: Version,
    /// The record as JSON, or as it came where it could not be read.
    pub payload: Bytes,
    /// Why it is a dead letter from the beginning.
    pub dead: Option<Stop>,
}

/// A document that does not go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The document.
    pub doc: DocId,
    /// [`Phase::Held`] or [`Phase::Dead`].
    pub to: Phase,
    /// Why.
    pub stop: Stop,
}

/// A shipment to be prepared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewShipment {
    /// The lane.
    pub lane: Box<str>,
    /// The members in their order, all [`Phase::Intent`].
    pub docs: Vec<DocId>,
    /// Members that this very commit has taken in before, after those of `docs`: their places, from 0, among all of
    /// [`Committed::documents`]. What is taken in and prepared at once is written once.
    pub fresh: Vec<usize>,
    /// One number is taken from each.
    pub series: Vec<Series>,
    /// The date and time of the envelope.
    pub at: SystemTime,
}

/// What a commit has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The stream's revision after it.
    pub revision: Revision,
    /// The documents taken in, in the order of the operations.
    pub documents: Vec<DocId>,
    /// The shipments prepared, in the order of the operations.
    pub shipments: Vec<PreparedShipment>,
}

/// A shipment that has its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedShipment {
    /// Its id.
    pub id: ShipId,
    /// One number for each series, in that order.
    pub numbers: Vec<u64>,
}
