//! What suppliers say, as codes.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::code::code_enum;

code_enum! {
    /// What a supplier says to an order or a line of it.
    ///
    /// The codes are those of this crate's message; a site with others maps them, or sends `Other`.
    AcknowledgementAnswer {
        /// `A`: accepted as ordered.
        Accepted = "A", "Accepted";
        /// `C`: accepted with changes.
        Changed = "C", "Accepted with changes";
        /// `R`: rejected.
        Rejected = "R", "Rejected";
    }
}
