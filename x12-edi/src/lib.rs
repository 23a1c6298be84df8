#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod acknowledge;
#[cfg(feature = "tokio")]
#[cfg_attr(docsrs, doc(cfg(feature = "tokio")))]
pub mod asynchronous;
pub mod compare;
mod delimiters;
pub mod document;
pub mod envelope;
mod error;
pub mod finding;
pub mod guide;
#[cfg(feature = "serde")]
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
pub mod json;
pub mod label;
mod lexer;
pub mod mask;
mod outline;
mod reader;
pub mod render;
pub mod schema;
mod segment;
pub mod split;
pub mod stats;
pub mod validate;
pub mod value;
mod window;
mod writer;

pub use delimiters::Delimiters;
pub use envelope::{EnvelopeReader, TransactionSet, TransactionSets, parse};
pub use error::{Error, ErrorKind, Problem, Result};
pub use reader::{DEFAULT_MAX_SEGMENT_BYTES, Reader, SliceSource, Source, StreamSource};
pub use segment::{Element, Elements, Segment, SegmentBuf};
pub use writer::{
    CharacterSet, DelimiterPolicy, Level, Limits, LineEnd, Part, Replacement, SegmentWriter,
    SplitWriter, Writer,
};
