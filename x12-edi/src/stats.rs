//! What is in a file: counts for each interchange, group, set and segment id, with findings.

use std::collections::BTreeMap;

use crate::envelope::Event;
use crate::error::Result;
use crate::finding::Finding;
use crate::render::Events;
use crate::segment::decode;

/// The most findings that are kept; the later ones are counted only.
const MAX_FINDINGS: usize = 10_000;

/// Counts over a whole input.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Statistics {
    /// Number of ISA.
    pub interchanges: u64,
    /// Number of GS.
    pub groups: u64,
    /// Number of ST.
    pub transaction_sets: u64,
    /// Number of all segments, those of the envelope included.
    pub segments: u64,
    /// Number of segments of each id.
    pub segment_ids: BTreeMap<String, u64>,
    /// Each interchange.
    pub interchange_details: Vec<InterchangeStatistics>,
    /// What was found, the first 10 000 of it.
    pub findings: Vec<Finding>,
    /// How many findings came after those.
    pub further_findings: u64,
}

/// Counts over one interchange.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct InterchangeStatistics {
    /// ISA05 and ISA06, as `qualifier/id`.
    pub sender: String,
    /// ISA07 and ISA08, as `qualifier/id`.
    pub receiver: String,
    /// ISA12.
    pub version: String,
    /// ISA13, where it is a number.
    pub control_number: Option<u32>,
    /// Offset of its first byte.
    pub offset: u64,
    /// Number of its segments, ISA and IEA included.
    pub segments: u64,
    /// Its groups.
    pub groups: Vec<GroupStatistics>,
}

/// Counts over one functional group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GroupStatistics {
    /// GS01.
    pub functional_id: String,
    /// GS02.
    pub sender: String,
    /// GS03.
    pub receiver: String,
    /// GS08.
    pub version: String,
    /// GS06, where it is a number.
    pub control_number: Option<u32>,
    /// Number of its sets, by ST01.
    pub transaction_sets: BTreeMap<String, u64>,
}

impl Statistics {
    /// Reads the input to its end and counts. Over a
    /// [`ValidatingReader`](crate::validate::ValidatingReader) the findings are also those of the
    /// content.
    ///
    /// ```
    /// use x12_edi::{EnvelopeReader, stats::Statistics};
    /// let counts = Statistics::collect(EnvelopeReader::from_slice(b""))?;
    /// assert_eq!(counts.interchanges, 0);
    /// assert_eq!(counts.findings[0].code.as_str(), "no-interchange");
    /// # Ok::<(), x12_edi::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the stream fails.
    pub fn collect<E: Events>(mut events: E) -> Result<Self> {
        let mut counts = Self::default();
        let mut ids: BTreeMap<Box<[u8]>, u64> = BTreeMap::new();
        while let Some(event) = events.next_event()? {
            let segment = match event {
                Event::Finding(finding) => {
                    counts.keep(*finding);
                    continue;
                }
                Event::InterchangeStart(header, segment) => {
                    counts.interchanges += 1;
                    counts.interchange_details.push(InterchangeStatistics {
                        sender: header.sender.to_string(),
                        receiver: header.receiver.to_string(),
                        version: header.version.clone(),
                        control_number: header.control_number.map(|number| number.get()),
                        offset: segment.offset(),
                        ..InterchangeStatistics::default()
                    });
                    Some(segment)
                }
                Event::GroupStart(header, segment) => {
                    counts.groups += 1;
                    if let Some(interchange) = counts.interchange_details.last_mut() {
                        interchange.groups.push(GroupStatistics {
                            functional_id: header.functional_id.clone(),
                            sender: header.sender.clone(),
                            receiver: header.receiver.clone(),
                            version: header.version.clone(),
                            control_number: header.control_number.map(|number| number.get()),
                            ..GroupStatistics::default()
                        });
                    }
                    Some(segment)
                }
                Event::SetStart(header, segment) => {
                    counts.transaction_sets += 1;
                    let interchange = counts.interchange_details.last_mut();
                    if let Some(group) = interchange.and_then(|i| i.groups.last_mut()) {
                        *group
                            .transaction_sets
                            .entry(header.code.clone())
                            .or_default() += 1;
                    }
                    Some(segment)
                }
                Event::Segment(segment) => Some(segment),
                Event::SetEnd(_, segment)
                | Event::GroupEnd(_, segment)
                | Event::InterchangeEnd(_, segment) => segment,
            };
            let Some(segment) = segment else { continue };
            counts.segments += 1;
            if let Some(interchange) = counts.interchange_details.last_mut() {
                interchange.segments += 1;
            }
            match ids.get_mut(segment.id()) {
                Some(count) => *count += 1,
                None => {
                    ids.insert(segment.id().into(), 1);
                }
            }
        }
        for (id, count) in ids {
            *counts
                .segment_ids
                .entry(decode(&id).into_owned())
                .or_default() += count;
        }
        Ok(counts)
    }

    fn keep(&mut self, finding: Finding) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding);
        } else {
            self.further_findings += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::EnvelopeReader;

    const FILE: &[u8] = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*A*BB*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*1**20240101~PO1*1~SE*4*0001~ST*850*0002~BEG*00*SA*2**20240101~PO1*1~SE*4*0002~GE*2*1~IEA*1*000000001~";

    #[test]
    fn everything_is_counted_once() {
        let counts = Statistics::collect(EnvelopeReader::from_slice(FILE)).unwrap();
        assert_eq!(
            (
                counts.interchanges,
                counts.groups,
                counts.transaction_sets,
                counts.segments
            ),
            (1, 1, 2, 12)
        );
        assert_eq!(counts.segment_ids.get("PO1"), Some(&2));
        let interchange = counts.interchange_details.first().unwrap();
        assert_eq!(
            (interchange.segments, interchange.sender.as_str()),
            (12, "ZZ/SENDER")
        );
        assert_eq!(interchange.groups[0].transaction_sets.get("850"), Some(&2));
        assert!(counts.findings.is_empty(), "{:?}", counts.findings);
    }
}
