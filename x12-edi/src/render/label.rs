//! Our own short labels for the control segments.

/// The label of an element of a control segment; element 0 is the segment itself.
pub(super) fn control_label(id: &[u8], element: usize) -> Option<&'static str> {
    let labels: &[&str] = match id {
        b"ISA" => &[
            "interchange header",
            "authorization",
            "authorization data",
            "security",
            "security data",
            "sender qualifier",
            "sender",
            "receiver qualifier",
            "receiver",
            "date",
            "time",
            "standard/repetition",
            "version",
            "control number",
            "TA1 wanted",
            "usage",
            "component separator",
        ],
        b"IEA" => &["interchange trailer", "groups", "control number"],
        b"GS" => &[
            "group header",
            "functional id",
            "sender",
            "receiver",
            "date",
            "time",
            "control number",
            "agency",
            "release",
        ],
        b"GE" => &["group trailer", "transaction sets", "control number"],
        b"ST" => &["set header", "set code", "control number", "implementation"],
        b"SE" => &["set trailer", "segments", "control number"],
        b"TA1" => &[
            "interchange acknowledgment",
            "control number",
            "date",
            "time",
            "acknowledgment",
            "note",
        ],
        _ => &[],
    };
    labels.get(element).copied()
}
