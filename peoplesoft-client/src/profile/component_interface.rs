//! How a site's component interfaces are reached.

use serde::{Deserialize, Serialize};

use super::mistake::Found;
use super::schema::{choices, section};

section! {
/// How one component interface is reached; what is blank follows PeopleSoft's own conventions.
///
/// The site's message names are random numbers, so over SOAP the namespaces, and the SOAP actions, are
/// read from the WSDL of the service unless they are given here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CiAccess {
    /// Name of the component interface, where it differs from the name of this section.
    pub name: String,
    /// The door it is called through.
    pub door: CiDoor,
    /// Names of its keys, without prefix; they are what a lost answer is looked up by.
    pub keys: Vec<String>,
    /// How it spells the names of its properties.
    pub names: CiNames,
    /// How it is called over SOAP.
    pub soap: CiSoap,
    /// How it is called over REST.
    pub rest: CiRest,
    /// Words in messages that mean that there is no such record, so that `get` answers with nothing
    /// (`No rows exist for the specified keys`).
    pub absent_words: Vec<String>,
}
}

choices! {
/// A door to component interfaces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CiDoor {
    /// SOAP, in the service `CI_<name>` that PeopleTools makes of a component interface (so by default).
    #[default]
    Soap,
    /// REST with JSON, in the service `CIRT_<name>` of PeopleTools 8.58 and later.
    Rest,
}
}

section! {
/// How a component interface spells the names of its properties; blank prefixes are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CiNames {
    /// Before the name of a key, such as `KEYPROP_` (none by default).
    pub key_prefix: String,
    /// Before the name of any other property, such as `PROP_` (none by default).
    pub property_prefix: String,
    /// Before the name of a collection, such as `COLL_` (none by default).
    pub collection_prefix: String,
}
}

section! {
/// A component interface over SOAP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CiSoap {
    /// Name of the service (`CI_` and the name of the component interface if blank).
    pub service: String,
    /// Version of the service, as it stands in the address of its WSDL (`1`).
    pub service_version: String,
    /// Namespace of every message, where the site gave its messages one name; blank reads the WSDL.
    pub namespace: String,
    /// The action that gets one record by its keys.
    pub get: CiAction,
    /// The action that finds the keys of records.
    pub find: CiAction,
    /// The action that makes a record.
    pub create: CiAction,
    /// The action that changes a record, its rows matched or inserted.
    pub update: CiAction,
    /// The action that changes existing data of a record.
    pub update_data: CiAction,
}
}

section! {
/// One action of a component interface over SOAP; what is blank is read from the WSDL.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CiAction {
    /// Namespace of its message, such as `http://xmlns.oracle.com/Enterprise/Tools/schemas/M123456.V1`.
    pub namespace: String,
    /// External alias of its routing, the SOAP action, such as `CI_X_SUPPLIER_G.V1`.
    pub soap_action: String,
    /// Element in the body, such as `Get__CompIntfc__X_SUPPLIER`.
    pub element: String,
}
}

section! {
/// A component interface over REST.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CiRest {
    /// REST alias of the service (`CIRT_` and the name of the component interface if blank).
    pub alias: String,
    /// Version after the alias (`v1`).
    pub version: String,
    /// Rest of the address to get one record, keys in braces: `{SETID}/{VENDOR_ID}` or
    /// `get?SETID={SETID}`; the parameter `{*}` stands for every key (`get?{*}`).
    pub get: String,
    /// Rest of the address to find records, in the same way (`find?{*}`).
    pub find: String,
    /// Rest of the address to make a record (`create`).
    pub create: String,
    /// Rest of the address to change a record (`update`).
    pub update: String,
    /// Rest of the address to change existing data of a record (`updatedata`).
    pub update_data: String,
    /// Objects around the data of a request, from the outside in (none); `{name}` is the name of the
    /// component interface.
    pub request_envelope: Vec<String>,
    /// Objects around the data of an answer, from the outside in (none), in the same way.
    pub answer_envelope: Vec<String>,
    /// Member that holds the rows of a collection, where the collection is no array itself.
    pub row: String,
}
}

impl Default for CiAccess {
    fn default() -> Self {
        Self {
            name: String::new(),
            door: CiDoor::default(),
            keys: Vec::new(),
            names: CiNames::default(),
            soap: CiSoap::default(),
            rest: CiRest::default(),
            absent_words: vec!["No rows exist for the specified keys".to_owned()],
        }
    }
}

impl Default for CiSoap {
    fn default() -> Self {
        Self {
            service: String::new(),
            service_version: "1".to_owned(),
            namespace: String::new(),
            get: CiAction::default(),
            find: CiAction::default(),
            create: CiAction::default(),
            update: CiAction::default(),
            update_data: CiAction::default(),
        }
    }
}

impl Default for CiRest {
    fn default() -> Self {
        Self {
            alias: String::new(),
            version: "v1".to_owned(),
            get: "get?{*}".to_owned(),
            find: "find?{*}".to_owned(),
            create: "create".to_owned(),
            update: "update".to_owned(),
            update_data: "updatedata".to_owned(),
            request_envelope: Vec::new(),
            answer_envelope: Vec::new(),
            row: String::new(),
        }
    }
}

impl CiNames {
    /// The prefixes that some component interfaces are generated with: `KEYPROP_`, `PROP_`, `COLL_`.
    #[must_use]
    pub fn prefixed() -> Self {
        Self {
            key_prefix: "KEYPROP_".to_owned(),
            property_prefix: "PROP_".to_owned(),
            collection_prefix: "COLL_".to_owned(),
        }
    }
}

impl CiAccess {
    /// Notes what cannot work, wherever it stands.
    pub(super) fn find_mistakes(&self, place: &str, found: &mut Found) {
        let name = |text: &str| text.is_empty() || crate::xml::is_name(text) && !text.contains(':');
        let names = [("name", &self.name), ("soap.service", &self.soap.service)];
        let prefixes = [
            ("names.key_prefix", &self.names.key_prefix),
            ("names.property_prefix", &self.names.property_prefix),
            ("names.collection_prefix", &self.names.collection_prefix),
        ];
        for (entry, text) in names.into_iter().chain(prefixes) {
            if !name(text) {
                found.add(
                    format!("{place}.{entry}"),
                    text,
                    "letters, digits and `_`, or nothing",
                );
            }
        }
        for (at, key) in self.keys.iter().enumerate() {
            if key.is_empty() || !name(key) {
                found.add(format!("{place}.keys[{at}]"), key, "the name of a key");
            }
        }
        let actions = [
            ("get", &self.soap.get),
            ("find", &self.soap.find),
            ("create", &self.soap.create),
            ("update", &self.soap.update),
            ("update_data", &self.soap.update_data),
        ];
        for (entry, action) in actions {
            if !name(&action.element) {
                let place = format!("{place}.soap.{entry}.element");
                found.add(place, &action.element, "the name of an element, or nothing");
            }
        }
        if self.rest.get == self.rest.find {
            let expected = "another address than that of `get`";
            found.add(format!("{place}.rest.find"), &self.rest.find, expected);
        }
        if self.rest.update == self.rest.update_data {
            let expected = "another address than that of `update`";
            found.add(
                format!("{place}.rest.update_data"),
                &self.rest.update_data,
                expected,
            );
        }
    }
}
