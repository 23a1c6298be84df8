//! Users, below their group.

use secrecy::SecretString;

use super::{
    declare::{operations, resource, section},
    reference::Reference,
    secrets::Secrets,
    section::{Home, Incoming, Outgoing},
    store::{Draft, Resource, Store},
};
use crate::{
    client::Client,
    error::Result,
    filter::Filter,
    flexible::FlexBool,
    id::UserId,
    link::{Link, Links},
    page::{List, Source},
};

resource! {
    /// A user of a group. It has no alias and no type; its group is behind [`User::group`].
    answer User(UserId);
    /// A user to create, or what an existing one is to become.
    ///
    /// A password is required to create one. Cleo's own client replaces users without sending one; that the old
    /// password then stays is inferred from that. Moving a user to another group means removing and creating it.
    draft UserDraft;
    shared {
        /// The name to log in with; unique over all groups.
        username: String = "username",
        /// Where mail goes.
        email: String = "email",
        /// Whatever people note.
        notes: String = "notes",
        /// Whether it may come in.
        enabled: FlexBool = "enabled",
        /// Its home directory.
        home: Home = "home",
        /// How it may come in.
        accept: UserAccept = "accept",
        /// What it sends.
        incoming: Incoming = "incoming",
        /// What it fetches.
        outgoing: Outgoing = "outgoing",
    }
    answered {}
}

section! {
    /// How a user may come in. The password is write-only: [`UserDraft::password`].
    UserAccept {
        /// When the password was last changed, in the server's own words; only in answers.
        last_password_reset: String = "lastPasswordReset",
        /// By SFTP.
        sftp: UserSftp = "sftp",
        /// The addresses it may come from.
        whitelist: Vec<AllowedAddress> = "whitelist",
    }
}

section! {
    /// SFTP for a user.
    UserSftp {
        /// What it proves itself with.
        auth: Vec<SftpAuth> = "auth",
    }
}

section! {
    /// One way to prove oneself.
    SftpAuth {
        /// Which (`type`): `userPwd`.
        kind: String = "type",
    }
}

section! {
    /// An address that a user may come from.
    AllowedAddress {
        /// The address.
        ip_address: String = "ipAddress",
    }
}

impl User {
    /// The link to its group.
    #[must_use]
    pub fn group(&self) -> Option<&Link> {
        self.links.first("authenticator")
    }
}

impl UserDraft {
    /// A user with a name and a password (`accept.password`), which is sent and never read back.
    #[must_use]
    pub fn new(username: impl Into<String>, password: impl Into<SecretString>) -> Self {
        Self {
            username: Some(username.into()),
            ..Self::default()
        }
        .password(password)
    }

    /// Sets a new password.
    #[must_use]
    pub fn password(mut self, password: impl Into<SecretString>) -> Self {
        self.secrets.set("accept.password", password.into());
        self
    }

    fn strip(&mut self) {
        if let Some(accept) = &mut self.accept {
            accept.last_password_reset = None;
        }
    }
}

impl Draft for UserDraft {
    fn secrets(&self) -> &Secrets {
        &self.secrets
    }
}

impl Resource for User {
    type Draft = UserDraft;

    const NAME: &'static str = "user";

    fn to_draft(&self) -> UserDraft {
        self.draft()
    }

    fn reference(&self) -> Reference<Self> {
        Reference::from(self)
    }
}

/// The users of one group; from [`Authenticators::users`](super::Authenticators::users).
#[derive(Debug, Clone)]
pub struct Users {
    client: Client,
    source: Source,
}

operations!(Users, User, UserDraft, "user");

impl Users {
    pub(super) fn new(client: Client, source: Source) -> Self {
        Self { client, source }
    }

    fn store(&self) -> Store<User> {
        Store::new(self.client.clone(), self.source.clone())
    }

    /// All users of the group.
    pub fn list(&self) -> List<User> {
        self.store().list()
    }

    /// The user with this name, if there is one in this group.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Ambiguous`](crate::ErrorKind::Ambiguous) if there are several; the kinds of listing otherwise.
    pub async fn find_by_username(&self, username: &str) -> Result<Option<User>> {
        self.list()
            .filter(Filter::eq("username", username)?)
            .named("find user")
            .only(|user| user.username.as_deref() == Some(username))
            .await
    }
}
