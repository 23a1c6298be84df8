//! Small schemas in short writing, for tests.

use std::sync::Arc;

use super::{
    Area, LoopUse, MaxUse, Node, Release, Requirement, SegmentRule, SegmentUse, SetSchema,
};

fn requirement(text: &str) -> Requirement {
    match text {
        "1" => Requirement::Mandatory,
        "0" => Requirement::Optional,
        _ => Requirement::Forbidden,
    }
}

fn segment(id: &str, required: &str, max: &str) -> Node {
    Node::Segment(SegmentUse {
        rule: Arc::new(SegmentRule {
            id: id.into(),
            elements: Vec::new(),
            notes: Vec::new(),
        }),
        requirement: requirement(required),
        max_use: MaxUse::Times(max.parse().unwrap()),
        area: Area::Unknown,
    })
}

/// Reads `ID required max | ID{required max: members of the loop} | …`.
fn read(text: &str) -> Vec<Node> {
    let mut nodes = Vec::new();
    let (mut depth, mut from) = (0, 0);
    let ends = text
        .char_indices()
        .chain(std::iter::once((text.len(), '|')));
    for (at, c) in ends {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            '|' if depth == 0 => {
                let piece = text[from..at].trim();
                from = at + 1;
                if let Some((id, inner)) = piece.split_once('{') {
                    // Only the brace of this loop goes away.
                    let inner = inner.strip_suffix('}').unwrap();
                    let (head, members) = inner.split_once(':').unwrap();
                    let (required, repeat) = head.trim().split_once(' ').unwrap();
                    let mut inner = vec![segment(id, "1", "1")];
                    inner.extend(read(members));
                    nodes.push(Node::Loop(LoopUse {
                        id: id.into(),
                        requirement: requirement(required),
                        repeat: MaxUse::Times(repeat.trim().parse().unwrap()),
                        nodes: inner,
                    }));
                } else if !piece.is_empty() {
                    let parts: Vec<_> = piece.split_whitespace().collect();
                    nodes.push(segment(parts[0], parts[1], parts[2]));
                }
            }
            _ => {}
        }
    }
    nodes
}

/// A set `850` of segments without elements.
pub(crate) fn set(text: &str) -> SetSchema {
    SetSchema {
        release: Release::V004010,
        code: "850".into(),
        functional_id: "PO".into(),
        nodes: read(text),
    }
}
