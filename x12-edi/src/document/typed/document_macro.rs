//! Declares a whole transaction set as a table of its parts; `loop_macro` says how.

macro_rules! typed_document {
    (
        $(#[$meta:meta])*
        pub $name:ident = $code:literal of $functional:literal $(, then $check:ident)? {
            $($fields:tt)*
        }
        $($rest:tt)*
    ) => {
        $crate::document::typed::typed_loop! {
            @with [
                /// The release of the standard: that of GS08 where the document was read,
                /// [`Release::V004010`](crate::schema::Release::V004010) unless told otherwise.
                pub release: $crate::schema::Release,
                /// ST03, from release 005010 on: the guide that the set follows, at most 35
                /// characters. Where there is none, that of
                /// [`Writer::with_convention`](crate::Writer::with_convention) is written.
                pub implementation: Option<$crate::value::Text>,
            ] true
            $(#[$meta])*
            pub $name {
                $($fields)*
            }
            at $code []
            $($rest)*
        }

        impl $name {
            /// The code of the set: ST01.
            pub const CODE: &'static str = $code;

            /// The functional id of its group: GS01.
            pub const FUNCTIONAL_ID: &'static str = $functional;

            #[doc = concat!("Reads a set ", $code, ". Nothing is lost: what cannot be read as a")]
            /// field is kept and reported.
            #[must_use]
            pub fn parse(
                set: &$crate::envelope::TransactionSet,
            ) -> $crate::document::ParsedDocument<Self> {
                $crate::document::parser::read_document(set)
            }

            #[doc = concat!("Looks at a set ", $code, " without a copy: by the same rules as")]
            /// [`parse`](Self::parse), but fields are read when they are asked for.
            pub fn view<'a>(
                set: &'a $crate::envelope::TransactionSet,
                outline: &'a mut $crate::document::view::Outline,
            ) -> $crate::document::view::View<'a, Self> {
                outline.read(set)
            }

            /// Checks all that [`write`](Self::write) checks, but for the delimiters of an
            /// interchange.
            ///
            /// # Errors
            /// As [`write`](Self::write); [`Error::problems`](crate::Error::problems) has all of
            /// them.
            pub fn check(&self) -> $crate::error::Result<()> {
                $crate::document::sink::put(self, self.release, &mut ())
            }

            /// Checks the whole document by the tables of its release, beyond what
            /// [`write`](Self::write) refuses: order, repeats and requirement of segments and
            /// loops, composites, and the segments that no field names. Codes outside the lists
            /// of the standard are let pass.
            ///
            /// # Errors
            /// [`ErrorKind::Missing`](crate::ErrorKind::Missing),
            /// [`ErrorKind::Length`](crate::ErrorKind::Length),
            /// [`ErrorKind::Value`](crate::ErrorKind::Value) or
            /// [`ErrorKind::Condition`](crate::ErrorKind::Condition), each problem with its place
            /// and remedy.
            pub fn check_all(&self) -> $crate::error::Result<()> {
                $crate::document::thorough::check(self, self.release)
            }

            /// Writes the set, or nothing of it.
            ///
            /// # Errors
            /// [`ErrorKind::Missing`](crate::ErrorKind::Missing),
            /// [`ErrorKind::Length`](crate::ErrorKind::Length),
            /// [`ErrorKind::Value`](crate::ErrorKind::Value),
            /// [`ErrorKind::Condition`](crate::ErrorKind::Condition) and the errors of data, each
            /// with segment, occurrence, element and value;
            /// [`Error::problems`](crate::Error::problems) lists all of them at once.
            /// [`ErrorKind::Condition`](crate::ErrorKind::Condition) at GS08 in a group of another
            /// release ([`Release::nearest`](crate::schema::Release::nearest)),
            /// [`ErrorKind::State`](crate::ErrorKind::State) outside a group,
            /// [`ErrorKind::Io`](crate::ErrorKind::Io).
            pub fn write<W: std::io::Write>(
                &self,
                writer: &mut $crate::writer::Writer<W>,
                control_number: &$crate::value::SetControlNumber,
            ) -> $crate::error::Result<()> {
                writer.check_release(self.release)?;
                let implementation = self.implementation.as_ref().map($crate::value::Text::as_str);
                writer.write_set_as(Self::CODE, control_number, implementation, |writer| {
                    $crate::document::sink::put(self, self.release, writer)
                })
            }
        }

        impl $crate::document::parser::Document for $name {
            const SET: &'static str = $code;

            fn set_header(
                &mut self,
                release: $crate::schema::Release,
                set: &$crate::envelope::TransactionSet,
            ) {
                self.release = release;
                self.implementation = set.header().implementation.as_deref().map(Into::into);
            }

            fn implementation(&self) -> Option<&str> {
                self.implementation.as_ref().map($crate::value::Text::as_str)
            }

            fn known() -> &'static $crate::document::typed::KnownKeys {
                static KNOWN: std::sync::OnceLock<$crate::document::typed::KnownKeys> =
                    std::sync::OnceLock::new();
                KNOWN.get_or_init(|| {
                    let mut keys = Vec::new();
                    <Self as $crate::document::typed::Loop>::collect_all_keys(&mut keys);
                    $crate::document::typed::KnownKeys::new(&keys)
                })
            }

            fn check_read(&self, parser: &mut $crate::document::parser::Parser<'_>) {
                $( Self::$check(self, parser); )?
                let _ = parser;
            }
        }
    };
}
pub(crate) use typed_document;
