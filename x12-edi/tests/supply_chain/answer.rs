//! The purchase order acknowledgment: 855.

use x12_edi::ErrorKind;
use x12_edi::document::purchase_order::{OrderLine, PurchaseOrder};
use x12_edi::document::purchase_order_acknowledgment::{
    AcknowledgedLine, OrderAnswer, PurchaseOrderAcknowledgment,
};
use x12_edi::document::segments::{
    AllowanceCharge, Amount, Contact, Currency, DateReference, GeographicLocation,
    LineAcknowledgment, LineAnswer, Marks, OrderItem, ProductId, Reference, Schedule, Tax,
};
use x12_edi::document::{Note, Party};
use x12_edi::finding::FindingCode;

use crate::support::{codes, date, dec, golden, read, text_of, written};

fn full() -> PurchaseOrderAcknowledgment {
    let mut answer = PurchaseOrderAcknowledgment::new("AC", "US001-0000004711", date(2));
    answer.beginning.seller_order_number = Some("SO-88".into());
    answer.beginning.date = Some(date(3));
    answer.currency = Some(Currency::new("SE", "USD"));
    answer.references.push(Reference::new("CO", "SO-88"));
    answer
        .contacts
        .push(Contact::new("IC", "Sam Seller").with_number("TE", "5559876"));
    answer
        .charges
        .push(AllowanceCharge::charge("D240", dec("25")).into());
    answer.dates.push(DateReference::new("067", date(20)));
    answer.taxes.push(Tax::new("ST", dec("8.13")));
    answer
        .notes
        .push(Note::new("L1", "GENERAL", ["Two deliveries"]));
    let akron = GeographicLocation::new("Akron", "OH", "44301");
    answer
        .parties
        .push(Party::new("SE", "Bravo Ltd").with_address(["2 Side St"], akron));
    let item = OrderItem::new("1", dec("10"), "EA", dec("12.50"));
    let mut line = AcknowledgedLine::new(item)
        .with_product_id("VN", "AB-1")
        .with_answer(LineAcknowledgment::new("IA", dec("6"), "EA").with_date("068", date(18)))
        .with_answer(LineAcknowledgment::new("IB", dec("3"), "EA"));
    let mut substitute = LineAcknowledgment::new("IS", dec("1"), "EA");
    substitute.product_ids.push(ProductId::new("VN", "AB-2"));
    line = line.with_answer(substitute);
    line.statuses[1].date = Some(DateReference::new("069", date(30)));
    line.marks.push(Marks::new("CA", "BOX-1"));
    line.amount = Some(Amount::new("1", dec("125.00")));
    line.schedules
        .push(Schedule::new(dec("6"), "EA", "068", date(18)).into());
    answer.lines.push(line);
    let mut refused = AcknowledgedLine::new(OrderItem::new("2", dec("5"), "EA", dec(".0375")))
        .with_answer(LineAcknowledgment::new("R2", dec("5"), "EA"));
    refused.references.push(Reference::new("VT", "unknown"));
    answer.lines.push(refused);
    answer.count_lines();
    answer.total_amount = Some(Amount::new("TT", dec("125.00")));
    answer
}

#[test]
fn a_full_answer_is_written_as_agreed_and_comes_back() {
    let answer = full();
    golden("golden-855.edi", &answer);
    assert_eq!(answer.answer(), OrderAnswer::Changed);
    assert_eq!(answer.order_number(), "US001-0000004711");
    assert_eq!(answer.reference("CO"), Some("SO-88"));
    assert!(answer.party("SE").is_some() && answer.party("BY").is_none());
}

#[test]
fn a_line_says_what_becomes_of_it() {
    let answer = full();
    let line = &answer.lines[0];
    assert_eq!(
        line.answers().collect::<Vec<_>>(),
        [
            LineAnswer::Accepted,
            LineAnswer::Backordered,
            LineAnswer::Substituted
        ]
    );
    assert_eq!(line.answer(), None);
    assert_eq!(line.accepted_quantity(), Some(dec("7")));
    assert_eq!(line.backordered_quantity(), Some(dec("3")));
    assert_eq!(line.rejected_quantity(), Some(dec("0")));
    let substitute = &line.statuses[2].acknowledgment;
    assert_eq!(substitute.product_id("VN"), Some("AB-2"));
    let refused = &answer.lines[1];
    assert_eq!(refused.answer(), Some(LineAnswer::Rejected));
    assert_eq!(refused.rejected_quantity(), Some(dec("5")));
}

#[test]
fn every_code_of_a_line_has_its_group() {
    let groups = [
        ("IA AR AC AA", LineAnswer::Accepted),
        ("IC", LineAnswer::Changed),
        ("IQ", LineAnswer::QuantityChanged),
        ("IP", LineAnswer::PriceChanged),
        ("IE", LineAnswer::PricePending),
        ("DR", LineAnswer::Rescheduled),
        ("SP", LineAnswer::DatePending),
        ("IS", LineAnswer::Substituted),
        ("BP", LineAnswer::PartlyBackordered),
        ("IB", LineAnswer::Backordered),
        ("IH IF IW", LineAnswer::OnHold),
        ("ID", LineAnswer::Deleted),
        ("IR R1 R2 R3 R4 R5 R6 R7 R8", LineAnswer::Rejected),
    ];
    for (codes, group) in groups {
        for code in codes.split(' ') {
            assert_eq!(LineAnswer::of(code), group, "{code}");
        }
        // Nothing is both, and what waits is neither.
        assert!(!(group.is_accepted() && group.is_rejected()));
        assert_eq!(group.is_unchanged(), group == LineAnswer::Accepted);
    }
    let other = LineAnswer::of("XX");
    assert!(!other.is_accepted() && !other.is_rejected());
    for (code, group) in [
        ("AK", OrderAnswer::Accepted),
        ("AE", OrderAnswer::AcceptedButExceptions),
        ("AH", OrderAnswer::OnHold),
        ("RJ", OrderAnswer::Rejected),
        ("RO", OrderAnswer::CounterOffer),
    ] {
        assert_eq!(OrderAnswer::of(code), group);
    }
}

#[test]
fn an_order_is_answered() {
    let mut order = PurchaseOrder::new("4711", date(2));
    order.currency = Some(Currency::new("BY", "USD"));
    order.beginning.release = Some("7".into());
    for number in ["1", "2"] {
        let item = OrderItem::new(number, dec("4"), "EA", dec("2.5"));
        order.lines.push(OrderLine::new(item));
    }
    let mut answer = PurchaseOrderAcknowledgment::to_order("AD", &order);
    for line in &mut answer.lines {
        line.accept();
    }
    assert_eq!(answer.answer(), OrderAnswer::Accepted);
    assert!(
        text_of(&answer).contains(
            "BAK*00*AD*4711*20240102*7~\nCUR*BY*USD~\nPO1*1*4*EA*2.5~\nACK*IA*4*EA~\n\
             PO1*2*4*EA*2.5~\nACK*IA*4*EA~\nCTT*2~\n"
        ),
        "{}",
        text_of(&answer)
    );
    // A quantity that nobody gave is none to be accepted.
    answer.lines[0].item.quantity = None;
    answer.lines[0].item.unit = None;
    answer.lines[0].accept();
    assert!(text_of(&answer).contains("PO1*1***2.5~\nACK*IA~\n"));
    assert_eq!(answer.lines[0].accepted_quantity(), None);
}

#[test]
fn an_odd_answer_comes_back_byte_for_byte() {
    let (answer, findings) = read::<PurchaseOrderAcknowledgment>(
        "BAK*00*AC*4711*20240102****~
TAX*EXEMPT~
CTB*OR*x~
SAC*C*D240***2500~
CUR*SE*USD~
N9*L1*x~
DTM*002*20240101~
MSG*one~
N1*ST*Plant 7*92*P7~
FOB*PP~
NX2*01*x~
ADV*01~
DTM*002*20240101~
PO1*1*010*EA*5~
SLN*1**I*2*EA~
ACK*IA~
N1*MF*Maker~
N1*ST*not of the subline~
DTM*067*20240105~
",
    );
    assert!(answer.charges[0].currency.is_some());
    assert_eq!(answer.notes[0].messages.len(), 1);
    assert_eq!(answer.parties[0].other_segments().len(), 2);
    assert_eq!(answer.other_segments().len(), 4);
    assert_eq!(answer.lines[0].statuses, []);
    assert_eq!(answer.lines[0].other_segments().len(), 5);
    assert_eq!(codes(&findings), []);
}

#[test]
fn what_is_wrong_with_an_answer_is_told() {
    let (_, findings) = read::<PurchaseOrderAcknowledgment>(
        "BAK*00*AC*4711*20240102~
REF*CO*1~
CUR*SE*USD~
CUR*SE*EUR~
BAK*00*AC*4711*20240102~
PO1*1*1*EA*5~
ACK*TOOLONG*5~
DTM*067*20240199~
DTM*067*20240101~
CTT*2~
AMT*TT*1~
AMT*TT*2~
",
    );
    assert_eq!(
        codes(&findings),
        [
            ("segment-out-of-order", "CUR", 0),
            ("segment-repeated", "CUR", 0),
            ("segment-repeated", "BAK", 0),
            ("element-too-long", "ACK", 1),
            ("element-condition-missing", "ACK", 3),
            ("element-date-invalid", "DTM", 2),
            ("segment-repeated", "DTM", 0),
            ("segment-repeated", "AMT", 0),
            ("line-count-wrong", "CTT", 1),
        ]
    );
}

#[test]
fn another_set_is_told_and_kept() {
    let bytes = crate::support::file::<PurchaseOrderAcknowledgment>("BAK*00*AC*1*20240102~\n");
    let bytes = String::from_utf8(bytes)
        .unwrap()
        .replace("ST*855", "ST*856");
    let set = crate::support::set_of(bytes.as_bytes());
    let parsed = PurchaseOrderAcknowledgment::parse(&set);
    assert_eq!(parsed.findings.len(), 1);
    assert_eq!(parsed.findings[0].code, FindingCode::SetCodeUnexpected);
    assert_eq!(parsed.document.order_number(), "1");
    let empty = crate::support::file::<PurchaseOrderAcknowledgment>("");
    let parsed = PurchaseOrderAcknowledgment::parse(&crate::support::set_of(&empty));
    assert_eq!(codes(&parsed.findings), [("segment-missing", "BAK", 0)]);
}

#[test]
fn a_change_changes_its_place_alone() {
    let content = "BAK*00*AC*4711*20240102****~\nREF*CO*1*text~\nPO1*1*010*EA*5~\nACK*IA*+1*EA~\n\
                   MTX**later~\nCTT*1~\n";
    let (mut answer, _) = read::<PurchaseOrderAcknowledgment>(content);
    answer.references[0].value = Some("2".into());
    answer.lines[0].statuses[0].acknowledgment.status = "IB".into();
    answer.lines[0].statuses[0].acknowledgment.quantity = Some(dec("1"));
    let text = text_of(&answer);
    let body = "BAK*00*AC*4711*20240102****~\nREF*CO*2*text~\nPO1*1*010*EA*5~\nACK*IB*1*EA~\n\
                MTX**later~\nCTT*1~\n";
    assert!(text.contains(body), "{text}");
}

#[test]
fn what_the_standard_forbids_is_refused() {
    let refused = |change: &dyn Fn(&mut PurchaseOrderAcknowledgment)| {
        let mut answer = full();
        change(&mut answer);
        let error = written(&answer).unwrap_err();
        assert_eq!(answer.check().unwrap_err().to_string(), error.to_string());
        let place = (
            error.segment().unwrap_or_default().to_owned(),
            error.element(),
        );
        (error.kind(), place)
    };
    let at = |id: &str, element| (id.to_owned(), Some(element));
    assert_eq!(
        refused(&|a| a.beginning.acknowledgment_type = "".into()),
        (ErrorKind::Missing, at("BAK", 2))
    );
    assert_eq!(
        refused(&|a| a.beginning.order_date = None),
        (ErrorKind::Missing, at("BAK", 4))
    );
    assert_eq!(
        refused(&|a| a.lines[0].statuses[0].acknowledgment.unit = None),
        (ErrorKind::Condition, at("ACK", 3))
    );
    assert_eq!(
        refused(&|a| a.lines[0].statuses[0].acknowledgment.status = "ACCEPTED".into()),
        (ErrorKind::Length, at("ACK", 1))
    );
    let ids = |count: usize| vec![ProductId::new("VN", "1"); count];
    assert_eq!(
        refused(&|a| a.lines[0].statuses[0].acknowledgment.product_ids = ids(11)),
        (ErrorKind::Condition, at("ACK", 27))
    );
}
