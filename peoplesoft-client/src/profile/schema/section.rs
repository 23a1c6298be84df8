//! The two macros that declare what stands in a profile.

/// Declares a struct of the profile: it comes out unchanged, and the schema knows its fields.
///
/// A field is required when the struct has a `serde` attribute that does not begin with `default`, and
/// neither has the field.
macro_rules! section {
    (
        $(#[$($attr:tt)*])*
        $vis:vis struct $name:ident {
            $($(#[$($field_attr:tt)*])* $field_vis:vis $field:ident: $type:ty),* $(,)?
        }
    ) => {
        $(#[$($attr)*])*
        $vis struct $name {
            $($(#[$($field_attr)*])* $field_vis $field: $type,)*
        }

        impl $crate::profile::schema::Described for $name {
            fn layout() -> $crate::profile::schema::Layout {
                use $crate::profile::schema::{Described, Entry, Layout, Record, attribute, plain};

                let strict = [$(attribute!(strict $($attr)*)),*];
                let required = strict.contains(&Some(true)) && !strict.contains(&Some(false));
                Layout::Record(Record {
                    doc: plain(&[$(attribute!(doc $($attr)*)),*]),
                    entries: vec![$(Entry {
                        name: stringify!($field),
                        doc: plain(&[$(attribute!(doc $($field_attr)*)),*]),
                        required: required
                            && ![$(attribute!(strict $($field_attr)*)),*].contains(&Some(false)),
                        layout: <$type as Described>::layout(),
                    },)*],
                })
            }
        }
    };
}

/// Declares an enum of words: it comes out unchanged, and the schema knows its words.
macro_rules! choices {
    (
        $(#[$($attr:tt)*])*
        $vis:vis enum $name:ident {
            $($(#[$($variant_attr:tt)*])* $variant:ident),* $(,)?
        }
    ) => {
        $(#[$($attr)*])*
        $vis enum $name {
            $($(#[$($variant_attr)*])* $variant,)*
        }

        impl $crate::profile::schema::Described for $name {
            fn layout() -> $crate::profile::schema::Layout {
                use $crate::profile::schema::{Choice, Layout, attribute, plain};

                Layout::Choice(vec![$(Choice {
                    // The word is serde's, so that no second spelling can differ from it.
                    word: match serde_json::to_value(Self::$variant) {
                        Ok(serde_json::Value::String(word)) => word,
                        _ => stringify!($variant).to_owned(),
                    },
                    doc: plain(&[$(attribute!(doc $($variant_attr)*)),*]),
                },)*])
            }
        }
    };
}

/// What an attribute says: its line of documentation, or whether `serde` wants the fields given.
macro_rules! attribute {
    (doc doc = $line:literal) => {
        Some($line)
    };
    (doc $($other:tt)*) => {
        None::<&str>
    };
    (strict serde(default $($rest:tt)*)) => {
        Some(false)
    };
    (strict serde($($rest:tt)*)) => {
        Some(true)
    };
    (strict $($other:tt)*) => {
        None::<bool>
    };
}

pub(crate) use {attribute, choices, section};
