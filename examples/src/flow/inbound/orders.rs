//! Which order of PeopleSoft a supplier means.

use peoplesoft_client::model::{PurchaseOrder, PurchaseOrderKey};
use peoplesoft_client::{Client, ErrorKind};
use serde::{Deserialize, Serialize};
use sync_core::SourceError;

use crate::flow::peoplesoft::failure;
use crate::hold::{Hold, HoldCode};
use crate::partner::PartnerProfile;

/// What PeopleSoft says of a number that a supplier gave.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OrderFact {
    /// The number as the supplier wrote it.
    pub asked: String,
    /// Orders of the partner's own suppliers under it.
    pub found: Vec<PurchaseOrder>,
    /// Orders of other suppliers under it, in words.
    pub others: Vec<String>,
    /// What could not be read, in words.
    pub trouble: Option<String>,
}

impl OrderFact {
    /// The one order that is meant; `field` says in a hold where the number stands.
    ///
    /// # Errors
    /// A hold `unknown-order`, `ambiguous-order`, `wrong-supplier` or `unreadable-answer`.
    pub fn one(&self, field: &str) -> Result<&PurchaseOrder, Box<Hold>> {
        let hold = |code| Hold::new(code, field).found(format_args!("{:?}", self.asked));
        if let Some(trouble) = &self.trouble {
            return Err(Box::new(
                Hold::new(HoldCode::UnreadableAnswer, field).found(trouble),
            ));
        }
        match self.found.as_slice() {
            [one] => Ok(one),
            [] if self.others.is_empty() => Err(Box::new(hold(HoldCode::UnknownOrder))),
            [] => Err(Box::new(
                hold(HoldCode::WrongSupplier).found(self.others.join(", ")),
            )),
            several => {
                let keys: Vec<_> = several.iter().map(|order| order.key.to_string()).collect();
                let found = format!("{:?}, which may be {}", self.asked, keys.join(" or "));
                Err(Box::new(hold(HoldCode::AmbiguousOrder).found(found)))
            }
        }
    }
}

/// Finds orders by the numbers that suppliers write.
#[derive(Debug, Clone)]
pub struct OrderBook {
    client: Client,
    units: Vec<String>,
}

impl OrderBook {
    /// Asks this client; a number without a business unit is looked for in all of `units`.
    #[must_use]
    pub fn new(client: Client, units: Vec<String>) -> Self {
        Self { client, units }
    }

    /// What PeopleSoft says of the number; `unit` is the business unit that the document names elsewhere.
    ///
    /// # Errors
    /// Whatever keeps PeopleSoft from answering at all.
    pub async fn find(
        &self,
        asked: &str,
        unit: Option<&str>,
        partner: &PartnerProfile,
    ) -> Result<OrderFact, SourceError> {
        let mut fact = OrderFact {
            asked: asked.to_owned(),
            ..OrderFact::default()
        };
        // As it is written first; only where that is nothing, with the zeros that suppliers drop.
        for keys in candidates(asked.trim(), unit, &self.units) {
            for key in keys {
                self.ask(&key, partner, &mut fact).await?;
            }
            if !fact.found.is_empty() || !fact.others.is_empty() || fact.trouble.is_some() {
                break;
            }
        }
        Ok(fact)
    }

    async fn ask(
        &self,
        key: &PurchaseOrderKey,
        partner: &PartnerProfile,
        fact: &mut OrderFact,
    ) -> Result<(), SourceError> {
        match self.client.purchase_orders().by_key(key).await {
            Ok(None) => {}
            Ok(Some(order)) => {
                let (setid, id) = (order.vendor.setid.as_str(), order.vendor.vendor_id.as_str());
                let mut own = partner.suppliers.iter();
                if own.any(|own| own.setid == setid && own.vendor_id == id) {
                    fact.found.push(order);
                } else {
                    fact.others
                        .push(format!("order {} of supplier {setid}/{id}", order.key));
                }
            }
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::Decode | ErrorKind::TooLarge | ErrorKind::Truncated
                ) =>
            {
                fact.trouble = Some(error.to_string());
            }
            Err(error) => return Err(failure(&error)),
        }
        Ok(())
    }
}

/// The keys that a number may stand for, the likeliest first.
fn candidates(asked: &str, unit: Option<&str>, units: &[String]) -> Vec<Vec<PurchaseOrderKey>> {
    let in_units = |id: &str| -> Vec<PurchaseOrderKey> {
        let named: Vec<&str> = match unit {
            Some(unit) => vec![unit],
            None => units.iter().map(String::as_str).collect(),
        };
        named
            .iter()
            .filter_map(|unit| PurchaseOrderKey::new(unit, id).ok())
            .collect()
    };
    let padded = |id: &str| {
        let short = id.len() < 10 && id.bytes().all(|b| b.is_ascii_digit());
        (short && !id.is_empty()).then(|| format!("{id:0>10}"))
    };
    let mut all = Vec::new();
    // BUSINESS_UNIT, a hyphen, PO_ID, as we write it for some partners.
    if let Some((own, id)) = asked.split_once('-')
        && let Ok(key) = PurchaseOrderKey::new(own, id)
    {
        all.push(vec![key]);
        let key = padded(id).and_then(|id| PurchaseOrderKey::new(own, id).ok());
        all.extend(key.map(|key| vec![key]));
    }
    all.push(in_units(asked));
    all.extend(padded(asked).map(|id| in_units(&id)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(asked: &str, unit: Option<&str>) -> Vec<String> {
        let units = ["US001".to_owned(), "US002".to_owned()];
        let all = candidates(asked, unit, &units).concat();
        all.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_number_with_a_unit_names_one_order_and_one_without_may_be_in_each() {
        assert_eq!(
            keys("US002-0000000015", None)[0],
            "US002/0000000015",
            "first of all"
        );
        assert_eq!(
            keys("15", None),
            [
                "US001/15",
                "US002/15",
                "US001/0000000015",
                "US002/0000000015"
            ]
        );
        assert_eq!(keys("0000000015", Some("US002")), ["US002/0000000015"]);
        assert!(keys("", None).is_empty());
        assert!(keys("a number that no order can have", None).is_empty());
    }
}
