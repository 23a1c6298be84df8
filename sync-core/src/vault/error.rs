//! What can go wrong with a vault, and what mends it.

use std::error::Error as StdError;
use std::fmt;
use std::path::Path;

type Source = Box<dyn StdError + Send + Sync + 'static>;

/// An operation on a vault or on its key that failed.
///
/// The text is one line that says what was found and what mends it. It never holds a secret or a
/// key; names of tenants, names of secrets, paths and key fingerprints may appear.
#[derive(Debug)]
pub struct VaultError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: VaultErrorKind,
    message: String,
    source: Option<Source>,
}

/// The kind of a [`VaultError`], for deciding what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VaultErrorKind {
    /// No secret of that name is stored for that tenant.
    NotFound,
    /// The vault was sealed with another key than the one given.
    WrongKey,
    /// The file is not a vault, was damaged, or was changed by something other than this code.
    Corrupt,
    /// The operating system refuses access, or a key file can be read by others.
    Permissions,
    /// A name, a secret or a key that was given does not keep the rules.
    Invalid,
    /// The key could not be had: its file is missing, or its provider failed.
    KeyUnavailable,
    /// Reading or writing failed for another reason.
    Io,
}

impl VaultError {
    pub(super) fn new(kind: VaultErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            source: None,
        }))
    }

    pub(super) fn corrupt(path: &Path, found: impl fmt::Display) -> Self {
        Self::new(
            VaultErrorKind::Corrupt,
            format!(
                "{} is not an intact vault: {found}; restore it from a backup, or delete it and \
                 put every secret again",
                path.display()
            ),
        )
    }

    /// An input or output error at `path` while `doing` something.
    pub(super) fn io(path: &Path, doing: &str, source: std::io::Error) -> Self {
        let (kind, remedy) = match source.kind() {
            std::io::ErrorKind::PermissionDenied => (
                VaultErrorKind::Permissions,
                "give the user that runs this process access to the file and its directory",
            ),
            std::io::ErrorKind::NotFound => (
                VaultErrorKind::Io,
                "check the path; its directory must exist",
            ),
            _ => (VaultErrorKind::Io, "see the cause"),
        };
        let mut error = Self::new(kind, format!("cannot {doing} {}; {remedy}", path.display()));
        error.0.source = Some(source.into());
        error
    }

    /// A key that a [`KeyProvider`](super::KeyProvider) could not deliver.
    ///
    /// For providers outside this crate, for example one that asks a key management service.
    /// `message` should say what to do and must not hold the key.
    pub fn key_unavailable(message: impl Into<String>, source: Option<Source>) -> Self {
        let mut error = Self::new(VaultErrorKind::KeyUnavailable, message);
        error.0.source = source;
        error
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> VaultErrorKind {
        self.0.kind
    }
}

impl fmt::Display for VaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl StdError for VaultError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_ref()
            .map(|source| &**source as &(dyn StdError + 'static))
    }
}
