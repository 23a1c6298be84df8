//! The ship notice: 856.

use x12_edi::ErrorKind;
use x12_edi::document::Party;
use x12_edi::document::segments::{
    Carrier, DateReference, Equipment, FobTerms, GeographicLocation, ItemIdentification, LevelKind,
    Load, Marks, Measurement, OrderReference, Packages, Packing, Pallet, ShippedItem,
};
use x12_edi::document::ship_notice::{Level, LevelId, LoadDetail, Node, ShipNotice};
use x12_edi::value::Time;

use crate::support::{codes, date, dec, golden, read, text_of, written};

fn full() -> ShipNotice {
    let mut notice = ShipNotice::new("S-77", date(30), Time::new(9, 30).unwrap());
    notice.beginning.structure = Some("0001".into());
    notice.dates.push(DateReference::new("011", date(30)));
    let akron = GeographicLocation::new("Akron", "OH", "44301");
    let mut shipment = Level::shipment()
        .with_packages(Packages::new("CTN25", 2).with_gross_weight(dec("24.5"), "LB"))
        .with_reference("BM", "BOL-1")
        .with_date(DateReference::new("017", date(31)))
        .with_party(
            Party::new("ST", "Plant 7")
                .with_id("92", "P7")
                .with_address(["1 Main St"], akron),
        );
    let mut carrier = Carrier::default();
    carrier.id_qualifier = Some("2".into());
    carrier.id = Some("UPSN".into());
    carrier.method = Some("M".into());
    shipment.carriers.push(carrier);
    let mut trailer = Equipment::default();
    trailer.equipment = Some("TL".into());
    trailer.number = Some("4455".into());
    trailer.seal_number = Some("SEAL-9".into());
    shipment.equipment.push(trailer);
    let mut fob = FobTerms::default();
    fob.payment_method = "PP".into();
    shipment.fob = Some(Box::new(fob));
    let shipment = notice.add(shipment);

    let mut reference = OrderReference::new("US001-0000004711");
    reference.order_date = Some(date(2));
    let order = Level::order(reference).with_reference("IV", "R-1");
    let order = notice.add_below(&shipment, order).unwrap();

    let mut tare = Level::tare(Marks::new("GM", "00106141410000000025"));
    let mut pallet = Pallet::default();
    pallet.tiers = Some(2);
    pallet.blocks = Some(1);
    tare.pallet = Some(Box::new(pallet));
    let tare = notice.add_below(&order, tare).unwrap();

    let mut carton = Level::pack(Marks::new("GM", "00006141410000000018"));
    carton
        .measurements
        .push(Measurement::new("WT", "G", dec("12.25"), "LB"));
    let carton = notice.add_below(&tare, carton).unwrap();

    let mut shipped = ShippedItem::new(dec("6"), "EA");
    shipped.ordered = Some(dec("10"));
    shipped.ordered_unit = Some("EA".into());
    let mut bolts = Level::item(ItemIdentification::new("1", "VN", "AB-1"), shipped)
        .with_description("Bolt, 10 mm");
    let mut packing = Packing::default();
    packing.pack = Some(6);
    bolts.packing = Some(Box::new(packing));
    notice.add_below(&carton, bolts).unwrap();

    let carton = Level::pack(Marks::new("GM", "00006141410000000025"));
    let carton = notice.add_below(&tare, carton).unwrap();
    let nuts = Level::item(
        ItemIdentification::new("2", "VN", "AB-2"),
        ShippedItem::new(dec("100"), "EA"),
    );
    notice.add_below(&carton, nuts).unwrap();

    let late = Level::order(OrderReference::new("4712"));
    let late = notice.add_below(&shipment, late).unwrap();
    let washers = Level::item(
        ItemIdentification::new("1", "VN", "AB-3"),
        ShippedItem::new(dec(".5"), "TH"),
    );
    notice.add_below(&late, washers).unwrap();
    notice.count_levels();
    notice
}

fn ids<'a>(nodes: impl Iterator<Item = Node<'a>>) -> Vec<&'a str> {
    nodes.map(|node| node.level().id()).collect()
}

#[test]
fn a_full_notice_is_written_as_agreed_and_comes_back() {
    let notice = full();
    golden("golden-856.edi", &notice);
    assert_eq!(notice.shipment_number(), "S-77");
    let shipment = &notice.levels[0];
    assert_eq!(shipment.reference("BM"), Some("BOL-1"));
    assert_eq!(shipment.parent_id(), None);
    assert!(shipment.party("ST").is_some() && shipment.party("SF").is_none());
}

#[test]
fn the_tree_is_walked_in_every_direction() {
    let notice = full();
    let hierarchy = notice.hierarchy();
    assert_eq!(ids(hierarchy.tops()), ["1"]);
    assert_eq!(hierarchy.orphans().count(), 0);
    let shipment = hierarchy.find("1").unwrap();
    assert_eq!(ids(shipment.children()), ["2", "8"]);
    assert_eq!(
        ids(shipment.descendants()),
        ["2", "3", "4", "5", "6", "7", "8", "9"]
    );
    let bolts = hierarchy.find("5").unwrap();
    assert_eq!(bolts.kind(), LevelKind::Item);
    assert_eq!(ids(bolts.ancestors()), ["4", "3", "2", "1"]);
    assert_eq!((bolts.depth(), bolts.index()), (4, 4));
    assert_eq!(bolts.sscc(), Some("006141410000000018"));
    assert_eq!(bolts.order().unwrap().order_number, "US001-0000004711");
    let nuts = hierarchy.find("7").unwrap();
    assert_eq!(nuts.sscc(), Some("006141410000000025"));
    let washers = hierarchy.find("9").unwrap();
    assert_eq!(washers.order().unwrap().order_number, "4712");
    assert_eq!(washers.sscc(), None);
    assert!(washers.children().next().is_none() && shipment.parent().is_none());
    // A node shows its level and not the whole shipment.
    assert!(!format!("{washers:?}").contains("AB-1"));
}

#[test]
fn levels_come_and_go_and_the_others_keep_their_numbers() {
    let mut notice = full();
    let tare = LevelId::new("3");
    let lid = Level::new(&LevelKind::Other("Z".into()));
    let lid = notice.add_below(&tare, lid).unwrap();
    assert_eq!(lid.as_str(), "10");
    // It stands behind all that is below the tare, and before the next order.
    let order: Vec<_> = notice.levels.iter().map(Level::id).collect();
    assert_eq!(order, ["1", "2", "3", "4", "5", "6", "7", "10", "8", "9"]);
    assert_eq!(notice.level(&lid).unwrap().hierarchy.level, "Z");
    notice.level_mut(&lid).unwrap().hierarchy.level = "Y".into();

    let removed = notice.remove(&LevelId::new("8"));
    assert_eq!(
        removed.iter().map(Level::id).collect::<Vec<_>>(),
        ["8", "9"]
    );
    let removed = notice.remove(&LevelId::new("5"));
    assert_eq!(removed.len(), 1);
    let carton = notice.level(&LevelId::new("4")).unwrap();
    assert_eq!(carton.hierarchy.child.as_ref().unwrap(), "0");
    let order = notice.level(&LevelId::new("2")).unwrap();
    assert_eq!(order.hierarchy.child.as_ref().unwrap(), "1");
    assert!(notice.remove(&LevelId::new("5")).is_empty());
    notice.count_levels();

    let text = text_of(&notice);
    assert!(text.contains("HL*10*3*Y*0~\nCTT*7~\n"), "{text}");
    let bytes = written(&notice).unwrap();
    let parsed = ShipNotice::parse(&crate::support::set_of(&bytes));
    assert_eq!(codes(&parsed.findings), []);

    let error = notice
        .add_below(&LevelId::new("99"), Level::shipment())
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.segment(), error.element()),
        (ErrorKind::State, Some("HL"), Some(2))
    );
}

#[test]
fn many_levels_are_added_at_once() {
    let mut notice = full();
    let item = |n: u32| {
        Level::item(
            ItemIdentification::new(n.to_string(), "VN", format!("X-{n}")),
            ShippedItem::new(dec("1"), "EA"),
        )
    };
    let ids = notice
        .add_all_below(&LevelId::new("4"), (1..=1000).map(item))
        .unwrap();
    assert_eq!(ids[999].as_str(), "1009");
    notice.count_levels();
    let parsed = ShipNotice::parse(&crate::support::set_of(&written(&notice).unwrap()));
    assert_eq!(codes(&parsed.findings), []);
    assert_eq!(parsed.document, notice);
    let hierarchy = notice.hierarchy();
    assert_eq!(hierarchy.find("4").unwrap().children().count(), 1001);
    assert_eq!(notice.levels[5].id(), "10");
    assert!(
        full()
            .add_all_below(&LevelId::new("x"), [Level::shipment()])
            .is_err()
    );
}

const HEAD: &str = "BSN*00*S-77*20240130*0930~\n";

#[test]
fn what_is_wrong_with_the_levels_is_told_and_read_all_the_same() {
    let content = format!(
        "{HEAD}HL*1**S*0~\nHL*2*1*O*1~\nHL*2*1*O~\nHL*4*2*I~\nSN1**1*EA~\nHL*5*99*I~\nSN1**1*EA~\n\
         HL*6*7*P~\nHL*7*1*T~\nHL*8*8*I~\nHL*9*10*X1~\nHL*10*9*X2~\nCTT*3~\n"
    );
    let (notice, findings) = read::<ShipNotice>(&content);
    assert_eq!(
        codes(&findings),
        [
            ("hierarchy-child-code-wrong", "HL", 4),
            ("hierarchy-child-code-wrong", "HL", 4),
            ("hierarchy-number-repeated", "HL", 1),
            ("hierarchy-parent-unknown", "HL", 2),
            ("hierarchy-out-of-order", "HL", 2),
            ("hierarchy-ring", "HL", 2),
            ("hierarchy-ring", "HL", 2),
            ("line-count-wrong", "CTT", 1),
        ]
    );
    let segments: Vec<_> = findings.iter().map(|f| f.location.segment).collect();
    assert_eq!(
        segments,
        [3, 4, 5, 8, 10, 12, 13, 15].map(Some),
        "{findings:?}"
    );
    assert_eq!(findings[3].value.as_deref(), Some("99"));
    let hierarchy = notice.hierarchy();
    assert_eq!(ids(hierarchy.tops()), ["1", "5", "8", "9"]);
    assert_eq!(ids(hierarchy.orphans()), ["5", "8", "9"]);
    // The item belongs to the second of the two orders with the same id.
    assert_eq!(hierarchy.find("4").unwrap().parent().unwrap().index(), 2);
    assert_eq!(ids(hierarchy.find("7").unwrap().children()), ["6"]);
    assert_eq!(ids(hierarchy.find("9").unwrap().descendants()), ["10"]);
    assert_eq!(
        hierarchy.find("10").unwrap().kind(),
        LevelKind::Other("X2".into())
    );
}

#[test]
fn senders_who_count_items_alone_are_not_blamed() {
    let levels = "HL*1**S~\nHL*2*1*I~\nSN1**1*EA~\n";
    for (count, told) in [(2, 0), (1, 0), (3, 1)] {
        let content = format!("{HEAD}{levels}CTT*{count}~\n");
        let (_, findings) = read::<ShipNotice>(&content);
        assert_eq!(findings.len(), told, "{count}");
    }
}

#[test]
fn a_notice_without_levels_is_told() {
    let (_, findings) = ShipNotice::parse_pair(HEAD);
    assert_eq!(codes(&findings), [("segment-missing", "HL", 0)]);
    let mut notice = full();
    notice.levels.clear();
    let error = written(&notice).unwrap_err();
    assert_eq!(
        (error.kind(), error.segment()),
        (ErrorKind::Missing, Some("HL"))
    );
    // A level that nobody numbered is refused too.
    notice.levels.push(Level::shipment());
    let error = written(&notice).unwrap_err();
    assert_eq!((error.segment(), error.element()), (Some("HL"), Some(1)));
}

trait ParsePair: Sized {
    fn parse_pair(content: &str) -> (Self, Vec<x12_edi::finding::Finding>);
}

impl ParsePair for ShipNotice {
    fn parse_pair(content: &str) -> (Self, Vec<x12_edi::finding::Finding>) {
        let bytes = crate::support::file::<Self>(content);
        let parsed = Self::parse(&crate::support::set_of(&bytes));
        (parsed.document, parsed.findings)
    }
}

#[test]
fn an_odd_notice_comes_back_byte_for_byte() {
    let (notice, findings) = read::<ShipNotice>(
        "BSN*00*S-77*20240130*0930*****~
HL*1**S*1*~
MEA*PD*G*12*LB>1~
LH1*EA*5~
PER*HM*Jane~
LH2*1~
CLD*2*10*CTN25~
REF*LS*1~
DTP*011*D8*20240130~
N1*ST*Plant~
FOB*PP~
SAC*C*D240***100~
CUR*SE*USD~
V1**Ship~
DTM*011*20240130~
HL*2*1*I~
SN1**1*EA~
SLN*1**I*2*EA~
LM*DF~
LQ*0*x~
ZZZ*what~
CTT*2~
",
    );
    let shipment = &notice.levels[0];
    assert_eq!(shipment.contacts, []);
    assert_eq!(shipment.other_segments().len(), 5);
    assert_eq!(shipment.loads[0].references.len(), 1);
    assert_eq!(shipment.loads[0].other_segments().len(), 1);
    assert_eq!(shipment.parties[0].other_segments().len(), 1);
    assert!(shipment.charges[0].currency.is_some());
    assert_eq!(shipment.dates, []);
    let unit = shipment.measurements[0].unit.as_ref().unwrap();
    assert_eq!(unit, "LB");
    assert_eq!(notice.levels[1].other_segments().len(), 4);
    assert_eq!(codes(&findings), []);
}

#[test]
fn a_level_changes_alone() {
    let content = format!("{HEAD}HL*1**S~\nTD1****x*+G*1*LB~\nHL*2*1*P~\nMAN*GM*1***~\nCTT*2~\n");
    let (mut notice, _) = read::<ShipNotice>(&content);
    notice.levels[1].marks[0].number = "2".into();
    let mut load = LoadDetail::from(Load::new(2, dec("10")));
    load.references
        .push(x12_edi::document::segments::Reference::new("LS", "9"));
    notice.levels[0].loads.push(load);
    let text = text_of(&notice);
    let body = "HL*1**S~\nTD1****x*+G*1*LB~\nCLD*2*10~\nREF*LS*9~\nHL*2*1*P~\nMAN*GM*2***~\nCTT*2~";
    assert!(text.contains(body), "{text}");
}

#[test]
fn an_sscc_is_eighteen_digits() {
    for (qualifier, number, sscc) in [
        ("GM", "00006141410000000018", Some("006141410000000018")),
        ("GM", "006141410000000018", Some("006141410000000018")),
        ("AA", "006141410000000018", Some("006141410000000018")),
        ("GM", "10006141410000000018", None),
        ("GM", "0061414100000000é8", None),
        ("GM", "0354023220190916", None),
        ("CP", "006141410000000018", None),
    ] {
        assert_eq!(Marks::new(qualifier, number).sscc(), sscc, "{number}");
    }
}
