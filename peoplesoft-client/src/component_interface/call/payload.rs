//! The records in an answer, apart from what the answer says about itself.

use super::super::buffer::Content;
use super::ComponentInterface;
use crate::component_interface::CiBuffer;

impl ComponentInterface {
    /// The records in an answer, without what it says about itself.
    pub(super) fn payload(&self, answer: CiBuffer) -> Vec<CiBuffer> {
        let answer = without_verdict(answer);
        // They stand in elements of the component's name, within `detail` in some answers.
        for place in [Some(&answer), answer.rows("detail").next()]
            .into_iter()
            .flatten()
        {
            let named: Vec<CiBuffer> = place
                .members()
                .iter()
                .filter(|member| member.name.eq_ignore_ascii_case(&self.name))
                .filter_map(|member| match &member.content {
                    Content::Row(row) => Some(row.clone()),
                    Content::Value(_) => None,
                })
                .collect();
            if !named.is_empty() {
                return named;
            }
        }
        let detail = answer.rows("detail").next().cloned();
        match detail {
            Some(detail) if answer.properties().next().is_none() => vec![detail],
            _ => vec![answer],
        }
    }
}

/// An answer without its notification and messages, at the top and within `detail`.
fn without_verdict(answer: CiBuffer) -> CiBuffer {
    let mut rest = CiBuffer::new();
    for member in answer.into_members() {
        let name = member.name.to_ascii_lowercase();
        match (name.as_str(), member.content) {
            ("notification" | "messages" | "message" | "transaction" | "errors", _) => {}
            ("detail", Content::Row(detail)) => {
                rest.add(member.name.into(), Content::Row(without_verdict(detail)));
            }
            ("detail", Content::Value(text)) if text.trim().is_empty() => {}
            (_, content) => rest.add(member.name.into(), content),
        }
    }
    rest
}
