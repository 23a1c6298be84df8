//! Dates and date-times without a zone, and the zone of a database.

mod date_time;
mod day;
mod invalid;
mod zone;

pub use date_time::PsDateTime;
pub use day::PsDate;
pub use invalid::InvalidDate;
pub use zone::Zone;

/// Serde and `Debug` by the text of a type.
macro_rules! text_serde {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text =
                    <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}

use text_serde;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::SignedDuration;
    use jiff::civil::DateTime;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for text in [
            "2024-02-30",
            "0000-00-00",
            "",
            "2024-2-3",
            "20240203",
            "2024-02-03 ",
        ] {
            assert!(text.parse::<PsDate>().is_err(), "{text:?}");
        }
        assert!(PsDate::new(2024, 2, 29).is_ok());
        assert!(PsDate::new(0, 1, 1).is_err());
    }

    #[test]
    fn everyday_spellings_mean_the_same_time() {
        let chicago = Zone::new("CST6CDT,M3.2.0,M11.1.0").unwrap();
        for text in [
            "2026-07-01T09:30:00",
            "2026-07-01 09:30:00",
            "2026-07-01T09:30:00.000000",
            "2026-07-01-09.30.00.000000",
            "2026-07-01T09:30",
            "2026-07-01T09:30:00.000000-0500",
            "2026-07-01T09:30:00-05:00",
            "2026-07-01T14:30:00Z",
        ] {
            let read = PsDateTime::parse_any(text, &chicago).unwrap();
            assert_eq!(read.to_string(), "2026-07-01T09:30:00", "{text}");
        }
    }

    #[test]
    fn a_repeated_hour_reads_as_its_first_pass() {
        let chicago = Zone::new("CST6CDT,M3.2.0,M11.1.0").unwrap();
        let repeated: PsDateTime = "2026-11-01T01:30:00".parse().unwrap();
        let shown = PsDateTime::from_instant(repeated.to_instant(&chicago), &Zone::utc());
        assert_eq!(shown.to_string(), "2026-11-01T06:30:00");
    }

    #[test]
    fn arithmetic_stays_in_range() {
        assert_eq!(PsDateTime::MAX.plus(Duration::MAX), PsDateTime::MAX);
        assert_eq!(
            PsDateTime::MIN.minus(Duration::from_secs(1)),
            PsDateTime::MIN
        );
        assert_eq!(PsDateTime::MIN.since(PsDateTime::MAX), Duration::ZERO);
        let day: PsDate = "2026-02-28".parse().unwrap();
        assert_eq!(day.plus_days(1).to_string(), "2026-03-01");
    }

    #[test]
    fn a_zone_that_is_none_is_named() {
        assert!(
            Zone::new("Moon/Tycho")
                .unwrap_err()
                .to_string()
                .contains("Moon/Tycho")
        );
    }

    proptest! {
        #[test]
        fn text_survives(seconds in -60_000_000_000i64..=250_000_000_000, micros in 0u64..1_000_000) {
            let value = PsDateTime(
                DateTime::constant(1970, 1, 1, 0, 0, 0, 0)
                    .saturating_add(SignedDuration::from_secs(seconds)),
            )
            .plus(Duration::from_micros(micros));
            prop_assert_eq!(value.to_string().parse::<PsDateTime>().unwrap(), value);
            prop_assert_eq!(value.date().to_string().parse::<PsDate>().unwrap(), value.date());
        }

        #[test]
        fn any_text_is_answered(text in ".{0,40}") {
            let _ = text.parse::<PsDate>();
            let _ = PsDateTime::parse_any(&text, &Zone::utc());
        }
    }
}
