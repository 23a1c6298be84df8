//! When `run` begins the runs of a flow.

use std::num::NonZeroU32;
use std::time::Duration;

use serde::Serialize;
use sync_core::schedule::{
    Day, Missed, MissedPolicy, Schedule, ScheduleError, TimeOfDay, Weekday, Zone,
};

use super::duration::render;
use super::field::Field;
use super::table::Table;
use super::write::optional_duration_as_text;

/// What the schedules of all flows have in common, `[schedule]`; a flow may say otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ScheduleSettings {
    /// Whose days and times of day are meant, a name of the tz database; absent means UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Days on which nothing runs, `2026-12-25`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holidays: Option<Vec<String>>,
    /// So many days at the end of each month on which nothing runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_month_end: Option<u8>,
    /// Moves each flow by a part of this that is its own.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "optional_duration_as_text"
    )]
    pub spread: Option<Duration>,
    /// What becomes of runs that nobody began in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missed: Option<MissedRuns>,
    /// The most that [`MissedRuns::All`] makes up for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missed_most: Option<NonZeroU32>,
    /// A run that begins this much after its time is not missed.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "optional_duration_as_text"
    )]
    pub missed_tolerance: Option<Duration>,
    /// What was missed longer ago is not made up for.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "optional_duration_as_text"
    )]
    pub missed_max_lateness: Option<Duration>,
}

/// What becomes of runs that nobody began in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MissedRuns {
    /// They are left out.
    Skip,
    /// One run makes up for all of them.
    Once,
    /// Each is made up for.
    All,
}

/// The schedule of one flow, `[flows.NAME.schedule]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FlowSchedule {
    /// Times of day, `02:30`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub at: Vec<String>,
    /// On these days of the week, `mon`; empty means every day.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<String>,
    /// The five fields of a crontab.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cron: Option<String>,
    /// Never by itself.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub on_request: bool,
    /// What differs from the schedules of the other flows.
    #[serde(flatten)]
    pub differs: ScheduleSettings,
}

/// Time between two runs of a flow that says nothing else.
pub(super) const EVERY: Duration = Duration::from_secs(15 * 60);

impl ScheduleSettings {
    /// A steady rhythm with what all flows have in common.
    ///
    /// # Errors
    /// Where a setting makes no sense; what was read from a file was checked there.
    pub fn every(&self, interval: Duration) -> Result<Schedule, ScheduleError> {
        schedule(Some(interval), None, self)
    }
}

impl FlowSchedule {
    /// Whether it says when, instead of `every`.
    fn says_when(&self) -> bool {
        !self.at.is_empty() || self.cron.is_some() || self.on_request
    }
}

/// The schedule of a flow: its own words, then those of the tenant, then what holds by default.
pub(super) fn schedule(
    every: Option<Duration>,
    own: Option<&FlowSchedule>,
    common: &ScheduleSettings,
) -> Result<Schedule, ScheduleError> {
    let rhythm = match own.filter(|own| own.says_when()) {
        None => Schedule::every(every.unwrap_or(EVERY))?,
        Some(own) if own.on_request => Schedule::on_request(),
        Some(own) => match &own.cron {
            Some(cron) => Schedule::cron(cron)?,
            None => {
                let times = own
                    .at
                    .iter()
                    .map(|time| time.parse())
                    .collect::<Result<Vec<TimeOfDay>, _>>()?;
                let days: Vec<_> = own.days.iter().filter_map(|day| weekday(day)).collect();
                if days.is_empty() {
                    Schedule::daily(times)?
                } else {
                    Schedule::weekly(days, times)?
                }
            }
        },
    };
    let none = ScheduleSettings::default();
    let own = own.map_or(&none, |own| &own.differs);
    let zone = own.zone.as_ref().or(common.zone.as_ref());
    let zone = zone.map_or(Ok(Zone::utc()), |zone| Zone::named(zone))?;
    let holidays = own.holidays.as_ref().or(common.holidays.as_ref());
    let holidays = holidays
        .into_iter()
        .flatten()
        .map(|day| day.parse())
        .collect::<Result<Vec<Day>, _>>()?;
    let default = Missed::default();
    let policy = match own.missed.or(common.missed) {
        Some(MissedRuns::Skip) => MissedPolicy::Skip,
        None | Some(MissedRuns::Once) => MissedPolicy::Once,
        Some(MissedRuns::All) => {
            let most = own.missed_most.or(common.missed_most);
            MissedPolicy::All {
                most: most.map_or(10, NonZeroU32::get),
            }
        }
    };
    let missed = Missed {
        policy,
        tolerance: own
            .missed_tolerance
            .or(common.missed_tolerance)
            .unwrap_or(default.tolerance),
        max_lateness: own.missed_max_lateness.or(common.missed_max_lateness),
    };
    rhythm
        .zone(zone)
        .holidays(holidays)
        .missed(missed)
        .skip_month_end(own.skip_month_end.or(common.skip_month_end).unwrap_or(0))?
        .spread(own.spread.or(common.spread).unwrap_or_default())
}

fn weekday(name: &str) -> Option<Weekday> {
    Weekday::ALL.into_iter().find(|day| day.name() == name)
}

/// Reads `[schedule]`, or the same keys of a flow's own.
pub(super) fn read_settings(table: &Table<'_>) -> ScheduleSettings {
    let zone = table.get("zone").and_then(|field| {
        field.text_where(
            "a time zone such as \"America/Chicago\"",
            "write its name as in the tz database",
            |text| Zone::named(text).is_ok(),
        )
    });
    let holidays = table.get("holidays").and_then(|field| {
        field.texts("a day such as \"2026-12-25\"", |text| {
            text.parse::<Day>().is_ok()
        })
    });
    let skip_month_end = table
        .get("skip_month_end")
        .and_then(|field| field.integer(0..=27))
        .and_then(|days| u8::try_from(days).ok());
    let missed = table.get("missed").and_then(|field| {
        field.choice(&[
            ("skip", MissedRuns::Skip),
            ("once", MissedRuns::Once),
            ("all", MissedRuns::All),
        ])
    });
    let missed_most = table.get("missed_most").and_then(|field| {
        let most = field.integer(1..=1000)?;
        if missed != Some(MissedRuns::All) {
            field.wrong(
                "`missed_most` without `missed = \"all\"`",
                "`missed = \"all\"` in the same table",
                "add it, or delete `missed_most`: the other policies need no number",
            );
        }
        NonZeroU32::new(most)
    });
    ScheduleSettings {
        zone,
        holidays,
        skip_month_end,
        spread: up_to_a_year(table, "spread"),
        missed,
        missed_most,
        missed_tolerance: up_to_a_year(table, "missed_tolerance"),
        missed_max_lateness: up_to_a_year(table, "missed_max_lateness"),
    }
}

fn up_to_a_year(table: &Table<'_>, key: &'static str) -> Option<Duration> {
    let field = table.get(key)?;
    let duration = field.duration()?;
    if duration > Schedule::LONGEST {
        let longest = format!("at most {}", render(Schedule::LONGEST));
        field.wrong(
            format!("{:?}", render(duration)),
            longest,
            "write a shorter one",
        );
        return None;
    }
    Some(duration)
}

/// Reads `every` of a flow.
pub(super) fn read_every(table: &Table<'_>) -> Option<Duration> {
    let field = table.get("every")?;
    let every = field.duration()?;
    if (Schedule::SHORTEST..=Schedule::LONGEST).contains(&every) {
        return Some(every);
    }
    field.wrong(
        format!("{:?}", render(every)),
        format!(
            "{} to {}",
            render(Schedule::SHORTEST),
            render(Schedule::LONGEST)
        ),
        "write for example \"15m\"",
    );
    None
}

/// Reads `[flows.NAME.schedule]`; `every` is what stands beside it.
pub(super) fn read_flow(field: &Field<'_>, every: Option<&Field<'_>>) -> Option<FlowSchedule> {
    let table = field.table()?;
    let at = table
        .get("at")
        .and_then(|field| {
            let rule = "a time of day such as \"02:30\", from \"00:00\" to \"23:59\"";
            field.texts(rule, |text| text.parse::<TimeOfDay>().is_ok())
        })
        .unwrap_or_default();
    let days = table.get("days");
    let named = days
        .as_ref()
        .and_then(|field| {
            let rule = "a day of the week: sun, mon, tue, wed, thu, fri or sat";
            field.texts(rule, |text| weekday(text).is_some())
        })
        .unwrap_or_default();
    let cron = table.get("cron").and_then(|field| {
        let text = field.text()?;
        if let Err(error) = Schedule::cron(&text) {
            field.wrong(
                format!("{text:?}"),
                "five fields: minute, hour, day of the month, month, day of the week",
                error.to_string(),
            );
        }
        Some(text)
    });
    let on_request = table
        .get("on_request")
        .and_then(|field| field.boolean())
        .unwrap_or(false);
    let has_times = table.get("at").is_some();
    if let Some(days) = days.filter(|_| !has_times) {
        days.wrong(
            "`days` without `at`",
            "times of day beside the days",
            "add for example `at = [\"02:30\"]`",
        );
    }
    let said = [
        ("`every`", every.is_some()),
        ("`at`", has_times),
        ("`cron`", cron.is_some()),
        ("`on_request`", on_request),
    ];
    let said: Vec<_> = said
        .into_iter()
        .filter_map(|(name, said)| said.then_some(name))
        .collect();
    if said.len() > 1 {
        field.wrong(
            said.join(" and "),
            "one of `every`, `at`, `cron` and `on_request`",
            "keep the one that is meant",
        );
    }
    let differs = read_settings(&table);
    table.finish();
    Some(FlowSchedule {
        at,
        days: named,
        cron,
        on_request,
        differs,
    })
}
