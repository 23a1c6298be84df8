//! Calls over the generated REST services, with the nesting of their JSON from the profile.

use http::Method;

use super::super::verdict::Found;
use super::super::{Action, json, rest};
use super::ComponentInterface;
use crate::component_interface::CiBuffer;
use crate::error::{Error, ErrorKind, Result, Sent};
use crate::raw::RawAnswer;

impl ComponentInterface {
    pub(super) async fn by_rest(&self, action: Action, data: &CiBuffer) -> Result<CiBuffer> {
        let access = &self.access.rest;
        let template = match action {
            Action::Get => &access.get,
            Action::Find => &access.find,
            Action::Create => &access.create,
            Action::Update => &access.update,
            Action::UpdateData => &access.update_data,
        };
        let place =
            rest::fill(template, data, &self.names).map_err(|error| self.about(error, action))?;
        let alias = if access.alias.is_empty() {
            format!("CIRT_{}", self.name)
        } else {
            access.alias.clone()
        };
        let mut request = self.client.rest(&alias).version(&access.version);
        for segment in place.segments {
            request = request.segment(segment);
        }
        for (name, value) in place.parameters {
            request = request.query(name, value);
        }
        if !action.reads() {
            let envelope = self.envelope(&access.request_envelope);
            let json = json::write(data, &self.names, &envelope, &access.row);
            let method = match action {
                Action::Create => Method::POST,
                _ => Method::PUT,
            };
            request = request
                .method(method)
                .body("application/json; charset=UTF-8", json);
        }
        match request.send().await {
            Ok(answer) => self.read_json(&answer, action),
            // A refusal may come with any status: its body tells.
            Err(error) => match self.refusal_in(&error) {
                Some(answer) => Ok(answer),
                None => Err(error.with_target(&self.target(action))),
            },
        }
    }

    /// The JSON of an answer that is no success, where it says that the component interface refused.
    fn refusal_in(&self, error: &Error) -> Option<CiBuffer> {
        let answer = json::read(error.json()?, &self.access.rest.row).ok()?;
        let mut place = Some(&answer);
        for name in self.envelope(&self.access.rest.answer_envelope) {
            if let Some(inner) = place.and_then(|place| place.rows(&name).next()) {
                place = Some(inner);
            }
        }
        let found = Found::of(place?);
        (found.is_said() && found.verdict().is_err()).then(|| place.cloned())?
    }

    fn read_json(&self, answer: &RawAnswer, action: Action) -> Result<CiBuffer> {
        if answer.bytes().trim_ascii().is_empty() {
            return Ok(CiBuffer::new());
        }
        let wrong = |message: String| {
            let error = Error::new(ErrorKind::Decode, message).with_status(answer.status());
            self.about(error.with_sent(Sent::Yes), action)
        };
        let mut buffer = json::read(answer.bytes(), &self.access.rest.row)
            .map_err(|what| wrong(format!("the answer cannot be read: {what}")))?;
        for name in self.envelope(&self.access.rest.answer_envelope) {
            // A verdict may stand outside of the objects that data stands in.
            if Found::of(&buffer).is_said() {
                break;
            }
            let inner = buffer.rows(&name).next().cloned();
            buffer = inner.ok_or_else(|| {
                wrong(format!(
                    "the answer has no object {name}, as the profile has it"
                ))
            })?;
        }
        Ok(buffer)
    }

    fn envelope(&self, names: &[String]) -> Vec<String> {
        names
            .iter()
            .map(|name| name.replace("{name}", &self.name))
            .collect()
    }
}
