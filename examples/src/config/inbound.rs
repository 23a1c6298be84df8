//! How suppliers' documents are fetched from Cleo and what is allowed to differ from the order.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use rust_decimal::Decimal;
use serde::Serialize;

use super::table::Table;
use super::write::duration_as_text;
use crate::partner::Transfer;

/// Suppliers' documents into PeopleSoft: 810, 855, 997 and what else they send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct InboundFlow {
    /// Whether it runs.
    pub enabled: bool,
    /// Time between two polls of `run`.
    #[serde(serialize_with = "duration_as_text")]
    pub every: Duration,
    /// The folders of Cleo that are read, in this order.
    pub folders: Vec<String>,
    /// By which door they are read.
    pub transfer: Transfer,
    /// What becomes of a file in Cleo once all of it is in the ledger.
    pub after: AfterReading,
    /// The folder that read files are moved to, where `after` says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub move_to: Option<String>,
    /// Where the bytes of every file are kept as they came, named by their SHA-256; absent is `archive` in the state
    /// directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archive: Option<PathBuf>,
    /// Most files that are read before what is in them is worked on.
    pub page_files: NonZeroU32,
    /// Largest file in bytes; larger ones become dead letters.
    pub max_bytes: NonZeroU32,
    /// BUSINESS_UNITs that are searched for an order whose number comes without one.
    pub business_units: Vec<String>,
    /// Whether invoices (810) become vouchers.
    pub vouchers: bool,
    /// Whether answers to orders (855) are loaded into PeopleSoft.
    pub order_acknowledgments: bool,
    /// What an invoice may differ in from its order and from its own sum.
    pub tolerance: Tolerance,
}

/// What becomes of a file in Cleo after it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AfterReading {
    /// It stays, and is remembered by name, size and SHA-256.
    Keep,
    /// It is removed.
    Delete,
    /// It is put into another folder, then removed.
    Move,
}

/// What an invoice may differ in without being held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Tolerance {
    /// How many percent a unit price may lie above or below that of the order.
    #[serde(serialize_with = "decimal_as_text")]
    pub price_percent: Decimal,
    /// How many percent of the ordered quantity may be billed beyond it.
    #[serde(serialize_with = "decimal_as_text")]
    pub quantity_percent: Decimal,
    /// By how much TDS01 may differ from the sum of lines, charges and taxes, in the currency of the invoice.
    #[serde(serialize_with = "decimal_as_text")]
    pub total: Decimal,
}

impl Default for Tolerance {
    /// Prices and quantities as ordered; two hundredths for rounding in the total.
    fn default() -> Self {
        Self {
            price_percent: Decimal::ZERO,
            quantity_percent: Decimal::ZERO,
            total: Decimal::new(2, 2),
        }
    }
}

fn decimal_as_text<S: serde::Serializer>(value: &Decimal, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&value.to_string())
}

/// Files of one page: few enough for a short commit, enough to keep the round trips few.
const PAGE_FILES: NonZeroU32 = NonZeroU32::MIN.saturating_add(24);

/// Most files of one page.
const MOST_PAGE_FILES: u32 = 1_000;

/// 32 MiB: a day of invoices of a large supplier is far below.
const MAX_BYTES: NonZeroU32 = NonZeroU32::MIN.saturating_add(32 * 1024 * 1024 - 1);

impl InboundFlow {
    /// A flow over these folders, with every other key as it is when left out.
    #[must_use]
    pub fn new(folders: Vec<String>) -> Self {
        Self {
            enabled: true,
            every: super::schedule::EVERY,
            folders,
            transfer: Transfer::Rest,
            after: AfterReading::Keep,
            move_to: None,
            archive: None,
            page_files: PAGE_FILES,
            max_bytes: MAX_BYTES,
            business_units: Vec::new(),
            vouchers: true,
            order_acknowledgments: true,
            tolerance: Tolerance::default(),
        }
    }
}

/// Reads `[flows.inbound]`.
pub(super) fn inbound(flow: &Table<'_>, directory: &std::path::Path) -> Option<InboundFlow> {
    let folder_rule = "a folder such as \"inbox\": parts separated by `/`, none of them `..`";
    let is_folder = |text: &str| {
        let text = text.strip_prefix('/').unwrap_or(text);
        text.split('/').all(|part| !matches!(part, "" | "." | ".."))
            && !text.chars().any(|c| c == '\\' || c.is_control())
    };
    let folders = flow
        .need("folders", "[\"inbox\"]")
        .and_then(|field| field.texts(folder_rule, is_folder));
    let usual = InboundFlow::new(folders?);
    let transfers = [
        ("rest", Transfer::Rest),
        ("http_server", Transfer::HttpServer),
    ];
    let afters = [
        ("keep", AfterReading::Keep),
        ("delete", AfterReading::Delete),
        ("move", AfterReading::Move),
    ];
    let after = flow
        .get("after")
        .and_then(|field| Some((field.choice(&afters)?, field)));
    let move_to = flow
        .get("move_to")
        .and_then(|field| field.text_where(folder_rule, "correct the folder", is_folder));
    if let (Some((AfterReading::Move, field)), None) = (&after, &move_to) {
        field.wrong(
            "\"move\" without `move_to`",
            "the folder that read files are moved to",
            "add for example `move_to = \"inbox-done\"`",
        );
    }
    let whole = |key, most| {
        flow.get(key)
            .and_then(|field| field.integer(1..=most))
            .and_then(NonZeroU32::new)
    };
    let tolerance = flow.get("tolerance").and_then(|field| {
        let table = field.table()?;
        let usual = Tolerance::default();
        let part = |key, usual| {
            let Some(field) = table.get(key) else {
                return usual;
            };
            match field.decimal() {
                Some(value) if value.is_sign_negative() => {
                    field.wrong(
                        value.to_string(),
                        "zero or more",
                        "write for example \"0.02\"",
                    );
                    usual
                }
                read => read.unwrap_or(usual),
            }
        };
        let read = Tolerance {
            price_percent: part("price_percent", usual.price_percent),
            quantity_percent: part("quantity_percent", usual.quantity_percent),
            total: part("total", usual.total),
        };
        table.finish();
        Some(read)
    });
    Some(InboundFlow {
        enabled: super::read::flag(flow, "enabled", usual.enabled),
        every: super::read::positive(flow, "every", usual.every),
        transfer: flow
            .get("transfer")
            .and_then(|field| field.choice(&transfers))
            .unwrap_or(usual.transfer),
        after: after.map_or(usual.after, |(after, _)| after),
        move_to,
        archive: flow.get("archive").and_then(|field| field.path(directory)),
        page_files: whole("page_files", MOST_PAGE_FILES).unwrap_or(usual.page_files),
        max_bytes: whole("max_bytes", u32::MAX).unwrap_or(usual.max_bytes),
        business_units: flow
            .get("business_units")
            .and_then(|field| {
                field.texts("a BUSINESS_UNIT of at most 5 characters", |text| {
                    (1..=5).contains(&text.chars().count()) && text.trim() == text
                })
            })
            .unwrap_or_default(),
        vouchers: super::read::flag(flow, "vouchers", usual.vouchers),
        order_acknowledgments: super::read::flag(
            flow,
            "order_acknowledgments",
            usual.order_acknowledgments,
        ),
        tolerance: tolerance.unwrap_or_default(),
        folders: usual.folders,
    })
}
