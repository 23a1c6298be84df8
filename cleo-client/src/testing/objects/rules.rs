//! What the double accepts when an object is written, kind by kind.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Fields, Kind, Object, Objects, Parent};
use crate::{
    client::Deployment,
    resource::serial_number,
    testing::{answer::Answer, files::hex, world::World},
};

/// Why a body did not pass.
pub(super) struct Refusal {
    status: StatusCode,
    message: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::error(refusal.status, &refusal.message)
    }
}

/// A body that passed, as it is kept.
pub(super) struct Checked {
    pub(super) id: Option<String>,
    pub(super) parent: Parent,
    pub(super) fields: Fields,
}

/// What only the server sets: ignored when a client sends it.
const SERVERS_OWN: [&str; 12] = [
    "id",
    "active",
    "editable",
    "runnable",
    "ready",
    "notReadyReason",
    "running",
    "nextRun",
    "lastStatus",
    "meta",
    "_links",
    "hasPrivateKey",
];

/// Checks a body for creation, or for replacing the object with the id `of`.
pub(super) fn check(
    objects: &Objects,
    kind: Kind,
    group: Option<&str>,
    mut fields: Fields,
    of: Option<&str>,
    world: &World,
) -> Result<Checked, Refusal> {
    for name in SERVERS_OWN {
        fields.remove(name);
    }
    let mut checked = Checked {
        id: None,
        parent: Parent::None,
        fields,
    };
    match kind {
        Kind::Connections | Kind::Authenticators => {
            text(&checked.fields, "type")?;
            unique(objects, kind, "alias", &checked, of, |_| {
                world.switches.unique_aliases
            })?;
        }
        Kind::Users => {
            // Whoever replaces a user need not send the password again.
            if of.is_none() {
                let accept = checked.fields.get("accept");
                let password = accept.and_then(|accept| accept.get("password"));
                password
                    .and_then(Value::as_str)
                    .filter(|password| !password.is_empty())
                    .ok_or_else(|| wrong("a password is required"))?;
            }
            unique(objects, kind, "username", &checked, of, |_| true)?;
            checked.parent = Parent::Group(group.unwrap_or_default().to_owned());
            let date = httpdate::fmt_http_date(world.clock.now());
            if let Some(accept) = child(&mut checked.fields, "accept") {
                accept.insert("lastPasswordReset".to_owned(), json!(date));
            }
        }
        Kind::Actions => {
            checked.parent = parent(objects, &checked.fields, world)?;
            let parent = checked.parent.clone();
            unique(objects, kind, "alias", &checked, of, |other| {
                other.parent == parent
            })?;
            for name in ["connection", "authenticator"] {
                checked.fields.remove(name);
            }
        }
        Kind::Certificates if of.is_some() => return Err(wrong("certificates are not replaced")),
        Kind::Certificates => return certificate(objects, &checked.fields),
        Kind::Nodes => {
            let serial = text(&checked.fields, "serial")?.to_owned();
            text(&checked.fields, "url")?;
            unique(objects, kind, "serial", &checked, of, |_| true)?;
            checked.id = Some(serial);
        }
        Kind::Events | Kind::Folders => {
            return Err(Refusal::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "these are only read",
            ));
        }
    }
    Ok(checked)
}

fn wrong(message: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, message)
}

fn text<'a>(fields: &'a Fields, name: &str) -> Result<&'a str, Refusal> {
    let value = fields.get(name).and_then(Value::as_str);
    value
        .filter(|text| !text.is_empty())
        .ok_or_else(|| wrong(&format!("{name} is required")))
}

fn child<'a>(fields: &'a mut Fields, name: &str) -> Option<&'a mut Fields> {
    fields.get_mut(name).and_then(Value::as_object_mut)
}

/// Refuses a name that another object of the same company has.
fn unique(
    objects: &Objects,
    kind: Kind,
    field: &str,
    checked: &Checked,
    of: Option<&str>,
    counts: impl Fn(&Object) -> bool,
) -> Result<(), Refusal> {
    let name = text(&checked.fields, field)?;
    let taken = objects.all(kind).iter().any(|other| {
        Some(other.id.as_str()) != of
            && other.fields.get(field).and_then(Value::as_str) == Some(name)
            && counts(other)
    });
    if taken {
        let message = format!("there is one whose {field} is {name}");
        return Err(Refusal::new(StatusCode::CONFLICT, message));
    }
    Ok(())
}

/// The one parent that an action names.
fn parent(objects: &Objects, fields: &Fields, world: &World) -> Result<Parent, Refusal> {
    let id = |link: Option<&Value>| -> Option<String> {
        let href = link?.get("href")?.as_str()?;
        let last = href.trim_end_matches('/').rsplit('/').next()?;
        crate::testing::form::decode_segment(last)
    };
    let exists = |kind: Kind, id: String| match objects.find(kind, &id) {
        Some(_) => Ok(id),
        None => Err(wrong("the action's parent does not exist")),
    };
    let group = fields.get("authenticator");
    match (fields.get("connection"), group) {
        (Some(_), Some(_)) => Err(wrong("an action has one parent")),
        (connection @ Some(_), None) => {
            let id = id(connection).ok_or_else(|| wrong("connection.href is required"))?;
            exists(Kind::Connections, id).map(Parent::Connection)
        }
        (None, Some(link)) => match link.get("user") {
            user @ Some(_) => {
                let id = id(user).ok_or_else(|| wrong("user.href is required"))?;
                exists(Kind::Users, id).map(Parent::User)
            }
            None => {
                let id = id(group).ok_or_else(|| wrong("authenticator.href is required"))?;
                exists(Kind::Authenticators, id).map(Parent::Group)
            }
        },
        (None, None) if world.switches.product == Deployment::Harmony => Ok(Parent::None),
        (None, None) => Err(wrong("an action needs a parent here")),
    }
}

fn certificate(objects: &Objects, fields: &Fields) -> Result<Checked, Refusal> {
    if text(fields, "requestType")? != "importCert" {
        return Err(wrong("unknown requestType"));
    }
    let import = text(fields, "import")?;
    let der = STANDARD
        .decode(import)
        .map_err(|_| wrong("import is not base64 in one line"))?;
    import_certificate(objects, &der, false)
}

/// A certificate as it is kept.
pub(super) fn import_certificate(
    objects: &Objects,
    der: &[u8],
    private_key: bool,
) -> Result<Checked, Refusal> {
    let serial = serial_number(der).map_err(|found| wrong(&format!("no certificate: {found}")))?;
    let mut id = hex(&Sha256::digest(der));
    id.truncate(40);
    if private_key {
        // The same certificate may be there a second time, with its key.
        id = id.chars().rev().collect();
    }
    if objects.find(Kind::Certificates, &id).is_some() {
        return Err(Refusal::new(
            StatusCode::CONFLICT,
            "this certificate is there already",
        ));
    }
    let fields = json!({
        "certificate": STANDARD.encode(der), "serialNumber": serial, "hasPrivateKey": private_key,
    });
    Ok(Checked {
        id: Some(id),
        parent: Parent::None,
        fields: fields.as_object().cloned().unwrap_or_default(),
    })
}
