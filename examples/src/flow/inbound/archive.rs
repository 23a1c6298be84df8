//! The bytes of every file as they came, named by their SHA-256.

use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// A folder of files that are written once and never changed.
#[derive(Debug, Clone)]
pub struct Archive {
    root: PathBuf,
}

impl Archive {
    /// An archive in this folder, which is made with the first file.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The SHA-256 of these bytes in hexadecimal.
    #[must_use]
    pub fn hash(bytes: &[u8]) -> String {
        hex(&Sha256::digest(bytes))
    }

    /// Where the bytes of that hash are.
    #[must_use]
    pub fn path(&self, sha256: &str) -> PathBuf {
        let folder = sha256.get(..2).unwrap_or("00");
        self.root.join(folder).join(sha256)
    }

    /// Keeps the bytes, durably, and gives their hash; what is there already is left as it is.
    ///
    /// # Errors
    /// Whatever keeps the file from being written.
    pub async fn keep(&self, bytes: &[u8]) -> io::Result<String> {
        let sha256 = Self::hash(bytes);
        let path = self.path(&sha256);
        if tokio::fs::try_exists(&path).await? {
            return Ok(sha256);
        }
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let bytes = bytes.to_vec();
        let name = sha256.clone();
        let written = tokio::task::spawn_blocking(move || write(&folder, &name, &bytes)).await;
        written.map_err(io::Error::other)??;
        Ok(sha256)
    }

    /// The bytes of that hash.
    ///
    /// # Errors
    /// `NotFound` where they were never kept, `InvalidData` where the file is not what its name says.
    pub async fn read(&self, sha256: &str) -> io::Result<Vec<u8>> {
        let bytes = tokio::fs::read(self.path(sha256)).await?;
        if Self::hash(&bytes) == sha256 {
            return Ok(bytes);
        }
        let text = format!(
            "{} was changed since it was written",
            self.path(sha256).display()
        );
        Err(io::Error::new(io::ErrorKind::InvalidData, text))
    }
}

/// Written beside and renamed into place: a name stands for whole bytes or for nothing.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let new = folder.join(format!("{name}.{}.new", std::process::id()));
    let mut file = std::fs::File::create(&new)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()?;
    std::fs::rename(&new, folder.join(name))?;
    // The name itself is durable once its folder is.
    std::fs::File::open(folder)?.sync_all()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_are_kept_once_and_a_changed_file_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let archive = Archive::new(dir.path().join("archive"));
        let sha256 = archive.keep(b"ISA").await.unwrap();
        assert_eq!(archive.keep(b"ISA").await.unwrap(), sha256);
        assert_eq!(archive.read(&sha256).await.unwrap(), b"ISA");
        std::fs::write(archive.path(&sha256), b"ISB").unwrap();
        let error = archive.read(&sha256).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
