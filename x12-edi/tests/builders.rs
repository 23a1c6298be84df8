//! Builders tell a mistake at the call that makes it; documents follow their release.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use x12_edi::document::invoice::{Invoice, InvoiceLine, InvoiceSubline};
use x12_edi::document::purchase_order::{OrderLine, OrderSubline, PurchaseOrder};
use x12_edi::document::segments::{
    AllowanceCharge, Amount, Contact, Currency, DateReference, Description, DestinationQuantities,
    DestinationQuantity, InvoiceBeginning, InvoiceItem, InvoiceTotal, ItemDetail,
    ItemIdentification, LeadTime, LineShipment, Marks, Measurement, OrderBeginning, OrderItem,
    Packages, Packaging, Packing, Price, Quantity, Reference, Schedule, ShipmentSummary, Subline,
    Tax, TaxReference,
};
use x12_edi::document::view::Outline;
use x12_edi::document::{ItemDescription, LeadTimes, Note, Party, PriceDetail};
use x12_edi::envelope::{GroupHeader, InterchangeHeader, InterchangeId};
use x12_edi::schema::Release;
use x12_edi::value::{ControlNumber, Date, Decimal, SetControlNumber, Time};
use x12_edi::{Error, ErrorKind, Result, TransactionSet, Writer};

fn date(day: i8) -> Date {
    Date::new(2024, 1, day).unwrap()
}

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn item(number: &str) -> OrderItem {
    OrderItem::new(number, dec("10"), "EA", dec("12.5"))
}

fn order(release: Release) -> Result<PurchaseOrder> {
    let line = OrderLine::builder(release)
        .item(item("1"))?
        .description(ItemDescription::free_form("Bolt"))?
        .schedule(Schedule::new(dec("4"), "EA", "002", date(15)))?
        .build()?;
    PurchaseOrder::builder(release)
        .beginning(OrderBeginning::new("4711", date(31)))?
        .currency(Currency::new("BY", "USD"))?
        .reference(Reference::new("DP", "099"))?
        .contact(Contact::new("BD", "Jane").with_number("TE", "5551234"))?
        .charge(AllowanceCharge::charge("D240", dec("25.00")))?
        .date(DateReference::new("002", date(15)))?
        .party(Party::new("ST", "Plant 7").with_id("92", "P7"))?
        .line(line)?
        .total_amount(Amount::new("TT", dec("150.00")))?
        .build()
}

/// A file with what `write` puts into a group of this release.
fn file(
    release: Release,
    id: &str,
    write: impl FnOnce(&mut Writer<Vec<u8>>) -> Result<()>,
) -> Vec<u8> {
    let (number, time) = (ControlNumber::new(1).unwrap(), Time::new(12, 0).unwrap());
    let party = |id| InterchangeId::new("ZZ", id).unwrap();
    let header = InterchangeHeader::new(party("ALPHA"), party("BRAVO"), number, date(31), time);
    let mut group = GroupHeader::new(id, "ALPHA", "BRAVO", number, date(31), time);
    group.version = release.as_str().to_owned();
    let mut writer = Writer::new(Vec::new());
    writer.start_interchange(&header).unwrap();
    writer.start_group(&group).unwrap();
    write(&mut writer).unwrap();
    writer.end_group().unwrap();
    writer.end_interchange().unwrap();
    writer.finish().unwrap()
}

fn set_of(bytes: &[u8]) -> TransactionSet {
    let read = x12_edi::parse(bytes);
    assert_eq!(read.all_findings().count(), 0);
    read.sets.into_iter().next().unwrap()
}

fn control() -> SetControlNumber {
    ControlNumber::new(1).unwrap().into()
}

#[test]
fn an_order_of_each_release_comes_back_with_its_bytes() {
    for &release in Release::ALL {
        let order = order(release).unwrap();
        let bytes = file(release, "PO", |writer| order.write(writer, &control()));
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let day = if release < Release::V004010 {
            "*240131~"
        } else {
            "*20240131~"
        };
        assert!(text.contains(&format!("BEG*00*SA*4711*{day}")), "{text}");
        let parsed = PurchaseOrder::parse(&set_of(&bytes));
        assert_eq!(parsed.findings, []);
        assert_eq!(parsed.document, order);
        let again = file(release, "PO", |writer| {
            parsed.document.write(writer, &control())
        });
        assert_eq!(again, bytes);
    }
}

/// A line with all that says how much, at which price, how packed and when.
fn detailed_line(release: Release) -> Result<OrderLine> {
    let mut packing = Packing::default();
    packing.pack = Some(12);
    let lead_time = LeadTime::new("AA", dec("5"), "DA");
    let subline = Subline::new("1.1", "I", dec("2"), "EA")
        .with_price(dec("1.25"))
        .with_product_id("VN", "AB-1-A");
    let mut part = OrderSubline::from(subline);
    part.descriptions.push(Description::free_form("Nut"));
    part.prices.push(Price::new("CON", dec(".99")));
    let measured = Measurement::new("WT", "G", dec("2.5"), "LB");
    let mut description = ItemDescription::free_form("Bolt");
    description.measurements.push(measured.clone());
    let stores = vec![
        DestinationQuantity::new("0001", dec("4")),
        DestinationQuantity::new("0002", dec("6")),
    ];
    let mut price =
        PriceDetail::from(Price::new("CON", dec("12.10")).for_quantity(dec("100"), "EA"));
    if release > Release::V003040 {
        price.currency = Some(Box::new(Currency::new("BY", "EUR")));
    }
    let mut builder = OrderLine::builder(release)
        .item(item("1"))?
        .detail(ItemDetail::new("EV", dec("3"), "EA"))?
        .price(price)?
        .measurement(measured)?
        .description(description)?
        .packing(packing)?
        .tax_reference(TaxReference::new("EX-1"))?
        .destination(DestinationQuantities::new("EA", "92", stores))?
        .packages(Packages::new("CTN25", 3))?
        .marks(Marks::new("CA", "C-1"))?
        .schedule(Schedule::new(dec("4"), "EA", "002", date(15)))?
        .packaging(Packaging::free_form("On pallets"))?
        .subline(part)?;
    builder = if release == Release::V003040 {
        builder.lead_time(lead_time)?
    } else {
        builder
            .identification(ItemIdentification::new("1", "UP", "012345678905"))?
            .bounded_lead_times(LeadTimes::new([lead_time]))?
    };
    builder.build()
}

#[test]
fn a_detailed_line_of_each_release_comes_back() {
    for &release in Release::ALL {
        let order = PurchaseOrder::builder(release)
            .beginning(OrderBeginning::new("4711", date(31)))
            .and_then(|b| b.price(Price::new("CON", dec("1"))))
            .and_then(|b| b.lead_time(LeadTime::new("AA", dec("7"), "DA")))
            .and_then(|b| b.measurement(Measurement::new("WT", "G", dec("40"), "KG")))
            .and_then(|b| b.packaging(Packaging::free_form("Dry")))
            .and_then(|b| b.tax(Tax::new("ST", dec("1.50"))))
            .and_then(|b| b.line(detailed_line(release)?))
            .and_then(|b| b.build())
            .unwrap();
        let bytes = file(release, "PO", |writer| order.write(writer, &control()));
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(text.contains("~SDQ*EA*92*0001*4*0002*6~"), "{text}");
        // Where lead times stand differs among the releases; each is written its own way.
        let (first, second) = match release {
            Release::V005010 => ("~TXI*ST*1.5", "~LDT*AA*7*DA~"),
            _ => ("~LDT*AA*7*DA~", "~TXI*ST*1.5"),
        };
        assert!(
            text.find(first).unwrap() < text.find(second).unwrap(),
            "{text}"
        );
        let set = set_of(&bytes);
        let parsed = PurchaseOrder::parse(&set);
        assert_eq!(parsed.findings, []);
        assert_eq!(parsed.document, order, "{text}");
        let line = &parsed.document.lines[0];
        assert_eq!(line.all_lead_times().count(), 1);
        assert_eq!(line.other_segments(), []);
        assert_eq!(line.destinations[0].quantities[1].quantity, Some(dec("6")));

        let mut outline = Outline::new();
        let view = PurchaseOrder::view(&set, &mut outline);
        let seen = view.lines().next().unwrap();
        assert_eq!(seen.packing().next().unwrap().pack(), Some(12));
        let price = seen.prices().next().unwrap();
        assert_eq!(price.price().unit_price(), Some(dec("12.10")));
        assert_eq!(price.currency().is_present(), release > Release::V003040);
        let part = seen.sublines().next().unwrap();
        assert_eq!(part.item().unit_price(), Some(dec("1.25")));
        assert_eq!(part.descriptions().next().unwrap().text(), "Nut");
        assert_eq!(
            view.lead_times().next().unwrap().lead_time().duration(),
            Some(dec("7"))
        );
    }
}

#[test]
fn a_release_without_a_segment_says_so_at_the_call() {
    let lead_time = LeadTime::new("AA", dec("5"), "DA");
    let error = OrderLine::builder(Release::V004010)
        .lead_time(lead_time.clone())
        .unwrap_err();
    assert_eq!(error.segment(), Some("LDT"));
    assert!(
        error.to_string().contains("004010 has no LDT in PO1"),
        "{error}"
    );
    let error = OrderLine::builder(Release::V003040)
        .bounded_lead_times(LeadTimes::new([lead_time]))
        .unwrap_err();
    assert_eq!(error.segment(), Some("LS"));
    let stores = vec![DestinationQuantity::new("1", dec("1")); 11];
    let error = OrderLine::builder(Release::V004010)
        .destination(DestinationQuantities::new("EA", "92", stores))
        .unwrap_err();
    assert_eq!((error.segment(), error.element()), (Some("SDQ"), Some(23)));
}

#[test]
fn a_detailed_invoice_of_each_release_comes_back() {
    for &release in Release::ALL {
        let mut part = InvoiceSubline::from(Subline::new("1.1", "I", dec("2"), "EA"));
        part.charges
            .push(AllowanceCharge::charge("D240", dec("1.00")));
        let mut shipped = LineShipment::default();
        shipped.quantity = Some(dec("8"));
        shipped.unit = Some("EA".into());
        shipped.status = Some("BP".into());
        let mut packing = Packing::default();
        packing.pack = Some(6);
        let mut quantity = Quantity::default();
        quantity.qualifier = "01".into();
        quantity.quantity = Some(dec("8"));
        let line = InvoiceLine::builder(release)
            .item(InvoiceItem::new("1", dec("10"), "EA", dec("12.5")))
            .and_then(|b| b.quantity(quantity))
            .and_then(|b| b.shipment(shipped))
            .and_then(|b| b.price(Price::new("CON", dec("12.10"))))
            .and_then(|b| b.measurement(Measurement::new("WT", "G", dec("2.5"), "LB")))
            .and_then(|b| b.packing(packing))
            .and_then(|b| b.subline(part))
            .and_then(|b| b.build())
            .unwrap();
        let mut shipment = ShipmentSummary::default();
        shipment.units = Some(dec("1"));
        shipment.unit = Some("CT".into());
        let invoice = Invoice::builder(release)
            .beginning(InvoiceBeginning::new("R-1", date(31)))
            .and_then(|b| b.line(line))
            .and_then(|b| b.total(InvoiceTotal::new(dec("125.00"))))
            .and_then(|b| b.shipment(shipment))
            .and_then(|b| b.build())
            .unwrap();
        let bytes = file(release, "IN", |writer| invoice.write(writer, &control()));
        let set = set_of(&bytes);
        let parsed = Invoice::parse(&set);
        assert_eq!((&*parsed.findings, &parsed.document), (&[][..], &invoice));
        assert_eq!(parsed.document.lines[0].other_segments(), []);
        let mut outline = Outline::new();
        let view = Invoice::view(&set, &mut outline);
        let seen = view.lines().next().unwrap();
        assert_eq!(seen.packing().pack(), Some(6));
        assert_eq!(seen.sublines().next().unwrap().charges().count(), 1);
        assert_eq!(
            view.shipments().next().unwrap().summary().units(),
            Some(dec("1"))
        );
    }
}

#[test]
fn an_invoice_of_each_release_is_built() {
    for &release in Release::ALL {
        let line = InvoiceLine::builder(release)
            .item(InvoiceItem::new("1", dec("10"), "EA", dec("12.5")))
            .unwrap()
            .build()
            .unwrap();
        let invoice = Invoice::builder(release)
            .beginning(InvoiceBeginning::new("R-1", date(31)))
            .and_then(|b| b.line(line))
            .and_then(|b| b.total(InvoiceTotal::new(dec("125.00"))))
            .and_then(|b| b.build())
            .unwrap();
        let bytes = file(release, "IN", |writer| invoice.write(writer, &control()));
        let parsed = Invoice::parse(&set_of(&bytes));
        assert_eq!((parsed.findings, parsed.document), (Vec::new(), invoice));
    }
}

fn place(error: &Error) -> (ErrorKind, Option<&str>, Option<usize>) {
    (error.kind(), error.segment(), error.element())
}

#[test]
fn the_offending_call_tells_what_is_wrong() {
    let release = Release::V004010;
    let start = || PurchaseOrder::builder(release);
    let error = start()
        .reference(Reference::new("DEPT", "099"))
        .unwrap_err();
    assert_eq!(place(&error), (ErrorKind::Length, Some("REF"), Some(1)));
    assert_eq!(error.problems()[0].value.as_deref(), Some("DEPT"));
    assert!(!error.problems()[0].remedy.is_empty());

    let error = start().party(Party::new("ST", "x".repeat(61))).unwrap_err();
    assert_eq!(place(&error), (ErrorKind::Length, Some("N1"), Some(2)));

    let error = start().currency(Currency::default()).unwrap_err();
    assert_eq!(place(&error), (ErrorKind::Missing, Some("CUR"), Some(1)));

    let euro = || Currency::new("BY", "EUR");
    let error = start()
        .currency(euro())
        .unwrap()
        .currency(euro())
        .unwrap_err();
    assert_eq!(place(&error), (ErrorKind::Condition, Some("CUR"), None));

    let mut builder = start();
    for day in 1..=10 {
        builder = builder.date(DateReference::new("002", date(day))).unwrap();
    }
    let error = builder
        .date(DateReference::new("002", date(11)))
        .unwrap_err();
    assert_eq!(place(&error), (ErrorKind::Condition, Some("DTM"), None));
    assert!(error.to_string().contains("at most 10"), "{error}");

    let long = OrderItem::new("1", dec("1"), "EACH", dec("1"));
    let error = OrderLine::builder(release).item(long).unwrap_err();
    assert_eq!(place(&error), (ErrorKind::Length, Some("PO1"), Some(3)));
}

#[test]
fn releases_differ_at_the_call() {
    let value = "x".repeat(31);
    let long = || Reference::new("DP", value.as_str());
    assert!(
        PurchaseOrder::builder(Release::V005010)
            .reference(long())
            .is_ok()
    );
    let error = PurchaseOrder::builder(Release::V004010)
        .reference(long())
        .unwrap_err();
    assert_eq!(place(&error), (ErrorKind::Length, Some("REF"), Some(2)));
    // AMT stands behind the lines only in 003040; MSG gave way to MTX in 005010.
    let note = || Note::new("L1", "GATE", ["Deliver to gate 3"]);
    assert!(
        PurchaseOrder::builder(Release::V003040)
            .note(note())
            .is_ok()
    );
    let built = order(Release::V005010).unwrap();
    let mut with_message = built.clone();
    with_message.notes.push(note());
    assert!(with_message.check().is_ok());
    assert!(with_message.check_all().is_err());
    // YYMMDD cannot tell every year.
    let old = Date::new(1950, 1, 1).unwrap();
    let error = PurchaseOrder::builder(Release::V003040)
        .beginning(OrderBeginning::new("1", old))
        .unwrap_err();
    assert_eq!(place(&error), (ErrorKind::Value, Some("BEG"), Some(5)));
}

#[test]
fn what_was_never_given_is_told_at_the_end() {
    let error = PurchaseOrder::builder(Release::V004010)
        .build()
        .unwrap_err();
    let places: Vec<_> = error
        .problems()
        .iter()
        .map(|p| p.segment.as_str())
        .collect();
    assert!(
        places.contains(&"BEG") && places.contains(&"PO1"),
        "{error}"
    );
}

#[test]
fn six_digits_of_a_date_come_back_as_they_were() {
    let release = Release::V003040;
    let bytes = file(release, "PO", |writer| {
        order(release)?.write(writer, &control())
    });
    let text = String::from_utf8(bytes).unwrap();
    // A date of eight digits is against the release: it is reported, kept, and written back.
    let odd = text.replace("DTM*002*240115~", "DTM*002*20240115~");
    let parsed = PurchaseOrder::parse(&set_of(odd.as_bytes()));
    let codes: Vec<_> = parsed.findings.iter().map(|f| f.code.as_str()).collect();
    assert_eq!(codes, ["element-date-invalid"]);
    assert_eq!(parsed.document.dates[0].date, Some(date(15)));
    let again = file(release, "PO", |writer| {
        parsed.document.write(writer, &control())
    });
    assert_eq!(String::from_utf8(again).unwrap(), odd);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_order_of_any_release_comes_back(
        release in prop::sample::select(Release::ALL.to_vec()),
        number in "[A-Z0-9]{1,22}",
        values in prop::collection::vec("[A-Za-z0-9 .,-]{0,28}[A-Z]", 0..4),
        lines in prop::collection::vec((1_u32..100_000, 0_i64..1_000_000, 0_u32..4, 1_i8..28), 1..6),
    ) {
        let mut builder = PurchaseOrder::builder(release)
            .beginning(OrderBeginning::new(number, date(1)))
            .unwrap();
        for value in values {
            builder = builder.reference(Reference::new("CR", value)).unwrap();
        }
        for (index, (quantity, price, scale, day)) in lines.into_iter().enumerate() {
            let number = (index + 1).to_string();
            let item = OrderItem::new(number, quantity.into(), "EA", Decimal::new(price, scale));
            let schedule = Schedule::new(quantity.into(), "EA", "002", date(day));
            let line = OrderLine::builder(release).item(item).unwrap();
            let line = line.schedule(schedule).unwrap().build().unwrap();
            builder = builder.line(line).unwrap();
        }
        let order = builder.build().unwrap();
        let bytes = file(release, "PO", |writer| order.write(writer, &control()));
        let parsed = PurchaseOrder::parse(&set_of(&bytes));
        prop_assert_eq!(&parsed.findings, &Vec::new());
        prop_assert_eq!(&parsed.document, &order);
        let again = file(release, "PO", |writer| parsed.document.write(writer, &control()));
        prop_assert_eq!(again, bytes);
    }
}
