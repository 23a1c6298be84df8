//! A buffer as XML, and XML as a buffer.

use super::buffer::{CiBuffer, Content};
use super::names::Names;
use crate::xml::{Limits, Reader, Token, Writer, XmlError};

/// Prefix of the message's namespace in what is written.
const PREFIX: &str = "m";

/// What one call says, written as `<m:Get__CompIntfc__X xmlns:m="…">`.
pub(crate) fn write(
    element: &str,
    namespace: &str,
    buffer: &CiBuffer,
    names: &Names,
) -> Result<Vec<u8>, XmlError> {
    let mut writer = Writer::new();
    let (declaration, prefix) = if namespace.is_empty() {
        (None, String::new())
    } else {
        (
            Some((format!("xmlns:{PREFIX}"), namespace)),
            format!("{PREFIX}:"),
        )
    };
    let attributes: Vec<(&str, &str)> = declaration
        .iter()
        .map(|(name, value)| (name.as_str(), *value))
        .collect();
    writer.open_with(&format!("{prefix}{element}"), &attributes);
    members(&mut writer, &prefix, buffer, names);
    Ok(writer.finish()?.to_vec())
}

fn members(writer: &mut Writer, prefix: &str, buffer: &CiBuffer, names: &Names) {
    for member in buffer.members() {
        match &member.content {
            Content::Value(text) => {
                let name = format!("{prefix}{}", names.property(&member.name));
                writer.element(&name, text);
            }
            Content::Row(row) => {
                writer.open(&format!("{prefix}{}", names.collection(&member.name)));
                members(writer, prefix, row, names);
                writer.close();
            }
        }
    }
}

/// The first element of a piece of XML as its local name and what it holds.
///
/// An element that holds elements becomes a row of a collection, any other a property; prefixes of
/// namespaces do not matter, and neither do attributes.
pub(crate) fn read(xml: &[u8]) -> Result<Option<(String, CiBuffer)>, XmlError> {
    let mut reader = Reader::new(xml, Limits::DEFAULT)?;
    loop {
        match reader.token()? {
            Some(Token::Open(element)) => {
                let name = element.local().to_owned();
                let content = content(&mut reader)?;
                let buffer = match content {
                    Content::Row(buffer) => buffer,
                    Content::Value(text) if text.trim().is_empty() => CiBuffer::new(),
                    Content::Value(text) => CiBuffer::new().with("", text),
                };
                return Ok(Some((name, buffer)));
            }
            Some(Token::Text(_) | Token::Close) => {}
            None => return Ok(None),
        }
    }
}

/// What stands between an open and its close; the guard of the reader bounds how deep it goes.
fn content(reader: &mut Reader<'_>) -> Result<Content, XmlError> {
    let mut text = String::new();
    let mut buffer: Option<CiBuffer> = None;
    loop {
        match reader.token()? {
            Some(Token::Open(element)) => {
                let name = element.local().to_owned();
                let inner = content(reader)?;
                buffer.get_or_insert_default().add(name, inner);
            }
            Some(Token::Text(part)) => text.push_str(&part),
            Some(Token::Close) | None => {
                return Ok(match buffer {
                    Some(buffer) => Content::Row(buffer),
                    None => Content::Value(text),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn supplier() -> CiBuffer {
        CiBuffer::new()
            .with("SETID", "SHARE")
            .with("VENDOR_ID", "0000000042")
            .with("NAME1", "A & B <\"new\">")
            .with_row(
                "VENDOR_ADDR",
                CiBuffer::new()
                    .with("ADDRESS_SEQ_NUM", "1")
                    .with_row("VENDOR_ADDR_PHN", CiBuffer::new().with("PHONE", "+32 9")),
            )
            .with_row("VENDOR_ADDR", CiBuffer::new().with("ADDRESS_SEQ_NUM", "2"))
    }

    #[test]
    fn a_call_is_written_as_the_site_spells_it() {
        let bare = write("Create__CompIntfc__X", "urn:m", &supplier(), &Names::bare()).unwrap();
        insta::assert_snapshot!(String::from_utf8(bare).unwrap(), @r#"<m:Create__CompIntfc__X xmlns:m="urn:m"><m:SETID>SHARE</m:SETID><m:VENDOR_ID>0000000042</m:VENDOR_ID><m:NAME1>A &amp; B &lt;"new"&gt;</m:NAME1><m:VENDOR_ADDR><m:ADDRESS_SEQ_NUM>1</m:ADDRESS_SEQ_NUM><m:VENDOR_ADDR_PHN><m:PHONE>+32 9</m:PHONE></m:VENDOR_ADDR_PHN></m:VENDOR_ADDR><m:VENDOR_ADDR><m:ADDRESS_SEQ_NUM>2</m:ADDRESS_SEQ_NUM></m:VENDOR_ADDR></m:Create__CompIntfc__X>"#);
        let names = Names::prefixed(&["SETID", "VENDOR_ID"]);
        let prefixed = write("Get__CompIntfc__X", "", &supplier(), &names).unwrap();
        insta::assert_snapshot!(String::from_utf8(prefixed).unwrap(), @r#"<Get__CompIntfc__X><KEYPROP_SETID>SHARE</KEYPROP_SETID><KEYPROP_VENDOR_ID>0000000042</KEYPROP_VENDOR_ID><PROP_NAME1>A &amp; B &lt;"new"&gt;</PROP_NAME1><COLL_VENDOR_ADDR><PROP_ADDRESS_SEQ_NUM>1</PROP_ADDRESS_SEQ_NUM><COLL_VENDOR_ADDR_PHN><PROP_PHONE>+32 9</PROP_PHONE></COLL_VENDOR_ADDR_PHN></COLL_VENDOR_ADDR><COLL_VENDOR_ADDR><PROP_ADDRESS_SEQ_NUM>2</PROP_ADDRESS_SEQ_NUM></COLL_VENDOR_ADDR></Get__CompIntfc__X>"#);
    }

    #[test]
    fn what_xml_cannot_carry_is_refused() {
        let wrong = CiBuffer::new().with("NAME 1", "x");
        assert!(write("Get", "", &wrong, &Names::bare()).is_err());
        let wrong = CiBuffer::new().with("NAME1", "\u{0}");
        assert!(write("Get", "", &wrong, &Names::bare()).is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(buffer in buffers()) {
            let xml = write("Get__CompIntfc__X", "urn:m", &buffer, &Names::bare()).unwrap();
            let (name, read) = read(&xml).unwrap().unwrap();
            prop_assert_eq!(name, "Get__CompIntfc__X");
            prop_assert_eq!(read, buffer);
        }

        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = read(&bytes);
        }
    }

    fn buffers() -> impl Strategy<Value = CiBuffer> {
        let value = ("[A-Z][A-Z0-9_]{0,8}", "[ -~é\n]{0,12}")
            .prop_map(|(name, text)| CiBuffer::new().with(name, text));
        value.prop_recursive(3, 12, 3, |inner| {
            proptest::collection::vec(("[A-Z][A-Z0-9_]{0,8}", inner), 1..4).prop_map(|rows| {
                rows.into_iter()
                    .fold(CiBuffer::new().with("KEY", "1"), |buffer, (name, row)| {
                        buffer.with_row(name, row)
                    })
            })
        })
    }
}
