//! Suppliers that came as messages: they wait in staging, and are then put into the supplier records.

use std::time::SystemTime;

use super::table::Tables;
use crate::model::{EffectiveDated, EffectiveRow, PsDate, PsDateTime, Supplier};
use crate::profile::Profile;
use crate::rowset::{Reader, Transaction};
use crate::vendor::{Removed, VendorChange, VendorEvent, VendorMessages};

/// The staging of suppliers.
#[derive(Debug, Default)]
pub(super) struct SupplierDesk {
    /// Messages whose handler has run, each with when it did.
    staged: Vec<(Vec<VendorEvent>, SystemTime)>,
}

impl SupplierDesk {
    /// The handler of a supplier message: all of it goes into staging, or nothing.
    pub(super) fn stage(
        &mut self,
        body: &[u8],
        profile: &Profile,
        at: SystemTime,
    ) -> Result<(), String> {
        let messages = VendorMessages::of(profile).map_err(|error| error.to_string())?;
        let zone = profile.database_zone().map_err(|error| error.to_string())?;
        let received = PsDateTime::from_instant(at, &zone);
        let mut reader = Reader::from_slice(body, profile.vendor_sync.read_options());
        let mut events = Vec::new();
        while let Some(transaction) = reader
            .next_transaction()
            .map_err(|error| error.to_string())?
        {
            events.extend(read(&messages, transaction, received)?);
        }
        if events.is_empty() {
            return Err("The message has no supplier.".to_owned());
        }
        self.staged.push((events, at));
        Ok(())
    }

    /// What waits, oldest first.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &VendorEvent> {
        self.staged.iter().flat_map(|(events, _)| events)
    }

    /// Puts what has waited long enough into the supplier records.
    pub(super) fn apply(
        &mut self,
        tables: &mut Tables,
        now: PsDateTime,
        replaces: bool,
        is_due: impl Fn(SystemTime) -> bool,
    ) {
        let (due, waiting) = std::mem::take(&mut self.staged)
            .into_iter()
            .partition(|(_, since)| is_due(*since));
        self.staged = waiting;
        let due: Vec<(Vec<VendorEvent>, SystemTime)> = due;
        for (events, _) in due {
            for event in events {
                match event {
                    VendorEvent::Changed(change) => put(tables, *change, now),
                    VendorEvent::Deleted(key) => {
                        tables.remove::<Supplier>(&key);
                    }
                    VendorEvent::ReplaceAll if replaces => tables.clear::<Supplier>(),
                    VendorEvent::ReplaceAll | VendorEvent::End => {}
                }
            }
        }
    }
}

fn read(
    messages: &VendorMessages,
    transaction: &Transaction,
    received: PsDateTime,
) -> Result<Vec<VendorEvent>, String> {
    if let Some(finding) = transaction.findings().first() {
        return Err(finding.to_string());
    }
    messages
        .read(transaction, received)
        .into_iter()
        .map(|event| event.map_err(|bad| bad.to_string()))
        .collect()
}

/// Lays a change over what there is of the supplier: a message need not have all its rows.
fn put(tables: &mut Tables, change: VendorChange, now: PsDateTime) {
    let VendorChange {
        mut supplier,
        removed,
        ..
    } = change;
    supplier.last_updated = now;
    if let Some(held) = tables.get::<Supplier>(&supplier.key) {
        merge(&mut supplier, held, &removed);
    }
    tables.put(supplier);
}

/// Adds to a supplier of a message what it has beside, but for what the message says is gone.
fn merge(new: &mut Supplier, held: Supplier, removed: &[Removed]) {
    let is_gone = |record: &str, name: &str| {
        removed
            .iter()
            .any(|gone| gone.record == record && gone.name == name)
    };
    new.created = new.created.or(held.created);
    new.tax_id = new.tax_id.take().or(held.tax_id);
    for address in held.addresses {
        let number = address.number;
        let is_gone_on = |day: PsDate| is_gone("VENDOR_ADDR", &format!("{number} {day}"));
        let own = new.addresses.iter_mut().find(|own| own.number == number);
        match own {
            Some(own) => beside(&mut own.rows, &address.rows, is_gone_on),
            None if is_gone("VNDR_ADDR_SCROL", &number.to_string()) => {}
            None => new.addresses.push(address),
        }
    }
    for location in held.locations {
        let code = &location.location;
        let is_gone_on = |day: PsDate| is_gone("VENDOR_LOC", &format!("{code} {day}"));
        let own = new.locations.iter_mut().find(|own| own.location == *code);
        match own {
            Some(own) => {
                for row in &location.rows {
                    let day = row.effective_date;
                    let Some(own) = own.rows.at_mut(day, 0) else {
                        continue;
                    };
                    for account in &row.bank_accounts {
                        let number = account.number;
                        let known = own.bank_accounts.iter().any(|own| own.number == number);
                        if !known && !is_gone("VNDR_BANK_ACCT", &format!("{code} {day} {number}")) {
                            own.bank_accounts.push(account.clone());
                        }
                    }
                }
                beside(&mut own.rows, &location.rows, is_gone_on);
            }
            None if is_gone("VNDR_LOC_SCROL", code.as_str()) => {}
            None => new.locations.push(location),
        }
    }
    for contact in held.contacts {
        let number = contact.number;
        let is_gone_on = |day: PsDate| is_gone("VENDOR_CNTCT", &format!("{number} {day}"));
        let own = new.contacts.iter_mut().find(|own| own.number == number);
        match own {
            Some(own) => beside(&mut own.rows, &contact.rows, is_gone_on),
            None if is_gone("VNDR_CNTCT_SCR", &number.to_string()) => {}
            None => new.contacts.push(contact),
        }
    }
    for number in held.id_numbers {
        let known = new.id_numbers.iter().any(|own| own.kind == number.kind);
        if !known && !is_gone("VENDOR_ID_NBRS", number.kind.code()) {
            new.id_numbers.push(number);
        }
    }
    new.addresses.sort_by_key(|address| address.number);
    new.locations
        .sort_by(|one, other| one.location.cmp(&other.location));
    new.contacts.sort_by_key(|contact| contact.number);
}

/// Adds the rows of other days, but for those that are gone.
fn beside<T: EffectiveRow + Clone>(
    own: &mut EffectiveDated<T>,
    held: &EffectiveDated<T>,
    is_gone_on: impl Fn(PsDate) -> bool,
) {
    for row in held {
        let day = row.effective_date();
        if own.at(day, 0).is_none() && !is_gone_on(day) {
            own.insert(row.clone());
        }
    }
}
