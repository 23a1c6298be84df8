//! Any two texts as attribute and value: refused, or one comparison with one quoted string.
#![no_main]

use cleo_client::Filter;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|texts: (&str, &str)| {
    let (attribute, value) = texts;
    let Ok(filter) = Filter::eq(attribute, value) else { return };
    let quoted = filter
        .as_str()
        .strip_prefix(attribute)
        .and_then(|rest| rest.strip_prefix(" eq \""))
        .and_then(|rest| rest.strip_suffix('"'))
        .expect("attribute, operator, quoted value");
    // JSON's rule for strings is stricter and has the same two escapes.
    let read: String = serde_json::from_str(&format!("\"{quoted}\"")).expect("a quoted string");
    assert_eq!(read, value);
});
