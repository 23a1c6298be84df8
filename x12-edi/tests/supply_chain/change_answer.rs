//! The answer to a purchase order change: 865.

use x12_edi::document::change_acknowledgment::{AnsweredLine, ChangeAcknowledgment};
use x12_edi::document::purchase_order_acknowledgment::OrderAnswer;
use x12_edi::document::purchase_order_change::{ChangedLine, PurchaseOrderChange};
use x12_edi::document::segments::{
    Amount, ChangedItem, Contact, DateReference, LineAcknowledgment, LineAnswer, Reference,
};
use x12_edi::document::{Note, Party};

use crate::support::{codes, date, dec, golden, read, text_of};

fn full() -> ChangeAcknowledgment {
    let mut answer = ChangeAcknowledgment::new("AC", "US001-0000004711", date(2));
    answer.beginning.change_sequence = Some("1".into());
    answer.beginning.acknowledgment_date = Some(date(7));
    answer.references.push(Reference::new("CO", "SO-88"));
    answer.contacts.push(Contact::new("IC", "Sam Seller"));
    answer.dates.push(DateReference::new("067", date(20)));
    answer.notes.push(Note::new("L1", "WHY", ["Out of stock"]));
    answer.parties.push(Party::new("SE", "Bravo Ltd"));
    answer.amounts.push(Amount::new("1", dec("150")).into());
    let item = ChangedItem::new("1", "QI", dec("12"), dec("8"), "EA").with_price(dec("12.50"));
    let mut line = AnsweredLine::new(item)
        .with_product_id("VN", "AB-1")
        .with_answer(LineAcknowledgment::new("IA", dec("10"), "EA").with_date("067", date(20)))
        .with_answer(LineAcknowledgment::new("IR", dec("2"), "EA"));
    line.statuses[0].date = Some(DateReference::new("068", date(18)));
    answer.lines.push(line);
    answer.count_lines();
    answer.total_amounts.push(Amount::new("TT", dec("125.00")));
    answer
}

#[test]
fn a_full_answer_is_written_as_agreed_and_comes_back() {
    let answer = full();
    golden("golden-865.edi", &answer);
    assert_eq!(answer.answer(), Some(OrderAnswer::Changed));
    assert_eq!(answer.order_number(), "US001-0000004711");
    assert_eq!(answer.reference("CO"), Some("SO-88"));
    assert!(answer.party("SE").is_some());
    let line = &answer.lines[0];
    assert_eq!(line.accepted_quantity(), Some(dec("10")));
    assert_eq!(line.answer(), None);
    assert_eq!(
        line.answers().collect::<Vec<_>>(),
        [LineAnswer::Accepted, LineAnswer::Rejected]
    );
}

#[test]
fn a_change_is_answered() {
    let mut change = PurchaseOrderChange::new("4711", date(2));
    change.beginning.change_sequence = Some("3".into());
    change.beginning.date = Some(date(5));
    let item = ChangedItem::new("1", "QD", dec("4"), dec("4"), "EA");
    change.lines.push(ChangedLine::new(item));
    let mut answer = ChangeAcknowledgment::to_change("AD", &change);
    answer.lines[0].accept();
    assert_eq!(answer.lines[0].answer(), Some(LineAnswer::Accepted));
    assert!(
        text_of(&answer).contains(
            "BCA*00*AD*4711**3*20240102*****20240105~\nPOC*1*QD*4*4*EA~\nACK*IA*4*EA~\nCTT*1~\n"
        ),
        "{}",
        text_of(&answer)
    );
}

#[test]
fn an_odd_answer_comes_back_byte_for_byte() {
    let (answer, findings) = read::<ChangeAcknowledgment>(
        "BCA*00**4711***20240102~
PCT*1*5~
N1*SE*Bravo~
MSG*of the party~
AMT*1*5~
PCT*1*5~
ADV*01~
MTX**x~
POC*1*QI*12*8*EA~
ACK*IA~
DTM*067*20240101~
LDT*AF*5*DA~
MSG*of the lead time~
LM*DF~
LQ*0*x~
SLN*1**I*2*EA~
ACK*IR~
REF*CO*inner~
PD*1~
PDD*1~
POC*2*NC~
CTT*3~
",
    );
    assert_eq!(answer.answer(), None);
    assert_eq!(answer.parties[0].other_segments().len(), 1);
    assert_eq!(answer.amounts[0].other_segments().len(), 1);
    assert_eq!(answer.lines[0].statuses.len(), 1);
    assert_eq!(answer.lines[0].references, []);
    assert_eq!(answer.lines[0].other_segments().len(), 9);
    assert_eq!(codes(&findings), [("line-count-wrong", "CTT", 1)]);
}
