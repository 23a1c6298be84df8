//! Files that the double keeps: on disk if it has a directory, else in memory.

use std::{
    collections::BTreeMap,
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use bytes::Bytes;

use super::builder::SameName;

/// What became of an upload.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kept {
    As(String),
    Taken,
}

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

/// Content on its way: already on disk, not yet under its name.
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

impl Storage {
    /// Opens a directory and finds what is in it; what was being written when a process died is removed.
    pub(super) fn open(root: &Path) -> io::Result<Self> {
        let partial = root.join("partial");
        if partial.exists() {
            fs::remove_dir_all(&partial)?;
        }
        fs::create_dir_all(&partial)?;
        let files = root.join("files");
        fs::create_dir_all(&files)?;
        let mut storage = Self {
            root: Some(root.to_owned()),
            folders: BTreeMap::new(),
        };
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

    pub(super) fn keep(
        &mut self,
        directory: &str,
        name: &str,
        staged: Staged,
        rule: SameName,
    ) -> io::Result<Kept> {
        if !self.folders.contains_key(directory) {
            self.add_folder(directory)?;
        }
        let taken = |name: &str| {
            self.folders
                .get(directory)
                .is_some_and(|folder| folder.contains_key(name))
        };
        let name = match rule {
            SameName::Refuse if taken(name) => {
                if let Staged::Disk(path, _) = staged {
                    fs::remove_file(path)?;
                }
                return Ok(Kept::Taken);
            }
            SameName::Suffix if taken(name) => (1_u64..)
                .map(|number| format!("{name}.{number}"))
                .find(|candidate| !taken(candidate))
                .unwrap_or_else(|| name.to_owned()),
            _ => name.to_owned(),
        };
        let stored = match staged {
            Staged::Memory(content) => Stored {
                bytes: u64::try_from(content.len()).unwrap_or(u64::MAX),
                content: Some(content),
            },
            Staged::Disk(from, bytes) => {
                if let Some(to) = self.path(directory, Some(&name)) {
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
            .insert(name.clone(), stored);
        Ok(Kept::As(name))
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
