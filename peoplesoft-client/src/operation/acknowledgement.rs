//! Sending acknowledgements of purchase orders.

use super::post::Receipt;
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::model::PoAcknowledgement;
use crate::profile::AcknowledgementLoad;
use crate::rowset::{Finding, Message, Row};
use crate::target::Target;

impl AcknowledgementLoad {
    /// Reads an acknowledgement from the row of level 0 of a transaction.
    ///
    /// # Errors
    ///
    /// Everything in the row that cannot be read.
    pub fn read(&self, row: Row<'_>) -> Result<PoAcknowledgement, Vec<Finding>> {
        PoAcknowledgement::from_row(row, self)
    }
}

impl Client {
    /// Sends an acknowledgement of a purchase order into the staging of the acknowledgement load.
    ///
    /// The receipt says that the message is queued; the batch program of the site takes it from staging
    /// later. It goes out once; when the answer is lost, the error's [`was_sent`](Error::was_sent) tells.
    /// Sending it twice stages it twice, and PeopleSoft applies both: find out whether the first one came
    /// before sending again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] when the profile's `po_acknowledgement.route` names no service
    /// operation and message, which PeopleSoft does not document;
    /// [`ErrorKind::InvalidRequest`] with everything that does not fit its field, and every kind that a
    /// call can fail with.
    pub async fn acknowledge_order(&self, acknowledgement: &PoAcknowledgement) -> Result<Receipt> {
        let message = self.acknowledgement_message(acknowledgement)?;
        let route = &self.profile().po_acknowledgement.route;
        self.post_rowset(route, &message).send().await
    }

    /// The message that [`acknowledge_order`](Self::acknowledge_order) posts, for sites that take it as
    /// a file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] and [`ErrorKind::InvalidRequest`] as there.
    pub fn acknowledgement_message(&self, acknowledgement: &PoAcknowledgement) -> Result<Message> {
        let settings = &self.profile().po_acknowledgement;
        let target = Target::new("PO acknowledgement", None, &self.profile().node);
        let named = [&settings.route.operation, &settings.route.message];
        if named.iter().any(|name| name.trim().is_empty()) {
            return Err(Error::new(
                ErrorKind::Configuration,
                "po_acknowledgement.route in the profile names no operation and message; ask the \
                 administrator of the PeopleSoft side for those of the site",
            )
            .with_target(&target));
        }
        acknowledgement.to_message(settings).map_err(|findings| {
            let listed: Vec<String> = findings.iter().map(Finding::to_string).collect();
            let text = format!(
                "the acknowledgement of order {} cannot be sent: {}",
                acknowledgement.order,
                listed.join("; ")
            );
            Error::new(ErrorKind::InvalidRequest, text).with_target(&target)
        })
    }
}
