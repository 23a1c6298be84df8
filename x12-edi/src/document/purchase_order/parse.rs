//! Reads a purchase order from the segments of its set.

use super::{LineSchedule, OrderLine, PurchaseOrder};
use crate::document::ParsedDocument;
use crate::document::layout::LayoutBuilder;
use crate::document::parser::Parser;
use crate::envelope::TransactionSet;

/// The segments that the standard has somewhere in an 850.
fn is_known(id: &[u8]) -> bool {
    matches!(
        id,
        b"ADV"
            | b"AMT"
            | b"BEG"
            | b"CB1"
            | b"CN1"
            | b"CSH"
            | b"CTB"
            | b"CTP"
            | b"CTT"
            | b"CUR"
            | b"DIS"
            | b"DTM"
            | b"FA1"
            | b"FA2"
            | b"FOB"
            | b"G61"
            | b"INC"
            | b"IT3"
            | b"IT8"
            | b"ITD"
            | b"LDT"
            | b"LE"
            | b"LIN"
            | b"LM"
            | b"LQ"
            | b"LS"
            | b"MAN"
            | b"MEA"
            | b"MSG"
            | b"MTX"
            | b"N1"
            | b"N2"
            | b"N3"
            | b"N4"
            | b"N9"
            | b"NX2"
            | b"PAM"
            | b"PCT"
            | b"PER"
            | b"PID"
            | b"PKG"
            | b"PO1"
            | b"PO3"
            | b"PO4"
            | b"PWK"
            | b"QTY"
            | b"REF"
            | b"SAC"
            | b"SCH"
            | b"SDQ"
            | b"SI"
            | b"SLN"
            | b"SPI"
            | b"TAX"
            | b"TC2"
            | b"TD1"
            | b"TD3"
            | b"TD4"
            | b"TD5"
            | b"TXI"
    )
}

const PARTY: &[&[u8]] = &[
    b"NX2", b"SI", b"FOB", b"TD1", b"TD5", b"TD3", b"TD4", b"PKG",
];

const LINE_PARTY: &[&[u8]] = &[
    b"QTY", b"NX2", b"SI", b"DTM", b"FOB", b"SCH", b"TD1", b"TD5", b"TD3", b"TD4", b"PKG", b"LDT",
    b"MAN", b"MSG",
];

const SUBLINE: &[&[u8]] = &[
    b"MSG", b"SI", b"PID", b"PO3", b"TC2", b"ADV", b"DTM", b"CTP", b"PAM", b"PO4", b"TAX", b"N9",
    b"SAC", b"CUR", b"QTY", b"N1", b"N2", b"N3", b"N4", b"NX2", b"REF", b"PER",
];

impl PurchaseOrder {
    /// Reads an 850. Nothing is lost: what cannot be read as a field is kept and reported.
    ///
    /// ```
    /// # let file = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*A*B*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240101~PO1*1*10*EA*12.5**VN*AB-1~CTT*1~SE*5*0001~GE*1*1~IEA*1*000000001~";
    /// use x12_edi::document::purchase_order::PurchaseOrder;
    /// for set in x12_edi::parse(file).sets {
    ///     let parsed = PurchaseOrder::parse(&set);
    ///     assert!(parsed.findings.is_empty());
    ///     assert_eq!(parsed.document.number(), "4711");
    ///     assert_eq!(parsed.document.lines[0].item.product_id("VN"), Some("AB-1"));
    /// }
    /// ```
    #[must_use]
    pub fn parse(set: &TransactionSet) -> ParsedDocument<Self> {
        let mut parser = Parser::new(set, Self::CODE, is_known);
        let mut layout = LayoutBuilder::default();
        let mut order = Self::default();
        let mut begun = false;
        while let Some(segment) = parser.peek() {
            match segment.id() {
                b"BEG" if !begun => {
                    begun = true;
                    parser.place(&mut layout, 0);
                    order.beginning = parser.read();
                }
                b"BEG" => parser.repeated(&mut layout),
                b"CUR" => parser.set(&mut layout, 1, &mut order.currency),
                b"REF" => parser.push(&mut layout, 2, &mut order.references),
                b"PER" => parser.push(&mut layout, 3, &mut order.contacts),
                b"FOB" => parser.push(&mut layout, 4, &mut order.fob),
                b"SAC" => {
                    parser.place(&mut layout, 5);
                    order.charges.push(parser.charge(false, &[b"CUR"]));
                }
                b"ITD" => parser.push(&mut layout, 6, &mut order.terms),
                b"DTM" => parser.push(&mut layout, 7, &mut order.dates),
                b"TD5" => parser.push(&mut layout, 8, &mut order.carriers),
                b"TXI" => parser.push(&mut layout, 9, &mut order.taxes),
                b"AMT" if order.totals.is_some() => {
                    parser.set(&mut layout, 15, &mut order.total_amount);
                }
                b"AMT" => {
                    parser.push(&mut layout, 10, &mut order.amounts);
                    let members: &[&[u8]] = &[b"REF", b"DTM", b"PCT", b"FA1", b"FA2"];
                    while parser.peek().is_some_and(|s| members.contains(&s.id())) {
                        parser.keep(&mut layout);
                    }
                }
                b"N9" => {
                    parser.place(&mut layout, 11);
                    order.notes.push(parser.note(&[b"DTM"]));
                }
                b"N1" => {
                    parser.place(&mut layout, 12);
                    order.parties.push(parser.party(PARTY));
                }
                b"LM" => parser.keep_loop(&mut layout, &[b"LQ"]),
                b"SPI" => parser.keep_loop(
                    &mut layout,
                    &[
                        b"REF", b"DTM", b"MSG", b"N1", b"N2", b"N3", b"N4", b"G61", b"CB1", b"LDT",
                    ],
                ),
                b"ADV" => parser.keep_loop(&mut layout, &[b"DTM", b"MTX"]),
                b"PO1" => {
                    parser.place(&mut layout, 13);
                    order.lines.push(line(&mut parser));
                }
                b"CTT" => parser.set(&mut layout, 14, &mut order.totals),
                _ => parser.keep(&mut layout),
            }
        }
        order.layout = layout.finish();
        if !begun {
            parser.missing("BEG");
        }
        if order.lines.is_empty() {
            parser.missing("PO1");
        }
        let declared = order.totals.as_ref().and_then(|totals| totals.line_items);
        parser.check_line_count(declared, order.lines.len());
        ParsedDocument {
            document: order,
            findings: parser.finish(),
        }
    }
}

fn line(parser: &mut Parser<'_>) -> OrderLine {
    let mut layout = LayoutBuilder::default();
    let mut line = OrderLine {
        item: parser.read(),
        ..OrderLine::default()
    };
    layout.place(0);
    while let Some(segment) = parser.peek() {
        match segment.id() {
            b"PO1" | b"CTT" => break,
            b"CUR" => parser.set(&mut layout, 1, &mut line.currency),
            b"PID" => {
                parser.place(&mut layout, 2);
                line.descriptions.push(parser.description(&[b"MEA"]));
            }
            b"REF" => parser.push(&mut layout, 3, &mut line.references),
            b"PER" => parser.push(&mut layout, 4, &mut line.contacts),
            b"SAC" => {
                parser.place(&mut layout, 5);
                line.charges.push(parser.charge(false, &[b"CUR", b"CTP"]));
            }
            b"ITD" => parser.push(&mut layout, 6, &mut line.terms),
            b"FOB" => parser.push(&mut layout, 7, &mut line.fob),
            b"DTM" => parser.push(&mut layout, 8, &mut line.dates),
            b"TD5" => parser.push(&mut layout, 9, &mut line.carriers),
            b"TXI" => parser.push(&mut layout, 10, &mut line.taxes),
            b"SCH" => {
                parser.place(&mut layout, 11);
                line.schedules.push(schedule(parser));
            }
            b"N9" => {
                parser.place(&mut layout, 12);
                line.notes.push(parser.note(&[b"DTM", b"MEA"]));
            }
            b"N1" => {
                parser.place(&mut layout, 13);
                line.parties.push(parser.party(LINE_PARTY));
            }
            b"AMT" => {
                parser.push(&mut layout, 14, &mut line.amounts);
                while parser
                    .peek()
                    .is_some_and(|s| matches!(s.id(), b"REF" | b"PCT"))
                {
                    parser.keep(&mut layout);
                }
            }
            b"CTP" => parser.keep_loop(&mut layout, &[b"CUR"]),
            b"QTY" => parser.keep_loop(&mut layout, &[b"SI"]),
            b"PKG" => parser.keep_loop(&mut layout, &[b"MEA"]),
            b"LM" => parser.keep_loop(&mut layout, &[b"LQ"]),
            b"LS" => parser.keep_through(&mut layout, b"LE"),
            b"SLN" => parser.keep_loop(&mut layout, SUBLINE),
            _ => parser.keep(&mut layout),
        }
    }
    line.layout = layout.finish();
    line
}

fn schedule(parser: &mut Parser<'_>) -> LineSchedule {
    let mut layout = LayoutBuilder::default();
    let mut schedule = LineSchedule {
        schedule: parser.read(),
        ..LineSchedule::default()
    };
    layout.place(0);
    while let Some(segment) = parser.peek() {
        match segment.id() {
            b"TD5" => parser.push(&mut layout, 1, &mut schedule.carriers),
            b"REF" => parser.push(&mut layout, 2, &mut schedule.references),
            b"TD1" | b"TD3" | b"TD4" => parser.keep(&mut layout),
            id if !is_known(id) => parser.keep(&mut layout),
            _ => break,
        }
    }
    schedule.layout = layout.finish();
    schedule
}
