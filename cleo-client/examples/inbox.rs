//! Fetches what partners sent, piece by piece, and removes it once it is safe.
//!
//! `cargo run -p cleo-client --example inbox --features test-util`

use std::{
    error::Error,
    io::{self, Write as _},
};

use cleo_client::{
    file_transfer::{Digest, FileTransfer as _, HttpServerTransfer},
    testing::FakeCleo,
};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let cleo = FakeCleo::builder()
        .user("edi", "secret")
        .folder("inbox/acme")
        .start()
        .await?;
    cleo.place("inbox/acme", "810-1.edi", "ISA*00*810")?;
    cleo.place("inbox/acme", "855-1.edi", "ISA*00*855")?;
    let client = cleo.client("edi", "secret").build()?;
    let files = HttpServerTransfer::builder(&client).build()?;
    let mut fetched = 0;
    for file in files.list("inbox/acme").await? {
        let mut content = Vec::new();
        let download = files.open("inbox/acme", &file.name).await?;
        let receipt = download.write_to(&mut content).await?;
        if receipt.sha256 != Digest::of_bytes(&content) {
            return Err("what was written is not what came".into());
        }
        // Here a program writes and syncs it, and notes the hash.
        files.delete("inbox/acme", &file.name).await?;
        writeln!(
            io::stdout(),
            "{} {} {}",
            file.name,
            receipt.bytes,
            receipt.sha256
        )?;
        fetched += 1;
    }
    if fetched != 2 || !cleo.files("inbox/acme").is_empty() {
        return Err("not everything was fetched".into());
    }
    Ok(())
}
