//! 997, 999 and 824 as typed documents.

use super::interchange;
use x12_edi::acknowledge::{GroupStatus, SetStatus};
use x12_edi::document::application_advice::{AdviceCode, ApplicationAdvice, DocumentAdvice};
use x12_edi::document::functional_acknowledgment::{
    FunctionalAcknowledgment, SegmentInError, SetAnswer,
};
use x12_edi::document::implementation_acknowledgment::{
    ImplementationAcknowledgment, ImplementationSegmentInError, ImplementationSetAnswer,
};
use x12_edi::document::segments::{
    Context, ContextEntry, ElementNote, ElementPlace, ElementReference, ImplementationElementNote,
    ImplementationSegmentNote, Reference, Remark, TechnicalError,
};
use x12_edi::schema::Release;
use x12_edi::value::{Date, SetControlNumber};
use x12_edi::{ErrorKind, Result, TransactionSet, Writer};

/// A set of a release around this content, as it stands in a file.
fn set(version: &str, functional_id: &str, code: &str, content: &str) -> (String, TransactionSet) {
    let count = content.matches('~').count() + 2;
    let body = format!("ST*{code}*0007~{content}SE*{count}*0007~");
    let date = if version < "004010" {
        "240131"
    } else {
        "20240131"
    };
    let group =
        format!("GS*{functional_id}*APPSEND*APPRECV*{date}*1430*77*X*{version}~{body}GE*1*77~");
    let file = interchange(&format!("00{}", &version[2..5]), &group);
    let parsed = x12_edi::parse(file.as_bytes());
    assert_eq!(parsed.all_findings().count(), 0, "{file}");
    (body, parsed.sets.first().unwrap().clone())
}

/// What `write` writes inside the envelope of `set`.
fn written(
    set: &TransactionSet,
    write: impl FnOnce(&mut Writer<Vec<u8>>, &SetControlNumber) -> Result<()>,
) -> Result<String> {
    let mut writer = Writer::new(Vec::new());
    writer.start_interchange(set.interchange().unwrap())?;
    writer.start_group(set.group().unwrap())?;
    write(&mut writer, &set.control_number().parse()?)?;
    writer.end_group()?;
    writer.end_interchange()?;
    let text = String::from_utf8(writer.finish()?).unwrap();
    let start = text.find("ST*").unwrap();
    let end = text.find("GE*").unwrap();
    Ok(text[start..end].to_owned())
}

const FUNCTIONAL: &str = "AK1*PO*77~AK2*850*0001~AK3*PO1*5*PO1*8~AK4*4:2*212*6*12,5~AK4*6**7~AK3*XYZ*7**1~AK5*R*5~AK2*850*0002~AK5*E*5*4~AK9*P*2*2*1*4~";

#[test]
fn a_997_is_read_into_fields_and_written_back() {
    let (body, set) = set("004010", "FA", "997", FUNCTIONAL);
    let parsed = FunctionalAcknowledgment::parse(&set);
    assert_eq!(parsed.findings, []);
    let document = parsed.document;
    assert_eq!(document.group.functional_id, "PO");
    let answer = &document.sets[0];
    assert_eq!(answer.end.status(), SetStatus::Rejected);
    let note = &answer.segments[0];
    assert_eq!((note.segment.position, note.elements.len()), (Some(5), 2));
    assert_eq!(
        note.elements[0].place,
        ElementPlace::new(4).with_component(2)
    );
    assert_eq!(note.elements[0].reference.as_ref().unwrap(), "212");
    assert_eq!(document.sets[1].end.error_2.as_ref().unwrap(), "4");
    assert_eq!(document.end.status(), GroupStatus::PartiallyAccepted);
    assert_eq!(document.end.accepted, Some(1));
    assert_eq!(written(&set, |w, n| document.write(w, n)).unwrap(), body);
}

#[test]
fn untouched_documents_keep_every_byte_and_edits_change_one_place() {
    let odd = "AK1*PO*077***~AK2*850*0001~ZZZ*1~AK3*PO1*05*PO1*8~AK4*04:2*212*6*12,5~AK5*R*5~AK9*P*2*2*1*4~REF*ZZ*1~";
    for version in ["003040", "004010", "005010"] {
        // Before 004010 a place is an element and no composite.
        let odd = if version < "004010" {
            odd.replace("04:2", "04")
        } else {
            odd.to_owned()
        };
        let (body, set) = set(version, "FA", "997", &odd);
        let mut document = FunctionalAcknowledgment::parse(&set).document;
        assert_eq!(document.release.as_str(), version);
        assert_eq!(written(&set, |w, n| document.write(w, n)).unwrap(), body);
        document.sets[0].segments[0].elements[0].reference = Some("213".into());
        let edited = written(&set, |w, n| document.write(w, n)).unwrap();
        assert_eq!(edited, body.replace("*212*", "*213*"), "{version}");
    }
    let (body, set) = set("004010", "FA", "997", FUNCTIONAL);
    let mut document = FunctionalAcknowledgment::parse(&set).document;
    document.sets[0].segments[0].elements[0].place = ElementPlace::new(5).with_component(3);
    let edited = written(&set, |w, n| document.write(w, n)).unwrap();
    assert_eq!(edited, body.replace("AK4*4:2*", "AK4*5:3*"));
}

#[test]
fn a_997_is_built() {
    let (_, set) = set("004010", "FA", "997", FUNCTIONAL);
    let mut document = FunctionalAcknowledgment::new("PO", "77");
    let mut bad = SetAnswer::new("850", "0001", &SetStatus::Rejected);
    let mut segment = SegmentInError::new("PO1", 5, "8");
    segment.segment.loop_id = Some("PO1".into());
    segment.elements.push(ElementNote::new(
        ElementPlace::new(4).with_component(2),
        "6",
    ));
    bad.segments.push(segment);
    bad.end.error = Some("5".into());
    document.sets.push(bad);
    document
        .sets
        .push(SetAnswer::new("850", "0002", &SetStatus::Accepted));
    document.count_sets();
    document.check().unwrap();
    assert_eq!(
        written(&set, |w, n| document.write(w, n)).unwrap(),
        "ST*997*0007~AK1*PO*77~AK2*850*0001~AK3*PO1*5*PO1*8~AK4*4:2**6~AK5*R*5~AK2*850*0002~AK5*A~AK9*P*2*2*1~SE*10*0007~"
    );
    // Before 004010 a place is an element and no composite.
    document.release = Release::V003040;
    let error = document.check().unwrap_err();
    assert_eq!((error.segment(), error.element()), (Some("AK4"), Some(1)));
    document.release = Release::V004010;
    document.sets[0].segments[0].elements[0].error.clear();
    assert_eq!(document.check().unwrap_err().kind(), ErrorKind::Missing);
}

#[test]
fn a_999_is_read_built_and_written_back() {
    let content = "AK1*PO*77*005010~AK2*850*0001*GUIDE~IK3*REF*3**8~CTX*BEG03:4711^BEG05:20240131~IK4*2:1:3*127*2~\
                   CTX*SITUATIONAL TRIGGER*PO1*4*PO1*4:2*212:355~IK5*R*5~AK9*R*1*1*0~";
    let (body, set) = set("005010", "FA", "999", content);
    let parsed = ImplementationAcknowledgment::parse(&set);
    assert_eq!(parsed.findings, []);
    let document = parsed.document;
    let segment = &document.sets[0].segments[0];
    assert_eq!(
        segment.contexts[0].entries,
        [
            ContextEntry::new("BEG03").with_value("4711"),
            ContextEntry::new("BEG05").with_value("20240131")
        ]
    );
    let context = &segment.elements[0].contexts[0];
    assert_eq!(context.place, ElementPlace::new(4).with_component(2));
    assert_eq!(
        context
            .reference
            .as_ref()
            .unwrap()
            .component
            .as_ref()
            .unwrap(),
        "355"
    );
    assert_eq!(written(&set, |w, n| document.write(w, n)).unwrap(), body);

    let mut built = ImplementationAcknowledgment::new("PO", "77", "005010");
    let mut answer = ImplementationSetAnswer::new("850", "0001", &SetStatus::Rejected);
    answer.set.implementation = Some("GUIDE".into());
    answer.end.error = Some("5".into());
    let mut segment: ImplementationSegmentInError =
        ImplementationSegmentNote::new("REF", 3, "8").into();
    let mut numbers = Context::new(ContextEntry::new("BEG03").with_value("4711"));
    numbers
        .entries
        .push(ContextEntry::new("BEG05").with_value("20240131"));
    segment.contexts.push(numbers);
    let place = ElementPlace::new(2).with_component(1).with_repetition(3);
    let mut note = ImplementationElementNote::new(place, "2");
    note.reference = Some("127".into());
    let mut trigger = Context::new(ContextEntry::new("SITUATIONAL TRIGGER"));
    trigger.segment_id = Some("PO1".into());
    trigger.position = Some(4);
    trigger.loop_id = Some("PO1".into());
    trigger.place = ElementPlace::new(4).with_component(2);
    let mut reference = ElementReference::new("212");
    reference.component = Some("355".into());
    trigger.reference = Some(reference);
    segment.elements.push(note.into());
    segment.elements[0].contexts.push(trigger);
    answer.segments.push(segment);
    built.sets.push(answer);
    built.count_sets();
    assert_eq!(written(&set, |w, n| built.write(w, n)).unwrap(), body);
}

#[test]
fn an_824_is_read_built_and_written_back() {
    let content = "BGN*11*A-1*20240201~N1*41*BUYER~OTI*TR*PO*4711**APPRECV***77*0001*850~REF*VR*99~\
                   TED*111*ORDER NUMBER WAS USED BEFORE*BEG*2*3*324*4711~NTE*GEN*SEE OUR GUIDE~\
                   OTI*TA*PO*4712~DTM*002*20240301~";
    let (body, set) = set("004010", "AG", "824", content);
    let parsed = ApplicationAdvice::parse(&set);
    let document = parsed.document;
    assert_eq!(document.documents.len(), 2);
    assert_eq!(document.documents[0].code(), AdviceCode::SetRejected);
    assert!(document.documents[1].code().is_accepted());
    let error = &document.documents[0].errors[0];
    assert_eq!(error.error.place, ElementPlace::new(3));
    assert_eq!(error.error.reference, Some(ElementReference::new("324")));
    assert_eq!(error.remarks.len(), 1);
    assert_eq!(written(&set, |w, n| document.write(w, n)).unwrap(), body);

    let mut built = ApplicationAdvice::new("11", "A-1", Date::new(2024, 2, 1).unwrap());
    let mut party = x12_edi::document::Party::default();
    party.name.code = "41".into();
    party.name.name = Some("BUYER".into());
    built.parties.push(party);
    let mut order = DocumentAdvice::new(AdviceCode::SetRejected, "PO", "4711");
    order.original.receiver = Some("APPRECV".into());
    order.original.group_control_number = Some("77".into());
    order.original.set_control_number = Some("0001".into());
    order.original.set_code = Some("850".into());
    order.references.push(Reference::new("VR", "99"));
    let mut error = TechnicalError::new("111", "ORDER NUMBER WAS USED BEFORE");
    error.segment_id = Some("BEG".into());
    error.position = Some(2);
    error.place = ElementPlace::new(3);
    error.reference = Some(ElementReference::new("324"));
    error.value = Some("4711".into());
    order.errors.push(error.into());
    let mut remark = Remark::default();
    remark.reference = Some("GEN".into());
    remark.text = "SEE OUR GUIDE".into();
    order.errors[0].remarks.push(remark);
    built.documents.push(order);
    let text = written(&set, |w, n| built.write(w, n)).unwrap();
    assert!(
        body.starts_with(text.split("SE*").next().unwrap()),
        "{text}\n{body}"
    );
    // In 005010 the place is a composite.
    built.release = Release::V005010;
    built.documents[0].errors[0].error.place = ElementPlace::new(3).with_component(1);
    built.check().unwrap();
    built.documents.clear();
    assert_eq!(built.check().unwrap_err().segment(), Some("OTI"));
}

#[test]
fn findings_become_an_advice() {
    let (_, order) = set(
        "004010",
        "PO",
        "850",
        "BEG*00*SA*4711**20240131~PO1*1*10*EA*12,5~",
    );
    let mut findings = x12_edi::validate::Validator::new(
        x12_edi::schema::Standard::of(Release::V004010)
            .set("850")
            .unwrap(),
        x12_edi::validate::Switches::standard(),
    )
    .validate(&order);
    assert_eq!(findings.len(), 1);
    findings[0].text = "`12,5` is no number".to_owned();
    let mut long = findings[0].clone();
    long.text = "the price is not what the contract of last year says it should be".to_owned();
    long.value = Some("***".to_owned());
    findings.push(long);
    let mut advice = ApplicationAdvice::new("11", "A-1", Date::new(2024, 2, 1).unwrap());
    advice.documents.push(DocumentAdvice::from_findings(
        &order,
        AdviceCode::SetRejected,
        "PO",
        "4711",
        &findings,
    ));
    let (_, reply) = set("004010", "AG", "824", "BGN*11*A*20240101~OTI*TA*PO*1~");
    assert_eq!(
        written(&reply, |w, n| advice.write(w, n)).unwrap(),
        "ST*824*0007~BGN*11*A-1*20240201~\
         OTI*TR*PO*4711*APPSEND*APPRECV*20240131*1430*77*0007*850*004010~\
         TED*024* 12,5  is no number*PO1*3*4*212*12,5~\
         TED*024*the price is not what the contract of last year says it shou*PO1*3*4*212~\
         NTE**the price is not what the contract of last year says it should be~\
         SE*7*0007~"
    );
}
