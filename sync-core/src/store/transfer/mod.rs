//! A whole store as lines of text, and a store of any kind from them.
//!
//! # The lines
//!
//! UTF-8, one JSON object a line, each ended by a line feed:
//!
//! 1. `{"format":"sync-core ledger","version":1}`
//! 2. the rows ([`Row`], tagged by `row`): `names` (the last numbers of documents and shipments), every `series`, then
//!    for each stream its `stream` row and after it its `past`, `seen`, `document`, `shipment` and `event` rows
//! 3. `{"rows":N,"sha256":"…"}`: how many rows there were, and the SHA-256 of every byte before this line
//!
//! Hashes are lower-case hexadecimal; bytes are `text:` and their text, or `base64:` where they are no UTF-8; times
//! are milliseconds since 1970 UTC. Payloads are as the store keeps them: what is sealed stays sealed; neither
//! side needs a key for that, but whoever reads the new store does. Credentials are not in a ledger; everything else of the business is, so keep the file
//! as you keep the ledger.
//!
//! # What is checked
//!
//! [`export`] refuses while anybody holds a stream, verifies every chain, and refuses at the end where a stream has
//! moved meanwhile. [`import`] refuses a store that is not empty, a file of another version, and one whose hash or
//! number of rows differs; after the last row it verifies every chain in the new store and compares its heads
//! with those of the file. Until then nobody may take a stream of it, and what an import that failed has left is to be
//! thrown away.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//! use sync_core::store::{MemoryStore, transfer};
//! use sync_core::SystemClock;
//!
//! let clock = Arc::new(SystemClock::new());
//! let (old, new) = (MemoryStore::new(clock.clone()), MemoryStore::new(clock));
//! let mut file = Vec::new();
//! let written = transfer::export(&old, &mut file).await?;
//! let read = transfer::import(&new, &mut &file[..]).await?;
//! assert_eq!(written, read);
//! # Ok(())
//! # }
//! ```

mod stage;

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub(super) use self::stage::{Part, Stage};
use super::{Revision, Row, StateStore, StoreError};
use crate::audit::{Head, Tampered, verify_store};
use crate::stream::StreamKey;

/// How many rows are read or written at a time.
const PAGE: usize = 1000;

/// Who holds the streams of a store that is being filled.
pub(super) const IMPORTING: &str = "an import that has not ended";

/// Until when, in milliseconds: the end of the year 9999.
pub(super) const FOR_EVER: i64 = 253_402_300_799_000;

/// What went over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Transferred {
    /// How many rows.
    pub rows: u64,
    /// How many streams, each verified.
    pub streams: u64,
    /// The SHA-256 of the rows, as the last line has it.
    pub sha256: [u8; 32],
}

/// Why a store did not go over.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// The store's own answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be read or written.
    #[error("the file of the export: {0}")]
    File(#[from] io::Error),
    /// Somebody works on it.
    #[error(
        "{stream} is held by `{owner}`: stop every process that uses the ledger, then try again"
    )]
    Held {
        /// The stream.
        stream: StreamKey,
        /// Who holds it.
        owner: Box<str>,
    },
    /// A stream was written while it was read.
    #[error("{0} was written meanwhile: stop every process that uses the ledger, then try again")]
    Moved(StreamKey),
    /// A chain does not verify.
    #[error("{stream}: {tampered}")]
    Tampered {
        /// Whose chain.
        stream: StreamKey,
        /// The first bad entry.
        tampered: Tampered,
    },
    /// A line is not what it must be.
    #[error("line {line}: {what}")]
    Line {
        /// Its number, from 1.
        line: u64,
        /// What was found, and what was expected.
        what: Box<str>,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    format: Box<str>,
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Last {
    rows: u64,
    sha256: Box<str>,
}

const FORMAT: &str = "sync-core ledger";
const VERSION: u32 = 1;

/// Writes a whole store out.
///
/// # Errors
/// [`TransferError::Held`], [`TransferError::Moved`], [`TransferError::Tampered`], and those of store and file.
pub async fn export<W: Write + Send>(
    store: &dyn StateStore,
    mut to: W,
) -> Result<Transferred, TransferError> {
    let before = quiet(store).await?;
    for stream in before.keys() {
        verified(store, stream).await?;
    }
    let (mut hash, mut rows) = (Sha256::new(), 0);
    let first = First {
        format: FORMAT.into(),
        version: VERSION,
    };
    write_line(&mut to, &mut hash, &first)?;
    let mut last: Option<Row> = None;
    loop {
        let page = store.rows(last.as_ref(), PAGE).await?;
        for row in &page {
            write_line(&mut to, &mut hash, row)?;
            rows += 1;
        }
        match page.into_iter().next_back() {
            Some(row) => last = Some(row),
            None => break,
        }
    }
    if let Some(moved) = differing(&before, &quiet(store).await?) {
        return Err(TransferError::Moved(moved));
    }
    let sha256: [u8; 32] = hash.finalize().into();
    let last = Last {
        rows,
        sha256: hex(&sha256).into(),
    };
    write_line(&mut to, &mut Sha256::new(), &last)?;
    to.flush()?;
    Ok(Transferred {
        rows,
        streams: before.len() as u64,
        sha256,
    })
}

/// Fills an empty store.
///
/// # Errors
/// [`TransferError::Line`] names the first line that is wrong, [`TransferError::Tampered`] the first entry;
/// [`StoreError::Conflict`] where the store is not empty.
pub async fn import<R: BufRead + Send>(
    store: &dyn StateStore,
    from: R,
) -> Result<Transferred, TransferError> {
    store.restore(&[Row::Begin]).await?;
    let mut lines = Lines {
        from,
        number: 0,
        hash: Sha256::new(),
    };
    let Some(first) = lines.next()? else {
        return lines.wrong("the file is empty");
    };
    let first: First = lines.parse(&first)?;
    if *first.format != *FORMAT || first.version != VERSION {
        let what = format!(
            "expected `{FORMAT}` version {VERSION}, found `{}` version {}",
            first.format, first.version
        );
        return lines.wrong(what);
    }
    let mut heads = BTreeMap::new();
    let (mut page, mut rows) = (Vec::with_capacity(PAGE), 0);
    let told = loop {
        let before: [u8; 32] = lines.hash.clone().finalize().into();
        let Some(line) = lines.next()? else {
            return lines.wrong("the file ends before its last line");
        };
        if line.starts_with("{\"rows\":") {
            break (lines.parse::<Last>(&line)?, before);
        }
        let row: Row = lines.parse(&line)?;
        match &row {
            Row::Begin | Row::End => return lines.wrong("such a row is never exported"),
            Row::Stream(row) => {
                let (seq, hash) = (row.seq, row.hash);
                heads.insert(row.stream.clone(), Head { seq, hash });
            }
            _ => {}
        }
        page.push(row);
        rows += 1;
        if page.len() == PAGE {
            store.restore(&page).await?;
            page.clear();
        }
    };
    let (last, sha256) = told;
    if last.rows != rows || *last.sha256 != *hex(&sha256) {
        return lines.wrong("the rows before it are not those that were exported");
    }
    if lines.next()?.is_some() {
        return lines.wrong("nothing may follow the last line");
    }
    store.restore(&page).await?;
    for (stream, head) in &heads {
        if verified(store, stream).await? != *head {
            let tampered = Tampered {
                seq: head.seq,
                what: "the head is not the one of the file".into(),
            };
            let stream = stream.clone();
            return Err(TransferError::Tampered { stream, tampered });
        }
    }
    store.restore(&[Row::End]).await?;
    Ok(Transferred {
        rows,
        streams: heads.len() as u64,
        sha256,
    })
}

/// Every stream with its revision and the length of its trail, none of them held.
async fn quiet(
    store: &dyn StateStore,
) -> Result<BTreeMap<StreamKey, (Revision, u64)>, TransferError> {
    let mut streams = BTreeMap::new();
    for status in store.streams().await? {
        if let Some((owner, _)) = status.holder {
            let stream = status.stream;
            return Err(TransferError::Held { stream, owner });
        }
        streams.insert(status.stream, (status.revision, status.audited));
    }
    Ok(streams)
}

fn differing<T: PartialEq>(
    before: &BTreeMap<StreamKey, T>,
    after: &BTreeMap<StreamKey, T>,
) -> Option<StreamKey> {
    let keys = before.keys().chain(after.keys());
    keys.into_iter()
        .find(|key| before.get(*key) != after.get(*key))
        .cloned()
}

async fn verified(store: &dyn StateStore, stream: &StreamKey) -> Result<Head, TransferError> {
    match verify_store(store, stream).await? {
        Ok(head) => Ok(head),
        Err(tampered) => {
            let unnamed = || Tampered {
                seq: 0,
                what: "it does not verify".into(),
            };
            let tampered = tampered.into_iter().next().unwrap_or_else(unnamed);
            let stream = stream.clone();
            Err(TransferError::Tampered { stream, tampered })
        }
    }
}

fn write_line(
    to: &mut impl Write,
    hash: &mut Sha256,
    value: &impl Serialize,
) -> Result<(), TransferError> {
    let mut line = serde_json::to_vec(value).map_err(io::Error::from)?;
    line.push(b'\n');
    hash.update(&line);
    to.write_all(&line)?;
    Ok(())
}

/// The lines of a file, counted and hashed.
struct Lines<R> {
    from: R,
    number: u64,
    hash: Sha256,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> Result<Option<String>, TransferError> {
        let mut line = String::new();
        if self.from.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        self.number += 1;
        self.hash.update(line.as_bytes());
        Ok(Some(line))
    }

    fn parse<T: for<'de> Deserialize<'de>>(&self, line: &str) -> Result<T, TransferError> {
        serde_json::from_str(line).or_else(|error| self.wrong(error.to_string()))
    }

    fn wrong<T>(&self, what: impl Into<Box<str>>) -> Result<T, TransferError> {
        Err(TransferError::Line {
            line: self.number.max(1),
            what: what.into(),
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn not_empty() -> StoreError {
    StoreError::Conflict("the store is not empty: import into a new one".into())
}

pub(super) fn twice(row: &Row) -> StoreError {
    StoreError::Conflict(format!("it holds this row already: {}", told(row)).into())
}

pub(super) fn no_stream(row: &Row) -> StoreError {
    StoreError::Conflict(format!("the row of its stream must come before it: {}", told(row)).into())
}

/// A row by its name, without what it holds.
fn told(row: &Row) -> String {
    match row {
        Row::Begin => "the first".into(),
        Row::Names { .. } => "names".into(),
        Row::Series { name, .. } => format!("series `{name}`"),
        Row::Stream(row) => format!("stream {}", row.stream),
        Row::Past(row) => format!("what is kept of `{}` of {}", row.key, row.stream),
        Row::Seen(row) => format!("the last version of `{}` of {}", row.key, row.stream),
        Row::Document(row) => format!("document {} of {}", row.id, row.stream),
        Row::Shipment(row) => format!("shipment {} of {}", row.id, row.stream),
        Row::Event(row) => format!("audit entry {} of {}", row.seq, row.stream),
        Row::End => "the last".into(),
    }
}
