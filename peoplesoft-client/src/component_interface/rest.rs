//! The rest of an address, with keys in its braces.

use super::buffer::CiBuffer;
use super::names::Names;
use crate::error::{Error, ErrorKind, Result};

/// Segments and parameters of an address below the alias.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) segments: Vec<String>,
    pub(crate) parameters: Vec<(String, String)>,
}

/// Fills a template such as `{SETID}/{VENDOR_ID}?EFFDT={EFFDT}`.
///
/// A segment needs its value; a parameter without one is left out. The parameter `{*}` stands for all
/// properties.
pub(crate) fn fill(template: &str, keys: &CiBuffer, names: &Names) -> Result<Place> {
    let mut place = Place::default();
    let (path, query) = template.split_once('?').unwrap_or((template, ""));
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        let (filled, missing) = put_in(segment, keys);
        if let Some(missing) = missing {
            return Err(Error::new(
                ErrorKind::InvalidRequest,
                format!("the address {template} needs a value for {missing}, found none"),
            ));
        }
        place.segments.push(filled);
    }
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        if parameter == "{*}" {
            let all = keys.properties();
            let all = all.map(|(name, text)| (names.property(name), text.trim().to_owned()));
            place.parameters.extend(all);
            continue;
        }
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let (filled, missing) = put_in(value, keys);
        if missing.is_none() {
            place.parameters.push((name.to_owned(), filled));
        }
    }
    Ok(place)
}

/// A text with the values of what stands in braces, and the first that has none.
fn put_in(text: &str, keys: &CiBuffer) -> (String, Option<String>) {
    let mut filled = String::new();
    let mut missing = None;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        match keys.get(name) {
            Some(value) => filled.push_str(value),
            None => missing = missing.or_else(|| Some(name.to_owned())),
        }
        rest = after;
    }
    filled.push_str(rest);
    (filled, missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> CiBuffer {
        CiBuffer::new()
            .with("KEYPROP_SETID", "SHARE")
            .with("VENDOR_ID", "a/b 1")
    }

    #[test]
    fn keys_stand_where_the_template_has_them() {
        let place = fill(
            "{SETID}/x-{VENDOR_ID}?E={EFFDT}&mode=G",
            &keys(),
            &Names::bare(),
        )
        .unwrap();
        assert_eq!(place.segments, ["SHARE", "x-a/b 1"]);
        assert_eq!(place.parameters, [("mode".to_owned(), "G".to_owned())]);
        let place = fill(
            "get?{*}",
            &keys(),
            &Names::prefixed(&["SETID", "VENDOR_ID"]),
        )
        .unwrap();
        assert_eq!(place.segments, ["get"]);
        let names: Vec<_> = place
            .parameters
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(names, ["KEYPROP_SETID", "KEYPROP_VENDOR_ID"]);
        insta::assert_snapshot!(
            fill("{SETID}/{EFFDT}", &keys(), &Names::bare()).unwrap_err(),
            @"the address {SETID}/{EFFDT} needs a value for EFFDT, found none"
        );
        assert_eq!(
            fill("{open", &keys(), &Names::bare()).unwrap().segments,
            ["{open"]
        );
    }
}
