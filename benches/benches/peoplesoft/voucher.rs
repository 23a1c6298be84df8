//! The same typed voucher, from rows by hand and from XML by serde.

use peoplesoft_client::Decimal;
use peoplesoft_client::model::{PsDate, parse_decimal};
use peoplesoft_client::rowset::{Finding, Row};
use serde::{Deserialize, Deserializer, de};

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) struct Voucher {
    business_unit: String,
    vchr_bld_key_c1: String,
    vchr_bld_key_n1: u32,
    voucher_id: String,
    voucher_style: String,
    invoice_id: String,
    invoice_dt: Option<PsDate>,
    vendor_setid: String,
    vendor_id: String,
    vndr_loc: String,
    #[serde(deserialize_with = "decimal")]
    gross_amt: Decimal,
    #[serde(deserialize_with = "decimal")]
    freight_amt: Decimal,
    pymnt_terms_cd: String,
    txn_currency_cd: String,
    #[serde(rename = "DESCR254_MIXED")]
    descr: String,
    accounting_dt: Option<PsDate>,
    #[serde(rename = "VCHR_LINE_STG")]
    pub(super) lines: Vec<Line>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) struct Line {
    voucher_line_num: u32,
    business_unit_po: String,
    po_id: String,
    line_nbr: u32,
    sched_nbr: u32,
    descr: String,
    #[serde(deserialize_with = "decimal")]
    merchandise_amt: Decimal,
    #[serde(deserialize_with = "decimal")]
    qty_vchr: Decimal,
    unit_of_measure: String,
    #[serde(deserialize_with = "decimal")]
    unit_price: Decimal,
    #[serde(rename = "VCHR_DIST_STG")]
    pub(super) distributions: Vec<Distribution>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) struct Distribution {
    distrib_line_num: u32,
    business_unit_gl: String,
    account: String,
    deptid: String,
    project_id: String,
    #[serde(deserialize_with = "decimal")]
    merchandise_amt: Decimal,
}

fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    parse_decimal(&text).map_err(de::Error::custom)
}

/// The whole message as serde sees it.
#[derive(Debug, Deserialize)]
pub(super) struct Message {
    #[serde(rename = "MsgData")]
    pub(super) data: MsgData,
}

#[derive(Debug, Deserialize)]
pub(super) struct MsgData {
    #[serde(rename = "Transaction")]
    pub(super) transactions: Vec<Transaction>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Transaction {
    #[serde(rename = "VCHR_HDR_STG")]
    pub(super) voucher: Voucher,
}

impl Voucher {
    pub(super) fn read(row: Row<'_>) -> Result<Self, Finding> {
        let mut read = Self::default();
        for field in row.fields() {
            let text = field.text();
            match field.name() {
                "BUSINESS_UNIT" => read.business_unit = text.to_owned(),
                "VCHR_BLD_KEY_C1" => read.vchr_bld_key_c1 = text.to_owned(),
                "VCHR_BLD_KEY_N1" => read.vchr_bld_key_n1 = whole(row, field.name(), text)?,
                "VOUCHER_ID" => read.voucher_id = text.to_owned(),
                "VOUCHER_STYLE" => read.voucher_style = text.to_owned(),
                "INVOICE_ID" => read.invoice_id = text.to_owned(),
                "INVOICE_DT" => read.invoice_dt = Some(day(row, field.name(), text)?),
                "VENDOR_SETID" => read.vendor_setid = text.to_owned(),
                "VENDOR_ID" => read.vendor_id = text.to_owned(),
                "VNDR_LOC" => read.vndr_loc = text.to_owned(),
                "GROSS_AMT" => read.gross_amt = number(row, field.name(), text)?,
                "FREIGHT_AMT" => read.freight_amt = number(row, field.name(), text)?,
                "PYMNT_TERMS_CD" => read.pymnt_terms_cd = text.to_owned(),
                "TXN_CURRENCY_CD" => read.txn_currency_cd = text.to_owned(),
                "DESCR254_MIXED" => read.descr = text.to_owned(),
                "ACCOUNTING_DT" => read.accounting_dt = Some(day(row, field.name(), text)?),
                _ => {}
            }
        }
        for below in row.children("VCHR_LINE_STG") {
            read.lines.push(Line::read(below)?);
        }
        Ok(read)
    }
}

impl Line {
    fn read(row: Row<'_>) -> Result<Self, Finding> {
        let mut read = Self::default();
        for field in row.fields() {
            let text = field.text();
            match field.name() {
                "VOUCHER_LINE_NUM" => read.voucher_line_num = whole(row, field.name(), text)?,
                "BUSINESS_UNIT_PO" => read.business_unit_po = text.to_owned(),
                "PO_ID" => read.po_id = text.to_owned(),
                "LINE_NBR" => read.line_nbr = whole(row, field.name(), text)?,
                "SCHED_NBR" => read.sched_nbr = whole(row, field.name(), text)?,
                "DESCR" => read.descr = text.to_owned(),
                "MERCHANDISE_AMT" => read.merchandise_amt = number(row, field.name(), text)?,
                "QTY_VCHR" => read.qty_vchr = number(row, field.name(), text)?,
                "UNIT_OF_MEASURE" => read.unit_of_measure = text.to_owned(),
                "UNIT_PRICE" => read.unit_price = number(row, field.name(), text)?,
                _ => {}
            }
        }
        for below in row.children("VCHR_DIST_STG") {
            read.distributions.push(Distribution::read(below)?);
        }
        Ok(read)
    }
}

impl Distribution {
    fn read(row: Row<'_>) -> Result<Self, Finding> {
        let mut read = Self::default();
        for field in row.fields() {
            let text = field.text();
            match field.name() {
                "DISTRIB_LINE_NUM" => read.distrib_line_num = whole(row, field.name(), text)?,
                "BUSINESS_UNIT_GL" => read.business_unit_gl = text.to_owned(),
                "ACCOUNT" => read.account = text.to_owned(),
                "DEPTID" => read.deptid = text.to_owned(),
                "PROJECT_ID" => read.project_id = text.to_owned(),
                "MERCHANDISE_AMT" => read.merchandise_amt = number(row, field.name(), text)?,
                _ => {}
            }
        }
        Ok(read)
    }
}

fn whole(row: Row<'_>, field: &str, text: &str) -> Result<u32, Finding> {
    text.parse()
        .map_err(|_| row.finding(field, text, "a whole number from 0"))
}

fn number(row: Row<'_>, field: &str, text: &str) -> Result<Decimal, Finding> {
    parse_decimal(text).map_err(|error| row.finding(field, text, error.expected()))
}

fn day(row: Row<'_>, field: &str, text: &str) -> Result<PsDate, Finding> {
    text.parse()
        .map_err(|_| row.finding(field, text, "a date such as 2026-03-31"))
}
