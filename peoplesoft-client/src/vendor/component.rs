//! Suppliers through the component interface `VNDR_ID`, which applies every rule of the page.

use super::names::{KEY, Names};
use super::read;
use super::view::Row;
use super::write;
use crate::client::Client;
use crate::component_interface::{CiBuffer, ComponentInterface, Notification};
use crate::error::{Error, ErrorKind, Result, Sent};
use crate::model::{PsDateTime, SetId, Supplier, VendorKey};
use crate::rowset::NewRow;

/// Fields that PeopleSoft keeps itself.
const KEPT: [&str; 2] = ["CREATED_DTTM", "LAST_MODIFIED_DATE"];

/// The suppliers of a client through their component interface.
///
/// Which component interface that is, how it is reached and how it spells its names is in the profile:
/// [`VendorRecords`](crate::VendorRecords), and its entry among the component interfaces.
///
/// ```no_run
/// # async fn run(client: peoplesoft_client::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use peoplesoft_client::model::*;
///
/// let suppliers = client.supplier_component();
/// let now = client.server_time().await?;
/// // PeopleSoft numbers the supplier itself.
/// let mut supplier = Supplier::new(VendorKey::new("SHARE", "NEXT")?, "Northwind Gloves", now);
/// supplier.class = Some(VendorClass::OutsideParty);
/// let created = suppliers.create(&supplier).await?;
/// println!("made {:?}", created.key);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SupplierComponent {
    client: Client,
    interface: ComponentInterface,
    names: Names,
}

/// A supplier that was made.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SupplierCreated {
    /// Its key as PeopleSoft gave it; nothing if the answer names none, which a gateway may leave out.
    pub key: Option<VendorKey>,
    /// What PeopleSoft says about it.
    pub notification: Notification,
}

impl Client {
    /// Suppliers through their component interface, to be read and written one by one.
    #[must_use]
    pub fn supplier_component(&self) -> SupplierComponent {
        let records = &self.profile().vendor_records;
        SupplierComponent {
            client: self.clone(),
            interface: self.component_interface(&records.component),
            names: Names::new(&records.names),
        }
    }
}

impl SupplierComponent {
    /// The component interface itself, for what has no method here.
    #[must_use]
    pub fn interface(&self) -> &ComponentInterface {
        &self.interface
    }

    /// Gets a supplier by its key; nothing if there is none.
    ///
    /// A last change that the component interface does not show is the start of 1900.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] when the supplier cannot be read, with the place; those of
    /// [`ComponentInterface::get`].
    pub async fn get(&self, key: &VendorKey) -> Result<Option<Supplier>> {
        let keys = CiBuffer::new()
            .with(self.field("SETID"), key.setid.as_str())
            .with(self.field("VENDOR_ID"), key.vendor_id.as_str());
        let Some(found) = self.interface.get(keys).await? else {
            return Ok(None);
        };
        let row = InBuffer {
            buffer: &found,
            place: "VENDOR".to_owned(),
        };
        let unknown = PsDateTime::MIN_PROBE;
        let (supplier, _) = read::supplier(row, &self.names, self.client.zone(), unknown)
            .map_err(|finding| self.unreadable(&finding.to_string()))?;
        if supplier.key != *key {
            let message = format!("asked for {key}, it answered with {}", supplier.key);
            return Err(self.unreadable(&message));
        }
        Ok(Some(supplier))
    }

    /// Finds the keys of suppliers by some of the search fields of the page, such as `NAME1`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] when an answer has no key; those of [`ComponentInterface::find`].
    pub async fn find(&self, setid: &SetId, by: &[(&str, &str)]) -> Result<Vec<VendorKey>> {
        let mut wanted = CiBuffer::new().with(self.field("SETID"), setid.as_str());
        for (field, value) in by {
            wanted.set(self.field(field), *value);
        }
        let found = self.interface.find(wanted).await?;
        found.iter().map(|keys| self.key_of(keys, setid)).collect()
    }

    /// Makes a supplier, with all rows below it. With `NEXT` for its number PeopleSoft numbers it.
    ///
    /// It is not sent twice unless nothing of it can have arrived.
    ///
    /// # Errors
    ///
    /// Those of [`ComponentInterface::create`]; after one that [is in doubt](Error::is_in_doubt),
    /// [`get`](Self::get) the supplier, or [`find`](Self::find) it where PeopleSoft was to number it,
    /// before making it again.
    pub async fn create(&self, supplier: &Supplier) -> Result<SupplierCreated> {
        let created = self.interface.create(&self.buffer(supplier)).await?;
        let key = self.key_of(&created.keys, &supplier.key.setid).ok();
        Ok(SupplierCreated {
            key,
            notification: created.notification,
        })
    }

    /// Changes a supplier: rows are matched by their keys, or inserted; what is absent is left alone.
    ///
    /// # Errors
    ///
    /// Those of [`ComponentInterface::update`].
    pub async fn update(&self, supplier: &Supplier) -> Result<Notification> {
        self.interface.update(&self.buffer(supplier)).await
    }

    fn field(&self, field: &str) -> String {
        self.names.field(super::names::VENDOR, field).to_owned()
    }

    fn key_of(&self, keys: &CiBuffer, setid: &SetId) -> Result<VendorKey> {
        let vendor = keys.get(&self.field("VENDOR_ID")).unwrap_or_default();
        let setid = keys
            .get(&self.field("SETID"))
            .unwrap_or_else(|| setid.as_str());
        VendorKey::new(setid, vendor).map_err(|error| self.unreadable(&error.to_string()))
    }

    fn unreadable(&self, why: &str) -> Error {
        let name = self.interface.name();
        let message = format!("the answer of the component interface {name} cannot be read: {why}");
        Error::new(ErrorKind::Decode, message).with_sent(Sent::Yes)
    }

    fn buffer(&self, supplier: &Supplier) -> CiBuffer {
        let row = write::supplier(supplier, &self.names, self.client.zone());
        // Rows below do not repeat the key, which is that of the whole record.
        let (kept, key) = (
            KEPT.map(|field| self.field(field)),
            KEY.map(|field| self.field(field)),
        );
        fill(&row, &kept, &key)
    }
}

/// A row and what is below it, without the fields of the top row or of the rows below to leave out.
fn fill(row: &NewRow, leave: &[String], below: &[String]) -> CiBuffer {
    let mut buffer = CiBuffer::new();
    for (name, text, _) in row.fields() {
        if !leave.iter().any(|known| known == name) {
            buffer.set(name, text);
        }
    }
    for under in row.rows() {
        buffer.push(under.record(), fill(under, below, below));
    }
    buffer
}

/// A row of an answer, and where it is.
#[derive(Clone)]
struct InBuffer<'a> {
    buffer: &'a CiBuffer,
    place: String,
}

impl Row for InBuffer<'_> {
    fn text(&self, field: &str) -> Option<String> {
        self.buffer.get(field).map(str::to_owned)
    }

    fn fields(&self) -> Vec<(String, String)> {
        let bare = |name: &str| {
            let bare = ["KEYPROP_", "PROP_"]
                .iter()
                .find_map(|prefix| name.strip_prefix(prefix));
            bare.unwrap_or(name).to_owned()
        };
        self.buffer
            .properties()
            .map(|(name, text)| (bare(name), text.trim().to_owned()))
            .collect()
    }

    fn children(&self, record: &str) -> Vec<Self> {
        let rows = self.buffer.rows(record).zip(1..);
        rows.map(|(buffer, number)| Self {
            buffer,
            place: format!("{}/{record}[{number}]", self.place),
        })
        .collect()
    }

    fn is_gone(&self) -> bool {
        false
    }

    fn place(&self) -> String {
        self.place.clone()
    }
}
