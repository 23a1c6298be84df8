//! The gateway's doors: how a request for each is written. Pure, no I/O.

pub(crate) mod rest;
