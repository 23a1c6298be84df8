//! The fields of a person.

use super::fields;

fields! {
    /// A person. A is PERSON_NAME or the site's view of it; B to D are what the site joins for the mail
    /// address, the telephone and the operator id.
    EmployeeField {
        Employee = "employee", "A.EMPLID", key, Text;
        Name = "name", "A.NAME", optional, Text;
        FirstName = "first_name", "A.FIRST_NAME", optional, Text;
        LastName = "last_name", "A.LAST_NAME", optional, Text;
        Email = "email", "B.EMAIL_ADDR", optional, Text;
        Phone = "phone", "C.PHONE", optional, Text;
        Oprid = "oprid", "D.OPRID", optional, Text;
        LastUpdated = "last_updated", "A.LASTUPDDTTM", required, DateTime;
    }
}
