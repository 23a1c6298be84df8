//! Levels come and go, and their numbers stay right.

use std::collections::HashSet;
use std::fmt;

use rust_decimal::Decimal;

use super::{Level, ShipNotice};
use crate::document::purchase_order::{OrderLine, PurchaseOrder};
use crate::document::segments::{ItemIdentification, OrderReference, ShippedItem};
use crate::error::{ErrorKind, Problem, Result};
use crate::value::Text;

impl Level {
    /// A level for an order in the shipment: `O`, with the number, release, date and contract of
    /// the order in its PRF.
    #[must_use]
    pub fn of_order(order: &PurchaseOrder) -> Self {
        let from = &order.beginning;
        let mut reference = OrderReference::new(&from.number);
        reference.release.clone_from(&from.release);
        reference.order_date = from.date;
        reference.contract.clone_from(&from.contract);
        Self::order(reference)
    }

    /// A level for so much of an ordered line: `I`, with the line number and product ids of PO1 in
    /// its LIN, and the ordered quantity in its SN1. The unit is that of the order.
    #[must_use]
    pub fn of_line(line: &OrderLine, quantity: Decimal) -> Self {
        let from = &line.item;
        let mut identification = ItemIdentification::default();
        identification.line_number.clone_from(&from.line_number);
        identification.product_ids.clone_from(&from.product_ids);
        let mut shipped = ShippedItem::new(quantity, from.unit.clone().unwrap_or_default());
        // SN105 and SN106 stand together or not at all.
        if from.quantity.is_some() && from.unit.is_some() {
            shipped.ordered = from.quantity;
            shipped.ordered_unit.clone_from(&from.unit);
        }
        Self::item(identification, shipped)
    }
}

/// The id of a level in its shipment: HL01. It stays the same when levels are added or removed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LevelId(Text);

impl LevelId {
    /// An id as it stands in HL01.
    #[must_use]
    pub fn new(id: impl Into<Text>) -> Self {
        Self(id.into())
    }

    /// HL01.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for LevelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ShipNotice {
    /// The level of this id, the first if there are several.
    #[must_use]
    pub fn level(&self, id: &LevelId) -> Option<&Level> {
        self.levels.iter().find(|level| level.id() == id.as_str())
    }

    /// The level of this id, to be changed. Its HL is for
    /// [`add_below`](Self::add_below) and [`remove`](Self::remove) to change.
    pub fn level_mut(&mut self, id: &LevelId) -> Option<&mut Level> {
        self.levels
            .iter_mut()
            .find(|level| level.id() == id.as_str())
    }

    /// Adds a level at the top, most often the shipment, behind all others. Its HL01 becomes the
    /// next number, its HL04 `0`.
    pub fn add(&mut self, level: Level) -> LevelId {
        let number = self.next_number();
        let at = self.levels.len();
        self.insert(at, number, None, level)
    }

    /// Adds a level below another, behind all that are below that already. Its HL01 becomes the
    /// next number, its HL02 the id of the other, whose HL04 becomes `1`. Of several levels with
    /// that id the last one is meant.
    ///
    /// # Errors
    /// [`ErrorKind::State`] if no level has that id.
    pub fn add_below(&mut self, parent: &LevelId, level: Level) -> Result<LevelId> {
        let number = self.next_number();
        let at = self.place_below(parent)?;
        Ok(self.insert(at, number, Some(&parent.0), level))
    }

    /// Adds levels below another one as [`add_below`](Self::add_below) does, but looks only once
    /// for the place and the next number: for shipments of many thousand items.
    ///
    /// # Errors
    /// [`ErrorKind::State`] if no level has that id.
    pub fn add_all_below(
        &mut self,
        parent: &LevelId,
        levels: impl IntoIterator<Item = Level>,
    ) -> Result<Vec<LevelId>> {
        let at = self.place_below(parent)?;
        let rest = self.levels.split_off(at.min(self.levels.len()));
        let mut number = next_number(rest.iter().chain(&self.levels));
        let mut ids = Vec::new();
        for level in levels {
            let at = self.levels.len();
            ids.push(self.insert(at, number, Some(&parent.0), level));
            number = number.saturating_add(1);
        }
        self.levels.extend(rest);
        Ok(ids)
    }

    /// Takes a level out, with all that are below it. The HL04 of the level above becomes `0` if
    /// nothing is below it any more. Nothing is renumbered.
    ///
    /// The levels come back in the order of the set; none if there is no such level.
    pub fn remove(&mut self, id: &LevelId) -> Vec<Level> {
        let (below, above): (HashSet<usize>, Option<usize>) = {
            let hierarchy = self.hierarchy();
            let Some(node) = hierarchy.find(id.as_str()) else {
                return Vec::new();
            };
            let indices = node.descendants().map(|node| node.index());
            let only_child = |parent: &super::Node<'_>| parent.children().count() == 1;
            (
                indices.chain([node.index()]).collect(),
                node.parent().filter(only_child).map(|node| node.index()),
            )
        };
        if let Some(above) = above.and_then(|index| self.levels.get_mut(index)) {
            above.hierarchy.child = above.hierarchy.child.take().map(|_| "0".into());
        }
        let levels = std::mem::take(&mut self.levels);
        let mut removed = Vec::with_capacity(below.len());
        for (index, level) in levels.into_iter().enumerate() {
            if below.contains(&index) {
                removed.push(level);
            } else {
                self.levels.push(level);
            }
        }
        removed
    }

    /// Where the next level below this one goes; its HL04 becomes `1`.
    fn place_below(&mut self, parent: &LevelId) -> Result<usize> {
        // The parent is most often one of the levels that were added last.
        let at = self.levels.iter().rposition(|l| l.id() == parent.as_str());
        let Some(at) = at else {
            let expected = "no level of the shipment has this id";
            let remedy = "add the level above first, and use the id that it got";
            return Err(Problem::new(ErrorKind::State, expected, remedy)
                .at("HL", 2)
                .with_value(parent.as_str().as_bytes())
                .into());
        };
        if let Some(above) = self.levels.get_mut(at) {
            above.hierarchy.child = Some("1".into());
        }
        let mut below = HashSet::from([parent.as_str()]);
        let behind = self.levels.iter().skip(at + 1);
        let run = behind.take_while(|level| {
            let belongs = level.parent_id().is_some_and(|id| below.contains(id));
            if belongs {
                below.insert(level.id());
            }
            belongs
        });
        Ok(at + 1 + run.count())
    }

    fn insert(
        &mut self,
        at: usize,
        number: u64,
        parent: Option<&Text>,
        mut level: Level,
    ) -> LevelId {
        let id = Text::from(number.to_string());
        level.hierarchy.id = id.clone();
        level.hierarchy.parent_id = parent.cloned();
        level.hierarchy.child = Some("0".into());
        self.levels.insert(at.min(self.levels.len()), level);
        LevelId(id)
    }

    fn next_number(&self) -> u64 {
        next_number(self.levels.iter())
    }
}

/// One more than the highest number that is an id.
fn next_number<'a>(levels: impl Iterator<Item = &'a Level>) -> u64 {
    let numbers = levels.filter_map(|level| level.id().parse::<u64>().ok());
    numbers.max().map_or(1, |highest| highest.saturating_add(1))
}
