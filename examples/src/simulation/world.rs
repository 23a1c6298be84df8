//! What is in the simulated systems.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use peoplesoft_client::model::{BillingInvoice, InvalidDate, InvalidId, PsDateTime, PurchaseOrder};
use serde::{Deserialize, Serialize};

use super::{broken, invoices, orders};

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// Purchase orders that can be sent.
    pub orders: usize,
    /// Billing invoices that can be sent.
    pub invoices: usize,
    /// Suppliers, each with its own profile and routes.
    pub suppliers: usize,
    /// Whether orders that cannot be sent stand beside the good ones, one for each reason.
    pub broken: bool,
    /// Where chance begins: the same seed gives the same world.
    pub seed: u64,
}

/// What is in the simulated PeopleSoft, and what has been changed since it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct World {
    size: Size,
    /// How often each order was changed.
    changes: BTreeMap<usize, u32>,
}

/// Why there is no world.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorldError {
    /// The file cannot be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The file holds something else.
    #[error("{} does not describe a simulated world ({error}): choose another directory, or remove the file", path.display())]
    Content {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        error: serde_json::Error,
    },
    /// The directory belongs to a world of another size.
    #[error(
        "{} holds a world of {} orders, {} invoices, {} suppliers, seed {}; you asked for {} orders, {} invoices, \
         {} suppliers, seed {}: leave these options out, or choose another directory",
        path.display(), found.orders, found.invoices, found.suppliers, found.seed,
        asked.orders, asked.invoices, asked.suppliers, asked.seed
    )]
    Other {
        /// Where.
        path: PathBuf,
        /// What is there.
        found: Size,
        /// What was asked for.
        asked: Size,
    },
    /// A generated value breaks a rule of the model.
    #[error("a generated value is not valid: {0}")]
    Value(Box<str>),
}

impl From<InvalidId> for WorldError {
    fn from(error: InvalidId) -> Self {
        Self::Value(error.to_string().into())
    }
}

impl From<InvalidDate> for WorldError {
    fn from(error: InvalidDate) -> Self {
        Self::Value(error.to_string().into())
    }
}

impl World {
    /// The business units: four plants and a central buying office. Order numbers repeat between them.
    pub const BUSINESS_UNITS: [&str; 5] = ["US001", "US002", "US003", "US004", "CORP1"];

    /// A world as it was made.
    #[must_use]
    pub fn new(size: Size) -> Self {
        Self {
            size: Size {
                suppliers: size.suppliers.max(1),
                ..size
            },
            changes: BTreeMap::new(),
        }
    }

    /// The world that `path` holds, or a new one where there is none.
    ///
    /// # Errors
    /// [`WorldError::Other`] where the file holds a world of another size.
    pub fn open(path: &Path, size: Size) -> Result<Self, WorldError> {
        let file = |error| WorldError::File {
            path: path.to_owned(),
            error,
        };
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::new(size));
            }
            Err(error) => return Err(file(error)),
        };
        let world: Self = serde_json::from_str(&text).map_err(|error| WorldError::Content {
            path: path.to_owned(),
            error,
        })?;
        let asked = Self::new(size).size;
        if world.size != asked {
            return Err(WorldError::Other {
                path: path.to_owned(),
                found: world.size,
                asked,
            });
        }
        Ok(world)
    }

    /// The size of the world that `path` holds, if it holds one.
    #[must_use]
    pub fn size_at(path: &Path) -> Option<Size> {
        let text = fs::read_to_string(path).ok()?;
        serde_json::from_str::<Self>(&text)
            .ok()
            .map(|world| world.size)
    }

    /// Keeps the world for the next start.
    ///
    /// # Errors
    /// [`WorldError::File`].
    pub fn save(&self, path: &Path) -> Result<(), WorldError> {
        let text = serde_json::to_string_pretty(self)
            .map_err(|error| WorldError::Value(error.to_string().into()))?;
        let new = path.with_extension("new");
        fs::write(&new, text)
            .and_then(|()| fs::rename(&new, path))
            .map_err(|error| WorldError::File {
                path: path.to_owned(),
                error,
            })
    }

    /// How much there is.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// Changes `count` orders: a greater quantity, a later time, the next change-order batch.
    pub fn change(&mut self, count: usize) {
        let mut rng =
            fastrand::Rng::with_seed(self.size.seed ^ 0xc4a6_9e00 ^ self.changes.len() as u64);
        let mut places: Vec<usize> = (0..self.size.orders).collect();
        rng.shuffle(&mut places);
        for place in places.into_iter().take(count) {
            *self.changes.entry(place).or_default() += 1;
        }
    }

    /// How often the order at that place was changed.
    pub(super) fn changes(&self, place: usize) -> u32 {
        self.changes.get(&place).copied().unwrap_or(0)
    }

    /// The orders that PeopleSoft holds.
    ///
    /// # Errors
    /// [`WorldError::Value`] never, as long as the generator and the model agree.
    pub fn orders(&self) -> Result<Vec<PurchaseOrder>, WorldError> {
        let mut all = (0..self.size.orders)
            .map(|place| orders::order(self, place))
            .collect::<Result<Vec<_>, _>>()?;
        if self.size.broken {
            all.extend(broken::orders(self)?);
        }
        Ok(all)
    }

    /// The invoices that PeopleSoft Billing holds.
    ///
    /// # Errors
    /// [`WorldError::Value`] never, as long as the generator and the model agree.
    pub fn invoices(&self) -> Result<Vec<BillingInvoice>, WorldError> {
        (0..self.size.invoices)
            .map(|place| invoices::invoice(self, place))
            .collect()
    }

    /// The present in the simulated PeopleSoft: later than anything in it.
    ///
    /// # Errors
    /// [`WorldError::Value`] never.
    pub fn now(&self) -> Result<PsDateTime, WorldError> {
        Ok("2026-04-20T06:00:00".parse::<PsDateTime>()?)
    }
}
