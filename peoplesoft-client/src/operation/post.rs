//! Posting rowset messages over the door that the profile names.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::connector::Door;
use crate::error::{Error, ErrorKind, Result, Sent};
use crate::profile::MessageRoute;
use crate::raw::{OperationType, RawAnswer};
use crate::rowset::{Message, Reader, Slice};

/// That an asynchronous message was accepted: it is queued, and nothing has been done with it yet.
///
/// What became of it is in the Service Operations Monitor under the transaction id, and in the records
/// that its handler fills.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Receipt {
    /// Transaction id, `<node>.<operation>.<number>` as far as seen; nothing where the door tells none.
    pub transaction_id: Option<String>,
    /// The service operation that accepted it.
    pub operation: String,
    /// The node that was addressed.
    pub node: String,
    /// Name of the door that it was posted to: `HTTP`, `SOAP`, `REST`.
    pub door: String,
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} accepted by {} ", self.operation, self.node)?;
        match &self.transaction_id {
            Some(id) => write!(f, "as {id}, not yet done"),
            None => f.write_str("without a transaction id, not yet done"),
        }
    }
}

/// What a synchronous message was answered with.
#[derive(Clone, Debug)]
pub struct MessageAnswer {
    answer: RawAnswer,
    content: std::ops::Range<usize>,
    route: MessageRoute,
}

impl MessageAnswer {
    /// The message of the answer, without the envelope around it.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.answer
            .bytes()
            .get(self.content.clone())
            .unwrap_or_default()
    }

    /// Reads the answer as a rowset message, as the route says that messages are written.
    #[must_use]
    pub fn reader(&self) -> Reader<Slice<'_>> {
        Reader::from_slice(self.bytes(), self.route.read_options())
    }

    /// The answer as it came.
    #[must_use]
    pub fn raw(&self) -> &RawAnswer {
        &self.answer
    }
}

/// A rowset message to be posted; get one from [`Client::post_rowset`].
#[derive(Clone, Debug)]
#[must_use = "a message does nothing until `send` or `call` is awaited"]
pub struct RowsetPost {
    client: Client,
    route: MessageRoute,
    xml: Result<String, String>,
}

impl RowsetPost {
    fn new(client: Client, route: &MessageRoute, message: &Message) -> Self {
        let route = route.delivered_as(message.name());
        let options = route.write_options();
        Self {
            client,
            xml: message
                .named(&route.message)
                .to_xml(&options)
                .map_err(|error| error.message().to_owned()),
            route,
        }
    }

    /// Posts it as an asynchronous message: accepted means queued, and no more.
    ///
    /// It goes out once. When the answer is lost, the error says whether it may have arrived
    /// ([`Error::was_sent`]); only what certainly never left is tried again here.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] when the message cannot be written, and every kind that a call can
    /// fail with.
    pub async fn send(self) -> Result<Receipt> {
        let (operation, node) = self.target();
        let door = self.route.door;
        let answer = self.exchange(OperationType::Async).await?;
        Ok(Receipt {
            transaction_id: answer.transaction_id(),
            operation,
            node,
            door: door.name().to_owned(),
        })
    }

    /// Posts it as a synchronous message and waits for its answer.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send), and [`ErrorKind::Decode`] when the answer is no envelope at the
    /// SOAP door.
    pub async fn call(self) -> Result<MessageAnswer> {
        let (route, (operation, node)) = (self.route.clone(), self.target());
        let answer = self.exchange(OperationType::Sync).await?;
        let content = match route.door {
            Door::Soap => {
                let found = crate::soap::unwrap(answer.bytes());
                found
                    .map_err(|error| {
                        let target = crate::target::Target::new(&operation, None, &node);
                        Error::from(error).with_target(&target).with_sent(Sent::Yes)
                    })?
                    .content
            }
            _ => 0..answer.bytes().len(),
        };
        Ok(MessageAnswer {
            answer,
            content,
            route,
        })
    }

    fn target(&self) -> (String, String) {
        let address = self.client.address_of(&self.route.operation);
        (address.operation, address.node)
    }

    async fn exchange(self, kind: OperationType) -> Result<RawAnswer> {
        let operation = self.route.operation.as_str();
        let refuse = |message: String| {
            let node = &self.client.profile().node;
            let target = crate::target::Target::new(operation, None, node);
            Error::new(ErrorKind::InvalidRequest, message).with_target(&target)
        };
        let xml = self.xml.clone().map_err(refuse)?;
        if operation.is_empty() {
            return Err(refuse(
                "the profile names no service operation for the message".to_owned(),
            ));
        }
        const XML: &str = "text/xml; charset=UTF-8";
        let version = &self.route.version;
        match self.route.door {
            Door::Http => {
                let mut message = self.client.http_message(operation).default_version(version);
                if !self.route.user.is_empty() {
                    message = message.user(self.route.user.as_str());
                }
                message.operation_type(kind).body(XML, xml).send().await
            }
            Door::Soap => {
                let request = self.client.soap(operation).default_version(version);
                request.body(xml).send_raw().await
            }
            Door::Rest => {
                let request = self.client.rest(operation).default_version(version);
                request.body(XML, xml).send().await
            }
        }
    }
}

impl Client {
    /// A rowset message to be posted to the door and service operation of a route.
    ///
    /// Blank names of the route are the message's own. The message goes out as the route says: case,
    /// namespace, with or without `FieldTypes`.
    ///
    /// ```no_run
    /// # async fn run(client: peoplesoft_client::Client) -> peoplesoft_client::Result<()> {
    /// use peoplesoft_client::MessageRoute;
    /// use peoplesoft_client::rowset::{Message, NewRow};
    ///
    /// let row = NewRow::new("X_REC").text("X_ID", "7");
    /// let message = Message::new("X_SYNC").row(row);
    /// let receipt = client.post_rowset(&MessageRoute::new("X_SYNC"), &message).send().await?;
    /// println!("{receipt}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn post_rowset(&self, route: &MessageRoute, message: &Message) -> RowsetPost {
        RowsetPost::new(self.clone(), route, message)
    }
}
