//! WSDL documents: operations, actions, messages and their namespaces.

use serde::Serialize;

use super::DraftError;
use super::document::{Name, Node, read};
use super::property::{Prefixes, Property};
use super::schema_document::Schemas;

/// Between the action and the component interface in the name of a request.
const COMPONENT_INTERFACE: &str = "__CompIntfc__";

/// What a WSDL document says that a profile needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WsdlDraft {
    /// The service and its version as the document names them, such as `CI_X_SUPPLIER.1`.
    pub service: String,
    /// The component interface behind the service, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component_interface: Option<String>,
    /// How the names of its properties begin.
    pub prefixes: Prefixes,
    /// The operations in the order of the document, each once.
    pub operations: Vec<SoapOperation>,
    /// Schema documents that the WSDL names: fetch them and give them to [`wsdl`], so that namespaces
    /// and properties are known.
    pub schema_locations: Vec<String>,
}

/// An operation of a SOAP service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SoapOperation {
    /// The service operation, such as `CI_X_SUPPLIER_G`.
    pub name: String,
    /// The SOAP action: the external alias of the routing, such as `CI_X_SUPPLIER_G.V1`.
    pub action: String,
    /// For a component interface, what the operation does: `Get`, `Find`, `Create`, `Update`,
    /// `Updatedata` or the name of a method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verb: Option<String>,
    /// The element of the request, such as `Get__CompIntfc__X_SUPPLIER`.
    pub request: String,
    /// The namespace of the request, which differs on every site.
    pub namespace: String,
    /// The element of the answer.
    pub response: String,
    /// The namespace of the answer.
    pub response_namespace: String,
    /// What a request carries, as far as the schema documents say.
    pub properties: Vec<Property>,
    /// What an answer carries, as far as the schema documents say.
    pub answers: Vec<Property>,
}

/// Drafts from a WSDL document and the schema documents that it names.
///
/// Without the schema documents the draft has operations, actions, elements and namespaces, but no
/// properties; [`WsdlDraft::schema_locations`] says which are wanted.
///
/// # Errors
///
/// [`DraftError`] for a document that is no well-formed XML within the limits of this crate (no document
/// type, no entities), that is no WSDL, or that has no operation.
pub fn wsdl(document: &[u8], schemas: &[&[u8]]) -> Result<WsdlDraft, DraftError> {
    let root = read(document, "WSDL document")?;
    if root.name.local != "definitions" {
        return Err(DraftError::new(format!(
            "the WSDL document begins with element {}, expected definitions",
            root.name.local
        )));
    }
    let mut known = Schemas::default();
    let mut locations = Vec::new();
    for schema in root.all("types").flat_map(|types| types.all("schema")) {
        known.add(schema);
        for link in schema.all("import").chain(schema.all("include")) {
            let location = link.get("schemaLocation");
            if !location.is_empty() && !locations.iter().any(|known| known == location) {
                locations.push(location.to_owned());
            }
        }
    }
    for schema in schemas {
        known.add_document(schema)?;
    }
    let operations = operations(&root, &known);
    if operations.is_empty() {
        return Err(DraftError::new(
            "the WSDL document has no operation with a SOAP action, expected binding/operation/soap:operation",
        ));
    }
    let component_interface = operations
        .iter()
        .find_map(|operation| operation.request.split_once(COMPONENT_INTERFACE))
        .map(|(_, name)| name.to_owned());
    let all: Vec<Property> = operations
        .iter()
        .flat_map(|operation| operation.properties.iter().chain(&operation.answers))
        .cloned()
        .collect();
    Ok(WsdlDraft {
        service: service(&root),
        component_interface,
        prefixes: Prefixes::of(&all),
        operations,
        schema_locations: locations,
    })
}

fn service(root: &Node) -> String {
    let named = root
        .first("service")
        .map_or("", |service| service.get("name"));
    let name = [root.get("name"), named]
        .into_iter()
        .find(|name| !name.is_empty());
    name.unwrap_or_default().to_owned()
}

fn operations(root: &Node, schemas: &Schemas) -> Vec<SoapOperation> {
    let mut found: Vec<SoapOperation> = Vec::new();
    for binding in root.all("binding") {
        // The binding of SOAP 1.2 repeats the operations of the one of SOAP 1.1.
        for operation in binding.all("operation") {
            let name = operation.get("name");
            let action = operation
                .first("operation")
                .map_or("", |soap| soap.get("soapAction"));
            let seen = found.iter().any(|known| known.name == name);
            if name.is_empty() || action.is_empty() || seen {
                continue;
            }
            let port = binding
                .refers("type")
                .and_then(|port| {
                    root.all("portType")
                        .find(|node| node.get("name") == port.local)
                })
                .and_then(|port| port.all("operation").find(|node| node.get("name") == name));
            let element = |direction: &str| {
                let message = port?.first(direction)?.refers("message")?;
                let message = root
                    .all("message")
                    .find(|node| node.get("name") == message.local)?;
                message
                    .all("part")
                    .find_map(|part| part.refers("element"))
                    .cloned()
            };
            let request = element("input").unwrap_or_default();
            let response = element("output").unwrap_or_default();
            found.push(SoapOperation {
                name: name.to_owned(),
                action: action.to_owned(),
                verb: verb(&request),
                properties: schemas.properties(&request),
                answers: schemas.properties(&response),
                request: request.local,
                namespace: request.namespace,
                response: response.local,
                response_namespace: response.namespace,
            });
        }
    }
    found
}

fn verb(request: &Name) -> Option<String> {
    let (verb, _) = request.local.split_once(COMPONENT_INTERFACE)?;
    Some(verb.to_owned())
}

impl WsdlDraft {
    /// What a profile needs of the service: for a component interface its section, else an entry of
    /// `doors.operations` for each operation.
    #[must_use]
    pub fn to_toml(&self) -> String {
        match &self.component_interface {
            Some(name) => self.component_section(name),
            None => self.operation_entries(),
        }
    }

    fn operation_entries(&self) -> String {
        let mut text = String::new();
        for operation in &self.operations {
            let (alias, version) = split_version(&operation.action);
            let what = format!("{} in {}", operation.request, operation.namespace);
            text.push_str(&super::comment(&what));
            text.push_str(&super::entry(
                &["doors", "operations", &operation.name],
                &[
                    ("alias", alias),
                    ("version", version),
                    ("service", &self.service),
                ],
            ));
            text.push('\n');
        }
        text
    }

    fn component_section(&self, name: &str) -> String {
        let section = ["component_interfaces", name];
        let mut text = super::entry(&section, &[]);
        let get = self.operations.iter().find(|operation| operation.is("Get"));
        let keys = get.map(|get| self.keys(get)).unwrap_or_default();
        if !keys.is_empty() {
            let keys: Vec<String> = keys.iter().map(|key| super::quoted(key)).collect();
            text.push_str(&format!("keys = [{}]\n", keys.join(", ")));
        }
        let below = |more: &[&'static str]| [&section[..], more].concat();
        text.push('\n');
        text.push_str(&super::entry(
            &below(&["names"]),
            &[
                ("key_prefix", &self.prefixes.key),
                ("property_prefix", &self.prefixes.property),
                ("collection_prefix", &self.prefixes.collection),
            ],
        ));
        let (service, version) = split_version(&self.service);
        text.push('\n');
        text.push_str(&super::entry(
            &below(&["soap"]),
            &[("service", service), ("service_version", version)],
        ));
        for (verb, key) in [
            ("Get", "get"),
            ("Find", "find"),
            ("Create", "create"),
            ("Update", "update"),
            ("Updatedata", "update_data"),
        ] {
            if let Some(operation) = self.operations.iter().find(|operation| operation.is(verb)) {
                text.push('\n');
                text.push_str(&super::entry(
                    &below(&["soap", key]),
                    &[
                        ("namespace", &operation.namespace),
                        ("soap_action", &operation.action),
                        ("element", &operation.request),
                    ],
                ));
            }
        }
        text
    }

    /// The names of the keys that a record is got by, without their prefix.
    fn keys<'a>(&self, get: &'a SoapOperation) -> Vec<&'a str> {
        let names = get.properties.iter().map(|property| property.name.as_str());
        names
            .map(|name| name.strip_prefix(&self.prefixes.key).unwrap_or(name))
            .collect()
    }
}

impl SoapOperation {
    fn is(&self, verb: &str) -> bool {
        let own = self.verb.as_deref();
        own.is_some_and(|own| own.eq_ignore_ascii_case(verb))
    }
}

/// `CI_X_G.V1` is alias `CI_X_G` in version `V1`.
fn split_version(action: &str) -> (&str, &str) {
    match action.rsplit_once('.') {
        Some((alias, version)) if !alias.is_empty() && !version.is_empty() => (alias, version),
        _ => (action, ""),
    }
}
