//! Ids: opaque text that must not be mixed up.

/// Longest id that is accepted, far above the 22 and 40 characters that Cleo uses.
pub(crate) const LONGEST_ID: usize = 256;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} must have 1 to 256 printable characters, not only dots; found {found}")]
pub struct IdError {
    pub(crate) what: &'static str,
    pub(crate) found: String,
}

pub(crate) fn check(what: &'static str, text: &str) -> Result<(), IdError> {
    let found = if text.is_empty() {
        "an empty text".to_owned()
    } else if text.chars().count() > LONGEST_ID {
        format!("{} characters", text.chars().count())
    } else if let Some(position) = text.chars().position(char::is_control) {
        format!("a control character at position {}", position + 1)
    } else if text == "." || text == ".." {
        format!("{text:?}, which would change the path")
    } else {
        return Ok(());
    };
    Err(IdError { what, found })
}

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Box<str>);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<&str> for $name {
            type Error = $crate::id::IdError;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                $crate::id::check(stringify!($name), text)?;
                Ok(Self(text.into()))
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::id::IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::try_from(text)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize<'de>>::deserialize(deserializer)?;
                Self::try_from(text.as_ref()).map_err(serde::de::Error::custom)
            }
        }
    };
}

id! {
    /// Id of a connection: opaque, usually 22 characters of base64url.
    ConnectionId
}

id! {
    /// Id of a group of users: opaque, usually 22 characters of base64url.
    AuthenticatorId
}

id! {
    /// Id of a user: opaque, usually 22 characters of base64url. Not the name to log in with.
    UserId
}

id! {
    /// Id of a certificate: opaque, usually 40 hexadecimal digits.
    CertificateId
}

id! {
    /// Serial number of an installation, by which a node is known: `LX1234-AB5678`.
    NodeSerial
}

id! {
    /// Id of an action: opaque, usually 22 characters of base64url.
    ActionId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn junk_is_refused_with_a_reason() {
        assert!("PMHTT7QjTg6EMyoxIQ15DA".parse::<ConnectionId>().is_ok());
        assert!("0007".parse::<ActionId>().unwrap().as_str() == "0007");
        for junk in ["", "..", ".", "a\nb", &"x".repeat(257)] {
            let error = ConnectionId::try_from(junk).unwrap_err();
            assert!(
                error.to_string().starts_with("ConnectionId must have"),
                "{error}"
            );
        }
    }
}
