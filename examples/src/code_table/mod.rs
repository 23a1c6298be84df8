//! PeopleSoft codes and their X12 counterparts: units of measure, payment terms, freight terms.
//!
//! Three tables are asked in turn: the partner's, the configuration's, the starter table that is
//! built in. What none of them has is a [`Hold`], never a guess. PeopleSoft codes are data of the
//! site, so the starter tables hold only what is commonly meant; correct them in the
//! configuration.
//!
//! ```
//! use peoplesoft_cleo::code_table::CodeTables;
//! use peoplesoft_cleo::hold::HoldCode;
//!
//! let codes = CodeTables::default();
//! assert_eq!(codes.unit("CS", "PO_LINE 1 UNIT_OF_MEASURE")?.code, "CA");
//! assert_eq!(codes.unit("M", "PO_LINE 2 UNIT_OF_MEASURE").unwrap_err().code, HoldCode::UnknownUnit);
//! # Ok::<(), Box<peoplesoft_cleo::hold::Hold>>(())
//! ```

mod freight;
mod read;
mod terms;
mod units;

use std::collections::BTreeMap;

pub use freight::Freight;
pub(crate) use read::{read_freight, read_terms, read_units};
pub use terms::Terms;
pub use units::Unit;
pub(crate) use units::is_x12_shape;

use crate::hold::{Hold, HoldCode};
use crate::partner::{PartnerProfile, UnknownUnit};

/// The tables of a configuration, without those of a partner.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CodeTables {
    /// Units by UNIT_OF_MEASURE, before the starter table.
    pub units: BTreeMap<String, Unit>,
    /// Payment terms by PYMNT_TERMS_CD, before the starter table.
    pub terms: BTreeMap<String, Terms>,
    /// Freight terms by FREIGHT_TERMS, before the starter table.
    pub freight: BTreeMap<String, Freight>,
}

impl CodeTables {
    /// The tables as they are for one partner: its own entries first, and its policy.
    pub fn for_partner<'a>(&'a self, partner: &'a PartnerProfile) -> PartnerCodes<'a> {
        PartnerCodes {
            tables: self,
            partner: Some(partner),
        }
    }

    /// The unit for UNIT_OF_MEASURE `code`. `field` says in a hold where the code stands.
    ///
    /// # Errors
    /// A hold `unknown-unit`.
    pub fn unit(&self, code: &str, field: &str) -> Result<Unit, Box<Hold>> {
        PartnerCodes {
            tables: self,
            partner: None,
        }
        .unit(code, field)
    }

    /// The terms for PYMNT_TERMS_CD `code`.
    ///
    /// # Errors
    /// A hold `unknown-terms`.
    pub fn terms(&self, code: &str, field: &str) -> Result<Terms, Box<Hold>> {
        PartnerCodes {
            tables: self,
            partner: None,
        }
        .terms(code, field)
    }

    /// The terms for FREIGHT_TERMS `code`.
    ///
    /// # Errors
    /// A hold `unknown-freight`.
    pub fn freight(&self, code: &str, field: &str) -> Result<Freight, Box<Hold>> {
        PartnerCodes {
            tables: self,
            partner: None,
        }
        .freight(code, field)
    }
}

/// The tables as they are for one partner.
#[derive(Debug, Clone, Copy)]
pub struct PartnerCodes<'a> {
    tables: &'a CodeTables,
    partner: Option<&'a PartnerProfile>,
}

impl PartnerCodes<'_> {
    /// The unit for UNIT_OF_MEASURE `code`. `field` says in a hold where the code stands.
    ///
    /// # Errors
    /// A hold `unknown-unit`, unless the partner's policy passes unknown units on; codes that mean
    /// something else in X12 and codes that are not two characters are held all the same.
    pub fn unit(&self, code: &str, field: &str) -> Result<Unit, Box<Hold>> {
        if let Some(unit) = self.own(|partner| &partner.units, &self.tables.units, code) {
            return Ok(unit.clone());
        }
        if let Some(unit) = units::starter(code) {
            return Ok(unit);
        }
        let trap = units::trap(code);
        let passes = self
            .partner
            .is_some_and(|p| p.policy.unknown_unit == UnknownUnit::Pass);
        if passes && trap.is_none() && is_x12_shape(code) {
            return Ok(Unit::of(code));
        }
        let hold = self.unknown(HoldCode::UnknownUnit, code, field, "units", "= \"EA\"");
        Err(Box::new(match trap {
            Some(hint) => hold.expected(format!("a unit of the code table ({hint})")),
            None => hold,
        }))
    }

    /// The terms for PYMNT_TERMS_CD `code`.
    ///
    /// # Errors
    /// A hold `unknown-terms`.
    pub fn terms(&self, code: &str, field: &str) -> Result<Terms, Box<Hold>> {
        if let Some(terms) = self.own(|partner| &partner.terms, &self.tables.terms, code) {
            return Ok(terms.clone());
        }
        terms::starter(code).ok_or_else(|| {
            let example = "= { type = \"01\", basis = \"3\", net_days = 30 }";
            Box::new(self.unknown(HoldCode::UnknownTerms, code, field, "terms", example))
        })
    }

    /// The terms for FREIGHT_TERMS `code`.
    ///
    /// # Errors
    /// A hold `unknown-freight`.
    pub fn freight(&self, code: &str, field: &str) -> Result<Freight, Box<Hold>> {
        if let Some(freight) = self.own(|partner| &partner.freight, &self.tables.freight, code) {
            return Ok(freight.clone());
        }
        freight::starter(code).ok_or_else(|| {
            let example = "= { payment = \"PP\" }";
            let hold = self.unknown(HoldCode::UnknownFreight, code, field, "freight", example);
            Box::new(match freight::trap(code) {
                Some(hint) => hold.expected(format!("freight terms of the code table ({hint})")),
                None => hold,
            })
        })
    }

    fn own<'b, T>(
        &'b self,
        of_partner: impl Fn(&'b PartnerProfile) -> &'b BTreeMap<String, T>,
        of_site: &'b BTreeMap<String, T>,
        code: &str,
    ) -> Option<&'b T> {
        self.partner
            .and_then(|partner| of_partner(partner).get(code))
            .or_else(|| of_site.get(code))
    }

    fn unknown(&self, kind: HoldCode, code: &str, field: &str, table: &str, entry: &str) -> Hold {
        let whose = self
            .partner
            .map(|partner| format!(" of partner {} or", partner.id));
        Hold::new(kind, field)
            .found(format_args!("{code:?}"))
            .remedy(format_args!(
                "add for example `{code:?} {entry}` to [{table}]{} of the configuration",
                whose.unwrap_or_default()
            ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partner(more: &str) -> PartnerProfile {
        let text = format!(
            "id = \"p\"\nname = \"P\"\nsuppliers = [{{ setid = \"S\", vendor_id = \"1\" }}]\n\
             [[routes]]\ndocument = \"purchase_order\"\nformat = \"json\"\nconnection = \"c\"\n{more}"
        );
        PartnerProfile::from_toml("p.toml", &text).unwrap()
    }

    fn tables() -> CodeTables {
        let mut tables = CodeTables::default();
        tables.units.insert("RLL".to_owned(), Unit::of("RL"));
        tables.units.insert("EA".to_owned(), Unit::of("PC"));
        tables
    }

    #[test]
    fn the_partner_comes_before_the_site_and_the_site_before_the_starter() {
        let tables = tables();
        let partner = partner("[units]\nRLL = \"RO\"\n");
        let codes = tables.for_partner(&partner);
        assert_eq!(codes.unit("RLL", "f").unwrap().code, "RO");
        assert_eq!(codes.unit("EA", "f").unwrap().code, "PC");
        assert_eq!(codes.unit("LB", "f").unwrap().code, "LB");
        assert_eq!(tables.unit("RLL", "f").unwrap().code, "RL");
    }

    #[test]
    fn an_unknown_unit_is_held_and_says_where_to_add_it() {
        let tables = tables();
        let partner = partner("");
        let hold = tables
            .for_partner(&partner)
            .unit("BBL", "PO_LINE 3 UNIT_OF_MEASURE")
            .unwrap_err();
        assert_eq!(
            hold.to_string(),
            "unknown-unit at PO_LINE 3 UNIT_OF_MEASURE: found \"BBL\", expected a unit of the code \
             table; add for example `\"BBL\" = \"EA\"` to [units] of partner p or of the \
             configuration, then run `peoplesoft-cleo sync`"
        );
    }

    #[test]
    fn passing_unknown_units_never_passes_a_trap_or_a_cut_code() {
        let tables = CodeTables::default();
        let partner = partner("[policy]\nunknown_unit = \"pass\"\n");
        let codes = tables.for_partner(&partner);
        assert_eq!(codes.unit("BF", "f").unwrap(), Unit::of("BF"));
        for code in ["BBL", "M", "T", "", "b f", "é"] {
            assert_eq!(
                codes.unit(code, "f").unwrap_err().code,
                HoldCode::UnknownUnit,
                "{code}"
            );
        }
    }

    #[test]
    fn unknown_terms_and_freight_are_held() {
        let tables = CodeTables::default();
        assert_eq!(tables.terms("NET30", "f").unwrap().net_days, Some(30));
        assert_eq!(
            tables.terms("XYZ", "f").unwrap_err().code,
            HoldCode::UnknownTerms
        );
        assert_eq!(tables.freight("DDP", "f").unwrap().payment, "PP");
        let hold = tables.freight("FOB", "PO_HDR FREIGHT_TERMS").unwrap_err();
        assert_eq!(hold.code, HoldCode::UnknownFreight);
        assert!(hold.expected.contains("origin"), "{hold}");
    }
}
