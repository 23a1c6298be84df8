//! One file as a multipart form.

use bytes::{BufMut, Bytes, BytesMut};

use super::{Digest, Upload};

/// Builds a form of one file; the answer is its content type and its body.
///
/// The boundary is chosen so that it does not occur in the content, and is the same for the same content.
pub(super) fn form(
    field: &str,
    name: &str,
    content_type: &str,
    content: &Bytes,
) -> (String, Bytes) {
    let boundary = boundary(content);
    let mut body = BytesMut::with_capacity(content.len() + 256);
    body.put_slice(head(&boundary, field, name, content_type).as_bytes());
    body.put_slice(content);
    body.put_slice(tail(&boundary).as_bytes());
    (
        format!("multipart/form-data; boundary={boundary}"),
        body.freeze(),
    )
}

/// What stands before and after a stream, with the form's content type.
///
/// What a stream holds cannot be looked through beforehand, so the boundary is 128 bits of a hash over all that is known
/// of the file: it is the same for the same upload, and in the content only if somebody put it there on purpose.
pub(super) fn frame(field: &str, upload: &Upload) -> (String, (Bytes, Bytes)) {
    let known = format!(
        "{}/{}/{:?}",
        upload.directory,
        upload.name,
        upload.content.length()
    );
    let mut boundary = format!("cleo-client-{}", Digest::of_bytes(known.as_bytes()));
    boundary.truncate(44);
    let frame = (
        Bytes::from(head(&boundary, field, &upload.name, &upload.content_type)),
        Bytes::from(tail(&boundary)),
    );
    (format!("multipart/form-data; boundary={boundary}"), frame)
}

fn head(boundary: &str, field: &str, name: &str, content_type: &str) -> String {
    format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {content_type}\r\n\r\n",
        quoted(field),
        quoted(name)
    )
}

fn tail(boundary: &str) -> String {
    format!("\r\n--{boundary}--\r\n")
}

/// Browsers' rule for names in forms: line ends and quotes are percent-encoded, nothing else.
fn quoted(text: &str) -> String {
    text.replace('\r', "%0D")
        .replace('\n', "%0A")
        .replace('"', "%22")
}

fn boundary(content: &[u8]) -> String {
    let mut number = 0_u32;
    loop {
        let candidate = format!("cleo-client-{number:08x}");
        let occurs = content
            .windows(candidate.len())
            .any(|window| window == candidate.as_bytes());
        if !occurs {
            return candidate;
        }
        number = number.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boundary_is_not_in_the_content() {
        let content = Bytes::from_static(b"x\r\n--cleo-client-00000000--\r\n");
        let (kind, body) = form("file", "a\"b.edi", "text/plain", &content);
        assert_eq!(kind, "multipart/form-data; boundary=cleo-client-00000001");
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(text.starts_with(
            "--cleo-client-00000001\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22b.edi\"\r\n"
        ));
        assert!(text.ends_with("\r\n--cleo-client-00000001--\r\n"));
    }
}
