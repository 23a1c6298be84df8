//! The purchase order change: 860.

use x12_edi::ErrorKind;
use x12_edi::document::purchase_order::PurchaseOrder;
use x12_edi::document::purchase_order_change::{ChangedLine, PurchaseOrderChange};
use x12_edi::document::segments::{
    AllowanceCharge, Amount, ChangedItem, Contact, Currency, DateReference, LineChange, Reference,
    Schedule,
};
use x12_edi::document::{Note, Party};

use crate::support::{codes, date, dec, golden, read, text_of, written};

fn full() -> PurchaseOrderChange {
    let mut change = PurchaseOrderChange::new("US001-0000004711", date(2));
    change.beginning.change_sequence = Some("1".into());
    change.beginning.date = Some(date(5));
    change.currency = Some(Currency::new("BY", "USD"));
    change.references.push(Reference::new("DP", "099"));
    change
        .contacts
        .push(Contact::new("BD", "Jane Buyer").with_number("TE", "5551234"));
    change
        .charges
        .push(AllowanceCharge::allowance("C310", dec("5")).into());
    change.dates.push(DateReference::new("002", date(25)));
    change.amounts.push(Amount::new("BAP", dec("1000")).into());
    change.notes.push(Note::new("L1", "WHY", ["Plan changed"]));
    change
        .parties
        .push(Party::new("ST", "Plant 7").with_id("92", "P7"));
    let more = ChangedItem::new("1", "QI", dec("12"), dec("8"), "EA").with_price(dec("12.50"));
    let mut line = ChangedLine::new(more)
        .with_product_id("VN", "AB-1")
        .with_description("Bolt, 10 mm")
        .with_schedule(Schedule::new(dec("4"), "EA", "002", date(15)))
        .with_schedule(Schedule::new(dec("8"), "EA", "002", date(29)));
    line.amounts.push(Amount::new("1", dec("150.00")).into());
    change.lines.push(line);
    let mut gone = ChangedItem::default();
    gone.line_number = Some("2".into());
    gone.change_code = "DI".into();
    change.lines.push(ChangedLine::new(gone));
    change.count_lines();
    change.total_amounts.push(Amount::new("TT", dec("150.00")));
    change
}

#[test]
fn a_full_change_is_written_as_agreed_and_comes_back() {
    let change = full();
    golden("golden-860.edi", &change);
    assert_eq!(change.order_number(), "US001-0000004711");
    assert!(!change.is_cancellation());
    assert_eq!(change.reference("DP"), Some("099"));
    assert!(change.party("ST").is_some());
    let item = &change.lines[0].item;
    assert_eq!(item.change(), LineChange::QuantityIncreased);
    assert_eq!(item.product_id("VN"), Some("AB-1"));
    assert_eq!(change.lines[1].item.change(), LineChange::Deleted);
}

#[test]
fn every_code_of_a_change_has_its_meaning() {
    let meanings = [
        ("AI", LineChange::Added),
        ("CA", LineChange::Changed),
        ("RZ", LineChange::Replaced),
        ("NC", LineChange::Unchanged),
        ("QD", LineChange::QuantityDecreased),
        ("PC", LineChange::PriceChanged),
        ("PQ", LineChange::PriceAndQuantityChanged),
        ("RS", LineChange::Rescheduled),
        ("CT", LineChange::Rescheduled),
        ("RB", LineChange::Rescheduled),
        ("RQ", LineChange::RescheduledWithQuantity),
        ("PR", LineChange::RescheduledWithPrice),
        ("MU", LineChange::RescheduledWithPriceAndQuantity),
        ("RE", LineChange::ItemReplaced),
        ("RM", LineChange::ItemReplaced),
        ("TI", LineChange::Transferred),
        ("RC", LineChange::Refused),
        ("XX", LineChange::Other("XX".into())),
    ];
    for (code, meaning) in meanings {
        assert_eq!(LineChange::of(code), meaning);
    }
}

#[test]
fn a_change_starts_from_its_order() {
    let mut order = PurchaseOrder::new("4711", date(2));
    order.beginning.order_type = "RL".into();
    order.beginning.release = Some("7".into());
    order.beginning.contract = Some("C-9".into());
    let change = PurchaseOrderChange::of_order(&order);
    assert!(text_of(&change).contains("BCH*04*RL*4711*7**20240102**C-9~\n"));
}

#[test]
fn an_odd_change_comes_back_byte_for_byte() {
    let (change, findings) = read::<PurchaseOrderChange>(
        "BCH*01*SA*4711***20240102~
AMT*BAP*5~
REF*XX*1~
FA1*DY~
FA2*18*x~
LM*DF~
LQ*0*x~
SPI*00~
N1*MF*inner~
N1*ST*Plant 7~
POC*1*QI*12*8*EA>1>*5~
QTY*01*5~
SI*GC*01*x~
LS*LDT~
LDT*AF*5*DA~
QTY*01*5~
REF*CO*inner~
LE*LDT~
REF*CO*of the line~
MSG*text~
AMT*1*5~
REF*XX*1~
PCT*1*5~
CTT*1~
AMT*TT*1~
AMT*1*2~
",
    );
    assert!(change.is_cancellation());
    assert_eq!(change.amounts[0].references.len(), 1);
    assert_eq!(change.amounts[0].other_segments().len(), 2);
    // The party of SPI cannot be told from one of the order by its id alone.
    assert_eq!(change.parties.len(), 0);
    let line = &change.lines[0];
    assert_eq!(
        line.item.unit.as_ref().map(|unit| unit.as_str()),
        Some("EA")
    );
    assert_eq!(line.references.len(), 1);
    assert_eq!(line.amounts[0].references.len(), 1);
    assert_eq!(line.other_segments().len(), 8);
    assert_eq!(change.total_amounts.len(), 2);
    assert_eq!(codes(&findings), []);
}

#[test]
fn a_composite_unit_is_kept_until_it_is_changed() {
    let content = "BCH*04*SA*4711***20240102~\nPOC*1*QI*12*8*EA>2*5~\n";
    let (mut change, findings) = read::<PurchaseOrderChange>(content);
    assert_eq!(codes(&findings), []);
    change.lines[0].item.quantity = Some(dec("13"));
    assert!(text_of(&change).contains("POC*1*QI*13*8*EA>2*5~"));
    change.lines[0].item.unit = Some("DZ".into());
    assert!(text_of(&change).contains("POC*1*QI*13*8*DZ*5~"));
    let (_, findings) = read::<PurchaseOrderChange>(
        "BCH*04*SA*4711***20240102~\nPOC*1*QI*12*8*EACH>2*5~\nPOC*2*QI*12~\nPOC*3~\n",
    );
    assert_eq!(
        codes(&findings),
        [
            ("element-too-long", "POC", 5),
            ("element-condition-missing", "POC", 4),
            ("element-missing", "POC", 2),
        ]
    );
}

#[test]
fn what_the_standard_forbids_is_refused() {
    let refused = |change: &dyn Fn(&mut PurchaseOrderChange)| {
        let mut document = full();
        change(&mut document);
        let error = written(&document).unwrap_err();
        (
            error.kind(),
            error.segment().unwrap_or_default().to_owned(),
            error.element().unwrap_or(0),
        )
    };
    assert_eq!(
        refused(&|c| c.lines[0].item.change_code = "".into()),
        (ErrorKind::Missing, "POC".to_owned(), 2)
    );
    assert_eq!(
        refused(&|c| c.lines[0].item.quantity_left = None),
        (ErrorKind::Condition, "POC".to_owned(), 4)
    );
    assert_eq!(
        refused(&|c| c.beginning.change_sequence = Some("123456789".into())),
        (ErrorKind::Length, "BCH".to_owned(), 5)
    );
}
