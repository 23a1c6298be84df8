//! Both systems on loopback, and the configuration that reaches them.

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cleo_client::testing::{FakeCleo, FaultPlan as CleoFaults, RunScript, SwitchError};
use peoplesoft_client::Profile;
use peoplesoft_client::model::Zone;
use peoplesoft_client::testing::{FakePeopleSoft, FaultPlan as PeopleSoftFaults};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sync_core::vault::{FileKey, Vault, VaultError, VaultErrorKind};
use sync_core::{Clock, SystemClock};

use super::world::{World, WorldError};
use super::{orders, partners};
use crate::code_table::Freight;
use crate::config::{
    CleoAuth, CleoSettings, Config, DeliverySettings, Deployment, EndpointLimit, EngineSettings,
    Environment, Flows, HttpServerSettings, InboundFlow, InvoiceFlow, LimitSettings, OnStatus,
    OurIdentity, OurOverride, PeopleSoftAuth, PeopleSoftSettings, Poll, PurchaseOrderFlow,
    RetentionSettings, ScheduleSettings, SecretRef, StateSettings, VaultSettings,
};
use crate::partner::{InterchangeId, Transfer};

/// How badly the doubles behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Faults {
    /// Not at all.
    None,
    /// Now and then an answer is late, refused or lost.
    Some,
    /// Often, and in every way that the doubles know.
    Heavy,
}

/// The names and passwords of the doubles.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// OPRID.
    pub peoplesoft_user: SecretString,
    /// Its password.
    pub peoplesoft_password: SecretString,
    /// User of Cleo.
    pub cleo_user: SecretString,
    /// Its password.
    pub cleo_password: SecretString,
}

/// Both systems, running until they are dropped.
#[derive(Debug)]
pub struct Doubles {
    /// The PeopleSoft.
    pub peoplesoft: FakePeopleSoft,
    /// The Cleo.
    pub cleo: FakeCleo,
    config: Config,
}

/// Why the doubles do not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The world cannot be made.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The credentials cannot be kept.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A switch of the Cleo double that there is not, or that does not take this value.
    #[error(transparent)]
    Switch(#[from] SwitchError),
    /// A file or a port.
    #[error("{what}: {error}")]
    Io {
        /// What was tried.
        what: Box<str>,
        /// Why it failed.
        error: std::io::Error,
    },
}

fn io(what: impl Into<Box<str>>) -> impl FnOnce(std::io::Error) -> StartError {
    let what = what.into();
    move |error| StartError::Io { what, error }
}

/// The tenant of a simulation.
const TENANT: &str = "simulation";

/// Names in the vault.
const NAMES: [&str; 4] = [
    "peoplesoft/user",
    "peoplesoft/password",
    "cleo/user",
    "cleo/password",
];

/// The ports of the last start, so that a simulation that is started again is found where it was.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Ports {
    peoplesoft: u16,
    cleo: u16,
}

impl Doubles {
    /// Starts both; `dir` holds their state, their credentials (sealed) and what Cleo has received.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(dir: &Path, world: &World, faults: Faults) -> Result<Self, StartError> {
        Self::start_with(dir, world, faults, &[]).await
    }

    /// The same, with switches of the Cleo double such as `page-cap=10`; see
    /// [`FakeCleoBuilder::switch`](cleo_client::testing::FakeCleoBuilder::switch).
    ///
    /// # Errors
    /// [`StartError`]; [`StartError::Switch`] before anything is started.
    pub async fn start_with(
        dir: &Path,
        world: &World,
        faults: Faults,
        cleo_switches: &[&str],
    ) -> Result<Self, StartError> {
        fs::create_dir_all(dir).map_err(io(dir.display().to_string()))?;
        let credentials = credentials(dir)?;
        let ports_file = dir.join("ports.json");
        let ports: Ports = fs::read_to_string(&ports_file)
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        let mut profiles = partners::profiles(world)?;
        let seed = world.size().seed;

        let mut cleo = FakeCleo::builder()
            .port(ports.cleo)
            .user(
                credentials.cleo_user.expose_secret(),
                credentials.cleo_password.expose_secret(),
            )
            .directory(dir.join("cleo"))
            .faults(cleo_faults(faults, seed));
        cleo = cleo.folder(INBOX);
        for profile in &profiles {
            if let Some(route) = profile.acknowledgment_route() {
                cleo = cleo.folder(&route.directory);
            }
            for route in &profile.routes {
                cleo = cleo.folder(&route.directory);
            }
            cleo = cleo.connection(profile.id.as_str(), "as2");
            cleo = cleo.action(profile.id.as_str(), "send", RunScript::success());
        }
        for switch in cleo_switches {
            cleo = cleo.switch(switch)?;
        }

        // The site has named its acknowledgement load, which PeopleSoft itself does not.
        let mut profile = Profile::default();
        let route = &mut profile.po_acknowledgement.route;
        route.operation = "PURCHASE_ORDER_ACKNOWLEDGEMENT".to_owned();
        route.message = "PURCHASE_ORDER_ACKNOWLEDGEMENT".to_owned();
        let profile_file = profile_file(dir);
        fs::write(&profile_file, profile.to_toml())
            .map_err(io(profile_file.display().to_string()))?;
        let peoplesoft = FakePeopleSoft::builder()
            .port(ports.peoplesoft)
            .profile(profile)
            .node(NODE)
            .basic(
                credentials.peoplesoft_user.expose_secret(),
                credentials.peoplesoft_password.expose_secret(),
            )
            .orders(world.orders()?)
            .invoices(world.invoices()?)
            .now(world.now()?.to_instant(&Zone::utc()))
            .start()
            .await
            .map_err(io("the PeopleSoft double"))?;
        peoplesoft.set_faults(peoplesoft_faults(faults, seed));
        let cleo = cleo.start().await.map_err(io("the Cleo double"))?;
        if cleo.service_path().is_none() {
            // The cloud has no HTTP server commands.
            for route in profiles.iter_mut().flat_map(|profile| &mut profile.routes) {
                route.transfer = Transfer::Rest;
            }
        }

        let now = Ports {
            peoplesoft: peoplesoft.gateway().port().unwrap_or(0),
            cleo: cleo.origin().port().unwrap_or(0),
        };
        let text = serde_json::to_string(&now).unwrap_or_default();
        fs::write(&ports_file, text).map_err(io(ports_file.display().to_string()))?;
        let config = config(dir, &peoplesoft, &cleo, profiles);
        Ok(Self {
            peoplesoft,
            cleo,
            config,
        })
    }

    /// Lets the suppliers answer what Cleo receives, and PeopleSoft's batch programs run, once a second until `stopped`.
    pub async fn serve(&self, dir: &Path, seed: u64, stopped: impl Future<Output = ()>) {
        let clock = SystemClock::new();
        let answering = async {
            loop {
                clock.sleep(Duration::from_secs(1)).await;
                // What could not be answered now is answered a second later.
                drop(self.suppliers_answer(dir, seed));
                self.peoplesoft.run_batches();
            }
        };
        tokio::select! {
            () = answering => {}
            () = stopped => {}
        }
    }

    /// A configuration that reaches both; its paths are those of the directory.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }
}

/// The folder of Cleo in which suppliers' files arrive.
pub const INBOX: &str = "inbox";

const NODE: &str = "PSFT_EP";

fn config(
    dir: &Path,
    peoplesoft: &FakePeopleSoft,
    cleo: &FakeCleo,
    partners: Vec<crate::partner::PartnerProfile>,
) -> Config {
    let secret = |name: &str| SecretRef::new(name);
    let [ps_user, ps_password, cleo_user, cleo_password] = NAMES.map(secret);
    let minute = Duration::from_secs(60);
    let poll = Poll {
        every: Some(24 * 60 * minute),
        max_lateness: 60 * minute,
        settle: Duration::ZERO,
        lookback: None,
        sweep: None,
        page_rows: NonZeroU32::new(2000).unwrap_or(NonZeroU32::MIN),
        schedule: None,
        limits: None,
    };
    let own = OurOverride {
        isa: Some(InterchangeId {
            qualifier: "ZZ".to_owned(),
            id: "ACMEUS002".to_owned(),
        }),
        gs: Some("ACMEUS002".to_owned()),
    };
    Config {
        tenant: TENANT.to_owned(),
        environment: Environment::Test,
        state: StateSettings {
            directory: dir.join("state"),
            postgres: None,
            encryption: None,
        },
        engine: EngineSettings::default(),
        vault: VaultSettings {
            file: vault_file(dir),
            key_file: key_file(dir),
        },
        peoplesoft: PeopleSoftSettings {
            gateway: peoplesoft.gateway(),
            node: NODE.to_owned(),
            timeout: Duration::from_secs(10),
            allow_http: true,
            auth: PeopleSoftAuth::Basic {
                user: ps_user,
                password: ps_password,
            },
            profile: Some(profile_file(dir)),
        },
        cleo: CleoSettings {
            origin: cleo.origin(),
            prefix: match cleo.prefix() {
                "" => "/".to_owned(),
                prefix => prefix.to_owned(),
            },
            deployment: match cleo.product() {
                cleo_client::Deployment::Cic => Deployment::Cic,
                cleo_client::Deployment::VlTrader => Deployment::VlTrader,
                _ => Deployment::Harmony,
            },
            timeout: Duration::from_secs(1),
            allow_http: true,
            auth: CleoAuth::Password {
                username: cleo_user,
                password: cleo_password,
            },
            vlproxy_serial: cleo.vlproxy_serial().map(str::to_owned),
            http_server: cleo.service_path().map(|path| HttpServerSettings {
                path: path.to_owned(),
            }),
            rest_transfer: None,
        },
        flows: Flows {
            purchase_orders: Some(PurchaseOrderFlow {
                enabled: true,
                poll: poll.clone(),
                on_status: OnStatus::Dispatched,
                dispatch_methods: vec!["EDX".to_owned()],
            }),
            invoices: Some(InvoiceFlow {
                enabled: true,
                poll,
            }),
            inbound: Some(InboundFlow {
                business_units: World::BUSINESS_UNITS.map(str::to_owned).to_vec(),
                ..InboundFlow::new(vec![INBOX.to_owned()])
            }),
        },
        delivery: DeliverySettings {
            request_timeout: Duration::from_millis(1500),
            action_timeout: Duration::from_secs(1),
            // On one machine no request outlives its process by long: the doubles act at once or within 300 ms.
            settle: Duration::from_millis(2500),
            lease: Duration::from_secs(20),
            ..DeliverySettings::default()
        },
        schedule: ScheduleSettings::default(),
        limits: limits(),
        retention: RetentionSettings::default(),
        our: Some(OurIdentity {
            isa: InterchangeId {
                qualifier: "ZZ".to_owned(),
                id: "ACMECORP".to_owned(),
            },
            gs: "ACMECORP".to_owned(),
            business_units: BTreeMap::from([("US002".to_owned(), own)]),
        }),
        units: BTreeMap::new(),
        terms: BTreeMap::new(),
        freight: BTreeMap::from([(orders::FREIGHT.to_owned(), collect())]),
        partners,
    }
}

/// Limits for systems that are back at once: a breaker opens as anywhere, and rests for a moment only.
fn limits() -> LimitSettings {
    let endpoint = EndpointLimit {
        rest: Duration::from_millis(500),
        longest_rest: Duration::from_secs(2),
        retry_percent: 200,
        ..EndpointLimit::default()
    };
    LimitSettings {
        peoplesoft: endpoint.clone(),
        cleo: endpoint,
        ..LimitSettings::default()
    }
}

/// What this site means by its freight terms: the buyer pays, and the goods are ours from the supplier's dock on.
fn collect() -> Freight {
    Freight {
        payment: "CC".to_owned(),
        location: None,
        description: None,
        incoterm: None,
        title_passage: Some("OR".to_owned()),
    }
}

/// The credentials that the directory's vault holds, made and sealed where there are none.
fn credentials(dir: &Path) -> Result<Credentials, StartError> {
    let key_file = key_file(dir);
    let key = match FileKey::open(&key_file) {
        Ok(key) => key,
        Err(_) if !key_file.exists() => FileKey::create(&key_file)?,
        Err(error) => return Err(error.into()),
    };
    let vault = Vault::open(vault_file(dir), key)?;
    let secret = |name: &str, made: &dyn Fn() -> String| match vault.get(TENANT, name) {
        Ok(secret) => Ok(secret),
        Err(error) if error.kind() == VaultErrorKind::NotFound => {
            let secret = SecretString::from(made());
            vault.put(TENANT, name, &secret)?;
            Ok(secret)
        }
        Err(error) => Err(error),
    };
    let password = || {
        (0..24)
            .map(|_| fastrand::alphanumeric())
            .collect::<String>()
    };
    let [ps_user, ps_password, cleo_user, cleo_password] = NAMES;
    Ok(Credentials {
        peoplesoft_user: secret(ps_user, &|| "EDI_USER".to_owned())?,
        peoplesoft_password: secret(ps_password, &password)?,
        cleo_user: secret(cleo_user, &|| "edi-connector".to_owned())?,
        cleo_password: secret(cleo_password, &password)?,
    })
}

fn vault_file(dir: &Path) -> PathBuf {
    dir.join("vault.json")
}

fn profile_file(dir: &Path) -> PathBuf {
    dir.join("peoplesoft.toml")
}

fn key_file(dir: &Path) -> PathBuf {
    dir.join("vault.key")
}

fn cleo_faults(faults: Faults, seed: u64) -> CleoFaults {
    match faults {
        Faults::None => CleoFaults::none(),
        Faults::Some => CleoFaults::some(seed),
        Faults::Heavy => CleoFaults::heavy(seed),
    }
}

fn peoplesoft_faults(faults: Faults, seed: u64) -> PeopleSoftFaults {
    let (rate_503, rate_cut, rate_slow) = match faults {
        Faults::None => (0.0, 0.0, 0.0),
        Faults::Some => (0.02, 0.01, 0.02),
        Faults::Heavy => (0.10, 0.05, 0.10),
    };
    let slow = Duration::from_millis(100);
    PeopleSoftFaults {
        seed,
        rate_503,
        rate_cut,
        rate_slow,
        slow,
        ..PeopleSoftFaults::default()
    }
}
