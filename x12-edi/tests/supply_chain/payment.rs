//! The payment order and remittance advice: 820.

use x12_edi::ErrorKind;
use x12_edi::document::payment_order::{
    AdjustmentDetail, NamedEntity, PaidLine, PaymentOrder, PaymentParty, RemittanceEntity,
};
use x12_edi::document::segments::{
    AccountNumber, Adjustment, Contact, Currency, DateReference, EntityName, InvoiceItem,
    Reference, Remark, RemittanceDelivery, RemittanceItem, Trace,
};

use crate::support::{codes, date, dec, file, golden, read, set_of, text_of, written};

const PAYER: &str = "4111222233334444";
const PAYEE: &str = "5555666677778888";

fn full() -> PaymentOrder {
    let mut payment = PaymentOrder::new(dec("1455.00"), "ACH");
    payment.beginning = payment
        .beginning
        .from_account("021000021", AccountNumber::new(PAYER))
        .to_account("071000013", AccountNumber::new(PAYEE));
    payment.beginning.format = Some("CTX".into());
    payment.beginning.originating_company = Some("1234567890".into());
    payment.beginning.effective_date = Some(date(31));
    payment.remarks.push(Remark::new("January"));
    payment.trace = Some(Trace::new("000123"));
    payment.currency = Some(Currency::new("PR", "USD"));
    payment.references.push(Reference::new("CK", "000123"));
    payment.dates.push(DateReference::new("007", date(30)));
    let mut payer = PaymentParty::new("PR", "Alpha Corp").with_id("1", "123456789");
    payer
        .contacts
        .push(Contact::new("AP", "Pat Payer").with_number("TE", "5551234"));
    payment.parties.push(payer);
    let mut payee = PaymentParty::new("PE", "Bravo Ltd").with_id("92", "B-7");
    let mut delivery = RemittanceDelivery::default();
    delivery.method = "EM".into();
    delivery.number = Some("ar@bravo.example".into());
    payee.delivery = Some(delivery);
    payment.parties.push(payee);

    let mut entity = RemittanceEntity::new(1)
        .with_item(
            RemittanceItem::invoice("R-1", dec("980.00"))
                .with_total(dec("1000.00"), Some(dec("20.00"))),
        )
        .with_item(RemittanceItem::invoice("R-2", dec("500")).with_total(dec("515.5"), None))
        .with_adjustment(Adjustment::new(dec("-25"), "24"));
    let mut name = NamedEntity::default();
    name.name = EntityName::organization("PE", "Bravo East");
    entity.names.push(name);
    let first = &mut entity.remittances[0];
    first.references.push(Reference::new("PO", "4711"));
    first.dates.push(DateReference::new("003", date(2)));
    let second = &mut entity.remittances[1];
    let mut short = AdjustmentDetail::from(Adjustment::new(dec("-15.50"), "06"));
    short.remarks.push(Remark::new("One bolt too few"));
    short.references.push(Reference::new("VT", "1").into());
    short.references[0]
        .dates
        .push(DateReference::new("003", date(3)));
    let mut line = PaidLine::default();
    line.item = InvoiceItem::new("1", dec("1"), "EA", dec("15.50"));
    short.lines.push(line);
    second.adjustments.push(short);
    payment.entities.push(entity);
    payment
}

#[test]
fn a_full_payment_is_written_as_agreed_and_comes_back() {
    let payment = full();
    golden("golden-820.edi", &payment);
    assert_eq!(payment.amount(), Some(dec("1455")));
    assert_eq!(payment.trace_number(), Some("000123"));
    assert_eq!(payment.reference("CK"), Some("000123"));
    assert!(payment.party("PE").unwrap().delivery.is_some());
    assert_eq!(payment.remittances().count(), 2);
    let first = payment.remittances().next().unwrap();
    assert_eq!(first.invoice_number(), Some("R-1"));
    assert_eq!(first.paid(), Some(dec("980")));
    assert_eq!(first.total(), Some(dec("1000")));
    assert_eq!(first.discount(), Some(dec("20")));
    assert_eq!(first.reference("PO"), Some("4711"));
    assert_eq!(payment.remitted(), Some(dec("1455")));
    assert!(payment.is_balanced());
}

#[test]
fn amounts_are_exact_and_a_missing_one_is_no_zero() {
    let mut payment = full();
    payment.entities[0].remittances[0].item.paid = Some(dec("979.99"));
    assert_eq!(payment.remitted(), Some(dec("1454.99")));
    assert!(!payment.is_balanced());
    payment.entities[0].remittances[0].item.paid = None;
    assert_eq!(payment.remitted(), None);
    assert!(!payment.is_balanced());
    payment.entities[0].remittances[0].item.qualifier = Some("PO".into());
    let first = payment.remittances().next().unwrap();
    assert_eq!(first.invoice_number(), None);
}

#[test]
fn no_account_number_is_shown() {
    let payment = full();
    let hidden = |shown: &str| {
        assert!(
            !shown.contains(PAYER) && !shown.contains("4111222"),
            "{shown}"
        );
        assert!(
            !shown.contains(PAYEE) && !shown.contains("5555666"),
            "{shown}"
        );
    };
    let shown = format!("{payment:?} {payment:#?}");
    assert!(shown.contains("AccountNumber(…4444)"), "{shown}");
    hidden(&shown);
    assert_eq!(
        format!("{:?}", AccountNumber::new("1234567")),
        "AccountNumber(…)"
    );

    // Read from a source that is kept, repeated, too long, and refused.
    let long = PAYER.repeat(3);
    let content = format!(
        "BPR*C*1*C*ACH*****{long}~\nBPR*C*1*C*ACH****DA*{PAYER}~\nTRN*1*1*****~\nBPR*C*1*C*ACH****DA*{PAYEE}~\n"
    );
    let bytes = file::<PaymentOrder>(&content);
    let parsed = PaymentOrder::parse(&set_of(&bytes));
    assert!(!parsed.findings.is_empty());
    hidden(&format!("{parsed:?}"));
    for finding in &parsed.findings {
        hidden(&finding.to_string());
    }
    let mut refused = full();
    refused.beginning.payer_account = Some(AccountNumber::new(long.clone()));
    let error = written(&refused).unwrap_err();
    assert_eq!(
        (error.kind(), error.segment(), error.element()),
        (ErrorKind::Length, Some("BPR"), Some(9))
    );
    hidden(&format!("{error} {error:?}"));
    refused.beginning.payer_account = Some(AccountNumber::new(format!("{PAYER}*")));
    let error = written(&refused).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DelimiterInData);
    hidden(&format!("{error} {error:?}"));
}

#[test]
fn an_odd_payment_comes_back_byte_for_byte() {
    let (payment, findings) = read::<PaymentOrder>(
        "BPR*I*220*C*ACH*CCP*******01*199999999*DA*98765*20140604~
TRN*3*78905*****~
N1*PE*Bravo~
RDM*EM**x@y~
DTM*007*20240101~
ENT*1~
NM1*IL*1*DOE*JOHN****C1*777222~
REF*POL*1232456~
ADX*-5*01~
NTE**text~
REF*VT*1~
DTM*003*20240101~
IT1*1*1*EA*5~
RPA*1*5~
REF*VT*2~
SAC*C*D240***100~
TXI*ST*.1~
DTM*003*20240101~
SLN*1**I~
REF*VT*inner~
FA1*DY~
FA2*18*x~
RMR*ZZ*APTC**35~
VEH*1~
DTM*582****RD8*20120501-20140531~
IT1*2*1*EA*5~
ADX*1*02~
FA1*DY~
FA2*18*y~
ENT*2~
RMR*IV*R-1**-12.67~
TXP*1*2*20240101*T*100~
TXI*ST*1~
DED*AB*1*20240101*100*2*Y~
LX*1~
NM1*IL*1~
AIN*1~
N9*ZZ*1~
AMT*1*5~
N1*PE*inner~
RYL*1~
NM1*IL*1~
ADX*5*01~
",
    );
    let party = &payment.parties[0];
    assert!(party.delivery.is_some() && party.date.is_some());
    assert_eq!(payment.parties.len(), 1);
    let entity = &payment.entities[0];
    assert_eq!(entity.names[0].references.len(), 1);
    let adjustment = &entity.adjustments[0];
    assert_eq!(adjustment.references[0].dates.len(), 1);
    assert_eq!(adjustment.other_segments().len(), 2);
    let line = &adjustment.lines[0];
    assert_eq!(line.references.len(), 1);
    assert_eq!(line.charges[0].taxes.len(), 1);
    assert_eq!(line.charges[0].other_segments().len(), 1);
    assert_eq!(line.other_segments().len(), 3);
    let item = &entity.remittances[0];
    assert_eq!(item.other_segments().len(), 3);
    assert_eq!(item.lines.len(), 1);
    assert_eq!(item.adjustments[0].other_segments(), []);
    assert_eq!(
        payment.entities[1].remittances[0].paid(),
        Some(dec("-12.67"))
    );
    assert_eq!(payment.other_segments().len(), 12);
    assert_eq!(codes(&findings), []);
}

#[test]
fn a_payment_changes_its_place_alone() {
    let content = "BPR*C*0100*C*ACH*****1234567890*****~\nENT*1~\nRMR*IV*R-1**+5*7~\n";
    let (mut payment, findings) = read::<PaymentOrder>(content);
    assert_eq!(codes(&findings), [("element-character-invalid", "RMR", 4)]);
    payment.beginning.amount = Some(dec("5"));
    payment.entities[0].remittances[0].item.paid = Some(dec("5"));
    let text = text_of(&payment);
    let body = "BPR*C*5*C*ACH*****1234567890*****~\nENT*1~\nRMR*IV*R-1**5*7~\n";
    assert!(text.contains(body), "{text}");
}

#[test]
fn what_the_standard_forbids_is_refused() {
    let refused = |change: &dyn Fn(&mut PaymentOrder)| {
        let mut payment = full();
        change(&mut payment);
        let error = written(&payment).unwrap_err();
        (
            error.kind(),
            error.segment().unwrap_or_default().to_owned(),
            error.element().unwrap_or(0),
        )
    };
    assert_eq!(
        refused(&|p| p.beginning.amount = None),
        (ErrorKind::Missing, "BPR".to_owned(), 2)
    );
    assert_eq!(
        refused(&|p| p.beginning.payer_bank = None),
        (ErrorKind::Condition, "BPR".to_owned(), 7)
    );
    assert_eq!(
        refused(&|p| p.beginning.originating_company = Some("short".into())),
        (ErrorKind::Length, "BPR".to_owned(), 10)
    );
    assert_eq!(
        refused(&|p| p.entities[0].remittances[0].item.number = None),
        (ErrorKind::Condition, "RMR".to_owned(), 2)
    );
    assert_eq!(
        refused(&|p| p.entities[0].adjustments[0].adjustment.reason = "".into()),
        (ErrorKind::Missing, "ADX".to_owned(), 2)
    );
}
