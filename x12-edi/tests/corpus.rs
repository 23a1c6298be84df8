//! Every file of the corpus holds what the fuzz targets check: inputs that were found by fuzzing,
//! kept small, and those that once broke something.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a check fails by panicking"
)]

#[path = "corpus/checks.rs"]
#[expect(unreachable_pub, reason = "the fuzz targets use it from another crate")]
mod checks;

use std::fs;
use std::path::{Path, PathBuf};

/// The files of a folder in their order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .map(|entries| {
            entries
                .filter_map(|entry| entry.ok().map(|e| e.path()))
                .collect()
        })
        .unwrap_or_default();
    files.retain(|path| path.is_file());
    files.sort();
    files
}

/// Lets a check see its own corpus, those of all others, and the fixtures.
fn run(check: fn(&[u8])) {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut folders = vec![tests.join("fixtures")];
    let corpus = fs::read_dir(tests.join("corpus")).expect("a corpus");
    folders.extend(corpus.filter_map(|entry| entry.ok().map(|entry| entry.path())));
    let mut seen = 0;
    for path in folders.iter().flat_map(|folder| files(folder)) {
        let bytes = fs::read(&path).expect("a file that can be read");
        if std::panic::catch_unwind(|| check(&bytes)).is_err() {
            panic!("{} breaks it", path.display());
        }
        seen += 1;
    }
    assert!(seen > 30, "the corpus has only {seen} files");
}

macro_rules! corpus {
    ($($check:ident)*) => {$(
        #[test]
        fn $check() {
            run(checks::$check);
        }
    )*};
}

corpus! {
    reader
    validator
    writer
    acknowledgments
    purchase_order
    invoice
    purchase_order_acknowledgment
    purchase_order_change
    change_acknowledgment
    ship_notice
    payment_order
    application_advice
    functional_acknowledgment
    implementation_acknowledgment
}

#[cfg(feature = "serde")]
corpus! {
    json
    json_text
    overlay
}
