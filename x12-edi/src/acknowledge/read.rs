//! Reads 997, 999 and TA1.

use std::sync::Arc;

use super::code::{ElementErrorCode, GroupErrorCode, SegmentErrorCode, SetErrorCode};
use super::interchange::InterchangeAcknowledgment;
use super::report::{
    ContextName, ElementError, ErrorContext, GroupReport, SegmentError, SetReport,
};
use super::status::{GroupStatus, SetStatus};
use crate::envelope::{EnvelopeReader, Event, GroupHeader, InterchangeHeader, TransactionSet};
use crate::error::Result;
use crate::finding::Location;
use crate::reader::Source;
use crate::segment::{Element, Segment, decode};

/// One acknowledgment that was received, with who sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Acknowledgment {
    /// ISA of the interchange that brought it.
    pub interchange: Arc<InterchangeHeader>,
    /// GS of the group that brought it; `None` for a TA1.
    pub group: Option<Arc<GroupHeader>>,
    /// Where it starts: the TA1, or the ST of the 997 or 999.
    pub location: Location,
    /// What it says.
    pub statement: Statement,
}

/// What a received acknowledgment is about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Statement {
    /// TA1: an interchange.
    Interchange(InterchangeAcknowledgment),
    /// 997 or 999: a group.
    Group(GroupReport),
}

/// Reads every acknowledgment of an input; what is none is passed over.
///
/// ```
/// use x12_edi::acknowledge::{SetStatus, Statement, read};
/// use x12_edi::EnvelopeReader;
/// # let file: &[u8] = b"ISA*00*          *00*          *ZZ*RECEIVER       *ZZ*SENDER         *240102*0800*U*00401*000000001*0*P*>~GS*FA*US*ACME*20240102*0800*1*X*004010~ST*997*0001~AK1*PO*1~AK2*850*0001~AK5*E*5~AK9*E*1*1*1~SE*6*0001~GE*1*1~IEA*1*000000001~";
/// let received = read(EnvelopeReader::from_slice(file))?;
/// let Statement::Group(report) = &received[0].statement else { panic!() };
/// assert_eq!(report.sets[0].status, SetStatus::AcceptedWithErrors);
/// # Ok::<(), x12_edi::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io) if the source fails.
pub fn read<S: Source>(mut events: EnvelopeReader<S>) -> Result<Vec<Acknowledgment>> {
    let mut received = Vec::new();
    let mut interchange = None;
    let mut group = None;
    let mut open: Option<(Location, ReportReader)> = None;
    while let Some(event) = events.next_event()? {
        match event {
            Event::InterchangeStart(header, _) => interchange = Some(Arc::clone(header)),
            Event::GroupStart(header, _) => group = Some(Arc::clone(header)),
            Event::SetStart(header, st) if is_acknowledgment(&header.code) => {
                open = Some((st.location(), ReportReader::default()));
            }
            Event::Segment(segment) => match &mut open {
                Some((_, reader)) => reader.segment(segment),
                None => {
                    if let Some(ta1) = InterchangeAcknowledgment::read(segment)
                        && let Some(interchange) = &interchange
                    {
                        received.push(Acknowledgment {
                            interchange: Arc::clone(interchange),
                            group: None,
                            location: segment.location(),
                            statement: Statement::Interchange(ta1),
                        });
                    }
                }
            },
            Event::SetEnd(..) => {
                let report = open
                    .take()
                    .and_then(|(location, reader)| Some((location, reader.finish()?)));
                if let (Some((location, report)), Some(interchange)) = (report, &interchange) {
                    received.push(Acknowledgment {
                        interchange: Arc::clone(interchange),
                        group: group.clone(),
                        location,
                        statement: Statement::Group(report),
                    });
                }
            }
            Event::GroupEnd(..) => group = None,
            Event::InterchangeEnd(..) => interchange = None,
            Event::SetStart(..) | Event::Finding(_) => {}
        }
    }
    Ok(received)
}

fn is_acknowledgment(code: &str) -> bool {
    matches!(code, "997" | "999")
}

impl GroupReport {
    /// Reads a 997 or 999 of any release; `None` for another set and for one without AK1.
    ///
    /// Everything is taken as it stands; what is missing is empty, and a status that is missing
    /// is [`Other`](GroupStatus::Other) of an empty code.
    #[must_use]
    pub fn read(set: &TransactionSet) -> Option<Self> {
        if !is_acknowledgment(set.code()) {
            return None;
        }
        let mut reader = ReportReader::default();
        set.segments().for_each(|segment| reader.segment(segment));
        reader.finish()
    }
}

#[derive(Debug, Default)]
struct ReportReader {
    report: Option<GroupReport>,
}

impl ReportReader {
    fn segment(&mut self, segment: Segment<'_>) {
        if segment.id() == b"AK1" && self.report.is_none() {
            self.report = Some(GroupReport {
                version: filled(segment.element(3)),
                status: GroupStatus::from_code(""),
                ..GroupReport::new(segment.element(1).text(), segment.element(2).text())
            });
            return;
        }
        let Some(report) = &mut self.report else {
            return;
        };
        match segment.id() {
            b"AK2" => {
                let (code, number) = (segment.element(1).text(), segment.element(2).text());
                report.sets.push(SetReport {
                    implementation: filled(segment.element(3)),
                    ..SetReport::new(code, number, SetStatus::from_code(""))
                });
            }
            b"AK9" => {
                report.status = GroupStatus::from_code(&text(segment.element(1)));
                report.included = count(segment.element(2));
                report.received = count(segment.element(3));
                report.accepted = count(segment.element(4));
                report.errors = codes(segment, 5, GroupErrorCode::new);
            }
            id => {
                if let Some(set) = report.sets.last_mut() {
                    in_set(set, id, segment);
                }
            }
        }
    }

    fn finish(self) -> Option<GroupReport> {
        self.report
    }
}

/// A segment of an AK2 loop.
fn in_set(set: &mut SetReport, id: &[u8], segment: Segment<'_>) {
    match id {
        b"AK3" | b"IK3" => set.segments.push(SegmentError {
            id: text(segment.element(1)),
            position: number(segment.element(2).as_bytes()).unwrap_or(0),
            loop_id: filled(segment.element(3)),
            codes: codes(segment, 4, SegmentErrorCode::new),
            contexts: Vec::new(),
            elements: Vec::new(),
        }),
        b"AK4" | b"IK4" => {
            let Some(note) = set.segments.last_mut() else {
                return;
            };
            let place = segment.element(1);
            note.elements.push(ElementError {
                element: number(place.component(1)).unwrap_or(0),
                component: number(place.component(2)),
                repetition: number(place.component(3)),
                reference: filled(segment.element(2)),
                code: ElementErrorCode::new(segment.element(3).text()),
                value: filled(segment.element(4)),
                contexts: Vec::new(),
            });
        }
        b"CTX" => {
            let Some(note) = set.segments.last_mut() else {
                return;
            };
            let contexts = match note.elements.last_mut() {
                Some(element) => &mut element.contexts,
                None => &mut note.contexts,
            };
            contexts.push(context(segment));
        }
        b"AK5" | b"IK5" => {
            set.status = SetStatus::from_code(&text(segment.element(1)));
            set.errors = codes(segment, 2, SetErrorCode::new);
        }
        _ => {}
    }
}

fn context(segment: Segment<'_>) -> ErrorContext {
    let component = |element: Element<'_>, n: usize| {
        let bytes = element.component(n);
        (!bytes.is_empty()).then(|| decode(bytes).into_owned())
    };
    let (place, reference) = (segment.element(5), segment.element(6));
    let names = segment.element(1);
    ErrorContext {
        names: if names.is_empty() {
            Vec::new()
        } else {
            let name = |element: Element<'_>| ContextName {
                name: component(element, 1).unwrap_or_default(),
                value: component(element, 2),
            };
            names.repetitions().map(name).collect()
        },
        segment_id: filled(segment.element(2)),
        position: number(segment.element(3).as_bytes()),
        loop_id: filled(segment.element(4)),
        element: number(place.component(1)),
        component: number(place.component(2)),
        repetition: number(place.component(3)),
        reference: component(reference, 1),
        component_reference: component(reference, 2),
    }
}

fn text(element: Element<'_>) -> String {
    element.text().into_owned()
}

fn filled(element: Element<'_>) -> Option<String> {
    (!element.is_empty()).then(|| text(element))
}

fn number<N: std::str::FromStr>(digits: &[u8]) -> Option<N> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn count(element: Element<'_>) -> u64 {
    number(element.as_bytes()).unwrap_or(0)
}

/// The codes from an element on, without empty ones.
fn codes<C>(segment: Segment<'_>, first: usize, code: fn(String) -> C) -> Vec<C> {
    (first..=segment.len())
        .filter_map(|element| filled(segment.element(element)))
        .map(code)
        .collect()
}
