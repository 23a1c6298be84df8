//! Identifiers of people, departments and jobs.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::id::{check, text_id};
use super::key::Parts;
use super::{InvalidId, InvalidKey, RecordKey};

text_id! {
    /// A department, unique within its SetID only.
    DepartmentId, "DEPTID", 10;
    /// A person: an employee, a contingent worker, a person of interest.
    EmployeeId, "EMPLID", 11;
    /// A job code.
    JobCode, "JOBCODE", 6;
    /// A position.
    PositionNumber, "POSITION_NBR", 8;
    /// A company of the payroll.
    CompanyCode, "COMPANY", 3;
    /// A combination of ChartFields under one code.
    CombinationCode, "ACCT_CD", 25;
    /// The value of a ChartField, before the length that a site configures for its kind.
    ChartFieldValue, "CHARTFIELD_VALUE", 30;
    /// A match rule.
    MatchRuleId, "MATCH_CNTRL_ID", 10;
}

impl RecordKey for EmployeeId {
    fn texts(&self) -> Vec<String> {
        vec![self.to_string()]
    }

    fn from_texts(texts: &[&str]) -> Result<Self, InvalidKey> {
        let mut parts = Parts::new(texts);
        let id = parts.read()?;
        parts.end()?;
        Ok(id)
    }
}
