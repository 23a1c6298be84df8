//! The voucher build: looked up, posted once, staged, built, recycled or posted.

use std::time::Duration;

use peoplesoft_client::model::*;
use peoplesoft_client::testing::{DeskRules, Output, Trouble};
use peoplesoft_client::{BuildAnswer, BuildState, Door, ErrorKind, Profile, Sent};

use super::support::{decimal, gateway, noon, voucher, whole_voucher};

fn accepted(answer: BuildAnswer) -> peoplesoft_client::Receipt {
    let BuildAnswer::Accepted(receipt) = answer else {
        unreachable!("{answer:?}")
    };
    receipt
}

#[tokio::test]
async fn a_voucher_goes_from_nowhere_to_posted() {
    let (fake, client) = gateway(Profile::default()).await;
    let builds = client.voucher_builds();
    let voucher = whole_voucher();
    let reference = voucher.reference();
    assert_eq!(
        builds.confirm(&reference).await.unwrap(),
        BuildState::NotStaged
    );
    let mut rules = DeskRules::default();
    rules.handling = Duration::from_secs(60);
    fake.set_desk(rules);

    let receipt = accepted(builds.build(&voucher).await.unwrap());
    assert_eq!(
        receipt.transaction_id.as_deref(),
        Some("PSFT_EP.VOUCHER_BUILD.1")
    );
    insta::assert_snapshot!(receipt, @"VOUCHER_BUILD accepted by PSFT_EP as PSFT_EP.VOUCHER_BUILD.1, not yet done");
    // Queued is not staged.
    assert_eq!(
        builds.confirm(&reference).await.unwrap(),
        BuildState::NotStaged
    );

    fake.set_now(noon() + Duration::from_secs(60));
    assert_eq!(
        builds.confirm(&reference).await.unwrap(),
        BuildState::Staged
    );
    assert_eq!(fake.staged_vouchers(), std::slice::from_ref(&voucher));
    assert!(!BuildState::Staged.is_settled());

    fake.set_now(noon() + Duration::from_secs(60 + 900));
    let key = VoucherKey::new("US001", "00000001").unwrap();
    let built = |posted| BuildState::Built {
        voucher: key.clone(),
        entry: EntryStatus::Postable,
        posted,
    };
    assert_eq!(builds.confirm(&reference).await.unwrap(), built(false));
    fake.set_now(noon() + Duration::from_secs(60 + 900 + 3_600));
    assert_eq!(builds.confirm(&reference).await.unwrap(), built(true));
    let made = fake.built_vouchers();
    assert_eq!((made.len(), &made[0].voucher), (1, &voucher));
    assert!(fake.failed_messages().is_empty());
}

#[tokio::test]
async fn what_is_there_is_not_posted_again() {
    let (fake, client) = gateway(Profile::default()).await;
    let builds = client.voucher_builds();
    let voucher = voucher("INV-1");
    accepted(builds.build(&voucher).await.unwrap());
    let again = builds.build(&voucher).await.unwrap();
    assert_eq!(again, BuildAnswer::AlreadyThere(BuildState::Staged));
    fake.run_batches();
    let BuildAnswer::AlreadyThere(BuildState::Built { .. }) = builds.build(&voucher).await.unwrap()
    else {
        unreachable!()
    };
    let posts = fake
        .received()
        .iter()
        .filter(|call| call.door == Door::Http)
        .count();
    assert_eq!((posts, fake.built_vouchers().len()), (1, 1));
}

#[tokio::test]
async fn an_invoice_that_comes_twice_recycles_both_vouchers() {
    let (fake, client) = gateway(Profile::default()).await;
    let builds = client.voucher_builds();
    let first = voucher("INV-1");
    let mut second = first.clone();
    // Another system posts the same invoice under keys of its own, before ours is built.
    second.build_key = BuildKey::of("other");
    accepted(builds.build(&first).await.unwrap());
    accepted(builds.build(&second).await.unwrap());
    fake.run_batches();
    let state = builds.confirm(&first.reference()).await.unwrap();
    let vouchers = ["00000001", "00000002"].map(|id| VoucherKey::new("US001", id).unwrap());
    assert_eq!(
        state,
        BuildState::Recycled {
            vouchers: vouchers.to_vec()
        }
    );
    assert!(state.is_settled());
    assert!(
        fake.built_vouchers()
            .iter()
            .all(|built| built.entry == EntryStatus::Recycle)
    );
}

#[tokio::test]
async fn one_that_does_not_balance_is_refused_or_recycled() {
    let (fake, client) = gateway(Profile::default()).await;
    let mut wrong = voucher("INV-1");
    wrong.gross_amount = decimal("99.99");
    let error = client.voucher_builds().build(&wrong).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::InvalidRequest, Sent::No)
    );
    insta::assert_snapshot!(error, @"PSFT_EP (VOUCHER_BUILD): voucher of invoice INV-1 cannot be built: gross_amount: found `99.99`, expected 100.00, which lines and charges come to");
    assert!(fake.received().is_empty());

    let mut profile = Profile::default();
    profile.voucher_build.allow_unbalanced = true;
    let (fake, client) = gateway(profile).await;
    accepted(client.voucher_builds().build(&wrong).await.unwrap());
    fake.run_batches();
    let state = client
        .voucher_builds()
        .confirm(&wrong.reference())
        .await
        .unwrap();
    assert!(matches!(state, BuildState::Recycled { .. }), "{state:?}");
}

#[tokio::test]
async fn an_unknown_supplier_is_an_error_of_the_pre_edit() {
    let (fake, client) = gateway(Profile::default()).await;
    let voucher = voucher("INV-1");
    fake.forget_vendor(voucher.vendor.clone());
    accepted(client.voucher_builds().build(&voucher).await.unwrap());
    fake.run_batches();
    let state = client
        .voucher_builds()
        .confirm(&voucher.reference())
        .await
        .unwrap();
    let text = Some("Supplier SHARE/0000000042 not found.".to_owned());
    assert_eq!(state, BuildState::PreEditError { text });
    assert!(fake.built_vouchers().is_empty());
    // Without a column for the error the query cannot tell.
    let mut profile = Profile::default();
    profile.voucher_build.staged.error_column.clear();
    let blind = fake.client_builder().profile(profile).build().unwrap();
    let state = blind
        .voucher_builds()
        .confirm(&voucher.reference())
        .await
        .unwrap();
    assert_eq!(state, BuildState::Staged);
}

#[tokio::test]
async fn a_connection_that_is_cut_before_acting_leaves_nothing() {
    let (fake, client) = gateway(Profile::default()).await;
    let builds = client.voucher_builds();
    let voucher = voucher("INV-1");
    // The two look-ups get through, the post does not.
    let ok = || Trouble::Slow(Duration::ZERO);
    for trouble in [ok(), ok(), Trouble::Cut] {
        fake.trouble_next(trouble);
    }
    let error = builds.build(&voucher).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::Transport, Sent::Maybe)
    );
    assert_eq!(error.attempts(), 1);
    assert!(fake.staged_vouchers().is_empty());
    // Whoever does not know asks, and posts what is not there.
    assert_eq!(
        builds.confirm(&voucher.reference()).await.unwrap(),
        BuildState::NotStaged
    );
    accepted(builds.build(&voucher).await.unwrap());
    assert_eq!(fake.staged_vouchers().len(), 1);
}

#[tokio::test]
async fn a_connection_that_is_cut_after_acting_is_found_out() {
    let (fake, _) = gateway(Profile::default()).await;
    // Even a client that would try often posts once.
    let client = fake.client_builder().max_attempts(5).build().unwrap();
    let builds = client.voucher_builds();
    let voucher = voucher("INV-1");
    let ok = || Trouble::Slow(Duration::ZERO);
    for trouble in [ok(), ok(), Trouble::CutBody] {
        fake.trouble_next(trouble);
    }
    let error = builds.build(&voucher).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::Transport, Sent::Yes)
    );
    assert_eq!(error.attempts(), 1);
    let again = builds.build(&voucher).await.unwrap();
    assert_eq!(again, BuildAnswer::AlreadyThere(BuildState::Staged));
    assert_eq!(fake.staged_vouchers().len(), 1);
}

#[tokio::test]
async fn two_posts_in_the_gap_before_staging_make_one_voucher() {
    let (fake, client) = gateway(Profile::default()).await;
    let mut rules = DeskRules::default();
    rules.handling = Duration::from_secs(60);
    fake.set_desk(rules);
    let voucher = voucher("INV-1");
    for _ in 0..2 {
        accepted(client.voucher_builds().build(&voucher).await.unwrap());
    }
    fake.set_now(noon() + Duration::from_secs(60));
    assert_eq!(fake.staged_vouchers().len(), 1);
    let failed = fake.failed_messages();
    assert_eq!(failed.len(), 1);
    assert!(
        failed[0].text.contains("Duplicate key in VCHR_HDR_STG"),
        "{failed:?}"
    );
}

#[tokio::test]
async fn a_date_in_the_wrong_format_fails_in_the_handler() {
    let (fake, _) = gateway(Profile::default()).await;
    let mut profile = Profile::default();
    profile.voucher_build.date_format = "%Y-%m-%d".to_owned();
    let client = fake.client_builder().profile(profile).build().unwrap();
    let voucher = voucher("INV-1");
    // Accepted is not done.
    accepted(client.voucher_builds().build(&voucher).await.unwrap());
    assert_eq!(
        client
            .voucher_builds()
            .confirm(&voucher.reference())
            .await
            .unwrap(),
        BuildState::NotStaged
    );
    insta::assert_snapshot!(fake.failed_messages()[0].text, @"INVOICE_DT: `2026-03-31` is not a date in the format `%Y/%m/%d`");
    let mut rules = DeskRules::default();
    rules.strict_dates = false;
    fake.set_desk(rules);
    accepted(client.voucher_builds().build(&voucher).await.unwrap());
    assert_eq!(fake.staged_vouchers(), [voucher]);
}

#[tokio::test]
async fn statuses_are_read_as_codes_or_texts_and_a_deleted_voucher_counts_for_nothing() {
    let (fake, client) = gateway(Profile::default()).await;
    let mut output = Output::default();
    output.long_status = true;
    fake.set_output(output);
    let voucher = voucher("INV-1");
    accepted(client.voucher_builds().build(&voucher).await.unwrap());
    fake.run_batches();
    fake.set_now(noon() + Duration::from_secs(3_600));
    let state = client
        .voucher_builds()
        .confirm(&voucher.reference())
        .await
        .unwrap();
    let BuildState::Built { entry, posted, .. } = state else {
        unreachable!("{state:?}")
    };
    assert_eq!((entry, posted), (EntryStatus::Postable, true));
}

#[tokio::test]
async fn all_three_doors_take_vouchers() {
    for door in Door::ALL {
        let mut profile = Profile::default();
        profile.voucher_build.route.door = door;
        profile.voucher_build.route.lower_case = door == Door::Rest;
        let (fake, client) = gateway(profile).await;
        let voucher = whole_voucher();
        let receipt = accepted(client.voucher_builds().build(&voucher).await.unwrap());
        assert_eq!(receipt.door, door.name());
        assert_eq!(
            receipt.transaction_id.as_deref(),
            Some("PSFT_EP.VOUCHER_BUILD.1"),
            "{door}"
        );
        assert_eq!(fake.staged_vouchers(), [voucher], "{door}");
        let mut rules = DeskRules::default();
        rules.transaction_ids = false;
        fake.set_desk(rules);
        let receipt = accepted(
            client
                .voucher_builds()
                .build(&super::support::voucher("INV-2"))
                .await
                .unwrap(),
        );
        assert_eq!(receipt.transaction_id, None, "{door}");
    }
}

#[tokio::test]
async fn an_operation_that_refuses_says_who_has_to_act() {
    let (fake, client) = gateway(Profile::default()).await;
    fake.set_active("VOUCHER_BUILD", false);
    let error = client
        .voucher_builds()
        .build(&voucher("INV-1"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OperationInactive);
    assert_eq!(error.operation(), Some("VOUCHER_BUILD"));
    fake.set_active("VOUCHER_BUILD", true);
    let comma = client
        .voucher_builds()
        .build(&voucher("INV,1"))
        .await
        .unwrap_err();
    assert_eq!(comma.kind(), ErrorKind::InvalidRequest);
    assert!(fake.staged_vouchers().is_empty());
}
