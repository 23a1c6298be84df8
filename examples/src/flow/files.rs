//! The files of a shipment: one interchange, or one JSON document.

use sync_core::{Item, Parcel, Refusal, Stamp};

use super::envelope::Sets;
use super::{Trade, of_all};
use crate::partner::Format;
use crate::route::Route;

/// A record under the number of its file as JSON, or why it has to wait.
pub(super) type ToJson<R> = fn(&Item<R>, u64) -> Result<Vec<u8>, Refusal>;

/// How the records of a flow become files.
pub(super) struct Files<R: 'static, D: 'static> {
    /// As transaction sets.
    pub(super) sets: Sets<'static, R, D>,
    /// What the name of a file with transaction sets begins with.
    pub(super) set: &'static str,
    /// As JSON.
    pub(super) json: ToJson<R>,
    /// What the name of a JSON file begins with.
    pub(super) json_kind: &'static str,
}

impl<R, D> Files<R, D> {
    /// The bytes of one file with all items, or the items that keep it from being written.
    pub(super) fn render(
        &self,
        trade: &Trade,
        route: &Route<'_>,
        items: &[Item<R>],
        stamp: &Stamp,
    ) -> Result<Vec<u8>, Vec<(usize, Refusal)>> {
        match route.route.format {
            Format::X12 => self.sets.interchange(trade, route, items, stamp),
            // One record a file: a JSON lane has no batches.
            Format::Json => match items.first() {
                Some(item) => {
                    let number = stamp.numbers.first().copied().unwrap_or(0);
                    (self.json)(item, number).map_err(|refusal| vec![(0, refusal)])
                }
                None => Err(Vec::new()),
            },
        }
    }

    /// The file with its name, for the route of its first record.
    pub(super) fn parcel(
        &self,
        trade: &Trade,
        route: Result<Route<'_>, Refusal>,
        items: &[Item<R>],
        stamp: &Stamp,
    ) -> Result<Parcel, Vec<(usize, Refusal)>> {
        let route = route.map_err(|refusal| of_all(items.len(), &refusal))?;
        let bytes = self.render(trade, &route, items, stamp)?;
        let (kind, extension) = match route.route.format {
            Format::X12 => (self.set, "edi"),
            Format::Json => (self.json_kind, "json"),
        };
        let keys = items.iter().map(|item| &*item.key);
        Ok(Parcel {
            name: super::file_name(kind, keys, stamp, extension),
            bytes: bytes.into(),
        })
    }
}
