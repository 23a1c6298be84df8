//! An object as the double shows it: links computed, secrets left out, defaults hidden or filled in.

use serde_json::{Value, json};

use super::{Fields, Kind, Object, Objects, Parent};
use crate::{path::encode_segment, testing::world::World};

/// The object as an answer holds it; `full` includes what holds its default.
pub(super) fn show(
    objects: &Objects,
    kind: Kind,
    object: &Object,
    full: bool,
    world: &World,
) -> Value {
    let mut links = Fields::new();
    let own = self_link(objects, kind, &object.id, world);
    links.insert("self".to_owned(), json!({ "href": own }));
    let mut shown = Fields::new();
    shown.insert("id".to_owned(), json!(object.id));
    match kind {
        Kind::Connections => {
            links.insert(
                "actions".to_owned(),
                actions(objects, object, Parent::Connection, world),
            );
        }
        Kind::Authenticators => {
            links.insert(
                "users".to_owned(),
                json!({ "href": format!("{own}/users") }),
            );
            links.insert(
                "actions".to_owned(),
                actions(objects, object, Parent::Group, world),
            );
        }
        Kind::Users => {
            if let Parent::Group(group) = &object.parent {
                let group = self_link(objects, Kind::Authenticators, group, world);
                links.insert("authenticator".to_owned(), json!({ "href": group }));
            }
            links.insert(
                "actions".to_owned(),
                actions(objects, object, Parent::User, world),
            );
        }
        Kind::Actions => {
            links.insert("run".to_owned(), json!({ "href": format!("{own}/run") }));
            shown.extend(parent(objects, object, world));
            shown.insert("running".to_owned(), json!(false));
        }
        Kind::Certificates => {
            links.insert(
                "usage".to_owned(),
                json!({ "href": format!("{own}/usage") }),
            );
        }
        Kind::Folders => {
            let path = object.fields.get("path").and_then(Value::as_str);
            let path = encode_segment(path.unwrap_or_default());
            let files = format!("{}/folders/{path}/files", world.base);
            links.insert("files".to_owned(), json!({ "href": files }));
        }
        Kind::Nodes | Kind::Events => {}
    }
    shown.insert("_links".to_owned(), Value::Object(links));
    shown.insert(
        "meta".to_owned(),
        json!({ "resourceType": kind.type_name() }),
    );
    if matches!(kind, Kind::Connections | Kind::Actions) {
        shown.insert("ready".to_owned(), json!(true));
        shown.insert("active".to_owned(), json!(true));
        shown.insert("editable".to_owned(), json!(true));
        shown.insert("runnable".to_owned(), json!(true));
    }
    // What a test gave stands.
    shown.extend(object.fields.clone());
    let mut shown = Value::Object(shown);
    forget_passwords(&mut shown);
    match kind {
        Kind::Connections if full => fill(&mut shown, &connection_defaults()),
        Kind::Connections => prune(&mut shown, &connection_defaults()),
        Kind::Authenticators => fill(&mut shown, &authenticator_defaults()),
        _ => {}
    }
    if world.switches.unknown_fields
        && let Value::Object(fields) = &mut shown
    {
        fields.insert(
            "fromTheFuture".to_owned(),
            json!({ "kept": [1, "2", null] }),
        );
    }
    shown
}

pub(super) fn self_link(objects: &Objects, kind: Kind, id: &str, world: &World) -> String {
    let segment = encode_segment(id);
    if kind == Kind::Users {
        let group = match objects.find(kind, id).map(|user| &user.parent) {
            Some(Parent::Group(group)) => encode_segment(group),
            _ => String::new(),
        };
        return format!("{}/authenticators/{group}/users/{segment}", world.base);
    }
    format!("{}/{}/{segment}", world.base, kind.path())
}

fn actions(
    objects: &Objects,
    object: &Object,
    parent: fn(String) -> Parent,
    world: &World,
) -> Value {
    let parent = parent(object.id.clone());
    objects
        .all(Kind::Actions)
        .iter()
        .filter(|action| action.parent == parent)
        .map(|action| json!({ "href": self_link(objects, Kind::Actions, &action.id, world) }))
        .collect()
}

/// The fields of an action that name its parent.
fn parent(objects: &Objects, action: &Object, world: &World) -> Option<(String, Value)> {
    let named = |kind: Kind, id: &str, field: &str| {
        let name = objects
            .find(kind, id)
            .and_then(|object| object.fields.get(field).cloned())
            .unwrap_or_default();
        json!({ "href": self_link(objects, kind, id, world), field: name })
    };
    match &action.parent {
        Parent::None => None,
        Parent::Connection(id) => Some((
            "connection".to_owned(),
            named(Kind::Connections, id, "alias"),
        )),
        Parent::Group(id) => Some((
            "authenticator".to_owned(),
            named(Kind::Authenticators, id, "alias"),
        )),
        Parent::User(id) => {
            let Some(Parent::Group(group)) = objects.find(Kind::Users, id).map(|user| &user.parent)
            else {
                return None;
            };
            let mut value = named(Kind::Authenticators, group, "alias");
            if let Value::Object(fields) = &mut value {
                fields.insert("user".to_owned(), named(Kind::Users, id, "username"));
            }
            Some(("authenticator".to_owned(), value))
        }
    }
}

/// Passwords never come back.
fn forget_passwords(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("password");
            fields.values_mut().for_each(forget_passwords);
        }
        Value::Array(list) => list.iter_mut().for_each(forget_passwords),
        _ => {}
    }
}

/// Leaves out what holds its default.
fn prune(value: &mut Value, defaults: &Value) {
    let (Value::Object(fields), Value::Object(defaults)) = (value, defaults) else {
        return;
    };
    for (name, default) in defaults {
        let Some(own) = fields.get_mut(name) else {
            continue;
        };
        if own == default {
            fields.remove(name);
        } else {
            prune(own, default);
        }
    }
}

/// Puts in what is missing.
fn fill(value: &mut Value, defaults: &Value) {
    let (Value::Object(fields), Value::Object(defaults)) = (value, defaults) else {
        return;
    };
    for (name, default) in defaults {
        match fields.get_mut(name) {
            Some(own) => fill(own, default),
            None => {
                fields.insert(name.clone(), default.clone());
            }
        }
    }
}

/// A guess: Cleo says that there are defaults, and not which.
fn connection_defaults() -> Value {
    json!({
        "test": false, "cemCapable": "false", "accept": { "requireSecurePort": false },
        "outgoing": { "compress": false, "partnerPackaging": false },
        "incoming": { "requireEncryption": false, "requireSignature": false, "requireReceiptSignature": false,
                      "partnerPackaging": false },
    })
}

fn authenticator_defaults() -> Value {
    json!({
        "home": { "enabled": true, "access": "file", "dir": { "default": "local/root/%username%/" },
                  "subfolders": { "default": [ { "usage": "download", "path": "inbox\\" },
                                               { "usage": "upload", "path": "outbox\\" } ] } },
        "privileges": { "transfers": { "view": true }, "unify": { "enabled": false },
                        "invitations": { "enabled": false }, "twoFactorAuthentication": { "enabled": false } },
        "incoming": { "filters": { "fileNamesPattern": "*" } },
        "accept": {
            "requireSecurePort": false,
            "ftp": { "enabled": true, "passiveModeUseExternalIP": false, "autoDeleteDownloadedFile": false,
                     "activeModeSourcePort": 0, "ignoreDisconnectWithoutQuit": false, "triggerAtUpload": false },
            "sftp": { "enabled": true, "prefixHome": false },
            "http": { "enabled": true },
            "security": { "requireIPFilter": false, "passwordRules": {
                "enforce": false, "minLength": 8, "cannotContainUserName": true, "minUpperChars": 1,
                "minLowerChars": 1, "minNumericChars": 1, "minSpecialChars": 1, "noRepetitionCount": 3,
                "requirePasswordResetBeforeFirstUse": false,
                "expiration": { "enabled": true, "expiresDays": 60 },
                "lockout": { "enabled": false, "afterFailedAttempts": 5, "withinSeconds": 60,
                             "lockoutMinutes": 15 } } },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_left_out_and_put_back() {
        let whole = json!({ "a": 1, "b": { "c": false, "d": 2 }, "e": [1] });
        let defaults = json!({ "a": 1, "b": { "c": false }, "f": 3 });
        let mut value = whole.clone();
        prune(&mut value, &defaults);
        assert_eq!(value, json!({ "b": { "d": 2 }, "e": [1] }));
        fill(&mut value, &defaults);
        assert_eq!(
            value,
            json!({ "a": 1, "b": { "c": false, "d": 2 }, "e": [1], "f": 3 })
        );
    }
}
