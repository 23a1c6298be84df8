//! The ledger, rebuilt from its trail.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::AuditEntry;
use crate::delivery::Phase;
use crate::store::{DocId, Document, ShipId};

/// Where every document stands according to the audit trail alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Projection {
    docs: BTreeMap<DocId, (Box<str>, Phase)>,
    ships: BTreeMap<ShipId, Vec<DocId>>,
    numbers: BTreeMap<(Box<str>, u64), ShipId>,
}

/// How a projection is kept with a trail that was cut.
#[derive(Serialize, Deserialize)]
struct Standing {
    docs: Vec<(DocId, Box<str>, Phase)>,
    ships: Vec<(ShipId, Vec<DocId>)>,
}

/// A document that stands elsewhere in the ledger than in its trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The document.
    pub doc: DocId,
    /// Where the trail says it stands.
    pub trail: Option<Phase>,
    /// Where the ledger says it stands.
    pub ledger: Option<Phase>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |phase: Option<Phase>| phase.map_or("absent", Phase::name);
        write!(
            f,
            "document {} is {} in the ledger and {} in its trail",
            self.doc,
            name(self.ledger),
            name(self.trail)
        )
    }
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Told {
    Intended {
        doc: DocId,
        key: Box<str>,
        phase: Phase,
        #[serde(default)]
        supersedes: Vec<DocId>,
    },
    Refused {
        doc: DocId,
        phase: Phase,
    },
    Retried {
        doc: DocId,
    },
    Prepared {
        ship: ShipId,
        docs: Vec<DocId>,
        numbers: Vec<(Box<str>, u64)>,
    },
    Dissolved {
        ship: ShipId,
        back: Vec<DocId>,
        #[serde(default)]
        superseded: Vec<DocId>,
    },
    Moved {
        ship: ShipId,
        to: Phase,
    },
    Replayed {
        #[serde(default)]
        ship: Option<ShipId>,
    },
    Pruned {
        docs: Vec<(DocId, DocId)>,
        ships: Vec<ShipId>,
    },
    #[serde(other)]
    Other,
}

impl Projection {
    /// Takes the next entry in.
    ///
    /// # Errors
    /// What the entry says that cannot be: a document that was never taken in, a control number given twice.
    pub fn apply(&mut self, entry: &AuditEntry) -> Result<(), Box<str>> {
        let told = serde_json::from_slice(&entry.body).map_err(|error| error.to_string())?;
        match told {
            Told::Intended {
                doc,
                key,
                phase,
                supersedes,
            } => {
                for old in supersedes {
                    self.set(old, Phase::Superseded)?;
                }
                if self.docs.insert(doc, (key, phase)).is_some() {
                    return Err(format!("document {doc} is taken in twice").into());
                }
            }
            Told::Refused { doc, phase } => self.set(doc, phase)?,
            Told::Retried { doc } => self.set(doc, Phase::Intent)?,
            Told::Prepared {
                ship,
                docs,
                numbers,
            } => {
                for doc in &docs {
                    self.set(*doc, Phase::Prepared)?;
                }
                self.ships.insert(ship, docs);
                for (series, number) in numbers {
                    if let Some(other) = self.numbers.insert((series.clone(), number), ship) {
                        let text = format!(
                            "{number} of `{series}` was given to shipments {other} and {ship}"
                        );
                        return Err(text.into());
                    }
                }
            }
            Told::Dissolved {
                ship,
                back,
                superseded,
            } => {
                for doc in back {
                    self.set(doc, Phase::Intent)?;
                }
                for doc in superseded {
                    self.set(doc, Phase::Superseded)?;
                }
                self.ships.remove(&ship);
            }
            Told::Moved { ship, to } => {
                let docs = self.ships.get(&ship).cloned();
                for doc in docs.ok_or_else(|| format!("shipment {ship} was never prepared"))? {
                    self.set(doc, to)?;
                }
            }
            Told::Replayed { ship: Some(ship) } => {
                let docs = self.ships.get(&ship).cloned();
                for doc in docs.ok_or_else(|| format!("shipment {ship} was never prepared"))? {
                    self.set(doc, Phase::Prepared)?;
                }
            }
            Told::Pruned { docs, ships } => {
                for (first, last) in docs {
                    let gone: Vec<_> = self.docs.range(first..=last).map(|(doc, _)| *doc).collect();
                    if gone.is_empty() {
                        return Err(format!("document {first} was never taken in").into());
                    }
                    for doc in gone {
                        self.docs.remove(&doc);
                    }
                }
                for ship in ships {
                    self.ships.remove(&ship);
                }
            }
            Told::Replayed { ship: None } | Told::Other => {}
        }
        Ok(())
    }

    fn set(&mut self, doc: DocId, to: Phase) -> Result<(), Box<str>> {
        match self.docs.get_mut(&doc) {
            Some((_, phase)) => {
                *phase = to;
                Ok(())
            }
            None => Err(format!("document {doc} was never taken in").into()),
        }
    }

    /// All of it as bytes, for [`Op::Cut`](crate::store::Op::Cut): JSON, the same for the same trail. The numbers that
    /// were given are not in it.
    #[must_use]
    pub fn standing(&self) -> Bytes {
        let standing = Standing {
            docs: self
                .docs
                .iter()
                .map(|(doc, (key, at))| (*doc, key.clone(), *at))
                .collect(),
            ships: self
                .ships
                .iter()
                .map(|(ship, docs)| (*ship, docs.clone()))
                .collect(),
        };
        // Numbers and texts always become JSON.
        serde_json::to_vec(&standing).unwrap_or_default().into()
    }

    /// The projection that [`Projection::standing`] was asked of.
    ///
    /// # Errors
    /// What keeps the bytes from being read.
    pub fn from_standing(standing: &[u8]) -> Result<Self, Box<str>> {
        if standing.is_empty() {
            return Ok(Self::default());
        }
        let told: Standing = serde_json::from_slice(standing).map_err(|error| error.to_string())?;
        Ok(Self {
            docs: told
                .docs
                .into_iter()
                .map(|(doc, key, at)| (doc, (key, at)))
                .collect(),
            ships: told.ships.into_iter().collect(),
            numbers: BTreeMap::new(),
        })
    }

    /// Where a document stands.
    #[must_use]
    pub fn phase(&self, doc: DocId) -> Option<Phase> {
        self.docs.get(&doc).map(|(_, phase)| *phase)
    }

    /// What differs from the ledger's own rows; empty is how it must be.
    #[must_use]
    pub fn compare(&self, ledger: &[Document]) -> Vec<Difference> {
        let rows: BTreeMap<_, _> = ledger.iter().map(|doc| (doc.id, doc.phase)).collect();
        let ids: std::collections::BTreeSet<_> =
            rows.keys().chain(self.docs.keys()).copied().collect();
        ids.into_iter()
            .map(|doc| Difference {
                doc,
                trail: self.phase(doc),
                ledger: rows.get(&doc).copied(),
            })
            .filter(|difference| difference.trail != difference.ledger)
            .collect()
    }
}
