//! How the acknowledgments of the releases differ.

use super::code::{ElementErrorCode, SegmentErrorCode, SetErrorCode};
use super::options::AcknowledgmentSet;
use crate::schema::{ElementKind, Release, Standard};

/// The six digits with which a GS08 begins, if it does.
pub(super) fn release_digits(version: &str) -> Option<&str> {
    let digits = version.trim().get(..6)?;
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(digits)
}

/// The form of one acknowledgment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) set: AcknowledgmentSet,
    pub(super) release: Release,
    /// Whether `release` is that of the group, and not the nearest one.
    exact: bool,
}

impl Layout {
    /// The form that answers a group of this version (GS08).
    ///
    /// Between the releases that the crate knows, the last one before it says what is allowed.
    pub(super) fn answering(set: AcknowledgmentSet, version: &str) -> Self {
        let release = match release_digits(version) {
            None => Release::default(),
            Some(digits) if digits < "004010" => Release::V003040,
            Some(digits) if digits < "005010" => Release::V004010,
            Some(_) => Release::V005010,
        };
        let set = if release < Release::V005010 {
            AcknowledgmentSet::Functional
        } else {
            set
        };
        Self {
            set,
            release,
            exact: Release::from_version(version).is_some(),
        }
    }

    /// ST01.
    pub(super) fn code(self) -> &'static str {
        match self.set {
            AcknowledgmentSet::Functional => "997",
            AcknowledgmentSet::Implementation => "999",
        }
    }

    /// The largest AK302.
    pub(super) fn max_position(self) -> u32 {
        if self.release < Release::V005010 {
            999_999
        } else {
            u32::MAX
        }
    }

    /// How many AK304 a segment has.
    pub(super) fn segment_codes(self) -> usize {
        if self.release < Release::V004010 {
            5
        } else {
            1
        }
    }

    /// AK402: the number of the data element that stands at a place of a segment.
    pub(super) fn reference(
        self,
        segment: &str,
        element: u16,
        component: Option<u16>,
    ) -> Option<String> {
        let rule = Standard::of(self.release)
            .segment(segment)
            .filter(|_| self.exact)?;
        let place = |number: u16| usize::from(number).checked_sub(1);
        let mut element = rule.elements.get(place(element)?)?;
        if let ElementKind::Composite(composite) = &element.kind {
            element = composite.components.get(place(component?)?)?;
        }
        let digits = element.element.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| element.element.to_string())
    }

    /// The code for a segment in the list of the release; `None` where it has none and needs none.
    pub(super) fn segment_code(self, code: &'static str) -> Option<SegmentErrorCode> {
        let absent = self.release < Release::V004010 && code == "8";
        (!absent).then(|| SegmentErrorCode::known(code))
    }

    /// The code for an element in the list of the release.
    pub(super) fn element_code(self, code: &'static str) -> ElementErrorCode {
        match code {
            // Too many repetitions, too many components: too much data, before 005010.
            "12" | "13" if self.release < Release::V005010 => ElementErrorCode::known("3"),
            code => ElementErrorCode::known(code),
        }
    }

    /// The code for a set in the list of the release.
    pub(super) fn set_code(self, code: &'static str) -> SetErrorCode {
        match code {
            // Not in this group: the identifier is wrong there, before 005010.
            "18" if self.release < Release::V005010 => SetErrorCode::known("6"),
            code => SetErrorCode::known(code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_chooses_the_form() {
        let of = |version| Layout::answering(AcknowledgmentSet::Implementation, version);
        assert_eq!(of("004010VICS").release, Release::V004010);
        assert_eq!(
            (of("004010").code(), of("005010X222A1").code()),
            ("997", "999")
        );
        assert_eq!(of("003050").release, Release::V003040);
        assert_eq!(of("006010").release, Release::V005010);
        assert_eq!(of("").release, Release::V004010);
        assert_eq!(of("0O5010").release, Release::V004010);
        assert_eq!(
            of("004010").reference("BEG", 3, None).as_deref(),
            Some("324")
        );
        assert_eq!(of("004010").reference("BEG", 99, None), None);
        assert_eq!(of("004010").reference("ISA", 13, None), None);
        assert_eq!(of("004020").reference("BEG", 3, None), None);
        assert_eq!(
            of("005010").reference("REF", 4, Some(2)).as_deref(),
            Some("127")
        );
        assert_eq!(of("005010").reference("REF", 4, None), None);
        assert_eq!(of("003040").segment_code("8"), None);
        assert_eq!(of("004010").element_code("13").as_str(), "3");
        assert_eq!(of("005010").element_code("13").as_str(), "13");
    }
}
