//! A message of vouchers: a header, three lines, a distribution each, `PSCAMA` behind every row.

use std::fmt::Write as _;
use std::io::{self, Read};

use super::Content;

const START: &str = r#"<?xml version="1.0"?>
<VOUCHER_BUILD><FieldTypes><VCHR_HDR_STG class="R"><BUSINESS_UNIT type="CHAR"/><VCHR_BLD_KEY_C1 type="CHAR"/><VCHR_BLD_KEY_N1 type="NUMBER"/><VOUCHER_ID type="CHAR"/><VOUCHER_STYLE type="CHAR"/><INVOICE_ID type="CHAR"/><INVOICE_DT type="DATE"/><VENDOR_SETID type="CHAR"/><VENDOR_ID type="CHAR"/><VNDR_LOC type="CHAR"/><GROSS_AMT type="NUMBER"/><FREIGHT_AMT type="NUMBER"/><PYMNT_TERMS_CD type="CHAR"/><TXN_CURRENCY_CD type="CHAR"/><DESCR254_MIXED type="CHAR"/><ACCOUNTING_DT type="DATE"/></VCHR_HDR_STG><VCHR_LINE_STG class="R"><VOUCHER_LINE_NUM type="NUMBER"/><BUSINESS_UNIT_PO type="CHAR"/><PO_ID type="CHAR"/><LINE_NBR type="NUMBER"/><SCHED_NBR type="NUMBER"/><DESCR type="CHAR"/><MERCHANDISE_AMT type="NUMBER"/><QTY_VCHR type="NUMBER"/><UNIT_OF_MEASURE type="CHAR"/><UNIT_PRICE type="NUMBER"/></VCHR_LINE_STG><VCHR_DIST_STG class="R"><DISTRIB_LINE_NUM type="NUMBER"/><BUSINESS_UNIT_GL type="CHAR"/><ACCOUNT type="CHAR"/><DEPTID type="CHAR"/><PROJECT_ID type="CHAR"/><MERCHANDISE_AMT type="NUMBER"/></VCHR_DIST_STG><PSCAMA class="R"><LANGUAGE_CD type="CHAR"/><AUDIT_ACTN type="CHAR"/><BASE_LANGUAGE_CD type="CHAR"/><MSG_SEQ_FLG type="CHAR"/><PROCESS_INSTANCE type="NUMBER"/></PSCAMA></FieldTypes><MsgData>"#;
const END: &str = "</MsgData></VOUCHER_BUILD>";
const AUDIT: &str = r#"<PSCAMA class="R"><AUDIT_ACTN>A</AUDIT_ACTN></PSCAMA>"#;
const PSCAMA: &str = r#"<PSCAMA class="R"><LANGUAGE_CD>ENG</LANGUAGE_CD><AUDIT_ACTN>A</AUDIT_ACTN><BASE_LANGUAGE_CD>ENG</BASE_LANGUAGE_CD><MSG_SEQ_FLG/><PROCESS_INSTANCE>0</PROCESS_INSTANCE></PSCAMA>"#;
const LINES: u64 = 3;

/// Makes a message piece by piece.
#[derive(Debug)]
struct Vouchers {
    left: usize,
    random: fastrand::Rng,
    content: Content,
    stage: Stage,
}

#[derive(Debug, PartialEq)]
enum Stage {
    Start,
    Transactions,
    Over,
}

impl Vouchers {
    fn new(bytes: usize, seed: u64) -> Self {
        Self {
            left: bytes,
            random: fastrand::Rng::with_seed(seed),
            content: Content::default(),
            stage: Stage::Start,
        }
    }

    /// Appends the next piece; whether there was one.
    fn next(&mut self, out: &mut String) -> bool {
        let before = out.len();
        match self.stage {
            Stage::Over => return false,
            Stage::Start => {
                out.push_str(START);
                self.stage = Stage::Transactions;
            }
            Stage::Transactions if self.left == 0 => {
                out.push_str(END);
                self.stage = Stage::Over;
            }
            Stage::Transactions => self.transaction(out),
        }
        self.left = self.left.saturating_sub(out.len() - before);
        true
    }

    fn transaction(&mut self, out: &mut String) {
        self.content.records += 1;
        self.content.rows += 1 + 2 * LINES;
        let number = self.content.records;
        let random = &mut self.random;
        let (vendor, day) = (random.u32(1..40_000), random.u32(1..29));
        let comment = match random.u32(0..8) {
            0 => "Nuts &amp; bolts, as agreed with the warehouse on the telephone",
            1 => "Delivered in two parts",
            _ => "Office supplies for the third floor",
        };
        // Writing to a text does not fail.
        let _ = write!(
            out,
            r#"<Transaction><VCHR_HDR_STG class="R"><BUSINESS_UNIT>US001</BUSINESS_UNIT><VCHR_BLD_KEY_C1>EDI_810_{number:09}</VCHR_BLD_KEY_C1><VCHR_BLD_KEY_N1>{number}</VCHR_BLD_KEY_N1><VOUCHER_ID>NEXT</VOUCHER_ID><VOUCHER_STYLE>REG</VOUCHER_STYLE><INVOICE_ID>INV-{number:08}</INVOICE_ID><INVOICE_DT>2026-03-{day:02}</INVOICE_DT><VENDOR_SETID>SHARE</VENDOR_SETID><VENDOR_ID>{vendor:010}</VENDOR_ID><VNDR_LOC>MAIN      </VNDR_LOC><GROSS_AMT>{}.{:02}</GROSS_AMT><FREIGHT_AMT>12.5</FREIGHT_AMT><PYMNT_TERMS_CD>NET30</PYMNT_TERMS_CD><TXN_CURRENCY_CD>USD</TXN_CURRENCY_CD><DESCR254_MIXED>{comment}</DESCR254_MIXED><ACCOUNTING_DT>2026-04-01</ACCOUNTING_DT>"#,
            random.u32(10..90_000),
            random.u32(0..100),
        );
        for line in 1..=LINES {
            let _ = write!(
                out,
                r#"<VCHR_LINE_STG class="R"><VOUCHER_LINE_NUM>{line}</VOUCHER_LINE_NUM><BUSINESS_UNIT_PO>US001</BUSINESS_UNIT_PO><PO_ID>{:010}</PO_ID><LINE_NBR>{line}</LINE_NBR><SCHED_NBR>1</SCHED_NBR><DESCR>Hex bolt M{} zinc plated</DESCR><MERCHANDISE_AMT>{}.{:03}</MERCHANDISE_AMT><QTY_VCHR>{}.5</QTY_VCHR><UNIT_OF_MEASURE>EA</UNIT_OF_MEASURE><UNIT_PRICE>{}.{:05}</UNIT_PRICE><VCHR_DIST_STG class="R"><DISTRIB_LINE_NUM>1</DISTRIB_LINE_NUM><BUSINESS_UNIT_GL>US001</BUSINESS_UNIT_GL><ACCOUNT>{}</ACCOUNT><DEPTID>{}</DEPTID><PROJECT_ID/><MERCHANDISE_AMT>1.{:03}</MERCHANDISE_AMT></VCHR_DIST_STG>{AUDIT}</VCHR_LINE_STG>{AUDIT}"#,
                random.u32(1..1_000_000),
                random.u32(3..24),
                random.u32(1..9_000),
                random.u32(0..1_000),
                random.u32(1..500),
                random.u32(0..200),
                random.u32(0..100_000),
                random.u32(600_000..700_000),
                random.u32(10_000..90_000),
                random.u32(0..1_000),
            );
        }
        let _ = write!(out, "</VCHR_HDR_STG>{PSCAMA}</Transaction>");
    }
}

/// A message of at least so many bytes, and what is in it.
#[must_use]
pub fn voucher_message(bytes: usize, seed: u64) -> (String, Content) {
    let mut vouchers = Vouchers::new(bytes, seed);
    let mut out = String::with_capacity(bytes + 10_000);
    while vouchers.next(&mut out) {}
    (out, vouchers.content)
}

/// The bytes of [`voucher_message`], made while they are read.
#[derive(Debug)]
pub struct MessageStream {
    vouchers: Vouchers,
    piece: String,
    taken: usize,
}

impl MessageStream {
    /// A message of at least so many bytes.
    #[must_use]
    pub fn new(bytes: usize, seed: u64) -> Self {
        Self {
            vouchers: Vouchers::new(bytes, seed),
            piece: String::new(),
            taken: 0,
        }
    }
}

impl Read for MessageStream {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.piece.len() {
            self.piece.clear();
            self.taken = 0;
            while self.piece.len() < 16 * 1024 && self.vouchers.next(&mut self.piece) {}
        }
        let rest = self.piece.as_bytes().get(self.taken..).unwrap_or_default();
        let length = rest.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..length), rest.get(..length)) {
            to.copy_from_slice(from);
        }
        self.taken += length;
        Ok(length)
    }
}
