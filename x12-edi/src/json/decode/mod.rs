//! JSON to X12, while it is read.

mod object;
mod value;

use std::io::{self, BufReader, Read, Write};

use object::Object;
use serde::de::DeserializeSeed;

use super::form::{Given, problem};
use crate::delimiters::Delimiters;
use crate::error::{Error, Problem, Result};

/// When so many bytes wait, they are written.
const FLUSH_AT: usize = 64 * 1024;

/// Turns the [JSON form](super) into X12, in memory bounded by one segment.
///
/// Both layouts are read, and several documents one after another.
///
/// ```
/// use x12_edi::json::Decoder;
/// let error = Decoder::new()
///     .decode(&br#"{"format_version":1,"items":[{"id":"BEG","01":7}]}"#[..], Vec::new())
///     .unwrap_err();
/// assert!(error.to_string().starts_with("items[0].01 (line 1, "), "{error}");
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Decoder {}

impl Decoder {
    /// A decoder.
    #[must_use]
    pub fn new() -> Self {
        Self {}
    }

    /// Reads `input` to its end and writes the X12 to `output`; gives the number of its bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Json`](crate::ErrorKind::Json) with path, line and remedy if the input is not the form; what came
    /// before has been written by then. [`ErrorKind::Io`](crate::ErrorKind::Io) if the input or the output fails.
    pub fn decode<R: Read, W: Write>(&self, input: R, output: W) -> Result<u64> {
        let mut page = Page {
            out: output,
            buffer: Vec::with_capacity(FLUSH_AT * 2),
            written: 0,
            failure: None,
            problem: None,
            path: Vec::new(),
            delimiters: None,
            end: Vec::new(),
        };
        let mut json = serde_json::Deserializer::from_reader(BufReader::new(SkipMark::new(input)));
        // Anything but the end, an input error too, comes up again when a value is read.
        while json.end().is_err() {
            page.path.clear();
            let seed = Object {
                page: &mut page,
                is_top: true,
            };
            if let Err(error) = seed.deserialize(&mut json) {
                return Err(page.explain(error));
            }
        }
        page.flush().map_err(Error::io)?;
        page.out.flush().map_err(Error::io)?;
        Ok(page.written)
    }
}

/// Leaves out a byte order mark.
struct SkipMark<R> {
    stream: R,
    head: Vec<u8>,
    started: bool,
}

impl<R> SkipMark<R> {
    fn new(stream: R) -> Self {
        Self {
            stream,
            head: Vec::new(),
            started: false,
        }
    }
}

impl<R: Read> Read for SkipMark<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if !self.started {
            self.started = true;
            self.stream.by_ref().take(3).read_to_end(&mut self.head)?;
            if self.head == [0xef, 0xbb, 0xbf] {
                self.head.clear();
            }
        }
        if self.head.is_empty() {
            return self.stream.read(out);
        }
        let count = self.head.len().min(out.len());
        for (to, from) in out.iter_mut().zip(self.head.drain(..count)) {
            *to = from;
        }
        Ok(count)
    }
}

/// A step from the top of the JSON to the value that is read.
#[derive(Debug)]
enum Step {
    Key(&'static str),
    Element(u32),
    Index(usize),
}

struct Page<W> {
    out: W,
    buffer: Vec<u8>,
    written: u64,
    failure: Option<io::Error>,
    problem: Option<Box<Problem>>,
    /// Kept as it is when something fails, so that the error can name the place.
    path: Vec<Step>,
    delimiters: Option<Delimiters>,
    end: Vec<u8>,
}

impl<W: Write> Page<W> {
    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    fn refuse<E: serde::de::Error>(&mut self, expected: &str, remedy: &str) -> E {
        self.fail(problem(expected, remedy))
    }

    fn fail<E: serde::de::Error>(&mut self, problem: Box<Problem>) -> E {
        self.problem = Some(problem);
        E::custom("")
    }

    fn segment<E: serde::de::Error>(&mut self, given: Given) -> Result<(), E> {
        let context = self
            .delimiters
            .map(|delimiters| (delimiters, self.end.as_slice()));
        if let Err((element, problem)) = given.write(&mut self.buffer, context) {
            self.path.extend(element.map(Step::Element));
            return Err(self.fail(problem));
        }
        if self.buffer.len() >= FLUSH_AT
            && let Err(error) = self.flush()
        {
            self.failure = Some(error);
            return Err(E::custom(""));
        }
        Ok(())
    }

    /// The error with the path and the line where it came up.
    fn explain(&mut self, error: serde_json::Error) -> Error {
        if let Some(failure) = self.failure.take() {
            return Error::io(failure);
        }
        if error.is_io() {
            return Error::io(error.into());
        }
        let mut path = String::new();
        for step in &self.path {
            let dot = if path.is_empty() { "" } else { "." };
            path.push_str(&match step {
                Step::Key(key) => format!("{dot}{key}"),
                Step::Element(number) => format!("{dot}{number:02}"),
                Step::Index(index) => format!("[{index}]"),
            });
        }
        if path.is_empty() {
            path.push_str("the value");
        }
        let mut problem = self.problem.take().unwrap_or_else(|| {
            let text = error.to_string();
            // The place is told in our own words.
            let text = text
                .rsplit_once(" at line ")
                .map_or(&*text, |(text, _)| text);
            problem(
                text,
                "compare with the JSON that `x12_edi::json::Encoder` writes",
            )
        });
        problem.expected = format!(
            "{path} (line {}, column {}): {}",
            error.line(),
            error.column(),
            problem.expected
        );
        (*problem).into()
    }
}
