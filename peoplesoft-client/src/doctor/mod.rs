//! Why nothing works, found out step by step: from the gateway's address to each service operation.

mod certificate;
mod connection;
mod operation;
mod probe;
mod report;
mod subject;

use crate::client::Client;
use crate::redact;

pub use report::{Check, Outcome, Report, Step};

impl Client {
    /// Looks at everything that a call needs, in order, and says what has to be done by whom.
    ///
    /// The steps are the gateway's address, its name, its port, TLS with the last day of the
    /// certificate, the gateway itself, its clock, the credentials, the node, and everything that the
    /// profile names. Nothing is ever written:
    ///
    /// * the query of each service runs for an empty window, and each of its look-ups, and the two
    ///   queries on built vouchers, for a record that is not there, with a limit of one row;
    /// * the status is asked of a background query that never ran;
    /// * of a component interface the WSDL document is read and, where the profile lists its keys, a
    ///   record that is not there is got, through whichever door it has;
    /// * of an asynchronous message nothing can be known without posting it, and the report says so. Where
    ///   the HTTP door has a place for the operation type, a ping shows that door, node and caller are
    ///   right.
    ///
    /// What a site does without has a blank name in its profile, and is not asked for. Every request is sent once; name, port and first answer are looked at with a patience
    /// of ten seconds each, every other step with that of an attempt
    /// ([`ClientBuilder::attempt_timeout`](crate::ClientBuilder::attempt_timeout)), and no call begins
    /// after the [`total_timeout`](crate::ClientBuilder::total_timeout). Once an operation was refused
    /// for its credentials, no other query is tried with them, so that the account is not locked.
    ///
    /// ```no_run
    /// # async fn run(client: peoplesoft_client::Client) {
    /// let report = client.doctor().await;
    /// println!("{report}");
    /// if !report.is_healthy() {
    ///     for fix in report.steps.iter().filter_map(|step| step.fix.as_deref()) {
    ///         println!("* {fix}");
    ///     }
    /// }
    /// # }
    /// ```
    pub async fn doctor(&self) -> Report {
        let mut steps = Vec::new();
        let start = self.shared.clock.now();
        if connection::examine(&self.shared, &mut steps).await {
            operation::examine(&self.once(), start, &mut steps).await;
        } else {
            operation::skip(self, &mut steps);
        }
        Report {
            gateway: redact::place(self.gateway()),
            node: self.profile().node.clone(),
            steps,
        }
    }
}
