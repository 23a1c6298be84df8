//! Guides: what the PeopleSoft side has to set up, what a profile holds, and how each thing is done.

pub mod administrator {
    #![doc = include_str!("administrator.md")]
}

pub mod profile {
    #![doc = include_str!("profile.md")]
    #![doc = ""]
    #![doc = "## The default profile, whole"]
    #![doc = ""]
    #![doc = "The file `profile.default.toml` of the sources; `profile.schema.json` beside it is for editors."]
    #![doc = ""]
    #![doc = "```toml"]
    #![doc = include_str!("../../profile.default.toml")]
    #![doc = "```"]
}

pub mod cookbook {
    #![doc = include_str!("cookbook.md")]
}
