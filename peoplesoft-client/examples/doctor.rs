//! Finds out why nothing works, or that everything does.
//!
//! `cargo run -p peoplesoft-client --features test-util --example doctor` examines a gateway on this
//! machine whose administrator has forgotten something. With an address, a node, a user and the name of
//! a file with the password, it examines a real one:
//!
//! `… --example doctor -- https://psft.example.com/PSIGW PSFT_EP EDI_USER password.txt`

#![expect(clippy::print_stdout, reason = "an example shows what it finds")]

use std::error::Error;

use peoplesoft_client::testing::FakePeopleSoft;
use peoplesoft_client::{Client, Credentials};

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [gateway, node, user, file] = arguments.as_slice()
        && gateway.starts_with("http")
    {
        let password = std::fs::read_to_string(file)?;
        let client = Client::builder(gateway.parse()?)
            .node(node)
            .credentials(Credentials::basic(user, password.trim().into()))
            .build()?;
        println!("{}", client.doctor().await);
        return Ok(());
    }

    let fake = FakePeopleSoft::builder()
        .basic("EDI_USER", "secret")
        .start()
        .await?;
    let client = fake.client_builder().build()?;
    fake.set_permitted("purchase_orders", false);
    let report = client.doctor().await;
    println!("{report}\n");

    // What a machine reads: one object for each step.
    let failed = report.steps.iter().filter(|step| step.fix.is_some());
    for step in failed {
        println!("{}", serde_json::to_string(step)?);
    }

    fake.set_permitted("purchase_orders", true);
    let report = client.doctor().await;
    println!(
        "\nafter the administrator has done so: healthy {}",
        report.is_healthy()
    );
    Ok(())
}
