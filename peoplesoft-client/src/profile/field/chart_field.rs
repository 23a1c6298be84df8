//! The fields of a ChartField value.

use super::fields;

fields! {
    /// The values of all ChartFields in one shape. A is the site's view over GL_ACCOUNT_TBL, DEPT_TBL,
    /// FUND_TBL and so on, or the first part of a union over them.
    ChartFieldField {
        Setid = "setid", "A.SETID", key, Text;
        Kind = "kind", "A.FIELDNAME", key, Text;
        Value = "value", "A.CHARTFIELD_VALUE", key, Text;
        EffectiveDate = "effective_date", "A.EFFDT", required, Date;
        Status = "status", "A.EFF_STATUS", required, Code;
        Description = "description", "A.DESCR", optional, Text;
        ShortDescription = "short_description", "A.DESCRSHORT", optional, Text;
        AccountType = "account_type", "A.ACCOUNT_TYPE", optional, Text;
        Manager = "manager", "A.MANAGER_ID", optional, Text;
        BudgetaryOnly = "budgetary_only", "A.BUDGETARY_ONLY", optional, Code;
        LastUpdated = "last_updated", "A.LASTUPDDTTM", required, DateTime;
    }
}
