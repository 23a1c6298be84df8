//! Translate values: the short codes of PeopleSoft, every one open to what a site adds.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A translate value of any field.
#[cfg(feature = "test-util")]
pub(crate) trait Translate {
    /// Its code and its English text.
    fn shown(&self) -> (&str, &str);
}

macro_rules! code_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $text:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$vdoc])* $variant,)+
            /// A value that the site added; the text is as received.
            Other(Box<str>),
        }

        impl $name {
            /// Reads a code (`D`) or its English translate text (`Dispatched`), in any case.
            #[must_use]
            pub fn from_text(text: &str) -> Self {
                let text = text.trim();
                $(if text.eq_ignore_ascii_case($code) || text.eq_ignore_ascii_case($text) {
                    return Self::$variant;
                })+
                Self::Other(text.into())
            }

            /// The code as PeopleSoft stores it.
            #[must_use]
            pub fn code(&self) -> &str {
                match self {
                    $(Self::$variant => $code,)+
                    Self::Other(text) => text,
                }
            }

            /// The English translate text; the code itself where the site added the value.
            #[must_use]
            pub fn text(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Other(text) => text,
                }
            }
        }

        #[cfg(feature = "test-util")]
        impl $crate::model::code::Translate for $name {
            fn shown(&self) -> (&str, &str) {
                (self.code(), self.text())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.code())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Self::from_text(&std::borrow::Cow::<'de, str>::deserialize(deserializer)?))
            }
        }
    };
}

pub(super) use code_enum;

code_enum! {
    /// Where a purchase order stands (`PO_STATUS`).
    PoStatus {
        /// `A`: approved, not yet sent.
        Approved = "A", "Approved";
        /// `C`: complete.
        Complete = "C", "Complete";
        /// `D`: sent to the supplier.
        Dispatched = "D", "Dispatched";
        /// `DA`: denied by an approver.
        Denied = "DA", "Denied";
        /// `I`: initial, the default of a new order.
        Initial = "I", "Initial";
        /// `LD`: a line was denied.
        LineDenied = "LD", "Line Denied";
        /// `O`: open.
        Open = "O", "Open";
        /// `PA`: waiting for approval.
        PendingApproval = "PA", "Pending Approval";
        /// `PX`: waiting for cancellation.
        PendingCancel = "PX", "Pending Cancel";
        /// `X`: canceled.
        Canceled = "X", "Canceled";
    }
}

code_enum! {
    /// Whether a line or a schedule is alive (`CANCEL_STATUS`).
    CancelStatus {
        /// `A`: active.
        Active = "A", "Active";
        /// `C`: closed.
        Closed = "C", "Closed";
        /// `D`: denied.
        Denied = "D", "Denied";
        /// `H`: on hold.
        Hold = "H", "Hold";
        /// `O`: open.
        Open = "O", "Open";
        /// `P`: waiting for approval.
        PendingApproval = "P", "Pending Approval";
        /// `X`: canceled.
        Canceled = "X", "Canceled";
    }
}

code_enum! {
    /// What kind of order it is (`PO_TYPE`); prompt-table driven, so sites add their own.
    PoType {
        /// `GEN`: a general order, the default.
        General = "GEN", "General";
        /// `KAN`: a kanban order.
        Kanban = "KAN", "Kanban";
    }
}

code_enum! {
    /// How the order reaches the supplier (`DISP_METHOD`).
    DispatchMethod {
        /// `EDX`: electronic data exchange.
        Edx = "EDX", "EDX";
        /// `EML`: mail.
        Email = "EML", "Email";
        /// `FAX`: fax.
        Fax = "FAX", "Fax";
        /// `PHN`: phone.
        Phone = "PHN", "Phone";
        /// `PRN`: print.
        Print = "PRN", "Print";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_text_mean_the_same() {
        assert_eq!(PoStatus::from_text("D"), PoStatus::Dispatched);
        assert_eq!(PoStatus::from_text(" dispatched "), PoStatus::Dispatched);
        assert_eq!(PoStatus::from_text("DA"), PoStatus::Denied);
    }

    #[test]
    fn a_site_value_survives_a_round_trip() {
        let status: PoStatus = serde_json::from_str("\"ZZ\"").unwrap();
        assert_eq!(status, PoStatus::Other("ZZ".into()));
        assert_eq!(serde_json::to_string(&status).unwrap(), "\"ZZ\"");
    }
}
