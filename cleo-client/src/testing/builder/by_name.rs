//! Switches by name, for programs that start the double from a command line or a file of settings.

use std::{fmt, time::Duration};

use http::StatusCode;
use serde::de::DeserializeOwned;

use super::{FakeCleoBuilder, RunScript, SameName, TokenAnswer};
use crate::{
    client::Deployment,
    testing::{
        fault::{Fault, FaultPlan, RetryAfter},
        objects::Kind,
        record::Operation,
        world::id_of,
    },
};

/// A switch of the double that [`FakeCleoBuilder::switch`] knows by name.
#[derive(Clone, Copy)]
pub struct Switch {
    name: &'static str,
    example: &'static str,
    about: &'static str,
    apply: fn(FakeCleoBuilder, &str) -> Result<FakeCleoBuilder, String>,
}

impl Switch {
    /// Its name, for example `page-cap`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// A use of it, for example `page-cap=10`.
    #[must_use]
    pub const fn example(&self) -> &'static str {
        self.example
    }

    /// What it does, in a few words.
    #[must_use]
    pub const fn about(&self) -> &'static str {
        self.about
    }
}

impl fmt::Debug for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Switch")
            .field("name", &self.name)
            .field("example", &self.example)
            .finish_non_exhaustive()
    }
}

/// A text that sets no switch; says what was found, what was expected, and what there is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SwitchError(String);

impl FakeCleoBuilder {
    /// Sets a switch by its name: `page-cap=10`, or `etags` for those that are on or off. [`SWITCHES`] has them all.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use cleo_client::testing::FakeCleo;
    ///
    /// let cleo = FakeCleo::builder().switch("page-cap=10")?.switch("throttle=429:retry-after=7@50")?;
    /// let error = FakeCleo::builder().switch("pagecap=10").unwrap_err();
    /// assert!(error.to_string().contains("page-cap=10"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`SwitchError`] if there is no switch of this name, or it does not take this value.
    pub fn switch(self, text: &str) -> Result<Self, SwitchError> {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        let Some(switch) = SWITCHES.iter().find(|switch| switch.name == name.trim()) else {
            let there: Vec<_> = SWITCHES.iter().map(|switch| switch.example).collect();
            return Err(SwitchError(format!(
                "there is no switch {name:?}; there are, each with an example: {}",
                there.join(", ")
            )));
        };
        (switch.apply)(self, value.trim()).map_err(|expected| {
            SwitchError(format!(
                "switch {name:?}: found {value:?}, expected {expected}; for example {:?}",
                switch.example
            ))
        })
    }
}

type Applied = Result<FakeCleoBuilder, String>;

const fn switch(
    name: &'static str,
    example: &'static str,
    about: &'static str,
    apply: fn(FakeCleoBuilder, &str) -> Applied,
) -> Switch {
    Switch {
        name,
        example,
        about,
        apply,
    }
}

/// Every switch that [`FakeCleoBuilder::switch`] knows.
#[rustfmt::skip]
pub const SWITCHES: &[Switch] = &[
    switch("product", "product=cic", "cic, harmony or vltrader", |b, v| Ok(b.product(word::<Deployment>(v, "cic, harmony or vltrader")?))),
    switch("prefix", "prefix=/cleo/api", "the prefix of the API", |b, v| Ok(b.prefix(v))),
    switch("service-path", "service-path=/files", "the path of the HTTP server commands", |b, v| Ok(b.service_path(filled(v)?))),
    switch("vlproxy-serial", "vlproxy-serial=LX1234-AB5678", "every request must bring this serial number", |b, v| Ok(b.vlproxy_serial(filled(v)?))),
    switch("basic", "basic=no", "whether HTTP Basic works on the API", |b, v| Ok(b.basic(yes(v)?))),
    switch("basic-refusal", "basic-refusal=403", "the status where it does not", |b, v| Ok(b.basic_refusal(status(v)?))),
    switch("token-life", "token-life=30s", "how long a token lives", |b, v| Ok(b.token_life(time(v)?))),
    switch("token-answer", "token-answer=number", "how a log-in tells it: silent, number or text", |b, v| Ok(b.token_answer(token_answer(v)?))),
    switch("refresh-tokens", "refresh-tokens", "gives refresh tokens", |b, v| Ok(b.refresh_tokens(yes(v)?))),
    switch("refresh-rotation", "refresh-rotation=no", "whether each of them works once", |b, v| Ok(b.refresh_rotation(yes(v)?))),
    switch("one-time-code", "one-time-code=totp:123456", "a log-in wants this code in this field", one_time_code),
    switch("lock-after", "lock-after=3", "locks accounts for good after so many refused log-ins", |b, v| Ok(b.lock_after(number(v)?))),
    switch("lockout", "lockout=5/60s/15m", "locks them after so many, within that time, for that time", lockout),
    switch("node-local-tokens", "node-local-tokens", "a token is known to one node only", |b, v| Ok(b.node_local_tokens(yes(v)?))),
    switch("page-cap", "page-cap=10", "most objects on a page", |b, v| Ok(b.page_cap(number(v)?))),
    switch("omit-total", "omit-total", "lists without totalResults, startIndex and count", |b, v| Ok(b.omit_total(yes(v)?))),
    switch("omit-count", "omit-count", "lists without startIndex and count", |b, v| Ok(b.omit_count(yes(v)?))),
    switch("deaf-to-start", "deaf-to-start", "every page is the first", |b, v| Ok(b.deaf_to_start(yes(v)?))),
    switch("numbers-as-strings", "numbers-as-strings", "numbers come as text", |b, v| Ok(b.numbers_as_strings(yes(v)?))),
    switch("booleans-as-strings", "booleans-as-strings", "booleans come as text", |b, v| Ok(b.booleans_as_strings(yes(v)?))),
    switch("unknown-fields", "unknown-fields", "objects have a field that no client knows", |b, v| Ok(b.unknown_fields(yes(v)?))),
    switch("absolute-links", "absolute-links", "links with scheme and host", |b, v| Ok(b.absolute_links(yes(v)?))),
    switch("etags", "etags", "objects have an ETag, and If-Match is heeded", |b, v| Ok(b.etags(yes(v)?))),
    switch("silent-writes", "silent-writes", "creation and replacement are answered without a body", |b, v| Ok(b.silent_writes(yes(v)?))),
    switch("unique-aliases", "unique-aliases=no", "whether a second object of one alias is refused", |b, v| Ok(b.unique_aliases(yes(v)?))),
    switch("default-actions", "default-actions=send,receive", "what comes with a connection that is created", |b, v| Ok(b.default_actions(v.split(',').filter(|alias| !alias.is_empty())))),
    switch("demand-content-type", "demand-content-type=no", "whether 415 answers a POST or PUT without one", |b, v| Ok(b.demand_content_type(yes(v)?))),
    switch("events-path", "events-path=audit/events", "where events are listed", |b, v| Ok(b.events_path(filled(v)?))),
    switch("endpoint", "endpoint=/hooks/810", "an endpoint that takes JSON documents", |b, v| Ok(b.endpoint(filled(v)?))),
    switch("run", "run=ACME/send=failure:error", "what running an action leads to: success, failure:RESULT or unfinished", run),
    switch("same-name", "same-name=refuse", "an upload under a name that is taken: overwrite, suffix or refuse", |b, v| Ok(b.same_name(same_name(v)?))),
    switch("file-filter", "file-filter=no", "whether lists of files can be filtered", |b, v| Ok(b.file_filter(yes(v)?))),
    switch("list-separator", "list-separator=none", "between name and size in the HTTP server's lists: tab, none or a character", list_separator),
    switch("fetched-files-vanish", "fetched-files-vanish", "a file is removed once it was fetched", |b, v| Ok(b.fetched_files_vanish(yes(v)?))),
    switch("uploads-are-picked-up", "uploads-are-picked-up", "an upload is gone from its folder at once", |b, v| Ok(b.uploads_are_picked_up(yes(v)?))),
    switch("memory-limit", "memory-limit=1000000", "largest file in bytes that is kept in memory where there is no directory", |b, v| Ok(b.memory_limit(number(v)?))),
    switch("fsync", "fsync", "files are synced to disk before the answer", |b, v| Ok(b.fsync(yes(v)?))),
    switch("throttle", "throttle=429:retry-after=7@50", "429 or 503, with seconds or `date+7` to wait, to 50 of 1000 requests", throttle),
    switch("fail", "fail=500@20", "500 (nothing done), 500-after (it was done) or html (a proxy's 502)", fail),
    switch("cut", "cut=after@20", "cuts the connection before or after acting, or in the body of the answer", cut),
    switch("slow", "slow=act:300ms@20", "acts late (act), answers late (answer), or with a pause in the body (body)", slow),
    switch("expire-tokens", "expire-tokens=12", "forgets every token at 12 of 1000 requests", |b, v| Ok(b.more_faults(Fault::ExpireTokens, number(v)?))),
    switch("spare", "spare=login,list", "kinds of request that no fault befalls", spare),
    switch("seed", "seed=7", "the seed of the faults", |mut b, v| { b.faults = b.faults.seeded(number(v)?); Ok(b) }),
];

fn yes(value: &str) -> Result<bool, String> {
    match value {
        "" | "yes" | "true" | "on" => Ok(true),
        "no" | "false" | "off" => Ok(false),
        _ => Err("yes or no".to_owned()),
    }
}

fn filled(value: &str) -> Result<&str, String> {
    match value {
        "" => Err("a value".to_owned()),
        value => Ok(value),
    }
}

fn number<N: std::str::FromStr>(value: &str) -> Result<N, String> {
    value.parse().map_err(|_| "a whole number".to_owned())
}

fn status(value: &str) -> Result<StatusCode, String> {
    value
        .parse()
        .map_err(|_| "the status of an HTTP answer".to_owned())
}

/// A value as the API of the crate spells it.
fn word<T: DeserializeOwned>(value: &str, expected: &str) -> Result<T, String> {
    serde_json::from_value(value.into()).map_err(|_| expected.to_owned())
}

fn time(value: &str) -> Result<Duration, String> {
    let digits = value
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(value.len());
    let (count, unit) = value.split_at(digits);
    let millis = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => 0,
    };
    match count.parse::<u64>() {
        Ok(count) if millis > 0 => Ok(Duration::from_millis(count.saturating_mul(millis))),
        _ => Err("a time such as 200ms, 30s, 15m or 1h".to_owned()),
    }
}

fn token_answer(value: &str) -> Result<TokenAnswer, String> {
    match value {
        "silent" => Ok(TokenAnswer::Silent),
        "number" => Ok(TokenAnswer::Number),
        "text" => Ok(TokenAnswer::Text),
        _ => Err("silent, number or text".to_owned()),
    }
}

fn same_name(value: &str) -> Result<SameName, String> {
    match value {
        "overwrite" => Ok(SameName::Overwrite),
        "suffix" => Ok(SameName::Suffix),
        "refuse" => Ok(SameName::Refuse),
        _ => Err("overwrite, suffix or refuse".to_owned()),
    }
}

fn one_time_code(builder: FakeCleoBuilder, value: &str) -> Applied {
    match value.split_once(':') {
        Some((field, code)) if !field.is_empty() && !code.is_empty() => {
            Ok(builder.one_time_code(field, code))
        }
        _ => Err("a field, a colon and a code".to_owned()),
    }
}

fn lockout(builder: FakeCleoBuilder, value: &str) -> Applied {
    let mut parts = value.split('/');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(after), Some(within), Some(lasts), None) => {
            Ok(builder.lockout(number(after)?, time(within)?, time(lasts)?))
        }
        _ => Err("a number, a time and a time, with slashes between them".to_owned()),
    }
}

fn list_separator(builder: FakeCleoBuilder, value: &str) -> Applied {
    let mut letters = value.chars();
    Ok(builder.list_separator(match value {
        "none" => None,
        "tab" => Some('\t'),
        _ => match (letters.next(), letters.next()) {
            (Some(one), None) => Some(one),
            _ => return Err("tab, none or one character".to_owned()),
        },
    }))
}

fn run(mut builder: FakeCleoBuilder, value: &str) -> Applied {
    let expected = || "CONNECTION/ACTION=success, =failure:RESULT or =unfinished".to_owned();
    let (action, outcome) = value.rsplit_once('=').ok_or_else(expected)?;
    let (connection, alias) = action.rsplit_once('/').ok_or_else(expected)?;
    let script = match outcome.split_once(':').unwrap_or((outcome, "")) {
        ("success", "") => RunScript::success(),
        ("unfinished", "") => RunScript::unfinished(),
        ("failure", result) => RunScript::failure(if result.is_empty() { "error" } else { result }),
        _ => return Err(expected()),
    };
    let id = id_of(&["action", connection, alias]);
    if builder.objects.find(Kind::Actions, &id).is_none() {
        let connections = builder.objects.all(Kind::Connections).iter();
        let there: Vec<_> = connections
            .filter_map(|object| object.fields.get("alias")?.as_str())
            .collect();
        return Err(format!(
            "an action of a connection that there is, and the connections are {}",
            there.join(", ")
        ));
    }
    builder.objects.set_script(&id, script);
    Ok(builder)
}

impl FakeCleoBuilder {
    fn more_faults(mut self, fault: Fault, per_mille: u32) -> Self {
        self.faults = self.faults.with(fault, per_mille);
        self
    }
}

/// What comes before `@`, and of how many in a thousand requests: 100, unless it says so.
fn rated(value: &str) -> Result<(&str, u32), String> {
    match value.rsplit_once('@') {
        None => Ok((value, 100)),
        Some((what, rate)) => Ok((what, number(rate)?)),
    }
}

fn throttle(builder: FakeCleoBuilder, value: &str) -> Applied {
    let expected = || "429 or 503, perhaps with :retry-after=7 or :retry-after=date+7".to_owned();
    let (what, rate) = rated(value)?;
    let (status, wait) = match what.split_once(':') {
        None => (what, None),
        Some((status, wait)) => {
            let wait = wait.strip_prefix("retry-after=").ok_or_else(expected)?;
            let wait = match wait.strip_prefix("date+") {
                Some(seconds) => RetryAfter::DateIn(number(seconds)?),
                None => RetryAfter::Seconds(number(wait)?),
            };
            (status, Some(wait))
        }
    };
    let fault = match status {
        "429" => Fault::TooManyRequests(wait),
        "503" => Fault::Unavailable(wait),
        _ => return Err(expected()),
    };
    Ok(builder.more_faults(fault, rate))
}

fn fail(builder: FakeCleoBuilder, value: &str) -> Applied {
    let (what, rate) = rated(value)?;
    let fault = match what {
        "500" => Fault::InternalError,
        "500-after" => Fault::InternalErrorAfter,
        "html" => Fault::NotJson,
        _ => return Err("500, 500-after or html".to_owned()),
    };
    Ok(builder.more_faults(fault, rate))
}

fn cut(builder: FakeCleoBuilder, value: &str) -> Applied {
    let (what, rate) = rated(value)?;
    let fault = match what {
        "before" => Fault::CutBefore,
        "after" => Fault::CutAfter,
        "body" => Fault::CutBody,
        _ => return Err("before, after or body".to_owned()),
    };
    Ok(builder.more_faults(fault, rate))
}

fn slow(builder: FakeCleoBuilder, value: &str) -> Applied {
    let expected = || "act, answer or body, a colon and a time".to_owned();
    let (what, rate) = rated(value)?;
    let (what, span) = what.split_once(':').ok_or_else(expected)?;
    let span = time(span)?;
    let fault = match what {
        "act" => Fault::DelayThenAct(span),
        "answer" => Fault::SlowAnswer(span),
        "body" => Fault::SlowBody(span),
        _ => return Err(expected()),
    };
    Ok(builder.more_faults(fault, rate))
}

fn spare(mut builder: FakeCleoBuilder, value: &str) -> Applied {
    for name in value.split(',') {
        let operation: Operation = word(name, "kinds of request such as login, upload, run")?;
        builder.faults =
            std::mem::replace(&mut builder.faults, FaultPlan::none()).sparing(operation);
    }
    Ok(builder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeCleo;

    fn builder() -> FakeCleoBuilder {
        FakeCleo::builder()
            .connection("ACME", "as2")
            .action("ACME", "send", RunScript::success())
    }

    /// What a switch can change.
    fn seen(builder: &FakeCleoBuilder) -> String {
        let id = id_of(&["action", "ACME", "send"]);
        format!("{builder:?} {:?}", builder.objects.script(&id))
    }

    #[test]
    fn each_example_changes_something_of_its_own() {
        let untouched = seen(&builder());
        let mut all = vec![untouched];
        for switch in SWITCHES {
            assert!(switch.example.starts_with(switch.name), "{switch:?}");
            assert!(switch.about.len() > 5);
            // What is the default already is set to something else first.
            let other = match switch.name {
                "default-actions" => "default-actions=",
                "one-time-code" => "one-time-code=x:1",
                _ => "etags=no",
            };
            let before = builder().switch(other).unwrap();
            let changed = seen(&before.switch(switch.example).unwrap());
            assert!(
                !all.contains(&changed) || switch.name == "default-actions",
                "{switch:?} changes nothing"
            );
            all.push(changed);
        }
    }

    #[test]
    fn every_method_that_is_a_switch_has_a_name() {
        let methods = include_str!("switches.rs")
            .lines()
            .filter_map(|line| line.trim().strip_prefix("pub fn "))
            .filter_map(|line| line.split(['(', '<']).next())
            .map(|name| name.replace('_', "-"));
        for method in methods {
            assert!(
                SWITCHES.iter().any(|switch| switch.name == method),
                "{method}"
            );
        }
    }

    #[test]
    fn what_is_not_understood_is_told_with_what_there_is() {
        let error = |text: &str| builder().switch(text).unwrap_err().to_string();
        let unknown = error("pagecap=3");
        assert!(SWITCHES.iter().all(|s| unknown.contains(s.example)));
        for (text, told) in [
            ("page-cap=ten", "a whole number"),
            ("basic=maybe", "yes or no"),
            ("token-life=5", "a time such as"),
            ("lockout=5/60s", "a number, a time and a time"),
            ("throttle=404", "429 or 503"),
            ("throttle=429:after=1", "retry-after"),
            ("cut=sometimes", "before, after or body"),
            ("slow=act", "a colon and a time"),
            ("spare=lunch", "kinds of request"),
            ("run=NOBODY/send=success", "ACME"),
            ("run=ACME/send=perhaps", "unfinished"),
            ("product=lexicom", "vltrader"),
            ("list-separator=::", "one character"),
            ("endpoint=", "a value"),
            ("one-time-code=totp", "a colon"),
        ] {
            let message = error(text);
            assert!(message.contains(told), "{message}");
            assert!(message.contains("for example"), "{message}");
        }
    }
}
