//! Files that the double keeps: on disk if it has a directory, else in memory.

use std::{
    collections::BTreeMap,
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use bytes::Bytes;

use super::{
    builder::SameName,
    record::{Operation, RequestRecord},
};

#[derive(Debug)]
struct Stored {
    bytes: u64,
    /// `None` if the content is on disk.
    content: Option<Bytes>,
}

/// The folders; names are checked before they come here.
#[derive(Debug, Default)]
pub(super) struct Storage {
    root: Option<PathBuf>,
    folders: BTreeMap<String, BTreeMap<String, Stored>>,
}

/// Content on its way: already on disk, not yet under its name. It is kept once its request is in the log: a process
/// that dies after that finds it again, one that dies before has promised nothing.
#[derive(Debug)]
pub(super) enum Staged {
    Memory(Bytes),
    Disk(PathBuf, u64),
}

/// Writes content under a name that no client can ask for.
pub(super) fn stage(root: Option<&Path>, n: u64, content: Bytes, sync: bool) -> io::Result<Staged> {
    let Some(root) = root else {
        return Ok(Staged::Memory(content));
    };
    let path = root.join("partial").join(n.to_string());
    let mut file = fs::File::create(&path)?;
    file.write_all(&content)?;
    if sync {
        file.sync_all()?;
    }
    Ok(Staged::Disk(
        path,
        u64::try_from(content.len()).unwrap_or(u64::MAX),
    ))
}

impl Staged {
    /// Throws content away that is not to be kept.
    pub(super) fn discard(self) -> io::Result<()> {
        match self {
            Self::Memory(_) => Ok(()),
            Self::Disk(path, _) => fs::remove_file(path),
        }
    }
}

impl Storage {
    /// Opens a directory: finishes what was written down and not yet kept when a process died, and finds what is there.
    pub(super) fn open(root: &Path, records: &[RequestRecord]) -> io::Result<Self> {
        let mut storage = Self {
            root: Some(root.to_owned()),
            folders: BTreeMap::new(),
        };
        let partial = root.join("partial");
        for record in records
            .iter()
            .filter(|r| r.acted && r.operation == Operation::Upload)
        {
            let staged = partial.join(record.n.to_string());
            if let Some(file) = record.file.as_deref().filter(|_| staged.exists()) {
                let (directory, name) = file.rsplit_once('/').unwrap_or(("", file));
                let bytes = staged.metadata()?.len();
                storage.keep(directory, name, Staged::Disk(staged, bytes))?;
            }
        }
        if partial.exists() {
            fs::remove_dir_all(&partial)?;
        }
        fs::create_dir_all(&partial)?;
        let files = root.join("files");
        fs::create_dir_all(&files)?;
        storage.find(&files, "")?;
        Ok(storage)
    }

    fn find(&mut self, path: &Path, directory: &str) -> io::Result<()> {
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            if entry.file_type()?.is_dir() {
                let inner = super::answer::full_name(directory, &name);
                self.folders.entry(inner.clone()).or_default();
                self.find(&entry.path(), &inner)?;
            } else {
                let stored = Stored {
                    bytes: entry.metadata()?.len(),
                    content: None,
                };
                self.folders
                    .entry(directory.to_owned())
                    .or_default()
                    .insert(name, stored);
            }
        }
        Ok(())
    }

    pub(super) fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    pub(super) fn add_folder(&mut self, directory: &str) -> io::Result<()> {
        if let Some(path) = self.path(directory, None) {
            fs::create_dir_all(path)?;
        }
        self.folders.entry(directory.to_owned()).or_default();
        Ok(())
    }

    /// The name under which an upload would be kept; `None` if the rule refuses it.
    pub(super) fn choose(&self, directory: &str, name: &str, rule: SameName) -> Option<String> {
        let folder = self.folders.get(directory);
        let taken = |name: &str| folder.is_some_and(|folder| folder.contains_key(name));
        if !taken(name) || rule == SameName::Overwrite {
            return Some(name.to_owned());
        }
        if rule == SameName::Refuse {
            return None;
        }
        (1_u64..)
            .map(|number| format!("{name}.{number}"))
            .find(|candidate| !taken(candidate))
    }

    /// Keeps content under a name, in place of what was there.
    pub(super) fn keep(&mut self, directory: &str, name: &str, staged: Staged) -> io::Result<()> {
        if !self.folders.contains_key(directory) {
            self.add_folder(directory)?;
        }
        let stored = match staged {
            Staged::Memory(content) => Stored {
                bytes: u64::try_from(content.len()).unwrap_or(u64::MAX),
                content: Some(content),
            },
            Staged::Disk(from, bytes) => {
                if let Some(to) = self.path(directory, Some(name)) {
                    fs::rename(from, to)?;
                }
                Stored {
                    bytes,
                    content: None,
                }
            }
        };
        self.folders
            .entry(directory.to_owned())
            .or_default()
            .insert(name.to_owned(), stored);
        Ok(())
    }

    /// Names and sizes in a directory, sorted by name; `None` if there is no such directory.
    pub(super) fn list(&self, directory: &str) -> Option<Vec<(String, u64)>> {
        let folder = self.folders.get(directory)?;
        Some(
            folder
                .iter()
                .map(|(name, stored)| (name.clone(), stored.bytes))
                .collect(),
        )
    }

    pub(super) fn read(&self, directory: &str, name: &str) -> io::Result<Option<Bytes>> {
        let Some(stored) = self
            .folders
            .get(directory)
            .and_then(|folder| folder.get(name))
        else {
            return Ok(None);
        };
        match (&stored.content, self.path(directory, Some(name))) {
            (Some(content), _) => Ok(Some(content.clone())),
            (None, Some(path)) => fs::read(path).map(|content| Some(content.into())),
            (None, None) => Ok(None),
        }
    }

    pub(super) fn remove(&mut self, directory: &str, name: &str) -> io::Result<Option<u64>> {
        let path = self.path(directory, Some(name));
        let Some(stored) = self
            .folders
            .get_mut(directory)
            .and_then(|folder| folder.remove(name))
        else {
            return Ok(None);
        };
        if let Some(path) = path {
            fs::remove_file(path)?;
        }
        Ok(Some(stored.bytes))
    }

    fn path(&self, directory: &str, name: Option<&str>) -> Option<PathBuf> {
        let mut path = self.root.as_ref()?.join("files");
        path.extend(directory.split('/').filter(|part| !part.is_empty()));
        path.extend(name);
        Some(path)
    }
}
