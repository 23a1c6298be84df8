//! All changes of an overlay, one after another, with every mistake kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::change::{Change, Edit};
use super::edit::{Inside, inside, set};
use super::own::{Rules, Wrong};
use super::{Overlay, contradiction};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::schema::model::{Area, MaxUse, Node, Requirement, SetSchema};
use crate::schema::path::{node_at, path_of, resolve, siblings_mut};

pub(super) fn apply(overlay: &Overlay, schema: &SetSchema) -> Result<SetSchema> {
    let mut work = Work {
        set: schema.clone(),
        rules: Rules::new(overlay),
        said: BTreeMap::new(),
        touched: BTreeSet::new(),
        mistakes: Vec::new(),
    };
    if overlay.release != schema.release || *overlay.set != *schema.code {
        let (release, code) = (schema.release, &schema.code);
        let found = format!("{} {}", overlay.release, overlay.set);
        let wrong = Wrong::new(
            format!("the overlay is for release and set {release} {code}"),
            "apply it to its own set",
        );
        work.mistake(None, "", None, wrong.found(found));
        return Err(Error::from_problems(work.mistakes));
    }
    for (id, wrong) in work.rules.mistakes() {
        work.mistake(None, id, None, wrong);
    }
    let mut changes: Vec<(usize, &Change)> = (1..).zip(&overlay.changes).collect();
    changes.sort_by_key(|(_, change)| change.edit.phase());
    for (number, change) in changes {
        work.change(number, change);
    }
    for id in work.rules.unused() {
        let wrong = Wrong::new(
            format!("own segment {id} is added nowhere"),
            "add it with `add`, or leave it out",
        );
        work.mistake(None, id, None, wrong);
    }
    for (path, element, wrong) in contradiction::all(&work.set, &work.touched) {
        work.mistake(None, &path, element, wrong);
    }
    if work.mistakes.is_empty() {
        Ok(work.set)
    } else {
        Err(Error::from_problems(work.mistakes))
    }
}

struct Work<'a> {
    set: SetSchema,
    rules: Rules<'a>,
    /// Which change said something of an aspect of a place.
    said: BTreeMap<String, usize>,
    /// Paths of the segments whose inside was changed.
    touched: BTreeSet<String>,
    mistakes: Vec<Problem>,
}

impl Work<'_> {
    fn mistake(&mut self, number: Option<usize>, at: &str, element: Option<usize>, wrong: Wrong) {
        let expected = match number {
            Some(number) => format!("change {number}: expected {}", wrong.expected),
            None => wrong.expected,
        };
        let problem = Problem::new(ErrorKind::Schema, expected, &wrong.remedy);
        let mut problem = problem.at(at, element.unwrap_or(0));
        problem.value = wrong.value;
        self.mistakes.push(problem);
    }

    fn change(&mut self, number: usize, change: &Change) {
        let inner =
            change.edit.is_inside() || change.element.is_some() || change.component.is_some();
        let targets = self.targets(change, inner);
        let mut changed = false;
        let mut wrong = match targets.is_empty() {
            true => Some(self.unknown(&change.at)),
            false => None,
        };
        for indexes in targets {
            let path = self.path(&indexes);
            match self
                .said_before(number, change, &path)
                .and_then(|()| self.one(change, &indexes, &path, inner))
            {
                Ok(did) => changed |= did,
                // The first of many equal mistakes is enough.
                Err(mistake) => wrong = wrong.or(Some(mistake)),
            }
        }
        if wrong.is_none() && !changed {
            wrong = Some(Wrong::new(
                "something that changes",
                "leave the change out: it is so already, all of it or a part",
            ));
        }
        if let Some(wrong) = wrong {
            self.mistake(Some(number), &change.at, change.element, wrong);
        }
    }

    fn targets(&self, change: &Change, inner: bool) -> Vec<Vec<usize>> {
        let nodes = &self.set.nodes;
        if let Some(id) = change.at.strip_prefix("*/") {
            if matches!(change.edit, Edit::Add(_)) {
                return Vec::new();
            }
            let places = self.set.segments();
            return places
                .filter(|place| &*place.segment.rule.id == id)
                .filter_map(|place| {
                    let mut indexes = resolve(nodes, &place.path)?;
                    if place.starts_loop && !inner {
                        indexes.pop();
                    }
                    Some(indexes)
                })
                .collect();
        }
        let Some(mut indexes) = resolve(nodes, &change.at) else {
            return Vec::new();
        };
        if inner {
            // A loop stands for the segment that starts it.
            while node_at(nodes, &indexes).is_some_and(|node| node.as_loop().is_some()) {
                indexes.push(0);
            }
        }
        vec![indexes]
    }

    fn unknown(&self, at: &str) -> Wrong {
        if at.starts_with("*/") {
            return Wrong::new(
                "a segment of the set behind `*/`, and no `add`",
                "mend the segment id, or name one path",
            )
            .found(at);
        }
        let id = at.rsplit('/').next().unwrap_or(at);
        let id = id.split('[').next().unwrap_or(id);
        let places = self.set.segments();
        let same: Vec<String> = places
            .filter(|place| &*place.segment.rule.id == id)
            .map(|place| place.path)
            .take(5)
            .collect();
        let remedy = if same.is_empty() {
            format!("the set has no segment `{id}`; add it first with `add`")
        } else {
            format!("take one of {}", same.join(", "))
        };
        Wrong::new("a segment or loop of the set", remedy).found(at)
    }

    fn path(&self, indexes: &[usize]) -> String {
        let mut path = String::new();
        let mut siblings = &self.set.nodes;
        for &index in indexes {
            path = path_of(&path, siblings, index);
            match siblings.get(index) {
                Some(Node::Loop(inner)) => siblings = &inner.nodes,
                _ => break,
            }
        }
        path
    }

    fn said_before(&mut self, number: usize, change: &Change, path: &str) -> Result<(), Wrong> {
        let place = format!("{path} {:?} {:?} ", change.element, change.component);
        for aspect in change.edit.aspects() {
            if let Some(other) = self.said.insert(format!("{place}{aspect}"), number) {
                return Err(Wrong::new(
                    format!("one change for the {aspect} of {path}"),
                    format!("leave it to change {other}, or take that one out"),
                ));
            }
        }
        if let Edit::OnlyCodes(only) = &change.edit {
            // Codes are added before this.
            let start = format!("{place}added ");
            let added = self.said.range(start.clone()..);
            for (key, other) in added.take_while(|(key, _)| key.starts_with(&start)) {
                let code = key.strip_prefix(&start).unwrap_or_default();
                if !only.iter().any(|known| known == code) {
                    return Err(Wrong::new(
                        format!("the codes that change {other} adds among the only ones"),
                        "name the code here too, or do not add it",
                    )
                    .found(code));
                }
            }
        }
        Ok(())
    }

    fn one(
        &mut self,
        change: &Change,
        indexes: &[usize],
        path: &str,
        inner: bool,
    ) -> Result<bool, Wrong> {
        if let Edit::Add(places) = &change.edit {
            return self.add(change, places, indexes);
        }
        let (last, release) = (indexes.last().copied(), self.set.release);
        let starts_loop = indexes.len() > 1 && last == Some(0);
        let node = siblings_mut(&mut self.set.nodes, indexes)
            .zip(last)
            .and_then(|(siblings, last)| siblings.get_mut(last));
        match node {
            Some(Node::Segment(segment)) if inner => {
                self.touched.insert(path.to_owned());
                let at = Inside {
                    element: change.element,
                    component: change.component,
                };
                let rule = Arc::make_mut(&mut segment.rule);
                inside(rule, at, &change.edit, &self.rules, release)
            }
            Some(Node::Segment(segment)) => {
                if starts_loop {
                    return Err(Wrong::new(
                        "the loop: the segment that starts it is always there once",
                        format!(
                            "write `{}`",
                            path.rsplit_once('/').map_or("", |(around, _)| around)
                        ),
                    ));
                }
                if matches!(&*segment.rule.id, "ST" | "SE") {
                    return Err(Wrong::new(
                        "a segment between ST and SE",
                        "leave the change out",
                    ));
                }
                outside(&mut segment.requirement, &mut segment.max_use, &change.edit)
            }
            Some(Node::Loop(inner)) => {
                outside(&mut inner.requirement, &mut inner.repeat, &change.edit)
            }
            None => Err(self.unknown(path)),
        }
    }

    fn add(&mut self, change: &Change, places: &str, indexes: &[usize]) -> Result<bool, Wrong> {
        if change.element.is_some() || change.component.is_some() {
            return Err(Wrong::new("a segment or loop", "leave the element out"));
        }
        let Some((&last, around)) = indexes.split_last() else {
            return Ok(false);
        };
        let area = node_at(&self.set.nodes, indexes)
            .and_then(Node::first_segment)
            .map_or(Area::Unknown, |segment| segment.area);
        let nodes = self.rules.places(places, around.len(), area)?;
        let Some(siblings) = siblings_mut(&mut self.set.nodes, indexes) else {
            return Ok(false);
        };
        if siblings.get(last).is_some_and(|node| node.id() == "SE") {
            return Err(Wrong::new(
                "a segment or loop before SE",
                "name the one before SE",
            ));
        }
        siblings.splice(last + 1..last + 1, nodes);
        Ok(true)
    }
}

fn outside(requirement: &mut Requirement, times: &mut MaxUse, edit: &Edit) -> Result<bool, Wrong> {
    match edit {
        Edit::Require => Ok(set(requirement, Requirement::Mandatory)),
        Edit::Allow => Ok(set(requirement, Requirement::Optional)),
        Edit::Forbid => Ok(set(requirement, Requirement::Forbidden)),
        Edit::Repeat(MaxUse::Times(0)) => {
            Err(Wrong::new("a number from 1 on", "forbid it instead"))
        }
        Edit::Repeat(other) => Ok(set(times, *other)),
        _ => Ok(false),
    }
}
