//! Has a voucher built from a supplier's invoice, and finds out what became of it.
//!
//! `cargo run -p peoplesoft-client --features test-util --example voucher`
//!
//! The post only queues a message: the voucher exists when the batch program of the site has made it.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use peoplesoft_client::model::*;
use peoplesoft_client::testing::FakePeopleSoft;
use peoplesoft_client::{BuildAnswer, BuildState};

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let fake = FakePeopleSoft::builder()
        .basic("EDI_USER", "secret")
        .start()
        .await?;
    let client = fake.client_builder().build()?;
    let builds = client.voucher_builds();

    let voucher = invoice("INV-4711")?;
    // Keep the reference before the post: it finds the voucher again, whatever happens.
    let reference = voucher.reference();
    match builds.build(&voucher).await? {
        BuildAnswer::Accepted(receipt) => println!("{receipt}"),
        other => println!("not posted: {other:?}"),
    }
    println!("now: {:?}", builds.confirm(&reference).await?);

    // The same invoice again is not posted again.
    if let BuildAnswer::AlreadyThere(state) = builds.build(&voucher).await? {
        println!("already there: {state:?}");
    }

    // Here the site's batch program runs; a service asks again from time to time.
    fake.run_batches();
    match builds.confirm(&reference).await? {
        BuildState::Built {
            voucher,
            entry,
            posted,
        } => {
            println!("voucher {voucher}, {entry}, posted {posted}");
        }
        BuildState::Recycled { vouchers } => println!("recycled: {vouchers:?}"),
        waiting => println!("still {waiting:?}"),
    }
    Ok(())
}

/// An invoice over one line of an order, and freight.
fn invoice(number: &str) -> Result<NewVoucher, Box<dyn Error>> {
    let mut voucher = NewVoucher::new(
        BusinessUnit::new("US001")?,
        VendorKey::new("SHARE", "0000000042")?,
        InvoiceId::new(number)?,
        "2026-03-31".parse()?,
        CurrencyCode::new("USD")?,
    );
    let mut line = NewVoucherLine::new(1, parse_decimal("250.00")?);
    let order = PurchaseOrderKey::new("US001", "0000000123")?;
    line.order = Some(OrderSchedule {
        order,
        line_nbr: 1,
        sched_nbr: 1,
    });
    voucher.lines.push(line);
    voucher.freight_amount = Some(parse_decimal("12.50")?);
    voucher.gross_amount = voucher.total();
    Ok(voucher)
}
