//! Five fields of a crontab.
//!
//! Parsed here: the crates that do it bring another date library with them, or are no longer kept.

use std::ops::RangeInclusive;

use jiff::civil::{Date, Weekday};

use super::ScheduleError;

/// The days of a cron expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CronDays {
    /// Bits 1 to 12.
    months: u64,
    /// Bits 1 to 31.
    days: u64,
    /// `L` in the field of days.
    last_day: bool,
    /// Bits 0 (Sunday) to 6.
    weekdays: u64,
    /// `2#1`: weekday and which of them in the month, from 1; 0 is the last, `5L`.
    nth: Vec<(i8, i8)>,
    any_day: bool,
    any_weekday: bool,
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// Days and minutes of the day.
pub(super) fn parse(text: &str) -> Result<(CronDays, Vec<u16>), ScheduleError> {
    let wrong = |what: &str| ScheduleError::new(format!("the cron expression {text:?}: {what}"));
    let spelled = match text.trim() {
        "@hourly" => "0 * * * *",
        "@daily" | "@midnight" => "0 0 * * *",
        "@weekly" => "0 0 * * 0",
        "@monthly" => "0 0 1 * *",
        "@yearly" | "@annually" => "0 0 1 1 *",
        other if other.starts_with('@') => {
            return Err(wrong(
                "expected @hourly, @daily, @weekly, @monthly or @yearly",
            ));
        }
        other => other,
    };
    let fields: Vec<_> = spelled.split_ascii_whitespace().collect();
    let &[minute, hour, day, month, weekday] = fields.as_slice() else {
        return Err(wrong(&format!(
            "found {} fields, expected five: minute, hour, day of the month, month, day of the week",
            fields.len()
        )));
    };
    let field = |name: &str, text: &str, range, names: &[&str], first| {
        bits(text, range, names, first).map_err(|why| wrong(&format!("{name} {text:?}: {why}")))
    };
    let minutes = field("minute", minute, 0..=59, &[], 0)?;
    let hours = field("hour", hour, 0..=23, &[], 0)?;
    let months = field("month", month, 1..=12, &MONTHS, 1)?;
    let (mut days, mut last_day) = (0, false);
    for part in day.split(',') {
        if part.eq_ignore_ascii_case("l") {
            last_day = true;
        } else {
            days |= field("day of the month", part, 1..=31, &[], 0)?;
        }
    }
    let (mut weekdays, mut nth) = (0, Vec::new());
    for part in weekday.split(',') {
        match nth_weekday(part) {
            Some(Ok(one)) => nth.push(one),
            Some(Err(why)) => return Err(wrong(&format!("day of the week {part:?}: {why}"))),
            None => weekdays |= field("day of the week", part, 0..=7, &WEEKDAYS, 0)?,
        }
    }
    if weekdays & (1 << 7) != 0 {
        weekdays = (weekdays | 1) & !(1 << 7);
    }
    let any = |text: &str| text == "*" || text == "?";
    let rule = CronDays {
        months,
        days,
        last_day,
        weekdays,
        nth,
        any_day: any(day),
        any_weekday: any(weekday),
    };
    if !rule.ever() {
        return Err(wrong("no such day exists in any year"));
    }
    let times = (0..24_u16)
        .filter(|hour| hours & (1 << hour) != 0)
        .flat_map(|hour| {
            (0..60_u16)
                .filter(move |minute| minutes & (1 << minute) != 0)
                .map(move |minute| hour * 60 + minute)
        })
        .collect();
    Ok((rule, times))
}

impl CronDays {
    /// Whether it is a day of this rule: where both day fields say something, either is enough, as in every cron.
    pub(super) fn on(&self, date: Date) -> bool {
        if self.months & (1 << date.month()) == 0 {
            return false;
        }
        match (self.any_day, self.any_weekday) {
            (true, true) => true,
            (true, false) => self.weekday(date),
            (false, true) => self.day(date),
            (false, false) => self.day(date) || self.weekday(date),
        }
    }

    fn day(&self, date: Date) -> bool {
        self.days & (1 << date.day()) != 0 || (self.last_day && date.day() == date.days_in_month())
    }

    fn weekday(&self, date: Date) -> bool {
        let weekday = sunday_zero(date.weekday());
        self.weekdays & (1 << weekday) != 0
            || self.nth.iter().any(|(day, nth)| {
                *day == weekday
                    && match nth {
                        0 => date.day() + 7 > date.days_in_month(),
                        nth => (date.day() - 1) / 7 + 1 == *nth,
                    }
            })
    }

    /// The calendar repeats its kinds of years within eight, the years around 2100 apart.
    fn ever(&self) -> bool {
        let days = jiff::civil::date(2024, 1, 1).series(jiff::Span::new().days(1));
        days.take(366 * 8).any(|date| self.on(date))
    }
}

pub(super) fn sunday_zero(weekday: Weekday) -> i8 {
    weekday.to_sunday_zero_offset()
}

/// `2#1` or `5L`, where it is one of them.
fn nth_weekday(part: &str) -> Option<Result<(i8, i8), String>> {
    let (day, nth) = if let Some((day, nth)) = part.split_once('#') {
        (day, nth)
    } else {
        (part.strip_suffix(['L', 'l'])?, "0")
    };
    if day.is_empty() {
        return Some(Err("expected a day before it, as in 5L".to_owned()));
    }
    let read = || {
        let day = number(day, &WEEKDAYS, 0).filter(|day| *day <= 7);
        let day = day.ok_or("expected a day from 0 to 7 or a name as in MON#1")?;
        let nth: u32 = nth
            .parse()
            .ok()
            .filter(|nth| *nth <= 5)
            .ok_or("expected which of them from 1 to 5")?;
        if nth == 0 && part.contains('#') {
            return Err("expected which of them from 1 to 5");
        }
        Ok((
            i8::try_from(day % 7).unwrap_or(0),
            i8::try_from(nth).unwrap_or(0),
        ))
    };
    Some(read().map_err(str::to_owned))
}

/// The values of one field as bits.
fn bits(text: &str, range: RangeInclusive<u32>, names: &[&str], first: u32) -> Result<u64, String> {
    let (least, most) = (*range.start(), *range.end());
    let mut bits = 0;
    for part in text.split(',') {
        let (span, step) = match part.split_once('/') {
            Some((span, step)) => {
                let step = step.parse::<u32>().ok().filter(|step| *step > 0);
                (
                    span,
                    Some(step.ok_or("expected a whole number above 0 behind the slash")?),
                )
            }
            None => (part, None),
        };
        let value = |text: &str| {
            number(text, names, first)
                .filter(|value| range.contains(value))
                .ok_or_else(|| {
                    let or = if names.is_empty() { "" } else { " or a name" };
                    format!("found {text:?}, expected a number from {least} to {most}{or}")
                })
        };
        let (from, to) = match span.split_once('-') {
            _ if span == "*" || span == "?" => (least, if most == 7 { 6 } else { most }),
            Some((from, to)) => (value(from)?, value(to)?),
            None if step.is_some() => (value(span)?, if most == 7 { 6 } else { most }),
            None => (value(span)?, value(span)?),
        };
        if from > to {
            return Err(format!(
                "{span:?} ends before it begins: write two ranges with a comma"
            ));
        }
        let step = step.unwrap_or(1);
        for value in (from..=to).filter(|value| (value - from).is_multiple_of(step)) {
            bits |= 1_u64 << value;
        }
    }
    Ok(bits)
}

fn number(text: &str, names: &[&str], first: u32) -> Option<u32> {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok();
    }
    let place = names
        .iter()
        .position(|name| name.eq_ignore_ascii_case(text))?;
    Some(u32::try_from(place).ok()? + first)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn days(text: &str, year: i16, month: i8) -> Vec<i8> {
        let (rule, _) = parse(text).unwrap();
        let first = date(year, month, 1);
        first
            .series(jiff::Span::new().days(1))
            .take(usize::try_from(first.days_in_month()).unwrap())
            .filter(|date| rule.on(*date))
            .map(Date::day)
            .collect()
    }

    #[test]
    fn days_are_found_by_number_weekday_and_place_in_the_month() {
        // August 2026 begins on a Saturday and has 31 days.
        assert_eq!(days("0 0 1,15 * *", 2026, 8), [1, 15]);
        assert_eq!(days("0 0 * * SAT", 2026, 8), [1, 8, 15, 22, 29]);
        assert_eq!(days("0 0 * * 7", 2026, 8), days("0 0 * * sun", 2026, 8));
        assert_eq!(days("0 0 L * *", 2026, 2), [28]);
        assert_eq!(days("0 0 L * *", 2028, 2), [29]);
        assert_eq!(days("0 0 * * 1#2", 2026, 8), [10]);
        assert_eq!(days("0 0 * * FRI#5", 2026, 8), Vec::<i8>::new());
        assert_eq!(days("0 0 * * 5L", 2026, 8), [28]);
        assert_eq!(
            days("0 0 13 * FRI", 2026, 8),
            [7, 13, 14, 21, 28],
            "either is enough"
        );
        assert_eq!(days("0 0 ? * 1-5", 2026, 8).len(), 21);
        assert_eq!(days("0 0 */10 * *", 2026, 8), [1, 11, 21, 31]);
        assert_eq!(days("0 0 1 SEP-OCT *", 2026, 8), Vec::<i8>::new());
    }

    #[test]
    fn times_are_minutes_of_the_day() {
        let times = |text| parse(text).unwrap().1;
        assert_eq!(times("30 2 * * *"), [150]);
        assert_eq!(times("*/20 1,3 * * *"), [60, 80, 100, 180, 200, 220]);
        assert_eq!(times("5/25 0 * * *"), [5, 30, 55]);
        assert_eq!(times("@hourly").len(), 24);
        assert_eq!(times("* * * * *").len(), 1440);
        assert_eq!(times("@monthly"), [0]);
    }

    #[test]
    fn what_is_wrong_is_named_with_what_was_expected() {
        for (text, why) in [
            ("0 0 * *", "found 4 fields, expected five"),
            (
                "60 0 * * *",
                "minute \"60\": found \"60\", expected a number from 0 to 59",
            ),
            ("0 24 * * *", "hour"),
            ("0 0 0 * *", "from 1 to 31"),
            ("0 0 * 13 *", "from 1 to 12 or a name"),
            ("0 0 * * 8", "from 0 to 7 or a name"),
            ("0 0 * * MON#6", "from 1 to 5"),
            ("0 0 * * MON#0", "from 1 to 5"),
            ("0 0 * * XL", "a day from 0 to 7"),
            ("*/0 0 * * *", "above 0"),
            ("0 0 * * FRI-MON", "ends before it begins"),
            ("0 0 30 2 *", "no such day"),
            ("0 0 31 4,6,9,11 *", "no such day"),
            ("@reboot", "expected @hourly"),
            ("+5 0 * * *", "minute"),
            ("", "found 0 fields"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(why), "{text:?}: {error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[-0-9*,/#?LlA-Za-z@ ]{0,40}") {
            let _ = parse(&text);
        }
    }
}
