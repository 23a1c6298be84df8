//! The JSON of the Query Access Service: `{"status":"success","data":{"query":{…,"rows":[…]}}}`.

mod machine;
mod scan;
mod skip;

pub(crate) use machine::Machine;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::error::Error;
    use crate::query::{QueryFormat, RowSet};

    fn parse(body: &[u8], max_rows: u32) -> Result<RowSet, Error> {
        crate::query::parse(QueryFormat::Json, body, max_rows)
    }

    const ANSWER: &str = r#"{"status":"success","data":{"query":{"numrows":2,"queryname=":"X_PO","rows":[
        {"attr:rownumber":1,"A.BUSINESS_UNIT":"US001 ","A.PO_ID":"0000000123","C.QTY_PO":4.10,"A.PO_DT":" "},
        {"attr:rownumber":2,"A.BUSINESS_UNIT":"US001","C.QTY_PO":"1.5","A.PO_ID":"0000000124","X":null}]}}}"#;

    #[test]
    fn rows_are_text_in_order() {
        let set = parse(ANSWER.as_bytes(), 10).unwrap();
        assert_eq!(set.query(), Some("X_PO"));
        assert!(!set.truncated());
        let rows: Vec<_> = set.rows().collect();
        assert_eq!(rows[0].get("A.BUSINESS_UNIT"), Some("US001"));
        assert_eq!(rows[0].get("C.QTY_PO"), Some("4.10"));
        assert_eq!(rows[0].get("A.PO_DT"), None);
        assert_eq!(rows[1].number(), Some(2));
        assert_eq!(rows[1].get("C.QTY_PO"), Some("1.5"));
        let names: Vec<_> = rows[1].iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["A.BUSINESS_UNIT", "C.QTY_PO", "A.PO_ID", "X"]);
        assert_eq!(rows[1].at(1), Some("0000000124"));
    }

    #[test]
    fn both_spellings_of_the_name_are_read() {
        let corrected = ANSWER.replace("queryname=", "queryname");
        assert_eq!(
            parse(corrected.as_bytes(), 10).unwrap(),
            parse(ANSWER.as_bytes(), 10).unwrap()
        );
    }

    #[test]
    fn as_many_rows_as_the_limit_may_be_a_cut() {
        assert!(parse(ANSWER.as_bytes(), 2).unwrap().truncated());
        assert!(!parse(ANSWER.as_bytes(), 3).unwrap().truncated());
        let more = ANSWER.replace("\"numrows\":2", "\"numrows\":\"3\"");
        assert!(parse(more.as_bytes(), 10).unwrap().truncated());
    }

    #[test]
    fn a_row_that_is_no_object_leaves_the_others() {
        let text = ANSWER.replace("\"rows\":[", "\"rows\":[[1],7,");
        let set = parse(text.as_bytes(), 10).unwrap();
        assert_eq!(set.rows().len(), 4);
        assert_eq!(set.rows[0].malformed.as_deref(), Some("[1]"));
        assert_eq!(set.rows().nth(3).unwrap().get("C.QTY_PO"), Some("1.5"));
    }

    fn failure(text: &str) -> String {
        let error = parse(text.as_bytes(), 10).unwrap_err();
        format!("{:?}: {error}", error.kind())
    }

    #[test]
    fn failures_say_where() {
        insta::assert_snapshot!(
            failure(r#"{"status":"error","message":"Query X not found","data":null}"#),
            @"Fault: the query answered with status `error`: Query X not found"
        );
        insta::assert_snapshot!(
            failure(r#"{"status":"success","data":{"query":"#),
            @"Decode: the answer ends in the middle of its JSON at byte 37, where it ends"
        );
        insta::assert_snapshot!(
            failure(r#"{"status":"success","data":{"query":{"rows":7}}}"#),
            @"Decode: the answer does not have the shape of a query answer: data.query.rows is no array at byte 45: found `7}}}`"
        );
        insta::assert_snapshot!(failure("\u{feff} \n"), @"Decode: the answer is empty");
        insta::assert_snapshot!(
            failure("[]"),
            @"Decode: the answer has no data.query: found `[]`"
        );
        insta::assert_snapshot!(
            failure(r#"{"status":"success"}"#),
            @r#"Decode: the answer has no data.query: found `{\"status\":\"success\"}`"#
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes, 10);
        }

        #[test]
        fn digits_survive(digits in "-?[1-9][0-9]{0,20}\\.[0-9]{1,8}") {
            let text = format!(r#"{{"status":"success","data":{{"query":{{"rows":[{{"N":{digits}}}]}}}}}}"#);
            let set = parse(text.as_bytes(), 10).unwrap();
            let row = set.rows().next().unwrap();
            prop_assert_eq!(row.get("N"), Some(digits.as_str()));
        }
    }
}
