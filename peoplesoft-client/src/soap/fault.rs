//! A SOAP fault, of either version.

use crate::error::{Fault, shown};
use crate::ib_response::split_numbers;

/// What a fault says, before it is known what it means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SoapFault {
    /// The code as it is written, such as `soapenv:Client`.
    pub(crate) code: String,
    /// The first reason.
    pub(crate) text: String,
    /// The texts of the elements in the detail, in their order.
    pub(crate) details: Vec<String>,
}

impl SoapFault {
    /// The fault as callers see it; the numbers come from the end of the text or of a detail.
    pub(crate) fn into_fault(self) -> Fault {
        let texts = std::iter::once(&self.text).chain(&self.details);
        let numbers = texts.filter_map(|text| split_numbers(text.trim()).1).next();
        let text = split_numbers(self.text.trim()).0;
        let first_detail = || self.details.first().map_or("no text", String::as_str);
        Fault {
            set: numbers.map(|(set, _)| set),
            number: numbers.map(|(_, number)| number),
            text: shown(if text.is_empty() {
                first_detail()
            } else {
                text
            }),
            code: Some(shown(self.code.trim())).filter(|code| !code.is_empty()),
            details: self.details.iter().map(|text| shown(text.trim())).collect(),
            ..Fault::default()
        }
    }
}
