//! Credentials at rest: a file of secrets that only the holder of one key can read or change.
//!
//! Every secret is encrypted under a random data key of its own, and that under the key of the
//! vault (envelope encryption, XChaCha20-Poly1305, nonces drawn at random). Tenant, name and
//! revision are authenticated with both, so entries cannot be swapped; a seal over the whole file
//! shows that entries were removed, added or brought back from an older copy of the file. What it
//! cannot show is an older copy of the *whole* file: keep its directory writable by its owner only.
//!
//! The key comes from a [`KeyProvider`] and is never in the vault's file. [`Vault::rotate`] puts
//! every data key under a new key in one step.
//!
//! ```
//! use secrecy::{ExposeSecret, SecretString};
//! use sync_core::vault::{FileKey, Vault, VaultErrorKind};
//!
//! # let directory = tempfile::tempdir()?;
//! # let directory = directory.path();
//! let key = FileKey::create(directory.join("vault.key"))?;
//! let vault = Vault::open(directory.join("vault.json"), key)?;
//!
//! vault.put("acme", "peoplesoft-password", &SecretString::from("correct horse"))?;
//! assert_eq!(vault.get("acme", "peoplesoft-password")?.expose_secret(), "correct horse");
//!
//! let missing = vault.get("acme", "cleo-password").unwrap_err();
//! assert_eq!(missing.kind(), VaultErrorKind::NotFound);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What happens by default
//!
//! * Reading takes no lock and sees the file as it is at that moment; nothing is cached, so a
//!   secret that another process has put is found by the next `get`.
//! * A change takes a lock (`<file>.lock` beside the vault), writes `<file>.new`, flushes it,
//!   renames it over the vault and flushes the directory. A crash leaves the old or the new vault.
//! * Files are made with mode 0600 on Unix.
//! * All calls block on the file system. From asynchronous code use them at start, or on a thread
//!   made for blocking.
//! * Key and plaintext buffers are wiped when dropped. The length of a secret can be seen from the
//!   file, and so can tenants and names.
//!
//! # The file
//!
//! UTF-8 JSON; every byte string is lower-case hexadecimal; ciphertexts end with the 16 bytes of
//! their tag. Unknown fields are refused.
//!
//! ```json
//! {
//!   "format": "sync-core vault",
//!   "version": 1,
//!   "key_id": "the id of the key provider",
//!   "entries": [
//!     {
//!       "tenant": "acme",
//!       "name": "peoplesoft-password",
//!       "revision": 1,
//!       "data_key": { "nonce": "24 bytes", "ciphertext": "32 + 16 bytes" },
//!       "secret": { "nonce": "24 bytes", "ciphertext": "length + 16 bytes" }
//!     }
//!   ],
//!   "seal": { "nonce": "24 bytes", "ciphertext": "16 bytes" }
//! }
//! ```
//!
//! With `lp(x)` for the length of `x` in eight big-endian bytes followed by `x`, the associated
//! data are: of `data_key` `lp("data key") lp(tenant) lp(name) lp(revision)`, of `secret`
//! `lp("secret") lp(tenant) lp(name) lp(revision)` (the revision in eight big-endian bytes), and of
//! `seal`, whose plaintext is empty, `lp("vault") lp(content)`. There `content` is
//! `lp(format) lp(version) lp(key_id)`, the version in four big-endian bytes, and then for every
//! entry in order of tenant and name
//! `lp(tenant) lp(name) lp(revision) lp(nonce) lp(ciphertext) lp(nonce) lp(ciphertext)`.

mod envelope;
mod error;
mod file;
mod hex;
mod key;

use std::fmt;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

pub use error::{VaultError, VaultErrorKind};
pub use key::{FileKey, GivenKey, KEY_LENGTH, Key, KeyProvider};

use envelope::Place;
pub(crate) use envelope::{length_prefixed, open_payload, seal_payload};
use file::{Content, Entry, Guard};

/// Longest name of a tenant or of a secret, in bytes.
pub const MAX_NAME: usize = 128;

/// Longest secret, in bytes: passwords, tokens, and private keys in PEM fit many times over.
pub const MAX_SECRET: usize = 64 * 1024;

/// A file of secrets, by tenant and name.
///
/// See the [module](self) for what is protected and how.
pub struct Vault {
    path: PathBuf,
    key: Box<dyn KeyProvider>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault")
            .field("path", &self.path)
            .field("key_id", &self.key.id())
            .finish_non_exhaustive()
    }
}

impl Vault {
    /// Opens the vault at `path` and checks that `key` is its key and that it is intact.
    ///
    /// A file that does not exist is an empty vault; the first [`put`](Self::put) makes it.
    ///
    /// # Errors
    /// [`VaultErrorKind::WrongKey`], [`VaultErrorKind::Corrupt`], [`VaultErrorKind::Permissions`],
    /// [`VaultErrorKind::KeyUnavailable`] or [`VaultErrorKind::Io`].
    pub fn open(
        path: impl Into<PathBuf>,
        key: impl KeyProvider + 'static,
    ) -> Result<Self, VaultError> {
        let vault = Self {
            path: path.into(),
            key: Box::new(key),
        };
        vault.load()?;
        Ok(vault)
    }

    /// The file of the vault.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Stores a secret, replacing one of the same tenant and name.
    ///
    /// Tenant and name are 1 to [`MAX_NAME`] ASCII letters, digits, `-`, `_`, `.`, `/`. The secret
    /// is on disk when this returns.
    ///
    /// # Errors
    /// [`VaultErrorKind::Invalid`] for a name that breaks the rule, an empty secret or one beyond
    /// [`MAX_SECRET`]; otherwise those of [`open`](Self::open).
    pub fn put(&self, tenant: &str, name: &str, secret: &SecretString) -> Result<(), VaultError> {
        let plain = secret.expose_secret().as_bytes();
        check_name("tenant", tenant)?;
        check_name("name", name)?;
        if plain.is_empty() || plain.len() > MAX_SECRET {
            return Err(VaultError::new(
                VaultErrorKind::Invalid,
                format!(
                    "the secret {name:?} of tenant {tenant:?} has {} bytes, it must have 1 to \
                     {MAX_SECRET}; to delete a secret, remove it",
                    plain.len()
                ),
            ));
        }
        let _guard = Guard::acquire(&self.path)?;
        let mut content = self.load()?;
        let at = (tenant.to_owned(), name.to_owned());
        let revision = content
            .entries
            .get(&at)
            .map_or(0, |entry| entry.revision)
            .wrapping_add(1);
        let key = self.key.key()?;
        let envelope = envelope::close(
            &key,
            Place {
                tenant,
                name,
                revision,
            },
            plain,
        )?;
        content.entries.insert(at, Entry { revision, envelope });
        file::save(&self.path, &content, self.key.id(), &key)
    }

    /// The secret of that tenant and name.
    ///
    /// # Errors
    /// [`VaultErrorKind::NotFound`] when there is none (the text lists the tenant's names);
    /// otherwise those of [`open`](Self::open).
    pub fn get(&self, tenant: &str, name: &str) -> Result<SecretString, VaultError> {
        let content = self.load()?;
        let at = (tenant.to_owned(), name.to_owned());
        let Some(entry) = content.entries.get(&at) else {
            return Err(self.not_found(&content, tenant, name));
        };
        let plain = envelope::open(&self.key.key()?, file::place(&at, entry), &entry.envelope)
            .map_err(|_| self.entry_refused(tenant, name))?;
        let text = std::str::from_utf8(&plain).map_err(|_| self.entry_refused(tenant, name))?;
        // A copy of exactly its length: turning it into a box then leaves nothing behind.
        Ok(SecretString::from(text.to_owned()))
    }

    /// The names of the secrets of a tenant, in order. Empty when the tenant has none.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub fn names(&self, tenant: &str) -> Result<Vec<String>, VaultError> {
        Ok(names_of(&self.load()?, tenant).map(str::to_owned).collect())
    }

    /// Deletes a secret.
    ///
    /// Older copies of the file, in backups for example, still hold it: change it at its source
    /// as well.
    ///
    /// # Errors
    /// [`VaultErrorKind::NotFound`] when there is none; otherwise those of [`open`](Self::open).
    pub fn remove(&self, tenant: &str, name: &str) -> Result<(), VaultError> {
        let _guard = Guard::acquire(&self.path)?;
        let mut content = self.load()?;
        if content
            .entries
            .remove(&(tenant.to_owned(), name.to_owned()))
            .is_none()
        {
            return Err(self.not_found(&content, tenant, name));
        }
        file::save(&self.path, &content, self.key.id(), &self.key.key()?)
    }

    /// Puts every data key under `new`, which is the vault's key from then on.
    ///
    /// The file is replaced once, at the end: after a failure or a crash it is sealed either with
    /// the old key throughout or with the new key throughout. Keep the old key until this returns.
    ///
    /// # Errors
    /// Those of [`open`](Self::open); the vault then keeps its old key.
    pub fn rotate(&mut self, new: impl KeyProvider + 'static) -> Result<(), VaultError> {
        let _guard = Guard::acquire(&self.path)?;
        let (old_key, new_key) = (self.key.key()?, new.key()?);
        let mut content = self.load()?;
        for (at, entry) in &mut content.entries {
            let place = file::place(at, entry);
            entry.envelope = envelope::rewrap(&old_key, &new_key, place, &entry.envelope)
                .map_err(|_| self.entry_refused(&at.0, &at.1))??;
        }
        file::save(&self.path, &content, new.id(), &new_key)?;
        self.key = Box::new(new);
        Ok(())
    }

    fn load(&self) -> Result<Content, VaultError> {
        file::load(&self.path, self.key.id(), &self.key.key()?)
    }

    fn entry_refused(&self, tenant: &str, name: &str) -> VaultError {
        VaultError::corrupt(
            &self.path,
            format_args!("the secret {name:?} of tenant {tenant:?} fails its authentication"),
        )
    }

    fn not_found(&self, content: &Content, tenant: &str, name: &str) -> VaultError {
        let names: Vec<_> = names_of(content, tenant).collect();
        let stored = if names.is_empty() {
            "it has none".to_owned()
        } else {
            format!("it has {}", names.join(", "))
        };
        VaultError::new(
            VaultErrorKind::NotFound,
            format!(
                "no secret {name:?} of tenant {tenant:?} in {}: {stored}; put the secret there, or \
                 correct the reference",
                self.path.display()
            ),
        )
    }
}

fn names_of<'a>(content: &'a Content, tenant: &'a str) -> impl Iterator<Item = &'a str> {
    content
        .entries
        .keys()
        .filter(move |(of, _)| of == tenant)
        .map(|(_, name)| name.as_str())
}

fn check_name(what: &str, text: &str) -> Result<(), VaultError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    if (1..=MAX_NAME).contains(&text.len()) && text.bytes().all(allowed) {
        return Ok(());
    }
    Err(VaultError::new(
        VaultErrorKind::Invalid,
        format!(
            "the {what} of a secret must be 1 to {MAX_NAME} ASCII letters, digits, `-`, `_`, `.` \
             or `/`, found {} bytes{}",
            text.len(),
            text.chars()
                .find(|c| !c.is_ascii() || !allowed(*c as u8))
                .map(|c| format!(" with {c:?}"))
                .unwrap_or_default()
        ),
    ))
}

#[cfg(test)]
mod tests;
