//! The fields of a department.

use super::fields;

fields! {
    /// A department. A is DEPT_TBL.
    DepartmentField {
        Setid = "setid", "A.SETID", key, Text;
        Department = "department", "A.DEPTID", key, Text;
        EffectiveDate = "effective_date", "A.EFFDT", required, Date;
        Status = "status", "A.EFF_STATUS", required, Code;
        Description = "description", "A.DESCR", optional, Text;
        ShortDescription = "short_description", "A.DESCRSHORT", optional, Text;
        Company = "company", "A.COMPANY", optional, Text;
        LocationSetid = "location_setid", "A.SETID_LOCATION", optional, Text;
        Location = "location", "A.LOCATION", optional, Text;
        Manager = "manager", "A.MANAGER_ID", optional, Text;
        ManagerPosition = "manager_position", "A.MANAGER_POSN", optional, Text;
        LastUpdated = "last_updated", "A.LASTUPDDTTM", required, DateTime;
    }
}
