//! OpenAPI documents of published services: paths, parameters, and how their JSON is nested.

use serde::Serialize;
use serde_json::Value;

use super::DraftError;
use super::property::{Kind, Property};

/// Objects within each other that are followed.
const DEPTH: usize = 12;
/// Properties of one operation in all.
const PROPERTIES: usize = 20_000;
/// Larger than any description that a gateway is known to publish.
const BYTES: usize = 16 << 20;

/// What an OpenAPI document says that a profile needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OpenApiDraft {
    /// The title of the document.
    pub title: String,
    /// The address that its paths are relative to, such as
    /// `https://h/PSIGW/RESTListeningConnector/PSFT_EP`.
    pub base: String,
    /// The operations, in the order of paths and methods.
    pub operations: Vec<RestOperation>,
}

/// An operation of a REST service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RestOperation {
    /// The name of the operation, such as `CIRT_X_SUPPLIER_G_GET`; the alias, or method and path, where
    /// the document names none.
    pub name: String,
    /// HTTP method, in capitals.
    pub method: String,
    /// The path as it is written, such as `/CIRT_X_SUPPLIER_G.v1/{SETID}/{VENDOR_ID}`.
    pub path: String,
    /// The alias with its version: the first part of the path.
    pub alias: String,
    /// Names of the parameters in the path, in order.
    pub path_parameters: Vec<String>,
    /// Names of the parameters in the query string.
    pub query_parameters: Vec<String>,
    /// Names of the objects around the properties of a request, from the outside in.
    pub request_nesting: Vec<String>,
    /// What a request carries.
    pub request: Vec<Property>,
    /// Names of the objects around the properties of an answer, from the outside in.
    pub response_nesting: Vec<String>,
    /// What an answer carries.
    pub response: Vec<Property>,
}

/// Drafts from an OpenAPI document in JSON (version 3, or Swagger 2).
///
/// # Errors
///
/// [`DraftError`] for a text that is no JSON, too large, or without paths.
pub fn openapi(document: &[u8]) -> Result<OpenApiDraft, DraftError> {
    if document.len() > BYTES {
        return Err(DraftError::new(format!(
            "the OpenAPI document has {} bytes, expected at most {BYTES}",
            document.len()
        )));
    }
    let root: Value = serde_json::from_slice(document)
        .map_err(|error| DraftError::new(format!("the OpenAPI document is no JSON: {error}")))?;
    let Some(paths) = root.get("paths").and_then(Value::as_object) else {
        return Err(DraftError::new(
            "the OpenAPI document has no `paths`, expected an object",
        ));
    };
    let mut operations: Vec<RestOperation> = Vec::new();
    for (path, item) in paths {
        for method in ["get", "post", "put", "patch", "delete"] {
            if let Some(operation) = item.get(method) {
                let mut operation = rest_operation(&root, path, method, item, operation);
                if operation.name.is_empty() {
                    let alias = &operation.alias;
                    operation.name = if operations.iter().any(|known| known.name == *alias) {
                        format!("{} {path}", operation.method)
                    } else {
                        alias.clone()
                    };
                }
                operations.push(operation);
            }
        }
    }
    if operations.is_empty() {
        return Err(DraftError::new(
            "the OpenAPI document has no operation, expected paths with get, post, put, patch or delete",
        ));
    }
    Ok(OpenApiDraft {
        title: text(root.pointer("/info/title")),
        base: base(&root),
        operations,
    })
}

fn text(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn base(root: &Value) -> String {
    let server = text(root.pointer("/servers/0/url"));
    if !server.is_empty() {
        return server;
    }
    // Swagger 2 has the address in parts.
    let host = text(root.get("host"));
    let path = text(root.get("basePath"));
    if host.is_empty() {
        return path;
    }
    let scheme = root.pointer("/schemes/0").and_then(Value::as_str);
    let scheme = scheme.unwrap_or("https");
    format!("{scheme}://{host}{path}")
}

fn rest_operation(
    root: &Value,
    path: &str,
    method: &str,
    item: &Value,
    operation: &Value,
) -> RestOperation {
    let parameters: Vec<&Value> = [item, operation]
        .into_iter()
        .filter_map(|holder| holder.get("parameters")?.as_array())
        .flatten()
        .map(|parameter| resolve(root, parameter))
        .collect();
    let named = |place: &str| {
        let mut names: Vec<String> = Vec::new();
        for parameter in &parameters {
            let name = text(parameter.get("name"));
            if text(parameter.get("in")) == place && !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    };
    let body = operation
        .get("requestBody")
        .map(|body| resolve(root, body))
        .and_then(json_schema)
        .or_else(|| {
            let body = parameters
                .iter()
                .find(|parameter| text(parameter.get("in")) == "body");
            body?.get("schema")
        });
    let answer = answer(root, operation);
    let (request_nesting, request) = nested(root, body);
    let (response_nesting, response) = nested(root, answer);
    let alias = path
        .split('/')
        .find(|part| !part.is_empty())
        .unwrap_or_default();
    let method = method.to_ascii_uppercase();
    RestOperation {
        name: text(operation.get("operationId")),
        path_parameters: in_path(path),
        path: path.to_owned(),
        alias: alias.to_owned(),
        query_parameters: named("query"),
        method,
        request_nesting,
        request,
        response_nesting,
        response,
    }
}

/// The names between braces, in the order of the path, which is the order that counts.
fn in_path(path: &str) -> Vec<String> {
    path.split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// The schema of the first success among the answers.
fn answer<'a>(root: &'a Value, operation: &'a Value) -> Option<&'a Value> {
    let answers = operation.get("responses")?.as_object()?;
    let success = answers
        .iter()
        .find(|(status, _)| status.starts_with('2'))
        .or_else(|| answers.iter().find(|(status, _)| *status == "default"))?;
    let answer = resolve(root, success.1);
    json_schema(answer).or_else(|| answer.get("schema"))
}

/// The schema of a body in JSON.
fn json_schema(body: &Value) -> Option<&Value> {
    let content = body.get("content")?.as_object()?;
    let json = content
        .iter()
        .find(|(media, _)| media.to_ascii_lowercase().contains("json"))
        .or_else(|| content.iter().next())?;
    json.1.get("schema")
}

/// Follows references within the document, never in a circle.
fn resolve<'a>(root: &'a Value, value: &'a Value) -> &'a Value {
    let mut value = value;
    for _ in 0..DEPTH {
        let target = value
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|link| link.strip_prefix('#'))
            .and_then(|pointer| root.pointer(pointer));
        match target {
            Some(target) => value = target,
            None => break,
        }
    }
    value
}

/// The objects around the properties, and the properties: an object that holds nothing but one other
/// object is an envelope.
fn nested(root: &Value, schema: Option<&Value>) -> (Vec<String>, Vec<Property>) {
    let Some(schema) = schema else {
        return (Vec::new(), Vec::new());
    };
    let mut walk = Walk {
        root,
        open: Vec::new(),
        left: PROPERTIES,
    };
    let mut properties = walk.within(schema).unwrap_or_default();
    let mut nesting = Vec::new();
    while let [only] = properties.as_mut_slice()
        && only.kind == Kind::Collection
        && !only.repeated
    {
        nesting.push(std::mem::take(&mut only.name));
        properties = std::mem::take(&mut only.properties);
    }
    (nesting, properties)
}

/// A walk through the schemas of a body, which may name each other.
struct Walk<'a> {
    root: &'a Value,
    /// The schemas that the walk is in: none is entered again within itself.
    open: Vec<&'a Value>,
    left: usize,
}

impl<'a> Walk<'a> {
    /// The properties of an object or of the objects in an array; nothing for any other value.
    fn within(&mut self, schema: &'a Value) -> Option<Vec<Property>> {
        let schema = resolve(self.root, schema);
        let again = self.open.iter().any(|open| std::ptr::eq(*open, schema));
        if again || self.open.len() >= DEPTH {
            return Some(Vec::new());
        }
        self.open.push(schema);
        let found = self.properties(schema);
        self.open.pop();
        found
    }

    fn properties(&mut self, schema: &'a Value) -> Option<Vec<Property>> {
        let mut found = None;
        // What is put together of parts has the properties of all of them.
        let parts = schema.get("allOf").and_then(Value::as_array);
        for part in parts.into_iter().flatten().chain(schema.get("items")) {
            if let Some(more) = self.within(part) {
                found.get_or_insert_with(Vec::new).extend(more);
            }
        }
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
            return found;
        };
        let found = found.get_or_insert_with(Vec::new);
        for (name, value) in properties {
            let Some(left) = self.left.checked_sub(1) else {
                break;
            };
            self.left = left;
            let value = resolve(self.root, value);
            let (kind, properties) = match self.within(value) {
                Some(properties) => (Kind::Collection, properties),
                None => (kind(value), Vec::new()),
            };
            let length = value.get("maxLength").and_then(Value::as_u64);
            found.push(Property {
                name: name.clone(),
                kind,
                length: length.and_then(|length| u32::try_from(length).ok()),
                required: required.contains(&name.as_str()),
                repeated: text(value.get("type")) == "array",
                properties,
            });
        }
        Some(std::mem::take(found))
    }
}

fn kind(schema: &Value) -> Kind {
    match (
        text(schema.get("type")).as_str(),
        text(schema.get("format")).as_str(),
    ) {
        ("integer" | "number", _) => Kind::Number,
        ("boolean", _) => Kind::Flag,
        (_, "date") => Kind::Date,
        (_, "time") => Kind::Time,
        (_, "date-time") => Kind::DateTime,
        _ => Kind::Text,
    }
}

impl OpenApiDraft {
    /// What a profile needs of the service: for a component interface its section, else an entry of
    /// `doors.operations` for each operation, with method, path and nesting as comments.
    #[must_use]
    pub fn to_toml(&self) -> String {
        match self.component_interface() {
            Some(name) => self.component_section(name),
            None => self.operation_entries(),
        }
    }

    /// The component interface behind the service, if it is one with one alias for all operations.
    #[must_use]
    pub fn component_interface(&self) -> Option<&str> {
        let (first, rest) = self.operations.split_first()?;
        let one = rest.iter().all(|operation| operation.alias == first.alias);
        let (alias, _) = split_version(&first.alias);
        let name = alias.strip_prefix("CIRT_")?;
        (one && !name.is_empty()).then_some(name)
    }

    fn component_section(&self, name: &str) -> String {
        let section = ["component_interfaces", name];
        let mut text = super::entry(&section, &[("door", "rest")]);
        let with = |ending: &str| {
            let mut operations = self.operations.iter();
            operations.find(|operation| operation.name.ends_with(ending))
        };
        let get = with("_G_GET");
        if let Some(get) = get {
            text.push_str(&list("keys", get.keys()));
        }
        let alias = self
            .operations
            .first()
            .map_or("", |operation| &operation.alias);
        let (alias, version) = split_version(alias);
        let rests = [
            ("get", get),
            ("find", with("_F_GET")),
            ("create", with("_C_POST")),
            ("update", with("_U_PUT")),
            ("update_data", with("_UD_PUT")),
        ]
        .map(|(key, operation)| (key, operation.map(RestOperation::rest).unwrap_or_default()));
        let mut values = vec![("alias", alias), ("version", version)];
        values.extend(rests.iter().map(|(key, rest)| (*key, rest.as_str())));
        text.push('\n');
        text.push_str(&super::entry(
            &["component_interfaces", name, "rest"],
            &values,
        ));
        let nested = |nesting: fn(&RestOperation) -> &Vec<String>| {
            let mut found = self.operations.iter().map(nesting);
            found.find(|nesting| !nesting.is_empty())
        };
        if let Some(nesting) = nested(|operation| &operation.request_nesting) {
            text.push_str(&list("request_envelope", nesting));
        }
        if let Some(nesting) = get
            .map(|get| &get.response_nesting)
            .filter(|found| !found.is_empty())
        {
            text.push_str(&list("answer_envelope", nesting));
        }
        text
    }

    fn operation_entries(&self) -> String {
        let mut text = String::new();
        for operation in &self.operations {
            text.push_str(&super::comment(&format!(
                "{} {}",
                operation.method, operation.path
            )));
            for (what, nesting) in [
                ("request", &operation.request_nesting),
                ("answer", &operation.response_nesting),
            ] {
                if !nesting.is_empty() {
                    let nesting = nesting.join(" / ");
                    text.push_str(&super::comment(&format!("{what} within {nesting}")));
                }
            }
            let (alias, version) = split_version(&operation.alias);
            let mut values = vec![("alias", alias), ("version", version)];
            if operation.name != operation.alias {
                values.push(("operation", &operation.name));
            }
            text.push_str(&super::entry(
                &["doors", "operations", &operation.name],
                &values,
            ));
            if operation.path.ends_with('/') && operation.path.len() > 1 {
                text.push_str("trailing_slash = true\n");
            }
            text.push('\n');
        }
        text
    }
}

impl RestOperation {
    /// What a record is got by: the parameters of the path; of the query string, where the path has none.
    fn keys(&self) -> &[String] {
        if self.path_parameters.is_empty() {
            &self.query_parameters
        } else {
            &self.path_parameters
        }
    }

    /// The address after the alias, with its keys in braces.
    fn rest(&self) -> String {
        let rest = self.path.trim_start_matches('/');
        let rest = rest.strip_prefix(&self.alias).unwrap_or(rest);
        let mut rest = rest.trim_start_matches('/').to_owned();
        let in_query = self.query_parameters.iter();
        let in_query = in_query.filter(|_| self.path_parameters.is_empty());
        for (at, name) in in_query.enumerate() {
            let before = if at == 0 { '?' } else { '&' };
            rest.push_str(&format!("{before}{name}={{{name}}}"));
        }
        rest
    }
}

fn list<'a>(name: &str, values: impl IntoIterator<Item = &'a String>) -> String {
    let values: Vec<String> = values
        .into_iter()
        .map(|value| super::quoted(value))
        .collect();
    format!("{name} = [{}]\n", values.join(", "))
}

/// `X_PO.v1` is alias `X_PO` in version `v1`.
fn split_version(alias: &str) -> (&str, &str) {
    match alias.rsplit_once('.') {
        Some((alias, version)) if !alias.is_empty() && !version.is_empty() => (alias, version),
        _ => (alias, ""),
    }
}
