//! How rowset messages are posted, and what their handlers made of them is found out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Owner;
use super::mistake::Found;
use super::schema::section;
use crate::connector::Door;
use crate::model::PsDate;
use crate::rowset::{ReadOptions, WriteOptions};

section! {
/// How one rowset message is posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct MessageRoute {
    /// The door that it is posted to (the HTTP door by default).
    pub door: Door,
    /// Service operation: a name of `doors.operations`, or else its alias; blank, as by default, for the
    /// one that PeopleSoft delivers under the name of the message.
    pub operation: String,
    /// Version after the alias (`VERSION_1` by default), where `doors.operations` gives none.
    pub version: String,
    /// Name of the message: its outermost element. Blank, as by default, for the delivered name.
    pub message: String,
    /// Namespace of the message (none by default).
    pub namespace: String,
    /// Whether tags are in lower case.
    pub lower_case: bool,
    /// Whether the message is one of rowset-based parts, without `FieldTypes` and `PSCAMA`.
    pub parts: bool,
    /// OPRID in whose name it is posted to the HTTP door (the node's default user by default).
    pub user: String,
}
}

impl Default for MessageRoute {
    fn default() -> Self {
        Self {
            door: Door::Http,
            operation: String::new(),
            version: "VERSION_1".to_owned(),
            message: String::new(),
            namespace: String::new(),
            lower_case: false,
            parts: false,
            user: String::new(),
        }
    }
}

impl MessageRoute {
    /// A route for a message, which is also the name of its service operation.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            operation: message.clone(),
            message,
            ..Self::default()
        }
    }

    /// How messages on this route are written.
    #[must_use]
    pub fn write_options(&self) -> WriteOptions {
        let namespace = Some(self.namespace.clone()).filter(|name| !name.is_empty());
        WriteOptions::default()
            .lower_case(self.lower_case)
            .parts(self.parts)
            .namespace(namespace)
    }

    /// How messages on this route are read.
    #[must_use]
    pub fn read_options(&self) -> ReadOptions {
        ReadOptions::default()
            .any_case(self.lower_case)
            .parts(self.parts)
    }

    /// The same with what is blank as PeopleSoft delivers it.
    pub(crate) fn delivered_as(&self, name: &str) -> Self {
        let mut route = self.clone();
        for text in [&mut route.operation, &mut route.message] {
            if text.trim().is_empty() {
                name.clone_into(text);
            }
        }
        route
    }

    pub(super) fn find_mistakes(&self, place: &str, found: &mut Found) {
        for (name, text) in [
            ("operation", &self.operation),
            ("version", &self.version),
            ("message", &self.message),
        ] {
            if !text.is_empty() {
                found.segment(&format!("{place}.{name}"), text);
            }
        }
    }
}

section! {
/// How vouchers are built: the message that puts them into staging, and the queries that tell what became
/// of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct VoucherBuilding {
    /// Where the message `VOUCHER_BUILD` is posted.
    pub route: MessageRoute,
    /// Format of dates in the message, in the letters of `strftime` (`%Y/%m/%d` by default, which the
    /// documentation insists on; one known feed writes `%Y-%m-%d`).
    pub date_format: String,
    /// Voucher source, `VCHR_SRC` (`XML` by default, as in a known feed; blank to send none).
    pub source: String,
    /// The record of scheduled payments (`VCHR_PYMT_STG` by default).
    pub payment_record: String,
    /// Format of dates in prompts of the two queries (`%Y-%m-%d` by default).
    pub prompt_date_format: String,
    /// Whether vouchers are posted whose gross amount is not what lines and charges come to (no by
    /// default: PeopleSoft recycles them).
    pub allow_unbalanced: bool,
    /// The query on the staging records, by the build keys.
    pub staged: StagedQuery,
    /// The query on vouchers, by supplier, invoice and date.
    pub built: BuiltQuery,
}
}

impl Default for VoucherBuilding {
    fn default() -> Self {
        Self {
            route: MessageRoute::default(),
            date_format: "%Y/%m/%d".to_owned(),
            source: "XML".to_owned(),
            payment_record: "VCHR_PYMT_STG".to_owned(),
            prompt_date_format: "%Y-%m-%d".to_owned(),
            allow_unbalanced: false,
            staged: StagedQuery::default(),
            built: BuiltQuery::default(),
        }
    }
}

section! {
/// The query that finds a voucher in staging (`VCHR_HDR_STG`) by its build keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct StagedQuery {
    /// Owner of the query.
    pub owner: Owner,
    /// Name of the query (`EDI_VOUCHER_STAGED` by default); blank where the site has none and builds no
    /// vouchers.
    pub query: String,
    /// Prompt for `BUSINESS_UNIT` (`BU`).
    pub business_unit: String,
    /// Prompt for `VCHR_BLD_KEY_C1` (`KEY_C1`).
    pub key_c1: String,
    /// Prompt for `VCHR_BLD_KEY_C2` (`KEY_C2`).
    pub key_c2: String,
    /// Prompt for `VCHR_BLD_KEY_N1` (`KEY_N1`).
    pub key_n1: String,
    /// Prompt for `VCHR_BLD_KEY_N2` (`KEY_N2`).
    pub key_n2: String,
    /// Column that says whether the pre-edit found errors (`PREEDIT_ERROR`); blank if the query has none.
    pub error_column: String,
    /// Values of that column that mean errors (`Y` and `E`).
    pub error_values: Vec<String>,
    /// Column with the text of the error (`MESSAGE_TEXT`); blank if the query has none.
    pub error_text_column: String,
}
}

impl Default for StagedQuery {
    fn default() -> Self {
        Self {
            owner: Owner::Public,
            query: "EDI_VOUCHER_STAGED".to_owned(),
            business_unit: "BU".to_owned(),
            key_c1: "KEY_C1".to_owned(),
            key_c2: "KEY_C2".to_owned(),
            key_n1: "KEY_N1".to_owned(),
            key_n2: "KEY_N2".to_owned(),
            error_column: "PREEDIT_ERROR".to_owned(),
            error_values: vec!["Y".to_owned(), "E".to_owned()],
            error_text_column: "MESSAGE_TEXT".to_owned(),
        }
    }
}

section! {
/// The query that finds vouchers (`VOUCHER`) by supplier, invoice and date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct BuiltQuery {
    /// Owner of the query.
    pub owner: Owner,
    /// Name of the query (`EDI_VOUCHER_BY_INVOICE` by default); blank where the site has none and builds no
    /// vouchers.
    pub query: String,
    /// Prompt for `BUSINESS_UNIT` (`BU`).
    pub business_unit: String,
    /// Prompt for `VENDOR_SETID` (`SETID`).
    pub vendor_setid: String,
    /// Prompt for `VENDOR_ID` (`VENDOR`).
    pub vendor_id: String,
    /// Prompt for `INVOICE_ID` (`INVOICE`).
    pub invoice: String,
    /// Prompt for `INVOICE_DT` (`INVOICE_DT`).
    pub invoice_date: String,
    /// Column with `VOUCHER_ID`.
    pub voucher_column: String,
    /// Column with `ENTRY_STATUS`, code or long text.
    pub entry_status_column: String,
    /// Column with `POST_STATUS_AP`, code or long text; blank if the query has none.
    pub post_status_column: String,
}
}

impl Default for BuiltQuery {
    fn default() -> Self {
        Self {
            owner: Owner::Public,
            query: "EDI_VOUCHER_BY_INVOICE".to_owned(),
            business_unit: "BU".to_owned(),
            vendor_setid: "SETID".to_owned(),
            vendor_id: "VENDOR".to_owned(),
            invoice: "INVOICE".to_owned(),
            invoice_date: "INVOICE_DT".to_owned(),
            voucher_column: "A.VOUCHER_ID".to_owned(),
            entry_status_column: "A.ENTRY_STATUS".to_owned(),
            post_status_column: "A.POST_STATUS_AP".to_owned(),
        }
    }
}

impl VoucherBuilding {
    pub(super) fn find_mistakes(&self, place: &str, found: &mut Found) {
        self.route.find_mistakes(&format!("{place}.route"), found);
        for (name, format) in [
            ("date_format", &self.date_format),
            ("prompt_date_format", &self.prompt_date_format),
        ] {
            date_format(&format!("{place}.{name}"), format, found);
        }
        if self.prompt_date_format.contains(',') {
            found.add(
                format!("{place}.prompt_date_format"),
                &self.prompt_date_format,
                "a format without a comma",
            );
        }
        found.segment(&format!("{place}.payment_record"), &self.payment_record);
        let (staged, built) = (&self.staged, &self.built);
        for (name, query) in [("staged", &staged.query), ("built", &built.query)] {
            if !query.is_empty() {
                found.segment(&format!("{place}.{name}.query"), query);
            }
        }
        let prompts = [
            ("staged.business_unit", &staged.business_unit),
            ("staged.key_c1", &staged.key_c1),
            ("staged.key_c2", &staged.key_c2),
            ("staged.key_n1", &staged.key_n1),
            ("staged.key_n2", &staged.key_n2),
            ("built.business_unit", &built.business_unit),
            ("built.vendor_setid", &built.vendor_setid),
            ("built.vendor_id", &built.vendor_id),
            ("built.invoice", &built.invoice),
            ("built.invoice_date", &built.invoice_date),
        ];
        for (name, prompt) in prompts {
            if prompt.trim().is_empty() || prompt.contains(',') {
                found.add(
                    format!("{place}.{name}"),
                    prompt,
                    "the unique name of a prompt, without a comma",
                );
            }
        }
        for (name, column) in [
            ("built.voucher_column", &built.voucher_column),
            ("built.entry_status_column", &built.entry_status_column),
        ] {
            if column.trim().is_empty() {
                found.add(format!("{place}.{name}"), column, "the name of a column");
            }
        }
    }
}

section! {
/// How acknowledgements of purchase orders are sent: an asynchronous message into the staging records of
/// the acknowledgement load.
///
/// Its delivered name is not publicly known, nor are those of its records, so all of them are the
/// site's to name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct AcknowledgementLoad {
    /// Where the message is posted; without a name of its operation nothing can be sent.
    pub route: MessageRoute,
    /// Record of the acknowledged order (`PO_POA_HDR_EC` by default).
    pub header_record: String,
    /// Record of an acknowledged line and schedule (`PO_POA_LN_EC` by default).
    pub line_record: String,
    /// Format of dates in the message, in the letters of `strftime` (`%Y-%m-%d` by default).
    pub date_format: String,
    /// Names of fields that the site calls otherwise: the name here, such as `ACK_DT`, and the site's.
    pub fields: BTreeMap<String, String>,
}
}

impl Default for AcknowledgementLoad {
    fn default() -> Self {
        Self {
            route: MessageRoute::default(),
            header_record: "PO_POA_HDR_EC".to_owned(),
            line_record: "PO_POA_LN_EC".to_owned(),
            date_format: "%Y-%m-%d".to_owned(),
            fields: BTreeMap::new(),
        }
    }
}

impl AcknowledgementLoad {
    pub(super) fn find_mistakes(&self, place: &str, found: &mut Found) {
        self.route.find_mistakes(&format!("{place}.route"), found);
        found.segment(&format!("{place}.header_record"), &self.header_record);
        found.segment(&format!("{place}.line_record"), &self.line_record);
        date_format(&format!("{place}.date_format"), &self.date_format, found);
        for (name, theirs) in &self.fields {
            found.segment(&format!("{place}.fields.{name}"), theirs);
        }
    }
}

/// Notes a format that does not write a whole day.
pub(super) fn date_format(place: &str, format: &str, found: &mut Found) {
    let whole = PsDate::new(2026, 12, 31)
        .is_ok_and(|day| PsDate::parse(&day.format(format), format) == Ok(day));
    if !whole {
        found.add(
            place,
            format,
            "a strftime format of a whole date, such as %Y-%m-%d",
        );
    }
}
