//! Uploads whose end is looked into before anything is sent again.

use std::{sync::Arc, time::Duration};

use super::{FileTransfer, RemoteFile, Upload, UploadReceipt};
use crate::{
    clock::{Clock, SystemClock},
    error::{Error, ErrorKind, Result, Sent},
};

/// Brings a file to the server once: looks before it sends, and looks again when nobody knows what became of it.
///
/// Cleo has no key for idempotency, and may count every file; so a file is sent again only when it is proven that it is
/// not there. With a [unique name](super::unique_name) a program may simply do all of it again after a crash.
///
/// ```no_run
/// # async fn example(client: cleo_client::Client) -> Result<(), cleo_client::Error> {
/// use cleo_client::file_transfer::{Delivered, Delivery, RestTransfer, Upload, unique_name};
///
/// let files = RestTransfer::new(&client)?;
/// let name = unique_name(&["PO", "US001", "0000012345", "0"], "edi")?;
/// match Delivery::new(&files).send(&Upload::new("outbox/acme", name, "ISA*00*…")).await? {
///     Delivered::Sent(receipt) => println!("sent, SHA-256 {:?}", receipt.sha256),
///     Delivered::Found(_) => println!("it was there already"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Delivery<'a> {
    files: &'a dyn FileTransfer,
    clock: Arc<dyn Clock>,
    look_first: bool,
    settle: Duration,
    sends: u32,
    absence_is_proof: bool,
}

/// How a file came to be on the server.
#[derive(Debug, Clone, PartialEq)]
pub enum Delivered {
    /// It was sent, and the server said so.
    Sent(UploadReceipt),
    /// A file of this name and length was found: sent before, or by an attempt whose answer was lost.
    Found(RemoteFile),
}

impl<'a> Delivery<'a> {
    /// With the defaults of each setting.
    #[must_use]
    pub fn new(files: &'a dyn FileTransfer) -> Self {
        Self {
            files,
            clock: Arc::new(SystemClock),
            look_first: true,
            settle: Duration::from_secs(2),
            sends: 3,
            absence_is_proof: false,
        }
    }

    /// Whether to look for the file before it is sent the first time. Default yes.
    #[must_use]
    pub fn look_first(mut self, look: bool) -> Self {
        self.look_first = look;
        self
    }

    /// How long a server that did not answer is given before it is looked whether the file is there. Default 2 s.
    #[must_use]
    pub fn settle(mut self, time: Duration) -> Self {
        self.settle = time;
        self
    }

    /// How often the file is sent at most. Default 3; 0 counts as 1.
    #[must_use]
    pub fn sends(mut self, most: u32) -> Self {
        self.sends = most.max(1);
        self
    }

    /// Whether a file that cannot be found was not sent. Default no: Cleo may have picked it up already.
    ///
    /// Say yes only for a directory from which nothing takes files away as fast as that.
    #[must_use]
    pub fn absence_is_proof(mut self, proof: bool) -> Self {
        self.absence_is_proof = proof;
        self
    }

    /// Where waiting comes from. Default [`SystemClock`].
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Brings the file to the server.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`] if a file of this name and another length is there; the last error of
    /// [`FileTransfer::upload`] otherwise: with [`Sent::Maybe`] nobody knows, and a person has to look. Whatever keeps
    /// it from looking first comes with [`Sent::No`], whichever way it failed: no byte of the file has left.
    pub async fn send(&self, upload: &Upload) -> Result<Delivered> {
        if self.look_first {
            match self.look(upload).await {
                Ok(Some(found)) => return Ok(Delivered::Found(found)),
                Ok(None) => {}
                Err(error) => return Err(error.with_sent(Sent::No)),
            }
        }
        let mut sends = 1;
        loop {
            let error = match self.files.upload(upload).await {
                Ok(receipt) => return Ok(Delivered::Sent(receipt)),
                Err(error) => error,
            };
            if error.was_sent() != Sent::Maybe {
                return Err(error);
            }
            self.clock.sleep(self.settle).await;
            match self.look(upload).await {
                Ok(Some(found)) => return Ok(Delivered::Found(found)),
                Ok(None)
                    if self.absence_is_proof && sends < self.sends && upload.content.is_whole() =>
                {
                    sends += 1;
                }
                Err(conflict) if conflict.kind() == ErrorKind::Conflict => {
                    return Err(conflict.with_sent(Sent::Maybe));
                }
                // Whoever cannot look knows no more than before.
                Ok(None) | Err(_) => return Err(error),
            }
        }
    }

    /// The file, if it is there and has the right length; a length that is not known is taken for right.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`] if a file of this name and another length is there; as [`FileTransfer::find`] otherwise.
    pub async fn look(&self, upload: &Upload) -> Result<Option<RemoteFile>> {
        let found = self.files.find(&upload.directory, &upload.name).await?;
        let lengths = found
            .as_ref()
            .and_then(|file| file.size)
            .zip(upload.content.length());
        match lengths {
            Some((theirs, ours)) if theirs != ours => {
                Err(Error::new(ErrorKind::Conflict, "deliver file").with_message(format!(
                    "there is a file of this name with {theirs} bytes, and ours has {ours}: another document, or \
                     an upload that broke off"
                )))
            }
            _ => Ok(found),
        }
    }
}
