//! Rows become suppliers.
//!
//! A supplier has several lists that have nothing to do with one another. The query may give a row for
//! each entry of each list (a union) or for each combination of entries (a join): an entry that comes
//! again is taken once.

use std::collections::BTreeMap;

use super::assemble::{FromRows, record};
use super::effective;
use super::reader::{Precision, Problem, Reader};
use crate::model::{
    AcknowledgementRules, ChartFieldKind, ChartFieldValue, ChartFields, DispatchMethod, Flag,
    IdNumberKind, PaymentMethod, Supplier, SupplierAddress, SupplierAddressRow,
    SupplierBankAccount, SupplierContact, SupplierContactRow, SupplierIdNumber, SupplierLocation,
    SupplierLocationRow, VendorClass, VendorKey, VendorLocation, VendorPersistence, VendorStatus,
};
use crate::profile::{FieldTable, SupplierField as F};
use crate::query::columns::alias;

record!(Supplier, VendorKey, Suppliers);

/// The ChartFields of a location.
pub(crate) const CHART_FIELDS: [(F, ChartFieldKind); 10] = [
    (F::Account, ChartFieldKind::Account),
    (F::AlternateAccount, ChartFieldKind::AlternateAccount),
    (F::Department, ChartFieldKind::Department),
    (F::OperatingUnit, ChartFieldKind::OperatingUnit),
    (F::Product, ChartFieldKind::Product),
    (F::Fund, ChartFieldKind::Fund),
    (F::ClassField, ChartFieldKind::Class),
    (F::Program, ChartFieldKind::Program),
    (F::BudgetReference, ChartFieldKind::BudgetReference),
    (F::Project, ChartFieldKind::Project),
];

impl FromRows for Supplier {
    type Field = F;

    fn from_rows(key: VendorKey, first: Reader<'_>, rows: &[Reader<'_>]) -> Result<Self, Problem> {
        let aliases = Aliases::new(&first);
        let mut supplier = header(key, &first)?;
        supplier.last_updated = effective::last_updated(&first, rows, F::LastUpdated)?;
        supplier.extra = aliases.unmapped(&first, Level::Header);
        for row in rows {
            address(&mut supplier.addresses, row, &aliases)?;
            location(&mut supplier.locations, row, &aliases)?;
            id_number(&mut supplier.id_numbers, row);
            contact(&mut supplier.contacts, row, &aliases)?;
        }
        supplier.addresses.sort_by_key(|address| address.number);
        supplier
            .locations
            .sort_by(|one, other| one.location.cmp(&other.location));
        supplier.contacts.sort_by_key(|contact| contact.number);
        supplier.id_numbers.sort_by(|one, other| {
            let place =
                |number: &SupplierIdNumber| (number.kind.to_string(), number.number.clone());
            place(one).cmp(&place(other))
        });
        Ok(supplier)
    }
}

/// The lists whose rows keep columns that nothing reads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Header,
    Address,
    Location,
    Contact,
}

/// The alias of each list, by columns that can only be its own.
struct Aliases<'a>([(Level, Option<&'a str>); 3]);

impl<'a> Aliases<'a> {
    fn new(row: &Reader<'a>) -> Self {
        let of = |field: F| {
            let default = field.definition().and_then(|known| alias(known.column));
            row.frame.columns.alias_of(field).or(default)
        };
        Self([
            (Level::Address, of(F::AddressNumber)),
            (Level::Location, of(F::Location)),
            (Level::Contact, of(F::ContactNumber)),
        ])
    }

    /// The columns that nothing reads: those with the alias of a list go to it, the others to the header.
    fn unmapped(&self, row: &Reader<'_>, level: Level) -> BTreeMap<String, String> {
        effective::unmapped_of(row, |alias| {
            let own = self
                .0
                .iter()
                .find(|(_, known)| alias.is_some() && *known == alias);
            own.map_or(Level::Header, |(own, _)| *own) == level
        })
    }
}

fn vendor(row: &Reader<'_>, setid: F, vendor: F) -> Result<Option<VendorKey>, Problem> {
    // A supplier without a SetID of its own is shared by the same SetID.
    let shared = if row.text(setid).is_some() {
        setid
    } else {
        F::Setid
    };
    let Some(vendor_id) = row.optional_id(vendor)? else {
        return Ok(None);
    };
    Ok(Some(VendorKey {
        setid: row.id(shared)?,
        vendor_id,
    }))
}

/// The number of an address, of which 0 and a blank mean none.
fn number(row: &Reader<'_>, field: F) -> Result<Option<u32>, Problem> {
    Ok(Some(row.whole(field)?).filter(|number| *number > 0))
}

fn header(key: VendorKey, row: &Reader<'_>) -> Result<Supplier, Problem> {
    let name = row.text(F::Name).unwrap_or_default();
    let mut supplier = Supplier::new(key, name, row.date_time(F::LastUpdated)?);
    supplier.name2 = row.owned(F::Name2);
    supplier.short_name = row.owned(F::ShortName);
    supplier.status = VendorStatus::from_text(row.required_code(F::Status)?);
    supplier.class = row.code(F::Class).map(VendorClass::from_text);
    supplier.persistence = row.code(F::Persistence).map(VendorPersistence::from_text);
    supplier.open_for_ordering = row.code(F::OpenForOrdering).map(Flag::from_text);
    supplier.withholding = row.code(F::Withholding).map(Flag::from_text);
    supplier.order_address = number(row, F::OrderAddress)?;
    supplier.invoice_address = number(row, F::InvoiceAddress)?;
    supplier.remit_address = number(row, F::RemitAddress)?;
    supplier.remit_vendor = vendor(row, F::RemitSetid, F::RemitVendor)?;
    supplier.corporate_vendor = vendor(row, F::CorporateSetid, F::CorporateVendor)?;
    supplier.default_location = row.optional_id(F::DefaultLocation)?;
    supplier.remit_location = row.optional_id(F::RemitLocation)?;
    supplier.customer_setid = row.optional_id(F::CustomerSetid)?;
    supplier.customer = row.optional_id(F::Customer)?;
    supplier.our_account = row.owned(F::OurAccount);
    supplier.old_id = row.owned(F::OldId);
    supplier.tax_id = row.sensitive(F::TaxId);
    supplier.last_activity = row.optional_date(F::LastActivity)?;
    supplier.created = row
        .text(F::Created)
        .map(|_| row.date_time(F::Created))
        .transpose()?;
    Ok(supplier)
}

fn address(
    addresses: &mut Vec<SupplierAddress>,
    row: &Reader<'_>,
    aliases: &Aliases<'_>,
) -> Result<(), Problem> {
    let Some(number) = number(row, F::AddressNumber)? else {
        return Ok(());
    };
    let mut read = SupplierAddressRow::new(
        effective::date(row, F::AddressDate)?,
        effective::status(row, F::AddressStatus),
    );
    read.address = row.address([
        F::AddressName,
        F::Address1,
        F::Address2,
        F::AddressCity,
        F::AddressState,
        F::AddressPostal,
        F::AddressCountry,
    ]);
    read.address3 = row.owned(F::Address3);
    read.address4 = row.owned(F::Address4);
    read.county = row.owned(F::County);
    read.email = row.owned(F::AddressEmail);
    read.extra = aliases.unmapped(row, Level::Address);
    let entry = entry(
        addresses,
        |address| address.number == number,
        || SupplierAddress::new(number),
    );
    let Some(entry) = entry else { return Ok(()) };
    if entry.description.is_none() {
        entry.description = row.owned(F::AddressDescription);
    }
    effective::add(&mut entry.rows, read, row, F::AddressNumber)
}

fn location(
    locations: &mut Vec<SupplierLocation>,
    row: &Reader<'_>,
    aliases: &Aliases<'_>,
) -> Result<(), Problem> {
    let Some(location) = row.optional_id::<_, VendorLocation>(F::Location)? else {
        return Ok(());
    };
    let mut read = location_row(row)?;
    read.extra = aliases.unmapped(row, Level::Location);
    let account = bank_account(row)?;
    let entry = entry(
        locations,
        |known| known.location == location,
        || SupplierLocation::new(location.clone()),
    );
    let Some(entry) = entry else { return Ok(()) };
    if entry.description.is_none() {
        entry.description = row.owned(F::LocationDescription);
    }
    // The accounts come one by one in rows of the same location; what was gathered is kept.
    if let Some(known) = entry.rows.at(read.effective_date, 0) {
        read.bank_accounts.clone_from(&known.bank_accounts);
    }
    let date = read.effective_date;
    effective::add(&mut entry.rows, read, row, F::Location)?;
    let Some(account) = account else {
        return Ok(());
    };
    let Some(held) = entry.rows.at_mut(date, 0) else {
        return Ok(());
    };
    let at = held
        .bank_accounts
        .binary_search_by_key(&account.number, |known| known.number);
    match at {
        Err(at) => held.bank_accounts.insert(at, account),
        Ok(at) if held.bank_accounts.get(at) == Some(&account) => {}
        Ok(_) => {
            let found = format!("account {} in two different rows", account.number);
            return Err(effective::multiplied(row, F::BankNumber, &found));
        }
    }
    Ok(())
}

fn location_row(row: &Reader<'_>) -> Result<SupplierLocationRow, Problem> {
    let mut read = SupplierLocationRow::new(
        effective::date(row, F::LocationDate)?,
        effective::status(row, F::LocationStatus),
    );
    read.payment_terms = row.optional_id(F::PaymentTerms)?;
    read.payment_method = row.code(F::PaymentMethod).map(PaymentMethod::from_text);
    read.currency = row.optional_id(F::Currency)?;
    read.dispatch_method = row.code(F::DispatchMethod).map(DispatchMethod::from_text);
    read.freight_terms = row.optional_id(F::FreightTerms)?;
    read.ship_via = row.optional_id(F::ShipVia)?;
    read.buyer = row.optional_id(F::Buyer)?;
    read.match_rule = row.optional_id(F::MatchRule)?;
    read.acknowledgement = acknowledgement(row)?;
    let mut charged = ChartFields::default();
    for (field, kind) in CHART_FIELDS {
        if let Some(value) = row.optional_id::<_, ChartFieldValue>(field)? {
            charged.set(kind, value);
        }
    }
    read.chart_fields = charged;
    Ok(read)
}

fn acknowledgement(row: &Reader<'_>) -> Result<AcknowledgementRules, Problem> {
    let days = |field: F| row.text(field).map(|_| row.whole(field)).transpose();
    let tolerance = |field: F| row.optional_decimal(field, Precision::PRICE);
    Ok(AcknowledgementRules {
        required: row.code(F::PoaRequired).map(Flag::from_text),
        required_for_changes: row.code(F::PoaChangeRequired).map(Flag::from_text),
        tolerances: row.code(F::PoaTolerances).map(Flag::from_text),
        days_early: days(F::PoaDaysEarly)?,
        days_late: days(F::PoaDaysLate)?,
        quantity_over: tolerance(F::PoaQuantityOver)?,
        quantity_under: tolerance(F::PoaQuantityUnder)?,
        price_over: tolerance(F::PoaPriceOver)?,
        price_under: tolerance(F::PoaPriceUnder)?,
    })
}

fn bank_account(row: &Reader<'_>) -> Result<Option<SupplierBankAccount>, Problem> {
    let Some(number) = number(row, F::BankNumber)? else {
        return Ok(None);
    };
    let mut account = SupplierBankAccount::new(number);
    account.is_default = row.code(F::BankDefault).map(Flag::from_text);
    account.bank_name = row.owned(F::BankName);
    account.country = row.owned(F::BankCountry);
    account.account_type = row.owned(F::BankAccountType);
    account.bank_id = row.sensitive(F::BankId);
    account.branch = row.sensitive(F::BankBranch);
    account.account = row.sensitive(F::BankAccount);
    account.iban = row.sensitive(F::BankIban);
    account.dfi_id = row.sensitive(F::BankDfiId);
    Ok(Some(account))
}

fn id_number(numbers: &mut Vec<SupplierIdNumber>, row: &Reader<'_>) {
    let (Some(kind), Some(number)) = (row.code(F::IdNumberKind), row.text(F::IdNumber)) else {
        return;
    };
    let read = SupplierIdNumber::new(IdNumberKind::from_text(kind), number);
    if !numbers.contains(&read) {
        numbers.push(read);
    }
}

fn contact(
    contacts: &mut Vec<SupplierContact>,
    row: &Reader<'_>,
    aliases: &Aliases<'_>,
) -> Result<(), Problem> {
    let Some(of_contact) = number(row, F::ContactNumber)? else {
        return Ok(());
    };
    let mut read = SupplierContactRow::new(
        effective::date(row, F::ContactDate)?,
        effective::status(row, F::ContactStatus),
    );
    read.name = row.owned(F::ContactName);
    read.title = row.owned(F::ContactTitle);
    read.purpose = row.owned(F::ContactPurpose);
    read.address = number(row, F::ContactAddress)?;
    read.email = row.owned(F::ContactEmail);
    read.phone = row.owned(F::ContactPhone);
    read.extra = aliases.unmapped(row, Level::Contact);
    let entry = entry(
        contacts,
        |contact| contact.number == of_contact,
        || SupplierContact::new(of_contact),
    );
    let Some(entry) = entry else { return Ok(()) };
    effective::add(&mut entry.rows, read, row, F::ContactNumber)
}

/// The entry of a list that is meant, or a new one at its end.
fn entry<T>(
    list: &mut Vec<T>,
    meant: impl Fn(&T) -> bool,
    new: impl FnOnce() -> T,
) -> Option<&mut T> {
    let at = list.iter().position(meant).unwrap_or_else(|| {
        list.push(new());
        list.len() - 1
    });
    list.get_mut(at)
}
