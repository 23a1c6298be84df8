//! Reads the columns of one row as the values they stand for.

use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::model::{
    ChartFields, HIDDEN, InvalidId, PostalAddress, PsDate, PsDateTime, Sensitive, Zone,
    is_sensitive, parse_decimal,
};
use crate::profile::{ChangeQuery, FieldTable, Shape};
use crate::query::Row;
use crate::query::columns::Columns;

/// What all rows of an answer are read with.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'a> {
    pub(crate) query: &'a ChangeQuery,
    pub(crate) columns: &'a Columns,
    pub(crate) zone: &'a Zone,
}

/// One row and what it is read with.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) frame: Frame<'a>,
    pub(crate) row: Row<'a>,
}

/// What is wrong with a column of a row.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) row: Option<u64>,
    pub(crate) column: String,
    pub(crate) found: String,
    pub(crate) expected: String,
    pub(crate) remedy: String,
}

/// How many digits before and after the point PeopleSoft keeps.
#[derive(Clone, Copy)]
pub(crate) struct Precision {
    digits: u32,
    decimals: u32,
}

impl Precision {
    /// `QTY_*`: DECIMAL(15,4).
    pub(crate) const QUANTITY: Self = Self {
        digits: 11,
        decimals: 4,
    };
    /// `PRICE_*`, `UNIT_*`: DECIMAL(15,5).
    pub(crate) const PRICE: Self = Self {
        digits: 10,
        decimals: 5,
    };
    /// `RATE_*`: DECIMAL(15,8).
    pub(crate) const RATE: Self = Self {
        digits: 7,
        decimals: 8,
    };
    /// `STD_HOURS`: DECIMAL(6,2).
    pub(crate) const HOURS: Self = Self {
        digits: 4,
        decimals: 2,
    };
    /// `*_AMT`: DECIMAL(26,3).
    pub(crate) const AMOUNT: Self = Self {
        digits: 23,
        decimals: 3,
    };
}

impl<'a> Reader<'a> {
    /// The text of a field; nothing when the column is blank or the query has none.
    pub(crate) fn text<F: FieldTable>(&self, field: F) -> Option<&'a str> {
        self.row.at(self.frame.columns.of(field)?)
    }

    pub(crate) fn owned<F: FieldTable>(&self, field: F) -> Option<String> {
        self.text(field).map(str::to_owned)
    }

    /// A number of a bank or a tax office.
    pub(crate) fn sensitive<F: FieldTable>(&self, field: F) -> Option<Sensitive> {
        self.text(field).and_then(Sensitive::new)
    }

    pub(crate) fn problem<F: FieldTable>(
        &self,
        field: F,
        found: &str,
        expected: impl Into<String>,
    ) -> Problem {
        let column = self.frame.columns.name_of(field).to_owned();
        let shape = field.definition().map(|known| known.shape);
        let secret = shape == Some(Shape::Sensitive) || is_sensitive(&column);
        let found = if found.is_empty() || !secret {
            found
        } else {
            HIDDEN
        };
        Problem {
            row: self.row.number(),
            found: found.chars().take(100).collect(),
            expected: expected.into(),
            remedy: format!(
                "Correct the record in PeopleSoft, or what column {column} of query {} selects; \
                 then read the window again.",
                self.frame.query.query
            ),
            column,
        }
    }

    /// A problem with no column of its own.
    pub(crate) fn misfit(&self, found: &str, expected: impl Into<String>) -> Problem {
        Problem {
            row: self.row.number(),
            column: "rows".to_owned(),
            found: found.chars().take(100).collect(),
            expected: expected.into(),
            remedy: format!(
                "Look at what query {} selects, then read the window again.",
                self.frame.query.query
            ),
        }
    }

    /// Two different rows for what may have one.
    pub(crate) fn twice<F: FieldTable>(&self, field: F, found: &str, of: &str) -> Problem {
        let mut problem = self.problem(field, found, format!("one row for each {of}"));
        problem.remedy = format!(
            "Take out of query {} the record that multiplies its rows.",
            self.frame.query.query
        );
        problem
    }

    fn present<F: FieldTable>(&self, field: F, expected: &str) -> Result<&'a str, Problem> {
        self.text(field)
            .ok_or_else(|| self.problem(field, "", expected))
    }

    pub(crate) fn id<F: FieldTable, T: FromStr<Err = InvalidId>>(
        &self,
        field: F,
    ) -> Result<T, Problem> {
        let text = self.text(field).unwrap_or_default();
        text.parse()
            .map_err(|error: InvalidId| self.problem(field, text, error.expected()))
    }

    pub(crate) fn optional_id<F: FieldTable, T: FromStr<Err = InvalidId>>(
        &self,
        field: F,
    ) -> Result<Option<T>, Problem> {
        self.text(field).map(|_| self.id(field)).transpose()
    }

    /// A part of a key as its canonical text: a number without leading zeros, a date as `2026-03-31`.
    pub(crate) fn key_part<F: FieldTable>(&self, field: F) -> Result<String, Problem> {
        match field.definition().map(|known| known.shape) {
            Some(Shape::Number) => self.whole(field).map(|number| number.to_string()),
            Some(Shape::Date) => self.date(field).map(|date| date.to_string()),
            _ => Ok(self.text(field).unwrap_or_default().to_owned()),
        }
    }

    /// Two ids that mean something only together; nothing where the second is blank.
    pub(crate) fn optional_pair<F, A, B>(
        &self,
        first: F,
        second: F,
    ) -> Result<Option<(A, B)>, Problem>
    where
        F: FieldTable,
        A: FromStr<Err = InvalidId>,
        B: FromStr<Err = InvalidId>,
    {
        match self.optional_id(second)? {
            Some(second) => Ok(Some((self.id(first)?, second))),
            None => Ok(None),
        }
    }

    /// Checks that the rows of a record that has one row are all the same.
    pub(crate) fn alone<F: FieldTable>(
        &self,
        rows: &[Self],
        field: F,
        of: &str,
    ) -> Result<(), Problem> {
        for row in rows {
            if !row.row.iter().eq(self.row.iter()) {
                return Err(row.twice(field, &format!("one {of} in two different rows"), of));
            }
        }
        Ok(())
    }

    /// The code of a translate field, whether the query shows the code or a text.
    pub(crate) fn code<F: FieldTable>(&self, field: F) -> Option<&'a str> {
        let text = self.text(field)?;
        let name = field.definition().map_or("", |field| field.name);
        let texts = self.frame.query.status_texts.get(name);
        Some(
            texts
                .and_then(|texts| texts.get(text))
                .map_or(text, String::as_str),
        )
    }

    pub(crate) fn required_code<F: FieldTable>(&self, field: F) -> Result<&'a str, Problem> {
        self.code(field)
            .ok_or_else(|| self.problem(field, "", "a translate value"))
    }

    fn format<F: FieldTable>(&self, field: F) -> Option<&'a str> {
        let name = field.definition()?.name;
        self.frame.query.date_formats.get(name).map(String::as_str)
    }

    pub(crate) fn date<F: FieldTable>(&self, field: F) -> Result<PsDate, Problem> {
        let text = self.present(field, "a date")?;
        let read = match self.format(field) {
            Some(format) => PsDate::parse(text, format),
            None => text.parse(),
        };
        read.map_err(|error| self.problem(field, text, error.expected()))
    }

    pub(crate) fn optional_date<F: FieldTable>(&self, field: F) -> Result<Option<PsDate>, Problem> {
        self.text(field).map(|_| self.date(field)).transpose()
    }

    pub(crate) fn date_time<F: FieldTable>(&self, field: F) -> Result<PsDateTime, Problem> {
        let text = self.present(field, "a date and time")?;
        let read = match self.format(field) {
            Some(format) => PsDateTime::parse(text, format, self.frame.zone),
            None => PsDateTime::parse_any(text, self.frame.zone),
        };
        read.map_err(|error| self.problem(field, text, error.expected()))
    }

    pub(crate) fn optional_date_time<F: FieldTable>(
        &self,
        field: F,
    ) -> Result<Option<PsDateTime>, Problem> {
        self.text(field).map(|_| self.date_time(field)).transpose()
    }

    pub(crate) fn decimal<F: FieldTable>(
        &self,
        field: F,
        precision: Precision,
    ) -> Result<Decimal, Problem> {
        let text = self.present(field, "a number")?;
        let value =
            parse_decimal(text).map_err(|error| self.problem(field, text, error.expected()))?;
        let bound = Decimal::from_i128_with_scale(10_i128.pow(precision.digits), 0);
        if value.abs() >= bound || value.normalize().scale() > precision.decimals {
            let expected = format!(
                "a number of at most {} digits before and {} after the point",
                precision.digits, precision.decimals
            );
            return Err(self.problem(field, text, expected));
        }
        Ok(value)
    }

    pub(crate) fn optional_decimal<F: FieldTable>(
        &self,
        field: F,
        precision: Precision,
    ) -> Result<Option<Decimal>, Problem> {
        self.text(field)
            .map(|_| self.decimal(field, precision))
            .transpose()
    }

    /// A whole number from 0; a blank is 0, as PeopleSoft keeps no absent numbers.
    pub(crate) fn whole<F: FieldTable>(&self, field: F) -> Result<u32, Problem> {
        let Some(text) = self.text(field) else {
            return Ok(0);
        };
        parse_decimal(text)
            .ok()
            .filter(|value| value.fract().is_zero() && !value.is_sign_negative())
            .and_then(|value| value.to_u32())
            .ok_or_else(|| self.problem(field, text, "a whole number from 0"))
    }

    /// A whole number, of which 0 means that there is none.
    pub(crate) fn optional_whole<F: FieldTable>(&self, field: F) -> Result<Option<u32>, Problem> {
        Ok(Some(self.whole(field)?).filter(|number| *number > 0))
    }

    /// The ChartFields of a distribution, whose fields follow one another from `first` on.
    pub(crate) fn chart_fields<F: FieldTable>(&self, first: F) -> Result<ChartFields, Problem> {
        let mut charged = ChartFields::default();
        for (field, kind) in F::chart_fields(first) {
            if let Some(value) = self.optional_id(field)? {
                charged.set(kind, value);
            }
        }
        Ok(charged)
    }

    /// A name and the six parts of an address, in the order of [`PostalAddress`].
    pub(crate) fn address<F: FieldTable>(&self, fields: [F; 7]) -> PostalAddress {
        let [name, address1, address2, city, state, postal, country] =
            fields.map(|field| self.owned(field));
        let mut address = PostalAddress::default();
        (address.name, address.address1, address.address2) = (name, address1, address2);
        (address.city, address.state) = (city, state);
        (address.postal, address.country) = (postal, country);
        address
    }
}
