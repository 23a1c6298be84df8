//! Objects one after the other, each once.

use std::{
    collections::{HashSet, VecDeque, hash_map::RandomState},
    hash::BuildHasher,
};

use futures_util::StreamExt as _;

use super::{Identified, Pages};
use crate::error::Result;

/// An object of a list and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Positioned<T> {
    /// Its place in the server's order, counted from zero: to go on after it, start a list at the next one.
    pub position: u64,
    /// The object.
    pub item: T,
}

/// Where a walk over objects stands.
pub(super) struct Items<T> {
    pages: Pages<T>,
    waiting: VecDeque<(u64, Result<T>)>,
    recent: Recent,
}

impl<T: Identified> Items<T> {
    pub(super) fn new(pages: Pages<T>) -> Self {
        Self {
            pages,
            waiting: VecDeque::new(),
            recent: Recent::new(WINDOW),
        }
    }

    pub(super) async fn next(&mut self) -> Option<Result<Positioned<T>>> {
        loop {
            while let Some((position, item)) = self.waiting.pop_front() {
                let identity = item.as_ref().ok().and_then(Identified::identity);
                if identity.is_none_or(|identity| self.recent.is_new(identity)) {
                    return Some(item.map(|item| Positioned { position, item }));
                }
            }
            match self.pages.next().await? {
                Ok(page) => self.waiting.extend((page.start..).zip(page.items)),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// How many objects are remembered: one that a list pushed further than this shows twice.
pub(super) const WINDOW: usize = 4096;

/// The last so many ids, as hashes: constant memory, however long the list is.
struct Recent {
    hasher: RandomState,
    order: VecDeque<u64>,
    known: HashSet<u64>,
    most: usize,
}

impl Recent {
    fn new(most: usize) -> Self {
        Self {
            hasher: RandomState::new(),
            order: VecDeque::new(),
            known: HashSet::new(),
            most,
        }
    }

    fn is_new(&mut self, identity: &str) -> bool {
        let hash = self.hasher.hash_one(identity);
        if !self.known.insert(hash) {
            return false;
        }
        self.order.push_back(hash);
        if self.order.len() > self.most
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_does_not_grow() {
        let mut recent = Recent::new(100);
        for number in 0..10_000 {
            assert!(recent.is_new(&number.to_string()));
            assert!(!recent.is_new(&(number - number.min(99)).to_string()));
            assert!(recent.order.len() <= 100 && recent.known.len() <= 100);
        }
        assert!(recent.is_new("0"), "it is forgotten by now");
    }
}
