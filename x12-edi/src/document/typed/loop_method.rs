//! The methods of a loop's view, one for each part.

/// The method of a view that gives the parts of one field.
macro_rules! loop_method {
    ($name:ident $field:ident [false $part:ident]) => {
        #[doc = concat!("[`", stringify!($name), "::", stringify!($field), "`].")]
        #[must_use]
        #[inline]
        pub fn $field(&self) -> $crate::document::view::View<'a, $part> {
            self.head()
        }
    };
    ($name:ident $field:ident [true $part:ident]) => {
        $crate::document::typed::loop_method! { $name $field [$part] }
    };
    ($name:ident $field:ident [Vec<$part:ident>]) => {
        #[doc = concat!("[`", stringify!($name), "::", stringify!($field), "`].")]
        #[inline]
        pub fn $field(&self) -> $crate::document::view::Views<'a, $part> {
            self.parts(const {
                $crate::document::view::rank_of(
                    <$name as $crate::document::typed::Loop>::FIELDS, stringify!($field))
            })
        }
    };
    ($name:ident $field:ident [$option:ident<$part:ident>]) => {
        $crate::document::typed::loop_method! { $name $field [$part] }
    };
    ($name:ident $field:ident [$part:ident]) => {
        #[doc = concat!("[`", stringify!($name), "::", stringify!($field), "`]; empty if it is not there.")]
        #[must_use]
        #[inline]
        pub fn $field(&self) -> $crate::document::view::View<'a, $part> {
            self.part(const {
                $crate::document::view::rank_of(
                    <$name as $crate::document::typed::Loop>::FIELDS, stringify!($field))
            })
        }
    };
}
pub(crate) use loop_method;
