//! The REST listening connector: `{gateway}/RESTListeningConnector/{node}/{alias}.{version}/…`.

use url::Url;

use super::{Door, Request, add_parameter, below, encode, versioned};
use crate::error::{Error, ErrorKind};
use crate::profile::{Owner, QueryAccess};
use crate::query::QueryFormat;

/// The servlet of this door.
pub(crate) const CONNECTOR: &str = "RESTListeningConnector";

/// What a call of any REST service operation needs.
pub(crate) struct RestCall<'a> {
    pub(crate) node: &'a str,
    pub(crate) alias: &'a str,
    pub(crate) version: &'a str,
    pub(crate) segments: &'a [String],
    pub(crate) parameters: &'a [(String, String)],
    pub(crate) trailing_slash: bool,
}

/// A read of any REST service operation; method and body can be set on it.
pub(crate) fn request(
    gateway: &Url,
    call: &RestCall<'_>,
    accept: &'static str,
) -> Result<Request, Error> {
    let operation = versioned(call.alias, call.version);
    let mut segments = vec![CONNECTOR, call.node, &operation];
    if call.segments.iter().any(String::is_empty) {
        return Err(Error::new(
            ErrorKind::InvalidRequest,
            format!("an empty segment in the address of {operation} would change its meaning"),
        ));
    }
    segments.extend(call.segments.iter().map(String::as_str));
    let mut url = below(gateway, &segments, call.trailing_slash)?;
    let mut query = String::new();
    for (name, value) in call.parameters {
        add_parameter(&mut query, name, value);
    }
    url.set_query(
        Some(&query)
            .filter(|query| !query.is_empty())
            .map(String::as_str),
    );
    Ok(Request::get(Door::Rest, url, accept))
}

/// The address of the OpenAPI document of a published service: `SERVICE.1.api`.
pub(crate) fn openapi(
    gateway: &Url,
    node: &str,
    service: &str,
    version: &str,
) -> Result<Request, Error> {
    let document = format!("{}.api", versioned(service, version));
    let url = below(gateway, &[CONNECTOR, node, &document], false)?;
    Ok(Request::get(
        Door::Rest,
        url,
        "application/json, application/yaml, */*",
    ))
}

/// What one run of a query needs.
pub(crate) struct QueryCall<'a> {
    pub(crate) node: &'a str,
    pub(crate) access: &'a QueryAccess,
    pub(crate) alias: &'a str,
    pub(crate) version: &'a str,
    /// What stands between the alias and the owner.
    pub(crate) before: &'a str,
    pub(crate) owner: Owner,
    pub(crate) query: &'a str,
    pub(crate) format: QueryFormat,
    pub(crate) max_rows: u32,
    pub(crate) prompts: &'a [(String, String)],
    pub(crate) filter: &'a [String],
}

/// The address that runs a query (Query Access Service, `ExecuteQuery` and `ExecuteQueryPoll`).
///
/// The lists of prompt names and values are separated by plain commas, as every known caller sends
/// them; a blank value leaves its slot empty. A comma inside a value has no documented escape, so it
/// is refused.
pub(crate) fn query_url(gateway: &Url, call: &QueryCall<'_>) -> Result<Url, Error> {
    for (name, value) in call.prompts {
        if let Some(part) = [name, value].into_iter().find(|part| part.contains(',')) {
            return Err(Error::new(
                ErrorKind::InvalidRequest,
                format!(
                    "prompt {name} of query {}: `{part}` holds a comma, which PeopleSoft would take for the end of the value",
                    call.query
                ),
            ));
        }
    }
    if let Some(name) = call.filter.iter().find(|name| name.contains(',')) {
        let message = format!("the column `{name}` of query {} holds a comma", call.query);
        return Err(Error::new(ErrorKind::InvalidRequest, message));
    }
    let operation = versioned(call.alias, call.version);
    let mut segments = vec![CONNECTOR, call.node, &operation];
    segments.extend(call.before.split('/'));
    segments.extend([
        call.owner.as_str(),
        call.query,
        call.format.as_str(),
        "NONFILE",
    ]);
    let mut url = below(gateway, &segments, call.access.trailing_slash)?;
    let mut query = format!("isconnectedquery=N&maxrows={}", call.max_rows);
    if !call.prompts.is_empty() {
        query.push_str("&prompt_uniquepromptname=");
        list(
            &mut query,
            call.prompts.iter().map(|(name, _)| name.as_str()),
        );
        query.push_str("&prompt_fieldvalue=");
        list(
            &mut query,
            call.prompts.iter().map(|(_, value)| value.as_str()),
        );
    }
    if !call.filter.is_empty() {
        query.push('&');
        encode(&mut query, &call.access.filter_parameter);
        query.push('=');
        list(&mut query, call.filter.iter().map(String::as_str));
    }
    if call.access.json_resp && call.format == QueryFormat::Json {
        query.push_str("&json_resp=true");
    }
    url.set_query(Some(&query));
    Ok(url)
}

fn list<'a>(query: &mut String, values: impl Iterator<Item = &'a str>) {
    for (at, value) in values.enumerate() {
        if at > 0 {
            query.push(',');
        }
        encode(query, value.trim());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(gateway: &str, access: &QueryAccess, prompts: &[(&str, &str)]) -> Result<String, Error> {
        let prompts: Vec<_> = prompts
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect();
        let call = QueryCall {
            node: "PSFT_EP",
            access,
            alias: &access.alias,
            version: &access.version,
            before: "",
            owner: Owner::Public,
            query: "X_PO",
            format: access.format,
            max_rows: 10,
            prompts: &prompts,
            filter: &[],
        };
        query_url(&gateway.parse().unwrap(), &call).map(String::from)
    }

    #[test]
    fn prompts_keep_their_slots() {
        insta::assert_snapshot!(
            url(
                "https://psft.example.com:8443/PSIGW/",
                &QueryAccess::default(),
                &[("FROM", "2026-01-01T00:00:00"), ("BU", ""), ("ID", "A&B +é")],
            )
            .unwrap(),
            @"https://psft.example.com:8443/PSIGW/RESTListeningConnector/PSFT_EP/ExecuteQuery.v1/PUBLIC/X_PO/JSON/NONFILE?isconnectedquery=N&maxrows=10&prompt_uniquepromptname=FROM,BU,ID&prompt_fieldvalue=2026-01-01T00%3A00%3A00,,A%26B%20%2B%C3%A9&json_resp=true"
        );
    }

    #[test]
    fn the_site_decides_alias_slash_and_json_switch() {
        let access = QueryAccess {
            alias: "XQuery".to_owned(),
            version: "V2".to_owned(),
            trailing_slash: true,
            json_resp: false,
            ..QueryAccess::default()
        };
        insta::assert_snapshot!(
            url("https://psft.example.com/PSIGW", &access, &[]).unwrap(),
            @"https://psft.example.com/PSIGW/RESTListeningConnector/PSFT_EP/XQuery.V2/PUBLIC/X_PO/JSON/NONFILE/?isconnectedquery=N&maxrows=10"
        );
    }

    #[test]
    fn a_comma_in_a_value_is_refused() {
        let error = url("https://h/PSIGW", &QueryAccess::default(), &[("ID", "1,2")]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        insta::assert_snapshot!(
            error,
            @"prompt ID of query X_PO: `1,2` holds a comma, which PeopleSoft would take for the end of the value"
        );
    }
}
