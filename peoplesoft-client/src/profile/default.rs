//! The defaults: FSCM 9.2, with queries named and aliased as the crate page describes.

use std::collections::BTreeMap;

use super::{
    AcknowledgementLoad, Doors, FaultMeaning, FaultRule, FaultWords, MessageRoute, Profile,
    QueryAccess, QueryPoll, VendorRecords, VoucherBuilding, change_query,
};
use crate::query::QueryFormat;

impl Default for Profile {
    fn default() -> Self {
        Self {
            node: "PSFT_EP".to_owned(),
            zone: "UTC".to_owned(),
            doors: Doors::default(),
            query_access: QueryAccess::default(),
            purchase_orders: change_query::purchase_orders::default(),
            purchase_order_distributions: change_query::purchase_order_distributions::default(),
            billing_invoices: change_query::billing_invoices::default(),
            vouchers: change_query::vouchers::default(),
            payments: change_query::payments::default(),
            scheduled_payments: change_query::scheduled_payments::default(),
            receipts: change_query::receipts::default(),
            suppliers: change_query::suppliers::default(),
            chart_fields: change_query::chart_fields::default(),
            chart_field_lengths: BTreeMap::new(),
            vendor_records: VendorRecords::default(),
            departments: change_query::departments::default(),
            employees: change_query::employees::default(),
            jobs: change_query::jobs::default(),
            voucher_build: VoucherBuilding::default(),
            vendor_sync: MessageRoute::default(),
            po_acknowledgement: AcknowledgementLoad::default(),
            component_interfaces: BTreeMap::new(),
            faults: vec![
                FaultRule::new(158, 536, FaultMeaning::OperationRefused),
                FaultRule::new(158, 55, FaultMeaning::Unauthorized),
                FaultRule::new(158, 535, FaultMeaning::Unauthorized),
                FaultRule::new(158, 10_721, FaultMeaning::Unavailable),
            ],
            fault_words: [
                (
                    &["not authorized to invoke"][..],
                    FaultMeaning::OperationRefused,
                ),
                (&["password", "failed"], FaultMeaning::Unauthorized),
                (&["invalid", "password"], FaultMeaning::Unauthorized),
                (&["active routing"], FaultMeaning::NoRouting),
                (&["routing", "not found"], FaultMeaning::NoRouting),
                (&["routing", "operation"], FaultMeaning::NoRouting),
                (&["operation", "inactive"], FaultMeaning::OperationInactive),
                (
                    &["operation", "not active"],
                    FaultMeaning::OperationInactive,
                ),
                (&["node", "not found"], FaultMeaning::WrongNode),
                (&["node", "not valid"], FaultMeaning::WrongNode),
                (&["node", "does not exist"], FaultMeaning::WrongNode),
                (&["invalid", "node"], FaultMeaning::WrongNode),
                (&["unable to find", "node"], FaultMeaning::WrongNode),
                (&["query", "not found"], FaultMeaning::UnknownQuery),
                (&["query", "does not exist"], FaultMeaning::UnknownQuery),
                (&["external system contact"], FaultMeaning::Unavailable),
            ]
            .into_iter()
            .map(|(words, meaning)| FaultWords::new(words.iter().copied(), meaning))
            .collect(),
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
            format: QueryFormat::Json,
            filter_parameter: "filterfields".to_owned(),
            poll: QueryPoll::default(),
        }
    }
}
