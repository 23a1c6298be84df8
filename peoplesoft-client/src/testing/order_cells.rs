//! A purchase order as the rows of its query, and its distributions as the rows of theirs.

use super::cell::{Cell, Writer};
use super::table::Cells;
use crate::model::{
    PlacedDistribution, PostalAddress, PsDateTime, PurchaseOrder, PurchaseOrderDistribution,
    PurchaseOrderDistributions, PurchaseOrderLine, PurchaseOrderSchedule,
};
use crate::profile::{OrderDistributionField, OrderField as F};

/// What a row is about: an order and as much below it as there is.
#[derive(Clone, Copy)]
struct Place<'a> {
    order: &'a PurchaseOrder,
    line: Option<&'a PurchaseOrderLine>,
    schedule: Option<&'a PurchaseOrderSchedule>,
    distribution: Option<&'a PurchaseOrderDistribution>,
}

impl Cells for PurchaseOrder {
    fn changed(&self) -> PsDateTime {
        self.last_updated
    }

    fn head(&self, field: F) -> Cell<'_> {
        cell(field, Place::of(self))
    }

    fn has_level(&self, gate: F) -> bool {
        let mut schedules = self.lines.iter().flat_map(|line| &line.schedules);
        gate != F::DistributionNbr || schedules.any(|schedule| !schedule.distributions.is_empty())
    }

    /// Writes a row for each distribution, and for each schedule, line or order without anything below it.
    fn write(&self, writer: &mut Writer<'_, F>) {
        let order = Place::of(self);
        if self.lines.is_empty() {
            order.write(writer);
        }
        for line in &self.lines {
            let line = Place {
                line: Some(line),
                ..order
            };
            let schedules = line.line.map_or(&[][..], |line| &line.schedules);
            if schedules.is_empty() {
                line.write(writer);
            }
            for schedule in schedules {
                if writer.is_full() {
                    return;
                }
                let place = Place {
                    schedule: Some(schedule),
                    ..line
                };
                if schedule.distributions.is_empty() || !writer.has(F::DistributionNbr) {
                    place.write(writer);
                    continue;
                }
                for distribution in &schedule.distributions {
                    let distribution = Some(distribution);
                    Place {
                        distribution,
                        ..place
                    }
                    .write(writer);
                }
            }
        }
    }
}

impl<'a> Place<'a> {
    fn of(order: &'a PurchaseOrder) -> Self {
        Self {
            order,
            line: None,
            schedule: None,
            distribution: None,
        }
    }

    fn write(self, writer: &mut Writer<'_, F>) {
        let extras = [
            Some(&self.order.extra),
            self.line.map(|line| &line.extra),
            self.schedule.map(|schedule| &schedule.extra),
            self.distribution.map(|distribution| &distribution.extra),
        ];
        let extras: Vec<_> = extras.into_iter().flatten().collect();
        writer.row(|field| cell(field, self), &extras);
    }
}

fn cell<'a>(field: F, place: Place<'a>) -> Cell<'a> {
    let order = place.order;
    match field {
        // Three columns are read twice, for the order as a whole and for its parts.
        F::BusinessUnit => Cell::Text(order.key.business_unit.as_str()),
        F::PoId => Cell::Text(order.key.po_id.as_str()),
        F::PoDate => Cell::Date(order.po_date),
        F::Status => Cell::translate(Some(&order.status)),
        F::PoType => Cell::translate(order.po_type.as_ref()),
        F::ChangeOrderBatch => Cell::Whole(order.change_order_batch),
        F::DispatchMethod => Cell::translate(order.dispatch_method.as_ref()),
        F::VendorSetid => Cell::Text(order.vendor.setid.as_str()),
        F::VendorId => Cell::Text(order.vendor.vendor_id.as_str()),
        F::VendorLocation => Cell::text(order.vendor_location.as_ref()),
        F::BuyerId => Cell::text(order.buyer.as_ref().map(|buyer| &buyer.id)),
        F::BuyerName => Cell::text(order.buyer.as_ref().and_then(|buyer| buyer.name.as_ref())),
        F::BuyerPhone => Cell::text(order.buyer.as_ref().and_then(|buyer| buyer.phone.as_ref())),
        F::BuyerEmail => Cell::text(order.buyer.as_ref().and_then(|buyer| buyer.email.as_ref())),
        F::Currency => Cell::Text(order.currency.as_str()),
        F::PaymentTerms => Cell::text(order.payment_terms.as_ref()),
        F::FreightTerms => {
            let own = place
                .schedule
                .and_then(|schedule| schedule.freight_terms.as_ref());
            Cell::text(own.or(order.freight_terms.as_ref()))
        }
        F::ShipVia => {
            let own = place
                .schedule
                .and_then(|schedule| schedule.ship_via.as_ref());
            Cell::text(own.or(order.ship_via.as_ref()))
        }
        F::PoRef => Cell::text(order.po_ref.as_ref()),
        F::Contract => {
            let own = place.line.and_then(|line| line.contract.as_ref());
            Cell::text(own.or(order.contract.as_ref()))
        }
        F::BillTo => Cell::text(order.bill_to.as_ref()),
        F::LastUpdated => Cell::Changed(order.last_updated),
        F::VendorName
        | F::VendorAddress1
        | F::VendorAddress2
        | F::VendorCity
        | F::VendorState
        | F::VendorPostal
        | F::VendorCountry => part(field, F::VendorName, &order.vendor_address),
        F::BillToName
        | F::BillToAddress1
        | F::BillToAddress2
        | F::BillToCity
        | F::BillToState
        | F::BillToPostal
        | F::BillToCountry => part(field, F::BillToName, &order.bill_to_address),
        F::ChangeOrderSeq => Cell::Whole(order.change_order_seq),
        F::ChangeStatus => Cell::translate(order.change_status.as_ref()),
        F::OnHold => Cell::translate(order.on_hold.as_ref()),
        F::ReceiptStatus => Cell::translate(order.receipt_status.as_ref()),
        F::AcknowledgmentStatus => Cell::translate(order.acknowledgment_status.as_ref()),
        F::DispatchAction => Cell::text(order.dispatch_action.as_ref()),
        F::MatchAction => Cell::text(order.match_action.as_ref()),
        F::MatchRule => Cell::text(order.match_rule.as_ref()),
        F::MatchStatus => Cell::text(order.match_status.as_ref()),
        F::BudgetStatus => Cell::translate(order.budget_status.as_ref()),
        F::PostStatus => Cell::text(order.post_status.as_ref()),
        F::Origin => Cell::text(order.origin.as_ref()),
        F::GlBusinessUnit => Cell::text(order.gl_business_unit.as_ref()),
        F::AccountingDate => Cell::date(order.accounting_date),
        F::EnteredDate => Cell::date(order.entered_date),
        F::EnteredBy => Cell::text(order.entered_by.as_ref()),
        F::ApprovalDate => Cell::date(order.approval_date),
        F::ApprovedBy => Cell::text(order.approved_by.as_ref()),
        F::ModifiedBy => Cell::text(order.modified_by.as_ref()),
        F::VendorAddressSeq => Cell::whole(order.vendor_address_seq),
        F::VendorContactSeq => Cell::whole(order.vendor_contact_seq),
        F::ContactName => Cell::text(order.contact_name.as_ref()),
        F::ContactPhone => Cell::text(order.contact_phone.as_ref()),
        F::TaxExempt => Cell::translate(order.tax_exempt.as_ref()),
        F::Prepaid => Cell::translate(order.prepaid.as_ref()),
        F::PrepaidAmount => Cell::number(order.prepaid_amount),
        F::BaseCurrency => Cell::text(order.base_currency.as_ref()),
        F::RateType => Cell::text(order.rate_type.as_ref()),
        F::RateDate => Cell::date(order.rate_date),
        F::RateMultiplier => Cell::number(order.rate_multiplier),
        F::RateDivisor => Cell::number(order.rate_divisor),
        _ => match place.line {
            Some(line) => line_cell(field, line, place),
            None => Cell::Blank,
        },
    }
}

fn line_cell<'a>(field: F, line: &'a PurchaseOrderLine, place: Place<'a>) -> Cell<'a> {
    match field {
        F::LineNbr => Cell::Whole(line.line_nbr),
        F::VendorItem => Cell::text(line.vendor_item.as_ref()),
        F::Item => Cell::text(line.item.as_ref()),
        F::Manufacturer => Cell::text(line.manufacturer.as_ref()),
        F::ManufacturerItem => Cell::text(line.manufacturer_item.as_ref()),
        F::Description => Cell::text(line.description.as_ref()),
        F::UnitOfMeasure => Cell::Text(line.unit_of_measure.as_str()),
        F::Category => Cell::text(line.category.as_ref()),
        F::LineCancelStatus => Cell::translate(line.cancel_status.as_ref()),
        F::LineChangeStatus => Cell::translate(line.change_status.as_ref()),
        F::LineChangeOrderSeq => Cell::Whole(line.change_order_seq),
        F::ItemSetid => Cell::text(line.item_setid.as_ref()),
        F::VendorCatalog => Cell::text(line.vendor_catalog.as_ref()),
        F::ContractLine => Cell::whole(line.contract_line),
        F::ContractRelease => Cell::whole(line.contract_release),
        F::QuantityType => Cell::translate(line.quantity_type.as_ref()),
        F::PriceDateType => Cell::translate(line.price_date_type.as_ref()),
        F::AmountOnly => Cell::translate(line.amount_only.as_ref()),
        F::Inspection => Cell::translate(line.inspection.as_ref()),
        F::Receiving => Cell::text(line.receiving.as_ref()),
        F::PhysicalNature => Cell::text(line.physical_nature.as_ref()),
        F::Configuration => Cell::text(line.configuration.as_ref()),
        F::ProductNumber => Cell::text(line.product_number.as_ref()),
        _ => match place.schedule {
            Some(schedule) => schedule_cell(field, schedule, place.distribution),
            None => Cell::Blank,
        },
    }
}

fn schedule_cell<'a>(
    field: F,
    schedule: &'a PurchaseOrderSchedule,
    distribution: Option<&'a PurchaseOrderDistribution>,
) -> Cell<'a> {
    match field {
        F::SchedNbr => Cell::Whole(schedule.sched_nbr),
        F::DueDate => Cell::Date(schedule.due_date),
        F::ShipTo => Cell::text(schedule.ship_to.as_ref()),
        F::Quantity => Cell::Number(schedule.quantity),
        F::Price => Cell::Number(schedule.price),
        F::MerchandiseAmount => Cell::Number(schedule.merchandise_amount),
        F::ScheduleCurrency => Cell::text(schedule.currency.as_ref()),
        F::ScheduleCancelStatus => Cell::translate(schedule.cancel_status.as_ref()),
        F::ScheduleChangeStatus => Cell::translate(schedule.change_status.as_ref()),
        F::DueTime => Cell::text(schedule.due_time.as_ref()),
        F::PromiseDate => Cell::date(schedule.promise_date),
        F::ShipDate => Cell::date(schedule.ship_date),
        F::ShipToSetid => Cell::text(schedule.ship_to_setid.as_ref()),
        F::Carrier => Cell::text(schedule.carrier.as_ref()),
        F::BasePrice => Cell::number(schedule.base_price),
        F::BaseAmount => Cell::number(schedule.base_amount),
        F::ConversionRate => Cell::number(schedule.conversion_rate),
        F::CustomPrice => Cell::translate(schedule.custom_price.as_ref()),
        F::ZeroPrice => Cell::translate(schedule.zero_price.as_ref()),
        F::BalanceStatus => Cell::translate(schedule.balance_status.as_ref()),
        F::DistributionMethod => Cell::translate(schedule.distribution_method.as_ref()),
        F::ScheduleMatchStatus => Cell::text(schedule.match_status.as_ref()),
        F::InventoryBusinessUnit => Cell::text(schedule.inventory_business_unit.as_ref()),
        F::Revision => Cell::text(schedule.revision.as_ref()),
        F::ShipToName
        | F::ShipToAddress1
        | F::ShipToAddress2
        | F::ShipToCity
        | F::ShipToState
        | F::ShipToPostal
        | F::ShipToCountry => part(field, F::ShipToName, &schedule.ship_to_address),
        _ => distribution.map_or(Cell::Blank, |distribution| joined(field, distribution)),
    }
}

/// Writes what a distribution holds, for the fields of either query.
macro_rules! distribution_cells {
    ($name:ident, $fields:ident) => {
        fn $name(field: $fields, distribution: &PurchaseOrderDistribution) -> Cell<'_> {
            use $fields as F;
            match field {
                F::DistributionNbr => Cell::Whole(distribution.distribution_nbr),
                F::DistributionType => Cell::text(distribution.account_type.as_ref()),
                F::DistributionQuantity => Cell::number(distribution.quantity),
                F::DistributionAmount => Cell::Number(distribution.amount),
                F::DistributionCurrency => Cell::text(distribution.currency.as_ref()),
                F::DistributionBaseAmount => Cell::number(distribution.base_amount),
                F::DistributionBaseCurrency => Cell::text(distribution.base_currency.as_ref()),
                F::DistributionStatus => Cell::text(distribution.status.as_ref()),
                F::DistributionLocation => Cell::text(distribution.location.as_ref()),
                F::DistributionGlBusinessUnit => Cell::text(distribution.gl_business_unit.as_ref()),
                F::DistributionInventoryBusinessUnit => {
                    Cell::text(distribution.inventory_business_unit.as_ref())
                }
                F::Requisition => Cell::text(distribution.requisition.as_ref()),
                _ => Cell::chart_field(&distribution.chart_fields, field, F::Account),
            }
        }
    };
}

distribution_cells!(joined, F);
distribution_cells!(apart, OrderDistributionField);

impl Cells for PurchaseOrderDistributions {
    fn changed(&self) -> PsDateTime {
        self.last_updated.unwrap_or(PsDateTime::MIN)
    }

    fn head(&self, field: OrderDistributionField) -> Cell<'_> {
        match field {
            OrderDistributionField::BusinessUnit => Cell::Text(self.key.business_unit.as_str()),
            OrderDistributionField::PoId => Cell::Text(self.key.po_id.as_str()),
            OrderDistributionField::LastUpdated => {
                self.last_updated.map_or(Cell::Blank, Cell::Changed)
            }
            _ => Cell::Blank,
        }
    }

    /// Writes a row for each distribution; an order without any has none.
    fn write(&self, writer: &mut Writer<'_, OrderDistributionField>) {
        for placed in &self.distributions {
            writer.row(
                |field| self.placed(field, placed),
                &[&placed.distribution.extra],
            );
        }
    }
}

impl PurchaseOrderDistributions {
    fn placed<'a>(
        &'a self,
        field: OrderDistributionField,
        placed: &'a PlacedDistribution,
    ) -> Cell<'a> {
        match field {
            OrderDistributionField::LineNbr => Cell::Whole(placed.line_nbr),
            OrderDistributionField::SchedNbr => Cell::Whole(placed.sched_nbr),
            OrderDistributionField::BusinessUnit
            | OrderDistributionField::PoId
            | OrderDistributionField::LastUpdated => self.head(field),
            _ => apart(field, &placed.distribution),
        }
    }
}

/// A part of an address, whose seven fields follow one another from `name` on.
fn part(field: F, name: F, address: &PostalAddress) -> Cell<'_> {
    address_part(address, (field as usize).wrapping_sub(name as usize))
}

/// The part of an address at a position, in the order name, two lines, city, state, postal, country.
pub(super) fn address_part(address: &PostalAddress, at: usize) -> Cell<'_> {
    Cell::text(match at {
        0 => address.name.as_ref(),
        1 => address.address1.as_ref(),
        2 => address.address2.as_ref(),
        3 => address.city.as_ref(),
        4 => address.state.as_ref(),
        5 => address.postal.as_ref(),
        6 => address.country.as_ref(),
        _ => None,
    })
}
