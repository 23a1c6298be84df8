//! When runs begin: zones with their real clock changes, holidays, month ends, missed runs.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use sync_core::StreamKey;
use sync_core::schedule::{
    CatchUp, Missed, MissedPolicy, Schedule, TimeOfDay, Timetable, Weekday, Zone,
};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

fn at(text: &str) -> SystemTime {
    text.parse::<jiff::Timestamp>().unwrap().into()
}

fn shown(time: SystemTime) -> String {
    jiff::Timestamp::try_from(time).unwrap().to_string()
}

fn time(text: &str) -> TimeOfDay {
    text.parse().unwrap()
}

fn zone(name: &str) -> Zone {
    Zone::named(name).unwrap()
}

fn stream() -> StreamKey {
    StreamKey::new("acme", "purchase-orders", "us001")
}

fn table(schedule: &Schedule) -> Timetable {
    schedule.of(&stream())
}

/// The times after `from`.
fn times(schedule: &Schedule, from: &str, count: usize) -> Vec<String> {
    let table = table(schedule);
    std::iter::successors(table.next_after(at(from)), |last| table.next_after(*last))
        .take(count)
        .map(shown)
        .collect()
}

#[test]
fn a_skipped_hour_runs_at_the_first_moment_after_it() {
    // Chicago, 8 March 2026: 02:00 becomes 03:00 at 08:00 UTC.
    let night = Schedule::daily([time("02:30")]).unwrap();
    let night = night.zone(zone("America/Chicago"));
    assert_eq!(
        times(&night, "2026-03-07T00:00:00Z", 3),
        [
            "2026-03-07T08:30:00Z",
            "2026-03-08T08:00:00Z",
            "2026-03-09T07:30:00Z"
        ]
    );
    // However many times fall into it, it is one run, and that of 03:00 is the same.
    let often = Schedule::cron("*/15 1-3 8 3 *").unwrap();
    let often = often.zone(zone("America/Chicago"));
    let got = times(&often, "2026-03-08T00:00:00Z", 9);
    assert_eq!(
        got,
        [
            "2026-03-08T07:00:00Z",
            "2026-03-08T07:15:00Z",
            "2026-03-08T07:30:00Z",
            "2026-03-08T07:45:00Z",
            "2026-03-08T08:00:00Z",
            "2026-03-08T08:15:00Z",
            "2026-03-08T08:30:00Z",
            "2026-03-08T08:45:00Z",
            "2027-03-08T07:00:00Z",
        ]
    );
}

#[test]
fn a_repeated_hour_runs_once_the_first_time_round() {
    // Chicago, 1 November 2026: 02:00 becomes 01:00 at 07:00 UTC.
    let night = Schedule::daily([time("01:30")]).unwrap();
    let night = night.zone(zone("America/Chicago"));
    assert_eq!(
        times(&night, "2026-10-31T00:00:00Z", 3),
        [
            "2026-10-31T06:30:00Z",
            "2026-11-01T06:30:00Z",
            "2026-11-02T07:30:00Z"
        ]
    );
    // Asked in the middle of the second round, it is done for the day.
    let table = table(&night);
    let next = table.next_after(at("2026-11-01T07:15:00Z")).unwrap();
    assert_eq!(shown(next), "2026-11-02T07:30:00Z");
}

#[test]
fn changes_of_half_an_hour_and_of_a_whole_day_are_no_different() {
    // Lord Howe, 4 October 2026: 02:00 becomes 02:30; 5 April 2026: 02:00 becomes 01:30.
    let spring = Schedule::cron("0,15,30 2 4 10 *").unwrap();
    let spring = spring.zone(zone("Australia/Lord_Howe"));
    assert_eq!(
        times(&spring, "2026-10-01T00:00:00Z", 1),
        ["2026-10-03T15:30:00Z"]
    );
    let autumn = Schedule::daily([time("01:45")]).unwrap();
    let autumn = autumn.zone(zone("Australia/Lord_Howe"));
    assert_eq!(
        times(&autumn, "2026-04-04T00:00:00Z", 2),
        ["2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"]
    );
    // Samoa had no 30 December 2011: its runs fall on the first moment of the 31st.
    let noon = Schedule::cron("0 12 30 12 *").unwrap();
    let noon = noon.zone(zone("Pacific/Apia"));
    assert_eq!(
        times(&noon, "2011-12-01T00:00:00Z", 1),
        ["2011-12-30T10:00:00Z"]
    );
}

#[test]
fn an_interval_knows_no_clock_changes() {
    let schedule = Schedule::every(HOUR).unwrap();
    let table = table(&schedule.zone(zone("America/Chicago")));
    let mut last = table.next_after(at("2026-03-07T00:00:00Z")).unwrap();
    for _ in 0..72 {
        let next = table.next_after(last).unwrap();
        assert_eq!(next, last + HOUR);
        last = next;
    }
}

#[test]
fn holidays_and_the_end_of_the_month_are_those_of_the_zone() {
    let days = [Weekday::Monday, Weekday::Thursday, Weekday::Friday];
    let schedule = Schedule::weekly(days, [time("22:00"), time("06:00")]).unwrap();
    let schedule = schedule
        .zone(zone("America/New_York"))
        .holidays(["2026-12-25".parse().unwrap()])
        .skip_month_end(3)
        .unwrap();
    assert_eq!(
        schedule.to_string(),
        "mon, thu, fri at 06:00, 22:00 America/New_York"
    );
    // The 25th, a Friday, is a holiday; of December only the 28th is left by the month's end, a Monday.
    assert_eq!(
        times(&schedule, "2026-12-24T12:00:00Z", 4),
        [
            "2026-12-25T03:00:00Z",
            "2026-12-28T11:00:00Z",
            "2026-12-29T03:00:00Z",
            "2027-01-01T11:00:00Z",
        ]
    );
}

#[test]
fn an_interval_goes_on_after_the_days_that_are_left_out() {
    let schedule = Schedule::every(7 * HOUR).unwrap();
    let schedule = schedule
        .zone(zone("Europe/Berlin"))
        .holidays(["2026-05-01".parse().unwrap(), "2026-05-02".parse().unwrap()])
        .skip_month_end(1)
        .unwrap();
    let table = table(&schedule);
    let mut now = at("2026-04-28T00:00:00Z");
    let mut dates = BTreeSet::new();
    while now < at("2026-05-05T00:00:00Z") {
        now = table.next_after(now).unwrap();
        let local = jiff::Timestamp::try_from(now)
            .unwrap()
            .in_tz("Europe/Berlin")
            .unwrap();
        dates.insert(local.date().to_string());
    }
    let expected = ["2026-04-28", "2026-04-29", "2026-05-03", "2026-05-04"];
    let dates: Vec<_> = dates.into_iter().take(4).collect();
    assert_eq!(dates, expected);
}

#[test]
fn streams_of_one_interval_are_spread_over_it_and_stay_where_they_are() {
    let schedule = Schedule::every(15 * MINUTE).unwrap();
    let now = at("2026-08-01T00:00:00Z");
    let mut minutes = [0; 15];
    for number in 0..1500 {
        let stream = StreamKey::new("acme", "orders", format!("us{number}"));
        let table = schedule.of(&stream);
        let next = table.next_after(now).unwrap();
        let ahead = next.duration_since(now).unwrap();
        assert!(ahead > Duration::ZERO && ahead <= 15 * MINUTE);
        assert!(table.offset() < 15 * MINUTE);
        assert_eq!(schedule.of(&stream).next_after(now), Some(next));
        let minute = (ahead.as_millis() - 1) / 60_000;
        minutes[usize::try_from(minute).unwrap()] += 1;
    }
    assert!(minutes.iter().all(|count| *count > 50), "{minutes:?}");
}

#[test]
fn a_spread_moves_a_time_of_day_by_less_than_itself_and_keeps_the_day_that_counts() {
    let schedule = Schedule::daily([time("23:50")]).unwrap();
    let schedule = schedule
        .holidays(["2026-07-04".parse().unwrap()])
        .spread(HOUR)
        .unwrap();
    let table = table(&schedule);
    let first = table.next_after(at("2026-07-03T12:00:00Z")).unwrap();
    assert_eq!(first, at("2026-07-03T23:50:00Z") + table.offset());
    let second = table.next_after(first).unwrap();
    assert_eq!(second, at("2026-07-05T23:50:00Z") + table.offset());
    assert!(table.offset() > Duration::ZERO && table.offset() < HOUR);
}

#[test]
fn on_request_never_runs_by_itself() {
    let table = table(&Schedule::on_request());
    assert_eq!(table.next_after(at("2026-07-03T12:00:00Z")), None);
}

#[test]
fn a_leap_day_eight_years_away_is_found() {
    let schedule = Schedule::cron("0 0 29 2 *").unwrap();
    assert_eq!(
        times(&schedule, "2096-03-01T00:00:00Z", 1),
        ["2104-02-29T00:00:00Z"]
    );
}

#[test]
fn what_makes_no_sense_is_refused_with_what_was_expected() {
    let refused = |error: Option<String>, part: &str| {
        assert!(error.as_ref().unwrap().contains(part), "{error:?}");
    };
    refused(
        Zone::named("America/Chicagoo").err().map(|e| e.to_string()),
        "is no time zone",
    );
    for text in ["24:00", "2:30", "02:60", "0230", "+2:30", ""] {
        refused(
            text.parse::<TimeOfDay>().err().map(|e| e.to_string()),
            "02:30",
        );
    }
    for text in ["2026-02-29", "26-12-25", "2026/12/25", "2026-12-25T00:00"] {
        let error = text.parse::<sync_core::schedule::Day>().err();
        refused(error.map(|e| e.to_string()), "2026-12-25");
    }
    let seconds = |s| Schedule::every(Duration::from_secs(s)).err();
    for interval in [0, 400 * 86_400] {
        refused(
            seconds(interval).map(|e| e.to_string()),
            "one second to 366 days",
        );
    }
    refused(
        Schedule::daily([]).err().map(|e| e.to_string()),
        "at least one",
    );
    let no_day = Schedule::weekly([], [time("02:00")]).err();
    refused(no_day.map(|e| e.to_string()), "at least one");
    let month = Schedule::on_request().skip_month_end(28).err();
    refused(month.map(|e| e.to_string()), "0 to 27");
}

fn missed(policy: MissedPolicy, max_lateness: Option<Duration>) -> Schedule {
    Schedule::daily([time("02:00"), time("14:00")])
        .unwrap()
        .missed(Missed {
            policy,
            max_lateness,
            ..Missed::default()
        })
}

#[test]
fn missed_runs_are_made_up_for_as_the_policy_says() {
    let due = at("2026-07-01T02:00:00Z");
    let next = Some(at("2026-07-03T14:00:00Z"));
    let later = at("2026-07-03T09:00:00Z");
    let runs = |policy, lateness| table(&missed(policy, lateness)).catch_up(due, later);
    assert_eq!(runs(MissedPolicy::Skip, None), CatchUp { runs: 0, next });
    assert_eq!(runs(MissedPolicy::Once, None), CatchUp { runs: 1, next });
    let all = |most| MissedPolicy::All { most };
    assert_eq!(runs(all(100), None), CatchUp { runs: 5, next });
    assert_eq!(runs(all(3), None), CatchUp { runs: 3, next });
    let day = Some(24 * HOUR);
    assert_eq!(runs(all(100), day), CatchUp { runs: 2, next });
    assert_eq!(runs(MissedPolicy::Once, day), CatchUp { runs: 1, next });
    let hour = Some(HOUR);
    assert_eq!(runs(MissedPolicy::Once, hour), CatchUp { runs: 0, next });
    assert_eq!(runs(all(100), hour), CatchUp { runs: 0, next });
}

#[test]
fn a_run_that_is_a_little_late_is_not_missed() {
    let due = at("2026-07-01T02:00:00Z");
    for policy in [
        MissedPolicy::Skip,
        MissedPolicy::Once,
        MissedPolicy::All { most: 9 },
    ] {
        let table = table(&missed(policy, Some(Duration::ZERO)));
        assert_eq!(table.catch_up(due, due).runs, 1);
        assert_eq!(table.catch_up(due, due + MINUTE).runs, 1);
        assert_eq!(table.catch_up(due, due + 2 * MINUTE).runs, 0);
        // The one before is missed, and this one is on time.
        assert_eq!(table.catch_up(due, due + 12 * HOUR).runs, 1);
    }
    let table = table(&missed(MissedPolicy::Once, None));
    assert_eq!(table.catch_up(due, due - HOUR).next, Some(due));
    assert_eq!(table.catch_up(due, due - HOUR).runs, 0);
}

proptest! {
    /// The next time is after now, is a time of the table, and there is none between.
    #[test]
    fn the_next_time_is_the_next(
        seconds in 1_700_000_000..1_900_000_000_u64, pick in 0..6_usize, inside in 0.0..1.0_f64,
        place in prop::sample::select(vec!["America/Chicago", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
    ) {
        let schedule = match pick {
            0 => Schedule::every(Duration::from_secs(977)),
            1 => Schedule::daily([time("02:30"), time("01:15")]),
            2 => Schedule::weekly([Weekday::Sunday, Weekday::Tuesday], [time("02:00")]),
            3 => Schedule::cron("*/7 0-4 * * SUN"),
            4 => Schedule::cron("0 3 L * 1#1"),
            _ => Schedule::cron("59 23 28-31 * *"),
        };
        let schedule = schedule.unwrap().zone(zone(place)).spread(90 * MINUTE).unwrap();
        let schedule = schedule.skip_month_end(1).unwrap();
        let table = table(&schedule);
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let next = table.next_after(now).unwrap();
        prop_assert!(next > now);
        prop_assert!(table.is_time(next));
        let between = now + next.duration_since(now).unwrap().mul_f64(inside);
        if between < next {
            prop_assert_eq!(table.next_after(between), Some(next));
        }
        prop_assert!(table.next_after(next).unwrap() > next);
    }
}
