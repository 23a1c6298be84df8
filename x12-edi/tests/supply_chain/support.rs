//! What all of these tests need.

use std::path::Path;

use x12_edi::document::change_acknowledgment::ChangeAcknowledgment;
use x12_edi::document::invoice::Invoice;
use x12_edi::document::payment_order::PaymentOrder;
use x12_edi::document::purchase_order::PurchaseOrder;
use x12_edi::document::purchase_order_acknowledgment::PurchaseOrderAcknowledgment;
use x12_edi::document::purchase_order_change::PurchaseOrderChange;
use x12_edi::document::ship_notice::ShipNotice;
use x12_edi::envelope::{GroupHeader, InterchangeHeader, InterchangeId};
use x12_edi::finding::Finding;
use x12_edi::schema::Release;
use x12_edi::value::{ControlNumber, Date, Decimal, SetControlNumber, Time};
use x12_edi::{LineEnd, Result, TransactionSet, Writer};

pub(crate) fn date(day: i8) -> Date {
    Date::new(2024, 1, day).unwrap()
}

pub(crate) fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// A typed document, whichever it is.
pub(crate) trait Document: Sized {
    const CODE: &'static str;
    const GROUP: &'static str;
    fn read(set: &TransactionSet) -> (Self, Vec<Finding>);
    fn release(&self) -> Release;
    fn put(&self, writer: &mut Writer<Vec<u8>>, number: &SetControlNumber) -> Result<()>;
}

macro_rules! documents {
    ($($name:ty),*) => { $(
        impl Document for $name {
            const CODE: &'static str = <$name>::CODE;
            const GROUP: &'static str = <$name>::FUNCTIONAL_ID;

            fn read(set: &TransactionSet) -> (Self, Vec<Finding>) {
                let parsed = <$name>::parse(set);
                (parsed.document, parsed.findings)
            }

            fn release(&self) -> Release {
                self.release
            }

            fn put(&self, writer: &mut Writer<Vec<u8>>, number: &SetControlNumber) -> Result<()> {
                self.write(writer, number)
            }
        }
    )* };
}

documents!(
    Invoice,
    PurchaseOrder,
    PurchaseOrderAcknowledgment,
    PurchaseOrderChange,
    ChangeAcknowledgment,
    ShipNotice,
    PaymentOrder
);

/// An interchange with this document in a group of its release.
pub(crate) fn written<D: Document>(document: &D) -> Result<Vec<u8>> {
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
    let group = GroupHeader::new(D::GROUP, "ALPHA", "BRAVO", number, date(31), time)
        .with_version(document.release().as_str());
    writer.start_group(&group)?;
    document.put(&mut writer, &SetControlNumber::from(ControlNumber::new(1)?))?;
    writer.end_group()?;
    writer.end_interchange()?;
    writer.finish()
}

pub(crate) fn text_of<D: Document>(document: &D) -> String {
    String::from_utf8(written(document).unwrap()).unwrap()
}

/// A file around the content of a set.
pub(crate) fn file<D: Document>(content: &str) -> Vec<u8> {
    let count = content.matches('~').count() + 2;
    format!(
        "ISA*00*          *00*          *ZZ*ALPHA          *01*123456789      \
         *240131*1430*U*00401*000000007*0*P*>~\nGS*{}*ALPHA*BRAVO*20240131*1430*7*X*004010~\n\
         ST*{}*0001~\n{content}SE*{count}*0001~\nGE*1*7~\nIEA*1*000000007~\n",
        D::GROUP,
        D::CODE
    )
    .into_bytes()
}

pub(crate) fn set_of(bytes: &[u8]) -> TransactionSet {
    let read = x12_edi::parse(bytes);
    assert_eq!(read.all_findings().next(), None);
    read.sets.into_iter().next().expect("a set")
}

/// Reads a set of this content and looks that writing gives the same bytes again.
pub(crate) fn read<D: Document>(content: &str) -> (D, Vec<Finding>) {
    let bytes = file::<D>(content);
    let (document, findings) = D::read(&set_of(&bytes));
    assert_eq!(
        String::from_utf8_lossy(&written(&document).unwrap()),
        String::from_utf8_lossy(&bytes)
    );
    (document, findings)
}

/// Code, segment and element of each finding.
pub(crate) fn codes(findings: &[Finding]) -> Vec<(&'static str, &str, u16)> {
    let place = |f: &Finding| f.location.element.unwrap_or(0);
    findings
        .iter()
        .map(|f| (f.code.as_str(), f.location.segment_id.as_str(), place(f)))
        .collect()
}

/// Looks that the document is written as the golden file says and comes back from it.
pub(crate) fn golden<D: Document + PartialEq + std::fmt::Debug>(name: &str, document: &D) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let golden = std::fs::read(folder.join(name)).expect("the fixture exists");
    let bytes = written(document).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&bytes),
        String::from_utf8_lossy(&golden)
    );
    let (parsed, findings) = D::read(&set_of(&bytes));
    assert_eq!(findings, []);
    assert_eq!(&parsed, document);
    assert_eq!(written(&parsed).unwrap(), bytes);
}
