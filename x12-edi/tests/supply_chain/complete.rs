//! Every segment that a release has in a set is read in its loop: one of each, in their order.

use std::collections::HashMap;

use x12_edi::SegmentBuf;
use x12_edi::document::change_acknowledgment::ChangeAcknowledgment;
use x12_edi::document::invoice::Invoice;
use x12_edi::document::payment_order::PaymentOrder;
use x12_edi::document::purchase_order::PurchaseOrder;
use x12_edi::document::purchase_order_acknowledgment::PurchaseOrderAcknowledgment;
use x12_edi::document::purchase_order_change::PurchaseOrderChange;
use x12_edi::document::ship_notice::ShipNotice;
use x12_edi::document::{AmountDetail, Charge, ItemDescription, Note, Party};
use x12_edi::schema::{Release, Standard};

use crate::support::{Document, file, set_of, written};

const RELEASES: [Release; 2] = [Release::V004010, Release::V005010];

/// The segments of orders and invoices that have no field anywhere, and those of inner loops that
/// have none.
const UNTYPED: &[&str] = &[
    "ADV", "AT", "BAL", "CB1", "CN1", "CRC", "CSH", "CTB", "DIS", "DMG", "EFI", "FA1", "FA2",
    "G61", "INC", "IN2", "IT8", "L7", "LM", "LQ", "NX2", "PAM", "PCT", "PWK", "R4", "SI", "SPI",
    "SR", "TC2", "V1", "YNQ",
];

/// A set with one of each segment. Its first element is the number of its place.
struct Complete<D> {
    document: D,
    /// The loop of each place, and what stands there.
    places: HashMap<String, (String, String)>,
    /// The numbers of the segments without a field, once they were seen.
    seen: Vec<String>,
}

impl<D: Document> Complete<D> {
    fn new(release: Release) -> Self {
        let schema = Standard::of(release).set(D::CODE).expect("a default set");
        let mut content = String::new();
        let mut places = HashMap::new();
        for (number, place) in schema.segments().enumerate() {
            let id = place.segment.rule.id.to_string();
            if id == "ST" || id == "SE" {
                continue;
            }
            content.push_str(&format!("{id}*{number}~\n"));
            places.insert(number.to_string(), (place.loop_path(), id));
        }
        let bytes = String::from_utf8(file::<D>(&content)).unwrap();
        let bytes = bytes.replace("X*004010~", &format!("X*{release}~"));
        let (document, findings) = D::read(&set_of(bytes.as_bytes()));
        let misplaced: Vec<_> = findings
            .iter()
            .filter(|f| f.code.as_str().starts_with("segment-"))
            .collect();
        assert!(misplaced.is_empty(), "{release} {misplaced:#?}");
        // GS04 has a century from 004010 on.
        let set = |text: &str| text.split_once("ST*").map(|(_, set)| set.to_owned());
        let again = String::from_utf8(written(&document).unwrap()).unwrap();
        assert_eq!(set(&again), set(&bytes));
        Self {
            document,
            places,
            seen: Vec::new(),
        }
    }

    /// Segments that are to stand in this loop, or in one without a type inside it.
    fn within(&mut self, path: &str, segments: &[SegmentBuf]) {
        for segment in segments {
            let number = segment.text(1).into_owned();
            let (found, id) = &self.places[&number];
            let inside = found == path || found.starts_with(&format!("{path}/"));
            assert!(inside || path.is_empty(), "{id} of {found} is in {path}");
            self.seen.push(number);
        }
    }

    /// Segments that are to stand outside any loop, or in one of these.
    fn outside(&mut self, segments: &[SegmentBuf], loops: &[&str]) {
        for segment in segments {
            let number = segment.text(1).into_owned();
            let (found, id) = &self.places[&number];
            let outer = found.split('/').next().unwrap_or_default();
            assert!(
                outer.is_empty() || loops.contains(&outer),
                "{id} of {found}"
            );
            self.seen.push(number);
        }
    }

    fn notes(&mut self, path: &str, loops: &[Note]) {
        assert_eq!(loops.len(), 1);
        self.within(path, loops[0].other_segments());
    }

    fn parties(&mut self, path: &str, loops: &[Party]) {
        assert_eq!(loops.len(), 1);
        self.within(path, loops[0].other_segments());
    }

    fn charges(&mut self, path: &str, loops: &[Charge]) {
        assert_eq!(loops.len(), 1);
        assert!(loops[0].taxes.is_empty());
        self.within(path, loops[0].other_segments());
    }

    fn descriptions(&mut self, path: &str, loops: &[ItemDescription]) {
        assert_eq!(loops.len(), 1);
        self.within(path, loops[0].other_segments());
    }

    fn amounts(&mut self, path: &str, loops: &[AmountDetail]) {
        assert_eq!(loops.len(), 1);
        self.within(path, loops[0].other_segments());
    }

    /// Looks that no segment without a field was forgotten above; what has one is told by `typed`.
    fn finish(self, typed: &[&str]) {
        for (number, (path, id)) in &self.places {
            let has_field = typed.contains(&&**id);
            assert!(has_field || self.seen.contains(number), "{id} of {path}");
        }
    }
}

/// The segments that have a field in one of the documents.
const TYPED: &[&str] = &[
    "ACK", "ADX", "AMT", "BAK", "BCA", "BCH", "BPR", "BSN", "CLD", "CTT", "CUR", "DTM", "ENT",
    "FOB", "HL", "IT1", "ITD", "LIN", "MAN", "MEA", "MSG", "MTX", "N1", "N2", "N3", "N4", "N9",
    "NM1", "NTE", "PAL", "PER", "PID", "PO1", "PO4", "POC", "PRF", "RDM", "REF", "RMR", "SAC",
    "SCH", "SN1", "TD1", "TD3", "TD4", "TD5", "TRN", "TXI",
];

impl<D: Document> Complete<D> {
    /// Looks that of the segments of a loop only those have no field that are meant to; the others
    /// are those of these inner loops.
    fn rest(&mut self, path: &str, segments: &[SegmentBuf], inner: &[&str]) {
        self.within(path, segments);
        for segment in segments {
            let (found, id) = &self.places[&*segment.text(1)];
            let allowed = UNTYPED.contains(&&**id) || inner.contains(&&**found);
            assert!(allowed, "{id} of {found} has no field");
        }
    }
}

/// The same for orders and invoices alone.
const ORDERS: &[&str] = &[
    "BEG", "BIG", "CAD", "CTP", "ISS", "IT3", "LDT", "LE", "LS", "PKG", "PO3", "QTY", "SDQ", "SLN",
    "TAX", "TDS",
];

#[test]
fn an_order_has_all_of_its_set() {
    for &release in Release::ALL {
        let mut set = Complete::<PurchaseOrder>::new(release);
        let order = set.document.clone();
        let inner = ["ADV", "SPI", "SPI/N1", "SPI/CB1"];
        set.rest("", order.other_segments(), &inner);
        for path in ["LDT", "SAC", "AMT", "N9"] {
            let rest = match path {
                "LDT" => order.lead_times[0].other_segments(),
                "SAC" => order.charges[0].other_segments(),
                "AMT" => order
                    .amounts
                    .first()
                    .map_or(&[][..], |a| a.other_segments()),
                _ => order.notes[0].other_segments(),
            };
            set.rest(
                if release == Release::V003040 {
                    ""
                } else {
                    path
                },
                rest,
                &["N9"],
            );
        }
        set.rest("N1", order.parties[0].other_segments(), &["N1"]);
        assert!(order.total_amount.is_some());
        let [line] = &*order.lines else {
            panic!("one line")
        };
        set.rest("PO1", line.other_segments(), &[]);
        set.rest(
            "PO1/N1",
            line.parties[0].other_segments(),
            &["PO1/N1", "PO1/N1/LDT"],
        );
        set.rest("PO1/N9", line.notes[0].other_segments(), &["PO1/N9"]);
        for schedule in &line.schedules {
            set.rest("PO1/SCH", schedule.other_segments(), &[]);
        }
        for quantity in &line.quantities {
            set.rest("PO1/QTY", quantity.other_segments(), &[]);
        }
        assert_eq!(line.all_lead_times().count(), 1);
        for lead_time in line.all_lead_times() {
            set.rest("", lead_time.other_segments(), &[]);
        }
        let [subline] = &*line.sublines else {
            panic!("one subline")
        };
        set.rest("PO1/SLN", subline.other_segments(), &[]);
        for note in &subline.notes {
            set.rest("PO1/SLN/N9", note.other_segments(), &["PO1/SLN/N9"]);
        }
        for quantity in &subline.quantities {
            set.rest("PO1/SLN/QTY", quantity.other_segments(), &[]);
        }
        set.rest("PO1/SLN/N1", subline.parties[0].other_segments(), &[]);
        for amount in &line.amounts {
            set.rest("PO1/AMT", amount.other_segments(), &[]);
        }
        let typed: Vec<_> = TYPED.iter().chain(ORDERS).copied().collect();
        set.finish(&typed);
    }
}

#[test]
fn an_invoice_has_all_of_its_set() {
    for &release in Release::ALL {
        let mut set = Complete::<Invoice>::new(release);
        let invoice = set.document.clone();
        set.rest("", invoice.other_segments(), &["V1"]);
        set.rest("N1", invoice.parties[0].other_segments(), &[]);
        set.rest(
            "SAC",
            invoice.charges[0].other_segments(),
            &["SAC", "SAC/TXI"],
        );
        assert_eq!(invoice.shipments.len(), 1);
        let [line] = &*invoice.lines else {
            panic!("one line")
        };
        set.rest("IT1", line.other_segments(), &["IT1/V1"]);
        set.rest("IT1/N1", line.parties[0].other_segments(), &[]);
        set.rest(
            "IT1/SAC",
            line.charges[0].other_segments(),
            &["IT1/SAC/TXI"],
        );
        let [subline] = &*line.sublines else {
            panic!("one subline")
        };
        set.rest("IT1/SLN", subline.other_segments(), &[]);
        assert!(line.packing.is_some());
        let typed: Vec<_> = TYPED.iter().chain(ORDERS).copied().collect();
        set.finish(&typed);
    }
}

#[test]
fn an_acknowledgment_has_all_of_its_set() {
    for release in RELEASES {
        let mut set = Complete::<PurchaseOrderAcknowledgment>::new(release);
        let document = set.document.clone();
        assert_eq!(document.release, release);
        set.outside(document.other_segments(), &["ADV"]);
        set.charges("SAC", &document.charges);
        set.notes("N9", &document.notes);
        set.parties("N1", &document.parties);
        assert!(document.total_amount.is_some());
        assert_eq!(document.lines.len(), 1);
        let line = &document.lines[0];
        set.within("PO1", line.other_segments());
        set.descriptions("PO1/PID", &line.descriptions);
        set.charges("PO1/SAC", &line.charges);
        set.notes("PO1/N9", &line.notes);
        set.parties("PO1/N1", &line.parties);
        assert_eq!((line.statuses.len(), line.schedules.len()), (1, 1));
        assert!(line.statuses[0].date.is_some() && line.amount.is_some());
        set.within("PO1/SCH", line.schedules[0].other_segments());
        set.finish(TYPED);
    }
}

#[test]
fn a_change_has_all_of_its_set() {
    for release in RELEASES {
        let mut set = Complete::<PurchaseOrderChange>::new(release);
        let document = set.document.clone();
        set.outside(document.other_segments(), &["ADV", "LM", "SPI", "LDT"]);
        set.charges("SAC", &document.charges);
        set.notes("N9", &document.notes);
        set.parties("N1", &document.parties);
        set.amounts("AMT", &document.amounts);
        assert_eq!((document.lines.len(), document.total_amounts.len()), (1, 1));
        let line = &document.lines[0];
        set.within("POC", line.other_segments());
        set.descriptions("POC/PID", &line.descriptions);
        set.charges("POC/SAC", &line.charges);
        set.notes("POC/N9", &line.notes);
        set.parties("POC/N1", &line.parties);
        set.amounts("POC/AMT", &line.amounts);
        set.within("POC/SCH", line.schedules[0].other_segments());
        set.finish(TYPED);
    }
}

#[test]
fn an_answer_to_a_change_has_all_of_its_set() {
    for release in RELEASES {
        let mut set = Complete::<ChangeAcknowledgment>::new(release);
        let document = set.document.clone();
        set.outside(document.other_segments(), &["ADV", "LM", "LDT"]);
        set.charges("SAC", &document.charges);
        set.notes("N9", &document.notes);
        set.parties("N1", &document.parties);
        set.amounts("AMT", &document.amounts);
        assert_eq!((document.lines.len(), document.total_amounts.len()), (1, 1));
        let line = &document.lines[0];
        set.within("POC", line.other_segments());
        set.descriptions("POC/PID", &line.descriptions);
        set.charges("POC/SAC", &line.charges);
        set.notes("POC/N9", &line.notes);
        set.parties("POC/N1", &line.parties);
        set.amounts("POC/AMT", &line.amounts);
        assert!(line.statuses[0].date.is_some());
        set.within("POC/SCH", line.schedules[0].other_segments());
        set.finish(TYPED);
    }
}

#[test]
fn a_ship_notice_has_all_of_its_set() {
    for release in RELEASES {
        let mut set = Complete::<ShipNotice>::new(release);
        let document = set.document.clone();
        set.outside(document.other_segments(), &[]);
        assert_eq!((document.levels.len(), document.dates.len()), (1, 1));
        let level = &document.levels[0];
        set.within("HL", level.other_segments());
        set.charges("HL/SAC", &level.charges);
        set.parties("HL/N1", &level.parties);
        set.within("HL/CLD", level.loads[0].other_segments());
        assert_eq!((level.loads[0].references.len(), level.dates.len()), (1, 1));
        assert_eq!((level.references.len(), level.contacts.len()), (1, 1));
        assert!(level.pallet.is_some() && level.packing.is_some() && level.order.is_some());
        assert!(level.fob.is_some() && level.currency.is_some());
        set.finish(TYPED);
    }
}

#[test]
fn a_payment_has_all_of_its_set() {
    for release in RELEASES {
        let mut set = Complete::<PaymentOrder>::new(release);
        let document = set.document.clone();
        let rest = ["TXP", "DED", "LX", "N9", "RYL"];
        set.outside(document.other_segments(), &rest);
        assert_eq!((document.parties.len(), document.entities.len()), (1, 1));
        set.within("N1", document.parties[0].other_segments());
        let entity = &document.entities[0];
        set.within("ENT", entity.other_segments());
        set.within("ENT/NM1", entity.names[0].other_segments());
        let alone = [("ENT/ADX", &entity.adjustments)];
        let of_item = [("ENT/RMR/ADX", &entity.remittances[0].adjustments)];
        for (path, adjustments) in alone.into_iter().chain(of_item) {
            assert_eq!(adjustments.len(), 1);
            let adjustment = &adjustments[0];
            set.within(path, adjustment.other_segments());
            assert_eq!(adjustment.references[0].dates.len(), 1);
            let line = &adjustment.lines[0];
            set.within(&format!("{path}/IT1"), line.other_segments());
            assert_eq!(line.references[0].dates.len(), 1);
            let charge = &line.charges[0];
            assert_eq!(charge.taxes.len(), 1);
            set.within(&format!("{path}/IT1/SAC"), charge.other_segments());
        }
        let item = &entity.remittances[0];
        set.within("ENT/RMR", item.other_segments());
        assert_eq!((item.dates.len(), item.references.len()), (1, 1));
        set.within("ENT/RMR/IT1", item.lines[0].other_segments());
        set.within("ENT/RMR/IT1/SAC", item.lines[0].charges[0].other_segments());
        set.finish(TYPED);
    }
}
