//! Answers, changes, payments and levels built call by call, and looked at without a copy.

use x12_edi::document::Party;
use x12_edi::document::change_acknowledgment::{AnsweredLine, ChangeAcknowledgment};
use x12_edi::document::payment_order::{PaymentOrder, PaymentParty, Remittance, RemittanceEntity};
use x12_edi::document::purchase_order_acknowledgment::{
    AcknowledgedLine, PurchaseOrderAcknowledgment,
};
use x12_edi::document::purchase_order_change::{ChangedLine, PurchaseOrderChange};
use x12_edi::document::segments::{
    AcknowledgmentBeginning, ChangeAcknowledgmentBeginning, ChangeBeginning, ChangedItem, Currency,
    DateReference, Entity, ItemIdentification, LevelKind, LineAcknowledgment, Marks, OrderItem,
    OrderReference, Packages, PaymentBeginning, Reference, RemittanceItem, ShippedItem, Trace,
};
use x12_edi::document::ship_notice::{Level, ShipNotice};
use x12_edi::document::view::Outline;
use x12_edi::schema::Release;
use x12_edi::value::Time;
use x12_edi::{ErrorKind, Result};

use crate::support::{Document, codes, date, dec, set_of, written};

/// Writes a document, reads it again, and gives the set for a view.
fn again<D: Document + PartialEq + std::fmt::Debug>(document: &D) -> x12_edi::TransactionSet {
    let bytes = written(document).unwrap();
    let set = set_of(&bytes);
    let (parsed, findings) = D::read(&set);
    assert_eq!(codes(&findings), []);
    assert_eq!(&parsed, document);
    set
}

fn item() -> OrderItem {
    OrderItem::new("1", dec("10"), "EA", dec("12.5"))
}

fn answer(release: Release) -> Result<PurchaseOrderAcknowledgment> {
    let line = AcknowledgedLine::builder(release)
        .item(item())?
        .status(LineAcknowledgment::new("IA", dec("10"), "EA"))?
        .date(DateReference::new("067", date(15)))?
        .build()?;
    PurchaseOrderAcknowledgment::builder(release)
        .beginning(AcknowledgmentBeginning::new("AC", "4711", date(2)))?
        .currency(Currency::new("BY", "USD"))?
        .reference(Reference::new("CO", "S-9"))?
        .party(Party::new("ST", "Plant 7").with_id("92", "P7"))?
        .line(line)?
        .build()
}

#[test]
fn an_answer_is_built_and_seen() {
    for &release in Release::ALL {
        let answer = answer(release).unwrap();
        let set = again(&answer);
        let mut outline = Outline::new();
        let view = PurchaseOrderAcknowledgment::view(&set, &mut outline);
        assert_eq!(view.beginning().order_number(), "4711");
        assert_eq!(view.currency().code(), "USD");
        assert_eq!(view.parties().next().unwrap().name().id(), "P7");
        let line = view.lines().next().unwrap();
        assert_eq!(line.item().quantity(), Some(dec("10")));
        let status = line.statuses().next().unwrap();
        assert_eq!(status.acknowledgment().status(), "IA");
        assert!(!status.date().is_present());
        assert_eq!(line.dates().next().unwrap().date(), Some(date(15)));
        assert_eq!(view.totals().line_items(), Some(1));
    }
}

#[test]
fn a_change_and_its_answer_are_built_and_seen() {
    for &release in Release::ALL {
        let item = ChangedItem::new("1", "QI", dec("12"), dec("8"), "EA");
        let line = ChangedLine::builder(release)
            .item(item.clone())
            .unwrap()
            .build()
            .unwrap();
        let change = PurchaseOrderChange::builder(release)
            .beginning(ChangeBeginning::new("4711", date(2)))
            .and_then(|b| b.line(line))
            .and_then(|b| b.build())
            .unwrap();
        let set = again(&change);
        let mut outline = Outline::new();
        let view = PurchaseOrderChange::view(&set, &mut outline);
        let seen = view.lines().next().unwrap();
        assert_eq!(seen.item().quantity(), Some(dec("12")));
        assert_eq!(view.total_amounts().count(), 0);

        let line = AnsweredLine::builder(release)
            .item(item)
            .and_then(|b| b.status(LineAcknowledgment::new("IA", dec("12"), "EA")))
            .and_then(|b| b.build())
            .unwrap();
        let answer = ChangeAcknowledgment::builder(release)
            .beginning(ChangeAcknowledgmentBeginning::new("AC", "4711", date(2)))
            .and_then(|b| b.line(line))
            .and_then(|b| b.build())
            .unwrap();
        let set = again(&answer);
        let mut outline = Outline::new();
        let view = ChangeAcknowledgment::view(&set, &mut outline);
        let seen = view.lines().next().unwrap();
        assert_eq!(
            seen.statuses().next().unwrap().acknowledgment().quantity(),
            Some(dec("12"))
        );
    }
}

#[test]
fn a_payment_is_built_and_seen() {
    for release in [Release::V004010, Release::V005010] {
        let remittance = Remittance::builder(release)
            .item(RemittanceItem::invoice("R-1", dec("98.00")))
            .and_then(|b| b.date(DateReference::new("003", date(1))))
            .and_then(|b| b.build())
            .unwrap();
        let entity = RemittanceEntity::builder(release)
            .entity(Entity::new(1))
            .and_then(|b| b.remittance(remittance))
            .and_then(|b| b.build())
            .unwrap();
        let payment = PaymentOrder::builder(release)
            .beginning(PaymentBeginning::new(dec("98.00"), "ACH"))
            .and_then(|b| b.trace(Trace::new("000123")))
            .and_then(|b| b.party(PaymentParty::new("PR", "Alpha Corp")))
            .and_then(|b| b.entity(entity))
            .and_then(|b| b.build())
            .unwrap();
        let set = again(&payment);
        let mut outline = Outline::new();
        let view = PaymentOrder::view(&set, &mut outline);
        assert_eq!(view.beginning().amount(), Some(dec("98.00")));
        assert_eq!(view.trace().number(), "000123");
        let entity = view.entities().next().unwrap();
        let item = entity.remittances().next().unwrap();
        assert_eq!(item.item().number(), "R-1");
        assert_eq!(item.dates().next().unwrap().date(), Some(date(1)));
    }
}

#[test]
fn levels_of_a_shipment_are_built_and_seen() {
    for &release in Release::ALL {
        let shipment = Level::builder(release)
            .kind(&LevelKind::Shipment)
            .packages(Packages::new("CTN25", 2))
            .and_then(|b| b.date(DateReference::new("011", date(30))))
            .unwrap()
            .build();
        let order = Level::builder(release)
            .kind(&LevelKind::Order)
            .order(OrderReference::new("4711"))
            .unwrap()
            .build();
        let part = Level::builder(release)
            .kind(&LevelKind::Item)
            .identification(ItemIdentification::new("1", "VN", "AB-1"))
            .and_then(|b| b.shipped(ShippedItem::new(dec("10"), "EA")))
            .and_then(|b| b.marks(Marks::new("CP", "1Z9")))
            .unwrap()
            .build();
        let mut notice = ShipNotice::new("S-77", date(30), Time::new(9, 30).unwrap());
        notice.release = release;
        let top = notice.add(shipment);
        let below = notice.add_below(&top, order).unwrap();
        notice.add_below(&below, part).unwrap();
        notice.count_levels();
        let set = again(&notice);
        let mut outline = Outline::new();
        let view = ShipNotice::view(&set, &mut outline);
        let levels: Vec<_> = view.levels().collect();
        assert_eq!(levels.len(), 3);
        assert_eq!(levels[0].packages().next().unwrap().count(), Some(2));
        assert_eq!(levels[1].order().order_number(), "4711");
        assert_eq!(levels[2].hierarchy().parent_id(), "2");
        assert_eq!(levels[2].shipped().quantity(), Some(dec("10")));
    }
}

#[test]
fn a_mistake_is_told_at_its_call() {
    let release = Release::V004010;
    let error = AcknowledgedLine::builder(release)
        .status(LineAcknowledgment::new("I", dec("1"), "EA"))
        .unwrap_err();
    assert_eq!((error.segment(), error.element()), (Some("ACK"), Some(1)));
    let twice = Level::builder(release)
        .order(OrderReference::new("1"))
        .and_then(|b| b.order(OrderReference::new("2")))
        .unwrap_err();
    assert_eq!(
        (twice.kind(), twice.segment()),
        (ErrorKind::Condition, Some("PRF"))
    );
    let error = PaymentOrder::builder(release).build().unwrap_err();
    assert_eq!(error.segment(), Some("BPR"));
}
