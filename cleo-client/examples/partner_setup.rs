//! Sets a partner up: a connection, a group with a user, an action. Run it twice and nothing is made twice.
//!
//! `cargo run -p cleo-client --example partner_setup --features test-util`

use std::{
    error::Error,
    io::{self, Write as _},
};

use cleo_client::{
    Client,
    resource::{
        ActionDraft, AuthenticatorDraft, AuthenticatorType, ConnectSettings, ConnectionDraft,
        ConnectionType, UserDraft,
    },
    testing::FakeCleo,
};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let cleo = FakeCleo::builder().user("edi", "secret").start().await?;
    let client = cleo.client("edi", "secret").build()?;
    let first = Box::pin(set_up(&client)).await?;
    let second = Box::pin(set_up(&client)).await?;
    writeln!(io::stdout(), "made {first} objects, and then {second}")?;
    if (first, second) != (4, 0) {
        return Err("something was made twice, or not at all".into());
    }
    Ok(())
}

/// How many objects had to be made.
async fn set_up(client: &Client) -> Result<usize, Box<dyn Error>> {
    let mut made = 0;
    let connections = client.connections();
    let connection = match connections.find_by_alias("ACME").await? {
        Some(connection) => connection,
        None => {
            made += 1;
            let connect = ConnectSettings::default()
                .host("sftp.acme.example")
                .port(22)
                .username("us");
            let draft = ConnectionDraft::new(ConnectionType::Sftp, "ACME").connect(connect);
            connections.create(&draft.password("s3cret")).await?
        }
    };
    let groups = client.authenticators();
    let group = match groups.find_by_alias("Partners").await? {
        Some(group) => group,
        None => {
            made += 1;
            let draft = AuthenticatorDraft::new(AuthenticatorType::NativeUser, "Partners");
            groups.create(&draft).await?
        }
    };
    let users = groups.users(&group)?;
    if users.find_by_username("acme").await?.is_none() {
        made += 1;
        let draft = UserDraft::new("acme", "s3cret").email("edi@acme.example");
        users.create(&draft).await?;
    }
    let actions = client.actions();
    if actions
        .find_in_connection("ACME", "collect")
        .await?
        .is_none()
    {
        made += 1;
        let own = connection
            .links
            .first("self")
            .ok_or("a connection without a link")?;
        let draft =
            ActionDraft::with_commands("collect", ["GET -DEL *", "LCOPY inbox/* processed/"]);
        actions.create(&draft.of_connection(own)).await?;
    }
    Ok(made)
}
