//! What can be done to every kind of object: read, create, replace whole, remove.

use http::{HeaderValue, Method, header};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    reference::{Reference, Target},
    secrets::Secrets,
};
use crate::{
    client::Client,
    error::{Error, ErrorKind, Result, Sent},
    link::Link,
    page::{Identified, List, Source},
    request::RequestBuilder,
    response::Response,
    verdict::gone,
};

/// An object that can be written back.
pub(crate) trait Resource: DeserializeOwned + Identified + Send + Sync + 'static {
    type Draft: Draft;

    /// What it is called in operations: `connection`.
    const NAME: &'static str;

    /// Whether the server leaves out what holds its default, unless it is asked with `includeDefaults`.
    const HIDES_DEFAULTS: bool = false;

    fn to_draft(&self) -> Self::Draft;

    fn reference(&self) -> Reference<Self>;
}

/// What is written.
pub(crate) trait Draft: Serialize + Send + Sync {
    fn secrets(&self) -> &Secrets;

    /// The draft as it is compared: without secrets.
    fn plain(&self, operation: &str) -> Result<Value> {
        serde_json::to_value(self).map_err(|error| {
            Error::invalid(operation, "the object cannot be written as JSON").with_source(error)
        })
    }

    /// The draft as it is sent.
    fn body(&self, operation: &str) -> Result<Value> {
        let mut body = self.plain(operation)?;
        self.secrets().fill(&mut body);
        Ok(body)
    }
}

/// The objects of one kind in one place.
#[derive(Debug)]
pub(crate) struct Store<R> {
    client: Client,
    source: Source,
    kind: std::marker::PhantomData<fn() -> R>,
}

impl<R: Resource> Store<R> {
    pub(crate) fn new(client: Client, source: Source) -> Self {
        Self {
            client,
            source,
            kind: std::marker::PhantomData,
        }
    }

    pub(crate) fn list(&self) -> List<R> {
        List::new(
            self.client.clone(),
            format!("list {}s", R::NAME),
            self.source.clone(),
        )
    }

    pub(crate) async fn get(&self, target: &Reference<R>) -> Result<R> {
        self.read(target, &operation::<R>("get"), false)
            .await?
            .json()
    }

    pub(crate) async fn create(&self, draft: &R::Draft) -> Result<R> {
        let operation = operation::<R>("create");
        let body = draft.body(&operation)?;
        let response = self
            .source
            .request(&self.client, Method::POST)
            .operation(operation.as_str())
            .json(&body)
            .send()
            .await?;
        if !response.body().is_empty() {
            return response.json();
        }
        let location = response.headers().get(header::LOCATION);
        match location.and_then(|value| value.to_str().ok()) {
            Some(href) => self.get(&Reference::from(&Link::new(href))).await,
            None => Err(response
                .undecodable("the object was created, and the answer does not say which it is")),
        }
    }

    pub(crate) async fn replace(&self, before: &R, draft: &R::Draft) -> Result<R> {
        let operation = operation::<R>("replace");
        let target = before.reference();
        let expected = before.to_draft().plain(&operation)?;
        let response = self.read(&target, &operation, false).await?;
        let mut current: R = response.json()?;
        let mut found = current.to_draft().plain(&operation)?;
        if found != expected && R::HIDES_DEFAULTS {
            // What is compared may have been read with its defaults.
            let full: R = self.read(&target, &operation, true).await?.json()?;
            let with_defaults = full.to_draft().plain(&operation)?;
            if with_defaults == expected {
                (current, found) = (full, with_defaults);
            }
        }
        if found != expected {
            return Err(Error::new(ErrorKind::Conflict, operation.as_str())
                .with_message(format!(
                    "somebody changed it since it was read: {}; read it again and decide",
                    differences(&expected, &found).join(", ")
                ))
                .with_request(&Method::PUT, response.path())
                .with_sent(Sent::No));
        }
        if draft.secrets().is_empty() && draft.plain(&operation)? == found {
            return Ok(current);
        }
        self.put(&target, draft, etag(&response)).await
    }

    pub(crate) async fn update(
        &self,
        target: &Reference<R>,
        edit: impl FnOnce(&mut R::Draft) + Send,
    ) -> Result<R> {
        let operation = operation::<R>("update");
        let response = self.read(target, &operation, false).await?;
        let current: R = response.json()?;
        let mut draft = current.to_draft();
        let before = draft.plain(&operation)?;
        edit(&mut draft);
        if draft.secrets().is_empty() && draft.plain(&operation)? == before {
            return Ok(current);
        }
        self.put(target, &draft, etag(&response)).await
    }

    /// Writes the whole object; an answer without a body is made up for by reading.
    pub(crate) async fn put(
        &self,
        target: &Reference<R>,
        draft: &R::Draft,
        etag: Option<HeaderValue>,
    ) -> Result<R> {
        let operation = operation::<R>("replace");
        let body = draft.body(&operation)?;
        let mut request = self.request(Method::PUT, target, &operation).json(&body);
        if let Some(etag) = etag.as_ref().and_then(|etag| etag.to_str().ok()) {
            request = request.header("if-match", etag);
        }
        let response = request.send().await?;
        if response.body().is_empty() {
            return self.get(target).await;
        }
        response.json()
    }

    pub(crate) async fn delete(&self, target: &Reference<R>) -> Result<()> {
        let operation = operation::<R>("delete");
        gone(
            self.request(Method::DELETE, target, &operation)
                .send()
                .await,
        )
    }

    async fn read(
        &self,
        target: &Reference<R>,
        operation: &str,
        defaults: bool,
    ) -> Result<Response> {
        let mut request = self.request(Method::GET, target, operation);
        if defaults {
            request = request.query("includeDefaults", "true");
        }
        request.send().await
    }

    fn request(&self, method: Method, target: &Reference<R>, operation: &str) -> RequestBuilder {
        let request = match &target.target {
            Target::Link(link) => self.client.follow(method, link),
            Target::Id(id) => self.source.child(id).request(&self.client, method),
            Target::Nothing => {
                let message = format!("the {} has neither a `self` link nor an id", R::NAME);
                RequestBuilder::failed(self.client.clone(), Error::invalid(operation, message))
            }
        };
        request.operation(operation)
    }
}

fn operation<R: Resource>(verb: &str) -> String {
    format!("{verb} {}", R::NAME)
}

fn etag(response: &Response) -> Option<HeaderValue> {
    response.headers().get(header::ETAG).cloned()
}

/// Most names of fields that a conflict shows.
const MOST_NAMES: usize = 5;

/// The dotted names of the fields that differ. Values are somebody's settings and stay out of errors.
fn differences(left: &Value, right: &Value) -> Vec<String> {
    let mut names = Vec::new();
    collect(left, right, "", &mut names);
    if names.len() > MOST_NAMES {
        let more = names.len() - MOST_NAMES;
        names.truncate(MOST_NAMES);
        names.push(format!("and {more} more"));
    }
    names
}

fn collect(left: &Value, right: &Value, name: &str, names: &mut Vec<String>) {
    if left == right {
        return;
    }
    let (Value::Object(before), Value::Object(after)) = (left, right) else {
        names.push(name.to_owned());
        return;
    };
    let added = after.keys().filter(|key| !before.contains_key(*key));
    for key in before.keys().chain(added) {
        let inner = if name.is_empty() {
            key.clone()
        } else {
            format!("{name}.{key}")
        };
        let value = |fields: &serde_json::Map<String, Value>| fields.get(key).cloned();
        collect(
            &value(before).unwrap_or_default(),
            &value(after).unwrap_or_default(),
            &inner,
            names,
        );
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn differences_are_named_and_not_shown() {
        let before = json!({ "alias": "A", "connect": { "host": "h", "port": 1 }, "old": 1 });
        let after = json!({ "alias": "A", "connect": { "host": "i", "port": 1 }, "new": 2 });
        assert_eq!(differences(&before, &after), ["connect.host", "old", "new"]);
        let many: Value = (0..9).map(|n| (format!("f{n}"), json!(n))).collect();
        assert_eq!(differences(&json!({}), &many).last().unwrap(), "and 4 more");
    }
}
