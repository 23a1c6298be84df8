//! Transaction sets against the tables of the standard, or of a partner.
//!
//! The ways in, for whole files, for sets and for segments:
//!
//! - [`ValidatingReader`] reads an input of any size in bounded memory, chooses the schema of each
//!   set by GS08 and ST01 (or as a function of yours says) and yields the events of the envelope
//!   with its findings among them.
//! - [`validate`] does so with bytes in memory and gives the findings alone.
//! - [`Validator::validate`] checks a [`TransactionSet`](crate::TransactionSet) that was read.
//! - [`Validator::start`], [`Validator::segment`] and [`Validator::end`] check segments as they
//!   come, wherever from.
//!
//! What is wrong comes out as [`Finding`](crate::finding::Finding)s: place in the input, segment
//! number as AK302 counts, loop path, element, component, repetition, value, text and remedy. A
//! defect gives one finding: a value that is no number is not also too long, and a segment out of
//! place does not make those behind it strange.
//!
//! # Switches
//!
//! Everything is a switch of [`Switches`] and can be set by itself. The levels are settings:
//!
//! | switch | findings | strict | standard | lenient |
//! |---|---|---|---|---|
//! | `unknown_segments` | `segment-unknown`, `segment-not-in-set` | error | error | warning |
//! | `unexpected_segments` | `segment-unexpected`, `segment-forbidden` | error | error | warning |
//! | `missing_segments` | `segment-missing`, `loop-missing` | error | error | warning |
//! | `order` | `segment-out-of-order` | error | warning | off |
//! | `segment_repeats` | `segment-repeated` | error | warning | off |
//! | `loop_repeats` | `loop-repeated` | error | warning | off |
//! | `hierarchy` | `hierarchy-number-repeated`, `hierarchy-parent-unknown` | error | warning | off |
//! | `required_elements` | `element-missing`, `element-forbidden` | error | error | warning |
//! | `syntax_notes` | `element-condition-missing`, `element-exclusion` | error | warning | off |
//! | `surplus_elements` | `element-surplus` | error | warning | off |
//! | `surplus_components` | `component-surplus` | error | warning | off |
//! | `repetitions` | `element-repeated` | error | warning | off |
//! | `numbers` | `element-number-invalid` | error | error | error |
//! | `dates` | `element-date-invalid` | error | error | warning |
//! | `times` | `element-time-invalid` | error | error | warning |
//! | `min_length` | `element-too-short` | error | warning | off |
//! | `max_length` | `element-too-long` | error | warning | off |
//! | `character_set` | `element-character-invalid` | error | warning | off |
//! | `characters` | which they are | extended | extended | any |
//! | `codes` | `element-code-invalid` | error | warning | off |
//! | `blank_elements` | `element-blank` | error | warning | off |
//! | `trailing_blanks` | `element-trailing-blanks` | warning | off | off |
//! | `padding` | `element-padded` | error | warning | off |
//! | `leading_zeroes` | `element-leading-zeroes` | warning | off | off |
//! | `trailing_zeroes` | `element-trailing-zeroes` | warning | off | off |
//! | `separators` | `trailing-separators`, `trailing-separators-missing` | warning | off | off |
//! | `trailing_separators` | whether they may be there | forbidden | optional | optional |
//! | `duplicates` | `interchange-control-number-repeated`, `group-control-number-repeated`, `set-control-number-repeated` | error | warning | off |
//! | `unknown_sets` | `set-unknown`, `release-unknown` | error | warning | off |
//! | `functional_ids` | `set-not-in-group` | error | warning | off |
//!
//! Counts, control numbers and the shape of the envelope are checked by the
//! [`EnvelopeReader`](crate::EnvelopeReader) in any case.
//!
//! # How values are measured
//!
//! N0 to N9 count digits, R counts digits without the point, neither counts the sign; ID, AN, DT
//! and TM count characters, which are bytes unless [`Characters::Utf8`] is set; B counts bytes and
//! may hold any. Blanks in front of a text (AN) count; those behind it should be there only up to
//! the least length. Dates are days of the calendar with eight digits or six, as the length of
//! their element says.

mod characters;
mod clean;
mod codes;
mod content;
mod hierarchy;
mod reader;
mod report;
mod rules;
mod switches;
mod thorough;
mod validator;
mod value;

pub use content::SetContext;
pub use reader::{ValidatingReader, validate};
pub use rules::SetRules;
pub use switches::{Characters, Check, Switches, TrailingSeparators};
pub use validator::{DEFAULT_MAX_FINDINGS, Validator};
