//! Files whose lines are cut at a fixed width, as records of a mainframe are.
//!
//! The width is most often 80, so that ISA with its 106 bytes is cut itself: without the line ends
//! its sixteen separators are where they belong. A larger width shows in the lines after it.

/// Where the separators of an ISA are.
const SEPARATORS: [usize; 16] = [
    3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103,
];

/// Its length with the terminator.
const ISA: usize = 106;

/// In so many bytes an ISA is looked for that is cut.
const HEADER: usize = 128;

/// The longest line that is looked for.
const WIDEST: usize = 1024;

pub(super) enum Verdict {
    NeedMore,
    No,
    /// The length of the header in the input, without its terminator.
    Wrapped(usize),
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

fn is_whole(isa: &[u8], element: u8) -> bool {
    SEPARATORS.iter().all(|&at| isa.get(at) == Some(&element))
}

/// Whether the ISA at the start of `bytes` is cut; `joined` gets it with its terminator.
pub(super) fn of_header(bytes: &[u8], element: u8, eof: bool, joined: &mut Vec<u8>) -> Verdict {
    let head = bytes.get(..ISA - 1).unwrap_or(bytes);
    if is_whole(bytes, element) || !head.iter().any(|&byte| is_line_end(byte)) {
        return Verdict::No;
    }
    if bytes.len() < HEADER && !eof {
        return Verdict::NeedMore;
    }
    joined.clear();
    for (at, &byte) in bytes.iter().enumerate().take(HEADER) {
        if is_line_end(byte) {
            continue;
        }
        joined.push(byte);
        if joined.len() == ISA {
            return if is_whole(joined, element) {
                Verdict::Wrapped(at)
            } else {
                Verdict::No
            };
        }
    }
    Verdict::No
}

/// Whether the interchange at the start of `bytes` is cut into lines longer than its ISA: the
/// first two are equally long, and the first does not end with a segment. One line end alone
/// proves nothing: it may be data.
pub(super) fn of_lines(bytes: &[u8], terminator: u8, eof: bool) -> Verdict {
    if is_line_end(terminator) {
        return Verdict::No;
    }
    let window = bytes.get(..WIDEST + 2).unwrap_or(bytes);
    let Some(first) = window.iter().position(|&byte| byte == b'\n') else {
        let is_over = eof || window.len() == WIDEST + 2;
        return if is_over || ends_in(window, terminator) {
            Verdict::No
        } else {
            Verdict::NeedMore
        };
    };
    let line = window.get(..first).unwrap_or_default();
    // A stream is judged as soon as its IEA is there; so is what has more behind it already.
    if ends_in(line, terminator) {
        return Verdict::No;
    }
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let is_segment = line.trim_ascii_end().last() == Some(&terminator);
    if line.len() < ISA || is_segment {
        return Verdict::No;
    }
    let rest = bytes.get(first + 1..).unwrap_or_default();
    let window = rest.get(..=first).unwrap_or(rest);
    match window.iter().position(|&byte| byte == b'\n') {
        Some(second)
            if second == first
                && !ends_in(window.get(..second).unwrap_or_default(), terminator) =>
        {
            Verdict::Wrapped(0)
        }
        None if window.len() <= first && !eof && !ends_in(window, terminator) => Verdict::NeedMore,
        _ => Verdict::No,
    }
}

/// Whether an IEA ends in these bytes.
fn ends_in(bytes: &[u8], terminator: u8) -> bool {
    let iea = |four: &[u8]| matches!(four, [before, b'I', b'E', b'A'] if *before == terminator);
    match bytes.windows(4).position(iea) {
        Some(at) => bytes.iter().skip(at + 4).any(|&byte| byte == terminator),
        None => false,
    }
}
