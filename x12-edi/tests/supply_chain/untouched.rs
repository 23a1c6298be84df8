//! Whatever the segments are and in which order: what nobody touched is written as it was read.

use proptest::prelude::*;
use x12_edi::document::change_acknowledgment::ChangeAcknowledgment;
use x12_edi::document::payment_order::PaymentOrder;
use x12_edi::document::purchase_order_acknowledgment::PurchaseOrderAcknowledgment;
use x12_edi::document::purchase_order_change::PurchaseOrderChange;
use x12_edi::document::segments::{
    ChangedItem, ItemIdentification, LevelKind, LineAcknowledgment, Marks, OrderItem,
    OrderReference, RemittanceItem, ShippedItem,
};
use x12_edi::document::ship_notice::{Level, LevelId, ShipNotice};
use x12_edi::document::{
    change_acknowledgment::AnsweredLine, payment_order::RemittanceEntity,
    purchase_order_acknowledgment::AcknowledgedLine, purchase_order_change::ChangedLine,
};
use x12_edi::value::{Decimal, Time};

use crate::support::{Document, date, file, set_of, written};

/// Segments of all five sets, sound and odd ones.
const SEGMENTS: &[&str] = &[
    "BAK*00*AC*1*20240101~",
    "BSN*00*S-1*20240101*0930~",
    "PO1*1*010*EA*5~",
    "POC*1*QI*12*8*EA>1*5~",
    "ACK*IA*1*EA~",
    "ACK*IA*+1~",
    "HL*1**S~",
    "HL*2*1*I*1~",
    "HL*3*4*P~",
    "HL*4*3*T~",
    "ENT*1~",
    "RMR*IV*1**5~",
    "ADX*5*01~",
    "NM1*PE*2*x~",
    "IT1*1*1*EA*5~",
    "REF*CO*1*text*A>B~",
    "DTM*011*20240101~",
    "N1*ST*Plant~",
    "N3*street~",
    "PER*BD*Jane*TE~",
    "SAC*C*D240***0100~",
    "TXI*ST*.1~",
    "CUR*BY*USD~",
    "SLN*1**I~",
    "SCH*1*EA***002*20240101~",
    "TD5**2*UPSN~",
    "N9*L1*x~",
    "MSG*text~",
    "MTX**text~",
    "AMT*1*5~",
    "LX*1~",
    "LS*LDT~",
    "LE*LDT~",
    "FA1*DY~",
    "FA2*18*x~",
    "QTY*01*5~",
    "ZZZ*what*is>this~",
    "CTT*1~",
    "TRN*1*1~",
    "SN1**1*EA~",
    "MAN*GM*1****~",
];

/// What a document cannot be written without.
fn start(code: &str) -> &'static str {
    match code {
        "855" => "BAK*00*AC*1*20240101~\n",
        "860" => "BCH*04*SA*1***20240101~\n",
        "865" => "BCA*00**1***20240101~\n",
        "856" => "BSN*00*S-1*20240101*0930~\nHL*1**S~\n",
        _ => "BPR*C*1*C*ACH~\n",
    }
}

fn same<D: Document>(content: &str) {
    let bytes = file::<D>(&format!("{}{content}", start(D::CODE)));
    let (document, _) = D::read(&set_of(&bytes));
    assert_eq!(
        String::from_utf8_lossy(&written(&document).unwrap()),
        String::from_utf8_lossy(&bytes)
    );
}

fn comes_back<D: Document + PartialEq + std::fmt::Debug>(document: &D) {
    let bytes = written(document).unwrap();
    let (parsed, findings) = D::read(&set_of(&bytes));
    assert_eq!(findings, []);
    assert_eq!(&parsed, document);
    assert_eq!(written(&parsed).unwrap(), bytes);
}

/// What a document reads of any set is written as it was, or refused as a whole.
fn sound<D: Document>(set: &x12_edi::TransactionSet) {
    let (document, _) = D::read(set);
    let Ok(bytes) = written(&document) else {
        return;
    };
    let again = x12_edi::parse(&bytes);
    let body = |set: &x12_edi::TransactionSet| {
        let segments = set.segments().map(|s| s.to_owned());
        let inner = segments.filter(|s| s.id() != "ST" && s.id() != "SE");
        inner.collect::<Vec<_>>()
    };
    // The new delimiters may stand in the data, which the writer refuses; else all is the same.
    assert_eq!(body(&again.sets[0]), body(set));
}

/// Data without delimiters or blanks at the ends.
fn text(min: usize, max: usize) -> impl Strategy<Value = String> {
    let middle = format!(
        "[A-Z0-9][A-Za-z0-9 ,.#&/-]{{{},{}}}[A-Z0-9]",
        min.max(2) - 2,
        max - 2
    );
    prop::string::string_regex(&middle).unwrap()
}

fn number() -> impl Strategy<Value = Decimal> {
    (0_i64..1_000_000_000, 0_u32..5).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_segments_in_any_order_come_back(
        picks in prop::collection::vec(0..SEGMENTS.len(), 0..30),
    ) {
        let content: String = picks.iter().map(|&pick| format!("{}\n", SEGMENTS[pick])).collect();
        same::<PurchaseOrderAcknowledgment>(&content);
        same::<PurchaseOrderChange>(&content);
        same::<ChangeAcknowledgment>(&content);
        same::<ShipNotice>(&content);
        same::<PaymentOrder>(&content);
    }

    #[test]
    fn no_damage_makes_a_document_panic_or_lose_a_segment(
        name in prop::sample::select(vec!["820", "855", "856", "860", "865"]),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
    ) {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let mut bytes = std::fs::read(folder.join(format!("golden-{name}.edi"))).unwrap();
        // The interchange and its group stay as they are, so that there is a set to be read.
        let start = 106 + 60;
        for (at, byte) in damage {
            let at = start + at.index(bytes.len() - start);
            bytes[at] = byte;
        }
        for set in &x12_edi::parse(&bytes).sets {
            sound::<PurchaseOrderAcknowledgment>(set);
            sound::<PurchaseOrderChange>(set);
            sound::<ChangeAcknowledgment>(set);
            sound::<ShipNotice>(set);
            sound::<PaymentOrder>(set);
        }
    }

    #[test]
    fn any_answer_comes_back(
        order in text(2, 22),
        lines in prop::collection::vec(
            (text(2, 20), number(), number(), prop::collection::vec(("[A-Z]{2}", number()), 0..4)),
            0..5,
        ),
    ) {
        let mut answer = PurchaseOrderAcknowledgment::new("AC", order.clone(), date(2));
        let mut other = ChangeAcknowledgment::new("AC", order.clone(), date(2));
        let mut change = PurchaseOrderChange::new(order, date(2));
        for (id, quantity, price, statuses) in lines {
            let item = OrderItem::new(&*id, quantity, "EA", price);
            let mut line = AcknowledgedLine::new(item);
            let left = quantity.trunc();
            let item = ChangedItem::new(id, "QI", quantity, left, "EA").with_price(price);
            change.lines.push(ChangedLine::new(item.clone()));
            let mut answered = AnsweredLine::new(item);
            for (code, quantity) in statuses {
                let status = LineAcknowledgment::new(code, quantity, "EA");
                line = line.with_answer(status.clone());
                answered = answered.with_answer(status);
            }
            answer.lines.push(line);
            other.lines.push(answered);
        }
        answer.count_lines();
        comes_back(&answer);
        comes_back(&other);
        comes_back(&change);
    }

    #[test]
    fn any_shipment_comes_back(
        number in text(2, 30),
        // Under which of the levels before it each level goes, and what it is.
        levels in prop::collection::vec((any::<prop::sample::Index>(), 0..4_u8), 0..40),
        gone in any::<prop::sample::Index>(),
    ) {
        let mut notice = ShipNotice::new(number, date(2), Time::new(9, 30).unwrap());
        let mut ids: Vec<LevelId> = vec![notice.add(Level::shipment())];
        for (at, kind) in levels {
            let level = match kind {
                0 => Level::order(OrderReference::new("4711")),
                1 => Level::pack(Marks::new("GM", "00006141410000000018")),
                2 => Level::item(
                    ItemIdentification::new("1", "VN", "AB-1"),
                    ShippedItem::new(Decimal::ONE, "EA"),
                ),
                _ => Level::new(&LevelKind::Other("Z9".into())),
            };
            let parent = at.get(&ids).clone();
            ids.push(notice.add_below(&parent, level).unwrap());
        }
        notice.count_levels();
        comes_back(&notice);
        // Every level but the first stands behind its parent.
        let hierarchy = notice.hierarchy();
        prop_assert_eq!(hierarchy.tops().count(), 1);
        for node in hierarchy.nodes().skip(1) {
            prop_assert!(node.parent().unwrap().index() < node.index());
        }
        let below = hierarchy.nodes().next().unwrap().descendants().count();
        prop_assert_eq!(below + 1, notice.levels.len());

        let before = notice.levels.len();
        let removed = notice.remove(gone.get(&ids));
        prop_assert_eq!(removed.len() + notice.levels.len(), before);
        if !notice.levels.is_empty() {
            notice.count_levels();
            comes_back(&notice);
        }
    }

    #[test]
    fn any_hierarchy_is_a_forest(
        levels in prop::collection::vec((0..12_u8, 0..12_u8), 1..30),
    ) {
        let mut content = String::from("BSN*00*S-1*20240101*0930~\n");
        for (id, parent) in &levels {
            let parent = if *parent == 0 { String::new() } else { parent.to_string() };
            content.push_str(&format!("HL*{id}*{parent}*I~\n"));
        }
        let bytes = file::<ShipNotice>(&content);
        let notice = ShipNotice::parse(&set_of(&bytes)).document;
        let hierarchy = notice.hierarchy();
        let mut seen = vec![0; levels.len()];
        for top in hierarchy.tops() {
            seen[top.index()] += 1;
            for node in top.descendants() {
                seen[node.index()] += 1;
            }
        }
        prop_assert!(seen.iter().all(|&times| times == 1), "{:?}", seen);
        prop_assert_eq!(String::from_utf8(written(&notice).unwrap()).unwrap(), String::from_utf8(bytes).unwrap());
    }

    #[test]
    fn any_payment_comes_back(
        amounts in prop::collection::vec((text(2, 30), number(), prop::option::of(number())), 0..8),
    ) {
        let mut payment = PaymentOrder::new(Decimal::TEN, "ACH");
        let mut entity = RemittanceEntity::new(1);
        let mut sum = Decimal::ZERO;
        for (invoice, paid, total) in amounts {
            sum += paid;
            let mut item = RemittanceItem::invoice(invoice, paid);
            item.total = total;
            entity = entity.with_item(item);
        }
        payment.entities.push(entity);
        payment.beginning.amount = Some(sum);
        comes_back(&payment);
        prop_assert!(payment.is_balanced());
    }
}
