use super::*;
use crate::document::tree::{Item, SetTree};
use crate::envelope::{GroupHeader, InterchangeHeader, InterchangeId};
use crate::schema::{Release, Standard};
use crate::value::{ControlNumber, Date, Time};

fn wrap(kind: &str, content: &str) -> String {
    format!(
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240131*1430*U*00401*000000001*0*P*>~\
         GS*{kind}*ALPHA*BRAVO*20240131*1430*1*X*004010~{content}GE*1*1~IEA*1*000000001~"
    )
}

const ORDER: &str = "ST*850*0001~BEG*00*SA*4711**20240131~REF*DP*099~REF*IA*7**~N1*BY*ACME~\
     N1*ST*PLANT 7*92*00123~N3*12 MAIN STREET~XYZ*1~N4*AKRON*OH*44301~\
     PO1*1*10*EA*9.95**VN*A-1~PID*F****HEX BOLT~MEA*PD*WT*5*LB>2~SCH*10*EA***002*20240229~\
     PO1*2*3*EA*.5~SCH*1*EA***002*20240229~SCH*2*EA***002*20240301~REF*DP*100~\
     CTT*2~AMT*TT*100.00~SE*20*0001~";

fn tree(content: &str) -> SetTree {
    let code = &content[3..6];
    let schema = Standard::of(Release::V004010).set(code).unwrap();
    SetTree::read(
        &crate::parse(wrap("PO", content).as_bytes()).sets[0],
        schema,
    )
}

fn written(tree: &SetTree) -> String {
    let (date, time) = (Date::new(2024, 1, 31).unwrap(), Time::new(14, 30).unwrap());
    let number = ControlNumber::new(1).unwrap();
    let id = |id| InterchangeId::new("ZZ", id).unwrap();
    let mut writer = Writer::new(Vec::new());
    let interchange = InterchangeHeader::new(id("SENDER"), id("RECEIVER"), number, date, time);
    writer.start_interchange(&interchange).unwrap();
    writer
        .start_group(&GroupHeader::new(
            "PO", "ALPHA", "BRAVO", number, date, time,
        ))
        .unwrap();
    tree.write(&mut writer, &SetControlNumber::from(number))
        .unwrap();
    writer.end_group().unwrap();
    writer.end_interchange().unwrap();
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

/// Indented, a loop in brackets with its round.
fn outline(node: &LoopNode) -> String {
    node.items()
        .iter()
        .map(|item| match item {
            Item::Segment(segment) => segment.id().into_owned(),
            Item::Loop(inner) => format!("[{} {}]", inner.iteration(), outline(inner)),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn every_segment_is_in_its_loop() {
    let tree = tree(ORDER);
    assert_eq!(
        outline(tree.root()),
        "ST BEG REF REF [1 N1] [2 N1 N3 XYZ N4] [1 PO1 [1 PID MEA] [1 SCH]] \
         [2 PO1 [1 SCH] [2 SCH REF]] [1 CTT AMT] SE"
    );
    let paths: Vec<_> = tree
        .segments()
        .map(|(node, segment)| format!("{}:{}", node.path(), segment.id()))
        .collect();
    assert_eq!(paths.len(), 20);
    assert!(paths.contains(&"PO1/SCH:REF".to_owned()), "{paths:?}");
}

#[test]
fn an_untouched_tree_is_written_as_it_was() {
    assert_eq!(written(&tree(ORDER)), wrap("PO", ORDER));
    // Also what is out of order, unknown, or began in the middle.
    for odd in [
        "ST*850*0001~CTT*1~BEG*00~N3*X~N4*Y~PO1*1~XX*1~BEG*00~MEA*1~SE*10*0001~",
        "ST*850*0001~SE*2*0001~",
    ] {
        assert_eq!(written(&tree(odd)), wrap("PO", odd));
    }
}

#[test]
fn paths_find_loops_segments_and_elements() {
    let tree = tree(ORDER);
    let value = |path: &str| tree.value(path).unwrap().map(Cow::into_owned);
    for (path, expected) in [
        ("BEG03", Some("4711")),
        ("N1[ST]/N104", Some("00123")),
        ("N1[2]/N402", Some("OH")),
        ("N1[4=00123]/N301", Some("12 MAIN STREET")),
        ("REF[IA]/REF02", Some("7")),
        ("REF[2]/REF02", Some("7")),
        ("PO1[2]/SCH[2]/SCH06", Some("20240301")),
        ("PO1[2]/SCH/REF02", Some("100")),
        ("PO1[1]/PID05", Some("HEX BOLT")),
        ("PO1[=2]/PO102", Some("3")),
        ("PO1/PID/MEA04-2", Some("2")),
        ("PO1/PID/MEA04", Some("LB")),
        ("PO1[3]/PO102", None),
        ("BEG99", None),
        ("XYZ01", None),
        ("N1/XYZ01", Some("1")),
    ] {
        assert_eq!(value(path).as_deref(), expected, "{path}");
    }
    assert_eq!(tree.values("PO1/PO101").unwrap(), ["1", "2"]);
    assert_eq!(tree.loops("PO1/SCH").unwrap().len(), 3);
    assert_eq!(tree.segments_at("PO1/SCH").unwrap().len(), 3);
    assert_eq!(tree.segments_at("REF").unwrap().len(), 2);
    for bad in [
        "", "PO1[", "PO1[0]", "po1", "PO1//SCH", "N104/N1", "N1[]", "N100", "N104-0", "PO1[x=1]",
    ] {
        let error = tree.value(bad).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Schema, "{bad}");
    }
}

#[test]
fn a_change_changes_nothing_else() {
    let mut tree = tree(ORDER);
    assert_eq!(tree.set_value("PO1[2]/PO104", ".55").unwrap(), 1);
    assert_eq!(tree.set_value("PO1/PID/MEA04-3", "9").unwrap(), 1);
    assert_eq!(tree.set_value("PO1[9]/PO104", "1").unwrap(), 0);
    assert!(tree.set_value("PO1", "1").is_err());
    let expected = wrap("PO", ORDER)
        .replace("PO1*2*3*EA*.5~", "PO1*2*3*EA*.55~")
        .replace("*LB>2~", "*LB>2>9~");
    assert_eq!(written(&tree), expected);
}

#[test]
fn segments_and_loops_go_in_and_out_at_their_places() {
    let mut tree = tree(ORDER);
    let segment = |id: &str, value: &str| SegmentBuf::new(id).element(value);
    tree.insert("", segment("CUR", "BY")).unwrap();
    tree.insert("", segment("REF", "ZZ")).unwrap();
    tree.insert("N1[ST]", segment("N2", "MORE")).unwrap();
    tree.insert("PO1[1]", segment("SCH", "4")).unwrap();
    tree.insert("PO1[1]", segment("CUR", "BY")).unwrap();
    tree.insert("", segment("PO1", "3")).unwrap();
    tree.insert("PO1[3]", segment("PID", "F")).unwrap();
    assert_eq!(tree.remove("PO1[2]/SCH").unwrap(), 2);
    assert_eq!(
        outline(tree.root()),
        "ST BEG CUR REF REF REF [1 N1] [2 N1 N2 N3 XYZ N4] [1 PO1 CUR [1 PID MEA] [1 SCH] [2 SCH]] \
         [2 PO1] [3 PO1 [1 PID]] [1 CTT AMT] SE"
    );
    for (path, id) in [
        ("PO1", "REF"),
        ("", "ACK"),
        ("PO1[7]", "REF"),
        ("BEG", "REF"),
        ("PO1[1]", "PO1"),
    ] {
        let refused = tree.insert(path, SegmentBuf::new(id)).unwrap_err();
        assert_eq!(refused.kind(), crate::ErrorKind::Schema, "{path} {id}");
    }
}

#[test]
fn the_levels_of_a_shipment_know_each_other() {
    let content = "ST*856*0001~BSN*00*1*20240131*1200~HL*1**S~TD1*CTN*2~HL*2*1*O~PRF*4711~HL*3*2*I~LIN**VN*A~\
        HL*4*2*I~LIN**VN*B~HL*5*1*O~PRF*4712~HL*6*9*I~LIN**VN*C~CTT*6~SE*15*0001~";
    let tree = tree(content);
    let hierarchy = tree.hierarchy();
    let shown: Vec<_> = hierarchy
        .levels()
        .iter()
        .map(|level| {
            let parent = hierarchy.parent(level).map(|p| p.id.to_string());
            let children: Vec<_> = hierarchy
                .children(level)
                .map(|c| c.id.to_string())
                .collect();
            format!(
                "{}{} {:?} {}",
                level.id,
                level.code,
                parent,
                children.join(",")
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "1S None 2,5",
            "2O Some(\"1\") 3,4",
            "3I Some(\"2\") ",
            "4I Some(\"2\") ",
            "5O Some(\"1\") ",
            "6I None "
        ]
    );
    assert_eq!(hierarchy.roots().count(), 2);
    let item = hierarchy.get("4").unwrap();
    assert_eq!(item.node.segments().nth(1).unwrap().text(3), "B");
}

proptest::proptest! {
    #[test]
    fn any_order_of_segments_comes_back(picks in proptest::collection::vec(0_usize..16, 0..40)) {
        let ids = [
            "BEG", "CUR", "REF", "N1", "N3", "N4", "PO1", "PID", "MEA", "SCH", "CTT", "AMT", "XYZ", "LDT", "LM", "LQ",
        ];
        let mut content = "ST*850*0001~".to_owned();
        for &pick in &picks {
            content.push_str(&format!("{}*{pick}*A>B**~", ids[pick]));
        }
        content.push_str(&format!("SE*{}*0001~", picks.len() + 2));
        proptest::prop_assert_eq!(written(&tree(&content)), wrap("PO", &content));
    }
}
