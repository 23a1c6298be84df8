//! Who the client is.

use std::fmt;

use async_trait::async_trait;
use secrecy::SecretString;

/// What a callback of the caller may fail with; it becomes the source of an [`Error`](crate::Error) of kind
/// [`Callback`](crate::ErrorKind::Callback).
pub type CallbackError = Box<dyn std::error::Error + Send + Sync>;

/// Where one-time codes come from, for accounts with a second factor; see
/// [`ClientBuilder::one_time_code`](crate::ClientBuilder::one_time_code).
#[async_trait]
pub trait OneTimeCode: fmt::Debug + Send + Sync + 'static {
    /// A code that is valid now. Asked for once before each log-in with the password, never for a refresh.
    ///
    /// # Errors
    ///
    /// Whatever the caller's own code fails with; nothing is sent then.
    async fn code(&self) -> Result<SecretString, CallbackError>;
}

/// Where refresh tokens outlive the process; see
/// [`ClientBuilder::token_store`](crate::ClientBuilder::token_store).
///
/// Only one client at a time may use what one store holds: a server that rotates refresh tokens accepts each of them
/// once.
#[async_trait]
pub trait TokenStore: fmt::Debug + Send + Sync + 'static {
    /// The token that was saved last. Asked for once, before the first log-in.
    ///
    /// # Errors
    ///
    /// Whatever the caller's own code fails with; nothing is sent then, and the next call asks again.
    async fn load(&self) -> Result<Option<SecretString>, CallbackError>;

    /// Keeps the newest token, or forgets the last one if there is none any more. No request is sent with what came
    /// together with a token until it is saved; after a failure the next call tries again.
    ///
    /// # Errors
    ///
    /// Whatever the caller's own code fails with.
    async fn save(&self, refresh_token: Option<&SecretString>) -> Result<(), CallbackError>;
}

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
