//! An interchange taken apart: each set, or each group, as an interchange of its own, with what is wrong with it.

use x12_edi::acknowledge::{Acknowledger, GroupReport, Options};
use x12_edi::envelope::Event;
use x12_edi::finding::Severity;
use x12_edi::split::{Splitter, Unit};
use x12_edi::validate::{Switches, ValidatingReader};
use x12_edi::{Error, TransactionSet};

/// The most findings of a set that are told in a hold.
const MOST_TOLD: usize = 5;

/// One set of an interchange.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// ST01, or GS01 for a group.
    pub(super) code: String,
    /// ST02; empty for a group.
    pub(super) control: String,
    /// GS01 and GS06.
    pub(super) group: String,
    /// The set with headers and trailers of its own.
    pub(super) bytes: Vec<u8>,
    /// Why it is rejected; empty where it is taken.
    pub(super) problems: Vec<String>,
}

/// Every set, in order.
pub(super) fn sets(bytes: &[u8], switches: &Switches) -> Result<Vec<Found>, Error> {
    let mut verdicts = verdicts(bytes, switches)?.into_iter();
    let mut found = Vec::new();
    let mut pieces = Splitter::from_slice(bytes, Unit::Set);
    let groups = functional_ids(bytes)?;
    while let Some(piece) = pieces.next_piece()? {
        let functional_id = groups
            .iter()
            .rev()
            .find(|(at, _)| *at <= piece.span.start)
            .map_or("", |(_, id)| id);
        let group = format!("{functional_id} {}", piece.group);
        let bytes = piece.enveloped(cut(bytes, &piece.span));
        found.push(Found {
            code: piece.set,
            control: piece.set_control_number,
            group: group.trim().to_owned(),
            bytes,
            problems: verdicts.next().unwrap_or_default(),
        });
    }
    Ok(found)
}

/// Every group that is to be acknowledged, in order.
pub(super) fn groups(bytes: &[u8]) -> Result<Vec<Found>, Error> {
    let mut found = Vec::new();
    let ids = functional_ids(bytes)?;
    let mut pieces = Splitter::from_slice(bytes, Unit::Group);
    while let Some(piece) = pieces.next_piece()? {
        let id = ids.iter().find(|(at, _)| *at == piece.span.start);
        let code = id.map_or_else(String::new, |(_, id)| id.clone());
        if code == "FA" {
            continue;
        }
        let bytes = piece.enveloped(cut(bytes, &piece.span));
        found.push(Found {
            group: format!("{code} {}", piece.group),
            code,
            control: String::new(),
            bytes,
            problems: Vec::new(),
        });
    }
    Ok(found)
}

/// What is to be answered to the groups of an interchange.
pub(super) fn reports(bytes: &[u8], switches: &Switches) -> Result<Vec<GroupReport>, Error> {
    let mut events = ValidatingReader::from_slice(bytes, switches.clone());
    let mut acknowledger = Acknowledger::new(Options::default());
    while let Some(event) = events.next_event()? {
        acknowledger.event(&event);
    }
    let mut reports = Vec::new();
    while let Some(report) = acknowledger.next_report() {
        reports.extend(report.groups.into_iter().map(|group| group.report));
    }
    Ok(reports)
}

/// The bytes of the set in an interchange of its own.
pub(super) fn only_set(bytes: &[u8]) -> Option<TransactionSet> {
    x12_edi::parse(bytes).sets.into_iter().next()
}

/// For each set in order, what rejects it: as the acknowledgment says, by errors and nothing less.
fn verdicts(bytes: &[u8], switches: &Switches) -> Result<Vec<Vec<String>>, Error> {
    let mut events = ValidatingReader::from_slice(bytes, switches.clone());
    let mut all: Vec<Vec<String>> = Vec::new();
    while let Some(event) = events.next_event()? {
        match event {
            Event::SetStart(..) => all.push(Vec::new()),
            Event::Finding(finding) if finding.severity >= Severity::Error => {
                // What concerns the envelope is no set's fault; a location with a set number is a set's.
                if let (Some(last), Some(_)) = (all.last_mut(), &finding.location.segment)
                    && last.len() < MOST_TOLD
                {
                    last.push(finding.to_string());
                }
            }
            _ => {}
        }
    }
    Ok(all)
}

/// GS01 with the offset of its GS, in order.
fn functional_ids(bytes: &[u8]) -> Result<Vec<(u64, String)>, Error> {
    let mut events = x12_edi::EnvelopeReader::from_slice(bytes);
    let mut ids = Vec::new();
    while let Some(event) = events.next_event()? {
        if let Event::GroupStart(header, segment) = event {
            ids.push((segment.location().offset, header.functional_id.clone()));
        }
    }
    Ok(ids)
}

pub(super) fn cut<'a>(bytes: &'a [u8], span: &std::ops::Range<u64>) -> &'a [u8] {
    let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
    bytes
        .get(place(span.start)..place(span.end))
        .unwrap_or_default()
}

/// What a set says, whatever its control numbers and delimiters are: equal for the same document in another envelope.
pub(super) fn digest(set: &TransactionSet) -> String {
    let mut content = Vec::new();
    let last = set.len().saturating_sub(1);
    for (place, segment) in set.segments().enumerate() {
        // ST and SE hold control numbers and counts, nothing of the document.
        if place == 0 || (place == last && segment.id() == b"SE") {
            continue;
        }
        content.extend_from_slice(segment.id());
        for element in 1..=segment.len() {
            content.push(0x1d);
            content.extend_from_slice(segment.element(element).as_bytes());
        }
        content.push(0x1e);
    }
    super::Archive::hash(&content)
}
