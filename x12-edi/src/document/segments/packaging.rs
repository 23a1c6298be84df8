//! PKG: how goods are to be packed.

use crate::document::typed::typed_segment;
use crate::value::Text;

typed_segment! {
    /// How goods are packed, marked or loaded: PKG.
    Packaging = "PKG" {
        /// PKG01: `F` free-form, `S` structured, `X` both.
        1 kind: Option<Text>;
        /// PKG02: what is described, for example `01` packaging, `35` type of package.
        2 characteristic: Option<Text>;
        /// PKG03: whose code PKG04 is.
        3 agency: Option<Text>;
        /// PKG04.
        4 code: Option<Text>;
        /// PKG05: in words, at most 80 characters.
        5 text: Option<Text>;
        /// PKG06: how a load is made up.
        6 unit_load: Option<Text>;
    }
}

impl Packaging {
    /// A free-form text of at most 80 characters.
    #[must_use]
    pub fn free_form(text: impl Into<Text>) -> Self {
        Self {
            kind: Some("F".into()),
            text: Some(text.into()),
            ..Self::default()
        }
    }
}
