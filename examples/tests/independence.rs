//! The four libraries stand alone: none depends on another, whatever its features.

#![expect(clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

const LIBRARIES: [&str; 4] = ["peoplesoft-client", "cleo-client", "x12-edi", "sync-core"];

/// The names of all packages that `package` is built or tested with, itself among them.
fn packages(package: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = Command::new(env!("CARGO"))
        .current_dir(root)
        .args([
            "tree",
            "-p",
            package,
            "--all-features",
            "--offline",
            "--locked",
        ])
        .args([
            "--edges",
            "normal,build,dev",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ])
        .output()
        .unwrap_or_else(|error| panic!("cargo tree cannot be run: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "cargo tree of {package} failed: {errors}"
    );
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines()
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn no_library_depends_on_another() {
    for library in LIBRARIES {
        let found = packages(library);
        assert!(
            found.iter().any(|name| name == library),
            "{library} is not in its own tree"
        );
        for other in LIBRARIES.into_iter().filter(|other| *other != library) {
            assert!(
                !found.iter().any(|name| name == other),
                "{library} depends on {other}"
            );
        }
    }
}

/// The look itself works: the package that composes the four has all of them in its tree.
#[test]
fn the_composition_depends_on_all_of_them() {
    let found = packages("peoplesoft-cleo");
    for library in LIBRARIES {
        assert!(
            found.iter().any(|name| name == library),
            "{library}: {found:?}"
        );
    }
}
