//! What one acknowledgment says of the sets of one group, and where it contradicts itself.

use std::collections::HashMap;

use super::outcome::{GroupOutcome, Outcome, SetOutcome};
use super::report::{GroupReport, SetReport};
use super::status::{GroupStatus, SetStatus};
use crate::finding::FindingCode;

/// A finding without its place.
type Found = (FindingCode, String);

/// Fills in the outcomes; gives what does not fit.
pub(super) fn judge(report: &GroupReport, group: &mut GroupOutcome) -> Vec<Found> {
    let mut found = Vec::new();
    let listed = listed(report, group, &mut found);
    let tally = Tally::of(report, &listed);
    tally.check(report, group.sets.len() as u64, &mut found);
    let naming = Naming {
        all: listed.len() as u64 >= report.received,
        none: listed.is_empty(),
    };
    for (index, set) in group.sets.iter_mut().enumerate() {
        match listed.get(&index) {
            Some(said) => judge_listed(report, said, set, &mut found),
            None => set.outcome = tally.unlisted(report, naming),
        }
    }
    group.errors.clone_from(&report.errors);
    group.outcome = tally.group(report);
    found
}

/// Which set, by its place in the group, each AK2 is about.
fn listed<'r>(
    report: &'r GroupReport,
    group: &GroupOutcome,
    found: &mut Vec<Found>,
) -> HashMap<usize, &'r SetReport> {
    let mut exact: HashMap<&str, usize> = HashMap::new();
    let mut by_value: HashMap<&str, usize> = HashMap::new();
    for (index, set) in group.sets.iter().enumerate() {
        exact.entry(&set.control_number).or_insert(index);
        by_value
            .entry(significant(&set.control_number))
            .or_insert(index);
    }
    let mut listed = HashMap::with_capacity(report.sets.len());
    for said in &report.sets {
        let name = format!("set {} {}", plain(&said.code), plain(&said.control_number));
        let index = exact
            .get(said.control_number.as_str())
            .or_else(|| by_value.get(significant(&said.control_number)));
        let Some((&index, set)) = index.and_then(|index| Some((index, group.sets.get(*index)?)))
        else {
            let text = format!("AK2 names {name}, which the group did not have");
            found.push((FindingCode::AcknowledgmentUnmatched, text));
            continue;
        };
        if set.code != said.code {
            let text = format!("AK2 names {name}, which was sent as {}", set.code);
            found.push((FindingCode::AcknowledgmentUnmatched, text));
            continue;
        }
        match listed.get(&index) {
            None => {
                listed.insert(index, said);
            }
            Some(first) if *first == said => {
                let text = format!("{name} is named twice, in the same way");
                found.push((FindingCode::AcknowledgmentRepeated, text));
            }
            Some(_) => {
                let text = format!("{name} is named twice, in different ways; the first counts");
                found.push((FindingCode::AcknowledgmentContradictory, text));
            }
        }
    }
    listed
}

fn judge_listed(
    report: &GroupReport,
    said: &SetReport,
    set: &mut SetOutcome,
    found: &mut Vec<Found>,
) {
    let rejected = if said.has_detail() {
        Outcome::Rejected
    } else {
        Outcome::RejectedWithoutDetail
    };
    let name = format!("set {} {}", plain(&said.code), plain(&said.control_number));
    set.outcome = match &said.status {
        _ if report.status == GroupStatus::Rejected && said.status.is_accepted() => {
            let text = format!("AK9 rejects the group, but {name} is accepted; AK9 counts");
            found.push((FindingCode::AcknowledgmentContradictory, text));
            Outcome::RejectedWithoutDetail
        }
        SetStatus::Accepted => Outcome::Accepted,
        SetStatus::AcceptedWithErrors => Outcome::AcceptedWithErrors,
        SetStatus::Other(code) => {
            let text = format!(
                "{name} has `{}`, which is no status, in AK501 or IK501",
                plain(code)
            );
            found.push((FindingCode::AcknowledgmentIncomplete, text));
            if code.is_empty() {
                Outcome::Unacknowledged
            } else {
                rejected
            }
        }
        _ => rejected,
    };
    set.errors.clone_from(&said.errors);
    set.segments.clone_from(&said.segments);
}

/// What AK2 loops and AK9 add up to.
#[derive(Debug, Clone, Copy)]
struct Tally {
    accepted: u64,
    with_errors: u64,
    rejected: u64,
    any_detail: bool,
}

/// Whether AK2 loops name every set that was received, and whether they name any.
#[derive(Debug, Clone, Copy)]
struct Naming {
    all: bool,
    none: bool,
}

impl Tally {
    fn of(report: &GroupReport, listed: &HashMap<usize, &SetReport>) -> Self {
        let mut tally = Self {
            accepted: 0,
            with_errors: 0,
            rejected: 0,
            any_detail: !report.errors.is_empty(),
        };
        for said in listed.values() {
            match said.status {
                SetStatus::Accepted => tally.accepted += 1,
                SetStatus::AcceptedWithErrors => tally.with_errors += 1,
                _ => tally.rejected += 1,
            }
            tally.any_detail |= said.has_detail();
        }
        tally
    }

    /// AK9 against what was sent, and against the AK2 loops.
    fn check(self, report: &GroupReport, sent: u64, found: &mut Vec<Found>) {
        if let GroupStatus::Other(code) = &report.status {
            let text = format!("AK901 is `{}`, which is no status", plain(code));
            found.push((FindingCode::AcknowledgmentIncomplete, text));
            return;
        }
        for (element, count) in [("AK902", report.included), ("AK903", report.received)] {
            if count != sent {
                let text = format!("{element} says {count}, but {sent} sets were sent");
                found.push((FindingCode::AcknowledgmentCountWrong, text));
            }
        }
        let (received, accepted) = (report.received, report.accepted);
        let mut contradiction = |text: String| {
            found.push((FindingCode::AcknowledgmentContradictory, text));
        };
        if accepted > received {
            contradiction(format!(
                "AK904 says {accepted}, more than the {received} of AK903"
            ));
        }
        let status = &report.status;
        let fits = match status {
            GroupStatus::Accepted | GroupStatus::AcceptedWithErrors => accepted >= received,
            GroupStatus::PartiallyAccepted => accepted > 0 && accepted < received,
            _ => accepted == 0,
        };
        if !fits {
            contradiction(format!(
                "AK901 is {status}, but {accepted} of {received} sets are accepted"
            ));
        }
        let wholly = matches!(
            status,
            GroupStatus::Accepted | GroupStatus::AcceptedWithErrors
        );
        if wholly && self.rejected > 0 {
            contradiction(format!(
                "AK901 is {status}, but {} AK2 loops reject their set",
                self.rejected
            ));
        } else if self.rejected > received.saturating_sub(accepted) {
            contradiction(format!(
                "AK904 says {accepted} of {received}, but {} AK2 loops reject their set",
                self.rejected
            ));
        }
    }

    /// A set that no AK2 names.
    fn unlisted(self, report: &GroupReport, naming: Naming) -> Outcome {
        match &report.status {
            GroupStatus::Other(_) => Outcome::Unacknowledged,
            status if !status.is_accepted() => Outcome::RejectedWithoutDetail,
            // Every set that came is named, and this one is not: it did not come.
            _ if naming.all && !naming.none => Outcome::Unacknowledged,
            GroupStatus::PartiallyAccepted => {
                let rejected = report.received.saturating_sub(report.accepted);
                if self.rejected >= rejected {
                    Outcome::Accepted
                } else {
                    Outcome::PartiallyAccepted
                }
            }
            GroupStatus::AcceptedWithErrors if naming.none && report.errors.is_empty() => {
                Outcome::AcceptedWithErrors
            }
            _ => Outcome::Accepted,
        }
    }

    fn group(self, report: &GroupReport) -> Outcome {
        match &report.status {
            GroupStatus::Other(_) => Outcome::Unacknowledged,
            status if !status.is_accepted() => {
                if self.any_detail {
                    Outcome::Rejected
                } else {
                    Outcome::RejectedWithoutDetail
                }
            }
            GroupStatus::PartiallyAccepted => Outcome::PartiallyAccepted,
            // AK9 and the AK2 loops disagree: something was not taken over.
            _ if self.rejected > 0 => Outcome::PartiallyAccepted,
            GroupStatus::AcceptedWithErrors => Outcome::AcceptedWithErrors,
            _ => Outcome::Accepted,
        }
    }
}

/// Without leading zeroes, where it is all digits.
fn significant(control_number: &str) -> &str {
    let text = control_number.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.trim_start_matches('0')
    } else {
        text
    }
}

/// A text from the wire, safe to show: short, without control characters.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .take(15)
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}
