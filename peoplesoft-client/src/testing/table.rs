//! The records that the double holds, each kind in a table of its own.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;
use std::sync::Arc;

use super::cell::{Cell, Writer};
use super::window::{Chosen, Named, Wanted};
use crate::model::{
    BillingInvoice, ChartField, Department, Employee, Job, Payment, PsDate, PsDateTime,
    PurchaseOrder, PurchaseOrderDistributions, ReceiptLine, RecordKey, ScheduledPayment, Supplier,
    Voucher,
};
use crate::operation::{FromRows, Record};
use crate::profile::FieldTable;
use crate::service::Service;

/// How a record becomes the rows of its query.
pub(super) trait Cells: FromRows {
    /// When it last changed.
    fn changed(&self) -> PsDateTime;

    /// The days on which a row of it takes effect, which change it without anybody's doing.
    fn takes_effect(&self) -> Vec<PsDate> {
        Vec::new()
    }

    /// What a field of the topmost level holds; by these the record is looked up.
    fn head(&self, field: Self::Field) -> Cell<'_>;

    /// Whether a look-up for the texts of these values finds it: by its topmost level, unless the rows
    /// below count as well.
    fn is_named(&self, named: &Named<'_>, fields: &[Self::Field], values: &[&str]) -> bool {
        let held = fields
            .iter()
            .map(|field| self.head(*field).asked(named.query));
        held.eq(values.iter().map(|value| (*value).to_owned()))
    }

    /// Whether it has anything at the level whose number is `gate`; a query of records that all have
    /// nothing there is taken to be one without that level.
    fn has_level(&self, _gate: Self::Field) -> bool {
        true
    }

    /// Writes its rows; a writer that is full takes no more.
    fn write(&self, writer: &mut Writer<'_, Self::Field>);
}

/// All tables.
pub(super) struct Tables(BTreeMap<Service, Box<dyn Table>>);

impl Tables {
    /// Empty tables, one for each kind of record.
    pub(super) fn new() -> Self {
        let mut tables = Self(BTreeMap::new());
        tables.add::<PurchaseOrder>();
        tables.add::<PurchaseOrderDistributions>();
        tables.add::<BillingInvoice>();
        tables.add::<Voucher>();
        tables.add::<Payment>();
        tables.add::<ScheduledPayment>();
        tables.add::<ReceiptLine>();
        tables.add::<Supplier>();
        tables.add::<ChartField>();
        tables.add::<Department>();
        tables.add::<Employee>();
        tables.add::<Job>();
        tables
    }

    fn add<T: Cells>(&mut self) {
        self.0
            .insert(T::SERVICE, Box::new(Records::<T>(BTreeMap::new())));
    }

    pub(super) fn serving(&self, service: Service) -> Option<&dyn Table> {
        self.0.get(&service).map(|table| &**table)
    }

    fn of<T: Record>(&self) -> Option<&Records<T>> {
        self.0.get(&T::SERVICE)?.as_any().downcast_ref()
    }

    fn of_mut<T: Record>(&mut self) -> Option<&mut Records<T>> {
        self.0.get_mut(&T::SERVICE)?.as_any_mut().downcast_mut()
    }

    pub(super) fn put<T: Record>(&mut self, record: T) {
        // The two queries read the same tables of PeopleSoft.
        if let Some(order) = (&record as &dyn Any).downcast_ref::<PurchaseOrder>() {
            self.put(PurchaseOrderDistributions::from(order));
        }
        if let Some(table) = self.of_mut::<T>() {
            table.0.insert(record.key().clone(), Arc::new(record));
        }
    }

    pub(super) fn get<T: Record>(&self, key: &T::Key) -> Option<T> {
        self.of::<T>()?.0.get(key).map(|record| T::clone(record))
    }

    pub(super) fn remove<T: Record>(&mut self, key: &T::Key) -> bool {
        if T::SERVICE == Service::PurchaseOrders
            && let Some(key) = (key as &dyn Any).downcast_ref()
        {
            self.remove::<PurchaseOrderDistributions>(key);
        }
        self.of_mut::<T>()
            .is_some_and(|table| table.0.remove(key).is_some())
    }

    pub(super) fn clear<T: Record>(&mut self) {
        if let Some(table) = self.of_mut::<T>() {
            table.0.clear();
        }
    }

    pub(super) fn count<T: Record>(&self) -> usize {
        self.of::<T>().map_or(0, |table| table.0.len())
    }
}

impl fmt::Debug for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

/// The records of one kind, in key order.
struct Records<T: Record>(BTreeMap<T::Key, Arc<T>>);

/// A table of any kind.
pub(super) trait Table: Send {
    /// The records that a query wants; no more of them than rows, since each has a row at least.
    fn choose(&self, wanted: &Wanted<'_>) -> Result<Box<dyn Rows>, String>;

    fn as_any(&self) -> &dyn Any;

    fn as_any_mut(&mut self) -> &mut dyn Any;
}

impl<T: Cells> Table for Records<T> {
    fn choose(&self, wanted: &Wanted<'_>) -> Result<Box<dyn Rows>, String> {
        let records = self.0.iter();
        let chosen: Vec<Arc<T>> = match wanted {
            Wanted::Changed(window) => {
                let parts: Vec<T::Field> = T::Field::key().collect();
                let start = match window.after(&parts)? {
                    Some(texts) => {
                        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                        let key = T::Key::from_texts(&texts)
                            .map_err(|error| format!("A key prompt is wrong: {error}."))?;
                        Bound::Excluded(key)
                    }
                    None => Bound::Unbounded,
                };
                self.0
                    .range((start, Bound::Unbounded))
                    .map(|(_, record)| record)
                    .filter(|record| {
                        let days = record.takes_effect();
                        let mut effective = days.iter().filter(|_| window.by_effective_date);
                        window.holds(record.changed())
                            || effective.any(|day| window.holds(day.at_midnight()))
                    })
                    .take(window.max_rows)
                    .cloned()
                    .collect()
            }
            Wanted::Named(named) => {
                let fields = T::Field::lookup(named.lookup).unwrap_or_default();
                let values = named.values()?;
                records
                    .map(|(_, record)| record)
                    .filter(|record| record.is_named(named, &fields, &values))
                    .take(named.max_rows)
                    .cloned()
                    .collect()
            }
        };
        Ok(Box::new(chosen))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// Records that were chosen, to be written once the lock is given back.
pub(super) trait Rows: Send {
    /// The answer of the Query Access Service, cut at the row limit wherever that falls.
    fn write(&self, chosen: &Chosen) -> String;
}

impl<T: Cells> Rows for Vec<Arc<T>> {
    fn write(&self, chosen: &Chosen) -> String {
        let gate_of = |field: &T::Field| {
            let gate = field.definition()?.gate?;
            T::Field::ALL.get(gate).copied()
        };
        let held = |gate: T::Field| self.iter().any(|record| record.has_level(gate));
        let gates: Vec<usize> = T::Field::ALL
            .iter()
            .filter_map(gate_of)
            .map(FieldTable::position)
            .collect();
        let fields: Vec<T::Field> = T::Field::ALL
            .iter()
            .copied()
            .filter(|field| gate_of(field).is_none_or(held))
            .filter(|field| !gates.contains(&field.position()) || held(*field))
            .collect();
        let mut writer = Writer::new(&chosen.query, &chosen.output, &fields, chosen.max_rows);
        for record in self {
            record.write(&mut writer);
        }
        writer.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_has_a_table() {
        let tables = Tables::new();
        for service in Service::ALL {
            assert!(tables.serving(service).is_some(), "{service}");
        }
    }
}
