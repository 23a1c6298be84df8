//! How the model is written down: words for people, and the notation of our tables.

use std::fmt;
use std::str::FromStr;

use super::model::{
    Area, ElementType, MaxUse, Node, NoteKind, Requirement, SegmentUse, SyntaxNote,
};
use crate::error::{Error, ErrorKind, Problem};

impl Requirement {
    /// `mandatory`, `optional`, `conditional`, `forbidden`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mandatory => "mandatory",
            Self::Optional => "optional",
            Self::Conditional => "conditional",
            Self::Forbidden => "forbidden",
        }
    }

    /// The letter of the standard: M, O or X; `-` for what only overlays say.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Mandatory => 'M',
            Self::Optional => 'O',
            Self::Conditional => 'X',
            Self::Forbidden => '-',
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Area {
    /// `heading`, `detail`, `summary`, `unknown`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Heading => "heading",
            Self::Detail => "detail",
            Self::Summary => "summary",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for MaxUse {
    /// The number, or `unlimited`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Times(times) => write!(f, "{times}"),
            Self::Unlimited => f.write_str("unlimited"),
        }
    }
}

impl fmt::Display for ElementType {
    /// As the standard writes it; `N` where the number of decimals is unknown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::N(decimals) => write!(f, "N{decimals}"),
            Self::NUnknown => f.write_str("N"),
            Self::R => f.write_str("R"),
            Self::Id => f.write_str("ID"),
            Self::An => f.write_str("AN"),
            Self::Dt => f.write_str("DT"),
            Self::Tm => f.write_str("TM"),
            Self::B => f.write_str("B"),
        }
    }
}

impl FromStr for ElementType {
    type Err = Error;

    /// # Errors
    ///
    /// [`ErrorKind::Schema`] for anything but AN, B, DT, ID, N, N0 to N9, R, TM.
    fn from_str(name: &str) -> Result<Self, Error> {
        Self::from_name(name).ok_or_else(|| {
            Problem::new(
                ErrorKind::Schema,
                "a type of elements",
                "write AN, B, DT, ID, N0 to N9, R or TM",
            )
            .with_value(name.as_bytes())
            .into()
        })
    }
}

impl NoteKind {
    /// The letter of the standard: P, R, E, C or L.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Paired => 'P',
            Self::Required => 'R',
            Self::Exclusion => 'E',
            Self::Conditional => 'C',
            Self::ListConditional => 'L',
        }
    }
}

impl fmt::Display for SyntaxNote {
    /// As the standard writes it, for example `P0304`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind.letter())?;
        self.places
            .iter()
            .try_for_each(|place| write!(f, "{place:02}"))
    }
}

impl FromStr for SyntaxNote {
    type Err = Error;

    /// Reads `P0304`: a letter, then two digits for each place.
    ///
    /// ```
    /// use x12_edi::schema::SyntaxNote;
    /// let note: SyntaxNote = "C0302".parse()?;
    /// assert_eq!(note.to_string(), "C0302");
    /// assert!("C03".parse::<SyntaxNote>().is_err());
    /// # Ok::<(), x12_edi::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`] for another letter, fewer than two places, place 00, or a place named twice.
    fn from_str(name: &str) -> Result<Self, Error> {
        Self::from_name(name.as_bytes()).ok_or_else(|| {
            Problem::new(
                ErrorKind::Schema,
                "a syntax note",
                "write P, R, E, C or L and at least two places of two digits, such as P0304",
            )
            .with_value(name.as_bytes())
            .into()
        })
    }
}

impl fmt::Display for Node {
    /// In the notation of our tables: `REF!*12`, `(N1*200 N2*2 N3*2)`; `~` after what is forbidden.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Segment(segment) => {
                write!(f, "{}", segment.rule.id)?;
                flags(f, segment.requirement, segment.max_use)
            }
            Self::Loop(inner) => {
                write!(f, "({}", inner.id)?;
                flags(f, inner.requirement, inner.repeat)?;
                for node in inner.nodes.iter().skip(1) {
                    write!(f, " {node}")?;
                }
                f.write_str(")")
            }
        }
    }
}

fn flags(f: &mut fmt::Formatter<'_>, requirement: Requirement, times: MaxUse) -> fmt::Result {
    match requirement {
        Requirement::Mandatory => f.write_str("!")?,
        Requirement::Forbidden => f.write_str("~")?,
        Requirement::Optional | Requirement::Conditional => {}
    }
    match times {
        MaxUse::Times(1) => Ok(()),
        MaxUse::Times(times) => write!(f, "*{times}"),
        MaxUse::Unlimited => f.write_str("*"),
    }
}

impl fmt::Display for SegmentUse {
    /// As in [`Node`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.rule.id)?;
        flags(f, self.requirement, self.max_use)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Release, Standard};

    #[test]
    fn nodes_are_written_as_in_the_tables() {
        let set = Standard::of(Release::V004010).set("850").unwrap();
        let written: Vec<String> = set.nodes.iter().map(ToString::to_string).collect();
        assert_eq!(written[..4], ["ST!", "BEG!", "CUR", "REF*"]);
        assert_eq!(written[11], "(SAC*25 CUR)");
        let words = written.join(" ");
        let rule = |id: &str| Standard::of(Release::V004010).segment(id).cloned();
        let again = super::super::line::places(words.split(' '), Area::Unknown, rule).unwrap();
        let again: Vec<String> = again.iter().map(ToString::to_string).collect();
        assert_eq!(again, written);
    }

    #[test]
    fn types_and_notes_come_back() {
        for name in ["AN", "B", "DT", "ID", "N", "N0", "N9", "R", "TM"] {
            assert_eq!(name.parse::<ElementType>().unwrap().to_string(), name);
        }
        let error = "X".parse::<ElementType>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Schema);
        for name in ["P0304", "R020304", "E0102", "C0302", "L13101112"] {
            assert_eq!(name.parse::<SyntaxNote>().unwrap().to_string(), name);
        }
        for name in ["", "P", "P01", "Q0102", "P0000", "P010", "P01é"] {
            assert_eq!(
                name.parse::<SyntaxNote>().unwrap_err().kind(),
                ErrorKind::Schema
            );
        }
    }
}
