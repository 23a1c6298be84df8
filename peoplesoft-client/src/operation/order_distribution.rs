//! Distributions of purchase orders: joined to the rows of the order, or read by a query of their own.

use std::collections::{BTreeMap, BTreeSet};

use super::assemble::{Extra, FromRows, record};
use super::bad_record::BadRecord;
use super::changed::{Changed, Page, Record};
use super::lookup;
use super::reader::{Precision, Problem, Reader};
use crate::client::Client;
use crate::error::Result as CallResult;
use crate::model::{
    PlacedDistribution, PsDateTime, PurchaseOrder, PurchaseOrderDistribution,
    PurchaseOrderDistributions, PurchaseOrderKey, RecordKey,
};
use crate::profile::{BY_KEY, OrderDistributionField, OrderField};

/// Reads the distribution that a row is about, from the fields of either query.
macro_rules! reads_distribution {
    ($name:ident, $fields:ident) => {
        pub(super) fn $name(
            row: &Reader<'_>,
            distribution_nbr: u32,
        ) -> Result<PurchaseOrderDistribution, Problem> {
            use $fields as F;
            let mut distribution = PurchaseOrderDistribution::new(
                distribution_nbr,
                row.decimal(F::DistributionAmount, Precision::AMOUNT)?,
                row.chart_fields(F::Account)?,
            );
            distribution.account_type = row.owned(F::DistributionType);
            distribution.quantity =
                row.optional_decimal(F::DistributionQuantity, Precision::QUANTITY)?;
            distribution.currency = row.optional_id(F::DistributionCurrency)?;
            distribution.base_amount =
                row.optional_decimal(F::DistributionBaseAmount, Precision::AMOUNT)?;
            distribution.base_currency = row.optional_id(F::DistributionBaseCurrency)?;
            distribution.status = row.code(F::DistributionStatus).map(str::to_owned);
            distribution.location = row.optional_id(F::DistributionLocation)?;
            distribution.gl_business_unit = row.optional_id(F::DistributionGlBusinessUnit)?;
            distribution.inventory_business_unit =
                row.optional_id(F::DistributionInventoryBusinessUnit)?;
            distribution.requisition = row.optional_id(F::Requisition)?;
            Ok(distribution)
        }
    };
}

reads_distribution!(joined, OrderField);
reads_distribution!(apart, OrderDistributionField);

record!(
    PurchaseOrderDistributions,
    PurchaseOrderKey,
    PurchaseOrderDistributions
);

impl FromRows for PurchaseOrderDistributions {
    type Field = OrderDistributionField;

    fn from_rows(
        key: PurchaseOrderKey,
        first: Reader<'_>,
        rows: &[Reader<'_>],
    ) -> Result<Self, Problem> {
        use OrderDistributionField as F;
        let extra = Extra::new(&first, &[&[F::DistributionNbr, F::LineNbr]]);
        let mut order = Self::new(key);
        order.last_updated = first.optional_date_time(F::LastUpdated)?;
        let mut taken: BTreeMap<(u32, u32, &str, u32), Reader<'_>> = BTreeMap::new();
        for row in rows {
            let (line_nbr, sched_nbr) = (row.whole(F::LineNbr)?, row.whole(F::SchedNbr)?);
            let distribution_nbr = row.whole(F::DistributionNbr)?;
            if line_nbr == 0 || sched_nbr == 0 || distribution_nbr == 0 {
                continue;
            }
            let kind = row.text(F::DistributionType).unwrap_or_default();
            let place = (line_nbr, sched_nbr, kind, distribution_nbr);
            if let Some(twin) = taken.insert(place, *row) {
                if twin.row.iter().eq(row.row.iter()) {
                    continue;
                }
                let found = format!(
                    "line {line_nbr} schedule {sched_nbr} distribution {distribution_nbr} in two different rows"
                );
                return Err(row.twice(F::DistributionNbr, &found, "distribution"));
            }
            let mut distribution = apart(row, distribution_nbr)?;
            distribution.extra = extra.of(row, 0, 0);
            let placed = PlacedDistribution::new(line_nbr, sched_nbr, distribution);
            order.distributions.push(placed);
        }
        order.distributions.sort_by(|one, other| {
            let place = |placed: &PlacedDistribution| {
                let nbr = placed.distribution.distribution_nbr;
                (placed.line_nbr, placed.sched_nbr, nbr)
            };
            let kind = |placed: &PlacedDistribution| placed.distribution.account_type.clone();
            (place(one), kind(one)).cmp(&(place(other), kind(other)))
        });
        Ok(order)
    }
}

type Read =
    BTreeMap<PurchaseOrderKey, Result<PurchaseOrderDistributions, BadRecord<PurchaseOrderKey>>>;

/// Reads the distributions of orders whose query did not join them, if the profile names a query for it.
///
/// They are read for the same window, and by key where that does not give every schedule its own because
/// the order changed between the two queries.
pub(super) async fn complete(
    client: &Client,
    mut page: Page<PurchaseOrder>,
    window: Option<(PsDateTime, PsDateTime)>,
    after: Option<&PurchaseOrderKey>,
) -> CallResult<Page<PurchaseOrder>> {
    let query = client
        .profile()
        .query_of(PurchaseOrderDistributions::SERVICE);
    let mut schedules = page
        .items
        .iter()
        .flatten()
        .flat_map(|order| &order.lines)
        .flat_map(|line| &line.schedules);
    if !query.is_used() || schedules.any(|schedule| !schedule.distributions.is_empty()) {
        return Ok(page);
    }
    let mut wanted: BTreeSet<PurchaseOrderKey> = page
        .items
        .iter()
        .flatten()
        .filter(|order| order.lacks_distributions())
        .map(|order| order.key.clone())
        .collect();
    let mut read = match window {
        Some(window) => in_window(client, window, after, &mut wanted).await?,
        None => Read::new(),
    };
    let by_key = query
        .lookups
        .get(BY_KEY)
        .is_some_and(|lookup| !lookup.query.trim().is_empty());
    for item in &mut page.items {
        let Ok(order) = item else { continue };
        let homeless = match read.remove(&order.key) {
            Some(Ok(found)) => order.distribute(found),
            Some(Err(bad)) => {
                *item = Err(bad);
                continue;
            }
            None => Vec::new(),
        };
        if by_key && (order.lacks_distributions() || !homeless.is_empty()) {
            let found =
                lookup::find::<PurchaseOrderDistributions>(client, BY_KEY, &order.key.texts())
                    .await?;
            let schedules = order.lines.iter_mut().flat_map(|line| &mut line.schedules);
            for schedule in schedules {
                schedule.distributions.clear();
            }
            for found in found {
                match found {
                    // What still has no schedule belongs to a newer state of the order, which has a
                    // window of its own to come.
                    Ok(found) if found.key == order.key => {
                        order.distribute(found);
                    }
                    Ok(_) => {}
                    Err(bad) => {
                        *item = Err(bad);
                        break;
                    }
                }
            }
        }
    }
    Ok(page)
}

/// Reads the distributions that changed in a window until those of every wanted order are there.
async fn in_window(
    client: &Client,
    (from, to): (PsDateTime, PsDateTime),
    after: Option<&PurchaseOrderKey>,
    wanted: &mut BTreeSet<PurchaseOrderKey>,
) -> CallResult<Read> {
    let mut read = Read::new();
    let mut after = after.cloned();
    while !wanted.is_empty() {
        let request = Changed::<PurchaseOrderDistributions>::new(client.clone(), from, to);
        let page = request.after(after).page().await?;
        for item in page.items {
            let key = match &item {
                Ok(found) => Some(found.key.clone()),
                Err(bad) => bad.key.clone(),
            };
            // A row without a key belongs to nobody that could be named; its order lacks it and is read
            // by key.
            if let Some(key) = key {
                wanted.remove(&key);
                read.insert(key, item);
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(read)
}
