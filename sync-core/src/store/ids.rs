//! Names that the ledger gives.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number! {
    /// A document of a store, numbered in the order of arrival.
    DocId
}
number! {
    /// A shipment of a store, numbered in the order of preparation.
    ShipId
}
number! {
    /// Which holder of a stream writes: grows with every lease that is granted.
    Epoch
}
number! {
    /// How many commits a stream has seen.
    Revision
}
