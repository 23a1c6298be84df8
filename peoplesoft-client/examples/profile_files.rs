//! Writes the default profile, every value explained, and the JSON Schema of profiles for editors.
//!
//! `cargo run -p peoplesoft-client --example profile_files` writes both into the sources; with the name of
//! a directory, it writes them there.

use std::error::Error;
use std::path::PathBuf;

use peoplesoft_client::Profile;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = match std::env::args().nth(1) {
        Some(directory) => PathBuf::from(directory),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")),
    };
    let schema = format!("{}\n", Profile::json_schema());
    std::fs::write(
        directory.join("profile.default.toml"),
        Profile::default().to_toml(),
    )?;
    std::fs::write(directory.join("profile.schema.json"), schema)?;
    Ok(())
}
