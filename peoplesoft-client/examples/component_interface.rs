//! Gets, finds, creates and changes records through a component interface, by names without prefixes.
//!
//! `cargo run -p peoplesoft-client --features test-util --example component_interface`
//!
//! Over SOAP the site's message names, which are random numbers, are read from the service's WSDL.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use peoplesoft_client::CiBuffer;
use peoplesoft_client::testing::{FakeComponent, FakePeopleSoft};

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let fake = FakePeopleSoft::builder()
        .basic("EDI_USER", "secret")
        .start()
        .await?;
    fake.put_component(
        FakeComponent::new("VNDR_ID", ["SETID", "VENDOR_ID"])
            .required("NAME1")
            .collection("VENDOR_ADDR", ["ADDRESS_SEQ_NUM"])
            .numbered("VENDOR_ID", 10),
    );
    let client = fake.client_builder().build()?;
    let suppliers = client.component_interface("VNDR_ID");

    // PeopleSoft edits what it is given: this one lacks its name.
    let nameless = CiBuffer::new()
        .with("SETID", "SHARE")
        .with("VENDOR_ID", "NEXT");
    if let Err(error) = suppliers.create(&nameless).await {
        println!("{error}\n{}", error.remedy());
    }

    let address = CiBuffer::new()
        .with("ADDRESS_SEQ_NUM", "1")
        .with("CITY", "Ghent");
    let supplier = nameless
        .with("NAME1", "Acme")
        .with_row("VENDOR_ADDR", address);
    let created = suppliers.create(&supplier).await?;
    println!("created {:?}", created.keys.get("VENDOR_ID"));

    let mut known = suppliers
        .get(created.keys.clone())
        .await?
        .ok_or("it is gone")?;
    for address in known.rows("VENDOR_ADDR") {
        println!("{:?} at {:?}", known.get("NAME1"), address.get("CITY"));
    }
    known.set("NAME1", "Acme International");
    let notification = suppliers.update(&known).await?;
    println!("changed: {:?}", notification.verdict);

    let found = suppliers
        .find(CiBuffer::new().with("SETID", "SHARE"))
        .await?;
    println!("{} supplier in SHARE", found.len());
    Ok(())
}
