#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod auth;
mod client;
mod clock;
mod credentials;
mod error;
pub mod experimental;
pub mod file_transfer;
mod filter;
mod flexible;
#[cfg(feature = "test-util")]
#[doc(hidden)]
pub mod fuzzing;
pub mod guide;
mod id;
mod link;
mod page;
mod path;
pub mod payload;
mod request;
pub mod resource;
mod response;
mod retry;
mod send;
#[cfg(feature = "test-util")]
pub mod testing;
mod verdict;

pub use crate::{
    client::{Capabilities, Client, ClientBuilder, Deployment, Support},
    clock::{Clock, SystemClock},
    credentials::{CallbackError, Credentials, OneTimeCode, TokenStore},
    error::{Error, ErrorKind, Result, Sent},
    filter::Filter,
    flexible::{FlexBool, FlexInt, OneOrMany},
    id::{ActionId, AuthenticatorId, CertificateId, ConnectionId, IdError, NodeSerial, UserId},
    link::{Link, Links},
    page::{List, Page, Positioned},
    request::RequestBuilder,
    response::Response,
    retry::{Repeat, RetrySettings},
};

const _: () = {
    const fn shared<T: Send + Sync + 'static>() {}
    shared::<Client>();
    shared::<Error>();
};
