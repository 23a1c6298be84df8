//! Rows become people.

use super::assemble::{FromRows, record};
use super::effective;
use super::reader::{Problem, Reader};
use crate::model::{Employee, EmployeeId};
use crate::profile::EmployeeField as F;

record!(Employee, EmployeeId, Employees);

impl FromRows for Employee {
    type Field = F;

    fn from_rows(key: EmployeeId, first: Reader<'_>, rows: &[Reader<'_>]) -> Result<Self, Problem> {
        let employee = read(key.clone(), &first)?;
        for row in rows {
            if read(key.clone(), row)? != employee {
                let found = format!("{key} in two different rows");
                return Err(effective::multiplied(row, F::Employee, &found));
            }
        }
        Ok(employee)
    }
}

fn read(key: EmployeeId, row: &Reader<'_>) -> Result<Employee, Problem> {
    let mut employee = Employee::new(key, row.date_time(F::LastUpdated)?);
    employee.name = row.owned(F::Name);
    employee.first_name = row.owned(F::FirstName);
    employee.last_name = row.owned(F::LastName);
    employee.email = row.owned(F::Email);
    employee.phone = row.owned(F::Phone);
    employee.oprid = row.owned(F::Oprid);
    employee.extra = effective::unmapped(row);
    Ok(employee)
}
