//! The tables of a release, loaded piece by piece.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::Release;
use super::cells::Cells;
use super::codes::CodeList;
use super::control;
use super::line;
use super::model::{CompositeRule, ElementKind, SegmentRule, SetSchema};

/// The sets, segments, elements and codes of one release.
///
/// Nothing is parsed before it is asked for: a set brings in its segments, a segment its elements and their codes.
/// Each is parsed once a process and shared from then on.
///
/// ```
/// use x12_edi::schema::{Release, Standard};
///
/// let standard = Standard::of(Release::V004010);
/// let order = standard.set("850").expect("a default set");
/// assert_eq!(&*order.functional_id, "PO");
/// assert_eq!(standard.segment("PO1").map(|rule| rule.elements.len()), Some(25));
/// assert!(standard.codes("355").is_some_and(|units| units.contains(b"EA")));
/// ```
pub struct Standard {
    release: Release,
    sets: Cells<Arc<SetSchema>>,
    segments: Cells<Arc<SegmentRule>>,
    control: OnceLock<Vec<Arc<SegmentRule>>>,
    composites: Cells<Arc<CompositeRule>>,
    elements: Cells<()>,
    codes: Cells<Arc<CodeList>>,
}

/// The files of one release, as they are compiled in.
macro_rules! standard {
    ($release:ident, $folder:literal) => {{
        static STANDARD: OnceLock<Standard> = OnceLock::new();
        STANDARD.get_or_init(|| Standard {
            release: Release::$release,
            sets: Cells::new(&[
                include_str!(concat!("../../data/", $folder, "/sets.txt")),
                #[cfg(feature = "all-sets")]
                include_str!(concat!("../../data/", $folder, "/other_sets.txt")),
            ]),
            segments: Cells::new(&[include_str!(concat!(
                "../../data/",
                $folder,
                "/segments.txt"
            ))]),
            control: OnceLock::new(),
            composites: Cells::new(&[include_str!(concat!(
                "../../data/",
                $folder,
                "/composites.txt"
            ))]),
            elements: Cells::new(&[include_str!(concat!(
                "../../data/",
                $folder,
                "/elements.txt"
            ))]),
            codes: Cells::new(&[include_str!(concat!("../../data/", $folder, "/codes.txt"))]),
        })
    }};
}

impl Standard {
    /// The tables of `release`.
    #[must_use]
    pub fn of(release: Release) -> &'static Self {
        match release {
            Release::V003040 => standard!(V003040, "003040"),
            Release::V004010 => standard!(V004010, "004010"),
            Release::V005010 => standard!(V005010, "005010"),
        }
    }

    /// The release.
    #[must_use]
    pub const fn release(&self) -> Release {
        self.release
    }

    /// The set that ST01 names, for example `850`.
    ///
    /// `None` when the release does not have it, and for sets beyond the procurement ones without feature `all-sets`.
    #[must_use]
    pub fn set(&self, code: &str) -> Option<&Arc<SetSchema>> {
        self.sets.get(code, |code, text| {
            let (functional_id, nodes) = line::set(text, |id| self.segment(id).cloned())?;
            Some(Arc::new(SetSchema {
                release: self.release,
                code: code.into(),
                functional_id: functional_id.into(),
                nodes,
            }))
        })
    }

    /// ST01 and GS01 of every set that is compiled in, sorted.
    pub fn sets(&self) -> impl ExactSizeIterator<Item = (&'static str, &'static str)> {
        self.sets.iter().map(|(code, text)| {
            let functional_id = text.split_ascii_whitespace().next().unwrap_or_default();
            (code, functional_id)
        })
    }

    /// GS01 of the set that ST01 names: `PO` for `850`. Nothing is parsed.
    #[must_use]
    pub fn functional_id(&self, code: &str) -> Option<&'static str> {
        self.sets.text(code)?.split_ascii_whitespace().next()
    }

    /// A segment of a set, or a control segment as ISA12 of this release has it.
    ///
    /// All segments of the release are here, with and without feature `all-sets`.
    #[must_use]
    pub fn segment(&self, id: &str) -> Option<&Arc<SegmentRule>> {
        let rule = self.segments.get(id, |id, text| {
            self.segment_rule(id, text, |number| self.element(number))
        });
        rule.or_else(|| self.control_segment(id))
    }

    /// ISA, ISB, ISE, ISX, TA1, GS, ST, SE, GE, IEA as ISA12 of this release has them; ISX is younger than all of them.
    fn control_segment(&self, id: &str) -> Option<&Arc<SegmentRule>> {
        self.control
            .get_or_init(|| control::segments(self, self.release.isa_version()))
            .iter()
            .find(|rule| &*rule.id == id)
    }

    /// The ids of all segments of sets, sorted.
    pub fn segments(&self) -> impl ExactSizeIterator<Item = &'static str> {
        self.segments.iter().map(|(id, _)| id)
    }

    /// The element with this number, for example `353`, or the composite, for example `C040`.
    #[must_use]
    pub fn element(&self, number: &str) -> Option<ElementKind> {
        if let Some(text) = self.elements.text(number) {
            let (ty, min, max) = line::element(text)?;
            return Some(ElementKind::Simple {
                ty,
                min,
                max,
                codes: self.codes(number).cloned(),
            });
        }
        self.composite(number).cloned().map(ElementKind::Composite)
    }

    /// The numbers of all simple elements, sorted as text.
    pub fn elements(&self) -> impl ExactSizeIterator<Item = &'static str> {
        self.elements.iter().map(|(number, _)| number)
    }

    /// The composite with this id, for example `C040`.
    #[must_use]
    pub fn composite(&self, id: &str) -> Option<&Arc<CompositeRule>> {
        self.composites.get(id, |id, text| {
            let (components, notes) = line::elements(text, |number| self.element(number))?;
            Some(Arc::new(CompositeRule {
                id: id.into(),
                components,
                notes,
            }))
        })
    }

    /// The ids of all composites, sorted.
    pub fn composites(&self) -> impl ExactSizeIterator<Item = &'static str> {
        self.composites.iter().map(|(id, _)| id)
    }

    /// The codes of an ID element; `None` when the tables have none, as for country codes, which others keep.
    #[must_use]
    pub fn codes(&self, element: &str) -> Option<&Arc<CodeList>> {
        self.codes.get(element, |_, text| {
            Some(Arc::new(CodeList::new(text.split_ascii_whitespace())))
        })
    }

    /// The numbers of all elements that have a list of codes, sorted as text.
    pub fn code_lists(&self) -> impl ExactSizeIterator<Item = &'static str> {
        self.codes.iter().map(|(element, _)| element)
    }

    pub(super) fn segment_rule(
        &self,
        id: &str,
        text: &str,
        kind: impl Fn(&str) -> Option<ElementKind>,
    ) -> Option<Arc<SegmentRule>> {
        let (elements, notes) = line::elements(text, kind)?;
        Some(Arc::new(SegmentRule {
            id: id.into(),
            elements,
            notes,
        }))
    }
}

impl fmt::Debug for Standard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Standard")
            .field("release", &self.release)
            .finish_non_exhaustive()
    }
}
