//! The objects that the double keeps: connections, groups, users, actions, certificates, nodes, events.

mod rules;
mod shown;

use std::collections::{BTreeMap, HashMap};

use http::{Method, StatusCode, header};
use serde_json::{Map, Value, json};

use self::rules::Refusal;
use super::{
    answer::Answer,
    builder::RunScript,
    handler::{Asked, list, not_found},
    world::{World, id_of},
};

pub(super) type Fields = Map<String, Value>;

/// The collections of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Connections,
    Authenticators,
    Users,
    Actions,
    Certificates,
    Nodes,
    Events,
    Folders,
}

impl Kind {
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::Authenticators => "authenticators",
            Self::Users => "users",
            Self::Actions => "actions",
            Self::Certificates => "certs",
            Self::Nodes => "nodes",
            Self::Events => "events",
            Self::Folders => "folders",
        }
    }

    /// The collection with this name; users are `users`.
    pub(super) fn named(collection: &str) -> Option<Self> {
        [
            Self::Connections,
            Self::Authenticators,
            Self::Users,
            Self::Actions,
            Self::Certificates,
            Self::Nodes,
            Self::Events,
            Self::Folders,
        ]
        .into_iter()
        .find(|kind| kind.path() == collection)
    }

    const fn type_name(self) -> &'static str {
        match self {
            Self::Connections => "connection",
            Self::Authenticators => "authenticator",
            Self::Users => "user",
            Self::Actions => "action",
            Self::Certificates => "cert",
            Self::Nodes => "node",
            Self::Events => "event",
            Self::Folders => "folder",
        }
    }
}

/// What an object belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Parent {
    None,
    Connection(String),
    Group(String),
    User(String),
}

/// One object: what clients wrote, and what the server knows about it.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) id: String,
    pub(super) parent: Parent,
    pub(super) fields: Fields,
    pub(super) version: u64,
}

#[derive(Debug, Default)]
pub(super) struct Objects {
    kinds: BTreeMap<Kind, Vec<Object>>,
    scripts: HashMap<String, RunScript>,
    made: u64,
}

impl Objects {
    pub(super) fn all(&self, kind: Kind) -> &[Object] {
        self.kinds.get(&kind).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn find(&self, kind: Kind, id: &str) -> Option<&Object> {
        self.all(kind).iter().find(|object| object.id == id)
    }

    pub(super) fn find_mut(&mut self, kind: Kind, id: &str) -> Option<&mut Object> {
        let objects = self.kinds.get_mut(&kind)?;
        objects.iter_mut().find(|object| object.id == id)
    }

    /// The first object whose field has this text.
    pub(super) fn find_by(&self, kind: Kind, field: &str, text: &str) -> Option<&Object> {
        self.all(kind).iter().find(|object| {
            let value = object.fields.get(field);
            value.and_then(Value::as_str) == Some(text)
        })
    }

    /// Adds an object that a test set up: its id follows from its name, unless it brings one.
    pub(super) fn set_up(&mut self, kind: Kind, parent: Parent, names: &[&str], fields: Fields) {
        let given = fields.get("id").and_then(Value::as_str).map(str::to_owned);
        let object = Object {
            id: given.unwrap_or_else(|| id_of(names)),
            parent,
            fields,
            version: 1,
        };
        self.kinds.entry(kind).or_default().push(object);
    }

    /// Adds a certificate that a test set up; what is none, or is there, is left out.
    pub(super) fn set_up_certificate(&mut self, der: &[u8], private_key: bool) {
        if let Ok(checked) = rules::import_certificate(self, der, private_key) {
            self.add(
                Kind::Certificates,
                checked.id,
                checked.parent,
                checked.fields,
            );
        }
    }

    /// Adds an object that a client made; the answer is its id.
    fn add(&mut self, kind: Kind, id: Option<String>, parent: Parent, fields: Fields) -> String {
        self.made += 1;
        let id = id.unwrap_or_else(|| id_of(&["made", &self.made.to_string()]));
        self.kinds.entry(kind).or_default().push(Object {
            id: id.clone(),
            parent,
            fields,
            version: 1,
        });
        id
    }

    /// Removes an object and what belongs to it.
    fn remove(&mut self, kind: Kind, id: &str) -> bool {
        let Some(objects) = self.kinds.get_mut(&kind) else {
            return false;
        };
        let before = objects.len();
        objects.retain(|object| object.id != id);
        let removed = objects.len() < before;
        let gone = match kind {
            Kind::Connections => Parent::Connection(id.to_owned()),
            Kind::Authenticators => Parent::Group(id.to_owned()),
            Kind::Users => Parent::User(id.to_owned()),
            _ => return removed,
        };
        let users: Vec<String> = self
            .all(Kind::Users)
            .iter()
            .filter(|user| user.parent == gone)
            .map(|user| user.id.clone())
            .collect();
        for user in users {
            self.remove(Kind::Users, &user);
        }
        if let Some(actions) = self.kinds.get_mut(&Kind::Actions) {
            actions.retain(|action| action.parent != gone);
        }
        removed
    }

    pub(super) fn set_script(&mut self, action: &str, script: RunScript) {
        self.scripts.insert(action.to_owned(), script);
    }

    pub(super) fn script(&self, action: &str) -> RunScript {
        self.scripts
            .get(action)
            .cloned()
            .unwrap_or_else(RunScript::success)
    }
}

/// Answers a request about a collection or one of its objects.
pub(super) fn answer(
    world: &World,
    asked: &Asked,
    kind: Kind,
    group: Option<&str>,
    id: Option<&str>,
) -> Answer {
    let known = |kind: Kind, id: &str| world.state().objects.find(kind, id).is_some();
    if group.is_some_and(|group| !known(Kind::Authenticators, group)) {
        return not_found("there is no such group of users");
    }
    let full = asked.query.get("includeDefaults").map(String::as_str) == Some("true");
    match (&asked.method, id) {
        (&Method::GET, None) => {
            let all = {
                let state = world.state();
                let within = |object: &&Object| match group {
                    Some(group) => object.parent == Parent::Group(group.to_owned()),
                    None => true,
                };
                state
                    .objects
                    .all(kind)
                    .iter()
                    .filter(within)
                    .map(|object| shown::show(&state.objects, kind, object, full, world))
                    .collect()
            };
            list(world, asked, all)
        }
        (&Method::POST, None) => create(world, asked, kind, group),
        (&Method::GET, Some(id)) => one(world, StatusCode::OK, kind, id, full),
        (&Method::PUT, Some(id)) => replace(world, asked, kind, id),
        (&Method::DELETE, Some(id)) => {
            if world.state().objects.remove(kind, id) {
                Answer::new(StatusCode::NO_CONTENT).acted()
            } else {
                not_found("there is no such object")
            }
        }
        _ => Answer::error(StatusCode::METHOD_NOT_ALLOWED, "not with this method"),
    }
}

/// An object as an answer.
fn one(world: &World, status: StatusCode, kind: Kind, id: &str, full: bool) -> Answer {
    let state = world.state();
    let Some(object) = state.objects.find(kind, id) else {
        return not_found("there is no such object");
    };
    let shown = shown::show(&state.objects, kind, object, full, world);
    let answer = Answer::json(status, shown, &world.switches).acted();
    if world.switches.etags {
        return answer.with_header(header::ETAG, &format!("\"{}\"", object.version));
    }
    answer
}

/// What is answered to a write: the object, or nothing if the switch says so.
fn written(world: &World, status: StatusCode, kind: Kind, id: &str) -> Answer {
    if world.switches.silent_writes {
        let place = shown::self_link(&world.state().objects, kind, id, world);
        return Answer::new(status)
            .acted()
            .with_header(header::LOCATION, &place);
    }
    one(world, status, kind, id, false)
}

fn body(asked: &Asked) -> Result<Fields, Refusal> {
    match serde_json::from_slice(&asked.body) {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "the body is not a JSON object",
        )),
    }
}

fn create(world: &World, asked: &Asked, kind: Kind, group: Option<&str>) -> Answer {
    let fields = match body(asked) {
        Ok(fields) => fields,
        Err(refusal) => return refusal.into(),
    };
    let id = {
        let mut state = world.state();
        let checked = rules::check(&state.objects, kind, group, fields, None, world);
        let checked = match checked {
            Ok(checked) => checked,
            Err(refusal) => return refusal.into(),
        };
        let id = state
            .objects
            .add(kind, checked.id, checked.parent, checked.fields);
        if kind == Kind::Connections {
            for alias in &world.switches.default_actions {
                let action =
                    json!({ "alias": alias, "type": "Commands", "enabled": true, "commands": [] });
                let Value::Object(fields) = action else {
                    continue;
                };
                let parent = Parent::Connection(id.clone());
                state.objects.add(Kind::Actions, None, parent, fields);
            }
        }
        id
    };
    written(world, StatusCode::CREATED, kind, &id)
}

fn replace(world: &World, asked: &Asked, kind: Kind, id: &str) -> Answer {
    let fields = match body(asked) {
        Ok(fields) => fields,
        Err(refusal) => return refusal.into(),
    };
    {
        let mut state = world.state();
        let Some(object) = state.objects.find(kind, id) else {
            return not_found("there is no such object");
        };
        let wanted = asked.headers.get(header::IF_MATCH);
        let wanted = wanted.and_then(|value| value.to_str().ok());
        if wanted.is_some_and(|tag| tag != format!("\"{}\"", object.version)) {
            return Answer::error(
                StatusCode::PRECONDITION_FAILED,
                "the object has changed meanwhile",
            );
        }
        let group = match &object.parent {
            Parent::Group(group) if kind == Kind::Users => Some(group.clone()),
            _ => None,
        };
        let checked = rules::check(
            &state.objects,
            kind,
            group.as_deref(),
            fields,
            Some(id),
            world,
        );
        let checked = match checked {
            Ok(checked) => checked,
            Err(refusal) => return refusal.into(),
        };
        if let Some(object) = state.objects.find_mut(kind, id) {
            object.fields = checked.fields;
            object.parent = checked.parent;
            object.version += 1;
        }
    }
    written(world, StatusCode::OK, kind, id)
}
