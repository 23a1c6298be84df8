//! What is checked, and how much it matters.

use crate::finding::Severity;

/// Whether something is checked, and how severe a finding of it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Check {
    /// Not checked.
    Off,
    /// Reported as [`Severity::Info`].
    Info,
    /// Reported as [`Severity::Warning`].
    Warning,
    /// Reported as [`Severity::Error`].
    Error,
}

impl Check {
    /// The severity of a finding; `None` where nothing is checked.
    #[must_use]
    pub const fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Info => Some(Severity::Info),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }

    /// Whether it is checked at all.
    #[must_use]
    pub const fn is_on(self) -> bool {
        !matches!(self, Self::Off)
    }
}

/// Which characters data may hold; delimiters are no data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Characters {
    /// A–Z, 0–9, blank and ``! " & ' ( ) * + , - . / : ; ? =``.
    Basic,
    /// Basic, a–z and ``% ~ @ [ ] _ { } \ | < > # $ ^` ``.
    #[default]
    Extended,
    /// Extended, and everything outside ASCII that is well-formed UTF-8. Lengths count
    /// characters then, not bytes.
    Utf8,
    /// Any byte.
    Unrestricted,
}

/// Whether empty elements may stand at the end of a segment, as `N3*STREET*~`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum TrailingSeparators {
    /// They may.
    #[default]
    Optional,
    /// They must not, as the standard says.
    Forbidden,
    /// Every separator must be there up to the last element that the segment could have.
    Mandatory,
}

macro_rules! switches {
    ($( $(#[doc = $doc:literal])+ $field:ident: $type:ty = $strict:expr, $standard:expr, $lenient:expr; )+) => {
        /// Everything that can be switched on and off.
        ///
        /// The named levels are nothing but settings of these switches; start with one of them and
        /// change what a partner needs:
        ///
        /// ```
        /// use x12_edi::validate::{Characters, Check, Switches};
        /// let mut switches = Switches::standard();
        /// switches.codes = Check::Off;
        /// switches.characters = Characters::Utf8;
        /// assert_ne!(switches, Switches::strict());
        /// ```
        ///
        /// With the feature `serde`, what a file leaves out is as in [`Switches::standard`].
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(rename_all = "kebab-case", default, deny_unknown_fields))]
        #[non_exhaustive]
        pub struct Switches { $( $(#[doc = $doc])+ pub $field: $type, )+ }

        impl Switches {
            /// The standard to the letter: everything is an error that an acknowledgment has a
            /// code for, and what is of no consequence for the data is a warning.
            #[must_use]
            pub const fn strict() -> Self {
                Self { $($field: $strict,)+ }
            }

            /// What is worth knowing of a partner's data: an error where data is missing,
            /// contradicts itself or cannot be read, a warning for what is against the standard
            /// and yet clear. The default.
            #[must_use]
            pub const fn standard() -> Self {
                Self { $($field: $standard,)+ }
            }

            /// Only what may cost data: an error where a value cannot be read, a warning where
            /// something is missing or has no known place.
            #[must_use]
            pub const fn lenient() -> Self {
                Self { $($field: $lenient,)+ }
            }
        }
    };
}

use Check::{Error, Off, Warning};

switches! {
    /// Segments that the release does not know, or that the set has no place for.
    unknown_segments: Check = Error, Error, Warning;
    /// Segments of a loop that was not started, and those that an overlay forbids.
    unexpected_segments: Check = Error, Error, Warning;
    /// Required segments and loops that are not there.
    missing_segments: Check = Error, Error, Warning;
    /// Segments that stand later than the order of the set allows.
    order: Check = Error, Warning, Off;
    /// Segments that occur more often in a row than their maximal use.
    segment_repeats: Check = Error, Warning, Off;
    /// Loops that are repeated too often.
    loop_repeats: Check = Error, Warning, Off;
    /// HL: each HL01 once in a set, and HL02 names an earlier one.
    hierarchy: Check = Error, Warning, Off;
    /// Required elements and components that are empty, and those that an overlay forbids.
    required_elements: Check = Error, Error, Warning;
    /// Syntax notes: P, R, E, C and L, of segments and of composites.
    syntax_notes: Check = Error, Warning, Off;
    /// More elements than the segment has.
    surplus_elements: Check = Error, Warning, Off;
    /// More components than the element has; the component separator in a simple element.
    surplus_components: Check = Error, Warning, Off;
    /// More repetitions of an element than it may have.
    repetitions: Check = Error, Warning, Off;
    /// Numbers (N0 to N9, R) that are none.
    numbers: Check = Error, Error, Error;
    /// Dates (DT) that are no day of the calendar.
    dates: Check = Error, Error, Warning;
    /// Times (TM) that are no time of the day.
    times: Check = Error, Error, Warning;
    /// Values below the least length.
    min_length: Check = Error, Warning, Off;
    /// Values above the greatest length.
    max_length: Check = Error, Warning, Off;
    /// Characters outside [`characters`](Self::characters).
    character_set: Check = Error, Warning, Off;
    /// The characters that data may hold.
    characters: Characters = Characters::Extended, Characters::Extended, Characters::Unrestricted;
    /// Codes that the list of their element does not have. Lists age and partners add to them.
    codes: Check = Error, Warning, Off;
    /// Elements of nothing but blanks.
    blank_elements: Check = Error, Warning, Off;
    /// Blanks at the end of a text that its least length does not need.
    trailing_blanks: Check = Warning, Off, Off;
    /// Blanks around numbers, dates, times and codes. The value is checked without them.
    padding: Check = Error, Warning, Off;
    /// Zeroes before a number that its least length does not need.
    leading_zeroes: Check = Warning, Off, Off;
    /// Zeroes, or nothing, behind the point of an R.
    trailing_zeroes: Check = Warning, Off, Off;
    /// Separators at the end of a segment that are not as
    /// [`trailing_separators`](Self::trailing_separators) says.
    separators: Check = Warning, Off, Off;
    /// Whether empty elements may stand at the end of a segment.
    trailing_separators: TrailingSeparators =
        TrailingSeparators::Forbidden, TrailingSeparators::Optional, TrailingSeparators::Optional;
    /// Control numbers that come twice in one interchange (GS06) or group (ST02). Only where whole
    /// interchanges are read.
    duplicates: Check = Error, Warning, Off;
    /// Sets and releases for which there is no schema. Only where whole interchanges are read.
    unknown_sets: Check = Error, Warning, Off;
    /// Sets in a group of another kind: GS01 is not what the set asks for. Only where whole
    /// interchanges are read.
    functional_ids: Check = Error, Warning, Off;
}

impl Default for Switches {
    fn default() -> Self {
        Self::standard()
    }
}

impl Switches {
    /// The same without everything about the structure of the set: places, order, repeats, HL.
    #[must_use]
    pub const fn without_structure(mut self) -> Self {
        self.unknown_segments = Off;
        self.unexpected_segments = Off;
        self.missing_segments = Off;
        self.order = Off;
        self.segment_repeats = Off;
        self.loop_repeats = Off;
        self.hierarchy = Off;
        self
    }

    /// The same without everything about elements and their values.
    #[must_use]
    pub const fn without_elements(mut self) -> Self {
        self.required_elements = Off;
        self.syntax_notes = Off;
        self.surplus_elements = Off;
        self.surplus_components = Off;
        self.repetitions = Off;
        self.numbers = Off;
        self.dates = Off;
        self.times = Off;
        self.min_length = Off;
        self.max_length = Off;
        self.character_set = Off;
        self.codes = Off;
        self.blank_elements = Off;
        self.trailing_blanks = Off;
        self.padding = Off;
        self.leading_zeroes = Off;
        self.trailing_zeroes = Off;
        self.separators = Off;
        self
    }

    /// Whether anything about elements is checked.
    pub(super) fn any_element(&self) -> bool {
        *self != self.clone().without_elements()
    }
}
