//! X12 to JSON, while it is read.

mod page;

use std::cell::RefCell;
use std::io::{Read, Write};
use std::rc::Rc;
use std::sync::Arc;

use page::Page;

use super::Layout;
use crate::envelope::EnvelopeReader;
use crate::error::Result;
use crate::finding::Severity;
use crate::reader::{Reader, StreamSource};
use crate::schema::SetSchema;
use crate::validate::{SetContext, Switches, ValidatingReader};
use crate::window::{Copied, Window};

/// The most bytes without a segment among them, unless told otherwise: 64 MiB.
const DEFAULT_MAX_GAP: usize = 64 * 1024 * 1024;

/// Turns X12 into the [JSON form](super), in memory bounded by one segment.
///
/// ```
/// # let file: &[u8] = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*A*B*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240101~SE*3*0001~GE*1*1~IEA*1*000000001~";
/// use x12_edi::json::{Decoder, Encoder};
/// let mut json = Vec::new();
/// Encoder::new().encode(file, &mut json)?;
/// assert!(String::from_utf8_lossy(&json).contains(r#"{"id":"BEG","01":"00","02":"SA","03":"4711","05":"20240101"}"#));
///
/// let mut back = Vec::new();
/// Decoder::new().decode(json.as_slice(), &mut back)?;
/// assert_eq!(back, file);
/// # Ok::<(), x12_edi::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Encoder {
    layout: Layout,
    labels: bool,
    findings: bool,
    max_gap: usize,
    max_segment: Option<usize>,
}

impl Default for Encoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Encoder {
    /// One document, without labels and findings.
    #[must_use]
    pub fn new() -> Self {
        Self {
            layout: Layout::Document,
            labels: false,
            findings: false,
            max_gap: DEFAULT_MAX_GAP,
            max_segment: None,
        }
    }

    /// The same in another layout, for example [`Layout::Lines`].
    #[must_use]
    pub fn with_layout(mut self, layout: Layout) -> Self {
        self.layout = layout;
        self
    }

    /// The same with short words beside segments and elements: `label` and `labels`, which are
    /// left alone on the way back.
    #[must_use]
    pub fn with_labels(mut self, labels: bool) -> Self {
        self.labels = labels;
        self
    }

    /// The same with what is found, by [`encode`](Self::encode) in the envelope, by
    /// [`encode_validated`](Self::encode_validated) in the content, too: each as an item `{"finding":{…}}` in its
    /// place, which is left alone on the way back.
    #[must_use]
    pub fn with_findings(mut self, findings: bool) -> Self {
        self.findings = findings;
        self
    }

    /// The same with another limit for bytes that belong to no segment; 64 MiB by default. More
    /// of them in a row are an error, so that memory stays bounded.
    #[must_use]
    pub fn with_max_gap_bytes(mut self, bytes: usize) -> Self {
        self.max_gap = bytes;
        self
    }

    /// The same with another limit for one segment, see
    /// [`Reader::with_max_segment_bytes`](crate::Reader::with_max_segment_bytes). A longer one
    /// is kept as bytes.
    #[must_use]
    pub fn with_max_segment_bytes(mut self, bytes: usize) -> Self {
        self.max_segment = Some(bytes);
        self
    }

    /// Reads `input` to its end and writes its JSON form to `output`. Every byte of any input is
    /// kept, ISA02 and ISA04 too, which may be a password. Gives the worst severity of what was
    /// found in the envelope, written or not.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the input or the output fails, or if the input
    /// has too many bytes that belong to no segment.
    pub fn encode<R: Read, W: Write>(&self, input: R, output: W) -> Result<Option<Severity>> {
        let (events, window) = self.events(input);
        Page::new(self, output, window).run(events)
    }

    /// The same with every set checked as by a
    /// [`ValidatingReader`](crate::validate::ValidatingReader): by these switches, against the
    /// schemas that the function chooses, `|set| set.standard()` for those of the standard.
    ///
    /// ```
    /// # let file: &[u8] = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*AB*CD*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240132~PO1**1*EA~SE*4*0001~GE*1*1~IEA*1*000000001~";
    /// use x12_edi::finding::Severity;
    /// use x12_edi::json::Encoder;
    /// use x12_edi::validate::Switches;
    /// let mut json = Vec::new();
    /// let encoder = Encoder::new().with_findings(true);
    /// let worst =
    ///     encoder.encode_validated(file, &mut json, Switches::standard(), |set| set.standard())?;
    /// assert_eq!(worst, Some(Severity::Error));
    /// assert!(String::from_utf8_lossy(&json).contains("element-date-invalid"));
    /// # Ok::<(), x12_edi::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    pub fn encode_validated<R: Read, W: Write>(
        &self,
        input: R,
        output: W,
        switches: Switches,
        schemas: impl FnMut(&SetContext<'_>) -> Option<Arc<SetSchema>> + Send + 'static,
    ) -> Result<Option<Severity>> {
        let (events, window) = self.events(input);
        let events = ValidatingReader::from_events(events, switches).with_schemas(schemas);
        Page::new(self, output, window).run(events)
    }

    /// The input, and a copy of the bytes that no item has yet.
    fn events<R: Read>(&self, input: R) -> (CopiedEvents<R>, Rc<RefCell<Window>>) {
        let (copied, window) = Copied::new(input, self.max_gap);
        let mut reader = Reader::new(copied);
        if let Some(bytes) = self.max_segment {
            reader = reader.with_max_segment_bytes(bytes);
        }
        (EnvelopeReader::from_reader(reader), window)
    }
}

type CopiedEvents<R> = EnvelopeReader<StreamSource<Copied<R>>>;
