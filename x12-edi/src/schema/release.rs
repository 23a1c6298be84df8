//! Which release of the standard.

use std::fmt;

/// A release of the standard whose tables this crate has: GS08, its first six characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum Release {
    /// 003040: dates have six digits, ISA12 is 00304.
    V003040,
    /// 004010: the one that most trading partners use; ISA12 is 00401.
    #[default]
    V004010,
    /// 005010: elements may repeat, ST has a third element; ISA12 is 00501.
    V005010,
}

impl Release {
    /// All releases, oldest first.
    pub const ALL: &'static [Self] = &[Self::V003040, Self::V004010, Self::V005010];

    /// The six digits, for example `004010`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V003040 => "003040",
            Self::V004010 => "004010",
            Self::V005010 => "005010",
        }
    }

    /// ISA12 of an interchange of this release, for example `00401`.
    #[must_use]
    pub const fn isa_version(self) -> &'static str {
        match self {
            Self::V003040 => "00304",
            Self::V004010 => "00401",
            Self::V005010 => "00501",
        }
    }

    /// The release that a GS08 such as `004010` or `005010X222A1` names.
    ///
    /// ```
    /// use x12_edi::schema::Release;
    /// assert_eq!(Release::from_version("004010UCS"), Some(Release::V004010));
    /// assert_eq!(Release::from_version("006010"), None);
    /// ```
    #[must_use]
    pub fn from_version(version: &str) -> Option<Self> {
        let version = version.trim();
        Self::ALL
            .iter()
            .copied()
            .find(|release| version.starts_with(release.as_str()))
    }

    /// The release by whose tables documents of this GS08 are read and written: the latest of ours
    /// that is not later, since what changed stays changed. The default one if GS08 does not start
    /// with six digits.
    ///
    /// ```
    /// use x12_edi::schema::Release;
    /// assert_eq!(Release::nearest("004030"), Release::V004010);
    /// assert_eq!(Release::nearest("006010"), Release::V005010);
    /// ```
    #[must_use]
    pub fn nearest(version: &str) -> Self {
        let version = version.trim().get(..6).unwrap_or_default();
        if version.is_empty() || !version.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::default();
        }
        let mut nearest = Self::V003040;
        for known in Self::ALL {
            if known.as_str() <= version {
                nearest = *known;
            }
        }
        nearest
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
