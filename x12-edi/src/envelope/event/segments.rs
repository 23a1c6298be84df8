//! What each segment of the envelope opens, counts and closes.

use std::sync::Arc;

use super::super::header::{GroupHeader, InterchangeHeader, SetHeader};
use super::super::ledger::{Interchanges, TrailerCheck, declared};
use super::{EnvelopeReader, Pending};
use crate::finding::{Finding, FindingCode};
use crate::reader::Source;

impl<S: Source> EnvelopeReader<S> {
    fn find(&mut self, finding: Finding) {
        self.pending.push_back(Pending::Finding(Box::new(finding)));
    }

    fn find_here(&mut self, code: FindingCode, text: &str) {
        let finding = self.reader.current().finding(code, text);
        self.find(finding);
    }

    pub(super) fn on_segment(&mut self) {
        // Garbage before the segment is told before it, the rest behind it.
        let mut behind = Vec::new();
        if self.reader.has_findings() {
            let offset = self.reader.current().offset();
            for finding in self.reader.take_findings() {
                let is_before = finding.location.offset < offset;
                let finding = Pending::Finding(Box::new(finding));
                if is_before {
                    self.pending.push_back(finding);
                } else {
                    behind.push(finding);
                }
            }
        }
        match self.reader.current().id() {
            b"ISA" => self.on_isa(),
            b"GS" => self.on_gs(),
            b"ST" => self.on_st(),
            b"SE" => self.on_se(),
            b"GE" => self.on_ge(),
            b"IEA" => self.on_iea(),
            b"TA1" => self.on_other(true, true),
            // Service segments of the interchange, behind ISA.
            b"ISB" | b"ISE" | b"ISX" => self.on_other(false, true),
            _ => self.on_other(false, false),
        }
        self.pending.extend(behind);
    }

    /// Moves the findings that a header or trailer made to the pending ones.
    fn flush(&mut self) {
        for finding in self.findings.drain(..) {
            self.pending.push_back(Pending::Finding(Box::new(finding)));
        }
    }

    fn on_other(&mut self, is_ta1: bool, is_service: bool) {
        self.pending.push_back(Pending::Segment);
        if let Some(set) = self.ledger.set.get_mut() {
            set.count += 1;
        } else if is_ta1 {
            self.ledger.acknowledgments += 1;
        } else if !is_service || self.ledger.interchange.get().is_none() {
            self.find_here(
                FindingCode::SegmentMisplaced,
                "a segment stands outside any set",
            );
        }
    }

    fn close_set(&mut self, end: u64) {
        if let Some(set) = self.ledger.set.close() {
            let summary = set.summary(None, false, end);
            self.find_here(
                FindingCode::SetTrailerMissing,
                "the transaction set has no SE",
            );
            self.pending.push_back(Pending::SetEnd(summary, false));
        }
    }

    fn close_group(&mut self, end: u64) {
        self.close_set(end);
        if let Some(group) = self.ledger.group.close() {
            let summary = group.summary(None, false, end);
            self.find_here(FindingCode::GroupTrailerMissing, "the group has no GE");
            self.pending.push_back(Pending::GroupEnd(summary, false));
        }
    }

    fn close_interchange(&mut self, end: u64) {
        self.close_group(end);
        if let Some(interchange) = self.ledger.interchange.close() {
            let summary = interchange.summary(None, false, end);
            self.find_here(
                FindingCode::InterchangeTrailerMissing,
                "the interchange has no IEA",
            );
            self.pending
                .push_back(Pending::InterchangeEnd(summary, false));
        }
    }

    fn on_isa(&mut self) {
        let start = self.reader.current().offset();
        self.close_interchange(start);
        let isa = self.reader.current();
        let control = isa.element(13).as_bytes();
        let findings = &mut self.findings;
        let read = |_| Arc::new(InterchangeHeader::read(isa, findings));
        self.ledger.interchange.open(control, start, read);
        let pair = Interchanges::pair(&isa);
        let repeated = || {
            let text = "an interchange before it went between the same two under this ISA13";
            let finding = isa.finding(FindingCode::InterchangeControlNumberRepeated, text);
            finding.at_element(13).with_value(control)
        };
        match &mut self.partial {
            Some(partial) => {
                partial.own.clear();
                partial.is_carried = false;
                partial
                    .interchanges
                    .push((pair, control.to_vec(), repeated()));
            }
            None if self.ledger.interchanges.repeats(&pair, control) => {
                self.findings.push(repeated());
            }
            None => {}
        }
        self.ledger.acknowledgments = 0;
        self.pending.push_back(Pending::InterchangeStart);
        self.flush();
    }

    fn on_gs(&mut self) {
        let start = self.reader.current().offset();
        self.close_group(start);
        let gs = self.reader.current();
        let control = gs.element(6).as_bytes();
        let findings = &mut self.findings;
        let read = |old| GroupHeader::read(gs, old, findings);
        self.ledger.group.open(control, start, read);
        match self.ledger.interchange.get_mut() {
            Some(interchange) => {
                interchange.count += 1;
                let text = "another group of the interchange has the same GS06";
                let repeated = || {
                    let finding = gs.finding(FindingCode::GroupControlNumberRepeated, text);
                    finding.at_element(6).with_value(control)
                };
                match &mut self.partial {
                    Some(partial) if partial.is_carried => {
                        partial.carried.push((control.to_vec(), repeated()));
                    }
                    partial => {
                        if let Some(partial) = partial {
                            partial.own.push(control.to_vec());
                        }
                        if interchange.seen.repeats(control) {
                            self.findings.push(repeated());
                        }
                    }
                }
            }
            None => {
                let text = "GS stands outside any interchange";
                self.findings
                    .push(gs.finding(FindingCode::SegmentMisplaced, text));
            }
        }
        self.pending.push_back(Pending::GroupStart);
        self.flush();
    }

    fn on_st(&mut self) {
        let start = self.reader.current().offset();
        self.close_set(start);
        let st = self.reader.current();
        let control = st.element(2).as_bytes();
        let findings = &mut self.findings;
        let read = |old| SetHeader::read(st, old, findings);
        self.ledger.set.open(control, start, read);
        if let Some(set) = self.ledger.set.get_mut() {
            set.count = 1;
        }
        match self.ledger.group.get_mut() {
            Some(group) => {
                group.count += 1;
                if group.seen.repeats(control) {
                    let text = "another set of the group has the same ST02";
                    let finding = st.finding(FindingCode::SetControlNumberRepeated, text);
                    self.findings
                        .push(finding.at_element(2).with_value(control));
                }
            }
            None => {
                let text = "ST stands outside any group";
                self.findings
                    .push(st.finding(FindingCode::SetMisplaced, text));
            }
        }
        self.pending.push_back(Pending::SetStart);
        self.flush();
    }

    fn misplaced(&mut self, text: &str) {
        self.pending.push_back(Pending::Segment);
        self.find_here(FindingCode::TrailerMisplaced, text);
    }

    fn on_se(&mut self) {
        if let Some(set) = self.ledger.set.get_mut() {
            set.count += 1;
        }
        let Some(set) = self.ledger.set.close() else {
            return self.misplaced("SE stands where no transaction set is open");
        };
        let declared = TrailerCheck {
            trailer: self.reader.current(),
            what: "segments",
            counted: Some(set.count),
            count_code: FindingCode::SegmentCountWrong,
            header_element: "ST02",
            control: &set.control,
            control_code: FindingCode::SetControlNumberMismatch,
            numeric: false,
        }
        .run(&mut self.findings);
        let summary = set.summary(declared, true, self.reader.offset());
        self.flush();
        self.pending.push_back(Pending::SetEnd(summary, true));
    }

    fn on_ge(&mut self) {
        let start = self.reader.current().offset();
        self.close_set(start);
        let Some(group) = self.ledger.group.close() else {
            return self.misplaced("GE stands where no group is open");
        };
        let declared = TrailerCheck {
            trailer: self.reader.current(),
            what: "transaction sets",
            counted: Some(group.count),
            count_code: FindingCode::SetCountWrong,
            header_element: "GS06",
            control: &group.control,
            control_code: FindingCode::GroupControlNumberMismatch,
            numeric: true,
        }
        .run(&mut self.findings);
        let summary = group.summary(declared, true, self.reader.offset());
        self.flush();
        self.pending.push_back(Pending::GroupEnd(summary, true));
    }

    fn on_iea(&mut self) {
        let start = self.reader.current().offset();
        self.close_group(start);
        let Some(interchange) = self.ledger.interchange.close() else {
            return self.misplaced("IEA stands where no interchange is open");
        };
        let iea = self.reader.current();
        let mut counted = Some(interchange.count);
        if let Some(partial) = &mut self.partial
            && std::mem::take(&mut partial.is_carried)
        {
            let finding = iea.finding(FindingCode::GroupCountWrong, "");
            let finding = finding.at_element(1).with_value(iea.element(1).as_bytes());
            partial.trailer = Some((declared(iea), finding));
            counted = None;
        }
        let declared = TrailerCheck {
            trailer: iea,
            what: "groups",
            counted,
            count_code: FindingCode::GroupCountWrong,
            header_element: "ISA13",
            control: &interchange.control,
            control_code: FindingCode::InterchangeControlNumberMismatch,
            numeric: true,
        }
        .run(&mut self.findings);
        if interchange.count == 0 && self.ledger.acknowledgments == 0 {
            let text = "the interchange holds neither a group nor a TA1";
            self.findings
                .push(iea.finding(FindingCode::InterchangeEmpty, text));
        }
        let summary = interchange.summary(declared, true, self.reader.offset());
        self.flush();
        self.pending
            .push_back(Pending::InterchangeEnd(summary, true));
    }

    pub(super) fn on_end(&mut self) {
        for finding in self.reader.take_findings() {
            self.find(finding);
        }
        if !self.partial.as_ref().is_some_and(|partial| partial.goes_on) {
            self.close_interchange(self.reader.offset());
        }
    }
}
