//! An XML document as a small tree of elements, names resolved, texts left out.

use super::DraftError;
use crate::xml::{Element, Limits, Reader, Token, XmlError};

/// Descriptions are flat and small beside messages.
const LIMITS: Limits = Limits {
    depth: 64,
    attributes: 256,
    tag: 64 << 10,
    text: 1 << 20,
};
/// More than any schema of a component is known to have.
const ELEMENTS: usize = 200_000;

/// The attributes that descriptions are read by; those in the second half hold qualified names.
const PLAIN: [&str; 12] = [
    "name",
    "namespace",
    "targetNamespace",
    "location",
    "schemaLocation",
    "soapAction",
    "minOccurs",
    "maxOccurs",
    "value",
    "use",
    "style",
    "default",
];
const QUALIFIED: [&str; 7] = [
    "type", "element", "base", "ref", "message", "binding", "itemType",
];

/// A name with the namespace that its prefix stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Name {
    pub(super) namespace: String,
    pub(super) local: String,
}

/// An element without its texts.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    pub(super) name: Name,
    plain: Vec<(&'static str, String)>,
    qualified: Vec<(&'static str, Name)>,
    pub(super) children: Vec<Node>,
}

impl Node {
    /// The value of an attribute, or an empty text.
    pub(super) fn get(&self, attribute: &str) -> &str {
        let found = self.plain.iter().find(|(name, _)| *name == attribute);
        found.map_or("", |(_, value)| value)
    }

    /// The name that an attribute refers to.
    pub(super) fn refers(&self, attribute: &str) -> Option<&Name> {
        let found = self.qualified.iter().find(|(name, _)| *name == attribute);
        found.map(|(_, value)| value)
    }

    /// The children with this local name.
    pub(super) fn all<'a>(&'a self, local: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children
            .iter()
            .filter(move |child| child.name.local == local)
    }

    /// The first child with this local name.
    pub(super) fn first(&self, local: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name.local == local)
    }
}

/// Reads a whole document.
pub(super) fn read(bytes: &[u8], what: &str) -> Result<Node, DraftError> {
    tree(bytes).map_err(|error| DraftError::new(format!("the {what} cannot be read: {error}")))
}

fn tree(bytes: &[u8]) -> Result<Node, XmlError> {
    let mut reader = Reader::new(bytes, LIMITS)?;
    let mut scopes: Vec<Element<'_>> = Vec::new();
    let mut open: Vec<Node> = Vec::new();
    let mut count = 0;
    while let Some(token) = reader.token()? {
        match token {
            Token::Open(element) => {
                count += 1;
                if count > ELEMENTS {
                    return Err(XmlError::new(format!(
                        "found more than {ELEMENTS} elements"
                    )));
                }
                let node = node(&element, &scopes)?;
                open.push(node);
                scopes.push(element);
            }
            Token::Close => {
                scopes.pop();
                if let Some(node) = open.pop() {
                    match open.last_mut() {
                        Some(parent) => parent.children.push(node),
                        None => return Ok(node),
                    }
                }
            }
            Token::Text(_) => {}
        }
    }
    Err(XmlError::new("the document has no element"))
}

fn node(element: &Element<'_>, scopes: &[Element<'_>]) -> Result<Node, XmlError> {
    let mut node = Node {
        name: Name {
            namespace: namespace(element.prefix(), element, scopes)?,
            local: element.local().to_owned(),
        },
        ..Node::default()
    };
    for name in PLAIN {
        if let Some(value) = element.attribute(name)? {
            node.plain.push((name, value));
        }
    }
    for name in QUALIFIED {
        if let Some(value) = element.attribute(name)? {
            let (prefix, local) = match value.split_once(':') {
                Some((prefix, local)) => (Some(prefix), local),
                None => (None, value.as_str()),
            };
            let namespace = namespace(prefix, element, scopes)?;
            let local = local.to_owned();
            node.qualified.push((name, Name { namespace, local }));
        }
    }
    Ok(node)
}

/// What a prefix stands for here; nothing for one that is declared nowhere.
fn namespace(
    prefix: Option<&str>,
    element: &Element<'_>,
    scopes: &[Element<'_>],
) -> Result<String, XmlError> {
    for scope in std::iter::once(element).chain(scopes.iter().rev()) {
        if let Some(namespace) = scope.declared(prefix)? {
            return Ok(namespace);
        }
    }
    Ok(String::new())
}
