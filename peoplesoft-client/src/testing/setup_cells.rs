//! ChartFields, departments, people and jobs as the rows of their queries.

use super::cell::{Cell, Writer};
use super::table::Cells;
use crate::model::{
    ChartField, ChartFieldRow, Department, DepartmentRow, Employee, Job, JobRow, PsDate, PsDateTime,
};
use crate::profile::{
    ChartFieldField as C, DepartmentField as D, EmployeeField as E, JobField as J,
};

/// A translate value.
macro_rules! code {
    ($value:expr) => {
        Cell::translate($value.as_ref())
    };
}

impl Cells for ChartField {
    fn changed(&self) -> PsDateTime {
        self.last_updated
    }

    fn takes_effect(&self) -> Vec<PsDate> {
        self.rows
            .into_iter()
            .map(|row| row.effective_date)
            .collect()
    }

    fn head(&self, field: C) -> Cell<'_> {
        match field {
            C::Setid => Cell::Text(self.key.setid.as_str()),
            C::Kind => Cell::Text(self.key.kind.code()),
            C::Value => Cell::Text(self.key.value.as_str()),
            C::LastUpdated => Cell::Changed(self.last_updated),
            _ => Cell::Blank,
        }
    }

    fn write(&self, writer: &mut Writer<'_, C>) {
        for row in &self.rows {
            writer.row(|field| chart_field(field, self, row), &[&row.extra]);
        }
    }
}

fn chart_field<'a>(field: C, value: &'a ChartField, row: &'a ChartFieldRow) -> Cell<'a> {
    match field {
        C::EffectiveDate => Cell::Date(row.effective_date),
        C::Status => Cell::Code(row.status.code(), row.status.text()),
        C::Description => Cell::text(row.description.as_ref()),
        C::ShortDescription => Cell::text(row.short_description.as_ref()),
        C::AccountType => Cell::text(row.account_type.as_ref()),
        C::Manager => Cell::text(row.manager.as_ref()),
        C::BudgetaryOnly => code!(row.budgetary_only),
        C::Setid | C::Kind | C::Value | C::LastUpdated => value.head(field),
    }
}

impl Cells for Department {
    fn changed(&self) -> PsDateTime {
        self.last_updated
    }

    fn takes_effect(&self) -> Vec<PsDate> {
        self.rows
            .into_iter()
            .map(|row| row.effective_date)
            .collect()
    }

    fn head(&self, field: D) -> Cell<'_> {
        match field {
            D::Setid => Cell::Text(self.key.setid.as_str()),
            D::Department => Cell::Text(self.key.department.as_str()),
            D::LastUpdated => Cell::Changed(self.last_updated),
            _ => Cell::Blank,
        }
    }

    fn write(&self, writer: &mut Writer<'_, D>) {
        for row in &self.rows {
            writer.row(|field| department(field, self, row), &[&row.extra]);
        }
    }
}

fn department<'a>(field: D, department: &'a Department, row: &'a DepartmentRow) -> Cell<'a> {
    match field {
        D::EffectiveDate => Cell::Date(row.effective_date),
        D::Status => Cell::Code(row.status.code(), row.status.text()),
        D::Description => Cell::text(row.description.as_ref()),
        D::ShortDescription => Cell::text(row.short_description.as_ref()),
        D::Company => Cell::text(row.company.as_ref()),
        D::LocationSetid => Cell::text(row.location_setid.as_ref()),
        D::Location => Cell::text(row.location.as_ref()),
        D::Manager => Cell::text(row.manager.as_ref()),
        D::ManagerPosition => Cell::text(row.manager_position.as_ref()),
        D::Setid | D::Department | D::LastUpdated => department.head(field),
    }
}

impl Cells for Employee {
    fn changed(&self) -> PsDateTime {
        self.last_updated
    }

    fn head(&self, field: E) -> Cell<'_> {
        match field {
            E::Employee => Cell::Text(self.key.as_str()),
            E::Name => Cell::text(self.name.as_ref()),
            E::FirstName => Cell::text(self.first_name.as_ref()),
            E::LastName => Cell::text(self.last_name.as_ref()),
            E::Email => Cell::text(self.email.as_ref()),
            E::Phone => Cell::text(self.phone.as_ref()),
            E::Oprid => Cell::text(self.oprid.as_ref()),
            E::LastUpdated => Cell::Changed(self.last_updated),
        }
    }

    fn write(&self, writer: &mut Writer<'_, E>) {
        writer.row(|field| self.head(field), &[&self.extra]);
    }
}

impl Cells for Job {
    fn changed(&self) -> PsDateTime {
        self.last_updated
    }

    fn takes_effect(&self) -> Vec<PsDate> {
        self.rows
            .into_iter()
            .map(|row| row.effective_date)
            .collect()
    }

    fn head(&self, field: J) -> Cell<'_> {
        match field {
            J::Employee => Cell::Text(self.key.employee.as_str()),
            J::Record => Cell::Whole(self.key.record),
            J::LastUpdated => Cell::Changed(self.last_updated),
            _ => Cell::Blank,
        }
    }

    fn write(&self, writer: &mut Writer<'_, J>) {
        for row in &self.rows {
            writer.row(|field| job(field, self, row), &[&row.extra]);
        }
    }
}

fn job<'a>(field: J, job: &'a Job, row: &'a JobRow) -> Cell<'a> {
    match field {
        J::EffectiveDate => Cell::Date(row.effective_date),
        J::EffectiveSequence => Cell::Whole(row.effective_sequence),
        J::HrStatus => code!(row.hr_status),
        J::PayrollStatus => code!(row.payroll_status),
        J::BusinessUnit => Cell::text(row.business_unit.as_ref()),
        J::DepartmentSetid => Cell::text(row.department_setid.as_ref()),
        J::Department => Cell::text(row.department.as_ref()),
        J::JobCode => Cell::text(row.job_code.as_ref()),
        J::Position => Cell::text(row.position.as_ref()),
        J::Supervisor => Cell::text(row.supervisor.as_ref()),
        J::ReportsTo => Cell::text(row.reports_to.as_ref()),
        J::Action => Cell::text(row.action.as_ref()),
        J::ActionReason => Cell::text(row.action_reason.as_ref()),
        J::ActionDate => Cell::date(row.action_date),
        J::Location => Cell::text(row.location.as_ref()),
        J::Company => Cell::text(row.company.as_ref()),
        J::RegularTemporary => code!(row.regular_temporary),
        J::FullPartTime => code!(row.full_part_time),
        J::StandardHours => Cell::number(row.standard_hours),
        J::CombinationCode => Cell::text(row.combination_code.as_ref()),
        J::LastHireDate => Cell::date(row.last_hire_date),
        J::TerminationDate => Cell::date(row.termination_date),
        J::Employee | J::Record | J::LastUpdated => job.head(field),
    }
}
