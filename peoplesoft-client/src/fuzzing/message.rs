//! Messages that are read as what they speak of: suppliers, vouchers, acknowledgements.

use serde::Serialize;
use serde_json::Value;

use super::rowset_options;
use crate::model::voucher_format::Format;
use crate::model::{NewVoucher, PoAcknowledgement, PsDateTime, Supplier};
use crate::profile::Profile;
use crate::rowset::{AuditAction, Message, NewRow, Pscama, Reader, Row, WriteOptions};
use crate::vendor::{VendorEvent, VendorMessages};

/// Reads bytes as messages of suppliers, of vouchers to be built and of acknowledgements: what is read
/// can be written, and is read again as the same.
pub fn message(bytes: &[u8]) {
    let mut profile = Profile::default();
    let load = &mut profile.po_acknowledgement;
    for name in [&mut load.route.operation, &mut load.route.message] {
        "PO_ACK".clone_into(name);
    }
    let Ok(vendors) = VendorMessages::of(&profile) else {
        return;
    };
    let mut reader = Reader::from_slice(bytes, rowset_options());
    while let Ok(Some(transaction)) = reader.next_transaction() {
        for event in vendors.read(transaction, received()) {
            match event {
                Ok(VendorEvent::Changed(change)) => supplier(&vendors, &change.supplier),
                Ok(_) => {}
                Err(bad) => assert!(!bad.to_string().is_empty()),
            }
        }
        for row in transaction.rows() {
            if let Ok(read) = profile.voucher_build.read(row) {
                voucher(&profile, &read);
            }
            if let Ok(read) = profile.po_acknowledgement.read(row) {
                acknowledgement(&profile, &read);
            }
        }
    }
}

/// What stands in where a message does not tell the last change.
fn received() -> PsDateTime {
    let received = "2026-04-01T09:00:00".parse();
    received.unwrap_or_else(|_| unreachable!("the text is a time"))
}

fn supplier(vendors: &VendorMessages, supplier: &Supplier) {
    let message = vendors.sync([(AuditAction::Change, supplier)]);
    let Some(xml) = written(&message, supplier) else {
        return;
    };
    let mut reader = Reader::from_slice(xml.as_bytes(), rowset_options());
    let mut again = Vec::new();
    while let Ok(Some(transaction)) = reader.next_transaction() {
        again.extend(vendors.read(transaction, received()));
    }
    match again.as_slice() {
        [Ok(VendorEvent::Changed(change))] => assert_eq!(&change.supplier, supplier),
        other => assert!(other.is_empty(), "a supplier became {other:?}"),
    }
    assert!(!again.is_empty());
}

fn voucher(profile: &Profile, voucher: &NewVoucher) {
    let (row, findings) = voucher.to_row(Format::of(&profile.voucher_build));
    if !findings.is_empty() {
        return;
    }
    let message = one("VOUCHER_BUILD", row);
    if let Some(xml) = written(&message, voucher) {
        let again = first(&xml, |row| profile.voucher_build.read(row).ok());
        assert_eq!(again.as_ref(), Some(voucher));
    }
}

fn acknowledgement(profile: &Profile, acknowledgement: &PoAcknowledgement) {
    let load = &profile.po_acknowledgement;
    let Ok(message) = acknowledgement.to_message(load) else {
        return;
    };
    if let Some(xml) = written(&message, acknowledgement) {
        let again = first(&xml, |row| load.read(row).ok());
        assert_eq!(again.as_ref(), Some(acknowledgement));
    }
}

fn one(name: &str, row: NewRow) -> Message {
    Message::new(name).transaction(vec![row], Pscama::default())
}

/// The message as XML; nothing where the model holds what no message can: a name with a point, which
/// stands for a record's alias, or what the writer refuses.
fn written(message: &Message, model: &impl Serialize) -> Option<String> {
    let model = serde_json::to_value(model).ok()?;
    if has_dotted_name(&model) {
        return None;
    }
    message.to_xml(&WriteOptions::default()).ok()
}

fn has_dotted_name(value: &Value) -> bool {
    match value {
        Value::Array(values) => values.iter().any(has_dotted_name),
        Value::Object(fields) => {
            let mut fields = fields.iter();
            fields.any(|(name, value)| name.contains('.') || has_dotted_name(value))
        }
        _ => false,
    }
}

/// What the first row of level 0 is read as.
fn first<T>(xml: &str, read: impl FnOnce(Row<'_>) -> Option<T>) -> Option<T> {
    let mut reader = Reader::from_slice(xml.as_bytes(), rowset_options());
    let transaction = reader.next_transaction().ok()??;
    read(transaction.first()?)
}
