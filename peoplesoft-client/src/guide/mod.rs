//! Guides: what the PeopleSoft side has to set up, what a profile holds, and how each thing is done.

pub mod administrator {
    #![doc = include_str!("administrator.md")]
}

pub mod profile {
    #![doc = include_str!("profile.md")]
}

pub mod cookbook {
    #![doc = include_str!("cookbook.md")]
}
