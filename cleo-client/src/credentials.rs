//! Who the client is.

use std::fmt;

use secrecy::SecretString;

/// How a [`Client`](crate::Client) proves who it is.
///
/// No variant shows its secret in `Debug`, and none can be serialised.
#[derive(Clone)]
#[non_exhaustive]
pub enum Credentials {
    /// OAuth 2 password grant: a form `POST` to `{prefix}/authentication` gives a token, which is cached.
    Password {
        /// Name of the user.
        username: String,
        /// Password of the user.
        password: SecretString,
    },
    /// HTTP Basic with every request; works on premise unless an administrator switched it off.
    Basic {
        /// Name of the user.
        username: String,
        /// Password of the user.
        password: SecretString,
    },
    /// A token that the caller obtained and renews; a 401 is final.
    Bearer(SecretString),
}

impl Credentials {
    /// Log in with the password grant.
    #[must_use]
    pub fn password(username: impl Into<String>, password: impl Into<SecretString>) -> Self {
        Self::Password {
            username: username.into(),
            password: password.into(),
        }
    }

    /// Send HTTP Basic with every request.
    #[must_use]
    pub fn basic(username: impl Into<String>, password: impl Into<SecretString>) -> Self {
        Self::Basic {
            username: username.into(),
            password: password.into(),
        }
    }

    /// Send this token with every request.
    #[must_use]
    pub fn bearer(token: impl Into<SecretString>) -> Self {
        Self::Bearer(token.into())
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password { username, .. } => f
                .debug_struct("Password")
                .field("username", username)
                .field("password", &"[REDACTED]")
                .finish(),
            Self::Basic { username, .. } => f
                .debug_struct("Basic")
                .field("username", username)
                .field("password", &"[REDACTED]")
                .finish(),
            Self::Bearer(_) => f.debug_tuple("Bearer").field(&"[REDACTED]").finish(),
        }
    }
}
