//! A page of HTML that needs nothing else: no scripts, no fonts, no network.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::cell::{Cell, cells, loop_words, visible};
use super::events::Events;
use crate::delimiters::Delimiters;
use crate::envelope::{Event, GroupHeader, InterchangeHeader, SetHeader, Usage};
use crate::error::{Error, Result};
use crate::finding::{Finding, Severity};
use crate::label::{self, Glossary, SegmentWords};
use crate::outline::{Opened, Outline};
use crate::schema::Release;
use crate::segment::{MaskedSegment, Segment};

const STYLE: &str = include_str!("page.css");

/// The most findings that the summary lists; all of them stand in their place.
const MAX_LISTED: usize = 500;

/// How the page is made.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HtmlOptions {
    /// The heading of the page, for example the name of the file.
    pub title: String,
    /// How many transaction sets are unfolded from the start.
    pub open_sets: u64,
}

impl HtmlOptions {
    /// A page with this heading, ten sets unfolded.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            open_sets: 10,
        }
    }

    /// The same with another number of sets unfolded.
    #[must_use]
    pub fn with_open_sets(mut self, sets: u64) -> Self {
        self.open_sets = sets;
        self
    }
}

pub(super) struct Page<'a, W> {
    out: W,
    options: &'a HtmlOptions,
    outline: Outline,
    release: Release,
    version: String,
    glossary: Glossary,
    /// How many loops are open.
    loops: usize,
    in_interchange: bool,
    in_group: bool,
    in_set: bool,
    counts: Counts,
    listed: Vec<Listed>,
}

#[derive(Default)]
struct Counts {
    interchanges: u64,
    groups: u64,
    sets: u64,
    segments: u64,
    findings: u64,
    errors: u64,
    warnings: u64,
    worst: Option<Severity>,
}

struct Listed {
    number: u64,
    severity: Severity,
    place: String,
    text: String,
}

impl<'a, W: Write> Page<'a, W> {
    pub(super) fn new(out: W, options: &'a HtmlOptions) -> Self {
        Self {
            out,
            options,
            outline: Outline::default(),
            release: Release::default(),
            version: String::new(),
            glossary: Glossary::default(),
            loops: 0,
            in_interchange: false,
            in_group: false,
            in_set: false,
            counts: Counts::default(),
            listed: Vec::new(),
        }
    }

    pub(super) fn run<E: Events>(mut self, mut events: E) -> Result<Option<Severity>> {
        self.head().map_err(Error::io)?;
        while let Some(event) = events.next_event()? {
            self.event(event).map_err(Error::io)?;
        }
        self.summary(events.checks_content()).map_err(Error::io)?;
        self.out.flush().map_err(Error::io)?;
        Ok(self.counts.worst)
    }

    fn head(&mut self) -> io::Result<()> {
        let title = escape(&self.options.title);
        write!(
            self.out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
             <a class=\"skip\" href=\"#summary\">To the summary</a>\n\
             <h1>{title}</h1>\n<div class=\"page\">\n<main>\n"
        )
    }

    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Finding(finding) => self.finding(&finding),
            Event::InterchangeStart(header, segment) => self.interchange(header, segment),
            Event::GroupStart(header, segment) => self.group(header, segment),
            Event::SetStart(header, segment) => self.set(header, segment),
            Event::Segment(segment) if self.in_set => self.placed(segment),
            Event::Segment(segment) => self.segment(segment),
            Event::SetEnd(_, segment) => {
                if let Some(segment) = segment {
                    self.placed(segment)?;
                }
                self.close_loops(0)?;
                self.in_set = false;
                self.out.write_all(b"</div></details>\n")
            }
            Event::GroupEnd(_, segment) => {
                self.trailer(segment)?;
                self.in_group = false;
                self.out.write_all(b"</section>\n")
            }
            Event::InterchangeEnd(_, segment) => {
                self.trailer(segment)?;
                self.in_interchange = false;
                self.version.clear();
                self.out.write_all(b"</section>\n")
            }
        }
    }

    fn interchange(&mut self, header: &InterchangeHeader, segment: Segment<'_>) -> io::Result<()> {
        self.in_interchange = true;
        self.counts.interchanges += 1;
        let number = header
            .control_number
            .map_or("?".to_owned(), |n| n.to_padded());
        let usage = match header.usage {
            Usage::Production => "<span class=\"badge\">production</span>",
            Usage::Test => "<span class=\"badge test\">test</span>",
            Usage::Information => "<span class=\"badge test\">information</span>",
            Usage::Other(_) => "<span class=\"badge test\">usage unknown</span>",
        };
        write!(
            self.out,
            "<section class=\"interchange\">\n<h2>Interchange {} {usage}</h2>\n<dl class=\"card\">",
            escape(&number)
        )?;
        let words = self.glossary.of(self.release, segment.id());
        let mut when = |number: usize| {
            let cells = cells(words, segment);
            let place = format!("ISA{number:02}");
            cells
                .into_iter()
                .find(|cell| cell.place == place)
                .map(|cell| cell.meaning.unwrap_or(cell.value))
                .unwrap_or_default()
        };
        let (date, time) = (when(9), when(10));
        let rows = [
            ("From", header.sender.to_string()),
            ("To", header.receiver.to_string()),
            ("Written", format!("{date}, {time}")),
            ("Version", header.version.clone()),
            ("Delimiters", delimiters(header.delimiters)),
            (
                "TA1 wanted",
                if header.acknowledgment_requested {
                    "yes"
                } else {
                    "no"
                }
                .to_owned(),
            ),
        ];
        for (name, value) in rows {
            write!(
                self.out,
                "<div><dt>{name}</dt><dd>{}</dd></div>",
                escape(&value)
            )?;
        }
        self.out.write_all(b"</dl>\n")?;
        self.folded(segment)
    }

    fn group(&mut self, header: &GroupHeader, segment: Segment<'_>) -> io::Result<()> {
        self.in_group = true;
        self.counts.groups += 1;
        self.version.clone_from(&header.version);
        self.release = Release::from_version(&header.version).unwrap_or_default();
        let number = header
            .control_number
            .map_or("?".to_owned(), |n| n.to_string());
        let kind = label::code(self.release, "GS", 1, &header.functional_id);
        write!(
            self.out,
            "<section class=\"group\">\n<h3>Group {} <span class=\"words\">{}</span> {}</h3>\n\
             <p class=\"line\">{} → {} · release {}</p>\n",
            escape(&header.functional_id),
            escape(kind.unwrap_or_default()),
            escape(&number),
            escape(&header.sender),
            escape(&header.receiver),
            escape(&header.version),
        )?;
        self.folded(segment)
    }

    fn set(&mut self, header: &SetHeader, segment: Segment<'_>) -> io::Result<()> {
        self.in_set = true;
        self.counts.sets += 1;
        self.outline.start(&self.version, &header.code);
        let open = if self.counts.sets <= self.options.open_sets {
            " open"
        } else {
            ""
        };
        writeln!(
            self.out,
            "<details class=\"set\"{open}><summary><h4>{} <span class=\"words\">{}</span> {}</h4></summary><div>",
            escape(&header.code),
            escape(label::set(&header.code).unwrap_or_default()),
            escape(&header.control_number),
        )?;
        self.placed(segment)
    }

    /// A segment of a set, in its loop.
    fn placed(&mut self, segment: Segment<'_>) -> io::Result<()> {
        let spot = self.outline.place(segment);
        match spot.opens {
            Some(opened) => {
                self.close_loops(spot.depth.saturating_sub(1))?;
                self.open_loop(&opened, segment)?;
            }
            None => self.close_loops(spot.depth)?,
        }
        self.segment(segment)
    }

    fn open_loop(&mut self, opened: &Opened, segment: Segment<'_>) -> io::Result<()> {
        self.loops += 1;
        let of_segment = self.words(segment);
        let words = loop_words(of_segment, segment).unwrap_or_default();
        let gist: Vec<_> = cells(of_segment, segment)
            .into_iter()
            .take(4)
            .map(|cell| cell.value)
            .collect();
        writeln!(
            self.out,
            "<details class=\"loop\" open><summary><b>{}</b> loop {} <span class=\"words\">{}</span> \
             <span class=\"gist\">{}</span></summary>",
            escape(&opened.id),
            opened.round,
            escape(words),
            escape(&gist.join(" · ")),
        )
    }

    fn words(&mut self, segment: Segment<'_>) -> &mut SegmentWords {
        self.glossary.of(self.release, segment.id())
    }

    fn close_loops(&mut self, depth: usize) -> io::Result<()> {
        while self.loops > depth {
            self.loops -= 1;
            self.out.write_all(b"</details>\n")?;
        }
        Ok(())
    }

    /// A header of an envelope, of which the page tells the essence already.
    fn folded(&mut self, segment: Segment<'_>) -> io::Result<()> {
        writeln!(
            self.out,
            "<details class=\"header\"><summary>{} in full</summary>",
            escape(&segment.id_text())
        )?;
        self.segment(segment)?;
        self.out.write_all(b"</details>\n")
    }

    fn trailer(&mut self, segment: Option<Segment<'_>>) -> io::Result<()> {
        segment.map_or(Ok(()), |segment| self.segment(segment))
    }

    fn segment(&mut self, segment: Segment<'_>) -> io::Result<()> {
        self.counts.segments += 1;
        let id = segment.id_text();
        let (from, to) = (
            segment.offset(),
            segment.offset() + segment.as_bytes().len() as u64,
        );
        let number = segment
            .number()
            .map_or(String::new(), |number| format!("segment {number} · "));
        let words = self.words(segment).label();
        write!(
            self.out,
            "<div class=\"segment\"><p class=\"what\"><b>{}</b> <span class=\"words\">{}</span> \
             <code>{}</code> <small>{number}line {} · bytes {from}–{to}</small></p>",
            escape(&id),
            escape(words.unwrap_or_default()),
            escape(&MaskedSegment(segment).to_string()),
            segment.line(),
        )?;
        let cells = cells(self.words(segment), segment);
        if !cells.is_empty() {
            self.out.write_all(b"<table>")?;
            for cell in &cells {
                self.row(cell, "")?;
                for part in &cell.parts {
                    self.row(part, " class=\"part\"")?;
                }
            }
            self.out.write_all(b"</table>")?;
        }
        self.out.write_all(b"</div>\n")
    }

    fn row(&mut self, cell: &Cell, class: &str) -> io::Result<()> {
        write!(
            self.out,
            "<tr{class}><th scope=\"row\">{}<td>{}<td><code>{}</code> <em>{}</em>",
            escape(&cell.place),
            escape(cell.label.unwrap_or_default()),
            escape(&cell.value),
            escape(cell.meaning.as_deref().unwrap_or_default()),
        )
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.counts.findings += 1;
        self.counts.worst = self.counts.worst.max(Some(finding.severity));
        match finding.severity {
            Severity::Error => self.counts.errors += 1,
            Severity::Warning => self.counts.warnings += 1,
            Severity::Info => {}
        }
        let number = self.counts.findings;
        let severity = finding.severity.as_str();
        let place = escape(&finding.location.to_string());
        let mut text = escape(&finding.text);
        if let Some(value) = &finding.value {
            // Writing to a string does not fail.
            let _ = write!(text, " <code>{}</code>", escape(value));
        }
        let also = match &finding.acknowledgment {
            Some(code) => format!(" · {}", escape(&code.to_string())),
            None => String::new(),
        };
        writeln!(
            self.out,
            "<div class=\"finding {severity}\" id=\"f{number}\"><p><b>{severity}</b> {text}</p>\
             <p class=\"remedy\">{}</p><small>{place} · {}{also}</small></div>",
            escape(&finding.remedy),
            finding.code.as_str(),
        )?;
        if self.listed.len() < MAX_LISTED {
            self.listed.push(Listed {
                number,
                severity: finding.severity,
                place,
                text,
            });
        }
        Ok(())
    }

    /// Written last, because it is known only then; the style puts it on top.
    fn summary(&mut self, with_content: bool) -> io::Result<()> {
        let Counts {
            interchanges,
            groups,
            sets,
            segments,
            findings,
            errors,
            warnings,
            ..
        } = self.counts;
        let verdict = match (errors, warnings) {
            (0, 0) => {
                let of_what = if with_content {
                    ""
                } else {
                    " with the envelope"
                };
                format!("<p class=\"verdict good\"><b>Nothing wrong{of_what}</b></p>")
            }
            _ => format!(
                "<p class=\"verdict {}\"><b>{}, {}</b></p>",
                if errors > 0 { "error" } else { "warning" },
                count(errors, "error"),
                count(warnings, "warning"),
            ),
        };
        write!(
            self.out,
            "</main>\n<aside id=\"summary\" aria-label=\"Summary\">\n{verdict}<p class=\"counts\">{} · {} · {} · {}</p>\n",
            count(interchanges, "interchange"),
            count(groups, "group"),
            count(sets, "transaction set"),
            count(segments, "segment"),
        )?;
        if !self.listed.is_empty() {
            self.out.write_all(b"<ol class=\"findings\">\n")?;
            for listed in &self.listed {
                writeln!(
                    self.out,
                    "<li class=\"{0}\"><a href=\"#f{1}\"><b>{0}</b> {2}</a> <span>{3}</span>",
                    listed.severity.as_str(),
                    listed.number,
                    listed.place,
                    listed.text
                )?;
            }
            self.out.write_all(b"</ol>\n")?;
        }
        let more = findings.saturating_sub(MAX_LISTED as u64);
        if more > 0 {
            writeln!(
                self.out,
                "<p>and {more} further ones, each in its place</p>"
            )?;
        }
        self.out.write_all(b"</aside>\n</div>\n</body>\n</html>\n")
    }
}

fn count(number: u64, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

fn delimiters(delimiters: Delimiters) -> String {
    let mut text = format!(
        "element {}  component {}  segment {}",
        byte(delimiters.element),
        byte(delimiters.component),
        byte(delimiters.segment)
    );
    if let Some(repetition) = delimiters.repetition {
        let _ = write!(text, "  repetition {}", byte(repetition));
    }
    text
}

fn byte(byte: u8) -> String {
    if byte.is_ascii_graphic() {
        char::from(byte).to_string()
    } else {
        format!("0x{byte:02X}")
    }
}

/// Text that neither ends an element nor an attribute, with what hides in it made visible.
fn escape(text: &str) -> String {
    let text = visible(text);
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
