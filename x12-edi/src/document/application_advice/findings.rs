//! An advice from findings.

use super::{AdviceCode, AdviceError, DocumentAdvice};
use crate::document::segments::{ElementPlace, ElementReference, Remark, TechnicalError};
use crate::envelope::TransactionSet;
use crate::finding::{Finding, FindingCode};
use crate::schema::{ElementKind, Release, Standard};
use crate::value::Text;

/// The most characters of TED02.
const MAX_TEXT: usize = 60;

/// The most characters of NTE02.
const MAX_REMARK: usize = 80;

/// The most characters of TED07.
const MAX_VALUE: usize = 99;

impl DocumentAdvice {
    /// What became of a set that was read, with a TED for each finding about it.
    ///
    /// `qualifier` and `number` (OTI02, OTI03) name the document as the business knows it, for
    /// example `PO` and the number of the order; the envelope of the set fills OTI04 to OTI11.
    ///
    /// ```
    /// use x12_edi::document::application_advice::{AdviceCode, DocumentAdvice};
    /// use x12_edi::finding::{Finding, FindingCode};
    /// # let file = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*ACME*US*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240101~SE*3*0001~GE*1*1~IEA*1*000000001~";
    /// let parsed = x12_edi::parse(file);
    /// let set = &parsed.sets[0];
    /// let beg = set.segment(1).expect("BEG");
    /// let mut location = beg.location();
    /// location.element = Some(3);
    /// let finding = Finding::new(FindingCode::ElementCodeInvalid, location, "the order number was used before")
    ///     .with_value(beg.element(3).as_bytes());
    /// let mut advice = DocumentAdvice::from_findings(set, AdviceCode::SetRejected, "PO", "4711", [&finding]);
    /// advice.errors[0].error.code = "111".into(); // what the business says
    /// assert_eq!(advice.original.set_control_number.as_ref().unwrap(), "0001");
    /// assert_eq!(advice.errors[0].error.position, Some(2));
    /// ```
    #[must_use]
    pub fn from_findings<'f>(
        set: &TransactionSet,
        code: AdviceCode,
        qualifier: impl Into<Text>,
        number: impl Into<Text>,
        findings: impl IntoIterator<Item = &'f Finding>,
    ) -> Self {
        let mut advice = Self::new(code, qualifier, number);
        let original = &mut advice.original;
        original.set_code = filled(set.code());
        let mut release = Release::default();
        if let Some(group) = set.group() {
            release = Release::from_version(&group.version).unwrap_or_default();
            original.sender = filled(&group.sender);
            original.receiver = filled(&group.receiver);
            original.date = group.date;
            original.time = group.time;
            original.group_control_number = group.control_number.map(|n| n.to_string().into());
            original.version = filled(&group.version);
        }
        if original.group_control_number.is_some() {
            // OTI09 asks for OTI08.
            original.set_control_number = filled(set.control_number());
        }
        advice.errors = findings
            .into_iter()
            .map(|finding| AdviceError::from_finding(finding, release))
            .collect();
        advice
    }
}

impl AdviceError {
    /// What a finding says, as TED: code, text, place and value. TED01 follows from the code of
    /// the finding and is `024` (other) where nothing fits; a text that is too long for TED02
    /// stands in NTE too. The value of a masked finding is left out.
    #[must_use]
    pub fn from_finding(finding: &Finding, release: Release) -> Self {
        let location = &finding.location;
        let text = plain(&finding.text);
        let element = location.element.map(u32::from);
        let composite = release >= Release::V005010;
        let mut error = TechnicalError::new(reason(finding.code), cut(&text, MAX_TEXT));
        error.text = error.text.filter(|text| !text.is_empty());
        error.segment_id = Some(location.segment_id.as_str())
            .filter(|id| matches!(id.len(), 2 | 3))
            .map(Text::from);
        error.position = location.segment;
        error.place = ElementPlace {
            element,
            component: location.component.map(u32::from).filter(|_| composite),
            repetition: location.repetition.map(u32::from).filter(|_| composite),
        };
        error.reference = reference(finding, release);
        error.value = finding
            .value
            .as_deref()
            .filter(|value| *value != "***" && *value == plain(value) && !value.trim().is_empty())
            .map(|value| cut(value, MAX_VALUE).into());
        let mut advice = Self::from(error);
        if text.chars().count() > MAX_TEXT {
            let mut remark = Remark::default();
            remark.text = cut(&text, MAX_REMARK).into();
            advice.remarks.push(remark);
        }
        advice
    }
}

/// TED01 for a kind of finding.
fn reason(code: FindingCode) -> &'static str {
    match code {
        FindingCode::ElementMissing
        | FindingCode::ElementConditionMissing
        | FindingCode::SegmentMissing
        | FindingCode::LoopMissing => "007",
        FindingCode::ElementTooLong | FindingCode::ElementTooShort => "008",
        FindingCode::ElementDateInvalid => "009",
        FindingCode::SegmentCountWrong | FindingCode::LineCountWrong => "010",
        FindingCode::SetControlNumberMismatch => "011",
        FindingCode::ElementExclusion => "012",
        FindingCode::SetControlNumberRepeated => "006",
        _ => "024",
    }
}

/// TED06: the number of the data element.
fn reference(finding: &Finding, release: Release) -> Option<ElementReference> {
    let location = &finding.location;
    let place = |number: u16| usize::from(number).checked_sub(1);
    let rule = Standard::of(release).segment(&location.segment_id)?;
    let mut element = rule.elements.get(place(location.element?)?)?;
    if let ElementKind::Composite(composite) = &element.kind {
        element = composite.components.get(place(location.component?)?)?;
    }
    let digits = element.element.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| ElementReference::new(&*element.element))
}

fn filled(text: &str) -> Option<Text> {
    (!text.is_empty()).then(|| text.into())
}

fn cut(text: &str, length: usize) -> String {
    text.chars().take(length).collect()
}

/// Only characters that no partner minds and that nobody separates with.
fn plain(text: &str) -> String {
    let fine = |c: char| c.is_ascii_alphanumeric() || " .,-/()'".contains(c);
    let kept: String = text
        .chars()
        .map(|c| if fine(c) { c } else { ' ' })
        .collect();
    kept.trim_end().to_owned()
}
