//! What a person can do about an error.

use super::{Error, ErrorKind};

impl Error {
    /// What a person can do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self.0.last_kind {
            ErrorKind::Transport => {
                "Check that the host name and port are right, and that a firewall or proxy lets the connection through."
            }
            ErrorKind::Certificate => {
                "Check that the host name is one of the server's certificate. If an authority of the company's own \
                 issued it, trust that with ClientBuilder::ca_pem. If the server wants a certificate of the client, \
                 show one that it trusts with ClientBuilder::client_certificate_pem."
            }
            ErrorKind::Timeout => {
                "The server did not answer in time. Look whether it acted before sending again; raise \
                 attempt_timeout or total_timeout if it is merely slow."
            }
            ErrorKind::Unauthorized => {
                "The server does not accept the token or credentials for this request. Check that the account is \
                 enabled for the API and that the authentication scheme is switched on at the listener."
            }
            ErrorKind::LoginRefused => {
                "Check user name and password and whether the account is locked or its password expired; then \
                 build a new client, or call reset_login() once the account is put right. Nothing is sent until then."
            }
            ErrorKind::Forbidden => {
                "The account has no right to do this. Ask an administrator of Cleo for the privilege."
            }
            ErrorKind::NotFound => {
                "There is no such object. Check the id or alias, and that the API prefix fits the server's setting."
            }
            ErrorKind::Conflict => {
                "The object exists already or is in use. Look it up and decide whether it is the one you meant."
            }
            ErrorKind::Validation => {
                "The server found the content of the request wrong. Its message and body excerpt say what."
            }
            ErrorKind::RateLimited => "Send fewer requests; wait for retry_after() if it is given.",
            ErrorKind::Server => {
                "The server failed. Look whether it acted before sending again; its own log has the reason."
            }
            ErrorKind::Status => {
                "The server answered with a status that this request does not expect. A redirect usually means \
                 that the origin is not the address of the API."
            }
            ErrorKind::Decode => {
                "The answer is not what the API sends. An HTML page usually means a wrong prefix, a proxy, or a \
                 sign-on page in between."
            }
            ErrorKind::InvalidRequest => {
                "Mend the argument that the message names; nothing was sent."
            }
            ErrorKind::Configuration => {
                "Mend the setting that the message names; nothing was sent."
            }
            ErrorKind::Callback => {
                "Look at the source of this error: it comes from your own code, and the request was not finished."
            }
            ErrorKind::Ambiguous => "Use the id of the object that is meant, or rename the others.",
            ErrorKind::RetriesExhausted => "Try again later.",
        }
    }
}
