//! The cryptography: secrets under data keys, data keys under the vault's key, one seal over all.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::error::VaultError;
use super::key::{KEY_LENGTH, Key, random};

/// Length of a nonce of XChaCha20-Poly1305: long enough to be drawn at random.
pub(super) const NONCE_LENGTH: usize = 24;

/// Bytes together with the nonce they were encrypted under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sealed {
    pub(super) nonce: [u8; NONCE_LENGTH],
    /// Ciphertext and 16 bytes of authentication tag.
    pub(super) ciphertext: Vec<u8>,
}

/// A secret as it is stored: its own data key under the vault's key, and itself under that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Envelope {
    pub(super) wrapped_key: Sealed,
    pub(super) secret: Sealed,
}

/// What an envelope belongs to. Every part is authenticated, so an envelope that was moved to
/// another tenant, name or revision no longer opens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) tenant: &'a str,
    pub(super) name: &'a str,
    pub(super) revision: u64,
}

impl Place<'_> {
    /// Length-prefixed, so that no two places give the same bytes.
    fn associated(&self, purpose: &str) -> Vec<u8> {
        let revision = self.revision.to_be_bytes();
        length_prefixed(&[
            purpose.as_bytes(),
            self.tenant.as_bytes(),
            self.name.as_bytes(),
            &revision,
        ])
    }
}

/// Every part preceded by its length in eight big-endian bytes.
pub(crate) fn length_prefixed(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum());
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

/// The authentication did not hold: another key, another place, or changed bytes.
#[derive(Debug)]
pub(super) struct Refused;

/// Encrypts `secret` under a new data key and that under `key`.
pub(super) fn close(key: &Key, place: Place<'_>, secret: &[u8]) -> Result<Envelope, VaultError> {
    let data_key = Zeroizing::new(random::<KEY_LENGTH>()?);
    Ok(Envelope {
        wrapped_key: encrypt(key.bytes(), &data_key[..], &place.associated("data key"))?,
        secret: encrypt(&data_key, secret, &place.associated("secret"))?,
    })
}

/// Decrypts the secret.
pub(super) fn open(
    key: &Key,
    place: Place<'_>,
    envelope: &Envelope,
) -> Result<Zeroizing<Vec<u8>>, Refused> {
    let data_key = unwrap_data_key(key, place, envelope)?;
    decrypt(&data_key, &envelope.secret, &place.associated("secret"))
}

/// Puts the data key under another vault key. The secret itself is neither decrypted nor changed.
pub(super) fn rewrap(
    old: &Key,
    new: &Key,
    place: Place<'_>,
    envelope: &Envelope,
) -> Result<Result<Envelope, VaultError>, Refused> {
    let data_key = unwrap_data_key(old, place, envelope)?;
    Ok(
        encrypt(new.bytes(), &data_key[..], &place.associated("data key")).map(|wrapped_key| {
            Envelope {
                wrapped_key,
                secret: envelope.secret.clone(),
            }
        }),
    )
}

/// A tag over `content` that only a holder of the key can make or check.
pub(super) fn seal(key: &Key, content: &[u8]) -> Result<Sealed, VaultError> {
    encrypt(key.bytes(), &[], &length_prefixed(&[b"vault", content]))
}

/// Checks a tag of [`seal`].
pub(super) fn check_seal(key: &Key, content: &[u8], sealed: &Sealed) -> Result<(), Refused> {
    decrypt(key.bytes(), sealed, &length_prefixed(&[b"vault", content])).map(drop)
}

/// Nonce and ciphertext of a message that is bound to `bound`.
pub(crate) fn seal_payload(key: &Key, bound: &[u8], message: &[u8]) -> Result<Vec<u8>, VaultError> {
    let sealed = encrypt(key.bytes(), message, bound)?;
    Ok([&sealed.nonce[..], &sealed.ciphertext].concat())
}

/// The message of [`seal_payload`]; nothing for another key, another place, or changed bytes.
pub(crate) fn open_payload(key: &Key, bound: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_LENGTH>()?;
    let message = Payload {
        msg: ciphertext,
        aad: bound,
    };
    let cipher = XChaCha20Poly1305::new(key.bytes().into());
    cipher.decrypt(&XNonce::from(*nonce), message).ok()
}

fn unwrap_data_key(
    key: &Key,
    place: Place<'_>,
    envelope: &Envelope,
) -> Result<Zeroizing<[u8; KEY_LENGTH]>, Refused> {
    let bytes = decrypt(
        key.bytes(),
        &envelope.wrapped_key,
        &place.associated("data key"),
    )?;
    let mut data_key = Zeroizing::new([0; KEY_LENGTH]);
    if bytes.len() != KEY_LENGTH {
        return Err(Refused);
    }
    data_key.copy_from_slice(&bytes);
    Ok(data_key)
}

fn encrypt(key: &[u8; KEY_LENGTH], message: &[u8], aad: &[u8]) -> Result<Sealed, VaultError> {
    let nonce = random::<NONCE_LENGTH>()?;
    XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(nonce), Payload { msg: message, aad })
        .map(|ciphertext| Sealed { nonce, ciphertext })
        // The cipher's only refusal is a message beyond 256 GiB; secrets are limited far below.
        .map_err(|_| VaultError::key_unavailable("the cipher refused the message", None))
}

fn decrypt(
    key: &[u8; KEY_LENGTH],
    sealed: &Sealed,
    aad: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Refused> {
    XChaCha20Poly1305::new(key.into())
        .decrypt(
            &XNonce::from(sealed.nonce),
            Payload {
                msg: &sealed.ciphertext,
                aad,
            },
        )
        .map(Zeroizing::new)
        .map_err(|_| Refused)
}
