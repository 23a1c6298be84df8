//! Vouchers by what they charge: an order, or an invoice number whatever its date.

use peoplesoft_client::model::*;
use peoplesoft_client::testing::{FakePeopleSoft, Output};
use peoplesoft_client::{ErrorKind, Found, Profile};

use crate::payables::{full_voucher, site, vendor, voucher};

fn order(id: &str) -> PurchaseOrderKey {
    PurchaseOrderKey::new("US001", id).unwrap()
}

/// A voucher whose lines charge these orders, and that names none as a whole.
fn charging(number: u32, orders: &[&str]) -> Voucher {
    let ones: Vec<u32> = orders.iter().map(|_| 1).collect();
    let mut voucher = voucher(number, &ones);
    for (line, id) in voucher.lines.iter_mut().zip(orders) {
        line.order = Some(OrderSchedule {
            order: order(id),
            line_nbr: 1,
            sched_nbr: 1,
        });
    }
    voucher
}

fn keys(found: &Found<Voucher>) -> Vec<String> {
    let keys = found.iter().map(|found| match found {
        Ok(voucher) => voucher.key.to_string(),
        Err(bad) => format!("bad: {bad}"),
    });
    keys.collect()
}

async fn filled(fake: &FakePeopleSoft) {
    fake.put(charging(11, &["0000000500"]));
    fake.put(charging(12, &["0000000501", "0000000500"]));
    fake.put(charging(13, &["0000000501"]));
    let mut by_header = charging(14, &[]);
    by_header.purchase_order = Some(order("0000000500"));
    fake.put(by_header);
    // The same number at another unit is another order.
    let mut other = charging(15, &[]);
    other.purchase_order = Some(PurchaseOrderKey::new("US002", "0000000500").unwrap());
    fake.put(other);
}

#[tokio::test]
async fn vouchers_of_an_order_name_it_in_the_header_or_in_a_line() {
    let (fake, client) = site(Profile::default()).await;
    filled(&fake).await;
    let found = client.vouchers().of_order(&order("0000000500")).await;
    let found = found.unwrap();
    assert_eq!(
        keys(&found),
        ["US001/00000011", "US001/00000012", "US001/00000014"]
    );
    // The whole voucher, with the line that charges another order.
    assert_eq!(found[1], Ok(charging(12, &["0000000501", "0000000500"])));
    let sent = fake.requests().pop().unwrap();
    assert!(
        sent.path.contains("/PUBLIC/EDI_VCHR_BY_PO/"),
        "{}",
        sent.path
    );
    let prompts = "prompt_uniquepromptname=BU_PO,PO_ID&prompt_fieldvalue=US001,0000000500&";
    assert!(sent.query.contains(prompts), "{}", sent.query);
    let none = client.vouchers().of_order(&order("0000000999")).await;
    assert_eq!(keys(&none.unwrap()), [""; 0]);
}

#[tokio::test]
async fn an_invoice_number_is_found_whatever_its_date() {
    let (fake, client) = site(Profile::default()).await;
    let mut again = full_voucher();
    again.key = VoucherKey::new("US001", "00000021").unwrap();
    again.invoice_date = Some("2025-03-31".parse().unwrap());
    fake.put(again);
    let mut of_another = full_voucher();
    of_another.key = VoucherKey::new("US001", "00000022").unwrap();
    of_another.vendor = VendorKey::new("SHARE", "0000000043").unwrap();
    fake.put(of_another);
    let vouchers = client.vouchers();
    let number = InvoiceId::new("INV-7").unwrap();
    let found = vouchers.of_invoice_number(&vendor(), &number).await;
    assert_eq!(keys(&found.unwrap()), ["US001/00000007", "US001/00000021"]);
    let sent = fake.requests().pop().unwrap();
    assert!(sent.path.contains("/EDI_VCHR_BY_INV_NBR/"), "{}", sent.path);
    let prompts = "prompt_uniquepromptname=VENDOR_SETID,VENDOR_ID,INVOICE_ID\
                   &prompt_fieldvalue=SHARE,0000000042,INV-7&";
    assert!(sent.query.contains(prompts), "{}", sent.query);
    let none = InvoiceId::new("INV-8").unwrap();
    let found = vouchers.of_invoice_number(&vendor(), &none).await;
    assert_eq!(keys(&found.unwrap()), [""; 0]);
}

#[tokio::test]
async fn names_of_queries_and_prompts_and_the_writing_are_the_sites() {
    let mut profile = Profile::default();
    let lookups = &mut profile.vouchers.lookups;
    lookups.get_mut("by_order").unwrap().query = "X_VCHR_PO".to_owned();
    lookups.get_mut("by_order").unwrap().prompts = vec!["UNIT".to_owned(), "ORDER".to_owned()];
    lookups.get_mut("by_invoice_number").unwrap().query = String::new();
    let (fake, client) = site(profile).await;
    filled(&fake).await;
    let mut output = Output::default();
    output.padded = true;
    output.numbers_as_text = true;
    output.long_status = true;
    output.dotted = false;
    fake.set_output(output);
    let found = client.vouchers().of_order(&order("0000000501")).await;
    let found = found.unwrap();
    assert_eq!(keys(&found), ["US001/00000012", "US001/00000013"]);
    let sent = fake.requests().pop().unwrap();
    assert!(sent.path.contains("/X_VCHR_PO/"), "{}", sent.path);
    let prompts = "prompt_uniquepromptname=UNIT,ORDER&prompt_fieldvalue=US001,0000000501&";
    assert!(sent.query.contains(prompts), "{}", sent.query);

    let number = InvoiceId::new("INV-7").unwrap();
    let vouchers = client.vouchers();
    let unnamed = vouchers.of_invoice_number(&vendor(), &number).await;
    let error = unnamed.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    insta::assert_snapshot!(error, @"the profile names no query at vouchers.lookups.by_invoice_number.query");
}

#[tokio::test]
async fn more_vouchers_than_an_answer_holds_are_not_taken_for_all() {
    let mut profile = Profile::default();
    profile.vouchers.max_rows = 2;
    let (fake, client) = site(profile).await;
    filled(&fake).await;
    let error = client.vouchers().of_order(&order("0000000500")).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
    insta::assert_snapshot!(error.remedy(), @"Raise the row limit of query PUBLIC/EDI_VCHR_BY_PO in the profile above the rows of its largest record, and the limit that PeopleSoft sets for the query.");
}

/// An answer as a site writes it, with a voucher that charges two orders.
#[tokio::test]
async fn a_sample_answer_reads_as_it_is_meant() {
    let (fake, client) = site(Profile::default()).await;
    fake.trouble_next(peoplesoft_client::testing::Trouble::Body {
        status: 200,
        content_type: "application/json".to_owned(),
        body: include_str!("golden/vouchers_of_order.json").to_owned(),
    });
    let found = client.vouchers().of_order(&order("0000000500")).await;
    let read: Vec<Voucher> = found.unwrap().into_iter().map(Result::unwrap).collect();
    let shown = serde_json::to_string_pretty(&read).unwrap();
    insta::assert_snapshot!(shown);
}
