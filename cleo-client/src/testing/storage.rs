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
    content: Kept,
}

/// Where the content of a file is.
#[derive(Debug)]
enum Kept {
    Memory(Bytes),
    /// Under its name in the directory.
    Disk,
    /// Nowhere: it was too large for memory, and there is no directory.
    Forgotten,
}

/// A file that was looked up to be read.
#[derive(Debug)]
pub(super) enum Opened {
    Memory(Bytes),
    Disk(fs::File, u64),
    Forgotten(u64),
}

/// The folders; names are checked before they come here.
#[derive(Debug, Default)]
pub(super) struct Storage {
    root: Option<PathBuf>,
    folders: BTreeMap<String, BTreeMap<String, Stored>>,
}

/// Content on its way: already on disk, not yet under its name. It is kept once its request is in the log: a process
/// that dies after that finds it again, one that dies before has promised nothing. What is dropped leaves nothing behind.
#[derive(Debug)]
pub(super) enum Staged {
    Memory(Bytes),
    Disk(Partial),
    Forgotten,
}

/// A file under a name that no client can ask for; it is removed with this, unless it was moved away before.
#[derive(Debug)]
pub(super) struct Partial(PathBuf);

impl Partial {
    /// Where the content of one request goes.
    pub(super) fn create(root: &Path, n: u64) -> io::Result<(Self, fs::File)> {
        let path = root.join("partial").join(n.to_string());
        let file = fs::File::create(&path)?;
        Ok((Self(path), file))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Once it has its name there is nothing here, and that is an error of no interest.
        let _ = fs::remove_file(&self.0);
    }
}

/// Writes content at hand under a name that no client can ask for.
pub(super) fn stage(root: Option<&Path>, n: u64, content: Bytes, sync: bool) -> io::Result<Staged> {
    let Some(root) = root else {
        return Ok(Staged::Memory(content));
    };
    let (partial, mut file) = Partial::create(root, n)?;
    file.write_all(&content)?;
    if sync {
        file.sync_all()?;
    }
    Ok(Staged::Disk(partial))
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
                storage.keep(directory, name, Staged::Disk(Partial(staged)), bytes)?;
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
                    content: Kept::Disk,
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
    pub(super) fn keep(
        &mut self,
        directory: &str,
        name: &str,
        staged: Staged,
        bytes: u64,
    ) -> io::Result<()> {
        if !self.folders.contains_key(directory) {
            self.add_folder(directory)?;
        }
        let content = match staged {
            Staged::Memory(content) => Kept::Memory(content),
            Staged::Forgotten => Kept::Forgotten,
            Staged::Disk(from) => {
                if let Some(to) = self.path(directory, Some(name)) {
                    fs::rename(&from.0, to)?;
                }
                Kept::Disk
            }
        };
        self.folders
            .entry(directory.to_owned())
            .or_default()
            .insert(name.to_owned(), Stored { bytes, content });
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

    /// A file, open for reading; `None` if there is none.
    pub(super) fn open_file(&self, directory: &str, name: &str) -> io::Result<Option<Opened>> {
        let Some(stored) = self
            .folders
            .get(directory)
            .and_then(|folder| folder.get(name))
        else {
            return Ok(None);
        };
        Ok(match (&stored.content, self.path(directory, Some(name))) {
            (Kept::Memory(content), _) => Some(Opened::Memory(content.clone())),
            (Kept::Forgotten, _) => Some(Opened::Forgotten(stored.bytes)),
            (Kept::Disk, Some(path)) => {
                let file = fs::File::open(path)?;
                let bytes = file.metadata()?.len();
                Some(Opened::Disk(file, bytes))
            }
            (Kept::Disk, None) => None,
        })
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
        if let (Kept::Disk, Some(path)) = (&stored.content, path) {
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
