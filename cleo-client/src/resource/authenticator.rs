//! Authenticators: groups of users and how these may come in.

use super::{
    declare::{operations, resource, section},
    reference::Reference,
    secrets::Secrets,
    section::{Home, Incoming, Outgoing},
    store::{Draft, Resource, Store},
    user::{User, Users},
};
use crate::{
    client::Client,
    error::{Error, Result},
    filter::Filter,
    flexible::{FlexBool, FlexInt, open_enum},
    id::AuthenticatorId,
    link::Links,
    page::{List, Source},
};

open_enum! {
    /// Where a group's users are kept (`type`).
    pub enum AuthenticatorType {
        /// In Cleo itself.
        NativeUser = "nativeUser",
        /// In the directory that the system is set to use.
        SystemLdap = "systemLdap",
        /// Behind an authentication connector.
        AuthConnector = "authConnector",
    }
}

resource! {
    /// A group of users.
    answer Authenticator(AuthenticatorId);
    /// A group of users to create, or what an existing one is to become.
    draft AuthenticatorDraft;
    shared {
        /// The name that people use.
        alias: String = "alias",
        /// Where its users are kept (`type`).
        kind: AuthenticatorType = "type",
        /// Whether it is switched on.
        enabled: FlexBool = "enabled",
        /// The folder in the administrator's tree that it stands in.
        resource_folder: String = "resourceFolder",
        /// The users' home directories.
        home: Home = "home",
        /// What the users may do.
        privileges: Privileges = "privileges",
        /// What they send.
        incoming: Incoming = "incoming",
        /// What they fetch.
        outgoing: Outgoing = "outgoing",
        /// How they may come in.
        accept: AuthenticatorAccept = "accept",
    }
    answered {}
}

section! {
    /// What users of a group may do.
    Privileges {
        /// Looking at transfers.
        transfers: ViewPrivilege = "transfers",
        /// Cleo Unify.
        unify: Switch = "unify",
        /// Inviting others.
        invitations: Switch = "invitations",
        /// Whether a second factor is asked for.
        two_factor_authentication: Switch = "twoFactorAuthentication",
    }
}

section! {
    /// A right to look.
    ViewPrivilege {
        /// Whether it is given.
        view: FlexBool = "view",
    }
}

section! {
    /// Something that is on or off.
    Switch {
        /// Whether it is on.
        enabled: FlexBool = "enabled",
    }
}

section! {
    /// How users of a group may come in.
    AuthenticatorAccept {
        /// Whether only the TLS port takes them.
        require_secure_port: FlexBool = "requireSecurePort",
        /// By FTP.
        ftp: FtpAccess = "ftp",
        /// By SFTP.
        sftp: SftpAccess = "sftp",
        /// By HTTP.
        http: Switch = "http",
        /// Rules for addresses and passwords.
        security: SecurityRules = "security",
    }
}

section! {
    /// FTP for users of a group.
    FtpAccess {
        /// Whether it is on.
        enabled: FlexBool = "enabled",
        /// Whether passive mode tells the outer address.
        passive_mode_use_external_ip: FlexBool = "passiveModeUseExternalIP",
        /// Whether a file is removed once it was fetched.
        auto_delete_downloaded_file: FlexBool = "autoDeleteDownloadedFile",
        /// The port that active mode comes from.
        active_mode_source_port: FlexInt = "activeModeSourcePort",
        /// Whether leaving without `QUIT` is no error.
        ignore_disconnect_without_quit: FlexBool = "ignoreDisconnectWithoutQuit",
        /// Whether an upload starts what waits for files.
        trigger_at_upload: FlexBool = "triggerAtUpload",
    }
}

section! {
    /// SFTP for users of a group.
    SftpAccess {
        /// Whether it is on.
        enabled: FlexBool = "enabled",
        /// Whether paths start with the home.
        prefix_home: FlexBool = "prefixHome",
    }
}

section! {
    /// Rules for addresses and passwords.
    SecurityRules {
        /// Whether only listed addresses may come in.
        require_ip_filter: FlexBool = "requireIPFilter",
        /// Rules for passwords.
        password_rules: PasswordRules = "passwordRules",
    }
}

section! {
    /// Rules for passwords.
    PasswordRules {
        /// Whether they apply.
        enforce: FlexBool = "enforce",
        /// Fewest characters.
        min_length: FlexInt = "minLength",
        /// Whether the user's name is forbidden in it.
        cannot_contain_user_name: FlexBool = "cannotContainUserName",
        /// Fewest capital letters.
        min_upper_chars: FlexInt = "minUpperChars",
        /// Fewest small letters.
        min_lower_chars: FlexInt = "minLowerChars",
        /// Fewest digits.
        min_numeric_chars: FlexInt = "minNumericChars",
        /// Fewest of other characters.
        min_special_chars: FlexInt = "minSpecialChars",
        /// How many old passwords may not come back.
        no_repetition_count: FlexInt = "noRepetitionCount",
        /// Whether a new user must change it before using it: such a user cannot log in to the API at first.
        require_password_reset_before_first_use: FlexBool = "requirePasswordResetBeforeFirstUse",
        /// When it ends.
        expiration: PasswordExpiration = "expiration",
        /// When an account is locked.
        lockout: Lockout = "lockout",
    }
}

section! {
    /// When a password ends.
    PasswordExpiration {
        /// Whether it does.
        enabled: FlexBool = "enabled",
        /// After how many days.
        expires_days: FlexInt = "expiresDays",
    }
}

section! {
    /// When an account is locked.
    Lockout {
        /// Whether it ever is.
        enabled: FlexBool = "enabled",
        /// After how many refused log-ins …
        after_failed_attempts: FlexInt = "afterFailedAttempts",
        /// … within how many seconds …
        within_seconds: FlexInt = "withinSeconds",
        /// … and for how many minutes.
        lockout_minutes: FlexInt = "lockoutMinutes",
    }
}

impl AuthenticatorDraft {
    /// A group with a kind and a name.
    #[must_use]
    pub fn new(kind: AuthenticatorType, alias: impl Into<String>) -> Self {
        Self {
            kind: Some(kind),
            alias: Some(alias.into()),
            ..Self::default()
        }
    }

    fn strip(&mut self) {}
}

impl Draft for AuthenticatorDraft {
    fn secrets(&self) -> &Secrets {
        &self.secrets
    }
}

impl Resource for Authenticator {
    type Draft = AuthenticatorDraft;

    const NAME: &'static str = "authenticator";

    fn to_draft(&self) -> AuthenticatorDraft {
        self.draft()
    }

    fn reference(&self) -> Reference<Self> {
        Reference::from(self)
    }
}

/// The groups of users of a server; from [`Client::authenticators`].
#[derive(Debug, Clone)]
pub struct Authenticators {
    client: Client,
}

operations!(
    Authenticators,
    Authenticator,
    AuthenticatorDraft,
    "group of users"
);

impl Authenticators {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    fn store(&self) -> Store<Authenticator> {
        Store::new(self.client.clone(), Source::path("authenticators"))
    }

    /// All groups of users.
    pub fn list(&self) -> List<Authenticator> {
        self.store().list()
    }

    /// The group with this alias, if there is one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Ambiguous`](crate::ErrorKind::Ambiguous) if there are several; the kinds of listing otherwise.
    pub async fn find_by_alias(&self, alias: &str) -> Result<Option<Authenticator>> {
        self.list()
            .filter(Filter::eq("alias", alias)?)
            .named("find authenticator")
            .only(|group| group.alias.as_deref() == Some(alias))
            .await
    }

    /// The users of a group: by its `users` link; by its id if it has none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if it has neither.
    pub fn users(&self, group: &Authenticator) -> Result<Users> {
        let source = match (group.links.first("users"), &group.id) {
            (Some(link), _) => Source::Link(link.clone()),
            (None, Some(id)) => return Ok(self.users_of(id)),
            (None, None) => {
                return Err(Error::invalid(
                    "list users",
                    "the authenticator has neither a `users` link nor an id",
                ));
            }
        };
        Ok(Users::new(self.client.clone(), source))
    }

    /// The users of the group with this id.
    #[must_use]
    pub fn users_of(&self, id: &AuthenticatorId) -> Users {
        let own = Source::path("authenticators").child(id.as_str());
        Users::new(self.client.clone(), own.below("users"))
    }

    /// The user with this name and the group it is in. Looks into one group after the other; names are unique over
    /// all of them.
    ///
    /// # Errors
    ///
    /// The kinds of listing.
    pub async fn find_user(&self, username: &str) -> Result<Option<(Authenticator, User)>> {
        use futures_util::TryStreamExt as _;
        let mut groups = Box::pin(self.list().named("find user").items());
        while let Some(group) = groups.try_next().await? {
            if let Some(user) = self.users(&group)?.find_by_username(username).await? {
                return Ok(Some((group, user)));
            }
        }
        Ok(None)
    }
}
