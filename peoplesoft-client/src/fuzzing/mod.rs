//! What the fuzz targets call: readers of bytes from outside, with what must hold of any bytes.

mod message;

use std::collections::BTreeMap;

use crate::model::{BillingInvoice, Payment, PurchaseOrder, ReceiptLine, Voucher, Zone};
use crate::operation::page_of_rows;
use crate::profile::Profile;
use crate::query::{FieldMap, QueryFormat};
use crate::rowset;

pub use message::message;

/// Reads bytes as the answer of several queries, with a row limit that short answers reach: as XMLP where
/// they begin like XML, else as JSON.
pub fn query_answer(bytes: &[u8]) {
    const MAX_ROWS: u32 = 4;
    let format = match bytes.trim_ascii_start().first() {
        Some(b'<') => QueryFormat::Xmlp,
        _ => QueryFormat::Json,
    };
    let whole = crate::query::parse(format, bytes, MAX_ROWS);
    // Pieces of a few bytes each, and of a size that the answer itself draws.
    let size = bytes
        .iter()
        .fold(1_usize, |size, byte| size.wrapping_add(usize::from(*byte)))
        % 61;
    let pieces = crate::query::parse_in_pieces(format, bytes, MAX_ROWS, &[3, size + 1, 1]);
    match (&whole, &pieces) {
        (Ok(whole), Ok(pieces)) => assert_eq!(whole, pieces),
        (Err(whole), Err(pieces)) => assert_eq!(whole.kind(), pieces.kind()),
        _ => assert_eq!(whole.is_ok(), pieces.is_ok()),
    }
    let Ok(rows) = whole else {
        return;
    };
    for row in rows.rows() {
        let _ = row.decode::<BTreeMap<&str, &str>>(&FieldMap::new());
    }
    let profile = Profile::default();
    let zone = Zone::utc();
    if let Ok(page) = page_of_rows::<PurchaseOrder>(&rows, &profile.purchase_orders, &zone) {
        assert_eq!(page.next.is_some(), rows.truncated());
        assert!(page.items.len() <= rows.rows().len());
        for order in page.items.iter().flatten() {
            let json = serde_json::to_vec(order).unwrap_or_default();
            assert_eq!(
                serde_json::from_slice::<PurchaseOrder>(&json).ok().as_ref(),
                Some(order)
            );
        }
    }
    if let Ok(page) = page_of_rows::<BillingInvoice>(&rows, &profile.billing_invoices, &zone) {
        assert_eq!(page.next.is_some(), rows.truncated());
    }
    if let Ok(page) = page_of_rows::<Voucher>(&rows, &profile.vouchers, &zone) {
        assert_eq!(page.next.is_some(), rows.truncated());
        for voucher in page.items.iter().flatten() {
            let json = serde_json::to_vec(voucher).unwrap_or_default();
            assert_eq!(
                serde_json::from_slice::<Voucher>(&json).ok().as_ref(),
                Some(voucher)
            );
        }
    }
    if let Ok(page) = page_of_rows::<Payment>(&rows, &profile.payments, &zone) {
        assert_eq!(page.next.is_some(), rows.truncated());
    }
    if let Ok(page) = page_of_rows::<ReceiptLine>(&rows, &profile.receipts, &zone) {
        assert_eq!(page.next.is_some(), rows.truncated());
    }
}

/// Reads bytes as an answer of a component interface, XML or JSON: what is read can be written and read
/// again.
pub fn component_answer(bytes: &[u8]) {
    use crate::component_interface::{
        Names, read_json, read_xml, verdict_of, write_json, write_xml,
    };
    if let Ok(Some((_, buffer))) = read_xml(bytes) {
        verdict_of(&buffer);
        if let Ok(xml) = write_xml("Get", "urn:m", &buffer, &Names::default()) {
            let again = read_xml(&xml).ok().flatten().map(|(_, again)| again);
            // A text beside elements is nobody's; the rest has to come back as it was.
            assert_eq!(again.as_ref(), Some(&buffer));
        }
    }
    if let Ok(buffer) = read_json(bytes, "row") {
        verdict_of(&buffer);
        let json = write_json(&buffer, &Names::default(), &[], "");
        assert!(read_json(json.as_bytes(), "").is_ok());
    }
    let _ = crate::component_interface::Contract::read(bytes);
}

/// Reads bytes as an error document of Integration Broker, in XML and in JSON.
pub fn ib_response(bytes: &[u8]) {
    let in_xml = crate::ib_response::parse(bytes);
    // One document is an error or a success, never both.
    assert!(in_xml.is_none() || crate::ib_response::transaction_id(bytes).is_none());
    for fault in in_xml
        .into_iter()
        .chain(crate::ib_response::parse_json(bytes))
    {
        is_presentable(&fault);
    }
}

/// Reads bytes as a SOAP answer, and puts what it holds into an envelope again.
pub fn soap_envelope(bytes: &[u8]) {
    if let Some(fault) = crate::soap::fault(bytes) {
        is_presentable(&fault.into_fault());
    }
    let Ok(envelope) = crate::soap::unwrap(bytes) else {
        return;
    };
    let content = bytes.get(envelope.content).unwrap_or_default();
    let again = crate::soap::wrap(envelope.version, None, content);
    let found = crate::soap::unwrap(&again).map(|found| (found.version, again.get(found.content)));
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    assert_eq!(found, Ok((envelope.version, Some(content))));
}

fn is_presentable(fault: &crate::error::Fault) {
    for text in std::iter::once(fault.text()).chain(fault.details().iter().map(String::as_str)) {
        assert!(text.chars().count() <= 500);
        assert!(!text.contains(char::is_control));
    }
    assert!(!fault.to_string().contains(char::is_control));
}

/// Reads bytes as a rowset message, in one piece and in pieces of three, and writes what was read.
pub fn rowset(bytes: &[u8]) {
    let whole = read_all(rowset::Reader::from_slice(bytes, rowset_options()));
    let pieces = read_all(rowset::Reader::new(Pieces(bytes), rowset_options()));
    assert_eq!(whole, pieces);
    let Ok(transactions) = whole else {
        return;
    };
    let mut message = rowset::Message::new("M");
    for rows in &transactions {
        message = message.transaction(rows.clone(), rowset::Pscama::default());
    }
    // Names that a message may have and a PeopleSoft record may not, and the like, are not written.
    let Ok(xml) = message.to_xml(&rowset::WriteOptions::default()) else {
        return;
    };
    let again = rowset::Reader::from_slice(xml.as_bytes(), rowset_options());
    assert_eq!(read_all(again), Ok(transactions));
}

fn rowset_options() -> rowset::ReadOptions {
    rowset::ReadOptions::default()
        .any_case(true)
        .parts(true)
        .keep_blanks(true)
}

fn read_all<S: rowset::Source>(
    mut reader: rowset::Reader<S>,
) -> Result<Vec<Vec<rowset::NewRow>>, crate::ErrorKind> {
    let mut all = Vec::new();
    while let Some(transaction) = reader.next_transaction().map_err(|error| error.kind())? {
        let rows = transaction
            .rows()
            .map(|row| rowset::NewRow::from(row).action(None));
        all.push(rows.collect());
    }
    Ok(all)
}

/// Gives three bytes at a time.
struct Pieces<'a>(&'a [u8]);

impl std::io::Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let (now, later) = self.0.split_at(self.0.len().min(3));
        self.0 = later;
        if let Some(out) = out.get_mut(..now.len()) {
            out.copy_from_slice(now);
        }
        Ok(now.len())
    }
}

#[cfg(test)]
mod tests;
