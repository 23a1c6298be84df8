//! From a failure to the sentence that gets it mended.

use super::{Error, ErrorKind};

pub(super) fn sentence(error: &Error) -> String {
    let operation = error.operation().unwrap_or("the service operation");
    let node = error.node().unwrap_or("the node");
    let query = match error.query() {
        Some(query) => format!("query {query}"),
        None => "the query".to_owned(),
    };
    match error.kind() {
        ErrorKind::Configuration | ErrorKind::InvalidRequest => {
            "Correct the value named in the message; nothing was sent to PeopleSoft.".to_owned()
        }
        ErrorKind::Transport => format!(
            "Check that the gateway's host name resolves, that its port is open from here and that \
             its certificate is trusted, then call {operation} again."
        ),
        ErrorKind::Timeout if error.query().is_none() => format!(
            "Check the load of the application server that runs {operation} for node {node}, or raise \
             the client's timeout; see whether the call took effect before it is made again."
        ),
        ErrorKind::Timeout => format!(
            "Check the load of the application server that runs {operation} for node {node}, lower \
             the row limit of the profile, or raise the client's timeout."
        ),
        ErrorKind::Unauthorized if number(error) == Some((158, 55)) => format!(
            "Define the user on node {node}; where the call names none, set the default user of the \
             node that calls (ANONYMOUS for strangers) to one whose permission list holds {operation}."
        ),
        ErrorKind::Unauthorized => format!(
            "Check the user's OPRID and password (or the token's mapping to an OPRID), that the \
             account is not locked, and that its permission list holds {operation}."
        ),
        ErrorKind::Forbidden => format!(
            "Ask for this client's address and user to be let through to {operation} by the web \
             server or proxy before the gateway."
        ),
        ErrorKind::OperationRefused => format!(
            "Add {operation} with full access to a permission list of the user on node {node}."
        ),
        ErrorKind::OperationInactive => format!(
            "Activate {operation} with its any-to-local routing on node {node}, and see that a \
             permission list of the user holds it."
        ),
        ErrorKind::NoRouting => format!(
            "Add or activate a routing of {operation} on node {node} (any-to-local, or from the \
             requesting node), with the external alias and version that the profile names."
        ),
        ErrorKind::WrongNode => format!(
            "Check that node {node} is the local default node that the gateway's \
             integrationGateway.properties name for the database, and that the requesting node is \
             defined and active there."
        ),
        ErrorKind::UnknownQuery => format!(
            "Create {query} in Query Manager of node {node}, or correct its name and owner in the \
             profile, and let the user's access groups see its records."
        ),
        ErrorKind::Business => format!(
            "Correct the record as the messages say; {operation} itself ran, so they come from the \
             component's own checks on node {node}."
        ),
        ErrorKind::NotFound if error.query().is_some() => format!(
            "Check that node {node} is the gateway's name of the database, that the REST alias of \
             {operation} is the profile's, and that {query} exists with that owner."
        ),
        ErrorKind::NotFound => format!(
            "Check that node {node} is the gateway's name of the database, that alias, version and \
             trailing slash of {operation} are those of its routing, and that its URI template fits."
        ),
        ErrorKind::SignOnPage => format!(
            "Let {operation} be called without the sign-on page: take the gateway path out of single \
             sign-on, or correct the gateway address, which must end in /PSIGW."
        ),
        ErrorKind::Fault if error.query().is_some() => format!(
            "Look the message up in the Service Operations Monitor and the message catalog of node \
             {node}, and run {query} in Query Manager as the same user."
        ),
        ErrorKind::Fault => format!(
            "Look the message up in the message catalog of node {node} and in the Service Operations \
             Monitor (synchronous details of {operation}), where the error's handler shows."
        ),
        ErrorKind::RateLimited => format!(
            "Call {operation} less often, or raise the limit of the proxy before the gateway."
        ),
        ErrorKind::Unavailable => format!(
            "Check that the application server domain of node {node} is up and that the gateway's \
             integrationGateway.properties point to it, then call {operation} again."
        ),
        ErrorKind::Status => format!(
            "Look for the call of {operation} in the gateway's error log (errorLog.html) on node {node}."
        ),
        ErrorKind::Truncated => format!(
            "Raise the row limit of {query} in the profile above the rows of its largest record, and \
             the limit that PeopleSoft sets for the query."
        ),
        ErrorKind::Decode if error.query().is_some() => format!(
            "Compare the columns, prompts and order of {query} with the profile, and see that \
             {operation} answers in the format that the profile names."
        ),
        ErrorKind::Decode => format!(
            "Compare what {operation} answers with its message definition, and with the version and \
             namespace that the profile names."
        ),
        ErrorKind::TooLarge if error.query().is_none() => format!(
            "Ask {operation} for less at a time, or raise the client's limit on answers."
        ),
        ErrorKind::TooLarge => format!(
            "Lower the row limit of {query} in the profile, or raise the client's limit on answers."
        ),
        ErrorKind::Credentials => {
            "Check the client id, secret, scope and audience with the authorization server named in \
             the message; PeopleSoft itself was not asked."
                .to_owned()
        }
    }
}

/// Message set and number of the error, where both are known.
fn number(error: &Error) -> Option<(u32, u32)> {
    let fault = error.fault()?;
    Some((fault.set().unwrap_or(158), fault.number()?))
}
