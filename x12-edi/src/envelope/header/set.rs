//! ST.

use crate::finding::{Finding, FindingCode};
use crate::segment::{Element, Segment};

/// The header of a transaction set: ST.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SetHeader {
    /// ST01, for example `850`.
    pub code: String,
    /// ST02 as it stands: text, with its leading zeroes.
    pub control_number: String,
    /// ST03, from release 005010 on.
    pub implementation: Option<String>,
}

impl SetHeader {
    /// Reads ST, into the memory of an old header if there is one.
    pub(crate) fn read(st: Segment<'_>, old: Option<Self>, findings: &mut Vec<Finding>) -> Self {
        let number = st.element(2);
        if !(4..=9).contains(&number.as_bytes().len()) {
            findings.push(
                st.finding(
                    FindingCode::SetControlNumberInvalid,
                    "ST02 does not have four to nine characters",
                )
                .at_element(2)
                .with_value(number.as_bytes()),
            );
        }
        let mut header = old.unwrap_or_else(|| Self {
            code: String::new(),
            control_number: String::new(),
            implementation: None,
        });
        let implementation = st.element(3);
        put(&mut header.code, st.element(1));
        put(&mut header.control_number, number);
        if implementation.is_empty() {
            header.implementation = None;
        } else {
            put(
                header.implementation.get_or_insert_default(),
                implementation,
            );
        }
        header
    }

    /// Copies another header into the memory of this one.
    pub(in crate::envelope) fn copy_from(&mut self, other: &Self) {
        self.code.clone_from(&other.code);
        self.control_number.clone_from(&other.control_number);
        self.implementation.clone_from(&other.implementation);
    }
}

fn put(to: &mut String, element: Element<'_>) {
    to.clear();
    to.push_str(&element.text());
}
