//! What the releases have in different ways.

use x12_edi::document::Note;
use x12_edi::document::payment_order::PaymentOrder;
use x12_edi::document::purchase_order_acknowledgment::PurchaseOrderAcknowledgment;
use x12_edi::document::segments::{Marks, Pallet, Reference};
use x12_edi::document::ship_notice::{Level, ShipNotice};
use x12_edi::envelope::{GroupHeader, InterchangeHeader, InterchangeId};
use x12_edi::finding::Finding;
use x12_edi::schema::Release;
use x12_edi::value::{ControlNumber, Time};
use x12_edi::{ErrorKind, Writer};

use crate::support::{Document, codes, date, file, set_of, text_of, written};

fn read_as<D: Document>(release: Release, content: &str) -> (D, Vec<Finding>) {
    let bytes = String::from_utf8(file::<D>(content)).unwrap();
    let bytes = bytes.replace("X*004010~", &format!("X*{release}~"));
    let (document, findings) = D::read(&set_of(bytes.as_bytes()));
    let body = |text: &str| text.split_once("ST*").unwrap().1.to_owned();
    assert_eq!(body(&text_of(&document)), body(&bytes));
    (document, findings)
}

#[test]
fn lengths_and_elements_follow_the_release() {
    let long = "X".repeat(45);
    let payment =
        format!("BPR*C*1*C*ACH~\nREF*CK*{long}~\nENT*1~\nNM1*IL*1*DOE*JOHN*******QE*Q~\n");
    let (document, findings) = read_as::<PaymentOrder>(Release::V004010, &payment);
    assert_eq!(document.release, Release::V004010);
    assert_eq!(
        codes(&findings),
        [
            ("element-too-long", "REF", 2),
            ("element-surplus", "NM1", 12),
            ("element-condition-missing", "NM1", 10),
        ]
    );
    let payment = payment.replace("*******QE*Q~", "******26*QE*Q~");
    let (document, findings) = read_as::<PaymentOrder>(Release::V005010, &payment);
    assert_eq!(document.release, Release::V005010);
    assert_eq!(codes(&findings), []);
    let name = &document.entities[0].names[0].name;
    assert_eq!(name.further_name.as_ref().unwrap(), "Q");
}

#[test]
fn texts_stand_in_msg_and_from_005010_on_in_mtx() {
    let content = "BAK*00*AC*4711*20240102~\nN9*L1*x~\nDTM*002*20240101~\nMTX**one*two~\nMTX**three~\n\
                   PWK*PR~\nEFI*01~\n";
    let (document, findings) = read_as::<PurchaseOrderAcknowledgment>(Release::V005010, content);
    assert_eq!(codes(&findings), []);
    let texts: Vec<_> = document.notes[0].texts().collect();
    assert_eq!(texts, ["one", "two", "three"]);
    assert_eq!(document.notes[0].other_segments().len(), 3);

    let mut answer = PurchaseOrderAcknowledgment::new("AC", "4711", date(2));
    answer.release = Release::V005010;
    answer.notes.push(Note::long("L1", "x", ["y".repeat(300)]));
    let text = text_of(&answer);
    assert!(text.contains("N9*L1*x~\nMTX**yyy"), "{text}");
    assert_eq!(Note::new("L1", "x", ["a", "b"]).texts().count(), 2);
}

#[test]
fn a_document_is_checked_as_its_release_has_it() {
    let mut notice = ShipNotice::new("S-77", date(30), Time::new(9, 30).unwrap());
    let mut pallet = Pallet::default();
    pallet.structure = Some("A".into());
    let mut shipment = Level::shipment();
    shipment.pallet = Some(Box::new(pallet));
    shipment
        .references
        .push(Reference::new("BM", "B".repeat(50)));
    let shipment = notice.add(shipment);
    notice
        .add_below(&shipment, Level::pack(Marks::new("CP", "1Z9")))
        .unwrap();
    let error = written(&notice).unwrap_err();
    let places: Vec<_> = error
        .problems()
        .iter()
        .map(|p| (p.segment.as_str(), p.element.unwrap_or(0)))
        .collect();
    assert_eq!(places, [("REF", 2), ("PAL", 17)]);
    notice.release = Release::V005010;
    assert!(text_of(&notice).contains("*A~\nHL*2*1*P*0~"));
}

#[test]
fn the_guide_of_st_is_kept_and_written_back() {
    let content = "BAK*00*AC*4711*20240102~\n";
    let bytes = String::from_utf8(file::<PurchaseOrderAcknowledgment>(content)).unwrap();
    let bytes = bytes
        .replace("X*004010~", "X*005010~")
        .replace("ST*855*0001~", "ST*855*0001*GUIDE-7~");
    let (mut document, findings) = PurchaseOrderAcknowledgment::read(&set_of(bytes.as_bytes()));
    assert_eq!(codes(&findings), []);
    assert_eq!(document.implementation, Some("GUIDE-7".into()));
    assert_eq!(text_of(&document), bytes);
    document.check_all().unwrap();

    document.implementation = Some("X".repeat(36).into());
    let error = written(&document).unwrap_err();
    assert_eq!((error.segment(), error.element()), (Some("ST"), Some(3)));
    document.implementation = None;
    assert_eq!(text_of(&document), bytes.replace("*GUIDE-7", ""));

    // Before 005010 ST has no third element.
    document.release = Release::V004010;
    document.implementation = Some("GUIDE-7".into());
    let error = document.check_all().unwrap_err();
    assert_eq!((error.segment(), error.element()), (Some("ST"), Some(3)));
}

#[test]
fn a_group_of_another_release_refuses_the_document() {
    let time = Time::new(14, 30).unwrap();
    let number = ControlNumber::new(7).unwrap();
    let party = |id| InterchangeId::new("ZZ", id).unwrap();
    let header = InterchangeHeader::new(party("ALPHA"), party("BRAVO"), number, date(31), time);
    let mut writer = Writer::new(Vec::new());
    writer.start_interchange(&header).unwrap();
    let group = GroupHeader::new("PR", "ALPHA", "BRAVO", number, date(31), time);
    writer.start_group(&group.with_version("005010X1")).unwrap();
    let mut answer = PurchaseOrderAcknowledgment::new("AC", "4711", date(2));
    let before = writer.bytes_written();
    let error = answer.write(&mut writer, &number.into()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Condition);
    assert_eq!((error.segment(), error.element()), (Some("GS"), Some(8)));
    let text = error.to_string();
    assert!(
        text.contains("004010") && text.contains("005010X1"),
        "{text}"
    );
    assert_eq!(writer.bytes_written(), before);
    answer.release = Release::V005010;
    answer.write(&mut writer, &number.into()).unwrap();
}
