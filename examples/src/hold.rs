//! Why a document does not go on, with the two values that disagree and the command that mends it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One document that waits for a person, and everything that person needs to know.
///
/// A hold is data first: it is stored with the document, listed by the command line, and goes away
/// when the document is released. It is an error type too, so that `?` passes it on.
///
/// ```
/// use peoplesoft_cleo::hold::{Hold, HoldCode};
///
/// let hold = Hold::new(HoldCode::UnknownUnit, "PO_LINE 3 UNIT_OF_MEASURE")
///     .found("\"BBL\"")
///     .expected("a unit in the code table")
///     .remedy("add `BBL = \"...\"` to [units] of the partner");
/// assert_eq!(
///     hold.to_string(),
///     "unknown-unit at PO_LINE 3 UNIT_OF_MEASURE: found \"BBL\", expected a unit in the code \
///      table; add `BBL = \"...\"` to [units] of the partner, then run `peoplesoft-cleo sync`"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Hold {
    /// What kind of hold it is; stable, for filters and alerts.
    pub code: HoldCode,
    /// Where: the PeopleSoft field, or the X12 segment and element, with its line if it has one.
    pub field: String,
    /// The value that was found, ready to be shown.
    pub found: String,
    /// What would have been accepted.
    pub expected: String,
    /// What a person changes so that the document can go on.
    pub remedy: String,
    /// The command that lets it go on afterwards.
    pub release: String,
}

impl Hold {
    /// A hold at `field`, with the expectation and the remedy that its code has by default.
    pub fn new(code: HoldCode, field: impl Into<String>) -> Self {
        Self {
            code,
            field: field.into(),
            found: "nothing".to_owned(),
            expected: code.expectation().to_owned(),
            remedy: code.remedy().to_owned(),
            release: "peoplesoft-cleo sync".to_owned(),
        }
    }

    /// Says what was found. Text values should be quoted; a secret must never get here.
    #[must_use]
    pub fn found(mut self, found: impl fmt::Display) -> Self {
        self.found = found.to_string();
        self
    }

    /// Says what would have been accepted.
    #[must_use]
    pub fn expected(mut self, expected: impl fmt::Display) -> Self {
        self.expected = expected.to_string();
        self
    }

    /// Says what to change.
    #[must_use]
    pub fn remedy(mut self, remedy: impl fmt::Display) -> Self {
        self.remedy = remedy.to_string();
        self
    }

    /// Says which command lets the document go on.
    #[must_use]
    pub fn release(mut self, command: impl fmt::Display) -> Self {
        self.release = command.to_string();
        self
    }
}

/// One line: the code, where, both values, the remedy and the command.
impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            code,
            field,
            found,
            expected,
            remedy,
            release,
        } = self;
        let line = format!(
            "{code} at {field}: found {found}, expected {expected}; {remedy}, then run `{release}`"
        );
        // Values come from documents: a line end in one must not break the line.
        line.chars().try_for_each(|c| match c {
            '\n' | '\r' | '\t' => f.write_str(" "),
            c => fmt::Write::write_char(f, c),
        })
    }
}

impl std::error::Error for Hold {}

macro_rules! hold_codes {
    ($($variant:ident = $text:literal, $doc:literal, $expected:literal, $remedy:literal;)+) => {
        /// What kind of hold it is. The texts are stable: alerts and reports may rely on them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[non_exhaustive]
        pub enum HoldCode {
            $(#[doc = $doc] $variant,)+
        }

        impl HoldCode {
            /// Every code, in the order of this documentation.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The code as text, for example `no-route`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// What the code stands for, in one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $doc,)+ }
            }

            const fn expectation(self) -> &'static str {
                match self { $(Self::$variant => $expected,)+ }
            }

            const fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy,)+ }
            }
        }
    };
}

hold_codes! {
    NoRoute = "no-route", "No partner profile has a route for this party and document.",
        "a partner profile that names this party and has a route for the document",
        "add the party or the route to the partner's profile";
    AmbiguousRoute = "ambiguous-route", "More than one route fits, and none is chosen by chance.",
        "exactly one route",
        "narrow the locations or business units of all but one";
    InactiveRoute = "inactive-route", "The route or its partner is switched off.",
        "an active route of an active partner",
        "set `active = true` once the partner may be sent to";
    UnknownUnit = "unknown-unit", "The unit of measure has no entry in the code table.",
        "a unit of the code table",
        "add the unit to [units] of the partner or of the configuration";
    UnknownTerms = "unknown-terms", "The payment terms have no entry in the code table.",
        "payment terms of the code table",
        "add the terms to [terms] of the partner or of the configuration";
    UnknownFreight = "unknown-freight", "The freight terms have no entry in the code table.",
        "freight terms of the code table",
        "add the terms to [freight] of the partner or of the configuration";
    UnknownCode = "unknown-code", "A code of another kind has no counterpart in X12.",
        "a code with a known counterpart",
        "correct the code in PeopleSoft";
    DelimiterInData = "delimiter-in-data", "A delimiter of the partner occurs in the text.",
        "text without the partner's delimiters",
        "correct the text in PeopleSoft, or set `delimiter_in_data = \"replace\"` for the partner";
    MissingField = "missing-field", "A field that the document needs is empty.",
        "a value",
        "fill the field in PeopleSoft";
    InvalidValue = "invalid-value", "A value has the wrong form, for example a date that is none.",
        "a value of the right form",
        "correct the field in PeopleSoft";
    PriceDecimals = "price-decimals", "A price has more decimals than the partner takes.",
        "no more decimals than `price_decimals` of the partner",
        "correct the price in PeopleSoft, or raise `price_decimals` for the partner";
    ValueTooLong = "value-too-long", "A value is longer than its element and cutting changes it.",
        "a value that fits the element",
        "shorten the value in PeopleSoft";
    TotalsDisagree = "totals-disagree", "The total is not the sum of its parts.",
        "the sum of the parts",
        "correct the document in PeopleSoft";
    ChangedAfterSend = "changed-after-send", "The document was sent before and has changed since.",
        "the document as it was sent",
        "tell the partner, or set `on_change = \"replace\"` on the route";
    WrongStatus = "wrong-status", "The document has a status in which it is not sent.",
        "a status in which documents of this flow are sent",
        "bring the document to that status in PeopleSoft";
    NotDispatched = "not-dispatched", "The order is approved but not yet dispatched.",
        "status D (dispatched)",
        "dispatch the order, or set `on_status = \"approved\"` for the flow";
    WrongEnvironment = "wrong-environment", "Test data met production, or the reverse.",
        "a partner of this environment",
        "set `usage` of the partner to that of the configuration";
    Unsupported = "unsupported", "The document needs something that the chosen format lacks.",
        "a document that the format can carry",
        "send this document another way, or change the format of the route";
    UnknownSender = "unknown-sender", "Somebody has sent an interchange whom no partner profile names.",
        "the `x12.receiver` of a partner profile",
        "add the partner, or correct its `x12.receiver`";
    UnknownReceiver = "unknown-receiver", "An interchange is addressed to somebody else.",
        "one of our ids",
        "ask the sender whom it meant, or add the id to [our]";
    DuplicateInterchange = "duplicate-interchange", "An interchange control number came twice, with other content.",
        "a number of its own for each interchange",
        "ask the partner which one counts";
    UnreadableFile = "unreadable-file", "A file holds no interchange.",
        "an interchange",
        "ask who sent it";
    InvalidDocument = "invalid-document", "A transaction set breaks the standard; our acknowledgment rejects it.",
        "a set that the partner's validation takes",
        "wait for the partner to send it again";
    MissingOrder = "missing-order", "An invoice names no order.",
        "the number of an order",
        "ask the supplier for the number";
    UnknownOrder = "unknown-order", "PeopleSoft has no order of that number.",
        "an order of PeopleSoft",
        "correct the order in PeopleSoft, or ask the supplier for the right number";
    AmbiguousOrder = "ambiguous-order", "Several business units have an order of that number for the supplier.",
        "a number that names one order",
        "set `order_number = \"bu_po_id\"` for the partner, and ask it for the number with the business unit";
    WrongSupplier = "wrong-supplier", "The order is another supplier's.",
        "an order of the partner's own suppliers",
        "ask the supplier for the right number, or add the supplier to the partner's profile";
    OrderNotOpen = "order-not-open", "The order has a status in which nothing can be billed on it.",
        "an order that is dispatched",
        "bring the order to that status in PeopleSoft";
    LineUnmatched = "line-unmatched", "A line fits no line of the order, or several.",
        "one line of the order, by its number or an item number",
        "correct the item numbers in PeopleSoft, or ask the supplier for the line number";
    UnitDisagrees = "unit-disagrees", "The unit of measure is not that of the order.",
        "the unit of the order",
        "add the unit to [units] of the partner";
    PriceDisagrees = "price-disagrees", "The unit price lies outside the tolerance.",
        "the price of the order",
        "change the order in PeopleSoft, or accept the price";
    QuantityExceeds = "quantity-exceeds", "More is billed or promised than ordered.",
        "at most what was ordered",
        "change the order in PeopleSoft, or accept the quantity";
    CurrencyDisagrees = "currency-disagrees", "The currency is not that of the order.",
        "the currency of the order",
        "ask the supplier for an invoice in the order's currency";
    DuplicateInvoice = "duplicate-invoice", "The supplier's invoice number came before, with other content.",
        "a number of its own for each invoice",
        "give up the one that does not count";
    DuplicateVoucher = "duplicate-voucher", "PeopleSoft has a voucher for this invoice already.",
        "an invoice without a voucher",
        "give it up, or delete the voucher in PeopleSoft";
    UnreadableAnswer = "unreadable-answer", "PeopleSoft's answer about the order or the invoice cannot be read.",
        "an answer that fits the profile",
        "correct the record or the profile of the PeopleSoft site";
    VoucherRecycled = "voucher-recycled", "PeopleSoft has built the voucher and recycles it.",
        "a voucher that can be posted",
        "correct the voucher in PeopleSoft";
    VoucherRefused = "voucher-refused", "The voucher build has found errors before it made a voucher.",
        "a row in staging without errors",
        "correct or delete the row in PeopleSoft";
    PartnerRejected = "partner-rejected", "A partner has rejected what we sent.",
        "an acceptance",
        "correct the document and have it sent again, then accept that this one was rejected";
    UnmatchedAcknowledgment = "unmatched-acknowledgment", "An acknowledgment is about something that was not sent.",
        "a control number that was sent to the partner",
        "ask the partner what it has received";
    SubstitutedItem = "substituted-item", "A supplier wants to send something else.",
        "the item that was ordered",
        "have the buyer decide, change the order, then accept the substitution";
}

impl HoldCode {
    /// Whether a person may let a document go on although it disagrees, with `release --as accept`.
    #[must_use]
    pub const fn may_be_accepted(self) -> bool {
        matches!(
            self,
            Self::PriceDisagrees
                | Self::QuantityExceeds
                | Self::TotalsDisagree
                | Self::DuplicateInvoice
                | Self::DuplicateInterchange
                | Self::PartnerRejected
                | Self::SubstitutedItem
        )
    }
}

impl fmt::Display for HoldCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that is no [`HoldCode`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not a hold code; the codes are {}", all_codes())]
pub struct UnknownHoldCode {
    found: String,
}

fn all_codes() -> String {
    HoldCode::ALL
        .iter()
        .map(|code| code.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

impl FromStr for HoldCode {
    type Err = UnknownHoldCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.as_str() == text)
            .ok_or_else(|| UnknownHoldCode {
                found: text.to_owned(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_the_same_in_json_and_in_text() {
        for code in HoldCode::ALL {
            assert_eq!(serde_json::to_string(code).unwrap(), format!("\"{code}\""));
            assert_eq!(code.as_str().parse::<HoldCode>().unwrap(), *code);
        }
        let error = "no-rout".parse::<HoldCode>().unwrap_err();
        assert!(error.to_string().contains("no-route"), "{error}");
    }

    #[test]
    fn a_hold_is_one_line_whatever_it_quotes_and_survives_storage() {
        let hold = Hold::new(HoldCode::DelimiterInData, "PO_LINE 1 DESCR254_MIXED")
            .found("\"a*b\r\nc\"")
            .release("peoplesoft-cleo release acme/purchase-orders US001/0000000015");
        let line = hold.to_string();
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(
            line.ends_with(
                "then run `peoplesoft-cleo release acme/purchase-orders US001/0000000015`"
            )
        );
        let text = serde_json::to_string(&hold).unwrap();
        assert_eq!(serde_json::from_str::<Hold>(&text).unwrap(), hold);
    }
}
