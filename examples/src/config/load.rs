//! From files to a configuration.

use std::path::{Path, PathBuf};

use super::check::{self, Placed};
use super::mistake::{ConfigErrors, Mistake};
use super::settings::Config;
use super::source::Source;
use super::table::Table;
use super::{glob, read};
use crate::partner::read_profile;

/// Far above any configuration by hand; a larger file is something else.
const MAX_FILE: u64 = 16 * 1024 * 1024;

impl Config {
    /// Reads the configuration at `path` and the partner files that it names.
    ///
    /// Blocks on the file system.
    ///
    /// # Errors
    /// Every mistake in all of the files, see [`ConfigErrors`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self, ConfigErrors> {
        let path = path.as_ref();
        match read_text(path) {
            Ok(text) => Self::from_toml(path, &text),
            Err(mistake) => ConfigErrors::or(vec![*mistake], None),
        }
    }

    /// Reads a configuration from text. `file` is its name in complaints, and relative paths in it
    /// start at the directory of that name.
    ///
    /// # Errors
    /// Every mistake in the text and in the partner files, see [`ConfigErrors`].
    pub fn from_toml(file: impl AsRef<Path>, text: &str) -> Result<Self, ConfigErrors> {
        let file = file.as_ref();
        let directory = file.parent().unwrap_or(Path::new(""));
        let source = Source::new(file, text);
        let table = source.parse();
        let root = Table::root(&source, &table);

        let parts = read::read(&root, directory);
        let inline = root
            .get("partners")
            .and_then(|field| field.list())
            .unwrap_or_default();
        let mut mistakes = Vec::new();
        let texts = partner_files(&root, directory, &mut mistakes);
        root.finish();

        let sources: Vec<_> = texts
            .iter()
            .map(|(file, text)| Source::new(file, text))
            .collect();
        let tables: Vec<_> = sources.iter().map(Source::parse).collect();
        let mut partners = Vec::new();
        let mut all_read = true;
        for field in &inline {
            let table = field.table();
            let base = table
                .as_ref()
                .map(|table| table.path_of(""))
                .unwrap_or_default();
            match table.and_then(read_profile) {
                Some(profile) => partners.push(Placed {
                    profile,
                    source: &source,
                    base,
                }),
                None => all_read = false,
            }
        }
        for (source, table) in sources.iter().zip(&tables) {
            match read_profile(Table::root(source, table)) {
                Some(profile) => {
                    partners.push(Placed {
                        profile,
                        source,
                        base: String::new(),
                    });
                }
                None => all_read = false,
            }
        }
        check::check(&parts, &partners);
        check::timeouts(&parts, &source);

        let partners = partners.into_iter().map(|placed| placed.profile).collect();
        let config = all_read.then(|| {
            Some(Self {
                tenant: parts.tenant?,
                environment: parts.environment?,
                state: parts.state?,
                engine: parts.engine,
                vault: parts.vault?,
                peoplesoft: parts.peoplesoft?,
                cleo: parts.cleo?,
                flows: parts.flows,
                delivery: parts.delivery,
                schedule: parts.schedule,
                limits: parts.limits,
                retention: parts.retention,
                our: match parts.our {
                    Some(our) => Some(our?),
                    None => None,
                },
                units: parts.units,
                terms: parts.terms,
                freight: parts.freight,
                partners,
            })
        });
        drop(inline);
        mistakes.extend(sources.into_iter().flat_map(Source::into_mistakes));
        mistakes.extend(source.into_mistakes());
        ConfigErrors::or(mistakes, config.flatten())
    }
}

/// The partner files that the configuration names, each once, with their text.
fn partner_files(
    root: &Table<'_>,
    directory: &Path,
    mistakes: &mut Vec<Mistake>,
) -> Vec<(PathBuf, String)> {
    let patterns = root
        .get("partner_files")
        .and_then(|field| field.list())
        .unwrap_or_default();
    let mut paths: Vec<PathBuf> = Vec::new();
    for pattern in patterns {
        let Some(path) = pattern.path(directory) else {
            continue;
        };
        match glob::files(&path) {
            Ok(files) if files.is_empty() => pattern.wrong(
                format!("{:?}, which names no file", path.display()),
                "a partner file, a directory of them, or a pattern such as \"partners/*.toml\"",
                "correct the pattern, or put the partner files there",
            ),
            Ok(files) => paths.extend(files),
            Err(error) => pattern.wrong(
                format!("{:?}, which cannot be read ({error})", path.display()),
                "a directory of partner files that this user may read",
                "correct the path, which starts at the directory of the configuration",
            ),
        }
    }
    paths.sort();
    paths.dedup();
    let mut texts = Vec::new();
    for path in paths {
        match read_text(&path) {
            Ok(text) => texts.push((path, text)),
            Err(mistake) => mistakes.push(*mistake),
        }
    }
    texts
}

fn read_text(path: &Path) -> Result<String, Box<Mistake>> {
    let read = || {
        if std::fs::metadata(path)?.len() > MAX_FILE {
            return Err(std::io::Error::other(format!(
                "it is larger than {MAX_FILE} bytes"
            )));
        }
        std::fs::read_to_string(path)
    };
    read().map_err(|error| {
        let remedy = match error.kind() {
            std::io::ErrorKind::NotFound => "check the path; a command takes it with --config FILE",
            _ => "check the path and the permissions",
        };
        Box::new(Mistake {
            file: path.to_path_buf(),
            line: 1,
            column: 1,
            key: String::new(),
            found: format!("a file that cannot be read ({error})"),
            expected: "a TOML file in UTF-8".to_owned(),
            remedy: remedy.to_owned(),
        })
    })
}
