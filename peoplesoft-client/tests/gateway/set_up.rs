//! ChartFields, departments, people and jobs by change and by key.

use std::collections::BTreeMap;

use peoplesoft_client::model::*;
use peoplesoft_client::testing::{FakePeopleSoft, Output};
use peoplesoft_client::{Client, Profile};

use crate::support::{TestClock, day, decimal, next_day};

fn date(text: &str) -> PsDate {
    text.parse().unwrap()
}

fn value(kind: ChartFieldKind, value: &str) -> ChartField {
    let key = ChartFieldKey::new("SHARE", kind, value).unwrap();
    let mut field = ChartField::new(key, day());
    for (effective, status, name) in [
        ("2020-01-01", EffStatus::Active, "First name"),
        ("2025-01-01", EffStatus::Active, "Second name"),
        ("2027-01-01", EffStatus::Inactive, "Second name"),
    ] {
        let mut row = ChartFieldRow::new(date(effective), status);
        row.description = Some(name.to_owned());
        row.budgetary_only = Some(Flag::No);
        row.extra.insert("A.X_OWNER".to_owned(), "CFO".to_owned());
        field.rows.insert(row);
    }
    field
}

fn all_kinds() -> Vec<ChartField> {
    let mut values: Vec<ChartField> = ChartFieldKind::DELIVERED
        .iter()
        .map(|kind| value(kind.clone(), "007"))
        .collect();
    values.push(value(ChartFieldKind::Other("X_GRANT".into()), "G-1"));
    values.sort_by(|one, other| one.key.cmp(&other.key));
    values
}

async fn with(fake: peoplesoft_client::testing::FakeBuilder) -> (FakePeopleSoft, Client) {
    let fake = fake
        .basic("EDI_USER", "correct horse")
        .start()
        .await
        .unwrap();
    let client = fake
        .client_builder()
        .clock(TestClock::new())
        .build()
        .unwrap();
    (fake, client)
}

#[tokio::test]
async fn every_kind_of_cost_object_comes_in_one_stream() {
    let (fake, client) = with(FakePeopleSoft::builder().records(all_kinds())).await;
    let changed = client.chart_fields().changed_between(day(), next_day());
    let page = changed.clone().page().await.unwrap();
    let read: Vec<ChartField> = page.items.into_iter().map(Result::unwrap).collect();
    assert_eq!(read, all_kinds());
    // The same, a few rows at a time, after keys of three parts.
    let mut output = Output::default();
    output.dotted = false;
    fake.set_output(output);
    let (mut after, mut paged) = (None, Vec::new());
    loop {
        let page = changed
            .clone()
            .after(after)
            .max_rows(10)
            .page()
            .await
            .unwrap();
        paged.extend(page.items.into_iter().map(|item| item.unwrap().key));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(
        paged,
        all_kinds()
            .into_iter()
            .map(|value| value.key)
            .collect::<Vec<_>>()
    );
    let key = ChartFieldKey::new("SHARE", ChartFieldKind::Department, "007").unwrap();
    let department = client.chart_fields().by_key(&key).await.unwrap().unwrap();
    let held = |text| {
        department
            .as_of(date(text))
            .and_then(|row| row.description.as_deref())
    };
    assert_eq!(held("2019-12-31"), None);
    assert_eq!(held("2024-12-31"), Some("First name"));
    assert_eq!(held("2025-01-01"), Some("Second name"));
    assert!(department.is_active(date("2026-12-31")));
    assert!(!department.is_active(date("2027-01-01")));
}

#[tokio::test]
async fn the_length_of_a_value_is_the_site_s_to_configure() {
    let long = value(ChartFieldKind::Fund, "1234567");
    let (_fake, client) = with(FakePeopleSoft::builder().records([long.clone()])).await;
    let page = client
        .chart_fields()
        .changed_between(day(), next_day())
        .page()
        .await
        .unwrap();
    let bad = page.items[0].as_ref().unwrap_err();
    insta::assert_snapshot!(format!("{bad}\n{}", bad.remedy), @r"
record SHARE/FUND_CODE/1234567, column value: found `1234567`, expected 1 to 5 characters for FUND_CODE
Set chart_field_lengths.FUND_CODE of the profile to the length that the site configured.
");
    let mut profile = Profile::default();
    profile.chart_field_lengths = BTreeMap::from([("FUND_CODE".to_owned(), 8)]);
    assert_eq!(profile.chart_field_length(&ChartFieldKind::Fund), 8);
    assert_eq!(profile.chart_field_length(&ChartFieldKind::Account), 10);
    let (_fake, client) = with(
        FakePeopleSoft::builder()
            .profile(profile)
            .records([long.clone()]),
    )
    .await;
    let page = client
        .chart_fields()
        .changed_between(day(), next_day())
        .page()
        .await
        .unwrap();
    assert_eq!(page.items, [Ok(long)]);
}

#[tokio::test]
async fn a_value_that_takes_effect_comes_with_the_window_of_that_day() {
    let (_fake, client) = with(FakePeopleSoft::builder().records(all_kinds())).await;
    let (from, to) = ("2026-12-31T23:55:00", "2027-01-01T00:05:00");
    let window = client
        .chart_fields()
        .changed_between(from.parse().unwrap(), to.parse().unwrap());
    assert_eq!(window.page().await.unwrap().items.len(), all_kinds().len());
}

fn department() -> Department {
    let key = DepartmentKey::new("SHARE", "00210").unwrap();
    let mut department = Department::new(key, day());
    let mut row = DepartmentRow::new(date("2020-01-01"), EffStatus::Active);
    row.description = Some("Warehouse".to_owned());
    row.company = Some(CompanyCode::new("GBI").unwrap());
    row.manager = Some(EmployeeId::new("0001234").unwrap());
    row.location = Some(LocationCode::new("NEWARK").unwrap());
    department.rows.insert(row);
    department
}

fn employee(number: u32) -> Employee {
    let mut employee = Employee::new(EmployeeId::new(format!("{number:07}")).unwrap(), day());
    employee.name = Some("Wong,Ada".to_owned());
    employee.email = Some("ada@example.com".to_owned());
    employee
}

fn job(number: u32, record: u32) -> Job {
    let mut job = Job::new(JobKey::new(format!("{number:07}"), record).unwrap(), day());
    for (effective, sequence, dept, action) in [
        ("2024-01-01", 0, "00210", "HIR"),
        ("2026-04-01", 0, "00310", "XFR"),
        ("2026-04-01", 1, "00320", "DTA"),
        ("2026-10-01", 0, "00330", "XFR"),
    ] {
        let mut row = JobRow::new(date(effective), sequence);
        row.department = Some(DepartmentId::new(dept).unwrap());
        row.action = Some(action.to_owned());
        row.hr_status = Some(HrStatus::Active);
        row.payroll_status = Some(PayrollStatus::LeaveWithPay);
        row.full_part_time = Some(FullPartTime::FullTime);
        row.standard_hours = Some(decimal("38.75"));
        row.last_hire_date = Some(date("2024-01-01"));
        job.rows.insert(row);
    }
    job
}

#[tokio::test]
async fn departments_people_and_jobs_are_read() {
    let builder = FakePeopleSoft::builder()
        .records([department()])
        .records((1..=3).map(employee))
        .records([job(1, 0), job(1, 1), job(2, 0), job(10, 10)]);
    let (fake, client) = with(builder).await;
    for long_status in [false, true] {
        let mut output = Output::default();
        output.long_status = long_status;
        fake.set_output(output);
        let page = client
            .departments()
            .changed_between(day(), next_day())
            .page()
            .await
            .unwrap();
        assert_eq!(page.items, [Ok(department())]);
        let page = client
            .employees()
            .changed_between(day(), next_day())
            .page()
            .await
            .unwrap();
        assert_eq!(
            page.items,
            [Ok(employee(1)), Ok(employee(2)), Ok(employee(3))]
        );
        let page = client
            .jobs()
            .changed_between(day(), next_day())
            .page()
            .await
            .unwrap();
        assert_eq!(
            page.items,
            [Ok(job(1, 0)), Ok(job(1, 1)), Ok(job(2, 0)), Ok(job(10, 10))]
        );
    }
    let found = client
        .departments()
        .by_key(&department().key)
        .await
        .unwrap();
    assert_eq!(found, Some(department()));
    let found = client.employees().by_key(&employee(2).key).await.unwrap();
    assert_eq!(found, Some(employee(2)));
    let found = client.jobs().by_key(&job(10, 10).key).await.unwrap();
    assert_eq!(found, Some(job(10, 10)));
    let person = EmployeeId::new("0000001").unwrap();
    let jobs = client.jobs().of_employee(&person).await.unwrap();
    assert_eq!(jobs, [Ok(job(1, 0)), Ok(job(1, 1))]);
}

#[tokio::test]
async fn the_row_of_a_job_that_holds_is_the_last_of_its_day() {
    let (_fake, client) = with(FakePeopleSoft::builder().records([job(1, 0)])).await;
    let job = client.jobs().by_key(&job(1, 0).key).await.unwrap().unwrap();
    let held = |text| {
        let row = job.as_of(date(text))?;
        row.department.as_ref().map(DepartmentId::as_str)
    };
    assert_eq!(held("2023-12-31"), None);
    assert_eq!(held("2026-03-31"), Some("00210"));
    assert_eq!(held("2026-04-01"), Some("00320"));
    assert_eq!(held("2026-12-31"), Some("00330"));
}

#[tokio::test]
async fn jobs_come_page_by_page_after_keys_with_a_number() {
    let jobs: Vec<Job> = (0..12).map(|record| job(1, record)).collect();
    let (_fake, client) = with(FakePeopleSoft::builder().records(jobs.clone())).await;
    let (mut after, mut read) = (None, Vec::new());
    loop {
        let request = client
            .jobs()
            .changed_between(day(), next_day())
            .after(after);
        let page = request.max_rows(9).page().await.unwrap();
        read.extend(page.items.into_iter().map(Result::unwrap));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(read, jobs);
}
