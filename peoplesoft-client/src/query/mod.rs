//! The Query Access Service: any query of the site, run over REST, its rows as text.

pub(crate) mod columns;
mod decode;
mod decoder;
mod field_map;
mod format;
mod json;
mod pages;
mod poll;
mod reader;
mod request;
mod row;
mod step;
mod stream;
mod xmlp;

pub use field_map::FieldMap;
pub use format::QueryFormat;
pub use pages::QueryPages;
pub use poll::{PollStatus, Polled};
pub use reader::{Decoded, RowReader};
pub use request::QueryRequest;
pub use row::{Row, RowBuf, RowSet};
pub use stream::RowStream;

pub(crate) use decoder::parse;
#[cfg(feature = "test-util")]
pub(crate) use decoder::parse_in_pieces;
pub(crate) use poll::probe_status;
pub(crate) use request::run;
