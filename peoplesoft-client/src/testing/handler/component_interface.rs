//! Component interfaces over SOAP, under names that are random for every site, and over REST.

use std::fmt::Write as _;

use http::{Method, StatusCode};

use crate::component_interface::{
    Action, CiBuffer, Names, bare, read_json, read_xml, write_json, write_xml,
};
use crate::connector::{Door, versioned};
use crate::profile::{CiAccess, CiAction, CiDoor};
use crate::testing::answer::Reply;
use crate::testing::call::Call;
use crate::testing::component::{Note, Outcome};
use crate::testing::router;
use crate::testing::state::State;
use crate::testing::switch::ComponentFailure;
use crate::xml::Writer;

/// Answers the WSDL of a component interface, or a call of it.
pub(super) fn handle(call: &Call, state: &mut State) -> Option<Reply> {
    match (call.door, call.method == Method::POST) {
        (Door::Soap, true) => by_soap(call, state),
        (Door::Soap, false) => description(call, state),
        (Door::Rest, _) => by_rest(call, state),
        (Door::Http, _) => None,
    }
}

/// What the profile knows of a component interface, and the name that it goes by there.
fn access_of(state: &State, name: &str) -> CiAccess {
    let sections = &state.profile.component_interfaces;
    let renamed = sections.values().find(|access| access.name == name);
    renamed.or(sections.get(name)).cloned().unwrap_or_default()
}

fn names_of(state: &State) -> Vec<String> {
    state.components.keys().cloned().collect()
}

fn service_of(access: &CiAccess, name: &str) -> String {
    if access.soap.service.is_empty() {
        format!("CI_{name}")
    } else {
        access.soap.service.clone()
    }
}

fn terms(access: &CiAccess, action: Action) -> &CiAction {
    match action {
        Action::Get => &access.soap.get,
        Action::Find => &access.soap.find,
        Action::Create => &access.soap.create,
        Action::Update => &access.soap.update,
        Action::UpdateData => &access.soap.update_data,
    }
}

fn soap_action(access: &CiAccess, name: &str, action: Action) -> String {
    let given = &terms(access, action).soap_action;
    if given.is_empty() {
        format!("{}_{}.V1", service_of(access, name), action.suffix())
    } else {
        given.clone()
    }
}

/// The namespace of a message: the profile's, or a name that this site drew.
fn namespace(state: &State, access: &CiAccess, name: &str, action: Action, answer: bool) -> String {
    let given = [&terms(access, action).namespace, &access.soap.namespace];
    if let Some(given) = given.into_iter().find(|given| !given.is_empty())
        && !answer
    {
        return given.clone();
    }
    // FNV-1a over what names the message, so that a seed always draws the same names.
    let text = format!(
        "{}/{name}/{}/{answer}",
        state.output.component_seed,
        action.word()
    );
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!(
        "http://xmlns.oracle.com/Enterprise/Tools/schemas/M{:06}.V1",
        hash % 1_000_000
    )
}

fn by_soap(call: &Call, state: &mut State) -> Option<Reply> {
    let called = call.name();
    let (name, access, action) = names_of(state).into_iter().find_map(|name| {
        let access = access_of(state, &name);
        let action = Action::ALL
            .into_iter()
            .find(|action| soap_action(&access, &name, *action) == called)?;
        Some((name, access, action))
    })?;
    let operation = format!("{}_{}", service_of(&access, &name), action.suffix());
    let alias = [called, service_of(&access, &name), name.clone()];
    if let Some(refusal) = router::refusal(call, state, &operation, &alias) {
        return Some(refusal);
    }
    let version = call.soap.unwrap_or_default();
    let expected = namespace(state, &access, &name, action, false);
    let text = String::from_utf8_lossy(&call.body);
    let opening = text.split('>').next().unwrap_or_default();
    if !opening.contains(&expected) {
        let text = format!("The message of {operation} is not in namespace {expected}.");
        return Some(router::soap_fault(version, "Client", &text, ""));
    }
    let Ok(Some((element, data))) = read_xml(&call.body) else {
        return Some(router::soap_fault(
            version,
            "Client",
            "The message is empty.",
            "",
        ));
    };
    if Action::of_element(&element) != Some(action) {
        let text = format!("The element {element} is not that of {operation}.");
        return Some(router::soap_fault(version, "Client", &text, ""));
    }
    let outcome = state.components.get_mut(&name)?.perform(action, data);
    let names = Names::new(&access.names, &access.keys);
    let answer = match outcome {
        Outcome::Refused(notes) => match state.output.component_failure {
            ComponentFailure::Notification => notification("0", None, &notes, &name),
            ComponentFailure::FaultTexts => {
                let mut detail = String::new();
                for note in &notes {
                    let mut writer = Writer::new();
                    writer.element("messagetext", &numbered(note));
                    detail.push_str(&crate::testing::answer::written(writer));
                }
                let fault = "The component interface reported errors.";
                return Some(router::soap_fault(version, "Server", fault, &detail));
            }
            ComponentFailure::FaultResponse => {
                let first = notes.first();
                let numbers = first.map(|note| (note.set, note.number));
                let text = first.map_or("", |note| note.text.as_str());
                return Some(router::failure(
                    call,
                    state,
                    StatusCode::INTERNAL_SERVER_ERROR,
                    numbers,
                    text,
                ));
            }
        },
        Outcome::Record(record) => record,
        Outcome::Keys(found) => {
            let rows = found.into_iter();
            rows.fold(CiBuffer::new(), |all, keys| {
                all.with_row(name.clone(), keys)
            })
        }
        Outcome::Created(keys, notes) => notification("1", Some(keys), &notes, &name),
        Outcome::Changed(notes) => notification("1", None, &notes, &name),
    };
    let element = format!("{}Response", action.element(&name));
    let answered = namespace(state, &access, &name, action, true);
    let spelled = Spelled {
        names: &names,
        component: &name,
    };
    let xml = write_xml(
        &element,
        &answered,
        &spelled.buffer(&answer),
        &Names::default(),
    )
    .ok()?;
    let body = String::from_utf8_lossy(&xml).into_owned();
    Some(router::soap(StatusCode::OK, version, &body))
}

/// Puts prefixes on what is the component's own, and leaves the words of an answer about itself alone.
struct Spelled<'a> {
    names: &'a Names,
    component: &'a str,
}

impl Spelled<'_> {
    fn buffer(&self, buffer: &CiBuffer) -> CiBuffer {
        let mut spelled = CiBuffer::new();
        for (name, text) in buffer.properties() {
            let own = name == name.to_ascii_uppercase();
            let name = if own {
                self.names.property(name)
            } else {
                name.to_owned()
            };
            spelled.set(name, text);
        }
        for name in buffer.collections() {
            for row in buffer.rows(name) {
                let own = name == name.to_ascii_uppercase() && name != self.component;
                let name = if own {
                    self.names.collection(name)
                } else {
                    name.to_owned()
                };
                spelled.push(name, self.buffer(row));
            }
        }
        spelled
    }
}

fn numbered(note: &Note) -> String {
    format!("{} ({},{})", note.text, note.set, note.number)
}

/// What is said of a change: the verdict, the keys of what was made, and messages.
fn notification(verdict: &str, keys: Option<CiBuffer>, notes: &[Note], name: &str) -> CiBuffer {
    let mut detail = CiBuffer::new();
    if let Some(keys) = keys {
        detail.push(name, keys);
    }
    for note in notes {
        let message = CiBuffer::new()
            .with("type", note.kind)
            .with("messagesetnumber", note.set.to_string())
            .with("messagenumber", note.number.to_string())
            .with("messagetext", note.text.as_str())
            .with("explaintext", "See the message catalog.");
        detail.push("messages", message);
    }
    let answer = CiBuffer::new().with("notification", verdict);
    if detail.is_empty() {
        answer
    } else {
        answer.with_row("detail", detail)
    }
}

/// The WSDL document of the service of a component interface.
fn description(call: &Call, state: &State) -> Option<Reply> {
    let wanted = call.tail.first()?;
    let (name, access) = names_of(state).into_iter().find_map(|name| {
        let access = access_of(state, &name);
        let service = versioned(&service_of(&access, &name), &access.soap.service_version);
        (format!("{service}.wsdl") == *wanted).then_some((name, access))
    })?;
    let service = service_of(&access, &name);
    if let Some(refusal) = router::refusal(call, state, &service, std::slice::from_ref(&name)) {
        return Some(refusal);
    }
    let (mut messages, mut port, mut binding) = (String::new(), String::new(), String::new());
    for action in Action::ALL {
        let (request, answer) = (
            namespace(state, &access, &name, action, false),
            namespace(state, &access, &name, action, true),
        );
        let element = action.element(&name);
        let operation = format!("{service}_{}", action.suffix());
        let message = |namespace: &str| namespace.rsplit('/').next().unwrap_or_default().to_owned();
        let (sent, received) = (message(&request), message(&answer));
        // Writing to a String cannot fail.
        let _ = write!(
            messages,
            "<wsdl:message name=\"{sent}\"><wsdl:part element=\"m:{element}\" name=\"parameter\" xmlns:m=\"{request}\"/></wsdl:message>\
             <wsdl:message name=\"{received}\"><wsdl:part element=\"m:{element}Response\" name=\"parameter\" xmlns:m=\"{answer}\"/></wsdl:message>"
        );
        let _ = write!(
            port,
            "<wsdl:operation name=\"{operation}\"><wsdl:input message=\"tns:{sent}\" name=\"{sent}\"/>\
             <wsdl:output message=\"tns:{received}\" name=\"{received}\"/></wsdl:operation>"
        );
        let alias = soap_action(&access, &name, action);
        let _ = write!(
            binding,
            "<wsdl:operation name=\"{operation}\"><soap:operation soapAction=\"{alias}\" style=\"document\"/>\
             <wsdl:input name=\"{sent}\"><soap:body use=\"literal\"/></wsdl:input></wsdl:operation>"
        );
    }
    let body = format!(
        "<?xml version=\"1.0\"?><wsdl:definitions name=\"{service}.1\" \
         targetNamespace=\"http://xmlns.oracle.com/Enterprise/Tools/services/{service}.1\" \
         xmlns:tns=\"http://xmlns.oracle.com/Enterprise/Tools/services/{service}.1\" \
         xmlns:soap=\"http://schemas.xmlsoap.org/wsdl/soap/\" xmlns:wsdl=\"http://schemas.xmlsoap.org/wsdl/\">\
         {messages}<wsdl:portType name=\"{service}_PortType\">{port}</wsdl:portType>\
         <wsdl:binding name=\"{service}_Binding\" type=\"tns:{service}_PortType\">\
         <soap:binding style=\"document\" transport=\"http://schemas.xmlsoap.org/soap/http\"/>{binding}</wsdl:binding>\
         </wsdl:definitions>"
    );
    Some(Reply::text(StatusCode::OK, "text/xml", body))
}

fn by_rest(call: &Call, state: &mut State) -> Option<Reply> {
    let (name, access) = names_of(state).into_iter().find_map(|name| {
        let access = access_of(state, &name);
        let alias = if access.rest.alias.is_empty() {
            format!("CIRT_{name}")
        } else {
            access.rest.alias.clone()
        };
        let addressed =
            access.door == CiDoor::Rest && call.name() == versioned(&alias, &access.rest.version);
        addressed.then_some((name, access))
    })?;
    let (action, keys) = action_of(call, &access)?;
    let operation = format!("CIRT_{name}_{}", action.rest_suffix());
    if let Some(refusal) = router::refusal(call, state, &operation, std::slice::from_ref(&name)) {
        return Some(refusal);
    }
    let data = if action.reads() {
        keys
    } else {
        match body_of(call, &access, &name) {
            Some(data) => data,
            None => {
                let text = "The JSON of the request cannot be read.";
                return Some(Reply::ib(StatusCode::BAD_REQUEST, None, text));
            }
        }
    };
    let outcome = state.components.get_mut(&name)?.perform(action, data);
    let (status, answer) = match outcome {
        Outcome::Refused(notes) => {
            let status = state.output.component_rest_status;
            let answer = notification("0", None, &notes, &name);
            (crate::testing::answer::code(status), answer)
        }
        Outcome::Record(record) => (StatusCode::OK, record),
        Outcome::Keys(found) => {
            let rows = found.into_iter();
            let all = rows.fold(CiBuffer::new(), |all, keys| {
                all.with_row(name.clone(), keys)
            });
            (StatusCode::OK, all)
        }
        Outcome::Created(keys, notes) => (
            StatusCode::CREATED,
            notification("1", Some(keys), &notes, &name),
        ),
        Outcome::Changed(notes) => (StatusCode::OK, notification("1", None, &notes, &name)),
    };
    let names = Names::new(&access.names, &access.keys);
    let spelled = Spelled {
        names: &names,
        component: &name,
    };
    let envelope = in_place(&access.rest.answer_envelope, &name);
    let row = if answer.get("notification").is_some() {
        ""
    } else {
        &access.rest.row
    };
    let json = write_json(&spelled.buffer(&answer), &Names::default(), &envelope, row);
    Some(Reply::json(status, json))
}

fn in_place(names: &[String], name: &str) -> Vec<String> {
    names
        .iter()
        .map(|given| given.replace("{name}", name))
        .collect()
}

fn body_of(call: &Call, access: &CiAccess, name: &str) -> Option<CiBuffer> {
    let mut data = read_json(&call.body, &access.rest.row).ok()?;
    for outer in in_place(&access.rest.request_envelope, name) {
        let inner = data.rows(&outer).next()?.clone();
        data = inner;
    }
    Some(data)
}

/// The action that a method and an address ask for, and the keys that stand in the address.
fn action_of(call: &Call, access: &CiAccess) -> Option<(Action, CiBuffer)> {
    let rest = &access.rest;
    let known = [
        (Action::Get, Method::GET, &rest.get),
        (Action::Find, Method::GET, &rest.find),
        (Action::Create, Method::POST, &rest.create),
        (Action::UpdateData, Method::PUT, &rest.update_data),
        (Action::Update, Method::PUT, &rest.update),
    ];
    known.into_iter().find_map(|(action, method, template)| {
        (method == call.method).then_some(())?;
        let path = template.split('?').next().unwrap_or_default();
        let wanted: Vec<&str> = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .collect();
        (wanted.len() == call.tail.len()).then_some(())?;
        let mut keys = CiBuffer::new();
        for (wanted, given) in wanted.iter().zip(&call.tail) {
            match wanted
                .strip_prefix('{')
                .and_then(|name| name.strip_suffix('}'))
            {
                Some(name) => keys.set(name, given.as_str()),
                None if wanted == given => {}
                None => return None,
            }
        }
        for (name, value) in &call.query {
            keys.set(bare(name), value.as_str());
        }
        Some((action, keys))
    })
}
