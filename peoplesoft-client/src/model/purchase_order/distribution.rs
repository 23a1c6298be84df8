//! Which cost objects an order is charged to.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{PurchaseOrder, PurchaseOrderKey};
use crate::model::{
    BusinessUnit, ChartFields, CurrencyCode, LocationCode, PsDateTime, RequisitionId,
    serde_decimal, serde_decimal_option,
};

/// One distribution of a schedule: a part of its amount and the ChartFields that it is charged to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PurchaseOrderDistribution {
    /// Number of the distribution (`DISTRIB_LINE_NUM`), up to five digits.
    pub distribution_nbr: u32,
    /// Kind of accounting line, `DST` as delivered (`DST_ACCT_TYPE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_type: Option<String>,
    /// Its part of the quantity in the line's unit, at most four decimals (`QTY_PO`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub quantity: Option<Decimal>,
    /// Its part of the amount, at most three decimals (`MERCHANDISE_AMT`).
    #[serde(with = "serde_decimal")]
    pub amount: Decimal,
    /// Currency of the amount, where it has its own column (`CURRENCY_CD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<CurrencyCode>,
    /// Its part in the base currency, at most three decimals (`MERCH_AMT_BSE`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub base_amount: Option<Decimal>,
    /// The base currency (`CURRENCY_CD_BASE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_currency: Option<CurrencyCode>,
    /// Where it stands (`DISTRIB_LN_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Where the goods are used (`LOCATION`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationCode>,
    /// Business unit of the general ledger (`BUSINESS_UNIT_GL`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gl_business_unit: Option<BusinessUnit>,
    /// Business unit of inventory (`BUSINESS_UNIT_IN`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inventory_business_unit: Option<BusinessUnit>,
    /// The requisition that asked for it (`REQ_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requisition: Option<RequisitionId>,
    /// The cost objects.
    #[serde(default, skip_serializing_if = "ChartFields::is_empty")]
    pub chart_fields: ChartFields,
    /// Distribution columns that the profile does not map, such as ChartFields of the site's own, by the
    /// name in the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl PurchaseOrderDistribution {
    /// A distribution of an amount to cost objects.
    #[must_use]
    pub fn new(distribution_nbr: u32, amount: Decimal, chart_fields: ChartFields) -> Self {
        Self {
            distribution_nbr,
            account_type: None,
            quantity: None,
            amount,
            currency: None,
            base_amount: None,
            base_currency: None,
            status: None,
            location: None,
            gl_business_unit: None,
            inventory_business_unit: None,
            requisition: None,
            chart_fields,
            extra: BTreeMap::new(),
        }
    }
}

/// A distribution and the schedule that it belongs to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlacedDistribution {
    /// Number of the line (`LINE_NBR`).
    pub line_nbr: u32,
    /// Number of the schedule (`SCHED_NBR`).
    pub sched_nbr: u32,
    /// What is charged there.
    pub distribution: PurchaseOrderDistribution,
}

impl PlacedDistribution {
    /// A distribution of a schedule.
    #[must_use]
    pub fn new(line_nbr: u32, sched_nbr: u32, distribution: PurchaseOrderDistribution) -> Self {
        Self {
            line_nbr,
            sched_nbr,
            distribution,
        }
    }
}

/// All distributions of one order, as a query of their own reads them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PurchaseOrderDistributions {
    /// Business unit and number of the order.
    pub key: PurchaseOrderKey,
    /// Last change of the order, where the query has it (`LAST_DTTM_UPDATE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_updated: Option<PsDateTime>,
    /// The distributions by line, schedule and number.
    pub distributions: Vec<PlacedDistribution>,
}

impl PurchaseOrderDistributions {
    /// What is known of an order without distributions.
    #[must_use]
    pub fn new(key: PurchaseOrderKey) -> Self {
        Self {
            key,
            last_updated: None,
            distributions: Vec::new(),
        }
    }
}

/// The distributions of an order, taken out of it.
impl From<&PurchaseOrder> for PurchaseOrderDistributions {
    fn from(order: &PurchaseOrder) -> Self {
        let mut taken = Self::new(order.key.clone());
        taken.last_updated = Some(order.last_updated);
        for line in &order.lines {
            for schedule in &line.schedules {
                for distribution in &schedule.distributions {
                    taken.distributions.push(PlacedDistribution::new(
                        line.line_nbr,
                        schedule.sched_nbr,
                        distribution.clone(),
                    ));
                }
            }
        }
        taken
    }
}

impl PurchaseOrder {
    /// Puts distributions that were read apart into their schedules, and gives back those whose schedule
    /// the order does not have.
    pub fn distribute(&mut self, read: PurchaseOrderDistributions) -> Vec<PlacedDistribution> {
        let mut homeless = Vec::new();
        for placed in read.distributions {
            let schedule = self
                .lines
                .iter_mut()
                .find(|line| line.line_nbr == placed.line_nbr)
                .and_then(|line| {
                    let mut schedules = line.schedules.iter_mut();
                    schedules.find(|schedule| schedule.sched_nbr == placed.sched_nbr)
                });
            match schedule {
                Some(schedule) => schedule.distributions.push(placed.distribution),
                None => homeless.push(placed),
            }
        }
        homeless
    }

    /// Whether some schedule has no distribution at all, which PeopleSoft does not leave so.
    #[must_use]
    pub fn lacks_distributions(&self) -> bool {
        let mut schedules = self.lines.iter().flat_map(|line| &line.schedules);
        schedules.any(|schedule| schedule.distributions.is_empty())
    }
}
