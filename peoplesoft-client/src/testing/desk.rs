//! What happens behind asynchronous messages: staging, the voucher build, the acknowledgement load.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use super::desk_supplier::SupplierDesk;
use super::table::Tables;
use crate::model::{BuildKey, BusinessUnit, EntryStatus, NewVoucher, PoAcknowledgement, VendorKey};
use crate::model::{InvoiceId, PsDate, PsDateTime, VoucherKey, Zone};
use crate::profile::Profile;
use crate::rowset::{Finding, Reader, Transaction};

/// How long what waits waits, by the double's clock, and what of it differs by site.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeskRules {
    /// From a message's acceptance until its handler has put it into staging (none by default).
    pub handling: Duration,
    /// From staging until the voucher build, the acknowledgement load or the load of suppliers takes it (15 minutes by
    /// default); [`FakePeopleSoft::run_batches`](super::FakePeopleSoft::run_batches) does it at once.
    pub batch: Duration,
    /// From a voucher's building until it is posted (an hour by default).
    pub posting: Duration,
    /// Whether answers to asynchronous messages name a transaction id (so by default).
    pub transaction_ids: bool,
    /// Whether dates in another format than the profile's fail the message in its handler (so by
    /// default, as the documentation warns); otherwise ISO dates are taken as well.
    pub strict_dates: bool,
    /// Whether the header of a `VENDOR_FULLSYNC` deletes every supplier, so that only those that follow
    /// are left (so by default, as PeopleSoft's own subscribers are known to do).
    pub full_sync_replaces: bool,
}

impl Default for DeskRules {
    fn default() -> Self {
        Self {
            handling: Duration::ZERO,
            batch: Duration::from_secs(900),
            posting: Duration::from_secs(3_600),
            transaction_ids: true,
            strict_dates: true,
            full_sync_replaces: true,
        }
    }
}

/// A message that its handler could not put into staging, as the Service Operations Monitor shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedMessage {
    /// Transaction id.
    pub transaction_id: String,
    /// Service operation.
    pub operation: String,
    /// What the handler says.
    pub text: String,
}

/// A voucher that the double built.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BuiltVoucher {
    /// Its number.
    pub key: VoucherKey,
    /// What it was built of.
    pub voucher: NewVoucher,
    /// Its entry status: postable, or recycled.
    pub entry: EntryStatus,
    /// Whether it is posted.
    pub posted: bool,
    /// When it was built.
    pub built_at: SystemTime,
}

/// A voucher in staging.
#[derive(Clone, Debug)]
pub(super) struct Staged {
    pub(super) voucher: NewVoucher,
    pub(super) since: SystemTime,
    pub(super) error: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Voucher,
    Acknowledgement,
    Supplier,
}

#[derive(Debug)]
struct Queued {
    subject: Subject,
    operation: String,
    transaction_id: String,
    body: Vec<u8>,
    since: SystemTime,
}

/// Everything behind asynchronous messages.
#[derive(Debug, Default)]
pub(super) struct Desk {
    pub(super) rules: DeskRules,
    queue: VecDeque<Queued>,
    accepted: u64,
    pub(super) failed: Vec<FailedMessage>,
    pub(super) staged: Vec<Staged>,
    pub(super) vouchers: Vec<BuiltVoucher>,
    staged_acknowledgements: Vec<(PoAcknowledgement, SystemTime)>,
    pub(super) acknowledgements: Vec<PoAcknowledgement>,
    pub(super) suppliers: SupplierDesk,
    pub(super) unknown_vendors: Vec<VendorKey>,
}

impl Desk {
    /// Queues a message; gives its transaction id.
    pub(super) fn accept(
        &mut self,
        subject: Subject,
        operation: &str,
        node: &str,
        body: &[u8],
        now: SystemTime,
    ) -> String {
        self.accepted += 1;
        let transaction_id = format!("{node}.{operation}.{}", self.accepted);
        self.queue.push_back(Queued {
            subject,
            operation: operation.to_owned(),
            transaction_id: transaction_id.clone(),
            body: body.to_vec(),
            since: now,
        });
        transaction_id
    }

    /// Does everything that is due by now.
    pub(super) fn advance(&mut self, profile: &Profile, tables: &mut Tables, now: SystemTime) {
        let due =
            |since: SystemTime, wait: Duration| since.checked_add(wait).is_some_and(|at| at <= now);
        while let Some(first) = self.queue.front()
            && due(first.since, self.rules.handling)
            && let Some(queued) = self.queue.pop_front()
        {
            let at = queued.since.checked_add(self.rules.handling).unwrap_or(now);
            if let Err(text) = self.handle(&queued, profile, at) {
                self.failed.push(FailedMessage {
                    transaction_id: queued.transaction_id,
                    operation: queued.operation,
                    text,
                });
            }
        }
        let wait = self.rules.batch;
        self.run_batches(profile, tables, now, |since| due(since, wait));
        let wait = self.rules.posting;
        for voucher in &mut self.vouchers {
            if voucher.entry == EntryStatus::Postable && due(voucher.built_at, wait) {
                voucher.posted = true;
            }
        }
    }

    /// The handler of an asynchronous message: all of it goes into staging, or nothing.
    fn handle(&mut self, queued: &Queued, profile: &Profile, at: SystemTime) -> Result<(), String> {
        let route = match queued.subject {
            Subject::Voucher => &profile.voucher_build.route,
            Subject::Acknowledgement => &profile.po_acknowledgement.route,
            Subject::Supplier => return self.suppliers.stage(&queued.body, profile, at),
        };
        let mut reader = Reader::from_slice(&queued.body, route.read_options());
        let mut vouchers = Vec::new();
        let mut acknowledgements = Vec::new();
        while let Some(transaction) = reader
            .next_transaction()
            .map_err(|error| error.to_string())?
        {
            if let Some(finding) = transaction.findings().first() {
                return Err(finding.to_string());
            }
            match queued.subject {
                Subject::Voucher => vouchers.push(self.voucher(transaction, profile)?),
                Subject::Acknowledgement | Subject::Supplier => {
                    acknowledgements.push(acknowledgement(transaction, profile)?)
                }
            }
        }
        for voucher in &vouchers {
            let same = |staged: &Staged| same_key(&staged.voucher, voucher);
            if self.staged.iter().any(same) {
                return Err(format!(
                    "Duplicate key in VCHR_HDR_STG: {} {}.",
                    voucher.business_unit, voucher.build_key
                ));
            }
        }
        self.staged
            .extend(vouchers.into_iter().map(|voucher| Staged {
                voucher,
                since: at,
                error: None,
            }));
        let waiting = acknowledgements.into_iter().map(|one| (one, at));
        self.staged_acknowledgements.extend(waiting);
        Ok(())
    }

    fn voucher(&self, transaction: &Transaction, profile: &Profile) -> Result<NewVoucher, String> {
        let settings = &profile.voucher_build;
        let row = transaction.first().ok_or("The transaction has no row.")?;
        if self.rules.strict_dates {
            let text = row.text("INVOICE_DT").unwrap_or_default();
            PsDate::parse(text, &settings.date_format)
                .map_err(|error| format!("INVOICE_DT: {error}"))?;
        }
        settings.read(row).map_err(|findings| listed(&findings))
    }

    /// Runs the voucher build, the acknowledgement load and the load of suppliers for what has waited
    /// long enough.
    pub(super) fn run_batches(
        &mut self,
        profile: &Profile,
        tables: &mut Tables,
        now: SystemTime,
        is_due: impl Fn(SystemTime) -> bool,
    ) {
        let zone = profile.database_zone().unwrap_or_else(|_| Zone::utc());
        let replaces = self.rules.full_sync_replaces;
        let stamp = PsDateTime::from_instant(now, &zone);
        self.suppliers.apply(tables, stamp, replaces, &is_due);
        let mut kept = Vec::new();
        for mut staged in std::mem::take(&mut self.staged) {
            if staged.error.is_some() || !is_due(staged.since) {
                kept.push(staged);
            } else if self.unknown_vendors.contains(&staged.voucher.vendor) {
                staged.error = Some(format!("Supplier {} not found.", staged.voucher.vendor));
                kept.push(staged);
            } else {
                self.build(staged.voucher, now);
            }
        }
        self.staged = kept;
        let (due, waiting) = std::mem::take(&mut self.staged_acknowledgements)
            .into_iter()
            .partition(|(_, since)| is_due(*since));
        self.staged_acknowledgements = waiting;
        let due: Vec<(PoAcknowledgement, SystemTime)> = due;
        self.acknowledgements
            .extend(due.into_iter().map(|(one, _)| one));
    }

    /// Makes a voucher; one that does not balance is recycled, and so are two of the same invoice.
    fn build(&mut self, voucher: NewVoucher, now: SystemTime) {
        let mut entry = EntryStatus::Postable;
        if !voucher.check().is_empty() {
            entry = EntryStatus::Recycle;
        }
        for twin in &mut self.vouchers {
            if same_invoice(&twin.voucher, &voucher) {
                entry = EntryStatus::Recycle;
                if !twin.posted {
                    twin.entry = EntryStatus::Recycle;
                }
            }
        }
        let number = format!("{:08}", self.vouchers.len() + 1);
        if let Ok(key) = VoucherKey::new(voucher.business_unit.as_str(), number) {
            self.vouchers.push(BuiltVoucher {
                key,
                voucher,
                entry,
                posted: false,
                built_at: now,
            });
        }
    }

    /// The staged voucher with these keys.
    pub(super) fn staged_as(&self, unit: &BusinessUnit, key: &BuildKey) -> Option<&Staged> {
        let mut staged = self.staged.iter();
        staged.find(|staged| {
            staged.voucher.business_unit == *unit && staged.voucher.build_key == *key
        })
    }

    /// The vouchers of an invoice.
    pub(super) fn built_of(
        &self,
        unit: &BusinessUnit,
        vendor: &VendorKey,
        invoice: &InvoiceId,
        date: PsDate,
    ) -> impl Iterator<Item = &BuiltVoucher> {
        self.vouchers.iter().filter(move |built| {
            let voucher = &built.voucher;
            voucher.business_unit == *unit
                && voucher.vendor == *vendor
                && voucher.invoice == *invoice
                && voucher.invoice_date == date
        })
    }
}

fn acknowledgement(
    transaction: &Transaction,
    profile: &Profile,
) -> Result<PoAcknowledgement, String> {
    let row = transaction.first().ok_or("The transaction has no row.")?;
    let settings = &profile.po_acknowledgement;
    settings.read(row).map_err(|findings| listed(&findings))
}

fn listed(findings: &[Finding]) -> String {
    let listed: Vec<String> = findings.iter().map(Finding::to_string).collect();
    listed.join("; ")
}

fn same_key(one: &NewVoucher, other: &NewVoucher) -> bool {
    one.business_unit == other.business_unit && one.build_key == other.build_key
}

fn same_invoice(one: &NewVoucher, other: &NewVoucher) -> bool {
    one.business_unit == other.business_unit
        && one.vendor == other.vendor
        && one.invoice == other.invoice
        && one.invoice_date == other.invoice_date
}
