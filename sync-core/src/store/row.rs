//! A row of a store as it is kept, and as a line of an export.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{DocId, ShipId};
use crate::cursor::Cursor;
use crate::delivery::Phase;
use crate::source::Stop;
use crate::stream::StreamKey;

/// A row of a store, whatever kind of store it is; [`transfer`](super::transfer) describes it as a line.
///
/// Times are milliseconds since 1970 UTC, those of sources (`source_at`) microseconds of the source's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "row", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Row {
    /// The first row of an import.
    Begin,
    /// The last numbers of documents and shipments that were given.
    Names {
        /// Of documents, 0 where none was.
        last_doc: u64,
        /// Of shipments.
        last_ship: u64,
    },
    /// A series of control numbers.
    Series {
        /// Whose.
        tenant: Box<str>,
        /// Its name.
        name: Box<str>,
        /// The last number that it has given.
        given: u64,
    },
    /// A stream; its other rows follow.
    Stream(StreamRow),
    /// What is kept of a key whose documents were removed.
    Past(VersionRow),
    /// The last version of a key.
    Seen(VersionRow),
    /// A document.
    Document(DocumentRow),
    /// A shipment.
    Shipment(ShipmentRow),
    /// An entry of the audit chain.
    Event(EventRow),
    /// The last row of an import.
    End,
}

impl Row {
    /// The stream that it belongs to, where it belongs to one.
    #[must_use]
    pub fn stream(&self) -> Option<&StreamKey> {
        match self {
            Self::Stream(row) => Some(&row.stream),
            Self::Past(row) | Self::Seen(row) => Some(&row.stream),
            Self::Document(row) => Some(&row.stream),
            Self::Shipment(row) => Some(&row.stream),
            Self::Event(row) => Some(&row.stream),
            Self::Begin | Self::Names { .. } | Self::Series { .. } | Self::End => None,
        }
    }
}

/// A stream as it is kept; nobody holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamRow {
    /// Its name.
    pub stream: StreamKey,
    /// The last epoch that was given.
    pub epoch: u64,
    /// How many commits it has seen.
    pub revision: u64,
    /// How far it has read.
    pub cursor: Option<Cursor>,
    /// When its next turn should begin.
    pub due: Option<i64>,
    /// The number of its last audit entry.
    pub seq: u64,
    /// The hash of that entry.
    #[serde(with = "hex")]
    pub hash: [u8; 32],
    /// The number of the last entry that was cut off.
    pub base_seq: u64,
    /// The hash of that entry.
    #[serde(with = "hex")]
    pub base_hash: [u8; 32],
    /// Where everything stood at that entry.
    #[serde(with = "blob")]
    pub standing: Bytes,
}

/// What is remembered of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionRow {
    /// Whose.
    pub stream: StreamKey,
    /// The business key.
    pub key: Box<str>,
    /// The time of its last version.
    pub source_at: i64,
    /// The content of that version.
    #[serde(with = "hex")]
    pub version: [u8; 16],
    /// The number of that version.
    pub n: u32,
    /// How many removed documents of the key were delivered; 0 in `seen`.
    pub delivered: u32,
}

/// A document as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentRow {
    /// Whose.
    pub stream: StreamKey,
    /// Its number.
    pub id: DocId,
    /// The business key.
    pub key: Box<str>,
    /// Its time in the source's clock.
    pub source_at: Option<i64>,
    /// Which version of the key it is.
    pub n: u32,
    /// Its content.
    #[serde(with = "hex")]
    pub version: [u8; 16],
    /// Where it stands.
    pub phase: Phase,
    /// Why it does not go on.
    pub stop: Option<Stop>,
    /// The shipment that carries it.
    pub ship: Option<ShipId>,
    /// How many versions had been delivered when it was prepared; 0 without a shipment.
    pub delivered_before: u32,
    /// The record, sealed where the store seals.
    #[serde(with = "blob")]
    pub payload: Bytes,
    /// When it was taken in.
    pub created: i64,
    /// The document that it replays.
    pub replays: Option<DocId>,
}

/// A shipment as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShipmentRow {
    /// Whose.
    pub stream: StreamKey,
    /// Its number.
    pub id: ShipId,
    /// Its lane.
    pub lane: Box<str>,
    /// Its members in their order.
    pub docs: Vec<DocId>,
    /// Its control numbers, each with its series.
    pub numbers: Vec<(Box<str>, u64)>,
    /// The date and time of its envelope.
    pub at: i64,
    /// The name of its bytes, once it has left.
    pub name: Option<Box<str>>,
    /// The SHA-256 of its bytes, once it has left.
    #[serde(with = "maybe_hex")]
    pub sha256: Option<[u8; 32]>,
    /// Where it stands.
    pub phase: Phase,
    /// How often it was sent.
    pub attempt: u32,
    /// How often the sink was asked for it in vain.
    pub probes: u32,
    /// When it was first marked as sent.
    pub first_sent: Option<i64>,
    /// When it was last marked as sent.
    pub sent: Option<i64>,
    /// Nothing is to be done before this.
    pub not_before: Option<i64>,
    /// What was last said of it.
    pub note: Box<str>,
}

/// An entry of an audit chain as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventRow {
    /// Whose.
    pub stream: StreamKey,
    /// Its number.
    pub seq: u64,
    /// Its hash.
    #[serde(with = "hex")]
    pub hash: [u8; 32],
    /// When it was written.
    pub at: i64,
    /// What kind of event.
    pub kind: Box<str>,
    /// The event, byte for byte as it was hashed.
    #[serde(with = "blob")]
    pub body: Bytes,
}

/// Bytes as lower-case hexadecimal digits.
mod hex {
    use super::*;

    pub(super) fn spell(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub(super) fn read<const N: usize>(text: &str) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        let digits = text.as_bytes();
        if digits.len() != 2 * N {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(bytes)
    }

    pub(super) fn serialize<S: Serializer, const N: usize>(
        bytes: &[u8; N],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(&spell(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
        from: D,
    ) -> Result<[u8; N], D::Error> {
        let text = String::deserialize(from)?;
        read(&text)
            .ok_or_else(|| D::Error::custom(format!("expected {} hexadecimal digits", 2 * N)))
    }
}

mod maybe_hex {
    use super::*;

    pub(super) fn serialize<S: Serializer>(
        bytes: &Option<[u8; 32]>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        bytes.map(|bytes| hex::spell(&bytes)).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<[u8; 32]>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        let read = |text: String| {
            hex::read(&text).ok_or_else(|| D::Error::custom("expected 64 hexadecimal digits"))
        };
        text.map(read).transpose()
    }
}

/// Bytes as `text:` and what they say, or as `base64:` where they are no UTF-8.
mod blob {
    use super::*;

    pub(super) fn serialize<S: Serializer>(bytes: &Bytes, to: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(bytes) {
            Ok(text) => to.collect_str(&format_args!("text:{text}")),
            Err(_) => to.collect_str(&format_args!("base64:{}", STANDARD.encode(bytes))),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(from)?;
        if let Some(text) = text.strip_prefix("text:") {
            return Ok(Bytes::copy_from_slice(text.as_bytes()));
        }
        let coded = text.strip_prefix("base64:");
        let coded =
            coded.ok_or_else(|| D::Error::custom("expected `text:` or `base64:` in front"))?;
        STANDARD
            .decode(coded)
            .map(Bytes::from)
            .map_err(D::Error::custom)
    }
}
