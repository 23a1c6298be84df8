//! `vault`: credentials at rest.

use std::io::{self, Read};

use secrecy::SecretString;
use sync_core::vault::{FileKey, Vault, VaultError};

use super::{DONE, Output, VaultVerb};
use crate::config::Config;

/// Why a vault command fails.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error("standard input: {0}")]
    Input(#[from] io::Error),
    #[error(
        "standard input holds no secret; give it as: printf %s \"$SECRET\" | peoplesoft-cleo vault set NAME"
    )]
    Empty,
}

pub(super) fn vault(config: &Config, verb: &VaultVerb, out: &Output) -> Result<u8, Failed> {
    let settings = &config.vault;
    let open = || Vault::open(&settings.file, FileKey::open(&settings.key_file)?);
    match verb {
        VaultVerb::Init { .. } => {
            FileKey::create(&settings.key_file)?;
            out.line(format_args!(
                "{} made: keep a copy of it apart from {}",
                settings.key_file.display(),
                settings.file.display()
            ))?;
        }
        VaultVerb::Set { name, .. } => {
            let mut text = String::new();
            io::stdin().read_to_string(&mut text)?;
            let secret = text.trim_end_matches(['\r', '\n']);
            if secret.is_empty() {
                return Err(Failed::Empty);
            }
            open()?.put(&config.tenant, name, &SecretString::from(secret))?;
            out.line(format_args!("{name} is kept"))?;
        }
        VaultVerb::List { .. } => {
            for name in open()?.names(&config.tenant)? {
                out.line(name)?;
            }
        }
        VaultVerb::Remove { name, .. } => {
            open()?.remove(&config.tenant, name)?;
            out.line(format_args!("{name} is forgotten"))?;
        }
    }
    Ok(DONE)
}
