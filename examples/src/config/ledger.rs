//! How the ledger is kept: TLS to its database, sealed payloads, and how long what has ended stays.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use sync_core::retention::Retention;
use sync_core::schedule::{Schedule, ScheduleError};

use super::duration::render;
use super::field::Field;
use super::read::{flag, settled};
use super::schedule::{FlowSchedule, ScheduleSettings, read_every, read_flow, schedule};
use super::settings::SecretRef;
use super::table::Table;
use super::write::optional_duration_as_text;

/// TLS to the database of the ledger: 1.2 or 1.3, and the certificate of the server must lead to a trusted authority
/// and name the host of the connection string (`sslmode=verify-full` in the words of `libpq`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DatabaseTls {
    /// The authorities that are trusted, certificates in PEM; absent trusts those of the operating system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority: Option<PathBuf>,
    /// What is shown to a server that asks for a certificate.
    #[serde(flatten)]
    pub client: Option<ClientCertificate>,
}

/// A certificate of our own, and its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ClientCertificate {
    /// The file with the certificate, followed by those of its intermediate authorities, in PEM.
    pub certificate: PathBuf,
    /// The secret that holds its private key in PEM.
    pub key: SecretRef,
}

impl ClientCertificate {
    /// A certificate in this file with a key in the vault.
    pub fn new(certificate: impl Into<PathBuf>, key: SecretRef) -> Self {
        Self {
            certificate: certificate.into(),
            key,
        }
    }
}

/// Where a key of 32 bytes is, written as 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum KeySource {
    /// In the vault.
    Vault(SecretRef),
    /// In a file of its own, on Unix readable by its owner alone.
    File {
        /// The file.
        file: PathBuf,
    },
}

impl std::fmt::Display for KeySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Vault(secret) => write!(f, "the secret {} of the vault", secret.vault),
            Self::File { file } => write!(f, "the file {}", file.display()),
        }
    }
}

/// Payloads of documents at rest are sealed with XChaCha20-Poly1305.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EncryptionSettings {
    /// The key that new payloads are sealed with.
    pub key: KeySource,
    /// Keys of payloads that were sealed before the key was changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub older_keys: Vec<KeySource>,
    /// Whether a payload that is not sealed counts as damage: for a ledger that was sealed from its beginning.
    pub refuse_plain: bool,
}

impl EncryptionSettings {
    /// Seals with this key; what is there unsealed is read as it is.
    #[must_use]
    pub fn new(key: KeySource) -> Self {
        Self {
            key,
            older_keys: Vec::new(),
            refuse_plain: false,
        }
    }
}

/// How long what has ended stays in the ledger, and when `run` removes what is older.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RetentionSettings {
    /// Documents that have ended, with their payloads and shipments; absent keeps them for ever.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "optional_duration_as_text"
    )]
    pub documents: Option<Duration>,
    /// Entries of the audit trail; absent keeps them for ever.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "optional_duration_as_text"
    )]
    pub trail: Option<Duration>,
    /// Time between two removals; absent means a day, unless `schedule` says when.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "optional_duration_as_text"
    )]
    pub every: Option<Duration>,
    /// When, where that is no steady rhythm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<FlowSchedule>,
}

impl RetentionSettings {
    /// The shortest period: what arrives late, acknowledgments above all, must still find what it is about.
    pub const SHORTEST: Duration = Duration::from_secs(30 * 86_400);

    const EVERY: Duration = Duration::from_secs(86_400);

    /// The periods, for [`sync_core::retention`].
    #[must_use]
    pub fn policy(&self) -> Retention {
        Retention {
            documents: self.documents,
            trail: self.trail,
        }
    }

    /// Whether everything is kept for ever.
    #[must_use]
    pub fn keeps_all(&self) -> bool {
        self.policy() == Retention::default()
    }

    /// When `run` removes what is older.
    ///
    /// # Errors
    /// Where a setting makes no sense; what was read from a file was checked there.
    pub fn schedule(&self, common: &ScheduleSettings) -> Result<Schedule, ScheduleError> {
        let every = self.every.unwrap_or(Self::EVERY);
        schedule(Some(every), self.schedule.as_ref(), common)
    }

    /// The periods in words, for the trail.
    #[must_use]
    pub fn told(&self) -> String {
        let period = |keep: Option<Duration>| keep.map_or("for ever".to_owned(), render);
        format!(
            "retention: documents {}, trail {}",
            period(self.documents),
            period(self.trail)
        )
    }
}

pub(super) fn read_tls(field: &Field<'_>, directory: &Path) -> Option<DatabaseTls> {
    let table = field.table()?;
    let authority = table.get("authority").map(|field| field.path(directory));
    let certificate = table.get("certificate");
    let key = table.get("key");
    match (&certificate, &key) {
        (Some(certificate), None) => certificate.wrong(
            "`certificate` without `key`",
            "the private key of the certificate beside it",
            "put the key into the vault with `peoplesoft-cleo vault set`, and add \
             `key = { vault = \"ledger-client-key\" }`",
        ),
        (None, Some(key)) => key.wrong(
            "`key` without `certificate`",
            "the certificate that the key belongs to",
            "add `certificate = \"connector.pem\"`, or delete `key`",
        ),
        _ => {}
    }
    let client = certificate.zip(key).map(|(certificate, key)| {
        let certificate = certificate.path(directory);
        let key = key.secret();
        Some(ClientCertificate::new(certificate?, key?))
    });
    table.finish();
    Some(DatabaseTls {
        authority: settled(authority)?,
        client: settled(client)?,
    })
}

pub(super) fn read_encryption(field: &Field<'_>, directory: &Path) -> Option<EncryptionSettings> {
    let table = field.table()?;
    let key = table.need("key", "{ vault = \"ledger-key\" }");
    let key = key.and_then(|field| key_source(&field, directory));
    let older = table.get("older_keys").map(|field| {
        let mut keys = Vec::new();
        for field in field.list()? {
            let older = key_source(&field, directory)?;
            if key.as_ref() == Some(&older) || keys.contains(&older) {
                field.wrong(
                    format!("{older} a second time"),
                    "each key once",
                    "delete it here",
                );
            }
            keys.push(older);
        }
        Some(keys)
    });
    let refuse_plain = flag(&table, "refuse_plain", false);
    table.finish();
    Some(EncryptionSettings {
        key: key?,
        older_keys: settled(older)?.unwrap_or_default(),
        refuse_plain,
    })
}

/// `{ vault = … }` or `{ file = … }`; anything else is not shown, since it may be the key itself.
fn key_source(field: &Field<'_>, directory: &Path) -> Option<KeySource> {
    let expected = "`{ vault = \"ledger-key\" }` or `{ file = \"secrets/ledger.key\" }`";
    if !field.is_table() {
        field.wrong(
            "a plain value (not shown)",
            expected,
            "make a new key with `peoplesoft-cleo ledger new-key`, and refer to it here",
        );
        return None;
    }
    let table = field.table()?;
    let (vault, file) = (table.get("vault"), table.get("file"));
    match (vault, file) {
        (Some(_), None) => field.secret().map(KeySource::Vault),
        (None, Some(file)) => {
            let file = file.path(directory);
            table.finish();
            Some(KeySource::File { file: file? })
        }
        (Some(_), Some(file)) => {
            file.wrong(
                "`file` beside `vault`",
                expected,
                "delete the one that does not hold the key",
            );
            None
        }
        (None, None) => {
            field.wrong("neither `vault` nor `file`", expected, "add one of them");
            table.finish();
            None
        }
    }
}

pub(super) fn read_retention(table: &Table<'_>) -> RetentionSettings {
    let every = table.get("every");
    let schedule = table.get("schedule");
    RetentionSettings {
        documents: period(table, "documents"),
        trail: period(table, "trail"),
        schedule: schedule.and_then(|field| read_flow(&field, every.as_ref())),
        every: read_every(table),
    }
}

fn period(table: &Table<'_>, key: &'static str) -> Option<Duration> {
    let field = table.get(key)?;
    let keep = field.duration()?;
    if keep < RetentionSettings::SHORTEST {
        field.wrong(
            format!("{:?}", render(keep)),
            format!("at least {}", render(RetentionSettings::SHORTEST)),
            "raise it, or delete the line to keep everything: what partners answer late must still find what it is about",
        );
        return None;
    }
    Some(keep)
}
