//! What readers make of messages as PeopleSoft and sites write them.

use peoplesoft_client::ErrorKind;
use peoplesoft_client::model::{VendorId, Zone};
use peoplesoft_client::rowset::{AuditAction, FieldType, ReadOptions, Reader, Row, Transaction};

/// A message with two transactions, padded, with rows of three levels.
pub(crate) const MESSAGE: &str = r#"<?xml version="1.0"?>
<X_SYNC>
  <FieldTypes>
    <X_HDR class="R"><X_ID type="CHAR"/><X_DT type="DATE"/><X_AMT type="NUMBER"/></X_HDR>
    <X_LINE class="R"><LINE_NBR type="NUMBER"/><DESCR type="CHAR"/></X_LINE>
    <X_DIST class="R"><ACCOUNT type="CHAR"/></X_DIST>
    <PSCAMA class="R"><LANGUAGE_CD type="CHAR"/><AUDIT_ACTN type="CHAR"/><BASE_LANGUAGE_CD type="CHAR"/><MSG_SEQ_FLG type="CHAR"/><PROCESS_INSTANCE type="NUMBER"/></PSCAMA>
  </FieldTypes>
  <MsgData>
    <Transaction>
      <X_HDR class="R"><X_ID>0000000042</X_ID><X_DT>2026-03-31</X_DT><X_AMT>1250.50</X_AMT>
        <X_LINE class="R"><LINE_NBR>1</LINE_NBR><DESCR>Nuts &amp; bolts   </DESCR>
          <X_DIST class="R"><ACCOUNT>600100</ACCOUNT></X_DIST><PSCAMA class="R"><AUDIT_ACTN>A</AUDIT_ACTN></PSCAMA>
          <X_DIST class="R"><ACCOUNT>600200</ACCOUNT></X_DIST><PSCAMA class="R"><AUDIT_ACTN>D</AUDIT_ACTN></PSCAMA>
        </X_LINE><PSCAMA class="R"><AUDIT_ACTN>C</AUDIT_ACTN></PSCAMA>
        <X_LINE class="R"><LINE_NBR>2</LINE_NBR><DESCR> </DESCR></X_LINE><PSCAMA class="R"><AUDIT_ACTN/></PSCAMA>
      </X_HDR>
      <PSCAMA class="R"><LANGUAGE_CD>ENG</LANGUAGE_CD><AUDIT_ACTN>C</AUDIT_ACTN><BASE_LANGUAGE_CD>ENG</BASE_LANGUAGE_CD><MSG_SEQ_FLG></MSG_SEQ_FLG><PROCESS_INSTANCE>17</PROCESS_INSTANCE></PSCAMA>
    </Transaction>
    <Transaction>
      <X_HDR class="R"><X_ID>0000000043</X_ID><X_DT/><X_AMT>0</X_AMT></X_HDR>
      <PSCAMA class="R"><LANGUAGE_CD>ENG</LANGUAGE_CD><AUDIT_ACTN>A</AUDIT_ACTN></PSCAMA>
    </Transaction>
  </MsgData>
</X_SYNC>"#;

/// One line for each row, indented by level.
fn outline(row: Row<'_>, level: usize, out: &mut String) {
    let fields: Vec<String> = row
        .fields()
        .map(|field| format!("{}={:?}", field.name(), field.text()))
        .collect();
    let action = row
        .action()
        .map_or_else(String::new, |action| format!(" [{action}]"));
    let indent = "  ".repeat(level);
    out.push_str(&format!(
        "{indent}{}{action} {}\n",
        row.record(),
        fields.join(" ")
    ));
    for row in row.rows() {
        outline(row, level + 1, out);
    }
}

pub(crate) fn outlines(message: &str, options: ReadOptions) -> peoplesoft_client::Result<String> {
    let mut out = String::new();
    let mut reader = Reader::from_slice(message.as_bytes(), options);
    while let Some(transaction) = reader.next_transaction()? {
        outline_of(transaction, &mut out);
    }
    Ok(out)
}

pub(crate) fn outline_of(transaction: &Transaction, out: &mut String) {
    out.push_str(&format!("transaction {}\n", transaction.number()));
    for row in transaction.rows() {
        outline(row, 1, out);
    }
    for finding in transaction.findings() {
        out.push_str(&format!("! {finding}\n"));
    }
}

#[test]
fn rows_fields_and_actions_are_read() {
    insta::assert_snapshot!(outlines(MESSAGE, ReadOptions::default()).unwrap());
}

#[test]
fn values_are_typed_on_demand() {
    let mut reader = Reader::from_slice(MESSAGE.as_bytes(), ReadOptions::default());
    let transaction = reader.next_transaction().unwrap().unwrap();
    let pscama = transaction.pscama().unwrap();
    assert_eq!(
        (pscama.process_instance, pscama.action),
        (17, Some(AuditAction::Change))
    );
    let row = transaction.first().unwrap();
    assert_eq!(row.id::<VendorId>("X_ID").unwrap().as_str(), "0000000042");
    assert_eq!(
        row.decimal("X_AMT").unwrap().unwrap().to_string(),
        "1250.50"
    );
    assert_eq!(row.date("X_DT").unwrap().unwrap().to_string(), "2026-03-31");
    assert_eq!(row.text("NOWHERE"), None);
    let line = row.children("X_LINE").nth(1).unwrap();
    assert_eq!(line.text("DESCR"), None);
    assert_eq!(line.place(), "X_HDR[1]/X_LINE[2]");
    insta::assert_snapshot!(
        row.id::<VendorId>("X_DT").and(line.id::<VendorId>("DESCR")).unwrap_err(),
        @"X_HDR[1]/X_LINE[2].DESCR: found ``, expected 1 to 10 characters"
    );
    insta::assert_snapshot!(
        row.decimal("X_DT").unwrap_err(),
        @"X_HDR[1].X_DT: found `2026-03-31`, expected a number written with digits and at most one decimal point"
    );
    let zone = Zone::utc();
    assert_eq!(
        row.date_time("X_DT", &zone).unwrap().unwrap().to_string(),
        "2026-03-31T00:00:00"
    );
    assert!(row.date_time("X_AMT", &zone).is_err());
    assert!(row.date("X_AMT").is_err());
    let field = row.fields().next().unwrap();
    assert_eq!(field.field_type(), Some(FieldType::Char));
    assert_eq!(reader.message(), Some("X_SYNC"));
    let types = reader.field_types().unwrap();
    assert_eq!(types.of("X_LINE", "LINE_NBR"), Some(FieldType::Number));
    assert_eq!(types.records().count(), 4);
}

#[test]
fn a_timestamp_is_an_instant_in_the_zone_of_the_database() {
    let message = r#"<A><FieldTypes><R class="R"><T type="DATE"/></R></FieldTypes><MsgData><Transaction>
        <R class="R"><T>2026-07-01T09:30:00.250000-0400</T></R></Transaction></MsgData></A>"#;
    let mut reader = Reader::from_slice(message.as_bytes(), ReadOptions::default());
    let transaction = reader.next_transaction().unwrap().unwrap();
    assert!(transaction.findings().is_empty());
    let zone = Zone::new("CST6CDT,M3.2.0,M11.1.0").unwrap();
    let time = transaction
        .first()
        .unwrap()
        .date_time("T", &zone)
        .unwrap()
        .unwrap();
    assert_eq!(time.to_string(), "2026-07-01T08:30:00.25");
    assert_eq!(
        transaction
            .first()
            .unwrap()
            .date("T")
            .unwrap()
            .unwrap()
            .to_string(),
        "2026-07-01"
    );
}

#[test]
fn what_does_not_fit_the_types_is_said_and_kept() {
    let message = r#"<A><FieldTypes><R class="R"><N type="NUMBER"/><D type="DATE"/><C type="CHAR"/><L type="LONG"/></R></FieldTypes>
        <MsgData><Transaction><R class="R"><N>1,5</N><D>31.03.2026</D><C>x</C><L>any</L><CUSTOM>y</CUSTOM>stray
        <S class="R"><E>z</E></S></R></Transaction>
        <Transaction><R class="R"><N>1.5</N><D>2026-03-31</D></R></Transaction></MsgData></A>"#;
    insta::assert_snapshot!(outlines(message, ReadOptions::default()).unwrap());
}

#[test]
fn lower_case_is_an_option() {
    let lower = MESSAGE
        .replace("class=\"R\"", "class=\"r\"")
        .replace("FieldTypes", "fieldtypes")
        .replace("MsgData", "msgdata")
        .replace("Transaction", "transaction");
    let lower: String = {
        let mut in_tag = false;
        lower
            .chars()
            .map(|c| {
                in_tag = c == '<' || in_tag && c != '>';
                if in_tag { c.to_ascii_lowercase() } else { c }
            })
            .collect()
    };
    assert!(lower.contains("<x_line class=\"r\">"));
    assert_eq!(
        outlines(&lower, ReadOptions::default().any_case(true)).unwrap(),
        outlines(MESSAGE, ReadOptions::default()).unwrap()
    );
    insta::assert_snapshot!(
        outlines(&lower, ReadOptions::default().parts(true)).unwrap().lines().next().unwrap(),
        @"transaction 1"
    );
    assert!(outlines(&lower, ReadOptions::default()).unwrap().is_empty());
}

#[test]
fn parts_need_no_types_and_no_transactions() {
    let parts = "<X_PARTS xmlns='urn:x'><p:X_HDR xmlns:p='urn:y'><p:X_ID>1</p:X_ID>\
                 <X_LINE><DESCR>a</DESCR></X_LINE><X_LINE><DESCR>b</DESCR><EMPTY/></X_LINE></p:X_HDR>\
                 <X_HDR><X_ID>2</X_ID></X_HDR></X_PARTS>";
    insta::assert_snapshot!(outlines(parts, ReadOptions::default().parts(true)).unwrap());
    let no_types = "<A><MsgData><Transaction/></MsgData></A>";
    let error = outlines(no_types, ReadOptions::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    insta::assert_snapshot!(
        error,
        @"the message is not readable at byte 3, in A: found `MsgData`, expected `FieldTypes` before it, or reading with the option `parts`"
    );
    assert_eq!(
        outlines(no_types, ReadOptions::default().parts(true)).unwrap(),
        "transaction 1\n"
    );
}

#[test]
fn odd_but_right_xml_reads_the_same() {
    let plain = r#"<A><FieldTypes><R class="R"><F type="CHAR"/><G type="CHAR"/></R></FieldTypes><MsgData><Transaction><R class="R"><F>a&b</F><G>c</G></R></Transaction></MsgData></A>"#;
    let plain = plain.replace("a&b", "a&amp;b");
    let expected = outlines(&plain, ReadOptions::default()).unwrap();
    for odd in [
        plain.replace("a&amp;b", "a<![CDATA[&]]>b"),
        plain.replace("a&amp;b", "a&#38;<!-- x -->b"),
        plain.replace("a&amp;b", "\r\n  a&#x26;b  "),
        plain
            .replace("<F>", "<F a='1' b=\"2\" >")
            .replace("</F>", "</F >"),
        plain
            .replace("<R class=\"R\">", "<n:R xmlns:n = 'u' class='R'>")
            .replace("</R>", "</n:R>"),
        format!(
            "\u{feff}<?xml version=\"1.0\" encoding='utf-8'?><!-- c --><?pi?>{plain}\n<!-- end -->"
        ),
        plain.replace(
            "<MsgData>",
            "<Unknown><X class='R'>1</X></Unknown><MsgData><Noise/>",
        ),
    ] {
        assert_eq!(
            outlines(&odd, ReadOptions::default()).unwrap(),
            expected,
            "{odd}"
        );
    }
}

#[test]
fn a_field_that_comes_twice_is_kept_twice_and_one_after_rows_is_a_field() {
    let message = r#"<A><FieldTypes/><MsgData><Transaction><R class="R"><F>1</F><F>2</F><S class="R"/><G>3</G></R></Transaction></MsgData></A>"#;
    let options = ReadOptions::default();
    let mut reader = Reader::from_slice(message.as_bytes(), options);
    let transaction = reader.next_transaction().unwrap().unwrap();
    let row = transaction.first().unwrap();
    let texts: Vec<&str> = row.fields().map(|field| field.text()).collect();
    assert_eq!(texts, ["1", "2", "3"]);
    assert_eq!(row.rows().count(), 1);
}

#[test]
fn blanks_are_kept_on_demand() {
    let message = r#"<A><FieldTypes/><MsgData><Transaction><R class="R"><F> a </F><G> </G></R></Transaction></MsgData></A>"#;
    let mut reader =
        Reader::from_slice(message.as_bytes(), ReadOptions::default().keep_blanks(true));
    let row = reader.next_transaction().unwrap().unwrap().first().unwrap();
    assert_eq!((row.text("F"), row.text("G")), (Some(" a "), Some(" ")));
}

#[test]
fn values_are_not_shown_by_debug() {
    let mut reader = Reader::from_slice(MESSAGE.as_bytes(), ReadOptions::default());
    let transaction = reader.next_transaction().unwrap().unwrap();
    let row = transaction.first().unwrap();
    let shown = format!(
        "{transaction:?} {row:?} {:?} {:?}",
        row.fields(),
        row.fields().next()
    );
    assert!(
        shown.contains("X_ID") && !shown.contains("0000000042"),
        "{shown}"
    );
    let shown = format!("{:?}", peoplesoft_client::rowset::NewRow::from(row));
    assert!(
        shown.contains("X_DIST") && !shown.contains("600100"),
        "{shown}"
    );
}
