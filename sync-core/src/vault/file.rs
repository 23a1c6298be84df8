//! The vault file: its JSON form, its seal, and how it is replaced without a moment of half.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::envelope::{Envelope, NONCE_LENGTH, Place, Sealed, check_seal, length_prefixed, seal};
use super::error::{VaultError, VaultErrorKind};
use super::hex;
use super::key::{Key, create_private, sync_directory_of};

const FORMAT: &str = "sync-core vault";
const VERSION: u32 = 1;

/// Far above any real vault; a larger file is something else.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// Tenant and name of a secret.
pub(super) type EntryKey = (String, String);

/// A stored secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Counts the times the secret was put, from 1.
    pub(super) revision: u64,
    pub(super) envelope: Envelope,
}

/// Everything in a vault file, its seal already checked.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) entries: BTreeMap<EntryKey, Entry>,
}

pub(super) fn place<'a>(key: &'a EntryKey, entry: &Entry) -> Place<'a> {
    Place {
        tenant: &key.0,
        name: &key.1,
        revision: entry.revision,
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileJson {
    format: String,
    version: u32,
    key_id: String,
    entries: Vec<EntryJson>,
    seal: SealedJson,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryJson {
    tenant: String,
    name: String,
    revision: u64,
    data_key: SealedJson,
    secret: SealedJson,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SealedJson {
    nonce: String,
    ciphertext: String,
}

impl SealedJson {
    fn of(sealed: &Sealed) -> Self {
        Self {
            nonce: hex::encode(&sealed.nonce),
            ciphertext: hex::encode(&sealed.ciphertext),
        }
    }

    fn read(&self) -> Option<Sealed> {
        Some(Sealed {
            nonce: *hex::decode_array::<NONCE_LENGTH>(&self.nonce)?,
            ciphertext: hex::decode(&self.ciphertext)?.to_vec(),
        })
    }
}

/// What the seal covers: every field of the file but the seal.
fn sealed_bytes(key_id: &str, entries: &BTreeMap<EntryKey, Entry>) -> Vec<u8> {
    let version = VERSION.to_be_bytes();
    let mut bytes = length_prefixed(&[FORMAT.as_bytes(), &version, key_id.as_bytes()]);
    for ((tenant, name), entry) in entries {
        let Envelope {
            wrapped_key,
            secret,
        } = &entry.envelope;
        bytes.extend(length_prefixed(&[
            tenant.as_bytes(),
            name.as_bytes(),
            &entry.revision.to_be_bytes(),
            &wrapped_key.nonce,
            &wrapped_key.ciphertext,
            &secret.nonce,
            &secret.ciphertext,
        ]));
    }
    bytes
}

/// Reads the file and checks its seal; an absent file is an empty vault.
pub(super) fn load(path: &Path, key_id: &str, key: &Key) -> Result<Content, VaultError> {
    let reading = |source| VaultError::io(path, "read the vault", source);
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Content::default()),
        Err(error) => return Err(reading(error)),
    };
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(reading)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(VaultError::corrupt(
            path,
            format_args!("it is larger than {MAX_FILE} bytes"),
        ));
    }
    parse(path, &bytes, key_id, key)
}

fn parse(path: &Path, bytes: &[u8], key_id: &str, key: &Key) -> Result<Content, VaultError> {
    let json: FileJson = serde_json::from_slice(bytes).map_err(|error| {
        // Where, but not what: the text of a decoding error may quote the input.
        let (line, column) = (error.line(), error.column());
        VaultError::corrupt(path, format_args!("its JSON breaks off at {line}:{column}"))
    })?;
    if json.format != FORMAT {
        return Err(VaultError::corrupt(
            path,
            format_args!("`format` is not \"{FORMAT}\""),
        ));
    }
    if json.version != VERSION {
        return Err(VaultError::corrupt(
            path,
            format_args!(
                "`version` is {}, this program reads {VERSION}, so a newer one may have written it",
                json.version
            ),
        ));
    }
    if json.key_id != key_id {
        return Err(VaultError::new(
            VaultErrorKind::WrongKey,
            format!(
                "the vault {} is sealed with key {:?}, the key given is {key_id:?}; give the key \
                 that it was sealed with (after a rotation that is the new one)",
                path.display(),
                json.key_id,
            ),
        ));
    }
    let mut entries = BTreeMap::new();
    for (index, entry) in json.entries.into_iter().enumerate() {
        let number = index + 1;
        let (Some(wrapped_key), Some(secret)) = (entry.data_key.read(), entry.secret.read()) else {
            return Err(VaultError::corrupt(
                path,
                format_args!("entry {number} holds bytes that are not hexadecimal"),
            ));
        };
        let envelope = Envelope {
            wrapped_key,
            secret,
        };
        let value = Entry {
            revision: entry.revision,
            envelope,
        };
        if entries.insert((entry.tenant, entry.name), value).is_some() {
            return Err(VaultError::corrupt(
                path,
                format_args!("entry {number} repeats the tenant and name of an earlier one"),
            ));
        }
    }
    let intact = json
        .seal
        .read()
        .is_some_and(|seal| check_seal(key, &sealed_bytes(key_id, &entries), &seal).is_ok());
    if !intact {
        return Err(VaultError::corrupt(
            path,
            "its seal does not match its content",
        ));
    }
    Ok(Content { entries })
}

fn render(content: &Content, key_id: &str, key: &Key) -> Result<Vec<u8>, VaultError> {
    let json = FileJson {
        format: FORMAT.to_owned(),
        version: VERSION,
        key_id: key_id.to_owned(),
        entries: content
            .entries
            .iter()
            .map(|((tenant, name), entry)| EntryJson {
                tenant: tenant.clone(),
                name: name.clone(),
                revision: entry.revision,
                data_key: SealedJson::of(&entry.envelope.wrapped_key),
                secret: SealedJson::of(&entry.envelope.secret),
            })
            .collect(),
        seal: SealedJson::of(&seal(key, &sealed_bytes(key_id, &content.entries))?),
    };
    let mut bytes = serde_json::to_vec_pretty(&json).map_err(|error| {
        VaultError::io(Path::new("the vault"), "render", io::Error::other(error))
    })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Replaces the file: whoever reads, at any time and after any crash, sees the old or the new one.
pub(super) fn save(
    path: &Path,
    content: &Content,
    key_id: &str,
    key: &Key,
) -> Result<(), VaultError> {
    let temporary = write_temporary(path, &render(content, key_id, key)?)?;
    fs::rename(&temporary, path)
        .and_then(|()| sync_directory_of(path))
        .map_err(|source| VaultError::io(path, "replace the vault", source))
}

/// Writes the new content beside the old and flushes it to disk.
fn write_temporary(path: &Path, bytes: &[u8]) -> Result<PathBuf, VaultError> {
    let temporary = beside(path, ".new");
    let writing = |source| VaultError::io(&temporary, "write the vault to", source);
    // Left over from a crash. Only one writer is here at a time, see `Guard`.
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(writing(error)),
        _ => {}
    }
    let mut file = create_private(&temporary).map_err(writing)?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(writing)?;
    Ok(temporary)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(ending);
    PathBuf::from(name)
}

/// Held while a vault is changed, so that two processes do not lose each other's change.
#[derive(Debug)]
pub(super) struct Guard(
    #[expect(dead_code, reason = "the lock is held as long as it is open")] File,
);

impl Guard {
    /// Waits until no other process changes the vault at `path`.
    pub(super) fn acquire(path: &Path) -> Result<Self, VaultError> {
        let lock = beside(path, ".lock");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options
            .open(&lock)
            .and_then(|file| file.lock().map(|()| Self(file)))
            .map_err(|source| VaultError::io(&lock, "lock the vault with", source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_before_the_rename_leaves_the_old_vault_and_the_next_change_works() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("vault.json");
        let key = Key::from_bytes([7; 32]);
        let id = key.fingerprint();
        save(&path, &Content::default(), &id, &key).unwrap();
        let before = fs::read(&path).unwrap();

        write_temporary(&path, b"{ half of a new vau").unwrap();

        assert_eq!(fs::read(&path).unwrap(), before);
        assert_eq!(load(&path, &id, &key).unwrap(), Content::default());
        save(&path, &Content::default(), &id, &key).unwrap();
        assert!(!beside(&path, ".new").exists());
        assert_ne!(
            fs::read(&path).unwrap(),
            before,
            "a new seal has a new nonce"
        );
    }
}
