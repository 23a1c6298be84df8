//! Messages and answers as PeopleSoft sends them, of any size.

mod message;
mod rows;

pub use message::{MessageStream, voucher_message};
pub use rows::query_answer;

/// What is in generated data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Content {
    /// Transactions of a message, or records of an answer.
    pub records: u64,
    /// Rows of all records, without `PSCAMA`.
    pub rows: u64,
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use peoplesoft_client::rowset::{ReadOptions, Reader};

    use super::*;

    #[test]
    fn the_generated_message_is_sound() {
        let (message, content) = voucher_message(200_000, 1);
        assert!(message.len() >= 200_000);
        assert_eq!(voucher_message(200_000, 1).0, message);
        let mut reader = Reader::from_slice(message.as_bytes(), ReadOptions::default());
        let (mut transactions, mut rows) = (0, 0);
        while let Some(transaction) = reader.next_transaction().unwrap() {
            assert_eq!(transaction.findings(), []);
            transactions += 1;
            for header in transaction.rows() {
                rows += 1;
                for line in header.rows() {
                    rows += 1 + line.rows().count() as u64;
                }
            }
        }
        assert_eq!((transactions, rows), (content.records, content.rows));
    }

    #[test]
    fn the_stream_gives_the_same_bytes() {
        let mut read = Vec::new();
        let mut stream = MessageStream::new(100_000, 7);
        let mut piece = [0; 777];
        loop {
            let length = stream.read(&mut piece).unwrap();
            if length == 0 {
                break;
            }
            read.extend_from_slice(&piece[..length]);
        }
        assert_eq!(read, voucher_message(100_000, 7).0.as_bytes());
    }

    #[test]
    fn the_generated_answer_is_sound() {
        let (answer, rows) = query_answer(100_000, 3);
        let json: serde_json::Value = serde_json::from_str(&answer).unwrap();
        let query = &json["data"]["query"];
        assert_eq!(query["numrows"], rows);
        assert_eq!(query["rows"].as_array().unwrap().len() as u64, rows);
        assert_eq!(query["rows"][0].as_object().unwrap().len(), 24);
    }
}
