//! Declares a loop or a whole document as a table of its parts in the order of the standard.
//!
//! ```text
//! typed_loop! {
//!     /// One line of an order.
//!     pub OrderLine {
//!         /// PO1: the segment that starts the loop.
//!         first item: OrderItem;
//!         /// At most one.
//!         currency: Option<Currency>;
//!         /// Any number; a field may be a segment or another `typed_loop!`.
//!         [also b"MEA"] descriptions: Vec<ItemDescription>;
//!         /// TXI is a field of `Charge`, but here it belongs to the line.
//!         [without b"TXI"] charges: Vec<Charge>;
//!         taxes: Vec<Tax>;
//!         schedules: Vec<LineSchedule> = required;
//!     }
//!     at "850" ["PO1"]
//!     members [b"PO3", b"MEA"]
//!     loops [b"SLN" => [b"PID", b"N1", b"N2"]]
//!     through [b"LS" => b"LE"]
//!     until [b"PO1", b"CTT"]
//! }
//! ```
//!
//! The fields stand in the order of the standard; their place in the table is their rank. The
//! macro makes the struct (with `Default`), `other_segments()`, how it is read and written, and the
//! methods of its view.
//!
//! - A field is `T` (always one), `Option<T>` (at most one; a second one is kept and reported) or
//!   `Vec<T>`, or `Rare<T>` for a large one that few loops have. What ids it takes follows from `T`, a `typed_segment!` or a `typed_loop!`.
//! - `= required`: at least one, reported when it is missing and refused when it is written.
//! - `[after field]` before a field: it takes its segment only if that other field (an `Option`
//!   or a `Vec`) is filled; so two fields can have one id, for example AMT before and behind CTT.
//!   It comes before `[also …]`, and that before `[without …]`.
//! - `[also b"…", …]`: segments without a type that belong to the inner loop at this place only.
//! - `[without b"…", …]`: ids that the inner loop would take, but that are not its own here.
//! - `[from V004010]` behind those: the release from which on there is such a loop; before it the
//!   segment stands alone.
//! - `at`: the set and the loops, with this one, whose order counts where a release has another
//!   one than the table. Without it that of the table holds for all.
//! - `members`: segments of the loop without a type; they are kept in `other_segments()`.
//! - `loops`: inner loops without a type, each with all ids that stand in it; kept likewise.
//! - `through`: bounded loops without a type, kept from the first id to the second.
//! - `until`: everything stays in the loop up to one of these ids. Without it the loop ends at
//!   the first segment that the standard has elsewhere in the set. A segment that the standard
//!   does not have in the set at all is always kept in the innermost loop.
//!
//! The parts after the braces may be left out, but keep their order. At most 63 fields.
//!
//! `typed_document!` is the same for a whole set. It adds `pub release`, the constants `CODE` and
//! `FUNCTIONAL_ID`, `parse`, `check` and `write`; everything stays in a document, so `members`
//! only says which segments end an inner loop:
//!
//! ```text
//! typed_document! {
//!     /// A purchase order: set 850.
//!     pub PurchaseOrder = "850" of "PO", then check_totals {
//!         first beginning: OrderBeginning;
//!         lines: Vec<OrderLine> = required;
//!         totals: Option<Totals>;
//!         [after totals] total_amount: Option<Amount>;
//!     }
//!     members [b"TAX"]
//! }
//! ```
//!
//! `then check_totals` names a function `fn(&Self, &mut Parser<'_>)` that reports what no rule
//! of a single segment says.

macro_rules! typed_loop {
    (@with [$($extra:tt)*] $is_document:tt
        $(#[$meta:meta])*
        pub $name:ident {
            $(#[$first_meta:meta])*
            first $first:ident : $first_type:ident;
            $(
                $(#[$field_meta:meta])*
                $([after $gate:ident])?
                $([also $($also:literal),+ $(,)?])?
                $([without $($without:literal),+ $(,)?])?
                $([from $from:ident])?
                $field:ident : $outer:ident $(<$inner_type:ident>)? $(= $required:ident)?;
            )*
        }
        $(at $set:literal [$($step:literal),*])?
        $(members [$($member:literal),* $(,)?])?
        $(loops [$($start:literal => [$($inner:literal),* $(,)?]),* $(,)?])?
        $(through [$($open:literal => $close:literal),* $(,)?])?
        $(until [$($until:literal),* $(,)?])?
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Default)]
        #[non_exhaustive]
        pub struct $name {
            $($extra)*
            $(#[$first_meta])*
            pub $first: $first_type,
            $(
                $(#[$field_meta])*
                pub $field: $outer $(<$inner_type>)?,
            )*
            layout: $crate::document::layout::Layout,
        }

        impl $name {
            /// The segments that no field of this loop names, in the order of the input; those of
            /// inner loops are with those.
            #[must_use]
            pub fn other_segments(&self) -> &[$crate::segment::SegmentBuf] {
                self.layout.kept()
            }

            /// The ranks of all parts in the order of the standard.
            fn spelled(&self, seen: u64) -> Vec<u8> {
                let mut sequence = Vec::new();
                let mut ranks = 0_u8..;
                $crate::document::typed::spell(seen, &mut ranks, 1, &mut sequence);
                $(
                    let count = $crate::document::typed::Slot::count(&self.$field);
                    $crate::document::typed::spell(seen, &mut ranks, count, &mut sequence);
                )*
                sequence
            }
        }

        impl<'a> $crate::document::view::View<'a, $name> {
            $crate::document::typed::loop_method! {
                $name $first [$is_document $first_type]
            }
            $( $crate::document::typed::loop_method! {
                $name $field [$outer $(<$inner_type>)?]
            } )*
        }

        impl $crate::document::typed::Loop for $name {
            type First = $first_type;
            const RULES: $crate::document::typed::LoopRules = $crate::document::typed::LoopRules {
                members: &[$($($crate::document::typed::key($member)),*)?],
                loops: &[$($((
                    $crate::document::typed::key($start),
                    &[$($crate::document::typed::key($inner)),*],
                )),*)?],
                through: &[$($((
                    $crate::document::typed::key($open),
                    $crate::document::typed::key($close),
                )),*)?],
                until: &[$($($crate::document::typed::key($until)),*)?],
                is_document: $is_document,
            };

            fn first_mut(&mut self) -> &mut Self::First {
                &mut self.$first
            }

            fn layout_mut(&mut self) -> &mut $crate::document::layout::Layout {
                &mut self.layout
            }

            fn order(
                release: $crate::schema::Release,
            ) -> Option<&'static [u8]> {
                const IDS: &[&str] = &[
                    <$first_type as $crate::document::typed::Part>::ID,
                    $(<$outer $(<$inner_type>)? as $crate::document::typed::Slot>::ID),*
                ];
                let order: &[Option<&'static [u8]>] = &[$({
                    static ORDERS: $crate::document::typed::Orders =
                        $crate::document::typed::Orders::new();
                    ORDERS.of(release, $set, &[$($step),*], IDS)
                })?];
                let _ = (release, IDS);
                order.first().copied().flatten()
            }

            fn fill(
                &mut self,
                parser: &mut $crate::document::parser::Parser<'_>,
                layout: &mut $crate::document::layout::LayoutBuilder,
                site: &$crate::document::typed::Site,
            ) {
                while let Some(key) = parser.key() {
                    if $is_document && key == <Self as $crate::document::typed::Part>::KEY {
                        if layout.seen(0) {
                            parser.repeated(layout, &|seen| self.spelled(seen));
                        } else {
                            parser.place::<Self>(layout, 0, &|seen| self.spelled(seen));
                            $crate::document::typed::Part::read(
                                &mut self.$first, parser,
                                &$crate::document::typed::Site::PLAIN);
                        }
                        continue;
                    }
                    if !site.without.contains(&key) {
                        // Whether a field that waits for another one has its turn.
                        let gated = false $( || (
                            key == <$outer $(<$inner_type>)? as $crate::document::typed::Slot>::KEY
                                && [$($crate::document::typed::Slot::count(&self.$gate) > 0)?]
                                    .contains(&true)
                        ) )*;
                        let mut ranks = 1_u8..;
                        if gated {
                            $(
                                let rank = ranks.next().unwrap_or(0);
                                let gates: &[&str] = &[$(stringify!($gate))?];
                                if !gates.is_empty()
                                    && key == <$outer $(<$inner_type>)? as $crate::document::typed::Slot>::KEY
                                {
                                    $crate::document::typed::typed_loop!(@take self, parser, layout, rank, $field, [$outer $(<$inner_type>)?],
                                        [$($($also),+)?], [$($($without),+)?], [$($from)?],
                                        $is_document, [$(stringify!($required))?]);
                                    continue;
                                }
                            )*
                        } else {
                            $(
                                let rank = ranks.next().unwrap_or(0);
                                let gates: &[&str] = &[$(stringify!($gate))?];
                                if gates.is_empty()
                                    && key == <$outer $(<$inner_type>)? as $crate::document::typed::Slot>::KEY
                                {
                                    $crate::document::typed::typed_loop!(@take self, parser, layout, rank, $field, [$outer $(<$inner_type>)?],
                                        [$($($also),+)?], [$($($without),+)?], [$($from)?],
                                        $is_document, [$(stringify!($required))?]);
                                    continue;
                                }
                            )*
                        }
                        let _ = ranks.next();
                    }
                    let goes_on = parser.keeps(
                        &<Self as $crate::document::typed::Loop>::RULES, site, key, layout,
                        &|seen| self.spelled(seen),
                    );
                    if !goes_on {
                        break;
                    }
                }
                let order = <Self as $crate::document::typed::Loop>::order(parser.release());
                layout.settle(order, |seen| self.spelled(seen));
                if !layout.seen(0) {
                    parser.missing(<Self as $crate::document::typed::Part>::ID);
                }
                let mut ranks = 1_u8..;
                $(
                    let rank = ranks.next().unwrap_or(0);
                    let required: &[&str] = &[$(stringify!($required))?];
                    if (<$outer $(<$inner_type>)? as $crate::document::typed::Slot>::ALWAYS || !required.is_empty()) && !layout.seen(rank) {
                        parser.missing(<$outer $(<$inner_type>)? as $crate::document::typed::Slot>::ID);
                    }
                )*
                let _ = ranks.next();
            }

            const FIELDS: &'static [&'static str] = &[
                stringify!($first), $(stringify!($field)),*
            ];

            fn walk_parts(
                walker: &mut $crate::document::view::Walker<'_>,
                site: &$crate::document::typed::Site,
            ) {
                let mut seen = u64::from(!$is_document);
                while let Some(key) = walker.key() {
                    if $is_document && key == <Self as $crate::document::typed::Part>::KEY {
                        let first = seen & 1 == 0;
                        walker.leaf(if first { 0 } else { $crate::document::view::OTHER });
                        seen |= 1;
                        continue;
                    }
                    if !site.without.contains(&key) {
                        let gated = false $( || (
                            key == <$outer $(<$inner_type>)? as $crate::document::typed::Slot>::KEY
                                && [$($crate::document::view::name_seen(
                                    seen, Self::FIELDS, stringify!($gate)))?]
                                    .contains(&true)
                        ) )*;
                        // Two chains of nothing but comparisons with constants: the compiler makes
                        // a search of each.
                        let mut ranks = 1_u8..;
                        if gated {
                            $(
                                let rank = ranks.next().unwrap_or(0);
                                let gates: &[&str] = &[$(stringify!($gate))?];
                                if !gates.is_empty()
                                    && key == <$outer $(<$inner_type>)? as $crate::document::typed::Slot>::KEY
                                {
                                    $crate::document::typed::typed_loop!(@walk walker, seen, rank, [$outer $(<$inner_type>)?],
                                        [$($($also),+)?], [$($($without),+)?], [$($from)?]);
                                    continue;
                                }
                            )*
                        } else {
                            $(
                                let rank = ranks.next().unwrap_or(0);
                                let gates: &[&str] = &[$(stringify!($gate))?];
                                if gates.is_empty()
                                    && key == <$outer $(<$inner_type>)? as $crate::document::typed::Slot>::KEY
                                {
                                    $crate::document::typed::typed_loop!(@walk walker, seen, rank, [$outer $(<$inner_type>)?],
                                        [$($($also),+)?], [$($($without),+)?], [$($from)?]);
                                    continue;
                                }
                            )*
                        }
                        let _ = ranks.next();
                    }
                    let rules = &<Self as $crate::document::typed::Loop>::RULES;
                    if !walker.keeps(rules, site, key) {
                        break;
                    }
                }
                let _ = seen;
            }

            fn emit_parts(&self, sink: &mut $crate::document::sink::Sink<'_>) {
                $(
                    let required: &[&str] = &[$(stringify!($required))?];
                    if !required.is_empty() && $crate::document::typed::Slot::count(&self.$field) == 0 {
                        sink.lacks(<$outer $(<$inner_type>)? as $crate::document::typed::Slot>::ID);
                    }
                )*
                let Some(odd) = self.layout.odd() else {
                    let order = <Self as $crate::document::typed::Loop>::order(sink.release());
                    let Some(order) = order else {
                        $crate::document::typed::Part::emit(&self.$first, sink);
                        $( $crate::document::typed::Slot::emit_all(&self.$field, sink); )*
                        return;
                    };
                    for &rank in order {
                        if rank == 0 {
                            $crate::document::typed::Part::emit(&self.$first, sink);
                        }
                        let mut ranks = 1_u8..;
                        $(
                            if ranks.next() == Some(rank) {
                                $crate::document::typed::Slot::emit_all(&self.$field, sink);
                            }
                        )*
                        let _ = ranks.next();
                    }
                    return;
                };
                let counts = [1, $( $crate::document::typed::Slot::count(&self.$field) ),*];
                odd.replay(&counts, |step| match step {
                    $crate::document::layout::Step::Kept(segment) => sink.kept(segment),
                    $crate::document::layout::Step::Part(0, _) => {
                        $crate::document::typed::Part::emit(&self.$first, sink);
                    }
                    $crate::document::layout::Step::Part(rank, index) => {
                        let mut ranks = 1_u8..;
                        $(
                            if ranks.next() == Some(rank) {
                                $crate::document::typed::Slot::emit_nth(&self.$field, index, sink);
                            }
                        )*
                        let _ = (ranks.next(), rank, index);
                    }
                });
            }

            fn collect_all_keys(out: &mut Vec<u32>) {
                out.push(<Self as $crate::document::typed::Part>::KEY);
                <Self as $crate::document::typed::Loop>::RULES.collect_keys(out);
                $(
                    <$outer $(<$inner_type>)? as $crate::document::typed::Slot>::collect_keys(out);
                    $( out.extend([$($crate::document::typed::key($also)),+]); )?
                )*
            }
        }
    };
    (@take $self:ident, $parser:ident, $layout:ident, $rank:ident, $field:ident, [$type:ty],
        [$($also:literal),*], [$($without:literal),*], [$($from:ident)?], $is_document:tt, $required:expr
    ) => {
        const REQUIRED: &[&str] = &$required;
        const SITE: $crate::document::typed::Site = $crate::document::typed::Site {
            also: &[$($crate::document::typed::key($also)),*],
            without: &[$($crate::document::typed::key($without)),*],
            from: $crate::document::typed::first_of(&[$($crate::schema::Release::$from)?]),
            many: $is_document && !REQUIRED.is_empty(),
        };
        if <$type as $crate::document::typed::Slot>::SINGLE && $layout.seen($rank) {
            $parser.repeated($layout, &|seen| $self.spelled(seen));
        } else {
            $parser.place::<Self>($layout, $rank, &|seen| $self.spelled(seen));
            $crate::document::typed::Slot::take(&mut $self.$field, $parser, &SITE);
        }
    };
    (@walk $walker:ident, $seen:ident, $rank:ident, [$type:ty],
        [$($also:literal),*], [$($without:literal),*], [$($from:ident)?]
    ) => {
        const SITE: $crate::document::typed::Site = $crate::document::typed::Site {
            also: &[$($crate::document::typed::key($also)),*],
            without: &[$($crate::document::typed::key($without)),*],
            from: $crate::document::typed::first_of(&[$($crate::schema::Release::$from)?]),
            many: false,
        };
        if <$type as $crate::document::typed::Slot>::SINGLE
            && $crate::document::layout::was_seen($seen, $rank)
        {
            $walker.leaf($crate::document::view::OTHER);
        } else {
            $seen |= 1 << $rank;
            let at = $walker.start($rank);
            <$type as $crate::document::typed::Slot>::walk($walker, &SITE);
            $walker.end(at);
        }
    };
    ($($all:tt)*) => {
        $crate::document::typed::typed_loop! {@with [] false $($all)*}
    };
}
pub(crate) use typed_loop;

/// Appends the rank of a field as often as it has parts, if it was seen at all.
pub(crate) fn spell(
    seen: u64,
    ranks: &mut std::ops::RangeFrom<u8>,
    count: usize,
    sequence: &mut Vec<u8>,
) {
    let rank = ranks.next().unwrap_or(0);
    if crate::document::layout::was_seen(seen, rank) {
        sequence.extend(std::iter::repeat_n(rank, count));
    }
}

/// The one release that a table names, if it names one.
pub(crate) const fn first_of(
    releases: &[crate::schema::Release],
) -> Option<crate::schema::Release> {
    match releases {
        [release, ..] => Some(*release),
        [] => None,
    }
}
