//! What an acknowledgment says of an interchange, a group and a transaction set.

use std::fmt;

macro_rules! statuses {
    (
        $(#[$meta:meta])*
        $name:ident {
            $( $code:literal $variant:ident $accepted:literal $(#[$variant_meta:meta])+ )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$variant_meta])+ $variant, )+
            /// Any other code, as it stands.
            Other(Box<str>),
        }

        impl $name {
            /// The status that a code stands for; an unknown one is kept.
            #[must_use]
            pub fn from_code(code: &str) -> Self {
                match code {
                    $( $code => Self::$variant, )+
                    other => Self::Other(other.into()),
                }
            }

            /// The code as it is written.
            #[must_use]
            pub fn code(&self) -> &str {
                match self {
                    $( Self::$variant => $code, )+
                    Self::Other(code) => code,
                }
            }

            /// Whether the data was taken over, with or without errors, wholly or in part.
            #[must_use]
            pub fn is_accepted(&self) -> bool {
                match self {
                    $( Self::$variant => $accepted, )+
                    Self::Other(_) => false,
                }
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}

statuses! {
    /// What became of an interchange: TA104.
    InterchangeStatus {
        "A" Accepted true
            /// `A`: taken over.
        "E" AcceptedWithErrors true
            /// `E`: taken over, although something is wrong with its envelope.
        "R" Rejected false
            /// `R`: nothing of it was taken over.
    }
}

statuses! {
    /// What became of a group: AK901.
    GroupStatus {
        "A" Accepted true
            /// `A`: every set was taken over.
        "E" AcceptedWithErrors true
            /// `E`: every set was taken over, although errors were found.
        "P" PartiallyAccepted true
            /// `P`: some sets were taken over, at least one was not.
        "R" Rejected false
            /// `R`: no set was taken over.
        "M" AuthenticationFailed false
            /// `M`: rejected, the message authentication code does not match.
        "W" AssuranceFailed false
            /// `W`: rejected, the assurance (signature) is not valid.
        "X" Undecipherable false
            /// `X`: rejected, the decrypted content makes no sense.
    }
}

statuses! {
    /// What became of a transaction set: AK501 or IK501.
    SetStatus {
        "A" Accepted true
            /// `A`: taken over.
        "E" AcceptedWithErrors true
            /// `E`: taken over, although errors were found.
        "R" Rejected false
            /// `R`: not taken over.
        "M" AuthenticationFailed false
            /// `M`: rejected, the message authentication code does not match.
        "W" AssuranceFailed false
            /// `W`: rejected, the assurance (signature) is not valid.
        "X" Undecipherable false
            /// `X`: rejected, the decrypted content makes no sense.
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_there_and_back_and_unknown_ones_are_kept() {
        for code in ["A", "E", "P", "R", "M", "W", "X", "Q", ""] {
            assert_eq!(GroupStatus::from_code(code).code(), code);
            assert_eq!(SetStatus::from_code(code).code(), code);
            assert_eq!(InterchangeStatus::from_code(code).code(), code);
        }
        assert!(GroupStatus::from_code("P").is_accepted());
        assert!(!SetStatus::from_code("P").is_accepted());
        assert!(!GroupStatus::from_code("?").is_accepted());
    }
}
