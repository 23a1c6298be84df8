//! Files through the REST API's folders. Experimental.

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, header};
use serde_json::{Map, Value};

use super::{
    BodyTemplate, Digest, Download, FileTransfer, ListTemplate, Outgoing, RemoteFile,
    RequestTemplate, RestTemplates, Upload, UploadReceipt, multipart,
    name::{check_directory, check_name},
    template::{Place, fill_path, fill_text},
};
use crate::{
    client::Client,
    error::{Error, ErrorKind, Result},
    filter::Filter,
    flexible::FlexInt,
    page::PageWalk,
    request::RequestBuilder,
    response::Response,
    retry::Repeat,
    verdict::gone,
};

/// Files through the REST API. **Experimental**: the requests are templates, and the defaults are a guess.
///
/// ```no_run
/// # async fn example(client: cleo_client::Client) -> Result<(), cleo_client::Error> {
/// use cleo_client::file_transfer::{FileTransfer, RestTransfer, Upload};
///
/// let files = RestTransfer::new(&client)?;
/// files.upload(&Upload::new("outbox/acme", "PO-0000012345-0.edi", "ISA*00*…")).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct RestTransfer {
    client: Client,
    templates: RestTemplates,
    methods: Methods,
}

#[derive(Debug, Clone)]
struct Methods {
    upload: Method,
    list: Method,
    download: Method,
    delete: Method,
}

impl RestTransfer {
    /// With the default templates.
    ///
    /// # Errors
    ///
    /// None; the result is that of [`with_templates`](Self::with_templates).
    pub fn new(client: &Client) -> Result<Self> {
        Self::with_templates(client, RestTemplates::default())
    }

    /// With the caller's templates.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if a method is not one, or a path holds an unknown placeholder.
    pub fn with_templates(client: &Client, templates: RestTemplates) -> Result<Self> {
        let methods = Methods {
            upload: method("upload", &templates.upload.method)?,
            list: method("list", &templates.list.method)?,
            download: method("download", &templates.download.method)?,
            delete: method("delete", &templates.delete.method)?,
        };
        for (operation, path) in [
            ("upload", &templates.upload.path),
            ("list", &templates.list.path),
            ("download", &templates.download.path),
            ("delete", &templates.delete.path),
        ] {
            let probe = Place {
                operation: "check template",
                directory: "d",
                name: "n",
            };
            let filled = fill_path(path, probe);
            if filled.contains(['{', '}']) {
                return Err(Error::configuration(format!(
                    "{operation}: the path {path:?} holds a placeholder other than {{directory}}, {{directory_path}} and {{name}}"
                )));
            }
            client
                .core
                .api_url(&filled, "check template")
                .map_err(|error| {
                    Error::configuration(format!(
                        "{operation}: {}",
                        error.message().unwrap_or_default()
                    ))
                })?;
        }
        Ok(Self {
            client: client.clone(),
            templates,
            methods,
        })
    }

    fn request(
        &self,
        method: &Method,
        template: &RequestTemplate,
        place: Place<'_>,
    ) -> RequestBuilder {
        let request = self
            .client
            .request(method.clone(), &fill_path(&template.path, place))
            .operation(place.operation);
        template
            .query
            .iter()
            .fold(request, |request, (name, value)| {
                request.query(name, &fill_text(value, place))
            })
    }

    /// Walks the pages of a directory until `take` has seen enough.
    async fn walk(
        &self,
        place: Place<'_>,
        filter: Option<&Filter>,
        mut take: impl FnMut(RemoteFile) -> bool + Send,
    ) -> Result<()> {
        let template = &self.templates.list;
        let mut walk = PageWalk::new(0);
        while !walk.finished() {
            let mut request = self
                .client
                .request(self.methods.list.clone(), &fill_path(&template.path, place))
                .operation(place.operation);
            for (name, value) in &template.query {
                request = request.query(name, &fill_text(value, place));
            }
            if template.paged {
                request = request
                    .query("startIndex", &walk.start().to_string())
                    .query("count", &template.page_size.max(1).to_string());
            }
            if let Some(filter) = filter {
                request = request.query("filter", filter.as_str());
            }
            let response = request.send().await?;
            let (items, total) = read_list(template, &response)?;
            walk.advance(&items, total)
                .map_err(|message| response.undecodable(message))?;
            let came = items.len();
            let files: Vec<RemoteFile> = items
                .into_iter()
                .filter_map(|item| read_file(template, item))
                .collect();
            // One without a name is not a file, a folder perhaps; all without are a template that does not fit.
            if files.is_empty() && came > 0 {
                return Err(response.undecodable(format!(
                    "no file in the list has a name in {:?}",
                    template.name
                )));
            }
            for file in files {
                if !take(file) {
                    return Ok(());
                }
            }
            if !template.paged {
                return Ok(());
            }
        }
        Ok(())
    }
}

impl RestTransfer {
    /// Looks for a name; it is compared here too, because the filter only makes the list shorter.
    async fn look(&self, place: Place<'_>, filter: Option<&Filter>) -> Result<Option<RemoteFile>> {
        let mut found = None;
        self.walk(place, filter, |file| {
            if file.name == place.name {
                found = Some(file);
            }
            found.is_none()
        })
        .await?;
        Ok(found)
    }

    fn download_request(&self, directory: &str, name: &str) -> Result<RequestBuilder> {
        let operation = "download file";
        check_name(operation, name)?;
        let directory = check_directory(operation, directory)?;
        let place = Place {
            operation,
            directory,
            name,
        };
        Ok(self.request(&self.methods.download, &self.templates.download, place))
    }
}

#[async_trait]
impl FileTransfer for RestTransfer {
    async fn upload(&self, upload: &Upload) -> Result<UploadReceipt> {
        let operation = "upload file";
        check_name(operation, &upload.name)?;
        let directory = check_directory(operation, &upload.directory)?;
        let place = Place {
            operation,
            directory,
            name: &upload.name,
        };
        let template = &self.templates.upload;
        // Whatever the method: a second copy of a purchase order is worse than a failure.
        let request = self
            .request(&self.methods.upload, template, place)
            .repeat(Repeat::OnlyIfUnsent)
            .status_suffices();
        let request =
            request.attempt_timeout(upload.attempt_timeout(self.client.core.attempt_timeout));
        let mut outgoing = upload.outgoing();
        let request = match (&template.body, &mut outgoing, upload.content.as_bytes()) {
            (BodyTemplate::Raw, None, Some(bytes)) => {
                request.body(&upload.content_type, bytes.clone())
            }
            (BodyTemplate::Multipart { field }, None, Some(bytes)) => {
                let (kind, body) =
                    multipart::form(field, &upload.name, &upload.content_type, bytes);
                request.body(&kind, body)
            }
            (BodyTemplate::Raw, Some(outgoing), _) => {
                request.streamed(&upload.content_type, outgoing.clone())
            }
            (BodyTemplate::Multipart { field }, Some(outgoing), _) => {
                let (kind, frame) = multipart::frame(field, upload);
                outgoing.frame = Some(frame);
                request.streamed(&kind, outgoing.clone())
            }
            // What is not at hand is a stream.
            (_, None, None) => request,
        };
        let response = request.send().await?;
        Ok(receipt(upload, outgoing.as_ref(), &response))
    }

    async fn list(&self, directory: &str) -> Result<Vec<RemoteFile>> {
        let operation = "list files";
        let directory = check_directory(operation, directory)?;
        let mut files = Vec::new();
        self.walk(
            Place {
                operation,
                directory,
                name: "",
            },
            None,
            |file| {
                files.push(file);
                true
            },
        )
        .await?;
        Ok(files)
    }

    async fn find(&self, directory: &str, name: &str) -> Result<Option<RemoteFile>> {
        let operation = "look for file";
        check_name(operation, name)?;
        let directory = check_directory(operation, directory)?;
        let place = Place {
            operation,
            directory,
            name,
        };
        let attribute = &self.templates.list.filter_attribute;
        let filter = if attribute.is_empty() {
            None
        } else {
            Some(Filter::eq(attribute, name)?)
        };
        let found = match self.look(place, filter.as_ref()).await {
            // A server that does not know this filter is asked for everything.
            Err(error) if filter.is_some() && error.kind() == ErrorKind::Validation => {
                self.look(place, None).await
            }
            other => other,
        };
        match found {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            other => other,
        }
    }

    async fn download(&self, directory: &str, name: &str) -> Result<Bytes> {
        let request = self.download_request(directory, name)?;
        Ok(request.send().await?.into_body())
    }

    async fn open(&self, directory: &str, name: &str) -> Result<Download> {
        let request = self.download_request(directory, name)?;
        let response = request.opened().send().await?;
        Ok(Download::new(response, self.client.core.attempt_timeout))
    }

    async fn delete(&self, directory: &str, name: &str) -> Result<()> {
        let operation = "delete file";
        check_name(operation, name)?;
        let directory = check_directory(operation, directory)?;
        let place = Place {
            operation,
            directory,
            name,
        };
        gone(
            self.request(&self.methods.delete, &self.templates.delete, place)
                .send()
                .await,
        )
    }
}

/// What an upload's answer proves.
pub(super) fn receipt(
    upload: &Upload,
    outgoing: Option<&Outgoing>,
    response: &Response,
) -> UploadReceipt {
    let location = response.headers().get(header::LOCATION);
    let (bytes, sha256) = match (outgoing, upload.content.as_bytes()) {
        (Some(outgoing), _) => outgoing.result(),
        (None, content) => {
            let content = content.map(AsRef::as_ref).unwrap_or_default();
            let bytes = u64::try_from(content.len()).unwrap_or(u64::MAX);
            (bytes, Some(Digest::of_bytes(content)))
        }
    };
    UploadReceipt {
        directory: upload.directory.clone(),
        name: upload.name.clone(),
        bytes,
        sha256,
        status: response.status(),
        attempts: response.attempts(),
        location: location
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
    }
}

fn method(operation: &str, text: &str) -> Result<Method> {
    Method::from_bytes(text.as_bytes())
        .map_err(|_| Error::configuration(format!("{operation}: {text:?} is not an HTTP method")))
}

fn read_list(template: &ListTemplate, response: &Response) -> Result<(Vec<Value>, Option<u64>)> {
    let answer: Value = response.json()?;
    let total = dig(&answer, &template.total)
        .filter(|_| !template.total.is_empty())
        .and_then(|value| serde_json::from_value::<FlexInt>(value.clone()).ok())
        .and_then(|total| total.as_u64());
    match dig(&answer, &template.items) {
        Some(Value::Array(items)) => Ok((items.clone(), total)),
        _ => Err(response.undecodable(format!(
            "expected a list of files at {:?}, found none",
            template.items
        ))),
    }
}

fn dig<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.')
        .filter(|part| !part.is_empty())
        .try_fold(value, |value, part| value.get(part))
}

/// A file of a list; `None` if it has no name.
fn read_file(template: &ListTemplate, item: Value) -> Option<RemoteFile> {
    let mut fields: Map<String, Value> = match item {
        Value::Object(fields) => fields,
        Value::String(name) => return Some(RemoteFile::named(name)),
        _ => return None,
    };
    let Some(Value::String(name)) = fields.remove(&template.name) else {
        return None;
    };
    let size = fields
        .get(&template.size)
        .and_then(|value| serde_json::from_value::<FlexInt>(value.clone()).ok())
        .and_then(|size| size.as_u64());
    if size.is_some() {
        fields.remove(&template.size);
    }
    let modified = match fields.get(&template.modified) {
        Some(Value::String(text)) => Some(text.clone()),
        _ => None,
    };
    if modified.is_some() {
        fields.remove(&template.modified);
    }
    Some(RemoteFile {
        name,
        size,
        modified,
        extra: fields,
    })
}
