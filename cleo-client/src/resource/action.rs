//! Actions: what Cleo can be told to run.

use serde_json::Value;

use super::{
    declare::{operations, resource, section},
    reference::{Reference, Target},
    run::{Run, RunTarget},
    secrets::Secrets,
    store::{Draft, Resource, Store},
};
use crate::{
    client::{Client, Support},
    error::{Error, Result},
    filter::Filter,
    flexible::{FlexBool, open_enum},
    id::ActionId,
    link::Links,
    page::{List, Source},
};

open_enum! {
    /// How an action is written (`type`).
    pub enum ActionType {
        /// A list of commands.
        Commands = "Commands",
        /// A script. In which field it stands is not known; see [`ActionDraft::field`].
        JavaScript = "JavaScript",
    }
}

section! {
    /// What an action belongs to: a connection, a group of users, or a user.
    ActionParent {
        /// The address of the parent.
        href: String = "href",
        /// The parent's alias; only in answers.
        alias: String = "alias",
        /// The user's name; only in answers.
        username: String = "username",
        /// The user of the group, if it belongs to one.
        user: Box<ActionParent> = "user",
    }
}

resource! {
    /// An action of a connection, of a group of users, or of a user.
    answer Action(ActionId);
    /// An action to create, or what an existing one is to become.
    ///
    /// ```
    /// use cleo_client::{Link, resource::ActionDraft};
    ///
    /// let partner = Link::new("/api/connections/PMHTT7QjTg6EMyoxIQ15DA");
    /// let draft = ActionDraft::with_commands("send", ["PUT -DEL *"]).of_connection(&partner).schedule("on file continuously");
    /// assert_eq!(draft.connection.unwrap().href.unwrap(), partner.href);
    /// ```
    draft ActionDraft;
    shared {
        /// The name that people use; unique only within its parent.
        alias: String = "alias",
        /// How it is written (`type`).
        kind: ActionType = "type",
        /// Whether it is switched on.
        enabled: FlexBool = "enabled",
        /// The commands, one a line.
        commands: Vec<String> = "commands",
        /// When it runs by itself, in Cleo's own words: `on file continuously`. None: never.
        schedule: String = "schedule",
        /// The connection that it belongs to.
        connection: ActionParent = "connection",
        /// The group of users that it belongs to.
        authenticator: ActionParent = "authenticator",
    }
    answered {
        /// Whether it runs now; only in answers.
        running: FlexBool = "running",
        /// When it runs next, in a form that is not known; only in answers.
        next_run: Value = "nextRun",
        /// How its last run ended, in a form that is not known; only in answers.
        last_status: Value = "lastStatus",
    }
}

impl ActionParent {
    fn strip(&mut self) {
        self.alias = None;
        self.username = None;
        if let Some(user) = &mut self.user {
            user.strip();
        }
    }
}

impl ActionDraft {
    /// A list of commands with a name; its parent is still to be said.
    #[must_use]
    pub fn with_commands<C: Into<String>>(
        alias: impl Into<String>,
        commands: impl IntoIterator<Item = C>,
    ) -> Self {
        Self {
            alias: Some(alias.into()),
            kind: Some(ActionType::Commands),
            commands: Some(commands.into_iter().map(Into::into).collect()),
            ..Self::default()
        }
    }

    /// It belongs to a connection: by the connection's `self` link.
    #[must_use]
    pub fn of_connection(mut self, connection: &crate::link::Link) -> Self {
        self.authenticator = None;
        self.connection = Some(ActionParent::default().href(connection.href.as_str()));
        self
    }

    /// It belongs to a group of users: by the group's `self` link.
    #[must_use]
    pub fn of_group(mut self, group: &crate::link::Link) -> Self {
        self.connection = None;
        self.authenticator = Some(ActionParent::default().href(group.href.as_str()));
        self
    }

    /// It belongs to a user of a group: by the `self` links of both.
    #[must_use]
    pub fn of_user(mut self, group: &crate::link::Link, user: &crate::link::Link) -> Self {
        let user = ActionParent::default().href(user.href.as_str());
        self = self.of_group(group);
        self.authenticator = self.authenticator.map(|parent| parent.user(user));
        self
    }

    fn strip(&mut self) {
        for parent in [&mut self.connection, &mut self.authenticator]
            .into_iter()
            .flatten()
        {
            parent.strip();
        }
    }
}

impl Draft for ActionDraft {
    fn secrets(&self) -> &Secrets {
        &self.secrets
    }
}

impl Resource for Action {
    type Draft = ActionDraft;

    const NAME: &'static str = "action";

    fn to_draft(&self) -> ActionDraft {
        self.draft()
    }

    fn reference(&self) -> Reference<Self> {
        Reference::from(self)
    }
}

/// Whether a parent has this name. It is not certain to be in every answer; a wrong one is a wrong action.
fn named(parent: Option<&ActionParent>, name: &str) -> bool {
    parent
        .and_then(|parent| parent.alias.as_deref())
        .is_none_or(|found| found == name)
}

/// The actions of a server; from [`Client::actions`].
#[derive(Debug, Clone)]
pub struct Actions {
    client: Client,
}

operations!(Actions, Action, ActionDraft, "action");

impl Actions {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    fn store(&self) -> Store<Action> {
        Store::new(self.client.clone(), Source::path("actions"))
    }

    /// All actions.
    pub fn list(&self) -> List<Action> {
        self.store().list()
    }

    /// The action with this alias in the connection with that alias, if there is one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Ambiguous`](crate::ErrorKind::Ambiguous) if there are several; the kinds of listing otherwise.
    pub async fn find_in_connection(
        &self,
        connection_alias: &str,
        alias: &str,
    ) -> Result<Option<Action>> {
        let filter =
            Filter::eq("alias", alias)?.and(Filter::eq("connection.alias", connection_alias)?);
        self.find(filter, alias, |action| {
            named(action.connection.as_ref(), connection_alias)
        })
        .await
    }

    /// The action with this alias in the group of users with that alias, if there is one.
    ///
    /// # Errors
    ///
    /// As [`find_in_connection`](Self::find_in_connection).
    pub async fn find_in_group(&self, group_alias: &str, alias: &str) -> Result<Option<Action>> {
        let filter =
            Filter::eq("alias", alias)?.and(Filter::eq("authenticator.alias", group_alias)?);
        self.find(filter, alias, |action| {
            let group = action.authenticator.as_ref();
            // Actions of its users name the group too.
            named(group, group_alias) && group.is_none_or(|group| group.user.is_none())
        })
        .await
    }

    /// The action with this alias of the user with that name, if there is one.
    ///
    /// # Errors
    ///
    /// As [`find_in_connection`](Self::find_in_connection).
    pub async fn find_of_user(&self, username: &str, alias: &str) -> Result<Option<Action>> {
        let filter =
            Filter::eq("alias", alias)?.and(Filter::eq("authenticator.user.username", username)?);
        self.find(filter, alias, |action| {
            let user = action.authenticator.as_ref().and_then(|g| g.user.as_ref());
            user.and_then(|user| user.username.as_deref())
                .is_none_or(|found| found == username)
        })
        .await
    }

    async fn find(
        &self,
        filter: Filter,
        alias: &str,
        fits: impl Fn(&Action) -> bool + Send + Sync,
    ) -> Result<Option<Action>> {
        self.list()
            .filter(filter)
            .named("find action")
            .only(|action| action.alias.as_deref() == Some(alias) && fits(action))
            .await
    }

    /// The actions that links lead to: those of a connection (`_links.actions`), of a group or of a user.
    ///
    /// # Errors
    ///
    /// Any kind of [`RequestBuilder::send`](crate::RequestBuilder::send), for the first that cannot be read.
    pub async fn linked(&self, links: &Links) -> Result<Vec<Action>> {
        let mut actions = Vec::new();
        for link in links.all("actions") {
            let target = Reference::to(Target::Link(link.clone()));
            actions.push(self.store().get(&target).await?);
        }
        Ok(actions)
    }

    /// Creates an action that stands alone, without a parent: only Harmony has them.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if the draft has a parent, or if the client was
    /// told that its server has no such actions; those of [`create`](Self::create) otherwise.
    pub async fn create_stand_alone(&self, draft: &ActionDraft) -> Result<Action> {
        let operation = "create stand-alone action";
        if draft.connection.is_some() || draft.authenticator.is_some() {
            return Err(Error::invalid(
                operation,
                "the action has a parent; use create()",
            ));
        }
        if self.client.capabilities().stand_alone_actions == Support::No {
            return Err(Error::invalid(
                operation,
                "this server is declared to have no stand-alone actions; say what the action belongs to",
            ));
        }
        self.create(draft).await
    }

    /// Runs an action: give it the [`Action`], by whose link it is then run, or its [`ActionId`].
    ///
    /// ```no_run
    /// # async fn example(client: cleo_client::Client) -> Result<(), cleo_client::Error> {
    /// use cleo_client::resource::RunOutcome;
    ///
    /// let action = client.actions().find_in_connection("ACME", "send").await?.expect("set up before");
    /// match client.actions().run(&action).timeout(std::time::Duration::from_secs(120)).send().await? {
    ///     RunOutcome::Succeeded(_) => println!("sent"),
    ///     other => println!("look into it: {:?}", other.report().messages),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn run(&self, action: impl Into<RunTarget>) -> Run {
        Run::new(self.client.clone(), action.into())
    }
}
