//! Makes acknowledgments from the events of an envelope and the findings about it.

use std::collections::VecDeque;
use std::sync::Arc;

use super::code::{GroupErrorCode, InterchangeNote};
use super::errors::{SEGMENTS_IN_ERROR, SetErrors};
use super::interchange::InterchangeAcknowledgment;
use super::layout::Layout;
use super::options::{Detail, InterchangePolicy, Options};
use super::report::{GroupReport, SetReport};
use super::status::{GroupStatus, InterchangeStatus, SetStatus};
use crate::envelope::{Event, GroupHeader, InterchangeHeader, SetHeader, Summary};
use crate::finding::{AcknowledgmentCode, Finding, Severity};
use crate::segment::Segment;

/// The functional id of the groups that hold 997 and 999.
pub(super) const ACKNOWLEDGMENT_GROUP: &str = "FA";

/// What is to be answered to one received interchange.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InterchangeReport {
    /// ISA of the received interchange.
    pub header: Arc<InterchangeHeader>,
    /// What became of it, whether a TA1 says so or not.
    pub status: InterchangeStatus,
    /// The TA1, where there is to be one.
    pub acknowledgment: Option<InterchangeAcknowledgment>,
    /// The groups that are to be acknowledged, in order.
    pub groups: Vec<GroupAnswer>,
}

impl InterchangeReport {
    /// Whether there is nothing to send.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.acknowledgment.is_none() && self.groups.is_empty()
    }
}

/// The acknowledgment of one received group.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupAnswer {
    /// GS of the received group.
    pub header: Arc<GroupHeader>,
    /// What became of it.
    pub report: GroupReport,
    pub(super) layout: Layout,
}

/// Collects what an acknowledgment has to say while an input is read.
///
/// Every event goes to [`event`](Self::event); findings of a validator, or of the caller's own
/// checks, go to [`finding`](Self::finding) while their set is open or before the next event.
/// A finding counts by its `acknowledgment` code, its `severity` and its `location`; set
/// `acknowledgment` to `None` to keep one out. Memory is bounded by the limits of [`Options`].
///
/// Groups of acknowledgments (GS01 `FA`, or nothing but 997 and 999 inside) are not answered, and
/// an interchange that holds TA1 segments alone gets no TA1.
///
/// ```
/// use x12_edi::acknowledge::{Acknowledger, GroupStatus, Options};
/// use x12_edi::EnvelopeReader;
/// # let file = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*ACME*US*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240101~SE*4*0001~GE*1*1~IEA*1*000000001~";
/// let mut events = EnvelopeReader::from_slice(file);
/// let mut acknowledger = Acknowledger::new(Options::default());
/// while let Some(event) = events.next_event()? {
///     acknowledger.event(&event);
/// }
/// let report = acknowledger.next_report().expect("one interchange");
/// assert_eq!(report.groups[0].report.status, GroupStatus::Rejected);
/// assert_eq!(report.groups[0].report.sets[0].errors[0].as_str(), "4"); // SE01 is wrong
/// # Ok::<(), x12_edi::Error>(())
/// ```
#[derive(Debug)]
pub struct Acknowledger {
    options: Options,
    interchange: Option<OpenInterchange>,
    finished: VecDeque<InterchangeReport>,
    unplaced: u64,
}

#[derive(Debug)]
struct OpenInterchange {
    header: Arc<InterchangeHeader>,
    control_number: String,
    note: Option<InterchangeNote>,
    status: InterchangeStatus,
    acknowledgments: u64,
    groups_seen: u64,
    groups: Vec<GroupAnswer>,
    group: Option<OpenGroup>,
    sets_room: usize,
    errors_room: usize,
}

#[derive(Debug)]
struct OpenGroup {
    answer: GroupAnswer,
    worst: Option<Severity>,
    acknowledgments: u64,
    any_error: bool,
    set: Option<OpenSet>,
}

#[derive(Debug)]
struct OpenSet {
    report: SetReport,
    errors: SetErrors,
    worst: Option<Severity>,
}

impl Acknowledger {
    /// Nothing collected yet.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            interchange: None,
            finished: VecDeque::new(),
            unplaced: 0,
        }
    }

    /// Takes the next event of an [`EnvelopeReader`](crate::EnvelopeReader).
    pub fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Finding(finding) => self.finding(finding),
            Event::InterchangeStart(header, isa) => self.open_interchange(header, *isa),
            Event::GroupStart(header, gs) => self.open_group(header, *gs),
            Event::SetStart(header, _) => self.open_set(header),
            Event::GroupEnd(summary, _) => self.close_group(Some(summary)),
            Event::InterchangeEnd(..) => self.close_interchange(),
            Event::Segment(segment) => {
                if segment.number().is_none()
                    && segment.id() == b"TA1"
                    && let Some(interchange) = &mut self.interchange
                {
                    interchange.acknowledgments += 1;
                }
            }
            // A set is finished by what follows it, so that its validator may still speak.
            Event::SetEnd(..) => {}
        }
    }

    /// Takes a finding about the interchange, group or set that is open or ended last.
    pub fn finding(&mut self, finding: &Finding) {
        let Some(code) = finding.acknowledgment else {
            return;
        };
        if finding.severity < self.options.report_at {
            return;
        }
        let Some(interchange) = &mut self.interchange else {
            self.unplaced += 1;
            return;
        };
        let rejects = finding.severity >= self.options.reject_at;
        let group = interchange.group.as_mut();
        match code {
            AcknowledgmentCode::Ta105(note) => interchange.find(note, rejects),
            AcknowledgmentCode::Ak905(code) => match group {
                Some(group) => group.find(code, finding.severity),
                None => interchange.find(CONTENT, rejects),
            },
            AcknowledgmentCode::Ak502(_)
            | AcknowledgmentCode::Ak304(_)
            | AcknowledgmentCode::Ak403(_) => {
                let layout = group.as_ref().map(|group| group.answer.layout);
                let set = group.and_then(|group| group.set.as_mut());
                let (Some(layout), Some(set)) = (layout, set) else {
                    return interchange.find(CONTENT, rejects);
                };
                let room = &mut interchange.errors_room;
                set.worst = set.worst.max(Some(finding.severity));
                match code {
                    AcknowledgmentCode::Ak304(code) => {
                        set.errors.segment(layout, &finding.location, code, room);
                    }
                    AcknowledgmentCode::Ak403(code) => {
                        let copy = self.options.copy_values;
                        set.errors.element(layout, finding, code, copy, room);
                    }
                    other => {
                        let code = layout.set_code(other.code());
                        push_distinct(&mut set.report.errors, code);
                    }
                }
            }
        }
    }

    /// The next interchange that ended, with what is to be answered to it.
    pub fn next_report(&mut self) -> Option<InterchangeReport> {
        self.finished.pop_front()
    }

    /// How many findings with an acknowledgment code belong to no interchange, such as garbage
    /// between two: there is nobody to tell.
    #[must_use]
    pub fn unplaced_findings(&self) -> u64 {
        self.unplaced
    }

    fn open_interchange(&mut self, header: &Arc<InterchangeHeader>, isa: Segment<'_>) {
        self.close_interchange();
        self.interchange = Some(OpenInterchange {
            header: Arc::clone(header),
            control_number: digits(isa.element(13).as_bytes()),
            note: None,
            status: InterchangeStatus::Accepted,
            acknowledgments: 0,
            groups_seen: 0,
            groups: Vec::new(),
            group: None,
            sets_room: self.options.max_sets,
            errors_room: self.options.max_errors,
        });
    }

    fn open_group(&mut self, header: &Arc<GroupHeader>, gs: Segment<'_>) {
        self.close_group(None);
        let Some(interchange) = &mut self.interchange else {
            return;
        };
        interchange.groups_seen += 1;
        let layout = Layout::answering(self.options.set, &header.version);
        let later = layout.release >= crate::schema::Release::V005010;
        interchange.group = Some(OpenGroup {
            answer: GroupAnswer {
                header: Arc::clone(header),
                report: GroupReport {
                    version: later.then(|| header.version.clone()),
                    ..GroupReport::new(
                        header.functional_id.clone(),
                        match header.control_number {
                            Some(number) => number.to_string(),
                            None => digits(gs.element(6).as_bytes()),
                        },
                    )
                },
                layout,
            },
            worst: None,
            acknowledgments: 0,
            any_error: false,
            set: None,
        });
    }

    fn open_set(&mut self, header: &SetHeader) {
        self.close_set();
        let group = self.interchange.as_mut().and_then(|i| i.group.as_mut());
        let Some(group) = group else {
            return;
        };
        group.answer.report.received += 1;
        if is_acknowledgment(&header.code) {
            group.acknowledgments += 1;
        }
        group.set = Some(OpenSet {
            report: SetReport {
                implementation: header
                    .implementation
                    .clone()
                    .filter(|_| group.answer.report.version.is_some()),
                ..SetReport::new(
                    header.code.clone(),
                    header.control_number.clone(),
                    SetStatus::Accepted,
                )
            },
            errors: SetErrors::default(),
            worst: None,
        });
    }

    fn close_set(&mut self) {
        let Some(interchange) = &mut self.interchange else {
            return;
        };
        let Some(group) = &mut interchange.group else {
            return;
        };
        let Some(OpenSet {
            mut report,
            errors,
            worst,
        }) = group.set.take()
        else {
            return;
        };
        report.status = match worst {
            None => SetStatus::Accepted,
            Some(worst) if worst < self.options.reject_at => SetStatus::AcceptedWithErrors,
            Some(_) => SetStatus::Rejected,
        };
        if !errors.is_empty() {
            // Four codes and this one: it is never the one that finds no room.
            report.errors.truncate(MAX_CODES - 1);
            push_distinct(
                &mut report.errors,
                group.answer.layout.set_code(SEGMENTS_IN_ERROR),
            );
        }
        let answer = &mut group.answer.report;
        answer.left_out.errors += errors.left_out;
        report.segments = errors.finish();
        let accepted = report.status.is_accepted();
        answer.accepted += u64::from(accepted);
        group.any_error |= report.status != SetStatus::Accepted;
        let listed = match self.options.detail {
            Detail::EverySet => true,
            Detail::SetsWithErrors => report.status != SetStatus::Accepted,
            Detail::RejectedSets => !accepted,
        };
        let reserved = if accepted {
            self.options.max_sets / 10
        } else {
            0
        };
        if listed && interchange.sets_room > reserved {
            interchange.sets_room -= 1;
            answer.sets.push(report);
        } else if listed {
            answer.left_out.sets += 1;
        }
    }

    fn close_group(&mut self, summary: Option<&Summary>) {
        self.close_set();
        let Some(interchange) = &mut self.interchange else {
            return;
        };
        let Some(mut group) = interchange.group.take() else {
            return;
        };
        let report = &mut group.answer.report;
        report.included = summary
            .and_then(|summary| summary.declared)
            .unwrap_or(report.received);
        if group.worst >= Some(self.options.reject_at) {
            report.accepted = 0;
            report
                .sets
                .iter_mut()
                .for_each(|set| set.status = SetStatus::Rejected);
        }
        let wholly_rejected = group.worst >= Some(self.options.reject_at)
            || (report.accepted == 0 && report.received > 0);
        report.status = if wholly_rejected {
            GroupStatus::Rejected
        } else if report.accepted < report.received {
            GroupStatus::PartiallyAccepted
        } else if group.any_error || group.worst.is_some() {
            GroupStatus::AcceptedWithErrors
        } else {
            GroupStatus::Accepted
        };
        let acknowledges = report.functional_id == ACKNOWLEDGMENT_GROUP
            || (report.received > 0 && group.acknowledgments == report.received);
        if !acknowledges {
            interchange.groups.push(group.answer);
        }
    }

    fn close_interchange(&mut self) {
        self.close_group(None);
        let Some(interchange) = self.interchange.take() else {
            return;
        };
        let OpenInterchange { header, status, .. } = interchange;
        let wanted = match self.options.interchange {
            InterchangePolicy::WhenRequested => header.acknowledgment_requested,
            InterchangePolicy::OnError => status != InterchangeStatus::Accepted,
            InterchangePolicy::Always => true,
            InterchangePolicy::Never => false,
        };
        let only_acknowledgments = interchange.groups_seen == 0 && interchange.acknowledgments > 0;
        let acknowledgment = (wanted && !only_acknowledgments).then(|| InterchangeAcknowledgment {
            control_number: format!("{:0>9}", interchange.control_number),
            date: header
                .date
                .map_or("000000".to_owned(), |date| date.to_yymmdd()),
            time: header.time.map_or("0000".to_owned(), |time| {
                format!("{:02}{:02}", time.hour(), time.minute())
            }),
            status: status.clone(),
            note: interchange.note.unwrap_or(InterchangeNote::known("000")),
        });
        let told = acknowledgment.is_some() && !status.is_accepted();
        let groups = if told && !self.options.groups_of_rejected {
            Vec::new()
        } else {
            interchange.groups
        };
        self.finished.push_back(InterchangeReport {
            header,
            status,
            acknowledgment,
            groups,
        });
    }
}

/// The note of an interchange whose content is unusable.
const CONTENT: &str = "024";

/// The most codes of a set or a group.
const MAX_CODES: usize = 5;

/// Which notes reject an interchange, if the finding is grave enough: those by which Microsoft
/// BizTalk Server says `R` and not `E`.
fn is_rejecting(note: &str) -> bool {
    matches!(
        note,
        "004"
            | "005"
            | "007"
            | "010"
            | "011"
            | "012"
            | "013"
            | "014"
            | "015"
            | "016"
            | "017"
            | "018"
            | "022"
            | "023"
            | "024"
            | "025"
            | "026"
            | "027"
    )
}

impl OpenInterchange {
    fn find(&mut self, note: &'static str, grave: bool) {
        let rejects = grave && is_rejecting(note);
        let was_rejected = !self.status.is_accepted();
        if self.note.is_none() || (rejects && !was_rejected) {
            self.note = Some(InterchangeNote::known(note));
        }
        if rejects {
            self.status = InterchangeStatus::Rejected;
        } else if !was_rejected {
            self.status = InterchangeStatus::AcceptedWithErrors;
        }
    }
}

impl OpenGroup {
    fn find(&mut self, code: &'static str, severity: Severity) {
        self.worst = self.worst.max(Some(severity));
        push_distinct(&mut self.answer.report.errors, GroupErrorCode::known(code));
    }
}

fn push_distinct<T: PartialEq>(codes: &mut Vec<T>, code: T) {
    if codes.len() < MAX_CODES && !codes.contains(&code) {
        codes.push(code);
    }
}

fn is_acknowledgment(code: &str) -> bool {
    matches!(code, "997" | "999")
}

/// The digits of a control number that may be anything, as a number: at most nine, `0` if there
/// is none.
fn digits(text: &[u8]) -> String {
    let digits: String = text
        .iter()
        .filter(|byte| byte.is_ascii_digit())
        .map(|&byte| char::from(byte))
        .skip_while(|&digit| digit == '0')
        .take(9)
        .collect();
    if digits.is_empty() {
        "0".to_owned()
    } else {
        digits
    }
}
