//! What the audit trail tells of a stream's life, and what must hold of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

use super::{Invariant, Outside, Parting, Violation};
use crate::audit::AuditEntry;
use crate::delivery::{Phase, Why};
use crate::store::{DocId, ShipId};

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Told {
    Cursor {
        watermark: Option<i64>,
        window: Option<(i64, i64, bool)>,
    },
    Reset {
        watermark: Option<i64>,
    },
    Prepared {
        ship: ShipId,
        docs: Vec<DocId>,
        numbers: Vec<(Box<str>, u64)>,
    },
    Dissolved {
        ship: ShipId,
    },
    Moved {
        ship: ShipId,
        to: Phase,
        why: Why,
        parcel: Option<Box<str>>,
        sha256: Option<Box<str>>,
    },
    #[serde(other)]
    Other,
}

/// A shipment's life.
#[derive(Debug, Default)]
pub(super) struct Life {
    pub(super) docs: Vec<DocId>,
    pub(super) numbers: Vec<u64>,
    /// Name and SHA-256, in hexadecimal, of each time that it was marked as sent.
    pub(super) sent: Vec<(Box<str>, Box<str>)>,
    pub(super) phase: Option<Phase>,
    /// How often a person had it sent again.
    pub(super) approvals: usize,
    /// Whether the last word on it was a person's.
    pub(super) by_a_person: bool,
}

/// A stream's life.
#[derive(Debug, Default)]
pub(super) struct Trail {
    pub(super) ships: BTreeMap<ShipId, Life>,
    of_doc: BTreeMap<DocId, ShipId>,
    /// The watermark of the last cursor, once there was one.
    mark: Option<Option<i64>>,
    /// The end of the window that is open.
    hi: Option<i64>,
}

impl Trail {
    pub(super) fn read(entries: &[AuditEntry], found: &mut Vec<Violation>) -> Self {
        let mut trail = Self::default();
        for entry in entries {
            let bad = match serde_json::from_slice::<Told>(&entry.body) {
                Ok(told) => trail.take(told),
                Err(error) => Err((Invariant::TrailTellsTheLedger, error.to_string())),
            };
            if let Err((invariant, what)) = bad {
                let what = format!("audit entry {}: {what}", entry.seq);
                found.push(Violation::new(invariant, what));
            }
        }
        trail
    }

    fn take(&mut self, told: Told) -> Result<(), (Invariant, String)> {
        match told {
            Told::Cursor { watermark, window } => {
                let moved = self.moved(watermark, window.is_some());
                self.mark = Some(watermark);
                self.hi = window.map(|(_, hi, _)| hi);
                return moved.map_err(|what| (Invariant::WatermarkOnlyForward, what));
            }
            Told::Reset { watermark } => {
                self.mark = Some(watermark);
                self.hi = None;
            }
            Told::Prepared {
                ship,
                docs,
                numbers,
            } => {
                let mut twice = None;
                for doc in &docs {
                    if let Some(other) = self.of_doc.insert(*doc, ship) {
                        twice = Some(format!("document {doc} is in shipments {other} and {ship}"));
                    }
                }
                let life = Life {
                    docs,
                    numbers: numbers.into_iter().map(|(_, number)| number).collect(),
                    phase: Some(Phase::Prepared),
                    ..Life::default()
                };
                self.ships.insert(ship, life);
                return twice.map_or(Ok(()), |what| Err((Invariant::OneShipmentEach, what)));
            }
            Told::Dissolved { ship } => {
                self.of_doc.retain(|_, of| *of != ship);
                if let Some(life) = self.ships.get_mut(&ship) {
                    life.phase = Some(Phase::Void);
                    if !life.sent.is_empty() {
                        let what = format!("shipment {ship} was taken apart after it had left");
                        return Err((Invariant::OneShipmentEach, what));
                    }
                }
            }
            Told::Moved {
                ship,
                to,
                why,
                parcel,
                sha256,
            } => {
                let life = self.ships.entry(ship).or_default();
                life.phase = Some(to);
                life.by_a_person = why == Why::Released;
                if why == Why::Released && to == Phase::Prepared {
                    life.approvals += 1;
                }
                if to == Phase::Sent {
                    let (Some(name), Some(hash)) = (parcel, sha256) else {
                        let what = format!("shipment {ship} is sent, and no bytes are named");
                        return Err((Invariant::SentBeforeTheFirstByte, what));
                    };
                    life.sent.push((name, hash));
                }
            }
            Told::Other => {}
        }
        Ok(())
    }

    /// Whether the watermark may be this now.
    fn moved(&self, to: Option<i64>, opens: bool) -> Result<(), String> {
        let Some(from) = self.mark else {
            return Ok(());
        };
        if from == to {
            return Ok(());
        }
        match (self.hi, to) {
            (None, _) => Err(format!("{from:?} became {to:?} with no window open")),
            (Some(_), _) if opens => Err(format!("{from:?} became {to:?} inside of a window")),
            (Some(hi), Some(mark)) if from <= to && mark <= hi => Ok(()),
            (Some(hi), _) => Err(format!("{from:?} became {to:?} in a window up to {hi}")),
        }
    }

    /// Holds what has left against what was marked as sent, and what has arrived against what may.
    pub(super) fn check(&self, outside: &Outside, found: &mut Vec<Violation>) {
        let mut lives: BTreeMap<&str, (ShipId, &Life)> = BTreeMap::new();
        for (ship, life) in &self.ships {
            for (name, hash) in &life.sent {
                if let Some((other, _)) = lives.insert(name, (*ship, life))
                    && other != *ship
                {
                    let what = format!("shipments {other} and {ship} are both called {name}");
                    found.push(Violation::new(Invariant::ResentAsItWas, what));
                }
                if life.sent.first().is_some_and(|first| first.1 != *hash) {
                    let what = format!("{name} was marked as sent with two hashes");
                    found.push(Violation::new(Invariant::ResentAsItWas, what));
                }
            }
        }
        let mut left: BTreeMap<&str, usize> = BTreeMap::new();
        for parting in &outside.attempts {
            *left.entry(&parting.name).or_default() += 1;
            found.extend(resent(
                parting,
                lives.get(&*parting.name).map(|(_, life)| *life),
            ));
        }
        for (name, times) in left {
            let marked = lives.get(name).map_or(0, |(_, life)| life.sent.len());
            if times > marked {
                let what = format!("{name} left {times} times, and was marked {marked} times");
                found.push(Violation::new(Invariant::SentBeforeTheFirstByte, what));
            }
        }
        let mut arrived: BTreeMap<&str, usize> = BTreeMap::new();
        for parting in &outside.effects {
            *arrived.entry(&parting.name).or_default() += 1;
        }
        for (name, times) in &arrived {
            let allowed = lives.get(name).map_or(0, |(_, life)| 1 + life.approvals);
            if *times > allowed {
                let what = format!("{name} took effect {times} times, {allowed} are allowed");
                found.push(Violation::new(Invariant::ArrivedAsOftenAsItMay, what));
            }
        }
        for (ship, life) in &self.ships {
            let told = matches!(life.phase, Some(Phase::Confirmed | Phase::Acknowledged))
                && !life.by_a_person;
            let is_there = |(name, _): &(Box<str>, Box<str>)| arrived.contains_key(&**name);
            if told && !life.sent.iter().any(is_there) {
                let what = format!("shipment {ship} is said to have arrived, and has not");
                found.push(Violation::new(Invariant::ArrivedAsOftenAsItMay, what));
            }
        }
    }
}

/// Whether a parcel left as it was marked.
fn resent(parting: &Parting, life: Option<&Life>) -> Option<Violation> {
    let Some(life) = life else {
        let what = format!("{} left, and was never marked as sent", parting.name);
        return Some(Violation::new(Invariant::SentBeforeTheFirstByte, what));
    };
    let mut hash = String::with_capacity(64);
    for byte in parting.sha256 {
        // Writing to a text does not fail.
        let _ = write!(hash, "{byte:02x}");
    }
    let marked = life.sent.first().map(|(_, hash)| &**hash);
    if marked != Some(&*hash) {
        let what = format!(
            "{} left as {hash}, and was marked as {marked:?}",
            parting.name
        );
        return Some(Violation::new(Invariant::ResentAsItWas, what));
    }
    (life.numbers != parting.numbers).then(|| {
        let (left, given) = (&parting.numbers, &life.numbers);
        let what = format!(
            "{} left with {left:?}, and was given {given:?}",
            parting.name
        );
        Violation::new(Invariant::ResentAsItWas, what)
    })
}
