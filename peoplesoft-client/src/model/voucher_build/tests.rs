//! Vouchers through rows of the staging records and back.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::model::{ChartFieldKind, ChartFieldValue, ChartFields};
use crate::model::{VendorKey, voucher_format::Format};
use crate::rowset::{Message, ReadOptions, Reader, WriteOptions};

const FORMAT: Format<'static> = Format {
    dates: "%Y/%m/%d",
    payment_record: "VCHR_PYMT_STG",
    source: "XML",
};

fn empty() -> NewVoucher {
    NewVoucher::new(
        BusinessUnit::new("US001").unwrap(),
        VendorKey::new("SHARE", "0000000042").unwrap(),
        InvoiceId::new("INV-1").unwrap(),
        "2026-03-31".parse().unwrap(),
        CurrencyCode::new("USD").unwrap(),
    )
}

fn round(voucher: &NewVoucher) -> Result<NewVoucher, Vec<crate::rowset::Finding>> {
    let (row, findings) = voucher.to_row(FORMAT);
    assert_eq!(findings, []);
    let message = Message::new("VOUCHER_BUILD").row(row);
    let xml = message.to_xml(&WriteOptions::default()).unwrap();
    let mut reader = Reader::from_slice(xml.as_bytes(), ReadOptions::default());
    let transaction = reader.next_transaction().unwrap().unwrap();
    assert_eq!(transaction.findings(), []);
    NewVoucher::from_row(transaction.first().unwrap(), FORMAT)
}

fn amount() -> impl Strategy<Value = Decimal> {
    (-999_999_999i64..=999_999_999, 0..=3_u32).prop_map(|(n, scale)| Decimal::new(n, scale))
}

fn text(most: usize) -> impl Strategy<Value = Option<String>> {
    let text = "[!-~äß€][ -~äß€]{0,300}".prop_map(move |text: String| {
        text.chars()
            .take(most)
            .collect::<String>()
            .trim()
            .to_owned()
    });
    proptest::option::of(text)
}

fn line() -> impl Strategy<Value = NewVoucherLine> {
    let distribution = (amount(), text(30)).prop_map(|(amount, description)| {
        let mut charged = ChartFields::default();
        charged.set(
            ChartFieldKind::Account,
            ChartFieldValue::new("600100").unwrap(),
        );
        let mut distribution = NewVoucherDistribution::new(1, amount, charged);
        distribution.description = description;
        distribution
    });
    let parts = (
        amount(),
        text(30),
        proptest::option::of(amount()),
        any::<u16>(),
    );
    (parts, proptest::collection::vec(distribution, 0..3)).prop_map(|(parts, distributions)| {
        let (amount, description, quantity, number) = parts;
        let mut line = NewVoucherLine::new(number.into(), amount);
        line.description = description;
        line.quantity = quantity;
        line.distributions = distributions;
        line
    })
}

proptest! {
    #[test]
    fn a_voucher_survives(
        amounts in (amount(), proptest::option::of(amount()), proptest::option::of(amount())),
        texts in (text(254), text(22), text(3)),
        due in proptest::option::of((1..=9999_u16, 1..=12_u8, 1..=28_u8)),
        lines in proptest::collection::vec(line(), 0..4),
        extra in text(60),
    ) {
        let mut voucher = empty();
        (voucher.gross_amount, voucher.freight_amount, voucher.vat_amount) = amounts;
        (voucher.description, voucher.packing_slip, voucher.origin) = texts;
        voucher.due_date = due.map(|(year, month, day)| PsDate::new(year, month, day).unwrap());
        voucher.lines = lines;
        voucher.extra.extend(extra.map(|text| ("X_FIELD".to_owned(), text)));
        prop_assert_eq!(round(&voucher), Ok(voucher));
    }
}

#[test]
fn what_keeps_a_voucher_from_being_built_is_listed() {
    let mut voucher = empty();
    voucher.origin = Some("LONG".to_owned());
    voucher.freight_amount = Some("0.0001".parse().unwrap());
    voucher.extra.insert("GROSS_AMT".to_owned(), "1".to_owned());
    let mut line = NewVoucherLine::new(0, "10".parse().unwrap());
    line.unit_price = Some("12345678901".parse().unwrap());
    voucher.lines.push(line);
    for _ in 0..2 {
        let mut line = NewVoucherLine::new(7, "10".parse().unwrap());
        let charged = ChartFields::default();
        line.distributions.push(NewVoucherDistribution::new(
            1,
            "9".parse().unwrap(),
            charged,
        ));
        voucher.lines.push(line);
    }
    let listed: Vec<String> = voucher.check().iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(listed.join("\n"), @r"
    VCHR_HDR_STG.ORIGIN: found `LONG`, expected at most 3 characters, none of them a control character
    VCHR_HDR_STG.FREIGHT_AMT: found `0.0001`, expected a number of at most 23 digits before and 3 after the point
    VCHR_HDR_STG.GROSS_AMT: found `1`, expected a field that the model has no place for
    VCHR_HDR_STG/VCHR_LINE_STG[1].UNIT_PRICE: found `12345678901`, expected a number of at most 10 digits before and 5 after the point
    lines[0].line_nbr: found `0`, expected a number from 1 to 99999
    lines[2].line_nbr: found `7`, expected a number that is used once
    gross_amount: found `0`, expected 30.0001, which lines and charges come to
    lines[1].distributions: found `9`, expected 10, the amount of the line
    lines[2].distributions: found `9`, expected 10, the amount of the line
    ");
    assert_eq!(empty().check().len(), 1, "a voucher without lines");
}

#[test]
fn what_cannot_be_read_is_listed() {
    let xml = "<VOUCHER_BUILD><VCHR_HDR_STG><BUSINESS_UNIT>US001</BUSINESS_UNIT><INVOICE_ID>I</INVOICE_ID>\
        <INVOICE_DT>31.03.2026</INVOICE_DT><VENDOR_SETID>SHARE</VENDOR_SETID><VENDOR_ID>4</VENDOR_ID>\
        <TXN_CURRENCY_CD>USD</TXN_CURRENCY_CD><GROSS_AMT>1,5</GROSS_AMT>\
        <VCHR_LINE_STG><VOUCHER_LINE_NUM>1.5</VOUCHER_LINE_NUM></VCHR_LINE_STG></VCHR_HDR_STG></VOUCHER_BUILD>";
    let options = ReadOptions::default().parts(true);
    let mut reader = Reader::from_slice(xml.as_bytes(), options);
    let transaction = reader.next_transaction().unwrap().unwrap();
    let findings = NewVoucher::from_row(transaction.first().unwrap(), FORMAT).unwrap_err();
    let listed: Vec<String> = findings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(listed.join("\n"), @r"
    VCHR_HDR_STG[1].INVOICE_DT: found `31.03.2026`, expected a date such as 2026-03-31
    VCHR_HDR_STG[1].GROSS_AMT: found `1,5`, expected a number written with digits and at most one decimal point
    VCHR_HDR_STG[1].VCHR_BLD_KEY_C1: found ``, expected build keys that fit
    VCHR_HDR_STG[1]/VCHR_LINE_STG[1].VOUCHER_LINE_NUM: found `1.5`, expected a whole number from 0
    ");
}
