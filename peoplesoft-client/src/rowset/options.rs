//! What a reader accepts.

/// What a reader of rowset messages accepts, and how much of it.
///
/// The defaults read what PeopleSoft publishes: tags in upper case, `FieldTypes` required, up to 16 MiB
/// a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadOptions {
    /// Whether tags may be in any case (no by default); names are then given in upper case.
    pub any_case: bool,
    /// Whether `FieldTypes`, `MsgData` and `Transaction` may be missing (no by default), as in messages
    /// of rowset-based parts; each record on top is then a transaction of its own.
    pub parts: bool,
    /// Whether blanks around texts are kept (no by default: PeopleSoft pads `CHAR` columns).
    pub keep_blanks: bool,
    /// Most bytes of one tag, text or comment (1 MiB by default).
    pub max_token_bytes: usize,
    /// Most bytes of one transaction (16 MiB by default, 1 GiB at most).
    pub max_transaction_bytes: usize,
    /// Most elements open at a time (16 by default; a rowset needs 8).
    pub max_depth: usize,
    /// Most attributes of one tag (8 by default; a rowset needs one).
    pub max_attributes: usize,
    /// Most different names of records and fields (20,000 by default).
    pub max_names: usize,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            any_case: false,
            parts: false,
            keep_blanks: false,
            max_token_bytes: 1 << 20,
            max_transaction_bytes: 16 << 20,
            max_depth: 16,
            max_attributes: 8,
            max_names: 20_000,
        }
    }
}

impl ReadOptions {
    /// Accepts tags in any case, as one known feed writes them in lower case.
    #[must_use]
    pub fn any_case(mut self, accepted: bool) -> Self {
        self.any_case = accepted;
        self
    }

    /// Accepts messages without `FieldTypes`, `MsgData` and `Transaction`.
    #[must_use]
    pub fn parts(mut self, accepted: bool) -> Self {
        self.parts = accepted;
        self
    }

    /// Keeps blanks around texts.
    #[must_use]
    pub fn keep_blanks(mut self, kept: bool) -> Self {
        self.keep_blanks = kept;
        self
    }
}
