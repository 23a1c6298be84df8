//! Cuts a file into interchanges, groups, transaction sets or the rounds of a loop, by byte span.
//!
//! Nothing is parsed twice and nothing is copied: a [`Piece`] says from which byte to which it
//! goes, what it is called, and what has to stand around it so that it is an interchange again.

use std::ops::Range;

use crate::envelope::{EnvelopeReader, Event, Summary};
use crate::error::Result;
use crate::outline::Outline;
use crate::reader::{SliceSource, Source};
use crate::segment::{Segment, decode};

/// By what a file is cut.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unit {
    /// ISA to IEA.
    Interchange,
    /// GS to GE.
    Group,
    /// ST to SE.
    Set,
    /// Each round of a loop, by its path from the outside, for example `PO1` or `PO1/SLN`; for
    /// HL each level with what is inside it up to the next HL. Only sets whose schema is
    /// compiled in have loops.
    Loop(String),
}

/// A piece of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Piece {
    /// Number of the piece, from 1.
    pub number: u64,
    /// A name for a file: number, what it is, control number; letters, digits, `-` and `_` only.
    pub name: String,
    /// From its first byte to behind its terminator (and, for loops, to the next segment).
    pub span: Range<u64>,
    /// ISA13 as it stands.
    pub interchange: String,
    /// GS06 as it stands; empty for an interchange.
    pub group: String,
    /// ST01; empty for an interchange or a group.
    pub set: String,
    /// ST02 as it stands; empty for an interchange or a group.
    pub set_control_number: String,
    /// Number of its segments.
    pub segments: u64,
    /// The headers of the levels around it, each with its terminator.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub before: Vec<u8>,
    /// Trailers for those headers, each counting one.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub after: Vec<u8>,
}

impl Piece {
    /// An interchange of its own: headers, the bytes of the piece, trailers.
    ///
    /// `bytes` are those of [`span`](Self::span). The round of a loop is not wrapped: without the
    /// heading it is no transaction set.
    #[must_use]
    pub fn enveloped(&self, bytes: &[u8]) -> Vec<u8> {
        [self.before.as_slice(), bytes, self.after.as_slice()].concat()
    }
}

/// Reads an input and gives its pieces one after another, in bounded memory.
///
/// ```
/// use x12_edi::split::{Splitter, Unit};
/// # let file: &[u8] = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000007*0*P*>~GS*PO*A*B*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240101~SE*3*0001~ST*850*0002~BEG*00*SA*4712**20240101~SE*3*0002~GE*2*1~IEA*1*000000007~";
/// let mut splitter = Splitter::from_slice(file, Unit::Set);
/// let mut pieces = Vec::new();
/// while let Some(piece) = splitter.next_piece()? {
///     let range = piece.span.start as usize..piece.span.end as usize;
///     let alone = piece.enveloped(&file[range]);
///     assert!(x12_edi::parse(&alone).all_findings().next().is_none());
///     pieces.push(piece.name);
/// }
/// assert_eq!(pieces, ["000001-850-0001", "000002-850-0002"]);
/// # Ok::<(), x12_edi::Error>(())
/// ```
#[derive(Debug)]
pub struct Splitter<S> {
    events: EnvelopeReader<S>,
    state: State,
}

#[derive(Debug)]
struct State {
    unit: Unit,
    outline: Outline,
    version: String,
    interchange: Header,
    group: Header,
    set_code: String,
    set_number: String,
    /// The round of a loop that is open: its start and the segments so far.
    round: Option<(u64, u64)>,
    segments: u64,
    count: u64,
}

#[derive(Debug, Default)]
struct Header {
    bytes: Vec<u8>,
    number: Vec<u8>,
    trailer: Vec<u8>,
}

impl<'a> Splitter<SliceSource<'a>> {
    /// Over bytes in memory.
    #[must_use]
    pub fn from_slice(bytes: &'a [u8], unit: Unit) -> Self {
        Self::new(EnvelopeReader::from_slice(bytes), unit)
    }
}

impl<S: Source> Splitter<S> {
    /// Over an envelope reader.
    pub fn new(events: EnvelopeReader<S>, unit: Unit) -> Self {
        Self {
            events,
            state: State {
                unit,
                outline: Outline::default(),
                version: String::new(),
                interchange: Header::default(),
                group: Header::default(),
                set_code: String::new(),
                set_number: String::new(),
                round: None,
                segments: 0,
                count: 0,
            },
        }
    }

    /// The next piece, or `None` at the end.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the stream fails.
    pub fn next_piece(&mut self) -> Result<Option<Piece>> {
        while let Some(event) = self.events.next_event()? {
            if let Some(piece) = self.state.event(event) {
                return Ok(Some(piece));
            }
        }
        Ok(None)
    }
}

impl State {
    fn event(&mut self, event: Event<'_>) -> Option<Piece> {
        match event {
            Event::Finding(_) => None,
            Event::InterchangeStart(_, segment) => {
                self.interchange = header(segment, 13, b"IEA");
                self.group = Header::default();
                self.begin(Unit::Interchange);
                self.segments += 1;
                None
            }
            Event::GroupStart(header_of, segment) => {
                self.group = header(segment, 6, b"GE");
                self.version.clone_from(&header_of.version);
                self.begin(Unit::Group);
                self.segments += 1;
                None
            }
            Event::SetStart(header_of, segment) => {
                self.set_code.clone_from(&header_of.code);
                self.set_number.clone_from(&header_of.control_number);
                self.begin(Unit::Set);
                if matches!(self.unit, Unit::Loop(_)) {
                    self.outline.start(&self.version, &header_of.code);
                }
                self.inside(segment)
            }
            Event::Segment(segment) => self.inside(segment),
            Event::SetEnd(summary, segment) => {
                self.segments += u64::from(segment.is_some());
                let end = segment.map_or(summary.span.end, |segment| segment.offset());
                let round = self.end_round(end);
                let piece = round.or_else(|| self.end(&Unit::Set, summary));
                self.set_code.clear();
                self.set_number.clear();
                piece
            }
            Event::GroupEnd(summary, segment) => {
                self.segments += u64::from(segment.is_some());
                let piece = self.end(&Unit::Group, summary);
                self.group = Header::default();
                self.version.clear();
                piece
            }
            Event::InterchangeEnd(summary, segment) => {
                self.segments += u64::from(segment.is_some());
                self.end(&Unit::Interchange, summary)
            }
        }
    }

    fn begin(&mut self, unit: Unit) {
        if self.unit == unit {
            self.segments = 0;
        }
    }

    /// A segment that neither begins nor ends a level of the envelope, and ST.
    fn inside(&mut self, segment: Segment<'_>) -> Option<Piece> {
        self.segments += 1;
        let Unit::Loop(path) = &self.unit else {
            return None;
        };
        // Outside a set there are no loops.
        segment.number()?;
        let spot = self.outline.place(segment);
        let here = self.outline.path();
        let inside = here == path
            || here
                .strip_prefix(path.as_str())
                .is_some_and(|rest| rest.starts_with('/'));
        let starts = here == path && spot.opens.is_some();
        if inside && !starts {
            if let Some((_, segments)) = &mut self.round {
                *segments += 1;
            }
            return None;
        }
        let done = self.end_round(segment.offset());
        if starts {
            self.round = Some((segment.offset(), 1));
        }
        done
    }

    fn end_round(&mut self, end: u64) -> Option<Piece> {
        let (start, segments) = self.round.take()?;
        let Unit::Loop(path) = &self.unit else {
            return None;
        };
        let what = format!("{}-{}-{path}", self.set_code, self.set_number);
        let mut piece = self.piece(&what, start..end);
        piece.segments = segments;
        Some(piece)
    }

    fn end(&mut self, unit: &Unit, summary: &Summary) -> Option<Piece> {
        if self.unit != *unit {
            return None;
        }
        let number = |bytes: &[u8]| decode(bytes.trim_ascii()).into_owned();
        let what = match unit {
            Unit::Interchange => format!("ISA-{}", number(&self.interchange.number)),
            Unit::Group => format!("GS-{}", number(&self.group.number)),
            _ => format!("{}-{}", self.set_code, self.set_number),
        };
        let mut piece = self.piece(&what, summary.span.clone());
        piece.segments = self.segments;
        if *unit != Unit::Interchange {
            let group: &Header = if *unit == Unit::Set {
                &self.group
            } else {
                &Header::default()
            };
            piece.before = [self.interchange.bytes.as_slice(), &group.bytes].concat();
            piece.after = [group.trailer.as_slice(), &self.interchange.trailer].concat();
        }
        Some(piece)
    }

    fn piece(&mut self, what: &str, span: Range<u64>) -> Piece {
        self.count += 1;
        let safe: String = what
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || c == '-' {
                    c
                } else {
                    '_'
                }
            })
            .take(60)
            .collect();
        let text = |bytes: &[u8]| decode(bytes).into_owned();
        Piece {
            number: self.count,
            name: format!("{:06}-{safe}", self.count),
            span,
            interchange: text(&self.interchange.number),
            group: text(&self.group.number),
            set: self.set_code.clone(),
            set_control_number: self.set_number.clone(),
            segments: 0,
            before: Vec::new(),
            after: Vec::new(),
        }
    }
}

fn header(segment: Segment<'_>, number: usize, trailer: &[u8]) -> Header {
    let delimiters = segment.delimiters();
    let number = segment.element(number).as_bytes().to_vec();
    let mut bytes = segment.as_bytes().to_vec();
    bytes.push(delimiters.segment);
    let separator = [delimiters.element];
    let trailer = [
        trailer,
        &separator,
        b"1",
        &separator,
        &number,
        &[delimiters.segment],
    ]
    .concat();
    Header {
        bytes,
        number,
        trailer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000007*0*P*>~\nGS*PO*A*B*20240101*1200*1*X*004010~\nST*850*0001~\nBEG*00~\nPO1*1~\nPID*F~\nPO1*2~\nCTT*2~\nSE*7*0001~\nGE*1*1~\nGS*PO*A*B*20240101*1200*2*X*004010~\nST*850*0/2~\nPO1*1~\nSE*3*0/2~\nGE*1*2~\nIEA*2*000000007~\n";

    fn pieces(unit: Unit) -> Vec<(String, String, u64)> {
        let mut splitter = Splitter::from_slice(FILE.as_bytes(), unit);
        let mut out = Vec::new();
        while let Some(piece) = splitter.next_piece().unwrap() {
            let (from, to) = (piece.span.start as usize, piece.span.end as usize);
            out.push((piece.name, FILE[from..to].to_owned(), piece.segments));
        }
        out
    }

    #[test]
    fn spans_cut_out_what_they_name() {
        let interchanges = pieces(Unit::Interchange);
        assert_eq!(interchanges.len(), 1);
        assert_eq!(
            (interchanges[0].0.as_str(), interchanges[0].2),
            ("000001-ISA-000000007", 16)
        );
        assert!(FILE.starts_with(&interchanges[0].1));
        let groups = pieces(Unit::Group);
        assert_eq!(groups.iter().map(|g| g.2).collect::<Vec<_>>(), [9, 5]);
        assert!(
            groups[1].1.starts_with("GS*PO*A*B*20240101*1200*2*")
                && groups[1].1.ends_with("GE*1*2~")
        );
        let sets = pieces(Unit::Set);
        assert_eq!(
            sets[1],
            (
                "000002-850-0_2".to_owned(),
                "ST*850*0/2~\nPO1*1~\nSE*3*0/2~".to_owned(),
                3
            )
        );
        let lines = pieces(Unit::Loop("PO1".to_owned()));
        let texts: Vec<_> = lines.iter().map(|l| (l.1.as_str(), l.2)).collect();
        assert_eq!(
            texts,
            [("PO1*1~\nPID*F~\n", 2), ("PO1*2~\n", 1), ("PO1*1~\n", 1)]
        );
        assert_eq!(pieces(Unit::Loop("PO1/PID".to_owned())).len(), 1);
        assert!(pieces(Unit::Loop("ZZZ".to_owned())).is_empty());
    }

    #[test]
    fn a_group_becomes_an_interchange_of_its_own() {
        let mut splitter = Splitter::from_slice(FILE.as_bytes(), Unit::Group);
        while let Some(piece) = splitter.next_piece().unwrap() {
            let bytes = &FILE.as_bytes()[piece.span.start as usize..piece.span.end as usize];
            let alone = piece.enveloped(bytes);
            let parsed = crate::parse(&alone);
            let findings: Vec<_> = parsed.all_findings().map(|f| f.code).collect();
            // The second set has a control number of three characters in any case.
            assert!(
                findings.len() <= 1 && parsed.sets.len() == 1,
                "{findings:?}"
            );
        }
    }
}
