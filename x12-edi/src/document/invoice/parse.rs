//! Reads an invoice from the segments of its set.

use super::{Invoice, InvoiceLine};
use crate::document::ParsedDocument;
use crate::document::layout::LayoutBuilder;
use crate::document::parser::Parser;
use crate::envelope::TransactionSet;

/// The segments that the standard has somewhere in an 810.
fn is_known(id: &[u8]) -> bool {
    matches!(
        id,
        b"AMT"
            | b"BAL"
            | b"BIG"
            | b"CAD"
            | b"CRC"
            | b"CTP"
            | b"CTT"
            | b"CUR"
            | b"DMG"
            | b"DTM"
            | b"FA1"
            | b"FA2"
            | b"FOB"
            | b"INC"
            | b"ISS"
            | b"IT1"
            | b"IT3"
            | b"ITD"
            | b"L7"
            | b"LM"
            | b"LQ"
            | b"MEA"
            | b"MSG"
            | b"N1"
            | b"N2"
            | b"N3"
            | b"N4"
            | b"N9"
            | b"NTE"
            | b"PAM"
            | b"PER"
            | b"PID"
            | b"PKG"
            | b"PO4"
            | b"PWK"
            | b"QTY"
            | b"R4"
            | b"REF"
            | b"SAC"
            | b"SDQ"
            | b"SLN"
            | b"SR"
            | b"TC2"
            | b"TDS"
            | b"TXI"
            | b"V1"
            | b"YNQ"
    )
}

const SUBLINE: &[&[u8]] = &[b"DTM", b"REF", b"PID", b"SAC", b"TC2", b"TXI"];

impl Invoice {
    /// Reads an 810. Nothing is lost: what cannot be read as a field is kept and reported.
    #[must_use]
    pub fn parse(set: &TransactionSet) -> ParsedDocument<Self> {
        let mut parser = Parser::new(set, Self::CODE, is_known);
        let mut layout = LayoutBuilder::default();
        let mut invoice = Self::default();
        let (mut begun, mut totalled) = (false, false);
        while let Some(segment) = parser.peek() {
            match segment.id() {
                b"BIG" if !begun => {
                    begun = true;
                    parser.place(&mut layout, 0);
                    invoice.beginning = parser.read();
                }
                b"BIG" => parser.repeated(&mut layout),
                b"CUR" => parser.set(&mut layout, 1, &mut invoice.currency),
                b"REF" => parser.push(&mut layout, 2, &mut invoice.references),
                b"PER" => parser.push(&mut layout, 3, &mut invoice.contacts),
                b"N1" => {
                    parser.place(&mut layout, 4);
                    invoice.parties.push(parser.party(&[b"DMG"]));
                }
                b"ITD" => parser.push(&mut layout, 5, &mut invoice.terms),
                b"DTM" => parser.push(&mut layout, 6, &mut invoice.dates),
                b"FOB" => parser.set(&mut layout, 7, &mut invoice.fob),
                b"PID" => {
                    parser.place(&mut layout, 8);
                    invoice.descriptions.push(parser.description(&[]));
                }
                b"N9" => {
                    parser.place(&mut layout, 9);
                    invoice.notes.push(parser.note(&[]));
                }
                b"LM" => parser.keep_loop(&mut layout, &[b"LQ"]),
                b"V1" => parser.keep_loop(&mut layout, &[b"R4", b"DTM"]),
                b"FA1" => parser.keep_loop(&mut layout, &[b"FA2"]),
                b"IT1" => {
                    parser.place(&mut layout, 10);
                    invoice.lines.push(line(&mut parser));
                }
                b"TDS" if !totalled => {
                    totalled = true;
                    parser.place(&mut layout, 11);
                    invoice.total = parser.read();
                }
                b"TDS" => parser.repeated(&mut layout),
                b"TXI" => parser.push(&mut layout, 12, &mut invoice.taxes),
                b"CAD" => parser.set(&mut layout, 13, &mut invoice.carrier),
                b"AMT" => parser.push(&mut layout, 14, &mut invoice.amounts),
                b"SAC" => {
                    parser.place(&mut layout, 15);
                    invoice.charges.push(parser.charge(true, &[]));
                }
                b"ISS" => parser.keep_loop(&mut layout, &[b"PID"]),
                b"CTT" => parser.set(&mut layout, 16, &mut invoice.totals),
                _ => parser.keep(&mut layout),
            }
        }
        invoice.layout = layout.finish();
        if !begun {
            parser.missing("BIG");
        }
        if invoice.lines.is_empty() {
            parser.missing("IT1");
        }
        if !totalled {
            parser.missing("TDS");
        }
        let declared = invoice.totals.as_ref().and_then(|totals| totals.line_items);
        parser.check_line_count(declared, invoice.lines.len());
        ParsedDocument {
            document: invoice,
            findings: parser.finish(),
        }
    }
}

fn line(parser: &mut Parser<'_>) -> InvoiceLine {
    let mut layout = LayoutBuilder::default();
    let mut line = InvoiceLine {
        item: parser.read(),
        ..InvoiceLine::default()
    };
    layout.place(0);
    while let Some(segment) = parser.peek() {
        match segment.id() {
            b"IT1" | b"TDS" | b"CTT" | b"AMT" | b"ISS" => break,
            b"CUR" => parser.set(&mut layout, 1, &mut line.currency),
            b"TXI" => parser.push(&mut layout, 2, &mut line.taxes),
            b"PID" => {
                parser.place(&mut layout, 3);
                line.descriptions.push(parser.description(&[b"MEA"]));
            }
            b"ITD" => parser.push(&mut layout, 4, &mut line.terms),
            b"REF" => parser.push(&mut layout, 5, &mut line.references),
            b"PER" => parser.push(&mut layout, 6, &mut line.contacts),
            b"DTM" => parser.push(&mut layout, 7, &mut line.dates),
            b"CAD" => parser.push(&mut layout, 8, &mut line.carriers),
            b"SAC" => {
                parser.place(&mut layout, 9);
                line.charges.push(parser.charge(true, &[]));
            }
            b"N1" => {
                parser.place(&mut layout, 10);
                line.parties.push(parser.party(&[b"DMG"]));
            }
            b"SLN" => parser.keep_loop(&mut layout, SUBLINE),
            b"LM" => parser.keep_loop(&mut layout, &[b"LQ"]),
            b"V1" => parser.keep_loop(&mut layout, &[b"R4", b"DTM"]),
            b"FA1" => parser.keep_loop(&mut layout, &[b"FA2"]),
            _ => parser.keep(&mut layout),
        }
    }
    line.layout = layout.finish();
    line
}
