//! Which elements no log may show.

/// Whether an element holds a password or the number of a bank account: ISA02 and ISA04, and every
/// element 508 of releases 003040 to 005010.
pub(crate) fn is_sensitive(id: &[u8], element: usize) -> bool {
    match id {
        b"ISA" => matches!(element, 2 | 4),
        b"BPR" => matches!(element, 9 | 15 | 21),
        b"ACT" => matches!(element, 1 | 6),
        b"CDA" | b"TLN" => element == 1,
        b"FAA" | b"PM" => element == 2,
        b"CSH" | b"FSA" | b"IT8" => element == 4,
        b"BAU" => element == 5,
        b"BMM" | b"DEP" => element == 8,
        b"PDL" => element == 10,
        b"BPS" => matches!(element, 6 | 11),
        b"BVS" => element == 11,
        b"RIC" => matches!(element, 4 | 6 | 8 | 10 | 12 | 14),
        b"DAD" | b"LN1" => element == 13,
        _ => false,
    }
}

/// What stands in place of a sensitive value.
pub(crate) const MASK: &str = "***";
