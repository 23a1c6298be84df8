//! Identifiers and short codes as checked text: trimmed, bounded in length, never numbers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Why a text is not the identifier it was meant to be.
///
/// ```
/// use peoplesoft_client::model::PoId;
///
/// let error = PoId::new("00000001234").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`00000001234` is not a PO_ID: it has 11 characters, and 1 to 10 are allowed"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidId {
    field: &'static str,
    found: Box<str>,
    problem: Problem,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Problem {
    Length { found: usize, most: usize },
    Control,
}

impl InvalidId {
    /// The PeopleSoft field that bounds the identifier, such as `PO_ID`.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// The text that was refused, cut to 60 characters.
    #[must_use]
    pub fn found(&self) -> &str {
        &self.found
    }

    /// What would have been accepted, in words.
    #[must_use]
    pub fn expected(&self) -> String {
        match self.problem {
            Problem::Length { most, .. } => format!("1 to {most} characters"),
            Problem::Control => "text without control characters".to_owned(),
        }
    }
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a {}: ",
            self.found.escape_debug(),
            self.field
        )?;
        match self.problem {
            Problem::Length { found: 0, most } => {
                write!(f, "it is blank, and 1 to {most} characters are required")
            }
            Problem::Length { found, most } => {
                write!(f, "it has {found} characters, and 1 to {most} are allowed")
            }
            Problem::Control => f.write_str("it holds a control character"),
        }
    }
}

impl std::error::Error for InvalidId {}

pub(super) fn check(field: &'static str, most: usize, text: &str) -> Result<Box<str>, InvalidId> {
    let text = text.trim();
    let found = text.chars().count();
    let problem = if found == 0 || found > most {
        Problem::Length { found, most }
    } else if text.chars().any(char::is_control) {
        Problem::Control
    } else {
        return Ok(text.into());
    };
    Err(InvalidId {
        field,
        found: text.chars().take(60).collect(),
        problem,
    })
}

/// Reads a key of two ids from `FIRST/SECOND`, split at the first slash, as its `Display` writes it.
macro_rules! key_from_text {
    ($name:ident) => {
        impl std::str::FromStr for $name {
            type Err = $crate::model::InvalidId;

            /// Reads what `Display` writes: both halves with a slash between them.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let (first, second) = text.split_once('/').unwrap_or((text, ""));
                Self::new(first, second)
            }
        }
    };
}

pub(super) use key_from_text;

macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident, $field:literal, $most:literal;)+) => {$(
        $(#[$doc])*
        #[doc = ""]
        #[doc = concat!("Text of 1 to ", $most, " characters (`", $field, "`); blanks around it are dropped, ")]
        #[doc = "leading zeros are kept, and case is left alone."]
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Box<str>);

        impl $name {
            /// The longest text accepted, in characters.
            pub const MAX_LENGTH: usize = $most;

            /// Checks and keeps `text`, without the blanks around it.
            ///
            /// # Errors
            ///
            /// [`InvalidId`] when the text is blank, too long, or holds a control character.
            pub fn new(text: impl AsRef<str>) -> Result<Self, InvalidId> {
                check($field, Self::MAX_LENGTH, text.as_ref()).map(Self)
            }

            /// The text as PeopleSoft shows it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), &self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl super::key::KeyPart for $name {
            fn read(text: &str) -> Result<Self, Box<str>> {
                Self::new(text).map_err(|error| error.expected().into())
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = InvalidId;
            fn try_from(text: &str) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Self::new(text).map_err(de::Error::custom)
            }
        }
    )+};
}

pub(super) use text_id;

text_id! {
    /// A business unit: the owner of a transaction, and half of every transaction key.
    BusinessUnit, "BUSINESS_UNIT", 5;
    /// A purchase order number, unique within its business unit only.
    PoId, "PO_ID", 10;
    /// A SetID: the owner of shared set-up data such as suppliers.
    SetId, "SETID", 5;
    /// A supplier number, unique within its SetID only.
    VendorId, "VENDOR_ID", 10;
    /// A supplier location.
    VendorLocation, "VNDR_LOC", 10;
    /// The buyer's own item number.
    ItemId, "INV_ITEM_ID", 18;
    /// The supplier's item number.
    VendorItemId, "ITM_ID_VNDR", 50;
    /// A manufacturer.
    ManufacturerId, "MFG_ID", 50;
    /// The manufacturer's item number.
    ManufacturerItemId, "MFG_ITM_ID", 50;
    /// A purchasing category.
    CategoryId, "CATEGORY_ID", 5;
    /// A unit of measure.
    UnitOfMeasure, "UNIT_OF_MEASURE", 3;
    /// A currency, as PeopleSoft keys it (normally ISO 4217).
    CurrencyCode, "CURRENCY_CD", 3;
    /// A payment terms code.
    PaymentTermsCode, "PYMNT_TERMS_CD", 5;
    /// A freight terms code.
    FreightTermsCode, "FREIGHT_TERMS", 10;
    /// A way of shipping ("ship via").
    ShipTypeId, "SHIP_TYPE_ID", 10;
    /// A location, such as the one an order is billed to.
    LocationCode, "LOCATION", 10;
    /// A ship-to location.
    ShipToId, "SHIPTO_ID", 10;
    /// A buyer: an operator id, often in mixed case.
    BuyerId, "BUYER_ID", 30;
    /// A procurement contract.
    ContractId, "CNTRCT_ID", 25;
    /// A voucher: what payables owes, unique within its business unit only.
    VoucherId, "VOUCHER_ID", 8;
    /// A receipt, unique within its business unit only.
    ReceiverId, "RECEIVER_ID", 10;
    /// A requisition, unique within its business unit only.
    RequisitionId, "REQ_ID", 10;
    /// A payment, unique within its bank account only.
    PaymentId, "PYMNT_ID", 10;
    /// The number that a payment has outside: of the check, of the transfer.
    PaymentReference, "PYMNT_ID_REF", 20;
    /// A bank, within its SetID.
    BankCode, "BANK_CD", 5;
    /// A bank account of ours: a short key, not the number of the account.
    BankAccountKey, "BANK_ACCT_KEY", 4;
    /// Why a payment is held back.
    HoldReasonCode, "PYMNT_HOLD_REASON", 3;
    /// A user of PeopleSoft, often in mixed case.
    OperatorId, "OPRID", 30;
    /// Where a transaction came from, as the site names its origins.
    OriginCode, "ORIGIN", 3;
    /// A carrier.
    CarrierId, "CARRIER_ID", 10;
    /// A type of exchange rate.
    RateType, "RT_TYPE", 5;
    /// An asset, unique within its business unit only.
    AssetId, "ASSET_ID", 12;
    /// An invoice number.
    InvoiceId, "INVOICE_ID", 30;
    /// A customer number.
    CustomerId, "CUST_ID", 15;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_goes_and_zeros_stay() {
        assert_eq!(PoId::new(" 0000000123  ").unwrap().as_str(), "0000000123");
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert!(BusinessUnit::new("ÄÖÜßé").is_ok());
        assert!(BusinessUnit::new("ÄÖÜßéX").is_err());
    }

    #[test]
    fn a_blank_is_named_as_blank() {
        insta::assert_snapshot!(
            BusinessUnit::new("   ").unwrap_err(),
            @"`` is not a BUSINESS_UNIT: it is blank, and 1 to 5 characters are required"
        );
    }

    #[test]
    fn control_characters_are_refused() {
        insta::assert_snapshot!(
            PoId::new("12\n34").unwrap_err(),
            @r"`12\n34` is not a PO_ID: it holds a control character"
        );
    }

    #[test]
    fn json_is_plain_text_and_is_checked() {
        let id: PoId = serde_json::from_str("\"0001\"").unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"0001\"");
        assert!(serde_json::from_str::<PoId>("1").is_err());
        assert!(serde_json::from_str::<PoId>("\"\"").is_err());
    }
}
