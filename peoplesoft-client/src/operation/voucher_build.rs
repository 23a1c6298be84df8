//! Building vouchers: looked up, posted once, and asked for until PeopleSoft says what became of them.

use serde::{Deserialize, Serialize};

use super::changed::unnamed;
use super::post::Receipt;
use super::reads::Vouchers;
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result, Sent};
use crate::model::voucher_format::{Format, VOUCHER_BUILD};
use crate::model::{
    BuildKey, EntryStatus, NewVoucher, PostStatus, PsDate, PsDateTime, VendorKey, VoucherKey,
};
use crate::model::{BusinessUnit, InvoiceId};
use crate::profile::{Profile, VoucherBuilding};
use crate::query::{Row, RowSet};
use crate::rowset::{self, Finding, Message};
use crate::target::Target;

/// What finds a voucher again before it has a number: its build keys, and supplier, invoice and date.
///
/// Keep it with the receipt; [`VoucherBuilds::confirm`] takes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VoucherReference {
    /// The owner of the voucher.
    pub business_unit: BusinessUnit,
    /// The keys in staging.
    pub build_key: BuildKey,
    /// The supplier.
    pub vendor: VendorKey,
    /// The supplier's invoice.
    pub invoice: InvoiceId,
    /// Date of the invoice.
    pub invoice_date: PsDate,
}

impl NewVoucher {
    /// What finds the voucher again.
    #[must_use]
    pub fn reference(&self) -> VoucherReference {
        VoucherReference {
            business_unit: self.business_unit.clone(),
            build_key: self.build_key.clone(),
            vendor: self.vendor.clone(),
            invoice: self.invoice.clone(),
            invoice_date: self.invoice_date,
        }
    }
}

/// Where a voucher stands on its way through staging and the voucher build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
#[non_exhaustive]
pub enum BuildState {
    /// It is nowhere: never posted, still queued in Integration Broker, or refused by its handler, which
    /// only the Service Operations Monitor tells.
    NotStaged,
    /// It waits in staging for the voucher build to run.
    Staged,
    /// The voucher build found errors before it made a voucher; the row waits in staging until somebody
    /// corrects or deletes it.
    PreEditError {
        /// What the build says, where the query shows it.
        text: Option<String>,
    },
    /// A voucher was made, but is recycled: it has errors that somebody must correct, such as an invoice
    /// that came twice.
    Recycled {
        /// The vouchers with this invoice, all of them recycled.
        vouchers: Vec<VoucherKey>,
    },
    /// A voucher was made.
    Built {
        /// The voucher.
        voucher: VoucherKey,
        /// Its entry status.
        entry: EntryStatus,
        /// Whether it is posted to the ledger's accounting lines.
        posted: bool,
    },
}

impl BuildState {
    /// Whether nothing more will happen unless somebody does something.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        !matches!(self, Self::NotStaged | Self::Staged)
    }
}

/// What came of asking for a voucher to be built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BuildAnswer {
    /// It was posted, and the message is queued; see [`VoucherBuilds::confirm`] for what comes of it.
    Accepted(Receipt),
    /// It was there before, so nothing was posted.
    AlreadyThere(BuildState),
}

/// The voucher build of a client.
#[derive(Clone, Debug)]
pub struct VoucherBuilds {
    client: Client,
}

impl VoucherBuilds {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Posts a voucher to be built, unless it is there already.
    ///
    /// First the voucher is looked for: by its build keys in staging, and by supplier, invoice and date
    /// among the vouchers. Only if it is nowhere is it posted, once. No post is ever repeated blindly:
    /// when its answer is lost, the error's [`was_sent`](Error::was_sent) is `Maybe` or `Yes`, and calling
    /// again looks first. A message that is queued but not yet in staging cannot be seen; should it be
    /// posted again in that gap, both copies have the same build keys, so that staging takes one of them
    /// and the other fails in the Service Operations Monitor.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] with everything that [`NewVoucher::check`] finds, and every kind
    /// that the look-up or the post can fail with.
    pub async fn build(&self, voucher: &NewVoucher) -> Result<BuildAnswer> {
        let message = self.message(voucher)?;
        let state = self.confirm(&voucher.reference()).await?;
        if state != BuildState::NotStaged {
            return Ok(BuildAnswer::AlreadyThere(state));
        }
        let route = &self.settings().route;
        let receipt = self.client.post_rowset(route, &message).send().await?;
        Ok(BuildAnswer::Accepted(receipt))
    }

    /// The message that [`build`](Self::build) posts, for sites that take it as a file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] with everything that [`NewVoucher::check`] finds.
    pub fn message(&self, voucher: &NewVoucher) -> Result<Message> {
        let profile = self.client.profile();
        message(profile, voucher).map_err(|findings| {
            let listed: Vec<String> = findings.iter().map(Finding::to_string).collect();
            let text = format!(
                "voucher of invoice {} cannot be built: {}",
                voucher.invoice,
                listed.join("; ")
            );
            Error::new(ErrorKind::InvalidRequest, text).with_target(&self.target())
        })
    }

    fn settings(&self) -> &VoucherBuilding {
        &self.client.profile().voucher_build
    }

    fn target(&self) -> Target {
        let route = self.settings().route.delivered_as(VOUCHER_BUILD);
        Target::new(&route.operation, None, &self.client.profile().node)
    }

    /// Where a voucher stands, by two queries: on staging, and then on vouchers.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] when a query lacks a column that the profile names, and every kind that a
    /// query can fail with; [`ErrorKind::InvalidRequest`] when the invoice number holds a comma, for
    /// which prompts have no escape.
    pub async fn confirm(&self, reference: &VoucherReference) -> Result<BuildState> {
        // Staging first: a row leaves it when its voucher is made, so the other order could miss one that
        // moves between the two queries.
        match self.staged(reference).await? {
            BuildState::NotStaged => self.built(reference).await,
            staged => Ok(staged),
        }
    }

    async fn staged(&self, reference: &VoucherReference) -> Result<BuildState> {
        let query = &self.settings().staged;
        let key = &reference.build_key;
        let rows = self
            .client
            .query(query.owner, named(&query.query, "staged")?)
            .prompt(&query.business_unit, reference.business_unit.as_str())
            .prompt(&query.key_c1, key.c1())
            .prompt(&query.key_c2, key.c2())
            .prompt(&query.key_n1, key.n1().to_string())
            .prompt(&query.key_n2, key.n2().to_string())
            .max_rows(2)
            .run()
            .await?;
        let Some(row) = rows.rows().next() else {
            return Ok(BuildState::NotStaged);
        };
        let error = optional(row, &query.error_column);
        let is_error = error.is_some_and(|found| {
            let mut values = query.error_values.iter();
            values.any(|value| value.eq_ignore_ascii_case(found))
        });
        Ok(if is_error {
            BuildState::PreEditError {
                text: optional(row, &query.error_text_column).map(str::to_owned),
            }
        } else {
            BuildState::Staged
        })
    }

    async fn built(&self, reference: &VoucherReference) -> Result<BuildState> {
        let settings = self.settings();
        let query = &settings.built;
        let day = reference.invoice_date.format(&settings.prompt_date_format);
        let rows = self
            .client
            .query(query.owner, named(&query.query, "built")?)
            .prompt(&query.business_unit, reference.business_unit.as_str())
            .prompt(&query.vendor_setid, reference.vendor.setid.as_str())
            .prompt(&query.vendor_id, reference.vendor.vendor_id.as_str())
            .prompt(&query.invoice, reference.invoice.as_str())
            .prompt(&query.invoice_date, day)
            .max_rows(100)
            .run()
            .await?;
        self.verdict(reference, &rows).map_err(|(column, found)| {
            let message = format!(
                "the query does not fit the profile: found `{}` in column {column}, expected what \
                 voucher_build.built says of it",
                found.escape_debug(),
            );
            let label = format!("{}/{}", query.owner.as_str(), query.query);
            let profile = self.client.profile();
            let target = Target::new(&profile.query_access.operation, Some(label), &profile.node);
            Error::new(ErrorKind::Decode, message)
                .with_target(&target)
                .with_attempts(1)
                .with_sent(Sent::Yes)
        })
    }

    /// The best of the vouchers with this invoice; a deleted one counts for nothing.
    fn verdict(
        &self,
        reference: &VoucherReference,
        rows: &RowSet,
    ) -> Result<BuildState, (String, String)> {
        let query = &self.settings().built;
        let mut recycled = Vec::new();
        let mut best = None;
        for row in rows.rows() {
            let text = |wanted: &str| optional(row, wanted).unwrap_or_default().to_owned();
            let id = text(&query.voucher_column);
            let voucher = VoucherKey::new(reference.business_unit.as_str(), &id)
                .map_err(|_| (query.voucher_column.clone(), id))?;
            let entry = text(&query.entry_status_column);
            if entry.is_empty() {
                return Err((query.entry_status_column.clone(), entry));
            }
            let posted = optional(row, &query.post_status_column)
                .is_some_and(|text| PostStatus::from_text(text) == PostStatus::Posted);
            match EntryStatus::from_text(&entry) {
                EntryStatus::Recycle => recycled.push(voucher),
                EntryStatus::Deleted => {}
                entry if best.is_none() || posted => {
                    best = Some(BuildState::Built {
                        voucher,
                        entry,
                        posted,
                    });
                }
                _ => {}
            }
        }
        Ok(match best {
            Some(built) => built,
            None if recycled.is_empty() => BuildState::NotStaged,
            None => BuildState::Recycled { vouchers: recycled },
        })
    }
}

/// Asks the query on staged vouchers for one that is not there.
pub(crate) async fn probe_staged(client: &Client) -> Result<()> {
    let nowhere = VoucherReference::nowhere()?;
    client.voucher_builds().staged(&nowhere).await.map(|_| ())
}

/// Asks the query on vouchers of an invoice for one that is not there.
pub(crate) async fn probe_built(client: &Client) -> Result<()> {
    let nowhere = VoucherReference::nowhere()?;
    client.voucher_builds().built(&nowhere).await.map(|_| ())
}

impl VoucherReference {
    /// One that leads to nothing.
    fn nowhere() -> Result<Self> {
        let reference = || {
            Some(Self {
                business_unit: BusinessUnit::new("0").ok()?,
                build_key: BuildKey::new("0", "0", 0, 0).ok()?,
                vendor: VendorKey::new("0", "0").ok()?,
                invoice: InvoiceId::new("0").ok()?,
                invoice_date: PsDateTime::MIN_PROBE.date(),
            })
        };
        reference()
            .ok_or_else(|| Error::new(ErrorKind::InvalidRequest, "no reference to probe with"))
    }
}

/// The query of a section of the profile; a site that has none leaves its name blank.
fn named<'q>(query: &'q str, place: &str) -> Result<&'q str> {
    if query.trim().is_empty() {
        return Err(unnamed(&format!("voucher_build.{place}.query")));
    }
    Ok(query)
}

/// The text of a column that need not be there, by its name or by the part of it behind the record
/// alias; nothing when blank.
fn optional<'a>(row: Row<'a>, wanted: &str) -> Option<&'a str> {
    if wanted.is_empty() {
        return None;
    }
    let bare = |name: &str| name.rsplit('.').next().unwrap_or(name).to_ascii_uppercase();
    let exact = row.iter().find(|(name, _)| *name == wanted);
    let found = exact.or_else(|| row.iter().find(|(name, _)| bare(name) == bare(wanted)));
    found.and_then(|(_, text)| text)
}

/// The message of a voucher as the profile wants it.
pub(crate) fn message(profile: &Profile, voucher: &NewVoucher) -> Result<Message, Vec<Finding>> {
    let settings = &profile.voucher_build;
    let mut findings = voucher.check();
    if settings.allow_unbalanced {
        findings.retain(|finding| finding.place != "gross_amount");
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let route = settings.route.delivered_as(VOUCHER_BUILD);
    let (row, _) = voucher.to_row(Format::of(settings));
    Ok(Message::new(route.message).row(row))
}

impl Vouchers {
    /// Posts a voucher to be built, unless it is there already: [`VoucherBuilds::build`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn build(&self, voucher: &NewVoucher) -> Result<BuildAnswer> {
        self.client.voucher_builds().build(voucher).await
    }

    /// Where a voucher stands that was to be built: [`VoucherBuilds::confirm`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn confirm(&self, reference: &VoucherReference) -> Result<BuildState> {
        self.client.voucher_builds().confirm(reference).await
    }
}

impl VoucherBuilding {
    /// Reads a voucher from the row of level 0 of a `VOUCHER_BUILD` transaction.
    ///
    /// # Errors
    ///
    /// Everything in the row that cannot be read.
    pub fn read(&self, row: rowset::Row<'_>) -> Result<NewVoucher, Vec<Finding>> {
        NewVoucher::from_row(row, Format::of(self))
    }
}

impl Client {
    /// The voucher build: vouchers from suppliers' invoices.
    ///
    /// ```no_run
    /// # async fn run(client: peoplesoft_client::Client, voucher: peoplesoft_client::model::NewVoucher) -> peoplesoft_client::Result<()> {
    /// use peoplesoft_client::{BuildAnswer, BuildState};
    ///
    /// match client.voucher_builds().build(&voucher).await? {
    ///     BuildAnswer::Accepted(receipt) => println!("{receipt}"),
    ///     BuildAnswer::AlreadyThere(state) => println!("nothing posted: {state:?}"),
    ///     _ => {}
    /// }
    /// // Later, when the batch program has run:
    /// if let BuildState::Built { voucher, .. } = client.voucher_builds().confirm(&voucher.reference()).await? {
    ///     println!("voucher {voucher}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn voucher_builds(&self) -> VoucherBuilds {
        VoucherBuilds::new(self.clone())
    }
}
