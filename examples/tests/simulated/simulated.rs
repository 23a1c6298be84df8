//! A simulated PeopleSoft and Cleo in a directory of their own, and runs against them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use peoplesoft_cleo::command::{FlowTally, Tally};
use peoplesoft_cleo::config::Config;
use peoplesoft_cleo::integration::{Access, Integration};
use peoplesoft_cleo::partner::RouteProfile;
use peoplesoft_cleo::simulation::{Doubles, Faults, Size, World};
use sync_core::Observer;
use sync_core::engine::Report;
use x12_edi::document::purchase_order::PurchaseOrder;

pub(crate) struct Simulated {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) world: World,
    pub(crate) doubles: Doubles,
    pub(crate) config: Config,
}

/// What one run did.
pub(crate) struct Ran {
    pub(crate) flows: BTreeMap<String, FlowTally>,
    pub(crate) reports: Vec<Report>,
}

impl Ran {
    pub(crate) fn orders(&self) -> FlowTally {
        self.flows
            .get("purchase-orders")
            .cloned()
            .unwrap_or_default()
    }

    pub(crate) fn invoices(&self) -> FlowTally {
        self.flows.get("invoices").cloned().unwrap_or_default()
    }
}

impl Simulated {
    pub(crate) async fn start(orders: usize, broken: bool, faults: Faults) -> Self {
        Self::start_with(orders, broken, faults, &[]).await
    }

    /// The same with switches of the Cleo double.
    pub(crate) async fn start_with(
        orders: usize,
        broken: bool,
        faults: Faults,
        switches: &[&str],
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let world = World::new(Size {
            orders,
            invoices: orders / 5,
            suppliers: 6,
            broken,
            seed: 7,
        });
        let doubles = Doubles::start_with(dir.path(), &world, faults, switches)
            .await
            .unwrap();
        let config = doubles.config().clone();
        Self {
            dir,
            world,
            doubles,
            config,
        }
    }

    /// All routes of the configuration.
    pub(crate) fn routes(&mut self) -> impl Iterator<Item = &mut RouteProfile> {
        let partners = self.config.partners.iter_mut();
        partners.flat_map(|partner| &mut partner.routes)
    }

    /// An integration over the directory's state, as a new process would open it.
    pub(crate) async fn open(&self) -> Integration {
        Integration::open(self.config.clone(), Access::Run)
            .await
            .unwrap()
    }

    pub(crate) async fn run(&self) -> Ran {
        self.run_for(Duration::from_secs(600)).await
    }

    /// A run that waits no longer than this for what is due later.
    pub(crate) async fn run_for(&self, patience: Duration) -> Ran {
        let integration = self.open().await;
        let tally = Arc::new(Tally::default());
        let observer: Arc<dyn Observer> = Arc::clone(&tally) as _;
        let reports = integration
            .engine(observer)
            .patience(patience)
            .run_once(&integration.jobs(None))
            .await;
        tally.finish();
        Ran {
            flows: tally.flows(),
            reports,
        }
    }

    /// Every order that Cleo holds: business unit, number, BEG01.
    pub(crate) fn orders_at_cleo(&self) -> Vec<(String, String, String)> {
        let mut orders = Vec::new();
        visit(&self.dir.path().join("cleo").join("files"), &mut |path| {
            if path.extension().is_none_or(|extension| extension != "edi") {
                return;
            }
            let bytes = fs::read(path).unwrap();
            let read = x12_edi::parse(&bytes);
            assert_eq!(read.all_findings().count(), 0, "{}", path.display());
            for set in read.sets.iter().filter(|set| set.code() == "850") {
                let parsed = PurchaseOrder::parse(set);
                assert!(parsed.findings.is_empty(), "{:?}", parsed.findings);
                let order = parsed.document;
                orders.push((
                    order.reference("19").unwrap().to_owned(),
                    order.number().to_owned(),
                    order.beginning.purpose.to_string(),
                ));
            }
        });
        orders.sort();
        orders
    }
}

/// Calls `f` with each file below a folder.
pub(crate) fn visit(folder: &Path, f: &mut dyn FnMut(&Path)) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, f)
        } else {
            f(&path)
        }
    }
}
