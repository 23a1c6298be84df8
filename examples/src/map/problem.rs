//! What the codec refuses, in the words of holds.

use x12_edi::{Error, ErrorKind, Problem};

use crate::hold::{Hold, HoldCode};

/// A hold for each problem that keeps a document from being written.
#[must_use]
pub fn holds_of(error: &Error) -> Vec<Hold> {
    error.problems().iter().map(hold_of).collect()
}

fn hold_of(problem: &Problem) -> Hold {
    let code = match problem.kind {
        ErrorKind::DelimiterInData => HoldCode::DelimiterInData,
        ErrorKind::Missing | ErrorKind::Condition => HoldCode::MissingField,
        ErrorKind::Length => HoldCode::ValueTooLong,
        ErrorKind::Character | ErrorKind::Value => HoldCode::InvalidValue,
        _ => HoldCode::Unsupported,
    };
    let element = problem
        .element
        .map(|element| format!("{element:02}"))
        .unwrap_or_default();
    let which = problem
        .occurrence
        .map(|number| format!(" number {number}"))
        .unwrap_or_default();
    let hold =
        Hold::new(code, format!("{}{element}{which}", problem.segment)).expected(&problem.expected);
    match &problem.value {
        Some(value) => hold.found(format_args!("{value:?}")),
        None => hold,
    }
}
