//! Compares what was acknowledged with what was sent.

use std::collections::HashMap;

use super::interchange::InterchangeAcknowledgment;
use super::judge::{judge, plain};
use super::outcome::{GroupOutcome, InterchangeOutcome, Outcome, Reconciliation, SetOutcome};
use super::read::{Acknowledgment, Statement};
use super::report::GroupReport;
use super::sent::SentInterchange;
use super::status::InterchangeStatus;
use crate::finding::{Finding, FindingCode};

/// Says of every interchange, group and set that was sent what became of it.
///
/// An acknowledgment belongs to a group if AK101 is its GS01, AK102 has the value of its GS06 (both
/// are numbers, so leading zeroes do not count), and it comes from whom the group was sent to: the
/// interchange ids agree, or the application codes do. A TA1 belongs to an interchange by the value
/// of ISA13 and the interchange ids. Sets are found by ST02 as it stands; where none has it, and it
/// is all digits, by its value, since many systems pad AK202 anew.
///
/// The first acknowledgment of a group counts; later ones are findings. Where several groups that
/// were sent have the same number, the first that has no acknowledgment yet gets the next one.
///
/// ```
/// use x12_edi::acknowledge::{Outcome, read, reconcile, sent};
/// use x12_edi::EnvelopeReader;
/// # let order: &[u8] = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*ACME*US*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240101~SE*3*0001~ST*850*0002~BEG*00*SA*4712**20240101~SE*3*0002~GE*2*1~IEA*1*000000001~";
/// # let reply: &[u8] = b"ISA*00*          *00*          *ZZ*RECEIVER       *ZZ*SENDER         *240102*0800*U*00401*000000001*0*P*>~GS*FA*US*ACME*20240102*0800*1*X*004010~ST*997*0001~AK1*PO*1~AK2*850*0002~AK3*BEG*2**8~AK4*3*324*5*4712~AK5*R*5~AK9*P*2*2*1~SE*8*0001~GE*1*1~IEA*1*000000001~";
/// let sent = sent(EnvelopeReader::from_slice(order))?;
/// let received = read(EnvelopeReader::from_slice(reply))?;
/// let result = reconcile(&sent, &received);
/// let outcomes: Vec<_> = result.sets().map(|(_, set)| set.outcome).collect();
/// assert_eq!(outcomes, [Outcome::Accepted, Outcome::Rejected]);
/// assert_eq!(result.interchanges[0].groups[0].sets[1].segments[0].id, "BEG");
/// assert!(result.findings.is_empty());
/// # Ok::<(), x12_edi::Error>(())
/// ```
#[must_use]
pub fn reconcile(sent: &[SentInterchange], received: &[Acknowledgment]) -> Reconciliation {
    let mut ledger = Ledger::new(sent);
    // What is said of groups comes first: a TA1 that rejects their interchange is measured by it.
    for acknowledgment in received {
        if let Statement::Group(report) = &acknowledgment.statement {
            ledger.group(acknowledgment, report);
        }
    }
    for acknowledgment in received {
        if let Statement::Interchange(ta1) = &acknowledgment.statement {
            ledger.interchange(acknowledgment, ta1);
        }
    }
    Reconciliation {
        interchanges: ledger.outcomes,
        findings: ledger.findings,
    }
}

struct Ledger<'a> {
    sent: &'a [SentInterchange],
    outcomes: Vec<InterchangeOutcome>,
    /// By GS01 and GS06: interchange and group.
    groups: HashMap<(&'a str, u32), Vec<(usize, usize)>>,
    interchanges: HashMap<u32, Vec<usize>>,
    /// What was said first of a group, of an interchange.
    reports: HashMap<(usize, usize), &'a GroupReport>,
    notes: HashMap<usize, &'a InterchangeAcknowledgment>,
    findings: Vec<Finding>,
}

impl<'a> Ledger<'a> {
    fn new(sent: &'a [SentInterchange]) -> Self {
        let mut groups: HashMap<_, Vec<_>> = HashMap::new();
        let mut interchanges: HashMap<_, Vec<_>> = HashMap::new();
        for (i, interchange) in sent.iter().enumerate() {
            let number = interchange.control_number.get();
            interchanges.entry(number).or_default().push(i);
            for (g, group) in interchange.groups.iter().enumerate() {
                let key = (group.functional_id.as_str(), group.control_number.get());
                groups.entry(key).or_default().push((i, g));
            }
        }
        Self {
            sent,
            outcomes: sent.iter().map(unacknowledged).collect(),
            groups,
            interchanges,
            reports: HashMap::new(),
            notes: HashMap::new(),
            findings: Vec::new(),
        }
    }

    fn find(&mut self, code: FindingCode, acknowledgment: &Acknowledgment, text: String) {
        let location = acknowledgment.location.clone();
        self.findings.push(Finding::new(code, location, text));
    }

    fn group(&mut self, acknowledgment: &'a Acknowledgment, report: &'a GroupReport) {
        let name = format!(
            "group {} {}",
            plain(&report.functional_id),
            plain(&report.control_number)
        );
        let number = value(&report.control_number);
        let candidates = number
            .and_then(|number| self.groups.get(&(report.functional_id.as_str(), number)))
            .map_or(&[][..], Vec::as_slice);
        if candidates.is_empty() {
            let text = format!("{name} is acknowledged, but was not sent");
            return self.find(FindingCode::AcknowledgmentUnmatched, acknowledgment, text);
        }
        let sent = self.sent;
        let theirs: Vec<_> = candidates
            .iter()
            .copied()
            .filter(|&(i, g)| {
                let interchange = sent.get(i);
                let receiver = interchange
                    .and_then(|sent| sent.groups.get(g))
                    .map(|g| g.receiver.as_str());
                let group = acknowledgment.group.as_ref();
                interchange.is_some_and(|sent| sent.receiver == acknowledgment.interchange.sender)
                    || group
                        .is_some_and(|group| Some(group.sender.trim()) == receiver.map(str::trim))
            })
            .collect();
        let Some(&last) = theirs.last() else {
            let from = &acknowledgment.interchange.sender;
            let text = format!("{name} is acknowledged by {from}, to whom it was not sent");
            return self.find(FindingCode::AcknowledgmentUnmatched, acknowledgment, text);
        };
        let open = theirs
            .iter()
            .copied()
            .find(|at| !self.reports.contains_key(at));
        let Some(at) = open else {
            let same = self
                .reports
                .get(&last)
                .is_some_and(|first| *first == report);
            return self.second(acknowledgment, same, &name);
        };
        self.reports.insert(at, report);
        let outcome = self
            .outcomes
            .get_mut(at.0)
            .and_then(|i| i.groups.get_mut(at.1));
        if let Some(outcome) = outcome {
            let found = judge(report, outcome);
            for (code, text) in found {
                self.find(code, acknowledgment, format!("{name}: {text}"));
            }
        }
    }

    fn second(&mut self, acknowledgment: &Acknowledgment, same: bool, name: &str) {
        if same {
            let text = format!("{name} was acknowledged before, in the same way");
            self.find(FindingCode::AcknowledgmentRepeated, acknowledgment, text);
        } else {
            let text =
                format!("{name} was acknowledged before, in another way; the first one counts");
            self.find(
                FindingCode::AcknowledgmentContradictory,
                acknowledgment,
                text,
            );
        }
    }

    fn interchange(
        &mut self,
        acknowledgment: &'a Acknowledgment,
        ta1: &'a InterchangeAcknowledgment,
    ) {
        let name = format!("interchange {}", plain(&ta1.control_number));
        let candidates = value(&ta1.control_number)
            .and_then(|number| self.interchanges.get(&number))
            .map_or(&[][..], Vec::as_slice);
        let sent = self.sent;
        let theirs: Vec<_> = candidates
            .iter()
            .copied()
            .filter(|&i| {
                sent.get(i)
                    .is_some_and(|sent| sent.receiver == acknowledgment.interchange.sender)
            })
            .collect();
        let Some(&last) = theirs.last() else {
            let text = if candidates.is_empty() {
                format!("{name} is acknowledged, but was not sent")
            } else {
                let from = &acknowledgment.interchange.sender;
                format!("{name} is acknowledged by {from}, to whom it was not sent")
            };
            return self.find(FindingCode::AcknowledgmentUnmatched, acknowledgment, text);
        };
        let open = theirs
            .iter()
            .copied()
            .find(|at| !self.notes.contains_key(at));
        let Some(at) = open else {
            let same = self.notes.get(&last).is_some_and(|first| *first == ta1);
            return self.second(acknowledgment, same, &name);
        };
        self.notes.insert(at, ta1);
        let Some(outcome) = self.outcomes.get_mut(at) else {
            return;
        };
        outcome.note = Some(ta1.note.clone());
        outcome.outcome = match &ta1.status {
            InterchangeStatus::Accepted => Outcome::Accepted,
            InterchangeStatus::AcceptedWithErrors => Outcome::AcceptedWithErrors,
            InterchangeStatus::Rejected | InterchangeStatus::Other(_) => Outcome::Rejected,
        };
        if !outcome.outcome.is_rejected() {
            return;
        }
        let mut contradicted = Vec::new();
        for group in &mut outcome.groups {
            match group.outcome {
                Outcome::Unacknowledged => reject(group),
                outcome if !outcome.is_rejected() => contradicted.push(format!(
                    "{name} is rejected, but its group {} {} is {outcome}",
                    group.functional_id, group.control_number
                )),
                _ => {}
            }
        }
        if let InterchangeStatus::Other(code) = &ta1.status {
            let text = format!("{name}: TA104 is `{}`, which is no status", plain(code));
            self.find(FindingCode::AcknowledgmentIncomplete, acknowledgment, text);
        }
        for text in contradicted {
            self.find(
                FindingCode::AcknowledgmentContradictory,
                acknowledgment,
                text,
            );
        }
    }
}

/// A group whose interchange was rejected as a whole.
fn reject(group: &mut GroupOutcome) {
    group.outcome = Outcome::RejectedWithoutDetail;
    for set in &mut group.sets {
        set.outcome = Outcome::RejectedWithoutDetail;
    }
}

fn unacknowledged(sent: &SentInterchange) -> InterchangeOutcome {
    InterchangeOutcome {
        control_number: sent.control_number,
        receiver: sent.receiver.clone(),
        outcome: Outcome::Unacknowledged,
        note: None,
        groups: sent
            .groups
            .iter()
            .map(|group| GroupOutcome {
                functional_id: group.functional_id.clone(),
                control_number: group.control_number,
                outcome: Outcome::Unacknowledged,
                errors: Vec::new(),
                sets: group
                    .sets
                    .iter()
                    .map(|set| SetOutcome {
                        code: set.code.clone(),
                        control_number: set.control_number.clone(),
                        outcome: Outcome::Unacknowledged,
                        errors: Vec::new(),
                        segments: Vec::new(),
                    })
                    .collect(),
            })
            .collect(),
    }
}

/// The value of a control number, whatever its padding.
fn value(control_number: &str) -> Option<u32> {
    let text = control_number.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}
