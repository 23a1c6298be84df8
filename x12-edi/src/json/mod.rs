//! JSON that holds every byte: X12 → JSON → X12 gives the same bytes for any input (feature
//! `serde`).
//!
//! [`Encoder`] and [`Decoder`] stream: memory is bounded by one segment. The form, here shortened:
//!
//! ```json
//! {"format_version":1,"items":[
//!  {"interchange":{
//!    "delimiters":{"component":">","element":"*","segment":"~","end":"~\n"},
//!    "header":{"id":"ISA","01":"00","02":"          ","16":">"},
//!    "items":[
//!    {"group":{
//!      "header":{"id":"GS","01":"PO"},
//!      "items":[
//!      {"set":{
//!        "header":{"id":"ST","01":"850","02":"0001"},
//!        "items":[
//!        {"id":"BEG","01":"00","02":"SA","03":"4711","05":"20240101"}],
//!        "trailer":{"id":"SE","01":"3","02":"0001"}}}],
//!      "trailer":{"id":"GE","01":"1","02":"1"}}}],
//!    "trailer":{"id":"IEA","01":"1","02":"000000001"}}}
//! ]}
//! ```
//!
//! | key | what it is |
//! | --- | --- |
//! | `format_version` | 1; another number is refused |
//! | `items` | in the order of the input: interchanges, groups, sets, segments, bytes |
//! | `delimiters` | the separators, and `end`: what follows each segment, terminator and line end |
//! | `id` | the segment id |
//! | `01`, `02` … | the elements by their number. Those left out are empty; the last one is always there, so `REF*DP**` has `"03":""` |
//! | `end` | what follows this one segment, where it is not the `end` of `delimiters` |
//! | `bytes` | in a segment: all of it with what follows, where elements cannot tell it (they are then for reading only). As an item: bytes that belong to no segment, such as a byte order mark or garbage |
//! | `trailer` | left out where it is missing |
//! | `label`, `labels`, `finding`, `context` | for people; the way back leaves them alone |
//!
//! An element is a string. One with components is an array of strings, `["A","B"]`; one that
//! repeats is an array of arrays, `[["A","B"],["C"]]`. Bytes that are no UTF-8 are
//! `{"latin1":"caf\u00e9"}`, each character standing for one byte. ISA and the data of BIN and BDS
//! are never split.
//!
//! Keys may be sorted by a tool on the way. Counts and control numbers are written as they are
//! given: whoever adds a segment changes SE01 too.

mod decode;
mod encode;
mod form;
mod text;

pub use decode::Decoder;
pub use encode::Encoder;

/// The version of the form that is written and read.
pub const FORMAT_VERSION: u32 = 1;

/// How the JSON is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Layout {
    /// One JSON document, one segment a line.
    #[default]
    Document,
    /// One JSON value a line (NDJSON): each transaction set whole, with its `context`. Interchanges
    /// and groups are an `open` and a `close` line around them.
    Lines,
}
