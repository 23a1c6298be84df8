//! Files in Cleo's folders: listed, downloaded, archived, taken apart.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cleo_client::file_transfer::{FileTransfer, RemoteFile};
use serde::{Deserialize, Serialize};
use sync_core::delivery::Phase;
use sync_core::store::{DocumentFilter, StateStore, StoreError};
use sync_core::{
    Cx, Fingerprint, Page, Poison, PollRule, RecordId, Source, SourceError, SourceErrorKind, Sweep,
    Window,
};

use super::arrival::{Arrival, ArrivedFile, Interchange, file_key, interchanges};
use super::dossier::{accepted, newest};
use super::{Archive, NAME};
use crate::config::InboundFlow;

/// The folders of the flow, as a source.
#[derive(Debug, Clone)]
pub struct Folders {
    door: Arc<dyn FileTransfer>,
    store: Arc<dyn StateStore>,
    archive: Archive,
    flow: InboundFlow,
}

/// Where a page begins.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Place {
    /// In the folder of that number, behind the file of that name.
    Files { folder: usize, after: String },
    /// Files are done; interchanges that are held, behind the document of that number.
    Held { after: u64 },
}

impl Folders {
    /// Reads through this door as the flow says; the ledger tells which files it knows.
    #[must_use]
    pub fn new(
        door: Arc<dyn FileTransfer>,
        store: Arc<dyn StateStore>,
        archive: Archive,
        flow: InboundFlow,
    ) -> Self {
        Self {
            door,
            store,
            archive,
            flow,
        }
    }

    /// The files of a folder behind a name, in the order of their names.
    async fn list(&self, folder: &str, after: &str) -> Result<Vec<RemoteFile>, SourceError> {
        let mut files = self
            .door
            .list(folder)
            .await
            .map_err(|error| failure(&error))?;
        files.retain(|file| after.is_empty() || file.name.as_str() > after);
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(files)
    }

    /// The file as the ledger knows it, where it is there as it was.
    async fn known(&self, cx: &Cx, folder: &str, file: &RemoteFile) -> Result<bool, SourceError> {
        let key = file_key(folder, &file.name);
        let found = newest(&*self.store, &cx.stream, &key)
            .await
            .map_err(stored)?;
        let Some(doc) = found else { return Ok(false) };
        let Ok(Arrival::File(known)) = serde_json::from_slice(&doc.payload) else {
            return Ok(false);
        };
        // Where Cleo tells neither, only the bytes can show whether the file is another one.
        let told = file.size.is_some() || file.modified.is_some();
        Ok(told && known.size == file.size && known.modified == file.modified)
    }

    async fn read(
        &self,
        cx: &Cx,
        folder: &str,
        file: RemoteFile,
        at: i64,
    ) -> Result<Vec<Arrival>, SourceError> {
        let mut arrived = ArrivedFile {
            folder: folder.to_owned(),
            name: file.name,
            size: file.size,
            modified: file.modified,
            sha256: String::new(),
            interchanges: Vec::new(),
            problem: None,
            at,
        };
        let most = u64::from(self.flow.max_bytes.get());
        if let Some(size) = arrived.size.filter(|size| *size > most) {
            let text =
                format!("found {size} bytes, expected at most {most} (`max_bytes` of the flow)");
            arrived.problem = Some(text);
            return Ok(vec![Arrival::File(arrived)]);
        }
        let bytes = match self.door.download(folder, &arrived.name).await {
            Ok(bytes) => bytes,
            // Somebody has taken it since it was listed.
            Err(error) if error.last_kind() == cleo_client::ErrorKind::NotFound => {
                return Ok(Vec::new());
            }
            Err(error) => return Err(failure(&error)),
        };
        // Kept before anything looks inside: whatever comes of it, the bytes are there.
        arrived.sha256 = self
            .archive
            .keep(&bytes)
            .await
            .map_err(|error| SourceError {
                kind: SourceErrorKind::Transient,
                operation: "archive".into(),
                message: format!("{folder}/{}: {error}", arrived.name).into(),
                remedy: Some("make room for the archive, and see that it may be written".into()),
                after: None,
            })?;
        let found = interchanges(folder, &arrived.name, &arrived.sha256, &bytes, at);
        let found = found.unwrap_or_default();
        if found.is_empty() {
            let begins: String = bytes.iter().take(12).map(|b| char::from(*b)).collect();
            let text = format!("found {begins:?}, expected an interchange that begins with ISA");
            arrived.problem = Some(text);
        }
        let mut arrivals = Vec::with_capacity(found.len() + 1);
        for one in found {
            let one = self.told_apart(cx, one).await.map_err(stored)?;
            arrived.interchanges.push(one.key.clone());
            arrivals.push(Arrival::Interchange(one));
        }
        arrivals.push(Arrival::File(arrived));
        Ok(arrivals)
    }

    /// The interchange under a key of its own where its number stands for another one already.
    async fn told_apart(&self, cx: &Cx, mut one: Interchange) -> Result<Interchange, StoreError> {
        let known = newest(&*self.store, &cx.stream, &one.key).await?;
        let Some(doc) = known else { return Ok(one) };
        let Ok(Arrival::Interchange(known)) = serde_json::from_slice(&doc.payload) else {
            return Ok(one);
        };
        if known.digest == one.digest {
            // The same bytes once more: as they were taken over the first time.
            return Ok(known);
        }
        let short: String = one.digest.chars().take(8).collect();
        one.key = format!("{}@{short}", one.key);
        one.rival = Some(format!("{} in {}/{}", known.key, known.folder, known.file));
        if let Some(doc) = newest(&*self.store, &cx.stream, &one.key).await?
            && let Ok(Arrival::Interchange(known)) = serde_json::from_slice(&doc.payload)
        {
            return Ok(known);
        }
        Ok(one)
    }

    async fn files(
        &self,
        cx: &Cx,
        window: &Window,
        mut folder: usize,
        mut after: String,
    ) -> Result<Page<Arrival>, SourceError> {
        let most = self.flow.page_files.get() as usize;
        let mut arrivals: Vec<Arrival> = Vec::new();
        let mut read = 0;
        while let Some(name) = self.flow.folders.get(folder) {
            for file in self.list(name, &after).await? {
                if read == most {
                    let next = Place::Files { folder, after };
                    return Ok(page(arrivals, Some(&next)));
                }
                after.clone_from(&file.name);
                if self.known(cx, name, &file).await? {
                    continue;
                }
                read += 1;
                let found = self.read(cx, name, file, window.hi).await?;
                merge(&mut arrivals, found);
            }
            folder += 1;
            after.clear();
        }
        Ok(page(arrivals, Some(&Place::Held { after: 0 })))
    }

    /// Interchanges that are held, as they are with what people have decided since.
    async fn held(
        &self,
        cx: &Cx,
        window: &Window,
        after: u64,
    ) -> Result<Page<Arrival>, SourceError> {
        let filter = DocumentFilter {
            phases: vec![Phase::Held],
            after: Some(sync_core::store::DocId(after)),
            limit: 200,
            ..DocumentFilter::default()
        };
        let docs = self
            .store
            .documents(&cx.stream, &filter)
            .await
            .map_err(stored)?;
        let next = docs.last().map(|doc| Place::Held { after: doc.id.0 });
        let mut arrivals = Vec::new();
        for doc in docs {
            if let Ok(Arrival::Interchange(mut one)) = serde_json::from_slice(&doc.payload) {
                let now = accepted(&*self.store, &cx.stream, &one.key)
                    .await
                    .map_err(stored)?;
                if now != one.accepted {
                    one.accepted = now;
                    one.at = window.hi;
                    arrivals.push(Arrival::Interchange(one));
                }
            }
        }
        Ok(page(arrivals, next.as_ref()))
    }
}

/// Two files of a page may hold the same interchange number: the second is told apart from the first here, where the
/// ledger does not know either yet.
fn merge(arrivals: &mut Vec<Arrival>, found: Vec<Arrival>) {
    for mut arrival in found {
        if let Arrival::Interchange(one) = &mut arrival {
            let earlier = arrivals.iter().find_map(|known| match known {
                Arrival::Interchange(known) if known.key == one.key => Some(known),
                _ => None,
            });
            if let Some(known) = earlier
                && known.digest != one.digest
            {
                let short: String = one.digest.chars().take(8).collect();
                one.rival = Some(format!("{} in {}/{}", known.key, known.folder, known.file));
                one.key = format!("{}@{short}", one.key);
            }
        }
        arrivals.push(arrival);
    }
}

fn page(arrivals: Vec<Arrival>, next: Option<&Place>) -> Page<Arrival> {
    Page {
        records: arrivals.into_iter().map(Ok).collect(),
        // A place of ours always becomes JSON.
        next: next.map(|place| Bytes::from(serde_json::to_vec(place).unwrap_or_default())),
    }
}

#[async_trait]
impl Source for Folders {
    type Record = Arrival;

    fn rule(&self) -> PollRule {
        remembers_for_good()
    }

    /// The folders have no time column: what is known is known by name, size and hash.
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of([NAME])
    }

    /// When files are seen. It never steps back, whatever the clock does: a record that came later is never older.
    async fn now(&self, cx: &Cx) -> Result<i64, SourceError> {
        let (_, cursor) = self.store.load(&cx.stream).await.map_err(stored)?;
        let wall = cx.clock.wall().duration_since(std::time::UNIX_EPOCH);
        let wall = i64::try_from(wall.unwrap_or_default().as_micros()).unwrap_or(i64::MAX);
        let mark = cursor.and_then(|cursor| cursor.watermark);
        Ok(mark.map_or(wall, |mark| wall.max(mark)))
    }

    async fn fetch(
        &self,
        cx: &Cx,
        window: &Window,
        page: Option<&Bytes>,
    ) -> Result<Page<Self::Record>, SourceError> {
        match place(page)? {
            None => self.files(cx, window, 0, String::new()).await,
            Some(Place::Files { folder, after }) => self.files(cx, window, folder, after).await,
            Some(Place::Held { after }) => self.held(cx, window, after).await,
        }
    }

    fn identify(&self, record: &Self::Record) -> Result<RecordId, Poison> {
        record.identify()
    }
}

/// A rule under which no key is ever forgotten: an invoice number is not free again after a while.
pub(super) fn remembers_for_good() -> PollRule {
    PollRule {
        lookback: Some(Duration::ZERO),
        sweep: Some(Sweep {
            reach: Duration::MAX,
            every: u64::MAX,
        }),
        ..PollRule::new(Duration::from_micros(1), Duration::ZERO)
    }
}

/// The inverse of what [`page`] writes.
fn place(page: Option<&Bytes>) -> Result<Option<Place>, SourceError> {
    page.map(|bytes| serde_json::from_slice(bytes))
        .transpose()
        .map_err(|error| unreadable_page(&error))
}

pub(super) fn unreadable_page(error: &dyn std::fmt::Display) -> SourceError {
    SourceError {
        kind: SourceErrorKind::Invalid,
        operation: "page".into(),
        message: format!("the page in the ledger cannot be read: {error}").into(),
        remedy: None,
        after: None,
    }
}

/// A ledger that does not answer is asked again.
pub(super) fn stored(error: StoreError) -> SourceError {
    SourceError {
        kind: SourceErrorKind::Transient,
        operation: "ledger".into(),
        message: error.to_string().into(),
        remedy: None,
        after: None,
    }
}

/// A failed call of Cleo: what a person must mend is told apart from what mends itself.
pub(super) fn failure(error: &cleo_client::Error) -> SourceError {
    SourceError {
        kind: if error.is_retryable() {
            SourceErrorKind::Transient
        } else {
            SourceErrorKind::Connectivity
        },
        operation: error.operation().into(),
        message: error.to_string().into(),
        remedy: None,
        after: error.retry_after(),
    }
}
