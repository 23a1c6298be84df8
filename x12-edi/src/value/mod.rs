//! Texts, exact numbers, dates, times and control numbers, from and to their X12 text.

mod control_number;
mod date;
mod number;
mod text;
mod time;

pub use control_number::{ControlNumber, SetControlNumber};
pub use date::Date;
pub(crate) use number::{Exact, exact_implied, exact_real};
pub use number::{NumberError, implied, real, write_implied, write_real};
pub use rust_decimal::Decimal;
pub use text::Text;
pub use time::Time;

use crate::error::{ErrorKind, Problem};

fn refuse(expected: &str, value: &[u8], remedy: &str) -> crate::Error {
    Problem::new(ErrorKind::Value, expected, remedy)
        .with_value(value)
        .into()
}
