//! Declares a typed segment as a table: place, field and type.
//!
//! ```text
//! typed_segment! {
//!     /// A tax: TXI.
//!     Tax = "TXI" {
//!         /// TXI01: the kind of tax.
//!         1 tax_type: Text;
//!         /// TXI02.
//!         2 amount: Option<Decimal>;
//!         /// SAC05 has two implied decimals: `= n0` to `= n9`.
//!         5 implied: Option<Decimal> = n2;
//!         pairs 6..=25
//!         /// Qualifier and value alternating; the type implements `Pair`.
//!         product_ids: ProductId;
//!         then {
//!             /// A field behind the pairs.
//!             26 last: Option<Text>;
//!         }
//!     }
//! }
//! ```
//!
//! Field types are `Text` (for what the standard requires), `Option<Text>`, `Option<Decimal>`,
//! `Option<u32>` (N0), `Option<Date>` and `Option<Time>`. Lengths, requirements and syntax notes
//! are those of the release. Elements without a field are kept and written back.

macro_rules! element_kind {
    ($type:ty, n0) => {
        $crate::document::typed::Kind::N(0)
    };
    ($type:ty, n1) => {
        $crate::document::typed::Kind::N(1)
    };
    ($type:ty, n2) => {
        $crate::document::typed::Kind::N(2)
    };
    ($type:ty, n3) => {
        $crate::document::typed::Kind::N(3)
    };
    ($type:ty, unit) => {
        $crate::document::typed::Kind::Unit
    };
    ($type:ty, n4) => {
        $crate::document::typed::Kind::N(4)
    };
    ($type:ty, n6) => {
        $crate::document::typed::Kind::N(6)
    };
    ($type:ty $(, $kind:ident)?) => {
        <$type as $crate::document::typed::Field>::KIND
    };
}
pub(crate) use element_kind;

/// The method of a view that reads one element.
macro_rules! element_method {
    ($name:ident $at:literal $field:ident [$type:ident] $kind:expr) => {
        #[doc = concat!("[`", stringify!($name), "::", stringify!($field), "`].")]
        #[must_use]
        #[inline]
        pub fn $field(&self) -> $crate::segment::Element<'a> {
            $crate::document::view::text(&self.as_segment(), $at, $kind)
        }
    };
    ($name:ident $at:literal $field:ident [Vec<$type:ident>] $kind:expr) => {
        #[doc = concat!("[`", stringify!($name), "::", stringify!($field), "`].")]
        #[must_use]
        #[inline]
        pub fn $field(&self) -> $crate::segment::Element<'a> {
            $crate::document::view::text(&self.as_segment(), $at, $kind)
        }
    };
    ($name:ident $at:literal $field:ident [Option<Text>] $kind:expr) => {
        #[doc = concat!("[`", stringify!($name), "::", stringify!($field), "`].")]
        #[must_use]
        #[inline]
        pub fn $field(&self) -> $crate::segment::Element<'a> {
            $crate::document::view::text(&self.as_segment(), $at, $kind)
        }
    };
    ($name:ident $at:literal $field:ident [Option<$type:ident>] $kind:expr) => {
        #[doc = concat!("[`", stringify!($name), "::", stringify!($field), "`].")]
        #[must_use]
        #[inline]
        pub fn $field(&self) -> Option<$type> {
            $crate::document::view::value(&self.as_segment(), $at, $kind)
        }
    };
}
pub(crate) use element_method;

macro_rules! typed_segment {
    (
        $(#[$meta:meta])*
        $name:ident = $id:literal {
            $(
                $(#[$field_meta:meta])*
                $at:literal $field:ident : $type:ident $(<$inner:ident>)? $(= $kind:ident)?;
            )*
            $(
                pairs $first:literal ..= $last:literal
                $(#[$pair_meta:meta])*
                $pair_field:ident : $pair_type:ty;
            )?
            $( then {
                $(
                    $(#[$later_meta:meta])*
                    $later_at:literal $later_field:ident : $later_type:ident $(<$later_inner:ident>)? $(= $later_kind:ident)?;
                )*
            } )?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Default)]
        #[non_exhaustive]
        pub struct $name {
            $( $(#[$field_meta])* pub $field: $type $(<$inner>)?, )*
            $( $(#[$pair_meta])* pub $pair_field: Vec<$pair_type>, )?
            $( $( $(#[$later_meta])* pub $later_field: $later_type $(<$later_inner>)?, )* )?
            kept: $crate::document::typed::Kept,
        }

        impl $crate::document::typed::Part for $name {
            const ID: &'static str = $id;
            const KEY: u32 = $crate::document::typed::key($id.as_bytes());

            fn read(
                &mut self,
                parser: &mut $crate::document::parser::Parser<'_>,
                _site: &$crate::document::typed::Site,
            ) {
                parser.read(self);
            }

            fn emit(&self, sink: &mut $crate::document::sink::Sink<'_>) {
                sink.segment(self);
            }

            fn walk(
                walker: &mut $crate::document::view::Walker<'_>,
                _site: &$crate::document::typed::Site,
            ) {
                walker.advance();
            }

            fn collect_keys(out: &mut Vec<u32>) {
                out.push(<Self as $crate::document::typed::Part>::KEY);
            }
        }

        impl<'a> $crate::document::view::View<'a, $name> {
            $( $crate::document::typed::element_method! {
                $name $at $field [$type $(<$inner>)?]
                $crate::document::typed::element_kind!($type $(<$inner>)? $(, $kind)?)
            } )*
            $(
                #[doc = concat!("[`", stringify!($name), "::", stringify!($pair_field), "`].")]
                pub fn $pair_field(
                    &self,
                ) -> impl Iterator<
                    Item = ($crate::segment::Element<'a>, $crate::segment::Element<'a>),
                > + use<'a> {
                    $crate::document::view::pairs(self.as_segment(), $first, $last)
                }
            )?
            $( $( $crate::document::typed::element_method! {
                $name $later_at $later_field [$later_type $(<$later_inner>)?]
                $crate::document::typed::element_kind!(
                    $later_type $(<$later_inner>)? $(, $later_kind)?)
            } )* )?
        }

        impl $crate::document::typed::TypedSegment for $name {
            const ID: &'static str = $id;
            const FIELDS: u64 = 0
                $( | 1 << $at )*
                $( | $crate::document::typed::bits($first, $last) )?
                $( $( | 1 << $later_at )* )?;

            fn rules(
                release: $crate::schema::Release,
            ) -> Option<&'static $crate::document::typed::Rules> {
                static RULES: $crate::document::typed::RuleCells =
                    $crate::document::typed::RuleCells::new();
                RULES.of($id, release)
            }

            #[inline]
            fn read_elements(
                &mut self,
                segment: $crate::segment::Segment<'_>,
                reading: &mut $crate::document::typed::Reading,
            ) {
                $( self.$field = $crate::document::typed::Field::read(
                    $crate::document::typed::Raw::of(&segment, $at),
                    $crate::document::typed::element_kind!($type $(<$inner>)? $(, $kind)?),
                    reading,
                ); )*
                $( $crate::document::typed::read_pairs(
                    &mut self.$pair_field, segment, $first, $last, reading); )?
                $( $( self.$later_field = $crate::document::typed::Field::read(
                    $crate::document::typed::Raw::of(&segment, $later_at),
                    $crate::document::typed::element_kind!($later_type $(<$later_inner>)? $(, $later_kind)?),
                    reading,
                ); )* )?
            }

            #[inline]
            fn to_elements(
                &self,
                release: $crate::schema::Release,
                out: &mut $crate::document::typed::ElementList,
                violations: &mut Vec<$crate::document::typed::Violation>,
            ) {
                $( $crate::document::typed::write_field(
                    &self.$field, $at,
                    $crate::document::typed::element_kind!($type $(<$inner>)? $(, $kind)?),
                    release, out, violations,
                ); )*
                $( $crate::document::typed::write_pairs(
                    &self.$pair_field, $first, $last, release, out, violations); )?
                $( $( $crate::document::typed::write_field(
                    &self.$later_field, $later_at,
                    $crate::document::typed::element_kind!($later_type $(<$later_inner>)? $(, $later_kind)?),
                    release, out, violations,
                ); )* )?
                let _ = release;
            }

            fn kept(&self) -> &$crate::document::typed::Kept {
                &self.kept
            }

            fn kept_mut(&mut self) -> &mut $crate::document::typed::Kept {
                &mut self.kept
            }
        }
    };
}
pub(crate) use typed_segment;

/// The bits of a range of elements.
pub(crate) const fn bits(first: usize, last: usize) -> u64 {
    let mut bits = 0;
    let mut at = first;
    while at <= last {
        bits |= 1 << at;
        at += 1;
    }
    bits
}
