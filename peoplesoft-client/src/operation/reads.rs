//! What a client offers for each kind of record.

use super::bad_record::BadRecord;
use super::changed::Changed;
use super::lookup::{self, Found};
use crate::client::Client;
use crate::error::Result;
use crate::model::{
    BillingInvoice, BillingInvoiceKey, ChartField, ChartFieldKey, Department, DepartmentKey,
    Employee, EmployeeId, InvoiceId, Job, JobKey, Payment, PaymentKey, PsDate, PsDateTime,
    PurchaseOrder, PurchaseOrderDistributions, PurchaseOrderKey, ReceiptLine, ReceiptLineKey,
    RecordKey, ScheduledPayment, ScheduledPaymentKey, Supplier, VendorKey, Voucher, VoucherKey,
};

/// Declares what reads one kind of record: by its last change, and by its key.
macro_rules! reads {
    ($(#[$doc:meta])* $name:ident of $record:ident by $key:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            pub(super) client: Client,
        }

        impl $name {
            pub(crate) fn new(client: Client) -> Self {
                Self { client }
            }

            /// Records last changed at or after `from` and before `to`, both in the profile's zone.
            ///
            /// Where the source keeps the last change by the day alone, the window is widened to whole
            /// days: see [`Changed::window`].
            pub fn changed_between(&self, from: PsDateTime, to: PsDateTime) -> Changed<$record> {
                Changed::new(self.client.clone(), from, to)
            }

            /// The record with this key, if there is one.
            ///
            /// # Errors
            ///
            /// [`ErrorKind::Configuration`](crate::ErrorKind) when the profile names no query for it,
            /// [`ErrorKind::Decode`](crate::ErrorKind) when the record cannot be read or is not the one
            /// asked for, and every kind that a call can fail with.
            pub async fn by_key(&self, key: &$key) -> Result<Option<$record>> {
                lookup::by_key(&self.client, key).await
            }
        }
    };
}

reads! {
    /// The purchase orders of a client.
    ///
    /// ```no_run
    /// # async fn run(client: peoplesoft_client::Client) -> peoplesoft_client::Result<()> {
    /// let to = client.server_time().await?;
    /// let request = client
    ///     .purchase_orders()
    ///     .changed_between(to.minus(std::time::Duration::from_secs(900)), to);
    /// let mut after = None;
    /// loop {
    ///     let page = request.clone().after(after).page().await?;
    ///     for item in &page.items {
    ///         match item {
    ///             Ok(order) => println!("{} has {} lines", order.key, order.lines.len()),
    ///             Err(bad) => eprintln!("{bad}; {}", bad.remedy),
    ///         }
    ///     }
    ///     after = page.next;
    ///     if after.is_none() {
    ///         break;
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    PurchaseOrders of PurchaseOrder by PurchaseOrderKey
}

reads! {
    /// The distributions of the purchase orders of a client, apart from the orders.
    ///
    /// [`PurchaseOrders`] puts them into their orders by itself once the profile names the query
    /// (`purchase_order_distributions`).
    PurchaseOrderDistributionReads of PurchaseOrderDistributions by PurchaseOrderKey
}

reads! {
    /// The billing invoices of a client.
    BillingInvoices of BillingInvoice by BillingInvoiceKey
}

reads! {
    /// The suppliers of a client.
    ///
    /// A supplier comes with its addresses, locations, id numbers and contacts of all days; what holds
    /// today is asked of it, such as by [`Supplier::default_location_as_of`].
    Suppliers of Supplier by VendorKey
}

reads! {
    /// The values of ChartFields of a client.
    ///
    /// A value comes with the rows of all days, those of the future too; [`ChartField::as_of`] gives the
    /// one that holds on a day.
    ///
    /// ```no_run
    /// # use futures_util::TryStreamExt;
    /// # async fn run(client: peoplesoft_client::Client) -> peoplesoft_client::Result<()> {
    /// let to = client.server_time().await?;
    /// let from = to.minus(std::time::Duration::from_secs(86_400));
    /// let values = client.chart_fields().changed_between(from, to).items();
    /// let mut values = std::pin::pin!(values);
    /// while let Some(item) = values.try_next().await? {
    ///     match item {
    ///         Ok(value) => println!("{} in use today: {}", value.key, value.is_active(to.date())),
    ///         Err(bad) => eprintln!("{bad}; {}", bad.remedy),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ChartFieldValues of ChartField by ChartFieldKey
}

reads! {
    /// The departments of a client.
    Departments of Department by DepartmentKey
}

reads! {
    /// The people of a client.
    Employees of Employee by EmployeeId
}

reads! {
    /// The jobs of a client.
    ///
    /// A job comes with the rows of all days; [`Job::as_of`] gives the one that holds on a day.
    Jobs of Job by JobKey
}

impl Jobs {
    /// All jobs of a person, in the order of their records; none for a person without jobs.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind) when the profile names no query for it,
    /// [`ErrorKind::Truncated`](crate::ErrorKind) when there are more rows than an answer may have, and
    /// every kind that a call can fail with.
    pub async fn of_employee(
        &self,
        employee: &EmployeeId,
    ) -> Result<Vec<std::result::Result<Job, BadRecord<JobKey>>>> {
        lookup::find(&self.client, "by_employee", &[employee.to_string()]).await
    }
}

reads! {
    /// The vouchers of a client.
    Vouchers of Voucher by VoucherKey
}

impl Vouchers {
    /// Every voucher of a supplier's invoice, deleted ones included, before another is built for it.
    ///
    /// A voucher that cannot be read is in the list as well: it may be the one that is looked for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind) when the profile names no query for it
    /// (`vouchers.lookups.by_invoice`), [`ErrorKind::InvalidRequest`](crate::ErrorKind) when the number holds
    /// a comma, which no prompt takes, and every kind that a call can fail with.
    pub async fn of_invoice(
        &self,
        vendor: &VendorKey,
        invoice: &InvoiceId,
        date: PsDate,
    ) -> Result<Found<Voucher>> {
        let values = [
            vendor.setid.to_string(),
            vendor.vendor_id.to_string(),
            invoice.to_string(),
            date.to_string(),
        ];
        lookup::find(&self.client, "by_invoice", &values).await
    }

    /// Every voucher of a supplier with this invoice number, whatever its date: suppliers send an invoice
    /// again under another date, and number invoices anew each year.
    ///
    /// # Errors
    ///
    /// Those of [`of_invoice`](Self::of_invoice), for `vouchers.lookups.by_invoice_number`.
    pub async fn of_invoice_number(
        &self,
        vendor: &VendorKey,
        invoice: &InvoiceId,
    ) -> Result<Found<Voucher>> {
        let values = [
            vendor.setid.to_string(),
            vendor.vendor_id.to_string(),
            invoice.to_string(),
        ];
        lookup::find(&self.client, "by_invoice_number", &values).await
    }

    /// Every voucher that charges an order, in its header or in any of its lines: what has been invoiced
    /// of it.
    ///
    /// A voucher comes with those lines that the query selects. One that is to tell what else the invoice
    /// holds selects its voucher by a subquery on the lines, and not the lines themselves.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind) when the profile names no query for it
    /// (`vouchers.lookups.by_order`), and every kind that a call can fail with.
    pub async fn of_order(&self, order: &PurchaseOrderKey) -> Result<Found<Voucher>> {
        lookup::find(&self.client, "by_order", &order.texts()).await
    }
}

reads! {
    /// The payments of a client.
    Payments of Payment by PaymentKey
}

reads! {
    /// What the vouchers of a client have scheduled to be paid, whether or not it has been.
    ScheduledPayments of ScheduledPayment by ScheduledPaymentKey
}

impl ScheduledPayments {
    /// Everything that a voucher has scheduled.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind) when the profile names no query for it
    /// (`scheduled_payments.lookups.by_voucher`), and every kind that a call can fail with.
    pub async fn of_voucher(&self, voucher: &VoucherKey) -> Result<Found<ScheduledPayment>> {
        lookup::find(&self.client, "by_voucher", &voucher.texts()).await
    }
}

reads! {
    /// The shipment lines of the receipts of a client.
    Receipts of ReceiptLine by ReceiptLineKey
}

impl Receipts {
    /// Everything that was received of an order.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind) when the profile names no query for it
    /// (`receipts.lookups.by_order`), and every kind that a call can fail with.
    pub async fn of_order(&self, order: &PurchaseOrderKey) -> Result<Found<ReceiptLine>> {
        lookup::find(&self.client, "by_order", &order.texts()).await
    }
}
