//! The double is faithful enough for other people's clients: what Cleo's own batch tool sends, sent by hand.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use cleo_client::testing::{FakeCleo, RunScript};
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde_json::{Value, json};

/// A client that knows nothing of this crate.
struct Tool {
    http: Client,
    origin: Url,
    token: String,
}

impl Tool {
    async fn log_in(origin: Url) -> Self {
        let http = Client::builder().no_proxy().build().unwrap();
        let form = [
            ("grant_type", "password"),
            ("username", "admin"),
            ("password", "pw"),
        ];
        let url = origin.join("/api/authentication").unwrap();
        let answer = http.post(url).form(&form).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let answer: Value = read(answer).await;
        let token = answer["access_token"].as_str().unwrap().to_owned();
        assert!(answer["token_type"].is_string() && answer["user_id"].is_string());
        Self {
            http,
            origin,
            token,
        }
    }

    fn request(&self, method: reqwest::Method, href: &str) -> RequestBuilder {
        let url = self.origin.join(href).unwrap();
        self.http
            .request(method, url)
            .bearer_auth(&self.token)
            .header("content-type", "application/json")
    }

    async fn send(
        &self,
        method: reqwest::Method,
        href: &str,
        body: Option<&Value>,
        wanted: u16,
    ) -> Value {
        let request = self.request(method, href);
        let request = match body {
            Some(body) => request.body(body.to_string()),
            None => request,
        };
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), wanted, "{href}");
        read(answer).await
    }

    /// All objects, two at a time, as the tool does it: only `totalResults` and `resources` are read.
    async fn list(&self, path: &str, filter: &str) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let mut url = self.origin.join(path).unwrap();
            url.query_pairs_mut()
                .append_pair("startIndex", &all.len().to_string())
                .append_pair("count", "2");
            if !filter.is_empty() {
                url.query_pairs_mut().append_pair("filter", filter);
            }
            let answer = self
                .http
                .get(url)
                .bearer_auth(&self.token)
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), StatusCode::OK);
            let page = read(answer).await;
            all.extend(page["resources"].as_array().unwrap().iter().cloned());
            if all.len() as u64 >= page["totalResults"].as_u64().unwrap() {
                return all;
            }
        }
    }
}

async fn read(answer: reqwest::Response) -> Value {
    let body = answer.bytes().await.unwrap();
    serde_json::from_slice(&body).unwrap_or_default()
}

fn href<'a>(object: &'a Value, relation: &str) -> &'a str {
    object["_links"][relation]["href"].as_str().unwrap()
}

/// As the tool does before it replaces something: what only the server sets is taken out.
fn clean(mut object: Value) -> Value {
    for name in [
        "active",
        "editable",
        "runnable",
        "ready",
        "notReadyReason",
        "meta",
        "_links",
        "id",
    ] {
        object.as_object_mut().unwrap().remove(name);
    }
    object
}

#[tokio::test]
async fn a_batch_of_requests_is_carried_out() {
    use reqwest::Method;
    let cleo = FakeCleo::builder()
        .user("admin", "pw")
        .connection("OLD", "ftp")
        .action("OLD", "poll", RunScript::success())
        .start()
        .await
        .unwrap();
    let tool = Tool::log_in(cleo.origin()).await;

    for alias in ["ACME", "BETA", "GAMMA"] {
        let body = json!({ "type": "as2", "alias": alias, "enabled": "true", "connect": { "url": "https://x/as2" } });
        let made = tool
            .send(Method::POST, "/api/connections", Some(&body), 201)
            .await;
        assert_eq!(made["meta"]["resourceType"], "connection");
        assert_eq!(made["id"].as_str().unwrap().len(), 22);
        assert!(!made["_links"]["actions"].as_array().unwrap().is_empty());
    }
    assert_eq!(tool.list("/api/connections", "").await.len(), 4);
    let found = tool.list("/api/connections", "alias eq \"ACME\"").await;
    let acme = found.first().unwrap();
    let kind = "type eq \"as2\" and (alias sw \"B\")";
    assert_eq!(tool.list("/api/connections", kind).await.len(), 1);

    let mut changed = clean(acme.clone());
    changed["alias"] = json!("ACME-2");
    let changed = tool
        .send(Method::PUT, href(acme, "self"), Some(&changed), 200)
        .await;
    assert_eq!(changed["alias"], "ACME-2");
    // The older tool sends everything back, and is answered the same.
    tool.send(Method::PUT, href(acme, "self"), Some(&changed), 200)
        .await;

    let group = json!({ "type": "nativeUser", "alias": "Partners" });
    let group = tool
        .send(Method::POST, "/api/authenticators", Some(&group), 201)
        .await;
    let user = json!({ "username": "bob", "accept": { "password": "s3cret" } });
    let user = tool
        .send(Method::POST, href(&group, "users"), Some(&user), 201)
        .await;
    assert_eq!(user["accept"].get("password"), None);
    let named = tool
        .list(href(&group, "users"), "username eq \"bob\"")
        .await;
    assert_eq!(named.first().unwrap()["id"], user["id"]);
    assert_eq!(href(&user, "authenticator"), href(&group, "self"));

    let action = json!({ "alias": "send", "type": "Commands", "commands": ["PUT *"], "authenticator": {
        "href": href(&group, "self"), "user": { "href": href(&user, "self") } } });
    let action = tool
        .send(Method::POST, "/api/actions", Some(&action), 201)
        .await;
    let of_bob = "authenticator.user.username eq \"bob\" and alias eq \"send\"";
    assert_eq!(
        tool.list("/api/actions", of_bob).await.first().unwrap()["id"],
        action["id"]
    );
    // Without a body, and with a content type.
    let run = format!("{}?timeout=300&messagesCount=2", href(&action, "run"));
    let run = tool.send(Method::POST, &run, None, 200).await;
    assert_eq!(
        (&run["status"], &run["result"]),
        (&json!("completed"), &json!("success"))
    );
    assert_eq!(run["messages"].as_array().unwrap().len(), 2);

    for object in [&action, &user, &group, acme] {
        tool.send(Method::DELETE, href(object, "self"), None, 204)
            .await;
        let gone = tool
            .send(Method::GET, href(object, "self"), None, 404)
            .await;
        assert!(gone["message"].is_string());
    }
}

#[tokio::test]
async fn what_the_tool_does_wrong_is_told() {
    use reqwest::Method;
    let cleo = FakeCleo::builder()
        .user("admin", "pw")
        .start()
        .await
        .unwrap();
    let tool = Tool::log_in(cleo.origin()).await;
    let untyped = json!({ "alias": "ACME" });
    let answer = tool
        .send(Method::POST, "/api/connections", Some(&untyped), 400)
        .await;
    assert_eq!(answer["message"], "type is required");
    let lost = json!({ "alias": "send", "connection": { "href": "/api/connections/nowhere" } });
    tool.send(Method::POST, "/api/actions", Some(&lost), 400)
        .await;
    tool.send(Method::PATCH, "/api/connections/x", Some(&untyped), 405)
        .await;
    tool.send(
        Method::POST,
        "/api/certs",
        Some(&json!({ "requestType": "generate" })),
        400,
    )
    .await;
    // VLProxy's way: no content type, no entry.
    let url = cleo.origin().join("/api/actions/x/run").unwrap();
    let answer = tool
        .http
        .post(url)
        .bearer_auth(&tool.token)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    // A filter that nobody has seen.
    let mut url = cleo.origin().join("/api/connections").unwrap();
    url.query_pairs_mut()
        .append_pair("filter", "alias co \"A\"");
    let answer = tool
        .http
        .get(url)
        .bearer_auth(&tool.token)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
}
