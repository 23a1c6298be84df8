//! What is written is read back as the same rows.

use peoplesoft_client::Decimal;
use peoplesoft_client::rowset::{
    AuditAction, Message, NewRow, Pscama, ReadOptions, Reader, WriteOptions,
};
use proptest::prelude::*;

/// Reads a message into rows again.
fn read(xml: &str, options: ReadOptions) -> Vec<(Vec<NewRow>, Option<Pscama>)> {
    let mut reader = Reader::from_slice(xml.as_bytes(), options);
    let mut all = Vec::new();
    while let Some(transaction) = reader.next_transaction().unwrap() {
        assert_eq!(transaction.findings(), []);
        // The action of a row on top is that of its transaction.
        let rows = transaction.rows().map(|row| NewRow::from(row).action(None));
        all.push((rows.collect(), transaction.pscama()));
    }
    all
}

/// Text with everything that has to be escaped, and no blanks around it.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,12}",
        "[<>&'\"\\]!\\[\r\n\t;#a-z]{0,12}",
        "\\PC{0,8}",
    ]
    .prop_map(|text| text.trim_matches([' ', '\t', '\r', '\n']).to_owned())
}

fn action() -> impl Strategy<Value = Option<AuditAction>> {
    prop_oneof![
        Just(None),
        Just(Some(AuditAction::Add)),
        Just(Some(AuditAction::Change)),
        Just(Some(AuditAction::Delete)),
        Just(AuditAction::from_text("K")),
    ]
}

fn fields(row: NewRow) -> impl Strategy<Value = NewRow> {
    let number = (any::<i64>(), 0..5_u32).prop_map(|(n, scale)| Decimal::new(n, scale));
    let date = (1..=9999_u16, 1..=12_u8, 1..=28_u8);
    proptest::option::of((text(), number, date, text())).prop_map(move |values| match values {
        Some((one, number, (y, m, d), two)) => row
            .clone()
            .text("C_ONE", one)
            .number("N_ONE", number)
            .date(
                "D_ONE",
                peoplesoft_client::model::PsDate::new(y, m, d).unwrap(),
            )
            .text("C_TWO", two),
        None => row.clone(),
    })
}

fn row(level: usize) -> BoxedStrategy<NewRow> {
    let own = (0..2_usize, action()).prop_flat_map(move |(kind, action)| {
        let record = format!("REC_{}", (b'A' + level as u8 * 2 + kind as u8) as char);
        fields(NewRow::new(record).action(action))
    });
    if level == 3 {
        return own.boxed();
    }
    (own, proptest::collection::vec(row(level + 1), 0..3))
        .prop_map(|(own, below)| below.into_iter().fold(own, NewRow::row))
        .boxed()
}

fn message() -> impl Strategy<Value = Message> {
    let transaction = (
        proptest::collection::vec(row(0), 1..3),
        action(),
        any::<u32>(),
    );
    proptest::collection::vec(transaction, 1..4).prop_map(|transactions| {
        let mut message = Message::new("X_SYNC");
        for (rows, action, instance) in transactions {
            let rows = rows.into_iter().map(|row| row.action(None)).collect();
            let mut pscama = Pscama::default();
            pscama.action = action;
            pscama.process_instance = instance.into();
            message = message.transaction(rows, pscama);
        }
        message
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_message_survives(message in message(), lower in any::<bool>()) {
        let xml = message.to_xml(&WriteOptions::default().lower_case(lower)).unwrap();
        let read = read(&xml, ReadOptions::default().any_case(lower));
        let written: Vec<_> = message
            .transactions()
            .map(|(rows, pscama)| (rows.to_vec(), Some(pscama.clone())))
            .collect();
        prop_assert_eq!(read, written);
    }

    #[test]
    fn a_text_survives_with_its_blanks(one in "[ \\PC\r\n\t]{0,20}", two in "[ \\PC]{0,20}") {
        let row = NewRow::new("R").text("ONE", one).text("TWO", two);
        let xml = Message::new("M").row(row.clone()).to_xml(&WriteOptions::default()).unwrap();
        let read = read(&xml, ReadOptions::default().keep_blanks(true));
        prop_assert_eq!(&read[0].0[0], &row);
    }
}
