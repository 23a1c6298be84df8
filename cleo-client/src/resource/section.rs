//! The parts that connections, authenticators and users are made of.

use super::declare::section;
use crate::flexible::{FlexBool, FlexInt, open_enum};

section! {
    /// What a partner calls, and how it is protected (`connect`).
    ConnectSettings {
        /// The partner's address (AS2).
        url: String = "url",
        /// The partner's host (FTP, SFTP).
        host: String = "host",
        /// The partner's port.
        port: FlexInt = "port",
        /// The name to log in with. The password is write-only: `ConnectionDraft::password`.
        username: String = "username",
        /// The content type of files without one (FTP).
        default_content_type: String = "defaultContentType",
        /// How FTP's second channel is made.
        data_channel: DataChannel = "dataChannel",
    }
}

section! {
    /// FTP's data channel.
    DataChannel {
        /// Active or passive, in Cleo's words.
        mode: String = "mode",
        /// The lowest local port.
        low_port: FlexInt = "lowPort",
        /// The highest local port.
        high_port: FlexInt = "highPort",
    }
}

section! {
    /// How files go out (`outgoing`).
    Outgoing {
        /// The subject of an AS2 message.
        subject: String = "subject",
        /// Whether it is encrypted.
        encrypt: FlexBool = "encrypt",
        /// With which algorithm: `3des`.
        encryption_algorithm: String = "encryptionAlgorithm",
        /// With which kind of key: `rsa`.
        key_algorithm: String = "keyAlgorithm",
        /// Whether it is signed.
        sign: FlexBool = "sign",
        /// With which algorithm: `rsa`.
        signature_algorithm: String = "signatureAlgorithm",
        /// Whether it is compressed.
        compress: FlexBool = "compress",
        /// Whether the partner packages it.
        partner_packaging: FlexBool = "partnerPackaging",
        /// The receipt that is asked for.
        receipt: Receipt = "receipt",
        /// Where files lie and go.
        storage: Storage = "storage",
    }
}

section! {
    /// The receipt (MDN) that is asked for.
    Receipt {
        /// Synchronous or not, in Cleo's words (`type`).
        kind: String = "type",
        /// The algorithm of its checksum: `sha1`.
        mic_algorithm: String = "micAlgorithm",
        /// Whether it is to be signed.
        sign: FlexBool = "sign",
        /// Whether it is sent on by mail.
        forward_to_email: FlexBool = "forwardToEmail",
    }
}

section! {
    /// How files come in (`incoming`).
    Incoming {
        /// Whether what is not encrypted is refused.
        require_encryption: FlexBool = "requireEncryption",
        /// Whether what is not signed is refused.
        require_signature: FlexBool = "requireSignature",
        /// Whether receipts that are not signed are refused.
        require_receipt_signature: FlexBool = "requireReceiptSignature",
        /// Whether the partner packages it.
        partner_packaging: FlexBool = "partnerPackaging",
        /// Which files are taken.
        filters: Filters = "filters",
        /// Where files lie and go.
        storage: Storage = "storage",
    }
}

section! {
    /// Which files are taken.
    Filters {
        /// A pattern of names: `*`.
        file_names_pattern: String = "fileNamesPattern",
    }
}

section! {
    /// Directories of a connection or a group. Which of them stand under `incoming` and which under `outgoing`
    /// differs between Cleo's own samples, so all are known in both places.
    Storage {
        /// Where files to send are looked for.
        outbox: String = "outbox",
        /// Where sent files are kept.
        sentbox: String = "sentbox",
        /// Where received files are put.
        inbox: String = "inbox",
        /// Where copies of received files are kept.
        receivedbox: String = "receivedbox",
        /// How received files are named.
        filename: FilenameRule = "filename",
    }
}

section! {
    /// How received files are named.
    FilenameRule {
        /// Whether they get a default name.
        use_default_filename: FlexBool = "useDefaultFilename",
        /// Whether a file of the same name is replaced.
        over_write: FlexBool = "overWrite",
    }
}

section! {
    /// How partners may come in (`accept` of a connection).
    AcceptSettings {
        /// Whether only the TLS port takes them.
        require_secure_port: FlexBool = "requireSecurePort",
    }
}

section! {
    /// The home directories of users (`home`).
    Home {
        /// Whether there are any.
        enabled: FlexBool = "enabled",
        /// What a home is: `file`.
        access: String = "access",
        /// Where it is.
        dir: HomeDir = "dir",
        /// What is in it.
        subfolders: Subfolders = "subfolders",
    }
}

section! {
    /// Where a home is.
    HomeDir {
        /// The group's rule: `local/root/%username%/`.
        default: String = "default",
        /// A user's own place.
        over: String = "override",
    }
}

section! {
    /// The folders of a home.
    Subfolders {
        /// Those of the group or user.
        default: Vec<Subfolder> = "default",
    }
}

section! {
    /// A folder of a home.
    Subfolder {
        /// What it is for.
        usage: FolderUsage = "usage",
        /// Where it is, within the home.
        path: String = "path",
    }
}

open_enum! {
    /// What a folder is for, as the partner sees it.
    pub enum FolderUsage {
        /// The partner fetches from it.
        Download = "download",
        /// The partner sends to it.
        Upload = "upload",
        /// Neither in particular.
        Neither = "other",
    }
}
