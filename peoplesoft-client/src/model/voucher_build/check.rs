//! What the voucher build would refuse, found before anything is sent.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::NewVoucher;
use super::exchange::Format;
use crate::rowset::Finding;

impl NewVoucher {
    /// Everything that keeps the voucher from being built, as far as it shows in the voucher itself:
    /// texts and numbers that do not fit their fields, no lines, numbers used twice, sums that differ.
    ///
    /// PeopleSoft would take most of it and recycle the voucher later.
    #[must_use]
    pub fn check(&self) -> Vec<Finding> {
        let format = Format {
            dates: "%Y-%m-%d",
            payment_record: "VCHR_PYMT_STG",
            source: "",
        };
        let (_, mut findings) = self.to_row(format);
        self.check_numbers(&mut findings);
        self.check_sums(&mut findings);
        findings
    }

    fn check_numbers(&self, findings: &mut Vec<Finding>) {
        if self.lines.is_empty() {
            findings.push(Finding::new("lines", "", "at least one line"));
        }
        let mut lines = BTreeSet::new();
        for (at, line) in self.lines.iter().enumerate() {
            let place = format!("lines[{at}]");
            number(
                &mut lines,
                line.line_nbr,
                &format!("{place}.line_nbr"),
                findings,
            );
            let mut distributions = BTreeSet::new();
            for (at, distribution) in line.distributions.iter().enumerate() {
                let place = format!("{place}.distributions[{at}].number");
                number(&mut distributions, distribution.number, &place, findings);
            }
        }
        let mut payments = BTreeSet::new();
        for (at, payment) in self.payments.iter().enumerate() {
            let place = format!("payments[{at}].number");
            number(&mut payments, payment.number, &place, findings);
        }
    }

    fn check_sums(&self, findings: &mut Vec<Finding>) {
        let total = self.total();
        if total != self.gross_amount {
            let found = self.gross_amount.to_string();
            let expected = format!("{total}, which lines and charges come to");
            findings.push(Finding::new("gross_amount", &found, expected));
        }
        for (at, line) in self.lines.iter().enumerate() {
            let charged = line
                .distributions
                .iter()
                .map(|distribution| distribution.amount);
            let charged: Decimal = charged.fold(Decimal::ZERO, Decimal::saturating_add);
            if !line.distributions.is_empty() && charged != line.amount {
                let expected = format!("{}, the amount of the line", line.amount);
                let place = format!("lines[{at}].distributions");
                findings.push(Finding::new(place, &charged.to_string(), expected));
            }
        }
    }
}

fn number(taken: &mut BTreeSet<u32>, number: u32, place: &str, findings: &mut Vec<Finding>) {
    if number == 0 || number > 99_999 {
        findings.push(Finding::new(
            place,
            &number.to_string(),
            "a number from 1 to 99999",
        ));
    } else if !taken.insert(number) {
        findings.push(Finding::new(
            place,
            &number.to_string(),
            "a number that is used once",
        ));
    }
}
