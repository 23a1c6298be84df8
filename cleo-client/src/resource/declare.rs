//! How objects are declared: what is read and what is written are two types with one list of fields.

/// Declares a part of an object: typed optional fields, setters, and whatever else came.
macro_rules! section {
    ($(#[$meta:meta])* $name:ident { $($(#[$fmeta:meta])* $field:ident: $kind:ty = $wire:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[non_exhaustive]
        pub struct $name {
            $(
                $(#[$fmeta])*
                #[serde(default, rename = $wire, skip_serializing_if = "Option::is_none")]
                pub $field: Option<$kind>,
            )*
            /// Every other field, as it came.
            #[serde(flatten)]
            pub extra: serde_json::Map<String, serde_json::Value>,
        }

        impl $name {
            $crate::resource::declare::setters!($($field: $kind = $wire,)*);
        }
    };
}
pub(crate) use section;

/// Declares an object of the API: `answer` is what the server sends, `draft` what it is sent.
///
/// The fields under `shared` are in both, those under `answered` only in the answer.
macro_rules! resource {
    (
        $(#[$meta:meta])* answer $read:ident($id:ty);
        $(#[$dmeta:meta])* draft $draft:ident;
        shared { $($(#[$smeta:meta])* $shared:ident: $skind:ty = $swire:literal,)* }
        answered { $($(#[$ameta:meta])* $answered:ident: $akind:ty = $awire:literal,)* }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[non_exhaustive]
        pub struct $read {
            /// The id.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub id: Option<$id>,
            $(
                $(#[$smeta])*
                #[serde(default, rename = $swire, skip_serializing_if = "Option::is_none")]
                pub $shared: Option<$skind>,
            )*
            /// Whether it is in use, as the server sees it; only in answers.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub active: Option<$crate::flexible::FlexBool>,
            /// Whether it may be changed; only in answers.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub editable: Option<$crate::flexible::FlexBool>,
            /// Whether it, or what belongs to it, may be run; only in answers.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub runnable: Option<$crate::flexible::FlexBool>,
            /// Whether it is complete; only in answers.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub ready: Option<$crate::flexible::FlexBool>,
            /// What is missing if it is not ready; only in answers.
            #[serde(default, rename = "notReadyReason", skip_serializing_if = "Option::is_none")]
            pub not_ready_reason: Option<String>,
            $(
                $(#[$ameta])*
                #[serde(default, rename = $awire, skip_serializing_if = "Option::is_none")]
                pub $answered: Option<$akind>,
            )*
            /// What kind of object this is; only in answers.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub meta: Option<$crate::resource::Meta>,
            /// References to others, `self` among them; only in answers.
            #[serde(default, rename = "_links", skip_serializing_if = "Links::is_empty")]
            pub links: $crate::link::Links,
            /// Every other field, as it came.
            #[serde(flatten)]
            pub extra: serde_json::Map<String, serde_json::Value>,
        }

        $(#[$dmeta])*
        #[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
        #[non_exhaustive]
        pub struct $draft {
            $(
                $(#[$smeta])*
                #[serde(default, rename = $swire, skip_serializing_if = "Option::is_none")]
                pub $shared: Option<$skind>,
            )*
            /// Every other field, sent as it is.
            #[serde(flatten)]
            pub extra: serde_json::Map<String, serde_json::Value>,
            #[serde(skip)]
            pub(crate) secrets: $crate::resource::secrets::Secrets,
        }

        impl $draft {
            $crate::resource::declare::setters!($($shared: $skind = $swire,)*);

            /// Sets a field that this crate does not name.
            #[must_use]
            pub fn field(
                mut self,
                name: impl Into<String>,
                value: impl Into<serde_json::Value>,
            ) -> Self {
                self.extra.insert(name.into(), value.into());
                self
            }
        }

        impl $read {
            /// What would be sent to keep this object as it is: everything but what only the server sets.
            ///
            /// Edit it and pass it to `replace`. Secrets are not in it, because no answer holds them.
            #[must_use]
            pub fn draft(&self) -> $draft {
                let mut draft = $draft {
                    $($shared: self.$shared.clone(),)*
                    extra: self.extra.clone(),
                    secrets: $crate::resource::secrets::Secrets::default(),
                };
                draft.strip();
                draft
            }
        }

        impl $crate::page::Identified for $read {
            fn identity(&self) -> Option<&str> {
                self.id.as_ref().map(<$id>::as_str)
            }
        }

        $crate::resource::reference::referable!($read, $id);
    };
}
pub(crate) use resource;

macro_rules! setters {
    ($($field:ident: $kind:ty = $wire:literal,)*) => {
        $(
            #[doc = concat!("Sets `", $wire, "`.")]
            #[must_use]
            pub fn $field(mut self, value: impl Into<$kind>) -> Self {
                self.$field = Some(value.into());
                self
            }
        )*
    };
}
pub(crate) use setters;

/// The operations that every kind of object has, for a handle with `fn store(&self) -> Store<…>`.
macro_rules! operations {
    ($handle:ident, $read:ident, $draft:ident, $what:literal) => {
        impl $handle {
            #[doc = concat!("Reads one ", $what, ", by its object, link or id.")]
            ///
            /// # Errors
            ///
            /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if there is none; any kind of
            /// [`RequestBuilder::send`](crate::RequestBuilder::send).
            pub async fn get(
                &self,
                target: impl Into<$crate::resource::Reference<$read>>,
            ) -> $crate::error::Result<$read> {
                self.store().get(&target.into()).await
            }

            #[doc = concat!("Creates one ", $what, " and gives it as the server made it.")]
            ///
            /// Never sent twice, unless the first time provably did nothing. After
            /// [`Sent::Maybe`](crate::Sent::Maybe) look whether it is there before creating it again.
            ///
            /// # Errors
            ///
            /// [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) if its name is taken,
            /// [`ErrorKind::Validation`](crate::ErrorKind::Validation) if the server finds it wrong; any kind of
            /// [`RequestBuilder::send`](crate::RequestBuilder::send).
            pub async fn create(&self, draft: &$draft) -> $crate::error::Result<$read> {
                self.store().create(draft).await
            }

            /// Replaces the whole object, if it still is what `before` says.
            ///
            /// The server is asked for the object first. If somebody has changed it since `before` was read, nothing
            /// is written. If `draft` changes nothing, nothing is written either and the object is given as it is. An
            /// `ETag`, if the server sends one, goes with the write as `If-Match`. Between look and write somebody
            /// may still come in between when there is no `ETag`: Cleo is not known to offer more.
            ///
            /// # Errors
            ///
            /// [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) naming the fields that somebody changed; any kind of
            /// [`RequestBuilder::send`](crate::RequestBuilder::send).
            pub async fn replace(
                &self,
                before: &$read,
                draft: &$draft,
            ) -> $crate::error::Result<$read> {
                self.store().replace(before, draft).await
            }

            /// Replaces the whole object, whatever it is by now.
            ///
            /// # Errors
            ///
            /// Any kind of [`RequestBuilder::send`](crate::RequestBuilder::send).
            pub async fn overwrite(
                &self,
                target: impl Into<$crate::resource::Reference<$read>>,
                draft: &$draft,
            ) -> $crate::error::Result<$read> {
                self.store().put(&target.into(), draft, None).await
            }

            /// Reads the object, lets `edit` change it, and writes it back whole if that changed anything.
            ///
            /// # Errors
            ///
            /// [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) if the server sends an `ETag` and the object changed
            /// meanwhile; any kind of [`RequestBuilder::send`](crate::RequestBuilder::send).
            pub async fn update(
                &self,
                target: impl Into<$crate::resource::Reference<$read>>,
                edit: impl FnOnce(&mut $draft) + Send,
            ) -> $crate::error::Result<$read> {
                self.store().update(&target.into(), edit).await
            }

            /// Removes the object. Also succeeds if a repeated attempt finds it gone.
            ///
            /// # Errors
            ///
            /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if there was none at the first attempt; any kind of
            /// [`RequestBuilder::send`](crate::RequestBuilder::send).
            pub async fn delete(
                &self,
                target: impl Into<$crate::resource::Reference<$read>>,
            ) -> $crate::error::Result<()> {
                self.store().delete(&target.into()).await
            }
        }
    };
}
pub(crate) use operations;
