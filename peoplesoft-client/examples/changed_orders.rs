//! Reads the purchase orders that changed in a window, page by page, and goes on where it stopped.
//!
//! `cargo run -p peoplesoft-client --features test-util --example changed_orders`
//!
//! A gateway on this machine stands in for PeopleSoft; against a real one only the first lines differ.

#![expect(clippy::print_stdout, reason = "an example shows what it reads")]

use std::error::Error;
use std::time::Duration;

use futures_util::TryStreamExt;
use peoplesoft_client::model::*;
use peoplesoft_client::testing::FakePeopleSoft;

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let noon: PsDateTime = "2026-04-01T12:00:00".parse()?;
    let fake = FakePeopleSoft::builder()
        .basic("EDI_USER", "secret")
        .orders(orders(noon.minus(Duration::from_secs(3_600)))?)
        .now(noon.to_instant(&Zone::utc()))
        .start()
        .await?;
    // Client::builder("https://psft.example.com/PSIGW".parse()?).credentials(…)
    let client = fake.client_builder().build()?;

    // The end of the window is the source's own clock, a little back: transactions commit late.
    let to = client.server_time().await?.minus(Duration::from_secs(60));
    let from = to.minus(Duration::from_secs(86_400));

    // One page: at most so many rows of the query, orders always whole.
    let window = client.purchase_orders().changed_between(from, to);
    let page = window.max_rows(3).page().await?;
    println!("the first page has {} orders", page.items.len());

    // A poll that was interrupted goes on after the last key that it kept.
    let rest = client
        .purchase_orders()
        .changed_between(from, to)
        .after(page.next);
    let mut items = Box::pin(rest.items());
    while let Some(item) = items.try_next().await? {
        match item {
            Ok(order) => println!(
                "{} of {}: {} lines, {} {}",
                order.key,
                order.vendor,
                order.lines.len(),
                order.merchandise_total(),
                order.currency,
            ),
            // A record that cannot be read stands beside the others, with what has to be done.
            Err(bad) => println!("{bad}; {}", bad.remedy),
        }
    }
    Ok(())
}

/// Seven orders of two lines each.
fn orders(changed: PsDateTime) -> Result<Vec<PurchaseOrder>, Box<dyn Error>> {
    let mut orders = Vec::new();
    for number in 1..=7 {
        let mut order = PurchaseOrder::new(
            PurchaseOrderKey::new("US001", format!("{number:010}"))?,
            VendorKey::new("SHARE", "0000000042")?,
            "2026-03-31".parse()?,
            CurrencyCode::new("USD")?,
        );
        order.status = PoStatus::Dispatched;
        order.last_updated = changed;
        for line_nbr in 1..=2 {
            let mut line = PurchaseOrderLine::new(line_nbr, UnitOfMeasure::new("EA")?);
            let (quantity, price) = (parse_decimal("4")?, parse_decimal("12.50")?);
            let due = "2026-04-15".parse()?;
            line.schedules
                .push(PurchaseOrderSchedule::new(1, due, quantity, price));
            order.lines.push(line);
        }
        orders.push(order);
    }
    Ok(orders)
}
