//! What is in Cleo's folders: files, and the interchanges in them.

use serde::{Deserialize, Serialize};
use sync_core::{Poison, RecordId, Version};
use x12_edi::acknowledge;
use x12_edi::envelope::{Event, Usage};
use x12_edi::split::{Splitter, Unit};

use super::dossier::Accepted;
use super::{Archive, sets, text};

/// Something that arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Arrival {
    /// A file, once all that is in it is taken over.
    File(ArrivedFile),
    /// An interchange of a file.
    Interchange(Interchange),
}

/// A file in a folder of Cleo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ArrivedFile {
    /// The folder.
    pub folder: String,
    /// Its name there.
    pub name: String,
    /// What Cleo says of its size.
    pub size: Option<u64>,
    /// When it was changed, in Cleo's words.
    pub modified: Option<String>,
    /// The hash of its bytes, which are in the archive under it; empty for a file that was too large to be read.
    pub sha256: String,
    /// The keys of its interchanges.
    pub interchanges: Vec<String>,
    /// Why it cannot be taken over.
    pub problem: Option<String>,
    /// When it was seen, in microseconds.
    pub at: i64,
}

/// An interchange, with everything that its sets are worked on from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Interchange {
    /// What it is known by: sender and ISA13, and its hash where that number was used before for something else.
    pub key: String,
    /// The folder of its file.
    pub folder: String,
    /// The name of its file.
    pub file: String,
    /// The hash of the file.
    pub sha256: String,
    /// ISA05 and ISA06, as `ZZ/ID`.
    pub sender: String,
    /// ISA07 and ISA08.
    pub receiver: String,
    /// ISA13 as it stands.
    pub control: String,
    /// ISA15.
    pub usage: char,
    /// The hash of its bytes.
    pub digest: String,
    /// Its bytes, a character each.
    pub text: String,
    /// ST01 of its sets, each once.
    pub codes: Vec<String>,
    /// What its sets speak of.
    pub about: Vec<AboutSet>,
    /// The earlier interchange of the same sender and number with other content.
    pub rival: Option<String>,
    /// What a person has accepted of it.
    pub accepted: Vec<Accepted>,
    /// When it was seen, in microseconds.
    pub at: i64,
}

/// The numbers by which people look for a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AboutSet {
    /// The key under which a flow takes it in, after the partner's id; `None` for one without a number of its own.
    pub document: Option<String>,
    /// Order, invoice and control numbers.
    pub about: Vec<String>,
}

impl Interchange {
    /// Its bytes as they came.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        text::to_bytes(&self.text)
    }
}

impl Arrival {
    /// What it is known by.
    ///
    /// # Errors
    /// None: whatever cannot be read is a file with a problem.
    pub(super) fn identify(&self) -> Result<RecordId, Poison> {
        let (key, at, content) = match self {
            Self::File(file) => (
                file_key(&file.folder, &file.name),
                file.at,
                format!("{:?} {} {:?}", file.size, file.sha256, file.problem),
            ),
            Self::Interchange(one) => {
                let accepted = serde_json::to_string(&one.accepted).unwrap_or_default();
                let key = one.key.clone();
                (
                    key,
                    one.at,
                    format!("{} {:?} {accepted}", one.digest, one.rival),
                )
            }
        };
        Ok(RecordId {
            at,
            key: key.into(),
            version: Version::of(content.as_bytes()),
        })
    }
}

/// What a file is known by.
pub(super) fn file_key(folder: &str, name: &str) -> String {
    format!("file:{folder}/{name}")
}

/// The interchanges of a file, none where it holds no EDI.
pub(super) fn interchanges(
    folder: &str,
    name: &str,
    sha256: &str,
    bytes: &[u8],
    at: i64,
) -> Result<Vec<Interchange>, x12_edi::Error> {
    let mut pieces = Splitter::from_slice(bytes, Unit::Interchange);
    let mut all = Vec::new();
    while let Some(piece) = pieces.next_piece()? {
        let own = sets::cut(bytes, &piece.span);
        let mut events = x12_edi::EnvelopeReader::from_slice(own);
        let mut header = None;
        while let Some(event) = events.next_event()? {
            if let Event::InterchangeStart(found, _) = event {
                header = Some(std::sync::Arc::clone(found));
                break;
            }
        }
        let Some(header) = header else { continue };
        let digest = Archive::hash(own);
        let sender = header.sender.to_string();
        let (codes, about) = about(own);
        all.push(Interchange {
            key: format!("{sender}/{}", piece.interchange.trim()),
            folder: folder.to_owned(),
            file: name.to_owned(),
            sha256: sha256.to_owned(),
            receiver: header.receiver.to_string(),
            usage: match header.usage {
                Usage::Production => 'P',
                _ => 'T',
            },
            control: piece.interchange,
            text: text::from_bytes(own),
            codes,
            about,
            rival: None,
            accepted: Vec::new(),
            digest,
            sender,
            at,
        });
    }
    Ok(all)
}

/// The kinds of sets of an interchange, and the numbers by which people look for each.
fn about(bytes: &[u8]) -> (Vec<String>, Vec<AboutSet>) {
    let mut about = Vec::new();
    let mut codes = Vec::new();
    let ta1 = acknowledge::read(x12_edi::EnvelopeReader::from_slice(bytes)).unwrap_or_default();
    for one in ta1 {
        if let acknowledge::Statement::Interchange(ta1) = one.statement {
            codes.push("TA1".to_owned());
            about.push(AboutSet {
                document: Some(format!("TA1/{}", ta1.control_number)),
                about: vec![ta1.control_number],
            });
        }
    }
    for set in x12_edi::parse(bytes).sets {
        codes.push(set.code().to_owned());
        about.push(about_set(&set));
    }
    codes.sort();
    codes.dedup();
    (codes, about)
}

/// What stands at the beginning of a set: its own number and that of the order.
fn about_set(set: &x12_edi::TransactionSet) -> AboutSet {
    let (mut document, mut order, mut unit) = (None, None, None);
    let mut about = Vec::new();
    for segment in set.segments().take(12) {
        let text = |place: usize| segment.element(place).text().trim().to_owned();
        match segment.id() {
            b"BIG" => {
                document = Some(text(2));
                order = Some(text(4));
                about.push(text(2));
            }
            b"BAK" => {
                let short: String = sets::digest(set).chars().take(8).collect();
                document = Some(format!("{}/{short}", text(3)));
                order = Some(text(3));
                about.push(text(8));
            }
            b"BCA" => order = Some(text(3)),
            b"BSN" | b"BGN" => about.push(text(2)),
            b"PRF" => order = Some(text(1)),
            b"AK1" => {
                let to = set.group().map_or("", |group| group.receiver.trim());
                document = Some(format!("997/{to}/{}/{}", text(1), text(2)));
                about.push(text(2));
            }
            b"REF" if text(1) == "19" => unit = Some(text(2)),
            _ => {}
        }
    }
    if let Some(order) = order.filter(|order| !order.is_empty()) {
        // As PeopleSoft writes the key, where the set says enough.
        about.extend(unit.map(|unit| format!("{unit}/{order}")));
        about.extend(
            order
                .split_once('-')
                .map(|(unit, id)| format!("{unit}/{id}")),
        );
        about.push(order);
    }
    about.retain(|text| !text.is_empty());
    AboutSet { document, about }
}
