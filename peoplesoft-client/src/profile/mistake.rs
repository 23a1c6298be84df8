//! Everything that is wrong with a profile, found in one go.

use std::fmt;

use super::{
    ChartFieldField, DepartmentField, EmployeeField, InvoiceField, JobField,
    OrderDistributionField, OrderField, PaymentField, Profile, ReceiptField, ScheduledPaymentField,
    SupplierField, VoucherField,
};
use crate::model::Zone;
use crate::service::Service;

/// One mistake in a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProfileMistake {
    /// Where it is, such as `purchase_orders.columns.po_idd`.
    pub place: String,
    /// What was found there.
    pub found: String,
    /// What is expected instead.
    pub expected: String,
}

impl fmt::Display for ProfileMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: found `{}`, expected {}",
            self.place, self.found, self.expected
        )
    }
}

/// All mistakes in a profile; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileMistakes(Vec<ProfileMistake>);

impl ProfileMistakes {
    pub(super) fn one(
        place: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self(vec![ProfileMistake {
            place: place.into(),
            found: found.into(),
            expected: expected.into(),
        }])
    }

    /// The mistakes: those of a file's structure first, then those of its values, in order.
    pub fn iter(&self) -> impl Iterator<Item = &ProfileMistake> {
        self.0.iter()
    }
}

impl fmt::Display for ProfileMistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, mistake) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("; ")?;
            }
            mistake.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ProfileMistakes {}

impl Profile {
    /// Notes every mistake; each section notes its own.
    pub(super) fn find_mistakes(&self, found: &mut Found) {
        found.segment("node", &self.node);
        if let Err(error) = Zone::new(&self.zone) {
            found.add("zone", &self.zone, error.expected());
        }
        self.doors.find_mistakes(found);
        found.segment("query_access.alias", &self.query_access.alias);
        found.segment("query_access.version", &self.query_access.version);
        if self.query_access.operation.trim().is_empty() {
            found.add(
                "query_access.operation",
                "",
                "the name of the service operation",
            );
        }
        let poll = &self.query_access.poll;
        for (place, text) in [
            (
                "query_access.filter_parameter",
                &self.query_access.filter_parameter,
            ),
            ("query_access.poll.execute_alias", &poll.execute_alias),
            ("query_access.poll.status_alias", &poll.status_alias),
            ("query_access.poll.results_alias", &poll.results_alias),
            (
                "query_access.poll.instance_parameter",
                &poll.instance_parameter,
            ),
            ("query_access.poll.block_parameter", &poll.block_parameter),
        ] {
            found.segment(place, text);
        }
        for (name, access) in &self.component_interfaces {
            access.find_mistakes(&format!("component_interfaces.{name}"), found);
        }
        found.query::<OrderField>(Service::PurchaseOrders, &self.purchase_orders);
        found.query::<OrderDistributionField>(
            Service::PurchaseOrderDistributions,
            &self.purchase_order_distributions,
        );
        found.query::<InvoiceField>(Service::BillingInvoices, &self.billing_invoices);
        found.query::<VoucherField>(Service::Vouchers, &self.vouchers);
        found.query::<PaymentField>(Service::Payments, &self.payments);
        found.query::<ScheduledPaymentField>(Service::ScheduledPayments, &self.scheduled_payments);
        found.query::<ReceiptField>(Service::Receipts, &self.receipts);
        found.query::<SupplierField>(Service::Suppliers, &self.suppliers);
        found.query::<ChartFieldField>(Service::ChartFields, &self.chart_fields);
        for (kind, length) in &self.chart_field_lengths {
            if !(1..=30).contains(length) {
                let place = format!("chart_field_lengths.{kind}");
                found.add(place, &length.to_string(), "1 to 30 characters");
            }
        }
        self.vendor_records.find_mistakes(found);
        found.query::<DepartmentField>(Service::Departments, &self.departments);
        found.query::<EmployeeField>(Service::Employees, &self.employees);
        found.query::<JobField>(Service::Jobs, &self.jobs);
        self.voucher_build.find_mistakes("voucher_build", found);
        self.vendor_sync.find_mistakes("vendor_sync", found);
        self.po_acknowledgement
            .find_mistakes("po_acknowledgement", found);
    }
}

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(crate) struct Found(Vec<ProfileMistake>);

impl Found {
    /// Nothing, or all that was found.
    pub(super) fn verdict(self) -> Result<(), ProfileMistakes> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(ProfileMistakes(self.0))
        }
    }

    /// Whether a mistake is known at exactly this place.
    pub(crate) fn has(&self, place: &str) -> bool {
        self.0.iter().any(|mistake| mistake.place == place)
    }

    /// Notes a mistake: where, what was found, and what is expected instead.
    pub(crate) fn add(
        &mut self,
        place: impl Into<String>,
        found: &str,
        expected: impl Into<String>,
    ) {
        self.0.push(ProfileMistake {
            place: place.into(),
            found: found.to_owned(),
            expected: expected.into(),
        });
    }

    /// A name that stands as one segment in an address.
    pub(crate) fn segment(&mut self, place: &str, text: &str) {
        let fits = !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '$'))
            && text != "."
            && text != "..";
        if !fits {
            self.add(place, text, "letters, digits, `_`, `-`, `$` and points");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_right() {
        Profile::default().validate().unwrap();
    }

    #[test]
    fn every_mistake_is_listed() {
        let mut profile = Profile {
            node: "A/B".to_owned(),
            ..Profile::default()
        };
        profile.zone = "Moon".to_owned();
        profile.purchase_orders.max_rows = 0;
        profile.purchase_orders.prompts.to = "FROM_DTTM".to_owned();
        profile.purchase_orders.prompt_time_format = "%d, %b".to_owned();
        profile
            .purchase_orders
            .columns
            .insert("po_id".to_owned(), String::new());
        profile
            .purchase_orders
            .date_formats
            .insert("quantity".to_owned(), "%Y".to_owned());
        profile
            .billing_invoices
            .date_formats
            .insert("due_date".to_owned(), "%Y".to_owned());
        profile
            .billing_invoices
            .status_texts
            .insert("total".to_owned(), Default::default());
        let mistakes = profile.validate().unwrap_err();
        let places: Vec<_> = mistakes
            .iter()
            .map(|mistake| mistake.place.as_str())
            .collect();
        assert_eq!(
            places,
            [
                "node",
                "zone",
                "purchase_orders.max_rows",
                "purchase_orders.prompts.to",
                "purchase_orders.prompt_time_format",
                "purchase_orders.columns.po_id",
                "purchase_orders.date_formats.quantity",
                "billing_invoices.date_formats.due_date",
                "billing_invoices.status_texts.total",
            ]
        );
    }

    #[test]
    fn an_unknown_field_is_answered_with_the_known_ones() {
        let mut profile = Profile::default();
        profile
            .purchase_orders
            .columns
            .insert("po_idd".to_owned(), "A.PO_ID".to_owned());
        let text = profile.validate().unwrap_err().to_string();
        assert!(
            text.starts_with(
                "purchase_orders.columns.po_idd: found `po_idd`, expected one of business_unit, po_id,"
            ),
            "{text}"
        );
    }

    #[test]
    fn a_profile_survives_json() {
        let profile = Profile::default();
        let json = serde_json::to_string(&profile).unwrap();
        assert_eq!(serde_json::from_str::<Profile>(&json).unwrap(), profile);
        assert!(serde_json::from_str::<Profile>(r#"{"nodes":"X"}"#).is_err());
    }

    #[test]
    fn a_service_keeps_its_own_defaults() {
        let profile: Profile =
            serde_json::from_str(r#"{"billing_invoices":{"max_rows":7}}"#).unwrap();
        assert_eq!(profile.billing_invoices.max_rows, 7);
        assert_eq!(profile.billing_invoices.query, "EDI_BI_CHANGED");
    }
}
