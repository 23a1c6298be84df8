//! What was received of a purchase order, shipment line by shipment line.

use serde::{Deserialize, Serialize};

use super::key::key_with_slashes;
use super::{BusinessUnit, InvalidId, ReceiverId};

/// What names one shipment line of a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReceiptKey {
    /// The owner of the receipt.
    pub business_unit: BusinessUnit,
    /// The number of the receipt within the business unit.
    pub receiver_id: ReceiverId,
    /// The line (`RECV_LN_NBR`).
    pub line_nbr: u32,
    /// The shipment within the line (`RECV_SHIP_SEQ_NBR`).
    pub shipment_nbr: u32,
}

impl ReceiptKey {
    /// Checks the two texts.
    ///
    /// # Errors
    ///
    /// [`InvalidId`] naming the part that is blank or too long.
    pub fn new(
        business_unit: impl AsRef<str>,
        receiver_id: impl AsRef<str>,
        line_nbr: u32,
        shipment_nbr: u32,
    ) -> Result<Self, InvalidId> {
        Ok(Self {
            business_unit: BusinessUnit::new(business_unit)?,
            receiver_id: ReceiverId::new(receiver_id)?,
            line_nbr,
            shipment_nbr,
        })
    }
}

key_with_slashes!(ReceiptKey {
    business_unit,
    receiver_id,
    line_nbr,
    shipment_nbr
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{InvalidKey, RecordKey};

    #[test]
    fn a_key_is_read_as_it_is_shown() {
        let key = ReceiptKey::new("US001", "0000000009", 2, 1).unwrap();
        assert_eq!(key.to_string(), "US001/0000000009/2/1");
        assert_eq!(key.to_string().parse(), Ok(key.clone()));
        assert_eq!(key.texts(), ["US001", "0000000009", "2", "1"]);
        let wrong = |text: &str| {
            text.parse::<ReceiptKey>()
                .map_err(|e: InvalidKey| e.to_string())
        };
        insta::assert_snapshot!(wrong("US001/9/x/1").unwrap_err(), @"part 3 of the key: found `x`, expected a whole number from 0");
        insta::assert_snapshot!(wrong("US001/9/1").unwrap_err(), @"part 4 of the key: found ``, expected a whole number from 0");
        let long = ReceiptKey::from_texts(&["US001", "9", "1", "1", "x"]).unwrap_err();
        insta::assert_snapshot!(long, @"part 5 of the key: found `x`, expected no further part");
    }

    #[test]
    fn numbers_are_ordered_as_numbers() {
        let key = |line| ReceiptKey::new("US001", "9", line, 1).unwrap();
        assert!(key(2) < key(10));
    }
}
