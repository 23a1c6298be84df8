//! X12 → JSON → X12 gives the same bytes, whatever the bytes are; bad JSON is told by its place.

#![cfg(feature = "serde")]
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::io::{self, Read};

use proptest::prelude::*;
use x12_edi::ErrorKind;
use x12_edi::json::{Decoder, Encoder, Layout};

const ISA: &str = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*^*00501*000000001*0*P*>~";

fn to_json(bytes: &[u8], layout: Layout) -> String {
    let mut json = Vec::new();
    Encoder::new()
        .with_layout(layout)
        .with_labels(true)
        .with_findings(true)
        .with_max_segment_bytes(4096)
        .encode(bytes, &mut json)
        .expect("memory does not fail");
    String::from_utf8(json).expect("JSON is UTF-8")
}

fn back(json: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let result = Decoder::new().decode(json.as_bytes(), &mut bytes);
    assert!(result.is_ok(), "{}\n{json}", result.expect_err("an error"));
    bytes
}

fn check(bytes: &[u8]) {
    let document = to_json(bytes, Layout::Document);
    assert_eq!(back(&document), bytes, "{document}");
    // A tool that sorts keys on the way does no harm.
    let value: serde_json::Value = serde_json::from_str(&document).expect("JSON");
    assert_eq!(back(&value.to_string()), bytes, "{document}");

    let lines = to_json(bytes, Layout::Lines);
    for line in lines.lines() {
        assert!(
            serde_json::from_str::<serde_json::Value>(line).is_ok(),
            "{line}"
        );
    }
    assert_eq!(back(&lines), bytes, "{lines}");
}

/// Gives out one byte at a time.
struct Drops<'a>(&'a [u8]);

impl Read for Drops<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = out.len().min(1);
        self.0.read(&mut out[..count])
    }
}

fn rejected(json: &str) -> String {
    let error = Decoder::new()
        .decode(json.as_bytes(), Vec::new())
        .expect_err("an error");
    assert_eq!(error.kind(), ErrorKind::Json, "{error}");
    error.to_string()
}

#[test]
fn parts_of_elements_are_arrays() {
    let file = format!(
        "{ISA}GS*PO*A*B*20240101*1200*1*X*005010~ST*850*0001~REF*DP**\u{e9}*A>B^C~SE*3*0001~GE*1*1~IEA*1*000000001~"
    );
    let json = to_json(file.as_bytes(), Layout::Document);
    assert!(
        json.contains(r#"{"id":"REF","01":"DP","03":"é","04":[["A","B"],["C"]],"label":"#),
        "{json}"
    );
    check(file.as_bytes());
}

#[test]
fn odd_bytes_and_odd_envelopes_come_back() {
    let body =
        "GS*PO*A*B*20240101*1200*1*X*005010~ST*850*0001~BEG*00~SE*3*0001~GE*1*1~IEA*1*000000001~";
    let binary = "GS*PO*A*B*20240101*1200*1*X*005010~ST*841*0001~BIN*5*a*~>b~SE*3*0001~";
    for file in [
        format!("\u{feff}{ISA}\r\n{body}\r\n"),
        format!("{ISA}{body}garbage{ISA}\n{body}\n\u{1a}"),
        format!("{ISA}{binary}"),
        format!("{ISA}ST*850*1~~~  BEG**~\n\n Nd4*A>B~*~SE*9*x"),
        format!("{ISA}TA1*000000001*240101*1200*A*000~IEA*1*000000001~"),
        format!("{ISA}{}GE*1~IEA~", "REF*DP*9~".repeat(3)),
        format!("{ISA}GS*PO~ST*850~REF*{}~BEG~", "x".repeat(5000)),
        format!("{ISA}GS*PO~ST*850~REF{}~BEG~", "*".repeat(3000)),
        "ISA*00**00**ZZ*A*ZZ*B*240101*1200*U*00401*1*0*P*~GS*PO~IEA*1~".to_owned(),
        "ISA*00**00**ZZ*A*ZZ*B*240101*1200*U*00401*1*0*P*>\r\nGS*PO\r\nIEA*1\r\n".to_owned(),
        "this is no EDI".to_owned(),
        String::new(),
    ] {
        check(file.as_bytes());
        let latin_1: Vec<u8> = file.chars().map(|c| c as u8).collect();
        check(&latin_1);
        check(
            &file
                .replace('^', "\u{1d}")
                .replace('*', "\u{1}")
                .into_bytes(),
        );
    }
}

#[test]
fn a_stream_in_drops_gives_the_same_json() {
    let file = format!("{ISA}GS*PO~\n\nST*850~BEG*00~SE*2~\r\nGE~IEA~ and more");
    let mut json = Vec::new();
    Encoder::new()
        .encode(Drops(file.as_bytes()), &mut json)
        .expect("memory does not fail");
    let mut whole = Vec::new();
    Encoder::new()
        .encode(file.as_bytes(), &mut whole)
        .expect("memory does not fail");
    assert_eq!(json, whole);
    let mut bytes = Vec::new();
    let written = Decoder::new()
        .decode(Drops(&json), &mut bytes)
        .expect("its own JSON");
    assert_eq!(
        (bytes, written),
        (file.clone().into_bytes(), file.len() as u64)
    );
}

#[test]
fn each_set_is_one_line_with_its_context() {
    let file = format!(
        "{ISA}GS*PO*A*B*20240101*1200*17*X*005010~ST*850*0001~SE*2*0001~ST*850*0002~SE*2*0002~GE*2*17~IEA*1*000000001~"
    );
    let mut json = Vec::new();
    Encoder::new()
        .with_layout(Layout::Lines)
        .encode(file.as_bytes(), &mut json)
        .expect("memory does not fail");
    let lines: Vec<serde_json::Value> = String::from_utf8_lossy(&json)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let sets: Vec<_> = lines.iter().filter_map(|line| line.get("set")).collect();
    assert_eq!((lines.len(), sets.len()), (6, 2));
    assert_eq!(sets[1]["context"]["sender"], "ZZ/SENDER");
    assert_eq!(sets[1]["context"]["group"], "17");
    assert_eq!(sets[1]["context"]["release"], "005010");
    assert_eq!(sets[1]["header"]["02"], "0002");
    let offset = sets[1]["context"]["offset"].as_u64().expect("a number");
    assert!(file[usize::try_from(offset).expect("small")..].starts_with("ST*850*0002"));
}

#[test]
fn bad_json_is_told_by_path_line_and_remedy() {
    let with = |segment: &str| {
        format!(
            "{{\"format_version\":1,\"items\":[{{\"interchange\":{{\"delimiters\":{{\"element\":\"*\",\"component\":\">\",\"segment\":\"~\"}},\n\"items\":[{segment}]}}}}]}}"
        )
    };
    for (json, told) in [
        (
            with(r#"{"id":"REF","01":"A*B"}"#),
            "items[0].interchange.items[0].01 (line 2, ",
        ),
        (
            with(r#"{"id":"REF","01":"A*B"}"#),
            "holds `*`, which is a delimiter",
        ),
        (with(r#"{"id":"REF","01":5}"#), "put it in quotes"),
        (with(r#"{"id":"REF","01":null}"#), "leave it out"),
        (with(r#"{"id":"REF","01":[]}"#), "an array is empty"),
        (
            with(r#"{"id":"REF","01":["A",["B"]]}"#),
            "mixes text and arrays",
        ),
        (
            with(r#"{"id":"REF","01":[["A"],["B"]]}"#),
            "no repetition separator",
        ),
        (
            with(r#"{"id":"REF","1x":"A"}"#),
            "`1x` is no key of a segment",
        ),
        (
            with(r#"{"id":"REF","0":"A"}"#),
            "`0` is no key of a segment",
        ),
        (with(r#"{"id":"REF","1":"A","01":"B"}"#), "given twice"),
        (with(r#"{"01":"A"}"#), "no `id`"),
        (with(r#"{"id":{"latin1":"€"}}"#), "is no byte"),
        (with("{}"), "the object says nothing"),
        (
            with(r#"{"group":{"items":[],"header":{"id":"GS"}}}"#),
            "comes twice or too late",
        ),
        (
            with(r#"{"group":{"delimiters":{}}}"#),
            "only an interchange",
        ),
        (
            with(r#"{"group":{"sets":[]}}"#),
            "`sets` is no key of a group",
        ),
        (
            r#"{"format_version":2,"items":[]}"#.to_owned(),
            "has version 2, not 1",
        ),
        (r#"{"id":"BEG"}"#.to_owned(), "outside any interchange"),
        (
            r#"{"open":"letter"}"#.to_owned(),
            "nothing that opens or closes",
        ),
        ("[1]".to_owned(), "expected an object"),
        (with(r#"{"id":"REF""#), "line 2"),
        (
            with(r#"{"interchange":{"delimiters":{"element":"**"}}}"#),
            "one byte, not 2",
        ),
        (
            with(r#"{"interchange":{"delimiters":{"element":"*"}}}"#),
            "is missing",
        ),
        (
            with(
                r#"{"interchange":{"delimiters":{"element":"*","component":">","segment":"~"},"header":{"id":"ISA","16":":"}}}"#,
            ),
            "ISA16 is not the separator",
        ),
    ] {
        let text = rejected(&json);
        assert!(text.contains(told), "{json}\n{text}\n{told}");
    }
}

#[test]
fn bytes_without_end_are_refused_with_a_remedy() {
    let error = Encoder::new()
        .with_max_gap_bytes(100_000)
        .encode(io::repeat(b'x').take(1_000_000), io::sink())
        .expect_err("an error");
    assert_eq!(error.kind(), ErrorKind::Io);
    let cause = std::error::Error::source(&error).expect("a cause");
    assert!(cause.to_string().contains("raise the limit"), "{cause}");
}

/// Pieces from which files are put together that are nearly X12.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(ISA.as_bytes().to_vec()),
        Just(ISA.replace('~', "\r").into_bytes()),
        Just(ISA.replace('*', "|").replace('>', "\u{1f}").into_bytes()),
        Just(b"ISA*00**00**ZZ*A*ZZ*B*240101*1200*U*00401*1*0*P*>~".to_vec()),
        Just(b"GS*PO*A*B*20240101*1200*1*X*005010~".to_vec()),
        Just(b"ST*850*0001~".to_vec()),
        Just(b"BEG*00*SA*4711**20240101~\n".to_vec()),
        Just(b"REF|DP|A>B^C>~\r\n".to_vec()),
        Just(b"BIN*6*a~*^>b~".to_vec()),
        Just(b"SE*3*0001~".to_vec()),
        Just(b"GE*1*1~".to_vec()),
        Just(b"IEA*1*000000001~".to_vec()),
        Just(b"\xef\xbb\xbf".to_vec()),
        Just(vec![b'y'; 5000]),
        proptest::collection::vec(
            prop_oneof![Just(b'*'), Just(b'~'), Just(b'>'), Just(b'^'), any::<u8>()],
            0..20
        ),
    ]
}

proptest! {
    #[test]
    fn any_bytes_come_back(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        check(&bytes);
    }

    #[test]
    fn anything_like_x12_comes_back(pieces in proptest::collection::vec(piece(), 0..30)) {
        check(&pieces.concat());
    }

    #[test]
    fn no_json_makes_the_decoder_panic(text in "[{}\\[\\]\":,a-z0-9 ]{0,80}") {
        let _ = Decoder::new().decode(text.as_bytes(), io::sink());
    }
}
