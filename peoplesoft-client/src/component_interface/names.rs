//! How a component interface spells the names of its properties.

use super::buffer::bare;
use crate::profile::CiNames;

/// The prefixes of one component interface, and which properties are keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    key: String,
    property: String,
    collection: String,
    keys: Vec<String>,
}

impl Names {
    pub(crate) fn new(names: &CiNames, keys: &[String]) -> Self {
        Self {
            key: names.key_prefix.clone(),
            property: names.property_prefix.clone(),
            collection: names.collection_prefix.clone(),
            keys: keys.iter().map(|key| bare(key).to_owned()).collect(),
        }
    }

    /// A property as the site spells it.
    pub(crate) fn property(&self, name: &str) -> String {
        let plain = bare(name);
        // A name that came with a prefix knows better than a list of keys.
        if plain.len() < name.len() && !self.is_bare() {
            return name.to_owned();
        }
        let is_key = self.keys.iter().any(|key| key.eq_ignore_ascii_case(plain));
        let prefix = if is_key { &self.key } else { &self.property };
        with_prefix(prefix, name)
    }

    /// A collection as the site spells it.
    pub(crate) fn collection(&self, name: &str) -> String {
        with_prefix(&self.collection, name)
    }

    fn is_bare(&self) -> bool {
        self.key.is_empty() && self.property.is_empty()
    }

    #[cfg(test)]
    pub(crate) fn bare() -> Self {
        Self::default()
    }

    #[cfg(test)]
    pub(crate) fn prefixed(keys: &[&str]) -> Self {
        Self {
            key: "KEYPROP_".to_owned(),
            property: "PROP_".to_owned(),
            collection: "COLL_".to_owned(),
            keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        }
    }
}

fn with_prefix(prefix: &str, name: &str) -> String {
    if prefix.is_empty() || name.starts_with(prefix) {
        name.to_owned()
    } else {
        format!("{prefix}{name}")
    }
}
