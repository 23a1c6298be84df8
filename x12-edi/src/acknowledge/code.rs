//! The codes by which acknowledgments name errors, with meanings in our own words.

use std::borrow::Cow;
use std::fmt;

macro_rules! error_codes {
    ( $( $(#[$meta:meta])* $name:ident { $( $code:literal $meaning:literal )+ } )+ ) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Cow<'static, str>);

        impl $name {
            /// Any code, also one that the standard does not have.
            #[must_use]
            pub fn new(code: impl Into<String>) -> Self {
                Self(Cow::Owned(code.into()))
            }

            pub(crate) const fn known(code: &'static str) -> Self {
                Self(Cow::Borrowed(code))
            }

            /// The code as it is written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// What it means, where the standard has the code.
            #[must_use]
            pub fn meaning(&self) -> Option<&'static str> {
                Some(match self.as_str() {
                    $( $code => $meaning, )+
                    _ => return None,
                })
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl fmt::Display for $name {
            /// The code, and its meaning where it is known.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)?;
                match self.meaning() {
                    Some(meaning) => write!(f, " ({meaning})"),
                    None => Ok(()),
                }
            }
        }
    )+ };
}

error_codes! {
    /// What is wrong with an interchange: TA105.
    InterchangeNote {
        "000" "nothing is wrong"
        "001" "the control numbers of ISA and IEA differ"
        "002" "the control standard of ISA11 is not supported"
        "003" "the version of the envelope is not supported"
        "004" "the segment terminator is unusable"
        "005" "the sender's id qualifier is unusable"
        "006" "the sender's id is unusable"
        "007" "the receiver's id qualifier is unusable"
        "008" "the receiver's id is unusable"
        "009" "the receiver is not known here"
        "010" "the authorization qualifier is unusable"
        "011" "the authorization is not valid"
        "012" "the security qualifier is unusable"
        "013" "the security information is not valid"
        "014" "the date is not a date"
        "015" "the time is not a time"
        "016" "the standards identifier is unusable"
        "017" "the version is unusable"
        "018" "the control number is unusable"
        "019" "the request for an acknowledgment is unusable"
        "020" "the usage indicator is unusable"
        "021" "the number of groups is wrong"
        "022" "the structure of the envelope is wrong"
        "023" "the input ended too early"
        "024" "the content is unusable"
        "025" "the control number was used before"
        "026" "the element separator is unusable"
        "027" "the component separator is unusable"
        "028" "the delivery date is not a date"
        "029" "the delivery time is not a time"
        "030" "the code of the delivery time is unusable"
        "031" "the grade of service is unusable"
    }
    /// What is wrong with a group: AK905 to AK909.
    GroupErrorCode {
        "1" "the group is not supported"
        "2" "its version is not supported"
        "3" "its trailer is missing"
        "4" "the control numbers of GS and GE differ"
        "5" "the number of its sets is wrong"
        "6" "its control number is unusable"
        "10" "the name of the authentication key is not known"
        "11" "the name of the encryption key is not known"
        "12" "the wanted security service is not available"
        "13" "the security recipient is not known"
        "14" "the security originator is not known"
        "15" "the decrypted text breaks the syntax"
        "16" "security is not supported"
        "17" "the length of the encrypted message is wrong"
        "18" "the message authentication code does not match"
        "19" "its control number is used twice in the interchange"
        "23" "S3E is missing for S3S"
        "24" "S3S is missing for S3E"
        "25" "S4E is missing for S4S"
        "26" "S4S is missing for S4E"
    }
    /// What is wrong with a transaction set: AK502 to AK506, or IK502 to IK506.
    SetErrorCode {
        "1" "the set is not supported"
        "2" "its trailer is missing"
        "3" "the control numbers of ST and SE differ"
        "4" "the number of its segments is wrong"
        "5" "segments are in error"
        "6" "its identifier is missing or unusable"
        "7" "its control number is missing or unusable"
        "8" "the name of the authentication key is not known"
        "9" "the name of the encryption key is not known"
        "10" "the wanted security service is not available"
        "11" "the security recipient is not known"
        "12" "the length of the encrypted message is wrong"
        "13" "the message authentication code does not match"
        "15" "the security originator is not known"
        "16" "the decrypted text breaks the syntax"
        "17" "security is not supported"
        "18" "the set does not belong into this group"
        "19" "the implementation reference is unusable"
        "23" "its control number is used twice in the group"
        "24" "S3E is missing for S3S"
        "25" "S3S is missing for S3E"
        "26" "S4E is missing for S4S"
        "27" "S4S is missing for S4E"
        "I6" "the implementation is not supported"
    }
    /// What is wrong with a segment: AK304 or IK304.
    SegmentErrorCode {
        "1" "the segment id is not known"
        "2" "the segment was not expected here"
        "3" "the segment is required and missing"
        "4" "the loop occurs too often"
        "5" "the segment occurs too often"
        "6" "the set does not have the segment"
        "7" "the segment stands out of order"
        "8" "elements of the segment are in error"
        "I4" "the implementation does not use the segment"
        "I6" "the implementation requires the segment under the circumstances"
        "I7" "the loop occurs too seldom for the implementation"
        "I8" "the segment occurs too seldom for the implementation"
        "I9" "the implementation forbids the segment under the circumstances"
    }
    /// What is wrong with an element: AK403 or IK403.
    ElementErrorCode {
        "1" "the element is required and missing"
        "2" "other elements require the element"
        "3" "the segment has too many elements"
        "4" "the element is too short"
        "5" "the element is too long"
        "6" "the element holds a character that its type forbids"
        "7" "the code is not in the list"
        "8" "the date is not a date"
        "9" "the time is not a time"
        "10" "other elements exclude the element"
        "12" "the element is repeated too often"
        "13" "the element has too many components"
        "I6" "the implementation does not use the code"
        "I9" "the implementation requires the element under the circumstances"
        "I10" "the implementation does not use the element"
        "I11" "the element is repeated too seldom for the implementation"
        "I12" "the value does not have the form that the implementation asks for"
        "I13" "the implementation forbids the element under the circumstances"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_codes_have_a_meaning_and_others_are_kept() {
        assert_eq!(
            ElementErrorCode::known("5").to_string(),
            "5 (the element is too long)"
        );
        assert_eq!(ElementErrorCode::new("511").meaning(), None);
        assert_eq!(ElementErrorCode::new("511").to_string(), "511");
        assert_eq!(ElementErrorCode::new("5"), ElementErrorCode::known("5"));
    }
}
