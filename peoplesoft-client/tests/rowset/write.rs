//! What writers write.

use std::io;

use peoplesoft_client::model::{PsDateTime, Zone};
use peoplesoft_client::rowset::{
    AuditAction, FieldType, FieldTypes, Message, NewRow, Pscama, WriteOptions, Writer,
};
use peoplesoft_client::{Decimal, ErrorKind};

fn message() -> Message {
    let chicago = Zone::new("CST6CDT,M3.2.0,M11.1.0").unwrap();
    let time: PsDateTime = "2026-07-01T09:30:00.25".parse().unwrap();
    Message::new("X_SYNC").apply(
        NewRow::new("X_HDR")
            .text("X_ID", "A<&>\"'B")
            .text("BLANK", "")
            .number("X_AMT", Decimal::new(-125_050, 2))
            .date("X_DT", "2026-03-31".parse().unwrap())
            .date_as("Y_DT", "2026-03-31".parse().unwrap(), "%Y/%m/%d")
            .date_time("X_DTTM", time, &chicago)
            .row(
                NewRow::new("X_LINE")
                    .number("LINE_NBR", 1)
                    .action(AuditAction::Add),
            )
            .row(NewRow::new("X_LINE").number("LINE_NBR", 2)),
        AuditAction::Change,
    )
}

#[test]
fn a_message_has_types_transactions_and_audit_records() {
    insta::assert_snapshot!(
        message()
            .to_xml(&WriteOptions::default())
            .unwrap()
            .replace("><", ">\n<")
    );
}

#[test]
fn case_parts_and_namespace_are_options() {
    let lower = message()
        .to_xml(&WriteOptions::default().lower_case(true))
        .unwrap();
    assert!(
        lower.contains("<x_sync><fieldtypes><x_hdr class=\"r\"><x_id type=\"CHAR\"/>"),
        "{lower}"
    );
    assert!(
        lower.ends_with("</transaction></msgdata></x_sync>"),
        "{lower}"
    );
    let parts = WriteOptions::default()
        .parts(true)
        .namespace("urn:x&y".to_owned());
    let parts = message().to_xml(&parts).unwrap();
    assert!(
        parts.contains("<X_SYNC xmlns=\"urn:x&amp;y\"><MsgData><Transaction><X_HDR class=\"R\">"),
        "{parts}"
    );
    assert!(
        !parts.contains("PSCAMA") && !parts.contains("FieldTypes"),
        "{parts}"
    );
}

#[test]
fn what_cannot_be_written_is_named() {
    let types = || {
        FieldTypes::new()
            .field("R", "N", FieldType::Number)
            .field("S", "C", FieldType::Char)
    };
    let write = |row: NewRow| {
        let mut writer = Writer::new(Vec::new(), "M", types(), WriteOptions::default()).unwrap();
        let error = writer.transaction(&[row], &Pscama::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        // What failed left nothing behind.
        writer.transaction(&[], &Pscama::default()).unwrap();
        let written = String::from_utf8(writer.finish().unwrap()).unwrap();
        assert_eq!(written.matches("<Transaction>").count(), 1);
        error.to_string()
    };
    insta::assert_snapshot!(write(NewRow::new("R").text("N", "1,5")), @"M: R.N: found `1,5`, expected a number written with digits and at most one decimal point");
    insta::assert_snapshot!(write(NewRow::new("R").text("O", "1")), @"M: R.O: found `1`, expected a field that FieldTypes declares");
    insta::assert_snapshot!(
        write(NewRow::new("R").row(NewRow::new("S")).row(NewRow::new("S").text("C", "a\u{1}b"))),
        @r"M: R/S[2].C: found `a\u{1}b`, expected text of characters that XML allows"
    );
    insta::assert_snapshot!(write(NewRow::new("Q")), @"M: Q: found `Q`, expected a record that FieldTypes declares");
    let deep = (0..20).fold(NewRow::new("S"), |row, _| NewRow::new("R").row(row));
    assert!(write(deep).contains("rows at most 12 deep"));
}

#[test]
fn names_are_checked() {
    for name in ["", "1A", "A B", "A-B", "A<B", "Ä", "x:y", &"A".repeat(61)] {
        let row = NewRow::new("R").text("F", "1");
        let error = Message::new(name)
            .row(row.clone())
            .to_xml(&WriteOptions::default())
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{name}");
        let field = Message::new("M").row(row.clone().text(name, "1"));
        assert!(field.to_xml(&WriteOptions::default()).is_err(), "{name}");
        let record = Message::new("M").row(row.row(NewRow::new(name)));
        assert!(record.to_xml(&WriteOptions::default()).is_err(), "{name}");
    }
    insta::assert_snapshot!(
        Message::new("A B").row(NewRow::new("R")).to_xml(&WriteOptions::default()).unwrap_err(),
        @"`A B` is no name of a message: expected 1 to 60 letters, digits and `_`, no digit first"
    );
    assert!(Message::new("M").to_xml(&WriteOptions::default()).is_err());
}

#[test]
fn a_full_disk_is_reported() {
    struct Full;
    impl io::Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let types = FieldTypes::new().field("R", "N", FieldType::Number);
    let error = Writer::new(Full, "M", types, WriteOptions::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
}
