//! TLS over real connections: whom the client trusts, and who it says it is.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod authority;
mod front;

use peoplesoft_client::model::*;
use peoplesoft_client::testing::FakePeopleSoft;
use peoplesoft_client::{Client, ClientBuilder, Credentials, Error, ErrorKind, OAuth2, Sent};

use authority::Authority;
use front::Front;

/// A gateway with an order, behind a TLS server; the authority of that server is the first.
struct Site {
    fake: FakePeopleSoft,
    front: Front,
    authority: Authority,
}

fn order() -> PurchaseOrderKey {
    PurchaseOrderKey::new("US001", "0000000123").unwrap()
}

impl Site {
    /// A server with a certificate of this name; with `callers`, it wants a certificate that this
    /// authority signed.
    async fn of(name: &str, days: i64, callers: Option<&Authority>) -> Self {
        let fake = FakePeopleSoft::builder()
            .basic("EDI_USER", "correct horse")
            .orders([PurchaseOrder::new(
                order(),
                VendorKey::new("SHARE", "0000000042").unwrap(),
                "2026-03-31".parse().unwrap(),
                CurrencyCode::new("USD").unwrap(),
            )])
            .start()
            .await
            .unwrap();
        let authority = Authority::new("Site Root");
        let front = Front::start(authority.server(name, days), callers, fake.address()).await;
        Self {
            fake,
            front,
            authority,
        }
    }

    /// A client that trusts nobody but the platform's authorities.
    fn client(&self) -> ClientBuilder {
        let gateway = format!("https://{}/PSIGW", self.front.address);
        Client::builder(gateway.parse().unwrap())
            .credentials(Credentials::basic("EDI_USER", "correct horse".into()))
            .max_attempts(1)
    }

    fn trusting(&self) -> ClientBuilder {
        self.client().root_certificate_pem(self.authority.pem())
    }

    async fn read(&self, builder: ClientBuilder) -> Result<PurchaseOrder, Error> {
        let client = builder.build().unwrap();
        let found = client.purchase_orders().by_key(&order()).await?;
        Ok(found.unwrap())
    }

    /// What a call that must not get through says, without the port.
    async fn refused(&self, builder: ClientBuilder) -> Error {
        let error = self.read(builder).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport);
        // Nothing came through to the gateway, credentials least of all.
        assert!(self.fake.requests().is_empty());
        assert!(!format!("{error} {error:?} {}", error.remedy()).contains("correct horse"));
        error
    }
}

fn said(error: &Error) -> String {
    format!("{error}\n{}", error.remedy())
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted() {
    let site = Site::of("127.0.0.1", 30, None).await;
    let read = site.read(site.trusting()).await.unwrap();
    assert_eq!(read.key, order());
    assert_eq!(site.front.callers(), [None]);
}

#[tokio::test]
async fn the_clients_certificate_is_shown_to_a_server_that_asks_for_it() {
    let callers = Authority::new("Callers Root");
    let site = Site::of("127.0.0.1", 30, Some(&callers)).await;
    let (chain, key) = callers.client("edi-client");
    let with = site
        .trusting()
        .client_certificate_pem(chain.clone(), key.into());
    assert_eq!(site.read(with).await.unwrap().key, order());
    // The server saw that very certificate.
    assert_eq!(site.front.callers(), [Some(authority::der(&chain))]);
}

#[tokio::test]
async fn a_server_that_asks_for_a_certificate_gets_none() {
    let callers = Authority::new("Callers Root");
    let site = Site::of("127.0.0.1", 30, Some(&callers)).await;
    let error = site.refused(site.trusting()).await;
    insta::assert_snapshot!(said(&error));
}

#[tokio::test]
async fn a_certificate_of_an_authority_that_the_server_does_not_know() {
    let callers = Authority::new("Callers Root");
    let site = Site::of("127.0.0.1", 30, Some(&callers)).await;
    let (chain, key) = Authority::new("Somebody Else").client("edi-client");
    let with = site.trusting().client_certificate_pem(chain, key.into());
    let error = site.refused(with).await;
    insta::assert_snapshot!(said(&error));
}

#[tokio::test]
async fn an_unknown_authority_is_refused() {
    let site = Site::of("127.0.0.1", 30, None).await;
    let error = site.refused(site.client()).await;
    assert_eq!(error.was_sent(), Sent::No);
    insta::assert_snapshot!(said(&error));
    // One that is given, but is not the one that signed.
    let other = Authority::new("Site Root");
    let error = site
        .refused(site.client().root_certificate_pem(other.pem()))
        .await;
    assert!(error.remedy().starts_with("Give the client the authority"));
    // The doctor says the same.
    let client = site.client().build().unwrap();
    let report = client.doctor().await;
    assert!(report.to_string().contains(&error.remedy()), "{report}");
}

#[tokio::test]
async fn a_certificate_for_another_name_and_one_that_has_ended() {
    let site = Site::of("psft.example.com", 30, None).await;
    let error = site.refused(site.trusting()).await;
    insta::assert_snapshot!(said(&error));
    let site = Site::of("127.0.0.1", -1, None).await;
    let error = site.refused(site.trusting()).await;
    insta::assert_snapshot!(said(&error));
}

#[tokio::test]
async fn a_server_that_speaks_no_tls() {
    let site = Site::of("127.0.0.1", 30, None).await;
    let address = site.fake.address();
    let gateway = format!("https://{address}/PSIGW");
    let builder = Client::builder(gateway.parse().unwrap()).max_attempts(1);
    let error = site.refused(builder).await;
    insta::assert_snapshot!(said(&error));
}

#[tokio::test]
async fn an_authorization_server_of_an_unknown_authority() {
    let site = Site::of("127.0.0.1", 30, None).await;
    let token_url = format!("https://{}/oauth2/token", site.front.address);
    let grant = OAuth2::new(token_url.parse().unwrap(), "edi", "hunter2".into());
    let client = Client::builder(site.fake.gateway())
        .credentials(Credentials::oauth2(grant))
        .max_attempts(1)
        .build()
        .unwrap();
    let error = client.purchase_orders().by_key(&order()).await.unwrap_err();
    let port = site.front.address.port().to_string();
    let said = said(&error).replace(&port, "PORT");
    assert!(!format!("{said} {error:?}").contains("hunter2"));
    insta::assert_snapshot!(said);
    // One that is not there at all.
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let token_url = format!("https://{closed}/oauth2/token");
    let grant = OAuth2::new(token_url.parse().unwrap(), "edi", "hunter2".into());
    let client = Client::builder(site.fake.gateway())
        .credentials(Credentials::oauth2(grant))
        .max_attempts(1)
        .build()
        .unwrap();
    let error = client.purchase_orders().by_key(&order()).await.unwrap_err();
    let said = self::said(&error).replace(&closed.port().to_string(), "PORT");
    insta::assert_snapshot!(said);
}
