//! Exact sums of what a document says.

use rust_decimal::Decimal;

/// The sum; `None` if a number is missing or the sum has more digits than can be kept.
pub(crate) fn sum(numbers: impl Iterator<Item = Option<Decimal>>) -> Option<Decimal> {
    let mut sum = Decimal::ZERO;
    for number in numbers {
        sum = sum.checked_add(number?)?;
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_number_or_one_too_large_leaves_no_sum() {
        let sum_of = |numbers: &[Option<Decimal>]| sum(numbers.iter().copied());
        assert_eq!(sum_of(&[]), Some(Decimal::ZERO));
        assert_eq!(
            sum_of(&[Some(Decimal::ONE), Some(Decimal::TEN)]),
            Some(Decimal::from(11))
        );
        assert_eq!(sum_of(&[Some(Decimal::ONE), None]), None);
        assert_eq!(sum_of(&[Some(Decimal::MAX), Some(Decimal::ONE)]), None);
    }
}
