//! What each operation leaves in the trail: the same bytes from every store.

use serde::Serialize;
use serde_json::Value;

use super::number_key;
use crate::cursor::Cursor;
use crate::delivery::{Phase, Why};
use crate::source::Stop;
use crate::store::{DocId, ShipId, TakenNumber};

/// An event, before it has its time and its place in the chain.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Event<'a> {
    Cursor {
        watermark: Option<i64>,
        window: Option<(i64, i64, bool)>,
        polls: u64,
    },
    Reset {
        watermark: Option<i64>,
        by: &'a str,
        why: &'a str,
    },
    Intended {
        doc: DocId,
        key: &'a str,
        n: u32,
        version: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        source_at: Option<i64>,
        phase: Phase,
        #[serde(skip_serializing_if = "Option::is_none")]
        stop: Option<&'a Stop>,
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        supersedes: &'a [DocId],
        #[serde(skip_serializing_if = "Option::is_none")]
        replays: Option<DocId>,
    },
    Refused {
        doc: DocId,
        key: &'a str,
        phase: Phase,
        stop: &'a Stop,
        #[serde(skip_serializing_if = "Option::is_none")]
        ship: Option<ShipId>,
    },
    Retried {
        doc: DocId,
        key: &'a str,
        by: &'a str,
    },
    Prepared {
        ship: ShipId,
        lane: &'a str,
        docs: &'a [DocId],
        keys: &'a [&'a str],
        numbers: Vec<(&'a str, u64)>,
        envelope_at: i64,
    },
    Dissolved {
        ship: ShipId,
        burnt: Vec<(&'a str, u64)>,
        back: &'a [DocId],
        /// Members that a newer version of their key has overtaken meanwhile.
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        superseded: &'a [DocId],
        keys: &'a [&'a str],
    },
    Moved {
        ship: ShipId,
        keys: &'a [&'a str],
        from: Phase,
        to: Phase,
        attempt: u32,
        why: Why,
        #[serde(skip_serializing_if = "str::is_empty")]
        note: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        parcel: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        sha256: Option<String>,
    },
    Replayed {
        mode: &'static str,
        /// Where it stood, with a shipment that is sent again.
        #[serde(skip_serializing_if = "Option::is_none")]
        ship: Option<ShipId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<Phase>,
        /// Each document with the one that takes its place.
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        docs: &'a [(DocId, DocId)],
        keys: &'a [&'a str],
        duplicate: bool,
        by: &'a str,
        why: &'a str,
    },
    Pruned {
        /// First and last of each run of documents of the stream that are gone.
        docs: &'a [(DocId, DocId)],
        documents: usize,
        ships: &'a [ShipId],
        keys: &'a [&'a str],
        by: &'a str,
        why: &'a str,
    },
    Cut {
        through: u64,
        root: String,
        standing: String,
        by: &'a str,
        why: &'a str,
    },
}

impl<'a> Event<'a> {
    pub(crate) fn cursor(to: &Cursor) -> Self {
        let window = to.window.map(|window| (window.lo, window.hi, window.sweep));
        Self::Cursor {
            watermark: to.watermark,
            window,
            polls: to.polls,
        }
    }

    pub(crate) fn numbers(taken: &'a [TakenNumber]) -> Vec<(&'a str, u64)> {
        taken
            .iter()
            .map(|taken| (&*taken.series, taken.number))
            .collect()
    }

    /// Its kind, and its bytes with the time in front: what is hashed.
    pub(crate) fn encode(&self, at: i64) -> (Box<str>, Vec<u8>) {
        let mut body = Vec::with_capacity(256);
        match serde_json::to_writer(&mut body, &Stamped { at, event: self }) {
            Ok(()) => (self.kind().into(), body),
            // A value of ours always becomes an object; were it ever not so, the chain must still hold something.
            Err(_) => own(at, "event", &Value::Null),
        }
    }

    /// What its bytes say, too.
    fn kind(&self) -> &'static str {
        match self {
            Self::Cursor { .. } => "cursor",
            Self::Reset { .. } => "reset",
            Self::Intended { .. } => "intended",
            Self::Refused { .. } => "refused",
            Self::Retried { .. } => "retried",
            Self::Prepared { .. } => "prepared",
            Self::Dissolved { .. } => "dissolved",
            Self::Moved { .. } => "moved",
            Self::Replayed { .. } => "replayed",
            Self::Pruned { .. } => "pruned",
            Self::Cut { .. } => "cut",
        }
    }
}

#[derive(Serialize)]
struct Stamped<'e, 'a> {
    at: i64,
    #[serde(flatten)]
    event: &'e Event<'a>,
}

/// The bytes of an event that the caller worded.
pub(crate) fn own(at: i64, kind: &str, body: &Value) -> (Box<str>, Vec<u8>) {
    let mut map = serde_json::Map::new();
    map.insert("kind".into(), kind.into());
    match body {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = if name == "kind" || name == "at" {
                    format!("{name}_")
                } else {
                    name.clone()
                };
                map.insert(name, value.clone());
            }
        }
        Value::Null => {}
        other => {
            map.insert("body".into(), other.clone());
        }
    }
    (kind.into(), stamped(at, map))
}

/// The business keys that the caller's wording names: its `key`, then its `keys`.
pub(crate) fn keys_named(body: &Value) -> Vec<&str> {
    let one = body.get("key").and_then(Value::as_str);
    let more = body.get("keys").and_then(Value::as_array);
    let more = more.into_iter().flatten().filter_map(Value::as_str);
    one.into_iter().chain(more).collect()
}

/// What an entry is indexed under: the business keys and, where it gives numbers, those.
pub(crate) fn indexed_under(kind: &str, body: &[u8]) -> Vec<Box<str>> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let mut keys: Vec<Box<str>> = keys_named(&body).into_iter().map(Into::into).collect();
    if kind == "prepared" {
        let numbers = body.get("numbers").and_then(Value::as_array);
        let numbers = numbers
            .into_iter()
            .flatten()
            .filter_map(|pair| pair.get(1)?.as_u64());
        keys.extend(numbers.map(|number| number_key(number).into()));
    }
    keys
}

fn stamped(at: i64, mut body: serde_json::Map<String, Value>) -> Vec<u8> {
    body.insert("at".into(), at.into());
    Value::Object(body).to_string().into_bytes()
}
