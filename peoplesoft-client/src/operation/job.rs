//! Rows become jobs.

use super::assemble::{FromRows, record};
use super::effective;
use super::reader::{Precision, Problem, Reader};
use crate::model::{FullPartTime, HrStatus, Job, JobKey, JobRow, PayrollStatus, RegularTemporary};
use crate::profile::JobField as F;

record!(Job, JobKey, Jobs);

impl FromRows for Job {
    type Field = F;

    fn from_rows(key: JobKey, first: Reader<'_>, rows: &[Reader<'_>]) -> Result<Self, Problem> {
        let mut job = Self::new(key, effective::last_updated(&first, rows, F::LastUpdated)?);
        for row in rows {
            effective::add(&mut job.rows, read(row)?, row, F::EffectiveDate)?;
        }
        Ok(job)
    }
}

fn read(row: &Reader<'_>) -> Result<JobRow, Problem> {
    let mut read = JobRow::new(
        row.date(F::EffectiveDate)?,
        row.whole(F::EffectiveSequence)?,
    );
    read.hr_status = row.code(F::HrStatus).map(HrStatus::from_text);
    read.payroll_status = row.code(F::PayrollStatus).map(PayrollStatus::from_text);
    read.business_unit = row.optional_id(F::BusinessUnit)?;
    read.department_setid = row.optional_id(F::DepartmentSetid)?;
    read.department = row.optional_id(F::Department)?;
    read.job_code = row.optional_id(F::JobCode)?;
    read.position = row.optional_id(F::Position)?;
    read.supervisor = row.optional_id(F::Supervisor)?;
    read.reports_to = row.optional_id(F::ReportsTo)?;
    read.action = row.owned(F::Action);
    read.action_reason = row.owned(F::ActionReason);
    read.action_date = row.optional_date(F::ActionDate)?;
    read.location = row.optional_id(F::Location)?;
    read.company = row.optional_id(F::Company)?;
    read.regular_temporary = row
        .code(F::RegularTemporary)
        .map(RegularTemporary::from_text);
    read.full_part_time = row.code(F::FullPartTime).map(FullPartTime::from_text);
    read.standard_hours = row.optional_decimal(F::StandardHours, Precision::HOURS)?;
    read.combination_code = row.optional_id(F::CombinationCode)?;
    read.last_hire_date = row.optional_date(F::LastHireDate)?;
    read.termination_date = row.optional_date(F::TerminationDate)?;
    read.extra = effective::unmapped(row);
    Ok(read)
}
