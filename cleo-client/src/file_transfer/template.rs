//! The requests of the REST folders, as data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::path::encode_segment;

/// How each operation on files is asked for.
///
/// The defaults are a **guess**: that folders live at `/folders` is said by integrators, the rest follows the style
/// of the API. Replace them, from a file of settings if you like, when you know what your server does:
///
/// ```
/// # use cleo_client::file_transfer::RestTemplates;
/// let templates: RestTemplates = serde_json::from_str(
///     r#"{ "upload": { "method": "POST", "path": "folders/{directory}", "body": { "multipart": { "field": "file" } } } }"#,
/// )?;
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// In paths and query values `{directory}` and `{name}` are replaced. In a path, `{directory}` is one segment, its
/// slashes encoded as `%2F`; `{directory_path}` keeps the slashes. A directory that is empty gives an empty text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct RestTemplates {
    /// Send a file. Default `POST folders/{directory}/files/{name}` with the raw content.
    pub upload: RequestTemplate,
    /// List a directory. Default `GET folders/{directory}/files`.
    pub list: ListTemplate,
    /// Get a file. Default `GET folders/{directory}/files/{name}`.
    pub download: RequestTemplate,
    /// Remove a file. Default `DELETE folders/{directory}/files/{name}`.
    pub delete: RequestTemplate,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RequestTemplate {
    /// The HTTP method.
    pub method: String,
    /// The path below the API prefix, with placeholders.
    pub path: String,
    /// Query parameters; values may hold placeholders.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// How the content of an upload travels. Default raw.
    #[serde(default)]
    pub body: BodyTemplate,
}

/// How content travels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BodyTemplate {
    /// The bytes as they are, with the upload's content type.
    #[default]
    Raw,
    /// A form of one file.
    Multipart {
        /// The name of the form's field.
        field: String,
    },
}

/// How a directory is listed and its answer read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ListTemplate {
    /// The HTTP method.
    pub method: String,
    /// The path below the API prefix, with placeholders.
    pub path: String,
    /// Query parameters; values may hold placeholders.
    pub query: BTreeMap<String, String>,
    /// Where the files are in the answer: names joined by dots; empty if the answer itself is the list.
    pub items: String,
    /// The total in the answer; empty if there is none.
    pub total: String,
    /// The field of a file's name.
    pub name: String,
    /// The field of a file's size.
    pub size: String,
    /// The field of a file's date.
    pub modified: String,
    /// Whether to ask in pages, with `startIndex` and `count`.
    pub paged: bool,
    /// How many files to ask for at once.
    pub page_size: u32,
    /// The attribute by which one file is asked for (`filter=name eq "…"`); empty to look through the whole list.
    pub filter_attribute: String,
}

impl RequestTemplate {
    /// A request without query, with a raw body.
    #[must_use]
    pub fn new(method: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            path: path.into(),
            query: BTreeMap::new(),
            body: BodyTemplate::Raw,
        }
    }

    /// The content travels in a form.
    #[must_use]
    pub fn with_multipart(mut self, field: impl Into<String>) -> Self {
        self.body = BodyTemplate::Multipart {
            field: field.into(),
        };
        self
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn with_query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.insert(name.into(), value.into());
        self
    }
}

impl Default for RestTemplates {
    fn default() -> Self {
        let file = "folders/{directory}/files/{name}";
        Self {
            upload: RequestTemplate::new("POST", file),
            list: ListTemplate::default(),
            download: RequestTemplate::new("GET", file),
            delete: RequestTemplate::new("DELETE", file),
        }
    }
}

impl Default for ListTemplate {
    fn default() -> Self {
        Self {
            method: "GET".to_owned(),
            path: "folders/{directory}/files".to_owned(),
            query: BTreeMap::new(),
            items: "resources".to_owned(),
            total: "totalResults".to_owned(),
            name: "name".to_owned(),
            size: "size".to_owned(),
            modified: "modified".to_owned(),
            paged: true,
            page_size: 100,
            filter_attribute: "name".to_owned(),
        }
    }
}

/// What is to be done to which file.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) operation: &'static str,
    pub(super) directory: &'a str,
    pub(super) name: &'a str,
}

/// Fills a path: every value is one segment, or several for `{directory_path}`.
pub(super) fn fill_path(template: &str, place: Place<'_>) -> String {
    let kept: Vec<String> = place.directory.split('/').map(encode_segment).collect();
    fill(
        template,
        &encode_segment(place.directory),
        &kept.join("/"),
        &encode_segment(place.name),
    )
}

/// Fills a value of the query, which is encoded later.
pub(super) fn fill_text(template: &str, place: Place<'_>) -> String {
    fill(template, place.directory, place.directory, place.name)
}

/// Replaces in one pass, so that a placeholder in a file's name stays what it is.
fn fill(template: &str, directory: &str, directory_path: &str, name: &str) -> String {
    let mut filled = String::with_capacity(template.len() + directory.len() + name.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        filled.push_str(before);
        let known = [
            ("{directory}", directory),
            ("{directory_path}", directory_path),
            ("{name}", name),
        ];
        match known
            .iter()
            .find_map(|(mark, text)| Some((from.strip_prefix(mark)?, text)))
        {
            Some((after, text)) => {
                filled.push_str(text);
                rest = after;
            }
            None => {
                filled.push('{');
                rest = from.strip_prefix('{').unwrap_or_default();
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_once_and_encoded() {
        let place = Place {
            operation: "x",
            directory: "out box/a",
            name: "{directory}?.edi",
        };
        assert_eq!(
            fill_path("folders/{directory}/files/{name}", place),
            "folders/out%20box%2Fa/files/%7Bdirectory%7D%3F.edi"
        );
        assert_eq!(fill_path("f/{directory_path}/x", place), "f/out%20box/a/x");
        assert_eq!(
            fill_text("{directory}:{name}", place),
            "out box/a:{directory}?.edi"
        );
        assert_eq!(fill_text("{other}", place), "{other}");
    }
}
