//! Freight terms: PeopleSoft FREIGHT_TERMS to the parts of an X12 FOB segment.

use serde::Serialize;

/// The parts of a FOB segment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Freight {
    /// FOB01, who pays, two characters: for example `PP` prepaid by the seller, `CC` collect.
    pub payment: String,
    /// FOB02, what kind of place FOB03 names, for example `OR` origin or `DE` destination.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// FOB03, the place, at most 80 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// FOB05, transportation terms; FOB04 is then `01`, trade terms of the ICC (Incoterms).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incoterm: Option<String>,
    /// FOB06, where title passes, for example `OR` origin or `DE` destination.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title_passage: Option<String>,
}

/// Trade terms that say by themselves who pays the carriage, and the usual X12 codes.
///
/// `FOB` is not among them: it is an Incoterm, and in the United States a word that needs a place.
const STARTER: &[(&str, &str)] = &[
    ("CFR", "PP"),
    ("CIF", "PP"),
    ("CIP", "PP"),
    ("CPT", "PP"),
    ("DAP", "PP"),
    ("DDP", "PP"),
    ("EXW", "CC"),
    ("FAS", "CC"),
    ("FCA", "CC"),
];

pub(super) fn starter(code: &str) -> Option<Freight> {
    let (incoterm, payment) = STARTER.iter().find(|(ours, _)| *ours == code)?;
    Some(Freight {
        payment: (*payment).to_owned(),
        incoterm: Some((*incoterm).to_owned()),
        ..Freight::default()
    })
}

pub(super) fn trap(code: &str) -> Option<&'static str> {
    (code == "FOB").then_some(
        "FOB alone leaves open whether origin or destination is meant, and so who pays; say it with \
         `payment` and `title_passage`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_of_groups_c_and_d_are_paid_by_the_seller() {
        for (code, payment) in STARTER {
            let seller_pays = code.starts_with(['C', 'D']);
            assert_eq!(*payment == "PP", seller_pays, "{code}");
        }
        assert_eq!(starter("FOB"), None);
    }
}
