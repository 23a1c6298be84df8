//! Every way of proving who calls, at every door.

use peoplesoft_client::testing::{FakePeopleSoft, Verification};
use peoplesoft_client::{
    Client, Credentials, Door, ErrorKind, HttpParameters, OAuth2, Profile, TokenPlace,
};

use crate::site::{PASSWORD, USER, call, client, known, started};

async fn user_at(fake: &FakePeopleSoft, client: &Client, door: Door) -> Option<String> {
    call(client, door).await.unwrap();
    fake.received().pop().unwrap().user
}

#[tokio::test]
async fn a_user_and_password_get_in_at_every_door() {
    let fake = started(known()).await;
    let right = client(fake.client_builder());
    let wrong = client(
        fake.client_builder()
            .credentials(Credentials::basic(USER, "x".into())),
    );
    for door in Door::ALL {
        assert_eq!(user_at(&fake, &right, door).await.as_deref(), Some(USER));
        let error = call(&wrong, door).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized, "{door}");
    }
}

#[tokio::test]
async fn a_token_of_the_authorization_server_gets_in() {
    let fake = started(FakePeopleSoft::builder().oauth2("edi", "secret")).await;
    for door in Door::ALL {
        fake.set_verification(door, Verification::OAuth2);
    }
    let right = client(fake.client_builder());
    for door in Door::ALL {
        call(&right, door).await.unwrap();
    }
    assert_eq!(fake.token_requests(), 1);
    fake.expire_tokens();
    call(&right, Door::Rest).await.unwrap();
    assert_eq!(fake.token_requests(), 2);
    let grant = OAuth2::new(fake.token_url(), "edi", "wrong".into());
    let wrong = client(
        fake.client_builder()
            .credentials(Credentials::oauth2(grant)),
    );
    let error = call(&wrong, Door::Soap).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
}

#[tokio::test]
async fn a_write_is_made_once_more_with_a_fresh_token() {
    let fake = started(FakePeopleSoft::builder().oauth2("edi", "secret")).await;
    let right = client(fake.client_builder());
    call(&right, Door::Rest).await.unwrap();
    fake.expire_tokens();
    let posted = right.rest("X_PO.v1").json(&serde_json::json!({"a": 1}));
    posted.send().await.unwrap();
    // The body is there the second time as well.
    let received = fake.received().pop().unwrap();
    assert_eq!(
        (received.method.as_str(), &received.body[..]),
        ("POST", &b"{\"a\":1}"[..])
    );
    assert_eq!(fake.token_requests(), 2);
}

#[tokio::test]
async fn a_single_sign_on_token_travels_as_the_profile_says() {
    for place in [TokenPlace::Cookie, TokenPlace::Header] {
        let mut profile = Profile::default();
        profile.doors.ps_token = place;
        let builder = FakePeopleSoft::builder()
            .profile(profile)
            .ps_token("SSO_USER", "pgAAAAQDAgEBAAAAvAIAAAAAAAAsAAAABABTaGRy+/==");
        let fake = started(builder).await;
        let token = Credentials::ps_token("pgAAAAQDAgEBAAAAvAIAAAAAAAAsAAAABABTaGRy+/==".into());
        let right = client(fake.client_builder().credentials(token));
        for door in Door::ALL {
            let user = user_at(&fake, &right, door).await;
            assert_eq!(user.as_deref(), Some("SSO_USER"), "{door}");
        }
        let other = Credentials::ps_token("another".into());
        let wrong = client(fake.client_builder().credentials(other));
        let error = call(&wrong, Door::Rest).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
    }
}

#[tokio::test]
async fn a_username_token_stands_in_the_envelope() {
    for must_understand in [false, true] {
        let mut profile = Profile::default();
        profile.doors.soap.must_understand = must_understand;
        let fake = started(known().profile(profile)).await;
        fake.set_verification(Door::Soap, Verification::WsSecurity);
        let right = Credentials::ws_security(USER, PASSWORD.into());
        let right = client(fake.client_builder().credentials(right));
        let user = user_at(&fake, &right, Door::Soap).await;
        assert_eq!(user.as_deref(), Some(USER));
        let wrong = Credentials::ws_security(USER, "x".into());
        let wrong = client(fake.client_builder().credentials(wrong));
        let error = call(&wrong, Door::Soap).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
        assert_eq!(error.fault().unwrap().number(), Some(535));
        let basic = client(fake.client_builder());
        let error = call(&basic, Door::Soap).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
    }
}

#[tokio::test]
async fn a_node_proves_itself_at_the_soap_and_http_doors() {
    for parameters in [
        HttpParameters::Headers,
        HttpParameters::Query,
        HttpParameters::Document,
    ] {
        let mut profile = Profile::default();
        profile.doors.http.parameters = parameters;
        let builder = FakePeopleSoft::builder()
            .profile(profile)
            .node_password("EDI_NODE", "no&de p<w");
        let fake = started(builder).await;
        let right = Credentials::node("EDI_NODE", "no&de p<w".into());
        let right = client(fake.client_builder().credentials(right));
        for door in [Door::Soap, Door::Http] {
            call(&right, door).await.unwrap();
            let received = fake.received().pop().unwrap();
            assert_eq!(received.requesting_node, "EDI_NODE");
        }
        let wrong = Credentials::node("EDI_NODE", "x".into());
        let wrong = client(fake.client_builder().credentials(wrong));
        let error = call(&wrong, Door::Http).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
        assert!(!format!("{:?}", fake.requests()).contains("no%26de"));
    }
}

#[tokio::test]
async fn what_a_door_does_not_take_is_refused_before_it_is_sent() {
    let fake = started(known()).await;
    let node = Credentials::node("EDI_NODE", "secret".into());
    let wsse = Credentials::ws_security(USER, PASSWORD.into());
    for (credentials, door, text) in [
        (
            node.clone(),
            Door::Rest,
            "PSFT_EP (X_PO.v1): PeopleSoft takes a node's password at the SOAP and HTTP doors only, and this call is for the REST door; give that door credentials of its own",
        ),
        (
            wsse.clone(),
            Door::Rest,
            "PSFT_EP (X_PO.v1): PeopleSoft takes a WS-Security UsernameToken at the SOAP door only, and this call is for the REST door; give that door credentials of its own",
        ),
        (
            wsse.clone(),
            Door::Http,
            "PSFT_EP (X_PO.v1): PeopleSoft takes a WS-Security UsernameToken at the SOAP door only, and this call is for the HTTP door; give that door credentials of its own",
        ),
    ] {
        let client = client(fake.client_builder().credentials(credentials));
        let error = call(&client, door).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert_eq!(error.to_string(), text);
    }
    assert!(fake.requests().is_empty());
    let at_build = fake.client_builder().credentials_for(Door::Rest, node);
    let error = at_build.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
}

#[tokio::test]
async fn each_door_may_have_credentials_of_its_own() {
    let builder = known().node_password("EDI_NODE", "secret");
    let fake = started(builder).await;
    fake.set_verification(Door::Rest, Verification::Basic);
    fake.set_verification(Door::Soap, Verification::WsSecurity);
    fake.set_verification(Door::Http, Verification::NodePassword);
    let builder = fake
        .client_builder()
        .credentials(Credentials::basic(USER, PASSWORD.into()))
        .credentials_for(Door::Soap, Credentials::ws_security(USER, PASSWORD.into()))
        .credentials_for(Door::Http, Credentials::node("EDI_NODE", "secret".into()));
    let client = client(builder);
    for door in Door::ALL {
        call(&client, door).await.unwrap();
    }
}

#[tokio::test]
async fn nobody_in_particular_is_the_default_user() {
    let fake = started(known()).await;
    fake.set_verification(Door::Rest, Verification::None);
    let anonymous = client(fake.client_builder().credentials(Credentials::anonymous()));
    let user = user_at(&fake, &anonymous, Door::Rest).await;
    assert_eq!(user.as_deref(), Some("PSAPPS"));
}

#[test]
fn values_that_no_request_can_carry_are_refused() {
    let build = |credentials| {
        let gateway = "https://psft.example.com/PSIGW".parse().unwrap();
        let builder = Client::builder(gateway).credentials(credentials);
        builder.build().unwrap_err().to_string()
    };
    insta::assert_snapshot!(build(Credentials::ps_token("a;b".into())), @"the PS_TOKEN is blank or holds what a cookie cannot");
    insta::assert_snapshot!(build(Credentials::ps_token(" ".into())), @"the PS_TOKEN is blank or holds what a cookie cannot");
    insta::assert_snapshot!(build(Credentials::ws_security("A", "\u{1}".into())), @"the OPRID or its password holds a character that XML cannot carry");
    insta::assert_snapshot!(build(Credentials::node("", "x".into())), @"the node or its password is blank");
}
