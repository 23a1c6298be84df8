//! Jobs: what a person does, from which day on.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::key::key_with_slashes;
use super::{
    BusinessUnit, CombinationCode, CompanyCode, DepartmentId, EffectiveDated, EffectiveRow,
    EmployeeId, FullPartTime, HrStatus, InvalidId, JobCode, LocationCode, PayrollStatus,
    PositionNumber, PsDate, PsDateTime, RegularTemporary, SetId, serde_decimal_option,
};

/// What names one job: the person, and which of their jobs it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct JobKey {
    /// The person (`EMPLID`).
    pub employee: EmployeeId,
    /// Which of the person's jobs (`EMPL_RCD`), from 0.
    pub record: u32,
}

impl JobKey {
    /// Checks the person's id.
    ///
    /// # Errors
    ///
    /// [`InvalidId`] when the id is blank or too long.
    pub fn new(employee: impl AsRef<str>, record: u32) -> Result<Self, InvalidId> {
        Ok(Self {
            employee: EmployeeId::new(employee)?,
            record,
        })
    }
}

key_with_slashes!(JobKey { employee, record });

/// One job of one person with everything that it was, is and will be (`JOB`).
///
/// ```
/// use peoplesoft_client::model::*;
///
/// let mut job = Job::new(JobKey::new("0001234", 0)?, "2026-04-01T09:00:00".parse()?);
/// let mut hired = JobRow::new("2024-02-01".parse()?, 0);
/// hired.department = Some(DepartmentId::new("00210")?);
/// job.rows.insert(hired);
/// let mut moved = JobRow::new("2026-05-01".parse()?, 0);
/// moved.department = Some(DepartmentId::new("00310")?);
/// job.rows.insert(moved);
/// let today: PsDate = "2026-04-01".parse()?;
/// assert_eq!(job.as_of(today).unwrap().department.as_ref().unwrap().as_str(), "00210");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Job {
    /// Person and record.
    pub key: JobKey,
    /// The rows of all days, those of the future too.
    pub rows: EffectiveDated<JobRow>,
    /// Last change of any row, in the profile's zone.
    pub last_updated: PsDateTime,
}

impl Job {
    /// A job without rows.
    #[must_use]
    pub fn new(key: JobKey, last_updated: PsDateTime) -> Self {
        Self {
            key,
            rows: EffectiveDated::default(),
            last_updated,
        }
    }

    /// The row that holds on `day`: greatest effective date not after it, greatest sequence of that date.
    #[must_use]
    pub fn as_of(&self, day: PsDate) -> Option<&JobRow> {
        self.rows.as_of(day)
    }
}

/// What holds of a job from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JobRow {
    /// The day from which the row holds (`EFFDT`).
    pub effective_date: PsDate,
    /// The order of the rows of one day (`EFFSEQ`), from 0; the greatest holds.
    pub effective_sequence: u32,
    /// Whether the person works (`HR_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hr_status: Option<HrStatus>,
    /// Whether the person is paid (`EMPL_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payroll_status: Option<PayrollStatus>,
    /// Business unit (`BUSINESS_UNIT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_unit: Option<BusinessUnit>,
    /// The SetID of the department (`SETID_DEPT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department_setid: Option<SetId>,
    /// Department (`DEPTID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    /// Job code (`JOBCODE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_code: Option<JobCode>,
    /// Position (`POSITION_NBR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<PositionNumber>,
    /// Who supervises, by person (`SUPERVISOR_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supervisor: Option<EmployeeId>,
    /// Who supervises, by position (`REPORTS_TO`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reports_to: Option<PositionNumber>,
    /// What made the row, such as `HIR` or `TER` (`ACTION`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Why (`ACTION_REASON`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_reason: Option<String>,
    /// When the action was entered (`ACTION_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_date: Option<PsDate>,
    /// Location (`LOCATION`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationCode>,
    /// Company (`COMPANY`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<CompanyCode>,
    /// Regular or temporary (`REG_TEMP`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regular_temporary: Option<RegularTemporary>,
    /// Full time or part time (`FULL_PART_TIME`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_part_time: Option<FullPartTime>,
    /// Standard hours, four digits before and two after the point (`STD_HOURS`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub standard_hours: Option<Decimal>,
    /// The ChartFields that the pay is charged to, under one code (`ACCT_CD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub combination_code: Option<CombinationCode>,
    /// Last day of hire (`LAST_HIRE_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_hire_date: Option<PsDate>,
    /// Last day of work (`TERMINATION_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub termination_date: Option<PsDate>,
    /// Columns that the profile does not map, by the name in the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl JobRow {
    /// A row of which nothing but its place in time is known.
    #[must_use]
    pub fn new(effective_date: PsDate, effective_sequence: u32) -> Self {
        Self {
            effective_date,
            effective_sequence,
            hr_status: None,
            payroll_status: None,
            business_unit: None,
            department_setid: None,
            department: None,
            job_code: None,
            position: None,
            supervisor: None,
            reports_to: None,
            action: None,
            action_reason: None,
            action_date: None,
            location: None,
            company: None,
            regular_temporary: None,
            full_part_time: None,
            standard_hours: None,
            combination_code: None,
            last_hire_date: None,
            termination_date: None,
            extra: BTreeMap::new(),
        }
    }
}

impl EffectiveRow for JobRow {
    fn effective_date(&self) -> PsDate {
        self.effective_date
    }

    fn effective_sequence(&self) -> u32 {
        self.effective_sequence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_text() {
        let key = JobKey::new("0001234", 2).unwrap();
        assert_eq!(key.to_string(), "0001234/2");
        assert_eq!("0001234/2".parse::<JobKey>().unwrap(), key);
        insta::assert_snapshot!(
            "0001234/x".parse::<JobKey>().unwrap_err(),
            @"part 2 of the key: found `x`, expected a whole number from 0"
        );
        assert!("0001234".parse::<JobKey>().is_err());
    }
}
