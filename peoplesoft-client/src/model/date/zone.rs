//! The zone of a database.

use jiff::tz::TimeZone;

use super::InvalidDate;

/// The time zone of a database, which the date-times of PeopleSoft do not name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(pub(super) TimeZone);

impl Zone {
    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// A zone by its IANA name (`America/Chicago`) or its POSIX rule (`CST6CDT,M3.2.0,M11.1.0`).
    ///
    /// Names are looked up in the system's time zone database; a POSIX rule needs none.
    ///
    /// # Errors
    ///
    /// [`InvalidDate`] when the text is neither, or the system has no time zone database.
    pub fn new(name: &str) -> Result<Self, InvalidDate> {
        if name.eq_ignore_ascii_case("UTC") {
            return Ok(Self::utc());
        }
        TimeZone::get(name)
            .or_else(|_| TimeZone::posix(name))
            .map(Self)
            .map_err(|_| {
                InvalidDate::new(
                    name,
                    "a time zone such as `America/Chicago` (IANA, if this system has a time zone \
                 database) or `CST6CDT,M3.2.0,M11.1.0` (POSIX)",
                )
            })
    }
}
