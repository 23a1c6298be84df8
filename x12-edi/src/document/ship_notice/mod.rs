//! The ship notice, transaction set 856: what was shipped, how it is packed, and for which order.

mod build;
mod hierarchy;
mod level;

use super::parser::Parser;
use super::segments::{DateReference, ShipmentBeginning, Totals};
use super::typed::typed_document;
use crate::finding::{Finding, FindingCode};
use crate::value::{Date, Text, Time};

pub use build::LevelId;
pub use hierarchy::{Hierarchy, Node};
pub use level::{Level, LoadDetail};

typed_document! {
    /// What was shipped: set 856.
    ///
    /// The levels stand in [`levels`](Self::levels) as they stood in the set; who belongs to whom
    /// is told by [`hierarchy`](Self::hierarchy). Levels are added with
    /// [`add`](Self::add) and [`add_below`](Self::add_below), which number them.
    ///
    /// ```
    /// use x12_edi::document::segments::{ItemIdentification, LevelKind, Marks, OrderReference, ShippedItem};
    /// use x12_edi::document::ship_notice::{Level, ShipNotice};
    /// use x12_edi::value::{Date, Decimal, Time};
    ///
    /// let mut notice = ShipNotice::new("S-77", Date::new(2024, 2, 1)?, Time::new(9, 30)?);
    /// let shipment = notice.add(Level::shipment());
    /// let order = notice.add_below(&shipment, Level::order(OrderReference::new("4711")))?;
    /// let carton = notice.add_below(&order, Level::pack(Marks::new("GM", "00006141410000000018")))?;
    /// let bolts = Level::item(
    ///     ItemIdentification::new("1", "VN", "AB-1"),
    ///     ShippedItem::new(Decimal::from(10), "EA"),
    /// );
    /// notice.add_below(&carton, bolts)?;
    /// notice.count_levels();
    /// notice.check()?;
    ///
    /// let hierarchy = notice.hierarchy();
    /// let item = hierarchy.nodes().find(|node| node.kind() == LevelKind::Item).unwrap();
    /// assert_eq!(item.sscc(), Some("006141410000000018"));
    /// assert_eq!(item.order().unwrap().order_number, "4711");
    /// assert_eq!(item.parent().unwrap().kind(), LevelKind::Pack);
    /// # Ok::<(), x12_edi::Error>(())
    /// ```
    pub ShipNotice = "856" of "SH", then check_hierarchy {
        /// BSN.
        first beginning: ShipmentBeginning;
        /// DTM of the whole notice.
        dates: Vec<DateReference>;
        /// HL with what belongs to it, in the order of the set.
        levels: Vec<Level> = required;
        /// CTT; see [`count_levels`](Self::count_levels).
        totals: Option<Totals>;
    }
}

/// The most faults of levels that are told of one notice.
const MAX_FAULTS: usize = 10_000;

impl ShipNotice {
    /// An original (`00`) notice of this shipment (BSN02, 2 to 30 characters), without levels.
    #[must_use]
    pub fn new(shipment_number: impl Into<Text>, date: Date, time: Time) -> Self {
        Self {
            beginning: ShipmentBeginning::new(shipment_number, date, time),
            ..Self::default()
        }
    }

    /// BSN02.
    #[must_use]
    pub fn shipment_number(&self) -> &str {
        self.beginning.shipment_number.as_str()
    }

    /// Which level belongs to which, as HL01 and HL02 say.
    #[must_use]
    pub fn hierarchy(&self) -> Hierarchy<'_> {
        Hierarchy::new(&self.levels)
    }

    /// Sets CTT01 to the number of levels, as the standard has it.
    pub fn count_levels(&mut self) {
        let count = u32::try_from(self.levels.len()).unwrap_or(u32::MAX);
        self.totals.get_or_insert_default().line_items = Some(count);
    }

    fn check_hierarchy(&self, parser: &mut Parser<'_>) {
        let hierarchy = self.hierarchy();
        let heads = parser.set().segments().filter(|s| s.id() == b"HL");
        let mut heads = heads.enumerate().peekable();
        for fault in hierarchy.faults().iter().take(MAX_FAULTS) {
            while heads.next_if(|(index, _)| *index < fault.level).is_some() {}
            let location = heads.peek().map(|(_, head)| head.location());
            let finding = Finding::new(fault.code, location.unwrap_or_default(), &*fault.text);
            let finding = finding.at_element(fault.element);
            parser.find(finding.with_value(fault.value.as_bytes()));
        }
        let declared = self.totals.as_ref().and_then(|totals| totals.line_items);
        let items = self.levels.iter().filter(|l| l.shipped.is_some()).count();
        // Many senders count the items alone.
        let wrong = declared.filter(|&n| n as usize != self.levels.len() && n as usize != items);
        if let Some(declared) = wrong {
            let totals = parser.set().segments().find(|s| s.id() == b"CTT");
            let location = totals.map(|s| s.location()).unwrap_or_default();
            let text = format!(
                "CTT01 says {declared}, but there are {} levels, {items} of them items",
                self.levels.len()
            );
            let finding = Finding::new(FindingCode::LineCountWrong, location, text);
            parser.find(finding.at_element(1));
        }
    }
}
