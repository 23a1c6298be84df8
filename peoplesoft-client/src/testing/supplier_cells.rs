//! A supplier as the rows of its query.

use super::cell::{Cell, Writer};
use super::order_cells::address_part;
use super::table::Cells;
use crate::model::{
    AcknowledgementRules, PsDate, PsDateTime, Sensitive, Supplier, SupplierAddress,
    SupplierAddressRow, SupplierBankAccount, SupplierContact, SupplierContactRow, SupplierIdNumber,
    SupplierLocation, SupplierLocationRow, VendorKey,
};
use crate::operation::SUPPLIER_CHART_FIELDS;
use crate::profile::SupplierField as F;

/// What one row shows beside the header.
#[derive(Clone, Copy, Default)]
struct Entry<'a> {
    address: Option<(&'a SupplierAddress, &'a SupplierAddressRow)>,
    location: Option<(&'a SupplierLocation, &'a SupplierLocationRow)>,
    bank: Option<&'a SupplierBankAccount>,
    id_number: Option<&'a SupplierIdNumber>,
    contact: Option<(&'a SupplierContact, &'a SupplierContactRow)>,
}

impl Cells for Supplier {
    fn changed(&self) -> PsDateTime {
        self.last_updated
    }

    fn takes_effect(&self) -> Vec<PsDate> {
        let addresses = self.addresses.iter().flat_map(|entry| &entry.rows);
        let locations = self.locations.iter().flat_map(|entry| &entry.rows);
        let contacts = self.contacts.iter().flat_map(|entry| &entry.rows);
        let dates = addresses.map(|row| row.effective_date);
        let dates = dates.chain(locations.map(|row| row.effective_date));
        dates
            .chain(contacts.map(|row| row.effective_date))
            .collect()
    }

    fn head(&self, field: F) -> Cell<'_> {
        cell(field, self, &Entry::default())
    }

    /// Writes a row for each entry of each list, as a union does, or one for a supplier without any.
    fn write(&self, writer: &mut Writer<'_, F>) {
        let mut entries: Vec<Entry<'_>> = Vec::new();
        for address in &self.addresses {
            entries.extend(address.rows.into_iter().map(|row| Entry {
                address: Some((address, row)),
                ..Entry::default()
            }));
        }
        for location in &self.locations {
            for row in &location.rows {
                let location = Some((location, row));
                let alone = Entry {
                    location,
                    ..Entry::default()
                };
                entries.extend(row.bank_accounts.is_empty().then_some(alone));
                entries.extend(row.bank_accounts.iter().map(|bank| Entry {
                    bank: Some(bank),
                    ..alone
                }));
            }
        }
        entries.extend(self.id_numbers.iter().map(|number| Entry {
            id_number: Some(number),
            ..Entry::default()
        }));
        for contact in &self.contacts {
            entries.extend(contact.rows.into_iter().map(|row| Entry {
                contact: Some((contact, row)),
                ..Entry::default()
            }));
        }
        if entries.is_empty() {
            entries.push(Entry::default());
        }
        for entry in &entries {
            let own = entry.address.map(|(_, row)| &row.extra);
            let own = own.or(entry.location.map(|(_, row)| &row.extra));
            let own = own.or(entry.contact.map(|(_, row)| &row.extra));
            let extra: Vec<_> = std::iter::once(&self.extra).chain(own).collect();
            writer.row(|field| cell(field, self, entry), &extra);
        }
    }
}

fn number<'a>(value: Option<u32>) -> Cell<'a> {
    value.map_or(Cell::Blank, Cell::Whole)
}

fn hidden(value: Option<&Sensitive>) -> Cell<'_> {
    value.map_or(Cell::Blank, |value| Cell::Text(value.expose()))
}

fn setid(value: Option<&VendorKey>) -> Cell<'_> {
    Cell::text(value.map(|key| &key.setid))
}

fn vendor(value: Option<&VendorKey>) -> Cell<'_> {
    Cell::text(value.map(|key| &key.vendor_id))
}

/// A translate value.
macro_rules! code {
    ($value:expr) => {
        Cell::translate($value.as_ref())
    };
}

fn cell<'a>(field: F, supplier: &'a Supplier, entry: &Entry<'a>) -> Cell<'a> {
    match field {
        F::Setid => Cell::Text(supplier.key.setid.as_str()),
        F::VendorId => Cell::Text(supplier.key.vendor_id.as_str()),
        F::Name => Cell::Text(&supplier.name),
        F::Name2 => Cell::text(supplier.name2.as_ref()),
        F::ShortName => Cell::text(supplier.short_name.as_ref()),
        F::Status => Cell::Code(supplier.status.code(), supplier.status.text()),
        F::Class => code!(supplier.class),
        F::Persistence => code!(supplier.persistence),
        F::OpenForOrdering => code!(supplier.open_for_ordering),
        F::Withholding => code!(supplier.withholding),
        F::OrderAddress => number(supplier.order_address),
        F::InvoiceAddress => number(supplier.invoice_address),
        F::RemitAddress => number(supplier.remit_address),
        F::RemitSetid => setid(supplier.remit_vendor.as_ref()),
        F::RemitVendor => vendor(supplier.remit_vendor.as_ref()),
        F::CorporateSetid => setid(supplier.corporate_vendor.as_ref()),
        F::CorporateVendor => vendor(supplier.corporate_vendor.as_ref()),
        F::DefaultLocation => Cell::text(supplier.default_location.as_ref()),
        F::RemitLocation => Cell::text(supplier.remit_location.as_ref()),
        F::CustomerSetid => Cell::text(supplier.customer_setid.as_ref()),
        F::Customer => Cell::text(supplier.customer.as_ref()),
        F::OurAccount => Cell::text(supplier.our_account.as_ref()),
        F::OldId => Cell::text(supplier.old_id.as_ref()),
        F::TaxId => hidden(supplier.tax_id.as_ref()),
        F::LastActivity => Cell::date(supplier.last_activity),
        F::Created => supplier.created.map_or(Cell::Blank, Cell::DateTime),
        F::LastUpdated => Cell::Changed(supplier.last_updated),
        F::IdNumberKind => Cell::translate(entry.id_number.map(|number| &number.kind)),
        F::IdNumber => Cell::text(entry.id_number.map(|number| &number.number)),
        _ => address_cell(field, entry)
            .or_else(|| location_cell(field, entry))
            .or_else(|| contact_cell(field, entry))
            .or_else(|| Some(bank_cell(field, entry.bank?)))
            .unwrap_or(Cell::Blank),
    }
}

fn address_cell<'a>(field: F, entry: &Entry<'a>) -> Option<Cell<'a>> {
    let (address, row) = entry.address?;
    Some(match field {
        F::AddressNumber => Cell::Whole(address.number),
        F::AddressDescription => Cell::text(address.description.as_ref()),
        F::AddressDate => Cell::Date(row.effective_date),
        F::AddressStatus => Cell::Code(row.status.code(), row.status.text()),
        F::AddressName
        | F::Address1
        | F::Address2
        | F::AddressCity
        | F::AddressState
        | F::AddressPostal
        | F::AddressCountry => address_part(&row.address, field as usize - F::AddressName as usize),
        F::Address3 => Cell::text(row.address3.as_ref()),
        F::Address4 => Cell::text(row.address4.as_ref()),
        F::County => Cell::text(row.county.as_ref()),
        F::AddressEmail => Cell::text(row.email.as_ref()),
        _ => return None,
    })
}

fn location_cell<'a>(field: F, entry: &Entry<'a>) -> Option<Cell<'a>> {
    let (location, row) = entry.location?;
    Some(match field {
        F::Location => Cell::Text(location.location.as_str()),
        F::LocationDescription => Cell::text(location.description.as_ref()),
        F::LocationDate => Cell::Date(row.effective_date),
        F::LocationStatus => Cell::Code(row.status.code(), row.status.text()),
        F::PaymentTerms => Cell::text(row.payment_terms.as_ref()),
        F::PaymentMethod => code!(row.payment_method),
        F::Currency => Cell::text(row.currency.as_ref()),
        F::DispatchMethod => code!(row.dispatch_method),
        F::FreightTerms => Cell::text(row.freight_terms.as_ref()),
        F::ShipVia => Cell::text(row.ship_via.as_ref()),
        F::Buyer => Cell::text(row.buyer.as_ref()),
        F::MatchRule => Cell::text(row.match_rule.as_ref()),
        _ => match SUPPLIER_CHART_FIELDS
            .iter()
            .find(|(known, _)| *known == field)
        {
            Some((_, kind)) => Cell::text(row.chart_fields.get(kind)),
            None => return rule_cell(field, &row.acknowledgement),
        },
    })
}

fn rule_cell(field: F, rules: &AcknowledgementRules) -> Option<Cell<'_>> {
    Some(match field {
        F::PoaRequired => code!(rules.required),
        F::PoaChangeRequired => code!(rules.required_for_changes),
        F::PoaTolerances => code!(rules.tolerances),
        F::PoaDaysEarly => number(rules.days_early),
        F::PoaDaysLate => number(rules.days_late),
        F::PoaQuantityOver => Cell::number(rules.quantity_over),
        F::PoaQuantityUnder => Cell::number(rules.quantity_under),
        F::PoaPriceOver => Cell::number(rules.price_over),
        F::PoaPriceUnder => Cell::number(rules.price_under),
        _ => return None,
    })
}

fn contact_cell<'a>(field: F, entry: &Entry<'a>) -> Option<Cell<'a>> {
    let (contact, row) = entry.contact?;
    Some(match field {
        F::ContactNumber => Cell::Whole(contact.number),
        F::ContactDate => Cell::Date(row.effective_date),
        F::ContactStatus => Cell::Code(row.status.code(), row.status.text()),
        F::ContactName => Cell::text(row.name.as_ref()),
        F::ContactTitle => Cell::text(row.title.as_ref()),
        F::ContactPurpose => Cell::text(row.purpose.as_ref()),
        F::ContactAddress => number(row.address),
        F::ContactEmail => Cell::text(row.email.as_ref()),
        F::ContactPhone => Cell::text(row.phone.as_ref()),
        _ => return None,
    })
}

fn bank_cell(field: F, bank: &SupplierBankAccount) -> Cell<'_> {
    match field {
        F::BankNumber => Cell::Whole(bank.number),
        F::BankDefault => code!(bank.is_default),
        F::BankName => Cell::text(bank.bank_name.as_ref()),
        F::BankCountry => Cell::text(bank.country.as_ref()),
        F::BankAccountType => Cell::text(bank.account_type.as_ref()),
        F::BankId => hidden(bank.bank_id.as_ref()),
        F::BankBranch => hidden(bank.branch.as_ref()),
        F::BankAccount => hidden(bank.account.as_ref()),
        F::BankIban => hidden(bank.iban.as_ref()),
        F::BankDfiId => hidden(bank.dfi_id.as_ref()),
        _ => Cell::Blank,
    }
}
