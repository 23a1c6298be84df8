//! The memory store keeps the contract.

#![cfg(feature = "conformance")]

use sync_core::conformance::{self, Outcome, Tier};
use sync_core::store::MemoryStore;

#[tokio::test]
async fn the_memory_store_passes_the_conformance_suite() {
    let report = conformance::run(|clock| async { MemoryStore::new(clock) }, Tier::Volatile).await;
    report.assert_ok();
    let claimed = report
        .results
        .iter()
        .filter(|result| result.outcome == Outcome::Passed);
    assert!(claimed.count() >= 60, "the suite has lost cases:\n{report}");
}
