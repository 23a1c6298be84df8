//! Translate values of suppliers, ChartFields and jobs.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::code::code_enum;
use super::key::KeyPart;

code_enum! {
    /// Whether an effective-dated row says that its object is in use (`EFF_STATUS`).
    EffStatus {
        /// `A`: in use.
        Active = "A", "Active";
        /// `I`: no longer in use from that day on.
        Inactive = "I", "Inactive";
    }
}

code_enum! {
    /// A switch of PeopleSoft: yes, no, or what a site made of it.
    Flag {
        /// `Y`.
        Yes = "Y", "Yes";
        /// `N`.
        No = "N", "No";
    }
}

code_enum! {
    /// Whether a supplier may be used (`VENDOR_STATUS`).
    VendorStatus {
        /// `A`: approved.
        Approved = "A", "Approved";
        /// `D`: denied.
        Denied = "D", "Denied";
        /// `E`: entered, not yet approved.
        Unapproved = "E", "Unapproved";
        /// `I`: inactive.
        Inactive = "I", "Inactive";
        /// `X`: to be archived.
        ToBeArchived = "X", "To be archived";
    }
}

code_enum! {
    /// What kind of party a supplier is (`VENDOR_CLASS`).
    VendorClass {
        /// `A`: an attorney.
        Attorney = "A", "Attorney";
        /// `E`: an employee.
        Employee = "E", "Employee";
        /// `H`: kept by Human Capital Management.
        Hcm = "H", "HCM";
        /// `R`: an outside party.
        OutsideParty = "R", "Outside party";
    }
}

code_enum! {
    /// How long a supplier is meant to last (`VENDOR_PERSISTENCE`).
    VendorPersistence {
        /// `O`: for one time.
        OneTime = "O", "One time";
        /// `P`: permanent.
        Permanent = "P", "Permanent";
        /// `R`: regular.
        Regular = "R", "Regular";
        /// `S`: for single payment vouchers.
        SinglePayment = "S", "Single payment";
    }
}

code_enum! {
    /// What an additional id number of a supplier is (`STD_ID_NUM_QUAL`); sites add their own.
    IdNumberKind {
        /// `DNS`: the number of Dun & Bradstreet.
        Duns = "DNS", "DUNS Number";
    }
}

code_enum! {
    /// Whether somebody works, as Human Resources sees it (`HR_STATUS`).
    HrStatus {
        /// `A`: active.
        Active = "A", "Active";
        /// `I`: inactive.
        Inactive = "I", "Inactive";
    }
}

code_enum! {
    /// Whether somebody is paid (`EMPL_STATUS`).
    PayrollStatus {
        /// `A`: active.
        Active = "A", "Active";
        /// `D`: deceased.
        Deceased = "D", "Deceased";
        /// `L`: on leave of absence.
        LeaveOfAbsence = "L", "Leave of Absence";
        /// `P`: on leave with pay.
        LeaveWithPay = "P", "Leave With Pay";
        /// `Q`: retired with pay.
        RetiredWithPay = "Q", "Retired With Pay";
        /// `R`: retired.
        Retired = "R", "Retired";
        /// `S`: suspended.
        Suspended = "S", "Suspended";
        /// `T`: terminated.
        Terminated = "T", "Terminated";
        /// `U`: terminated with pay.
        TerminatedWithPay = "U", "Terminated With Pay";
    }
}

code_enum! {
    /// Whether a job is regular (`REG_TEMP`).
    RegularTemporary {
        /// `R`: regular.
        Regular = "R", "Regular";
        /// `T`: temporary.
        Temporary = "T", "Temporary";
    }
}

code_enum! {
    /// How much of the time a job takes (`FULL_PART_TIME`).
    FullPartTime {
        /// `F`: full time.
        FullTime = "F", "Full-Time";
        /// `P`: part time.
        PartTime = "P", "Part-Time";
    }
}

code_enum! {
    /// Which ChartField a value belongs to, by its field name (`DEPTID`); sites rename and add theirs.
    ChartFieldKind {
        /// `ACCOUNT`.
        Account = "ACCOUNT", "Account";
        /// `ALTACCT`: the account of local law.
        AlternateAccount = "ALTACCT", "Alternate Account";
        /// `DEPTID`.
        Department = "DEPTID", "Department";
        /// `OPERATING_UNIT`.
        OperatingUnit = "OPERATING_UNIT", "Operating Unit";
        /// `PRODUCT`.
        Product = "PRODUCT", "Product";
        /// `FUND_CODE`.
        Fund = "FUND_CODE", "Fund Code";
        /// `CLASS_FLD`.
        Class = "CLASS_FLD", "Class Field";
        /// `PROGRAM_CODE`.
        Program = "PROGRAM_CODE", "Program Code";
        /// `BUDGET_REF`.
        BudgetReference = "BUDGET_REF", "Budget Reference";
        /// `AFFILIATE`: the other business unit of a transaction between two.
        Affiliate = "AFFILIATE", "Affiliate";
        /// `AFFILIATE_INTRA1`.
        AffiliateIntra1 = "AFFILIATE_INTRA1", "Fund Affiliate";
        /// `AFFILIATE_INTRA2`.
        AffiliateIntra2 = "AFFILIATE_INTRA2", "Operating Unit Affiliate";
        /// `CHARTFIELD1`.
        ChartField1 = "CHARTFIELD1", "ChartField 1";
        /// `CHARTFIELD2`.
        ChartField2 = "CHARTFIELD2", "ChartField 2";
        /// `CHARTFIELD3`.
        ChartField3 = "CHARTFIELD3", "ChartField 3";
        /// `BUSINESS_UNIT_PC`: the owner of a project.
        ProjectUnit = "BUSINESS_UNIT_PC", "PC Business Unit";
        /// `PROJECT_ID`.
        Project = "PROJECT_ID", "Project";
        /// `ACTIVITY_ID`: a part of a project.
        Activity = "ACTIVITY_ID", "Activity";
        /// `ANALYSIS_TYPE`.
        AnalysisType = "ANALYSIS_TYPE", "Analysis Type";
        /// `RESOURCE_TYPE`.
        ResourceType = "RESOURCE_TYPE", "Source Type";
        /// `RESOURCE_CATEGORY`.
        ResourceCategory = "RESOURCE_CATEGORY", "Category";
        /// `RESOURCE_SUB_CAT`.
        ResourceSubcategory = "RESOURCE_SUB_CAT", "Subcategory";
        /// `STATISTICS_CODE`.
        Statistics = "STATISTICS_CODE", "Statistics Code";
    }
}

impl Flag {
    /// Whether the switch is on.
    #[must_use]
    pub fn is_yes(&self) -> bool {
        *self == Self::Yes
    }
}

impl KeyPart for ChartFieldKind {
    fn read(text: &str) -> Result<Self, Box<str>> {
        if text.trim().is_empty() {
            return Err("the field name of a ChartField, such as DEPTID".into());
        }
        Ok(Self::from_text(text))
    }
}

impl PartialOrd for ChartFieldKind {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// In the order of the field names, as a query orders them.
impl Ord for ChartFieldKind {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.code().cmp(other.code())
    }
}

impl ChartFieldKind {
    /// Every kind that is delivered.
    pub const DELIVERED: [Self; 23] = [
        Self::Account,
        Self::AlternateAccount,
        Self::Department,
        Self::OperatingUnit,
        Self::Product,
        Self::Fund,
        Self::Class,
        Self::Program,
        Self::BudgetReference,
        Self::Affiliate,
        Self::AffiliateIntra1,
        Self::AffiliateIntra2,
        Self::ChartField1,
        Self::ChartField2,
        Self::ChartField3,
        Self::ProjectUnit,
        Self::Project,
        Self::Activity,
        Self::AnalysisType,
        Self::ResourceType,
        Self::ResourceCategory,
        Self::ResourceSubcategory,
        Self::Statistics,
    ];

    /// The longest value as delivered, in characters; sites change it by configuring their ChartFields.
    #[must_use]
    pub fn delivered_length(&self) -> u32 {
        match self {
            Self::Statistics | Self::AnalysisType => 3,
            Self::Fund
            | Self::Class
            | Self::Program
            | Self::Affiliate
            | Self::ProjectUnit
            | Self::ResourceType
            | Self::ResourceCategory
            | Self::ResourceSubcategory => 5,
            Self::Product => 6,
            Self::OperatingUnit | Self::BudgetReference => 8,
            Self::Account
            | Self::AlternateAccount
            | Self::Department
            | Self::AffiliateIntra1
            | Self::AffiliateIntra2
            | Self::ChartField1
            | Self::ChartField2
            | Self::ChartField3 => 10,
            Self::Project | Self::Activity => 15,
            Self::Other(_) => 30,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_supplier_may_have_a_status_that_the_site_added() {
        assert_eq!(
            VendorStatus::from_text("unapproved"),
            VendorStatus::Unapproved
        );
        assert_eq!(
            VendorStatus::from_text("Q"),
            VendorStatus::Other("Q".into())
        );
        assert_eq!(VendorStatus::Other("Q".into()).code(), "Q");
    }

    #[test]
    fn delivered_kinds_are_told_apart_and_bounded() {
        let names: std::collections::BTreeSet<_> = ChartFieldKind::DELIVERED.iter().collect();
        assert_eq!(names.len(), ChartFieldKind::DELIVERED.len());
        for kind in &ChartFieldKind::DELIVERED {
            assert_eq!(&ChartFieldKind::from_text(kind.code()), kind);
            assert_eq!(&ChartFieldKind::from_text(kind.text()), kind);
            assert!((1..=15).contains(&kind.delivered_length()), "{kind}");
        }
        assert_eq!(
            ChartFieldKind::Other("X_GRANT".into()).delivered_length(),
            30
        );
    }
}
