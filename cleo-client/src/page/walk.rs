//! Where a walk over pages stands, apart from how they are fetched.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

/// Where a walk over pages stands, apart from how pages are fetched.
#[derive(Debug)]
pub(crate) struct PageWalk {
    start: u64,
    finished: bool,
    repeats: Repeats,
}

/// Notices a page that came before, in constant memory: each is compared with the one before it and with one that is
/// kept, and twice as many are let pass each time before another is kept (Brent's way to find a circle).
#[derive(Debug, Default)]
struct Repeats {
    last: Option<u64>,
    kept: Option<u64>,
    passed: u64,
    limit: u64,
}

impl Repeats {
    fn seen(&mut self, page: u64) -> bool {
        if self.last == Some(page) || self.kept == Some(page) {
            return true;
        }
        self.last = Some(page);
        self.passed += 1;
        if self.passed > self.limit {
            self.kept = Some(page);
            self.passed = 0;
            self.limit = self.limit.saturating_mul(2).max(1);
        }
        false
    }
}

impl PageWalk {
    pub(crate) fn new(start: u64) -> Self {
        Self {
            start,
            finished: false,
            repeats: Repeats::default(),
        }
    }

    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    pub(crate) fn finished(&self) -> bool {
        self.finished
    }

    /// Takes note of a page: the next starts after what came, until the total is reached or nothing comes.
    pub(crate) fn advance(&mut self, items: &[Value], total: Option<u64>) -> Result<(), String> {
        if items.is_empty() {
            self.finished = true;
            return Ok(());
        }
        if self.repeats.seen(fingerprint(items)) {
            self.finished = true;
            return Err(format!(
                "the page from {} repeats an earlier one; the server seems to ignore startIndex",
                self.start
            ));
        }
        let received = u64::try_from(items.len()).unwrap_or(u64::MAX);
        self.start = self.start.saturating_add(received);
        self.finished = total.is_some_and(|total| self.start >= total);
        Ok(())
    }
}

/// What a page is recognised by: its objects' ids, or their whole text where there is no id.
fn fingerprint(items: &[Value]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for item in items {
        match item.get("id").and_then(Value::as_str) {
            Some(id) => id.hash(&mut hasher),
            None => item.to_string().hash(&mut hasher),
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_repeated_page_is_noticed() {
        let mut walk = PageWalk::new(0);
        let page = [json!({"id": "a"}), json!({"id": "b"})];
        walk.advance(&page, None).unwrap();
        assert_eq!(walk.start(), 2);
        assert!(walk.advance(&page, None).unwrap_err().contains("from 2"));
        assert!(walk.finished());
    }

    #[derive(Debug, Clone, Copy)]
    enum Total {
        Right,
        Missing,
    }

    proptest! {
        /// Whatever the server caps and whether or not it counts, every object is seen once, in order.
        #[test]
        fn every_object_is_seen_once(
            size in 0_usize..60,
            cap in 1_usize..20,
            total in prop_oneof![Just(Total::Right), Just(Total::Missing)],
        ) {
            let all: Vec<Value> = (0..size).map(|n| json!({ "id": n.to_string() })).collect();
            let mut walk = PageWalk::new(0);
            let mut seen = Vec::new();
            let mut requests = 0;
            while !walk.finished() {
                requests += 1;
                prop_assert!(requests <= size + 2);
                let start = usize::try_from(walk.start()).unwrap().min(size);
                let page = &all[start..size.min(start + cap)];
                let total = match total {
                    Total::Right => Some(size as u64),
                    Total::Missing => None,
                };
                seen.extend_from_slice(page);
                walk.advance(page, total).unwrap();
            }
            prop_assert_eq!(seen, all);
        }

        /// A server that sends the same few pages in turn, forever, is stopped before long.
        #[test]
        fn a_circle_is_noticed(lead in 0_u64..20, around in 1_u64..20) {
            let mut walk = PageWalk::new(0);
            let mut pages = 0;
            loop {
                let number = if pages < lead { pages } else { lead + (pages - lead) % around };
                pages += 1;
                prop_assert!(pages <= 4 * (lead + around) + 4, "{pages}");
                if walk.advance(&[json!({ "id": number.to_string() })], None).is_err() {
                    break;
                }
            }
            prop_assert!(pages > lead.max(1));
        }

        /// A server that always sends its first page is stopped at the second.
        #[test]
        fn a_deaf_server_is_stopped(size in 1_usize..20) {
            let page: Vec<Value> = (0..size).map(|n| json!({ "name": n })).collect();
            let mut walk = PageWalk::new(0);
            prop_assert!(walk.advance(&page, None).is_ok());
            prop_assert!(walk.advance(&page, None).is_err());
        }
    }
}
