//! `[engine]`: who runs the flows.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use peoplesoft_cleo::config::{Config, ConfigErrors, EngineSettings};

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/config.toml")
}

/// The sample with another `[engine]`.
fn with(engine: &str) -> Result<Config, ConfigErrors> {
    let sample = std::fs::read_to_string(file()).unwrap();
    Config::from_toml(
        file(),
        &sample.replace("\n[vault]\n", &format!("\n{engine}\n[vault]\n")),
    )
}

/// Key and text of every mistake.
fn mistakes(engine: &str) -> Vec<(String, String)> {
    let errors = with(engine).unwrap_err();
    let told =
        |mistake: &peoplesoft_cleo::config::Mistake| (mistake.key.clone(), mistake.to_string());
    errors.mistakes().iter().map(told).collect()
}

#[test]
fn this_process_runs_the_flows_unless_somebody_says_otherwise() {
    assert_eq!(with("").unwrap().engine, EngineSettings::Embedded);
    let config = with("[engine]\nkind = \"embedded\"").unwrap();
    assert_eq!(config.engine, EngineSettings::Embedded);
    assert_eq!(
        Config::from_toml("written.toml", &config.to_toml()).unwrap(),
        config
    );
}

#[test]
fn a_kind_that_is_missing_or_unknown_is_one_mistake_whatever_stands_beside_it() {
    let found = mistakes("[engine]\nlisten = \"127.0.0.1:9080\"\nbudget = \"5s\"");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, "engine.kind");
    let found = mistakes("[engine]\nkind = \"restat\"\nlisten = \"127.0.0.1:9080\"");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].1.contains("did you mean \"restate\"?"),
        "{found:?}"
    );
    let found = mistakes("[engine]\nkind = \"embedded\"\nlisten = \"127.0.0.1:9080\"");
    assert_eq!(found[0].0, "engine.listen");
    assert!(found[0].1.contains("set `kind = \"restate\"`"), "{found:?}");
}

#[cfg(not(feature = "restate"))]
#[test]
fn a_build_without_it_says_how_to_build_with_it() {
    let found = mistakes("[engine]\nkind = \"restate\"");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].1.contains("--features restate"), "{found:?}");
}

#[cfg(feature = "restate")]
mod restate {
    use std::time::Duration;

    use peoplesoft_cleo::config::{RestateSettings, SecretRef};

    use super::*;

    fn restate(keys: &str) -> Option<RestateSettings> {
        let config = with(&format!("[engine]\nkind = \"restate\"\n{keys}")).unwrap();
        match config.engine {
            EngineSettings::Restate(settings) => Some(*settings),
            _ => None,
        }
    }

    #[test]
    fn the_kind_alone_means_a_server_on_this_machine() {
        let settings = restate("").unwrap();
        let text = |url: &url::Url| url.as_str().to_owned();
        assert_eq!(text(&settings.ingress), "http://127.0.0.1:8080/");
        assert_eq!(text(&settings.admin), "http://127.0.0.1:9070/");
        assert_eq!(settings.listen.to_string(), "127.0.0.1:9080");
        assert_eq!(text(&settings.reached_at), "http://127.0.0.1:9080/");
        assert_eq!((settings.token, settings.identity_key), (None, None));
        assert_eq!(settings.supervise_every, Duration::from_secs(30));
        assert_eq!(settings.budget, Duration::from_secs(20));
    }

    #[test]
    fn the_sample_without_its_marks_is_right_and_is_written_and_read_back() {
        let sample = std::fs::read_to_string(file()).unwrap();
        let (_, rest) = sample.split_once("# [engine]").unwrap();
        let (keys, _) = rest.split_once("\n\n").unwrap();
        let engine = format!("[engine]{}", keys.replace("\n# ", "\n"));
        // Every key, and the name in the reference to the vault.
        assert_eq!(engine.matches(" = ").count(), 10 + 1, "{engine}");
        let config = with(&engine).unwrap_or_else(|error| panic!("{error}"));
        let EngineSettings::Restate(settings) = &config.engine else {
            panic!("{:?}", config.engine)
        };
        assert_eq!(settings.token, Some(SecretRef::new("restate-token")));
        assert_eq!(settings.reached_at.port(), Some(9080));
        let text = config.to_toml();
        let again = Config::from_toml("written.toml", &text);
        assert_eq!(
            again.unwrap_or_else(|error| panic!("{error}\n{text}")),
            config
        );
    }

    #[test]
    fn every_mistake_is_listed_with_its_place_and_remedy() {
        let found = mistakes(
            "[engine]\nkind = \"restate\"\ningress = \"http://restate.acme.example:8080\"\n\
             admin = \"restate\"\ntoken = \"hunter2\"\nlisten = \"0.0.0.0:9080\"\n\
             identity_key = \"privatekeyv1_hunter2\"\nsupervise_every = \"0\"\nbudget = \"1m\"\nbudgt = 1",
        );
        let keys: Vec<_> = found.iter().map(|(key, _)| key.as_str()).collect();
        let mut expected = [
            "admin",
            "budget",
            "budgt",
            "identity_key",
            "ingress",
            "reached_at",
            "supervise_every",
            "token",
        ]
        .map(|key| format!("engine.{key}"));
        let mut keys: Vec<_> = keys.into_iter().map(str::to_owned).collect();
        keys.sort();
        expected.sort();
        assert_eq!(keys, expected, "{found:#?}");
        let of = |key: &str| {
            let of_key = |(at, _): &&(String, String)| at == &format!("engine.{key}");
            found.iter().find(of_key).unwrap().1.as_str()
        };
        assert!(of("ingress").contains("allow_http = true"));
        assert!(of("reached_at").contains("add for example `reached_at = "));
        assert!(of("budgt").contains("did you mean `budget`?"));
        assert!(!of("token").contains("hunter2"));
        for wrong in ["localhost:9080", "127.0.0.1", "127.0.0.1:0"] {
            let found = mistakes(&format!(
                "[engine]\nkind = \"restate\"\nlisten = \"{wrong}\""
            ));
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(found[0].0, "engine.listen");
        }
    }
}
