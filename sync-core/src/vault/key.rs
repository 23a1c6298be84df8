//! Where the key that protects a vault comes from.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chacha20poly1305::aead::Generate;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::error::{VaultError, VaultErrorKind};
use super::hex;

/// Length of a key in bytes, given by XChaCha20-Poly1305.
pub const KEY_LENGTH: usize = 32;

/// A key file is 64 digits and perhaps a line end; anything much longer is some other file.
const MAX_KEY_FILE: u64 = 256;

/// The key that wraps the data keys of a vault: 32 random bytes, wiped when dropped.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; KEY_LENGTH]>);

impl Key {
    /// A key made of the given bytes, which must come from a good random source.
    pub fn from_bytes(bytes: [u8; KEY_LENGTH]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A new key from the random source of the operating system.
    ///
    /// # Errors
    /// [`VaultErrorKind::KeyUnavailable`] when the operating system has no randomness to give.
    pub fn generate() -> Result<Self, VaultError> {
        random().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// A key spelled as 64 lower-case hexadecimal digits, white space around them ignored.
    ///
    /// # Errors
    /// [`VaultErrorKind::Invalid`] for anything else. The text itself is not repeated.
    pub fn from_hex(text: &SecretString) -> Result<Self, VaultError> {
        let text = text.expose_secret().trim();
        hex::decode_array(text).map(Self).ok_or_else(|| {
            VaultError::new(
                VaultErrorKind::Invalid,
                format!(
                    "a vault key is {} lower-case hexadecimal digits ({KEY_LENGTH} bytes), found \
                     {} characters{}; make one with `FileKey::create` or `openssl rand -hex 32`",
                    KEY_LENGTH * 2,
                    text.chars().count(),
                    if text.len() == KEY_LENGTH * 2 {
                        ", not all of them such digits"
                    } else {
                        ""
                    },
                ),
            )
        })
    }

    /// The key as [`Key::from_hex`] reads it, to be kept where secrets are kept.
    #[must_use]
    pub fn to_hex(&self) -> SecretString {
        let text = Zeroizing::new(hex::encode(&self.0[..]));
        SecretString::from(text.as_str())
    }

    /// The key's public name: the first eight bytes of a SHA-256 over it, as 16 digits.
    ///
    /// It tells two keys apart and says nothing else about them.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"sync-core vault key name\0");
        hash.update(&self.0[..]);
        let mut text = hex::encode(&hash.finalize());
        text.truncate(16);
        text
    }

    pub(super) fn bytes(&self) -> &[u8; KEY_LENGTH] {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key([REDACTED])")
    }
}

/// Something that can deliver the key of a vault.
///
/// [`FileKey`] and [`GivenKey`] are here. A key management service is used either by fetching the
/// key at start and handing it over as a [`GivenKey`], or by implementing this trait on a type
/// that keeps what it fetched.
///
/// ```
/// use sync_core::vault::{Key, KeyProvider, VaultError};
///
/// #[derive(Debug)]
/// struct FromHardware {
///     slot: String,
///     key: Key,
/// }
///
/// impl KeyProvider for FromHardware {
///     fn id(&self) -> &str {
///         &self.slot
///     }
///     fn key(&self) -> Result<Key, VaultError> {
///         Ok(self.key.clone())
///     }
/// }
/// ```
pub trait KeyProvider: fmt::Debug + Send + Sync {
    /// The key's name, which is stored in the vault file: it must differ between keys.
    fn id(&self) -> &str;

    /// The key itself. Called once for every operation on the vault, so it should be quick.
    ///
    /// # Errors
    /// [`VaultErrorKind::KeyUnavailable`], made with [`VaultError::key_unavailable`].
    fn key(&self) -> Result<Key, VaultError>;
}

impl<T: KeyProvider + ?Sized> KeyProvider for Box<T> {
    fn id(&self) -> &str {
        (**self).id()
    }

    fn key(&self) -> Result<Key, VaultError> {
        (**self).key()
    }
}

impl<T: KeyProvider + ?Sized> KeyProvider for Arc<T> {
    fn id(&self) -> &str {
        (**self).id()
    }

    fn key(&self) -> Result<Key, VaultError> {
        (**self).key()
    }
}

/// A key that the caller already holds, for example from an environment variable it has read.
#[derive(Debug, Clone)]
pub struct GivenKey {
    id: String,
    key: Key,
}

impl GivenKey {
    /// Wraps a key; its name is the fingerprint.
    pub fn new(key: Key) -> Self {
        Self {
            id: key.fingerprint(),
            key,
        }
    }

    /// Reads a key from 64 hexadecimal digits.
    ///
    /// # Errors
    /// Those of [`Key::from_hex`].
    pub fn from_hex(text: &SecretString) -> Result<Self, VaultError> {
        Key::from_hex(text).map(Self::new)
    }
}

impl KeyProvider for GivenKey {
    fn id(&self) -> &str {
        &self.id
    }

    fn key(&self) -> Result<Key, VaultError> {
        Ok(self.key.clone())
    }
}

/// A key in a file of its own: 64 hexadecimal digits and a line end.
///
/// The file is read once, when opened. On Unix it is refused unless its owner alone can read it
/// (mode 0600 or 0400). Keep it on another volume, or at least outside the backups of the vault:
/// whoever has both has the secrets.
#[derive(Debug, Clone)]
pub struct FileKey {
    path: PathBuf,
    given: GivenKey,
}

impl FileKey {
    /// Reads the key from `path`.
    ///
    /// # Errors
    /// [`VaultErrorKind::KeyUnavailable`] when the file does not exist or cannot be read,
    /// [`VaultErrorKind::Permissions`] when others than its owner can reach it or this process
    /// cannot, [`VaultErrorKind::Invalid`] when it does not hold a key.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, VaultError> {
        let path = path.into();
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::PermissionDenied => VaultError::io(&path, "read the key file", source),
            io::ErrorKind::NotFound => VaultError::key_unavailable(
                format!(
                    "the key file {} does not exist; make it with `FileKey::create`, or restore \
                     the one that the vault was sealed with",
                    path.display()
                ),
                Some(source.into()),
            ),
            _ => VaultError::key_unavailable(
                format!("cannot read the key file {}; see the cause", path.display()),
                Some(source.into()),
            ),
        };
        let file = File::open(&path).map_err(failed)?;
        refuse_if_others_can_read(&path, &file.metadata().map_err(failed)?)?;
        // Reserved at once, so that reading leaves no unwiped copy behind.
        let mut text = Zeroizing::new(String::with_capacity(MAX_KEY_FILE as usize + 1));
        file.take(MAX_KEY_FILE)
            .read_to_string(&mut text)
            .map_err(failed)?;
        let key = Key::from_hex(&SecretString::from(text.as_str())).map_err(|error| {
            VaultError::new(
                error.kind(),
                format!("key file {}: {error}", path.display()),
            )
        })?;
        Ok(Self {
            path,
            given: GivenKey::new(key),
        })
    }

    /// Makes a new key and writes it to `path`, which must not exist yet.
    ///
    /// The file gets mode 0600 on Unix and is on disk when this returns.
    ///
    /// # Errors
    /// [`VaultErrorKind::Io`] or [`VaultErrorKind::Permissions`] when it cannot be written. An
    /// existing file is never overwritten: that would lose the only key of some vault.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, VaultError> {
        let path = path.into();
        let key = Key::generate()?;
        let mut text = Zeroizing::new(String::with_capacity(KEY_LENGTH * 2 + 1));
        text.push_str(&Zeroizing::new(hex::encode(key.bytes())));
        text.push('\n');
        let written = create_private(&path).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            sync_directory_of(&path)
        });
        written.map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => VaultError::new(
                VaultErrorKind::Io,
                format!(
                    "{} already exists and is not overwritten, because it may be the only key of \
                     a vault; choose another path",
                    path.display()
                ),
            ),
            _ => VaultError::io(&path, "write the key file", source),
        })?;
        Ok(Self {
            path,
            given: GivenKey::new(key),
        })
    }

    /// The file that the key was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl KeyProvider for FileKey {
    fn id(&self) -> &str {
        self.given.id()
    }

    fn key(&self) -> Result<Key, VaultError> {
        self.given.key()
    }
}

/// Random bytes of the operating system.
pub(super) fn random<const N: usize>() -> Result<[u8; N], VaultError> {
    <[u8; N]>::try_generate().map_err(|source| {
        VaultError::key_unavailable(
            "the operating system gave no random bytes; see the cause",
            Some(source.into()),
        )
    })
}

/// A new file that its owner alone can read and write. Fails if it exists.
pub(super) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes a created or renamed directory entry durable.
pub(super) fn sync_directory_of(path: &Path) -> io::Result<()> {
    // Only Unix lets a directory be opened and flushed; elsewhere the rename is what there is.
    if cfg!(unix) {
        let directory = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}

#[cfg(unix)]
fn refuse_if_others_can_read(path: &Path, metadata: &fs::Metadata) -> Result<(), VaultError> {
    use std::os::unix::fs::PermissionsExt;

    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(VaultError::new(
        VaultErrorKind::Permissions,
        format!(
            "the key file {path} has mode {mode:04o}, so others than its owner can reach it; run \
             `chmod 600 {path}`, and rotate the key if they may have read it",
            path = path.display()
        ),
    ))
}

#[cfg(not(unix))]
fn refuse_if_others_can_read(_: &Path, _: &fs::Metadata) -> Result<(), VaultError> {
    Ok(())
}
