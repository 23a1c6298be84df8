//! Texts and dates on their way into elements.

use peoplesoft_client::model::{PostalAddress, PsDate};
use x12_edi::document::Party;
use x12_edi::document::segments::{AddressLine, GeographicLocation};
use x12_edi::value::Date;

/// A date; PeopleSoft's are valid by construction.
pub(super) fn date(date: PsDate) -> Option<Date> {
    let year = i16::try_from(date.year()).ok()?;
    Date::new(
        year,
        i8::try_from(date.month()).ok()?,
        i8::try_from(date.day()).ok()?,
    )
    .ok()
}

/// The inverse of [`date`]; nothing for a year that PeopleSoft cannot hold.
pub(super) fn ps_date(date: Date) -> Option<PsDate> {
    let year = u16::try_from(date.year()).ok()?;
    PsDate::new(
        year,
        u8::try_from(date.month()).ok()?,
        u8::try_from(date.day()).ok()?,
    )
    .ok()
}

/// Breaks a text into pieces of at most `width` characters, between words where there are any.
///
/// Only blanks between pieces are dropped: nothing that carries meaning.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        if let Some(line) = lines.last_mut()
            && line.chars().count() + 1 + word.len() <= width
        {
            line.push(' ');
            line.extend(word);
            continue;
        }
        while word.len() > width {
            lines.push(word.drain(..width).collect());
        }
        lines.push(word.into_iter().collect());
    }
    lines
}

/// A party with its address, as far as it is known.
pub(super) fn party(code: &str, id: Option<&str>, address: &PostalAddress) -> Party {
    let mut party = Party::default();
    party.name.code = code.into();
    party.name.name = address.name.as_ref().map(Into::into);
    // N103 92: assigned by the buyer, which is what PeopleSoft's own ids are.
    if let Some(id) = id {
        party = party.with_id("92", id);
    }
    let lines = [&address.address1, &address.address2].into_iter().flatten();
    party.address_lines = lines.map(AddressLine::new).collect();
    let mut place = GeographicLocation::default();
    place.city = address.city.as_ref().map(Into::into);
    place.state = address.state.as_ref().map(Into::into);
    place.postal_code = address.postal.as_ref().map(Into::into);
    place.country = address.country.as_ref().map(Into::into);
    if place != GeographicLocation::default() {
        party.locations.push(place);
    }
    party
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_description_breaks_between_words() {
        let text = "STAINLESS STEEL HEX BOLT M8X40 DIN 933 A2-70 WITH NUT AND TWO WASHERS, BAG OF ONE HUNDRED";
        let lines = wrap(text, 40);
        assert_eq!(
            lines,
            [
                "STAINLESS STEEL HEX BOLT M8X40 DIN 933",
                "A2-70 WITH NUT AND TWO WASHERS, BAG OF",
                "ONE HUNDRED"
            ]
        );
        assert!(wrap("  ", 10).is_empty());
    }

    proptest! {
        #[test]
        fn nothing_but_blanks_is_lost(text in ".{0,300}", width in 1_usize..90) {
            let lines = wrap(&text, width);
            prop_assert!(lines.iter().all(|line| line.chars().count() <= width));
            let solid = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(solid(&lines.join(" ")), solid(&text));
        }
    }
}
