//! From the columns of an answer to the fields of a record, by the profile's map.

use crate::error::{Error, ErrorKind, Sent};
use crate::profile::{ChangeQuery, Field, FieldTable};

/// Which column each field is read from, and which columns nothing reads.
#[derive(Debug)]
pub(crate) struct Columns {
    of_field: Vec<Option<usize>>,
    names: Vec<Box<str>>,
    unmapped: Vec<usize>,
}

impl Columns {
    /// Finds the column of each field: first by its name, then, where that is certain, by the
    /// name without alias and prefix. Anything uncertain is an error, never a guess.
    pub(crate) fn resolve<F: FieldTable>(
        query: &ChangeQuery,
        names: &[Box<str>],
    ) -> Result<Self, Error> {
        let wanted: Vec<&str> = F::FIELDS
            .iter()
            .map(|field| {
                query
                    .columns
                    .get(field.name)
                    .map_or(field.column, String::as_str)
            })
            .collect();
        let mut of_field: Vec<Option<usize>> = wanted
            .iter()
            .map(|wanted| position(wanted, names))
            .collect();
        let mut search = Search {
            fields: F::FIELDS,
            wanted: &wanted,
            names,
            of_field: &mut of_field,
            problems: Vec::new(),
        };
        search.run();
        let mut problems = search.problems;
        for (at, (field, wanted)) in F::FIELDS.iter().zip(&wanted).enumerate() {
            let found = of_field.get(at).is_some_and(Option::is_some);
            if field.required && !found && is_open(F::FIELDS, at, &of_field) {
                problems.push(format!("no column {wanted} for the field {}", field.name));
            }
        }
        if !problems.is_empty() {
            let message = format!(
                "the columns do not fit the profile of {}: {}",
                query.query,
                problems.join("; ")
            );
            return Err(Error::new(ErrorKind::Decode, message).with_sent(Sent::Yes));
        }
        let unmapped = (0..names.len())
            .filter(|column| !of_field.contains(&Some(*column)))
            .collect();
        Ok(Self {
            of_field,
            names: names.to_vec(),
            unmapped,
        })
    }

    /// The position of the column of a field.
    pub(crate) fn of<F: FieldTable>(&self, field: F) -> Option<usize> {
        self.of_field.get(field.position()).copied().flatten()
    }

    /// The name of the column of a field, for messages.
    pub(crate) fn name_of<F: FieldTable>(&self, field: F) -> &str {
        match self.of(field).and_then(|column| self.names.get(column)) {
            Some(name) => name,
            None => F::FIELDS
                .get(field.position())
                .map_or("?", |field| field.column),
        }
    }

    /// The columns that no field reads, with their names.
    pub(crate) fn unmapped(&self) -> impl Iterator<Item = (usize, &str)> {
        self.unmapped
            .iter()
            .filter_map(|column| Some((*column, &**self.names.get(*column)?)))
    }

    /// The record alias in front of the column of a field, such as `A` in `A.PO_ID`.
    pub(crate) fn alias_of<F: FieldTable>(&self, field: F) -> Option<&str> {
        self.of(field)
            .and_then(|column| self.names.get(column))
            .and_then(|name| alias(name))
    }
}

/// The column of exactly this name, or else the only one of this name in other letters.
pub(super) fn position(wanted: &str, names: &[Box<str>]) -> Option<usize> {
    let exact = names.iter().position(|name| **name == *wanted);
    exact.or_else(|| {
        let mut alike = names
            .iter()
            .enumerate()
            .filter(|(_, name)| name.eq_ignore_ascii_case(wanted));
        match (alike.next(), alike.next()) {
            (Some((only, _)), None) => Some(only),
            _ => None,
        }
    })
}

/// The record alias of a column name.
pub(crate) fn alias(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(alias, _)| alias)
}

/// A column name without alias, and without the prefixes that component interfaces put before it.
fn bare(name: &str) -> &str {
    let name = name.rsplit('.').next().unwrap_or(name);
    name.strip_prefix("KEYPROP_")
        .or_else(|| name.strip_prefix("PROP_"))
        .unwrap_or(name)
}

pub(super) fn same(one: &str, other: &str) -> bool {
    bare(one).eq_ignore_ascii_case(bare(other))
}

/// Whether a field is looked for: the levels that it stands in are in the answer.
fn is_open(fields: &[Field], at: usize, of_field: &[Option<usize>]) -> bool {
    match fields.get(at).and_then(|field| field.gate) {
        Some(gate) => {
            of_field.get(gate).is_some_and(Option::is_some) && is_open(fields, gate, of_field)
        }
        None => true,
    }
}

/// The search for columns by the name without alias and prefix, once those with exact names are found.
struct Search<'a> {
    fields: &'static [Field],
    wanted: &'a [&'a str],
    names: &'a [Box<str>],
    of_field: &'a mut [Option<usize>],
    problems: Vec<String>,
}

impl Search<'_> {
    fn run(&mut self) {
        let is_gate = |at: usize| self.fields.iter().any(|field| field.gate == Some(at));
        let gates: Vec<usize> = (0..self.fields.len()).filter(|at| is_gate(*at)).collect();
        let rest: Vec<usize> = (0..self.fields.len()).filter(|at| !is_gate(*at)).collect();
        let of_need = |fields: &[Field], from: &[usize], required: bool, gated: bool| {
            let mut chosen = from.to_vec();
            chosen.retain(|at| {
                fields.get(*at).is_some_and(|field| {
                    field.required == required && field.gate.is_some() == gated
                })
            });
            chosen
        };
        // What must be there goes first, and what opens a level before what stands in it.
        self.fall_back(&of_need(self.fields, &rest, true, false));
        for gate in gates {
            self.fall_back(&[gate]);
        }
        self.close();
        self.fall_back(&of_need(self.fields, &rest, true, true));
        let mut optional = of_need(self.fields, &rest, false, false);
        optional.extend(of_need(self.fields, &rest, false, true));
        self.fall_back(&optional);
    }

    /// Gives back the columns of fields in levels that the answer does not have.
    fn close(&mut self) {
        for at in 0..self.fields.len() {
            if !is_open(self.fields, at, self.of_field)
                && let Some(slot) = self.of_field.get_mut(at)
            {
                *slot = None;
            }
        }
    }

    fn fall_back(&mut self, at: &[usize]) {
        let mut claims: Vec<(usize, usize)> = Vec::new();
        for at in at {
            let (Some(field), Some(wanted)) = (self.fields.get(*at), self.wanted.get(*at)) else {
                continue;
            };
            let open = self.of_field.get(*at).is_some_and(Option::is_none)
                && is_open(self.fields, *at, self.of_field);
            if !open || wanted.trim().is_empty() {
                continue;
            }
            let alike: Vec<usize> = (0..self.names.len())
                .filter(|at| self.names.get(*at).is_some_and(|n| same(n, wanted)))
                .collect();
            let free: Vec<usize> = alike
                .iter()
                .copied()
                .filter(|column| !self.of_field.contains(&Some(*column)))
                .collect();
            match (free.as_slice(), alike.len()) {
                ([], _) => {}
                ([column], 1) => claims.push((*at, *column)),
                _ => self.problems.push(format!(
                    "the field {} could be read from {}; map it to one of them, or to \"\"",
                    field.name,
                    list(self.names, &alike)
                )),
            }
        }
        for (at, column) in &claims {
            // Fields that want the same column share it.
            let wants = |at: &usize| self.wanted.get(*at);
            let rivals: Vec<usize> = claims
                .iter()
                .filter(|(_, claimed)| claimed == column)
                .map(|(at, _)| *at)
                .collect();
            if rivals.iter().any(|rival| wants(rival) != wants(at)) {
                let rivals: Vec<&str> = rivals
                    .iter()
                    .filter_map(|at| Some(self.fields.get(*at)?.name))
                    .collect();
                let problem = format!(
                    "the column {} could be any of the fields {}; map one of them to it, the others to \"\"",
                    list(self.names, &[*column]),
                    rivals.join(", ")
                );
                if !self.problems.contains(&problem) {
                    self.problems.push(problem);
                }
            } else if let Some(slot) = self.of_field.get_mut(*at) {
                *slot = Some(*column);
            }
        }
    }
}

fn list(names: &[Box<str>], columns: &[usize]) -> String {
    let names: Vec<&str> = columns
        .iter()
        .filter_map(|column| names.get(*column))
        .map(|name| &**name)
        .collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{OrderField, Profile};

    const REQUIRED: [&str; 15] = [
        "BUSINESS_UNIT",
        "PO_ID",
        "PO_DT",
        "PO_STATUS",
        "VENDOR_SETID",
        "VENDOR_ID",
        "CURRENCY_CD",
        "LAST_DTTM_UPDATE",
        "LINE_NBR",
        "UNIT_OF_MEASURE",
        "SCHED_NBR",
        "DUE_DT",
        "QTY_PO",
        "PRICE_PO",
        "MERCHANDISE_AMT",
    ];

    fn resolve(more: &[&str], map: &[(&str, &str)]) -> Result<Columns, Error> {
        let mut query = Profile::default().purchase_orders;
        for (field, column) in map {
            query
                .columns
                .insert((*field).to_owned(), (*column).to_owned());
        }
        let names: Vec<Box<str>> = REQUIRED
            .iter()
            .chain(more)
            .map(|name| (*name).into())
            .collect();
        Columns::resolve::<OrderField>(&query, &names)
    }

    #[test]
    fn bare_and_prefixed_names_are_found() {
        let columns = resolve(&["PROP_PO_REF", "Z.BUYER_ID", "CUSTOM"], &[]).unwrap();
        assert_eq!(columns.name_of(OrderField::PoId), "PO_ID");
        assert_eq!(columns.name_of(OrderField::PoRef), "PROP_PO_REF");
        assert_eq!(columns.name_of(OrderField::BuyerId), "Z.BUYER_ID");
        assert_eq!(columns.of(OrderField::ScheduleCurrency), None);
        assert_eq!(
            columns.unmapped().map(|(_, name)| name).collect::<Vec<_>>(),
            ["CUSTOM"]
        );
    }

    #[test]
    fn one_column_for_two_fields_is_not_guessed() {
        insta::assert_snapshot!(
            resolve(&["CANCEL_STATUS"], &[]).unwrap_err(),
            @r#"the columns do not fit the profile of EDI_PO_CHANGED: the column CANCEL_STATUS could be any of the fields line_cancel_status, schedule_cancel_status; map one of them to it, the others to """#
        );
        let map = [
            ("line_cancel_status", "CANCEL_STATUS"),
            ("schedule_cancel_status", ""),
        ];
        let columns = resolve(&["CANCEL_STATUS"], &map).unwrap();
        assert_eq!(
            columns.name_of(OrderField::LineCancelStatus),
            "CANCEL_STATUS"
        );
        assert_eq!(columns.of(OrderField::ScheduleCancelStatus), None);
    }

    #[test]
    fn two_columns_for_one_field_are_not_guessed() {
        insta::assert_snapshot!(
            resolve(&["X.PO_REF", "Y.PO_REF"], &[]).unwrap_err(),
            @r#"the columns do not fit the profile of EDI_PO_CHANGED: the field po_ref could be read from X.PO_REF, Y.PO_REF; map it to one of them, or to """#
        );
    }

    #[test]
    fn an_exact_name_leaves_its_twin_alone() {
        let columns = resolve(&["A.PO_REF", "Y.PO_REF"], &[]).unwrap();
        assert_eq!(columns.name_of(OrderField::PoRef), "A.PO_REF");
        assert_eq!(
            columns.unmapped().map(|(_, name)| name).collect::<Vec<_>>(),
            ["Y.PO_REF"]
        );
    }

    #[test]
    fn two_fields_may_share_the_column_that_both_want() {
        let columns = resolve(&["CNTRCT_ID"], &[]).unwrap();
        assert_eq!(columns.name_of(OrderField::Contract), "CNTRCT_ID");
        assert_eq!(columns.name_of(OrderField::LineContract), "CNTRCT_ID");
    }

    #[test]
    fn a_level_that_is_not_selected_claims_no_columns() {
        let columns = resolve(&["X.LOCATION", "H.DEPTID"], &[]).unwrap();
        assert_eq!(columns.of(OrderField::DistributionLocation), None);
        assert_eq!(columns.of(OrderField::Department), None);
        let unmapped: Vec<_> = columns.unmapped().map(|(_, name)| name).collect();
        assert_eq!(unmapped, ["X.LOCATION", "H.DEPTID"]);
    }

    #[test]
    fn a_level_that_is_selected_needs_its_columns() {
        insta::assert_snapshot!(
            resolve(&["DISTRIB_LINE_NUM", "H.DEPTID"], &[]).unwrap_err(),
            @"the columns do not fit the profile of EDI_PO_CHANGED: no column H.MERCHANDISE_AMT for the field distribution_amount"
        );
        let columns = resolve(
            &["DISTRIB_LINE_NUM", "H.MERCHANDISE_AMT", "DEPTID"],
            &[("merchandise_amount", "MERCHANDISE_AMT")],
        )
        .unwrap();
        assert_eq!(columns.name_of(OrderField::Department), "DEPTID");
        assert_eq!(columns.unmapped().count(), 0);
    }

    #[test]
    fn every_missing_column_is_named() {
        let query = Profile::default().purchase_orders;
        let names: Vec<Box<str>> = REQUIRED.iter().skip(2).map(|name| (*name).into()).collect();
        insta::assert_snapshot!(
            Columns::resolve::<OrderField>(&query, &names).unwrap_err(),
            @"the columns do not fit the profile of EDI_PO_CHANGED: no column A.BUSINESS_UNIT for the field business_unit; no column A.PO_ID for the field po_id"
        );
    }
}
