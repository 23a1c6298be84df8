//! A set in pieces is the same set, whatever its size and however it comes in.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Read;

use proptest::prelude::*;
use x12_edi::document::purchase_order::PurchaseOrder;
use x12_edi::envelope::{Event, Part, SetPieces};
use x12_edi::finding::Finding;
use x12_edi::{EnvelopeReader, Source};

const ISA: &str = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~";

/// An interchange with these sets; each is its code and what stands between ST and SE.
fn file(sets: &[(&str, &str)]) -> String {
    let mut text = format!("{ISA}GS*PO*AB*CD*20240101*1200*1*X*004010~");
    for (index, (code, content)) in sets.iter().enumerate() {
        let (number, count) = (index + 1, content.matches('~').count() + 2);
        text.push_str(&format!(
            "ST*{code}*{number:04}~{content}SE*{count}*{number:04}~"
        ));
    }
    text.push_str(&format!("GE*{}*1~IEA*1*000000001~", sets.len()));
    text
}

/// What a piece shows: its part, its own segments with number and offset, its findings.
#[derive(Debug, PartialEq)]
struct Shown {
    part: Part,
    segments: Vec<(u32, u64, String)>,
    heading: usize,
    findings: Vec<Finding>,
    last: bool,
}

fn shown<S: Source>(mut pieces: SetPieces<S>) -> (Vec<Shown>, Vec<Finding>) {
    let mut all = Vec::new();
    while let Some(piece) = pieces.next_piece().unwrap() {
        let segments: Vec<_> = piece
            .segments()
            .map(|segment| {
                let text = String::from_utf8_lossy(segment.as_bytes()).into_owned();
                (segment.number().unwrap(), segment.offset(), text)
            })
            .collect();
        all.push(Shown {
            part: piece.part(),
            heading: piece.set().len() - segments.len(),
            segments,
            findings: piece.findings().to_vec(),
            last: piece.summary().is_some(),
        });
    }
    (all, pieces.take_findings())
}

/// The same segments and findings, read without pieces.
fn whole(bytes: &[u8]) -> (Vec<(u32, u64, String)>, Vec<String>) {
    let mut events = EnvelopeReader::from_slice(bytes);
    let (mut segments, mut findings) = (Vec::new(), Vec::new());
    let mut inside = false;
    while let Some(event) = events.next_event().unwrap() {
        let segment = match event {
            Event::Finding(finding) => {
                findings.push(finding.to_string());
                continue;
            }
            Event::SetStart(_, segment) => {
                inside = true;
                Some(segment)
            }
            Event::SetEnd(_, segment) => {
                inside = false;
                segment
            }
            Event::Segment(segment) if inside => Some(segment),
            _ => None,
        };
        if let Some(segment) = segment {
            let text = String::from_utf8_lossy(segment.as_bytes()).into_owned();
            segments.push((segment.number().unwrap(), segment.offset(), text));
        }
    }
    findings.sort_unstable();
    (segments, findings)
}

fn parts(text: &str, path: &str) -> Vec<(Part, String)> {
    let (shown, _) = shown(SetPieces::from_slice(text.as_bytes(), path));
    let ids = |piece: &Shown| -> String {
        let ids: Vec<_> = piece
            .segments
            .iter()
            .map(|(_, _, text)| text.split('*').next().unwrap().to_owned())
            .collect();
        ids.join(" ")
    };
    shown.iter().map(|piece| (piece.part, ids(piece))).collect()
}

const ORDER: &str = "BEG*00*SA*1**20240101~REF*DP*1~N1*ST*X~PO1*1*1*EA*1~PID*F****A~N1*ST*Y~N3*S~PO1*2*1*EA*1~PID*F****B~CTT*2~AMT*TT*2~";

#[test]
fn an_order_comes_as_heading_lines_and_rest() {
    let text = file(&[("850", ORDER)]);
    assert_eq!(
        parts(&text, "PO1"),
        [
            (Part::Heading, "ST BEG REF N1".to_owned()),
            (Part::Round(1), "PO1 PID N1 N3".to_owned()),
            (Part::Round(2), "PO1 PID".to_owned()),
            (Part::Rest, "CTT AMT SE".to_owned()),
        ]
    );
    let (shown, findings) = shown(SetPieces::from_slice(text.as_bytes(), "PO1"));
    assert_eq!(findings, []);
    assert_eq!(
        shown.iter().map(|piece| piece.heading).collect::<Vec<_>>(),
        [0, 4, 4, 4]
    );
    assert_eq!(
        shown.iter().map(|piece| piece.last).collect::<Vec<_>>(),
        [false, false, false, true]
    );
}

#[test]
fn each_piece_is_a_document() {
    let text = file(&[("850", ORDER)]);
    let mut pieces = SetPieces::from_slice(text.as_bytes(), "PO1");
    let mut lines = Vec::new();
    while let Some(piece) = pieces.next_piece().unwrap() {
        let order = PurchaseOrder::parse(piece.set()).document;
        assert_eq!(order.number(), "1");
        assert_eq!(piece.set().group().unwrap().version, "004010");
        lines.extend(order.lines.iter().map(|line| line.item.line_number.clone()));
    }
    assert_eq!(lines.len(), 2);
}

#[test]
fn inner_loops_leave_rests_between() {
    let text = file(&[("850", ORDER)]);
    assert_eq!(
        parts(&text, "PO1/N1"),
        [
            (Part::Heading, "ST BEG REF N1 PO1 PID".to_owned()),
            (Part::Round(1), "N1 N3".to_owned()),
            (Part::Rest, "PO1 PID CTT AMT SE".to_owned()),
        ]
    );
    // By its id alone the outermost loop is meant.
    assert_eq!(parts(&text, "N1")[1], (Part::Round(1), "N1".to_owned()));
    assert_eq!(parts(&text, "N1").len(), 3);
}

#[test]
fn sets_without_the_loop_or_without_a_schema_come_too() {
    let text = file(&[
        ("850", "BEG*00*SA*1**20240101~CTT*0~"),
        ("000", "ABC*1~PO1*1~X1*1~PO1*2~CTT*2~"),
    ]);
    assert_eq!(
        parts(&text, "PO1"),
        [
            (Part::Heading, "ST BEG CTT".to_owned()),
            (Part::Rest, "SE".to_owned()),
            (Part::Heading, "ST ABC".to_owned()),
            (Part::Round(1), "PO1 X1".to_owned()),
            (Part::Round(2), "PO1 CTT".to_owned()),
            (Part::Rest, "SE".to_owned()),
        ]
    );
    assert_eq!(parts(&text, "XYZ").len(), 4);
}

#[test]
fn a_set_that_breaks_off_keeps_its_last_piece() {
    let text = file(&[("850", ORDER)]);
    let cut = text.split("~CTT").next().unwrap();
    let (shown, _) = shown(SetPieces::from_slice(cut.as_bytes(), "PO1"));
    let last = shown.last().unwrap();
    assert_eq!((last.part, last.last), (Part::Round(2), true));
    assert!(
        last.findings
            .iter()
            .any(|finding| finding.code.as_str() == "set-trailer-missing")
    );
}

#[test]
fn what_is_too_large_is_left_out_and_the_rest_comes() {
    let order = "BEG*00*SA*1**20240101~PO1*1*1*EA*1~PO1*2*1*EA*1~PID*F****LONG LONG LONG LONG LONG LONG LONG LONG~PO1*3*1*EA*1~CTT*3~";
    let text = file(&[("850", order), ("850", ORDER)]);
    let limit =
        |bytes| shown(SetPieces::from_slice(text.as_bytes(), "PO1").with_max_piece_bytes(bytes));
    let (pieces, findings) = limit(90);
    let kept: Vec<_> = pieces.iter().take(4).map(|piece| piece.part).collect();
    assert_eq!(
        kept,
        [Part::Heading, Part::Round(1), Part::Round(3), Part::Rest]
    );
    assert_eq!(findings.len(), 1);
    assert_eq!(
        findings.iter().map(|f| f.code.as_str()).next(),
        Some("set-too-large")
    );
    assert_eq!(
        findings.iter().filter_map(|f| f.location.segment).next(),
        Some(5)
    );
    let (pieces, findings) = limit(20);
    assert_eq!((pieces.len(), findings.len()), (0, 2));
}

/// Gives so many bytes at a time.
struct Chunks<'a>(&'a [u8], usize);

impl Read for Chunks<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.1.min(buffer.len());
        self.0.read(buffer.get_mut(..length).unwrap())
    }
}

#[test]
fn memory_does_not_grow_with_the_set() {
    // A set of 200 000 lines that is made while it is read: no piece of it holds more than a line.
    let lines = 200_000_u32;
    let head =
        format!("{ISA}GS*PO*AB*CD*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*1**20240101~");
    let tail = format!(
        "CTT*{lines}~SE*{}*0001~GE*1*1~IEA*1*000000001~",
        2 * lines + 4
    );
    let mut next = 0;
    let mut waiting: Vec<u8> = head.into_bytes();
    let mut done = false;
    let stream = std::iter::from_fn(move || {
        if done {
            return None;
        }
        let chunk = std::mem::take(&mut waiting);
        if next < lines {
            next += 1;
            waiting = format!("PO1*{next}*1*EA*1~PID*F****BOLT~").into_bytes();
        } else {
            done = true;
            return Some([chunk, tail.clone().into_bytes()].concat());
        }
        Some(chunk)
    });
    let mut pieces = SetPieces::new(
        Made {
            stream,
            chunk: Vec::new(),
        },
        "PO1",
    );
    let (mut rounds, mut most) = (0, 0);
    while let Some(piece) = pieces.next_piece().unwrap() {
        assert_eq!(piece.findings(), []);
        if let Part::Round(round) = piece.part() {
            rounds = round;
            let first = piece.segments().next().unwrap();
            assert_eq!(u64::from(first.number().unwrap()), 2 * round + 1);
        }
        most = most.max(piece.set().len());
    }
    assert_eq!((rounds, most), (u64::from(lines), 4));
    assert_eq!(pieces.take_findings(), []);
}

struct Made<I> {
    stream: I,
    chunk: Vec<u8>,
}

impl<I: Iterator<Item = Vec<u8>>> Read for Made<I> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.chunk.is_empty() {
            match self.stream.next() {
                Some(chunk) => self.chunk = chunk,
                None => return Ok(0),
            }
        }
        let length = buffer.len().min(self.chunk.len());
        buffer
            .get_mut(..length)
            .unwrap()
            .copy_from_slice(self.chunk.get(..length).unwrap());
        self.chunk.drain(..length);
        Ok(length)
    }
}

proptest! {
    /// Pieces put together are the set, with the same findings, over slices and streams.
    #[test]
    fn pieces_are_the_set(
        ids in proptest::collection::vec(
            prop::sample::select(vec!["BEG*00*SA*1~", "REF*A*1~", "N1*ST*X~", "N3*S~", "PO1*1~", "PID*F~", "SLN*1~", "CTT*1~", "ZZZ*1~", "lower*1~", "~", "ST*850*0009~", "SE*3*0009~", "GE*1*1~", "\n"]),
            0..40,
        ),
        path in prop::sample::select(vec!["PO1", "PO1/SLN", "N1", "PO1/N1", "ZZZ"]),
        chunk in 1_usize..64,
        cut in 0_usize..1200,
    ) {
        let mut text = file(&[("850", &ids.concat()), ("850", ORDER)]);
        text.truncate(cut.max(120));
        let (segments, all) = whole(text.as_bytes());
        let (pieces, outside) = shown(SetPieces::from_slice(text.as_bytes(), path));
        let joined: Vec<_> = pieces.iter().flat_map(|piece| piece.segments.clone()).collect();
        prop_assert_eq!(joined, segments, "{}", text);
        let mut findings: Vec<_> = pieces.iter().flat_map(|piece| &piece.findings).chain(&outside).map(ToString::to_string).collect();
        findings.sort_unstable();
        prop_assert_eq!(findings, all, "{}", text);
        let streamed = shown(SetPieces::new(Chunks(text.as_bytes(), chunk), path));
        prop_assert_eq!(streamed, (pieces, outside), "{}", text);
    }
}
