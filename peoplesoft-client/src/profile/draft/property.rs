//! What an interface carries: properties, and collections of them within each other.

use serde::Serialize;

/// A property of an interface, or a collection of rows with properties of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Property {
    /// Its name as the interface spells it, such as `KEYPROP_EMPLID` or `SETID`.
    pub name: String,
    /// What its text stands for.
    pub kind: Kind,
    /// Most characters, where the document says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
    /// Whether a call must give it.
    pub required: bool,
    /// Whether it may come several times.
    pub repeated: bool,
    /// What a row of the collection has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub properties: Vec<Property>,
}

/// What the text of a property stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// Characters.
    Text,
    /// A decimal or whole number.
    Number,
    /// A date.
    Date,
    /// A time of day.
    Time,
    /// A date and time.
    DateTime,
    /// True or false.
    Flag,
    /// Rows, or one row, with properties of their own.
    Collection,
}

/// How the names of a component interface begin, told from the names themselves.
///
/// Some interfaces use the field names bare, others put `KEYPROP_`, `PROP_` and `COLL_` before them;
/// what is not used is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Prefixes {
    /// Before the names of keys.
    pub key: String,
    /// Before the names of other properties.
    pub property: String,
    /// Before the names of collections.
    pub collection: String,
}

impl Prefixes {
    const KEY: &str = "KEYPROP_";
    const PROPERTY: &str = "PROP_";
    const COLLECTION: &str = "COLL_";

    pub(super) fn of(properties: &[Property]) -> Self {
        let mut names = Vec::new();
        collect(properties, &mut names);
        let used = |prefix: &str, collection: bool| {
            let begins = names.iter().any(|(name, is_collection)| {
                *is_collection == collection && name.starts_with(prefix)
            });
            if begins {
                prefix.to_owned()
            } else {
                String::new()
            }
        };
        Self {
            key: used(Self::KEY, false),
            property: used(Self::PROPERTY, false),
            collection: used(Self::COLLECTION, true),
        }
    }
}

fn collect<'a>(properties: &'a [Property], names: &mut Vec<(&'a str, bool)>) {
    for property in properties {
        names.push((&property.name, property.kind == Kind::Collection));
        collect(&property.properties, names);
    }
}
