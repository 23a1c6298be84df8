//! A profile for each supplier; between them they use every door and format.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use super::broken::INACTIVE;
use super::world::{World, WorldError};
use super::{invoices, orders, words};
use crate::partner::{
    CustomerKey, Delimiters, Document, Format, InboundProfile, InterchangeId, LineEnding, OnChange,
    PartnerId, PartnerProfile, Policy, Repeat, RouteProfile, SupplierKey, Transfer, Usage,
    X12Settings,
};

/// Orders of the simulation have prices of four decimals.
const PRICE_DECIMALS: u32 = 4;

/// The profiles of a world.
pub(super) fn profiles(world: &World) -> Result<Vec<PartnerProfile>, WorldError> {
    let mut all = (0..world.size().suppliers)
        .map(profile)
        .collect::<Result<Vec<_>, _>>()?;
    if world.size().broken {
        let mut off = profile(world.size().suppliers)?;
        off.suppliers = vec![supplier(INACTIVE.to_owned())];
        off.customers.clear();
        off.routes
            .retain(|route| route.document == Document::PurchaseOrder);
        for route in &mut off.routes {
            route.active = false;
        }
        all.push(off);
    }
    Ok(all)
}

fn profile(number: usize) -> Result<PartnerProfile, WorldError> {
    let name = format!("sup-{:04}", number + 1);
    let id = PartnerId::new(&name)
        .ok_or_else(|| WorldError::Value(format!("partner id {name}").into()))?;
    Ok(PartnerProfile {
        id,
        name: words::company(number),
        active: true,
        suppliers: vec![supplier(orders::vendor_id(number))],
        customers: vec![CustomerKey {
            setid: None,
            customer_id: invoices::customer_id(number),
        }],
        x12: Some(x12(number)),
        routes: vec![
            route(number, &name, Document::PurchaseOrder, Format::X12),
            // Each fifth partner takes invoices as JSON.
            route(
                number,
                &name,
                Document::BillingInvoice,
                if number % 5 == 4 {
                    Format::Json
                } else {
                    Format::X12
                },
            ),
        ],
        inbound: InboundProfile {
            acknowledgments: Some(format!("outbox/{name}/acknowledgments")),
            ..InboundProfile::default()
        },
        policy: Policy {
            price_decimals: PRICE_DECIMALS,
            ..Policy::default()
        },
        units: BTreeMap::new(),
        terms: BTreeMap::new(),
        freight: BTreeMap::new(),
    })
}

fn supplier(vendor_id: String) -> SupplierKey {
    SupplierKey {
        setid: "SHARE".to_owned(),
        vendor_id,
        locations: Vec::new(),
    }
}

fn x12(number: usize) -> X12Settings {
    let id = format!("SUP{:04}", number + 1);
    let version = X12Settings::DEFAULT_VERSION.to_owned();
    X12Settings {
        receiver: InterchangeId {
            qualifier: "ZZ".to_owned(),
            id: id.clone(),
        },
        group_receiver: id,
        delimiters: match number % 4 {
            1 => Delimiters {
                element: '|',
                ..Delimiters::usual(&version)
            },
            _ => Delimiters::usual(&version),
        },
        version,
        usage: Usage::Test,
        line_ending: if number % 4 == 2 {
            LineEnding::Lf
        } else {
            LineEnding::None
        },
        ack_requested: false,
    }
}

fn route(number: usize, name: &str, document: Document, format: Format) -> RouteProfile {
    let folder = match document {
        Document::PurchaseOrder => "orders",
        Document::BillingInvoice => "invoices",
        Document::FunctionalAcknowledgment => "acknowledgments",
    };
    RouteProfile {
        document,
        format,
        business_units: Vec::new(),
        connection: name.to_owned(),
        action: Some("send".to_owned()),
        action_again: true,
        // Each third partner is reached through the HTTP server commands.
        transfer: if number % 3 == 2 {
            Transfer::HttpServer
        } else {
            Transfer::Rest
        },
        directory: format!("outbox/{name}/{folder}"),
        repeat: Repeat::Probe,
        // Unless a switch says otherwise, the double leaves files where they are.
        absence_is_proof: true,
        active: true,
        on_change: OnChange::Replace,
        batch: NonZeroU32::MIN,
        acknowledged_within: None,
        payload: None,
    }
}
