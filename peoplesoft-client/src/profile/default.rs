//! The defaults: FSCM 9.2, with queries named and aliased as the crate page describes.

use super::{FaultMeaning, FaultRule, Profile, QueryAccess, change_query};

impl Default for Profile {
    fn default() -> Self {
        Self {
            node: "PSFT_EP".to_owned(),
            zone: "UTC".to_owned(),
            query_access: QueryAccess::default(),
            purchase_orders: change_query::purchase_orders::default(),
            billing_invoices: change_query::billing_invoices::default(),
            faults: vec![
                FaultRule::new(158, 536, FaultMeaning::OperationRefused),
                FaultRule::new(158, 55, FaultMeaning::Unauthorized),
                FaultRule::new(158, 535, FaultMeaning::Unauthorized),
                FaultRule::new(158, 10_721, FaultMeaning::Unavailable),
            ],
        }
    }
}

impl Default for QueryAccess {
    fn default() -> Self {
        Self {
            alias: "ExecuteQuery".to_owned(),
            version: "v1".to_owned(),
            operation: "QAS_EXECUTEQRY_REST_GET".to_owned(),
            trailing_slash: false,
            json_resp: true,
        }
    }
}
