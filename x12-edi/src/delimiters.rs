//! The bytes that separate segments, elements, repetitions and components.

use crate::error::{ErrorKind, Problem, Result};

/// The delimiters of one interchange.
///
/// Reading takes them from ISA: byte 3 (element), ISA16 (component), the byte after it (segment)
/// and, from ISA12 `00402` on, ISA11 (repetition).
// Eight bytes that are copied at once: every segment and element carries them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(align(8))]
pub struct Delimiters {
    pub(crate) element: u8,
    pub(crate) component: u8,
    pub(crate) segment: u8,
    pub(crate) repetition: Option<u8>,
    /// From ISX01.
    pub(crate) release: Option<u8>,
}

impl Default for Delimiters {
    /// `*` elements, `>` components, `~` segments, no repetition.
    fn default() -> Self {
        Self {
            element: b'*',
            component: b'>',
            segment: b'~',
            repetition: None,
            release: None,
        }
    }
}

impl Delimiters {
    /// Delimiters for writing, without a repetition separator.
    ///
    /// # Errors
    /// [`ErrorKind::Delimiters`] if two are the same, or one is a letter, a digit or a blank.
    ///
    /// ```
    /// use x12_edi::Delimiters;
    /// let delimiters = Delimiters::new(b'*', b'>', b'~')?.with_repetition(b'^')?;
    /// assert_eq!(delimiters.repetition(), Some(b'^'));
    /// assert!(Delimiters::new(b'*', b'*', b'~').is_err());
    /// # Ok::<(), x12_edi::Error>(())
    /// ```
    pub fn new(element: u8, component: u8, segment: u8) -> Result<Self> {
        Self {
            element,
            component,
            segment,
            repetition: None,
            release: None,
        }
        .checked()
    }

    /// The same with a repetition separator, which ISA11 carries from version `00402` on.
    ///
    /// # Errors
    /// [`ErrorKind::Delimiters`] as for [`Delimiters::new`].
    pub fn with_repetition(self, repetition: u8) -> Result<Self> {
        Self {
            repetition: Some(repetition),
            ..self
        }
        .checked()
    }

    fn checked(self) -> Result<Self> {
        if let Some(byte) = self.clash() {
            return Err(Problem::new(
                ErrorKind::Delimiters,
                "two delimiters are the same byte",
                "choose four different delimiters",
            )
            .with_value(&[byte])
            .into());
        }
        if let Some(byte) = self.unusual() {
            return Err(Problem::new(
                ErrorKind::Delimiters,
                "a delimiter is a letter, a digit, a blank or not ASCII",
                "choose characters that do not occur in data, such as `*`, `>`, `~`, `^`",
            )
            .with_value(&[byte])
            .into());
        }
        Ok(self)
    }

    fn all(self) -> impl Iterator<Item = u8> {
        [self.element, self.component, self.segment]
            .into_iter()
            .chain(self.repetition)
    }

    /// A byte that is used for two purposes.
    pub(crate) fn clash(self) -> Option<u8> {
        let mut seen = [false; 256];
        self.all().find(|&byte| {
            seen.get_mut(usize::from(byte))
                .is_some_and(|slot| std::mem::replace(slot, true))
        })
    }

    /// A byte that no sensible sender chooses.
    pub(crate) fn unusual(self) -> Option<u8> {
        self.all()
            .find(|&byte| byte.is_ascii_alphanumeric() || byte == b' ' || !byte.is_ascii())
    }

    /// The element separator, byte 3 of ISA.
    #[must_use]
    pub const fn element(self) -> u8 {
        self.element
    }

    /// The component separator, ISA16.
    #[must_use]
    pub const fn component(self) -> u8 {
        self.component
    }

    /// The segment terminator: one byte; line ends after it are no part of it.
    #[must_use]
    pub const fn segment(self) -> u8 {
        self.segment
    }

    /// The repetition separator, ISA11 from version `00402` on.
    #[must_use]
    pub const fn repetition(self) -> Option<u8> {
        self.repetition
    }

    /// The release character, ISX01 from version `00704` on: the byte after it is data, also where
    /// it is a delimiter. Only reading knows it; [`Element::data`](crate::Element::data) leaves it
    /// out.
    #[must_use]
    pub const fn release(self) -> Option<u8> {
        self.release
    }

    /// Whether `byte` is one of them.
    #[must_use]
    pub fn contains(self, byte: u8) -> bool {
        byte == self.element
            || byte == self.component
            || byte == self.segment
            || self.repetition == Some(byte)
            || self.release == Some(byte)
    }
}

/// The repetition separator that ISA11 names under the version of ISA12, if it does.
pub(crate) fn repetition_of(isa11: u8, isa12: &[u8]) -> Option<u8> {
    let versioned =
        isa12.len() == 5 && isa12.iter().all(u8::is_ascii_digit) && isa12 >= b"00402".as_slice();
    (versioned && !isa11.is_ascii_alphanumeric() && isa11 != b' ').then_some(isa11)
}

/// The release character that ISX01 names under the version of ISA12, if it does.
pub(crate) fn release_of(isx01: &[u8], isa12: &[u8], others: Delimiters) -> Option<u8> {
    let versioned =
        isa12.len() == 5 && isa12.iter().all(u8::is_ascii_digit) && isa12 >= &b"00704"[..];
    match isx01 {
        &[byte] if versioned => {
            let usable = !byte.is_ascii_alphanumeric() && byte != b' ' && !others.contains(byte);
            usable.then_some(byte)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn isa11_is_a_separator_only_from_00402_on() {
        assert_eq!(repetition_of(b'^', b"00401"), None);
        assert_eq!(repetition_of(b'^', b"00402"), Some(b'^'));
        assert_eq!(repetition_of(b'U', b"00501"), None);
        assert_eq!(repetition_of(b' ', b"00501"), None);
        assert_eq!(repetition_of(b'7', b"00501"), None);
        assert_eq!(repetition_of(b'^', b"5010"), None);
    }

    #[test]
    fn clashes_and_letters_are_refused() {
        assert!(Delimiters::new(b'*', b':', b'~').is_ok());
        assert!(Delimiters::new(0x1d, b'@', 0x1c).is_ok());
        assert!(Delimiters::new(b'*', b':', b'\n').is_ok());
        for (e, c, s) in [
            (b'*', b'*', b'~'),
            (b'*', b':', b'*'),
            (b'A', b':', b'~'),
            (b' ', b':', b'~'),
        ] {
            assert!(Delimiters::new(e, c, s).is_err());
        }
        assert!(Delimiters::default().with_repetition(b'*').is_err());
    }
}
