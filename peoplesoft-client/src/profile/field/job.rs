//! The fields of a job.

use super::fields;

fields! {
    /// A job. A is JOB.
    JobField {
        Employee = "employee", "A.EMPLID", key, Text;
        Record = "record", "A.EMPL_RCD", key, Number;
        EffectiveDate = "effective_date", "A.EFFDT", required, Date;
        EffectiveSequence = "effective_sequence", "A.EFFSEQ", required, Number;
        HrStatus = "hr_status", "A.HR_STATUS", optional, Code;
        PayrollStatus = "payroll_status", "A.EMPL_STATUS", optional, Code;
        BusinessUnit = "business_unit", "A.BUSINESS_UNIT", optional, Text;
        DepartmentSetid = "department_setid", "A.SETID_DEPT", optional, Text;
        Department = "department", "A.DEPTID", optional, Text;
        JobCode = "job_code", "A.JOBCODE", optional, Text;
        Position = "position", "A.POSITION_NBR", optional, Text;
        Supervisor = "supervisor", "A.SUPERVISOR_ID", optional, Text;
        ReportsTo = "reports_to", "A.REPORTS_TO", optional, Text;
        Action = "action", "A.ACTION", optional, Text;
        ActionReason = "action_reason", "A.ACTION_REASON", optional, Text;
        ActionDate = "action_date", "A.ACTION_DT", optional, Date;
        Location = "location", "A.LOCATION", optional, Text;
        Company = "company", "A.COMPANY", optional, Text;
        RegularTemporary = "regular_temporary", "A.REG_TEMP", optional, Code;
        FullPartTime = "full_part_time", "A.FULL_PART_TIME", optional, Code;
        StandardHours = "standard_hours", "A.STD_HOURS", optional, Number;
        CombinationCode = "combination_code", "A.ACCT_CD", optional, Text;
        LastHireDate = "last_hire_date", "A.LAST_HIRE_DT", optional, Date;
        TerminationDate = "termination_date", "A.TERMINATION_DT", optional, Date;
        LastUpdated = "last_updated", "A.LASTUPDDTTM", required, DateTime;
    }
    lookup "by_employee" = [Employee];
}
