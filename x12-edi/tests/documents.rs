//! Orders and invoices: built, written, read, changed, refused.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::path::Path;

use proptest::prelude::*;
use x12_edi::document::invoice::{Invoice, InvoiceLine};
use x12_edi::document::purchase_order::{OrderLine, PurchaseOrder};
use x12_edi::document::segments::{
    AllowanceCharge, Amount, Carrier, CarrierDetail, Contact, Currency, DateReference, FobTerms,
    GeographicLocation, InvoiceItem, OrderItem, PaymentTerms, Reference, Schedule, Tax,
};
use x12_edi::document::view::{Outline, Views};
use x12_edi::document::{Charge, Note, Party};
use x12_edi::envelope::{GroupHeader, InterchangeHeader, InterchangeId};
use x12_edi::value::{ControlNumber, Date, Decimal, SetControlNumber, Time};
use x12_edi::{Error, ErrorKind, LineEnd, Result, TransactionSet, Writer};

fn date(day: i8) -> Date {
    Date::new(2024, 1, day).unwrap()
}

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn wrapped(id: &str, write: impl FnOnce(&mut Writer<Vec<u8>>) -> Result<()>) -> Result<Vec<u8>> {
    let time = Time::new(14, 30)?;
    let number = ControlNumber::new(7)?;
    let interchange = InterchangeHeader::new(
        InterchangeId::new("ZZ", "ALPHA")?,
        InterchangeId::new("01", "123456789")?,
        number,
        date(31),
        time,
    );
    let mut writer = Writer::new(Vec::new()).with_line_end(LineEnd::Lf);
    writer.start_interchange(&interchange)?;
    writer.start_group(&GroupHeader::new(
        id,
        "ALPHA",
        "BRAVO",
        number,
        date(31),
        time,
    ))?;
    write(&mut writer)?;
    writer.end_group()?;
    writer.end_interchange()?;
    writer.finish()
}

fn order_bytes(order: &PurchaseOrder) -> Result<Vec<u8>> {
    let control = SetControlNumber::from(ControlNumber::new(1)?);
    wrapped("PO", |writer| order.write(writer, &control))
}

fn invoice_bytes(invoice: &Invoice) -> Result<Vec<u8>> {
    let control = SetControlNumber::from(ControlNumber::new(1)?);
    wrapped("IN", |writer| invoice.write(writer, &control))
}

fn set_of(bytes: &[u8]) -> TransactionSet {
    let read = x12_edi::parse(bytes);
    assert_eq!(
        read.all_findings().collect::<Vec<_>>(),
        Vec::<&x12_edi::finding::Finding>::new()
    );
    read.sets.into_iter().next().expect("a set")
}

fn golden(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    std::fs::read(folder.join(name)).expect("the fixture exists")
}

fn full_order() -> PurchaseOrder {
    let mut order = PurchaseOrder::new("US001-0000004711", date(31));
    order.beginning.contract = Some("C-9".into());
    order.currency = Some(Currency::new("BY", "USD"));
    order.references.push(Reference::new("DP", "099"));
    order.references.push(Reference::new("IA", "0000012345"));
    order.contacts.push(
        Contact::new("BD", "Jane Buyer")
            .with_number("TE", "5551234")
            .with_number("EM", "jane@alpha.example"),
    );
    let mut fob = FobTerms::default();
    fob.payment_method = "PP".into();
    fob.location_qualifier = Some("DE".into());
    order.fob.push(fob);
    order
        .charges
        .push(AllowanceCharge::charge("D240", dec("25.00")).into());
    let mut terms = PaymentTerms::default();
    terms.terms_type = Some("08".into());
    terms.basis_date = Some("3".into());
    terms.discount_percent = Some(dec("2"));
    terms.discount_days = Some(10);
    terms.net_days = Some(30);
    order.terms.push(terms);
    order.dates.push(DateReference::new("002", date(15)));
    let mut carrier = Carrier::default();
    carrier.id_qualifier = Some("2".into());
    carrier.id = Some("UPSN".into());
    carrier.method = Some("M".into());
    order.carriers.push(carrier);
    order
        .notes
        .push(Note::new("L1", "GATE", ["Deliver to gate 3", "Ring twice"]));
    let akron = GeographicLocation::new("Akron", "OH", "44301");
    order.parties.push(
        Party::new("ST", "Plant 7")
            .with_id("92", "P7")
            .with_address(["1 Main St"], akron),
    );
    order
        .parties
        .push(Party::new("SU", "Bravo Ltd").with_id("1", "123456789"));
    let item = OrderItem::new("1", dec("10"), "EA", dec("12.50000"));
    let mut line = OrderLine::new(item)
        .with_product_id("VN", "AB-1")
        .with_product_id("BP", "000012")
        .with_description("Bolt, 10 mm")
        .with_schedule(Schedule::new(dec("4"), "EA", "002", date(15)))
        .with_schedule(Schedule::new(dec("6"), "EA", "002", date(29)));
    line.references.push(Reference::new("CO", "REQ-1"));
    line.taxes.push(Tax::new("ST", dec("8.13")));
    line.amounts.push(Amount::new("1", dec("125.00")).into());
    order.lines.push(line);
    order.lines.push(OrderLine::new(OrderItem::new(
        "2",
        dec(".5"),
        "TH",
        dec(".0375"),
    )));
    order.count_lines();
    order.total_amount = Some(Amount::new("TT", dec("150.00")));
    order
}

fn full_invoice() -> Invoice {
    let mut invoice = Invoice::new("R-1", date(31), dec("150.30"));
    invoice.beginning.order_date = Some(date(2));
    invoice.beginning.order_number = Some("US001-0000004711".into());
    invoice.beginning.transaction_type = Some("DI".into());
    invoice.currency = Some(Currency::new("SE", "USD"));
    invoice.references.push(Reference::new("VR", "0000012345"));
    let akron = GeographicLocation::new("Akron", "OH", "44301");
    invoice
        .parties
        .push(Party::new("RE", "Bravo Ltd").with_address(["2 Side St", "Suite 5"], akron));
    let mut terms = PaymentTerms::default();
    terms.terms_type = Some("01".into());
    terms.net_days = Some(30);
    invoice.terms.push(terms);
    invoice.dates.push(DateReference::new("011", date(30)));
    let item = InvoiceItem::new("1", dec("10"), "EA", dec("12.5"));
    let mut line = InvoiceLine::new(item)
        .with_product_id("VN", "AB-1")
        .with_description("Bolt");
    let mut charge = Charge::from(AllowanceCharge::allowance("C310", dec("5")));
    charge.taxes.push(Tax::new("ST", dec(".30")));
    line.charges.push(charge);
    invoice.lines.push(line);
    invoice.total.discountable = Some(dec("145.3"));
    invoice.taxes.push(Tax::new("ST", dec("8.13")));
    let mut carrier = CarrierDetail::default();
    carrier.carrier = Some("UPSN".into());
    invoice.carrier = Some(carrier);
    invoice.amounts.push(Amount::new("GW", dec("142.17")));
    invoice
        .charges
        .push(AllowanceCharge::charge("D240", dec("25.00")).into());
    invoice.count_lines();
    invoice
}

#[test]
fn a_full_order_is_written_as_agreed_and_comes_back() {
    let order = full_order();
    let bytes = order_bytes(&order).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&bytes),
        String::from_utf8_lossy(&golden("golden-850.edi"))
    );
    let parsed = PurchaseOrder::parse(&set_of(&bytes));
    assert_eq!(parsed.findings, []);
    assert_eq!(parsed.document, order);
    assert_eq!(order_bytes(&parsed.document).unwrap(), bytes);
    let party = parsed.document.party("ST").unwrap();
    assert_eq!(party.locations[0].city, Some("Akron".into()));
    assert_eq!(parsed.document.reference("IA"), Some("0000012345"));
}

#[test]
fn a_full_invoice_is_written_as_agreed_and_comes_back() {
    let invoice = full_invoice();
    let bytes = invoice_bytes(&invoice).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&bytes),
        String::from_utf8_lossy(&golden("golden-810.edi"))
    );
    let parsed = Invoice::parse(&set_of(&bytes));
    assert_eq!(parsed.findings, []);
    assert_eq!(parsed.document.total.total, Some(dec("150.30")));
    assert_eq!(invoice_bytes(&parsed.document).unwrap(), bytes);
    // `5` is written as `500` in an N2 and comes back as 5.00, which is the same number.
    assert_eq!(parsed.document, invoice);
}

/// A file around the content of a set.
fn file(id: &str, code: &str, content: &str) -> Vec<u8> {
    let count = content.matches('~').count() + 2;
    format!(
        "ISA*00*          *00*          *ZZ*ALPHA          *01*123456789      \
         *240131*1430*U*00401*000000007*0*P*>~\nGS*{id}*ALPHA*BRAVO*20240131*1430*7*X*004010~\n\
         ST*{code}*0001~\n{content}SE*{count}*0001~\nGE*1*7~\nIEA*1*000000007~\n"
    )
    .into_bytes()
}

const ODD_ORDER: &str = "BEG*00*SA*4711**20240131*****~
PER*BD*Jane*TE*1~
REF*DP*099~
ZZZ*what*is>this~
REF*CR**text*A>B~
TAX*EXEMPT-1~
N1*ST*Plant 7*92*P7~
N3*1 Main St~
NX2*01*x~
N4*Akron*OH*44301~
PO1*001*010*EA*0.50*PE*VN*A-1**B-2*UP*C-3~
CTP**CON*.45~
CUR*BY*USD~
PID*F****Bolt~
MEA**WT*2*LB~
SLN*1**I*2*EA~
REF*CO*inner~
PO1*2*+5*EA*1,5~
AMT*1*5.00~
REF*XX*1~
CTT*3~
";

#[test]
fn an_odd_order_comes_back_byte_for_byte() {
    let bytes = file("PO", "850", ODD_ORDER);
    let parsed = PurchaseOrder::parse(&set_of(&bytes));
    let order = &parsed.document;
    assert_eq!(order.references.len(), 2);
    assert_eq!(
        order.other_segments().len(),
        1,
        "{:?}",
        order.other_segments()
    );
    assert_eq!(order.parties[0].locations[0].state, Some("OH".into()));
    assert_eq!(order.parties[0].other_segments().len(), 1);
    assert_eq!(order.lines[0].item.unit_price, Some(dec("0.50")));
    assert_eq!(order.lines[0].item.product_id("UP"), Some("C-3"));
    assert_eq!(order.tax_references[0].tax_id, Some("EXEMPT-1".into()));
    let line = &order.lines[0];
    assert_eq!(line.prices[0].price.unit_price, Some(dec(".45")));
    assert_eq!(line.prices[0].currency.as_ref().unwrap().code, "USD");
    assert_eq!(line.descriptions[0].measurements[0].value, Some(dec("2")));
    assert_eq!(line.sublines[0].item.quantity, Some(dec("2")));
    // What stands behind a subline is not of the line, though no subline has references.
    assert_eq!(line.references, []);
    assert_eq!(line.sublines[0].other_segments().len(), 1);
    assert_eq!(order.lines[1].item.quantity, None);
    let written = order_bytes(order).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&written),
        String::from_utf8_lossy(&bytes)
    );
    let codes: Vec<_> = parsed
        .findings
        .iter()
        .map(|f| {
            (
                f.code.as_str(),
                f.location.segment_id.as_str(),
                f.location.element,
            )
        })
        .collect();
    assert_eq!(
        codes,
        [
            ("segment-out-of-order", "REF", None),
            ("segment-out-of-order", "REF", None),
            ("element-too-short", "REF", Some(4)),
            ("element-condition-missing", "PO1", Some(8)),
            ("element-character-invalid", "PO1", Some(2)),
            ("element-character-invalid", "PO1", Some(4)),
            ("line-count-wrong", "CTT", Some(1)),
        ]
    );
}

#[test]
fn a_changed_field_changes_its_element_alone() {
    let bytes = file("PO", "850", ODD_ORDER);
    let mut order = PurchaseOrder::parse(&set_of(&bytes)).document;
    order.references[1].qualifier = "CT".into();
    order.lines[0].item.line_number = Some("9".into());
    order.lines[1].item.quantity = Some(dec("5"));
    order.lines[1].item.unit_price = Some(dec("1.5"));
    order.references.push(Reference::new("ZA", "new"));
    // PO108 of the first line lacks its pair: whoever touches the line has to mend it.
    let error = order_bytes(&order).unwrap_err();
    assert_eq!((error.segment(), error.element()), (Some("PO1"), Some(8)));
    order.lines[0].item.product_ids.remove(1);
    let text = String::from_utf8(order_bytes(&order).unwrap()).unwrap();
    for line in [
        "REF*CT**text*A>B~\nREF*ZA*new~\nTAX",
        "PO1*9*010*EA*0.50*PE*VN*A-1*UP*C-3~",
        "PO1*2*5*EA*1.5~",
        "BEG*00*SA*4711**20240131*****~",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn an_odd_invoice_comes_back_byte_for_byte() {
    let content = "BIG*20240131*R-1~\nNTE*GEN*hello~\nREF*VR*1~\nIT1*1*1*EA*5~\nTXI*ST*.1~\n\
                   PID*F****x~\nTXI*ST*.2~\nSAC*C*D240***100~\nTXI*ST*.3~\nSAC*A*C310***0050~\n\
                   TDS*0600~\nISS*1*EA*2*LB~\nCTT*1*1~\n";
    let bytes = file("IN", "810", content);
    let parsed = Invoice::parse(&set_of(&bytes));
    let line = &parsed.document.lines[0];
    assert_eq!(line.taxes.len(), 2);
    assert_eq!(line.charges[0].taxes.len(), 1);
    assert_eq!(line.charges[1].charge.amount, Some(dec("0.50")));
    assert_eq!(parsed.document.total.total, Some(dec("6")));
    let written = invoice_bytes(&parsed.document).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&written),
        String::from_utf8_lossy(&bytes)
    );
}

#[test]
fn the_wrong_set_is_told() {
    let bytes = file("IN", "810", "BIG*20240131*R-1~\nIT1*1*1*EA*5~\nTDS*500~\n");
    let parsed = PurchaseOrder::parse(&set_of(&bytes));
    let codes: Vec<_> = parsed.findings.iter().map(|f| f.code.as_str()).collect();
    assert_eq!(
        codes,
        ["set-code-unexpected", "segment-missing", "segment-missing"]
    );
    assert_eq!(parsed.document.other_segments().len(), 3);
}

fn refused(change: impl FnOnce(&mut PurchaseOrder)) -> Error {
    let mut order = full_order();
    change(&mut order);
    let error = order_bytes(&order).unwrap_err();
    assert_eq!(order.check().unwrap_err().to_string(), error.to_string());
    error
}

#[test]
fn the_limits_of_the_standard_are_kept() {
    let error = refused(|order| order.lines[0].item.product_ids[0].id = "x".repeat(49).into());
    assert_eq!(
        (error.kind(), error.segment(), error.element()),
        (ErrorKind::Length, Some("PO1"), Some(7))
    );
    assert!(
        error
            .to_string()
            .contains("at most 48 characters are allowed, not 49"),
        "{error}"
    );

    let error = refused(|order| order.beginning.number = "x".repeat(23).into());
    assert_eq!(
        (error.kind(), error.element()),
        (ErrorKind::Length, Some(3))
    );

    let error =
        refused(|order| order.lines[1] = order.lines[1].clone().with_description("x".repeat(81)));
    assert_eq!((error.segment(), error.element()), (Some("PID"), Some(5)));
    assert_eq!(error.problems()[0].occurrence, Some(2));

    let error = refused(|order| order.lines[0].item.unit = Some("EACH".into()));
    assert_eq!(
        (error.kind(), error.element()),
        (ErrorKind::Length, Some(3))
    );

    let error = refused(|order| order.lines[0].item.unit_price = Some(dec("123456789012345.678")));
    assert_eq!(
        (error.kind(), error.element()),
        (ErrorKind::Length, Some(4))
    );

    let error = refused(|order| order.charges[0].charge.amount = Some(dec("1.005")));
    assert_eq!(
        (error.kind(), error.segment(), error.element()),
        (ErrorKind::Value, Some("SAC"), Some(5))
    );

    let error = refused(|order| order.beginning.date = None);
    assert_eq!(
        (error.kind(), error.element()),
        (ErrorKind::Missing, Some(5))
    );

    let error = refused(|order| order.parties[0].name.id = None);
    assert_eq!(
        (error.kind(), error.element()),
        (ErrorKind::Condition, Some(4))
    );

    let error = refused(|order| order.lines.clear());
    assert_eq!(
        (error.kind(), error.segment()),
        (ErrorKind::Missing, Some("PO1"))
    );
}

#[test]
fn every_problem_is_listed_at_once() {
    let error = refused(|order| {
        order.beginning.number.clear();
        order.references[0].qualifier = "DEPT".into();
        for _ in 0..9 {
            order.lines[0] = order.lines[0].clone().with_product_id("UP", "1");
        }
    });
    let places: Vec<_> = error
        .problems()
        .iter()
        .map(|p| (p.segment.as_str(), p.element.unwrap_or(0)))
        .collect();
    assert_eq!(places, [("BEG", 3), ("REF", 1), ("PO1", 26)]);
}

#[test]
fn a_total_with_three_decimals_is_refused() {
    let mut invoice = full_invoice();
    invoice.total.total = Some(dec("1.005"));
    let error = invoice_bytes(&invoice).unwrap_err();
    assert_eq!((error.segment(), error.element()), (Some("TDS"), Some(1)));
    assert!(error.to_string().contains("3 decimals"), "{error}");
}

/// Holds a view to the owned document: the same segments in the same loops with the same values.
fn assert_view_agrees(set: &TransactionSet, order: &PurchaseOrder) {
    let mut outline = Outline::new();
    let view = PurchaseOrder::view(set, &mut outline);
    assert_eq!(view.beginning().number(), order.number());
    assert_eq!(view.beginning().date(), order.beginning.date);
    let currency = order.currency.as_ref().map(|c| c.code.to_string());
    assert_eq!(view.currency().is_present(), currency.is_some());
    assert_eq!(
        view.currency().code(),
        currency.unwrap_or_default().as_str()
    );
    let references = |views: Views<'_, Reference>| -> Vec<(String, String)> {
        views
            .map(|r| (r.qualifier().text().into(), r.value().text().into()))
            .collect()
    };
    let owned = |references: &[Reference]| -> Vec<(String, String)> {
        references
            .iter()
            .map(|r| {
                let value = r.value.clone().unwrap_or_default();
                (r.qualifier.clone().into(), value.into())
            })
            .collect()
    };
    assert_eq!(references(view.references()), owned(&order.references));
    let others: Vec<_> = view.other_segments().map(|s| s.to_owned()).collect();
    assert_eq!(others, order.other_segments());
    assert_eq!(view.parties().count(), order.parties.len());
    for (seen, party) in view.parties().zip(&order.parties) {
        assert_eq!(seen.name().code(), party.name.code.as_str());
        assert_eq!(references(seen.references()), owned(&party.references));
        assert_eq!(seen.locations().count(), party.locations.len());
        let others: Vec<_> = seen.other_segments().map(|s| s.to_owned()).collect();
        assert_eq!(others, party.other_segments());
    }
    assert_eq!(view.lines().count(), order.lines.len());
    for (seen, line) in view.lines().zip(&order.lines) {
        assert_eq!(seen.item().quantity(), line.item.quantity);
        assert_eq!(seen.item().unit_price(), line.item.unit_price);
        let ids: Vec<_> = seen.item().product_ids().collect();
        assert_eq!(ids.len(), line.item.product_ids.len());
        for ((qualifier, id), owned) in ids.iter().zip(&line.item.product_ids) {
            assert_eq!(qualifier.text(), owned.qualifier.as_str());
            assert_eq!(id.text(), owned.id.as_str());
        }
        assert_eq!(references(seen.references()), owned(&line.references));
        assert_eq!(seen.schedules().count(), line.schedules.len());
        for (seen, schedule) in seen.schedules().zip(&line.schedules) {
            assert_eq!(seen.schedule().date(), schedule.schedule.date);
        }
        let amounts: Vec<_> = seen.amounts().map(|a| a.amount().amount()).collect();
        let owned: Vec<_> = line.amounts.iter().map(|a| a.amount.amount).collect();
        assert_eq!(amounts, owned);
        let others: Vec<_> = seen.other_segments().map(|s| s.to_owned()).collect();
        assert_eq!(others, line.other_segments());
    }
    let declared = order.totals.as_ref().and_then(|t| t.line_items);
    assert_eq!(view.totals().line_items(), declared);
}

/// Data without delimiters or blanks at the ends.
fn text(max: usize) -> impl Strategy<Value = String> {
    prop::string::string_regex(&format!("[A-Z0-9][A-Za-z0-9 ,.#&/-]{{0,{}}}", max - 1)).unwrap()
}

fn amount(digits: u32) -> impl Strategy<Value = Decimal> {
    (0_i64..10_i64.pow(digits), 0_u32..5)
        .prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))
}

prop_compose! {
    fn any_line()(
        number in text(20), quantity in amount(9), price in amount(12), unit in "[A-Z]{2}",
        ids in prop::collection::vec(("[A-Z]{2}", text(48)), 0..10),
        descriptions in prop::collection::vec(text(80), 0..3),
        schedules in prop::collection::vec((amount(9), 1_i8..28), 0..3),
        reference in prop::option::of(text(30)),
    ) -> OrderLine {
        let mut line = OrderLine::new(OrderItem::new(number, quantity, unit, price));
        for (qualifier, id) in ids {
            line = line.with_product_id(qualifier, id);
        }
        for description in descriptions {
            line = line.with_description(description);
        }
        for (quantity, day) in schedules {
            line = line.with_schedule(Schedule::new(quantity, "EA", "002", date(day)));
        }
        line.references.extend(reference.map(|value| Reference::new("CO", value)));
        line
    }
}

prop_compose! {
    fn any_order()(
        number in text(22), references in prop::collection::vec(text(30), 0..4),
        names in prop::collection::vec((text(60), text(55), prop::option::of("[0-9]{2,15}")), 0..3),
        notes in prop::collection::vec(prop::collection::vec(text(264), 0..3), 0..2),
        lines in prop::collection::vec(any_line(), 1..5), counted in any::<bool>(),
    ) -> PurchaseOrder {
        let mut order = PurchaseOrder::new(number, date(1));
        order.references = references.into_iter().map(|value| Reference::new("CR", value)).collect();
        for (name, street, id) in names {
            let place = GeographicLocation::new("Akron", "OH", "44301");
            let mut party = Party::new("ST", name).with_address([street], place);
            if let Some(id) = id {
                party = party.with_id("92", id);
            }
            order.parties.push(party);
        }
        order.notes = notes.into_iter().map(|lines| Note::new("L1", "N", lines)).collect();
        order.lines = lines;
        if counted {
            order.count_lines();
        }
        order
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_order_comes_back(order in any_order()) {
        let bytes = order_bytes(&order).unwrap();
        let parsed = PurchaseOrder::parse(&set_of(&bytes));
        prop_assert_eq!(&parsed.findings, &Vec::new());
        prop_assert_eq!(&parsed.document, &order);
        assert_view_agrees(&set_of(&bytes), &order);
        prop_assert_eq!(order_bytes(&parsed.document).unwrap(), bytes);
    }

    #[test]
    fn any_segments_in_any_order_come_back(
        picks in prop::collection::vec(0_usize..21, 0..30),
        code in prop::sample::select(vec!["850", "810"]),
    ) {
        let segments: Vec<_> = ODD_ORDER.lines().collect();
        // What a document cannot be written without is given first.
        let first = match code {
            "850" => "BEG*00*SA*1**20240131~\nPO1*0~\n",
            _ => "BIG*20240131*1~\nIT1*0~\nTDS*1~\n",
        };
        let mut content = first.to_owned();
        for pick in picks {
            content.push_str(segments[pick]);
            content.push('\n');
        }
        let bytes = file("PO", code, &content);
        let set = set_of(&bytes);
        let written = if code == "850" {
            let document = PurchaseOrder::parse(&set).document;
            assert_view_agrees(&set, &document);
            order_bytes(&document).unwrap()
        } else {
            let document = Invoice::parse(&set).document;
            wrapped("PO", |w| document.write(w, &SetControlNumber::from(ControlNumber::new(1)?))).unwrap()
        };
        prop_assert_eq!(String::from_utf8_lossy(&written), String::from_utf8_lossy(&bytes));
    }
}
