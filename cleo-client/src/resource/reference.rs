//! Which object is meant: by its link, or by its id.

use std::{fmt, marker::PhantomData};

use crate::link::{Link, Links};

/// Names one object of a kind: made from the object itself, from a [`Link`], or from an id.
///
/// An object is asked for by its `self` link, and by its id if it has none.
pub struct Reference<T> {
    pub(crate) target: Target,
    kind: PhantomData<fn() -> T>,
}

#[derive(Debug, Clone)]
pub(crate) enum Target {
    Link(Link),
    Id(Box<str>),
    Nothing,
}

impl<T> Reference<T> {
    pub(crate) fn to(target: Target) -> Self {
        Self {
            target,
            kind: PhantomData,
        }
    }

    pub(crate) fn of(links: &Links, id: Option<&str>) -> Self {
        Self::to(match (links.first("self"), id) {
            (Some(link), _) => Target::Link(link.clone()),
            (None, Some(id)) => Target::Id(id.into()),
            (None, None) => Target::Nothing,
        })
    }
}

impl<T> From<&Link> for Reference<T> {
    fn from(link: &Link) -> Self {
        Self::to(Target::Link(link.clone()))
    }
}

impl<T> Clone for Reference<T> {
    fn clone(&self) -> Self {
        Self::to(self.target.clone())
    }
}

impl<T> fmt::Debug for Reference<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reference").field(&self.target).finish()
    }
}

/// Lets an object and its id stand for the object.
macro_rules! referable {
    ($read:ident, $id:ty) => {
        impl From<&$read> for $crate::resource::Reference<$read> {
            fn from(object: &$read) -> Self {
                Self::of(&object.links, object.id.as_ref().map(<$id>::as_str))
            }
        }

        impl From<&$id> for $crate::resource::Reference<$read> {
            fn from(id: &$id) -> Self {
                Self::to($crate::resource::reference::Target::Id(id.as_str().into()))
            }
        }

        impl From<$id> for $crate::resource::Reference<$read> {
            fn from(id: $id) -> Self {
                Self::from(&id)
            }
        }
    };
}
pub(crate) use referable;
