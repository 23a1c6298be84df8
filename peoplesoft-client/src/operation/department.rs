//! Rows become departments.

use super::assemble::{FromRows, record};
use super::effective;
use super::reader::{Problem, Reader};
use crate::model::{Department, DepartmentKey, DepartmentRow, EffStatus};
use crate::profile::DepartmentField as F;

record!(Department, DepartmentKey, Departments);

impl FromRows for Department {
    type Field = F;

    fn from_rows(
        key: DepartmentKey,
        first: Reader<'_>,
        rows: &[Reader<'_>],
    ) -> Result<Self, Problem> {
        let mut department = Self::new(key, effective::last_updated(&first, rows, F::LastUpdated)?);
        for row in rows {
            let status = EffStatus::from_text(row.required_code(F::Status)?);
            let mut read = DepartmentRow::new(row.date(F::EffectiveDate)?, status);
            read.description = row.owned(F::Description);
            read.short_description = row.owned(F::ShortDescription);
            read.company = row.optional_id(F::Company)?;
            read.location_setid = row.optional_id(F::LocationSetid)?;
            read.location = row.optional_id(F::Location)?;
            read.manager = row.optional_id(F::Manager)?;
            read.manager_position = row.optional_id(F::ManagerPosition)?;
            read.extra = effective::unmapped(row);
            effective::add(&mut department.rows, read, row, F::EffectiveDate)?;
        }
        Ok(department)
    }
}
