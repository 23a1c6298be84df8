//! The stable names of all findings, with what belongs to each.

use std::fmt;

use super::{AcknowledgmentCode, Severity};
use AcknowledgmentCode::{Ak304, Ak403, Ak502, Ak905, Ta105};

macro_rules! finding_codes {
    ($( $(#[doc = $doc:literal])+ $variant:ident = $name:literal, $severity:ident, $ack:expr, $remedy:literal; )+) => {
        /// What kind of problem a [`Finding`](super::Finding) reports; the names are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum FindingCode { $( $(#[doc = $doc])+ $variant, )+ }

        impl FindingCode {
            /// Every code, in the order of the declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable kebab-case name, for example `segment-count-wrong`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// How much this kind of problem matters unless a caller decides otherwise.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)+ }
            }

            /// The code of a TA1 or 997 for it, where the standard has one.
            #[must_use]
            pub const fn acknowledgment(self) -> Option<AcknowledgmentCode> {
                match self { $(Self::$variant => $ack,)+ }
            }

            pub(crate) const fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy,)+ }
            }
        }
    };
}

finding_codes! {
    /// Bytes before, between or after interchanges that belong to none.
    GarbageOutsideInterchange = "garbage-outside-interchange", Error, Some(Ta105("022")),
        "remove the bytes, or look for a damaged ISA in them";
    /// No interchange in the input at all.
    NoInterchange = "no-interchange", Error, Some(Ta105("022")),
        "an X12 file starts with `ISA`; check that this is the right file and that it is not encrypted or compressed";
    /// ISA is not 106 bytes long: an element lacks its padding or has too much.
    IsaLengthWrong = "isa-length-wrong", Warning, Some(Ta105("022")),
        "ask the sender to pad every ISA element to its fixed length";
    /// The lines of an interchange are cut at a fixed width, within segments too; they were joined.
    InterchangeWrapped = "interchange-wrapped", Info, None,
        "nothing is lost; what is written again has no such line ends";
    /// Two delimiters are the same byte.
    DelimiterClash = "delimiter-clash", Error, Some(Ta105("027")),
        "the sender must choose four different delimiters";
    /// A delimiter is a letter, a digit or a blank.
    DelimiterUnusual = "delimiter-unusual", Warning, Some(Ta105("027")),
        "the sender should choose delimiters that do not occur in data";
    /// A segment id is not two or three upper-case letters and digits.
    SegmentIdInvalid = "segment-id-invalid", Error, Some(Ak304("1")),
        "look for a segment terminator inside the data just before";
    /// Nothing stands between two segment terminators.
    SegmentEmpty = "segment-empty", Warning, None,
        "remove the second terminator";
    /// The last segment ends with the input instead of a terminator.
    SegmentUnterminated = "segment-unterminated", Warning, None,
        "check that the transfer was complete; write the terminator after the last segment too";
    /// A segment is longer than the limit of the reader and was left out.
    SegmentTooLong = "segment-too-long", Error, Some(Ta105("022")),
        "check the segment terminator, or raise the limit of the reader";
    /// The declared length of binary data does not lead to a terminator.
    BinaryLengthWrong = "binary-length-wrong", Error, Some(Ak403("7")),
        "BIN01 and BDS02 give the number of bytes of the element after them";
    /// ISA misses its IEA.
    InterchangeTrailerMissing = "interchange-trailer-missing", Error, Some(Ta105("023")),
        "check that the transfer was complete";
    /// GS misses its GE.
    GroupTrailerMissing = "group-trailer-missing", Error, Some(Ak905("3")),
        "check that the transfer was complete";
    /// ST misses its SE.
    SetTrailerMissing = "set-trailer-missing", Error, Some(Ak502("2")),
        "check that the transfer was complete";
    /// ST stands outside a functional group.
    SetMisplaced = "set-misplaced", Error, Some(Ta105("022")),
        "put GS before the first ST and GE after the last SE";
    /// IEA, GE or SE closes something that is not open.
    TrailerMisplaced = "trailer-misplaced", Error, Some(Ta105("022")),
        "remove the trailer, or restore the header that belongs to it";
    /// A segment stands outside a transaction set.
    SegmentMisplaced = "segment-misplaced", Error, Some(Ta105("022")),
        "only TA1 and the control segments stand outside a transaction set";
    /// IEA01 is not the number of groups (or of TA1 segments, without groups).
    GroupCountWrong = "group-count-wrong", Error, Some(Ta105("021")),
        "compare with the sender's log; groups may be missing";
    /// GE01 is not the number of transaction sets.
    SetCountWrong = "set-count-wrong", Error, Some(Ak905("5")),
        "compare with the sender's log; transaction sets may be missing";
    /// SE01 is not the number of segments, ST and SE included.
    SegmentCountWrong = "segment-count-wrong", Error, Some(Ak502("4")),
        "compare with the sender's log; segments may be missing";
    /// IEA02 is not ISA13.
    InterchangeControlNumberMismatch = "interchange-control-number-mismatch", Error, Some(Ta105("001")),
        "the trailer may belong to another interchange";
    /// GE02 is not GS06.
    GroupControlNumberMismatch = "group-control-number-mismatch", Error, Some(Ak905("4")),
        "the trailer may belong to another group";
    /// SE02 is not ST02.
    SetControlNumberMismatch = "set-control-number-mismatch", Error, Some(Ak502("3")),
        "the trailer may belong to another transaction set";
    /// ISA13 is not a number of up to nine digits.
    InterchangeControlNumberInvalid = "interchange-control-number-invalid", Error, Some(Ta105("018")),
        "ISA13 is nine digits";
    /// GS06 is not a number of up to nine digits.
    GroupControlNumberInvalid = "group-control-number-invalid", Error, Some(Ak905("6")),
        "GS06 is one to nine digits";
    /// ST02 is not four to nine characters.
    SetControlNumberInvalid = "set-control-number-invalid", Error, Some(Ak502("7")),
        "ST02 is four to nine characters, padded with zeroes at the left";
    /// ISA09 or ISA10 is not a date or a time.
    InterchangeDateInvalid = "interchange-date-invalid", Warning, Some(Ta105("014")),
        "ISA09 is YYMMDD and ISA10 is HHMM";
    /// GS04 or GS05 is not a date or a time.
    GroupDateInvalid = "group-date-invalid", Warning, None,
        "GS04 is CCYYMMDD and GS05 is HHMM, HHMMSS or HHMMSSDD";
    /// Two interchanges of one input, from one sender to one receiver, have the same ISA13.
    InterchangeControlNumberRepeated = "interchange-control-number-repeated", Warning, Some(Ta105("025")),
        "every interchange of a sender has its own control number; this one may have been sent twice";
    /// Two groups of one interchange have the same GS06.
    GroupControlNumberRepeated = "group-control-number-repeated", Warning, Some(Ak905("19")),
        "every group of a sender has its own control number";
    /// Two transaction sets of one group have the same ST02.
    SetControlNumberRepeated = "set-control-number-repeated", Warning, Some(Ak502("23")),
        "every transaction set of a group has its own control number";
    /// An interchange holds neither a group nor a TA1.
    InterchangeEmpty = "interchange-empty", Warning, Some(Ta105("024")),
        "an interchange holds at least one group or TA1";
    /// A transaction set is larger than the limit and was left out.
    SetTooLarge = "set-too-large", Error, Some(Ak502("5")),
        "raise the limit, or read the set segment by segment";
    /// A typed document was asked for from another transaction set.
    SetCodeUnexpected = "set-code-unexpected", Error, Some(Ak502("1")),
        "look at ST01 before choosing the document";
    /// There is no schema for the set.
    SetUnknown = "set-unknown", Error, Some(Ak502("1")),
        "check ST01, or give the schema of the set";
    /// There are no tables for the release of the group.
    ReleaseUnknown = "release-unknown", Error, Some(Ak905("2")),
        "check GS08, or give a schema for the release";
    /// GS01 is not the functional identifier of the set.
    SetNotInGroup = "set-not-in-group", Warning, Some(Ak502("18")),
        "compare GS01 with ST01";
    /// A segment that the set requires is not there.
    SegmentMissing = "segment-missing", Error, Some(Ak304("3")),
        "the sender must send the segment";
    /// A loop that the set requires is not there.
    LoopMissing = "loop-missing", Error, Some(Ak304("3")),
        "the sender must send the loop, beginning with this segment";
    /// A segment occurs more often than the set allows.
    SegmentRepeated = "segment-repeated", Warning, Some(Ak304("5")),
        "the surplus segment is kept, but not in the typed fields";
    /// A loop occurs more often than the set allows.
    LoopRepeated = "loop-repeated", Warning, Some(Ak304("4")),
        "the sender must split the document, or the partners agree on a higher number";
    /// A segment stands later than the set's order allows.
    SegmentOutOfOrder = "segment-out-of-order", Warning, Some(Ak304("7")),
        "the data was read; the sender should keep the order of the standard";
    /// The release has no segment of this id.
    SegmentUnknown = "segment-unknown", Error, Some(Ak304("1")),
        "check the segment id, the release in GS08 and the segment terminator";
    /// The release has the segment, but this set has no place for it.
    SegmentNotInSet = "segment-not-in-set", Error, Some(Ak304("6")),
        "the sender must leave the segment out, or the partners agree on an overlay";
    /// A segment of a loop that was not started.
    SegmentUnexpected = "segment-unexpected", Error, Some(Ak304("2")),
        "the sender must send the segment that starts the loop before it";
    /// A segment that the partners agreed to leave out.
    SegmentForbidden = "segment-forbidden", Error, Some(Ak304("2")),
        "the sender must leave the segment out";
    /// Empty elements stand at the end of a segment.
    TrailingSeparators = "trailing-separators", Warning, None,
        "the sender should leave the separators out";
    /// A segment ends before its last element, and the partners agreed on all separators.
    TrailingSeparatorsMissing = "trailing-separators-missing", Warning, None,
        "the sender must write a separator for every element";
    /// Another HL of the set has the same HL01.
    HierarchyNumberRepeated = "hierarchy-number-repeated", Warning, Some(Ak403("7")),
        "every HL of a set has its own number";
    /// HL02 names no HL before this one.
    HierarchyParentUnknown = "hierarchy-parent-unknown", Warning, Some(Ak403("7")),
        "HL02 is HL01 of the level above, which comes first";
    /// An element that is required is empty.
    ElementMissing = "element-missing", Error, Some(Ak403("1")),
        "the sender must fill the element";
    /// An element that others require is empty.
    ElementConditionMissing = "element-condition-missing", Warning, Some(Ak403("2")),
        "the sender must fill the element, or leave the others empty";
    /// Two elements are filled that exclude each other.
    ElementExclusion = "element-exclusion", Warning, Some(Ak403("10")),
        "the sender must leave one of the elements empty";
    /// A segment has more elements than the standard gives it.
    ElementSurplus = "element-surplus", Warning, Some(Ak403("3")),
        "the surplus elements are kept, but not in the typed fields";
    /// An element that the partners agreed to leave empty.
    ElementForbidden = "element-forbidden", Error, Some(Ak403("3")),
        "the sender must leave the element empty";
    /// A composite has more components than the standard gives it, or a simple element has some.
    ComponentSurplus = "component-surplus", Warning, Some(Ak403("13")),
        "check that the component separator does not occur in data";
    /// An element is repeated more often than the standard allows.
    ElementRepeated = "element-repeated", Warning, Some(Ak403("12")),
        "check that the repetition separator does not occur in data";
    /// An element is shorter than its minimum length.
    ElementTooShort = "element-too-short", Warning, Some(Ak403("4")),
        "the sender must keep the minimum length";
    /// An element is longer than its maximum length.
    ElementTooLong = "element-too-long", Warning, Some(Ak403("5")),
        "the sender must keep the maximum length; the value was read whole";
    /// An element holds a character that its type forbids.
    ElementCharacterInvalid = "element-character-invalid", Error, Some(Ak403("6")),
        "the sender must leave the character out";
    /// A number element is not a number of its type.
    ElementNumberInvalid = "element-number-invalid", Error, Some(Ak403("6")),
        "numbers are digits with an optional leading minus, and with a point only in type R";
    /// A code is not in the list of its element.
    ElementCodeInvalid = "element-code-invalid", Warning, Some(Ak403("7")),
        "compare with the guide of the partner; an overlay can add codes";
    /// An element holds nothing but blanks.
    ElementBlank = "element-blank", Warning, Some(Ak403("6")),
        "the sender must leave the element empty instead";
    /// Blanks stand around a number, date, time or code.
    ElementPadded = "element-padded", Warning, Some(Ak403("6")),
        "the sender should leave the blanks out; the value was read without them";
    /// A text ends with blanks that nothing needs.
    ElementTrailingBlanks = "element-trailing-blanks", Warning, None,
        "the sender should leave the blanks out";
    /// A number begins with zeroes that nothing needs.
    ElementLeadingZeroes = "element-leading-zeroes", Warning, None,
        "the sender should leave the zeroes out";
    /// A decimal ends with zeroes, or a point, that nothing needs.
    ElementTrailingZeroes = "element-trailing-zeroes", Warning, None,
        "the sender should leave them out";
    /// A date element is not a date.
    ElementDateInvalid = "element-date-invalid", Error, Some(Ak403("8")),
        "dates are CCYYMMDD";
    /// A time element is not a time.
    ElementTimeInvalid = "element-time-invalid", Error, Some(Ak403("9")),
        "times are HHMM, HHMMSS or HHMMSSDD";
    /// A 997, 999 or TA1 is about something that was not sent, or not to whom it comes from.
    AcknowledgmentUnmatched = "acknowledgment-unmatched", Warning, None,
        "compare with what was sent, also by other systems under the same id";
    /// A 997, 999 or TA1 says once more what was said before.
    AcknowledgmentRepeated = "acknowledgment-repeated", Info, None,
        "nothing is to be done, unless it happens often";
    /// A 997, 999 or TA1 contradicts itself or an earlier one.
    AcknowledgmentContradictory = "acknowledgment-contradictory", Error, None,
        "ask the receiver what became of the data";
    /// AK902 or AK903 is not the number of sets that were sent.
    AcknowledgmentCountWrong = "acknowledgment-count-wrong", Error, None,
        "ask the receiver which sets arrived";
    /// A status of a 997, 999 or TA1 is missing or not known.
    AcknowledgmentIncomplete = "acknowledgment-incomplete", Error, None,
        "ask the receiver what became of the data";
    /// A level stands before the one to which it belongs.
    HierarchyOutOfOrder = "hierarchy-out-of-order", Warning, Some(Ak304("7")),
        "the level was put where it belongs; the sender should send the upper level first";
    /// A level belongs to itself by way of HL02.
    HierarchyRing = "hierarchy-ring", Error, Some(Ak403("7")),
        "the sender must name another level in HL02";
    /// HL04 says that levels are below it where there are none, or the other way round.
    HierarchyChildCodeWrong = "hierarchy-child-code-wrong", Warning, Some(Ak403("7")),
        "compare with the sender's log; levels may be missing";
    /// CTT01 is not the number of line items.
    LineCountWrong = "line-count-wrong", Warning, Some(Ak403("7")),
        "compare with the sender's log; line items may be missing";
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for FindingCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_kebab_case() {
        let mut names: Vec<_> = FindingCode::ALL.iter().map(|code| code.as_str()).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        for name in names {
            assert!(
                name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'),
                "{name}"
            );
        }
    }
}
