//! An answer in JSON as a state machine: it takes bytes as they come, and gives a row at a time.

use std::collections::HashMap;

use super::scan::{Cursor, Stop};
use super::skip::Skip;
use crate::error::ErrorKind;
use crate::query::row::Cells;
use crate::query::step::{Draft, Head, Names, Step, Wrong, excerpt};

const NOT_JSON: &str = "the answer is not JSON";
/// In place of a column: the number of the row.
const ROW_NUMBER: u32 = u32::MAX;

/// Reads `{"status":"success","data":{"query":{…,"rows":[…]}}}`, its members in any order.
#[derive(Debug, Default)]
pub(crate) struct Machine {
    state: State,
    pub(crate) head: Head,
    pub(crate) names: Names,
    draft: Draft,
    /// The members of the row before, as they stood: most rows have the very same ones.
    pattern: Vec<(Box<[u8]>, u32)>,
    /// The place of each column in the pattern.
    places: HashMap<u32, usize>,
    opening: Vec<u8>,
    pub(crate) status: Option<String>,
    /// Whether it is a block of an answer, whose status is a word of its own.
    pub(crate) is_block: bool,
    message: Option<String>,
    has_query: bool,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Start,
    Member {
        of: Level,
        first: bool,
    },
    Value(Slot),
    Skip(Skip, Option<Level>),
    Rows {
        first: bool,
    },
    Done,
}

/// The objects around the rows.
#[derive(Clone, Copy, Debug)]
enum Level {
    Root,
    Data,
    Query,
}

/// A member of those objects that says something.
#[derive(Clone, Copy, Debug)]
enum Slot {
    Status,
    InnerStatus(Level),
    Message,
    Data,
    Query,
    Count,
    Name,
    Rows,
}

impl Machine {
    /// Goes on with `bytes`, of which as many as are returned need not be shown again.
    pub(crate) fn step(
        &mut self,
        bytes: &[u8],
        last: bool,
        row: &mut Cells,
    ) -> Result<(usize, Step), Wrong> {
        let mut used = 0;
        loop {
            let mut cursor = Cursor::new(bytes, used);
            match self.advance(&mut cursor, last, row) {
                Ok(step) => {
                    used = cursor.at;
                    if let Some(step) = step {
                        return Ok((used, step));
                    }
                }
                Err(Halt::Stop(Stop::Short)) if last => {
                    let what = "the answer ends in the middle of its JSON";
                    return Err(Wrong::at(bytes.len(), what));
                }
                Err(Halt::Stop(Stop::Short)) => return Ok((used, Step::More)),
                Err(Halt::Stop(Stop::Wrong(at))) => return Err(Wrong::at(at, NOT_JSON)),
                Err(Halt::Wrong(wrong)) => return Err(wrong),
            }
        }
    }

    /// One move; it changes nothing when the bytes are too few for it.
    fn advance(
        &mut self,
        cursor: &mut Cursor<'_>,
        last: bool,
        row: &mut Cells,
    ) -> Result<Option<Step>, Halt> {
        match self.state {
            State::Start => self.start(cursor, last)?,
            State::Member { of, first } => self.member(cursor, of, first)?,
            State::Value(slot) => self.value(cursor, slot)?,
            State::Skip(mut skip, then) => {
                let over = skip.take(cursor);
                self.state = match (over, then) {
                    (false, _) => {
                        self.state = State::Skip(skip, then);
                        if last && skip.may_end() {
                            State::Done
                        } else {
                            return if last {
                                Err(Stop::Short.into())
                            } else {
                                Ok(Some(Step::More))
                            };
                        }
                    }
                    (true, Some(of)) => State::Member { of, first: false },
                    (true, None) => State::Done,
                };
            }
            State::Rows { first } => return self.row(cursor, first, row),
            State::Done => {
                cursor.skip_blanks();
                if !cursor.rest().is_empty() {
                    return Err(Wrong::at(cursor.at, "something follows the answer").into());
                }
                return if last {
                    self.verdict().map_err(Halt::Wrong)?;
                    Ok(Some(Step::End))
                } else {
                    Ok(Some(Step::More))
                };
            }
        }
        Ok(None)
    }

    fn start(&mut self, cursor: &mut Cursor<'_>, last: bool) -> Result<(), Halt> {
        const MARK: &[u8] = b"\xef\xbb\xbf";
        if let Some(rest) = cursor.rest().strip_prefix(MARK) {
            cursor.at = cursor.bytes.len() - rest.len();
        } else if !last && MARK.starts_with(cursor.rest()) {
            return Err(Stop::Short.into());
        }
        let mark = match cursor.next_mark() {
            Err(Stop::Short) if last => {
                return Err(Wrong::whole(ErrorKind::Decode, "the answer is empty").into());
            }
            mark => mark?,
        };
        let shown = cursor.rest();
        self.opening = shown.get(..400).unwrap_or(shown).to_vec();
        self.state = if mark == b'{' {
            cursor.at += 1;
            State::Member {
                of: Level::Root,
                first: true,
            }
        } else {
            State::Skip(Skip::default(), None)
        };
        Ok(())
    }

    fn member(&mut self, cursor: &mut Cursor<'_>, of: Level, first: bool) -> Result<(), Halt> {
        match cursor.next_mark()? {
            b'}' => {
                cursor.at += 1;
                self.state = match of {
                    Level::Root => State::Done,
                    Level::Data => State::Member {
                        of: Level::Root,
                        first: false,
                    },
                    Level::Query => State::Member {
                        of: Level::Data,
                        first: false,
                    },
                };
                return Ok(());
            }
            b',' if !first => {
                cursor.at += 1;
                cursor.next_mark()?;
            }
            _ if first => {}
            _ => return Err(Stop::Wrong(cursor.at).into()),
        }
        let name = cursor.text()?;
        cursor.expect(b':')?;
        let mut text = Vec::new();
        // A name with a wrong escape is none that matters.
        let _ = name.push_to(&mut text);
        self.state = match (of, text.as_slice()) {
            (Level::Root, b"status") => State::Value(Slot::Status),
            (Level::Data | Level::Query, b"status") if self.is_block => {
                State::Value(Slot::InnerStatus(of))
            }
            (Level::Root, b"message") => State::Value(Slot::Message),
            (Level::Root, b"data") => State::Value(Slot::Data),
            (Level::Data, b"query") => State::Value(Slot::Query),
            (Level::Query, b"numrows") => State::Value(Slot::Count),
            // The name is spelled `queryname=` by the service itself; proxies correct it.
            (Level::Query, b"queryname" | b"queryname=") => State::Value(Slot::Name),
            (Level::Query, b"rows") => State::Value(Slot::Rows),
            _ => State::Skip(Skip::default(), Some(of)),
        };
        Ok(())
    }

    fn value(&mut self, cursor: &mut Cursor<'_>, slot: Slot) -> Result<(), Halt> {
        let mark = cursor.next_mark()?;
        let inner = match (slot, mark) {
            (Slot::Data, b'{') => Some(State::Member {
                of: Level::Data,
                first: true,
            }),
            (Slot::Query, b'{') => {
                self.has_query = true;
                Some(State::Member {
                    of: Level::Query,
                    first: true,
                })
            }
            (Slot::Rows, b'[') => Some(State::Rows { first: true }),
            _ => None,
        };
        if let Some(inner) = inner {
            cursor.at += 1;
            self.state = inner;
            return Ok(());
        }
        let of = match slot {
            Slot::Data => {
                // An answer that reports a failure may carry anything for data.
                self.state = State::Skip(Skip::default(), Some(Level::Root));
                return Ok(());
            }
            Slot::Status | Slot::Message => Level::Root,
            Slot::InnerStatus(of) => of,
            Slot::Query => Level::Data,
            Slot::Count | Slot::Name | Slot::Rows => Level::Query,
        };
        let start = cursor.at;
        let text = text_of(cursor)?;
        match slot {
            Slot::Query | Slot::Rows if text.is_some() => {
                let place = if matches!(slot, Slot::Query) {
                    "the answer does not have the shape of a query answer: data.query is no object"
                } else {
                    "the answer does not have the shape of a query answer: data.query.rows is no array"
                };
                return Err(Wrong::at(start, place).into());
            }
            Slot::Status | Slot::InnerStatus(_) => self.status = text.or(Some(String::new())),
            Slot::Message => self.message = text,
            Slot::Count => self.head.count = text.and_then(|text| text.trim().parse().ok()),
            Slot::Name => self.head.name = text,
            Slot::Data | Slot::Query | Slot::Rows => {}
        }
        self.state = State::Member { of, first: false };
        Ok(())
    }

    fn row(
        &mut self,
        cursor: &mut Cursor<'_>,
        first: bool,
        row: &mut Cells,
    ) -> Result<Option<Step>, Halt> {
        match cursor.next_mark()? {
            b']' => {
                cursor.at += 1;
                self.state = State::Member {
                    of: Level::Query,
                    first: false,
                };
                return Ok(None);
            }
            b',' if !first => {
                cursor.at += 1;
                cursor.next_mark()?;
            }
            _ if first => {}
            _ => return Err(Stop::Wrong(cursor.at).into()),
        }
        let start = cursor.at;
        if cursor.peek()? == b'{' {
            self.cells(cursor)?;
            if self.draft.finish(row).is_none() {
                return Err(Wrong::at(start, "the answer is not UTF-8 in the row").into());
            }
        } else {
            let value = cursor.value()?;
            *row = Cells {
                malformed: Some(String::from_utf8_lossy(value).into()),
                ..Cells::default()
            };
        }
        self.state = State::Rows { first: false };
        // Rows beside a reported failure are not for use.
        Ok((!self.refused()).then_some(Step::Row))
    }

    /// The members of a row, whose brace comes next.
    fn cells(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Halt> {
        cursor.at += 1;
        self.draft.clear();
        let mut place = 0;
        let mut first = true;
        loop {
            match cursor.next_mark()? {
                b'}' => {
                    cursor.at += 1;
                    return Ok(());
                }
                b',' if !first => {
                    cursor.at += 1;
                    cursor.next_mark()?;
                }
                _ if first => {}
                _ => return Err(Stop::Wrong(cursor.at).into()),
            }
            first = false;
            let column = match self.pattern.get(place) {
                Some((raw, column)) if cursor.rest().starts_with(raw) => {
                    cursor.at += raw.len();
                    place += 1;
                    *column
                }
                _ => self.column(cursor, &mut place)?,
            };
            let start = self.draft.bytes.len();
            match cursor.next_mark()? {
                b'"' => {
                    let at = cursor.at;
                    let text = cursor.text()?;
                    if text.push_to(&mut self.draft.bytes).is_none() {
                        return Err(Stop::Wrong(at).into());
                    }
                }
                b'{' | b'[' => {
                    let value = cursor.value()?;
                    self.draft.bytes.extend_from_slice(value);
                }
                b'n' => {
                    cursor.word()?;
                }
                b't' | b'f' => self.draft.bytes.extend_from_slice(cursor.word()?),
                _ => self.draft.bytes.extend_from_slice(cursor.number()?),
            }
            if column == ROW_NUMBER {
                let digits = self.draft.bytes.get(start..).unwrap_or_default();
                let digits = std::str::from_utf8(digits).unwrap_or_default();
                self.draft.number = digits.trim().parse().ok();
                self.draft.bytes.truncate(start);
            } else if self.draft.cell(column, start).is_none() {
                return Err(Wrong::at(cursor.at, "the row is too large").into());
            }
        }
    }

    /// The column of a member that is not the one expected, and where to expect the next.
    fn column(&mut self, cursor: &mut Cursor<'_>, place: &mut usize) -> Result<u32, Halt> {
        let start = cursor.at;
        let name = cursor.text()?;
        let contiguous = cursor.peek()? == b':';
        cursor.expect(b':')?;
        let mut bytes = Vec::new();
        let text = name
            .push_to(&mut bytes)
            .and_then(|()| std::str::from_utf8(&bytes).ok());
        let Some(text) = text else {
            return Err(Stop::Wrong(start).into());
        };
        let column = if text == "attr:rownumber" {
            ROW_NUMBER
        } else if let Some(column) = self.names.position(text) {
            column
        } else {
            return Err(Wrong::at(start, "the answer has too many columns").into());
        };
        if let Some(known) = self.places.get(&column) {
            *place = known + 1;
        } else if contiguous {
            let raw = cursor.bytes.get(start..cursor.at).unwrap_or_default();
            self.places.insert(column, self.pattern.len());
            self.pattern.push((raw.into(), column));
            *place = self.pattern.len();
        }
        Ok(column)
    }

    fn refused(&self) -> bool {
        self.status.as_ref().is_some_and(|status| {
            if self.is_block {
                ["error", "failed", "failure"]
                    .iter()
                    .any(|word| status.eq_ignore_ascii_case(word))
            } else {
                !status.eq_ignore_ascii_case("success")
            }
        })
    }

    /// What the whole answer comes to.
    fn verdict(&self) -> Result<(), Wrong> {
        if self.refused() {
            let status = self.status.as_deref().unwrap_or_default();
            let mut what = format!(
                "the query answered with status `{}`",
                excerpt(status.as_bytes())
            );
            if let Some(text) = &self.message {
                what.push_str(&format!(": {}", excerpt(text.as_bytes())));
            }
            return Err(Wrong::whole(ErrorKind::Fault, what));
        }
        if !self.has_query {
            let what = format!(
                "the answer has no data.query: found `{}`",
                excerpt(&self.opening)
            );
            return Err(Wrong::whole(ErrorKind::Decode, what));
        }
        Ok(())
    }
}

/// The text of a string, the digits of a number, the words of anything else; nothing for null.
fn text_of(cursor: &mut Cursor<'_>) -> Result<Option<String>, Stop> {
    let start = cursor.at;
    let mut bytes = Vec::new();
    match cursor.peek()? {
        b'"' => {
            let text = cursor.text()?;
            text.push_to(&mut bytes).ok_or(Stop::Wrong(start))?;
        }
        b'n' => {
            cursor.word()?;
            return Ok(None);
        }
        _ => bytes.extend_from_slice(cursor.value()?),
    }
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Why a move was not made.
enum Halt {
    Stop(Stop),
    Wrong(Wrong),
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<Wrong> for Halt {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}
