//! One document leads to the next; what all of them tell alike.

use x12_edi::document::change_acknowledgment::ChangeAcknowledgment;
use x12_edi::document::invoice::{Invoice, InvoiceLine};
use x12_edi::document::payment_order::{PaymentOrder, Remittance, RemittanceEntity};
use x12_edi::document::purchase_order::{OrderLine, PurchaseOrder};
use x12_edi::document::purchase_order_acknowledgment::PurchaseOrderAcknowledgment;
use x12_edi::document::purchase_order_change::PurchaseOrderChange;
use x12_edi::document::segments::{InvoiceItem, OrderItem};
use x12_edi::document::ship_notice::{Level, ShipNotice};
use x12_edi::value::Time;

use crate::support::{Document, codes, date, dec, file, set_of, text_of};

#[test]
fn a_shipment_starts_from_its_order() {
    let mut order = PurchaseOrder::new("4711", date(2));
    order.beginning.release = Some("7".into());
    order.beginning.contract = Some("C-9".into());
    let item = OrderItem::new("1", dec("10"), "EA", dec("2.5"));
    order
        .lines
        .push(OrderLine::new(item).with_product_id("VN", "AB-1"));
    let mut notice = ShipNotice::new("S-77", date(30), Time::new(9, 30).unwrap());
    let shipment = notice.add(Level::shipment());
    let level = notice
        .add_below(&shipment, Level::of_order(&order))
        .unwrap();
    notice
        .add_below(&level, Level::of_line(&order.lines[0], dec("6")))
        .unwrap();
    let text = text_of(&notice);
    let body = "HL*1**S*1~\nHL*2*1*O*1~\nPRF*4711*7**20240102**C-9~\nHL*3*2*I*0~\n\
                LIN*1*VN*AB-1~\nSN1**6*EA**10*EA~\n";
    assert!(text.contains(body), "{text}");
    // An item that the order does not identify cannot be shipped like that.
    order.lines[0].item.product_ids.clear();
    notice
        .add_below(&level, Level::of_line(&order.lines[0], dec("6")))
        .unwrap();
    let error = notice.check().unwrap_err();
    assert_eq!((error.segment(), error.element()), (Some("LIN"), Some(2)));
}

#[test]
fn a_payment_starts_from_its_invoices() {
    let mut invoice = Invoice::new("R-1", date(5), dec("1000"));
    invoice.beginning.order_number = Some("4711".into());
    let item = InvoiceItem::new("1", dec("1"), "EA", dec("1000"));
    invoice.lines.push(InvoiceLine::new(item));
    let mut payment = PaymentOrder::new(dec("980"), "ACH");
    let mut entity = RemittanceEntity::new(1);
    let mut paid = Remittance::of_invoice(&invoice, dec("980"));
    paid.item.discount = Some(dec("20"));
    entity.remittances.push(paid);
    payment.entities.push(entity);
    assert!(payment.is_balanced());
    let text = text_of(&payment);
    let body = "ENT*1~\nRMR*IV*R-1**980*1000*20~\nREF*PO*4711~\nDTM*003*20240105~\n";
    assert!(text.contains(body), "{text}");
}

/// The set must be another, its beginning missing, late or there twice.
fn tells<D: Document>(beginning: &str) {
    let id = beginning.split('*').next().unwrap();
    let read = |content: &str, code: &str| {
        let bytes = String::from_utf8(file::<D>(content)).unwrap();
        let bytes = bytes.replace(&format!("ST*{}*", D::CODE), &format!("ST*{code}*"));
        D::read(&set_of(bytes.as_bytes())).1
    };
    let found = read(beginning, "840");
    assert_eq!(codes(&found)[0], ("set-code-unexpected", "ST", 1));
    assert_eq!(found[0].value.as_deref(), Some("840"));
    let found = read("ZZZ*1~\n", D::CODE);
    assert_eq!(codes(&found)[0], ("segment-missing", id, 0));
    let found = read(&format!("{beginning}{beginning}"), D::CODE);
    assert_eq!(codes(&found)[0], ("segment-repeated", id, 0));
    let found = read(
        &format!("REF*CO*1~\nCUR*BY*USD~\nDTM*011*20240101~\nCTT*0~\n{beginning}"),
        D::CODE,
    );
    assert!(codes(&found).contains(&("segment-out-of-order", id, 0)));
    let found = read(&beginning.replacen('*', "*\u{e9}\u{e9}\u{e9}", 1), D::CODE);
    assert_eq!(codes(&found)[0], ("element-too-long", id, 1));
}

#[test]
fn every_document_tells_what_is_wrong_with_its_beginning() {
    tells::<PurchaseOrderAcknowledgment>("BAK*00*AC*1*20240101~\n");
    tells::<PurchaseOrderChange>("BCH*04*SA*1***20240101~\n");
    tells::<ChangeAcknowledgment>("BCA*00**1***20240101~\n");
    tells::<ShipNotice>("BSN*00*S-1*20240101*0930~\n");
    tells::<PaymentOrder>("BPR*C*1*C*ACH~\n");
}
