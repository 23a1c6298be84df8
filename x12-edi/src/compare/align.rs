//! Which items of two sequences belong together.

use std::collections::HashMap;

/// A table of so many cells is filled; larger stretches are cut at what is unique in both.
const MAX_CELLS: usize = 1_000_000;

/// Pairs of equal items, in order on both sides.
pub(super) fn align(left: &[u64], right: &[u64]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    stretch(left, right, 0, 0, &mut pairs);
    pairs
}

fn stretch(
    left: &[u64],
    right: &[u64],
    left_from: usize,
    right_from: usize,
    pairs: &mut Vec<(usize, usize)>,
) {
    let prefix = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    pairs.extend((0..prefix).map(|at| (left_from + at, right_from + at)));
    let (left, right) = (tail(left, prefix), tail(right, prefix));
    let (left_from, right_from) = (left_from + prefix, right_from + prefix);
    let suffix = left
        .iter()
        .rev()
        .zip(right.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let (left_end, right_end) = (left.len() - suffix, right.len() - suffix);
    let (inner_left, inner_right) = (head(left, left_end), head(right, right_end));
    if left_end.saturating_mul(right_end) <= MAX_CELLS {
        longest(inner_left, inner_right, left_from, right_from, pairs);
    } else {
        let (mut a, mut b) = (0, 0);
        for (next_a, next_b) in anchors(inner_left, inner_right) {
            let before = (slice(inner_left, a, next_a), slice(inner_right, b, next_b));
            stretch(before.0, before.1, left_from + a, right_from + b, pairs);
            pairs.push((left_from + next_a, right_from + next_b));
            (a, b) = (next_a + 1, next_b + 1);
        }
        // Without an anchor the stretch has nothing in common that could be told apart.
        if a > 0 {
            let rest = (tail(inner_left, a), tail(inner_right, b));
            stretch(rest.0, rest.1, left_from + a, right_from + b, pairs);
        }
    }
    pairs.extend((0..suffix).map(|at| (left_from + left_end + at, right_from + right_end + at)));
}

/// The longest common subsequence, by a table.
fn longest(
    left: &[u64],
    right: &[u64],
    left_from: usize,
    right_from: usize,
    pairs: &mut Vec<(usize, usize)>,
) {
    if left.is_empty() || right.is_empty() {
        return;
    }
    let width = right.len() + 1;
    let mut table = vec![0_u32; (left.len() + 1) * width];
    let cell = |table: &[u32], a: usize, b: usize| table.get(a * width + b).copied().unwrap_or(0);
    for (a, one) in left.iter().enumerate().rev() {
        for (b, other) in right.iter().enumerate().rev() {
            let best = if one == other {
                cell(&table, a + 1, b + 1) + 1
            } else {
                cell(&table, a + 1, b).max(cell(&table, a, b + 1))
            };
            if let Some(slot) = table.get_mut(a * width + b) {
                *slot = best;
            }
        }
    }
    let (mut a, mut b) = (0, 0);
    while let (Some(one), Some(other)) = (left.get(a), right.get(b)) {
        if one == other {
            pairs.push((left_from + a, right_from + b));
            (a, b) = (a + 1, b + 1);
        } else if cell(&table, a + 1, b) >= cell(&table, a, b + 1) {
            a += 1;
        } else {
            b += 1;
        }
    }
}

/// Items that are there once on each side, as many of them as are in the same order.
fn anchors(left: &[u64], right: &[u64]) -> Vec<(usize, usize)> {
    let unique = |items: &[u64]| {
        let mut seen: HashMap<u64, (usize, bool)> = HashMap::new();
        for (at, &item) in items.iter().enumerate() {
            seen.entry(item)
                .and_modify(|(_, once)| *once = false)
                .or_insert((at, true));
        }
        seen
    };
    let (on_left, on_right) = (unique(left), unique(right));
    let both: Vec<(usize, usize)> = left
        .iter()
        .filter_map(|item| match (on_left.get(item), on_right.get(item)) {
            (Some(&(a, true)), Some(&(b, true))) => Some((a, b)),
            _ => None,
        })
        .collect();
    // The longest run that rises on the right, too.
    let mut piles: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(both.len());
    let at = |index: usize| both.get(index).map_or(0, |pair| pair.1);
    for (index, pair) in both.iter().enumerate() {
        let pile = piles.partition_point(|&top| at(top) < pair.1);
        before.push(
            pile.checked_sub(1)
                .and_then(|below| piles.get(below).copied()),
        );
        match piles.get_mut(pile) {
            Some(top) => *top = index,
            None => piles.push(index),
        }
    }
    let mut chain = Vec::new();
    let mut next = piles.last().copied();
    while let Some(index) = next {
        chain.extend(both.get(index).copied());
        next = before.get(index).copied().flatten();
    }
    chain.reverse();
    chain
}

fn head(items: &[u64], to: usize) -> &[u64] {
    slice(items, 0, to)
}

fn tail(items: &[u64], from: usize) -> &[u64] {
    items.get(from..).unwrap_or_default()
}

fn slice(items: &[u64], from: usize, to: usize) -> &[u64] {
    items.get(from..to).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_equal_is_paired() {
        assert_eq!(align(&[1, 2, 3], &[1, 3]), [(0, 0), (2, 1)]);
        assert_eq!(align(&[1, 2, 3, 4], &[9, 2, 8, 4]), [(1, 1), (3, 3)]);
        assert_eq!(align(&[], &[1]), []);
    }

    #[test]
    fn long_sequences_are_cut_at_unique_items() {
        let left: Vec<u64> = (0..3000).collect();
        let mut right: Vec<u64> = (0..3000).filter(|n| n % 100 != 7).collect();
        right.insert(50, 99_999);
        right.push(77_777);
        let mut left = left;
        left.insert(0, 88_888);
        left.push(66_666);
        assert_eq!(align(&left, &right).len(), 2970);
    }

    proptest! {
        #[test]
        fn pairs_are_equal_and_rise(
            left in proptest::collection::vec(0_u64..6, 0..40),
            right in proptest::collection::vec(0_u64..6, 0..40),
        ) {
            let pairs = align(&left, &right);
            for pair in &pairs {
                prop_assert_eq!(left[pair.0], right[pair.1]);
            }
            prop_assert!(pairs.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 < w[1].1));
            prop_assert_eq!(align(&left, &left).len(), left.len());
        }
    }
}
