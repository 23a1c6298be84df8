//! Sending suppliers as messages.

use super::post::Receipt;
use super::reads::Suppliers;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Supplier;
use crate::rowset::AuditAction;
use crate::target::Target;

impl Suppliers {
    /// Sends added, changed and deleted suppliers as a `VENDOR_SYNC` message, on the profile's route
    /// `vendor_sync`.
    ///
    /// The receipt says that the message is queued; its handler applies it later, and what became of it
    /// shows in [`by_key`](Self::by_key) and in the Service Operations Monitor. It goes out once; when the
    /// answer is lost, the error's [`was_sent`](Error::was_sent) tells. The same change sent twice leaves
    /// the same supplier behind.
    ///
    /// A supplier is written with all its rows, bank and tax numbers too; what it leaves out is left as it
    /// is. For a message of other contents, such as one of all suppliers, see
    /// [`VendorMessages`](crate::vendor::VendorMessages) and [`Client::post_rowset`](crate::Client::post_rowset).
    ///
    /// ```no_run
    /// # async fn run(client: peoplesoft_client::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// use peoplesoft_client::model::VendorKey;
    /// use peoplesoft_client::rowset::AuditAction;
    ///
    /// let key = VendorKey::new("SHARE", "0000000042")?;
    /// if let Some(mut supplier) = client.suppliers().by_key(&key).await? {
    ///     supplier.name2 = Some("Gloves Division".to_owned());
    ///     let receipt = client.suppliers().sync([(AuditAction::Change, &supplier)]).await?;
    ///     println!("{receipt}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] when there is no supplier to send or one holds what no message can,
    /// and every kind that a call can fail with.
    pub async fn sync<'s>(
        &self,
        changes: impl IntoIterator<Item = (AuditAction, &'s Supplier)>,
    ) -> Result<Receipt> {
        let messages = self.client.vendor_messages();
        let mut changes = changes.into_iter().peekable();
        if changes.peek().is_none() {
            return Err(self.nothing());
        }
        let message = messages.sync(changes);
        let route = &self.client.profile().vendor_sync;
        self.client.post_rowset(route, &message).send().await
    }

    fn nothing(&self) -> Error {
        let profile = self.client.profile();
        let route = profile
            .vendor_sync
            .delivered_as(&profile.vendor_records.sync);
        let target = Target::new(&route.operation, None, &profile.node);
        Error::new(ErrorKind::InvalidRequest, "there is no supplier to send").with_target(&target)
    }
}
