//! Brings a purchase order to a partner through a bad line: it arrives once.
//!
//! `cargo run -p cleo-client --example purchase_order --features test-util`

use std::{
    error::Error,
    io::{self, Write as _},
    sync::Arc,
};

use cleo_client::{
    file_transfer::{Delivered, Delivery, RestTransfer, Upload, unique_name},
    testing::{FakeCleo, Fault, ManualClock, Operation, RunScript},
};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let cleo = FakeCleo::builder()
        .user("edi", "secret")
        .connection("ACME", "as2")
        .action("ACME", "send", RunScript::success())
        .start()
        .await?;
    let clock = Arc::new(ManualClock::new());
    let client = cleo
        .client("edi", "secret")
        .clock(Arc::<ManualClock>::clone(&clock))
        .build()?;
    // Busy first; then the file arrives, and the answer is lost.
    cleo.inject_on(Operation::Upload, Fault::TooManyRequests(None));
    cleo.inject_on(Operation::Upload, Fault::CutAfter);

    let files = RestTransfer::new(&client)?;
    let name = unique_name(&["850", "US001", "0000012345", "0"], "edi")?;
    let order =
        Upload::new("outbox/acme", name, "ISA*00*…").with_content_type("application/edi-x12");
    let delivered = Delivery::new(&files).clock(clock).send(&order).await?;
    let how = match delivered {
        Delivered::Sent(_) => "sent",
        Delivered::Found(_) => "found after a doubt",
    };
    let copies = cleo.received().len();
    writeln!(
        io::stdout(),
        "{}: {how}, {copies} on the server",
        order.name
    )?;

    let send = client.actions().find_in_connection("ACME", "send").await?;
    let outcome = client
        .actions()
        .run(&send.ok_or("no action")?)
        .send()
        .await?;
    for line in outcome.report().lines() {
        writeln!(io::stdout(), "{line}")?;
    }
    if copies != 1 || !outcome.is_success() {
        return Err("the order did not arrive once".into());
    }
    Ok(())
}
