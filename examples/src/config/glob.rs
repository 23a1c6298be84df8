//! Which files a pattern names: a file, every TOML file of a directory, or a `*` in a file name.

use std::io;
use std::path::{Path, PathBuf};

/// The files, in order of their names. A pattern that names none gives an empty list.
pub(super) fn files(pattern: &Path) -> io::Result<Vec<PathBuf>> {
    let name = pattern
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let (directory, name) = if name.contains('*') {
        (pattern.parent().unwrap_or(Path::new(".")), name)
    } else if pattern.is_dir() {
        (pattern, "*.toml")
    } else {
        return Ok(vec![pattern.to_path_buf()]);
    };
    let mut files = Vec::new();
    for entry in directory.read_dir()? {
        let path = entry?.path();
        let fits = path
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|file| !file.starts_with('.') && fits(name, file));
        if fits && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Whether the name has the form of the pattern, in which `*` stands for any characters.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, name) in [
            ("*.toml", "a.toml"),
            ("a*", "a"),
            ("a*b*c", "aXbYc"),
            ("a.toml", "a.toml"),
            ("*", "x"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("*.toml", "a.tom"),
            ("a*a", "a"),
            ("a*b*c", "acb"),
            ("a", "ab"),
            ("*x*", "y"),
        ] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }
}
