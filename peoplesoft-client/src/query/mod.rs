//! The Query Access Service: any query of the site, run over REST, its rows as text.

pub(crate) mod columns;
mod json;
mod request;
mod row;

pub use request::QueryRequest;
pub use row::{Row, RowSet};

#[cfg(feature = "test-util")]
pub(crate) use json::parse as parse_answer;
pub(crate) use request::run;
