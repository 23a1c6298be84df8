//! XML as this crate reads and writes it: no document types, no entities but the five and characters by
//! number, limits on depth, tags and texts; and a writer that escapes.

mod error;
mod guard;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub(crate) use error::XmlError;
pub(crate) use guard::{Guard, Limits};
pub(crate) use reader::{Element, Reader, Token};
pub(crate) use writer::{Writer, is_name};
