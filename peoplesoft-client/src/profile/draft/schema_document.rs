//! Schema documents (XML Schema): which properties an element has.

use std::collections::HashMap;

use super::DraftError;
use super::document::{Name, Node, read};
use super::property::{Kind, Property};

/// Collections within each other that are followed; a component has four levels.
const DEPTH: usize = 12;
/// Properties of one element in all; types that name each other could otherwise grow without end.
const PROPERTIES: usize = 20_000;

/// All elements and types of some schema documents, by their names.
#[derive(Debug, Default)]
pub(super) struct Schemas {
    elements: HashMap<Name, Node>,
    types: HashMap<Name, Node>,
}

impl Schemas {
    /// Adds a schema document of its own.
    pub(super) fn add_document(&mut self, bytes: &[u8]) -> Result<(), DraftError> {
        let root = read(bytes, "schema document")?;
        if root.name.local != "schema" {
            return Err(DraftError::new(format!(
                "the schema document begins with element {}, expected schema",
                root.name.local
            )));
        }
        self.add(&root);
        Ok(())
    }

    /// Adds the content of a `schema` element.
    pub(super) fn add(&mut self, schema: &Node) {
        let namespace = schema.get("targetNamespace");
        for child in &schema.children {
            let name = Name {
                namespace: namespace.to_owned(),
                local: child.get("name").to_owned(),
            };
            match child.name.local.as_str() {
                "element" => {
                    self.elements.insert(name, child.clone());
                }
                "complexType" | "simpleType" => {
                    self.types.insert(name, child.clone());
                }
                _ => {}
            }
        }
    }

    /// What the element of this name holds; nothing for one that no document describes.
    pub(super) fn properties(&self, element: &Name) -> Vec<Property> {
        let mut walk = Walk {
            schemas: self,
            open: Vec::new(),
            left: PROPERTIES,
        };
        let element = self.elements.get(element);
        let content = element.and_then(|element| walk.content(element));
        content.unwrap_or_default()
    }

    /// The kind and length of an element without elements inside.
    fn kind(&self, element: &Node) -> (Kind, Option<u32>) {
        let own = element.first("simpleType");
        let content = || {
            element
                .first("complexType")?
                .first("simpleContent")?
                .first("extension")
        };
        if let Some(own) = own {
            return self.restricted(own, DEPTH);
        }
        let named = content()
            .and_then(|extension| extension.refers("base"))
            .or_else(|| element.refers("type"));
        named.map_or((Kind::Text, None), |name| self.named(name, DEPTH))
    }

    fn named(&self, name: &Name, depth: usize) -> (Kind, Option<u32>) {
        let Some(depth) = depth.checked_sub(1) else {
            return (Kind::Text, None);
        };
        match self.types.get(name) {
            Some(node) if node.name.local == "complexType" => {
                let base = node
                    .first("simpleContent")
                    .and_then(|content| content.first("extension"))
                    .and_then(|extension| extension.refers("base"));
                base.map_or((Kind::Text, None), |base| self.named(base, depth))
            }
            Some(node) => self.restricted(node, depth),
            None => (builtin(&name.local), None),
        }
    }

    fn restricted(&self, simple: &Node, depth: usize) -> (Kind, Option<u32>) {
        let Some(restriction) = simple.first("restriction") else {
            return (Kind::Text, None);
        };
        let (kind, inherited) = restriction
            .refers("base")
            .map_or((Kind::Text, None), |base| self.named(base, depth));
        let own = restriction
            .all("maxLength")
            .chain(restriction.all("length"))
            .find_map(|facet| facet.get("value").parse().ok());
        (kind, own.or(inherited))
    }
}

/// A walk through the types of an element, which may name each other.
struct Walk<'a> {
    schemas: &'a Schemas,
    /// The types that the walk is in: none is entered again within itself.
    open: Vec<&'a Node>,
    left: usize,
}

impl<'a> Walk<'a> {
    /// The properties within an element, through its own type or the one it names; nothing for an
    /// element that holds text.
    fn content(&mut self, element: &'a Node) -> Option<Vec<Property>> {
        let named = || self.schemas.types.get(element.refers("type")?);
        let complex = element.first("complexType").or_else(named)?;
        if complex.name.local != "complexType" || complex.first("simpleContent").is_some() {
            return None;
        }
        let mut found = Vec::new();
        self.enter(complex, &mut found);
        Some(found)
    }

    fn enter(&mut self, complex: &'a Node, found: &mut Vec<Property>) {
        let again = self.open.iter().any(|open| std::ptr::eq(*open, complex));
        if !again && self.open.len() < DEPTH {
            self.open.push(complex);
            self.particles(complex, DEPTH, found);
            self.open.pop();
        }
    }

    fn particles(&mut self, node: &'a Node, depth: usize, found: &mut Vec<Property>) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        for child in &node.children {
            match child.name.local.as_str() {
                "element" => match self.left.checked_sub(1) {
                    Some(left) => {
                        self.left = left;
                        found.push(self.property(child));
                    }
                    None => return,
                },
                "extension" => {
                    let base = child.refers("base");
                    if let Some(base) = base.and_then(|base| self.schemas.types.get(base)) {
                        self.enter(base, found);
                    }
                    self.particles(child, depth, found);
                }
                "sequence" | "all" | "choice" | "complexContent" => {
                    self.particles(child, depth, found);
                }
                _ => {}
            }
        }
    }

    fn property(&mut self, element: &'a Node) -> Property {
        let referred = element.refers("ref");
        let target = referred.and_then(|name| self.schemas.elements.get(name));
        let described = target.unwrap_or(element);
        let name = match described.get("name") {
            "" => referred.map_or("", |name| &name.local),
            name => name,
        };
        let (kind, length, properties) = match self.content(described) {
            Some(properties) => (Kind::Collection, None, properties),
            None => {
                let (kind, length) = self.schemas.kind(described);
                (kind, length, Vec::new())
            }
        };
        Property {
            name: name.to_owned(),
            kind,
            length,
            required: !matches!(element.get("minOccurs"), "0"),
            repeated: !matches!(element.get("maxOccurs"), "" | "0" | "1"),
            properties,
        }
    }
}

/// What a type of XML Schema itself stands for.
fn builtin(name: &str) -> Kind {
    match name {
        "date" => Kind::Date,
        "time" => Kind::Time,
        "dateTime" => Kind::DateTime,
        "boolean" => Kind::Flag,
        "decimal" | "integer" | "int" | "long" | "short" | "byte" | "float" | "double"
        | "nonNegativeInteger" | "positiveInteger" | "negativeInteger" | "nonPositiveInteger"
        | "unsignedInt" | "unsignedLong" | "unsignedShort" | "unsignedByte" => Kind::Number,
        _ => Kind::Text,
    }
}
