//! Any transaction set as a tree of loops, by its schema.
//!
//! A [`SetTree`] has every segment of a set at its loop, also those that the set has no place
//! for, which stay where they stood: written back, an untouched tree gives the same segments. It
//! is found in by paths ([`TreePath`]), changed by paths, and asked for the levels of HL segments
//! ([`Hierarchy`]).
//!
//! ```
//! use x12_edi::document::tree::SetTree;
//! use x12_edi::schema::{Release, Standard};
//!
//! # let file = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*AB*CD*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240131~N1*BY*ACME~N1*ST*PLANT 7*92*00123~PO1*1*10*EA*9.95~SCH*10*EA***002*20240229~PO1*2*3*EA*.5~SE*8*0001~GE*1*1~IEA*1*000000001~";
//! let parsed = x12_edi::parse(file);
//! let schema = Standard::of(Release::V004010).set("850").expect("a default set");
//! let mut tree = SetTree::read(&parsed.sets[0], schema);
//!
//! assert_eq!(tree.value("BEG03")?.as_deref(), Some("4711"));
//! assert_eq!(tree.value("N1[ST]/N104")?.as_deref(), Some("00123"));
//! assert_eq!(tree.values("PO1/PO102")?, ["10", "3"]);
//! assert_eq!(tree.loops("PO1[1]/SCH")?.len(), 1);
//!
//! tree.set_value("PO1[2]/PO104", ".55")?;
//! assert_eq!(tree.value("PO1[2]/PO104")?.as_deref(), Some(".55"));
//! # Ok::<(), x12_edi::Error>(())
//! ```

mod build;
mod edit;
mod hierarchy;
mod node;
mod path;

pub use hierarchy::{Hierarchy, Level};
pub use node::{AllSegments, Item, LoopNode};
pub use path::TreePath;

use std::borrow::Cow;
use std::io::Write;
use std::sync::Arc;

use crate::envelope::TransactionSet;
use crate::error::Result;
use crate::schema::SetSchema;
use crate::schema::walk::SetPlan;
use crate::segment::{SegmentBuf, decode};
use crate::value::SetControlNumber;
use crate::writer::Writer;

/// A transaction set as a tree of loops.
#[derive(Debug, Clone)]
pub struct SetTree {
    plan: Arc<SetPlan>,
    root: LoopNode,
}

impl SetTree {
    /// Reads a set by its schema. Nothing is lost and nothing is refused: what has no place
    /// stays in the loop in which it stood.
    #[must_use]
    pub fn read(set: &TransactionSet, schema: &SetSchema) -> Self {
        Self::read_with(set, Arc::new(SetPlan::new(schema)))
    }

    /// The same by a plan that was made before, for example that of
    /// [`SetRules`](crate::validate::SetRules::plan).
    #[must_use]
    pub fn read_with(set: &TransactionSet, plan: Arc<SetPlan>) -> Self {
        let root = build::build(set, &plan);
        Self { plan, root }
    }

    /// The set itself: ST, the segments outside any loop, the loops, SE.
    #[must_use]
    pub fn root(&self) -> &LoopNode {
        &self.root
    }

    /// The plan by which it was read.
    #[must_use]
    pub fn plan(&self) -> &Arc<SetPlan> {
        &self.plan
    }

    /// Every segment with the loop that holds it, in the order of the document.
    #[must_use]
    pub fn segments(&self) -> AllSegments<'_> {
        self.root.all_segments()
    }

    /// The loops at a path, for example `PO1[2]/SCH`, in the order of the document.
    ///
    /// # Errors
    /// [`ErrorKind::Schema`](crate::ErrorKind::Schema) for a path that is none; see [`TreePath`].
    pub fn loops(&self, path: &str) -> Result<Vec<&LoopNode>> {
        let found = self.items(path)?;
        Ok(found.into_iter().filter_map(Item::as_loop).collect())
    }

    /// The segments at a path, for example `PO1/REF[DP]`; of a loop, the one that starts it.
    ///
    /// # Errors
    /// [`ErrorKind::Schema`](crate::ErrorKind::Schema) for a path that is none.
    pub fn segments_at(&self, path: &str) -> Result<Vec<&SegmentBuf>> {
        let found = self.items(path)?;
        Ok(found.into_iter().filter_map(Item::first_segment).collect())
    }

    fn items(&self, path: &str) -> Result<Vec<&Item>> {
        let path: TreePath = path.parse()?;
        let addresses = path.addresses(&self.root);
        let found = addresses.iter();
        Ok(found
            .filter_map(|address| path::item_at(&self.root, address))
            .collect())
    }

    /// The first value at a path to an element, for example `PO1[2]/N1[ST]/N104`; `None` where
    /// the segment or the element is not there.
    ///
    /// # Errors
    /// [`ErrorKind::Schema`](crate::ErrorKind::Schema) for a path that is none.
    pub fn value(&self, path: &str) -> Result<Option<Cow<'_, str>>> {
        Ok(self.values(path)?.into_iter().next())
    }

    /// All values at a path to an element, in the order of the document; empty elements are left
    /// out.
    ///
    /// # Errors
    /// [`ErrorKind::Schema`](crate::ErrorKind::Schema) for a path that is none.
    pub fn values(&self, path: &str) -> Result<Vec<Cow<'_, str>>> {
        let parsed: TreePath = path.parse()?;
        let Some(place) = parsed.element else {
            return Ok(Vec::new());
        };
        let found = self.segments_at(path)?;
        Ok(found
            .into_iter()
            .filter_map(|segment| path::value_at(segment, place))
            .filter(|bytes| !bytes.is_empty())
            .map(decode)
            .collect())
    }

    /// The levels of the HL segments.
    #[must_use]
    pub fn hierarchy(&self) -> Hierarchy<'_> {
        Hierarchy::of(&self.root)
    }

    /// Writes the set under this control number, every segment as it stands. ST and SE are the
    /// writer's, but for ST03, where the set has one.
    ///
    /// # Errors
    /// Those of [`Writer::write_set`] and [`Writer::write_segment`].
    pub fn write<W: Write>(
        &self,
        writer: &mut Writer<W>,
        control_number: &SetControlNumber,
    ) -> Result<()> {
        let st = self
            .segments()
            .map(|(_, segment)| segment)
            .find(|segment| segment.id() == "ST");
        let convention = st.map(|st| st.text(3)).filter(|text| !text.is_empty());
        writer.write_set_as(
            self.plan.code(),
            control_number,
            convention.as_deref(),
            |writer| {
                for (_, segment) in self.segments() {
                    if !matches!(&*segment.id(), "ST" | "SE") {
                        writer.write_verbatim(segment)?;
                    }
                }
                Ok(())
            },
        )
    }
}

#[cfg(test)]
mod tests;
