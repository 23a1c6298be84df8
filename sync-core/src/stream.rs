//! What is ordered, fenced and scheduled together.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The unit of ordering, of fencing and of scheduling: one live turn per key, everywhere.
///
/// Two streams of one tenant share its control-number series; nothing is shared between tenants.
///
/// ```
/// let stream = sync_core::StreamKey::new("acme", "purchase-orders", "us001");
/// assert_eq!(stream.to_string(), "acme/purchase-orders/us001");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StreamKey {
    tenant: Arc<str>,
    pipeline: Arc<str>,
    partition: Arc<str>,
}

impl StreamKey {
    /// Names a stream; the three parts may hold any text and are compared byte by byte.
    #[must_use]
    pub fn new(
        tenant: impl Into<Arc<str>>,
        pipeline: impl Into<Arc<str>>,
        partition: impl Into<Arc<str>>,
    ) -> Self {
        Self {
            tenant: tenant.into(),
            pipeline: pipeline.into(),
            partition: partition.into(),
        }
    }

    /// The customer whose data this is; series, documents and audit never cross it.
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// The flow, `purchase-orders` for example.
    #[must_use]
    pub fn pipeline(&self) -> &str {
        &self.pipeline
    }

    /// The part of the flow that is polled by itself, a business unit for example.
    #[must_use]
    pub fn partition(&self) -> &str {
        &self.partition
    }
}

impl fmt::Display for StreamKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.tenant, self.pipeline, self.partition)
    }
}
