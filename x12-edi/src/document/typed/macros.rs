//! Declares a typed segment as a table: place, field, type, element type and lengths.

macro_rules! element_kind {
    (id) => {
        $crate::document::typed::Kind::Id
    };
    (an) => {
        $crate::document::typed::Kind::An
    };
    (r) => {
        $crate::document::typed::Kind::R
    };
    (n0) => {
        $crate::document::typed::Kind::N(0)
    };
    (n2) => {
        $crate::document::typed::Kind::N(2)
    };
    (dt) => {
        $crate::document::typed::Kind::Dt
    };
    (unit) => {
        $crate::document::typed::Kind::Unit
    };
    (tm) => {
        $crate::document::typed::Kind::Tm
    };
}
pub(crate) use element_kind;

macro_rules! typed_segment {
    (
        $(#[$meta:meta])*
        $name:ident = $id:literal, $count:literal elements {
            $(
                $(#[$field_meta:meta])*
                $at:literal $field:ident : $type:ty = $kind:ident($min:literal, $max:literal) $($required:ident)?;
            )*
            $(
                pairs $first:literal ..= $last:literal
                $(#[$pair_meta:meta])*
                $pair_field:ident : $pair_type:ty = id($qmin:literal, $qmax:literal) an($vmin:literal, $vmax:literal);
            )?
            $( then {
                $(
                    $(#[$later_meta:meta])*
                    $later_at:literal $later_field:ident : $later_type:ty = $later_kind:ident($later_min:literal, $later_max:literal);
                )*
            } )?
        }
        notes [$($note_kind:ident(&[$($note_element:literal),*])),* $(,)?]
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Default)]
        #[non_exhaustive]
        pub struct $name {
            $( $(#[$field_meta])* pub $field: $type, )*
            $( $(#[$pair_meta])* pub $pair_field: Vec<$pair_type>, )?
            $( $( $(#[$later_meta])* pub $later_field: $later_type, )* )?
            kept: $crate::document::typed::Kept,
        }

        impl $crate::document::typed::TypedSegment for $name {
            const ID: &'static str = $id;
            const COUNT: usize = $count;
            const NOTES: &'static [$crate::document::typed::Note] = &[$($crate::document::typed::Note::$note_kind(&[$($note_element),*])),*];

            fn rule(element: usize) -> Option<$crate::document::typed::Rule> {
                use $crate::document::typed::Rule;
                match element {
                    $( $at => Some(Rule {
                        kind: $crate::document::typed::element_kind!($kind),
                        min: $min, max: $max,
                        required: [$(stringify!($required))?].contains(&"required"),
                    }), )*
                    $( $first..=$last => Some(if (element - $first) % 2 == 0 {
                        Rule { kind: $crate::document::typed::Kind::Id, min: $qmin, max: $qmax, required: false }
                    } else {
                        Rule { kind: $crate::document::typed::Kind::An, min: $vmin, max: $vmax, required: false }
                    }), )?
                    $( $( $later_at => Some(Rule {
                        kind: $crate::document::typed::element_kind!($later_kind),
                        min: $later_min, max: $later_max, required: false,
                    }), )* )?
                    _ => None,
                }
            }

            fn label(element: usize) -> Option<&'static str> {
                match element {
                    $( $at => Some(stringify!($field)), )*
                    $( $first..=$last => Some(stringify!($pair_field)), )?
                    $( $( $later_at => Some(stringify!($later_field)), )* )?
                    _ => None,
                }
            }

            fn from_elements(segment: $crate::segment::Segment<'_>) -> Self {
                #[expect(unused_imports, reason = "a segment of pairs alone has no fields")]
                use $crate::document::typed::Field as _;
                Self {
                    $( $field: <$type as $crate::document::typed::Field>::from_element(
                        segment.element($at), $crate::document::typed::element_kind!($kind)), )*
                    $( $pair_field: $crate::document::typed::read_pairs(segment, $first, $last), )?
                    $( $( $later_field: <$later_type as $crate::document::typed::Field>::from_element(
                        segment.element($later_at), $crate::document::typed::element_kind!($later_kind)), )* )?
                    kept: $crate::document::typed::Kept::default(),
                }
            }

            fn to_elements(
                &self,
                out: &mut $crate::document::typed::ElementList,
                violations: &mut Vec<$crate::document::typed::Violation>,
            ) {
                $( $crate::document::typed::write_field(
                    &self.$field, $at, $crate::document::typed::element_kind!($kind), out, violations); )*
                $( $crate::document::typed::write_pairs(&self.$pair_field, $first, $last, out, violations); )?
                $( $( $crate::document::typed::write_field(
                    &self.$later_field, $later_at, $crate::document::typed::element_kind!($later_kind), out, violations); )* )?
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
